//! The grammar of ALTER TABLE.

use sqlparser::ast::{ColumnOption, ColumnOptionDef, Ident, TableConstraint};
use sqlparser::tokenizer::Token;

use super::{AlterAction, AlterTable, Altered, IdentityMeant, SequenceOption, StorageChange, WhichTriggers};
use crate::sql::utility::Words;
use crate::sql::view::RelationOption;
use crate::types::{PgError, SqlState};

/// What a constraint may begin with, where a column's definition begins with its name.
const CONSTRAINTS: &[&str] = &["constraint", "primary", "unique", "check", "foreign", "exclude"];

pub fn read(words: &mut Words<'_>, kind: Altered) -> Result<AlterTable, PgError> {
    if words.accept_all(&["all", "in", "tablespace"]) {
        return Err(PgError::unsupported("ALTER TABLE ALL IN TABLESPACE"));
    }
    let if_exists = words.if_exists();
    let name = words.object_name()?;
    if kind == Altered::Table {
        words.accept_token(&Token::Mul);
    }
    let first = words.next;
    let mut actions = Vec::new();
    if words.accept("rename") {
        actions.push(rename(words)?);
    } else if words.accept_all(&["set", "schema"]) {
        actions.push(AlterAction::SetSchema(words.ident()?));
    } else {
        loop {
            match identity_changes(words)? {
                Some(changes) => actions.extend(changes),
                None => actions.push(action(words)?),
            }
            if !words.accept_token(&Token::Comma) {
                break;
            }
        }
    }
    if words.next == first {
        return Err(words.error());
    }
    words.finish()?;
    Ok(AlterTable { kind, if_exists, name, actions })
}

fn rename(words: &mut Words<'_>) -> Result<AlterAction, PgError> {
    if words.accept("to") {
        return Ok(AlterAction::RenameTo(words.ident()?));
    }
    let constraint = words.accept("constraint");
    if !constraint {
        words.accept("column");
    }
    let from = words.ident()?;
    words.expect("to")?;
    let to = words.ident()?;
    Ok(match constraint {
        true => AlterAction::RenameConstraint { from, to },
        false => AlterAction::RenameColumn { from, to },
    })
}

fn action(words: &mut Words<'_>) -> Result<AlterAction, PgError> {
    if words.accept("add") {
        let constraint = CONSTRAINTS.iter().any(|word| words.peek_is(word));
        return if constraint { add_constraint(words) } else { add_column(words) };
    }
    if words.accept("drop") {
        if words.accept("constraint") {
            let if_exists = words.if_exists();
            let name = words.ident()?;
            return Ok(AlterAction::DropConstraint { if_exists, name, cascade: words.cascade() });
        }
        words.accept("column");
        let if_exists = words.if_exists();
        let name = words.ident()?;
        return Ok(AlterAction::DropColumn { if_exists, name, cascade: words.cascade() });
    }
    if words.accept_all(&["alter", "constraint"]) {
        let name = words.ident()?;
        return Ok(AlterAction::AlterConstraint {
            name,
            characteristics: words.parse(|parser| parser.parse_constraint_characteristics())?,
        });
    }
    if words.accept("alter") {
        words.accept("column");
        return alter_column(words);
    }
    if words.accept_all(&["validate", "constraint"]) {
        return Ok(AlterAction::Validate(words.ident()?));
    }
    if words.accept_all(&["owner", "to"]) {
        return Ok(AlterAction::Owner(words.ident()?));
    }
    other(words)
}

