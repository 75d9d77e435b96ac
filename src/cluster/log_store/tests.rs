//! openraft's own suite for anybody's store, run on ours.
//!
//! It wants a state machine too; what it asks of that one is about memberships and log ids, so a
//! minimal one in memory stands in: the real one is tested with the files it applies to.

use std::collections::BTreeMap;

use futures_util::{Stream, StreamExt};
use openraft::storage::{EntryResponder, RaftSnapshotBuilder, RaftStateMachine, Snapshot};
use openraft::testing::log::{StoreBuilder, Suite};

use super::super::types::{Payload, SnapshotMeta, StoredMembership};
use super::*;
use crate::storage::Applied;

#[derive(Clone, Default)]
struct MemoryState {
    applied: Option<LogId>,
    membership: StoredMembership,
    snapshot: Option<SnapshotMeta>,
}

/// Shared with its snapshot builder.
#[derive(Clone, Default)]
struct MemoryMachine(Arc<std::sync::Mutex<MemoryState>>);

type MemorySnapshot = openraft::type_config::alias::SnapshotOf<Types, BTreeMap<u64, u64>>;

impl RaftSnapshotBuilder<Types> for MemoryMachine {
    type SnapshotData = BTreeMap<u64, u64>;

    async fn build_snapshot(&mut self) -> Result<MemorySnapshot, io::Error> {
        let mut state = self.0.lock().unwrap();
        let meta = SnapshotMeta { last_log_id: state.applied, last_membership: state.membership.clone() };
        state.snapshot = Some(meta.clone());
        Ok(Snapshot { meta, snapshot: BTreeMap::new() })
    }
}

impl RaftStateMachine<Types> for MemoryMachine {
    type SnapshotData = BTreeMap<u64, u64>;
    type SnapshotBuilder = MemoryMachine;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, StoredMembership), io::Error> {
        let state = self.0.lock().unwrap();
        Ok((state.applied, state.membership.clone()))
    }

    async fn apply<Entries>(&mut self, mut entries: Entries) -> Result<(), io::Error>
    where
        Entries: Stream<Item = Result<EntryResponder<Types>, io::Error>> + Unpin + Send,
    {
        while let Some(next) = entries.next().await {
            let (entry, responder) = next?;
            let mut state = self.0.lock().unwrap();
            state.applied = Some(entry.log_id);
            if let Payload::Membership(membership) = entry.payload {
                state.membership = StoredMembership::new(Some(entry.log_id), membership);
            }
            if let Some(responder) = responder {
                responder.send(Applied::Nothing);
            }
        }
        Ok(())
    }

    async fn get_snapshot_builder(&mut self) -> MemoryMachine {
        self.clone()
    }

    async fn install_snapshot(&mut self, meta: &SnapshotMeta, _: BTreeMap<u64, u64>) -> Result<(), io::Error> {
        let mut state = self.0.lock().unwrap();
        state.applied = meta.last_log_id;
        state.membership = meta.last_membership.clone();
        state.snapshot = Some(meta.clone());
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<MemorySnapshot>, io::Error> {
        let state = self.0.lock().unwrap();
        Ok(state.snapshot.clone().map(|meta| Snapshot { meta, snapshot: BTreeMap::new() }))
    }
}

struct Builder;

impl StoreBuilder<Types, LogStore, MemoryMachine, tempfile::TempDir> for Builder {
    async fn build(&self) -> Result<(tempfile::TempDir, LogStore, MemoryMachine), openraft::StorageError<Types>> {
        let dir = tempfile::tempdir().unwrap();
        let log = RaftLog::open(dir.path(), [1; 16], true).unwrap();
        Ok((dir, LogStore::new(Arc::new(log), 0, Duration::ZERO), MemoryMachine::default()))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openrafts_suite_passes() {
    Suite::test_all(Builder).await.unwrap();
}
