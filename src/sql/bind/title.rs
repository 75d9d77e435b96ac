//! What a result column is called when nobody says (`FigureColname`).

use sqlparser::ast::{self, Expr, ObjectNamePart, SelectItem, SetExpr};

use super::names::fold;

/// The name of a SELECT list entry without alias.
pub fn title(expr: &Expr) -> String {
    figure(expr).map_or_else(|| "?column?".to_owned(), |(name, _)| name)
}

/// The name of an index's column that is an expression (`FigureIndexColname`).
pub fn index_title(expr: &Expr) -> String {
    figure(expr).map_or_else(|| "expr".to_owned(), |(name, _)| name)
}

/// The name and whether it is a good one (a type's name is weak: CASE prefers its own).
fn figure(expr: &Expr) -> Option<(String, bool)> {
    let strong = |name: &str| Some((name.to_owned(), true));
    match expr {
        Expr::Identifier(ident) => Some((fold(ident), true)),
        Expr::CompoundIdentifier(idents) => idents.last().map(|ident| (fold(ident), true)),
        Expr::QualifiedWildcard(name, _) => match name.0.last() {
            Some(ObjectNamePart::Identifier(ident)) => Some((fold(ident), true)),
            _ => None,
        },
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => figure(inner),
        // A field is called by its name, a subscript as what it is of.
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut fields = access_chain.iter().filter_map(|access| match access {
                ast::AccessExpr::Dot(field) => Some(field),
                ast::AccessExpr::Subscript(_) => None,
            });
            fields.next_back().map_or_else(|| figure(root), figure)
        }
        Expr::Function(function) => match function.name.0.last() {
            Some(ObjectNamePart::Identifier(ident)) => Some((fold(ident), true)),
            _ => None,
        },
        Expr::Cast { expr, data_type, .. } => match figure(expr) {
            Some((name, true)) => Some((name, true)),
            _ => Some((type_title(data_type), false)),
        },
        Expr::Value(ast::ValueWithSpan { value: ast::Value::NationalStringLiteral(_), .. }) => {
            Some(("bpchar".to_owned(), false))
        }
        Expr::TypedString(typed) => Some((type_title(&typed.data_type), false)),
        Expr::Interval(_) => Some(("interval".to_owned(), false)),
        Expr::Case { else_result, .. } => match else_result.as_deref().and_then(figure) {
            Some((name, true)) => Some((name, true)),
            _ => Some(("case".to_owned(), false)),
        },
        Expr::Exists { negated: false, .. } => strong("exists"),
        Expr::Subquery(query) => query_title(query),
        Expr::Array(_) => strong("array"),
        Expr::Tuple(_) => strong("row"),
        Expr::Extract { .. } => strong("extract"),
        Expr::Overlay { .. } => strong("overlay"),
        Expr::Position { .. } => strong("position"),
        Expr::Substring { shorthand, .. } => strong(if *shorthand { "substr" } else { "substring" }),
        Expr::Trim { trim_where, .. } => strong(match trim_where {
            Some(ast::TrimWhereField::Leading) => "ltrim",
            Some(ast::TrimWhereField::Trailing) => "rtrim",
            _ => "btrim",
        }),
        Expr::Ceil { .. } => strong("ceil"),
        Expr::Floor { .. } => strong("floor"),
        Expr::AtTimeZone { .. } => strong("timezone"),
        Expr::IsNormalized { negated: false, .. } => strong("is_normalized"),
        Expr::BinaryOp { op: ast::BinaryOperator::Overlaps, .. } => strong("overlaps"),
        _ => None,
    }
}

/// A scalar sub-query is called as its only column.
fn query_title(query: &ast::Query) -> Option<(String, bool)> {
    let mut body = &*query.body;
    loop {
        match body {
            SetExpr::Query(inner) => body = &inner.body,
            SetExpr::SetOperation { left, .. } => body = left,
            SetExpr::Select(select) => {
                return match select.projection.first()? {
                    SelectItem::UnnamedExpr(expr) => Some((title(expr), true)),
                    SelectItem::ExprWithAlias { alias, .. } => Some((fold(alias), true)),
                    _ => None,
                };
            }
            SetExpr::Values(_) => return Some(("column1".to_owned(), true)),
            _ => return None,
        }
    }
}

/// The internal name of a type as written, as far as its spelling tells.
fn type_title(data_type: &ast::DataType) -> String {
    use ast::{DataType, TimezoneInfo};
    let name = match data_type {
        DataType::Bool | DataType::Boolean => "bool",
        DataType::SmallInt(_) | DataType::Int2(_) => "int2",
        DataType::Int(_) | DataType::Int4(_) | DataType::Integer(_) => "int4",
        DataType::BigInt(_) | DataType::Int8(_) => "int8",
        DataType::Real | DataType::Float4 => "float4",
        DataType::Float(ast::ExactNumberInfo::Precision(precision)) if *precision < 25 => "float4",
        DataType::DoublePrecision | DataType::Float8 | DataType::Float(_) => "float8",
        DataType::Varchar(_) | DataType::CharacterVarying(_) | DataType::CharVarying(_) => "varchar",
        DataType::Char(_) | DataType::Character(_) => "bpchar",
        DataType::Numeric(_) | DataType::Decimal(_) | DataType::Dec(_) => "numeric",
        DataType::Bit(_) => "bit",
        DataType::BitVarying(_) | DataType::VarBit(_) => "varbit",
        DataType::Text => "text",
        DataType::Bytea => "bytea",
        DataType::Uuid => "uuid",
        DataType::JSON => "json",
        DataType::JSONB => "jsonb",
        DataType::Regclass => "regclass",
        DataType::Timestamp(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => "timestamptz",
        DataType::Timestamp(..) => "timestamp",
        DataType::Time(_, TimezoneInfo::WithTimeZone | TimezoneInfo::Tz) => "timetz",
        DataType::Time(..) => "time",
        DataType::Date => "date",
        DataType::Interval { .. } => "interval",
        DataType::Array(
            ast::ArrayElemTypeDef::SquareBracket(element, _) | ast::ArrayElemTypeDef::Parenthesis(element),
        ) => {
            return type_title(element);
        }
        DataType::Custom(name, _) => {
            return match name.0.last() {
                Some(ObjectNamePart::Identifier(ident)) => fold(ident),
                _ => "?column?".to_owned(),
            };
        }
        // Types of other databases, whose names are free here.
        other => return other.to_string().to_ascii_lowercase(),
    };
    name.to_owned()
}
