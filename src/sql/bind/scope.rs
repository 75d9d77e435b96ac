//! What column names mean at a place in the statement (`parse_relation.c`).

use sqlparser::ast::Ident;

use super::Binder;
use super::modify::SYSTEM_COLUMNS;
use super::names::fold;
use super::outer_aggregate::CalledWithin;
use super::recursive::Recursion;
use super::window::NamedDefinition;
use crate::catalog::{Object, system};
use crate::sql::bound::{Expr, ExprKind, From, Relation, RelationId};
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// Set-returning functions of a query's expressions, and where they stand.
pub type Sets = Vec<(From, At)>;

/// The clause an expression stands in: says whether aggregates are allowed, and names the place in errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clause {
    Select,
    Having,
    OrderBy,
    Where,
    JoinOn,
    GroupBy,
    Limit,
    Offset,
    Values,
    /// The only row of an INSERT's VALUES, which is a SELECT list in all but name.
    OnlyRow,
    Set,
    MergeWhen,
    Returning,
    From,
    /// A LATERAL sub-query in FROM.
    FromQuery,
    Filter,
    Default,
    Check,
    /// GENERATED ALWAYS AS.
    Generated,
    Using,
    DistinctOn,
    /// PARTITION BY and ORDER BY of a window.
    Window,
    /// The offset of a frame of these units.
    Frame(&'static str),
    IndexPredicate,
    IndexExpression,
    /// Any expression over a table's row that is stored already.
    Row,
    /// EXECUTE's arguments.
    Execute,
}

impl Clause {
    /// As PostgreSQL's messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Clause::Select => "SELECT",
            Clause::Having => "HAVING",
            Clause::OrderBy => "ORDER BY",
            Clause::Where => "WHERE",
            Clause::JoinOn => "JOIN conditions",
            Clause::GroupBy => "GROUP BY",
            Clause::Limit => "LIMIT",
            Clause::Offset => "OFFSET",
            Clause::Values | Clause::OnlyRow => "VALUES",
            Clause::Set => "UPDATE",
            Clause::MergeWhen => "MERGE WHEN conditions",
            Clause::Returning => "RETURNING",
            Clause::From => "functions in FROM",
            Clause::FromQuery => "FROM clause of their own query level",
            Clause::Filter => "FILTER",
            Clause::Default => "DEFAULT expressions",
            Clause::Check => "check constraints",
            Clause::Generated => "column generation expressions",
            Clause::IndexPredicate => "index predicates",
            Clause::IndexExpression | Clause::Row => "index expressions",
            Clause::Execute => "EXECUTE parameters",
            Clause::DistinctOn => "DISTINCT ON",
            Clause::Window => "window definitions",
            Clause::Frame("ROWS") => "window ROWS",
            Clause::Frame("RANGE") => "window RANGE",
            Clause::Frame(_) => "window GROUPS",
            Clause::Using => "transform expressions",
        }
    }

    /// Whether what stands in it is stored with a table.
    pub fn is_stored(self) -> bool {
        matches!(
            self,
            Clause::Default
                | Clause::Check
                | Clause::Generated
                | Clause::IndexPredicate
                | Clause::IndexExpression
                | Clause::Row
        )
    }

    /// Whether it is FROM, of which all queries begin.
    pub fn is_from(self) -> bool {
        matches!(self, Clause::From | Clause::FromQuery)
    }

    pub fn allows_aggregates(self) -> bool {
        matches!(self, Clause::Select | Clause::Having | Clause::OrderBy | Clause::DistinctOn | Clause::Window)
    }
}

/// The system column that tools ask for most.
const TABLEOID: &str = "tableoid";

/// `FrozenTransactionId`.
const FROZEN: u32 = 2;

/// One query's names.
pub struct Scope {
    pub items: Vec<Item>,
    /// FROM entries that a LATERAL one may name: those bound so far.
    pub lateral: Vec<Item>,
    /// Set-returning functions in the SELECT list.
    pub sets: Sets,
    /// Those of them that are read when the query's groups are there.
    pub sets_above: Vec<RelationId>,
    /// WITH queries that are visible from here on in.
    pub withs: Vec<NamedQuery>,
    /// Names of WITH queries that are not bound yet.
    pub future: Vec<String>,
    /// WITH RECURSIVE queries in the making.
    pub recursions: Vec<Recursion>,
    pub clause: Clause,
    pub has_aggregates: bool,
    pub has_windows: bool,
    /// Of the WINDOW clause.
    pub windows: Vec<NamedDefinition>,
    /// Binding an aggregate's arguments.
    pub in_aggregate: bool,
    /// The aggregates that sub-queries call.
    pub called_within: Option<CalledWithin>,
}

