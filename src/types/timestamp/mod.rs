//! Dates and times as PostgreSQL counts them: microseconds (or days) since 2000-01-01.
//!
//! jiff stops at the year 9999 and PostgreSQL doesn't (4713 BC to 294276 AD), so the calendar is our own
//! ([`Civil`]) and jiff is asked for time zone offsets alone ([`Zone`]).

mod abbreviations;
mod calendar;
mod format;
mod input;
mod interval_input;
mod interval_output;
mod output;
mod parse;
mod standard;
mod style;
mod zone;

pub mod arithmetic;
pub mod date;
pub mod interval;
pub mod sortable;
pub mod time;
pub mod unit;

pub use abbreviations::abbreviations;
pub use calendar::Civil;
pub use format::{format_interval, format_timestamp, format_timestamptz};
pub use input::clock::{input_time, input_timetz};
pub use input::{input, input_date, input_timestamp};
pub use interval::Interval;
pub use interval_input::input as input_interval;
pub use interval_output::output as output_interval;
pub use output::{output, output_date, output_offset, output_time, output_timestamp, output_timetz};
pub use parse::{to_date, to_timestamp};
pub use standard::{Datetime, Template};
pub use style::{ByteaOutput, DateOrder, DateStyle, IntervalStyle, Styles};
pub use time::TimeTz;
pub use zone::Zone;

use crate::types::{PgError, SqlState};

/// `infinity`.
pub const INFINITY: i64 = i64::MAX;
/// `-infinity`.
pub const NEG_INFINITY: i64 = i64::MIN;
/// The first timestamp: 4714-11-24 00:00:00 UTC BC, Julian day 0.
pub const MIN: i64 = -211_813_488_000_000_000;
/// Just past the last timestamp: 294277-01-01 00:00:00 UTC.
pub const END: i64 = 9_223_371_331_200_000_000;

/// Seconds from 1970 to 2000.
pub const UNIX_TO_2000: i64 = 946_684_800;
pub const MICROS: i64 = 1_000_000;
const SECONDS_A_DAY: i64 = 86_400;
/// Of a day as clocks count them.
pub const MICROS_A_DAY: i64 = SECONDS_A_DAY * MICROS;

/// The clock, in microseconds since 2000-01-01 UTC.
pub fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond() - UNIX_TO_2000 * MICROS
}

/// Whether it is none of the infinities.
pub fn is_finite(timestamp: i64) -> bool {
    timestamp != INFINITY && timestamp != NEG_INFINITY
}

pub fn out_of_range() -> PgError {
    PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "timestamp out of range")
}

/// The timestamp, if it is in PostgreSQL's range.
pub fn checked(timestamp: Option<i64>) -> Result<i64, PgError> {
    timestamp.filter(|timestamp| is_valid(*timestamp)).ok_or_else(out_of_range)
}

/// Whether a timestamptz can have this value: PostgreSQL's range and the two infinities.
pub fn is_valid(timestamp: i64) -> bool {
    timestamp == INFINITY || timestamp == NEG_INFINITY || (MIN..END).contains(&timestamp)
}

/// Rounds to `precision` decimals of a second (0 to 6), as `timestamptz(p)` does: halves away from 2000.
pub fn round(timestamp: i64, precision: i64) -> i64 {
    if timestamp == INFINITY || timestamp == NEG_INFINITY || !(0..6).contains(&precision) {
        return timestamp;
    }
    let scale = 10_i64.pow(6 - precision as u32);
    let rounded = (timestamp.unsigned_abs() as i64 + scale / 2) / scale * scale;
    if timestamp < 0 { -rounded } else { rounded }
}

/// A time of day in a zone, with the offset that it has there today (`time_timetz`). Error 22008 of a day far out.
pub fn timetz_today(micros: i64, zone: &Zone, now: i64) -> Result<TimeTz, PgError> {
    let today = zone.to_local(now).div_euclid(MICROS_A_DAY);
    let local = today * MICROS_A_DAY + micros;
    let instant = checked(zone.to_instant(local))?;
    Ok(TimeTz { micros, offset: ((local - instant) / MICROS) as i32 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn what_is_printed_reads_back(
            timestamp in prop_oneof![MIN..END, -3_000_000_000_000_000i64..3_000_000_000_000_000],
            zone in prop::sample::select(vec!["UTC", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Manila", "-3.5"]),
        ) {
            let zone = Zone::resolve(zone).unwrap();
            let mut text = String::new();
            output(timestamp, &zone, &mut text).unwrap();
            prop_assert_eq!(input(&text, &Zone::utc(), 0), Ok(timestamp), "{}", text);
        }

        #[test]
        fn any_text_is_a_time_or_an_error(
            text in prop_oneof![
                "\\PC{0,30}",
                "[-+:./, 0-9tjz]{0,30}",
                "((2024|12|jan|7|j|99999)[-/ .]){0,4}[ t]?((10|7|99)[: .]){0,4}(am|pm|bc|est|dst|msk|z|[-+]0[78]|utc|foo/bar)?",
            ],
        ) {
            if let Ok(timestamp) = input(&text, &Zone::utc(), 0) {
                prop_assert!(is_valid(timestamp));
            }
        }
    }
}
