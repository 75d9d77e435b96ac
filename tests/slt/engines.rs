//! How sqllogictest talks to a server: one session, through one of three protocols.

use sqllogictest::{ColumnType, DB, DBOutput};
use tokio_postgres::types::{FromSql, Kind, Type};

use crate::compat::binary;
use crate::compat::client::{Client, Outcome, ServerError};
use crate::compat::servers::Engine;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Simple queries, text results.
    Simple,
    /// The extended protocol, text results.
    Extended,
    /// tokio-postgres: the extended protocol, binary results, a Describe before each Bind.
    Driver,
}

impl Protocol {
    /// For `skipif` and `onlyif`.
    pub fn label(self) -> &'static str {
        match self {
            Protocol::Simple => "simple",
            Protocol::Extended => "extended",
            Protocol::Driver => "driver",
        }
    }
}

/// A column's type as one letter of a `query` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PgType(char);

/// Letters by type OID. Any other type is written `?`, which matches all.
const LETTERS: &[(u32, char)] = &[
    (16, 'b'),
    (17, 'y'),
    (18, 'c'),
    (19, 'N'),
    (20, 'l'),
    (21, 's'),
    (23, 'i'),
    (25, 't'),
    (26, 'o'),
    (700, 'f'),
    (701, 'd'),
    (1043, 'v'),
    (1082, 'D'),
    (1083, 'T'),
    (1114, 'S'),
    (1184, 'z'),
    (1186, 'I'),
    (1266, 'Z'),
    (1042, 'B'),
    (1700, 'n'),
    (2950, 'u'),
];

impl PgType {
    fn of(oid: u32) -> PgType {
        PgType(LETTERS.iter().find(|(known, _)| *known == oid).map_or('?', |(_, letter)| *letter))
    }
}

impl ColumnType for PgType {
    fn from_char(letter: char) -> Option<PgType> {
        (letter == '?' || LETTERS.iter().any(|(_, known)| *known == letter)).then_some(PgType(letter))
    }

    fn to_char(&self) -> char {
        self.0
    }
}

#[allow(clippy::ptr_arg)]
pub fn same_types(actual: &Vec<PgType>, expected: &Vec<PgType>) -> bool {
    let same = |(actual, expected): (&PgType, &PgType)| actual == expected || expected.0 == '?';
    actual.len() == expected.len() && actual.iter().zip(expected).all(same)
}

pub const SEPARATOR: &str = " | ";

/// Exactly: white space counts.
pub fn same_rows(_: fn(&String) -> String, actual: &[Vec<String>], expected: &[String]) -> bool {
    actual.len() == expected.len()
        && actual.iter().zip(expected).all(|(row, line)| row.join(SEPARATOR).trim_end() == line.trim_end())
}

pub struct Session {
    engine: Engine,
    protocol: Protocol,
    connection: Connection,
}

enum Connection {
    Own(Client),
    Driver { runtime: tokio::runtime::Runtime, client: tokio_postgres::Client },
}

/// Column types if there are rows, the rows, the number in the command tag.
type Answer = (Option<Vec<PgType>>, Vec<Vec<String>>, u64);

impl Session {
    pub fn open(engine: Engine, port: u16, protocol: Protocol) -> Result<Session, ServerError> {
        let connection = match protocol {
            Protocol::Simple | Protocol::Extended => Connection::Own(Client::connect(port)?),
            Protocol::Driver => {
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
                let config = format!("host=127.0.0.1 port={port} user=postgres dbname=postgres");
                let connecting = tokio_postgres::connect(&config, tokio_postgres::NoTls);
                let (client, connection) = runtime.block_on(connecting).map_err(server_error)?;
                runtime.spawn(connection);
                Connection::Driver { runtime, client }
            }
        };
        Ok(Session { engine, protocol, connection })
    }

    /// Runs one record's SQL: its columns' types, its rows as text, and its command tag's count.
    pub fn execute(&mut self, sql: &str) -> Result<Answer, ServerError> {
        match (&mut self.connection, self.protocol) {
            (Connection::Own(client), Protocol::Simple) => client.simple(sql).map(text_rows),
            (Connection::Own(client), _) => client.extended(sql, 0).map(text_rows),
            (Connection::Driver { runtime, client }, _) => {
                runtime.block_on(through_driver(client, sql)).map_err(server_error)
            }
        }
    }
}

