//! Bound expressions changed in place.

use super::bound::{
    Aggregate, Assignment, Body, Bound, Delete, Expr, ExprKind, From, Insert, Merge, Query, Select, Sort, SortKey,
    Then, Update, Window, With,
};

impl Expr {
    /// As [`Expr::for_each_child`], for changing them.
    pub fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match &mut self.kind {
            ExprKind::Null
            | ExprKind::Literal(_)
            | ExprKind::Constant(_)
            | ExprKind::Param(_)
            | ExprKind::Kept(_)
            | ExprKind::Column { .. } => {}
            ExprKind::Call(call) => call.args.iter_mut().for_each(visit),
            ExprKind::Aggregate(aggregate) => aggregate.for_each_child_mut(visit),
            ExprKind::Window(window) => window.for_each_child_mut(visit),
            ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter_mut().for_each(visit),
            ExprKind::Not(operand) | ExprKind::IsNull { operand, .. } | ExprKind::IsBool { operand, .. } => {
                visit(operand);
            }
            ExprKind::Distinct { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ExprKind::InList { operand, list, .. } => {
                visit(operand);
                list.iter_mut().for_each(visit);
            }
            ExprKind::InQuery { operands, query, .. } => {
                operands.iter_mut().for_each(&mut *visit);
                query.for_each_expr_mut(visit);
            }
            ExprKind::Exists(query) | ExprKind::Scalar(query) => query.for_each_expr_mut(visit),
            ExprKind::Case { operand, whens, otherwise } => {
                operand.iter_mut().for_each(|operand| visit(operand));
                for (condition, result) in whens {
                    visit(condition);
                    visit(result);
                }
                otherwise.iter_mut().for_each(|otherwise| visit(otherwise));
            }
        }
    }

    /// As [`Expr::for_each_child_within`], for changing them.
    pub fn for_each_child_within_mut(&mut self, queries: usize, visit: &mut dyn FnMut(&mut Expr, usize)) {
        match &mut self.kind {
            ExprKind::InQuery { operands, query, .. } => {
                operands.iter_mut().for_each(|operand| visit(operand, queries));
                query.for_each_expr_mut(&mut |expr| visit(expr, queries + 1));
            }
            kind => {
                let queries = kind.queries_below(queries);
                self.for_each_child_mut(&mut |child| visit(child, queries));
            }
        }
    }
}

impl Aggregate {
    fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.args.iter_mut().for_each(&mut *visit);
        each_sort(&mut self.order_by, visit);
        self.filter.iter_mut().for_each(visit);
    }
}

impl Window {
    fn for_each_child_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.function.for_each_child_mut(visit);
        self.partition_by.iter_mut().for_each(&mut *visit);
        each_sort(&mut self.order_by, visit);
        let Some(frame) = &mut self.frame else { return };
        for bound in [&mut frame.start, &mut frame.end] {
            if let Bound::Preceding(offset) | Bound::Following(offset) = bound {
                visit(offset);
            }
        }
    }
}

fn each_sort(sorts: &mut [Sort], visit: &mut dyn FnMut(&mut Expr)) {
    for sort in sorts {
        if let SortKey::Expr(expr) = &mut sort.key {
            visit(expr);
        }
    }
}

impl Query {
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for with in &mut self.with {
            with.query.for_each_expr_mut(visit);
        }
        match &mut self.body {
            Body::Select(select) => select.for_each_expr_mut(visit),
            Body::Values(rows) => rows.iter_mut().flatten().for_each(&mut *visit),
            Body::SetOperation { left, right, .. } => {
                left.for_each_expr_mut(visit);
                right.for_each_expr_mut(visit);
            }
        }
        each_sort(&mut self.order_by, visit);
        self.limit.iter_mut().chain(&mut self.offset).for_each(visit);
    }
}

impl Select {
    fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        self.targets.iter_mut().for_each(&mut *visit);
        if let Some(from) = &mut self.from {
            from.for_each_expr_mut(visit);
        }
        self.filter.iter_mut().for_each(&mut *visit);
        self.group_by.iter_mut().for_each(&mut *visit);
        self.having.iter_mut().for_each(visit);
    }
}

impl From {
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        match self {
            From::Relation(_) => {}
            From::Query { query, .. } => query.for_each_expr_mut(visit),
            From::Function { args, .. } => args.iter_mut().for_each(visit),
            From::Join { left, right, on, .. } => {
                left.for_each_expr_mut(visit);
                right.for_each_expr_mut(visit);
                on.iter_mut().for_each(visit);
            }
        }
    }
}

fn each_with(with: &mut [With], visit: &mut dyn FnMut(&mut Expr)) {
    for with in with {
        with.query.for_each_expr_mut(visit);
    }
}

fn each_assignment(assignments: &mut [Assignment], visit: &mut dyn FnMut(&mut Expr)) {
    assignments.iter_mut().for_each(|assignment| visit(&mut assignment.value));
}

impl Insert {
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        each_with(&mut self.with, visit);
        self.source.for_each_expr_mut(visit);
        if let Some((assignments, condition)) = self.conflict.as_mut().and_then(|conflict| conflict.update.as_mut()) {
            each_assignment(assignments, visit);
            condition.iter_mut().for_each(&mut *visit);
        }
        self.returning.iter_mut().for_each(visit);
    }
}

impl Update {
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        each_with(&mut self.with, visit);
        each_assignment(&mut self.assignments, visit);
        if let Some(from) = &mut self.from {
            from.for_each_expr_mut(visit);
        }
        self.filter.iter_mut().chain(&mut self.returning).for_each(visit);
    }
}

impl Delete {
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        each_with(&mut self.with, visit);
        if let Some(using) = &mut self.using {
            using.from.for_each_expr_mut(visit);
        }
        self.filter.iter_mut().chain(&mut self.returning).for_each(visit);
    }
}

impl Merge {
    pub fn for_each_expr_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        each_with(&mut self.with, visit);
        self.source.for_each_expr_mut(visit);
        visit(&mut self.on);
        for when in &mut self.whens {
            when.condition.iter_mut().for_each(&mut *visit);
            match &mut when.then {
                Then::Nothing | Then::Delete => {}
                Then::Update(assignments) => each_assignment(assignments, visit),
                Then::Insert { values, .. } => values.iter_mut().for_each(&mut *visit),
            }
        }
    }
}
