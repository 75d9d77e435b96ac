//! `--config FILE`: flags by their names, and defaults for the settings of sessions, in TOML.
//!
//! ```toml
//! listen = "127.0.0.1:5433"
//! join = ["node1:7432", "node2:7432"]
//!
//! [settings]                # as in postgresql.conf
//! statement_timeout = "30s"
//!
//! [database.postgres]       # as by ALTER DATABASE … SET
//! lock_timeout = "5s"
//!
//! [role.reports]            # as by ALTER ROLE … SET
//! quorlite.read_consistency = "stale"
//! ```
//!
//! A flag that is typed, or whose variable is set, counts before the file's. What is in the file and means nothing is an error
//! that names the line.
//!
//! This file is the only door to toml_edit.

use std::fs;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};
use toml_edit::{Document, Item, Key, Table, Value};

use super::args::{Arguments, Command, Start};
use crate::session::settings::Defaults;

/// Arguments of `start` that have no place in the file.
const NOT_IN_FILES: &[&str] = &["config", "help", "version"];

/// A flag that the file gives.
struct Given {
    line: usize,
    name: String,
    value: String,
}

/// The start as meant by the command line `words` and the file it names, and the settings that the file has.
pub fn complete(start: Box<Start>, words: &[String]) -> Result<(Box<Start>, Defaults), String> {
    let Some(path) = &start.config else { return Ok((start, Defaults::default())) };
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("--config {shown} cannot be read: {error}"))?;
    let place = |line: usize, why: &str| format!("{shown}, line {line}: {why}");
    let (given, defaults) = read(path, &text).map_err(|(line, why)| place(line, &why))?;
    let typed = Arguments::command().try_get_matches_from(words).map_err(|error| error.to_string())?;
    let mut words = words.to_vec();
    for Given { line, name, value } in given {
        let word = format!("--{name}={value}");
        // By itself first: a mistake is then this line's.
        if let Err(error) = Arguments::try_parse_from(["quorlite", "start", &word]) {
            return Err(place(line, &super::usage::line(&error)));
        }
        if !is_typed(&typed, &name) {
            words.push(word);
        }
    }
    let matches = Arguments::command().try_get_matches_from(words).map_err(|error| super::usage::line(&error))?;
    match Arguments::from_arg_matches(&matches).map_err(|error| super::usage::line(&error))?.command {
        Command::Start(start) => Ok((start, defaults)),
        _ => Err("--config belongs to quorlite start".to_owned()),
    }
}

