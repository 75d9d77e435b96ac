//! `timestamptz_in`, `timestamp_in` and `date_in`: everything PostgreSQL takes for a point in time.
//!
//! As in PostgreSQL the text is first split into fields by their looks ([`fields`]), and each field is then
//! understood in the light of those before it ([`Decoder`]): `2024-01-05 10:00 PST`, `5 Jan 2024 10am`,
//! `20240105T100000Z` and `yesterday` all go this way. Not taken are fields with labels, `y2024m01d05`.

pub mod clock;

use super::abbreviations::{self, Abbreviation};
use super::calendar::{date_of, days_in_month, days_of};
use super::style::DateOrder;
use super::{Civil, INFINITY, MICROS, NEG_INFINITY, UNIX_TO_2000, Zone, date};
use crate::types::{PgError, SqlState, Type};

/// Text → timestamptz. `zone` is the session's, `now` the transaction's timestamp, for `now`, `today` and so on.
pub fn input(text: &str, zone: &Zone, now: i64) -> Result<i64, PgError> {
    let decoded = decode(text, zone, now).and_then(|(decoder, decoded)| match decoded {
        Decoded::Fixed(timestamp) => Ok(timestamp),
        Decoded::Fields(civil) => {
            let offset = i64::from(decoder.offset_at(&civil));
            in_range(civil.to_micros().checked_sub(offset * MICROS).ok_or(Fault::Range)?)
        }
    });
    decoded.map_err(|fault| fault.error(text, Type::TIMESTAMPTZ))
}

/// Text → timestamp: a zone in the text does not count.
pub fn input_timestamp(text: &str, zone: &Zone, now: i64) -> Result<i64, PgError> {
    let decoded = decode(text, zone, now).and_then(|(_, decoded)| match decoded {
        Decoded::Fixed(timestamp) => Ok(timestamp),
        Decoded::Fields(civil) => in_range(civil.to_micros()),
    });
    decoded.map_err(|fault| fault.error(text, Type::TIMESTAMP))
}

/// Text → date: a time in the text does not count.
pub fn input_date(text: &str, zone: &Zone, now: i64) -> Result<i32, PgError> {
    let decoded = decode(text, zone, now).and_then(|(_, decoded)| match decoded {
        Decoded::Fixed(INFINITY) => Ok(date::INFINITY),
        Decoded::Fixed(NEG_INFINITY) => Ok(date::NEG_INFINITY),
        Decoded::Fixed(timestamp) => Ok(timestamp.div_euclid(super::MICROS_A_DAY) as i32),
        Decoded::Fields(civil) => {
            date::from_days(days_of(civil.year, i32::from(civil.month), i32::from(civil.day))).ok_or(Fault::Range)
        }
    });
    decoded.map_err(|fault| fault.error(text, Type::DATE))
}

fn in_range(timestamp: i64) -> Result<i64, Fault> {
    if (super::MIN..super::END).contains(&timestamp) { Ok(timestamp) } else { Err(Fault::Range) }
}

/// What a text says.
enum Decoded {
    /// `infinity`, `epoch`.
    Fixed(i64),
    Fields(Civil),
}

fn decode<'z>(text: &str, zone: &'z Zone, now: i64) -> Result<(Decoder<'z>, Decoded), Fault> {
    let fields = fields(text)?;
    let mut decoder = Decoder::new(zone, now);
    decoder.decode(&fields)?;
    let decoded = decoder.finish()?;
    Ok((decoder, decoded))
}

/// Why a text is no timestamp.
#[derive(Debug, PartialEq)]
pub(super) enum Fault {
    Format,
    Field,
    /// A month or day that another order of fields might make sense of.
    MonthOrDay,
    Displacement,
    Range,
    UnknownZone(String),
}

