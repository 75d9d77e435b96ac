//! `to_char` of numbers, by PostgreSQL's template patterns (`NUM_processor` of `formatting.c`).

use super::numeric::Numeric;
use super::{PgError, SqlState};

/// The patterns, each before those that it begins with; in lower case they mean the same, but for `RN` and `TH`.
#[rustfmt::skip]
const PATTERNS: &[&str] = &[
    ",", ".", "0", "9", "B", "C", "D", "EEEE", "FM", "G", "L", "MI", "PL", "PR", "RN", "SG", "SP", "S", "TH", "V",
];

pub(super) enum Node<'t> {
    /// And whether it is in lower case.
    Pattern(&'static str, bool),
    Text(&'t str),
}

#[derive(Clone, Copy, PartialEq, Default)]
pub(super) enum LocaleSign {
    #[default]
    None,
    Before,
    Behind,
}

/// What the patterns say together (`NUMDesc`).
#[derive(Default)]
pub(super) struct Description {
    /// Digits before and behind the point.
    pub pre: usize,
    pub post: usize,
    pub sign: LocaleSign,
    /// How many digits stood before `S`.
    pre_sign: usize,
    /// Digits behind `V`.
    pub multi: u32,
    /// Where `0` is first (from 1) and last.
    zero_start: usize,
    zero_end: usize,
    pub decimal: bool,
    zero: bool,
    blank: bool,
    pub fill: bool,
    pub bracket: bool,
    pub minus: bool,
    pub plus: bool,
    pub roman: bool,
    pub shifted: bool,
    pub scientific: bool,
}

/// A number to format.
pub enum Number {
    Integer(i64),
    /// `int4` has its own way to scientific notation.
    Int4(i32),
    /// And how many digits its type has.
    Float(f64, usize),
    Numeric(Numeric),
}

fn syntax(message: &str) -> PgError {
    PgError::new(SqlState::SYNTAX_ERROR, message)
}

/// Errors: 42601 for patterns that don't go together.
pub fn to_char(number: &Number, template: &str) -> Result<String, PgError> {
    if template.is_empty() {
        return Ok(String::new());
    }
    let (nodes, mut description) = describe(template)?;
    let digits = digits(number, &mut description)?;
    Processor::new(description, digits).run(&nodes)
}

/// A template's patterns, and what they say together.
pub(super) fn describe(template: &str) -> Result<(Vec<Node<'_>>, Description), PgError> {
    let nodes = parse(template);
    let mut description = Description::default();
    for node in &nodes {
        if let Node::Pattern(pattern, _) = node {
            description.add(pattern)?;
        }
    }
    Ok((nodes, description))
}

fn parse(template: &str) -> Vec<Node<'_>> {
    let mut nodes = Vec::new();
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let found = PATTERNS.iter().find_map(|pattern| {
            let start = rest.get(..pattern.len())?;
            let lower = pattern.to_ascii_lowercase();
            (start == *pattern || start == lower).then(|| (*pattern, start != *pattern))
        });
        if let Some((pattern, lower)) = found {
            nodes.push(Node::Pattern(pattern, lower));
            rest = &rest[pattern.len()..];
        } else if first == '"' {
            rest = quoted(&rest[1..], &mut nodes);
        } else {
            rest = if rest.starts_with("\\\"") { &rest[1..] } else { rest };
            let length = rest.chars().next().map_or(0, char::len_utf8);
            nodes.push(Node::Text(&rest[..length]));
            rest = &rest[length..];
        }
    }
    nodes
}

/// Text up to the next quote; what follows that.
fn quoted<'t>(text: &'t str, nodes: &mut Vec<Node<'t>>) -> &'t str {
    let mut characters = text.char_indices();
    while let Some((mut at, mut c)) = characters.next() {
        if c == '"' {
            return &text[at + 1..];
        }
        if c == '\\' {
            let Some(next) = characters.next() else { break };
            (at, c) = next;
        }
        nodes.push(Node::Text(&text[at..at + c.len_utf8()]));
    }
    ""
}

