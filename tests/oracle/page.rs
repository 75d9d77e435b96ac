//! compat/COMPATIBILITY.md: what differs and what is missing, area by area, made of what was found and of the reasons listed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use crate::DIRECTORY;
use crate::compat::differences::{self, Entry};
use crate::list::{self, Counts};
use crate::question::Part;
use crate::run::{Area, rate};

/// Compares the page with what it should say; `DIFFERENCES=1` writes it.
pub fn hold(areas: &[Area]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("compat/COMPATIBILITY.md");
    let wanted = page(areas, &differences::entries(DIRECTORY)) + &regression_scripts(&list::listed());
    if std::env::var_os("DIFFERENCES").is_some() {
        return std::fs::write(&path, wanted).expect("written");
    }
    let actual = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == wanted,
        "compat/COMPATIBILITY.md is not what was found: DIFFERENCES=1 cargo test --test oracle writes it"
    );
}

const HEAD: &str = "# Where Quorlite is not PostgreSQL

Made by `cargo test --test oracle` (see [compat/oracle](oracle/README.md)), which asks PostgreSQL 15 and Quorlite the same,
through the simple and the extended protocol, in text and in binary, and compares all that a client can see: values,
column names and types, command tags, notices, and errors with all their fields. What is listed here is all that differs.

*Missing* is refused with an error that names it, SQLSTATE 0A000. *Differs* is answered, but otherwise than by PostgreSQL.
";

fn page(areas: &[Area], entries: &[Entry]) -> String {
    let mut page = HEAD.to_owned();
    for part in [Part::Language, Part::Schema] {
        let areas: Vec<&Area> = areas.iter().filter(|area| area.part == part).collect();
        let (equal, cases) = areas.iter().fold((0, 0), |sum, area| (sum.0 + area.equal, sum.1 + area.cases));
        let _ = write!(page, "\n## {}\n\n", part.title());
        page += "| area | cases | equal |\n|---|---|---|\n";
        for area in &areas {
            let _ = writeln!(page, "| {} | {} | {:.1} % |", area.title, area.cases, area.rate());
        }
        let _ = writeln!(page, "| all | {cases} | {:.1} % |", rate(equal, cases));
        for area in areas {
            page += &section(area, entries);
        }
    }
    page
}

const REGRESSION_SCRIPTS: &str = "
## PostgreSQL's own regression scripts

Made for PostgreSQL's developers, of all that there is in it: `cargo test --test regress` asks both servers each statement, in
the simple protocol, and compares command tags, columns' names and types, rows and SQLSTATEs (see
[compat/oracle](oracle/README.md)). *Refused* is what Quorlite says it does not do yet (0A000), *follows* what then lacks the
table or function that was refused. *Differs* is the rest, most of it what then lacks rows or a setting.

| script | statements | equal | refused | follows | differs |
|---|---|---|---|---|---|
";

/// What compat/oracle/regress.txt says.
fn regression_scripts(scripts: &[Counts]) -> String {
    let total = Counts::total(scripts);
    let line = |counts: &Counts| {
        let Counts { script, equal, refused, follows, differs } = counts;
        let statements = counts.statements();
        let rate = rate(*equal, statements);
        format!("| {script} | {statements} | {rate:.1} % | {refused} | {follows} | {differs} |\n")
    };
    REGRESSION_SCRIPTS.to_owned() + &scripts.iter().chain([&total]).map(line).collect::<String>()
}

/// One area's differences: each reason once, with the first question that meets it.
fn section(area: &Area, entries: &[Entry]) -> String {
    let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut differs: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for entry in entries {
        let Some(sql) = entry.difference.place.strip_prefix(&format!("{}: ", area.file)) else { continue };
        match entry.reason() {
            Reason::Missing(what) => missing.entry(what).or_default().push(sql),
            Reason::Differs(why) => differs.entry(why).or_default().push(sql),
        }
    }
    if missing.is_empty() && differs.is_empty() {
        return String::new();
    }
    let mut text = format!("\n### {}\n\n", area.title);
    if !missing.is_empty() {
        let what: Vec<String> = missing.iter().map(|(what, sql)| format!("{what}{}", times(sql.len()))).collect();
        let _ = writeln!(text, "Missing: {}.\n", what.join("; "));
    }
    for (why, sql) in differs {
        let _ = writeln!(text, "- {why}{}, as in `{}`", times(sql.len()), short(sql[0]));
    }
    text.trim_end().to_owned() + "\n"
}

fn times(count: usize) -> String {
    if count == 1 { String::new() } else { format!(" ({count} cases)") }
}

fn short(sql: &str) -> String {
    let sql = sql.replace('`', "'");
    match sql.char_indices().nth(100) {
        None => sql,
        Some((end, _)) => sql[..end].to_owned() + " …",
    }
}

enum Reason {
    Missing(String),
    Differs(String),
}

impl Entry {
    /// What the list says; else what our refusal says.
    fn reason(&self) -> Reason {
        let why: Vec<&str> = self.why.iter().map(|line| line.trim_start_matches('#').trim()).collect();
        if !why.is_empty() {
            return Reason::Differs(why.join(" ").trim_end_matches('.').to_owned());
        }
        let answer = &self.difference.answer;
        let refused = answer.lines().skip_while(|line| *line != "+ error: 0A000").nth(1);
        let message = refused.and_then(|line| line.strip_prefix("+ message: "));
        let message = message.unwrap_or_else(|| {
            panic!("why is missing in {DIRECTORY}/differences.txt: {}\n{answer}", self.difference.place)
        });
        Reason::Missing(message.trim_end_matches(" is not supported yet").to_owned())
    }
}
