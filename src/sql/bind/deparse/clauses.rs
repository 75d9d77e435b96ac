//! Writes queries, clause by clause (`get_query_def`).

use super::node::{Body, From, Item, Node, Query, Select, Side, Target, With};
use super::print::{CLAUSE, PART, Printer};
use crate::types::identifier::quote_ident;

impl Printer {
    /// A query. `names` are what its columns are called from outside; `visible`: whether anybody sees them.
    pub fn query(&mut self, query: &Query, names: Option<&[String]>, visible: bool) {
        let before = self.indent;
        if let Some(with) = &query.with {
            self.with(with);
        }
        self.body(&query.body, names, visible);
        if !query.order_by.is_empty() {
            self.keyword(" ORDER BY ", -CLAUSE, CLAUSE, 1);
            self.sorts(&query.order_by);
        }
        if let Some(offset) = &query.offset {
            self.keyword(" OFFSET ", -CLAUSE, CLAUSE, 0);
            self.print(offset, false);
        }
        if let Some(limit) = &query.limit {
            self.keyword(if query.ties { " FETCH FIRST (" } else { " LIMIT " }, -CLAUSE, CLAUSE, 0);
            match limit {
                Node::Null(_) => self.push("ALL"),
                limit => self.print(limit, false),
            }
            self.push(if query.ties { ") ROWS WITH TIES" } else { "" });
        }
        self.indent = before;
    }

    fn with(&mut self, with: &With) {
        self.indent += CLAUSE;
        self.push(" ");
        let mut separator = if with.recursive { "WITH RECURSIVE " } else { "WITH " };
        for named in &with.queries {
            self.push(separator);
            separator = ", ";
            self.push(&quote_ident(&named.name));
            self.names(&named.columns);
            self.push(match named.materialized {
                None => " AS (",
                Some(true) => " AS MATERIALIZED (",
                Some(false) => " AS NOT MATERIALIZED (",
            });
            self.keyword("", 0, 0, 0);
            self.query(&named.query, None, true);
            self.keyword("", 0, 0, 0);
            self.push(")");
        }
        self.indent -= CLAUSE;
        self.keyword("", 0, 0, 0);
    }

    /// Column names in parentheses, if there are any.
    fn names(&mut self, names: &[String]) {
        if !names.is_empty() {
            let names: Vec<String> = names.iter().map(|name| quote_ident(name)).collect();
            self.push(&format!("({})", names.join(", ")));
        }
    }

    fn body(&mut self, body: &Body, names: Option<&[String]>, visible: bool) {
        match body {
            Body::Select(select) => {
                self.begin();
                self.select(select, names, visible);
            }
            Body::Values(rows) => {
                self.begin();
                match names {
                    Some(names) if !named_by_place(names) => self.named_values(rows, names),
                    _ => self.values(rows),
                }
            }
            Body::SetOperation { operator, all, left, right } => {
                let same = |body: &Body| {
                    matches!(body, Body::SetOperation { operator: other, all: also, .. }
                        if other == operator && also == all)
                };
                let apart = matches!(&**left, Side::Operation(body) if !same(body));
                if apart {
                    self.push("(");
                    self.keyword("", CLAUSE, 0, 0);
                }
                self.side(left, names, visible);
                match apart {
                    true => self.keyword(") ", -CLAUSE, 0, 0),
                    false => self.keyword("", 0, 0, 0),
                }
                self.push(operator);
                self.push(if *all { " ALL " } else { " " });
                let apart = matches!(&**right, Side::Operation(_));
                self.push(if apart { "(" } else { "" });
                self.keyword("", if apart { CLAUSE } else { 0 }, 0, 0);
                self.side(right, names, false);
                if apart {
                    self.indent -= CLAUSE;
                    self.keyword(")", 0, 0, 0);
                }
            }
        }
    }

    fn side(&mut self, side: &Side, names: Option<&[String]>, visible: bool) {
        match side {
            Side::Operation(body) => self.body(body, names, visible),
            Side::Query(query) => {
                let parentheses = query.has_tail();
                self.push(if parentheses { "(" } else { "" });
                self.query(query, names, visible);
                self.push(if parentheses { ")" } else { "" });
            }
        }
    }

    fn begin(&mut self) {
        self.indent += CLAUSE;
        self.push(" ");
    }

    fn values(&mut self, rows: &[Vec<Node>]) {
        self.push("VALUES ");
        for (index, row) in rows.iter().enumerate() {
            self.push(if index > 0 { ", (" } else { "(" });
            for (index, value) in row.iter().enumerate() {
                self.push(if index > 0 { "," } else { "" });
                self.print(value, false);
            }
            self.push(")");
        }
    }

