//! Predicates, which are true, false or, of what can't be told, neither.

use std::cmp::Ordering;

use super::execute::{Execution, Outcome, Status};
use super::item::{Item, Kind};
use super::tree::{Chain, Comparison, LikeRegex, Test, TestKind};
use crate::types::timestamp::{self, Datetime, TimeTz, Zone, date};
use crate::types::{PgError, SqlState};

/// `None` is unknown.
type Truth = Option<bool>;

impl<'e> Execution<'e> {
    pub fn truth(&mut self, test: &'e Test, item: &Item<'e>) -> Outcome<Truth> {
        match &test.kind {
            TestKind::And(terms) => {
                let left = self.truth(&terms.0, item)?;
                if left == Some(false) {
                    return Ok(left);
                }
                let right = self.truth(&terms.1, item)?;
                Ok(if right == Some(true) { left } else { right })
            }
            TestKind::Or(terms) => {
                let left = self.truth(&terms.0, item)?;
                if left == Some(true) {
                    return Ok(left);
                }
                let right = self.truth(&terms.1, item)?;
                Ok(if right == Some(false) { left } else { right })
            }
            TestKind::Not(of) => Ok(self.truth(of, item)?.map(|truth| !truth)),
            TestKind::IsUnknown(of) => Ok(Some(self.truth(of, item)?.is_none())),
            TestKind::Compare(comparison, operands) => self.compared(*comparison, operands, item),
            TestKind::StartsWith(operands) => self.starts_with(operands, item),
            TestKind::LikeRegex(like) => self.like_regex(like, item),
            TestKind::Exists(of) => self.exists(of, item),
        }
    }

    /// Runs something whose errors make a predicate unknown.
    fn quietly<T>(&mut self, run: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let tells = std::mem::replace(&mut self.tells, false);
        let value = run(self);
        self.tells = tells;
        value
    }

    fn exists(&mut self, of: &'e Chain, item: &Item<'e>) -> Outcome<Truth> {
        let status = self.quietly(|execution| {
            if execution.lax {
                return execution.item(of, item, None);
            }
            let mut all = Vec::new();
            let status = execution.item(of, item, Some(&mut all))?;
            Ok(match status {
                Status::Failed => Status::Failed,
                _ if all.is_empty() => Status::Nothing,
                _ => Status::Found,
            })
        })?;
        Ok(match status {
            Status::Found => Some(true),
            Status::Nothing => Some(false),
            Status::Failed => None,
        })
    }

    fn compared(&mut self, comparison: Comparison, operands: &'e (Chain, Chain), item: &Item<'e>) -> Outcome<Truth> {
        let Some(left) = self.quietly(|execution| execution.sequence(&operands.0, item, true))? else {
            return Ok(None);
        };
        let Some(right) = self.quietly(|execution| execution.sequence(&operands.1, item, true))? else {
            return Ok(None);
        };
        let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
        self.any(pairs, |execution, (left, right)| execution.compare(comparison, left, right))
    }

    fn starts_with(&mut self, operands: &'e (Chain, Chain), item: &Item<'e>) -> Outcome<Truth> {
        let Some(whole) = self.quietly(|execution| execution.sequence(&operands.0, item, true))? else {
            return Ok(None);
        };
        let Some(initial) = self.quietly(|execution| execution.sequence(&operands.1, item, false))? else {
            return Ok(None);
        };
        let pairs = whole.iter().flat_map(|whole| initial.iter().map(move |initial| (whole, initial)));
        self.any(pairs, |execution, (whole, initial)| match (whole, initial) {
            (Item::String(whole), Item::String(initial)) => {
                execution.spend_bytes(initial.len())?;
                Ok(Some(whole.starts_with(&**initial)))
            }
            _ => Ok(None),
        })
    }

    fn like_regex(&mut self, like: &'e LikeRegex, item: &Item<'e>) -> Outcome<Truth> {
        let Some(texts) = self.quietly(|execution| execution.sequence(&like.of, item, true))? else {
            return Ok(None);
        };
        self.any(texts.iter(), |execution, text| match text {
            Item::String(text) => Ok(Some(like.regexp.matches_within(text, &execution.regexps)?)),
            _ => Ok(None),
        })
    }

    /// Whether one of them fulfils it. In strict mode all are looked at, and none may be unknown.
    fn any<T>(
        &mut self,
        of: impl Iterator<Item = T>,
        mut fulfils: impl FnMut(&mut Self, T) -> Outcome<Truth>,
    ) -> Outcome<Truth> {
        let (mut found, mut unknown) = (false, false);
        for one in of {
            self.spend(1)?;
            match fulfils(self, one)? {
                None if !self.lax => return Ok(None),
                None => unknown = true,
                Some(true) if self.lax => return Ok(Some(true)),
                Some(truth) => found |= truth,
            }
        }
        Ok(if !found && unknown { None } else { Some(found) })
    }

