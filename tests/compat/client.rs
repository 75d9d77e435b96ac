//! A PostgreSQL client of frames: it sends what it is told, also what no driver would send.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub const PROTOCOL_3_0: u32 = 3 << 16;
pub const SSL_REQUEST: u32 = 80877103;
pub const GSSENC_REQUEST: u32 = 80877104;
pub const CANCEL_REQUEST: u32 = 80877102;

/// One message from the server: its type byte and its body.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub tag: u8,
    pub body: Vec<u8>,
}

/// A column of a RowDescription.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub table: u32,
    pub attnum: i16,
    pub type_oid: u32,
    pub type_len: i16,
    pub typmod: i32,
    pub format: i16,
}

pub struct Client {
    stream: TcpStream,
    unread: Vec<u8>,
    pub pid: u32,
    pub secret: Vec<u8>,
}

/// What the server said against a statement.
#[derive(Clone, Debug)]
pub struct ServerError {
    pub code: String,
    pub message: String,
}

impl std::fmt::Display for ServerError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ServerError {}

impl From<io::Error> for ServerError {
    fn from(error: io::Error) -> ServerError {
        ServerError { code: "08006".into(), message: error.to_string() }
    }
}

/// What one simple query answered: its last result.
#[derive(Debug, Default)]
pub struct Outcome {
    pub fields: Option<Vec<Field>>,
    pub rows: Vec<Vec<Option<Vec<u8>>>>,
    pub tag: String,
}

impl Client {
    /// Connects the socket and sends nothing.
    pub fn open(port: u16) -> io::Result<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Client { stream, unread: Vec::new(), pid: 0, secret: Vec::new() })
    }

    /// Connects and logs in as `postgres` to `postgres`.
    pub fn connect(port: u16) -> Result<Client, ServerError> {
        Client::connect_with(port, &[("user", "postgres"), ("database", "postgres")])
    }

    /// Connects and logs in with the parameters of a StartupMessage: user, database, settings.
    pub fn connect_with(port: u16, parameters: &[(&str, &str)]) -> Result<Client, ServerError> {
        let mut client = Client::open(port)?;
        client.send(&startup(PROTOCOL_3_0, parameters))?;
        client.until_ready()?;
        Ok(client)
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    pub fn set_timeout(&mut self, timeout: Duration) -> io::Result<()> {
        self.stream.set_read_timeout(Some(timeout))
    }

    /// One byte without a frame: the answer to an SSLRequest.
    pub fn read_byte(&mut self) -> io::Result<u8> {
        let bytes = self.take(1)?;
        Ok(bytes[0])
    }

    /// The next message. An error of kind `UnexpectedEof` is the end of the connection.
    pub fn read(&mut self) -> io::Result<Message> {
        self.fill(5)?;
        let length = u32::from_be_bytes([self.unread[1], self.unread[2], self.unread[3], self.unread[4]]) as usize;
        if !(4..=1 << 30).contains(&length) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("frame of {length} bytes")));
        }
        self.fill(1 + length)?;
        let frame = self.take(1 + length)?;
        let message = Message { tag: frame[0], body: frame[5..].to_vec() };
        if message.tag == b'K' && message.body.len() >= 8 {
            self.pid = u32::from_be_bytes(message.body[..4].try_into().expect("four bytes"));
            self.secret = message.body[4..].to_vec();
        }
        Ok(message)
    }

    /// Whether the server has hung up (waits for it as long as the read timeout is).
    pub fn at_end(&mut self) -> bool {
        if !self.unread.is_empty() {
            return false;
        }
        let mut byte = [0];
        match self.stream.read(&mut byte) {
            Ok(0) => true,
            Ok(_) => {
                self.unread.push(byte[0]);
                false
            }
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }

    fn fill(&mut self, length: usize) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        while self.unread.len() < length {
            let count = self.stream.read(&mut chunk)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.unread.extend_from_slice(&chunk[..count]);
        }
        Ok(())
    }

    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        self.fill(length)?;
        let rest = self.unread.split_off(length);
        Ok(std::mem::replace(&mut self.unread, rest))
    }

    /// Runs a query string through the simple protocol.
    pub fn simple(&mut self, sql: &str) -> Result<Outcome, ServerError> {
        self.send(&query(sql))?;
        self.until_ready()
    }

    /// Runs one statement through the extended protocol, without parameters.
    pub fn extended(&mut self, sql: &str, format: i16) -> Result<Outcome, ServerError> {
        let mut bytes = parse("", sql, &[]);
        bytes.extend(bind("", "", &[], &[], &[format]));
        bytes.extend(describe(b'P', ""));
        bytes.extend(execute("", 0));
        bytes.extend(sync());
        self.send(&bytes)?;
        self.until_ready()
    }

    /// Reads to ReadyForQuery; the first error wins.
    pub fn until_ready(&mut self) -> Result<Outcome, ServerError> {
        let mut outcome = Outcome::default();
        let mut failure = None;
        loop {
            let message = match self.read() {
                Ok(message) => message,
                // A FATAL error is followed by the end, not by ReadyForQuery.
                Err(error) => return Err(failure.unwrap_or_else(|| error.into())),
            };
            match message.tag {
                b'Z' => break,
                b'T' => {
                    outcome.fields = Some(row_description(&message.body));
                    outcome.rows.clear();
                }
                b'D' => outcome.rows.push(data_row(&message.body)),
                b'C' => outcome.tag = cstr(&message.body),
                b'E' if failure.is_none() => {
                    let field = |wanted| {
                        let mut found = error_fields(&message.body).into_iter().filter(|(key, _)| *key == wanted);
                        found.next().map(|(_, value)| value).unwrap_or_default()
                    };
                    failure = Some(ServerError { code: field('C'), message: field('M') });
                }
                _ => {}
            }
        }
        match failure {
            Some(error) => Err(error),
            None => Ok(outcome),
        }
    }
}

