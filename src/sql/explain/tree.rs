//! SQLite's remarks on a plan as a tree of nodes, and that as text or as fields.

use std::fmt::Write;
use std::time::Duration;

use super::format::{self, Field, Fields};
use super::{ExplainOptions, Format};

/// One remark of `EXPLAIN QUERY PLAN`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    pub id: i64,
    pub parent: i64,
    pub detail: String,
}

/// What ANALYZE has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ran {
    pub rows: u64,
    /// Until the first row, and until the last.
    pub first: Duration,
    pub last: Duration,
}

#[derive(Debug, Default)]
struct Node {
    /// `Seq Scan`.
    kind: String,
    /// `i` of `Index Scan using i on t`.
    index: Option<String>,
    /// `t`.
    relation: Option<String>,
    /// `Index Cond`, `Sort Key` …, and what it is.
    details: Vec<(&'static str, String)>,
    /// `SubPlan 1`.
    label: Option<String>,
    children: Vec<Node>,
}

impl Node {
    fn of(kind: &str) -> Node {
        Node { kind: kind.to_owned(), ..Node::default() }
    }

    fn over(self, child: Node) -> Node {
        Node { children: vec![child], ..self }
    }
}

/// The rows that EXPLAIN answers: lines, or all in one.
pub fn render(
    target: Option<(&str, Option<&str>)>,
    steps: &[Remark],
    options: ExplainOptions,
    planning: Duration,
    ran: Option<Ran>,
) -> Vec<String> {
    let mut root = Plan { steps }.node(0);
    if let Some((command, table)) = target {
        let modify = Node { relation: table.map(str::to_owned), ..Node::of(command) };
        if steps.is_empty() && command == "Delete" {
            // All rows at once, of which SQLite says nothing.
            root = Node { relation: modify.relation.clone(), ..Node::of("Seq Scan") };
        }
        root = modify.over(root);
    }
    let fields = || as_fields(&root, options, planning, ran);
    match options.format {
        Format::Text => as_text(&root, options, planning, ran),
        Format::Json => vec![format::json(&fields())],
        Format::Yaml => vec![format::yaml(&fields())],
        Format::Xml => vec![format::xml(&fields())],
    }
}

struct Plan<'s> {
    steps: &'s [Remark],
}

impl Plan<'_> {
    /// What stands below a remark: the loops, in each other, and what is done with their rows.
    fn node(&self, parent: i64) -> Node {
        let (mut loops, mut beside, mut around) = (Vec::new(), Vec::new(), Vec::new());
        // What is made before a loop goes over it.
        let mut made: Vec<(String, Node)> = Vec::new();
        for step in self.steps.iter().filter(|step| step.parent == parent && step.id != parent) {
            let detail = step.detail.as_str();
            if let Some(scan) = scan(detail) {
                let name = scan.relation.clone().unwrap_or_default();
                match made.iter().position(|(other, _)| *other == name) {
                    Some(place) => {
                        let over = Node { kind: "Subquery Scan".to_owned(), ..scan };
                        loops.push(over.over(made.remove(place).1));
                    }
                    None => loops.push(scan),
                }
            } else if let Some(what) = detail.strip_prefix("USE TEMP B-TREE FOR ") {
                around.push(what);
            } else if let Some(name) = detail.strip_prefix("CO-ROUTINE ") {
                made.push((name.to_owned(), self.node(step.id)));
            } else if let Some(name) = detail.strip_prefix("MATERIALIZE ") {
                made.push((name.to_owned(), Node::of("Materialize").over(self.node(step.id))));
            } else if let Some((_, number)) = detail.split_once("SUBQUERY ") {
                let label = Some(format!("SubPlan {number}"));
                beside.push(Node { label, ..self.node(step.id) });
            } else {
                loops.push(self.other(step));
            }
        }
        beside.extend(made.into_iter().map(|(_, node)| node));
        let mut node = match loops.len() {
            0 => Node::of("Result"),
            1 => loops.remove(0),
            _ => Node { children: loops, ..Node::of("Nested Loop") },
        };
        for what in around {
            node = sorted(what).over(node);
        }
        node.children.extend(beside);
        node
    }

    /// What is of several queries, or has no like.
    fn other(&self, step: &Remark) -> Node {
        let detail = step.detail.as_str();
        let kind = match detail {
            "COMPOUND QUERY" => "Append",
            "LEFT-MOST SUBQUERY" | "UNION ALL" | "LEFT" | "RIGHT" => return self.node(step.id),
            "MULTI-INDEX OR" => "BitmapOr",
            _ if detail.starts_with("UNION") => return Node::of("HashAggregate").over(self.node(step.id)),
            _ if detail.starts_with("EXCEPT") || detail.starts_with("INTERSECT") => {
                return Node::of("HashSetOp").over(self.node(step.id));
            }
            _ if detail.starts_with("MERGE") => "Merge Append",
            "SETUP" => "Recursive Union",
            detail => detail,
        };
        let below = self.steps.iter().filter(|other| other.parent == step.id && other.id != step.id);
        let children = below
            .map(|below| match scan(&below.detail) {
                Some(scan) => scan,
                None if below.detail.starts_with("INDEX ") => self.node(below.id),
                None => self.other(below),
            })
            .collect();
        Node { children, ..Node::of(kind) }
    }
}

