//! PostgreSQL's lexical rules and grammar, where sqlparser's own idea of them is too wide or too narrow.

use std::any::TypeId;
use std::cell::Cell;

use sqlparser::ast::{DataType, Expr, ObjectName, Query, TypedString, Value};
use sqlparser::dialect::{Dialect, PostgreSqlDialect, Precedence};
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use super::grammar;
use super::precedence;

#[derive(Debug)]
pub struct Postgres {
    /// Tokens of expressions that have been copied while this text is read: see [`Postgres::copy`].
    copied: Cell<usize>,
}

/// sqlparser's, for all that is right.
const BASE: PostgreSqlDialect = PostgreSqlDialect {};

/// What marks the lower bound of BETWEEN SYMMETRIC in the tree: sqlparser knows no such thing.
pub const SYMMETRIC: &str = "symmetric";

macro_rules! as_in_sqlparser {
    ($($option:ident)*) => { $(fn $option(&self) -> bool { BASE.$option() })* };
}

/// How much may be copied: a chain of operands that each are copied with all before them takes the square of its length.
const MAX_COPIED: usize = 4_000_000;

impl Postgres {
    pub fn new() -> Postgres {
        Postgres { copied: Cell::new(0) }
    }

    /// What stands before the next token, of which sqlparser gives a reference only.
    ///
    /// Errors: [`ParserError::RecursionLimitExceeded`] where that has been done too often.
    pub fn copy(&self, parser: &Parser, left: &Expr) -> Result<Expr, ParserError> {
        let length = match left {
            Expr::Identifier(_) | Expr::Value(_) => 1,
            left => length_before(parser, matches!(left, Expr::Between { .. })),
        };
        self.copied.set(self.copied.get() + length);
        if self.copied.get() > MAX_COPIED { Err(ParserError::RecursionLimitExceeded) } else { Ok(left.clone()) }
    }
}

/// How many tokens what stands before the next one has, at most: back to what no operand goes beyond. `between`: there may be
/// the AND of a BETWEEN among them.
fn length_before(parser: &Parser, between: bool) -> usize {
    let end = parser.index();
    let mut depth = 0usize;
    for at in (0..end).rev() {
        let ends = match &parser.token_at(at).token {
            Token::RParen | Token::RBracket => {
                depth += 1;
                false
            }
            Token::LParen | Token::LBracket if depth > 0 => {
                depth -= 1;
                false
            }
            Token::LParen | Token::LBracket => true,
            Token::Comma => depth == 0,
            // Behind a dot it is a name.
            Token::Word(_) if at > 0 && parser.token_at(at - 1).token == Token::Period => false,
            Token::Word(word) if word.quote_style.is_none() => match word.keyword {
                Keyword::END => {
                    depth += 1;
                    false
                }
                Keyword::CASE if depth > 0 => {
                    depth -= 1;
                    false
                }
                Keyword::AND => depth == 0 && !between,
                Keyword::OR | Keyword::SELECT | Keyword::WHERE | Keyword::HAVING | Keyword::ON => depth == 0,
                Keyword::CASE | Keyword::WHEN | Keyword::THEN | Keyword::ELSE => depth == 0,
                _ => false,
            },
            _ => false,
        };
        if ends {
            return end - at;
        }
    }
    end
}

