//! `to_char` of dates and times, by PostgreSQL's template patterns (`DCH_to_char` of `formatting.c`).

use std::fmt::{Display, Write as _};

use super::arithmetic::{iso_week, of_iso_week, week_day};
use super::{Civil, Interval, MICROS, MICROS_A_DAY, Zone, is_finite};
use crate::types::{PgError, SqlState};

/// The Julian day of 2000-01-01.
pub(super) const JULIAN_2000: i64 = 2_451_545;

#[rustfmt::skip]
pub(super) const MONTHS: [&str; 12] = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
];
pub(super) const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
pub(super) const ROMAN: [&str; 12] = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"];

/// The patterns, each before those that it begins with. All have a form in lower case, too.
#[rustfmt::skip]
const PATTERNS: &[&str] = &[
    "A.D.", "A.M.", "AD", "AM", "B.C.", "BC", "CC", "DAY", "DDD", "DD", "DY", "D", "FF1", "FF2", "FF3", "FF4", "FF5",
    "FF6", "FX", "HH24", "HH12", "HH", "IDDD", "ID", "IW", "IYYY", "IYY", "IY", "I", "J", "MI", "MM", "MONTH", "MON",
    "MS", "OF", "P.M.", "PM", "Q", "RM", "SSSSS", "SSSS", "SS", "TZH", "TZM", "TZ", "US", "WW", "W", "Y,YYY", "YYYY",
    "YYY", "YY", "Y",
];

/// Those of names, which may be capitalized.
const NAMES: &[&str] = &["DAY", "DY", "MONTH", "MON"];

/// How a word is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Case {
    Upper,
    Capital,
    Lower,
}

impl Case {
    fn of(self, word: &str) -> String {
        match self {
            Case::Upper => word.to_ascii_uppercase(),
            Case::Capital => word.to_owned(),
            Case::Lower => word.to_ascii_lowercase(),
        }
    }
}

/// A pattern as a template has it.
struct Field {
    pattern: &'static str,
    case: Case,
    /// `FM`: without blanks and zeros that fill it up.
    bare: bool,
    /// `TM`, for names.
    local: bool,
    /// `TH` and `th` behind it.
    ordinal: Option<Case>,
}

/// Something to format, in PostgreSQL's fields.
struct Moment<'z> {
    /// 0 is 1 BC; of an interval the number of years.
    year: i64,
    month: i64,
    day: i64,
    /// Of an interval maybe more than a day's; all of them may be negative then.
    hour: i64,
    minute: i64,
    second: i64,
    micros: i64,
    year_day: i64,
    /// The zone and the instant.
    zone: Option<(&'z Zone, i64)>,
    interval: bool,
}

/// `None` is NULL: of an infinity, or by an empty template.
pub fn format_timestamp(timestamp: i64, template: &str) -> Option<String> {
    format_local(timestamp, timestamp, None, template)
}

pub fn format_timestamptz(timestamp: i64, zone: &Zone, template: &str) -> Option<String> {
    format_local(timestamp, zone.to_local(timestamp), Some((zone, timestamp)), template)
}

fn format_local(timestamp: i64, local: i64, zone: Option<(&Zone, i64)>, template: &str) -> Option<String> {
    if !is_finite(timestamp) || template.is_empty() {
        return None;
    }
    let civil = Civil::from_micros(local);
    let year = i64::from(civil.year);
    let moment = Moment {
        year,
        month: civil.month.into(),
        day: civil.day.into(),
        hour: civil.hour.into(),
        minute: civil.minute.into(),
        second: civil.second.into(),
        micros: civil.micros.into(),
        year_day: local.div_euclid(MICROS_A_DAY) + JULIAN_2000 - julian(year, 1, 1) + 1,
        zone,
        interval: false,
    };
    // Of a timestamp every field can be shown.
    moment.format(template).ok()
}

/// Errors: 22007 for fields that an interval lacks.
pub fn format_interval(interval: Interval, template: &str) -> Result<Option<String>, PgError> {
    if template.is_empty() {
        return Ok(None);
    }
    let (year, month) = (i64::from(interval.months / 12), i64::from(interval.months % 12));
    let seconds = interval.micros / MICROS;
    let moment = Moment {
        year,
        month,
        day: interval.days.into(),
        hour: seconds / 3600,
        minute: seconds / 60 % 60,
        second: seconds % 60,
        micros: interval.micros % MICROS,
        year_day: (year * 12 + month) * 30 + i64::from(interval.days),
        zone: None,
        interval: true,
    };
    moment.format(template).map(Some)
}

/// `date2j`: a day by its number, also for months and days that are none.
pub(super) fn julian(year: i64, month: i64, day: i64) -> i64 {
    let (month, year) = if month > 2 { (month + 1, year + 4800) } else { (month + 13, year + 4799) };
    let century = year / 100;
    year * 365 - 32167 + year / 4 - century + century / 4 + 7834 * month / 256 + day
}

