//! Stored expressions and queries as PostgreSQL prints them (`ruleutils.c`): with the types of their literals, the casts
//! that were implied, and its parentheses and lines.
//!
//! What is stored is the expression's text; here it is read again, each part bound for its type, and written anew. An
//! expression that has something in it which is not known here is shown as it was written: that means the same.

mod calls;
mod clauses;
mod named;
mod node;
mod print;
mod query;
mod rewrite;

use sqlparser::ast::{self, BinaryOperator, UnaryOperator};

use self::node::{Node, SubLink};
use self::print::Printer;
use self::query::Names;
use super::Binder;
use super::ddl::visible;
use super::domain::domain_of_elements;
use super::expr::operator_name;
use super::from::table_relation;
use super::operator::find_binary;
use super::query::bare;
use super::row::as_row;
use super::scope::{Clause, Item, Scope, Visible};
use super::title::index_title;
use crate::catalog::system::{IndexPart, Seen, object_name};
use crate::catalog::{Catalog, Domain, Table};
use crate::sql::bound::{Expr, ExprKind, Form, Relations};
use crate::sql::room::with_room;
use crate::sql::setting_values::SettingValues;
use crate::sql::text::At;
use crate::sql::type_names::ANYNONARRAY;
use crate::sql::{SessionContext, parse};
use crate::types::identifier::quote_ident;
use crate::types::timestamp::Zone;
use crate::types::{PgError, SqlState, Type, Value, bits, text};

pub use self::query::Renaming;
pub use self::rewrite::{rewritten_view, shown_view};

/// `pg_get_expr`: a stored expression, perhaps over a table's columns. Before it may stand what it becomes.
pub fn shown_expression(seen: &Seen, table: Option<&Table>, expression: &str, pretty: bool) -> String {
    let (wanted, typmod, expression) = of_column(expression).unwrap_or((None, -1, expression));
    let relations = table.map(|table| vec![table_relation(table, 0)]).unwrap_or_default();
    shown_over(seen, (scope_of(table), relations, &[]), (wanted, typmod, expression), pretty)
}

/// A domain's CHECK.
pub fn shown_domain_check(seen: &Seen, domain: &Domain, expression: &str, pretty: bool) -> String {
    let value = Expr { domain: domain.parent, ..Expr::new(ExprKind::Param(1), domain.ty) };
    let columns = vec![Visible { name: super::domain::VALUE.to_owned(), expr: value }];
    let mut scope = Scope::new(Clause::Check);
    scope.items = vec![Item { name: None, schema: None, columns, unqualified: true }];
    shown_over(seen, (scope, Relations::new(), &[domain.ty]), (None, -1, expression), pretty)
}

fn shown_over(
    seen: &Seen,
    (scope, relations, params): (Scope, Relations, &[Type]),
    (wanted, typmod, expression): (Option<Type>, i32, &str),
    pretty: bool,
) -> String {
    let context = context_of(seen);
    let shown = (|| {
        let (tree, nesting) = parse::parse_expression(expression)?;
        with_room(nesting, || {
            let mut binder = Binder::new(expression, seen.catalog, &context, params)?;
            binder.stored = true;
            binder.relations = relations;
            binder.scoped(scope, |binder| {
                let mut deparser = Deparser { binder, seen, names: None };
                let part = deparser.part(&tree)?;
                let part = match wanted {
                    Some(ty) if part.ty != ty => deparser.converted(part, ty)?,
                    _ => part,
                };
                let mut printer = Printer::new(pretty);
                printer.print(&of_length(part.node, typmod), false);
                Ok::<_, PgError>(printer.out)
            })
        })
    })();
    shown.map_or_else(|_| expression.to_owned(), |shown| seen.with_type_names(&shown))
}

/// The type, length and text in what [`for_column`](crate::catalog::system::for_column) has made.
fn of_column(expression: &str) -> Option<(Option<Type>, i32, &str)> {
    let (column, rest) = expression.strip_prefix('{')?.split_once("} ")?;
    let (oid, typmod) = column.split_once(' ')?;
    Some((Some(Type(oid.parse().ok()?)), typmod.parse().ok()?, rest))
}

/// A value cut to a length by a function that nobody has written; it takes an operator's in parentheses. So does what
/// makes a text a varchar, which is no function.
fn of_length(node: Node, typmod: i32) -> Node {
    let cut = match &node {
        Node::Operator { .. } => true,
        Node::Cast { ty, implicit, .. } => *implicit && matches!(*ty, Type::VARCHAR | Type::BPCHAR),
        _ => false,
    };
    match cut && typmod >= 0 {
        true => Node::Cast { of: Box::new(node), ty: Type::UNKNOWN, typmod, implicit: true },
        false => node,
    }
}