impl Description {
    /// `NUMDesc_prepare`.
    fn add(&mut self, pattern: &str) -> Result<(), PgError> {
        if self.scientific && pattern != "EEEE" {
            return Err(syntax("\"EEEE\" must be the last pattern used"));
        }
        match pattern {
            "9" if self.bracket => return Err(syntax("\"9\" must be ahead of \"PR\"")),
            "9" if self.shifted => self.multi += 1,
            "9" if self.decimal => self.post += 1,
            "9" => self.pre += 1,
            "0" if self.bracket => return Err(syntax("\"0\" must be ahead of \"PR\"")),
            "0" => {
                if !self.zero && !self.decimal {
                    self.zero = true;
                    self.zero_start = self.pre + 1;
                }
                if self.decimal {
                    self.post += 1;
                } else {
                    self.pre += 1;
                }
                self.zero_end = self.pre + self.post;
            }
            "B" => self.blank |= self.pre == 0 && self.post == 0 && !self.zero,
            "D" | "." => {
                if self.decimal {
                    return Err(syntax("multiple decimal points"));
                }
                if self.shifted {
                    return Err(syntax("cannot use \"V\" and decimal point together"));
                }
                self.decimal = true;
            }
            "FM" => self.fill = true,
            "S" => {
                if self.sign != LocaleSign::None {
                    return Err(syntax("cannot use \"S\" twice"));
                }
                if self.plus || self.minus || self.bracket {
                    return Err(syntax("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together"));
                }
                if self.decimal {
                    self.sign = LocaleSign::Behind;
                } else {
                    self.sign = LocaleSign::Before;
                    self.pre_sign = self.pre;
                }
            }
            "MI" | "PL" | "SG" => {
                if self.sign != LocaleSign::None {
                    return Err(syntax(&format!("cannot use \"S\" and \"{pattern}\" together")));
                }
                self.minus |= pattern != "PL";
                self.plus |= pattern != "MI";
            }
            "PR" => {
                if self.sign != LocaleSign::None || self.plus || self.minus {
                    return Err(syntax("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together"));
                }
                self.bracket = true;
            }
            "RN" => self.roman = true,
            "V" => {
                if self.decimal {
                    return Err(syntax("cannot use \"V\" and decimal point together"));
                }
                self.shifted = true;
            }
            "EEEE" => {
                if self.scientific {
                    return Err(syntax("cannot use \"EEEE\" twice"));
                }
                let signed = self.sign != LocaleSign::None || self.bracket || self.minus || self.plus;
                if self.blank || self.fill || signed || self.roman || self.shifted {
                    let detail = "\"EEEE\" may only be used together with digit and decimal point patterns.";
                    return Err(syntax("\"EEEE\" is incompatible with other formats").detail(detail));
                }
                self.scientific = true;
            }
            _ => {}
        }
        Ok(())
    }
}

/// A number's digits, as many as asked for, and without a sign.
struct Digits {
    text: String,
    negative: bool,
    /// Blanks that stand for digits it does not have.
    spaces: usize,
}

fn digits(number: &Number, description: &mut Description) -> Result<Digits, PgError> {
    let plain = |text: String| Digits { text, negative: false, spaces: 0 };
    if description.roman {
        return Ok(plain(roman(number)?));
    }
    if description.scientific {
        return Ok(plain(scientific(number, description)));
    }
    let factor = || Numeric::input(&format!("1e{}", description.multi));
    let mut shown = match number {
        Number::Integer(int) => Numeric::from(*int).multiply(&factor()?)?.to_string(),
        Number::Int4(int) => Numeric::from(i64::from(*int)).multiply(&factor()?)?.to_string(),
        Number::Float(float, significant) => {
            let float = float * 10f64.powi(description.multi as i32);
            // Infinity and NaN have as many digits as letters.
            let whole = match float {
                _ if float.is_nan() => "NaN".len(),
                _ if float.is_infinite() => "Infinity".len(),
                _ => format!("{:.0}", float.abs()).len(),
            };
            description.post = description.post.min(significant.saturating_sub(whole));
            match float {
                _ if float.is_nan() => "NaN".to_owned(),
                _ if float.is_infinite() => if float > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
                _ => format!("{float:.*}", description.post),
            }
        }
        Number::Numeric(numeric) => {
            let shifted = if description.shifted { numeric.multiply(&factor()?)? } else { numeric.clone() };
            shifted.round(description.post as i32)?.to_string()
        }
    };
    if matches!(number, Number::Integer(_) | Number::Int4(_)) && description.post > 0 {
        shown.push('.');
        shown.extend(std::iter::repeat_n('0', description.post));
    }
    description.pre += description.multi as usize;
    let negative = shown.starts_with('-');
    let text = shown.trim_start_matches('-').to_owned();
    let whole = text.find('.').unwrap_or(text.len());
    if whole > description.pre {
        let hashes = |count: usize| "#".repeat(count);
        let text = format!("{}.{}", hashes(description.pre), hashes(description.post));
        return Ok(Digits { text, negative, spaces: 0 });
    }
    Ok(Digits { text, negative, spaces: description.pre - whole })
}

