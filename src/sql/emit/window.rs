//! OVER.

use super::{Emitter, Written, comparable};
use crate::sql::bound::{Bound, Frame, Window};
use crate::sql::emission::MOVING_WINDOW;

impl Emitter<'_> {
    pub fn window(&mut self, window: &Window) -> Written {
        let begins_late = |frame: &Frame| frame.start != Bound::UnboundedPreceding;
        let moving = window.frame.as_ref().is_some_and(begins_late);
        self.aggregate_over(&window.function, if moving { MOVING_WINDOW } else { "" })?;
        self.push(" OVER (");
        if !window.partition_by.is_empty() {
            self.push("PARTITION BY ");
            self.list(&window.partition_by, |emitter, expr| {
                comparable(expr.ty)?;
                emitter.collated(expr)
            })?;
        }
        self.order_by(&window.order_by)?;
        if let Some(frame) = &window.frame {
            self.frame(frame)?;
        }
        self.push(")");
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
