//! Storage parameters (`reloptions.c`), and what ALTER COLUMN says of how values are kept and counted.
//!
//! SQLite has a way of its own in all of this, so they have no consequence; but they are the user's, and are shown and dumped
//! as they were given. What PostgreSQL does not take is refused.

use sqlparser::ast::{Ident, ObjectName};

use super::Steps;
use crate::catalog::{Column, Index, Method, Object, ReplicaIdentity, Table, system};
use crate::sql::bind::Binder;
use crate::sql::bind::names::fold;
use crate::sql::ddl::{IdentityMeant, StorageChange};
use crate::sql::plan::Schema;
use crate::sql::view::RelationOption;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, text};

/// What a storage parameter takes.
enum Parameter {
    Bool,
    Integer(i32, i32),
    Real(f64, f64),
    OneOf(&'static [&'static str], &'static str),
}

use Parameter::{Bool, Integer, OneOf, Real};

/// Whose the parameters are.
#[derive(Clone, Copy)]
pub enum Of {
    Table,
    /// Of what PostgreSQL keeps a table's long values in. There are none here, so these are read and belong to nothing.
    Toast,
    Index(Method),
    Column,
}

const ON_OFF_AUTO: &str = "Valid values are \"on\", \"off\", and \"auto\".";
const MOST: i32 = i32::MAX;
const BILLION: i32 = 1_000_000_000;

fn parameter(of: Of, name: &str) -> Option<Parameter> {
    match of {
        Of::Table => of_table(name),
        Of::Toast => of_both(name),
        Of::Column => Some(match name {
            "n_distinct" | "n_distinct_inherited" => Real(-1.0, f64::MAX),
            _ => return None,
        }),
        Of::Index(method) => Some(match (method, name) {
            (Method::Btree | Method::Hash | Method::Gist | Method::Spgist, "fillfactor") => Integer(10, 100),
            (Method::Btree, "deduplicate_items") | (Method::Gin, "fastupdate") | (Method::Brin, "autosummarize") => {
                Bool
            }
            (Method::Gist, "buffering") => OneOf(&["on", "off", "auto"], ON_OFF_AUTO),
            (Method::Gin, "gin_pending_list_limit") => Integer(64, MOST),
            (Method::Brin, "pages_per_range") => Integer(1, 131_072),
            _ => return None,
        }),
    }
}

fn of_table(name: &str) -> Option<Parameter> {
    Some(match name {
        "fillfactor" => Integer(10, 100),
        "toast_tuple_target" => Integer(128, 8160),
        "parallel_workers" => Integer(0, 1024),
        "autovacuum_analyze_threshold" => Integer(0, MOST),
        "autovacuum_analyze_scale_factor" => Real(0.0, 100.0),
        "user_catalog_table" => Bool,
        name => return of_both(name),
    })
}

/// Of a table, and of its long values.
fn of_both(name: &str) -> Option<Parameter> {
    Some(match name {
        "autovacuum_enabled" | "vacuum_truncate" => Bool,
        "autovacuum_vacuum_threshold" => Integer(0, MOST),
        "autovacuum_vacuum_insert_threshold" | "log_autovacuum_min_duration" => Integer(-1, MOST),
        "autovacuum_vacuum_cost_limit" => Integer(1, 10_000),
        "autovacuum_freeze_min_age" | "autovacuum_multixact_freeze_min_age" => Integer(0, BILLION),
        "autovacuum_freeze_max_age" => Integer(100_000, 2 * BILLION),
        "autovacuum_multixact_freeze_max_age" => Integer(10_000, 2 * BILLION),
        "autovacuum_freeze_table_age" | "autovacuum_multixact_freeze_table_age" => Integer(0, 2 * BILLION),
        "autovacuum_vacuum_cost_delay" | "autovacuum_vacuum_scale_factor" | "autovacuum_vacuum_insert_scale_factor" => {
            Real(0.0, 100.0)
        }
        "vacuum_index_cleanup" => OneOf(&["auto", "on", "off", "true", "false", "yes", "no", "1", "0"], ON_OFF_AUTO),
        _ => return None,
    })
}

fn invalid(message: String) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// `name` of `name=value`.
fn name_of(option: &str) -> &str {
    option.split_once('=').map_or(option, |(name, _)| name)
}

