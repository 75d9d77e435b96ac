//! Objects by name and names of objects: `regclass` and its kin, and what is visible along the search path.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::shared::{role_name, role_oid};
use super::{Relation, Seen, extensions, format_type, pseudo_type_named, relation, relation_by_oid, relations};
use crate::catalog::{self, Object, PG_TEMP};
use crate::types::identifier::{qualified, quote_ident, split_name};
use crate::types::{PgError, SqlState, Type, Value};

/// Whether an object can be named without its schema.
pub trait Visibility {
    /// The schemas that names are looked up in: `pg_catalog` first unless the search path says where.
    fn path(&self) -> Vec<&str>;
    /// The relation that a bare name means: its schema and OID.
    fn visible_relation(&self, name: &str) -> Option<(&str, u32)>;
    /// `pg_table_is_visible`; `None` where there is no such relation.
    fn is_visible(&self, oid: u32) -> Option<bool>;
}

impl Visibility for Seen<'_> {
    fn path(&self) -> Vec<&str> {
        current_schemas(self, true)
    }

    fn visible_relation(&self, name: &str) -> Option<(&str, u32)> {
        self.path().into_iter().find_map(|schema| find_relation(self, schema, name).map(|oid| (schema, oid)))
    }

    fn is_visible(&self, oid: u32) -> Option<bool> {
        let (_, name) = relation_name(self, oid)?;
        Some(self.visible_relation(name).is_some_and(|(_, first)| first == oid))
    }
}

/// The OID of a relation by its full name.
fn find_relation(seen: &Seen, schema: &str, name: &str) -> Option<u32> {
    // Composite types are among the relations.
    let composite = || seen.catalog.type_named(schema, name).filter(|of| matches!(of, Object::Composite(_)));
    let own = seen.catalog.relation(schema, name).or_else(composite).map(|object| object.oid());
    own.or_else(|| relation(schema, name).filter(|relation| relation.is_there()).map(|relation| relation.oid))
}

/// A relation's schema and name.
pub fn relation_name<'a>(seen: &Seen<'a>, oid: u32) -> Option<(&'a str, &'a str)> {
    let is_relation = |object: &&Object| object.is_relation() || matches!(object, Object::Composite(_));
    if let Some(object) = seen.catalog.get(oid).filter(is_relation) {
        return Some((object.schema(), object.name()));
    }
    let there = relation_by_oid(oid).filter(|relation| relation.is_there());
    there.map(|relation: &Relation| (relation.schema, relation.name))
}

/// A relation's name as it must be written here.
pub fn shown_relation(seen: &Seen, oid: u32) -> Option<String> {
    let (schema, name) = relation_name(seen, oid)?;
    Some(match seen.is_visible(oid) {
        Some(true) => quote_ident(name),
        _ => qualified(schema, name),
    })
}

/// A relation's name as definitions have it: there the session's own schema is `pg_temp`.
pub fn written_relation(seen: &Seen, oid: u32) -> Option<String> {
    let (schema, name) = relation_name(seen, oid)?;
    Some(match seen.is_visible(oid) {
        Some(true) => quote_ident(name),
        _ => qualified(seen.written(schema), name),
    })
}

/// A function or operator that there is.
#[derive(Clone)]
struct Routine {
    schema: String,
    oid: u32,
    name: String,
    args: Vec<Type>,
}

/// All functions of PostgreSQL's that we have, and all operators.
struct Routines {
    functions: Vec<Routine>,
    operators: Vec<Routine>,
    by_oid: HashMap<u32, usize>,
    by_name: HashMap<String, Vec<usize>>,
}

static ROUTINES: OnceLock<Routines> = OnceLock::new();

