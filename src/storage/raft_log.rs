//! The Raft log's bytes: entries, vote and what else must survive, in the files of `raft/`.
//!
//! A COMMIT is acknowledged when a majority has it in these files, so this is where the node waits
//! for the disk, and everything is arranged around that one wait: a single thread merges whatever has queued (appends,
//! votes, truncations, purges) into one write and one sync; callbacks follow.
//! Whoever has nothing to do meanwhile may write a small append itself when nothing is queued. Appended
//! entries are readable at once, from memory; older ones are read from the files.
//!
//! Only bytes are known here: what is in an entry or a slot, and its version, is the caller's
//! affair. What is checked is that they come back as they went in: everything is under a
//! CRC-32, the entries must be without a hole. A tail torn by a crash is left out (nobody was told of it);
//! anything else that is wrong means acknowledged entries may be missing, so the log is refused.

mod file;
mod segment;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{Sabotage, StorageError};
use file::{LogFile, LogReader};

/// How much of the log's tail is kept in memory for readers, once it is on disk.
const CACHE_BYTES: usize = 32 << 20;
const CACHE_RECORDS: usize = 16_384;

/// What one write merges at most: callbacks of the first wait for the last.
const MERGE_OPERATIONS: usize = 1024;
const MERGE_BYTES: usize = 32 << 20;

/// One entry of the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogRecord {
    pub index: u64,
    pub term: u64,
    pub data: Bytes,
}

impl LogRecord {
    fn position(&self) -> LogPosition {
        LogPosition { term: self.term, index: self.index }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogPosition {
    pub term: u64,
    pub index: u64,
}

/// Values kept beside the entries, one of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogSlot {
    Vote,
    /// The commit index as last known; may be written late.
    Committed,
    /// The membership as of the last applied entry.
    Membership,
    /// What the state's last checkpoint holds.
    Snapshot,
    /// The snapshot that is being installed.
    Installing,
}

impl LogSlot {
    const ALL: [LogSlot; 5] =
        [LogSlot::Vote, LogSlot::Committed, LogSlot::Membership, LogSlot::Snapshot, LogSlot::Installing];

    /// In the files.
    fn code(self) -> u8 {
        match self {
            LogSlot::Vote => 1,
            LogSlot::Committed => 2,
            LogSlot::Membership => 3,
            LogSlot::Snapshot => 4,
            LogSlot::Installing => 5,
        }
    }
}

/// Bytes that are written by whoever appends them, at most.
const HERE_BYTES: usize = 64 << 10;

/// A disk that has synced the last write faster than this may be waited for by whoever appends.
const QUICK: Duration = Duration::from_millis(2);

/// Called once, on the log's thread (or that of [`RaftLog::append_here`]), when the operation is on disk or has failed. Must
/// not block.
pub type LogDone = Box<dyn FnOnce(io::Result<()>) + Send>;

enum Operation {
    Append { records: Vec<LogRecord>, done: LogDone },
    Truncate { after: Option<u64>, done: LogDone },
    Purge { upto: LogPosition, done: LogDone },
    Put { slots: Vec<(LogSlot, Option<Bytes>)>, done: LogDone },
    Close,
}

/// An operation, and what goes along with it: slots that were not worth a sync, or waking the thread, of their own.
type Queued = (Operation, Vec<(LogSlot, Bytes)>);

impl Operation {
    fn size(&self) -> usize {
        match self {
            Operation::Append { records, .. } => records.iter().map(|record| record.data.len() + 32).sum(),
            _ => 64,
        }
    }

