//! Writes what is printed, with PostgreSQL's parentheses and lines.

use super::node::{Aggregate, Node, Over, Sort, SubLink, Window};
use crate::catalog::system::format_type;
use crate::types::Type;
use crate::types::identifier::quote_ident;

/// Columns by which a clause, and the parts of CASE, are indented.
pub const CLAUSE: i32 = 8;
pub const PART: i32 = 4;
/// Where indentation wraps.
const WRAP: i32 = 40;

pub struct Printer {
    pub pretty: bool,
    pub out: String,
    pub indent: i32,
}

impl Printer {
    pub fn new(pretty: bool) -> Printer {
        Printer { pretty, out: String::new(), indent: 0 }
    }

    pub fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A keyword that begins a line (`appendContextKeyword`): the indentation changes by `before`, and behind it by
    /// `after`; this line alone has `more`.
    pub fn keyword(&mut self, text: &str, before: i32, after: i32, more: i32) {
        self.indent += before;
        let trimmed = self.out.trim_end_matches(' ').len();
        self.out.truncate(trimmed);
        self.push("\n");
        let columns = match self.indent {
            indent if indent < WRAP => indent.max(0) + more,
            indent => (WRAP + (indent - WRAP) / (CLAUSE / 2)) % WRAP + more,
        };
        self.out.extend(std::iter::repeat_n(' ', usize::try_from(columns).unwrap_or(0)));
        self.push(text);
        self.indent = (self.indent + after).max(0);
    }

