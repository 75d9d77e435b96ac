//! CREATE, ALTER and DROP DATABASE, and ALTER ROLE with what sessions begin with.

use sqlparser::ast::Ident;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::catalog::{DatabaseOptions, OptionsChange};
use crate::sql::encodings::{Encoding, encoding_named};
use crate::sql::plan::{SetTo, SettingStatement};
use crate::sql::set::Setting;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::{PgError, SqlState};

/// What is asked for. Options that would make a database other than all are (UTF8, collation "C", one tablespace) are
/// refused where they are read.
#[derive(Debug)]
pub enum DatabaseDdl {
    Create {
        name: Ident,
        owner: Option<Ident>,
        template: Option<String>,
        options: DatabaseOptions,
    },
    Drop {
        name: Ident,
        if_exists: bool,
        force: bool,
    },
    Rename {
        name: Ident,
        to: Ident,
    },
    Owner {
        name: Ident,
        owner: Ident,
    },
    Alter {
        name: Ident,
        change: OptionsChange,
    },
    /// `role`: ALTER ROLE, perhaps in a database.
    Setting {
        role: Option<RoleMeant>,
        database: Option<Ident>,
        change: SettingStatement,
    },
}

/// Whose settings ALTER ROLE changes.
#[derive(Debug)]
pub enum RoleMeant {
    All,
    /// CURRENT_USER and its kin.
    Own,
    Named(Ident),
}

/// The options read so far.
#[derive(Default)]
struct Options {
    names: Vec<String>,
    owner: Option<Ident>,
    template: Option<String>,
    change: OptionsChange,
}

/// Reads on behind CREATE DATABASE.
pub fn create(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let name = words.ident()?;
    words.accept("with");
    let options = Options::read(words, true)?;
    words.finish()?;
    let Options { owner, template, change, .. } = options;
    Ok(Ddl::Database(DatabaseDdl::Create { name, owner, template, options: change.apply(DatabaseOptions::default()) }))
}

/// Reads on behind DROP DATABASE.
pub fn drop(words: &mut Words<'_>) -> Result<Ddl, PgError> {
    let if_exists = words.if_exists();
    let name = words.ident()?;
    let with = words.accept("with");
    let mut force = false;
    if words.accept_token(&Token::LParen) {
        loop {
            words.expect("force")?;
            force = true;
            if !words.accept_token(&Token::Comma) {
                break;
            }
        }
        if !words.accept_token(&Token::RParen) {
            return Err(words.error());
        }
    } else if with {
        return Err(words.error());
    }
    words.finish()?;
    Ok(Ddl::Database(DatabaseDdl::Drop { name, if_exists, force }))
}

/// Reads on behind ALTER DATABASE; `None` is a form that is not there.
pub fn alter(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    let name = words.ident()?;
    let statement = if words.accept_all(&["rename", "to"]) {
        DatabaseDdl::Rename { name, to: words.ident()? }
    } else if words.accept_all(&["owner", "to"]) {
        DatabaseDdl::Owner { name, owner: words.ident()? }
    } else if words.peek_is("refresh") || words.is_next(&["set", "tablespace"]) {
        return Ok(None);
    } else if words.peek_is("set") || words.peek_is("reset") {
        DatabaseDdl::Setting { role: None, database: Some(name), change: setting(words)? }
    } else {
        words.accept("with");
        DatabaseDdl::Alter { name, change: Options::read(words, false)?.change }
    };
    words.finish()?;
    Ok(Some(Ddl::Database(statement)))
}

/// Reads on behind ALTER ROLE or ALTER USER; `None` is a form that is not there.
pub fn alter_role(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    let at = words.at();
    let own = ["current_user", "session_user", "current_role"];
    let role = if words.accept("all") {
        RoleMeant::All
    } else if own.iter().any(|name| words.accept(name)) {
        RoleMeant::Own
    } else if words.peek_is("user") {
        return Err(words.error());
    } else {
        match words.ident()? {
            name if name.value.eq_ignore_ascii_case("none") => {
                let message = "role name \"none\" is reserved";
                return Err(words.marked(at, PgError::new(SqlState::RESERVED_NAME, message)));
            }
            name => RoleMeant::Named(name),
        }
    };
    let database = if words.accept("in") {
        words.expect("database")?;
        Some(words.ident()?)
    } else {
        None
    };
    if !words.peek_is("set") && !words.peek_is("reset") {
        let whole = database.is_none() && !matches!(role, RoleMeant::All);
        return if whole { Ok(None) } else { Err(words.error()) };
    }
    let change = setting(words)?;
    words.finish()?;
    Ok(Some(Ddl::Database(DatabaseDdl::Setting { role: Some(role), database, change })))
}

/// Reads on behind ALTER GROUP, of which no form is there. Errors: 42601.
pub fn alter_group(words: &mut Words<'_>) -> Result<Option<Ddl>, PgError> {
    words.ident()?;
    if ["add", "drop", "rename"].iter().any(|word| words.peek_is(word)) { Ok(None) } else { Err(words.error()) }
}

/// SET or RESET, and what stands behind it.
fn setting(words: &mut Words<'_>) -> Result<SettingStatement, PgError> {
    if words.accept("set") {
        return match words.setting()? {
            Setting::Value { name, to } => Ok(SettingStatement::Set { name, to }),
            Setting::Modes { session: true, .. } => Ok(SettingStatement::Modes("SESSION CHARACTERISTICS")),
            Setting::Modes { .. } => Ok(SettingStatement::Modes("TRANSACTION")),
            Setting::Unsupported(_) => Ok(SettingStatement::Modes("TRANSACTION SNAPSHOT")),
        };
    }
    words.expect("reset")?;
    Ok(match words.setting_or_all()? {
        Some(name) => SettingStatement::Set { name, to: SetTo::Default },
        None => SettingStatement::ResetAll,
    })
}

