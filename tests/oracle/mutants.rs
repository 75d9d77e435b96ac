//! Statements that nobody wrote: those of the scripts, with tokens dropped, doubled, swapped and put in from others. Both servers
//! are only asked to parse them, and must agree on what is SQL (42601 is what isn't).
//!
//! What parse analysis says of the rest is counted, not judged: the scripts' subject are the answers.

use std::collections::BTreeMap;
use std::fmt;
use std::io;

use crate::compat::client::{self, Client};
use crate::compat::servers::Server;

/// One way in which the two disagree on a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// We take what PostgreSQL says is no SQL, or say something else of it.
    TooLoose,
    /// We say that it's no SQL, and PostgreSQL doesn't.
    TooStrict,
    /// Both say that it's no SQL, but in other words or at another place.
    OtherWords,
    /// An error that is a mistake of our own, a broken connection, or no answer.
    Broken,
}

/// What a server says of a text that it was asked to parse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Empty: it has no objection.
    pub code: String,
    pub message: String,
    pub position: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code.as_str() {
            "" => write!(f, "parses"),
            code => write!(f, "{code} {} ({})", self.message, self.position),
        }
    }
}

const SYNTAX_ERROR: &str = "42601";
const NOT_SUPPORTED: &str = "0A000";
/// Of what the harness itself meets.
const NO_ANSWER: &str = "08006";

impl Verdict {
    fn is_syntax_error(&self) -> bool {
        self.code == SYNTAX_ERROR
    }

    /// What the grammar itself says, and not what is said of a statement that it takes.
    fn is_of_grammar(&self) -> bool {
        self.is_syntax_error() && self.message.starts_with("syntax error")
    }
}

/// Errors that PostgreSQL's grammar raises as it reads: what follows may be no SQL, and is not read any more.
const RAISED_BY_GRAMMAR: &[&str] = &["0A000", "42939", "42P20"];

pub fn judge(theirs: &Verdict, ours: &Verdict) -> Option<Finding> {
    // PostgreSQL says that of a number that is no sequence's, when it runs.
    let open = ours.message.starts_with("could not open relation with OID");
    if ours.code == NO_ANSWER || ours.code.starts_with("XX") && !open {
        return Some(Finding::Broken);
    }
    match (theirs.is_syntax_error(), ours.is_syntax_error()) {
        // What we refuse by its name we need not read.
        (true, false) if ours.code == NOT_SUPPORTED => None,
        // Wrong twice, and told of the other.
        (true, false) if !theirs.is_of_grammar() && !ours.code.is_empty() => None,
        (true, false) => Some(Finding::TooLoose),
        (false, true) if RAISED_BY_GRAMMAR.contains(&theirs.code.as_str()) => None,
        // PostgreSQL says some 42601 of schema statements only when they run; we have read all of it by then.
        (false, true) if ours.is_of_grammar() => Some(Finding::TooStrict),
        // What is wrong twice may be told by what comes later.
        (true, true) if theirs != ours && theirs.is_of_grammar() => Some(Finding::OtherWords),
        _ => None,
    }
}

/// Deterministic, so that a failure repeats.
struct Random(u64);

impl Random {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Word,
    Literal,
    Sign,
}

/// FNV-1a, and its bits mixed: alike texts are to be far apart.
fn hash(text: &str) -> u64 {
    let add = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    Random(text.bytes().fold(0xcbf2_9ce4_8422_2325, add)).next()
}

/// One token as it is written, with the space before it.
#[derive(Clone, Debug)]
struct Token {
    space: String,
    text: String,
    sort: Sort,
}

/// A statement's tokens, roughly: what is taken apart wrongly is but another mutant.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        let space = rest.len() - rest.trim_start().len();
        let (space, after) = rest.split_at(space);
        let Some(first) = after.chars().next() else { return tokens };
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let run = |wanted: &dyn Fn(char) -> bool| after.find(|c| !wanted(c)).unwrap_or(after.len());
        let quoted =
            |quote: char, from: usize| after[from + 1..].find(quote).map_or(after.len(), |length| from + length + 2);
        let (length, sort) = match first {
            '\'' => (quoted('\'', 0), Sort::Literal),
            '"' => (quoted('"', 0), Sort::Word),
            '0'..='9' => (run(&|c| c.is_ascii_digit() || c == '.'), Sort::Literal),
            '$' => (run(&word), Sort::Literal),
            c if c.is_alphabetic() || c == '_' => {
                let length = run(&word);
                // E'…' and its kin.
                if length == 1 && after[1..].starts_with('\'') {
                    (quoted('\'', 1), Sort::Literal)
                } else {
                    (length, Sort::Word)
                }
            }
            c if "+-*/<>=~!@#%^&|`?:".contains(c) => (run(&|c| "+-*/<>=~!@#%^&|`?:".contains(c)), Sort::Sign),
            c => (c.len_utf8(), Sort::Sign),
        };
        let (text, after) = after.split_at(length);
        tokens.push(Token { space: space.to_owned(), text: text.to_owned(), sort });
        rest = after;
    }
}