/// `pg_class.reloptions` with some set anew (`transformRelOptions`). Errors: 22023, 0A000.
pub fn set_options(of: Of, mut all: Vec<String>, set: &[RelationOption]) -> Result<Vec<String>, PgError> {
    let spaced = |option: &&RelationOption| option.namespace.is_some();
    let known = |namespace: &str| matches!(of, Of::Table) && namespace == "toast";
    for namespace in set.iter().filter_map(|option| option.namespace.as_deref()) {
        if !known(namespace) {
            return Err(invalid(format!("unrecognized parameter namespace \"{namespace}\"")));
        }
    }
    let own: Vec<&RelationOption> = set.iter().filter(|option| !spaced(option)).collect();
    all.retain(|option| !own.iter().any(|other| name_of(option) == other.name));
    all.extend(check_options(of, &own)?);
    let toast: Vec<&RelationOption> = set.iter().filter(spaced).collect();
    check_options(Of::Toast, &toast)?;
    Ok(all)
}

/// The options as `name=value`.
fn check_options(of: Of, set: &[&RelationOption]) -> Result<Vec<String>, PgError> {
    let mut checked: Vec<String> = Vec::with_capacity(set.len());
    for RelationOption { name, value, .. } in set {
        let value = value.as_deref().unwrap_or("true");
        if matches!(of, Of::Table) && name == "oids" {
            // Tables had them once, and dumps of that time say that this one has not.
            match boolean(value) {
                Some(false) => continue,
                Some(true) => {
                    return Err(PgError::new(
                        SqlState::FEATURE_NOT_SUPPORTED,
                        "tables declared WITH OIDS are not supported",
                    ));
                }
                None => return Err(invalid("oids requires a Boolean value".to_owned())),
            }
        }
        let parameter = parameter(of, name).ok_or_else(|| invalid(format!("unrecognized parameter \"{name}\"")))?;
        if checked.iter().any(|other| name_of(other) == name) {
            return Err(invalid(format!("parameter \"{name}\" specified more than once")));
        }
        check(&parameter, name, value)?;
        checked.push(format!("{name}={value}"));
    }
    Ok(checked)
}

/// The same without some. Errors: 42601 for a value.
pub fn reset_options(mut all: Vec<String>, reset: &[RelationOption]) -> Result<Vec<String>, PgError> {
    if reset.iter().any(|option| option.value.is_some()) {
        return Err(PgError::new(SqlState::SYNTAX_ERROR, "RESET must not include values for parameters"));
    }
    all.retain(|option| !reset.iter().any(|other| other.namespace.is_none() && name_of(option) == other.name));
    Ok(all)
}

fn boolean(value: &str) -> Option<bool> {
    match text::input(Type::BOOL, value, &Zone::utc(), 0) {
        Ok(Value::Bool(value)) => Some(value),
        _ => None,
    }
}

/// As PostgreSQL reads a setting's number: with a fraction, which is rounded away.
fn integer(value: &str) -> Option<i32> {
    let value = value.trim();
    if let Ok(number) = value.parse() {
        return Some(number);
    }
    let number: f64 = value.parse().ok()?;
    let number = number.round_ties_even();
    (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number).then_some(number as i32)
}

fn check(parameter: &Parameter, name: &str, value: &str) -> Result<(), PgError> {
    let out_of_bounds = || invalid(format!("value {value} out of bounds for option \"{name}\""));
    match parameter {
        Bool if boolean(value).is_some() => Ok(()),
        Bool => Err(invalid(format!("invalid value for boolean option \"{name}\": {value}"))),
        Integer(least, most) => match integer(value) {
            Some(number) if (*least..=*most).contains(&number) => Ok(()),
            Some(_) => Err(out_of_bounds().detail(format!("Valid values are between \"{least}\" and \"{most}\"."))),
            None => Err(invalid(format!("invalid value for integer option \"{name}\": {value}"))),
        },
        Real(least, most) => match value.trim().parse::<f64>() {
            Ok(number) if (*least..=*most).contains(&number) => Ok(()),
            Ok(number) if !number.is_nan() => {
                Err(out_of_bounds().detail(format!("Valid values are between \"{least:.6}\" and \"{most:.6}\".")))
            }
            _ => Err(invalid(format!("invalid value for floating point option \"{name}\": {value}"))),
        },
        OneOf(values, _) if values.iter().any(|known| known.eq_ignore_ascii_case(value)) => Ok(()),
        OneOf(_, detail) => Err(invalid(format!("invalid value for enum option \"{name}\": {value}")).detail(*detail)),
    }
}

