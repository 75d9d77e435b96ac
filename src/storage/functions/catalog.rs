//! Functions over the catalog: names and definitions of objects, and what may be done with them.

use rusqlite::types::ValueRef;

use super::arrays::{oid_type, written};
use super::{Call, Out, Scalar, stored};
use crate::catalog::Object;
use crate::catalog::system::{self, Seen, Visibility};
use crate::sql::type_named;
use crate::types::array::Array;
use crate::types::identifier::qualified;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, size};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_regclassin", |call| named_in(call, Type::REGCLASS)),
    ("pg_regtypein", |call| named_in(call, Type::REGTYPE)),
    ("pg_regprocin", |call| named_in(call, Type::REGPROC)),
    ("pg_regprocedurein", |call| named_in(call, Type::REGPROCEDURE)),
    ("pg_regoperin", |call| named_in(call, Type::REGOPER)),
    ("pg_regoperatorin", |call| named_in(call, Type::REGOPERATOR)),
    ("pg_regcollationin", |call| named_in(call, Type::REGCOLLATION)),
    ("pg_regnamespacein", |call| named_in(call, Type::REGNAMESPACE)),
    ("pg_regrolein", |call| named_in(call, Type::REGROLE)),
    ("pg_regclassout", |call| named_out(call, Type::REGCLASS)),
    ("pg_regtypeout", |call| named_out(call, Type::REGTYPE)),
    ("pg_regprocout", |call| named_out(call, Type::REGPROC)),
    ("pg_regprocedureout", |call| named_out(call, Type::REGPROCEDURE)),
    ("pg_regoperout", |call| named_out(call, Type::REGOPER)),
    ("pg_regoperatorout", |call| named_out(call, Type::REGOPERATOR)),
    ("pg_regnamespaceout", |call| named_out(call, Type::REGNAMESPACE)),
    ("pg_regroleout", |call| named_out(call, Type::REGROLE)),
    ("pg_regcollationout", |call| named_out(call, Type::REGCOLLATION)),
    ("pg_named", shown),
    ("pg_to_regclass", |call| named_in(call, Type::REGCLASS).or_else(missing)),
    ("pg_to_regtype", |call| named_in(call, Type::REGTYPE).or_else(missing)),
    ("pg_to_regproc", |call| named_in(call, Type::REGPROC).or_else(missing)),
    // A type that there is not is an error.
    ("pg_to_regprocedure", |call| match named_in(call, Type::REGPROCEDURE) {
        Err(error) if error.code != SqlState::UNDEFINED_OBJECT => missing(error),
        found => found,
    }),
    ("pg_to_regoper", |call| named_in(call, Type::REGOPER).or_else(missing)),
    ("pg_to_regoperator", |call| match named_in(call, Type::REGOPERATOR) {
        Err(error) if error.code != SqlState::UNDEFINED_OBJECT => missing(error),
        found => found,
    }),
    ("pg_to_regcollation", |call| named_in(call, Type::REGCOLLATION).or_else(missing)),
    ("pg_to_regnamespace", |call| named_in(call, Type::REGNAMESPACE).or_else(missing)),
    ("pg_to_regrole", |call| named_in(call, Type::REGROLE).or_else(missing)),
    ("pg_text_char", |call| Ok(text_char(call.text(0)?).into())),
    ("pg_format_type", format_type),
    ("pg_get_expr", get_expr),
    ("pg_get_constraintdef", |call| definition(call, system::constraint_definition)),
    ("pg_sequence_oid", |call| {
        let oid = oid(call, 0)?;
        let name = call.state.with_seen(|seen| match seen.catalog.get(oid) {
            Some(Object::Sequence(_)) => Ok(()),
            _ => Err(system::relation_name(seen, oid).map(|(_, name)| name.to_owned())),
        });
        match name {
            Ok(()) => Ok(oid.into()),
            Err(Some(name)) => {
                Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is not a sequence")))
            }
            Err(None) => {
                let message = format!("could not open relation with OID {oid}");
                Err(PgError::new(SqlState::INTERNAL_ERROR, message))
            }
        }
    }),
    ("pg_get_triggerdef", |call| definition(call, system::trigger_definition)),
    ("pg_get_viewdef", |call| definition(call, system::view_definition)),
    ("pg_get_viewdef_name", |call| {
        let (name, pretty) = (call.text(0)?, pretty(call, 1)?);
        let text = call.state.with_seen(|seen| {
            let oid = system::find_named(seen, Type::REGCLASS, name)?;
            Ok::<_, PgError>(system::view_definition(seen, oid, pretty))
        });
        Ok(text?.map_or(Out::Null, Out::Text))
    }),
    ("pg_get_indexdef", get_indexdef),
    ("pg_name_element", |call| {
        let byte = usize::try_from(call.int(1)?).ok().and_then(|index| call.text(0).ok()?.as_bytes().get(index).copied());
        let mut out = String::new();
        byte.iter().for_each(|byte| crate::types::text::output(&Value::Char(*byte), &Zone::utc(), &mut out));
        Ok(if byte.is_some() { out.into() } else { Out::Null })
    }),
    ("pg_indexam_has_property", |call| {
        Ok(system::method_has(oid(call, 0)?, call.text(1)?).map_or(Out::Null, Out::from))
    }),
    ("pg_index_has_property", |call| {
        let (oid, property) = (oid(call, 0)?, call.text(1)?);
        Ok(call.state.with_seen(|seen| system::index_has(seen, oid, property)).map_or(Out::Null, Out::from))
    }),
    ("pg_index_column_has_property", |call| {
        let (oid, place, property) = (oid(call, 0)?, call.int4(1)?, call.text(2)?);
        let has = call.state.with_seen(|seen| system::index_column_has(seen, oid, place, property));
        Ok(has.map_or(Out::Null, Out::from))
    }),
    ("pg_get_userbyid", |call| {
        let oid = oid(call, 0)?;
        Ok(call.state.with_seen(|seen| system::role_name(seen, oid)).unwrap_or_else(|| format!("unknown (OID={oid})")).into())
    }),
    ("pg_get_serial_sequence", serial_sequence),
    ("pg_get_function_result", |call| function_text(call, system::function_result)),
    ("pg_get_function_arguments", |call| function_text(call, system::function_arguments)),
    ("pg_get_function_identity_arguments", |call| function_text(call, system::function_identity_arguments)),
    ("pg_get_function_arg_default", |call| {
        let (oid, place) = (oid(call, 0)?, call.int(1)?);
        let text = call.state.with_seen(|seen| system::function_default(seen, oid, place));
        Ok(text.map_or(Out::Null, Out::from))
    }),
    ("pg_get_functiondef", |call| {
        let oid = oid(call, 0)?;
        Ok(call.state.with_seen(|seen| system::function_definition(seen, oid))?.map_or(Out::Null, Out::Text))
    }),
    ("pg_oidvectortypes", |call| {
        let types: Vec<String> = call.state.with_seen(|seen| {
            let names = call.text(0)?.split_ascii_whitespace().map(|oid| {
                let oid = oid.parse().unwrap_or_default();
                seen.with_type_names(&system::format_type(oid, None))
            });
            Ok::<_, PgError>(names.collect())
        })?;
        Ok(types.join(", ").into())
    }),
    ("pg_relation_filenode", |call| {
        let oid = oid(call, 0)?;
        let stored = |seen: &Seen| match seen.catalog.get(oid) {
            Some(object) => matches!(object, Object::Table(_) | Object::Index(_) | Object::Sequence(_)),
            None => system::is_table(oid),
        };
        Ok(if call.state.with_seen(stored) { oid.into() } else { Out::Null })
    }),
    ("pg_tablespace_size", tablespace_size),
    ("pg_encoding_max_length", |call| {
        Ok(usize::try_from(call.int(0)?).ok().and_then(|at| MAX_LENGTHS.get(at)).map_or(Out::Null, |length| Out::Int(*length)))
    }),
    ("pg_no_object", |_| Ok(Out::Null)),
    ("pg_no_recovery", |_| {
        let error = PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, "recovery is not in progress");
        Err(error.hint("Recovery control functions can only be executed during recovery."))
    }),
    ("pg_blocking_pids", |call| {
        let pid = call.int4(0)?;
        let pids = call.state.with_seen(|seen| system::activity::blocking(seen, pid));
        Ok(Array::list(Type::INT4, pids.into_iter().map(Value::Int4).collect()).normal_text().into())
    }),
    ("pg_table_is_visible", |call| {
        let oid = oid(call, 0)?;
        Ok(call.state.with_seen(|seen| seen.is_visible(oid)).map_or(Out::Null, Out::from))
    }),
    ("pg_type_is_visible", |call| {
        let ty = Type(oid(call, 0)?);
        Ok(call.state.with_seen(|seen| seen.type_is_visible(ty)).map_or(Out::Null, Out::from))
    }),
    ("pg_function_is_visible", |call| {
        let oid = oid(call, 0)?;
        Ok(call.state.with_seen(|seen| system::function_is_visible(seen, oid)).map_or(Out::Null, Out::from))
    }),
    ("pg_operator_is_visible", |call| {
        let oid = oid(call, 0)?;
        Ok(if call.state.with_seen(|seen| system::has_operator(seen, oid)) { true.into() } else { Out::Null })
    }),
    // PostgreSQL's own, which nobody can hide.
    ("pg_catalog_is_visible", |_| Ok(true.into())),
    ("pg_relation_is_publishable", |call| {
        let oid = oid(call, 0)?;
        let table = |seen: &Seen| match seen.catalog.get(oid) {
            Some(Object::Table(table)) => table.materialized.is_none(),
            _ => false,
        };
        Ok(call.state.with_seen(table).into())
    }),
    ("pg_relation_is_updatable", |call| {
        let oid = oid(call, 0)?;
        Ok(call.state.with_seen(|seen| system::relation_updatable(seen, oid)).into())
    }),
    ("pg_column_is_updatable", |call| {
        let (oid, attnum) = (oid(call, 0)?, i16::try_from(call.int(1)?).unwrap_or_default());
        Ok(call.state.with_seen(|seen| system::column_updatable(seen, oid, attnum)).into())
    }),
    ("pg_describe_object", |call| {
        let (class, object, column) = (oid(call, 0)?, oid(call, 1)?, call.int4(2)?);
        let text = call.state.with_seen(|seen| system::described(seen, class, object, column))?;
        Ok(text.map_or(Out::Null, Out::Text))
    }),
    ("pg_obj_description", |call| {
        let catalog = if call.len() > 1 { Some(call.text(1)?) } else { None };
        description(call, catalog, 0, false)
    }),
    ("pg_shobj_description", |call| description(call, Some(call.text(1)?), 0, true)),
    ("pg_col_description", |call| description(call, Some("pg_class"), call.int4(1)?, false)),
    ("pg_current_schemas", |call| {
        let implicit = call.bool(0)?;
        let schemas = |seen: &Seen| -> Vec<Option<String>> {
            system::current_schemas(seen, implicit).into_iter().map(|schema| Some(schema.to_owned())).collect()
        };
        Ok(written(&call.state.with_seen(schemas)).into())
    }),
    ("pg_encoding_to_char", |call| Ok(if call.int(0)? == UTF8 { "UTF8".into() } else { "".into() })),
    ("pg_char_to_encoding", |call| {
        let name: String = call.text(0)?.chars().filter(char::is_ascii_alphanumeric).collect();
        Ok(Out::Int(if matches!(name.to_ascii_lowercase().as_str(), "utf8" | "unicode") { UTF8 } else { -1 }))
    }),
    ("pg_size_pretty", |call| Ok(size::pretty(call.int(0)?).into())),
    ("pg_size_pretty_numeric", |call| Ok(size::pretty_numeric(&call.numeric(0)?)?.into())),
    ("pg_size_bytes", |call| Ok(size::bytes(call.text(0)?)?.into())),
    ("pg_database_size", |call| {
        let Some(oid) = database(call, 0)? else { return Ok(Out::Null) };
        Ok(call.state.database_bytes(oid).map_or(Out::Null, |bytes| Out::Int(bytes.cast_signed())))
    }),
    ("pg_my_temp_schema", |call| {
        let own = |seen: &Seen| seen.catalog.temporary_schema(seen.session).map_or(0, |schema| schema.oid);
        Ok(call.state.with_seen(own).into())
    }),
    ("pg_is_other_temp_schema", |call| {
        let oid = oid(call, 0)?;
        let others = |seen: &Seen| seen.catalog.get(oid).is_some_and(|schema| seen.is_others(schema.name()));
        Ok(call.state.with_seen(others).into())
    }),
];

