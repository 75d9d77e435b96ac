//! The columns of `ON DELETE SET NULL (…)` and `ON DELETE SET DEFAULT (…)`, for which sqlparser has no tree: they are
//! taken out of a statement's tokens before it is parsed, and found again in its text.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::{end_with, is};
use super::text::At;
use super::tokens::syntax_error;
use crate::types::PgError;

/// What stands behind an action of a foreign key.
#[derive(Debug, PartialEq)]
pub struct SetColumns {
    /// Where ON stands.
    pub at: At,
    /// ON DELETE, not ON UPDATE.
    pub deletes: bool,
    /// SET NULL, not SET DEFAULT.
    pub null: bool,
    pub columns: Vec<String>,
}

const EVENTS: [&str; 2] = ["delete", "update"];
const VALUES: [&str; 2] = ["null", "default"];

/// Whether a parenthesis behind these tokens begins such columns.
pub fn follow(tokens: &[TokenWithSpan]) -> bool {
    EVENTS.iter().any(|event| VALUES.iter().any(|value| end_with(tokens, &["on", event, "set", value])))
}

/// Takes the columns behind their opening parenthesis, and the closing one. Errors: 42601.
pub fn skip(tokens: &mut impl Iterator<Item = TokenWithSpan>, text: &str) -> Result<(), PgError> {
    let mut name = true;
    loop {
        let next = tokens.next();
        match next.as_ref().map(|token| &token.token) {
            Some(Token::Whitespace(_)) => {}
            Some(Token::Word(_)) if name => name = false,
            Some(Token::Comma) if !name => name = true,
            Some(Token::RParen) if !name => return Ok(()),
            _ => return Err(syntax_error(text, next.as_ref())),
        }
    }
}

/// Those of a foreign key whose referenced table stands at the first of these tokens, which have no white space among them.
pub fn of_key(tokens: &[TokenWithSpan]) -> Vec<SetColumns> {
    let mut found = Vec::new();
    let (mut depth, mut at) = (0, 0);
    while let Some(token) = tokens.get(at) {
        match &token.token {
            Token::LParen if follow(&tokens[..at]) => {
                let names = tokens[at + 1..].iter().take_while(|token| token.token != Token::RParen);
                let columns: Vec<String> = names.filter_map(name).collect();
                found.push(SetColumns {
                    at: tokens[at - 4].span.into(),
                    deletes: is(&tokens[at - 3], "delete"),
                    null: is(&tokens[at - 1], "null"),
                    columns,
                });
                depth += 1;
            }
            Token::LParen => depth += 1,
            Token::RParen | Token::Comma | Token::SemiColon if depth == 0 => break,
            Token::RParen => depth -= 1,
            _ if is(token, "references") => break,
            _ => {}
        }
        at += 1;
    }
    found
}

fn name(token: &TokenWithSpan) -> Option<String> {
    let Token::Word(word) = &token.token else { return None };
    Some(if word.quote_style.is_some() { word.value.clone() } else { word.value.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens::tokenize;

    fn found(text: &str) -> Vec<(bool, bool, String)> {
        let mut tokens = tokenize(text).unwrap();
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        of_key(&tokens).into_iter().map(|set| (set.deletes, set.null, set.columns.join(" "))).collect()
    }

    #[test]
    fn columns_are_those_of_their_key() {
        let set = |deletes, null, columns: &str| (deletes, null, columns.to_owned());
        assert_eq!(found("p (a, b) ON DELETE SET NULL (A, \"B\"), x int"), [set(true, true, "a B")]);
        assert_eq!(found("p ON UPDATE CASCADE ON DELETE SET DEFAULT (a)"), [set(true, false, "a")]);
        assert_eq!(found("p ON UPDATE SET NULL (a)"), [set(false, true, "a")]);
        assert_eq!(found("p, x int REFERENCES q ON DELETE SET NULL (a)"), []);
        assert_eq!(found("p CHECK (a > 0) REFERENCES q ON DELETE SET NULL (a)"), []);
        assert_eq!(found("p ON DELETE SET NULL"), []);
    }

    #[test]
    fn they_are_taken_out() {
        let rest = |text: &str| {
            let mut tokens = tokenize(text).unwrap().into_iter();
            skip(&mut tokens, text).map_err(|error| error.message)?;
            Ok(tokens.map(|token| token.token.to_string()).collect::<String>())
        };
        assert_eq!(rest(" a,b ) ON UPDATE"), Ok(" ON UPDATE".to_owned()));
        assert_eq!(rest(")"), Err("syntax error at or near \")\"".to_owned()));
        assert_eq!(rest("a b)"), Err("syntax error at or near \"b\"".to_owned()));
        assert_eq!(rest("a,"), Err("syntax error at end of input".to_owned()));
    }
}
