//! LIKE in CREATE TABLE: what the new table takes over from another.

use super::Steps;
use super::alter_column::renamed;
use super::check::CheckClause;
use super::column::Definition;
use super::index::numbered;
use super::naming::Naming;
use super::table::Key;
use crate::catalog::{Column, ColumnDefault, ConstraintKind, Generated, Index, IndexColumn, Object, Sequence, Table};
use crate::sql::bind::Binder;
use crate::sql::bind::title::index_title;
use crate::sql::like::{Including, LikeClause};
use crate::sql::parse::parse_expression;
use crate::sql::text::At;
use crate::types::{PgError, SqlState};

/// A table whose columns are among those of the new one, from `first` on.
pub struct Copied {
    table: Table,
    first: usize,
    including: Including,
}

impl Copied {
    /// The place in the new table of a column of the old one.
    fn place(&self, attnum: i16) -> Option<usize> {
        Some(self.first + self.table.position(attnum)?)
    }

    /// A generation expression, as the new table's.
    fn retell(&self, generated: &mut Generated, name: &str) -> Result<(), PgError> {
        generated.expression = renamed(&generated.expression, &self.table.name, name, true, false)?;
        for attnum in &mut generated.columns {
            *attnum = self.place(*attnum).map_or(0, |place| place as i16 + 1);
        }
        Ok(())
    }

    fn places(&self, attnums: &[i16]) -> Vec<usize> {
        attnums.iter().filter_map(|attnum| self.place(*attnum)).collect()
    }
}

impl Binder<'_> {
    /// Adds the columns of LIKE's table or view to the definitions, behind `first` others.
    pub fn liked_columns(
        &mut self,
        name: &str,
        like: &LikeClause,
        first: usize,
        definitions: &mut Vec<Definition>,
    ) -> Result<Option<Copied>, PgError> {
        let including = like.including;
        match self.like_source(like)? {
            Object::Table(table) => {
                let copied = Copied { table, first, including };
                for column in &copied.table.columns {
                    let mut definition = self.copied_column(column, including);
                    if let Some(generated) = &mut definition.column.generated {
                        copied.retell(generated, name)?;
                    }
                    definitions.push(definition);
                }
                Ok(Some(copied))
            }
            Object::View(view) => {
                for column in &view.columns {
                    self.refuse_column_type(&column.name, column.ty, At::NOWHERE)?;
                    let comment = column.comment.clone().filter(|_| including.comments);
                    definitions.push(Definition::plain(Column { comment, ..column.as_column() }));
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    fn like_source(&self, like: &LikeClause) -> Result<Object, PgError> {
        let name = self.qualified(&like.source)?;
        if self.find_system(&name).is_some_and(|relation| relation.is_there()) {
            return Err(self.unsupported(name.at, "LIKE of one of PostgreSQL's own relations"));
        }
        let kinds = match self.find_relation(&name) {
            Some(object @ (Object::Table(_) | Object::View(_))) => return Ok(object.clone()),
            Some(Object::Index(_)) => "indexes",
            Some(_) => "sequences",
            None => return Err(self.no_relation(&name)),
        };
        let message = format!("relation \"{}\" is invalid in LIKE clause", name.name);
        let detail = format!("This operation is not supported for {kinds}.");
        Err(self.error(name.at, SqlState::WRONG_OBJECT_TYPE, message).detail(detail))
    }

    fn copied_column(&self, column: &Column, including: Including) -> Definition {
        let mut new = column.clone();
        let draws = matches!(new.default, Some(ColumnDefault::NextValue(_) | ColumnDefault::Expression(_)));
        if draws && !including.defaults {
            new.default = None;
        }
        if !including.generated {
            new.generated = None;
        }
        if !including.comments {
            new.comment = None;
        }
        let kept = std::mem::take(&mut new.storage);
        if including.storage {
            new.storage.storage = kept.storage;
        }
        if including.compression {
            new.storage.compression = kept.compression;
        }
        let identity = new.identity.take().filter(|_| including.identity);
        let Some(identity) = identity else { return Definition::plain(new) };
        let sequence = match self.catalog.get(identity.sequence_oid) {
            Some(Object::Sequence(of)) => Some(Sequence { restart: None, comment: None, ..of.clone() }),
            _ => None,
        };
        Definition { sequence, identity_always: Some(identity.always), ..Definition::plain(new) }
    }

    /// Keys and checks that the new table takes over.
    pub fn copied_constraints(
        &self,
        name: &str,
        copied: &[Copied],
        keys: &mut Vec<Key>,
        checks: &mut Vec<CheckClause>,
    ) -> Result<(), PgError> {
        for copied in copied {
            let comments = copied.including.comments;
            if copied.including.constraints {
                for (constraint, check) in copied.table.checks() {
                    if checks.iter().any(|other| other.name.as_ref() == Some(&constraint.name)) {
                        let message =
                            format!("constraint \"{}\" for relation \"{name}\" already exists", constraint.name);
                        return Err(PgError::new(SqlState::DUPLICATE_OBJECT, message));
                    }
                    let whole_row = constraint.columns.contains(&0);
                    if whole_row {
                        let (name, table) = (&constraint.name, &copied.table.name);
                        let detail =
                            format!("Constraint \"{name}\" contains a whole-row reference to table \"{table}\".");
                        let message = "cannot convert whole-row table reference";
                        return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(detail));
                    }
                    checks.push(CheckClause {
                        whole_row,
                        name: Some(constraint.name.clone()),
                        expression: check.expression.clone(),
                        columns: copied.places(&constraint.columns),
                        comment: constraint.comment.clone().filter(|_| comments),
                    });
                }
            }
            if !copied.including.indexes {
                continue;
            }
            for constraint in copied.table.constraints.iter().filter(|constraint| constraint.is_key()) {
                let (comment, nulls_not_distinct, include, options) = match self.catalog.get(constraint.index_oid) {
                    Some(Object::Index(index)) => {
                        let comment = index.comment.clone().filter(|_| comments);
                        (comment, index.nulls_not_distinct, copied.places(&index.include), index.options.clone())
                    }
                    _ => (None, false, Vec::new(), Vec::new()),
                };
                let columns = copied.places(&constraint.columns);
                let deferral = constraint.deferral;
                let key = Key {
                    nulls_not_distinct,
                    include,
                    comment,
                    options,
                    ..Key::new(constraint.kind.clone(), None, columns, deferral)
                };
                if key.kind != ConstraintKind::PrimaryKey {
                    keys.push(key);
                } else if keys.iter().any(|other| other.kind == ConstraintKind::PrimaryKey) {
                    let message = format!("multiple primary keys for table \"{name}\" are not allowed");
                    return Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message));
                } else {
                    keys.insert(0, key);
                }
            }
        }
        Ok(())
    }

    /// Indexes that are no constraints'.
    pub fn copied_indexes(
        &self,
        copied: &[Copied],
        table: &Table,
        naming: &mut Naming,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut table = table.clone();
        for copied in copied.iter().filter(|copied| copied.including.indexes) {
            for index in self.catalog.indexes_of(copied.table.oid) {
                if copied.table.constraints.iter().any(|other| other.is_key() && other.index_oid == index.oid) {
                    continue;
                }
                let mut index = copied_index(copied, index, &table, naming)?;
                self.make_index(&mut table, &mut index, steps)?;
                steps.put(Object::Index(index));
            }
        }
        Ok(())
    }
}