/// `pg_enc`.
const UTF8: i64 = 6;

pub(super) fn oid(call: &Call, index: usize) -> Result<u32, PgError> {
    u32::try_from(call.int(index)?).map_err(|_| PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "OID out of range"))
}

/// Bytes of a character at most, by `pg_enc`.
const MAX_LENGTHS: &[i64] = &[
    1, 3, 3, 3, 4, 3, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2,
    2, 4, 3, 2,
];

/// By name or OID: of all databases together, or of what they share. Errors: 42704.
fn tablespace_size(call: &Call) -> Result<Out, PgError> {
    let name = match call.raw(0) {
        ValueRef::Integer(_) => {
            let Some(name) = system::builtin_name("pg_tablespace", oid(call, 0)?) else { return Ok(Out::Null) };
            name
        }
        _ => call.text(0)?.to_owned(),
    };
    let bytes = match name.as_str() {
        "pg_default" => {
            let all: Vec<u32> = call.state.with_seen(|seen| seen.databases.iter().map(|of| of.oid).collect());
            all.into_iter().filter_map(|oid| call.state.database_bytes(oid)).sum()
        }
        "pg_global" => call.state.shared_bytes(),
        _ => {
            let message = format!("tablespace \"{name}\" does not exist");
            return Err(PgError::new(SqlState::UNDEFINED_OBJECT, message));
        }
    };
    Ok(Out::Int(bytes.cast_signed()))
}

