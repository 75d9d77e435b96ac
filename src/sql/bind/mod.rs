//! Names resolved, types given: from sqlparser's tree to a [`Plan`].
//!
//! Follows PostgreSQL's parse analysis (`src/backend/parser`): the same order of steps, so that the
//! same statement gives the same types, or the same error at the same place. What is bound lands in the
//! [`bound`](super::bound) tree; [`emit`](super::emit) writes SQLite SQL from that.

mod aggregate;
mod array;
mod check;
mod coerce;
mod collation;
mod common_type;
mod conflict;
mod copy;
mod cursor;
mod ddl;
mod deparse;
mod domain;
mod enums;
mod explain;
mod expr;
mod extension_function;
mod first_rows;
mod from;
mod function;
mod generated;
mod group;
mod grouping_sets;
mod insert;
mod keys;
mod lateral;
mod literal;
mod lock;
mod merge;
mod modify;
mod named_arguments;
mod names;
mod operator;
mod ordered_set;
mod outer_aggregate;
mod places;
mod polymorphic;
mod positions;
mod postponed;
mod prepare;
mod proposal;
mod query;
mod recursive;
mod resolve;
mod rounds;
mod row;
mod scope;
mod search_cycle;
mod select;
mod sequence;
mod session_calls;
mod set_operation;
mod shown;
mod size;
mod special;
mod stand_in;
mod steps;
mod subquery;
mod table_function;
mod target;
mod through;
mod title;
mod type_name;
mod variadic;
mod view;
mod view_target;
mod window;

pub use ddl::{at_commit, compared_name, contains_nulls, duplicates, mixed_nulls};
pub use deparse::{
    Renaming, context_of, described, rewritten_view, shown_domain_check, shown_expression, shown_view, type_named,
};
pub use enums::invalid_label;
#[cfg(test)]
pub use expr::operator_name;
pub use modify::rowid_name;
pub use names::{MAX_NAME, fold};
pub use prepare::{GivenArguments, bind_arguments};
pub use proposal::{index_key, proposal, table_checks};
pub use search_cycle::length as search_cycle_length;
pub use view_target::writable_columns;

use std::cell::OnceCell;
use std::collections::HashMap;

use sqlparser::ast;
use sqlparser::tokenizer::TokenWithSpan;

use self::domain::domain_of_elements;
use self::scope::Scope;
use self::steps::{Main, Modifying};
use self::through::CheckOption;
use super::amend::Overriding;
use super::bound::{Expr, Output, Part, RelationId, Relations};
use super::brief::{is_brief, is_brief_delete, is_brief_insert, is_brief_update};
use super::current_of::CurrentOf;
use super::ddl::Ddl;
use super::emit::Emitter;
use super::like::LikeClause;
use super::parse::{AssignedPart, Kind, Statement};
use super::plan::{
    Action, Command, Executed, Lock, Plan, Query, ResultColumn, Schema, SessionContext, SessionStatement, Write,
};
use super::room::with_room;
use super::shapes::Shapes;
use super::temporary::TemporaryClauses;
use super::text::At;
use super::tokens::beyond_us;
use super::view::ViewClauses;
use crate::catalog::{Catalog, View};
use crate::types::{PgError, SqlState, Type};

/// Parameters a statement may have, as the protocol counts them.
const MAX_PARAMS: usize = 65535;
/// Parts of expressions that may be written more than once (`x BETWEEN a AND b` is `x >= a AND x <= b`): nested, such
/// copies double at each level.
const MAX_COPIES: usize = 200_000;
/// Nested expressions and queries: SQLite takes 1000 levels, of which one of ours may need two.
const MAX_DEPTH: usize = 450;

/// Binds one statement. `declared` are the parameter types that the client gave in Parse
/// ([`Type`]`(0)` or missing: to be inferred).
pub fn bind(
    statement: &Statement,
    catalog: &Catalog,
    context: &SessionContext,
    declared: &[Type],
) -> Result<Plan, PgError> {
    let has_one = catalog.temporary_schema(context.session).is_some();
    match !has_one && ddl::may_be_temporary(statement, context) {
        true => ddl::with_temporary_schema(catalog, context, |catalog| bind_in(statement, catalog, context, declared)),
        false => bind_in(statement, catalog, context, declared),
    }
}

