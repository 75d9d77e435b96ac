//! Pieces of large batches, kept until their batch comes.
//!
//! A piece ([`Piece`]) has no effect of its own: what it holds is applied together with the batch that names it, or never.
//! Until then it lies in `pieces/` beside the databases, a file for each database file:
//!
//! ```text
//! piece × (length u32, CRC-32 u32, the piece as an entry's bytes)
//! ```
//!
//! A file has pieces of one batch at a time. One writer executes on a file, one batch after the other, and Raft's log keeps
//! the order of one leader's proposals: so a piece of another batch, unless it is an earlier one's, says that the
//! one before was given up. So does whatever was accepted into the database since (the pieces' base version has
//! passed), and a later term. All of that is in the log, the same for every node; but since pieces without their batch
//! mean nothing, nothing depends on when they go.
//!
//! **Crashes.** After a start the log is replayed from what the database files say they have applied. A batch that was
//! accepted there makes earlier pieces meaningless; a checkpoint ([`Pieces::sync`]) puts the pieces on disk before the
//! database files may say that they are past them. So whatever is missing or torn here comes again from the log, and
//! what comes again is known by its place. A snapshot takes the pieces along.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::entry::{Entry, Piece, PiecesOf};
use super::file::sync_directory;

/// The directory's name, below the data directory and in snapshots.
pub(super) const DIRECTORY: &str = "pieces";

/// Bytes before each piece.
const HEADER: u64 = 8;
/// More than any piece has; keeps damage from making us allocate.
const MAX_PIECE: u32 = 1 << 30;

/// The pieces that wait for their batch, of one database file.
pub(super) struct Pieces {
    path: PathBuf,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    of: PiecesOf,
    count: u64,
    /// Some piece was not there when a later one came: its batch won't come either, or this node has lost it.
    broken: bool,
    file: Arc<File>,
    bytes: u64,
    synced: bool,
}

/// How pieces follow each other in the log.
fn order(of: &PiecesOf) -> (u64, u64) {
    (of.term, of.number)
}

impl Pieces {
    /// `name`: the database file's, without its directory. `version`: its data version.
    pub fn open(data: &Path, name: &str, version: u64) -> io::Result<Pieces> {
        let pieces = Pieces { path: path(data, name), kept: Mutex::default() };
        pieces.reopen(version)?;
        Ok(pieces)
    }

    fn kept(&self) -> MutexGuard<'_, Option<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the file anew: at a start, and after a snapshot has replaced it.
    pub fn reopen(&self, version: u64) -> io::Result<()> {
        let mut kept = self.kept();
        *kept = None;
        let file = match File::options().read(true).write(true).open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        match survey(&file, version)? {
            Some((of, count, bytes)) => {
                // A tail that was torn comes again.
                file.set_len(bytes)?;
                *kept = Some(Kept { of, count, broken: false, file: Arc::new(file), bytes, synced: false });
                Ok(())
            }
            None => std::fs::remove_file(&self.path),
        }
    }

    /// Keeps a piece whose base version is the file's.
    pub fn add(&self, piece: &Piece) -> io::Result<()> {
        let mut slot = self.kept();
        if let Some(kept) = &*slot
            && kept.of != piece.of
            && order(&kept.of) > order(&piece.of)
        {
            // Of a batch that was given up, which the log tells once more.
            return Ok(());
        }
        let kept = match &mut *slot {
            Some(kept) if kept.of == piece.of => kept,
            other => other.insert(self.begin(piece.of)?),
        };
        if piece.place < kept.count || kept.broken {
            return Ok(());
        }
        if piece.place > kept.count {
            kept.broken = true;
            return Ok(());
        }
        let entry = Entry::Piece(piece.clone()).encode();
        let length = u32::try_from(entry.len()).ok().filter(|length| *length <= MAX_PIECE);
        let length = length.ok_or_else(|| io::Error::other("a piece is too large"))?;
        let mut header = [0; HEADER as usize];
        header[..4].copy_from_slice(&length.to_le_bytes());
        header[4..].copy_from_slice(&crc32fast::hash(&entry).to_le_bytes());
        kept.file.write_all_at(&header, kept.bytes)?;
        kept.file.write_all_at(&entry, kept.bytes + HEADER)?;
        kept.bytes += HEADER + u64::from(length);
        kept.count += 1;
        kept.synced = false;
        Ok(())
    }

