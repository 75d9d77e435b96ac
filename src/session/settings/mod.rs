//! A session's settings (PostgreSQL calls them GUCs): SET, SHOW, RESET and what they do.
//!
//! A setting that can't take effect must not be taken: [`table`] says of each whether any value will do (it
//! is a hint, or the session obeys it) or only some. Settings are transactional, as in PostgreSQL: a SET in a
//! transaction that fails is undone, SET LOCAL ends with the transaction, and ROLLBACK TO goes back to what held at the
//! savepoint. The modes of the transaction itself (`transaction_isolation` and its kin) begin each with the defaults.

mod defaults;
mod kept;
mod kind;
mod table;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::catalog::system;
use crate::cluster::ReadConsistency;
use crate::sql::{Isolation, SettingValues, milliseconds};
use crate::types::timestamp::Zone;
use crate::types::{PgError, Severity, SqlState};

pub use defaults::Defaults;
pub use kept::kept_name;
use kind::Kind;
pub(super) use kind::boolean;
pub use table::SERVER_VERSION;
use table::SETTINGS;

/// One setting's definition.
#[derive(Debug)]
pub(super) struct Setting {
    pub name: &'static str,
    kind: Kind,
    default: &'static str,
    rule: Rule,
    /// Clients are told when it changes (ParameterStatus).
    pub report: bool,
    pub about: &'static str,
}

/// Who may change it, and to what.
#[derive(Clone, Copy, Debug)]
enum Rule {
    Free,
    /// Only these values are honoured; others are refused.
    Only(&'static [&'static str]),
    /// It states a fact.
    Internal,
    /// It is set when the server starts.
    AtStart,
}

const fn setting(name: &'static str, kind: Kind, default: &'static str, rule: Rule, about: &'static str) -> Setting {
    Setting { name, kind, default, rule, report: false, about }
}

const fn free(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Setting {
    setting(name, kind, default, Rule::Free, about)
}

const fn only(
    name: &'static str,
    kind: Kind,
    default: &'static str,
    values: &'static [&'static str],
    about: &'static str,
) -> Setting {
    setting(name, kind, default, Rule::Only(values), about)
}

