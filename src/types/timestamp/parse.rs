//! `to_timestamp` and `to_date`: texts read by template patterns (`DCH_from_char` and `do_to_timestamp` of
//! `formatting.c`).

use super::arithmetic::of_iso_week;
use super::format::{DAYS, JULIAN_2000, MONTHS, ROMAN, julian, pattern, take};
use super::input::Fault;
use super::{Civil, MICROS, MICROS_A_DAY, Zone, checked, date, round};
use crate::types::{PgError, SqlState, Type};

/// A part of a template.
pub(super) enum Node<'t> {
    Field(Field<'t>),
    Text(char),
    Separator(char),
    Space,
}

pub(super) struct Field<'t> {
    pub pattern: &'static str,
    /// As the template spells it.
    name: &'t str,
    /// `FM`.
    bare: bool,
    /// `TH`.
    ordinal: bool,
}

/// Which calendar's fields a template has.
#[derive(Clone, Copy, PartialEq)]
enum Convention {
    Gregorian,
    IsoWeek,
}

/// What the fields say (`TmFromChar`); 0 is not said.
#[derive(Default)]
struct Read {
    convention: Option<Convention>,
    hour: i32,
    minute: i32,
    second: i32,
    /// Of the day.
    seconds: i32,
    /// From 1, Sunday.
    week_day: i32,
    day: i32,
    year_day: i32,
    month: i32,
    millis: i32,
    year: i32,
    /// How many digits of it the pattern had.
    year_digits: usize,
    before_christ: i32,
    afternoon: i32,
    /// HH12, or a.m.
    half_days: bool,
    week: i32,
    month_week: i32,
    century: i32,
    julian: i32,
    micros: i32,
    /// Of the last `FF`.
    precision: i32,
    zone_sign: i32,
    zone_hours: i32,
    zone_minutes: i32,
}

/// A date and a time of day, and the zone if there was one.
pub(super) struct Moment {
    year: i32,
    month: i32,
    day: i32,
    /// Since midnight.
    pub micros: i64,
    /// Seconds east of UTC.
    pub offset: Option<i32>,
    /// Decimals of a second that are asked for; 0: as many as there are.
    pub precision: i32,
}

/// Errors: 22007 for what the template does not fit, 22008 for what is out of range.
pub fn to_timestamp(text: &str, template: &str, zone: &Zone) -> Result<i64, PgError> {
    let moment = moment(text, &nodes(template, Matching::Loose)?, Matching::Loose)?;
    let local = moment.local().ok_or_else(super::out_of_range)?;
    let instant = match moment.offset {
        Some(offset) => local.checked_sub(i64::from(offset) * MICROS),
        None => zone.to_instant(local),
    };
    let instant = checked(instant)?;
    Ok(if moment.precision > 0 { round(instant, moment.precision.into()) } else { instant })
}

/// As [`to_timestamp`], of which only the day counts.
pub fn to_date(text: &str, template: &str) -> Result<i32, PgError> {
    moment(text, &nodes(template, Matching::Loose)?, Matching::Loose)?.date(text)
}

impl Moment {
    /// As a timestamp, be it in range or not.
    pub fn local(&self) -> Option<i64> {
        let days = days(self.year, self.month, self.day)?;
        days.checked_mul(MICROS_A_DAY).and_then(|start| start.checked_add(self.micros))
    }

    /// The day. Error 22008, about the text that it was read from.
    pub fn date(&self, text: &str) -> Result<i32, PgError> {
        let day = days(self.year, self.month, self.day).and_then(date::from_days);
        day.filter(|day| date::is_valid(*day)).ok_or_else(|| Fault::Range.error(text, Type::DATE))
    }
}

/// What a text may have that its template has not.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Matching {
    /// Other separators, blanks, and an end that nobody reads.
    Loose,
    /// Nothing: see [`super::standard`].
    Standard,
}

/// Days since 2000; years far out have none.
fn days(year: i32, month: i32, day: i32) -> Option<i64> {
    let sane = (-4713..=5_874_898).contains(&year);
    sane.then(|| julian(year.into(), month.into(), day.into()) - JULIAN_2000)
}

pub(super) fn format_error(message: String) -> PgError {
    PgError::new(SqlState::INVALID_DATETIME_FORMAT, message)
}