    fn compare(&mut self, comparison: Comparison, left: &Item<'e>, right: &Item<'e>) -> Outcome<Truth> {
        let (kind, other) = (left.kind(), right.kind());
        if kind != other {
            // Null is unequal to all others, and otherwise there is nothing to compare.
            let with_null = kind == Kind::Null || other == Kind::Null;
            return Ok(with_null.then_some(comparison == Comparison::NotEqual));
        }
        let order = match (left, right) {
            (Item::Null, _) => Ordering::Equal,
            (Item::Bool(left), Item::Bool(right)) => left.cmp(right),
            (Item::String(left), Item::String(right)) => {
                self.spend_bytes(left.len().min(right.len()))?;
                left.cmp(right)
            }
            (Item::Datetime(left), Item::Datetime(right)) => match datetimes(left, right, self.zone)? {
                Some(order) => order,
                None => return Ok(None),
            },
            _ => match (self.number(left)?, self.number(right)?) {
                (Some(left), Some(right)) => left.compare(&right),
                // Containers.
                _ => return Ok(None),
            },
        };
        Ok(Some(match comparison {
            Comparison::Equal => order.is_eq(),
            Comparison::NotEqual => order.is_ne(),
            Comparison::Less => order.is_lt(),
            Comparison::LessEqual => order.is_le(),
            Comparison::Greater => order.is_gt(),
            Comparison::GreaterEqual => order.is_ge(),
        }))
    }
}

/// `None` of a day and a time of day. Error 0A000 where it depends on a zone, and none is given.
fn datetimes(left: &Datetime, right: &Datetime, zone: Option<(&Zone, i64)>) -> Outcome<Option<Ordering>> {
    use Datetime::{Date, Time, Timestamp, Timestamptz, Timetz};
    let zone_for = |from: &str, to: &str| match zone {
        Some(zone) => Ok(zone),
        None => {
            let message = format!("cannot convert value from {from} to {to} without time zone usage");
            Err(Box::new(
                PgError::new(SqlState::FEATURE_NOT_SUPPORTED, message)
                    .hint("Use *_tz() function for time zone support."),
            ))
        }
    };
    // What is no timestamp is before or after all that are.
    let beyond = |positive: bool| if positive { Ordering::Greater } else { Ordering::Less };
    let day_and_local = |day: i32, local: i64| match date::to_timestamp(day) {
        Ok(midnight) => midnight.cmp(&local),
        Err(_) => beyond(day > 0),
    };
    let day_and_instant = |day: i32, instant: i64| -> Outcome<Ordering> {
        let (zone, _) = zone_for("date", "timestamptz")?;
        Ok(match date::to_timestamptz(day, zone) {
            Ok(midnight) => midnight.cmp(&instant),
            Err(_) => beyond(day > 0),
        })
    };
    let local_and_instant = |local: i64, instant: i64| -> Outcome<Ordering> {
        let (zone, _) = zone_for("timestamp", "timestamptz")?;
        Ok(match zone.to_instant(local) {
            Some(local) => local.cmp(&instant),
            None => beyond(local > 0),
        })
    };
    let zoned = |micros: i64| -> Outcome<TimeTz> {
        let (zone, now) = zone_for("time", "timetz")?;
        Ok(timestamp::timetz_today(micros, zone, now)?)
    };
    Ok(Some(match (*left, *right) {
        (Date(left), Date(right)) => left.cmp(&right),
        (Date(day), Timestamp(local)) => day_and_local(day, local),
        (Timestamp(local), Date(day)) => day_and_local(day, local).reverse(),
        (Date(day), Timestamptz { instant, .. }) => day_and_instant(day, instant)?,
        (Timestamptz { instant, .. }, Date(day)) => day_and_instant(day, instant)?.reverse(),
        (Time(left), Time(right)) => left.cmp(&right),
        (Time(left), Timetz(right)) => zoned(left)?.compare(right),
        (Timetz(left), Time(right)) => left.compare(zoned(right)?),
        (Timetz(left), Timetz(right)) => left.compare(right),
        (Timestamp(left), Timestamp(right)) => left.cmp(&right),
        (Timestamp(local), Timestamptz { instant, .. }) => local_and_instant(local, instant)?,
        (Timestamptz { instant, .. }, Timestamp(local)) => local_and_instant(local, instant)?.reverse(),
        (Timestamptz { instant: left, .. }, Timestamptz { instant: right, .. }) => left.cmp(&right),
        (Date(_) | Timestamp(_) | Timestamptz { .. }, Time(_) | Timetz(_))
        | (Time(_) | Timetz(_), Date(_) | Timestamp(_) | Timestamptz { .. }) => return Ok(None),
    }))
}