/// The pattern that the text begins with.
pub(super) fn pattern(text: &str) -> Option<(&'static str, Case)> {
    PATTERNS.iter().find_map(|pattern| {
        let start = text.get(..pattern.len())?;
        if start == *pattern {
            return Some((*pattern, Case::Upper));
        }
        if start == pattern.to_ascii_lowercase() {
            return Some((*pattern, Case::Lower));
        }
        let capitalized = || start.starts_with(&pattern[..1]) && start[1..] == pattern[1..].to_ascii_lowercase();
        (NAMES.contains(pattern) && capitalized()).then_some((*pattern, Case::Capital))
    })
}

pub(super) fn take<'t>(rest: &mut &'t str, prefix: &str) -> bool {
    let found: Option<&'t str> = rest.strip_prefix(prefix);
    *rest = found.unwrap_or(rest);
    found.is_some()
}

impl Moment<'_> {
    fn format(&self, template: &str) -> Result<String, PgError> {
        let mut out = String::with_capacity(template.len() + 8);
        let mut rest = template;
        while !rest.is_empty() {
            let bare = take(&mut rest, "FM") || take(&mut rest, "fm");
            let local = !bare && (take(&mut rest, "TM") || take(&mut rest, "tm"));
            if let Some((pattern, case)) = pattern(rest) {
                rest = &rest[pattern.len()..];
                let ordinal = match () {
                    () if take(&mut rest, "TH") => Some(Case::Upper),
                    () if take(&mut rest, "th") => Some(Case::Lower),
                    // Nobody has written what it would spell.
                    () if take(&mut rest, "SP") => None,
                    () => None,
                };
                self.write(&Field { pattern, case, bare, local, ordinal }, &mut out)?;
            } else if take(&mut rest, "\"") {
                quoted(&mut rest, &mut out);
            } else {
                if rest.starts_with("\\\"") {
                    rest = &rest[1..];
                }
                let mut characters = rest.chars();
                out.extend(characters.next());
                rest = characters.as_str();
            }
        }
        Ok(out)
    }

    fn write(&self, field: &Field, out: &mut String) -> Result<(), PgError> {
        let start = out.len();
        let mut number = |value: i64, width: usize| {
            // A String takes everything.
            let _ = if field.bare { write!(out, "{value}") } else { write!(out, "{value:0width$}") };
            ordinal(field, start, out);
        };
        // A sign makes it longer.
        let two = |value: i64| if value < 0 { 3 } else { 2 };
        let shown_year = |year: i64| if self.interval || year > 0 { year } else { 1 - year };
        let iso = || iso_week(julian(self.year, self.month, self.day) - JULIAN_2000);
        match field.pattern {
            "FX" => {}
            "HH24" => number(self.hour, two(self.hour)),
            "HH" | "HH12" => {
                let hour = if self.hour % 12 == 0 { 12 } else { self.hour % 12 };
                number(hour, two(self.hour));
            }
            "MI" => number(self.minute, two(self.minute)),
            "SS" => number(self.second, two(self.second)),
            "FF1" => fraction(field, self.micros / 100_000, 1, out),
            "FF2" => fraction(field, self.micros / 10_000, 2, out),
            "FF3" | "MS" => fraction(field, self.micros / 1000, 3, out),
            "FF4" => fraction(field, self.micros / 100, 4, out),
            "FF5" => fraction(field, self.micros / 10, 5, out),
            "FF6" | "US" => fraction(field, self.micros, 6, out),
            "SSSS" | "SSSSS" => number(self.hour * 3600 + self.minute * 60 + self.second, 0),
            "AM" | "PM" | "A.M." | "P.M." => {
                let afternoon = self.hour % 24 >= 12;
                let dotted = field.pattern.contains('.');
                let word = match (afternoon, dotted) {
                    (true, true) => "P.M.",
                    (true, false) => "PM",
                    (false, true) => "A.M.",
                    (false, false) => "AM",
                };
                out.push_str(&field.case.of(word));
            }
            "MM" => number(self.month, two(self.month)),
            "DD" => number(self.day, 2),
            "DDD" => number(self.year_day, 3),
            "IDDD" => {
                let day = julian(self.year, self.month, self.day) - JULIAN_2000;
                number(day - of_iso_week(iso().0, 1) + 1, 3);
            }
            "WW" => number((self.year_day - 1) / 7 + 1, 2),
            "IW" => number(iso().1, 2),
            "W" => number((self.day - 1) / 7 + 1, 0),
            "Q" if self.month == 0 => {}
            "Q" => number((self.month - 1) / 3 + 1, 0),
            "J" => number(julian(self.year, self.month, self.day), 0),
            "CC" => {
                let century = match self.year {
                    year if self.interval => year / 100,
                    year if year > 0 => (year - 1) / 100 + 1,
                    year => year / 100 - 1,
                };
                number(century, if (-99..=99).contains(&century) { two(century) } else { 0 });
            }
            "Y,YYY" => {
                let year = shown_year(self.year);
                let _ = write!(out, "{},{:03}", year / 1000, year % 1000);
                ordinal(field, start, out);
            }
            "YYYY" | "YYY" | "YY" | "Y" | "IYYY" | "IYY" | "IY" | "I" => {
                let year = if field.pattern.starts_with('I') { i64::from(iso().0) } else { self.year };
                let (year, digits) = (shown_year(year), field.pattern.len());
                let sign = usize::from(year < 0);
                number(if digits == 4 { year } else { year % 10i64.pow(digits as u32) }, digits + sign);
            }
            "RM" => self.roman(field, out),
            _ if self.interval => {
                let message = "invalid format specification for an interval value";
                return Err(PgError::new(SqlState::INVALID_DATETIME_FORMAT, message)
                    .hint("Intervals are not tied to specific calendar dates."));
            }
            "AD" | "BC" => out.push_str(&field.case.of(if self.year <= 0 { "BC" } else { "AD" })),
            "A.D." | "B.C." => out.push_str(&field.case.of(if self.year <= 0 { "B.C." } else { "A.D." })),
            "MONTH" | "MON" | "DAY" | "DY" => self.name(field, out),
            "D" => number(self.day_of_week() + 1, 0),
            "ID" => number(if self.day_of_week() == 0 { 7 } else { self.day_of_week() }, 0),
            _ => self.write_zone(field, out),
        }
        Ok(())
    }

    /// From Sunday, which is 0.
    fn day_of_week(&self) -> i64 {
        (week_day(julian(self.year, self.month, self.day) - JULIAN_2000) + 1) % 7
    }

    fn name(&self, field: &Field, out: &mut String) {
        let names: &[&str] = if field.pattern.starts_with('M') { &MONTHS } else { &DAYS };
        let index = if field.pattern.starts_with('M') { self.month - 1 } else { self.day_of_week() };
        let name = usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default();
        match field.pattern {
            "MON" | "DY" => out.push_str(&field.case.of(name.get(..3).unwrap_or(name))),
            _ => fill(&field.case.of(name), if field.bare || field.local { 0 } else { 9 }, out),
        }
    }

    /// The month in Roman numerals.
    fn roman(&self, field: &Field, out: &mut String) {
        if self.month == 0 && self.year == 0 {
            return;
        }
        // Whole years of an interval are its twelfth month, or its first if they are negative.
        let index = match self.month {
            0 if self.year >= 0 => 11,
            0 => 0,
            month if month < 0 => 12 + month,
            month => month - 1,
        };
        let numeral = usize::try_from(index).ok().and_then(|index| ROMAN.get(index)).copied().unwrap_or_default();
        fill(&field.case.of(numeral), if field.bare { 0 } else { 4 }, out);
    }

    fn write_zone(&self, field: &Field, out: &mut String) {
        let offset = self.zone.map_or(0, |(zone, instant)| zone.offset_at(instant));
        let (sign, minutes) = (if offset >= 0 { '+' } else { '-' }, offset.abs() % 3600 / 60);
        let hours = offset.abs() / 3600;
        // A String takes everything.
        let _ = match field.pattern {
            "TZH" => write!(out, "{sign}{hours:02}"),
            "TZM" => write!(out, "{minutes:02}"),
            "OF" => {
                let width = if field.bare { 0 } else { 2 };
                let _ = write!(out, "{sign}{hours:0width$}");
                if offset % 3600 == 0 { Ok(()) } else { write!(out, ":{minutes:02}") }
            }
            _ => {
                let name = self.zone.map(|(zone, instant)| zone.abbreviation_at(instant)).unwrap_or_default();
                out.write_str(&if field.case == Case::Lower { name.to_lowercase() } else { name })
            }
        };
    }
}

/// Text between quotes; a backslash takes the next character as it is.
fn quoted(rest: &mut &str, out: &mut String) {
    let mut characters = rest.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => out.extend(characters.next()),
            c => out.push(c),
        }
    }
    *rest = characters.as_str();
}

/// A part of a second, which FM does not shorten.
fn fraction(field: &Field, value: i64, width: usize, out: &mut String) {
    let start = out.len();
    let _ = write!(out, "{value:0width$}");
    ordinal(field, start, out);
}

fn fill(word: &dyn Display, width: usize, out: &mut String) {
    let _ = write!(out, "{:width$}", word.to_string());
}

/// `st`, `nd`, `rd` or `th` behind the number that begins at `start`.
fn ordinal(field: &Field, start: usize, out: &mut String) {
    let Some(case) = field.ordinal else { return };
    let digits = &out.as_bytes()[start..];
    let teen = digits.len() > 1 && digits[digits.len() - 2] == b'1';
    let ending = match digits.last() {
        Some(b'1') if !teen => "ST",
        Some(b'2') if !teen => "ND",
        Some(b'3') if !teen => "RD",
        _ => "TH",
    };
    out.push_str(&case.of(ending));
}
