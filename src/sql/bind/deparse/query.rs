//! Reads a view's query anew, with every name resolved, for printing.

use std::borrow::Cow;
use std::collections::HashMap;

use sqlparser::ast::{self, Distinct, JoinConstraint, JoinOperator, SelectItem, SetExpr, TableAlias, TableFactor};

use super::named::{has_named, values};
use super::node::{Body, From, Item, Named, Node, Over, Query, Select, Side, Sort, SubLink, Target, Window, With};
use super::{Deparser, Part, unknown};
use crate::catalog::Object;
use crate::catalog::system::relation_name;
use crate::sql::amend::grouped_by;
use crate::sql::bind::names::fold;
use crate::sql::bind::query::{Tail, bare, order_items};
use crate::sql::bind::scope::{Clause, Scope};
use crate::sql::bound::{Expr, ExprKind, RelationId, Source};
use crate::sql::fetch_first::limit_has_number;
use crate::sql::text::At;
use crate::types::identifier::{qualified, quote_ident};
use crate::types::{PgError, Type};

/// What is called otherwise from now on: a relation, or one of its columns.
pub struct Renaming<'r> {
    pub oid: u32,
    pub schema: &'r str,
    pub name: &'r str,
    /// A column's attnum and new name.
    pub column: Option<(i16, &'r str)>,
}

/// The names of the relations of a view's query.
pub struct Names<'r> {
    /// What qualifies a relation's columns.
    qualifiers: HashMap<RelationId, String>,
    /// Names in use, outermost query first, each with how often a number was put behind it.
    used: Vec<HashMap<String, usize>>,
    /// All relations are written with their schemas, and this one otherwise.
    renaming: Option<&'r Renaming<'r>>,
}

impl<'r> Names<'r> {
    pub fn new(renaming: Option<&'r Renaming<'r>>) -> Names<'r> {
        // The two that rules know of.
        let used = HashMap::from([("old".to_owned(), 0), ("new".to_owned(), 0)]);
        Names { qualifiers: HashMap::new(), used: vec![used], renaming }
    }

    /// A name that no other relation in sight has (`set_rtable_names`).
    fn unique(&mut self, name: String) -> String {
        let taken = |used: &[HashMap<String, usize>], name: &str| used.iter().any(|names| names.contains_key(name));
        let mut chosen = name.clone();
        if taken(&self.used, &name) {
            let mut number = self.used.last().and_then(|names| names.get(&name)).copied().unwrap_or(0);
            while taken(&self.used, &chosen) {
                number += 1;
                chosen = format!("{name}_{number}");
            }
            if let Some(names) = self.used.last_mut() {
                names.insert(name, number);
            }
        }
        if let Some(names) = self.used.last_mut() {
            names.insert(chosen.clone(), 0);
        }
        chosen
    }
}

/// A query with what its columns are.
pub struct Read {
    pub query: Query,
    pub columns: Vec<(String, Type)>,
}

/// A SELECT itself, what it is sorted by, and its columns.
type SelectParts = (Select, Vec<Sort>, Vec<(String, Type)>);

