//! Rows as values: `ROW(…)`, whole rows of FROM entries, and their fields (`transformRowExpr`, `transformWholeRowRef`,
//! `ParseComplexProjection`).
//!
//! What a row is made of, its expression's type tells, or in place of a typmod a number of [`crate::sql::shapes`]: see there.

use sqlparser::ast;

use super::Binder;
use super::names::fold;
use super::polymorphic::type_argument;
use super::scope::{Clause, Item};
use super::select::Target;
use crate::catalog::Object;
use crate::sql::amend::is_every_field;
use crate::sql::bound::{Expr, ExprKind, Form, RelationColumn, RelationId, Source};
use crate::sql::casts::{self, Context};
use crate::sql::emission::{Emission, PRESENT};
use crate::sql::rows;
use crate::sql::text::At;
use crate::types::record::{Field, Shape};
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value};

/// Fields of a row: SQLite bounds a call's arguments.
const MAX_FIELDS: usize = 900;

/// Row types within row types that are looked into.
const MAX_NESTED: usize = 16;

pub const WHOLE_ROW: Emission = Emission::Own("pg_whole_row");
const ROW: Emission = Emission::Own("pg_row_build");
const FIELD: Emission = Emission::Own("pg_record_field");
const ROW_OF_SET: Emission = Emission::Own("pg_row_of_set");

