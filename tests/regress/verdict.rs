//! Whether two answers are the same, and why not.

use std::collections::HashSet;

use crate::answer::Answer;
use crate::list::Counts;
use crate::player::{Asked, column};

/// How Quorlite answered a statement, beside PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Equal,
    Refused,
    Follows,
    Differs,
}

/// What has another answer at any time, and why: statements that ask for it are left out.
const VARIES: &[(&str, &str)] = &[
    ("txid_current()", "transactions' numbers are each server's own"),
    ("pg_backend_pid()", "sessions' numbers are each server's own"),
    ("relfilenode", "files' numbers are each server's own"),
    ("clock_timestamp()", "it is later on one server"),
];

/// Why this statement is left out.
pub fn varies(sql: &str) -> Option<&'static str> {
    let sql = sql.to_lowercase();
    VARIES.iter().find(|(word, _)| sql.contains(word)).map(|(_, why)| *why)
}

/// What was refused so far, whose absence explains errors.
#[derive(Clone, Default)]
pub struct Losses {
    /// Words of the statements that were refused before this script.
    before: HashSet<String>,
    /// Words of those of this script.
    now: HashSet<String>,
    /// Whether the session was to have another role, in this script.
    role: bool,
}

/// What isn't there: tables, functions, types, schemas, columns, prepared statements, cursors, savepoints; and the rest of a
/// block.
const ABSENT: &[&str] =
    &["42P01", "42883", "42704", "3F000", "42703", "26000", "34000", "25P02", "3B001", "3D000", "28000"];

impl Losses {
    /// The same, at the beginning of another script in a database with what this one left.
    pub fn next_script(&self) -> Losses {
        Losses { before: self.before.union(&self.now).cloned().collect(), ..Losses::default() }
    }

    pub fn judge(&mut self, theirs: &Asked, ours: &Asked) -> Verdict {
        let verdict = self.verdict(theirs, ours);
        if matches!(verdict, Verdict::Refused | Verdict::Follows) {
            self.now.extend(words(&ours.sql));
            self.role |= is_role(ours);
        }
        verdict
    }

    fn verdict(&self, theirs: &Asked, ours: &Asked) -> Verdict {
        if same(theirs, ours) {
            return Verdict::Equal;
        }
        if has(ours, "error: 0A000") {
            return Verdict::Refused;
        }
        // A variable that an answer of ours did not set.
        if ours.unknown > theirs.unknown {
            return Verdict::Follows;
        }
        // A block that a refusal aborted.
        let aborted = has(theirs, "tag: COMMIT") && has(ours, "tag: ROLLBACK");
        // PostgreSQL asks what a role may do, which ours did not become.
        let denied = self.role && has(theirs, "error: 42501");
        if !self.now.is_empty() && (aborted || denied || is_role(ours)) {
            return Verdict::Follows;
        }
        let is_absent = |line: &String| {
            let code = line.strip_prefix("error: ").or(line.strip_prefix("no connection: "));
            code.is_some_and(|code| ABSENT.iter().any(|known| code.starts_with(known)))
        };
        let is_lost =
            |line: &String| line.starts_with("message: ") && words(line).any(|word| self.before.contains(&word));
        let absent = ours.answer.iter().any(is_absent);
        if absent && (!self.now.is_empty() || ours.answer.iter().any(is_lost)) {
            Verdict::Follows
        } else {
            Verdict::Differs
        }
    }
}

fn has(asked: &Asked, line: &str) -> bool {
    asked.answer.iter().any(|other| other == line)
}

/// SET ROLE and the like, to a role that isn't there.
fn is_role(ours: &Asked) -> bool {
    let message = |line: &String| line.starts_with("message: role \"") && line.ends_with("\" does not exist");
    has(ours, "error: 22023") && ours.answer.iter().any(message)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.filter(|word| word.len() > 2).map(str::to_lowercase)
}

pub fn count(verdict: Verdict, counts: &mut Counts) {
    let count = match verdict {
        Verdict::Equal => &mut counts.equal,
        Verdict::Refused => &mut counts.refused,
        Verdict::Follows => &mut counts.follows,
        Verdict::Differs => &mut counts.differs,
    };
    *count += 1;
}

