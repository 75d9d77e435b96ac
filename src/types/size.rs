//! Sizes as people read them: pg_size_pretty() and pg_size_bytes() (`dbsize.c`).

use super::{Numeric, PgError, SqlState};

struct Unit {
    name: &'static str,
    /// From here on the next unit is used.
    limit: i64,
    /// Whether there is one bit more than the unit has, to round by.
    rounds: bool,
    bits: u32,
}

const UNITS: [Unit; 6] = [
    Unit { name: "bytes", limit: 10 * 1024, rounds: false, bits: 0 },
    Unit { name: "kB", limit: 20 * 1024 - 1, rounds: true, bits: 10 },
    Unit { name: "MB", limit: 20 * 1024 - 1, rounds: true, bits: 20 },
    Unit { name: "GB", limit: 20 * 1024 - 1, rounds: true, bits: 30 },
    Unit { name: "TB", limit: 20 * 1024 - 1, rounds: true, bits: 40 },
    Unit { name: "PB", limit: 20 * 1024 - 1, rounds: true, bits: 50 },
];

impl Unit {
    /// What a size in this unit is divided by for the next one.
    fn divisor(number: usize) -> i64 {
        if number == 0 { 1 << 9 } else { 1 << 10 }
    }
}

/// `pg_size_pretty(bigint)`.
pub fn pretty(mut size: i64) -> String {
    for (number, unit) in UNITS.iter().enumerate() {
        if number + 1 == UNITS.len() || size.unsigned_abs() < unit.limit.unsigned_abs() {
            let half = if size < 0 { size - 1 } else { size + 1 } / 2;
            return format!("{} {}", if unit.rounds { half } else { size }, unit.name);
        }
        size /= Unit::divisor(number);
    }
    String::new()
}

/// `pg_size_pretty(numeric)`: bytes keep what is behind their point.
pub fn pretty_numeric(size: &Numeric) -> Result<String, PgError> {
    let mut size = size.clone();
    for (number, unit) in UNITS.iter().enumerate() {
        if number + 1 == UNITS.len() || size.abs().compare(&Numeric::from(unit.limit)).is_lt() {
            let shown = match unit.rounds {
                false => size,
                true if size.compare(&Numeric::zero()).is_lt() => {
                    size.subtract(&Numeric::from(1))?.divide_whole(&Numeric::from(2))?
                }
                true => size.add(&Numeric::from(1))?.divide_whole(&Numeric::from(2))?,
            };
            return Ok(format!("{shown} {}", unit.name));
        }
        size = size.divide_whole(&Numeric::from(Unit::divisor(number)))?;
    }
    Ok(String::new())
}

/// `pg_size_bytes(text)`. Errors: 22023, and 22003 for what is no bigint.
pub fn bytes(text: &str) -> Result<i64, PgError> {
    let space = |c: char| c.is_ascii_whitespace() || c == '\x0b';
    let invalid = || PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid size: \"{text}\""));
    let rest = text.trim_start_matches(space);
    let end = number_length(rest).ok_or_else(invalid)?;
    let (number, unit) = rest.split_at(end);
    let mut number = Numeric::input(number)?;
    let unit = unit.trim_matches(space);
    if !unit.is_empty() {
        let Some(found) = UNITS.iter().find(|other| other.name.eq_ignore_ascii_case(unit)) else {
            let hint = "Valid units are \"bytes\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".";
            return Err(invalid().detail(format!("Invalid size unit: \"{unit}\".")).hint(hint));
        };
        if found.bits > 0 {
            number = number.multiply(&Numeric::from(1 << found.bits))?;
        }
    }
    number.to_integer()
}

/// How long the number is that a text begins with; `None`: it has no digits.
fn number_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let sign = |at: usize| usize::from(matches!(bytes.get(at), Some(b'+' | b'-')));
    let mut end = sign(0);
    let mut found = digits(end);
    end += found;
    if bytes.get(end) == Some(&b'.') {
        let behind = digits(end + 1);
        found += behind;
        end += 1 + behind;
    }
    if found == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let exponent = end + 1 + sign(end + 1);
        if let count @ 1.. = digits(exponent) {
            end = exponent + count;
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_as_postgresql_rounds_them() {
        for (size, shown) in [
            (0, "0 bytes"),
            (8192, "8192 bytes"),
            (10_239, "10239 bytes"),
            (10_240, "10 kB"),
            (16_384, "16 kB"),
            (10_485_247, "10239 kB"),
            (10_485_248, "10 MB"),
            (-10_240, "-10 kB"),
            (1_000_000_000_000, "931 GB"),
        ] {
            assert_eq!(pretty(size), shown);
        }
    }
}
