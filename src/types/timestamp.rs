//! Time as PostgreSQL counts it: microseconds since 2000-01-01 UTC.

/// A session's TimeZone setting, resolved.
#[derive(Clone, Debug)]
pub struct Zone {
    pub zone: jiff::tz::TimeZone,
}

impl Zone {
    pub fn utc() -> Zone {
        Zone { zone: jiff::tz::TimeZone::UTC }
    }
}

/// The clock, in microseconds since 2000-01-01 UTC.
pub fn now() -> i64 {
    const UNIX_TO_2000: i64 = 946_684_800_000_000;
    jiff::Timestamp::now().as_microsecond() - UNIX_TO_2000
}
