//! Functions that return sets: in FROM, as tables (`transformRangeFunction`), and in the SELECT list (`nodeProjectSet.c`).
//!
//! Either way the call becomes a relation of the FROM list, whose arguments may name what stands before it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

use sqlparser::ast::{self, FunctionArg, FunctionArgExpr, TableAlias, TableFactor, TableWithJoins};

use super::Binder;
use super::collation::typcollation;
use super::domain::domain_of_elements;
use super::from::{Entry, cross, refuse_too_many};
use super::function::{argument, is_of_information_schema};
use super::named_arguments::is_named;
use super::names::{Qualified, fold};
use super::row::field_columns;
use super::scope::{Clause, Sets};
use crate::catalog::system;
use crate::sql::bound::{
    Expr, ExprKind, Form, From, Output, Query, Relation, RelationColumn, RelationId, Select, Source,
};
use crate::sql::emission::{Emission, MAX_SIDE_BY_SIDE};
use crate::sql::functions::{self, Function, Volatility};
use crate::sql::text::At;
use crate::types::record::{Field, Shape};
use crate::types::{PgError, SqlState, Type, Value};

/// Values become one, a row.
const PACK_ROW: Emission = Emission::Own("pg_pack_row");

/// Functions of rows that are a view's, with just its columns.
const VIEWS: &[(&str, &str)] = &[("pg_show_all_settings", "pg_settings"), ("pg_lock_status", "pg_locks")];

/// Functions that make rows of json, of a type that their first argument is of.
const POPULATE: [&str; 4] =
    ["json_populate_record", "jsonb_populate_record", "json_populate_recordset", "jsonb_populate_recordset"];

/// And those whose rows a column definition list tells.
const TO_RECORDS: [&str; 4] = ["json_to_record", "jsonb_to_record", "json_to_recordset", "jsonb_to_recordset"];

/// Arrays that one unnest() takes.
const MAX_ARRAYS: usize = 50;

/// A function call in FROM.
pub struct TableCall<'t> {
    pub name: Qualified,
    pub args: Vec<Cow<'t, ast::Expr>>,
    pub alias: Option<&'t TableAlias>,
    pub ordinality: bool,
}

/// Whether a FROM entry may name those before it.
pub fn may_be_lateral(factor: &TableFactor) -> bool {
    match factor {
        TableFactor::Table { args, .. } => args.is_some(),
        TableFactor::Derived { lateral, .. } => *lateral,
        TableFactor::NestedJoin { table_with_joins, .. } => has_lateral(table_with_joins),
        TableFactor::Function { .. } | TableFactor::UNNEST { .. } => true,
        _ => false,
    }
}

fn has_lateral(table: &TableWithJoins) -> bool {
    may_be_lateral(&table.relation) || table.joins.iter().any(|join| may_be_lateral(&join.relation))
}

