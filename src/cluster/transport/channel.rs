//! The asking side of a connection on which many requests are under way at once.
//!
//! Each request has a number; answers come in any order. The channel pings while it lives: a peer that
//! has said nothing for [`SILENCE`] is taken for dead, since TCP itself may take minutes to notice
//! a cut cable, and longer to try again after it is mended.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::BoxLink;
use super::frame::{Assembler, Frame, FrameReader, FrameWriter, Kind, cut, split};
use super::handshake::Membership;

/// A peer that was silent for so long, although pinged, is given up.
pub(crate) const SILENCE: Duration = Duration::from_secs(5);

const PING: Duration = Duration::from_secs(1);

/// Frames that wait for the socket; then senders wait.
const QUEUE: usize = 64;

/// Why a request has no answer.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum CallError {
    /// The peer certainly has not got all of it.
    #[error("the request was not sent: {0}")]
    NotSent(String),
    /// The peer may have got it.
    #[error("the connection was lost")]
    Lost,
}

pub(crate) struct Channel {
    outgoing: mpsc::Sender<Frame>,
    calls: Arc<Mutex<Calls>>,
    next: AtomicU64,
    peer: Option<Membership>,
    tasks: [JoinHandle<()>; 2],
}

struct Calls {
    waiting: HashMap<u64, Waiting>,
    heard: Instant,
    closed: bool,
}

struct Waiting {
    answer: oneshot::Sender<Bytes>,
    interim: mpsc::UnboundedSender<Bytes>,
}

impl Channel {
    /// Takes over a greeted connection. `limit`: the largest answer.
    pub(crate) fn new(link: BoxLink, peer: Option<Membership>, limit: usize) -> Channel {
        let (reader, writer) = split(link);
        let (outgoing, frames) = mpsc::channel(QUEUE);
        let calls = Arc::new(Mutex::new(Calls { waiting: HashMap::new(), heard: Instant::now(), closed: false }));
        let reading = tokio::spawn({
            let calls = calls.clone();
            async move {
                if let Err(error) = read(reader, &calls, limit).await {
                    tracing::debug!(%error, "connection ended");
                }
                close(&calls);
            }
        });
        let writing = tokio::spawn({
            let calls = calls.clone();
            async move {
                if let Err(error) = write(writer, frames, &calls).await {
                    tracing::debug!(%error, "connection ended");
                }
                close(&calls);
            }
        });
        Channel { outgoing, calls, next: AtomicU64::new(1), peer, tasks: [reading, writing] }
    }

    /// Who answered the greeting.
    pub(crate) fn peer(&self) -> Option<Membership> {
        self.peer
    }

    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.calls).closed
    }

    /// Asks, and waits for the answer. Dropping the future tells the peer that nobody waits any more.
    pub(crate) async fn call(&self, message: Bytes) -> Result<Bytes, CallError> {
        self.begin(message).await?.answer().await
    }

    /// Sends a request.
    pub(crate) async fn begin(&self, message: Bytes) -> Result<Call, CallError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        // What comes ahead of an answer is little, or is asked for piece by piece.
        let (interim_sender, interim) = mpsc::unbounded_channel();
        {
            let mut calls = lock(&self.calls);
            if calls.closed {
                return Err(CallError::NotSent("the connection is closed".to_owned()));
            }
            calls.waiting.insert(id, Waiting { answer: sender, interim: interim_sender });
        }
        let call =
            Call { id, answer, interim, outgoing: self.outgoing.clone(), calls: self.calls.clone(), done: false };
        for frame in cut(id, Kind::Request, message) {
            // As long as the last piece is not queued, the peer can't have the request.
            if self.outgoing.send(frame).await.is_err() {
                return Err(CallError::NotSent("the connection was lost".to_owned()));
            }
        }
        Ok(call)
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        close(&self.calls);
    }
}

/// A request under way.
pub(crate) struct Call {
    id: u64,
    answer: oneshot::Receiver<Bytes>,
    interim: mpsc::UnboundedReceiver<Bytes>,
    outgoing: mpsc::Sender<Frame>,
    calls: Arc<Mutex<Calls>>,
    done: bool,
}

impl Call {
    pub(crate) async fn answer(mut self) -> Result<Bytes, CallError> {
        self.wait().await
    }

    /// As [`Call::answer`], but may be dropped and called again until it has answered.
    pub(crate) async fn wait(&mut self) -> Result<Bytes, CallError> {
        let answer = (&mut self.answer).await;
        self.done = true;
        answer.map_err(|_| CallError::Lost)
    }

    /// What the peer has sent ahead of its answer, if anything.
    pub(crate) fn interim(&mut self) -> Option<Bytes> {
        self.interim.try_recv().ok()
    }

    /// The next thing that the peer sends ahead of its answer; `None` when there will be no more.
    pub(crate) async fn next_interim(&mut self) -> Option<Bytes> {
        self.interim.recv().await
    }

    /// Sends something more that belongs to the request. `false`: the connection is lost.
    pub(crate) async fn send(&self, message: Bytes) -> bool {
        for frame in cut(self.id, Kind::Further, message) {
            if self.outgoing.send(frame).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Asks the peer to give up, for the reason.
    pub(crate) async fn cancel(&self, reason: u8) {
        let piece = Bytes::copy_from_slice(&[reason]);
        let _ = self.outgoing.send(Frame { id: self.id, kind: Kind::Cancel, more: false, piece }).await;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        lock(&self.calls).waiting.remove(&self.id);
        let _ = self.outgoing.try_send(Frame { id: self.id, kind: Kind::Cancel, more: false, piece: Bytes::new() });
    }
}

fn lock(calls: &Mutex<Calls>) -> MutexGuard<'_, Calls> {
    calls.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everybody who waits hears that the connection is gone.
fn close(calls: &Mutex<Calls>) {
    let mut calls = lock(calls);
    calls.closed = true;
    calls.waiting.clear();
}

async fn read(mut reader: FrameReader, calls: &Mutex<Calls>, limit: usize) -> std::io::Result<()> {
    let mut assembler = Assembler::new(limit);
    while let Some(frame) = reader.next().await? {
        lock(calls).heard = Instant::now();
        let (id, kind) = (frame.id, frame.kind);
        if !matches!(kind, Kind::Response | Kind::Interim) {
            continue;
        }
        let Some(message) = assembler.add(frame)? else { continue };
        let mut calls = lock(calls);
        if kind == Kind::Response {
            if let Some(waiting) = calls.waiting.remove(&id) {
                let _ = waiting.answer.send(message);
            }
        } else if let Some(waiting) = calls.waiting.get(&id) {
            let _ = waiting.interim.send(message);
        }
    }
    Ok(())
}

async fn write(
    mut writer: FrameWriter,
    mut frames: mpsc::Receiver<Frame>,
    calls: &Mutex<Calls>,
) -> std::io::Result<()> {
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let closed_or_silent = || {
            let calls = lock(calls);
            calls.closed || calls.heard.elapsed() > SILENCE
        };
        tokio::select! {
            frame = frames.recv() => {
                let Some(frame) = frame else { return Ok(()) };
                let flushed = async {
                    writer.feed(frame).await?;
                    while let Ok(frame) = frames.try_recv() {
                        writer.feed(frame).await?;
                    }
                    writer.flush().await
                };
                // The socket takes nothing more: the peer is gone, or so far behind that it might as well be.
                tokio::time::timeout(SILENCE * 2, flushed).await.map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
            }
            _ = ping.tick() => {
                if closed_or_silent() {
                    return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, "the peer is silent"));
                }
                writer.send(0, Kind::Ping, Bytes::new()).await?;
            }
        }
    }
}
