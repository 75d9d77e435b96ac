//! Where Quorlite is known to answer otherwise than PostgreSQL: tests/*/differences.txt.
//!
//! A list says of each place what Quorlite answers, word for word, so that another fault at the same place is still
//! seen; and what is listed must be there, so that the list can only be true.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One place where an answer differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// `FILE: TITLE`, on one line.
    pub place: String,
    /// What came instead.
    pub answer: String,
}

impl Difference {
    pub fn new(file: &Path, title: &str, answer: &str) -> Difference {
        let file = file.file_name().expect("a file").to_string_lossy();
        let title: Vec<&str> = title.split_whitespace().collect();
        let answer: Vec<&str> = answer.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        Difference { place: format!("{file}: {}", title.join(" ")), answer: answer.join("\n") }
    }

    fn is_of(&self, file: &Path) -> bool {
        let name = file.file_name().expect("a file").to_string_lossy();
        self.place.strip_prefix(name.as_ref()).is_some_and(|rest| rest.starts_with(": "))
    }
}

/// One entry of a list: `=== PLACE`, `# why` lines, and the answer.
pub struct Entry {
    pub difference: Difference,
    pub why: Vec<String>,
}

/// What `directory`'s list says.
pub fn entries(directory: &str) -> Vec<Entry> {
    parse(&std::fs::read_to_string(list(directory)).expect("the list of differences"))
}

fn list(directory: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(directory).join("differences.txt")
}

fn parse(text: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        if let Some(place) = line.strip_prefix("=== ") {
            let difference = Difference { place: place.to_owned(), answer: String::new() };
            entries.push(Entry { difference, why: Vec::new() });
            continue;
        }
        // What stands before the first entry is for people.
        let Some(entry) = entries.last_mut() else { continue };
        if line.starts_with('#') {
            entry.why.push(line.to_owned());
        } else if !line.is_empty() {
            let answer = &mut entry.difference.answer;
            let _ = write!(answer, "{}{line}", if answer.is_empty() { "" } else { "\n" });
        }
    }
    entries
}

/// Holds what was `found` in these files against `directory`'s list, which `DIFFERENCES=1` writes anew,
/// keeping the reasons.
pub fn judge(directory: &str, files: &[PathBuf], found: Vec<Difference>) {
    let path = list(directory);
    let text = std::fs::read_to_string(&path).expect("the list of differences");
    if std::env::var_os("DIFFERENCES").is_some() {
        return std::fs::write(&path, rewritten(&text, files, &found)).expect("written");
    }
    let mut listed: Vec<Difference> = parse(&text).into_iter().map(|entry| entry.difference).collect();
    listed.retain(|difference| files.iter().any(|file| difference.is_of(file)));
    let mut report = String::new();
    for difference in found {
        match listed.iter().position(|known| *known == difference) {
            Some(at) => drop(listed.swap_remove(at)),
            None => _ = write!(report, "\n=== {}\n{}\n", difference.place, difference.answer),
        }
    }
    for gone in listed {
        let _ = write!(report, "\n=== {}\nis listed in {directory}/differences.txt, but not so any more\n", gone.place);
    }
    assert!(report.is_empty(), "PostgreSQL answers otherwise:\n{report}");
}

fn rewritten(text: &str, files: &[PathBuf], found: &[Difference]) -> String {
    let head: Vec<&str> = text.lines().take_while(|line| !line.starts_with("=== ")).collect();
    let mut entries = parse(text);
    let mut kept = Vec::new();
    for difference in found {
        let known = entries.iter().position(|entry| entry.difference.place == difference.place);
        let why = known.map_or(Vec::new(), |at| entries.remove(at).why);
        kept.push(Entry { difference: difference.clone(), why });
    }
    entries.retain(|entry| !files.iter().any(|file| entry.difference.is_of(file)));
    kept.extend(entries);
    // Stable: the places of one file stay in its order.
    kept.sort_by(|a, b| file_of(a).cmp(file_of(b)));
    let mut out = head.join("\n").trim_end().to_owned() + "\n";
    for Entry { difference, why } in kept {
        let _ = write!(out, "\n=== {}\n", difference.place);
        why.iter().for_each(|line| _ = writeln!(out, "{line}"));
        let _ = writeln!(out, "{}", difference.answer);
    }
    out
}

fn file_of(entry: &Entry) -> &str {
    entry.difference.place.split(": ").next().unwrap_or_default()
}
