//! Dates and times (section 9.9).

use super::Function;
use crate::sql::emission::Emission::*;
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    "now" () TIMESTAMPTZ Own("pg_now"), Stable Plain;
    "transaction_timestamp" () TIMESTAMPTZ Own("pg_now"), Stable Plain;
    "statement_timestamp" () TIMESTAMPTZ Own("pg_statement_timestamp"), Stable Plain;
    "clock_timestamp" () TIMESTAMPTZ Own("pg_clock_timestamp"), Volatile Plain;
};