    pub fn list(&mut self, nodes: &[Node], implicit: bool) {
        for (index, node) in nodes.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.print(node, implicit);
        }
    }

    /// As an operand of `parent`: in parentheses where the plain form has none of its own but the pretty one needs them.
    pub fn operand(&mut self, node: &Node, implicit: bool, parent: &Node, leftmost: bool) {
        let parentheses = self.pretty && !is_simple(node, parent, leftmost);
        self.push(if parentheses { "(" } else { "" });
        self.print(node, implicit);
        self.push(if parentheses { ")" } else { "" });
    }

    /// `implicit`: casts that nobody wrote are shown.
    pub fn print(&mut self, node: &Node, implicit: bool) {
        let (open, close) = if self.pretty { ("", "") } else { ("(", ")") };
        match node {
            Node::Word(word) => self.push(word),
            Node::Constant { text, ty, label, quoted } => {
                let shown = if *quoted { quoted_literal(text) } else { text.clone() };
                self.push(&shown);
                if *label {
                    self.push("::");
                    self.push(&format_type(ty.0, Some(-1)));
                }
            }
            Node::Null(ty) => {
                self.push("NULL");
                if *ty != Type::UNKNOWN {
                    self.push("::");
                    self.push(&format_type(ty.0, Some(-1)));
                }
            }
            Node::Call { name, args } => {
                self.push(name);
                self.push("(");
                self.list(args, true);
                self.push(")");
            }
            Node::Field { of, name } => {
                self.base(of, matches!(**of, Node::Field { .. } | Node::Element { .. }));
                self.push(".");
                self.push(name);
            }
            Node::Element { of, from, slice, to } => {
                let of = match &**of {
                    Node::OfDomain(of) => of,
                    _ => of,
                };
                self.base(of, matches!(**of, Node::Word(_) | Node::Field { .. } | Node::Element { .. }));
                self.push("[");
                from.iter().for_each(|from| self.print(from, true));
                self.push(if *slice { ":" } else { "" });
                to.iter().for_each(|to| self.print(to, true));
                self.push("]");
            }
            Node::Named { name, of } => {
                self.push(name);
                self.push(" => ");
                self.print(of, implicit);
            }
            Node::Cast { of, implicit: true, .. } if !implicit => self.operand(of, false, node, true),
            Node::Cast { of, ty, typmod, .. } => {
                match &**of {
                    // A literal of the type itself, that a length is applied to.
                    constant @ Node::Constant { ty: same, label: false, quoted: true, .. } if same == ty => {
                        self.print(constant, false);
                    }
                    // A row says itself what it is to be.
                    Node::Call { name, .. } if name == "ROW" => self.print(of, true),
                    of => {
                        self.push(open);
                        self.operand(of, false, node, true);
                        self.push(close);
                    }
                }
                self.push("::");
                self.push(&format_type(ty.0, Some(*typmod)));
            }
            Node::OfDomain(of) => self.print(of, implicit),
            Node::Operator { name, left, right } => {
                self.push(open);
                if let Some(left) = left {
                    self.operand(left, true, node, true);
                    self.push(" ");
                }
                self.push(name);
                self.push(" ");
                self.operand(right, true, node, false);
                self.push(close);
            }
            Node::Junction { and, terms } => {
                self.push(open);
                for (index, term) in terms.iter().enumerate() {
                    if index > 0 {
                        self.push(if *and { " AND " } else { " OR " });
                    }
                    self.operand(term, false, node, index == 0);
                }
                self.push(close);
            }
            Node::Not(of) => {
                self.push(open);
                self.push("NOT ");
                self.operand(of, false, node, false);
                self.push(close);
            }
            Node::Test { of, test } => {
                self.push(open);
                self.operand(of, true, node, true);
                self.push(" ");
                self.push(test);
                self.push(close);
            }
            Node::Collated { of, collation } => {
                self.push(open);
                self.operand(of, implicit, node, true);
                self.push(" COLLATE ");
                self.push(collation);
                self.push(close);
            }
            Node::Distinct { left, right, negated } => {
                self.push(if *negated { "(NOT " } else { "" });
                self.push(open);
                self.operand(left, true, node, true);
                self.push(" IS DISTINCT FROM ");
                self.operand(right, true, node, false);
                self.push(close);
                self.push(if *negated { ")" } else { "" });
            }
            Node::Array(items) => {
                self.push("ARRAY[");
                self.list(items, true);
                self.push("]");
            }
            Node::AnyOrAll { left, operator, all, array } => {
                self.push(open);
                self.operand(left, true, node, true);
                self.push(" ");
                self.push(operator);
                self.push(if *all { " ALL (" } else { " ANY (" });
                self.operand(array, true, node, false);
                self.push(")");
                self.push(close);
            }
            Node::Case { operand, whens, otherwise } => {
                self.case(operand.as_deref(), whens, otherwise);
            }
            Node::Spelt { words, args } => {
                for (index, word) in words.iter().enumerate() {
                    self.push(word);
                    if let Some(arg) = args.get(index) {
                        self.print(arg, false);
                    }
                }
            }
            Node::Aggregate(aggregate) => self.aggregate(aggregate),
            Node::SubLink { kind, left, query } => {
                self.push(match kind {
                    SubLink::Array => "ARRAY(",
                    _ => "(",
                });
                if let Some(left) = left {
                    self.print(left, true);
                }
                self.push(match kind {
                    SubLink::Exists => "EXISTS (",
                    SubLink::In => " IN (",
                    SubLink::Value | SubLink::Array => "",
                });
                self.query(query, None, false);
                self.push(match kind {
                    SubLink::Exists | SubLink::In => "))",
                    SubLink::Value | SubLink::Array => ")",
                });
            }
        }
    }

    fn case(&mut self, operand: Option<&Node>, whens: &[(Node, Node)], otherwise: &Node) {
        self.keyword("CASE", 0, PART, 0);
        if let Some(operand) = operand {
            self.push(" ");
            self.print(operand, true);
        }
        for (condition, result) in whens {
            self.keyword("WHEN ", 0, 0, 0);
            self.print(condition, false);
            self.push(" THEN ");
            self.print(result, true);
        }
        self.keyword("ELSE ", 0, 0, 0);
        self.print(otherwise, true);
        self.keyword("END", -PART, 0, 0);
    }

    fn aggregate(&mut self, aggregate: &Aggregate) {
        self.push(&aggregate.name);
        self.push(if aggregate.distinct { "(DISTINCT " } else { "(" });
        if aggregate.star {
            self.push("*");
        }
        self.list(&aggregate.args, true);
        if !aggregate.order_by.is_empty() {
            self.push(" ORDER BY ");
            self.sorts(&aggregate.order_by);
        }
        self.push(")");
        if let Some(filter) = &aggregate.filter {
            self.push(" FILTER (WHERE ");
            self.print(filter, false);
            self.push(")");
        }
        match &aggregate.over {
            None => {}
            Some(Over::Named(name)) => {
                self.push(" OVER ");
                self.push(&quote_ident(name));
            }
            Some(Over::Window(window)) => {
                self.push(" OVER ");
                self.window(window);
            }
        }
    }

    pub fn window(&mut self, window: &Window) {
        self.push("(");
        let mut space = "";
        if let Some(name) = &window.name {
            self.push(&quote_ident(name));
            space = " ";
        }
        if !window.partition_by.is_empty() {
            self.push(space);
            self.push("PARTITION BY ");
            for (index, key) in window.partition_by.iter().enumerate() {
                self.push(if index > 0 { ", " } else { "" });
                self.key(key);
            }
            space = " ";
        }
        if !window.order_by.is_empty() {
            self.push(space);
            self.push("ORDER BY ");
            self.sorts(&window.order_by);
            space = " ";
        }
        if !window.frame.is_empty() {
            self.push(space);
            for (index, part) in window.frame.iter().enumerate() {
                self.push(if index > 0 { " " } else { "" });
                self.print(part, false);
            }
        }
        self.push(")");
    }

    pub fn sorts(&mut self, sorts: &[Sort]) {
        for (index, sort) in sorts.iter().enumerate() {
            self.push(if index > 0 { ", " } else { "" });
            self.key(&sort.key);
            self.push(match (sort.descending, sort.nulls_first) {
                (false, false) => "",
                (false, true) => " NULLS FIRST",
                (true, true) => " DESC",
                (true, false) => " DESC NULLS LAST",
            });
        }
    }

    /// What a part is taken of; `plain`: as it is.
    fn base(&mut self, of: &Node, plain: bool) {
        self.push(if plain { "" } else { "(" });
        self.print(of, true);
        self.push(if plain { "" } else { ")" });
    }

    /// What is sorted or grouped by: what might be misread stands in parentheses.
    pub fn key(&mut self, key: &Node) {
        match key {
            Node::Word(_) => self.print(key, true),
            // A number alone would be a column's.
            Node::Constant { text, ty, quoted, .. } => {
                let labelled = Node::Constant { text: text.clone(), ty: *ty, label: true, quoted: *quoted };
                self.print(&labelled, true);
            }
            _ => {
                let call =
                    matches!(key, Node::Call { .. } | Node::Aggregate(_) | Node::Spelt { .. } | Node::Cast { .. });
                let parentheses = self.pretty || call;
                self.push(if parentheses { "(" } else { "" });
                self.print(key, true);
                self.push(if parentheses { ")" } else { "" });
            }
        }
    }
}