/// Storage, and what PostgreSQL alone has.
fn other(words: &mut Words<'_>) -> Result<AlterAction, PgError> {
    // Nobody is held to policies yet, so nobody need be let off.
    const STORAGE: &[&[&str]] = &[
        &["set", "without", "oids"],
        &["disable", "row", "level", "security"],
        &["no", "force", "row", "level", "security"],
    ];
    if words.accept_all(&["set", "without", "cluster"]) {
        return Ok(AlterAction::ClusterOn(None));
    }
    if words.accept_all(&["cluster", "on"]) {
        return Ok(AlterAction::ClusterOn(Some(words.ident()?)));
    }
    if words.accept_all(&["replica", "identity"]) {
        return Ok(AlterAction::ReplicaIdentity(match words.word().as_deref() {
            Some("default") => IdentityMeant::Default,
            Some("nothing") => IdentityMeant::Nothing,
            Some("full") => IdentityMeant::Full,
            Some("using") => {
                words.expect("index")?;
                IdentityMeant::Index(words.ident()?)
            }
            Some(_) => return Err(words.error_at(words.at_before())),
            None => return Err(words.error()),
        }));
    }
    if words.is_next(&["enable", "row", "level", "security"]) || words.is_next(&["force", "row"]) {
        words.next = words.tokens.len();
        return Ok(AlterAction::Unsupported("row level security"));
    }
    for (word, unlogged) in [("logged", false), ("unlogged", true)] {
        if words.accept_all(&["set", word]) {
            return Ok(AlterAction::Persistence { unlogged });
        }
    }
    if STORAGE.iter().any(|form| words.accept_all(form)) {
        return Ok(AlterAction::Storage);
    }
    let reset = words.peek_is("reset");
    if words.accept("set") || words.accept("reset") {
        if words.peek().is_some_and(|token| token.token == Token::LParen) {
            return Ok(AlterAction::Options { reset, options: words.relation_options()? });
        }
        if words.accept("tablespace") {
            return match words.name()?.as_str() {
                "pg_default" => Ok(AlterAction::Storage),
                other => Err(no_tablespace(other)),
            };
        }
        if words.accept_all(&["access", "method"]) {
            return match words.name()?.as_str() {
                "heap" => Ok(AlterAction::Storage),
                _ => Ok(AlterAction::Unsupported("an access method other than heap")),
            };
        }
        return Err(words.error());
    }
    if let Some(action) = triggers(words)? {
        return Ok(action);
    }
    const UNSUPPORTED: &[(&str, &str)] = &[
        ("enable", "ALTER TABLE … ENABLE"),
        ("disable", "ALTER TABLE … DISABLE"),
        ("inherit", "table inheritance"),
        ("no", "table inheritance"),
        ("attach", "a partitioned table"),
        ("detach", "a partitioned table"),
        ("of", "a typed table"),
        ("not", "a typed table"),
    ];
    match UNSUPPORTED.iter().find(|(word, _)| words.peek_is(word)) {
        Some((_, what)) => {
            words.next = words.tokens.len();
            Ok(AlterAction::Unsupported(what))
        }
        None => Err(words.error()),
    }
}

/// `ENABLE [ALWAYS | REPLICA] TRIGGER which`, `DISABLE TRIGGER which`.
fn triggers(words: &mut Words<'_>) -> Result<Option<AlterAction>, PgError> {
    const FORMS: &[(&[&str], bool, bool)] = &[
        (&["enable", "trigger"], true, false),
        (&["disable", "trigger"], false, false),
        (&["enable", "always", "trigger"], true, true),
        (&["enable", "replica", "trigger"], true, true),
    ];
    let Some((_, on, one)) = FORMS.iter().find(|(form, ..)| words.accept_all(form)) else { return Ok(None) };
    let which = if !one && words.accept("all") {
        WhichTriggers::All
    } else if !one && words.accept("user") {
        WhichTriggers::User
    } else {
        WhichTriggers::Named(words.ident()?)
    };
    Ok(Some(AlterAction::Triggers { on: *on, which }))
}

/// What is wrong with a tablespace that is not `pg_default`.
pub fn no_tablespace(name: &str) -> PgError {
    match name {
        "pg_global" => {
            let message = "only shared relations can be placed in pg_global tablespace";
            PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
        }
        _ => PgError::new(SqlState::UNDEFINED_OBJECT, format!("tablespace \"{name}\" does not exist")),
    }
}

pub fn parenthesized(words: &mut Words<'_>) -> Result<(), PgError> {
    let mut depth = 0usize;
    while let Some(token) = words.peek() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        words.next += 1;
        if depth == 0 {
            return Ok(());
        }
    }
    Err(words.error())
}

