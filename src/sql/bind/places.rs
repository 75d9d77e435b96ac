//! Where things stand that sqlparser's tree has no place for: found among the statement's tokens.
//!
//! What a bound expression knows is where it begins ([`Expr::at`](crate::sql::bound::Expr::at)), parentheses around it
//! not counted. From there, operators and keywords that follow an operand are found by counting parentheses.

use sqlparser::ast;
use sqlparser::tokenizer::{Span, Token, TokenWithSpan};

use super::Binder;
use crate::sql::operator_tokens::join_operators;
use crate::sql::text::At;
use crate::sql::tokens;
use crate::types::PgError;

impl Binder<'_> {
    /// The statement's tokens without white space, made when first asked for.
    pub fn tokens(&self) -> &[TokenWithSpan] {
        self.tokens.get_or_init(|| {
            let mut all = tokens::tokenize(self.text).unwrap_or_default();
            join_operators(&mut all, self.text);
            all.retain(|token| !matches!(token.token, Token::Whitespace(_)));
            all
        })
    }

    /// The tokens from a place on.
    pub fn tokens_from(&self, at: At) -> &[TokenWithSpan] {
        self.token_number(at).map_or(&[], |number| &self.tokens()[number..])
    }

    /// The number of the token at a place.
    fn token_number(&self, at: At) -> Option<usize> {
        self.tokens().binary_search_by(|token| At::from(token.span).cmp(at)).ok()
    }

    fn token_place(&self, number: Option<usize>) -> At {
        number.and_then(|number| self.tokens().get(number)).map_or(At::NOWHERE, |token| token.span.into())
    }

    /// The place so many tokens away.
    pub fn tokens_away(&self, at: At, distance: isize) -> At {
        self.token_place(self.token_number(at).and_then(|number| number.checked_add_signed(distance)))
    }

    /// The first token for which `is` holds, behind an operand that begins at `start` and not within it.
    pub fn behind(&self, operand: &ast::Expr, start: At, is: impl Fn(&Token) -> bool) -> At {
        self.behind_some(parentheses(operand), start, 0, is)
    }

    fn behind_some(&self, parentheses: isize, start: At, skip: usize, is: impl Fn(&Token) -> bool) -> At {
        let Some(first) = self.token_number(start) else { return At::NOWHERE };
        let (mut depth, mut skip) = (parentheses, skip);
        for token in &self.tokens()[first..] {
            match token.token {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth -= 1,
                _ if depth == 0 && is(&token.token) => match skip {
                    0 => return token.span.into(),
                    _ => skip -= 1,
                },
                _ => {}
            }
            if depth < 0 {
                break;
            }
        }
        At::NOWHERE
    }

    /// The operator behind an operand.
    pub fn operator_behind(&self, operand: &ast::Expr, start: At, op: &ast::BinaryOperator) -> At {
        if let ast::BinaryOperator::PGCustomBinaryOperator(_) = op {
            return self.word_behind(operand, start, "operator");
        }
        let name = super::expr::operator_name(op).unwrap_or_default();
        self.behind(operand, start, |token| match token {
            Token::Neq => name == "<>",
            token => token.to_string() == name,
        })
    }

    /// A word behind an operand.
    pub fn word_behind(&self, operand: &ast::Expr, start: At, word: &str) -> At {
        self.behind(operand, start, |token| is_word(token, word))
    }

    /// The token so many places before an operand and its parentheses: 1 for a prefix operator.
    pub fn before(&self, operand: &ast::Expr, start: At, distance: isize) -> At {
        self.tokens_away(start, -parentheses(operand) - distance)
    }

    /// Where a row constructor begins whose first value begins at `start`: at its word, or its parenthesis.
    pub fn row_at(&self, items: &[ast::Expr], start: At) -> At {
        let Some(first) = items.first() else { return At::NOWHERE };
        let open = self.before(first, start, 1);
        let word = self.token_number(open).and_then(|number| number.checked_sub(1));
        match word.and_then(|number| self.tokens().get(number)) {
            Some(word) if is_word(&word.token, "row") => word.span.into(),
            _ => open,
        }
    }

    /// `::` or CAST, and the type that follows it.
    pub fn cast_places(&self, kind: &ast::CastKind, operand: &ast::Expr, start: At) -> (At, At) {
        if matches!(kind, ast::CastKind::DoubleColon) {
            let (mut inner, mut casts) = (operand, 0);
            while let ast::Expr::Cast { kind: ast::CastKind::DoubleColon, expr, .. } = inner {
                (inner, casts) = (expr, casts + 1);
            }
            let cast = self.behind_some(parentheses(operand), start, casts, |token| *token == Token::DoubleColon);
            return (cast, self.tokens_away(cast, 1));
        }
        let cast = self.before(operand, start, 2);
        let word = self.behind_some(parentheses(operand), start, 0, |token| is_word(token, "as"));
        (cast, self.tokens_away(word, 1))
    }

    /// The parenthesis around a sub-query.
    pub fn subquery_at(&self, query: &ast::Query) -> At {
        let mut parentheses = 1;
        let mut query = query;
        loop {
            if let Some(with) = &query.with {
                return self.tokens_away(with.with_token.0.span.into(), -parentheses);
            }
            let mut body = &*query.body;
            while let ast::SetExpr::SetOperation { left, .. } = body {
                body = left;
            }
            let start = match body {
                ast::SetExpr::Select(select) => select.select_token.0.span.into(),
                ast::SetExpr::Values(values) => {
                    let first = values.rows.first().map_or(At::NOWHERE, |row| row.opening_token.0.span.into());
                    self.tokens_away(first, -1)
                }
                ast::SetExpr::Query(inner) => {
                    query = inner;
                    parentheses += 1;
                    continue;
                }
                _ => At::NOWHERE,
            };
            return self.tokens_away(start, -parentheses);
        }
    }

    /// The first and the last such word of a column's definition, which begins with its name.
    pub fn words_of_column(&self, name: At, word: &str) -> (At, At) {
        let mut found = (At::NOWHERE, At::NOWHERE);
        let Some(number) = self.token_number(name) else { return found };
        let mut depth = 0;
        for token in self.tokens().iter().skip(number + 1) {
            match &token.token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 0 => break,
                Token::RParen => depth -= 1,
                Token::Comma if depth == 0 => break,
                token_word if depth == 0 && is_word(token_word, word) => {
                    let at = At::from(token.span);
                    found = (found.0.or(at), at);
                }
                _ => {}
            }
        }
        found
    }

    /// The expression of `GENERATED ALWAYS AS (…)` in a column's definition, which begins with its name.
    pub fn generation_span(&self, name: At) -> Option<Span> {
        let (first, last) = self.words_of_column(name, "generated");
        [first, last].into_iter().find_map(|generated| {
            let number = self.token_number(generated)?;
            let open = self.tokens().get(number + 3)?;
            let last = self.token_number(self.closing(self.tokens_away(generated, 2)))?.checked_sub(1)?;
            let (first, last) = (self.tokens().get(number + 4)?, self.tokens().get(last)?);
            (open.token == Token::LParen).then_some(Span { start: first.span.start, end: last.span.end })
        })
    }

    /// Where a constraint begins that has this word, and a column's name in its parentheses.
    pub fn constraint_start(&self, word: &str, inside: At) -> At {
        let start = self.word_before(word, inside);
        let before = self.tokens_away(start, -2);
        let is_named =
            self.token_number(before).is_some_and(|number| is_word(&self.tokens()[number].token, "constraint"));
        if is_named { before } else { start }
    }

    /// The parenthesis that closes the one behind a function's name.
    pub fn closing(&self, name: At) -> At {
        let Some(first) = self.token_number(name) else { return At::NOWHERE };
        let mut depth = 0;
        for token in &self.tokens()[first..] {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 1 => return token.span.into(),
                Token::RParen => depth -= 1,
                _ => {}
            }
        }
        At::NOWHERE
    }

    /// The parenthesis behind OVER of a function called here.
    pub fn over_parenthesis(&self, name: At) -> At {
        let Some(number) = self.token_number(self.closing(name)) else { return At::NOWHERE };
        let mut depth = 0;
        for (index, token) in self.tokens().iter().enumerate().skip(number + 1) {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 0 => break,
                Token::RParen => depth -= 1,
                _ if depth == 0 && is_word(&token.token, "over") => return self.token_place(Some(index + 1)),
                _ => {}
            }
        }
        At::NOWHERE
    }

    /// A word at the first level of the parentheses that `from` opens or is in.
    pub fn window_word(&self, word: &str, from: At) -> At {
        self.window_token(word, from).map_or(At::NOWHERE, |number| self.tokens()[number].span.into())
    }

    fn window_token(&self, word: &str, from: At) -> Option<usize> {
        let start = self.token_number(from)?;
        let opens = matches!(self.tokens()[start].token, Token::LParen);
        let mut depth = 0;
        for (index, token) in self.tokens().iter().enumerate().skip(start + usize::from(opens)) {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen if depth == 0 => return None,
                Token::RParen => depth -= 1,
                _ if depth == 0 && is_word(&token.token, word) => return Some(index),
                _ => {}
            }
        }
        None
    }

    /// Whether INTERVAL does not stand before a value.
    pub fn is_bare_string(&self, value: &ast::Expr) -> bool {
        let number = self.token_number(super::query::expr_at(value)).and_then(|number| number.checked_sub(1));
        number.and_then(|number| self.tokens().get(number)).is_some_and(|token| !is_word(&token.token, "interval"))
    }

    /// EXCLUDE of a frame, whose window's parenthesis opens here: sqlparser does not know it.
    pub fn exclusion(&self, open: At) -> Option<&'static str> {
        let number = self.window_token("exclude", open)?;
        let next = self.tokens().get(number + 1)?;
        ["current", "group", "ties"].into_iter().find(|word| is_word(&next.token, word)).map(|word| match word {
            "current" => "CURRENT ROW",
            "group" => "GROUP",
            _ => "TIES",
        })
    }

    /// The last such word before a place.
    pub fn word_before(&self, word: &str, at: At) -> At {
        let before = self.token_number(at).map_or(&[][..], |number| &self.tokens()[..number]);
        let found = before.iter().rev().find(|token| is_word(&token.token, word));
        found.map_or(At::NOWHERE, |token| token.span.into())
    }

    /// The first place of an unquoted word.
    pub fn word(&self, word: &str) -> At {
        let found = self.tokens().iter().find(|token| is_word(&token.token, word));
        found.map_or(At::NOWHERE, |token| token.span.into())
    }

    /// The first place of a string.
    pub fn string(&self, text: &str) -> At {
        let is = |token: &&TokenWithSpan| matches!(&token.token, Token::SingleQuotedString(other) if other == text);
        self.tokens().iter().find(is).map_or(At::NOWHERE, |token| token.span.into())
    }

    /// 42601 at the token behind a place.
    pub fn syntax_error_behind(&self, at: At) -> PgError {
        tokens::syntax_error(self.text, self.next_token(at))
    }

    /// What stands behind the token at a place.
    pub fn token_behind(&self, at: At) -> Option<&Token> {
        self.next_token(at).map(|next| &next.token)
    }

    fn next_token(&self, at: At) -> Option<&TokenWithSpan> {
        self.token_number(at).and_then(|number| self.tokens().get(number + 1))
    }
}

