//! Sequences' values: handed out at the writer, in memory, and never twice.
//!
//! PostgreSQL's sequences ignore ROLLBACK, so the values live outside the transactions: what a failed one has taken
//! stays taken. Each transaction stores the state of the sequences it used as rows of `_quorlite_sequences`,
//! which are replicated like any row. A value that was taken and then lost with its leader, unseen by any
//! committed transaction, may be given again by the next leader (as after a crash of PostgreSQL).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::functions::SequenceSource;
use crate::catalog::{Catalog, Change, Object, Sequence};
use crate::types::random::{SessionRandom, Xoroshiro};
use crate::types::{PgError, SqlState};

/// What transactions' ids are drawn from: a sequence without a definition, kept as the others are under an OID that no
/// object has. So an id is a transaction's own in its database, for ever, and a later one is greater.
pub(super) const TRANSACTION_IDS: u32 = 0;

/// PostgreSQL's own are 1 to 3 (`FirstNormalTransactionId`).
const FIRST_TRANSACTION_ID: i64 = 4;

/// What sequences have given a session: the answers of currval() and lastval().
///
/// They are the session's and travel with its transactions, to whichever node leads and back, so that they outlive every
/// leader, and nobody has to be told when the session ends. As in PostgreSQL, a ROLLBACK takes nothing back.
#[derive(Clone, Default, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceValues {
    pub(super) values: BTreeMap<u32, i64>,
    /// The sequence that nextval() was last called for.
    pub(super) last: Option<u32>,
    /// What setseed() has begun, which travels likewise.
    random: Option<Xoroshiro>,
}

impl SequenceValues {
    /// The place, in `values`, of the time that the transaction of the last id began at.
    const TRANSACTION: u32 = u32::MAX;

    /// The id of the transaction that began then, if it has one.
    pub(super) fn transaction_id(&self, began: i64) -> Option<i64> {
        let of = self.values.get(&SequenceValues::TRANSACTION)?;
        self.values.get(&TRANSACTION_IDS).copied().filter(|_| *of == began)
    }

    pub(super) fn set_transaction_id(&mut self, began: i64, id: i64) {
        self.values.extend([(TRANSACTION_IDS, id), (SequenceValues::TRANSACTION, began)]);
    }
}

/// One session's [`SequenceValues`]. Clones share them: the session holds one, its running transaction another.
#[derive(Clone, Default, Debug)]
pub struct SessionSequences {
    values: Arc<Mutex<SequenceValues>>,
    /// Apart, for reads draw from it, too.
    pub random: SessionRandom,
}

impl SessionSequences {
    pub fn new(values: SequenceValues) -> SessionSequences {
        let sequences = SessionSequences::default();
        sequences.set(values);
        sequences
    }

    pub fn get(&self) -> SequenceValues {
        SequenceValues { random: self.random.get(), ..self.with(|values| values.clone()) }
    }

    pub fn set(&self, values: SequenceValues) {
        self.random.set(values.random);
        self.with(|own| *own = values);
    }

    /// What sequences have given is forgotten; the transaction's id is not.
    pub fn discard(&self) {
        self.with(|own| {
            own.last = None;
            own.values.retain(|oid, _| [TRANSACTION_IDS, SequenceValues::TRANSACTION].contains(oid));
        });
    }

