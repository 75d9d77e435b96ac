//! Who may do what (`acl.c`): `has_table_privilege` and its kin.
//!
//! Each has the role first, by name or OID, unless it is the session's, then the object, by name or OID, then privileges.

use rusqlite::types::ValueRef;

use super::catalog::{database, oid};
use super::{Call, Out, Scalar};
use crate::catalog::Object;
use crate::catalog::system::acl::{self, On, PUBLIC_ROLE, Privilege};
use crate::catalog::system::{self, Seen, builtin_oid};
use crate::sql::type_named;
use crate::types::array::Array;
use crate::types::{PgError, SqlState, Type, Value};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_acldefault", acldefault),
    ("pg_has_table_privilege", |call| answer(call, TABLE, relation)),
    ("pg_has_any_column_privilege", |call| answer(call, COLUMN, relation)),
    ("pg_has_column_privilege", has_column_privilege),
    ("pg_has_sequence_privilege", has_sequence_privilege),
    ("pg_has_schema_privilege", |call| answer(call, &[("CREATE", 'C'), ("USAGE", 'U')], schema)),
    ("pg_has_database_privilege", |call| answer(call, DATABASE, |call, at| Ok(On::Database(database(call, at)?.unwrap_or(0))))),
    ("pg_has_function_privilege", |call| answer(call, &[("EXECUTE", 'X')], function)),
    ("pg_has_language_privilege", |call| answer(call, USAGE, |call, at| named(call, at, "pg_language", "language", On::Language))),
    ("pg_has_type_privilege", |call| answer(call, USAGE, type_named_by)),
    ("pg_has_tablespace_privilege", |call| answer(call, &[("CREATE", 'C')], |call, at| named(call, at, "pg_tablespace", "tablespace", On::Tablespace))),
    ("pg_has_parameter_privilege", |call| answer(call, &[("SET", 's'), ("ALTER SYSTEM", 'A')], |_, _| Ok(On::Parameter))),
    // There are no foreign-data wrappers and servers: none has a name, and of none that has an OID there is an answer.
    ("pg_has_wrapper_privilege", |call| of_nothing(call, "foreign-data wrapper")),
    ("pg_has_server_privilege", |call| of_nothing(call, "server")),
    ("pg_has_role", has_role),
    // Tables have no policies.
    ("pg_row_security_active", |call| {
        if let ValueRef::Text(_) = call.raw(0) {
            relation(call, 0)?;
        }
        Ok(false.into())
    }),
];

/// What may be asked of a kind of objects, and its letter in an `aclitem`; `None`: a word that is known and means nothing.
type Words = &'static [(&'static str, char)];

const TABLE: Words = &[
    ("SELECT", 'r'),
    ("INSERT", 'a'),
    ("UPDATE", 'w'),
    ("DELETE", 'd'),
    ("TRUNCATE", 'D'),
    ("REFERENCES", 'x'),
    ("TRIGGER", 't'),
    // Nobody can have it any more.
    ("RULE", NOTHING),
];
const COLUMN: Words = &[("SELECT", 'r'), ("INSERT", 'a'), ("UPDATE", 'w'), ("REFERENCES", 'x')];
const SEQUENCE: Words = &[("USAGE", 'U'), ("SELECT", 'r'), ("UPDATE", 'w')];
const DATABASE: Words = &[("CREATE", 'C'), ("TEMPORARY", 'T'), ("TEMP", 'T'), ("CONNECT", 'c')];
const USAGE: Words = &[("USAGE", 'U')];

const NOTHING: char = ' ';

/// `convert_any_priv_string`. Errors: 22023.
fn privileges(text: &str, words: Words) -> Result<Vec<Privilege>, PgError> {
    let mut wanted = Vec::new();
    for chunk in text.split(',') {
        let chunk = chunk.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
        let upper = chunk.to_ascii_uppercase();
        let (word, grantable) = match upper.strip_suffix(" WITH GRANT OPTION") {
            Some(word) => (word, true),
            None => (&upper[..], false),
        };
        let Some((_, letter)) = words.iter().find(|(known, _)| *known == word) else {
            let message = format!("unrecognized privilege type: \"{chunk}\"");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        };
        if *letter != NOTHING {
            wanted.push(Privilege { letter: *letter, grantable });
        }
    }
    Ok(wanted)
}

