//! TEMPORARY and ON COMMIT, and what CREATE TABLE says of storage: taken out of a statement's tokens before anything else
//! reads them.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::is;
use super::ddl::no_tablespace;
use super::text::At;
use super::utility::Words;
use super::view::RelationOption;
use crate::catalog::OnCommit;
use crate::types::{PgError, Severity, SqlState};

/// What a CREATE says of a temporary object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemporaryClauses {
    pub temporary: bool,
    /// ON COMMIT; `Some(None)` is PRESERVE ROWS.
    pub on_commit: Option<Option<OnCommit>>,
    /// `WITH (fillfactor = 70)`.
    pub options: Vec<RelationOption>,
    /// The same of the indexes of keys, by the keys' places.
    pub index_options: Vec<(KeyPlace, Vec<RelationOption>)>,
    /// Where GLOBAL stands.
    global: Option<At>,
}

/// Which one of a CREATE TABLE's keys: those of columns and those of the table are counted apart, primary ones and others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPlace {
    pub of_table: bool,
    pub primary: bool,
    pub number: usize,
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
            take_table_clauses(text, tokens, &mut clauses)?;
            take_tablespace(text, tokens)?;
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

/// What stands in a CREATE TABLE outside of all parentheses and before AS, in PostgreSQL's order: `USING method`,
/// `WITH (…)` or `WITHOUT OIDS`, `ON COMMIT …`, `TABLESPACE name`.
fn take_table_clauses(
    text: &str,
    tokens: &mut Vec<TokenWithSpan>,
    clauses: &mut TemporaryClauses,
) -> Result<(), PgError> {
    let kind = tokens.get(1).filter(|token| is(token, "unlogged")).map_or(1, |_| 2);
    if !tokens.get(kind).is_some_and(|token| is(token, "table")) {
        return Ok(());
    }
    take_index_parameters(text, tokens, clauses)?;
    let mut depth = 0usize;
    let begin = tokens.iter().enumerate().skip(kind + 2).find_map(|(index, token)| {
        let next = tokens.get(index + 1);
        let next_is = |word| next.is_some_and(|next| is(next, word));
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth == 0 && is(token, "as") => return Some(None),
            _ if depth == 0 => {
                let begins = (is(token, "with") && next.is_some_and(|next| next.token == Token::LParen))
                    || (is(token, "without") && next_is("oids"))
                    || (is(token, "on") && next_is("commit"))
                    || is(token, "tablespace")
                    || is(token, "using");
                return begins.then_some(Some(index));
            }
            _ => {}
        }
        None
    });
    let Some(Some(begin)) = begin else { return Ok(()) };
    let mut words = Words { text, tokens, next: begin };
    if words.accept("using") && words.name()? != "heap" {
        return Err(PgError::unsupported("an access method other than heap"));
    }
    if words.accept("with") {
        clauses.options = words.relation_options()?;
    } else {
        words.accept_all(&["without", "oids"]);
    }
    if words.accept_all(&["on", "commit"]) {
        clauses.on_commit = Some(on_commit(&mut words)?);
    }
    if words.accept("tablespace") {
        require_default(&words.name()?)?;
    }
    if words.peek().is_some() && !words.peek_is("as") {
        return Err(words.error());
    }
    let behind = words.next;
    tokens.drain(begin..behind);
    Ok(())
}

/// What a table constraint may begin with.
const CONSTRAINTS: &[&str] = &["constraint", "primary", "unique", "check", "foreign", "exclude"];

