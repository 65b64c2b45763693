//! Which connections carry a second request, and what happens when they cannot.

use std::sync::Arc;
use std::time::Duration;

use hookbench_dispatcher::wire::{AddressRules, Wire, WireConfig, WireRequest};
use hookbench_domain::Outcome;
use tokio::sync::{Notify, mpsc};

use crate::peer::{OK, Peer, Visit, error, post, status, wire};

#[tokio::test]
async fn a_second_request_reuses_the_connection_and_says_so() {
    let peer = Peer::answering(OK).await;
    let wire = wire();
    let first = wire.send(post(&peer.url())).await;
    let second = wire.clone().send(post(&peer.url())).await;
    assert_eq!((first.connection.reused, second.connection.reused), (false, true));
    assert_eq!(first.connection.peer, second.connection.peer);
    assert!(first.timings.connect_us.is_some());
    assert_eq!(second.timings.connect_us, None);
    assert_eq!((peer.connections(), peer.requests().len()), (1, 2));
}

#[tokio::test]
async fn responses_without_a_body_leave_the_connection_usable() {
    let peer = Peer::answering("HTTP/1.1 204 No Content\r\n\r\n").await;
    let wire = wire();
    for _ in 0..3 {
        assert_eq!(status(&wire.send(post(&peer.url())).await), Some(204));
    }
    assert_eq!(peer.connections(), 1);
}

#[tokio::test]
async fn a_kept_connection_that_closed_is_replaced_within_the_same_attempt() {
    for end in [drop, Visit::reset] {
        let answered = Arc::new(Notify::new());
        let (ended, mut has_ended) = mpsc::unbounded_channel();
        let peer = Peer::start({
            let answered = Arc::clone(&answered);
            move |mut visit| {
                let (answered, ended) = (Arc::clone(&answered), ended.clone());
                async move {
                    visit.request().await;
                    visit.write(OK).await;
                    answered.notified().await;
                    end(visit);
                    ended.send(()).unwrap();
                }
            }
        })
        .await;
        let wire = wire();
        for attempt in 1..=20 {
            let report = wire.send(post(&peer.url())).await;
            assert_eq!(report.outcome, Outcome::Success, "{report:?}");
            assert!(!report.connection.reused);
            assert!(report.timings.connect_us.is_some());
            answered.notify_one();
            has_ended.recv().await.unwrap();
            assert_eq!((peer.connections(), peer.requests().len()), (attempt, attempt));
        }
    }
}

#[tokio::test]
async fn a_request_that_reached_a_kept_connection_is_not_repeated() {
    let peer = Peer::start(|mut visit| async move {
        visit.request().await;
        visit.write(OK).await;
        visit.request().await;
    })
    .await;
    let wire = wire();
    assert_eq!(wire.send(post(&peer.url())).await.outcome, Outcome::Success);
    let report = wire.send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.connection.reused), (Outcome::Reset, true));
    assert!(report.idle_closed && error(&report).contains("closed the idle connection"), "{report:?}");
    assert_eq!((peer.connections(), peer.requests().len()), (1, 2));
}

#[tokio::test]
async fn what_ends_on_a_new_connection_is_no_idle_connection() {
    let peer = Peer::start(|mut visit| async move { drop(visit.request().await) }).await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.idle_closed), (Outcome::Reset, false), "{report:?}");
}

#[tokio::test]
async fn a_request_that_is_to_go_on_a_fresh_connection_does() {
    let peer = Peer::answering(OK).await;
    let wire = wire();
    wire.send(post(&peer.url())).await;
    let fresh = WireRequest { fresh: true, ..post(&peer.url()) };
    assert!(!wire.send(fresh).await.connection.reused);
    assert!(wire.send(post(&peer.url())).await.connection.reused);
    assert_eq!(peer.connections(), 2);
}

