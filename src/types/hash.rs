//! PostgreSQL's hash functions (`src/common/hashfn.c`: Bob Jenkins's lookup3), which applications call by name:
//! `pg_advisory_lock(hashtext('job'))`.

/// What the three words begin with, for so many bytes.
fn begin(len: usize) -> [u32; 3] {
    [0x9e37_79b9_u32.wrapping_add(len as u32).wrapping_add(3_923_095); 3]
}

fn mix([mut a, mut b, mut c]: [u32; 3]) -> [u32; 3] {
    a = a.wrapping_sub(c) ^ c.rotate_left(4);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(6);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(8);
    b = b.wrapping_add(a);
    a = a.wrapping_sub(c) ^ c.rotate_left(16);
    c = c.wrapping_add(b);
    b = b.wrapping_sub(a) ^ a.rotate_left(19);
    a = a.wrapping_add(c);
    c = c.wrapping_sub(b) ^ b.rotate_left(4);
    b = b.wrapping_add(a);
    [a, b, c]
}

/// `b` and `c` as one number.
fn finish([mut a, mut b, mut c]: [u32; 3]) -> u64 {
    c = (c ^ b).wrapping_sub(b.rotate_left(14));
    a = (a ^ c).wrapping_sub(c.rotate_left(11));
    b = (b ^ a).wrapping_sub(a.rotate_left(25));
    c = (c ^ b).wrapping_sub(b.rotate_left(16));
    a = (a ^ c).wrapping_sub(c.rotate_left(4));
    b = (b ^ a).wrapping_sub(a.rotate_left(14));
    c = (c ^ b).wrapping_sub(b.rotate_left(24));
    u64::from(b) << 32 | u64::from(c)
}

fn seeded(words: [u32; 3], seed: u64) -> [u32; 3] {
    match seed {
        0 => words,
        seed => mix([words[0].wrapping_add((seed >> 32) as u32), words[1].wrapping_add(seed as u32), words[2]]),
    }
}

/// `hash_any_extended`; the lower half is `hash_any` where `seed` is 0.
pub fn bytes(bytes: &[u8], seed: u64) -> u64 {
    let mut words = seeded(begin(bytes.len()), seed);
    let mut chunks = bytes.chunks_exact(12);
    let word = |four: &[u8]| four.iter().rev().fold(0, |word, byte| word << 8 | u32::from(*byte));
    for chunk in &mut chunks {
        for (sum, four) in words.iter_mut().zip(chunk.chunks(4)) {
            *sum = sum.wrapping_add(word(four));
        }
        words = mix(words);
    }
    let rest = chunks.remainder();
    for (sum, four) in words.iter_mut().zip(rest.chunks(4)).take(2) {
        *sum = sum.wrapping_add(word(four));
    }
    // The lowest byte of the last word is the length's.
    if let Some(last) = rest.get(8..) {
        words[2] = words[2].wrapping_add(word(last) << 8);
    }
    finish(words)
}

/// `hash_uint32_extended`.
pub fn uint32(value: u32, seed: u64) -> u64 {
    let [a, b, c] = seeded(begin(4), seed);
    finish([a.wrapping_add(value), b, c])
}

/// `hashint8`: as `hashint4` of what fits.
pub fn int8(value: i64, seed: u64) -> u64 {
    let high = (value >> 32) as u32;
    uint32(value as u32 ^ if value >= 0 { high } else { !high }, seed)
}

/// `hashfloat8`, and `hashfloat4` of the same value.
pub fn float8(value: f64, seed: u64) -> u64 {
    if value == 0.0 {
        return seed;
    }
    let value = if value.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { value };
    bytes(&value.to_le_bytes(), seed)
}
