//! `quorlite ready`: a container's health check without a shell or curl in the image.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::address::Address;

/// Asks `/readyz`; the error is the node's own reason for not being ready.
pub fn ask(address: &Address) -> Result<(), String> {
    let (status, body) = get(address, "/readyz").map_err(|error| format!("no answer from {address}: {error}"))?;
    if status == 200 {
        println!("ready");
        return Ok(());
    }
    Err(format!("not ready: {}", body.trim()))
}

/// One HTTP/1.0 GET: the connection's end is the body's end, so there is nothing to parse.
fn get(address: &Address, path: &str) -> Result<(u16, String), String> {
    const LIMIT: u64 = 64 * 1024;
    let wait = Duration::from_secs(3);
    let mut stream = TcpStream::connect_timeout(&address.resolve()?, wait).map_err(|error| error.to_string())?;
    let mut text = String::new();
    let exchange = (|| {
        stream.set_read_timeout(Some(wait))?;
        stream.set_write_timeout(Some(wait))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
        stream.take(LIMIT).read_to_string(&mut text)
    })();
    exchange.map_err(|error| error.to_string())?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("it does not speak HTTP")?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or("it does not speak HTTP")?;
    Ok((status, body.to_owned()))
}