/// Command tags, columns' names and types, rows, SQLSTATEs. Rows count in their order where the statement orders them.
fn same(theirs: &Asked, ours: &Asked) -> bool {
    let sql = &theirs.sql;
    let explains = sql.trim_start().get(..7).is_some_and(|word| word.eq_ignore_ascii_case("explain"));
    // A plan, and an OID that a script remembers for later, are each server's own: of the rows only the columns count.
    let rows = !explains && !theirs.remembers;
    let (mut theirs, mut ours) = (essence(&theirs.answer, rows), essence(&ours.answer, rows));
    if !is_ordered(sql) {
        for answer in [&mut theirs, &mut ours] {
            let row = |line: &String| line.starts_with("row: ") || line.starts_with("copied: ");
            answer.chunk_by_mut(|a, b| row(a) && row(b)).for_each(|rows| rows.sort_unstable());
        }
    }
    theirs == ours
}

/// What counts of an answer.
fn essence(answer: &Answer, rows: bool) -> Answer {
    let counts = ["tag: ", "error: ", "empty query", "no columns", "copied: ", "no connection", "the connection broke"];
    let line = |line: &String| match column(line) {
        Some((name, type_name)) => Some(format!("column: {name} {type_name}")),
        None if line.starts_with("row: ") => rows.then(|| line.clone()),
        None => counts.iter().any(|start| line.starts_with(start)).then(|| line.clone()),
    };
    answer.iter().filter_map(line).collect()
}

/// Whether there is an ORDER BY that is not within parentheses.
fn is_ordered(sql: &str) -> bool {
    let (mut depth, mut last) = (0, String::new());
    let lower = sql.to_lowercase().replace('(', " ( ").replace(')', " ) ");
    for word in lower.split_whitespace() {
        match word {
            "(" => depth += 1,
            ")" => depth -= 1,
            "by" if depth == 0 && last == "order" => return true,
            _ => {}
        }
        word.clone_into(&mut last);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(sql: &str, answer: &[&str]) -> Asked {
        Asked {
            sql: sql.into(),
            unknown: 0,
            remembers: false,
            answer: answer.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    fn verdict(losses: &mut Losses, sql: &str, theirs: &[&str], ours: &[&str]) -> Verdict {
        losses.judge(&asked(sql, theirs), &asked(sql, ours))
    }

    #[test]
    fn rows_count_in_their_order_where_there_is_one() {
        let mut losses = Losses::default();
        let (some, others) = (["row: 1", "row: 2", "tag: SELECT 2"], ["row: 2", "row: 1", "tag: SELECT 2"]);
        assert_eq!(verdict(&mut losses, "SELECT a FROM t", &some, &others), Verdict::Equal);
        assert_eq!(verdict(&mut losses, "SELECT (SELECT 1 ORDER BY 1)", &some, &others), Verdict::Equal);
        assert_eq!(verdict(&mut losses, "SELECT a FROM t ORDER BY a", &some, &others), Verdict::Differs);
        assert_eq!(verdict(&mut losses, "EXPLAIN SELECT 1", &some, &["tag: SELECT 2"]), Verdict::Equal);
    }

    #[test]
    fn an_absence_follows_a_refusal_only() {
        let mut losses = Losses::default();
        let absent = ["error: 42P01", "message: relation \"tab\" does not exist"];
        assert_eq!(verdict(&mut losses, "TABLE tab", &["row: 1"], &absent), Verdict::Differs);
        let refused = ["error: 0A000", "message: x is not supported yet"];
        assert_eq!(verdict(&mut losses, "CREATE TABLE tab ()", &["tag: CREATE TABLE"], &refused), Verdict::Refused);
        assert_eq!(verdict(&mut losses, "TABLE tab", &["row: 1"], &absent), Verdict::Follows);
        assert_eq!(verdict(&mut losses.next_script(), "TABLE tab", &["row: 1"], &absent), Verdict::Follows);
        let (tag, denied) = (["tag: SET"], ["error: 42501"]);
        let role = ["error: 22023", "message: role \"joe\" does not exist"];
        assert_eq!(verdict(&mut losses, "TABLE u", &denied, &["row: 1"]), Verdict::Differs);
        assert_eq!(verdict(&mut losses, "SET ROLE joe", &tag, &role), Verdict::Follows);
        assert_eq!(verdict(&mut losses, "TABLE u", &denied, &["row: 1"]), Verdict::Follows);
        assert_eq!(verdict(&mut losses, "END", &["tag: COMMIT"], &["tag: ROLLBACK"]), Verdict::Follows);
        let other = ["error: 42P01", "message: relation \"other\" does not exist"];
        assert_eq!(verdict(&mut losses.next_script(), "TABLE other", &["row: 1"], &other), Verdict::Differs);
    }
}
