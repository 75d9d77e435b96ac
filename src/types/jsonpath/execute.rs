//! A path followed through a document (`jsonpath_exec.c`).
//!
//! Depth first: each item that a step finds goes through all steps behind it before the next one is looked for. So what has
//! been found before an error stays found where errors are not told (`silent`), as in PostgreSQL.
//!
//! Where only existence is asked for, there is no list, and the first item found ends the search. What is computed on the
//! way is bounded by [`WORK`]: no interrupt reaches a function while it runs.

use std::rc::Rc;

use super::item::{Item, Pair};
use super::layout::Layouts;
use super::tree::{Arithmetic, Chain, Level, Method, Sign, Step};
use super::{Jsonpath, LookUp, With};
use crate::types::json::Json;
use crate::types::regexp::Work;
use crate::types::timestamp::Zone;
use crate::types::{Numeric, PgError, SqlState};

/// Steps that following a path may take: some seconds, but in tests.
const WORK: u64 = if cfg!(test) { 1_000_000 } else { 20_000_000 };
/// … and how many of them between two looks whether to go on.
const LOOK: u64 = 1 << 14;
/// What an item put on a list costs, in steps: lists are bounded by that.
pub const ITEM: u64 = 5;
/// Bytes that are compared in a step's time.
const BYTES: usize = 64;
/// Bytes that are kept, or read as a number, for a step.
const DEAR_BYTES: usize = 8;

/// How it went, as far as nothing is told of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Found,
    Nothing,
    /// An error that is not told.
    Failed,
}

/// Errors are boxed: they stand in every frame of a deep recursion.
pub type Outcome<T = Status> = Result<T, Box<PgError>>;

/// Where items go; `None`: only whether there is one is asked.
pub type Found<'f, 'e> = Option<&'f mut Vec<Item<'e>>>;

/// The object whose parts `.keyvalue()` numbers by their place in it.
#[derive(Clone)]
pub enum Base<'e> {
    None,
    Json(&'e Json),
    Pair(Rc<Pair<'e>>),
}

pub struct Execution<'e> {
    pub lax: bool,
    pub zone: Option<(&'e Zone, i64)>,
    pub regexps: Work,
    vars: Option<&'e Json>,
    root: Item<'e>,
    /// `@`.
    pub current: Item<'e>,
    pub base: (Base<'e>, i64),
    /// The number that `.keyvalue()`'s next object gets.
    pub generated: i64,
    /// Of the array whose subscripts are computed.
    size: Option<usize>,
    /// Whether what is not there is no error.
    lenient: bool,
    /// Whether errors are told.
    pub tells: bool,
    work: u64,
    look_up: &'e LookUp<'e>,
    pub layouts: Layouts,
}

/// Follows a path; with a list, all that it finds is put there.
pub fn execute<'e>(
    path: &'e Jsonpath,
    json: &'e Json,
    with: &With<'e>,
    found: Found<'_, 'e>,
) -> Result<Status, PgError> {
    if with.vars.is_some_and(|vars| !matches!(vars, Json::Object(_))) {
        let message = "\"vars\" argument is not an object";
        let detail = "Jsonpath parameters should be encoded as key-value pairs of \"vars\" object.";
        return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message).detail(detail));
    }
    let root = Item::of(json);
    let mut execution = Execution {
        lax: path.lax,
        zone: with.zone,
        regexps: Work::new(),
        vars: with.vars,
        current: root.clone(),
        root,
        base: (Base::None, 0),
        generated: if with.vars.is_some() { 2 } else { 1 },
        size: None,
        lenient: path.lax,
        tells: !with.silent,
        work: WORK,
        look_up: with.look_up,
        layouts: Layouts::default(),
    };
    let root = execution.root.clone();
    if path.lax || found.is_some() {
        return Ok(execution.item(&path.root, &root, found)?);
    }
    // That there is no error shows only when all has been looked at.
    let mut all = Vec::new();
    Ok(match execution.item(&path.root, &root, Some(&mut all))? {
        Status::Failed => Status::Failed,
        _ if all.is_empty() => Status::Nothing,
        _ => Status::Found,
    })
}

