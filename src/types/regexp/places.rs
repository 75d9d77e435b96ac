//! Sets of places in a text, and the programs that find them.

use super::Place;
use super::around::Held;
use super::program::Step;
use super::threads::{Threads, Work};

/// A stretch of the text, in characters.
pub type Span = (usize, usize);

/// A set of places within a stretch of text.
#[derive(Clone)]
pub struct Places {
    first: usize,
    has: Vec<bool>,
}

impl Places {
    pub fn none((from, to): Span) -> Places {
        Places { first: from, has: vec![false; to - from + 1] }
    }

    /// Those of a text so long.
    pub fn all(length: usize) -> Places {
        Places { first: 0, has: vec![true; length + 1] }
    }

    pub fn only(place: usize, span: Span) -> Places {
        let mut places = Places::none(span);
        places.add(place);
        places
    }

    pub fn span(&self) -> Span {
        (self.first, self.first + self.has.len() - 1)
    }

    pub fn add(&mut self, place: usize) {
        if let Some(has) = place.checked_sub(self.first).and_then(|index| self.has.get_mut(index)) {
            *has = true;
        }
    }

    pub fn has(&self, place: usize) -> bool {
        place.checked_sub(self.first).and_then(|index| self.has.get(index)).copied().unwrap_or(false)
    }

    /// Those of both, which are of one stretch.
    pub fn and(&self, other: &Places) -> Places {
        let has = (self.first..).zip(&self.has).map(|(place, has)| *has || other.has(place)).collect();
        Places { first: self.first, has }
    }

    pub fn negate(&mut self) {
        self.has.iter_mut().for_each(|has| *has = !*has);
    }
}

pub fn place<'t>(text: &[char], at: usize, held: &'t Held) -> Place<'t> {
    Place { previous: at.checked_sub(1).map(|before| text[before]), following: text.get(at).copied(), at, held }
}

/// Calls `ends` with each place where a match from the beginning of a stretch ends, the nearest first, until it says no.
pub fn run_forward(
    program: &[Step],
    text: &[char],
    (from, limit): Span,
    held: &Held,
    work: &Work,
    mut ends: impl FnMut(usize) -> bool,
) {
    let mut threads = Threads::new(program.len(), work);
    let mut next = Threads::new(program.len(), work);
    threads.follow(program, 0, place(text, from, held));
    let mut at = from;
    loop {
        if threads.matched && !ends(at) || at >= limit || threads.list.is_empty() {
            return;
        }
        threads.step(program, text[at], place(text, at + 1, held), &mut next);
        at += 1;
    }
}

/// The places, in the same stretch of text, where a match ends that begins at one of `starts`. There are none when no work is left.
pub fn run_forward_from(program: &[Step], text: &[char], starts: &Places, held: &Held, work: &Work) -> Places {
    let (from, to) = starts.span();
    if !work.is_left() {
        return Places::none((from, from));
    }
    work.spend(to - from);
    let mut ends = Places::none((from, to));
    let mut threads = Threads::new(program.len(), work);
    let mut next = Threads::new(program.len(), work);
    for at in (from..=to).take_while(|_| work.is_left()) {
        if starts.has(at) {
            threads.follow(program, 0, place(text, at, held));
        }
        if threads.matched {
            ends.add(at);
        }
        if at < to {
            threads.step(program, text[at], place(text, at + 1, held), &mut next);
        }
    }
    ends
}

/// The places, in the same stretch of text, from which a match ends at one of `ends`. There are none when no work is left.
pub fn run_backward(program: &[Step], text: &[char], ends: &Places, held: &Held, work: &Work) -> Places {
    let (from, to) = ends.span();
    if !work.is_left() {
        return Places::none((from, from));
    }
    work.spend(to - from);
    let mut starts = Places::none((from, to));
    let mut threads = Threads::new(program.len(), work);
    let mut next = Threads::new(program.len(), work);
    for at in (from..=to).rev().take_while(|_| work.is_left()) {
        if ends.has(at) {
            threads.follow(program, 0, place(text, at, held));
        }
        if threads.matched {
            starts.add(at);
        }
        if at == from {
            break;
        }
        threads.step(program, text[at - 1], place(text, at - 1, held), &mut next);
    }
    starts
}
