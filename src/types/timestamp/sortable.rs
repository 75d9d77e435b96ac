//! Stored forms of dates and times: text that reads as ISO 8601 does, sorts byte by byte as PostgreSQL sorts the values,
//! and is equal where they are. (An interval's can't sort and be readable: it is only readable.)
//!
//! | | stored |
//! |---|---|
//! | `-infinity` | `-infinity` |
//! | years BC | `-y9956-03-15 00:00:00 (44 BC)`: the later the year, the higher the number |
//! | years 1 to 9999 | `2024-01-05 10:00:00.5` |
//! | later years | `Y010000-01-01 00:00:00`: always six digits, of a date seven |
//! | `infinity` | `infinity` |
//!
//! `-i` < `-y` < digits < `Y` < `i`; and what follows a second sorts before the `.` of a fraction. A timestamptz
//! is in UTC and has `+00` behind its second.
//!
//! A timetz is ordered by its time in Greenwich, which may be of the day before or after: `1 08:00:00 46800 (10:00:00+02)`
//! begins with 0, 1 or 2 for that day, and its offset is counted down so that of equal times the western zones come last.

use std::fmt::Write;

use super::interval::Interval;
use super::output::{output_time, output_timetz};
use super::style::IntervalStyle;
use super::time::{self, MAX_OFFSET, TimeTz};
use super::{Civil, END, INFINITY, MICROS_A_DAY, MIN, NEG_INFINITY, date};

/// The sign of what is compared with a timestamp or timestamptz, but lies before or after all of them: a date.
pub const BEFORE_ALL: &str = "-j";
pub const AFTER_ALL: &str = "Z";

/// Writes a timestamptz.
pub fn write_timestamptz(timestamp: i64, out: &mut String) {
    write(timestamp, "+00", out);
}

/// Writes a timestamp.
pub fn write_timestamp(timestamp: i64, out: &mut String) {
    write(timestamp, "", out);
}

fn write(timestamp: i64, suffix: &str, out: &mut String) {
    match timestamp {
        INFINITY => return out.push_str("infinity"),
        NEG_INFINITY => return out.push_str("-infinity"),
        _ => {}
    }
    let civil = Civil::from_micros(timestamp);
    // A String takes everything.
    let _ = match civil.year {
        ..=0 => {
            out.push_str("-y");
            civil.write(9999 + civil.year, out).and_then(|()| write!(out, "{suffix} ({} BC)", 1 - civil.year))
        }
        1..=9999 => civil.write(civil.year, out).and_then(|()| out.write_str(suffix)),
        _ => {
            // Six digits, of which `Civil::write` pads no more than four.
            out.push_str(if civil.year < 100_000 { "Y0" } else { "Y" });
            civil.write(civil.year, out).and_then(|()| out.write_str(suffix))
        }
    };
}

/// The inverse of [`write_timestamptz`]; takes nothing else.
pub fn parse_timestamptz(bytes: &[u8]) -> Option<i64> {
    parse(bytes, b"+00")
}

/// The inverse of [`write_timestamp`]; takes nothing else.
pub fn parse_timestamp(bytes: &[u8]) -> Option<i64> {
    parse(bytes, b"")
}

fn parse(bytes: &[u8], suffix: &[u8]) -> Option<i64> {
    match bytes {
        b"infinity" => return Some(INFINITY),
        b"-infinity" => return Some(NEG_INFINITY),
        _ => {}
    }
    let (year, rest) = year(bytes, 6)?;
    let rest = rest.strip_suffix(suffix)?;
    // -MM-DD HH:MM:SS[.ffffff]
    let [b'-', mo1, mo2, b'-', d1, d2, b' ', time @ ..] = rest else { return None };
    let time = parse_time(time)?;
    let civil = Civil { year, month: two(mo1, mo2)?, day: two(d1, d2)?, ..Civil::from_micros(time) };
    let timestamp = civil.to_micros();
    (time < MICROS_A_DAY && civil.is_valid() && (MIN..END).contains(&timestamp)).then_some(timestamp)
}

/// The year that a stored form begins with, and what follows it but for the `(44 BC)` at the end.
fn year(bytes: &[u8], digits: usize) -> Option<(i32, &[u8])> {
    let (year, rest) = match bytes {
        [b'-', b'y', ..] => (number(bytes.get(2..6)?)? - 9999, &bytes[6..]),
        [b'Y', ..] => (number(bytes.get(1..=digits)?)?, &bytes[digits + 1..]),
        _ => (number(bytes.get(..4)?)?, &bytes[4..]),
    };
    let era = match bytes[0] {
        b'-' => year <= 0,
        b'Y' => year > 9999,
        _ => year > 0,
    };
    let rest = match bytes[0] {
        b'-' => rest.strip_suffix(format!(" ({} BC)", 1 - year).as_bytes())?,
        _ => rest,
    };
    era.then_some((year, rest))
}

