//! Windows whose frames SQLite does not know: RANGE with offsets of other than integers, and offsets that are
//! expressions.
//!
//! SQLite runs such a function over its whole partition, `ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING`: it gives
//! all rows in their order, and then asks for a value once for each row, in the same order. So the rows are kept, and the
//! frame of each is found here, as PostgreSQL finds it (`nodeWindowAgg.c`).

use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};

use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::{Value as Owned, ValueRef};

use super::aggregates::{Accumulator, Adapter};
use super::{Arguments, Call, FunctionState, Out, text};
use crate::sql::FrameSpec;
use crate::storage::stored;
use crate::types::in_range::Within;
use crate::types::timestamp::Zone;
use crate::types::{Numeric, PgError, SqlState, Type, Value, compare};

/// What stands before the keys in the arguments: the frame, its offsets, and whether FILTER lets the row pass.
const BEFORE_KEYS: usize = 4;

/// How a function's value is made of a frame.
pub(super) trait Framed: Send + UnwindSafe + RefUnwindSafe + 'static {
    /// What is known of the frame before.
    type Memory: Default + Send + UnwindSafe + RefUnwindSafe + 'static;

    fn value(&self, frame: &Frame, memory: &mut Self::Memory) -> rusqlite::Result<Out>;
}

/// The rows that one row's value is made of.
pub(super) struct Frame<'p> {
    rows: &'p [Kept],
    /// The row itself.
    current: usize,
    range: Range<usize>,
    /// Which rows within are left out.
    excluded: Excluded,
}

/// Rows that EXCLUDE leaves out.
#[derive(Clone)]
struct Excluded {
    rows: Range<usize>,
    /// They are not left out if it is this one.
    but: Option<usize>,
}

impl Frame<'_> {
    fn places(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let Excluded { rows, but } = &self.excluded;
        self.range.clone().filter(move |place| !rows.contains(place) || *but == Some(*place))
    }

    /// Whether the frame is another one of the partition, without some of its first rows and with some more.
    fn continues(&self, before: &Range<usize>) -> bool {
        let begins = (before.start..=before.end).contains(&self.range.start);
        self.excluded.rows.is_empty() && begins && before.end <= self.range.end
    }
}

/// A row, as SQLite has given it.
struct Kept {
    keys: Vec<Owned>,
    /// FILTER lets it pass.
    counts: bool,
    args: Vec<Owned>,
}

/// A partition, and how far its rows have been answered.
pub(super) struct Partition<M> {
    frames: Option<Frames>,
    rows: Vec<Kept>,
    bytes: usize,
    next: usize,
    memory: M,
}

/// A window's frame over the rows of one partition.
struct Frames {
    spec: FrameSpec,
    offsets: [Value; 2],
    zone: Zone,
    /// The first row of each group of peers.
    groups: Vec<usize>,
    /// Each row's group.
    group_of: Vec<usize>,
    /// The values of the key that RANGE counts from.
    values: Vec<Value>,
    /// Where the frame before began and ended.
    head: usize,
    tail: usize,
}

pub(super) struct Whole<F> {
    state: FunctionState,
    framed: F,
}

impl<F: Framed> Whole<F> {
    pub(super) fn new(state: &FunctionState, framed: F) -> Whole<F> {
        Whole { state: state.clone(), framed }
    }

    fn keep(&self, context: &Context<'_>, partition: &mut Partition<F::Memory>) -> Result<(), PgError> {
        let call = Call::new(context, &self.state);
        let owned = |index: usize| Out::from_ref(call.raw(index)).map(Out::into_owned);
        if partition.frames.is_none() {
            let spec = FrameSpec::parse(call.text(0)?).ok_or_else(|| internal("a frame that can't be read"))?;
            let offsets = [offset(&call, 1, &spec, 0)?, offset(&call, 2, &spec, 1)?];
            partition.frames = Some(Frames::new(spec, offsets, call.zone()));
        }
        let keys = partition.frames.as_ref().map_or(0, |frames| frames.spec.keys.len());
        let behind = BEFORE_KEYS + keys;
        let row = Kept {
            keys: (BEFORE_KEYS..behind).map(owned).collect::<Result<_, _>>()?,
            counts: matches!(call.raw(BEFORE_KEYS - 1), ValueRef::Integer(1..)),
            args: (behind..call.len()).map(owned).collect::<Result<_, _>>()?,
        };
        let size = |value: &Owned| match value {
            Owned::Text(text) => text.len(),
            Owned::Blob(bytes) => bytes.len(),
            _ => 0,
        };
        let values = row.keys.iter().chain(&row.args);
        partition.bytes += size_of::<Kept>() + values.map(|value| size_of::<Owned>() + size(value)).sum::<usize>();
        if partition.bytes > text::MAX_BYTES {
            return Err(text::too_long());
        }
        partition.rows.push(row);
        Ok(())
    }