/// A WITH query as a name to select from.
#[derive(Clone)]
pub struct NamedQuery {
    pub name: String,
    pub stored_name: String,
    pub columns: Vec<crate::sql::bound::RelationColumn>,
    /// Not so of a data-modifying one without RETURNING.
    pub returns: bool,
    /// How many of its last columns, those of SEARCH and CYCLE, a star shows beside the WITH alone, not in a query within.
    pub added: usize,
    /// `Binder::arms` beside the WITH.
    pub arms: usize,
}

/// An entry of a FROM list as names see it.
#[derive(Clone)]
pub struct Item {
    /// What qualifies its columns; `None` for a join without alias.
    pub name: Option<String>,
    pub schema: Option<String>,
    pub columns: Vec<Visible>,
    /// Its columns answer to their bare names. Those of tables under JOIN … USING don't: the join's do.
    pub unqualified: bool,
}

#[derive(Clone)]
pub struct Visible {
    pub name: String,
    pub expr: Expr,
}

impl Scope {
    pub fn new(clause: Clause) -> Scope {
        Scope {
            items: Vec::new(),
            lateral: Vec::new(),
            sets: Vec::new(),
            sets_above: Vec::new(),
            withs: Vec::new(),
            future: Vec::new(),
            recursions: Vec::new(),
            clause,
            has_aggregates: false,
            has_windows: false,
            windows: Vec::new(),
            in_aggregate: false,
            called_within: None,
        }
    }
}

