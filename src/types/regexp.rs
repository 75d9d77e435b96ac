//! Regular expressions as PostgreSQL reads them (`regcomp.c`, the "advanced" flavour): [`Regexp`] for the question
//! whether one matches anywhere in a text, [`Search`] for where.
//!
//! All states are followed side by side: a pattern takes time by its length times the text's, never more. Whether
//! there is a match does not depend on which of several is found, so greedy and other quantifiers differ for
//! [`Search`] alone. What needs more than that (back references, look-around) is refused.
//!
//! Letters have case, and characters classes, by ASCII, as in the collation "C".

mod options;
mod replace;
mod search;
mod similar;
mod threads;

pub use options::{Options, invalid as invalid_option};
pub use replace::{matches_of, replace, split};
pub use search::{Found, Search};
pub use similar::similar_escape;
pub use threads::Work;

use super::{PgError, SqlState};
use threads::Threads;

/// A compiled pattern.
pub struct Regexp {
    program: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    /// One character.
    One(Set),
    /// Goes on at both places.
    Split(usize, usize),
    Jump(usize),
    Assert(Assertion),
    Match,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Assertion {
    Begin,
    End,
    /// Begin or end of a line, where newlines are special.
    LineBegin,
    LineEnd,
    WordBegin,
    WordEnd,
    WordBoundary,
    NoWordBoundary,
}

/// A set of characters.
#[derive(Clone, Debug, Default)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
    ignore_case: bool,
    /// Never a newline, negated or not.
    not_newline: bool,
}

impl Set {
    fn has(&self, c: char) -> bool {
        if self.not_newline && c == '\n' {
            return false;
        }
        let within = |c: char| self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
        let found =
            within(c) || (self.ignore_case && (within(c.to_ascii_lowercase()) || within(c.to_ascii_uppercase())));
        found != self.negated
    }
}

