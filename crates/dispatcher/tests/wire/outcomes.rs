//! How attempts end.

use std::time::Duration;

use hookbench_dispatcher::wire::{Wire, WireConfig};
use hookbench_domain::Outcome;
use tokio::net::TcpListener;

use crate::peer::{OK, Peer, error, post, status, wire};

#[tokio::test]
async fn a_2xx_is_a_success_and_everything_about_it_is_reported() {
    let peer =
        Peer::answering("HTTP/1.1 202 Accepted\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 5\r\n\r\nhello").await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.error), (Outcome::Success, None));
    let response = report.response.unwrap();
    assert_eq!((response.status, response.body.as_slice(), response.truncated), (202, &b"hello"[..], false));
    let headers: Vec<_> = response.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(headers, [("x-a", "1"), ("x-a", "2"), ("content-length", "5")]);
    assert_eq!(report.connection.peer, Some(peer.address.to_string()));
    assert_eq!(report.connection.http_version.as_deref(), Some("HTTP/1.1"));
    assert_eq!((report.connection.tls_version, report.connection.certificate_sha256), (None, None));
    assert!(!report.connection.reused);
    let timings = report.timings;
    assert_eq!((timings.dns_us, timings.tls_us), (None, None));
    assert!(timings.connect_us.is_some());
    assert!(timings.first_byte_us.unwrap() <= timings.total_us);
}

