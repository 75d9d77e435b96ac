//! What PostgreSQL 15 has in a fresh database: types, functions, operators and so on.
//!
//! The files in `data` are PostgreSQL's own (`COPY … TO`), of things over types that Quorlite has or may have; rows about
//! what it has not are left out here, where it is known what that is.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, OnceLock};

use super::{Language, Relation, relation};
use crate::types::timestamp::Zone;
use crate::types::{Type, Value, text};

/// A file of rows.
pub trait File {
    const ROWS: &'static str;
}

macro_rules! files {
    ($($name:ident $file:literal;)*) => {
        $(pub struct $name;
        impl File for $name {
            const ROWS: &'static str = include_str!(concat!("data/", $file, ".tsv"));
        })*
    };
}

files! {
    Am "pg_am";
    Languages "pg_language";
    Extensions "pg_extension";
    Collations "pg_collation";
    Namespaces "pg_namespace";
    Tablespaces "pg_tablespace";
    Members "pg_auth_members";
    Descriptions "pg_description";
    SharedDescriptions "pg_shdescription";
    Types "pg_type";
    Functions "pg_proc";
    Operators "pg_operator";
    Casts "pg_cast";
    OperatorClasses "pg_opclass";
    OperatorFamilies "pg_opfamily";
    FamilyOperators "pg_amop";
    FamilyFunctions "pg_amproc";
    Aggregates "pg_aggregate";
    Roles "pg_authid";
    Settings "pg_settings";
    Features "sql_features";
    ImplementationInfo "sql_implementation_info";
    Parts "sql_parts";
    Sizing "sql_sizing";
}

/// A field as `COPY` writes it.
fn field(text: &str) -> Option<String> {
    if text == "\\N" {
        return None;
    }
    if !text.contains('\\') {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, if c == '\\' { characters.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('b')) => out.push('\u{8}'),
            ('\\', Some(other)) => out.push(other),
            (c, _) => out.push(c),
        }
    }
    Some(out)
}

/// All rows of a file. A value that can't be read is NULL, and a test sees to it that there is none.
pub fn all<F: File>(relation: &'static Relation, _: &dyn Language) -> Vec<Vec<Value>> {
    rows::<F>(relation)
}

fn rows<F: File>(relation: &'static Relation) -> Vec<Vec<Value>> {
    F::ROWS.lines().map(|line| row(relation, line)).collect()
}

/// Rows of a text that is written as the files are.
pub fn rows_of(relation: &'static Relation, text: &str) -> Vec<Vec<Value>> {
    text.lines().map(|line| row(relation, line)).collect()
}

fn row(relation: &'static Relation, line: &str) -> Vec<Value> {
    let zone = Zone::utc();
    let value = |(text, column): (&str, &super::Column)| match field(text) {
        None => Value::Null,
        Some(text) => text::input(column.ty, &text, &zone, 0).unwrap_or(Value::Null),
    };
    line.split('\t').zip(&relation.columns).map(value).collect()
}

pub fn number(value: &Value) -> u32 {
    match value {
        Value::Oid(oid) => *oid,
        _ => 0,
    }
}

pub fn at<'r>(relation: &Relation, row: &'r [Value], name: &str) -> &'r Value {
    let position = relation.columns.iter().position(|column| column.name == name).unwrap_or(0);
    row.get(position).unwrap_or(&Value::Null)
}

fn oid_at(relation: &Relation, row: &[Value], name: &str) -> u32 {
    number(at(relation, row, name))
}

pub fn text_at<'r>(relation: &Relation, row: &'r [Value], name: &str) -> &'r str {
    match at(relation, row, name) {
        Value::Text(text) => text,
        _ => "",
    }
}

fn known_type(oid: u32) -> bool {
    Type(oid).info().is_some()
}

/// A function, as far as it may stand for another.
pub struct Routine {
    pub oid: u32,
    pub name: &'static str,
    /// What does it, in C.
    pub source: &'static str,
    pub args: Vec<Type>,
}

/// The name of a function, whether there is anything that it could do here or not.
pub fn function_name(oid: u32) -> Option<&'static str> {
    let line = |line: &'static str| {
        let (number, rest) = line.split_once('\t')?;
        (number.parse() == Ok(oid)).then(|| rest.split('\t').next())?
    };
    Functions::ROWS.lines().find_map(line)
}

/// The plain functions that return one value and are written in C.
pub fn routines() -> impl Iterator<Item = Routine> {
    const INTERNAL: &str = "12";
    let routine = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [oid, name, _, _, language, _, _, _, _, kind, _, _, _, set] = fields.get(..14)? else { return None };
        if *language != INTERNAL || *kind != "f" || *set != "f" {
            return None;
        }
        let args = fields.get(19)?.split_ascii_whitespace().map(|oid| oid.parse().map(Type));
        Some(Routine {
            oid: oid.parse().ok()?,
            name,
            source: fields.get(25)?,
            args: args.collect::<Result<_, _>>().ok()?,
        })
    };
    Functions::ROWS.lines().filter_map(routine)
}

