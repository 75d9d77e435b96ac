//! From the first byte to ReadyForQuery: what the client speaks, who it is, what it asks for.
//!
//! Every error here is FATAL and the last thing said: an error that left the connection open would let a client
//! on that was never let in. A CancelRequest is also only an opening packet.

use bytes::{Buf, Bytes};
use pgwire::messages::startup::{Authentication, BackendKeyData, NegotiateProtocolVersion, SecretKey};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::types::{PgError, Severity, SqlState};

use super::frame::Input;
use super::message::{utf8, violation};
use super::output::Output;

const CANCEL_REQUEST: u32 = 80_877_102;
const SSL_REQUEST: u32 = 80_877_103;
const GSS_ENCRYPTION_REQUEST: u32 = 80_877_104;

/// The newest minor version of protocol 3 that is spoken here.
const NEWEST_MINOR: u16 = 2;

/// PostgreSQL cuts names to this many bytes.
const NAME_LENGTH: usize = 63;

/// What the client wants of this connection.
#[derive(Debug, PartialEq)]
pub(super) enum Opening {
    Session(Startup),
    Cancel {
        pid: i32,
        secret: Bytes,
    },
    /// It left, or sent what is no packet: PostgreSQL says nothing to that.
    Nothing,
}

/// The startup message.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Startup {
    /// As agreed, not as asked for.
    pub minor: u16,
    pub user: String,
    pub database: String,
    /// Settings in the order in which they apply.
    pub settings: Vec<(String, String)>,
    /// What the client must be told of the protocol: it asked for more than there is.
    negotiate: Option<Vec<String>>,
}

/// Reads packets until one opens something, refusing encryption on the way.
pub(super) async fn open<R, W>(input: &mut Input<R>, output: &mut Output<W>) -> Result<Opening, PgError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin + Send,
{
    let (mut asked_ssl, mut asked_gss) = (false, false);
    loop {
        let Some(mut packet) = next_packet(input).await else { return Ok(Opening::Nothing) };
        match packet.try_get_u32().unwrap_or_default() {
            // TLS takes its place here. Mind that nothing may wait in `input` when the handshake
            // begins: what was sent in plain must not count as sent inside it.
            SSL_REQUEST if !asked_ssl => asked_ssl = true,
            GSS_ENCRYPTION_REQUEST if !asked_gss => asked_gss = true,
            CANCEL_REQUEST => {
                return Ok(match packet.try_get_i32() {
                    Ok(pid) => Opening::Cancel { pid, secret: packet },
                    Err(_) => Opening::Nothing,
                });
            }
            version => return startup(version, &packet).map(Opening::Session),
        }
        output.raw(b"N");
        if output.send().await.is_err() {
            return Ok(Opening::Nothing);
        }
    }
}

async fn next_packet<R: AsyncRead + Unpin>(input: &mut Input<R>) -> Option<Bytes> {
    loop {
        match input.startup_packet() {
            Ok(Some(packet)) => return Some(packet),
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(?error, "no startup packet");
                return None;
            }
        }
        if !input.fill().await.ok()? {
            return None;
        }
    }
}

fn startup(version: u32, packet: &[u8]) -> Result<Startup, PgError> {
    let (major, minor) = ((version >> 16) as u16, version as u16);
    if major != 3 {
        let message = format!("unsupported frontend protocol {major}.{minor}: server supports 3.0 to 3.{NEWEST_MINOR}");
        return Err(PgError::fatal(SqlState::FEATURE_NOT_SUPPORTED, message));
    }
    let mut startup = Startup { minor: minor.min(NEWEST_MINOR), ..Startup::default() };
    let (mut options, mut settings, mut unrecognized) = (Vec::new(), Vec::new(), Vec::new());
    for (name, value) in parameters(packet)? {
        match name.as_str() {
            "user" => startup.user = cut(value),
            "database" => startup.database = cut(value),
            "options" => options = parse_options(&value)?,
            "replication" => no_replication(&value)?,
            _ if name.starts_with("_pq_.") => unrecognized.push(name),
            _ => settings.push((name, value)),
        }
    }
    if startup.user.is_empty() {
        let message = "no PostgreSQL user name specified in startup packet";
        return Err(PgError::fatal(SqlState::INVALID_AUTHORIZATION, message));
    }
    if startup.database.is_empty() {
        startup.database = startup.user.clone();
    }
    options.append(&mut settings);
    startup.settings = options;
    if minor > NEWEST_MINOR || !unrecognized.is_empty() {
        startup.negotiate = Some(unrecognized);
    }
    Ok(startup)
}

/// Names and values, zero-terminated, and a last zero.
fn parameters(mut packet: &[u8]) -> Result<Vec<(String, String)>, PgError> {
    let layout = || violation("invalid startup packet layout: expected terminator as last byte".to_owned());
    let mut parameters = Vec::new();
    loop {
        let name = take_string(&mut packet).ok_or_else(layout)?;
        if name.is_empty() {
            return if packet.is_empty() { Ok(parameters) } else { Err(layout()) };
        }
        let value = take_string(&mut packet).ok_or_else(layout)?;
        parameters.push((utf8(name)?.to_owned(), utf8(value)?.to_owned()));
    }
}

fn take_string<'a>(packet: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = packet.iter().position(|byte| *byte == 0)?;
    let (string, rest) = packet.split_at_checked(end)?;
    *packet = rest.get(1..)?;
    Some(string)
}

