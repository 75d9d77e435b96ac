//! The parts of a pattern that a match is told apart into (`regcomp.c`'s subexpression tree).
//!
//! Neighbours that hold no groups and agree in what they prefer are one part, however they are written: which stretch of the
//! text each has shows nowhere, but together they have as much as they prefer, and that shows in the groups beside them. So
//! the parts must be PostgreSQL's to the letter, and are made as it makes them.

use std::ops::Range;

use super::parse::{Node, Prefers};
use super::program::{Step, program_of};
use super::too_complex;
use crate::types::PgError;

/// A part of the pattern with programs for both directions.
pub struct Part {
    pub shape: Shape,
    pub forward: Vec<Step>,
    pub backward: Vec<Step>,
    /// As little of the text as possible.
    pub shorter: bool,
    /// The numbers of the groups that it is.
    pub numbers: Vec<usize>,
    /// The numbers of the groups within it, itself included.
    pub groups: Range<usize>,
}

pub enum Shape {
    /// Nothing in it has to be told.
    Plain,
    /// What a group has matched, so many times.
    BackReference {
        number: usize,
        min: u32,
        max: Option<u32>,
    },
    Sequence(Vec<Part>),
    Alternatives(Vec<Part>),
    Repeat {
        of: Box<Part>,
        min: u32,
        max: Option<u32>,
    },
}

/// Programs of a pattern's parts, all together, in steps.
const MAX_STEPS: usize = 400_000;

/// What the parts of a pattern have, all together.
#[derive(Default)]
struct Total {
    steps: usize,
    nodes: usize,
}

impl Part {
    /// Error 2201B for a pattern that is too long.
    pub fn new(root: &Node) -> Result<Part, PgError> {
        tree(root).compile(&mut Total::default())
    }

    fn below(&self) -> &[Part] {
        match &self.shape {
            Shape::Plain | Shape::BackReference { .. } => &[],
            Shape::Repeat { of, .. } => std::slice::from_ref(of),
            Shape::Sequence(parts) | Shape::Alternatives(parts) => parts,
        }
    }

    /// How much memory it takes, in steps.
    pub fn steps(&self) -> usize {
        self.forward.len() + self.backward.len() + self.below().iter().map(Part::steps).sum::<usize>()
    }
}

/// What of a part concerns what it is in.
#[derive(Clone, Copy, Default)]
struct Flags {
    longer: bool,
    shorter: bool,
    /// What is in it prefers now this, now that.
    mixed: bool,
    groups: bool,
    back_references: bool,
}

impl Flags {
    fn of(prefers: Option<Prefers>) -> Flags {
        Flags {
            longer: prefers == Some(Prefers::Longer),
            shorter: prefers == Some(Prefers::Shorter),
            ..Flags::default()
        }
    }

    fn and(self, other: Flags) -> Flags {
        Flags {
            longer: self.longer || other.longer,
            shorter: self.shorter || other.shorter,
            mixed: self.mixed || other.mixed,
            groups: self.groups || other.groups,
            back_references: self.back_references || other.back_references,
        }
    }

    /// `UP`: what a part above is told.
    fn up(self) -> Flags {
        Flags { longer: false, shorter: false, mixed: self.mixed || self.longer && self.shorter, ..self }
    }

    /// `COMBINE`: of two, what the first prefers, if it does.
    fn combine(self, other: Flags) -> Flags {
        let prefers = if self.longer || self.shorter { self } else { other };
        Flags { longer: prefers.longer, shorter: prefers.shorter, ..self.and(other).up() }
    }

    /// `MESSY`: it can't be one plain part with others.
    fn is_messy(self) -> bool {
        self.mixed || self.groups || self.back_references
    }
}

/// A part before it is compiled.
struct Tree {
    flags: Flags,
    node: Node,
    below: Below,
    numbers: Vec<usize>,
}

