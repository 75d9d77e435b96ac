//! The grammar of paths (`jsonpath_gram.y`), by recursive descent.
//!
//! Whether what begins with a parenthesis is an expression or a predicate shows only where it ends: both are read by the
//! same functions, and who can take only one of them says so ([`Wanted`]). An error is at the first word that no path goes
//! on with, which is where PostgreSQL's parser finds it.

use super::scan::{Scanner, Token, invalid};
use super::tree::{Arithmetic, Chain, Comparison, Flags, Level, LikeRegex, Method, Sign, Step, Test, TestKind};
use super::{Jsonpath, Limits};
use crate::types::regexp::{Options, Regexp};
use crate::types::{Numeric, PgError, SqlState};

/// Errors are boxed: they stand in every frame of a deep recursion.
type Parsed<T> = Result<T, Box<PgError>>;

/// Reads a path that nests no deeper than the limits say.
pub fn parse(text: &str, limits: Limits) -> Result<Jsonpath, PgError> {
    let mut parser = Parser { scanner: Scanner::new(text), token: None, limits, depth: 0, patterns: 0 };
    let path = parser.path(text)?;
    check(&path.root, false, false)?;
    Ok(path)
}

/// What may stand at a place.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Expression,
    Predicate,
    Either,
}

enum Read {
    Expression(Chain),
    Predicate(Test),
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    /// The next word, once it has been looked at.
    token: Option<Token>,
    limits: Limits,
    depth: usize,
    /// Steps of all its regular expressions.
    patterns: usize,
}

/// Steps that a path's regular expressions may have together.
const MAX_PATTERNS: usize = 100_000;

