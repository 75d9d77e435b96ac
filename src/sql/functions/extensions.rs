//! Functions of extensions: there while their extension is, in its schema.
//!
//! Each has an emission of its own, by which a bound expression tells which function it calls: what calls one depends
//! on it ([`called`]).

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Function;
use crate::sql::emission::Emission::{self, *};
use crate::types::Type;

static UUID_OSSP: &[Function] = functions! {
    "uuid_nil" () UUID Own("pg_uuid_nil"), Immutable Plain;
    "uuid_ns_dns" () UUID Own("pg_uuid_ns_dns"), Immutable Plain;
    "uuid_ns_url" () UUID Own("pg_uuid_ns_url"), Immutable Plain;
    "uuid_ns_oid" () UUID Own("pg_uuid_ns_oid"), Immutable Plain;
    "uuid_ns_x500" () UUID Own("pg_uuid_ns_x500"), Immutable Plain;
    "uuid_generate_v1" () UUID Own("pg_uuid_generate_v1"), Volatile Plain;
    "uuid_generate_v1mc" () UUID Own("pg_uuid_generate_v1mc"), Volatile Plain;
    "uuid_generate_v3" (UUID TEXT) UUID Own("pg_uuid_generate_v3"), Immutable Plain;
    "uuid_generate_v4" () UUID Own("pg_uuid_generate_v4"), Volatile Plain;
    "uuid_generate_v5" (UUID TEXT) UUID Own("pg_uuid_generate_v5"), Immutable Plain;
};

static PGCRYPTO: &[Function] = functions! {
    "digest" (TEXT TEXT) BYTEA Own("pg_digest_text"), Immutable Plain;
    "digest" (BYTEA TEXT) BYTEA Own("pg_digest_bytea"), Immutable Plain;
    "hmac" (TEXT TEXT TEXT) BYTEA Own("pg_hmac_text"), Immutable Plain;
    "hmac" (BYTEA BYTEA TEXT) BYTEA Own("pg_hmac_bytea"), Immutable Plain;
    "crypt" (TEXT TEXT) TEXT Own("pg_crypt"), Immutable Plain;
    "gen_salt" (TEXT) TEXT Own("pg_gen_salt"), Volatile Plain;
    "gen_salt" (TEXT INT4) TEXT Own("pg_gen_salt_rounds"), Volatile Plain;
    "encrypt" (BYTEA BYTEA TEXT) BYTEA Own("pg_encrypt"), Immutable Plain;
    "decrypt" (BYTEA BYTEA TEXT) BYTEA Own("pg_decrypt"), Immutable Plain;
    "encrypt_iv" (BYTEA BYTEA BYTEA TEXT) BYTEA Own("pg_encrypt_iv"), Immutable Plain;
    "decrypt_iv" (BYTEA BYTEA BYTEA TEXT) BYTEA Own("pg_decrypt_iv"), Immutable Plain;
    "gen_random_bytes" (INT4) BYTEA Own("pg_random_bytes"), Volatile Plain;
    "gen_random_uuid" () UUID Own("pg_random_uuid"), Volatile Plain;
    "pgp_sym_encrypt" (TEXT TEXT) BYTEA Missing("function pgp_sym_encrypt(text, text)"), Volatile Plain;
    "pgp_sym_encrypt_bytea" (BYTEA TEXT) BYTEA Missing("function pgp_sym_encrypt_bytea(bytea, text)"), Volatile Plain;
    "pgp_sym_encrypt" (TEXT TEXT TEXT) BYTEA Missing("function pgp_sym_encrypt(text, text, text)"), Volatile Plain;
    "pgp_sym_encrypt_bytea" (BYTEA TEXT TEXT) BYTEA
        Missing("function pgp_sym_encrypt_bytea(bytea, text, text)"), Volatile Plain;
    "pgp_sym_decrypt" (BYTEA TEXT) TEXT Missing("function pgp_sym_decrypt(bytea, text)"), Immutable Plain;
    "pgp_sym_decrypt_bytea" (BYTEA TEXT) BYTEA Missing("function pgp_sym_decrypt_bytea(bytea, text)"), Immutable Plain;
    "pgp_sym_decrypt" (BYTEA TEXT TEXT) TEXT Missing("function pgp_sym_decrypt(bytea, text, text)"), Immutable Plain;
    "pgp_sym_decrypt_bytea" (BYTEA TEXT TEXT) BYTEA
        Missing("function pgp_sym_decrypt_bytea(bytea, text, text)"), Immutable Plain;
    "pgp_pub_encrypt" (TEXT BYTEA) BYTEA Missing("function pgp_pub_encrypt(text, bytea)"), Volatile Plain;
    "pgp_pub_encrypt_bytea" (BYTEA BYTEA) BYTEA Missing("function pgp_pub_encrypt_bytea(bytea, bytea)"), Volatile Plain;
    "pgp_pub_encrypt" (TEXT BYTEA TEXT) BYTEA Missing("function pgp_pub_encrypt(text, bytea, text)"), Volatile Plain;
    "pgp_pub_encrypt_bytea" (BYTEA BYTEA TEXT) BYTEA
        Missing("function pgp_pub_encrypt_bytea(bytea, bytea, text)"), Volatile Plain;
    "pgp_pub_decrypt" (BYTEA BYTEA) TEXT Missing("function pgp_pub_decrypt(bytea, bytea)"), Immutable Plain;
    "pgp_pub_decrypt_bytea" (BYTEA BYTEA) BYTEA
        Missing("function pgp_pub_decrypt_bytea(bytea, bytea)"), Immutable Plain;
    "pgp_pub_decrypt" (BYTEA BYTEA TEXT) TEXT Missing("function pgp_pub_decrypt(bytea, bytea, text)"), Immutable Plain;
    "pgp_pub_decrypt_bytea" (BYTEA BYTEA TEXT) BYTEA
        Missing("function pgp_pub_decrypt_bytea(bytea, bytea, text)"), Immutable Plain;
    "pgp_pub_decrypt" (BYTEA BYTEA TEXT TEXT) TEXT
        Missing("function pgp_pub_decrypt(bytea, bytea, text, text)"), Immutable Plain;
    "pgp_pub_decrypt_bytea" (BYTEA BYTEA TEXT TEXT) BYTEA
        Missing("function pgp_pub_decrypt_bytea(bytea, bytea, text, text)"), Immutable Plain;
    "pgp_key_id" (BYTEA) TEXT Missing("function pgp_key_id(bytea)"), Immutable Plain;
    "armor" (BYTEA) TEXT Own("pg_armor"), Immutable Plain;
    "armor" (BYTEA TEXTS TEXTS) TEXT Own("pg_armor_headers"), Immutable Plain;
    "dearmor" (TEXT) BYTEA Own("pg_dearmor"), Immutable Plain;
    "pgp_armor_headers" (TEXT) RECORD Missing("function pgp_armor_headers(text)"), Immutable Plain;
};

