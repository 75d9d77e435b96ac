//! SET: what a setting is set to. `ALTER ROLE … SET` and `ALTER DATABASE … SET` say it in the same words.

use sqlparser::tokenizer::Token;

use super::constraints;
use super::parse::Kind;
use super::plan::{SessionStatement, SetTo, TransactionModes};
use super::utility::Words;
use crate::types::timestamp::{IntervalStyle, input_interval, output_interval};
use crate::types::{PgError, SqlState};

/// What stands behind SET.
#[derive(Debug)]
pub(super) enum Setting {
    Value { name: String, to: SetTo },
    Modes { modes: TransactionModes, session: bool },
    Unsupported(&'static str),
}

/// Lists, and those of them whose elements are names.
const LISTS: [&str; 8] = [
    "datestyle",
    "listen_addresses",
    "log_destination",
    "search_path",
    "synchronous_standby_names",
    "temp_tablespaces",
    "unix_socket_directories",
    "wal_consistency_checking",
];
const OF_NAMES: [&str; 3] = ["search_path", "temp_tablespaces", "unix_socket_directories"];

/// The fields of an interval as its typmod has them.
const HOUR: i32 = 1 << 10;
const MINUTE: i32 = 1 << 11;
const ALL_FIELDS: i32 = 0x7fff;
const FULL_PRECISION: i32 = 0xffff;

fn is_list(name: &str) -> bool {
    LISTS.contains(&name) || name.ends_with("_preload_libraries")
}

fn is_of_names(name: &str) -> bool {
    OF_NAMES.contains(&name) || name.ends_with("_preload_libraries")
}

/// Reads on behind SET.
pub(super) fn read(words: &mut Words<'_>) -> Result<Kind, PgError> {
    let local = words.accept("local");
    let is_more = ["authorization", "characteristics"].iter().any(|more| words.is_next(&["session", more]));
    let session = !local && !is_more && words.accept("session");
    if words.peek_is("constraints") && !local && !session && !words.sets_by_name() {
        words.next += 1;
        return Ok(Kind::Constraints(constraints::read(words)?));
    }
    Ok(match words.setting()? {
        Setting::Value { name, to } => Kind::Session(SessionStatement::Set { name, to, local }),
        Setting::Modes { modes, session } => Kind::Session(SessionStatement::SetModes { modes, session }),
        Setting::Unsupported(what) => Kind::Unsupported(what.to_owned()),
    })
}

impl Words<'_> {
    /// What stands behind SET, LOCAL or SESSION taken.
    pub(super) fn setting(&mut self) -> Result<Setting, PgError> {
        let value = |name: &str, to| Ok(Setting::Value { name: name.to_owned(), to });
        if self.accept_all(&["xml", "option"]) {
            let option = if self.accept("document") {
                "DOCUMENT"
            } else {
                self.expect("content")?;
                "CONTENT"
            };
            return value("xmloption", SetTo::Value(option.to_owned()));
        }
        if self.accept("transaction") {
            if self.peek_is("snapshot") {
                self.next = self.tokens.len();
                return Ok(Setting::Unsupported("SET TRANSACTION SNAPSHOT"));
            }
            return Ok(Setting::Modes { modes: self.modes()?, session: false });
        }
        if self.peek_is("role") && !self.sets_by_name() {
            self.next += 1;
            let name = if self.accept("none") { "none".to_owned() } else { self.role_or_string()? };
            return value("role", SetTo::Value(name));
        }
        if self.accept_all(&["session", "authorization"]) {
            let to = if self.accept("default") { SetTo::Default } else { SetTo::Value(self.role_or_string()?) };
            return value("session_authorization", to);
        }
        if self.accept_all(&["session", "characteristics"]) {
            self.expect("as")?;
            self.expect("transaction")?;
            return Ok(Setting::Modes { modes: self.modes()?, session: true });
        }
        if self.accept_all(&["time", "zone"]) {
            return value("timezone", self.time_zone()?);
        }
        if self.peek_is("names") && !self.sets_by_name() {
            self.next += 1;
            let to = if self.peek().is_none() || self.accept("default") {
                SetTo::Default
            } else {
                SetTo::Value(self.string()?)
            };
            return value("client_encoding", to);
        }
        if self.peek_is("schema") && !self.sets_by_name() {
            self.next += 1;
            return value("search_path", SetTo::Value(quote_list_item(&self.string()?)));
        }
        let name = self.setting_name()?;
        if self.accept_all(&["from", "current"]) {
            return Ok(Setting::Value { name, to: SetTo::Current });
        }
        if !self.accept("to") && !self.accept_token(&Token::Eq) {
            return Err(self.error());
        }
        if self.accept("default") {
            return Ok(Setting::Value { name, to: SetTo::Default });
        }
        let mut items = vec![self.setting_value()?];
        while self.accept_token(&Token::Comma) {
            items.push(self.setting_value()?);
        }
        if items.len() > 1 && !is_list(&name) {
            // Once the whole statement is read.
            self.finish()?;
            let message = format!("SET {name} takes only one argument");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        if is_of_names(&name) {
            items.iter_mut().for_each(|item| *item = quote_list_item(item));
        }
        Ok(Setting::Value { name, to: SetTo::Value(items.join(", ")) })
    }

    fn time_zone(&mut self) -> Result<SetTo, PgError> {
        if self.accept("local") || self.accept("default") {
            return Ok(SetTo::Default);
        }
        if !self.peek_is("interval") {
            return self.setting_value().map(SetTo::Value);
        }
        self.next += 1;
        let precise = self.accept_token(&Token::LParen);
        if precise {
            self.setting_value()?;
            self.expect_token(&Token::RParen)?;
        }
        let text = self.string()?;
        let at = self.at();
        let fields = if precise || self.peek().is_none() {
            ALL_FIELDS
        } else if self.accept_all(&["hour", "to", "minute"]) {
            HOUR | MINUTE
        } else if self.accept("hour") {
            HOUR
        } else if self.accept("minute") {
            MINUTE
        } else {
            let message = "time zone interval must be HOUR or HOUR TO MINUTE";
            return Err(self.marked(at, PgError::new(SqlState::SYNTAX_ERROR, message)));
        };
        let interval = input_interval(&text, IntervalStyle::default(), fields << 16 | FULL_PRECISION)?;
        let mut shown = String::new();
        let _ = output_interval(interval, IntervalStyle::default(), &mut shown);
        Ok(SetTo::Value(format!("INTERVAL '{shown}'")))
    }

    /// Whether what comes next is a setting's name, whatever else it means.
    fn sets_by_name(&self) -> bool {
        let second = self.tokens.get(self.next + 1).map(|token| &token.token);
        matches!(second, Some(Token::Eq | Token::Period))
            || matches!(second, Some(Token::Word(word)) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("to"))
    }

    /// A role's name, or a string that is one.
    fn role_or_string(&mut self) -> Result<String, PgError> {
        match self.peek().map(|token| &token.token) {
            Some(Token::Word(_)) => self.name(),
            _ => self.string(),
        }
    }

    /// `name` or `prefix.name`, in lower case.
    fn setting_name(&mut self) -> Result<String, PgError> {
        let mut name = self.name()?.to_ascii_lowercase();
        while self.accept_token(&Token::Period) {
            name.push('.');
            name.push_str(&self.name()?.to_ascii_lowercase());
        }
        Ok(name)
    }

    /// What stands behind RESET or SHOW; `None` is ALL.
    pub(super) fn setting_or_all(&mut self) -> Result<Option<String>, PgError> {
        if self.accept("all") {
            return Ok(None);
        }
        if self.accept_all(&["time", "zone"]) {
            return Ok(Some("timezone".to_owned()));
        }
        if self.accept_all(&["transaction", "isolation", "level"]) {
            return Ok(Some("transaction_isolation".to_owned()));
        }
        if self.accept_all(&["session", "authorization"]) {
            return Ok(Some("session_authorization".to_owned()));
        }
        self.setting_name().map(Some)
    }
}

/// An element of a list setting, quoted as an identifier where it must be.
fn quote_list_item(item: &str) -> String {
    let plain = item.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && item.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if plain { item.to_owned() } else { format!("\"{}\"", item.replace('"', "\"\"")) }
}
