//! Generated columns (`GENERATED ALWAYS AS (…) STORED`), computed in the statements that write.
//!
//! The file knows nothing of them: SQLite's own would keep another program from reading the table, as their expressions
//! need functions of ours. So the expression is bound with the values that a statement writes in the place of the
//! columns, and the statement writes one column more.
//!
//! Where foreign keys' actions change a column that it is made of, the rows are gone through when the statement is done
//! ([`Verify::generate`](crate::sql::plan::Verify)).

use super::Binder;
use super::check::{as_column, is_query};
use super::insert::not_null;
use super::query::is_volatile;
use super::scope::{Clause, Visible};
use crate::catalog::{Column, Generated, Table};
use crate::sql::bound::{Assignment, Body, Expr, ExprKind, Form, Query, RelationId, Relations, Select};
use crate::sql::casts::Context;
use crate::sql::emission::Emission;
use crate::sql::emit::Emitter;
use crate::sql::tokens::too_complex;
use crate::types::{PgError, SqlState, Type};

/// Values of more parts than this are computed once, and not wherever an expression names their column.
const MAX_REPEATED: usize = 32;

/// More rows than these are given their expressions once for all.
const MAX_ROWS: usize = 100;

impl Binder<'_> {
    /// A generated column's value over a row, and the relations with those it has brought in.
    pub fn generated_value(
        &self,
        table: &Table,
        column: &Column,
        generated: &Generated,
        columns: Vec<Visible>,
        relations: Relations,
    ) -> Result<(Expr, Relations), PgError> {
        let text = &generated.expression;
        if let Some(key) = table.keys.iter().find(|key| column.is_key() && key.stored_name == column.stored_name) {
            return self.key_value(table, key, text, columns, relations);
        }
        let finish = |binder: &mut Binder, value: Expr| binder.default_of(column, value);
        let (value, relations) = self.over_row(text, table, columns, relations, Clause::Generated, finish)?;
        let value = match table.rowid_column == Some(column.attnum) {
            true => not_null(table, column, value),
            false => value,
        };
        Ok((value, relations))
    }

    /// The same within the statement.
    fn generated_here(
        &mut self,
        table: &Table,
        (column, generated): (&Column, &Generated),
        columns: Vec<Visible>,
    ) -> Result<Expr, PgError> {
        let relations = self.relations.clone();
        let bound = self.generated_value(table, column, generated, columns, relations);
        // The text is not the statement's.
        let (value, relations) = bound.map_err(|error| PgError { position: None, ..error })?;
        self.relations = relations;
        self.copies += value.size();
        if self.copies > super::MAX_COPIES { Err(too_complex()) } else { Ok(value) }
    }

    /// The value of a column's DEFAULT or generation expression, fit for it.
    pub fn default_of(&mut self, column: &Column, value: Expr) -> Result<Expr, PgError> {
        let from = value.named_type();
        let form = Form::of_column(column);
        let value = self.coerce_to_form(value, form, Context::Assignment)?;
        value.ok_or_else(|| {
            let (name, ty) = (&column.name, form.named_type());
            let message = format!("column \"{name}\" is of type {ty} but default expression is of type {from}");
            PgError::new(SqlState::DATATYPE_MISMATCH, message).hint("You will need to rewrite or cast the expression.")
        })
    }

    /// Fills the generated columns in a row of values for the columns `written`, which are among these.
    pub fn generate_row(&mut self, table: &Table, written: &[usize], row: &mut [Expr]) -> Result<(), PgError> {
        for (place, column, generated) in table.generated() {
            let Some(position) = written.iter().position(|other| *other == place) else { continue };
            let visible = |(index, column): (usize, &Column)| Visible {
                name: column.name.clone(),
                expr: match written.iter().position(|other| *other == index) {
                    Some(position) => as_column(column, row[position].clone()),
                    None => Expr::new(ExprKind::Null, column.ty),
                },
            };
            let columns = own_columns(table).map(visible).collect();
            row[position] = self.generated_here(table, (column, generated), columns)?;
        }
        Ok(())
    }

    /// An INSERT's source with its rows' generated columns filled. `written`: the columns it yields.
    pub fn generated_source(&mut self, table: &Table, mut source: Query, written: &[usize]) -> Result<Query, PgError> {
        if table.generated().next().is_none() {
            return Ok(source);
        }
        if let Body::Values(rows) = &mut source.body
            && rows.len() <= MAX_ROWS
            && rows.iter().all(|row| repeatable_row(table, written, row))
        {
            for row in rows {
                self.generate_row(table, written, row)?;
            }
            return Ok(source);
        }
        let apart = is_volatile(&source);
        let outputs = source.outputs.clone();
        let (mut query, mut targets) = self.around(source, apart);
        self.generate_row(table, written, &mut targets)?;
        if let Body::Select(select) = &mut query.body {
            select.targets = targets;
        }
        query.outputs = outputs;
        Ok(query)
    }

    /// A single row, which must be written as it is.
    pub fn generated_values(&mut self, table: &Table, written: &[usize], values: &mut [Expr]) -> Result<(), PgError> {
        let volatile = |(index, value): (&usize, &Expr)| value.is_volatile() && is_base(table, *index);
        if written.iter().zip(values.iter()).any(volatile) {
            return Err(PgError::unsupported("a volatile value that a generated column is made of, in MERGE"));
        }
        self.generate_row(table, written, values)
    }

    /// Adds to assignments those of generated columns that are made of what is assigned. Where one is assigned itself,
    /// its DEFAULT is meant.
    pub fn generate_assignments(
        &mut self,
        table: &Table,
        target: RelationId,
        assignments: &mut Vec<Assignment>,
    ) -> Result<(), PgError> {
        let is_assigned = |assignments: &[Assignment], place: usize| {
            assignments.iter().any(|assignment| assignment.columns.contains(&place))
        };
        let is_due = |(place, _, generated): &(usize, &Column, &Generated)| {
            is_assigned(assignments, *place)
                || generated
                    .columns
                    .iter()
                    .any(|attnum| table.position(*attnum).is_some_and(|base| is_assigned(assignments, base)))
        };
        let mut due: Vec<_> = table.generated().filter(is_due).collect();
        // A key may be made of a generated column.
        let computed: Vec<i16> = due.iter().map(|(_, column, _)| column.attnum).collect();
        let keys = table.generated().filter(|(_, column, generated)| {
            column.is_key()
                && !computed.contains(&column.attnum)
                && generated.columns.iter().any(|attnum| computed.contains(attnum))
        });
        due.extend(keys);
        if due.is_empty() {
            return Ok(());
        }
        assignments.retain(
            |assignment| !matches!(assignment.columns[..], [only] if due.iter().any(|(place, ..)| *place == only)),
        );
        self.assign_apart(table, assignments)?;
        let is_once = |assignment: &Assignment| {
            assignment.value.is_volatile() && assignment.columns.iter().any(|column| is_base(table, *column))
        };
        let once = assignments.iter().any(is_once);
        let (mut together, rest): (Vec<Assignment>, Vec<Assignment>) =
            std::mem::take(assignments).into_iter().partition(|assignment| once && is_base_of(table, assignment));
        *assignments = rest;
        if !once {
            self.generate_over(table, target, &due, assignments)?;
            return Ok(());
        }
        // Each value is computed once, in a query that yields it together with what is made of it.
        let columns: Vec<usize> = together.iter().flat_map(|assignment| assignment.columns.clone()).collect();
        let outputs: Vec<_> = columns.iter().map(|column| super::insert::output_for(&table.columns[*column])).collect();
        let targets = together.drain(..).map(|assignment| assignment.value).collect();
        let select = Select { targets, filter: Some(for_each_row(table, target)), ..Select::default() };
        let (mut query, targets) = self.around(Query::of_select(select, outputs), true);
        let single = |(column, value): (&usize, &Expr)| Assignment { columns: vec![*column], value: value.clone() };
        let mut known: Vec<Assignment> = columns.iter().zip(&targets).map(single).collect();
        self.generate_over(table, target, &due, &mut known)?;
        let columns: Vec<usize> = known.iter().flat_map(|assignment| assignment.columns.clone()).collect();
        query.outputs = columns.iter().map(|column| super::insert::output_for(&table.columns[*column])).collect();
        if let Body::Select(select) = &mut query.body {
            select.targets = known.into_iter().map(|assignment| assignment.value).collect();
        }
        let ty = query.outputs.first().map_or(Type::UNKNOWN, |output| output.ty);
        assignments.push(Assignment { columns, value: Expr::new(ExprKind::Scalar(Box::new(query)), ty) });
        Ok(())
    }

    /// `(a, b) = (SELECT …)` as assignments of single columns, if generated columns are made of them.
    fn assign_apart(&mut self, table: &Table, assignments: &mut Vec<Assignment>) -> Result<(), PgError> {
        let mut apart = Vec::with_capacity(assignments.len());
        for assignment in assignments.drain(..) {
            let ExprKind::Scalar(query) = &assignment.value.kind else {
                apart.push(assignment);
                continue;
            };
            if assignment.columns.len() == 1 || !is_base_of(table, &assignment) {
                apart.push(assignment);
                continue;
            }
            if is_volatile(query) {
                let what = "a volatile sub-query assigned to several columns that a generated column is made of";
                return Err(PgError::unsupported(what));
            }
            for (place, column) in assignment.columns.iter().enumerate() {
                let (mut query, mut targets) = self.around((**query).clone(), false);
                query.outputs = vec![super::insert::output_for(&table.columns[*column])];
                if let Body::Select(select) = &mut query.body {
                    select.targets = vec![targets.swap_remove(place)];
                }
                let column_of = &table.columns[*column];
                let value = Expr::new(ExprKind::Scalar(Box::new(query)), column_of.ty);
                let value = as_column(column_of, value);
                self.copies += value.size();
                apart.push(Assignment { columns: vec![*column], value });
            }
        }
        *assignments = apart;
        Ok(())
    }

    /// Adds the values of generated columns over the row that assignments of single columns make; then those of keys, over
    /// that and what has been generated.
    fn generate_over(
        &mut self,
        table: &Table,
        target: RelationId,
        due: &[(usize, &Column, &Generated)],
        assignments: &mut Vec<Assignment>,
    ) -> Result<(), PgError> {
        let (keys, columns): (Vec<_>, Vec<_>) = due.iter().copied().partition(|(_, column, _)| column.is_key());
        self.generate_each(table, target, &columns, assignments)?;
        self.generate_each(table, target, &keys, assignments)
    }

    fn generate_each(
        &mut self,
        table: &Table,
        target: RelationId,
        due: &[(usize, &Column, &Generated)],
        assignments: &mut Vec<Assignment>,
    ) -> Result<(), PgError> {
        let visible = |(index, column): (usize, &Column)| {
            let assigned = assignments.iter().find(|assignment| assignment.columns == [index]);
            let expr = match assigned {
                Some(assignment) => assignment.value.clone(),
                None => Expr::new(ExprKind::Column { relation: target, column: index }, column.ty),
            };
            Visible { name: column.name.clone(), expr: as_column(column, expr) }
        };
        let columns: Vec<Visible> = own_columns(table).map(visible).collect();
        for (place, column, generated) in due {
            let value = self.generated_here(table, (column, generated), columns.clone())?;
            assignments.push(Assignment { columns: vec![*place], value });
        }
        Ok(())
    }

    /// The UPDATE that computes the generated columns of a table; `None` if there are none. If the rowid's name is given, it
    /// is of the row with the rowid `?1`, unless that is as it should be.
    pub fn generating(&self, table: &Table, rowid: Option<&str>) -> Result<Option<String>, PgError> {
        let mut relations = vec![super::from::table_relation(table, 0)];
        let mut values = Vec::new();
        let own = super::ddl::visible(table);
        // Keys, which come last, are made of what has been generated.
        let mut computed = own.clone();
        for (place, column, generated) in table.generated() {
            let columns = if column.is_key() { computed.clone() } else { own.clone() };
            let (value, with_own) = self.generated_value(table, column, generated, columns, relations)?;
            relations = with_own;
            if let Some(visible) = computed.get_mut(place) {
                visible.expr = as_column(column, value.clone());
            }
            values.push((place, value));
        }
        if values.is_empty() {
            return Ok(None);
        }
        let mut emitter = Emitter::new(&relations);
        emitter.generate(0, &values, rowid)?;
        Ok(Some(emitter.finish()))
    }
}