/// The options of ALTER DATABASE, and then those that CREATE DATABASE has beside.
const OPTIONS: [&str; 15] = [
    "allow_connections",
    "connection_limit",
    "is_template",
    "owner",
    "template",
    "encoding",
    "locale",
    "lc_collate",
    "lc_ctype",
    "locale_provider",
    "tablespace",
    "strategy",
    "icu_locale",
    "oid",
    "collation_version",
];
const ALTERED: usize = 3;

impl Options {
    fn read(words: &mut Words<'_>, create: bool) -> Result<Options, PgError> {
        let mut options = Options::default();
        while words.peek().is_some() {
            let (at, text) = (words.at(), words.text);
            let keyword = matches!(words.peek().map(|token| &token.token), Some(Token::Word(word))
                if word.keyword != Keyword::NoKeyword);
            let mistaken = words.error();
            let name = match words.word() {
                Some(name) if name == "connection" => {
                    words.expect("limit")?;
                    "connection_limit".to_owned()
                }
                Some(name) if keyword && !OPTIONS.contains(&name.as_str()) => return Err(mistaken),
                Some(name) => name,
                None => return Err(mistaken),
            };
            words.accept_token(&Token::Eq);
            let role = words.next;
            let value = words.setting_value()?;
            if name == "owner" && value != "default" {
                words.next = role;
                options.owner = Some(words.ident()?);
            }
            if options.names.contains(&name) {
                return Err(at.mark(error(SqlState::SYNTAX_ERROR, "conflicting or redundant options"), text));
            }
            let known = if create { &OPTIONS[..] } else { &OPTIONS[..ALTERED] };
            if !known.contains(&name.as_str()) {
                let message = format!("option \"{name}\" not recognized");
                return Err(at.mark(error(SqlState::SYNTAX_ERROR, message), text));
            }
            if value != "default" {
                options.option(&name, value, at, text)?;
            }
            options.names.push(name);
        }
        Ok(options)
    }

    fn option(&mut self, name: &str, value: String, at: At, text: &str) -> Result<(), PgError> {
        match name {
            "connection_limit" => self.change.connection_limit = Some(limit(&value)?),
            "allow_connections" => self.change.allow_connections = Some(boolean(name, &value)?),
            "is_template" => self.change.is_template = Some(boolean(name, &value)?),
            "owner" => {}
            "template" => self.template = Some(value),
            "encoding" => encoding(&value, at, text)?,
            "locale" | "lc_collate" | "lc_ctype" if matches!(value.as_str(), "C" | "POSIX") => {}
            "locale" | "lc_collate" | "lc_ctype" => {
                let unsupported = PgError::unsupported(format!("a database with the locale \"{value}\""));
                return Err(unsupported.hint("All databases have the collation \"C\"; leave the option out."));
            }
            "locale_provider" if value == "libc" => {}
            "locale_provider" if value == "icu" => return Err(PgError::unsupported("the locale provider icu")),
            "locale_provider" => {
                let message = format!("unrecognized locale provider: {value}");
                return Err(error(SqlState::INVALID_OBJECT_DEFINITION, message));
            }
            "tablespace" if value == "pg_default" => {}
            "tablespace" => {
                return Err(error(SqlState::UNDEFINED_OBJECT, format!("tablespace \"{value}\" does not exist")));
            }
            "strategy" if matches!(value.as_str(), "wal_log" | "file_copy") => {}
            "strategy" => {
                let message = format!("invalid create database strategy \"{value}\"");
                return Err(error(SqlState::INVALID_PARAMETER_VALUE, message)
                    .hint("Valid strategies are \"wal_log\" and \"file_copy\"."));
            }
            _ => return Err(PgError::unsupported(format!("CREATE DATABASE with the option {name}"))),
        }
        Ok(())
    }
}

fn error(code: SqlState, message: impl Into<String>) -> PgError {
    PgError::new(code, message.into())
}

fn boolean(name: &str, value: &str) -> Result<bool, PgError> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" => Ok(true),
        "false" | "off" | "0" => Ok(false),
        _ => Err(error(SqlState::SYNTAX_ERROR, format!("{name} requires a Boolean value"))),
    }
}

fn limit(value: &str) -> Result<Option<u32>, PgError> {
    match value.parse::<i32>() {
        Ok(-1) => Ok(None),
        Ok(limit) => u32::try_from(limit)
            .map(Some)
            .map_err(|_| error(SqlState::INVALID_PARAMETER_VALUE, format!("invalid connection limit: {limit}"))),
        Err(_) => Err(error(SqlState::SYNTAX_ERROR, "connection_limit requires an integer value")),
    }
}

/// By name, or by number.
fn encoding(value: &str, at: At, text: &str) -> Result<(), PgError> {
    match encoding_named(value) {
        _ if value == "6" => Ok(()),
        Encoding::Utf8 => Ok(()),
        Encoding::Other => Err(PgError::unsupported(format!("a database with the encoding {value}"))
            .hint("All databases have the encoding UTF8.")),
        Encoding::Unknown => {
            Err(at.mark(error(SqlState::UNDEFINED_OBJECT, format!("{value} is not a valid encoding name")), text))
        }
    }
}
