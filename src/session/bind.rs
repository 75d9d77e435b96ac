//! From a client's text to plans: parsing and binding, kept from harming anybody else.
//!
//! Both are pure computation on text of any size from anybody. A long text is worked on in a thread of its own, or
//! the other connections of this one would wait; a panic costs the statement, not the connection.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::sql::{self, Plan, Statement};
use crate::types::{PgError, SqlState, Type};

use super::backend::Backend;
use super::{Session, at};

/// Longer texts are worked on elsewhere: about a millisecond's work.
const LONG: usize = 64 * 1024;

/// Parses a query string.
pub(super) async fn parse(text: &str) -> Result<Vec<Statement>, PgError> {
    if text.len() < LONG {
        return guarded(|| sql::parse(text));
    }
    let text = text.to_owned();
    elsewhere(move || sql::parse(&text)).await
}

pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, PgError>) -> Result<T, PgError> {
    // What a panic leaves half-done is dropped with it: the work has nothing that it changes.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(panicked()))
}

async fn elsewhere<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PgError> + Send + 'static,
) -> Result<T, PgError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(panicked()))
}

fn panicked() -> PgError {
    PgError::new(SqlState::INTERNAL_ERROR, "the statement could not be analysed: a panic, which is a bug")
}

impl<B: Backend> Session<B> {
    /// Binds against this node's catalog; when that fails, once more after catching up with the cluster: the
    /// table may have been made on another node.
    pub(super) async fn bind_statement(
        &mut self,
        statement: &Statement,
        declared: &[Type],
    ) -> Result<Arc<Plan>, PgError> {
        let version = self.catalog()?.version;
        let error = match self.bind_now(statement, declared).await {
            Ok(plan) => return Ok(plan),
            Err(error) => error,
        };
        // These say nothing of the catalog.
        if error.code != SqlState::SYNTAX_ERROR && error.code != SqlState::FEATURE_NOT_SUPPORTED {
            self.barrier().await?;
            if self.catalog()?.version != version {
                return self.bind_now(statement, declared).await;
            }
        }
        Err(error)
    }

    pub(super) async fn bind_now(&mut self, statement: &Statement, declared: &[Type]) -> Result<Arc<Plan>, PgError> {
        let (catalog, context) = (self.catalog()?, self.context());
        let bound = if statement.text.len() < LONG {
            guarded(|| self.plans.bind(statement, &catalog, &context, declared))
        } else {
            let (statement, declared) = (statement.clone(), declared.to_vec());
            elsewhere(move || sql::bind(&statement, &catalog, &context, &declared).map(Arc::new)).await
        };
        bound.map_err(|error| at(error, statement))
    }
}