impl Parser<'_> {
    fn peek(&mut self) -> Parsed<&Token> {
        match self.token {
            Some(ref token) => Ok(token),
            None => Ok(self.token.insert(self.scanner.next()?)),
        }
    }

    fn take(&mut self) -> Parsed<Token> {
        self.peek()?;
        Ok(self.token.take().unwrap_or(Token::End))
    }

    /// At the next word.
    fn unexpected<T>(&mut self) -> Parsed<T> {
        self.peek()?;
        Err(Box::new(self.scanner.error("syntax error")))
    }

    fn is(&mut self, mark: char) -> Parsed<bool> {
        Ok(*self.peek()? == Token::Mark(mark))
    }

    fn accept(&mut self, mark: char) -> Parsed<bool> {
        let there = self.is(mark)?;
        if there {
            self.token = None;
        }
        Ok(there)
    }

    fn expect(&mut self, mark: char) -> Parsed<()> {
        if self.accept(mark)? { Ok(()) } else { self.unexpected() }
    }

    /// Whether the next word is this key word, in whatever case.
    fn is_word(&mut self, keyword: &str) -> Parsed<bool> {
        Ok(matches!(self.peek()?, Token::Word(word) if word.eq_ignore_ascii_case(keyword)))
    }

    fn accept_word(&mut self, keyword: &str) -> Parsed<bool> {
        let there = self.is_word(keyword)?;
        if there {
            self.token = None;
        }
        Ok(there)
    }

    fn expect_word(&mut self, keyword: &str) -> Parsed<()> {
        if self.accept_word(keyword)? { Ok(()) } else { self.unexpected() }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= self.limits.nesting {
            return Err(Box::new(super::too_deep()));
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn chain(&self, step: Step) -> Parsed<Chain> {
        self.checked(Chain::of(step), |chain| chain.height)
    }

    fn test(&self, kind: TestKind) -> Parsed<Test> {
        self.checked(Test::of(kind), |test| test.height)
    }

    fn checked<T>(&self, value: T, height: impl FnOnce(&T) -> usize) -> Parsed<T> {
        if height(&value) > self.limits.height { Err(Box::new(super::too_deep())) } else { Ok(value) }
    }

    fn path(&mut self, text: &str) -> Parsed<Jsonpath> {
        if *self.peek()? == Token::End {
            let message = format!("invalid input syntax for type jsonpath: \"{text}\"");
            return Err(Box::new(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)));
        }
        let strict = self.accept_word("strict")?;
        if !strict {
            self.accept_word("lax")?;
        }
        let root = match self.read(Wanted::Either)? {
            Read::Expression(chain) => chain,
            Read::Predicate(test) => self.chain(Step::Test(Box::new(test)))?,
        };
        if *self.peek()? != Token::End {
            return self.unexpected();
        }
        Ok(Jsonpath { lax: !strict, root })
    }

    fn expression(&mut self) -> Parsed<Chain> {
        match self.read(Wanted::Expression)? {
            Read::Expression(chain) => Ok(chain),
            Read::Predicate(_) => self.unexpected(),
        }
    }

    fn predicate(&mut self) -> Parsed<Test> {
        match self.read(Wanted::Predicate)? {
            Read::Predicate(test) => Ok(test),
            Read::Expression(_) => self.unexpected(),
        }
    }

    fn read(&mut self, wanted: Wanted) -> Parsed<Read> {
        self.deeper(|parser| parser.disjunction(wanted))
    }

    fn disjunction(&mut self, wanted: Wanted) -> Parsed<Read> {
        let mut left = self.conjunction(wanted)?;
        while let Read::Predicate(_) = left
            && *self.peek()? == Token::Or
        {
            self.token = None;
            let right = self.conjunction(Wanted::Predicate)?;
            left = self.joined(left, right, TestKind::Or)?;
        }
        Ok(left)
    }

    fn conjunction(&mut self, wanted: Wanted) -> Parsed<Read> {
        let mut left = self.comparison(wanted)?;
        while let Read::Predicate(_) = left
            && *self.peek()? == Token::And
        {
            self.token = None;
            let right = self.comparison(Wanted::Predicate)?;
            left = self.joined(left, right, TestKind::And)?;
        }
        Ok(left)
    }

    fn joined(&mut self, left: Read, right: Read, kind: fn(Box<(Test, Test)>) -> TestKind) -> Parsed<Read> {
        match (left, right) {
            (Read::Predicate(left), Read::Predicate(right)) => {
                Ok(Read::Predicate(self.test(kind(Box::new((left, right))))?))
            }
            _ => self.unexpected(),
        }
    }

    fn comparison(&mut self, wanted: Wanted) -> Parsed<Read> {
        if wanted != Wanted::Expression {
            if self.accept('!')? {
                let of = self.delimited()?;
                return Ok(Read::Predicate(self.test(TestKind::Not(Box::new(of)))?));
            }
            if self.is_word("exists")? {
                return self.exists().map(Read::Predicate);
            }
        }
        let left = match self.arithmetic(wanted, 0)? {
            Read::Expression(chain) => chain,
            predicate => return Ok(predicate),
        };
        if wanted == Wanted::Expression {
            return Ok(Read::Expression(left));
        }
        let comparison = match self.peek()? {
            Token::Equal => Comparison::Equal,
            Token::NotEqual => Comparison::NotEqual,
            Token::Less => Comparison::Less,
            Token::LessEqual => Comparison::LessEqual,
            Token::Greater => Comparison::Greater,
            Token::GreaterEqual => Comparison::GreaterEqual,
            Token::Word(_) => return self.of_words(left, wanted),
            _ if wanted == Wanted::Predicate => return self.unexpected(),
            _ => return Ok(Read::Expression(left)),
        };
        self.token = None;
        let right = self.operand(0)?;
        Ok(Read::Predicate(self.test(TestKind::Compare(comparison, Box::new((left, right))))?))
    }

    /// `starts with` and `like_regex`.
    fn of_words(&mut self, left: Chain, wanted: Wanted) -> Parsed<Read> {
        if self.accept_word("starts")? {
            self.expect_word("with")?;
            let initial = match self.peek()? {
                Token::String(_) | Token::Variable(_) => self.scalar()?,
                _ => return self.unexpected(),
            };
            let initial = self.chain(initial)?;
            return Ok(Read::Predicate(self.test(TestKind::StartsWith(Box::new((left, initial))))?));
        }
        if self.accept_word("like_regex")? {
            let pattern = self.string()?;
            let flags = if self.accept_word("flag")? { self.string()? } else { String::new() };
            let like = like_regex(left, pattern, &flags)?;
            self.patterns += like.regexp.steps();
            if self.patterns > MAX_PATTERNS {
                let message = "the regular expressions of a jsonpath are too complex";
                return Err(Box::new(PgError::new(SqlState::PROGRAM_LIMIT_EXCEEDED, message)));
            }
            return Ok(Read::Predicate(self.test(TestKind::LikeRegex(Box::new(like)))?));
        }
        if wanted == Wanted::Predicate { self.unexpected() } else { Ok(Read::Expression(left)) }
    }

    fn string(&mut self) -> Parsed<String> {
        match self.peek()? {
            Token::String(_) => {}
            _ => return self.unexpected(),
        }
        match self.take()? {
            Token::String(text) => Ok(text),
            _ => self.unexpected(),
        }
    }

    /// What `!` may stand before.
    fn delimited(&mut self) -> Parsed<Test> {
        if self.is_word("exists")? {
            return self.exists();
        }
        self.expect('(')?;
        let test = self.predicate()?;
        self.expect(')')?;
        Ok(test)
    }

    fn exists(&mut self) -> Parsed<Test> {
        self.expect_word("exists")?;
        self.expect('(')?;
        let of = self.expression()?;
        self.expect(')')?;
        self.test(TestKind::Exists(of))
    }

    /// An expression whose operators bind at least as strongly as `least` says.
    fn operand(&mut self, least: u8) -> Parsed<Chain> {
        match self.arithmetic(Wanted::Expression, least)? {
            Read::Expression(chain) => Ok(chain),
            Read::Predicate(_) => self.unexpected(),
        }
    }

    fn arithmetic(&mut self, wanted: Wanted, least: u8) -> Parsed<Read> {
        let mut left = match self.primary(wanted)? {
            Read::Expression(chain) => chain,
            predicate => return Ok(predicate),
        };
        loop {
            let (operator, strength) = match self.peek()? {
                Token::Mark('+') => (Arithmetic::Add, 0),
                Token::Mark('-') => (Arithmetic::Subtract, 0),
                Token::Mark('*') => (Arithmetic::Multiply, 1),
                Token::Mark('/') => (Arithmetic::Divide, 1),
                Token::Mark('%') => (Arithmetic::Modulo, 1),
                _ => break,
            };
            if strength < least {
                break;
            }
            self.token = None;
            let right = self.operand(strength + 1)?;
            left = self.chain(Step::Arithmetic(operator, Box::new((left, right))))?;
        }
        Ok(Read::Expression(left))
    }

    fn primary(&mut self, wanted: Wanted) -> Parsed<Read> {
        let sign = match self.peek()? {
            Token::Mark('+') => Sign::Plus,
            Token::Mark('-') => Sign::Minus,
            Token::Mark('(') => return self.parenthesized(wanted),
            _ => {
                let step = self.scalar()?;
                let chain = self.chain(step)?;
                return self.accessors(chain).map(Read::Expression);
            }
        };
        self.token = None;
        let of = self.deeper(|parser| match parser.primary(Wanted::Expression)? {
            Read::Expression(chain) => Ok(chain),
            Read::Predicate(_) => parser.unexpected(),
        })?;
        // A sign belongs to a number that stands by itself.
        let step = match (sign, of.single()) {
            (Sign::Plus, Some(Step::Number(_))) => return Ok(Read::Expression(of)),
            (Sign::Minus, Some(Step::Number(number))) => Step::Number(number.negate()),
            _ => Step::Sign(sign, Box::new(of)),
        };
        self.chain(step).map(Read::Expression)
    }

    /// `(…)`, which a predicate is an expression in only if an accessor follows.
    fn parenthesized(&mut self, wanted: Wanted) -> Parsed<Read> {
        self.expect('(')?;
        let inner = self.read(Wanted::Either)?;
        self.expect(')')?;
        let chain = match inner {
            Read::Expression(chain) => chain,
            Read::Predicate(test) if self.is_accessor()? => self.chain(Step::Test(Box::new(test)))?,
            Read::Predicate(_) if wanted == Wanted::Expression => return self.unexpected(),
            Read::Predicate(test) if self.accept_word("is")? => {
                self.expect_word("unknown")?;
                return Ok(Read::Predicate(self.test(TestKind::IsUnknown(Box::new(test)))?));
            }
            predicate => return Ok(predicate),
        };
        self.accessors(chain).map(Read::Expression)
    }

    /// `path_primary`, and what may stand behind `starts with`.
    fn scalar(&mut self) -> Parsed<Step> {
        match self.peek()? {
            Token::Mark('$' | '@')
            | Token::String(_)
            | Token::Variable(_)
            | Token::Integer(_)
            | Token::Decimal(_)
            | Token::Word(_) => {}
            _ => return self.unexpected(),
        }
        // Of a word that is none of these the error must come before it is passed over.
        if let Token::Word(word) = self.peek()?
            && !matches!(word.as_str(), "null" | "true" | "false")
            && !word.eq_ignore_ascii_case("last")
        {
            return self.unexpected();
        }
        Ok(match self.take()? {
            Token::Mark('$') => Step::Root,
            Token::Mark(_) => Step::Current,
            Token::String(text) => Step::String(text),
            Token::Variable(name) => Step::Variable(name),
            Token::Integer(text) | Token::Decimal(text) => Step::Number(Numeric::input(&text)?),
            Token::Word(word) => match word.as_str() {
                "null" => Step::Null,
                "true" => Step::Bool(true),
                "false" => Step::Bool(false),
                _ => Step::Last,
            },
            _ => return self.unexpected(),
        })
    }

    fn is_accessor(&mut self) -> Parsed<bool> {
        Ok(matches!(self.peek()?, Token::Mark('.' | '[' | '?')))
    }

    fn accessors(&mut self, mut chain: Chain) -> Parsed<Chain> {
        while self.is_accessor()? {
            let step = match self.take()? {
                Token::Mark('.') => self.member()?,
                Token::Mark('[') => self.subscripts()?,
                _ => {
                    self.expect('(')?;
                    let test = self.predicate()?;
                    self.expect(')')?;
                    Step::Filter(Box::new(test))
                }
            };
            chain.push(step);
            chain = self.checked(chain, |chain| chain.height)?;
        }
        Ok(chain)
    }

    /// Behind a dot.
    fn member(&mut self) -> Parsed<Step> {
        match self.peek()? {
            Token::Mark('*') | Token::AnyPath | Token::String(_) | Token::Word(_) => {}
            _ => return self.unexpected(),
        }
        let word = match self.take()? {
            Token::Mark(_) => return Ok(Step::AnyKey),
            Token::AnyPath => return self.descendants(),
            Token::String(key) => return Ok(Step::Key(key)),
            Token::Word(word) => word,
            _ => return self.unexpected(),
        };
        let method = Method::ALL.into_iter().find(|method| word.eq_ignore_ascii_case(method.name()));
        let datetime = word.eq_ignore_ascii_case("datetime");
        if (method.is_none() && !datetime) || !self.accept('(')? {
            return Ok(Step::Key(word));
        }
        let step = match method {
            Some(method) => Step::Method(method),
            None => match self.peek()? {
                Token::String(_) => Step::Datetime(Some(self.string()?)),
                _ => Step::Datetime(None),
            },
        };
        self.expect(')')?;
        Ok(step)
    }

    /// Behind `**`.
    fn descendants(&mut self) -> Parsed<Step> {
        if !self.accept('{')? {
            return Ok(Step::Descendants { first: Level::Number(0), last: Level::Last });
        }
        let first = self.level()?;
        let last = if self.accept_word("to")? { self.level()? } else { first };
        self.expect('}')?;
        Ok(Step::Descendants { first, last })
    }

    fn level(&mut self) -> Parsed<Level> {
        if self.accept_word("last")? {
            return Ok(Level::Last);
        }
        match self.peek()? {
            Token::Integer(_) => {}
            _ => return self.unexpected(),
        }
        match self.take()? {
            Token::Integer(digits) => match digits.parse::<u32>().ok().filter(|level| i32::try_from(*level).is_ok()) {
                Some(level) => Ok(Level::Number(level)),
                None => {
                    let message = format!("value \"{digits}\" is out of range for type integer");
                    Err(Box::new(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message)))
                }
            },
            _ => self.unexpected(),
        }
    }

    /// Behind a bracket.
    fn subscripts(&mut self) -> Parsed<Step> {
        if self.accept('*')? {
            self.expect(']')?;
            return Ok(Step::AnyElement);
        }
        let mut subscripts = Vec::new();
        loop {
            let from = self.expression()?;
            let to = if self.accept_word("to")? { Some(self.expression()?) } else { None };
            subscripts.push((from, to));
            if !self.accept(',')? {
                break;
            }
        }
        self.expect(']')?;
        Ok(Step::Elements(subscripts))
    }
}

