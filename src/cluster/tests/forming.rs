use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn one_node_is_a_cluster_and_remembers() {
    let mut yard = Yard::new();
    let site = yard.site();
    let node = site.start().await;
    assert_eq!(node.node.id(), 1);
    let cluster = node.node.cluster_id();
    node.commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    for value in 0..10 {
        node.commit(&insert(value)).await;
    }
    node.read_barrier(ReadConsistency::Linearizable).await.unwrap();
    assert_eq!(rows(&node).await, 10);
    node.node.ready().unwrap();
    node.stop().await;

    let node = site.start().await;
    assert_eq!(node.node.cluster_id(), cluster);
    node.read_barrier(ReadConsistency::Linearizable).await.unwrap();
    assert_eq!(rows(&node).await, 10);
    node.commit(&insert("later")).await;
    node.kill().await;

    let node = site.start().await;
    node.read_barrier(ReadConsistency::Linearizable).await.unwrap();
    assert_eq!(rows(&node).await, 11);
    let gauges = node.node.gauges();
    assert!(gauges.is_leader && gauges.is_voter && gauges.log_syncs > 0, "{gauges:?}");
    node.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_join_and_all_write() {
    let (_yard, _sites, nodes) = three().await;
    assert_eq!(nodes.iter().map(|node| node.node.id()).collect::<Vec<_>>(), [1, 2, 3]);
    for (number, node) in nodes.iter().enumerate() {
        for value in 0..5 {
            node.commit(&insert(format!("{number}.{value}"))).await;
        }
        node.read_barrier(ReadConsistency::Linearizable).await.unwrap();
        until("readiness", || node.node.ready().is_ok()).await;
    }
    assert_eq!(rows(&nodes[2]).await, 15);
    let status = nodes[1].node.status().await;
    assert_eq!(
        status.iter().map(|line| (line.id, line.role)).collect::<Vec<_>>(),
        [(1, Role::Leader), (2, Role::Follower), (3, Role::Follower)]
    );
    assert!(status.iter().all(|line| line.lag == Some(0) || line.lag.is_some_and(|lag| lag < 5)), "{status:?}");
    assert_eq!(admin::status(&nodes[2].address).await.unwrap().len(), 3);
    assert!(nodes[1].node.gauges().forwarded >= 5);
    for node in nodes {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_started_alike_form_one_cluster() {
    let mut yard = Yard::new();
    let mut sites = [yard.site(), yard.site(), yard.site()];
    let all: Vec<String> = sites.iter().map(|site| site.address.to_string()).collect();
    for site in &mut sites {
        site.join = all.clone();
        site.expect = 3;
    }
    let starting: Vec<_> = sites.iter().map(|site| site.start()).collect();
    let nodes = futures_util::future::join_all(starting).await;
    let mut ids: Vec<u64> = nodes.iter().map(|node| node.node.id()).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3]);
    assert!(nodes.iter().all(|node| node.node.cluster_id() == nodes[0].node.cluster_id()));
    nodes[0].commit("CREATE TABLE t (a text PRIMARY KEY)").await;
    nodes[2].commit(&insert(1)).await;
    assert_eq!(rows(&nodes[1]).await, 1);

    // The same command again, all at once: no second cluster.
    for node in nodes {
        node.kill().await;
    }
    let starting: Vec<_> = sites.iter().map(|site| site.start()).collect();
    let nodes = futures_util::future::join_all(starting).await;
    nodes[1].commit(&insert(2)).await;
    assert_eq!(rows(&nodes[0]).await, 2);
    for node in nodes {
        node.stop().await;
    }
}

/// The founder has founded and dies before anybody has joined; the others wait for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_half_formed_cluster_is_finished_after_a_restart() {
    let mut yard = Yard::new();
    let mut sites = [yard.site(), yard.site(), yard.site()];
    let all: Vec<String> = sites.iter().map(|site| site.address.to_string()).collect();
    for site in &mut sites {
        site.join = all.clone();
        site.expect = 3;
    }
    let founder = DataDir::open(&sites[1].path).unwrap();
    let cluster = uuid::Uuid::from_bytes([7; 16]);
    // As it is between the decision and the first entry.
    drop(Storage::open(founder.path(), Options::of(&founder.identity())).unwrap());
    drop(crate::storage::RaftLog::open(founder.path(), *founder.identity().uid.as_bytes(), true).unwrap());
    founder.set_member(cluster, 1).unwrap();
    drop(founder);
    let starting: Vec<_> = sites.iter().map(|site| site.start()).collect();
    let nodes = futures_util::future::join_all(starting).await;
    assert!(nodes.iter().all(|node| node.node.cluster_id() == cluster.to_string()));
    assert_eq!(nodes[1].node.id(), 1);
    until("three voters", || nodes.iter().all(|node| node.node.gauges().is_voter)).await;
    for node in nodes {
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joins_that_cannot_succeed_say_why() {
    let mut yard = Yard::new();
    let first = yard.site();
    let running = first.start().await;

    let mut site = yard.site();
    site.join = vec![site.address.to_string()];
    let message = site.try_start().await.err().unwrap();
    assert!(message.contains("is this node itself"), "{message}");

    // Something that answers otherwise.
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = stranger.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::Write;
        for stream in stranger.incoming() {
            let _ = stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let mut site = yard.site();
    site.join = vec![address.to_string()];
    let message = site.try_start().await.err().unwrap();
    assert!(message.contains("not the cluster port of a Quorlite node"), "{message}");

    for wrong in ["nowhere", "host:", ":7432", "host:99999", "host:0"] {
        let mut site = yard.site();
        site.join = vec![wrong.to_owned()];
        let message = site.try_start().await.err().unwrap();
        assert!(message.contains("is not an address"), "{message}");
    }

    // A dead address is waited for, and joined when it lives.
    let later = yard.site();
    let waiting = yard.site().joining(&later);
    let joined = tokio::spawn(async move { waiting.start().await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(!joined.is_finished());
    let later = later.start().await;
    assert_eq!(joined.await.unwrap().node.cluster_id(), later.node.cluster_id());
    running.stop().await;
}

/// A directory of one cluster is not taken into another by a wrong --join.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_stays_in_its_cluster() {
    let mut yard = Yard::new();
    let (one, other) = (yard.site(), yard.site());
    let other_running = other.start().await;
    let running = one.start().await;
    let cluster = running.node.cluster_id();
    running.stop().await;
    let mut wrong = one;
    wrong.join = vec![other.address.to_string()];
    let running = wrong.start().await;
    assert_eq!(running.node.cluster_id(), cluster);
    let reason = tokio::time::timeout(Duration::from_secs(10), running.node.failed()).await.unwrap();
    assert!(reason.contains("leads to another cluster"), "{reason}");
    assert_ne!(other_running.node.cluster_id(), cluster);
    assert_eq!(other_running.node.status().await.len(), 1);
}
