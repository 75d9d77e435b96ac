//! What values a setting takes: from what the user wrote to what SHOW prints.

use crate::types::timestamp::{Interval, IntervalStyle, Zone, input_interval};
use crate::types::{PgError, SqlState};

use super::Setting;

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Bool,
    /// The labels, as the hint lists them. With `on` and `off` among them, their synonyms are taken too.
    Enum(&'static [&'static str]),
    /// Its unit, least and greatest value (in that unit).
    Int(Unit, i32, i32),
    Real(f64, f64),
    Text,
    /// Text with everything but printable ASCII replaced by `?`.
    Ascii,
    /// Identifiers in quotes or without, separated by commas.
    NameList,
    DateStyle,
    TimeZone,
    Encoding,
}

/// What one means in an integer setting.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Plain,
    Milliseconds,
    Kilobytes,
    /// Pages of 8 kB.
    Blocks,
}

impl Unit {
    /// Names with their size in this unit, greatest first.
    fn names(self) -> &'static [(&'static str, f64)] {
        match self {
            Unit::Plain => &[],
            Unit::Milliseconds => {
                &[("d", 86_400_000.0), ("h", 3_600_000.0), ("min", 60_000.0), ("s", 1000.0), ("ms", 1.0), ("us", 0.001)]
            }
            Unit::Kilobytes => {
                &[("TB", 1_073_741_824.0), ("GB", 1_048_576.0), ("MB", 1024.0), ("kB", 1.0), ("B", 1.0 / 1024.0)]
            }
            Unit::Blocks => {
                &[("TB", 134_217_728.0), ("GB", 131_072.0), ("MB", 128.0), ("kB", 0.125), ("B", 1.0 / 8192.0)]
            }
        }
    }

    fn hint(self) -> Option<&'static str> {
        match self {
            Unit::Plain => None,
            Unit::Milliseconds => Some(r#"Valid units for this parameter are "us", "ms", "s", "min", "h", and "d"."#),
            Unit::Kilobytes | Unit::Blocks => {
                Some(r#"Valid units for this parameter are "B", "kB", "MB", "GB", and "TB"."#)
            }
        }
    }

    /// As errors show a value out of range.
    fn suffix(self) -> &'static str {
        match self {
            Unit::Plain => "",
            Unit::Milliseconds => " ms",
            Unit::Kilobytes => " kB",
            Unit::Blocks => " 8kB",
        }
    }

    /// In the greatest unit that shows it exactly.
    fn show(self, value: i32) -> String {
        let exact = |(_, size): &&(&str, f64)| *size >= 1.0 && f64::from(value) % size == 0.0;
        if value <= 0 {
            return value.to_string();
        }
        match (self, self.names().iter().find(exact)) {
            (_, Some((name, size))) => format!("{}{name}", (f64::from(value) / size) as i64),
            // 8 kB pages that are no whole megabytes.
            (Unit::Blocks, None) => format!("{}kB", i64::from(value) * 8),
            (_, None) => value.to_string(),
        }
    }
}

impl Kind {
    /// The value as SHOW prints it. Errors: 22023 in PostgreSQL's words.
    pub(super) fn canonical(self, setting: &Setting, value: &str) -> Result<String, PgError> {
        let name = setting.name;
        match self {
            Kind::Bool => match boolean(value) {
                Some(on) => Ok(if on { "on" } else { "off" }.to_owned()),
                None => Err(invalid_parameter(format!("parameter \"{name}\" requires a Boolean value"))),
            },
            Kind::Enum(labels) => label(labels, value)
                .map(str::to_owned)
                .ok_or_else(|| invalid(name, value).hint(format!("Available values: {}.", labels.join(", ")))),
            Kind::Int(unit, min, max) => integer(name, value, unit, min, max).map(|value| unit.show(value)),
            Kind::Real(min, max) => real(name, value, min, max),
            Kind::Text => Ok(value.to_owned()),
            Kind::Ascii => {
                let ascii = |c: char| if matches!(c, ' '..='~') { c } else { '?' };
                Ok(value.chars().take(63).map(ascii).collect())
            }
            Kind::NameList => match split_names(value) {
                Some(_) => Ok(value.to_owned()),
                None => Err(invalid(name, value).detail("List syntax is invalid.")),
            },
            Kind::DateStyle => date_style(name, setting.default, value),
            Kind::TimeZone => zone_name(name, value),
            Kind::Encoding => encoding(name, value),
        }
    }
}

