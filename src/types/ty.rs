//! Types by OID, and the table of what PostgreSQL 15 says of each (`pg_type`).

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A PostgreSQL type, named by its OID (`pg_type.oid`). Built-in types have constants here; types made by users get
/// OIDs from the catalog, which is why this is no enum.
///
/// What the catalog knows of a user's type (its name, its labels) is not known here, but what kind of type it is shows in
/// the OID: an enum's is even ([`Type::is_enum`]), and the next, odd one is its array type's. The row type of a relation
/// has the relation's OID and one bit more ([`Type::of_relation`]), and its array type another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Type(pub u32);

/// `pg_type.typcategory`: drives operator and function resolution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeCategory {
    Array,
    BitString,
    Boolean,
    Composite,
    Enum,
    NetworkAddress,
    Numeric,
    String,
    DateTime,
    Timespan,
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
    /// `typarray`: the type of its arrays.
    pub array: Option<Type>,
    /// `typelem` of a true array type.
    pub element: Option<Type>,
}

macro_rules! types {
    ($($konst:ident $oid:literal $array:literal $name:literal $sql:literal $len:literal $cat:ident $pref:literal;)*) => {
        impl Type { $(pub const $konst: Type = Type($oid);)* }
        /// Each type and its array type, whether it has one or not.
        static LINES: &[(TypeInfo, TypeInfo)] = &[$((
            TypeInfo {
                ty: Type($oid), name: $name, sql_name: $sql, len: $len, category: TypeCategory::$cat,
                preferred: $pref, array: if $array == 0 { None } else { Some(Type($array)) }, element: None,
            },
            TypeInfo {
                ty: Type($array), name: concat!("_", $name), sql_name: concat!($sql, "[]"), len: -1,
                category: if $oid == 2249 { TypeCategory::Pseudo } else { TypeCategory::Array },
                preferred: false, array: None, element: Some(Type($oid)),
            },
        )),*];
    };
}

