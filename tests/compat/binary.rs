//! Binary values as PostgreSQL's text output would show them, so that one expectation serves both formats.

use super::client::Body;

/// The names of the types that the tests meet, by OID.
pub const TYPES: &[(u32, &str)] = &[
    (16, "bool"),
    (17, "bytea"),
    (18, "char"),
    (19, "name"),
    (20, "int8"),
    (21, "int2"),
    (23, "int4"),
    (25, "text"),
    (26, "oid"),
    (114, "json"),
    (700, "float4"),
    (701, "float8"),
    (705, "unknown"),
    (1042, "bpchar"),
    (1043, "varchar"),
    (1082, "date"),
    (1083, "time"),
    (1114, "timestamp"),
    (1184, "timestamptz"),
    (1186, "interval"),
    (1266, "timetz"),
    (1700, "numeric"),
    (2205, "regclass"),
    (2206, "regtype"),
    (2278, "void"),
    (2950, "uuid"),
    (3802, "jsonb"),
];

pub fn type_name(oid: u32) -> String {
    TYPES.iter().find(|(known, _)| *known == oid).map_or_else(|| oid.to_string(), |(_, name)| name.to_string())
}

pub fn type_oid(name: &str) -> Option<u32> {
    name.parse().ok().or_else(|| TYPES.iter().find(|(_, known)| *known == name).map(|(oid, _)| *oid))
}

