//! Where a regular expression matches, and its groups (`regexec.c`).
//!
//! The match that counts begins first, and of those that begin there it is the longest, or the shortest if the
//! pattern prefers that. Its parts are then told from left to right, each as long or short as it prefers and the rest
//! allows. Without back references, whether a part can match a stretch of text never depends on how others
//! did: sets of places, computed from either end, take the place of trying. With them, [`Trial`] tries.

use super::around::{Around, Held, arounds};
use super::parse::{self, Pattern};
use super::places::{Places, Span, place, run_backward, run_forward};
use super::threads::{Threads, Work};
use super::tree::{Part, Shape};
use super::trial::Trial;
use super::{Options, with_room};
use crate::types::PgError;

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
    arounds: Vec<Around>,
    /// Whether it has back references, and whether case counts in them.
    refers: Option<bool>,
}

/// A text in which matches are looked for.
pub struct Haystack<'h> {
    pub text: &'h [char],
    pub held: Held,
    pub work: Work,
}

impl Part {
    /// Fills in the groups of a match of this part that is known to be one.
    fn dissect(&self, hay: &Haystack, (from, to): Span, groups: &mut [Option<Span>]) {
        if !hay.work.is_left() || self.groups.is_empty() {
            return;
        }
        match &self.shape {
            Shape::Plain | Shape::BackReference { .. } => {}
            Shape::Sequence(parts) => {
                let mut at = from;
                for (part, ends) in parts.iter().zip(hay.starts(parts, (from, to))) {
                    let Some(end) = part.end(hay, (at, to), |end| ends.has(end)) else { return };
                    part.dissect(hay, (at, end), groups);
                    at = end;
                }
            }
            Shape::Alternatives(parts) => {
                let fits = |part: &&Part| part.end(hay, (from, to), |end| end == to).is_some();
                if let Some(part) = parts.iter().find(fits) {
                    part.dissect(hay, (from, to), groups);
                }
            }
            Shape::Repeat { of, min, max } => repeat(of, (*min, *max), hay, (from, to), groups),
        }
        for number in &self.numbers {
            if let Some(slot) = groups.get_mut(number - 1) {
                *slot = Some((from, to));
            }
        }
    }

    /// The end, of those that are `allowed`, that it prefers for a match from the beginning of a stretch.
    pub fn end(&self, hay: &Haystack, within: Span, allowed: impl Fn(usize) -> bool) -> Option<usize> {
        let mut best = None;
        run_forward(&self.forward, hay.text, within, &hay.held, &hay.work, |end| {
            if allowed(end) {
                best = Some(end);
            }
            best.is_none() || !self.shorter
        });
        best
    }
}

impl Haystack<'_> {
    /// The places from which a part reaches one of `ends`.
    pub fn run_backward(&self, part: &Part, ends: &Places) -> Places {
        run_backward(&part.backward, self.text, ends, &self.held, &self.work)
    }

    /// Of parts that stand one behind the other: where what is behind each may begin for the rest to reach the end. Fewer when there
    /// is no more work left.
    pub fn starts(&self, parts: &[Part], (from, to): Span) -> Vec<Places> {
        let mut starts = vec![Places::only(to, (from, to))];
        for part in parts.iter().skip(1).rev().take_while(|_| self.work.is_left()) {
            let behind = starts.last().map(|ends| self.run_backward(part, ends));
            starts.extend(behind);
        }
        starts.reverse();
        starts
    }

    /// Where the first match of a part ends that begins at a place or behind it.
    fn nearest_end(&self, part: &Part, from: usize) -> Option<usize> {
        let mut threads = Threads::new(part.forward.len(), &self.work);
        let mut next = Threads::new(part.forward.len(), &self.work);
        for at in from..=self.text.len() {
            threads.follow(&part.forward, 0, place(self.text, at, &self.held));
            if threads.matched {
                return Some(at);
            }
            let Some(c) = self.text.get(at) else { break };
            threads.step(&part.forward, *c, place(self.text, at + 1, &self.held), &mut next);
        }
        None
    }
}

