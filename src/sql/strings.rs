//! Escapes in `E'…'` that sqlparser can't read: what PostgreSQL says of them.

use crate::types::{PgError, SqlState};

/// Why a string with escapes, which the text begins with and which has an end, can't be read.
pub fn refused(text: &str) -> Option<PgError> {
    let body = text.strip_prefix(['E', 'e'])?.strip_prefix('\'')?;
    let mut bytes = Vec::new();
    let mut chars = body.chars().peekable();
    loop {
        match chars.next()? {
            '\'' if chars.next_if_eq(&'\'').is_some() => bytes.push(b'\''),
            '\'' => break,
            '\\' => {
                let escape = chars.next()?;
                let (radix, length) = match escape {
                    'x' => (16, 2),
                    '0'..='7' => (8, 2),
                    'u' => (16, 4),
                    'U' => (16, 8),
                    other => {
                        bytes.extend(other.to_string().as_bytes());
                        continue;
                    }
                };
                let mut digits = if radix == 8 { escape.to_string() } else { String::new() };
                let wanted = digits.len() + length;
                while digits.len() < wanted
                    && let Some(digit) = chars.next_if(|next| next.is_digit(radix))
                {
                    digits.push(digit);
                }
                let value = u32::from_str_radix(&digits, radix).unwrap_or(0);
                if matches!(escape, 'u' | 'U') {
                    let message = match digits.len() == length {
                        false => {
                            return Some(PgError::new(SqlState::INVALID_ESCAPE_SEQUENCE, "invalid Unicode escape"));
                        }
                        true => format!("invalid Unicode escape value at or near \"\\{escape}{digits}\""),
                    };
                    match char::from_u32(value) {
                        Some(c) if c != '\0' => bytes.extend(c.to_string().as_bytes()),
                        _ => return Some(PgError::new(SqlState::SYNTAX_ERROR, message)),
                    }
                } else {
                    bytes.push(value as u8);
                }
            }
            other => bytes.extend(other.to_string().as_bytes()),
        }
    }
    let valid = match std::str::from_utf8(&bytes) {
        Ok(text) => text.find('\0').unwrap_or(bytes.len()),
        Err(error) => error.valid_up_to(),
    };
    if valid == bytes.len() {
        return Some(PgError::unsupported("a byte escape beyond ASCII in a string"));
    }
    // As many bytes as the first claims to be a character of.
    let length = match bytes[valid] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf7 => 4,
        _ => 1,
    };
    let wrong: Vec<String> = bytes[valid..].iter().take(length).map(|byte| format!("0x{byte:02x}")).collect();
    let message = format!("invalid byte sequence for encoding \"UTF8\": {}", wrong.join(" "));
    Some(PgError::new(SqlState::CHARACTER_NOT_IN_REPERTOIRE, message))
}
