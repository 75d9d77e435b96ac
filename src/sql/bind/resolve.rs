//! Which of several overloads a call means (`func_select_candidate`), for functions and operators alike.

use super::coerce::can_coerce;
use super::common_type::{category, preferred};
use super::polymorphic;
use crate::sql::casts::Context;
use crate::types::{Type, TypeCategory};

pub enum Choice {
    One(usize),
    None,
    Ambiguous,
}

/// Chooses among signatures (all as long as `args`) by PostgreSQL's rules
/// (manual, 10.2 and 10.3). An exact match has been looked for already.
pub fn choose(args: &[Type], signatures: &[Vec<Type>]) -> Choice {
    let fits = |signature: &Vec<Type>| {
        args.iter().zip(signature).all(|(arg, wanted)| can_coerce(*arg, *wanted, Context::Implicit))
            && polymorphic::resolve(args, signature).is_some()
    };
    let mut left: Vec<usize> = (0..signatures.len()).filter(|index| fits(&signatures[*index])).collect();
    if left.len() < 2 {
        return left.first().map_or(Choice::None, |index| Choice::One(*index));
    }
    let known = |position: usize| args[position] != Type::UNKNOWN;
    let positions = 0..args.len();
    // Most exact matches, then most preferred types among the known arguments.
    keep_best(&mut left, |index| positions.clone().filter(|&p| known(p) && signatures[index][p] == args[p]).count());
    if left.len() > 1 {
        keep_best(&mut left, |index| {
            let takes = |p: usize| {
                let wanted = signatures[index][p];
                wanted == args[p] || (preferred(wanted) && category(wanted) == category(args[p]))
            };
            positions.clone().filter(|&p| known(p) && takes(p)).count()
        });
    }
    if left.len() > 1 && positions.clone().any(|p| !known(p)) {
        narrow_by_category(args, signatures, &mut left);
        if left.len() > 1 {
            narrow_by_likeness(args, signatures, &mut left);
        }
    }
    match left[..] {
        [index] => Choice::One(index),
        _ => Choice::Ambiguous,
    }
}

fn keep_best(left: &mut Vec<usize>, score: impl Fn(usize) -> usize) {
    let best = left.iter().map(|index| score(*index)).max().unwrap_or(0);
    left.retain(|index| score(*index) == best);
}

/// For each argument of unknown type: strings if a candidate takes them, else the category all agree on; then
/// the preferred type of that category, if a candidate takes it.
fn narrow_by_category(args: &[Type], signatures: &[Vec<Type>], left: &mut Vec<usize>) {
    let mut slots = Vec::new();
    for position in 0..args.len() {
        if args[position] != Type::UNKNOWN {
            continue;
        }
        let categories: Vec<TypeCategory> = left.iter().map(|index| category(signatures[*index][position])).collect();
        let slot = if categories.contains(&TypeCategory::String) {
            TypeCategory::String
        } else if categories.iter().all(|other| *other == categories[0]) {
            categories[0]
        } else {
            return;
        };
        let has_preferred = left.iter().any(|index| {
            let wanted = signatures[*index][position];
            category(wanted) == slot && preferred(wanted)
        });
        slots.push((position, slot, has_preferred));
    }
    let narrowed: Vec<usize> = left
        .iter()
        .copied()
        .filter(|index| {
            slots.iter().all(|(position, slot, has_preferred)| {
                let wanted = signatures[*index][*position];
                category(wanted) == *slot && (!has_preferred || preferred(wanted))
            })
        })
        .collect();
    if !narrowed.is_empty() {
        *left = narrowed;
    }
}

/// If all known arguments are of one type, the unknown ones are taken to be of it too.
fn narrow_by_likeness(args: &[Type], signatures: &[Vec<Type>], left: &mut Vec<usize>) {
    let mut known = args.iter().filter(|ty| **ty != Type::UNKNOWN);
    let Some(first) = known.next() else { return };
    if known.any(|ty| ty != first) {
        return;
    }
    let alike = vec![*first; args.len()];
    let takes = |index: &usize| {
        let signature = &signatures[*index];
        signature.iter().all(|wanted| can_coerce(*first, *wanted, Context::Implicit))
            && polymorphic::resolve(&alike, signature).is_some()
    };
    let narrowed: Vec<usize> = left.iter().copied().filter(takes).collect();
    if narrowed.len() == 1 {
        *left = narrowed;
    }
}
