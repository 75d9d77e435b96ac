//! The answering side: accepts connections, greets, and serves each by its purpose.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::super::lane::run_in;
use super::BoxLink;
use super::channel::SILENCE;
use super::frame::{Assembler, Frame, FrameReader, FrameWriter, Kind, cut, split};
use super::handshake::{self, Door, Hello, Purpose};
use crate::storage::{Cancel, CancelReason};

/// Connections at once, and those of them that have not greeted yet.
const CONNECTIONS: usize = 1024;
const STRANGERS: usize = 64;

/// Requests under way on one connection of a member, and of a guest; more are answered with "busy".
const MEMBER_REQUESTS: usize = 4096;
const GUEST_REQUESTS: usize = 16;

/// The largest message of a member (a log entry with its batch must fit) and of a guest.
pub(crate) const MEMBER_MESSAGE: usize = 768 << 20;
pub(crate) const GUEST_MESSAGE: usize = 64 << 10;

/// What answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    fn door(&self) -> Door;

    /// Someone has greeted and is welcome.
    fn greeted(&self, hello: &Hello);

    /// Answers one request; an error closes the connection.
    fn request(
        &self,
        hello: &Hello,
        message: Bytes,
        cancel: Cancel,
        interim: Interim,
    ) -> impl Future<Output = io::Result<Bytes>> + Send;

    /// The answer to a request there is no room for.
    fn busy(&self) -> Bytes;

    /// Serves a connection for appends, to its end.
    fn appends(
        &self,
        hello: &Hello,
        reader: FrameReader,
        writer: FrameWriter,
    ) -> impl Future<Output = io::Result<()>> + Send;

    /// Serves a connection for a snapshot, to its end.
    fn snapshot(
        &self,
        hello: &Hello,
        reader: FrameReader,
        writer: FrameWriter,
    ) -> impl Future<Output = io::Result<()>> + Send;
}

/// What goes to and fro between a request and its answer.
pub(crate) struct Interim {
    id: u64,
    outgoing: mpsc::Sender<Frame>,
    further: mpsc::UnboundedReceiver<Bytes>,
}

impl Interim {
    /// Sends something ahead of the answer.
    pub(crate) async fn send(&self, message: Bytes) {
        self.outgoing().send(message).await;
    }

    /// The way out alone.
    pub(crate) fn outgoing(&self) -> Outgoing {
        Outgoing { id: self.id, frames: self.outgoing.clone() }
    }

    /// What else has come that belongs to the request; `None` when the connection has ended.
    pub(crate) async fn further(&mut self) -> Option<Bytes> {
        self.further.recv().await
    }
}

/// See [`Interim::outgoing`].
pub(crate) struct Outgoing {
    id: u64,
    frames: mpsc::Sender<Frame>,
}

impl Outgoing {
    pub(crate) async fn send(&self, message: Bytes) {
        for frame in cut(self.id, Kind::Interim, message) {
            if self.frames.send(frame).await.is_err() {
                return;
            }
        }
    }
}

/// Stops listening, and ends all connections, when dropped.
pub(crate) struct Server {
    accepting: JoinHandle<()>,
}

impl Server {
    /// Appends are served where Raft runs: they go to and fro with its tasks.
    pub(crate) fn start<S: Service>(listener: TcpListener, service: Arc<S>, raft: Handle) -> Server {
        Server { accepting: tokio::spawn(accept(listener, service, raft)) }
    }