types! {
    // constant   OID   array typname       SQL name                     len category     preferred
    BOOL          16    1000  "bool"        "boolean"                     1  Boolean      true;
    BYTEA         17    1001  "bytea"       "bytea"                      -1  UserDefined  false;
    CHAR          18    1002  "char"        "\"char\""                    1  Internal     false;
    NAME          19    1003  "name"        "name"                       64  String       false;
    INT8          20    1016  "int8"        "bigint"                      8  Numeric      false;
    INT2          21    1005  "int2"        "smallint"                    2  Numeric      false;
    INT2VECTOR    22    1006  "int2vector"  "int2vector"                 -1  Array        false;
    INT4          23    1007  "int4"        "integer"                     4  Numeric      false;
    REGPROC       24    1008  "regproc"     "regproc"                     4  Numeric      false;
    TEXT          25    1009  "text"        "text"                       -1  String       true;
    OID           26    1028  "oid"         "oid"                         4  Numeric      true;
    XID           28    1011  "xid"         "xid"                         4  UserDefined  false;
    OIDVECTOR     30    1013  "oidvector"   "oidvector"                  -1  Array        false;
    JSON          114   199   "json"        "json"                       -1  UserDefined  false;
    PG_NODE_TREE  194   0     "pg_node_tree" "pg_node_tree"              -1  Internal     false;
    FLOAT4        700   1021  "float4"      "real"                        4  Numeric      false;
    FLOAT8        701   1022  "float8"      "double precision"            8  Numeric      true;
    UNKNOWN       705   0     "unknown"     "unknown"                    -2  Unknown      false;
    CIDR          650   651   "cidr"        "cidr"                       -1  NetworkAddress false;
    INET          869   1041  "inet"        "inet"                       -1  NetworkAddress true;
    MACADDR8      774   775   "macaddr8"    "macaddr8"                    8  UserDefined  false;
    MACADDR       829   1040  "macaddr"     "macaddr"                     6  UserDefined  false;
    ACLITEM       1033  1034  "aclitem"     "aclitem"                    12  UserDefined  false;
    BPCHAR        1042  1014  "bpchar"      "character"                  -1  String       false;
    VARCHAR       1043  1015  "varchar"     "character varying"          -1  String       false;
    DATE          1082  1182  "date"        "date"                        4  DateTime     false;
    TIME          1083  1183  "time"        "time without time zone"      8  DateTime     false;
    TIMESTAMP     1114  1115  "timestamp"   "timestamp without time zone" 8  DateTime     false;
    TIMESTAMPTZ   1184  1185  "timestamptz" "timestamp with time zone"    8  DateTime     true;
    INTERVAL      1186  1187  "interval"    "interval"                   16  Timespan     true;
    TIMETZ        1266  1270  "timetz"      "time with time zone"        12  DateTime     false;
    BIT           1560  1561  "bit"         "bit"                        -1  BitString    false;
    VARBIT        1562  1563  "varbit"      "bit varying"                -1  BitString    true;
    NUMERIC       1700  1231  "numeric"     "numeric"                    -1  Numeric      false;
    REGPROCEDURE  2202  2207  "regprocedure" "regprocedure"               4  Numeric      false;
    REGOPER       2203  2208  "regoper"     "regoper"                     4  Numeric      false;
    REGOPERATOR   2204  2209  "regoperator" "regoperator"                 4  Numeric      false;
    REGCLASS      2205  2210  "regclass"    "regclass"                    4  Numeric      false;
    REGTYPE       2206  2211  "regtype"     "regtype"                     4  Numeric      false;
    RECORD        2249  2287  "record"      "record"                     -1  Pseudo       false;
    ANYENUM       3500  0     "anyenum"     "anyenum"                     4  Pseudo       false;
    ANYARRAY      2277  0     "anyarray"    "anyarray"                   -1  Pseudo       false;
    VOID          2278  0     "void"        "void"                        4  Pseudo       false;
    UUID          2950  2951  "uuid"        "uuid"                       16  UserDefined  false;
    PG_LSN        3220  3221  "pg_lsn"      "pg_lsn"                      8  UserDefined  false;
    JSONB         3802  3807  "jsonb"       "jsonb"                      -1  UserDefined  false;
    JSONPATH      4072  4073  "jsonpath"    "jsonpath"                   -1  UserDefined  false;
    REGNAMESPACE  4089  4090  "regnamespace" "regnamespace"               4  Numeric      false;
    REGROLE       4096  4097  "regrole"     "regrole"                     4  Numeric      false;
    REGCOLLATION  4191  4192  "regcollation" "regcollation"               4  Numeric      false;
}

static ALL: LazyLock<Vec<&'static TypeInfo>> = LazyLock::new(|| {
    let arrays = LINES.iter().filter(|(element, _)| element.array.is_some()).map(|(_, array)| array);
    let mut all: Vec<_> = LINES.iter().map(|(element, _)| element).chain(arrays).collect();
    all.sort_by_key(|info| info.ty);
    all
});

/// What all enums have in common.
static ENUM: TypeInfo = TypeInfo {
    ty: Type::ANYENUM,
    name: "enum",
    sql_name: "enum",
    len: 4,
    category: TypeCategory::Enum,
    preferred: false,
    array: None,
    element: None,
};

/// What all arrays of enums have in common.
static ENUMS: TypeInfo = TypeInfo {
    ty: Type::ANYARRAY,
    name: "enum[]",
    sql_name: "enum[]",
    len: -1,
    category: TypeCategory::Array,
    preferred: false,
    array: None,
    element: Some(Type::ANYENUM),
};

/// What all row types of relations have in common.
static COMPOSITE: TypeInfo = TypeInfo {
    ty: Type::RECORD,
    name: "composite",
    sql_name: "composite",
    len: -1,
    category: TypeCategory::Composite,
    preferred: false,
    array: None,
    element: None,
};

/// What all arrays of those have in common.
static COMPOSITES: TypeInfo = TypeInfo {
    ty: Type::ANYARRAY,
    name: "composite[]",
    sql_name: "composite[]",
    len: -1,
    category: TypeCategory::Array,
    preferred: false,
    array: None,
    element: Some(Type::RECORD),
};