    fn begin(&self, of: PiecesOf) -> io::Result<Kept> {
        if let Some(directory) = self.path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&self.path)?;
        Ok(Kept { of, count: 0, broken: false, file: Arc::new(file), bytes: 0, synced: false })
    }

    /// The pieces of a batch that has so many; `None`: they are not here.
    pub fn read(&self, of: &PiecesOf, count: u64) -> Option<Reading> {
        let kept = self.kept();
        let kept = kept.as_ref().filter(|kept| kept.of == *of && kept.count == count && !kept.broken)?;
        Some(Reading { file: kept.file.clone(), at: 0, end: kept.bytes })
    }

    /// Forgets what no batch will name any more: what is older than the term or not of the version.
    pub fn discard(&self, term: u64, version: u64) -> io::Result<()> {
        let mut kept = self.kept();
        if kept.take_if(|kept| kept.of.term < term || kept.of.base_version != version).is_some() {
            std::fs::remove_file(&self.path)?;
        }
        Ok(())
    }

    /// Puts on disk what has been added.
    pub fn sync(&self) -> io::Result<()> {
        let file = match &mut *self.kept() {
            Some(kept) if !kept.synced => {
                // What comes meanwhile says again that it isn't synced.
                kept.synced = true;
                kept.file.clone()
            }
            _ => return Ok(()),
        };
        let synced = file.sync_all().and_then(|()| {
            let directory = self.path.parent().unwrap_or(&self.path);
            sync_directory(directory)?;
            directory.parent().map_or(Ok(()), sync_directory)
        });
        if synced.is_err()
            && let Some(kept) = &mut *self.kept()
        {
            kept.synced = false;
        }
        synced
    }

    /// Copies them into the directory, which gets the database's copy afterwards: what has become of them by then, the
    /// copy shows.
    pub fn export(&self, to: &Path, name: &str) -> io::Result<()> {
        let kept = self.kept();
        let Some(kept) = kept.as_ref().filter(|kept| !kept.broken) else { return Ok(()) };
        let to = path(to, name);
        if let Some(directory) = to.parent() {
            std::fs::create_dir_all(directory)?;
        }
        let mut copy = File::options().write(true).create_new(true).open(&to)?;
        let mut reading = Reading { file: kept.file.clone(), at: 0, end: kept.bytes };
        while let Some((header, entry)) = reading.frame()? {
            copy.write_all(&header)?;
            copy.write_all(&entry)?;
        }
        copy.sync_all()?;
        to.parent().map_or(Ok(()), sync_directory)
    }

    /// Takes those that have come with a snapshot instead of its own.
    pub fn install(&self, from: &Path, name: &str, version: u64) -> io::Result<()> {
        let from = path(from, name);
        if from.try_exists()? {
            let directory = self.path.parent().unwrap_or(&self.path);
            std::fs::create_dir_all(directory)?;
            let new = self.path.with_extension("new");
            std::fs::copy(&from, &new)?;
            File::open(&new)?.sync_all()?;
            std::fs::rename(&new, &self.path)?;
            sync_directory(directory)?;
        } else if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        self.reopen(version)
    }

    /// What is kept: whose, and how many.
    #[cfg(test)]
    pub fn count(&self) -> Option<(PiecesOf, u64)> {
        self.kept().as_ref().map(|kept| (kept.of, kept.count))
    }
}

