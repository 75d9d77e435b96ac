//! CREATE VIEW, and what other statements owe to views.
//!
//! A view lives in the catalog alone: SQLite's own would need its functions to be ours, and the file must be readable
//! without them.

use sqlparser::ast::{self, CreateTableOptions};
use sqlparser::tokenizer::Token;

use super::Steps;
use super::alter_table::placeless;
use crate::catalog::system::format_type;
use crate::catalog::{Change, ColumnDefault, Object, Table, View, ViewColumn};
use crate::sql::amend;
use crate::sql::bind::names::{Persistence, Qualified, fold};
use crate::sql::bind::steps::modifies;
use crate::sql::bind::{Binder, Renaming, rewritten_view};
use crate::sql::bound::{ExprKind, Query};
use crate::sql::ddl::{AlterAction, Placed};
use crate::sql::plan::Schema;
use crate::sql::text::{At, slice};
use crate::sql::tokens;
use crate::sql::view::RelationOption;
use crate::types::identifier::quote_ident;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, text};

/// The settings that literals are read by.
const SETTINGS: &[&str] = &["timezone", "datestyle", "intervalstyle"];

impl Binder<'_> {
    pub fn create_view(&mut self, create: &ast::CreateView) -> Result<Schema, PgError> {
        self.refuse_view_options(create)?;
        if create.materialized {
            return self.create_materialized_view(create);
        }
        let clauses = self.view_clauses;
        let mut options = clauses.map_or_else(Vec::new, |clauses| clauses.options.clone());
        if let Some((at, local)) = clauses.and_then(|clauses| clauses.check) {
            if clauses.is_some_and(|clauses| clauses.recursive) {
                let message = "WITH CHECK OPTION not supported on recursive views";
                return Err(self.error(at, SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            let value = Some(if local { "local" } else { "cascaded" }.to_owned());
            options.push(RelationOption { namespace: None, name: "check_option".to_owned(), value });
        }
        let name = self.qualified_new(&create.name)?;
        super::table::refuse_reserved(&name.name)?;
        self.refuse_view_parameters()?;
        if modifies(&create.query) {
            let message = "views must not contain data-modifying statements in WITH";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        let bound = self.query(&create.query)?;
        if options.iter().any(|option| option.name == "check_option") {
            let first = self.noted.first().map(|(_, oid, _)| *oid);
            refuse_check_option(self.why_not_updatable(&self.view_text()?, first, &bound, true)?)?;
        }
        let options = view_options(Vec::new(), &options)?;
        let mut columns = self.view_columns(&bound, &create.columns)?;
        let mut steps = Steps::new();
        let schema = self.view_schema(&name, &mut steps)?;
        let before = match self.catalog.relation(&schema, &name.name) {
            None => None,
            Some(Object::View(view)) if create.or_replace => Some(view),
            Some(_) if create.or_replace => {
                let message = format!("\"{}\" is not a view", name.name);
                return Err(PgError::new(SqlState::WRONG_OBJECT_TYPE, message));
            }
            Some(_) => {
                let message = format!("relation \"{}\" already exists", name.name);
                return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
            }
        };
        self.refuse_row_type(&schema, &name.name)?;
        if let Some(view) = before {
            refuse_other_columns(view, &columns)?;
            for (column, old) in columns.iter_mut().zip(&view.columns) {
                column.comment.clone_from(&old.comment);
                column.default.clone_from(&old.default);
            }
        }
        let oid = before.map_or(self.catalog.next_oid, |view| view.oid);
        if before.is_some() && self.reaches(&self.seen_relations(), oid) {
            let message = format!("infinite recursion detected in rules for relation \"{}\"", name.name);
            return Err(PgError::new(SqlState::INVALID_OBJECT_DEFINITION, message));
        }
        let mut view = self.view_of(&bound, (oid, schema, name.name), columns, options)?;
        if clauses.is_some_and(|clauses| clauses.recursive) {
            view.query = recursive_text(&view.name, &view.columns, &view.query);
        }
        view.comment = before.and_then(|view| view.comment.clone());
        steps.put(Object::View(view));
        Ok(steps.finish("CREATE VIEW"))
    }

    /// What the statement's query means as a view.
    pub fn view_of(
        &self,
        bound: &Query,
        (oid, schema, name): (u32, String, String),
        columns: Vec<ViewColumn>,
        options: Vec<String>,
    ) -> Result<View, PgError> {
        let setting = |name: &&str| Some(((*name).to_owned(), self.context.settings.get(name)?.to_owned()));
        let search_path = self.schemas_in_path(self.catalog.is_temporary(&schema));
        Ok(View {
            oid,
            schema,
            name,
            columns,
            query: self.view_text()?,
            search_path,
            settings: SETTINGS.iter().filter_map(setting).collect(),
            made_at: self.context.transaction_timestamp,
            uses: self.used_columns(bound),
            sees: self.seen_relations(),
            comment: None,
            options,
        })
    }

    /// The relations that the query names itself, each with its last attnum.
    fn seen_relations(&self) -> Vec<(u32, i16)> {
        let mut sees: Vec<(u32, i16)> = Vec::new();
        for (_, oid, last) in &self.noted {
            if !sees.iter().any(|(other, _)| other == oid) {
                sees.push((*oid, *last));
            }
        }
        sees
    }

    pub fn refuse_view_parameters(&self) -> Result<(), PgError> {
        let Some((parameter, at)) = tokens::first_parameter(self.text) else { return Ok(()) };
        let message = format!("there is no parameter {parameter}");
        Err(self.error(at, SqlState::UNDEFINED_PARAMETER, message))
    }

    /// Where a new view goes: one of temporary relations can be nothing else itself.
    fn view_schema(&self, name: &Qualified, steps: &mut Steps) -> Result<String, PgError> {
        let mut persistence = self.persistence(false);
        let temporary = |oid: u32| self.catalog.get(oid).is_some_and(|of| self.catalog.is_temporary(of.schema()));
        if persistence == Persistence::Permanent && self.noted.iter().any(|(_, oid, _)| temporary(*oid)) {
            persistence = Persistence::Temporary;
            let message = format!("view \"{}\" will be a temporary view", name.name);
            steps.notice(SqlState::SUCCESSFUL_COMPLETION, message);
        }
        let schema = self.relation_schema(name, persistence, At::NOWHERE)?;
        if self.names_temporary && !self.catalog.is_temporary(&schema) {
            return Err(PgError::unsupported("a permanent view that names a temporary relation in a string"));
        }
        Ok(schema)
    }

    fn refuse_view_options(&self, create: &ast::CreateView) -> Result<(), PgError> {
        let unsupported = [(!matches!(create.options, CreateTableOptions::None), "a view's option")];
        if let Some((_, what)) = unsupported.iter().find(|(asked, _)| *asked) {
            return Err(PgError::unsupported(what));
        }
        let foreign = create.or_alter
            || create.temporary
            || create.secure
            || (create.if_not_exists && !create.materialized)
            || !create.cluster_by.is_empty()
            || create.comment.is_some()
            || create.with_no_schema_binding
            || create.copy_grants
            || create.to.is_some()
            || create.params.is_some();
        if foreign { Err(self.syntax_error(crate::sql::text::At::NOWHERE, "VIEW")) } else { Ok(()) }
    }

    /// What an INSERT into the view would give the column, as text.
    fn view_default(&mut self, column: &ViewColumn, value: &Placed) -> Result<Option<String>, PgError> {
        match self.default_text(value.span, &column.as_column())? {
            None => Ok(None),
            Some(ColumnDefault::Expression(text)) => Ok(Some(text)),
            Some(ColumnDefault::NextValue(_)) => {
                Err(PgError::unsupported("a view's column whose default draws from a sequence"))
            }
        }
    }

    pub fn view_columns(&self, query: &Query, names: &[ast::ViewColumnDef]) -> Result<Vec<ViewColumn>, PgError> {
        if names.len() > query.outputs.len() {
            let message = "CREATE VIEW specifies more column names than columns";
            return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
        }
        let mut columns: Vec<ViewColumn> = Vec::with_capacity(query.outputs.len());
        for (index, output) in query.outputs.iter().enumerate() {
            let name = names.get(index).map_or_else(|| output.name.clone(), |column| fold(&column.name));
            if columns.iter().any(|other| other.name == name) {
                let message = format!("column \"{name}\" specified more than once");
                return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
            }
            if output.ty.info().is_none() {
                return Err(PgError::unsupported(format!("a view's column of type {}", output.ty)));
            }
            self.refuse_pseudo_type(&name, output.ty)?;
            let (ty, typmod, domain) = (output.ty, output.typmod, output.domain);
            let typmod = if ty.is_row() { -1 } else { typmod };
            let collation = self.column_collation(query, index, |_| {
                format!("could not determine which collation to use for view column \"{name}\"")
            })?;
            columns.push(ViewColumn { name, ty, typmod, comment: None, default: None, domain, collation });
        }
        Ok(columns)
    }

    /// The query's own text: what stands behind AS.
    fn view_text(&self) -> Result<String, PgError> {
        let all = self.tokens();
        let check = self.view_clauses.and_then(|clauses| clauses.check);
        let end = check.and_then(|(at, _)| all.iter().rposition(|token| at.is(token.span.start)));
        let all = &all[..end.unwrap_or(all.len() - amend::data_clause(all))];
        let mut depth = 0;
        let is_as = |token: &Token| matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("as"));
        for (index, token) in all.iter().enumerate() {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ if depth == 0 && is_as(&token.token) => {
                    let (Some(first), Some(last)) = (all.get(index + 1), all.last()) else { break };
                    let mut span = first.span;
                    span.end = last.span.end;
                    return Ok(slice(self.text, span).to_owned());
                }
                _ => {}
            }
        }
        Err(PgError::new(SqlState::INTERNAL_ERROR, "a view without AS"))
    }

    /// The columns of relations that the view names itself, as far as it uses them.
    fn used_columns(&self, query: &Query) -> Vec<(u32, i16)> {
        let uses = std::cell::RefCell::new(Vec::new());
        query.for_each_expr(&mut |expr| {
            expr.any(&|expr| {
                if let ExprKind::Column { relation, column } = expr.kind
                    && self.noted.iter().any(|(noted, ..)| *noted == relation)
                    && let Some(origin) = self.relations[relation].columns[column].origin
                {
                    let mut uses = uses.borrow_mut();
                    if !uses.contains(&origin) {
                        uses.push(origin);
                    }
                }
                false
            });
        });
        uses.into_inner()
    }

    /// Whether a view that sees these would select from another in the end.
    fn reaches(&self, sees: &[(u32, i16)], oid: u32) -> bool {
        sees.iter().any(|(other, _)| {
            *other == oid
                || self.catalog.get(*other).and_then(Object::query).is_some_and(|view| self.reaches(&view.sees, oid))
        })
    }

    /// Views that select from what is dropped: refused, or dropped too.
    pub fn drop_views(&self, dropped: &[(u32, &Object)], steps: &mut Steps) {
        let mut depending = Vec::new();
        for (rank, object) in dropped {
            let first: Vec<&View> = self.catalog.views_of(object.oid()).collect();
            self.depending_views(first, &self.shown_object(object), &[*rank], &mut depending);
        }
        depending.retain(|view| !dropped.iter().any(|(_, object)| object.oid() == view.oid));
        self.drop_them(depending, steps);
    }

    fn drop_them(&self, depending: Vec<DependingView>, steps: &mut Steps) {
        for DependingView { oid, path, what, on } in depending {
            match self.catalog.get(oid) {
                Some(Object::Table(table)) => self.drop_table_steps(table, steps),
                _ => steps.drop(oid),
            }
            steps.depends(path, what, on);
        }
    }

    /// `first` depend on `on`, others on them; the youngest come first to what depends on several.
    pub fn depending_views(&self, first: Vec<&View>, on: &str, path: &[u32], depending: &mut Vec<DependingView>) {
        for view in first.into_iter().rev() {
            if depending.iter().any(|other| other.oid == view.oid) {
                continue;
            }
            let what = self.catalog.get(view.oid).map_or_else(String::new, |view| self.shown_object(view));
            let path: Vec<u32> = path.iter().copied().chain([view.oid]).collect();
            depending.push(DependingView { oid: view.oid, path: path.clone(), what: what.clone(), on: on.to_owned() });
            self.depending_views(self.catalog.views_of(view.oid).collect(), &what, &path, depending);
        }
    }

    /// What ALTER TABLE does must leave the views that select from the table as they are.
    pub fn mind_views(&self, table: &Table, action: &AlterAction, steps: &mut Steps) -> Result<(), PgError> {
        if self.catalog.views_of(table.oid).next().is_none() {
            return Ok(());
        }
        let using = |ident: &ast::Ident| {
            let name = fold(ident);
            let attnum = table.column(&name).map(|column| column.attnum);
            let views = self
                .catalog
                .views_of(table.oid)
                .filter(|view| attnum.is_some_and(|attnum| view.uses.contains(&(table.oid, attnum))));
            (name, views.collect::<Vec<_>>())
        };
        match action {
            AlterAction::Type { column, .. } => match using(column) {
                (name, views) if !views.is_empty() => {
                    let message = "cannot alter type of a column used by a view or rule";
                    let kind = self.catalog.get(views[0].oid).map_or("view", Object::kind);
                    let detail = format!("rule _RETURN on {kind} {} depends on column \"{name}\"", views[0].name);
                    Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).detail(detail))
                }
                _ => Ok(()),
            },
            AlterAction::DropColumn { name, cascade, .. } => {
                let (name, views) = using(name);
                let what = format!("column {name} of {}", self.shown_table(table));
                let mut depending = Vec::new();
                self.depending_views(views, &what, &[], &mut depending);
                self.drop_them(depending, steps);
                steps.settle_depending(Some(what), *cascade)
            }
            _ => Ok(()),
        }
    }

    /// Views that show columns of groups by a primary key, which `new` is without.
    pub fn mind_grouped_views(
        &self,
        table: &Table,
        new: &Table,
        what: &str,
        cascade: bool,
        steps: &mut Steps,
    ) -> Result<(), PgError> {
        let mut grouped = Vec::new();
        let catalog = self.catalog.with(&[Change::put(Object::Table(new.clone()))]);
        for view in self.catalog.views_of(table.oid) {
            let mut binder = Binder::new("", &catalog, self.context, &[])?;
            let Some(now) = catalog.get(view.oid).and_then(Object::query) else { continue };
            if binder.view_query(now).is_err_and(|error| error.code == SqlState::GROUPING_ERROR) {
                grouped.push(view);
            }
        }
        let mut depending = Vec::new();
        self.depending_views(grouped, what, &[], &mut depending);
        self.drop_them(depending, steps);
        steps.settle_depending(Some(what.to_owned()), cascade)
    }

    /// Views that select from what gets another name say so from now on.
    pub fn rename_in_views(&self, table: &Table, action: &AlterAction, steps: &mut Steps) -> Result<(), PgError> {
        let mut renaming = Renaming { oid: table.oid, schema: &table.schema, name: &table.name, column: None };
        match action {
            AlterAction::RenameTo(to) => {
                let to = fold(to);
                renaming.name = &to;
                self.rewrite_views(&renaming, steps)
            }
            AlterAction::SetSchema(to) => {
                let to = fold(to);
                renaming.schema = &to;
                self.rewrite_views(&renaming, steps)
            }
            AlterAction::RenameColumn { from, to } => {
                let Some(column) = table.column(&fold(from)) else { return Ok(()) };
                let to = fold(to);
                renaming.column = Some((column.attnum, &to));
                self.rewrite_views(&renaming, steps)
            }
            _ => Ok(()),
        }
    }

    fn rewrite_views(&self, renaming: &Renaming, steps: &mut Steps) -> Result<(), PgError> {
        for view in self.catalog.views_of(renaming.oid) {
            let rewritten = rewritten_view(self.catalog, self.context, view, renaming)?;
            steps
                .put(self.catalog.get(view.oid).map_or(Object::View(rewritten.clone()), |of| of.with_query(rewritten)));
        }
        Ok(())
    }

    pub fn rename_view(&mut self, view: &View, to: String, steps: &mut Steps) -> Result<(), PgError> {
        let renaming = Renaming { oid: view.oid, schema: &view.schema, name: &to, column: None };
        self.rewrite_views(&renaming, steps)?;
        steps.put(Object::View(View { name: to, ..view.clone() }));
        Ok(())
    }

    /// ALTER VIEW, but for its name and owner.
    pub fn alter_view(&mut self, view: &View, action: &AlterAction, steps: &mut Steps) -> Result<(), PgError> {
        let place = |name: &str| {
            let missing = || PgError::new(SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist"));
            view.columns.iter().position(|column| column.name == name).ok_or_else(missing)
        };
        let of_relation = |name: &ast::Ident| {
            let name = fold(name);
            let message = || format!("column \"{name}\" of relation \"{}\" does not exist", view.name);
            place(&name).map_err(|error| PgError { message: message(), ..error })
        };
        match action {
            AlterAction::RenameColumn { from, to } => {
                let to = self.new_name(to)?;
                let place = place(&fold(from))?;
                if view.columns.iter().any(|column| column.name == to) {
                    let message = format!("column \"{to}\" of relation \"{}\" already exists", view.name);
                    return Err(PgError::new(SqlState::DUPLICATE_COLUMN, message));
                }
                let column = Some((place as i16 + 1, to.as_str()));
                let renaming = Renaming { oid: view.oid, schema: &view.schema, name: &view.name, column };
                self.rewrite_views(&renaming, steps)?;
                let mut new = view.clone();
                new.columns[place].name = to;
                steps.put(Object::View(new));
                Ok(())
            }
            AlterAction::SetSchema(schema) => {
                let schema = self.other_schema(&view.schema, schema)?;
                if schema == view.schema {
                    return Ok(());
                }
                if self.catalog.relation(&schema, &view.name).is_some() {
                    let message = format!("relation \"{}\" already exists in schema \"{schema}\"", view.name);
                    return Err(PgError::new(SqlState::DUPLICATE_TABLE, message));
                }
                self.refuse_type_name(&schema, &view.name)?;
                let renaming = Renaming { oid: view.oid, schema: &schema, name: &view.name, column: None };
                self.rewrite_views(&renaming, steps)?;
                steps.put(Object::View(View { schema, ..view.clone() }));
                Ok(())
            }
            AlterAction::SetDefault { column, value } => {
                let place = of_relation(column)?;
                let default = self.view_default(&view.columns[place], value).map_err(placeless)?;
                steps.put(Object::View(with_default(view, place, default)));
                Ok(())
            }
            AlterAction::DropDefault(column) => {
                steps.put(Object::View(with_default(view, of_relation(column)?, None)));
                Ok(())
            }
            AlterAction::Options { reset: true, options } => {
                if options.iter().any(|option| option.value.is_some()) {
                    let message = "RESET must not include values for parameters";
                    return Err(PgError::new(SqlState::SYNTAX_ERROR, message));
                }
                let mut new = view.clone();
                new.options.retain(|set| !options.iter().any(|option| option_name(set) == option.name));
                steps.put(Object::View(new));
                Ok(())
            }
            AlterAction::Options { reset: false, options } => {
                let asks = options.iter().any(|option| option.name == "check_option");
                let options = view_options(view.options.clone(), options)?;
                if asks {
                    let mut binder = self.detached(&view.query);
                    let query = binder.view_query(view)?;
                    let first = view.sees.first().map(|(oid, _)| *oid);
                    refuse_check_option(binder.why_not_updatable(&view.query, first, &query, true)?)?;
                }
                steps.put(Object::View(View { options, ..view.clone() }));
                Ok(())
            }
            action => self.refuse_action(&Object::View(view.clone()), action),
        }
    }
}

