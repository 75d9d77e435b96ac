//! Dates and times: input and output in the session's styles, casts, and what they are compared by.

use std::cmp::Ordering;

use rusqlite::types::ValueRef;

use super::values::{compare, extreme_by};
use super::{Call, Out, Scalar, stored};
use crate::types::timestamp::{self, Interval, MICROS_A_DAY, TimeTz, date, sortable, time};
use crate::types::{PgError, SqlState, Type, Value, text};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_timestamptz_in", |call| input(call, Type::TIMESTAMPTZ)),
    ("pg_timestamp_in", |call| input(call, Type::TIMESTAMP)),
    ("pg_date_in", |call| input(call, Type::DATE)),
    ("pg_time_in", |call| input(call, Type::TIME)),
    ("pg_timetz_in", |call| input(call, Type::TIMETZ)),
    ("pg_interval_in", |call| input(call, Type::INTERVAL)),
    ("pg_interval_in_fields", |call| {
        let style = call.zone().styles.interval;
        timestamp::input_interval(call.text(0)?, style, call.int4(1)?).map(Out::from)
    }),
    ("pg_float4_shown", |call| output(call, Value::Float4(call.float(0)? as f32))),
    ("pg_float8_shown", |call| output(call, Value::Float8(call.float(0)?))),
    ("pg_bytea_shown", |call| output(call, Value::Bytea(call.bytes(0)?.to_vec()))),
    ("pg_timestamptz_out", |call| output(call, Value::Timestamptz(call.timestamptz(0)?))),
    ("pg_timestamp_out", |call| output(call, Value::Timestamp(call.timestamp(0)?))),
    ("pg_date_out", |call| output(call, Value::Date(call.date(0)?))),
    ("pg_time_out", |call| output(call, Value::Time(call.time(0)?))),
    ("pg_timetz_out", |call| output(call, Value::Timetz(call.timetz(0)?))),
    ("pg_interval_out", |call| output(call, Value::Interval(call.interval(0)?))),
    ("pg_timestamptz_to_char", |call| {
        Ok(timestamp::format_timestamptz(call.timestamptz(0)?, &call.zone(), call.text(1)?).map_or(Out::Null, Out::Text))
    }),
    ("pg_timestamp_to_char", |call| {
        Ok(timestamp::format_timestamp(call.timestamp(0)?, call.text(1)?).map_or(Out::Null, Out::Text))
    }),
    ("pg_interval_to_char", |call| {
        Ok(timestamp::format_interval(call.interval(0)?, call.text(1)?)?.map_or(Out::Null, Out::Text))
    }),
    ("pg_to_timestamp", |call| {
        timestamp::to_timestamp(call.text(0)?, call.text(1)?, &call.zone()).map(timestamptz)
    }),
    ("pg_to_date", |call| timestamp::to_date(call.text(0)?, call.text(1)?).map(day)),
    ("pg_timestamptz_scale", |call| Ok(timestamptz(timestamp::round(call.timestamptz(0)?, call.int(1)?)))),
    ("pg_timestamp_scale", |call| Ok(timestamp(timestamp::round(call.timestamp(0)?, call.int(1)?)))),
    ("pg_time_scale", |call| Ok(time_of_day(time::round(call.time(0)?, call.int(1)?)))),
    ("pg_timetz_scale", |call| {
        let time = call.timetz(0)?;
        Ok(TimeTz { micros: time::round(time.micros, call.int(1)?), ..time }.into())
    }),
    ("pg_interval_scale", |call| Ok(call.interval(0)?.with_typmod(call.int4(1)?).into())),
    ("pg_date_timestamp", |call| date::to_timestamp(call.date(0)?).map(timestamp)),
    ("pg_date_timestamptz", |call| date::to_timestamptz(call.date(0)?, &call.zone()).map(timestamptz)),
    ("pg_timestamp_date", |call| Ok(day(date::of_timestamp(call.timestamp(0)?)))),
    ("pg_timestamptz_date", |call| Ok(day(date::of_timestamp(call.zone().to_local(call.timestamptz(0)?))))),
    ("pg_timestamp_time", |call| Ok(clock(call.timestamp(0)?))),
    ("pg_timestamptz_time", |call| Ok(clock(call.zone().to_local(call.timestamptz(0)?)))),
    ("pg_timestamp_timestamptz", |call| timestamp::checked(call.zone().to_instant(call.timestamp(0)?)).map(timestamptz)),
    ("pg_timestamptz_timestamp", |call| {
        timestamp::checked(Some(call.zone().to_local(call.timestamptz(0)?))).map(timestamp)
    }),
    ("pg_timestamptz_timetz", timestamptz_timetz),
    ("pg_time_interval", |call| Ok(Interval::new(0, 0, call.time(0)?).into())),
    ("pg_interval_time", |call| Ok(time_of_day(call.interval(0)?.micros.rem_euclid(MICROS_A_DAY)))),
    ("pg_timetz_time", |call| Ok(time_of_day(call.timetz(0)?.micros))),
    ("pg_time_timetz", time_timetz),
    ("pg_interval_key", |call| Ok(sortable::interval_key(call.interval(0)?).into())),
    ("pg_interval_greatest", |call| extreme_by(call, Ordering::Greater, compare_stored_intervals)),
    ("pg_interval_least", |call| extreme_by(call, Ordering::Less, compare_stored_intervals)),
    ("pg_date_cmp_timestamp", |call| {
        let day = call.date(0)?;
        Ok(date::to_timestamp(day).map_or_else(|_| out_of_all(day > 0), timestamp))
    }),
    ("pg_date_cmp_timestamptz", |call| {
        let day = call.date(0)?;
        Ok(date::to_timestamptz(day, &call.zone()).map_or_else(|_| out_of_all(day > 0), timestamptz))
    }),
    ("pg_timestamp_cmp_timestamptz", |call| {
        let local = call.timestamp(0)?;
        Ok(call.zone().to_instant(local).map_or_else(|| out_of_all(local > 0), timestamptz))
    }),
];