impl Fault {
    pub(super) fn error(self, text: &str, ty: Type) -> PgError {
        // As its input function calls itself.
        let name = ty.sql_name().trim_end_matches(" without time zone");
        let field = || format!("date/time field value out of range: \"{text}\"");
        match self {
            Fault::Format => PgError::new(
                SqlState::INVALID_DATETIME_FORMAT,
                format!("invalid input syntax for type {name}: \"{text}\""),
            ),
            Fault::Field => PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, field()),
            Fault::MonthOrDay => PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, field())
                .hint("Perhaps you need a different \"datestyle\" setting."),
            Fault::Displacement => PgError::new(
                SqlState::INVALID_TIME_ZONE_DISPLACEMENT_VALUE,
                format!("time zone displacement out of range: \"{text}\""),
            ),
            Fault::Range => {
                let what = if ty == Type::DATE { "date" } else { "timestamp" };
                PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, format!("{what} out of range: \"{text}\""))
            }
            Fault::UnknownZone(zone) => {
                PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("time zone \"{zone}\" not recognized"))
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Kind {
    /// Digits, perhaps with a decimal point.
    Number,
    /// Parts with `-`, `/` or `.` between them; also a zone's name with such characters in it.
    Date,
    /// Has a colon.
    Time,
    /// Letters.
    Word,
    /// `+` or `-`, then digits.
    Offset,
    /// `+` or `-`, then letters: `-infinity`.
    Special,
}

/// `ParseDateTime`: splits the text, in lower case, into fields.
pub(super) fn fields(text: &str) -> Result<Vec<(Kind, String)>, Fault> {
    /// As PostgreSQL's MAXDATEFIELDS and MAXDATELEN.
    const MAX_FIELDS: usize = 25;
    const MAX_LENGTH: usize = 128;

    let lower = text.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut fields = Vec::new();
    let mut length = 0;
    loop {
        rest = rest.trim_start_matches(is_space);
        let Some(first) = rest.chars().next() else { break };
        let (kind, end) = match first {
            '0'..='9' => numeric_field(rest),
            '.' => (Kind::Number, 1 + run(&rest[1..], |c| c.is_ascii_digit())),
            'a'..='z' => word_field(rest),
            '+' | '-' => {
                let after = rest[1..].trim_start_matches(is_space);
                let (kind, end) = match after.chars().next() {
                    Some('0'..='9') => {
                        (Kind::Offset, run(after, |c| c.is_ascii_digit() || matches!(c, ':' | '.' | '-')))
                    }
                    Some('a'..='z') => (Kind::Special, run(after, |c| c.is_ascii_alphabetic())),
                    _ => return Err(Fault::Format),
                };
                length += end + 2;
                fields.push((kind, format!("{first}{}", &after[..end])));
                rest = &after[end..];
                if fields.len() > MAX_FIELDS || length > MAX_LENGTH {
                    return Err(Fault::Format);
                }
                continue;
            }
            c if c.is_ascii_punctuation() => {
                rest = &rest[1..];
                continue;
            }
            _ => return Err(Fault::Format),
        };
        length += end + 1;
        fields.push((kind, rest[..end].to_owned()));
        rest = &rest[end..];
        if fields.len() > MAX_FIELDS || length > MAX_LENGTH {
            return Err(Fault::Format);
        }
    }
    Ok(fields)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0b' | '\x0c' | '\r')
}

/// Bytes at the start of `text` that are such (ASCII) characters.
fn run(text: &str, is: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is(c)).unwrap_or(text.len())
}

fn numeric_field(text: &str) -> (Kind, usize) {
    let digits = run(text, |c| c.is_ascii_digit());
    let delimiter = text[digits..].chars().next();
    match delimiter {
        Some(':') => (Kind::Time, digits + run(&text[digits..], |c| c.is_ascii_digit() || matches!(c, ':' | '.'))),
        Some(delimiter @ ('-' | '/' | '.')) => {
            let second = digits + 1;
            if !text[second..].starts_with(|c: char| c.is_ascii_digit()) {
                // Perhaps a month's name: 5-jan-2024.
                return (Kind::Date, second + run(&text[second..], |c| c.is_ascii_alphanumeric() || c == delimiter));
            }
            let end = second + run(&text[second..], |c| c.is_ascii_digit());
            if text[end..].starts_with(delimiter) {
                return (Kind::Date, end + run(&text[end..], |c| c.is_ascii_digit() || c == delimiter));
            }
            (if delimiter == '.' { Kind::Number } else { Kind::Date }, end)
        }
        _ => (Kind::Number, digits),
    }
}

fn word_field(text: &str) -> (Kind, usize) {
    let letters = run(text, |c| c.is_ascii_alphabetic());
    // What follows may make it a date (jan-5-2024) or the name of a zone (etc/gmt+8, est5edt).
    let compound = match text[letters..].chars().next() {
        Some('-' | '/' | '.') => true,
        Some('+' | '0'..='9') => {
            word(&text[..letters]).is_none() && !matches!(&text[..letters], "d" | "h" | "m" | "mm" | "s" | "y")
        }
        _ => false,
    };
    if !compound {
        return (Kind::Word, letters);
    }
    let more = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '/' | '_' | '.' | ':');
    (Kind::Date, letters + run(&text[letters..], more))
}