fn is_separator(c: char) -> bool {
    c.is_ascii_graphic() && !c.is_ascii_alphanumeric()
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// Error 22007 for what stands between the fields of a template of the standard's.
pub(super) fn nodes(template: &str, matching: Matching) -> Result<Vec<Node<'_>>, PgError> {
    let mut nodes = Vec::new();
    let mut rest = template;
    while !rest.is_empty() {
        let bare = take(&mut rest, "FM") || take(&mut rest, "fm");
        let _ = !bare && (take(&mut rest, "TM") || take(&mut rest, "tm"));
        if let Some((pattern, _)) = pattern(rest) {
            let name = &rest[..pattern.len()];
            rest = &rest[pattern.len()..];
            let ordinal = take(&mut rest, "TH") || take(&mut rest, "th");
            let _ = !ordinal && take(&mut rest, "SP");
            nodes.push(Node::Field(Field { pattern, name, bare, ordinal }));
        } else if take(&mut rest, "\"") {
            let mut characters = rest.chars();
            while let Some(c) = characters.next() {
                match c {
                    '"' => break,
                    '\\' => nodes.extend(characters.next().map(Node::Text)),
                    c => nodes.push(Node::Text(c)),
                }
            }
            rest = characters.as_str();
        } else {
            let standard = matching == Matching::Standard;
            rest = if rest.starts_with("\\\"") && !standard { &rest[1..] } else { rest };
            let mut characters = rest.chars();
            if standard && !rest.starts_with(|c| STANDARD_SEPARATORS.contains(c)) {
                let found = rest.chars().next().unwrap_or_default();
                return Err(format_error(format!("invalid datetime format separator: \"{found}\"")));
            }
            nodes.extend(characters.next().map(|c| match c {
                c if is_separator(c) => Node::Separator(c),
                c if is_space(c) => Node::Space,
                c => Node::Text(c),
            }));
            rest = characters.as_str();
        }
    }
    Ok(nodes)
}

const STANDARD_SEPARATORS: &str = "-./,':; ";

/// Whether a field's value may be as long as there are digits: nothing that begins with a digit follows.
fn ends_freely(nodes: &[Node], index: usize) -> bool {
    match nodes.get(index + 1) {
        None | Some(Node::Separator(_) | Node::Space) => true,
        Some(Node::Text(c)) => !c.is_ascii_digit(),
        Some(Node::Field(field)) => !is_digits(field.pattern),
    }
}

fn is_digits(pattern: &str) -> bool {
    !matches!(
        pattern,
        "A.D."
            | "A.M."
            | "AD"
            | "AM"
            | "B.C."
            | "BC"
            | "DAY"
            | "DY"
            | "FX"
            | "MONTH"
            | "MON"
            | "OF"
            | "P.M."
            | "PM"
            | "RM"
            | "TZH"
            | "TZ"
    )
}

fn convention(pattern: &str) -> Option<Convention> {
    match pattern {
        "IDDD" | "ID" | "IW" | "IYYY" | "IYY" | "IY" | "I" => Some(Convention::IsoWeek),
        "DDD" | "DD" | "D" | "MM" | "MONTH" | "MON" | "RM" | "WW" | "W" | "Y,YYY" | "YYYY" | "YYY" | "YY" | "Y" => {
            Some(Convention::Gregorian)
        }
        _ => None,
    }
}

/// The text while it is read.
struct Reader<'t> {
    whole: &'t str,
    rest: &'t str,
    /// Blanks passed over that the template does not have.
    extra: i32,
    /// `FX`.
    exact: bool,
}

impl<'t> Reader<'t> {
    fn skip_blanks(&mut self) {
        while self.rest.starts_with(is_space) {
            self.skip();
            self.extra += 1;
        }
    }

    fn skip(&mut self) {
        let mut characters = self.rest.chars();
        characters.next();
        self.rest = characters.as_str();
    }

    /// Passes over just this character, which is of such a kind. Error 22007 for another.
    fn expect(&mut self, c: char, kind: &str) -> Result<(), PgError> {
        if !self.rest.starts_with(c) {
            return Err(format_error(format!("unmatched format {kind} \"{c}\"")));
        }
        self.skip();
        Ok(())
    }

    fn previous(&self) -> Option<char> {
        self.whole[..self.whole.len() - self.rest.len()].chars().next_back()
    }

