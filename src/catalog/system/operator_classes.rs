//! Which operator class of an access method takes values of a type (`ResolveOpClass`, `GetDefaultOpClass`).

use std::collections::HashSet;
use std::sync::LazyLock;

use super::builtin::{Casts, File, OperatorClasses};
use crate::catalog::{Index, IndexColumn};
use crate::types::Type;

/// One line of `pg_opclass`.
#[derive(Debug)]
pub struct OperatorClass {
    pub oid: u32,
    /// `pg_am.oid`.
    pub method: u32,
    pub name: &'static str,
    pub input: Type,
    pub default: bool,
    /// What the index holds, if not values of the input type.
    pub key: Option<Type>,
}

static ALL: LazyLock<Vec<OperatorClass>> =
    LazyLock::new(|| OperatorClasses::ROWS.lines().filter_map(operator_class).collect());

fn operator_class(line: &'static str) -> Option<OperatorClass> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [oid, method, name, _, _, _, input, default, key] = fields[..] else { return None };
    let key = key.parse().ok()?;
    Some(OperatorClass {
        oid: oid.parse().ok()?,
        method: method.parse().ok()?,
        name,
        input: Type(input.parse().ok()?),
        default: default == "t",
        key: (key != 0).then_some(Type(key)),
    })
}

/// Pairs of types of which the one is the other without being converted (`IsBinaryCoercible`).
static COERCIBLE: LazyLock<HashSet<(Type, Type)>> = LazyLock::new(|| {
    let pair = |line: &'static str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [_, from, to, _, context, method] = fields[..] else { return None };
        let implicit = context == "i" && method == "b";
        implicit.then_some((Type(from.parse().ok()?), Type(to.parse().ok()?)))
    };
    Casts::ROWS.lines().filter_map(pair).collect()
});

impl OperatorClass {
    /// Whether it takes values of the type.
    pub fn accepts(&self, ty: Type) -> bool {
        match self.input {
            input if input == ty => true,
            Type::ANYARRAY => ty.is_array(),
            Type::ANYENUM => ty.is_enum(),
            Type::RECORD => ty.is_row(),
            input => COERCIBLE.contains(&(ty, input)),
        }
    }
}

/// The class of an access method that has this name.
pub fn operator_class_named(method: u32, name: &str) -> Option<&'static OperatorClass> {
    ALL.iter().find(|class| class.method == method && class.name == name)
}

/// The default class of an access method for a type.
pub fn default_operator_class(method: u32, ty: Type) -> Option<&'static OperatorClass> {
    let defaults = || ALL.iter().filter(|class| class.method == method && class.default);
    let exact = defaults().find(|class| class.input == ty);
    exact.or_else(|| defaults().find(|class| class.accepts(ty)))
}

/// The class of an index's column, which is of this type.
pub fn class_of(index: &Index, column: &IndexColumn, ty: Type) -> Option<&'static OperatorClass> {
    let method = index.method.oid();
    let named = column.operator_class.as_deref().and_then(|name| operator_class_named(method, name));
    named.or_else(|| default_operator_class(method, ty))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Method;

    #[test]
    fn types_have_the_classes_that_postgresql_has_for_them() {
        let default = |method: Method, ty| default_operator_class(method.oid(), ty).map(|class| class.name);
        assert_eq!(default(Method::Btree, Type::VARCHAR), Some("text_ops"));
        assert_eq!(default(Method::Btree, Type::BPCHAR), Some("bpchar_ops"));
        assert_eq!(default(Method::Hash, Type(1007)), Some("array_ops"));
        assert_eq!(default(Method::Gin, Type(1007)), Some("array_ops"));
        assert_eq!(default(Method::Gin, Type::JSONB), Some("jsonb_ops"));
        assert_eq!(default(Method::Gin, Type::TEXT), None);
        assert_eq!(default(Method::Gist, Type::TEXT), None);
        assert_eq!(default(Method::Spgist, Type::TEXT), Some("text_ops"));
        assert_eq!(default(Method::Brin, Type::TIMESTAMPTZ), Some("timestamptz_minmax_ops"));
        assert_eq!(default(Method::Btree, Type::JSON), None);
        assert_eq!(default(Method::Btree, Type(16_386)), Some("enum_ops"));
        let path = operator_class_named(Method::Gin.oid(), "jsonb_path_ops").unwrap();
        assert!(path.accepts(Type::JSONB) && !path.accepts(Type::JSON) && !path.default);
    }
}
