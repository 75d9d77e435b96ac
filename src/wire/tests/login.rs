//! From the first byte to ReadyForQuery.

use std::time::Duration;

use super::peer::{Host, cancel_request, packet, query, startup};
use crate::wire::Limits;

const V3: u32 = 3 << 16;
const SSL_REQUEST: u32 = 80_877_103;
const GSS_REQUEST: u32 = 80_877_104;

#[tokio::test]
async fn tells_what_postgres_tells() {
    let host = Host::new();
    let mut peer = host.open(4096);
    let parameters = [("user", "postgres"), ("application_name", "psql\u{e9}"), ("DateStyle", "iso")];
    let lines = peer.ask(&startup(V3, &parameters)).await;
    let version = format!("setting server_version={}", crate::session::settings::SERVER_VERSION);
    let expected = [
        "auth 0",
        "setting application_name=psql?",
        "setting client_encoding=UTF8",
        "setting DateStyle=ISO, MDY",
        "setting default_transaction_read_only=off",
        "setting in_hot_standby=off",
        "setting integer_datetimes=on",
        "setting IntervalStyle=postgres",
        "setting is_superuser=on",
        "setting server_encoding=UTF8",
        &version,
        "setting session_authorization=postgres",
        "setting standard_conforming_strings=on",
        "setting TimeZone=UTC",
        "key 4",
        "ready I",
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn encryption_is_refused_once_each_then_the_startup_goes_on() {
    let host = Host::new();
    let mut peer = host.open(4096);
    peer.send(&packet(GSS_REQUEST, b"")).await;
    assert_eq!(peer.byte().await, b'N');
    peer.send(&packet(SSL_REQUEST, b"")).await;
    assert_eq!(peer.byte().await, b'N');
    let lines = peer.ask(&startup(V3, &[("user", "postgres")])).await;
    assert_eq!(lines.last().unwrap(), "ready I");

    let mut peer = host.open(4096);
    peer.send(&packet(SSL_REQUEST, b"")).await;
    assert_eq!(peer.byte().await, b'N');
    let lines = peer.ask(&packet(SSL_REQUEST, b"")).await;
    let message = "error FATAL 0A000 unsupported frontend protocol 1234.5679: server supports 3.0 to 3.2";
    assert_eq!(lines, [message, "closed"]);
}

#[tokio::test]
async fn protocol_versions() {
    let host = Host::new();
    let user = [("user", "postgres")];
    let mut peer = host.open(4096);
    let lines = peer.ask(&startup(V3 + 2, &user)).await;
    assert_eq!(lines[0], "auth 0");
    assert!(lines.contains(&"key 32".to_owned()), "{lines:?}");

    let mut peer = host.open(4096);
    let lines = peer.ask(&startup(V3 + 7, &[("user", "postgres"), ("_pq_.report", "x")])).await;
    assert_eq!(lines[0], "negotiate 3.2 _pq_.report");
    assert!(lines.contains(&"key 32".to_owned()), "{lines:?}");

    for (version, name) in [(2 << 16, "2.0"), (4 << 16, "4.0")] {
        let mut peer = host.open(4096);
        let lines = peer.ask(&startup(version, &user)).await;
        let message = format!("error FATAL 0A000 unsupported frontend protocol {name}: server supports 3.0 to 3.2");
        assert_eq!(lines, [message, "closed".to_owned()]);
    }
}

#[tokio::test]
async fn a_login_that_fails_is_fatal_and_nothing_is_run_after_it() {
    let host = Host::new();
    for (parameters, error) in [
        (vec![("user", "x")], "3D000 database \"x\" does not exist"),
        (vec![("user", "postgres"), ("database", "y")], "3D000 database \"y\" does not exist"),
        (vec![("user", "postgres"), ("foo", "1")], "42704 unrecognized configuration parameter \"foo\""),
        (
            vec![("user", "postgres"), ("options", "-c server_version=1")],
            "55P02 parameter \"server_version\" cannot be changed",
        ),
        (
            vec![("user", "postgres"), ("client_encoding", "LATIN1")],
            "0A000 client_encoding \"LATIN1\" is not supported yet H=Use UTF8.",
        ),
    ] {
        let mut peer = host.open(4096);
        let lines = peer.ask(&[startup(V3, &parameters), query("SELECT 1")].concat()).await;
        assert_eq!(lines, ["auth 0".to_owned(), format!("error FATAL {error}"), "closed".to_owned()]);
        peer.ended().await;
    }
    let mut peer = host.open(4096);
    let lines = peer.ask(&startup(V3, &[("database", "postgres")])).await;
    assert_eq!(lines, ["error FATAL 28000 no PostgreSQL user name specified in startup packet", "closed"]);
    assert!(host.shared.sessions.is_empty());
}

#[tokio::test]
async fn too_many_clients() {
    let host = Host::with(Limits { max_connections: 1, ..Limits::default() });
    let first = host.connect().await;
    let mut second = host.open(4096);
    let lines = second.ask(&startup(V3, &[("user", "postgres")])).await;
    assert_eq!(lines, ["error FATAL 53300 sorry, too many clients already", "closed"]);
    // Cancel requests get through all the same.
    let mut third = host.open(4096);
    third.send(&cancel_request(first.pid, &first.secret)).await;
    assert_eq!(third.until(b"").await, ["closed"]);
    first.ended().await;
    host.connect().await;
}

#[tokio::test]
async fn a_client_that_never_logs_in_is_dropped() {
    let host = Host::with(Limits { startup_timeout: Duration::from_millis(50), ..Limits::default() });
    let mut peer = host.open(4096);
    peer.send(&startup(V3, &[("user", "postgres")])[..9]).await;
    assert_eq!(peer.until(b"").await, ["closed"]);
}