/// What a word means.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Word {
    /// `-infinity`, `infinity`, `epoch`.
    Fixed(i64),
    Now,
    /// `yesterday`, `today`, `tomorrow`: days from today.
    Day(i64),
    /// Midnight UTC.
    AllBalls,
    Month(i32),
    DayOfWeek,
    /// `am`, `pm`.
    Pm(bool),
    Bc(bool),
    /// `dst`, a modifier of the zone before.
    SummerTime,
    /// `t` between an ISO date and its time.
    IsoTime,
    /// `j`: the number that follows is a Julian day.
    Julian,
    Ignored,
}

fn word(text: &str) -> Option<Word> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    const DAYS: [&str; 18] = [
        "sun",
        "sunday",
        "mon",
        "monday",
        "tue",
        "tues",
        "tuesday",
        "wed",
        "wednesday",
        "weds",
        "thu",
        "thur",
        "thurs",
        "thursday",
        "fri",
        "friday",
        "sat",
        "saturday",
    ];
    if text == "sept" {
        return Some(Word::Month(9));
    }
    if let Some(month) = MONTHS.iter().position(|name| *name == text || name[..3] == *text) {
        return Some(Word::Month(month as i32 + 1));
    }
    if DAYS.contains(&text) {
        return Some(Word::DayOfWeek);
    }
    Some(match text {
        "infinity" => Word::Fixed(INFINITY),
        "-infinity" => Word::Fixed(NEG_INFINITY),
        "epoch" => Word::Fixed(-UNIX_TO_2000 * MICROS),
        "now" => Word::Now,
        "yesterday" => Word::Day(-1),
        "today" => Word::Day(0),
        "tomorrow" => Word::Day(1),
        "allballs" => Word::AllBalls,
        "am" => Word::Pm(false),
        "pm" => Word::Pm(true),
        "ad" => Word::Bc(false),
        "bc" => Word::Bc(true),
        "dst" => Word::SummerTime,
        "t" => Word::IsoTime,
        "j" | "jd" | "julian" => Word::Julian,
        "at" | "on" => Word::Ignored,
        _ => return None,
    })
}

// Which fields have been seen, as bits.
const YEAR: u32 = 1;
const MONTH: u32 = 2;
const DAY: u32 = 4;
const DATE: u32 = YEAR | MONTH | DAY;
const YEAR_MONTH: u32 = YEAR | MONTH;
const MONTH_DAY: u32 = MONTH | DAY;
const DAY_OF_YEAR: u32 = 8;
const TIME: u32 = 16;
const ZONE: u32 = 32;
/// `dst` behind the zone.
const SUMMER_TIME: u32 = 64;
/// A zone that is summer time by its name.
const SUMMER_NAME: u32 = 2048;
const MERIDIAN: u32 = 128;
const ERA: u32 = 256;
const DAY_OF_WEEK: u32 = 512;
const SPECIAL: u32 = 1024;

/// The zone that a text names.
enum Displacement {
    /// Seconds east of Greenwich.
    Fixed(i32),
    Named(Zone),
    /// An abbreviation that has meant several offsets in this zone.
    Abbreviation(Zone, String),
}

struct Decoder<'a> {
    session_zone: &'a Zone,
    now: i64,
    seen: u32,
    year: i32,
    month: i32,
    day: i32,
    day_of_year: i32,
    hour: i32,
    minute: i32,
    second: i32,
    micros: i32,
    displacement: Option<Displacement>,
    /// `infinity`, `epoch`: the rest does not count.
    fixed: Option<i64>,
    text_month: bool,
    two_digit_year: bool,
    julian: bool,
    pm: Option<bool>,
    bc: bool,
    /// A word that says what the next field is.
    announced: Option<Word>,
}

