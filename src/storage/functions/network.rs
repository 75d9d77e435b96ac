//! Network addresses: what is compared by a collation of ours, and functions.

use std::cmp::Ordering;

use super::{Call, Out, Scalar, stored};
use crate::types::network::{MacAddr, MacAddr8, Network};
use crate::types::{PgError, SqlState, Type, Value};

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[(&str, Scalar)] = &[
    ("pg_inet_in", |call| Ok(out(Network::input(call.text(0)?, Type::INET)?))),
    ("pg_cidr_in", |call| Ok(out(Network::input(call.text(0)?, Type::CIDR)?))),
    ("pg_macaddr_in", |call| Ok(MacAddr::input(call.text(0)?)?.to_string().into())),
    ("pg_macaddr8_in", |call| Ok(MacAddr8::input(call.text(0)?)?.to_string().into())),
    ("pg_inet_text", |call| Ok(network(call, 0)?.with_width().into())),
    ("pg_inet_network", |call| Ok(out(network(call, 0)?.network()))),
    ("pg_inet_abbrev", |call| Ok(network(call, 0)?.to_string().into())),
    ("pg_cidr_abbrev", |call| Ok(network(call, 0)?.abbreviated().into())),
    ("pg_network_broadcast", |call| Ok(out(network(call, 0)?.broadcast()))),
    ("pg_network_family", |call| Ok(if network(call, 0)?.is_v4() { 4 } else { 6 }.into())),
    ("pg_network_host", |call| Ok(network(call, 0)?.host_text().into())),
    ("pg_network_hostmask", |call| Ok(out(network(call, 0)?.hostmask()))),
    ("pg_network_netmask", |call| Ok(out(network(call, 0)?.netmask()))),
    ("pg_network_masklen", |call| Ok(i32::from(network(call, 0)?.bits).into())),
    ("pg_inet_set_masklen", |call| Ok(out(network(call, 0)?.with_bits(call.int(1)?, false)?))),
    ("pg_cidr_set_masklen", |call| Ok(out(network(call, 0)?.with_bits(call.int(1)?, true)?))),
    ("pg_inet_merge", |call| Ok(out(network(call, 0)?.merge(network(call, 1)?)?))),
    ("pg_inet_same_family", |call| Ok((network(call, 0)?.is_v4() == network(call, 1)?.is_v4()).into())),
    ("pg_network_sub", |call| Ok(network(call, 1)?.contains(network(call, 0)?).into())),
    ("pg_network_subeq", |call| Ok(network(call, 1)?.contains_or_is(network(call, 0)?).into())),
    ("pg_network_sup", |call| Ok(network(call, 0)?.contains(network(call, 1)?).into())),
    ("pg_network_supeq", |call| Ok(network(call, 0)?.contains_or_is(network(call, 1)?).into())),
    ("pg_network_overlap", |call| Ok(network(call, 0)?.overlaps(network(call, 1)?).into())),
    ("pg_inetnot", |call| Ok(out(network(call, 0)?.inverted()))),
    ("pg_inetand", |call| Ok(out(network(call, 0)?.combined(network(call, 1)?, "AND", |a, b| a & b)?))),
    ("pg_inetor", |call| Ok(out(network(call, 0)?.combined(network(call, 1)?, "OR", |a, b| a | b)?))),
    ("pg_inetpl", |call| Ok(out(network(call, 0)?.plus(call.int(1)?)?))),
    ("pg_int8pl_inet", |call| Ok(out(network(call, 1)?.plus(call.int(0)?)?))),
    ("pg_inetmi_int8", |call| Ok(out(network(call, 0)?.minus(call.int(1)?)?))),
    ("pg_inetmi", |call| Ok(network(call, 0)?.distance(network(call, 1)?)?.into())),
    ("pg_macaddr_trunc", |call| Ok(macaddr(call, 0)?.truncate().to_string().into())),
    ("pg_macaddr_not", |call| Ok(macaddr(call, 0)?.combined(MacAddr([0xff; 6]), |a, b| a ^ b).to_string().into())),
    ("pg_macaddr_and", |call| Ok(macaddr(call, 0)?.combined(macaddr(call, 1)?, |a, b| a & b).to_string().into())),
    ("pg_macaddr_or", |call| Ok(macaddr(call, 0)?.combined(macaddr(call, 1)?, |a, b| a | b).to_string().into())),
    ("pg_macaddr_macaddr8", |call| Ok(MacAddr8::from(macaddr(call, 0)?).to_string().into())),
    ("pg_macaddr8_macaddr", |call| Ok(macaddr8(call, 0)?.short()?.to_string().into())),
    ("pg_macaddr8_trunc", |call| Ok(macaddr8(call, 0)?.truncate().to_string().into())),
    ("pg_macaddr8_set7bit", |call| Ok(macaddr8(call, 0)?.with_seventh_bit().to_string().into())),
    ("pg_macaddr8_not", |call| Ok(macaddr8(call, 0)?.combined(MacAddr8([0xff; 8]), |a, b| a ^ b).to_string().into())),
    ("pg_macaddr8_and", |call| Ok(macaddr8(call, 0)?.combined(macaddr8(call, 1)?, |a, b| a & b).to_string().into())),
    ("pg_macaddr8_or", |call| Ok(macaddr8(call, 0)?.combined(macaddr8(call, 1)?, |a, b| a | b).to_string().into())),
];

/// Stored forms; what is none sorts as text.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    match (Network::input(a, Type::INET), Network::input(b, Type::INET)) {
        (Ok(left), Ok(right)) => left.compare(right),
        _ => a.cmp(b),
    }
}

/// A stored form, of a cidr too.
fn out(network: Network) -> Out {
    network.to_string().into()
}

fn network(call: &Call, index: usize) -> Result<Network, PgError> {
    match stored::from_sqlite(call.raw(index), Type::INET)? {
        Value::Inet(network) => Ok(network),
        _ => Err(no_address()),
    }
}

fn macaddr(call: &Call, index: usize) -> Result<MacAddr, PgError> {
    match stored::from_sqlite(call.raw(index), Type::MACADDR)? {
        Value::Macaddr(address) => Ok(address),
        _ => Err(no_address()),
    }
}

fn macaddr8(call: &Call, index: usize) -> Result<MacAddr8, PgError> {
    match stored::from_sqlite(call.raw(index), Type::MACADDR8)? {
        Value::Macaddr8(address) => Ok(address),
        _ => Err(no_address()),
    }
}

fn no_address() -> PgError {
    PgError::new(SqlState::INTERNAL_ERROR, "a function got NULL where it expected an address")
}
