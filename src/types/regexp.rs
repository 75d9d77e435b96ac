//! Regular expressions as PostgreSQL reads them (`regcomp.c`, `regexec.c`): [`Regexp`] for the question whether one matches
//! anywhere in a text, [`Search`] for where.
//!
//! All states are followed side by side: a pattern takes time by its length times the text's, never more. Whether
//! there is a match does not depend on which of several is found, so greedy and other quantifiers differ for
//! [`Search`] alone. Back references alone need more than that: there ways to match are tried, and what takes too long
//! is an error.
//!
//! Letters have case, and characters classes, by ASCII, as in the collation "C".

mod around;
mod classes;
mod lex;
mod options;
mod parse;
mod places;
mod program;
mod replace;
mod search;
mod similar;
mod threads;
mod tree;
mod trial;

pub use options::{Flavor, Options, invalid as invalid_option};
pub use replace::{matches_of, replace, split};
pub use search::{Found, Search};
pub use similar::similar_escape;
pub use threads::Work;

use super::room::with_stack;
use super::{PgError, SqlState};
use around::{Around, Held, arounds};
use parse::parse;
use program::{Step, program};
use threads::Threads;

/// A compiled pattern.
pub enum Regexp {
    Program {
        program: Vec<Step>,
        arounds: Vec<Around>,
    },
    /// One with back references.
    Search(Box<Search>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Assertion {
    Begin,
    End,
    /// Begin or end of a line, where newlines are special.
    LineBegin,
    LineEnd,
    WordBegin,
    WordEnd,
    WordBoundary,
    NoWordBoundary,
    /// The look-around of this number.
    Around(usize),
}

fn invalid(why: &str) -> PgError {
    PgError::new(SqlState::INVALID_REGULAR_EXPRESSION, format!("invalid regular expression: {why}"))
}

fn too_complex() -> PgError {
    invalid("regular expression is too complex")
}

/// Parentheses of a pattern that the stack at hand has room for, however they nest.
const SHALLOW: usize = 30;

/// Compiles a pattern, which recurses as deep as that nests.
fn with_room<T: Send>(pattern: &str, compile: impl FnOnce() -> Result<T, PgError> + Send) -> Result<T, PgError> {
    let is_shallow = pattern.matches('(').take(SHALLOW + 1).count() <= SHALLOW;
    if is_shallow { compile() } else { with_stack(compile).map_err(|_| too_complex())? }
}

impl Regexp {
    /// Error 2201B for what is none, or too long.
    pub fn new(pattern: &str, ignore_case: bool) -> Result<Regexp, PgError> {
        Regexp::with_options(pattern, &Options { ignore_case, ..Options::default() })
    }

    /// The same, read as the options say.
    pub fn with_options(pattern: &str, options: &Options) -> Result<Regexp, PgError> {
        with_room(pattern, || {
            let parsed = parse(pattern, options)?;
            if parsed.back_references {
                return Ok(Regexp::Search(Box::new(Search::of(&parsed)?)));
            }
            Ok(Regexp::Program { program: program(&parsed.root, false)?, arounds: arounds(&parsed)? })
        })
    }

    /// How long it is: what it takes in memory, and in time for each character.
    pub fn steps(&self) -> usize {
        match self {
            Regexp::Program { program, arounds } => program.len() + arounds.iter().map(Around::steps).sum::<usize>(),
            Regexp::Search(search) => search.steps(),
        }
    }

    /// Whether it matches anywhere in the text. Error 2201B if that takes too long.
    pub fn matches(&self, text: &str) -> Result<bool, PgError> {
        self.matches_within(text, &Work::new())
    }

    /// The same, for one of several texts that have so much work to share.
    pub fn matches_within(&self, text: &str, work: &Work) -> Result<bool, PgError> {
        match self {
            Regexp::Program { program, arounds } => {
                let characters: Vec<char>;
                let held = match arounds.is_empty() {
                    true => Held::default(),
                    false => {
                        characters = text.chars().collect();
                        Held::of(arounds, &characters, work)
                    }
                };
                matches(program, text, &held, work)
            }
            Regexp::Search(search) => {
                let characters: Vec<char> = text.chars().collect();
                Ok(search.within_work(&characters, work.clone()).find(0)?.is_some())
            }
        }
    }
}

fn matches(program: &[Step], text: &str, held: &Held, work: &Work) -> Result<bool, PgError> {
    let mut threads = Threads::new(program.len(), work);
    let mut next = Threads::new(program.len(), work);
    let mut characters = text.chars().peekable();
    let mut place = Place { previous: None, following: characters.peek().copied(), at: 0, held };
    loop {
        // A match may begin anywhere.
        threads.follow(program, 0, place);
        work.check()?;
        if threads.matched {
            return Ok(true);
        }
        let Some(c) = characters.next() else { return Ok(false) };
        place = Place { previous: Some(c), following: characters.peek().copied(), at: place.at + 1, held };
        threads.step(program, c, place, &mut next);
    }
}

/// Between two characters.
#[derive(Clone, Copy)]
struct Place<'h> {
    previous: Option<char>,
    following: Option<char>,
    /// How many characters are before it.
    at: usize,
    held: &'h Held,
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
}

impl Place<'_> {
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
            Assertion::Around(number) => self.held.has(number, self.at),
        }
    }
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
