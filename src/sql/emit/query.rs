//! Queries: SELECT, VALUES, set operations, WITH, FROM.

use super::condition::has_query;
use super::{Emitter, Written, comparable, expr_unsupported, identifier, sortable};
use crate::sql::WITH_PREFIX;
use crate::sql::bound::{
    Body, Expr, ExprKind, From, JoinKind, Output, Query, Select, SetOperator, Sort, SortKey, Source, With,
};
use crate::sql::emission::{Emission, PRESENT, TABLE_ARGS, collation};

impl Emitter<'_> {
    /// A whole query. `named`: its columns are called `c1`, `c2`, … (VALUES names its own).
    pub fn query(&mut self, query: &Query, named: bool) -> Written {
        let recursive = std::mem::take(&mut self.recursive);
        let joined = std::mem::take(&mut self.joined);
        self.with(&query.with)?;
        let tail = !query.order_by.is_empty() || query.limit.is_some() || query.offset.is_some();
        match &query.body {
            Body::Select(select) => self.select(select, named)?,
            Body::Values(rows) if tail => {
                self.push("SELECT * FROM (");
                self.values(rows)?;
                self.push(")");
            }
            Body::Values(rows) => self.values(rows)?,
            Body::SetOperation {
                operator: operator @ (SetOperator::Intersect | SetOperator::Except),
                all: true,
                left,
                right,
            } => {
                query.outputs.iter().try_for_each(|output| comparable(output.ty, output.typmod))?;
                self.operation_all(*operator, (left, right), &query.outputs, named)?;
            }
            Body::SetOperation { left, right, .. } if keeps_first(query) && !recursive => {
                query.outputs.iter().try_for_each(|output| comparable(output.ty, output.typmod))?;
                self.first_of_equals((left, right), &query.outputs)?;
            }
            Body::SetOperation { operator, all, left, right } => {
                if !(*all && *operator == SetOperator::Union) {
                    query.outputs.iter().try_for_each(|output| comparable(output.ty, output.typmod))?;
                }
                self.arm(left, named, true, true)?;
                self.push(match (operator, all) {
                    (SetOperator::Union, true) => " UNION ALL ",
                    (SetOperator::Union, false) => " UNION ",
                    (SetOperator::Intersect, _) => " INTERSECT ",
                    (SetOperator::Except, _) => " EXCEPT ",
                });
                self.arm(right, false, false, !tail)?;
            }
        }
        for sort in &query.order_by {
            if let SortKey::Output(index) = sort.key
                && let Some(output) = query.outputs.get(index)
            {
                sortable(output.ty, output.typmod)?;
            }
        }
        match &query.body {
            Body::Select(select) if !select.distinct && !select.grouped => {
                let granted = self.grant(select.from.as_ref(), select.filter.as_ref());
                self.order_by(&self.with_keys(select, &query.order_by))?;
                self.granted = granted;
            }
            _ => self.order_by(&query.order_by)?,
        }
        self.limit(query)?;
        self.joined = joined;
        Ok(())
    }

    /// Where a column of the output has a key, rows are sorted by what it is made of.
    fn with_keys(&self, select: &Select, order_by: &[Sort]) -> Vec<Sort> {
        let mut order_by = order_by.to_vec();
        for sort in &mut order_by {
            if let SortKey::Output(index) = sort.key
                && let Some(target) = select.targets.get(index).filter(|target| self.has_sort_key(target))
            {
                sort.key = SortKey::Expr(target.clone());
            }
        }
        order_by
    }

    pub fn with(&mut self, with: &[With]) -> Written {
        if with.is_empty() {
            return Ok(());
        }
        self.push("WITH ");
        self.list(with, |emitter, with| {
            identifier(&mut emitter.out, &with.name);
            emitter.push("(");
            let columns = with.query.outputs.len().max(1);
            emitter.list(1..=columns, |emitter, number| {
                emitter.push(&format!("\"c{number}\""));
                Ok(())
            })?;
            emitter.push(match with.materialized {
                Some(true) => ") AS MATERIALIZED (",
                Some(false) => ") AS NOT MATERIALIZED (",
                None => ") AS (",
            });
            emitter.recursive = emitter.is_recursive(with);
            emitter.query(&with.query, false)?;
            emitter.push(")");
            Ok(())
        })?;
        self.push(" ");
        Ok(())
    }

    /// Whether its second part names it.
    fn is_recursive(&self, with: &With) -> bool {
        let Body::SetOperation { right, .. } = &with.query.body else { return false };
        let Body::Select(select) = &right.body else { return false };
        let itself = |relation: usize| matches!(&self.relations[relation].source, Source::With { stored_name } if *stored_name == with.name);
        select.from.as_ref().is_some_and(|from| from.relations().into_iter().any(itself))
    }

    /// One side of a set operation. SQLite reads a chain from the left, takes no parentheses, and no ORDER BY or LIMIT
    /// behind a VALUES that ends it.
    fn arm(&mut self, query: &Query, named: bool, leftmost: bool, values: bool) -> Written {
        let plain = is_plain(query);
        let inline = match &query.body {
            Body::Select(_) => true,
            Body::Values(rows) => values && rows.len() == 1,
            Body::SetOperation { operator, all, .. } => {
                leftmost && (*operator == SetOperator::Union || !*all) || keeps_first(query)
            }
        };
        if plain && inline {
            return self.query(query, named);
        }
        self.push("SELECT * FROM (");
        self.query(query, named)?;
        self.push(")");
        Ok(())
    }

    /// INTERSECT ALL or EXCEPT ALL. SQLite has neither, but equal rows that are numbered are told apart: the third of
    /// one side has the third of the other side as its only equal.
    ///
    /// ```text
    /// SELECT c1 FROM (SELECT c1, row_number() OVER (PARTITION BY c1) AS n FROM (left) EXCEPT SELECT … FROM (right))
    /// ```
    fn operation_all(
        &mut self,
        operator: SetOperator,
        (left, right): (&Query, &Query),
        outputs: &[Output],
        named: bool,
    ) -> Written {
        self.push("SELECT ");
        if outputs.is_empty() {
            self.push(if named { "NULL AS \"c1\"" } else { "NULL" });
        }
        self.columns(outputs, "c")?;
        self.push(" FROM (");
        self.numbered_arm(left, outputs)?;
        self.push(if operator == SetOperator::Intersect { " INTERSECT " } else { " EXCEPT " });
        self.numbered_arm(right, outputs)?;
        self.push(")");
        Ok(())
    }

    /// A UNION of values that may be equal and look otherwise: PostgreSQL keeps the first of them, as SQLite's DISTINCT does;
    /// its UNION keeps the last.
    ///
    /// ```text
    /// SELECT DISTINCT c1 FROM (left UNION ALL right)
    /// ```
    fn first_of_equals(&mut self, (left, right): (&Query, &Query), outputs: &[Output]) -> Written {
        // A chain of them is as deep as it is long: here it is one.
        let mut arms = vec![right];
        let mut first = left;
        while let Body::SetOperation { operator: SetOperator::Union, left, right, .. } = &first.body
            && is_plain(first)
        {
            arms.push(right);
            first = left;
        }
        self.push("SELECT DISTINCT ");
        let prefix = if leftmost_is_values(first) { "column" } else { "c" };
        self.columns(outputs, prefix)?;
        self.push(" FROM (");
        self.arm(first, true, true, true)?;
        for arm in arms.into_iter().rev() {
            self.push(" UNION ALL ");
            self.arm(arm, false, false, true)?;
        }
        self.push(")");
        Ok(())
    }

    /// A list of the columns of a sub-query, `c1`, `c2`, …, which are called `prefix` and their number there.
    fn columns(&mut self, outputs: &[Output], prefix: &str) -> Written {
        self.list(outputs.iter().enumerate(), |emitter, (index, output)| {
            emitter.push(&format!("\"{prefix}{}\"", index + 1));
            if collation(output.ty).is_some() || prefix != "c" {
                emitter.collate(output.ty);
                emitter.push(&format!(" AS \"c{}\"", index + 1));
            }
            Ok(())
        })
    }

    fn numbered_arm(&mut self, query: &Query, outputs: &[Output]) -> Written {
        let prefix = if leftmost_is_values(query) { "column" } else { "c" };
        let column = |emitter: &mut Self, (index, output): (usize, &Output)| {
            emitter.push(&format!("\"{prefix}{}\"", index + 1));
            emitter.collate(output.ty);
            Ok(())
        };
        self.push("SELECT ");
        for (index, output) in outputs.iter().enumerate() {
            column(self, (index, output))?;
            self.push(&format!(" AS \"c{}\", ", index + 1));
        }
        self.push("row_number() OVER (");
        if !outputs.is_empty() {
            self.push("PARTITION BY ");
            self.list(outputs.iter().enumerate(), column)?;
        }
        self.push(") AS \"n\" FROM (");
        self.query(query, true)?;
        self.push(")");
        Ok(())
    }

    fn values(&mut self, rows: &[Vec<Expr>]) -> Written {
        let mut rows = rows;
        // SQLite names such columns of VALUES as the columns that they are.
        if let [first, rest @ ..] = rows
            && first.iter().any(is_column)
        {
            self.push("SELECT ");
            self.list(first.iter().enumerate(), |emitter, (index, value)| {
                emitter.expr(value)?;
                emitter.push(&format!(" AS column{}", index + 1));
                Ok(())
            })?;
            if rest.is_empty() {
                return Ok(());
            }
            self.push(" UNION ALL ");
            rows = rest;
        }
        self.push("VALUES ");
        self.list(rows, |emitter, row| {
            emitter.push("(");
            emitter.list(row, |emitter, value| emitter.collated(value))?;
            emitter.push(")");
            Ok(())
        })
    }

    fn select(&mut self, select: &Select, named: bool) -> Written {
        if select.distinct {
            select.targets.iter().try_for_each(|target| comparable(target.ty, target.typmod))?;
        }
        let granted = self.grant(select.from.as_ref(), select.filter.as_ref());
        self.push(if select.distinct { "SELECT DISTINCT " } else { "SELECT " });
        if select.targets.is_empty() {
            // SQLite has no rows without columns.
            self.push(if named { "NULL AS \"c1\"" } else { "NULL" });
        }
        self.list(select.targets.iter().enumerate(), |emitter, (index, target)| {
            emitter.collated(target)?;
            if named {
                emitter.push(&format!(" AS \"c{}\"", index + 1));
            }
            Ok(())
        })?;
        if let Some(from) = &select.from {
            self.push(" FROM ");
            self.from(from)?;
        }
        if let Some(filter) = &select.filter {
            self.push(" WHERE ");
            self.filter(filter, select.from.as_ref().is_some_and(|from| has_query(from, self.relations)))?;
        }
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.list(&select.group_by, |emitter, expr| {
                comparable(expr.ty, expr.typmod)?;
                emitter.key(expr)
            })?;
        }
        if let Some(having) = &select.having {
            self.push(" HAVING ");
            self.condition(having)?;
        }
        self.granted = granted;
        Ok(())
    }

    /// A GROUP BY or ORDER BY expression: SQLite would take a bare integer for a column's number.
    fn key(&mut self, expr: &Expr) -> Written {
        if !is_constant(expr) {
            return self.collated(expr);
        }
        self.push("iif(1, ");
        self.expr(expr)?;
        self.push(", NULL)");
        self.collate(expr.ty);
        Ok(())
    }

    /// A sub-query that SQLite neither merges into the query around it nor takes columns out of: for it has an OFFSET, and is a
    /// WITH query.
    fn apart(&mut self, query: &Query) -> Written {
        self.apart += 1;
        let name = format!("{WITH_PREFIX}_apart{}", self.apart);
        // In a join it would be read again and again.
        let once = self.joined || matches!(&query.body, Body::Select(select) if select.from.is_none());
        self.push(&format!("WITH \"{name}\" AS {}(", if once { "MATERIALIZED " } else { "" }));
        self.query(query, true)?;
        if query.offset.is_none() {
            self.push(if query.limit.is_none() { " LIMIT -1 OFFSET 0" } else { " OFFSET 0" });
        }
        self.push(&format!(") SELECT * FROM \"{name}\""));
        Ok(())
    }

    pub fn from(&mut self, from: &From) -> Written {
        match from {
            From::Relation(relation) => {
                let of = &self.relations[*relation];
                let name = match &of.source {
                    Source::Table { stored_name, .. } | Source::With { stored_name } => stored_name,
                    _ => &of.name,
                };
                if self.is_marked(*relation) {
                    self.push(&format!("(SELECT *, 1 AS \"{PRESENT}\" FROM "));
                    identifier(&mut self.out, name);
                    self.push(") AS ");
                    identifier(&mut self.out, &self.aliases[*relation]);
                    return Ok(());
                }
                identifier(&mut self.out, name);
                self.alias(*relation, name);
            }
            From::Query { relation, query } => {
                let marked = self.is_marked(*relation);
                if marked {
                    self.push(&format!("(SELECT *, 1 AS \"{PRESENT}\" FROM "));
                }
                self.push("(");
                match computes_each_row(query) {
                    true => self.apart(query)?,
                    false => self.query(query, true)?,
                }
                self.push(if marked { ")) AS " } else { ") AS " });
                identifier(&mut self.out, &self.aliases[*relation]);
            }
            From::Function { relation, module, args } => {
                identifier(&mut self.out, module);
                self.push("(");
                let (first, rest) = args.split_at(if args.len() < TABLE_ARGS { args.len() } else { TABLE_ARGS - 1 });
                self.exprs(first)?;
                if !rest.is_empty() {
                    self.push(", pg_pack_row(");
                    self.exprs(rest)?;
                    self.push(")");
                }
                self.push(")");
                self.alias(*relation, module);
            }
            From::Join { kind, left, right, on } => {
                let joined = std::mem::replace(&mut self.joined, true);
                self.from(left)?;
                self.push(match kind {
                    JoinKind::Inner => " JOIN ",
                    JoinKind::Left => " LEFT JOIN ",
                    JoinKind::Right => " RIGHT JOIN ",
                    JoinKind::Full => " FULL JOIN ",
                });
                let nested = matches!(**right, From::Join { .. });
                if nested {
                    self.refuse_reaching_out(right)?;
                }
                self.push(if nested { "(" } else { "" });
                self.from(right)?;
                self.joined = joined;
                self.push(if nested { ")" } else { "" });
                match on {
                    Some(on) => {
                        self.push(" ON ");
                        self.filter(on, has_query(from, self.relations))?;
                    }
                    // A missing condition would let the ON of the next join bind to this one.
                    None => self.push(" ON 1"),
                }
            }
        }
        Ok(())
    }

    /// Whether a whole row of a sub-query is asked for that an outer join may lack.
    fn is_marked(&self, relation: usize) -> bool {
        self.relations[relation].columns.last().is_some_and(|column| column.stored_name == PRESENT)
    }

    /// A join in parentheses is a sub-query to SQLite, whose functions can't name what stands before it.
    fn refuse_reaching_out(&self, join: &From) -> Written {
        let own = join.relations();
        let depth = own.first().map_or(0, |relation| self.relations[*relation].depth);
        let reaches_out = |expr: &Expr| {
            expr.any(&|expr| match expr.kind {
                ExprKind::Column { relation, .. } => {
                    self.relations[relation].depth == depth && !own.contains(&relation)
                }
                _ => false,
            })
        };
        match reaching(join, &reaches_out) {
            true => Err(expr_unsupported("a LATERAL reference to outside of a join's parentheses")),
            false => Ok(()),
        }
    }

    /// ` AS alias`, where the alias is not the name anyway.
    pub fn alias(&mut self, relation: usize, name: &str) {
        if self.qualify && self.aliases[relation] != name {
            self.push(" AS ");
            identifier(&mut self.out, &self.aliases[relation]);
        }
    }

    pub fn order_by(&mut self, order_by: &[Sort]) -> Written {
        if order_by.is_empty() {
            return Ok(());
        }
        self.push(" ORDER BY ");
        self.list(order_by, |emitter, sort| {
            let nullable = match &sort.key {
                SortKey::Output(index) => {
                    emitter.push(&(index + 1).to_string());
                    true
                }
                SortKey::Expr(expr) => {
                    sortable(expr.ty, expr.typmod)?;
                    if !emitter.sorted_by_key(expr) {
                        emitter.key(expr)?;
                    }
                    emitter.nullable(expr)
                }
            };
            if sort.descending {
                emitter.push(" DESC");
            }
            // SQLite sorts NULLs first, PostgreSQL last. Said only where it matters: an index helps more without.
            if nullable && sort.nulls_first == sort.descending {
                emitter.push(if sort.nulls_first { " NULLS FIRST" } else { " NULLS LAST" });
            }
            Ok(())
        })
    }

    /// Whether an expression can be NULL, as far as is easily told.
    pub fn nullable(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Column { relation, column } => {
                let of = &self.relations[*relation];
                of.nullable || !of.columns[*column].not_null
            }
            ExprKind::Constant(_) => false,
            _ => true,
        }
    }

    fn limit(&mut self, query: &Query) -> Written {
        match (&query.limit, &query.offset) {
            (None, None) => return Ok(()),
            (Some(limit), _) => {
                self.push(" LIMIT ");
                self.bound(limit, "pg_limit")?;
            }
            (None, Some(_)) => self.push(" LIMIT -1"),
        }
        if let Some(offset) = &query.offset {
            self.push(" OFFSET ");
            self.bound(offset, "pg_offset")?;
        }
        Ok(())
    }

    fn bound(&mut self, expr: &Expr, check: &str) -> Written {
        if matches!(expr.kind, ExprKind::Constant(_)) {
            return self.expr(expr);
        }
        self.push(check);
        self.push("(");
        self.expr(expr)?;
        self.push(")");
        Ok(())
    }

    /// A sub-query as a value: more than one row is an error, where SQLite would take the first.
    pub fn scalar(&mut self, query: &Query) -> Written {
        if one_row_at_most(query) {
            self.push("(");
            self.query(query, false)?;
        } else {
            let values = leftmost_is_values(query);
            self.push(if values { "(SELECT pg_single(column1) FROM (" } else { "(SELECT pg_single(\"c1\") FROM (" });
            self.query(query, true)?;
            self.push(")");
        }
        self.push(")");
        Ok(())
    }
}

