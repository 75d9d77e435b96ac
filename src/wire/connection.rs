//! One connection: the loop between its socket and its session.
//!
//! While the session works on a message, the socket is still listened to: a client that hangs up stops its
//! statement, and so does the server's shutdown. What arrives meanwhile waits its turn.

use std::net::SocketAddr;
use std::sync::Arc;

use pgwire::messages::response::ErrorResponse;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, watch};

use crate::session::{
    Backend, Client, Closed, Control, CopyMessage, Registration, Request, Server, Session, Sessions, find_database,
    new_activity,
};
use crate::sql::PlanCache;
use crate::storage::CancelReason;
use crate::types::{PgError, SqlState};

use super::counters::Counters;
use super::frame::{FrameError, Input};
use super::message::{self, Message, violation};
use super::output::{Output, Want, fields};
use super::server::{Limits, stopped};
use super::startup::{self, Opening, Startup};

/// What waits unread at most while a statement runs; beyond it, a client that hangs up is noticed late.
const READ_AHEAD: usize = 64 * 1024;

/// What all connections of a listener have in common.
pub(super) struct Shared<B> {
    /// Where the server listens.
    pub port: u16,
    pub backend: Arc<B>,
    pub sessions: Arc<Sessions>,
    pub plans: Arc<PlanCache>,
    pub counters: Arc<Counters>,
    pub limits: Limits,
    /// Becomes true when the server shuts down.
    pub stopping: watch::Receiver<bool>,
}

/// Serves one client from its first byte to its last.
pub(super) async fn serve<R, W, B>(reader: R, writer: W, peer: Option<SocketAddr>, shared: Arc<Shared<B>>)
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send,
    B: Backend,
{
    let mut input = Input::new(reader, shared.counters.clone());
    let (mut output, wanted) = Output::new(writer, shared.counters.clone());
    let mut stopping = shared.stopping.clone();
    let opening = startup::open(&mut input, &mut output);
    let opening = tokio::select! {
        opening = opening => opening,
        () = tokio::time::sleep(shared.limits.startup_timeout) => return,
        () = stopped(&mut stopping) => Err(shutting_down()),
    };
    let session = match opening {
        Ok(Opening::Nothing) => return,
        Ok(Opening::Cancel { pid, secret }) => {
            let hit = shared.sessions.cancel(pid, &secret);
            tracing::debug!(pid, hit, "cancel request");
            return;
        }
        Ok(Opening::Session(startup)) => login(&startup, peer, &shared, &mut output).await,
        Err(error) => Err(error),
    };
    match session {
        Ok((session, registration)) => {
            let control = registration.control.clone();
            let mut connection =
                Connection { input, output, wanted, session, control, limits: shared.limits.clone(), stopping };
            connection.converse().await;
            connection.output.shut_down().await;
        }
        Err(error) => {
            Counters::add(&shared.counters.connections_refused, 1);
            refuse(&startup::fatal(error), &mut output).await;
        }
    }
}

/// Says why there will be no session.
async fn refuse<W: AsyncWrite + Unpin + Send>(error: &PgError, output: &mut Output<W>) {
    tracing::info!(code = error.code.as_str(), message = error.message, "login refused");
    output.message(&ErrorResponse::new(fields(error)));
    if output.send().await.is_ok() {
        output.shut_down().await;
    }
}

/// Lets the client in and makes its session, up to ReadyForQuery.
async fn login<W, B>(
    startup: &Startup,
    peer: Option<SocketAddr>,
    shared: &Shared<B>,
    output: &mut Output<W>,
) -> Result<(Session<B>, Registration), PgError>
where
    W: AsyncWrite + Unpin + Send,
    B: Backend,
{
    let activity = new_activity(&startup.user, &startup.database, peer);
    let secret = startup.new_secret();
    let max = shared.limits.max_connections;
    let Some(registration) = shared.sessions.register(secret.clone(), activity, max) else {
        return Err(PgError::new(SqlState::TOO_MANY_CONNECTIONS, "sorry, too many clients already"));
    };
    startup.authenticate(output)?;
    find_database(&*shared.backend, &startup.database).await?;
    let control = registration.control.clone();
    let span = tracing::Span::current();
    span.record("pid", control.pid).record("user", &startup.user).record("database", &startup.database);
    let mut session = Session::new(
        shared.backend.clone(),
        control,
        shared.plans.clone(),
        startup.user.clone(),
        startup.database.clone(),
        Server {
            max_connections: max,
            port: shared.port,
            patience: shared.limits.patience,
            defaults: &shared.limits.defaults,
        },
        &startup.settings,
    )?;
    session.report(output);
    output.message(&startup::key_data(registration.control.pid, &secret));
    tracing::debug!("connected");
    Ok((session, registration))
}

struct Connection<R, W, B: Backend> {
    input: Input<R>,
    output: Output<W>,
    wanted: mpsc::UnboundedReceiver<Want>,
    session: Session<B>,
    control: Arc<Control>,
    limits: Limits,
    stopping: watch::Receiver<bool>,
}

