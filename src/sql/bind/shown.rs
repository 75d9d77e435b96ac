//! What a statement yields to the client: OIDs of `regclass` and its kin with the names that they are written as.

use crate::sql::bound::{Body, Expr, Query};
use crate::sql::emission::Emission;
use crate::types::{Type, Value};

/// Makes such columns of a query's result what the client is shown.
pub fn show_names(query: &mut Query) {
    if query.outputs.iter().any(|output| is_shown(output.ty)) {
        show_body(&mut query.body);
    }
}

fn show_body(body: &mut Body) {
    match body {
        Body::Select(select) => show(&mut select.targets),
        Body::Values(rows) => rows.iter_mut().for_each(|row| show(row)),
        Body::SetOperation { left, right, .. } => {
            show_body(&mut left.body);
            show_body(&mut right.body);
        }
    }
}

/// The same for RETURNING.
pub fn show(targets: &mut [Expr]) {
    for target in targets.iter_mut().filter(|target| is_shown(target.ty)) {
        let (ty, at) = (target.ty, target.at);
        let value = std::mem::replace(target, Expr::null(ty));
        let of = Expr::constant(Value::Oid(ty.0), Type::OID);
        *target = Expr::call(Emission::Own("pg_named"), vec![value, of], ty).at(at);
    }
}

/// Whether it is made of OIDs that have names.
fn is_shown(ty: Type) -> bool {
    ty.element().unwrap_or(ty).is_name_of_object()
}