    fn answer(&self, partition: &mut Partition<F::Memory>) -> rusqlite::Result<Out> {
        let Partition { frames, rows, next, memory, .. } = partition;
        let failed = |error| self.state.fail(error);
        let Some(frames) = frames else { return Err(failed(internal("a frame of no rows"))) };
        if *next >= rows.len() {
            return Err(failed(internal("a frame of more rows than there are")));
        }
        if *next == 0 {
            frames.prepare(rows).map_err(failed)?;
        }
        if frames.group_of.len() != rows.len() {
            return Err(failed(internal("a frame that is asked for before all rows are there")));
        }
        let frame = frames.frame(rows, *next).map_err(failed)?;
        *next += 1;
        self.framed.value(&frame, memory)
    }
}

impl<F: Framed> Aggregate<Partition<F::Memory>, Out> for Whole<F> {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Partition<F::Memory>> {
        Ok(Partition { frames: None, rows: Vec::new(), bytes: 0, next: 0, memory: F::Memory::default() })
    }

    fn step(&self, context: &mut Context<'_>, partition: &mut Partition<F::Memory>) -> rusqlite::Result<()> {
        self.keep(context, partition).map_err(|error| self.state.fail(error))
    }

    fn finalize(&self, _: &mut Context<'_>, _: Option<Partition<F::Memory>>) -> rusqlite::Result<Out> {
        // Nobody looks at it: every row has had its value.
        Ok(Out::Null)
    }
}

impl<F: Framed> WindowAggregate<Partition<F::Memory>, Out> for Whole<F> {
    fn value(&self, partition: Option<&mut Partition<F::Memory>>) -> rusqlite::Result<Out> {
        partition.map_or(Ok(Out::Null), |partition| self.answer(partition))
    }

    fn inverse(&self, _: &mut Context<'_>, _: &mut Partition<F::Memory>) -> rusqlite::Result<()> {
        Err(self.state.fail(internal("a whole partition loses no rows")))
    }
}

fn internal(message: &str) -> PgError {
    PgError::new(SqlState::INTERNAL_ERROR, message)
}

/// One of a frame's two offsets, in the type that it has; NULL of a bound without one. What is NULL otherwise, or negative
/// where rows are counted, is an error.
fn offset(call: &Call, index: usize, spec: &FrameSpec, side: usize) -> Result<Value, PgError> {
    let Some(ty) = spec.offsets[side] else { return Ok(Value::Null) };
    let name = if side == 0 { "starting" } else { "ending" };
    if call.is_null(index) {
        let message = format!("frame {name} offset must not be null");
        return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, message));
    }
    let value = decoded(call.raw(index), ty)?;
    match value {
        Value::Int8(..0) if spec.units != "RANGE" => {
            let message = format!("frame {name} offset must not be negative");
            Err(PgError::new(SqlState::INVALID_PRECEDING_OR_FOLLOWING_SIZE, message))
        }
        value => Ok(value),
    }
}

/// A value of a type. An integer may stand for a numeric.
fn decoded(value: ValueRef<'_>, ty: Type) -> Result<Value, PgError> {
    match value {
        ValueRef::Integer(int) if ty == Type::NUMERIC => Ok(Value::Numeric(Box::new(Numeric::from(int)))),
        value => stored::from_sqlite(value, ty),
    }
}

impl Frames {
    fn new(spec: FrameSpec, offsets: [Value; 2], zone: Zone) -> Frames {
        let (groups, group_of, values) = (Vec::new(), Vec::new(), Vec::new());
        Frames { spec, offsets, zone, groups, group_of, values, head: 0, tail: 0 }
    }

