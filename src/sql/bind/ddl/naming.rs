//! Names that nobody gave: of constraints, indexes and sequences, and of objects in the SQLite file.

use crate::catalog::{Catalog, Object};

/// Longest identifier, in bytes.
const MAX_NAME: usize = 63;

/// Gives out names and OIDs while one statement makes several objects.
pub struct Naming<'c> {
    catalog: &'c Catalog,
    schema: String,
    next_oid: u32,
    /// Relation names given out so far.
    relations: Vec<String>,
    /// Names of constraints given out so far.
    constraints: Vec<String>,
    /// Names in the SQLite file given out so far, in lower case.
    stored: Vec<String>,
}

impl Naming<'_> {
    pub fn new<'c>(catalog: &'c Catalog, schema: &str) -> Naming<'c> {
        Naming {
            catalog,
            schema: schema.to_owned(),
            next_oid: catalog.next_oid,
            relations: Vec::new(),
            constraints: Vec::new(),
            stored: Vec::new(),
        }
    }

    pub fn oid(&mut self) -> u32 {
        let oid = self.next_oid;
        self.next_oid += 1;
        oid
    }

    /// An even OID, and the next for the array type: see [`Type::is_enum`](crate::types::Type::is_enum).
    pub fn type_oid(&mut self) -> u32 {
        let oid = self.next_oid.next_multiple_of(2);
        self.next_oid = oid + 2;
        oid
    }

    /// Whether the OID was given out here.
    pub fn is_new(&self, oid: u32) -> bool {
        oid >= self.catalog.next_oid
    }

    pub fn is_taken(&self, name: &str) -> bool {
        self.relations.iter().any(|taken| taken == name) || self.catalog.relation(&self.schema, name).is_some()
    }

    /// Takes a name that was given.
    pub fn take(&mut self, name: &str) {
        self.relations.push(name.to_owned());
    }

    /// Whether a constraint of the schema has the name.
    pub fn is_constraint(&self, name: &str) -> bool {
        let mut tables = self.catalog.tables().filter(|table| table.schema == self.schema);
        let mut domains = self.catalog.domains().filter(|domain| domain.schema == self.schema);
        if domains.any(|domain| domain.constraints.iter().any(|constraint| constraint.name == name)) {
            return true;
        }
        self.constraints.iter().any(|taken| taken == name)
            || tables.any(|table| table.constraints.iter().any(|constraint| constraint.name == name))
    }

    pub fn take_constraint(&mut self, name: &str) {
        self.constraints.push(name.to_owned());
    }

    /// `table_column_label`, with a number if that is taken (`ChooseRelationName`).
    pub fn choose(&mut self, table: &str, columns: &str, label: &str) -> String {
        let name = free_name(table, columns, label, |name| self.is_taken(name));
        self.take(&name);
        name
    }

    /// As [`Naming::choose`], for a constraint with an index.
    pub fn choose_key(&mut self, table: &str, columns: &str, label: &str) -> String {
        let name = free_name(table, columns, label, |name| self.is_taken(name) || self.is_constraint(name));
        self.take(&name);
        self.take_constraint(&name);
        name
    }

    /// As [`Naming::choose`], for a constraint without index (`ChooseConstraintName`).
    pub fn choose_constraint(&mut self, table: &str, columns: &str, label: &str) -> String {
        let name = free_name(table, columns, label, |name| self.is_constraint(name));
        self.take_constraint(&name);
        name
    }

    /// The name in the SQLite file: the same, behind that of its schema unless that is `public`, if SQLite does not
    /// reserve it nor, comparing without case, has it already.
    pub fn stored_name(&mut self, name: &str) -> String {
        let name = if self.schema == "public" { name.to_owned() } else { format!("{}.{name}", self.schema) };
        let reserved = name.len() >= 7 && name.as_bytes()[..7].eq_ignore_ascii_case(b"sqlite_");
        let base = if reserved { format!("_{name}") } else { name };
        let mut stored = base.clone();
        let mut number = 1;
        while self.is_stored(&stored) {
            number += 1;
            stored = format!("{base}_{number}");
        }
        self.stored.push(stored.to_ascii_lowercase());
        stored
    }

    fn is_stored(&self, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        self.stored.contains(&lower)
            || self.catalog.objects().any(|object| match object {
                Object::Table(table) => table.stored_name.eq_ignore_ascii_case(name),
                Object::Index(index) => {
                    index.stored_name.as_ref().is_some_and(|stored| stored.eq_ignore_ascii_case(name))
                }
                Object::Sequence(_)
                | Object::View(_)
                | Object::Enum(_)
                | Object::Domain(_)
                | Object::Composite(_)
                | Object::Schema(_)
                | Object::Comment(_)
                | Object::Extension(_) => false,
            })
    }
}

fn free_name(table: &str, columns: &str, label: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut suffix = 0;
    loop {
        let label = if suffix == 0 { label.to_owned() } else { format!("{label}{suffix}") };
        let name = object_name(table, columns, &label);
        if !is_taken(&name) {
            return name;
        }
        suffix += 1;
    }
}

/// Joins the parts, cutting the longer of the first two until all fits (`makeObjectName`).
fn object_name(first: &str, second: &str, label: &str) -> String {
    let overhead = 1 + label.len() + usize::from(!second.is_empty());
    let available = MAX_NAME.saturating_sub(overhead);
    let (mut one, mut two) = (first.len(), second.len());
    while one + two > available {
        if one > two {
            one -= 1;
        } else {
            two -= 1;
        }
    }
    let first = cut(first, one);
    match second.is_empty() {
        true => format!("{first}_{label}"),
        false => format!("{first}_{}_{label}", cut(second, two)),
    }
}

/// At most `len` bytes, of whole characters.
fn cut(text: &str, len: usize) -> &str {
    let end = (0..=len.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_where_they_are_longest() {
        assert_eq!(object_name("t", "a", "key"), "t_a_key");
        assert_eq!(object_name("t", "", "pkey"), "t_pkey");
        let long = object_name(&"x".repeat(60), "column", "seq");
        assert_eq!(long.len(), 63);
        assert!(long.ends_with("_column_seq"));
    }
}
