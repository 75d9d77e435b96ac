//! How tightly operators bind (`gram.y`; "Operator Precedence" in PostgreSQL's manual), where sqlparser has other ideas.
//!
//! From the loosest to the tightest: OR, AND, NOT, IS, comparisons, BETWEEN with IN and LIKE, all other operators,
//! `+ -`, `* / %`, `^`, AT TIME ZONE, COLLATE, signs, subscripts, `::`. An operator written `OPERATOR(schema.name)` is one
//! of the others whatever its name, and so are those before their operand, but for signs and NOT.

use sqlparser::ast::{BinaryOperator, Expr, Ident, UnaryOperator};
use sqlparser::dialect::Precedence;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token, Word};

use super::dialect::{Postgres, SYMMETRIC, is_word, rank_of};
use super::operator_tokens::is_prefix;

/// Of a sign before its operand: sqlparser has no name for it. Tighter than COLLATE, looser than subscripts.
const SIGN: u8 = 125;

type Parsed = Result<Expr, ParserError>;

/// How tightly the next token binds what stands before it; `None`: as sqlparser says.
pub fn next(parser: &Parser) -> Option<u8> {
    let behind = |n: usize, words: &[&str]| words.iter().any(|word| is_word(parser, n, word));
    match &parser.peek_token_ref().token {
        Token::Tilde
        | Token::TildeAsterisk
        | Token::ExclamationMarkTilde
        | Token::ExclamationMarkTildeAsterisk
        | Token::DoubleTilde
        | Token::DoubleTildeAsterisk
        | Token::ExclamationMarkDoubleTilde
        | Token::ExclamationMarkDoubleTildeAsterisk
        | Token::Spaceship => Some(rank_of(Precedence::PgOther)),
        Token::Word(Word { quote_style: Some(_), .. }) => Some(0),
        Token::Word(word) => match word.keyword {
            Keyword::OPERATOR => Some(match parser.peek_nth_token_ref(1).token {
                Token::LParen => rank_of(Precedence::PgOther),
                _ => 0,
            }),
            // Its operands are rows in parentheses, whatever stands around.
            Keyword::OVERLAPS => Some(rank_of(Precedence::DoubleColon)),
            Keyword::NOT => Some(match behind(1, &["in", "between", "like", "ilike", "similar"]) {
                true => rank_of(Precedence::Between),
                false => 0,
            }),
            // Names here.
            Keyword::XOR
            | Keyword::RLIKE
            | Keyword::REGEXP
            | Keyword::MATCH
            | Keyword::GLOB
            | Keyword::MEMBER
            | Keyword::DIV => Some(0),
            _ => None,
        },
        _ => None,
    }
}

/// What begins with an operator.
pub fn prefix(parser: &mut Parser) -> Option<Parsed> {
    if is_word(parser, 0, "operator") && parser.peek_nth_token_ref(1).token == Token::LParen {
        return spelled_prefix(parser);
    }
    let token = parser.peek_token_ref();
    let known = match &token.token {
        Token::CustomBinaryOperator(name) => matches!(name.as_str(), "@" | "|/" | "||/"),
        token => *token == Token::Tilde,
    };
    if is_prefix(&token.token) && !known {
        let prefix = Ident::with_span(token.span, token.token.to_string());
        parser.next_token();
        let value = parser.parse_subexpr(rank_of(Precedence::PgOther));
        return Some(value.map(|value| Expr::Prefixed { prefix, value: Box::new(value) }));
    }
    let (operator, rank) = match &token.token {
        Token::Minus => (UnaryOperator::Minus, SIGN),
        Token::Plus => (UnaryOperator::Plus, SIGN),
        Token::Tilde => (UnaryOperator::BitwiseNot, rank_of(Precedence::PgOther)),
        Token::CustomBinaryOperator(name) => match name.as_str() {
            "@" => (UnaryOperator::PGAbs, rank_of(Precedence::PgOther)),
            "|/" => (UnaryOperator::PGSquareRoot, rank_of(Precedence::PgOther)),
            _ => (UnaryOperator::PGCubeRoot, rank_of(Precedence::PgOther)),
        },
        Token::Word(word) if word.keyword == Keyword::NOT && word.quote_style.is_none() => {
            (UnaryOperator::Not, rank_of(Precedence::UnaryNot))
        }
        _ => return None,
    };
    parser.next_token();
    let under = |expr| Box::new(Expr::UnaryOp { op: operator, expr });
    Some(parser.parse_subexpr(rank).map(|operand| match operand {
        Expr::Exists { subquery, negated: false } if operator == UnaryOperator::Not => {
            Expr::Exists { subquery, negated: true }
        }
        // sqlparser takes COLLATE for part of what it follows.
        Expr::Collate { expr, collation } if rank == SIGN => Expr::Collate { expr: under(expr), collation },
        operand => *under(Box::new(operand)),
    }))
}

