//! Views' queries in PostgreSQL's words: to be shown (`pg_get_viewdef`), or to be kept when something that they select
//! from gets another name.

use sqlparser::ast;

use super::node::{Body, Query};
use super::print::Printer;
use super::query::{Names, Renaming};
use super::{Deparser, context_of, unknown};
use crate::catalog::system::Seen;
use crate::catalog::{Catalog, View};
use crate::sql::bind::Binder;
use crate::sql::parse::{self, Kind};
use crate::sql::room::with_room;
use crate::sql::{SessionContext, language};
use crate::types::PgError;

/// The settings that a rewritten view's literals are printed and read by.
const PLAIN: [(&str, &str); 3] = [("timezone", "UTC"), ("datestyle", "ISO, MDY"), ("intervalstyle", "postgres")];

/// `pg_get_viewdef`; `None` where the query has something in it whose printing is not known.
pub fn shown_view(seen: &Seen, view: &View, pretty: bool) -> Option<String> {
    let context = context_of(seen);
    let shown = printed(seen, &context, view, None, pretty).ok()?;
    Some(seen.with_type_names(&(shown + ";")))
}

/// A view that means the same once something is called otherwise. It is refused where it is not certain to.
pub fn rewritten_view(
    catalog: &Catalog,
    context: &SessionContext,
    view: &View,
    renaming: &Renaming,
) -> Result<View, PgError> {
    let refused = || PgError::unsupported(format!("renaming what view \"{}\" selects from", view.name));
    let setting = |name: &str| PLAIN.iter().find(|(other, _)| *other == name).map(|(_, value)| *value);
    let seen = Seen {
        catalog,
        language: language(),
        databases: &[],
        settings: &[],
        database: &context.database,
        user: &context.user,
        search_path: &[],
        session: context.session,
        sessions: &[],
        own: None,
        setting: &setting,
    };
    let plain = context_of(&seen);
    let text = |renaming: &Renaming| {
        let printed = printed(&seen, &plain, view, Some(renaming), false).map_err(|_| refused())?;
        Ok::<_, PgError>(seen.with_type_names(&printed).trim_start().to_owned())
    };
    let rewritten = |query: String| View {
        query,
        settings: PLAIN.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..view.clone()
    };
    // Printed with the names of now it must be the same to SQLite.
    let object = catalog.get(renaming.oid).ok_or_else(refused)?;
    let same = Renaming { oid: renaming.oid, schema: object.schema(), name: object.name(), column: None };
    let again = rewritten(text(&same)?);
    let emitted = |view: &View| emitted(catalog, &plain, view).map_err(|_| refused());
    if emitted(view)? != emitted(&again)? {
        return Err(refused());
    }
    Ok(rewritten(text(renaming)?))
}

fn emitted(catalog: &Catalog, context: &SessionContext, view: &View) -> Result<String, PgError> {
    let mut binder = Binder::new(&view.query, catalog, context, &[])?;
    let query = binder.view_query(view)?;
    binder.emit(|emitter| emitter.query(&query, false))
}

fn printed(
    seen: &Seen,
    context: &SessionContext,
    view: &View,
    renaming: Option<&Renaming>,
    pretty: bool,
) -> Result<String, PgError> {
    let statements = parse::parse(&view.query)?;
    let statement = statements.first().ok_or_else(unknown)?;
    let Kind::Sql { tree, .. } = &*statement.kind else { return Err(unknown()) };
    let ast::Statement::Query(tree) = &**tree else { return Err(unknown()) };
    let names: Vec<String> = view.columns.iter().map(|column| column.name.clone()).collect();
    with_room(statement.nesting, || {
        let mut binder = Binder::new(&view.query, seen.catalog, context, &[])?;
        binder.reading = Some(view);
        binder.nesting = statement.nesting;
        let mut deparser = Deparser { binder: &mut binder, seen, names: Some(Names::new(renaming)) };
        let read = deparser.query(tree, None)?;
        if !is_plain(&read.query, &names) {
            return Err(unknown());
        }
        let mut printer = Printer::new(pretty);
        printer.query(&read.query, Some(&names), true);
        Ok(printer.out)
    })
}

/// VALUES by themselves name their columns themselves.
fn is_plain(query: &Query, names: &[String]) -> bool {
    match &query.body {
        Body::Values(_) => names.iter().zip(1..).all(|(name, number)| *name == format!("column{number}")),
        _ => true,
    }
}
