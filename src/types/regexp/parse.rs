//! From a pattern's tokens to its tree (`regcomp.c`'s `parse`).

use std::rc::Rc;
use std::sync::Arc;

use super::classes::{Set, complement, element, merged, named};
use super::lex::{Around, Lexer, Token};
use super::{Assertion, Flavor, Options, invalid, too_complex};
use crate::types::PgError;

/// What a pattern is made of.
#[derive(Clone, Debug)]
pub enum Node {
    Empty,
    One(Arc<Set>),
    Assert(Assertion),
    Sequence(Vec<Node>),
    Alternatives(Vec<Node>),
    /// `(…)`, or `(?:…)` without a number.
    Group {
        number: Option<usize>,
        of: Rc<Node>,
    },
    /// What the group of that number has matched, which matches `of`, so many times.
    BackReference {
        number: usize,
        of: Rc<Node>,
    },
    /// `prefers`: as little or as much as possible; `{m}` has what it repeats decide.
    Repeat {
        of: Box<Node>,
        min: u32,
        max: Option<u32>,
        prefers: Option<Prefers>,
    },
}

impl Node {
    fn one(set: Set) -> Node {
        Node::One(Arc::new(Set { ranges: merged(set.ranges), ..set }))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Prefers {
    Longer,
    Shorter,
}

/// A pattern's tree, and what it refers to.
pub struct Pattern {
    pub root: Node,
    /// How many numbered groups it has.
    pub groups: usize,
    /// The look-arounds that [`Assertion::Around`] tells by their numbers, those within others first.
    pub arounds: Vec<(Around, Node)>,
    pub back_references: bool,
    pub ignore_case: bool,
}

/// `DUPMAX`.
const MAX_REPEAT: u32 = 255;
/// Parentheses within each other, and back references to what has some itself.
const MAX_DEPTH: usize = 200;
/// Nodes and ranges of characters.
const MAX_NODES: usize = 20_000;

/// Errors: 2201B for what is no pattern.
pub fn parse(pattern: &str, options: &Options) -> Result<Pattern, PgError> {
    let mut lexer = Lexer::new(pattern, options)?;
    let token = lexer.next()?;
    let mut parser = Parser {
        lexer,
        token,
        depth: 0,
        closed: Vec::new(),
        height: 0,
        refers: false,
        nodes: 0,
        within_arounds: 0,
        arounds: Vec::new(),
    };
    let root = parser.alternatives(false)?;
    Ok(Pattern {
        root,
        groups: parser.lexer.groups as usize,
        arounds: parser.arounds,
        back_references: parser.refers,
        ignore_case: parser.lexer.options.ignore_case,
    })
}

struct Parser {
    lexer: Lexer,
    /// The one that is next.
    token: Token,
    depth: usize,
    /// Groups by their numbers from 1, as far as they have ended, each with how many groups and back references lead from one into
    /// the next within it, itself included.
    closed: Vec<Option<(Rc<Node>, usize)>>,
    /// The same of what has been read of the group that is open.
    height: usize,
    /// There are back references.
    refers: bool,
    nodes: usize,
    within_arounds: usize,
    arounds: Vec<(Around, Node)>,
}

impl Parser {
    fn advance(&mut self) -> Result<(), PgError> {
        self.token = self.lexer.next()?;
        Ok(())
    }

    fn takes(&mut self, token: Token) -> Result<bool, PgError> {
        let there = self.token == token;
        if there {
            self.advance()?;
        }
        Ok(there)
    }

    /// Up to the end, or `within` parentheses up to theirs.
    fn alternatives(&mut self, within: bool) -> Result<Node, PgError> {
        let mut all = vec![self.branch(within)?];
        while self.takes(Token::Or)? {
            all.push(self.branch(within)?);
        }
        if within && self.token != Token::Close {
            return Err(invalid("parentheses () not balanced"));
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Node::Alternatives(all) })
    }

    /// Error 2201B for what is too long.
    fn count(&mut self, nodes: usize) -> Result<(), PgError> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES { Err(too_complex()) } else { Ok(()) }
    }

