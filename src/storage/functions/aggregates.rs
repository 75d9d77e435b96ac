//! Aggregates that SQLite lacks or computes otherwise.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags, WindowAggregate};
use rusqlite::types::{Value as Owned, ValueRef};

use super::frames::{Added, Positional, Whole};
use super::regression::{self, Regression};
use super::{Arguments, Call, FunctionState, Out, Scalar, arrays, enums, missing, sets, text};
use crate::sql::{FRAMED_WINDOW, MOVING_WINDOW, SqliteFunction};
use crate::storage::stored;
use crate::types::arithmetic::{Float, overflow};
use crate::types::timestamp::Interval;
use crate::types::{PgError, SqlState, Type, Value, bits, compare, numeric};

pub(super) fn register(
    connection: &Connection,
    state: &FunctionState,
    function: &SqliteFunction,
    flags: FunctionFlags,
) -> rusqlite::Result<()> {
    let new = Registration { connection, state, function, flags };
    match function.name {
        "pg_sum_float4" => new.of::<Sum4>(),
        "pg_sum_float8" => new.of::<Sum8>(),
        "pg_avg_float8" => new.of::<Average>(),
        "pg_sum_numeric" => new.of::<NumericSum>(),
        "pg_avg_numeric" => new.of::<NumericAverage>(),
        "pg_var_samp_numeric" => new.of::<NumericSpread<true, false>>(),
        "pg_var_pop_numeric" => new.of::<NumericSpread<false, false>>(),
        "pg_stddev_samp_numeric" => new.of::<NumericSpread<true, true>>(),
        "pg_stddev_pop_numeric" => new.of::<NumericSpread<false, true>>(),
        "pg_var_samp_float8" => new.of::<Spread<true, false>>(),
        "pg_var_pop_float8" => new.of::<Spread<false, false>>(),
        "pg_stddev_samp_float8" => new.of::<Spread<true, true>>(),
        "pg_stddev_pop_float8" => new.of::<Spread<false, true>>(),
        "pg_corr" => new.of::<Regression<{ regression::CORR }>>(),
        "pg_covar_pop" => new.of::<Regression<{ regression::COVAR_POP }>>(),
        "pg_covar_samp" => new.of::<Regression<{ regression::COVAR_SAMP }>>(),
        "pg_regr_avgx" => new.of::<Regression<{ regression::REGR_AVGX }>>(),
        "pg_regr_avgy" => new.of::<Regression<{ regression::REGR_AVGY }>>(),
        "pg_regr_intercept" => new.of::<Regression<{ regression::REGR_INTERCEPT }>>(),
        "pg_regr_r2" => new.of::<Regression<{ regression::REGR_R2 }>>(),
        "pg_regr_slope" => new.of::<Regression<{ regression::REGR_SLOPE }>>(),
        "pg_regr_sxx" => new.of::<Regression<{ regression::REGR_SXX }>>(),
        "pg_regr_sxy" => new.of::<Regression<{ regression::REGR_SXY }>>(),
        "pg_regr_syy" => new.of::<Regression<{ regression::REGR_SYY }>>(),
        "pg_regr_count" => new.of::<Regression<{ regression::REGR_COUNT }>>(),
        "pg_bit_and" => new.of::<Bits<'&'>>(),
        "pg_bit_or" => new.of::<Bits<'|'>>(),
        "pg_bit_xor" => new.of::<Bits<'#'>>(),
        "pg_bits_and" => new.of::<BitStrings<'&'>>(),
        "pg_bits_or" => new.of::<BitStrings<'|'>>(),
        "pg_bits_xor" => new.of::<BitStrings<'#'>>(),
        "pg_string_agg" => new.of::<Joined>(),
        "pg_string_agg_bytes" => new.of::<JoinedBytes>(),
        "pg_interval_sum" => new.of::<Spans>(),
        "pg_interval_avg" => new.of::<AverageSpan>(),
        "pg_interval_min" => new.of::<Extreme<false>>(),
        "pg_interval_max" => new.of::<Extreme<true>>(),
        "pg_frame_count" => new.of::<Count>(),
        "pg_frame_sum" => new.of::<Integers>(),
        "pg_frame_min" => new.of::<ExtremeOf<false>>(),
        "pg_frame_max" => new.of::<ExtremeOf<true>>(),
        "pg_first_value_framed" => new.framed(Positional::First),
        "pg_last_value_framed" => new.framed(Positional::Last),
        "pg_nth_value_framed" => new.framed(Positional::Nth),
        "pg_single" => new.of::<Single>(),
        "pg_pack_rows" => new.of::<Packed>(),
        name => Err(missing(name)),
    }
}

