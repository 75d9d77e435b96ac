//! Columns, and parts of columns, that INSERT, UPDATE and MERGE write to: `a`, `a.field`, `a[1]`, `a[1].field[2:3]`
//! (`transformAssignedExpr`, `transformAssignmentIndirection`).

use sqlparser::ast;

use super::Binder;
use super::domain::{array_of_domain, domain_of_elements};
use super::names::fold;
use super::query::is_default;
use crate::catalog::{Column, Table};
use crate::sql::bound::{Assignment, Expr, ExprKind, Form, RelationId};
use crate::sql::casts::Context;
use crate::sql::parse::Step;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type};

/// A column of a table, or a part of it.
pub struct Target {
    /// The column's index.
    pub column: usize,
    pub at: At,
    /// What leads to the part that is meant; nothing: all of it.
    pub path: Vec<Step>,
}

impl Target {
    /// A column that the statement does not name.
    pub fn unnamed(column: usize) -> Target {
        Target { column, at: At::NOWHERE, path: Vec::new() }
    }

    pub fn is_part(&self) -> bool {
        !self.path.is_empty()
    }
}

/// The columns that targets are of, each once.
pub fn columns_of(targets: &[Target]) -> Vec<usize> {
    let mut columns = Vec::with_capacity(targets.len());
    for target in targets {
        if !columns.contains(&target.column) {
            columns.push(target.column);
        }
    }
    columns
}

/// What is being assigned to, on the way to a part.
#[derive(Clone, Copy)]
struct Place<'n> {
    /// What messages call it: the column, or the field last named.
    name: &'n str,
    /// Behind a subscript.
    subscripted: bool,
    form: Form,
    at: At,
}

