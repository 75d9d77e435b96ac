//! `interval_in`: PostgreSQL's own forms (`1 day 2:03`, `1 year ago`), the SQL standard's (`1-2 3 4:05:06`) and those
//! of ISO 8601 (`P1Y2M3DT4H`).

use super::MICROS;
use super::input::{Fault, Kind, fields, micros};
use super::interval::{self, Interval};
use super::style::IntervalStyle;
use crate::types::{PgError, SqlState};

const MINUTE: i64 = 60 * MICROS;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Text → interval. `typmod`: its range says what a number without a unit means.
pub fn input(text: &str, style: IntervalStyle, typmod: i32) -> Result<Interval, PgError> {
    let range = if typmod < 0 { interval::FULL_RANGE } else { typmod >> 16 };
    let mut parts = fields(text).and_then(|fields| decode(&fields, range, style));
    if parts == Err(Fault::Format) {
        parts = iso_8601(text);
    }
    let parts = parts.map_err(|fault| match fault {
        Fault::Field | Fault::MonthOrDay | Fault::Range => {
            PgError::new(SqlState::INTERVAL_FIELD_OVERFLOW, format!("interval field value out of range: \"{text}\""))
        }
        _ => PgError::new(
            SqlState::INVALID_DATETIME_FORMAT,
            format!("invalid input syntax for type interval: \"{text}\""),
        ),
    })?;
    let months = i64::from(parts.years) * 12 + i64::from(parts.months);
    let months = i32::try_from(months).map_err(|_| interval::out_of_range())?;
    Ok(Interval::new(months, parts.days, parts.micros).with_typmod(typmod))
}

/// `pg_itm_in`.
#[derive(Default, PartialEq, Debug)]
struct Parts {
    years: i32,
    months: i32,
    days: i32,
    micros: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Unit {
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Decade,
    Century,
    Millennium,
}

type Adjusted = Result<(), Fault>;

impl Parts {
    fn micros(&mut self, value: i64, fraction: f64, scale: i64) -> Adjusted {
        let sum = value.checked_mul(scale).and_then(|micros| self.micros.checked_add(micros));
        self.micros = sum.ok_or(Fault::Field)?;
        self.fraction_of_micros(fraction, scale)
    }

    fn fraction_of_micros(&mut self, fraction: f64, scale: i64) -> Adjusted {
        let exact = fraction * scale as f64;
        let mut micros = exact as i64;
        let rest = exact - micros as f64;
        if rest > 0.5 {
            micros += 1;
        } else if rest < -0.5 {
            micros -= 1;
        }
        self.micros = self.micros.checked_add(micros).ok_or(Fault::Field)?;
        Ok(())
    }

    fn days(&mut self, value: i64, scale: i32) -> Adjusted {
        let days = i32::try_from(value).ok().and_then(|days| days.checked_mul(scale));
        self.days = days.and_then(|days| self.days.checked_add(days)).ok_or(Fault::Field)?;
        Ok(())
    }

    fn fraction_of_days(&mut self, fraction: f64, scale: i32) -> Adjusted {
        let exact = fraction * f64::from(scale);
        let days = exact as i32;
        self.days = self.days.checked_add(days).ok_or(Fault::Field)?;
        self.fraction_of_micros(exact - f64::from(days), DAY)
    }

    fn months(&mut self, value: i64) -> Adjusted {
        let months = i32::try_from(value).ok();
        self.months = months.and_then(|months| self.months.checked_add(months)).ok_or(Fault::Field)?;
        Ok(())
    }

    fn years(&mut self, value: i64, fraction: f64, scale: i32) -> Adjusted {
        let years = i32::try_from(value).ok().and_then(|years| years.checked_mul(scale));
        self.years = years.and_then(|years| self.years.checked_add(years)).ok_or(Fault::Field)?;
        let months = (fraction * f64::from(scale) * 12.0).round_ties_even() as i32;
        self.months = self.months.checked_add(months).ok_or(Fault::Field)?;
        Ok(())
    }