/// Removes what waits for a database that is no more.
pub(super) fn remove(data: &Path, name: &str) -> io::Result<()> {
    match std::fs::remove_file(path(data, name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn path(data: &Path, name: &str) -> PathBuf {
    data.join(DIRECTORY).join(name.replace('/', "-"))
}

/// What is whole in a file: whose pieces, how many, and how many bytes of it. `None`: nothing that is of the version.
fn survey(file: &File, version: u64) -> io::Result<Option<(PiecesOf, u64, u64)>> {
    let mut reading = Reading { file: Arc::new(file.try_clone()?), at: 0, end: file.metadata()?.len() };
    let mut found: Option<(PiecesOf, u64, u64)> = None;
    while let Ok(Some(piece)) = reading.piece() {
        let (of, count) = found.map_or((piece.of, 0), |(of, count, _)| (of, count));
        if piece.of != of || piece.place != count || of.base_version != version {
            break;
        }
        found = Some((of, count + 1, reading.at));
    }
    Ok(found)
}

/// Gives pieces in their order, one at a time.
pub(super) struct Reading {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Reading {
    fn frame(&mut self) -> io::Result<Option<([u8; HEADER as usize], Vec<u8>)>> {
        if self.at >= self.end {
            return Ok(None);
        }
        let mut header = [0; HEADER as usize];
        self.file.read_exact_at(&mut header, self.at)?;
        let word = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a piece of a large transaction is damaged");
        let (length, crc) = (word(0), word(4));
        if u64::from(length) > self.end - self.at - HEADER.min(self.end - self.at) {
            return Err(damaged());
        }
        let mut entry = vec![0; length as usize];
        self.file.read_exact_at(&mut entry, self.at + HEADER)?;
        if crc32fast::hash(&entry) != crc {
            return Err(damaged());
        }
        self.at += HEADER + u64::from(length);
        Ok(Some((header, entry)))
    }

    /// The next piece.
    pub fn piece(&mut self) -> io::Result<Option<Piece>> {
        let Some((_, entry)) = self.frame()? else { return Ok(None) };
        match Entry::decode(&entry) {
            Ok(Entry::Piece(piece)) => Ok(Some(piece)),
            Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "something else than a piece is kept as one")),
            Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(term: u64, number: u64) -> PiecesOf {
        PiecesOf { term, node: 1, incarnation: 7, number, base_version: 41 }
    }

    fn piece(of: PiecesOf, place: u64) -> Piece {
        Piece { of, file: "databases/postgres".to_owned(), place, effects: vec![place as u8; 1000] }
    }

    fn effects(pieces: &Pieces, of: &PiecesOf, count: u64) -> Option<Vec<u8>> {
        let mut reading = pieces.read(of, count)?;
        let mut firsts = Vec::new();
        while let Some(piece) = reading.piece().unwrap() {
            firsts.push(piece.effects[0]);
        }
        Some(firsts)
    }

    #[test]
    fn pieces_come_back_after_a_restart_and_are_known_when_they_come_again() {
        let dir = tempfile::tempdir().unwrap();
        let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
        for place in 0..3 {
            pieces.add(&piece(of(2, 5), place)).unwrap();
        }
        pieces.sync().unwrap();
        drop(pieces);
        let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
        for place in 1..4 {
            pieces.add(&piece(of(2, 5), place)).unwrap();
        }
        assert_eq!(effects(&pieces, &of(2, 5), 4), Some(vec![0, 1, 2, 3]));
        assert_eq!(effects(&pieces, &of(2, 5), 3), None, "a batch with another count is not theirs");
        assert_eq!(effects(&pieces, &of(2, 6), 4), None);
        // At another version they are nobody's.
        drop(pieces);
        let pieces = Pieces::open(dir.path(), "databases/postgres", 42).unwrap();
        assert_eq!(pieces.count(), None);
        assert_eq!(std::fs::read_dir(dir.path().join(DIRECTORY)).unwrap().count(), 0);
    }

    #[test]
    fn a_later_batch_takes_the_place_and_an_earlier_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
        pieces.add(&piece(of(2, 5), 0)).unwrap();
        pieces.add(&piece(of(2, 6), 0)).unwrap();
        // The log is replayed from a place between them.
        pieces.add(&piece(of(2, 5), 1)).unwrap();
        assert_eq!(pieces.count(), Some((of(2, 6), 1)));
        pieces.add(&piece(of(3, 1), 0)).unwrap();
        assert_eq!(pieces.count(), Some((of(3, 1), 1)));
        pieces.discard(3, 41).unwrap();
        assert_eq!(pieces.count(), Some((of(3, 1), 1)));
        pieces.discard(4, 41).unwrap();
        assert_eq!(pieces.count(), None);
    }

    #[test]
    fn a_gap_is_no_batch() {
        let dir = tempfile::tempdir().unwrap();
        let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
        pieces.add(&piece(of(2, 5), 1)).unwrap();
        pieces.add(&piece(of(2, 5), 0)).unwrap();
        assert!(pieces.read(&of(2, 5), 1).is_none() && pieces.read(&of(2, 5), 2).is_none());
    }

    #[test]
    fn what_is_torn_is_cut_off_wherever_that_is() {
        let dir = tempfile::tempdir().unwrap();
        let file = path(dir.path(), "databases/postgres");
        let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
        for place in 0..3 {
            pieces.add(&piece(of(2, 5), place)).unwrap();
        }
        drop(pieces);
        let whole = std::fs::read(&file).unwrap();
        let one = whole.len() / 3;
        for cut in (0..whole.len()).step_by(37).chain([one - 1, one, one + 3]) {
            std::fs::write(&file, &whole[..cut]).unwrap();
            let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
            let count = (cut / one) as u64;
            assert_eq!(pieces.count(), (count > 0).then(|| (of(2, 5), count)), "cut at {cut}");
            for place in 0..3 {
                pieces.add(&piece(of(2, 5), place)).unwrap();
            }
            assert_eq!(effects(&pieces, &of(2, 5), 3), Some(vec![0, 1, 2]), "cut at {cut}");
        }
        // And holes: the second was not written, the third was.
        let mut holed = whole.clone();
        holed[one..2 * one].fill(0);
        std::fs::write(&file, &holed).unwrap();
        let pieces = Pieces::open(dir.path(), "databases/postgres", 41).unwrap();
        assert_eq!(pieces.count(), Some((of(2, 5), 1)));
    }

    #[test]
    fn a_copy_has_them_all() {
        let dir = tempfile::tempdir().unwrap();
        let (here, there, copies) = (dir.path().join("1"), dir.path().join("2"), dir.path().join("copies"));
        let pieces = Pieces::open(&here, "databases/postgres", 41).unwrap();
        pieces.add(&piece(of(2, 5), 0)).unwrap();
        pieces.add(&piece(of(2, 5), 1)).unwrap();
        pieces.export(&copies, "databases/postgres").unwrap();
        let other = Pieces::open(&there, "databases/postgres", 3).unwrap();
        other.add(&piece(PiecesOf { base_version: 3, ..of(1, 1) }, 0)).unwrap();
        other.install(&copies, "databases/postgres", 41).unwrap();
        assert_eq!(effects(&other, &of(2, 5), 2), Some(vec![0, 1]));
        // A snapshot without any.
        other.install(&dir.path().join("none"), "databases/postgres", 41).unwrap();
        assert_eq!(other.count(), None);
    }
}
