//! What must be applied before a linearizable read may begin.
//!
//! A read has to see everything that was acknowledged before it began. The leader knows its commit
//! index, and knows that it is still the leader when a majority has said so since
//! ([`confirm`](super::confirm)): that is a
//! round. Rounds are shared. One is under way at a time; whoever comes meanwhile waits for the
//! next, which begins after all of them came, and so is good for all of them.
//!
//! A follower's rounds ask the leader, and bring the follower's own word along: of three nodes that is a majority.
//! A leader that has a [`lease`](super::lease) needs no round at all. openraft's own leader lease is not used: it only decides
//! when a leader stops accepting writes, and a node that restarts forgets the lease it has given.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

type Round = dyn Fn() -> Pin<Box<dyn Future<Output = Result<u64, String>> + Send>> + Send + Sync;

/// Shares rounds between those who wait.
pub(crate) struct ReadIndex {
    round: Box<Round>,
    queue: Mutex<Queue>,
    rounds: AtomicU64,
}

#[derive(Default)]
struct Queue {
    under_way: bool,
    waiting: Vec<oneshot::Sender<Result<u64, String>>>,
}

impl ReadIndex {
    /// `round` finds out the index, or why that is not possible now.
    pub(crate) fn new<F>(round: impl Fn() -> F + Send + Sync + 'static) -> Arc<ReadIndex>
    where
        F: Future<Output = Result<u64, String>> + Send + 'static,
    {
        Arc::new(ReadIndex {
            round: Box::new(move || Box::pin(round())),
            queue: Mutex::default(),
            rounds: AtomicU64::new(0),
        })
    }

    pub(crate) fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// The index that a round which begins from now on yields.
    pub(crate) async fn get(self: &Arc<ReadIndex>) -> Result<u64, String> {
        let (sender, receiver) = oneshot::channel();
        let start = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.waiting.push(sender);
            !std::mem::replace(&mut queue.under_way, true)
        };
        if start {
            // A task of its own: the one who happened to start it may go away.
            tokio::spawn(self.clone().run(false));
        }
        receiver.await.map_err(|_| "this node is stopping".to_owned())?
    }

    /// Starts a round for nobody, unless one is under way.
    pub(crate) fn refresh(self: &Arc<ReadIndex>) {
        let start = {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            !std::mem::replace(&mut queue.under_way, true)
        };
        if start {
            tokio::spawn(self.clone().run(true));
        }
    }

    /// Rounds until nobody waits; `for_nobody`: one at least.
    async fn run(self: Arc<ReadIndex>, mut for_nobody: bool) {
        loop {
            let waiting = {
                let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
                if queue.waiting.is_empty() && !std::mem::take(&mut for_nobody) {
                    queue.under_way = false;
                    return;
                }
                std::mem::take(&mut queue.waiting)
            };
            self.rounds.fetch_add(1, Ordering::Relaxed);
            let result = (self.round)().await;
            for waiter in waiting {
                let _ = waiter.send(result.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::Semaphore;

    #[tokio::test]
    async fn all_who_came_before_a_round_share_it_and_nobody_shares_an_earlier_one() {
        let gate = Arc::new(Semaphore::new(0));
        let started = Arc::new(AtomicU64::new(0));
        let reads = ReadIndex::new({
            let (gate, started) = (gate.clone(), started.clone());
            move || {
                let (gate, number) = (gate.clone(), started.fetch_add(1, Ordering::SeqCst) + 1);
                async move {
                    gate.acquire().await.unwrap().forget();
                    if number == 3 { Err("no quorum".to_owned()) } else { Ok(number) }
                }
            }
        });
        let get = || {
            tokio::spawn({
                let reads = reads.clone();
                async move { reads.get().await }
            })
        };
        let settle = || tokio::time::sleep(std::time::Duration::from_millis(20));

        let first = get();
        settle().await;
        let second: Vec<_> = (0..50).map(|_| get()).collect();
        settle().await;
        assert_eq!(started.load(Ordering::SeqCst), 1, "one round at a time");
        gate.add_permits(1);
        assert_eq!(first.await.unwrap(), Ok(1));
        settle().await;
        let third = get();
        settle().await;
        gate.add_permits(1);
        for waiter in second {
            assert_eq!(waiter.await.unwrap(), Ok(2), "not the round that was under way when it came");
        }
        gate.add_permits(1);
        assert_eq!(third.await.unwrap(), Err("no quorum".to_owned()));
        assert_eq!(reads.rounds(), 3);
        gate.add_permits(1);
        assert_eq!(get().await.unwrap(), Ok(4), "a failed round does not stop the next");
    }
}
