//! RAISE.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::conditions::named;
use super::parse::{Named, expression, state_or_name, unrecognized};
use super::scanner::Scanner;
use super::{Level, Raise, RaiseOption, Raised};
use crate::sql::amend::is;
use crate::types::{PgError, SqlState};

const LEVELS: &[(&str, Level)] = &[
    ("debug", Level::Debug),
    ("log", Level::Log),
    ("info", Level::Info),
    ("notice", Level::Notice),
    ("warning", Level::Warning),
    ("exception", Level::Exception),
];

/// Reads what follows the word RAISE.
pub(super) fn raise(scanner: &mut Scanner<'_>) -> Result<Raise, PgError> {
    if scanner.accept_sign(&Token::SemiColon) {
        return Ok(Raise { level: Level::Exception, what: Raised::Again, options: Vec::new() });
    }
    let level = LEVELS.iter().find(|(word, _)| scanner.accept(word)).map_or(Level::Exception, |(_, level)| *level);
    let what = raised(scanner)?;
    let mut options = Vec::new();
    if scanner.accept("using") {
        loop {
            options.push(option(scanner)?);
            if !scanner.accept_sign(&Token::Comma) {
                break;
            }
        }
    }
    scanner.expect_semicolon()?;
    Ok(Raise { level, what, options })
}

fn raised(scanner: &mut Scanner<'_>) -> Result<Raised, PgError> {
    let Some(token) = scanner.peek() else { return Err(scanner.syntax_error()) };
    let format = match &token.token {
        Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text) => text.clone(),
        Token::DollarQuotedString(text) => text.value.clone(),
        _ if scanner.is_at("using") => return Ok(Raised::Nothing),
        _ => {
            return match state_or_name(scanner)? {
                Named::State(state) => Ok(Raised::Condition(state.as_str().to_owned(), state)),
                Named::Name(name) => match named(&name).first() {
                    Some(state) => Ok(Raised::Condition(name, *state)),
                    None => Err(scanner.compiling(unrecognized(&name))),
                },
            };
        }
    };
    scanner.next += 1;
    let mut arguments = Vec::new();
    while scanner.accept_sign(&Token::Comma) {
        let ends = |token: &TokenWithSpan| matches!(token.token, Token::Comma | Token::SemiColon) || is(token, "using");
        let argument = scanner.until(ends)?;
        arguments.push(expression(scanner, &argument)?);
    }
    if scanner.peek().is_some_and(|token| token.token != Token::SemiColon) && !scanner.is_at("using") {
        return Err(scanner.syntax_error());
    }
    let wanted = format.replace("%%", "").matches('%').count();
    if wanted != arguments.len() {
        let which = if arguments.len() < wanted { "few" } else { "many" };
        let message = format!("too {which} parameters specified for RAISE");
        return Err(scanner.compiling(PgError::new(SqlState::SYNTAX_ERROR, message)));
    }
    Ok(Raised::Message(format, arguments))
}

/// `ERRCODE = …`.
fn option(scanner: &mut Scanner<'_>) -> Result<(RaiseOption, String), PgError> {
    let known = RaiseOption::ALL.iter().find(|(name, _)| scanner.is_at(name));
    let Some((_, option)) = known else { return Err(scanner.near("unrecognized RAISE statement option")) };
    scanner.next += 1;
    if !scanner.accept_sign(&Token::Eq) && !scanner.accept_sign(&Token::Assignment) {
        return Err(scanner.syntax_error());
    }
    let value = scanner.until(|token| matches!(token.token, Token::Comma | Token::SemiColon))?;
    Ok((*option, expression(scanner, &value)?))
}

/// A format with its arguments in the places of its `%`.
pub fn formatted(format: &str, arguments: &[String]) -> String {
    let mut arguments = arguments.iter();
    let mut out = String::with_capacity(format.len());
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '%' if rest.next_if_eq(&'%').is_some() => out.push('%'),
            '%' => out.push_str(arguments.next().map_or("", String::as_str)),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_replaced_in_their_order() {
        assert_eq!(formatted("%% % and %%%", &["a".to_owned(), "%".to_owned()]), "% a and %%");
    }
}
