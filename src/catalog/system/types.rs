//! `pg_type` and `pg_enum`: PostgreSQL's own types, and those that users have made.

use super::attributes::{default_text, for_column};
use super::builtin::{self, TypeFacts};
use super::{OWNER, Rows, Seen, char, oid, text};
use crate::catalog::{Catalog, ColumnDefault, Domain, Object};
use crate::types::identifier::{qualified, quote_ident};
use crate::types::{Type, Value};

/// `pg_proc.oid` of what reads and writes enums and arrays.
const ENUM_IN: u32 = 3506;
const ENUM_OUT: u32 = 3507;
const ENUM_RECV: u32 = 3532;
const ENUM_SEND: u32 = 3533;
const DOMAIN_IN: u32 = 2597;
const DOMAIN_RECV: u32 = 2598;
const RECORD_IN: u32 = 2290;
const RECORD_OUT: u32 = 2291;
const RECORD_RECV: u32 = 2402;
const RECORD_SEND: u32 = 2403;
const ARRAY_IN: u32 = 750;
const ARRAY_OUT: u32 = 751;
const ARRAY_RECV: u32 = 2400;
const ARRAY_SEND: u32 = 2401;
const ARRAY_ANALYZE: u32 = 3816;
const ARRAY_SUBSCRIPT: u32 = 6179;

/// Functions that users' types are read and written by.
pub const FUNCTIONS: [u32; 11] = [
    ENUM_IN,
    ENUM_OUT,
    ENUM_RECV,
    ENUM_SEND,
    ARRAY_ANALYZE,
    DOMAIN_IN,
    DOMAIN_RECV,
    RECORD_IN,
    RECORD_OUT,
    RECORD_RECV,
    RECORD_SEND,
];

/// Longest name, in bytes.
const MAX_NAME: usize = 63;

/// The name of an enum's array type (`makeArrayTypeName`).
fn array_name(catalog: &Catalog, of: &Object) -> String {
    let mut name = format!("_{}", of.name());
    loop {
        let end = (0..=MAX_NAME.min(name.len())).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
        name.truncate(end);
        if catalog.type_named(of.schema(), &name).is_none() {
            return name;
        }
        name.insert(0, '_');
    }
}

/// `typname` of any type.
pub fn type_name(catalog: &Catalog, ty: Type) -> String {
    match catalog.type_object(ty) {
        Some(of) if ty.is_array() => array_name(catalog, of),
        Some(of) => of.name().to_owned(),
        None => ty.name().to_owned(),
    }
}

/// The schema of any type.
pub fn type_schema(catalog: &Catalog, ty: Type) -> &str {
    catalog.type_object(ty).map_or("pg_catalog", Object::schema)
}

/// A user's type as it must be written where names are looked up in `path`; `None` if there is no such type.
pub fn shown_user_type<'p>(catalog: &Catalog, path: impl Iterator<Item = &'p str>, ty: Type) -> Option<String> {
    let of = catalog.type_object(ty)?;
    let name = match first_in_path(catalog, path, of.name()) == Some(of.oid()) {
        true => quote_ident(of.name()),
        false => qualified(of.schema(), of.name()),
    };
    Some(if ty.is_array() { format!("{name}[]") } else { name })
}

/// The type that a bare name means. PostgreSQL's own are looked for first.
fn first_in_path<'p>(catalog: &Catalog, mut path: impl Iterator<Item = &'p str>, name: &str) -> Option<u32> {
    if Type::all().iter().any(|info| info.name == name) {
        return None;
    }
    let row_type = |schema: &str| catalog.relation(schema, name).filter(|object| object.has_row_type());
    path.find_map(|schema| catalog.type_named(schema, name).or_else(|| row_type(schema))).map(Object::oid)
}

impl Seen<'_> {
    /// A text that users' types are marked in, with their names.
    pub fn with_type_names(&self, text: &str) -> String {
        let name = |ty: Type| shown_user_type(self.catalog, self.schemas(), ty);
        Type::with_names(text, |ty| name(ty).or_else(|| Some("???".to_owned())))
    }

    /// `pg_type_is_visible`; `None` where there is no such type.
    pub fn type_is_visible(&self, ty: Type) -> Option<bool> {
        match self.catalog.type_object(ty) {
            // Nobody can name an array type otherwise than by its element's.
            Some(of) => Some(first_in_path(self.catalog, self.schemas(), of.name()) == Some(of.oid())),
            None => (!ty.is_users() && ty.info().is_some()).then_some(true),
        }
    }
}

