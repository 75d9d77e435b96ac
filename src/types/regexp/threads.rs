//! A pattern's steps followed side by side, and what that may cost (`regexec.c`).

use std::cell::Cell;
use std::rc::Rc;

use super::Place;
use super::program::Step;
use crate::types::{PgError, SqlState};

/// Steps that one call may take: about a second.
const WORK: u64 = 100_000_000;

/// What is left of the steps that one call may take. A pattern's length times a text's is no bound that a server can
/// live with, and no interrupt reaches a function while it runs.
/// Copies share it.
#[derive(Clone, Debug)]
pub struct Work(Rc<Cell<u64>>);

impl Default for Work {
    fn default() -> Work {
        Work::new()
    }
}

impl Work {
    pub fn new() -> Work {
        Work(Rc::new(Cell::new(WORK)))
    }

    #[cfg(test)]
    pub fn of(steps: u64) -> Work {
        Work(Rc::new(Cell::new(steps)))
    }

    pub fn spend(&self, steps: usize) {
        self.0.set(self.0.get().saturating_sub(steps as u64));
    }

    pub fn is_left(&self) -> bool {
        self.0.get() > 0
    }

    /// Error 2201B when it is used up: what was answered since then is not to be believed.
    pub fn check(&self) -> Result<(), PgError> {
        if self.is_left() {
            return Ok(());
        }
        let message = "regular expression failed: regular expression is too complex";
        let hint = "The pattern is too long for a text of this length: shorten either.";
        Err(PgError::new(SqlState::INVALID_REGULAR_EXPRESSION, message).hint(hint))
    }
}

/// The steps that wait for the next character.
pub struct Threads<'w> {
    pub list: Vec<usize>,
    /// By step: the round in which it was added.
    added: Vec<u32>,
    round: u32,
    open: Vec<usize>,
    pub matched: bool,
    work: &'w Work,
}

impl<'w> Threads<'w> {
    pub fn new(len: usize, work: &'w Work) -> Threads<'w> {
        work.spend(len / 16);
        Threads { list: Vec::new(), added: vec![0; len], round: 1, open: Vec::new(), matched: false, work }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.matched = false;
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.added.fill(0);
            self.round = 1;
        }
    }

    /// Adds what is reached from a step without a character; nothing when the work is used up.
    pub fn follow(&mut self, program: &[Step], from: usize, place: Place) {
        if !self.work.is_left() {
            return;
        }
        self.open.push(from);
        while let Some(at) = self.open.pop() {
            self.work.spend(1);
            if std::mem::replace(&mut self.added[at], self.round) == self.round {
                continue;
            }
            match &program[at] {
                Step::One(_) => self.list.push(at),
                Step::Split(one, other) => self.open.extend([*other, *one]),
                Step::Jump(to) => self.open.push(*to),
                Step::Assert(assertion) if place.fulfils(*assertion) => self.open.push(at + 1),
                Step::Assert(_) => {}
                Step::Match => self.matched = true,
            }
        }
    }

    /// All threads over one character, to the place behind it.
    pub fn step(&mut self, program: &[Step], c: char, place: Place, next: &mut Threads<'w>) {
        next.clear();
        for at in self.list.iter().copied() {
            let Step::One(set) = &program[at] else { continue };
            self.work.spend(set.ranges.len());
            if set.has(c) {
                next.follow(program, at + 1, place);
            }
        }
        std::mem::swap(self, next);
    }
}