    /// VALUES whose columns are called otherwise than VALUES calls them.
    fn named_values(&mut self, rows: &[Vec<Node>], names: &[String]) {
        let width = rows.first().map_or(0, Vec::len);
        self.push("SELECT ");
        for (index, name) in names.iter().take(width).enumerate() {
            let print = |printer: &mut Printer| {
                let own = column_name(index);
                printer.push(&format!("\"*VALUES*\".{own}"));
                if own != *name {
                    printer.push(&format!(" AS {}", quote_ident(name)));
                }
            };
            match index {
                0 => print(self),
                _ => {
                    self.push(", ");
                    self.on_a_line(print);
                }
            }
        }
        self.keyword(" FROM ", -CLAUSE, CLAUSE, 2);
        self.push("(");
        self.values(rows);
        self.push(") \"*VALUES*\"");
    }

    fn select(&mut self, select: &Select, names: Option<&[String]>, visible: bool) {
        self.push("SELECT");
        match select.distinct.as_deref() {
            None => {}
            Some([]) => self.push(" DISTINCT"),
            Some(keys) => {
                self.push(" DISTINCT ON (");
                self.keys(keys);
                self.push(")");
            }
        }
        self.targets(&select.targets, names, visible);
        for (index, from) in select.from.iter().enumerate() {
            match index {
                0 => {
                    self.keyword(" FROM ", -CLAUSE, CLAUSE, 2);
                    self.from(from);
                }
                _ => {
                    self.push(", ");
                    self.on_a_line(|printer| printer.from(from));
                }
            }
        }
        if let Some(filter) = &select.filter {
            self.keyword(" WHERE ", -CLAUSE, CLAUSE, 1);
            self.print(filter, false);
        }
        if !select.group_by.is_empty() {
            self.keyword(" GROUP BY ", -CLAUSE, CLAUSE, 1);
            self.keys(&select.group_by);
        }
        if let Some(having) = &select.having {
            self.keyword(" HAVING ", -CLAUSE, CLAUSE, 0);
            self.print(having, false);
        }
        for (index, (name, window)) in select.windows.iter().enumerate() {
            match index {
                0 => self.keyword(" WINDOW ", -CLAUSE, CLAUSE, 1),
                _ => self.push(", "),
            }
            self.push(&quote_ident(name));
            self.push(" AS ");
            self.window(window);
        }
    }

    fn keys(&mut self, keys: &[Node]) {
        for (index, key) in keys.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.key(key);
        }
    }

    fn targets(&mut self, targets: &[Target], names: Option<&[String]>, visible: bool) {
        for (index, target) in targets.iter().enumerate() {
            let name = names.and_then(|names| names.get(index)).unwrap_or(&target.name);
            let known = match &target.column {
                Some(column) => column == name,
                None => !visible && name == "?column?",
            };
            let print = |printer: &mut Printer| {
                printer.print(&target.node, true);
                if !known {
                    printer.push(" AS ");
                    printer.push(&quote_ident(name));
                }
            };
            match index {
                0 => {
                    self.push(" ");
                    print(self);
                }
                _ => {
                    self.push(", ");
                    self.on_a_line(print);
                }
            }
        }
    }

    /// What begins a line, if it does not by itself.
    fn on_a_line(&mut self, print: impl FnOnce(&mut Printer)) {
        let before = std::mem::take(&mut self.out);
        print(self);
        let text = std::mem::replace(&mut self.out, before);
        if text.starts_with('\n') {
            let trimmed = self.out.trim_end_matches(' ').len();
            self.out.truncate(trimmed);
        } else {
            self.keyword("", -CLAUSE, CLAUSE, PART);
        }
        self.push(&text);
    }

    fn from(&mut self, from: &From) {
        match from {
            From::Item { lateral, what, alias, columns } => {
                self.push(if *lateral { "LATERAL " } else { "" });
                match what {
                    Item::Name(name) => self.push(name),
                    Item::Query(query) => {
                        self.push("(");
                        self.query(query, None, true);
                        self.push(")");
                    }
                    Item::Function { call, ordinality } => {
                        self.print(call, true);
                        self.push(if *ordinality { " WITH ORDINALITY" } else { "" });
                    }
                }
                if let Some(alias) = alias {
                    self.push(" ");
                    self.push(&quote_ident(alias));
                }
                self.names(columns);
            }
            From::Join { left, right, kind, using, on } => {
                let (open, close) = if self.pretty { ("", "") } else { ("(", ")") };
                self.push(open);
                self.from(left);
                self.keyword(kind, -CLAUSE, CLAUSE, PART);
                let apart = self.pretty && matches!(**right, From::Join { .. });
                self.push(if apart { "(" } else { "" });
                self.from(right);
                self.push(if apart { ")" } else { "" });
                if !using.is_empty() {
                    self.push(" USING ");
                    self.names(using);
                } else if let Some(on) = on {
                    self.push(" ON ");
                    self.push(open);
                    self.print(on, false);
                    self.push(close);
                } else if *kind != " CROSS JOIN " {
                    self.push(" ON TRUE");
                }
                self.push(close);
            }
        }
    }
}

/// What VALUES calls a column, by its number from 0.
fn column_name(index: usize) -> String {
    format!("column{}", index + 1)
}

fn named_by_place(names: &[String]) -> bool {
    names.iter().enumerate().all(|(index, name)| *name == column_name(index))
}
