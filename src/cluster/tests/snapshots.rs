use super::super::format::{self, SnapshotForm};
use super::super::snapshot;
use super::super::state_machine::Applier;
use super::holding::{call, wish};
use super::*;
use crate::catalog::DatabaseOptions;
use crate::storage::{DatabaseChange, LogSlot, RaftLog};

/// How far an install had come when the process was killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// Files lie in `snapshots/`, some of them cut off.
    Receiving,
    /// All of them are there and verified, and openraft has begun to install.
    Verified,
    /// The decision is on disk, some files are replaced.
    Replacing,
    /// All files are replaced.
    Replaced,
    /// What openraft has to find is written down, too.
    Noted,
}

/// What the node does at its next start, without the network: opens its files, and brings them together with the log.
async fn open(site: &Site) -> (Arc<Storage>, Arc<RaftLog>, Arc<Applier>) {
    let path = site.path.clone();
    tokio::task::spawn_blocking(move || {
        // Whoever has stopped lets go of it a moment later.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        let data = loop {
            match DataDir::open(&path) {
                Ok(data) => break data,
                Err(error) if std::time::Instant::now() > deadline => panic!("{error}"),
                Err(_) => std::thread::sleep(std::time::Duration::from_millis(5)),
            }
        };
        let storage = Storage::open(data.path(), Options::of(&data.identity())).unwrap();
        let log = Arc::new(RaftLog::open(data.path(), *data.identity().uid.as_bytes(), true).unwrap());
        let applier = Applier::open(storage.clone(), log.clone()).unwrap();
        snapshot::clean(data.path()).unwrap();
        (storage, log, applier)
    })
    .await
    .unwrap()
}

async fn put(log: &Arc<RaftLog>, slot: LogSlot, value: bytes::Bytes) {
    let (sender, done) = tokio::sync::oneshot::channel();
    log.put(vec![(slot, Some(value))], Box::new(|result| sender.send(result).unwrap()));
    done.await.unwrap().unwrap();
}

/// The receiver of a snapshot is killed at each stage: it is as before, or has all of it, and goes on from there.
#[tokio::test(flavor = "multi_thread")]
async fn an_install_killed_at_any_stage_is_undone_or_finished() {
    for stage in [Stage::Receiving, Stage::Verified, Stage::Replacing, Stage::Replaced, Stage::Noted] {
        let (mut yard, sites, mut nodes) = three_with(|site| {
            site.log_keep = 5;
            site.checkpoint_every = 20;
        })
        .await;
        nodes.pop().unwrap().stop().await;
        for value in 0..60 {
            nodes[0].commit(&insert(value)).await;
        }
        until("purging", || nodes[0].node.gauges().purged_index > 40).await;

        // As the leader makes and the receiver gets them.
        let (storage, log, applier) = open(&sites[2]).await;
        let before = applier.applied_index();
        let copies = sites[2].path.join("snapshots/receive-1-1");
        let source = yard.site();
        let meta = {
            let leader = nodes.remove(0);
            leader.stop().await;
            std::fs::create_dir_all(&source.path).unwrap();
            let (storage, log, applier) = open(&sites[0]).await;
            let meta = tokio::task::spawn_blocking({
                let (applier, storage, copies) = (applier.clone(), storage.clone(), copies.clone());
                move || {
                    let meta = applier.checkpoint_blocking().unwrap();
                    storage.export(&copies).unwrap();
                    meta
                }
            })
            .await
            .unwrap();
            storage.close();
            log.close();
            meta
        };
        nodes.insert(0, sites[0].start().await);
        let value = format::encode_slot(&SnapshotForm::from(&meta));
        let marker = sites[2].path.join("install");
        match stage {
            Stage::Receiving => std::fs::write(copies.join("databases/postgres.sqlite"), b"SQLite").unwrap(),
            Stage::Verified => put(&log, LogSlot::Installing, value).await,
            Stage::Replacing => {
                put(&log, LogSlot::Installing, value).await;
                std::fs::write(&marker, copies.to_str().unwrap()).unwrap();
            }
            Stage::Replaced | Stage::Noted => {
                put(&log, LogSlot::Installing, value.clone()).await;
                storage.install(&copies).unwrap();
                if stage == Stage::Noted {
                    put(&log, LogSlot::Snapshot, value).await;
                }
            }
        }
        storage.close();
        log.close();
        drop((storage, log, applier));

        let (storage, log, applier) = open(&sites[2]).await;
        let index = meta.last_log_id.as_ref().unwrap().index();
        match stage {
            Stage::Receiving | Stage::Verified => assert_eq!(applier.applied_index(), before, "{stage:?}"),
            _ => {
                assert!(applier.applied_index() >= index, "{stage:?}");
                assert_eq!(applier.membership(), meta.last_membership, "{stage:?}");
            }
        }
        assert_eq!(log.slot(LogSlot::Installing), None, "{stage:?}");
        assert!(!marker.exists() && !copies.exists(), "{stage:?}: nothing is left of it");
        storage.close();
        log.close();
        drop((storage, log, applier));

        nodes.push(sites[2].start().await);
        until("it has caught up", || nodes[2].node.gauges().applied_index >= nodes[0].node.gauges().committed_index)
            .await;
        nodes[2].commit(&insert("after")).await;
        assert_eq!(rows(&nodes[2]).await, 61, "{stage:?}");
        for node in nodes {
            node.stop().await;
        }
    }
}

