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

    inners[1].promised.raise(term + 1);
    ask(None).await.unwrap();
    inners[2].promised.raise(term + 1);
    assert!(ask(None).await.unwrap_err().contains("later term"));
    // What a node says of itself counts as what it says when asked.
    assert!(ask(Some((3, term + 1))).await.is_err());
    ask(Some((3, term))).await.unwrap();
    assert!(ask(Some((4, term))).await.is_err(), "no voter");

    inners[0].promised.raise(term + 1);
    assert!(ask(Some((3, term))).await.is_err());
    inners[1].leader_read_index(None, patience).await.unwrap_err();
}
