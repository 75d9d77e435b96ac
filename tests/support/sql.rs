//! PostgreSQL clients: the stock `psql`, and tokio-postgres.

use std::process::Command;
use std::time::Duration;

use super::Address;
pub use tokio_postgres::{Client, Error, NoTls, SimpleQueryMessage};

/// Runs psql with `-c` for each statement; unaligned rows on success, what it complained about otherwise.
pub fn psql(address: impl Address, statements: &[&str]) -> Result<String, String> {
    let address = address.socket();
    let mut command = Command::new("psql");
    command.args([
        "-X",
        "-h",
        &address.ip().to_string(),
        "-p",
        &address.port().to_string(),
        "-U",
        "postgres",
        "-d",
        "postgres",
    ]);
    command.args(["-v", "ON_ERROR_STOP=1", "-At"]);
    for statement in statements {
        command.args(["-c", statement]);
    }
    let output = command.output().map_err(|error| format!("psql does not run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

pub async fn connect(address: impl Address) -> Result<Client, Error> {
    connect_to(address, "postgres").await
}

pub async fn connect_to(address: impl Address, database: &str) -> Result<Client, Error> {
    let address = address.socket();
    let mut config = tokio_postgres::Config::new();
    config
        .host(address.ip().to_string())
        .port(address.port())
        .user("postgres")
        .dbname(database)
        .connect_timeout(Duration::from_secs(10));
    let (client, connection) = config.connect(NoTls).await?;
    // The connection's own end is seen by the client's next statement.
    tokio::spawn(connection);
    Ok(client)
}

/// SQLSTATE of an error sent by the server; `None` if the connection itself failed.
pub fn state(error: &Error) -> Option<&str> {
    error.code().map(|code| code.code())
}

/// The first column of the first row.
pub async fn one_value(client: &Client, sql: &str) -> Result<String, Error> {
    let messages = client.simple_query(sql).await?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
        _ => None,
    });
    Ok(row.unwrap_or_default())
}
