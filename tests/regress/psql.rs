//! Reads a script as psql does (PostgreSQL's src/fe_utils/psqlscan.l): into statements, and those of psql's own commands
//! that decide what is asked.

use std::collections::HashMap;

/// What psql does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A statement, or several with `\;` between, and what becomes of its result.
    Statement(Vec<Piece>, Then),
    /// `\set NAME VALUE…`
    Set(String, Vec<Piece>),
    Unset(String),
    /// `\connect DATABASE USER`, `-` for what is so already.
    Connect(Vec<Vec<Piece>>),
    If(Vec<Piece>),
    Elif(Vec<Piece>),
    Else,
    Endif,
    Quit,
}

/// What becomes of a statement's result.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    /// It is shown: `;`, `\g` and the commands that only show it in another manner.
    Show,
    /// Its only row's values become variables, with this before their names.
    Gset(String),
    /// Its values are statements.
    Gexec,
}

/// A text with variables in it.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Variable(String, Quoting),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quoting {
    /// `:name`
    Bare,
    /// `:'name'`
    Literal,
    /// `:"name"`
    Identifier,
    /// `:{?name}`
    Defined,
}

pub type Variables = HashMap<String, String>;

/// The text with its variables' values, and how many of them have none: those stay as they are, as in psql.
pub fn fill(pieces: &[Piece], variables: &Variables) -> (String, usize) {
    let (mut text, mut unknown) = (String::new(), 0);
    for piece in pieces {
        let (name, quoting) = match piece {
            Piece::Text(part) => {
                text += part;
                continue;
            }
            Piece::Variable(name, quoting) => (name, quoting),
        };
        let value = variables.get(name);
        unknown += usize::from(value.is_none() && *quoting != Quoting::Defined);
        text += &match (quoting, value) {
            (Quoting::Defined, value) => if value.is_some() { "TRUE" } else { "FALSE" }.to_owned(),
            (Quoting::Bare, Some(value)) => value.clone(),
            (Quoting::Literal, Some(value)) => format!("'{}'", value.replace('\'', "''")),
            (Quoting::Identifier, Some(value)) => format!("\"{}\"", value.replace('"', "\"\"")),
            (Quoting::Bare, None) => format!(":{name}"),
            (Quoting::Literal, None) => format!(":'{name}'"),
            (Quoting::Identifier, None) => format!(":\"{name}\""),
        };
    }
    (text, unknown)
}

/// A script that is being read.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Whether a backslash in '…' is one: psql hears it from the server, this from the statement that says so.
    standard_strings: bool,
    buffer: Buffer,
}

/// The statement that is being read.
#[derive(Default)]
struct Buffer {
    pieces: Vec<Piece>,
    parentheses: usize,
    /// BEGINs of a function's body in SQL, and CASEs therein: no `;` ends the statement before their ENDs.
    begins: usize,
    /// The first words, in lower case: only some say that there may be such a body.
    words: Vec<String>,
}

impl Buffer {
    fn push(&mut self, text: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_str(text),
            // What stands before a statement is no part of it.
            None if text.trim().is_empty() => {}
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
    }

    fn word(&mut self, word: &str) {
        let word = word.to_lowercase();
        if self.parentheses == 0 && self.makes_routine() {
            match word.as_str() {
                "begin" => self.begins += 1,
                "case" if self.begins > 0 => self.begins += 1,
                "end" => self.begins = self.begins.saturating_sub(1),
                _ => {}
            }
        }
        if self.words.len() < 4 {
            self.words.push(word);
        }
    }

