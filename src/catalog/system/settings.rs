//! `pg_settings`: PostgreSQL's words about each setting that there is, and the session's values.

use super::{Rows, Seen, builtin, list, text};
use crate::types::{Type, Value};

/// Whether PostgreSQL has a setting of this name.
pub fn has_postgresql_setting(name: &str) -> bool {
    builtin::setting_lines().any(|line| matches!(line.first(), Some(Some(known)) if known.eq_ignore_ascii_case(name)))
}

pub fn settings(seen: &Seen, rows: &mut Rows) {
    for line in builtin::setting_lines() {
        let field = |index: usize| line.get(index).cloned().flatten();
        let shown = |index: usize| field(index).map_or(Value::Null, Value::Text);
        let Some(name) = field(0) else { continue };
        let Some(current) = (seen.setting)(&name.to_ascii_lowercase()) else { continue };
        let unit = field(2);
        let boot = field(12).unwrap_or_default();
        let current = in_unit(current, unit.as_deref());
        let changed = !current.eq_ignore_ascii_case(&boot);
        // The server's own, which no session has another value of.
        let of_server = field(6).as_deref() == Some("postmaster");
        let source = if of_server { "command line" } else { "session" };
        let allowed = match field(11) {
            None => Value::Null,
            Some(literal) => {
                let items = literal.trim_matches(['{', '}']).split(',');
                list(Type::TEXT, items.map(|item| text(item.trim_matches('"'))).collect())
            }
        };
        rows.push([
            ("name", text(name)),
            ("setting", text(&current)),
            ("unit", unit.map_or(Value::Null, Value::Text)),
            ("category", shown(3)),
            ("short_desc", shown(4)),
            ("extra_desc", shown(5)),
            ("context", shown(6)),
            ("vartype", shown(7)),
            ("source", text(if changed { source } else { "default" })),
            ("min_val", shown(9)),
            ("max_val", shown(10)),
            ("enumvals", allowed),
            ("boot_val", if field(12).is_none() { Value::Null } else { text(&boot) }),
            ("reset_val", if of_server { text(&current) } else { shown(13) }),
            ("pending_restart", Value::Bool(false)),
        ]);
    }
}

/// `4MB` as the number of the setting's own unit, as which `pg_settings` has it.
fn in_unit(shown: &str, unit: Option<&str>) -> String {
    let Some(unit) = unit else { return shown.to_owned() };
    let end = shown.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(shown.len());
    let (number, suffix) = shown.split_at(end);
    let (Ok(number), Some(from), Some(to)) = (number.parse::<i64>(), size(suffix), size(unit)) else {
        return shown.to_owned();
    };
    if suffix.is_empty() { number.to_string() } else { (number * from / to).to_string() }
}

/// Bytes or milliseconds.
fn size(unit: &str) -> Option<i64> {
    Some(match unit {
        "" | "B" | "ms" => 1,
        "kB" => 1 << 10,
        "8kB" => 8 << 10,
        "MB" => 1 << 20,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        "s" => 1000,
        "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbers_of_the_unit() {
        assert_eq!(in_unit("4MB", Some("kB")), "4096");
        assert_eq!(in_unit("4GB", Some("8kB")), "524288");
        assert_eq!(in_unit("1min", Some("ms")), "60000");
        assert_eq!(in_unit("0", Some("ms")), "0");
        assert_eq!(in_unit("-1", Some("kB")), "-1");
        assert_eq!(in_unit("on", None), "on");
    }
}
