//! What is kept of a response body.

use std::time::Duration;

use hookbench_domain::Outcome;
use tokio::io::AsyncWriteExt;
use tokio::sync::mpsc;

use crate::peer::{Peer, post, wire};

const CAP: usize = 64 * 1024;

#[tokio::test]
async fn an_endless_body_is_cut_at_64_kib_and_the_connection_closed() {
    let (wrote, mut written) = mpsc::unbounded_channel();
    let peer = Peer::start(move |mut visit| {
        let wrote = wrote.clone();
        async move {
            visit.request().await;
            visit.write("HTTP/1.1 200 OK\r\n\r\n").await;
            let piece = vec![b'x'; 64 * 1024];
            let mut total = 0_u64;
            while visit.tcp.write_all(&piece).await.is_ok() {
                total += piece.len() as u64;
            }
            wrote.send(total).unwrap();
        }
    })
    .await;
    let wire = wire();
    let report = wire.send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.error.as_ref()), (Outcome::Success, None));
    let response = report.response.unwrap();
    assert_eq!((response.body.len(), response.truncated), (CAP, true));
    assert!(response.body.capacity() <= 2 * CAP);
    // The peer could only write because nobody had closed yet: what the kernels buffer.
    assert!(written.recv().await.unwrap() < 64 * 1024 * 1024);
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_whole_and_one_byte_more_is_not() {
    for (length, truncated) in [(CAP, false), (CAP + 1, true)] {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{}", "x".repeat(length));
        let peer = Peer::answering(answer).await;
        let response = wire().send(post(&peer.url())).await.response.unwrap();
        assert_eq!((response.body.len(), response.truncated), (CAP, truncated));
    }
}

#[tokio::test]
async fn a_slow_body_is_cut_by_the_deadline_and_keeps_its_status() {
    for (line, outcome) in [("200 OK", Outcome::Success), ("500 X", Outcome::HttpStatus)] {
        let peer = Peer::start(move |mut visit| async move {
            visit.request().await;
            visit.write(format!("HTTP/1.1 {line}\r\nContent-Length: 100\r\n\r\nfirst")).await;
            visit.until_closed().await;
        })
        .await;
        let mut request = post(&peer.url());
        request.timeout = Duration::from_millis(500);
        let report = wire().send(request).await;
        assert_eq!((report.outcome, report.error), (outcome, None));
        let response = report.response.unwrap();
        assert_eq!((response.body.as_slice(), response.truncated), (&b"first"[..], true));
        assert!(report.timings.first_byte_us.is_some());
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_keeps_what_came_and_its_status() {
    let broken_chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\nZZ\r\n";
    for answer in ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst", broken_chunk] {
        let peer = Peer::answering_once(answer).await;
        let report = wire().send(post(&peer.url())).await;
        assert_eq!((report.outcome, report.error), (Outcome::Success, None));
        let response = report.response.unwrap();
        assert_eq!((response.body.as_slice(), response.truncated), (&b"first"[..], true));
    }
}

#[tokio::test]
async fn nothing_is_decompressed() {
    let gzip: &[u8] = &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n".to_vec();
    answer.extend_from_slice(gzip);
    let peer = Peer::answering(answer).await;
    let response = wire().send(post(&peer.url())).await.response.unwrap();
    assert_eq!((response.body.as_slice(), response.truncated), (gzip, false));
}

#[tokio::test]
async fn chunks_are_joined_and_a_body_that_ends_with_the_connection_is_whole() {
    for (answer, version) in [
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
            "HTTP/1.1",
        ),
        ("HTTP/1.1 200 OK\r\n\r\nabcdef", "HTTP/1.1"),
        ("HTTP/1.0 200 OK\r\n\r\nabcdef", "HTTP/1.0"),
    ] {
        let peer = Peer::answering_once(answer).await;
        let report = wire().send(post(&peer.url())).await;
        let response = report.response.unwrap();
        assert_eq!((response.body.as_slice(), response.truncated), (&b"abcdef"[..], false), "{answer}");
        assert_eq!(report.connection.http_version.as_deref(), Some(version));
    }
}