pub fn error(code: SqlState, message: impl Into<String>) -> PgError {
    PgError::new(code, message)
}

impl<'e> Execution<'e> {
    /// 54001 when the work is used up.
    pub fn spend(&mut self, steps: u64) -> Outcome<()> {
        match self.work.checked_sub(steps) {
            Some(left) => {
                let looks = left / LOOK != self.work / LOOK;
                self.work = left;
                if looks { Ok((self.look_up)()?) } else { Ok(()) }
            }
            None => {
                let message = "evaluating a jsonpath takes too many steps";
                let hint = "The path asks for too much of a document of this size: make either smaller.";
                Err(Box::new(error(SqlState::STATEMENT_TOO_COMPLEX, message).hint(hint)))
            }
        }
    }

    pub fn spend_bytes(&mut self, bytes: usize) -> Outcome<()> {
        self.spend(1 + (bytes / BYTES) as u64)
    }

    /// An item's value as a number.
    pub fn number(&mut self, item: &Item<'e>) -> Outcome<Option<Numeric>> {
        self.spend(1 + (item.size() / DEAR_BYTES) as u64)?;
        Ok(item.number())
    }

    /// Of the only one of some items.
    fn single_number(&mut self, items: &[Item<'e>]) -> Outcome<Option<Numeric>> {
        match items {
            [one] => self.number(one),
            _ => Ok(None),
        }
    }

    /// Tells an error, or lets it be.
    pub fn fail(&self, error: impl FnOnce() -> PgError) -> Outcome {
        if self.tells { Err(Box::new(error())) } else { Ok(Status::Failed) }
    }

    /// The same of an error in the structure, which may be none.
    pub fn fail_unless_lenient(&self, error: impl FnOnce() -> PgError) -> Outcome {
        if self.lenient { Ok(Status::Nothing) } else { self.fail(error) }
    }

    fn add(&mut self, item: Item<'e>, found: Found<'_, 'e>) -> Outcome {
        if let Some(found) = found {
            self.spend(ITEM + (item.own_size() / DEAR_BYTES) as u64)?;
            found.push(item);
        }
        Ok(Status::Found)
    }

    pub fn item(&mut self, chain: &'e Chain, item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        self.steps(&chain.steps, item, found, self.lax)
    }

    /// The steps that are left, for one item.
    pub fn next(&mut self, rest: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        if rest.is_empty() { self.add(item.clone(), found) } else { self.steps(rest, item, found, self.lax) }
    }

    /// `unwrap`: an array's elements are meant, not itself, by a step that is not about arrays.
    fn steps(&mut self, steps: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>, unwrap: bool) -> Outcome {
        self.spend(1)?;
        let Some((step, rest)) = steps.split_first() else { return Ok(Status::Nothing) };
        let unwraps = unwrap && item.is_array();
        match step {
            Step::Key(_)
            | Step::AnyKey
            | Step::Filter(_)
            | Step::Datetime(_)
            | Step::Method(Method::Double | Method::Ceiling | Method::Floor | Method::Abs | Method::KeyValue)
                if unwraps =>
            {
                self.descend(steps, item, found, ONE_LEVEL)
            }
            Step::Key(key) => self.key(key, rest, item, found),
            Step::AnyKey => self.any_key(rest, item, found),
            Step::AnyElement => self.any_element(rest, item, found),
            Step::Elements(subscripts) => self.elements(subscripts, rest, item, found),
            Step::Descendants { first, last } => self.descendants((*first, *last), rest, item, found),
            Step::Filter(test) => {
                let previous = std::mem::replace(&mut self.current, item.clone());
                let truth = self.truth(test, item);
                self.current = previous;
                if truth? == Some(true) { self.next(rest, item, found) } else { Ok(Status::Nothing) }
            }
            Step::Test(test) => {
                let truth = self.truth(test, item)?;
                match found {
                    None if rest.is_empty() => Ok(Status::Found),
                    found => self.next(rest, &truth.map_or(Item::Null, Item::Bool), found),
                }
            }
            Step::Root => {
                let base = match &self.root {
                    Item::Array(json) | Item::Object(json) => Base::Json(json),
                    _ => Base::None,
                };
                let root = self.root.clone();
                self.in_base((base, 0), |execution| execution.next(rest, &root, found))
            }
            Step::Current => {
                let current = self.current.clone();
                self.next(rest, &current, found)
            }
            Step::Variable(name) => self.variable(name, rest, found),
            Step::Last | Step::Null | Step::Bool(_) | Step::Number(_) | Step::String(_) => {
                self.literal(step, rest, found)
            }
            Step::Arithmetic(operator, operands) => self.arithmetic(*operator, operands, rest, item, found),
            Step::Sign(sign, operand) => self.sign(*sign, operand, rest, item, found),
            Step::Method(method) => self.method(*method, rest, item, found),
            Step::Datetime(template) => self.datetime(template.as_deref(), rest, item, found),
        }
    }

    pub fn in_base<T>(&mut self, base: (Base<'e>, i64), run: impl FnOnce(&mut Self) -> T) -> T {
        let previous = std::mem::replace(&mut self.base, base);
        let value = run(self);
        self.base = previous;
        value
    }

    fn key(&mut self, key: &str, rest: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        if let Some(value) = item.field(key) {
            return self.next(rest, &value, found);
        }
        let code = SqlState::SQL_JSON_MEMBER_NOT_FOUND;
        self.fail_unless_lenient(|| match item.is_object() {
            true => error(code, format!("JSON object does not contain key \"{key}\"")),
            false => error(code, "jsonpath member accessor can only be applied to an object"),
        })
    }

    fn any_key(&mut self, rest: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        if item.is_object() {
            return self.descend(rest, item, found, Descent { unwrap: self.lax, ..ONE_LEVEL });
        }
        let message = "jsonpath wildcard member accessor can only be applied to an object";
        self.fail_unless_lenient(|| error(SqlState::SQL_JSON_OBJECT_NOT_FOUND, message))
    }

    fn any_element(&mut self, rest: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        if item.is_array() {
            return self.descend(rest, item, found, Descent { unwrap: self.lax, ..ONE_LEVEL });
        }
        if self.lax {
            return self.next(rest, item, found);
        }
        let message = "jsonpath wildcard array accessor can only be applied to an array";
        self.fail_unless_lenient(|| error(SqlState::SQL_JSON_ARRAY_NOT_FOUND, message))
    }

    fn elements(
        &mut self,
        subscripts: &'e [(Chain, Option<Chain>)],
        rest: &'e [Step],
        item: &Item<'e>,
        mut found: Found<'_, 'e>,
    ) -> Outcome {
        // What is no array is one of itself.
        let elements = item.elements();
        if elements.is_none() && !self.lax {
            let message = "jsonpath array accessor can only be applied to an array";
            return self.fail_unless_lenient(|| error(SqlState::SQL_JSON_ARRAY_NOT_FOUND, message));
        }
        let size = elements.map_or(1, <[Json]>::len);
        let outer = self.size.replace(size);
        let mut status = Status::Nothing;
        for (from, to) in subscripts {
            let Some(low) = self.subscript(from, item)? else {
                status = Status::Failed;
                break;
            };
            let high = match to {
                None => Some(low),
                Some(to) => self.subscript(to, item)?,
            };
            let Some(high) = high else {
                status = Status::Failed;
                break;
            };
            let (first, behind) = (i64::from(low), i64::from(high) + 1);
            if !self.lenient && (first < 0 || first >= behind || behind > size as i64) {
                // PostgreSQL forgets about the outer array here, and where the first element is enough.
                let message = "jsonpath array subscript is out of bounds";
                return self.fail(|| error(SqlState::INVALID_SQL_JSON_SUBSCRIPT, message));
            }
            status = Status::Nothing;
            let range = first.max(0) as usize..behind.clamp(0, size as i64) as usize;
            for index in range {
                if rest.is_empty() && found.is_none() {
                    return Ok(Status::Found);
                }
                let element = match elements {
                    Some(elements) => Item::of(&elements[index]),
                    None => item.clone(),
                };
                status = self.next(rest, &element, found.as_deref_mut())?;
                if status == Status::Failed || status == Status::Found && found.is_none() {
                    break;
                }
            }
            if status == Status::Failed || status == Status::Found && found.is_none() {
                break;
            }
        }
        self.size = outer;
        Ok(status)
    }

    /// A subscript as an integer; `None` after an error that is not told.
    fn subscript(&mut self, of: &'e Chain, item: &Item<'e>) -> Outcome<Option<i32>> {
        let mut found = Vec::new();
        if self.item(of, item, Some(&mut found))? == Status::Failed {
            return Ok(None);
        }
        let code = SqlState::INVALID_SQL_JSON_SUBSCRIPT;
        let Some(number) = self.single_number(&found)? else {
            let message = "jsonpath array subscript is not a single numeric value";
            return self.fail(|| error(code, message)).map(|_| None);
        };
        match number.truncate(0).and_then(|number| number.to_integer::<i32>()) {
            Ok(index) => Ok(Some(index)),
            Err(_) => self.fail(|| error(code, "jsonpath array subscript is out of integer range")).map(|_| None),
        }
    }

    fn descendants(
        &mut self,
        (first, last): (Level, Level),
        rest: &'e [Step],
        item: &Item<'e>,
        mut found: Found<'_, 'e>,
    ) -> Outcome {
        let mut status = Status::Nothing;
        if first == Level::Number(0) {
            let lenient = std::mem::replace(&mut self.lenient, true);
            status = self.next(rest, item, found.as_deref_mut())?;
            self.lenient = lenient;
            if status == Status::Found && found.is_none() {
                return Ok(status);
            }
        }
        if item.is_container() {
            return self.descend(rest, item, found, Descent { first, last, lenient: true, unwrap: self.lax });
        }
        Ok(status)
    }

    /// The steps that are left for what is in a container, at some of the levels below it, from top to bottom.
    fn descend(&mut self, rest: &'e [Step], item: &Item<'e>, mut found: Found<'_, 'e>, into: Descent) -> Outcome {
        let mut status = Status::Nothing;
        let mut open = vec![item.children()];
        if Level::Number(1) > into.last {
            return Ok(status);
        }
        while let Some(children) = open.last_mut() {
            let Some(child) = children.next() else {
                open.pop();
                continue;
            };
            self.spend(1)?;
            let level = Level::Number(u32::try_from(open.len()).unwrap_or(u32::MAX));
            let leaves_only = (into.first, into.last) == (Level::Last, Level::Last);
            if level >= into.first || leaves_only && !child.is_container() {
                status = match rest {
                    [] => self.add(child.clone(), found.as_deref_mut())?,
                    rest => {
                        let lenient = self.lenient;
                        self.lenient |= into.lenient;
                        let status = self.steps(rest, &child, found.as_deref_mut(), into.unwrap)?;
                        self.lenient = lenient;
                        status
                    }
                };
                if status == Status::Failed || status == Status::Found && found.is_none() {
                    return Ok(status);
                }
            }
            if level < into.last && child.is_container() {
                open.push(child.children());
            }
        }
        Ok(status)
    }

    fn variable(&mut self, name: &str, rest: &'e [Step], found: Found<'_, 'e>) -> Outcome {
        // Without any variables all of them are null.
        let Some(vars) = self.vars else { return self.next(rest, &Item::Null, found) };
        let Some(value) = vars.field(name) else {
            let message = format!("could not find jsonpath variable \"{name}\"");
            return Err(Box::new(error(SqlState::UNDEFINED_OBJECT, message)));
        };
        self.in_base((Base::Json(vars), 1), |execution| execution.next(rest, &Item::of(value), found))
    }

    fn literal(&mut self, step: &'e Step, rest: &'e [Step], found: Found<'_, 'e>) -> Outcome {
        if rest.is_empty() && found.is_none() {
            return Ok(Status::Found);
        }
        let item = match step {
            Step::Bool(value) => Item::Bool(*value),
            Step::Number(number) => Item::Number(Box::new(number.clone())),
            Step::String(text) => Item::String(text.as_str().into()),
            Step::Last => match self.size {
                Some(size) => Item::integer(size as i64 - 1),
                None => {
                    let message = "evaluating jsonpath LAST outside of array subscript";
                    return Err(Box::new(error(SqlState::INTERNAL_ERROR, message)));
                }
            },
            _ => Item::Null,
        };
        self.next(rest, &item, found)
    }

    /// What a chain finds, and where arrays are found and the mode says so, their elements; `None` after an error that is
    /// not told.
    pub fn sequence(&mut self, of: &'e Chain, item: &Item<'e>, unwrap: bool) -> Outcome<Option<Vec<Item<'e>>>> {
        let mut found = Vec::new();
        if self.item(of, item, Some(&mut found))? == Status::Failed {
            return Ok(None);
        }
        if !unwrap || !self.lax || !found.iter().any(Item::is_array) {
            return Ok(Some(found));
        }
        let mut flat = Vec::new();
        for item in found {
            match item.elements() {
                None => flat.push(item),
                Some(elements) => {
                    self.spend(ITEM * elements.len() as u64)?;
                    flat.extend(elements.iter().map(Item::of));
                }
            }
        }
        Ok(Some(flat))
    }

    fn arithmetic(
        &mut self,
        operator: Arithmetic,
        operands: &'e (Chain, Chain),
        rest: &'e [Step],
        item: &Item<'e>,
        found: Found<'_, 'e>,
    ) -> Outcome {
        let Some(left) = self.sequence(&operands.0, item, true)? else { return Ok(Status::Failed) };
        let Some(right) = self.sequence(&operands.1, item, true)? else { return Ok(Status::Failed) };
        let not_single = |side: &str| {
            let message =
                format!("{side} operand of jsonpath operator {} is not a single numeric value", operator.symbol());
            error(SqlState::SINGLETON_SQL_JSON_ITEM_REQUIRED, message)
        };
        let Some(left) = self.single_number(&left)? else { return self.fail(|| not_single("left")) };
        let Some(right) = self.single_number(&right)? else { return self.fail(|| not_single("right")) };
        let (a, b) = (left.size() as u64, right.size() as u64);
        self.spend(1 + (a + b + a * b / 8) / 64)?;
        let result = match operator {
            Arithmetic::Add => left.add(&right),
            Arithmetic::Subtract => left.subtract(&right),
            Arithmetic::Multiply => left.multiply(&right),
            Arithmetic::Divide => left.divide(&right),
            Arithmetic::Modulo => left.modulo(&right),
        };
        match result {
            Ok(number) => self.computed(number, rest, found),
            Err(error) => self.fail(|| error),
        }
    }

    pub fn computed(&mut self, number: Numeric, rest: &'e [Step], found: Found<'_, 'e>) -> Outcome {
        match found {
            None if rest.is_empty() => Ok(Status::Found),
            found => self.next(rest, &Item::Number(Box::new(number)), found),
        }
    }

    fn sign(
        &mut self,
        sign: Sign,
        operand: &'e Chain,
        rest: &'e [Step],
        item: &Item<'e>,
        mut found: Found<'_, 'e>,
    ) -> Outcome {
        let Some(items) = self.sequence(operand, item, true)? else { return Ok(Status::Failed) };
        let mut status = Status::Nothing;
        let enough = found.is_none() && rest.is_empty();
        for item in items {
            let Some(number) = self.number(&item)? else {
                if enough {
                    continue;
                }
                let message = format!("operand of unary jsonpath operator {} is not a numeric value", sign.symbol());
                return self.fail(|| error(SqlState::SQL_JSON_NUMBER_NOT_FOUND, message));
            };
            if enough {
                return Ok(Status::Found);
            }
            let number = if sign == Sign::Minus { number.negate() } else { number };
            match self.next(rest, &Item::Number(Box::new(number)), found.as_deref_mut())? {
                Status::Failed => return Ok(Status::Failed),
                Status::Found if found.is_none() => return Ok(Status::Found),
                Status::Found => status = Status::Found,
                Status::Nothing => {}
            }
        }
        Ok(status)
    }
}

/// How far down, and how the steps behind are done there.
#[derive(Clone, Copy)]
struct Descent {
    first: Level,
    last: Level,
    lenient: bool,
    unwrap: bool,
}

const ONE_LEVEL: Descent = Descent { first: Level::Number(1), last: Level::Number(1), lenient: false, unwrap: false };
