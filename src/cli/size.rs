//! An amount of bytes as typed: a number with one of PostgreSQL's units.

use std::str::FromStr;

const UNITS: [(&str, u64); 5] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1)];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size(pub u64);

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let factor = UNITS.iter().find(|(name, _)| *name == unit.trim_start()).map(|(_, factor)| *factor);
        let number = number.parse::<u64>().ok();
        let bytes = number.zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
        bytes.map(Size).ok_or_else(|| "a number with a unit is wanted (B, kB, MB, GB, TB), such as 256MB".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("256MB", 256 << 20), ("8kB", 8192), ("1 GB", 1 << 30), ("0B", 0), ("12B", 12)] {
            assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
        }
        for text in ["", "256", "MB", "1mb", "-1MB", "1.5GB", "99999999999999TB", "1MBx"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
