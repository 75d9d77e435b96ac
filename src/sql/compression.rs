//! `COMPRESSION method` behind a column's type, which sqlparser does not know.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::{self, is};

/// What begins a column's comment that stands for COMPRESSION: nobody can write that.
const COMPRESSION: &str = "\u{fdd2}compression ";

/// The method that such a comment names.
pub fn method_of(comment: &str) -> Option<&str> {
    comment.strip_prefix(COMPRESSION)
}

/// Gives it the form of an option that sqlparser does know, and that is none of PostgreSQL's.
pub fn respell(tokens: &mut [TokenWithSpan]) {
    let table = tokens.iter().take(4).any(|token| is(token, "table"));
    let inside = match tokens.first() {
        Some(first) if table && is(first, "create") => 1,
        Some(first) if table && is(first, "alter") => 0,
        _ => return,
    };
    const BEGIN: &[&str] = &["add", "column", "exists", "set", "drop", "alter", "rename", "to"];
    const BEHIND: &[&str] = &[
        "not",
        "null",
        "default",
        "check",
        "unique",
        "primary",
        "references",
        "generated",
        "constraint",
        "collate",
        "foreign",
        "like",
    ];
    // Whether the type may go on here.
    let (mut depth, mut in_type) = (0, false);
    for at in 0..tokens.len() {
        match tokens[at].token {
            Token::LParen => {
                depth += 1;
                in_type &= depth != inside;
                continue;
            }
            Token::RParen => {
                depth -= 1;
                continue;
            }
            _ if depth != inside => continue,
            Token::Comma => {
                in_type = false;
                continue;
            }
            _ => {}
        }
        let begins = inside == 1 && matches!(tokens[at - 1].token, Token::LParen | Token::Comma)
            || at > 0 && BEGIN.iter().any(|word| is(&tokens[at - 1], word));
        if begins {
            in_type = !BEHIND.iter().any(|word| is(&tokens[at], word));
        } else if BEHIND.iter().any(|word| is(&tokens[at], word)) {
            in_type = false;
        } else if in_type
            && is(&tokens[at], "compression")
            && let Some(Token::Word(method)) = tokens.get(at + 1).map(|next| &next.token)
        {
            let method = match method.quote_style {
                None => method.value.to_ascii_lowercase(),
                Some(_) => method.value.clone(),
            };
            [tokens[at].token, tokens[at + 1].token] = amend::comment(format!("{COMPRESSION}{method}"));
            in_type = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens::tokenize;

    fn respelt(text: &str) -> String {
        let mut tokens = tokenize(text).unwrap();
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        respell(&mut tokens);
        let shown = tokens.iter().map(|token| match &token.token {
            Token::SingleQuotedString(text) => format!("<{}>", method_of(text).unwrap_or("?")),
            other => other.to_string(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn it_stands_behind_a_type() {
        for (text, expected) in [
            ("CREATE TABLE t (a text COMPRESSION pglz, b int)", "CREATE TABLE t ( a text COMMENT <pglz> , b int )"),
            (
                "CREATE TABLE t (compression text, b varchar(3) compression LZ4 NOT NULL)",
                "CREATE TABLE t ( compression text , b varchar ( 3 ) COMMENT <lz4> NOT NULL )",
            ),
            ("ALTER TABLE t ADD a text COMPRESSION pglz", "ALTER TABLE t ADD a text COMMENT <pglz>"),
        ] {
            assert_eq!(respelt(text), expected);
        }
    }

    #[test]
    fn other_words_are_left() {
        for text in [
            "CREATE TABLE t ( LIKE u INCLUDING COMPRESSION INCLUDING STORAGE )",
            "CREATE TABLE t ( a int CHECK ( a AND compression IS NULL ) )",
            "ALTER TABLE t ADD COLUMN compression text",
            "ALTER TABLE t ALTER a SET COMPRESSION pglz",
            "SELECT a AS compression FROM t",
        ] {
            assert_eq!(respelt(text), text);
        }
    }
}
