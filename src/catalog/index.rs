//! Indexes, and what the file's tables have beside their columns for them.
//!
//! SQLite compares stored forms, by its own collations alone, and must be able to without us: any program may open the
//! file. Where equal values are not stored alike (arrays of some types, jsonb, intervals, rows), where their order is not that of
//! their forms, and where a value is an expression's that SQLite does not know, the file's table has a column more, a
//! [`KeyColumn`]: what stands in it compares as the values do. It is written by the statements that write the row, as generated
//! columns are, and is a column like any other to SQLite, so that keys, foreign keys and indexes can be made of it.

use serde::{Deserialize, Serialize};

use super::{Column, ColumnStorage, Generated, Table};
use crate::types::Type;
use crate::types::identifier::quote_ident;

/// An access method (`pg_am`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    #[default]
    Btree,
    Hash,
    Gist,
    Gin,
    Spgist,
    Brin,
}

impl Method {
    const ALL: [Method; 6] = [Method::Btree, Method::Hash, Method::Gist, Method::Gin, Method::Spgist, Method::Brin];

    pub fn named(name: &str) -> Option<Method> {
        // R-trees are what GiST has replaced.
        let name = if name == "rtree" { "gist" } else { name };
        Method::ALL.into_iter().find(|method| method.name() == name)
    }

    pub fn name(self) -> &'static str {
        match self {
            Method::Btree => "btree",
            Method::Hash => "hash",
            Method::Gist => "gist",
            Method::Gin => "gin",
            Method::Spgist => "spgist",
            Method::Brin => "brin",
        }
    }

    pub fn of_oid(oid: u32) -> Option<Method> {
        Method::ALL.into_iter().find(|method| method.oid() == oid)
    }

    pub fn oid(self) -> u32 {
        match self {
            Method::Btree => 403,
            Method::Hash => 405,
            Method::Gist => 783,
            Method::Gin => 2742,
            Method::Spgist => 4000,
            Method::Brin => 3580,
        }
    }

    /// `amcanunique` and `amcanorder`: what B-trees alone can.
    pub fn is_ordered(self) -> bool {
        self == Method::Btree
    }

    /// `amcanmulticol`.
    pub fn takes_several_columns(self) -> bool {
        !matches!(self, Method::Hash | Method::Spgist)
    }

    /// `amcaninclude`.
    pub fn includes_columns(self) -> bool {
        matches!(self, Method::Btree | Method::Gist | Method::Spgist)
    }

    /// Whether the file has an index for it: what it finds, one of SQLite's finds as well. What is in values is not looked up
    /// by anything there.
    pub fn is_kept(self) -> bool {
        !matches!(self, Method::Gist | Method::Gin)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Index {
    pub oid: u32,
    pub schema: String,
    pub name: String,
    /// The index's name in the SQLite file; `None` for a primary key that is part of its table there, and where the method
    /// has none ([`Method::is_kept`]).
    pub stored_name: Option<String>,
    pub table_oid: u32,
    pub unique: bool,
    pub columns: Vec<IndexColumn>,
    /// Attnums of INCLUDE: they change nothing but what the index is said to be.
    #[serde(default)]
    pub include: Vec<i16>,
    /// WHERE: a PostgreSQL expression, as text that parses and binds again by itself.
    #[serde(default)]
    pub predicate: Option<String>,
    /// Attnums that the predicate and the columns' expressions mention.
    #[serde(default)]
    pub mentioned: Vec<i16>,
    /// COMMENT ON.
    #[serde(default)]
    pub comment: Option<String>,
    /// Of a DEFERRABLE constraint: rows may have the same key for a while, so to SQLite it is an index like any other.
    #[serde(default)]
    pub deferrable: bool,
    /// NULLS NOT DISTINCT.
    #[serde(default)]
    pub nulls_not_distinct: bool,
    /// The column of the file that says whether a row fulfils the predicate, where SQLite can't find that out.
    #[serde(default)]
    pub predicate_key: Option<String>,
    #[serde(default)]
    pub method: Method,
    /// `pg_class.reloptions`: `fillfactor=70`.
    #[serde(default)]
    pub options: Vec<String>,
    /// CLUSTER ON: which one of the table's indexes its rows would be in the order of.
    #[serde(default)]
    pub clustered: bool,
}

impl Index {
    /// Whether SQLite itself sees to it that no two rows have the same key.
    pub fn is_immediate(&self) -> bool {
        self.unique && !self.deferrable
    }

    /// The name in the file of the other index that it has there: NULLS NOT DISTINCT holds by two of them, for to SQLite NULLs
    /// are distinct. The one is of the columns, and finds rows by them; this one is of the rows that have NULLs, which stand in it
    /// as what no value is.
    pub fn nulls_name(&self) -> Option<String> {
        let stored_name = self.stored_name.as_ref().filter(|_| self.nulls_not_distinct && self.is_immediate());
        stored_name.map(|name| format!("_quorlite_nulls_{name}"))
    }

    /// Whether it is of columns alone, and of all rows: only then its columns are a key.
    pub fn is_plain(&self) -> bool {
        self.predicate.is_none() && self.columns.iter().all(|column| column.expression.is_none())
    }

    /// Whether it is the primary key that stands in the table's definition in the file.
    pub fn is_of_table(&self) -> bool {
        self.stored_name.is_none() && self.method.is_kept()
    }

    /// The columns of the file that are there for it.
    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.columns.iter().filter_map(|column| column.key.as_ref()).chain(&self.predicate_key)
    }

    /// Whether it has to do with a column.
    pub fn involves(&self, attnum: i16) -> bool {
        let columns = self.columns.iter().map(|column| column.attnum);
        columns.chain(self.include.iter().copied()).chain(self.mentioned.iter().copied()).any(|other| other == attnum)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexColumn {
    /// 0 for an expression.
    pub attnum: i16,
    #[serde(default)]
    pub descending: bool,
    /// Where not as the direction has it: NULLs last when ascending, first when descending.
    #[serde(default)]
    pub nulls_first: Option<bool>,
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    #[serde(default)]
    pub expression: Option<String>,
    /// An operator class other than the type's default.
    #[serde(default)]
    pub operator_class: Option<String>,
    /// COLLATE, where one was named.
    #[serde(default)]
    pub collation: Option<String>,
    /// The column of the file that it is an index of, where not of the column or expression itself.
    #[serde(default)]
    pub key: Option<String>,
}

impl IndexColumn {
    /// A column in its order, and no more.
    pub fn plain(attnum: i16) -> IndexColumn {
        IndexColumn {
            attnum,
            descending: false,
            nulls_first: None,
            expression: None,
            operator_class: None,
            collation: None,
            key: None,
        }
    }
}

/// A column that a table has in the file beside its own: values in it compare as those that it is a key of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyColumn {
    /// Its name in the file.
    pub stored_name: String,
    /// What it holds.
    pub ty: Type,
    /// The column that it is a key of; 0 for an expression.
    pub attnum: i16,
    /// A PostgreSQL expression, as text that parses and binds again by itself.
    pub expression: Option<String>,
    /// Of rows that don't fulfil this it holds NULL: the expression may fail for them.
    pub condition: Option<String>,
    /// Attnums of the columns that it is made of.
    pub columns: Vec<i16>,
    /// The greatest attnum when it was added: columns with greater ones stand behind it in the file.
    pub behind: i16,
}

impl KeyColumn {
    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        self.expression.iter().chain(&self.condition)
    }

    pub(super) fn texts_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.expression.iter_mut().chain(&mut self.condition)
    }

    /// Whether it is a key of the same.
    pub fn is_of(&self, attnum: i16, expression: Option<&String>, condition: Option<&String>) -> bool {
        self.attnum == attnum && self.expression.as_ref() == expression && self.condition.as_ref() == condition
    }
}