fn bind_in(
    statement: &Statement,
    catalog: &Catalog,
    context: &SessionContext,
    declared: &[Type],
) -> Result<Plan, PgError> {
    let plan = |columns, action| Plan {
        catalog_version: catalog.version,
        params: declared.to_vec(),
        values: declared.to_vec(),
        columns,
        action,
        of_sessions: false,
        positions: None,
    };
    let bound = match &*statement.kind {
        Kind::Transaction(transaction) => Ok(plan(None, Action::Transaction(transaction.clone()))),
        Kind::Session(SessionStatement::Discard(what)) if what == "TEMP" => {
            let mut binder = Binder::new(&statement.text, catalog, context, declared)?;
            let schema = binder.discard_temporary()?;
            Ok(plan(None, Action::Schema(schema)))
        }
        Kind::Session(session) => Ok(plan(show_columns(session), Action::Session(session.clone()))),
        Kind::Copy(copy) => {
            let binder = Binder::new(&statement.text, catalog, context, declared)?;
            Ok(plan(None, Action::Copy(binder.copy_statement(copy)?)))
        }
        Kind::Prepare(prepare) => {
            let binder = Binder::new(&statement.text, catalog, context, declared)?;
            Ok(plan(None, Action::Prepare(binder.prepare(prepare)?)))
        }
        Kind::Constraints(set) => {
            let binder = Binder::new(&statement.text, catalog, context, declared)?;
            Ok(plan(None, Action::Constraints(binder.set_constraints(set)?)))
        }
        Kind::Explain(explain) => explain::explain(explain, &statement.text, catalog, context, declared),
        Kind::Declare(declare) => cursor::declare(declare, catalog, context, declared),
        Kind::Fetch(fetch) => Ok(plan(None, Action::Fetch(fetch.clone()))),
        Kind::Execute(execute) => {
            let rows = match execute.around.as_ref().map(|around| around.explains) {
                None => Executed::Own,
                Some(None) => Executed::Table,
                Some(Some(format)) => Executed::Explained(explain::shown(format)),
            };
            Ok(plan(None, Action::Execute { name: execute.name.clone(), rows }))
        }
        Kind::Inline(code) => Ok(plan(None, Action::Inline(code.clone()))),
        Kind::Unsupported(title) => Err(super::refusals::refused(title)),
        Kind::Sql { tree, overriding, subscripts, likes, view, temporary, current_of } => {
            let mut binder = Binder::new(&statement.text, catalog, context, declared)?;
            binder.overriding = *overriding;
            binder.assigned_parts = subscripts;
            binder.likes = likes;
            binder.view_clauses = view.as_deref();
            binder.temporary_clauses = temporary.clone();
            binder.current_of = current_of.as_ref();
            binder.of_cursor = statement.of_cursor;
            binder.nesting = statement.nesting;
            with_room(statement.nesting, || binder.statement(tree))
        }
        Kind::Ddl(ddl) => {
            let mut binder = Binder::new(&statement.text, catalog, context, declared)?;
            binder.nesting = statement.nesting;
            with_room(statement.nesting, || binder.ddl(ddl))
        }
    };
    bound.map_err(|error| type_name::with_type_names(beyond_us(error), catalog, context))
}

/// SHOW's columns; the settings' own spelling of their names is the session's knowledge.
fn show_columns(statement: &SessionStatement) -> Option<Vec<ResultColumn>> {
    let names: &[&str] = match statement {
        SessionStatement::Show(Some(name)) => &[name],
        SessionStatement::Show(None) => &["name", "setting", "description"],
        _ => return None,
    };
    let column = |name: &&str| ResultColumn {
        name: (*name).to_owned(),
        ty: Type::TEXT,
        elements: 0,
        typmod: -1,
        table_oid: 0,
        attnum: 0,
    };
    Some(names.iter().map(column).collect())
}

