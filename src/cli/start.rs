//! `quorlite start`: the flags as typed become the configuration as meant.
//!
//! What cannot take effect is refused here, before a port is bound or a file touched, and the
//! message says what to do: a node that starts otherwise than its operator believes costs more
//! than one that does not start.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::address::Address;
use super::args::Start;
use crate::server::Config;
use crate::session::Patience;

/// 0 is for ever.
fn seconds(given: u32) -> Option<Duration> {
    (given > 0).then(|| Duration::from_secs(given.into()))
}

/// Decides what the flags mean, or says why they mean nothing.
pub fn configure(start: &Start) -> Result<Config, String> {
    if start.data.as_os_str().is_empty() {
        return Err("--data is empty: give a directory for this node's files".to_owned());
    }
    let ports = Ports::resolve(start)?;
    let advertise = advertised(start, &ports)?;
    let join = joined(start, &ports, &advertise)?;
    let bootstrap_expect = expected(start)?;
    Ok(Config {
        data: start.data.clone(),
        listen: ports.listen,
        cluster_listen: ports.cluster,
        http_listen: ports.http,
        sql_address: shown(&start.listen, ports.listen, &advertise),
        http_address: shown(&start.http_listen, ports.http, &advertise),
        advertise: advertise.to_string(),
        join: join.iter().map(Address::to_string).collect(),
        bootstrap_expect,
        max_connections: start.max_connections as usize,
        patience_with_holders: Patience {
            silent_holder: seconds(start.slot_idle_timeout),
            slot: seconds(start.slot_wait_timeout),
        },
        max_readers: start.max_readers as usize,
        patience: Duration::from_secs(start.patience.into()),
        checkpoint_every: start.checkpoint_every,
        leases_reads: !start.no_read_lease,
        max_transaction_size: start.max_transaction_size.0,
        log_keep: start.log_keep,
        log_keep_size: start.log_keep_size.0,
        log: start.log.clone(),
        defaults: Arc::default(),
    })
}

/// The three addresses to listen on, looked up.
struct Ports {
    listen: SocketAddr,
    cluster: SocketAddr,
    http: SocketAddr,
}

impl Ports {
    fn resolve(start: &Start) -> Result<Ports, String> {
        let typed = [
            ("--listen", &start.listen),
            ("--cluster-listen", &start.cluster_listen),
            ("--http-listen", &start.http_listen),
        ];
        let mut found: Vec<(&str, SocketAddr)> = Vec::new();
        for (flag, address) in typed {
            let resolved = address.resolve().map_err(|error| format!("{flag} {address}: {error}"))?;
            if !resolved.ip().is_loopback() && !start.insecure {
                return Err(format!(
                    "{flag} {address} is open to other machines, and Quorlite asks for no password yet: listen on \
                     127.0.0.1, or add --insecure if the network keeps strangers out"
                ));
            }
            if let Some((other, _)) = found.iter().find(|(_, taken)| *taken == resolved && resolved.port() != 0) {
                return Err(format!("{other} and {flag} are both {address}: give each its own port"));
            }
            found.push((flag, resolved));
        }
        if start.cluster_listen.port() == 0 {
            return Err("--cluster-listen needs a port of its own, not 0: the other nodes must find this one again \
                        after a restart"
                .to_owned());
        }
        Ok(Ports { listen: found[0].1, cluster: found[1].1, http: found[2].1 })
    }
}

/// The address under which the other nodes reach this one.
fn advertised(start: &Start, ports: &Ports) -> Result<Address, String> {
    let Some(advertise) = &start.advertise else {
        if start.cluster_listen.is_wildcard() {
            return Err(format!(
                "--cluster-listen {} is every address of this machine, which tells the other nodes nothing: say with \
                 --advertise under which HOST:PORT they reach it",
                start.cluster_listen
            ));
        }
        return Ok(start.cluster_listen.clone());
    };
    if advertise.is_wildcard() || advertise.port() == 0 {
        return Err(format!("--advertise {advertise} cannot be connected to: give the host and port of this node"));
    }
    // Only what is written as an address: names are the business of the network they are used in.
    if advertise.is_loopback() && !ports.cluster.ip().is_loopback() && !start.cluster_listen.is_wildcard() {
        return Err(format!(
            "--advertise {advertise} is loopback, but --cluster-listen {} does not listen there: advertise the \
             address that it listens on",
            start.cluster_listen
        ));
    }
    Ok(advertise.clone())
}