pub(super) fn timestamptz(timestamp: i64) -> Out {
    Out::Text(stored::timestamptz(timestamp))
}

pub(super) fn timestamp(timestamp: i64) -> Out {
    Out::Text(stored::written(timestamp, sortable::write_timestamp))
}

pub(super) fn day(date: i32) -> Out {
    Out::Text(stored::written(date, sortable::write_date))
}

pub(super) fn time_of_day(time: i64) -> Out {
    Out::Text(stored::written(time, sortable::write_time))
}

impl From<TimeTz> for Out {
    fn from(time: TimeTz) -> Out {
        Out::Text(stored::written(time, sortable::write_timetz))
    }
}

impl From<Interval> for Out {
    fn from(interval: Interval) -> Out {
        Out::Text(stored::written(interval, sortable::write_interval))
    }
}

impl Call<'_, '_> {
    fn stored<T>(&self, index: usize, parse: fn(&[u8]) -> Option<T>, wanted: &str) -> Result<T, PgError> {
        parse(self.text(index)?.as_bytes()).ok_or_else(|| {
            PgError::new(SqlState::INTERNAL_ERROR, format!("a function got text where it expected a {wanted}"))
        })
    }

    pub(super) fn timestamptz(&self, index: usize) -> Result<i64, PgError> {
        self.stored(index, sortable::parse_timestamptz, "timestamptz")
    }

    pub(super) fn timestamp(&self, index: usize) -> Result<i64, PgError> {
        self.stored(index, sortable::parse_timestamp, "timestamp")
    }

    pub(super) fn date(&self, index: usize) -> Result<i32, PgError> {
        self.stored(index, sortable::parse_date, "date")
    }

    pub(super) fn time(&self, index: usize) -> Result<i64, PgError> {
        self.stored(index, sortable::parse_time, "time")
    }

    pub(super) fn timetz(&self, index: usize) -> Result<TimeTz, PgError> {
        self.stored(index, sortable::parse_timetz, "timetz")
    }

    pub(super) fn interval(&self, index: usize) -> Result<Interval, PgError> {
        self.stored(index, sortable::parse_interval, "interval")
    }
}

fn input(call: &Call, ty: Type) -> Result<Out, PgError> {
    let value = text::input(ty, call.text(0)?, &call.zone(), call.context().transaction_timestamp)?;
    value.sortable().map(Out::Text).ok_or_else(|| PgError::new(SqlState::INTERNAL_ERROR, "a type without times"))
}

fn output(call: &Call, value: Value) -> Result<Out, PgError> {
    let mut out = String::new();
    text::output(&value, &call.zone(), &mut out);
    Ok(out.into())
}

/// The time of day of a local time; the infinities have none.
fn clock(local: i64) -> Out {
    if timestamp::is_finite(local) { time_of_day(local.rem_euclid(MICROS_A_DAY)) } else { Out::Null }
}

fn timestamptz_timetz(call: &Call) -> Result<Out, PgError> {
    let (timestamp, zone) = (call.timestamptz(0)?, call.zone());
    if !timestamp::is_finite(timestamp) {
        return Ok(Out::Null);
    }
    let micros = zone.to_local(timestamp).rem_euclid(MICROS_A_DAY);
    Ok(TimeTz { micros, offset: zone.offset_at(timestamp) }.into())
}

/// In the zone as it is today.
fn time_timetz(call: &Call) -> Result<Out, PgError> {
    let now = call.context().transaction_timestamp;
    Ok(timestamp::timetz_today(call.time(0)?, &call.zone(), now)?.into())
}

fn out_of_all(after: bool) -> Out {
    Out::Text(if after { sortable::AFTER_ALL } else { sortable::BEFORE_ALL }.to_owned())
}

fn compare_stored_intervals(a: ValueRef<'_>, b: ValueRef<'_>) -> Ordering {
    match (a, b) {
        (ValueRef::Text(left), ValueRef::Text(right)) => {
            match (sortable::parse_interval(left), sortable::parse_interval(right)) {
                (Some(left), Some(right)) => left.compare(right),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => compare(a, b),
            }
        }
        _ => compare(a, b),
    }
}

/// The collation of intervals.
pub(super) fn compare_intervals(a: &str, b: &str) -> Ordering {
    compare_stored_intervals(ValueRef::Text(a.as_bytes()), ValueRef::Text(b.as_bytes()))
}
