//! What to do instead of statements that PostgreSQL has and Quorlite has not.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::is;
use crate::types::PgError;

const NO_ROUTINES: &str = "There are no functions of users' own: views, generated columns and CHECK constraints take expressions, \
                           and the rest is the application's to do.";
const NO_TRIGGERS: &str = "There are no triggers: defaults, generated columns, CHECK constraints and foreign keys' actions do what \
                           they can without, and the rest is the application's to do.";
const NO_ROLES: &str = "Roles are not told apart yet: whoever connects may do everything, and owns all objects.";
const NO_MESSAGES: &str = "Sessions can't send messages to each other yet: a table can be asked again and again.";

/// The beginnings of statements' names, with what may help.
const HINTS: &[(&str, &str)] = &[
    ("CREATE FUNCTION", NO_ROUTINES),
    ("CREATE OR REPLACE FUNCTION", NO_ROUTINES),
    ("CREATE PROCEDURE", NO_ROUTINES),
    ("CREATE OR REPLACE PROCEDURE", NO_ROUTINES),
    ("CREATE TRIGGER", NO_TRIGGERS),
    ("CREATE CONSTRAINT TRIGGER", NO_TRIGGERS),
    ("CREATE OR REPLACE TRIGGER", NO_TRIGGERS),
    ("CREATE EVENT TRIGGER", NO_TRIGGERS),
    ("CREATE ROLE", NO_ROLES),
    ("CREATE USER", NO_ROLES),
    ("CREATE GROUP", NO_ROLES),
    ("ALTER ROLE", NO_ROLES),
    ("ALTER USER", NO_ROLES),
    ("DROP ROLE", NO_ROLES),
    ("DROP USER", NO_ROLES),
    ("GRANT", NO_ROLES),
    ("REVOKE", NO_ROLES),
    ("ALTER DEFAULT PRIVILEGES", NO_ROLES),
    ("REASSIGN OWNED", NO_ROLES),
    ("LISTEN", NO_MESSAGES),
    ("NOTIFY", NO_MESSAGES),
];

/// What a foreign key is to do to some of its columns, which SQLite does to all.
pub fn part_of_key(tokens: &[TokenWithSpan]) -> Option<&'static str> {
    let action = tokens.windows(5).find(|five| {
        is(&five[0], "on") && is(&five[1], "delete") && is(&five[2], "set") && five[4].token == Token::LParen
    })?;
    match () {
        () if is(&action[3], "null") => Some("ON DELETE SET NULL of some columns"),
        () if is(&action[3], "default") => Some("ON DELETE SET DEFAULT of some columns"),
        () => None,
    }
}

/// 0A000 for a statement of this name.
pub fn refused(title: &str) -> PgError {
    let error = PgError::unsupported(title);
    match HINTS.iter().find(|(name, _)| *name == title) {
        Some((_, hint)) => error.hint(*hint),
        None => error,
    }
}
