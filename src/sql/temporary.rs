//! TEMPORARY and ON COMMIT, which are taken out of a statement's tokens before anything else reads them.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::is;
use super::text::At;
use super::utility::Words;
use crate::catalog::OnCommit;
use crate::types::{PgError, Severity, SqlState};

/// What a CREATE says of a temporary object.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TemporaryClauses {
    pub temporary: bool,
    /// ON COMMIT; `Some(None)` is PRESERVE ROWS.
    pub on_commit: Option<Option<OnCommit>>,
    /// Where GLOBAL stands.
    global: Option<At>,
}

impl TemporaryClauses {
    /// What PostgreSQL has to say of GLOBAL, which means nothing to it.
    pub fn warning(&self, text: &str) -> Option<PgError> {
        let message = "GLOBAL is deprecated in temporary table creation";
        let warning = PgError { severity: Severity::Warning, ..PgError::new(SqlState::WARNING, message) };
        Some(self.global?.mark(warning, text))
    }
}

/// Takes the clauses out. Of SELECT INTO only LOCAL and GLOBAL go: sqlparser knows the rest.
pub fn take(text: &str, tokens: &mut Vec<TokenWithSpan>) -> Result<TemporaryClauses, PgError> {
    let mut clauses = TemporaryClauses::default();
    match tokens.first() {
        Some(first) if is(first, "create") => {
            take_word(text, tokens, &mut clauses)?;
            take_on_commit(text, tokens, &mut clauses)?;
        }
        Some(first) if is(first, "select") || is(first, "with") || first.token == Token::LParen => {
            take_scope(tokens, &mut clauses);
        }
        _ => {}
    }
    Ok(clauses)
}

fn is_temporary(token: &TokenWithSpan) -> bool {
    is(token, "temp") || is(token, "temporary")
}

/// `CREATE [OR REPLACE] [LOCAL | GLOBAL] { TEMP | TEMPORARY }` before TABLE, VIEW or SEQUENCE.
fn take_word(text: &str, tokens: &mut Vec<TokenWithSpan>, clauses: &mut TemporaryClauses) -> Result<(), PgError> {
    let mut words = Words { text, tokens, next: 1 };
    let replace = words.accept_all(&["or", "replace"]);
    let first = words.next;
    let scope = words.peek().filter(|token| is(token, "local") || is(token, "global"));
    clauses.global = scope.filter(|token| is(token, "global")).map(|token| token.span.into());
    let scoped = scope.is_some();
    words.next += usize::from(scoped);
    if !words.peek().is_some_and(is_temporary) {
        return if scoped { Err(words.error()) } else { Ok(()) };
    }
    words.next += 1;
    let is_view = words.peek_is("view") || words.peek_is("recursive");
    if !is_view && (replace || !(words.peek_is("table") || words.peek_is("sequence"))) {
        return Err(words.error());
    }
    let behind = words.next;
    tokens.drain(first..behind);
    clauses.temporary = true;
    Ok(())
}

/// `ON COMMIT …` of a CREATE TABLE, outside of all parentheses and before AS.
fn take_on_commit(text: &str, tokens: &mut Vec<TokenWithSpan>, clauses: &mut TemporaryClauses) -> Result<(), PgError> {
    let kind = tokens.get(1).filter(|token| is(token, "unlogged")).map_or(1, |_| 2);
    if !tokens.get(kind).is_some_and(|token| is(token, "table")) {
        return Ok(());
    }
    let mut depth = 0usize;
    let begin = tokens.iter().enumerate().find_map(|(index, token)| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth == 0 && is(token, "as") => return Some(None),
            _ if depth == 0 && is(token, "on") && tokens.get(index + 1).is_some_and(|next| is(next, "commit")) => {
                return Some(Some(index));
            }
            _ => {}
        }
        None
    });
    let Some(Some(begin)) = begin else { return Ok(()) };
    let mut words = Words { text, tokens, next: begin + 2 };
    let what = match words.word().as_deref() {
        Some("drop") => Some(OnCommit::Drop),
        Some(word @ ("delete" | "preserve")) => {
            words.expect("rows")?;
            (word == "delete").then_some(OnCommit::DeleteRows)
        }
        Some(_) => return Err(words.error_at(words.at_before())),
        None => return Err(words.error()),
    };
    if words.peek().is_some() && !words.peek_is("tablespace") && !words.peek_is("as") {
        return Err(words.error());
    }
    let behind = words.next;
    tokens.drain(begin..behind);
    clauses.on_commit = Some(what);
    Ok(())
}

/// LOCAL or GLOBAL behind INTO.
fn take_scope(tokens: &mut Vec<TokenWithSpan>, clauses: &mut TemporaryClauses) {
    let found = tokens.windows(3).position(|three| {
        is(&three[0], "into") && (is(&three[1], "local") || is(&three[1], "global")) && is_temporary(&three[2])
    });
    let Some(found) = found else { return };
    let scope = tokens.remove(found + 1);
    clauses.global = is(&scope, "global").then(|| scope.span.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens;

    fn taken(text: &str) -> Result<(String, TemporaryClauses), PgError> {
        let mut all = tokens::split(text).unwrap().remove(0).tokens;
        let clauses = take(text, &mut all)?;
        let words: Vec<String> = all.iter().map(|token| token.token.to_string()).collect();
        Ok((words.join(" "), clauses))
    }

    #[test]
    fn clauses_are_taken_out() {
        let (text, clauses) = taken("CREATE GLOBAL TEMP TABLE t (a int) ON COMMIT DELETE ROWS AS SELECT 1").unwrap();
        assert_eq!(text, "CREATE TABLE t ( a int ) AS SELECT 1");
        assert!(clauses.temporary && clauses.on_commit == Some(Some(OnCommit::DeleteRows)));
        assert_eq!(clauses.warning("CREATE GLOBAL TEMP TABLE").unwrap().position, Some(8));
        let (text, clauses) = taken("CREATE OR REPLACE LOCAL TEMPORARY RECURSIVE VIEW v (n) AS VALUES (1)").unwrap();
        assert_eq!(text, "CREATE OR REPLACE RECURSIVE VIEW v ( n ) AS VALUES ( 1 )");
        assert!(clauses.temporary && clauses.global.is_none());
        let (text, clauses) = taken("SELECT 1 INTO LOCAL TEMP TABLE t").unwrap();
        assert_eq!((text.as_str(), clauses), ("SELECT 1 INTO TEMP TABLE t", TemporaryClauses::default()));
    }

    #[test]
    fn other_words_are_left() {
        for text in ["CREATE TABLE temp ( a int )", "SELECT 1 AS temp", "CREATE TABLE t ( a int )"] {
            assert_eq!(taken(text).unwrap(), (text.to_owned(), TemporaryClauses::default()));
        }
        for text in
            ["CREATE LOCAL TABLE t (a int)", "CREATE TEMP INDEX i ON t (a)", "CREATE OR REPLACE TEMP TABLE t ()"]
        {
            assert_eq!(taken(text).unwrap_err().code, SqlState::SYNTAX_ERROR, "{text}");
        }
        assert!(taken("CREATE TEMP TABLE t (a int) ON COMMIT DROP WITH (fillfactor = 50)").is_err());
    }
}