/// An operator's name and operands (of a prefix operator one), and the OID of its function.
pub fn operator_routines() -> impl Iterator<Item = (&'static str, Option<Type>, Type, u32)> {
    let operator = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |index: usize| fields.get(index)?.parse::<u32>().ok();
        let left = number(7)?;
        Some((*fields.get(1)?, (left != 0).then_some(Type(left)), Type(number(8)?), number(12)?))
    };
    Operators::ROWS.lines().filter_map(operator)
}

/// Types that we have, and pseudo-types that signatures use.
pub fn types(relation: &'static Relation, _: &dyn Language) -> Vec<Vec<Value>> {
    let mut rows = rows::<Types>(relation);
    rows.retain(|row| known_type(number(&row[0])) || at(relation, row, "typtype") == &Value::Char(b'p'));
    rows
}

pub fn operators(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    let mut rows = rows::<Operators>(relation);
    rows.retain(|row| {
        let left = oid_at(relation, row, "oprleft");
        let right = Type(oid_at(relation, row, "oprright"));
        language.knows_operator(text_at(relation, row, "oprname"), (left != 0).then_some(Type(left)), right)
    });
    rows
}

pub fn casts(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    let mut rows = rows::<Casts>(relation);
    rows.retain(|row| {
        let (from, to) = (oid_at(relation, row, "castsource"), oid_at(relation, row, "casttarget"));
        known_type(from) && known_type(to) && language.knows_cast(Type(from), Type(to))
    });
    rows
}