enum Below {
    Plain,
    BackReference {
        number: usize,
        min: u32,
        max: Option<u32>,
    },
    /// From the last to the first.
    Sequence(Vec<Tree>),
    Alternatives(Vec<Tree>),
    Repeat {
        of: Box<Tree>,
        min: u32,
        max: Option<u32>,
    },
}

impl Tree {
    fn new(node: Node, flags: Flags, below: Below) -> Tree {
        Tree { flags, node, below, numbers: Vec::new() }
    }

    fn plain(node: Node, flags: Flags) -> Tree {
        Tree::new(node, flags, Below::Plain)
    }

    fn is_plain(&self) -> bool {
        matches!(self.below, Below::Plain) && self.numbers.is_empty()
    }

    /// One behind the other. A sequence on the right is gone through from its left, and so is one with what is before it.
    fn sequence(left: Tree, right: Tree, flags: Flags) -> Tree {
        let mut parts = match right {
            Tree { below: Below::Sequence(parts), numbers, .. } if numbers.is_empty() => parts,
            right => vec![right],
        };
        parts.push(left);
        Tree::new(Node::Empty, flags, Below::Sequence(parts))
    }

    fn compile(self, total: &mut Total) -> Result<Part, PgError> {
        let mut program = |backward| program_of(&self.node, backward, &mut total.nodes);
        let (forward, backward) = (program(false)?, program(true)?);
        total.steps += forward.len();
        if total.steps > MAX_STEPS {
            return Err(too_complex());
        }
        let compiled = |trees: Vec<Tree>, total: &mut Total| {
            trees.into_iter().map(|tree| tree.compile(total)).collect::<Result<Vec<_>, _>>()
        };
        let shape = match self.below {
            Below::Plain => Shape::Plain,
            Below::BackReference { number, min, max } => Shape::BackReference { number, min, max },
            Below::Sequence(mut trees) => {
                trees.reverse();
                Shape::Sequence(compiled(trees, total)?)
            }
            Below::Alternatives(trees) => Shape::Alternatives(compiled(trees, total)?),
            Below::Repeat { of, min, max } => Shape::Repeat { of: Box::new(of.compile(total)?), min, max },
        };
        let (shorter, numbers) = (self.flags.shorter, self.numbers);
        let mut part = Part { shape, forward, backward, shorter, numbers, groups: 0..0 };
        let within = part.below().iter().map(|part| part.groups.clone()).filter(|groups| !groups.is_empty());
        let all = part.numbers.iter().map(|number| *number..*number + 1).chain(within);
        part.groups = all.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end)).unwrap_or(0..0);
        Ok(part)
    }
}

fn tree(node: &Node) -> Tree {
    match node {
        Node::Alternatives(nodes) => {
            let trees: Vec<Tree> = nodes.iter().map(branch).collect();
            let longer = Flags::of(Some(Prefers::Longer));
            let flags = trees.iter().fold(longer, |flags, tree| flags.and(flags.and(tree.flags).up()));
            match flags.is_messy() {
                true => Tree::new(node.clone(), flags, Below::Alternatives(trees)),
                false => Tree::plain(node.clone(), flags),
            }
        }
        node => branch(node),
    }
}

