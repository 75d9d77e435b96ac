//! Values in, values out, as PostgreSQL 15 does.

use super::*;

fn settings() -> Settings {
    Settings::new("joe", 7, 5433)
}

#[track_caller]
fn set(name: &str, value: &str) -> Result<String, String> {
    let mut settings = settings();
    settings.set(name, Some(value), false).map_err(|error| {
        let hint = error.hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
        let detail = error.detail.map(|detail| format!(" [{detail}]")).unwrap_or_default();
        format!("{} {}{detail}{hint}", error.code.as_str(), error.message)
    })?;
    Ok(settings.get(name).unwrap().to_owned())
}

#[test]
fn the_table_is_sound() {
    for setting in SETTINGS {
        let default = setting.kind.canonical(setting, setting.default).unwrap();
        assert_eq!(default, setting.default, "{} is shown as written", setting.name);
        if let Rule::Only(values) = setting.rule {
            assert!(values.is_empty() || values.contains(&setting.default), "{}", setting.name);
        }
    }
    let names: Vec<_> = SETTINGS.iter().map(|setting| setting.name.to_lowercase()).collect();
    assert!(names.is_sorted());
    assert_eq!(settings().get("Session_Authorization"), Some("joe"));
    assert_eq!(settings().get("max_connections"), Some("7"));
    assert_eq!(settings().get("port"), Some("5433"));
}

#[test]
fn booleans() {
    for (value, shown) in [
        ("t", "on"),
        ("TRUE", "on"),
        ("yes", "on"),
        ("1", "on"),
        ("of", "off"),
        ("n", "off"),
        ("Off", "off"),
        ("fal", "off"),
    ] {
        assert_eq!(set("enable_seqscan", value), Ok(shown.to_owned()), "{value}");
    }
    for value in ["o", "", "2", "onn", "truee"] {
        let message = "22023 parameter \"enable_seqscan\" requires a Boolean value";
        assert_eq!(set("enable_seqscan", value), Err(message.to_owned()), "{value}");
    }
}

#[test]
fn numbers_and_units() {
    for (name, value, shown) in [
        ("work_mem", "64", "64kB"),
        ("work_mem", "1024", "1MB"),
        ("work_mem", " 64 MB ", "64MB"),
        ("work_mem", "0.5GB", "512MB"),
        ("work_mem", "1100kB", "1100kB"),
        ("work_mem", "0x400", "1MB"),
        ("temp_buffers", "100", "800kB"),
        ("temp_buffers", "1MB", "1MB"),
        ("statement_timeout", "90s", "90s"),
        ("statement_timeout", "60s", "1min"),
        ("statement_timeout", "1500", "1500ms"),
        ("statement_timeout", "1e3", "1s"),
        ("statement_timeout", "1.5s", "1500ms"),
        ("statement_timeout", "2d", "2d"),
        ("statement_timeout", "0", "0"),
        ("statement_timeout", "600us", "1ms"),
        ("geqo_threshold", "3", "3"),
        ("random_page_cost", "1.10", "1.1"),
        ("random_page_cost", "2e0", "2"),
    ] {
        assert_eq!(set(name, value), Ok(shown.to_owned()), "{name} = {value}");
    }
    let units = "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".";
    for (name, value, error) in [
        ("work_mem", "1", "1 kB is outside the valid range for parameter \"work_mem\" (64 .. 2147483647)".to_owned()),
        ("work_mem", "64XB", format!("invalid value for parameter \"work_mem\": \"64XB\" ({units})")),
        ("work_mem", "", "invalid value for parameter \"work_mem\": \"\"".to_owned()),
        ("work_mem", "x", "invalid value for parameter \"work_mem\": \"x\"".to_owned()),
        ("geqo_effort", "11", "11 is outside the valid range for parameter \"geqo_effort\" (1 .. 10)".to_owned()),
        ("geqo_effort", "3kB", "invalid value for parameter \"geqo_effort\": \"3kB\"".to_owned()),
        ("random_page_cost", "x", "invalid value for parameter \"random_page_cost\": \"x\"".to_owned()),
        ("random_page_cost", "NaN", "invalid value for parameter \"random_page_cost\": \"NaN\"".to_owned()),
        ("geqo_seed", "2", "2 is outside the valid range for parameter \"geqo_seed\" (0 .. 1)".to_owned()),
    ] {
        assert_eq!(set(name, value), Err(format!("22023 {error}")), "{name} = {value}");
    }
}

#[test]
fn labels_lists_and_texts() {
    assert_eq!(set("client_min_messages", "WARNING"), Ok("warning".to_owned()));
    assert_eq!(set("synchronous_commit", "true"), Ok("on".to_owned()));
    let error = "22023 invalid value for parameter \"bytea_output\": \"x\" (Available values: escape, hex.)";
    assert_eq!(set("bytea_output", "x"), Err(error.to_owned()));
    assert_eq!(set("application_name", "caf\u{e9}\n"), Ok("caf??".to_owned()));
    assert_eq!(set("search_path", "\"a b\", public"), Ok("\"a b\", public".to_owned()));
    let error = "22023 invalid value for parameter \"search_path\": \"a,\" [List syntax is invalid.]";
    assert_eq!(set("search_path", "a,"), Err(error.to_owned()));
    assert_eq!(set("DateStyle", "iso"), Ok("ISO, MDY".to_owned()));
    assert_eq!(set("DateStyle", "german"), Ok("German, DMY".to_owned()));
    assert_eq!(set("DateStyle", "ymd, sql"), Ok("SQL, YMD".to_owned()));
    let error = "22023 invalid value for parameter \"DateStyle\": \"x\" [Unrecognized key word: \"x\".]";
    assert_eq!(set("datestyle", "x"), Err(error.to_owned()));
    assert_eq!(set("client_encoding", "utf-8"), Ok("UTF8".to_owned()));
    assert_eq!(set("client_encoding", "sql_ascii"), Ok("SQL_ASCII".to_owned()));
    assert_eq!(
        set("client_encoding", "x"),
        Err("22023 invalid value for parameter \"client_encoding\": \"x\"".to_owned())
    );
}

