//! Paths as PostgreSQL prints them (`jsonpath_out`).
//!
//! With one exception: PostgreSQL leaves out the parentheses around an operator that steps follow (`($.a + 1).b < 2` comes
//! out as `$."a" + 1."b" < 2`), which then is another path, or none. What is printed here reads back as the path that it is,
//! for it is what is stored.

use std::fmt::{self, Write};

use super::Jsonpath;
use super::tree::{Arithmetic, Chain, Level, Step, Test, TestKind};
use crate::types::json::write_string;

pub fn write(path: &Jsonpath, out: &mut impl Write) -> fmt::Result {
    if !path.lax {
        out.write_str("strict ")?;
    }
    chain(&path.root, true, out)
}

/// How strongly it binds (`operationPriority`).
fn strength(of: &Chain) -> u8 {
    match of.steps.first() {
        Some(Step::Test(test)) => strength_of_test(test),
        Some(Step::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, _)) => 3,
        Some(Step::Arithmetic(..)) => 4,
        Some(Step::Sign(..)) => 5,
        _ => 6,
    }
}

fn strength_of_test(test: &Test) -> u8 {
    match test.kind {
        TestKind::Or(_) => 0,
        TestKind::And(_) => 1,
        TestKind::Compare(..) | TestKind::StartsWith(_) => 2,
        _ => 6,
    }
}

/// `parentheses`: where an operator stands in them.
fn chain(of: &Chain, parentheses: bool, out: &mut impl Write) -> fmt::Result {
    let Some((head, rest)) = of.steps.split_first() else { return Ok(()) };
    let followed = !rest.is_empty();
    match head {
        Step::Null => out.write_str("null")?,
        Step::Bool(value) => write!(out, "{value}")?,
        Step::String(text) => write_string(text, out)?,
        Step::Number(number) if followed => write!(out, "({number})")?,
        Step::Number(number) => write!(out, "{number}")?,
        Step::Root => out.write_char('$')?,
        Step::Current => out.write_char('@')?,
        Step::Last => out.write_str("last")?,
        Step::Variable(name) => {
            out.write_char('$')?;
            write_string(name, out)?;
        }
        Step::Arithmetic(operator, operands) => {
            let own = strength(of);
            surrounded(parentheses || followed, out, |out| {
                chain(&operands.0, strength(&operands.0) <= own, out)?;
                write!(out, " {} ", operator.symbol())?;
                chain(&operands.1, strength(&operands.1) <= own, out)
            })?;
        }
        Step::Sign(sign, operand) => surrounded(parentheses || followed, out, |out| {
            out.write_str(sign.symbol())?;
            chain(operand, strength(operand) <= strength(of), out)
        })?,
        Step::Test(test) => {
            let delimited = matches!(test.kind, TestKind::Not(_) | TestKind::IsUnknown(_) | TestKind::Exists(_));
            surrounded(delimited && followed, out, |out| predicate(test, parentheses || followed, out))?;
        }
        step => accessor(step, out)?,
    }
    rest.iter().try_for_each(|step| accessor(step, out))
}

fn surrounded<W: Write>(parentheses: bool, out: &mut W, write: impl FnOnce(&mut W) -> fmt::Result) -> fmt::Result {
    if !parentheses {
        return write(out);
    }
    out.write_char('(')?;
    write(out)?;
    out.write_char(')')
}

fn accessor(step: &Step, out: &mut impl Write) -> fmt::Result {
    match step {
        Step::Key(key) => {
            out.write_char('.')?;
            write_string(key, out)
        }
        Step::AnyKey => out.write_str(".*"),
        Step::AnyElement => out.write_str("[*]"),
        Step::Descendants { first, last } => descendants(*first, *last, out),
        Step::Elements(subscripts) => {
            out.write_char('[')?;
            for (index, (from, to)) in subscripts.iter().enumerate() {
                out.write_str(if index > 0 { "," } else { "" })?;
                chain(from, false, out)?;
                if let Some(to) = to {
                    out.write_str(" to ")?;
                    chain(to, false, out)?;
                }
            }
            out.write_char(']')
        }
        Step::Filter(test) => {
            out.write_str("?(")?;
            predicate(test, false, out)?;
            out.write_char(')')
        }
        Step::Method(method) => write!(out, ".{}()", method.name()),
        Step::Datetime(template) => {
            out.write_str(".datetime(")?;
            template.iter().try_for_each(|template| write_string(template, out))?;
            out.write_char(')')
        }
        // The others begin a chain.
        _ => Ok(()),
    }
}

fn descendants(first: Level, last: Level, out: &mut impl Write) -> fmt::Result {
    out.write_str(".**")?;
    if (first, last) == (Level::Number(0), Level::Last) {
        return Ok(());
    }
    out.write_char('{')?;
    level(first, out)?;
    if first != last {
        out.write_str(" to ")?;
        level(last, out)?;
    }
    out.write_char('}')
}

fn level(level: Level, out: &mut impl Write) -> fmt::Result {
    match level {
        Level::Number(number) => write!(out, "{number}"),
        Level::Last => out.write_str("last"),
    }
}

fn predicate(test: &Test, parentheses: bool, out: &mut impl Write) -> fmt::Result {
    let own = strength_of_test(test);
    match &test.kind {
        TestKind::And(terms) | TestKind::Or(terms) => surrounded(parentheses, out, |out| {
            predicate(&terms.0, strength_of_test(&terms.0) <= own, out)?;
            out.write_str(if own == 0 { " || " } else { " && " })?;
            predicate(&terms.1, strength_of_test(&terms.1) <= own, out)
        }),
        TestKind::Not(of) => {
            out.write_str("!(")?;
            predicate(of, false, out)?;
            out.write_char(')')
        }
        TestKind::IsUnknown(of) => {
            out.write_char('(')?;
            predicate(of, false, out)?;
            out.write_str(") is unknown")
        }
        TestKind::Compare(comparison, operands) => surrounded(parentheses, out, |out| {
            chain(&operands.0, strength(&operands.0) <= own, out)?;
            write!(out, " {} ", comparison.symbol())?;
            chain(&operands.1, strength(&operands.1) <= own, out)
        }),
        TestKind::StartsWith(operands) => surrounded(parentheses, out, |out| {
            chain(&operands.0, strength(&operands.0) <= own, out)?;
            out.write_str(" starts with ")?;
            chain(&operands.1, false, out)
        }),
        TestKind::LikeRegex(like) => surrounded(parentheses, out, |out| {
            chain(&like.of, strength(&like.of) <= own, out)?;
            out.write_str(" like_regex ")?;
            write_string(&like.pattern, out)?;
            let flags = like.flags;
            let letters = [
                (flags.ignore_case, 'i'),
                (flags.dot_all, 's'),
                (flags.multi_line, 'm'),
                (flags.expanded, 'x'),
                (flags.quoted, 'q'),
            ];
            let letters: String = letters.into_iter().filter(|(set, _)| *set).map(|(_, letter)| letter).collect();
            if letters.is_empty() { Ok(()) } else { write!(out, " flag \"{letters}\"") }
        }),
        TestKind::Exists(of) => {
            out.write_str("exists (")?;
            chain(of, false, out)?;
            out.write_char(')')
        }
    }
}
