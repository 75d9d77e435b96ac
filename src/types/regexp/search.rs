//! Where a regular expression matches, and its groups (`regexec.c`).
//!
//! The match that counts begins first, and of those that begin there it is the longest, or the shortest if the
//! pattern prefers that. Its parts are then told from left to right, each as long or short as it prefers and the rest
//! allows. There are no back references, so whether a part can match a stretch of text never depends on how others
//! did: sets of places, computed from either end, take the place of trying.

use super::threads::{Threads, Work};
use super::{Node, Options, Place, Prefers, Step, parse, program};
use crate::types::PgError;

/// A stretch of the text, in characters.
pub type Span = (usize, usize);

/// A match: itself, and its groups as far as they took part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub whole: Span,
    pub groups: Vec<Option<Span>>,
}

/// A pattern compiled for finding matches.
pub struct Search {
    root: Part,
    groups: usize,
}

/// A part of the pattern with programs for both directions.
struct Part {
    shape: Shape,
    forward: Vec<Step>,
    backward: Vec<Step>,
    prefers: Prefers,
}

/// What is below, as far as groups are in it.
enum Shape {
    Plain,
    Group(Option<usize>, Box<Part>),
    Sequence(Vec<Part>),
    Alternatives(Vec<Part>),
    /// Any number of times, up to `max`.
    Repeat {
        of: Box<Part>,
        max: Option<u32>,
    },
}

/// What a part prefers, if that matters (section 9.7.3.5).
fn preference(node: &Node) -> Option<Prefers> {
    match node {
        Node::Empty | Node::One(_) | Node::Assert(_) => None,
        Node::Group { of, .. } => preference(of),
        Node::Sequence(nodes) => nodes.iter().find_map(preference),
        Node::Alternatives(_) => Some(Prefers::Longer),
        Node::Repeat { of, prefers, .. } => prefers.or_else(|| preference(of)),
    }
}

fn has_groups(node: &Node) -> bool {
    match node {
        Node::Empty | Node::One(_) | Node::Assert(_) => false,
        Node::Group { number, of } => number.is_some() || has_groups(of),
        Node::Sequence(nodes) | Node::Alternatives(nodes) => nodes.iter().any(has_groups),
        Node::Repeat { of, .. } => has_groups(of),
    }
}

/// Whether PostgreSQL looks at it by itself: its length is chosen apart from that of what stands beside it.
fn stands_apart(node: &Node) -> bool {
    match node {
        Node::Group { .. } => true,
        Node::Repeat { of, .. } => stands_apart(of),
        _ => false,
    }
}

impl Part {
    fn new(node: &Node) -> Result<Part, PgError> {
        let shape = match node {
            node if !has_groups(node) => Shape::Plain,
            Node::Group { number, of } => Shape::Group(*number, Box::new(Part::new(of)?)),
            Node::Sequence(nodes) => Shape::Sequence(Part::sequence(nodes)?),
            Node::Alternatives(nodes) => Shape::Alternatives(nodes.iter().map(Part::new).collect::<Result<_, _>>()?),
            Node::Repeat { of, min: 0, max, .. } => Shape::Repeat { of: Box::new(Part::new(of)?), max: *max },
            // Only the last turn's groups count: `x{m,n}` is `x{m-1,n-1}x`.
            Node::Repeat { of, min, max, prefers } => {
                let before =
                    Node::Repeat { of: of.clone(), min: min - 1, max: max.map(|max| max - 1), prefers: *prefers };
                Shape::Sequence(vec![Part::plain(&before)?, Part::new(of)?])
            }
            Node::Empty | Node::One(_) | Node::Assert(_) => Shape::Plain,
        };
        Ok(Part { shape, ..Part::plain(node)? })
    }

    /// One whose groups are not asked for.
    fn plain(node: &Node) -> Result<Part, PgError> {
        let prefers = preference(node).unwrap_or(Prefers::Longer);
        Ok(Part { shape: Shape::Plain, forward: program(node, false)?, backward: program(node, true)?, prefers })
    }

    /// Neighbours without groups that prefer alike are one part.
    fn sequence(nodes: &[Node]) -> Result<Vec<Part>, PgError> {
        let mut parts = Vec::new();
        let mut run: Vec<Node> = Vec::new();
        for node in nodes {
            let apart = stands_apart(node);
            let before = run.iter().find_map(preference);
            let mixed = before.is_some() && preference(node).is_some_and(|prefers| Some(prefers) != before);
            if (apart || mixed) && !run.is_empty() {
                parts.push(Part::new(&Node::Sequence(std::mem::take(&mut run)))?);
            }
            match apart {
                true => parts.push(Part::new(node)?),
                false => run.push(node.clone()),
            }
        }
        if !run.is_empty() {
            parts.push(Part::new(&Node::Sequence(run))?);
        }
        Ok(parts)
    }