/// The value as text, as under `TimeZone` UTC; in hex where this doesn't know the type.
pub fn to_text(oid: u32, bytes: &[u8]) -> String {
    let mut body = Body(bytes);
    match (oid, bytes.len()) {
        (16, 1) => if bytes[0] == 0 { "f" } else { "t" }.to_owned(),
        (17, _) => format!("\\x{}", hex(bytes)),
        (20, 8) => i64::from_be_bytes(bytes.try_into().expect("eight bytes")).to_string(),
        (21, 2) => body.i16().to_string(),
        (23, 4) => body.i32().to_string(),
        (26, 4) => body.u32().to_string(),
        (18, 1) if bytes[0] == 0 => String::new(),
        (18 | 19 | 25 | 705 | 1042 | 1043, _) => String::from_utf8_lossy(bytes).into_owned(),
        (700, 4) => {
            let value = f32::from_bits(body.u32());
            float(f64::from(value), format!("{value:e}"), 6)
        }
        (701, 8) => {
            let value = f64::from_be_bytes(bytes.try_into().expect("eight bytes"));
            float(value, format!("{value:e}"), 15)
        }
        (1082, 4) => date(body.i32()),
        (1083, 8) => time(i64(&mut body)),
        (1114, 8) => timestamptz(i64(&mut body)).replacen("+00", "", 1),
        (1186, 16) => interval(i64(&mut body), body.i32(), body.i32()),
        (1266, 12) => format!("{}{}", time(i64(&mut body)), offset(-body.i32())),
        (1184, 8) => timestamptz(i64::from_be_bytes(bytes.try_into().expect("eight bytes"))),
        (1700, _) => numeric(body),
        (114, _) => String::from_utf8_lossy(bytes).into_owned(),
        (3802, _) if bytes.first() == Some(&1) => String::from_utf8_lossy(&bytes[1..]).into_owned(),
        (oid, _) if ARRAYS.contains(&oid) => array(body),
        (2278, 0) => String::new(),
        (2950, 16) => {
            let hex = hex(bytes);
            [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
        }
        _ => format!("<{oid}:{}>", hex(bytes)),
    }
}

/// Array types by OID.
const ARRAYS: &[u32] = &[
    199, 1000, 1001, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028, 1115, 1182, 1183, 1185, 1187,
    1231, 1270, 2951, 3807,
];

/// As `array_out` writes it.
fn array(mut body: Body<'_>) -> String {
    let dimensions = body.i32();
    let (_, element) = (body.i32(), body.u32());
    let dims: Vec<(i32, i32)> = (0..dimensions).map(|_| (body.i32(), body.i32())).collect();
    if dims.is_empty() {
        return "{}".to_owned();
    }
    let mut out = String::new();
    if dims.iter().any(|(_, lower)| *lower != 1) {
        let bounds = dims.iter().map(|(len, lower)| format!("[{lower}:{}]", lower + len - 1));
        out = bounds.collect::<String>() + "=";
    }
    rows(&dims, element, &mut body, &mut out);
    out
}

fn rows(dims: &[(i32, i32)], element: u32, body: &mut Body<'_>, out: &mut String) {
    let Some(((len, _), inner)) = dims.split_first() else { return item(element, body, out) };
    out.push('{');
    for index in 0..*len {
        out.push_str(if index > 0 { "," } else { "" });
        rows(inner, element, body, out);
    }
    out.push('}');
}

fn item(element: u32, body: &mut Body<'_>, out: &mut String) {
    let Ok(length) = usize::try_from(body.i32()) else { return out.push_str("NULL") };
    let text = to_text(element, &body.take(length));
    let special = |c: char| matches!(c, '"' | '\\' | '{' | '}' | ',') || c.is_ascii_whitespace();
    if !text.is_empty() && !text.contains(special) && !text.eq_ignore_ascii_case("null") {
        return out.push_str(&text);
    }
    out.push_str(&format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// PostgreSQL's shortest-precise output: Rust finds the same digits, only their layout differs.
fn float(value: f64, scientific: String, digits: i32) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    let (mantissa, exponent) = scientific.split_once('e').expect("formatted with an exponent");
    let exponent: i32 = exponent.parse().expect("an integer");
    if (-4..digits).contains(&exponent) {
        return if digits == 6 { format!("{}", value as f32) } else { format!("{value}") };
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn i64(body: &mut Body<'_>) -> i64 {
    i64::from(body.i32()) << 32 | i64::from(body.u32())
}

fn date(days: i32) -> String {
    match days {
        i32::MAX => "infinity".into(),
        i32::MIN => "-infinity".into(),
        days => {
            let midnight = timestamptz(i64::from(days) * 86_400_000_000);
            midnight.replacen(" 00:00:00+00", "", 1)
        }
    }
}

fn time(micros: i64) -> String {
    let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match fraction {
        0 => text,
        fraction => text + format!(".{fraction:06}").trim_end_matches('0'),
    }
}

fn offset(seconds: i32) -> String {
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    match seconds % 3600 {
        0 => format!("{sign}{:02}", seconds / 3600),
        _ => format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60),
    }
}

/// As under IntervalStyle `postgres`.
fn interval(micros: i64, days: i32, months: i32) -> String {
    let mut parts = Vec::new();
    let mut negative = false;
    for (value, unit) in [(months / 12, "year"), (months % 12, "mon"), (days, "day")] {
        if value != 0 {
            let plus = if negative && value > 0 { "+" } else { "" };
            parts.push(format!("{plus}{value} {unit}{}", if value == 1 { "" } else { "s" }));
            negative = value < 0;
        }
    }
    if micros != 0 || parts.is_empty() {
        let sign = if micros < 0 {
            "-"
        } else if negative {
            "+"
        } else {
            ""
        };
        parts.push(format!("{sign}{}", time(micros.abs())));
    }
    parts.join(" ")
}

fn timestamptz(micros: i64) -> String {
    match micros {
        i64::MAX => return "infinity".into(),
        i64::MIN => return "-infinity".into(),
        _ => {}
    }
    let days = micros.div_euclid(86_400_000_000);
    let time = micros.rem_euclid(86_400_000_000);
    let (year, month, day) = civil(days + 10_957);
    let (seconds, fraction) = (time / 1_000_000, time % 1_000_000);
    let fraction = match fraction {
        0 => String::new(),
        fraction => format!(".{fraction:06}").trim_end_matches('0').to_owned(),
    };
    let (shown, era) = if year > 0 { (year, "") } else { (1 - year, " BC") };
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{shown:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}+00{era}")
}

/// The date of a day counted from 1970-01-01 (Hinnant's civil_from_days).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

fn numeric(mut body: Body<'_>) -> String {
    let (count, weight, sign, scale) = (body.i16(), body.i16(), body.i16() as u16, body.i16());
    match sign {
        0xC000 => return "NaN".into(),
        0xD000 => return "Infinity".into(),
        0xF000 => return "-Infinity".into(),
        _ => {}
    }
    let digits: Vec<i16> = (0..count).map(|_| body.i16()).collect();
    let group = |index: i32| usize::try_from(index).ok().and_then(|index| digits.get(index)).copied().unwrap_or(0);
    let mut whole: String = (0..=i32::from(weight)).map(|index| format!("{:04}", group(index))).collect();
    whole = whole.trim_start_matches('0').to_owned();
    if whole.is_empty() {
        whole.push('0');
    }
    let groups = (i32::from(scale) + 3) / 4;
    let mut fraction: String = (1..=groups).map(|index| format!("{:04}", group(i32::from(weight) + index))).collect();
    fraction.truncate(scale as usize);
    let sign = if sign == 0x4000 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[test]
fn shows_what_postgresql_shows() {
    assert_eq!(to_text(701, &1e15f64.to_be_bytes()), "1e+15");
    assert_eq!(to_text(701, &0.1f64.to_be_bytes()), "0.1");
    assert_eq!(to_text(701, &1e-5f64.to_be_bytes()), "1e-05");
    assert_eq!(to_text(700, &0.1f32.to_be_bytes()), "0.1");
    assert_eq!(to_text(1184, &0i64.to_be_bytes()), "2000-01-01 00:00:00+00");
    assert_eq!(to_text(1184, &(-1i64).to_be_bytes()), "1999-12-31 23:59:59.999999+00");
}
