//! What a function over a window is told of its frame, where SQLite does not find it.
//!
//! Such a function, of a name that ends in [`FRAMED_WINDOW`](super::FRAMED_WINDOW), gets the frame as a text, its two offsets or
//! NULL, whether FILTER lets the row pass, the values that the window sorts by, and then its own arguments.

use crate::types::Type;

const UNITS: &[&str] = &["ROWS", "RANGE", "GROUPS"];
const BOUNDS: &[&str] = &["UNBOUNDED", "PRECEDING", "CURRENT", "FOLLOWING"];
/// As one word each; the second is what stands behind EXCLUDE.
const EXCLUDE: &[(&str, &str)] = &[("ROW", "CURRENT ROW"), ("GROUP", "GROUP"), ("TIES", "TIES")];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameSpec {
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub units: &'static str,
    /// `UNBOUNDED`, `PRECEDING`, `CURRENT` or `FOLLOWING`.
    pub start: &'static str,
    pub end: &'static str,
    /// The offsets' types, of those bounds that have one.
    pub offsets: [Option<Type>; 2],
    /// What stands behind EXCLUDE.
    pub exclude: Option<&'static str>,
    /// How the first key sorts.
    pub descending: bool,
    pub nulls_first: bool,
    /// The types of what the window sorts by.
    pub keys: Vec<Type>,
}

impl FrameSpec {
    /// As one text, words with blanks between.
    pub fn text(&self) -> String {
        let exclude = EXCLUDE.iter().find(|(_, meant)| Some(*meant) == self.exclude).map_or("-", |(word, _)| word);
        let oid = |ty: Option<Type>| ty.map_or(0, |ty| ty.0);
        let mut text = format!(
            "{} {} {} {} {} {exclude} {} {}",
            self.units,
            self.start,
            oid(self.offsets[0]),
            self.end,
            oid(self.offsets[1]),
            if self.descending { "DESC" } else { "ASC" },
            if self.nulls_first { "FIRST" } else { "LAST" },
        );
        for key in &self.keys {
            text.push_str(&format!(" {}", key.0));
        }
        text
    }

    pub fn parse(text: &str) -> Option<FrameSpec> {
        let mut words = text.split(' ');
        let word = |word: Option<&str>, of: &[&'static str]| of.iter().copied().find(|other| Some(*other) == word);
        let oid = |word: Option<&str>| word.and_then(|word| word.parse::<u32>().ok()).map(Type);
        let units = word(words.next(), UNITS)?;
        let start = word(words.next(), BOUNDS)?;
        let from = oid(words.next())?;
        let end = word(words.next(), BOUNDS)?;
        let to = oid(words.next())?;
        let exclude = words.next()?;
        let exclude = EXCLUDE.iter().find(|(other, _)| *other == exclude).map(|(_, meant)| *meant);
        let descending = words.next()? == "DESC";
        let nulls_first = words.next()? == "FIRST";
        let keys = words.map(|word| oid(Some(word))).collect::<Option<_>>()?;
        let offsets = [from, to].map(|ty| (ty.0 != 0).then_some(ty));
        Some(FrameSpec { units, start, end, offsets, exclude, descending, nulls_first, keys })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let spec = FrameSpec {
            units: "RANGE",
            start: "PRECEDING",
            end: "CURRENT",
            offsets: [Some(Type::INTERVAL), None],
            exclude: Some("CURRENT ROW"),
            descending: true,
            nulls_first: false,
            keys: vec![Type::DATE],
        };
        assert_eq!(FrameSpec::parse(&spec.text()), Some(spec));
        assert_eq!(FrameSpec::parse("ROWS"), None);
    }
}
