//! Regular expressions: the operators, and the functions that say where they match (`regexp.c`).

use std::sync::Arc;

use super::{Call, Out, Scalar};
use crate::types::array::Array;
use crate::types::regexp::{Found, Options, Regexp, Search, matches_of, replace, similar_escape, split};
use crate::types::{PgError, SqlState, Type, Value};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_textregexeq", |call| Ok(matches(call, false)?.into())),
    ("pg_textregexne", |call| Ok((!matches(call, false)?).into())),
    ("pg_texticregexeq", |call| Ok(matches(call, true)?.into())),
    ("pg_texticregexne", |call| Ok((!matches(call, true)?).into())),
    ("pg_similar_to_escape", |call| {
        let escape = if call.len() > 1 { call.text(1)? } else { "\\" };
        Ok(similar_escape(call.text(0)?, escape)?.into())
    }),
    ("pg_textregexsubstr", |call| part(call, search(call, Options::default())?.as_ref())),
    ("pg_textregexsubstr_similar", |call| {
        let search = call.kept(1, |_| {
            Search::new(&similar_escape(call.text(1)?, call.text(2)?)?, &Options::default())
        })?;
        part(call, &search)
    }),
    ("pg_regexp_replace", regexp_replace),
    ("pg_regexp_replace_flags", regexp_replace_flags),
    ("pg_regexp_match", regexp_match),
    ("pg_regexp_split_to_array", regexp_split_to_array),
    ("pg_regexp_like", regexp_like),
    ("pg_regexp_count", regexp_count),
    ("pg_regexp_instr", regexp_instr),
    ("pg_regexp_substr", regexp_substr),
];

/// (text, pattern).
fn matches(call: &Call, ignore_case: bool) -> Result<bool, PgError> {
    let text = call.text(0)?;
    let pattern = call.kept(1, |_| Regexp::new(call.text(1)?, ignore_case))?;
    pattern.matches(text)
}

/// A pattern that is the second argument, as long as it and what `options` come from are constants.
fn search(call: &Call, options: Options) -> Result<Arc<Search>, PgError> {
    let kept = call.kept(1, |_| Ok((Arc::new(Search::new(call.text(1)?, &options)?), options)))?;
    match kept.1 == options {
        true => Ok(kept.0.clone()),
        // The same pattern with other letters.
        false => Search::new(call.text(1)?, &options).map(Arc::new),
    }
}

pub(super) fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

fn text(characters: &[char]) -> Out {
    Out::Text(characters.iter().collect())
}

/// The first group of the first match, or the match if there are no groups: `substring(text FROM pattern)`.
fn part(call: &Call, search: &Search) -> Result<Out, PgError> {
    let whole = characters(call.text(0)?);
    let Some(found) = search.within(&whole).find(0)? else { return Ok(Out::Null) };
    let span = match found.groups.first() {
        Some(group) => *group,
        None => Some(found.whole),
    };
    Ok(span.map_or(Out::Null, |(from, to)| text(&whole[from..to])))
}

fn invalid(name: &str, value: i32) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("invalid value for parameter \"{name}\": {value}"))
}

/// An argument that counts from `least`, or what stands for it.
fn counted(call: &Call, index: usize, name: &str, least: i32, otherwise: i32) -> Result<usize, PgError> {
    if call.len() <= index {
        return Ok(otherwise as usize);
    }
    let value = call.int4(index)?;
    if value < least { Err(invalid(name, value)) } else { Ok(value as usize) }
}

fn letters<'c>(call: &'c Call, index: usize) -> Result<&'c str, PgError> {
    if call.len() > index { call.text(index) } else { Ok("") }
}

/// (text, pattern, replacement, letters).
fn regexp_replace_flags(call: &Call) -> Result<Out, PgError> {
    let letters = letters(call, 3)?;
    if let Some(digit) = letters.chars().next().filter(char::is_ascii_digit) {
        let hint = "If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer \
                    explicitly.";
        return Err(crate::types::regexp::invalid_option(digit).hint(hint));
    }
    let options = Options::parse(letters)?;
    let search = search(call, options)?;
    let nth = usize::from(!options.global);
    Ok(replace(&search, &characters(call.text(0)?), call.text(2)?, 0, nth)?.into())
}

/// (text, pattern, replacement, start, which, letters).
fn regexp_replace(call: &Call) -> Result<Out, PgError> {
    let start = counted(call, 3, "start", 1, 1)?;
    let which = counted(call, 4, "n", 0, 1)?;
    let options = Options::parse(letters(call, 5)?)?;
    // Without a number, all or one by the letters.
    let which = if call.len() <= 4 && options.global { 0 } else { which };
    let search = search(call, options)?;
    Ok(replace(&search, &characters(call.text(0)?), call.text(2)?, start - 1, which)?.into())
}