/// `OPERATOR(pg_catalog.@) operand`.
fn spelled_prefix(parser: &mut Parser) -> Option<Parsed> {
    let length = operator_length(parser)?;
    let name = parser.peek_nth_token_ref(length - 2).token.clone();
    let schema = length == 4 || (length == 6 && is_word(parser, 2, "pg_catalog"));
    if !schema || !(is_prefix(&name) || matches!(name, Token::Plus | Token::Minus)) {
        return None;
    }
    let prefix = Ident::with_span(parser.peek_token_ref().span, name.to_string());
    (0..length).for_each(|_| drop(parser.next_token()));
    let value = parser.parse_subexpr(rank_of(Precedence::PgOther));
    Some(value.map(|value| Expr::Prefixed { prefix, value: Box::new(value) }))
}

/// What goes on with an operator that binds as `rank` says; `None`: as sqlparser reads it.
pub fn infix(dialect: &Postgres, parser: &mut Parser, left: &Expr, rank: u8) -> Option<Parsed> {
    if is_alone(left, rank) {
        return Some(parser.expected_ref("the end of the expression", parser.peek_token_ref()));
    }
    let negated = usize::from(is_word(parser, 0, "not"));
    // What sqlparser can read is left to it: it need not copy what stands before.
    if is_word(parser, negated, "between") {
        if !is_word(parser, negated + 1, SYMMETRIC) && !compares_below_and(parser, negated + 1) {
            return None;
        }
        let left = dialect.copy(parser, left);
        (0..=negated).for_each(|_| drop(parser.next_token()));
        return Some(left.and_then(|left| between(parser, left, negated == 1)));
    }
    if is_word(parser, negated, "in") && lists_subquery_first(parser, negated + 1) {
        let left = dialect.copy(parser, left);
        (0..negated + 2).for_each(|_| drop(parser.next_token()));
        return Some(left.and_then(|left| in_list(parser, left, negated == 1)));
    }
    if is_word(parser, 0, "collate") {
        return Some(dialect.copy(parser, left).and_then(|left| collated(parser, left)));
    }
    let spelled = is_word(parser, 0, "operator");
    let length = match spelled {
        true => operator_length(parser)?,
        false => 1,
    };
    let quantifier = ["any", "some", "all"].iter().position(|word| is_word(parser, length, word))?;
    if parser.peek_nth_token_ref(length + 1).token != Token::LParen {
        return None;
    }
    let name = parser.peek_nth_token_ref(if spelled { length - 2 } else { 0 }).token.clone();
    if !spelled && matches!(name, Token::Word(_)) {
        return None;
    }
    // Only of what is cast it would make more than the quantified array.
    if !spelled && parser.get_next_precedence() == Ok(rank_of(Precedence::Eq)) && !is_cast(parser, length + 1) {
        return None;
    }
    let left = dialect.copy(parser, left);
    (0..length + 2).for_each(|_| drop(parser.next_token()));
    Some(left.and_then(|left| quantified(parser, left, named(&name), quantifier == 2)))
}

