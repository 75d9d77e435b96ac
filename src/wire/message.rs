//! Frontend messages: from a frame's bytes to what the session is asked.
//!
//! Decoded here and not by pgwire, whose decoders panic on short messages and replace ill-formed UTF-8. Errors
//! are PostgreSQL's.

use bytes::{Buf, Bytes};

use crate::session::{Bind, CopyMessage, Kind, Request, Target};
use crate::types::{PgError, SqlState, Type};

use super::frame::Frame;
use super::value;

/// What a frame says.
pub(super) enum Message {
    Request(Request),
    Terminate,
    /// COPY data outside of COPY: a client that has not yet heard of the error.
    Ignored,
}

pub(super) fn decode(frame: Frame) -> Message {
    let kind = match frame.tag {
        b'X' => return Message::Terminate,
        b'd' | b'c' | b'f' => return Message::Ignored,
        b'Q' | b'F' => Kind::Query,
        b'S' => Kind::Sync,
        _ => Kind::Extended,
    };
    Message::Request(request(frame).unwrap_or_else(|error| Request::Malformed { error, kind }))
}

/// A message that comes in the middle of a COPY. Sync and Flush say nothing there.
pub(super) fn copy(frame: Frame) -> Option<CopyMessage> {
    match frame.tag {
        b'd' => Some(CopyMessage::Data(frame.body)),
        b'c' => Some(CopyMessage::Done),
        b'f' => Some(match Reader(frame.body).string() {
            Ok(why) => CopyMessage::Fail(why),
            Err(error) => CopyMessage::Broken(error),
        }),
        b'H' | b'S' => None,
        tag => Some(CopyMessage::Unexpected(tag)),
    }
}

fn request(frame: Frame) -> Result<Request, PgError> {
    let mut body = Reader(frame.body);
    let request = match frame.tag {
        b'Q' => Request::Query(body.string()?),
        b'P' => parse(&mut body)?,
        b'B' => bind(&mut body)?,
        b'D' => Request::Describe(target("DESCRIBE", &mut body)?),
        b'C' => Request::Close(target("CLOSE", &mut body)?),
        b'E' => Request::Execute { portal: body.string()?, max_rows: body.i32()? },
        b'H' => Request::Flush,
        b'S' => Request::Sync,
        b'F' => return Err(PgError::unsupported("the function call protocol")),
        tag => return Err(violation(format!("invalid frontend message type {tag}"))),
    };
    body.end()?;
    Ok(request)
}

fn parse(body: &mut Reader) -> Result<Request, PgError> {
    let (name, text) = (body.string()?, body.string()?);
    let count = body.u16()?;
    let mut declared = Vec::new();
    for _ in 0..count {
        declared.push(Type(body.i32()? as u32));
    }
    Ok(Request::Parse { name, text, declared })
}

fn bind(body: &mut Reader) -> Result<Request, PgError> {
    let (portal, statement) = (body.string()?, body.string()?);
    let parameter_formats = body.codes()?;
    let count = body.u16()?;
    // Each has four bytes at least.
    let mut parameters = Vec::with_capacity(usize::from(count).min(body.0.len() / 4));
    for _ in 0..count {
        parameters.push(body.value()?);
    }
    let formats = body.codes()?.into();
    Ok(Request::Bind(Bind {
        portal: portal.clone(),
        statement,
        parameter_formats: parameter_formats.len(),
        parameters: parameters.len(),
        decode: Box::new(move |types, zone| {
            value::parameters(&portal, types, &parameter_formats.into(), &parameters, zone)
        }),
        formats,
    }))
}

fn target(message: &str, body: &mut Reader) -> Result<Target, PgError> {
    let kind = body.u8()?;
    let name = body.string()?;
    match kind {
        b'S' => Ok(Target::Statement(name)),
        b'P' => Ok(Target::Portal(name)),
        other => Err(violation(format!("invalid {message} message subtype {other}"))),
    }
}

/// Reads a message's body from its beginning; never beyond its end.
pub(super) struct Reader(pub Bytes);

impl Reader {
    pub fn u8(&mut self) -> Result<u8, PgError> {
        self.0.try_get_u8().map_err(|_| no_data_left())
    }

    pub fn u16(&mut self) -> Result<u16, PgError> {
        self.0.try_get_u16().map_err(|_| insufficient())
    }

    pub fn i32(&mut self) -> Result<i32, PgError> {
        self.0.try_get_i32().map_err(|_| insufficient())
    }

    /// A string that ends with a zero byte.
    pub fn string(&mut self) -> Result<String, PgError> {
        let end =
            self.0.iter().position(|byte| *byte == 0).ok_or_else(|| violation("invalid string in message".into()))?;
        let bytes = self.0.split_to(end);
        self.0.advance(1);
        utf8(&bytes).map(str::to_owned)
    }

    /// A count of 16 bits and as many codes of 16 bits.
    fn codes(&mut self) -> Result<Vec<i16>, PgError> {
        let count = self.u16()?;
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(self.0.try_get_i16().map_err(|_| insufficient())?);
        }
        Ok(codes)
    }

    /// A length and as many bytes; `None` for −1, NULL.
    fn value(&mut self) -> Result<Option<Bytes>, PgError> {
        let length = self.i32()?;
        if length == -1 {
            return Ok(None);
        }
        match usize::try_from(length) {
            Ok(length) if length <= self.0.len() => Ok(Some(self.0.split_to(length))),
            _ => Err(insufficient()),
        }
    }

    fn end(&self) -> Result<(), PgError> {
        if self.0.is_empty() { Ok(()) } else { Err(violation("invalid message format".into())) }
    }
}

/// Text in the one encoding there is. Errors: 22021.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, PgError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let rest = &bytes[error.valid_up_to()..];
        let length = match rest.first() {
            Some(0xc0..=0xdf) => 2,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..=0xf7) => 4,
            _ => 1,
        };
        let shown: Vec<_> = rest.iter().take(length).map(|byte| format!("0x{byte:02x}")).collect();
        PgError::new(
            SqlState::CHARACTER_NOT_IN_REPERTOIRE,
            format!("invalid byte sequence for encoding \"UTF8\": {}", shown.join(" ")),
        )
    })
}

pub(super) fn violation(message: String) -> PgError {
    PgError::new(SqlState::PROTOCOL_VIOLATION, message)
}

fn insufficient() -> PgError {
    violation("insufficient data left in message".to_owned())
}

fn no_data_left() -> PgError {
    violation("no data left in message".to_owned())
}
