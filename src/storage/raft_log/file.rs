//! The Raft log's files, `raft/0000000001.log` and so on: only the newest is written, at its end, and the oldest go when
//! nothing in them is needed any more.
//!
//! Why not a table of SQLite: an append there rewrites pages of 4 KB, of the table and of its write-ahead log's bookkeeping,
//! which costs several times what the sync itself does. Here it is one write of the entries' bytes and one `fdatasync`. The file is
//! made longer, with zeros, by many appends' worth at a time, since a sync of a file that has grown writes the file
//! system's journal, too.
//!
//! What is read when it is opened are the frames in order. A process or a machine that ends in the middle of a write leaves a
//! frame that isn't whole, of which nobody was told: there the log ends. That it is the last one is known from there
//! being no whole frame behind it, as each is written when the one before it has been synced; otherwise acknowledged entries are
//! damaged, and the log is refused. A log that is closed ends with a frame of nothing, so that damage to any other shows. What can't
//! be told from a torn write is damage to the very last frame after a crash, if it comes between the crash and the start.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;

use super::segment::{self, FORMAT, Frame, FrameBuffer, HEADER_BYTES, Header, Record, Unread};
use super::{CACHE_BYTES, CACHE_RECORDS, LogPosition, LogRecord, LogSlot, Sabotage, StorageError};

const DIRECTORY: &str = "raft";

/// A segment that is being made.
const UNFINISHED: &str = "unfinished";

/// What versions before had in its place.
const FORMER: &str = "raft.sqlite";

/// A segment that is as large is followed by another.
const SEGMENT_BYTES: u64 = 8 << 20;

/// How often a file is tried to be opened while no descriptors are left, and how long in between.
const PATIENCE: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// By how much a segment is made longer for small frames.
const GROWTH_BYTES: usize = 256 << 10;

/// The writing end.
pub(super) struct LogFile {
    directory: Directory,
    /// Of the newest segment.
    header: Header,
    file: File,
    /// Where the next frame begins.
    end: u64,
    /// How long the file is.
    length: u64,
    kept: Kept,
    index: Arc<Mutex<Index>>,
    removals: Removals,
}

/// Removes segments that may go, the oldest first: a thread of its own, as that may take a while, and nobody waits for it but
/// who closes the log.
struct Removals {
    /// `None`: it is closed.
    paths: Option<Sender<PathBuf>>,
    thread: Option<JoinHandle<()>>,
}

/// Open files, so that a node that has no descriptors left can write on.
struct Directory {
    path: PathBuf,
    itself: File,
    /// What becomes the next segment.
    unfinished: Option<File>,
}

/// What isn't an entry. A segment begins with it, so that older ones can go.
#[derive(Default)]
struct Kept {
    purged: Option<LogPosition>,
    slots: [Option<Bytes>; LogSlot::ALL.len()],
}

/// Where the entries lie.
#[derive(Default)]
struct Index {
    segments: VecDeque<Segment>,
    /// The index of the first of the places.
    first: u64,
    places: VecDeque<Place>,
}

struct Segment {
    number: u64,
    path: PathBuf,
}

#[derive(Clone, Copy)]
struct Place {
    /// Its number.
    segment: u64,
    at: u64,
}

/// For entries that are no longer in memory.
pub(super) struct LogReader {
    index: Arc<Mutex<Index>>,
}

pub(super) struct OpenedLog {
    pub file: LogFile,
    pub reader: LogReader,
    pub purged: Option<LogPosition>,
    pub last: Option<LogPosition>,
    /// The newest entries, as many as are worth keeping in memory.
    pub tail: Vec<LogRecord>,
    pub slots: [Option<Bytes>; LogSlot::ALL.len()],
}

impl LogFile {
    pub(super) fn open(data: &Path, uid: [u8; 16], may_create: bool) -> Result<OpenedLog, StorageError> {
        let directory = data.join(DIRECTORY);
        let at_start = |source| io_error(&directory, "read", source);
        let numbers = segments_in(&directory).map_err(at_start)?;
        if numbers.is_empty() {
            let former = data.join(FORMER);
            if former.try_exists().map_err(at_start)? {
                return Err(StorageError::Unusable(format!(
                    "{} is the log of an older version of quorlite, which this one doesn't read: start that version",
                    former.display()
                )));
            }
            if !may_create {
                return Err(refused(&directory, "its log is missing, and with it this node's vote"));
            }
            create(&directory, uid).map_err(|source| io_error(&directory, "written", source))?;
            return Self::open_existing(data, &directory, uid, &[1]);
        }
        Self::open_existing(data, &directory, uid, &numbers)
    }