impl Binder<'_> {
    /// An index of the table, by name. Errors: 42704.
    fn index_of(&self, table: &Table, name: &Ident) -> Result<&Index, PgError> {
        let name = fold(name);
        match self.catalog.relation(&table.schema, &name) {
            Some(Object::Index(index)) if index.table_oid == table.oid => Ok(index),
            Some(_) => {
                let message = format!("\"{name}\" is not an index for table \"{}\"", table.name);
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message))
            }
            None => {
                let message = format!("index \"{name}\" for table \"{}\" does not exist", table.name);
                Err(PgError::new(SqlState::UNDEFINED_OBJECT, message))
            }
        }
    }

    /// `CLUSTER table [USING index]`; `None`: there is nothing to do. Errors: 42704 without an index, now or before.
    pub fn cluster(&self, name: &ObjectName, using: Option<&Ident>) -> Result<Option<Schema>, PgError> {
        let Some(Object::Table(table)) = self.find_relation(&self.qualified(name)?) else { return Ok(None) };
        if using.is_none() {
            if self.catalog.indexes_of(table.oid).any(|index| index.clustered) {
                return Ok(None);
            }
            let message = format!("there is no previously clustered index for table \"{}\"", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        }
        let mut steps = Steps::new();
        self.cluster_on(table, using, &mut steps)?;
        Ok(Some(steps.finish("CLUSTER")))
    }

    /// `CLUSTER ON index`: rows stay where they are.
    pub fn cluster_on(&self, table: &Table, on: Option<&Ident>, steps: &mut Steps) -> Result<(), PgError> {
        let on = on.map(|name| self.index_of(table, name)).transpose()?;
        if let Some(index) = on {
            let cannot = |message: String| Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            if !matches!(index.method, Method::Btree | Method::Gist) {
                return cannot(format!(
                    "cannot cluster on index \"{}\" because access method does not support clustering",
                    index.name
                ));
            }
            if index.predicate.is_some() {
                return cannot(format!("cannot cluster on partial index \"{}\"", index.name));
            }
        }
        for index in self.catalog.indexes_of(table.oid) {
            let clustered = on.is_some_and(|on| on.oid == index.oid);
            if index.clustered != clustered {
                steps.put(Object::Index(Index { clustered, ..index.clone() }));
            }
        }
        Ok(())
    }

    /// Errors: 42704, and 42809 or 0A000 for an index that does not tell rows apart.
    pub fn set_replica_identity(&self, table: &Table, meant: &IdentityMeant, steps: &mut Steps) -> Result<(), PgError> {
        let replica_identity = match meant {
            IdentityMeant::Default => ReplicaIdentity::Default,
            IdentityMeant::Nothing => ReplicaIdentity::Nothing,
            IdentityMeant::Full => ReplicaIdentity::Full,
            IdentityMeant::Index(name) => {
                let index = self.index_of(table, name)?;
                let name = &index.name;
                let refused = |message: String| Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
                let cannot = |message: String| Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
                if !index.unique {
                    return refused(format!("cannot use non-unique index \"{name}\" as replica identity"));
                }
                if index.deferrable {
                    return refused(format!("cannot use non-immediate index \"{name}\" as replica identity"));
                }
                if index.columns.iter().any(|column| column.expression.is_some()) {
                    return cannot(format!("cannot use expression index \"{name}\" as replica identity"));
                }
                if index.predicate.is_some() {
                    return cannot(format!("cannot use partial index \"{name}\" as replica identity"));
                }
                let columns = index.columns.iter().filter_map(|column| table.attribute(column.attnum));
                if let Some(column) = columns.into_iter().find(|column| !column.not_null) {
                    return refused(format!(
                        "index \"{name}\" cannot be used as replica identity because column \"{}\" is nullable",
                        column.name
                    ));
                }
                ReplicaIdentity::Index(index.oid)
            }
        };
        if replica_identity != table.replica_identity {
            steps.put(Object::Table(Table { replica_identity, ..table.clone() }));
        }
        Ok(())
    }
}

