//! Who may do what with an object (`aclchk.c`, `acl.c`).
//!
//! Nobody can grant or revoke anything yet, so each object has what PostgreSQL gives it when it is made, and PostgreSQL's own
//! ones what it came with. Those who connect are superusers; PostgreSQL's predefined roles are not, and tools ask about them.

use super::privileges::of_relation;
pub use super::shared::is_superuser;
use super::shared::{members, role_name, role_oid};
use super::{OWNER, Seen, builtin, object_name, relation, relation_exists};
use crate::catalog::Object;
use crate::types::{PgError, SqlState, Type, Value};

/// What everybody and what its owner may do with an object of each kind, as long as nobody has said otherwise.
const DEFAULT_PRIVILEGES: &[(&str, &str, &str)] = &[
    ("c", "", ""),
    ("r", "", "arwdDxt"),
    ("s", "", "rwU"),
    ("d", "Tc", "CTc"),
    ("f", "X", "X"),
    ("l", "U", "U"),
    ("L", "", "rw"),
    ("n", "", "UC"),
    ("p", "", "sA"),
    ("t", "", "C"),
    ("F", "", "U"),
    ("S", "", "U"),
    ("T", "U", "U"),
];

/// Letters and names, in the order of their bits.
pub const PRIVILEGES: &[(char, &str)] = &[
    ('a', "INSERT"),
    ('r', "SELECT"),
    ('w', "UPDATE"),
    ('d', "DELETE"),
    ('D', "TRUNCATE"),
    ('x', "REFERENCES"),
    ('t', "TRIGGER"),
    ('X', "EXECUTE"),
    ('U', "USAGE"),
    ('C', "CREATE"),
    ('T', "TEMPORARY"),
    ('c', "CONNECT"),
    ('s', "SET"),
    ('A', "ALTER SYSTEM"),
];

/// PUBLIC as a grantee.
pub const PUBLIC_ROLE: u32 = 0;

/// `pg_authid.oid` of the predefined roles that may do something wherever they are.
const READ_ALL_DATA: u32 = 6181;
const WRITE_ALL_DATA: u32 = 6182;

/// One `aclitem`.
#[derive(Clone, Debug)]
pub struct Item {
    pub grantee: u32,
    pub grantor: u32,
    /// Letters, `*` behind those that may be granted on.
    granted: String,
}

impl Item {
    /// `grantee=privileges/grantor`; PUBLIC is no name. Errors: 22P02, 42704.
    pub fn parse(seen: &Seen, item: &str) -> Result<Item, PgError> {
        let wrong = || PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, format!("invalid aclitem: \"{item}\""));
        let (grantee, rest) = item.rsplit_once('=').ok_or_else(wrong)?;
        let (granted, grantor) = rest.split_once('/').ok_or_else(wrong)?;
        let role = |name: &str| {
            let inner = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            let name = inner.unwrap_or(name).replace("\"\"", "\"");
            let missing = || PgError::new(SqlState::UNDEFINED_OBJECT, format!("role \"{name}\" does not exist"));
            role_oid(seen, &name).ok_or_else(missing)
        };
        let grantor = role(grantor)?;
        let grantee = if grantee.is_empty() { PUBLIC_ROLE } else { role(grantee)? };
        Ok(Item { grantee, grantor, granted: granted.to_owned() })
    }

    /// The privileges with their names, and whether they may be granted on.
    pub fn privileges(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let has = |(letter, name): &(char, &'static str)| {
            let at = self.granted.find(*letter)?;
            Some((*name, self.granted[at + 1..].starts_with('*')))
        };
        PRIVILEGES.iter().filter_map(has)
    }

    fn allows(&self, wanted: Privilege) -> bool {
        let at = self.granted.find(wanted.letter);
        at.is_some_and(|at| !wanted.grantable || self.granted[at + 1..].starts_with('*'))
    }
}

/// `acldefault`: the items of a kind of objects. Errors: XX000 for what is no kind.
pub fn default_items(seen: &Seen, kind: &str, owner: u32) -> Result<Vec<String>, PgError> {
    let Some((_, world, own)) = DEFAULT_PRIVILEGES.iter().find(|(name, _, _)| *name == kind) else {
        let message = format!("unrecognized objtype abbreviation: {kind}");
        return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
    };
    let owner = role_name(seen, owner).unwrap_or_else(|| owner.to_string());
    // Not by the rules of identifiers: words of the language and capitals stand by themselves.
    let plain = owner.chars().all(|c| c.is_alphanumeric() || c == '_');
    let owner = if plain { owner } else { format!("\"{}\"", owner.replace('"', "\"\"")) };
    let item =
        |grantee: &str, privileges: &str| (!privileges.is_empty()).then(|| format!("{grantee}={privileges}/{owner}"));
    Ok([item("", world), item(&owner, own)].into_iter().flatten().collect())
}

/// A privilege that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Privilege {
    /// As in an `aclitem`.
    pub letter: char,
    /// `WITH GRANT OPTION`.
    pub grantable: bool,
}

/// What it is asked of, by OID.
#[derive(Clone, Copy, Debug)]
pub enum On {
    /// Tables, views and so on, sequences among them.
    Relation(u32),
    /// By its number. No column has privileges of its own: its relation's are asked.
    Column(u32, i16),
    Database(u32),
    Function(u32),
    Language(u32),
    Schema(u32),
    Tablespace(u32),
    Type(u32),
    Parameter,
}