/// Made once: there is one language.
fn routines(seen: &Seen) -> &'static Routines {
    ROUTINES.get_or_init(|| {
        let rows = |name: &str| relation("pg_catalog", name).map(|relation| (relation, relation.rows(seen)));
        let mut functions = Vec::new();
        if let Some(of) = relation("pg_catalog", "pg_proc") {
            let position = of.columns.iter().position(|column| column.name == "proargtypes").unwrap_or(0);
            for row in super::builtin::functions(of, seen.language) {
                let (Value::Oid(oid), Value::Text(name), Value::Vector(args)) = (&row[0], &row[1], &row[position])
                else {
                    continue;
                };
                let ty = |value: &Value| match value {
                    Value::Oid(oid) => Type(*oid),
                    _ => Type::UNKNOWN,
                };
                let args = args.elements.iter().map(ty).collect();
                functions.push(Routine { schema: "pg_catalog".to_owned(), oid: *oid, name: name.clone(), args });
            }
        }
        let mut operators = Vec::new();
        if let Some((of, rows)) = rows("pg_operator") {
            let position = |name: &str| of.columns.iter().position(|column| column.name == name).unwrap_or(0);
            let (left, right) = (position("oprleft"), position("oprright"));
            for row in rows {
                let (Value::Oid(oid), Value::Text(name), Value::Oid(left), Value::Oid(right)) =
                    (&row[0], &row[1], &row[left], &row[right])
                else {
                    continue;
                };
                let args = vec![Type(*left), Type(*right)];
                operators.push(Routine { schema: "pg_catalog".to_owned(), oid: *oid, name: name.clone(), args });
            }
        }
        let by_oid = functions.iter().enumerate().map(|(index, function)| (function.oid, index)).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, function) in functions.iter().enumerate() {
            by_name.entry(function.name.clone()).or_default().push(index);
        }
        Routines { functions, operators, by_oid, by_name }
    })
}

/// The functions of a name, wherever they are: PostgreSQL's own first.
fn functions_named(seen: &Seen, name: &str) -> Vec<Routine> {
    let all = routines(seen);
    let own = all.by_name.get(name).into_iter().flatten().map(|index| all.functions[*index].clone());
    own.chain(extensions::routines(seen).filter(|routine| routine.name == name).map(of_extension)).collect()
}

fn of_extension(routine: extensions::Routine<'_>) -> Routine {
    let extensions::Routine { oid, schema, name, args } = routine;
    Routine { schema: schema.to_owned(), oid, name: name.to_owned(), args: args.to_vec() }
}

fn function(seen: &Seen, oid: u32) -> Option<Routine> {
    let all = routines(seen);
    match all.by_oid.get(&oid) {
        Some(index) => all.functions.get(*index).cloned(),
        None => extensions::routines(seen).find(|routine| routine.oid == oid).map(of_extension),
    }
}

/// The functions that a bare name means: of several with the same arguments the first along the path (temporary objects
/// are none).
fn visible_functions(seen: &Seen, name: &str) -> Vec<Routine> {
    let path = seen.path();
    let mut found: Vec<Routine> = Vec::new();
    let all = functions_named(seen, name);
    for schema in path {
        for routine in all.iter().filter(|routine| routine.schema == schema) {
            if !found.iter().any(|other| other.args == routine.args) {
                found.push(routine.clone());
            }
        }
    }
    found
}

/// `pg_function_is_visible`; `None` where there is no such function.
pub fn function_is_visible(seen: &Seen, oid: u32) -> Option<bool> {
    let function = function(seen, oid)?;
    Some(visible_functions(seen, &function.name).iter().any(|other| other.oid == oid))
}

pub fn has_operator(seen: &Seen, oid: u32) -> bool {
    routines(seen).operators.iter().any(|operator| operator.oid == oid)
}