/// A few large entries fill a log as many small ones do.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_large_entries_is_purged_too() {
    let (_yard, sites, nodes) = three_with(|site| site.log_keep_bytes = 8 << 20).await;
    for wave in 0..10 {
        for value in 4 * wave..4 * wave + 4 {
            nodes[0].commit(&format!("INSERT INTO t VALUES ('{value}' || repeat('x', 1000000))")).await;
        }
        // The log's size is looked at now and then: what comes in between is beyond its bound.
        until("purging", || nodes.iter().all(|node| is_bounded(&node.node.gauges()))).await;
    }
    for (node, site) in nodes.iter().zip(&sites) {
        assert!(node.node.gauges().snapshots_installed == 0);
        assert!(node.node.gauges().purged_index > 20);
        let files = std::fs::read_dir(site.path.join("raft")).unwrap();
        let size: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
        assert!(size < 30 << 20, "{size} bytes");
    }
    assert_eq!(rows(&nodes[0]).await, 40);
    for node in nodes {
        node.stop().await;
    }
}

/// Whether the log has been looked at since its last entries of a megabyte came, and what is too much is gone.
fn is_bounded(gauges: &super::super::Gauges) -> bool {
    let (last, purged) = (gauges.last_log_index, gauges.purged_index);
    gauges.snapshot_index + 3 >= last && (last < 40 || last - purged <= 16)
}

/// A file whose writer's slot is held is not checkpointed. So the log stays, however much is written to another one, and a
/// restart has from it what the files have not.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_purged_before_every_file_has_it_on_disk() {
    let mut yard = Yard::new();
    let site = Site { log_keep: 5, checkpoint_every: 20, log_keep_bytes: 1 << 20, ..yard.site() };
    let node = site.start().await;
    node.commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    let create = DatabaseChange::Create {
        key: rand::random(),
        name: "other".to_owned(),
        options: DatabaseOptions::default(),
        template: None,
    };
    node.node.change_database(create).await.unwrap();
    let other = async |text: &str| {
        let outcome = node.node.execute("other", transaction(text)).await;
        assert!(matches!(outcome, Outcome::Committed { .. }), "{outcome:?}");
    };
    other("CREATE TABLE u (a int, b text)").await;

    let mut held = node.node.hold("postgres", wish()).await.unwrap();
    call(&mut held, &insert("held")).await.unwrap();
    let gauges = || node.node.gauges();
    let before = gauges().applied_index;
    // Many entries, some of them large: either is reason enough to purge. The log's size is looked at twice a second.
    let (start, mut written) = (Instant::now(), 0);
    while written < 100 || start.elapsed() < Duration::from_millis(1200) {
        let size = if written % 20 == 0 { 500_000 } else { 1 };
        other(&format!("INSERT INTO u VALUES ({written}, repeat('x', {size}))")).await;
        written += 1;
        assert!(gauges().purged_index <= before, "after {written}");
    }
    let waiting = gauges();
    assert!(waiting.snapshot_index <= before && waiting.purged_index <= before, "{waiting:?}");

    assert!(matches!(held.commit().await, Outcome::Committed { .. }));
    until("purging", || gauges().purged_index > before).await;
    assert!(gauges().purged_index <= gauges().snapshot_index);
    node.stop().await;
    let node = site.start().await;
    assert_eq!(rows(&node).await, 1);
}