    fn makes_routine(&self) -> bool {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        let routine = |word: &str| matches!(word, "function" | "procedure");
        match words[..] {
            ["create", "or", "replace", kind, ..] => routine(kind),
            ["create", kind, ..] => routine(kind),
            _ => false,
        }
    }
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: 0, standard_strings: true, buffer: Buffer::default() }
    }

    /// The lines from the next one on to one that is `\.`, as COPY FROM STDIN would get them, and where they end.
    pub fn data(&self) -> (String, usize) {
        let rest = &self.text[self.at..];
        let start = self.at + rest.find('\n').map_or(rest.len(), |end| end + 1);
        let mut end = start;
        for line in self.text[start..].split_inclusive('\n') {
            if line.trim_end() == "\\." {
                return (self.text[start..end].to_owned(), end + line.len());
            }
            end += line.len();
        }
        (self.text[start..].to_owned(), self.text.len())
    }

    /// Goes on behind what was data.
    pub fn skip_to(&mut self, end: usize) {
        self.at = end;
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Takes `length` bytes into the statement.
    fn take(&mut self, length: usize) {
        let text = self.text;
        self.buffer.push(&text[self.at..self.at + length]);
        self.at += length;
    }

    fn statement(&mut self, then: Then) -> Option<Step> {
        let pieces = std::mem::take(&mut self.buffer).pieces;
        if let [Piece::Text(sql)] = &pieces[..] {
            let words: Vec<String> = sql.replace('=', " = ").split_whitespace().map(str::to_lowercase).collect();
            let set = words.iter().map(String::as_str).collect::<Vec<_>>();
            if let ["set", "standard_conforming_strings", "to" | "=", value] = set[..] {
                self.standard_strings = value != "off";
            }
        }
        (!pieces.is_empty()).then_some(Step::Statement(pieces, then))
    }

    /// One command, from its backslash on; `None` where it asks nothing.
    fn command(&mut self) -> Option<Step> {
        self.at += 1;
        let rest = self.rest();
        if rest.starts_with(';') {
            self.at += 1;
            self.buffer.push(";");
            return None;
        }
        let end = rest.find(|c: char| c.is_whitespace() || c == '\\').unwrap_or(rest.len());
        let name = &rest[..end];
        self.at += end;
        if name.is_empty() {
            // `\\` only stands between commands.
            self.at += usize::from(self.rest().starts_with('\\'));
            return None;
        }
        if matches!(name, "copy" | "!") {
            let line = self.rest().split('\n').next().unwrap_or_default();
            self.at += line.len();
            let remote = |place: &str| line.to_lowercase().contains(place);
            // Of the client's own files there are none.
            let asks = name == "copy" && (remote(" from stdin") || remote(" to stdout"));
            return asks.then(|| Step::Statement(vec![Piece::Text(format!("COPY{line}"))], Then::Show));
        }
        let mut words = self.arguments();
        match name {
            "g" | "gx" | "gdesc" | "crosstabview" | "watch" => self.statement(Then::Show),
            "gset" => {
                let prefix = words.first().map(|word| fill(word, &Variables::new()).0);
                self.statement(Then::Gset(prefix.unwrap_or_default()))
            }
            "gexec" => self.statement(Then::Gexec),
            "r" | "reset" => {
                self.buffer = Buffer::default();
                None
            }
            "set" if !words.is_empty() => {
                let name = fill(&words.remove(0), &Variables::new()).0;
                Some(Step::Set(name, words.concat()))
            }
            "unset" => words.first().map(|word| Step::Unset(fill(word, &Variables::new()).0)),
            "c" | "connect" => Some(Step::Connect(words)),
            "if" => Some(Step::If(words.concat())),
            "elif" => Some(Step::Elif(words.concat())),
            "else" => Some(Step::Else),
            "endif" => Some(Step::Endif),
            "q" | "quit" => Some(Step::Quit),
            // They describe (tests/psql.rs is about that), or change how results look.
            _ => None,
        }
    }

    /// A command's words, to the line's end or the next backslash.
    fn arguments(&mut self) -> Vec<Vec<Piece>> {
        let mut words = Vec::new();
        let mut word: Option<Vec<Piece>> = None;
        loop {
            let rest = self.rest();
            let Some(c) = rest.chars().next().filter(|c| !matches!(c, '\n' | '\\')) else { break };
            if c.is_whitespace() {
                self.at += c.len_utf8();
                words.extend(word.take());
                continue;
            }
            let word = word.get_or_insert_default();
            if let Some((name, quoting, length)) = variable(rest) {
                word.push(Piece::Variable(name.to_owned(), quoting));
                self.at += length;
            } else if c == '\'' {
                let length = quoted(rest, '\'', true);
                let inner = rest[1..length].strip_suffix('\'').unwrap_or(&rest[1..length]);
                word.push(Piece::Text(inner.replace("''", "'")));
                self.at += length;
            } else {
                word.push(Piece::Text(c.to_string()));
                self.at += c.len_utf8();
            }
        }
        words.extend(word);
        words
    }
}

impl Iterator for Reader<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        while let Some(c) = self.rest().chars().next() {
            let rest = self.rest();
            if rest.starts_with("--") {
                let length = rest.find('\n').unwrap_or(rest.len());
                self.at += length;
            } else if rest.starts_with("/*") {
                // Within a statement it is a part of it: a comment may be all that keeps two words apart.
                self.take_comment();
            } else if c == '\'' {
                self.take(quoted(rest, '\'', !self.standard_strings));
            } else if c == '"' {
                self.take(quoted(rest, '"', false));
            } else if let Some(length) = dollar_quoted(rest) {
                self.take(length);
            } else if c == '\\' {
                if let Some(step) = self.command() {
                    return Some(step);
                }
            } else if c == ';' && self.buffer.parentheses == 0 && self.buffer.begins == 0 {
                self.at += 1;
                if let Some(step) = self.statement(Then::Show) {
                    return Some(step);
                }
            } else if let Some((name, quoting, length)) = variable(rest) {
                self.buffer.pieces.push(Piece::Variable(name.to_owned(), quoting));
                self.at += length;
            } else if rest.starts_with("::") {
                self.take(2);
            } else if c.is_alphabetic() || c == '_' {
                let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
                let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
                self.buffer.word(&rest[..length]);
                self.take(length);
                if matches!(&rest[..length], "E" | "e") && rest[length..].starts_with('\'') {
                    self.take(quoted(&rest[length..], '\'', true));
                }
            } else {
                match c {
                    '(' => self.buffer.parentheses += 1,
                    ')' => self.buffer.parentheses = self.buffer.parentheses.saturating_sub(1),
                    _ => {}
                }
                self.take(c.len_utf8());
            }
        }
        // A file's last statement is sent without a `;` as well.
        self.statement(Then::Show)
    }
}

