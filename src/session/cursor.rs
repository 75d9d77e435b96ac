//! Cursors: DECLARE makes a portal under a name, FETCH and MOVE go over its rows, forward and back.
//!
//! Cursors and the portals of Bind are one kind of thing, as in PostgreSQL: FETCH takes rows of either, and Execute too.
//! Rows come as they are wanted, from the read that DECLARE has opened, so a cursor sees what its transaction had done by
//! then and nothing later. Those of a cursor that goes backward are kept, up to a bound for the session ([`History`]); those
//! of one WITH HOLD are all taken at the commit, up to the same bound. What would be beyond it is an error.

use std::sync::Arc;

use crate::sql::{Action, Declare, Direction, Fetch, Statement, changed_shape, same_shape};
use crate::types::{PgError, Row, SqlState, Type, Value, timestamp};

use super::backend::{Backend, Rows};
use super::client::{Client, Failure, Formats, Reply, Shape};
use super::extended::MAX_OPEN_READS;
use super::portal::{Buffered, Facts, History, Limit, Portal, Reading, State, forward_only};
use super::read::Opening;
use super::statement::{Prepared, Source};
use super::transaction::{MAX_SETTLED_BYTES, only_in_blocks};
use super::write::too_many_rows;
use super::{Session, interruptible};

/// Rows of a FETCH that a client takes in parts, in bytes.
const MAX_PARTED_BYTES: usize = 64 << 20;

/// What a statement's own words make of its cursor, beside the query.
pub(super) struct Declaration<'a> {
    pub statement: &'a Arc<Statement>,
    pub declare: &'a Declare,
    pub types: &'a [Type],
    pub params: Vec<Value>,
    /// What the client sent.
    pub text: Arc<str>,
    /// It is in a string of several statements.
    pub block: bool,
}