/// Error 42601 or 0A000 for flags, those of [`Regexp`] for the pattern.
fn like_regex(of: Chain, pattern: String, letters: &str) -> Parsed<LikeRegex> {
    let mut flags = Flags::default();
    for letter in letters.chars() {
        match letter {
            'i' => flags.ignore_case = true,
            's' => flags.dot_all = true,
            'm' => flags.multi_line = true,
            'x' => flags.expanded = true,
            'q' => flags.quoted = true,
            other => {
                let detail = format!("Unrecognized flag character \"{other}\" in LIKE_REGEX predicate.");
                return Err(Box::new(PgError { code: SqlState::SYNTAX_ERROR, ..invalid(&detail) }));
            }
        }
    }
    if flags.expanded && !flags.quoted {
        let message = "XQuery \"x\" flag (expanded regular expressions) is not implemented";
        return Err(Box::new(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message)));
    }
    let options = Options {
        ignore_case: flags.ignore_case,
        newline_stops: !flags.dot_all && !flags.quoted,
        newline_anchors: flags.multi_line && !flags.quoted,
        quoted: flags.quoted,
        ..Options::default()
    };
    let regexp = Regexp::with_options(&pattern, &options)?;
    Ok(LikeRegex { of, pattern, flags, regexp })
}

/// Error 42601 for `@` where nothing is looked at, and for `last` outside of subscripts.
fn check(chain: &Chain, in_filter: bool, in_subscript: bool) -> Parsed<()> {
    for step in &chain.steps {
        let misplaced = match step {
            Step::Current if !in_filter => "@ is not allowed in root expressions",
            Step::Last if !in_subscript => "LAST is allowed only in array subscripts",
            Step::Arithmetic(_, operands) => {
                check(&operands.0, in_filter, in_subscript)?;
                check(&operands.1, in_filter, in_subscript)?;
                continue;
            }
            Step::Sign(_, of) => {
                check(of, in_filter, in_subscript)?;
                continue;
            }
            Step::Test(test) => {
                check_test(test, in_filter, in_subscript)?;
                continue;
            }
            Step::Filter(test) => {
                check_test(test, true, in_subscript)?;
                continue;
            }
            Step::Elements(subscripts) => {
                for (from, to) in subscripts {
                    check(from, in_filter, true)?;
                    to.iter().try_for_each(|to| check(to, in_filter, true))?;
                }
                continue;
            }
            _ => continue,
        };
        return Err(Box::new(PgError::new(SqlState::SYNTAX_ERROR, misplaced)));
    }
    Ok(())
}

fn check_test(test: &Test, in_filter: bool, in_subscript: bool) -> Parsed<()> {
    match &test.kind {
        TestKind::And(terms) | TestKind::Or(terms) => {
            check_test(&terms.0, in_filter, in_subscript)?;
            check_test(&terms.1, in_filter, in_subscript)
        }
        TestKind::Not(of) | TestKind::IsUnknown(of) => check_test(of, in_filter, in_subscript),
        TestKind::Compare(_, operands) | TestKind::StartsWith(operands) => {
            check(&operands.0, in_filter, in_subscript)?;
            check(&operands.1, in_filter, in_subscript)
        }
        TestKind::LikeRegex(like) => check(&like.of, in_filter, in_subscript),
        TestKind::Exists(of) => check(of, in_filter, in_subscript),
    }
}
