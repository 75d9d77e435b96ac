//! FROM: tables, sub-queries and joins (`parse_clause.c`).

use std::borrow::Cow;

use sqlparser::ast::{self, Join, JoinConstraint, JoinOperator, TableAlias, TableFactor, TableWithJoins};

use super::Binder;
use super::collation::typcollation;
use super::names::{Qualified, fold};
use super::query::is_volatile;
use super::scope::{Clause, Item, NamedQuery, Scope, Visible};
use super::table_function::{TableCall, may_be_lateral};
use crate::catalog::{Object, Table, system};
use crate::sql::bound::{Expr, ExprKind, From, JoinKind, Query, Relation, RelationColumn, RelationId, Source};
use crate::sql::emission::Emission;
use crate::sql::text::At;
use crate::types::{PgError, SqlState, Type, Value};

/// Tables in one join: SQLite's own limit.
const MAX_JOINED: usize = 64;

/// A FROM entry bound: what it yields, and the names it gives.
pub struct Entry {
    pub from: From,
    pub items: Vec<Item>,
}

impl Binder<'_> {
    /// A comma list.
    pub fn range_table(&mut self, list: &[TableWithJoins]) -> Result<Option<Entry>, PgError> {
        let mut all: Option<Entry> = None;
        for table in list {
            if may_have_lateral(table)
                && let Some(left) = &all
            {
                self.set_lateral(left.items.clone());
            }
            let entry = self.table_with_joins(table)?;
            self.set_lateral(Vec::new());
            all = Some(match all {
                None => entry,
                Some(left) => {
                    refuse_too_many(&left.from, &entry.from)?;
                    let items = self.merge_items(left.items, entry.items)?;
                    Entry { from: cross(left.from, entry.from), items }
                }
            });
        }
        Ok(all)
    }

    pub fn table_with_joins(&mut self, table: &TableWithJoins) -> Result<Entry, PgError> {
        let mut left = self.table_factor(&table.relation)?;
        for join in &table.joins {
            left = self.join(left, join)?;
        }
        Ok(left)
    }

    fn table_factor(&mut self, factor: &TableFactor) -> Result<Entry, PgError> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.named_table(&self.qualified(name)?, alias.as_ref())
            }
            TableFactor::Table { name, args: Some(args), alias, with_ordinality, sample: None, .. } => {
                let name = self.qualified(name)?;
                let args = self.table_arguments(&name, &args.args)?;
                self.table_function(TableCall { name, args, alias: alias.as_ref(), ordinality: *with_ordinality })
            }
            TableFactor::Function { name, args, alias, with_ordinality, .. } => {
                let name = self.qualified(name)?;
                let args = self.table_arguments(&name, args)?;
                self.table_function(TableCall { name, args, alias: alias.as_ref(), ordinality: *with_ordinality })
            }
            TableFactor::Table { name, sample: Some(_), .. } => {
                Err(self.unsupported(self.qualified(name)?.at, "TABLESAMPLE"))
            }
            TableFactor::Derived { lateral, subquery, alias, sample: None } => {
                let Some(alias) = alias else {
                    let (what, example) = match &*subquery.body {
                        ast::SetExpr::Values(_) => ("VALUES", "VALUES"),
                        _ => ("subquery", "SELECT"),
                    };
                    let message = format!("{what} in FROM must have an alias");
                    let error = self.error(self.subquery_at(subquery), SqlState::SYNTAX_ERROR, message);
                    return Err(error.hint(format!("For example, FROM ({example} ...) [AS] foo.")));
                };
                if *lateral { self.lateral_query(subquery, alias) } else { self.derived(subquery, alias) }
            }
            TableFactor::NestedJoin { table_with_joins, alias } => {
                let entry = self.table_with_joins(table_with_joins)?;
                match alias {
                    None => Ok(entry),
                    Some(alias) => self.aliased_join(entry, alias),
                }
            }
            TableFactor::UNNEST { alias, array_exprs, with_offset: false, with_ordinality, .. } => {
                let name = Qualified { schema: None, name: "unnest".to_owned(), at: self.word("unnest") };
                let args = array_exprs.iter().map(Cow::Borrowed).collect();
                self.table_function(TableCall { name, args, alias: alias.as_ref(), ordinality: *with_ordinality })
            }
            _ => Err(PgError::unsupported("this kind of FROM entry")),
        }
    }

    fn named_table(&mut self, name: &Qualified, alias: Option<&TableAlias>) -> Result<Entry, PgError> {
        if name.schema.is_none() {
            self.refer_to_recursion(&name.name, name.at)?;
        }
        if name.schema.is_none()
            && let Some(named) = self.find_with(&name.name)
        {
            // The WITH's own scope, and that of the SELECT beside it.
            let beside = self.scopes.len().saturating_sub(2);
            let nested =
                !self.scopes[beside..].iter().any(|scope| scope.withs.iter().any(|with| with.name == name.name));
            if !named.returns {
                let message = format!("WITH query \"{}\" does not have a RETURNING clause", named.name);
                return Err(self.error(name.at, SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            let relation = Relation {
                name: named.name,
                source: Source::With { stored_name: named.stored_name },
                columns: named.columns,
                depth: self.query_depth(),
                nullable: false,
                keys: Vec::new(),
            };
            if named.added > 0 && (nested || self.arms > named.arms) {
                self.unexpanded.insert(self.relations.len(), relation.columns.len() - named.added);
            }
            return self.relation_entry(relation, alias, None);
        }
        if let Some(system) = self.find_system(name) {
            return self.system_relation(system, name, alias);
        }
        if let Some(Object::View(view)) = self.find_relation(name) {
            return self.view_entry(view.oid, alias);
        }
        if let Some(Object::Sequence(sequence)) = self.find_relation(name) {
            self.refuse_others(&sequence.schema)?;
            return self.sequence_entry(sequence.oid, alias);
        }
        let table = self.find_table(name)?;
        let (schema, oid) = (table.schema.clone(), table.oid);
        let last = table.last_attnum();
        let unpopulated = table.materialized.as_ref().filter(|of| !of.populated).map(|of| of.view.name.clone());
        let mut relation = table_relation(table, self.query_depth());
        self.look_up_keys(table, &mut relation);
        self.unpopulated = self.unpopulated.take().or(unpopulated);
        self.hide_from_view(&mut relation, oid);
        self.note_relation(oid, last);
        self.relation_entry(relation, alias, Some(schema))
    }

    fn system_relation(
        &mut self,
        system: &'static system::Relation,
        name: &Qualified,
        alias: Option<&TableAlias>,
    ) -> Result<Entry, PgError> {
        if !system.is_there() {
            return Err(self.no_relation(name));
        }
        if system.name == "pg_sequences" {
            return self.sequences_entry(system, alias);
        }
        let relation = self.catalog_relation(system);
        self.relation_entry(relation, alias, Some(system.schema.to_owned()))
    }

    pub fn catalog_relation(&mut self, system: &'static system::Relation) -> Relation {
        self.of_session |= system.is_own();
        self.of_sessions |= system.is_of_sessions();
        Relation { depth: self.query_depth(), ..catalog_relation(system) }
    }

    pub fn find_with(&self, name: &str) -> Option<NamedQuery> {
        let all = self.scopes.iter().rev().flat_map(|scope| scope.withs.iter().rev());
        all.into_iter().find(|with| with.name == name).cloned()
    }

    /// How many queries enclose the one being bound.
    pub fn query_depth(&self) -> usize {
        self.scopes.len()
    }

    pub fn relation_entry(
        &mut self,
        mut relation: Relation,
        alias: Option<&TableAlias>,
        schema: Option<String>,
    ) -> Result<Entry, PgError> {
        let mut schema = schema;
        if let Some(alias) = alias {
            self.rename(&mut relation, alias)?;
            schema = None;
        }
        let id = self.relations.len();
        for column in &mut relation.columns {
            if column.ty.relation().is_some() {
                column.typmod = self.row_typmod(column.ty);
            }
        }
        self.relations.push(relation);
        Ok(Entry { from: From::Relation(id), items: vec![self.item(id, schema)] })
    }

    /// Applies `AS alias (column, …)`.
    pub fn rename(&self, relation: &mut Relation, alias: &TableAlias) -> Result<(), PgError> {
        relation.name = self.alias_name(alias)?;
        if alias.columns.len() > relation.columns.len() {
            let message = format!(
                "table \"{}\" has {} columns available but {} columns specified",
                relation.name,
                relation.columns.len(),
                alias.columns.len()
            );
            return Err(PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        for (column, renamed) in relation.columns.iter_mut().zip(&alias.columns) {
            if renamed.data_type.is_some() {
                return Err(self.unsupported(renamed.name.span.into(), "a column definition list"));
            }
            column.name = fold(&renamed.name);
        }
        Ok(())
    }

    pub fn alias_name(&self, alias: &TableAlias) -> Result<String, PgError> {
        if alias.name.quote_style == Some('\'') || alias.at.is_some() {
            let at = At::from(alias.name.span).or(self.string(&alias.name.value));
            return Err(self.syntax_error(at, &format!("'{}'", alias.name.value)));
        }
        self.new_name(&alias.name)
    }

    fn derived(&mut self, subquery: &ast::Query, alias: &TableAlias) -> Result<Entry, PgError> {
        let name = self.alias_name(alias)?;
        let mut query = self.deeper(1, |binder| binder.query(subquery))?;
        keep_apart(&mut query);
        let mut relation = Relation {
            name,
            source: Source::Query,
            columns: query_columns(&query),
            depth: self.query_depth(),
            nullable: false,
            keys: Vec::new(),
        };
        self.rename(&mut relation, alias)?;
        let id = self.relations.len();
        self.relations.push(relation);
        let from = From::Query { relation: id, query: Box::new(query) };
        Ok(Entry { from, items: vec![self.item(id, None)] })
    }

    /// A bound query as a relation without name: for steps that PostgreSQL takes on a query's result.
    pub fn query_relation(&mut self, query: &Query) -> RelationId {
        self.relations.push(Relation {
            name: String::new(),
            source: Source::Query,
            columns: query_columns(query),
            depth: self.query_depth(),
            nullable: false,
            keys: Vec::new(),
        });
        self.relations.len() - 1
    }

    /// `(a JOIN b …) AS alias`: one name for all columns.
    fn aliased_join(&mut self, entry: Entry, alias: &TableAlias) -> Result<Entry, PgError> {
        let name = self.alias_name(alias)?;
        let mut columns: Vec<Visible> =
            entry.items.into_iter().filter(|item| item.unqualified).flat_map(|item| item.columns).collect();
        if alias.columns.len() > columns.len() {
            let message = format!(
                "table \"{name}\" has {} columns available but {} columns specified",
                columns.len(),
                alias.columns.len()
            );
            return Err(PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message));
        }
        for (column, renamed) in columns.iter_mut().zip(&alias.columns) {
            column.name = fold(&renamed.name);
        }
        let item = Item { name: Some(name), schema: None, columns, unqualified: true };
        Ok(Entry { from: entry.from, items: vec![item] })
    }

    /// Both sides' names; the same one twice is an error.
    pub fn merge_items(&self, mut left: Vec<Item>, right: Vec<Item>) -> Result<Vec<Item>, PgError> {
        for item in &right {
            let clash = |other: &&Item| {
                item.name.is_some()
                    && other.name == item.name
                    && (other.schema == item.schema || other.schema.is_none() || item.schema.is_none())
            };
            if let Some(clash) = left.iter().find(clash) {
                let name = clash.name.as_deref().unwrap_or_default();
                let message = format!("table name \"{name}\" specified more than once");
                return Err(PgError::new(SqlState::DUPLICATE_ALIAS, message));
            }
        }
        left.extend(right);
        Ok(left)
    }

    fn join(&mut self, left: Entry, join: &Join) -> Result<Entry, PgError> {
        let none = JoinConstraint::None;
        let (kind, constraint, cross_join) = match &join.join_operator {
            JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (JoinKind::Inner, constraint, false),
            JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => (JoinKind::Left, constraint, false),
            JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => {
                (JoinKind::Right, constraint, false)
            }
            JoinOperator::FullOuter(constraint) => (JoinKind::Full, constraint, false),
            JoinOperator::CrossJoin(JoinConstraint::None) => (JoinKind::Inner, &none, true),
            _ => return Err(PgError::unsupported("this kind of join")),
        };
        let lateral = may_be_lateral(&join.relation);
        let before = lateral.then(|| self.add_lateral(&left.items));
        let right = self.table_factor(&join.relation)?;
        if let Some(before) = before {
            self.keep_lateral(before);
        }
        if lateral && matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.check_lateral(&left.from, &right.from)?;
        }
        if matches!(kind, JoinKind::Right | JoinKind::Full) {
            self.mark_nullable(&left.from);
        }
        if matches!(kind, JoinKind::Left | JoinKind::Full) {
            self.mark_nullable(&right.from);
        }
        refuse_too_many(&left.from, &right.from)?;
        let (from, right_from) = (left.from, right.from);
        let (items, on) = match constraint {
            JoinConstraint::On(condition) => {
                let items = self.merge_items(left.items, right.items)?;
                let (items, on) = self.join_condition(items, condition)?;
                (items, Some(on))
            }
            JoinConstraint::Using(columns) => {
                let names: Vec<(String, At)> = columns
                    .iter()
                    .map(|name| self.qualified(name).map(|name| (name.name, name.at)))
                    .collect::<Result<_, _>>()?;
                self.join_using(kind, left.items, right.items, &names)?
            }
            JoinConstraint::Natural => {
                let names = common_columns(&left.items, &right.items);
                self.join_using(kind, left.items, right.items, &names)?
            }
            JoinConstraint::None if cross_join => (self.merge_items(left.items, right.items)?, None),
            JoinConstraint::None => {
                use sqlparser::ast::Spanned;
                let last = At::from(join.relation.span());
                return Err(self.syntax_error_behind(last));
            }
        };
        let from = match on {
            None if kind == JoinKind::Inner => cross(from, right_from),
            on => From::Join { kind, left: Box::new(from), right: Box::new(right_from), on },
        };
        Ok(Entry { from, items })
    }

    /// ON sees both sides, and the queries around.
    fn join_condition(&mut self, items: Vec<Item>, condition: &ast::Expr) -> Result<(Vec<Item>, Expr), PgError> {
        // The condition stands in the query whose FROM this is: its relations are of that depth.
        let scope = self.scopes.pop();
        let mut inner = Scope::new(Clause::JoinOn);
        inner.items = items;
        if let Some(scope) = &scope {
            inner.withs = scope.withs.clone();
        }
        self.scopes.push(inner);
        let on = self.expr(condition).and_then(|on| self.boolean(on, "JOIN/ON"));
        let items = self.scopes.pop().map(|scope| scope.items).unwrap_or_default();
        self.scopes.extend(scope);
        Ok((items, on?))
    }

    /// JOIN … USING: each pair is compared, and becomes one column of the join.
    fn join_using(
        &mut self,
        kind: JoinKind,
        left: Vec<Item>,
        right: Vec<Item>,
        names: &[(String, At)],
    ) -> Result<(Vec<Item>, Option<Expr>), PgError> {
        let mut conditions = Vec::new();
        let mut merged = Vec::new();
        for (index, (name, at)) in names.iter().enumerate() {
            if names[..index].iter().any(|(other, _)| other == name) {
                let message = format!("column name \"{name}\" appears more than once in USING clause");
                return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
            }
            let left_column = self.using_column(&left, name, "left", *at)?;
            let right_column = self.using_column(&right, name, "right", *at)?;
            let types = [(left_column.ty, At::NOWHERE), (right_column.ty, At::NOWHERE)];
            let ty = self.common_type(&types, "JOIN/USING")?;
            let condition = self.binary("=", left_column.clone(), right_column.clone(), |_| *at)?;
            conditions.push(condition);
            let typmod = if left_column.typmod == right_column.typmod { left_column.typmod } else { -1 };
            let domain = if left_column.domain == right_column.domain { left_column.domain } else { 0 };
            // Where both are there, the one is shown that is of the common type already (`buildMergedJoinVar`).
            let as_it_is = |column: &Expr| column.ty == ty && column.typmod == typmod;
            let right_is_shown = !as_it_is(&left_column) && as_it_is(&right_column);
            let left_column = self.coerce_to_common(left_column, ty, "JOIN/USING")?;
            let right_column = self.coerce_to_common(right_column, ty, "JOIN/USING")?;
            let mut expr = match kind {
                JoinKind::Inner if right_is_shown => right_column,
                JoinKind::Inner | JoinKind::Left => left_column,
                JoinKind::Right => right_column,
                JoinKind::Full => Expr::call(Emission::Builtin("coalesce"), vec![left_column, right_column], ty),
            };
            (expr.typmod, expr.domain) = (typmod, domain);
            merged.push(Visible { name: name.clone(), expr });
        }
        let rest = |items: &[Item]| {
            let columns = items.iter().filter(|item| item.unqualified).flat_map(|item| item.columns.clone());
            columns.filter(|column| !names.iter().any(|(name, _)| *name == column.name)).collect::<Vec<_>>()
        };
        merged.extend(rest(&left));
        merged.extend(rest(&right));
        let mut items = self.merge_items(left, right)?;
        for item in &mut items {
            item.unqualified = false;
        }
        items.push(Item { name: None, schema: None, columns: merged, unqualified: true });
        let on = match conditions.len() {
            0 => None,
            1 => conditions.pop(),
            _ => Some(Expr::new(ExprKind::And(conditions), Type::BOOL)),
        };
        Ok((items, on))
    }

    fn using_column(&self, items: &[Item], name: &str, side: &str, at: At) -> Result<Expr, PgError> {
        let columns = items.iter().filter(|item| item.unqualified).flat_map(|item| &item.columns);
        let mut found = columns.filter(|column| column.name == name);
        match (found.next(), found.next()) {
            (Some(column), None) => Ok(column.expr.clone().at(at)),
            (Some(_), Some(_)) => {
                let message = format!("common column name \"{name}\" appears more than once in {side} table");
                Err(PgError::new(SqlState::AMBIGUOUS_COLUMN, message))
            }
            (None, _) => {
                let message = format!("column \"{name}\" specified in USING clause does not exist in {side} table");
                Err(PgError::new(SqlState::UNDEFINED_COLUMN, message))
            }
        }
    }

    fn set_lateral(&mut self, items: Vec<Item>) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.lateral = items;
        }
    }

    /// Makes more entries visible to lateral ones; returns how many were.
    fn add_lateral(&mut self, items: &[Item]) -> usize {
        let Some(scope) = self.scopes.last_mut() else { return 0 };
        let before = scope.lateral.len();
        scope.lateral.extend_from_slice(items);
        before
    }

    fn keep_lateral(&mut self, count: usize) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.lateral.truncate(count);
        }
    }

    pub fn mark_nullable(&mut self, from: &From) {
        match from {
            From::Relation(id) | From::Query { relation: id, .. } | From::Function { relation: id, .. } => {
                self.relations[*id].nullable = true;
            }
            From::Join { left, right, .. } => {
                self.mark_nullable(left);
                self.mark_nullable(right);
            }
        }
    }
}