/// `parse_bool` of PostgreSQL: any unique prefix, whatever the case.
pub(in crate::session) fn boolean(value: &str) -> Option<bool> {
    let value = value.to_ascii_lowercase();
    let prefix_of = |word: &str, least: usize| value.len() >= least && word.starts_with(&value);
    if prefix_of("true", 1) || prefix_of("yes", 1) || value == "on" || value == "1" {
        Some(true)
    } else if prefix_of("false", 1) || prefix_of("no", 1) || prefix_of("off", 2) || value == "0" {
        Some(false)
    } else {
        None
    }
}

fn label(labels: &'static [&'static str], value: &str) -> Option<&'static str> {
    if let Some(label) = labels.iter().find(|label| label.eq_ignore_ascii_case(value)) {
        return Some(label);
    }
    let synonym = match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => "on",
        "false" | "no" | "0" => "off",
        _ => return None,
    };
    labels.iter().find(|label| **label == synonym).copied()
}

fn integer(name: &str, value: &str, unit: Unit, min: i32, max: i32) -> Result<i32, PgError> {
    let wrong = || {
        let error = invalid(name, value);
        match unit.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    };
    let (number, rest) = split_number(value.trim()).ok_or_else(|| invalid(name, value))?;
    let factor = match rest.trim() {
        "" => 1.0,
        rest => unit.names().iter().find(|(name, _)| *name == rest).ok_or_else(wrong)?.1,
    };
    let value = (number * factor).round_ties_even();
    if value >= f64::from(min) && value <= f64::from(max) {
        return Ok(value as i32);
    }
    let suffix = unit.suffix();
    Err(invalid_parameter(format!(
        "{value}{suffix} is outside the valid range for parameter \"{name}\" ({min} .. {max})"
    )))
}

/// A leading number, decimal or hexadecimal, and what follows it.
fn split_number(text: &str) -> Option<(f64, &str)> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
        let number = u32::from_str_radix(digits.get(..end)?, 16).ok()?;
        return Some((f64::from(number), digits.get(end..)?));
    }
    let is_part = |(index, c): (usize, char)| {
        let after_exponent = index > 0 && matches!(text.as_bytes().get(index - 1), Some(b'e' | b'E'));
        let exponent =
            matches!(c, 'e' | 'E') && matches!(text.as_bytes().get(index + 1), Some(b'0'..=b'9' | b'+' | b'-'));
        c.is_ascii_digit() || c == '.' || exponent || (matches!(c, '+' | '-') && (index == 0 || after_exponent))
    };
    let end = text.char_indices().find(|part| !is_part(*part)).map_or(text.len(), |(index, _)| index);
    let number: f64 = text.get(..end)?.parse().ok()?;
    number.is_finite().then_some((number, text.get(end..)?))
}

fn real(name: &str, value: &str, min: f64, max: f64) -> Result<String, PgError> {
    let number: f64 = match value.trim().parse() {
        Ok(number) if !f64::is_nan(number) => number,
        _ => return Err(invalid(name, value)),
    };
    if number >= min && number <= max {
        return Ok(number.to_string());
    }
    Err(invalid_parameter(format!("{number} is outside the valid range for parameter \"{name}\" ({min} .. {max})")))
}