impl<'a> Decoder<'a> {
    fn new(session_zone: &'a Zone, now: i64) -> Decoder<'a> {
        Decoder {
            session_zone,
            now,
            seen: 0,
            year: 0,
            month: 0,
            day: 0,
            day_of_year: 0,
            hour: 0,
            minute: 0,
            second: 0,
            micros: 0,
            displacement: None,
            fixed: None,
            text_month: false,
            two_digit_year: false,
            julian: false,
            pm: None,
            bc: false,
            announced: None,
        }
    }

    fn decode(&mut self, fields: &[(Kind, String)]) -> Result<(), Fault> {
        for (at, (kind, text)) in fields.iter().enumerate() {
            let next = fields.get(at + 1).map(|(kind, _)| *kind);
            // Each field adds what was not there yet.
            let added = match kind {
                Kind::Date => self.date_field(text)?,
                Kind::Time => {
                    if self.announced.take().is_some_and(|word| word != Word::IsoTime) {
                        return Err(Fault::Format);
                    }
                    let added = self.time(text)?;
                    self.check_time()?;
                    added
                }
                Kind::Offset => {
                    self.displacement = Some(Displacement::Fixed(offset(text)?));
                    ZONE
                }
                Kind::Number => self.number_field(text)?,
                Kind::Word | Kind::Special => self.word_field(text, next)?,
            };
            if added & self.seen != 0 {
                return Err(Fault::Format);
            }
            self.seen |= added;
        }
        Ok(())
    }

    fn has(&self, all: u32) -> bool {
        self.seen & all == all
    }

    fn date_field(&mut self, text: &str) -> Result<u32, Fault> {
        let announced = self.announced.take();
        if announced == Some(Word::Julian) {
            // j2451187-8: a Julian day with a zone behind it.
            let at = text.find(['-', '+']).ok_or(Fault::Format)?;
            self.displacement = Some(Displacement::Fixed(offset(&text[at..])?));
            return Ok(self.julian_day(&text[..at])? | ZONE);
        }
        // With month and day known it is a zone's name, or a time run together with its zone.
        if announced.is_none() && !self.has(MONTH | DAY) {
            return self.date(text);
        }
        if announced.is_some() || text.starts_with(|c: char| c.is_ascii_digit()) {
            if announced.is_some_and(|word| word != Word::IsoTime) || self.has(TIME) {
                return Err(Fault::Format);
            }
            let at = text.find('-').ok_or(Fault::Format)?;
            self.displacement = Some(Displacement::Fixed(offset(&text[at..])?));
            return Ok(self.run_together(&text[..at], self.seen)? | ZONE);
        }
        let zone = Zone::named(text).ok_or_else(|| Fault::UnknownZone(text.to_owned()))?;
        self.displacement = Some(Displacement::Named(zone));
        Ok(ZONE)
    }

    fn number_field(&mut self, text: &str) -> Result<u32, Fault> {
        match self.announced.take() {
            None => {}
            Some(Word::Julian) => return self.julian_day(text),
            Some(Word::IsoTime) => {
                // After the T comes a time run together.
                let added = self.run_together(text, self.seen | DATE)?;
                return if added == TIME { Ok(added) } else { Err(Fault::Format) };
            }
            Some(_) => return Err(Fault::Format),
        }
        let point = text.find('.');
        match point {
            Some(_) if self.seen & DATE == 0 => self.date(text),
            Some(at) if at > 2 => self.run_together(text, self.seen),
            _ if text.len() >= 6 && !self.has(DATE | TIME) => self.run_together(text, self.seen),
            _ => self.number(text, self.seen),
        }
    }

    fn word_field(&mut self, text: &str, next: Option<Kind>) -> Result<u32, Fault> {
        match abbreviations::find(text) {
            Some(Abbreviation::Fixed(seconds, summer)) => {
                self.displacement = Some(Displacement::Fixed(seconds));
                return Ok(if summer { ZONE | SUMMER_NAME } else { ZONE });
            }
            Some(Abbreviation::Zone(name)) => {
                let zone = Zone::named(name).ok_or(Fault::Format)?;
                self.displacement = Some(Displacement::Abbreviation(zone, text.to_owned()));
                return Ok(ZONE);
            }
            None => {}
        }
        let Some(word) = word(text) else {
            self.displacement = Some(Displacement::Named(Zone::named(text).ok_or(Fault::Format)?));
            return Ok(ZONE);
        };
        Ok(match word {
            Word::Fixed(timestamp) => {
                self.fixed = Some(timestamp);
                SPECIAL
            }
            Word::Now => {
                let offset = self.session_zone.offset_at(self.now);
                let local = Civil::from_micros(self.now.saturating_add(i64::from(offset) * MICROS));
                (self.year, self.month, self.day) = (local.year, i32::from(local.month), i32::from(local.day));
                (self.hour, self.minute, self.second) =
                    (i32::from(local.hour), i32::from(local.minute), i32::from(local.second));
                self.micros = local.micros as i32;
                self.displacement = Some(Displacement::Fixed(offset));
                DATE | TIME | ZONE
            }
            Word::Day(days) => {
                let offset = i64::from(self.session_zone.offset_at(self.now));
                let today = (self.now.saturating_add(offset * MICROS)).div_euclid(86_400 * MICROS);
                let (year, month, day) = date_of(today + days);
                (self.year, self.month, self.day) = (year, i32::from(month), i32::from(day));
                DATE
            }
            Word::AllBalls => {
                (self.hour, self.minute, self.second) = (0, 0, 0);
                self.displacement = Some(Displacement::Fixed(0));
                TIME | ZONE
            }
            Word::Month(month) => {
                // The number before was a day, after all: 5 Jan 2024.
                let mut added = MONTH;
                if self.seen & MONTH != 0 && !self.text_month && self.seen & DAY == 0 && (1..=31).contains(&self.month)
                {
                    self.day = self.month;
                    added = DAY;
                }
                self.text_month = true;
                self.month = month;
                added
            }
            Word::DayOfWeek => DAY_OF_WEEK,
            Word::Pm(pm) => {
                self.pm = Some(pm);
                MERIDIAN
            }
            Word::Bc(bc) => {
                self.bc = bc;
                ERA
            }
            Word::SummerTime => {
                if let Some(Displacement::Fixed(offset)) = &mut self.displacement {
                    *offset += 3600;
                }
                SUMMER_TIME | SUMMER_NAME
            }
            Word::IsoTime => {
                if !self.has(DATE) || !matches!(next, Some(Kind::Number | Kind::Time | Kind::Date)) {
                    return Err(Fault::Format);
                }
                self.announced = Some(word);
                0
            }
            Word::Julian => {
                self.announced = Some(word);
                0
            }
            Word::Ignored => 0,
        })
    }

    fn julian_day(&mut self, text: &str) -> Result<u32, Fault> {
        let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
        // Day 0 is in 4714 BC, day 2147483494 PostgreSQL's last.
        let day = whole.parse::<i32>().map_err(|_| Fault::Field)?;
        let (year, month, day) = date_of(i64::from(day) - 2_451_545);
        (self.year, self.month, self.day) = (year, i32::from(month), i32::from(day));
        self.julian = true;
        if fraction.is_empty() {
            return Ok(DATE);
        }
        let fraction = fraction.parse::<f64>().map_err(|_| Fault::Format)?;
        let micros = (fraction * 86_400e6).round() as i64;
        let time = Civil::from_micros(micros);
        (self.hour, self.minute, self.second) = (i32::from(time.hour), i32::from(time.minute), i32::from(time.second));
        self.micros = time.micros as i32;
        Ok(DATE | TIME)
    }

    /// `DecodeDate`: a date in one field.
    fn date(&mut self, text: &str) -> Result<u32, Fault> {
        let mut parts: Vec<&str> = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
            let Some(first) = rest.chars().next() else { break };
            let digit = first.is_ascii_digit();
            let end = run(rest, |c| if digit { c.is_ascii_digit() } else { c.is_ascii_alphabetic() });
            parts.push(&rest[..end]);
            rest = &rest[end..];
        }
        let mut added = 0;
        // A month's name first: with it the numbers' order is another.
        for part in parts.iter().filter(|part| part.starts_with(|c: char| c.is_ascii_alphabetic())) {
            match word(part) {
                Some(Word::Month(month)) if (self.seen | added) & MONTH == 0 => {
                    self.month = month;
                    self.text_month = true;
                    added |= MONTH;
                }
                Some(Word::Ignored) => {}
                _ => return Err(Fault::Format),
            }
        }
        let before = self.seen;
        for part in parts.iter().filter(|part| part.starts_with(|c: char| c.is_ascii_digit())) {
            let new = self.number(part, before | added)?;
            if added & new != 0 {
                return Err(Fault::Format);
            }
            added |= new;
        }
        // Only a zone may stand before a date in one field.
        if (before | added) & !(DAY_OF_YEAR | ZONE) != DATE {
            return Err(Fault::Format);
        }
        Ok(added)
    }

