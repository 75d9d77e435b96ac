//! A copy of the database files, from the leader to a node the log no longer reaches.
//!
//! Files are copied only when somebody needs them. The leader first makes a checkpoint, which pairs a log id with
//! the membership at that log id, then exports: the copies hold *at least* what the checkpoint
//! does. That id is what the receiver installs. It is at or after the one openraft asked to
//! be sent, and entries after it that the copies already have are skipped by the files
//! themselves when they come again. Sound with openraft (read in alpha.37): the receiver takes any snapshot
//! beyond its own commit index, the leader counts the smaller id it asked for as matching, and a follower takes
//! appends that begin below what it has committed as matching.
//!
//! ```text
//! sender                                   receiver
//! SnapshotOffer                       →
//!                                     ←    Send, or Done: not needed
//! for each file: pieces, then its CRC →    written to DATA/snapshots/, synced
//!                                     ←    Installing, every second
//!                                     ←    Done
//! ```
//!
//! One piece at a time is in memory. What is left in `snapshots/` by a crash is removed at the next start.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use openraft::async_runtime::WatchReceiver;
use openraft::errors::{NetworkError, ReplicationClosed, StreamingError, Unreachable};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{interval, timeout};

use super::format::{Ballot, SnapshotForm};
use super::messages::{self, FileForm, SnapshotAnswer, SnapshotOffer};
use super::peers::{Peer, PeerError};
use super::state_machine::{Applier, SnapshotData};
use super::transport::frame::{Frame, FrameReader, FrameWriter, Kind, PIECE};
use super::transport::handshake::Purpose;
use super::types::{self, Raft, Snapshot, SnapshotMeta, Types, Vote, term_of};

/// A transfer in which nothing moves for so long is given up.
const SILENCE: Duration = Duration::from_secs(15);

/// Names of directories below `snapshots/` are never used twice by one process.
static NEXT: AtomicU64 = AtomicU64::new(1);

fn directory(data: &Path, what: &str) -> PathBuf {
    data.join("snapshots").join(format!("{what}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// Removes what earlier processes left.
pub(crate) fn clean(data: &Path) -> io::Result<()> {
    let snapshots = data.join("snapshots");
    match std::fs::remove_dir_all(&snapshots) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::create_dir_all(&snapshots)
}

/// A directory that goes when nobody needs it any more.
#[derive(Debug)]
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Leaves it where it is: an install that failed half-way may need it at the next start.
    pub(crate) fn keep(mut self) {
        self.0 = PathBuf::new();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let path = std::mem::take(&mut self.0);
        if path.as_os_str().is_empty() {
            return;
        }
        let remove = move || match std::fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %path.display(), "could not be removed");
            }
            _ => {}
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_) => remove(),
        }
    }
}

/// The leader's side.
pub(crate) struct Send {
    pub peer: Arc<Peer>,
    pub applier: Arc<Applier>,
    pub data: PathBuf,
    pub target: u64,
}

impl Send {
    /// Sends a copy at least as new as `wanted`; returns the receiver's vote once it is installed there.
    pub(crate) async fn run(&self, vote: Vote, wanted: SnapshotMeta) -> Result<Vote, StreamingError<Types>> {
        // Copying takes long: not for a node that isn't there.
        self.peer.control().await.map_err(unreachable)?;
        let copies = Scratch(directory(&self.data, "send"));
        let meta = self.export(copies.0.clone()).await?;
        // A receiver must not be given what its sender's term doesn't cover: this node no longer leads.
        if meta.last_log_id.as_ref().is_some_and(|last| term_of(last) > vote.leader_id.term) {
            return Err(ReplicationClosed::new("there is a newer leader").into());
        }
        if meta.last_log_id < wanted.last_log_id {
            return Err(network_error("the copy is older than the snapshot to be sent"));
        }
        let files = list(copies.0.clone()).await.map_err(network_error)?;
        let bytes: u64 = files.iter().map(|file| file.size).sum();
        tracing::info!(target = self.target, last = ?meta.last_log_id, bytes, "sending a snapshot");
        let (reader, writer) = self.peer.open(Purpose::Snapshot).await.map_err(unreachable)?;
        let offer = SnapshotOffer { ballot: (&vote).into(), snapshot: SnapshotForm::from(&meta), files };
        let ballot = transfer(reader, writer, &copies.0, offer).await.map_err(network_error)?;
        tracing::info!(target = self.target, "the snapshot is installed there");
        Ok(ballot.into())
    }

