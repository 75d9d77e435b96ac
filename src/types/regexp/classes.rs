//! Sets of characters, and what they are called (`regc_locale.c`, in the collation "C").

/// A set of characters, by their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set {
    /// In order, and apart.
    pub ranges: Ranges,
    pub negated: bool,
    pub ignore_case: bool,
    /// Never a newline, negated or not.
    pub not_newline: bool,
}

pub type Ranges = Vec<(u32, u32)>;

impl Set {
    pub fn has(&self, c: char) -> bool {
        if self.not_newline && c == '\n' {
            return false;
        }
        let within = |c: char| {
            let c = u32::from(c);
            let behind = self.ranges.partition_point(|(from, _)| *from <= c);
            behind.checked_sub(1).is_some_and(|last| c <= self.ranges[last].1)
        };
        let found =
            within(c) || (self.ignore_case && (within(c.to_ascii_lowercase()) || within(c.to_ascii_uppercase())));
        found != self.negated
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Class {
    Digit,
    Space,
    Word,
}

impl Class {
    pub fn ranges(self) -> Ranges {
        let name = match self {
            Class::Digit => "digit",
            Class::Space => "space",
            Class::Word => "word",
        };
        named(name).unwrap_or_default()
    }
}

/// What a letter behind a backslash stands for, and whether for all that is not in it.
pub fn shorthand(letter: char) -> Option<(Class, bool)> {
    let class = match letter.to_ascii_lowercase() {
        'd' => Class::Digit,
        's' => Class::Space,
        'w' => Class::Word,
        _ => return None,
    };
    Some((class, letter.is_ascii_uppercase()))
}

/// The same in order and apart.
pub fn merged(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut merged: Ranges = Vec::new();
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, last)) if from <= last.saturating_add(1) => *last = to.max(*last),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// All that is not in these.
pub fn complement(ranges: Ranges) -> Ranges {
    let mut complement = Vec::new();
    let mut next = 0;
    for (from, to) in merged(ranges) {
        if from > next {
            complement.push((next, from - 1));
        }
        next = next.max(to + 1);
    }
    complement.push((next, u32::MAX));
    complement
}

pub fn named(name: &str) -> Option<Ranges> {
    let ranges: &[(char, char)] = match name {
        "alnum" => &[('0', '9'), ('A', 'Z'), ('a', 'z')],
        "alpha" => &[('A', 'Z'), ('a', 'z')],
        "ascii" => &[('\0', '\u{7f}')],
        "blank" => &[(' ', ' '), ('\t', '\t')],
        "cntrl" => &[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
        "digit" => &[('0', '9')],
        "graph" => &[('!', '~')],
        "lower" => &[('a', 'z')],
        "print" => &[(' ', '~')],
        "punct" => &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        "space" => &[('\t', '\r'), (' ', ' ')],
        "upper" => &[('A', 'Z')],
        "word" => &[('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')],
        "xdigit" => &[('0', '9'), ('A', 'F'), ('a', 'f')],
        _ => return None,
    };
    Some(ranges.iter().map(|(from, to)| (u32::from(*from), u32::from(*to))).collect())
}

/// The character that a name between `[.` and `.]` means: one character means itself.
pub fn element(name: &str) -> Option<u32> {
    let mut characters = name.chars();
    if let (Some(c), None) = (characters.next(), characters.next()) {
        return Some(c.into());
    }
    ELEMENTS.iter().find(|(other, _)| *other == name).map(|(_, c)| u32::from(*c))
}

/// `cnames`.
#[rustfmt::skip]
const ELEMENTS: &[(&str, char)] = &[
    ("NUL", '\u{0}'),
    ("SOH", '\u{1}'),
    ("STX", '\u{2}'),
    ("ETX", '\u{3}'),
    ("EOT", '\u{4}'),
    ("ENQ", '\u{5}'),
    ("ACK", '\u{6}'),
    ("BEL", '\u{7}'),
    ("alert", '\u{7}'),
    ("BS", '\u{8}'),
    ("backspace", '\u{8}'),
    ("HT", '\u{9}'),
    ("tab", '\u{9}'),
    ("LF", '\u{a}'),
    ("newline", '\u{a}'),
    ("VT", '\u{b}'),
    ("vertical-tab", '\u{b}'),
    ("FF", '\u{c}'),
    ("form-feed", '\u{c}'),
    ("CR", '\u{d}'),
    ("carriage-return", '\u{d}'),
    ("SO", '\u{e}'),
    ("SI", '\u{f}'),
    ("DLE", '\u{10}'),
    ("DC1", '\u{11}'),
    ("DC2", '\u{12}'),
    ("DC3", '\u{13}'),
    ("DC4", '\u{14}'),
    ("NAK", '\u{15}'),
    ("SYN", '\u{16}'),
    ("ETB", '\u{17}'),
    ("CAN", '\u{18}'),
    ("EM", '\u{19}'),
    ("SUB", '\u{1a}'),
    ("ESC", '\u{1b}'),
    ("IS4", '\u{1c}'),
    ("FS", '\u{1c}'),
    ("IS3", '\u{1d}'),
    ("GS", '\u{1d}'),
    ("IS2", '\u{1e}'),
    ("RS", '\u{1e}'),
    ("IS1", '\u{1f}'),
    ("US", '\u{1f}'),
    ("space", ' '),
    ("exclamation-mark", '!'),
    ("quotation-mark", '"'),
    ("number-sign", '#'),
    ("dollar-sign", '$'),
    ("percent-sign", '%'),
    ("ampersand", '&'),
    ("apostrophe", '\''),
    ("left-parenthesis", '('),
    ("right-parenthesis", ')'),
    ("asterisk", '*'),
    ("plus-sign", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("hyphen-minus", '-'),
    ("period", '.'),
    ("full-stop", '.'),
    ("slash", '/'),
    ("solidus", '/'),
    ("zero", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("less-than-sign", '<'),
    ("equals-sign", '='),
    ("greater-than-sign", '>'),
    ("question-mark", '?'),
    ("commercial-at", '@'),
    ("left-square-bracket", '['),
    ("backslash", '\\'),
    ("reverse-solidus", '\\'),
    ("right-square-bracket", ']'),
    ("circumflex", '^'),
    ("circumflex-accent", '^'),
    ("underscore", '_'),
    ("low-line", '_'),
    ("grave-accent", '`'),
    ("left-brace", '{'),
    ("left-curly-bracket", '{'),
    ("vertical-line", '|'),
    ("right-brace", '}'),
    ("right-curly-bracket", '}'),
    ("tilde", '~'),
    ("DEL", '\u{7f}'),
];