    /// Fills in the groups of a match of this part that is known to be one.
    fn dissect(&self, text: &[char], (from, to): Span, groups: &mut [Option<Span>], work: &Work) {
        if !work.is_left() {
            return;
        }
        match &self.shape {
            Shape::Plain => {}
            Shape::Group(number, of) => {
                of.dissect(text, (from, to), groups, work);
                if let Some(slot) = number.and_then(|number| groups.get_mut(number - 1)) {
                    *slot = Some((from, to));
                }
            }
            Shape::Sequence(parts) => {
                // Where each part may begin so that the rest reaches the end.
                let mut starts = vec![Places::only(to, (from, to))];
                for part in parts.iter().skip(1).rev() {
                    let behind = starts.last().map(|ends| run_backward(&part.backward, text, ends, work));
                    starts.extend(behind);
                }
                let mut at = from;
                for part in parts {
                    let Some(ends) = starts.pop() else { return };
                    let Some(end) = part.end(text, (at, to), work, |end| ends.has(end)) else { return };
                    part.dissect(text, (at, end), groups, work);
                    at = end;
                }
            }
            Shape::Alternatives(parts) => {
                let fits = |part: &&Part| part.end(text, (from, to), work, |end| end == to).is_some();
                if let Some(part) = parts.iter().find(fits) {
                    part.dissect(text, (from, to), groups, work);
                }
            }
            Shape::Repeat { of, max } => repeat(of, *max, text, (from, to), groups, work),
        }
    }

    /// The end, of those that are `allowed`, that it prefers for a match from the beginning of a stretch.
    fn end(&self, text: &[char], within: Span, work: &Work, allowed: impl Fn(usize) -> bool) -> Option<usize> {
        let mut best = None;
        run_forward(&self.forward, text, within, work, |end| {
            if allowed(end) {
                best = Some(end);
            }
            best.is_none() || self.prefers == Prefers::Longer
        });
        best
    }
}

/// The groups within a part repeated up to `max` times are those of its last turn.
fn repeat(of: &Part, max: Option<u32>, text: &[char], (from, to): Span, groups: &mut [Option<Span>], work: &Work) {
    if from == to {
        if max != Some(0) && of.end(text, (from, to), work, |_| true).is_some() {
            of.dissect(text, (from, to), groups, work);
        }
        return;
    }
    // Where the end can be reached from, by any number of turns or by each (`exact[n]`): no turn need be empty.
    let most = max.map_or(usize::MAX, |max| max as usize).min(to - from);
    let (mut any, mut exact) = (None, Vec::new());
    if max.is_none() {
        any = Some(closure(of, text, (from, to), work));
    } else {
        exact.push(Places::only(to, (from, to)));
        for turns in 1..=most {
            exact.push(run_backward(&of.backward, text, &exact[turns - 1], work));
        }
    }
    let can = |turns: usize, at: usize| match &any {
        Some(places) => places.has(at),
        None => exact.iter().take(most.saturating_sub(turns) + 1).any(|places| places.has(at)),
    };
    let (mut at, mut turns) = (from, 0);
    let mut last = None;
    while at < to && turns < most {
        let Some(end) = of.end(text, (at, to), work, |end| end > at && can(turns + 1, end)) else { break };
        last = Some((at, end));
        at = end;
        turns += 1;
    }
    if let Some(span) = last {
        of.dissect(text, span, groups, work);
    }
}

/// The places from which any number of turns reaches the end.
fn closure(of: &Part, text: &[char], (from, to): Span, work: &Work) -> Places {
    let mut all = Places::only(to, (from, to));
    let mut threads = Threads::new(of.backward.len(), work);
    let mut next = Threads::new(of.backward.len(), work);
    for at in (from..=to).rev() {
        // A turn that begins here lets another one end here.
        if all.has(at) {
            threads.follow(&of.backward, 0, place(text, at));
        } else if threads.matched {
            all.add(at);
            threads.follow(&of.backward, 0, place(text, at));
        }
        if at == from {
            break;
        }
        threads.step(&of.backward, text[at - 1], place(text, at - 1), &mut next);
    }
    all
}

/// A set of places within a stretch of text.
struct Places {
    first: usize,
    has: Vec<bool>,
}

impl Places {
    fn none((from, to): Span) -> Places {
        Places { first: from, has: vec![false; to - from + 1] }
    }

    fn only(place: usize, span: Span) -> Places {
        let mut places = Places::none(span);
        places.add(place);
        places
    }

    fn span(&self) -> Span {
        (self.first, self.first + self.has.len() - 1)
    }

    fn add(&mut self, place: usize) {
        if let Some(has) = place.checked_sub(self.first).and_then(|index| self.has.get_mut(index)) {
            *has = true;
        }
    }

    fn has(&self, place: usize) -> bool {
        place.checked_sub(self.first).and_then(|index| self.has.get(index)).copied().unwrap_or(false)
    }
}