/// The table's own columns, without keys.
pub fn own_columns(table: &Table) -> impl Iterator<Item = (usize, &Column)> {
    table.columns.iter().enumerate().filter(|(_, column)| !column.is_key())
}

/// True, and of the target's row: SQLite asks a query that names nothing of it once for all rows.
fn for_each_row(table: &Table, target: RelationId) -> Expr {
    let ty = table.columns.first().map_or(Type::UNKNOWN, |column| column.ty);
    let column = Expr::new(ExprKind::Column { relation: target, column: 0 }, ty);
    let operand = Box::new(Expr::call(Emission::Builtin("typeof"), vec![column], Type::TEXT));
    Expr::new(ExprKind::IsNull { operand, negated: true }, Type::BOOL)
}

/// Whether a generated column is made of a column.
pub fn is_base(table: &Table, place: usize) -> bool {
    let attnum = table.columns[place].attnum;
    table.generated().any(|(_, _, generated)| generated.columns.contains(&attnum))
}

fn is_base_of(table: &Table, assignment: &Assignment) -> bool {
    assignment.columns.iter().any(|column| is_base(table, *column))
}

/// Whether what generated columns are made of may be written more than once.
fn repeatable_row(table: &Table, written: &[usize], row: &[Expr]) -> bool {
    let repeatable = |value: &Expr| !value.is_volatile() && !value.any(&is_query) && value.size() <= MAX_REPEATED;
    written.iter().zip(row).all(|(index, value)| !is_base(table, *index) || repeatable(value))
}