    fn branch(&mut self, within: bool) -> Result<Node, PgError> {
        let mut nodes = Vec::new();
        self.count(1)?;
        while !(matches!(self.token, Token::Or | Token::End) || within && self.token == Token::Close) {
            let node = match self.constraint()? {
                Some(node) => node,
                None => {
                    let atom = self.atom()?;
                    self.quantified(atom)?
                }
            };
            nodes.push(node);
            self.count(1)?;
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    /// What matches between characters, and can't be repeated.
    fn constraint(&mut self) -> Result<Option<Node>, PgError> {
        let lines = self.lexer.options.newline_anchors;
        let assertion = match self.token {
            Token::Caret if lines => Assertion::LineBegin,
            Token::Dollar if lines => Assertion::LineEnd,
            Token::Caret | Token::Begin => Assertion::Begin,
            Token::Dollar | Token::Finish => Assertion::End,
            Token::WordBegin => Assertion::WordBegin,
            Token::WordEnd => Assertion::WordEnd,
            Token::WordBoundary => Assertion::WordBoundary,
            Token::NoWordBoundary => Assertion::NoWordBoundary,
            Token::Around(around) => {
                self.advance()?;
                self.within_arounds += 1;
                let node = self.deeper(|parser| parser.alternatives(true))?;
                self.within_arounds -= 1;
                self.arounds.push((around, node));
                Assertion::Around(self.arounds.len() - 1)
            }
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(Node::Assert(assertion)))
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, PgError>) -> Result<T, PgError> {
        if self.depth >= MAX_DEPTH {
            return Err(too_complex());
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn literal(&self, c: u32) -> Node {
        let ignore_case = self.lexer.options.ignore_case;
        Node::one(Set { ranges: vec![(c, c)], ignore_case, ..Set::default() })
    }

    fn atom(&mut self) -> Result<Node, PgError> {
        let atom = match self.token {
            Token::Plain(c) => self.literal(c),
            // One too many is a character in extended syntax.
            Token::Close if self.lexer.options.flavor == Flavor::Extended => self.literal(')'.into()),
            Token::Close => return Err(invalid("parentheses () not balanced")),
            Token::Class(class, negated) => Node::one(Set { ranges: class.ranges(), negated, ..Set::default() }),
            Token::Any => {
                let not_newline = self.lexer.options.newline_stops;
                Node::one(Set { negated: true, not_newline, ..Set::default() })
            }
            Token::Bracket { negated } => self.bracket(negated)?,
            Token::Open { group } => self.group(group && self.within_arounds == 0)?,
            Token::BackReference(number) => self.back_reference(number as usize)?,
            // A quantifier.
            _ => return Err(invalid("quantifier operand invalid")),
        };
        self.advance()?;
        Ok(atom)
    }

    /// Up to its last token. In a look-around none has a number.
    fn group(&mut self, numbered: bool) -> Result<Node, PgError> {
        let mut number = None;
        if numbered {
            self.lexer.groups += 1;
            self.closed.push(None);
            number = Some(self.closed.len());
        }
        self.advance()?;
        let outside = std::mem::replace(&mut self.height, 0);
        let of = Rc::new(self.deeper(|parser| parser.alternatives(true))?);
        let height = self.height + 1;
        if let Some(number) = number {
            self.closed[number - 1] = Some((Rc::clone(&of), height));
        }
        self.height = outside.max(height);
        Ok(Node::Group { number, of })
    }

    fn back_reference(&mut self, number: usize) -> Result<Node, PgError> {
        let closed = number.checked_sub(1).and_then(|index| self.closed.get(index)).cloned().flatten();
        let Some((of, height)) = closed.filter(|_| self.within_arounds == 0) else {
            return Err(invalid("invalid backreference number"));
        };
        if self.depth + height >= MAX_DEPTH {
            return Err(too_complex());
        }
        self.refers = true;
        self.height = self.height.max(height + 1);
        Ok(Node::BackReference { number, of })
    }

    fn quantified(&mut self, of: Node) -> Result<Node, PgError> {
        let preference = |longer| Some(if longer { Prefers::Longer } else { Prefers::Shorter });
        let (min, max, prefers) = match self.token {
            Token::Star(longer) => (0, None, preference(longer)),
            Token::Plus(longer) => (1, None, preference(longer)),
            Token::Question(longer) => (0, Some(1), preference(longer)),
            Token::Bound => {
                self.advance()?;
                self.bound()?
            }
            _ => return Ok(of),
        };
        self.advance()?;
        Ok(Node::Repeat { of: Box::new(of), min, max, prefers })
    }

    /// Up to its last token.
    fn bound(&mut self) -> Result<(u32, Option<u32>, Option<Prefers>), PgError> {
        let invalid = || invalid("invalid repetition count(s)");
        let min = self.number()?;
        let (mut max, mut exact) = (Some(min), true);
        if self.takes(Token::Comma)? {
            exact = false;
            max = if matches!(self.token, Token::Digit(_)) { Some(self.number()?) } else { None };
        }
        if max.is_some_and(|max| max < min) {
            return Err(invalid());
        }
        match self.token {
            Token::EndOfBound(_) if exact => Ok((min, max, None)),
            Token::EndOfBound(true) => Ok((min, max, Some(Prefers::Longer))),
            Token::EndOfBound(false) => Ok((min, max, Some(Prefers::Shorter))),
            _ => Err(invalid()),
        }
    }

    fn number(&mut self) -> Result<u32, PgError> {
        let mut number = 0;
        while let Token::Digit(digit) = self.token {
            number = number * 10 + digit;
            if number > MAX_REPEAT {
                return Err(invalid("invalid repetition count(s)"));
            }
            self.advance()?;
        }
        Ok(number)
    }

    /// Up to its last token.
    fn bracket(&mut self, negated: bool) -> Result<Node, PgError> {
        let options = &self.lexer.options;
        let mut set = Set {
            ranges: Vec::new(),
            negated,
            ignore_case: options.ignore_case,
            not_newline: negated && options.newline_stops,
        };
        self.advance()?;
        loop {
            match self.token {
                Token::EndOfBracket => {
                    let node = Node::one(set);
                    if let Node::One(set) = &node {
                        self.count(set.ranges.len())?;
                    }
                    return Ok(node);
                }
                Token::Class(class, negated) => {
                    let ranges = class.ranges();
                    set.ranges.extend(if negated { complement(ranges) } else { ranges });
                    self.advance()?;
                }
                Token::NamedClass => {
                    let name = self.name()?;
                    set.ranges.extend(named(&name).ok_or_else(|| invalid("invalid character class"))?);
                }
                Token::Equivalence => {
                    let c = self.element()?;
                    set.ranges.push((c, c));
                }
                Token::Plain(from) => {
                    self.advance()?;
                    self.range(from, &mut set)?;
                }
                Token::Element => {
                    let from = self.element()?;
                    self.range(from, &mut set)?;
                }
                _ => return Err(invalid("invalid character range")),
            }
        }
    }

    /// A character, or a range from it.
    fn range(&mut self, from: u32, set: &mut Set) -> Result<(), PgError> {
        let mut to = from;
        if self.takes(Token::Range)? {
            to = match self.token {
                Token::Element => self.element()?,
                Token::Plain(to) => {
                    self.advance()?;
                    to
                }
                Token::Range => {
                    self.advance()?;
                    '-'.into()
                }
                _ => return Err(invalid("invalid character range")),
            };
        }
        if to < from {
            return Err(invalid("invalid character range"));
        }
        set.ranges.push((from, to));
        Ok(())
    }

    /// Between `[.` and `.]`, or its kin, and behind it.
    fn name(&mut self) -> Result<String, PgError> {
        self.advance()?;
        let mut name = String::new();
        while let Token::Plain(c) = self.token {
            name.extend(char::from_u32(c));
            self.advance()?;
        }
        self.advance()?;
        Ok(name)
    }

    fn element(&mut self) -> Result<u32, PgError> {
        let name = self.name()?;
        element(&name).ok_or_else(|| invalid("invalid collating element"))
    }
}
