//! How a session writes dates and times, and in which order it takes a date's numbers: the settings DateStyle and
//! IntervalStyle.

/// The shape of dates and timestamps (the first half of DateStyle).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DateStyle {
    #[default]
    Iso,
    Sql,
    Postgres,
    German,
}

/// The order of day, month and year where a text leaves it open (the second half of DateStyle).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DateOrder {
    #[default]
    Mdy,
    Dmy,
    Ymd,
}

/// The setting IntervalStyle.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum IntervalStyle {
    #[default]
    Postgres,
    PostgresVerbose,
    SqlStandard,
    Iso8601,
}

/// All three.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Styles {
    pub date: DateStyle,
    pub order: DateOrder,
    pub interval: IntervalStyle,
}

impl Styles {
    /// From the settings' values as SHOW prints them: `ISO, MDY` and `postgres`.
    pub fn of_settings(date_style: &str, interval_style: &str) -> Styles {
        let (style, order) = date_style.split_once(", ").unwrap_or((date_style, "MDY"));
        Styles {
            date: match style {
                "SQL" => DateStyle::Sql,
                "Postgres" => DateStyle::Postgres,
                "German" => DateStyle::German,
                _ => DateStyle::Iso,
            },
            order: match order {
                "DMY" => DateOrder::Dmy,
                "YMD" => DateOrder::Ymd,
                _ => DateOrder::Mdy,
            },
            interval: match interval_style {
                "postgres_verbose" => IntervalStyle::PostgresVerbose,
                "sql_standard" => IntervalStyle::SqlStandard,
                "iso_8601" => IntervalStyle::Iso8601,
                _ => IntervalStyle::Postgres,
            },
        }
    }
}