/// `output style, field order`, each optional and in any order (`check_datestyle`); what is not said stays as in
/// `current`.
pub(super) fn date_style(name: &str, current: &str, value: &str) -> Result<String, PgError> {
    let (mut style, mut order) = (None, None);
    for word in split_names(value).ok_or_else(|| invalid(name, value).detail("List syntax is invalid."))? {
        let (of_style, of_order) = match word.to_ascii_lowercase().as_str() {
            "iso" => (Some("ISO"), None),
            "sql" => (Some("SQL"), None),
            "german" => (Some("German"), None),
            word if word.starts_with("postgres") => (Some("Postgres"), None),
            "ymd" => (None, Some("YMD")),
            "dmy" => (None, Some("DMY")),
            word if word.starts_with("euro") => (None, Some("DMY")),
            "mdy" | "us" => (None, Some("MDY")),
            word if word.starts_with("noneuro") => (None, Some("MDY")),
            // What else is said counts more.
            "default" => {
                style.get_or_insert("ISO");
                order.get_or_insert("MDY");
                continue;
            }
            word => return Err(invalid(name, value).detail(format!("Unrecognized key word: \"{word}\"."))),
        };
        let conflicts = |old: Option<&str>, new: Option<&str>| old.zip(new).is_some_and(|(old, new)| old != new);
        if conflicts(style, of_style) || conflicts(order, of_order) {
            return Err(invalid(name, value).detail("Conflicting \"datestyle\" specifications."));
        }
        (style, order) = (of_style.or(style), of_order.or(order));
    }
    let (current_style, current_order) = current.split_once(", ").unwrap_or(("ISO", "MDY"));
    let order = order.unwrap_or(if style == Some("German") { "DMY" } else { current_order });
    Ok(format!("{}, {order}", style.unwrap_or(current_style)))
}

/// The zone's name as SHOW prints it. An interval is as much east of Greenwich.
fn zone_name(name: &str, value: &str) -> Result<String, PgError> {
    let interval = value.get(.."interval".len()).filter(|word| word.eq_ignore_ascii_case("interval"));
    let zone = match interval {
        Some(interval) => {
            let text = value[interval.len()..].trim_start().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let text = text.filter(|text| !text.contains('\'')).ok_or_else(|| invalid(name, value))?;
            let interval = input_interval(text, IntervalStyle::default(), -1)?;
            let unit = match interval {
                Interval { months: 0, days: 0, .. } => None,
                Interval { months: 0, .. } => Some("days"),
                _ => Some("months"),
            };
            if let Some(unit) = unit {
                return Err(invalid(name, value).detail(format!("Cannot specify {unit} in time zone interval.")));
            }
            i32::try_from(interval.micros / 1_000_000).ok().and_then(Zone::east_by)
        }
        None => Zone::resolve(value).ok(),
    };
    zone.map(|zone| zone.name().to_owned()).ok_or_else(|| invalid(name, value))
}

fn encoding(name: &str, value: &str) -> Result<String, PgError> {
    // Names are compared as PostgreSQL does: without case and punctuation.
    let key: String = value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    match key.as_str() {
        "utf8" | "unicode" => Ok("UTF8".to_owned()),
        // Bytes as they are: the client takes what the server has.
        "sqlascii" => Ok("SQL_ASCII".to_owned()),
        _ if OTHER_ENCODINGS.iter().any(|prefix| key.starts_with(prefix)) => {
            Err(PgError::unsupported(format!("{name} \"{value}\"")).hint("Use UTF8."))
        }
        _ => Err(invalid(name, value)),
    }
}

/// How the names of PostgreSQL's other encodings begin.
static OTHER_ENCODINGS: &[&str] = &[
    "abc", "alt", "big5", "euc", "gb18030", "gbk", "iso8859", "johab", "koi8", "latin", "mskanji", "mule", "shiftjis",
    "sjis", "tcvn", "uhc", "vscii", "win", "windows",
];

/// `SplitIdentifierString` of PostgreSQL; `None` if the list is ill-formed.
pub(super) fn split_names(list: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = list.trim_start();
    if rest.is_empty() {
        return Some(names);
    }
    loop {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (name, after) = quoted_name(quoted)?;
            names.push(name);
            rest = after.trim_start();
        } else {
            let end = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
            let (name, after) = rest.split_at_checked(end)?;
            if name.is_empty() {
                return None;
            }
            names.push(name.to_lowercase());
            rest = after.trim_start();
        }
        if rest.is_empty() {
            return Some(names);
        }
        rest = rest.strip_prefix(',')?.trim_start();
    }
}

/// A name up to its closing quote, doubled quotes undone, and what follows.
fn quoted_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, after)),
        }
    }
}

fn invalid(name: &str, value: &str) -> PgError {
    invalid_parameter(format!("invalid value for parameter \"{name}\": \"{value}\""))
}

fn invalid_parameter(message: String) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}