/// `simple_quote_literal`: backslashes are themselves.
fn quoted_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether the pretty form needs no parentheses around it (`isSimpleNode`).
fn is_simple(node: &Node, parent: &Node, leftmost: bool) -> bool {
    let loose =
        matches!(parent, Node::Junction { .. } | Node::Not(_) | Node::Array(_) | Node::Case { .. } | Node::Call { .. });
    match node {
        Node::Word(_)
        | Node::Constant { .. }
        | Node::Null(_)
        | Node::Call { .. }
        | Node::Named { .. }
        | Node::Array(_)
        | Node::Field { .. }
        | Node::Element { .. }
        | Node::Spelt { .. }
        | Node::Aggregate(_)
        | Node::Case { .. } => true,
        // Where nobody asked for it, a function does it, but for strings.
        Node::Cast { ty, implicit: true, .. } if !matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR) => true,
        Node::Cast { of, .. } => is_simple(of, node, true),
        Node::OfDomain(of) => is_simple(of, parent, leftmost),
        Node::Operator { name, .. } => {
            if let Node::Operator { name: outer, .. } = parent
                && let (Some(own), Some(outer)) = (arithmetic_level(name), arithmetic_level(outer))
            {
                return own > outer || (own == outer && leftmost);
            }
            loose
        }
        Node::Junction { and: true, .. } => matches!(parent, Node::Junction { .. }),
        Node::Junction { and: false, .. } => matches!(parent, Node::Junction { and: false, .. }),
        Node::Not(_) => matches!(parent, Node::Junction { .. }),
        Node::Test { .. } | Node::Distinct { .. } | Node::SubLink { .. } => loose,
        Node::AnyOrAll { .. } | Node::Collated { .. } => false,
    }
}

fn arithmetic_level(operator: &str) -> Option<u8> {
    match operator {
        "+" | "-" => Some(1),
        "*" | "/" | "%" => Some(2),
        _ => None,
    }
}