    /// `DecodeNumber`: one number, understood by what is there already (`seen`).
    fn number(&mut self, text: &str, seen: u32) -> Result<u32, Fault> {
        let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
        let value = integer(whole)?;
        if !fraction.is_empty() {
            // More than two digits before the point: a date or time run together (20240105, 040506.789).
            if whole.len() > 2 {
                return self.run_together(text, seen | DATE);
            }
            self.micros = micros(fraction)?;
        }
        let date = seen & DATE;
        if whole.len() == text.len() && text.len() == 3 && date == YEAR && (1..=366).contains(&value) {
            self.day_of_year = value;
            return Ok(DAY_OF_YEAR | MONTH | DAY);
        }
        let order = self.session_zone.styles.order;
        let is_year = text.len() >= 3 || order == DateOrder::Ymd;
        let added = match (date, self.text_month) {
            (0, _) if is_year => YEAR,
            (0, _) if order == DateOrder::Dmy => DAY,
            (0, _) | (YEAR, _) | (DAY, _) => MONTH,
            (MONTH, true) if is_year => YEAR,
            (MONTH, _) => DAY,
            // The number taken for a year was the day: 24 Jan 2024, with a two-digit "year" first.
            (YEAR_MONTH, true) if text.len() >= 3 && self.two_digit_year => {
                self.day = self.year;
                self.year = value;
                self.two_digit_year = false;
                return Ok(DAY);
            }
            (YEAR_MONTH, _) => DAY,
            (MONTH_DAY, _) => YEAR,
            (DATE, _) => return self.run_together(text, seen),
            _ => return Err(Fault::Format),
        };
        match added {
            YEAR => {
                self.year = value;
                self.two_digit_year = text.len() <= 2;
            }
            MONTH => self.month = value,
            _ => self.day = value,
        }
        Ok(added)
    }