impl Binder<'_> {
    /// What a name in SET or in INSERT's list is of. Its first part is a column, never a table.
    pub fn written_to(&self, table: &Table, name: &ast::ObjectName) -> Result<Target, PgError> {
        let parts = self.parts(name)?;
        let Some((first, fields)) = parts.split_first() else { return Err(self.syntax_error(At::NOWHERE, "")) };
        self.refuse_reserved(first)?;
        let at = At::from(first.span);
        let column = self.target_column(table, &fold(first), at)?;
        let mut path: Vec<Step> = fields.iter().map(|field| Step::Field((*field).clone())).collect();
        if let Some(part) = self.assigned_parts.iter().find(|part| part.column == first.span.start) {
            path.extend(part.path.iter().cloned());
        }
        Ok(Target { column, at, path })
    }

    /// 0A000 for DEFAULT as the value of a part.
    pub fn refuse_default_of_part(&self, target: &Target) -> Result<(), PgError> {
        let what = match target.path.first() {
            None => return Ok(()),
            Some(Step::Subscript(_)) => "an array element",
            Some(Step::Field(_)) => "a subfield",
        };
        Err(self.error(target.at, SqlState::FEATURE_NOT_SUPPORTED, format!("cannot set {what} to DEFAULT")))
    }

    /// A value made fit for a target. `before`: what the column is otherwise, where a part of it is meant; then the result
    /// is not held against the column's domain, which other parts may still make it fit.
    pub fn assign_target(
        &mut self,
        table: &Table,
        target: &Target,
        before: impl FnOnce(&Column) -> Expr,
        value: Expr,
    ) -> Result<Expr, PgError> {
        let column = &table.columns[target.column];
        if !target.is_part() {
            return self.assign(table, column, value);
        }
        let form = Form::of_column(column);
        let place = Place { name: &column.name, subscripted: false, form, at: target.at };
        self.assign_part(place, before(column), &target.path, value)
    }

    /// A column of which parts have been assigned, all of them: one of its domain.
    pub fn whole_of_parts(&mut self, column: &Column, value: Expr) -> Result<Expr, PgError> {
        match (column.domain, domain_of_elements(column.domain)) {
            (0, _) => Ok(value),
            (domain, 0) => self.of_domain(value, domain),
            // What has been put into an array has been looked at.
            (domain, _) => Ok(self.marked(value, domain)),
        }
    }

    /// What a target takes; `None` if it is no part that there is, which assigning to it will say.
    pub fn form_of_target(&mut self, table: &Table, target: &Target) -> Option<Form> {
        let mut form = Form::of_column(&table.columns[target.column]);
        let mut path = &target.path[..];
        while let Some(step) = path.first() {
            let steps = subscripts(path).len().max(1);
            form = match step {
                Step::Field(field) => {
                    let name = fold(field);
                    let shape = self.fields_of(&Expr::null(form.ty))?;
                    form_of_field(shape.fields.iter().find(|field| field.name == name)?)
                }
                Step::Subscript(_) if form.ty == Type::JSONB => Form::plain(Type::JSONB),
                Step::Subscript(_) => {
                    let slice =
                        subscripts(path).iter().any(|subscript| matches!(subscript, ast::Subscript::Slice { .. }));
                    let ty = if slice { form.ty } else { form.ty.element()? };
                    part_of_array(form, ty)
                }
            };
            path = &path[steps..];
        }
        Some(form)
    }

    /// `before` with a value in the part that the path leads to.
    fn assign_part(&mut self, to: Place<'_>, before: Expr, path: &[Step], value: Expr) -> Result<Expr, PgError> {
        match path.first() {
            None => self.assign_to_part(to, value),
            Some(Step::Field(field)) => self.assign_field(to, before, (field, &path[1..]), value),
            Some(Step::Subscript(_)) => self.assign_element(to, before, path, value),
        }
    }

    fn assign_to_part(&mut self, to: Place<'_>, value: Expr) -> Result<Expr, PgError> {
        let from = value.named_type();
        self.coerce_to_form(value, to.form, Context::Assignment)?.ok_or_else(|| {
            let (name, wanted) = (to.name, to.form.named_type());
            let message = match to.subscripted {
                true => format!(
                    "subscripted assignment to \"{name}\" requires type {wanted} but expression is of type {from}"
                ),
                false => format!("subfield \"{name}\" is of type {wanted} but expression is of type {from}"),
            };
            let hint = "You will need to rewrite or cast the expression.";
            self.error(to.at, SqlState::DATATYPE_MISMATCH, message).hint(hint)
        })
    }

    fn assign_field(
        &mut self,
        to: Place<'_>,
        before: Expr,
        (field, rest): (&ast::Ident, &[Step]),
        value: Expr,
    ) -> Result<Expr, PgError> {
        let name = fold(field);
        let begins = format!("cannot assign to field \"{name}\" of column \"{}\" because", to.name);
        let ty = to.form.named_type();
        if !to.form.ty.is_row() {
            let message = format!("{begins} its type {ty} is not a composite type");
            return Err(self.error(to.at, SqlState::DATATYPE_MISMATCH, message));
        }
        let changed = self.with_field(before, &name, |binder, field, before| {
            let place = Place { name: &field.name, subscripted: false, form: form_of_field(field), at: to.at };
            let changed = binder.assign_part(place, before, rest, value)?;
            binder.made_domain(changed, place.form, rest)
        })?;
        changed.ok_or_else(|| {
            let message = format!("{begins} there is no such column in data type {ty}");
            self.error(to.at, SqlState::UNDEFINED_COLUMN, message)
        })
    }

    fn assign_element(&mut self, to: Place<'_>, before: Expr, path: &[Step], value: Expr) -> Result<Expr, PgError> {
        let subscripts = subscripts(path);
        let rest = &path[subscripts.len()..];
        let typmod = if to.form.ty == Type::JSONB { -1 } else { to.form.typmod };
        let old = match rest {
            [] => None,
            _ => {
                let whole = self.copy(&before)?;
                let old = self.subscript(whole, &subscripts)?;
                if old.is_volatile() && !before.is_volatile() {
                    return Err(self.unsupported(to.at, "a volatile subscript of what a part is assigned of"));
                }
                Some(old)
            }
        };
        self.array_assignment(before, &subscripts, |binder, wanted| {
            let form = Form { typmod, ..part_of_array(to.form, wanted) };
            let place = Place { subscripted: true, form, ..to };
            let old = old.unwrap_or_else(|| Expr::null(wanted));
            let changed = binder.assign_part(place, old, rest, value)?;
            binder.made_domain(changed, form, rest)
        })
    }

    /// Within a part, parts of a domain's value make one of the domain at once.
    fn made_domain(&mut self, value: Expr, form: Form, rest: &[Step]) -> Result<Expr, PgError> {
        match form.domain {
            0 => Ok(value),
            _ if rest.is_empty() => Ok(value),
            domain => self.of_domain(value, domain),
        }
    }
}

/// An element of an array, or a slice of it, which is of the array's type.
fn part_of_array(array: Form, ty: Type) -> Form {
    let domain = match domain_of_elements(array.domain) {
        domain if ty == array.ty => array_of_domain(domain),
        domain => domain,
    };
    Form { ty, typmod: array.typmod, domain }
}

fn form_of_field(field: &crate::types::record::Field) -> Form {
    Form { ty: field.ty, typmod: if field.ty.is_row() { -1 } else { field.typmod }, domain: field.domain }
}

