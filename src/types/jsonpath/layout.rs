//! Where objects stand in PostgreSQL's binary form of a jsonb value (`jsonb.h`): `.keyvalue()` tells them apart by that.
//!
//! A container begins at a multiple of four bytes: its header (4 bytes), an entry (4 bytes) for each element, or for each
//! key and each value, then an object's keys, then elements or values. Numbers and containers among these begin at
//! multiples of four; null, true and false take nothing.

use std::collections::HashMap;

use super::item::{Item, Pair};
use crate::types::json::Json;

/// By where a container is in memory: where it would be in PostgreSQL's.
type Offsets = HashMap<usize, i64>;

/// Values whose layout is kept, at most.
const KEPT: usize = 8;

/// The layouts of values, computed when first asked for.
#[derive(Default)]
pub struct Layouts {
    kept: HashMap<usize, Offsets>,
    /// How many values have been laid out.
    pub work: u64,
}

fn address(json: &Json) -> usize {
    std::ptr::from_ref(json) as usize
}

fn aligned(offset: i64) -> i64 {
    (offset + 3) & !3
}

impl Layouts {
    /// How far behind the beginning of `root` one of its parts stands; `None` if it is no part of it.
    pub fn offset(&mut self, root: &Json, part: &Json) -> Option<i64> {
        let of = address(root);
        if !self.kept.contains_key(&of) {
            if self.kept.len() >= KEPT {
                self.kept.clear();
            }
            let mut offsets = HashMap::new();
            lay_out(root, 0, &mut offsets, &mut self.work);
            self.kept.insert(of, offsets);
        }
        self.kept.get(&of)?.get(&address(part)).copied()
    }

    /// The same in an object that `.keyvalue()` has made, of its value's parts.
    pub fn offset_in_pair(&mut self, pair: &Pair, part: &Json) -> Option<i64> {
        let (Item::Array(value) | Item::Object(value)) = pair.value else { return None };
        // Header, six entries, the three keys.
        let keys = 4 + 6 * 4 + "idkeyvalue".len() as i64;
        let before = aligned(keys) + number_size(&pair.id.to_string()) + pair.key.len() as i64;
        Some(aligned(before) + self.offset(value, part)?)
    }
}

/// Notes a container's place and its parts'; returns where it ends.
fn lay_out(json: &Json, start: i64, offsets: &mut Offsets, work: &mut u64) -> i64 {
    let mut end = start;
    let mut values: Vec<&Json> = Vec::new();
    match json {
        Json::Array(elements) => {
            end += 4 + 4 * elements.len() as i64;
            values.extend(elements);
        }
        Json::Object(pairs) => {
            end += 4 + 8 * pairs.len() as i64;
            end += pairs.iter().map(|(key, _)| key.len() as i64).sum::<i64>();
            values.extend(pairs.iter().map(|(_, value)| value));
        }
        _ => return end,
    }
    offsets.insert(address(json), start);
    *work += 1 + values.len() as u64;
    for value in values {
        end = match value {
            Json::Null | Json::Bool(_) => end,
            Json::String(text) => end + text.len() as i64,
            Json::Number(digits) => aligned(end) + number_size(digits),
            container => lay_out(container, aligned(end), offsets, work),
        };
    }
    end
}

/// Bytes of a numeric with its length (`numeric.c`): a short header where scale and weight are small, and two bytes for each
/// digit of base 10000, without zeros at either end.
fn number_size(digits: &str) -> i64 {
    let unsigned = digits.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let leading = (4 - whole.len() % 4) % 4;
    let padded: Vec<u8> = std::iter::repeat_n(b'0', leading)
        .chain(whole.bytes())
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', (4 - fraction.len() % 4) % 4))
        .collect();
    let groups: Vec<&[u8]> = padded.chunks(4).collect();
    let is_zero = |group: &&[u8]| group.iter().all(|digit| *digit == b'0');
    let first = groups.iter().position(|group| !is_zero(group));
    let last = groups.iter().rposition(|group| !is_zero(group));
    let (Some(first), Some(last)) = (first, last) else { return 4 + header(fraction.len(), 0) };
    let weight = ((whole.len() + leading) / 4) as i64 - 1 - first as i64;
    4 + header(fraction.len(), weight) + 2 * (last - first + 1) as i64
}

fn header(scale: usize, weight: i64) -> i64 {
    if scale <= 63 && (-64..=63).contains(&weight) { 2 } else { 4 }
}