fn copied_index(copied: &Copied, old: &Index, table: &Table, naming: &mut Naming) -> Result<Index, PgError> {
    let moved = |attnum: &i16| copied.place(*attnum).map_or(0, |place| table.columns[place].attnum);
    // They may name the table.
    let text = |text: &Option<String>| {
        let renamed = text.as_ref().map(|text| renamed(text, &copied.table.name, &table.name, true, false));
        renamed.transpose()
    };
    let column = |column: &IndexColumn| {
        let expression = text(&column.expression)?;
        Ok::<_, PgError>(IndexColumn { attnum: moved(&column.attnum), expression, ..column.clone() })
    };
    let columns: Vec<IndexColumn> = old.columns.iter().map(column).collect::<Result<_, _>>()?;
    let include: Vec<i16> = old.include.iter().map(moved).collect();
    let mut names: Vec<String> = Vec::new();
    for column in &columns {
        names.push(match &column.expression {
            Some(text) => index_title(&parse_expression(text)?.0),
            None => table.attribute(column.attnum).map_or_else(String::new, |column| column.name.clone()),
        });
    }
    names.extend(include.iter().filter_map(|attnum| table.attribute(*attnum)).map(|column| column.name.clone()));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let name = naming.choose(&table.name, &numbered(&names).join("_"), "idx");
    Ok(Index {
        oid: naming.oid(),
        schema: table.schema.clone(),
        stored_name: old.method.is_kept().then(|| naming.stored_name(&name)),
        name,
        table_oid: table.oid,
        columns,
        include,
        predicate: text(&old.predicate)?,
        mentioned: old.mentioned.iter().map(moved).collect(),
        comment: old.comment.clone().filter(|_| copied.including.comments),
        clustered: false,
        ..old.clone()
    })
}