fn sorted(what: &str) -> Node {
    if what.starts_with("DISTINCT") {
        return Node::of("HashAggregate");
    }
    let key = what.rsplit_once("ORDER BY").map_or("GROUP BY", |_| "ORDER BY");
    Node { details: vec![("Sort Key", key.to_owned())], ..Node::of("Sort") }
}

/// `SCAN t …` or `SEARCH t …`.
fn scan(detail: &str) -> Option<Node> {
    let detail = detail.strip_suffix(" LEFT-JOIN").unwrap_or(detail);
    let (searches, rest) = match detail.strip_prefix("SCAN ") {
        Some(rest) => (false, rest),
        None => (true, detail.strip_prefix("SEARCH ")?),
    };
    if rest == "CONSTANT ROW" {
        return Some(Node::of("Result"));
    }
    if rest.ends_with(" CONSTANT ROWS") || rest.ends_with("-ROW VALUES CLAUSE") {
        return Some(Node { relation: Some("\"*VALUES*\"".to_owned()), ..Node::of("Values Scan") });
    }
    let (rest, condition) = match rest.strip_suffix(')').and_then(|rest| rest.rsplit_once(" (")) {
        Some((rest, condition)) => (rest, Some(condition)),
        None => (rest, None),
    };
    let (relation, using) = match rest.split_once(" USING ") {
        Some((relation, using)) => (relation, Some(using)),
        None => (rest, None),
    };
    let (relation, function) = match relation.split_once(" VIRTUAL TABLE") {
        Some((relation, _)) => (relation, true),
        None => (relation, false),
    };
    let (kind, index) = match using {
        _ if function => ("Function Scan", None),
        None if searches => ("Index Scan", None),
        None => ("Seq Scan", None),
        Some(using) => {
            let only = using.contains("COVERING INDEX");
            let index = using.rsplit_once("INDEX ").map(|(_, index)| index.to_owned());
            (if only { "Index Only Scan" } else { "Index Scan" }, index)
        }
    };
    let details = condition.map(|condition| vec![("Index Cond", format!("({condition})"))]).unwrap_or_default();
    Some(Node { index, relation: Some(relation.to_owned()), details, ..Node::of(kind) })
}

fn title(node: &Node) -> String {
    let mut title = node.kind.clone();
    if let Some(index) = &node.index {
        let _ = write!(title, " using {index}");
    }
    if let Some(relation) = &node.relation {
        let _ = write!(title, " on {relation}");
    }
    title
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1000.0)
}

fn as_text(root: &Node, options: ExplainOptions, planning: Duration, ran: Option<Ran>) -> Vec<String> {
    let mut lines = Vec::new();
    // Each with where its arrow is; what stands below a node is six columns in from that.
    let mut pending: Vec<(Option<usize>, &Node)> = vec![(None, root)];
    while let Some((arrow, node)) = pending.pop() {
        let title = title(node);
        let inner = arrow.map_or(2, |arrow| arrow + 6);
        match (arrow, ran) {
            (Some(arrow), _) => {
                if let Some(label) = &node.label {
                    lines.push(format!("{:width$}{label}", "", width = arrow - 2));
                }
                lines.push(format!("{:arrow$}->  {title}", ""));
            }
            (None, None) => lines.push(title),
            (None, Some(ran)) => {
                let times = format!("time={}..{} ", milliseconds(ran.first), milliseconds(ran.last));
                let times = if options.timing { &*times } else { "" };
                lines.push(format!("{title} (actual {times}rows={} loops=1)", ran.rows));
            }
        }
        lines.extend(node.details.iter().map(|(name, what)| format!("{:inner$}{name}: {what}", "")));
        let below = |child: &Node| if child.label.is_some() { inner + 2 } else { inner };
        pending.extend(node.children.iter().rev().map(|child| (Some(below(child)), child)));
    }
    if options.summary {
        lines.push(format!("Planning Time: {} ms", milliseconds(planning)));
        lines.extend(ran.map(|ran| format!("Execution Time: {} ms", milliseconds(ran.last))));
    }
    lines
}

