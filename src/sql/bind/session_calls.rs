//! Where functions may stand that the session performs itself (see [`crate::sql::session_call`]).

use super::Binder;
use crate::sql::bound::{Body, Expr, ExprKind, From, Query, Select, SortKey};
use crate::sql::emission::Emission;
use crate::sql::emit::SESSION_CALL;
use crate::sql::session_call::{SessionCall, SessionFunction};
use crate::types::PgError;

/// What emitted statements know current_setting() by.
const CURRENT_SETTING: &str = "pg_current_setting";

impl Binder<'_> {
    /// What the session does itself, if all of it stands where rows on their way to the client come by.
    pub(super) fn session_calls(&self, query: &mut Query) -> Result<Vec<SessionCall>, PgError> {
        let Some(at) = self.session_call else { return Ok(Vec::new()) };
        let refused = || self.unsupported(at.1, SESSION_CALL);
        let Body::Select(select) = &mut query.body else { return Err(refused()) };
        if query.order_by.is_empty() {
            take_out_of_from(select);
        }
        let mut read = 0;
        for target in &mut select.targets {
            if self.sets_config
                && let ExprKind::Call(call) = &mut target.kind
                && call.emission == Emission::Own(CURRENT_SETTING)
            {
                // It tells what set_config() to its left has set.
                call.emission = Emission::Session(SessionFunction::CurrentSetting);
                read += 1;
            }
        }
        match self.reads_config {
            Some((count, at)) if self.sets_config && count != read => {
                return Err(self.unsupported(at, "current_setting() within an expression, beside set_config()"));
            }
            _ => {}
        }
        let mut calls = Vec::new();
        for (column, target) in select.targets.iter().enumerate() {
            if let ExprKind::Call(call) = &target.kind
                && let Emission::Session(function) = call.emission
            {
                calls.push(SessionCall { column, function });
            }
        }
        let sorted = query.order_by.iter().any(|sort| match sort.key {
            SortKey::Output(column) => calls.iter().any(|call| call.column == column),
            SortKey::Expr(_) => false,
        });
        let elsewhere = calls.len() != at.0 + read || select.distinct || select.grouped || sorted;
        if elsewhere || query.offset.is_some() || self.writes || self.lock.is_some() {
            return Err(refused());
        }
        Ok(calls)
    }
}

/// `SELECT * FROM pg_sleep(1)`: the one row is that of the call itself.
fn take_out_of_from(select: &mut Select) {
    let is_call =
        |arg: &Expr| matches!(&arg.kind, ExprKind::Call(call) if matches!(call.emission, Emission::Session(_)));
    let (relation, call) = match &select.from {
        Some(From::Function { relation, module: "pg_row", args }) => match &args[..] {
            [arg] if is_call(arg) => (*relation, arg.clone()),
            _ => return,
        },
        _ => return,
    };
    let names_it =
        |expr: &Expr| expr.any(&|expr| matches!(expr.kind, ExprKind::Column { relation: of, .. } if of == relation));
    let mut named = select.targets.iter_mut().filter(|target| names_it(target));
    if let (Some(target), None) = (named.next(), named.next())
        && matches!(target.kind, ExprKind::Column { .. })
        && select.filter.is_none()
    {
        target.kind = call.kind;
        select.from = None;
    }
}
