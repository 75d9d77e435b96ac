//! `HOST:PORT` as typed.

use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

/// A host name or IP address with a port; IPv6 addresses stand in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    host: String,
    port: u16,
}

impl Address {
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address if the host is written as one.
    fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// `0.0.0.0` or `::`: fine to listen on, meaningless to connect to.
    pub fn is_wildcard(&self) -> bool {
        self.ip().is_some_and(|ip| ip.is_unspecified())
    }

    /// Leads to the machine that it is used on.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.ip().is_some_and(|ip| ip.is_loopback())
    }

    /// Written as an IP address that is not loopback. Where a name leads is not judged.
    pub fn is_remote(&self) -> bool {
        self.ip().is_some_and(|ip| !ip.is_loopback())
    }

    pub fn with_port(&self, port: u16) -> Address {
        Address { host: self.host.clone(), port }
    }

    /// Looks the host up.
    pub fn resolve(&self) -> Result<SocketAddr, String> {
        if let Some(ip) = self.ip() {
            return Ok(SocketAddr::new(ip, self.port));
        }
        let mut found = (self.host.as_str(), self.port)
            .to_socket_addrs()
            .map_err(|error| format!("host {:?} cannot be looked up: {error}", self.host))?;
        found.next().ok_or_else(|| format!("host {:?} has no address", self.host))
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Address, String> {
        const SHAPE: &str = "an address is HOST:PORT, e.g. 127.0.0.1:5432 or [::1]:5432";
        if text.contains("://") {
            return Err(format!("{SHAPE}, without a scheme"));
        }
        let (host, port) = text.rsplit_once(':').ok_or(SHAPE)?;
        let port = port.parse().map_err(|_| format!("{port:?} is no port: {SHAPE}"))?;
        let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            Some(inner) if inner.parse::<std::net::Ipv6Addr>().is_ok() => inner,
            Some(_) => return Err(SHAPE.to_owned()),
            None => host,
        };
        let well_formed = match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => true,
            Ok(IpAddr::V6(_)) => text.starts_with('['),
            Err(_) => !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)),
        };
        if !well_formed {
            return Err(SHAPE.to_owned());
        }
        Ok(Address { host: host.to_owned(), port })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_host_and_port() {
        for good in ["127.0.0.1:5432", "localhost:0", "[::1]:7432", "node-1.example.com:65535", "0.0.0.0:1"] {
            assert_eq!(good.parse::<Address>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "5432",
            ":5432",
            "127.0.0.1",
            "127.0.0.1:",
            "h:65536",
            "h:-1",
            "::1:7432",
            "[::1]",
            "[h]:1",
            "http://h:1",
        ] {
            assert!(bad.parse::<Address>().is_err(), "{bad}");
        }
    }
}