    /// `from_char_parse_int_len`: the value, and how many bytes it took.
    fn integer(&mut self, field: &Field, width: usize, free: bool) -> Result<(i32, usize), PgError> {
        let before = self.rest.len();
        let after_blanks = self.rest.trim_start_matches(is_space);
        let copy: String = after_blanks.chars().take(width).collect();
        let fixed = &after_blanks[..copy.len()];
        let no_integer = || {
            format_error(format!("invalid value \"{copy}\" for \"{}\"", field.name)).detail("Value must be an integer.")
        };
        let narrow = "If your source string is not fixed-width, try using the \"FM\" modifier.";
        let value = if field.bare || field.ordinal || free {
            let (value, used) = leading_integer(after_blanks);
            if used == 0 {
                return Err(no_integer());
            }
            self.rest = &after_blanks[used..];
            value
        } else {
            if after_blanks.len() < width {
                let message = format!("source string too short for \"{}\" formatting field", field.name);
                let detail = format!("Field requires {width} characters, but only {} remain.", after_blanks.len());
                return Err(format_error(message).detail(detail).hint(narrow));
            }
            let (value, used) = leading_integer(fixed);
            if used > 0 && used < width {
                let detail = format!("Field requires {width} characters, but only {used} could be parsed.");
                let message = format!("invalid value \"{copy}\" for \"{}\"", field.name);
                return Err(format_error(message).detail(detail).hint(narrow));
            }
            self.rest = &after_blanks[used..];
            if self.rest.len() == before {
                return Err(no_integer());
            }
            value
        };
        let value = i32::try_from(value).map_err(|_| {
            let message = format!("value for \"{}\" in source string is out of range", field.name);
            PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, message).detail(format!(
                "Value must be in the range {} to {}.",
                i32::MIN,
                i32::MAX
            ))
        })?;
        Ok((value, before - self.rest.len()))
    }

    /// `from_char_seq_search`: which of the words the text goes on with, in whatever case.
    fn word(&mut self, field: &Field, words: &[&str]) -> Result<i32, PgError> {
        let begins = |word: &&str| self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        match words.iter().position(begins) {
            Some(index) => {
                self.rest = &self.rest[words[index].len()..];
                Ok(index as i32)
            }
            None => {
                let shown = self.rest.split(is_space).next().unwrap_or_default();
                Err(format_error(format!("invalid value \"{shown}\" for \"{}\"", field.name))
                    .detail("The given value did not match any of the allowed values for this field."))
            }
        }
    }

    /// `TH` passes over two characters, whatever they are.
    fn skip_ordinal(&mut self, field: &Field) {
        if field.ordinal {
            self.skip();
            self.skip();
        }
    }
}

/// `strtol`: an integer, maybe signed and behind blanks, and its length; out of range it is `i64::MAX`.
fn leading_integer(text: &str) -> (i64, usize) {
    let trimmed = text.trim_start_matches(is_space);
    let blanks = text.len() - trimmed.len();
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return (0, 0);
    }
    let length = trimmed.len() - unsigned.len() + digits;
    (trimmed[..length].parse().unwrap_or(i64::MAX), blanks + length)
}

/// A field is said twice only if it is said alike.
fn set(slot: &mut i32, value: i32, field: &Field) -> Result<(), PgError> {
    if *slot != 0 && *slot != value {
        let message = format!("conflicting values for \"{}\" field in formatting string", field.name);
        return Err(format_error(message).detail("This value contradicts a previous setting for the same field type."));
    }
    *slot = value;
    Ok(())
}

/// The full year nearest to 2020 of one with fewer digits.
fn near_2020(year: i32) -> i32 {
    match year {
        ..70 => year.saturating_add(2000),
        70..100 => year + 1900,
        100..520 => year + 2000,
        520..1000 => year + 1000,
        _ => year,
    }
}

