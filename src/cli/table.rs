//! Tables for people: plain columns, so that `awk` reads them too.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, ContentArrangement, Table};

use crate::cluster::admin::Check;
use crate::cluster::{NodeStatus, Role};

pub fn of_nodes(nodes: &[NodeStatus]) -> String {
    let mut table = plain(&["NODE", "ADDRESS", "POSTGRESQL", "ROLE", "TERM", "APPLIED", "LAG", "VERSION"]);
    for node in nodes {
        let known = |number: u64| match node.role {
            Role::Unreachable => "-".to_owned(),
            _ => number.to_string(),
        };
        table.add_row(vec![
            node.id.to_string(),
            node.address.clone(),
            node.sql_address.clone(),
            role(node.role).to_owned(),
            known(node.term),
            known(node.applied_index),
            node.lag.map_or("-".to_owned(), |lag| lag.to_string()),
            node.version.clone(),
        ]);
    }
    rendered(table, &[0, 4, 5, 6])
}

/// One line for each file and table, one column for each node.
pub fn of_check(check: &Check) -> String {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for digest in check.nodes.iter().filter_map(|node| node.digest.as_ref().ok()) {
        names.extend(digest.tables.iter().map(|(file, table, ..)| (file.as_str(), table.as_str())));
    }
    names.sort_unstable();
    names.dedup();
    let mut header = vec!["FILE".to_owned(), "TABLE".to_owned(), "ROWS".to_owned()];
    header.extend(check.nodes.iter().map(|node| format!("NODE {}", node.id)));
    let mut table = plain(&header);
    for (file, name) in names {
        let lines: Vec<Option<(u64, &str)>> = (check.nodes.iter())
            .map(|node| {
                let tables = &node.digest.as_ref().ok()?.tables;
                let line = tables.iter().find(|(f, t, ..)| f == file && t == name)?;
                Some((line.2, line.3.as_str()))
            })
            .collect();
        let rows = lines.iter().flatten().next().map_or(0, |(rows, _)| *rows);
        let mut row = vec![file.to_owned(), name.to_owned(), rows.to_string()];
        // The first digits are enough to see a difference by eye; the verdict compares all.
        row.extend(
            lines.iter().map(|line| line.map_or("-".to_owned(), |(_, digest)| digest.chars().take(12).collect())),
        );
        table.add_row(row);
    }
    rendered(table, &[2])
}

fn plain<T: ToString>(header: &[T]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(ToString::to_string).collect::<Vec<String>>());
    table
}

fn rendered(mut table: Table, right_aligned: &[usize]) -> String {
    for column in table.column_iter_mut() {
        let first = column.index == 0;
        column.set_padding((if first { 0 } else { 1 }, 1));
        if right_aligned.contains(&column.index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Leader => "leader",
        Role::Follower => "follower",
        Role::Candidate => "candidate",
        Role::Learner => "learner",
        Role::Unreachable => "unreachable",
    }
}