/// The groups within a part repeated up to `max` times are those of its last turn. (What must be there is a part of its own
/// where it has groups: `min` is 0.)
fn repeat(of: &Part, (min, max): (u32, Option<u32>), hay: &Haystack, (from, to): Span, groups: &mut [Option<Span>]) {
    if from == to {
        // Rather one turn than none, so that groups take part; but not where as little as possible is preferred.
        let none = of.shorter && min == 0;
        if !none && max != Some(0) && of.end(hay, (from, to), |_| true).is_some() {
            of.dissect(hay, (from, to), groups);
        }
        return;
    }
    // Where the end can be reached from, by any number of turns or by so many at most (`within[n]`): no turn need be empty.
    let most = max.map_or(usize::MAX, |max| max as usize).min(to - from);
    let (mut any, mut within) = (None, Vec::new());
    if max.is_none() {
        any = Some(closure(of, hay, (from, to)));
    } else {
        let mut exact = Places::only(to, (from, to));
        within.push(exact.clone());
        for turns in (1..=most).take_while(|_| hay.work.is_left()) {
            exact = hay.run_backward(of, &exact);
            let together = within[turns - 1].and(&exact);
            within.push(together);
        }
    }
    let can = |turns: usize, at: usize| match &any {
        Some(places) => places.has(at),
        None => within.get(most.saturating_sub(turns)).is_some_and(|places| places.has(at)),
    };
    let (mut at, mut turns) = (from, 0);
    let mut last = None;
    while at < to && turns < most {
        let Some(end) = of.end(hay, (at, to), |end| end > at && can(turns + 1, end)) else { break };
        last = Some((at, end));
        at = end;
        turns += 1;
    }
    if let Some(span) = last {
        of.dissect(hay, span, groups);
    }
}

/// The places from which any number of turns reaches the end.
fn closure(of: &Part, hay: &Haystack, (from, to): Span) -> Places {
    let (text, held) = (hay.text, &hay.held);
    let mut all = Places::only(to, (from, to));
    let mut threads = Threads::new(of.backward.len(), &hay.work);
    let mut next = Threads::new(of.backward.len(), &hay.work);
    for at in (from..=to).rev() {
        // A turn that begins here lets another one end here.
        if all.has(at) {
            threads.follow(&of.backward, 0, place(text, at, held));
        } else if threads.matched {
            all.add(at);
            threads.follow(&of.backward, 0, place(text, at, held));
        }
        if at == from {
            break;
        }
        threads.step(&of.backward, text[at - 1], place(text, at - 1, held), &mut next);
    }
    all
}

impl Search {
    /// Errors: those of [`Regexp::new`](super::Regexp::new).
    pub fn new(pattern: &str, options: &Options) -> Result<Search, PgError> {
        with_room(pattern, || Search::of(&parse::parse(pattern, options)?))
    }

    /// Of a pattern that has been read. Error 2201B for one that is too long.
    pub(super) fn of(pattern: &Pattern) -> Result<Search, PgError> {
        Ok(Search {
            root: Part::new(&pattern.root)?,
            groups: pattern.groups,
            arounds: arounds(pattern)?,
            refers: pattern.back_references.then_some(pattern.ignore_case),
        })
    }

    /// How much memory it takes, in steps.
    pub fn steps(&self) -> usize {
        self.root.steps() + self.arounds.iter().map(Around::steps).sum::<usize>()
    }

    /// How many numbered groups the pattern has.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Finds matches in a text, one after another.
    pub fn within<'s>(&'s self, text: &'s [char]) -> Matches<'s> {
        self.within_work(text, Work::new())
    }

    pub fn within_work<'s>(&'s self, text: &'s [char], work: Work) -> Matches<'s> {
        let held = Held::of(&self.arounds, text, &work);
        let hay = Haystack { text, held, work };
        let starts = hay.run_backward(&self.root, &Places::all(text.len()));
        Matches { search: self, hay, starts }
    }
}

/// A text that is searched.
pub struct Matches<'s> {
    search: &'s Search,
    hay: Haystack<'s>,
    /// Where any match begins; and more, if there are back references.
    starts: Places,
}