/// An object's owner and its privileges.
struct Acl {
    owner: u32,
    items: Vec<Item>,
}

/// Whether a role has one of the privileges; `None`: there is no such object. A role that is not there may do what
/// everybody may.
pub fn is_allowed(seen: &Seen, role: u32, on: On, wanted: &[Privilege]) -> Option<bool> {
    let acl = acl(seen, on)?;
    if is_superuser(seen, role) {
        return Some(!wanted.is_empty());
    }
    let forbidden = |wanted: &Privilege| match on {
        // A catalog is not to be written to, whoever has been granted to.
        On::Relation(oid) | On::Column(oid, _) => super::is_table(oid) && "awdDU".contains(wanted.letter),
        _ => false,
    };
    let granted = |wanted: &Privilege| {
        (wanted.grantable && has_privileges_of(seen, role, acl.owner))
            || acl.items.iter().any(|item| {
                item.allows(*wanted) && (item.grantee == PUBLIC_ROLE || has_privileges_of(seen, role, item.grantee))
            })
            || (!wanted.grantable && is_allowed_everywhere(seen, role, on, wanted.letter))
    };
    Some(wanted.iter().any(|wanted| !forbidden(wanted) && granted(wanted)))
}

/// What the predefined roles for all data may do.
fn is_allowed_everywhere(seen: &Seen, role: u32, on: On, letter: char) -> bool {
    let of = |predefined| has_privileges_of(seen, role, predefined);
    match (on, letter) {
        (On::Relation(_) | On::Column(..), 'r') => of(READ_ALL_DATA),
        (On::Relation(_), 'a' | 'w' | 'd') | (On::Column(..), 'a' | 'w') => of(WRITE_ALL_DATA),
        (On::Schema(_), 'U') => of(READ_ALL_DATA) || of(WRITE_ALL_DATA),
        _ => false,
    }
}

/// Whether a role is another one, or a member of it, or a superuser (`has_privs_of_role`: every role inherits).
pub fn has_privileges_of(seen: &Seen, member: u32, role: u32) -> bool {
    if member == role || is_superuser(seen, member) {
        return true;
    }
    let mut of = vec![member];
    let mut next = 0;
    while let Some(member) = of.get(next).copied() {
        next += 1;
        for (group, other) in members() {
            if *other == member && !of.contains(group) {
                of.push(*group);
            }
        }
    }
    of.contains(&role)
}

fn acl(seen: &Seen, on: On) -> Option<Acl> {
    let defaults = |kind: &str| default_items(seen, kind, OWNER).ok();
    let (owner, items) = match on {
        On::Relation(oid) | On::Column(oid, _) => {
            if !relation_exists(seen, oid) && !matches!(seen.catalog.get(oid), Some(Object::Composite(_))) {
                return None;
            }
            let kind = if matches!(seen.catalog.get(oid), Some(Object::Sequence(_))) { "s" } else { "r" };
            let system = super::relation_by_oid(oid).and_then(of_relation);
            (
                OWNER,
                system.map(|items| items.iter().map(|item| (*item).to_owned()).collect()).or_else(|| defaults(kind))?,
            )
        }
        On::Database(oid) => {
            seen.databases.iter().find(|database| database.oid == oid)?;
            (OWNER, defaults("d")?)
        }
        On::Function(oid) => {
            let items = function_items(seen, oid)?;
            (OWNER, items.or_else(|| defaults("f"))?)
        }
        On::Language(oid) => {
            builtin::name_in("pg_language", oid)?;
            (OWNER, defaults("l")?)
        }
        On::Schema(oid) => schema_items(seen, oid)?,
        On::Tablespace(oid) => {
            builtin::name_in("pg_tablespace", oid)?;
            (OWNER, defaults("t")?)
        }
        On::Type(oid) => {
            if object_name(seen, Type::REGTYPE, oid) == oid.to_string() {
                return None;
            }
            (OWNER, defaults("T")?)
        }
        On::Parameter => (OWNER, defaults("p")?),
    };
    let items = items.iter().filter_map(|item| Item::parse(seen, item).ok()).collect();
    Some(Acl { owner, items })
}

/// The texts of an `aclitem[]`; `None` of NULL.
fn texts(value: &Value) -> Option<Vec<String>> {
    let Value::Array(array) = value else { return None };
    let text = |item: &Value| match item {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    Some(array.elements.iter().filter_map(text).collect())
}

/// `Some(None)`: of a function that nothing was said of.
#[allow(clippy::option_option)]
fn function_items(seen: &Seen, oid: u32) -> Option<Option<Vec<String>>> {
    let of = relation("pg_catalog", "pg_proc")?;
    if let Some(row) = builtin::function(of, seen.language, oid) {
        return Some(texts(builtin::at(of, row, "proacl")));
    }
    super::extensions::routines(seen).any(|routine| routine.oid == oid).then_some(None)
}

fn schema_items(seen: &Seen, oid: u32) -> Option<(u32, Vec<String>)> {
    let of = relation("pg_catalog", "pg_namespace")?;
    let row = of.rows(seen).into_iter().find(|row| row.first() == Some(&Value::Oid(oid)))?;
    let owner = builtin::number(builtin::at(of, &row, "nspowner"));
    let items = texts(builtin::at(of, &row, "nspacl"));
    Some((owner, items.or_else(|| default_items(seen, "n", owner).ok())?))
}