/// An OID of type `ty` (`regclass` and its kin) as it is written: a name, or the number where there is no such object.
pub fn object_name(seen: &Seen, ty: Type, oid: u32) -> String {
    if oid == 0 {
        return "-".to_owned();
    }
    let routine = |list: &'static [Routine]| list.iter().find(|routine| routine.oid == oid);
    let found = match ty {
        Type::REGCLASS => shown_relation(seen, oid),
        Type::REGTYPE => {
            let name = format_type(oid, None);
            // A pseudo-type is in pg_catalog.
            let there = seen.type_is_visible(Type(oid)).is_some() || pseudo_type_named(&name) == Some(Type(oid));
            there.then(|| seen.with_type_names(&name))
        }
        Type::REGNAMESPACE => {
            seen.namespaces().into_iter().find(|(_, other, _)| *other == oid).map(|(name, ..)| quote_ident(name))
        }
        Type::REGCOLLATION => super::builtin::name_in("pg_collation", oid).map(|name| quote_ident(&name)),
        Type::REGROLE => role_name(seen, oid).map(|name| quote_ident(&name)),
        Type::REGPROC => function(seen, oid).map(|function| {
            // A name that means several functions is written with its schema, as if that helped.
            match &visible_functions(seen, &function.name)[..] {
                [only] if only.oid == oid => quote_ident(&function.name),
                _ => qualified(&function.schema, &function.name),
            }
        }),
        Type::REGPROCEDURE => function(seen, oid).map(|function| signature(seen, &function)),
        Type::REGOPER => routine(&routines(seen).operators).map(|operator| {
            let same = routines(seen).operators.iter().filter(|other| other.name == operator.name).count();
            if same == 1 { operator.name.clone() } else { format!("pg_catalog.{}", operator.name) }
        }),
        Type::REGOPERATOR => routine(&routines(seen).operators).map(|operator| {
            let arg = |ty: &Type| if ty.0 == 0 { "NONE".to_owned() } else { format_type(ty.0, None) };
            let args: Vec<String> = operator.args.iter().map(arg).collect();
            format!("{}({})", operator.name, args.join(","))
        }),
        _ => None,
    };
    found.unwrap_or_else(|| oid.to_string())
}

/// A function as `regprocedure` shows it.
pub fn function_signature(seen: &Seen, oid: u32) -> Option<String> {
    function(seen, oid).map(|function| signature(seen, &function))
}

fn signature(seen: &Seen, function: &Routine) -> String {
    let args: Vec<String> = function.args.iter().map(|ty| format_type(ty.0, None)).collect();
    let name = match function_is_visible(seen, function.oid) {
        Some(true) => quote_ident(&function.name),
        _ => qualified(&function.schema, &function.name),
    };
    format!("{name}({})", args.join(","))
}

/// The object that a text means as a value of type `ty`; types themselves are the caller's to read. Errors: 42602 for what is
/// no name, 42P01, 42883, 42704 and 3F000 for what there is not, 42725 for what there is several of.
pub fn find_named(seen: &Seen, ty: Type, text: &str) -> Result<u32, PgError> {
    if text == "-" {
        return Ok(0);
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return match crate::types::text::input(Type::OID, text, &crate::types::timestamp::Zone::utc(), 0)? {
            Value::Oid(oid) => Ok(oid),
            _ => Ok(0),
        };
    }
    match ty {
        Type::REGCLASS => find_relation_named(seen, text),
        Type::REGNAMESPACE => {
            let name = single(text)?;
            seen.namespace(&name)
                .ok_or_else(|| PgError::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{name}\" does not exist")))
        }
        Type::REGROLE => {
            let name = single(text)?;
            role_oid(seen, &name)
                .ok_or_else(|| PgError::new(SqlState::UNDEFINED_OBJECT, format!("role \"{name}\" does not exist")))
        }
        Type::REGPROC => find_function(seen, text),
        Type::REGPROCEDURE => find_procedure(seen, text),
        Type::REGOPER => {
            let parts = split_operator(text).or_else(|| split_name(text)).ok_or_else(invalid_name)?;
            if let [schema, _] = &parts[..]
                && seen.namespace(seen.meant(schema)).is_none()
            {
                let message = format!("schema \"{schema}\" does not exist");
                return Err(PgError::new(SqlState::INVALID_SCHEMA_NAME, message));
            }
            match operators_meant(seen, &parts)[..] {
                [operator] => Ok(operator.oid),
                [] => Err(PgError::new(SqlState::UNDEFINED_FUNCTION, format!("operator does not exist: {text}"))),
                _ => Err(PgError::new(SqlState::AMBIGUOUS_FUNCTION, format!("more than one operator named {text}"))),
            }
        }
        Type::REGOPERATOR => find_operator(seen, text),
        Type::REGCOLLATION => find_collation(seen, text),
        other => Err(PgError::unsupported(format!("input of a value of type {other} by name"))),
    }
}