    pub(super) fn with<T>(&self, run: impl FnOnce(&mut SequenceValues) -> T) -> T {
        run(&mut self.values.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The sequences of one database, as its writer sees them. Clones share their state: SQL functions hold one.
#[derive(Clone)]
pub(super) struct Sequences(Arc<Mutex<State>>);

type Values = BTreeMap<u32, Value>;

struct State {
    /// Of the running transaction.
    catalog: Arc<Catalog>,
    values: Values,
    /// Those used in the running transaction.
    used: BTreeSet<u32>,
    /// Of those that the running statement has used: the values before it.
    before: Values,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Value {
    last: i64,
    /// Whether `last` was handed out.
    is_called: bool,
}

impl Sequences {
    pub(super) fn new(catalog: Arc<Catalog>) -> Sequences {
        Sequences(Arc::new(Mutex::new(State {
            catalog,
            values: Values::new(),
            used: BTreeSet::new(),
            before: Values::new(),
        })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the stored values, forgetting those in memory: a leader begins, or the file was replaced.
    pub(super) fn load(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached("SELECT oid, last_value, is_called FROM _quorlite_sequences")?;
        let rows =
            statement.query_map([], |row| Ok((row.get(0)?, Value { last: row.get(1)?, is_called: row.get(2)? })))?;
        let values = rows.collect::<rusqlite::Result<_>>()?;
        let mut state = self.lock();
        state.values = values;
        state.used.clear();
        Ok(())
    }

    pub(super) fn set_catalog(&self, catalog: Arc<Catalog>) {
        self.lock().catalog = catalog;
    }

    /// Begins a transaction.
    pub(super) fn begin(&self) {
        self.lock().used.clear();
    }

    /// Begins a statement of the transaction.
    pub(super) fn begin_statement(&self) {
        self.lock().before.clear();
    }

    /// Goes back to the values before the running statement, so that it can be run again. Yields those it came to: give
    /// them back to [`Sequences::restore`].
    pub(super) fn rewind(&self) -> BTreeMap<u32, Value> {
        let state = &mut *self.lock();
        let mut values = state.values.clone();
        values.extend(&state.before);
        std::mem::replace(&mut state.values, values)
    }

    pub(super) fn restore(&self, values: BTreeMap<u32, Value>) {
        self.lock().values = values;
    }

    /// Stores the values of the sequences that the running transaction used. Captured as row effects.
    pub(super) fn store(&self, connection: &Connection) -> rusqlite::Result<()> {
        let state = &mut *self.lock();
        for oid in std::mem::take(&mut state.used) {
            if let (Some(value), TRANSACTION_IDS) = (state.values.get(&oid), oid) {
                let put = "INSERT INTO _quorlite_sequences VALUES (?1, ?2, ?3) ON CONFLICT (oid) DO UPDATE \
                           SET last_value = excluded.last_value";
                connection.prepare_cached(put)?.execute(params![oid, value.last, value.is_called])?;
            }
            // Dropped in this transaction: no row any more, and none wanted.
            if let (Some(value), Ok(_)) = (state.values.get(&oid), definition(&state.catalog, oid)) {
                connection
                    .prepare_cached("UPDATE _quorlite_sequences SET last_value = ?2, is_called = ?3 WHERE oid = ?1")?
                    .execute(params![oid, value.last, value.is_called])?;
            }
        }
        Ok(())
    }

    /// Makes and removes sequences' rows for a schema change from `before`. Captured as row effects.
    pub(super) fn change(&self, connection: &Connection, before: &Catalog, changes: &[Change]) -> rusqlite::Result<()> {
        let oid = |change: &Change| match change {
            Change::Put(object) => object.oid(),
            Change::Drop(oid) => *oid,
        };
        for (index, change) in changes.iter().enumerate() {
            match change {
                // One may be made, altered and dropped by one statement.
                Change::Put(object)
                    if let Object::Sequence(sequence) = &**object
                        && definition(before, sequence.oid).is_err()
                        && !changes[index + 1..].iter().any(|later| oid(later) == sequence.oid) =>
                {
                    let first = sequence.restart.unwrap_or(sequence.start);
                    connection
                        .prepare_cached("INSERT INTO _quorlite_sequences VALUES (?1, ?2, 0)")?
                        .execute([i64::from(sequence.oid), first])?;
                    // Also where a rolled-back transaction has used this OID.
                    self.lock().values.insert(sequence.oid, Value { last: first, is_called: false });
                }
                Change::Drop(oid) if definition(before, *oid).is_ok() => {
                    // The value stays in memory in case this is rolled back.
                    connection.prepare_cached("DELETE FROM _quorlite_sequences WHERE oid = ?1")?.execute([oid])?;
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl SequenceSource for Sequences {
    fn next_transaction_id(&self) -> i64 {
        let state = &mut *self.lock();
        let value = state.values.entry(TRANSACTION_IDS);
        let value = value.or_insert(Value { last: FIRST_TRANSACTION_ID - 1, is_called: true });
        state.before.entry(TRANSACTION_IDS).or_insert(*value);
        value.last += 1;
        state.used.insert(TRANSACTION_IDS);
        value.last
    }

    fn next(&self, oid: u32) -> Result<i64, PgError> {
        let state = &mut *self.lock();
        let sequence = definition(&state.catalog, oid)?;
        let value = state.values.get_mut(&oid).ok_or_else(|| no_such_sequence(oid))?;
        state.before.entry(oid).or_insert(*value);
        let next = if value.is_called { following(sequence, value.last)? } else { value.last };
        *value = Value { last: next, is_called: true };
        state.used.insert(oid);
        Ok(next)
    }

    fn set(&self, oid: u32, last: i64, is_called: bool) -> Result<(), PgError> {
        let state = &mut *self.lock();
        let sequence = definition(&state.catalog, oid)?;
        if last < sequence.min || last > sequence.max {
            return Err(PgError::new(
                SqlState::NUMERIC_VALUE_OUT_OF_RANGE,
                format!(
                    "setval: value {last} is out of bounds for sequence \"{}\" ({}..{})",
                    sequence.name, sequence.min, sequence.max
                ),
            ));
        }
        if let Some(before) = state.values.insert(oid, Value { last, is_called }) {
            state.before.entry(oid).or_insert(before);
        }
        state.used.insert(oid);
        Ok(())
    }

    fn state(&self, oid: u32) -> Option<(i64, bool)> {
        self.lock().values.get(&oid).map(|value| (value.last, value.is_called))
    }

    fn name(&self, oid: u32) -> Result<String, PgError> {
        Ok(definition(&self.lock().catalog, oid)?.name.clone())
    }
}

fn no_such_sequence(oid: u32) -> PgError {
    PgError::new(SqlState::UNDEFINED_TABLE, format!("could not open relation with OID {oid}"))
}

fn definition(catalog: &Catalog, oid: u32) -> Result<&Sequence, PgError> {
    match catalog.get(oid) {
        Some(Object::Sequence(sequence)) => Ok(sequence),
        Some(other) => {
            Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a sequence", other.name())))
        }
        None => Err(no_such_sequence(oid)),
    }
}

fn following(sequence: &Sequence, last: i64) -> Result<i64, PgError> {
    let next = last.checked_add(sequence.increment).filter(|next| (sequence.min..=sequence.max).contains(next));
    let ascending = sequence.increment > 0;
    match next {
        Some(next) => Ok(next),
        None if sequence.cycle => Ok(if ascending { sequence.min } else { sequence.max }),
        None => {
            let (which, bound) = if ascending { ("maximum", sequence.max) } else { ("minimum", sequence.min) };
            Err(PgError::new(
                SqlState::SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
                format!("nextval: reached {which} value of sequence \"{}\" ({bound})", sequence.name),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Type;

    fn sequences(increment: i64, min: i64, max: i64, cycle: bool) -> Sequences {
        let start = if increment > 0 { min } else { max };
        let sequence = Sequence {
            oid: 20000,
            schema: "public".to_owned(),
            name: "s".to_owned(),
            ty: Type::INT8,
            start,
            increment,
            min,
            max,
            cycle,
            owned_by: None,
            restart: None,
            comment: None,
            cache: 1,
        };
        let sequences = Sequences::new(Arc::new(Catalog::from_objects(1, 20001, [Object::Sequence(sequence)])));
        sequences.lock().values.insert(20000, Value { last: start, is_called: false });
        sequences
    }

    #[test]
    fn values_run_to_the_bound() {
        let up = sequences(2, 1, 4, false);
        assert_eq!((up.next(20000), up.next(20000)), (Ok(1), Ok(3)));
        let error = up.next(20000).unwrap_err();
        assert_eq!(error.message, "nextval: reached maximum value of sequence \"s\" (4)");
        assert_eq!(error.code.as_str(), "2200H");
        let down = sequences(-1, i64::MIN, -9_223_372_036_854_775_807, true);
        assert_eq!(down.next(20000), Ok(-9_223_372_036_854_775_807));
        assert_eq!(down.next(20000), Ok(i64::MIN));
        assert_eq!(down.next(20000), Ok(-9_223_372_036_854_775_807), "cycles past the end of bigint");
    }

    #[test]
    fn setval_is_bounded() {
        let sequences = sequences(1, 1, 10, false);
        assert_eq!(sequences.set(20000, 7, false), Ok(()));
        assert_eq!(sequences.next(20000), Ok(7));
        let error = sequences.set(20000, 11, true).unwrap_err();
        assert_eq!(error.message, "setval: value 11 is out of bounds for sequence \"s\" (1..10)");
        assert_eq!(sequences.next(16384).unwrap_err().code, SqlState::UNDEFINED_TABLE);
    }
}
