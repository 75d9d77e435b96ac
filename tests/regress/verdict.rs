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

/// What statements ask that has another answer at any time, or on any machine: they are left out.
const VARIES: &[(&str, &str)] = &[];

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
}

/// What isn't there: tables, functions, types, schemas, columns, prepared statements, cursors; and the rest of a block.
const ABSENT: &[&str] = &["42P01", "42883", "42704", "3F000", "42703", "26000", "34000", "25P02", "3D000", "28000"];

impl Losses {
    /// The same, at the beginning of another script in a database with what this one left.
    pub fn next_script(&self) -> Losses {
        Losses { before: self.before.union(&self.now).cloned().collect(), now: HashSet::new() }
    }

    pub fn judge(&mut self, theirs: &Asked, ours: &Asked) -> Verdict {
        let verdict = self.verdict(theirs, ours);
        if matches!(verdict, Verdict::Refused | Verdict::Follows) {
            self.now.extend(words(&ours.sql));
        }
        verdict
    }

    fn verdict(&self, theirs: &Asked, ours: &Asked) -> Verdict {
        if same(&ours.sql, &theirs.answer, &ours.answer) {
            return Verdict::Equal;
        }
        if ours.answer.iter().any(|line| line == "error: 0A000") {
            return Verdict::Refused;
        }
        // A variable that an answer of ours did not set.
        if ours.unknown > theirs.unknown {
            return Verdict::Follows;
        }
        let code =
            |line: &String| line.strip_prefix("error: ").or(line.strip_prefix("no connection: ")).map(str::to_owned);
        let absent = ours.answer.iter().filter_map(code).any(|code| ABSENT.iter().any(|known| code.starts_with(known)));
        let lost = |line: &String| line.starts_with("message: ") && words(line).any(|word| self.before.contains(&word));
        if absent && (!self.now.is_empty() || ours.answer.iter().any(lost)) {
            Verdict::Follows
        } else {
            Verdict::Differs
        }
    }
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
fn same(sql: &str, theirs: &Answer, ours: &Answer) -> bool {
    let explains = sql.trim_start().get(..7).is_some_and(|word| word.eq_ignore_ascii_case("explain"));
    let (mut theirs, mut ours) = (essence(theirs, explains), essence(ours, explains));
    if !is_ordered(sql) {
        for answer in [&mut theirs, &mut ours] {
            let row = |line: &String| line.starts_with("row: ") || line.starts_with("copied: ");
            answer.chunk_by_mut(|a, b| row(a) && row(b)).for_each(|rows| rows.sort_unstable());
        }
    }
    theirs == ours
}

/// What counts of an answer. A plan is each server's own: of EXPLAIN only the columns do.
pub fn essence(answer: &Answer, explains: bool) -> Answer {
    let counts = ["tag: ", "error: ", "empty query", "no columns", "copied: ", "no connection", "the connection broke"];
    let line = |line: &String| match column(line) {
        Some((name, type_name)) => Some(format!("column: {name} {type_name}")),
        None if line.starts_with("row: ") => (!explains).then(|| line.clone()),
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
        Asked { sql: sql.into(), unknown: 0, answer: answer.iter().map(|line| (*line).to_owned()).collect() }
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
        let other = ["error: 42P01", "message: relation \"other\" does not exist"];
        assert_eq!(verdict(&mut losses.next_script(), "TABLE other", &["row: 1"], &other), Verdict::Differs);
    }
}