/// The subscripts that a path begins with.
fn subscripts(path: &[Step]) -> Vec<&ast::Subscript> {
    let of = |step: &'_ Step| match step {
        Step::Subscript(_) => true,
        Step::Field(_) => false,
    };
    path.iter().take_while(|step| of(step)).filter_map(Step::subscript).collect()
}

/// SET's items as far as they are bound.
#[derive(Default)]
pub struct SetList {
    bound: Vec<Assignment>,
    /// Columns that are assigned, as a whole or in parts.
    seen: Vec<usize>,
    /// The columns of which parts are: several of a column make one assignment.
    parts: Vec<usize>,
}

impl SetList {
    /// Takes out what is assigned to parts of a column so far; `None`: it is as it was.
    /// Errors: 42601 where the whole column has been assigned, 0A000 where a sub-query's row has.
    pub fn take_part(&mut self, table: &Table, column: usize) -> Result<Option<Expr>, PgError> {
        if !self.parts.contains(&column) {
            self.see(table, column)?;
            self.parts.push(column);
            return Ok(None);
        }
        match self.bound.iter().position(|assignment| assignment.columns == [column]) {
            Some(before) => Ok(Some(self.bound.remove(before).value)),
            None => {
                Err(PgError::unsupported("assigning to another part of a column that gets one of a sub-query's row"))
            }
        }
    }

    /// Adds what is assigned to a column whose parts [`take_part`](Self::take_part) has been asked for.
    pub fn put_part(&mut self, column: usize, value: Expr) {
        self.bound.push(Assignment { columns: vec![column], value });
    }

    /// Adds what is assigned to whole columns. Errors: 42601 for one that has been assigned.
    pub fn put(&mut self, table: &Table, assignment: Assignment) -> Result<(), PgError> {
        for column in &assignment.columns {
            self.see(table, *column)?;
        }
        self.bound.push(assignment);
        Ok(())
    }

    /// Notes that a whole column is assigned. Errors: 42601 if it has been.
    pub fn see(&mut self, table: &Table, column: usize) -> Result<(), PgError> {
        refuse_twice(table, &self.seen, column)?;
        self.seen.push(column);
        Ok(())
    }

    /// Adds a sub-query's row, of columns that have been noted.
    pub fn put_row(&mut self, assignment: Assignment) {
        self.bound.push(assignment);
    }
}

impl Binder<'_> {
    /// SET is complete: the assignments.
    pub fn finish_set(&mut self, table: &Table, set: SetList) -> Result<Vec<Assignment>, PgError> {
        let SetList { mut bound, parts, .. } = set;
        for assignment in &mut bound {
            if let [column] = assignment.columns[..]
                && parts.contains(&column)
                && !matches!(assignment.value.kind, ExprKind::Scalar(_))
            {
                let value = std::mem::replace(&mut assignment.value, Expr::null(Type::UNKNOWN));
                assignment.value = self.whole_of_parts(&table.columns[column], value)?;
            }
        }
        Ok(bound)
    }

    /// A target of SET gets a value.
    pub fn set_target(
        &mut self,
        table: &Table,
        relation: RelationId,
        target: &Target,
        value: &ast::Expr,
        set: &mut SetList,
    ) -> Result<(), PgError> {
        let column = &table.columns[target.column];
        if is_default(value) {
            self.refuse_default_of_part(target)?;
            let value = self.default_or_null(table, column)?;
            return set.put(table, Assignment { columns: vec![target.column], value });
        }
        let value = self.expr(value)?;
        if !target.is_part() {
            let value = self.assign(table, column, value)?;
            self.refuse_always(column, false)?;
            return set.put(table, Assignment { columns: vec![target.column], value });
        }
        self.refuse_always(column, false)?;
        let before = set.take_part(table, target.column)?;
        let value = self.assign_target(
            table,
            target,
            |_| before.unwrap_or_else(|| column_now(relation, target, column)),
            value,
        )?;
        set.put_part(target.column, value);
        Ok(())
    }
}

/// The column as the row has it.
pub fn column_now(relation: RelationId, target: &Target, column: &Column) -> Expr {
    let now = Expr::new(ExprKind::Column { relation, column: target.column }, column.ty);
    Expr { typmod: column.typmod, domain: column.domain, ..now }.at(target.at)
}

/// What a column of which parts are inserted is otherwise.
pub fn nothing(column: &Column) -> Expr {
    Expr { typmod: column.typmod, ..Expr::null(column.ty) }
}

pub fn refuse_twice(table: &Table, seen: &[usize], column: usize) -> Result<(), PgError> {
    if !seen.contains(&column) {
        return Ok(());
    }
    let name = &table.columns[column].name;
    let message = format!("multiple assignments to same column \"{name}\"");
    Err(PgError::new(SqlState::SYNTAX_ERROR, message))
}