impl Reader<'_> {
    fn take_comment(&mut self) {
        let rest = self.rest();
        let (mut depth, mut length) = (0, 0);
        while length < rest.len() {
            let here = &rest[length..];
            if here.starts_with("/*") {
                (depth, length) = (depth + 1, length + 2);
            } else if here.starts_with("*/") {
                (depth, length) = (depth - 1, length + 2);
                if depth == 0 {
                    break;
                }
            } else {
                length += here.chars().next().map_or(0, char::len_utf8);
            }
        }
        if self.buffer.pieces.is_empty() { self.at += length } else { self.take(length) }
    }
}

/// How long a quoted text is, its quotes included; a doubled quote falls into two.
fn quoted(text: &str, quote: char, escapes: bool) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return at + 1;
        }
        if c == '\\' && escapes {
            chars.next();
        }
    }
    text.len()
}

/// How long a text in `$tag$` is.
fn dollar_quoted(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('$')?;
    let tag = &inner[..inner.find('$')?];
    let is_tag = tag.chars().all(|c| c.is_alphanumeric() || c == '_') && !tag.starts_with(|c: char| c.is_ascii_digit());
    if !is_tag {
        return None;
    }
    let mark = &text[..tag.len() + 2];
    Some(text[mark.len()..].find(mark).map_or(text.len(), |end| end + 2 * mark.len()))
}

/// A variable's name at the beginning of the text, how it is to be quoted, and how long all that is.
fn variable(text: &str) -> Option<(&str, Quoting, usize)> {
    let rest = text.strip_prefix(':')?;
    let (rest, quoting, close) = match rest.chars().next()? {
        '\'' => (&rest[1..], Quoting::Literal, "'"),
        '"' => (&rest[1..], Quoting::Identifier, "\""),
        '{' => (rest.strip_prefix("{?")?, Quoting::Defined, "}"),
        _ => (rest, Quoting::Bare, ""),
    };
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let closed = end > 0 && rest[end..].starts_with(close);
    closed.then(|| (&rest[..end], quoting, text.len() - rest.len() + end + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statements(text: &str) -> Vec<String> {
        let variables = Variables::from([("v".to_owned(), "it's".to_owned())]);
        let steps = Reader::new(text).filter_map(|step| match step {
            Step::Statement(pieces, _) => Some(fill(&pieces, &variables).0),
            _ => None,
        });
        steps.collect()
    }

    #[test]
    fn ends_statements_where_psql_does() {
        let text = "SELECT ';', E'\\';', $a$;$$;$a$; -- ;\n CREATE RULE r AS DO (a; b);/* ; /* ; */ ; */SELECT \";\"";
        let wanted = ["SELECT ';', E'\\';', $a$;$$;$a$", "CREATE RULE r AS DO (a; b)", "SELECT \";\""];
        assert_eq!(statements(text), wanted);
        let body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC; SELECT CASE WHEN true THEN 1 END; END";
        assert_eq!(statements(&format!("{body}; SELECT 1;;")), [body, "SELECT 1"]);
        assert_eq!(statements("SET standard_conforming_strings = off; SELECT '\\';'; SELECT 2").len(), 3);
    }

    #[test]
    fn puts_variables_in() {
        assert_eq!(
            statements("SELECT :'v', :\"v\", :v, :w, 1::int, a[1:2], ':v';"),
            ["SELECT 'it''s', \"it's\", it's, :w, 1::int, a[1:2], ':v'"]
        );
        assert_eq!(statements("SELECT :{?v}, :{?w};"), ["SELECT TRUE, FALSE"]);
    }

    #[test]
    fn reads_commands_and_data() {
        let text =
            "\\set f :d '/x' \\\\ SELECT 1 \\; SELECT 2 \\gset p_\n\\d t\nCOPY t FROM stdin;\n1\n2\n\\.\nSELECT 3;";
        let mut reader = Reader::new(text);
        let value = vec![Piece::Variable("d".into(), Quoting::Bare), Piece::Text("/x".into())];
        assert_eq!(reader.next(), Some(Step::Set("f".into(), value)));
        let sql = vec![Piece::Text("SELECT 1 ; SELECT 2 ".into())];
        assert_eq!(reader.next(), Some(Step::Statement(sql, Then::Gset("p_".into()))));
        assert_eq!(reader.next(), Some(Step::Statement(vec![Piece::Text("COPY t FROM stdin".into())], Then::Show)));
        let (data, end) = reader.data();
        assert_eq!(data, "1\n2\n");
        reader.skip_to(end);
        assert_eq!(reader.next(), Some(Step::Statement(vec![Piece::Text("SELECT 3".into())], Then::Show)));
        assert_eq!(reader.next(), None);
    }
}
