//! The conditions that PL/pgSQL has names for (PostgreSQL manual, appendix A).

use crate::types::SqlState;

/// A state and a name a line; some names are of several states.
const NAMES: &str = include_str!("conditions.tsv");

/// The states that have the name.
pub fn named(name: &str) -> Vec<SqlState> {
    let lines = NAMES.lines().filter_map(|line| line.split_once('\t'));
    lines.filter(|(_, other)| *other == name).filter_map(|(state, _)| SqlState::of(state)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_of_states() {
        assert_eq!(named("duplicate_object"), [SqlState::DUPLICATE_OBJECT]);
        assert_eq!(named("null_value_not_allowed").len(), 2);
        assert_eq!(named("others"), []);
        assert!(NAMES.lines().all(|line| line.split_once('\t').and_then(|(state, _)| SqlState::of(state)).is_some()));
    }
}