/// (aggregate, packed rows, or NULL where there are none): an aggregate of rows that have been looked at before.
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[("pg_aggregate_rows", |call| match call.text(0)? {
    "pg_string_agg" => of_rows::<Joined>(call, false),
    "pg_string_agg_bytes" => of_rows::<JoinedBytes>(call, false),
    "pg_corr" => of_rows::<Regression<{ regression::CORR }>>(call, true),
    "pg_covar_pop" => of_rows::<Regression<{ regression::COVAR_POP }>>(call, true),
    "pg_covar_samp" => of_rows::<Regression<{ regression::COVAR_SAMP }>>(call, true),
    "pg_regr_avgx" => of_rows::<Regression<{ regression::REGR_AVGX }>>(call, true),
    "pg_regr_avgy" => of_rows::<Regression<{ regression::REGR_AVGY }>>(call, true),
    "pg_regr_intercept" => of_rows::<Regression<{ regression::REGR_INTERCEPT }>>(call, true),
    "pg_regr_r2" => of_rows::<Regression<{ regression::REGR_R2 }>>(call, true),
    "pg_regr_slope" => of_rows::<Regression<{ regression::REGR_SLOPE }>>(call, true),
    "pg_regr_sxx" => of_rows::<Regression<{ regression::REGR_SXX }>>(call, true),
    "pg_regr_sxy" => of_rows::<Regression<{ regression::REGR_SXY }>>(call, true),
    "pg_regr_syy" => of_rows::<Regression<{ regression::REGR_SYY }>>(call, true),
    "pg_regr_count" => of_rows::<Regression<{ regression::REGR_COUNT }>>(call, true),
    name => Err(PgError::unsupported(format!("{name} of packed rows"))),
})];

/// `strict`: rows with a NULL are passed over.
fn of_rows<A: Accumulator>(call: &Call, strict: bool) -> Result<Out, PgError> {
    if call.is_null(1) {
        return Ok(A::of_nothing());
    }
    let mut accumulator = A::default();
    for row in sets::packed::values(call.bytes(1)?) {
        let row = row?;
        if !(strict && row.contains(&Owned::Null)) {
            accumulator.add(&Call { arguments: Arguments::Kept(&row), state: call.state })?;
        }
    }
    accumulator.finish()
}

/// An aggregate about to be made known to a connection: as itself; with [`MOVING_WINDOW`] behind its name, for windows whose
/// frame loses rows; and with [`FRAMED_WINDOW`], for those whose frame is found by [`super::frames`].
struct Registration<'a> {
    connection: &'a Connection,
    state: &'a FunctionState,
    function: &'a SqliteFunction,
    flags: FunctionFlags,
}

impl Registration<'_> {
    fn of<A: Accumulator>(&self) -> rusqlite::Result<()> {
        let Registration { connection, state, function, flags } = *self;
        let adapter =
            || Adapter { state: state.clone(), strict: function.strict, accumulator: PhantomData::<fn() -> A> };
        connection.create_window_function(function.name, function.args, flags, adapter())?;
        let moving = format!("{}{MOVING_WINDOW}", function.name);
        connection.create_window_function(moving.as_str(), function.args, flags, Moving(adapter()))?;
        let framed = format!("{}{FRAMED_WINDOW}", function.name);
        connection.create_window_function(framed.as_str(), -1, flags, Whole::new(state, Added(adapter())))
    }
}

impl Registration<'_> {
    /// A window function over frames that [`super::frames`] finds.
    fn framed(&self, positional: Positional) -> rusqlite::Result<()> {
        let Registration { connection, state, function, flags } = *self;
        connection.create_window_function(function.name, function.args, flags, Whole::new(state, positional))
    }
}

/// One aggregate's state.
pub(super) trait Accumulator: Clone + Default + Send + UnwindSafe + RefUnwindSafe + 'static {
    fn add(&mut self, call: &Call) -> Result<(), PgError>;
    fn finish(self) -> Result<Out, PgError>;

    /// Forgets a row that has been added, the one that has been there longest; whether it could.
    fn remove(&mut self, _: &Call) -> bool {
        false
    }

    /// The result of no rows.
    fn of_nothing() -> Out {
        Out::Null
    }
}