/// `WITH (…)` and `USING INDEX TABLESPACE name` behind keys.
fn take_index_parameters(
    text: &str,
    tokens: &mut Vec<TokenWithSpan>,
    clauses: &mut TemporaryClauses,
) -> Result<(), PgError> {
    let mut taken = Vec::new();
    let mut seen: Vec<KeyPlace> = Vec::new();
    let (mut depth, mut of_table, mut key, mut at) = (0usize, false, None, 0);
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        let next_is = |word| next.is_some_and(|next| is(next, word));
        match &token.token {
            Token::LParen => depth += 1,
            Token::RParen if depth <= 1 => break,
            Token::RParen => depth -= 1,
            _ => {}
        }
        if depth == 1 && matches!(token.token, Token::LParen | Token::Comma) {
            of_table = CONSTRAINTS.iter().any(|word| next_is(word));
            key = None;
        }
        let primary = is(token, "primary") && next_is("key");
        if depth == 1 && (primary || is(token, "unique")) {
            let alike = |other: &&KeyPlace| other.of_table == of_table && other.primary == primary;
            let place = KeyPlace { of_table, primary, number: seen.iter().filter(alike).count() };
            seen.push(place);
            key = Some(place);
        }
        let Some(place) = key.filter(|_| depth == 1) else {
            at += 1;
            continue;
        };
        let mut words = Words { text, tokens, next: at };
        if is(token, "with") && next.is_some_and(|next| next.token == Token::LParen) {
            words.next += 1;
            clauses.index_options.push((place, words.relation_options()?));
        } else if words.accept_all(&["using", "index", "tablespace"]) {
            require_default(&words.name()?)?;
        } else {
            at += 1;
            continue;
        }
        taken.push(at..words.next);
        at = words.next;
    }
    for range in taken.into_iter().rev() {
        tokens.drain(range);
    }
    Ok(())
}

/// `TABLESPACE name` of a CREATE INDEX.
fn take_tablespace(text: &str, tokens: &mut Vec<TokenWithSpan>) -> Result<(), PgError> {
    let kind = tokens.get(1).filter(|token| is(token, "unique")).map_or(1, |_| 2);
    if !tokens.get(kind).is_some_and(|token| is(token, "index")) {
        return Ok(());
    }
    // Behind the columns, and never in a WHERE: it is no operator.
    let found = tokens.windows(2).rposition(|two| is(&two[0], "tablespace") && matches!(two[1].token, Token::Word(_)));
    let Some(found) = found.filter(|found| matches!(tokens[found - 1].token, Token::RParen)) else { return Ok(()) };
    require_default(&Words { text, tokens, next: found + 1 }.name()?)?;
    tokens.drain(found..found + 2);
    Ok(())
}

fn require_default(tablespace: &str) -> Result<(), PgError> {
    if tablespace == "pg_default" { Ok(()) } else { Err(no_tablespace(tablespace)) }
}

/// `None` is PRESERVE ROWS.
fn on_commit(words: &mut Words<'_>) -> Result<Option<OnCommit>, PgError> {
    match words.word().as_deref() {
        Some("drop") => Ok(Some(OnCommit::Drop)),
        Some(word @ ("delete" | "preserve")) => {
            words.expect("rows")?;
            Ok((word == "delete").then_some(OnCommit::DeleteRows))
        }
        Some(_) => Err(words.error_at(words.at_before())),
        None => Err(words.error()),
    }
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
        let mut all = tokens::split_expression(text).unwrap().remove(0).tokens;
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
    fn storage_is_taken_out() {
        let create = "CREATE TABLE t (a int UNIQUE WITH (fillfactor = 7), PRIMARY KEY (a) WITH (b) USING INDEX TABLESPACE \
            pg_default) USING heap WITH (x.y = 3) TABLESPACE pg_default AS SELECT 1";
        let (text, clauses) = taken(create).unwrap();
        assert_eq!(text, "CREATE TABLE t ( a int UNIQUE , PRIMARY KEY ( a ) ) AS SELECT 1");
        let place = |of_table, primary| KeyPlace { of_table, primary, number: 0 };
        let places: Vec<KeyPlace> = clauses.index_options.iter().map(|(place, _)| *place).collect();
        assert_eq!(places, [place(false, false), place(true, true)]);
        assert_eq!(clauses.options[0].namespace.as_deref(), Some("x"));
        let (text, _) = taken("CREATE UNIQUE INDEX i ON t (tablespace) TABLESPACE pg_default WHERE a").unwrap();
        assert_eq!(text, "CREATE UNIQUE INDEX i ON t ( tablespace ) WHERE a");
    }

    #[test]
    fn parentheses_may_be_missing() {
        for text in [
            "CREATE TABLE x a int)",
            "CREATE TABLE x (a int",
            "CREATE TABLE x (UNIQUE WITH (",
            "CREATE INDEX ) tablespace",
        ] {
            let _ = taken(text);
        }
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
