//! Functions of a SELECT list that the session performs itself, row by row: advisory locks, signals, pg_sleep(), and
//! set_config().

use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::{LockKey, Mode};
use crate::sql::session_call::{Arguments, SessionCall, SessionFunction};
use crate::storage::CancelReason;
use crate::types::{PgError, Row, SqlState, Value};

use super::backend::Backend;
use super::client::{Client, Failure};
use super::{Session, interruptible};

/// How often it is looked whether a terminated session has gone.
const LOOK: Duration = Duration::from_millis(20);

impl<B: Backend> Session<B> {
    /// Puts what the functions give into the row, in place of their arguments.
    pub(super) async fn perform<C: Client>(
        &mut self,
        row: &mut Row,
        calls: &[SessionCall],
        client: &mut C,
    ) -> Result<(), Failure> {
        for call in calls {
            let Some(value) = row.get_mut(call.column) else { continue };
            *value = match Arguments::read(value) {
                None => Value::Null,
                Some(arguments) => self.perform_one(call.function, &arguments, client).await?,
            };
        }
        Ok(())
    }

    async fn perform_one<C: Client>(
        &mut self,
        function: SessionFunction,
        arguments: &Arguments,
        client: &mut C,
    ) -> Result<Value, Failure> {
        let mode = |shared| if shared { Mode::Shared } else { Mode::Exclusive };
        Ok(match function {
            SessionFunction::Lock { shared, transaction, tries } => {
                let lock = (self.lock_key(arguments), mode(shared));
                let granted = self.take_lock(lock, transaction, tries).await?;
                if tries { Value::Bool(granted) } else { void() }
            }
            SessionFunction::Unlock { shared } => {
                let mode = mode(shared);
                let had = self.unlock((self.lock_key(arguments), mode));
                if !had {
                    let message = format!("you don't own a lock of type {}", mode.name());
                    self.warn(SqlState::WARNING, &message, client)?;
                }
                Value::Bool(had)
            }
            SessionFunction::UnlockAll => {
                self.unlock_all();
                void()
            }
            SessionFunction::CancelBackend => {
                Value::Bool(self.signal(arguments, CancelReason::UserRequest, client).await?)
            }
            SessionFunction::Sleep => {
                self.sleep(arguments).await?;
                void()
            }
            SessionFunction::SetConfig => self.set_config(arguments)?,
            SessionFunction::CurrentSetting => {
                let name = arguments.text(0).unwrap_or_default();
                match self.settings.show(name) {
                    Ok((_, value)) => Value::Text(value),
                    Err(_) if arguments.bool(1) => Value::Null,
                    Err(error) => return Err(error.into()),
                }
            }
            SessionFunction::TerminateBackend => Value::Bool(self.terminate(arguments, client).await?),
        })
    }

    async fn sleep(&mut self, arguments: &Arguments) -> Result<(), PgError> {
        let seconds: f64 = arguments.text(0).and_then(|text| text.parse().ok()).unwrap_or(0.0);
        // What is no number, or less than nothing, is no time.
        let time =
            if seconds > 0.0 { Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX) } else { return Ok(()) };
        interruptible(&self.batch.cancel, self.deadline(), tokio::time::sleep(time)).await
    }

    /// set_config(name, value, is_local): as SET, and what holds then.
    fn set_config(&mut self, arguments: &Arguments) -> Result<Value, PgError> {
        let Some(name) = arguments.text(0) else {
            return Err(PgError::new(SqlState::NULL_VALUE_NOT_ALLOWED, "SET requires parameter name"));
        };
        self.check_mode(name, arguments.text(1))?;
        self.settings.set(name, arguments.text(1), arguments.bool(2))?;
        Ok(self.settings.get(name).map_or(Value::Null, |value| Value::Text(value.to_owned())))
    }

    fn lock_key(&self, arguments: &Arguments) -> LockKey {
        let (pair, key) = match (arguments.int(0), arguments.int(1)) {
            (Some(high), Some(low)) => (true, (high << 32) | (low & 0xffff_ffff)),
            (key, _) => (false, key.unwrap_or(0)),
        };
        LockKey { database: self.database.clone(), pair, key }
    }

    async fn take_lock(&mut self, lock: super::locks::Lock, transaction: bool, tries: bool) -> Result<bool, PgError> {
        if !self.locks.has(&lock) {
            self.locks.check_room()?;
            let backend = self.backend.clone();
            let wish = backend.lock(self.control.pid, lock.0.clone(), lock.1, tries);
            let wish = interruptible(&self.batch.cancel, self.deadline(), wish);
            let patience = self.settings.obeyed().lock_timeout.filter(|_| !tries).unwrap_or(Duration::MAX);
            let timeout = || PgError::new(SqlState::LOCK_NOT_AVAILABLE, "canceling statement due to lock timeout");
            if !tokio::time::timeout(patience, wish).await.map_err(|_| timeout())??? {
                return Ok(false);
            }
        }
        self.locks.add(lock, transaction);
        Ok(true)
    }

    async fn signal<C: Client>(
        &mut self,
        arguments: &Arguments,
        reason: CancelReason,
        client: &mut C,
    ) -> Result<bool, PgError> {
        let pid = process(arguments).unwrap_or_default();
        let there = self.send_signal(pid, reason).await?;
        if !there {
            let message = format!("PID {pid} is not a PostgreSQL backend process");
            self.warn(SqlState::WARNING, &message, client)?;
        }
        // It may have been this very session.
        self.batch.cancel.error().map_or(Ok(there), Err)
    }

    async fn send_signal(&mut self, pid: i32, reason: CancelReason) -> Result<bool, PgError> {
        let backend = self.backend.clone();
        interruptible(&self.batch.cancel, self.deadline(), backend.signal(pid, reason)).await?
    }

    async fn terminate<C: Client>(&mut self, arguments: &Arguments, client: &mut C) -> Result<bool, PgError> {
        let patience = match arguments.int(1) {
            Some(..0) => {
                let message = "\"timeout\" must not be negative";
                return Err(PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, message));
            }
            Some(patience) => patience.unsigned_abs(),
            None => 0,
        };
        let there = self.signal(arguments, CancelReason::Shutdown, client).await?;
        let (Some(pid), true) = (process(arguments), there && patience > 0) else {
            return Ok(there);
        };
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(patience) {
            if !self.send_signal(pid, CancelReason::Shutdown).await? {
                return Ok(true);
            }
            interruptible(&self.batch.cancel, self.deadline(), tokio::time::sleep(LOOK)).await?;
        }
        let message = format!("backend with PID {pid} did not terminate within {patience} milliseconds");
        self.warn(SqlState::WARNING, &message, client)?;
        Ok(false)
    }
}

/// The first argument, a process id.
fn process(arguments: &Arguments) -> Option<i32> {
    i32::try_from(arguments.int(0)?).ok()
}

/// What PostgreSQL sends of type void.
fn void() -> Value {
    Value::Text(String::new())
}
