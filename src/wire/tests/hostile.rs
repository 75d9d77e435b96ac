//! Bytes from anybody: no panic, no hang, no memory beyond what was sent.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::peer::{Host, bind, close, describe, execute, flush, frame, parse, query, startup, sync, terminate};

const V3: u32 = 3 << 16;

#[tokio::test]
async fn frames_that_make_no_sense_get_postgres_answers() {
    let host = Host::new();
    let violation = |message: &str| [format!("error ERROR 08P01 {message}"), "ready I".to_owned()];
    for (bytes, message) in [
        (frame(b'P', b"abc"), "invalid string in message"),
        (frame(b'P', b"\0x\0\0\x05"), "insufficient data left in message"),
        (frame(b'B', b"\0\0\0\0\0\x01\0\0\0\x07a"), "insufficient data left in message"),
        (frame(b'B', b"\0\0\0\0\0\x01\xff\xff\xff\xfe"), "insufficient data left in message"),
        (frame(b'B', b"\0\0\xff\xff"), "insufficient data left in message"),
        (frame(b'E', b"\0\0\0\0\0zz"), "invalid message format"),
        (frame(b'D', b""), "no data left in message"),
        (frame(b'D', b"Xa\0"), "invalid DESCRIBE message subtype 88"),
        (frame(b'C', b"Xa\0"), "invalid CLOSE message subtype 88"),
        (frame(b'H', b"z"), "invalid message format"),
    ] {
        let mut peer = host.connect().await;
        peer.send(&bytes).await;
        // The error is sent at once, ReadyForQuery with Sync.
        assert_eq!(peer.until(b"E").await, [violation(message)[0].clone()]);
        assert_eq!(peer.ask(&sync()).await, ["ready I"]);
        peer.ended().await;
    }
    // Those that are cycles of their own are ready at once.
    let mut peer = host.connect().await;
    assert_eq!(peer.ask(&frame(b'S', b"zz")).await, violation("invalid message format"));
    assert_eq!(peer.ask(&frame(b'Q', b"select 1")).await, violation("invalid string in message"));
    assert_eq!(peer.ask(&frame(b'Q', b"select 1\0junk")).await, violation("invalid message format"));
    let invalid = "error ERROR 22021 invalid byte sequence for encoding \"UTF8\": 0xc3 0x28";
    assert_eq!(peer.ask(&frame(b'Q', b"select '\xc3(1'\0")).await, [invalid, "ready I"]);
    let lines = peer.ask(&frame(b'F', b"\0\0\0\x01\0\0\0\0\0\0")).await;
    assert_eq!(lines, ["error ERROR 0A000 the function call protocol is not supported yet", "ready I"]);
    // COPY messages of a client that has not heard of its error yet.
    peer.send(&[frame(b'd', b"abc"), frame(b'c', b""), frame(b'f', b"x\0")].concat()).await;
    assert_eq!(peer.ask(&sync()).await, ["ready I"]);
}

#[tokio::test]
async fn out_of_step_is_the_end() {
    let host = Host::new();
    for (bytes, error) in [
        (&b"?"[..], "invalid frontend message type 63"),
        (b"p\0\0\0\x04", "invalid frontend message type 112"),
        (b"Q\0\0\0\x03", "invalid message length D=3 bytes, at most 100000 are taken."),
        (b"Q\xff\xff\xff\xff", "invalid message length D=-1 bytes, at most 100000 are taken."),
        (b"Q\x7f\xff\xff\xff", "invalid message length D=2147483647 bytes, at most 100000 are taken."),
        (b"S\0\0\x28\0", "invalid message length D=10240 bytes, at most 10000 are taken."),
    ] {
        let mut peer = host.connect().await;
        let lines = peer.ask(bytes).await;
        assert_eq!(lines, [format!("error FATAL 08P01 {error}"), "closed".to_owned()]);
        peer.ended().await;
    }
}

#[tokio::test]
async fn random_bytes_before_login() {
    let host = Host::new();
    let mut random = StdRng::seed_from_u64(1);
    for round in 0..500 {
        let mut bytes: Vec<u8> = (0..random.random_range(0..200)).map(|_| random.random()).collect();
        if round % 2 == 0 && bytes.len() >= 8 {
            // Let the length and version be good, so that more of it is read.
            let length = bytes.len() as u32;
            bytes[..4].copy_from_slice(&length.to_be_bytes());
            bytes[4..8].copy_from_slice(&V3.to_be_bytes());
        }
        let mut peer = host.open(64 * 1024);
        peer.send(&bytes).await;
        peer.ended().await;
    }
    assert!(host.shared.sessions.is_empty());
}

#[tokio::test]
async fn cut_off_at_every_byte() {
    let host = Host::new();
    let opening = startup(V3, &[("user", "postgres")]);
    let messages = [
        parse("a", "COMMIT", &[23, 0]),
        bind("p", "a", &[Some("1"), None]),
        describe(b'S', "a"),
        execute("p", 5),
        close(b'P', "p"),
        flush(),
        sync(),
        query("ROLLBACK"),
    ]
    .concat();
    let all = [opening, messages].concat();
    for end in 0..all.len() {
        let mut peer = host.open(64 * 1024);
        peer.send(&all[..end]).await;
        peer.ended().await;
    }
}
#[tokio::test]
async fn random_messages_after_login() {
    let host = Host::new();
    let mut random = StdRng::seed_from_u64(2);
    for _ in 0..300 {
        let mut peer = host.connect().await;
        for _ in 0..20 {
            let tag = b"QPBDECSHFdcf"[random.random_range(0..12)];
            let mut body: Vec<u8> = (0..random.random_range(0..30)).map(|_| random.random_range(0..6)).collect();
            if tag == b'Q' || tag == b'P' {
                // No SQL in it: the parser has fuzz tests of its own.
                body.iter_mut().for_each(|byte| *byte = if *byte < 3 { 0 } else { b' ' });
            }
            peer.send(&frame(tag, &body)).await;
        }
        peer.send(&[sync(), terminate()].concat()).await;
        let lines = peer.until(b"").await;
        assert_eq!(&lines[lines.len() - 2..], ["ready I", "closed"], "still in step");
        peer.ended().await;
    }
}