    fn open_existing(data: &Path, directory: &Path, uid: [u8; 16], numbers: &[u64]) -> Result<OpenedLog, StorageError> {
        let mut replay = Replay::default();
        for number in numbers {
            let path = path_of(directory, *number);
            replay.segment(&path, uid, *number, Some(number) == numbers.last())?;
        }
        let Replay { kept, index, newest } = replay;
        let Some(Newest { header, file, end, length }) = newest else {
            return Err(refused(directory, "it is empty"));
        };
        let newest = path_of(directory, header.number);
        let expected = kept.purged.map_or(0, |purged| purged.index.saturating_add(1));
        if !index.places.is_empty() && index.first != expected {
            let why = format!("entry {expected} is missing (the next is {})", index.first);
            return Err(refused(&newest, &why));
        }
        // Whoever wrote what was found here may have ended before it was synced, names included.
        let directory = Directory::open(directory)
            .and_then(|directory| directory.sync().map(|()| directory))
            .and_then(|directory| File::open(data)?.sync_all().map(|()| directory))
            .map_err(|source| io_error(directory, "synced", source))?;
        let range = index.first..index.next();
        let index = Arc::new(Mutex::new(index));
        let reader = LogReader { index: index.clone() };
        let tail = tail(&reader, range).map_err(|error| refused(&newest, &error.to_string()))?;
        let (purged, slots) = (kept.purged, kept.slots.clone());
        let last = tail.last().map(LogRecord::position).or(purged);
        let removals = Removals::start(&directory).map_err(|source| io_error(&newest, "opened", source))?;
        let file = LogFile { directory, header, file, end, length, kept, index, removals };
        Ok(OpenedLog { file, reader, purged, last, tail, slots })
    }

    pub(super) fn begin(&mut self) -> LogTransaction<'_> {
        LogTransaction { file: self, frame: FrameBuffer::new(), changes: Vec::new() }
    }

    /// Writes the frame and syncs it (a test may have it not synced); gives the place where it lies.
    fn write(&mut self, frame: FrameBuffer, synced: bool) -> Result<Place, String> {
        if self.end >= SEGMENT_BYTES {
            self.begin_segment()?;
        }
        let at = self.end;
        let mut bytes = frame.seal(&self.header.salt, at)?;
        let end = at + bytes.len() as u64;
        if end > self.length && bytes.len() < GROWTH_BYTES {
            bytes.resize(bytes.len() + GROWTH_BYTES, 0);
        }
        let written = self.file.write_all_at(&bytes, at);
        let written = written.and_then(|()| if synced { self.file.sync_data() } else { Ok(()) });
        if let Err(error) = written
            && !Sabotage::OverlookFullDisk.is_on()
        {
            let path = path_of(&self.directory.path, self.header.number);
            return Err(format!("{} cannot be written: {error}", path.display()));
        }
        (self.end, self.length) = (end, self.length.max(at + bytes.len() as u64));
        Ok(Place { segment: self.header.number, at })
    }

    fn begin_segment(&mut self) -> Result<(), String> {
        let header = Header { number: self.header.number + 1, salt: rand::random(), previous: self.end, ..self.header };
        let path = path_of(&self.directory.path, header.number);
        let begun = self.directory.begin_segment(&header, &self.kept);
        let (file, end, length) = begun.map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        (self.header, self.file, self.end, self.length) = (header, file, end, length);
        lock(&self.index).segments.push_back(Segment { number: header.number, path });
        Ok(())
    }

    /// Has segments removed from the oldest on, as far as no entry lies there.
    fn let_go(&self, index: &mut Index) {
        while let Some(oldest) = index.segments.front()
            && oldest.number < index.places.front().map_or(self.header.number, |place| place.segment)
        {
            if let Some(oldest) = index.segments.pop_front() {
                self.removals.add(oldest.path);
            }
        }
    }
}

impl Directory {
    fn open(path: &Path) -> io::Result<Directory> {
        let itself = File::open(path)?;
        let mut directory = Directory { path: path.to_owned(), itself, unfinished: None };
        directory.unfinished = Some(directory.open_unfinished()?);
        Ok(directory)
    }

    fn sync(&self) -> io::Result<()> {
        self.itself.sync_all()
    }

    fn open_unfinished(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create(true).truncate(true).open(self.path.join(UNFINISHED))
    }

