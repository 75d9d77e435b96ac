//! What CREATE VIEW has that sqlparser does not read: RECURSIVE, options, WITH CHECK OPTION.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan, Word};

use super::amend::end_with;
use super::text::At;
use super::tokens::syntax_error;
use super::utility::Words;
use crate::types::PgError;

#[derive(Debug, Default)]
pub struct ViewClauses {
    pub recursive: bool,
    pub options: Vec<RelationOption>,
    /// Where WITH CHECK OPTION stands, and whether it is LOCAL.
    pub check: Option<(At, bool)>,
}

/// `name [= value]` of `WITH (…)` or `SET (…)`.
#[derive(Clone, Debug, PartialEq)]
pub struct RelationOption {
    pub namespace: Option<String>,
    pub name: String,
    pub value: Option<String>,
}

/// Takes these clauses out of a CREATE VIEW. What is left of a recursive one is the view that it stands for: of
/// `WITH RECURSIVE v (columns) AS (query) SELECT columns FROM v`.
pub fn take_view_clauses(text: &str, tokens: &mut Vec<TokenWithSpan>) -> Result<Option<Box<ViewClauses>>, PgError> {
    let mut clauses = ViewClauses::default();
    let mut words = Words { text, tokens, next: 0 };
    if !words.accept("create") {
        return Ok(None);
    }
    let materialized = words.accept("materialized");
    if !materialized {
        words.accept_all(&["or", "replace"]);
    }
    let recursive = words.next;
    clauses.recursive = !materialized && words.accept("recursive");
    if !words.accept("view") {
        return Ok(None);
    }
    if materialized {
        words.accept_all(&["if", "not", "exists"]);
    }
    words.object_name()?;
    let list = words.next;
    if words.accept_token(&Token::LParen) {
        while !words.accept_token(&Token::RParen) {
            words.next += 1;
            if words.peek().is_none() {
                return Err(words.error());
            }
        }
    } else if clauses.recursive {
        return Err(words.error());
    }
    let with = words.next;
    if materialized && words.accept("using") && words.name()? != "heap" {
        return Err(PgError::unsupported("an access method other than heap"));
    }
    if words.accept("with") {
        clauses.options = words.relation_options()?;
    }
    if materialized && words.accept("tablespace") && words.name()? != "pg_default" {
        return Err(PgError::unsupported("a tablespace other than pg_default"));
    }
    let body = words.next;
    words.expect("as")?;
    if !materialized {
        clauses.check = check_option(tokens);
    }
    let end = clauses.check.map_or(tokens.len(), |(at, _)| position(tokens, at));
    tokens.truncate(end);
    if clauses.recursive {
        if body + 1 >= end {
            return Err(syntax_error(text, None));
        }
        unfold(tokens, list..with, body);
        tokens.remove(recursive);
    } else {
        tokens.drain(with..body);
    }
    Ok(Some(Box::new(clauses)))
}

/// Where `WITH [CASCADED | LOCAL] CHECK OPTION` begins, at the end.
fn check_option(tokens: &[TokenWithSpan]) -> Option<(At, bool)> {
    const FORMS: &[&[&str]] = &[
        &["with", "check", "option"],
        &["with", "cascaded", "check", "option"],
        &["with", "local", "check", "option"],
    ];
    let form = FORMS.iter().find(|form| end_with(tokens, form))?;
    Some((tokens[tokens.len() - form.len()].span.into(), form.contains(&"local")))
}

fn position(tokens: &[TokenWithSpan], at: At) -> usize {
    tokens.iter().rposition(|token| at.is(token.span.start)).unwrap_or(tokens.len())
}

/// `v (columns) AS query` → `v AS WITH RECURSIVE v (columns) AS (query) SELECT columns FROM v`.
fn unfold(tokens: &mut Vec<TokenWithSpan>, list: std::ops::Range<usize>, body: usize) {
    let query = tokens.split_off(body + 1);
    let as_token = tokens[body].clone();
    let columns: Vec<TokenWithSpan> = tokens[list.clone()].to_vec();
    let name = tokens[list.start - 1].clone();
    tokens.truncate(list.start);
    let span = as_token.span;
    let word = |value: &str, keyword| {
        let word = Word { value: value.to_owned(), quote_style: None, keyword };
        TokenWithSpan { token: Token::Word(word), span }
    };
    // The binder looks for the name in the text between these two: that of the query.
    let cte = TokenWithSpan { token: name.token.clone(), span };
    let end = query.last().map_or(span.end, |last| last.span.end);
    let close = TokenWithSpan { token: Token::RParen, span: Span { start: end, end } };
    tokens.extend([as_token.clone(), word("WITH", Keyword::WITH), word("RECURSIVE", Keyword::RECURSIVE), cte]);
    tokens.extend(columns.iter().cloned());
    tokens.extend([as_token, TokenWithSpan { token: Token::LParen, span }]);
    tokens.extend(query);
    tokens.extend([close, word("SELECT", Keyword::SELECT)]);
    tokens.extend(columns.into_iter().filter(|token| !matches!(token.token, Token::LParen | Token::RParen)));
    tokens.extend([word("FROM", Keyword::FROM), name]);
}

impl Words<'_> {
    /// `(name [= value], …)`.
    pub fn relation_options(&mut self) -> Result<Vec<RelationOption>, PgError> {
        self.expect_token(&Token::LParen)?;
        let mut options = Vec::new();
        loop {
            let (mut namespace, mut name) = (None, self.name()?);
            if self.accept_token(&Token::Period) {
                namespace = Some(std::mem::replace(&mut name, self.name()?));
            }
            let value = if self.accept_token(&Token::Eq) { Some(self.setting_value()?) } else { None };
            options.push(RelationOption { namespace, name, value });
            if self.accept_token(&Token::RParen) {
                return Ok(options);
            }
            self.expect_token(&Token::Comma)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens;

    fn rest(text: &str) -> (String, ViewClauses) {
        let mut all = tokens::split(text).unwrap().remove(0).tokens;
        let clauses = take_view_clauses(text, &mut all).unwrap().unwrap();
        let words: Vec<String> = all.iter().map(|token| token.token.to_string()).collect();
        (words.join(" "), *clauses)
    }

    #[test]
    fn clauses_are_taken_out() {
        let (text, clauses) =
            rest("CREATE VIEW v (a) WITH (security_barrier, x.y = 3) AS SELECT 1 WITH LOCAL CHECK OPTION");
        assert_eq!(text, "CREATE VIEW v ( a ) AS SELECT 1");
        assert!(matches!(clauses.check, Some((_, true))) && !clauses.recursive);
        let [barrier, other] = &clauses.options[..] else { panic!("{clauses:?}") };
        assert_eq!((barrier.name.as_str(), &barrier.value), ("security_barrier", &None));
        assert_eq!((other.namespace.as_deref(), other.value.as_deref()), (Some("x"), Some("3")));
    }

    #[test]
    fn a_recursive_view_is_one_of_a_recursive_query() {
        let (text, clauses) = rest("CREATE OR REPLACE RECURSIVE VIEW s.v (n, m) AS VALUES (1, 2)");
        let expected =
            "CREATE OR REPLACE VIEW s . v AS WITH RECURSIVE v ( n , m ) AS ( VALUES ( 1 , 2 ) ) SELECT n , m FROM v";
        assert_eq!(text, expected);
        assert!(clauses.recursive);
    }
}