/// What stands beside each other, without alternatives (`parsebranch`, `parseqatom`).
fn branch(node: &Node) -> Tree {
    let items = match node {
        Node::Sequence(nodes) => &nodes[..],
        Node::Empty => &[],
        node => std::slice::from_ref(node),
    };
    // Runs of what is plain, each with what stands apart behind it.
    let mut runs: Vec<(Option<Tree>, Tree, Flags)> = Vec::new();
    let (mut run, mut flags) = (Vec::new(), Flags::default());
    let finish = |run: &mut Vec<Node>, flags: &mut Flags| {
        let (run, flags) = (std::mem::take(run), std::mem::take(flags));
        (!run.is_empty()).then(|| Tree::plain(Node::Sequence(run), flags))
    };
    for item in items {
        match placed(item, flags) {
            Placed::Within(together) => {
                run.push(item.clone());
                flags = together;
            }
            Placed::Apart(tree, told) => runs.push((finish(&mut run, &mut flags), tree, told)),
        }
    }
    let mut rest = finish(&mut run, &mut flags);
    for (before, tree, told) in runs.into_iter().rev() {
        rest = Some(match (before, rest) {
            (None, None) => tree,
            (Some(before), None) => {
                let flags = before.flags.and(before.flags.combine(tree.flags));
                Tree::sequence(before, tree, flags)
            }
            (before, Some(rest)) => {
                let behind = told.and(told.combine(rest.flags));
                let before_flags = before.as_ref().map_or_else(Flags::default, |before| before.flags);
                let flags = before_flags.and(before_flags.combine(behind));
                match before {
                    None => Tree::sequence(tree, rest, flags),
                    Some(before) => {
                        let plain = tree.is_plain() && rest.is_plain();
                        let behind = match plain && !tree.flags.and(rest.flags).up().is_messy() {
                            true => {
                                let flags = tree.flags.combine(rest.flags);
                                Tree::plain(Node::Sequence(vec![tree.node, rest.node]), flags)
                            }
                            false => Tree::sequence(tree, rest, behind),
                        };
                        Tree::sequence(before, behind, flags)
                    }
                }
            }
        });
    }
    let mut all = rest.unwrap_or_else(|| Tree::plain(Node::Empty, Flags::default()));
    if matches!(all.below, Below::Sequence(_)) && all.numbers.is_empty() {
        all.node = node.clone();
    }
    all
}

/// Where a part belongs.
enum Placed {
    /// In the plain run before it, whose flags are then these.
    Within(Flags),
    /// By itself; with what is told of it above.
    Apart(Tree, Flags),
}

fn placed(item: &Node, run: Flags) -> Placed {
    let (of, min, max, prefers) = match item {
        Node::Assert(_) => return Placed::Within(run),
        Node::Repeat { of, min, max, prefers } => (&**of, *min, *max, *prefers),
        item => (item, 1, Some(1), None),
    };
    if max == Some(0) {
        return Placed::Within(run);
    }
    let atom = match of {
        Node::Group { number, of } => {
            let mut tree = tree(of);
            if let Some(number) = number {
                tree.flags.groups = true;
                tree.numbers.push(*number);
            }
            tree
        }
        Node::BackReference { number, .. } => {
            let flags = Flags { back_references: true, ..Flags::default() };
            Tree::new(of.clone(), flags, Below::BackReference { number: *number, min, max })
        }
        of => Tree::plain(of.clone(), Flags::default()),
    };
    let (own, quantifier) = (atom.flags, Flags::of(prefers));
    let together = run.and(quantifier).and(own);
    let is_group = matches!(of, Node::Group { number: Some(_), .. });
    if !is_group && !together.up().is_messy() {
        return Placed::Within(together);
    }
    let flags = quantifier.combine(own);
    let once = min == 1 && max == Some(1);
    let agrees = match prefers {
        None => true,
        Some(Prefers::Longer) => !own.shorter && !own.mixed,
        Some(Prefers::Shorter) => !own.longer && !own.mixed,
    };
    let tree = match of {
        Node::BackReference { .. } => Tree { flags: own.and(flags), node: item.clone(), ..atom },
        _ if once && agrees => atom,
        _ if !own.groups && !own.back_references => Tree::plain(item.clone(), flags),
        // Only the last turn's groups count: `x{m,n}` is `x{m-1,n-1}x`.
        _ if min > 0 && !own.back_references => {
            let of = Box::new(of.clone());
            let before = Node::Repeat { of, min: min - 1, max: max.map(|max| max - 1), prefers };
            let prefers = Flags { longer: flags.longer, shorter: flags.shorter, ..Flags::default() };
            let all = Tree::sequence(Tree::plain(before, prefers), atom, flags);
            Tree { node: item.clone(), ..all }
        }
        _ => Tree::new(item.clone(), flags, Below::Repeat { of: Box::new(atom), min, max }),
    };
    Placed::Apart(tree, flags)
}