    /// Gives the segment's file, how many of its bytes are used, and its length.
    fn begin_segment(&mut self, header: &Header, kept: &Kept) -> io::Result<(File, u64, u64)> {
        let file = match self.unfinished.take() {
            Some(file) => file,
            None => self.open_unfinished()?,
        };
        let mut frame = FrameBuffer::new();
        if let Some(purged) = kept.purged {
            frame.purge(purged);
        }
        for slot in LogSlot::ALL {
            if let Some(value) = &kept.slots[slot as usize] {
                frame.slot(slot, Some(value)).map_err(io::Error::other)?;
            }
        }
        let mut bytes = header.encode().to_vec();
        bytes.extend(frame.seal(&header.salt, HEADER_BYTES as u64).map_err(io::Error::other)?);
        let end = bytes.len() as u64;
        bytes.resize(bytes.len() + GROWTH_BYTES, 0);
        file.write_all_at(&bytes, 0)?;
        file.sync_all()?;
        fs::rename(self.path.join(UNFINISHED), path_of(&self.path, header.number))?;
        self.sync()?;
        // If it can't be had now, it is asked for again.
        self.unfinished = self.open_unfinished().ok();
        Ok((file, end, bytes.len() as u64))
    }
}

impl Removals {
    fn start(directory: &Directory) -> io::Result<Removals> {
        let (paths, removals): (_, Receiver<PathBuf>) = channel();
        let directory = directory.itself.try_clone()?;
        let thread = std::thread::Builder::new().name("raft-log-old".to_owned()).spawn(move || {
            for path in removals {
                // In this order on disk, too: what is left must be without a hole.
                let removed = match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                    _ => directory.sync_all(),
                };
                if let Err(error) = removed {
                    let path = path.display();
                    tracing::warn!(%path, %error, "an old part of the Raft log cannot be removed; it is tried again at the next start");
                    break;
                }
            }
        })?;
        Ok(Removals { paths: Some(paths), thread: Some(thread) })
    }

    fn add(&self, path: PathBuf) {
        // Once the thread has given up they stay until the next start.
        let _ = self.paths.as_ref().map(|paths| paths.send(path));
    }
}

/// Who opens the log next must not meet it at work.
impl Drop for Removals {
    fn drop(&mut self) {
        self.paths = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that removes old parts of the Raft log had panicked");
        }
    }
}

/// What is to be written, and be it all or not at all.
pub(super) struct LogTransaction<'a> {
    file: &'a mut LogFile,
    frame: FrameBuffer,
    changes: Vec<Change>,
}

enum Change {
    /// An entry begins so far into the frame.
    Append {
        index: u64,
        within: usize,
    },
    Truncate {
        from: u64,
    },
    Purge(LogPosition),
    Put(LogSlot, Option<Bytes>),
}

impl LogTransaction<'_> {
    pub(super) fn append(&mut self, records: &[LogRecord]) -> Result<(), String> {
        for record in records {
            let within = self.frame.entry(record)?;
            self.changes.push(Change::Append { index: record.index, within });
        }
        Ok(())
    }

    pub(super) fn truncate_after(&mut self, after: Option<u64>) {
        let from = after.map_or(0, |index| index.saturating_add(1));
        self.frame.truncate(from);
        self.changes.push(Change::Truncate { from });
    }

    pub(super) fn purge(&mut self, upto: LogPosition) {
        self.frame.purge(upto);
        self.changes.push(Change::Purge(upto));
    }

    pub(super) fn put(&mut self, slot: LogSlot, value: Option<&Bytes>) -> Result<(), String> {
        self.frame.slot(slot, value.map(|value| &value[..]))?;
        self.changes.push(Change::Put(slot, value.cloned()));
        Ok(())
    }

    /// Blocks until it is on disk, if it is to be synced. Also without any change it is a frame.
    pub(super) fn commit(self, synced: bool) -> Result<(), String> {
        let frame = self.file.write(self.frame, synced)?;
        let mut index = lock(&self.file.index);
        for change in self.changes {
            match change {
                Change::Append { index: at, within } => {
                    index.append(at, Place { segment: frame.segment, at: frame.at + within as u64 });
                }
                Change::Truncate { from } => index.truncate(from),
                Change::Purge(upto) => {
                    self.file.kept.purged = Some(upto);
                    index.purge(upto.index);
                }
                Change::Put(slot, value) => self.file.kept.slots[slot as usize] = value,
            }
        }
        self.file.let_go(&mut index);
        Ok(())
    }
}