fn written(tokens: &[Token]) -> String {
    let mut text = String::new();
    for (at, token) in tokens.iter().enumerate() {
        text.push_str(if at == 0 { "" } else { &token.space });
        text.push_str(&token.text);
    }
    text
}

/// Words of the grammar that are put in where others stood.
const KEYWORDS: &[&str] = &[
    "ALL",
    "AND",
    "ANY",
    "ARRAY",
    "AS",
    "ASC",
    "BETWEEN",
    "BY",
    "CASE",
    "CAST",
    "COLLATE",
    "CROSS",
    "CURRENT",
    "CURRENT_DATE",
    "DEFAULT",
    "DESC",
    "DISTINCT",
    "DO",
    "ELSE",
    "END",
    "EXCEPT",
    "EXISTS",
    "FETCH",
    "FILTER",
    "FIRST",
    "FOR",
    "FROM",
    "FULL",
    "GROUP",
    "HAVING",
    "ILIKE",
    "IN",
    "INNER",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "JOIN",
    "LAST",
    "LATERAL",
    "LEFT",
    "LIKE",
    "LIMIT",
    "NATURAL",
    "NOT",
    "NULL",
    "NULLS",
    "OF",
    "OFFSET",
    "ON",
    "ONLY",
    "OR",
    "ORDER",
    "OVER",
    "PARTITION",
    "PRIMARY",
    "RETURNING",
    "RIGHT",
    "ROW",
    "ROWS",
    "SELECT",
    "SET",
    "SIMILAR",
    "SOME",
    "TABLE",
    "THEN",
    "TO",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
    "WITHIN",
    "YEAR",
    "VALUE",
    "NAME",
    "ZONE",
    "(",
    ")",
    ",",
    ".",
    "*",
    "[",
    "]",
    "::",
    "=",
    "-",
    ";",
];

/// The statements that mutants are made of, by their hashes: a new one changes few mutants of others.
pub struct Corpus {
    statements: Vec<(u64, Vec<Token>)>,
}

impl Corpus {
    pub fn new<'a>(statements: impl Iterator<Item = &'a str>) -> Corpus {
        let hashed = statements.map(|text| (hash(text), tokens(text)));
        // Long ones add little but time.
        let mut statements: Vec<_> = hashed.filter(|(_, tokens)| (1..=120).contains(&tokens.len())).collect();
        statements.sort_by_key(|(hash, _)| *hash);
        statements.dedup_by_key(|(hash, _)| *hash);
        Corpus { statements }
    }

    /// A mutant of each statement.
    pub fn round(&self, round: u64) -> impl Iterator<Item = String> {
        self.statements.iter().map(move |(hash, tokens)| {
            let mut random = Random(hash ^ (round << 32));
            let mut tokens = tokens.clone();
            for _ in 0..[1, 1, 2, 3][random.below(4)] {
                self.change(&mut tokens, &mut random);
            }
            written(&tokens)
        })
    }

    fn another(&self, random: &mut Random) -> &[Token] {
        let wanted = random.next();
        let at = self.statements.partition_point(|(hash, _)| *hash < wanted);
        &self.statements[at % self.statements.len()].1
    }

    fn change(&self, tokens: &mut Vec<Token>, random: &mut Random) {
        if tokens.is_empty() {
            return;
        }
        let at = random.below(tokens.len());
        let other = self.another(random);
        match random.below(10) {
            0 => drop(tokens.remove(at)),
            1 => tokens.insert(at, tokens[at].clone()),
            2 => {
                let with = random.below(tokens.len());
                tokens.swap(at, with);
            }
            3 => tokens[at] = random.of(other).clone(),
            4 => {
                let mut token = random.of(other).clone();
                token.space = " ".to_owned();
                tokens.insert(at, token);
            }
            // One begins, another ends.
            5 => {
                tokens.truncate(at + 1);
                tokens.extend_from_slice(&other[random.below(other.len())..]);
            }
            6 => {
                let text = &mut tokens[at].text;
                *text = if random.below(2) == 0 { text.to_uppercase() } else { text.to_lowercase() };
            }
            7 => {
                let is_parenthesis = |token: &Token| token.text == "(" || token.text == ")";
                if let Some(found) = tokens[at..].iter().position(is_parenthesis) {
                    tokens.remove(at + found);
                }
            }
            8 => tokens[at] = Token { space: " ".into(), text: (*random.of(KEYWORDS)).into(), sort: Sort::Word },
            _ => {
                let of_sort = |token: &&Token| token.sort == tokens[at].sort;
                let candidates: Vec<&Token> = other.iter().filter(of_sort).collect();
                if !candidates.is_empty() {
                    tokens[at].text.clone_from(&random.of(&candidates).text);
                }
            }
        }
    }
}