/// A name, or an OID as it is.
fn named_in(call: &Call, ty: Type) -> Result<Out, PgError> {
    if let ValueRef::Integer(_) = call.raw(0) {
        return Ok(Out::Argument(0));
    }
    let text = call.text(0)?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if ty == Type::REGTYPE && text != "-" && !digits {
        let context = call.context();
        let named = call.state.with_seen(|seen| type_named(text, seen.catalog, &context))?;
        return Ok(named.0.0.into());
    }
    Ok(call.state.with_seen(|seen| system::find_named(seen, ty, text))?.into())
}

/// NULL where there is no such object; other errors remain.
fn missing(error: PgError) -> Result<Out, PgError> {
    let absent = [
        SqlState::UNDEFINED_TABLE,
        SqlState::UNDEFINED_OBJECT,
        SqlState::UNDEFINED_FUNCTION,
        SqlState::INVALID_SCHEMA_NAME,
        SqlState::AMBIGUOUS_FUNCTION,
        // A type that PostgreSQL has and Quorlite has not.
        SqlState::FEATURE_NOT_SUPPORTED,
    ];
    if absent.contains(&error.code) { Ok(Out::Null) } else { Err(error) }
}

fn named_out(call: &Call, ty: Type) -> Result<Out, PgError> {
    let oid = oid(call, 0)?;
    Ok(call.state.with_seen(|seen| system::object_name(seen, ty, oid)).into())
}