fn add_column(words: &mut Words<'_>) -> Result<AlterAction, PgError> {
    words.accept("column");
    let if_not_exists = words.if_not_exists();
    let first = words.next;
    let definition = words.parse(|parser| parser.parse_column_def())?;
    let checks = words.check_spans(first, words.next);
    let is_key =
        |option: &ColumnOptionDef| matches!(option.option, ColumnOption::Unique(_) | ColumnOption::PrimaryKey(_));
    let options = match definition.options.last().is_some_and(is_key) && words.accept("with") {
        true => words.relation_options()?,
        false => Vec::new(),
    };
    Ok(AlterAction::AddColumn { if_not_exists, definition: Box::new(definition), checks, options })
}

fn add_constraint(words: &mut Words<'_>) -> Result<AlterAction, PgError> {
    let (first, at) = (words.next, words.at());
    let constraint = words.parse(|parser| parser.parse_optional_table_constraint())?.ok_or_else(|| words.error())?;
    let check = words.check_spans(first, words.next).into_iter().next();
    let (constraint, options) = index_parameters(words, constraint)?;
    let not_valid = words.accept_all(&["not", "valid"]);
    let (using, primary) = match constraint {
        TableConstraint::PrimaryKeyUsingIndex(using) => (using, true),
        TableConstraint::UniqueUsingIndex(using) => (using, false),
        constraint => {
            return Ok(AlterAction::AddConstraint { constraint: Box::new(constraint), check, not_valid, options });
        }
    };
    Ok(AlterAction::AddConstraintUsing { at, using, primary })
}

/// `WITH (…)` and `USING INDEX TABLESPACE name` behind a key, and what follows: whether it is DEFERRABLE.
fn index_parameters(
    words: &mut Words<'_>,
    mut constraint: TableConstraint,
) -> Result<(TableConstraint, Vec<RelationOption>), PgError> {
    let characteristics = match &mut constraint {
        TableConstraint::PrimaryKey(key) => &mut key.characteristics,
        TableConstraint::Unique(key) => &mut key.characteristics,
        _ => return Ok((constraint, Vec::new())),
    };
    let start = words.next;
    let options = if words.accept("with") { words.relation_options()? } else { Vec::new() };
    if words.accept_all(&["using", "index", "tablespace"]) {
        match words.name()?.as_str() {
            "pg_default" => {}
            other => return Err(no_tablespace(other)),
        }
    }
    if words.next > start {
        *characteristics = words.parse(|parser| parser.parse_constraint_characteristics())?;
    }
    Ok((constraint, options))
}

fn alter_column(words: &mut Words<'_>) -> Result<AlterAction, PgError> {
    let column = words.ident()?;
    if words.accept("drop") {
        return drop_of_column(words, column);
    }
    if words.accept_all(&["set", "data", "type"]) || words.accept("type") {
        return change_type(words, column);
    }
    if words.accept("add") {
        let (always, options) = identity(words)?;
        return Ok(AlterAction::AddIdentity { column, always, options });
    }
    let stored = |column, change| Ok(AlterAction::ColumnStorage { column, change });
    if words.accept("reset") {
        return stored(column, StorageChange::Options { reset: true, options: words.relation_options()? });
    }
    words.expect("set")?;
    if words.accept("default") {
        return Ok(AlterAction::SetDefault { column, value: words.placed()? });
    }
    if words.accept_all(&["not", "null"]) {
        return Ok(AlterAction::SetNotNull(column));
    }
    if words.accept("statistics") {
        return stored(column, StorageChange::Statistics(words.integer()?));
    }
    if words.accept("storage") {
        return stored(column, StorageChange::Storage(words.name()?));
    }
    if words.accept("compression") {
        return stored(column, StorageChange::Compression(words.name()?));
    }
    if words.peek().is_some_and(|token| token.token == Token::LParen) {
        return stored(column, StorageChange::Options { reset: false, options: words.relation_options()? });
    }
    words.next = words.tokens.len();
    Ok(AlterAction::Unsupported("this ALTER COLUMN … SET"))
}