fn invalid_name() -> PgError {
    PgError::new(SqlState::INVALID_NAME, "invalid name syntax")
}

fn single(text: &str) -> Result<String, PgError> {
    match split_name(text).ok_or_else(invalid_name)?.as_slice() {
        [name] => Ok(name.clone()),
        _ => Err(invalid_name()),
    }
}

/// The relation of a name as it is written: digits are a name, too. Errors: 42602, 42P01, 0A000.
pub fn find_relation_named(seen: &Seen, text: &str) -> Result<u32, PgError> {
    let parts = split_name(text).ok_or_else(invalid_name)?;
    let found = match parts.as_slice() {
        [name] => seen.visible_relation(name).map(|(_, oid)| oid),
        [schema, name] => find_relation(seen, seen.meant(schema), name),
        [database, schema, name] if database == seen.database => find_relation(seen, seen.meant(schema), name),
        [_, _, _] => {
            let message = format!("cross-database references are not implemented: \"{}\"", parts.join("."));
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        _ => {
            let message = format!("improper relation name (too many dotted names): {}", parts.join("."));
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
    };
    found.ok_or_else(|| {
        PgError::new(SqlState::UNDEFINED_TABLE, format!("relation \"{}\" does not exist", parts.join(".")))
    })
}

/// The functions that a name, qualified or not, means. Errors: 3F000.
fn functions_meant(seen: &Seen, parts: &[String]) -> Result<Vec<Routine>, PgError> {
    let (schema, name) = match parts {
        [name] => return Ok(visible_functions(seen, name)),
        [schema, name] => (schema, name),
        [database, schema, name] if database == seen.database => (schema, name),
        _ => return Ok(Vec::new()),
    };
    if seen.namespace(seen.meant(schema)).is_none() {
        let message = format!("schema \"{schema}\" does not exist");
        return Err(PgError::new(SqlState::INVALID_SCHEMA_NAME, message));
    }
    let mut all = functions_named(seen, name);
    all.retain(|routine| routine.schema == seen.meant(schema));
    Ok(all)
}

fn find_function(seen: &Seen, text: &str) -> Result<u32, PgError> {
    let parts = split_name(text).ok_or_else(invalid_name)?;
    match &functions_meant(seen, &parts)?[..] {
        [function] => Ok(function.oid),
        [_, _, ..] => {
            Err(PgError::new(SqlState::AMBIGUOUS_FUNCTION, format!("more than one function named \"{text}\"")))
        }
        _ => Err(PgError::new(SqlState::UNDEFINED_FUNCTION, format!("function \"{text}\" does not exist"))),
    }
}

/// `name(type, …)`: the name's parts and the types. Errors: 22P02, 42602, 42704, 54023.
fn name_and_types(seen: &Seen, text: &str) -> Result<(Vec<String>, Vec<Type>), PgError> {
    let invalid = |message| PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message);
    let mut quoted = false;
    let open = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '(' && !quoted
    });
    let (open, _) = open.ok_or_else(|| invalid("expected a left parenthesis"))?;
    let (name, args) = (&text[..open], &text[open + 1..]);
    let parts = split_name(name).or_else(|| split_operator(name)).ok_or_else(invalid_name)?;
    let args = args.trim_end().strip_suffix(')').ok_or_else(|| invalid("expected a right parenthesis"))?;
    let mut types = Vec::new();
    if args.trim().is_empty() {
        return Ok((parts, types));
    }
    let (mut depth, mut quoted) = (0, false);
    let between = |c: char| {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' if !quoted => depth += 1,
            ')' | ']' if !quoted => depth -= 1,
            _ => {}
        }
        c == ',' && !quoted && depth == 0
    };
    for arg in args.split(between).map(str::trim) {
        if arg.is_empty() {
            return Err(invalid("expected a type name"));
        }
        if types.len() == MAX_ARGUMENTS {
            return Err(PgError::new(SqlState::TOO_MANY_ARGUMENTS, "too many arguments"));
        }
        types.push(if arg.eq_ignore_ascii_case("none") { Type(0) } else { seen.language.type_named(seen, arg)? });
    }
    Ok((parts, types))
}

/// `FUNC_MAX_ARGS`.
const MAX_ARGUMENTS: usize = 100;