    pub(crate) fn stop(&self) {
        self.accepting.abort();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn accept<S: Service>(listener: TcpListener, service: Arc<S>, raft: Handle) {
    let strangers = Arc::new(Semaphore::new(STRANGERS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let (mut stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, mostly: others may end soon.
                tracing::warn!(%error, "a connection to the cluster port could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let crowded = connections.len() >= CONNECTIONS;
        // A stranger beyond the limit is not even spoken to: each would hold memory for seconds.
        let Ok(permit) = strangers.clone().try_acquire_owned() else { continue };
        let (service, raft) = (service.clone(), raft.clone());
        connections.spawn(async move {
            let result = async {
                stream.set_nodelay(true)?;
                if crowded {
                    handshake::refuse_busy(&mut stream).await;
                    return Ok(());
                }
                let hello = handshake::receive(&mut stream, &service.door()).await?;
                drop(permit);
                match hello {
                    Some(hello) if hello.purpose == Purpose::Append => serve_in(&raft, stream, hello, service).await,
                    Some(hello) => serve(Box::new(stream), hello, &*service).await,
                    None => Ok(()),
                }
            };
            if let Err(error) = result.await {
                let _: io::Error = error;
                tracing::debug!(%from, %error, "a cluster connection ended");
            }
        });
    }
}

/// Serves a connection in another runtime. The handshake has left nothing in a buffer.
async fn serve_in<S: Service>(runtime: &Handle, stream: TcpStream, hello: Hello, service: Arc<S>) -> io::Result<()> {
    let stream = stream.into_std()?;
    let serving = async move { serve(Box::new(TcpStream::from_std(stream)?), hello, &*service).await };
    run_in(runtime, serving).await.map_err(io::Error::other)?
}

async fn serve<S: Service>(link: BoxLink, hello: Hello, service: &S) -> io::Result<()> {
    service.greeted(&hello);
    let (reader, writer) = split(link);
    match hello.purpose {
        Purpose::Append => service.appends(&hello, reader, writer).await,
        Purpose::Snapshot => service.snapshot(&hello, reader, writer).await,
        Purpose::Control | Purpose::Forward => {
            let limits = Limits { message: MEMBER_MESSAGE, requests: MEMBER_REQUESTS };
            answer(reader, writer, &hello, service, limits).await
        }
        Purpose::Guest => {
            let limits = Limits { message: GUEST_MESSAGE, requests: GUEST_REQUESTS };
            answer(reader, writer, &hello, service, limits).await
        }
    }
}

struct Limits {
    message: usize,
    requests: usize,
}

/// Requests under way: how to cancel them, and where what belongs to them goes.
#[derive(Default)]
struct Running(Mutex<HashMap<u64, (Cancel, mpsc::UnboundedSender<Bytes>)>>);

impl Running {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, (Cancel, mpsc::UnboundedSender<Bytes>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When the connection ends, nobody waits for what it asked.
impl Drop for Running {
    fn drop(&mut self) {
        for (cancel, _) in self.lock().values() {
            cancel.cancel(CancelReason::Disconnect);
        }
    }
}

/// Answers requests as they come, each by itself.
async fn answer<S: Service>(
    mut reader: FrameReader,
    mut writer: FrameWriter,
    hello: &Hello,
    service: &S,
    limits: Limits,
) -> io::Result<()> {
    use futures_util::stream::{FuturesUnordered, StreamExt};
    let mut assembler = Assembler::new(limits.message);
    let running = Running::default();
    let (outgoing, mut frames) = mpsc::channel::<Frame>(64);
    let mut answers = FuturesUnordered::new();
    let writing = async {
        while let Some(frame) = frames.recv().await {
            writer.feed(frame).await?;
            while let Ok(frame) = frames.try_recv() {
                writer.feed(frame).await?;
            }
            writer.flush().await?;
        }
        Ok(())
    };
    let serving = async {
        loop {
            let frame = tokio::select! {
                frame = timeout(SILENCE * 3, reader.next()) => {
                    frame.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the client is silent"))??
                }
                Some(result) = answers.next(), if !answers.is_empty() => {
                    let () = result?;
                    continue;
                }
            };
            let Some(frame) = frame else { return Ok(()) };
            let id = frame.id;
            match frame.kind {
                Kind::Request => {
                    let Some(message) = assembler.add(frame)? else { continue };
                    let cancel = Cancel::new();
                    let full = running.lock().len() >= limits.requests;
                    let (sender, further) = mpsc::unbounded_channel();
                    running.lock().insert(id, (cancel.clone(), sender));
                    let (outgoing, running) = (outgoing.clone(), &running);
                    answers.push(async move {
                        let interim = Interim { id, outgoing: outgoing.clone(), further };
                        let answer = if full {
                            service.busy()
                        } else {
                            service.request(hello, message, cancel, interim).await?
                        };
                        running.lock().remove(&id);
                        for frame in cut(id, Kind::Response, answer) {
                            if outgoing.send(frame).await.is_err() {
                                break;
                            }
                        }
                        Ok::<(), io::Error>(())
                    });
                }
                Kind::Further => {
                    let Some(message) = assembler.add(frame)? else { continue };
                    // The request may just have been answered.
                    if let Some((_, further)) = running.lock().get(&id) {
                        let _ = further.send(message);
                    }
                }
                Kind::Cancel => {
                    assembler.forget(id);
                    if let Some((cancel, _)) = running.lock().get(&id) {
                        cancel.cancel(reason(&frame.piece));
                    }
                }
                Kind::Ping => {
                    let pong = Frame { id, kind: Kind::Pong, more: false, piece: Bytes::new() };
                    let _ = outgoing.try_send(pong);
                }
                Kind::Response | Kind::Interim | Kind::Pong => {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "an answer nobody asked for"));
                }
            }
        }
    };
    tokio::select! {
        result = serving => result,
        result = writing => result,
    }
}

/// As sent by [`super::channel::Call::cancel`].
pub(crate) fn reason(piece: &[u8]) -> CancelReason {
    match piece {
        [1] => CancelReason::UserRequest,
        [2] => CancelReason::StatementTimeout,
        [4] => CancelReason::Shutdown,
        [5] => CancelReason::TransactionTimeout,
        [6] => CancelReason::LocksLost,
        _ => CancelReason::Disconnect,
    }
}

/// What [`super::channel::Call::cancel`] sends.
pub(crate) fn reason_code(reason: CancelReason) -> u8 {
    match reason {
        CancelReason::UserRequest => 1,
        CancelReason::StatementTimeout => 2,
        CancelReason::Disconnect => 3,
        CancelReason::Shutdown => 4,
        CancelReason::TransactionTimeout => 5,
        CancelReason::LocksLost => 6,
    }
}
