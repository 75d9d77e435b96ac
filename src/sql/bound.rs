//! The bound tree: a statement with every name resolved and every expression typed.
//!
//! [`emit`](super::emit) writes SQLite SQL from it and from nothing else; sqlparser's tree ends at
//! [`super::bind()`].

use super::emission::Emission;
use super::text::At;
use crate::catalog::Column;
use crate::types::{Type, Value};

/// How the names of WITH queries begin in emitted statements: as no table's name does.
pub const WITH_PREFIX: &str = "_quorlite_with";

/// Index into [`Relations`].
pub type RelationId = usize;

#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Type,
    pub typmod: i32,
    /// The domain that its value is of, or 0: `ty` and `typmod` are what that is over, and the expression behaves as of
    /// that type.
    pub domain: u32,
    /// Where it begins in the text.
    pub at: At,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    Null,
    /// A quoted literal whose type is not settled yet.
    Literal(String),
    Constant(Value),
    /// `$n`, from 1. Its type may be unknown until something settles it.
    Param(usize),
    /// The rows of this number that an earlier step of the statement has kept.
    Kept(usize),
    Column {
        relation: RelationId,
        column: usize,
    },
    Call(Box<Call>),
    Aggregate(Box<Aggregate>),
    Window(Box<Window>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    /// `IS [NOT] NULL`.
    IsNull {
        operand: Box<Expr>,
        negated: bool,
    },
    /// `IS [NOT] TRUE` and `FALSE`.
    IsBool {
        operand: Box<Expr>,
        value: bool,
        negated: bool,
    },
    /// `IS [NOT] DISTINCT FROM`; operands compare as they are.
    Distinct {
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
    },
    /// `x [NOT] IN (a, b)`; all compare as they are.
    InList {
        operand: Box<Expr>,
        list: Vec<Expr>,
        negated: bool,
    },
    InQuery {
        operands: Vec<Expr>,
        query: Box<Query>,
        negated: bool,
    },
    Exists(Box<Query>),
    /// A sub-query as a value.
    Scalar(Box<Query>),
    /// With an operand, it and the conditions compare as they are.
    Case {
        operand: Option<Box<Expr>>,
        whens: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
}

/// The type of a column, or of what is to be one's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Form {
    pub ty: Type,
    pub typmod: i32,
    /// As [`Expr::domain`].
    pub domain: u32,
}

impl Form {
    /// A type and no more.
    pub fn plain(ty: Type) -> Form {
        Form { ty, typmod: -1, domain: 0 }
    }

    pub fn of_column(column: &Column) -> Form {
        Form { ty: column.ty, typmod: column.typmod, domain: column.domain }
    }

    /// As [`Expr::named_type`].
    pub fn named_type(self) -> Type {
        if self.domain == 0 { self.ty } else { Type(self.domain) }
    }
}

/// A function, operator or cast applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub emission: Emission,
    pub args: Vec<Expr>,
    /// May give another result for the same arguments in the same statement.
    pub volatile: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Aggregate {
    pub emission: Emission,
    pub args: Vec<Expr>,
    pub distinct: bool,
    pub order_by: Vec<Sort>,
    pub filter: Option<Expr>,
}

/// A window function, or an aggregate over a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// What is computed; neither `distinct` nor sorted.
    pub function: Aggregate,
    pub partition_by: Vec<Expr>,
    pub order_by: Vec<Sort>,
    /// `None`: RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW.
    pub frame: Option<Frame>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub units: &'static str,
    pub start: Bound,
    pub end: Bound,
    /// What stands behind EXCLUDE.
    pub exclude: Option<&'static str>,
    /// SQLite knows no such offsets: a function of ours finds the frame (see [`super::FrameSpec`]).
    pub found: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Bound {
    UnboundedPreceding,
    Preceding(Expr),
    CurrentRow,
    Following(Expr),
    UnboundedFollowing,
}

impl Bound {
    /// The distance, of those that have one.
    pub fn offset(&self) -> Option<&Expr> {
        match self {
            Bound::Preceding(offset) | Bound::Following(offset) => Some(offset),
            Bound::UnboundedPreceding | Bound::CurrentRow | Bound::UnboundedFollowing => None,
        }
    }

