//! What may be broken on purpose, so that tests can show that their checks would see it.
//!
//! Only debug builds can be broken: they read `QUORLITE_SABOTAGE`, a release build never looks.

use std::sync::OnceLock;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sabotage {
    /// Success is answered when a transaction is proposed, before a majority has it.
    AcknowledgeEarly,
    /// What is appended to the Raft log is said to be on disk, and is synced now and then.
    LeaveUnsynced,
    /// What the disk has no room for is said to be written: by the Raft log, and where entries are applied.
    OverlookFullDisk,
    /// A transaction whose leader does not answer soon is sent again, whatever became of it.
    Resend,
    /// A leader takes no notice of the advisory locks that nodes' sessions hold when it takes over.
    ForgetHoldings,
    /// A leader's lease of reads never ends.
    KeepLease,
    /// A leader measures its lease of reads by the time of day.
    LeaseByTimeOfDay,
    /// A node that cannot ask the leader reads what it has.
    ReadUnasked,
}

const NAMES: [(&str, Sabotage); 8] = [
    ("acknowledge-early", Sabotage::AcknowledgeEarly),
    ("leave-unsynced", Sabotage::LeaveUnsynced),
    ("overlook-full-disk", Sabotage::OverlookFullDisk),
    ("resend", Sabotage::Resend),
    ("forget-holdings", Sabotage::ForgetHoldings),
    ("keep-lease", Sabotage::KeepLease),
    ("lease-by-time-of-day", Sabotage::LeaseByTimeOfDay),
    ("read-unasked", Sabotage::ReadUnasked),
];

impl Sabotage {
    /// Whether this process is broken in this way.
    pub(crate) fn is_on(self) -> bool {
        static CHOSEN: OnceLock<Option<Sabotage>> = OnceLock::new();
        cfg!(debug_assertions) && *CHOSEN.get_or_init(of_environment) == Some(self)
    }
}

fn of_environment() -> Option<Sabotage> {
    let wanted = std::env::var("QUORLITE_SABOTAGE").ok()?;
    let chosen = NAMES.iter().find(|(name, _)| *name == wanted).map(|(_, sabotage)| *sabotage);
    tracing::warn!(wanted, sabotage = ?chosen, "this node breaks its promises on purpose");
    chosen
}
