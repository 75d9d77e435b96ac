//! Statements that differ in nothing but their literals, known as one with parameters.
//!
//! Clients of the simple protocol write values into their statements, so that no two have the same text. Where such a
//! literal stands as the value that a column is compared with, set to or inserted as, a parameter in its place means the same: its
//! type is the number's own, or is found as that of the unknown literal is. So the statement is read once, and
//! what comes after it, of the same form, is no more than a look into a map. Every other literal (a LIMIT, a column's position, the length in
//! a type's name) is part of the form.
//!
//! The scanner here takes no text that it might read otherwise than PostgreSQL's: no comments, no escapes, no parameters, one statement.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlparser::ast;

use super::generations::Generations;
use super::parse::{Kind, Statement, parse};
use super::plan::{Action, Plan};
use crate::types::Type;

/// Longer statements take longer to run than to read.
const MAX_TEXT: usize = 4 << 10;
const MAX_LITERALS: usize = 64;

/// What all statements of one form share.
pub struct Form {
    pub statement: Arc<Statement>,
    /// Of its parameters: a number's type, or unknown.
    pub declared: Vec<Type>,
    /// There is nothing to gain.
    pointless: AtomicBool,
}

impl Form {
    /// Whether it takes less time to run than to read.
    pub fn is_worth(plan: &Plan) -> bool {
        match &plan.action {
            Action::Read(query) => query.brief,
            Action::Write(write) => write.brief,
            _ => false,
        }
    }

    /// Its statements are to be read one by one from now on.
    pub fn give_up(&self) {
        self.pointless.store(true, Ordering::Relaxed);
    }
}

/// A statement as its form and the values of the parameters.
pub struct Formed {
    pub form: Arc<Form>,
    /// As written, without quotes.
    pub values: Vec<String>,
}

#[derive(Clone)]
enum Known {
    /// Not to be tried again.
    Hopeless,
    /// Of the literals only these have parameters.
    Partly(Arc<[bool]>),
    Whole(Arc<Form>),
}

/// Forms by their texts.
pub(super) struct Forms(Generations<String, Known>);

impl Forms {
    pub fn new(capacity: usize) -> Forms {
        Forms(Generations::new(capacity))
    }

    pub fn form(&self, text: &str) -> Option<Formed> {
        let scanned = scan(text)?;
        let all = vec![true; scanned.literals.len()];
        let key = scanned.key(&all);
        let (form, chosen) = match self.known(key, &scanned, &all) {
            Known::Hopeless => return None,
            Known::Whole(form) => (form, all),
            Known::Partly(chosen) => match self.known(scanned.key(&chosen), &scanned, &chosen) {
                Known::Whole(form) => (form, chosen.to_vec()),
                Known::Partly(_) | Known::Hopeless => return None,
            },
        };
        (!form.pointless.load(Ordering::Relaxed)).then(|| scanned.formed(form, &chosen))
    }

    fn known(&self, key: String, scanned: &Scanned<'_>, chosen: &[bool]) -> Known {
        if let Some(known) = self.0.find(&key) {
            return known;
        }
        let known = learn(&key, scanned, chosen);
        self.0.keep(key, known.clone());
        known
    }
}