    fn done(self) -> Option<LogDone> {
        match self {
            Operation::Append { done, .. }
            | Operation::Truncate { done, .. }
            | Operation::Purge { done, .. }
            | Operation::Put { done, .. } => Some(done),
            Operation::Close => None,
        }
    }
}

/// The log as readers see it: ahead of the disk by what is queued.
struct View {
    purged: Option<LogPosition>,
    /// The index of the first entry, if there is any.
    first: u64,
    last: Option<LogPosition>,
    /// The newest records without a gap, with the number of the operation that appended each.
    tail: VecDeque<(u64, LogRecord)>,
    tail_bytes: usize,
    slots: [Option<Bytes>; LogSlot::ALL.len()],
    /// What the next operation takes along.
    lazy: Vec<(LogSlot, Bytes)>,
    /// What [`RaftLog::begin_to_write`] will come for, unless another operation comes first.
    soon: Vec<Operation>,
    /// Operations accepted, and those known to be on disk.
    queued: u64,
    durable: u64,
    /// Counts truncations and purges: a reader of the file starts over when one came between.
    rewrites: u64,
    /// Set by the first failed write: the order of the log is broken, nothing is written after it.
    failed: Option<String>,
}

struct Shared {
    view: Mutex<View>,
    appends: AtomicU64,
    bytes: AtomicU64,
    syncs: AtomicU64,
    /// The last write was synced within [`QUICK`].
    quick: AtomicBool,
}

/// The open log.
pub struct RaftLog {
    shared: Arc<Shared>,
    /// `None`: it is closed.
    writer: Arc<Mutex<Option<Writer>>>,
    reader: Mutex<LogReader>,
    queue: Sender<Queued>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl RaftLog {
    /// Opens the log in the directory, which must be the node's with this `uid`. It is created only if
    /// `may_create`: a node that has a vote and entries somewhere must not start with none. Reads and checks every
    /// entry; blocks.
    pub fn open(data: &Path, uid: [u8; 16], may_create: bool) -> Result<RaftLog, StorageError> {
        let opened = LogFile::open(data, uid, may_create)?;
        let mut view = View {
            purged: opened.purged,
            first: opened.purged.map_or(0, |purged| purged.index + 1),
            last: opened.last,
            tail: VecDeque::new(),
            tail_bytes: 0,
            slots: opened.slots,
            lazy: Vec::new(),
            soon: Vec::new(),
            queued: 0,
            durable: 0,
            rewrites: 0,
            failed: None,
        };
        for record in opened.tail {
            view.tail_bytes += record.data.len();
            view.tail.push_back((0, record));
        }
        view.evict();
        let shared = Arc::new(Shared {
            view: Mutex::new(view),
            appends: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            syncs: AtomicU64::new(0),
            quick: AtomicBool::new(false),
        });
        let (queue, operations) = channel();
        let writer = Writer { file: opened.file, shared: shared.clone(), lazy: Vec::new(), failed: None };
        let writer = Arc::new(Mutex::new(Some(writer)));
        let of_thread = writer.clone();
        let thread = std::thread::Builder::new()
            .name("raft-log".to_owned())
            .spawn(move || write_queued(&of_thread, &operations))
            .map_err(|source| StorageError::Io { context: "cannot start the log's thread".to_owned(), source })?;
        Ok(RaftLog { shared, writer, reader: Mutex::new(opened.reader), queue, thread: Mutex::new(Some(thread)) })
    }

    fn view(&self) -> MutexGuard<'_, View> {
        self.shared.view.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last purged and the last position; the last is the purged one when there are no entries.
    pub fn ends(&self) -> (Option<LogPosition>, Option<LogPosition>) {
        let view = self.view();
        (view.purged, view.last)
    }

    /// Adds entries at the end. They can be read when this returns; `done` tells when they are on disk.
    pub fn append(&self, records: Vec<LogRecord>, done: LogDone) -> io::Result<()> {
        let Some((mut view, _)) = self.add(&records)? else {
            done(Ok(()));
            return Ok(());
        };
        self.send(&mut view, Operation::Append { records, done });
        Ok(())
    }

    /// As [`RaftLog::append`], and puts them on disk here and now if nothing is before them and the disk is quick: to wake the
    /// log's thread, and be woken by it, may take as long.
    pub fn append_here(&self, records: Vec<LogRecord>, done: LogDone) -> io::Result<()> {
        let Some((mut view, idle)) = self.add(&records)? else {
            done(Ok(()));
            return Ok(());
        };
        let operation = Operation::Append { records, done };
        let quick = operation.size() <= HERE_BYTES && self.shared.quick.load(Ordering::Relaxed);
        if idle
            && quick
            && let Ok(mut lent) = self.writer.try_lock()
            && let Some(writer) = &mut *lent
        {
            // What is queued from here on waits for this.
            let lazy = std::mem::take(&mut view.lazy);
            drop(view);
            writer.keep(lazy);
            let told = writer.write(vec![operation], false);
            drop(lent);
            for (done, result) in told {
                done(result);
            }
        } else {
            self.send(&mut view, operation);
        }
        Ok(())
    }

    /// As [`RaftLog::append`], for whoever has something more urgent to do than to wake the log's thread: that is done by
    /// [`RaftLog::begin_to_write`]. Whether nobody has promised that call yet.
    pub fn append_soon(&self, records: Vec<LogRecord>, done: LogDone) -> io::Result<bool> {
        let Some((mut view, _)) = self.add(&records)? else {
            done(Ok(()));
            return Ok(false);
        };
        view.soon.push(Operation::Append { records, done });
        Ok(view.soon.len() == 1)
    }

    /// Has written what was left by [`RaftLog::append_soon`].
    pub fn begin_to_write(&self) {
        self.flush(&mut self.view());
    }

    /// Shows the entries to readers, and says whether all that was queued before is on disk. `None`: there are none.
    fn add(&self, records: &[LogRecord]) -> io::Result<Option<(MutexGuard<'_, View>, bool)>> {
        let mut view = self.view();
        let Some(first) = records.first() else { return Ok(None) };
        let idle = view.queued == view.durable;
        if view.last.is_none() {
            // The one place where the log may begin anywhere; openraft begins at 0.
            view.first = first.index;
        }
        let next = view.last.map_or(first.index, |last| last.index + 1);
        let is_wrong = |(expected, record): &(u64, &LogRecord)| record.index != *expected || record.index == u64::MAX;
        if let Some((expected, record)) = (next..).zip(records).find(is_wrong) {
            return Err(io::Error::other(format!(
                "entry {} does not follow the log, which is at {expected}",
                record.index
            )));
        }
        let number = view.enqueue();
        for record in records {
            view.tail_bytes += record.data.len();
            view.last = Some(record.position());
            view.tail.push_back((number, record.clone()));
        }
        Ok(Some((view, idle)))
    }

    /// Removes all entries after the index; `None`: all.
    pub fn truncate_after(&self, after: Option<u64>, done: LogDone) -> io::Result<()> {
        let end = self.view().last;
        let last = match (after, end) {
            (Some(index), Some(end)) if index >= end.index => Some(end),
            (Some(index), _) => self.position_of(index)?,
            (None, _) => None,
        };
        let mut view = self.view();
        view.enqueue();
        view.rewrites += 1;
        while view.tail.back().is_some_and(|(_, record)| after.is_none_or(|after| record.index > after)) {
            view.drop_newest();
        }
        view.last = last.or(view.purged);
        self.send(&mut view, Operation::Truncate { after, done });
        Ok(())
    }

    /// Removes all entries up to and including the position.
    pub fn purge(&self, upto: LogPosition, done: LogDone) {
        let mut view = self.view();
        view.enqueue();
        view.rewrites += 1;
        while view.tail.front().is_some_and(|(_, record)| record.index <= upto.index) {
            view.drop_oldest();
        }
        if view.purged.is_some_and(|purged| purged.index >= upto.index) {
            self.send(&mut view, Operation::Put { slots: Vec::new(), done });
            return;
        }
        view.purged = Some(upto);
        view.first = upto.index + 1;
        if view.last.is_none_or(|last| last.index < upto.index) {
            view.last = Some(upto);
        }
        self.send(&mut view, Operation::Purge { upto, done });
    }

    /// Sets (or, with `None`, clears) slots, all or none of them. [`RaftLog::slot`] shows the new values at once.
    pub fn put(&self, slots: Vec<(LogSlot, Option<Bytes>)>, done: LogDone) {
        let mut view = self.view();
        view.enqueue();
        for (slot, value) in &slots {
            view.slots[*slot as usize] = value.clone();
        }
        self.send(&mut view, Operation::Put { slots, done });
    }

    /// Sets a slot together with what is written next, or when the log is closed.
    pub fn put_lazily(&self, slot: LogSlot, value: Bytes) {
        let mut view = self.view();
        view.slots[slot as usize] = Some(value.clone());
        view.lazy.retain(|(kept, _)| *kept != slot);
        view.lazy.push((slot, value));
    }

    pub fn slot(&self, slot: LogSlot) -> Option<Bytes> {
        self.view().slots[slot as usize].clone()
    }

    /// Entries of the range, without a hole, as far as they are neither purged nor still to come; at least one, if any,
    /// then as many as `max_bytes` allows. `None`: some are not in memory, use [`RaftLog::read`].
    pub fn read_cached(&self, range: Range<u64>, max_bytes: usize) -> Option<Vec<LogRecord>> {
        let view = self.view();
        let range = view.clamp(range);
        if range.is_empty() {
            return Some(Vec::new());
        }
        if range.start < view.tail_start() {
            return None;
        }
        let mut records = Vec::new();
        view.collect(range, max_bytes, &mut records);
        Some(records)
    }

    /// As [`RaftLog::read_cached`], with a look into the file where needed; blocks.
    pub fn read(&self, range: Range<u64>, max_bytes: usize) -> io::Result<Vec<LogRecord>> {
        loop {
            let (wanted, on_disk, rewrites) = {
                let view = self.view();
                let wanted = view.clamp(range.clone());
                let on_disk = wanted.start..wanted.end.min(view.tail_start());
                (wanted, on_disk, view.rewrites)
            };
            let mut records = Vec::new();
            if !on_disk.is_empty() {
                let reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
                let read = reader.read(on_disk.clone(), max_bytes);
                // A file may have been removed meanwhile.
                if self.view().rewrites == rewrites {
                    records = read?;
                }
            }
            let view = self.view();
            if view.rewrites != rewrites {
                continue;
            }
            let used: usize = records.iter().map(|record| record.data.len()).sum();
            let complete = records.len() as u64 == on_disk.end.saturating_sub(on_disk.start);
            if !complete && (used < max_bytes || records.is_empty()) {
                return Err(io::Error::other(format!(
                    "the Raft log lacks entries of {on_disk:?} that it should have: it gave {}",
                    records.len()
                )));
            }
            let rest = wanted.start + records.len() as u64..wanted.end;
            if complete && !rest.is_empty() && (used < max_bytes || records.is_empty()) {
                if rest.start < view.tail_start() {
                    // What was in memory has meanwhile been dropped from there.
                    continue;
                }
                view.collect(rest, max_bytes - used.min(max_bytes), &mut records);
            }
            return Ok(records);
        }
    }

    /// The position of an entry, or of the purge boundary; `None` if the index is neither.
    fn position_of(&self, index: u64) -> io::Result<Option<LogPosition>> {
        if let Some(purged) = self.view().purged
            && purged.index == index
        {
            return Ok(Some(purged));
        }
        Ok(self.read(index..index + 1, usize::MAX)?.first().map(LogRecord::position))
    }

    /// Entries appended since it was opened.
    pub fn appends(&self) -> u64 {
        self.shared.appends.load(Ordering::Relaxed)
    }

    /// … and their bytes.
    pub fn bytes(&self) -> u64 {
        self.shared.bytes.load(Ordering::Relaxed)
    }

    /// Writes, each with its sync, since it was opened.
    pub fn syncs(&self) -> u64 {
        self.shared.syncs.load(Ordering::Relaxed)
    }

    /// Writes what is queued, and closes the file. Later operations fail. Idempotent; blocks.
    pub fn close(&self) {
        let mut view = self.view();
        self.send(&mut view, Operation::Close);
        drop(view);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the log's thread had panicked");
        }
    }