/// Statistics targets end here.
const MAX_STATISTICS: i64 = 10_000;

impl Binder<'_> {
    /// `SET (name = value, …)`, or RESET, of a table or a materialized view.
    pub fn set_table_options(
        &self,
        table: &Table,
        reset: bool,
        options: &[RelationOption],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let change = |all: Vec<String>| match reset {
            true => reset_options(all, options),
            false => set_options(Of::Table, all, options),
        };
        let mut table = table.clone();
        match &mut table.materialized {
            Some(materialized) => materialized.view.options = change(std::mem::take(&mut materialized.view.options))?,
            None => table.options = change(std::mem::take(&mut table.options))?,
        }
        steps.put(Object::Table(table));
        Ok(())
    }

    pub fn set_index_options(
        &self,
        index: &Index,
        reset: bool,
        options: &[RelationOption],
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let all = index.options.clone();
        let options = match reset {
            true => reset_options(all, options)?,
            false => set_options(Of::Index(index.method), all, options)?,
        };
        steps.put(Object::Index(Index { options, ..index.clone() }));
        Ok(())
    }

    /// ALTER COLUMN … SET STATISTICS, STORAGE, COMPRESSION or (…).
    pub fn set_column_storage(
        &self,
        table: &Table,
        name: &Ident,
        change: &StorageChange,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let place = self.altered_column(table, name)?;
        let mut table = table.clone();
        apply_storage(&mut table.columns[place], change, steps)?;
        steps.put(Object::Table(table));
        Ok(())
    }
}

/// COMPRESSION. Errors: 0A000 for a type whose values are never compressed, 22023.
pub fn set_compression(column: &mut Column, method: &str) -> Result<(), PgError> {
    if system::is_plain(column.ty) {
        let ty = if column.domain == 0 { column.ty } else { Type(column.domain) };
        let message = format!("column data type {ty} does not support compression");
        return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
    }
    column.storage.compression = match method {
        "default" => None,
        "pglz" => Some('p'),
        "lz4" => Some('l'),
        _ => return Err(invalid(format!("invalid compression method \"{method}\""))),
    };
    Ok(())
}

fn apply_storage(column: &mut Column, change: &StorageChange, steps: &mut Steps) -> Result<(), PgError> {
    let ty = if column.domain == 0 { column.ty } else { Type(column.domain) };
    let plain = system::is_plain(column.ty);
    let kept = &mut column.storage;
    match change {
        StorageChange::Statistics(target) => {
            if *target < -1 {
                return Err(invalid(format!("statistics target {target} is too low")));
            }
            if *target > MAX_STATISTICS {
                steps.warning(
                    SqlState::INVALID_PARAMETER_VALUE,
                    format!("lowering statistics target to {MAX_STATISTICS}"),
                );
            }
            kept.statistics = i16::try_from((*target).min(MAX_STATISTICS)).ok().filter(|target| *target >= 0);
        }
        StorageChange::Storage(word) => {
            let letter = match word.to_ascii_lowercase().as_str() {
                "plain" => 'p',
                "external" => 'e',
                "extended" => 'x',
                "main" => 'm',
                _ => return Err(invalid(format!("invalid storage type \"{word}\""))),
            };
            if letter != 'p' && plain {
                let message = format!("column data type {ty} can only have storage PLAIN");
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            kept.storage = Some(letter);
        }
        StorageChange::Compression(method) => set_compression(column, method)?,
        StorageChange::Options { reset: true, options } => {
            kept.options = reset_options(std::mem::take(&mut kept.options), options)?;
        }
        StorageChange::Options { reset: false, options } => {
            kept.options = set_options(Of::Column, std::mem::take(&mut kept.options), options)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_postgresql_reads_them() {
        assert_eq!(integer("70"), Some(70));
        assert_eq!(integer("70.5"), Some(70));
        assert_eq!(integer("1e2"), Some(100));
        assert_eq!(integer("1e20"), None);
        assert_eq!(integer("x"), None);
    }
}
