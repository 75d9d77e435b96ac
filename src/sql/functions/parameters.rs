//! What functions call their parameters (`pg_proc.proargnames`), and what the last of them are where they are left out.
//!
//! The tables of functions have a line for each number of arguments; here is what a call needs that names some, and
//! leaves out others before them.

/// A value in place of an argument, as it would be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Absent {
    EmptyObject,
    False,
    True,
    UseJsonNull,
    Zero,
    ZeroSeconds,
}

impl Absent {
    /// As PostgreSQL prints it.
    pub fn shown(self) -> &'static str {
        match self {
            EmptyObject => "'{}'::jsonb",
            False => "false",
            True => "true",
            UseJsonNull => "'use_json_null'::text",
            Zero => "0",
            ZeroSeconds => "0.0",
        }
    }
}

pub struct Parameters {
    pub names: &'static [&'static str],
    /// Of the last ones.
    pub absent: &'static [Absent],
}

use Absent::{EmptyObject, False, True, UseJsonNull, Zero, ZeroSeconds};

const PATH: Parameters = Parameters { names: &["target", "path", "vars", "silent"], absent: &[EmptyObject, False] };
const FROM_JSON: Parameters = Parameters { names: &["from_json"], absent: &[] };

static PARAMETERS: &[(&str, Parameters)] = &[
    ("json_array_elements", FROM_JSON),
    ("json_array_elements_text", FROM_JSON),
    ("json_each", FROM_JSON),
    ("json_each_text", FROM_JSON),
    ("jsonb_array_elements", FROM_JSON),
    ("jsonb_array_elements_text", FROM_JSON),
    ("jsonb_each", FROM_JSON),
    ("jsonb_each_text", FROM_JSON),
    ("jsonb_insert", Parameters { names: &["jsonb_in", "path", "replacement", "insert_after"], absent: &[False] }),
    ("jsonb_path_exists", PATH),
    ("jsonb_path_exists_tz", PATH),
    ("jsonb_path_match", PATH),
    ("jsonb_path_match_tz", PATH),
    ("jsonb_path_query", PATH),
    ("jsonb_path_query_array", PATH),
    ("jsonb_path_query_array_tz", PATH),
    ("jsonb_path_query_first", PATH),
    ("jsonb_path_query_first_tz", PATH),
    ("jsonb_path_query_tz", PATH),
    ("jsonb_set", Parameters { names: &["jsonb_in", "path", "replacement", "create_if_missing"], absent: &[True] }),
    (
        "jsonb_set_lax",
        Parameters {
            names: &["jsonb_in", "path", "replacement", "create_if_missing", "null_value_treatment"],
            absent: &[True, UseJsonNull],
        },
    ),
    ("make_date", Parameters { names: &["year", "month", "day"], absent: &[] }),
    (
        "make_interval",
        Parameters {
            names: &["years", "months", "weeks", "days", "hours", "mins", "secs"],
            absent: &[Zero, Zero, Zero, Zero, Zero, Zero, ZeroSeconds],
        },
    ),
    ("make_time", Parameters { names: &["hour", "min", "sec"], absent: &[] }),
    ("make_timestamp", Parameters { names: &["year", "month", "mday", "hour", "min", "sec"], absent: &[] }),
    (
        "make_timestamptz",
        Parameters { names: &["year", "month", "mday", "hour", "min", "sec", "timezone"], absent: &[] },
    ),
    ("parse_ident", Parameters { names: &["str", "strict"], absent: &[True] }),
    ("pg_options_to_table", Parameters { names: &["options_array"], absent: &[] }),
    ("pg_terminate_backend", Parameters { names: &["pid", "timeout"], absent: &[Zero] }),
];

/// A function's parameters; `None` of one that has no names for them.
pub fn parameters(function: &str) -> Option<&'static Parameters> {
    PARAMETERS.iter().find(|(name, _)| *name == function).map(|(_, parameters)| parameters)
}

impl Parameters {
    /// What stands for one that is left out, if it may be.
    pub fn absent(&self, place: usize) -> Option<Absent> {
        self.absent.get(place.checked_sub(self.names.len() - self.absent.len())?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_line_for_every_number_of_arguments() {
        for (name, parameters) in PARAMETERS {
            let most = parameters.names.len();
            for count in most - parameters.absent.len()..=most {
                let has =
                    |count: usize| crate::sql::functions::named(name).any(|function| function.args.len() == count);
                assert!(has(count), "{name} of {count} arguments");
            }
        }
    }
}
