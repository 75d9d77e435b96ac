//! The traces' little language: see the README beside this file.

use std::collections::HashMap;
use std::fmt::Write;

use crate::compat::binary::{hex, type_name, type_oid};
use crate::compat::client::{self, Body, Message};
use crate::compat::servers::Engine;

/// One case of a file: a connection of its own.
#[derive(Debug, Default)]
pub struct Case {
    pub title: String,
    /// Nothing is sent before the first `>`.
    pub raw: bool,
    pub only: Option<Engine>,
    pub steps: Vec<Step>,
    /// The last line continues a block: the next `>` is of the same write.
    continues: bool,
    /// What stood in the file from `===` to the next, to write it back.
    pub lines: Vec<String>,
}

#[derive(Debug)]
pub enum Step {
    /// `! SQL`: through another session.
    Elsewhere(String),
    /// Consecutive `>` lines: one write.
    Send(Vec<Command>),
    /// `<` lines; `None` is for both engines.
    Expect(Vec<(Option<Engine>, String)>),
}

#[derive(Debug)]
pub struct Command {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Parses a file: what stands before the first case, and the cases.
pub fn parse(text: &str) -> (Case, Vec<Case>) {
    let mut cases = vec![Case::default()];
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("=== ") {
            let raw = title.ends_with("(raw)");
            cases.push(Case { title: title.to_owned(), raw, ..Case::default() });
        }
        let case = cases.last_mut().expect("never empty");
        case.lines.push(line.to_owned());
        case.step(line).unwrap_or_else(|error| panic!("{error} in {line:?}"));
    }
    let head = cases.remove(0);
    (head, cases)
}

impl Case {
    fn step(&mut self, line: &str) -> Result<(), String> {
        let (mark, rest) = line.split_once(' ').unwrap_or((line, ""));
        let continues = std::mem::replace(&mut self.continues, mark == ">");
        match mark {
            "" | "#" | "===" => {}
            "only" => self.only = Some(if rest == "quorlite" { Engine::Quorlite } else { Engine::Postgres }),
            "!" => self.steps.push(Step::Elsewhere(rest.to_owned())),
            ">" => {
                let command = command(rest)?;
                match self.steps.last_mut() {
                    Some(Step::Send(commands)) if continues => commands.push(command),
                    _ => self.steps.push(Step::Send(vec![command])),
                }
            }
            "<" | "<pg" | "<q" => {
                let engine = match mark {
                    "<pg" => Some(Engine::Postgres),
                    "<q" => Some(Engine::Quorlite),
                    _ => None,
                };
                let expected = (engine, rest.to_owned());
                match self.steps.last_mut() {
                    Some(Step::Expect(lines)) => lines.push(expected),
                    _ => self.steps.push(Step::Expect(vec![expected])),
                }
            }
            _ => return Err("unknown mark".into()),
        }
        Ok(())
    }

    /// Whether the engines are known to answer differently somewhere in it.
    pub fn differs(&self) -> bool {
        let tagged = |step: &Step| matches!(step, Step::Expect(lines) if lines.iter().any(|line| line.0.is_some()));
        self.only.is_some() || self.steps.iter().any(tagged)
    }
}

/// A word of a `>` line.
#[derive(Clone, Debug, PartialEq)]
enum Word {
    Bare(String),
    Quoted(Vec<u8>),
    List(Vec<Word>),
}