/// The plan as fields, for the formats that name each.
fn as_fields(root: &Node, options: ExplainOptions, planning: Duration, ran: Option<Ran>) -> Fields {
    let mut actual = Fields::new();
    if let Some(ran) = ran {
        if options.timing {
            actual.push(("Actual Startup Time", Field::Plain(milliseconds(ran.first))));
            actual.push(("Actual Total Time", Field::Plain(milliseconds(ran.last))));
        }
        actual.push(("Actual Rows", Field::Plain(ran.rows.to_string())));
        actual.push(("Actual Loops", Field::Plain("1".to_owned())));
    }
    let mut fields = vec![("Plan", Field::Group(node_fields(root, None, actual)))];
    if options.summary {
        fields.push(("Planning Time", Field::Plain(milliseconds(planning))));
    }
    if let Some(ran) = ran {
        fields.push(("Triggers", Field::Groups("Trigger", Vec::new())));
        if options.summary {
            fields.push(("Execution Time", Field::Plain(milliseconds(ran.last))));
        }
    }
    fields
}

/// Nests as deep as the plan, and so as the statement.
fn node_fields(node: &Node, place: Option<&str>, actual: Fields) -> Fields {
    let text = |text: &str| Field::Text(text.to_owned());
    let mut fields = vec![("Node Type", text(&node.kind))];
    fields.extend(place.map(|place| ("Parent Relationship", text(place))));
    fields.extend(node.label.as_ref().map(|label| ("Subplan Name", text(label))));
    fields.push(("Parallel Aware", Field::Plain("false".to_owned())));
    fields.push(("Async Capable", Field::Plain("false".to_owned())));
    fields.extend(node.index.as_ref().map(|index| ("Index Name", text(index))));
    for name in ["Relation Name", "Alias"] {
        fields.extend(node.relation.as_ref().map(|relation| (name, text(relation))));
    }
    fields.extend(actual);
    fields.extend(node.details.iter().map(|(name, what)| (*name, text(what))));
    let child = |(number, child): (usize, &Node)| {
        let place = match (number, &child.label) {
            (_, Some(_)) => "SubPlan",
            (0, None) => "Outer",
            (_, None) => "Inner",
        };
        node_fields(child, Some(place), Fields::new())
    };
    if !node.children.is_empty() {
        fields.push(("Plans", Field::Groups("Plan", node.children.iter().enumerate().map(child).collect())));
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(remarks: &[(i64, i64, &str)]) -> Vec<Remark> {
        let step =
            |(id, parent, detail): &(i64, i64, &str)| Remark { id: *id, parent: *parent, detail: (*detail).to_owned() };
        remarks.iter().map(step).collect()
    }

    fn shown(target: Option<(&str, Option<&str>)>, remarks: &[(i64, i64, &str)]) -> String {
        render(target, &steps(remarks), ExplainOptions::default(), Duration::ZERO, None).join("\n")
    }

    #[test]
    fn loops_are_nested_and_sorted() {
        let remarks = [
            (4, 0, "SCAN t USING COVERING INDEX i"),
            (7, 0, "SEARCH u USING INDEX u_b (b=? AND c>?) LEFT-JOIN"),
            (9, 0, "USE TEMP B-TREE FOR LAST TERM OF ORDER BY"),
            (12, 0, "CORRELATED SCALAR SUBQUERY 1"),
            (15, 12, "SEARCH v USING INTEGER PRIMARY KEY (rowid=?)"),
        ];
        let expected = "\
Sort
  Sort Key: ORDER BY
  ->  Nested Loop
        ->  Index Only Scan using i on t
        ->  Index Scan using u_b on u
              Index Cond: (b=? AND c>?)
  SubPlan 1
    ->  Index Scan using KEY on v
          Index Cond: (rowid=?)";
        assert_eq!(shown(None, &remarks), expected.replace(" using KEY", ""));
    }

    #[test]
    fn what_is_made_first_stands_below_what_goes_over_it() {
        let remarks =
            [(2, 0, "CO-ROUTINE q"), (5, 2, "SCAN t"), (9, 2, "USE TEMP B-TREE FOR GROUP BY"), (20, 0, "SCAN q")];
        let expected = "\
Insert on u
  ->  Subquery Scan on q
        ->  Sort
              Sort Key: GROUP BY
              ->  Seq Scan on t";
        assert_eq!(shown(Some(("Insert", Some("u"))), &remarks), expected);
    }

    #[test]
    fn queries_of_several_are_appended() {
        let remarks = [
            (1, 0, "COMPOUND QUERY"),
            (2, 1, "LEFT-MOST SUBQUERY"),
            (5, 2, "SCAN t"),
            (9, 1, "UNION USING TEMP B-TREE"),
            (12, 9, "SCAN CONSTANT ROW"),
        ];
        let expected = "\
Append
  ->  Seq Scan on t
  ->  HashAggregate
        ->  Result";
        assert_eq!(shown(None, &remarks), expected);
    }

    #[test]
    fn what_was_run_is_told_at_the_top() {
        let ran = Ran { rows: 3, first: Duration::from_micros(12), last: Duration::from_micros(345) };
        let options = ExplainOptions { analyze: true, timing: true, summary: true, format: Format::Text };
        let lines = render(None, &steps(&[(1, 0, "SCAN t")]), options, Duration::from_micros(7), Some(ran));
        let expected = [
            "Seq Scan on t (actual time=0.012..0.345 rows=3 loops=1)",
            "Planning Time: 0.007 ms",
            "Execution Time: 0.345 ms",
        ];
        assert_eq!(lines, expected);
        let json = render(
            None,
            &steps(&[(1, 0, "SCAN t")]),
            ExplainOptions { format: Format::Json, ..options },
            Duration::ZERO,
            Some(ran),
        );
        let parsed: serde_json::Value = serde_json::from_str(&json[0]).unwrap();
        assert_eq!(parsed[0]["Plan"]["Actual Rows"], 3);
        assert_eq!(parsed[0]["Triggers"], serde_json::json!([]));
    }

    #[test]
    fn formats_that_name_fields_are_written_as_postgresql_writes_them() {
        let remarks = steps(&[(1, 0, "SEARCH t USING INDEX i (b=?)"), (2, 0, "USE TEMP B-TREE FOR ORDER BY")]);
        let ran = Ran { rows: 3, first: Duration::from_micros(12), last: Duration::from_micros(345) };
        let shown = |format| {
            let options = ExplainOptions { analyze: true, timing: false, summary: true, format };
            render(None, &remarks, options, Duration::from_micros(7), Some(ran)).join("\n")
        };
        let yaml = r#"- Plan: 
    Node Type: "Sort"
    Parallel Aware: false
    Async Capable: false
    Actual Rows: 3
    Actual Loops: 1
    Sort Key: "ORDER BY"
    Plans: 
      - Node Type: "Index Scan"
        Parent Relationship: "Outer"
        Parallel Aware: false
        Async Capable: false
        Index Name: "i"
        Relation Name: "t"
        Alias: "t"
        Index Cond: "(b=?)"
  Planning Time: 0.007
  Triggers: 
  Execution Time: 0.345"#;
        assert_eq!(shown(Format::Yaml), yaml);
        let xml = r#"<explain xmlns="http://www.postgresql.org/2009/explain">
  <Query>
    <Plan>
      <Node-Type>Sort</Node-Type>
      <Parallel-Aware>false</Parallel-Aware>
      <Async-Capable>false</Async-Capable>
      <Actual-Rows>3</Actual-Rows>
      <Actual-Loops>1</Actual-Loops>
      <Sort-Key>ORDER BY</Sort-Key>
      <Plans>
        <Plan>
          <Node-Type>Index Scan</Node-Type>
          <Parent-Relationship>Outer</Parent-Relationship>
          <Parallel-Aware>false</Parallel-Aware>
          <Async-Capable>false</Async-Capable>
          <Index-Name>i</Index-Name>
          <Relation-Name>t</Relation-Name>
          <Alias>t</Alias>
          <Index-Cond>(b=?)</Index-Cond>
        </Plan>
      </Plans>
    </Plan>
    <Planning-Time>0.007</Planning-Time>
    <Triggers>
    </Triggers>
    <Execution-Time>0.345</Execution-Time>
  </Query>
</explain>"#;
        assert_eq!(shown(Format::Xml), xml);
    }
}