impl Binder<'_> {
    /// The arguments of a call in FROM, in the order of the function's parameters.
    pub fn table_arguments<'t>(
        &mut self,
        name: &Qualified,
        args: &'t [FunctionArg],
    ) -> Result<Vec<Cow<'t, ast::Expr>>, PgError> {
        let at = name.at;
        if args.iter().any(is_named) {
            let ordered = self.lateral(|binder| binder.in_order(&name.name, args, at))?;
            return Ok(ordered.into_iter().map(Cow::Borrowed).collect());
        }
        let plain = |arg: &'t FunctionArg| match arg {
            FunctionArg::Unnamed(arg) => {
                argument(arg).ok_or_else(|| self.unsupported(at, "all columns as an argument"))
            }
            FunctionArg::Named { .. } | FunctionArg::ExprNamed { .. } => Err(self.unsupported(at, "a named argument")),
        };
        if args.iter().any(|arg| matches!(arg, FunctionArg::Unnamed(FunctionArgExpr::Wildcard))) {
            self.refuse_aggregate_call(&name.name, at)?;
        }
        args.iter().map(plain).collect()
    }

    fn refuse_aggregate_call(&self, name: &str, at: At) -> Result<(), PgError> {
        if !functions::named(name).any(|function| function.aggregate) {
            return Ok(());
        }
        let message = format!("aggregate functions are not allowed in {}", Clause::From.name());
        Err(self.error(at, SqlState::GROUPING_ERROR, message))
    }

    pub fn table_function(&mut self, call: TableCall) -> Result<Entry, PgError> {
        let TableCall { name, args, alias, ordinality } = call;
        let at = name.at;
        if let Some((_, view)) = VIEWS.iter().find(|(function, _)| *function == name.name)
            && args.is_empty()
            && !ordinality
            && let Some(relation) = system::relation("pg_catalog", view)
        {
            return self.rows_of_view(relation, &name.name, alias);
        }
        let elsewhere = |schema: &String| schema != "pg_catalog" && !is_of_information_schema(schema, &name.name);
        let of_extension = |schema: &String| self.is_of_extension(schema, &name.name);
        if name.schema.as_ref().is_some_and(|schema| elsewhere(schema) && !of_extension(schema)) {
            if let Some(schema) = name.schema.as_deref().filter(|schema| !self.schema_is_there(self.meant(schema))) {
                let message = format!("schema \"{schema}\" does not exist");
                return Err(self.error(at, SqlState::INVALID_SCHEMA_NAME, message));
            }
            let types = self.lateral(|binder| {
                args.iter().map(|arg| binder.expr(arg).map(|arg| arg.ty)).collect::<Result<Vec<_>, _>>()
            })?;
            return Err(self.no_function(&name.display(), super::resolve::Choice::None, &types, at));
        }
        let args = self.lateral(|binder| args.iter().map(|arg| binder.expr(arg)).collect::<Result<Vec<_>, _>>())?;
        if name.name == "unnest" && args.len() > 1 && args.len() <= MAX_ARRAYS {
            return self.arrays_side_by_side(name, args, alias, ordinality);
        }
        if let ([_], true) = (&args[..], TO_RECORDS.contains(&name.name.as_str())) {
            return self.json_records(name, args, alias, ordinality);
        }
        let types: Vec<Type> = args.iter().map(|arg| arg.ty).collect();
        let function = self.find_function(name.schema.as_deref(), &name.name, &types).ok();
        let function = function.filter(|function| function.set);
        self.refuse_aggregate_call(&name.name, at)?;
        let (module, args, result) = match function {
            Some(function) => {
                let module = self.set_module(function, at)?;
                let (args, result) = self.arguments_for(function, args, at)?;
                self.refuse_populated(function, result.ty)?;
                (module, args, result)
            }
            // An ordinary function yields one row.
            None => {
                let value = self.call_in(name.schema.as_deref(), &name.name, args, at)?;
                let value = self.text_if_unknown(value)?;
                let form = Form { ty: value.ty, typmod: -1, domain: value.domain };
                ("pg_row", vec![value], form)
            }
        };
        let shown = match alias {
            Some(alias) => fold(&alias.name),
            None => name.name.clone(),
        };
        let listed = alias.is_some_and(|alias| alias.columns.iter().any(|column| column.data_type.is_some()));
        if result.ty.is_row() || listed {
            let from = |relation| From::Function { relation, module, args };
            return self.rows_entry(&name, result.ty, alias, ordinality, from);
        }
        let columns: Vec<RelationColumn> = match function.and_then(|_| functions::set_columns(&name.name)) {
            Some(columns) => {
                columns.iter().map(|(column, ty)| set_column((*column).to_owned(), Form::plain(*ty))).collect()
            }
            None => vec![set_column(shown, result)],
        };
        self.set_entry(name.name, columns, alias, ordinality, |relation| From::Function { relation, module, args })
    }

    /// A function that yields what one of PostgreSQL's own views shows.
    fn rows_of_view(
        &mut self,
        relation: &'static system::Relation,
        name: &str,
        alias: Option<&TableAlias>,
    ) -> Result<Entry, PgError> {
        let mut relation = self.catalog_relation(relation);
        relation.name = name.to_owned();
        relation.columns.iter_mut().for_each(|column| column.origin = None);
        self.relation_entry(relation, alias, None)
    }

    /// A set in FROM: its columns, and the number of the row if that is asked for.
    fn set_entry(
        &mut self,
        name: String,
        mut columns: Vec<RelationColumn>,
        alias: Option<&TableAlias>,
        ordinality: bool,
        from: impl FnOnce(RelationId) -> From,
    ) -> Result<Entry, PgError> {
        for (index, column) in columns.iter_mut().enumerate() {
            column.stored_name = format!("c{}", index + 1);
        }
        if ordinality {
            let mut number = set_column("ordinality".to_owned(), Form::plain(Type::INT8));
            number.stored_name = "ordinality".to_owned();
            number.not_null = true;
            columns.push(number);
        }
        let mut relation = self.set_relation(name, columns);
        if let Some(alias) = alias {
            self.rename(&mut relation, alias)?;
        }
        let id = self.relations.len();
        self.relations.push(relation);
        Ok(Entry { from: from(id), items: vec![self.item(id, None)] })
    }

    /// A function that yields rows of a known type, or of one that the column definition list tells: each is one value, of
    /// which the fields are the columns.
    fn rows_entry(
        &mut self,
        name: &Qualified,
        ty: Type,
        alias: Option<&TableAlias>,
        ordinality: bool,
        from: impl FnOnce(RelationId) -> From,
    ) -> Result<Entry, PgError> {
        if !ty.is_row() {
            let place = alias.and_then(|alias| alias.columns.first());
            let place = place.map_or(At::NOWHERE, |column| column.name.span.into());
            let message = match functions::set_columns(&name.name) {
                Some(_) => "a column definition list is redundant for a function with OUT parameters",
                None => "a column definition list is only allowed for functions returning \"record\"",
            };
            return Err(self.error(place, SqlState::SYNTAX_ERROR, message));
        }
        let row = Expr::null(ty);
        let Some(shape) = self.fields_of(&row).filter(|_| ty != Type::RECORD) else {
            let message = "a column definition list is required for functions returning \"record\"";
            return Err(self.error(name.at, SqlState::SYNTAX_ERROR, message));
        };
        if alias.is_some_and(|alias| alias.columns.iter().any(|column| column.data_type.is_some())) {
            let message = "a column definition list is redundant for a function returning a named composite type";
            let place = alias.and_then(|alias| alias.columns.first());
            let place = place.map_or(At::NOWHERE, |column| column.name.span.into());
            return Err(self.error(place, SqlState::SYNTAX_ERROR, message));
        }
        self.row_columns(name, ty, shape, alias, ordinality, from)
    }

    /// `json_to_record(…) AS t(a int, b text)`.
    fn json_records(
        &mut self,
        name: Qualified,
        args: Vec<Expr>,
        alias: Option<&TableAlias>,
        ordinality: bool,
    ) -> Result<Entry, PgError> {
        let required = |binder: &Self| {
            let message = "a column definition list is required for functions returning \"record\"";
            Err(binder.error(name.at, SqlState::SYNTAX_ERROR, message))
        };
        let wanted = if name.name.starts_with("jsonb") { Type::JSONB } else { Type::JSON };
        let (found, mut json) = (args[0].ty, Vec::with_capacity(4));
        for arg in args {
            match self.coerce(arg, wanted, crate::sql::casts::Context::Implicit)? {
                Some(arg) => json.push(arg),
                None => return Err(self.no_function(&name.name, super::resolve::Choice::None, &[found], name.at)),
            }
        }
        let Some(alias) = alias else { return required(self) };
        let mut fields: Vec<Field> = Vec::with_capacity(alias.columns.len());
        for column in &alias.columns {
            let Some(data_type) = &column.data_type else { return required(self) };
            let at = At::from(column.name.span);
            let form = self.form(data_type, self.tokens_away(at, 1))?;
            let name = self.new_name(&column.name)?;
            if fields.iter().any(|other| other.name == name) {
                let message = format!("column name \"{name}\" specified more than once");
                return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
            }
            self.refuse_pseudo_type(&name, form.ty)?;
            if form.domain != 0 || form.ty.is_of_catalogs() {
                return Err(self.unsupported(at, "a column of this type in a column definition list"));
            }
            fields.push(Field { name, ty: form.ty, typmod: form.typmod, domain: 0 });
        }
        if fields.is_empty() {
            return required(self);
        }
        let typmods: Vec<String> = fields.iter().map(|field| field.typmod.to_string()).collect();
        let shape = Shape { ty: Type::RECORD, fields };
        let text = |text: String| Expr::constant(Value::Text(text), Type::TEXT);
        let mut args = vec![text(name.name.clone())];
        args.extend(json);
        args.extend([text(shape.text()), text(typmods.join(","))]);
        let module = "pg_json_records";
        let from = |relation| From::Function { relation, module, args };
        self.row_columns(&name, Type::RECORD, shape, Some(alias), ordinality, from)
    }

    /// The functions that make rows of json need to know what rows.
    pub fn refuse_populated(&self, function: &Function, result: Type) -> Result<(), PgError> {
        if !POPULATE.contains(&function.name) || result.relation().is_some() {
            return Ok(());
        }
        if result == Type::RECORD {
            return Err(PgError::unsupported(format!("{} of a row of no known type", function.name)));
        }
        let message = format!("first argument of {} must be a row type", function.name);
        Err(PgError::new(SqlState::DATATYPE_MISMATCH, message))
    }

    /// Rows that are values, and their fields as columns.
    fn row_columns(
        &mut self,
        name: &Qualified,
        ty: Type,
        shape: Shape,
        alias: Option<&TableAlias>,
        ordinality: bool,
        from: impl FnOnce(RelationId) -> From,
    ) -> Result<Entry, PgError> {
        let mut column = set_column(name.name.clone(), Form::plain(ty));
        column.typmod = if ty == Type::RECORD { self.shapes.typmod(shape.clone()) } else { self.row_typmod(ty) };
        let columns = vec![column];
        let plain = alias.map(|alias| TableAlias { columns: Vec::new(), ..alias.clone() });
        let mut entry = self.set_entry(name.name.clone(), columns, plain.as_ref(), ordinality, from)?;
        if let [item] = &mut entry.items[..]
            && let Some(row) = item.columns.first().map(|column| column.expr.clone())
        {
            let behind = item.columns.split_off(1);
            item.columns = field_columns(&row, &shape);
            item.columns.extend(behind);
            if let Some(alias) = alias {
                if alias.columns.len() > item.columns.len() {
                    let message = format!(
                        "table \"{}\" has {} columns available but {} columns specified",
                        fold(&alias.name),
                        item.columns.len(),
                        alias.columns.len()
                    );
                    return Err(PgError::new(SqlState::INVALID_COLUMN_REFERENCE, message));
                }
                for (column, renamed) in item.columns.iter_mut().zip(&alias.columns) {
                    column.name = fold(&renamed.name);
                }
            }
        }
        Ok(entry)
    }

    /// `unnest(a, b)`: a row for each of the longest array's elements.
    fn arrays_side_by_side(
        &mut self,
        name: Qualified,
        arrays: Vec<Expr>,
        alias: Option<&TableAlias>,
        ordinality: bool,
    ) -> Result<Entry, PgError> {
        let mut columns = Vec::with_capacity(arrays.len() + 1);
        let mut args = Vec::with_capacity(2 * arrays.len());
        for array in arrays {
            let Some(element) = super::array::element(array.ty) else {
                return Err(self.no_function("unnest", super::resolve::Choice::None, &[array.ty], name.at));
            };
            let form = self.form_of_domain(Form::plain(element), domain_of_elements(array.domain));
            columns.push(set_column("unnest".to_owned(), form));
            args.extend([array, Expr::constant(Value::Oid(element.0), Type::OID)]);
        }
        let module = "pg_unnest_all";
        self.set_entry(name.name, columns, alias, ordinality, |relation| From::Function { relation, module, args })
    }

    fn set_relation(&self, name: String, columns: Vec<RelationColumn>) -> Relation {
        Relation {
            name,
            source: Source::Function,
            columns,
            depth: self.query_depth(),
            nullable: false,
            keys: Vec::new(),
        }
    }

    fn set_module(&self, function: &Function, at: At) -> Result<&'static str, PgError> {
        match function.emission {
            Emission::Rows(module) => Ok(module),
            Emission::Missing(what) => Err(self.unsupported(at, what)),
            _ => Err(self.unsupported(at, format!("function {} in FROM", function.name))),
        }
    }

    /// Runs `bind` where the FROM entries bound so far can be named.
    pub fn lateral<T>(&mut self, bind: impl FnOnce(&mut Self) -> Result<T, PgError>) -> Result<T, PgError> {
        self.swap_lateral();
        let result = self.in_clause(Clause::From, bind);
        self.swap_lateral();
        result
    }

    fn swap_lateral(&mut self) {
        if let Some(scope) = self.scopes.last_mut() {
            std::mem::swap(&mut scope.items, &mut scope.lateral);
        }
    }

    /// A lateral reference must not cross the null-making side of a join.
    pub fn check_lateral(&self, left: &From, right: &From) -> Result<(), PgError> {
        let left = left.relations();
        let mut found = None;
        right.for_each_expr(&mut |expr| {
            expr.any(&|expr| matches!(expr.kind, ExprKind::Column { relation, .. } if left.contains(&relation)))
                .then(|| found = found.take().or_else(|| first_of(expr, &left)));
        });
        let Some((relation, at)) = found else { return Ok(()) };
        let message = format!("invalid reference to FROM-clause entry for table \"{}\"", self.relations[relation].name);
        let detail = "The combining JOIN type must be INNER or LEFT for a LATERAL reference.";
        Err(self.error(at, SqlState::INVALID_COLUMN_REFERENCE, message).detail(detail))
    }

    /// A set-returning function in an expression: its rows multiply the query's.
    pub fn set_in_target(&mut self, function: &Function, args: Vec<Expr>, at: At) -> Result<Expr, PgError> {
        let clause = self.clause();
        let refused = |what: &str| Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, what));
        if self.scopes.last().is_none_or(|scope| scope.in_aggregate) {
            let message = "aggregate function calls cannot contain set-returning function calls";
            let hint = "You might be able to move the set-returning function into a LATERAL FROM item.";
            return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message).hint(hint));
        }
        match clause {
            Clause::Select | Clause::OrderBy | Clause::GroupBy | Clause::OnlyRow => {}
            Clause::From | Clause::FromQuery => {
                return refused("set-returning functions must appear at top level of FROM");
            }
            Clause::Window | Clause::DistinctOn => {
                return Err(self.unsupported(at, format!("a set-returning function in {}", clause.name())));
            }
            Clause::Frame(_) => return refused("set-returning functions are not allowed in window definitions"),
            _ => return refused(&format!("set-returning functions are not allowed in {}", clause.name())),
        }
        let module = self.set_module(function, at)?;
        let (args, result) = self.arguments_for(function, args, at)?;
        self.refuse_populated(function, result.ty)?;
        let of_row = functions::set_columns(function.name).filter(|columns| columns.len() > 1);
        let mut columns: Vec<RelationColumn> = match of_row {
            Some(columns) => {
                columns.iter().map(|(column, ty)| set_column((*column).to_owned(), Form::plain(*ty))).collect()
            }
            _ => vec![set_column(function.name.to_owned(), result)],
        };
        for (index, column) in columns.iter_mut().enumerate() {
            column.stored_name = format!("c{}", index + 1);
        }
        let forms: Vec<Form> = columns
            .iter()
            .map(|RelationColumn { ty, typmod, domain, .. }| Form { ty: *ty, typmod: *typmod, domain: *domain })
            .collect();
        // Sets of one list go along with each other: the same one twice yields the same rows.
        let same = self.scopes.last().and_then(|scope| {
            let same = |set: &From| match set {
                From::Function { relation, module: other, args: of } => {
                    (*other == module && *of == args).then_some(*relation)
                }
                _ => None,
            };
            scope.sets.iter().find_map(|(set, _)| same(set))
        });
        let volatile = function.volatility == Volatility::Volatile || args.iter().any(Expr::is_volatile);
        let relation = match same.filter(|_| !volatile) {
            Some(relation) => relation,
            None => {
                let relation = self.set_relation(String::new(), columns);
                self.relations.push(relation);
                let id = self.relations.len() - 1;
                if let Some(scope) = self.scopes.last_mut() {
                    scope.sets.push((From::Function { relation: id, module, args }, at));
                }
                id
            }
        };
        let column = |(column, form): (usize, &Form)| {
            let Form { ty, typmod, domain } = *form;
            Expr { typmod, domain, ..Expr::new(ExprKind::Column { relation, column }, ty) }.at(at)
        };
        let mut values: Vec<Expr> = forms.iter().enumerate().map(column).collect();
        match of_row {
            Some(columns) => {
                let names = columns.iter().map(|(name, _)| (*name).to_owned());
                self.row_of_set(names.zip(values).collect(), at)
            }
            None => Ok(values.swap_remove(0)),
        }
    }

    /// The sets of the innermost query: those that its rows are multiplied by before they are grouped, for GROUP BY names them,
    /// and those that are read of groups and beside what windows have found out (`make_srf_processing_target` and kin).
    pub fn split_sets(&mut self, group_by: &[Expr], grouped: bool) -> (Sets, Sets) {
        let mut below = self.take_sets();
        let windowed = self.scopes.last().is_some_and(|scope| scope.has_windows);
        if !grouped && !windowed {
            return (below, Vec::new());
        }
        let mut named: Vec<RelationId> = Vec::new();
        let mut above = Vec::new();
        // A set that another one needs comes before it.
        for index in (0..below.len()).rev() {
            let From::Function { relation, args, .. } = &below[index].0 else { continue };
            let names = |expr: &Expr| matches!(expr.kind, ExprKind::Column { relation: of, .. } if of == *relation);
            if !group_by.iter().any(|key| key.any(&names)) && !named.contains(relation) {
                above.insert(0, below.remove(index));
                continue;
            }
            for arg in args {
                each_relation(arg, &mut named);
            }
        }
        let relations = above.iter().flat_map(|(set, _): &(From, At)| set.relations()).collect();
        if let Some(scope) = self.scopes.last_mut() {
            scope.sets_above = relations;
        }
        (below, above)
    }

    /// All sets of the innermost query.
    pub fn take_sets(&mut self) -> Sets {
        self.scopes.last_mut().map_or(Vec::new(), |scope| std::mem::take(&mut scope.sets))
    }

    /// Whether a relation is a set that is read when the groups of the query are there.
    pub fn is_set_above(&self, relation: RelationId) -> bool {
        self.scopes.last().is_some_and(|scope| scope.sets_above.contains(&relation))
    }

    /// The FROM of a query whose SELECT list has set-returning functions: each of its rows times theirs. A set in
    /// another's arguments comes first; others go along with each other. `sorts_first`: PostgreSQL would call them when the rows that
    /// DISTINCT ON leaves are known.
    pub fn with_sets(
        &mut self,
        from: Option<From>,
        filter: Option<&Expr>,
        sets: Sets,
        sorts_first: bool,
    ) -> Result<Option<From>, PgError> {
        if sets.is_empty() {
            return Ok(from);
        }
        if sorts_first {
            return Err(PgError::unsupported("a set-returning function beside DISTINCT ON and ORDER BY"));
        }
        if filter.is_some_and(Expr::is_volatile) {
            return Err(PgError::unsupported("a set-returning function in the SELECT list beside a volatile WHERE"));
        }
        let mut all = from;
        for mut level in levels(sets) {
            let at = level.first().map_or(At::NOWHERE, |(_, at)| *at);
            if level.len() > MAX_SIDE_BY_SIDE {
                let what = format!("more than {MAX_SIDE_BY_SIDE} set-returning functions in a SELECT list");
                return Err(self.unsupported(at, what));
            }
            let sets = match level.len() {
                1 => level.drain(..).map(|(set, _)| set).collect(),
                _ => self.side_by_side(level),
            };
            for set in sets {
                all = Some(match all {
                    None => set,
                    Some(from) => {
                        refuse_too_many(&from, &set)?;
                        cross(from, set)
                    }
                });
            }
        }
        Ok(all)
    }

    /// Sets that are read row by row together: one function that is given all of them, each as one value, and what each
    /// yields as a relation of its own, which the expressions name.
    fn side_by_side(&mut self, sets: Sets) -> Vec<From> {
        let mut args = Vec::new();
        let mut columns = Vec::new();
        let mut shown = Vec::new();
        for (set, _) in sets {
            let From::Function { relation, module, args: of_set } = set else { continue };
            // The set itself is read within a query of its own.
            let inner = self.relations.len();
            let mut read = self.relations[relation].clone();
            read.depth += 2;
            let mut column = read.columns[0].clone();
            let types: Vec<Type> = read.columns.iter().map(|column| column.ty).collect();
            self.relations.push(read);
            let one = |(column, ty): (usize, &Type)| Expr::new(ExprKind::Column { relation: inner, column }, *ty);
            let mut values: Vec<Expr> = types.iter().enumerate().map(one).collect();
            let nothing = match values.len() {
                1 => None,
                // A row goes as one value; where the set has ended, as one of NULLs.
                _ => {
                    values = vec![Expr::call(PACK_ROW, values, Type::BYTEA)];
                    column.ty = Type::BYTEA;
                    let nulls = types.iter().map(|ty| Expr::null(*ty)).collect();
                    Some(Expr::call(PACK_ROW, nulls, Type::BYTEA))
                }
            };
            let select = Select {
                targets: values,
                from: Some(From::Function { relation: inner, module, args: of_set }),
                ..Select::default()
            };
            args.push(self.packed(Query::of_select(select, vec![Output::new("", column.ty)])));
            let stored_name = format!("c{}", columns.len() + 1);
            columns.push(RelationColumn { stored_name, ..column });
            shown.push((relation, nothing));
        }
        let together = self.relations.len();
        let types: Vec<Type> = columns.iter().map(|column| column.ty).collect();
        let relation = self.set_relation(String::new(), columns);
        self.relations.push(relation);
        let mut all = vec![From::Function { relation: together, module: "pg_side_by_side", args }];
        for (column, ((relation, nothing), ty)) in shown.into_iter().zip(types).enumerate() {
            let value = Expr::new(ExprKind::Column { relation: together, column }, ty);
            let (module, value) = match nothing {
                None => ("pg_row", value),
                Some(nothing) => ("pg_rows", Expr::call(Emission::Builtin("coalesce"), vec![value, nothing], ty)),
            };
            all.push(From::Function { relation, module, args: vec![value] });
        }
        all
    }

    /// How many sets the innermost query's expressions have so far.
    pub fn sets(&self) -> usize {
        self.scopes.last().map_or(0, |scope| scope.sets.len())
    }

    /// Where the first set stands that came after so many.
    pub fn set_since(&self, before: usize) -> Option<At> {
        self.scopes.last().and_then(|scope| scope.sets.get(before)).map(|(_, at)| *at)
    }

    /// A set-returning function in a conditional expression would have to be called only if the condition says so.
    pub fn refuse_sets_since(&self, before: usize, construct: &str) -> Result<(), PgError> {
        let Some(at) = self.set_since(before) else { return Ok(()) };
        let message = format!("set-returning functions are not allowed in {construct}");
        let hint = "You might be able to move the set-returning function into a LATERAL FROM item.";
        Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message).hint(hint))
    }
}