/// A message with its frame.
pub fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    bytes.extend((body.len() as u32 + 4).to_be_bytes());
    bytes.extend(body);
    bytes
}

/// A message of the start of a connection: a frame without a type.
pub fn untyped(code: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
    bytes.extend(code.to_be_bytes());
    bytes.extend(body);
    bytes
}

pub fn startup(version: u32, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in parameters {
        put_cstr(&mut body, name);
        put_cstr(&mut body, value);
    }
    body.push(0);
    untyped(version, &body)
}

pub fn cancel(pid: u32, secret: &[u8]) -> Vec<u8> {
    let mut body = pid.to_be_bytes().to_vec();
    body.extend(secret);
    untyped(CANCEL_REQUEST, &body)
}

pub fn query(sql: &str) -> Vec<u8> {
    let mut body = Vec::new();
    put_cstr(&mut body, sql);
    frame(b'Q', &body)
}

pub fn parse(name: &str, sql: &str, types: &[u32]) -> Vec<u8> {
    let mut body = Vec::new();
    put_cstr(&mut body, name);
    put_cstr(&mut body, sql);
    body.extend((types.len() as u16).to_be_bytes());
    types.iter().for_each(|oid| body.extend(oid.to_be_bytes()));
    frame(b'P', &body)
}

pub fn bind(portal: &str, statement: &str, formats: &[i16], values: &[Option<Vec<u8>>], results: &[i16]) -> Vec<u8> {
    let mut body = Vec::new();
    put_cstr(&mut body, portal);
    put_cstr(&mut body, statement);
    put_formats(&mut body, formats);
    body.extend((values.len() as u16).to_be_bytes());
    for value in values {
        match value {
            None => body.extend((-1i32).to_be_bytes()),
            Some(value) => {
                body.extend((value.len() as i32).to_be_bytes());
                body.extend(value);
            }
        }
    }
    put_formats(&mut body, results);
    frame(b'B', &body)
}

/// Describe: `kind` is `S` for a statement, `P` for a portal.
pub fn describe(kind: u8, name: &str) -> Vec<u8> {
    named(b'D', kind, name)
}

pub fn close(kind: u8, name: &str) -> Vec<u8> {
    named(b'C', kind, name)
}

pub fn execute(portal: &str, max_rows: i32) -> Vec<u8> {
    let mut body = Vec::new();
    put_cstr(&mut body, portal);
    body.extend(max_rows.to_be_bytes());
    frame(b'E', &body)
}

pub fn sync() -> Vec<u8> {
    frame(b'S', &[])
}

fn named(tag: u8, kind: u8, name: &str) -> Vec<u8> {
    let mut body = vec![kind];
    put_cstr(&mut body, name);
    frame(tag, &body)
}

fn put_cstr(body: &mut Vec<u8>, text: &str) {
    body.extend(text.as_bytes());
    body.push(0);
}

fn put_formats(body: &mut Vec<u8>, formats: &[i16]) {
    body.extend((formats.len() as u16).to_be_bytes());
    formats.iter().for_each(|format| body.extend(format.to_be_bytes()));
}

/// Walks through a message's body.
pub struct Body<'a>(pub &'a [u8]);

impl Body<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_at(N);
        self.0 = rest;
        head.try_into().expect("split at this length")
    }
    pub fn u8(&mut self) -> u8 {
        self.bytes::<1>()[0]
    }
    pub fn i16(&mut self) -> i16 {
        i16::from_be_bytes(self.bytes())
    }
    pub fn i32(&mut self) -> i32 {
        i32::from_be_bytes(self.bytes())
    }
    pub fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.bytes())
    }
    pub fn take(&mut self, length: usize) -> Vec<u8> {
        let (head, rest) = self.0.split_at(length);
        self.0 = rest;
        head.to_vec()
    }
    pub fn cstr(&mut self) -> String {
        let end = self.0.iter().position(|byte| *byte == 0).expect("a terminated string");
        let text = String::from_utf8_lossy(&self.0[..end]).into_owned();
        self.0 = &self.0[end + 1..];
        text
    }
}

pub fn cstr(body: &[u8]) -> String {
    Body(body).cstr()
}

pub fn row_description(body: &[u8]) -> Vec<Field> {
    let mut body = Body(body);
    let count = body.i16();
    (0..count)
        .map(|_| Field {
            name: body.cstr(),
            table: body.u32(),
            attnum: body.i16(),
            type_oid: body.u32(),
            type_len: body.i16(),
            typmod: body.i32(),
            format: body.i16(),
        })
        .collect()
}

pub fn data_row(body: &[u8]) -> Vec<Option<Vec<u8>>> {
    let mut body = Body(body);
    let count = body.i16();
    (0..count)
        .map(|_| match body.i32() {
            -1 => None,
            length => Some(body.take(length as usize)),
        })
        .collect()
}

/// The fields of an ErrorResponse or NoticeResponse, in the order sent.
pub fn error_fields(body: &[u8]) -> Vec<(char, String)> {
    let mut body = Body(body);
    let mut fields = Vec::new();
    loop {
        match body.u8() {
            0 => return fields,
            key => fields.push((key as char, body.cstr())),
        }
    }
}
