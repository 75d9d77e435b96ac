use super::*;
use crate::types::Type;

fn inet(text: &str) -> Network {
    Network::input(text, Type::INET).unwrap()
}

fn cidr(text: &str) -> Network {
    Network::input(text, Type::CIDR).unwrap()
}

#[test]
fn addresses_print_as_they_are_read() {
    for text in
        ["10.1.2.3", "10.1.2.3/8", "0.0.0.0/0", "::", "::1", "2001:db8::/32", "::ffff:1.2.3.4", "fe80::1:0:0:1/64"]
    {
        assert_eq!(inet(text).to_string(), text);
    }
    assert_eq!(inet("010.001.2.3").to_string(), "10.1.2.3");
    assert_eq!(inet("10/8").to_string(), "10.0.0.0/8");
    assert_eq!(inet("2001:DB8:0:0:1:0:0:1").to_string(), "2001:db8::1:0:0:1");
    assert_eq!(cidr("10").with_width(), "10.0.0.0/8");
    assert_eq!(cidr("192.168.1").with_width(), "192.168.1.0/24");
    assert_eq!(cidr("224").with_width(), "224.0.0.0/4");
    assert_eq!(cidr("0x0a01").with_width(), "10.1.0.0/16");
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "10",
        "10.1.2",
        "10.1.2.3.4",
        "10.1.2.256",
        "10.1.2.3/33",
        "10/16",
        "1:2",
        ":1",
        "1:::2",
        "::1/129",
        "::01.2.3.4",
        "x",
    ] {
        assert!(Network::input(text, Type::INET).is_err(), "{text}");
    }
    assert!(Network::input("10.1.2.3/8", Type::CIDR).is_err());
}

#[test]
fn addresses_sort_by_network_first() {
    let sorted = ["10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/16", "10.0.0.1", "10.1.0.0/16", "::/0", "::1"];
    for pair in sorted.windows(2) {
        assert!(inet(pair[0]).compare(inet(pair[1])).is_lt(), "{pair:?}");
    }
}

#[test]
fn hardware_addresses_are_read_in_every_way() {
    for text in [
        "08:00:2b:01:02:03",
        "08-00-2b-01-02-03",
        "08002b:010203",
        "08002b-010203",
        "0800.2b01.0203",
        "0800-2b01-0203",
        "08002b010203",
        " 8:0:2B:1:2:3 ",
    ] {
        assert_eq!(MacAddr::input(text).unwrap().to_string(), "08:00:2b:01:02:03", "{text}");
    }
    assert_eq!(MacAddr8::input("08002b010203").unwrap().to_string(), "08:00:2b:ff:fe:01:02:03");
    assert!(MacAddr::input("08:00:2b:01:02").is_err());
    assert!(MacAddr8::input("08:00-2b:01:02:03").is_err());
}
