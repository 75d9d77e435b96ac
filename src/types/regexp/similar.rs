//! SQL's own patterns, SIMILAR TO's, as regular expressions (`similar_escape_internal` of `regexp.c`).

use crate::types::{PgError, SqlState};

/// An anchored regular expression for a pattern of SQL's; `escape` is one character, or none.
/// Errors: 22025 for a longer escape, 2200C for more than two `escape"`.
pub fn similar_escape(pattern: &str, escape: &str) -> Result<String, PgError> {
    let mut characters = escape.chars();
    let escape = characters.next();
    if characters.next().is_some() {
        return Err(PgError::new(SqlState::INVALID_ESCAPE_SEQUENCE, "invalid escape string")
            .hint("Escape string must be empty or one character."));
    }
    let mut out = String::from("^(?:");
    let (mut after_escape, mut in_class, mut quotes) = (false, false, 0);
    for c in pattern.chars() {
        if after_escape {
            after_escape = false;
            if c == '"' && !in_class {
                // What stands between two of them is what substring() gives: the text before it as short as possible.
                out.push_str(match quotes {
                    0 => "){1,1}?(",
                    1 => "){1,1}(?:",
                    _ => return Err(too_many_quotes()),
                });
                quotes += 1;
            } else {
                out.extend(['\\', c]);
            }
        } else if Some(c) == escape {
            after_escape = true;
        } else if in_class {
            if c == '\\' {
                out.push('\\');
            }
            out.push(c);
            in_class = c != ']';
        } else {
            match c {
                '[' => {
                    out.push(c);
                    in_class = true;
                }
                '%' => out.push_str(".*"),
                '_' => out.push('.'),
                '(' => out.push_str("(?:"),
                '\\' | '.' | '^' | '$' => out.extend(['\\', c]),
                c => out.push(c),
            }
        }
    }
    out.push_str(")$");
    Ok(out)
}

fn too_many_quotes() -> PgError {
    let message = "SQL regular expression may not contain more than two escape-double-quote separators";
    PgError::new(SqlState::INVALID_USE_OF_ESCAPE_CHARACTER, message)
}
