//! Asks both servers a script's questions, each way, and gathers what differs.

use std::collections::BTreeMap;
use std::fmt;

use crate::answer::{Answer, Session, WAYS, Way};
use crate::compat::differences::Difference;
use crate::compat::servers::{Engine, Server};
use crate::question::{Part, Question, Script};

/// What PostgreSQL and we answered, asked one way.
type Pair = (Way, Answer, Answer);

/// How one script went.
pub struct Area {
    pub part: Part,
    pub title: String,
    pub file: String,
    /// The questions that are cases.
    pub cases: usize,
    /// Those of them that Quorlite answered as PostgreSQL, whichever way they were asked.
    pub equal: usize,
    /// In the script's order; preparations' among them.
    pub differences: Vec<Difference>,
    /// How many cases differed in what: `value`, `error`, `position` and so on.
    kinds: BTreeMap<String, usize>,
}

impl Area {
    pub fn rate(&self) -> f64 {
        rate(self.equal, self.cases)
    }
}

/// Rounded down: not all is equal before all is.
pub fn rate(equal: usize, cases: usize) -> f64 {
    if cases == 0 { 100.0 } else { (equal as f64 / cases as f64 * 1000.0).floor() / 10.0 }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:32} {:4} of {:4} equal, {:5.1} %", self.title, self.equal, self.cases, self.rate())?;
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        if kinds.is_empty() { Ok(()) } else { write!(f, " (differ in: {})", kinds.join(", ")) }
    }
}

/// The rate of each part.
pub fn total(areas: &[Area]) -> String {
    let mut lines = Vec::new();
    for part in [Part::Language, Part::Schema] {
        let of_part = areas.iter().filter(|area| area.part == part);
        let (equal, cases) = of_part.fold((0, 0), |(equal, cases), area| (equal + area.equal, cases + area.cases));
        lines.push(format!("{}: {equal} of {cases} equal, {:.1} %", part.title(), rate(equal, cases)));
    }
    lines.join("\n")
}

pub fn script(script: &Script, postgres: &Server, quorlite: &Server) -> Area {
    let mut answers: Vec<(&Question, Vec<Pair>)> =
        script.questions.iter().map(|question| (question, Vec::new())).collect();
    for way in WAYS {
        empty(postgres);
        empty(quorlite);
        let mut theirs = Session::new(postgres.port);
        let mut ours = Session::new(quorlite.port);
        for (question, answers) in &mut answers {
            if question.is_asked(way) {
                answers.push((way, theirs.ask(question, way), ours.ask(question, way)));
            }
        }
    }
    let mut area = Area {
        part: script.part,
        title: script.title.clone(),
        file: script.path.file_name().expect("a file").to_string_lossy().into_owned(),
        cases: 0,
        equal: 0,
        differences: Vec::new(),
        kinds: BTreeMap::new(),
    };
    for (question, answers) in answers {
        let difference = difference(question, &answers);
        if !question.preparation {
            area.cases += 1;
            area.equal += usize::from(difference.is_none());
        }
        if let Some((kind, text)) = difference {
            *area.kinds.entry(kind).or_default() += 1;
            area.differences.push(Difference::new(&script.path, &place(question), &text));
        }
    }
    area
}

fn place(question: &Question) -> String {
    match &question.parameters {
        None => question.sql.clone(),
        Some(values) => {
            let values: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or("NULL")).collect();
            format!("{} $ {}", question.sql, values.join(" | "))
        }
    }
}