/// `ALTER [COLUMN] c` with any number of `SET GENERATED …`, `SET option` and `RESTART`: `None` is something else.
fn identity_changes(words: &mut Words<'_>) -> Result<Option<Vec<AlterAction>>, PgError> {
    const OPTIONS: &[&str] = &[
        "generated",
        "increment",
        "minvalue",
        "maxvalue",
        "start",
        "cache",
        "cycle",
        "no",
        "restart",
        "as",
        "owned",
        "sequence",
    ];
    let start = words.next;
    let restore = |words: &mut Words<'_>| {
        words.next = start;
        Ok(None)
    };
    if !words.accept("alter") {
        return Ok(None);
    }
    words.accept("column");
    let Ok(column) = words.ident() else { return restore(words) };
    let (mut always, mut options): (Option<bool>, Vec<SequenceOption>) = (None, Vec::new());
    loop {
        let set = words.peek_is("set") && OPTIONS.iter().any(|option| words.is_next(&["set", option]));
        if !set && !words.peek_is("restart") {
            break;
        }
        words.accept("set");
        let at = words.at();
        if words.accept("generated") {
            let is_always = words.accept("always");
            if !is_always && !words.accept_all(&["by", "default"]) {
                return Err(words.error());
            }
            let again =
                || at.mark(PgError::new(SqlState::SYNTAX_ERROR, "conflicting or redundant options"), words.text);
            if always.replace(is_always).is_some() {
                return Err(again());
            }
            continue;
        }
        let restarts = !set;
        let option = words.sequence_option()?.ok_or_else(|| words.error())?;
        let name = match &option {
            SequenceOption::As(..) => Some("as"),
            SequenceOption::OwnedBy(_) => Some("owned_by"),
            SequenceOption::Restart(_) if !restarts => Some("restart"),
            _ => None,
        };
        if let Some(name) = name {
            let message = format!("sequence option \"{name}\" not supported here");
            return Err(at.mark(PgError::new(SqlState::SYNTAX_ERROR, message), words.text));
        }
        let same = |other: &SequenceOption| std::mem::discriminant(other) == std::mem::discriminant(&option);
        if options.iter().any(same) {
            let error = PgError::new(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
            return Err(at.mark(error, words.text));
        }
        options.push(option);
    }
    let mut actions = Vec::new();
    if let Some(always) = always {
        actions.push(AlterAction::SetIdentity { column: column.clone(), always });
    }
    if !options.is_empty() {
        actions.push(AlterAction::IdentityOptions { column, options });
    }
    if actions.is_empty() { restore(words) } else { Ok(Some(actions)) }
}

fn drop_of_column(words: &mut Words<'_>, column: Ident) -> Result<AlterAction, PgError> {
    if words.accept("default") {
        return Ok(AlterAction::DropDefault(column));
    }
    if words.accept_all(&["not", "null"]) {
        return Ok(AlterAction::DropNotNull(column));
    }
    if words.accept("identity") {
        return Ok(AlterAction::DropIdentity { column, if_exists: words.if_exists() });
    }
    if words.accept("expression") {
        return Ok(AlterAction::DropExpression { column, if_exists: words.if_exists() });
    }
    Err(words.error())
}

fn change_type(words: &mut Words<'_>, column: Ident) -> Result<AlterAction, PgError> {
    let at = words.at();
    let data_type = words.parse(|parser| parser.parse_data_type())?;
    let collation = if words.accept("collate") { Some(words.object_name()?) } else { None };
    let using = if words.accept("using") { Some(words.placed()?) } else { None };
    Ok(AlterAction::Type { column, data_type, at, collation, using })
}

/// `GENERATED … AS IDENTITY [(options)]`.
fn identity(words: &mut Words<'_>) -> Result<(bool, Vec<SequenceOption>), PgError> {
    words.expect("generated")?;
    let always = words.accept("always");
    if !always && !words.accept_all(&["by", "default"]) {
        return Err(words.error());
    }
    words.expect("as")?;
    words.expect("identity")?;
    if words.peek().is_none_or(|token| token.token != Token::LParen) {
        return Ok((always, Vec::new()));
    }
    words.next += 1;
    let options = words.sequence_options()?;
    if words.accept_token(&Token::RParen) { Ok((always, options)) } else { Err(words.error()) }
}