/// Whether the flag or its variable was given.
fn is_typed(matches: &ArgMatches, name: &str) -> bool {
    let Some((_, matches)) = matches.subcommand() else { return false };
    let source = matches.value_source(&name.replace('-', "_"));
    matches!(source, Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

type Problem = (usize, String);

fn read(path: &Path, text: &str) -> Result<(Vec<Given>, Defaults), Problem> {
    let line = |at: Option<std::ops::Range<usize>>| {
        let end = at.map_or(0, |at| at.start).min(text.len());
        1 + text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count()
    };
    let document = Document::parse(text).map_err(|error| (line(error.span()), error.message().replace('\n', " ")))?;
    let base = path.parent().unwrap_or(Path::new(""));
    let mut given = Vec::new();
    let mut defaults = Defaults::default();
    for (key, item) in entries(document.as_table()) {
        let at = line(key.span());
        match (key.get(), item) {
            ("settings", Item::Table(table)) => {
                settings(table, "", &line, &mut |name, value| defaults.set(name, value))?;
            }
            ("database" | "role", Item::Table(table)) => {
                for (name, item) in entries(table) {
                    let Item::Table(inner) = item else {
                        let why = format!("[{}] holds tables: write [{}.{}]", key.get(), key.get(), name.get());
                        return Err((line(name.span()), why));
                    };
                    settings(inner, "", &line, &mut |setting, value| match key.get() {
                        "role" => defaults.set_for_role(name.get(), setting, value),
                        _ => defaults.set_for_database(name.get(), setting, value),
                    })?;
                }
            }
            (name, Item::Value(value)) => given.push(flag(name, value, base).map_err(|why| (at, why))?),
            (name, _) => return Err((at, format!("there is no table [{name}]: settings, database and role are"))),
        }
        if let Some(last) = given.last_mut().filter(|last| last.line == 0) {
            last.line = at;
        }
    }
    Ok((given, defaults))
}

/// Keys with their places.
fn entries(table: &Table) -> impl Iterator<Item = (&Key, &Item)> {
    table.iter().filter_map(|(name, _)| table.get_key_value(name))
}

/// A flag of `start` by its name. A relative directory is as seen from the file.
fn flag(name: &str, value: &Value, base: &Path) -> Result<Given, String> {
    let root = Arguments::command();
    let flags = root.find_subcommand("start").into_iter().flat_map(clap::Command::get_arguments);
    let mut names = flags.filter_map(clap::Arg::get_long).filter(|name| !NOT_IN_FILES.contains(name));
    if !names.any(|known| known == name) {
        return Err(format!("there is no flag --{name} of quorlite start"));
    }
    let value = match value {
        Value::Array(values) => {
            let values: Option<Vec<String>> = values.iter().map(scalar).collect();
            values.ok_or_else(|| format!("{name} is a list of plain values"))?.join(",")
        }
        value => scalar(value).ok_or_else(|| format!("{name} is a text, a number, true or false"))?,
    };
    let value = match name {
        "data" => base.join(value).to_string_lossy().into_owned(),
        _ => value,
    };
    Ok(Given { line: 0, name: name.to_owned(), value })
}

/// The settings of a table; names with dots may be tables of their own.
fn settings(
    table: &Table,
    prefix: &str,
    line: &dyn Fn(Option<std::ops::Range<usize>>) -> usize,
    set: &mut dyn FnMut(&str, &str) -> Result<(), String>,
) -> Result<(), Problem> {
    for (key, item) in entries(table) {
        let name = format!("{prefix}{}", key.get());
        let at = line(key.span());
        match item {
            Item::Table(inner) if prefix.is_empty() => settings(inner, &format!("{name}."), line, set)?,
            Item::Value(value) => {
                let value = scalar(value).ok_or_else(|| (at, format!("{name} is a text, a number, true or false")))?;
                set(&name, &value).map_err(|why| (at, why))?;
            }
            _ => return Err((at, format!("{name} is no setting"))),
        }
    }
    Ok(())
}

fn scalar(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => text.value().clone(),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => number.value().to_string(),
        Value::Boolean(truth) => truth.value().to_string(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(text: &str, flags: &str) -> Result<(Box<Start>, Defaults), String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("quorlite.toml");
        fs::write(&path, text).unwrap();
        let mut words: Vec<String> = ["quorlite", "start", "--config"].map(str::to_owned).to_vec();
        words.push(path.to_string_lossy().into_owned());
        words.extend(flags.split_whitespace().map(str::to_owned));
        match Arguments::try_parse_from(&words).unwrap().command {
            Command::Start(start) => complete(start, &words),
            _ => unreachable!("the words say start"),
        }
    }

    #[track_caller]
    fn refused(text: &str, hints: &[&str]) {
        let Err(message) = completed(text, "") else { panic!("{text}: taken") };
        for hint in hints {
            assert!(message.contains(hint), "{text}: {message}");
        }
        assert!(!message.contains('\n'), "{message}");
    }

    #[test]
    fn what_is_typed_counts_before_the_file() {
        let text = "listen = \"127.0.0.1:5555\"\nmax-connections = 7\njoin = [\"a:1\", \"b:2\"]\ninsecure = true\n";
        let (start, _) = completed(text, "--max-connections 9").unwrap();
        assert_eq!((start.listen.to_string().as_str(), start.max_connections), ("127.0.0.1:5555", 9));
        let join: Vec<String> = start.join.iter().map(ToString::to_string).collect();
        assert_eq!((join, start.insecure, start.patience), (vec!["a:1".to_owned(), "b:2".to_owned()], true, 10));
    }

    #[test]
    fn a_relative_directory_is_as_seen_from_the_file() {
        let (start, _) = completed("data = \"files\"\n", "").unwrap();
        assert!(start.data.is_absolute() && start.data.ends_with("files"), "{:?}", start.data);
    }

    #[test]
    fn settings_are_for_all_for_databases_and_for_roles() {
        let text = "[settings]\nstatement_timeout = \"30s\"\nlock_timeout = 10\n\
                    [database.shop]\nlock_timeout = 20\n\
                    [role.reports]\nlock_timeout = 30\nquorlite.read_consistency = \"stale\"\n";
        let (_, defaults) = completed(text, "").unwrap();
        let of = |user: &str, database: &str, name: &str| {
            let lists = defaults.of(user, database);
            let found = lists.iter().copied().flatten().rfind(|(other, _)| *other == name);
            found.map(|(_, value)| value.to_owned())
        };
        assert_eq!(of("a", "b", "statement_timeout").as_deref(), Some("30s"));
        assert_eq!(of("a", "b", "lock_timeout").as_deref(), Some("10"));
        assert_eq!(of("a", "shop", "lock_timeout").as_deref(), Some("20"));
        assert_eq!(of("reports", "shop", "lock_timeout").as_deref(), Some("30"));
        assert_eq!(of("reports", "shop", "quorlite.read_consistency").as_deref(), Some("stale"));
    }

    #[test]
    fn what_means_nothing_is_an_error_of_its_line() {
        refused("\nlisten = \"nonsense\"\n", &["line 2", "--listen"]);
        refused("max-connections = 0\n", &["line 1", "--max-connections"]);
        refused("\n\nlistn = \"127.0.0.1:1\"\n", &["line 3", "--listn"]);
        refused("config = \"x\"\n", &["line 1", "--config"]);
        refused("join = [[1]]\n", &["line 1", "join"]);
        refused("listen = 1\nlisten = 2\n", &["line 2"]);
        refused("listen = \n", &["line 1"]);
        refused("[listen]\na = 1\n", &["line 1", "[listen]"]);
        refused("[settings]\nwork_mem = \"4MB\"\nstatment_timeout = 1\n", &["line 3", "statment_timeout"]);
        refused("[settings]\nstatement_timeout = \"soon\"\n", &["line 2", "statement_timeout"]);
        refused("[settings]\nDateStyle = \"Roman\"\n", &["line 2", "DateStyle"]);
        refused("[settings]\nssl = true\n", &["line 2", "ssl"]);
        refused("[role]\nx = 1\n", &["line 2", "[role.x]"]);
        refused("[role.x]\nport = 1\n", &["line 2", "port"]);
    }
}