/// An operator's name, qualified or not.
fn split_operator(text: &str) -> Option<Vec<String>> {
    const SIGNS: &str = "+-*/<>=~!@#%^&|`?";
    let text = text.trim();
    let begins = text
        .rfind(|c| !SIGNS.contains(c))
        .map_or(0, |last| last + text[last..].chars().next().map_or(1, char::len_utf8));
    let (schema, name) = text.split_at_checked(begins)?;
    if name.is_empty() {
        return None;
    }
    let mut parts = match schema.strip_suffix('.') {
        Some(schema) => split_name(schema)?,
        None if schema.is_empty() => Vec::new(),
        None => return None,
    };
    parts.push(name.to_owned());
    Some(parts)
}

/// `name(type, …)`.
fn find_procedure(seen: &Seen, text: &str) -> Result<u32, PgError> {
    let missing = || PgError::new(SqlState::UNDEFINED_FUNCTION, format!("function \"{text}\" does not exist"));
    let (parts, types) = name_and_types(seen, text)?;
    let found = functions_meant(seen, &parts)?;
    found.iter().find(|function| function.args == types).map(|function| function.oid).ok_or_else(missing)
}

/// `operator(left, right)`, one of them NONE. Errors: 42P02 and 54023 for another number of types.
fn find_operator(seen: &Seen, text: &str) -> Result<u32, PgError> {
    let (parts, types) = name_and_types(seen, text)?;
    let [left, right] = types[..] else {
        let (code, message) = match types.len() {
            0 | 1 => (SqlState::UNDEFINED_PARAMETER, "missing argument"),
            _ => (SqlState::TOO_MANY_ARGUMENTS, "too many arguments"),
        };
        return Err(PgError::new(code, message).hint(match types.len() {
            1 => "Use NONE to denote the missing argument of a unary operator.",
            _ => "Provide two argument types for operator.",
        }));
    };
    let known = operators_meant(seen, &parts);
    let found = known.iter().find(|operator| operator.args == [left, right]);
    let missing = || PgError::new(SqlState::UNDEFINED_FUNCTION, format!("operator does not exist: {text}"));
    found.map(|operator| operator.oid).ok_or_else(missing)
}

/// The operators that a name, qualified or not, means; all are in `pg_catalog`.
fn operators_meant(seen: &Seen, parts: &[String]) -> Vec<&'static Routine> {
    let name = match parts {
        [name] => name,
        [schema, name] | [_, schema, name] if schema == "pg_catalog" => name,
        _ => return Vec::new(),
    };
    routines(seen).operators.iter().filter(|operator| operator.name == *name).collect()
}

/// Errors: 42704 for what is no collation.
fn find_collation(seen: &Seen, text: &str) -> Result<u32, PgError> {
    let parts = split_name(text).ok_or_else(invalid_name)?;
    let found = match parts.as_slice() {
        [name] => super::builtin::collation(name),
        [schema, name] | [_, schema, name] => {
            if seen.namespace(seen.meant(schema)).is_none() {
                let message = format!("schema \"{schema}\" does not exist");
                return Err(PgError::new(SqlState::INVALID_SCHEMA_NAME, message));
            }
            if schema == "pg_catalog" { super::builtin::collation(name) } else { None }
        }
        _ => {
            let message = format!("improper qualified name (too many dotted names): {}", parts.join("."));
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
    };
    found.ok_or_else(|| {
        let name = parts.join(".");
        let message = format!("collation \"{name}\" for encoding \"UTF8\" does not exist");
        PgError::new(SqlState::UNDEFINED_OBJECT, message)
    })
}

/// The schemas of a search path that there are (`current_schemas`).
pub fn current_schemas<'a>(seen: &Seen<'a>, implicit: bool) -> Vec<&'a str> {
    let own = catalog::path(seen.search_path, seen.user, seen.temporary());
    let mut own: Vec<&str> = own.filter(|schema| seen.namespace(schema).is_some()).collect();
    // Nobody has named it who has not named it so.
    let temporary = seen.temporary().filter(|temporary| {
        own.first() == Some(temporary)
            && !seen.search_path.iter().any(|schema| schema == PG_TEMP || schema == temporary)
    });
    let before = usize::from(temporary.is_some());
    if !implicit {
        own.drain(..before);
    } else if !own.contains(&"pg_catalog") {
        own.insert(before, "pg_catalog");
    }
    own
}

