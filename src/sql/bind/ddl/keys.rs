//! The columns that a table gets in the file for its indexes and foreign keys, and loses with them: see [`KeyColumn`].

use super::Steps;
use super::alter_column::visible;
use super::alter_table::quoted;
use super::check::mentioned;
use crate::catalog::{Index, KeyColumn, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::keys::key_form;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::emission::{Emission, collation, equal_by_bytes, has_one_form};
use crate::sql::emit::Emitter;
use crate::sql::shapes::Shapes;
use crate::types::{PgError, SqlState, Type};

/// Columns that a table can have in the file.
const MAX_STORED: usize = 1900;

/// What a key is to be made of.
struct Wanted<'w> {
    attnum: i16,
    expression: Option<&'w String>,
    condition: Option<&'w String>,
}

impl Binder<'_> {
    /// Has an index made of keys where SQLite can't make it of its columns and expressions themselves; those that the table
    /// lacks are added to it.
    pub fn assign_keys(&self, table: &mut Table, index: &mut Index) -> Result<(), PgError> {
        let condition = index.predicate.clone();
        index.predicate_key = match &condition {
            Some(text) if !self.is_of_sqlite(table, text)? => {
                let wanted = Wanted { attnum: 0, expression: Some(text), condition: None };
                Some(self.ensure_key(table, &wanted)?)
            }
            _ => None,
        };
        for column in &mut index.columns {
            let wanted = match &column.expression {
                Some(text) if !self.is_of_sqlite(table, text)? => {
                    Wanted { attnum: 0, expression: Some(text), condition: condition.as_ref() }
                }
                None if table.attribute(column.attnum).is_some_and(|column| !has_one_form(column.ty)) => {
                    Wanted { attnum: column.attnum, expression: None, condition: None }
                }
                _ => {
                    column.key = None;
                    continue;
                }
            };
            column.key = Some(self.ensure_key(table, &wanted)?);
        }
        Ok(())
    }

    /// The same of the columns of a table's foreign keys.
    pub fn assign_foreign_keys(&self, table: &mut Table) -> Result<(), PgError> {
        for attnum in referencing(table) {
            self.ensure_key(table, &Wanted { attnum, expression: None, condition: None })?;
        }
        Ok(())
    }

    /// The name in the file of a key, which the table is given if it has none such.
    fn ensure_key(&self, table: &mut Table, wanted: &Wanted<'_>) -> Result<String, PgError> {
        if table.columns.is_empty() {
            return Err(PgError::unsupported("an index of a table without columns"));
        }
        let (ty, columns) = self.key_shape(table, wanted)?;
        let is_it = |key: &&mut KeyColumn| key.is_of(wanted.attnum, wanted.expression, wanted.condition);
        if let Some(key) = table.keys.iter_mut().find(is_it) {
            (key.ty, key.columns) = (ty, columns);
            return Ok(key.stored_name.clone());
        }
        if table.columns.len() + table.keys.len() >= MAX_STORED {
            let message = format!("tables can have at most {MAX_STORED} columns and keys of columns");
            return Err(PgError::new(SqlState::TOO_MANY_COLUMNS, message));
        }
        let stored_name = free_name(table);
        table.keys.push(KeyColumn {
            stored_name: stored_name.clone(),
            ty,
            attnum: wanted.attnum,
            expression: wanted.expression.cloned(),
            condition: wanted.condition.cloned(),
            columns,
            behind: table.last_attnum(),
        });
        Ok(stored_name)
    }

    /// What a key holds, and the columns that it is made of.
    fn key_shape(&self, table: &Table, wanted: &Wanted<'_>) -> Result<(Type, Vec<i16>), PgError> {
        let Some(text) = wanted.expression else {
            let of = visible(table).into_iter().zip(&table.columns).find(|(_, column)| column.attnum == wanted.attnum);
            let ty = of.map_or(Type::BYTEA, |(visible, _)| key_form(visible.expr).ty);
            return Ok((ty, vec![wanted.attnum]));
        };
        let bound = self.row_expression(text, table)?;
        let mut places = mentioned(&bound);
        if let Some(condition) = wanted.condition {
            places.extend(mentioned(&self.row_expression(condition, table)?));
        }
        let mut columns: Vec<i16> = places.into_iter().map(|place| table.columns[place].attnum).collect();
        columns.sort_unstable();
        columns.dedup();
        let ty = if bound.ty == Type::UNKNOWN { Type::TEXT } else { key_form(bound).ty };
        Ok((ty, columns))
    }

    /// Whether SQLite can keep what an index is of, and compares its values as PostgreSQL does. (Where values need a collation,
    /// it is the column's.)
    fn is_of_sqlite(&self, table: &Table, text: &str) -> Result<bool, PgError> {
        let bound = self.row_expression(text, table)?;
        let one_form = has_one_form(bound.ty) && collation(bound.ty).is_none();
        Ok(one_form && bound.ty != Type::UNKNOWN && !bound.any(&|expr| !is_built_in(expr)))
    }

    /// 0A000 for values that can't be compared.
    pub fn refuse_key_type(&self, ty: Type, what: &str) -> Result<(), PgError> {
        let comparable = match ty.relation() {
            Some(_) => {
                let mut binder = self.detached("");
                Shapes::are_comparable(binder.row_typmod(ty))
            }
            // What json and its kin lack is an operator class.
            None => ty.is_comparable() || matches!(ty, Type::UNKNOWN | Type::JSON | Type::JSONPATH),
        };
        if comparable { Ok(()) } else { Err(PgError::unsupported(format!("{what} of type {ty}"))) }
    }

    /// The steps that give the table in the file the keys that it has not yet. Nothing if there are none.
    pub fn add_keys(&self, old: &Table, new: &Table, steps: &mut Steps) -> Result<(), PgError> {
        let added = |key: &KeyColumn| !old.keys.iter().any(|other| other.stored_name == key.stored_name);
        if !new.keys.iter().any(added) {
            return Ok(());
        }
        steps.redefine(old, self.create_table_sql(new)?);
        steps.put(Object::Table(new.clone()));
        steps.settle();
        self.fill_keys(new, added, steps)
    }

    /// Computes keys of the rows there are.
    pub fn fill_keys(
        &self,
        table: &Table,
        meant: impl Fn(&KeyColumn) -> bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let keys: Vec<&str> = table.keys.iter().filter(|key| meant(key)).map(|key| key.stored_name.as_str()).collect();
        if let Some(sql) = self.filling_keys(table, &keys)? {
            steps.fill(table, sql);
        }
        Ok(())
    }

    /// Takes the keys from a table that neither its foreign keys nor these indexes of it need. What those were made of is gone
    /// from the file already.
    pub fn release_keys<'i>(&self, table: &Table, left: impl Iterator<Item = &'i Index>, steps: &mut Steps) {
        let mut new = table.clone();
        retain_keys(&mut new, left);
        if new == *table {
            return;
        }
        for key in table.keys.iter().filter(|key| !new.keys.contains(key)) {
            let (table, key) = (quoted(&table.stored_name), quoted(&key.stored_name));
            steps.own(format!("ALTER TABLE {table} DROP COLUMN {key}"));
        }
        steps.put(Object::Table(new));
    }

    /// The same after a change of foreign keys alone.
    pub fn release_foreign_keys(&self, table: &Table, steps: &mut Steps) {
        self.release_keys(table, self.catalog.indexes_of(table.oid), steps);
    }
}