impl Table {
    /// The key of a column.
    pub fn key_of(&self, attnum: i16) -> Option<&KeyColumn> {
        self.keys.iter().find(|key| key.attnum == attnum)
    }

    /// The table with its keys as generated columns behind its own, without a name and with attnums below 0.
    pub fn with_keys(&self) -> Table {
        let column = |(key, attnum): (&KeyColumn, i16)| {
            let of = self.attribute(key.attnum).map(|column| quote_ident(&column.name));
            let expression = key.expression.clone().or(of).unwrap_or_default();
            Column {
                attnum,
                name: String::new(),
                stored_name: key.stored_name.clone(),
                ty: key.ty,
                typmod: -1,
                not_null: false,
                default: None,
                identity: None,
                generated: Some(Generated { expression, columns: key.columns.clone() }),
                comment: None,
                domain: 0,
                storage: ColumnStorage::default(),
                collation: None,
            }
        };
        let mut table = self.clone();
        table.columns.extend(self.keys.iter().zip((i16::MIN..0).rev()).map(column));
        table
    }

    /// The place of the column that has this name in the file.
    pub fn place_of_stored(&self, stored_name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.stored_name == stored_name)
    }

    /// The places in [`Table::with_keys`] of the columns as they follow each other in the file.
    pub fn places_in_file(&self) -> Vec<usize> {
        let keys = self.keys.iter().map(|key| (key.behind, 1));
        let order: Vec<(i16, u8)> = self.columns.iter().map(|column| (column.attnum, 0)).chain(keys).collect();
        let mut places: Vec<usize> = (0..order.len()).collect();
        places.sort_by_key(|place| order[*place]);
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(attnum: i16, name: &str) -> Column {
        let table = Table::plain(1, "public", "t", Vec::new());
        let key = KeyColumn {
            stored_name: name.to_owned(),
            ty: Type::INT4,
            attnum: 0,
            expression: None,
            condition: None,
            columns: Vec::new(),
            behind: 0,
        };
        let mut with_key = Table { keys: vec![key], ..table }.with_keys();
        Column { attnum, name: name.to_owned(), generated: None, ..with_key.columns.remove(0) }
    }

    fn key(stored_name: &str, behind: i16) -> KeyColumn {
        let (stored_name, ty) = (stored_name.to_owned(), Type::BYTEA);
        KeyColumn { stored_name, ty, attnum: 1, expression: None, condition: None, columns: vec![1], behind }
    }

    #[test]
    fn columns_added_later_stand_behind_keys() {
        let mut table = Table::plain(1, "public", "t", vec![column(1, "a"), column(2, "b"), column(3, "c")]);
        table.keys = vec![key("k1", 1), key("k2", 3), key("k3", 1)];
        assert_eq!(table.places_in_file(), [0, 3, 5, 1, 2, 4]);
        let whole = table.with_keys();
        let names: Vec<&str> =
            table.places_in_file().into_iter().map(|place| whole.columns[place].stored_name.as_str()).collect();
        assert_eq!(names, ["a", "k1", "k3", "b", "c", "k2"]);
        assert_eq!((whole.place_of_stored("k2"), table.place_of_stored("k2")), (Some(4), None));
        assert!(whole.columns[3].is_key() && !whole.columns[2].is_key());
        let attnums: Vec<i16> = whole.columns.iter().map(|column| column.attnum).collect();
        assert_eq!(attnums, [1, 2, 3, -1, -2, -3]);
    }
}