impl Dialect for Postgres {
    fn dialect(&self) -> TypeId {
        // Where sqlparser asks by name.
        TypeId::of::<PostgreSqlDialect>()
    }

    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        BASE.identifier_quote_style(identifier)
    }

    fn is_delimited_identifier_start(&self, c: char) -> bool {
        BASE.is_delimited_identifier_start(c)
    }

    fn is_identifier_start(&self, c: char) -> bool {
        BASE.is_identifier_start(c)
    }

    fn is_identifier_part(&self, c: char) -> bool {
        BASE.is_identifier_part(c)
    }

    fn is_custom_operator_part(&self, c: char) -> bool {
        BASE.is_custom_operator_part(c)
    }

    fn is_reserved_for_identifier(&self, keyword: Keyword) -> bool {
        BASE.is_reserved_for_identifier(keyword)
    }

    fn is_table_alias(&self, keyword: &Keyword, parser: &mut Parser) -> bool {
        BASE.is_table_alias(keyword, parser)
    }

    fn is_select_item_alias(&self, explicit: bool, keyword: &Keyword, _: &mut Parser) -> bool {
        // What it goes on with otherwise is no alias to PostgreSQL's grammar, which has taken it.
        explicit || *keyword == Keyword::NoKeyword || !grammar::needs_as(&format!("{keyword:?}"))
    }

    fn get_next_precedence(&self, parser: &Parser) -> Option<Result<u8, ParserError>> {
        precedence::next(parser).map(Ok).or_else(|| BASE.get_next_precedence(parser))
    }

    fn prec_value(&self, precedence: Precedence) -> u8 {
        match precedence {
            // It stands between the bounds of a slice only, which are whole expressions.
            Precedence::Colon => 0,
            precedence => BASE.prec_value(precedence),
        }
    }

    /// `ROW (a, b)`, VALUES and `(SELECT …) UNION …` as sub-queries, nested GROUPING SETS, and a literal behind a type's
    /// name that sqlparser doesn't know.
    fn parse_prefix(&self, parser: &mut Parser) -> Option<Result<Expr, ParserError>> {
        let open = |parser: &Parser, n| parser.peek_nth_token_ref(n).token == Token::LParen;
        if is_word(parser, 0, "row") && open(parser, 1) {
            parser.next_token();
            return Some(row(parser));
        }
        if is_word(parser, 0, "grouping") && is_word(parser, 1, "sets") && open(parser, 2) {
            (0..3).for_each(|_| drop(parser.next_token()));
            return Some(grouping_sets(parser));
        }
        if let Some(typed) = typed_string(parser) {
            return Some(Ok(typed));
        }
        let values = |parser: &Parser| is_word(parser, 1, "values") && open(parser, 2);
        if open(parser, 0) && (values(parser) || (open(parser, 1) && goes_on_as_query(parser))) {
            parser.next_token();
            return Some(query(parser).map(Expr::Subquery));
        }
        precedence::prefix(parser)
    }

    fn parse_infix(&self, parser: &mut Parser, expr: &Expr, rank: u8) -> Option<Result<Expr, ParserError>> {
        precedence::infix(self, parser, expr, rank)
    }

    fn supports_numeric_literal_underscores(&self) -> bool {
        // PostgreSQL 16.
        false
    }

    fn supports_comment_optimizer_hint(&self) -> bool {
        false
    }

    as_in_sqlparser! {
        supports_filter_during_aggregation supports_group_by_expr
        supports_alter_user_as_alter_role allow_extract_custom allow_extract_single_quotes
        supports_create_index_with_clause supports_explain_with_utility_options supports_listen_notify
        supports_exclude_constraint supports_factorial_operator supports_bitwise_shift_operators supports_comment_on
        supports_load_extension supports_named_fn_args_with_colon_operator supports_named_fn_args_with_expr_name
        supports_empty_projections supports_nested_comments supports_string_escape_constant
        supports_array_typedef_with_brackets supports_geometric_types supports_order_by_using_operator
        supports_set_names supports_alter_column_type_using supports_left_associative_joins_without_parens
        supports_notnull_operator supports_interval_options supports_insert_table_alias
        supports_create_table_like_parenthesized supports_select_wildcard_with_alias supports_comma_separated_trim
        supports_xml_expressions supports_aliased_function_args
    }
}

/// Whether the n-th token from here is a word, unquoted.
pub fn is_word(parser: &Parser, n: usize, expected: &str) -> bool {
    matches!(&parser.peek_nth_token_ref(n).token, Token::Word(word)
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case(expected))
}