/// Whether volatile values of its rows must be computed once for each, whoever looks at them: PostgreSQL neither pulls such a
/// query up nor leaves such columns out (`is_simple_subquery`, `remove_unused_subquery_outputs`).
fn computes_each_row(query: &Query) -> bool {
    match &query.body {
        Body::Select(select) => !select.distinct && !select.grouped && select.targets.iter().any(Expr::is_volatile),
        Body::SetOperation { operator: SetOperator::Union, all: true, left, right } => {
            computes_each_row(left) || computes_each_row(right)
        }
        Body::SetOperation { .. } | Body::Values(_) => false,
    }
}

/// Whether an argument of a function in the join fulfils `test`.
fn reaching(from: &From, test: &dyn Fn(&Expr) -> bool) -> bool {
    match from {
        From::Relation(_) | From::Query { .. } => false,
        From::Function { args, .. } => args.iter().any(test),
        From::Join { left, right, .. } => reaching(left, test) || reaching(right, test),
    }
}

fn is_column(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Column { .. } => true,
        ExprKind::Call(call) => call.emission.is_same() && call.args.iter().all(is_column),
        _ => false,
    }
}

/// Whether SQLite takes it for a constant as soon as it reads it: `+1` and `1::bigint` are written as one, and
/// `1 IS NULL` or `false AND x` become one.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Constant(_) | ExprKind::And(_) | ExprKind::Or(_) => true,
        ExprKind::Call(call) => match call.emission {
            Emission::Same | Emission::Collated(..) => call.args.iter().all(is_constant),
            Emission::Decided => call.args.first().is_some_and(is_constant),
            Emission::Text(_) => true,
            _ => false,
        },
        ExprKind::IsNull { operand, .. } | ExprKind::Not(operand) | ExprKind::IsBool { operand, .. } => {
            !matches!(operand.kind, ExprKind::Column { .. })
        }
        _ => false,
    }
}