    /// A checkpoint, then copies that hold at least that.
    async fn export(&self, to: PathBuf) -> Result<SnapshotMeta, StreamingError<Types>> {
        let applier = self.applier.clone();
        let exported = tokio::task::spawn_blocking(move || {
            let meta = applier.checkpoint_blocking().map_err(|error| error.to_string())?;
            let at = applier.storage().export(&to).map_err(|error| error.to_string())?;
            if at.map(types::from_storage) < meta.last_log_id {
                return Err("the copies are older than the checkpoint before them".to_owned());
            }
            Ok(meta)
        });
        exported.await.map_err(network_error)?.map_err(network_error)
    }
}

fn unreachable(error: PeerError) -> StreamingError<Types> {
    match error {
        PeerError::Unreachable(..) => StreamingError::Unreachable(Unreachable::from_string(error)),
        other => network_error(other),
    }
}

fn network_error(error: impl ToString) -> StreamingError<Types> {
    StreamingError::Network(NetworkError::from_string(error))
}

/// Every file below the directory.
async fn list(root: PathBuf) -> io::Result<Vec<FileForm>> {
    fn walk(root: &Path, below: &str, files: &mut Vec<FileForm>) -> io::Result<()> {
        for entry in std::fs::read_dir(root)? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|_| io::Error::other("a file name is not UTF-8"))?;
            let path = format!("{below}{name}");
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &format!("{path}/"), files)?;
            } else {
                files.push(FileForm { path, size: entry.metadata()?.len() });
            }
        }
        Ok(())
    }
    let listed = tokio::task::spawn_blocking(move || {
        let mut files = Vec::new();
        walk(&root, "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    });
    listed.await.map_err(io::Error::other)?
}

async fn within<T>(action: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(SILENCE, action).await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "nothing moves"))?
}

async fn transfer(
    mut reader: FrameReader,
    mut writer: FrameWriter,
    from: &Path,
    offer: SnapshotOffer,
) -> io::Result<Ballot> {
    within(writer.send(0, Kind::Request, messages::encode(&offer))).await?;
    match answer(&mut reader).await? {
        SnapshotAnswer::Done(ballot) => return Ok(ballot),
        SnapshotAnswer::Failed(why) => return Err(io::Error::other(format!("the receiver refused: {why}"))),
        SnapshotAnswer::Send | SnapshotAnswer::Installing => {}
    }
    for (number, file) in offer.files.iter().enumerate() {
        send_file(&mut writer, &from.join(&file.path), number as u64, file.size).await?;
    }
    within(writer.flush()).await?;
    loop {
        match answer(&mut reader).await? {
            SnapshotAnswer::Send | SnapshotAnswer::Installing => {}
            SnapshotAnswer::Done(ballot) => return Ok(ballot),
            SnapshotAnswer::Failed(why) => return Err(io::Error::other(format!("the receiver failed: {why}"))),
        }
    }
}

async fn answer(reader: &mut FrameReader) -> io::Result<SnapshotAnswer> {
    let frame = within(reader.next()).await?;
    let frame = frame.ok_or_else(|| io::Error::other("the receiver has closed the connection"))?;
    messages::decode(&frame.piece).map_err(io::Error::other)
}

/// Pieces, then the CRC-32 of all of them.
async fn send_file(writer: &mut FrameWriter, path: &Path, id: u64, size: u64) -> io::Result<()> {
    let mut file = File::open(path).await?;
    let mut crc = crc32fast::Hasher::new();
    let mut left = size;
    let mut buffer = vec![0; PIECE];
    while left > 0 {
        let wanted = left.min(PIECE as u64) as usize;
        file.read_exact(&mut buffer[..wanted]).await?;
        crc.update(&buffer[..wanted]);
        left -= wanted as u64;
        let piece = Bytes::copy_from_slice(&buffer[..wanted]);
        within(writer.feed(Frame { id, kind: Kind::Request, more: true, piece })).await?;
    }
    let piece = Bytes::copy_from_slice(&crc.finalize().to_be_bytes());
    within(writer.feed(Frame { id, kind: Kind::Request, more: false, piece })).await
}

/// The receiving side of one connection.
pub(crate) struct Receive<'a> {
    pub raft: &'a Raft,
    pub applier: &'a Applier,
    pub data: &'a Path,
    /// One at a time: two would fill the disk twice.
    pub turn: &'a tokio::sync::Mutex<()>,
}