/// Where rows go.
enum Sink<'s> {
    /// MOVE counts them only.
    Nowhere,
    Client(&'s Shape),
    /// They are kept for Executes to come; with what may still come, in bytes.
    Kept(&'s mut Vec<Row>, usize),
}

/// One run over a cursor's rows (`PortalRunSelect`).
#[derive(Clone, Copy)]
struct Run {
    forward: bool,
    count: i64,
}

impl<B: Backend> Session<B> {
    pub(super) async fn declare<C: Client>(
        &mut self,
        declaration: Declaration<'_>,
        client: &mut C,
    ) -> Result<&'static str, Failure> {
        let Declaration { statement, declare, types, params, text, block } = declaration;
        if !declare.hold && !block && !self.in_block() {
            return Err(only_in_blocks("DECLARE CURSOR").into());
        }
        self.run_waiting_held(client).await?;
        if self.portals.contains_key(&declare.name) {
            let message = format!("cursor \"{}\" already exists", declare.name);
            return Err(PgError::new(SqlState::DUPLICATE_CURSOR, message).into());
        }
        let mut inner = Self::inner_statement(statement, &declare.text, declare.offset).await?;
        inner.of_cursor = true;
        let inner = Arc::new(inner);
        let source = Source { text: text.clone(), at: timestamp::now(), from_sql: true };
        let prepared = Arc::new(self.prepare(inner.clone(), types, source).await?);
        let Some(plan) = self.current_plan(&prepared).await? else { return Err(no_such_cursor(&declare.name).into()) };
        let opening = Opening { statement: &inner, declared: &prepared.params, plan, params: &params, of_form: false };
        let (plan, mut reading) = match &opening.plan.action {
            Action::Write(_) => {
                self.check_writable(&opening.plan)?;
                self.open_held(opening).await?
            }
            _ => {
                self.pin().await?;
                self.open(opening).await?
            }
        };
        let scrolls = declare.scroll.unwrap_or(matches!(&plan.action, Action::Read(query) if query.goes_backward));
        reading.history = scrolls.then(History::default);
        if self.open_reads() >= MAX_OPEN_READS / 2 {
            // It gives its reader back, lest other portals find none.
            let (mut room, deadline) = (self.settling_room(), self.deadline());
            reading.settle_all(&mut room, &self.batch.cancel, deadline).await?;
        }
        let formats = if declare.binary { Formats(Arc::new([1])) } else { Formats::default() };
        let shape = prepared.columns.clone().map(|columns| Shape { columns, formats });
        self.portals_made += 1;
        let facts = Facts {
            text,
            made_at: self.context().statement_timestamp,
            scrolls,
            holds: declare.hold,
            binary: declare.binary,
            outlives: false,
            positions: plan.positions.clone(),
            settled: self.transaction.held.is_some() || self.transaction.pinned.is_some(),
            renumbered: Vec::new(),
            rebuilt: false,
        };
        let state = State::Reading(Box::new(reading));
        let portal = Portal { prepared, params, shape, number: self.portals_made, state, facts };
        self.portals.insert(declare.name.clone(), portal);
        Ok("DECLARE CURSOR")
    }

    /// FETCH or MOVE of the simple protocol.
    pub(super) async fn fetch_described<C: Client>(&mut self, fetch: &Fetch, client: &mut C) -> Result<(), Failure> {
        self.run_waiting_held(client).await?;
        let mut portal = self.take_cursor(&fetch.name, client).await?;
        let result = match portal.shape.clone() {
            Some(mut shape) if !fetch.moves => {
                shape.formats = if portal.facts.binary { Formats(Arc::new([1])) } else { Formats::default() };
                self.fetch(&mut portal, fetch, Sink::Client(&shape), true, client).await
            }
            _ => self.fetch(&mut portal, fetch, Sink::Nowhere, false, client).await,
        };
        self.portals.insert(fetch.name.clone(), portal);
        let tag = tag(fetch, result?);
        Ok(self.say(client, Reply::CommandComplete(tag))?)
    }

    /// FETCH or MOVE of the extended protocol, in a portal of its own: what it is to say next, in part or whole.
    pub(super) async fn fetch_in_portal<C: Client>(
        &mut self,
        fetch: &Fetch,
        own: &mut Portal<B::Rows>,
        limit: Limit,
        client: &mut C,
    ) -> Result<(), Failure> {
        self.run_waiting_held(client).await?;
        let mut portal = self.take_cursor(&fetch.name, client).await?;
        let columns = portal.shape.as_ref().filter(|_| !fetch.moves).map(|shape| &*shape.columns);
        let told = own.shape.as_ref().map(|shape| &*shape.columns);
        let mut kept = Vec::new();
        let result = match own.shape.clone() {
            _ if !same_shape(columns, told) => Err(changed_shape().into()),
            Some(shape) if limit == Limit::NONE => {
                self.fetch(&mut portal, fetch, Sink::Client(&shape), false, client).await
            }
            Some(_) => self.fetch(&mut portal, fetch, Sink::Kept(&mut kept, MAX_PARTED_BYTES), false, client).await,
            None => self.fetch(&mut portal, fetch, Sink::Nowhere, false, client).await,
        };
        self.portals.insert(fetch.name.clone(), portal);
        let tag = tag(fetch, result?);
        match &own.shape {
            Some(_) if limit != Limit::NONE => {
                own.state = State::Buffered(Buffered { rows: kept.into_iter(), tag });
                Ok(())
            }
            _ => {
                own.state = State::Done;
                Ok(self.say(client, Reply::CommandComplete(tag))?)
            }
        }
    }

    /// The portal of this name, ready to give rows; whoever takes it puts it back.
    async fn take_cursor<C: Client>(&mut self, name: &str, client: &mut C) -> Result<Portal<B::Rows>, Failure> {
        let Some(mut portal) = self.portals.remove(name) else { return Err(no_such_cursor(name).into()) };
        if matches!(portal.state, State::Ready)
            && let Some(statement) = portal.prepared.statement.clone()
            && let Err(error) = Box::pin(self.start_portal(&statement, &mut portal, client)).await
        {
            self.portals.insert(name.to_owned(), portal);
            return Err(error);
        }
        portal.state = match std::mem::replace(&mut portal.state, State::Done) {
            State::Buffered(buffered) if portal.shape.is_some() => {
                State::Reading(Box::new(Reading::of_rows(buffered.rows, buffered.tag)))
            }
            other => other,
        };
        if matches!(portal.state, State::Reading(_)) {
            return Ok(portal);
        }
        self.portals.insert(name.to_owned(), portal);
        let message = format!("portal \"{name}\" cannot be run");
        Err(PgError::new(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message).into())
    }

    /// Goes over a cursor's rows as FETCH and MOVE say (`DoPortalRunFetch`); gives how many rows there were. `announce`: the
    /// client is told of their columns first.
    async fn fetch<C: Client>(
        &mut self,
        portal: &mut Portal<B::Rows>,
        fetch: &Fetch,
        sink: Sink<'_>,
        announce: bool,
        client: &mut C,
    ) -> Result<u64, Failure> {
        let kept: usize = self.portals.values().map(Portal::kept_bytes).sum();
        let State::Reading(reading) = &mut portal.state else { return Ok(0) };
        let scrolls = portal.facts.scrolls;
        if let Some(history) = &mut reading.history {
            history.room = MAX_SETTLED_BYTES.saturating_sub(kept);
        }
        let mut run = match fetch.direction {
            Direction::Forward(count) => Run { forward: count >= 0, count: count.saturating_abs() },
            Direction::Backward(count) => Run { forward: count < 0, count: count.saturating_abs() },
            Direction::Absolute(place) => self.go_to(reading, place, scrolls, client).await?,
            Direction::Relative(by) => {
                let run = Run { forward: by >= 0, count: by.saturating_abs() };
                self.pass(reading, Run { count: run.count - 1, ..run }, scrolls, client).await?;
                Run { count: run.count.min(1), ..run }
            }
        };
        // None is the row that it is on, once more.
        if run.count == 0 && !matches!(fetch.direction, Direction::Absolute(_)) {
            let on_row = reading.is_on_row();
            if fetch.moves {
                return Ok(u64::from(on_row));
            }
            run = Run { forward: true, count: i64::from(on_row) };
            if on_row {
                self.pass(reading, Run { forward: false, count: 1 }, scrolls, client).await?;
            }
        }
        if fetch.moves && !run.forward && run.count == Direction::ALL {
            let (place, at_end) = (reading.place(), reading.is_at_end());
            reading.rewind(scrolls)?;
            return Ok(if at_end { place } else { place.saturating_sub(1) });
        }
        if !run.forward && !scrolls {
            return Err(forward_only().into());
        }
        if let (Sink::Client(shape), true) = (&sink, announce) {
            client.reply(&Reply::RowDescription((*shape).clone()));
        }
        self.go_over(reading, run, sink, client).await
    }

    /// ABSOLUTE: goes to just before the row; what is left is the run to it.
    async fn go_to<C: Client>(
        &mut self,
        reading: &mut Reading<B::Rows>,
        to: i64,
        scrolls: bool,
        client: &mut C,
    ) -> Result<Run, Failure> {
        let place = i64::try_from(reading.place()).unwrap_or(i64::MAX);
        match to {
            0 => reading.rewind(scrolls)?,
            1.. if to - 1 <= place => {
                reading.rewind(scrolls)?;
                self.pass(reading, Run { forward: true, count: to - 1 }, scrolls, client).await?;
            }
            1.. => self.pass(reading, Run { forward: true, count: to - place - 1 }, scrolls, client).await?,
            _ => {
                self.pass(reading, Run { forward: true, count: Direction::ALL }, scrolls, client).await?;
                self.pass(reading, Run { forward: false, count: -to - 1 }, scrolls, client).await?;
                return Ok(Run { forward: false, count: 1 });
            }
        }
        Ok(Run { forward: true, count: to.min(1) })
    }

    /// Passes rows that nobody wants.
    async fn pass<C: Client>(
        &mut self,
        reading: &mut Reading<B::Rows>,
        run: Run,
        scrolls: bool,
        client: &mut C,
    ) -> Result<(), Failure> {
        if run.count <= 0 {
            return Ok(());
        }
        if !run.forward && !scrolls {
            return Err(forward_only().into());
        }
        self.go_over(reading, run, Sink::Nowhere, client).await.map(drop)
    }

    async fn go_over<C: Client>(
        &mut self,
        reading: &mut Reading<B::Rows>,
        run: Run,
        mut sink: Sink<'_>,
        client: &mut C,
    ) -> Result<u64, Failure> {
        let wanted = match run.count {
            Direction::ALL => u64::MAX,
            count => u64::try_from(count).unwrap_or(0),
        };
        let mut passed = 0;
        while passed < wanted {
            let row = match run.forward {
                true => self.next_row(reading, client).await?,
                false => reading.previous_row()?,
            };
            let Some(row) = row else { break };
            passed += 1;
            match &mut sink {
                Sink::Nowhere => {}
                Sink::Client(shape) => {
                    let zone = self.settings.obeyed().zone.clone();
                    client.row(&row, shape, &zone)?;
                    client.drain().await?;
                }
                Sink::Kept(rows, room) => {
                    let size = row.iter().map(Value::size).sum();
                    *room = room.checked_sub(size).ok_or_else(too_many_rows)?;
                    rows.push(row);
                }
            }
        }
        Ok(passed)
    }

    /// The row behind the one that it is on; `None` at the end, which it is beyond then.
    pub(super) async fn next_row<C: Client>(
        &mut self,
        reading: &mut Reading<B::Rows>,
        client: &mut C,
    ) -> Result<Option<Row>, Failure> {
        loop {
            if let Some(mut row) = reading.take_next()? {
                if !reading.calls.is_empty() {
                    self.perform(&mut row, &reading.calls, client).await?;
                }
                return Ok(Some(row));
            }
            if let Some(error) = reading.failed.take() {
                return Err(PgError { position: None, ..*error }.into());
            }
            let Some(rows) = &mut reading.rows else {
                reading.pass_end();
                return Ok(None);
            };
            match interruptible(&self.batch.cancel, self.deadline(), rows.next()).await? {
                Some(Ok(more)) => reading.waiting = more.into_iter(),
                Some(Err(error)) => return Err(PgError { position: None, ..error.into() }.into()),
                None => {
                    reading.ended = rows.ended();
                    reading.rows = None;
                }
            }
        }
    }

    /// The transaction is about to commit: cursors WITH HOLD take all their rows, and outlive it if it does.
    pub(super) async fn keep_cursors(&mut self) -> Result<(), PgError> {
        self.settle_held_cursors().await?;
        self.portals.retain(|_, portal| portal.facts.holds);
        Ok(())
    }

    pub(super) async fn settle_held_cursors(&mut self) -> Result<(), PgError> {
        let (mut room, deadline) = (self.settling_room(), self.deadline());
        for portal in self.portals.values_mut().filter(|portal| portal.facts.holds && !portal.facts.outlives) {
            let State::Reading(reading) = &mut portal.state else { continue };
            reading.settle_all(&mut room, &self.batch.cancel, deadline).await?;
            if let Some(error) = reading.failed.take() {
                return Err(PgError { position: None, ..*error });
            }
        }
        Ok(())
    }

    /// It has been committed.
    pub(super) fn cursors_outlive(&mut self) {
        self.portals.values_mut().for_each(|portal| portal.facts.outlives = portal.facts.holds);
    }

    /// Portals end with their transaction, but for cursors that outlive it.
    pub(super) fn end_portals(&mut self) {
        self.portals.retain(|_, portal| portal.facts.outlives);
    }

    /// CLOSE; `None` is ALL.
    pub(super) fn close_cursor(&mut self, name: Option<&str>) -> Result<&'static str, PgError> {
        match name {
            None => {
                self.portals.clear();
                Ok("CLOSE CURSOR ALL")
            }
            Some(name) => match self.portals.remove(name) {
                Some(_) => Ok("CLOSE CURSOR"),
                None => Err(no_such_cursor(name)),
            },
        }
    }
}

/// What a FETCH that has been prepared is to do, if it is one.
pub(super) fn fetch_of(prepared: &Prepared) -> Option<Fetch> {
    match &prepared.planned()?.plan.action {
        Action::Fetch(fetch) => Some(fetch.clone()),
        _ => None,
    }
}

fn tag(fetch: &Fetch, rows: u64) -> String {
    format!("{} {rows}", if fetch.moves { "MOVE" } else { "FETCH" })
}

pub(super) fn no_such_cursor(name: &str) -> PgError {
    PgError::new(SqlState::INVALID_CURSOR_NAME, format!("cursor \"{name}\" does not exist"))
}