/// Whether there is nothing around its body.
fn is_plain(query: &Query) -> bool {
    query.with.is_empty() && query.order_by.is_empty() && query.limit.is_none() && query.offset.is_none()
}

/// Whether it is a UNION of which it shows which of equal rows are kept.
fn keeps_first(query: &Query) -> bool {
    matches!(query.body, Body::SetOperation { operator: SetOperator::Union, all: false, .. })
        && query.outputs.iter().any(|output| output.ty.has_equals(output.typmod))
}

fn one_row_at_most(query: &Query) -> bool {
    use crate::types::Value;
    if let Some(ExprKind::Constant(Value::Int8(0 | 1))) = query.limit.as_ref().map(|limit| &limit.kind) {
        return true;
    }
    match &query.body {
        Body::Select(select) => select.from.is_none() || (select.grouped && select.group_by.is_empty()),
        Body::Values(rows) => rows.len() == 1,
        Body::SetOperation { .. } => false,
    }
}

/// Whether SQLite names the query's columns `column1`, … because a VALUES comes first.
pub fn leftmost_is_values(query: &Query) -> bool {
    match &query.body {
        Body::Select(_) => false,
        Body::Values(_) => true,
        Body::SetOperation { operator, all: true, .. } if *operator != SetOperator::Union => false,
        Body::SetOperation { .. } if keeps_first(query) => false,
        Body::SetOperation { left, .. } => leftmost_is_values(left),
    }
}