impl Index {
    fn append(&mut self, index: u64, place: Place) {
        if self.places.is_empty() {
            self.first = index;
        }
        self.places.push_back(place);
    }

    fn next(&self) -> u64 {
        self.first + self.places.len() as u64
    }

    fn truncate(&mut self, from: u64) {
        self.places.truncate(usize::try_from(from.saturating_sub(self.first)).unwrap_or(usize::MAX));
    }

    fn purge(&mut self, upto: u64) {
        let gone = usize::try_from(upto.saturating_add(1).saturating_sub(self.first)).unwrap_or(usize::MAX);
        let gone = gone.min(self.places.len());
        self.places.drain(..gone);
        self.first += gone as u64;
    }
}

/// The frames of segments, in order, make the log.
#[derive(Default)]
struct Replay {
    kept: Kept,
    index: Index,
    newest: Option<Newest>,
}

/// The last segment.
struct Newest {
    header: Header,
    file: File,
    /// Where the next frame begins.
    end: u64,
    length: u64,
}

impl Replay {
    fn segment(&mut self, path: &Path, uid: [u8; 16], number: u64, is_last: bool) -> Result<(), StorageError> {
        let refuse = |why: &str| refused(path, why);
        let opened = OpenOptions::new().read(true).write(true).open(path).and_then(|file| Ok((fs::read(path)?, file)));
        let (bytes, file) = opened.map_err(|source| io_error(path, "read", source))?;
        let header = Header::decode(&bytes).map_err(|unread| match unread {
            Unread::Foreign => refuse("it is not a Quorlite Raft log"),
            Unread::Damaged => refuse("its header is damaged (wrong checksum)"),
            Unread::Version(found) => StorageError::Unusable(format!(
                "{} has format {found}, this version of quorlite reads format {FORMAT}: start the version that wrote it",
                path.display()
            )),
        })?;
        if header.uid != uid {
            return Err(refuse("it belongs to another node than this directory's node.json"));
        }
        if header.number != number {
            return Err(refuse(&format!("it is number {} by its header", header.number)));
        }
        if let Some(Newest { header: before, end, .. }) = &self.newest {
            if number - before.number != 1 {
                return Err(refuse(&format!("number {} of the log, which comes before it, is missing", number - 1)));
            }
            if header.previous != *end {
                let before = path.with_file_name(name_of(before.number));
                return Err(refused(&before, &damaged_at(*end)));
            }
        }
        self.index.segments.push_back(Segment { number, path: path.to_owned() });
        let (mut end, mut last) = (HEADER_BYTES, None);
        while let Some(frame) = Frame::at(&bytes, &header.salt, end) {
            let records = frame.records(&bytes).ok_or_else(|| refuse(&damaged_at(end as u64)))?;
            for record in records {
                self.record(number, record).map_err(|why| refuse(&why))?;
            }
            end = frame.place().end;
            last = Some(frame);
        }
        // A segment gets its name with its first frame.
        if end == HEADER_BYTES || (is_last && Frame::is_any_from(&bytes, &header.salt, end)) {
            return Err(refuse(&damaged_at(end as u64)));
        }
        let synced = match last {
            // A sync that failed, of whoever wrote it, can leave it in memory alone, and taken for written.
            Some(last) if is_last => {
                let place = last.place();
                file.write_all_at(&bytes[place.clone()], place.start as u64).and_then(|()| file.sync_all())
            }
            _ => file.sync_all(),
        };
        synced.map_err(|source| io_error(path, "synced", source))?;
        if is_last && let Some(length) = bytes[end..].iter().rposition(|byte| *byte != 0) {
            let path = path.display();
            tracing::warn!(%path, at = end, bytes = length + 1, "the Raft log ends with a write that was cut off");
        }
        self.newest = Some(Newest { header, file, end: end as u64, length: bytes.len() as u64 });
        Ok(())
    }

    fn record(&mut self, segment: u64, record: Record<'_>) -> Result<(), String> {
        match record {
            Record::Entry { index, at } => {
                let expected = self.index.next();
                if index == u64::MAX || (!self.index.places.is_empty() && index != expected) {
                    return Err(format!("entry {expected} is missing (the next is {index})"));
                }
                self.index.append(index, Place { segment, at });
            }
            Record::Truncate { from } => self.index.truncate(from),
            Record::Purge(upto) => {
                self.kept.purged = Some(upto);
                self.index.purge(upto.index);
            }
            Record::Slot(slot, value) => self.kept.slots[slot as usize] = value.map(Bytes::copy_from_slice),
        }
        Ok(())
    }
}

