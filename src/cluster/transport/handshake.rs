//! The first words on a connection: who speaks, to whom, for what.
//!
//! ```text
//! both sides   "QUORLITE" │ protocol u16
//! then         length u32 │ Hello (client) or Welcome (server), postcard
//! ```
//!
//! The first ten bytes never change, so that two versions at least understand that they don't
//! understand each other. The nonce is this process': whoever hears its own has reached itself.

use std::io;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use uuid::Uuid;

use super::{BoxLink, HANDSHAKE, Link};

const MAGIC: &[u8; 8] = b"QUORLITE";

/// Raised when messages change so that an older node would misread them.
const PROTOCOL: u16 = 11;

/// The longest Hello or Welcome.
const GREETING: usize = 4096;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Purpose {
    Append,
    Control,
    Forward,
    Snapshot,
    Guest,
}

/// A member of a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Membership {
    pub cluster: [u8; 16],
    pub node: u64,
}

impl Membership {
    fn cluster(&self) -> Uuid {
        Uuid::from_bytes(self.cluster)
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub purpose: Purpose,
    pub nonce: [u8; 16],
    /// Who speaks; a guest need not be anybody.
    pub from: Option<Membership>,
    /// Which node is meant; a guest takes any.
    pub to: Option<u64>,
    /// `host:port` of the speaker's cluster port, if it has one.
    pub advertise: Option<String>,
    pub version: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Welcome {
    Accepted { is: Option<Membership>, version: String },
    Refused(Refusal),
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) enum Refusal {
    /// It hears itself.
    Itself,
    /// It belongs to another cluster, or (`None`) to none yet.
    OtherCluster(Option<[u8; 16]>),
    /// It is another node of the cluster.
    OtherNode(u64),
    /// Too many connections, or shutting down.
    Busy,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("cannot connect to {address}: {source}")]
    Unreachable { address: String, source: io::Error },
    #[error(
        "{0} answers, but is not the cluster port of a Quorlite node (those are 7432 by default; is this its PostgreSQL or HTTP port?)"
    )]
    NotQuorlite(String),
    #[error(
        "{address} speaks version {theirs} of the cluster protocol, this node version {PROTOCOL}: run the same version of quorlite"
    )]
    Version { address: String, theirs: u16 },
    #[error("{0} is this node itself")]
    Itself(String),
    #[error("{address} belongs to another cluster ({theirs})")]
    OtherCluster { address: String, theirs: String },
    #[error("{address} is node {theirs}, not node {wanted}")]
    OtherNode { address: String, theirs: u64, wanted: u64 },
    #[error("{0} takes no more connections at the moment")]
    Busy(String),
}

impl ConnectError {
    /// Trying again later cannot help unless somebody changes something.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(self, ConnectError::Unreachable { .. } | ConnectError::Busy(_))
    }
}

/// The client's side. Gives who answered.
pub(crate) async fn greet(
    link: &mut BoxLink,
    address: &str,
    hello: &Hello,
) -> Result<Option<Membership>, ConnectError> {
    let unreachable = |source| ConnectError::Unreachable { address: address.to_owned(), source };
    let exchange = async {
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&PROTOCOL.to_be_bytes());
        append_greeting(&mut out, hello);
        link.write_all(&out).await.map_err(unreachable)?;
        let mut preamble = [0; 10];
        let mut got = 0;
        while got < preamble.len() {
            match link.read(&mut preamble[got..]).await {
                // Whoever doesn't understand the first bytes hangs up, politely or not.
                Ok(0) => return Err(ConnectError::NotQuorlite(address.to_owned())),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                    return Err(ConnectError::NotQuorlite(address.to_owned()));
                }
                Ok(count) => got += count,
                Err(error) => return Err(unreachable(error)),
            }
            let known = got.min(MAGIC.len());
            if preamble[..known] != MAGIC[..known] {
                return Err(ConnectError::NotQuorlite(address.to_owned()));
            }
        }
        let theirs = u16::from_be_bytes([preamble[8], preamble[9]]);
        if theirs != PROTOCOL {
            return Err(ConnectError::Version { address: address.to_owned(), theirs });
        }
        read_greeting::<Welcome>(link).await.map_err(unreachable)
    };
    let welcome = match timeout(HANDSHAKE, exchange).await {
        Ok(welcome) => welcome?,
        // It took the connection and our words and says nothing.
        Err(_) => return Err(unreachable(io::Error::new(io::ErrorKind::TimedOut, "no answer to the greeting"))),
    };
    judge(welcome, address, hello)
}