/// 0A000 for WITH CHECK OPTION of a view that is not written through.
fn refuse_check_option(reason: Option<&'static str>) -> Result<(), PgError> {
    let Some(reason) = reason else { return Ok(()) };
    let message = "WITH CHECK OPTION is supported only on automatically updatable views";
    Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message).hint(reason))
}

fn with_default(view: &View, place: usize, default: Option<String>) -> View {
    let mut new = view.clone();
    new.columns[place].default = default;
    new
}

/// A view that goes with what is dropped: what it is called, and what it depends on.
pub struct DependingView {
    pub oid: u32,
    pub path: Vec<u32>,
    pub what: String,
    pub on: String,
}

/// CREATE OR REPLACE may add columns, but change none.
fn refuse_other_columns(view: &View, columns: &[ViewColumn]) -> Result<(), PgError> {
    let refused = |message: String| Err(PgError::new(SqlState::INVALID_TABLE_DEFINITION, message));
    if columns.len() < view.columns.len() {
        return refused("cannot drop columns from view".to_owned());
    }
    for (old, new) in view.columns.iter().zip(columns) {
        if old.name != new.name {
            let error = refused(format!("cannot change name of view column \"{}\" to \"{}\"", old.name, new.name));
            let hint = "Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.";
            return error.map_err(|error| error.hint(hint));
        }
        if (old.ty, old.typmod, old.domain) != (new.ty, new.typmod, new.domain) {
            let name = |column: &ViewColumn| match column.domain {
                0 if column.ty.is_users() => column.ty.to_string(),
                0 => format_type(column.ty.0, Some(column.typmod)),
                domain => Type(domain).to_string(),
            };
            return refused(format!(
                "cannot change data type of view column \"{}\" from {} to {}",
                old.name,
                name(old),
                name(new)
            ));
        }
    }
    Ok(())
}