/// All relations by OID, for functions that take one.
pub fn relation_exists(seen: &Seen, oid: u32) -> bool {
    seen.catalog.get(oid).is_some_and(Object::is_relation)
        || relations().iter().any(|relation| relation.oid == oid && relation.is_there())
}

/// A function's row in `pg_proc`.
fn function_row(seen: &Seen, oid: u32) -> Option<(&'static Relation, Cow<'static, [Value]>)> {
    let of = relation("pg_catalog", "pg_proc")?;
    let row = match super::builtin::function(of, seen.language, oid) {
        Some(row) => Cow::Borrowed(row),
        None => {
            let of_extensions = super::extensions::functions(seen, of);
            Cow::Owned(of_extensions.into_iter().find(|row| row.first() == Some(&Value::Oid(oid)))?)
        }
    };
    Some((of, row))
}

fn field<'r>(of: &Relation, row: &'r [Value], name: &str) -> Option<&'r Value> {
    let position = of.columns.iter().position(|column| column.name == name)?;
    row.get(position)
}

/// `pg_get_function_result`.
pub fn function_result(seen: &Seen, oid: u32) -> Option<String> {
    let (of, row) = function_row(seen, oid)?;
    let Some(Value::Oid(result)) = field(of, &row, "prorettype") else { return None };
    let set = field(of, &row, "proretset") == Some(&Value::Bool(true));
    Some(format!("{}{}", if set { "SETOF " } else { "" }, format_type(*result, None)))
}

/// `pg_get_function_arg_default`: of the argument at a place from 1.
pub fn function_default(seen: &Seen, oid: u32, place: i64) -> Option<&'static str> {
    let (of, row) = function_row(seen, oid)?;
    let Some(Value::Text(name)) = field(of, &row, "proname") else { return None };
    seen.language.parameter_default(name, usize::try_from(place.checked_sub(1)?).ok()?)
}

/// `pg_get_functiondef`; `None` where there is no such function. Errors: 42809 of an aggregate, 0A000 where the body is one of
/// PostgreSQL's own trees.
pub fn function_definition(seen: &Seen, oid: u32) -> Result<Option<String>, PgError> {
    let Some((of, row)) = function_row(seen, oid) else { return Ok(None) };
    let text = |name: &str| match field(of, &row, name) {
        Some(Value::Text(text)) => text.as_str(),
        _ => "",
    };
    let letter = |name: &str| match field(of, &row, name) {
        Some(Value::Char(letter)) => *letter,
        _ => b' ',
    };
    let is = |name: &str| field(of, &row, name) == Some(&Value::Bool(true));
    let number = |name: &str| match field(of, &row, name) {
        Some(Value::Float4(number)) => *number,
        _ => 0.0,
    };
    let name = text("proname");
    if letter("prokind") == b'a' {
        return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, format!("\"{name}\" is an aggregate function")));
    }
    if field(of, &row, "prosqlbody") != Some(&Value::Null) {
        return Err(PgError::unsupported(format!("the definition of function {name}")));
    }
    let namespace = field(of, &row, "pronamespace").cloned().unwrap_or(Value::Null);
    let schema = seen.namespaces().into_iter().find(|(_, oid, _)| Value::Oid(*oid) == namespace);
    let schema = schema.map_or("pg_catalog", |(name, ..)| name);
    let language = match field(of, &row, "prolang") {
        Some(Value::Oid(oid)) => super::builtin::name_in("pg_language", *oid).unwrap_or_default(),
        _ => String::new(),
    };
    let mut options = String::new();
    let mut option = |asked: bool, word: &str| {
        if asked {
            options.push(' ');
            options.push_str(word);
        }
    };
    option(letter("prokind") == b'w', "WINDOW");
    option(letter("provolatile") == b'i', "IMMUTABLE");
    option(letter("provolatile") == b's', "STABLE");
    option(letter("proparallel") == b's', "PARALLEL SAFE");
    option(letter("proparallel") == b'r', "PARALLEL RESTRICTED");
    option(is("proisstrict"), "STRICT");
    option(is("prosecdef"), "SECURITY DEFINER");
    option(is("proleakproof"), "LEAKPROOF");
    let (cost, rows) = (number("procost"), number("prorows"));
    let usual = if matches!(language.as_str(), "internal" | "c") { 1.0 } else { 100.0 };
    option(cost != usual, &format!("COST {cost}"));
    option(rows > 0.0 && rows != 1000.0, &format!("ROWS {rows}"));
    let support = match field(of, &row, "prosupport") {
        Some(Value::Oid(oid)) if *oid != 0 => Some(*oid),
        _ => None,
    };
    let support = support.map(|oid| match function(seen, oid) {
        Some(function) => function.name,
        None => super::builtin::function_name(oid).unwrap_or_default().to_owned(),
    });
    option(support.is_some(), &format!("SUPPORT {}", support.as_deref().unwrap_or_default()));
    if !options.is_empty() {
        options.push('\n');
    }
    let source = text("prosrc");
    let mut quote = "$function".to_owned();
    while source.contains(&quote) {
        quote.push('x');
    }
    quote.push('$');
    let binary = match field(of, &row, "probin") {
        Some(Value::Text(binary)) => format!("'{}', ", binary.replace('\'', "''")),
        _ => String::new(),
    };
    let (arguments, result) = (shown_arguments(seen, oid, true), function_result(seen, oid));
    Ok(Some(format!(
        "CREATE OR REPLACE FUNCTION {}({})\n RETURNS {}\n LANGUAGE {language}\n{options}AS {binary}{quote}{source}{quote}\n",
        qualified(schema, name),
        arguments.unwrap_or_default(),
        result.unwrap_or_default(),
    )))
}

