//! A client that sends bytes and reads a transcript.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::session::Sessions;
use crate::session::scripted::Scripted;
use crate::sql::PlanCache;
use crate::wire::connection::{self, Shared};
use crate::wire::{Counters, Limits};

/// What a test waits for at most: nothing here takes long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server's side of a test.
pub struct Host {
    pub backend: Arc<Scripted>,
    pub stop: watch::Sender<bool>,
    pub shared: Arc<Shared<Scripted>>,
    /// Writes that the server made to its sockets.
    pub writes: Arc<AtomicUsize>,
}

impl Host {
    pub fn new() -> Host {
        Host::with(Limits { message_bytes: 100_000, ..Limits::default() })
    }

    pub fn with(limits: Limits) -> Host {
        let backend = Scripted::new();
        let (stop, stopping) = watch::channel(false);
        let shared = Arc::new(Shared {
            port: 5432,
            backend: backend.clone(),
            sessions: Sessions::new(1..i32::MAX),
            plans: Arc::new(PlanCache::new(16)),
            counters: Arc::new(Counters::default()),
            limits,
            stopping,
        });
        Host { backend, stop, shared, writes: Arc::default() }
    }

    /// A connection before its first byte; `capacity` is what the network between buffers.
    pub fn open(&self, capacity: usize) -> Peer {
        let (near, far) = tokio::io::duplex(capacity);
        let (reader, writer) = tokio::io::split(far);
        let writer = Counted { writer, writes: self.writes.clone() };
        let task = tokio::spawn(connection::serve(reader, writer, None, self.shared.clone()));
        Peer { stream: near, buffer: BytesMut::new(), task, pid: 0, secret: Bytes::new() }
    }

    /// A connection after ReadyForQuery.
    pub async fn connect(&self) -> Peer {
        self.connect_with(64 * 1024, &[]).await
    }

    pub async fn connect_with(&self, capacity: usize, settings: &[(&str, &str)]) -> Peer {
        let mut peer = self.open(capacity);
        let mut parameters = vec![("user", "postgres")];
        parameters.extend_from_slice(settings);
        peer.send(&startup(3 << 16, &parameters)).await;
        loop {
            let (tag, mut body) = peer.message().await.expect("login fails");
            match tag {
                b'K' => {
                    peer.pid = body.get_i32();
                    peer.secret = body;
                }
                b'Z' => return peer,
                b'E' => panic!("login fails: {}", shown(tag, body)),
                _ => {}
            }
        }
    }
}

/// Counts writes.
struct Counted<W> {
    writer: W,
    writes: Arc<AtomicUsize>,
}

impl<W: AsyncWrite + Unpin> AsyncWrite for Counted<W> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.writer).poll_write(cx, bytes);
        if result.is_ready() {
            self.writes.fetch_add(1, Ordering::SeqCst);
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.writer).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.writer).poll_shutdown(cx)
    }
}

pub struct Peer {
    pub stream: DuplexStream,
    buffer: BytesMut,
    pub task: JoinHandle<()>,
    pub pid: i32,
    pub secret: Bytes,
}

impl Peer {
    pub async fn send(&mut self, bytes: &[u8]) {
        let sent = tokio::time::timeout(PATIENCE, self.stream.write_all(bytes));
        sent.await.expect("the server does not read").expect("the server is gone");
    }