/// Whether `((SELECT …), …)` stands at the n-th token from here: sqlparser takes that for a query.
fn lists_subquery_first(parser: &Parser, n: usize) -> bool {
    if parser.peek_nth_token_ref(n).token != Token::LParen || parser.peek_nth_token_ref(n + 1).token != Token::LParen {
        return false;
    }
    let mut depth = 0usize;
    for n in n + 1.. {
        match &parser.peek_nth_token_no_skip(n).token {
            Token::EOF => return false,
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => return parser.peek_nth_token_no_skip(n + 1).token == Token::Comma,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// Behind the parenthesis of `IN (`.
fn in_list(parser: &mut Parser, left: Expr, negated: bool) -> Parsed {
    let list = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::InList { expr: Box::new(left), list, negated })
}

/// One COLLATE, and any that follow at once.
fn collated(parser: &mut Parser, mut expr: Expr) -> Parsed {
    while parser.parse_keyword(Keyword::COLLATE) {
        let collation = parser.parse_object_name(false)?;
        expr = Expr::Collate { expr: Box::new(expr), collation };
    }
    Ok(expr)
}

/// Whether there is a comparison or IS between the n-th token from here and the AND that ends the lower bound of a BETWEEN.
fn compares_below_and(parser: &Parser, n: usize) -> bool {
    let mut depth = 0usize;
    for n in n.. {
        // White space is no token here (`tokens::split`), and need not be counted from the start.
        match &parser.peek_nth_token_no_skip(n).token {
            Token::EOF => return false,
            Token::LParen | Token::LBracket => depth += 1,
            Token::RParen | Token::RBracket if depth == 0 => return false,
            Token::RParen | Token::RBracket => depth -= 1,
            _ if depth > 0 => {}
            Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => return true,
            Token::Word(word) if word.keyword == Keyword::AND => return false,
            Token::Word(word) if word.keyword == Keyword::IS => return true,
            _ => {}
        }
    }
    false
}

/// The operator that a token names.
fn named(token: &Token) -> BinaryOperator {
    match token {
        Token::Eq => BinaryOperator::Eq,
        Token::Neq => BinaryOperator::NotEq,
        Token::Lt => BinaryOperator::Lt,
        Token::LtEq => BinaryOperator::LtEq,
        Token::Gt => BinaryOperator::Gt,
        Token::GtEq => BinaryOperator::GtEq,
        Token::Tilde => BinaryOperator::PGRegexMatch,
        Token::TildeAsterisk => BinaryOperator::PGRegexIMatch,
        Token::ExclamationMarkTilde => BinaryOperator::PGRegexNotMatch,
        Token::ExclamationMarkTildeAsterisk => BinaryOperator::PGRegexNotIMatch,
        Token::DoubleTilde => BinaryOperator::PGLikeMatch,
        Token::DoubleTildeAsterisk => BinaryOperator::PGILikeMatch,
        Token::ExclamationMarkDoubleTilde => BinaryOperator::PGNotLikeMatch,
        Token::ExclamationMarkDoubleTildeAsterisk => BinaryOperator::PGNotILikeMatch,
        other => BinaryOperator::Custom(other.to_string()),
    }
}

/// Whether an expression is such that nothing of its rank may follow: `a < b < c`. One that ends with a parenthesis or a
/// keyword may be followed (`a IN (b) IN (c)`), for it can't be read in two ways.
fn is_alone(expr: &Expr, rank: u8) -> bool {
    match expr {
        Expr::BinaryOp { op, .. } => rank == rank_of(Precedence::Eq) && is_comparison(op),
        Expr::Between { .. } | Expr::Like { .. } | Expr::ILike { .. } | Expr::SimilarTo { .. } => {
            rank == rank_of(Precedence::Between)
        }
        Expr::IsDistinctFrom(..) | Expr::IsNotDistinctFrom(..) => rank == rank_of(Precedence::Is),
        _ => false,
    }
}

fn is_comparison(operator: &BinaryOperator) -> bool {
    matches!(
        operator,
        BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq
    )
}

/// Behind BETWEEN. The lower bound goes on to AND, and so may have comparisons in it (`b_expr`).
fn between(parser: &mut Parser, expr: Expr, negated: bool) -> Parsed {
    let symmetric = is_word(parser, 0, SYMMETRIC);
    if symmetric {
        parser.next_token();
    }
    let rank = rank_of(Precedence::Between);
    let mut low = parser.parse_subexpr(rank)?;
    loop {
        let distinct = is_word(parser, 0, "is")
            && (is_word(parser, 1, "distinct") || is_word(parser, 1, "not") && is_word(parser, 2, "distinct"));
        let next = parser.get_next_precedence()?;
        if next != rank_of(Precedence::Eq) && !distinct {
            break;
        }
        low = parser.parse_infix(low, next)?;
    }
    parser.expect_keyword_is(Keyword::AND)?;
    let high = parser.parse_subexpr(rank)?;
    if symmetric {
        low = Expr::Prefixed { prefix: Ident::new(SYMMETRIC), value: Box::new(low) };
    }
    Ok(Expr::Between { expr: Box::new(expr), negated, low: Box::new(low), high: Box::new(high) })
}

/// Whether `::` stands behind what begins with a parenthesis, the n-th token from here.
fn is_cast(parser: &Parser, n: usize) -> bool {
    let mut depth = 0usize;
    for n in n.. {
        match &parser.peek_nth_token_no_skip(n).token {
            Token::EOF => return false,
            Token::LParen => depth += 1,
            Token::RParen if depth == 1 => return parser.peek_nth_token_no_skip(n + 1).token == Token::DoubleColon,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// How many tokens `OPERATOR(schema.name)` has.
fn operator_length(parser: &Parser) -> Option<usize> {
    let mut at = 2;
    while parser.peek_nth_token_ref(at + 1).token == Token::Period {
        at += 2;
    }
    (parser.peek_nth_token_ref(at + 1).token == Token::RParen).then_some(at + 2)
}

/// Behind the parenthesis of `operator ANY (`.
fn quantified(parser: &mut Parser, left: Expr, compare_op: BinaryOperator, all: bool) -> Parsed {
    let begins = ["select", "with", "values", "table"].iter().any(|word| is_word(parser, 0, word));
    let right = match begins {
        true => Expr::Subquery(parser.parse_query()?),
        false => parser.parse_expr()?,
    };
    parser.expect_token(&Token::RParen)?;
    let (left, right) = (Box::new(left), Box::new(right));
    Ok(match all {
        true => Expr::AllOp { left, compare_op, right },
        false => Expr::AnyOp { left, compare_op, right, is_some: false },
    })
}