pub(super) struct Adapter<A> {
    state: FunctionState,
    /// Rows with a NULL argument are skipped.
    strict: bool,
    accumulator: PhantomData<fn() -> A>,
}

impl<A: Accumulator> Adapter<A> {
    pub(super) fn state(&self) -> &FunctionState {
        &self.state
    }

    pub(super) fn remove(&self, call: &Call, accumulator: &mut A) -> bool {
        self.strict && (0..call.len()).any(|index| call.is_null(index)) || accumulator.remove(call)
    }

    pub(super) fn add(&self, call: &Call, accumulator: &mut A) -> rusqlite::Result<()> {
        if self.strict && (0..call.len()).any(|index| call.is_null(index)) {
            return Ok(());
        }
        accumulator.add(call).map_err(|error| self.state.fail(error))
    }
}

impl<A: Accumulator> Aggregate<A, Out> for Adapter<A> {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<A> {
        Ok(A::default())
    }

    fn step(&self, context: &mut Context<'_>, accumulator: &mut A) -> rusqlite::Result<()> {
        self.add(&Call::new(context, &self.state), accumulator)
    }

    fn finalize(&self, _: &mut Context<'_>, accumulator: Option<A>) -> rusqlite::Result<Out> {
        accumulator.map_or(Ok(A::of_nothing()), A::finish).map_err(|error| self.state.fail(error))
    }
}

impl<A: Accumulator> WindowAggregate<A, Out> for Adapter<A> {
    fn value(&self, accumulator: Option<&mut A>) -> rusqlite::Result<Out> {
        accumulator
            .map_or(Ok(A::of_nothing()), |accumulator| accumulator.clone().finish())
            .map_err(|error| self.state.fail(error))
    }

    fn inverse(&self, _: &mut Context<'_>, _: &mut A) -> rusqlite::Result<()> {
        // Nothing leaves a frame that begins where its partition does; others have `Moving`.
        Err(missing("the inverse of an aggregate"))
    }
}

/// The same for frames that lose rows at their start. They are kept and, as in PostgreSQL, added up anew for each
/// value: no float is what it was once another has been added and taken away.
struct Moving<A>(Adapter<A>);

type Frame = VecDeque<Vec<Owned>>;

impl<A: Accumulator> Moving<A> {
    fn total(&self, frame: &Frame) -> rusqlite::Result<Out> {
        if frame.is_empty() {
            return Ok(A::of_nothing());
        }
        let mut accumulator = A::default();
        for row in frame {
            self.0.add(&Call { arguments: Arguments::Kept(row), state: &self.0.state }, &mut accumulator)?;
        }
        accumulator.finish().map_err(|error| self.0.state.fail(error))
    }
}

impl<A: Accumulator> Aggregate<Frame, Out> for Moving<A> {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Frame> {
        Ok(Frame::new())
    }

    fn step(&self, context: &mut Context<'_>, frame: &mut Frame) -> rusqlite::Result<()> {
        frame.push_back((0..context.len()).map(|index| context.get(index)).collect::<rusqlite::Result<_>>()?);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, frame: Option<Frame>) -> rusqlite::Result<Out> {
        frame.map_or(Ok(A::of_nothing()), |frame| self.total(&frame))
    }
}

impl<A: Accumulator> WindowAggregate<Frame, Out> for Moving<A> {
    fn value(&self, frame: Option<&mut Frame>) -> rusqlite::Result<Out> {
        frame.map_or(Ok(A::of_nothing()), |frame| self.total(frame))
    }

    /// SQLite takes rows away in the order in which it gave them.
    fn inverse(&self, _: &mut Context<'_>, frame: &mut Frame) -> rusqlite::Result<()> {
        frame.pop_front();
        Ok(())
    }
}

/// Rows as one value: see [`sets::packed`].
#[derive(Clone, Default)]
struct Packed(Vec<u8>);

impl Accumulator for Packed {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        sets::packed::pack(call, &mut self.0);
        // One that is packed to be read again would otherwise be bounded by the memory alone.
        if self.0.len() > text::MAX_BYTES { Err(text::too_long()) } else { Ok(()) }
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(Out::Bytes(self.0))
    }
}

