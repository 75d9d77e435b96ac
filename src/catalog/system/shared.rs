//! What PostgreSQL shares between databases: roles and the databases themselves.
//!
//! Nothing asks who a client is yet, so whoever connects is a role, and a superuser.

use std::sync::LazyLock;

use super::{OWNER, Rows, Seen, builtin, char, list, oid, text};
use crate::catalog::{RoleSettings, SessionsOf};
use crate::types::{Type, Value};

const BOOTSTRAP: &str = "postgres";

/// `pg_authid.oid` of a role: of the one that everything belongs to, of PostgreSQL's own ones, or of another
/// user, which is made of the name.
pub fn role_oid(seen: &Seen, name: &str) -> Option<u32> {
    if name == BOOTSTRAP {
        return Some(OWNER);
    }
    if name == seen.user {
        return Some(user_oid(name));
    }
    predefined().into_iter().find(|(_, other)| other == name).map(|(oid, _)| oid)
}

/// The OID of the role that a client of this name is.
pub fn login_oid(name: &str) -> u32 {
    if name == BOOTSTRAP { OWNER } else { user_oid(name) }
}

/// Whether every database has a role of this name, whoever is connected.
pub fn is_role(name: &str) -> bool {
    name == BOOTSTRAP || predefined().into_iter().any(|(_, other)| other == name)
}

/// The name of a role.
pub fn role_name(seen: &Seen, oid: u32) -> Option<String> {
    if oid == OWNER {
        return Some(BOOTSTRAP.to_owned());
    }
    if seen.user != BOOTSTRAP && oid == user_oid(seen.user) {
        return Some(seen.user.to_owned());
    }
    predefined().into_iter().find(|(other, _)| *other == oid).map(|(_, name)| name)
}

/// Above the OIDs that are given out: FNV-1a of the name.
pub fn user_oid(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    0x7000_0000 | (hash & 0x0fff_ffff)
}

/// Whether a role may do everything.
pub fn is_superuser(seen: &Seen, role: u32) -> bool {
    role == OWNER || role == login_oid(seen.user)
}

/// The roles that have members, and who they are.
pub fn members() -> &'static [(u32, u32)] {
    static ALL: LazyLock<Vec<(u32, u32)>> = LazyLock::new(|| {
        let member = |line: &str| {
            let mut fields = line.split('\t').map(str::parse);
            Some((fields.next()?.ok()?, fields.next()?.ok()?))
        };
        <builtin::Members as builtin::File>::ROWS.lines().filter_map(member).collect()
    });
    &ALL
}

fn predefined() -> Vec<(u32, String)> {
    let Some(authid) = super::relation("pg_catalog", "pg_authid") else { return Vec::new() };
    let role = |row: Vec<Value>| match &row[..] {
        [Value::Oid(oid), Value::Text(name), ..] => Some((*oid, name.clone())),
        _ => None,
    };
    builtin::role_rows(authid).into_iter().filter_map(role).collect()
}

/// The rows of `pg_authid`, which the views over it take their columns from.
fn all(seen: &Seen) -> Vec<Vec<Value>> {
    let Some(authid) = super::relation("pg_catalog", "pg_authid") else { return Vec::new() };
    let mut roles = builtin::role_rows(authid);
    if seen.user != BOOTSTRAP
        && let Some(mut row) = roles.first().cloned()
    {
        row[0] = oid(user_oid(seen.user));
        row[1] = text(seen.user);
        roles.push(row);
    }
    roles
}

/// `name=value`s.
fn config(settings: &RoleSettings) -> Value {
    list(Type::TEXT, settings.values.iter().map(|(name, value)| text(format!("{name}={value}"))).collect())
}

/// What a role's sessions begin with, whatever their database.
fn config_of_role(seen: &Seen, role: &Value) -> Value {
    let Value::Oid(role) = role else { return Value::Null };
    let of = SessionsOf { database: 0, role: *role };
    seen.settings.iter().find(|settings| settings.of == of).map_or(Value::Null, config)
}

/// Those of the roles that are seen.
pub fn settings(seen: &Seen, rows: &mut Rows) {
    for settings in seen.settings {
        let SessionsOf { database, role } = settings.of;
        if role == 0 || role_name(seen, role).is_some() {
            rows.push([("setdatabase", oid(database)), ("setrole", oid(role)), ("setconfig", config(settings))]);
        }
    }
}

pub fn authid(seen: &Seen, rows: &mut Rows) {
    rows.rows = all(seen);
}

pub fn roles(seen: &Seen, rows: &mut Rows) {
    for row in all(seen) {
        let [id, name, superuser, inherit, create_role, create_db, login, replication, bypass, limit, ..] =
            row.as_slice()
        else {
            continue;
        };
        rows.push([
            ("rolname", name.clone()),
            ("rolsuper", superuser.clone()),
            ("rolinherit", inherit.clone()),
            ("rolcreaterole", create_role.clone()),
            ("rolcreatedb", create_db.clone()),
            ("rolcanlogin", login.clone()),
            ("rolreplication", replication.clone()),
            ("rolconnlimit", limit.clone()),
            ("rolpassword", text("********")),
            ("rolbypassrls", bypass.clone()),
            ("rolconfig", config_of_role(seen, id)),
            ("oid", id.clone()),
        ]);
    }
}

/// Roles that can log in.
fn logins(seen: &Seen) -> Vec<Vec<Value>> {
    let mut rows = all(seen);
    rows.retain(|row| row.get(6) == Some(&Value::Bool(true)));
    rows
}

pub fn shadow(seen: &Seen, rows: &mut Rows) {
    push_users(seen, rows, Value::Null);
}

pub fn users(seen: &Seen, rows: &mut Rows) {
    push_users(seen, rows, text("********"));
}

fn push_users(seen: &Seen, rows: &mut Rows, password: Value) {
    for row in logins(seen) {
        rows.push([
            ("usename", row[1].clone()),
            ("usesysid", row[0].clone()),
            ("usecreatedb", row[5].clone()),
            ("usesuper", row[2].clone()),
            ("userepl", row[7].clone()),
            ("usebypassrls", row[8].clone()),
            ("passwd", password.clone()),
            ("useconfig", config_of_role(seen, &row[0])),
        ]);
    }
}

/// Roles that can't log in, with their members.
pub fn groups(seen: &Seen, rows: &mut Rows) {
    let Some(members) = super::relation("pg_catalog", "pg_auth_members") else { return };
    let members = builtin::all::<builtin::Members>(members, seen.language);
    for row in all(seen) {
        if row.get(6) == Some(&Value::Bool(true)) {
            continue;
        }
        let of =
            members.iter().filter(|member| member.first() == row.first()).filter_map(|member| member.get(1).cloned());
        rows.push([
            ("groname", row[1].clone()),
            ("grosysid", row[0].clone()),
            ("grolist", list(Type::OID, of.collect())),
        ]);
    }
}

pub fn databases(seen: &Seen, rows: &mut Rows) {
    for database in seen.databases {
        let options = &database.options;
        rows.push([
            ("oid", oid(database.oid)),
            ("datname", text(&database.name)),
            ("datdba", oid(OWNER)),
            ("encoding", Value::Int4(6)),
            ("datlocprovider", char(b'c')),
            ("datistemplate", Value::Bool(options.is_template)),
            ("datallowconn", Value::Bool(options.allow_connections)),
            ("datconnlimit", Value::Int4(options.connection_limit.map_or(-1, u32::cast_signed))),
            ("dattablespace", oid(1663)),
            ("datcollate", text("C")),
            ("datctype", text("C")),
        ]);
    }
}