    /// `DecodeNumberField`: digits run together, as `20240105`, `240105`, `103000.25` or `1030`.
    fn run_together(&mut self, text: &str, seen: u32) -> Result<u32, Fault> {
        let mut digits = text;
        if let Some(at) = text.find('.') {
            self.micros = micros(&text[at..])?;
            digits = &text[..at];
        } else if seen & DATE != DATE && digits.len() >= 6 {
            let (year, rest) = digits.split_at(digits.len() - 4);
            (self.year, self.month, self.day) = (integer(year)?, integer(&rest[..2])?, integer(&rest[2..])?);
            self.two_digit_year = year.len() == 2;
            return Ok(DATE);
        }
        if seen & TIME == 0 && matches!(digits.len(), 4 | 6) {
            self.hour = integer(&digits[..2])?;
            self.minute = integer(&digits[2..4])?;
            self.second = if digits.len() == 6 { integer(&digits[4..])? } else { 0 };
            return Ok(TIME);
        }
        Err(Fault::Format)
    }

    /// `DecodeTime`: `hh:mm`, `hh:mm:ss[.f]`, `mm:ss.f`.
    fn time(&mut self, text: &str) -> Result<u32, Fault> {
        let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
        let parts: Vec<&str> = whole.split(':').collect();
        let part = |at: usize| match parts[at] {
            // strtol takes no digits for a zero.
            "" => Ok(0),
            digits => integer(digits),
        };
        (self.hour, self.minute, self.second) = match (parts.len(), fraction.is_empty()) {
            (2, true) => (part(0)?, part(1)?, 0),
            (2, false) => (0, part(0)?, part(1)?),
            (3, _) => (part(0)?, part(1)?, part(2)?),
            _ => return Err(Fault::Format),
        };
        self.micros = if fraction.is_empty() { 0 } else { micros(fraction)? };
        if self.minute > 59 || self.second > 60 {
            return Err(Fault::Field);
        }
        Ok(TIME)
    }

