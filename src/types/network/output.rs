//! Address → text (`inet_net_ntop.c`, `inet_cidr_ntop.c`).

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use super::Network;

/// `inet_out`: one host's address without the width of its network.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_address(self.address, f)?;
        if self.bits == self.max_bits() { Ok(()) } else { write!(f, "/{}", self.bits) }
    }
}

impl Network {
    /// `cidr_out`, and `text(inet)`: always with the width.
    pub fn with_width(self) -> String {
        format!("{}/{}", self.host_text(), self.bits)
    }

    /// `host(inet)`.
    pub fn host_text(self) -> String {
        Network::host(self.address).to_string()
    }

    /// `abbrev(inet)` is as it prints; of a cidr octets of an IPv4 address that are zero beyond the width are left out.
    pub fn abbreviated(self) -> String {
        match self.address {
            IpAddr::V4(address) => {
                let octets = address.octets();
                let shown: Vec<String> =
                    octets[..usize::from(self.bits.div_ceil(8))].iter().map(u8::to_string).collect();
                let shown = if self.bits == 0 { "0".to_owned() } else { shown.join(".") };
                format!("{shown}/{}", self.bits)
            }
            IpAddr::V6(address) => format!("{}/{}", abbreviated_v6(address, self.bits), self.bits),
        }
    }
}

fn write_address(address: IpAddr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match address {
        IpAddr::V4(address) => write!(f, "{address}"),
        IpAddr::V6(address) => write_v6(address, f),
    }
}

/// The longest run of zero words, of two at least: where, and how many.
fn longest_gap(words: &[u16]) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut at = 0;
    while at < words.len() {
        let length = words[at..].iter().take_while(|word| **word == 0).count();
        if length >= 2 && best.is_none_or(|(_, longest)| length > longest) {
            best = Some((at, length));
        }
        at += length.max(1);
    }
    best
}

fn write_v6(address: Ipv6Addr, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let words = address.segments();
    let gap = longest_gap(&words);
    for (at, word) in words.iter().enumerate() {
        if let Some((start, length)) = gap
            && (start..start + length).contains(&at)
        {
            if at == start {
                f.write_str(":")?;
            }
            continue;
        }
        if at > 0 {
            f.write_str(":")?;
        }
        // An IPv4 address within.
        let within = match gap {
            Some((0, 6)) => true,
            Some((0, 5)) => words[5] == 0xffff,
            Some((0, 7)) => words[7] != 0x0001,
            _ => false,
        };
        if at == 6 && within {
            let [.., a, b, c, d] = address.octets();
            return write!(f, "{a}.{b}.{c}.{d}");
        }
        write!(f, "{word:x}")?;
    }
    match gap {
        Some((start, length)) if start + length == words.len() => f.write_str(":"),
        _ => Ok(()),
    }
}

/// Of as many words as the width has (`inet_cidr_ntop_ipv6`): a run of zeros is left out, which is not always the longest.
fn abbreviated_v6(address: Ipv6Addr, bits: u8) -> String {
    if bits == 0 {
        return "::".to_owned();
    }
    let number = u128::from(address) & super::first_bits(bits);
    let octets = number.to_be_bytes();
    let words = Ipv6Addr::from(number).segments();
    let count = usize::from(bits.div_ceil(16)).max(2);
    let words = &words[..count];
    let (start, length) = left_out(words);
    let within = length != count
        && start == 0
        && (length == 6
            || length == 5 && words[5..].first() == Some(&0xffff)
            || length == 7 && octets[14] != 0 && octets[15] != 1);
    let mut out = String::new();
    for (at, word) in words.iter().enumerate() {
        if length > 0 && (start..start + length).contains(&at) {
            out.push_str(if at == start { ":" } else { "" });
            out.push_str(if at == count - 1 { ":" } else { "" });
            continue;
        }
        if within && at > 5 {
            out.push(if at == 6 { ':' } else { '.' });
            out.push_str(&(word >> 8).to_string());
            if at != 7 || bits > 120 {
                out.push_str(&format!(".{}", word & 0xff));
            }
            continue;
        }
        out.push_str(if out.is_empty() { "" } else { ":" });
        out.push_str(&format!("{word:x}"));
    }
    out
}

/// The zeros to leave out: where they begin, and how many they are. A shorter run than one before it is counted on, as
/// PostgreSQL does.
fn left_out(words: &[u16]) -> (usize, usize) {
    let (mut best, mut current) = ((0, 0), (0, 0));
    for (at, word) in words.iter().enumerate() {
        if *word == 0 {
            if current.1 == 0 {
                current.0 = at;
            }
            current.1 += 1;
        } else if current.1 > best.1 {
            best = current;
            current.1 = 0;
        }
    }
    if current.1 > best.1 { current } else { best }
}