/// `pg_get_function_arguments`.
pub fn function_arguments(seen: &Seen, oid: u32) -> Option<String> {
    shown_arguments(seen, oid, true)
}

/// `pg_get_function_identity_arguments`, of the same.
pub fn function_identity_arguments(seen: &Seen, oid: u32) -> Option<String> {
    shown_arguments(seen, oid, false)
}

fn shown_arguments(seen: &Seen, oid: u32, defaults: bool) -> Option<String> {
    let (of, row) = function_row(seen, oid)?;
    let of_array = |name: &str| match field(of, &row, name) {
        Some(Value::Array(array)) => Some(array.elements.clone()),
        _ => None,
    };
    let types = match (of_array("proallargtypes"), field(of, &row, "proargtypes")) {
        (Some(all), _) => all,
        (None, Some(Value::Vector(args))) => args.elements.clone(),
        _ => return None,
    };
    let (names, modes) = (of_array("proargnames").unwrap_or_default(), of_array("proargmodes").unwrap_or_default());
    let variadic = !matches!(field(of, &row, "provariadic"), Some(Value::Oid(0)));
    let function = match field(of, &row, "proname") {
        Some(Value::Text(name)) if defaults => name.as_str(),
        _ => "",
    };
    let last = types.len().saturating_sub(1);
    let mut shown = Vec::new();
    for (index, ty) in types.iter().enumerate() {
        let mode = match modes.get(index) {
            Some(Value::Char(mode)) => *mode,
            _ if variadic && index == last => b'v',
            _ => b'i',
        };
        let mode = match mode {
            // A column of RETURNS TABLE.
            b't' => continue,
            b'o' => "OUT ",
            b'b' => "INOUT ",
            b'v' => "VARIADIC ",
            _ => "",
        };
        let ty = match ty {
            Value::Oid(oid) => format_type(*oid, None),
            _ => String::new(),
        };
        let default = seen.language.parameter_default(function, index);
        let default = default.map_or_else(String::new, |default| format!(" DEFAULT {default}"));
        shown.push(match names.get(index) {
            Some(Value::Text(name)) if !name.is_empty() => format!("{mode}{} {ty}{default}", quote_ident(name)),
            _ => format!("{mode}{ty}{default}"),
        });
    }
    Some(shown.join(", "))
}