fn command(line: &str) -> Result<Command, String> {
    let words = words(&mut line.chars().peekable(), false)?;
    let mut words = words.into_iter();
    let name = match words.next() {
        Some(Word::Bare(name)) => name,
        _ => return Err("no message name".into()),
    };
    let mut words = Words(words.collect());
    let bytes = match name.as_str() {
        "Query" => client::query(&words.text()?),
        "Parse" => {
            let (statement, sql) = (words.text()?, words.text()?);
            client::parse(&statement, &sql, &words.types()?)
        }
        "Bind" => {
            let (portal, statement) = (words.text()?, words.text()?);
            let (values, formats, results) = (words.values()?, words.numbers()?, words.numbers()?);
            client::bind(&portal, &statement, &formats, &values, &results)
        }
        "Describe" | "Close" => {
            let (kind, object) = (words.bare()?, words.text()?);
            let message = if name == "Describe" { client::describe } else { client::close };
            message(kind.as_bytes()[0], &object)
        }
        "Execute" => client::execute(&words.text()?, words.bare().map_or(Ok(0), |rows| rows.parse()).map_err(text)?),
        "Sync" => client::sync(),
        "Flush" => client::frame(b'H', &[]),
        "Terminate" => client::frame(b'X', &[]),
        "Password" => client::frame(b'p', &words.bytes()?),
        "CopyData" => client::frame(b'd', &words.bytes()?),
        "CopyDone" => client::frame(b'c', &[]),
        "CopyFail" => {
            let mut why = words.bytes()?;
            why.push(0);
            client::frame(b'f', &why)
        }
        "Frame" => {
            let tag = words.bare()?;
            client::frame(tag.as_bytes()[0], &words.bytes()?)
        }
        "Raw" => words.bytes()?,
        "SSLRequest" => client::untyped(client::SSL_REQUEST, &[]),
        "GSSENCRequest" => client::untyped(client::GSSENC_REQUEST, &[]),
        "Startup" => {
            let version = words.bare()?;
            let (major, minor) = version.split_once('.').ok_or("a version is major.minor")?;
            let version = major.parse::<u32>().map_err(text)? << 16 | minor.parse::<u32>().map_err(text)?;
            let mut body = Vec::new();
            while !words.0.is_empty() {
                for _ in 0..2 {
                    body.extend(words.bytes()?);
                    body.push(0);
                }
            }
            body.push(0);
            client::untyped(version, &body)
        }
        _ => return Err(format!("unknown message {name}")),
    };
    match words.0.is_empty() {
        true => Ok(Command { name, bytes }),
        false => Err("left-over words".into()),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

struct Words(Vec<Word>);

impl Words {
    fn next(&mut self) -> Option<Word> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }

    fn bare(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Word::Bare(word)) => Ok(word),
            other => Err(format!("a word expected, not {other:?}")),
        }
    }

    fn bytes(&mut self) -> Result<Vec<u8>, String> {
        match self.next() {
            Some(Word::Quoted(bytes)) => Ok(bytes),
            other => Err(format!("a string expected, not {other:?}")),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        String::from_utf8(self.bytes()?).map_err(text)
    }

    fn list(&mut self) -> Result<Vec<Word>, String> {
        match self.next() {
            None => Ok(vec![]),
            Some(Word::List(words)) => Ok(words),
            other => Err(format!("a list expected, not {other:?}")),
        }
    }

    fn types(&mut self) -> Result<Vec<u32>, String> {
        let oid = |word| match word {
            Word::Bare(name) => type_oid(&name).ok_or(name),
            other => Err(format!("{other:?}")),
        };
        self.list()?.into_iter().map(oid).collect()
    }

    fn numbers(&mut self) -> Result<Vec<i16>, String> {
        let number = |word| match word {
            Word::Bare(number) => number.parse().map_err(text),
            other => Err(format!("{other:?}")),
        };
        self.list()?.into_iter().map(number).collect()
    }

    fn values(&mut self) -> Result<Vec<Option<Vec<u8>>>, String> {
        let value = |word| match word {
            Word::Bare(null) if null == "NULL" => Ok(None),
            Word::Quoted(bytes) => Ok(Some(bytes)),
            other => Err(format!("{other:?}")),
        };
        self.list()?.into_iter().map(value).collect()
    }
}

fn words(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, nested: bool) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    loop {
        match chars.peek() {
            None if nested => return Err("unclosed [".into()),
            None => return Ok(words),
            Some(' ') => {
                chars.next();
            }
            Some(']') if nested => {
                chars.next();
                return Ok(words);
            }
            Some('[') => {
                chars.next();
                words.push(Word::List(self::words(chars, true)?));
            }
            Some('"') => {
                chars.next();
                words.push(Word::Quoted(quoted(chars)?));
            }
            Some(_) => {
                let mut word = String::new();
                while let Some(c) = chars.next_if(|c| !matches!(c, ' ' | ']' | '[' | '\'')) {
                    word.push(c);
                }
                if word == "x" && chars.next_if_eq(&'\'').is_some() {
                    let digits: String = std::iter::from_fn(|| chars.next_if(|c| *c != '\'')).collect();
                    chars.next();
                    words.push(Word::Quoted(unhex(&digits)?));
                } else {
                    words.push(Word::Bare(word));
                }
            }
        }
    }
}

fn quoted(chars: &mut impl Iterator<Item = char>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4];
    loop {
        match chars.next().ok_or("unclosed string")? {
            '"' => return Ok(bytes),
            '\\' => match chars.next().ok_or("unclosed string")? {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'x' => {
                    let digits: String = chars.take(2).collect();
                    bytes.extend(unhex(&digits)?);
                }
                other => bytes.extend(other.encode_utf8(&mut buffer).as_bytes()),
            },
            other => bytes.extend(other.encode_utf8(&mut buffer).as_bytes()),
        }
    }
}

fn unhex(digits: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<char> = digits.chars().filter(|c| *c != ' ').collect();
    let pair = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16).map_err(text);
    digits.chunks(2).map(pair).collect()
}

/// Shows messages as `<` lines do. What can't be equal on two servers is normalised: the secret key, the version,
/// and tables' OIDs, which count from t1 in the order in which a file meets them.
#[derive(Default)]
pub struct Printer {
    tables: HashMap<u32, usize>,
}

