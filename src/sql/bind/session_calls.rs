//! Where functions may stand that the session performs itself (see [`crate::sql::session_call`]).

use super::Binder;
use crate::sql::bound::{Body, ExprKind, Query, SortKey};
use crate::sql::emission::Emission;
use crate::sql::emit::SESSION_CALL;
use crate::sql::session_call::SessionCall;
use crate::types::PgError;

impl Binder<'_> {
    /// What the session does itself, if all of it stands where rows on their way to the client come by.
    pub(super) fn session_calls(&self, query: &Query) -> Result<Vec<SessionCall>, PgError> {
        let Some(at) = self.session_call else { return Ok(Vec::new()) };
        let refused = || self.unsupported(at.1, SESSION_CALL);
        let Body::Select(select) = &query.body else { return Err(refused()) };
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
        let elsewhere = calls.len() != at.0 || select.distinct || select.grouped || sorted;
        if elsewhere || query.offset.is_some() || self.writes || self.lock.is_some() {
            return Err(refused());
        }
        Ok(calls)
    }
}
