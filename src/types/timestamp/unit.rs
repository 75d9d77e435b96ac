//! Fields of dates and times by name: `date_part`, `extract` and `date_trunc`.

use super::arithmetic::{iso_week, week_day};
use super::calendar::days_of;
use super::time::{self, TimeTz};
use super::{Civil, Interval, MICROS, MICROS_A_DAY, UNIX_TO_2000, Zone, checked, is_finite};
use crate::types::{Numeric, PgError, SqlState, Type};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Microseconds,
    Milliseconds,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,
    Julian,
    IsoYear,
    DayOfWeek,
    IsoDayOfWeek,
    DayOfYear,
    Epoch,
    Timezone,
    TimezoneHour,
    TimezoneMinute,
}

impl Unit {
    /// `DecodeUnits`, then `DecodeSpecial`: only the first ten letters count.
    fn named(name: &str) -> Option<Unit> {
        Some(match name.get(..10).unwrap_or(name) {
            "us" | "usec" | "usecs" | "usecond" | "useconds" | "microsecon" => Unit::Microseconds,
            "ms" | "msec" | "msecs" | "msecond" | "mseconds" | "millisecon" => Unit::Milliseconds,
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
            "d" | "day" | "days" => Unit::Day,
            "w" | "week" | "weeks" => Unit::Week,
            "mon" | "mons" | "month" | "months" => Unit::Month,
            "qtr" | "quarter" => Unit::Quarter,
            "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
            "dec" | "decs" | "decade" | "decades" => Unit::Decade,
            "c" | "cent" | "century" | "centuries" => Unit::Century,
            "mil" | "mils" | "millennia" | "millennium" => Unit::Millennium,
            "j" | "jd" | "julian" => Unit::Julian,
            "isoyear" => Unit::IsoYear,
            "dow" => Unit::DayOfWeek,
            "isodow" => Unit::IsoDayOfWeek,
            "doy" => Unit::DayOfYear,
            "epoch" => Unit::Epoch,
            "timezone" => Unit::Timezone,
            "timezone_h" => Unit::TimezoneHour,
            "timezone_m" => Unit::TimezoneMinute,
            _ => return None,
        })
    }

    fn of(name: &str, ty: Type) -> Result<Unit, PgError> {
        Unit::named(name).ok_or_else(|| unrecognized(name, ty))
    }
}

impl Unit {
    /// As `date_trunc` reads it, to which the special fields of dates are none.
    fn to_truncate(name: &str, ty: Type) -> Result<Unit, PgError> {
        let is_special = matches!(
            Unit::named(name),
            Some(Unit::Julian | Unit::IsoYear | Unit::DayOfWeek | Unit::IsoDayOfWeek | Unit::DayOfYear | Unit::Epoch)
        );
        Unit::of(if is_special { "" } else { name }, ty).map_err(|_| unrecognized(name, ty))
    }
}

fn unrecognized(name: &str, ty: Type) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("unit \"{name}\" not recognized for type {ty}"))
}

fn unsupported(name: &str, ty: Type) -> PgError {
    PgError::new(SqlState::FEATURE_NOT_SUPPORTED, format!("unit \"{name}\" not supported for type {ty}"))
}

/// A field's value: exact, for extract's numeric, with so many decimals.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Part {
    Whole(i64),
    /// The value times 10 to the power of the number of decimals.
    Decimal(i128, u32),
    /// Of the infinities.
    Infinite(bool),
    Null,
}

impl Part {
    fn micros(micros: i128) -> Part {
        Part::Decimal(micros, 6)
    }

    /// As date_part gives it.
    pub fn to_float(self) -> Option<f64> {
        match self {
            Part::Whole(value) => Some(value as f64),
            // Greater powers of ten are no floats.
            Part::Decimal(value, decimals @ ..=22) => Some(value as f64 / 10f64.powi(decimals as i32)),
            Part::Decimal(..) => self.to_text().and_then(|text| text.parse().ok()),
            Part::Infinite(negative) => Some(if negative { f64::NEG_INFINITY } else { f64::INFINITY }),
            Part::Null => None,
        }
    }

