//! Bit strings (`varbit.c`): a value is kept as the zeros and ones that it prints, which sort as bit strings do.

use super::{PgError, SqlState};

/// Bits of `bit(n)` and `bit varying(n)` at most, as in PostgreSQL (`MaxAttrSize * BITS_PER_BYTE`).
pub const MAX_LENGTH: u64 = 83_886_080;

/// `bit_in`, `varbit_in`: binary digits, perhaps behind a `b`, or hexadecimal ones behind an `x`.
pub fn input(text: &str) -> Result<String, PgError> {
    match text.as_bytes().first() {
        Some(b'b' | b'B') => binary(&text[1..]),
        Some(b'x' | b'X') => hexadecimal(&text[1..]),
        _ => binary(text),
    }
}

fn no_digit(found: char, kind: &str) -> PgError {
    PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("\"{found}\" is not a valid {kind} digit"))
}

/// The digits of `B'…'`.
pub fn binary(digits: &str) -> Result<String, PgError> {
    match digits.chars().find(|digit| !matches!(digit, '0' | '1')) {
        Some(found) => Err(no_digit(found, "binary")),
        None => Ok(digits.to_owned()),
    }
}

/// The digits of `X'…'`.
pub fn hexadecimal(digits: &str) -> Result<String, PgError> {
    let mut bits = String::with_capacity(4 * digits.len());
    for found in digits.chars() {
        let digit = found.to_digit(16).ok_or_else(|| no_digit(found, "hexadecimal"))?;
        bits.push_str(&format!("{digit:04b}"));
    }
    Ok(bits)
}

/// As `bit(length)`: an explicit cast cuts or fills up with zeros, an assignment raises 22026.
pub fn fixed(bits: &str, length: usize, explicit: bool) -> Result<String, PgError> {
    if bits.len() == length {
        return Ok(bits.to_owned());
    }
    if !explicit {
        let message = format!("bit string length {} does not match type bit({length})", bits.len());
        return Err(PgError::new(SqlState::STRING_DATA_LENGTH_MISMATCH, message));
    }
    Ok(format!("{:0<length$}", &bits[..bits.len().min(length)]))
}

/// As `bit varying(length)`: an explicit cast cuts, an assignment raises 22001.
pub fn varying(bits: &str, length: usize, explicit: bool) -> Result<&str, PgError> {
    if bits.len() > length && !explicit {
        let message = format!("bit string too long for type bit varying({length})");
        return Err(PgError::new(SqlState::STRING_DATA_RIGHT_TRUNCATION, message));
    }
    Ok(&bits[..bits.len().min(length)])
}

/// The lowest `length` bits of an integer of `width` bits, its sign repeated in front (`bitfromint4`, `bitfromint8`).
pub fn of_integer(integer: i64, width: usize, length: usize) -> String {
    let own = (0..length.min(width)).rev().map(|place| if integer >> place & 1 == 1 { '1' } else { '0' });
    let sign = if integer < 0 { '1' } else { '0' };
    std::iter::repeat_n(sign, length.saturating_sub(width)).chain(own).collect()
}

/// The integer of at most `width` bits that bits are: with all of them, the first is the sign (`bittoint4`, `bittoint8`).
pub fn to_integer(bits: &str, width: usize) -> Result<i64, PgError> {
    if bits.len() > width {
        let name = if width == 32 { "integer" } else { "bigint" };
        return Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, format!("{name} out of range")));
    }
    let value = bits.bytes().fold(0u64, |value, bit| value << 1 | u64::from(bit == b'1'));
    Ok(if width == 32 { i64::from(value as u32 as i32) } else { value as i64 })
}

/// `&`, `|` and `#`; `name` as the message has it.
pub fn combined(one: &str, other: &str, name: &str, of: fn(bool, bool) -> bool) -> Result<String, PgError> {
    if one.len() != other.len() {
        let message = format!("cannot {name} bit strings of different sizes");
        return Err(PgError::new(SqlState::STRING_DATA_LENGTH_MISMATCH, message));
    }
    let pairs = one.bytes().zip(other.bytes());
    Ok(pairs.map(|(one, other)| if of(one == b'1', other == b'1') { '1' } else { '0' }).collect())
}

/// `~`.
pub fn inverted(bits: &str) -> String {
    bits.bytes().map(|bit| if bit == b'1' { '0' } else { '1' }).collect()
}