fn cut(name: String) -> String {
    let end = name.floor_char_boundary(NAME_LENGTH);
    name[..end].to_owned()
}

fn no_replication(value: &str) -> Result<(), PgError> {
    match value.to_ascii_lowercase().as_str() {
        // One that replicates logically speaks SQL as well; what it replicates with is refused there.
        "database" | "false" | "off" | "no" | "0" => Ok(()),
        _ => Err(PgError::unsupported("a replication connection")),
    }
}

/// The `options` parameter: a command line of `-c name=value` and `--name=value`.
fn parse_options(options: &str) -> Result<Vec<(String, String)>, PgError> {
    let mut settings = Vec::new();
    let mut words = split_words(options).into_iter();
    while let Some(word) = words.next() {
        let invalid = || {
            PgError::new(SqlState::SYNTAX_ERROR, format!("invalid command-line argument for server process: {word}"))
                .hint("Only -c name=value and --name=value can be given.")
        };
        let (flag, assignment) = match word.strip_prefix("--") {
            Some(assignment) => ("--", assignment.to_owned()),
            None => match word.strip_prefix("-c") {
                Some("") => ("-c ", words.next().ok_or_else(invalid)?),
                Some(assignment) => ("-c ", assignment.to_owned()),
                None => return Err(invalid()),
            },
        };
        let Some((name, value)) = assignment.split_once('=') else {
            return Err(PgError::new(SqlState::SYNTAX_ERROR, format!("{flag}{assignment} requires a value")));
        };
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Ok(settings)
}

/// Words between white space; a backslash takes the next character as it is.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = None::<String>;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

impl Startup {
    /// Says what the protocol will be, and that the client is let in.
    ///
    /// Everybody is, for now: passwords take their place here, before AuthenticationOk.
    pub fn authenticate<W: AsyncWrite + Unpin + Send>(&self, output: &mut Output<W>) -> Result<(), PgError> {
        if let Some(options) = &self.negotiate {
            let version = (3 << 16) | i32::from(self.minor);
            output.message(&NegotiateProtocolVersion::new(version, options.clone()));
        }
        output.message(&Authentication::Ok);
        Ok(())
    }

    /// A cancel key as long as the protocol has room for.
    pub fn new_secret(&self) -> Vec<u8> {
        let secret: [u8; 32] = rand::random();
        let length = if self.minor >= 2 { 32 } else { 4 };
        secret[..length].to_vec()
    }
}

/// BackendKeyData.
pub(super) fn key_data(pid: i32, secret: &[u8]) -> BackendKeyData {
    let secret = match <[u8; 4]>::try_from(secret) {
        Ok(short) => SecretKey::I32(i32::from_be_bytes(short)),
        Err(_) => SecretKey::Bytes(Bytes::copy_from_slice(secret)),
    };
    BackendKeyData::new(pid, secret)
}

/// Nothing that fails before ReadyForQuery is less than FATAL.
pub(super) fn fatal(error: PgError) -> PgError {
    PgError { severity: Severity::Fatal, ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V3: u32 = 3 << 16;

    #[test]
    fn options_are_a_command_line() {
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            parse_options(r"-c work_mem=1MB -cdatestyle=iso\,\ mdy --search-path=a  ").unwrap(),
            [set("work_mem", "1MB"), set("datestyle", "iso, mdy"), set("search_path", "a")]
        );
        assert_eq!(parse_options("-c").unwrap_err().code, SqlState::SYNTAX_ERROR);
        assert_eq!(parse_options("-c x").unwrap_err().message, "-c x requires a value");
        assert_eq!(parse_options("--x").unwrap_err().message, "--x requires a value");
        let error = parse_options("-x").unwrap_err();
        assert_eq!(error.message, "invalid command-line argument for server process: -x");
    }

    #[test]
    fn database_is_the_users_unless_named() {
        let startup = startup(V3, b"user\0joe\0application_name\0x\0\0").unwrap();
        assert_eq!((startup.user.as_str(), startup.database.as_str()), ("joe", "joe"));
        assert_eq!(startup.settings, [("application_name".to_owned(), "x".to_owned())]);
        assert_eq!(startup.negotiate, None);
    }

    #[test]
    fn what_postgres_refuses() {
        let code = |version, packet: &[u8]| startup(version, packet).unwrap_err().code.as_str().to_owned();
        assert_eq!(code(V3, b"database\0x\0\0"), "28000");
        assert_eq!(code(V3, b"user\0x\0"), "08P01", "no terminator");
        assert_eq!(code(V3, b"user\0x"), "08P01");
        assert_eq!(code(V3, b"user\0x\0\0junk"), "08P01");
        assert_eq!(code(V3, b""), "08P01");
        assert_eq!(code(V3, b"user\0x\0replication\0true\0\0"), "0A000");
        assert_eq!(code(4 << 16, b"\0"), "0A000");
    }

    #[test]
    fn newer_minors_are_negotiated_down() {
        let newer = startup(V3 + 9999, b"user\0x\0\0").unwrap();
        assert_eq!((newer.minor, newer.negotiate), (2, Some(vec![])));
        let optional = startup(V3, b"user\0x\0_pq_.a\0on\0\0").unwrap();
        assert_eq!((optional.minor, optional.negotiate), (0, Some(vec!["_pq_.a".to_owned()])));
        assert_eq!(startup(V3 + 2, b"user\0x\0\0").unwrap().negotiate, None);
    }
}
