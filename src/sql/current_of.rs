//! `WHERE CURRENT OF cursor` of UPDATE and DELETE, which sqlparser does not read.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::is as is_word;
use super::bind::fold;
use super::tokens::syntax_error;
use crate::types::PgError;

/// The cursor that says which row is meant.
#[derive(Clone, Debug, PartialEq)]
pub struct CurrentOf {
    pub name: String,
}

/// Takes it out of an UPDATE's or DELETE's tokens, which may begin with WITH.
pub fn take_current_of(text: &str, tokens: &mut Vec<TokenWithSpan>) -> Result<Option<CurrentOf>, PgError> {
    if !tokens.first().is_some_and(|token| ["update", "delete", "with"].iter().any(|word| is_word(token, word))) {
        return Ok(None);
    }
    let mut depth = 0;
    let mut changes = false;
    let mut found = None;
    for (place, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth -= 1,
            _ if depth == 0 && (is_word(token, "update") || is_word(token, "delete")) => changes = true,
            _ if depth == 0 && changes && begins(&tokens[place..]) => {
                found = Some(place);
                break;
            }
            _ => {}
        }
    }
    let Some(place) = found else { return Ok(None) };
    let name = tokens.get(place + 3).ok_or_else(|| syntax_error(text, None))?;
    let Token::Word(word) = &name.token else { return Err(syntax_error(text, Some(name))) };
    let current = CurrentOf { name: fold(&word.to_ident(name.span)) };
    if let Some(next) = tokens.get(place + 4)
        && !is_word(next, "returning")
    {
        return Err(syntax_error(text, Some(next)));
    }
    tokens.drain(place..place + 4);
    Ok(Some(current))
}

/// Whether a statement within WITH has one.
pub fn is_within(tokens: &[TokenWithSpan]) -> bool {
    let mut depth = 0;
    tokens.first().is_some_and(|token| is_word(token, "with"))
        && tokens.iter().enumerate().any(|(place, token)| {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            depth > 0 && begins(&tokens[place..])
        })
}

fn begins(tokens: &[TokenWithSpan]) -> bool {
    ["where", "current", "of"]
        .iter()
        .enumerate()
        .all(|(place, word)| tokens.get(place).is_some_and(|token| is_word(token, word)))
}
