//! The other nodes: where they are, and the connections to them.
//!
//! A node is its id; addresses are only where to look for it. The membership has one for each, and a node that
//! greets us tells the one it has now. The handshake makes sure that whoever is found there is the node that is
//! meant, so a stale address costs time and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Notify;

use super::messages::{self, Answer, Request};
use super::transport::channel::{CallError, Channel};
use super::transport::frame::{FrameReader, FrameWriter, split};
use super::transport::handshake::{self, ConnectError, Hello, Membership, Purpose};
use super::transport::server::{GUEST_MESSAGE, MEMBER_MESSAGE};
use super::transport::{self, BoxLink};

/// How long a peer that could not be reached is not tried again, at first and at most.
const RETRY_FIRST: Duration = Duration::from_millis(50);
const RETRY_MOST: Duration = Duration::from_millis(800);

/// Between two warnings that a node can't be brought what it needs.
const COMPLAINT: Duration = Duration::from_secs(300);

/// A node that has asked for something is likely to go on for so long.
const LATELY: Duration = Duration::from_millis(100);

/// The largest answer a guest accepts: the digests of all nodes.
const GUEST_ANSWER: usize = 256 * GUEST_MESSAGE;

/// Who this node is to others.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    pub nonce: [u8; 16],
    pub is: Option<Membership>,
    pub advertise: Option<String>,
}

impl Speaker {
    fn hello(&self, purpose: Purpose, to: Option<u64>) -> Hello {
        Hello {
            purpose,
            nonce: self.nonce,
            from: self.is,
            to,
            advertise: self.advertise.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    async fn connect(&self, address: &str, purpose: Purpose, to: Option<u64>) -> Result<Greeted, ConnectError> {
        let mut link = transport::connect(address)
            .await
            .map_err(|source| ConnectError::Unreachable { address: address.to_owned(), source })?;
        let peer = handshake::greet(&mut link, address, &self.hello(purpose, to)).await?;
        Ok(Greeted { link, peer })
    }

    /// A connection to whatever node is at the address.
    pub(crate) async fn visit(&self, address: &str) -> Result<Channel, ConnectError> {
        let greeted = self.connect(address, Purpose::Guest, None).await?;
        Ok(Channel::new(greeted.link, greeted.peer, GUEST_ANSWER))
    }
}

struct Greeted {
    link: BoxLink,
    peer: Option<Membership>,
}

/// Why a peer gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerError {
    /// It has not got the request.
    #[error("node {0} cannot be reached: {1}")]
    Unreachable(u64, String),
    /// It may have got it.
    #[error("node {0}: the connection was lost")]
    Lost(u64),
    #[error("node {0} does not answer in time")]
    Timeout(u64),
    #[error("node {0} answers what cannot be understood: {1}")]
    Malformed(u64, String),
}

/// All other nodes this one has heard of.
pub(crate) struct Peers {
    speaker: Speaker,
    nodes: Mutex<HashMap<u64, Arc<Peer>>>,
}

impl Peers {
    pub(crate) fn new(speaker: Speaker) -> Arc<Peers> {
        Arc::new(Peers { speaker, nodes: Mutex::new(HashMap::new()) })
    }

    pub(crate) fn speaker(&self) -> &Speaker {
        &self.speaker
    }

    fn nodes(&self) -> MutexGuard<'_, HashMap<u64, Arc<Peer>>> {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn peer(&self, id: u64) -> Arc<Peer> {
        let peer = || {
            Arc::new(Peer {
                id,
                speaker: self.speaker.clone(),
                addresses: Mutex::default(),
                control: Slot::new(Purpose::Control),
                forward: Slot::new(Purpose::Forward),
                complained: Mutex::default(),
                asked: Mutex::default(),
                asking: Notify::new(),
            })
        };
        self.nodes().entry(id).or_insert_with(peer).clone()
    }

    /// The membership has this address for the node.
    pub(crate) fn set_address(&self, id: u64, address: &str) {
        self.peer(id).addresses().member = Some(address.to_owned());
    }

    /// The node has greeted us and says that it is to be found there.
    pub(crate) fn heard_of(&self, id: u64, address: &str) {
        let peer = self.peer(id);
        peer.addresses().told = Some(address.to_owned());
        peer.control.forgive();
        peer.forward.forgive();
    }

    /// Asks on the control connection.
    pub(crate) async fn ask(&self, id: u64, request: &Request, patience: Duration) -> Result<Answer, PeerError> {
        let peer = self.peer(id);
        let asked = async {
            let channel = peer.control().await?;
            let answer = channel.call(messages::encode(request)).await.map_err(|error| peer.lost(error))?;
            messages::decode(&answer).map_err(|error| PeerError::Malformed(id, error))
        };
        tokio::time::timeout(patience, asked).await.map_err(|_| PeerError::Timeout(id))?
    }
}

/// Another node.
pub(crate) struct Peer {
    id: u64,
    speaker: Speaker,
    addresses: Mutex<Addresses>,
    control: Slot,
    forward: Slot,
    /// When a failure to bring it a snapshot was last told, until one succeeds.
    complained: Mutex<Option<Instant>>,
    /// When it last asked for what its clients wait for.
    asked: Mutex<Option<Instant>>,
    asking: Notify,
}