/// In float4, as PostgreSQL adds them.
#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::from))
    }
}

#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::from))
    }
}

#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        Ok(if self.count == 0 { Out::Null } else { Out::Float(self.sum / self.count as f64) })
    }
}

/// sum(numeric) and sum(bigint).
#[derive(Clone, Default)]
struct NumericSum(numeric::Accumulator);

impl Accumulator for NumericSum {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        self.0.add(&call.numeric(0)?);
        Ok(())
    }

    fn remove(&mut self, call: &Call) -> bool {
        call.numeric(0).is_ok_and(|value| self.0.remove(&value))
    }

    fn finish(self) -> Result<Out, PgError> {
        self.0.sum().map_or(Ok(Out::Null), |sum| sum.map(Out::from))
    }
}

/// avg() of integers and numerics.
#[derive(Clone, Default)]
struct NumericAverage(numeric::Accumulator);

impl Accumulator for NumericAverage {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        self.0.add(&call.numeric(0)?);
        Ok(())
    }

    fn remove(&mut self, call: &Call) -> bool {
        call.numeric(0).is_ok_and(|value| self.0.remove(&value))
    }

    fn finish(self) -> Result<Out, PgError> {
        self.0.average().map_or(Ok(Out::Null), |average| average.map(Out::from))
    }
}

/// Variances and standard deviations of integers and numerics.
#[derive(Clone, Default)]
struct NumericSpread<const SAMPLE: bool, const ROOT: bool>(numeric::Moments);

impl<const SAMPLE: bool, const ROOT: bool> Accumulator for NumericSpread<SAMPLE, ROOT> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        self.0.add(&call.numeric(0)?);
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        let result = if ROOT { self.0.deviation(SAMPLE) } else { self.0.variance(SAMPLE) };
        result.map_or(Ok(Out::Null), |result| result.map(Out::from))
    }
}

/// Variances and standard deviations of floats, by Youngs and Cramer as PostgreSQL computes them (`float8_accum`).
#[derive(Clone, Default)]
struct Spread<const SAMPLE: bool, const ROOT: bool> {
    count: f64,
    sum: f64,
    squares: f64,
}

impl<const SAMPLE: bool, const ROOT: bool> Accumulator for Spread<SAMPLE, ROOT> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let (value, before) = (call.float(0)?, self.clone());
        self.count += 1.0;
        self.sum += value;
        if before.count > 0.0 {
            let difference = value * self.count - self.sum;
            self.squares += difference * difference / (self.count * before.count);
            if self.sum.is_infinite() || self.squares.is_infinite() {
                if before.sum.is_finite() && value.is_finite() {
                    return Err(overflow());
                }
                self.squares = f64::NAN;
            }
        } else if !value.is_finite() {
            self.squares = f64::NAN;
        }
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        let divisor = if SAMPLE { self.count - 1.0 } else { self.count };
        if divisor <= 0.0 {
            return Ok(Out::Null);
        }
        let variance = self.squares / divisor;
        Ok(Out::Float(if ROOT { variance.sqrt() } else { variance }))
    }
}

/// bit_and(), bit_or() and bit_xor(), by the operator's character.
#[derive(Clone, Default)]
struct Bits<const OPERATOR: char>(Option<i64>);

impl<const OPERATOR: char> Accumulator for Bits<OPERATOR> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let value = call.int(0)?;
        self.0 = Some(match (self.0, OPERATOR) {
            (None, _) => value,
            (Some(bits), '&') => bits & value,
            (Some(bits), '|') => bits | value,
            (Some(bits), _) => bits ^ value,
        });
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::Int))
    }
}

/// The same of bit strings.
#[derive(Clone, Default)]
struct BitStrings<const OPERATOR: char>(Option<String>);

impl<const OPERATOR: char> Accumulator for BitStrings<OPERATOR> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let value = call.text(0)?;
        self.0 = Some(match (self.0.take(), OPERATOR) {
            (None, _) => value.to_owned(),
            (Some(bits), '&') => bits::combined(&bits, value, "AND", |a, b| a & b)?,
            (Some(bits), '|') => bits::combined(&bits, value, "OR", |a, b| a | b)?,
            (Some(bits), _) => bits::combined(&bits, value, "XOR", |a, b| a ^ b)?,
        });
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::from))
    }
}

