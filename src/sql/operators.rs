//! PostgreSQL's operators (`pg_operator`) over the types we have, one line an entry.
//!
//! Operators of types that are not there yet stand in the table too where leaving them out would
//! make PostgreSQL's resolution rules choose another one: choosing them is 0A000.

use std::sync::LazyLock;

use super::emission::Emission::{self, *};
use super::emission::INTERVAL_KEY;
use super::type_names::{ANYCOMPATIBLE, ANYCOMPATIBLEARRAY, ANYNONARRAY, INTERVAL};
use crate::types::Type;

#[derive(Clone, Copy, Debug)]
pub struct Operator {
    pub name: &'static str,
    /// `None`: a prefix operator.
    pub left: Option<Type>,
    pub right: Type,
    pub result: Type,
    pub emission: Emission,
}

impl Operator {
    /// Whether it is of arrays of any type: emitted as a function it is told in one more argument what they are of.
    pub fn is_polymorphic(&self) -> bool {
        let of_any = |ty: Type| matches!(ty, Type::ANYARRAY | ANYCOMPATIBLE | ANYCOMPATIBLEARRAY);
        of_any(self.right) || self.left.is_some_and(of_any)
    }

    /// Whether its result depends on the session's time zone (`provolatile`; no operator is volatile).
    pub fn is_stable(&self) -> bool {
        let with_zone = |one: Type, other: Type| {
            one == Type::TIMESTAMPTZ && matches!(other, Type::DATE | Type::TIMESTAMP | INTERVAL)
        };
        self.left.is_some_and(|left| with_zone(left, self.right) || with_zone(self.right, left))
    }
}

/// Operand types that compare with each other by all six comparison operators. Stored forms compare in SQLite as
/// the values do in PostgreSQL (floats: NaN is stored as text, which sorts last; numeric and char(n): by a collation, which the
/// emitter writes).
const COMPARABLE: &[(Type, Type)] = &[
    (Type::BOOL, Type::BOOL),
    (Type::BYTEA, Type::BYTEA),
    (Type::CHAR, Type::CHAR),
    (Type::NAME, Type::NAME),
    (Type::NAME, Type::TEXT),
    (Type::TEXT, Type::NAME),
    (Type::TEXT, Type::TEXT),
    (Type::BPCHAR, Type::BPCHAR),
    (Type::INT2, Type::INT2),
    (Type::INT2, Type::INT4),
    (Type::INT2, Type::INT8),
    (Type::INT4, Type::INT2),
    (Type::INT4, Type::INT4),
    (Type::INT4, Type::INT8),
    (Type::INT8, Type::INT2),
    (Type::INT8, Type::INT4),
    (Type::INT8, Type::INT8),
    (Type::OID, Type::OID),
    (Type::FLOAT4, Type::FLOAT4),
    (Type::FLOAT4, Type::FLOAT8),
    (Type::FLOAT8, Type::FLOAT4),
    (Type::FLOAT8, Type::FLOAT8),
    (Type::DATE, Type::DATE),
    (Type::DATE, Type::TIMESTAMP),
    (Type::DATE, Type::TIMESTAMPTZ),
    (Type::TIME, Type::TIME),
    (Type::TIMESTAMP, Type::DATE),
    (Type::TIMESTAMP, Type::TIMESTAMP),
    (Type::TIMESTAMP, Type::TIMESTAMPTZ),
    (Type::TIMESTAMPTZ, Type::DATE),
    (Type::TIMESTAMPTZ, Type::TIMESTAMP),
    (Type::TIMESTAMPTZ, Type::TIMESTAMPTZ),
    (Type::INTERVAL, Type::INTERVAL),
    (Type::TIMETZ, Type::TIMETZ),
    (Type::UUID, Type::UUID),
    (Type::INET, Type::INET),
    (Type::BIT, Type::BIT),
    (Type::VARBIT, Type::VARBIT),
    (Type::MACADDR, Type::MACADDR),
    (Type::MACADDR8, Type::MACADDR8),
    (Type::NUMERIC, Type::NUMERIC),
    (Type::JSONB, Type::JSONB),
];