    fn add(&mut self, unit: Unit, value: i64, fraction: f64) -> Adjusted {
        match unit {
            Unit::Microsecond => self.micros(value, fraction, 1),
            Unit::Millisecond => self.micros(value, fraction, 1000),
            Unit::Second => self.micros(value, fraction, MICROS),
            Unit::Minute => self.micros(value, fraction, MINUTE),
            Unit::Hour => self.micros(value, fraction, HOUR),
            Unit::Day => self.days(value, 1).and_then(|()| self.fraction_of_micros(fraction, DAY)),
            Unit::Week => self.days(value, 7).and_then(|()| self.fraction_of_days(fraction, 7)),
            Unit::Month => self.months(value).and_then(|()| self.fraction_of_days(fraction, 30)),
            Unit::Year => self.years(value, fraction, 1),
            Unit::Decade => self.years(value, fraction, 10),
            Unit::Century => self.years(value, fraction, 100),
            Unit::Millennium => self.years(value, fraction, 1000),
        }
    }

    fn negate(&mut self) -> Adjusted {
        self.years = self.years.checked_neg().ok_or(Fault::Field)?;
        self.months = self.months.checked_neg().ok_or(Fault::Field)?;
        self.days = self.days.checked_neg().ok_or(Fault::Field)?;
        self.micros = self.micros.checked_neg().ok_or(Fault::Field)?;
        Ok(())
    }
}

/// A bit for what a field has settled.
fn seen(unit: Unit) -> u32 {
    1 << unit as u32
}

/// Seconds, minutes and hours with all below them.
const TIME: u32 = ALL_SECONDS | 1 << Unit::Minute as u32 | 1 << Unit::Hour as u32;
const ALL_SECONDS: u32 = 1 << Unit::Second as u32 | 1 << Unit::Millisecond as u32 | 1 << Unit::Microsecond as u32;

/// `DecodeInterval`: from the last field to the first, since units stand behind their numbers.
fn decode(fields: &[(Kind, String)], range: i32, style: IntervalStyle) -> Result<Parts, Fault> {
    let signed = |text: &str| text.starts_with(['-', '+']);
    // To the SQL standard a sign in front means all of it, if it is the only one.
    let all_negative = style == IntervalStyle::SqlStandard
        && fields.first().is_some_and(|(_, text)| text.starts_with('-'))
        && !fields.iter().skip(1).any(|(_, text)| signed(text));
    let mut parts = Parts::default();
    let (mut unit, mut known, mut ago) = (None, 0, false);
    for (kind, text) in fields.iter().rev() {
        let time = match kind {
            Kind::Time => Some(decode_time(text, range)?),
            Kind::Offset if text.contains(':') => decode_time(&text[1..], range).ok(),
            _ => None,
        };
        let added = if let Some(time) = time {
            let negative = text.starts_with('-') || (all_negative && time > 0);
            parts.micros = if negative { -time } else { time };
            unit = Some(Unit::Day);
            TIME
        } else {
            match kind {
                Kind::Word | Kind::Special => match word(text)? {
                    Word::Unit(named) => {
                        unit = Some(named);
                        0
                    }
                    Word::Ago => {
                        ago = true;
                        0
                    }
                    Word::Ignored => continue,
                },
                _ => {
                    let of = unit.unwrap_or_else(|| last_unit(range));
                    let (of, value, fraction) = number(text, of)?;
                    let sign = |positive: bool| if all_negative && positive { -1 } else { 1 };
                    let (value, fraction) =
                        (value * sign(value > 0), fraction * f64::from(sign(fraction > 0.0) as i32));
                    parts.add(of, value, fraction)?;
                    unit = Some(if of == Unit::Hour { Unit::Day } else { of });
                    if of == Unit::Second && fraction != 0.0 { ALL_SECONDS } else { seen(of) }
                }
            }
        };
        if known & added != 0 {
            return Err(Fault::Format);
        }
        known |= added;
    }
    if known == 0 {
        return Err(Fault::Format);
    }
    if ago {
        parts.negate()?;
    }
    Ok(parts)
}

/// What a number means that has no unit: the last field of the type.
fn last_unit(range: i32) -> Unit {
    match range {
        interval::YEAR => Unit::Year,
        interval::MONTH | interval::YEAR_TO_MONTH => Unit::Month,
        interval::DAY => Unit::Day,
        interval::HOUR | interval::DAY_TO_HOUR => Unit::Hour,
        interval::MINUTE | interval::HOUR_TO_MINUTE | interval::DAY_TO_MINUTE => Unit::Minute,
        _ => Unit::Second,
    }
}

/// A number as a unit's value and fraction; `1-2` is of months, whatever the unit.
fn number(text: &str, unit: Unit) -> Result<(Unit, i64, f64), Fault> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let negative = text.starts_with('-');
    let end = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let (digits, rest) = unsigned.split_at(end);
    let value = match digits {
        "" => 0,
        digits => format!("{}{digits}", if negative { "-" } else { "" }).parse::<i64>().map_err(|_| Fault::Field)?,
    };
    if let Some(months) = rest.strip_prefix('-') {
        let end = months.find(|c: char| !c.is_ascii_digit()).unwrap_or(months.len());
        let count = match &months[..end] {
            "" => 0,
            digits => digits.parse::<i64>().map_err(|_| Fault::Field)?,
        };
        if count >= 12 {
            return Err(Fault::Field);
        }
        if end != months.len() {
            return Err(Fault::Format);
        }
        let count = if negative { -count } else { count };
        let months = value.checked_mul(12).and_then(|value| value.checked_add(count)).ok_or(Fault::Field)?;
        return Ok((Unit::Month, months, 0.0));
    }
    if rest.is_empty() {
        return Ok((unit, value, 0.0));
    }
    let fraction = fraction(rest)?;
    Ok((unit, value, if negative { -fraction } else { fraction }))
}