fn read(text: &str, nodes: &[Node], matching: Matching) -> Result<Read, PgError> {
    let mut read = Read::default();
    let standard = matching == Matching::Standard;
    let mut reader = Reader { whole: text, rest: text, extra: 0, exact: standard };
    for (index, node) in nodes.iter().enumerate() {
        if reader.rest.is_empty() {
            if standard {
                return Err(format_error("input string is too short for datetime format".to_owned()));
            }
            break;
        }
        let fixes = matches!(node, Node::Field(Field { pattern: "FX", .. }));
        if !reader.exact && !fixes && (matches!(node, Node::Field(_)) || index == 0) {
            reader.skip_blanks();
        }
        match node {
            Node::Space if standard => reader.expect(' ', "separator")?,
            Node::Separator(c) if standard => reader.expect(*c, "separator")?,
            Node::Text(c) if standard => reader.expect(*c, "character")?,
            Node::Space | Node::Separator(_) if reader.exact => reader.skip(),
            Node::Space | Node::Separator(_) => {
                reader.extra -= 1;
                if reader.rest.starts_with(|c| is_space(c) || is_separator(c)) {
                    reader.skip();
                    reader.extra += 1;
                }
            }
            // It may stand for what was passed over before.
            Node::Text(_) if !reader.exact && reader.extra > 0 => reader.extra -= 1,
            Node::Text(_) => reader.skip(),
            Node::Field(field) => {
                let new = convention(field.pattern);
                if new.is_some() && read.convention.is_some() && read.convention != new {
                    let hint = "Do not mix Gregorian and ISO week date conventions in a formatting template.";
                    return Err(format_error("invalid combination of date conventions".to_owned()).hint(hint));
                }
                read.convention = read.convention.or(new);
                read.field(field, &mut reader, ends_freely(nodes, index))?;
                if !reader.exact {
                    reader.extra = 0;
                    reader.skip_blanks();
                }
            }
        }
    }
    if standard && !reader.rest.trim_start_matches(is_space).is_empty() {
        return Err(format_error("trailing characters remain in input string after datetime format".to_owned()));
    }
    Ok(read)
}

const MONTH_NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_NAMES: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

