//! Functions that have no line in the tables, but do what an operator does, or a function of another name: `int4pl(1, 2)`,
//! `numeric_exp(1)`, `textlen('x')`. Which those are PostgreSQL's own catalogs tell.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Function;
use crate::catalog::system::{operator_routines, routines};
use crate::sql::emission::Emission;
use crate::sql::operators::{self, Operator};
use crate::types::Type;

/// What does the same as a function of that name.
#[derive(Clone, Copy)]
pub enum StandIn {
    Operator(&'static Operator),
    Function(&'static Function),
}

type StandIns = HashMap<&'static str, Vec<(Vec<Type>, StandIn)>>;

static ALL: LazyLock<StandIns> = LazyLock::new(|| {
    let of_operators: HashMap<u32, &Operator> =
        operator_routines().filter_map(|(name, left, right, oid)| Some((oid, operator(name, left, right)?))).collect();
    let stand_in = |oid: u32, name: &str, args: &[Type]| match of_operators.get(&oid) {
        Some(operator) => Some(StandIn::Operator(operator)),
        None => function(name, args).map(StandIn::Function),
    };
    let mut by_source: HashMap<(&str, Vec<Type>), StandIn> = HashMap::new();
    for routine in routines() {
        if let Some(found) = stand_in(routine.oid, routine.name, &routine.args) {
            by_source.entry((routine.source, routine.args)).or_insert(found);
        }
    }
    let mut all = StandIns::new();
    for routine in routines().filter(|routine| super::named(routine.name).next().is_none()) {
        if let Some(found) = by_source.get(&(routine.source, routine.args.clone())) {
            all.entry(routine.name).or_default().push((routine.args, *found));
        }
    }
    all
});

fn operator(name: &str, left: Option<Type>, right: Type) -> Option<&'static Operator> {
    let same = |operator: &&Operator| operator.name == name && operator.left == left && operator.right == right;
    operators::all().iter().find(same).filter(|operator| !matches!(operator.emission, Emission::Missing(_)))
}

fn function(name: &str, args: &[Type]) -> Option<&'static Function> {
    super::named(name).find(|function| {
        let plain = matches!(function.emission, Emission::Own(_) | Emission::Builtin(_) | Emission::Text(_));
        plain && function.args == args && !function.variadic && !function.window
    })
}

/// The overloads of a name that has no line in the tables.
pub fn stand_ins(name: &str) -> &'static [(Vec<Type>, StandIn)] {
    ALL.get(name).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_functions_are_found_by_what_does_them() {
        let found = |name: &str| stand_ins(name).iter().map(|(args, _)| args.clone()).collect::<Vec<_>>();
        assert_eq!(found("int4pl"), [[Type::INT4, Type::INT4]]);
        assert_eq!(found("numeric_exp"), [[Type::NUMERIC]]);
        assert_eq!(found("timestamp"), [[Type::DATE, Type::TIME]]);
        assert!(found("lower").is_empty());
        assert!(found("int4in").is_empty());
    }
}
