//! `UNIQUE NULLS [NOT] DISTINCT` of a column, which sqlparser knows of a table alone.

use sqlparser::tokenizer::{Token, TokenWithSpan};

use super::amend::{self, is};

/// The comment that stands before such a UNIQUE: nobody can write that.
const NOT_DISTINCT: &str = "\u{fdd2}nulls not distinct";

/// Whether a column's comment says that of the UNIQUE behind it.
pub fn is_said(comment: &str) -> bool {
    comment == NOT_DISTINCT
}

/// Gives it the form of an option that sqlparser does know, before the constraint; what is so anyway is left out.
pub fn respell(tokens: &mut Vec<TokenWithSpan>) {
    if !tokens.windows(2).any(|two| is(&two[0], "unique") && is(&two[1], "nulls")) {
        return;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len() + 8);
    let mut rest = std::mem::take(tokens).into_iter().peekable();
    while let Some(token) = rest.next() {
        let unique = out.last().is_some_and(|last| is(last, "unique"));
        if !unique || !is(&token, "nulls") {
            out.push(token);
            continue;
        }
        let mut clause = vec![token];
        clause.extend(rest.next_if(|next| is(next, "not")));
        let not = clause.len() > 1;
        clause.extend(rest.next_if(|next| is(next, "distinct")));
        let whole = clause.last().is_some_and(|last| is(last, "distinct"));
        if !whole || rest.peek().is_some_and(|next| next.token == Token::LParen) {
            out.extend(clause);
        } else if not {
            insert(&mut out);
        }
    }
    *tokens = out;
}

/// Puts the comment before the constraint that the tokens end with.
fn insert(out: &mut Vec<TokenWithSpan>) {
    let at = match out.len().checked_sub(3) {
        Some(constraint) if is(&out[constraint], "constraint") => constraint,
        _ => out.len() - 1,
    };
    let span = out[at].span;
    let comment = amend::comment(NOT_DISTINCT.to_owned()).map(|token| TokenWithSpan { token, span });
    out.splice(at..at, comment);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::tokens::tokenize;

    fn respelt(text: &str) -> String {
        let mut tokens = tokenize(text).unwrap();
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        respell(&mut tokens);
        let shown = tokens.iter().map(|token| match &token.token {
            Token::SingleQuotedString(text) if is_said(text) => "<not distinct>".to_owned(),
            other => other.to_string(),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn it_is_said_before_the_constraint() {
        for (text, expected) in [
            ("a int UNIQUE NULLS NOT DISTINCT NOT NULL", "a int COMMENT <not distinct> UNIQUE NOT NULL"),
            ("a int CONSTRAINT k UNIQUE NULLS NOT DISTINCT", "a int COMMENT <not distinct> CONSTRAINT k UNIQUE"),
            ("a int UNIQUE NULLS DISTINCT", "a int UNIQUE"),
            ("UNIQUE NULLS NOT DISTINCT (a)", "UNIQUE NULLS NOT DISTINCT ( a )"),
            ("UNIQUE NULLS NOT", "UNIQUE NULLS NOT"),
        ] {
            assert_eq!(respelt(text), expected);
        }
    }
}