/// The bit that makes a relation's OID its row type's, and both that make it the array type's. The OIDs that catalogs give
/// are smaller.
const ROW: u32 = 1 << 30;
const ROWS: u32 = ROW | 1 << 29;

/// The first OID of what users make, as in PostgreSQL.
const FIRST_USER_OID: u32 = 16384;

/// Stand around a user's type's OID where a message has its name: see [`Type::with_names`].
const NAME_BEGINS: char = '\u{fdd0}';
const NAME_ENDS: char = '\u{fdd1}';

impl Type {
    /// Whether a user made it: an enum, a composite type or an array type of one.
    pub fn is_users(self) -> bool {
        self.0 >= FIRST_USER_OID
    }

    pub fn is_enum(self) -> bool {
        self.is_users() && self.0 < ROW && self.0.is_multiple_of(2)
    }

    /// The row type of a table, view or composite type.
    pub fn of_relation(oid: u32) -> Type {
        Type(ROW | oid)
    }

    /// What it is the row type of.
    pub fn relation(self) -> Option<u32> {
        (self.0 & ROWS == ROW).then_some(self.0 & !ROWS)
    }

    /// Whether its values are rows.
    pub fn is_row(self) -> bool {
        self == Type::RECORD || self.relation().is_some()
    }

    /// Whether some of its values are equal and look otherwise: 1.0 and 1.00, 0 and -0, a day and 24 hours. A typmod gives
    /// all numbers as many digits, all strings one length.
    pub fn has_equals(self, typmod: i32) -> bool {
        match self {
            Type::NUMERIC | Type::BPCHAR => typmod < 0,
            Type::FLOAT4 | Type::FLOAT8 | Type::INTERVAL => true,
            ty => ty.is_row() || ty.element().is_some_and(|element| element.has_equals(typmod)),
        }
    }

    /// Whether its values are arrays of rows.
    pub fn is_array_of_rows(self) -> bool {
        self.element().is_some_and(Type::is_row)
    }