/// The query that a recursive view stands for.
fn recursive_text(name: &str, columns: &[ViewColumn], query: &str) -> String {
    let names: Vec<String> = columns.iter().map(|column| quote_ident(&column.name)).collect();
    let (name, names) = (quote_ident(name), names.join(", "));
    format!("WITH RECURSIVE {name} ({names}) AS ({query}\n) SELECT {names} FROM {name}")
}

/// `name` of `name=value`.
fn option_name(option: &str) -> &str {
    option.split_once('=').map_or(option, |(name, _)| name)
}

/// A view's options with some set anew (`transformRelOptions`, `view_reloptions`).
fn view_options(mut all: Vec<String>, set: &[RelationOption]) -> Result<Vec<String>, PgError> {
    let refused = |message: String| Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
    // Of tables beside the view, which has none.
    let of_toast = |option: &&RelationOption| option.namespace.as_deref() == Some("toast");
    let set: Vec<&RelationOption> = set.iter().filter(|option| !of_toast(option)).collect();
    if let Some(namespace) = set.iter().find_map(|option| option.namespace.as_ref()) {
        return refused(format!("unrecognized parameter namespace \"{namespace}\""));
    }
    all.retain(|option| !set.iter().any(|other| option_name(option) == other.name));
    for (place, RelationOption { name, value, .. }) in set.iter().enumerate() {
        let value = value.as_deref().unwrap_or("true");
        if set[..place].iter().any(|other| other.name == *name) {
            return refused(format!("parameter \"{name}\" specified more than once"));
        }
        match name.as_str() {
            "security_barrier" | "security_invoker" if boolean(value).is_none() => {
                return refused(format!("invalid value for boolean option \"{name}\": {value}"));
            }
            "security_barrier" | "security_invoker" => {}
            "check_option" if !["local", "cascaded"].iter().any(|known| value.eq_ignore_ascii_case(known)) => {
                return refused(format!("invalid value for enum option \"{name}\": {value}"))
                    .map_err(|error| error.detail("Valid values are \"local\" and \"cascaded\"."));
            }
            "check_option" => {}
            _ => return refused(format!("unrecognized parameter \"{name}\"")),
        }
        all.push(format!("{name}={value}"));
    }
    Ok(all)
}

fn boolean(value: &str) -> Option<Value> {
    text::input(Type::BOOL, value, &Zone::utc(), 0).ok()
}