/// `<<`; `>>` where the distance is negative.
pub fn shifted(bits: &str, left: i64) -> String {
    let length = bits.len();
    let by = usize::try_from(left.unsigned_abs()).unwrap_or(length).min(length);
    let zeros = "0".repeat(by);
    match left {
        0.. => format!("{}{zeros}", &bits[by..]),
        _ => format!("{zeros}{}", &bits[..length - by]),
    }
}

/// `substring(bits, start, length)`, counted from 1; without a length to the end.
pub fn substring(bits: &str, start: i64, length: Option<i64>) -> Result<&str, PgError> {
    let end = match length {
        None => i64::MAX,
        Some(length) if length < 0 => {
            let message = "negative substring length not allowed";
            return Err(PgError::new(SqlState::SUBSTRING_ERROR, message));
        }
        Some(length) => start.saturating_add(length),
    };
    let place = |at: i64| usize::try_from(at.saturating_sub(1)).unwrap_or(0).min(bits.len());
    let (start, end) = (place(start), place(end));
    Ok(&bits[start..end.max(start)])
}

/// `overlay(bits placing new from start for length)`.
pub fn overlay(bits: &str, new: &str, start: i64, length: i64) -> Result<String, PgError> {
    if start <= 0 {
        let message = "negative substring length not allowed";
        return Err(PgError::new(SqlState::SUBSTRING_ERROR, message));
    }
    let behind = start.checked_add(length).filter(|behind| i32::try_from(*behind).is_ok());
    let behind = behind.ok_or_else(|| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "integer out of range"))?;
    Ok(format!("{}{new}{}", substring(bits, 1, Some(start - 1))?, substring(bits, behind, None)?))
}

/// The place of a bit that is got or set. Errors: 2202E.
fn place(bits: &str, index: i64) -> Result<usize, PgError> {
    let found = usize::try_from(index).ok().filter(|place| *place < bits.len());
    found.ok_or_else(|| {
        let message = format!("bit index {index} out of valid range (0..{})", bits.len() as i64 - 1);
        PgError::new(SqlState::ARRAY_SUBSCRIPT_ERROR, message)
    })
}

/// `get_bit`.
pub fn get(bits: &str, index: i64) -> Result<i32, PgError> {
    place(bits, index).map(|place| i32::from(bits.as_bytes()[place] == b'1'))
}

/// `set_bit`.
pub fn set(bits: &str, index: i64, bit: i64) -> Result<String, PgError> {
    let place = place(bits, index)?;
    if !matches!(bit, 0 | 1) {
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, "new bit must be 0 or 1"));
    }
    Ok(format!("{}{bit}{}", &bits[..place], &bits[place + 1..]))
}

/// The bytes that the bits are, the last filled up with zeros (`bit_send`).
pub fn bytes(bits: &str) -> impl Iterator<Item = u8> + '_ {
    bits.as_bytes().chunks(8).map(|chunk| {
        let byte = chunk.iter().fold(0, |byte: u8, bit| byte << 1 | u8::from(*bit == b'1'));
        byte << (8 - chunk.len())
    })
}

/// So many bits of these bytes (`bit_recv`).
pub fn of_bytes(bytes: &[u8], length: usize) -> String {
    (0..length).map(|bit| if bytes[bit / 8] >> (7 - bit % 8) & 1 == 1 { '1' } else { '0' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_come_back() {
        for integer in [0, 1, -1, 44, -44, i64::from(i32::MIN), i64::from(i32::MAX)] {
            assert_eq!(to_integer(&of_integer(integer, 32, 32), 32).unwrap(), integer);
            assert_eq!(to_integer(&of_integer(integer, 64, 64), 64).unwrap(), integer);
        }
        assert_eq!((of_integer(44, 32, 3), of_integer(-44, 32, 12)), ("100".to_owned(), "111111010100".to_owned()));
        assert_eq!(of_integer(-1, 32, 40), "1".repeat(40));
    }

    #[test]
    fn bytes_come_back() {
        for bits in ["", "1", "10110", "00000001", "111111110"] {
            let sent: Vec<u8> = bytes(bits).collect();
            assert_eq!(of_bytes(&sent, bits.len()), bits);
        }
        assert_eq!(bytes("101").collect::<Vec<_>>(), [0b1010_0000]);
    }

    #[test]
    fn places_that_are_none_are_cut() {
        assert_eq!(substring("10110", -1, Some(3)).unwrap(), "1");
        assert_eq!(substring("10110", 9, Some(i64::MAX)).unwrap(), "");
        assert_eq!((shifted("101", 9), shifted("101", -1)), ("000".to_owned(), "010".to_owned()));
    }
}