/// Reads a form. `key`: see [`Scanned::key`].
fn learn(key: &str, scanned: &Scanned<'_>, chosen: &[bool]) -> Known {
    let text = key.split('\0').next().unwrap_or_default();
    let Ok(mut statements) = parse(text) else { return Known::Hopeless };
    let (Some(statement), true) = (statements.pop(), statements.is_empty()) else { return Known::Hopeless };
    if !statement.notices.is_empty() {
        return Known::Hopeless;
    }
    let declared: Vec<Type> = scanned.chosen(chosen).map(|literal| literal.kind.declared()).collect();
    let mut values = Values { declared: &declared, found: vec![false; declared.len()] };
    values.of_statement(&statement);
    match values.found.iter().all(|found| *found) {
        true => {
            Known::Whole(Arc::new(Form { statement: Arc::new(statement), declared, pointless: AtomicBool::new(false) }))
        }
        false if values.found.contains(&true) && chosen.iter().all(|chosen| *chosen) => {
            Known::Partly(values.found.into())
        }
        false => Known::Hopeless,
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum LiteralKind {
    Int4,
    Int8,
    Numeric,
    Text,
}

impl LiteralKind {
    fn declared(self) -> Type {
        match self {
            LiteralKind::Int4 => Type::INT4,
            LiteralKind::Int8 => Type::INT8,
            LiteralKind::Numeric => Type::NUMERIC,
            LiteralKind::Text => Type::UNKNOWN,
        }
    }

    fn letter(self) -> char {
        match self {
            LiteralKind::Int4 => 'i',
            LiteralKind::Int8 => 'l',
            LiteralKind::Numeric => 'n',
            LiteralKind::Text => 't',
        }
    }
}

struct Literal {
    /// In bytes, with its quotes.
    place: Range<usize>,
    kind: LiteralKind,
}

/// One statement's text with the literals in it.
struct Scanned<'t> {
    text: &'t str,
    /// Of the statement, without the space around it and the semicolon.
    place: Range<usize>,
    literals: Vec<Literal>,
}

impl Scanned<'_> {
    fn chosen<'s>(&'s self, chosen: &'s [bool]) -> impl Iterator<Item = &'s Literal> {
        self.literals.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(literal, _)| literal)
    }

    /// The text with parameters in place of the chosen literals, and after a NUL, which no text has, what they are.
    fn key(&self, chosen: &[bool]) -> String {
        let mut key = String::with_capacity(self.place.len() + self.literals.len() + 8);
        let mut from = self.place.start;
        for (index, literal) in self.chosen(chosen).enumerate() {
            key.push_str(&self.text[from..literal.place.start]);
            key.push('$');
            if index + 1 >= 10 {
                key.push(char::from(b'0' + ((index + 1) / 10) as u8));
            }
            key.push(char::from(b'0' + ((index + 1) % 10) as u8));
            from = literal.place.end;
        }
        key.push_str(&self.text[from..self.place.end]);
        key.push('\0');
        key.extend(self.chosen(chosen).map(|literal| literal.kind.letter()));
        key
    }

    fn formed(&self, form: Arc<Form>, chosen: &[bool]) -> Formed {
        let value = |literal: &Literal| {
            let written = &self.text[literal.place.clone()];
            match literal.kind {
                LiteralKind::Text => written[1..written.len() - 1].replace("''", "'"),
                _ => written.to_owned(),
            }
        };
        Formed { form, values: self.chosen(chosen).map(value).collect() }
    }
}

/// `None`: there is something in it that is not for here, or nothing to gain.
fn scan(text: &str) -> Option<Scanned<'_>> {
    if text.len() > MAX_TEXT {
        return None;
    }
    let bytes = text.as_bytes();
    let start = bytes.iter().position(|byte| !is_space(*byte))?;
    let verb = bytes.get(start..start + 6)?;
    if ![b"select", b"insert", b"update", b"delete"].iter().any(|known| verb.eq_ignore_ascii_case(*known)) {
        return None;
    }
    let mut literals = Vec::new();
    let (mut at, mut end, mut before) = (start, start, 0);
    while let Some(&byte) = bytes.get(at) {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        let from = at;
        match byte {
            byte if is_space(byte) => {
                at += 1;
                continue;
            }
            b';' => {
                return bytes[at..]
                    .iter()
                    .all(|byte| *byte == b';' || is_space(*byte))
                    .then_some(())
                    .and_then(|()| scanned(text, start..end, literals));
            }
            byte if begins_word(byte) => {
                at += bytes[at..].iter().take_while(|byte| begins_word(**byte) || byte.is_ascii_digit()).count();
                // E'…' and its kin; U&'…'.
                if matches!(bytes.get(at), Some(b'\'' | b'$'))
                    || (byte | 0x20 == b'u' && at == from + 1 && bytes.get(at) == Some(&b'&'))
                {
                    return None;
                }
            }
            b'0'..=b'9' => {
                at = number_end(bytes, at)?;
                let kind = number_kind(&text[from..at]);
                // Together with its sign it may be of a smaller type.
                let whole = text[from..at].bytes().all(|byte| byte.is_ascii_digit());
                if before == b'-' && whole && kind != LiteralKind::Int4 {
                    return None;
                }
                literals.push(Literal { place: from..at, kind });
            }
            b'\'' => {
                at = quoted_end(bytes, at)?;
                literals.push(Literal { place: from..at, kind: LiteralKind::Text });
            }
            b'"' => at = quoted_end(bytes, at)?,
            b'-' if next == b'-' => return None,
            b'/' if next == b'*' => return None,
            b'.' if next.is_ascii_digit() => return None,
            b'$' | b'\\' | 0 => return None,
            _ => at += 1,
        }
        before = byte;
        end = at;
    }
    scanned(text, start..end, literals)
}

fn scanned(text: &str, place: Range<usize>, literals: Vec<Literal>) -> Option<Scanned<'_>> {
    (1..=MAX_LITERALS).contains(&literals.len()).then_some(Scanned { text, place, literals })
}

/// PostgreSQL's white space.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn begins_word(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// `None`: it runs into something else.
fn number_end(bytes: &[u8], from: usize) -> Option<usize> {
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut at = digits(from);
    if bytes.get(at) == Some(&b'.') {
        if !bytes.get(at + 1)?.is_ascii_digit() {
            return None;
        }
        at = digits(at + 1);
    }
    let ends = bytes.get(at).is_none_or(|byte| !begins_word(*byte) && !matches!(byte, b'.' | b'\'' | b'"' | b'$'));
    ends.then_some(at)
}

