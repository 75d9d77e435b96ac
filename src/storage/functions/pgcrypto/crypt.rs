//! `crypt` and `gen_salt`: hashes of passwords by bcrypt (`$2a$`) and MD5 (`$1$`).
//!
//! bcrypt takes as long as its salt says, which may be days: between its rounds it is looked whether somebody has given up.

use std::fmt::Write;

use blowfish::Blowfish;
use md5::{Digest, Md5};
use rand::Rng;

use super::{Call, Out, failed};
use crate::types::{PgError, SqlState};

type Bcrypt = Blowfish;

/// crypt(3)'s digits.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// bcrypt's.
const BCRYPT_DIGITS: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Digits of a bcrypt salt, behind `$2a$06$`.
const BCRYPT_SALT: usize = 22;
const BCRYPT_PREFIX: usize = 7;

/// Rounds between two looks at who waits.
const ROUNDS: u32 = 16;

fn invalid_salt() -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, "invalid salt")
}

/// (password, salt, or a hash that begins with it).
pub fn crypt(call: &Call) -> Result<Out, PgError> {
    let (password, setting) = (call.text(0)?.as_bytes(), call.text(1)?);
    if setting.starts_with("$2a$") || setting.starts_with("$2x$") {
        return Ok(bcrypt(call, password, setting)?.into());
    }
    if setting.starts_with("$2$") {
        return Err(failed("crypt(3) returned NULL"));
    }
    if let Some(salt) = setting.strip_prefix("$1$") {
        return Ok(md5_crypt(password, salt).into());
    }
    let shortest = if setting.starts_with('_') { 9 } else { 2 };
    if setting.len() < shortest {
        return Err(invalid_salt());
    }
    // PostgreSQL takes whatever else there is for a salt of DES, `$2b$` and `$6$` too.
    let hint = "There are bcrypt, whose salts begin with $2a$, and MD5, with $1$: gen_salt('bf') makes one.";
    Err(PgError::unsupported("crypt() with a salt of DES").hint(hint))
}

/// Of a salt of `$2x$`, whose makers took bytes for signed, such hashes as they made.
fn bcrypt(call: &Call, password: &[u8], setting: &str) -> Result<String, PgError> {
    let bytes = setting.as_bytes();
    let (cost, digits) = match bytes {
        [b'$', b'2', _, b'$', tens @ b'0'..=b'3', ones @ b'0'..=b'9', b'$', digits @ ..] => {
            (u32::from(tens - b'0') * 10 + u32::from(ones - b'0'), digits)
        }
        _ => return Err(invalid_salt()),
    };
    let digits = digits.get(..BCRYPT_SALT).filter(|_| (4..=31).contains(&cost)).ok_or_else(invalid_salt)?;
    let salt = bcrypt_decode(digits).ok_or_else(invalid_salt)?;
    let key = bcrypt_key(password, bytes[2] == b'x');
    let mut state = Bcrypt::bc_init_state();
    state.salted_expand_key(&salt, &key);
    for round in 0..1u32 << cost {
        if round % ROUNDS == 0 {
            call.look_up()?;
        }
        state.bc_expand_key(&key);
        state.bc_expand_key(&salt);
    }
    let mut hash = Vec::with_capacity(24);
    for pair in b"OrpheanBeholderScryDoubt".as_chunks::<8>().0 {
        let [a, b, c, d, e, f, g, h] = *pair;
        let mut words = [u32::from_be_bytes([a, b, c, d]), u32::from_be_bytes([e, f, g, h])];
        for _ in 0..64 {
            words = state.bc_encrypt(words);
        }
        words.iter().for_each(|word| hash.extend_from_slice(&word.to_be_bytes()));
    }
    // The last byte is left out.
    hash.truncate(23);
    let mut out = setting[..BCRYPT_PREFIX].to_owned();
    // As the salt's own bits have it: what digit there was may have had more.
    bcrypt_encode(&salt, &mut out);
    bcrypt_encode(&hash, &mut out);
    Ok(out)
}

/// The 18 words that a password, and the zero behind it, are repeated to.
fn bcrypt_key(password: &[u8], signed: bool) -> [u8; 72] {
    let mut bytes = password.iter().copied().chain([0]).cycle();
    let mut key = [0; 72];
    for word in key.as_chunks_mut::<4>().0 {
        let mut value = 0u32;
        for _ in 0..4 {
            let byte = bytes.next().unwrap_or(0);
            value <<= 8;
            value |= if signed { i32::from(byte.cast_signed()).cast_unsigned() } else { u32::from(byte) };
        }
        *word = value.to_be_bytes();
    }
    key
}

