//! Types by OID, and the table of what PostgreSQL 15 says of each (`pg_type`).

use serde::{Deserialize, Serialize};

/// A PostgreSQL type, named by its OID (`pg_type.oid`). Built-in types have constants here;
/// types made by users get OIDs from the catalog later, which is why this is no enum.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Type(pub u32);

/// `pg_type.typcategory`: drives operator and function resolution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeCategory {
    Boolean,
    Numeric,
    String,
    DateTime,
    UserDefined,
    Unknown,
    Pseudo,
    Internal,
}

/// One line of `pg_type` as far as Quorlite knows it.
#[derive(Debug)]
pub struct TypeInfo {
    pub ty: Type,
    /// `typname`, e.g. `int4`.
    pub name: &'static str,
    /// What `format_type` prints without a typmod, e.g. `integer`.
    pub sql_name: &'static str,
    /// `typlen`: bytes, −1 variable, −2 a C string.
    pub len: i16,
    pub category: TypeCategory,
    /// `typispreferred`.
    pub preferred: bool,
}

macro_rules! types {
    ($($konst:ident $oid:literal $name:literal $sql:literal $len:literal $cat:ident $pref:literal;)*) => {
        impl Type { $(pub const $konst: Type = Type($oid);)* }
        static TYPES: &[TypeInfo] = &[$(TypeInfo {
            ty: Type($oid), name: $name, sql_name: $sql, len: $len,
            category: TypeCategory::$cat, preferred: $pref,
        }),*];
    };
}

types! {
    // constant   OID   typname       SQL name                     len category     preferred
    BOOL          16    "bool"        "boolean"                     1  Boolean      true;
    BYTEA         17    "bytea"       "bytea"                      -1  UserDefined  false;
    CHAR          18    "char"        "\"char\""                    1  Internal     false;
    NAME          19    "name"        "name"                       64  String       false;
    INT8          20    "int8"        "bigint"                      8  Numeric      false;
    INT2          21    "int2"        "smallint"                    2  Numeric      false;
    INT4          23    "int4"        "integer"                     4  Numeric      false;
    TEXT          25    "text"        "text"                       -1  String       true;
    OID           26    "oid"         "oid"                         4  Numeric      true;
    FLOAT4        700   "float4"      "real"                        4  Numeric      false;
    FLOAT8        701   "float8"      "double precision"            8  Numeric      true;
    UNKNOWN       705   "unknown"     "unknown"                    -2  Unknown      false;
    VARCHAR       1043  "varchar"     "character varying"          -1  String       false;
    TIMESTAMPTZ   1184  "timestamptz" "timestamp with time zone"    8  DateTime     true;
    NUMERIC       1700  "numeric"     "numeric"                    -1  Numeric      false;
    VOID          2278  "void"        "void"                        4  Pseudo       false;
    UUID          2950  "uuid"        "uuid"                       16  UserDefined  false;
}

impl Type {
    /// The built-in type's entry, or `None` for an OID Quorlite doesn't know.
    pub fn info(self) -> Option<&'static TypeInfo> {
        TYPES.iter().find(|info| info.ty == self)
    }

    /// All types Quorlite knows, in OID order.
    pub fn all() -> &'static [TypeInfo] {
        TYPES
    }

    /// `typname`; `???` for an unknown OID, as `format_type` prints.
    pub fn name(self) -> &'static str {
        self.info().map_or("???", |info| info.name)
    }

    /// The name PostgreSQL's messages use, e.g. `character varying`.
    pub fn sql_name(self) -> &'static str {
        self.info().map_or("???", |info| info.sql_name)
    }

    /// `typlen` for RowDescription.
    #[allow(clippy::len_without_is_empty)] // A length in bytes, of no collection.
    pub fn len(self) -> i16 {
        self.info().map_or(-1, |info| info.len)
    }
}

impl std::fmt::Debug for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.info() {
            Some(info) => f.write_str(info.name),
            None => write!(f, "type {}", self.0),
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sql_name())
    }
}