    /// Called with the view locked, so that the queue has the order of the view's changes.
    fn send(&self, view: &mut View, operation: Operation) {
        view.soon.push(operation);
        self.flush(view);
    }

    fn flush(&self, view: &mut View) {
        for operation in std::mem::take(&mut view.soon) {
            if let Err(refused) = self.queue.send((operation, std::mem::take(&mut view.lazy)))
                && let Some(done) = refused.0.0.done()
            {
                done(Err(io::Error::other("the log is closed")));
            }
        }
    }
}

impl Drop for RaftLog {
    fn drop(&mut self) {
        self.close();
    }
}

impl View {
    fn enqueue(&mut self) -> u64 {
        self.queued += 1;
        self.queued
    }

    fn next_index(&self) -> u64 {
        self.last.map_or(0, |last| last.index + 1)
    }

    /// The index from which on records are in memory.
    fn tail_start(&self) -> u64 {
        self.tail.front().map_or(self.next_index(), |(_, record)| record.index)
    }

    /// The part of the range that the log has.
    fn clamp(&self, range: Range<u64>) -> Range<u64> {
        range.start.max(self.first)..range.end.min(self.next_index())
    }

    fn collect(&self, range: Range<u64>, max_bytes: usize, into: &mut Vec<LogRecord>) {
        let skip = (range.start - self.tail_start()) as usize;
        let mut used = 0;
        for (_, record) in self.tail.iter().skip(skip).take((range.end - range.start) as usize) {
            used += record.data.len();
            if used > max_bytes && !into.is_empty() {
                break;
            }
            into.push(record.clone());
        }
    }