const fn internal(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Setting {
    setting(name, kind, default, Rule::Internal, about)
}

const fn at_start(name: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Setting {
    setting(name, kind, default, Rule::AtStart, about)
}

impl Setting {
    const fn reported(mut self) -> Setting {
        self.report = true;
        self
    }
}

/// What each transaction begins with the defaults of (`default_transaction_isolation`, …).
const TRANSACTION_MODES: &[&str] = &["transaction_isolation", "transaction_read_only", "transaction_deferrable"];

/// What RESET ALL leaves as it is.
const KEPT: &[&str] = &["role", "session_authorization"];

/// Values by name in lower case, as SHOW prints them.
pub(super) type Values = Arc<BTreeMap<String, String>>;

/// The settings of one session.
pub struct Settings {
    /// What RESET goes back to: defaults and what the client asked for when it connected.
    reset: Values,
    /// What stays after this transaction commits.
    session: Values,
    /// What holds now: SET LOCAL changes only these.
    current: Values,
    /// What comes back when this transaction fails; `None` when nothing was set in it.
    before: Option<Values>,
    /// What comes back when a savepoint is rolled back to: what stays, and what holds.
    savepoints: Vec<(Values, Values)>,
    /// Of what holds now.
    obeyed: Obeyed,
    in_one_piece: Arc<SettingValues>,
}

/// Settings that the session itself obeys, parsed once.
#[derive(Clone, Debug)]
pub struct Obeyed {
    pub zone: Zone,
    pub consistency: ReadConsistency,
    pub statement_timeout: Option<Duration>,
    pub idle_session_timeout: Option<Duration>,
    pub idle_in_transaction_timeout: Option<Duration>,
    pub transaction_timeout: Option<Duration>,
    pub lock_timeout: Option<Duration>,
    /// Of the running transaction.
    pub read_only: bool,
    pub isolation: Isolation,
    /// Schemas to look names up in.
    pub search_path: Arc<[String]>,
    /// The least severity of notices that the client wants.
    min_messages: u8,
}

impl Settings {
    /// The defaults, with what is known of this connection.
    pub fn new(user: &str, max_connections: usize, port: u16) -> Settings {
        let mut values: BTreeMap<_, _> =
            SETTINGS.iter().map(|setting| (setting.name.to_lowercase(), setting.default.to_owned())).collect();
        values.insert("session_authorization".to_owned(), user.to_owned());
        values.insert("max_connections".to_owned(), max_connections.to_string());
        values.insert("port".to_owned(), port.to_string());
        let values = Arc::new(values);
        let obeyed = Obeyed::of(&values);
        let in_one_piece = Arc::new(values.iter().collect());
        let (session, current) = (values.clone(), values.clone());
        Settings { reset: values, session, current, before: None, savepoints: Vec::new(), obeyed, in_one_piece }
    }

    /// Every value by name in lower case.
    pub fn all(&self) -> &Values {
        &self.current
    }

    /// The same for statements: `current_setting()`.
    pub fn in_one_piece(&self) -> &Arc<SettingValues> {
        &self.in_one_piece
    }

    pub fn obeyed(&self) -> &Obeyed {
        &self.obeyed
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.current.get(&name.to_lowercase()).map(String::as_str)
    }

    /// What the session begins with, as somebody has said for it or the client itself: what RESET goes back to.
    pub fn start(&mut self, name: &str, value: &str) -> Result<(), PgError> {
        let (key, value) = match self.is_own_role(name, value) {
            true => (name.to_lowercase(), value.to_owned()),
            false => {
                refuse_unknown_role(name, value)?;
                check(name, &over(&self.reset, name, value)?)?
            }
        };
        Arc::make_mut(&mut self.reset).insert(key, value);
        self.session = self.reset.clone();
        self.next_transaction();
        Ok(())
    }

    /// SET. `None` is DEFAULT.
    pub fn set(&mut self, name: &str, value: Option<&str>, local: bool) -> Result<(), PgError> {
        let (key, value) = match value {
            Some(value) if self.is_own_role(name, value) => (name.to_lowercase(), Some(value.to_owned())),
            Some(value) => {
                refuse_unknown_role(name, value)?;
                let (key, value) = check(name, &over(&self.current, name, value)?)?;
                (key, Some(value))
            }
            None => {
                may_change(name)?;
                let key = name.to_lowercase();
                let value = self.reset.get(&key).cloned();
                (key, value)
            }
        };
        self.know(&key);
        let of_transaction = TRANSACTION_MODES.contains(&key.as_str());
        let value = match value {
            None if of_transaction => self.current.get(&format!("default_{key}")).cloned(),
            value => value,
        };
        self.before.get_or_insert_with(|| self.session.clone());
        let mut current = self.current.clone();
        put(&mut current, &key, value.clone());
        if !local && !of_transaction {
            put(&mut self.session, &key, value);
        }
        self.changed(current);
        Ok(())
    }

    /// A custom name that has been set once is there for the rest of the session, if only as the empty text.
    fn know(&mut self, key: &str) {
        if self.reset.contains_key(key) {
            return;
        }
        let savepoints = self.savepoints.iter_mut().flat_map(|(session, current)| [session, current]);
        let all = [&mut self.reset, &mut self.session, &mut self.current].into_iter();
        for values in all.chain(&mut self.before).chain(savepoints) {
            Arc::make_mut(values).entry(key.to_owned()).or_default();
        }
    }

    /// Whether it is SET ROLE or SET SESSION AUTHORIZATION to who the session is anyway.
    fn is_own_role(&self, name: &str, value: &str) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        (is("role") || is("session_authorization"))
            && self.reset.get("session_authorization").is_some_and(|user| user == value)
    }

    /// RESET ALL; the running transaction stays what it is.
    pub fn reset_all(&mut self) {
        self.before.get_or_insert_with(|| self.session.clone());
        let mut session = self.reset.clone();
        for name in KEPT {
            put(&mut session, name, self.session.get(*name).cloned());
        }
        let mut current = session.clone();
        for name in TRANSACTION_MODES.iter().chain(KEPT) {
            put(&mut current, name, self.current.get(*name).cloned());
        }
        self.session = session;
        self.changed(current);
    }

    /// The transaction has ended: SET holds from now on, SET LOCAL is over.
    pub fn commit(&mut self) {
        self.savepoints.clear();
        if self.before.take().is_some() {
            self.next_transaction();
        }
    }

    /// The transaction failed: nothing was set.
    pub fn rollback(&mut self) {
        self.savepoints.clear();
        if let Some(before) = self.before.take() {
            self.session = before;
            self.next_transaction();
        }
    }

    /// SAVEPOINT.
    pub fn savepoint(&mut self) {
        self.savepoints.push((self.session.clone(), self.current.clone()));
    }

    /// RELEASE: of the savepoints only the first `left` are left. That the transaction only reads is over where it was said behind
    /// one of the others, as in PostgreSQL (`CommitSubTransaction`).
    pub fn release(&mut self, left: usize) {
        const READ_ONLY: &str = "transaction_read_only";
        let before = self.savepoints.get(left).map(|(_, current)| current.get(READ_ONLY).cloned());
        self.savepoints.truncate(left);
        if let Some(before) = before
            && before.as_ref() != self.current.get(READ_ONLY)
        {
            let mut current = self.current.clone();
            put(&mut current, READ_ONLY, before);
            self.changed(current);
        }
    }

    /// Goes back to what held when the savepoint was made that has `below` others before it; it stays.
    pub fn rollback_to(&mut self, below: usize) {
        self.savepoints.truncate(below + 1);
        if let Some((session, current)) = self.savepoints.last().cloned() {
            self.session = session;
            self.changed(current);
        }
    }

    /// A transaction's modes are the defaults until it says otherwise.
    fn next_transaction(&mut self) {
        let mut current = self.session.clone();
        for mode in TRANSACTION_MODES {
            let default = current.get(&format!("default_{mode}"));
            if current.get(*mode) != default {
                let default = default.cloned();
                put(&mut current, mode, default);
            }
        }
        self.changed(current);
    }

    fn changed(&mut self, current: Values) {
        self.obeyed = Obeyed::of(&current);
        self.in_one_piece = Arc::new(current.iter().collect());
        self.current = current;
    }

    /// SHOW: the name in its own spelling, and the value.
    pub fn show(&self, name: &str) -> Result<(String, String), PgError> {
        let shown = show_name(name);
        match self.current.get(&name.to_lowercase()) {
            Some(value) => Ok((shown, value.clone())),
            None => Err(unrecognized(name)),
        }
    }

    /// SHOW ALL: name, value and description of each.
    pub fn show_all(&self) -> impl Iterator<Item = (&'static str, &str, &'static str)> {
        SETTINGS.iter().filter_map(|setting| Some((setting.name, self.get(setting.name)?, setting.about)))
    }

    /// What the client is told of when it changes.
    pub fn reported(&self) -> impl Iterator<Item = (&'static str, &str)> {
        SETTINGS
            .iter()
            .filter(|setting| setting.report)
            .filter_map(|setting| Some((setting.name, self.get(setting.name)?)))
    }
}

impl Obeyed {
    fn of(values: &BTreeMap<String, String>) -> Obeyed {
        let get = |name: &str| values.get(name).map_or("", String::as_str);
        Obeyed {
            zone: Zone::of_settings(|name| values.get(name).map(String::as_str)),
            consistency: match get("quorlite.read_consistency") {
                "session" => ReadConsistency::Session,
                "stale" => ReadConsistency::Stale,
                _ => ReadConsistency::Linearizable,
            },
            statement_timeout: milliseconds(get("statement_timeout")),
            idle_session_timeout: milliseconds(get("idle_session_timeout")),
            idle_in_transaction_timeout: milliseconds(get("idle_in_transaction_session_timeout")),
            transaction_timeout: milliseconds(get("transaction_timeout")),
            lock_timeout: milliseconds(get("lock_timeout")),
            read_only: get("transaction_read_only") == "on",
            isolation: match get("transaction_isolation") {
                "serializable" => Isolation::Serializable,
                "repeatable read" => Isolation::RepeatableRead,
                "read uncommitted" => Isolation::ReadUncommitted,
                _ => Isolation::ReadCommitted,
            },
            search_path: kind::split_names(get("search_path"))
                .unwrap_or_default()
                .into_iter()
                .map(|name| if name == "$user" { get("session_authorization").to_owned() } else { name })
                .collect(),
            min_messages: match get("client_min_messages") {
                "error" => 4,
                "warning" => 3,
                "notice" => 2,
                "log" => 1,
                _ => 0,
            },
        }
    }

    /// Whether the client wants to hear a notice of this severity.
    pub fn hears(&self, severity: Severity) -> bool {
        let rank = match severity {
            Severity::Debug => 0,
            Severity::Log => 1,
            Severity::Notice => 2,
            Severity::Warning => 3,
            Severity::Info | Severity::Error | Severity::Fatal => 4,
        };
        rank >= self.min_messages
    }
}

/// How SHOW titles the setting: its own spelling.
pub(super) fn show_name(name: &str) -> String {
    definition(name).map_or_else(|| name.to_lowercase(), |setting| setting.name.to_owned())
}

fn definition(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name.eq_ignore_ascii_case(name))
}