macro_rules! operators {
    ($($name:literal ($($left:ident)? / $right:ident) $result:ident $emission:expr;)*) => {
        &[$(Operator {
            name: $name,
            left: operators!(@left $($left)?),
            right: operators!(@type $right),
            result: operators!(@type $result),
            emission: $emission,
        }),*]
    };
    (@left) => { None };
    (@left $left:ident) => { Some(operators!(@type $left)) };
    (@type ANYNONARRAY) => { ANYNONARRAY };
    (@type ANYCOMPATIBLE) => { ANYCOMPATIBLE };
    (@type ANYCOMPATIBLEARRAY) => { ANYCOMPATIBLEARRAY };
    (@type INTERVAL) => { INTERVAL };
    (@type TEXTS) => { Type(1009) };
    (@type $ty:ident) => { Type::$ty };
}

static OTHERS: &[Operator] = operators! {
    "=" (RECORD/RECORD) BOOL Own("pg_record_eq");
    "<>" (RECORD/RECORD) BOOL Own("pg_record_ne");
    "<" (RECORD/RECORD) BOOL Own("pg_record_lt");
    "<=" (RECORD/RECORD) BOOL Own("pg_record_le");
    ">" (RECORD/RECORD) BOOL Own("pg_record_gt");
    ">=" (RECORD/RECORD) BOOL Own("pg_record_ge");
    "=" (ANYENUM/ANYENUM) BOOL Infix("=");
    "<>" (ANYENUM/ANYENUM) BOOL Infix("<>");
    "<" (ANYENUM/ANYENUM) BOOL Infix("<");
    "<=" (ANYENUM/ANYENUM) BOOL Infix("<=");
    ">" (ANYENUM/ANYENUM) BOOL Infix(">");
    ">=" (ANYENUM/ANYENUM) BOOL Infix(">=");
    "+" (DATE/INT4) DATE Own("pg_date_pli");
    "+" (INT4/DATE) DATE Own("pg_integer_pl_date");
    "+" (DATE/INTERVAL) TIMESTAMP Own("pg_date_pl_interval");
    "+" (INTERVAL/DATE) TIMESTAMP Own("pg_interval_pl_date");
    "+" (DATE/TIME) TIMESTAMP Own("pg_datetime_pl");
    "+" (TIME/DATE) TIMESTAMP Own("pg_timedate_pl");
    "+" (DATE/TIMETZ) TIMESTAMPTZ Own("pg_datetimetz_pl");
    "+" (TIMETZ/DATE) TIMESTAMPTZ Own("pg_timetzdate_pl");
    "+" (INTERVAL/INTERVAL) INTERVAL Own("pg_interval_pl");
    "+" (TIME/INTERVAL) TIME Own("pg_time_pl_interval");
    "+" (INTERVAL/TIME) TIME Own("pg_interval_pl_time");
    "+" (TIMETZ/INTERVAL) TIMETZ Own("pg_timetz_pl_interval");
    "+" (INTERVAL/TIMETZ) TIMETZ Own("pg_interval_pl_timetz");
    "+" (TIMESTAMP/INTERVAL) TIMESTAMP Own("pg_timestamp_pl_interval");
    "+" (INTERVAL/TIMESTAMP) TIMESTAMP Own("pg_interval_pl_timestamp");
    "+" (TIMESTAMPTZ/INTERVAL) TIMESTAMPTZ Own("pg_timestamptz_pl_interval");
    "+" (INTERVAL/TIMESTAMPTZ) TIMESTAMPTZ Own("pg_interval_pl_timestamptz");
    "-" (DATE/DATE) INT4 Own("pg_date_mi");
    "-" (DATE/INT4) DATE Own("pg_date_mii");
    "-" (DATE/INTERVAL) TIMESTAMP Own("pg_date_mi_interval");
    "-" (INTERVAL/INTERVAL) INTERVAL Own("pg_interval_mi");
    "-" (TIME/TIME) INTERVAL Own("pg_time_mi_time");
    "-" (TIME/INTERVAL) TIME Own("pg_time_mi_interval");
    "-" (TIMETZ/INTERVAL) TIMETZ Own("pg_timetz_mi_interval");
    "-" (TIMESTAMP/TIMESTAMP) INTERVAL Own("pg_timestamp_mi");
    "-" (TIMESTAMP/INTERVAL) TIMESTAMP Own("pg_timestamp_mi_interval");
    "-" (TIMESTAMPTZ/TIMESTAMPTZ) INTERVAL Own("pg_timestamptz_mi");
    "-" (TIMESTAMPTZ/INTERVAL) TIMESTAMPTZ Own("pg_timestamptz_mi_interval");
    "-" (/INTERVAL) INTERVAL Own("pg_interval_um");
    "*" (INTERVAL/FLOAT8) INTERVAL Own("pg_interval_mul");
    "*" (FLOAT8/INTERVAL) INTERVAL Own("pg_mul_d_interval");
    "/" (INTERVAL/FLOAT8) INTERVAL Own("pg_interval_div");
    "+" (INT2/INT2) INT2 Own("pg_int2pl");
    "+" (INT2/INT4) INT4 Own("pg_int4pl");
    "+" (INT2/INT8) INT8 Own("pg_int8pl");
    "+" (INT4/INT2) INT4 Own("pg_int4pl");
    "+" (INT4/INT4) INT4 Own("pg_int4pl");
    "+" (INT4/INT8) INT8 Own("pg_int8pl");
    "+" (INT8/INT2) INT8 Own("pg_int8pl");
    "+" (INT8/INT4) INT8 Own("pg_int8pl");
    "+" (INT8/INT8) INT8 Own("pg_int8pl");
    "+" (FLOAT4/FLOAT4) FLOAT4 Own("pg_float4pl");
    "+" (FLOAT4/FLOAT8) FLOAT8 Own("pg_float8pl");
    "+" (FLOAT8/FLOAT4) FLOAT8 Own("pg_float8pl");
    "+" (FLOAT8/FLOAT8) FLOAT8 Own("pg_float8pl");
    "+" (NUMERIC/NUMERIC) NUMERIC Own("pg_numeric_add");
    "-" (INT2/INT2) INT2 Own("pg_int2mi");
    "-" (INT2/INT4) INT4 Own("pg_int4mi");
    "-" (INT2/INT8) INT8 Own("pg_int8mi");
    "-" (INT4/INT2) INT4 Own("pg_int4mi");
    "-" (INT4/INT4) INT4 Own("pg_int4mi");
    "-" (INT4/INT8) INT8 Own("pg_int8mi");
    "-" (INT8/INT2) INT8 Own("pg_int8mi");
    "-" (INT8/INT4) INT8 Own("pg_int8mi");
    "-" (INT8/INT8) INT8 Own("pg_int8mi");
    "-" (FLOAT4/FLOAT4) FLOAT4 Own("pg_float4mi");
    "-" (FLOAT4/FLOAT8) FLOAT8 Own("pg_float8mi");
    "-" (FLOAT8/FLOAT4) FLOAT8 Own("pg_float8mi");
    "-" (FLOAT8/FLOAT8) FLOAT8 Own("pg_float8mi");
    "-" (NUMERIC/NUMERIC) NUMERIC Own("pg_numeric_sub");
    "-" (JSONB/TEXT) JSONB Own("pg_jsonb_delete");
    "-" (JSONB/INT4) JSONB Own("pg_jsonb_delete_index");
    "-" (JSONB/TEXTS) JSONB Own("pg_jsonb_delete_keys");
    "*" (INT2/INT2) INT2 Own("pg_int2mul");
    "*" (INT2/INT4) INT4 Own("pg_int4mul");
    "*" (INT2/INT8) INT8 Own("pg_int8mul");
    "*" (INT4/INT2) INT4 Own("pg_int4mul");
    "*" (INT4/INT4) INT4 Own("pg_int4mul");
    "*" (INT4/INT8) INT8 Own("pg_int8mul");
    "*" (INT8/INT2) INT8 Own("pg_int8mul");
    "*" (INT8/INT4) INT8 Own("pg_int8mul");
    "*" (INT8/INT8) INT8 Own("pg_int8mul");
    "*" (FLOAT4/FLOAT4) FLOAT4 Own("pg_float4mul");
    "*" (FLOAT4/FLOAT8) FLOAT8 Own("pg_float8mul");
    "*" (FLOAT8/FLOAT4) FLOAT8 Own("pg_float8mul");
    "*" (FLOAT8/FLOAT8) FLOAT8 Own("pg_float8mul");
    "*" (NUMERIC/NUMERIC) NUMERIC Own("pg_numeric_mul");
    "/" (INT2/INT2) INT2 Own("pg_int2div");
    "/" (INT2/INT4) INT4 Own("pg_int4div");
    "/" (INT2/INT8) INT8 Own("pg_int8div");
    "/" (INT4/INT2) INT4 Own("pg_int4div");
    "/" (INT4/INT4) INT4 Own("pg_int4div");
    "/" (INT4/INT8) INT8 Own("pg_int8div");
    "/" (INT8/INT2) INT8 Own("pg_int8div");
    "/" (INT8/INT4) INT8 Own("pg_int8div");
    "/" (INT8/INT8) INT8 Own("pg_int8div");
    "/" (FLOAT4/FLOAT4) FLOAT4 Own("pg_float4div");
    "/" (FLOAT4/FLOAT8) FLOAT8 Own("pg_float8div");
    "/" (FLOAT8/FLOAT4) FLOAT8 Own("pg_float8div");
    "/" (FLOAT8/FLOAT8) FLOAT8 Own("pg_float8div");
    "/" (NUMERIC/NUMERIC) NUMERIC Own("pg_numeric_div");
    "%" (INT2/INT2) INT2 Own("pg_int2mod");
    "%" (INT4/INT4) INT4 Own("pg_int4mod");
    "%" (INT8/INT8) INT8 Own("pg_int8mod");
    "%" (NUMERIC/NUMERIC) NUMERIC Own("pg_numeric_mod");
    "^" (FLOAT8/FLOAT8) FLOAT8 Own("pg_dpow");
    "^" (NUMERIC/NUMERIC) NUMERIC Own("pg_numeric_power");
    "&" (INT2/INT2) INT2 Infix("&");
    "&" (INT4/INT4) INT4 Infix("&");
    "&" (INT8/INT8) INT8 Infix("&");
    "|" (INT2/INT2) INT2 Infix("|");
    "|" (INT4/INT4) INT4 Infix("|");
    "|" (INT8/INT8) INT8 Infix("|");
    "#" (INT2/INT2) INT2 Own("pg_int8xor");
    "#" (INT4/INT4) INT4 Own("pg_int8xor");
    "#" (INT8/INT8) INT8 Own("pg_int8xor");
    "<<" (INT2/INT4) INT2 Own("pg_int2shl");
    "<<" (INT4/INT4) INT4 Own("pg_int4shl");
    "<<" (INT8/INT4) INT8 Own("pg_int8shl");
    ">>" (INT2/INT4) INT2 Own("pg_int2shr");
    ">>" (INT4/INT4) INT4 Own("pg_int4shr");
    ">>" (INT8/INT4) INT8 Own("pg_int8shr");
    "||" (TEXT/TEXT) TEXT Infix("||");
    "||" (BYTEA/BYTEA) BYTEA Own("pg_byteacat");
    "||" (TEXT/ANYNONARRAY) TEXT Infix("||");
    "||" (ANYNONARRAY/TEXT) TEXT Infix("||");
    "||" (ANYCOMPATIBLEARRAY/ANYCOMPATIBLEARRAY) ANYCOMPATIBLEARRAY Own("pg_array_cat");
    "||" (ANYCOMPATIBLEARRAY/ANYCOMPATIBLE) ANYCOMPATIBLEARRAY Own("pg_array_append");
    "||" (ANYCOMPATIBLE/ANYCOMPATIBLEARRAY) ANYCOMPATIBLEARRAY Own("pg_array_prepend");
    "=" (ANYARRAY/ANYARRAY) BOOL Infix("=");
    "<>" (ANYARRAY/ANYARRAY) BOOL Infix("<>");
    "<" (ANYARRAY/ANYARRAY) BOOL Infix("<");
    "<=" (ANYARRAY/ANYARRAY) BOOL Infix("<=");
    ">" (ANYARRAY/ANYARRAY) BOOL Infix(">");
    ">=" (ANYARRAY/ANYARRAY) BOOL Infix(">=");
    "@>" (ANYARRAY/ANYARRAY) BOOL Own("pg_array_contains");
    "<@" (ANYARRAY/ANYARRAY) BOOL Own("pg_array_contained");
    "&&" (ANYARRAY/ANYARRAY) BOOL Own("pg_array_overlap");
    "<<" (INET/INET) BOOL Own("pg_network_sub");
    "<<=" (INET/INET) BOOL Own("pg_network_subeq");
    ">>" (INET/INET) BOOL Own("pg_network_sup");
    ">>=" (INET/INET) BOOL Own("pg_network_supeq");
    "&&" (INET/INET) BOOL Own("pg_network_overlap");
    "~" (/INET) INET Own("pg_inetnot");
    "&" (INET/INET) INET Own("pg_inetand");
    "|" (INET/INET) INET Own("pg_inetor");
    "+" (INET/INT8) INET Own("pg_inetpl");
    "+" (INT8/INET) INET Own("pg_int8pl_inet");
    "-" (INET/INT8) INET Own("pg_inetmi_int8");
    "-" (INET/INET) INT8 Own("pg_inetmi");
    "||" (VARBIT/VARBIT) VARBIT Infix("||");
    "~" (/BIT) BIT Own("pg_bitnot");
    "&" (BIT/BIT) BIT Own("pg_bitand");
    "|" (BIT/BIT) BIT Own("pg_bitor");
    "#" (BIT/BIT) BIT Own("pg_bitxor");
    "<<" (BIT/INT4) BIT Own("pg_bitshiftleft");
    ">>" (BIT/INT4) BIT Own("pg_bitshiftright");
    "~" (/MACADDR) MACADDR Own("pg_macaddr_not");
    "&" (MACADDR/MACADDR) MACADDR Own("pg_macaddr_and");
    "|" (MACADDR/MACADDR) MACADDR Own("pg_macaddr_or");
    "~" (/MACADDR8) MACADDR8 Own("pg_macaddr8_not");
    "&" (MACADDR8/MACADDR8) MACADDR8 Own("pg_macaddr8_and");
    "|" (MACADDR8/MACADDR8) MACADDR8 Own("pg_macaddr8_or");
    "=" (OIDVECTOR/OIDVECTOR) BOOL Infix("=");
    "<>" (OIDVECTOR/OIDVECTOR) BOOL Infix("<>");
    "=" (XID/XID) BOOL Infix("=");
    "<>" (XID/XID) BOOL Infix("<>");
    "->" (JSON/TEXT) JSON Own("pg_json_field");
    "->" (JSON/INT4) JSON Own("pg_json_element");
    "->" (JSONB/TEXT) JSONB Own("pg_jsonb_field");
    "->" (JSONB/INT4) JSONB Own("pg_jsonb_element");
    "->>" (JSON/TEXT) TEXT Own("pg_json_field_text");
    "->>" (JSON/INT4) TEXT Own("pg_json_element_text");
    "->>" (JSONB/TEXT) TEXT Own("pg_jsonb_field_text");
    "->>" (JSONB/INT4) TEXT Own("pg_jsonb_element_text");
    "#>" (JSON/TEXTS) JSON Own("pg_json_path");
    "#>" (JSONB/TEXTS) JSONB Own("pg_jsonb_path");
    "#>>" (JSON/TEXTS) TEXT Own("pg_json_path_text");
    "#>>" (JSONB/TEXTS) TEXT Own("pg_jsonb_path_text");
    "@>" (JSONB/JSONB) BOOL Own("pg_jsonb_contains");
    "<@" (JSONB/JSONB) BOOL Own("pg_jsonb_contained");
    "?" (JSONB/TEXT) BOOL Own("pg_jsonb_exists");
    "?|" (JSONB/TEXTS) BOOL Own("pg_jsonb_exists_any");
    "?&" (JSONB/TEXTS) BOOL Own("pg_jsonb_exists_all");
    "||" (JSONB/JSONB) JSONB Own("pg_jsonb_concat");
    "#-" (JSONB/TEXTS) JSONB Own("pg_jsonb_delete_path");
    "@?" (JSONB/JSONPATH) BOOL Own("pg_jsonb_path_exists_opr");
    "@@" (JSONB/JSONPATH) BOOL Own("pg_jsonb_path_match_opr");
    "@@" (TEXT/TEXT) BOOL Missing("full-text search");
    "~~" (NAME/TEXT) BOOL Own("pg_textlike");
    "~~" (BPCHAR/TEXT) BOOL Own("pg_textlike");
    "~~" (TEXT/TEXT) BOOL Own("pg_textlike");
    "~~" (BYTEA/BYTEA) BOOL Own("pg_bytealike");
    "!~~" (NAME/TEXT) BOOL Own("pg_textnlike");
    "!~~" (BPCHAR/TEXT) BOOL Own("pg_textnlike");
    "!~~" (TEXT/TEXT) BOOL Own("pg_textnlike");
    "!~~" (BYTEA/BYTEA) BOOL Own("pg_byteanlike");
    "~~*" (NAME/TEXT) BOOL Own("pg_texticlike");
    "~~*" (BPCHAR/TEXT) BOOL Own("pg_texticlike");
    "~~*" (TEXT/TEXT) BOOL Own("pg_texticlike");
    "!~~*" (NAME/TEXT) BOOL Own("pg_texticnlike");
    "!~~*" (BPCHAR/TEXT) BOOL Own("pg_texticnlike");
    "!~~*" (TEXT/TEXT) BOOL Own("pg_texticnlike");
    "^@" (TEXT/TEXT) BOOL Own("pg_text_starts_with");
    "~<~" (TEXT/TEXT) BOOL Infix("<");
    "~<=~" (TEXT/TEXT) BOOL Infix("<=");
    "~>~" (TEXT/TEXT) BOOL Infix(">");
    "~>=~" (TEXT/TEXT) BOOL Infix(">=");
    "~<~" (BPCHAR/BPCHAR) BOOL Infix("<");
    "~<=~" (BPCHAR/BPCHAR) BOOL Infix("<=");
    "~>~" (BPCHAR/BPCHAR) BOOL Infix(">");
    "~>=~" (BPCHAR/BPCHAR) BOOL Infix(">=");
    "~" (NAME/TEXT) BOOL Own("pg_textregexeq");
    "~" (BPCHAR/TEXT) BOOL Own("pg_textregexeq");
    "~" (TEXT/TEXT) BOOL Own("pg_textregexeq");
    "!~" (NAME/TEXT) BOOL Own("pg_textregexne");
    "!~" (BPCHAR/TEXT) BOOL Own("pg_textregexne");
    "!~" (TEXT/TEXT) BOOL Own("pg_textregexne");
    "~*" (NAME/TEXT) BOOL Own("pg_texticregexeq");
    "~*" (BPCHAR/TEXT) BOOL Own("pg_texticregexeq");
    "~*" (TEXT/TEXT) BOOL Own("pg_texticregexeq");
    "!~*" (NAME/TEXT) BOOL Own("pg_texticregexne");
    "!~*" (BPCHAR/TEXT) BOOL Own("pg_texticregexne");
    "!~*" (TEXT/TEXT) BOOL Own("pg_texticregexne");
    "+" (/INT2) INT2 Same;
    "+" (/INT4) INT4 Same;
    "+" (/INT8) INT8 Same;
    "+" (/FLOAT4) FLOAT4 Same;
    "+" (/FLOAT8) FLOAT8 Same;
    "+" (/NUMERIC) NUMERIC Same;
    "-" (/INT2) INT2 Own("pg_int2um");
    "-" (/INT4) INT4 Own("pg_int4um");
    "-" (/INT8) INT8 Own("pg_int8um");
    "-" (/FLOAT4) FLOAT4 Own("pg_float8um");
    "-" (/FLOAT8) FLOAT8 Own("pg_float8um");
    "-" (/NUMERIC) NUMERIC Own("pg_numeric_uminus");
    "~" (/INT2) INT2 Prefix("~");
    "~" (/INT4) INT4 Prefix("~");
    "~" (/INT8) INT8 Prefix("~");
    "@" (/INT2) INT2 Own("pg_int2abs");
    "@" (/INT4) INT4 Own("pg_int4abs");
    "@" (/INT8) INT8 Own("pg_int8abs");
    "@" (/FLOAT4) FLOAT4 Own("pg_float8abs");
    "@" (/FLOAT8) FLOAT8 Own("pg_float8abs");
    "@" (/NUMERIC) NUMERIC Own("pg_numeric_abs");
    "|/" (/FLOAT8) FLOAT8 Own("pg_dsqrt");
    "||/" (/FLOAT8) FLOAT8 Own("pg_dcbrt");
};