    fn drop_oldest(&mut self) {
        if let Some((_, record)) = self.tail.pop_front() {
            self.tail_bytes -= record.data.len();
        }
    }

    fn drop_newest(&mut self) {
        if let Some((_, record)) = self.tail.pop_back() {
            self.tail_bytes -= record.data.len();
        }
    }

    /// Forgets the oldest records beyond the limits, but none that is not on disk yet.
    fn evict(&mut self) {
        while self.tail_bytes > CACHE_BYTES || self.tail.len() > CACHE_RECORDS {
            match self.tail.front() {
                Some((number, _)) if *number <= self.durable => self.drop_oldest(),
                _ => break,
            }
        }
    }
}

/// Whoever writes the log: its thread, mostly.
struct Writer {
    file: LogFile,
    shared: Arc<Shared>,
    /// Values that wait for a write.
    lazy: Vec<(LogSlot, Bytes)>,
    failed: Option<String>,
}

/// The log's thread: what is queued meanwhile shares a write.
fn write_queued(shared: &Mutex<Option<Writer>>, operations: &Receiver<Queued>) {
    let mut closing = false;
    while !closing {
        let Ok(first) = operations.recv() else { break };
        let (mut lent, is_sound) = match shared.lock() {
            Ok(lent) => (lent, true),
            Err(poisoned) => (poisoned.into_inner(), false),
        };
        let Some(writer) = &mut *lent else { break };
        if !is_sound && writer.failed.is_none() {
            writer.failed = Some("the Raft log cannot be written: whoever wrote it has panicked".to_owned());
        }
        let (mut batch, mut size) = (Vec::new(), 0);
        let mut next = Ok(first);
        while let Ok((operation, lazy)) = next {
            size += operation.size();
            batch.push(operation);
            writer.keep(lazy);
            if batch.len() >= MERGE_OPERATIONS || size >= MERGE_BYTES {
                break;
            }
            next = operations.try_recv();
        }
        closing = batch.iter().any(|operation| matches!(operation, Operation::Close));
        let told = writer.write(batch, closing);
        if closing {
            *lent = None;
        }
        drop(lent);
        for (done, result) in told {
            done(result);
        }
    }
}

impl Writer {
    /// The last values of slots, to be written with what comes next.
    fn keep(&mut self, lazy: Vec<(LogSlot, Bytes)>) {
        for (slot, value) in lazy {
            self.lazy.retain(|(kept, _)| *kept != slot);
            self.lazy.push((slot, value));
        }
    }