fn roman(number: &Number) -> Result<String, PgError> {
    let int: i32 = match number {
        Number::Integer(int) => super::cast::integer(*int)?,
        Number::Int4(int) => *int,
        Number::Float(float, _) => super::cast::round(*float).unwrap_or(0),
        Number::Numeric(numeric) => numeric.to_integer()?,
    };
    if !(1..=3999).contains(&int) {
        return Ok("#".repeat(15));
    }
    const NUMERALS: [(i32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let (mut rest, mut out) = (int, String::new());
    for (value, numeral) in NUMERALS {
        while rest >= value {
            out.push_str(numeral);
            rest -= value;
        }
    }
    Ok(out)
}

/// `1.23e+04`, with a blank for a sign.
fn scientific(number: &Number, description: &Description) -> String {
    let post = description.post;
    let shown = match number {
        Number::Int4(int) => format!("{:.post$e}", f64::from(*int)),
        Number::Float(float, _) if float.is_finite() => format!("{float:.post$e}"),
        Number::Integer(int) => Numeric::from(*int).scientific(post),
        Number::Numeric(numeric) if numeric.is_finite() => numeric.scientific(post),
        _ => {
            let hashes = "#".repeat(description.pre + post + 5);
            return format!(" {}.{}", &hashes[..description.pre], &hashes[..post + 4]);
        }
    };
    let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let blank = if mantissa.starts_with('-') { "" } else { " " };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{blank}{mantissa}e{sign}{:02}", exponent.abs())
}

/// `NUMProc`.
struct Processor {
    description: Description,
    number: Vec<u8>,
    /// The digit that comes next.
    at: usize,
    spaces: usize,
    negative: bool,
    sign_written: bool,
    /// Digits asked for.
    count: usize,
    /// The last digit that FM does not leave out.
    last_relevant: Option<usize>,
    within: bool,
    current: usize,
    out: String,
}

impl Processor {
    fn new(mut description: Description, digits: Digits) -> Processor {
        let Digits { text, mut negative, mut spaces } = digits;
        description.zero_start = description.zero_start.saturating_sub(1);
        if description.roman {
            description = Description { fill: description.fill, roman: true, ..Description::default() };
            (negative, spaces) = (false, 0);
        }
        let sign_written = if description.plus || description.minus {
            // The sign is written by its own pattern.
            description.minus
        } else {
            if !negative && description.bracket && description.fill {
                description.bracket = false;
            }
            let unsigned = !negative && description.fill && description.sign == LocaleSign::None;
            if description.sign == LocaleSign::Before && description.pre == description.pre_sign {
                description.sign = LocaleSign::Behind;
            }
            unsigned
        };
        let number = text.into_bytes();
        let mut last_relevant = None;
        if description.fill
            && description.decimal
            && let Some(point) = number.iter().position(|byte| *byte == b'.')
        {
            let last = number.iter().rposition(|byte| *byte != b'0').unwrap_or(point).max(point);
            let mut relevant = last;
            if description.zero_end > spaces {
                relevant = relevant.max((number.len() - 1).min(description.zero_end - spaces));
            }
            last_relevant = Some(relevant);
        }
        let mut count = (description.post + description.pre).saturating_sub(1);
        if !sign_written && spaces == 0 {
            count += 1;
        }
        Processor {
            description,
            number,
            at: 0,
            spaces,
            negative,
            sign_written,
            count,
            last_relevant,
            within: false,
            current: 0,
            out: String::new(),
        }
    }

    fn run(mut self, nodes: &[Node<'_>]) -> Result<String, PgError> {
        if self.description.scientific {
            return Ok(String::from_utf8(self.number).unwrap_or_default());
        }
        for node in nodes {
            match node {
                Node::Text(text) => self.out.push_str(text),
                Node::Pattern(pattern, lower) => self.pattern(pattern, *lower)?,
            }
        }
        if let Some(end) = self.out.find('\0') {
            self.out.truncate(end);
        }
        Ok(self.out)
    }

    fn pattern(&mut self, pattern: &str, lower: bool) -> Result<(), PgError> {
        let fill = self.description.fill;
        match pattern {
            "9" | "0" | "." | "D" => self.digit(pattern == "0"),
            "," | "G" if self.within => self.out.push(','),
            "," | "G" if !fill => self.out.push(' '),
            // The currency of the locale C.
            "L" => self.out.push(' '),
            "RN" => {
                let numerals = String::from_utf8_lossy(&self.number).into_owned();
                let numerals = if lower { numerals.to_ascii_lowercase() } else { numerals };
                self.out.push_str(&if fill { numerals } else { format!("{numerals:>15}") });
            }
            "TH" => self.ordinal(lower)?,
            "MI" if self.negative => self.out.push('-'),
            // Roman numerals have no sign, not even a blank: with the byte for none the text ends.
            "SG" if self.description.roman => self.out.push('\0'),
            "PL" if !self.negative && !self.description.roman => self.out.push('+'),
            "MI" | "PL" if !fill => self.out.push(' '),
            "SG" => self.out.push(if self.negative { '-' } else { '+' }),
            _ => {}
        }
        Ok(())
    }

    fn ordinal(&mut self, lower: bool) -> Result<(), PgError> {
        let Description { roman, decimal, .. } = self.description;
        if roman || decimal || self.negative || self.number.first() == Some(&b'#') {
            return Ok(());
        }
        if !self.number.last().is_some_and(u8::is_ascii_digit) {
            let message = format!("\"{}\" is not a number", String::from_utf8_lossy(&self.number));
            return Err(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message));
        }
        let teen = self.number.len() > 1 && self.number[self.number.len() - 2] == b'1';
        let ending = match self.number.last() {
            Some(b'1') if !teen => "ST",
            Some(b'2') if !teen => "ND",
            Some(b'3') if !teen => "RD",
            _ => "TH",
        };
        self.out.push_str(&if lower { ending.to_ascii_lowercase() } else { ending.to_owned() });
        Ok(())
    }

    /// Whether the digit is the 0 before a point, which `9` does not show.
    fn is_bare_zero(&self) -> bool {
        !self.description.zero && self.at == 0 && self.number.first() == Some(&b'0') && self.description.post != 0
    }

    fn ends_in_point(&self) -> bool {
        self.last_relevant.is_some_and(|last| self.number.get(last) == Some(&b'.'))
    }

    /// `NUM_numpart_to_char`.
    fn digit(&mut self, zero: bool) {
        if self.description.roman {
            return;
        }
        self.within = false;
        self.sign();
        let Description { fill, zero: zeros, zero_start, .. } = self.description;
        let missing = self.current < self.spaces;
        if missing && (!zeros || zero_start > self.current) {
            if !fill {
                self.out.push(' ');
            }
        } else if missing {
            self.out.push('0');
            self.within = true;
        } else {
            self.own_digit(zero);
            self.at = (self.at + 1).min(self.number.len());
        }
        let mut end = self.count + usize::from(self.spaces > 0) + usize::from(self.description.decimal);
        if self.last_relevant == Some(self.at) {
            end = self.current;
        }
        if self.current + 1 == end {
            if self.sign_written && self.description.bracket {
                self.out.push(if self.negative { '>' } else { ' ' });
            } else if self.description.sign == LocaleSign::Behind {
                self.out.push(if self.negative { '-' } else { '+' });
            }
        }
        self.current += 1;
    }

    /// The sign, where the number begins.
    fn sign(&mut self) {
        let Description { fill, zero, zero_start, sign, bracket, .. } = self.description;
        let begins = self.current >= self.spaces || (zero && zero_start == self.current);
        if self.sign_written || !begins || (self.is_bare_zero() && !self.ends_in_point()) {
            return;
        }
        match sign {
            LocaleSign::Before => self.out.push(if self.negative { '-' } else { '+' }),
            LocaleSign::Behind => return,
            LocaleSign::None if bracket => self.out.push(if self.negative { '<' } else { ' ' }),
            LocaleSign::None if self.negative => self.out.push('-'),
            LocaleSign::None if !fill => self.out.push(' '),
            LocaleSign::None => {}
        }
        self.sign_written = true;
    }

    fn own_digit(&mut self, zero: bool) {
        // A float may have fewer digits than the template: what comes behind them is lost, as in PostgreSQL.
        let byte = self.number.get(self.at).copied().unwrap_or(0);
        if byte == b'.' {
            self.out.push('.');
            return;
        }
        if self.last_relevant.is_some_and(|last| self.at > last) && !zero {
            return;
        }
        if self.is_bare_zero() {
            if !self.description.fill {
                self.out.push(' ');
            } else if self.ends_in_point() {
                self.out.push('0');
            }
            return;
        }
        self.out.push(char::from(byte));
        self.within = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line of the file is PostgreSQL 15's answer: type, number, template, `<text>` or an error.
    #[test]
    fn formats_as_postgresql() {
        let mut wrong = Vec::new();
        for line in include_str!("to_char.golden.tsv").lines() {
            let [ty, number, template, expected] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let value = match ty {
                "int4" => Number::Int4(number.parse().unwrap()),
                "int8" => Number::Integer(number.parse().unwrap()),
                "float4" => Number::Float(number.parse::<f32>().unwrap().into(), 6),
                "float8" => Number::Float(number.parse().unwrap(), 15),
                _ => Number::Numeric(Numeric::input(number).unwrap()),
            };
            let answer = match to_char(&value, template) {
                Ok(text) => format!("<{text}>"),
                Err(error) => format!("<{} {}>", error.code.as_str(), error.message),
            };
            if answer != expected {
                wrong.push(format!("{ty} {number} {template}: {answer}, not {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}