/// Writes a date.
pub fn write_date(day: i32, out: &mut String) {
    match day {
        date::INFINITY => return out.push_str("infinity"),
        date::NEG_INFINITY => return out.push_str("-infinity"),
        _ => {}
    }
    let (year, month, day) = date::parts(day);
    // A String takes everything.
    let _ = match year {
        ..=0 => write!(out, "-y{:04}-{month:02}-{day:02} ({} BC)", 9999 + year, 1 - year),
        1..=9999 => write!(out, "{year:04}-{month:02}-{day:02}"),
        _ => write!(out, "Y{year:07}-{month:02}-{day:02}"),
    };
}

/// The inverse of [`write_date`]; takes nothing else.
pub fn parse_date(bytes: &[u8]) -> Option<i32> {
    match bytes {
        b"infinity" => return Some(date::INFINITY),
        b"-infinity" => return Some(date::NEG_INFINITY),
        _ => {}
    }
    let (year, rest) = year(bytes, 7)?;
    let [b'-', mo1, mo2, b'-', d1, d2] = rest else { return None };
    let civil = Civil { year, month: two(mo1, mo2)?, day: two(d1, d2)?, ..Civil::default() };
    if !civil.is_valid() {
        return None;
    }
    date::of_parts(civil.year, civil.month, civil.day)
}

/// Writes a time.
pub fn write_time(time: i64, out: &mut String) {
    let _ = output_time(time, out);
}

/// The inverse of [`write_time`]; takes nothing else.
pub fn parse_time(bytes: &[u8]) -> Option<i64> {
    let [h1, h2, b':', mi1, mi2, b':', s1, s2, fraction @ ..] = bytes else { return None };
    let micros = match fraction {
        [] => 0,
        // Without trailing zeros, or equal times would have unequal forms.
        [b'.', digits @ .., last] if digits.len() < 6 && *last != b'0' => {
            i64::from(number(&fraction[1..])?) * 10i64.pow(5 - digits.len() as u32)
        }
        _ => return None,
    };
    let (hour, minute, second) = (i64::from(two(h1, h2)?), i64::from(two(mi1, mi2)?), i64::from(two(s1, s2)?));
    let time = ((hour * 60 + minute) * 60 + second) * super::MICROS + micros;
    (minute < 60 && second < 60 && time <= time::END).then_some(time)
}

/// Writes a timetz.
pub fn write_timetz(time: TimeTz, out: &mut String) {
    let greenwich = time.in_greenwich();
    let _ = write!(out, "{} ", greenwich.div_euclid(MICROS_A_DAY) + 1);
    write_time(greenwich.rem_euclid(MICROS_A_DAY), out);
    let _ = write!(out, " {:06} (", MAX_OFFSET - time.offset);
    let _ = output_timetz(time, out);
    out.push(')');
}

/// The inverse of [`write_timetz`]; takes nothing else.
pub fn parse_timetz(bytes: &[u8]) -> Option<TimeTz> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut parts = text.split(' ');
    let day: i64 = parts.next()?.parse().ok()?;
    let greenwich = parse_time(parts.next()?.as_bytes())?;
    let offset = MAX_OFFSET.checked_sub(parts.next()?.parse().ok()?)?;
    let micros = day.checked_sub(1)?.checked_mul(MICROS_A_DAY)? + greenwich + i64::from(offset) * super::MICROS;
    let time = TimeTz { micros, offset };
    if offset.abs() > MAX_OFFSET || !(0..=time::END).contains(&micros) {
        return None;
    }
    let mut again = String::with_capacity(text.len());
    write_timetz(time, &mut again);
    (again == text).then_some(time)
}

/// Writes an interval, as IntervalStyle `postgres` prints it.
pub fn write_interval(interval: Interval, out: &mut String) {
    let _ = super::output_interval(interval, IntervalStyle::Postgres, out);
}

/// The time of `i64::MIN` microseconds.
const LEAST_TIME: &str = "-2562047788:00:54.775808";

/// The inverse of [`write_interval`]; takes nothing else.
pub fn parse_interval(bytes: &[u8]) -> Option<Interval> {
    let text = std::str::from_utf8(bytes).ok()?;
    // The least time prints as what input refuses, since it reads the digits before the sign.
    let read = |text: &str| super::input_interval(text, IntervalStyle::Postgres, -1).ok();
    let interval = match text.strip_suffix(LEAST_TIME) {
        None => read(text)?,
        Some(before) => Interval { micros: i64::MIN, ..read(&format!("{before}00:00:00"))? },
    };
    let mut again = String::with_capacity(text.len());
    write_interval(interval, &mut again);
    (again == text).then_some(interval)
}

/// Text that sorts as PostgreSQL sorts intervals, and is equal where they are: no stored form, only what emitted
/// statements compare, group and sort by.
pub fn interval_key(interval: Interval) -> String {
    // The longest span has 22 digits.
    format!("{:023}", interval.span() + 10i128.pow(22))
}

fn two(a: &u8, b: &u8) -> Option<u8> {
    number(&[*a, *b]).map(|number| number as u8)
}

fn number(digits: &[u8]) -> Option<i32> {
    digits.iter().try_fold(0i32, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i32::from(digit - b'0')))
}
