//! CREATE, ALTER and DROP DATABASE.

use sqlparser::ast::Ident;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use super::Ddl;
use crate::catalog::DatabaseOptions;
use crate::sql::text::At;
use crate::sql::utility::Words;
use crate::types::{PgError, SqlState};

/// What is asked for. Options that would make a database other than all are (UTF8, collation "C", one tablespace) are
/// refused where they are read.
#[derive(Debug)]
pub enum DatabaseDdl {
    Create { name: Ident, owner: Option<Ident>, template: Option<String>, options: DatabaseOptions },
    Drop { name: Ident, if_exists: bool, force: bool },
    Rename { name: Ident, to: Ident },
    Owner { name: Ident, owner: Ident },
    Alter { name: Ident, change: OptionsChange },
}

/// The options that ALTER DATABASE names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionsChange {
    pub allow_connections: Option<bool>,
    pub is_template: Option<bool>,
    /// `Some(None)`: no limit any more.
    pub connection_limit: Option<Option<u32>>,
}

impl OptionsChange {
    pub fn apply(self, to: DatabaseOptions) -> DatabaseOptions {
        DatabaseOptions {
            allow_connections: self.allow_connections.unwrap_or(to.allow_connections),
            is_template: self.is_template.unwrap_or(to.is_template),
            connection_limit: self.connection_limit.unwrap_or(to.connection_limit),
        }
    }
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
    } else if words.peek_is("refresh") {
        return Ok(None);
    } else if words.peek_is("set") || words.peek_is("reset") {
        return Err(PgError::unsupported("ALTER DATABASE with SET or RESET")
            .hint("Defaults of a database's sessions are set in the server's configuration file."));
    } else {
        words.accept("with");
        DatabaseDdl::Alter { name, change: Options::read(words, false)?.change }
    };
    words.finish()?;
    Ok(Some(Ddl::Database(statement)))
}

/// The options that keywords name.
fn is_option(word: &str) -> bool {
    matches!(
        word,
        "connection"
            | "allow_connections"
            | "is_template"
            | "owner"
            | "template"
            | "encoding"
            | "locale"
            | "lc_collate"
            | "lc_ctype"
            | "locale_provider"
            | "tablespace"
            | "strategy"
            | "icu_locale"
            | "oid"
            | "collation_version"
    )
}

impl Options {
    fn read(words: &mut Words<'_>, create: bool) -> Result<Options, PgError> {
        let mut options = Options::default();
        while words.peek().is_some() {
            let at = words.at();
            let text = words.text;
            let reserved = matches!(words.peek().map(|token| &token.token), Some(Token::Word(word))
                if word.keyword != Keyword::NoKeyword && !is_option(&word.value.to_ascii_lowercase()));
            if reserved {
                return Err(words.error());
            }
            let name = match words.word() {
                Some(name) if name == "connection" => {
                    words.expect("limit")?;
                    "connection_limit".to_owned()
                }
                Some(name) => name,
                None => return Err(words.error()),
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
            if create || matches!(name.as_str(), "connection_limit" | "allow_connections" | "is_template") {
                options.option(&name, value, at, text)?;
            } else {
                return Err(not_recognized(&name, at, text));
            }
            options.names.push(name);
        }
        Ok(options)
    }

    fn option(&mut self, name: &str, value: String, at: At, text: &str) -> Result<(), PgError> {
        let default = value == "default";
        match name {
            "connection_limit" => self.change.connection_limit = Some(limit(&value)?),
            "allow_connections" => self.change.allow_connections = Some(boolean(name, &value)?),
            "is_template" => self.change.is_template = Some(boolean(name, &value)?),
            "owner" => {}
            "template" if default => {}
            "template" => self.template = Some(value),
            "encoding" if default => {}
            "encoding" => encoding(&value, at, text)?,
            "locale" | "lc_collate" | "lc_ctype" if default || matches!(value.as_str(), "C" | "POSIX") => {}
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
            "tablespace" if default || value == "pg_default" => {}
            "tablespace" => {
                return Err(error(SqlState::UNDEFINED_OBJECT, format!("tablespace \"{value}\" does not exist")));
            }
            "strategy" if matches!(value.as_str(), "wal_log" | "file_copy") => {}
            "strategy" => {
                let message = format!("invalid create database strategy \"{value}\"");
                return Err(error(SqlState::INVALID_PARAMETER_VALUE, message)
                    .hint("Valid strategies are \"wal_log\" and \"file_copy\"."));
            }
            "icu_locale" | "oid" | "collation_version" => {
                return Err(PgError::unsupported(format!("CREATE DATABASE with the option {name}")));
            }
            _ => return Err(not_recognized(name, at, text)),
        }
        Ok(())
    }
}

fn error(code: SqlState, message: impl Into<String>) -> PgError {
    PgError::new(code, message.into())
}

fn not_recognized(name: &str, at: At, text: &str) -> PgError {
    at.mark(error(SqlState::SYNTAX_ERROR, format!("option \"{name}\" not recognized")), text)
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

/// PostgreSQL's names of encodings count letters and digits alone.
fn encoding(value: &str, at: At, text: &str) -> Result<(), PgError> {
    const OTHERS: [&str; 42] = [
        "abc",
        "alt",
        "big5",
        "euccn",
        "eucjis2004",
        "eucjp",
        "euckr",
        "euctw",
        "gb18030",
        "gbk",
        "iso88591",
        "iso885910",
        "iso885913",
        "iso885914",
        "iso885915",
        "iso885916",
        "iso88592",
        "iso88593",
        "iso88594",
        "iso88595",
        "iso88596",
        "iso88597",
        "iso88598",
        "iso88599",
        "johab",
        "koi8",
        "koi8r",
        "koi8u",
        "latin1",
        "latin10",
        "latin2",
        "latin3",
        "latin4",
        "latin5",
        "latin6",
        "latin7",
        "latin8",
        "latin9",
        "sjis",
        "sqlascii",
        "uhc",
        "win1252",
    ];
    let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if matches!(plain.as_str(), "utf8" | "unicode" | "6") {
        return Ok(());
    }
    if OTHERS.contains(&plain.as_str()) || plain.starts_with("win") {
        let unsupported = PgError::unsupported(format!("a database with the encoding {value}"));
        return Err(unsupported.hint("All databases have the encoding UTF8."));
    }
    Err(at.mark(error(SqlState::UNDEFINED_OBJECT, format!("{value} is not a valid encoding name")), text))
}
