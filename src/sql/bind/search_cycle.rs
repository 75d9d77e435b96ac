//! SEARCH and CYCLE of a recursive WITH query (`rewriteSearchAndCycle`): columns that say in which order rows were found, and
//! that stop where a row has been met before.
//!
//! Rows of the columns named are written as one value whose bytes sort as the rows do ([`SEARCHED`] types alone): one behind
//! the other they are the way to a row. PostgreSQL's arrays of rows they stand for can be sorted by and told apart, but not
//! shown.

use sqlparser::ast;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan};

use super::Binder;
use super::polymorphic::type_argument;
use super::query::with_columns;
use crate::sql::amend::is;
use crate::sql::bound::{Body, Expr, ExprKind, From, Output, Query, RelationColumn, Select, Source};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// Types whose values can be written so that their bytes sort as they do.
const SEARCHED: &[Type] = &[
    Type::BOOL,
    Type::INT2,
    Type::INT4,
    Type::INT8,
    Type::OID,
    Type::FLOAT4,
    Type::FLOAT8,
    Type::NUMERIC,
    Type::TEXT,
    Type::VARCHAR,
    Type::BPCHAR,
    Type::NAME,
    Type::UUID,
    Type::DATE,
    Type::TIME,
    Type::TIMETZ,
    Type::TIMESTAMP,
    Type::TIMESTAMPTZ,
    Type::INTERVAL,
];

/// What stands behind a WITH query's parentheses.
pub struct SearchCycle {
    search: Option<Search>,
    cycle: Option<Cycle>,
}

struct Search {
    at: At,
    breadth: bool,
    columns: Vec<String>,
    sequence: String,
}

struct Cycle {
    at: At,
    columns: Vec<String>,
    mark: String,
    /// TO and DEFAULT.
    values: Option<(ast::Expr, ast::Expr)>,
    path: String,
}

/// How many tokens of SEARCH and CYCLE stand at the start of what follows a WITH query.
pub fn length(tokens: &[TokenWithSpan]) -> usize {
    let mut reader = Reader { tokens, at: 0 };
    let mut length = 0;
    if reader.search().is_some() {
        length = reader.at;
    }
    reader.at = length;
    if reader.cycle().is_some() {
        length = reader.at;
    }
    length
}

struct Reader<'t> {
    tokens: &'t [TokenWithSpan],
    at: usize,
}

impl Reader<'_> {
    fn word(&mut self, expected: &str) -> Option<At> {
        let token = self.tokens.get(self.at).filter(|token| is(token, expected))?;
        self.at += 1;
        Some(token.span.into())
    }

    fn name(&mut self) -> Option<String> {
        let Token::Word(word) = &self.tokens.get(self.at)?.token else { return None };
        self.at += 1;
        Some(if word.quote_style.is_some() { word.value.clone() } else { word.value.to_ascii_lowercase() })
    }

    fn names(&mut self) -> Option<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.tokens.get(self.at).is_some_and(|token| token.token == Token::Comma) {
            self.at += 1;
            names.push(self.name()?);
        }
        Some(names)
    }

    /// A constant of one token.
    fn constant(&mut self) -> Option<ast::Expr> {
        let token = self.tokens.get(self.at)?;
        let value = match &token.token {
            Token::Number(number, long) => ast::Value::Number(number.clone(), *long),
            Token::SingleQuotedString(text) => ast::Value::SingleQuotedString(text.clone()),
            Token::Word(_) if is(token, "true") => ast::Value::Boolean(true),
            Token::Word(_) if is(token, "false") => ast::Value::Boolean(false),
            Token::Word(_) if is(token, "null") => ast::Value::Null,
            _ => return None,
        };
        self.at += 1;
        Some(ast::Expr::Value(ast::ValueWithSpan { value, span: token.span }))
    }

    fn search(&mut self) -> Option<Search> {
        let at = self.word("search")?;
        let breadth = self.word("breadth").is_some();
        if !breadth {
            self.word("depth")?;
        }
        self.word("first")?;
        self.word("by")?;
        let columns = self.names()?;
        self.word("set")?;
        Some(Search { at, breadth, columns, sequence: self.name()? })
    }

    fn cycle(&mut self) -> Option<Cycle> {
        let at = self.word("cycle")?;
        let columns = self.names()?;
        self.word("set")?;
        let mark = self.name()?;
        let mut values = None;
        if self.word("to").is_some() {
            let value = self.constant()?;
            self.word("default")?;
            values = Some((value, self.constant()?));
        }
        self.word("using")?;
        Some(Cycle { at, columns, mark, values, path: self.name()? })
    }
}

/// What SEARCH and CYCLE keep: bytes that sort, and compare, as PostgreSQL's rows and arrays of rows do. No client can be told of it.
const RECORD: Type = Type(1);
const RECORDS: Type = Type(2);