/// `name 'literal'`, where the name may be that of a schema's type.
fn typed_string(parser: &mut Parser) -> Option<Expr> {
    let mut names = Vec::new();
    let mut length = 0;
    loop {
        let name = parser.peek_nth_token_ref(length);
        let Token::Word(word) = &name.token else { return None };
        // What begins like a query's or an expression's own words is none.
        if length == 0
            && word.quote_style.is_none()
            && word.keyword != Keyword::NoKeyword
            && !grammar::may_name_type(&word.value)
        {
            return None;
        }
        names.push(word.clone().into_ident(name.span));
        match parser.peek_nth_token_ref(length + 1).token {
            Token::Period => length += 2,
            _ => break,
        }
    }
    let literal = parser.peek_nth_token_ref(length + 1);
    let value = match &literal.token {
        Token::SingleQuotedString(text) => Value::SingleQuotedString(text.clone()),
        Token::EscapedStringLiteral(text) => Value::EscapedStringLiteral(text.clone()),
        Token::DollarQuotedString(text) => Value::DollarQuotedString(text.clone()),
        _ => return None,
    };
    let value = value.with_span(literal.span);
    (0..length + 2).for_each(|_| drop(parser.next_token()));
    let data_type = DataType::Custom(ObjectName::from(names), Vec::new());
    Some(Expr::TypedString(TypedString { data_type, value, uses_odbc_syntax: false }))
}

fn row(parser: &mut Parser) -> Result<Expr, ParserError> {
    parser.expect_token(&Token::LParen)?;
    if parser.consume_token(&Token::RParen) {
        return Ok(Expr::Tuple(Vec::new()));
    }
    let items = parser.parse_comma_separated(Parser::parse_expr)?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::Tuple(items))
}

/// GROUPING SETS within others, of which sqlparser knows the outermost alone.
fn grouping_sets(parser: &mut Parser) -> Result<Expr, ParserError> {
    let sets = parser.parse_comma_separated(|parser| {
        let empty = parser.peek_nth_token_ref(1).token == Token::RParen;
        if empty && parser.consume_token(&Token::LParen) {
            parser.next_token();
            return Ok(Vec::new());
        }
        Ok(match parser.parse_expr()? {
            Expr::Tuple(items) => items,
            Expr::Nested(item) => vec![*item],
            item => vec![item],
        })
    })?;
    parser.expect_token(&Token::RParen)?;
    Ok(Expr::GroupingSets(sets))
}

/// Whether `((…)` goes on as nothing does but a query: what is in the inner parentheses is its first part.
fn goes_on_as_query(parser: &Parser) -> bool {
    const BEGIN: &[&str] = &["select", "with", "values", "table"];
    let first = (0..).find(|n| parser.peek_nth_token_no_skip(*n).token != Token::LParen).unwrap_or_default();
    if !BEGIN.iter().any(|word| is_word(parser, first, word)) {
        return false;
    }
    const WORDS: &[&str] = &["union", "intersect", "except", "order", "limit", "offset", "fetch"];
    let mut depth = 0;
    for n in 0.. {
        // White space is no token here (`tokens::split`).
        match parser.peek_nth_token_no_skip(n).token {
            Token::LParen => depth += 1,
            Token::RParen if depth == 2 => return WORDS.iter().any(|word| is_word(parser, n + 1, word)),
            Token::RParen => depth -= 1,
            Token::EOF => break,
            _ => {}
        }
    }
    false
}

fn query(parser: &mut Parser) -> Result<Box<Query>, ParserError> {
    let query = parser.parse_query()?;
    parser.expect_token(&Token::RParen)?;
    Ok(query)
}

/// A rank of sqlparser's as a number: the higher, the tighter.
pub fn rank_of(precedence: Precedence) -> u8 {
    Postgres::new().prec_value(precedence)
}