/// The state of binding one statement.
pub(super) struct Binder<'a> {
    text: &'a str,
    catalog: &'a Catalog,
    context: &'a SessionContext,
    /// The text's, without white space, if anybody asked.
    tokens: OnceCell<Vec<TokenWithSpan>>,
    /// Types of `$1`, …; unknown until something settles them. What a domain is over, where one is of a domain.
    params: Vec<Type>,
    /// The domains that parameters are of, or 0; parameters behind the last are of none.
    param_domains: Vec<u32>,
    /// Values so far that are held while they are looked at: each gets a number.
    held: i32,
    /// The first of them, which are known again: with their numbers.
    held_values: Vec<(Expr, i32)>,
    /// What the statement's rows are made of.
    shapes: Shapes,
    relations: Relations,
    /// The queries being bound, innermost last.
    scopes: Vec<Scope>,
    /// How deep expressions and queries nest at this point.
    depth: usize,
    /// How deep the statement's text nests, or a stored expression's that it takes in.
    nesting: usize,
    /// Parts of expressions written once more so far.
    copies: usize,
    /// A function that writes has been called.
    writes: bool,
    /// Something is written that is not the session's alone: then a read-only transaction may not.
    writes_permanent: bool,
    /// A temporary relation is named in a way that a stored text does not keep.
    names_temporary: bool,
    /// Something has been called whose result depends on more than its arguments (`contain_mutable_functions`).
    mutable: bool,
    /// Rows are to be locked.
    lock: Option<Lock>,
    /// WITH queries so far: each gets a number for a name.
    withs: usize,
    /// The WITH that may have data-modifying queries, and those bound so far.
    top_with: At,
    modifying: Vec<Modifying>,
    /// The statement takes several steps: see [`steps`].
    stepwise: bool,
    /// Kept rows so far: each get a number.
    kept: usize,
    /// What an INSERT says about identity columns.
    overriding: Option<Overriding>,
    /// The columns of which SET changes a part.
    assigned_parts: &'a [AssignedPart],
    /// The tables that CREATE TABLE takes columns over from.
    likes: &'a [LikeClause],
    /// What CREATE VIEW says beside its query.
    view_clauses: Option<&'a ViewClauses>,
    /// What a CREATE says of a temporary object.
    temporary_clauses: TemporaryClauses,
    /// The cursor whose row an UPDATE or DELETE means.
    current_of: Option<&'a CurrentOf>,
    /// It is a cursor's query.
    of_cursor: bool,
    /// The rows written must be looked at when the statement is done, for CHECK constraints.
    verify: bool,
    /// What views ask of the rows that are written through them.
    check_options: Vec<CheckOption>,
    /// How many functions that the session performs itself have been called, and where the last was.
    session_call: Option<(usize, At)>,
    /// The text is a stored expression, which is read in sessions of any search path.
    stored: bool,
    /// It is being stored now: names are looked up as in any statement.
    is_new: bool,
    /// set_config() has been called; how often current_setting() was, and where last.
    sets_config: bool,
    reads_config: Option<(usize, At)>,
    /// A relation has been named that only the session itself knows.
    of_session: bool,
    /// It reads what all sessions do.
    of_sessions: bool,
    /// A collation has been named.
    collates: bool,
    /// The view whose text is being bound.
    reading: Option<&'a View>,
    /// A materialized view that must not be read yet.
    unpopulated: Option<String>,
    /// The relations that a view's own text names, while it is made: relation, OID and last attnum.
    noted: Vec<(RelationId, u32, i16)>,
    /// How many set operations and WITH queries enclose what is being bound.
    arms: usize,
    /// Relations whose columns from that number on no star shows.
    unexpanded: HashMap<RelationId, usize>,
    /// Of which column a view's column is: OID and attnum.
    view_columns: HashMap<(u32, i16), (u32, i16)>,
}

