//! Names as SQL text has them: when they must be quoted, and how a string of them is read.

use super::{PgError, SqlState};

/// A name as it can stand in a statement (`quote_identifier`).
pub fn quote_ident(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c == '_';
    let safe = name.starts_with(plain)
        && name.chars().all(|c| plain(c) || c.is_ascii_digit())
        && RESERVED.binary_search(&name).is_err();
    if safe { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A name behind its schema's.
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", quote_ident(schema), quote_ident(name))
}

/// The parts of a possibly qualified and quoted name, folded (`stringToQualifiedNameList`); `None` for what is no name.
pub fn split_name(text: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let mut part = String::new();
        if rest.starts_with('"') {
            loop {
                let quoted = rest.strip_prefix('"')?;
                let end = quoted.find('"')?;
                part.push_str(&quoted[..end]);
                rest = &quoted[end + 1..];
                if !rest.starts_with('"') {
                    break;
                }
                part.push('"');
            }
            rest = rest.trim_start();
        } else {
            let end = rest.find(['.', '"']).unwrap_or(rest.len());
            part = rest[..end].trim().to_ascii_lowercase();
            if part.contains(char::is_whitespace) {
                return None;
            }
            rest = &rest[end..];
        }
        if part.is_empty() {
            return None;
        }
        parts.push(part);
        match rest.strip_prefix('.') {
            Some(more) => rest = more.trim_start(),
            None if rest.is_empty() => return Some(parts),
            None => return None,
        }
    }
}

/// PostgreSQL's keywords that can't all be names, which are therefore quoted; sorted.
#[rustfmt::skip]
static RESERVED: &[&str] = &[
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate",
    "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date",
    "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal",
    "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract", "false", "fetch",
    "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping", "having", "ilike",
    "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is", "isnull", "join",
    "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp", "national", "natural",
    "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or",
    "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary", "real",
    "references", "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint", "some",
    "substring", "symmetric", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat", "trim",
    "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when", "where", "window",
    "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces", "xmlparse",
    "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

/// The parts of a qualified name (`parse_ident`); not `strict`: what follows it is let be. Errors: 22023.
pub fn parts(text: &str, strict: bool) -> Result<Vec<String>, PgError> {
    let invalid = |detail: Option<&str>| {
        let error =
            PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("string is not a valid identifier: \"{text}\""));
        Err(match detail {
            Some(detail) => error.detail(detail),
            None => error,
        })
    };
    let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c');
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    let continues = |c: char| starts(c) || c.is_ascii_digit() || c == '$';
    let mut parts = Vec::new();
    let mut rest = text.trim_start_matches(blank);
    let mut behind_dot = false;
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut part = String::new();
            let mut left = quoted;
            loop {
                let Some(end) = left.find('"') else { return invalid(Some("String has unclosed double quotes.")) };
                part.push_str(&left[..end]);
                left = &left[end + 1..];
                match left.strip_prefix('"') {
                    Some(more) => {
                        part.push('"');
                        left = more;
                    }
                    None => break,
                }
            }
            if part.is_empty() {
                return invalid(Some("Quoted identifier must not be empty."));
            }
            parts.push(part);
            rest = left;
        } else if rest.starts_with(starts) {
            let end = rest.find(|c| !continues(c)).unwrap_or(rest.len());
            parts.push(rest[..end].to_ascii_lowercase());
            rest = &rest[end..];
        } else if rest.starts_with('.') {
            return invalid(Some("No valid identifier before \".\"."));
        } else if behind_dot {
            return invalid(Some("No valid identifier after \".\"."));
        } else {
            return invalid(None);
        }
        rest = rest.trim_start_matches(blank);
        match rest.strip_prefix('.') {
            Some(more) => {
                behind_dot = true;
                rest = more.trim_start_matches(blank);
            }
            None if rest.is_empty() || !strict => return Ok(parts),
            None => return invalid(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        assert_eq!(quote_ident("orders"), "orders");
        assert_eq!(quote_ident("Odd Name"), "\"Odd Name\"");
        assert_eq!(quote_ident("order"), "\"order\"");
        assert_eq!(qualified("public", "a\"b"), "public.\"a\"\"b\"");
    }

    #[test]
    fn names_are_read_as_sql_writes_them() {
        let split = |text| split_name(text).map(|parts| parts.join("|"));
        assert_eq!(split("Public.Orders").as_deref(), Some("public|orders"));
        assert_eq!(split("\"Odd Name\" . \"a\"\"b\"").as_deref(), Some("Odd Name|a\"b"));
        assert_eq!(split("a b"), None);
        assert_eq!(split("a."), None);
        assert_eq!(split(""), None);
    }
}