/// A match as an array: its groups, or itself if there are none.
pub(super) fn groups(found: &Found, whole: &[char]) -> Out {
    let text = |span: Option<(usize, usize)>| {
        span.map_or(Value::Null, |(from, to)| Value::Text(whole[from..to].iter().collect()))
    };
    let values = match &found.groups[..] {
        [] => vec![text(Some(found.whole))],
        groups => groups.iter().map(|group| text(*group)).collect(),
    };
    Out::Text(Array::list(Type::TEXT, values).normal_text())
}

/// (text, pattern, letters).
fn regexp_match(call: &Call) -> Result<Out, PgError> {
    let hint = |error: PgError| match error.message.contains("global") {
        true => error.hint("Use the regexp_matches function instead."),
        false => error,
    };
    let options = Options::without_global(letters(call, 2)?, "regexp_match()").map_err(hint)?;
    let whole = characters(call.text(0)?);
    let found = search(call, options)?.within(&whole).find(0)?;
    Ok(found.map_or(Out::Null, |found| groups(&found, &whole)))
}

/// (text, pattern, letters).
fn regexp_split_to_array(call: &Call) -> Result<Out, PgError> {
    let options = Options::without_global(letters(call, 2)?, "regexp_split_to_array()")?;
    let pieces = split(search(call, options)?.as_ref(), &characters(call.text(0)?))?;
    let values = pieces.into_iter().map(Value::Text).collect();
    Ok(Out::Text(Array::list(Type::TEXT, values).normal_text()))
}

/// (text, pattern, letters).
fn regexp_like(call: &Call) -> Result<Out, PgError> {
    let options = Options::without_global(letters(call, 2)?, "regexp_like()")?;
    let whole = characters(call.text(0)?);
    Ok(search(call, options)?.within(&whole).find(0)?.is_some().into())
}

/// (text, pattern, start, letters).
fn regexp_count(call: &Call) -> Result<Out, PgError> {
    let start = counted(call, 2, "start", 1, 1)?;
    let options = Options::without_global(letters(call, 3)?, "regexp_count()")?;
    let whole = characters(call.text(0)?);
    let search = search(call, options)?;
    let count = matches_of(&search, &whole, start - 1).try_fold(0, |count, found| found.map(|_| count + 1))?;
    Ok(Out::Int(count))
}

/// (text, pattern, start, which, whether its end, letters, group).
fn regexp_instr(call: &Call) -> Result<Out, PgError> {
    let start = counted(call, 2, "start", 1, 1)?;
    let which = counted(call, 3, "n", 1, 1)?;
    let end = if call.len() > 4 { call.int4(4)? } else { 0 };
    if !(0..=1).contains(&end) {
        return Err(invalid("endoption", end));
    }
    let options = Options::without_global(letters(call, 5)?, "regexp_instr()")?;
    let group = counted(call, 6, "subexpr", 0, 0)?;
    let whole = characters(call.text(0)?);
    let span = nth(search(call, options)?.as_ref(), &whole, start, which, group)?;
    Ok(Out::Int(span.map_or(0, |(from, to)| if end == 1 { to as i64 + 1 } else { from as i64 + 1 })))
}

/// (text, pattern, start, which, letters, group).
fn regexp_substr(call: &Call) -> Result<Out, PgError> {
    let start = counted(call, 2, "start", 1, 1)?;
    let which = counted(call, 3, "n", 1, 1)?;
    let options = Options::without_global(letters(call, 4)?, "regexp_substr()")?;
    let group = counted(call, 5, "subexpr", 0, 0)?;
    let whole = characters(call.text(0)?);
    let span = nth(search(call, options)?.as_ref(), &whole, start, which, group)?;
    Ok(span.map_or(Out::Null, |(from, to)| text(&whole[from..to])))
}

/// A match by its number, or one of its groups.
fn nth(
    search: &Search,
    text: &[char],
    start: usize,
    which: usize,
    group: usize,
) -> Result<Option<(usize, usize)>, PgError> {
    // An error is the last of them, whichever was asked for.
    let (mut count, mut last) = (0, None);
    for found in matches_of(search, text, start - 1).take(which) {
        (count, last) = (count + 1, Some(found?));
    }
    let found = last.filter(|_| count == which);
    Ok(found.and_then(|found| match group {
        0 => Some(found.whole),
        group => found.groups.get(group - 1).copied().flatten(),
    }))
}
