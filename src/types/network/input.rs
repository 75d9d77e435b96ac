//! Text → address (`inet_net_pton.c`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Network;
use crate::types::{PgError, SqlState, Type};

impl Network {
    /// Errors: 22P02.
    pub fn input(text: &str, ty: Type) -> Result<Network, PgError> {
        let is_cidr = ty == Type::CIDR;
        let read = match text.contains(':') {
            true => v6(text.as_bytes()).map(|(address, bits)| Network::new(IpAddr::V6(address), bits)),
            false if is_cidr => cidr_v4(text.as_bytes()),
            false => inet_v4(text.as_bytes()),
        };
        let Some(network) = read else {
            let message = format!("invalid input syntax for type {ty}: \"{text}\"");
            return Err(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message));
        };
        if is_cidr && !network.is_network() {
            let message = format!("invalid cidr value: \"{text}\"");
            return Err(PgError::new(SqlState::INVALID_TEXT_REPRESENTATION, message)
                .detail("Value has bits set to right of mask."));
        }
        Ok(network)
    }
}

fn digit(text: &[u8]) -> Option<u32> {
    text.first().filter(|byte| byte.is_ascii_digit()).map(|byte| u32::from(byte - b'0'))
}

/// A number in decimal; too great a one is none.
fn number(text: &[u8], most: u32) -> Option<(u32, &[u8])> {
    let mut value = digit(text)?;
    let mut rest = &text[1..];
    while let Some(next) = digit(rest) {
        value = value * 10 + next;
        rest = &rest[1..];
        if value > most {
            return None;
        }
    }
    (value <= most).then_some((value, rest))
}

/// `/bits` at the end, or nothing.
fn width(rest: &[u8]) -> Option<Option<u8>> {
    let Some(bits) = rest.strip_prefix(b"/") else { return rest.is_empty().then_some(None) };
    let (bits, rest) = number(bits, 32)?;
    rest.is_empty().then_some(Some(bits as u8))
}

/// Octets with points between, at most four.
fn octets(mut rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut octets = Vec::with_capacity(4);
    loop {
        let (octet, after) = number(rest, 255)?;
        if octets.len() == 4 {
            return None;
        }
        octets.push(octet as u8);
        match after.first() {
            Some(b'.') => rest = &after[1..],
            _ => return Some((octets, after)),
        }
    }
}

fn v4(octets: &[u8], bits: u8) -> Network {
    let mut all = [0; 4];
    all[..octets.len()].copy_from_slice(octets);
    Network::new(IpAddr::V4(Ipv4Addr::from(all)), bits)
}

fn inet_v4(text: &[u8]) -> Option<Network> {
    let mut octets_read = Vec::with_capacity(4);
    let mut rest = text;
    // A point may stand before the end, or before the width.
    while digit(rest).is_some() {
        let (octet, after) = number(rest, 255)?;
        if octets_read.len() == 4 {
            return None;
        }
        octets_read.push(octet as u8);
        rest = after;
        match rest.first() {
            Some(b'.') => rest = &rest[1..],
            _ => break,
        }
    }
    let bits = match width(rest)? {
        Some(bits) => bits,
        None if octets_read.len() == 4 => 32,
        None => return None,
    };
    if octets_read.is_empty() || usize::from(bits / 8) > octets_read.len() {
        return None;
    }
    Some(v4(&octets_read, bits))
}

fn cidr_v4(text: &[u8]) -> Option<Network> {
    let hexadecimal = matches!(text, [b'0', b'x' | b'X', next, ..] if next.is_ascii_hexdigit());
    let (octets, rest) = if hexadecimal { hex_octets(&text[2..])? } else { octets(text)? };
    let first = *octets.first()?;
    let bits = match width(rest)? {
        Some(bits) => bits,
        None => {
            let class = match first {
                240.. => 32,
                224.. => 8,
                192.. => 24,
                128.. => 16,
                _ => 8,
            };
            let bits = class.max(octets.len() as u8 * 8);
            if bits == 8 && first == 224 { 4 } else { bits }
        }
    };
    Some(v4(&octets, bits))
}

fn hex_octets(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let length = text.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, rest) = text.split_at(length);
    let value = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    let octets: Vec<u8> =
        digits.chunks(2).map(|pair| value(pair[0]) << 4 | pair.get(1).map_or(0, |low| value(*low))).collect();
    (octets.len() <= 4).then_some((octets, rest))
}

/// Groups of four digits, one run of zeros left out, the last two as an IPv4 address.
fn v6(text: &[u8]) -> Option<(Ipv6Addr, u8)> {
    let mut words: Vec<u16> = Vec::with_capacity(8);
    let mut gap: Option<usize> = None;
    let mut bits = 128;
    let mut rest = match text {
        [b':', b':', ..] => &text[1..],
        [b':', ..] => return None,
        _ => text,
    };
    // The digits of the group that is being read.
    let mut group: &[u8] = &[];
    loop {
        match rest.first() {
            Some(byte) if byte.is_ascii_hexdigit() => {
                let length = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
                if length > 4 {
                    return None;
                }
                group = rest;
                rest = &rest[length..];
                if rest.first() == Some(&b'.') && words.len() <= 6 {
                    let (address, width) = v4_within(group)?;
                    words.extend([(address >> 16) as u16, address as u16]);
                    bits = width.unwrap_or(bits);
                    break;
                }
                let digits = std::str::from_utf8(&group[..length]).ok()?;
                let word = u16::from_str_radix(digits, 16).ok()?;
                match rest.first() {
                    Some(b':') if rest.len() == 1 => return None,
                    _ if words.len() == 8 => return None,
                    _ => words.push(word),
                }
                match rest.first() {
                    Some(b':') => rest = &rest[1..],
                    _ => continue,
                }
                group = &[];
            }
            Some(b':') => {
                if gap.is_some() || !group.is_empty() {
                    return None;
                }
                gap = Some(words.len());
                rest = &rest[1..];
            }
            Some(b'/') => {
                bits = width_of_v6(&rest[1..])?;
                break;
            }
            Some(_) => return None,
            None => break,
        }
    }
    if let Some(gap) = gap {
        if words.len() == 8 {
            return None;
        }
        let zeros = 8 - words.len();
        words.splice(gap..gap, std::iter::repeat_n(0, zeros));
    }
    let words: [u16; 8] = words.try_into().ok()?;
    Some((Ipv6Addr::from(words), bits))
}

/// Without zeros in front, but for 0 itself.
fn width_of_v6(text: &[u8]) -> Option<u8> {
    let (bits, rest) = number(text, 128)?;
    let zero_in_front = text.len() > 1 && text[0] == b'0';
    (rest.is_empty() && !zero_in_front).then_some(bits as u8)
}

/// `1.2.3.4`, or `1.2.3.4/bits`, to the end.
fn v4_within(text: &[u8]) -> Option<(u32, Option<u8>)> {
    let (octets, rest) = octets(text)?;
    let end = text.len() - rest.len();
    let zeros = |octet: &[u8]| octet.len() > 1 && octet[0] == b'0';
    if text[..end].split(|byte| *byte == b'.').any(zeros) {
        return None;
    }
    let octets: [u8; 4] = octets.try_into().ok()?;
    let width = match rest.strip_prefix(b"/") {
        Some(bits) => Some(width_of_v6(bits)?),
        None if rest.is_empty() => None,
        None => return None,
    };
    Some((u32::from_be_bytes(octets), width))
}
