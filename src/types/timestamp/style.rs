//! How a session writes values, and in which order it takes a date's numbers: the settings DateStyle, IntervalStyle,
//! extra_float_digits and bytea_output.

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

/// The setting bytea_output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ByteaOutput {
    #[default]
    Hex,
    Escape,
}

/// All of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Styles {
    pub date: DateStyle,
    pub order: DateOrder,
    pub interval: IntervalStyle,
    /// How many digits fewer than their types surely keep (15 and 6) floats are rounded to, 15 at most: `extra_float_digits` where
    /// it is below 1. None: the shortest that reads back as the same value.
    pub fewer_digits: Option<u8>,
    pub bytea: ByteaOutput,
}

impl Styles {
    /// From the settings' values as SHOW prints them: `ISO, MDY` and `postgres`; of floats and bytea the default.
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
            ..Styles::default()
        }
    }

    /// The same, with what these settings say: `extra_float_digits` and `bytea_output`.
    pub fn with_output(self, extra_float_digits: &str, bytea_output: &str) -> Styles {
        let extra = extra_float_digits.parse::<i8>().ok().filter(|extra| *extra < 1);
        Styles {
            fewer_digits: extra.map(i8::unsigned_abs),
            bytea: if bytea_output == "escape" { ByteaOutput::Escape } else { ByteaOutput::Hex },
            ..self
        }
    }

    /// Whether floats or bytea are shown otherwise than in a session that has set nothing.
    pub fn shows_otherwise(self) -> bool {
        self.fewer_digits.is_some() || self.bytea != ByteaOutput::Hex
    }
}