impl Receive<'_> {
    pub(crate) async fn run(&self, mut reader: FrameReader, mut writer: FrameWriter) -> io::Result<()> {
        let frame = within(reader.next()).await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let malformed = |error: String| io::Error::new(io::ErrorKind::InvalidData, error);
        let offer: SnapshotOffer = messages::decode(&frame.piece).map_err(malformed)?;
        let meta = offer.snapshot.clone().into_meta().map_err(malformed)?;
        let paths: Vec<PathBuf> =
            offer.files.iter().map(|file| relative(&file.path)).collect::<Result<_, _>>().map_err(malformed)?;
        // openraft asserts that a snapshot does not come from before its own end.
        let covered = meta.last_log_id.as_ref().is_some_and(|last| term_of(last) <= offer.ballot.term);
        if !covered || !offer.ballot.committed {
            return Err(malformed("a snapshot from beyond its sender's term".to_owned()));
        }
        let Ok(_turn) = self.turn.try_lock() else {
            return say(&mut writer, SnapshotAnswer::Failed("it is receiving another snapshot".to_owned())).await;
        };
        if meta.last_log_id.as_ref().is_some_and(|last| last.index() <= self.applier.applied_index()) {
            let vote = self.raft.metrics().borrow_watched().vote;
            return say(&mut writer, SnapshotAnswer::Done((&vote).into())).await;
        }
        say(&mut writer, SnapshotAnswer::Send).await?;
        let bytes: u64 = offer.files.iter().map(|file| file.size).sum();
        tracing::info!(last = ?meta.last_log_id, bytes, "receiving a snapshot");
        let copies = Scratch(directory(self.data, "receive"));
        let received = receive_files(&mut reader, &copies.0, &paths, &offer.files).await;
        if let Err(error) = received {
            tracing::warn!(%error, "the snapshot did not arrive whole");
            return say(&mut writer, SnapshotAnswer::Failed(error.to_string())).await;
        }
        let snapshot = Snapshot { meta, snapshot: SnapshotData::Received(copies) };
        let mut installing = std::pin::pin!(self.raft.install_full_snapshot(offer.ballot.into(), snapshot));
        let mut tick = interval(Duration::from_secs(1));
        let answer = loop {
            tokio::select! {
                installed = &mut installing => break match installed {
                    Ok(response) => SnapshotAnswer::Done((&response.vote).into()),
                    Err(error) => SnapshotAnswer::Failed(error.to_string()),
                },
                // The sender may give up, and its connection end; the install goes on to its end.
                _ = tick.tick() => { let _ = say(&mut writer, SnapshotAnswer::Installing).await; }
            }
        };
        tracing::info!(?answer, "snapshot received");
        say(&mut writer, answer).await
    }
}

async fn say(writer: &mut FrameWriter, answer: SnapshotAnswer) -> io::Result<()> {
    within(writer.send(0, Kind::Response, messages::encode(&answer))).await
}

/// Nothing leaves the directory it is joined to.
fn relative(path: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if plain && path.components().next().is_some() {
        Ok(path)
    } else {
        Err(format!("{} is no path for a snapshot's file", path.display()))
    }
}

async fn receive_files(reader: &mut FrameReader, into: &Path, paths: &[PathBuf], files: &[FileForm]) -> io::Result<()> {
    tokio::fs::create_dir_all(into).await?;
    for (number, (path, file)) in paths.iter().zip(files).enumerate() {
        let path = into.join(path);
        if let Some(parent) = path.parent() {
            tokio::fs::create_dir_all(parent).await?;
        }
        receive_file(reader, &path, number as u64, file.size).await?;
    }
    // The names, too, must survive: an install that is interrupted goes on with these files.
    let into = into.to_owned();
    let synced = tokio::task::spawn_blocking(move || {
        fn sync(directory: &Path) -> io::Result<()> {
            for entry in std::fs::read_dir(directory)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    sync(&entry.path())?;
                }
            }
            std::fs::File::open(directory)?.sync_all()
        }
        sync(&into)?;
        into.parent().map_or(Ok(()), |parent| std::fs::File::open(parent)?.sync_all())
    });
    synced.await.map_err(io::Error::other)?
}

async fn receive_file(reader: &mut FrameReader, path: &Path, id: u64, size: u64) -> io::Result<()> {
    let mut file = File::options().create_new(true).write(true).open(path).await?;
    let mut crc = crc32fast::Hasher::new();
    let mut got = 0;
    loop {
        let frame = within(reader.next()).await?.ok_or_else(|| io::Error::other("the sender has gone"))?;
        if frame.id != id || frame.kind != Kind::Request {
            return Err(io::Error::other("a piece of another file"));
        }
        if !frame.more {
            if frame.piece != crc.finalize().to_be_bytes()[..] || got != size {
                return Err(io::Error::other(format!("{} has the wrong checksum or size", path.display())));
            }
            break;
        }
        got += frame.piece.len() as u64;
        if got > size {
            return Err(io::Error::other(format!("{} is larger than announced", path.display())));
        }
        crc.update(&frame.piece);
        file.write_all(&frame.piece).await?;
    }
    file.flush().await?;
    file.sync_all().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_in_their_directory() {
        for path in ["../x", "/etc/passwd", "", ".", "a/../../b", "a/./../b"] {
            assert!(relative(path).is_err(), "{path}");
        }
        assert_eq!(relative("databases/postgres.sqlite").unwrap(), Path::new("databases/postgres.sqlite"));
    }
}