/// As `make_const` reads it.
fn number_kind(digits: &str) -> LiteralKind {
    match digits.parse::<i64>() {
        Ok(value) if i32::try_from(value).is_ok() => LiteralKind::Int4,
        Ok(_) => LiteralKind::Int8,
        Err(_) => LiteralKind::Numeric,
    }
}

/// Behind the quote that ends it. `None`: there is none, or more of it on a later line.
fn quoted_end(bytes: &[u8], from: usize) -> Option<usize> {
    let quote = bytes[from];
    let mut at = from + 1;
    loop {
        at += bytes[at..].iter().position(|byte| *byte == quote)? + 1;
        if bytes.get(at) != Some(&quote) {
            break;
        }
        at += 1;
    }
    // A parameter would become one with a word behind it.
    let alone = bytes.get(at).is_none_or(|byte| quote == b'"' || !(begins_word(*byte) || byte.is_ascii_digit()));
    let next = bytes[at..].iter().find(|byte| !is_space(**byte));
    (alone && next != Some(&b'\'')).then_some(at)
}

/// Finds the parameters that stand where a value does.
struct Values<'d> {
    declared: &'d [Type],
    found: Vec<bool>,
}

impl Values<'_> {
    fn of_statement(&mut self, statement: &Statement) {
        let Kind::Sql { tree, .. } = &*statement.kind else { return };
        match &**tree {
            ast::Statement::Query(query) => {
                if let ast::SetExpr::Select(select) = &*query.body {
                    self.condition(select.selection.as_ref());
                }
            }
            ast::Statement::Insert(insert) => {
                if let Some(source) = &insert.source
                    && let ast::SetExpr::Values(values) = &*source.body
                {
                    values.rows.iter().flat_map(|row| &row.content).for_each(|value| self.value(value));
                }
            }
            ast::Statement::Update(update) => {
                update.assignments.iter().for_each(|assignment| self.assigned(&assignment.value));
                self.condition(update.selection.as_ref());
            }
            ast::Statement::Delete(delete) => self.condition(delete.selection.as_ref()),
            _ => {}
        }
    }

    fn condition(&mut self, condition: Option<&ast::Expr>) {
        let mut rest: Vec<&ast::Expr> = condition.into_iter().collect();
        while let Some(expr) = rest.pop() {
            match expr {
                ast::Expr::Nested(inner) => rest.push(inner),
                ast::Expr::BinaryOp { left, op: ast::BinaryOperator::And | ast::BinaryOperator::Or, right } => {
                    rest.extend([&**left, &**right]);
                }
                ast::Expr::BinaryOp { left, op, right } if compares(op) => {
                    if is_column(left) {
                        self.value(right);
                    } else if is_column(right) {
                        self.value(left);
                    }
                }
                ast::Expr::InList { expr, list, .. } if is_column(expr) => {
                    list.iter().for_each(|value| self.value(value))
                }
                ast::Expr::Between { expr, low, high, .. } if is_column(expr) => {
                    self.value(low);
                    self.value(high);
                }
                _ => {}
            }
        }
    }

    /// What a column is set to: a value, or the column and a number.
    fn assigned(&mut self, expr: &ast::Expr) {
        match expr {
            ast::Expr::BinaryOp { left, op: ast::BinaryOperator::Plus | ast::BinaryOperator::Minus, right }
                if is_column(left)
                    && self.number(right).is_some_and(|number| self.declared.get(number) != Some(&Type::UNKNOWN)) =>
            {
                self.value(right);
            }
            other => self.value(other),
        }
    }

    fn value(&mut self, expr: &ast::Expr) {
        if let Some(number) = self.number(expr)
            && let Some(found) = self.found.get_mut(number)
        {
            *found = true;
        }
    }

    /// The parameter's, if it is one, perhaps with a sign.
    fn number(&self, expr: &ast::Expr) -> Option<usize> {
        match expr {
            ast::Expr::Value(ast::ValueWithSpan { value: ast::Value::Placeholder(name), .. }) => {
                name.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)
            }
            ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } => {
                let number = matches!(**expr, ast::Expr::Value(_)).then(|| self.number(expr))??;
                self.declared.get(number).is_some_and(|ty| *ty != Type::UNKNOWN).then_some(number)
            }
            _ => None,
        }
    }
}

fn compares(op: &ast::BinaryOperator) -> bool {
    use ast::BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq, NotEq};
    matches!(op, Eq | NotEq | Lt | LtEq | Gt | GtEq)
}