impl Read {
    fn field(&mut self, field: &Field, reader: &mut Reader, free: bool) -> Result<(), PgError> {
        let mut number = |width: usize, slot: &mut i32| -> Result<usize, PgError> {
            let (value, length) = reader.integer(field, width, free)?;
            set(slot, value, field)?;
            reader.skip_ordinal(field);
            Ok(length)
        };
        let own_width = field.pattern.len();
        match field.pattern {
            "FX" => reader.exact = true,
            "A.M." | "P.M." | "AM" | "PM" => {
                let words = if field.pattern.contains('.') { ["a.m.", "p.m."] } else { ["am", "pm"] };
                let value = reader.word(field, &words)?;
                set(&mut self.afternoon, value, field)?;
                self.half_days = true;
            }
            "HH" | "HH12" => {
                number(2, &mut self.hour)?;
                self.half_days = true;
            }
            "HH24" => drop(number(2, &mut self.hour)?),
            "MI" => drop(number(2, &mut self.minute)?),
            "SS" => drop(number(2, &mut self.second)?),
            "MS" => {
                let length = number(3, &mut self.millis)?;
                scale(&mut self.millis, length, 3);
            }
            "FF1" | "FF2" | "FF3" | "FF4" | "FF5" | "FF6" | "US" => {
                let width = match field.pattern.strip_prefix("FF") {
                    Some(digits) => {
                        self.precision = digits.parse().unwrap_or(6);
                        self.precision as usize
                    }
                    None => 6,
                };
                let length = number(width, &mut self.micros)?;
                scale(&mut self.micros, length, 6);
            }
            "SSSS" | "SSSSS" => drop(number(own_width, &mut self.seconds)?),
            "TZ" | "OF" => {
                let message = format!("formatting field \"{}\" is only supported in to_char", field.name);
                return Err(PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message));
            }
            "TZH" => {
                match reader.rest.chars().next() {
                    Some(sign @ ('+' | '-' | ' ')) => {
                        self.zone_sign = if sign == '-' { -1 } else { 1 };
                        reader.skip();
                    }
                    // The sign may have been taken for a separator.
                    _ if reader.extra > 0 && reader.previous() == Some('-') => self.zone_sign = -1,
                    _ => self.zone_sign = 1,
                }
                let (value, _) = reader.integer(field, 2, free)?;
                set(&mut self.zone_hours, value, field)?;
            }
            "TZM" => {
                if self.zone_sign == 0 {
                    self.zone_sign = 1;
                }
                let (value, _) = reader.integer(field, 2, free)?;
                set(&mut self.zone_minutes, value, field)?;
            }
            "A.D." | "B.C." | "AD" | "BC" => {
                let words = if field.pattern.contains('.') { ["a.d.", "b.c."] } else { ["ad", "bc"] };
                let value = reader.word(field, &words)?;
                set(&mut self.before_christ, value, field)?;
            }
            "MONTH" => set(&mut self.month, reader.word(field, &MONTHS)? + 1, field)?,
            "MON" => set(&mut self.month, reader.word(field, &MONTH_NAMES)? + 1, field)?,
            "DAY" => set(&mut self.week_day, reader.word(field, &DAYS)?, field).map(|()| self.week_day += 1)?,
            "DY" => set(&mut self.week_day, reader.word(field, &DAY_NAMES)?, field).map(|()| self.week_day += 1)?,
            "RM" => {
                let numerals: Vec<&str> = ROMAN.iter().rev().copied().collect();
                set(&mut self.month, 12 - reader.word(field, &numerals)?, field)?;
            }
            "MM" => drop(number(2, &mut self.month)?),
            "DDD" | "IDDD" => drop(number(3, &mut self.year_day)?),
            "DD" => drop(number(2, &mut self.day)?),
            "D" => drop(number(1, &mut self.week_day)?),
            "ID" => {
                number(1, &mut self.week_day)?;
                // From Sunday.
                self.week_day = self.week_day.saturating_add(1);
                if self.week_day > 7 {
                    self.week_day = 1;
                }
            }
            "WW" | "IW" => drop(number(2, &mut self.week)?),
            // It could contradict the month, and says no day.
            "Q" => drop(number(1, &mut 0)?),
            "CC" => drop(number(2, &mut self.century)?),
            "Y,YYY" => self.grouped_year(field, reader)?,
            "YYYY" | "IYYY" => {
                number(4, &mut self.year)?;
                self.year_digits = 4;
            }
            "YYY" | "IYY" | "YY" | "IY" | "Y" | "I" => {
                let digits = field.pattern.trim_start_matches('I').len().max(1);
                let length = number(own_width, &mut self.year)?;
                if length < 4 {
                    self.year = near_2020(self.year);
                }
                self.year_digits = digits.max(if field.pattern.starts_with('I') { own_width } else { 0 });
            }
            "W" => drop(number(1, &mut self.month_week)?),
            "J" => drop(number(1, &mut self.julian)?),
            _ => {}
        }
        Ok(())
    }

    /// `2,024`: as C's `%d,%03d` reads it.
    fn grouped_year(&mut self, field: &Field, reader: &mut Reader) -> Result<(), PgError> {
        let invalid = || format_error("invalid input string for \"Y,YYY\"".to_owned());
        let (thousands, length) = leading_integer(reader.rest);
        let behind = reader.rest[length..].strip_prefix(',').filter(|_| length > 0).ok_or_else(invalid)?;
        let blanks = behind.len() - behind.trim_start_matches(is_space).len();
        let width = behind[blanks..].bytes().take(3).take_while(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-'));
        let (years, used) = leading_integer(&behind[..blanks + width.count()]);
        if used == 0 {
            return Err(invalid());
        }
        let value = thousands.saturating_mul(1000).saturating_add(years);
        set(&mut self.year, i32::try_from(value).map_err(|_| invalid())?, field)?;
        self.year_digits = 4;
        reader.rest = &behind[used..];
        reader.skip_ordinal(field);
        Ok(())
    }

    /// The year as the calendar counts it, 0 being 1 BC; `None` if nothing says it.
    fn full_year(&self) -> Option<i32> {
        let century = if self.before_christ != 0 { self.century.wrapping_neg() } else { self.century };
        if self.year == 0 {
            // The first year of the century.
            let first = if century >= 0 { century.wrapping_sub(1) } else { century };
            return (self.century != 0).then(|| first.wrapping_mul(100).wrapping_add(1));
        }
        if self.century != 0 && self.year_digits <= 2 {
            let year = self.year % 100;
            return Some(match (year, century) {
                (0, 0..) => century.wrapping_mul(100),
                (0, _) => century.wrapping_mul(100).wrapping_add(1),
                (_, 0..) => century.wrapping_sub(1).wrapping_mul(100).wrapping_add(year),
                _ => century.wrapping_add(1).wrapping_mul(100).wrapping_sub(year).wrapping_add(1),
            });
        }
        let year = if self.before_christ != 0 { self.year.wrapping_neg() } else { self.year };
        Some(if year < 0 { year + 1 } else { year })
    }
}

/// A fraction of which `length` digits were given.
fn scale(value: &mut i32, length: usize, digits: usize) {
    let missing = digits.saturating_sub(length) as u32;
    *value = value.saturating_mul(10i32.pow(missing));
}

fn civil(days: i64) -> (i32, i32, i32) {
    let civil = Civil::from_micros(days.saturating_mul(MICROS_A_DAY));
    (civil.year, civil.month.into(), civil.day.into())
}

fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const MONTH_DAYS: [i32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

fn month_days(year: i32, month: i32) -> i32 {
    MONTH_DAYS[(month - 1).clamp(0, 11) as usize] + i32::from(month == 2 && is_leap(year))
}

pub(super) fn moment(text: &str, nodes: &[Node], matching: Matching) -> Result<Moment, PgError> {
    let out_of_range = || Fault::Field.error(text, Type::TIMESTAMP);
    let mut read = read(text, nodes, matching)?;
    let (mut hour, mut minute, mut second) = (read.seconds / 3600, read.seconds % 3600 / 60, read.seconds % 60);
    for (slot, said) in [(&mut hour, read.hour), (&mut minute, read.minute), (&mut second, read.second)] {
        if said != 0 {
            *slot = said;
        }
    }
    if read.half_days {
        if !(1..=12).contains(&hour) {
            let message = format!("hour \"{hour}\" is invalid for the 12-hour clock");
            return Err(format_error(message).hint("Use the 24-hour clock, or give an hour between 1 and 12."));
        }
        hour = hour % 12 + if read.afternoon != 0 { 12 } else { 0 };
    }
    let (mut year, mut month, mut day) = (read.full_year().unwrap_or(0), 1, 1);
    let (mut year_said, mut month_said, mut day_said) = (read.full_year().is_some(), false, false);
    // Days that can't be are refused before they are computed with.
    let bounded = |days: i64| if days.abs() < 2_200_000_000 { Ok(civil(days)) } else { Err(out_of_range()) };
    if !(-5000..=6_000_000).contains(&year) {
        return Err(out_of_range());
    }
    if read.julian != 0 {
        if read.julian < 0 {
            return Err(out_of_range());
        }
        (year, month, day) = bounded(i64::from(read.julian) - JULIAN_2000)?;
        (year_said, month_said, day_said) = (true, true, true);
    }
    if read.week != 0 {
        if read.convention == Some(Convention::IsoWeek) {
            let monday = of_iso_week(year, read.week.into());
            let from_monday = match read.week_day {
                0 => 0,
                week_day @ 2.. => week_day - 2,
                _ => 6,
            };
            (year, month, day) = bounded(monday + i64::from(from_monday))?;
            (year_said, month_said, day_said) = (true, true, true);
        } else {
            read.year_day = read.week.saturating_sub(1).saturating_mul(7).saturating_add(1);
        }
    }
    if read.month_week != 0 {
        read.day = read.month_week.saturating_sub(1).saturating_mul(7).saturating_add(1);
    }
    if read.day != 0 {
        (day, day_said) = (read.day, true);
    }
    if read.month != 0 {
        (month, month_said) = (read.month, true);
    }
    if read.year_day != 0 && (month <= 1 || day <= 1) {
        if year == 0 && read.before_christ == 0 {
            return Err(format_error("cannot calculate day of year without year information".to_owned()));
        }
        if read.convention == Some(Convention::IsoWeek) {
            (year, month, day) = bounded(of_iso_week(year, 1) - 1 + i64::from(read.year_day))?;
            year_said = true;
        } else {
            let (mut at, mut before) = (1, 0);
            while at <= 12 && read.year_day > before + month_days(year, at) {
                before += month_days(year, at);
                at += 1;
            }
            // A day behind the year's end is of a month that there is not.
            if month <= 1 {
                month = at;
            }
            if day <= 1 {
                day = read.year_day - before;
            }
        }
        (month_said, day_said) = (true, true);
    }
    let micros = i64::from(read.millis) * 1000 + i64::from(read.micros);
    if month_said && !(1..=12).contains(&month) || day_said && !(1..=31).contains(&day) {
        return Err(out_of_range());
    }
    if year_said && month_said && day_said && day > month_days(year, month) {
        return Err(out_of_range());
    }
    let clock = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..60).contains(&second);
    if !clock || !(0..MICROS).contains(&micros) {
        return Err(out_of_range());
    }
    let offset = match read.zone_sign {
        0 => None,
        _ if !(0..=15).contains(&read.zone_hours) || !(0..60).contains(&read.zone_minutes) => {
            return Err(Fault::Displacement.error(text, Type::TIMESTAMP));
        }
        sign => Some(sign * (read.zone_hours * 3600 + read.zone_minutes * 60)),
    };
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Ok(Moment { year, month, day, micros: seconds * MICROS + micros, offset, precision: read.precision })
}