    /// The word that tells its kind.
    pub fn word(&self) -> &'static str {
        match self {
            Bound::UnboundedPreceding | Bound::UnboundedFollowing => "UNBOUNDED",
            Bound::Preceding(_) => "PRECEDING",
            Bound::CurrentRow => "CURRENT",
            Bound::Following(_) => "FOLLOWING",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
    pub nulls_first: bool,
}

impl Sort {
    /// What is sorted by, unless it is an output column.
    pub fn expr(&self) -> Option<&Expr> {
        match &self.key {
            SortKey::Expr(expr) => Some(expr),
            SortKey::Output(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum SortKey {
    /// The output column of this number, from 0.
    Output(usize),
    Expr(Expr),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    pub with: Vec<With>,
    pub body: Body,
    pub order_by: Vec<Sort>,
    /// int8; a constant is known not to be negative.
    pub limit: Option<Expr>,
    pub offset: Option<Expr>,
    /// What it yields.
    pub outputs: Vec<Output>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct With {
    /// Its name in the emitted statement.
    pub name: String,
    pub query: Query,
    pub materialized: Option<bool>,
}

/// One column a query yields.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    pub name: String,
    pub ty: Type,
    pub typmod: i32,
    /// As [`Expr::domain`].
    pub domain: u32,
    /// (table OID, attnum) of a column that is passed on unchanged.
    pub origin: Option<(u32, i16)>,
    /// `pg_collation.oid`; 0 where none can be told.
    pub collation: u32,
}

impl Output {
    /// A column of a query of ours: no table's, and of no collation.
    pub fn new(name: &str, ty: Type) -> Output {
        Output { name: name.to_owned(), ty, typmod: -1, domain: 0, origin: None, collation: 0 }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Select(Box<Select>),
    /// Rows of equal length, at least one.
    Values(Vec<Vec<Expr>>),
    SetOperation {
        operator: SetOperator,
        all: bool,
        left: Box<Query>,
        right: Box<Query>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetOperator {
    Union,
    Intersect,
    Except,
}

#[derive(Clone, Debug, PartialEq, Default)]
pub struct Select {
    pub distinct: bool,
    pub targets: Vec<Expr>,
    pub from: Option<From>,
    pub filter: Option<Expr>,
    pub group_by: Vec<Expr>,
    pub having: Option<Expr>,
    /// Has aggregates, GROUP BY or HAVING.
    pub grouped: bool,
    /// Has window functions.
    pub windowed: bool,
    /// What it has been grouped by is in the sub-query that it selects from.
    pub split: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum From {
    /// A table, or a WITH query by its emitted name.
    Relation(RelationId),
    Query {
        relation: RelationId,
        query: Box<Query>,
    },
    /// A table with arguments, which may name what stands before it.
    Function {
        relation: RelationId,
        module: &'static str,
        args: Vec<Expr>,
    },
    Join {
        kind: JoinKind,
        left: Box<From>,
        right: Box<From>,
        on: Option<Expr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
}

/// Something in a FROM list, or the target of a write.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// The alias, or the name without one.
    pub name: String,
    pub source: Source,
    pub columns: Vec<RelationColumn>,
    /// How many queries enclose the one it belongs to.
    pub depth: usize,
    /// May yield rows of NULLs: it is on the outer side of an outer join.
    pub nullable: bool,
    /// Columns of the file alone: their numbers go on behind those of the others.
    pub keys: Vec<RelationKey>,
}

impl Relation {
    pub fn column(&self, index: usize) -> Option<&RelationColumn> {
        let key = || Some(&self.keys.get(index.checked_sub(self.columns.len())?)?.column);
        self.columns.get(index).or_else(key)
    }

    /// All columns that its rows have in the file.
    pub fn stored_columns(&self) -> impl Iterator<Item = &RelationColumn> {
        self.columns.iter().chain(self.keys.iter().map(|key| &key.column))
    }
}

/// A column of a table's file alone: see [`crate::catalog::KeyColumn`].
#[derive(Clone, Debug, PartialEq)]
pub struct RelationKey {
    pub column: RelationColumn,
    /// What it is a key of, where that is to be looked up by it.
    pub of: Option<KeyOf>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct KeyOf {
    /// Over the relation 0.
    pub value: Expr,
    /// Only of rows that fulfil this.
    pub condition: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// Its name in the file.
    Table {
        oid: u32,
        stored_name: String,
    },
    With {
        stored_name: String,
    },
    Query,
    /// The query of a view.
    View {
        oid: u32,
    },
    Function,
    /// A LATERAL sub-query, which a function reads.
    Lateral,
    /// The row proposed for insertion, in ON CONFLICT.
    Excluded,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RelationColumn {
    pub name: String,
    /// Its name in SQLite.
    pub stored_name: String,
    pub ty: Type,
    pub typmod: i32,
    /// As [`Expr::domain`].
    pub domain: u32,
    pub not_null: bool,
    /// (table OID, attnum) if it is a table's column.
    pub origin: Option<(u32, i16)>,
    /// As [`Output::collation`]; 0 of a domain's value where it is the domain's.
    pub collation: u32,
}

/// All relations of a statement.
pub type Relations = Vec<Relation>;

/// A statement that writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    pub with: Vec<With>,
    pub target: RelationId,
    pub columns: Vec<usize>,
    /// Yields the columns, in order.
    pub source: Query,
    pub conflict: Option<Conflict>,
    pub returning: Vec<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The columns by which a unique index is named.
    pub columns: Vec<usize>,
    /// That index; `None`: any.
    pub arbiter: Option<Box<Arbiter>>,
    /// Assignments and condition; `None` is DO NOTHING.
    pub update: Option<(Vec<Assignment>, Option<Expr>)>,
}

impl Conflict {
    /// The OID of the index; 0: any.
    pub fn index(&self) -> u32 {
        self.arbiter.as_ref().map_or(0, |arbiter| arbiter.index)
    }
}

/// A unique index, over the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Arbiter {
    pub index: u32,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// What it is made of, as SQLite knows it.
    pub parts: Vec<Expr>,
    /// What of rows it has.
    pub predicate: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Several for `(a, b) = (SELECT …)`.
    pub columns: Vec<usize>,
    pub value: Expr,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    pub with: Vec<With>,
    pub target: RelationId,
    pub assignments: Vec<Assignment>,
    pub from: Option<From>,
    /// Instead of a filter.
    pub current: Option<Current>,
    pub filter: Option<Expr>,
    pub returning: Vec<Expr>,
}

/// The row of the target that a cursor is on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Current {
    /// As in [`Using`].
    pub rowid: &'static str,
    /// The parameter that is its number.
    pub place: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    pub with: Vec<With>,
    pub target: RelationId,
    /// The target's rows to delete are those this yields the rowids of (DELETE … USING).
    pub using: Option<Using>,
    /// Instead of a filter.
    pub current: Option<Current>,
    pub filter: Option<Expr>,
    pub returning: Vec<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    pub with: Vec<With>,
    pub target: RelationId,
    pub source: From,
    pub on: Expr,
    pub whens: Vec<MergeWhen>,
}

/// What becomes of rows of the source, with a row of the target or without.
#[derive(Clone, Debug, PartialEq)]
pub struct MergeWhen {
    pub matched: bool,
    pub condition: Option<Expr>,
    pub then: Then,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    Nothing,
    Update(Vec<Assignment>),
    Delete,
    Insert { columns: Vec<usize>, values: Vec<Expr> },
}

impl Then {
    pub fn exprs(&self) -> Vec<&Expr> {
        match self {
            Then::Nothing | Then::Delete => Vec::new(),
            Then::Update(assignments) => assignments.iter().map(|assignment| &assignment.value).collect(),
            Then::Insert { values, .. } => values.iter().collect(),
        }
    }
}

impl Output {
    /// Its value has been converted to a type, which has a collation of its own where the one before had none.
    pub fn become_of(&mut self, ty: Type) {
        let typcollation = |ty| crate::catalog::system::type_facts(ty).collation;
        match (typcollation(self.ty), typcollation(ty)) {
            (0, own) => self.collation = own,
            (_, 0) => self.collation = 0,
            _ => {}
        }
        self.ty = ty;
    }

    /// As [`Expr::named_type`].
    pub fn named_type(&self) -> Type {
        if self.domain == 0 { self.ty } else { Type(self.domain) }
    }
}

/// One of the statements that a statement in several steps is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Insert(Insert),
    Update(Update),
    Delete(Delete),
    Merge(Merge),
}

impl Part {
    pub fn target(&self) -> RelationId {
        match self {
            Part::Insert(insert) => insert.target,
            Part::Update(update) => update.target,
            Part::Delete(delete) => delete.target,
            Part::Merge(merge) => merge.target,
        }
    }

    /// The WITH queries it sees.
    pub fn with(&mut self) -> &mut Vec<With> {
        match self {
            Part::Insert(insert) => &mut insert.with,
            Part::Update(update) => &mut update.with,
            Part::Delete(delete) => &mut delete.with,
            Part::Merge(merge) => &mut merge.with,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Using {
    pub from: From,
    /// `rowid`, or another name of it if a column is called that.
    pub rowid: &'static str,
}

impl Expr {
    pub fn new(kind: ExprKind, ty: Type) -> Expr {
        Expr { kind, ty, typmod: -1, domain: 0, at: At::NOWHERE }
    }

    pub fn at(mut self, at: At) -> Expr {
        self.at = at;
        self
    }

    /// The type as messages name it: its domain, if it has one.
    pub fn named_type(&self) -> Type {
        if self.domain == 0 { self.ty } else { Type(self.domain) }
    }

    pub fn null(ty: Type) -> Expr {
        Expr::new(ExprKind::Null, ty)
    }

    pub fn constant(value: Value, ty: Type) -> Expr {
        Expr::new(ExprKind::Constant(value), ty)
    }

    /// A call without volatility of its own.
    pub fn call(emission: Emission, args: Vec<Expr>, ty: Type) -> Expr {
        let at = args.first().map_or(At::NOWHERE, |arg| arg.at);
        Expr::new(ExprKind::Call(Box::new(Call { emission, args, volatile: false })), ty).at(at)
    }

    /// This value, instead of something that `others` were written in and that is not computed. They are left out where no query
    /// would look for them: see [`Emission::Decided`].
    pub fn decided(self, others: impl IntoIterator<Item = Expr>) -> Expr {
        let counts = |part: &Expr| {
            let is_query = matches!(part.kind, ExprKind::Scalar(_) | ExprKind::Exists(_) | ExprKind::InQuery { .. });
            is_query || matches!(part.kind, ExprKind::Column { .. } | ExprKind::Aggregate(_) | ExprKind::Window(_))
        };
        let others: Vec<Expr> = others.into_iter().filter(|other| other.any(&counts)).collect();
        if others.is_empty() {
            return self;
        }
        let (ty, typmod, domain, at) = (self.ty, self.typmod, self.domain, self.at);
        let args = std::iter::once(self).chain(others).collect();
        Expr { typmod, domain, ..Expr::call(Emission::Decided, args, ty) }.at(at)
    }

    /// Calls `visit` on the expressions directly below; those of sub-queries too.
    pub fn for_each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match &self.kind {
            ExprKind::Null
            | ExprKind::Literal(_)
            | ExprKind::Constant(_)
            | ExprKind::Param(_)
            | ExprKind::Kept(_)
            | ExprKind::Column { .. } => {}
            ExprKind::Call(call) => call.args.iter().for_each(visit),
            ExprKind::Aggregate(aggregate) => aggregate.for_each_child(visit),
            ExprKind::Window(window) => {
                window.function.for_each_child(visit);
                window.partition_by.iter().for_each(&mut *visit);
                each_sort(&window.order_by, visit);
                if let Some(frame) = &window.frame {
                    frame.start.offset().into_iter().chain(frame.end.offset()).for_each(visit);
                }
            }
            ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter().for_each(visit),
            ExprKind::Not(operand) | ExprKind::IsNull { operand, .. } | ExprKind::IsBool { operand, .. } => {
                visit(operand);
            }
            ExprKind::Distinct { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::InList { operand, list, .. } => {
                visit(operand);
                list.iter().for_each(visit);
            }
            ExprKind::InQuery { operands, query, .. } => {
                operands.iter().for_each(&mut *visit);
                query.for_each_expr(visit);
            }
            ExprKind::Exists(query) | ExprKind::Scalar(query) => query.for_each_expr(visit),
            ExprKind::Case { operand, whens, otherwise } => {
                operand.iter().for_each(|operand| visit(operand));
                for (condition, result) in whens {
                    visit(condition);
                    visit(result);
                }
                otherwise.iter().for_each(|otherwise| visit(otherwise));
            }
        }
    }

    /// The same, and tells `visit` how many sub-queries the expression is within, where this one is within `queries`.
    pub fn for_each_child_within<'e>(&'e self, queries: usize, visit: &mut dyn FnMut(&'e Expr, usize)) {
        match &self.kind {
            ExprKind::InQuery { operands, query, .. } => {
                operands.iter().for_each(|operand| visit(operand, queries));
                query.for_each_expr(&mut |expr| visit(expr, queries + 1));
            }
            kind => {
                let queries = kind.queries_below(queries);
                self.for_each_child(&mut |child| visit(child, queries));
            }
        }
    }

    /// Whether this or anything below it fulfils `test`.
    pub fn any(&self, test: &dyn Fn(&Expr) -> bool) -> bool {
        if test(self) {
            return true;
        }
        let mut found = false;
        self.for_each_child(&mut |child| found = found || child.any(test));
        found
    }

    /// How many expressions it is made of.
    pub fn size(&self) -> usize {
        let mut size = 1;
        self.for_each_child(&mut |child| size += child.size());
        size
    }

    pub fn is_volatile(&self) -> bool {
        self.any(&|expr| matches!(&expr.kind, ExprKind::Call(call) if call.volatile))
    }
}

impl ExprKind {
    /// How many sub-queries its operands are within, where it is within `queries`.
    pub fn queries_below(&self, queries: usize) -> usize {
        match self {
            ExprKind::Exists(_) | ExprKind::Scalar(_) => queries + 1,
            ExprKind::Call(call) if call.emission == Emission::Around => queries.saturating_sub(1),
            _ => queries,
        }
    }
}

impl Aggregate {
    fn for_each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        self.args.iter().for_each(&mut *visit);
        each_sort(&self.order_by, visit);
        self.filter.iter().for_each(visit);
    }
}

fn each_sort<'e>(sorts: &'e [Sort], visit: &mut dyn FnMut(&'e Expr)) {
    for sort in sorts {
        if let SortKey::Expr(expr) = &sort.key {
            visit(expr);
        }
    }
}

impl Query {
    /// Whether it is a SELECT DISTINCT.
    pub fn is_distinct(&self) -> bool {
        matches!(&self.body, Body::Select(select) if select.distinct)
    }

    /// One of this body and nothing around it.
    pub fn plain(body: Body, outputs: Vec<Output>) -> Query {
        Query { with: Vec::new(), body, order_by: Vec::new(), limit: None, offset: None, outputs }
    }

    pub fn of_select(select: Select, outputs: Vec<Output>) -> Query {
        Query::plain(Body::Select(Box::new(select)), outputs)
    }

    /// Calls `visit` on the outermost expressions of this query and the queries in its FROM and WITH.
    pub fn for_each_expr<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        for with in &self.with {
            with.query.for_each_expr(visit);
        }
        match &self.body {
            Body::Select(select) => select.for_each_expr(visit),
            Body::Values(rows) => rows.iter().flatten().for_each(&mut *visit),
            Body::SetOperation { left, right, .. } => {
                left.for_each_expr(visit);
                right.for_each_expr(visit);
            }
        }
        each_sort(&self.order_by, visit);
        self.limit.iter().chain(&self.offset).for_each(visit);
    }
}

impl Select {
    fn for_each_expr<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        self.targets.iter().for_each(&mut *visit);
        if let Some(from) = &self.from {
            from.for_each_expr(visit);
        }
        self.filter.iter().for_each(&mut *visit);
        self.group_by.iter().for_each(&mut *visit);
        self.having.iter().for_each(visit);
    }
}

impl From {
    /// The relations it is made of.
    pub fn relations(&self) -> Vec<RelationId> {
        match self {
            From::Relation(relation) | From::Query { relation, .. } | From::Function { relation, .. } => {
                vec![*relation]
            }
            From::Join { left, right, .. } => {
                let mut relations = left.relations();
                relations.extend(right.relations());
                relations
            }
        }
    }

    pub fn for_each_expr<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr)) {
        match self {
            From::Relation(_) => {}
            From::Query { query, .. } => query.for_each_expr(visit),
            From::Function { args, .. } => args.iter().for_each(visit),
            From::Join { left, right, on, .. } => {
                left.for_each_expr(visit);
                right.for_each_expr(visit);
                on.iter().for_each(visit);
            }
        }
    }
}
