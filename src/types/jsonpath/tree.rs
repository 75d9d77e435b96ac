//! What a path is made of.

use crate::types::Numeric;
use crate::types::regexp::Regexp;

/// Steps from left to right, at least one: each is done for every item that the one before has found.
#[derive(Debug)]
pub struct Chain {
    pub steps: Vec<Step>,
    /// How many steps stand behind or within each other at most.
    pub height: usize,
}

#[derive(Debug)]
pub enum Step {
    /// `$`.
    Root,
    /// `@`.
    Current,
    Last,
    Variable(String),
    Null,
    Bool(bool),
    Number(Numeric),
    String(String),
    Arithmetic(Arithmetic, Box<(Chain, Chain)>),
    Sign(Sign, Box<Chain>),
    /// A predicate as a value: true, false or null.
    Test(Box<Test>),
    /// `.key`.
    Key(String),
    /// `.*`.
    AnyKey,
    /// `[*]`.
    AnyElement,
    /// `.**{first to last}`.
    Descendants {
        first: Level,
        last: Level,
    },
    /// `[0, 2 to last]`.
    Elements(Vec<(Chain, Option<Chain>)>),
    /// `? (…)`.
    Filter(Box<Test>),
    Method(Method),
    Datetime(Option<String>),
}

/// How deep below; `Last` is above all numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Number(u32),
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    Type,
    Size,
    Double,
    Ceiling,
    Floor,
    Abs,
    KeyValue,
}

/// A predicate.
#[derive(Debug)]
pub struct Test {
    pub kind: TestKind,
    pub height: usize,
}

#[derive(Debug)]
pub enum TestKind {
    And(Box<(Test, Test)>),
    Or(Box<(Test, Test)>),
    Not(Box<Test>),
    IsUnknown(Box<Test>),
    Compare(Comparison, Box<(Chain, Chain)>),
    StartsWith(Box<(Chain, Chain)>),
    LikeRegex(Box<LikeRegex>),
    Exists(Chain),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

pub struct LikeRegex {
    pub of: Chain,
    pub pattern: String,
    pub flags: Flags,
    pub regexp: Regexp,
}

impl std::fmt::Debug for LikeRegex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LikeRegex").field(&self.of).field(&self.pattern).field(&self.flags).finish()
    }
}

/// Behind `flag`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Flags {
    pub ignore_case: bool,
    pub dot_all: bool,
    pub multi_line: bool,
    pub expanded: bool,
    pub quoted: bool,
}

impl Chain {
    pub fn of(step: Step) -> Chain {
        let height = 1 + step.height();
        Chain { steps: vec![step], height }
    }

    pub fn push(&mut self, step: Step) {
        self.height = self.height.max(self.steps.len() + 1 + step.height());
        self.steps.push(step);
    }

    /// The only step.
    pub fn single(&self) -> Option<&Step> {
        match &self.steps[..] {
            [step] => Some(step),
            _ => None,
        }
    }
}

impl Step {
    /// Of what it has within.
    fn height(&self) -> usize {
        match self {
            Step::Arithmetic(_, operands) => operands.0.height.max(operands.1.height),
            Step::Sign(_, of) => of.height,
            Step::Test(test) | Step::Filter(test) => test.height,
            Step::Elements(subscripts) => {
                let of = |(from, to): &(Chain, Option<Chain>)| from.height.max(to.as_ref().map_or(0, |to| to.height));
                subscripts.iter().map(of).max().unwrap_or(0)
            }
            _ => 0,
        }
    }
}

impl Test {
    pub fn of(kind: TestKind) -> Test {
        let height = 1 + match &kind {
            TestKind::And(terms) | TestKind::Or(terms) => terms.0.height.max(terms.1.height),
            TestKind::Not(of) | TestKind::IsUnknown(of) => of.height,
            TestKind::Compare(_, operands) | TestKind::StartsWith(operands) => operands.0.height.max(operands.1.height),
            TestKind::LikeRegex(like) => like.of.height,
            TestKind::Exists(of) => of.height,
        };
        Test { kind, height }
    }
}

impl Arithmetic {
    pub fn symbol(self) -> &'static str {
        match self {
            Arithmetic::Add => "+",
            Arithmetic::Subtract => "-",
            Arithmetic::Multiply => "*",
            Arithmetic::Divide => "/",
            Arithmetic::Modulo => "%",
        }
    }
}

impl Sign {
    pub fn symbol(self) -> &'static str {
        match self {
            Sign::Plus => "+",
            Sign::Minus => "-",
        }
    }
}

impl Comparison {
    pub fn symbol(self) -> &'static str {
        match self {
            Comparison::Equal => "==",
            Comparison::NotEqual => "!=",
            Comparison::Less => "<",
            Comparison::LessEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterEqual => ">=",
        }
    }
}

impl Method {
    pub const ALL: [Method; 7] =
        [Method::Type, Method::Size, Method::Double, Method::Ceiling, Method::Floor, Method::Abs, Method::KeyValue];

    pub fn name(self) -> &'static str {
        match self {
            Method::Type => "type",
            Method::Size => "size",
            Method::Double => "double",
            Method::Ceiling => "ceiling",
            Method::Floor => "floor",
            Method::Abs => "abs",
            Method::KeyValue => "keyvalue",
        }
    }
}