fn judge(welcome: Welcome, address: &str, hello: &Hello) -> Result<Option<Membership>, ConnectError> {
    let address = address.to_owned();
    let other = |theirs: Option<[u8; 16]>| match theirs {
        Some(id) => Uuid::from_bytes(id).to_string(),
        None => "it has formed or joined none yet".to_owned(),
    };
    match welcome {
        Welcome::Refused(Refusal::Itself) => Err(ConnectError::Itself(address)),
        Welcome::Refused(Refusal::OtherCluster(theirs)) => {
            Err(ConnectError::OtherCluster { address, theirs: other(theirs) })
        }
        Welcome::Refused(Refusal::OtherNode(theirs)) => {
            Err(ConnectError::OtherNode { address, theirs, wanted: hello.to.unwrap_or(0) })
        }
        Welcome::Refused(Refusal::Busy) => Err(ConnectError::Busy(address)),
        Welcome::Accepted { is, .. } => {
            // Both sides check: the one that answers may be the one that is wrong.
            if let (Some(from), Some(is)) = (&hello.from, &is)
                && from.cluster != is.cluster
            {
                return Err(ConnectError::OtherCluster { address, theirs: is.cluster().to_string() });
            }
            if let (Some(wanted), Some(is)) = (hello.to, &is)
                && wanted != is.node
            {
                return Err(ConnectError::OtherNode { address, theirs: is.node, wanted });
            }
            Ok(is)
        }
    }
}

/// The server's side: who this node is, and what it thinks of a Hello.
pub(crate) struct Door {
    pub nonce: [u8; 16],
    pub is: Option<Membership>,
}

/// Reads the client's greeting and answers it. `None`: not welcome (and told so if it would understand).
pub(crate) async fn receive(link: &mut impl Link, door: &Door) -> io::Result<Option<Hello>> {
    let exchange = async {
        let mut preamble = [0; 10];
        link.read_exact(&mut preamble).await?;
        if preamble[..8] != MAGIC[..] {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(256);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&PROTOCOL.to_be_bytes());
        if preamble[8..] != PROTOCOL.to_be_bytes() {
            link.write_all(&out).await?;
            return Ok(None);
        }
        let hello: Hello = read_greeting(link).await?;
        let refusal = door.refusal(&hello);
        let welcome = match &refusal {
            Some(refusal) => Welcome::Refused(refusal.clone()),
            None => Welcome::Accepted { is: door.is, version: env!("CARGO_PKG_VERSION").to_owned() },
        };
        append_greeting(&mut out, &welcome);
        link.write_all(&out).await?;
        link.flush().await?;
        Ok(refusal.is_none().then_some(hello))
    };
    timeout(HANDSHAKE, exchange).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Says that there is no room, to whoever it is.
pub(crate) async fn refuse_busy(link: &mut impl Link) {
    let mut out = Vec::with_capacity(32);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&PROTOCOL.to_be_bytes());
    append_greeting(&mut out, &Welcome::Refused(Refusal::Busy));
    let _ = timeout(HANDSHAKE, link.write_all(&out)).await;
}

impl Door {
    fn refusal(&self, hello: &Hello) -> Option<Refusal> {
        if hello.nonce == self.nonce {
            return Some(Refusal::Itself);
        }
        if hello.purpose == Purpose::Guest {
            return None;
        }
        // All other purposes are for members of the same cluster who mean this very node.
        let ours = self.is.as_ref().map(|is| is.cluster);
        match (&hello.from, &self.is) {
            (Some(from), Some(is)) if from.cluster == is.cluster => {
                (hello.to != Some(is.node)).then_some(Refusal::OtherNode(is.node))
            }
            _ => Some(Refusal::OtherCluster(ours)),
        }
    }
}

fn append_greeting(out: &mut Vec<u8>, greeting: &impl Serialize) {
    let bytes = postcard::to_stdvec(greeting).expect("plain data serialises");
    out.extend_from_slice(&(bytes.len() as u32).to_be_bytes());
    out.extend_from_slice(&bytes);
}