/// SQLite would write a volatile query's expressions wherever its columns are named, and evaluate them as often. It
/// leaves a query with an OFFSET as it is.
pub fn keep_apart(query: &mut Query) {
    if is_volatile(query) && query.offset.is_none() {
        query.offset = Some(Expr::constant(Value::Int8(0), Type::INT8));
    }
}

/// One of PostgreSQL's own relations.
pub fn catalog_relation(system: &system::Relation) -> Relation {
    let column = |(column, number): (&system::Column, i16)| RelationColumn {
        name: column.name.to_owned(),
        stored_name: column.name.to_owned(),
        ty: column.ty,
        typmod: column.typmod,
        domain: 0,
        not_null: column.not_null,
        origin: Some((system.oid, number)),
        collation: system::catalog_collation(system, column.ty),
    };
    Relation {
        name: system.name.to_owned(),
        source: Source::Table { oid: system.oid, stored_name: system.stored_name.clone() },
        columns: system.columns.iter().zip(1..).map(column).collect(),
        depth: 0,
        nullable: false,
        keys: Vec::new(),
    }
}

/// A table's columns as a relation, named as the table.
pub fn table_relation(table: &Table, depth: usize) -> Relation {
    let column = |column: &crate::catalog::Column| RelationColumn {
        name: column.name.clone(),
        stored_name: column.stored_name.clone(),
        ty: column.ty,
        typmod: column.typmod,
        domain: column.domain,
        not_null: column.not_null,
        origin: Some((table.oid, column.attnum)),
        collation: match (&column.collation, column.domain) {
            (Some(name), _) => system::collation_named(name).unwrap_or(0),
            (None, 0) => typcollation(column.ty),
            (None, _) => 0,
        },
    };
    Relation {
        name: table.name.clone(),
        source: Source::Table { oid: table.oid, stored_name: table.stored_name.clone() },
        columns: table.columns.iter().map(column).collect(),
        depth,
        nullable: false,
        keys: table.keys.iter().map(super::keys::relation_key).collect(),
    }
}

