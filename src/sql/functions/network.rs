//! Network addresses (section 9.12).

use super::Function;
use crate::sql::emission::Emission::*;
use crate::types::Type;

pub(super) static FUNCTIONS: &[Function] = functions! {
    "abbrev" (INET) TEXT Own("pg_inet_abbrev"), Immutable Plain;
    "abbrev" (CIDR) TEXT Own("pg_cidr_abbrev"), Immutable Plain;
    "broadcast" (INET) INET Own("pg_network_broadcast"), Immutable Plain;
    "family" (INET) INT4 Own("pg_network_family"), Immutable Plain;
    "host" (INET) TEXT Own("pg_network_host"), Immutable Plain;
    "hostmask" (INET) INET Own("pg_network_hostmask"), Immutable Plain;
    "inet_merge" (INET INET) CIDR Own("pg_inet_merge"), Immutable Plain;
    "inet_same_family" (INET INET) BOOL Own("pg_inet_same_family"), Immutable Plain;
    "masklen" (INET) INT4 Own("pg_network_masklen"), Immutable Plain;
    "netmask" (INET) INET Own("pg_network_netmask"), Immutable Plain;
    "network" (INET) CIDR Own("pg_inet_network"), Immutable Plain;
    "set_masklen" (INET INT4) INET Own("pg_inet_set_masklen"), Immutable Plain;
    "set_masklen" (CIDR INT4) CIDR Own("pg_cidr_set_masklen"), Immutable Plain;
    "trunc" (MACADDR) MACADDR Own("pg_macaddr_trunc"), Immutable Plain;
    "trunc" (MACADDR8) MACADDR8 Own("pg_macaddr8_trunc"), Immutable Plain;
    "macaddr8_set7bit" (MACADDR8) MACADDR8 Own("pg_macaddr8_set7bit"), Immutable Plain;
};
