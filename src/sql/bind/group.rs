//! What a grouped query may show: its groups and aggregates, nothing else (`parse_agg.c`).

use super::Binder;
use crate::catalog::Object;
use crate::sql::bound::{Expr, ExprKind, Source};
use crate::sql::emission::Emission;
use crate::types::{PgError, SqlState};

const DIRECT: &str = "Direct arguments of an ordered-set aggregate must use only grouped columns.";

fn is_ordered_set_value(kind: &ExprKind) -> bool {
    let percentile = |emission| matches!(emission, Emission::Own("pg_percentile_cont" | "pg_percentile_disc"));
    matches!(kind, ExprKind::Call(call) if percentile(call.emission))
}

impl Binder<'_> {
    /// Checks that columns outside aggregates are grouped by, or depend on a primary key that is.
    /// `common`: those that are in all grouping sets.
    pub fn check_grouping<'e>(
        &self,
        group_by: &[Expr],
        common: &[Expr],
        exprs: impl Iterator<Item = &'e Expr>,
    ) -> Result<(), PgError> {
        let depth = self.scopes.len();
        for expr in exprs {
            let mut error = None;
            self.find_ungrouped(expr, (group_by, common), depth, 0, &mut error);
            if let Some(error) = error {
                return Err(error);
            }
        }
        Ok(())
    }

    fn find_ungrouped(
        &self,
        expr: &Expr,
        (group_by, common): (&[Expr], &[Expr]),
        depth: usize,
        queries: usize,
        error: &mut Option<PgError>,
    ) {
        // In sub-queries PostgreSQL knows columns alone again.
        let may_be_group =
            queries == 0 || matches!(expr.kind, ExprKind::Column { .. }) || self.whole_row_of(expr).is_some();
        if error.is_some() || may_be_group && group_by.contains(expr) {
            return;
        }
        match &expr.kind {
            // An aggregate's own columns are free; those of sub-queries belong to them.
            ExprKind::Aggregate(_) if queries == 0 => {}
            // It is grouped as a whole, or its key is.
            ExprKind::Call(_) if let Some(relation) = self.whole_row_of(expr) => {
                let of = &self.relations[relation];
                if of.depth != depth || self.determined(relation, common) {
                    return;
                }
                let message = match queries {
                    0 => format!(
                        "column \"{}.*\" must appear in the GROUP BY clause or be used in an aggregate function",
                        of.name
                    ),
                    _ => format!("subquery uses ungrouped column \"{}.*\" from outer query", of.name),
                };
                *error = Some(self.error(expr.at, SqlState::GROUPING_ERROR, message));
            }
            ExprKind::Column { relation, column } => {
                let of = &self.relations[*relation];
                let of_groups = || self.is_called_within(*relation) || self.is_set_above(*relation);
                if of.depth != depth || self.determined(*relation, common) || of_groups() {
                    return;
                }
                let name = format!("{}.{}", of.name, of.columns[*column].name);
                let message = match queries {
                    0 => {
                        format!(
                            "column \"{name}\" must appear in the GROUP BY clause or be used in an aggregate function"
                        )
                    }
                    _ => format!("subquery uses ungrouped column \"{name}\" from outer query"),
                };
                *error = Some(self.error(expr.at, SqlState::GROUPING_ERROR, message));
            }
            kind => {
                expr.for_each_child_within(queries, &mut |child, queries| {
                    self.find_ungrouped(child, (group_by, common), depth, queries, error);
                });
                let found = error.take();
                *error = found.map(|error| if is_ordered_set_value(kind) { error.detail(DIRECT) } else { error });
            }
        }
    }

    /// Whether the groups fix the relation's row: its whole primary key is among them.
    fn determined(&self, relation: usize, group_by: &[Expr]) -> bool {
        let of = &self.relations[relation];
        let Source::Table { oid, .. } = of.source else { return false };
        let Some(Object::Table(table)) = self.catalog.get(oid) else { return false };
        // What may not be one for a while is none here.
        let Some(key) = table.primary_key().filter(|key| !key.is_deferrable()) else { return false };
        key.columns.iter().all(|attnum| {
            group_by.iter().any(|expr| match expr.kind {
                ExprKind::Column { relation: of_relation, column } => {
                    of_relation == relation && of.columns[column].origin == Some((oid, *attnum))
                }
                _ => false,
            })
        })
    }
}