/// A value that may leave to what holds now what it does not say: DateStyle's.
fn over<'v>(current: &Values, name: &str, value: &'v str) -> Result<Cow<'v, str>, PgError> {
    match definition(name) {
        Some(setting) if matches!(setting.kind, Kind::DateStyle) => {
            let current = current.get("datestyle").map_or(setting.default, String::as_str);
            kind::date_style(setting.name, current, value).map(Cow::Owned)
        }
        _ => Ok(Cow::Borrowed(value)),
    }
}

/// The key to store it under and the value as SHOW prints it.
fn check(name: &str, value: &str) -> Result<(String, String), PgError> {
    let key = name.to_lowercase();
    let Some(setting) = may_change(name)? else {
        return Ok((key, value.to_owned()));
    };
    let value = setting.kind.canonical(setting, value)?;
    match setting.rule {
        Rule::Only(values) if !values.contains(&value.as_str()) => {
            Err(PgError::unsupported(format!("{} = \"{value}\"", setting.name)))
        }
        _ => Ok((key, value)),
    }
}

/// 22023 for SET ROLE and SET SESSION AUTHORIZATION to nobody.
fn refuse_unknown_role(name: &str, value: &str) -> Result<(), PgError> {
    let is = |other: &str| name.eq_ignore_ascii_case(other);
    let known = (is("role") && value == "none") || system::is_role(value);
    if known || !(is("role") || is("session_authorization")) {
        return Ok(());
    }
    Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("role \"{value}\" does not exist")))
}