fn place(text: &[char], at: usize) -> Place {
    Place { previous: at.checked_sub(1).map(|before| text[before]), following: text.get(at).copied() }
}

/// Calls `ends` with each place where a match from the beginning of a stretch ends, the nearest first, until it says no.
fn run_forward(program: &[Step], text: &[char], (from, limit): Span, work: &Work, mut ends: impl FnMut(usize) -> bool) {
    let mut threads = Threads::new(program.len(), work);
    let mut next = Threads::new(program.len(), work);
    threads.follow(program, 0, place(text, from));
    let mut at = from;
    loop {
        if threads.matched && !ends(at) || at >= limit || threads.list.is_empty() {
            return;
        }
        threads.step(program, text[at], place(text, at + 1), &mut next);
        at += 1;
    }
}

/// The places, in the same stretch of text, from which a match ends at one of `ends`.
fn run_backward(program: &[Step], text: &[char], ends: &Places, work: &Work) -> Places {
    let (from, to) = ends.span();
    let mut starts = Places::none((from, to));
    let mut threads = Threads::new(program.len(), work);
    let mut next = Threads::new(program.len(), work);
    for at in (from..=to).rev() {
        if ends.has(at) {
            threads.follow(program, 0, place(text, at));
        }
        if threads.matched {
            starts.add(at);
        }
        if at == from {
            break;
        }
        threads.step(program, text[at - 1], place(text, at - 1), &mut next);
    }
    starts
}

impl Search {
    /// Errors: those of [`Regexp::new`](super::Regexp::new).
    pub fn new(pattern: &str, options: &Options) -> Result<Search, PgError> {
        let (node, groups) = parse(pattern, options)?;
        Ok(Search { root: Part::new(&node)?, groups })
    }

    /// How many numbered groups the pattern has.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Finds matches in a text, one after another.
    pub fn within<'s>(&'s self, text: &'s [char]) -> Matches<'s> {
        self.within_work(text, Work::new())
    }

    fn within_work<'s>(&'s self, text: &'s [char], work: Work) -> Matches<'s> {
        let everywhere = Places { first: 0, has: vec![true; text.len() + 1] };
        let starts = run_backward(&self.root.backward, text, &everywhere, &work);
        Matches { search: self, text, starts, work }
    }
}

/// A text that is searched.
pub struct Matches<'s> {
    search: &'s Search,
    text: &'s [char],
    /// Where any match begins.
    starts: Places,
    work: Work,
}

impl Matches<'_> {
    /// The first match that begins at a character from `from` on. Error 2201B if all that was asked of this text takes
    /// too long.
    pub fn find(&self, from: usize) -> Result<Option<Found>, PgError> {
        let found = self.first(from);
        self.work.check()?;
        Ok(found)
    }

    fn first(&self, from: usize) -> Option<Found> {
        let start = (from..=self.text.len()).find(|at| self.starts.has(*at))?;
        let end = self.search.root.end(self.text, (start, self.text.len()), &self.work, |_| true)?;
        let mut groups = vec![None; self.search.groups];
        self.search.root.dissect(self.text, (start, end), &mut groups, &self.work);
        Some(Found { whole: (start, end), groups })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &str, text: &str) -> Option<Found> {
        let text: Vec<char> = text.chars().collect();
        Search::new(pattern, &Options::default()).unwrap().within(&text).find(0).unwrap()
    }

    #[test]
    fn the_first_match_is_found_and_its_groups_are_told_apart() {
        let found = find("(a|ab)(c|bcd)(d*)", "xabcd").unwrap();
        assert_eq!(found, Found { whole: (1, 5), groups: vec![Some((1, 3)), Some((3, 4)), Some((4, 5))] });
        assert_eq!(find("(x)?b", "abc").unwrap(), Found { whole: (1, 2), groups: vec![None] });
        assert_eq!(find("z", "abc"), None);
    }

    #[test]
    fn patterns_that_others_choke_on_take_no_longer() {
        let text = "a".repeat(3000);
        assert_eq!(find("^((a+)+)+$", &format!("{text}b")), None);
        assert_eq!(find("((a*)*)*b", &format!("{text}b")).unwrap().whole, (0, 3001));
    }

    /// A few kilobytes of pattern and text can ask for more steps than anybody would wait for.
    #[test]
    fn what_would_take_too_long_is_refused() {
        let text = vec!['a'; 10_000];
        let search = Search::new("((a?){90}){90}b?", &Options::default()).unwrap();
        let error = search.within_work(&text, Work::of(1_000_000)).find(0).unwrap_err();
        assert_eq!(error.code.as_str(), "2201B");
        let regexp = super::super::Regexp::new("((a?){90}){90}b", false).unwrap();
        assert!(regexp.matches_within("aaa", &Work::of(1_000_000)).is_ok());
        assert!(regexp.matches_within(&"a".repeat(10_000), &Work::of(1_000_000)).is_err());
    }
}
