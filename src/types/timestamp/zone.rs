//! A TimeZone setting, resolved.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::abbreviations::{self, Abbreviation};
use super::calendar::DAYS_PER_400_YEARS;
use super::style::Styles;
use super::{Civil, MICROS, SECONDS_A_DAY, UNIX_TO_2000};
use crate::types::{PgError, SqlState};

/// Only the bundled database: every node of a cluster must know the same zones, and a container may have no
/// `/usr/share/zoneinfo`.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The abbreviation given to jiff for a POSIX specification's own.
const STAND_IN: &str = "ZONE";

/// A session's TimeZone setting, resolved, and its styles. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    zone: TimeZone,
    /// As SHOW prints it: spelled as in the time zone database.
    name: String,
    /// How the session writes what it shows in this zone.
    pub styles: Styles,
}

impl Zone {
    pub fn utc() -> Zone {
        Zone { zone: TimeZone::UTC, name: "UTC".into(), styles: Styles::default() }
    }

    /// What TimeZone and the settings of [`Styles`] say together; each as its default where it says nothing.
    pub fn of_settings<'s>(setting: impl Fn(&str) -> Option<&'s str>) -> Zone {
        let zone = setting("timezone").and_then(|name| Zone::resolve(name).ok()).unwrap_or_else(Zone::utc);
        let text = |name: &str| setting(name).unwrap_or_default();
        let styles = Styles::of_settings(text("datestyle"), text("intervalstyle"));
        Zone { styles: styles.with_output(text("extra_float_digits"), text("bytea_output")), ..zone }
    }

    /// A setting's value: a name (in any case), a number of hours east of Greenwich, or a POSIX
    /// specification such as `EST5EDT`.
    pub fn resolve(value: &str) -> Result<Zone, PgError> {
        Zone::of_hours(value).or_else(|| Zone::named(value)).ok_or_else(|| {
            PgError::new(
                SqlState::INVALID_PARAMETER_VALUE,
                format!("invalid value for parameter \"TimeZone\": \"{value}\""),
            )
        })
    }

    /// `pg_tzset`: a name of the database, or a POSIX specification.
    pub(super) fn named(name: &str) -> Option<Zone> {
        // jiff's "UTC" of its own is not the database's, which also knows UCT, Zulu and so on.
        if name.eq_ignore_ascii_case("UTC") {
            return Some(Zone::utc());
        }
        if name.eq_ignore_ascii_case("GMT") {
            return Some(Zone { zone: TimeZone::UTC, name: "GMT".into(), styles: Styles::default() });
        }
        // "Etc/Unknown" is jiff's word for no zone.
        if let Ok(zone) = DATABASE.get(name)
            && !zone.is_unknown()
        {
            let name = zone.iana_name().unwrap_or(name).to_owned();
            return Some(Zone { zone, name, styles: Styles::default() });
        }
        // For jiff the abbreviation in front has three letters at least, for PostgreSQL it is what precedes
        // the offset, or anything in brackets (<+05:30>-5:30).
        let offset = match name.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            Some((_, offset)) => offset,
            None => &name[name.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ','))?..],
        };
        let specification = format!("{STAND_IN}{offset}");
        // Summer time needs a rule: without one as in PostgreSQL, that of the United States.
        let zone = TimeZone::posix(&specification)
            .or_else(|_| TimeZone::posix(&format!("{specification},M3.2.0,M11.1.0")))
            .ok()?;
        Some(Zone { zone, name: name.to_ascii_uppercase(), styles: Styles::default() })
    }

    /// The zones of the database, by name.
    pub fn all() -> impl Iterator<Item = Zone> {
        let mut names: Vec<String> = DATABASE.available().map(|name| name.as_str().to_owned()).collect();
        names.sort();
        names.into_iter().filter_map(|name| Zone::named(&name))
    }

    /// Whether it is summer time there.
    pub fn is_summer_at(&self, timestamp: i64) -> bool {
        self.zone.to_offset_info(instant(timestamp)).dst().is_dst()
    }

    /// What AT TIME ZONE takes: an abbreviation, a name, or a POSIX specification. An abbreviation that has meant
    /// several offsets is refused.
    pub fn by_any_name(name: &str) -> Result<Zone, PgError> {
        match abbreviations::find(&name.to_ascii_lowercase()) {
            Some(Abbreviation::Fixed(seconds, _)) => {
                if let Some(zone) = Zone::fixed(seconds, &name.to_ascii_uppercase()) {
                    return Ok(zone);
                }
            }
            Some(Abbreviation::Zone(_)) => return Err(PgError::unsupported(format!("time zone \"{name}\" here"))),
            None => {}
        }
        Zone::named(name).ok_or_else(|| {
            PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("time zone \"{name}\" not recognized"))
        })
    }

    /// What `make_timestamptz` takes: an offset east of Greenwich with its sign (`+5:30`), or any name.
    pub fn by_offset_or_name(name: &str) -> Result<Zone, PgError> {
        let invalid = |message: String| PgError::new(SqlState::INVALID_PARAMETER_VALUE, message);
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let error = invalid(format!("invalid input syntax for type numeric time zone: \"{name}\""));
            return Err(error.hint("Numeric time zones must have \"-\" or \"+\" as first character."));
        }
        if !name.starts_with(['+', '-']) {
            return Zone::by_any_name(name);
        }
        match super::input::offset(name) {
            Ok(seconds) => Zone::fixed(seconds, name).ok_or_else(|| PgError::unsupported(format!("time zone {name}"))),
            Err(super::input::Fault::Displacement) => {
                Err(invalid(format!("numeric time zone \"{name}\" out of range")))
            }
            Err(_) => Zone::by_any_name(name),
        }
    }

    fn fixed(seconds: i32, name: &str) -> Option<Zone> {
        let zone = Offset::from_seconds(seconds).ok()?.to_time_zone();
        Some(Zone { zone, name: name.to_owned(), styles: Styles::default() })
    }

    fn of_hours(value: &str) -> Option<Zone> {
        let value = value.trim_start();
        if !value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
            return None;
        }
        let seconds = value.parse::<f64>().ok()? * 3600.0;
        Zone::east_by(if seconds.abs() < 1e6 { seconds as i32 } else { return None })
    }

    /// So many seconds east of Greenwich; PostgreSQL takes up to a week here; jiff, as ISO 8601, not much more than a day.
    pub fn east_by(seconds: i32) -> Option<Zone> {
        let offset = Offset::from_seconds(seconds).ok()?;
        let text = |seconds: i32| {
            let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
            let mut text = format!("{sign}{:02}", seconds / 3600);
            if seconds % 3600 != 0 {
                text += &format!(":{:02}", seconds / 60 % 60);
            }
            if seconds % 60 != 0 {
                text += &format!(":{:02}", seconds % 60);
            }
            text
        };
        // As POSIX has it: the name in brackets, then the offset counted westwards.
        let name = format!("<{}>{}", text(offset.seconds()), text(-offset.seconds()));
        Zone::fixed(offset.seconds(), &name)
    }

    /// What `SHOW timezone` prints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of Greenwich at that instant (microseconds since 2000 UTC).
    pub fn offset_at(&self, timestamp: i64) -> i32 {
        if self.zone == TimeZone::UTC {
            return 0;
        }
        self.zone.to_offset(instant(timestamp)).seconds()
    }

    /// The local time at an instant; the infinities stay what they are.
    pub fn to_local(&self, timestamp: i64) -> i64 {
        if !super::is_finite(timestamp) {
            return timestamp;
        }
        timestamp.saturating_add(i64::from(self.offset_at(timestamp)) * MICROS)
    }

    /// The instant of a local time, if it is within the range of timestamps.
    pub fn to_instant(&self, local: i64) -> Option<i64> {
        if !super::is_finite(local) {
            return Some(local);
        }
        let offset = i64::from(self.offset_of(&Civil::from_micros(local)));
        let timestamp = local.checked_sub(offset * MICROS)?;
        (super::MIN..super::END).contains(&timestamp).then_some(timestamp)
    }

    /// What the zone calls itself at that instant: `CET`.
    pub fn abbreviation_at(&self, timestamp: i64) -> String {
        if self.zone == TimeZone::UTC {
            return self.name.clone();
        }
        let info = self.zone.to_offset_info(instant(timestamp));
        match info.abbreviation() {
            // As `named` calls what a POSIX specification calls otherwise.
            STAND_IN => match self.name.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
                Some((name, _)) => name.to_owned(),
                None => self.name.chars().take_while(char::is_ascii_alphabetic).collect(),
            },
            _ if self.name.starts_with('<') => self.name[1..].split('>').next().unwrap_or_default().to_owned(),
            name => name.to_owned(),
        }
    }

    /// The offset, if it is the same at all times.
    pub(super) fn fixed_offset(&self) -> Option<i32> {
        self.zone.to_fixed_offset().ok().map(|offset| offset.seconds())
    }

    /// Seconds east of Greenwich at a local time. Where clocks are set forward the offset before counts,
    /// where they are set back that after, as in PostgreSQL.
    pub(super) fn offset_of(&self, civil: &Civil) -> i32 {
        match self.zone.to_ambiguous_timestamp(datetime(civil)).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } => before,
            AmbiguousOffset::Fold { after, .. } => after,
        }
        .seconds()
    }

    /// As [`Zone::offset_of`], for a local time given with one of the zone's abbreviations (`MSK`), which
    /// may have meant something else at another time: its nearest meaning before, or else after.
    pub(super) fn offset_of_abbreviation(&self, civil: &Civil, abbreviation: &str) -> i32 {
        let offset = self.offset_of(civil);
        let micros = i64::from(offset) * MICROS;
        let timestamp = instant(civil.to_micros().saturating_sub(micros));
        let same = |found: &str| found.eq_ignore_ascii_case(abbreviation);
        // Where clocks go forward that instant is already past the change.
        let info = self.zone.to_offset_info(timestamp);
        if same(info.abbreviation()) {
            return info.offset().seconds();
        }
        // Transitions go back two centuries at the most, two a year.
        let before = self.zone.preceding(timestamp).take(500).find(|transition| same(transition.abbreviation()));
        let found = before.or_else(|| self.zone.following(timestamp).take(500).find(|next| same(next.abbreviation())));
        found.map_or(offset, |transition| transition.offset().seconds())
    }
}

/// The instant for jiff: what lies past its years is moved back by whole 400-year cycles, after which calendar and
/// rules repeat.
fn instant(timestamp: i64) -> Timestamp {
    const CYCLE: i64 = DAYS_PER_400_YEARS * SECONDS_A_DAY;
    // 9900-01-01
    const LAST: i64 = 250_247_059_200;
    let mut seconds = timestamp.div_euclid(MICROS) + UNIX_TO_2000;
    if seconds > LAST {
        seconds -= (seconds - LAST + CYCLE - 1) / CYCLE * CYCLE;
    }
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MIN)
}

/// The local time for jiff, moved as in [`instant`].
fn datetime(civil: &Civil) -> DateTime {
    let mut year = civil.year;
    if year >= 9900 {
        year = 9200 + year % 400;
    }
    DateTime::new(
        year.max(-9998) as i16,
        civil.month as i8,
        civil.day as i8,
        civil.hour.min(23) as i8,
        civil.minute as i8,
        civil.second.min(59) as i8,
        0,
    )
    .unwrap_or(DateTime::MIN)
}
