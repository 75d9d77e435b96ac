//! What is printed: expressions and queries with all that PostgreSQL says of them, and nothing that was only meant.

use crate::types::Type;

#[derive(Clone)]
pub enum Node {
    /// A name, or a word such as CURRENT_TIMESTAMP.
    Word(String),
    /// A literal; its text, and whether that must be quoted.
    Constant {
        text: String,
        ty: Type,
        label: bool,
        quoted: bool,
    },
    Null(Type),
    Call {
        name: String,
        args: Vec<Node>,
    },
    /// An argument by its name.
    Named {
        name: String,
        of: Box<Node>,
    },
    Cast {
        of: Box<Node>,
        ty: Type,
        typmod: i32,
        implicit: bool,
    },
    /// What is of a domain, and shown as what that is over where it is needed as that.
    OfDomain(Box<Node>),
    Operator {
        name: String,
        left: Option<Box<Node>>,
        right: Box<Node>,
    },
    Junction {
        and: bool,
        terms: Vec<Node>,
    },
    Not(Box<Node>),
    /// IS NULL and its kin.
    Test {
        of: Box<Node>,
        test: &'static str,
    },
    /// COLLATE, with the name as it is written.
    Collated {
        of: Box<Node>,
        collation: String,
    },
    Distinct {
        left: Box<Node>,
        right: Box<Node>,
        negated: bool,
    },
    Array(Vec<Node>),
    /// A row's field.
    Field {
        of: Box<Node>,
        name: String,
    },
    /// An array's element or slice, or a part of a jsonb: what stands between the brackets, a slice's bounds with `:` between.
    Element {
        of: Box<Node>,
        from: Option<Box<Node>>,
        slice: bool,
        to: Option<Box<Node>>,
    },
    AnyOrAll {
        left: Box<Node>,
        operator: String,
        all: bool,
        array: Box<Node>,
    },
    Case {
        operand: Option<Box<Node>>,
        whens: Vec<(Node, Node)>,
        otherwise: Box<Node>,
    },
    /// A call in SQL's own words, such as `EXTRACT(year FROM x)`: what stands before, between and behind its arguments.
    Spelt {
        words: Vec<String>,
        args: Vec<Node>,
    },
    /// An aggregate or a window function.
    Aggregate(Box<Aggregate>),
    SubLink {
        kind: SubLink,
        left: Option<Box<Node>>,
        query: Box<Query>,
    },
}

#[derive(Clone, Copy, PartialEq)]
pub enum SubLink {
    Exists,
    /// `x IN (…)`.
    In,
    /// `( SELECT …)` as a value.
    Value,
    /// `ARRAY( SELECT …)`.
    Array,
}

#[derive(Clone)]
pub struct Aggregate {
    pub name: String,
    pub distinct: bool,
    pub star: bool,
    pub args: Vec<Node>,
    pub order_by: Vec<Sort>,
    pub filter: Option<Node>,
    pub over: Option<Over>,
}

#[derive(Clone)]
pub enum Over {
    Named(String),
    Window(Window),
}

#[derive(Clone, Default)]
pub struct Window {
    pub name: Option<String>,
    pub partition_by: Vec<Node>,
    pub order_by: Vec<Sort>,
    /// `ROWS BETWEEN … AND …`, in parts that are words or values.
    pub frame: Vec<Node>,
}

#[derive(Clone)]
pub struct Sort {
    pub key: Node,
    pub descending: bool,
    pub nulls_first: bool,
}

#[derive(Clone)]
pub struct Query {
    pub with: Option<With>,
    pub body: Body,
    pub order_by: Vec<Sort>,
    pub offset: Option<Node>,
    pub limit: Option<Node>,
    pub ties: bool,
}

impl Query {
    /// Whether it needs parentheses as a side of a set operation.
    pub fn has_tail(&self) -> bool {
        self.with.is_some() || !self.order_by.is_empty() || self.offset.is_some() || self.limit.is_some()
    }
}

#[derive(Clone)]
pub struct With {
    pub recursive: bool,
    pub queries: Vec<Named>,
}

/// A query of WITH.
#[derive(Clone)]
pub struct Named {
    pub name: String,
    pub columns: Vec<String>,
    pub materialized: Option<bool>,
    pub query: Query,
}

#[derive(Clone)]
pub enum Body {
    Select(Box<Select>),
    Values(Vec<Vec<Node>>),
    SetOperation { operator: &'static str, all: bool, left: Box<Side>, right: Box<Side> },
}

/// A side of a set operation.
#[derive(Clone)]
pub enum Side {
    Query(Query),
    /// Another set operation.
    Operation(Body),
}

#[derive(Clone)]
pub struct Select {
    /// DISTINCT; with keys, DISTINCT ON.
    pub distinct: Option<Vec<Node>>,
    pub targets: Vec<Target>,
    pub from: Vec<From>,
    pub filter: Option<Node>,
    pub group_by: Vec<Node>,
    pub having: Option<Node>,
    pub windows: Vec<(String, Window)>,
}

#[derive(Clone)]
pub struct Target {
    pub node: Node,
    /// What a column is called where it comes from.
    pub column: Option<String>,
    pub name: String,
}

#[derive(Clone)]
pub enum From {
    Item {
        lateral: bool,
        what: Item,
        alias: Option<String>,
        columns: Vec<String>,
    },
    Join {
        left: Box<From>,
        right: Box<From>,
        /// `JOIN`, `LEFT JOIN`, …
        kind: &'static str,
        using: Vec<String>,
        on: Option<Node>,
    },
}

#[derive(Clone)]
pub enum Item {
    /// A relation's or a WITH query's name.
    Name(String),
    Query(Box<Query>),
    Function {
        call: Node,
        ordinality: bool,
    },
}
