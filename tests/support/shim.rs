//! Nodes whose disk and clock a test can upset, and whose machine can lose its power: the library that shim.c makes is
//! preloaded to them.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::cluster::{TestCluster, TestNode};

/// What one node's machine does to it.
pub struct Shim {
    control: File,
    undo: PathBuf,
}

impl Shim {
    /// Prepares all nodes that there are, for their next starts.
    pub fn preload(cluster: &mut TestCluster) -> Vec<Shim> {
        let directory = cluster.directory().to_owned();
        let library = compile(&directory);
        cluster.nodes.iter_mut().map(|node| Shim::of(node, &directory, &library)).collect()
    }

    fn of(node: &mut TestNode, directory: &Path, library: &Path) -> Shim {
        let control = directory.join(format!("{}.control", node.name));
        fs::write(&control, [0; 24]).expect("a control file");
        let undo = directory.join(format!("{}.undo", node.name));
        fs::create_dir(&undo).expect("a directory for what is not synced");
        node.set("LD_PRELOAD", &library.to_string_lossy());
        node.set("SHIM_CONTROL", &control.to_string_lossy());
        node.set("SHIM_UNDO", &undo.to_string_lossy());
        Shim { control: File::options().write(true).open(&control).expect("a control file"), undo }
    }

    fn set(&mut self, which: u64, value: i64) {
        self.control.seek(SeekFrom::Start(which * 8)).expect("seeks");
        self.control.write_all(&value.to_ne_bytes()).expect("writes");
    }

    /// A sync takes so much longer.
    pub fn slow_disk(&mut self, milliseconds: i64) {
        self.set(0, milliseconds);
    }

    pub fn full_disk(&mut self) {
        self.set(1, 1);
    }

    /// The time of day is off by so much.
    pub fn clock(&mut self, milliseconds: i64) {
        self.set(2, milliseconds);
    }

    /// All is as it should be.
    pub fn heal(&mut self) {
        (0..3).for_each(|which| self.set(which, 0));
    }

    /// Of a node that has been killed: its machine has lost its power, and what was not synced is not on the disk. Tells
    /// how many writes that has taken back.
    pub fn lose_power(&self, node: &TestNode) -> usize {
        assert!(node.process.is_none(), "{} runs", node.name);
        let mut files = HashMap::new();
        collect(&node.data, &mut files);
        let mut writes = 0;
        for entry in fs::read_dir(&self.undo).expect("what is not synced") {
            let path = entry.expect("what is not synced").path();
            let inode = path.file_name().and_then(|name| name.to_str()?.parse::<u64>().ok()).expect("an inode");
            if let Some(file) = files.get(&inode) {
                writes += take_back(file, &fs::read(&path).expect("what is not synced"));
            }
            fs::remove_file(&path).expect("what is not synced");
        }
        writes
    }
}

/// By inode.
fn collect(directory: &Path, files: &mut HashMap<u64, PathBuf>) {
    for entry in fs::read_dir(directory).expect("a node's directory") {
        let path = entry.expect("a node's file").path();
        let metadata = fs::symlink_metadata(&path).expect("a node's file");
        if metadata.is_dir() {
            collect(&path, files);
        } else {
            files.insert(metadata.ino(), path);
        }
    }
}

/// From the last change to the first.
fn take_back(path: &Path, changes: &[u8]) -> usize {
    const HEADER: usize = 24;
    let file = OpenOptions::new().write(true).open(path).expect("a node's file");
    let (mut at, mut all) = (0, Vec::new());
    // One that was cut off at the end was written down, and not made.
    while let Some(header) = changes.get(at..at + HEADER) {
        let [place, count, size] =
            [0, 8, 16].map(|at| u64::from_ne_bytes(header[at..at + 8].try_into().expect("a number")));
        let Some(before) = changes.get(at + HEADER..at + HEADER + count as usize) else { break };
        all.push((place, before, size));
        at += HEADER + before.len();
    }
    for (place, before, size) in all.iter().rev() {
        file.write_all_at(before, *place).expect("a file is taken back");
        file.set_len(*size).expect("a file is taken back");
    }
    all.len()
}

fn compile(directory: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/shim.c");
    let library = directory.join("shim.so");
    let output =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").output();
    let output = output.expect("the C compiler runs, as it did for SQLite");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    library
}
