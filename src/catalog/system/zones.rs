//! `pg_timezone_names` and `pg_timezone_abbrevs`.

use super::{Rows, Seen, text};
use crate::types::Value;
use crate::types::timestamp::{self, Interval, Zone};

fn offset(seconds: i32) -> Value {
    Value::Interval(Interval { months: 0, days: 0, micros: i64::from(seconds) * 1_000_000 })
}

/// The zones of the database that every node has, as they are now.
pub fn names(_: &Seen, rows: &mut Rows) {
    let now = timestamp::now();
    for zone in Zone::all() {
        rows.push([
            ("name", text(zone.name())),
            ("abbrev", text(zone.abbreviation_at(now))),
            ("utc_offset", offset(zone.offset_at(now))),
            ("is_dst", Value::Bool(zone.is_summer_at(now))),
        ]);
    }
}

pub fn abbreviations(_: &Seen, rows: &mut Rows) {
    for (name, seconds, summer) in timestamp::abbreviations(timestamp::now()) {
        rows.push([("abbrev", text(name)), ("utc_offset", offset(seconds)), ("is_dst", Value::Bool(summer))]);
    }
}
