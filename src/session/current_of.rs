//! WHERE CURRENT OF: the row that a cursor is on (`execCurrentOf`).
//!
//! A row is told by its number in SQLite, which others may have given to another row between DECLARE and the statement. So the cursor
//! must be one of a transaction that holds the slot, or whose first write finds the state that its cursors read, or fails. And the transaction itself may have deleted the row, and put another in its
//! place: that is refused, as far as it is not known not to be so.

use crate::catalog::Object;
use crate::sql::{Action, Plan};
use crate::types::{PgError, SqlState, Value};

use super::Session;
use super::backend::Backend;
use super::cursor::no_such_cursor;
use super::portal::State;

impl<B: Backend> Session<B> {
    /// The parameter that a statement has behind its own if it means a cursor's row: that row's number, or NULL.
    pub(super) fn current_row(&self, plan: &Plan) -> Result<Option<Value>, PgError> {
        let Action::Write(write) = &plan.action else { return Ok(None) };
        let Some(name) = &write.current_of else { return Ok(None) };
        let catalog = self.catalog()?;
        let table = match catalog.get(write.table_oid) {
            Some(Object::Table(table)) => table,
            _ => return Err(PgError::new(SqlState::INTERNAL_ERROR, "WHERE CURRENT OF without a table")),
        };
        let invalid =
            |what: String| Err(PgError::new(SqlState::INVALID_CURSOR_STATE, format!("cursor \"{name}\" {what}")));
        let Some(portal) = self.portals.get(name) else { return Err(no_such_cursor(name)) };
        if portal.facts.outlives {
            return invalid("is held from a previous transaction".to_owned());
        }
        let (State::Reading(reading), Some(positions)) = (&portal.state, &portal.facts.positions) else {
            return Err(PgError::unsupported("WHERE CURRENT OF a portal that DECLARE has not made"));
        };
        let places: Vec<usize> =
            (0..positions.tables.len()).filter(|place| positions.tables[*place] == table.oid).collect();
        if positions.hidden.contains(&table.oid) {
            return Err(PgError::unsupported("WHERE CURRENT OF a cursor over a view or sub-query"));
        }
        let place = match (&places[..], positions.locks) {
            ([only], _) => *only,
            ([], true) => {
                return invalid(format!("does not have a FOR UPDATE/SHARE reference to table \"{}\"", table.name));
            }
            (_, true) => {
                return invalid(format!("has multiple FOR UPDATE/SHARE references to table \"{}\"", table.name));
            }
            (_, false) => {
                return invalid(format!("is not a simply updatable scan of table \"{}\"", table.name));
            }
        };
        if !reading.is_on_row() {
            return invalid("is not positioned on a row".to_owned());
        }
        if !portal.facts.settled {
            let what = "WHERE CURRENT OF a cursor that is neither FOR UPDATE nor of a transaction that has written, in READ COMMITTED";
            return Err(PgError::unsupported(what)
                .hint("Declare the cursor FOR UPDATE, or begin the transaction with REPEATABLE READ."));
        }
        if portal.facts.rebuilt || portal.facts.renumbered.contains(&table.oid) {
            let what = "WHERE CURRENT OF after another statement of the transaction has added rows to the table";
            return Err(PgError::unsupported(what));
        }
        Ok(Some(reading.current.get(place).cloned().unwrap_or(Value::Null)))
    }

    /// A statement is about to be run that may put rows in the place of those that cursors are on.
    pub(super) fn renumber(&mut self, plan: &Plan) {
        match &plan.action {
            Action::Write(write) if !write.renumbers.is_empty() => {
                for portal in self.portals.values_mut() {
                    let new = write.renumbers.iter().filter(|oid| !portal.facts.renumbered.contains(oid));
                    let new: Vec<u32> = new.copied().collect();
                    portal.facts.renumbered.extend(new);
                }
            }
            Action::Schema(_) => self.portals.values_mut().for_each(|portal| portal.facts.rebuilt = true),
            _ => {}
        }
    }
}