#[tokio::test]
async fn after_a_5xx_a_connection_is_not_reused_and_after_a_4xx_it_is() {
    for (code, connections) in [(500, 3), (503, 3), (404, 1), (301, 1)] {
        let peer = Peer::answering(format!("HTTP/1.1 {code} X\r\nContent-Length: 0\r\n\r\n")).await;
        let wire = wire();
        for _ in 0..3 {
            assert_eq!(status(&wire.send(post(&peer.url())).await), Some(code));
        }
        assert_eq!(peer.connections(), connections, "{code}");
    }
}

#[tokio::test]
async fn a_connection_is_not_kept_for_a_server_that_says_it_keeps_none() {
    for (announced, connections) in [("timeout=1", 2), ("timeout=10, max=0", 2), ("timeout=10, max=5", 1)] {
        let answer = format!("HTTP/1.1 200 OK\r\nKeep-Alive: {announced}\r\nContent-Length: 0\r\n\r\n");
        let peer = Peer::answering(answer).await;
        let wire = wire();
        for _ in 0..2 {
            wire.send(post(&peer.url())).await;
        }
        assert_eq!(peer.connections(), connections, "{announced}");
    }
}

#[tokio::test]
async fn a_response_that_comes_while_nothing_is_asked_ends_the_connection() {
    let (answered, (forged, mut was_forged)) = (Arc::new(Notify::new()), mpsc::unbounded_channel());
    let peer = Peer::start({
        let answered = Arc::clone(&answered);
        move |mut visit| {
            let (answered, forged) = (Arc::clone(&answered), forged.clone());
            async move {
                while visit.request().await.is_some() {
                    visit.write(OK).await;
                    answered.notified().await;
                    visit.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged").await;
                    forged.send(()).unwrap();
                }
            }
        }
    })
    .await;
    let wire = wire();
    for attempt in 1..=10 {
        let report = wire.send(post(&peer.url())).await;
        assert_eq!((report.response.unwrap().body.as_slice(), report.connection.reused), (&b"ok"[..], false));
        assert_eq!(peer.connections(), attempt);
        answered.notify_one();
        was_forged.recv().await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_that_comes_while_the_body_is_written_counts_although_the_server_closes_at_once() {
    let peer = Peer::start(|mut visit| async move {
        visit.tcp.readable().await.unwrap();
        visit.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno").await;
        // Closing with the request unread resets the connection.
    })
    .await;
    let wire = wire();
    let mut request = post(&peer.url());
    request.body = vec![b'x'; 16 * 1024 * 1024].into();
    for _ in 0..50 {
        let report = wire.send(request.clone()).await;
        assert_eq!(status(&report), Some(413), "{:?}", report.error);
        assert_eq!(report.response.unwrap().body, b"no");
    }
    assert_eq!(peer.connections(), 50);
}

#[tokio::test]
async fn a_connection_with_bytes_nobody_asked_for_is_not_reused() {
    let peer = Peer::answering(format!("{OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")).await;
    let wire = wire();
    for _ in 0..3 {
        let report = wire.send(post(&peer.url())).await;
        assert_eq!((report.response.unwrap().body.as_slice(), report.connection.reused), (&b"ok"[..], false));
    }
    assert_eq!(peer.connections(), 3);
}

#[tokio::test]
async fn connections_that_may_not_be_kept_are_not() {
    let closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let aged = WireConfig { max_connection_age: Duration::ZERO, ..WireConfig::default() };
    let none_idle = WireConfig { max_idle_per_host: 0, ..WireConfig::default() };
    for (answer, config) in [(closing, WireConfig::default()), (OK, aged), (OK, none_idle)] {
        let peer = Peer::answering(answer).await;
        let wire = Wire::new(config).unwrap();
        for _ in 0..2 {
            assert!(!wire.send(post(&peer.url())).await.connection.reused);
        }
        assert_eq!(peer.connections(), 2);
    }
}

#[tokio::test]
async fn unused_connections_are_bounded_in_all_and_the_one_unused_longest_goes_first() {
    let peers = [Peer::answering(OK).await, Peer::answering(OK).await, Peer::answering(OK).await];
    let wire = Wire::new(WireConfig { max_idle: 2, ..WireConfig::default() }).unwrap();
    let mut reused = Vec::new();
    for peer in [0, 1, 0, 2, 0, 1, 2] {
        reused.push(wire.send(post(&peers[peer].url())).await.connection.reused);
    }
    // The third host's connection took the place of the second's, which then took that of the third's.
    assert_eq!(reused, [false, false, true, false, true, false, false]);
}

#[tokio::test]
async fn subscriptions_with_other_rules_have_other_connections() {
    let peer = Peer::answering(OK).await;
    let wire = wire();
    for allow_private in [false, true, false, true] {
        let mut request = post(&peer.url());
        request.rules = AddressRules { allow_loopback: true, allow_private };
        wire.send(request).await;
    }
    assert_eq!((peer.connections(), peer.requests().len()), (2, 4));
}

/// Answers one request, then tells when the client has closed.
async fn telling_when_closed() -> (Peer, mpsc::UnboundedReceiver<()>) {
    let (closed, when_closed) = mpsc::unbounded_channel();
    let peer = Peer::start(move |mut visit| {
        let closed = closed.clone();
        async move {
            visit.request().await;
            visit.write(OK).await;
            visit.until_closed().await;
            closed.send(()).unwrap();
        }
    })
    .await;
    (peer, when_closed)
}

#[tokio::test]
async fn an_unused_connection_is_closed_after_a_while() {
    let (peer, mut closed) = telling_when_closed().await;
    let config = WireConfig { idle_timeout: Duration::from_millis(20), ..WireConfig::default() };
    let wire = Wire::new(config).unwrap();
    wire.send(post(&peer.url())).await;
    closed.recv().await.unwrap();
}

#[tokio::test]
async fn dropping_the_wire_closes_its_connections() {
    let (peer, mut closed) = telling_when_closed().await;
    let wire = wire();
    wire.send(post(&peer.url())).await;
    drop(wire);
    closed.recv().await.unwrap();
}

#[tokio::test]
async fn dropping_an_attempt_closes_its_connection() {
    let (arrived, mut has_arrived) = mpsc::unbounded_channel();
    let (closed, mut has_closed) = mpsc::unbounded_channel();
    let peer = Peer::start(move |mut visit| {
        let (arrived, closed) = (arrived.clone(), closed.clone());
        async move {
            visit.request().await;
            arrived.send(()).unwrap();
            visit.until_closed().await;
            closed.send(()).unwrap();
        }
    })
    .await;
    let wire = wire();
    let request = post(&peer.url());
    let attempt = tokio::spawn({
        let wire = wire.clone();
        async move { wire.send(request).await }
    });
    has_arrived.recv().await.unwrap();
    attempt.abort();
    has_closed.recv().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_share_as_many_connections_and_lose_nothing() {
    let peer = Peer::answering(OK).await;
    let wire = wire();
    let senders = (0..32).map(|_| {
        let (wire, url) = (wire.clone(), peer.url());
        tokio::spawn(async move {
            for _ in 0..50 {
                let report = wire.send(post(&url)).await;
                assert_eq!(report.outcome, Outcome::Success, "{report:?}");
            }
        })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    assert_eq!(peer.requests().len(), 1600);
    assert!(peer.connections() <= 32);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_request_was_read_counts_and_ends_the_connection() {
    let peer = Peer::start(|mut visit| async move {
        visit.tcp.readable().await.unwrap();
        visit.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno").await;
        // Leaves the request unread until the client gives up.
        let _ = visit.tcp.ready(tokio::io::Interest::ERROR).await;
    })
    .await;
    let wire = wire();
    let mut request = post(&peer.url());
    request.body = vec![b'x'; 64 * 1024 * 1024].into();
    for _ in 0..2 {
        let report = wire.send(request.clone()).await;
        assert_eq!((status(&report), report.connection.reused), (Some(413), false));
        assert_eq!(report.response.unwrap().body, b"no");
    }
    assert_eq!(peer.connections(), 2);
}
