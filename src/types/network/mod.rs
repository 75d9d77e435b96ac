//! `inet` and `cidr`: an address, and how many of its bits are its network's (`network.c`).
//!
//! Both are one kind of value. A cidr has no bits set beyond its network's, and always shows how many those are.

mod input;
mod macaddr;
mod output;

use std::cmp::Ordering;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use macaddr::{MacAddr, MacAddr8};

use super::{PgError, SqlState};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Network {
    pub address: IpAddr,
    /// Of the network: 32 or 128 at most.
    pub bits: u8,
}

impl Network {
    /// One host's address.
    pub fn host(address: IpAddr) -> Network {
        Network { address, bits: max_bits(address) }
    }

    fn new(address: IpAddr, bits: u8) -> Network {
        Network { address, bits }
    }

    /// The address as a number, whose highest bit is the first of 128.
    fn number(self) -> u128 {
        match self.address {
            IpAddr::V4(address) => u128::from(u32::from(address)) << 96,
            IpAddr::V6(address) => address.into(),
        }
    }

    fn with_number(self, number: u128) -> Network {
        let address = match self.address {
            IpAddr::V4(_) => IpAddr::V4(((number >> 96) as u32).into()),
            IpAddr::V6(_) => IpAddr::V6(number.into()),
        };
        Network { address, ..self }
    }

    pub fn is_v4(self) -> bool {
        self.address.is_ipv4()
    }

    /// 32 or 128.
    pub fn max_bits(self) -> u8 {
        max_bits(self.address)
    }

    fn mask(self) -> u128 {
        first_bits(self.bits)
    }

    /// All bits of an address of this family.
    fn all(self) -> u128 {
        first_bits(self.max_bits())
    }

    /// Whether it may be a cidr.
    pub fn is_network(self) -> bool {
        self.number() & !self.mask() == 0
    }

    /// `network_cmp`: IPv4 first; then by the bits that both networks have, by how many those are, by the rest.
    pub fn compare(self, other: Network) -> Ordering {
        let common = first_bits(self.bits.min(other.bits));
        let (a, b) = (self.number(), other.number());
        (!self.is_v4())
            .cmp(&!other.is_v4())
            .then_with(|| (a & common).cmp(&(b & common)))
            .then_with(|| self.bits.cmp(&other.bits))
            .then_with(|| a.cmp(&b))
    }

    /// Whether all of `other` is within: `>>=`.
    pub fn contains_or_is(self, other: Network) -> bool {
        self.is_v4() == other.is_v4()
            && self.bits <= other.bits
            && self.number() & self.mask() == other.number() & self.mask()
    }

    /// `>>`.
    pub fn contains(self, other: Network) -> bool {
        self.bits < other.bits && self.contains_or_is(other)
    }

    /// `&&`.
    pub fn overlaps(self, other: Network) -> bool {
        self.contains_or_is(other) || other.contains_or_is(self)
    }

    /// `network(inet)`, and what casts to cidr.
    pub fn network(self) -> Network {
        self.with_number(self.number() & self.mask())
    }

    pub fn broadcast(self) -> Network {
        self.with_number(self.number() | (self.all() & !self.mask()))
    }

    pub fn netmask(self) -> Network {
        Network::new(self.with_number(self.mask()).address, self.max_bits())
    }

    pub fn hostmask(self) -> Network {
        Network::new(self.with_number(self.all() & !self.mask()).address, self.max_bits())
    }

    /// `set_masklen`; of a cidr the bits beyond it go. Errors: 22023.
    pub fn with_bits(self, bits: i64, is_cidr: bool) -> Result<Network, PgError> {
        let most = i64::from(self.max_bits());
        let bits = if bits == -1 { most } else { bits };
        if !(0..=most).contains(&bits) {
            let message = format!("invalid mask length: {bits}");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        let changed = Network::new(self.address, bits as u8);
        Ok(if is_cidr { changed.network() } else { changed })
    }

    /// The smallest network that has both. Errors: 22023 for addresses of different families.
    pub fn merge(self, other: Network) -> Result<Network, PgError> {
        if self.is_v4() != other.is_v4() {
            let message = "cannot merge addresses from different families";
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        let common = (self.number() ^ other.number()).leading_zeros() as u8;
        Ok(Network::new(self.address, common.min(self.bits).min(other.bits)).network())
    }

    /// `~`.
    pub fn inverted(self) -> Network {
        self.with_number(!self.number() & self.all())
    }

    /// `&` and `|`. Errors: 22023 for addresses of different families.
    pub fn combined(self, other: Network, what: &str, combine: fn(u128, u128) -> u128) -> Result<Network, PgError> {
        if self.is_v4() != other.is_v4() {
            let message = format!("cannot {what} inet values of different sizes");
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        let bits = self.bits.max(other.bits);
        Ok(Network::new(self.with_number(combine(self.number(), other.number())).address, bits))
    }

    /// Errors: 22003 beyond the family's addresses.
    pub fn plus(self, offset: i64) -> Result<Network, PgError> {
        let shift = 128 - u32::from(self.max_bits());
        let number = self.number() >> shift;
        let sum = match offset {
            0.. => number.checked_add(offset.unsigned_abs().into()),
            _ => number.checked_sub(offset.unsigned_abs().into()),
        };
        let sum = sum.filter(|sum| *sum <= self.all() >> shift).ok_or_else(out_of_range)?;
        Ok(self.with_number(sum << shift))
    }

    pub fn minus(self, offset: i64) -> Result<Network, PgError> {
        match offset.checked_neg() {
            Some(offset) => self.plus(offset),
            None => self.plus(i64::MAX)?.plus(1),
        }
    }

    /// How many addresses lie between. Errors: 22023 for addresses of different families, 22003 for too many.
    pub fn distance(self, other: Network) -> Result<i64, PgError> {
        if self.is_v4() != other.is_v4() {
            let message = "cannot subtract inet values of different sizes";
            return Err(PgError::new(SqlState::INVALID_PARAMETER_VALUE, message));
        }
        let shift = 128 - u32::from(self.max_bits());
        let (a, b) = (self.number() >> shift, other.number() >> shift);
        let distance = i128::try_from(a.abs_diff(b)).map_err(|_| out_of_range())?;
        i64::try_from(if a < b { -distance } else { distance }).map_err(|_| out_of_range())
    }
}

fn out_of_range() -> PgError {
    PgError::new(SqlState::NUMERIC_VALUE_OUT_OF_RANGE, "result is out of range")
}

fn max_bits(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn first_bits(count: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(count)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
