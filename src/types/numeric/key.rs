//! The stored form: text that sorts as numerics do.
//!
//! | value | text |
//! |---|---|
//! | 0, 7, 123.45, 0.05 | `A1 0`, `A1 7`, `A3 123.45`, `A1 0.05` |
//! | 1234567890 | `B10 1234567890` |
//! | −123.45 | `-z6 876.54~ (-123.45)` |
//! | the others | `-Infinity`, `Infinity`, `NaN` |
//!
//! Before a number stands how many digits it has before its point, and before that, as a letter, how many digits that
//! count has. A negative number has all that, and its own digits, as what they lack to nine, then what sorts behind
//! all digits (−1.5 is less than −1), then itself for people. Zeros at the end of a fraction are not written: a space
//! for each says that the value shows them. SQLite's collation RTRIM does not look at spaces at the end: by it 1.0 and
//! 1.00 are equal, and an index over the text is one over the numbers, in any SQLite.
//!
//! None of it is a number to SQLite, whose column affinity for `numeric` would make it one.

use super::{Decimal, Numeric};

/// By this collation of SQLite's own the stored forms compare as the values do.
pub const COLLATION: &str = "RTRIM";

impl Numeric {
    pub fn write_key(&self, out: &mut String) {
        use std::fmt::Write as _;
        match self {
            Numeric::NegativeInfinity => out.push_str("-Infinity"),
            Numeric::Infinity => out.push_str("Infinity"),
            Numeric::NaN => out.push_str("NaN"),
            Numeric::Finite(decimal) => {
                let text = decimal.to_string();
                let (text, zeros) = match decimal.scale {
                    0 => (&text[..], 0),
                    _ => {
                        let shown = text.trim_end_matches('0');
                        (shown.trim_end_matches('.'), text.len() - shown.len())
                    }
                };
                match text.strip_prefix('-') {
                    None => write_positive(text, out),
                    Some(positive) => {
                        let mut plain = String::with_capacity(positive.len() + 4);
                        write_positive(positive, &mut plain);
                        out.push('-');
                        out.extend(plain.chars().map(complement));
                        // A String takes everything.
                        let _ = write!(out, "~ ({text})");
                    }
                }
                out.extend(std::iter::repeat_n(' ', zeros));
            }
        }
    }

    pub fn key(&self) -> String {
        let mut out = String::new();
        self.write_key(&mut out);
        out
    }

    /// What [`Numeric::write_key`] has written; `None` for anything else.
    pub fn parse_key(key: &[u8]) -> Option<Numeric> {
        let text = std::str::from_utf8(key).ok()?;
        match text {
            "NaN" => return Some(Numeric::NaN),
            "Infinity" => return Some(Numeric::Infinity),
            "-Infinity" => return Some(Numeric::NegativeInfinity),
            _ => {}
        }
        let shown = text.trim_end_matches(' ');
        let zeros = text.len() - shown.len();
        let number = match shown.strip_prefix('-') {
            None => shown.split_once(' ')?.1,
            Some(_) => shown.strip_suffix(')')?.split_once("~ (")?.1,
        };
        let Ok(Numeric::Finite(plain)) = Numeric::input(number) else { return None };
        let scale = plain.scale + zeros as i64;
        let decimal = if zeros == 0 { plain } else { Decimal::new(plain.scaled(scale), scale) };
        Numeric::finite(decimal).ok()
    }
}

fn write_positive(text: &str, out: &mut String) {
    let whole = text.find('.').unwrap_or(text.len()).to_string();
    out.push(char::from(b'@' + whole.len() as u8));
    out.push_str(&whole);
    out.push(' ');
    out.push_str(text);
}

/// `A` ↔ `z`, 0 ↔ 9.
fn complement(c: char) -> char {
    match c {
        '0'..='9' => char::from(b'0' + b'9' - c as u8),
        'A'..='Z' => char::from(b'A' + b'z' - c as u8),
        other => other,
    }
}