impl Matches<'_> {
    /// The first match that begins at a character from `from` on. Error 2201B if all that was asked of this text takes
    /// too long.
    pub fn find(&self, from: usize) -> Result<Option<Found>, PgError> {
        let found = self.first(from);
        self.hay.work.check()?;
        Ok(found)
    }

    fn first(&self, from: usize) -> Option<Found> {
        let (hay, root, length) = (&self.hay, &self.search.root, self.hay.text.len());
        hay.work.spend(self.search.groups / 16);
        let mut groups = vec![None; self.search.groups];
        if let Some(ignore_case) = self.search.refers {
            let mut trial = Trial { hay, ignore_case, groups: &mut groups };
            // What might match is found before what does, and PostgreSQL gives up where the former has come to the end but one.
            let mut begun = from;
            let whole = loop {
                let nearest = hay.nearest_end(root, begun)?;
                let starts = (begun..=nearest).filter(|at| self.starts.has(*at));
                let mut starts = starts.take_while(|_| hay.work.is_left());
                if let Some(whole) = starts.find_map(|start| trial.first(root, start)) {
                    break whole;
                }
                begun = nearest + 1;
                if begun >= length {
                    return None;
                }
            };
            return Some(Found { whole, groups });
        }
        let start = (from..=length).find(|at| self.starts.has(*at))?;
        let end = root.end(hay, (start, length), |_| true)?;
        root.dissect(hay, (start, end), &mut groups);
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
    fn neighbours_without_groups_are_as_long_together_as_they_can() {
        assert_eq!(find("a*(?:ab)?(b*)", "aab").unwrap().groups, vec![Some((3, 3))]);
        assert_eq!(find("(?:a|ab)(?:c|bcd)(d*)", "abcd").unwrap().groups, vec![Some((4, 4))]);
        // Unless they prefer otherwise.
        assert_eq!(find("x(?:a+?b)?(?:a|ab)*(b*)", "xaabb").unwrap().groups, vec![Some((4, 5))]);
    }

    #[test]
    fn patterns_that_others_choke_on_take_no_longer() {
        let text = "a".repeat(3000);
        assert_eq!(find("^((a+)+)+$", &format!("{text}b")), None);
        assert_eq!(find("((a*)*)*b", &format!("{text}b")).unwrap().whole, (0, 3001));
        assert_eq!(
            find(&"()".repeat(3).replace("()", "(((((){255}){255}){255}){255}){255}"), "a").unwrap().whole,
            (0, 0)
        );
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
        let search = Search::new("^(a+)(a+)\\1\\2$", &Options::default()).unwrap();
        assert!(search.within_work(&text[..201], Work::of(1_000_000)).find(0).is_err());
    }

    /// Neither the stack nor memory is a client's to use up. (On a stack as threads have it.)
    #[test]
    fn what_would_take_too_much_room_is_refused() {
        let refused = |pattern: &str| Search::new(pattern, &Options::default()).err().unwrap().code.as_str().to_owned();
        assert_eq!(refused(&format!("{}(a)\\100001", "()".repeat(100_000))), "2201B");
        // What is said over and over is one set of a few ranges, whichever steps look at it.
        let set = "ab".repeat(50_000);
        assert_eq!(find(&format!("(?:[{set}]{{255}}){{70}}"), "ab"), None);
        let distinct: String = (0..30_000).filter_map(|c| char::from_u32(0x1_0000 + 2 * c)).collect();
        assert_eq!(refused(&format!("[{distinct}]{{255}}")), "2201B");
        let nested = (1..200).map(|number| {
            let reference = if number == 1 { "a".to_owned() } else { format!("\\{}", number - 1) };
            format!("({}{reference}{})", "(?:".repeat(190), ")".repeat(190))
        });
        assert_eq!(refused(&nested.collect::<String>()), "2201B");
        assert_eq!(find(&"(?#)".repeat(1_000_000), "a").unwrap().whole, (0, 0));
        // As many parts as there may be, one of them refers to another.
        let parts = format!("(b)(a?){}\\1", "()".repeat(4_000));
        assert_eq!(find(&parts, "bab").unwrap().whole, (0, 3));
        let text: Vec<char> = "a".repeat(1_000_000).chars().collect();
        let around = Search::new(&"(?!b)".repeat(5_000), &Options::default()).unwrap();
        assert!(around.within(&text).find(0).is_err());
        let groups = format!("(a*){}", "(b)".repeat(3_000));
        let text: Vec<char> = format!("{}{}", "a".repeat(1_000_000), "b".repeat(3_000)).chars().collect();
        assert!(Search::new(&groups, &Options::default()).unwrap().within(&text).find(0).is_err());
    }

    #[test]
    fn references_between_groups_are_no_endless_chain() {
        let mut pattern = String::from("(a)");
        (1..5000).for_each(|number| pattern.push_str(&format!("(\\{number})")));
        assert_eq!(Search::new(&pattern, &Options::default()).err().unwrap().code.as_str(), "2201B");
        let doubled: String = (1..100).map(|number| format!("(\\{number}\\{number})")).collect();
        assert!(Search::new(&format!("(^){doubled}"), &Options::default()).is_err());
        assert!(Search::new(&"(a)".repeat(100_000), &Options::default()).is_err());
    }
}
