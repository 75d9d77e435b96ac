//! The parts of a statement in several steps: first queries whose rows are kept, then writes of what they have found.
//!
//! Kept rows come back as a parameter behind the statement's own, which the function `pg_rows` reads as a table.

use std::collections::{BTreeSet, HashMap};

use super::{Emitter, Written, identifier};
use crate::sql::bound::{
    Assignment, Current, Delete, Expr, ExprKind, From, Insert, Merge, RelationId, Source, Then, Update, WITH_PREFIX,
    With,
};

/// Columns that kept rows hold.
#[derive(Clone, Debug)]
pub struct Held {
    places: HashMap<(RelationId, usize), usize>,
    relations: BTreeSet<RelationId>,
}

impl Held {
    /// `columns` stand from the `first` place on, counted from 1; what is not held of `target` is NULL.
    pub fn new(target: RelationId, columns: &[(RelationId, usize)], first: usize) -> Held {
        let places = columns.iter().copied().zip(first..).collect();
        let relations = columns.iter().map(|(relation, _)| *relation).chain([target]).collect();
        Held { places, relations }
    }

    pub fn covers(&self, relation: RelationId) -> bool {
        self.relations.contains(&relation)
    }

    /// The column as it is written.
    pub fn place(&self, relation: RelationId, column: usize) -> String {
        match self.places.get(&(relation, column)) {
            Some(place) => format!("\"{WITH_PREFIX}\".\"c{place}\""),
            None => "NULL".to_owned(),
        }
    }
}

