//! Aggregates that SQLite lacks or computes otherwise.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::ValueRef;

use super::{Call, FunctionState, Out};
use crate::sql::SqliteFunction;
use crate::types::arithmetic::Float;
use crate::types::timestamp::Interval;
use crate::types::{PgError, SqlState};

pub(super) fn register(
    connection: &Connection,
    state: &FunctionState,
    function: &SqliteFunction,
    flags: FunctionFlags,
) -> rusqlite::Result<()> {
    let (name, args, strict) = (function.name, function.args, function.strict);
    fn aggregate<A: Accumulator>(state: &FunctionState, strict: bool) -> Adapter<A> {
        Adapter { state: state.clone(), strict, accumulator: std::marker::PhantomData }
    }
    match name {
        "pg_sum_float4" => connection.create_aggregate_function(name, args, flags, aggregate::<Sum4>(state, strict)),
        "pg_sum_float8" => connection.create_aggregate_function(name, args, flags, aggregate::<Sum8>(state, strict)),
        "pg_avg_float8" => connection.create_aggregate_function(name, args, flags, aggregate::<Average>(state, strict)),
        "pg_string_agg" => connection.create_aggregate_function(name, args, flags, aggregate::<Joined>(state, strict)),
        "pg_interval_sum" => connection.create_aggregate_function(name, args, flags, aggregate::<Spans>(state, strict)),
        "pg_interval_avg" => {
            connection.create_aggregate_function(name, args, flags, aggregate::<AverageSpan>(state, strict))
        }
        "pg_interval_min" => {
            connection.create_aggregate_function(name, args, flags, aggregate::<Extreme<false>>(state, strict))
        }
        "pg_interval_max" => {
            connection.create_aggregate_function(name, args, flags, aggregate::<Extreme<true>>(state, strict))
        }
        "pg_single" => connection.create_aggregate_function(name, args, flags, aggregate::<Single>(state, strict)),
        _ => Err(super::missing(name)),
    }
}

/// One aggregate's state.
trait Accumulator: Default + Send + std::panic::UnwindSafe + std::panic::RefUnwindSafe + 'static {
    fn add(&mut self, call: &Call) -> Result<(), PgError>;
    fn finish(self) -> Out;
}

struct Adapter<A> {
    state: FunctionState,
    /// Rows with a NULL argument are skipped.
    strict: bool,
    accumulator: std::marker::PhantomData<fn() -> A>,
}

impl<A: Accumulator> Aggregate<A, Out> for Adapter<A> {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<A> {
        Ok(A::default())
    }

    fn step(&self, context: &mut Context<'_>, accumulator: &mut A) -> rusqlite::Result<()> {
        let call = Call::new(context, &self.state);
        if self.strict && (0..call.len()).any(|index| call.is_null(index)) {
            return Ok(());
        }
        accumulator.add(&call).map_err(|error| self.state.fail(error))
    }

    fn finalize(&self, _: &mut Context<'_>, accumulator: Option<A>) -> rusqlite::Result<Out> {
        Ok(accumulator.map_or(Out::Null, A::finish))
    }
}

/// In float4, as PostgreSQL adds them.
#[derive(Default)]
struct Sum4(Option<f32>);

impl Accumulator for Sum4 {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let value = call.float(0)? as f32;
        self.0 = Some(match self.0 {
            None => value,
            Some(sum) => Float::add(sum, value)?,
        });
        Ok(())
    }

    fn finish(self) -> Out {
        self.0.map_or(Out::Null, Out::from)
    }
}

#[derive(Default)]
struct Sum8(Option<f64>);

impl Accumulator for Sum8 {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let value = call.float(0)?;
        self.0 = Some(match self.0 {
            None => value,
            Some(sum) => Float::add(sum, value)?,
        });
        Ok(())
    }

    fn finish(self) -> Out {
        self.0.map_or(Out::Null, Out::from)
    }
}

#[derive(Default)]
struct Average {
    sum: f64,
    count: u64,
}

impl Accumulator for Average {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        self.sum = Float::add(self.sum, call.float(0)?)?;
        self.count += 1;
        Ok(())
    }

    fn finish(self) -> Out {
        if self.count == 0 { Out::Null } else { Out::Float(self.sum / self.count as f64) }
    }
}

/// sum(interval).
#[derive(Default)]
struct Spans(Option<Interval>);

impl Accumulator for Spans {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let interval = call.interval(0)?;
        self.0 = Some(match self.0 {
            None => interval,
            Some(sum) => sum.plus(interval)?,
        });
        Ok(())
    }

    fn finish(self) -> Out {
        self.0.map_or(Out::Null, Out::from)
    }
}

/// avg(interval).
#[derive(Default)]
struct AverageSpan {
    sum: Interval,
    count: u32,
}

impl Accumulator for AverageSpan {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        self.sum = self.sum.plus(call.interval(0)?)?;
        self.count = self.count.saturating_add(1);
        Ok(())
    }

    fn finish(self) -> Out {
        // Never out of range: an average is no longer than the sum.
        self.sum.over(f64::from(self.count)).map_or(Out::Null, Out::from)
    }
}

/// min(interval) and max(interval).
#[derive(Default)]
struct Extreme<const GREATEST: bool>(Option<Interval>);

impl<const GREATEST: bool> Accumulator for Extreme<GREATEST> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let interval = call.interval(0)?;
        let wanted = if GREATEST { Ordering::Greater } else { Ordering::Less };
        if self.0.is_none_or(|best| interval.compare(best) == wanted) {
            self.0 = Some(interval);
        }
        Ok(())
    }

    fn finish(self) -> Out {
        self.0.map_or(Out::Null, Out::from)
    }
}

/// string_agg(text, separator): each separator stands before its own row's text.
#[derive(Default)]
struct Joined(Option<String>);

impl Accumulator for Joined {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        if call.is_null(0) {
            return Ok(());
        }
        let text = call.text(0)?;
        match &mut self.0 {
            None => self.0 = Some(text.to_owned()),
            Some(joined) => {
                if !call.is_null(1) {
                    joined.push_str(call.text(1)?);
                }
                joined.push_str(text);
            }
        }
        Ok(())
    }

    fn finish(self) -> Out {
        self.0.map_or(Out::Null, Out::Text)
    }
}

/// A sub-query's value: that of its only row.
#[derive(Default)]
struct Single(Option<Out>);

impl Accumulator for Single {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        if self.0.is_some() {
            let message = "more than one row returned by a subquery used as an expression";
            return Err(PgError::new(SqlState::CARDINALITY_VIOLATION, message));
        }
        self.0 = Some(match call.raw(0) {
            ValueRef::Null => Out::Null,
            ValueRef::Integer(int) => Out::Int(int),
            ValueRef::Real(float) => Out::Float(float),
            ValueRef::Text(_) => Out::Text(call.text(0)?.to_owned()),
            ValueRef::Blob(bytes) => Out::Bytes(bytes.to_vec()),
        });
        Ok(())
    }

    fn finish(self) -> Out {
        self.0.unwrap_or(Out::Null)
    }
}