/// The addresses to join, without this node's own.
fn joined(start: &Start, ports: &Ports, advertise: &Address) -> Result<Vec<Address>, String> {
    let mut others: Vec<Address> = Vec::new();
    for address in &start.join {
        if address.is_wildcard() || address.port() == 0 {
            return Err(format!("--join {address} cannot be connected to: give another node's cluster address"));
        }
        // A name that cannot be looked up now may well be later: the join itself retries.
        let is_self =
            address == advertise || *address == start.cluster_listen || address.resolve() == Ok(ports.cluster);
        if !is_self && !others.contains(address) {
            others.push(address.clone());
        }
    }
    // One list may serve all nodes, this one among them; nothing but itself is a mistake.
    if let (Some(only), true) = (start.join.first(), others.is_empty()) {
        return Err(format!(
            "--join {only} is this node itself: give the cluster address of another node, or leave --join out to \
             start a new cluster"
        ));
    }
    if let Some(remote) = others.iter().find(|address| address.is_remote())
        && advertise.is_loopback()
    {
        return Err(format!(
            "--join {remote} is on another machine, from which {advertise} does not lead here: set --cluster-listen \
             (or --advertise) to an address of this machine that the others reach"
        ));
    }
    Ok(others)
}

fn expected(start: &Start) -> Result<u32, String> {
    match start.bootstrap_expect {
        None => Ok(0),
        Some(0 | 1) => Err("--bootstrap-expect counts the nodes of a new cluster, this one included, so it is at \
                            least 2: leave it and --join out for a cluster of one node"
            .to_owned()),
        Some(_) if start.join.is_empty() => Err("--bootstrap-expect needs --join: the addresses through which the \
                                                 nodes find each other"
            .to_owned()),
        Some(nodes) => Ok(nodes),
    }
}

/// The address to show to people for a port: where it listens, or on every address, under the advertised host.
fn shown(typed: &Address, resolved: SocketAddr, advertise: &Address) -> String {
    if typed.is_wildcard() { advertise.with_port(resolved.port()).to_string() } else { typed.to_string() }
}

#[cfg(test)]
mod tests {
    use super::super::args::{Arguments, Command};
    use super::*;
    use clap::Parser;

    fn configured(flags: &str) -> Result<Config, String> {
        let words = ["quorlite", "start"].into_iter().chain(flags.split_whitespace());
        match Arguments::try_parse_from(words).unwrap().command {
            Command::Start(start) => configure(&start),
            _ => unreachable!("the words say start"),
        }
    }

    #[track_caller]
    fn refused(flags: &str, hint: &str) {
        let message = configured(flags).unwrap_err();
        assert!(message.contains(hint), "{flags}: {message}");
        assert!(!message.contains('\n'), "{message}");
    }

    #[test]
    fn no_flags_are_a_cluster_of_one_on_loopback() {
        let config = configured("").unwrap();
        assert_eq!(config.data.to_str(), Some("./quorlite-data"));
        assert_eq!(config.listen.to_string(), "127.0.0.1:5432");
        assert_eq!(config.advertise, "127.0.0.1:7432");
        assert_eq!(config.http_listen.to_string(), "127.0.0.1:8432");
        assert!(config.join.is_empty());
        assert_eq!(config.bootstrap_expect, 0);
    }

    #[test]
    fn beyond_loopback_needs_insecure_and_an_address_to_advertise() {
        refused("--listen 0.0.0.0:5432", "--insecure");
        refused("--http-listen 10.0.0.1:8432", "--insecure");
        refused("--cluster-listen 0.0.0.0:7432 --insecure", "--advertise");
        refused("--cluster-listen 0.0.0.0:7432 --insecure --advertise 0.0.0.0:7432", "cannot be connected to");
        let config =
            configured("--insecure --cluster-listen 0.0.0.0:7432 --listen 0.0.0.0:5432 --advertise node1:7432");
        let config = config.unwrap();
        assert_eq!((config.advertise.as_str(), config.sql_address.as_str()), ("node1:7432", "node1:5432"));
    }

    #[test]
    fn a_join_to_itself_is_refused_but_one_list_may_serve_all() {
        refused("--join 127.0.0.1:7432", "is this node itself");
        refused("--join localhost:7432,127.0.0.1:7432", "is this node itself");
        let config = configured("--join 127.0.0.1:7432,127.0.0.1:7433,127.0.0.1:7433 --bootstrap-expect 2").unwrap();
        assert_eq!(config.join, ["127.0.0.1:7433"]);
    }

    #[test]
    fn flags_that_cannot_take_effect_are_refused() {
        refused("--bootstrap-expect 3", "needs --join");
        refused("--bootstrap-expect 1 --join 127.0.0.1:7433", "at least 2");
        refused("--listen 127.0.0.1:7432", "give each its own port");
        refused("--cluster-listen 127.0.0.1:0", "not 0");
        refused("--join 10.0.0.1:7432", "--cluster-listen");
        refused("--join 0.0.0.0:7433", "cannot be connected to");
        refused("--advertise 127.0.0.1:0", "cannot be connected to");
    }
}