/// What `pg_attribute` repeats of a user's type.
pub fn user_type_facts(ty: Type) -> TypeFacts {
    let array = builtin::type_facts(Type::TEXT.array().unwrap_or(Type::TEXT));
    let of = ty.element().unwrap_or(ty);
    if of.is_row() {
        return TypeFacts { collation: 0, align: b'd', ..array };
    }
    match ty.is_enum() {
        true => builtin::type_facts(Type::ANYENUM),
        false => TypeFacts { collation: 0, ..array },
    }
}

pub fn types(seen: &Seen, rows: &mut Rows) {
    rows.rows = builtin::types(rows.relation, seen.language);
    for of in seen.catalog.enums() {
        let (ty, schema) = (of.ty(), seen.namespace(&of.schema).unwrap_or(0));
        let array = ty.array().unwrap_or(ty);
        for (ty, name) in [(ty, of.name.clone()), (array, type_name(seen.catalog, array))] {
            let facts = user_type_facts(ty);
            let is_enum = ty.is_enum();
            let either = |of_enum: u32, of_array: u32| oid(if is_enum { of_enum } else { of_array });
            rows.push([
                ("oid", oid(ty.0)),
                ("typname", text(name)),
                ("typnamespace", oid(schema)),
                ("typowner", oid(OWNER)),
                ("typlen", Value::Int2(facts.len)),
                ("typbyval", Value::Bool(facts.by_value)),
                ("typtype", char(if is_enum { b'e' } else { b'b' })),
                ("typcategory", char(if is_enum { b'E' } else { b'A' })),
                ("typisdefined", Value::Bool(true)),
                ("typdelim", char(b',')),
                ("typsubscript", either(0, ARRAY_SUBSCRIPT)),
                ("typelem", oid(ty.element().map_or(0, |element| element.0))),
                ("typarray", oid(ty.array().map_or(0, |array| array.0))),
                ("typinput", either(ENUM_IN, ARRAY_IN)),
                ("typoutput", either(ENUM_OUT, ARRAY_OUT)),
                ("typreceive", either(ENUM_RECV, ARRAY_RECV)),
                ("typsend", either(ENUM_SEND, ARRAY_SEND)),
                ("typanalyze", either(0, ARRAY_ANALYZE)),
                ("typalign", char(facts.align)),
                ("typstorage", char(facts.storage)),
                ("typtypmod", Value::Int4(-1)),
            ]);
        }
    }
    for domain in seen.catalog.domains() {
        of_domain(seen, domain, rows);
    }
    for of in seen.catalog.objects().filter(|object| object.has_row_type()) {
        of_relation(seen, of, rows);
    }
}

/// The row of a relation's row type, and its array type's.
fn of_relation(seen: &Seen, of: &Object, rows: &mut Rows) {
    let schema = seen.namespace(of.schema()).unwrap_or(0);
    let ty = Type::of_relation(of.oid());
    let array = ty.array().unwrap_or(ty);
    let mut push = |name: String, ty: Type, fields: &[(&str, Value)]| {
        rows.push([
            ("oid", oid(ty.0)),
            ("typname", text(name)),
            ("typnamespace", oid(schema)),
            ("typowner", oid(OWNER)),
            ("typlen", Value::Int2(-1)),
            ("typisdefined", Value::Bool(true)),
            ("typdelim", char(b',')),
            ("typalign", char(b'd')),
            ("typstorage", char(b'x')),
            ("typtypmod", Value::Int4(-1)),
        ]);
        fields.iter().for_each(|(name, value)| rows.set(name, value.clone()));
    };
    let of_row = [
        ("typtype", char(b'c')),
        ("typcategory", char(b'C')),
        ("typrelid", oid(of.oid())),
        ("typarray", oid(array.0)),
        ("typinput", oid(RECORD_IN)),
        ("typoutput", oid(RECORD_OUT)),
        ("typreceive", oid(RECORD_RECV)),
        ("typsend", oid(RECORD_SEND)),
    ];
    let of_array = [
        ("typtype", char(b'b')),
        ("typcategory", char(b'A')),
        ("typsubscript", oid(ARRAY_SUBSCRIPT)),
        ("typelem", oid(ty.0)),
        ("typinput", oid(ARRAY_IN)),
        ("typoutput", oid(ARRAY_OUT)),
        ("typreceive", oid(ARRAY_RECV)),
        ("typsend", oid(ARRAY_SEND)),
        ("typanalyze", oid(ARRAY_ANALYZE)),
    ];
    push(of.name().to_owned(), ty, &of_row);
    push(type_name(seen.catalog, array), array, &of_array);
}

