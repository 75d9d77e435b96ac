use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_node_the_log_no_longer_reaches_comes_back_by_snapshot() {
    let (_yard, sites, mut nodes) = three_with(|site| {
        site.log_keep = 10;
        site.checkpoint_every = 40;
    })
    .await;
    nodes.pop().unwrap().kill().await;
    for value in 0..150 {
        nodes[0].commit(&insert(value)).await;
    }
    until("purging", || nodes[0].node.gauges().purged_index > 100).await;
    nodes.push(sites[2].start().await);
    until("installing", || nodes[2].node.gauges().snapshots_installed > 0).await;
    assert_eq!(rows(&nodes[2]).await, 150);
    assert!(nodes[0].node.gauges().snapshots_sent > 0);
    for value in 150..200 {
        nodes[2].commit(&insert(value)).await;
    }
    assert_eq!(rows(&nodes[1]).await, 200);
    let left = std::fs::read_dir(sites[2].path.join("snapshots")).unwrap().count();
    assert_eq!(left, 0, "received files are removed");

    // And once more, from its own log and files.
    nodes.pop().unwrap().kill().await;
    nodes.push(sites[2].start().await);
    assert_eq!(rows(&nodes[2]).await, 200);

    // A new node gets the same.
    let mut yard = Yard::new();
    let fourth = yard.site().joining(&sites[1]).start().await;
    assert_eq!(fourth.node.id(), 4);
    assert_eq!(rows(&fourth).await, 200);
    assert_eq!(fourth.node.status().await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_node_stops_and_stays_out() {
    let (_yard, sites, mut nodes) = three().await;
    let error = admin::remove_node(&nodes[1].address, 9, false).await.unwrap_err();
    assert!(error.to_string().contains("there is no node 9; the nodes are 1, 2, 3"), "{error}");
    admin::remove_node(&nodes[1].address, 3, false).await.unwrap();
    let third = nodes.pop().unwrap();
    let reason = tokio::time::timeout(Duration::from_secs(5), third.node.failed()).await.unwrap();
    assert!(reason.contains("node 3 was taken out of the cluster"), "{reason}");
    third.kill().await;
    assert_eq!(nodes[0].node.status().await.len(), 2);
    nodes[1].commit(&insert(1)).await;

    // With its old directory it learns the same again.
    let third = sites[2].start().await;
    let reason = tokio::time::timeout(Duration::from_secs(10), third.node.failed()).await.unwrap();
    assert!(reason.contains("was taken out"), "{reason}");
    third.kill().await;

    // With an empty one it is a new node.
    std::fs::rename(&sites[2].path, sites[2].path.with_extension("old")).unwrap();
    let fourth = sites[2].start().await;
    assert_eq!(fourth.node.id(), 4);
    assert_eq!(rows(&fourth).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_removed_while_away_learns_it() {
    let (_yard, sites, mut nodes) = three().await;
    nodes.pop().unwrap().kill().await;
    admin::remove_node(&nodes[0].address, 3, false).await.unwrap();
    let third = sites[2].start().await;
    let reason = tokio::time::timeout(Duration::from_secs(10), third.node.failed()).await.unwrap();
    assert!(reason.contains("node 3 was taken out of the cluster"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leader_is_removed_after_handing_over() {
    let (_yard, _sites, nodes) = three().await;
    assert!(nodes[0].leads());
    admin::remove_node(&nodes[0].address, 1, false).await.unwrap();
    let reason = tokio::time::timeout(Duration::from_secs(5), nodes[0].node.failed()).await.unwrap();
    assert!(reason.contains("node 1 was taken out of the cluster"), "{reason}");
    nodes[1].commit(&insert(1)).await;
    assert_eq!(nodes[1].node.status().await.len(), 2);
    let error = admin::remove_node(&nodes[1].address, 9, false).await.unwrap_err();
    assert!(error.to_string().contains("there is no node 9"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removal_that_would_stop_the_cluster_is_refused() {
    let (_yard, _sites, mut nodes) = three().await;
    nodes.pop().unwrap().kill().await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    let error = admin::remove_node(&nodes[0].address, 2, false).await.unwrap_err();
    assert!(error.to_string().contains("the cluster could not go on"), "{error}");
    admin::remove_node(&nodes[0].address, 3, false).await.unwrap();
    admin::remove_node(&nodes[0].address, 2, false).await.unwrap();
    let error = admin::remove_node(&nodes[0].address, 1, false).await.unwrap_err();
    assert!(error.to_string().contains("only voter"), "{error}");
    nodes[0].commit(&insert(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leadership_goes_where_it_is_told() {
    let (_yard, _sites, nodes) = three().await;
    for (ask, to) in [(0, 2), (2, 3), (1, 1)] {
        assert_eq!(admin::transfer_leader(&nodes[ask].address, Some(to)).await.unwrap(), to);
        nodes[ask].commit(&insert(format!("{to}"))).await;
        assert!(nodes[to as usize - 1].leads());
    }
    let error = admin::transfer_leader(&nodes[0].address, Some(7)).await.unwrap_err();
    assert!(error.to_string().contains("no voter"), "{error}");
    let other = admin::transfer_leader(&nodes[0].address, None).await.unwrap();
    assert_ne!(other, 1);
    assert_eq!(rows(&nodes[0]).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_may_move() {
    let (_yard, mut sites, mut nodes) = three().await;
    nodes.remove(0).stop().await;
    sites[0].address = free_address();
    sites[0].join = vec![sites[1].address.to_string()];
    nodes.insert(0, sites[0].start().await);
    until("everybody knows the new address", || {
        nodes.iter().all(|node| node.node.membership_address(1).as_deref() == Some(&sites[0].address.to_string()))
    })
    .await;
    nodes[0].commit(&insert(1)).await;
    assert_eq!(rows(&nodes[1]).await, 1);
}

/// All at once: nobody is where the membership has it. They find each other by the addresses they are given.
#[tokio::test(flavor = "multi_thread")]
async fn all_nodes_may_move() {
    let (_yard, mut sites, nodes) = three().await;
    nodes[0].commit(&insert(1)).await;
    for node in nodes {
        node.stop().await;
    }
    for site in &mut sites {
        site.address = free_address();
    }
    let all: Vec<String> = sites.iter().map(|site| site.address.to_string()).collect();
    let mut nodes = Vec::new();
    for site in &mut sites {
        site.join = all.clone();
        nodes.push(site.start().await);
    }
    nodes[2].commit(&insert(2)).await;
    assert_eq!(rows(&nodes[1]).await, 2);
}