impl<'a> Binder<'a> {
    fn new(
        text: &'a str,
        catalog: &'a Catalog,
        context: &'a SessionContext,
        declared: &[Type],
    ) -> Result<Binder<'a>, PgError> {
        let mut params = Vec::with_capacity(declared.len());
        let mut param_domains = vec![0; declared.len()];
        for (ty, param_domain) in declared.iter().zip(&mut param_domains) {
            params.push(match ty.info() {
                _ if let Some(domain) = catalog.domain(ty.0) => {
                    *param_domain = domain.oid;
                    domain.ty
                }
                _ if ty.0 == 0 => Type::UNKNOWN,
                Some(_) if !ty.is_users() || catalog.user_type(*ty).is_some() => *ty,
                _ if catalog.type_object(*ty).is_some() && (ty.is_row() || ty.is_array_of_rows()) => *ty,
                _ if let Some(domain) = catalog.domain(domain_of_elements(ty.0)) => match domain.ty.array() {
                    Some(array) if !domain.ty.is_array() => {
                        *param_domain = domain.array();
                        array
                    }
                    _ => return Err(PgError::unsupported("a parameter that is an array of a domain over arrays")),
                },
                _ if ty.is_users() => {
                    let message = format!("cache lookup failed for type {}", ty.0);
                    return Err(PgError::new(SqlState::INTERNAL_ERROR, message));
                }
                _ => return Err(PgError::unsupported(format!("a parameter of the type with OID {}", ty.0))),
            });
        }
        Ok(Binder {
            text,
            catalog,
            context,
            tokens: OnceCell::new(),
            params,
            param_domains,
            held: 0,
            held_values: Vec::new(),
            shapes: Shapes::default(),
            relations: Vec::new(),
            scopes: Vec::new(),
            depth: 0,
            nesting: 0,
            copies: 0,
            writes: false,
            writes_permanent: false,
            names_temporary: false,
            mutable: false,
            withs: 0,
            lock: None,
            top_with: At::NOWHERE,
            modifying: Vec::new(),
            stepwise: false,
            kept: 0,
            overriding: None,
            assigned_parts: &[],
            likes: &[],
            view_clauses: None,
            temporary_clauses: TemporaryClauses::default(),
            current_of: None,
            of_cursor: false,
            verify: false,
            check_options: Vec::new(),
            session_call: None,
            stored: false,
            is_new: false,
            sets_config: false,
            reads_config: None,
            of_session: false,
            of_sessions: false,
            collates: false,
            reading: None,
            unpopulated: None,
            noted: Vec::new(),
            arms: 0,
            unexpanded: HashMap::new(),
            view_columns: HashMap::new(),
        })
    }

    /// A binder for another text (a stored DEFAULT) that shares nothing but what it looks names up in.
    fn detached<'t>(&self, text: &'t str) -> Binder<'t>
    where
        'a: 't,
    {
        Binder {
            text,
            catalog: self.catalog,
            context: self.context,
            tokens: OnceCell::new(),
            params: Vec::new(),
            param_domains: Vec::new(),
            held: 0,
            held_values: Vec::new(),
            shapes: Shapes::default(),
            relations: Vec::new(),
            scopes: Vec::new(),
            depth: self.depth,
            nesting: 0,
            copies: 0,
            writes: false,
            writes_permanent: false,
            names_temporary: false,
            mutable: false,
            withs: 0,
            lock: None,
            top_with: At::NOWHERE,
            modifying: Vec::new(),
            stepwise: false,
            kept: 0,
            overriding: None,
            assigned_parts: &[],
            likes: &[],
            view_clauses: None,
            temporary_clauses: TemporaryClauses::default(),
            current_of: None,
            of_cursor: false,
            verify: false,
            check_options: Vec::new(),
            session_call: None,
            stored: true,
            is_new: self.is_new,
            sets_config: false,
            reads_config: None,
            of_session: false,
            of_sessions: false,
            collates: false,
            reading: None,
            unpopulated: None,
            noted: Vec::new(),
            arms: 0,
            unexpanded: HashMap::new(),
            view_columns: HashMap::new(),
        }
    }

    /// A binder of expressions that the statement gives and that are stored.
    fn of_new(&self) -> Binder<'a> {
        Binder { is_new: true, params: self.params.clone(), ..self.detached(self.text) }
    }

    fn statement(mut self, tree: &ast::Statement) -> Result<Plan, PgError> {
        match tree {
            ast::Statement::Query(query) => self.top_query(query),
            ast::Statement::Insert(_)
            | ast::Statement::Update(_)
            | ast::Statement::Delete(_)
            | ast::Statement::Merge(_) => self.data_modification(tree, None),
            _ => {
                let schema = self.schema_statement(tree)?;
                self.plan(None, Action::Schema(schema))
            }
        }
    }

    fn ddl(mut self, ddl: &Ddl) -> Result<Plan, PgError> {
        let schema = match ddl {
            Ddl::AlterTable(alter) => self.alter_table(alter)?,
            Ddl::RenameIndex { if_exists, name, to } => self.rename_index(*if_exists, name, to)?,
            Ddl::CreateSequence(create) => self.create_sequence(create)?,
            Ddl::AlterSequence(alter) => self.alter_sequence(alter)?,
            Ddl::Type(statement) => self.type_statement(statement)?,
            Ddl::Domain(statement) => self.domain_statement(statement)?,
            Ddl::Schema(statement) => self.schema_object_statement(statement)?,
            Ddl::Extension(statement) => self.extension_statement(statement)?,
            Ddl::Comment(comment) => self.comment_statement(comment)?,
            Ddl::Grant(grant) => self.grant(grant)?,
            Ddl::Refresh(refresh) => self.refresh(refresh)?,
            Ddl::DropAbsent(drop) => self.drop_absent(drop)?,
            Ddl::Lock(lock) => return self.lock_table(lock),
            Ddl::Database(statement) => return self.database_statement(statement),
            Ddl::Maintain(maintain) => {
                for name in &maintain.names {
                    self.maintained(&self.qualified(name)?, maintain.index)?;
                }
                if let ("CLUSTER", [name]) = (maintain.tag, &maintain.names[..])
                    && let Some(schema) = self.cluster(name, maintain.using.as_ref())?
                {
                    return self.plan(None, Action::Schema(schema));
                }
                let nothing = SessionStatement::Nothing { tag: maintain.tag, outside: maintain.outside };
                return self.plan(None, Action::Session(nothing));
            }
        };
        self.plan(None, Action::Schema(schema))
    }

    fn top_query(mut self, query: &ast::Query) -> Result<Plan, PgError> {
        if let Some(tree) = steps::modification(&query.body) {
            return self.data_modification(tree, query.with.as_ref());
        }
        if let ast::SetExpr::Select(select) = &*query.body
            && let Some(into) = &select.into
        {
            let schema = self.select_into(into, query)?;
            return self.plan(None, Action::Schema(schema));
        }
        self.allow_modifying(steps::top_with(query));
        let mut bound = self.query(query)?;
        self.settle_collations(|visit| bound.for_each_expr_mut(visit))?;
        if self.stepwise {
            let outputs = bound.outputs.clone();
            let command = self.lock.map_or(Command::Select, Command::Lock);
            return self.stepwise_plan(Main::Query(bound), Some(outputs), command);
        }
        shown::show_names(&mut bound);
        let calls = self.session_calls(&mut bound)?;
        let columns = result_columns(&bound.outputs);
        let positions = self.of_cursor.then(|| self.add_positions(query, &mut bound));
        let sql = self.emit(|emitter| {
            if !calls.is_empty() {
                emitter.with_session_calls();
            }
            emitter.query(&bound, false)
        })?;
        let write = |command| {
            let (verify, steps, temporary) = (Vec::new(), Vec::new(), !self.writes_permanent);
            let (current_of, renumbers) = (None, Vec::new());
            let (brief, table_oid, sql) = (false, 0, sql.clone());
            Action::Write(Write { brief, sql, command, table_oid, verify, steps, temporary, current_of, renumbers })
        };
        let action = match self.lock {
            Some(lock) => write(Command::Lock(lock)),
            None if self.writes => write(Command::Select),
            None => {
                let brief = calls.is_empty() && is_brief(&bound, &self.relations, self.catalog);
                // Sets in the list alone are no relation to go back in.
                let relation = !matches!(&*query.body, ast::SetExpr::Select(select) if select.from.is_empty());
                let goes_backward = relation && cursor::goes_backward(&bound);
                Action::Read(Query { sql, brief, calls, of_session: self.of_session, goes_backward })
            }
        };
        self.plan(Some(columns), action).map(|plan| Plan { positions, ..plan })
    }

    fn data_modification(mut self, tree: &ast::Statement, with: Option<&ast::With>) -> Result<Plan, PgError> {
        self.allow_modifying(with);
        // An INSERT by itself sets no action of a foreign key off.
        let mut acts = true;
        let (part, outputs, command, brief, sql) = match tree {
            ast::Statement::Insert(insert) => {
                let (mut bound, outputs) = self.insert(insert, with)?;
                self.settle_collations(|visit| bound.for_each_expr_mut(visit))?;
                if self.stepwise {
                    return self.stepwise_plan(Main::Part(Part::Insert(bound)), outputs, Command::Insert);
                }
                shown::show(&mut bound.returning);
                acts = bound.conflict.as_ref().is_some_and(|conflict| conflict.update.is_some());
                let sql = self.emit(|emitter| emitter.insert(&bound))?;
                let brief = is_brief_insert(&bound, &self.relations, self.catalog);
                (Part::Insert(bound), outputs, Command::Insert, brief, sql)
            }
            ast::Statement::Update(update) => {
                let (mut bound, outputs) = self.update(update, with)?;
                self.settle_collations(|visit| bound.for_each_expr_mut(visit))?;
                if self.stepwise {
                    return self.stepwise_plan(Main::Part(Part::Update(bound)), outputs, Command::Update);
                }
                shown::show(&mut bound.returning);
                let sql = self.emit(|emitter| emitter.update(&bound))?;
                let brief = is_brief_update(&bound, &self.relations, self.catalog);
                (Part::Update(bound), outputs, Command::Update, brief, sql)
            }
            ast::Statement::Delete(delete) => {
                let (mut bound, outputs) = self.delete(delete, with)?;
                self.settle_collations(|visit| bound.for_each_expr_mut(visit))?;
                if self.stepwise {
                    return self.stepwise_plan(Main::Part(Part::Delete(bound)), outputs, Command::Delete);
                }
                shown::show(&mut bound.returning);
                let sql = self.emit(|emitter| emitter.delete(&bound))?;
                let brief = is_brief_delete(&bound, &self.relations, self.catalog);
                (Part::Delete(bound), outputs, Command::Delete, brief, sql)
            }
            ast::Statement::Merge(merge) => {
                let mut bound = self.merge(merge, with)?;
                self.settle_collations(|visit| bound.for_each_expr_mut(visit))?;
                return self.stepwise_plan(Main::Part(Part::Merge(bound)), None, Command::Merge);
            }
            _ => return Err(PgError::unsupported("this statement in WITH")),
        };
        let target = part.target();
        let table_oid = self.table_oid(target);
        let columns = outputs.as_deref().map(result_columns);
        let (renumbers, current_of) = (self.renumbers(&part), self.current_of.map(|of| of.name.clone()));
        let brief = brief && current_of.is_none();
        let mut verify = match acts || self.verify {
            true => self.verifications(table_oid, command == Command::Delete, self.verify)?,
            false => Vec::new(),
        };
        let asked = self.take_check_options(&[target])?;
        let brief = brief && asked.is_empty();
        verify.extend(asked);
        let (steps, temporary) = (Vec::new(), !self.writes_permanent);
        let write = Write { brief, sql, command, table_oid, verify, steps, temporary, current_of, renumbers };
        self.plan(columns, Action::Write(write))
    }

    fn emit(&self, write: impl FnOnce(&mut Emitter) -> Result<(), Box<PgError>> + Send) -> Result<String, PgError> {
        if let Some(name) = &self.unpopulated {
            let message = format!("materialized view \"{name}\" has not been populated");
            return Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message)
                .hint("Use the REFRESH MATERIALIZED VIEW command."));
        }
        let relations = &self.relations;
        with_room(self.nesting, || {
            let mut emitter = Emitter::new(relations);
            write(&mut emitter).map_err(|error| *error)?;
            Ok(emitter.finish())
        })
    }

    fn table_oid(&self, relation: RelationId) -> u32 {
        match self.relations[relation].source {
            super::bound::Source::Table { oid, .. } => oid,
            _ => 0,
        }
    }

    /// Results of types that only expressions know can't be sent.
    fn check_columns(&self, columns: &[ResultColumn]) -> Result<(), PgError> {
        match columns.iter().find(|column| column.ty.info().is_none() || column.ty == Type::ANYENUM) {
            Some(column) => Err(PgError::unsupported(format!("a result of type {}", column.ty))),
            None => Ok(()),
        }
    }

    fn plan(self, columns: Option<Vec<ResultColumn>>, action: Action) -> Result<Plan, PgError> {
        if let Some(index) = self.params.iter().position(|ty| *ty == Type::UNKNOWN) {
            let message = format!("could not determine data type of parameter ${}", index + 1);
            return Err(PgError::new(SqlState::INDETERMINATE_DATATYPE, message));
        }
        self.check_columns(columns.as_deref().unwrap_or_default())?;
        if self.of_session && !matches!(action, Action::Read(_)) {
            return Err(PgError::unsupported(
                "a view of the session's own cursors or statements in a statement that writes",
            ));
        }
        let (catalog_version, of_sessions) = (self.catalog.version, self.of_sessions);
        let mut described = self.params.clone();
        for (ty, domain) in described.iter_mut().zip(&self.param_domains).filter(|(_, domain)| **domain != 0) {
            *ty = Type(*domain);
        }
        let (params, values, positions) = (described, self.params, None);
        Ok(Plan { catalog_version, params, values, columns, action, of_sessions, positions })
    }

    /// An error at a place in the statement.
    fn error(&self, at: At, code: SqlState, message: impl Into<String>) -> PgError {
        at.mark(PgError::new(code, message), self.text)
    }

    /// 0A000 at a place in the statement.
    fn unsupported(&self, at: At, what: impl std::fmt::Display) -> PgError {
        at.mark(PgError::unsupported(what), self.text)
    }

    /// 42601 at a place; if that is not known, at the first such word.
    fn syntax_error(&self, at: At, near: &str) -> PgError {
        let at = at.or(self.word(near));
        self.error(at, SqlState::SYNTAX_ERROR, format!("syntax error at or near \"{near}\""))
    }

    /// An expression for a second place.
    fn copy(&mut self, expr: &Expr) -> Result<Expr, PgError> {
        self.copies += expr.size() - 1;
        if self.copies > MAX_COPIES { Err(super::tokens::too_complex()) } else { Ok(expr.clone()) }
    }

    /// Runs `bind` one level deeper, if there is room.
    fn deeper<T>(&mut self, levels: usize, bind: impl FnOnce(&mut Self) -> Result<T, PgError>) -> Result<T, PgError> {
        if self.depth + levels > MAX_DEPTH {
            return Err(super::tokens::too_complex());
        }
        self.depth += levels;
        let result = bind(self);
        self.depth -= levels;
        result
    }

    /// The notices, steps and tag of a schema statement.
    fn schema_statement(&mut self, tree: &ast::Statement) -> Result<Schema, PgError> {
        match tree {
            ast::Statement::CreateTable(create) => self.create_table(create),
            ast::Statement::CreateView(create) => self.create_view(create),
            ast::Statement::CreateIndex(create) => self.create_index(create),
            ast::Statement::Drop { .. } => self.drop(tree),
            ast::Statement::Truncate(truncate) => self.truncate(truncate),
            _ => Err(PgError::unsupported("this statement")),
        }
    }
}

fn result_columns(outputs: &[Output]) -> Vec<ResultColumn> {
    let column = |output: &Output| ResultColumn {
        name: output.name.clone(),
        ty: output.ty,
        elements: domain_of_elements(output.domain),
        typmod: if output.ty.is_row() || domain_of_elements(output.domain) != 0 { -1 } else { output.typmod },
        table_oid: output.origin.map_or(0, |(oid, _)| oid),
        attnum: output.origin.map_or(0, |(_, attnum)| attnum),
    };
    outputs.iter().map(column).collect()
}
