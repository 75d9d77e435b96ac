//! Methods: `.type()` and the others.

use std::rc::Rc;

use super::execute::{Base, Execution, Found, ITEM, Outcome, Status, error};
use super::item::{Item, Pair};
use super::tree::{Method, Step};
use crate::types::timestamp::{Datetime, Template};
use crate::types::{SqlState, float, numeric};

impl<'e> Execution<'e> {
    pub fn method(&mut self, method: Method, rest: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        let name = method.name();
        match method {
            Method::Type => self.next(rest, &Item::String(item.type_name().into()), found),
            Method::Size => match item.elements() {
                Some(elements) => self.next(rest, &Item::integer(elements.len() as i64), found),
                None if self.lax => self.next(rest, &Item::integer(1), found),
                None => self.fail_unless_lenient(|| {
                    let message = format!("jsonpath item method .{name}() can only be applied to an array");
                    error(SqlState::SQL_JSON_ARRAY_NOT_FOUND, message)
                }),
            },
            Method::Double => self.double(rest, item, found),
            Method::KeyValue => self.key_value(rest, item, found),
            Method::Ceiling | Method::Floor | Method::Abs => {
                let Some(number) = self.number(item)? else {
                    return self.fail(|| {
                        let message = format!("jsonpath item method .{name}() can only be applied to a numeric value");
                        error(SqlState::NON_NUMERIC_SQL_JSON_ITEM, message)
                    });
                };
                let number = match method {
                    Method::Ceiling => number.ceil()?,
                    Method::Floor => number.floor()?,
                    _ => number.abs(),
                };
                self.computed(number, rest, found)
            }
        }
    }

    fn double(&mut self, rest: &'e [Step], item: &Item<'e>, found: Found<'_, 'e>) -> Outcome {
        let code = SqlState::NON_NUMERIC_SQL_JSON_ITEM;
        self.spend_bytes(item.size())?;
        let finite = |text: &str| float::input8(text).ok().filter(|value| value.is_finite());
        match item {
            Item::Digits(_) | Item::Number(_) => match finite(&item.to_string()) {
                // It stays the number that it is.
                Some(_) => self.next(rest, item, found),
                None => self.fail(|| {
                    let message = "numeric argument of jsonpath item method .double() is out of range for type double \
                                   precision";
                    error(code, message)
                }),
            },
            Item::String(text) => match finite(text) {
                Some(value) => {
                    let number = numeric::from_float8(value)?;
                    self.next(rest, &Item::Number(Box::new(number)), found)
                }
                None => self.fail(|| {
                    let message = "string argument of jsonpath item method .double() is not a valid representation of a \
                                   double precision number";
                    error(code, message)
                }),
            },
            _ => self.fail(|| {
                let message = "jsonpath item method .double() can only be applied to a string or numeric value";
                error(code, message)
            }),
        }
    }

    pub fn datetime(
        &mut self,
        template: Option<&str>,
        rest: &'e [Step],
        item: &Item<'e>,
        found: Found<'_, 'e>,
    ) -> Outcome {
        let code = SqlState::INVALID_ARGUMENT_FOR_SQL_JSON_DATETIME_FUNCTION;
        let Item::String(text) = item else {
            let message = "jsonpath item method .datetime() can only be applied to a string";
            return self.fail(|| error(code, message));
        };
        // Templates are taken apart each time, and tried one after the other.
        let templates = template.map_or(ISO_TEMPLATES.len() * 16, str::len);
        self.spend_bytes(text.len() + 16 * templates)?;
        let value = match template {
            // What is wrong with a template is told in any case.
            Some(template) => match Template::new(template)?.read(text) {
                Ok(value) => value,
                Err(error) => return self.fail(|| error),
            },
            None => match ISO_TEMPLATES.iter().find_map(|template| Template::new(template).ok()?.read(text).ok()) {
                Some(value) => value,
                None => {
                    return self.fail(|| {
                        error(code, format!("datetime format is not recognized: \"{text}\""))
                            .hint("Use a datetime template argument to specify the input data format.")
                    });
                }
            },
        };
        self.of_time(value, rest, found)
    }

    fn of_time(&mut self, value: Datetime, rest: &'e [Step], found: Found<'_, 'e>) -> Outcome {
        match found {
            None if rest.is_empty() => Ok(Status::Found),
            found => self.next(rest, &Item::Datetime(Box::new(value)), found),
        }
    }

    fn key_value(&mut self, rest: &'e [Step], item: &Item<'e>, mut found: Found<'_, 'e>) -> Outcome {
        if !item.is_object() {
            let message = "jsonpath item method .keyvalue() can only be applied to an object";
            return self.fail(|| error(SqlState::SQL_JSON_OBJECT_NOT_FOUND, message));
        }
        let before = self.layouts.work;
        let id = self.object_id(item);
        self.spend(self.layouts.work - before)?;
        let mut status = Status::Nothing;
        for (key, value) in item.pairs() {
            self.spend(ITEM)?;
            if rest.is_empty() && found.is_none() {
                return Ok(Status::Found);
            }
            let pair = Rc::new(Pair { id, key, value });
            let number = self.generated;
            self.generated += 1;
            let item = Item::Pair(pair.clone());
            let of_pair = (Base::Pair(pair), number);
            status = self.in_base(of_pair, |execution| execution.next(rest, &item, found.as_deref_mut()))?;
            if status == Status::Failed || status == Status::Found && found.is_none() {
                break;
            }
        }
        Ok(status)
    }

    /// By the object that it is part of, and its place there.
    fn object_id(&mut self, item: &Item<'e>) -> i64 {
        let (base, number) = &self.base;
        let offset = match (base, item) {
            (Base::Json(root), Item::Object(json)) => self.layouts.offset(root, json),
            (Base::Pair(pair), Item::Object(json)) => self.layouts.offset_in_pair(pair, json),
            _ => None,
        };
        // As far as PostgreSQL's own numbers go.
        number.wrapping_mul(10_000_000_000).wrapping_add(offset.unwrap_or(0))
    }
}

/// What `.datetime()` takes, in the order in which it is tried.
const ISO_TEMPLATES: [&str; 19] = [
    "yyyy-mm-dd",
    "HH24:MI:SS.USTZH:TZM",
    "HH24:MI:SS.USTZH",
    "HH24:MI:SSTZH:TZM",
    "HH24:MI:SSTZH",
    "HH24:MI:SS.US",
    "HH24:MI:SS",
    "yyyy-mm-dd HH24:MI:SS.USTZH:TZM",
    "yyyy-mm-dd HH24:MI:SS.USTZH",
    "yyyy-mm-dd HH24:MI:SSTZH:TZM",
    "yyyy-mm-dd HH24:MI:SSTZH",
    "yyyy-mm-dd\"T\"HH24:MI:SS.USTZH:TZM",
    "yyyy-mm-dd\"T\"HH24:MI:SS.USTZH",
    "yyyy-mm-dd\"T\"HH24:MI:SSTZH:TZM",
    "yyyy-mm-dd\"T\"HH24:MI:SSTZH",
    "yyyy-mm-dd HH24:MI:SS.US",
    "yyyy-mm-dd HH24:MI:SS",
    "yyyy-mm-dd\"T\"HH24:MI:SS.US",
    "yyyy-mm-dd\"T\"HH24:MI:SS",
];
