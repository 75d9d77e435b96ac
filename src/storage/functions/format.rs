//! `format()` (section 9.4.1): text with its arguments in places.

use std::iter::Peekable;
use std::str::Chars;

use super::Call;
use super::text::quote_literal;
use crate::types::identifier::quote_ident;
use crate::types::{PgError, SqlState};

fn invalid(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

fn unterminated() -> PgError {
    invalid("unterminated format() type specifier").hint("For a single \"%\" use \"%%\".")
}

/// One `%…`, up to its type.
#[derive(Default)]
struct Specifier {
    /// From 1; 0 is the next one.
    argument: usize,
    left: bool,
    width: Width,
}

#[derive(Default)]
enum Width {
    #[default]
    None,
    Fixed(i32),
    /// By an argument, from 1; 0 is the next one.
    Argument(usize),
}

/// (template, texts or NULLs …) → text. The template is not NULL. Errors: 22023, 22004.
pub(super) fn format(call: &Call) -> Result<String, PgError> {
    let mut out = String::new();
    let mut characters = call.text(0)?.chars().peekable();
    let mut used = 0;
    while let Some(c) = characters.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        if characters.peek().is_none() {
            return Err(unterminated());
        }
        if characters.next_if_eq(&'%').is_some() {
            out.push('%');
            continue;
        }
        let specifier = read(&mut characters)?;
        let mut width = match specifier.width {
            Width::None => 0,
            Width::Fixed(width) => i64::from(width),
            Width::Argument(number) => {
                used = if number > 0 { number } else { used + 1 };
                argument(call, used)?.map_or(Ok(0), str::parse::<i32>).map(i64::from).map_err(|_| {
                    let text = call.text(used).unwrap_or_default();
                    let message = format!("invalid input syntax for type integer: \"{text}\"");
                    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)
                })?
            }
        };
        let kind = characters.next().ok_or_else(unterminated)?;
        if !matches!(kind, 's' | 'I' | 'L') {
            let message = format!("unrecognized format() type specifier \"{kind}\"");
            return Err(invalid(message).hint("For a single \"%\" use \"%%\"."));
        }
        used = if specifier.argument > 0 { specifier.argument } else { used + 1 };
        let value = match (kind, argument(call, used)?) {
            ('s', value) => value.unwrap_or_default().to_owned(),
            ('I', Some(name)) => quote_ident(name),
            ('I', None) => {
                let message = "null values cannot be formatted as an SQL identifier";
                return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
            }
            (_, Some(text)) => quote_literal(text),
            (_, None) => "NULL".to_owned(),
        };
        let left = specifier.left || width < 0;
        width = width.abs();
        let missing = usize::try_from(width).unwrap_or(0).saturating_sub(value.chars().count());
        let blanks = std::iter::repeat_n(' ', missing);
        if left {
            out.push_str(&value);
            out.extend(blanks);
        } else {
            out.extend(blanks);
            out.push_str(&value);
        }
    }
    Ok(out)
}

fn argument<'c>(call: &'c Call, number: usize) -> Result<Option<&'c str>, PgError> {
    if number >= call.len() {
        return Err(invalid("too few arguments for format()"));
    }
    if call.is_null(number) { Ok(None) } else { call.text(number).map(Some) }
}

/// `[argument$][-][width]`, where the width may be `*` or `*argument$`.
fn read(characters: &mut Peekable<Chars<'_>>) -> Result<Specifier, PgError> {
    let mut specifier = Specifier::default();
    if let Some(number) = digits(characters)? {
        if characters.next_if_eq(&'$').is_none() {
            specifier.width = Width::Fixed(number);
            return Ok(specifier);
        }
        specifier.argument = counted(number)?;
    }
    while characters.next_if_eq(&'-').is_some() {
        specifier.left = true;
    }
    if characters.next_if_eq(&'*').is_some() {
        let number = digits(characters)?;
        specifier.width = match number {
            None => Width::Argument(0),
            Some(number) => {
                if characters.next_if_eq(&'$').is_none() {
                    return Err(invalid("width argument position must be ended by \"$\""));
                }
                Width::Argument(counted(number)?)
            }
        };
    } else if let Some(width) = digits(characters)? {
        specifier.width = Width::Fixed(width);
    }
    Ok(specifier)
}

fn counted(number: i32) -> Result<usize, PgError> {
    match usize::try_from(number) {
        Ok(number @ 1..) => Ok(number),
        _ => Err(invalid("format specifies argument 0, but arguments are numbered from 1")),
    }
}

fn digits(characters: &mut Peekable<Chars<'_>>) -> Result<Option<i32>, PgError> {
    let mut number = None;
    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
        let digit = digit as i32 - '0' as i32;
        let next = number.unwrap_or(0i32).checked_mul(10).and_then(|number| number.checked_add(digit));
        let out_of_range = || PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "number is out of range");
        number = Some(next.ok_or_else(out_of_range)?);
    }
    if number.is_some() && characters.peek().is_none() {
        return Err(unterminated());
    }
    Ok(number)
}
