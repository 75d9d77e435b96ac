//! A plan's fields as JSON, YAML or XML, line for line as PostgreSQL writes them (`explain.c`).

use std::fmt::Write;

/// Fields in their order.
pub type Fields = Vec<(&'static str, Field)>;

pub enum Field {
    Text(String),
    /// A number or a truth value.
    Plain(String),
    Group(Fields),
    /// Several, with what XML calls each.
    Groups(&'static str, Vec<Fields>),
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

pub fn json(fields: &Fields) -> String {
    let mut out = String::from("[\n  ");
    json_group(fields, 2, &mut out);
    out.push_str("\n]");
    out
}

fn json_group(fields: &Fields, indent: usize, out: &mut String) {
    out.push('{');
    let within = indent + 2;
    for (number, (name, field)) in fields.iter().enumerate() {
        let _ = write!(out, "{}\n{:within$}\"{name}\": ", if number > 0 { "," } else { "" }, "");
        match field {
            Field::Text(text) => out.push_str(&quoted(text)),
            Field::Plain(text) => out.push_str(text),
            Field::Group(fields) => json_group(fields, within, out),
            Field::Groups(_, groups) => {
                out.push('[');
                for (number, group) in groups.iter().enumerate() {
                    let comma = if number > 0 { "," } else { "" };
                    let _ = write!(out, "{comma}\n{:width$}", "", width = within + 2);
                    json_group(group, within + 2, out);
                }
                let _ = write!(out, "\n{:within$}]", "");
            }
        }
    }
    let _ = write!(out, "\n{:indent$}}}", "");
}

pub fn yaml(fields: &Fields) -> String {
    let mut out = String::new();
    yaml_item(fields, 0, &mut out);
    out
}

/// An item of a list: its first field stands behind the hyphen.
fn yaml_item(fields: &Fields, indent: usize, out: &mut String) {
    let mut item = String::new();
    yaml_fields(fields, indent + 2, &mut item);
    let first = if out.is_empty() { "" } else { "\n" };
    let _ = write!(out, "{first}{:indent$}- {}", "", item.trim_start());
}

fn yaml_fields(fields: &Fields, indent: usize, out: &mut String) {
    for (name, field) in fields {
        let _ = write!(out, "\n{:indent$}{name}: ", "");
        match field {
            Field::Text(text) => out.push_str(&quoted(text)),
            Field::Plain(text) => out.push_str(text),
            Field::Group(fields) => yaml_fields(fields, indent + 2, out),
            Field::Groups(_, groups) => groups.iter().for_each(|group| yaml_item(group, indent + 2, out)),
        }
    }
}

pub fn xml(fields: &Fields) -> String {
    let mut out = String::from("<explain xmlns=\"http://www.postgresql.org/2009/explain\">\n  <Query>");
    xml_fields(fields, 4, &mut out);
    out.push_str("\n  </Query>\n</explain>");
    out
}

fn xml_fields(fields: &Fields, indent: usize, out: &mut String) {
    for (name, field) in fields {
        let tag = name.replace(' ', "-");
        let _ = write!(out, "\n{:indent$}<{tag}>", "");
        match field {
            Field::Text(text) | Field::Plain(text) => {
                for c in text.chars() {
                    match c {
                        '&' => out.push_str("&amp;"),
                        '<' => out.push_str("&lt;"),
                        '>' => out.push_str("&gt;"),
                        '\r' => out.push_str("&#x0d;"),
                        c => out.push(c),
                    }
                }
                let _ = write!(out, "</{tag}>");
                continue;
            }
            Field::Group(fields) => xml_fields(fields, indent + 2, out),
            Field::Groups(each, groups) => {
                for group in groups {
                    let _ = write!(out, "\n{:width$}<{each}>", "", width = indent + 2);
                    xml_fields(group, indent + 4, out);
                    let _ = write!(out, "\n{:width$}</{each}>", "", width = indent + 2);
                }
            }
        }
        let _ = write!(out, "\n{:indent$}</{tag}>", "");
    }
}