/// The role that is asked about: the first of `count` arguments, or the session's where there is one argument less. PUBLIC
/// is a role here. Errors: 42704.
fn role(call: &Call, count: usize) -> Result<u32, PgError> {
    if call.len() < count {
        return Ok(call.state.with_seen(|seen| system::login_oid(seen.user)));
    }
    match call.raw(0) {
        ValueRef::Integer(_) => oid(call, 0),
        _ if call.text(0)? == "public" => Ok(PUBLIC_ROLE),
        _ => role_named(call, 0),
    }
}

fn role_named(call: &Call, at: usize) -> Result<u32, PgError> {
    let name = call.text(at)?;
    call.state
        .with_seen(|seen| system::role_oid(seen, name))
        .ok_or_else(|| PgError::new(SqlState::UNDEFINED_OBJECT, format!("role \"{name}\" does not exist")))
}

/// `([role,] object, privileges)`.
fn answer(call: &Call, words: Words, object: fn(&Call, usize) -> Result<On, PgError>) -> Result<Out, PgError> {
    let role = role(call, 3)?;
    let on = object(call, call.len() - 2)?;
    let wanted = privileges(call.text(call.len() - 1)?, words)?;
    Ok(allowed(call, role, on, &wanted))
}

fn allowed(call: &Call, role: u32, on: On, wanted: &[Privilege]) -> Out {
    call.state.with_seen(|seen| acl::is_allowed(seen, role, on, wanted)).map_or(Out::Null, Out::from)
}

fn relation(call: &Call, at: usize) -> Result<On, PgError> {
    if let ValueRef::Integer(_) = call.raw(at) {
        return Ok(On::Relation(oid(call, at)?));
    }
    let name = call.text(at)?;
    call.state.with_seen(|seen| system::find_relation_named(seen, name)).map(On::Relation)
}

fn schema(call: &Call, at: usize) -> Result<On, PgError> {
    if let ValueRef::Integer(_) = call.raw(at) {
        return Ok(On::Schema(oid(call, at)?));
    }
    let name = call.text(at)?;
    let found = call.state.with_seen(|seen| seen.namespace(seen.meant(name)));
    let missing = || PgError::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{name}\" does not exist"));
    found.map(On::Schema).ok_or_else(missing)
}

fn function(call: &Call, at: usize) -> Result<On, PgError> {
    if let ValueRef::Integer(_) = call.raw(at) {
        return Ok(On::Function(oid(call, at)?));
    }
    let name = call.text(at)?;
    match call.state.with_seen(|seen| system::find_named(seen, Type::REGPROCEDURE, name))? {
        0 => Err(PgError::new(SqlState::UNDEFINED_FUNCTION, format!("function \"{name}\" does not exist"))),
        oid => Ok(On::Function(oid)),
    }
}

fn type_named_by(call: &Call, at: usize) -> Result<On, PgError> {
    if let ValueRef::Integer(_) = call.raw(at) {
        return Ok(On::Type(oid(call, at)?));
    }
    let (name, context) = (call.text(at)?, call.context());
    let found = call.state.with_seen(|seen| type_named(name, seen.catalog, &context))?;
    Ok(On::Type(found.0.0))
}

/// By the name as it is, not as it would be written.
fn named(call: &Call, at: usize, catalog: &str, kind: &str, on: fn(u32) -> On) -> Result<On, PgError> {
    if let ValueRef::Integer(_) = call.raw(at) {
        return Ok(on(oid(call, at)?));
    }
    let name = call.text(at)?;
    builtin_oid(catalog, name).map(on).ok_or_else(|| missing(kind, name))
}

fn missing(kind: &str, name: &str) -> PgError {
    PgError::new(SqlState::UNDEFINED_OBJECT, format!("{kind} \"{name}\" does not exist"))
}

fn of_nothing(call: &Call, kind: &str) -> Result<Out, PgError> {
    role(call, 3)?;
    if let ValueRef::Text(_) = call.raw(call.len() - 2) {
        return Err(missing(kind, call.text(call.len() - 2)?));
    }
    privileges(call.text(call.len() - 1)?, USAGE)?;
    Ok(Out::Null)
}

