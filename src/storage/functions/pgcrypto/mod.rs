//! The functions of the extension pgcrypto, over RustCrypto's algorithms.
//!
//! PostgreSQL's are OpenSSL's: of those the usual ones are here, and what OpenSSL knows beyond them is 0A000, as what it does
//! not know is 22023.

mod armor;
mod cipher;
mod crypt;

use hmac::digest::block_api::EagerHash;
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use rand::Rng;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::{Call, Out, Scalar, stored};
use crate::types::{PgError, SqlState};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_digest_text", |call| digest(call.text(0)?.as_bytes(), call.text(1)?)),
    ("pg_digest_bytea", |call| digest(call.bytes(0)?, call.text(1)?)),
    ("pg_hmac_text", |call| hmac(call.text(0)?.as_bytes(), call.text(1)?.as_bytes(), call.text(2)?)),
    ("pg_hmac_bytea", |call| hmac(call.bytes(0)?, call.bytes(1)?, call.text(2)?)),
    ("pg_crypt", crypt::crypt),
    ("pg_gen_salt", |call| crypt::gen_salt(call.text(0)?, 0)),
    ("pg_gen_salt_rounds", |call| crypt::gen_salt(call.text(0)?, call.int4(1)?)),
    ("pg_encrypt", |call| cipher::encrypt("encrypt", call.bytes(0)?, call.bytes(1)?, &[], call.text(2)?)),
    ("pg_decrypt", |call| cipher::decrypt("decrypt", call.bytes(0)?, call.bytes(1)?, &[], call.text(2)?)),
    ("pg_encrypt_iv", |call| {
        cipher::encrypt("encrypt_iv", call.bytes(0)?, call.bytes(1)?, call.bytes(2)?, call.text(3)?)
    }),
    ("pg_decrypt_iv", |call| {
        cipher::decrypt("decrypt_iv", call.bytes(0)?, call.bytes(1)?, call.bytes(2)?, call.text(3)?)
    }),
    ("pg_random_bytes", random_bytes),
    ("pg_random_uuid", |_| Ok(stored::uuid(super::session::random_uuid().as_bytes()).into())),
    ("pg_armor", |call| Ok(armor::write(call.bytes(0)?, &[]).into())),
    ("pg_armor_headers", |call| {
        let headers = armor::headers(call.text(1)?, call.text(2)?)?;
        Ok(armor::write(call.bytes(0)?, &headers).into())
    }),
    ("pg_dearmor", |call| Ok(armor::read(call.text(0)?)?.into())),
];

/// 39000, as for what fails within.
fn failed(message: impl Into<String>) -> PgError {
    PgError::new(SqlState::EXTERNAL_ROUTINE_INVOCATION_EXCEPTION, message)
}

fn cannot_use(name: &str, why: &str) -> PgError {
    PgError::new(SqlState::INVALID_PARAMETER_VALUE, format!("Cannot use \"{name}\": {why}"))
}

/// Longest identifier, in bytes.
const MAX_NAME: usize = 63;

/// As an identifier is folded.
fn folded(name: &str) -> String {
    let mut name = name.to_ascii_lowercase();
    let end = (0..=name.len().min(MAX_NAME)).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    name.truncate(end);
    name
}

enum Algorithm {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

/// What OpenSSL has beside those of [`Algorithm`].
const OTHERS: &[&str] = &[
    "blake2b-512",
    "blake2b512",
    "blake2s-256",
    "blake2s256",
    "keccak-kmac-128",
    "keccak-kmac-256",
    "keccak-kmac128",
    "keccak-kmac256",
    "md4",
    "md5-sha1",
    "ripemd",
    "ripemd-160",
    "ripemd160",
    "rmd160",
    "rsa-md4",
    "rsa-ripemd160",
    "rsa-sha3-224",
    "rsa-sha3-256",
    "rsa-sha3-384",
    "rsa-sha3-512",
    "rsa-sha512/224",
    "rsa-sha512/256",
    "rsa-sm3",
    "sha-512/224",
    "sha-512/256",
    "sha2-512/224",
    "sha2-512/256",
    "sha3-224",
    "sha3-256",
    "sha3-384",
    "sha3-512",
    "sha512-224",
    "sha512-256",
    "shake-128",
    "shake-256",
    "shake128",
    "shake256",
    "sm3",
    "whirlpool",
];

fn algorithm(name: &str) -> Result<Algorithm, PgError> {
    let name = folded(name);
    Ok(match name.as_str() {
        "md5" | "ssl3-md5" | "rsa-md5" => Algorithm::Md5,
        "sha1" | "sha-1" | "ssl3-sha1" | "rsa-sha1" => Algorithm::Sha1,
        "sha224" | "sha-224" | "sha2-224" | "rsa-sha224" => Algorithm::Sha224,
        "sha256" | "sha-256" | "sha2-256" | "rsa-sha256" => Algorithm::Sha256,
        "sha384" | "sha-384" | "sha2-384" | "rsa-sha384" => Algorithm::Sha384,
        "sha512" | "sha-512" | "sha2-512" | "rsa-sha512" => Algorithm::Sha512,
        name if OTHERS.contains(&name) || name.contains("withrsa") => {
            return Err(PgError::unsupported(format!("the hash algorithm \"{name}\"")));
        }
        name => return Err(cannot_use(name, "No such hash algorithm")),
    })
}

fn digest(data: &[u8], name: &str) -> Result<Out, PgError> {
    Ok(match algorithm(name)? {
        Algorithm::Md5 => Md5::digest(data).to_vec(),
        Algorithm::Sha1 => Sha1::digest(data).to_vec(),
        Algorithm::Sha224 => Sha224::digest(data).to_vec(),
        Algorithm::Sha256 => Sha256::digest(data).to_vec(),
        Algorithm::Sha384 => Sha384::digest(data).to_vec(),
        Algorithm::Sha512 => Sha512::digest(data).to_vec(),
    }
    .into())
}

fn hmac(data: &[u8], key: &[u8], name: &str) -> Result<Out, PgError> {
    match algorithm(name)? {
        Algorithm::Md5 => keyed::<Md5>(data, key),
        Algorithm::Sha1 => keyed::<Sha1>(data, key),
        Algorithm::Sha224 => keyed::<Sha224>(data, key),
        Algorithm::Sha256 => keyed::<Sha256>(data, key),
        Algorithm::Sha384 => keyed::<Sha384>(data, key),
        Algorithm::Sha512 => keyed::<Sha512>(data, key),
    }
}

fn keyed<D: EagerHash>(data: &[u8], key: &[u8]) -> Result<Out, PgError>
where
    Hmac<D>: KeyInit + Mac,
{
    // A key of any length will do.
    let mut mac = <Hmac<D> as KeyInit>::new_from_slice(key).map_err(|error| failed(error.to_string()))?;
    mac.update(data);
    Ok(mac.finalize().into_bytes().to_vec().into())
}

/// 1 to 1024 of them.
fn random_bytes(call: &Call) -> Result<Out, PgError> {
    match usize::try_from(call.int4(0)?) {
        Ok(length @ 1..=1024) => {
            let mut bytes = vec![0; length];
            rand::rng().fill_bytes(&mut bytes);
            Ok(bytes.into())
        }
        _ => Err(failed("Length not in range")),
    }
}