static ALL: LazyLock<Vec<Operator>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for (left, right) in COMPARABLE {
        for name in ["=", "<>", "<", "<=", ">", ">="] {
            let emission = Infix(name);
            all.push(Operator { name, left: Some(*left), right: *right, result: Type::BOOL, emission });
        }
    }
    all.extend_from_slice(OTHERS);
    all
});

/// Names in PostgreSQL 15's `pg_operator` that have no line in the table, sorted.
static ELSEWHERE: &[&str] = &[
    "!!", "##", "#-", "#>", "#>>", "&&", "&<", "&<|", "&>", "*<", "*<=", "*<>", "*=", "*>", "*>=", "->", "->>", "-|-",
    "<->", "<<|", "<@", "<^", ">^", "?", "?#", "?&", "?-", "?-|", "?|", "?||", "@-@", "@>", "@@@", "|&>", "|>>", "~=",
];

/// Whether PostgreSQL has an operator of this name for other types than ours.
pub fn is_postgres_operator(name: &str) -> bool {
    ELSEWHERE.contains(&name)
}

/// The function whose result an operand of a comparison is compared by, where that is not its stored form: an interval
/// is equal to others of the same length, and a day or local time compares with an instant by the session's zone,
/// without an error where there is no such timestamp.
pub fn comparison_key(operand: Type, other: Type) -> Option<&'static str> {
    Some(match (operand, other) {
        (Type::INTERVAL, Type::INTERVAL) => INTERVAL_KEY,
        (Type::DATE, Type::TIMESTAMP) => "pg_date_cmp_timestamp",
        (Type::DATE, Type::TIMESTAMPTZ) => "pg_date_cmp_timestamptz",
        (Type::TIMESTAMP, Type::TIMESTAMPTZ) => "pg_timestamp_cmp_timestamptz",
        _ => return None,
    })
}

/// All operators.
pub fn all() -> &'static [Operator] {
    &ALL
}