/// Three bytes are four digits, the first bits first; of the last, as many as it takes.
fn bcrypt_encode(bytes: &[u8], out: &mut String) {
    for chunk in bytes.chunks(3) {
        let group = [0, chunk[0], *chunk.get(1).unwrap_or(&0), *chunk.get(2).unwrap_or(&0)];
        let bits = u32::from_be_bytes(group);
        for place in 0..=chunk.len() as u32 {
            out.push(char::from(BCRYPT_DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
        }
    }
}

/// 16 bytes of 22 digits.
fn bcrypt_decode(digits: &[u8]) -> Option<[u8; 16]> {
    let mut bits = 0u128;
    for (place, digit) in digits.iter().enumerate() {
        let value = BCRYPT_DIGITS.iter().position(|other| other == digit)? as u128;
        // Of the last only the first two bits count.
        bits = match place + 1 == BCRYPT_SALT {
            true => bits << 2 | value >> 4,
            false => bits << 6 | value,
        };
    }
    Some(bits.to_be_bytes())
}

/// FreeBSD's.
fn md5_crypt(password: &[u8], salt: &str) -> String {
    let salt = salt.split('$').next().unwrap_or_default();
    let end = (0..=salt.len().min(8)).rev().find(|end| salt.is_char_boundary(*end)).unwrap_or(0);
    let salt = &salt[..end];
    let once = Md5::new().chain_update(password).chain_update(salt).chain_update(password).finalize();
    let mut first = Md5::new().chain_update(password).chain_update("$1$").chain_update(salt);
    for chunk in password.chunks(16) {
        first.update(&once[..chunk.len()]);
    }
    let mut length = password.len();
    while length > 0 {
        match length & 1 {
            1 => first.update([0]),
            _ => first.update(&password[..1]),
        }
        length >>= 1;
    }
    let mut hash = first.finalize();
    for round in 0..1000 {
        let mut next = Md5::new();
        let odd = round % 2 == 1;
        if odd {
            next.update(password)
        } else {
            next.update(hash)
        }
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        if odd {
            next.update(hash)
        } else {
            next.update(password)
        }
        hash = next.finalize();
    }
    let mut out = format!("$1${salt}$");
    for [a, b, c] in [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]] {
        digits(u32::from_be_bytes([0, hash[a], hash[b], hash[c]]), 4, &mut out);
    }
    digits(u32::from(hash[11]), 2, &mut out);
    out
}

/// The last bits first.
fn digits(mut bits: u32, count: usize, out: &mut String) {
    for _ in 0..count {
        out.push(char::from(DIGITS[(bits & 63) as usize]));
        bits >>= 6;
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A new salt of an algorithm; `rounds`: 0 for the usual.
pub fn gen_salt(algorithm: &str, rounds: i32) -> Result<Out, PgError> {
    let refused = |why: &str| Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("gen_salt: {why}")));
    let wrong = || refused("Incorrect number of rounds");
    let mut out = String::new();
    match (algorithm.to_ascii_lowercase().as_str(), rounds) {
        ("des", 0 | 25) => random::<2>().into_iter().for_each(|byte| digits(byte.into(), 1, &mut out)),
        ("md5", 0 | 1000) => {
            out.push_str("$1$");
            for [a, b, c] in random::<6>().as_chunks::<3>().0 {
                digits(u32::from_le_bytes([*a, *b, *c, 0]), 4, &mut out);
            }
        }
        ("xdes", 0..=0xff_ffff) if rounds == 0 || rounds % 2 == 1 => {
            // An even number would tell weak keys.
            let rounds = if rounds == 0 { 29 * 25 } else { rounds };
            out.push('_');
            digits(rounds.cast_unsigned(), 4, &mut out);
            let [a, b, c] = random();
            digits(u32::from_le_bytes([a, b, c, 0]), 4, &mut out);
        }
        ("bf", 0 | 4..=31) => {
            let rounds = if rounds == 0 { 6 } else { rounds };
            // A String takes everything.
            let _ = write!(out, "$2a${rounds:02}$");
            bcrypt_encode(&random::<16>(), &mut out);
        }
        ("des" | "md5" | "xdes" | "bf", _) => return wrong(),
        _ => return refused("Unknown salt algorithm"),
    }
    Ok(out.into())
}