    /// As extract gives it.
    pub fn to_text(self) -> Option<String> {
        match self {
            Part::Whole(value) => Some(value.to_string()),
            Part::Decimal(value, decimals) => {
                let scale = 10u128.pow(decimals);
                let (sign, value) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
                Some(format!("{sign}{}.{:0width$}", value / scale, value % scale, width = decimals as usize))
            }
            Part::Infinite(negative) => Some(if negative { "-Infinity" } else { "Infinity" }.to_owned()),
            Part::Null => None,
        }
    }
}

/// Of a time of day; `None` for units that are of dates.
fn of_clock(unit: Unit, micros_of_day: i64) -> Option<Part> {
    let (hour, minute, second, micros) = time::parts(micros_of_day);
    Some(match unit {
        Unit::Microseconds => Part::Whole(second * MICROS + micros),
        Unit::Milliseconds => Part::Decimal(i128::from(second * MICROS + micros), 3),
        Unit::Second => Part::micros(i128::from(second * MICROS + micros)),
        Unit::Minute => Part::Whole(minute),
        Unit::Hour => Part::Whole(hour),
        _ => return None,
    })
}

fn of_day(unit: Unit, civil: &Civil, day: i64) -> Option<Part> {
    let year = i64::from(civil.year);
    // There is no year 0.
    let counted = |year: i64| if year > 0 { year } else { year - 1 };
    Some(Part::Whole(match unit {
        Unit::Day => i64::from(civil.day),
        Unit::Month => i64::from(civil.month),
        Unit::Quarter => (i64::from(civil.month) - 1) / 3 + 1,
        Unit::Week => iso_week(day).1,
        Unit::Year => counted(year),
        Unit::Decade => {
            if year >= 0 {
                year / 10
            } else {
                -((8 - (year - 1)) / 10)
            }
        }
        Unit::Century => {
            if year > 0 {
                (year + 99) / 100
            } else {
                -((99 - (year - 1)) / 100)
            }
        }
        Unit::Millennium => {
            if year > 0 {
                (year + 999) / 1000
            } else {
                -((999 - (year - 1)) / 1000)
            }
        }
        Unit::IsoYear => counted(i64::from(iso_week(day).0)),
        Unit::DayOfWeek => (week_day(day) + 1) % 7,
        Unit::IsoDayOfWeek => week_day(day) + 1,
        Unit::DayOfYear => day - days_of(civil.year, 1, 1) + 1,
        _ => return None,
    }))
}

/// Of the infinities: what grows without end is infinite, what comes round again is unknown.
fn of_infinity(unit: Unit, name: &str, negative: bool, ty: Type) -> Result<Part, PgError> {
    match unit {
        Unit::Year | Unit::Decade | Unit::Century | Unit::Millennium | Unit::Julian | Unit::IsoYear | Unit::Epoch => {
            Ok(Part::Infinite(negative))
        }
        Unit::Timezone | Unit::TimezoneHour | Unit::TimezoneMinute if ty != Type::TIMESTAMPTZ => {
            Err(unsupported(name, ty))
        }
        _ => Ok(Part::Null),
    }
}

/// The epoch's microseconds from those of 2000.
fn epoch(timestamp: i64) -> Part {
    Part::micros(i128::from(timestamp) + i128::from(UNIX_TO_2000) * i128::from(MICROS))
}

/// `extract` of a timestamp, or of a timestamptz in its zone.
pub fn part_of_timestamp(name: &str, timestamp: i64, zone: Option<&Zone>) -> Result<Part, PgError> {
    let ty = if zone.is_some() { Type::TIMESTAMPTZ } else { Type::TIMESTAMP };
    let name = name.to_ascii_lowercase();
    let unit = Unit::of(&name, ty)?;
    if !is_finite(timestamp) {
        return of_infinity(unit, &name, timestamp < 0, ty);
    }
    let local = zone.map_or(timestamp, |zone| zone.to_local(timestamp));
    let (day, micros) = (local.div_euclid(MICROS_A_DAY), local.rem_euclid(MICROS_A_DAY));
    let civil = Civil::from_micros(local);
    let found = of_clock(unit, micros).or_else(|| of_day(unit, &civil, day));
    if let Some(part) = found {
        return Ok(part);
    }
    let offset = || i64::from(zone.map_or(0, |zone| zone.offset_at(timestamp)));
    match unit {
        Unit::Epoch => Ok(epoch(timestamp)),
        Unit::Julian => julian(day, micros),
        _ if zone.is_some() => Ok(of_offset(unit, offset())),
        _ => Err(unsupported(&name, ty)),
    }
}

