//! EXPLAIN: the statement behind it, and what SQLite is asked of its plan.

use super::bind;
use crate::catalog::Catalog;
use crate::sql::explain::{self, ExplainStatement, Format};
use crate::sql::plan::{Action, Command, Explain, Plan, Query, ResultColumn, SessionContext};
use crate::types::{PgError, Type};

/// Binds an EXPLAIN: its parameters are those of its statement.
pub(super) fn explain(
    explain: &ExplainStatement,
    text: &str,
    catalog: &Catalog,
    context: &SessionContext,
    declared: &[Type],
) -> Result<Plan, PgError> {
    let moved = |error: PgError| {
        let position = error.position.map(|position| position.saturating_add(explain.statement.offset));
        PgError { position, ..error }
    };
    let plan = bind(&explain.statement, catalog, context, declared).map_err(moved)?;
    let options = explain::options(&explain.options, text)?;
    let (sql, target) = match &plan.action {
        Action::Read(query) => (&query.sql, None),
        Action::Write(write) if !write.steps.is_empty() => {
            return Err(PgError::unsupported("EXPLAIN of a statement that takes several, such as MERGE"));
        }
        Action::Write(write) => {
            let command = match write.command {
                Command::Insert => Some("Insert"),
                Command::Update => Some("Update"),
                Command::Delete => Some("Delete"),
                Command::Merge => Some("Merge"),
                Command::Select => None,
                Command::Lock(_) => Some("LockRows"),
            };
            let table = catalog.get(write.table_oid).map(|table| table.name().to_owned());
            (&write.sql, command.map(|command| (command, table)))
        }
        _ => return Err(PgError::unsupported("EXPLAIN of this statement")),
    };
    let column =
        |name: &str, ty| ResultColumn { name: name.to_owned(), ty, elements: 0, typmod: -1, table_oid: 0, attnum: 0 };
    let told = [("id", Type::INT8), ("parent", Type::INT8), ("notused", Type::INT8), ("detail", Type::TEXT)];
    let query = Query { sql: format!("EXPLAIN QUERY PLAN {sql}"), ..Query::default() };
    let steps = Plan {
        values: plan.values.clone(),
        catalog_version: plan.catalog_version,
        params: plan.params.clone(),
        columns: Some(told.into_iter().map(|(name, ty)| column(name, ty)).collect()),
        action: Action::Read(query),
        of_sessions: false,
        positions: None,
    };
    let shown = column("QUERY PLAN", if options.format == Format::Json { Type::JSON } else { Type::TEXT });
    let (text, offset) = (explain.statement.text.clone(), explain.statement.offset);
    let explain = Explain { options, target, steps, text, offset };
    Ok(Plan { columns: Some(vec![shown]), action: Action::Explain(Box::new(explain)), ..plan })
}
