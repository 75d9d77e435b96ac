//! All that a server says to one question, as lines that can be compared.

use crate::compat::binary::{hex, type_name};
use crate::compat::client::{self, Body, Client, Field, Message};
use crate::question::Question;

/// How a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The simple protocol: text.
    Simple,
    /// The extended protocol, values in text.
    Extended,
    /// The extended protocol, values in binary.
    Binary,
}

pub const WAYS: [Way; 3] = [Way::Simple, Way::Extended, Way::Binary];

impl Way {
    pub fn name(self) -> &'static str {
        match self {
            Way::Simple => "simple protocol",
            Way::Extended => "extended protocol",
            Way::Binary => "binary",
        }
    }
}

/// What a server said, a line each: parameters, columns, rows, errors with their fields, notices, tags.
pub type Answer = Vec<String>;

/// A session that comes back after its connection broke.
pub struct Session {
    port: u16,
    /// Of its StartupMessage.
    parameters: Vec<(&'static str, String)>,
    client: Option<Client>,
    /// Whether the last question's data were wanted.
    took_data: bool,
}

impl Session {
    pub fn new(port: u16) -> Session {
        Session::with(port, vec![("user", "postgres".to_owned()), ("database", "postgres".to_owned())])
    }

    /// With the parameters of a StartupMessage.
    pub fn with(port: u16, parameters: Vec<(&'static str, String)>) -> Session {
        Session { port, parameters, client: None, took_data: false }
    }

    /// Whether the last question was a COPY that got as far as to want its data.
    #[allow(dead_code)] // Only PostgreSQL's own scripts don't say which statements have data.
    pub fn took_data(&self) -> bool {
        self.took_data
    }

    /// Asks, and reads to ReadyForQuery.
    pub fn ask(&mut self, question: &Question, way: Way) -> Answer {
        let client = match &mut self.client {
            Some(client) => client,
            none => match connect(self.port, &self.parameters) {
                Ok(client) => none.insert(client),
                Err(error) => return vec![format!("no connection: {error}")],
            },
        };
        let mut answer = Answer::new();
        self.took_data = false;
        if let Err(error) = exchange(client, question, way, &mut answer, &mut self.took_data) {
            answer.push(format!("the connection broke: {:?}", error.kind()));
            self.client = None;
        }
        answer.iter_mut().for_each(|line| *line = without_number(line));
        answer
    }
}

fn connect(port: u16, parameters: &[(&str, String)]) -> Result<Client, client::ServerError> {
    let parameters: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Client::connect_with(port, &parameters)
}

/// Which of the schemas of temporary objects a session has is nobody's choice: `pg_temp_3` is `pg_temp_N`.
fn without_number(line: &str) -> String {
    let mut parts = line.split("pg_temp_");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        whole.push_str("pg_temp_");
        whole.push_str(if rest.len() < part.len() { "N" } else { "" });
        whole.push_str(rest);
    }
    whole
}

fn exchange(
    client: &mut Client,
    question: &Question,
    way: Way,
    answer: &mut Answer,
    took_data: &mut bool,
) -> std::io::Result<()> {
    let Question { sql, parameters, data, .. } = question;
    match way {
        Way::Simple => client.send(&client::query(sql))?,
        Way::Extended | Way::Binary => {
            let values: Vec<_> =
                parameters.iter().flatten().map(|value| value.clone().map(String::into_bytes)).collect();
            let mut bytes = client::parse("", sql, &[]);
            bytes.extend(client::describe(b'S', ""));
            bytes.extend(client::bind("", "", &[], &values, &[i16::from(way == Way::Binary)]));
            bytes.extend(client::execute("", 0));
            bytes.extend(client::sync());
            client.send(&bytes)?;
        }
    }
    let mut fields = Vec::new();
    // Where the statement begins that is being answered.
    let mut begin = 0;
    loop {
        let message = client.read()?;
        match message.tag {
            // How much of a result went out before its error is left to each server; clients drop it.
            b'E' => {
                let result = |line: &String| ["column", "row", "no columns"].iter().any(|word| line.starts_with(word));
                let kept: Vec<String> = answer.drain(begin..).filter(|line| !result(line)).collect();
                answer.extend(kept);
            }
            b'Z' => {
                // Idle is how it should be: only blocks are worth a line.
                if message.body[0] != b'I' {
                    answer.push(format!("ready: {}", message.body[0] as char));
                }
                return Ok(());
            }
            b'T' => fields = client::row_description(&message.body),
            b'G' => {
                *took_data = true;
                client.send(&client::frame(b'd', data.as_bytes()))?;
                client.send(&client::frame(b'c', &[]))?;
                // Within a pipeline, the server has dropped the Sync that came before the data.
                if way != Way::Simple {
                    client.send(&client::sync())?;
                }
            }
            _ => {}
        }
        show(&message, &fields, way, answer);
        if message.tag == b'C' {
            begin = answer.len();
        }
    }
}

fn show(message: &Message, fields: &[Field], way: Way, answer: &mut Answer) {
    let body = &message.body;
    match message.tag {
        b'T' if fields.is_empty() => answer.push("no columns".into()),
        b'T' => answer.extend(fields.iter().map(column)),
        b't' => {
            let mut body = Body(body);
            let count = body.i16();
            if count > 0 {
                let types: Vec<String> = (0..count).map(|_| type_of(body.u32())).collect();
                answer.push(format!("parameters: {}", types.join(", ")));
            }
        }
        b'D' => {
            let cell = |(value, field): (&Option<Vec<u8>>, Option<&Field>)| match value {
                None => "NULL".to_owned(),
                Some(bytes) if way == Way::Binary => match field.and_then(|field| users_type(field, bytes)) {
                    Some(place) => format!("{}…{}", hex(&bytes[..place]), hex(&bytes[place + 4..])),
                    None => hex(bytes),
                },
                Some(bytes) => String::from_utf8_lossy(bytes).replace('\\', "\\\\").replace('\n', "\\n"),
            };
            let fields = fields.iter().map(Some).chain(std::iter::repeat(None));
            let cells: Vec<String> = client::data_row(body).iter().zip(fields).map(cell).collect();
            answer.push(format!("row: {}", cells.join(" | ")));
        }
        b'C' => answer.push(format!("tag: {}", client::cstr(body))),
        b'I' => answer.push("empty query".into()),
        b'E' => answer.extend(said("error", body)),
        b'N' => answer.extend(said("notice", body)),
        b'd' => answer.push(format!("copied: {}", String::from_utf8_lossy(body).replace('\\', "\\\\").trim_end())),
        // A value that the session reports: which and when is the protocol traces' subject.
        _ => {}
    }
}

/// Each server has OIDs of its own for what users make.
const FIRST_OF_USERS: u32 = 16384;

fn type_of(oid: u32) -> String {
    if oid < FIRST_OF_USERS { type_name(oid) } else { "(a user's type)".to_owned() }
}

/// Where a value's bytes have the OID of what a user has made: of an array, what it is made of; and a type itself.
fn users_type(field: &Field, bytes: &[u8]) -> Option<usize> {
    const REGTYPE: u32 = 2206;
    const REGTYPES: u32 = 2211;
    let place = match field.type_oid {
        REGTYPE => 0,
        REGTYPES if bytes.len() == 28 => 24,
        FIRST_OF_USERS.. if matches!(bytes, [0, 0, 0, 0..=6, 0, 0, 0, 0 | 1, ..]) => 8,
        _ => return None,
    };
    let oid = bytes.get(place..place + 4)?.try_into().ok().map(u32::from_be_bytes)?;
    (oid >= FIRST_OF_USERS).then_some(place)
}

fn column(field: &Field) -> String {
    let mut line = format!("column: {} {}", field.name, type_of(field.type_oid));
    if field.typmod != -1 {
        line += &format!(" typmod {}", field.typmod);
    }
    // User tables' OIDs are each server's own.
    if field.table != 0 {
        line += &format!(" of column {}", field.attnum);
    }
    line
}

/// An ErrorResponse's or NoticeResponse's fields, but for where in PostgreSQL's sources it comes from.
fn said(kind: &str, body: &[u8]) -> Vec<String> {
    const FIELDS: &[(char, &str)] = &[
        ('M', "message"),
        ('D', "detail"),
        ('H', "hint"),
        ('P', "position"),
        ('W', "context"),
        ('s', "schema"),
        ('t', "table"),
        ('c', "column"),
        ('d', "type"),
        ('n', "constraint"),
    ];
    let fields = client::error_fields(body);
    let field = |wanted: char| fields.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.as_str());
    let code = field('C').unwrap_or_default();
    let severity = field('V').or(field('S')).unwrap_or_default();
    // VACUUM VERBOSE counts pages and the like.
    if severity == "INFO" {
        return Vec::new();
    }
    let mut lines = vec![match kind {
        "error" => format!("error: {code}"),
        _ => format!("{}: {code}", severity.to_lowercase()),
    }];
    for (key, name) in FIELDS {
        if let Some(value) = field(*key) {
            lines.push(format!("{name}: {}", settled(value).replace('\n', "\\n")));
        }
    }
    lines
}

/// A failing row's values that are other ones at each run: the time of a statement, and random UUIDs.
fn settled(detail: &str) -> String {
    if let Some((_, label)) = detail.strip_prefix("Key (enumtypid, ").and_then(|key| key.split_once(", ")) {
        return format!("Key (enumtypid, enumlabel)=((a type), {label}");
    }
    let Some(row) = detail.strip_prefix("Failing row contains (") else { return detail.to_owned() };
    let settle = |value: &str| {
        let plain = value.trim_end_matches(['.', ')']);
        let is_time = plain.starts_with("20") && plain.ends_with("+00") && plain.contains('.');
        let is_uuid = plain.len() == 36 && plain.as_bytes()[14] == b'4' && plain.matches('-').count() == 4;
        match (is_time, is_uuid) {
            (true, _) => value.replacen(plain, "(a time)", 1),
            (_, true) => value.replacen(plain, "(a UUID)", 1),
            _ => value.to_owned(),
        }
    };
    let values: Vec<String> = row.split(", ").map(settle).collect();
    format!("Failing row contains ({}", values.join(", "))
}