/// What differs: first in what, then how. The values' binary form counts only where their text is the same.
fn difference(question: &Question, answers: &[Pair]) -> Option<(String, String)> {
    let ordered = question.sql.to_lowercase().contains("order by");
    let mut seen: Vec<(Way, String, String)> = Vec::new();
    for (way, theirs, ours) in answers {
        if theirs == ours || (!ordered && sorted(theirs) == sorted(ours)) || (*way == Way::Binary && !seen.is_empty()) {
            continue;
        }
        let (kind, text) = compare(theirs, ours);
        if seen.iter().all(|(_, _, known)| *known != text) {
            seen.push((*way, kind, text));
        }
    }
    let (_, kind, _) = seen.first()?;
    let kind = kind.clone();
    let everywhere = seen.len() == 1 && answers.iter().all(|(_, theirs, ours)| theirs != ours);
    let show = |(way, _, text): &(Way, String, String)| match everywhere {
        true => text.clone(),
        false => format!("({})\n{text}", way.name()),
    };
    Some((kind, seen.iter().map(show).collect::<Vec<_>>().join("\n")))
}

/// A query that asks for no order may be answered in any.
fn sorted(answer: &Answer) -> Answer {
    let mut sorted = answer.clone();
    let row = |line: &String| line.starts_with("row: ");
    sorted.chunk_by_mut(|a, b| row(a) && row(b)).for_each(|rows| rows.sort_unstable());
    sorted
}

/// Lines shown of each answer: who wants more asks both.
const SHOWN: usize = 6;

/// `-` PostgreSQL's lines and `+` ours, without what is the same at both ends.
fn compare(theirs: &Answer, ours: &Answer) -> (String, String) {
    let same = |pair: &(&String, &String)| pair.0 == pair.1;
    let head = theirs.iter().zip(ours).take_while(same).count();
    let (theirs, ours) = (&theirs[head..], &ours[head..]);
    let tail = theirs.iter().rev().zip(ours.iter().rev()).take_while(same).count();
    let (theirs, ours) = (&theirs[..theirs.len() - tail], &ours[..ours.len() - tail]);
    let word = |lines: &[String]| lines.first().and_then(|line| Some(line.split_once(':')?.0.to_owned()));
    let refused = ours.iter().any(|line| line == "error: 0A000");
    let kind = match refused {
        true => "refusal".to_owned(),
        // An error of ours in place of rows is an error's difference.
        false if ours.iter().any(|line| line.starts_with("error:")) => "error".to_owned(),
        false => word(theirs).or(word(ours)).unwrap_or_else(|| "end".into()),
    };
    let mut lines = shown('-', theirs);
    lines.extend(shown('+', ours));
    (kind, lines.join("\n"))
}

fn shown(mark: char, lines: &[String]) -> Vec<String> {
    let mut shown: Vec<String> = lines.iter().take(SHOWN).map(|line| format!("{mark} {line}")).collect();
    if lines.len() > SHOWN {
        shown.push(format!("{mark} and {} more", lines.len() - SHOWN));
    }
    shown
}

/// Each script, each way, begins with an empty schema.
fn empty(server: &Server) {
    let mut client = server.connect();
    if server.engine == Engine::Postgres {
        let anew = "DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION pg_database_owner";
        client.simple(anew).expect("reset");
        return;
    }
    const RELATIONS: &str = "SELECT CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, \
        quote_ident(relname) FROM pg_class WHERE relnamespace = 2200 AND relkind IN ('r', 'v', 'm', 'S') UNION ALL \
        SELECT 'TYPE', quote_ident(relname) FROM pg_class WHERE relnamespace = 2200 AND relkind = 'c' UNION ALL \
        SELECT CASE typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, quote_ident(typname) FROM pg_type \
        WHERE typnamespace = 2200 AND typtype IN ('d', 'e')";
    loop {
        let rows = client.simple(RELATIONS).expect("the relations").rows;
        if rows.is_empty() {
            return;
        }
        let text = |cell: &Option<Vec<u8>>| String::from_utf8_lossy(cell.as_deref().unwrap_or_default()).into_owned();
        let drops = rows.iter().map(|row| format!("DROP {} IF EXISTS {} CASCADE", text(&row[0]), text(&row[1])));
        // One may fall with another, or only after it: what counts is that there are fewer each time.
        let dropped = drops.filter(|sql| client.simple(sql).is_ok()).count();
        assert!(dropped > 0, "can't be dropped: {rows:?}");
    }
}