/// Parentheses that open before the place at which an expression is said to begin.
fn parentheses(mut expr: &ast::Expr) -> isize {
    let mut parentheses = 0;
    loop {
        expr = match expr {
            ast::Expr::Nested(inner) => {
                parentheses += 1;
                inner
            }
            ast::Expr::Cast { kind: ast::CastKind::DoubleColon, expr: inner, .. }
            | ast::Expr::BinaryOp { left: inner, .. }
            | ast::Expr::IsNull(inner)
            | ast::Expr::IsNotNull(inner)
            | ast::Expr::IsTrue(inner)
            | ast::Expr::IsNotTrue(inner)
            | ast::Expr::IsFalse(inner)
            | ast::Expr::IsNotFalse(inner)
            | ast::Expr::IsUnknown(inner)
            | ast::Expr::IsNotUnknown(inner)
            | ast::Expr::IsDistinctFrom(inner, _)
            | ast::Expr::IsNotDistinctFrom(inner, _)
            | ast::Expr::Between { expr: inner, .. }
            | ast::Expr::Like { expr: inner, .. }
            | ast::Expr::ILike { expr: inner, .. }
            | ast::Expr::InList { expr: inner, .. }
            | ast::Expr::InSubquery { expr: inner, .. }
            | ast::Expr::AnyOp { left: inner, .. }
            | ast::Expr::AllOp { left: inner, .. }
            | ast::Expr::Collate { expr: inner, .. } => inner,
            _ => return parentheses,
        };
    }
}

pub fn is_word(token: &Token, expected: &str) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
}