/// (OID or an array of them, its type) → both of what clients may ask for, see [`stored::named`].
fn shown(call: &Call) -> Result<Out, PgError> {
    let ty = oid_type(call, 1)?;
    let named = |ty, oid| stored::named(oid, &call.state.with_seen(|seen| system::object_name(seen, ty, oid)));
    let Some(element) = ty.element() else { return Ok(named(ty, oid(call, 0)?).into()) };
    let mut array = Array::input(Type::OID, call.text(0)?, &Zone::utc(), 0)?;
    array.element = Type::TEXT;
    for item in &mut array.elements {
        if let Value::Oid(oid) = item {
            *item = Value::Text(named(element, *oid));
        }
    }
    Ok(array.normal_text().into())
}

/// `text_char`, in its stored form.
fn text_char(text: &str) -> String {
    let mut out = String::new();
    if let Ok(value) = crate::types::text::input(Type::CHAR, text, &Zone::utc(), 0) {
        crate::types::text::output(&value, &Zone::utc(), &mut out);
    }
    out
}

/// (type, typmod).
fn format_type(call: &Call) -> Result<Out, PgError> {
    if call.is_null(0) {
        return Ok(Out::Null);
    }
    let typmod = if call.is_null(1) { None } else { Some(call.int4(1)?) };
    let shown = system::format_type(oid(call, 0)?, typmod);
    Ok(call.state.with_seen(|seen| seen.with_type_names(&shown)).into())
}