/// Forgets keys that neither the table's foreign keys nor these indexes of it need.
pub fn retain_keys<'i>(table: &mut Table, left: impl Iterator<Item = &'i Index>) {
    let needed: Vec<&String> = left.flat_map(Index::keys).collect();
    let columns = referencing(table);
    table.keys.retain(|key| needed.contains(&&key.stored_name) || columns.contains(&key.attnum));
}

/// The columns of foreign keys that SQLite can't compare as they are.
fn referencing(table: &Table) -> Vec<i16> {
    let all = table.foreign_keys().flat_map(|(constraint, _)| &constraint.columns).copied();
    all.filter(|attnum| table.attribute(*attnum).is_some_and(|column| !has_one_form(column.ty))).collect()
}

fn free_name(table: &Table) -> String {
    let columns = table.columns.iter().map(|column| &column.stored_name);
    let taken: Vec<&String> = columns.chain(table.keys.iter().map(|key| &key.stored_name)).collect();
    let mut number = 0;
    loop {
        number += 1;
        let name = format!("_quorlite_key_{number}");
        if !taken.iter().any(|other| other.eq_ignore_ascii_case(&name)) {
            return name;
        }
    }
}

/// Whether SQLite knows it by itself, and gives the same value whenever it is asked.
fn is_built_in(expr: &Expr) -> bool {
    match &expr.kind {
        // Labels and addresses sort by a collation of ours.
        ExprKind::Call(call) if call.args.iter().any(|arg| equal_by_bytes(arg.ty)) => {
            matches!(call.emission, Emission::Infix("=" | "<>") | Emission::Same | Emission::Collated(..))
                && !call.volatile
        }
        // So do arrays and jsonb; and of intervals and rows the stored forms are no texts that anybody else reads.
        ExprKind::Call(call) if call.args.iter().any(|arg| !has_one_form(arg.ty) && arg.ty != Type::UNKNOWN) => {
            call.emission.is_same() && !call.volatile
        }
        ExprKind::Distinct { left, .. } => has_one_form(left.ty),
        ExprKind::InList { operand, .. } => has_one_form(operand.ty),
        ExprKind::Call(call) => match call.emission {
            Emission::Builtin(_)
            | Emission::Infix(_)
            | Emission::Prefix(_)
            | Emission::Cast(_)
            | Emission::Same
            | Emission::Collated(..) => !call.volatile,
            Emission::Own(_)
            | Emission::Around
            | Emission::Decided
            | Emission::Session(_)
            | Emission::Rows(_)
            | Emission::Packed(_)
            | Emission::Text(_)
            | Emission::Missing(_) => false,
        },
        ExprKind::Param(_) | ExprKind::Aggregate(_) | ExprKind::InQuery { .. } => false,
        ExprKind::Exists(_) | ExprKind::Scalar(_) => false,
        // Written as a call of ours where a decimal would not be exact.
        ExprKind::Constant(crate::types::Value::Float8(_) | crate::types::Value::Float4(_)) => {
            let relations = Vec::new();
            let mut emitter = Emitter::new(&relations);
            emitter.check(expr).is_ok() && !emitter.finish().contains('(')
        }
        ExprKind::Case { operand, .. } => operand.as_ref().is_none_or(|operand| has_one_form(operand.ty)),
        _ => true,
    }
}