    /// Gives who is to be told what.
    fn write(&mut self, batch: Vec<Operation>, closing: bool) -> Vec<(LogDone, io::Result<()>)> {
        let count = batch.len() - batch.iter().filter(|operation| matches!(operation, Operation::Close)).count();
        let eager = count > 0;
        let result = match &self.failed {
            Some(message) => Err(message.clone()),
            // What is closed ends with a frame that nobody needs.
            None if eager || closing => {
                self.transact(&batch).and_then(|()| if closing { self.transact(&[]) } else { Ok(()) })
            }
            None => Ok(()),
        };
        let mut view = self.shared.view.lock().unwrap_or_else(PoisonError::into_inner);
        match &result {
            Ok(()) => {
                view.durable += count as u64;
                view.evict();
            }
            Err(message) => view.failed = Some(message.clone()),
        }
        drop(view);
        if let Err(message) = &result
            && self.failed.is_none()
        {
            tracing::error!(%message, "the Raft log cannot be written");
            self.failed = Some(message.clone());
        }
        let told = |done| (done, result.clone().map_err(io::Error::other));
        batch.into_iter().filter_map(Operation::done).map(told).collect()
    }

    /// One write, one sync.
    fn transact(&mut self, batch: &[Operation]) -> Result<(), String> {
        let (mut appended, mut bytes) = (0, 0);
        let mut transaction = self.file.begin();
        for operation in batch {
            match operation {
                Operation::Append { records, .. } => {
                    appended += records.len() as u64;
                    bytes += records.iter().map(|record| record.data.len() as u64).sum::<u64>();
                    transaction.append(records)?;
                }
                Operation::Truncate { after, .. } => transaction.truncate_after(*after),
                Operation::Purge { upto, .. } => transaction.purge(*upto),
                Operation::Put { slots, .. } => {
                    for (slot, value) in slots {
                        transaction.put(*slot, value.as_ref())?;
                    }
                }
                Operation::Close => {}
            }
        }
        // After the others: a slot set both ways keeps the order for `Committed`, the only one set lazily.
        for (slot, value) in std::mem::take(&mut self.lazy) {
            transaction.put(slot, Some(&value))?;
        }
        let begun = Instant::now();
        let syncs = self.shared.syncs.load(Ordering::Relaxed);
        let left_unsynced = Sabotage::LeaveUnsynced.is_on()
            && !syncs.is_multiple_of(8)
            && batch.iter().all(|operation| matches!(operation, Operation::Append { .. }));
        transaction.commit(!left_unsynced)?;
        self.shared.quick.store(begun.elapsed() < QUICK, Ordering::Relaxed);
        self.shared.appends.fetch_add(appended, Ordering::Relaxed);
        self.shared.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.shared.syncs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}