/// Functions that we have, and those behind the operators, casts and types that we have. Made once: there is one language.
pub fn functions(relation: &'static Relation, language: &dyn Language) -> &'static [Vec<Value>] {
    static ALL: OnceLock<Vec<Vec<Value>>> = OnceLock::new();
    ALL.get_or_init(|| known_functions(relation, language))
}

fn known_functions(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    let mut behind: HashSet<u32> = HashSet::new();
    let mut collect = |name: &str, columns: &[&str], make: fn(&'static Relation, &dyn Language) -> Vec<Vec<Value>>| {
        let Some(of) = super::relation("pg_catalog", name) else { return };
        for row in make(of, language) {
            behind.extend(columns.iter().map(|column| oid_at(of, &row, column)));
        }
    };
    collect("pg_operator", &["oprcode", "oprrest", "oprjoin"], operators);
    collect("pg_cast", &["castfunc"], casts);
    collect("pg_amproc", &["amproc"], family_functions);
    collect("pg_am", &["amhandler"], all::<Am>);
    collect(
        "pg_type",
        &["typsubscript", "typinput", "typoutput", "typreceive", "typsend", "typmodin", "typmodout"],
        types,
    );
    behind.extend(super::types::FUNCTIONS);
    behind.extend(super::triggers::FUNCTIONS);
    let mut rows = rows::<Functions>(relation);
    rows.retain(|row| {
        let Value::Vector(args) = at(relation, row, "proargtypes") else { return false };
        let args: Vec<Type> = args.elements.iter().map(|arg| Type(number(arg))).collect();
        behind.contains(&number(&row[0])) || language.knows_function(text_at(relation, row, "proname"), &args)
    });
    rows
}

/// The row of one function of [`functions`].
pub fn function(relation: &'static Relation, language: &dyn Language, oid: u32) -> Option<&'static [Value]> {
    static PLACES: OnceLock<HashMap<u32, usize>> = OnceLock::new();
    let all = functions(relation, language);
    let places = || all.iter().enumerate().map(|(place, row)| (number(&row[0]), place)).collect();
    all.get(*PLACES.get_or_init(places).get(&oid)?).map(Vec::as_slice)
}

pub fn aggregates(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    let Some(of) = super::relation("pg_catalog", "pg_proc") else { return Vec::new() };
    let known: HashSet<String> = functions(of, language)
        .iter()
        .filter(|row| at(of, row, "prokind") == &Value::Char(b'a'))
        .map(|row| number(&row[0]).to_string())
        .collect();
    let lines = Aggregates::ROWS.lines().filter(|line| line.split('\t').next().is_some_and(|oid| known.contains(oid)));
    lines.map(|line| row(relation, line)).collect()
}

pub fn operator_classes(relation: &'static Relation, _: &dyn Language) -> Vec<Vec<Value>> {
    let mut rows = rows::<OperatorClasses>(relation);
    rows.retain(|row| known_type(oid_at(relation, row, "opcintype")));
    rows
}

pub fn operator_families(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    let Some(of) = super::relation("pg_catalog", "pg_opclass") else { return Vec::new() };
    let used: HashSet<u32> = operator_classes(of, language).iter().map(|row| oid_at(of, row, "opcfamily")).collect();
    let mut rows = rows::<OperatorFamilies>(relation);
    rows.retain(|row| used.contains(&number(&row[0])));
    rows
}

/// Operators of the families, of types that we have.
pub fn family_operators(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    of_families(rows::<FamilyOperators>(relation), relation, language, ["amopfamily", "amoplefttype", "amoprighttype"])
}

/// Support functions of the families, of types that we have.
pub fn family_functions(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    let columns = ["amprocfamily", "amproclefttype", "amprocrighttype"];
    of_families(rows::<FamilyFunctions>(relation), relation, language, columns)
}

fn of_families(
    mut rows: Vec<Vec<Value>>,
    relation: &'static Relation,
    language: &dyn Language,
    [family, left, right]: [&str; 3],
) -> Vec<Vec<Value>> {
    let Some(of) = super::relation("pg_catalog", "pg_opfamily") else { return Vec::new() };
    let families: HashSet<u32> = operator_families(of, language).iter().map(|row| number(&row[0])).collect();
    rows.retain(|row| {
        families.contains(&oid_at(relation, row, family))
            && [left, right].into_iter().all(|column| known_type(oid_at(relation, row, column)))
    });
    rows
}

/// PostgreSQL's own descriptions, of what there is.
pub fn descriptions(relation: &'static Relation, language: &dyn Language) -> Vec<Vec<Value>> {
    static ALL: OnceLock<Vec<Vec<Value>>> = OnceLock::new();
    let make = || {
        let mut listed: HashMap<u32, HashSet<u32>> = HashMap::new();
        let oids = |rows: &[Vec<Value>]| rows.iter().map(|row| number(&row[0])).collect();
        if let Some(of) = super::relation("pg_catalog", "pg_proc") {
            listed.insert(of.oid, oids(functions(of, language)));
        }
        if let Some(of) = super::relation("pg_catalog", "pg_operator") {
            listed.insert(of.oid, oids(&operators(of, language)));
        }
        let mut rows = rows::<Descriptions>(relation);
        rows.retain(|row| listed.get(&number(&row[1])).is_none_or(|listed| listed.contains(&number(&row[0]))));
        rows
    };
    ALL.get_or_init(make).clone()
}

/// Of the databases that there are: this one.
pub fn shared_descriptions(relation: &'static Relation) -> Vec<Vec<Value>> {
    let mut rows = rows::<SharedDescriptions>(relation);
    rows.retain(|row| number(&row[0]) == super::DATABASE);
    rows
}

/// `pg_am.oid` of tables.
pub const HEAP: u32 = 2;

/// What `pg_attribute` repeats of `pg_type`.
#[derive(Clone, Copy)]
pub struct TypeFacts {
    pub len: i16,
    pub by_value: bool,
    pub align: u8,
    pub storage: u8,
    pub collation: u32,
}

static FACTS: LazyLock<HashMap<u32, TypeFacts>> = LazyLock::new(|| {
    let mut facts = HashMap::new();
    let Some(types) = relation("pg_catalog", "pg_type") else { return facts };
    for row in rows::<Types>(types) {
        let (Value::Int2(len), Value::Char(align), Value::Char(storage)) =
            (at(types, &row, "typlen"), at(types, &row, "typalign"), at(types, &row, "typstorage"))
        else {
            continue;
        };
        let oid = number(&row[0]);
        facts.insert(
            oid,
            TypeFacts {
                len: *len,
                by_value: at(types, &row, "typbyval") == &Value::Bool(true),
                align: *align,
                storage: *storage,
                collation: oid_at(types, &row, "typcollation"),
            },
        );
    }
    facts
});

pub fn type_facts(ty: Type) -> TypeFacts {
    if ty.is_users() {
        return super::types::user_type_facts(ty);
    }
    let nothing = TypeFacts { len: -1, by_value: false, align: b'i', storage: b'p', collation: 0 };
    FACTS.get(&ty.0).copied().unwrap_or(nothing)
}

/// `pg_collation.oid` by name.
pub fn collation(name: &str) -> Option<u32> {
    let mut lines = Collations::ROWS.lines().map(|line| line.split('\t'));
    lines.find_map(|mut fields| {
        let oid = fields.next()?.parse().ok()?;
        (fields.next()? == name).then_some(oid)
    })
}

static NAMESPACES: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let line = |line: &'static str| {
        let (oid, rest) = line.split_once('\t')?;
        Some((rest.split('\t').next()?, oid.parse().ok()?))
    };
    Namespaces::ROWS.lines().filter_map(line).collect()
});