/// count(), where SQLite's own can't be.
#[derive(Clone, Default)]
struct Count(i64);

impl Accumulator for Count {
    fn add(&mut self, _: &Call) -> Result<(), PgError> {
        self.0 += 1;
        Ok(())
    }

    fn remove(&mut self, _: &Call) -> bool {
        self.0 -= 1;
        true
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(Out::Int(self.0))
    }

    fn of_nothing() -> Out {
        Out::Int(0)
    }
}

/// sum() of int2 and int4, where SQLite's own can't be.
#[derive(Clone, Default)]
struct Integers {
    sum: i128,
    count: u64,
}

impl Accumulator for Integers {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        self.sum += i128::from(call.int(0)?);
        self.count += 1;
        Ok(())
    }

    fn remove(&mut self, call: &Call) -> bool {
        let Ok(value) = call.int(0) else { return false };
        self.sum -= i128::from(value);
        self.count -= 1;
        true
    }

    fn finish(self) -> Result<Out, PgError> {
        if self.count == 0 {
            return Ok(Out::Null);
        }
        let out_of_range = |_| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "bigint out of range");
        i64::try_from(self.sum).map(Out::Int).map_err(out_of_range)
    }
}

/// min(value, its type) and max(), where SQLite's own can't be: of equal values the last, but of char(n) the first.
#[derive(Clone, Default)]
struct ExtremeOf<const GREATEST: bool>(Option<(Value, Owned)>);

impl<const GREATEST: bool> Accumulator for ExtremeOf<GREATEST> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let ty = arrays::oid_type(call, 1)?;
        let value = match call.raw(0) {
            ValueRef::Integer(int) if ty == Type::NUMERIC => Value::Numeric(Box::new(int.into())),
            ValueRef::Text(_) if ty.is_enum() => enums::place(call, ty, call.text(0)?)?,
            raw => stored::from_sqlite(raw, ty)?,
        };
        let wanted = if GREATEST { Ordering::Greater } else { Ordering::Less };
        let order = match (&self.0, &value) {
            (None, _) => wanted,
            (Some((Value::Array(best), _)), Value::Array(value)) => compare::arrays(value, best),
            (Some((best, _)), value) => compare::values(ty, value, best),
        };
        if order == wanted || order.is_eq() && ty != Type::BPCHAR {
            self.0 = Some((value, Out::from_ref(call.raw(0))?.into_owned()));
        }
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        match self.0 {
            Some((_, raw)) => Out::from_ref((&raw).into()),
            None => Ok(Out::Null),
        }
    }
}

/// sum(interval).
#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::from))
    }
}

/// avg(interval).
#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        // Never out of range: an average is no longer than the sum.
        Ok(self.sum.over(f64::from(self.count)).map_or(Out::Null, Out::from))
    }
}

/// min(interval) and max(interval).
#[derive(Clone, Default)]
struct Extreme<const GREATEST: bool>(Option<Interval>);

impl<const GREATEST: bool> Accumulator for Extreme<GREATEST> {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        let interval = call.interval(0)?;
        let wanted = if GREATEST { Ordering::Greater } else { Ordering::Less };
        // Of a day and 24 hours the last.
        if self.0.is_none_or(|best| interval.compare(best) != wanted.reverse()) {
            self.0 = Some(interval);
        }
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::from))
    }
}

/// string_agg(text, separator): each separator stands before its own row's text.
#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::Text))
    }
}

/// string_agg(bytea, separator), as [`Joined`].
#[derive(Clone, Default)]
struct JoinedBytes(Option<Vec<u8>>);

impl Accumulator for JoinedBytes {
    fn add(&mut self, call: &Call) -> Result<(), PgError> {
        if call.is_null(0) {
            return Ok(());
        }
        let bytes = call.bytes(0)?;
        match &mut self.0 {
            None => self.0 = Some(bytes.to_vec()),
            Some(joined) => {
                if !call.is_null(1) {
                    joined.extend_from_slice(call.bytes(1)?);
                }
                joined.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.map_or(Out::Null, Out::Bytes))
    }
}

/// A sub-query's value: that of its only row.
#[derive(Clone, Default)]
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

    fn finish(self) -> Result<Out, PgError> {
        Ok(self.0.unwrap_or(Out::Null))
    }
}
