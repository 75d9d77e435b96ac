//! OVER.

use super::{Emitter, Written, comparable, expr_unsupported, sortable, string};
use crate::sql::FrameSpec;
use crate::sql::bound::{Bound, Expr, Frame, Sort, Window};
use crate::sql::emission::{Emission, FRAMED_WINDOW, MOVING_WINDOW};

/// Arguments that a function has for its frame, and how many SQLite gives one at most.
const BEFORE_KEYS: usize = 4;
const MOST_ARGS: usize = 120;

impl Emitter<'_> {
    pub fn window(&mut self, window: &Window) -> Written {
        if let Some(frame) = &window.frame
            && frame.found
        {
            return self.found_frame(window, frame);
        }
        let begins_late = |frame: &Frame| frame.start != Bound::UnboundedPreceding;
        let moving = window.frame.as_ref().is_some_and(begins_late);
        self.aggregate_over(&window.function, if moving { MOVING_WINDOW } else { "" }, Emitter::expr)?;
        self.push(" OVER (");
        self.partition(window)?;
        if let Some(frame) = &window.frame {
            self.frame(frame)?;
        }
        self.push(")");
        Ok(())
    }

    fn partition(&mut self, window: &Window) -> Written {
        if !window.partition_by.is_empty() {
            self.push("PARTITION BY ");
            self.list(&window.partition_by, |emitter, expr| {
                comparable(expr.ty, expr.typmod)?;
                emitter.collated(expr)
            })?;
        }
        self.order_by(&window.order_by)
    }

    /// A function of ours over all rows of its partition, among which it finds the frames.
    fn found_frame(&mut self, window: &Window, frame: &Frame) -> Written {
        let function = &window.function;
        let keys: Vec<&Expr> = window.order_by.iter().filter_map(Sort::expr).collect();
        if BEFORE_KEYS + keys.len() + function.args.len() > MOST_ARGS {
            return Err(expr_unsupported("a window frame of so many values"));
        }
        let (name, with_type) = match function.emission {
            Emission::Own(name) => (name, false),
            Emission::Builtin("count") | Emission::Text("count(*)") => ("pg_frame_count", false),
            Emission::Builtin("sum") => ("pg_frame_sum", false),
            Emission::Builtin("min") => ("pg_frame_min", true),
            Emission::Builtin("max") => ("pg_frame_max", true),
            Emission::Builtin("first_value") => ("pg_first_value", false),
            Emission::Builtin("last_value") => ("pg_last_value", false),
            Emission::Builtin("nth_value") => ("pg_nth_value", false),
            _ => return Err(expr_unsupported("this function over such a window frame")),
        };
        if with_type && let Some(arg) = function.args.first() {
            sortable(arg.ty, arg.typmod)?;
        }
        let first = window.order_by.first();
        let spec = FrameSpec {
            units: frame.units,
            start: frame.start.word(),
            end: frame.end.word(),
            offsets: [frame.start.offset(), frame.end.offset()].map(|offset| offset.map(|offset| offset.ty)),
            exclude: frame.exclude,
            descending: first.is_some_and(|sort| sort.descending),
            nulls_first: first.is_some_and(|sort| sort.nulls_first),
            keys: keys.iter().map(|key| key.ty).collect(),
        };
        self.push(&format!("{name}{FRAMED_WINDOW}("));
        string(&mut self.out, &spec.text());
        for bound in [&frame.start, &frame.end] {
            self.push(", ");
            match bound.offset() {
                Some(offset) => self.expr(offset)?,
                None => self.push("NULL"),
            }
        }
        self.push(", ");
        match &function.filter {
            Some(filter) => self.expr(filter)?,
            None => self.push("1"),
        }
        for value in keys.into_iter().chain(&function.args) {
            self.push(", ");
            self.expr(value)?;
        }
        match function.args.first() {
            Some(arg) if with_type => self.push(&format!(", {}", arg.ty.0)),
            _ => {}
        }
        self.push(") OVER (");
        self.partition(window)?;
        self.push(" ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)");
        Ok(())
    }

    fn frame(&mut self, frame: &Frame) -> Written {
        self.push(" ");
        self.push(frame.units);
        self.push(" BETWEEN ");
        self.frame_bound(&frame.start)?;
        self.push(" AND ");
        self.frame_bound(&frame.end)?;
        if let Some(exclude) = frame.exclude {
            self.push(" EXCLUDE ");
            self.push(exclude);
        }
        Ok(())
    }

    fn frame_bound(&mut self, bound: &Bound) -> Written {
        if let Some(offset) = bound.offset() {
            self.operand(offset)?;
        }
        self.push(match bound {
            Bound::UnboundedPreceding => "UNBOUNDED PRECEDING",
            Bound::Preceding(_) => " PRECEDING",
            Bound::CurrentRow => "CURRENT ROW",
            Bound::Following(_) => " FOLLOWING",
            Bound::UnboundedFollowing => "UNBOUNDED FOLLOWING",
        });
        Ok(())
    }
}