/// Whether the last argument, if there are so many, asks for the pretty form.
fn pretty(call: &Call, at: usize) -> Result<bool, PgError> {
    if call.len() > at { call.bool(at) } else { Ok(false) }
}

/// (expression, table [, pretty]).
fn get_expr(call: &Call) -> Result<Out, PgError> {
    let (text, table, pretty) = (call.text(0)?, oid(call, 1)?, pretty(call, 2)?);
    Ok(call.state.with_seen(|seen| {
        let table = match seen.catalog.get(table) {
            Some(Object::Table(table)) => Some(table),
            // A default of a view's column, which mentions none.
            Some(Object::View(_)) => None,
            // No table, no columns, and none of PostgreSQL's own; a table that is gone has no expressions.
            _ if table == 0 || system::is_system_relation(table) => None,
            _ => return Out::Null,
        };
        let shown = text.split(system::BETWEEN_EXPRESSIONS).map(|text| seen.language.shown(seen, table, text, pretty));
        shown.collect::<Vec<_>>().join(", ").into()
    }))
}

fn definition(call: &Call, make: fn(&Seen, u32, bool) -> Option<String>) -> Result<Out, PgError> {
    let (oid, pretty) = (oid(call, 0)?, pretty(call, 1)?);
    Ok(call.state.with_seen(|seen| make(seen, oid, pretty)).map_or(Out::Null, Out::Text))
}

/// (index [, column, pretty]).
fn get_indexdef(call: &Call) -> Result<Out, PgError> {
    let oid = oid(call, 0)?;
    let column = if call.len() > 1 { call.int4(1)? } else { 0 };
    let pretty = pretty(call, 2)?;
    let text = call.state.with_seen(|seen| system::index_definition(seen, oid, column, pretty));
    // Of a column that the index does not have there is nothing to say.
    let known = || call.state.with_seen(|seen| matches!(seen.catalog.get(oid), Some(Object::Index(_))));
    Ok(match text {
        Some(text) => text.into(),
        None if column > 0 && known() => "".into(),
        None => Out::Null,
    })
}

/// (table, column) → the sequence that the column owns.
fn serial_sequence(call: &Call) -> Result<Out, PgError> {
    let (table, column) = (call.text(0)?, call.text(1)?);
    call.state.with_seen(|seen| {
        let oid = system::find_named(seen, Type::REGCLASS, table)?;
        let Some(Object::Table(table)) = seen.catalog.get(oid) else {
            return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{table}\" is not a table")));
        };
        let Some(found) = table.column(column) else {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", table.name);
            return Err(PgError::new(SqlState::UNDEFINED_COLUMN, message));
        };
        let owned = seen.catalog.objects().find(|object| match object {
            Object::Sequence(sequence) => sequence.owned_by == Some((table.oid, found.attnum)),
            _ => false,
        });
        Ok(owned.map_or(Out::Null, |sequence| qualified(seen.written(sequence.schema()), sequence.name()).into()))
    })
}

fn function_text(call: &Call, make: fn(&Seen, u32) -> Option<String>) -> Result<Out, PgError> {
    let oid = oid(call, 0)?;
    Ok(call.state.with_seen(|seen| make(seen, oid)).map_or(Out::Null, Out::Text))
}

fn description(call: &Call, catalog: Option<&str>, column: i32, shared: bool) -> Result<Out, PgError> {
    let object = oid(call, 0)?;
    let text = call.state.with_seen(|seen| system::description(seen, catalog, object, column, shared));
    Ok(text.map_or(Out::Null, Out::Text))
}

/// The OID of the database that an argument means, by name or OID. `None`: there is none of that OID. Errors: 3D000.
pub(super) fn database(call: &Call, argument: usize) -> Result<Option<u32>, PgError> {
    if let ValueRef::Integer(oid) = call.raw(argument) {
        let known =
            |seen: &Seen| seen.databases.iter().map(|database| database.oid).find(|known| i64::from(*known) == oid);
        return Ok(call.state.with_seen(known));
    }
    let name = call.text(argument)?;
    match call.state.with_seen(|seen| seen.database_oid(name)) {
        0 => {
            let message = format!("database \"{name}\" does not exist");
            Err(PgError::new(SqlState::INVALID_CATALOG_NAME, message))
        }
        oid => Ok(Some(oid)),
    }
}
