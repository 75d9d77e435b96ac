//! Writes what PostgreSQL answers into a file's expectations (`SLT_RECORD=1`), to be read before it is committed.

use std::path::Path;

use sqllogictest::{Condition, ExpectedError, QueryExpect, Record, StatementExpect};

use crate::compat::servers::{Engine, Server};
use crate::engines::{PgType, Protocol, SEPARATOR, Session};

/// Records kept for one protocol only are recorded with that one, all others with simple queries.
pub fn rewrite(file: &Path, server: &Server) {
    crate::reset(server);
    let mut sessions = std::collections::HashMap::new();
    let mut text = String::new();
    let records = sqllogictest::parse_file::<PgType>(file).unwrap_or_else(|error| panic!("{error}"));
    for mut record in records {
        if let Record::Statement { connection, conditions, .. } | Record::Query { connection, conditions, .. } = &record
            && let Some(protocol) = PROTOCOLS.into_iter().find(|protocol| applies(conditions, *protocol))
        {
            let session = sessions
                .entry((format!("{connection:?}"), protocol.label()))
                .or_insert_with(|| Session::open(Engine::Postgres, server.port, protocol).expect("a session"));
            update(&mut record, session);
        }
        text.push_str(&record.to_string());
        text.push('\n');
    }
    while text.ends_with("\n\n") {
        text.pop();
    }
    std::fs::write(file, text).expect("written");
}

const PROTOCOLS: [Protocol; 3] = [Protocol::Simple, Protocol::Extended, Protocol::Driver];

/// Whether PostgreSQL runs a record of these conditions through this protocol.
fn applies(conditions: &[Condition], protocol: Protocol) -> bool {
    let labelled = |label: &str| label == Engine::Postgres.name() || label == protocol.label();
    conditions.iter().all(|condition| match condition {
        Condition::OnlyIf { label } => labelled(label),
        Condition::SkipIf { label } => !labelled(label),
    })
}

fn update(record: &mut Record<PgType>, session: &mut Session) {
    let (Record::Statement { sql, .. } | Record::Query { sql, .. }) = &*record else { return };
    let answer = session.execute(sql);
    match (&mut *record, answer) {
        (Record::Statement { expected, .. }, Err(error)) => {
            *expected = StatementExpect::Error(ExpectedError::SqlState(error.code));
        }
        (Record::Query { expected, .. }, Err(error)) => {
            *expected = QueryExpect::Error(ExpectedError::SqlState(error.code));
        }
        (Record::Statement { expected, .. }, Ok((None, _, count))) => {
            *expected = match expected {
                StatementExpect::Count(_) => StatementExpect::Count(count),
                _ => StatementExpect::Ok,
            };
        }
        (Record::Statement { .. }, Ok(_)) => {}
        (Record::Query { expected: QueryExpect::Results { types, results, .. }, .. }, Ok((Some(actual), rows, _))) => {
            if !crate::engines::same_types(&actual, types) {
                *types = actual;
            }
            *results = rows.iter().map(|row| row.join(SEPARATOR).trim_end().to_owned()).collect();
        }
        (record, _) => panic!("a query without rows: {record}"),
    }
}
