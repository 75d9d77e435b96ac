//! Writes that take several SQLite statements: data-modifying queries in WITH, MERGE, and a RETURNING of more than the
//! row written.
//!
//! All parts of such a statement see the state before it. So the steps that read come first, and their rows are kept:
//! what a part is going to write, and what it returns, which later steps read as a table. Then the steps that write
//! follow, from kept rows alone. Where only the write itself knows what it returns (ON CONFLICT), it is tried and undone.

/// One SQLite statement. Kept rows of number n are its parameter behind the plan's, at place n + 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub sql: String,
    /// The numbers of the kept rows that it reads.
    pub reads: Vec<usize>,
    pub task: Task,
    /// The table that it is about, or 0: names constraints in errors.
    pub table_oid: u32,
    /// What it writes, or is going to, for errors to tell of.
    pub proposes: Option<Proposes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Keeps its rows, under a number.
    Keep {
        number: usize,
        once: Once,
    },
    /// Writes, keeps what that returns, and is undone.
    Try(usize),
    /// Yields the statement's result.
    Answer,
    Write(Count),
}

/// Whether rows that begin with the rowid of a row to be changed may name it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once {
    /// They don't begin with one.
    Any,
    /// The first one counts.
    First,
    /// It is an error (MERGE). Before the rowid, which may be missing, comes what is to be done: NULL is nothing.
    Only,
}

/// What a write adds to the command tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Nothing,
    /// As many as there are kept rows of this number.
    Kept(usize),
    /// The rows it has changed.
    Changes,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Proposes {
    /// As [`Proposal::rows`](super::Proposal::rows).
    pub rows: String,
    pub columns: Vec<usize>,
    pub updates: bool,
    /// The unique index of ON CONFLICT; 0: any.
    pub conflict: Option<u32>,
}