/// A session that is asked to parse, and comes back after its connection broke.
pub struct Reader {
    port: u16,
    client: Option<Client>,
}

impl Reader {
    pub fn new(server: &Server) -> Reader {
        Reader { port: server.port, client: None }
    }

    /// What the server says of each text.
    pub fn ask(&mut self, texts: &[String]) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(texts.len());
        while verdicts.len() < texts.len() {
            let connect = || Client::connect(self.port).unwrap_or_else(|error| panic!("connect: {error}"));
            let client = self.client.get_or_insert_with(connect);
            let from = verdicts.len();
            if let Err(error) = exchange(client, &texts[from..], &mut verdicts) {
                self.client = None;
                verdicts.push(Verdict { code: NO_ANSWER.into(), message: error.to_string(), ..Verdict::default() });
            }
        }
        verdicts
    }
}

/// All in one go; each with a Sync of its own, since an error skips to there.
fn exchange(client: &mut Client, texts: &[String], verdicts: &mut Vec<Verdict>) -> io::Result<()> {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend(client::parse("", text, &[]));
        bytes.extend(client::sync());
    }
    client.send(&bytes)?;
    for _ in texts {
        let mut verdict = Verdict::default();
        loop {
            let message = client.read()?;
            match message.tag {
                b'E' => {
                    for (key, value) in client::error_fields(&message.body) {
                        match key {
                            'C' => verdict.code = value,
                            'M' => verdict.message = value,
                            'P' => verdict.position = value,
                            _ => {}
                        }
                    }
                }
                b'Z' => break,
                _ => {}
            }
        }
        verdicts.push(verdict);
    }
    Ok(())
}

/// What has been found so far.
#[derive(Default)]
pub struct Report {
    pub asked: usize,
    /// How many of them PostgreSQL has no objection to, how many are no SQL to it, and how many fail in analysis.
    pub parsed: usize,
    pub not_sql: usize,
    /// Fail in analysis on both sides, and those of them with the same SQLSTATE.
    pub failed: usize,
    pub failed_alike: usize,
    /// By shape: the first text, and how many there are of it.
    pub shapes: BTreeMap<(Finding, String), (String, usize)>,
}

impl Report {
    /// Nothing is found, but that some of what is no SQL is told in other words: where it can't be read as tokens, mostly.
    pub fn is_clean(&self) -> bool {
        let words = |((finding, _), (_, count)): (&(Finding, String), &(String, usize))| match finding {
            Finding::OtherWords => Some(*count),
            _ => None,
        };
        let told: Option<usize> = self.shapes.iter().map(words).sum();
        told.is_some_and(|told| told * 1000 <= self.not_sql)
    }

    pub fn take(&mut self, text: &str, theirs: &Verdict, ours: &Verdict) {
        self.asked += 1;
        match theirs.code.as_str() {
            "" => self.parsed += 1,
            SYNTAX_ERROR => self.not_sql += 1,
            code if !ours.code.is_empty() && ours.code != NOT_SUPPORTED => {
                self.failed += 1;
                self.failed_alike += usize::from(code == ours.code);
            }
            _ => {}
        }
        if let Some(finding) = judge(theirs, ours) {
            let shape = shape(finding, theirs, ours);
            let entry = self.shapes.entry((finding, shape)).or_insert_with(|| (text.to_owned(), 0));
            entry.1 += 1;
            // The shortest is the easiest to read.
            if text.len() < entry.0.len() {
                text.clone_into(&mut entry.0);
            }
        }
    }
}

/// What both said, without what each text has its own of.
fn shape(finding: Finding, theirs: &Verdict, ours: &Verdict) -> String {
    let plain = |verdict: &Verdict| match verdict.code.as_str() {
        "" => "parses".to_owned(),
        code => format!("{code} {}", verdict.message),
    };
    match finding {
        Finding::OtherWords if theirs.message == ours.message => format!("{}, elsewhere", plain(theirs)),
        _ => format!("PostgreSQL: {}; we: {}", plain(theirs), plain(ours)),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { asked, parsed, not_sql, failed, failed_alike, shapes } = self;
        writeln!(f, "{asked} mutants: {parsed} parse, {not_sql} are no SQL")?;
        writeln!(f, "{failed} fail in analysis, {failed_alike} of them alike")?;
        let found: usize = shapes.values().map(|(_, count)| count).sum();
        writeln!(f, "{found} findings of {} shapes", shapes.len())?;
        for ((finding, shape), (text, count)) in shapes {
            writeln!(f, "=== {finding:?} × {count}: {shape}\n{text}")?;
        }
        Ok(())
    }
}