/// What a pattern is made of.
#[derive(Clone, Debug)]
enum Node {
    Empty,
    One(Set),
    Assert(Assertion),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    /// `(…)`, or `(?:…)` without a number.
    Group {
        number: Option<usize>,
        of: Box<Node>,
    },
    /// `prefers`: as little or as much as possible; `{m}` has what it repeats decide.
    Repeat {
        of: Box<Node>,
        min: u32,
        max: Option<u32>,
        prefers: Option<Prefers>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Prefers {
    Longer,
    Shorter,
}

/// `DUPMAX`.
const MAX_REPEAT: u32 = 255;
/// Steps of a compiled pattern.
const MAX_PROGRAM: usize = 20_000;
/// Parentheses within each other.
const MAX_DEPTH: usize = 200;

fn invalid(why: &str) -> PgError {
    PgError::new(SqlState::INVALID_REGULAR_EXPRESSION, format!("invalid regular expression: {why}"))
}

fn unsupported(what: &str) -> PgError {
    PgError::unsupported(format!("a regular expression with {what}"))
}

impl Regexp {
    /// Errors: 2201B for what is none, 0A000 for what is not matched here.
    pub fn new(pattern: &str, ignore_case: bool) -> Result<Regexp, PgError> {
        Regexp::with_options(pattern, &Options { ignore_case, ..Options::default() })
    }

    /// The same, read as the options say.
    pub fn with_options(pattern: &str, options: &Options) -> Result<Regexp, PgError> {
        let (node, _) = parse(pattern, options)?;
        Ok(Regexp { program: program(&node, false)? })
    }

    /// How long it is: what it takes in memory, and in time for each character.
    pub fn steps(&self) -> usize {
        self.program.len()
    }

    /// Whether it matches anywhere in the text. Error 2201B if that takes too long.
    pub fn matches(&self, text: &str) -> Result<bool, PgError> {
        self.matches_within(text, &Work::new())
    }

    /// The same, for one of several texts that have so much work to share.
    pub fn matches_within(&self, text: &str, work: &Work) -> Result<bool, PgError> {
        let mut threads = Threads::new(self.program.len(), work);
        let mut next = Threads::new(self.program.len(), work);
        let mut previous = None;
        let mut characters = text.chars().peekable();
        loop {
            let following = characters.peek().copied();
            // A match may begin anywhere.
            threads.follow(&self.program, 0, Place { previous, following });
            work.check()?;
            if threads.matched {
                return Ok(true);
            }
            let Some(c) = characters.next() else { return Ok(false) };
            previous = Some(c);
            threads.step(&self.program, c, Place { previous, following: characters.peek().copied() }, &mut next);
        }
    }
}

/// The pattern's tree, and how many numbered groups it has.
fn parse(pattern: &str, options: &Options) -> Result<(Node, usize), PgError> {
    let mut parser = Parser {
        rest: pattern.chars().collect(),
        at: 0,
        ignore_case: options.ignore_case,
        depth: 0,
        groups: 0,
        newline_stops: options.newline_stops,
        newline_anchors: options.newline_anchors,
        expanded: options.expanded,
        quoted: options.quoted,
    };
    if !parser.quoted {
        parser.directors()?;
    }
    let node = parser.alternatives()?;
    if parser.at < parser.rest.len() {
        return Err(invalid("parentheses () not balanced"));
    }
    Ok((node, parser.groups))
}

/// A program that reads the text from the left, or `backward` from the right.
fn program(node: &Node, backward: bool) -> Result<Vec<Step>, PgError> {
    let mut program = Vec::new();
    compile(node, backward, &mut program)?;
    program.push(Step::Match);
    Ok(program)
}

/// Between two characters.
#[derive(Clone, Copy)]
struct Place {
    previous: Option<char>,
    following: Option<char>,
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl Place {
    fn fulfils(self, assertion: Assertion) -> bool {
        let (before, after) = (is_word(self.previous), is_word(self.following));
        match assertion {
            Assertion::Begin => self.previous.is_none(),
            Assertion::End => self.following.is_none(),
            Assertion::LineBegin => matches!(self.previous, None | Some('\n')),
            Assertion::LineEnd => matches!(self.following, None | Some('\n')),
            Assertion::WordBegin => !before && after,
            Assertion::WordEnd => before && !after,
            Assertion::WordBoundary => before != after,
            Assertion::NoWordBoundary => before == after,
        }
    }
}

fn compile(node: &Node, backward: bool, program: &mut Vec<Step>) -> Result<(), PgError> {
    if program.len() > MAX_PROGRAM {
        return Err(PgError::new(
            SqlState::PROGRAM_LIMIT_EXCEEDED,
            "invalid regular expression: regular expression is too complex",
        ));
    }
    match node {
        Node::Empty => {}
        Node::One(set) => program.push(Step::One(set.clone())),
        Node::Assert(assertion) => program.push(Step::Assert(*assertion)),
        Node::Sequence(nodes) if backward => {
            nodes.iter().rev().try_for_each(|node| compile(node, backward, program))?;
        }
        Node::Sequence(nodes) => nodes.iter().try_for_each(|node| compile(node, backward, program))?,
        Node::Group { of, .. } => compile(of, backward, program)?,
        Node::Alternatives(nodes) => {
            let mut ends = Vec::new();
            for (index, node) in nodes.iter().enumerate() {
                if index + 1 == nodes.len() {
                    compile(node, backward, program)?;
                    break;
                }
                let split = program.len();
                program.push(Step::Split(split + 1, 0));
                compile(node, backward, program)?;
                ends.push(program.len());
                program.push(Step::Jump(0));
                program[split] = Step::Split(split + 1, program.len());
            }
            let end = program.len();
            ends.into_iter().for_each(|jump| program[jump] = Step::Jump(end));
        }
        Node::Repeat { of, min, max, .. } => {
            (0..*min).try_for_each(|_| compile(of, backward, program))?;
            match max {
                None => {
                    let split = program.len();
                    program.push(Step::Split(split + 1, 0));
                    compile(of, backward, program)?;
                    program.push(Step::Jump(split));
                    program[split] = Step::Split(split + 1, program.len());
                }
                Some(max) => {
                    let mut splits = Vec::new();
                    for _ in *min..*max {
                        splits.push(program.len());
                        program.push(Step::Split(program.len() + 1, 0));
                        compile(of, backward, program)?;
                    }
                    let end = program.len();
                    splits.into_iter().for_each(|split| program[split] = Step::Split(split + 1, end));
                }
            }
        }
    }
    Ok(())
}

struct Parser {
    rest: Vec<char>,
    at: usize,
    ignore_case: bool,
    depth: usize,
    /// Numbered ones so far.
    groups: usize,
    /// Newlines are not matched by `.` and `[^…]`.
    newline_stops: bool,
    /// `^` and `$` match at newlines too.
    newline_anchors: bool,
    /// White space and comments count for nothing.
    expanded: bool,
    /// The pattern is a plain text.
    quoted: bool,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.rest.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek();
        self.at += usize::from(c.is_some());
        c
    }

    fn takes(&mut self, text: &str) -> bool {
        let there = text.chars().enumerate().all(|(index, c)| self.rest.get(self.at + index) == Some(&c));
        if there {
            self.at += text.chars().count();
        }
        there
    }

    /// `***=`, `***:` and `(?i)` at the beginning.
    fn directors(&mut self) -> Result<(), PgError> {
        if self.takes("***=") {
            self.quoted = true;
            return Ok(());
        }
        if !self.takes("***:") && self.rest.starts_with(&['*', '*', '*']) {
            return Err(invalid("invalid regexp (reg version 0.8)"));
        }
        let letters = self.rest.get(self.at + 2).is_some_and(char::is_ascii_alphabetic);
        if letters && self.takes("(?") {
            while let Some(option) = self.next() {
                match option {
                    ')' => return Ok(()),
                    'i' => self.ignore_case = true,
                    'c' => self.ignore_case = false,
                    's' => (self.newline_stops, self.newline_anchors) = (false, false),
                    'n' | 'm' => (self.newline_stops, self.newline_anchors) = (true, true),
                    'p' => self.newline_stops = true,
                    'w' => self.newline_anchors = true,
                    'x' => self.expanded = true,
                    't' => self.expanded = false,
                    'q' => self.quoted = true,
                    'e' => {}
                    'b' => return Err(unsupported("the option b")),
                    _ => return Err(invalid("invalid embedded option")),
                }
            }
            return Err(invalid("invalid embedded option"));
        }
        Ok(())
    }

    fn alternatives(&mut self) -> Result<Node, PgError> {
        if self.quoted {
            let rest: Vec<char> = self.rest[self.at..].to_vec();
            self.at = self.rest.len();
            return Ok(Node::Sequence(rest.into_iter().map(|c| self.literal(c)).collect()));
        }
        let mut all = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.at += 1;
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alternatives(all) })
    }