    /// A text that types were written into, with the names of users' types, which only a catalog knows.
    pub fn with_names(text: &str, name: impl Fn(Type) -> Option<String>) -> String {
        let mut pieces = text.split(NAME_BEGINS);
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let marked = piece.split_once(NAME_ENDS);
            match marked.and_then(|(oid, rest)| Some((name(Type(oid.parse().ok()?))?, rest))) {
                Some((name, rest)) => {
                    out.push_str(&name);
                    out.push_str(rest);
                }
                None => out.push_str(piece),
            }
        }
        out
    }

    /// The type's entry, or `None` for an OID Quorlite doesn't know. Of a user's type it says what all of its kind have
    /// in common; whether there is such a type is the catalog's to say.
    pub fn info(self) -> Option<&'static TypeInfo> {
        if self.is_users() {
            return Some(match self.0 & ROWS {
                0 => {
                    if self.is_enum() {
                        &ENUM
                    } else {
                        &ENUMS
                    }
                }
                ROW => &COMPOSITE,
                _ => &COMPOSITES,
            });
        }
        let all = Type::all();
        all.binary_search_by_key(&self, |info| info.ty).ok().map(|index| all[index])
    }

    /// All types Quorlite knows, array types too, in OID order.
    pub fn all() -> &'static [&'static TypeInfo] {
        &ALL
    }

    /// The type of its arrays.
    pub fn array(self) -> Option<Type> {
        if let Some(relation) = self.relation() {
            return Some(Type(ROWS | relation));
        }
        if self.is_users() {
            return self.is_enum().then_some(Type(self.0 + 1));
        }
        self.info().and_then(|info| info.array)
    }

    /// What an array type's elements are.
    pub fn element(self) -> Option<Type> {
        if self.0 & ROWS == ROWS {
            return Some(Type::of_relation(self.0 & !ROWS));
        }
        if self.is_users() && self.0 < ROW {
            return (!self.is_enum()).then_some(Type(self.0 - 1));
        }
        if self.is_users() {
            return None;
        }
        self.info().and_then(|info| info.element)
    }

    /// Whether stored forms compare as values do, by themselves or with the emitter's help: then values can be sorted,
    /// grouped and told apart.
    pub fn is_comparable(self) -> bool {
        match self.element() {
            // The order of enums only the catalog knows, and what rows are made of their shapes.
            Some(element) => !matches!(element, Type::JSON | Type::JSONPATH) && !element.is_enum() && !element.is_row(),
            None => !matches!(self, Type::JSON | Type::JSONPATH),
        }
    }

    /// Whether it is an OID that is written as a name (`regclass` and its kin).
    pub fn is_name_of_object(self) -> bool {
        matches!(
            self,
            Type::REGPROC
                | Type::REGPROCEDURE
                | Type::REGOPER
                | Type::REGOPERATOR
                | Type::REGCLASS
                | Type::REGTYPE
                | Type::REGNAMESPACE
                | Type::REGROLE
                | Type::REGCOLLATION
        )
    }

    /// Whether only system catalogs have columns of it: their values are read, not stored.
    pub fn is_of_catalogs(self) -> bool {
        let ty = self.element().unwrap_or(self);
        ty.is_name_of_object()
            || matches!(
                ty,
                Type::INT2VECTOR
                    | Type::OIDVECTOR
                    | Type::XID
                    | Type::PG_NODE_TREE
                    | Type::PG_LSN
                    | Type::ACLITEM
                    | Type::ANYARRAY
            )
    }

    /// Of `int2vector` and `oidvector`: what it is a list of.
    pub fn vector_of(self) -> Option<Type> {
        match self {
            Type::INT2VECTOR => Some(Type::INT2),
            Type::OIDVECTOR => Some(Type::OID),
            _ => None,
        }
    }

    pub fn is_array(self) -> bool {
        self.element().is_some()
    }

    /// `typname`; `???` for an unknown OID, as `format_type` prints.
    pub fn name(self) -> &'static str {
        self.info().map_or("???", |info| info.name)
    }

    /// The name PostgreSQL's messages use, e.g. `character varying`.
    pub fn sql_name(self) -> &'static str {
        // What SEARCH and CYCLE keep, of which no client is told.
        let unknown = match self.0 {
            1 => "record",
            2 => "record[]",
            _ => "???",
        };
        self.info().map_or(unknown, |info| info.sql_name)
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
            Some(info) if !self.is_users() => f.write_str(info.name),
            _ => write!(f, "type {}", self.0),
        }
    }
}

/// The name PostgreSQL's messages use; of a user's type a mark that [`Type::with_names`] replaces.
impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_users() {
            return write!(f, "{NAME_BEGINS}{}{NAME_ENDS}", self.0);
        }
        f.write_str(self.sql_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_types_are_told_from_their_relations() {
        let row = Type::of_relation(16_387);
        assert_eq!((row.relation(), row.array().and_then(Type::element)), (Some(16_387), Some(row)));
        assert!(row.is_row() && row.is_users() && !row.is_enum() && !row.is_array());
        assert!(row.array().is_some_and(|array| array.is_array_of_rows() && !array.is_row() && !array.is_enum()));
        assert_eq!(Type::RECORD.array().and_then(Type::element), Some(Type::RECORD));
    }

    #[test]
    fn users_types_show_their_kind_and_get_their_names_from_elsewhere() {
        let (mood, moods) = (Type(16_386), Type(16_387));
        assert_eq!((mood.array(), moods.element(), mood.element()), (Some(moods), Some(mood), None));
        assert!(mood.is_enum() && !moods.is_enum() && !Type::INT4.is_enum());
        let name = |ty: Type| (ty == mood).then(|| "mood".to_owned());
        let text = format!("cannot cast type {mood} to {}", Type::INT4);
        assert_eq!(Type::with_names(&text, name), "cannot cast type mood to integer");
        assert_eq!(Type::with_names("\u{fdd0}no number\u{fdd1}, \u{fdd0}", name), "no number\u{fdd1}, ");
    }
}