/// The type of an expression over a table, and what an index column of it is called.
pub fn described(seen: &Seen, table: &Table, expression: &str) -> IndexPart {
    let context = context_of(seen);
    let described = (|| {
        let (tree, _) = parse::parse_expression(expression)?;
        let mut binder = Binder::new(expression, seen.catalog, &context, &[])?;
        let bound = binder.row_expression(expression, table)?;
        let Expr { ty, typmod, .. } = &bound;
        binder.relations = vec![table_relation(table, 0)];
        let collation = binder.output_collation(&bound);
        Ok::<_, PgError>(IndexPart { ty: *ty, typmod: *typmod, name: index_title(&tree), collation })
    })();
    described.unwrap_or(IndexPart { ty: Type::UNKNOWN, typmod: -1, name: "expr".to_owned(), collation: 0 })
}

/// A type by its name in SQL (`regtypein`). Errors: 42704, 42601.
pub fn type_named(text: &str, catalog: &Catalog, context: &SessionContext) -> Result<(Type, i32), PgError> {
    let invalid = || {
        let message = format!("invalid type name \"{text}\"");
        PgError::new(SqlState::SYNTAX_ERROR, message)
    };
    if let Some(ty) = crate::catalog::system::pseudo_type_named(text) {
        return Ok((ty, -1));
    }
    let whole = format!("CAST(NULL AS {text})");
    let (tree, _) = parse::parse_expression(&whole).map_err(|_| invalid())?;
    let ast::Expr::Cast { expr, data_type, .. } = &tree else { return Err(invalid()) };
    if !matches!(&**expr, ast::Expr::Value(value) if value.value == ast::Value::Null) {
        return Err(invalid());
    }
    let binder = Binder::new(&whole, catalog, context, &[])?;
    let form = binder.form(data_type, At::NOWHERE).map_err(|error| PgError { position: None, ..error })?;
    Ok((form.named_type(), if form.domain == 0 { form.typmod } else { -1 }))
}

/// For whom the catalogs are seen.
pub fn context_of(seen: &Seen) -> SessionContext {
    let settings = ["timezone", "datestyle", "intervalstyle"];
    let settings: SettingValues = settings.iter().filter_map(|name| Some((*name, (seen.setting)(name)?))).collect();
    SessionContext {
        user: seen.user.to_owned(),
        database: seen.database.to_owned(),
        search_path: seen.search_path.to_vec(),
        session: seen.session,
        settings: settings.into(),
        ..SessionContext::default()
    }
}

fn scope_of(table: Option<&Table>) -> Scope {
    let mut scope = Scope::new(Clause::Row);
    if let Some(table) = table {
        scope.items = vec![Item {
            name: Some(table.name.clone()),
            schema: Some(table.schema.clone()),
            columns: visible(table),
            unqualified: true,
        }];
    }
    scope
}

/// A part of an expression with its type.
struct Part {
    node: Node,
    ty: Type,
}

struct Deparser<'b, 'a, 's> {
    binder: &'b mut Binder<'a>,
    seen: &'b Seen<'s>,
    /// Of the relations that columns are of; an expression over one table has none.
    names: Option<Names<'b>>,
}

/// Not known here.
fn unknown() -> PgError {
    PgError::unsupported("printing this expression")
}