#[test]
fn what_cannot_take_effect_is_refused() {
    for (name, value) in
        [("standard_conforming_strings", "off"), ("client_encoding", "latin1"), ("session_authorization", "pg_monitor")]
    {
        let error = set(name, value).unwrap_err();
        assert!(error.starts_with("0A000 "), "{name} = {value}: {error}");
    }
    assert_eq!(set("extra_float_digits", "-15"), Ok("-15".to_owned()));
    assert_eq!(set("bytea_output", "escape"), Ok("escape".to_owned()));
}

#[test]
fn names() {
    let error = |name| set(name, "1").unwrap_err();
    assert_eq!(error("foo"), "42704 unrecognized configuration parameter \"foo\"");
    assert_eq!(error("log_statement"), "0A000 parameter \"log_statement\" is not supported yet");
    assert_eq!(error("Shared_Buffers"), "0A000 parameter \"Shared_Buffers\" is not supported yet");
    assert_eq!(error("block_size"), "55P02 parameter \"block_size\" cannot be changed");
    let message = "55P02 parameter \"max_connections\" cannot be changed without restarting the server";
    assert_eq!(error("max_connections"), message);
    assert_eq!(set("my.setting", "1"), Ok("1".to_owned()));
    assert!(error("my.").starts_with("42602 invalid configuration parameter name \"my.\""));
    assert!(error("quorlite.foo").starts_with("42602 "), "reserved");
    assert_eq!(set("Quorlite.Read_Consistency", "stale"), Ok("stale".to_owned()));
    assert_eq!(settings().show("timezone").unwrap(), ("TimeZone".to_owned(), "UTC".to_owned()));
    assert!(settings().show("my.setting").is_err());
}

#[test]
fn obeyed() {
    let mut settings = settings();
    assert_eq!(settings.obeyed().search_path[..], ["joe".to_owned(), "public".to_owned()]);
    assert_eq!(settings.obeyed().statement_timeout, None);
    settings.set("search_path", Some("\"A\"\"b\", C"), false).unwrap();
    settings.set("statement_timeout", Some("2min"), false).unwrap();
    settings.set("quorlite.read_consistency", Some("session"), false).unwrap();
    settings.set("client_min_messages", Some("warning"), false).unwrap();
    assert_eq!(settings.obeyed().search_path[..], ["A\"b".to_owned(), "c".to_owned()]);
    assert_eq!(settings.obeyed().statement_timeout, Some(Duration::from_secs(120)));
    assert_eq!(settings.obeyed().consistency, ReadConsistency::Session);
    settings.set("default_transaction_read_only", Some("on"), false).unwrap();
    assert!(!settings.obeyed().read_only, "the running transaction has begun");
    settings.commit();
    assert_eq!(settings.get("transaction_read_only"), Some("on"));
    assert!(settings.obeyed().read_only);
    settings.set("transaction_read_only", Some("off"), false).unwrap();
    assert!(!settings.obeyed().read_only);
    settings.reset_all();
    assert!(!settings.obeyed().read_only, "RESET ALL does not change the running transaction");
    settings.rollback();
    assert!(settings.obeyed().read_only, "the next begins with the default");
    assert!(settings.obeyed().hears(Severity::Warning) && !settings.obeyed().hears(Severity::Notice));
}

#[test]
fn transactions() {
    let mut settings = settings();
    let value = |settings: &Settings| settings.get("work_mem").unwrap().to_owned();
    settings.set("work_mem", Some("1MB"), false).unwrap();
    settings.set("work_mem", Some("2MB"), true).unwrap();
    assert_eq!(value(&settings), "2MB");
    settings.commit();
    assert_eq!(value(&settings), "1MB", "SET LOCAL is over, SET holds");
    settings.set("work_mem", Some("3MB"), true).unwrap();
    settings.set("work_mem", Some("5MB"), false).unwrap();
    settings.rollback();
    assert_eq!(value(&settings), "1MB");
    settings.start("work_mem", "7MB").unwrap();
    settings.set("work_mem", Some("8MB"), false).unwrap();
    settings.set("work_mem", None, false).unwrap();
    assert_eq!(value(&settings), "7MB", "DEFAULT is what the connection came with");
}

#[test]
fn savepoints() {
    let mut settings = settings();
    let value = |settings: &Settings| settings.get("work_mem").unwrap().to_owned();
    settings.set("work_mem", Some("1MB"), false).unwrap();
    settings.savepoint();
    settings.set("work_mem", Some("2MB"), false).unwrap();
    settings.savepoint();
    settings.set("work_mem", Some("3MB"), true).unwrap();
    settings.rollback_to(1);
    assert_eq!(value(&settings), "2MB");
    settings.set("work_mem", Some("4MB"), true).unwrap();
    settings.release(1);
    assert_eq!(value(&settings), "4MB");
    settings.rollback_to(0);
    assert_eq!(value(&settings), "1MB");
    settings.rollback_to(0);
    settings.release(0);
    settings.commit();
    assert_eq!(value(&settings), "1MB");
    let read_only = |settings: &Settings| settings.get("transaction_read_only").unwrap().to_owned();
    settings.savepoint();
    settings.set("transaction_read_only", Some("on"), true).unwrap();
    settings.savepoint();
    settings.release(1);
    assert_eq!(read_only(&settings), "on");
    settings.release(0);
    assert_eq!(read_only(&settings), "off");
}