#[tokio::test]
async fn any_other_status_is_an_http_status() {
    for code in [301, 400, 410, 429, 500, 503] {
        let peer = Peer::answering(format!("HTTP/1.1 {code} X\r\nContent-Length: 0\r\n\r\n")).await;
        let report = wire().send(post(&peer.url())).await;
        assert_eq!((report.outcome, status(&report)), (Outcome::HttpStatus, Some(code)));
        assert_eq!(report.error, None);
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_location_is_kept() {
    let elsewhere = Peer::answering(OK).await;
    let answer = format!("HTTP/1.1 307 X\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", elsewhere.url());
    let peer = Peer::answering(answer).await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!(report.outcome, Outcome::HttpStatus);
    let headers = report.response.unwrap().headers;
    assert!(headers.contains(&("location".to_owned(), elsewhere.url())));
    assert_eq!((peer.requests().len(), elsewhere.connections()), (1, 0));
}

#[tokio::test]
async fn interim_responses_are_ignored() {
    let answer = format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{OK}");
    let peer = Peer::answering(answer).await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!((report.outcome, status(&report)), (Outcome::Success, Some(200)));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_dns() {
    let report = wire().send(post("http://nothing.invalid/")).await;
    assert_eq!(report.outcome, Outcome::Dns);
    assert!(error(&report).contains("nothing.invalid"), "{}", error(&report));
    assert!(report.timings.dns_us.is_some());
    assert_eq!((report.timings.connect_us, report.response), (None, None));
}

#[tokio::test]
async fn a_refused_connection_is_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let report = wire().send(post(&format!("http://{address}/"))).await;
    assert_eq!(report.outcome, Outcome::Connect);
    assert!(error(&report).contains("connection refused"), "{}", error(&report));
}

/// A listener whose queue is full: Linux drops what comes after, like a firewall.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_swallows_packets_is_connect_at_the_limit_and_timeout_at_the_deadline() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let _queued = tokio::net::TcpStream::connect(address).await.unwrap();

    let limited = WireConfig { connect_timeout: Duration::from_millis(50), ..WireConfig::default() };
    let report = Wire::new(limited).unwrap().send(post(&format!("http://{address}/"))).await;
    assert_eq!(report.outcome, Outcome::Connect);
    assert!(error(&report).contains("no connection within"), "{}", error(&report));

    let mut request = post(&format!("http://{address}/"));
    request.timeout = Duration::from_millis(50);
    let report = wire().send(request).await;
    assert_eq!(report.outcome, Outcome::Timeout);
    assert!(error(&report).contains("while connecting"), "{}", error(&report));
    assert!(report.timings.connect_us.is_some());
}

#[tokio::test]
async fn no_status_before_the_deadline_is_a_timeout_that_says_what_it_waited_for() {
    let peer = Peer::start(|mut visit| async move {
        visit.request().await;
        visit.until_closed().await;
    })
    .await;
    let mut request = post(&peer.url());
    request.timeout = Duration::from_millis(500);
    let report = wire().send(request).await;
    assert_eq!((report.outcome, report.response.as_ref()), (Outcome::Timeout, None));
    assert!(error(&report).contains("waiting for the status"), "{}", error(&report));
    assert_eq!(report.connection.peer, Some(peer.address.to_string()));
    assert_eq!(report.timings.first_byte_us, None);
}

#[tokio::test]
async fn a_peer_that_reads_the_request_and_closes_gets_no_second_one() {
    let peer = Peer::start(|mut visit| async move {
        visit.request().await;
    })
    .await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.response.as_ref()), (Outcome::Reset, None));
    assert_eq!((peer.connections(), peer.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_reset_and_a_close_without_reading_are_reset() {
    let peer = Peer::start(|mut visit| async move {
        if visit.number == 0 {
            visit.request().await;
        }
        visit.reset();
    })
    .await;
    let wire = wire();
    for _ in 0..2 {
        let report = wire.send(post(&peer.url())).await;
        assert_eq!(report.outcome, Outcome::Reset, "{report:?}");
        assert!(!error(&report).is_empty());
    }
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn what_is_not_http_is_protocol() {
    for answer in ["hello, this is not HTTP\r\n\r\n", "220 mail ready\r\n", "HTTP/9.9 200 OK\r\n\r\n"] {
        let peer = Peer::answering_once(answer).await;
        let report = wire().send(post(&peer.url())).await;
        assert_eq!(report.outcome, Outcome::Protocol, "{answer}: {report:?}");
        assert!(error(&report).contains("not HTTP"), "{}", error(&report));
    }
}

#[tokio::test]
async fn a_peer_that_speaks_first_is_protocol() {
    let peer = Peer::start(|mut visit| async move {
        visit.write("SSH-2.0-OpenSSH_9.2\r\n").await;
        visit.until_closed().await;
    })
    .await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!(report.outcome, Outcome::Protocol, "{report:?}");
    assert!(error(&report).contains("not HTTP"), "{}", error(&report));
}

#[tokio::test]
async fn response_headers_over_64_kib_are_protocol() {
    let bomb = format!("HTTP/1.1 200 OK\r\nX-Bomb: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(64 * 1024));
    let peer = Peer::answering(bomb).await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.response.as_ref()), (Outcome::Protocol, None));
    assert!(error(&report).contains("64 KiB"), "{}", error(&report));
}

#[tokio::test]
async fn response_headers_just_under_64_kib_are_fine() {
    let many: String = (0..250).map(|n| format!("X-{n}: {}\r\n", "v".repeat(240))).collect();
    let peer = Peer::answering(format!("HTTP/1.1 200 OK\r\n{many}Content-Length: 0\r\n\r\n")).await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!(report.outcome, Outcome::Success, "{:?}", report.error);
    assert_eq!(report.response.unwrap().headers.len(), 251);
}

#[tokio::test]
async fn a_status_line_decides_even_when_its_headers_never_end() {
    let slow = Peer::start(|mut visit| async move {
        visit.request().await;
        visit.write("HTTP/1.1 503 Service Unavailable\r\nX-A: ").await;
        visit.until_closed().await;
    })
    .await;
    let closing = Peer::answering_once("HTTP/1.1 503 Service Unavailable\r\nX-A: ").await;
    for peer in [slow, closing] {
        let mut request = post(&peer.url());
        request.timeout = Duration::from_millis(500);
        let report = wire().send(request).await;
        assert_eq!((report.outcome, report.error.as_ref()), (Outcome::HttpStatus, None), "{report:?}");
        let response = report.response.unwrap();
        assert_eq!((response.status, response.truncated), (503, true));
    }
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_protocol_and_nothing_goes_out() {
    let peer = Peer::answering(OK).await;
    let mut request = post(&peer.url());
    request.headers.push(("X-A".into(), "a\r\nX-B: b".into()));
    let report = wire().send(request).await;
    assert_eq!(report.outcome, Outcome::Protocol);
    assert!(error(&report).contains("X-A"), "{}", error(&report));
    assert_eq!(peer.connections(), 0);
}

#[tokio::test]
async fn headers_as_old_servers_write_them_do_not_hide_the_status() {
    for (head, kept) in [
        ("X-A: one\r\n two", Some("one two")),
        ("X-A: one\r\n\ttwo", Some("one two")),
        ("X-A : one", Some("one")),
        ("X A: one", None),
        ("no colon", None),
        (": no name", None),
        (" folded under nothing", None),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: 2\r\n\r\nok");
        let peer = Peer::answering(answer).await;
        let report = wire().send(post(&peer.url())).await;
        assert_eq!(report.outcome, Outcome::Success, "{head:?}: {report:?}");
        let response = report.response.unwrap();
        let value = response.headers.iter().find(|(name, _)| name == "x-a").map(|(_, value)| value.as_str());
        assert_eq!(
            (value, response.body.as_slice(), response.truncated),
            (kept, &b"ok"[..], false),
            "{head:?}"
        );
    }
}

#[tokio::test]
async fn a_status_line_decides_even_when_its_headers_cannot_be_read() {
    for rest in ["X-A: a\0b", "Content-Length: 1\r\nContent-Length: 2", "Content-Length: -1"] {
        let peer = Peer::answering_once(format!("HTTP/1.1 202 Accepted\r\n{rest}\r\n\r\nok")).await;
        let report = wire().send(post(&peer.url())).await;
        assert_eq!((report.outcome, report.error.as_ref()), (Outcome::Success, None), "{rest:?}: {report:?}");
        let response = report.response.unwrap();
        assert_eq!((response.status, response.truncated), (202, true), "{rest:?}");
    }
}
