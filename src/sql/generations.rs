//! A bounded map of what is worth keeping because it is asked for again.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Two generations: what is asked for again moves to the young one; when that is full, the old one goes. Shared between
/// threads; values are cheap to clone.
pub(super) struct Generations<K, V> {
    maps: Mutex<Maps<K, V>>,
    /// Of one generation.
    capacity: usize,
}

struct Maps<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V: Clone> Generations<K, V> {
    /// For so many at least, and twice as many at most.
    pub fn new(capacity: usize) -> Generations<K, V> {
        let maps = Maps { young: HashMap::new(), old: HashMap::new() };
        Generations { maps: Mutex::new(maps), capacity: capacity.max(1) }
    }

    fn maps(&self) -> MutexGuard<'_, Maps<K, V>> {
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn find<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let mut maps = self.maps();
        if let Some(value) = maps.young.get(key) {
            return Some(value.clone());
        }
        let (key, value) = maps.old.remove_entry(key)?;
        let found = value.clone();
        self.insert(&mut maps, key, value);
        Some(found)
    }

    pub fn keep(&self, key: K, value: V) {
        self.insert(&mut self.maps(), key, value);
    }

    fn insert(&self, maps: &mut Maps<K, V>, key: K, value: V) {
        if maps.young.len() >= self.capacity {
            maps.old = std::mem::take(&mut maps.young);
        }
        maps.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::Generations;

    #[test]
    fn what_is_asked_for_stays_and_there_is_an_end_to_the_rest() {
        let kept = Generations::new(10);
        kept.keep("wanted".to_owned(), 0);
        for number in 1..=1000 {
            kept.keep(number.to_string(), number);
            assert_eq!(kept.find("wanted"), Some(0));
        }
        let maps = kept.maps();
        assert!(maps.young.len() <= 10 && maps.old.len() <= 10);
        drop(maps);
        assert_eq!((kept.find("1000"), kept.find("1")), (Some(1000), None));
    }
}
