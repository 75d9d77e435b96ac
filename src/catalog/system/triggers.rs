//! `pg_trigger`: the triggers by which PostgreSQL keeps foreign keys, which we keep without. Nobody else's are there.

use super::{Rows, Seen, char, object_name, oid, shown_relation, text, vector};
use crate::catalog::{Action, Constraint, ForeignKey, Table, Triggers};
use crate::types::identifier::qualified;
use crate::types::{Type, Value};

/// What fires a trigger (`tgtype`, with the bit that says for each row).
#[derive(Clone, Copy, PartialEq)]
enum Event {
    Insert = 5,
    Delete = 9,
    Update = 17,
}

pub(super) struct Trigger<'a> {
    pub oid: u32,
    table: &'a Table,
    /// The other table of the key.
    other: &'a Table,
    pub constraint: &'a Constraint,
    /// Of the referenced table.
    acts: bool,
    event: Event,
    function: u32,
    deferrable: bool,
}

impl Trigger<'_> {
    fn name(&self) -> String {
        format!("RI_ConstraintTrigger_{}_{}", if self.acts { "a" } else { "c" }, self.oid)
    }
}

/// `pg_proc.oid` of the functions on DELETE and UPDATE.
fn functions_of(action: Action) -> (u32, u32) {
    match action {
        Action::Cascade => (1646, 1647),
        Action::Restrict => (1648, 1649),
        Action::SetNull => (1650, 1651),
        Action::SetDefault => (1652, 1653),
        Action::NoAction => (1654, 1655),
    }
}

/// Those of the functions.
pub const FUNCTIONS: std::ops::RangeInclusive<u32> = 1644..=1655;

/// They are no objects of their own here, so their OIDs are made of the constraint's, above all that are given out.
fn of_key<'a>(seen: &Seen<'a>, table: &'a Table, constraint: &'a Constraint, key: &ForeignKey) -> Vec<Trigger<'a>> {
    let Some(parent) = seen.catalog.tables().find(|other| other.oid == key.table_oid) else { return Vec::new() };
    let (delete, _) = functions_of(key.on_delete);
    let (_, update) = functions_of(key.on_update);
    let deferrable = constraint.is_deferrable();
    let each = [
        (true, Event::Delete, delete, deferrable && key.on_delete == Action::NoAction),
        (true, Event::Update, update, deferrable && key.on_update == Action::NoAction),
        (false, Event::Insert, 1644, deferrable),
        (false, Event::Update, 1645, deferrable),
    ];
    let first = 0x8000_0000 | (constraint.oid.wrapping_mul(4) & 0x7fff_ffff);
    let trigger = |(oid, (acts, event, function, deferrable))| {
        let (of, other) = if acts { (parent, table) } else { (table, parent) };
        Trigger { oid, table: of, other, constraint, acts, event, function, deferrable }
    };
    (first..).zip(each).map(trigger).collect()
}

pub(super) fn all<'a>(seen: &Seen<'a>) -> Vec<Trigger<'a>> {
    let keys = seen
        .catalog
        .tables()
        .flat_map(|table| table.foreign_keys().map(move |(constraint, key)| (table, constraint, key)));
    keys.flat_map(|(table, constraint, key)| of_key(seen, table, constraint, key)).collect()
}

pub fn triggers(seen: &Seen, rows: &mut Rows) {
    for trigger in all(seen) {
        let enabled = if trigger.table.triggers == Triggers::Off { b'D' } else { b'O' };
        let deferred = trigger.deferrable && trigger.constraint.is_initially_deferred();
        rows.push([
            ("oid", oid(trigger.oid)),
            ("tgrelid", oid(trigger.table.oid)),
            ("tgname", text(trigger.name())),
            ("tgfoid", oid(trigger.function)),
            ("tgtype", Value::Int2(trigger.event as i16)),
            ("tgenabled", char(enabled)),
            ("tgisinternal", Value::Bool(true)),
            ("tgconstrrelid", oid(trigger.other.oid)),
            ("tgconstrindid", oid(trigger.constraint.index_oid)),
            ("tgconstraint", oid(trigger.constraint.oid)),
            ("tgdeferrable", Value::Bool(trigger.deferrable)),
            ("tginitdeferred", Value::Bool(deferred)),
            ("tgnargs", Value::Int2(0)),
            ("tgattr", vector(Type::INT2, Vec::new())),
            ("tgargs", Value::Bytea(Vec::new())),
        ]);
    }
}

/// `pg_get_triggerdef`.
pub fn trigger_definition(seen: &Seen, oid: u32, pretty: bool) -> Option<String> {
    let trigger = all(seen).into_iter().find(|trigger| trigger.oid == oid)?;
    let table = match pretty {
        true => shown_relation(seen, trigger.table.oid)?,
        false => qualified(&trigger.table.schema, &trigger.table.name),
    };
    let other = shown_relation(seen, trigger.other.oid)?;
    let event = match trigger.event {
        Event::Insert => "INSERT",
        Event::Delete => "DELETE",
        Event::Update => "UPDATE",
    };
    let not = if trigger.deferrable { "" } else { "NOT " };
    let deferred = trigger.deferrable && trigger.constraint.is_initially_deferred();
    let initially = if deferred { "DEFERRED" } else { "IMMEDIATE" };
    let function = object_name(seen, Type::REGPROC, trigger.function);
    Some(format!(
        "CREATE CONSTRAINT TRIGGER \"{}\" AFTER {event} ON {table} FROM {other} {not}DEFERRABLE INITIALLY {initially} \
         FOR EACH ROW EXECUTE FUNCTION {function}()",
        trigger.name()
    ))
}

/// A trigger as messages call it.
pub fn described(seen: &Seen, oid: u32) -> Option<String> {
    let trigger = all(seen).into_iter().find(|trigger| trigger.oid == oid)?;
    Some(format!("trigger {} on table {}", trigger.name(), shown_relation(seen, trigger.table.oid)?))
}
