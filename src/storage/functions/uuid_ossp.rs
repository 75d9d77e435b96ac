//! The functions of the extension uuid-ossp (RFC 4122).

use std::sync::{LazyLock, Mutex, PoisonError};

use md5::{Digest, Md5};
use sha1::Sha1;
use uuid::{Builder, Uuid};

use super::session::random_uuid;
use super::{Call, Out, Scalar, stored};
use crate::types::timestamp;
use crate::types::{PgError, SqlState};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_uuid_nil", |_| Ok(out(Uuid::nil()))),
    ("pg_uuid_ns_dns", |_| Ok(out(Uuid::NAMESPACE_DNS))),
    ("pg_uuid_ns_url", |_| Ok(out(Uuid::NAMESPACE_URL))),
    ("pg_uuid_ns_oid", |_| Ok(out(Uuid::NAMESPACE_OID))),
    ("pg_uuid_ns_x500", |_| Ok(out(Uuid::NAMESPACE_X500))),
    ("pg_uuid_generate_v1", |_| Ok(out(of_time(NODE.address)))),
    ("pg_uuid_generate_v1mc", |_| Ok(out(of_time(random_address())))),
    ("pg_uuid_generate_v3", |call| {
        let hash = Md5::new().chain_update(namespace(call)?).chain_update(call.text(1)?).finalize();
        Ok(out(Builder::from_md5_bytes(hash.into()).into_uuid()))
    }),
    ("pg_uuid_generate_v4", |_| Ok(out(random_uuid()))),
    ("pg_uuid_generate_v5", |call| {
        let hash = Sha1::new().chain_update(namespace(call)?).chain_update(call.text(1)?).finalize();
        let first: [u8; 16] = std::array::from_fn(|index| hash[index]);
        Ok(out(Builder::from_sha1_bytes(first).into_uuid()))
    }),
];

fn out(uuid: Uuid) -> Out {
    stored::uuid(uuid.as_bytes()).into()
}

fn namespace(call: &Call) -> Result<[u8; 16], PgError> {
    let uuid = Uuid::try_parse(call.text(0)?);
    uuid.map(Uuid::into_bytes).map_err(|error| PgError::new(SqlState::DATA_CORRUPTED, error.to_string()))
}

/// What tells the UUIDs of this process from others: an address that no network card has, for RFC 4122 allows one for who
/// does not want to tell his own.
struct Node {
    address: [u8; 6],
    clock: u16,
    /// The time of the last one.
    last: Mutex<u64>,
}

static NODE: LazyLock<Node> =
    LazyLock::new(|| Node { address: random_address(), clock: rand::random(), last: Mutex::new(0) });

/// A random one, for many.
fn random_address() -> [u8; 6] {
    let mut address: [u8; 6] = rand::random();
    address[0] |= 1;
    address
}

/// From 1582-10-15 to 2000-01-01, in units of 100 ns.
const GREGORIAN: u64 = 0x01d3_bfde_63b0_0000;

/// Version 1. No two of a process are of one time.
fn of_time(address: [u8; 6]) -> Uuid {
    let now = u64::try_from(timestamp::now()).unwrap_or(0) * 10 + GREGORIAN;
    let mut last = NODE.last.lock().unwrap_or_else(PoisonError::into_inner);
    *last = now.max(*last + 1);
    Builder::from_gregorian_timestamp(*last, NODE.clock, &address).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_of_time_grow_and_tell_it() {
        let one = of_time(NODE.address);
        let other = of_time(NODE.address);
        assert_ne!(one, other);
        assert_eq!(one.get_version_num(), 1);
        let ticks = |uuid: &Uuid| {
            let (low, middle, high, _) = uuid.as_fields();
            u64::from(high & 0xfff) << 48 | u64::from(middle) << 32 | u64::from(low)
        };
        assert!(ticks(&one) < ticks(&other));
        let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        // From 1582 to 1970.
        let told = (ticks(&one) - 0x01b2_1dd2_1381_4000) / 10_000_000;
        assert!(told.abs_diff(seconds) < 10, "{told} {seconds}");
    }
}