async fn read_greeting<T: DeserializeOwned>(link: &mut impl Link) -> io::Result<T> {
    let length = link.read_u32().await? as usize;
    if length > GREETING {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a greeting that is too long"));
    }
    let mut bytes = vec![0; length];
    link.read_exact(&mut bytes).await?;
    postcard::from_bytes(&bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::format::tests::hex;

    const OURS: Membership = Membership { cluster: [1; 16], node: 2 };

    fn hello() -> Hello {
        Hello {
            purpose: Purpose::Control,
            nonce: [3; 16],
            from: Some(Membership { cluster: [1; 16], node: 5 }),
            to: Some(2),
            advertise: Some("a:1".to_owned()),
            version: "0.1.0".to_owned(),
        }
    }

    async fn meet(hello: Hello, door: Door) -> (Result<Option<Membership>, ConnectError>, Option<Hello>) {
        let (client, server) = tokio::io::duplex(8192);
        let (mut client, mut server): (BoxLink, BoxLink) = (Box::new(client), Box::new(server));
        let (answer, heard) = tokio::join!(greet(&mut client, "there:7", &hello), receive(&mut server, &door));
        (answer, heard.unwrap())
    }

    #[tokio::test]
    async fn members_who_mean_each_other_are_welcome() {
        let (answer, heard) = meet(hello(), Door { nonce: [4; 16], is: Some(OURS) }).await;
        assert_eq!(answer.unwrap(), Some(OURS));
        assert_eq!(heard, Some(hello()));
        let guest = Hello { purpose: Purpose::Guest, from: None, to: None, ..hello() };
        assert_eq!(meet(guest, Door { nonce: [4; 16], is: None }).await.0.unwrap(), None);
    }

    #[tokio::test]
    async fn others_are_told_why_not() {
        let door = |nonce, is| Door { nonce, is };
        for (door, expected) in [
            (door([3; 16], Some(OURS)), "there:7 is this node itself"),
            (door([4; 16], None), "it has formed or joined none yet"),
            (door([4; 16], Some(Membership { cluster: [9; 16], node: 2 })), "another cluster (09090909-"),
            (door([4; 16], Some(Membership { cluster: [1; 16], node: 3 })), "there:7 is node 3, not node 2"),
        ] {
            let (answer, heard) = meet(hello(), door).await;
            let message = answer.unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
            assert_eq!(heard, None);
        }
    }

    /// What other servers answer to our greeting, and what strangers send to ours.
    #[tokio::test]
    async fn strangers_are_recognised() {
        for answer in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"E\x00\x00", b"QUORUM", b""] {
            let (client, mut server) = tokio::io::duplex(8192);
            let mut client: BoxLink = Box::new(client);
            server.write_all(answer).await.unwrap();
            server.shutdown().await.unwrap();
            let error = greet(&mut client, "there:7", &hello()).await.unwrap_err();
            assert!(matches!(error, ConnectError::NotQuorlite(_)), "{answer:?}: {error}");
        }
        let (client, mut server) = tokio::io::duplex(8192);
        let mut client: BoxLink = Box::new(client);
        server.write_all(b"QUORLITE\x00\x63").await.unwrap();
        let error = greet(&mut client, "there:7", &hello()).await.unwrap_err();
        assert!(error.to_string().contains("speaks version 99"), "{error}");

        for bytes in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"QUORLITE\x00\x01\xff\xff\xff\xff",
            b"QUORLITE\x00\x01\0\0\0\x01\xff",
            b"QUO",
        ] {
            let (mut client, server) = tokio::io::duplex(8192);
            let mut server: BoxLink = Box::new(server);
            client.write_all(bytes).await.unwrap();
            client.shutdown().await.unwrap();
            let heard = receive(&mut server, &Door { nonce: [4; 16], is: Some(OURS) }).await;
            assert!(!matches!(heard, Ok(Some(_))), "{bytes:?}");
        }
    }

    /// Nodes of different releases meet: these bytes must stay what they are.
    #[test]
    fn greetings_have_these_bytes() {
        let bytes = postcard::to_stdvec(&hello()).unwrap();
        assert_eq!(
            hex(&bytes),
            format!("01{}01{}05010201{}{}", "03".repeat(16), "01".repeat(16), "03613a31", "05302e312e30")
        );
        let bytes = postcard::to_stdvec(&Welcome::Refused(Refusal::OtherNode(3))).unwrap();
        assert_eq!(hex(&bytes), "010203");
    }
}