/// A query's outputs as columns, named as the emitter names them.
pub fn query_columns(query: &Query) -> Vec<RelationColumn> {
    let prefix = if crate::sql::emit::leftmost_is_values(query) { "column" } else { "c" };
    let column = |(index, output): (usize, &crate::sql::bound::Output)| RelationColumn {
        name: output.name.clone(),
        stored_name: format!("{prefix}{}", index + 1),
        ty: output.ty,
        typmod: output.typmod,
        domain: output.domain,
        not_null: false,
        origin: output.origin,
        collation: output.collation,
    };
    query.outputs.iter().enumerate().map(column).collect()
}

/// Column names both sides have, in the left side's order.
fn common_columns(left: &[Item], right: &[Item]) -> Vec<(String, At)> {
    let columns = |items: &[Item]| {
        let all = items.iter().filter(|item| item.unqualified).flat_map(|item| &item.columns);
        all.map(|column| column.name.clone()).collect::<Vec<_>>()
    };
    let right = columns(right);
    columns(left).into_iter().filter(|name| right.contains(name)).map(|name| (name, At::NOWHERE)).collect()
}

fn may_have_lateral(table: &TableWithJoins) -> bool {
    may_be_lateral(&table.relation) || table.joins.iter().any(|join| may_be_lateral(&join.relation))
}

/// As many tables as SQLite joins.
pub fn refuse_too_many(left: &From, right: &From) -> Result<(), PgError> {
    fn tables(from: &From) -> usize {
        match from {
            From::Relation(_) | From::Query { .. } | From::Function { .. } => 1,
            From::Join { left, right, .. } => tables(left) + tables(right),
        }
    }
    if tables(left) + tables(right) > MAX_JOINED {
        return Err(PgError::unsupported(format!("a join of more than {MAX_JOINED} tables")));
    }
    Ok(())
}

/// `left × right`. A chain of inner and left joins on the right is hung under it without parentheses, which
/// SQLite would make a sub-query of: `a × (b ⟕ c)` is `(a × b) ⟕ c`.
pub fn cross(left: From, right: From) -> From {
    match right {
        From::Join { kind: kind @ (JoinKind::Inner | JoinKind::Left), left: first, right, on } => {
            From::Join { kind, left: Box::new(cross(left, *first)), right, on }
        }
        right => From::Join { kind: JoinKind::Inner, left: Box::new(left), right: Box::new(right), on: None },
    }
}