impl Printer {
    pub fn show(&mut self, message: &Message) -> String {
        let mut body = Body(&message.body);
        match message.tag {
            b'R' => match body.u32() {
                0 => "AuthenticationOk".into(),
                other => format!("Authentication {other}"),
            },
            b'K' => "BackendKeyData".into(),
            b'S' => {
                let (name, mut value) = (body.cstr(), body.cstr());
                if name == "server_version" {
                    value = value.split('.').next().unwrap_or_default().to_owned() + ".*";
                }
                format!("ParameterStatus {name} {}", quote(value.as_bytes()))
            }
            b'Z' => format!("ReadyForQuery {}", body.u8() as char),
            b'T' => {
                let fields = client::row_description(&message.body);
                let shown: Vec<String> = fields.iter().map(|field| self.field(field)).collect();
                format!("RowDescription {}", shown.join("; ")).trim_end().to_owned()
            }
            b'D' => client::data_row(&message.body).iter().fold("DataRow".into(), |mut line, value| {
                line.push(' ');
                line.push_str(&value.as_ref().map_or("NULL".into(), |value| quote(value)));
                line
            }),
            b't' => {
                let count = body.i16();
                (0..count).fold("ParameterDescription".into(), |line, _| format!("{line} {}", type_name(body.u32())))
            }
            b'C' => format!("CommandComplete {}", quote(body.cstr().as_bytes())),
            b'E' => format!("ErrorResponse {}", fields(&message.body)),
            b'N' => format!("NoticeResponse {}", fields(&message.body)),
            b'G' => format!("CopyInResponse {}", hex(&message.body)),
            b'H' => format!("CopyOutResponse {}", hex(&message.body)),
            b'd' => format!("CopyData {}", quote(&message.body)),
            b'c' => "CopyDone".into(),
            b'I' => "EmptyQueryResponse".into(),
            b'1' => "ParseComplete".into(),
            b'2' => "BindComplete".into(),
            b'3' => "CloseComplete".into(),
            b'n' => "NoData".into(),
            b's' => "PortalSuspended".into(),
            b'v' => {
                let version = body.u32();
                let options: Vec<String> = (0..body.i32()).map(|_| quote(body.cstr().as_bytes())).collect();
                let line =
                    format!("NegotiateProtocolVersion {}.{} {}", version >> 16, version & 0xffff, options.join(" "));
                line.trim_end().to_owned()
            }
            tag => format!("Message {} x'{}'", tag as char, hex(&message.body)),
        }
    }

    fn field(&mut self, field: &client::Field) -> String {
        let mut line = format!("{} {}/{}", quote(field.name.as_bytes()), type_name(field.type_oid), field.type_len);
        if field.typmod != -1 {
            let _ = write!(line, " typmod={}", field.typmod);
        }
        if field.table != 0 {
            let next = self.tables.len() + 1;
            let table = self.tables.entry(field.table).or_insert(next);
            let _ = write!(line, " t{table}.{}", field.attnum);
        }
        if field.format != 0 {
            line.push_str(" binary");
        }
        line
    }
}

/// The functions of PostgreSQL's source by whose names drivers decide.
const ROUTINES: &[&str] = &["RevalidateCachedQuery"];

/// An error's fields, without those that speak of PostgreSQL's source.
fn fields(body: &[u8]) -> String {
    let fields: Vec<(char, String)> = client::error_fields(body);
    let get = |key| fields.iter().find(|field| field.0 == key).map_or("?", |field| field.1.as_str());
    let mut line = format!("{} {} {}", get('V'), get('C'), quote(get('M').as_bytes()));
    let names = [
        ('P', "position"),
        ('D', "detail"),
        ('H', "hint"),
        ('W', "context"),
        ('s', "schema"),
        ('t', "table"),
        ('c', "column"),
        ('d', "type"),
        ('n', "constraint"),
        ('R', "routine"),
    ];
    for (key, name) in names {
        let telling = |value: &str| match key {
            'R' => ROUTINES.contains(&value),
            // What PostgreSQL says of parameters and of its own queries says nothing to drivers.
            'W' => value.starts_with("COPY "),
            _ => true,
        };
        if let Some((_, value)) = fields.iter().find(|field| field.0 == key && telling(&field.1)) {
            let _ = write!(line, " {name}={}", quote(value.as_bytes()));
        }
    }
    line
}

/// What differs, as `- wanted` and `+ actual` lines; cycle by cycle, if as many ReadyForQuery came as were wanted.
pub fn difference(wanted: &[String], actual: &[String]) -> String {
    let cycles =
        |lines| <[String]>::split_inclusive(lines, |line| line.starts_with("ReadyForQuery")).collect::<Vec<_>>();
    let all = (wanted, actual);
    let (mut wanted, mut actual) = (cycles(wanted), cycles(actual));
    if wanted.len() != actual.len() {
        (wanted, actual) = (vec![all.0], vec![all.1]);
    }
    let mut text = String::new();
    for (mut wanted, mut actual) in wanted.into_iter().zip(actual) {
        while let (Some((a, rest)), Some((b, other))) = (wanted.split_first(), actual.split_first())
            && a == b
        {
            (wanted, actual) = (rest, other);
        }
        while let (Some((a, rest)), Some((b, other))) = (wanted.split_last(), actual.split_last())
            && a == b
        {
            (wanted, actual) = (rest, other);
        }
        wanted.iter().for_each(|line| _ = writeln!(text, "- {line}"));
        actual.iter().for_each(|line| _ = writeln!(text, "+ {line}"));
    }
    text
}

/// A string where the bytes are printable text, else hex.
pub fn quote(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') => {
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
            format!("\"{text}\"")
        }
        _ => format!("x'{}'", hex(bytes)),
    }
}
