//! The shape of the crate, checked against its sources: imports point only down the list of
//! modules in `src/lib.rs`, and each external crate is used in one place only.
//!
//! Neither rule is the compiler's, and both rot one convenient `use` at a time.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up.
const LAYERS: [&str; 11] =
    ["types", "catalog", "sql", "storage", "cluster", "session", "wire", "ops", "server", "cli", "main"];

/// External crate → the modules that may name it.
const DOORS: [(&str, &[&str]); 13] = [
    ("rusqlite", &["storage"]),
    ("libsqlite3_sys", &["storage"]),
    ("sqlparser", &["sql"]),
    ("openraft", &["cluster"]),
    ("pgwire", &["wire"]),
    ("axum", &["ops"]),
    ("prometheus_client", &["ops"]),
    ("clap", &["cli"]),
    ("comfy_table", &["cli"]),
    ("toml_edit", &["cli"]),
    ("mimalloc", &["main"]),
    ("num_bigint", &["types"]),
    ("unicode_normalization", &["types"]),
];

struct Source {
    path: PathBuf,
    /// `storage` for `src/storage/read.rs` and `src/storage/mod.rs`.
    layer: String,
    /// Modules between the crate's root and the file's own items: 1 for `src/storage/mod.rs`.
    depth: usize,
    /// Without comments.
    lines: Vec<(usize, String)>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let inside = path.strip_prefix(&root).expect("below src");
        let parts: Vec<String> = inside
            .with_extension("")
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let depth = parts.iter().filter(|part| *part != "mod").count();
        let text = fs::read_to_string(path).expect("a source file is UTF-8");
        let lines = (text.lines().enumerate())
            .map(|(number, line)| (number + 1, line.split("//").next().unwrap_or_default().to_owned()))
            .collect();
        Source { path: inside.to_owned(), layer: parts[0].clone(), depth, lines }
    };
    // `lib.rs` only names the modules.
    paths.iter().map(read).filter(|source| source.layer != "lib").collect()
}

fn collect(directory: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("src can be read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

fn rank(layer: &str) -> usize {
    LAYERS.iter().position(|name| *name == layer).unwrap_or_else(|| panic!("{layer} is missing in the list of layers"))
}

/// What follows each `prefix` at the start of a word: one name, or those of a `{…}` on the same line.
fn named_after(line: &str, prefix: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = |text: &str| text.chars().take_while(|c| is_word(*c)).collect::<String>();
    let mut names = Vec::new();
    for (at, _) in line.match_indices(prefix) {
        if line[..at].chars().next_back().is_some_and(|c| is_word(c) || c == ':') {
            continue;
        }
        let rest = &line[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group.split(',').map(|item| word(item.trim()))),
            None => names.push(word(rest)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn imports_point_only_down() {
    let mut wrong = Vec::new();
    for source in sources() {
        let own = rank(&source.layer);
        for (number, line) in &source.lines {
            let mut used = named_after(line, "crate::");
            used.extend(named_after(line, "quorlite::"));
            used.extend(named_after(line, &"super::".repeat(source.depth)));
            used.retain(|name| LAYERS.contains(&name.as_str()));
            for name in used {
                if rank(&name) > own {
                    wrong.push(format!(
                        "{}:{number}: {} uses {name}, which is above it",
                        source.path.display(),
                        source.layer
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_external_crate_has_one_door() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (name, doors) in DOORS {
            if doors.contains(&source.layer.as_str()) {
                continue;
            }
            let path = format!("{name}::");
            for (number, line) in &source.lines {
                let named =
                    !named_after(line, &path).is_empty() || line.trim_start().starts_with(&format!("use {name}"));
                if named {
                    wrong.push(format!("{}:{number}: {name} belongs to {}", source.path.display(), doors.join(", ")));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_code_has_one_home() {
    let allowed = Path::new("storage/ffi.rs");
    for source in sources() {
        let allows = source.lines.iter().any(|(_, line)| line.contains("allow(unsafe_code)"));
        assert!(!allows || source.path == allowed, "{} allows unsafe code", source.path.display());
    }
}

#[test]
fn the_scan_sees_what_it_must() {
    assert_eq!(named_after("use crate::wire::Server;", "crate::"), ["wire"]);
    assert_eq!(named_after("use crate::{wire, ops::Ops};", "crate::"), ["wire", "ops"]);
    assert_eq!(named_after("mycrate::wire", "crate::"), [""; 0]);
    assert_eq!(named_after("let x = super::super::wire::f();", "super::super::"), ["wire"]);
    let layers: Vec<String> = sources().iter().map(|source| source.layer.clone()).collect();
    for layer in LAYERS {
        assert!(layers.iter().any(|found| found == layer), "no source of {layer} was read");
    }
}