/// A relation that is no sequence is an error, 42809, and has been asked about before privileges are read.
fn has_sequence_privilege(call: &Call) -> Result<Out, PgError> {
    let role = role(call, 3)?;
    let wanted = privileges(call.text(call.len() - 1)?, SEQUENCE)?;
    let on = relation(call, call.len() - 2)?;
    let On::Relation(oid) = on else { return Ok(Out::Null) };
    let other = call.state.with_seen(|seen| match seen.catalog.get(oid) {
        Some(Object::Sequence(_)) => None,
        _ => system::relation_name(seen, oid).map(|(_, name)| name.to_owned()),
    });
    match other {
        Some(name) => {
            let shown = if let ValueRef::Text(_) = call.raw(call.len() - 2) {
                call.text(call.len() - 2)?.to_owned()
            } else {
                name
            };
            Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{shown}\" is not a sequence")))
        }
        None => Ok(allowed(call, role, on, &wanted)),
    }
}

/// Columns that every table has.
const SYSTEM_COLUMNS: &[(&str, i16)] =
    &[("ctid", -1), ("xmin", -2), ("cmin", -3), ("xmax", -4), ("cmax", -5), ("tableoid", -6)];

/// `([role,] table, column, privileges)`, the column by name or number.
fn has_column_privilege(call: &Call) -> Result<Out, PgError> {
    let role = role(call, 4)?;
    let at = call.len() - 3;
    let On::Relation(table) = relation(call, at)? else { return Ok(Out::Null) };
    let column = call.state.with_seen(|seen| column(seen, call, table, at + 1))?;
    let wanted = privileges(call.text(call.len() - 1)?, COLUMN)?;
    Ok(column.map_or(Out::Null, |column| allowed(call, role, On::Column(table, column), &wanted)))
}

/// `None` of a number that is no column's, and of no table. Errors: 42703.
fn column(seen: &Seen, call: &Call, table: u32, at: usize) -> Result<Option<i16>, PgError> {
    let Some(columns) = system::columns_of(seen, table) else { return Ok(None) };
    let system: &[_] = match seen.catalog.get(table) {
        Some(Object::Table(_)) => SYSTEM_COLUMNS,
        None if system::is_table(table) => SYSTEM_COLUMNS,
        _ => &[],
    };
    let mut all = columns.iter().copied().chain(system.iter().map(|(name, number)| (*number, *name)));
    if let ValueRef::Integer(wanted) = call.raw(at) {
        return Ok(all.map(|(number, _)| number).find(|number| i64::from(*number) == wanted));
    }
    let name = call.text(at)?;
    if let Some((number, _)) = all.find(|(_, other)| *other == name) {
        return Ok(Some(number));
    }
    let relation = system::relation_name(seen, table).map_or("", |(_, name)| name);
    let message = format!("column \"{name}\" of relation \"{relation}\" does not exist");
    Err(PgError::new(SqlState::UNDEFINED_COLUMN, message))
}

/// `([member,] role, MEMBER or USAGE)`: every role inherits, so these are one.
fn has_role(call: &Call) -> Result<Out, PgError> {
    let by = |at| match call.raw(at) {
        ValueRef::Integer(_) => oid(call, at),
        _ => role_named(call, at),
    };
    let member = if call.len() < 3 { call.state.with_seen(|seen| system::login_oid(seen.user)) } else { by(0)? };
    let of = by(call.len() - 2)?;
    let mut wanted = Vec::new();
    let text = call.text(call.len() - 1)?;
    for chunk in text.split(',') {
        let chunk = chunk.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
        wanted.push(match &chunk.to_ascii_uppercase()[..] {
            "MEMBER" | "USAGE" => false,
            "MEMBER WITH GRANT OPTION"
            | "USAGE WITH GRANT OPTION"
            | "MEMBER WITH ADMIN OPTION"
            | "USAGE WITH ADMIN OPTION" => true,
            _ => {
                let message = format!("unrecognized privilege type: \"{chunk}\"");
                return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
            }
        });
    }
    call.state.with_seen(|seen| {
        // Nobody was made a member with the right to make others ones.
        let admin = wanted.contains(&true) && acl::is_superuser(seen, member);
        let is = wanted.contains(&false) && acl::has_privileges_of(seen, member, of);
        Ok((admin || is).into())
    })
}

/// (kind of object, its owner).
fn acldefault(call: &Call) -> Result<Out, PgError> {
    let (kind, owner) = (call.text(0)?, oid(call, 1)?);
    let items = call.state.with_seen(|seen| acl::default_items(seen, kind, owner))?;
    Ok(Array::list(Type::TEXT, items.into_iter().map(Value::Text).collect()).normal_text().into())
}
