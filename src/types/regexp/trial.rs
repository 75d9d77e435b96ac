//! Telling the parts of a match apart where there are back references (`cdissect` of `regexec.c`).
//!
//! Whether a part matches a stretch of text depends on what groups before it have matched, so what is told of them may
//! have to be taken back. What is tried, and in which order, is PostgreSQL's: of the ways in which a part can be told
//! apart the first counts, and no other is tried because of what follows it.

use super::places::{Places, Span};
use super::search::Haystack;
use super::tree::{Part, Shape};

/// A match that is being told apart. What [`Trial::dissect`] and its kin find not to be one leaves no groups behind.
pub struct Trial<'t> {
    pub hay: &'t Haystack<'t>,
    pub ignore_case: bool,
    pub groups: &'t mut Vec<Option<Span>>,
}

impl Trial<'_> {
    /// The match that begins at a place, the longest or the shortest as the pattern prefers it.
    pub fn first(&mut self, root: &Part, start: usize) -> Option<Span> {
        let ends = self.ends(root, (start, self.hay.text.len()));
        let end = ends.into_iter().find(|end| self.dissect(root, (start, *end)))?;
        Some((start, end))
    }

    /// Where a part may end that begins a stretch, what it prefers first.
    fn ends(&self, part: &Part, within: Span) -> Vec<usize> {
        let mut ends = Vec::new();
        let hay = self.hay;
        super::places::run_forward(&part.forward, hay.text, within, &hay.held, &hay.work, |end| {
            ends.push(end);
            true
        });
        if !part.shorter {
            ends.reverse();
        }
        ends
    }

    fn forget(&mut self, part: &Part) {
        self.hay.work.spend(part.groups.len() / 16);
        for number in part.groups.clone() {
            self.groups[number - 1] = None;
        }
    }

    /// Whether a part matches a stretch, which its program has been found to match.
    fn dissect(&mut self, part: &Part, (from, to): Span) -> bool {
        if !self.hay.work.is_left() {
            return false;
        }
        self.hay.work.spend(1);
        let matched = match &part.shape {
            Shape::Plain => true,
            Shape::BackReference { number, min, max } => self.is_repeated(*number, (*min, *max), (from, to)),
            Shape::Sequence(parts) => {
                let starts = self.hay.starts(parts, (from, to));
                self.hay.work.is_left() && self.sequence(parts, &starts, (from, to))
            }
            Shape::Alternatives(parts) => parts.iter().any(|part| {
                let fits = part.end(self.hay, (from, to), |end| end == to).is_some();
                fits && self.dissect(part, (from, to))
            }),
            Shape::Repeat { of, min, max } => self.repeat(of, (*min, *max), (from, to)),
        };
        if matched {
            part.numbers.iter().for_each(|number| self.groups[number - 1] = Some((from, to)));
        }
        matched
    }

    /// `starts[n]`: where the part behind `parts[n]` may begin.
    fn sequence(&mut self, parts: &[Part], starts: &[Places], (from, to): Span) -> bool {
        let Some(first) = parts.first() else { return from == to };
        // Of the parts that have been begun: where they may end yet, and where they begin. There may be more of them than the stack
        // has room for calls.
        let mut begun = vec![(self.ends(first, (from, to)).into_iter(), from)];
        while let Some((ends, start)) = begun.last_mut() {
            let (end, start) = (ends.next(), *start);
            let index = begun.len() - 1;
            let Some(end) = end.filter(|_| self.hay.work.is_left()) else {
                begun.pop();
                index.checked_sub(1).into_iter().for_each(|before| self.forget(&parts[before]));
                continue;
            };
            if !starts[index].has(end) || !self.dissect(&parts[index], (start, end)) {
                continue;
            }
            match parts.get(index + 1) {
                Some(part) => begun.push((self.ends(part, (end, to)).into_iter(), end)),
                None if end == to => return true,
                None => self.forget(&parts[index]),
            }
        }
        false
    }

    /// Whether a stretch is what a group has matched, so many times.
    fn is_repeated(&self, number: usize, (min, max): (u32, Option<u32>), (from, to): Span) -> bool {
        let Some((first, last)) = self.groups[number - 1] else { return false };
        let (wanted, length) = (last - first, to - from);
        if wanted == 0 {
            return length == 0;
        }
        if length == 0 {
            return min == 0;
        }
        let turns = length / wanted;
        if length % wanted != 0 || turns < min as usize || max.is_some_and(|max| turns > max as usize) {
            return false;
        }
        self.hay.work.spend(length);
        let text = self.hay.text;
        let same = |(one, other): (&char, &char)| one == other || self.ignore_case && one.eq_ignore_ascii_case(other);
        text[from..to].chunks(wanted).all(|turn| text[first..last].iter().zip(turn).all(same))
    }

    /// A part so many times (`citerdissect`, `creviterdissect`): places that divide the stretch are looked for first, then
    /// what lies between them is told apart.
    fn repeat(&mut self, of: &Part, (min, max): (u32, Option<u32>), (from, to): Span) -> bool {
        if of.shorter && min == 0 && from == to {
            return true;
        }
        let least = min.max(1) as usize;
        let most = max.map_or(usize::MAX, |max| max as usize).min(to - from).max(least);
        let mut ends = vec![from];
        // Turns that are told apart; which turn it is, and how short (or long, if as little as possible is preferred) it may be.
        let (mut verified, mut turn) = (0, 1);
        let mut limit = if of.shorter { from } else { to };
        while turn > 0 && self.hay.work.is_left() {
            ends.truncate(turn);
            let begun = ends[turn - 1];
            // Empty turns only where there would be too few.
            let few = |place: usize| turn < least && least - turn >= to - place;
            let found = if of.shorter {
                if limit == begun && limit != to && !few(limit) {
                    limit += 1;
                }
                if turn >= most {
                    limit = to;
                }
                of.end(self.hay, (begun, to), |end| end >= limit)
            } else {
                of.end(self.hay, (begun, limit), |_| true)
            };
            let mut again = turn;
            match found {
                None => again -= 1,
                Some(end) => {
                    ends.push(end);
                    verified = verified.min(turn - 1);
                    if end != to {
                        if turn >= most {
                            again -= 1;
                        } else if of.shorter || end != begun || few(end) {
                            turn += 1;
                            limit = if of.shorter { end } else { to };
                            continue;
                        }
                    } else if turn >= least {
                        match self.verify(of, &ends, verified) {
                            None => return true,
                            Some(failed) => {
                                verified = failed - 1;
                                again = failed;
                            }
                        }
                    }
                }
            }
            // The last turn that can be made shorter (or longer) is.
            turn = again;
            while turn > 0 {
                let (begun, end) = (ends[turn - 1], ends[turn]);
                if of.shorter && end < to {
                    limit = end + 1;
                    break;
                }
                if !of.shorter && end > begun {
                    limit = end - 1;
                    if limit > begun || turn < least && least - turn >= to - begun {
                        break;
                    }
                }
                turn -= 1;
            }
        }
        self.forget(of);
        !of.shorter && min == 0 && from == to
    }

    /// Tells the turns apart that lie between these places, behind those that have been. The first that fails, from 1.
    fn verify(&mut self, of: &Part, ends: &[usize], verified: usize) -> Option<usize> {
        (verified + 1..ends.len()).find(|turn| {
            // Groups are those of the last turn.
            self.forget(of);
            !self.dissect(of, (ends[turn - 1], ends[*turn]))
        })
    }
}