    fn sequence(&mut self) -> Result<Node, PgError> {
        let mut nodes = Vec::new();
        loop {
            self.skip_white_space();
            match self.peek() {
                None | Some('|') => break,
                Some(')') if self.depth > 0 => break,
                _ => {}
            }
            let atom = self.atom()?;
            nodes.push(self.quantified(atom)?);
        }
        Ok(if nodes.is_empty() { Node::Empty } else { Node::Sequence(nodes) })
    }

    fn skip_white_space(&mut self) {
        loop {
            if self.expanded && self.peek().is_some_and(|c| c.is_ascii_whitespace()) {
                self.at += 1;
            } else if self.expanded && self.peek() == Some('#') {
                while self.next().is_some_and(|c| c != '\n') {}
            } else if self.rest[self.at.min(self.rest.len())..].starts_with(&['(', '?', '#']) {
                while self.next().is_some_and(|c| c != ')') {}
            } else {
                return;
            }
        }
    }

    fn literal(&self, c: char) -> Node {
        let set = Set { ranges: vec![(c, c)], ignore_case: self.ignore_case, ..Set::default() };
        Node::One(set)
    }

    fn atom(&mut self) -> Result<Node, PgError> {
        let Some(c) = self.next() else { return Ok(Node::Empty) };
        match c {
            '(' => {
                let capturing = !self.takes("?:");
                if capturing && self.peek() == Some('?') {
                    return Err(match self.rest.get(self.at + 1) {
                        Some('=' | '!' | '<') => unsupported("look-around"),
                        _ => invalid("quantifier operand invalid"),
                    });
                }
                if self.depth >= MAX_DEPTH {
                    return Err(invalid("regular expression is too complex"));
                }
                self.depth += 1;
                let number = capturing.then(|| {
                    self.groups += 1;
                    self.groups
                });
                let inner = self.alternatives()?;
                self.depth -= 1;
                if self.next() != Some(')') {
                    return Err(invalid("parentheses () not balanced"));
                }
                Ok(Node::Group { number, of: Box::new(inner) })
            }
            ')' => Err(invalid("parentheses () not balanced")),
            '^' => Ok(Node::Assert(if self.newline_anchors { Assertion::LineBegin } else { Assertion::Begin })),
            '$' => Ok(Node::Assert(if self.newline_anchors { Assertion::LineEnd } else { Assertion::End })),
            '.' => Ok(Node::One(Set { negated: true, not_newline: self.newline_stops, ..Set::default() })),
            '[' if self.takes("[:<:]]") => Ok(Node::Assert(Assertion::WordBegin)),
            '[' if self.takes("[:>:]]") => Ok(Node::Assert(Assertion::WordEnd)),
            '[' => self.bracket(),
            '\\' => self.escape(),
            '*' | '+' | '?' => Err(invalid("quantifier operand invalid")),
            '{' if self.peek().is_some_and(|c| c.is_ascii_digit()) => Err(invalid("quantifier operand invalid")),
            c => Ok(self.literal(c)),
        }
    }