impl Binder<'_> {
    /// SEARCH and CYCLE of a WITH query.
    pub fn search_cycle(&self, cte: &ast::Cte) -> Option<SearchCycle> {
        let end: Location = cte.closing_paren_token.0.span.start;
        let from = self.tokens().partition_point(|token| token.span.start <= end);
        let mut reader = Reader { tokens: &self.tokens()[from..], at: 0 };
        let search = reader.search();
        reader.at = if search.is_some() { reader.at } else { 0 };
        let cycle = reader.cycle();
        (search.is_some() || cycle.is_some()).then_some(SearchCycle { search, cycle })
    }

    /// 42601 for SEARCH or CYCLE of a query that is none of a recursion.
    pub fn refuse_search_cycle(&self, cte: &ast::Cte) -> Result<(), PgError> {
        match self.search_cycle(cte) {
            Some(_) => {
                let at = At::from(cte.alias.name.span);
                Err(self.error(at, SqlState::SYNTAX_ERROR, "WITH query is not recursive"))
            }
            None => Ok(()),
        }
    }

    /// The query may name the columns that are added, which are not there yet while it is bound: the names would mean something else.
    fn refuse_own_columns(&self, clauses: &SearchCycle, cte: &ast::Cte) -> Result<(), PgError> {
        let search = clauses.search.iter().map(|search| &search.sequence);
        let cycle = clauses.cycle.iter().flat_map(|cycle| [&cycle.mark, &cycle.path]);
        let added: Vec<&String> = search.chain(cycle).collect();
        let (start, end) = (cte.alias.name.span.end, cte.closing_paren_token.0.span.start);
        let within = self.tokens().iter().filter(|token| token.span.start >= start && token.span.start < end);
        let named = |token: &TokenWithSpan| match &token.token {
            Token::Word(word) if word.quote_style.is_some() => added.contains(&&word.value),
            Token::Word(word) => added.contains(&&word.value.to_ascii_lowercase()),
            _ => false,
        };
        match within.into_iter().find(|token| named(token)) {
            Some(token) => Err(self.unsupported(token.span.into(), "a column of SEARCH or CYCLE within the query")),
            None => Ok(()),
        }
    }

    /// Adds the columns to a recursive query, whose second term refers to itself by `stored_name`.
    pub fn add_search_cycle(
        &mut self,
        query: &mut Query,
        clauses: &SearchCycle,
        cte: &ast::Cte,
        stored_name: &str,
    ) -> Result<(), PgError> {
        let names: Vec<String> = with_columns(cte, query).into_iter().map(|column| column.name).collect();
        self.check_search_cycle(clauses, &names)?;
        self.refuse_own_columns(clauses, cte)?;
        let outputs = query.outputs.clone();
        let Body::SetOperation { left, right, .. } = &mut query.body else { return Err(not_recursive()) };
        let recursion = self.relations.iter().rposition(
            |relation| matches!(&relation.source, Source::With { stored_name: name } if name == stored_name),
        );
        let (Some(recursion), Body::Select(step)) = (recursion, &mut right.body) else { return Err(not_recursive()) };
        let relation = self.query_relation(left);
        let column = |relation: usize, index: usize, output: &Output| {
            let column = Expr::new(ExprKind::Column { relation, column: index }, output.ty);
            Expr { typmod: output.typmod, domain: output.domain, ..column }
        };
        let start: Vec<Expr> =
            outputs.iter().enumerate().map(|(index, output)| column(relation, index, output)).collect();
        let mut added: Vec<(Output, Expr, Expr)> = Vec::new();
        let width = outputs.len();
        let before =
            |added: &Vec<(Output, Expr, Expr)>, output: &Output| column(recursion, width + added.len(), output);
        if let Some(search) = &clauses.search {
            let [first, next] = self.search_keys(&[&start, &step.targets], &names, &search.columns, search.at)?;
            let ty = if search.breadth { RECORD } else { RECORDS };
            let output = Output::new(&search.sequence, ty);
            let previous = before(&added, &output);
            added.push(match search.breadth {
                true => {
                    let number =
                        |previous, key| Expr::call(Emission::Own("pg_search_breadth"), vec![previous, key], ty);
                    (output, number(Expr::null(ty), first), number(previous, next))
                }
                false => (output, first, append(previous, next)),
            });
        }
        if let Some(cycle) = &clauses.cycle {
            let [first, next] = self.search_keys(&[&start, &step.targets], &names, &cycle.columns, cycle.at)?;
            let (value, default) = match &cycle.values {
                Some((value, default)) => (self.expr(value)?, self.expr(default)?),
                None => {
                    let constant = |value| Expr::constant(Value::Bool(value), Type::BOOL);
                    (constant(true), constant(false))
                }
            };
            let (values, ty, _) = self.unify(vec![value, default], "CYCLE")?;
            let [value, default] = &values[..] else { return Err(not_recursive()) };
            let mark = Output::new(&cycle.mark, ty);
            let marked = before(&added, &mark);
            let path = Output::new(&cycle.path, RECORDS);
            let way = column(recursion, width + added.len() + 1, &path);
            let types = cycle.columns.iter().filter_map(|name| names.iter().position(|other| other == name));
            let types = types.map(|index| type_argument(outputs[index].ty));
            let args = [way.clone(), next.clone()].into_iter().chain(types).collect();
            let met = Expr::call(Emission::Own("pg_search_met"), args, Type::BOOL);
            let (whens, otherwise) = (vec![(met, value.clone())], Some(Box::new(default.clone())));
            let now = Expr::new(ExprKind::Case { operand: None, whens, otherwise }, ty);
            let goes_on = self.binary("<>", marked, value.clone(), |_| cycle.at)?;
            step.filter = Some(match step.filter.take() {
                Some(filter) => Expr::new(ExprKind::And(vec![filter, goes_on]), Type::BOOL),
                None => goes_on,
            });
            added.push((mark, default.clone(), now));
            added.push((path, first, append(way, next)));
        }
        let mut targets = start;
        for (index, (output, first, next)) in added.into_iter().enumerate() {
            self.relations[recursion].columns.push(RelationColumn {
                name: String::new(),
                stored_name: format!("c{}", width + index + 1),
                ty: output.ty,
                typmod: output.typmod,
                domain: 0,
                not_null: false,
                origin: None,
                collation: 0,
            });
            targets.push(first);
            step.targets.push(next);
            query.outputs.push(output.clone());
            right.outputs.push(output);
        }
        let inner = std::mem::replace(&mut **left, Query::plain(Body::Values(Vec::new()), Vec::new()));
        let from = Some(From::Query { relation, query: Box::new(inner) });
        **left = Query::of_select(Select { targets, from, ..Select::default() }, query.outputs.clone());
        Ok(())
    }

    fn check_search_cycle(&self, clauses: &SearchCycle, names: &[String]) -> Result<(), PgError> {
        let refused = |at: At, message: String| Err(self.error(at, SqlState::SYNTAX_ERROR, message));
        let mut new: Vec<(&str, &str, At)> = Vec::new();
        let mut listed: Vec<(&str, &[String], At)> = Vec::new();
        if let Some(search) = &clauses.search {
            listed.push(("search", &search.columns, search.at));
            new.push(("search sequence", &search.sequence, search.at));
        }
        if let Some(cycle) = &clauses.cycle {
            listed.push(("cycle", &cycle.columns, cycle.at));
            new.push(("cycle mark", &cycle.mark, cycle.at));
            new.push(("cycle path", &cycle.path, cycle.at));
        }
        for (what, columns, at) in listed {
            for (index, column) in columns.iter().enumerate() {
                if !names.contains(column) {
                    return refused(at, format!("{what} column \"{column}\" not in WITH query column list"));
                }
                if columns[..index].contains(column) {
                    let message = format!("{what} column \"{column}\" specified more than once");
                    return Err(self.error(at, SqlState::DUPLICATE_COLUMN, message));
                }
            }
        }
        for (index, (what, name, at)) in new.iter().enumerate() {
            if names.iter().any(|other| other == name) {
                return refused(*at, format!("{what} column name \"{name}\" already used in WITH query column list"));
            }
            if let Some((other, _, at)) = new[..index].iter().find(|(_, other, _)| other == name) {
                return refused(*at, format!("{other} column name and {what} column name are the same"));
            }
        }
        Ok(())
    }

    /// The columns' row as one value, of each term's.
    fn search_keys(
        &mut self,
        terms: &[&[Expr]; 2],
        names: &[String],
        columns: &[String],
        at: At,
    ) -> Result<[Expr; 2], PgError> {
        let mut keys = [Expr::null(RECORDS), Expr::null(RECORDS)];
        for (key, term) in keys.iter_mut().zip(terms) {
            let mut args = Vec::with_capacity(2 * columns.len());
            for name in columns {
                let place = names.iter().position(|other| other == name);
                let Some(value) = place.and_then(|place| term.get(place)) else { return Err(not_recursive()) };
                if !SEARCHED.contains(&value.ty) {
                    return Err(self.unsupported(at, format!("SEARCH or CYCLE by type {}", value.ty)));
                }
                if value.is_volatile() {
                    return Err(self.unsupported(at, "SEARCH or CYCLE by a volatile value"));
                }
                args.push(self.copy(value)?);
                args.push(type_argument(value.ty));
            }
            *key = Expr::call(Emission::Own("pg_search_key"), args, RECORDS);
        }
        Ok(keys)
    }
}

fn not_recursive() -> PgError {
    PgError::unsupported("SEARCH or CYCLE of this query")
}

fn append(path: Expr, key: Expr) -> Expr {
    Expr::call(Emission::Own("pg_search_append"), vec![path, key], RECORDS)
}