    /// The end of the day itself is a time, written 24:00:00 or 23:59:60.
    fn check_time(&self) -> Result<(), Fault> {
        let seconds = (i64::from(self.hour) * 60 + i64::from(self.minute)) * 60 + i64::from(self.second);
        let past_midnight = seconds * MICROS + i64::from(self.micros) > 86_400 * MICROS;
        if past_midnight || self.minute > 59 || self.second > 60 { Err(Fault::Field) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<Decoded, Fault> {
        if self.announced.is_some() {
            return Err(Fault::Format);
        }
        self.validate_date()?;
        self.apply_meridian()?;
        if let Some(timestamp) = self.fixed {
            return Ok(Decoded::Fixed(timestamp));
        }
        if !self.has(DATE) {
            return Err(Fault::Format);
        }
        if self.seen & SUMMER_TIME != 0 && !matches!(self.displacement, Some(Displacement::Fixed(_))) {
            return Err(Fault::Format);
        }
        Ok(Decoded::Fields(self.civil()))
    }

    fn apply_meridian(&mut self) -> Result<(), Fault> {
        if let Some(pm) = self.pm {
            if self.hour > 12 {
                return Err(Fault::Field);
            }
            self.hour = self.hour % 12 + if pm { 12 } else { 0 };
        }
        Ok(())
    }

    fn civil(&self) -> Civil {
        Civil {
            year: self.year,
            month: self.month as u8,
            day: self.day as u8,
            hour: self.hour as u8,
            minute: self.minute as u8,
            second: self.second as u8,
            micros: self.micros as u32,
        }
    }

    /// Seconds east of Greenwich, at that local time.
    fn offset_at(&self, civil: &Civil) -> i32 {
        match &self.displacement {
            Some(Displacement::Fixed(offset)) => *offset,
            Some(Displacement::Named(zone)) => zone.offset_of(civil),
            Some(Displacement::Abbreviation(zone, abbreviation)) => zone.offset_of_abbreviation(civil, abbreviation),
            None => self.session_zone.offset_of(civil),
        }
    }

    /// `ValidateDate`: settles the year, then checks month and day.
    fn validate_date(&mut self) -> Result<(), Fault> {
        if self.seen & YEAR != 0 && !self.julian {
            if self.bc {
                if self.year <= 0 {
                    return Err(Fault::Field);
                }
                self.year = 1 - self.year;
            } else if self.two_digit_year {
                self.year += if self.year < 70 { 2000 } else { 1900 };
            } else if self.year <= 0 {
                return Err(Fault::Field);
            }
        }
        if self.seen & DAY_OF_YEAR != 0 {
            let (year, month, day) = date_of(days_of(self.year, 1, 1) + i64::from(self.day_of_year) - 1);
            (self.year, self.month, self.day) = (year, i32::from(month), i32::from(day));
        }
        if self.seen & MONTH != 0 && !(1..=12).contains(&self.month) {
            return Err(Fault::MonthOrDay);
        }
        if self.seen & DAY != 0 && !(1..=31).contains(&self.day) {
            return Err(Fault::MonthOrDay);
        }
        if self.has(DATE) && self.day > days_in_month(self.year, self.month) {
            return Err(Fault::Field);
        }
        Ok(())
    }
}

/// A number as `strtoint` reads it.
fn integer(digits: &str) -> Result<i32, Fault> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Format);
    }
    digits.parse().map_err(|_| Fault::Field)
}

/// `.123` → microseconds, rounded.
pub(super) fn micros(fraction: &str) -> Result<i32, Fault> {
    if fraction.len() == 1 {
        return Ok(0);
    }
    if !fraction[1..].bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::Format);
    }
    let seconds: f64 = fraction.parse().map_err(|_| Fault::Format)?;
    Ok((seconds * 1e6).round_ties_even() as i32)
}

/// `DecodeTimezone`: `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`, in seconds east of Greenwich.
pub(super) fn offset(text: &str) -> Result<i32, Fault> {
    let digits = &text[1..];
    let number = |text: &str| -> Result<(i32, usize), Fault> {
        let end = run(text, |c| c.is_ascii_digit());
        // strtol takes no digits for a zero.
        let value = if end == 0 { 0 } else { text[..end].parse().map_err(|_| Fault::Displacement)? };
        Ok((value, end))
    };
    let (mut hours, mut end) = number(digits)?;
    let (mut minutes, mut seconds) = (0, 0);
    if digits[end..].starts_with(':') {
        let (value, length) = number(&digits[end + 1..])?;
        minutes = value;
        end += 1 + length;
        if digits[end..].starts_with(':') {
            let (value, length) = number(&digits[end + 1..])?;
            seconds = value;
            end += 1 + length;
        }
    } else if end == digits.len() && end > 2 {
        (hours, minutes) = (hours / 100, hours % 100);
    }
    if hours > 15 || minutes >= 60 || seconds >= 60 {
        return Err(Fault::Displacement);
    }
    if end != digits.len() {
        return Err(Fault::Format);
    }
    let total = hours * 3600 + minutes * 60 + seconds;
    Ok(if text.starts_with('-') { -total } else { total })
}
