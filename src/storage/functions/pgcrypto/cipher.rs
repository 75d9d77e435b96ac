//! `encrypt` and `decrypt` (`pgp`'s raw functions): AES in the modes CBC and ECB.

use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit};
use aes::{Aes128, Aes192, Aes256};

use super::{Out, cannot_use, failed, folded};
use crate::types::PgError;

const BLOCK: usize = 16;

/// A cipher as its name says.
struct Cipher {
    /// CBC, not ECB.
    chained: bool,
    /// PKCS #7; without, the data must be whole blocks.
    padded: bool,
}

/// What PostgreSQL has beside AES.
const OTHERS: [&str; 19] = [
    "bf",
    "bf-cbc",
    "bf-ecb",
    "bf-cfb",
    "blowfish",
    "blowfish-cbc",
    "blowfish-ecb",
    "blowfish-cfb",
    "des",
    "des-cbc",
    "des-ecb",
    "3des",
    "3des-cbc",
    "3des-ecb",
    "des3-cbc",
    "des3-ecb",
    "cast5",
    "cast5-cbc",
    "cast5-ecb",
];

/// `algorithm[-mode][/pad:padding]`.
fn cipher(name: &str) -> Result<Cipher, PgError> {
    let whole = folded(name);
    let mut parts = whole.split('/');
    let algorithm = parts.next().unwrap_or_default();
    let mut padding = None;
    for option in parts.filter(|option| !option.is_empty()) {
        match option.split_once(':') {
            Some(("pad", value)) => padding = Some(value),
            Some(_) => return Err(cannot_use(&whole, "Unknown option")),
            None => return Err(cannot_use(&whole, "Badly formatted type")),
        }
    }
    let missing = || cannot_use(&whole, "No such cipher algorithm");
    let chained = match algorithm {
        "aes" | "aes-cbc" | "rijndael" | "rijndael-cbc" => true,
        "aes-ecb" | "rijndael-ecb" => false,
        other if OTHERS.contains(&other) => {
            let hint = "Of the ciphers of pgcrypto there is AES: \"aes-cbc\" and \"aes-ecb\".";
            return Err(PgError::unsupported(format!("the cipher \"{other}\"")).hint(hint));
        }
        _ => return Err(missing()),
    };
    let padded = match padding {
        None | Some("pkcs") => true,
        Some("none") => false,
        Some(_) => return Err(missing()),
    };
    Ok(Cipher { chained, padded })
}

/// A key of any length, cut or filled with zeros to one that AES has.
enum Key {
    Aes128(Aes128),
    Aes192(Aes192),
    Aes256(Aes256),
}

impl Key {
    fn new(key: &[u8]) -> Key {
        let mut filled = [0; 32];
        let length = key.len().min(filled.len());
        filled[..length].copy_from_slice(&key[..length]);
        let [first, second] = [&filled[..16], &filled[16..]];
        let array = |bytes: &[u8]| -> [u8; 16] { std::array::from_fn(|index| bytes[index]) };
        match length {
            ..=16 => Key::Aes128(Aes128::new(&array(first).into())),
            17..=24 => {
                let key: [u8; 24] = std::array::from_fn(|index| filled[index]);
                Key::Aes192(Aes192::new(&key.into()))
            }
            _ => {
                debug_assert_eq!(second.len(), 16);
                Key::Aes256(Aes256::new(&filled.into()))
            }
        }
    }

    fn encrypt(&self, block: &mut [u8; BLOCK]) {
        match self {
            Key::Aes128(key) => encrypted(key, block),
            Key::Aes192(key) => encrypted(key, block),
            Key::Aes256(key) => encrypted(key, block),
        }
    }

    fn decrypt(&self, block: &mut [u8; BLOCK]) {
        match self {
            Key::Aes128(key) => decrypted(key, block),
            Key::Aes192(key) => decrypted(key, block),
            Key::Aes256(key) => decrypted(key, block),
        }
    }
}

fn encrypted<C: BlockCipherEncrypt>(key: &C, block: &mut [u8; BLOCK])
where
    Block<C>: From<[u8; BLOCK]> + Into<[u8; BLOCK]>,
{
    let mut of: Block<C> = (*block).into();
    key.encrypt_block(&mut of);
    *block = of.into();
}

fn decrypted<C: BlockCipherDecrypt + BlockSizeUser>(key: &C, block: &mut [u8; BLOCK])
where
    Block<C>: From<[u8; BLOCK]> + Into<[u8; BLOCK]>,
{
    let mut of: Block<C> = (*block).into();
    key.decrypt_block(&mut of);
    *block = of.into();
}

/// The initial vector: cut, or filled with zeros.
fn initial(iv: &[u8]) -> [u8; BLOCK] {
    std::array::from_fn(|index| iv.get(index).copied().unwrap_or(0))
}

pub fn encrypt(function: &str, data: &[u8], key: &[u8], iv: &[u8], name: &str) -> Result<Out, PgError> {
    let cipher = cipher(name)?;
    let key = Key::new(key);
    let mut out = Vec::with_capacity(data.len() + BLOCK);
    out.extend_from_slice(data);
    if cipher.padded {
        let missing = BLOCK - data.len() % BLOCK;
        out.resize(data.len() + missing, missing as u8);
    }
    let mut last = initial(iv);
    let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
    if !rest.is_empty() {
        return Err(failed(format!("{function} error: Encryption failed")));
    }
    for block in blocks {
        if cipher.chained {
            block.iter_mut().zip(last).for_each(|(byte, before)| *byte ^= before);
        }
        key.encrypt(block);
        last = *block;
    }
    Ok(out.into())
}

pub fn decrypt(function: &str, data: &[u8], key: &[u8], iv: &[u8], name: &str) -> Result<Out, PgError> {
    let cipher = cipher(name)?;
    let key = Key::new(key);
    let wrong = || failed(format!("{function} error: Decryption failed"));
    let mut out = data.to_vec();
    let mut last = initial(iv);
    let (blocks, rest) = out.as_chunks_mut::<BLOCK>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    for block in blocks {
        let before = std::mem::replace(&mut last, *block);
        key.decrypt(block);
        if cipher.chained {
            block.iter_mut().zip(before).for_each(|(byte, before)| *byte ^= before);
        }
    }
    if cipher.padded {
        let padding = out.last().map_or(0, |last| usize::from(*last));
        let from = out.len().checked_sub(padding).filter(|_| (1..=BLOCK).contains(&padding)).ok_or_else(wrong)?;
        if out[from..].iter().any(|byte| usize::from(*byte) != padding) {
            return Err(wrong());
        }
        out.truncate(from);
    }
    Ok(out.into())
}
