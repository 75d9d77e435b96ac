//! INSERT, UPDATE and DELETE.

use super::query::leftmost_is_values;
use super::{Emitter, Written, identifier};
use crate::sql::bound::{
    Arbiter, Assignment, Body, Conflict, Current, Delete, Expr, ExprKind, Insert, Query, RelationId, Source, Update,
};
use crate::sql::emission::{NO_COLUMNS, file_collation};
use crate::types::Type;

/// What stands in the place of a value where NULLs are not distinct: for NULL, what no value is stored as.
pub fn null_form(sql: &str, ty: Type) -> String {
    let none = if ty == Type::BYTEA { "0" } else { "X''" };
    match file_collation(ty) {
        Some(collation) => format!("ifnull({sql}, {none}) COLLATE {collation}"),
        None => format!("ifnull({sql}, {none})"),
    }
}

impl Emitter<'_> {
    pub fn insert(&mut self, insert: &Insert) -> Written {
        self.with(&insert.with)?;
        self.push("INSERT INTO ");
        self.target(insert.target);
        self.push(" (");
        self.column_names(insert.target, &insert.columns)?;
        self.push(") ");
        self.query(&insert.source, false)?;
        if let Some(conflict) = &insert.conflict {
            // SQLite would read ON as a join's, were the SELECT to end in its FROM.
            if matches!(&insert.source.body, Body::Select(select) if select.filter.is_none() && select.group_by.is_empty() && select.having.is_none())
                && insert.source.order_by.is_empty()
                && insert.source.limit.is_none()
                && insert.source.offset.is_none()
            {
                self.push(" WHERE 1");
            }
            self.conflict(insert.target, conflict)?;
        }
        self.returning(insert.target, &insert.returning)
    }

    fn in_parentheses(&mut self, expr: &Expr) -> Written {
        self.push("(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    pub fn conflict(&mut self, target: RelationId, conflict: &Conflict) -> Written {
        self.push(" ON CONFLICT");
        let Some(arbiter) = &conflict.arbiter else { return self.conflict_action(target, conflict) };
        // SQLite wants its index's own words.
        let qualify = std::mem::replace(&mut self.qualify, false);
        self.push(" (");
        self.list(&arbiter.parts, Emitter::arbiter_part)?;
        self.push(")");
        if let Some(predicate) = &arbiter.predicate {
            self.push(" WHERE ");
            self.condition(predicate)?;
        }
        self.qualify = qualify;
        self.conflict_action(target, conflict)?;
        if !arbiter.nulls_not_distinct {
            return Ok(());
        }
        self.push(" ON CONFLICT ");
        self.qualify = false;
        self.nulls_target(arbiter)?;
        self.qualify = qualify;
        self.conflict_action(target, conflict)
    }

    fn arbiter_part(&mut self, part: &Expr) -> Written {
        match part.kind {
            ExprKind::Column { .. } => self.expr(part),
            _ => self.in_parentheses(part),
        }
    }

    /// The index of the rows that have NULLs.
    fn nulls_target(&mut self, arbiter: &Arbiter) -> Written {
        let begin = self.out.len();
        let mut parts = Vec::with_capacity(arbiter.parts.len());
        for part in &arbiter.parts {
            self.arbiter_part(part)?;
            parts.push(self.out.split_off(begin));
        }
        let forms: Vec<String> = parts.iter().zip(&arbiter.parts).map(|(sql, part)| null_form(sql, part.ty)).collect();
        let nulls: Vec<String> = parts.iter().map(|sql| format!("{sql} IS NULL")).collect();
        self.push(&format!("({}) WHERE ", forms.join(", ")));
        let nulls = nulls.join(" OR ");
        match &arbiter.predicate {
            None => self.push(&nulls),
            Some(predicate) => {
                self.push(&format!("({nulls}) AND ("));
                self.condition(predicate)?;
                self.push(")");
            }
        }
        Ok(())
    }

    fn conflict_action(&mut self, target: RelationId, conflict: &Conflict) -> Written {
        match &conflict.update {
            None => self.push(" DO NOTHING"),
            Some((assignments, filter)) => {
                self.push(" DO UPDATE SET ");
                self.assignments(target, assignments)?;
                if let Some(filter) = filter {
                    self.push(" WHERE ");
                    self.condition(filter)?;
                }
            }
        }
        Ok(())
    }

    pub fn update(&mut self, update: &Update) -> Written {
        self.with(&update.with)?;
        self.push("UPDATE ");
        self.target(update.target);
        self.push(" SET ");
        self.assignments(update.target, &update.assignments)?;
        if let Some(from) = &update.from {
            self.push(" FROM ");
            self.from(from)?;
        }
        self.selection(update.target, update.current, update.filter.as_ref())?;
        self.returning(update.target, &update.returning)
    }

    pub fn delete(&mut self, delete: &Delete) -> Written {
        self.with(&delete.with)?;
        self.push("DELETE FROM ");
        match &delete.using {
            None => {
                self.target(delete.target);
                self.selection(delete.target, delete.current, delete.filter.as_ref())?;
            }
            Some(using) => {
                let stored_name = self.stored_name(delete.target);
                identifier(&mut self.out, &stored_name);
                self.push(&format!(" WHERE {} IN (SELECT ", using.rowid));
                identifier(&mut self.out, &self.aliases[delete.target]);
                self.push(&format!(".{} FROM ", using.rowid));
                self.target(delete.target);
                self.push(" JOIN ");
                let nested = matches!(using.from, crate::sql::bound::From::Join { .. });
                self.push(if nested { "(" } else { "" });
                self.from(&using.from)?;
                self.push(if nested { ")" } else { "" });
                self.selection(delete.target, delete.current, delete.filter.as_ref())?;
                self.push(")");
            }
        }
        self.returning(delete.target, &delete.returning)
    }

    /// An UPDATE of columns: of the row with rowid `?1`, if it has other values, or of all.
    pub fn generate(&mut self, target: RelationId, values: &[(usize, Expr)], rowid: Option<&str>) -> Written {
        self.push("UPDATE ");
        self.target(target);
        self.push(" SET ");
        self.list(values, |emitter, (column, value)| {
            emitter.column_names(target, &[*column])?;
            emitter.push(" = ");
            emitter.expr(value)
        })?;
        let Some(rowid) = rowid else { return Ok(()) };
        self.push(" WHERE ");
        self.row_number(target, rowid);
        self.push(" = ?1 AND (");
        for (index, (column, value)) in values.iter().enumerate() {
            self.push(if index > 0 { " OR " } else { "" });
            self.column(target, *column)?;
            self.push(" IS NOT (");
            self.expr(value)?;
            self.push(")");
        }
        self.push(")");
        Ok(())
    }

    /// The rows of the target that are meant.
    pub fn selection(&mut self, target: RelationId, current: Option<Current>, filter: Option<&Expr>) -> Written {
        if let Some(Current { rowid, place }) = current {
            self.push(" WHERE ");
            self.row_number(target, rowid);
            self.push(&format!(" = ?{place}"));
        }
        match filter {
            Some(filter) => {
                self.push(" WHERE ");
                let granted = self.granted.clone();
                self.grant_of(target, filter);
                let written = self.condition(filter);
                self.granted = granted;
                written
            }
            None => Ok(()),
        }
    }

    /// Whether the row with rowid `?1` fails a condition.
    pub fn fails(&mut self, target: RelationId, rowid: &str, condition: &Expr) -> Written {
        self.push("SELECT EXISTS (SELECT 1 FROM ");
        self.target(target);
        self.push(" WHERE ");
        self.row_number(target, rowid);
        self.push(" = ?1 AND (");
        self.expr(condition)?;
        self.push(") IS NOT 1)");
        Ok(())
    }

    fn stored_name(&self, target: RelationId) -> String {
        match &self.relations[target].source {
            Source::Table { stored_name, .. } => stored_name.clone(),
            _ => self.relations[target].name.clone(),
        }
    }

    pub fn target(&mut self, target: RelationId) {
        let name = self.stored_name(target);
        identifier(&mut self.out, &name);
        self.alias(target, &name);
    }

    pub fn column_names(&mut self, target: RelationId, columns: &[usize]) -> Written {
        let relations = self.relations;
        self.list(columns, |emitter, column| {
            // Of a table without columns there is one in the file all the same.
            let stored = relations[target].column(*column).map_or(NO_COLUMNS, |column| &column.stored_name);
            identifier(&mut emitter.out, stored);
            Ok(())
        })
    }

    fn assignments(&mut self, target: RelationId, assignments: &[Assignment]) -> Written {
        self.list(assignments, |emitter, assignment| {
            if let [_] = assignment.columns[..] {
                emitter.column_names(target, &assignment.columns)?;
                emitter.push(" = ");
                return emitter.expr(&assignment.value);
            }
            emitter.push("(");
            emitter.column_names(target, &assignment.columns)?;
            emitter.push(") = ");
            match &assignment.value.kind {
                ExprKind::Scalar(query) => emitter.one_of_several(query, 0..assignment.columns.len()),
                _ => emitter.expr(&assignment.value),
            }
        })
    }

    /// Some of the columns of a sub-query as a value.
    pub fn one_of_several(&mut self, query: &Query, columns: std::ops::Range<usize>) -> Written {
        let prefix = if leftmost_is_values(query) { "column" } else { "c" };
        self.push("(SELECT ");
        self.list(columns, |emitter, column| {
            emitter.push(&format!("pg_single({prefix}{})", column + 1));
            Ok(())
        })?;
        self.push(" FROM (");
        self.query(query, true)?;
        self.push("))");
        Ok(())
    }

    fn returning(&mut self, target: RelationId, returning: &[Expr]) -> Written {
        if returning.is_empty() {
            return Ok(());
        }
        self.push(" RETURNING ");
        self.returning_of = Some(target);
        let result = self.exprs(returning);
        self.returning_of = None;
        result
    }
}