pub fn namespace(name: &str) -> Option<u32> {
    NAMESPACES.get(name).copied()
}

/// The catalogs whose rows begin with an OID and a name.
fn named_lines(catalog: &str) -> Option<&'static str> {
    Some(match catalog {
        "pg_am" => Am::ROWS,
        "pg_collation" => Collations::ROWS,
        "pg_language" => Languages::ROWS,
        "pg_extension" => Extensions::ROWS,
        "pg_tablespace" => Tablespaces::ROWS,
        "pg_authid" => Roles::ROWS,
        _ => return None,
    })
}

/// The OID of a thing by its name, in one of them.
pub fn named(catalog: &str, name: &str) -> Option<u32> {
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let (oid, other) = (fields.next()?, fields.next()?);
        if other == name { oid.parse().ok() } else { None }
    };
    named_lines(catalog)?.lines().find_map(line)
}

/// And the name by the OID.
pub fn name_in(catalog: &str, oid: u32) -> Option<String> {
    let line = |line: &str| {
        let mut fields = line.split('\t');
        let (other, name) = (fields.next()?, fields.next()?);
        if other.parse() == Ok(oid) { field(name) } else { None }
    };
    named_lines(catalog)?.lines().find_map(line)
}

/// The catalogs in which something of this OID is described.
pub fn described_in(object: u32) -> Vec<u32> {
    let of = DESCRIPTIONS.keys().filter(|(other, ..)| *other == object);
    let mut classes: Vec<u32> = of.map(|(_, class, _)| *class).collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// All namespaces by name.
pub fn namespaces() -> impl Iterator<Item = (&'static str, u32)> {
    NAMESPACES.iter().map(|(name, oid)| (*name, *oid))
}

/// OID and name of each role of a fresh PostgreSQL, and its row.
pub fn role_rows(relation: &'static Relation) -> Vec<Vec<Value>> {
    rows::<Roles>(relation)
}

/// The lines of `pg_settings`, each field as text.
pub fn setting_lines() -> impl Iterator<Item = Vec<Option<String>>> {
    Settings::ROWS.lines().map(|line| line.split('\t').map(field).collect())
}

/// A description by class, object and column.
pub fn description(class: u32, object: u32, column: i32) -> Option<String> {
    DESCRIPTIONS.get(&(object, class, column)).cloned()
}

static DESCRIPTIONS: LazyLock<HashMap<(u32, u32, i32), String>> = LazyLock::new(|| {
    let entry = |line: &str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (object, class, column) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.parse().ok()?);
        Some(((object, class, column), field(next()?)?))
    };
    let shared = |line: &str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let (object, class) = (next()?.parse().ok()?, next()?.parse().ok()?);
        Some(((object, class, 0), field(next()?)?))
    };
    let own = Descriptions::ROWS.lines().filter_map(entry);
    own.chain(SharedDescriptions::ROWS.lines().filter_map(shared)).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    /// A value that can't be read would be NULL.
    #[test]
    fn every_value_of_the_files_is_read() {
        fn check<F: File>(name: &str) {
            let relation = relation("pg_catalog", name).unwrap();
            for line in F::ROWS.lines() {
                let read = row(relation, line);
                assert_eq!(read.len(), relation.columns.len(), "{name}: {line}");
                for ((text, value), column) in line.split('\t').zip(&read).zip(&relation.columns) {
                    assert_eq!(text == "\\N", *value == Value::Null, "{name}.{}: {line}", column.name);
                }
            }
        }
        check::<Am>("pg_am");
        check::<Languages>("pg_language");
        check::<Extensions>("pg_extension");
        check::<Collations>("pg_collation");
        check::<Namespaces>("pg_namespace");
        check::<Tablespaces>("pg_tablespace");
        check::<Members>("pg_auth_members");
        check::<Descriptions>("pg_description");
        check::<SharedDescriptions>("pg_shdescription");
        check::<Types>("pg_type");
        check::<Functions>("pg_proc");
        check::<Operators>("pg_operator");
        check::<Casts>("pg_cast");
        check::<OperatorClasses>("pg_opclass");
        check::<OperatorFamilies>("pg_opfamily");
        check::<FamilyOperators>("pg_amop");
        check::<FamilyFunctions>("pg_amproc");
        check::<Aggregates>("pg_aggregate");
        check::<Roles>("pg_authid");
    }

    #[test]
    fn types_have_postgresqls_facts() {
        let text = type_facts(Type::TEXT);
        assert_eq!((text.len, text.align, text.storage, text.collation), (-1, b'i', b'x', 100));
    }
}