/// `ParseFraction`: `.5`.
fn fraction(text: &str) -> Result<f64, Fault> {
    let digits = text.strip_prefix('.').ok_or(Fault::Format)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Format);
    }
    if digits.is_empty() { Ok(0.0) } else { text.parse().map_err(|_| Fault::Format) }
}

/// `DecodeTimeForInterval`: hours have no upper bound but the type's.
fn decode_time(text: &str, range: i32) -> Result<i64, Fault> {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let parts: Vec<&str> = whole.split(':').collect();
    let part = |at: usize| match parts[at] {
        "" => Ok(0),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse::<i64>().map_err(|_| Fault::Field),
        _ => Err(Fault::Format),
    };
    let (hours, minutes, seconds) = match (parts.len(), rest.is_empty()) {
        (2, true) if range == interval::MINUTE_TO_SECOND => (0, part(0)?, part(1)?),
        (2, true) => (part(0)?, part(1)?, 0),
        (2, false) => (0, part(0)?, part(1)?),
        (3, _) => (part(0)?, part(1)?, part(2)?),
        _ => return Err(Fault::Format),
    };
    let fraction = if rest.is_empty() { 0 } else { i64::from(micros(rest)?) };
    if minutes > 59 || seconds > 60 {
        return Err(Fault::Field);
    }
    let hours = hours.checked_mul(HOUR).ok_or(Fault::Field)?;
    hours.checked_add(minutes * MINUTE + seconds * MICROS + fraction).ok_or(Fault::Field)
}

enum Word {
    Unit(Unit),
    Ago,
    Ignored,
}

/// `DecodeUnits`: only the first ten letters count.
fn word(text: &str) -> Result<Word, Fault> {
    let text = &text[..text.len().min(10)];
    let unit = match text {
        "us" | "usec" | "usecs" | "usecond" | "useconds" | "microsecon" => Unit::Microsecond,
        "ms" | "msec" | "msecs" | "msecond" | "mseconds" | "millisecon" => Unit::Millisecond,
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
        "d" | "day" | "days" => Unit::Day,
        "w" | "week" | "weeks" => Unit::Week,
        "mon" | "mons" | "month" | "months" => Unit::Month,
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
        "dec" | "decs" | "decade" | "decades" => Unit::Decade,
        "c" | "cent" | "century" | "centuries" => Unit::Century,
        "mil" | "mils" | "millennia" | "millennium" => Unit::Millennium,
        "ago" => return Ok(Word::Ago),
        "at" | "on" => return Ok(Word::Ignored),
        _ => return Err(Fault::Format),
    };
    Ok(Word::Unit(unit))
}

