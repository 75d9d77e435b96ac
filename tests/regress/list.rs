//! compat/oracle/regress.txt: how many of each script's statements were answered how. The list must be true.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// How one script's statements were answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub script: String,
    /// As PostgreSQL answers.
    pub equal: usize,
    /// Not, and said so: SQLSTATE 0A000.
    pub refused: usize,
    /// With an error about what isn't there since its making was refused.
    pub follows: usize,
    /// In any other way; what lacks rows whose making was refused is among them.
    pub differs: usize,
}

impl Counts {
    pub fn statements(&self) -> usize {
        self.equal + self.refused + self.follows + self.differs
    }

    pub fn total(all: &[Counts]) -> Counts {
        let sum = |count: fn(&Counts) -> usize| all.iter().map(count).sum();
        Counts {
            script: "all".into(),
            equal: sum(|counts| counts.equal),
            refused: sum(|counts| counts.refused),
            follows: sum(|counts| counts.follows),
            differs: sum(|counts| counts.differs),
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts { script, equal, refused, follows, differs } = self;
        write!(f, "{script:22} {:10} {equal:6} {refused:8} {follows:8} {differs:8}", self.statements())
    }
}

const HEAD: &str = "# Of the statements in PostgreSQL's own regression scripts, how many Quorlite answers as PostgreSQL does: written by
# REGRESS_UPDATE=1 cargo test --test regress, which README.md tells about.
# script              statements  equal  refused  follows  differs
";

/// Before the version of PostgreSQL's sources that the list was made of.
const SOURCES: &str = "# Of ";

/// Which sources the scripts are of.
fn version() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/postgresql/regress/version");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).trim().to_owned()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("compat/oracle/regress.txt")
}

/// What the list says.
pub fn listed() -> Vec<Counts> {
    parse(&text())
}

fn text() -> String {
    std::fs::read_to_string(path()).expect("compat/oracle/regress.txt")
}

fn parse(text: &str) -> Vec<Counts> {
    let counts = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words[at].parse().unwrap_or_else(|_| panic!("no number in {line}"));
        let (equal, refused, follows, differs) = (number(2), number(3), number(4), number(5));
        let counts = Counts { script: words[0].to_owned(), equal, refused, follows, differs };
        assert_eq!(counts.statements(), number(1), "the numbers of {line} don't add up");
        counts
    };
    text.lines().filter(|line| !line.starts_with('#')).map(counts).collect()
}

/// Holds what was found against the list, which `REGRESS_UPDATE=1` writes anew. `all`: these are all scripts there are.
pub fn judge(found: &[Counts], all: bool) {
    let update = std::env::var_os("REGRESS_UPDATE").is_some();
    let mut listed = if update && all { Vec::new() } else { listed() };
    if update {
        listed.retain(|known| found.iter().all(|counts| counts.script != known.script));
        listed.extend_from_slice(found);
        listed.sort_by(|a, b| a.script.cmp(&b.script));
        let lines = listed.iter().map(|counts| format!("{counts}\n"));
        let text = format!("{SOURCES}{}\n{HEAD}{}", version(), lines.collect::<String>());
        return std::fs::write(path(), text).expect("written");
    }
    let same_sources = text().lines().next() == Some(&format!("{SOURCES}{}", version()));
    let report = compare(&listed, found, all, same_sources);
    assert!(report.is_empty(), "compat/oracle/regress.txt is not what was found:\n{report}");
}

/// What is not as listed. Of other sources than the list was made of, which nobody here has a say in, scripts that have changed
/// or are new are told of and not held.
fn compare(listed: &[Counts], found: &[Counts], all: bool, same_sources: bool) -> String {
    let mut report = String::new();
    for counts in found {
        let known = listed.iter().find(|known| known.script == counts.script);
        if !same_sources && known.is_none_or(|known| known.statements() != counts.statements()) {
            println!("{counts}  is of other sources than the list: REGRESS_UPDATE=1 writes it");
            continue;
        }
        let Some(known) = known else {
            let _ = writeln!(report, "{counts}  is not listed");
            continue;
        };
        let verdict = if known == counts {
            continue;
        } else if counts.statements() != known.statements() {
            "is another script than was listed: REGRESS_UPDATE=1, and see what changed"
        } else if counts.equal < known.equal || counts.differs > known.differs {
            "is WORSE: REGRESS=… -- --nocapture shows every difference"
        } else {
            "is better: REGRESS_UPDATE=1 writes the list"
        };
        let _ = writeln!(report, "{known}  is listed\n{counts}  {verdict}");
    }
    for known in listed {
        if all && same_sources && found.iter().all(|counts| counts.script != known.script) {
            let _ = writeln!(report, "{known}  is listed, but no such script was run");
        }
    }
    report
}

#[test]
fn sees_what_changed() {
    let old = Counts { script: "a".into(), equal: 5, refused: 1, follows: 1, differs: 1 };
    assert_eq!(parse(&format!("{HEAD}{old}\n")), std::slice::from_ref(&old));
    let held = |new: &Counts, same| compare(std::slice::from_ref(&old), std::slice::from_ref(new), true, same);
    let report = |new: &Counts| held(new, true);
    assert_eq!(report(&old), "");
    assert!(report(&Counts { equal: 6, refused: 0, ..old.clone() }).contains("better"));
    assert!(report(&Counts { equal: 4, refused: 2, ..old.clone() }).contains("WORSE"));
    assert!(report(&Counts { refused: 0, differs: 2, ..old.clone() }).contains("WORSE"));
    assert!(report(&Counts { equal: 6, ..old.clone() }).contains("another script"));
    assert!(report(&Counts { script: "b".into(), ..old.clone() }).contains("no such script was run"));
    assert!(held(&Counts { equal: 4, refused: 2, ..old.clone() }, false).contains("WORSE"));
    assert_eq!(held(&Counts { equal: 4, ..old.clone() }, false), "");
    assert_eq!(held(&Counts { script: "b".into(), ..old.clone() }, false), "");
}
