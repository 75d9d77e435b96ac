//! A stream of bytes that may become larger than memory should hold: what a batch does to a file, while it is executed.
//!
//! The newest bytes are in memory, older ones in a file that has no name: it goes with the process. Places in the stream
//! stay what they are, so it can be cut back to any of them, as ROLLBACK TO needs it.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes in memory beyond which they are moved to the file.
const IN_MEMORY: usize = 1 << 20;

/// What one step of reading gives at most.
const CHUNK: u64 = 1 << 20;

pub(super) struct Spool {
    directory: PathBuf,
    /// Made when it is first needed.
    file: Option<File>,
    /// Bytes in the file, which come before those in memory.
    filed: u64,
    newest: Vec<u8>,
}

impl Spool {
    /// The file will be in this directory.
    pub fn new(directory: &Path) -> Spool {
        Spool { directory: directory.to_owned(), file: None, filed: 0, newest: Vec::new() }
    }

    pub fn len(&self) -> u64 {
        self.filed + self.newest.len() as u64
    }

    /// The newest bytes, to add to; what was there before stays.
    pub fn newest(&mut self) -> &mut Vec<u8> {
        &mut self.newest
    }

    /// Moves what has become too much for memory to the file.
    pub fn relieve(&mut self) -> io::Result<()> {
        if self.newest.len() < IN_MEMORY {
            return Ok(());
        }
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(nameless(&self.directory)?),
        };
        file.write_all_at(&self.newest, self.filed)?;
        self.filed += self.newest.len() as u64;
        self.newest.clear();
        // One huge value is no reason to keep its room.
        self.newest.shrink_to(2 * IN_MEMORY);
        Ok(())
    }

    /// Forgets what comes before the place, if all that is in memory; it can't be read any more.
    pub fn forget_before(&mut self, place: u64) {
        if self.file.is_none() {
            let len = usize::try_from(place.saturating_sub(self.filed)).unwrap_or(usize::MAX).min(self.newest.len());
            self.newest.drain(..len);
            self.filed += len as u64;
        }
    }

    /// Whether none of it is in the file.
    pub fn is_in_memory(&self) -> bool {
        self.file.is_none()
    }

    /// Forgets what comes after the place.
    pub fn cut(&mut self, to: u64) {
        match to.checked_sub(self.filed).map(usize::try_from) {
            Some(Ok(len)) => self.newest.truncate(len),
            Some(Err(_)) => {}
            None => {
                self.newest.clear();
                self.filed = to;
            }
        }
        if self.filed == 0 {
            // The disk gets its room back.
            self.file = None;
        }
    }

    /// All of the range; for what is known to be small.
    pub fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let range = range.start..range.end.min(self.len());
        let mut bytes = vec![0; usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?];
        if bytes.is_empty() {
            return Ok(bytes);
        }
        let from_file = usize::try_from(self.filed.saturating_sub(range.start)).map_err(io::Error::other)?;
        let from_file = from_file.min(bytes.len());
        let (old, new) = bytes.split_at_mut(from_file);
        if let (Some(file), false) = (&self.file, old.is_empty()) {
            file.read_exact_at(old, range.start)?;
        }
        if !new.is_empty() {
            let start = usize::try_from(range.start.saturating_sub(self.filed)).map_err(io::Error::other)?;
            new.copy_from_slice(&self.newest[start..start + new.len()]);
        }
        Ok(bytes)
    }

    /// The range in chunks.
    pub fn chunks(&self, range: Range<u64>) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
        let mut rest = range.start..range.end.min(self.len());
        std::iter::from_fn(move || {
            if rest.is_empty() {
                return None;
            }
            let end = rest.end.min(rest.start + CHUNK);
            let chunk = self.read(rest.start..end);
            rest.start = end;
            Some(chunk)
        })
    }
}

fn nameless(directory: &Path) -> io::Result<File> {
    std::fs::create_dir_all(directory)?;
    let path = directory.join(format!("executing-{:016x}", rand::random::<u64>()));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stay_what_they_are_wherever_the_bytes_are() {
        let dir = tempfile::tempdir().unwrap();
        let mut spool = Spool::new(&dir.path().join("pieces"));
        let mut model: Vec<u8> = Vec::new();
        for step in 0..200usize {
            if step % 17 == 16 {
                let to = model.len() * 2 / 3;
                model.truncate(to);
                spool.cut(to as u64);
            }
            let more: Vec<u8> = (0..step * 300).map(|byte| (byte * 7 + step) as u8).collect();
            spool.newest().extend_from_slice(&more);
            model.extend_from_slice(&more);
            spool.relieve().unwrap();
            assert!(spool.newest.len() < IN_MEMORY);
            assert_eq!(spool.len(), model.len() as u64);
        }
        assert!(spool.filed > 0, "some of it is in the file");
        let all: Vec<u8> = spool.chunks(0..u64::MAX).flat_map(Result::unwrap).collect();
        assert!(all == model);
        let filed = spool.filed;
        let range = filed - 10..filed + 5;
        assert_eq!(spool.read(range.clone()).unwrap(), model[range.start as usize..range.end as usize]);
        spool.cut(3);
        assert_eq!(spool.read(0..100).unwrap(), model[..3]);
        spool.cut(0);
        assert!(spool.file.is_none() && spool.len() == 0);
        assert_eq!(std::fs::read_dir(dir.path().join("pieces")).unwrap().count(), 0, "it has no name");
    }
}
