//! Look-around: where in a text each of a pattern's look-arounds holds.
//!
//! Whether one holds at a place depends on the text alone, not on how the rest of the pattern matches (no back reference
//! stands in it). So all its places are found before, in one go over the text, and it is an assertion like any other.

use super::lex;
use super::parse::Pattern;
use super::places::{Places, run_backward, run_forward_from};
use super::program::{Step, program};
use super::threads::Work;
use crate::types::PgError;

/// A compiled look-around.
pub struct Around {
    kind: lex::Around,
    /// Reads from its end to its beginning if it looks ahead, for then where it may begin is asked.
    program: Vec<Step>,
}

impl Around {
    pub fn steps(&self) -> usize {
        self.program.len()
    }
}

/// Those of a pattern, within others before them. Error 2201B for one that is too long.
pub fn arounds(pattern: &Pattern) -> Result<Vec<Around>, PgError> {
    let compiled = |(kind, node): &(lex::Around, _)| Ok(Around { kind: *kind, program: program(node, kind.ahead)? });
    pattern.arounds.iter().map(compiled).collect()
}

/// The places in a text where each of them holds.
#[derive(Default)]
pub struct Held(Vec<Places>);

impl Held {
    pub fn of(arounds: &[Around], text: &[char], work: &Work) -> Held {
        let mut held = Held::default();
        // What is not known when no work is left does not hold, and is not believed.
        for around in arounds.iter().take_while(|_| work.is_left()) {
            let everywhere = Places::all(text.len());
            let mut places = match around.kind.ahead {
                true => run_backward(&around.program, text, &everywhere, &held, work),
                false => run_forward_from(&around.program, text, &everywhere, &held, work),
            };
            if around.kind.negated {
                places.negate();
            }
            held.0.push(places);
        }
        held
    }

    pub fn has(&self, around: usize, place: usize) -> bool {
        self.0.get(around).is_some_and(|places| places.has(place))
    }
}