    /// Finds the groups of peers, once all rows are there.
    fn prepare(&mut self, rows: &[Kept]) -> Result<(), PgError> {
        for (place, row) in rows.iter().enumerate() {
            let new = match place.checked_sub(1).and_then(|before| rows.get(before)) {
                Some(before) => !self.are_peers(&before.keys, &row.keys)?,
                None => true,
            };
            if new {
                self.groups.push(place);
            }
            self.group_of.push(self.groups.len() - 1);
        }
        if let (true, Some(ty)) = (self.spec.units == "RANGE", self.spec.keys.first()) {
            let key = |row: &Kept| row.keys.first().map_or(Ok(Value::Null), |key| decoded(key.into(), *ty));
            self.values = rows.iter().map(key).collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn are_peers(&self, left: &[Owned], right: &[Owned]) -> Result<bool, PgError> {
        for (ty, (left, right)) in self.spec.keys.iter().zip(left.iter().zip(right)) {
            if !are_equal(left, right, *ty)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The rows from the first to the last peer of one.
    fn group(&self, number: usize, rows: usize) -> Range<usize> {
        let start = self.groups.get(number).copied().unwrap_or(rows);
        start..self.groups.get(number + 1).copied().unwrap_or(rows)
    }

    fn frame<'r>(&mut self, rows: &'r [Kept], current: usize) -> Result<Frame<'r>, PgError> {
        let peers = self.group(self.group_of.get(current).copied().unwrap_or(0), rows.len());
        self.head = self.begin(rows.len(), current, &peers)?;
        self.tail = self.end(rows.len(), current, &peers)?;
        let excluded = match self.spec.exclude {
            None => Excluded { rows: 0..0, but: None },
            Some("CURRENT ROW") => Excluded { rows: current..current + 1, but: None },
            Some("GROUP") => Excluded { rows: peers, but: None },
            Some(_) => Excluded { rows: peers, but: Some(current) },
        };
        Ok(Frame { rows, current, range: self.head..self.tail.max(self.head), excluded })
    }

    /// `update_frameheadpos`.
    fn begin(&self, rows: usize, current: usize, peers: &Range<usize>) -> Result<usize, PgError> {
        Ok(match (self.spec.start, self.spec.units) {
            ("UNBOUNDED", _) => 0,
            ("CURRENT", "ROWS") => current,
            ("CURRENT", _) => peers.start,
            (_, "ROWS") => self.moved(current, 0).map_or(0, |place| place.min(rows)),
            (_, "GROUPS") => match self.moved(self.group_of[current], 0) {
                Some(group) => self.group(group, rows).start,
                None => 0,
            },
            _ => {
                let mut head = self.head;
                let within = self.within(0);
                while head < rows && self.is_before(head, current, within)? {
                    head += 1;
                }
                head
            }
        })
    }

    /// `update_frametailpos`.
    fn end(&self, rows: usize, current: usize, peers: &Range<usize>) -> Result<usize, PgError> {
        Ok(match (self.spec.end, self.spec.units) {
            ("UNBOUNDED", _) => rows,
            ("CURRENT", "ROWS") => current + 1,
            ("CURRENT", _) => peers.end,
            (_, "ROWS") => self.moved(current, 1).map_or(0, |place| place.saturating_add(1).min(rows)),
            (_, "GROUPS") => match self.moved(self.group_of[current], 1) {
                Some(group) => self.group(group, rows).end,
                None => 0,
            },
            _ => {
                let mut tail = self.tail;
                let within = self.within(1);
                while tail < rows && self.is_upto(tail, current, within)? {
                    tail += 1;
                }
                tail
            }
        })
    }

    /// A place as far away as an offset says; `None`: before the first.
    fn moved(&self, place: usize, side: usize) -> Option<usize> {
        let Value::Int8(offset) = self.offsets[side] else { return Some(place) };
        let distance = usize::try_from(offset).unwrap_or(usize::MAX);
        match self.is_preceding(side) {
            true => place.checked_sub(distance),
            // No partition has so many rows.
            false => Some(place.saturating_add(distance).min(usize::MAX / 2)),
        }
    }

    fn is_preceding(&self, side: usize) -> bool {
        [self.spec.start, self.spec.end][side] == "PRECEDING"
    }

    fn within(&self, side: usize) -> Within {
        let (subtract, less) = (self.is_preceding(side), side == 1);
        match self.spec.descending {
            true => Within { subtract: !subtract, less: !less },
            false => Within { subtract, less },
        }
    }

    /// Whether a row comes before the first of the frame.
    fn is_before(&self, place: usize, current: usize, within: Within) -> Result<bool, PgError> {
        let (value, base) = (&self.values[place], &self.values[current]);
        match (*value == Value::Null, *base == Value::Null) {
            (false, false) => Ok(!within.test(value, base, &self.offsets[0], &self.zone)?),
            (value, base) if self.spec.nulls_first => Ok(value && !base),
            (value, base) => Ok(!value && base),
        }
    }

    /// Whether a row does not come behind the last of the frame.
    fn is_upto(&self, place: usize, current: usize, within: Within) -> Result<bool, PgError> {
        let (value, base) = (&self.values[place], &self.values[current]);
        match (*value == Value::Null, *base == Value::Null) {
            (false, false) => within.test(value, base, &self.offsets[1], &self.zone),
            (value, base) if self.spec.nulls_first => Ok(value || !base),
            (value, base) => Ok(!value || base),
        }
    }
}

/// Whether two values of a type are equal; NULLs are.
pub(super) fn are_equal(left: &Owned, right: &Owned, ty: Type) -> Result<bool, PgError> {
    if left == right {
        return Ok(true);
    }
    if ty.is_enum() {
        return Ok(false);
    }
    match (decoded(left.into(), ty)?, decoded(right.into(), ty)?) {
        (Value::Null, _) | (_, Value::Null) => Ok(false),
        (Value::Array(left), Value::Array(right)) => Ok(compare::arrays(&left, &right).is_eq()),
        (left, right) => Ok(compare::values(ty, &left, &right).is_eq()),
    }
}

/// An aggregate over a frame: added up anew, unless the frame has only grown, or lost what can be taken away again.
pub(super) struct Added<A: Accumulator>(pub(super) Adapter<A>);

/// An accumulator, and the rows that it has seen.
pub(super) struct Sum<A> {
    seen: Range<usize>,
    /// How many of them count.
    counted: usize,
    accumulator: A,
}

impl<A: Default> Default for Sum<A> {
    fn default() -> Sum<A> {
        Sum { seen: 0..0, counted: 0, accumulator: A::default() }
    }
}

impl<A: Accumulator> Added<A> {
    /// Takes those rows away that the frame has lost; whether it could.
    fn leave(&self, frame: &Frame, memory: &mut Sum<A>) -> bool {
        (memory.seen.start..frame.range.start).all(|place| {
            let row = &frame.rows[place];
            let call = Call { arguments: Arguments::Kept(&row.args), state: self.0.state() };
            memory.counted -= usize::from(row.counts);
            !row.counts || self.0.remove(&call, &mut memory.accumulator)
        })
    }
}

impl<A: Accumulator> Framed for Added<A> {
    type Memory = Sum<A>;

    fn value(&self, frame: &Frame, memory: &mut Sum<A>) -> rusqlite::Result<Out> {
        let more = match frame.continues(&memory.seen) && self.leave(frame, memory) {
            true => memory.seen.end..frame.range.end,
            false => {
                (memory.counted, memory.accumulator) = (0, A::default());
                frame.range.clone()
            }
        };
        memory.seen = if frame.excluded.rows.is_empty() { frame.range.clone() } else { usize::MAX..usize::MAX };
        for place in frame.places().filter(|place| more.contains(place)) {
            let row = &frame.rows[place];
            if row.counts {
                memory.counted += 1;
                self.0.add(
                    &Call { arguments: Arguments::Kept(&row.args), state: self.0.state() },
                    &mut memory.accumulator,
                )?;
            }
        }
        if memory.counted == 0 {
            return Ok(A::of_nothing());
        }
        memory.accumulator.clone().finish().map_err(|error| self.0.state().fail(error))
    }
}

/// first_value(), last_value() and nth_value().
#[derive(Clone, Copy)]
pub(super) enum Positional {
    First,
    Last,
    /// The second argument says which, from 1, in the row itself.
    Nth,
}

impl Framed for Positional {
    type Memory = ();

    fn value(&self, frame: &Frame, (): &mut ()) -> rusqlite::Result<Out> {
        let place = match self {
            Positional::First => frame.places().next(),
            Positional::Last => frame.places().next_back(),
            Positional::Nth => match frame.rows[frame.current].args.get(1) {
                Some(Owned::Integer(number @ 1..)) => {
                    frame.places().nth(usize::try_from(number - 1).unwrap_or(usize::MAX))
                }
                _ => None,
            },
        };
        let value = place.and_then(|place| frame.rows[place].args.first());
        let failed = |error: PgError| rusqlite::Error::UserFunctionError(error.message.into());
        value.map_or(Ok(Out::Null), |value| Out::from_ref(value.into()).map_err(failed))
    }
}