#[derive(Default)]
struct Addresses {
    member: Option<String>,
    told: Option<String>,
}

impl Peer {
    /// It has asked for something that its clients wait for.
    pub(crate) fn has_asked(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.asking.notify_waiters();
    }

    /// Whether its clients may wait for what is committed.
    pub(crate) fn has_asked_lately(&self) -> bool {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|asked| asked.elapsed() < LATELY)
    }

    /// Until it asks.
    pub(crate) async fn asks(&self) {
        self.asking.notified().await;
    }

    fn addresses(&self) -> MutexGuard<'_, Addresses> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection for votes and the like.
    pub(crate) async fn control(&self) -> Result<Arc<Channel>, PeerError> {
        self.control.get(self).await
    }

    /// The connection for clients' transactions.
    pub(crate) async fn forward(&self) -> Result<Arc<Channel>, PeerError> {
        self.forward.get(self).await
    }

    /// A connection of its own, for appends or a snapshot.
    pub(crate) async fn open(&self, purpose: Purpose) -> Result<(FrameReader, FrameWriter), PeerError> {
        Ok(split(self.connect(purpose).await?.link))
    }

    pub(crate) fn lost(&self, error: CallError) -> PeerError {
        match error {
            CallError::NotSent(why) => PeerError::Unreachable(self.id, why),
            CallError::Lost => PeerError::Lost(self.id),
        }
    }

    /// An attempt to bring it a snapshot is over. openraft tries again every half second as long as the node is away, which
    /// may be for days: that is told once, and then from time to time.
    pub(crate) fn snapshot_sent(&self, error: Option<&impl std::fmt::Display>) {
        let mut complained = self.complained.lock().unwrap_or_else(PoisonError::into_inner);
        match error {
            None => *complained = None,
            Some(error) if complained.is_none_or(|at| at.elapsed() >= COMPLAINT) => {
                *complained = Some(Instant::now());
                tracing::warn!(target = self.id, %error, "the snapshot that a node needs was not sent; trying again");
            }
            Some(error) => tracing::debug!(target = self.id, %error, "the snapshot was not sent"),
        }
    }

    /// Tries where the node last said it is, then where the membership has it.
    async fn connect(&self, purpose: Purpose) -> Result<Greeted, PeerError> {
        let candidates: Vec<String> = {
            let addresses = self.addresses();
            let told = addresses.told.iter();
            told.chain(addresses.member.iter().filter(|member| addresses.told.as_ref() != Some(*member)))
                .cloned()
                .collect()
        };
        let mut problem = "its address is not known".to_owned();
        for address in candidates {
            match self.speaker.connect(&address, purpose, Some(self.id)).await {
                Ok(greeted) => return Ok(greeted),
                Err(error) => problem = error.to_string(),
            }
        }
        Err(PeerError::Unreachable(self.id, problem))
    }
}

/// A shared connection, made when it is needed.
struct Slot {
    purpose: Purpose,
    channel: tokio::sync::Mutex<Option<Arc<Channel>>>,
    failure: Mutex<Option<Failure>>,
}

#[derive(Clone)]
struct Failure {
    problem: String,
    until: Instant,
    pause: Duration,
}

impl Slot {
    fn new(purpose: Purpose) -> Slot {
        Slot { purpose, channel: tokio::sync::Mutex::new(None), failure: Mutex::new(None) }
    }

    fn failure(&self) -> MutexGuard<'_, Option<Failure>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The peer lives: what happened before does not count.
    fn forgive(&self) {
        *self.failure() = None;
    }

    async fn get(&self, peer: &Peer) -> Result<Arc<Channel>, PeerError> {
        let mut slot = self.channel.lock().await;
        if let Some(channel) = slot.as_ref().filter(|channel| !channel.is_closed()) {
            return Ok(channel.clone());
        }
        *slot = None;
        let before = self.failure().clone();
        if let Some(failure) = before.as_ref().filter(|failure| failure.until > Instant::now()) {
            return Err(PeerError::Unreachable(peer.id, failure.problem.clone()));
        }
        match peer.connect(self.purpose).await {
            Ok(greeted) => {
                let channel = Arc::new(Channel::new(greeted.link, greeted.peer, MEMBER_MESSAGE));
                self.forgive();
                *slot = Some(channel.clone());
                Ok(channel)
            }
            Err(error) => {
                let pause = before.map_or(RETRY_FIRST, |failure| (failure.pause * 2).min(RETRY_MOST));
                let problem = match &error {
                    PeerError::Unreachable(_, problem) => problem.clone(),
                    other => other.to_string(),
                };
                tracing::debug!(node = peer.id, %problem, "a peer cannot be reached");
                *self.failure() = Some(Failure { problem, until: Instant::now() + pause, pause });
                Err(error)
            }
        }
    }
}

/// Sends a guest's request and reads the answer.
pub(crate) async fn call(channel: &Channel, request: &Request, patience: Duration) -> Result<Answer, String> {
    let answer: Bytes = tokio::time::timeout(patience, channel.call(messages::encode(request)))
        .await
        .map_err(|_| "it does not answer in time".to_owned())?
        .map_err(|error| error.to_string())?;
    messages::decode(&answer)
}