impl Deparser<'_, '_, '_> {
    /// A query; where its outputs are of unknown type, they become these, or text.
    pub fn query(&mut self, query: &ast::Query, wanted: Option<&[Type]>) -> Result<Read, PgError> {
        if !query.locks.is_empty() {
            return Err(unknown());
        }
        let clause = self.binder.clause();
        self.in_scope(Scope::new(clause), |deparser| {
            let bound = query.with.as_ref().map(|with| deparser.binder.with(with)).transpose()?;
            let tail = deparser.binder.tail(query)?;
            let mut read = deparser.body_with_tail(&query.body, tail, query, wanted)?;
            // The names of this query's own relations come first.
            if let (Some(with), Some(bound)) = (&query.with, bound) {
                let with = deparser.with(with, &bound)?;
                match read.query.with {
                    None => read.query.with = Some(with),
                    Some(_) => return Err(unknown()),
                }
            }
            Ok(read)
        })
    }

    fn in_scope<T>(&mut self, scope: Scope, read: impl FnOnce(&mut Self) -> Result<T, PgError>) -> Result<T, PgError> {
        self.binder.scopes.push(scope);
        let result = read(self);
        self.binder.scopes.pop();
        result
    }

    fn with(&mut self, with: &ast::With, bound: &[crate::sql::bound::With]) -> Result<With, PgError> {
        // SEARCH and CYCLE are not in the tree, and what is bound stands in another order if it must.
        let searches = with.cte_tables.iter().any(|cte| self.binder.search_cycle(cte).is_some());
        if bound.len() != with.cte_tables.len() || searches || !self.binder.with_order(with)?.is_sorted() {
            return Err(unknown());
        }
        let count = with.cte_tables.len();
        let mut queries = Vec::new();
        for (index, cte) in with.cte_tables.iter().enumerate() {
            // Without RECURSIVE each sees those before it.
            let later = match self.binder.scopes.last_mut() {
                Some(scope) if !with.recursive && scope.withs.len() >= count => {
                    let first = scope.withs.len() - count;
                    scope.withs.split_off(first + index)
                }
                _ => Vec::new(),
            };
            self.names_within();
            let types: Vec<Type> = bound[index].query.outputs.iter().map(|output| output.ty).collect();
            let read = self.query(&cte.query, Some(&types));
            self.names_without();
            if let Some(scope) = self.binder.scopes.last_mut() {
                scope.withs.extend(later);
            }
            queries.push(Named {
                name: fold(&cte.alias.name),
                columns: cte.alias.columns.iter().map(|column| fold(&column.name)).collect(),
                materialized: match &cte.materialized {
                    None => None,
                    Some(ast::CteAsMaterialized::Materialized) => Some(true),
                    Some(ast::CteAsMaterialized::NotMaterialized) => Some(false),
                },
                query: read?.query,
            });
        }
        Ok(With { recursive: with.recursive, queries })
    }

    fn names_within(&mut self) {
        if let Some(names) = &mut self.names {
            names.used.push(HashMap::new());
        }
    }

    fn names_without(&mut self) {
        if let Some(names) = &mut self.names {
            names.used.pop();
        }
    }

    fn body_with_tail(
        &mut self,
        body: &SetExpr,
        tail: Tail,
        query: &ast::Query,
        wanted: Option<&[Type]>,
    ) -> Result<Read, PgError> {
        if let SetExpr::Query(inner) = body {
            let bare = tail.order_by.is_none() && query.limit_clause.is_none() && query.fetch.is_none();
            return if bare { self.query(inner, wanted) } else { Err(unknown()) };
        }
        if let SetExpr::Select(select) = body {
            return self.select(select, tail, query, wanted);
        }
        let (body, columns) = self.body(body, wanted)?;
        let mut order_by = Vec::new();
        for item in order_items(self.binder, tail.order_by)? {
            let position = match &item.expr {
                ast::Expr::Identifier(ident) => columns.iter().position(|(name, _)| *name == fold(ident)),
                ast::Expr::Value(value) => match &value.value {
                    ast::Value::Number(text, _) => text.parse::<usize>().ok().and_then(|number| number.checked_sub(1)),
                    _ => None,
                },
                _ => None,
            };
            let key = Node::Word((position.ok_or_else(unknown)? + 1).to_string());
            order_by.push(self.sort(key, item)?);
        }
        let (limit, offset) = self.limits(query)?;
        Ok(Read { query: Query { with: None, body, order_by, offset, limit, ties: tail.ties }, columns })
    }

    fn limits(&mut self, query: &ast::Query) -> Result<(Option<Node>, Option<Node>), PgError> {
        let (mut limit, mut offset) = match &query.limit_clause {
            Some(ast::LimitClause::LimitOffset { limit, offset, .. }) => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            _ => (None, None),
        };
        if let Some(fetch) = &query.fetch {
            match &fetch.quantity {
                Some(_) if limit_has_number(fetch) => {}
                Some(quantity) => limit = Some(quantity),
                None => {
                    let offset = offset.take().map(|offset| self.count(offset)).transpose()?;
                    return Ok((Some(Node::Word("1".to_owned())), offset));
                }
            }
        }
        let limit = limit.map(|limit| self.count(limit)).transpose()?;
        Ok((limit, offset.map(|offset| self.count(offset)).transpose()?))
    }

    fn count(&mut self, expr: &ast::Expr) -> Result<Node, PgError> {
        let part = self.part(expr)?;
        Ok(self.converted(part, Type::INT8)?.node)
    }

    fn sort(&mut self, key: Node, item: &ast::OrderByExpr) -> Result<Sort, PgError> {
        let stand_in = crate::sql::bound::SortKey::Output(0);
        let sort = self.binder.sort(stand_in, item)?;
        Ok(Sort { key, descending: sort.descending, nulls_first: sort.nulls_first })
    }

    /// `ORDER BY` within an aggregate or a window.
    pub fn sorts(&mut self, items: &[ast::OrderByExpr]) -> Result<Vec<Sort>, PgError> {
        let mut sorts = Vec::new();
        for item in items {
            let key = self.settled(&item.expr)?;
            sorts.push(self.sort(key, item)?);
        }
        Ok(sorts)
    }

    /// An expression that becomes text if nothing else says what it is.
    fn settled(&mut self, expr: &ast::Expr) -> Result<Node, PgError> {
        let part = self.part(expr)?;
        let part = if part.ty == Type::UNKNOWN { self.converted(part, Type::TEXT)? } else { part };
        Ok(part.node)
    }

    /// VALUES or a set operation.
    fn body(&mut self, body: &SetExpr, wanted: Option<&[Type]>) -> Result<(Body, Vec<(String, Type)>), PgError> {
        match body {
            SetExpr::Values(values) => {
                let bound = self.binder.body(body, Tail::NONE)?;
                let columns: Vec<(String, Type)> =
                    bound.outputs.iter().map(|output| (output.name.clone(), output.ty)).collect();
                let mut rows = Vec::new();
                for row in &values.rows {
                    let mut nodes = Vec::new();
                    for (index, (expr, (_, ty))) in row.content.iter().zip(&columns).enumerate() {
                        let part = self.part(expr)?;
                        let wanted = match *ty {
                            Type::UNKNOWN => wanted.and_then(|wanted| wanted.get(index)).copied().unwrap_or(Type::TEXT),
                            ty => ty,
                        };
                        nodes.push(self.converted(part, wanted)?.node);
                    }
                    rows.push(nodes);
                }
                Ok((Body::Values(rows), columns))
            }
            SetExpr::SetOperation { left, op, set_quantifier, right } => {
                let bound = self.binder.body(body, Tail::NONE)?;
                let types: Vec<Type> = bound.outputs.iter().map(|output| output.ty).collect();
                let operator = match op {
                    ast::SetOperator::Union => "UNION",
                    ast::SetOperator::Intersect => "INTERSECT",
                    ast::SetOperator::Except => "EXCEPT",
                    ast::SetOperator::Minus => return Err(unknown()),
                };
                let all = matches!(set_quantifier, ast::SetQuantifier::All);
                let left = Box::new(self.side(left, &types)?);
                let right = Box::new(self.side(right, &types)?);
                let columns = bound.outputs.into_iter().map(|output| (output.name, output.ty)).collect();
                Ok((Body::SetOperation { operator, all, left, right }, columns))
            }
            _ => Err(unknown()),
        }
    }

    fn side(&mut self, side: &SetExpr, types: &[Type]) -> Result<Side, PgError> {
        self.names_within();
        let read = match side {
            SetExpr::Query(inner) => match self.query(inner, Some(types)) {
                Ok(Read { query, .. }) if !query.has_tail() && matches!(query.body, Body::SetOperation { .. }) => {
                    Ok(Side::Operation(query.body))
                }
                Ok(read) => Ok(Side::Query(read.query)),
                Err(error) => Err(error),
            },
            SetExpr::SetOperation { .. } => self.body(side, Some(types)).map(|(body, _)| Side::Operation(body)),
            SetExpr::Values(_) => self.body(side, Some(types)).map(|(body, _)| Side::Query(plain(body))),
            SetExpr::Select(select) => self.select_alone(select, Some(types)).map(|(body, _)| Side::Query(plain(body))),
            _ => Err(unknown()),
        };
        self.names_without();
        read
    }

    fn select_alone(
        &mut self,
        select: &ast::Select,
        wanted: Option<&[Type]>,
    ) -> Result<(Body, Vec<(String, Type)>), PgError> {
        self.in_scope(Scope::new(Clause::From), |deparser| {
            let (select, _, columns) = deparser.select_in_scope(select, None, wanted)?;
            Ok((Body::Select(Box::new(select)), columns))
        })
    }

    fn select(
        &mut self,
        select: &ast::Select,
        tail: Tail,
        query: &ast::Query,
        wanted: Option<&[Type]>,
    ) -> Result<Read, PgError> {
        let (body, order_by, columns) = self
            .in_scope(Scope::new(Clause::From), |deparser| deparser.select_in_scope(select, tail.order_by, wanted))?;
        let (limit, offset) = self.limits(query)?;
        let body = Body::Select(Box::new(body));
        Ok(Read { query: Query { with: None, body, order_by, offset, limit, ties: tail.ties }, columns })
    }

    fn select_in_scope(
        &mut self,
        select: &ast::Select,
        order_by: Option<&ast::OrderBy>,
        wanted: Option<&[Type]>,
    ) -> Result<SelectParts, PgError> {
        if select.into.is_some() {
            return Err(unknown());
        }
        let from = self.listed(&select.from)?;
        self.binder.named_windows(&select.named_window)?;
        self.set_clause(Clause::Select);
        let bound = self.binder.targets(&select.projection)?;
        let targets = self.targets(&select.projection, &bound, wanted)?;
        let filter = select.selection.as_ref().map(|filter| self.condition(Clause::Where, filter)).transpose()?;
        let having = select.having.as_ref().map(|having| self.condition(Clause::Having, having)).transpose()?;
        self.set_clause(Clause::OrderBy);
        let key = |deparser: &mut Self, expr: &ast::Expr, clause: &str| match deparser
            .binder
            .named_target(&bound, expr, clause)?
        {
            Some(index) => targets.get(index).map(|target| target.node.clone()).ok_or_else(unknown),
            None => deparser.settled(expr),
        };
        let mut sorts = Vec::new();
        for item in order_items(self.binder, order_by)? {
            let key = key(self, &item.expr, "ORDER BY")?;
            sorts.push(self.sort(key, item)?);
        }
        let group_by = match &select.group_by {
            ast::GroupByExpr::Expressions(items, modifiers) if modifiers.is_empty() && !grouped_by(items).0 => {
                self.set_clause(Clause::GroupBy);
                let keys = items.iter().map(|item| match item {
                    ast::Expr::GroupingSets(_) | ast::Expr::Cube(_) | ast::Expr::Rollup(_) | ast::Expr::Tuple(_) => {
                        Err(unknown())
                    }
                    item => key(self, item, "GROUP BY"),
                });
                keys.collect::<Result<_, _>>()?
            }
            _ => return Err(unknown()),
        };
        self.set_clause(Clause::DistinctOn);
        let distinct = match &select.distinct {
            None | Some(Distinct::All) => None,
            Some(Distinct::Distinct) => Some(Vec::new()),
            Some(Distinct::On(keys)) => {
                let keys = keys.iter().map(|expr| key(self, expr, "SELECT DISTINCT ON"));
                Some(keys.collect::<Result<_, _>>()?)
            }
        };
        self.set_clause(Clause::Select);
        let mut windows = Vec::new();
        for ast::NamedWindowDefinition(ident, expr) in &select.named_window {
            let ast::NamedWindowExpr::WindowSpec(spec) = expr else { return Err(unknown()) };
            let open = self.binder.tokens_away(ident.span.into(), 2);
            windows.push((fold(ident), self.window(spec, open)?));
        }
        let columns = bound.iter().zip(&targets).map(|(bound, target)| (target.name.clone(), bound.expr.ty)).collect();
        Ok((Select { distinct, targets, from, filter, group_by, having, windows }, sorts, columns))
    }

    fn set_clause(&mut self, clause: Clause) {
        if let Some(scope) = self.binder.scopes.last_mut() {
            scope.clause = clause;
        }
    }

    fn condition(&mut self, clause: Clause, expr: &ast::Expr) -> Result<Node, PgError> {
        self.set_clause(clause);
        let part = self.part(expr)?;
        Ok(self.converted(part, Type::BOOL)?.node)
    }

    fn targets(
        &mut self,
        items: &[SelectItem],
        bound: &[crate::sql::bind::select::Target],
        wanted: Option<&[Type]>,
    ) -> Result<Vec<Target>, PgError> {
        let mut targets: Vec<Target> = Vec::new();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr) if let Some(fields) = self.binder.every_field(expr)? => {
                    let of = self.row_of(expr)?;
                    for field in fields {
                        let target = bound.get(targets.len()).ok_or_else(unknown)?;
                        let (node, column) = match (&target.expr.kind, &of) {
                            (ExprKind::Column { relation, column }, _) => {
                                let name = self.binder.relations[*relation].columns[*column].name.clone();
                                (self.column(*relation, *column)?, Some(name))
                            }
                            (_, Some(of)) => {
                                (Node::Field { of: Box::new(of.clone()), name: quote_ident(&field.name) }, None)
                            }
                            (_, None) => return Err(unknown()),
                        };
                        targets.push(Target { node, column, name: target.name.clone() });
                    }
                }
                SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                    if matches!(expr, ast::Expr::Identifier(ident) if crate::sql::amend::is_empty_list(ident)) {
                        continue;
                    }
                    let index = targets.len();
                    let part = self.part(expr)?;
                    let part = match part.ty {
                        Type::UNKNOWN => {
                            let ty = wanted.and_then(|wanted| wanted.get(index)).copied().unwrap_or(Type::TEXT);
                            self.converted(part, ty)?
                        }
                        _ => part,
                    };
                    let target = bound.get(index).ok_or_else(unknown)?;
                    // By itself it would be a list.
                    let part = match part.node {
                        Node::Word(row) if row.ends_with(".*") => {
                            Part { node: Node::Word(format!("{row}::{}", part.ty)), ty: part.ty }
                        }
                        node => Part { node, ..part },
                    };
                    let column = self.column_of(&target.expr, expr);
                    targets.push(Target { node: part.node, column, name: target.name.clone() });
                }
                SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => {
                    let count = match item {
                        SelectItem::QualifiedWildcard(ast::SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                            let name = self.binder.qualified(name)?;
                            let item = self.binder.find_item(name.schema.as_deref(), &name.name);
                            item.map_or(0, |item| item.columns.len())
                        }
                        SelectItem::Wildcard(_) => {
                            let scope = self.binder.scopes.last().ok_or_else(unknown)?;
                            let items = scope.items.iter().filter(|item| item.unqualified);
                            items.map(|item| item.columns.len()).sum()
                        }
                        _ => return Err(unknown()),
                    };
                    for _ in 0..count {
                        let target = bound.get(targets.len()).ok_or_else(unknown)?;
                        let (node, column) = match target.expr.kind {
                            ExprKind::Column { relation, column } => (
                                self.column(relation, column)?,
                                self.binder.relations[relation].columns[column].name.clone(),
                            ),
                            // A column of a join's own.
                            _ => (Node::Word(quote_ident(&target.name)), target.name.clone()),
                        };
                        targets.push(Target { node, column: Some(column), name: target.name.clone() });
                    }
                }
                SelectItem::ExprWithAliases { .. } => return Err(unknown()),
            }
        }
        if targets.len() == bound.len() { Ok(targets) } else { Err(unknown()) }
    }

    /// What `.*` takes the fields of; `None`: of a relation.
    fn row_of(&mut self, expr: &ast::Expr) -> Result<Option<Node>, PgError> {
        let ast::Expr::CompoundFieldAccess { root, access_chain } = expr else { return Ok(None) };
        let Some((_, chain)) = access_chain.split_last() else { return Ok(None) };
        let part = match chain {
            [] => self.part(root)?,
            chain => {
                let (root, access_chain) = (root.clone(), chain.to_vec());
                self.part(&ast::Expr::CompoundFieldAccess { root, access_chain })?
            }
        };
        Ok(Some(part.node))
    }

    /// What a column that is selected as it is is called where it comes from.
    fn column_of(&self, bound: &Expr, expr: &ast::Expr) -> Option<String> {
        match (&bound.kind, bare(expr)) {
            (
                ExprKind::Column { relation, column },
                ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_) | ast::Expr::CompoundFieldAccess { .. },
            ) => Some(self.binder.relations[*relation].columns[*column].name.clone()),
            (_, ast::Expr::Identifier(ident)) => {
                let name = fold(ident);
                matches!(self.binder.find_column(&name, At::NOWHERE), Ok(Some(_))).then_some(name)
            }
            _ => None,
        }
    }

    /// A relation's column, with the relation's name before it.
    pub fn column(&self, relation: RelationId, column: usize) -> Result<Node, PgError> {
        let name = quote_ident(&self.binder.relations[relation].columns[column].name);
        let Some(names) = &self.names else { return Ok(Node::Word(name)) };
        let qualifier = names.qualifiers.get(&relation).ok_or_else(unknown)?;
        Ok(Node::Word(format!("{}.{name}", quote_ident(qualifier))))
    }

    /// `t.*`, as one value.
    pub fn whole_row(&self, relation: RelationId) -> Result<Node, PgError> {
        let name = match &self.names {
            Some(names) => names.qualifiers.get(&relation).ok_or_else(unknown)?,
            None => &self.binder.relations[relation].name,
        };
        Ok(Node::Word(format!("{}.*", quote_ident(name))))
    }

    /// FROM: its entries are in scope from here on.
    fn listed(&mut self, list: &[ast::TableWithJoins]) -> Result<Vec<From>, PgError> {
        let entry = self.binder.range_table(list)?;
        let (relations, items) = match entry {
            Some(entry) => (entry.from.relations(), entry.items),
            None => (Vec::new(), Vec::new()),
        };
        if let Some(scope) = self.binder.scopes.last_mut() {
            scope.items = items;
        }
        let mut leaves = Vec::new();
        for table in list {
            collect_leaves(table, &mut leaves)?;
        }
        if leaves.len() != relations.len() {
            return Err(unknown());
        }
        for (leaf, relation) in leaves.iter().zip(&relations) {
            self.name_relation(leaf, *relation)?;
        }
        let mut relations = relations.into_iter();
        list.iter().map(|table| self.joined(table, &mut relations)).collect()
    }

    fn name_relation(&mut self, leaf: &TableFactor, relation: RelationId) -> Result<(), PgError> {
        let alias = alias_of(leaf);
        let Some(names) = &mut self.names else { return Ok(()) };
        let oid = named_oid(self.binder, leaf);
        let renamed = names.renaming.filter(|renaming| Some(renaming.oid) == oid);
        let name = match (alias, renamed) {
            (Some(alias), _) => fold(&alias.name),
            (None, Some(renaming)) => renaming.name.to_owned(),
            (None, None) => self.binder.relations[relation].name.clone(),
        };
        let name = names.unique(name);
        names.qualifiers.insert(relation, name);
        if let Some((attnum, to)) = renamed.and_then(|renaming| renaming.column) {
            if alias.is_some_and(|alias| !alias.columns.is_empty()) {
                return Err(unknown());
            }
            let columns = &mut self.binder.relations[relation].columns;
            if let Some(column) = columns.iter_mut().find(|column| column.origin.is_some_and(|(_, own)| own == attnum))
            {
                to.clone_into(&mut column.name);
            }
        }
        Ok(())
    }

    fn joined(
        &mut self,
        table: &ast::TableWithJoins,
        relations: &mut std::vec::IntoIter<RelationId>,
    ) -> Result<From, PgError> {
        let mut left = self.factor(&table.relation, relations)?;
        for join in &table.joins {
            let right = self.factor(&join.relation, relations)?;
            let (kind, constraint) = match &join.join_operator {
                JoinOperator::Join(constraint) | JoinOperator::Inner(constraint) => (" JOIN ", Some(constraint)),
                JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
                    (" LEFT JOIN ", Some(constraint))
                }
                JoinOperator::Right(constraint) | JoinOperator::RightOuter(constraint) => {
                    (" RIGHT JOIN ", Some(constraint))
                }
                JoinOperator::FullOuter(constraint) => (" FULL JOIN ", Some(constraint)),
                JoinOperator::CrossJoin(_) => (" CROSS JOIN ", None),
                _ => return Err(unknown()),
            };
            let (using, on) = match constraint {
                None => (Vec::new(), None),
                Some(JoinConstraint::On(condition)) => (Vec::new(), Some(self.condition(Clause::JoinOn, condition)?)),
                Some(JoinConstraint::Using(columns)) if !self.is_renaming() => {
                    let names = columns.iter().map(|name| self.binder.qualified(name).map(|name| name.name));
                    (names.collect::<Result<_, _>>()?, None)
                }
                // Which columns NATURAL means is for ever written down as USING.
                Some(_) => return Err(unknown()),
            };
            left = From::Join { left: Box::new(left), right: Box::new(right), kind, using, on };
        }
        Ok(left)
    }

    fn is_renaming(&self) -> bool {
        self.names.as_ref().is_some_and(|names| names.renaming.is_some())
    }

    fn factor(
        &mut self,
        factor: &TableFactor,
        relations: &mut std::vec::IntoIter<RelationId>,
    ) -> Result<From, PgError> {
        if let TableFactor::NestedJoin { table_with_joins, alias: None } = factor {
            return self.joined(table_with_joins, relations);
        }
        let relation = relations.next().ok_or_else(unknown)?;
        let qualifier = self.names.as_ref().and_then(|names| names.qualifiers.get(&relation)).ok_or_else(unknown)?;
        let qualifier = qualifier.clone();
        let columns = || -> Vec<String> {
            self.binder.relations[relation].columns.iter().map(|column| column.name.clone()).collect()
        };
        let alias = alias_of(factor);
        let columns = match (factor, alias) {
            (TableFactor::Derived { .. } | TableFactor::Table { args: None, .. }, None) => Vec::new(),
            (TableFactor::Derived { .. } | TableFactor::Table { args: None, .. }, Some(alias))
                if alias.columns.is_empty() =>
            {
                Vec::new()
            }
            _ => columns(),
        };
        let item = |lateral, what, alias: Option<String>| From::Item { lateral, what, alias, columns };
        match factor {
            TableFactor::Table { args: None, .. } => {
                let (name, own) = self.relation_name(factor, relation)?;
                let alias = (alias.is_some() || own != qualifier).then_some(qualifier);
                Ok(item(false, Item::Name(name), alias))
            }
            TableFactor::Derived { lateral, subquery, .. } => {
                self.names_within();
                let read = self.query(subquery, None);
                self.names_without();
                Ok(item(*lateral, Item::Query(Box::new(read?.query)), Some(qualifier)))
            }
            TableFactor::Table { name, args: Some(args), with_ordinality, .. } => {
                let (call, lateral) = self.table_call(name, &args.args)?;
                Ok(item(lateral, Item::Function { call, ordinality: *with_ordinality }, Some(qualifier)))
            }
            TableFactor::Function { name, args, with_ordinality, .. } => {
                let (call, lateral) = self.table_call(name, args)?;
                Ok(item(lateral, Item::Function { call, ordinality: *with_ordinality }, Some(qualifier)))
            }
            TableFactor::UNNEST { array_exprs, with_ordinality, .. } => {
                let args: Vec<_> = array_exprs.iter().map(Cow::Borrowed).collect();
                let (call, lateral) = self.called("unnest", &args)?;
                Ok(item(lateral, Item::Function { call, ordinality: *with_ordinality }, Some(qualifier)))
            }
            _ => Err(unknown()),
        }
    }

    /// A function in FROM, and whether its arguments name what stands before it.
    fn table_call(&mut self, name: &ast::ObjectName, args: &[ast::FunctionArg]) -> Result<(Node, bool), PgError> {
        let name = self.binder.qualified(name)?;
        if has_named(args) {
            let given: Vec<_> = values(&name.name, args)?.into_iter().map(Cow::Borrowed).collect();
            let lateral = self.is_lateral(&given)?;
            return Ok((self.named_call(&name.name, args)?, lateral));
        }
        let args = self.binder.table_arguments(&name, args)?;
        self.called(&name.name, &args)
    }

    /// Whether expressions in FROM name what stands before them.
    fn is_lateral(&mut self, args: &[Cow<'_, ast::Expr>]) -> Result<bool, PgError> {
        let depth = self.binder.query_depth();
        let mut lateral = false;
        for arg in args {
            let bound = self.binder.expr(arg)?;
            let relations = &self.binder.relations;
            lateral |= bound.any(
                &|expr| matches!(expr.kind, ExprKind::Column { relation, .. } if relations[relation].depth == depth),
            );
        }
        Ok(lateral)
    }

    fn called(&mut self, name: &str, args: &[Cow<'_, ast::Expr>]) -> Result<(Node, bool), PgError> {
        let lateral = self.is_lateral(args)?;
        let parts = args.iter().map(|arg| self.part(arg)).collect::<Result<_, _>>()?;
        Ok((self.call(name, parts)?, lateral))
    }

    /// A relation's name as it must be written here, and its bare one.
    fn relation_name(&self, factor: &TableFactor, relation: RelationId) -> Result<(String, String), PgError> {
        let of = &self.binder.relations[relation];
        if let Source::With { .. } = of.source {
            let TableFactor::Table { name, .. } = factor else { return Err(unknown()) };
            let name = self.binder.qualified(name)?.name;
            return Ok((quote_ident(&name), name));
        }
        let oid = named_oid(self.binder, factor).ok_or_else(unknown)?;
        let renaming = self.names.as_ref().and_then(|names| names.renaming);
        if let Some(renaming) = renaming {
            let (schema, name) = match renaming.oid == oid {
                true => (renaming.schema, renaming.name),
                false => relation_name(self.seen, oid).ok_or_else(unknown)?,
            };
            return Ok((qualified(schema, name), name.to_owned()));
        }
        let (_, name) = relation_name(self.seen, oid).ok_or_else(unknown)?;
        let shown = crate::catalog::system::written_relation(self.seen, oid).ok_or_else(unknown)?;
        Ok((shown, name.to_owned()))
    }

    pub fn sublink(&mut self, kind: SubLink, left: Option<&ast::Expr>, query: &ast::Query) -> Result<Part, PgError> {
        self.names_within();
        let read = self.query(query, None);
        self.names_without();
        let read = read?;
        let output = read.columns.first().map_or(Type::TEXT, |(_, ty)| *ty);
        let output = if output == Type::UNKNOWN { Type::TEXT } else { output };
        let left = match left {
            None => None,
            Some(left) => {
                let part = self.part(left)?;
                let operator = crate::sql::bind::operator::find_binary("=", part.ty, output).map_err(|_| unknown())?;
                let wanted = operator.left.ok_or_else(unknown)?;
                let part = if wanted.info().is_some() { self.converted(part, wanted)? } else { part };
                Some(Box::new(part.node))
            }
        };
        let ty = match kind {
            SubLink::Exists | SubLink::In => Type::BOOL,
            SubLink::Value => output,
            SubLink::Array => output.array().ok_or_else(unknown)?,
        };
        Ok(Part { node: Node::SubLink { kind, left, query: Box::new(read.query) }, ty })
    }

    /// `name`: where the function's name stands.
    pub fn over(&mut self, over: &ast::WindowType, name: At) -> Result<Over, PgError> {
        Ok(match over {
            ast::WindowType::NamedWindow(ident) => Over::Named(fold(ident)),
            ast::WindowType::WindowSpec(spec) => Over::Window(self.window(spec, self.binder.over_parenthesis(name))?),
        })
    }

    /// `open`: where its parenthesis opens.
    fn window(&mut self, spec: &ast::WindowSpec, open: At) -> Result<Window, PgError> {
        let partition_by = spec.partition_by.iter().map(|expr| self.settled(expr)).collect::<Result<_, _>>()?;
        let order_by = self.sorts(&spec.order_by)?;
        let mut frame = Vec::new();
        if let Some(given) = &spec.window_frame {
            frame.push(Node::Word(given.units.to_string()));
            match &given.end_bound {
                None => self.bound(&given.start_bound, spec, &mut frame)?,
                Some(end) => {
                    frame.push(Node::Word("BETWEEN".to_owned()));
                    self.bound(&given.start_bound, spec, &mut frame)?;
                    frame.push(Node::Word("AND".to_owned()));
                    self.bound(end, spec, &mut frame)?;
                }
            }
            // It is not in the tree.
            if let Some(exclude) = self.binder.exclusion(open) {
                frame.push(Node::Word(format!("EXCLUDE {exclude}")));
            }
        }
        Ok(Window { name: spec.window_name.as_ref().map(fold), partition_by, order_by, frame })
    }

    fn bound(
        &mut self,
        bound: &ast::WindowFrameBound,
        spec: &ast::WindowSpec,
        frame: &mut Vec<Node>,
    ) -> Result<(), PgError> {
        let (offset, word) = match bound {
            ast::WindowFrameBound::CurrentRow => (None, "CURRENT ROW"),
            ast::WindowFrameBound::Preceding(None) => (None, "UNBOUNDED PRECEDING"),
            ast::WindowFrameBound::Following(None) => (None, "UNBOUNDED FOLLOWING"),
            ast::WindowFrameBound::Preceding(Some(offset)) => (Some(offset), "PRECEDING"),
            ast::WindowFrameBound::Following(Some(offset)) => (Some(offset), "FOLLOWING"),
        };
        if let Some(offset) = offset {
            // sqlparser takes a bare string for an interval.
            let offset = match &**offset {
                ast::Expr::Interval(interval) if self.binder.is_bare_string(&interval.value) => &interval.value,
                _ => offset,
            };
            let part = self.part(offset)?;
            // Of which type an offset is depends on what is sorted by, which another window may say.
            let range = spec.window_frame.as_ref().is_some_and(|frame| frame.units == ast::WindowFrameUnits::Range);
            let part = match (part.ty, &spec.order_by[..]) {
                (Type::UNKNOWN, _) if !range => self.converted(part, Type::INT8)?,
                (Type::UNKNOWN, [key]) => {
                    let key = self.part(&key.expr)?;
                    let wanted = self.binder.range_offset(key.ty, Type::UNKNOWN, At::NOWHERE)?;
                    self.converted(part, wanted)?
                }
                (Type::UNKNOWN, _) => return Err(unknown()),
                _ => part,
            };
            frame.push(part.node);
        }
        frame.push(Node::Word(word.to_owned()));
        Ok(())
    }
}

fn plain(body: Body) -> Query {
    Query { with: None, body, order_by: Vec::new(), offset: None, limit: None, ties: false }
}

fn alias_of(factor: &TableFactor) -> Option<&TableAlias> {
    match factor {
        TableFactor::Table { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::UNNEST { alias, .. } => alias.as_ref(),
        _ => None,
    }
}

/// The entries that are one relation each, from the left.
fn collect_leaves<'t>(table: &'t ast::TableWithJoins, leaves: &mut Vec<&'t TableFactor>) -> Result<(), PgError> {
    for factor in std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)) {
        match factor {
            TableFactor::NestedJoin { table_with_joins, alias: None } => collect_leaves(table_with_joins, leaves)?,
            TableFactor::NestedJoin { .. } => return Err(unknown()),
            factor => leaves.push(factor),
        }
    }
    Ok(())
}

/// The OID of the relation that an entry names.
fn named_oid(binder: &crate::sql::bind::Binder, factor: &TableFactor) -> Option<u32> {
    let TableFactor::Table { name, args: None, .. } = factor else { return None };
    let name = binder.qualified(name).ok()?;
    if name.schema.is_none() && binder.find_with(&name.name).is_some() {
        return None;
    }
    if let Some(system) = binder.find_system(&name) {
        return Some(system.oid);
    }
    match binder.find_relation(&name) {
        Some(object @ (Object::Table(_) | Object::View(_) | Object::Sequence(_))) => Some(object.oid()),
        _ => None,
    }
}