    fn quantified(&mut self, of: Node) -> Result<Node, PgError> {
        self.skip_white_space();
        let mut exact = false;
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') if self.rest.get(self.at + 1).is_some_and(char::is_ascii_digit) => {
                self.at += 1;
                let min = self.number()?;
                let max = match self.next() {
                    Some('}') => {
                        exact = true;
                        Some(min)
                    }
                    Some(',') if self.peek() == Some('}') => {
                        self.at += 1;
                        None
                    }
                    Some(',') => {
                        let max = self.number()?;
                        if self.next() != Some('}') {
                            return Err(invalid("invalid repetition count(s)"));
                        }
                        Some(max)
                    }
                    _ => return Err(invalid("invalid repetition count(s)")),
                };
                if max.is_some_and(|max| max < min) {
                    return Err(invalid("invalid repetition count(s)"));
                }
                // What follows has been read.
                self.at -= 1;
                (min, max)
            }
            _ => return Ok(of),
        };
        self.at += 1;
        let mut prefers = (!exact).then_some(Prefers::Longer);
        if self.peek() == Some('?') {
            self.at += 1;
            prefers = prefers.map(|_| Prefers::Shorter);
        }
        self.skip_white_space();
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return Err(invalid("quantifier operand invalid"));
        }
        if let Node::Assert(_) = of {
            return Err(invalid("quantifier operand invalid"));
        }
        Ok(Node::Repeat { of: Box::new(of), min, max, prefers })
    }

    fn number(&mut self) -> Result<u32, PgError> {
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        let number = digits.parse::<u32>().ok().filter(|number| *number <= MAX_REPEAT);
        number.ok_or_else(|| invalid("invalid repetition count(s)"))
    }

    /// Behind a backslash.
    fn escape(&mut self) -> Result<Node, PgError> {
        let Some(c) = self.next() else { return Err(invalid("invalid escape \\ sequence")) };
        if let Some((ranges, negated)) = class_of(c) {
            return Ok(Node::One(Set {
                ranges,
                negated,
                not_newline: negated && self.newline_stops,
                ..Set::default()
            }));
        }
        Ok(match c {
            'A' => Node::Assert(Assertion::Begin),
            'Z' => Node::Assert(Assertion::End),
            'm' => Node::Assert(Assertion::WordBegin),
            'M' => Node::Assert(Assertion::WordEnd),
            'y' => Node::Assert(Assertion::WordBoundary),
            'Y' => Node::Assert(Assertion::NoWordBoundary),
            '1'..='9' => return Err(unsupported("a back reference")),
            c => self.literal(self.escaped(c)?),
        })
    }

    /// The character that an escape means, in or out of brackets.
    fn escaped(&self, c: char) -> Result<char, PgError> {
        Ok(match c {
            'a' => '\u{7}',
            'b' => '\u{8}',
            'B' => '\\',
            'e' => '\u{1b}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'c' | 'u' | 'U' | 'x' | '0' => return Err(unsupported("a character by its number")),
            c if c.is_ascii_alphanumeric() => return Err(invalid("invalid escape \\ sequence")),
            c => c,
        })
    }

    fn bracket(&mut self) -> Result<Node, PgError> {
        let mut set = Set { ignore_case: self.ignore_case, ..Set::default() };
        if self.takes("^") {
            set.negated = true;
            set.not_newline = self.newline_stops;
        }
        let unbalanced = || invalid("brackets [] not balanced");
        let mut first = true;
        loop {
            let c = self.next().ok_or_else(unbalanced)?;
            match c {
                ']' if !first => return Ok(Node::One(set)),
                '[' if self.takes(":") => {
                    let name = self.until(":]")?;
                    set.ranges.extend(named_class(&name).ok_or_else(|| invalid("invalid character class"))?);
                }
                '[' if self.takes(".") || self.takes("=") => return Err(unsupported("a collating element")),
                '\\' => {
                    let escape = self.next().ok_or_else(unbalanced)?;
                    match class_of(escape) {
                        Some((ranges, false)) => set.ranges.extend(ranges),
                        Some((_, true)) => return Err(invalid("invalid escape \\ sequence")),
                        None => {
                            let c = self.escaped(escape)?;
                            self.range(c, &mut set)?;
                        }
                    }
                }
                c => self.range(c, &mut set)?,
            }
            first = false;
        }
    }

    /// A character, or a range from it.
    fn range(&mut self, from: char, set: &mut Set) -> Result<(), PgError> {
        let mut to = from;
        let is_range = self.peek() == Some('-') && self.rest.get(self.at + 1).is_some_and(|c| *c != ']');
        if is_range {
            self.at += 1;
            to = match self.next() {
                Some('\\') => {
                    let c = self.next().ok_or_else(|| invalid("brackets [] not balanced"))?;
                    self.escaped(c)?
                }
                Some('[') if matches!(self.peek(), Some(':' | '.' | '=')) => {
                    return Err(invalid("invalid character range"));
                }
                Some(c) => c,
                None => return Err(invalid("brackets [] not balanced")),
            };
            if to < from {
                return Err(invalid("invalid character range"));
            }
        }
        set.ranges.push((from, to));
        Ok(())
    }

    fn until(&mut self, end: &str) -> Result<String, PgError> {
        let mut text = String::new();
        while !self.takes(end) {
            text.push(self.next().ok_or_else(|| invalid("brackets [] not balanced"))?);
        }
        Ok(text)
    }
}