impl<R, W, B> Connection<R, W, B>
where
    R: AsyncRead + Unpin + Send,
    W: AsyncWrite + Unpin + Send,
    B: Backend,
{
    /// Message after message, until either side ends it.
    async fn converse(&mut self) {
        if self.session.greet(&mut self.output).await.is_err() {
            return;
        }
        loop {
            let ended = match self.next_message().await {
                Ok(Message::Request(request)) => self.handle(request).await.is_err(),
                Ok(Message::Ignored) => false,
                Ok(Message::Terminate) => true,
                Err(None) => true,
                Err(Some(error)) => {
                    tracing::info!(code = error.code.as_str(), message = error.message, "connection ended");
                    self.output.reply(&crate::session::Reply::Error(error));
                    let _ = self.output.send().await;
                    true
                }
            };
            if ended {
                tracing::debug!("disconnected");
                return;
            }
        }
    }

    /// The next message; an error is the last thing to be said, `None` if there is nobody to say it to.
    async fn next_message(&mut self) -> Result<Message, Option<PgError>> {
        loop {
            if *self.stopping.borrow_and_update() {
                return Err(Some(terminated()));
            }
            if let Some(last) = self.control.last_word() {
                return Err(Some(last));
            }
            match self.input.message(self.limits.message_bytes) {
                Ok(Some(frame)) => return Ok(message::decode(frame)),
                Ok(None) => {}
                Err(error) => return Err(Some(out_of_step(&error))),
            }
            tokio::select! {
                more = self.input.fill() => {
                    if !more.map_err(|_| None)? {
                        return Err(None);
                    }
                }
                error = idle(self.session.idle_timeout()) => return Err(Some(error)),
                _ = self.stopping.changed() => return Err(Some(terminated())),
                _ = self.control.terminated() => {}
            }
        }
    }

    /// Has the session answer, with an ear on the socket.
    async fn handle(&mut self, request: Request) -> Result<(), Closed> {
        let work = self.session.handle(request, &mut self.output);
        tokio::pin!(work);
        let mut listening = true;
        let mut running = true;
        let mut want: Option<Want> = None;
        loop {
            if let Some(asking) = want.take() {
                want = copied(&mut self.input, self.limits.message_bytes, listening, asking);
            }
            tokio::select! {
                biased;
                result = &mut work => return result,
                Some(asking) = self.wanted.recv(), if want.is_none() => want = Some(asking),
                more = self.input.fill(),
                    if listening && (want.is_some() || self.input.waiting() < READ_AHEAD) =>
                {
                    if !matches!(more, Ok(true)) {
                        listening = false;
                        self.control.cancel(CancelReason::Disconnect);
                    }
                }
                _ = self.stopping.changed(), if running => {
                    running = false;
                    self.control.cancel(CancelReason::Shutdown);
                    self.stopping.mark_changed();
                }
            }
        }
    }
}

/// Gives COPY's data to the one who asks, as much as has come; the asking, if that is nothing.
fn copied<R: AsyncRead + Unpin>(input: &mut Input<R>, limit: usize, listening: bool, asking: Want) -> Option<Want> {
    let (mut messages, mut bytes) = (Vec::new(), 0);
    while bytes < READ_AHEAD {
        match input.message(limit) {
            Ok(Some(frame)) => match message::copy(frame) {
                None => {}
                Some(CopyMessage::Data(data)) => {
                    bytes += data.len() + size_of::<CopyMessage>();
                    messages.push(CopyMessage::Data(data));
                }
                Some(last) => {
                    messages.push(last);
                    break;
                }
            },
            Ok(None) if !messages.is_empty() => break,
            Ok(None) if listening => return Some(asking),
            Ok(None) => {
                messages.push(CopyMessage::Gone);
                break;
            }
            Err(error) => {
                messages.push(CopyMessage::Broken(out_of_step(&error)));
                break;
            }
        }
    }
    // Whoever asked may have been cancelled meanwhile; then nobody wants the rest either.
    let _ = asking.send(messages);
    None
}

/// Resolves when the session has been idle for too long.
async fn idle(timeout: Option<(std::time::Duration, PgError)>) -> PgError {
    match timeout {
        Some((timeout, error)) => {
            tokio::time::sleep(timeout).await;
            error
        }
        None => std::future::pending().await,
    }
}

fn out_of_step(error: &FrameError) -> PgError {
    startup::fatal(match error {
        FrameError::UnknownType(tag) => violation(format!("invalid frontend message type {tag}")),
        FrameError::Length { claimed, limit } => violation("invalid message length".to_owned())
            .detail(format!("{claimed} bytes, at most {limit} are taken.")),
    })
}

fn terminated() -> PgError {
    PgError::fatal(SqlState::ADMIN_SHUTDOWN, "terminating connection due to administrator command")
}

fn shutting_down() -> PgError {
    PgError::fatal(SqlState::CANNOT_CONNECT_NOW, "the database system is shutting down")
}
