//! Times of day: the types time (microseconds since midnight) and timetz.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{MICROS, MICROS_A_DAY};
use crate::types::{PgError, SqlState};

/// 24:00:00, the last time of a day.
pub const END: i64 = MICROS_A_DAY;

/// A timetz.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TimeTz {
    /// Since midnight, as its clock shows.
    pub micros: i64,
    /// Seconds east of Greenwich.
    pub offset: i32,
}

/// As far as an offset may be from Greenwich.
pub const MAX_OFFSET: i32 = 15 * 3600 + 59 * 60 + 59;

impl TimeTz {
    /// Microseconds since midnight in Greenwich; of another day, perhaps.
    pub fn in_greenwich(self) -> i64 {
        self.micros - i64::from(self.offset) * MICROS
    }

    /// `timetz_cmp_internal`: by the time in Greenwich, then the western-most zone last.
    pub fn compare(self, other: TimeTz) -> Ordering {
        self.in_greenwich().cmp(&other.in_greenwich()).then(other.offset.cmp(&self.offset))
    }

    /// The same moment on a clock of another zone.
    pub fn at_offset(self, offset: i32) -> TimeTz {
        TimeTz { micros: (self.in_greenwich() + i64::from(offset) * MICROS).rem_euclid(MICROS_A_DAY), offset }
    }
}

pub fn out_of_range() -> PgError {
    PgError::new(SqlState::DATETIME_FIELD_OVERFLOW, "time out of range")
}

/// Hour, minute, second and microseconds.
pub fn parts(time: i64) -> (i64, i64, i64, i64) {
    (time / (3600 * MICROS), time / (60 * MICROS) % 60, time / MICROS % 60, time % MICROS)
}

/// Rounds to `precision` decimals; may become 24:00:00.
pub fn round(time: i64, precision: i64) -> i64 {
    super::round(time, precision)
}