/// `DecodeISO8601Interval`.
fn iso_8601(text: &str) -> Result<Parts, Fault> {
    let mut rest = text.strip_prefix('P').filter(|rest| !rest.is_empty()).ok_or(Fault::Format)?;
    let mut parts = Parts::default();
    let (mut of_date, mut have_field) = (true, false);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            (of_date, have_field, rest) = (false, false, after);
            continue;
        }
        let (value, fraction, width, after) = iso_number(rest)?;
        let unit = after.chars().next();
        let unit_rest = unit.map_or("", |unit| &after[unit.len_utf8()..]);
        rest = unit_rest;
        let named = match (of_date, unit) {
            (true, Some('Y')) => Some(Unit::Year),
            (true, Some('M')) => Some(Unit::Month),
            (true, Some('W')) => Some(Unit::Week),
            (true, Some('D')) => Some(Unit::Day),
            (false, Some('H')) => Some(Unit::Hour),
            (false, Some('M')) => Some(Unit::Minute),
            (false, Some('S')) => Some(Unit::Second),
            _ => None,
        };
        if let Some(unit) = named {
            parts.add(unit, value, fraction)?;
            have_field = true;
            continue;
        }
        match (of_date, unit) {
            (true, None | Some('T')) if width == 8 && !have_field => {
                parts.years(value / 10_000, 0.0, 1)?;
                parts.months(value / 100 % 100)?;
                parts.days(value % 100, 1)?;
                parts.fraction_of_micros(fraction, DAY)?;
                (of_date, have_field) = (false, false);
                if unit.is_none() {
                    return Ok(parts);
                }
            }
            (true, None | Some('T' | '-')) => {
                if have_field {
                    return Err(Fault::Format);
                }
                parts.add(Unit::Year, value, fraction)?;
                if unit == Some('-') {
                    rest = iso_alternative_date(&mut parts, rest)?;
                }
                if rest.is_empty() && unit != Some('T') {
                    return Ok(parts);
                }
                (of_date, have_field) = (false, false);
            }
            (false, None) if width == 6 && !have_field => {
                parts.micros(value / 10_000, 0.0, HOUR)?;
                parts.micros(value / 100 % 100, 0.0, MINUTE)?;
                parts.micros(value % 100, fraction, MICROS)?;
                return Ok(parts);
            }
            (false, None | Some(':')) => {
                if have_field {
                    return Err(Fault::Format);
                }
                parts.add(Unit::Hour, value, fraction)?;
                if unit.is_none() {
                    return Ok(parts);
                }
                let (value, fraction, _, after) = iso_number(rest)?;
                parts.add(Unit::Minute, value, fraction)?;
                if after.is_empty() {
                    return Ok(parts);
                }
                let (value, fraction, _, after) = iso_number(after.strip_prefix(':').ok_or(Fault::Format)?)?;
                parts.add(Unit::Second, value, fraction)?;
                return if after.is_empty() { Ok(parts) } else { Err(Fault::Format) };
            }
            _ => return Err(Fault::Format),
        }
    }
    Ok(parts)
}

/// The months and days of `P0001-02-03T…`; what follows the `T`, if it has one.
fn iso_alternative_date<'t>(parts: &mut Parts, text: &'t str) -> Result<&'t str, Fault> {
    let (value, fraction, _, after) = iso_number(text)?;
    parts.add(Unit::Month, value, fraction)?;
    if let Some(rest) = after.strip_prefix('T') {
        return Ok(rest);
    }
    if after.is_empty() {
        return Ok(after);
    }
    let (value, fraction, _, after) = iso_number(after.strip_prefix('-').ok_or(Fault::Format)?)?;
    parts.add(Unit::Day, value, fraction)?;
    match after.strip_prefix('T') {
        Some(rest) => Ok(rest),
        None if after.is_empty() => Ok(after),
        None => Err(Fault::Format),
    }
}

/// `ParseISO8601Number`: value, fraction, how many digits begin it, and what follows.
fn iso_number(text: &str) -> Result<(i64, f64, usize, &str), Fault> {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|first| first.is_ascii_digit() || matches!(first, b'-' | b'.')) {
        return Err(Fault::Format);
    }
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let start = usize::from(bytes[0] == b'-');
    let width = digits(start) - start;
    let mut end = digits(start);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        if bytes.get(end + 1 + sign).is_some_and(u8::is_ascii_digit) {
            end = digits(end + 1 + sign);
        }
    }
    let value: f64 = text[..end].parse().map_err(|_| Fault::Format)?;
    if !(-1e15..=1e15).contains(&value) {
        return Err(Fault::Field);
    }
    Ok((value.trunc() as i64, value.fract(), width, &text[end..]))
}
