//! The rows that a write proposes, as a query: what [`proposal`](crate::sql::proposal()) is made of.

use super::{Emitter, Written, identifier};
use crate::sql::bound::{Assignment, Expr, ExprKind, Insert, RelationId, Update};

impl Emitter<'_> {
    /// The rows of an INSERT's source.
    pub fn proposed_insert(&mut self, insert: &Insert) -> Written {
        let mut source = insert.source.clone();
        source.with.splice(0..0, insert.with.iter().cloned());
        self.query(&source, false)
    }

    /// The rowid of each row that an UPDATE changes, and the row as it would be.
    pub fn proposed_update(&mut self, update: &Update, rowid: &str) -> Written {
        self.with(&update.with)?;
        self.push("SELECT ");
        self.row_number(update.target, rowid);
        self.push(", ");
        self.new_row(update.target, &update.assignments)?;
        self.push(" FROM ");
        self.target(update.target);
        if let Some(from) = &update.from {
            let nested = matches!(from, crate::sql::bound::From::Join { .. });
            self.push(if nested { " JOIN (" } else { " JOIN " });
            self.from(from)?;
            self.push(if nested { ")" } else { "" });
        }
        self.selection(update.target, update.current, update.filter.as_ref())
    }

    /// The row that ON CONFLICT DO UPDATE makes of the one with the rowid `?first`, where `columns` were proposed with
    /// the values `?first+1`, …; none if its WHERE says so.
    pub fn proposed_conflict(
        &mut self,
        insert: &Insert,
        (assignments, filter): (&[Assignment], Option<&Expr>),
        rowid: &str,
        first: usize,
    ) -> Written {
        let relations = self.relations;
        self.push("SELECT ");
        self.new_row(insert.target, assignments)?;
        self.push(" FROM ");
        self.target(insert.target);
        self.push(" JOIN (SELECT ");
        self.list(relations[insert.target].stored_columns().enumerate(), |emitter, (index, column)| {
            match insert.columns.iter().position(|written| *written == index) {
                Some(place) => emitter.push(&format!("?{} AS ", first + 1 + place)),
                None => emitter.push("NULL AS "),
            }
            identifier(&mut emitter.out, &column.stored_name);
            Ok(())
        })?;
        self.push(") AS \"excluded\" WHERE ");
        self.row_number(insert.target, rowid);
        self.push(&format!(" = ?{first}"));
        if let Some(filter) = filter {
            self.push(" AND (");
            self.condition(filter)?;
            self.push(")");
        }
        Ok(())
    }

    pub fn row_number(&mut self, target: RelationId, rowid: &str) {
        if self.qualify {
            let alias = self.aliases[target].clone();
            identifier(&mut self.out, &alias);
            self.push(".");
        }
        self.push(rowid);
    }

    /// All columns of the target after the assignments.
    fn new_row(&mut self, target: RelationId, assignments: &[Assignment]) -> Written {
        let columns = self.relations[target].stored_columns().count();
        self.list(0..columns, |emitter, column| {
            let assigned = assignments.iter().find_map(|assignment| {
                let place = assignment.columns.iter().position(|assigned| *assigned == column)?;
                Some((assignment, place))
            });
            match assigned {
                None => emitter.column(target, column),
                Some((assignment, place)) => match &assignment.value.kind {
                    ExprKind::Scalar(query) if assignment.columns.len() > 1 => {
                        emitter.one_of_several(query, place..place + 1)
                    }
                    _ => emitter.expr(&assignment.value),
                },
            }
        })
    }
}
