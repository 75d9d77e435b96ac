//! Texts read as the SQL standard's templates say (`parse_datetime` of `formatting.c`): character for character, and as the
//! type that the template's fields make.

use super::parse::{Matching, Moment, Node, format_error, moment, nodes};
use super::{MICROS, TimeTz, is_finite, is_valid, round, time};
use crate::types::{PgError, SqlState};

/// A value whose type its template has decided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Datetime {
    /// Days since 2000, as all of these count.
    Date(i32),
    Time(i64),
    Timetz(TimeTz),
    Timestamp(i64),
    /// `offset`: seconds east of Greenwich, of the clock that it was read from.
    Timestamptz {
        instant: i64,
        offset: i32,
    },
}

/// A template taken apart.
pub struct Template<'t> {
    nodes: Vec<Node<'t>>,
    dated: bool,
    timed: bool,
    zoned: bool,
}

impl<'t> Template<'t> {
    /// Error 22007 for a character between fields that is not quoted and no separator.
    pub fn new(template: &'t str) -> Result<Template<'t>, PgError> {
        let nodes = nodes(template, Matching::Standard)?;
        let has =
            |is: fn(&str) -> bool| nodes.iter().any(|node| matches!(node, Node::Field(field) if is(field.pattern)));
        let (dated, timed, zoned) = (has(is_of_date), has(is_of_time), has(is_of_zone));
        Ok(Template { nodes, dated, timed, zoned })
    }

    /// Errors: 22007 for a text that the template does not fit, 22008 and 22009 for what is out of range.
    pub fn read(&self, text: &str) -> Result<Datetime, PgError> {
        if self.nodes.is_empty() {
            return Err(of_nothing());
        }
        let moment = moment(text, &self.nodes, Matching::Standard)?;
        match (self.dated, self.timed, self.zoned) {
            (true, true, true) => timestamptz(&moment),
            (true, true, false) => timestamp(&moment),
            (true, false, true) => Err(format_error("datetime format is zoned but not timed".to_owned())),
            (true, false, false) => moment.date(text).map(Datetime::Date),
            (false, true, zoned) => {
                let micros = time::round(moment.micros, precision(&moment));
                Ok(match moment.offset.filter(|_| zoned) {
                    Some(offset) => Datetime::Timetz(TimeTz { micros, offset }),
                    None => Datetime::Time(micros),
                })
            }
            (false, false, _) => Err(of_nothing()),
        }
    }
}

/// Decimals of a second: as many as there are if nothing else is asked for.
fn precision(moment: &Moment) -> i64 {
    if moment.precision > 0 { moment.precision.into() } else { 6 }
}

fn of_nothing() -> PgError {
    format_error("datetime format is not dated and not timed".to_owned())
}

fn out_of_range(what: &str) -> PgError {
    PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, format!("{what} out of range"))
}

fn timestamp(moment: &Moment) -> Result<Datetime, PgError> {
    let local = moment.local().filter(|local| is_finite(*local) && is_valid(*local));
    let local = local.ok_or_else(|| out_of_range("timestamp"))?;
    Ok(Datetime::Timestamp(round(local, precision(moment))))
}

fn timestamptz(moment: &Moment) -> Result<Datetime, PgError> {
    // The text has a zone, or it would have been too short for the template.
    let offset = moment.offset.unwrap_or_default();
    let instant = moment.local().and_then(|local| local.checked_sub(i64::from(offset) * MICROS));
    let instant = instant.filter(|instant| is_finite(*instant) && is_valid(*instant));
    let instant = instant.ok_or_else(|| out_of_range("timestamptz"))?;
    Ok(Datetime::Timestamptz { instant: round(instant, precision(moment)), offset })
}

impl Datetime {
    /// What `jsonb` calls its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Datetime::Date(_) => "date",
            Datetime::Time(_) => "time without time zone",
            Datetime::Timetz(_) => "time with time zone",
            Datetime::Timestamp(_) => "timestamp without time zone",
            Datetime::Timestamptz { .. } => "timestamp with time zone",
        }
    }
}

/// In ISO 8601, whatever the session's style (`JsonEncodeDateTime`).
impl std::fmt::Display for Datetime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let timestamp = |local: i64, offset: Option<i32>, f: &mut std::fmt::Formatter<'_>| {
            let mut text = String::new();
            super::output_timestamp(local, Default::default(), &mut text)?;
            let (text, era) = text.strip_suffix(" BC").map_or((text.as_str(), ""), |text| (text, " BC"));
            f.write_str(&text.replacen(' ', "T", 1))?;
            if let Some(offset) = offset {
                write_offset(offset, f)?;
            }
            f.write_str(era)
        };
        match *self {
            Datetime::Date(day) => super::output_date(day, Default::default(), f),
            Datetime::Time(time) => super::output_time(time, f),
            Datetime::Timetz(time) => {
                super::output_time(time.micros, f)?;
                write_offset(time.offset, f)
            }
            Datetime::Timestamp(local) => timestamp(local, None, f),
            Datetime::Timestamptz { instant, offset } => {
                timestamp(instant + i64::from(offset) * MICROS, Some(offset), f)
            }
        }
    }
}

/// With minutes in any case.
fn write_offset(offset: i32, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let minutes = offset.unsigned_abs() / 60;
    write!(f, "{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

fn is_of_time(pattern: &str) -> bool {
    matches!(
        pattern,
        "A.M." | "P.M." | "AM" | "PM" | "HH" | "HH12" | "HH24" | "MI" | "SS" | "MS" | "US" | "SSSS" | "SSSSS"
    ) || pattern.starts_with("FF")
}

fn is_of_zone(pattern: &str) -> bool {
    matches!(pattern, "TZ" | "OF" | "TZH" | "TZM")
}

/// An ISO week alone makes no date: PostgreSQL has forgotten it.
fn is_of_date(pattern: &str) -> bool {
    !is_of_time(pattern) && !is_of_zone(pattern) && !matches!(pattern, "FX" | "IW")
}
