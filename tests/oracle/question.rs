//! The scripts' language: a question a line, more lines where they are indented. And the questions of tests/slt, whose
//! expectations don't matter here.

use std::path::{Path, PathBuf};

use sqllogictest::{Condition, DefaultColumnType, Record, StatementExpect};

use crate::answer::Way;

/// One file: an area.
pub struct Script {
    pub path: PathBuf,
    /// From the first line, `# schema: Views`.
    pub part: Part,
    pub title: String,
    pub questions: Vec<Question>,
}

/// What a script is about at large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Values, expressions, queries, data changes, errors.
    Language,
    /// Schema, catalogs, sessions.
    Schema,
}

impl Part {
    pub fn title(self) -> &'static str {
        match self {
            Part::Language => "Values, expressions, queries, data changes",
            Part::Schema => "Schema, catalogs, sessions",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Question {
    pub sql: String,
    /// Makes ready for others: compared, but not counted as a case.
    pub preparation: bool,
    /// `$ 1 | NULL`: the parameters' text. Such a question is asked through the extended protocol alone.
    pub parameters: Option<Vec<Option<String>>>,
    /// `: line`s, for COPY FROM STDIN.
    pub data: String,
    /// Its values in binary are each server's own, such as a table's OID.
    pub text_only: bool,
}

impl Question {
    pub fn is_asked(&self, way: Way) -> bool {
        !(self.text_only && way == Way::Binary || self.parameters.is_some() && way == Way::Simple)
    }
}

impl Script {
    pub fn read(path: &Path) -> Script {
        if path.extension().is_some_and(|extension| extension == "slt") {
            return Script::of_records(path);
        }
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let head = text.lines().next().and_then(|line| line.strip_prefix("# ")?.split_once(": "));
        let (part, title) = head.unwrap_or(("language", "scratch"));
        let part = match part {
            "language" => Part::Language,
            "schema" => Part::Schema,
            other => panic!("{}: {other} is no part", path.display()),
        };
        Script { path: path.to_owned(), part, title: title.to_owned(), questions: questions(&text) }
    }
}

/// What in tests/slt is about schemas, catalogs and sessions.
const OF_SCHEMA: &[&str] = &[
    "advisory_locks",
    "alter_constraints",
    "alter_table",
    "catalogs",
    "checks",
    "constraints",
    "ddl",
    "foreign_keys",
    "indexes",
    "information_schema",
    "sequences",
    "serial",
    "settings",
    "statements",
    "table_as",
    "transactions",
    "views",
];

impl Script {
    /// Where tables are not the subject, what only makes and fills them is no case.
    fn of_records(path: &Path) -> Script {
        let name = path.file_stem().expect("a file").to_string_lossy();
        let part = if OF_SCHEMA.contains(&&*name) { Part::Schema } else { Part::Language };
        let records = sqllogictest::parse_file::<DefaultColumnType>(path).unwrap_or_else(|error| panic!("{error}"));
        let questions = records.into_iter().filter_map(|record| {
            let (sql, conditions, preparation) = match record {
                Record::Statement { sql, conditions, expected, .. } => {
                    (sql, conditions, matches!(expected, StatementExpect::Ok) && part == Part::Language)
                }
                Record::Query { sql, conditions, .. } => (sql, conditions, false),
                _ => return None,
            };
            let driver = |condition: &Condition| matches!(condition, Condition::SkipIf { label } if label == "driver");
            Some(Question { sql, preparation, text_only: conditions.iter().any(driver), ..Question::default() })
        });
        Script { path: path.to_owned(), part, title: name.replace('_', " "), questions: questions.collect() }
    }
}

fn questions(text: &str) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for line in text.lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(last) = questions.last_mut() else {
            questions.push(Question::new(line));
            continue;
        };
        if let Some(values) = line.strip_prefix("$ ") {
            let value = |value: &str| (value != "NULL").then(|| value.to_owned());
            last.parameters = Some(values.split(" | ").map(value).collect());
        } else if line == ":" {
            last.data.push('\n');
        } else if let Some(row) = line.strip_prefix(": ") {
            last.data.push_str(row);
            last.data.push('\n');
        } else if line.starts_with(' ') {
            last.sql.push('\n');
            last.sql.push_str(line);
        } else {
            questions.push(Question::new(line));
        }
    }
    questions
}

impl Question {
    fn new(line: &str) -> Question {
        let (preparation, sql) = line.strip_prefix("! ").map_or((false, line), |sql| (true, sql));
        Question { sql: sql.to_owned(), preparation, ..Question::default() }
    }
}

#[test]
fn reads_questions() {
    let read = questions(
        "# language: x\n\n! CREATE TABLE t (a int)\nSELECT $1,\n  2\n$ a | NULL\nCOPY t FROM STDIN\n: 1\n:\n",
    );
    let sql: Vec<&str> = read.iter().map(|question| question.sql.as_str()).collect();
    assert_eq!(sql, ["CREATE TABLE t (a int)", "SELECT $1,\n  2", "COPY t FROM STDIN"]);
    assert!(read[0].preparation && !read[1].preparation);
    assert_eq!(read[1].parameters, Some(vec![Some("a".to_owned()), None]));
    assert_eq!(read[2].data, "1\n\n");
}
