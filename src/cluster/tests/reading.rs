use super::*;

/// What a read relies on: see `confirm`.
#[tokio::test(flavor = "multi_thread")]
async fn a_leader_whose_term_a_majority_has_left_gives_no_read_index() {
    let (_yard, _sites, nodes) = three().await;
    let inners: Vec<_> = nodes.iter().map(|running| running.node.inner.clone()).collect();
    let patience = Duration::from_secs(5);
    let ask = |helper| inners[0].leader_read_index(helper, patience);
    let term = inners[0].leadership.executing().unwrap();
    ask(None).await.unwrap();

    inners[1].promised.raise(term + 1).await;
    ask(None).await.unwrap();
    inners[2].promised.raise(term + 1).await;
    assert!(ask(None).await.unwrap_err().contains("later term"));
    // What a node says of itself counts as what it says when asked.
    assert!(ask(Some((3, term + 1))).await.is_err());
    ask(Some((3, term))).await.unwrap();
    assert!(ask(Some((4, term))).await.is_err(), "no voter");

    inners[0].promised.raise(term + 1).await;
    assert!(ask(Some((3, term))).await.is_err());
    inners[1].leader_read_index(None, patience).await.unwrap_err();
}

/// What its lease relies on: see `lease`.
#[tokio::test(flavor = "multi_thread")]
async fn a_leader_asks_nobody_while_others_have_promised_to_elect_nobody() {
    let (_yard, _sites, nodes) = three().await;
    let inners: Vec<_> = nodes.iter().map(|running| running.node.inner.clone()).collect();
    let term = inners[0].leadership.executing().unwrap();
    let read = || nodes[0].node.read_barrier(ReadConsistency::Linearizable, 0);
    // The promise of one of the two is a majority's with the leader's own; on a busy machine it may be over at once.
    let unasked = async {
        loop {
            read().await.unwrap();
            let (rounds, leased) = (inners[0].reads.rounds(), inners[0].leased_read_index());
            read().await.unwrap();
            let whole = leased.is_some_and(|index| index >= inners[0].applier.applied_index());
            if whole && inners[0].reads.rounds() == rounds {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), unasked).await.expect("a read that asks nobody");
    assert_eq!(inners[1].leased_read_index(), None, "it does not lead");

    tokio::join!(inners[1].promised.raise(term + 1), inners[2].promised.raise(term + 1));
    assert_eq!(inners[0].leased_read_index(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_that_hands_over_has_given_its_lease_up_and_keeps_nobody_waiting() {
    let (_yard, _sites, nodes) = three().await;
    let inners: Vec<_> = nodes.iter().map(|running| running.node.inner.clone()).collect();
    let term = inners[0].leadership.executing().unwrap();
    inners[0].leader_read_index(None, Duration::from_secs(5)).await.unwrap();
    assert!(inners[0].lease.is_wanted(term));
    assert_eq!(inners[0].hand_over(Some(2)).await, Ok(2));
    assert!(!inners[0].lease.is_wanted(term));
    nodes[1].node.read_barrier(ReadConsistency::Linearizable, 0).await.unwrap();
    assert!(inners[1].promised.term() > term);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leader_without_leases_asks_before_each_round() {
    let (_yard, _sites, nodes) = three_with(|site| site.leases_reads = false).await;
    let inner = &nodes[0].node.inner;
    for _ in 0..3 {
        let rounds = inner.reads.rounds();
        nodes[0].node.read_barrier(ReadConsistency::Linearizable, 0).await.unwrap();
        assert_eq!((inner.leased_read_index(), inner.reads.rounds() - rounds), (None, 1));
    }
}
