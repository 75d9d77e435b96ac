//! The proleptic Gregorian calendar over PostgreSQL's whole range of years.

use std::fmt;

use super::{MICROS, SECONDS_A_DAY};

/// A date and time of day, of no zone. Year 0 is 1 BC, −1 is 2 BC.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Civil {
    pub year: i32,
    pub month: u8,
    pub day: u8,
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub micros: u32,
}

impl Civil {
    /// From microseconds since 2000-01-01 00:00:00, whatever the zone.
    pub fn from_micros(micros: i64) -> Civil {
        let seconds = micros.div_euclid(MICROS);
        let (year, month, day) = date_of(seconds.div_euclid(SECONDS_A_DAY));
        let time = seconds.rem_euclid(SECONDS_A_DAY);
        Civil {
            year,
            month,
            day,
            hour: (time / 3600) as u8,
            minute: (time / 60 % 60) as u8,
            second: (time % 60) as u8,
            micros: micros.rem_euclid(MICROS) as u32,
        }
    }

    /// Whether there is such a day and time of day.
    pub fn is_valid(&self) -> bool {
        self.day >= 1
            && i32::from(self.day) <= days_in_month(self.year, i32::from(self.month))
            && self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.micros < 1_000_000
    }

    /// The inverse of [`Civil::from_micros`]; saturates.
    pub fn to_micros(self) -> i64 {
        let days = days_of(self.year, i32::from(self.month), i32::from(self.day));
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        (days * SECONDS_A_DAY + seconds).saturating_mul(MICROS).saturating_add(i64::from(self.micros))
    }

    /// `YYYY-MM-DD HH:MM:SS[.ffffff]` with `year` in the year's place, at least four digits of it.
    pub fn write(&self, year: i32, out: &mut impl fmt::Write) -> fmt::Result {
        let mut buffer = *b"0000-00-00 00:00:00.000000";
        let mut two = |at: usize, n: u8| {
            buffer[at] = b'0' + n / 10;
            buffer[at + 1] = b'0' + n % 10;
        };
        let short = (0..10_000).contains(&year);
        if short {
            two(0, (year / 100) as u8);
            two(2, (year % 100) as u8);
        }
        two(5, self.month);
        two(8, self.day);
        two(11, self.hour);
        two(14, self.minute);
        two(17, self.second);
        let mut end = 19;
        if self.micros != 0 {
            two(20, (self.micros / 10_000) as u8);
            two(22, (self.micros / 100 % 100) as u8);
            two(24, (self.micros % 100) as u8);
            end = buffer.iter().rposition(|byte| *byte != b'0').map_or(end, |last| last + 1);
        }
        let start = if short {
            0
        } else {
            write!(out, "{year}")?;
            4
        };
        out.write_str(std::str::from_utf8(&buffer[start..end]).unwrap_or_default())
    }
}

/// Days of a month; 0 if there is no such month.
pub(super) fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days since 2000-01-01 of a date (Howard Hinnant's `days_from_civil`).
/// `month` and `day` may not be out of range; the year may be any.
pub(super) fn days_of(year: i32, month: i32, day: i32) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * i64::from((month + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_400_YEARS + day_of_era - TO_2000
}

/// The inverse of [`days_of`].
pub(super) fn date_of(days: i64) -> (i32, u8, u8) {
    let days = days + TO_2000;
    let era = days.div_euclid(DAYS_PER_400_YEARS);
    let day_of_era = days.rem_euclid(DAYS_PER_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u8;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u8;
    ((year_of_era + era * 400) as i32 + i32::from(month <= 2), month, day)
}

/// After 400 years the Gregorian calendar repeats, weekdays included.
pub(super) const DAYS_PER_400_YEARS: i64 = 146_097;

/// Days from 0000-03-01, where the algorithm begins, to 2000-01-01.
const TO_2000: i64 = 730_425;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse_over_the_whole_range() {
        assert_eq!(days_of(2000, 1, 1), 0);
        assert_eq!(days_of(1970, 1, 1), -10_957);
        assert_eq!(days_of(-4713, 11, 24), -2_451_545);
        let (mut day, last) = (days_of(-4714, 1, 1), days_of(294_278, 1, 1));
        while day < last {
            let (year, month, day_of_month) = date_of(day);
            assert!(i32::from(day_of_month) <= days_in_month(year, i32::from(month)));
            assert_eq!(days_of(year, i32::from(month), i32::from(day_of_month)), day);
            day += 97;
        }
    }
}
