//! DECLARE: the query behind a cursor, and what a cursor may not be of.

use super::bind;
use crate::catalog::Catalog;
use crate::sql::bound::{Body, Expr, ExprKind, From, Query, Select, SetOperator};
use crate::sql::cursor::DeclareStatement;
use crate::sql::plan::{Action, Command, Declare, Plan, SessionContext};
use crate::types::{PgError, SqlState, Type};

/// Binds a DECLARE: its parameters are those of its query.
pub(super) fn declare(
    declare: &DeclareStatement,
    catalog: &Catalog,
    context: &SessionContext,
    declared: &[Type],
) -> Result<Plan, PgError> {
    let invalid = |message: &str| PgError::new(SqlState::INVALID_CURSOR_DEFINITION, message);
    if declare.scroll && declare.no_scroll {
        return Err(invalid("cannot specify both SCROLL and NO SCROLL"));
    }
    if declare.insensitive && declare.asensitive {
        return Err(invalid("cannot specify both ASENSITIVE and INSENSITIVE"));
    }
    let moved = |error: PgError| {
        let position = error.position.map(|position| position.saturating_add(declare.statement.offset));
        PgError { position, ..error }
    };
    let plan = bind(&declare.statement, catalog, context, declared).map_err(moved)?;
    match &plan.action {
        Action::Read(_) => {}
        Action::Write(write) if !write.steps.is_empty() => {
            let message = "DECLARE CURSOR must not contain data-modifying statements in WITH";
            return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
        }
        Action::Write(write) => match write.command {
            Command::Lock(lock) => refuse_lock(declare, lock.name())?,
            Command::Select => {}
            _ => return Err(PgError::unsupported("a cursor of a statement that changes rows")),
        },
        Action::Schema(_) => {
            return Err(PgError::new(SqlState::SYNTAX_ERROR, "SELECT ... INTO is not allowed here"));
        }
        _ => return Err(PgError::unsupported("a cursor of this statement")),
    }
    let declare = Declare {
        name: declare.name.clone(),
        binary: declare.binary,
        scroll: if declare.scroll || declare.no_scroll { Some(declare.scroll) } else { None },
        hold: declare.hold,
        text: declare.statement.text.clone(),
        offset: declare.statement.offset,
    };
    Ok(Plan { columns: None, action: Action::Declare(declare), ..plan })
}

fn refuse_lock(declare: &DeclareStatement, lock: &str) -> Result<(), PgError> {
    let unsupported = SqlState::FEATURE_NOT_SUPPORTED;
    let (code, message, detail) = if declare.hold {
        let message = format!("DECLARE CURSOR WITH HOLD ... {lock} is not supported");
        (unsupported, message, "Holdable cursors must be READ ONLY.")
    } else if declare.scroll {
        let message = format!("DECLARE SCROLL CURSOR ... {lock} is not supported");
        (unsupported, message, "Scrollable cursors must be READ ONLY.")
    } else if declare.insensitive {
        let message = format!("DECLARE INSENSITIVE CURSOR ... {lock} is not valid");
        (SqlState::INVALID_CURSOR_DEFINITION, message, "Insensitive cursors must be READ ONLY.")
    } else {
        return Ok(());
    };
    Err(PgError::new(code, message).detail(detail))
}

/// Whether a cursor of the query goes backward without SCROLL: where PostgreSQL's plan would, as far as that can be
/// told from the query (`ExecSupportsBackwardScan`).
pub(super) fn goes_backward(query: &Query) -> bool {
    match &query.body {
        Body::Select(select) => select_goes_backward(select),
        Body::Values(_) => true,
        // PostgreSQL sorts what comes out of them, and goes back over what it has sorted.
        Body::SetOperation { operator: SetOperator::Intersect | SetOperator::Except, .. } => !query.order_by.is_empty(),
        Body::SetOperation { operator, all, left, right } => {
            *operator == SetOperator::Union && *all && goes_backward(left) && goes_backward(right)
        }
    }
}

fn select_goes_backward(select: &Select) -> bool {
    if select.distinct || select.grouped || select.windowed {
        return false;
    }
    let joins = |expr: &Expr| matches!(expr.kind, ExprKind::InQuery { .. } | ExprKind::Exists(_));
    match &select.from {
        _ if select.filter.as_ref().is_some_and(|filter| filter.any(&joins)) => false,
        Some(From::Relation(_) | From::Function { .. }) => true,
        Some(From::Query { query, .. }) => goes_backward(query),
        Some(From::Join { .. }) | None => false,
    }
}