impl Binder<'_> {
    /// `ROW(…)`.
    pub fn row_constructor(&mut self, items: &[ast::Expr]) -> Result<Expr, PgError> {
        let values = self.row_items(items)?;
        let at = self.row_start(items, &values);
        self.row_of_values(values, at)
    }

    /// The values of a row constructor, in which `t.*` is all columns of t.
    pub fn row_items(&mut self, items: &[ast::Expr]) -> Result<Vec<Expr>, PgError> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            match self.every_field(item)? {
                Some(targets) => values.extend(targets.into_iter().map(|target| target.expr)),
                None => values.push(self.expr(item)?),
            }
        }
        Ok(values)
    }

    /// Where a row constructor begins.
    pub fn row_start(&self, items: &[ast::Expr], values: &[Expr]) -> At {
        values.first().map_or(At::NOWHERE, |value| self.row_at(items, value.at))
    }

    fn row_of_values(&mut self, values: Vec<Expr>, at: At) -> Result<Expr, PgError> {
        if values.len() > 1664 {
            let message = "ROW expressions can have at most 1664 entries";
            return Err(self.error(at, SqlState::TOO_MANY_COLUMNS, message));
        }
        let names = (1..=values.len()).map(|number| format!("f{number}"));
        let columns = names.zip(values).collect();
        self.row(ROW, Type::RECORD, columns, None, at)
    }

    /// The columns of one row of a function, as a value; NULL where there is no such row.
    pub fn row_of_set(&mut self, columns: Vec<(String, Expr)>, at: At) -> Result<Expr, PgError> {
        self.row(ROW_OF_SET, Type::RECORD, columns, None, at)
    }

    /// A row of that type. `present`: NULL where there is no such row.
    fn row(
        &mut self,
        emission: Emission,
        ty: Type,
        columns: Vec<(String, Expr)>,
        present: Option<Expr>,
        at: At,
    ) -> Result<Expr, PgError> {
        if columns.len() > MAX_FIELDS {
            return Err(self.unsupported(at, format!("a row of more than {MAX_FIELDS} columns as a value")));
        }
        let field = |(name, value): &(String, Expr)| Field {
            name: name.clone(),
            ty: value.ty,
            typmod: value.typmod,
            domain: value.domain,
        };
        let shape = Shape { ty, fields: columns.iter().map(field).collect() };
        let text = Expr::constant(Value::Text(shape.text()), Type::TEXT);
        let values = columns.into_iter().map(|(_, value)| shown(value));
        let args = std::iter::once(text).chain(present).chain(values).collect();
        let typmod = self.shapes.typmod(shape);
        Ok(Expr { typmod, ..Expr::call(emission, args, ty) }.at(at))
    }

    /// The row of the FROM entry of that name, if there is one: `t`, or `t.*` as one value.
    pub fn whole_row(&mut self, schema: Option<&str>, name: &str, at: At) -> Result<Option<Expr>, PgError> {
        let Some(item) = self.find_item(schema, name).cloned() else { return Ok(None) };
        if self.clause() == Clause::Generated {
            let message = "cannot use whole-row variable in column generation expression";
            let detail = "This would cause the generated column to depend on its own value.";
            return Err(self.error(at, SqlState::INVALID_OBJECT_DEFINITION, message).detail(detail));
        }
        // A CHECK is bound anew wherever it is looked at, over values in the place of the row's columns.
        if matches!(self.clause(), Clause::Check | Clause::Row) {
            let columns = item.columns.into_iter().map(|visible| (visible.name, visible.expr)).collect();
            let present = Expr::constant(Value::Int4(1), Type::INT4);
            return self.row(WHOLE_ROW, Type::RECORD, columns, Some(present), at).map(Some);
        }
        // Its table may be called otherwise one day, and have other columns.
        if self.clause().is_stored() {
            return Err(self.unsupported(at, format!("a whole row in {}", self.clause().name())));
        }
        // A function that yields rows of a known type yields values, too.
        if let Some(row) = row_of_fields(&item) {
            return self.row_yielded(row.at(at), &item).map(Some);
        }
        // A function that yields one column yields values.
        if let [only] = &item.columns[..]
            && self.is_of_function(&item)
        {
            return Ok(Some(only.expr.clone().at(at)));
        }
        self.row_of_item(&item, at).map(Some)
    }

    /// A row that a function yields. NULL is one of NULLs, where no outer join has made it up.
    fn row_yielded(&mut self, row: Expr, item: &Item) -> Result<Expr, PgError> {
        let (ty, typmod, at) = (row.ty, row.typmod, row.at);
        let nullable = match row.kind {
            ExprKind::Column { relation, .. } => Some(relation).filter(|relation| self.relations[*relation].nullable),
            _ => None,
        };
        let present = match nullable {
            Some(relation) => self.present(relation, at)?,
            None => Expr::constant(Value::Int4(1), Type::INT4),
        };
        let columns = item.columns.iter().map(|visible| (visible.name.clone(), visible.expr.clone())).collect();
        let of_nulls = self.row(WHOLE_ROW, ty, columns, Some(present), at)?;
        let row = Expr::call(Emission::Builtin("coalesce"), vec![row, of_nulls], ty);
        Ok(Expr { typmod, ..row }.at(at))
    }

    /// The row of a FROM entry; NULL where an outer join has made it up.
    fn row_of_item(&mut self, item: &Item, at: At) -> Result<Expr, PgError> {
        let relation = self.relation_of(item);
        let ty = relation.and_then(|relation| self.row_type_of(relation)).unwrap_or(Type::RECORD);
        // Of a table it has the table's own names, whatever FROM calls them.
        let shape = if ty == Type::RECORD { None } else { self.shape_of(ty, 0) };
        if shape.as_ref().is_some_and(|shape| shape.fields.len() != item.columns.len()) {
            return Err(
                self.unsupported(at, "the whole row of a table that has got columns which the view does not see")
            );
        }
        let name = |index: usize, visible: &str| match &shape {
            Some(shape) => shape.fields.get(index).map_or_else(|| visible.to_owned(), |field| field.name.clone()),
            None => visible.to_owned(),
        };
        let columns = item.columns.iter().enumerate();
        let columns = columns.map(|(index, visible)| (name(index, &visible.name), visible.expr.clone())).collect();
        let present = match relation.filter(|relation| self.relations[*relation].nullable) {
            Some(relation) => self.present(relation, at)?,
            None => Expr::constant(Value::Int4(1), Type::INT4),
        };
        self.row(WHOLE_ROW, ty, columns, Some(present), at)
    }

    /// The relation that an entry is, if it is one. (A join with a name is none.)
    fn relation_of(&self, item: &Item) -> Option<RelationId> {
        let of = |expr: &Expr| match expr.kind {
            ExprKind::Column { relation, .. } => Some(relation),
            _ => None,
        };
        let first = of(&item.columns.first()?.expr)?;
        let same = item.columns.iter().all(|visible| of(&visible.expr) == Some(first));
        let name = self.relations.get(first).map(|relation| relation.name.as_str());
        (same && item.name.is_some() && item.name.as_deref() == name).then_some(first)
    }

    /// What messages call a whole row that [`row_of_item`](Self::row_of_item) has made, and how deep its entry is.
    pub fn whole_row_of(&self, expr: &Expr) -> Option<RelationId> {
        let ExprKind::Call(call) = &expr.kind else { return None };
        let column = |expr: &Expr| match expr.kind {
            ExprKind::Column { relation, .. } => Some(relation),
            _ => None,
        };
        let relation = (call.emission == WHOLE_ROW).then(|| call.args.iter().find_map(column)).flatten();
        relation.filter(|relation| *relation < self.relations.len())
    }

    fn row_type_of(&self, relation: RelationId) -> Option<Type> {
        match self.relations[relation].source {
            Source::Table { oid, .. } | Source::View { oid } => Some(Type::of_relation(oid)),
            _ => None,
        }
    }

    /// What is NULL in the rows of a relation that an outer join has made up, and nowhere else.
    fn present(&mut self, relation: RelationId, at: At) -> Result<Expr, PgError> {
        let of = &self.relations[relation];
        let stored_name = match &of.source {
            _ if let Some(column) = of.columns.iter().position(|column| column.not_null) => {
                return Ok(Expr::new(ExprKind::Column { relation, column }, of.columns[column].ty).at(at));
            }
            Source::Table { oid, .. } => match self.catalog.get(*oid) {
                Some(Object::Table(table)) => super::modify::rowid_name(table),
                _ => None,
            },
            Source::Function | Source::Lateral => Some("ordinality"),
            Source::Query | Source::View { .. } | Source::With { .. } => Some(PRESENT),
            Source::Excluded => None,
        };
        let Some(stored_name) = stored_name else {
            return Err(self.unsupported(at, "a whole row that an outer join may lack, of this relation"));
        };
        let column = of.columns.len();
        // No name that can be asked for.
        let marker = RelationColumn {
            name: String::new(),
            stored_name: stored_name.to_owned(),
            ty: Type::INT8,
            typmod: -1,
            domain: 0,
            not_null: true,
            origin: None,
            collation: 0,
        };
        self.relations[relation].columns.push(marker);
        Ok(Expr::new(ExprKind::Column { relation, column }, Type::INT8).at(at))
    }

    /// What rows of a type are made of; `None` where only the run will tell.
    pub fn fields_of(&mut self, row: &Expr) -> Option<Shape> {
        match row.ty {
            Type::RECORD => self.shapes.get(row.typmod).cloned(),
            ty => self.shape_of(ty, 0),
        }
    }

    /// The fields of the row type of a relation.
    fn shape_of(&mut self, ty: Type, depth: usize) -> Option<Shape> {
        let mut shape = rows::shape(self.catalog, ty).filter(|_| depth < MAX_NESTED)?;
        if let Some(oid) = ty.relation() {
            self.note_row_type(oid, shape.fields.len());
        }
        for field in shape.fields.iter_mut().filter(|field| field.ty.relation().is_some()) {
            field.typmod = self.typmod_of(field.ty, depth + 1);
        }
        Some(shape)
    }

    fn typmod_of(&mut self, ty: Type, depth: usize) -> i32 {
        self.shape_of(ty, depth).map_or(-1, |shape| self.shapes.typmod(shape))
    }

    /// What stands for the typmod of rows of a known type.
    pub fn row_typmod(&mut self, ty: Type) -> i32 {
        self.typmod_of(ty, 0)
    }

    /// A text as a row of a type, or an array of such rows.
    pub fn row_input(&mut self, function: &'static str, text: Expr, of: Type, ty: Type) -> Expr {
        let typmod = if ty.is_row() { self.row_typmod(ty) } else { -1 };
        Expr { typmod, ..Expr::call(Emission::Own(function), vec![type_argument(of), text], ty) }
    }

    /// A literal as a row, or an array of rows. Each session may read it otherwise, but what is wrong is told at once.
    pub fn row_literal(&mut self, text: &str, ty: Type, at: At) -> Result<Expr, PgError> {
        let settings = &self.context.settings;
        let zone = Zone::of_settings(|name| settings.get(name));
        let reader = rows::Reader { catalog: self.catalog, zone: &zone, now: self.context.transaction_timestamp };
        let (function, of) = match ty.element() {
            None => (casts::ROW_INPUT, ty),
            Some(element) => (casts::ROW_ARRAY_INPUT, element),
        };
        let read = match ty.element() {
            None => reader.row(ty, text).map(drop),
            Some(element) => reader.array(element, text, 0).map(drop),
        };
        read.map_err(|error| at.mark(error, self.text))?;
        self.mutable = true;
        let text = Expr::constant(Value::Text(text.to_owned()), Type::TEXT).at(at);
        Ok(self.row_input(function, text, of, ty).at(at))
    }

    /// A row constructor, or a whole row, as a row of a known type (`coerce_record_to_complex`).
    pub fn row_of_type(&mut self, row: Expr, to: Type, context: Context) -> Result<Option<Expr>, PgError> {
        let at = row.at;
        let Some(parts) = self.parts_of_row(&row).map(<[Expr]>::to_vec) else { return Ok(None) };
        let Some(shape) = self.shape_of(to, 0) else { return Ok(None) };
        let refused = |detail: String| {
            let message = format!("cannot cast type {} to {to}", Type::RECORD);
            Err(PgError::new(SqlState::CANNOT_COERCE, message).detail(detail))
        };
        if parts.len() < shape.fields.len() {
            return refused("Input has too few columns.".to_owned());
        }
        if parts.len() > shape.fields.len() {
            return refused("Input has too many columns.".to_owned());
        }
        let mut columns = Vec::with_capacity(parts.len());
        for (number, (part, field)) in parts.into_iter().zip(&shape.fields).enumerate() {
            let part = unshown(part);
            let from = part.named_type();
            let typmod = if field.ty.is_row() { -1 } else { field.typmod };
            let form = Form { ty: field.ty, typmod, domain: field.domain };
            match self.coerce_to_form(part, form, context)? {
                Some(part) => columns.push((field.name.clone(), part)),
                None => {
                    let to = form.named_type();
                    return refused(format!("Cannot cast type {from} to {to} in column {}.", number + 1));
                }
            }
        }
        self.row(ROW, to, columns, None, at).map(Some)
    }

    /// The columns of `t.*` and `(row).*`; `None` for what is neither.
    pub fn every_field(&mut self, expr: &ast::Expr) -> Result<Option<Vec<Target>>, PgError> {
        let mut inner = expr;
        while let ast::Expr::Nested(nested) = inner {
            inner = nested;
        }
        match inner {
            ast::Expr::QualifiedWildcard(name, _) => {
                let name = self.qualified(name)?;
                let Some(item) = self.find_item(name.schema.as_deref(), &name.name) else {
                    return Err(self.missing_from(&name.name, name.at));
                };
                let target = |column: &super::scope::Visible| Target {
                    name: column.name.clone(),
                    expr: column.expr.clone().at(name.at),
                };
                Ok(Some(item.columns.iter().map(target).collect()))
            }
            ast::Expr::CompoundFieldAccess { root, access_chain } => {
                let Some((ast::AccessExpr::Dot(ast::Expr::Identifier(last)), chain)) = access_chain.split_last() else {
                    return Ok(None);
                };
                if !is_every_field(last) {
                    return Ok(None);
                }
                let row = match chain {
                    [] => self.expr(root)?,
                    chain => self.subscripted(root, chain)?,
                };
                self.fields(row).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// All fields of a row (`ExpandRowReference`).
    fn fields(&mut self, row: Expr) -> Result<Vec<Target>, PgError> {
        if !row.ty.is_row() {
            let message = format!("type {} is not composite", row.named_type());
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        }
        let Some(shape) = self.fields_of(&row) else {
            let message = "record type has not been registered";
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
        };
        if row.is_volatile() && self.parts_of_row(&row).is_none() {
            return Err(self.unsupported(row.at, "all fields of a volatile row"));
        }
        let mut targets = Vec::with_capacity(shape.fields.len());
        for (place, field) in shape.fields.iter().enumerate() {
            let row = self.copy(&row)?;
            targets.push(Target { name: field.name.clone(), expr: self.field_at(row, place, field) });
        }
        Ok(targets)
    }

    /// `(row).field`, of a value or of a table that FROM names.
    pub fn field(&mut self, row: Expr, field: &ast::Ident) -> Result<Expr, PgError> {
        let name = fold(field);
        let at = row.at;
        if !row.ty.is_row() {
            let message =
                format!("column notation .{name} applied to type {}, which is not a composite type", row.named_type());
            return Err(self.error(at, SqlState::WRONG_OBJECT_TYPE, message));
        }
        let shape = self.fields_of(&row);
        let found = shape.and_then(|shape| {
            let place = shape.fields.iter().position(|field| field.name == name)?;
            Some((place, shape.fields.into_iter().nth(place)?))
        });
        match found {
            Some((place, field)) => Ok(self.field_at(row, place, &field)),
            None => Err(self.no_field(&row, &name)),
        }
    }

    fn no_field(&self, row: &Expr, name: &str) -> PgError {
        let message = match (row.ty, self.whole_row_of(row)) {
            (_, Some(relation)) => format!("column {}.{name} does not exist", self.relations[relation].name),
            (Type::RECORD, None) => format!("could not identify column \"{name}\" in record data type"),
            (ty, None) => format!("column \"{name}\" not found in data type {ty}"),
        };
        self.error(row.at, SqlState::UNDEFINED_COLUMN, message)
    }

    /// The values that a row has just been made of.
    fn parts_of_row<'e>(&self, row: &'e Expr) -> Option<&'e [Expr]> {
        match &row.kind {
            ExprKind::Call(call) if call.emission == ROW || call.emission == ROW_OF_SET => call.args.get(1..),
            // Where there is no row, its columns are NULL.
            ExprKind::Call(call) if call.emission == WHOLE_ROW => call.args.get(2..),
            _ => None,
        }
    }

    fn field_at(&mut self, row: Expr, place: usize, field: &Field) -> Expr {
        let at = row.at;
        let others_volatile = row.is_volatile();
        if !others_volatile
            && let Some(value) = self.parts_of_row(&row).and_then(|parts| parts.get(place))
            && value.ty == field.ty
            && !is_shown(field.ty)
        {
            return value.clone().at(at);
        }
        field_of(row, place, field)
    }

    /// A row of a known type with another value in one of its fields; `None`: it has no such field.
    pub fn with_field(
        &mut self,
        row: Expr,
        name: &str,
        value: impl FnOnce(&mut Self, &Field, Expr) -> Result<Expr, PgError>,
    ) -> Result<Option<Expr>, PgError> {
        let Some(shape) = self.fields_of(&row) else { return Ok(None) };
        let Some(place) = shape.fields.iter().position(|field| field.name == name) else { return Ok(None) };
        let (ty, at) = (row.ty, row.at);
        let mut values = self.taken_apart(row, &shape)?;
        let before = std::mem::replace(&mut values[place], Expr::null(Type::UNKNOWN));
        values[place] = value(self, &shape.fields[place], before)?;
        let columns = shape.fields.iter().map(|field| field.name.clone()).zip(values).collect();
        self.row(ROW, ty, columns, None, at).map(Some)
    }

    /// The values of all fields of a row, each for one place.
    fn taken_apart(&mut self, row: Expr, shape: &Shape) -> Result<Vec<Expr>, PgError> {
        if matches!(row.kind, ExprKind::Null) {
            return Ok(shape.fields.iter().map(|field| Expr::null(field.ty)).collect());
        }
        // What it has just been made of is computed once, so that a sequence gives one number.
        if let ExprKind::Call(call) = &row.kind
            && call.emission == ROW
            && let Some(parts) = call.args.get(1..)
            && parts.len() == shape.fields.len()
        {
            let parts: Vec<Expr> = parts.iter().cloned().map(unshown).collect();
            if parts.iter().zip(&shape.fields).all(|(part, field)| part.ty == field.ty) {
                return Ok(parts);
            }
        }
        let mut values = Vec::with_capacity(shape.fields.len());
        for (index, field) in shape.fields.iter().enumerate() {
            let row = self.copy(&row)?;
            values.push(self.field_at(row, index, field));
        }
        Ok(values)
    }

    /// `column(t)`, which is `t.column` (`ParseFuncOrColumn`).
    pub fn column_as_function(&mut self, name: &str, args: &[Expr]) -> Option<Expr> {
        let [row] = args else { return None };
        if !row.ty.is_row() {
            return None;
        }
        let shape = self.fields_of(row)?;
        let place = shape.fields.iter().position(|field| field.name == name)?;
        Some(self.field_at(row.clone(), place, &shape.fields[place]))
    }

    /// `row IS [NOT] NULL`: all its fields are, or none is.
    pub fn row_is_null(&self, row: Expr, negated: bool) -> Expr {
        let at = row.at;
        let function = if negated { "pg_row_is_not_null" } else { "pg_row_is_null" };
        Expr::call(Emission::Own(function), vec![row], Type::BOOL).at(at)
    }
}

