//! What the comparisons with PostgreSQL share: the two servers, and a client small enough to send
//! them anything.
//!
//! Each test binary uses its own part of this.
#![allow(dead_code)]

pub mod binary;
pub mod client;
pub mod differences;
pub mod servers;

use std::path::{Path, PathBuf};

/// The scripts of a directory, sorted: all, or those that the variable names (`SLT=insert,update`).
pub fn scripts(directory: &str, extension: &str, variable: &str) -> Vec<PathBuf> {
    let wanted = std::env::var(variable).ok();
    let mut files = all_scripts(directory, extension);
    files.retain(|path| is_wanted(path, wanted.as_deref()));
    assert!(!files.is_empty(), "no files");
    files
}

pub fn all_scripts(directory: &str, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(directory))
        .expect(directory)
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    files.sort();
    files
}

/// Whether a file's name is among those wanted: a list with commas, or none for all.
pub fn is_wanted(path: &Path, wanted: Option<&str>) -> bool {
    let name = path.file_stem().expect("a file").to_string_lossy();
    wanted.is_none_or(|wanted| wanted.split(',').any(|wanted| wanted == name))
}