impl DB for Session {
    type Error = ServerError;
    type ColumnType = PgType;

    fn run(&mut self, sql: &str) -> Result<DBOutput<PgType>, ServerError> {
        Ok(match self.execute(sql)? {
            (Some(types), rows, _) => DBOutput::Rows { types, rows },
            (None, _, count) => DBOutput::StatementComplete(count),
        })
    }

    fn engine_name(&self) -> &str {
        self.engine.name()
    }

    fn error_sql_state(error: &ServerError) -> Option<String> {
        Some(error.code.clone())
    }
}

fn text_rows(outcome: Outcome) -> (Option<Vec<PgType>>, Vec<Vec<String>>, u64) {
    let types = outcome.fields.map(|fields| fields.iter().map(|field| PgType::of(field.type_oid)).collect());
    let show = |value: Option<Vec<u8>>| match value {
        None => show(None),
        Some(bytes) => show(Some(String::from_utf8_lossy(&bytes).into_owned())),
    };
    let rows = outcome.rows.into_iter().map(|row| visible(row.into_iter().map(show).collect())).collect();
    let count = outcome.tag.rsplit(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
    (types, rows, count)
}

type Rows = (Option<Vec<PgType>>, Vec<Vec<String>>, u64);

async fn through_driver(client: &tokio_postgres::Client, sql: &str) -> Result<Rows, tokio_postgres::Error> {
    use futures_util::TryStreamExt;

    let statement = client.prepare(sql).await?;
    let oids: Vec<u32> = statement.columns().iter().map(|column| column.type_().oid()).collect();
    let forms: Vec<u32> = statement.columns().iter().map(|column| form_of(column.type_())).collect();
    let stream = client.query_raw(&statement, std::iter::empty::<i32>()).await?;
    let mut stream = std::pin::pin!(stream);
    let mut rows = Vec::new();
    while let Some(row) = stream.try_next().await? {
        let cell = |(index, oid): (usize, &u32)| {
            let value: Option<Undecoded<'_>> = row.get(index);
            show(value.map(|value| binary::to_text(*oid, value.0)))
        };
        rows.push(visible(forms.iter().enumerate().map(cell).collect()));
    }
    // The driver doesn't tell a result without columns from no result.
    let returns = !oids.is_empty() || !rows.is_empty();
    let types = returns.then(|| oids.iter().map(|oid| PgType::of(*oid)).collect());
    Ok((types, rows, stream.rows_affected().unwrap_or(0)))
}

/// The type whose bytes a type's values look like: an enum's are its label's text.
fn form_of(ty: &Type) -> u32 {
    match ty.kind() {
        Kind::Enum(_) => Type::TEXT.oid(),
        Kind::Array(element) if matches!(element.kind(), Kind::Enum(_)) => Type::TEXT_ARRAY.oid(),
        _ => ty.oid(),
    }
}

/// `SELECT FROM t` has rows of no columns.
fn visible(row: Vec<String>) -> Vec<String> {
    if row.is_empty() { vec!["(no columns)".into()] } else { row }
}

/// NULL and the empty string made visible, and a row kept on one line.
fn show(value: Option<String>) -> String {
    match value {
        None => "NULL".into(),
        Some(text) if text.is_empty() => "(empty)".into(),
        Some(text) => text.replace('\n', "\\n").replace('\t', "\\t"),
    }
}

/// A value's bytes as they came: `binary` decodes them, so that floats and times are compared exactly.
struct Undecoded<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Undecoded<'a> {
    fn from_sql(_: &Type, bytes: &'a [u8]) -> Result<Undecoded<'a>, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Undecoded(bytes))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn server_error(error: tokio_postgres::Error) -> ServerError {
    match error.as_db_error() {
        Some(error) => ServerError { code: error.code().code().to_owned(), message: error.message().to_owned() },
        None => ServerError { code: "08006".into(), message: error.to_string() },
    }
}