    /// The next message; `None` when the server has closed.
    pub async fn message(&mut self) -> Option<(u8, Bytes)> {
        loop {
            if let Some(head) = self.buffer.get(1..5) {
                let length = u32::from_be_bytes(head.try_into().unwrap()) as usize;
                if self.buffer.len() > length {
                    let mut message = self.buffer.split_to(length + 1).freeze();
                    let tag = message.get_u8();
                    message.advance(4);
                    return Some((tag, message));
                }
            }
            let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.buffer));
            match read.await.expect("the server does not answer") {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Everything up to the first message of one of these types, a line each; `closed` if it comes to that.
    pub async fn until(&mut self, stop: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some((tag, body)) = self.message().await {
            lines.push(shown(tag, body));
            if stop.contains(&tag) {
                return lines;
            }
        }
        lines.push("closed".to_owned());
        lines
    }

    /// Sends, and gives the transcript up to ReadyForQuery.
    pub async fn ask(&mut self, bytes: &[u8]) -> Vec<String> {
        self.send(bytes).await;
        self.until(b"Z").await
    }

    /// Sends a query string.
    pub async fn query(&mut self, text: &str) -> Vec<String> {
        self.ask(&query(text)).await
    }

    /// One byte that is no message.
    pub async fn byte(&mut self) -> u8 {
        tokio::time::timeout(PATIENCE, self.stream.read_u8()).await.expect("no answer").expect("closed")
    }

    /// Waits for the server's end of it.
    pub async fn ended(self) {
        drop(self.stream);
        tokio::time::timeout(PATIENCE, self.task).await.expect("the connection hangs").expect("the connection panics");
    }
}

/// One message as a line.
pub fn shown(tag: u8, mut body: Bytes) -> String {
    match tag {
        b'E' | b'N' => {
            let mut parts = vec![if tag == b'E' { "error".to_owned() } else { "notice".to_owned() }];
            for field in body.split(|byte| *byte == 0).filter(|field| !field.is_empty()) {
                let value = String::from_utf8_lossy(&field[1..]);
                match field[0] {
                    b'V' => {}
                    b'S' | b'C' | b'M' => parts.push(value.into_owned()),
                    code => parts.push(format!("{}={value}", char::from(code))),
                }
            }
            parts.join(" ")
        }
        b'T' => {
            let count = body.get_u16();
            let column = |_| {
                let end = body.iter().position(|byte| *byte == 0).unwrap();
                let name = String::from_utf8_lossy(&body.split_to(end)).into_owned();
                body.advance(1 + 6);
                let oid = body.get_u32();
                body.advance(6);
                format!("{name}:{oid}:{}", body.get_i16())
            };
            let columns: Vec<_> = (0..count).map(column).collect();
            format!("columns {}", columns.join(" ")).trim_end().to_owned()
        }
        b'D' => {
            let count = body.get_u16();
            let value = |_| match body.get_i32() {
                -1 => "null".to_owned(),
                length => String::from_utf8_lossy(&body.split_to(length as usize)).into_owned(),
            };
            let values: Vec<_> = (0..count).map(value).collect();
            format!("row {}", values.join("|"))
        }
        b't' => {
            let count = body.get_u16();
            let types: Vec<_> = (0..count).map(|_| body.get_u32().to_string()).collect();
            format!("params {}", types.join(" ")).trim_end().to_owned()
        }
        b'C' => format!("complete {}", text(&body)),
        b'S' => format!("setting {}", text(&body)),
        b'Z' => format!("ready {}", text(&body)),
        b'K' => format!("key {}", body.len() - 4),
        b'R' => format!("auth {}", body.get_i32()),
        b'v' => {
            let version = body.get_i32();
            format!("negotiate {}.{} {}", version >> 16, version & 0xffff, text(&body[4..]))
        }
        b'1' => "parsed".to_owned(),
        b'2' => "bound".to_owned(),
        b'3' => "closed".to_owned(),
        b'n' => "no data".to_owned(),
        b's' => "suspended".to_owned(),
        b'I' => "empty".to_owned(),
        other => format!("{} {}", char::from(other), text(&body)),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches('\0').replace('\0', "=")
}

// The messages of a client.

pub fn frame(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![tag];
    frame.put_u32(body.len() as u32 + 4);
    frame.extend_from_slice(body);
    frame
}

fn strings(strings: &[&str]) -> Vec<u8> {
    strings.iter().flat_map(|string| string.bytes().chain([0])).collect()
}

pub fn startup(version: u32, parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in parameters {
        body.extend(strings(&[name, value]));
    }
    body.push(0);
    packet(version, &body)
}

/// A packet without a type byte.
pub fn packet(code: u32, body: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    packet.put_u32(body.len() as u32 + 8);
    packet.put_u32(code);
    packet.extend_from_slice(body);
    packet
}

pub fn cancel_request(pid: i32, secret: &[u8]) -> Vec<u8> {
    packet(80_877_102, &[&pid.to_be_bytes(), secret].concat())
}

pub fn query(text: &str) -> Vec<u8> {
    frame(b'Q', &strings(&[text]))
}

pub fn parse(name: &str, text: &str, types: &[u32]) -> Vec<u8> {
    let mut body = strings(&[name, text]);
    body.put_u16(types.len() as u16);
    types.iter().for_each(|ty| body.put_u32(*ty));
    frame(b'P', &body)
}

/// All parameters as text.
pub fn bind(portal: &str, statement: &str, values: &[Option<&str>]) -> Vec<u8> {
    let values: Vec<_> = values.iter().map(|value| value.map(str::as_bytes)).collect();
    bind_with(portal, statement, &[], &values, &[])
}

pub fn bind_with(
    portal: &str,
    statement: &str,
    formats: &[i16],
    values: &[Option<&[u8]>],
    result_formats: &[i16],
) -> Vec<u8> {
    let mut body = strings(&[portal, statement]);
    body.put_u16(formats.len() as u16);
    formats.iter().for_each(|format| body.put_i16(*format));
    body.put_u16(values.len() as u16);
    for value in values {
        match value {
            None => body.put_i32(-1),
            Some(value) => {
                body.put_i32(value.len() as i32);
                body.extend_from_slice(value);
            }
        }
    }
    body.put_u16(result_formats.len() as u16);
    result_formats.iter().for_each(|format| body.put_i16(*format));
    frame(b'B', &body)
}

/// `S` is a statement, `P` a portal.
pub fn describe(kind: u8, name: &str) -> Vec<u8> {
    frame(b'D', &[&[kind], &strings(&[name])[..]].concat())
}

pub fn close(kind: u8, name: &str) -> Vec<u8> {
    frame(b'C', &[&[kind], &strings(&[name])[..]].concat())
}

pub fn execute(portal: &str, max_rows: i32) -> Vec<u8> {
    frame(b'E', &[&strings(&[portal])[..], &max_rows.to_be_bytes()].concat())
}

pub fn sync() -> Vec<u8> {
    frame(b'S', b"")
}

pub fn flush() -> Vec<u8> {
    frame(b'H', b"")
}

pub fn terminate() -> Vec<u8> {
    frame(b'X', b"")
}

/// Parse, Bind and Execute of one statement without parameters, all unnamed.
pub fn run(text: &str) -> Vec<u8> {
    [parse("", text, &[]), bind("", "", &[]), execute("", 0)].concat()
}