/// By extension, in the order of [`Available::functions`](crate::catalog::extensions::Available::functions).
static TABLES: &[(&str, &[Function])] = &[("uuid-ossp", UUID_OSSP), ("pgcrypto", PGCRYPTO)];

/// The functions of all extensions.
pub fn all() -> impl Iterator<Item = &'static Function> {
    TABLES.iter().flat_map(|(_, functions)| functions.iter())
}

/// The functions of an extension, in the order of their OIDs.
pub fn of(extension: &str) -> &'static [Function] {
    TABLES.iter().find(|(name, _)| *name == extension).map_or(&[], |(_, functions)| functions)
}

/// Which extension a function is of, and its place there; `None` for PostgreSQL's own.
pub fn origin(function: &Function) -> Option<(&'static str, usize)> {
    let is_it = |other: &Function| std::ptr::eq(other, function);
    TABLES.iter().find_map(|(name, functions)| Some((*name, functions.iter().position(is_it)?)))
}

/// The extension's function that is called by an emission, and its place there.
pub fn called(emission: Emission) -> Option<(&'static str, usize)> {
    static BY_EMISSION: LazyLock<HashMap<&'static str, (&'static str, usize)>> = LazyLock::new(|| {
        let mut all = HashMap::new();
        for (extension, functions) in TABLES {
            for (place, function) in functions.iter().enumerate() {
                if let Own(name) = function.emission {
                    all.insert(name, (*extension, place));
                }
            }
        }
        all
    });
    match emission {
        Own(name) => BY_EMISSION.get(name).copied(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::extensions;

    #[test]
    fn they_are_those_that_the_catalog_lists() {
        for available in extensions::available() {
            let listed = available.functions().iter().map(|function| (function.name, &function.args[..]));
            let here = of(available.name).iter().map(|function| (function.name, function.args));
            assert!(listed.eq(here), "{}", available.name);
        }
    }

    #[test]
    fn each_is_called_by_a_name_of_its_own() {
        let others: Vec<Emission> = super::super::all().map(|function| function.emission).collect();
        for function in all() {
            assert!(!others.contains(&function.emission), "{function:?}");
            let called = called(function.emission);
            assert!(called.is_none() || called == origin(function), "{function:?}");
        }
    }
}