/// In as many digits as the division of numerics gives.
fn julian(day: i64, micros: i64) -> Result<Part, PgError> {
    let of_day = Numeric::from(micros).divide(&Numeric::from(MICROS_A_DAY))?.to_string();
    let digits = of_day.split_once('.').map_or("", |(_, digits)| digits);
    // A day and 30 digits are fewer than an i128 has.
    let scale = digits.len().min(30);
    let fraction: i128 = digits[..scale].parse().unwrap_or(0);
    Ok(Part::Decimal((i128::from(day) + 2_451_545) * 10i128.pow(scale as u32) + fraction, scale as u32))
}

fn of_offset(unit: Unit, offset: i64) -> Part {
    Part::Whole(match unit {
        Unit::TimezoneHour => offset / 3600,
        Unit::TimezoneMinute => offset / 60 % 60,
        _ => offset,
    })
}

/// `extract` of a date.
pub fn part_of_date(name: &str, date: i32) -> Result<Part, PgError> {
    let name = name.to_ascii_lowercase();
    let unit = Unit::of(&name, Type::DATE)?;
    if of_clock(unit, 0).is_some() || matches!(unit, Unit::Timezone | Unit::TimezoneHour | Unit::TimezoneMinute) {
        return Err(unsupported(&name, Type::DATE));
    }
    if !super::date::is_finite(date) {
        return of_infinity(unit, &name, date < 0, Type::DATE);
    }
    let day = i64::from(date);
    let (year, month, day_of_month) = super::date::parts(date);
    let civil = Civil { year, month, day: day_of_month, ..Civil::default() };
    Ok(match unit {
        Unit::Julian => Part::Whole(day + 2_451_545),
        Unit::Epoch => Part::Whole(day * 86_400 + UNIX_TO_2000),
        unit => of_day(unit, &civil, day).ok_or_else(|| unsupported(&name, Type::DATE))?,
    })
}

/// `extract` of a time.
pub fn part_of_time(name: &str, micros: i64) -> Result<Part, PgError> {
    let name = name.to_ascii_lowercase();
    match Unit::of(&name, Type::TIME)? {
        Unit::Epoch => Ok(Part::micros(i128::from(micros))),
        unit => of_clock(unit, micros).ok_or_else(|| unsupported(&name, Type::TIME)),
    }
}

/// `extract` of a timetz.
pub fn part_of_timetz(name: &str, time: TimeTz) -> Result<Part, PgError> {
    let name = name.to_ascii_lowercase();
    let unit = Unit::of(&name, Type::TIMETZ)?;
    match unit {
        Unit::Epoch => Ok(Part::micros(i128::from(time.in_greenwich()))),
        Unit::Timezone | Unit::TimezoneHour | Unit::TimezoneMinute => Ok(of_offset(unit, i64::from(time.offset))),
        unit => of_clock(unit, time.micros).ok_or_else(|| unsupported(&name, Type::TIMETZ)),
    }
}

/// `extract` of an interval.
pub fn part_of_interval(name: &str, interval: Interval) -> Result<Part, PgError> {
    let name = name.to_ascii_lowercase();
    let unit = Unit::of(&name, Type::INTERVAL)?;
    let (years, months) = (i64::from(interval.months / 12), i64::from(interval.months % 12));
    // Hours may be more than a day's.
    if unit == Unit::Hour {
        return Ok(Part::Whole(interval.micros / (3600 * MICROS)));
    }
    if let Some(part) = of_clock(unit, interval.micros) {
        return Ok(part);
    }
    Ok(match unit {
        Unit::Day => Part::Whole(i64::from(interval.days)),
        Unit::Month => Part::Whole(months),
        Unit::Quarter => Part::Whole(months / 3 + 1),
        Unit::Year => Part::Whole(years),
        Unit::Decade => Part::Whole(years / 10),
        Unit::Century => Part::Whole(years / 100),
        Unit::Millennium => Part::Whole(years / 1000),
        Unit::Epoch => {
            // A year has 365.25 days here, a month 30.
            let days = i128::from(years) * 1461 + i128::from(months) * 120 + i128::from(interval.days) * 4;
            Part::micros(days * i128::from(MICROS_A_DAY / 4) + i128::from(interval.micros))
        }
        _ => return Err(unsupported(&name, Type::INTERVAL)),
    })
}