/// The fields of a column's rows, as columns: of a function in FROM.
pub fn field_columns(row: &Expr, shape: &Shape) -> Vec<super::scope::Visible> {
    let column = |(place, field): (usize, &Field)| super::scope::Visible {
        name: field.name.clone(),
        expr: field_of(row.clone(), place, field),
    };
    shape.fields.iter().enumerate().map(column).collect()
}

/// What [`field_columns`] has been given.
fn row_of_fields(item: &Item) -> Option<Expr> {
    let of = |(place, visible): (usize, &super::scope::Visible)| match &visible.expr.kind {
        ExprKind::Call(call) if call.emission == FIELD => {
            let number = Value::Int4(i32::try_from(place).ok()?);
            let row = call.args.first().filter(|row| matches!(row.kind, ExprKind::Column { .. }))?;
            (call.args.get(1)?.kind == ExprKind::Constant(number)).then(|| row.clone())
        }
        _ => None,
    };
    let mut rows = item.columns.iter().enumerate().map(of);
    let first = rows.next()??;
    rows.all(|row| row.as_ref() == Some(&first)).then_some(first)
}

fn field_of(row: Expr, place: usize, field: &Field) -> Expr {
    let at = row.at;
    let number = Expr::constant(Value::Int4(i32::try_from(place).unwrap_or(i32::MAX)), Type::INT4);
    let value = Expr::call(FIELD, vec![row, number, type_argument(field.ty)], field.ty);
    Expr { typmod: field.typmod, domain: field.domain, ..value }.at(at)
}

/// The items of a row constructor, in parentheses or not.
pub fn as_row(expr: &ast::Expr) -> Option<&[ast::Expr]> {
    let mut inner = expr;
    while let ast::Expr::Nested(nested) = inner {
        inner = nested;
    }
    match inner {
        ast::Expr::Tuple(items) => Some(items),
        _ => None,
    }
}

/// Whether it is made of OIDs that have names.
fn is_shown(ty: Type) -> bool {
    ty.element().unwrap_or(ty).is_name_of_object()
}

/// What [`shown`] has made of it, undone.
fn unshown(value: Expr) -> Expr {
    match value.kind {
        ExprKind::Call(call) if call.emission == Emission::Own("pg_named") => {
            call.args.into_iter().next().unwrap_or(Expr::null(value.ty))
        }
        kind => Expr { kind, ..value },
    }
}

/// OIDs in a row go with the names that they are shown by.
fn shown(value: Expr) -> Expr {
    if !is_shown(value.ty) {
        return value;
    }
    let (ty, at) = (value.ty, value.at);
    Expr::call(Emission::Own("pg_named"), vec![value, type_argument(ty)], ty).at(at)
}