impl Deparser<'_, '_, '_> {
    fn part(&mut self, expr: &ast::Expr) -> Result<Part, PgError> {
        match expr {
            ast::Expr::Nested(inner) => self.part(inner),
            ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_) | ast::Expr::QualifiedWildcard(..) => {
                self.name(expr)
            }
            ast::Expr::CompoundFieldAccess { root, access_chain } => match self.name(expr) {
                Ok(part) => Ok(part),
                Err(_) => self.access(expr, root, access_chain),
            },
            ast::Expr::Tuple(items) => {
                let args = items.iter().map(|item| Ok(self.part(item)?.node)).collect::<Result<_, PgError>>()?;
                Ok(Part { node: Node::Call { name: "ROW".to_owned(), args }, ty: Type::RECORD })
            }
            ast::Expr::Value(value) => self.value(&value.value, expr),
            ast::Expr::UnaryOp { op, expr: operand } => self.prefix(op, operand, expr),
            ast::Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            ast::Expr::Collate { expr: of, collation } => {
                let of = self.part(of)?;
                let of = if of.ty == Type::UNKNOWN { self.converted(of, Type::TEXT)? } else { of };
                let collation = quote_ident(&self.binder.qualified(collation)?.name);
                Ok(Part { node: Node::Collated { of: Box::new(of.node), collation }, ty: of.ty })
            }
            ast::Expr::IsNull(of) => self.test(of, "IS NULL"),
            ast::Expr::IsNotNull(of) => self.test(of, "IS NOT NULL"),
            ast::Expr::IsTrue(of) => self.test(of, "IS TRUE"),
            ast::Expr::IsNotTrue(of) => self.test(of, "IS NOT TRUE"),
            ast::Expr::IsFalse(of) => self.test(of, "IS FALSE"),
            ast::Expr::IsNotFalse(of) => self.test(of, "IS NOT FALSE"),
            ast::Expr::IsUnknown(of) => self.test(of, "IS UNKNOWN"),
            ast::Expr::IsNotUnknown(of) => self.test(of, "IS NOT UNKNOWN"),
            ast::Expr::IsDistinctFrom(left, right) => self.distinct(left, right, false),
            ast::Expr::IsNotDistinctFrom(left, right) => self.distinct(left, right, true),
            ast::Expr::Between { expr, negated, low, high } => self.between(expr, *negated, low, high),
            ast::Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                self.operator(if *negated { "!~~" } else { "~~" }, expr, pattern)
            }
            ast::Expr::ILike { negated, any: false, expr, pattern, escape_char: None } => {
                self.operator(if *negated { "!~~*" } else { "~~*" }, expr, pattern)
            }
            ast::Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            ast::Expr::Cast { expr: of, data_type, .. } => self.cast(of, data_type),
            ast::Expr::TypedString(typed) => {
                let literal = ast::Expr::Value(typed.value.clone());
                self.cast(&literal, &typed.data_type)
            }
            ast::Expr::Interval(interval) if interval.leading_field.is_none() => {
                let literal = self.part(&interval.value)?;
                let part = self.converted(literal, Type::INTERVAL)?;
                Ok(part)
            }
            ast::Expr::Array(array) => self.array(array),
            ast::Expr::AnyOp { left, compare_op, right, .. } => self.any_or_all(left, compare_op, right, false),
            ast::Expr::AllOp { left, compare_op, right } => self.any_or_all(left, compare_op, right, true),
            ast::Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            ast::Expr::Function(function) => self.function(function),
            ast::Expr::Extract { field, expr: of, .. } => {
                let words = vec![format!("EXTRACT({} FROM ", field.to_string().to_ascii_lowercase()), ")".to_owned()];
                self.spelt(expr, words, &[(of, None)])
            }
            ast::Expr::Position { expr: part, r#in } => {
                let words = vec!["POSITION(".to_owned(), " IN ".to_owned(), ")".to_owned()];
                self.spelt(expr, words, &[(part, Some(Type::TEXT)), (r#in, Some(Type::TEXT))])
            }
            ast::Expr::AtTimeZone { timestamp, time_zone } => {
                let words = vec!["(".to_owned(), " AT TIME ZONE ".to_owned(), ")".to_owned()];
                self.spelt(expr, words, &[(timestamp, None), (time_zone, Some(Type::TEXT))])
            }
            ast::Expr::Exists { subquery, negated } => {
                let part = self.sublink(SubLink::Exists, None, subquery)?;
                Ok(negated_if(*negated, part))
            }
            ast::Expr::InSubquery { expr: of, subquery, negated } => {
                let part = self.sublink(SubLink::In, Some(of), subquery)?;
                Ok(negated_if(*negated, part))
            }
            ast::Expr::Subquery(query) => self.sublink(SubLink::Value, None, query),
            _ => Err(unknown()),
        }
    }

    fn type_of(&mut self, expr: &ast::Expr) -> Result<Type, PgError> {
        Ok(self.binder.expr(expr)?.ty)
    }

    fn name(&mut self, expr: &ast::Expr) -> Result<Part, PgError> {
        let bound = self.binder.expr(expr)?;
        let node = match (&bound.kind, expr) {
            (ExprKind::Column { relation, column }, _) => self.column(*relation, *column)?,
            _ if let Some(relation) = self.binder.whole_row_of(&bound) => self.whole_row(relation)?,
            // A column of a join's own.
            (_, ast::Expr::Identifier(ident))
                if self.names.is_some()
                    && matches!(self.binder.find_column(&super::names::fold(ident), At::NOWHERE), Ok(Some(_))) =>
            {
                Node::Word(quote_ident(&super::names::fold(ident)))
            }
            // A word of SQL's that is a function.
            (_, ast::Expr::Identifier(ident)) if ident.quote_style.is_none() => {
                Node::Word(ident.value.to_ascii_uppercase())
            }
            _ => return Err(unknown()),
        };
        let node = if bound.domain == 0 { node } else { Node::OfDomain(Box::new(node)) };
        Ok(Part { node, ty: bound.ty })
    }

    /// A field, an element or a slice of something.
    fn access(&mut self, whole: &ast::Expr, root: &ast::Expr, chain: &[ast::AccessExpr]) -> Result<Part, PgError> {
        let Some((last, before)) = chain.split_last() else { return self.part(root) };
        let of = match before {
            [] => self.part(root)?,
            _ => {
                let (root, access_chain) = (Box::new(root.clone()), before.to_vec());
                self.part(&ast::Expr::CompoundFieldAccess { root, access_chain })?
            }
        };
        let (base, of) = (of.ty, Box::new(of.node));
        let node = match last {
            ast::AccessExpr::Dot(ast::Expr::Identifier(name)) => {
                Node::Field { of, name: quote_ident(&super::names::fold(name)) }
            }
            ast::AccessExpr::Subscript(ast::Subscript::Index { index }) => {
                Node::Element { of, from: Some(Box::new(self.subscript(index, base)?)), slice: false, to: None }
            }
            ast::AccessExpr::Subscript(ast::Subscript::Slice { lower_bound, upper_bound, stride: None }) => {
                let mut bound = |bound: &Option<ast::Expr>| {
                    bound.as_ref().map(|bound| self.subscript(bound, base).map(Box::new)).transpose()
                };
                Node::Element { of, from: bound(lower_bound)?, slice: true, to: bound(upper_bound)? }
            }
            _ => return Err(unknown()),
        };
        let bound = self.binder.expr(whole)?;
        let node = if bound.domain == 0 { node } else { Node::OfDomain(Box::new(node)) };
        Ok(Part { node, ty: bound.ty })
    }

    fn subscript(&mut self, index: &ast::Expr, of: Type) -> Result<Node, PgError> {
        let part = self.part(index)?;
        Ok(match of {
            Type::JSONB if part.ty == Type::UNKNOWN => self.converted(part, Type::TEXT)?,
            Type::JSONB => part,
            _ => self.converted(part, Type::INT4)?,
        }
        .node)
    }

    fn value(&mut self, value: &ast::Value, expr: &ast::Expr) -> Result<Part, PgError> {
        match value {
            ast::Value::Number(text, _) => number(text, false),
            ast::Value::HexStringLiteral(digits) => {
                let text = bits::hexadecimal(digits)?;
                Ok(constant(text, Type::BIT, true, true))
            }
            ast::Value::SingleQuotedByteStringLiteral(digits) => {
                let text = bits::binary(digits)?;
                Ok(constant(text, Type::BIT, true, true))
            }
            ast::Value::Boolean(value) => Ok(constant(value.to_string(), Type::BOOL, false, false)),
            ast::Value::Null => Ok(Part { node: Node::Null(Type::UNKNOWN), ty: Type::UNKNOWN }),
            _ => match self.binder.expr(expr)?.kind {
                ExprKind::Literal(text) => Ok(constant(text, Type::UNKNOWN, false, true)),
                _ => Err(unknown()),
            },
        }
    }

    fn prefix(&mut self, op: &UnaryOperator, operand: &ast::Expr, whole: &ast::Expr) -> Result<Part, PgError> {
        let name = match op {
            UnaryOperator::Not => {
                let of = self.part(operand)?;
                let of = self.converted(of, Type::BOOL)?;
                return Ok(Part { node: Node::Not(Box::new(of.node)), ty: Type::BOOL });
            }
            UnaryOperator::Minus => {
                if let ast::Expr::Value(value) = operand
                    && let ast::Value::Number(text, _) = &value.value
                {
                    return number(text, true);
                }
                "-"
            }
            UnaryOperator::Plus => "+",
            UnaryOperator::BitwiseNot => "~",
            UnaryOperator::PGAbs => "@",
            UnaryOperator::PGSquareRoot => "|/",
            UnaryOperator::PGCubeRoot => "||/",
            _ => return Err(unknown()),
        };
        let of = self.part(operand)?;
        let ty = self.type_of(whole)?;
        let of = if name.starts_with('|') { self.converted(of, ty)? } else { of };
        let of = if of.ty == ty { of } else { return Err(unknown()) };
        Ok(Part { node: Node::Operator { name: name.to_owned(), left: None, right: Box::new(of.node) }, ty })
    }

    fn binary(&mut self, left: &ast::Expr, op: &BinaryOperator, right: &ast::Expr) -> Result<Part, PgError> {
        if let BinaryOperator::And | BinaryOperator::Or = op {
            let and = *op == BinaryOperator::And;
            let left = self.part(left)?;
            let left = self.converted(left, Type::BOOL)?;
            let right = self.part(right)?;
            let right = self.converted(right, Type::BOOL)?;
            let mut terms = match left.node {
                Node::Junction { and: same, terms } if same == and => terms,
                node => vec![node],
            };
            terms.push(right.node);
            return Ok(Part { node: Node::Junction { and, terms }, ty: Type::BOOL });
        }
        let name = operator_name(op).ok_or_else(unknown)?;
        if let (Some(left), Some(right)) = (as_row(left), as_row(right)) {
            return self.rows(&name, left, right);
        }
        self.operator(&name, left, right)
    }

    /// Two rows compared: for equality field by field.
    fn rows(&mut self, name: &str, left: &[ast::Expr], right: &[ast::Expr]) -> Result<Part, PgError> {
        if left.len() != right.len() || left.is_empty() {
            return Err(unknown());
        }
        let pairs = left.iter().zip(right).map(|(left, right)| Ok(self.operator(name, left, right)?.node));
        let mut pairs: Vec<Node> = pairs.collect::<Result<_, PgError>>()?;
        let and = match name {
            _ if pairs.len() == 1 => return Ok(Part { node: pairs.remove(0), ty: Type::BOOL }),
            "=" => Some(true),
            "<>" => Some(false),
            _ => None,
        };
        if let Some(and) = and {
            return Ok(Part { node: Node::Junction { and, terms: pairs }, ty: Type::BOOL });
        }
        let (mut lefts, mut rights) = (Vec::new(), Vec::new());
        for pair in pairs {
            let Node::Operator { left: Some(left), right, .. } = pair else { return Err(unknown()) };
            lefts.push(*left);
            rights.push(*right);
        }
        let row = |args: Vec<Node>| Box::new(Node::Call { name: "ROW".to_owned(), args });
        let node = Node::Operator { name: name.to_owned(), left: Some(row(lefts)), right: row(rights) };
        Ok(Part { node, ty: Type::BOOL })
    }

    fn operator(&mut self, name: &str, left: &ast::Expr, right: &ast::Expr) -> Result<Part, PgError> {
        let (left, right) = (self.part(left)?, self.part(right)?);
        self.applied(name, left, right)
    }

    fn applied(&mut self, name: &str, left: Part, right: Part) -> Result<Part, PgError> {
        let operator = find_binary(name, left.ty, right.ty).map_err(|_| unknown())?;
        let known = if left.ty == Type::UNKNOWN { right.ty } else { left.ty };
        let as_operand = |deparser: &mut Self, part: Part, wanted: Type| match wanted {
            Type::ANYARRAY if part.ty != Type::UNKNOWN => Ok(part),
            Type::ANYARRAY => deparser.converted(part, known),
            Type::ANYENUM => deparser.converted(part, known),
            // Any value beside a text is made one by the operator itself.
            ANYNONARRAY if part.ty == Type::UNKNOWN => deparser.converted(part, Type::TEXT),
            ANYNONARRAY => Ok(part),
            wanted => deparser.converted(part, wanted),
        };
        let left = as_operand(self, left, operator.left.ok_or_else(unknown)?)?;
        let right = as_operand(self, right, operator.right)?;
        let ty = if operator.result == Type::ANYARRAY { left.ty } else { operator.result };
        let node =
            Node::Operator { name: name.to_owned(), left: Some(Box::new(left.node)), right: Box::new(right.node) };
        Ok(Part { node, ty })
    }

    fn test(&mut self, of: &ast::Expr, test: &'static str) -> Result<Part, PgError> {
        let of = self.part(of)?;
        Ok(Part { node: Node::Test { of: Box::new(of.node), test }, ty: Type::BOOL })
    }

    fn distinct(&mut self, left: &ast::Expr, right: &ast::Expr, negated: bool) -> Result<Part, PgError> {
        let equal = self.operator("=", left, right)?;
        let Node::Operator { left: Some(left), right, .. } = equal.node else { return Err(unknown()) };
        Ok(Part { node: Node::Distinct { left, right, negated }, ty: Type::BOOL })
    }

    fn between(&mut self, of: &ast::Expr, negated: bool, low: &ast::Expr, high: &ast::Expr) -> Result<Part, PgError> {
        if matches!(low, ast::Expr::Prefixed { .. }) {
            return Err(unknown());
        }
        let (from, to) = if negated { ("<", ">") } else { (">=", "<=") };
        let terms = vec![self.operator(from, of, low)?.node, self.operator(to, of, high)?.node];
        Ok(Part { node: Node::Junction { and: !negated, terms }, ty: Type::BOOL })
    }

    fn in_list(&mut self, of: &ast::Expr, list: &[ast::Expr], negated: bool) -> Result<Part, PgError> {
        let name = if negated { "<>" } else { "=" };
        if let [one] = list {
            return self.operator(name, of, one);
        }
        let left = self.part(of)?;
        let items: Vec<Part> = list.iter().map(|item| self.part(item)).collect::<Result<_, _>>()?;
        if items.iter().any(|item| !is_constant(&item.node)) {
            return Err(unknown());
        }
        let types: Vec<(Type, At)> =
            std::iter::once(left.ty).chain(items.iter().map(|item| item.ty)).map(|ty| (ty, At::NOWHERE)).collect();
        let common = self.binder.common_type(&types, "IN")?;
        self.compared(name, left, items, common, negated)
    }

    /// `x = ANY (ARRAY[…])`.
    fn any_or_all(
        &mut self,
        left: &ast::Expr,
        op: &BinaryOperator,
        right: &ast::Expr,
        all: bool,
    ) -> Result<Part, PgError> {
        let name = operator_name(op).ok_or_else(unknown)?;
        let left = self.part(left)?;
        match bare(right) {
            ast::Expr::Array(array) => {
                let (items, common) = self.items(array)?;
                self.compared(&name, left, items, common, all)
            }
            ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_) => {
                let array = self.part(right)?;
                let element = array.ty.element().ok_or_else(unknown)?;
                self.compared_to(&name, left, (array.node, element), all)
            }
            _ => Err(unknown()),
        }
    }

    /// What stands in ARRAY[…], and the type that it becomes.
    fn items(&mut self, array: &ast::Array) -> Result<(Vec<Part>, Type), PgError> {
        let items: Vec<Part> = array.elem.iter().map(|item| self.part(item)).collect::<Result<_, _>>()?;
        let types: Vec<(Type, At)> = items.iter().map(|item| (item.ty, At::NOWHERE)).collect();
        if types.is_empty() {
            return Err(unknown());
        }
        let common = self.binder.common_type(&types, "ARRAY")?;
        Ok((items, common))
    }

    fn array(&mut self, array: &ast::Array) -> Result<Part, PgError> {
        let (items, common) = self.items(array)?;
        let ty = common.array().ok_or_else(unknown)?;
        let items = items.into_iter().map(|item| self.converted(item, common).map(|item| item.node));
        Ok(Part { node: Node::Array(items.collect::<Result<_, _>>()?), ty })
    }

    fn compared(&mut self, name: &str, left: Part, items: Vec<Part>, common: Type, all: bool) -> Result<Part, PgError> {
        let items = items.into_iter().map(|item| self.converted(item, common).map(|item| item.node));
        let array = Node::Array(items.collect::<Result<_, _>>()?);
        self.compared_to(name, left, (array, common), all)
    }

    fn compared_to(
        &mut self,
        name: &str,
        left: Part,
        (array, element): (Node, Type),
        all: bool,
    ) -> Result<Part, PgError> {
        let operator = find_binary(name, left.ty, element).map_err(|_| unknown())?;
        let left = self.converted(left, operator.left.ok_or_else(unknown)?)?;
        let array = match operator.right == element {
            true => array,
            false => {
                let ty = operator.right.array().ok_or_else(unknown)?;
                Node::Cast { of: Box::new(array), ty, typmod: -1, implicit: true }
            }
        };
        let node = Node::AnyOrAll { left: Box::new(left.node), operator: name.to_owned(), all, array: Box::new(array) };
        Ok(Part { node, ty: Type::BOOL })
    }

    fn cast(&mut self, of: &ast::Expr, data_type: &ast::DataType) -> Result<Part, PgError> {
        let form = self.binder.form(data_type, At::NOWHERE)?;
        let (ty, typmod) = (form.ty, form.typmod);
        if form.domain != 0 {
            return self.cast_to_domain(of, form);
        }
        if let ast::Expr::Tuple(items) = of
            && let Some(fields) = self.binder.fields_of(&Expr::null(ty)).map(|shape| shape.fields)
        {
            let converted = items.iter().zip(&fields).map(|(item, field)| {
                let part = self.part(item)?;
                Ok(self.converted(part, field.ty)?.node)
            });
            let args = converted.collect::<Result<_, PgError>>()?;
            let of = Box::new(Node::Call { name: "ROW".to_owned(), args });
            return Ok(Part { node: Node::Cast { of, ty, typmod, implicit: false }, ty });
        }
        let of = match self.part(of)? {
            Part { node: Node::OfDomain(node), ty: same } if same == ty => {
                return Ok(Part { node: Node::Cast { of: node, ty, typmod, implicit: false }, ty });
            }
            of => of,
        };
        if of.ty == Type::UNKNOWN {
            let part = self.converted(of, ty)?;
            if typmod < 0 {
                return Ok(part);
            }
            // The length is applied to the literal.
            let node = match part.node {
                Node::Constant { text, ty, quoted, .. } => Node::Constant { text, ty, label: false, quoted },
                node => node,
            };
            return Ok(Part { node: Node::Cast { of: Box::new(node), ty, typmod, implicit: false }, ty });
        }
        if of.ty == ty && typmod < 0 {
            return Ok(of);
        }
        let node = Node::Cast { of: Box::new(of.node), ty, typmod, implicit: false };
        Ok(Part { node, ty })
    }

    fn cast_to_domain(&mut self, of: &ast::Expr, form: Form) -> Result<Part, PgError> {
        let of_elements = domain_of_elements(form.domain);
        if let (ast::Expr::Array(array), Some(element), true) = (of, form.ty.element(), of_elements != 0) {
            let within = |elem: &ast::Expr| match elem {
                ast::Expr::Array(_) => form,
                _ => Form { ty: element, typmod: form.typmod, domain: of_elements },
            };
            let items = array.elem.iter().map(|elem| Ok(self.cast_to_domain(elem, within(elem))?.node));
            let node = Node::Array(items.collect::<Result<_, PgError>>()?);
            return Ok(Part { node: Node::OfDomain(Box::new(node)), ty: form.ty });
        }
        let of = self.part(of)?;
        // An array's literal is read as of the domain's values, a domain's is not.
        if of.ty == Type::UNKNOWN && of_elements != 0 {
            let node = match self.converted(of, form.ty)?.node {
                Node::Constant { text, label, quoted, .. } => {
                    Node::Constant { text, ty: form.named_type(), label, quoted }
                }
                Node::Null(_) => Node::Null(form.named_type()),
                node => node,
            };
            return Ok(Part { node: Node::OfDomain(Box::new(node)), ty: form.ty });
        }
        let of = match of.ty == Type::UNKNOWN {
            true => self.converted(of, form.ty)?,
            false if of.ty != form.ty => {
                let node = Node::Cast { of: Box::new(of.node), ty: form.ty, typmod: form.typmod, implicit: true };
                Part { node, ty: form.ty }
            }
            false => of,
        };
        let cast = Node::Cast { of: Box::new(of.node), ty: form.named_type(), typmod: -1, implicit: false };
        Ok(Part { node: Node::OfDomain(Box::new(cast)), ty: form.ty })
    }

    fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        conditions: &[ast::CaseWhen],
        otherwise: Option<&ast::Expr>,
    ) -> Result<Part, PgError> {
        let operand = operand.map(|operand| self.part(operand)).transpose()?;
        let mut tests = Vec::new();
        let mut results = Vec::new();
        for when in conditions {
            let condition = self.part(&when.condition)?;
            tests.push(match &operand {
                None => self.converted(condition, Type::BOOL)?.node,
                Some(operand) => {
                    let operator = find_binary("=", operand.ty, condition.ty).map_err(|_| unknown())?;
                    if operator.left != Some(operand.ty) {
                        return Err(unknown());
                    }
                    self.converted(condition, operator.right)?.node
                }
            });
            results.push(self.part(&when.result)?);
        }
        let otherwise = otherwise.map(|otherwise| self.part(otherwise)).transpose()?;
        // PostgreSQL looks at ELSE first.
        let types: Vec<(Type, At)> = otherwise.iter().chain(&results).map(|part| (part.ty, At::NOWHERE)).collect();
        let ty = self.binder.common_type(&types, "CASE")?;
        let of_domain =
            otherwise.is_some() && otherwise.iter().chain(&results).all(|part| matches!(part.node, Node::OfDomain(_)));
        let mut as_wanted =
            |part: Part| if of_domain { Ok(part.node) } else { self.converted(part, ty).map(|part| part.node) };
        let results = results.into_iter().map(&mut as_wanted).collect::<Result<Vec<_>, PgError>>()?;
        let otherwise = match otherwise {
            // It is NULL, which PostgreSQL says.
            None => Box::new(Node::Null(ty)),
            Some(otherwise) => Box::new(as_wanted(otherwise)?),
        };
        let operand = operand.map(|operand| Box::new(operand.node));
        let node = Node::Case { operand, whens: tests.into_iter().zip(results).collect(), otherwise };
        Ok(Part { node: if of_domain { Node::OfDomain(Box::new(node)) } else { node }, ty })
    }

    /// As the type that it is needed as.
    fn converted(&mut self, part: Part, to: Type) -> Result<Part, PgError> {
        let part = match part {
            Part { node: Node::OfDomain(of), ty } => {
                // A relabelling in any case.
                let node = Node::Cast { of, ty: to, typmod: -1, implicit: true };
                let _ = ty;
                return Ok(Part { node, ty: to });
            }
            part => part,
        };
        if part.ty == to || (to == Type::RECORD && part.ty.is_row()) {
            return Ok(part);
        }
        if part.ty != Type::UNKNOWN {
            let node = Node::Cast { of: Box::new(part.node), ty: to, typmod: -1, implicit: true };
            return Ok(Part { node, ty: to });
        }
        match part.node {
            Node::Null(_) => Ok(Part { node: Node::Null(to), ty: to }),
            Node::Constant { text, .. } => self.literal(&text, to),
            _ => Err(unknown()),
        }
    }

    /// A quoted literal of a type: what its value prints as.
    fn literal(&mut self, literal: &str, ty: Type) -> Result<Part, PgError> {
        let mut shown = String::new();
        if ty.is_name_of_object() {
            let bound = self.binder.literal(literal, ty, At::NOWHERE)?;
            let ExprKind::Constant(Value::Oid(oid)) = bound.kind else { return Err(unknown()) };
            return Ok(constant(object_name(self.seen, ty, oid), ty, true, true));
        }
        let zone = Zone::of_settings(|name| self.binder.context.settings.get(name));
        let value = match self.binder.reading {
            // A view's literals are read as they were when it was made.
            Some(view) => text::input(ty, literal, &super::view::zone(view), view.made_at)?,
            None => text::input(ty, literal, &zone, 0)?,
        };
        text::output(&value, &zone, &mut shown);
        Ok(match (ty, value) {
            (Type::BOOL, Value::Bool(value)) => constant(value.to_string(), ty, false, false),
            (Type::INT4, Value::Int4(0..)) => constant(shown, ty, false, false),
            _ => constant(shown, ty, true, true),
        })
    }
}

fn negated_if(negated: bool, part: Part) -> Part {
    match negated {
        true => Part { node: Node::Not(Box::new(part.node)), ty: Type::BOOL },
        false => part,
    }
}

fn constant(text: String, ty: Type, label: bool, quoted: bool) -> Part {
    Part { node: Node::Constant { text, ty, label, quoted }, ty }
}

/// A number as `make_const` reads it and `get_const_expr` prints it.
fn number(text: &str, negative: bool) -> Result<Part, PgError> {
    let bound = super::literal::number(text, negative)?;
    let shown = if negative { format!("-{text}") } else { text.to_owned() };
    Ok(match bound.ty {
        Type::INT4 if negative => constant(shown, Type::INT4, true, true),
        Type::INT4 => constant(shown, Type::INT4, false, false),
        Type::NUMERIC if !negative && text.contains(['.', 'e', 'E']) => constant(shown, Type::NUMERIC, false, false),
        ty => constant(shown, ty, true, true),
    })
}

fn is_constant(node: &Node) -> bool {
    matches!(node, Node::Constant { .. } | Node::Null(_))
}
