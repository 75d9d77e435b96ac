//! A pattern as steps that [`Threads`](super::threads::Threads) follow side by side.

use std::sync::Arc;

use super::classes::Set;
use super::parse::Node;
use super::{Assertion, too_complex};
use crate::types::PgError;

#[derive(Clone, Debug)]
pub enum Step {
    /// One character.
    One(Arc<Set>),
    /// Goes on at both places.
    Split(usize, usize),
    Jump(usize),
    Assert(Assertion),
    Match,
}

/// Steps of a compiled pattern.
const MAX_STEPS: usize = 20_000;
/// Nodes that one is made of, which need not become steps.
const MAX_NODES: usize = 1_000_000;

/// What reads the text from the left, or `backward` from the right. A back reference is read as its group would be.
pub fn program(node: &Node, backward: bool) -> Result<Vec<Step>, PgError> {
    program_of(node, backward, &mut 0)
}

/// One of several of a pattern, which share what there may be of `nodes`.
pub fn program_of(node: &Node, backward: bool, nodes: &mut usize) -> Result<Vec<Step>, PgError> {
    let mut compiler = Compiler { steps: Vec::new(), backward, constrained: true, nodes: *nodes };
    compiler.compile(node)?;
    compiler.steps.push(Step::Match);
    *nodes = compiler.nodes;
    Ok(compiler.steps)
}

struct Compiler {
    steps: Vec<Step>,
    backward: bool,
    /// Assertions count.
    constrained: bool,
    nodes: usize,
}

impl Compiler {
    fn compile(&mut self, node: &Node) -> Result<(), PgError> {
        self.nodes += 1;
        if self.steps.len() > MAX_STEPS || self.nodes > MAX_NODES {
            return Err(too_complex());
        }
        match node {
            Node::Empty => {}
            Node::One(set) => self.steps.push(Step::One(set.clone())),
            Node::Assert(assertion) if self.constrained => self.steps.push(Step::Assert(*assertion)),
            Node::Assert(_) => {}
            Node::Sequence(nodes) if self.backward => nodes.iter().rev().try_for_each(|node| self.compile(node))?,
            Node::Sequence(nodes) => nodes.iter().try_for_each(|node| self.compile(node))?,
            Node::Group { of, .. } => self.compile(of)?,
            Node::BackReference { of, .. } => {
                // What held where the group has matched need not hold here.
                let constrained = std::mem::replace(&mut self.constrained, false);
                self.compile(of)?;
                self.constrained = constrained;
            }
            Node::Alternatives(nodes) => self.alternatives(nodes)?,
            Node::Repeat { of, min, max, .. } => self.repeat(of, *min, *max)?,
        }
        Ok(())
    }

    fn alternatives(&mut self, nodes: &[Node]) -> Result<(), PgError> {
        let mut ends = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            if index + 1 == nodes.len() {
                self.compile(node)?;
                break;
            }
            let split = self.steps.len();
            self.steps.push(Step::Split(split + 1, 0));
            self.compile(node)?;
            ends.push(self.steps.len());
            self.steps.push(Step::Jump(0));
            self.steps[split] = Step::Split(split + 1, self.steps.len());
        }
        let end = self.steps.len();
        ends.into_iter().for_each(|jump| self.steps[jump] = Step::Jump(end));
        Ok(())
    }

    fn repeat(&mut self, of: &Node, min: u32, max: Option<u32>) -> Result<(), PgError> {
        for _ in 0..min {
            let before = self.steps.len();
            self.compile(of)?;
            if self.steps.len() == before {
                // Nothing, however often.
                break;
            }
        }
        let Some(max) = max else {
            let split = self.steps.len();
            self.steps.push(Step::Split(split + 1, 0));
            self.compile(of)?;
            self.steps.push(Step::Jump(split));
            self.steps[split] = Step::Split(split + 1, self.steps.len());
            return Ok(());
        };
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.steps.len());
            self.steps.push(Step::Split(self.steps.len() + 1, 0));
            self.compile(of)?;
        }
        let end = self.steps.len();
        splits.into_iter().for_each(|split| self.steps[split] = Step::Split(split + 1, end));
        Ok(())
    }
}
