//! HTTP as a health check or a scraper uses it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::Address;

/// Status and body.
pub fn get(address: impl Address, path: &str) -> Result<(u16, String), String> {
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address.socket())?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    };
    let text = exchange().map_err(|error| error.to_string())?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("no HTTP answer")?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("no HTTP status")?;
    Ok((status, body.to_owned()))
}

/// One number of `/metrics`, by its name without the prefix.
pub fn metric(address: impl Address, name: &str) -> Result<u64, String> {
    let (status, body) = get(address, "/metrics")?;
    if status != 200 {
        return Err(format!("/metrics answers {status}"));
    }
    let wanted = format!("quorlite_{name}");
    let found = body.lines().find_map(|line| line.strip_prefix(&wanted)?.strip_prefix(' ')?.parse().ok());
    found.ok_or_else(|| format!("no metric {name} in:\n{body}"))
}