impl LogReader {
    /// Entries of the range in order, at least one if there is any, then as many as `max_bytes` allows.
    pub(super) fn read(&self, range: Range<u64>, max_bytes: usize) -> io::Result<Vec<LogRecord>> {
        let mut records: Vec<LogRecord> = Vec::new();
        let mut used = 0;
        let mut open: Option<(PathBuf, File)> = None;
        for index in range {
            let Some((path, at)) = self.place(index) else { break };
            let failed =
                |error: io::Error| io::Error::new(error.kind(), format!("cannot read {}: {error}", path.display()));
            let file = match open.take() {
                Some((of, file)) if of == path => file,
                _ => open_patiently(&path).map_err(failed)?,
            };
            let bytes_at = |at, length| {
                let mut bytes = vec![0; length];
                file.read_exact_at(&mut bytes, at).map(|()| bytes)
            };
            let record = segment::read_entry(at, bytes_at).map_err(failed)?;
            let Some(record) = record.filter(|record| record.index == index) else {
                return Err(io::Error::other(format!("{}: entry {index} {DAMAGED}", path.display())));
            };
            open = Some((path, file));
            used += record.data.len();
            records.push(record);
            if used >= max_bytes {
                break;
            }
        }
        Ok(records)
    }

    fn place(&self, index: u64) -> Option<(PathBuf, u64)> {
        let entries = lock(&self.index);
        let place = entries.places.get(usize::try_from(index.checked_sub(entries.first)?).ok()?)?;
        let oldest = entries.segments.front()?.number;
        let segment = entries.segments.get(usize::try_from(place.segment - oldest).ok()?)?;
        Some((segment.path.clone(), place.at))
    }
}

/// Opens a file, and waits for a descriptor if there is none: a failed read would end the node.
fn open_patiently(path: &Path) -> io::Result<File> {
    /// ENFILE and EMFILE.
    const NONE_LEFT: [i32; 2] = [23, 24];
    for _ in 0..PATIENCE {
        match File::open(path) {
            Err(error) if error.raw_os_error().is_some_and(|code| NONE_LEFT.contains(&code)) => {
                std::thread::sleep(PAUSE);
            }
            opened => return opened,
        }
    }
    File::open(path)
}

/// The newest entries that are to be kept in memory.
fn tail(reader: &LogReader, range: Range<u64>) -> io::Result<Vec<LogRecord>> {
    let mut tail: VecDeque<LogRecord> = VecDeque::new();
    let mut bytes = 0;
    for index in range.rev() {
        let records = reader.read(index..index + 1, usize::MAX)?;
        bytes += records.iter().map(|record| record.data.len()).sum::<usize>();
        if !tail.is_empty() && (bytes > CACHE_BYTES || tail.len() >= CACHE_RECORDS) {
            break;
        }
        for record in records {
            tail.push_front(record);
        }
    }
    Ok(tail.into())
}

/// Makes the directory and its first segment.
fn create(path: &Path, uid: [u8; 16]) -> io::Result<()> {
    fs::create_dir_all(path)?;
    let header = Header { uid, number: 1, salt: rand::random(), previous: 0 };
    Directory::open(path)?.begin_segment(&header, &Kept::default())?;
    Ok(())
}

/// Their numbers, in order.
fn segments_in(directory: &Path) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(".log")?.parse::<u64>().ok());
        numbers.extend(number.filter(|number| *number <= u64::from(u32::MAX) && *name == *name_of(*number)));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn name_of(number: u64) -> String {
    format!("{number:010}.log")
}

fn path_of(directory: &Path, number: u64) -> PathBuf {
    directory.join(name_of(number))
}

const DAMAGED: &str = "is damaged (wrong checksum)";

fn damaged_at(byte: u64) -> String {
    format!("it {DAMAGED} at byte {byte}, with entries that were acknowledged behind it")
}

fn lock(index: &Mutex<Index>) -> MutexGuard<'_, Index> {
    index.lock().unwrap_or_else(PoisonError::into_inner)
}

fn io_error(path: &Path, what: &str, source: io::Error) -> StorageError {
    StorageError::Io { context: format!("{} cannot be {what}", path.display()), source }
}

fn refused(path: &Path, why: &str) -> StorageError {
    StorageError::Unusable(format!(
        "{} cannot be used: {why}. Nothing was changed. If other nodes of the cluster live: take this one out with \
         `quorlite remove-node`, move its data directory away, and join again with an empty one. If this was the \
         only node: restore a backup of the whole data directory",
        path.display()
    ))
}