type Ranges = Vec<(char, char)>;

/// `\d` and its kin; the capital is the opposite.
fn class_of(escape: char) -> Option<(Ranges, bool)> {
    let ranges = match escape.to_ascii_lowercase() {
        'd' => named_class("digit")?,
        's' => named_class("space")?,
        'w' => named_class("word")?,
        _ => return None,
    };
    Some((ranges, escape.is_ascii_uppercase()))
}

fn named_class(name: &str) -> Option<Ranges> {
    Some(match name {
        "alnum" => vec![('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => vec![('A', 'Z'), ('a', 'z')],
        "ascii" => vec![('\0', '\u{7f}')],
        "blank" => vec![(' ', ' '), ('\t', '\t')],
        "cntrl" => vec![('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "digit" => vec![('0', '9')],
        "graph" => vec![('!', '~')],
        "lower" => vec![('a', 'z')],
        "print" => vec![(' ', '~')],
        "punct" => vec![('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => vec![('\t', '\r'), (' ', ' ')],
        "upper" => vec![('A', 'Z')],
        "word" => vec![('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
        "xdigit" => vec![('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line of the file is what PostgreSQL 15 answers to `text ~ pattern`: `t`, `f` or an SQLSTATE.
    #[test]
    fn answers_as_postgresql() {
        let mut wrong = Vec::new();
        for line in include_str!("regexp.golden.tsv").lines() {
            let [text, pattern, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line:?}") };
            let (text, pattern) = (text.replace("\\n", "\n"), pattern.replace("\\\\", "\\"));
            let answer = match Regexp::new(&pattern, false) {
                Ok(regexp) if regexp.matches(&text).unwrap() => "t".to_owned(),
                Ok(_) => "f".to_owned(),
                Err(error) => error.code.as_str().to_owned(),
            };
            if answer != expected {
                wrong.push(format!("{line}: {answer}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn case_can_be_ignored() {
        assert!(Regexp::new("^order[A-F]$", true).unwrap().matches("ORDERd").unwrap());
        assert!(!Regexp::new("^order$", false).unwrap().matches("ORDER").unwrap());
    }

    #[test]
    fn patterns_that_others_choke_on_take_no_longer() {
        let text = "a".repeat(5000);
        assert!(!Regexp::new("^(a+)+$", false).unwrap().matches(&format!("{text}b")).unwrap());
    }
}