/// Sets by what they need: the first need no other, the next need the first … (`split_pathtarget_at_srfs`).
fn levels(sets: Sets) -> Vec<Sets> {
    let mut levels: Vec<Sets> = Vec::new();
    let mut level_of: HashMap<RelationId, usize> = HashMap::new();
    for (set, at) in sets {
        let From::Function { relation, args, .. } = &set else { continue };
        let level = Cell::new(0);
        for arg in args {
            arg.any(&|expr| {
                if let ExprKind::Column { relation, .. } = expr.kind
                    && let Some(below) = level_of.get(&relation)
                {
                    level.set(level.get().max(below + 1));
                }
                false
            });
        }
        level_of.insert(*relation, level.get());
        if levels.len() <= level.get() {
            levels.push(Vec::new());
        }
        levels[level.get()].push((set, at));
    }
    levels
}

fn set_column(name: String, Form { ty, typmod, domain }: Form) -> RelationColumn {
    RelationColumn {
        name,
        stored_name: String::new(),
        ty,
        typmod,
        domain,
        not_null: false,
        origin: None,
        collation: typcollation(ty),
    }
}

/// The relations that an expression names columns of.
fn each_relation(expr: &Expr, relations: &mut Vec<RelationId>) {
    if let ExprKind::Column { relation, .. } = expr.kind {
        relations.push(relation);
    }
    expr.for_each_child(&mut |child| each_relation(child, relations));
}

/// The first column of one of the relations in an expression.
fn first_of(expr: &Expr, relations: &[RelationId]) -> Option<(RelationId, At)> {
    match expr.kind {
        ExprKind::Column { relation, .. } if relations.contains(&relation) => Some((relation, expr.at)),
        _ => {
            let mut found = None;
            expr.for_each_child(&mut |child| found = found.take().or_else(|| first_of(child, relations)));
            found
        }
    }
}
