//! Generated columns of CREATE and ALTER TABLE (`cookDefault`).

use sqlparser::ast::Ident;
use sqlparser::tokenizer::{Span, Token};

use super::Steps;
use super::alter_column::visible;
use super::check::mentioned;
use super::column::{Definition, SYSTEM_COLUMNS, shape};
use super::drop::still_needed;
use crate::catalog::{Catalog, Column, Generated, Object, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::from::table_relation;
use crate::sql::bind::names::fold;
use crate::sql::bind::scope::Clause;
use crate::sql::bound::{Expr, ExprKind};
use crate::sql::ddl::AlterAction;
use crate::sql::emit::Emitter;
use crate::sql::text::{At, slice};
use crate::sql::tokens;
use crate::types::{PgError, SqlState};

impl Binder<'_> {
    /// Binds the generation expressions of a new table's columns, now that all of these are known.
    pub fn generation_expressions(
        &self,
        table: &str,
        schema: &str,
        definitions: &mut [Definition],
    ) -> Result<(), PgError> {
        let due: Vec<(usize, Span)> = definitions
            .iter()
            .enumerate()
            .filter_map(|(place, definition)| Some((place, definition.generated?)))
            .collect();
        let taken_over = definitions.iter().any(|definition| definition.column.generated.is_some());
        if due.is_empty() && !taken_over {
            return Ok(());
        }
        let mut shape = shape(schema, table, definitions);
        for (_, column, generated) in shape.generated() {
            let relations = vec![table_relation(&shape, 0)];
            let bound = self.generated_value(&shape, column, generated, visible(&shape), relations);
            bound.map_err(|_| PgError::unsupported(format!("taking over what generates column {}", column.name)))?;
        }
        for (place, _) in &due {
            // They must not name each other.
            shape.columns[*place].generated = Some(Generated { expression: String::new(), columns: Vec::new() });
        }
        for (place, span) in due {
            definitions[place].column.generated = Some(self.generation_expression(&shape, place, span)?);
        }
        Ok(())
    }

    /// What stands at a place of the statement as the generation expression of a column of the table. Errors: 42P17 if
    /// it names a generated column (as `table` has them) or is not immutable.
    pub fn generation_expression(&self, table: &Table, place: usize, span: Span) -> Result<Generated, PgError> {
        let expression = slice(self.text, span).to_owned();
        refuse_system_columns(&expression, table).map_err(|error| self.moved_to(span, error))?;
        let column = &table.columns[place];
        let relations = vec![table_relation(table, 0)];
        let finish = |binder: &mut Binder, value: Expr| {
            binder.refuse_nested(table, &value)?;
            if binder.mutable {
                let message = "generation expression is not immutable";
                return Err(PgError::new(SqlState::INVALID_OBJECT_DEFINITION, message));
            }
            binder.default_of(column, value)
        };
        let (bound, relations) = self
            .of_new()
            .over_row(&expression, table, visible(table), relations, Clause::Generated, finish)
            .map_err(|error| self.moved_to(span, error))?;
        // What can't be written is refused now, and not by every INSERT.
        Emitter::new(&relations).check(&bound)?;
        let expression = self.with_fixed_times(expression, &bound)?;
        let columns = mentioned(&bound).into_iter().map(|index| table.columns[index].attnum).collect();
        Ok(Generated { expression, columns })
    }

    /// Binds the generation expression of a column that is added to a table.
    pub fn generate_added(&self, table: &mut Table, place: usize, span: Span) -> Result<(), PgError> {
        // It must not name itself.
        table.columns[place].generated = Some(Generated { expression: String::new(), columns: Vec::new() });
        table.columns[place].generated = Some(self.generation_expression(table, place, span)?);
        Ok(())
    }

    /// ALTER COLUMN … DROP EXPRESSION: the values stay.
    pub fn drop_expression(
        &mut self,
        table: &Table,
        column: &Ident,
        if_exists: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, column)?;
        let mut new = table.clone();
        if new.columns[place].generated.take().is_some() {
            steps.put(Object::Table(new));
            return Ok(());
        }
        let name = &table.columns[place].name;
        let message = format!("column \"{name}\" of relation \"{}\" is not a stored generated column", table.name);
        if !if_exists {
            return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message));
        }
        steps.notice(SqlState::SUCCESSFUL_COMPLETION, format!("{message}, skipping"));
        Ok(())
    }

    /// What a generated column is made of must fit its new type too. `new`: the table with that type.
    pub fn refuse_generated(&self, new: &Table, place: usize) -> Result<(), PgError> {
        let column = &new.columns[place];
        let Some(generated) = &column.generated else { return Ok(()) };
        let relations = vec![table_relation(new, 0)];
        let value = self.generated_value(new, column, generated, visible(new), relations);
        value.map(drop).map_err(|_| {
            let (name, ty) = (&column.name, column.ty);
            let message =
                format!("generation expression for column \"{name}\" cannot be cast automatically to type {ty}");
            PgError::new(SqlState::DATATYPE_MISMATCH, message)
        })
    }

    /// DROP COLUMN of one that generated columns are made of: refused, or they go before it.
    pub fn drop_with_generated(
        &mut self,
        table: &Table,
        place: usize,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let base = &table.columns[place];
        let shown = |column: &Column| format!("column {} of {}", column.name, self.shown_table(table));
        let due: Vec<&Column> = table
            .generated()
            .filter(|(_, _, generated)| generated.columns.contains(&base.attnum))
            .map(|(_, column, _)| column)
            .collect();
        if !cascade {
            let mut details = Vec::new();
            for column in due {
                details.push(format!("{} depends on {}", shown(column), shown(base)));
                for (child, constraint, key) in self.catalog.foreign_keys_to(table.oid) {
                    if key.columns.contains(&column.attnum) {
                        let constraint = &constraint.name;
                        let child = self.shown_table(child);
                        details.push(format!("constraint {constraint} on {child} depends on {}", shown(column)));
                    }
                }
                for view in self.catalog.views_of(table.oid) {
                    if view.uses.contains(&(table.oid, column.attnum)) {
                        let view = self.catalog.get(view.oid).map_or_else(String::new, |of| self.shown_object(of));
                        details.push(format!("{view} depends on {}", shown(column)));
                    }
                }
            }
            return Err(still_needed(Some(shown(base)), details));
        }
        let mut catalog = Catalog::clone(self.catalog);
        for column in due.into_iter().chain([base]) {
            let mut done = Steps::new();
            let mut binder = Binder::new(self.text, &catalog, self.context, &[])?;
            let Some(Object::Table(now)) = catalog.get(table.oid) else { break };
            let name = Ident::with_quote('"', &column.name);
            if column.attnum != base.attnum {
                done.cascades(vec![shown(column)]);
                let action = AlterAction::DropColumn { if_exists: false, name: name.clone(), cascade };
                binder.mind_views(now, &action, &mut done)?;
            }
            binder.drop_column(now, false, &name, cascade, &mut done)?;
            catalog = catalog.with(&done.changes());
            steps.cascades(std::mem::take(&mut done.cascaded));
            steps.append(done);
        }
        Ok(())
    }

    /// `check_nested_generated`.
    fn refuse_nested(&self, table: &Table, value: &Expr) -> Result<(), PgError> {
        let nested = std::cell::Cell::new(None);
        value.any(&|expr| match expr.kind {
            ExprKind::Column { column, .. } if table.columns[column].generated.is_some() => {
                nested.set(Some((column, expr.at)));
                true
            }
            _ => false,
        });
        let Some((column, at)) = nested.get() else { return Ok(()) };
        let name = &table.columns[column].name;
        let message = format!("cannot use generated column \"{name}\" in column generation expression");
        let error = self.error(at, SqlState::INVALID_OBJECT_DEFINITION, message);
        Err(error.detail("A generated column cannot reference another generated column."))
    }
}

/// Of the system columns there is only `tableoid`, which is of the table as it will be.
fn refuse_system_columns(expression: &str, table: &Table) -> Result<(), PgError> {
    for token in tokens::tokenize(expression)? {
        let Token::Word(word) = token.token else { continue };
        let name = fold(&word.into_ident(token.span));
        if !SYSTEM_COLUMNS.contains(&name.as_str()) || table.column(&name).is_some() {
            continue;
        }
        if name == "tableoid" {
            return Err(PgError::unsupported("tableoid in a generation expression"));
        }
        let message = format!("cannot use system column \"{name}\" in column generation expression");
        let error = PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message);
        return Err(At::from(token.span).mark(error, expression));
    }
    Ok(())
}