impl Binder<'_> {
    /// Runs `bind` within a new scope.
    pub fn scoped<T>(
        &mut self,
        scope: Scope,
        bind: impl FnOnce(&mut Self) -> Result<T, PgError>,
    ) -> Result<T, PgError> {
        self.scopes.push(scope);
        let result = bind(self);
        self.scopes.pop();
        result
    }

    /// Runs `bind` for another clause of the innermost query.
    pub fn in_clause<T>(
        &mut self,
        clause: Clause,
        bind: impl FnOnce(&mut Self) -> Result<T, PgError>,
    ) -> Result<T, PgError> {
        let before = self.set_clause(clause);
        let result = bind(self);
        self.set_clause(before);
        result
    }

    fn set_clause(&mut self, clause: Clause) -> Clause {
        match self.scopes.last_mut() {
            Some(scope) => std::mem::replace(&mut scope.clause, clause),
            None => clause,
        }
    }

    pub fn clause(&self) -> Clause {
        self.scopes.last().map_or(Clause::Select, |scope| scope.clause)
    }

    /// The names that relation `id` gives to a FROM list.
    pub fn item(&self, id: RelationId, schema: Option<String>) -> Item {
        let relation = &self.relations[id];
        let column = |(index, column): (usize, &crate::sql::bound::RelationColumn)| Visible {
            name: column.name.clone(),
            expr: Expr {
                kind: ExprKind::Column { relation: id, column: index },
                ty: column.ty,
                typmod: column.typmod,
                domain: column.domain,
                at: At::NOWHERE,
            },
        };
        Item {
            name: Some(relation.name.clone()),
            schema,
            columns: relation.columns.iter().enumerate().map(column).collect(),
            unqualified: true,
        }
    }

    /// A bare column name, looked for from the innermost query outwards; `None` if there is none.
    pub fn find_column(&self, name: &str, at: At) -> Result<Option<Expr>, PgError> {
        for scope in self.scopes.iter().rev() {
            let items = scope.items.iter().filter(|item| item.unqualified);
            let mut found = items.flat_map(|item| item.columns.iter().filter(|column| column.name == name));
            if let Some(column) = found.next() {
                if found.next().is_some() {
                    return Err(self.ambiguous(name, at));
                }
                return Ok(Some(column.expr.clone().at(at)));
            }
            if let [item] = &scope.items[..]
                && let Some(expr) = self.system_column(item, name, at)?
            {
                return Ok(Some(expr.at(at)));
            }
        }
        Ok(None)
    }

    /// A system column of a FROM entry that is a table; NULL in a row that an outer join has made up. There is `tableoid`,
    /// and of PostgreSQL's own tables `xmin`: that of rows which everybody has always seen (`FrozenTransactionId`).
    /// Errors: 0A000 for the others.
    fn system_column(&self, item: &Item, name: &str, at: At) -> Result<Option<Expr>, PgError> {
        if !SYSTEM_COLUMNS.contains(&name) {
            return Ok(None);
        }
        let Some(first) = item.columns.first() else { return Ok(None) };
        let ExprKind::Column { relation, .. } = first.expr.kind else { return Ok(None) };
        let of = &self.relations[relation];
        let crate::sql::bound::Source::Table { oid, .. } = of.source else { return Ok(None) };
        if matches!(self.catalog.get(oid), Some(Object::View(_))) {
            return Ok(None);
        }
        let (value, ty) = match name {
            TABLEOID => (oid, Type::OID),
            "xmin" if system::is_table(oid) => (FROZEN, Type::XID),
            _ => return Err(self.unsupported(at, format!("the system column {name}"))),
        };
        let constant = Expr::constant(Value::Oid(value), ty);
        if !of.nullable {
            return Ok(Some(constant));
        }
        let sure = item.columns.iter().find(|visible| match visible.expr.kind {
            ExprKind::Column { relation, column } => self.relations[relation].columns[column].not_null,
            _ => false,
        });
        let Some(sure) = sure else { return Ok(None) };
        let missing = ExprKind::IsNull { operand: Box::new(sure.expr.clone()), negated: false };
        let whens = vec![(Expr::new(missing, Type::BOOL), Expr::null(ty))];
        Ok(Some(Expr::new(ExprKind::Case { operand: None, whens, otherwise: Some(Box::new(constant)) }, ty)))
    }

    pub fn is_of_function(&self, item: &Item) -> bool {
        item.columns.iter().all(|visible| match visible.expr.kind {
            ExprKind::Column { relation, .. } => {
                matches!(self.relations[relation].source, crate::sql::bound::Source::Function)
            }
            _ => false,
        })
    }

    fn ambiguous(&self, name: &str, at: At) -> PgError {
        self.error(at, SqlState::AMBIGUOUS_COLUMN, format!("column reference \"{name}\" is ambiguous"))
    }

    /// `column`.
    pub fn column(&mut self, ident: &Ident) -> Result<Expr, PgError> {
        let (name, at) = (fold(ident), At::from(ident.span));
        if let Some(expr) = self.find_column(&name, at)? {
            return Ok(expr);
        }
        if let Some(row) = self.whole_row(None, &name, at)? {
            return Ok(row);
        }
        self.refuse_reserved(ident)?;
        let error = self.error(at, SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist"));
        Err(match self.out_of_reach(&name).or_else(|| self.similar(None, &name)) {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }

    /// The hint for a column of a table of this statement that cannot be named here.
    fn out_of_reach(&self, column: &str) -> Option<String> {
        let has = |relation: &&Relation| relation.columns.iter().any(|other| other.name == column);
        let table = &self.relations_at_hand().find(has)?.name;
        Some(format!(
            "There is a column named \"{column}\" in table \"{table}\", but it cannot be referenced from this part of \
             the query."
        ))
    }

    /// The relations bound so far that belong to the queries being bound.
    fn relations_at_hand(&self) -> impl Iterator<Item = &Relation> {
        let depth = self.scopes.len();
        self.relations.iter().filter(move |relation| relation.depth <= depth && !relation.name.is_empty())
    }

    /// `table.column` or `schema.table.column`.
    pub fn qualified_column(&self, idents: &[Ident]) -> Result<Expr, PgError> {
        let at = idents.first().map_or(At::NOWHERE, |ident| ident.span.into());
        let (schema, table, column) = match idents {
            [table, column] => (None, fold(table), fold(column)),
            [schema, table, column] => (Some(fold(schema)), fold(table), fold(column)),
            [database, schema, table, column] => {
                if fold(database) != self.context.database {
                    let names: Vec<String> = idents.iter().map(fold).collect();
                    let message = format!("cross-database references are not implemented: {}", names.join("."));
                    return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
                }
                (Some(fold(schema)), fold(table), fold(column))
            }
            _ => {
                let names: Vec<String> = idents.iter().map(fold).collect();
                let message = format!("improper qualified name (too many dotted names): {}", names.join("."));
                return Err(self.error(at, SqlState::SYNTAX_ERROR, message));
            }
        };
        let Some(item) = self.find_item(schema.as_deref(), &table) else {
            if let Some(first) = idents.first() {
                self.refuse_reserved(first)?;
            }
            return Err(self.missing_from(&table, at));
        };
        let mut found = item.columns.iter().filter(|visible| visible.name == column);
        match (found.next(), found.next()) {
            (Some(visible), None) => Ok(visible.expr.clone().at(at)),
            (Some(_), Some(_)) => Err(self.ambiguous(&column, at)),
            (None, _) => {
                if let Some(expr) = self.system_column(item, &column, at)? {
                    return Ok(expr.at(at));
                }
                let message = format!("column {table}.{column} does not exist");
                let error = self.error(at, SqlState::UNDEFINED_COLUMN, message);
                Err(match self.similar(Some(&table), &column) {
                    Some(hint) => error.hint(hint),
                    None => error,
                })
            }
        }
    }

    /// The FROM entry of that name, innermost first.
    pub fn find_item(&self, schema: Option<&str>, name: &str) -> Option<&Item> {
        let schema = schema.map(|schema| self.meant(schema));
        self.scopes
            .iter()
            .rev()
            .flat_map(|scope| &scope.items)
            .find(|item| item.name.as_deref() == Some(name) && (schema.is_none() || item.schema.as_deref() == schema))
    }

    /// 42P01 for a qualifier that is no FROM entry.
    pub fn missing_from(&self, name: &str, at: At) -> PgError {
        // A table hidden by its alias is a common slip.
        let hidden = self.scopes.iter().rev().flat_map(|scope| &scope.items).find(|item| {
            let relation = item.columns.first().and_then(|column| match column.expr.kind {
                ExprKind::Column { relation, .. } => Some(relation),
                _ => None,
            });
            relation.is_some_and(|id| self.table_name(id) == Some(name) && self.relations[id].name != name)
        });
        match hidden.and_then(|item| item.name.as_ref()) {
            Some(alias) if alias != name => {
                let message = format!("invalid reference to FROM-clause entry for table \"{name}\"");
                let hint = format!("Perhaps you meant to reference the table alias \"{alias}\".");
                self.error(at, SqlState::UNDEFINED_TABLE, message).hint(hint)
            }
            _ if self.relations_at_hand().any(|relation| relation.name == name) => {
                let message = format!("invalid reference to FROM-clause entry for table \"{name}\"");
                let hint = format!(
                    "There is an entry for table \"{name}\", but it cannot be referenced from this part of the query."
                );
                self.error(at, SqlState::UNDEFINED_TABLE, message).hint(hint)
            }
            _ => {
                let message = format!("missing FROM-clause entry for table \"{name}\"");
                self.error(at, SqlState::UNDEFINED_TABLE, message)
            }
        }
    }

    /// The catalog's name of the table that a relation is.
    fn table_name(&self, id: RelationId) -> Option<&str> {
        match self.relations[id].source {
            crate::sql::bound::Source::Table { oid, .. } => self.catalog.get(oid).map(|object| object.name()),
            _ => None,
        }
    }

    /// PostgreSQL's hint for a misspelt column: the one nearest by edit distance, if near enough.
    fn similar(&self, table: Option<&str>, column: &str) -> Option<String> {
        // As in PostgreSQL: a distance of more than half the name, or more than 3 to begin with, is no hint.
        let limit = 3.min(column.chars().count() / 2);
        let mut best: Vec<(usize, String)> = Vec::new();
        for scope in self.scopes.iter().rev() {
            for item in &scope.items {
                let Some(name) = &item.name else { continue };
                let penalty = match table {
                    Some(table) if table != name => distance(table, name, 4),
                    _ => 0,
                };
                for visible in &item.columns {
                    let d = penalty + distance(column, &visible.name, 4);
                    if d <= limit || (visible.name == column && penalty > 0 && penalty <= 3) {
                        best.push((d, format!("{name}.{}", visible.name)));
                    }
                }
            }
        }
        let least = best.iter().map(|(d, _)| *d).min()?;
        let nearest: Vec<&String> = best.iter().filter(|(d, _)| *d == least).map(|(_, name)| name).collect();
        match nearest[..] {
            [one] => Some(format!("Perhaps you meant to reference the column \"{one}\".")),
            [one, two] => Some(format!("Perhaps you meant to reference the column \"{one}\" or the column \"{two}\".")),
            _ => None,
        }
    }
}

/// Levenshtein distance, as far as `limit` matters.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
