//! Operators among a statement's tokens, as PostgreSQL's scanner takes them apart and joins them: sqlparser's own reads many
//! otherwise.

use sqlparser::tokenizer::{Location, Span, Token, TokenWithSpan};

use super::text::Cursor;

/// Whether a token is an operator, or part of one.
pub fn is_operator(token: &Token) -> bool {
    let written = match token {
        Token::CustomBinaryOperator(_) => return true,
        Token::Word(_)
        | Token::Whitespace(_)
        | Token::Number(..)
        | Token::SingleQuotedString(_)
        | Token::Placeholder(_)
        | Token::EscapedStringLiteral(_)
        | Token::DollarQuotedString(_)
        | Token::LParen
        | Token::RParen
        | Token::LBracket
        | Token::RBracket
        | Token::Comma
        | Token::Period
        | Token::SemiColon
        | Token::Colon
        | Token::DoubleColon
        | Token::Assignment
        | Token::RArrow => return false,
        token => token.to_string(),
    };
    written.bytes().all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte))
}

/// Whether an operator is known by its token, wherever it stands: sqlparser has names for many more, most of them between
/// operands only or before one only.
pub fn has_tree(operator: &Token) -> bool {
    matches!(
        operator,
        Token::CustomBinaryOperator(_)
            | Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::Mod
            | Token::Caret
            | Token::Eq
            | Token::Neq
            | Token::Lt
            | Token::LtEq
            | Token::Gt
            | Token::GtEq
            | Token::StringConcat
            | Token::Pipe
            | Token::Ampersand
            | Token::Sharp
            | Token::ShiftLeft
            | Token::ShiftRight
            | Token::Tilde
            | Token::TildeAsterisk
            | Token::ExclamationMarkTilde
            | Token::ExclamationMarkTildeAsterisk
            | Token::DoubleTilde
            | Token::DoubleTildeAsterisk
            | Token::ExclamationMarkDoubleTilde
            | Token::ExclamationMarkDoubleTildeAsterisk
            | Token::CaretAt
            | Token::Arrow
            | Token::LongArrow
            | Token::HashArrow
            | Token::HashLongArrow
            | Token::HashMinus
            | Token::AtAt
            | Token::AtArrow
            | Token::ArrowAt
            | Token::AtQuestion
            | Token::Overlap
            | Token::Question
            | Token::QuestionPipe
            | Token::QuestionAnd
            | Token::Spaceship
    )
}

/// Whether an operator may stand before its operand (`Op` in PostgreSQL's grammar): signs apart, those that it has no token of
/// their own for.
pub fn is_prefix(token: &Token) -> bool {
    let own = matches!(
        token,
        Token::Plus
            | Token::Minus
            | Token::Mul
            | Token::Div
            | Token::Mod
            | Token::Caret
            | Token::Eq
            | Token::Neq
            | Token::Lt
            | Token::LtEq
            | Token::Gt
            | Token::GtEq
    );
    is_operator(token) && !own
}

/// Operators that stand without a space between them are one, as far as that is how PostgreSQL reads them: `2^-1`, but not
/// `2*-1`.
pub fn join_operators(tokens: &mut Vec<TokenWithSpan>, text: &str) {
    let stand_together = |pair: &[TokenWithSpan]| is_operator(&pair[0].token) && is_operator(&pair[1].token);
    let has_signs = |token: &TokenWithSpan| match &token.token {
        Token::CustomBinaryOperator(operator) => signs_to_split(operator) > 0,
        _ => false,
    };
    if !tokens.windows(2).any(stand_together) && !tokens.iter().any(has_signs) {
        return;
    }
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(tokens.len());
    let mut cursor = Cursor::new(text);
    let mut rest = std::mem::take(tokens).into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut run = vec![first];
        while is_operator(&run[0].token)
            && let Some(next) = rest.next_if(|next| is_operator(&next.token))
        {
            run.push(next);
        }
        let (first, last) = match &run[..] {
            [only] if has_signs(only) => (only, only),
            [first, .., last] => (first, last),
            _ => {
                out.extend(run);
                continue;
            }
        };
        let (begins, ends) = (first.span.start, first.span.end);
        cursor.advance(begins);
        let start = cursor.bytes;
        cursor.advance(last.span.end);
        let written = &text[start..cursor.bytes];
        let length = written.len() - signs_to_split(written);
        let place = |behind: usize| Location { column: begins.column + behind as u64, ..begins };
        if place(length) == ends {
            // As it has been read.
            out.extend(run);
            continue;
        }
        let (operator, signs) = written.split_at(length);
        let token = Token::CustomBinaryOperator(operator.to_owned());
        out.push(TokenWithSpan { token, span: Span::new(begins, place(length)) });
        for (sign, behind) in signs.bytes().zip(length..) {
            let token = if sign == b'-' { Token::Minus } else { Token::Plus };
            out.push(TokenWithSpan { token, span: Span::new(place(behind), place(behind + 1)) });
        }
    }
    *tokens = out;
}

/// How many signs at an operator's end are operators of their own: all, unless it has a character that SQL's standard
/// operators don't have.
pub fn signs_to_split(operator: &str) -> usize {
    if operator.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']) {
        return 0;
    }
    let rest = operator.trim_end_matches(['+', '-']);
    operator.len() - rest.len().max(1)
}

pub fn split_signs(token: &TokenWithSpan, out: &mut Vec<TokenWithSpan>) {
    let Token::CustomBinaryOperator(operator) = &token.token else { return };
    let (first, signs) = operator.split_at(operator.len() - signs_to_split(operator));
    let first = match first {
        "+" => Token::Plus,
        "-" => Token::Minus,
        "*" => Token::Mul,
        "/" => Token::Div,
        "<" => Token::Lt,
        ">" => Token::Gt,
        "=" => Token::Eq,
        "<=" => Token::LtEq,
        ">=" => Token::GtEq,
        "<>" => Token::Neq,
        other => Token::CustomBinaryOperator(other.to_owned()),
    };
    out.push(TokenWithSpan { token: first, span: token.span });
    for sign in signs.chars() {
        let token_of = if sign == '+' { Token::Plus } else { Token::Minus };
        out.push(TokenWithSpan { token: token_of, span: token.span });
    }
}
