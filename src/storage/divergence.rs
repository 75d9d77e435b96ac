//! What is left behind by a node that found its files to differ from the others'.
//!
//! A start would find nothing wrong with them: the row that another process has slipped in is a row like others. So the
//! reason is written down, and the files stay closed until somebody has decided what becomes of them.

use std::io::Write;
use std::path::Path;

use super::StorageError;
use super::file::{REJOIN, sync_directory};

/// In the data directory; holds the reason.
const MARKER: &str = "diverged";

/// Writes the reason down; the first one stays.
pub(super) fn record(data: &Path, reason: &str) {
    let written = || -> std::io::Result<()> {
        let mut marker = std::fs::File::create_new(data.join(MARKER))?;
        writeln!(marker, "{reason}")?;
        marker.sync_all()?;
        sync_directory(data)
    };
    match written() {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            tracing::error!(%error, "that this node has diverged could not be written down");
        }
        _ => {}
    }
}

/// Refuses files that were found to have diverged.
pub(super) fn refuse(data: &Path) -> Result<(), StorageError> {
    let marker = data.join(MARKER);
    match std::fs::read_to_string(&marker) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(StorageError::Io { context: format!("reading {}", marker.display()), source }),
        Ok(reason) => Err(StorageError::Unusable(format!(
            "this node's files were found to differ from the others' ({}). Nothing was changed. To go on, {REJOIN}. Only \
             if you know that no file was changed, remove {} and start again, then run `quorlite check`.",
            reason.trim(),
            marker.display()
        ))),
    }
}