fn is_column(expr: &ast::Expr) -> bool {
    matches!(expr, ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form's text, and the values.
    fn form(text: &str) -> Option<(String, Vec<String>)> {
        let formed = Forms::new(10).form(text)?;
        Some((formed.form.statement.text.clone(), formed.values))
    }

    #[test]
    fn literals_that_stand_as_values_are_parameters_and_others_part_of_the_form() {
        for (text, expected, values) in [
            ("SELECT a FROM t WHERE id = 5;", "SELECT a FROM t WHERE id = $1", &["5"][..]),
            ("  select 1, a from t where 'it''s' = b ; ", "select 1, a from t where $1 = b", &["it's"]),
            (
                "SELECT a FROM t WHERE t.id = -5 AND (b > 1.5 OR c <> '') LIMIT 3",
                "SELECT a FROM t WHERE t.id = -$1 AND (b > $2 OR c <> $3) LIMIT 3",
                &["5", "1.5", ""],
            ),
            (
                "SELECT a FROM t WHERE id IN (1, 2) AND b BETWEEN 'x' AND 'y'",
                "SELECT a FROM t WHERE id IN ($1, $2) AND b BETWEEN $3 AND $4",
                &["1", "2", "x", "y"],
            ),
            (
                "SELECT a + 1 FROM t WHERE id = 5 AND b = 'x'::text ORDER BY 1",
                "SELECT a + 1 FROM t WHERE id = $1 AND b = 'x'::text ORDER BY 1",
                &["5"],
            ),
            (
                "INSERT INTO t VALUES (1, 'a', -2, now(), 1 + 1), (2, \"b'\", 3, NULL, 4)",
                "INSERT INTO t VALUES ($1, $2, -$3, now(), 1 + 1), ($4, \"b'\", $5, NULL, $6)",
                &["1", "a", "2", "2", "3", "4"],
            ),
            (
                "UPDATE t SET a = a + 7, b = 'x', c = a * 2 WHERE id = 5 RETURNING a + 1",
                "UPDATE t SET a = a + $1, b = $2, c = a * 2 WHERE id = $3 RETURNING a + 1",
                &["7", "x", "5"],
            ),
            ("DELETE FROM t WHERE id=5 AND NOT b = 6", "DELETE FROM t WHERE id=$1 AND NOT b = 6", &["5"]),
        ] {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(form(text), Some((expected.to_owned(), values)), "{text}");
        }
    }

    #[test]
    fn a_number_of_another_type_is_another_form() {
        let forms = Forms::new(10);
        let declared =
            |literal: &str| forms.form(&format!("SELECT a FROM t WHERE id = {literal}")).unwrap().form.declared.clone();
        assert_eq!(declared("2147483647"), [Type::INT4]);
        assert_eq!(declared("2147483648"), [Type::INT8]);
        assert_eq!(declared("9223372036854775808"), [Type::NUMERIC]);
        assert_eq!(declared("1.0"), [Type::NUMERIC]);
        assert_eq!(declared("'1'"), [Type::UNKNOWN]);
        assert_eq!(declared("-2147483647"), [Type::INT4]);
    }

    #[test]
    fn what_might_be_read_otherwise_is_left_alone() {
        for text in [
            "SELECT 5",
            "SELECT a FROM t",
            "SELECT a FROM t WHERE a + 1 = b",
            "SELECT a FROM t WHERE id = -2147483648",
            "SELECT a FROM t WHERE id = - 9223372036854775808",
            "SELECT a FROM t WHERE id = 5; SELECT 1",
            "SELECT a FROM t WHERE id = 5 -- ; '",
            "SELECT a FROM t WHERE id = 5 /* ' */",
            "SELECT a FROM t WHERE id = $1 AND b = 5",
            "SELECT a FROM t WHERE b = $$x$$ AND id = 5",
            "SELECT a FROM t WHERE b = E'\\'' AND id = 5",
            "SELECT a FROM t WHERE b = U&'x' AND id = 5",
            "SELECT a FROM t WHERE b = B'1' AND id = 5",
            "SELECT a FROM t WHERE b = 'x'\n'y'",
            "SELECT a FROM t WHERE b = 'x'y",
            "SELECT a FROM t WHERE id = 5e3",
            "SELECT a FROM t WHERE id = 1_000",
            "SELECT a FROM t WHERE id = 5.",
            "SELECT a FROM t WHERE id = .5",
            "SELECT a FROM t WHERE id = 0x10",
            "SELECT a FROM t WHERE b = 'x",
            "SELECT a FROM t WHERE b = -'5'",
            "SELECT a FROM t WHERE b = 'x'::varchar(3) AND id = 5",
            "SELECT a FROM t WHERE id = 5 AND",
            "CREATE TABLE t (a int DEFAULT 5)",
            "WITH w AS (SELECT 1) SELECT a FROM w WHERE a = 5",
            "",
            "select",
        ] {
            assert_eq!(form(text), None, "{text}");
        }
    }
}
