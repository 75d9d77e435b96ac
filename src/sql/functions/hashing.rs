//! Functions of hash indexes, which nobody documents, but applications call for numbers to lock by.

use super::Function;
use crate::sql::emission::Emission::*;
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    "hashtext" (TEXT) INT4 Own("pg_hashtext"), Immutable Plain;
    "hashtextextended" (TEXT INT8) INT8 Own("pg_hashtextextended"), Immutable Plain;
    "hashbpchar" (BPCHAR) INT4 Own("pg_hashbpchar"), Immutable Plain;
    "hashbpcharextended" (BPCHAR INT8) INT8 Own("pg_hashbpcharextended"), Immutable Plain;
    "hashname" (NAME) INT4 Own("pg_hashtext"), Immutable Plain;
    "hashnameextended" (NAME INT8) INT8 Own("pg_hashtextextended"), Immutable Plain;
    "hashchar" (CHAR) INT4 Own("pg_hashchar"), Immutable Plain;
    "hashcharextended" (CHAR INT8) INT8 Own("pg_hashcharextended"), Immutable Plain;
    "hashint2" (INT2) INT4 Own("pg_hashint4"), Immutable Plain;
    "hashint2extended" (INT2 INT8) INT8 Own("pg_hashint4extended"), Immutable Plain;
    "hashint4" (INT4) INT4 Own("pg_hashint4"), Immutable Plain;
    "hashint4extended" (INT4 INT8) INT8 Own("pg_hashint4extended"), Immutable Plain;
    "hashint8" (INT8) INT4 Own("pg_hashint8"), Immutable Plain;
    "hashint8extended" (INT8 INT8) INT8 Own("pg_hashint8extended"), Immutable Plain;
    "hashoid" (OID) INT4 Own("pg_hashint4"), Immutable Plain;
    "hashoidextended" (OID INT8) INT8 Own("pg_hashint4extended"), Immutable Plain;
    "hashfloat4" (FLOAT4) INT4 Own("pg_hashfloat8"), Immutable Plain;
    "hashfloat4extended" (FLOAT4 INT8) INT8 Own("pg_hashfloat8extended"), Immutable Plain;
    "hashfloat8" (FLOAT8) INT4 Own("pg_hashfloat8"), Immutable Plain;
    "hashfloat8extended" (FLOAT8 INT8) INT8 Own("pg_hashfloat8extended"), Immutable Plain;
    "uuid_hash" (UUID) INT4 Own("pg_uuid_hash"), Immutable Plain;
    "uuid_hash_extended" (UUID INT8) INT8 Own("pg_uuid_hash_extended"), Immutable Plain;
};