/// A domain's row, and its array type's.
fn of_domain(seen: &Seen, domain: &Domain, rows: &mut Rows) {
    let schema = seen.namespace(&domain.schema).unwrap_or(0);
    let (array, facts) = (domain.oid + 1, builtin::type_facts(domain.ty));
    let at = |name: &str| rows.relation.columns.iter().position(|column| column.name == name);
    let base = rows.rows.iter().find(|row| row.first() == Some(&oid(domain.ty.0)));
    let of_base = |name: &str| at(name).and_then(|at| base?.get(at).cloned()).unwrap_or(Value::Null);
    let same =
        [of_base("typcategory"), of_base("typoutput"), of_base("typsend"), of_base("typanalyze"), of_base("typdelim")];
    let [category, output, send, analyze, delimiter] = same;
    let collation = collation_of(domain);
    let default = domain.default.as_ref().map(|default| {
        let text = default_text(seen, default).unwrap_or_default();
        match default {
            ColumnDefault::Expression(_) => for_column(domain.ty, domain.typmod, &text),
            ColumnDefault::NextValue(_) => text,
        }
    });
    let shown = default.as_ref().map(|default| seen.language.shown(seen, None, default, false));
    rows.push([
        ("oid", oid(domain.oid)),
        ("typname", text(&domain.name)),
        ("typnamespace", oid(schema)),
        ("typowner", oid(OWNER)),
        ("typlen", Value::Int2(facts.len)),
        ("typbyval", Value::Bool(facts.by_value)),
        ("typtype", char(b'd')),
        ("typcategory", category),
        ("typisdefined", Value::Bool(true)),
        ("typdelim", delimiter),
        ("typarray", oid(array)),
        ("typinput", oid(DOMAIN_IN)),
        ("typoutput", output),
        ("typreceive", oid(DOMAIN_RECV)),
        ("typsend", send),
        ("typanalyze", analyze),
        ("typalign", char(facts.align)),
        ("typstorage", char(facts.storage)),
        ("typnotnull", Value::Bool(domain.not_null)),
        ("typbasetype", oid(if domain.parent == 0 { domain.ty.0 } else { domain.parent })),
        ("typtypmod", Value::Int4(if domain.parent == 0 { domain.typmod } else { -1 })),
        ("typndims", Value::Int4(domain.dimensions)),
        ("typcollation", oid(collation)),
        ("typdefaultbin", default.map_or(Value::Null, Value::Text)),
        ("typdefault", shown.map_or(Value::Null, Value::Text)),
    ]);
    rows.push([
        ("oid", oid(array)),
        ("typname", text(type_name(seen.catalog, Type(array)))),
        ("typnamespace", oid(schema)),
        ("typowner", oid(OWNER)),
        ("typlen", Value::Int2(-1)),
        ("typtype", char(b'b')),
        ("typcategory", char(b'A')),
        ("typisdefined", Value::Bool(true)),
        ("typdelim", char(b',')),
        ("typsubscript", oid(ARRAY_SUBSCRIPT)),
        ("typelem", oid(domain.oid)),
        ("typinput", oid(ARRAY_IN)),
        ("typoutput", oid(ARRAY_OUT)),
        ("typreceive", oid(ARRAY_RECV)),
        ("typsend", oid(ARRAY_SEND)),
        ("typanalyze", oid(ARRAY_ANALYZE)),
        ("typalign", char(if facts.align == b'd' { b'd' } else { b'i' })),
        ("typstorage", char(b'x')),
        ("typtypmod", Value::Int4(-1)),
        ("typcollation", oid(collation)),
    ]);
}

/// `attcollation` of a column of a type and domain, which names it or not.
pub fn column_collation(catalog: &Catalog, (ty, domain): (Type, u32), named: Option<&str>) -> u32 {
    match (named.and_then(builtin::collation), catalog.domain(domain)) {
        (Some(named), _) => named,
        (None, Some(domain)) => collation_of(domain),
        (None, None) => builtin::type_facts(ty).collation,
    }
}

/// `typcollation`.
pub fn collation_of(domain: &Domain) -> u32 {
    let named = domain.collation.as_deref().and_then(|name| builtin::named("pg_collation", name));
    named.unwrap_or(builtin::type_facts(domain.ty).collation)
}

pub fn labels(seen: &Seen, rows: &mut Rows) {
    for of in seen.catalog.enums() {
        for label in &of.labels {
            rows.push([
                ("oid", oid(label.oid)),
                ("enumtypid", oid(of.oid)),
                ("enumsortorder", Value::Float4(label.order)),
                ("enumlabel", text(&label.label)),
            ]);
        }
    }
}
