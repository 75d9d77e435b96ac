//! Operators are grouped as PostgreSQL groups them: `precedence.txt` is what it made of pairs and triples of them.

use sqlparser::ast::{BinaryOperator, Expr, UnaryOperator, Value};

use crate::sql::bind::operator_name;
use crate::sql::parse::parse_expression;
use crate::types::SqlState;

/// In pg_get_viewdef's words: every operator with its operands in parentheses.
fn shown(expr: &Expr) -> String {
    let binary = |left: &Expr, operator: &str, right: &Expr| format!("({} {operator} {})", shown(left), shown(right));
    match expr {
        Expr::Identifier(name) => name.value.clone(),
        Expr::Value(value) => match &value.value {
            Value::Boolean(value) => value.to_string(),
            other => panic!("{other:?}"),
        },
        Expr::BinaryOp { op: BinaryOperator::And, .. } => {
            format!("({})", terms(expr, &BinaryOperator::And).join(" AND "))
        }
        Expr::BinaryOp { op: BinaryOperator::Or, .. } => format!("({})", terms(expr, &BinaryOperator::Or).join(" OR ")),
        Expr::BinaryOp { left, op: BinaryOperator::PGCustomBinaryOperator(parts), right } => {
            binary(left, parts.last().unwrap(), right)
        }
        Expr::BinaryOp { left, op, right } => binary(left, &operator_name(op).unwrap(), right),
        Expr::UnaryOp { op, expr } => format!("({} {})", prefix(*op), shown(expr)),
        Expr::IsNull(of) => format!("({} IS NULL)", shown(of)),
        Expr::IsNotNull(of) => format!("({} IS NOT NULL)", shown(of)),
        Expr::IsTrue(of) => format!("({} IS TRUE)", shown(of)),
        Expr::IsNotFalse(of) => format!("({} IS NOT FALSE)", shown(of)),
        Expr::IsDistinctFrom(left, right) => binary(left, "IS DISTINCT FROM", right),
        Expr::IsNotDistinctFrom(left, right) => format!("(NOT {})", binary(left, "IS DISTINCT FROM", right)),
        Expr::Like { expr, negated, pattern, escape_char, .. } => {
            let operator = if *negated { "!~~" } else { "~~" };
            match escape_char {
                None => binary(expr, operator, pattern),
                Some(escape) => {
                    format!("({} {operator} like_escape({}, {}))", shown(expr), shown(pattern), shown(escape))
                }
            }
        }
        Expr::InList { expr, list, negated } => {
            let (operator, junction) = if *negated { ("<>", " AND ") } else { ("=", " OR ") };
            let terms: Vec<String> = list.iter().map(|item| binary(expr, operator, item)).collect();
            format!("({})", terms.join(junction))
        }
        Expr::Between { expr, negated, low, high } => match &**low {
            Expr::Prefixed { value: low, .. } => {
                let (one, other) = (between(expr, *negated, low, high), between(expr, *negated, high, low));
                format!("({one} {} {other})", if *negated { "AND" } else { "OR" })
            }
            low => between(expr, *negated, low, high),
        },
        Expr::AnyOp { left, compare_op, right, .. } => {
            let operator = operator_name(compare_op).unwrap();
            format!("({} {operator} ANY ({}))", shown(left), shown(right))
        }
        Expr::AllOp { left, compare_op, right } => {
            let operator = operator_name(compare_op).unwrap();
            format!("({} {operator} ALL ({}))", shown(left), shown(right))
        }
        Expr::Array(array) => format!("ARRAY[{}]", array.elem.iter().map(shown).collect::<Vec<_>>().join(", ")),
        Expr::AtTimeZone { timestamp, time_zone } => format!("timezone({}, {})", shown(time_zone), shown(timestamp)),
        Expr::Collate { expr, collation } => format!("({} COLLATE {collation})", shown(expr)),
        Expr::Cast { expr, .. } => format!("({})::character varying", shown(expr)),
        other => panic!("{other:?}"),
    }
}

fn between(expr: &Expr, negated: bool, low: &Expr, high: &Expr) -> String {
    let (operand, low, high) = (shown(expr), shown(low), shown(high));
    match negated {
        false => format!("(({operand} >= {low}) AND ({operand} <= {high}))"),
        true => format!("(({operand} < {low}) OR ({operand} > {high}))"),
    }
}

fn terms(expr: &Expr, junction: &BinaryOperator) -> Vec<String> {
    match expr {
        Expr::BinaryOp { left, op, right } if op == junction => {
            let mut terms = terms(left, junction);
            terms.push(shown(right));
            terms
        }
        other => vec![shown(other)],
    }
}

fn prefix(operator: UnaryOperator) -> &'static str {
    match operator {
        UnaryOperator::Not => "NOT",
        UnaryOperator::Minus => "-",
        UnaryOperator::Plus => "+",
        UnaryOperator::BitwiseNot => "~",
        UnaryOperator::PGAbs => "@",
        UnaryOperator::PGSquareRoot => "|/",
        other => panic!("{other:?}"),
    }
}

#[test]
fn operators_bind_as_in_postgresql() {
    let lines = include_str!("precedence.txt").lines().filter(|line| !line.starts_with('#'));
    let mut wrong = Vec::new();
    let mut asked = 0;
    for line in lines {
        let (text, expected) = line.split_once(" => ").unwrap();
        let found = match parse_expression(text) {
            Ok((expr, _)) => shown(&expr),
            Err(error) if error.code == SqlState::SYNTAX_ERROR => "syntax error".to_owned(),
            Err(error) => error.message,
        };
        asked += 1;
        if found != expected {
            wrong.push(format!("{text}\n  {expected}\n  {found}"));
        }
    }
    assert!(asked > 2_000, "{asked} expressions");
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}
