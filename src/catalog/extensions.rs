//! The extensions that CREATE EXTENSION can make, beside plpgsql, which is always there: what PostgreSQL reads of their
//! control files and scripts.
//!
//! An extension's functions are not stored: the catalog has the [`Extension`] alone, in whose schema they are, and their
//! OIDs follow its own. So a version's list of functions never changes, what is not there yet included.

use std::sync::LazyLock;

use super::Extension;
use crate::types::Type;

/// One that can be had.
#[derive(Debug)]
pub struct Available {
    pub name: &'static str,
    pub version: &'static str,
    pub comment: &'static str,
    /// Its functions as they stand in PostgreSQL 15's `pg_proc`, with numbers from 1 for OIDs and no schema.
    pub rows: &'static str,
    functions: LazyLock<Vec<Signature>>,
}

/// What calls of a function name.
#[derive(Debug)]
pub struct Signature {
    pub name: &'static str,
    pub args: Vec<Type>,
}

/// All of them are relocatable, trusted and of one version.
static AVAILABLE: [Available; 2] = [
    Available {
        name: "uuid-ossp",
        version: "1.1",
        comment: "generate universally unique identifiers (UUIDs)",
        rows: UUID_OSSP,
        functions: LazyLock::new(|| signatures(UUID_OSSP)),
    },
    Available {
        name: "pgcrypto",
        version: "1.3",
        comment: "cryptographic functions",
        rows: PGCRYPTO,
        functions: LazyLock::new(|| signatures(PGCRYPTO)),
    },
];

const UUID_OSSP: &str = include_str!("system/data/extension_uuid-ossp.tsv");
const PGCRYPTO: &str = include_str!("system/data/extension_pgcrypto.tsv");

/// Places in a row of `pg_proc`.
const NAME: usize = 1;
const ARGS: usize = 19;

fn signatures(rows: &'static str) -> Vec<Signature> {
    let signature = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let args = fields.get(ARGS)?.split_ascii_whitespace();
        let args: Option<Vec<Type>> = args.map(|oid| oid.parse().ok().map(Type)).collect();
        Some(Signature { name: fields.get(NAME)?, args: args? })
    };
    rows.lines().filter_map(signature).collect()
}

/// All that can be had.
pub fn available() -> &'static [Available] {
    &AVAILABLE
}

impl Available {
    pub fn named(name: &str) -> Option<&'static Available> {
        AVAILABLE.iter().find(|available| available.name == name)
    }

    /// Its functions, in the order of their OIDs.
    pub fn functions(&self) -> &[Signature] {
        &self.functions
    }
}

impl Extension {
    /// What it was made of; `None` of one that this version of Quorlite does not know.
    pub fn available(&self) -> Option<&'static Available> {
        Available::named(&self.name)
    }

    /// Its functions with their OIDs, in that order.
    pub fn functions(&self) -> impl Iterator<Item = (u32, &'static Signature)> {
        let first = self.oid + 1;
        self.available().into_iter().flat_map(Available::functions).zip(first..).map(|(function, oid)| (oid, function))
    }

    pub(super) fn last_oid(&self) -> u32 {
        self.functions().map(|(oid, _)| oid).last().unwrap_or(self.oid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_of_postgresql_s_is_listed() {
        let count = |name: &str| Available::named(name).unwrap().functions().len();
        assert_eq!((count("uuid-ossp"), count("pgcrypto")), (10, 36));
        for available in available() {
            assert_eq!(available.functions().len(), available.rows.lines().count());
        }
    }
}