/// The definition, or `None` for a name with a dot that anybody may use.
fn may_change(name: &str) -> Result<Option<&'static Setting>, PgError> {
    let cannot = |why: &str| {
        Err(PgError::new(SqlState::CANT_CHANGE_RUNTIME_PARAM, format!("parameter \"{name}\" cannot be changed{why}")))
    };
    match definition(name) {
        Some(setting) => match setting.rule {
            Rule::Internal => cannot(""),
            Rule::AtStart => cannot(" without restarting the server"),
            Rule::Free | Rule::Only(_) => Ok(Some(setting)),
        },
        None => custom(name).map(|()| None),
    }
}

/// Names of extensions' own settings: identifiers joined by dots.
fn custom(name: &str) -> Result<(), PgError> {
    if !name.contains('.') {
        return Err(unrecognized(name));
    }
    let invalid = || PgError::new(SqlState::INVALID_NAME, format!("invalid configuration parameter name \"{name}\""));
    let is_identifier = |part: &str| {
        let mut chars = part.chars();
        let first = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        first && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '$')
    };
    if !name.split('.').all(is_identifier) {
        return Err(
            invalid().detail("Custom parameter names must be two or more simple identifiers separated by dots.")
        );
    }
    if name.to_lowercase().starts_with("quorlite.") {
        return Err(invalid().detail("\"quorlite\" is a reserved prefix."));
    }
    Ok(())
}

fn unrecognized(name: &str) -> PgError {
    if system::has_postgresql_setting(name) {
        return PgError::unsupported(format!("parameter \"{name}\""));
    }
    PgError::new(SqlState::UNDEFINED_OBJECT, format!("unrecognized configuration parameter \"{name}\""))
}

fn put(values: &mut Values, key: &str, value: Option<String>) {
    let values = Arc::make_mut(values);
    match value {
        Some(value) => {
            values.insert(key.to_owned(), value);
        }
        // A custom name that the connection did not begin with: it stays, as the empty text.
        None => {
            if let Some(value) = values.get_mut(key) {
                value.clear();
            }
        }
    }
}
