//! A session's settings in one piece.

use serde::{Deserialize, Serialize};

use crate::types::timestamp::Styles;

/// The current value of every setting, by name in lower case.
///
/// They go to the leader with every statement that writes, and few statements look at one: so they are one text, moved
/// as it is and searched when asked, not a map of three hundred strings to be made and thrown away on the writer's way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct SettingValues {
    text: String,
    shows_otherwise: bool,
}

/// Behind each name and each value: neither a query nor a startup message can have one within.
const END: char = '\0';

impl SettingValues {
    /// See [`Styles::shows_otherwise`]; it is asked with every statement.
    pub fn shows_otherwise(&self) -> bool {
        self.shows_otherwise
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let mut parts = self.text.split(END);
        while let (Some(found), Some(value)) = (parts.next(), parts.next()) {
            if found == name {
                return Some(value);
            }
        }
        None
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for SettingValues {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(values: I) -> SettingValues {
        let mut text = String::new();
        for (name, value) in values {
            for part in [name.as_ref(), value.as_ref()] {
                text.extend(part.chars().filter(|c| *c != END));
                text.push(END);
            }
        }
        SettingValues::from(text)
    }
}

impl From<String> for SettingValues {
    fn from(text: String) -> SettingValues {
        let plain = SettingValues { text, shows_otherwise: false };
        let value = |name: &str| plain.get(name).unwrap_or_default();
        let styles = Styles::default().with_output(value("extra_float_digits"), value("bytea_output"));
        SettingValues { shows_otherwise: styles.shows_otherwise(), ..plain }
    }
}

impl From<SettingValues> for String {
    fn from(values: SettingValues) -> String {
        values.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_names_and_not_values() {
        let values: SettingValues = [("a", "b"), ("b", "a"), ("empty", ""), ("last", "z")].into_iter().collect();
        assert_eq!(values.get("a"), Some("b"));
        assert_eq!(values.get("b"), Some("a"));
        assert_eq!(values.get("empty"), Some(""));
        assert_eq!(values.get("last"), Some("z"));
        assert_eq!(values.get("z"), None);
        assert_eq!(values.get(""), None);
        assert_eq!(SettingValues::default().get("a"), None);
    }

    #[test]
    fn a_value_cannot_pass_for_a_name() {
        let values: SettingValues = [("a", "x\0b\0y"), ("b", "right")].into_iter().collect();
        assert_eq!(values.get("b"), Some("right"));
    }
}
