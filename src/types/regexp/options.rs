//! The letters that functions of regular expressions take (`parse_re_flags` of `regexp.c`).

use crate::types::{PgError, SqlState};

/// Which language a pattern is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavor {
    /// POSIX's, with backslashes before what is special.
    Basic,
    /// POSIX's `egrep`.
    Extended,
    /// PostgreSQL's own.
    #[default]
    Advanced,
}

/// How a pattern is read, and `global`: whether all its matches are meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub global: bool,
    pub ignore_case: bool,
    /// Newlines are not matched by `.` and `[^…]`.
    pub newline_stops: bool,
    /// `^` and `$` match at newlines too.
    pub newline_anchors: bool,
    pub expanded: bool,
    /// The pattern is a plain text.
    pub quoted: bool,
    pub flavor: Flavor,
}

impl Options {
    /// Error 22023 for a letter that is none.
    pub fn parse(letters: &str) -> Result<Options, PgError> {
        let mut options = Options::default();
        for letter in letters.chars() {
            match letter {
                'g' => options.global = true,
                'c' => options.ignore_case = false,
                'i' => options.ignore_case = true,
                // PostgreSQL means extended ones by `e`, but clears the flag that it sets.
                'b' | 'e' => (options.flavor, options.quoted) = (Flavor::Basic, false),
                'q' => (options.flavor, options.quoted) = (Flavor::Basic, true),
                'm' | 'n' => (options.newline_stops, options.newline_anchors) = (true, true),
                'p' => (options.newline_stops, options.newline_anchors) = (true, false),
                's' => (options.newline_stops, options.newline_anchors) = (false, false),
                'w' => (options.newline_stops, options.newline_anchors) = (false, true),
                'x' => options.expanded = true,
                't' => options.expanded = false,
                letter => return Err(invalid(letter)),
            }
        }
        Ok(options)
    }

    /// For a function that finds one match or tells of all anyway.
    pub fn without_global(letters: &str, function: &str) -> Result<Options, PgError> {
        let options = Options::parse(letters)?;
        if options.global {
            let message = format!("{function} does not support the \"global\" option");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        Ok(options)
    }
}

/// 22023 for a letter that is no option.
pub fn invalid(letter: char) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid regular expression option: \"{letter}\""))
}
