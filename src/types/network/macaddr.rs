//! `macaddr` and `macaddr8` (`mac.c`, `mac8.c`).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::types::{PgError, SqlState};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct MacAddr(pub [u8; 6]);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct MacAddr8(pub [u8; 8]);

fn invalid(ty: &str, text: &str) -> PgError {
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid input syntax for type {ty}: \"{text}\""))
}

/// What stands in the middle of eight bytes that are six.
const MIDDLE: [u8; 2] = [0xff, 0xfe];

impl MacAddr {
    /// Errors: 22P02, and 22003 for an octet that is none.
    pub fn input(text: &str) -> Result<MacAddr, PgError> {
        let octets =
            octets(text.trim_matches(|c: char| c.is_ascii_whitespace())).ok_or_else(|| invalid("macaddr", text))?;
        let mut bytes = [0; 6];
        for (byte, octet) in bytes.iter_mut().zip(octets) {
            *byte = u8::try_from(octet).map_err(|_| {
                let message = format!("invalid octet value in \"macaddr\" value: \"{text}\"");
                PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message)
            })?;
        }
        Ok(MacAddr(bytes))
    }

    /// Of the manufacturer alone.
    pub fn truncate(self) -> MacAddr {
        let [a, b, c, ..] = self.0;
        MacAddr([a, b, c, 0, 0, 0])
    }

    pub fn combined(self, other: MacAddr, combine: fn(u8, u8) -> u8) -> MacAddr {
        MacAddr(std::array::from_fn(|at| combine(self.0[at], other.0[at])))
    }
}

/// The six numbers, by one of the ways to write them; each may be too great where it is apart from the others.
fn octets(text: &str) -> Option<[u32; 6]> {
    let apart = |separator: char| {
        let parts: Vec<u32> = text.split(separator).map(hex).collect::<Option<_>>()?;
        <[u32; 6]>::try_from(parts).ok()
    };
    let grouped = |separator: Option<char>, digits: usize| {
        let groups: Vec<&str> = match separator {
            Some(separator) => text.split(separator).collect(),
            None => vec![text],
        };
        let right = groups.len() * digits == 12 && groups.iter().all(|group| group.len() == digits && group.is_ascii());
        let digits: String = groups.concat();
        let pairs =
            right.then(|| (0..12).step_by(2).map(|at| hex(&digits[at..at + 2])).collect::<Option<Vec<u32>>>())??;
        <[u32; 6]>::try_from(pairs).ok()
    };
    apart(':')
        .or_else(|| apart('-'))
        .or_else(|| grouped(Some(':'), 6))
        .or_else(|| grouped(Some('-'), 6))
        .or_else(|| grouped(Some('.'), 4))
        .or_else(|| grouped(Some('-'), 4))
        .or_else(|| grouped(None, 12))
}

fn hex(digits: &str) -> Option<u32> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    // More digits than a number has are too great all the same.
    plain.then(|| u32::from_str_radix(digits, 16).unwrap_or(u32::MAX))
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bytes(&self.0, f)
    }
}

fn write_bytes(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (at, byte) in bytes.iter().enumerate() {
        write!(f, "{}{byte:02x}", if at > 0 { ":" } else { "" })?;
    }
    Ok(())
}

impl MacAddr8 {
    /// Errors: 22P02.
    pub fn input(text: &str) -> Result<MacAddr8, PgError> {
        let bytes = bytes(text.as_bytes()).ok_or_else(|| invalid("macaddr8", text))?;
        MacAddr8::of_bytes(&bytes).ok_or_else(|| invalid("macaddr8", text))
    }

    /// Of eight, or of six.
    pub fn of_bytes(bytes: &[u8]) -> Option<MacAddr8> {
        match *bytes {
            [a, b, c, d, e, f] => Some(MacAddr([a, b, c, d, e, f]).into()),
            _ => bytes.try_into().ok().map(MacAddr8),
        }
    }

    pub fn truncate(self) -> MacAddr8 {
        let [a, b, c, ..] = self.0;
        MacAddr8([a, b, c, 0, 0, 0, 0, 0])
    }

    /// `macaddr8_set7bit`.
    pub fn with_seventh_bit(self) -> MacAddr8 {
        let mut bytes = self.0;
        bytes[0] |= 2;
        MacAddr8(bytes)
    }

    pub fn combined(self, other: MacAddr8, combine: fn(u8, u8) -> u8) -> MacAddr8 {
        MacAddr8(std::array::from_fn(|at| combine(self.0[at], other.0[at])))
    }

    /// Errors: 22003.
    pub fn short(self) -> Result<MacAddr, PgError> {
        let [a, b, c, middle @ .., f, g, h] = self.0;
        if middle != MIDDLE {
            let message = "macaddr8 data out of range to convert to macaddr";
            let hint = "Only addresses that have FF and FE as values in the 4th and 5th bytes from the left, for example \
                        xx:xx:xx:ff:fe:xx:xx:xx, are eligible to be converted from macaddr8 to macaddr.";
            return Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message).hint(hint));
        }
        Ok(MacAddr([a, b, c, f, g, h]))
    }
}

/// Pairs of digits, with one kind of separator or none between; what is left of a pair at the end is not looked at.
fn bytes(text: &[u8]) -> Option<Vec<u8>> {
    let space = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0x0b;
    let mut rest = &text[text.iter().take_while(|byte| space(byte)).count()..];
    let mut bytes = Vec::with_capacity(8);
    let mut separator = None;
    while let [high, low, after @ ..] = rest {
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        if bytes.len() == 8 {
            return None;
        }
        bytes.push(digit(*high)? << 4 | digit(*low)?);
        rest = after;
        if let Some(found @ (b':' | b'-' | b'.')) = rest.first() {
            if *separator.get_or_insert(*found) != *found {
                return None;
            }
            rest = &rest[1..];
        }
        if matches!(bytes.len(), 6 | 8) && rest.first().is_some_and(space) {
            if !rest.iter().all(space) {
                return None;
            }
            break;
        }
    }
    Some(bytes)
}

impl From<MacAddr> for MacAddr8 {
    fn from(MacAddr([a, b, c, d, e, f]): MacAddr) -> MacAddr8 {
        MacAddr8([a, b, c, MIDDLE[0], MIDDLE[1], d, e, f])
    }
}

impl fmt::Display for MacAddr8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_bytes(&self.0, f)
    }
}