impl Emitter<'_> {
    /// Earlier steps' rows are given behind so many parameters.
    pub fn behind(mut self, params: usize) -> Self {
        self.params = params;
        self
    }

    /// The numbers of the kept rows that the statement reads.
    pub fn named(&self) -> Vec<usize> {
        self.named.iter().copied().collect()
    }

    pub fn kept(&mut self, number: usize) {
        self.named.insert(number);
        let place = self.params + 1 + number;
        self.push(&format!("?{place}"));
    }

    /// `"pg_rows"(?n)`.
    fn kept_table(&mut self, number: usize) {
        self.push("\"pg_rows\"(");
        self.kept(number);
        self.push(")");
    }

    /// Some columns of kept rows, from the first on.
    pub fn kept_rows(&mut self, number: usize, columns: usize) {
        self.push("SELECT ");
        let columns: Vec<String> = (1..=columns).map(|column| format!("\"c{column}\"")).collect();
        self.push(&columns.join(", "));
        self.push(" FROM ");
        self.kept_table(number);
    }

    /// Expressions over columns that kept rows hold.
    pub fn over_kept(&mut self, with: &[With], exprs: &[Expr], number: usize, held: Held) -> Written {
        self.with(with)?;
        self.push("SELECT ");
        self.held = Some(held);
        let result = self.exprs(exprs);
        self.held = None;
        result?;
        self.push(" FROM ");
        self.kept_table(number);
        self.push(&format!(" AS \"{WITH_PREFIX}\""));
        Ok(())
    }

    /// The rowid of each row that an UPDATE changes, and columns: the target's as they will be.
    pub fn changed_rows(&mut self, update: &Update, rowid: &str, columns: &[(RelationId, usize)]) -> Written {
        self.with(&update.with)?;
        self.push("SELECT ");
        self.row_number(update.target, rowid);
        for (relation, column) in columns {
            self.push(", ");
            match assigned(&update.assignments, *column).filter(|_| *relation == update.target) {
                None => self.column(*relation, *column)?,
                Some((assignment, place)) => self.assigned_value(assignment, place)?,
            }
        }
        self.found(update.target, update.from.as_ref(), (update.current, update.filter.as_ref()))
    }

    /// The rowid of each row that a DELETE removes, and columns.
    pub fn removed_rows(&mut self, delete: &Delete, rowid: &str, columns: &[(RelationId, usize)]) -> Written {
        self.with(&delete.with)?;
        self.push("SELECT ");
        self.row_number(delete.target, rowid);
        for (relation, column) in columns {
            self.push(", ");
            self.column(*relation, *column)?;
        }
        let using = delete.using.as_ref().map(|using| &using.from);
        self.found(delete.target, using, (delete.current, delete.filter.as_ref()))
    }

    /// The rows of a MERGE's source with those of the target: the number of the clause that is for each (NULL: none), the
    /// target row's rowid, and columns.
    pub fn merged_rows(&mut self, merge: &Merge, rowid: &str, columns: &[(RelationId, usize)]) -> Written {
        self.with(&merge.with)?;
        self.push("SELECT CASE WHEN ");
        self.row_number(merge.target, rowid);
        self.push(" IS NULL THEN ");
        self.clause_for(merge, false)?;
        self.push(" ELSE ");
        self.clause_for(merge, true)?;
        self.push(" END, ");
        self.row_number(merge.target, rowid);
        for (relation, column) in columns {
            self.push(", ");
            self.column(*relation, *column)?;
        }
        self.push(" FROM ");
        self.from(&merge.source)?;
        let outer = merge.whens.iter().any(|when| !when.matched);
        self.push(if outer { " LEFT JOIN " } else { " JOIN " });
        self.target(merge.target);
        self.push(" ON ");
        self.condition(&merge.on)
    }

    /// The first clause whose condition is true.
    fn clause_for(&mut self, merge: &Merge, matched: bool) -> Written {
        self.push("CASE");
        for (number, when) in merge.whens.iter().enumerate().filter(|(_, when)| when.matched == matched) {
            self.push(" WHEN ");
            match &when.condition {
                Some(condition) => self.condition(condition)?,
                None => self.push("1"),
            }
            self.push(" THEN ");
            match when.then {
                Then::Nothing => self.push("NULL"),
                _ => self.push(&number.to_string()),
            }
        }
        // There may be none of the kind.
        self.push(" WHEN 0 THEN NULL END");
        Ok(())
    }

    /// Of a MERGE's rows those that a clause is for: what it writes.
    pub fn chosen_rows(&mut self, merge: &Merge, clause: usize, number: usize, held: Held) -> Written {
        self.with(&merge.with)?;
        self.push("SELECT ");
        self.held = Some(held);
        let result = self.chosen_values(&merge.whens[clause].then);
        self.held = None;
        result?;
        self.push(" FROM ");
        self.kept_table(number);
        self.push(&format!(" AS \"{WITH_PREFIX}\" WHERE \"{WITH_PREFIX}\".\"c1\" = {clause}"));
        Ok(())
    }

    fn chosen_values(&mut self, then: &Then) -> Written {
        let rowid = format!("\"{WITH_PREFIX}\".\"c2\"");
        match then {
            Then::Insert { values, .. } => self.exprs(values),
            Then::Update(assignments) => {
                self.push(&rowid);
                for assignment in assignments {
                    for place in 0..assignment.columns.len() {
                        self.push(", ");
                        self.assigned_value(assignment, place)?;
                    }
                }
                Ok(())
            }
            Then::Delete | Then::Nothing => {
                self.push(&rowid);
                Ok(())
            }
        }
    }

    /// What an assignment gives to one of its columns.
    fn assigned_value(&mut self, assignment: &Assignment, place: usize) -> Written {
        match &assignment.value.kind {
            ExprKind::Scalar(query) if assignment.columns.len() > 1 => self.one_of_several(query, place..place + 1),
            _ => self.expr(&assignment.value),
        }
    }

    fn found(
        &mut self,
        target: RelationId,
        from: Option<&From>,
        (current, filter): (Option<Current>, Option<&Expr>),
    ) -> Written {
        self.push(" FROM ");
        self.target(target);
        if let Some(from) = from {
            let nested = matches!(from, From::Join { .. });
            self.push(if nested { " JOIN (" } else { " JOIN " });
            self.from(from)?;
            self.push(if nested { ")" } else { "" });
        }
        self.selection(target, current, filter)
    }

    /// Inserts kept rows; `yielded`: columns of the target that it returns.
    pub fn insert_kept(&mut self, insert: &Insert, number: usize, yielded: Option<&[(RelationId, usize)]>) -> Written {
        if insert.conflict.as_ref().is_some_and(|conflict| conflict.update.is_some()) {
            self.with(&insert.with)?;
        }
        self.insert_values(insert.target, &insert.columns, number)?;
        if let Some(conflict) = &insert.conflict {
            self.push(" WHERE 1");
            self.conflict(insert.target, conflict)?;
        }
        match yielded {
            None => Ok(()),
            Some([]) => {
                self.push(" RETURNING 1");
                Ok(())
            }
            Some(columns) => {
                self.push(" RETURNING ");
                let columns: Vec<usize> = columns.iter().map(|(_, column)| *column).collect();
                self.column_names(insert.target, &columns)
            }
        }
    }

    /// Inserts kept rows of values for the columns.
    pub fn insert_values(&mut self, target: RelationId, columns: &[usize], number: usize) -> Written {
        self.push("INSERT INTO ");
        self.target(target);
        self.push(" (");
        self.column_names(target, columns)?;
        self.push(") ");
        self.kept_rows(number, columns.len());
        Ok(())
    }

    /// Writes kept values into columns of the rows that are named first in them.
    pub fn update_kept(&mut self, target: RelationId, rowid: &str, columns: &[usize], number: usize) -> Written {
        self.kept_with(number, columns.len() + 1);
        self.push("UPDATE ");
        let table = self.table_of(target);
        self.push(&table);
        self.push(" SET ");
        self.list(columns.iter().enumerate(), |emitter, (index, column)| {
            emitter.column_names(target, &[*column])?;
            emitter.push(&format!(" = \"{WITH_PREFIX}\".\"c{}\"", index + 2));
            Ok(())
        })?;
        self.push(&format!(" FROM \"{WITH_PREFIX}\" WHERE {table}.{rowid} = \"{WITH_PREFIX}\".\"c1\""));
        Ok(())
    }

    /// The rows that [`Emitter::update_kept`] makes, as a whole.
    pub fn updated_kept(&mut self, target: RelationId, rowid: &str, columns: &[usize], number: usize) {
        self.kept_with(number, columns.len() + 1);
        let table = self.table_of(target);
        self.push(&format!("SELECT {table}.{rowid}"));
        let relations = self.relations;
        for (index, column) in relations[target].stored_columns().enumerate() {
            self.push(", ");
            match columns.iter().position(|changed| *changed == index) {
                Some(place) => self.push(&format!("\"{WITH_PREFIX}\".\"c{}\"", place + 2)),
                None => {
                    self.push(&table);
                    self.push(".");
                    identifier(&mut self.out, &column.stored_name);
                }
            }
        }
        self.push(&format!(" FROM \"{WITH_PREFIX}\" JOIN {table} ON {table}.{rowid} = \"{WITH_PREFIX}\".\"c1\""));
    }

    /// Deletes the rows that are named first in kept rows.
    pub fn delete_kept(&mut self, target: RelationId, rowid: &str, number: usize) {
        let table = self.table_of(target);
        self.push(&format!("DELETE FROM {table} WHERE {rowid} IN ("));
        self.kept_rows(number, 1);
        self.push(")");
    }

    fn kept_with(&mut self, number: usize, columns: usize) {
        let names: Vec<String> = (1..=columns).map(|column| format!("\"c{column}\"")).collect();
        self.push(&format!("WITH \"{WITH_PREFIX}\"({}) AS MATERIALIZED (", names.join(", ")));
        self.kept_rows(number, columns);
        self.push(") ");
    }

    fn table_of(&self, target: RelationId) -> String {
        let mut name = String::new();
        if let Source::Table { stored_name, .. } = &self.relations[target].source {
            identifier(&mut name, stored_name);
        }
        name
    }
}

/// The assignment of a column, and its place among those assigned together.
fn assigned(assignments: &[Assignment], column: usize) -> Option<(&Assignment, usize)> {
    assignments.iter().find_map(|assignment| {
        let place = assignment.columns.iter().position(|assigned| *assigned == column)?;
        Some((assignment, place))
    })
}