/// `date_trunc` of a local time. Answers whether the day may be another, too.
fn truncate(unit: Unit, local: i64) -> Option<(i64, bool)> {
    let down = |micros: i64| local.div_euclid(micros) * micros;
    let civil = Civil::from_micros(local);
    let first_of = |year: i32, month: i32| days_of(year, month, 1) * MICROS_A_DAY;
    let year = civil.year;
    let truncated = match unit {
        Unit::Microseconds => return Some((local, false)),
        Unit::Milliseconds => return Some((down(1000), false)),
        Unit::Second => return Some((down(MICROS), false)),
        Unit::Minute => return Some((down(60 * MICROS), false)),
        Unit::Hour => return Some((down(3600 * MICROS), false)),
        Unit::Day => down(MICROS_A_DAY),
        Unit::Week => {
            let day = local.div_euclid(MICROS_A_DAY);
            (day - week_day(day)) * MICROS_A_DAY
        }
        Unit::Month => first_of(year, i32::from(civil.month)),
        Unit::Quarter => first_of(year, (i32::from(civil.month) - 1) / 3 * 3 + 1),
        Unit::Year => first_of(year, 1),
        Unit::Decade => first_of(if year > 0 { year / 10 * 10 } else { -((8 - (year - 1)) / 10) * 10 }, 1),
        Unit::Century => {
            first_of(if year > 0 { (year + 99) / 100 * 100 - 99 } else { -((99 - (year - 1)) / 100) * 100 + 1 }, 1)
        }
        Unit::Millennium => first_of(
            if year > 0 { (year + 999) / 1000 * 1000 - 999 } else { -((999 - (year - 1)) / 1000) * 1000 + 1 },
            1,
        ),
        _ => return None,
    };
    Some((truncated, true))
}

/// `date_trunc` of a timestamp.
pub fn truncate_timestamp(name: &str, timestamp: i64) -> Result<i64, PgError> {
    let name = name.to_ascii_lowercase();
    if !is_finite(timestamp) {
        return Ok(timestamp);
    }
    let (truncated, _) = truncate(Unit::to_truncate(&name, Type::TIMESTAMP)?, timestamp)
        .ok_or_else(|| unsupported(&name, Type::TIMESTAMP))?;
    checked(Some(truncated))
}

/// `date_trunc` of a timestamptz, on the zone's clock.
pub fn truncate_timestamptz(name: &str, timestamp: i64, zone: &Zone) -> Result<i64, PgError> {
    let name = name.to_ascii_lowercase();
    if !is_finite(timestamp) {
        return Ok(timestamp);
    }
    let local = zone.to_local(timestamp);
    let (truncated, to_day) = truncate(Unit::to_truncate(&name, Type::TIMESTAMPTZ)?, local)
        .ok_or_else(|| unsupported(&name, Type::TIMESTAMPTZ))?;
    if to_day { checked(zone.to_instant(truncated)) } else { checked(Some(truncated - (local - timestamp))) }
}

/// `date_trunc` of an interval.
pub fn truncate_interval(name: &str, interval: Interval) -> Result<Interval, PgError> {
    let name = name.to_ascii_lowercase();
    let unit = Unit::to_truncate(&name, Type::INTERVAL)?;
    let time = |unit: i64| Interval { micros: interval.micros / unit * unit, ..interval };
    let months = |unit: i32| Interval::new(interval.months / unit * unit, 0, 0);
    Ok(match unit {
        Unit::Microseconds => interval,
        Unit::Milliseconds => time(1000),
        Unit::Second => time(MICROS),
        Unit::Minute => time(60 * MICROS),
        Unit::Hour => time(3600 * MICROS),
        Unit::Day => Interval { micros: 0, ..interval },
        Unit::Month => months(1),
        Unit::Quarter => months(3),
        Unit::Year => months(12),
        Unit::Decade => months(120),
        Unit::Century => months(1200),
        Unit::Millennium => months(12_000),
        Unit::Week => {
            return Err(unsupported(&name, Type::INTERVAL).detail("Months usually have fractional weeks."));
        }
        _ => return Err(unsupported(&name, Type::INTERVAL)),
    })
}
