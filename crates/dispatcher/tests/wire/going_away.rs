//! HTTP/2 connections that end while requests are on their way: what was not processed goes on
//! another one within the same attempt, and nothing goes twice.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hookbench_dispatcher::wire::{Wire, WireReport};
use hookbench_domain::Outcome;
use tokio::sync::{Notify, mpsc};

use crate::frames::{FAILED, FramePeer, OK, RST_STREAM};
use crate::peer::{error, post, status};

async fn at_once(wire: &Wire, url: &str, count: usize) -> Vec<WireReport> {
    let sending = (0..count).map(|_| {
        let (wire, request) = (wire.clone(), post(url));
        tokio::spawn(async move { wire.send(request).await })
    });
    let mut reports = Vec::new();
    for report in sending.collect::<Vec<_>>() {
        reports.push(report.await.unwrap());
    }
    reports
}

#[tokio::test]
async fn streams_above_the_last_one_go_once_on_one_new_connection_for_all() {
    let peer = FramePeer::start(|mut frames, served| async move {
        if frames.number > 0 {
            loop {
                let stream = frames.request().await?;
                served.fetch_add(1, Ordering::SeqCst);
                frames.answer(stream, OK).await;
            }
        }
        let warm = frames.request().await?;
        served.fetch_add(1, Ordering::SeqCst);
        frames.answer(warm, OK).await;
        let mut streams = Vec::new();
        for _ in 0..8 {
            streams.push(frames.request().await?);
        }
        for stream in &streams[..3] {
            served.fetch_add(1, Ordering::SeqCst);
            frames.answer(*stream, OK).await;
        }
        frames.go_away(streams[2]).await;
        frames.until_closed().await;
        Some(())
    })
    .await;
    assert_eq!(status(&peer.wire.send(post(&peer.url())).await), Some(200));
    for report in at_once(&peer.wire, &peer.url(), 8).await {
        assert_eq!((report.outcome, status(&report)), (Outcome::Success, Some(200)), "{report:?}");
    }
    assert_eq!((peer.served(), peer.peer.connections()), (9, 2));
}

#[tokio::test]
async fn a_server_that_serves_one_request_per_connection_serves_them_all() {
    let peer = FramePeer::start(|mut frames, served| async move {
        let stream = frames.request().await?;
        served.fetch_add(1, Ordering::SeqCst);
        frames.answer(stream, OK).await;
        frames.go_away(stream).await;
        frames.until_closed().await;
        Some(())
    })
    .await;
    assert_eq!(status(&peer.wire.send(post(&peer.url())).await), Some(200));
    for report in at_once(&peer.wire, &peer.url(), 12).await {
        assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    }
    assert_eq!(peer.served(), 13);
}

#[tokio::test]
async fn a_stream_that_was_refused_goes_on_another_connection() {
    let peer = FramePeer::start(|mut frames, served| async move {
        loop {
            let stream = frames.request().await?;
            if frames.number == 0 {
                frames.send(RST_STREAM, 0, stream, &7_u32.to_be_bytes()).await;
            } else {
                served.fetch_add(1, Ordering::SeqCst);
                frames.answer(stream, OK).await;
            }
        }
    })
    .await;
    let report = peer.wire.send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.connection.reused), (Outcome::Success, false), "{report:?}");
    assert_eq!((peer.served(), peer.peer.connections()), (1, 2));
}

#[tokio::test]
async fn a_server_that_restarts_meanwhile_is_asked_again() {
    let peer = FramePeer::start(|mut frames, served| async move {
        let stream = frames.request().await?;
        if frames.number < 4 {
            // As a worker that is about to end: it takes nothing.
            frames.go_away(0).await;
        } else {
            served.fetch_add(1, Ordering::SeqCst);
            frames.answer(stream, OK).await;
        }
        frames.until_closed().await;
        Some(())
    })
    .await;
    let report = peer.wire.send(post(&peer.url())).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!((peer.served(), peer.peer.connections()), (1, 5));
}

#[tokio::test]
async fn a_server_that_refuses_everything_is_given_up_after_five_connections() {
    let peer = FramePeer::start(|mut frames, _| async move {
        loop {
            let stream = frames.request().await?;
            frames.send(RST_STREAM, 0, stream, &7_u32.to_be_bytes()).await;
        }
    })
    .await;
    let report = peer.wire.send(post(&peer.url())).await;
    assert_eq!((report.outcome, report.idle_closed), (Outcome::Reset, false), "{report:?}");
    assert!(error(&report).contains("refused"), "{}", error(&report));
    assert_eq!(peer.peer.connections(), 5);
}

#[tokio::test]
async fn a_stream_that_may_have_been_processed_is_not_sent_again() {
    let peer = FramePeer::start(|mut frames, _| async move {
        let stream = frames.request().await?;
        frames.go_away(stream).await;
        Some(())
    })
    .await;
    let report = peer.wire.send(post(&peer.url())).await;
    assert_eq!((report.outcome, status(&report)), (Outcome::Reset, None), "{report:?}");
    assert_eq!(peer.peer.connections(), 1);
}

#[tokio::test]
async fn a_connection_on_its_way_out_ends_what_it_has_and_gets_nothing_new() {
    let (go_on, warned) = (Arc::new(Notify::new()), mpsc::unbounded_channel());
    let (tell, mut warned) = warned;
    let peer = FramePeer::start({
        let go_on = Arc::clone(&go_on);
        move |mut frames, served| {
            let (go_on, tell) = (Arc::clone(&go_on), tell.clone());
            async move {
                let stream = frames.request().await?;
                if frames.number == 0 {
                    // The graceful way: a warning that names no stream.
                    frames.go_away(0x7fff_ffff).await;
                    frames.until_read().await?;
                    tell.send(()).unwrap();
                    go_on.notified().await;
                }
                served.fetch_add(1, Ordering::SeqCst);
                frames.answer(stream, OK).await;
                frames.until_closed().await;
                Some(())
            }
        }
    })
    .await;
    let first = tokio::spawn({
        let (wire, request) = (peer.wire.clone(), post(&peer.url()));
        async move { wire.send(request).await }
    });
    warned.recv().await.unwrap();
    let second = peer.wire.send(post(&peer.url())).await;
    assert_eq!(second.outcome, Outcome::Success, "{second:?}");
    go_on.notify_one();
    assert_eq!(first.await.unwrap().outcome, Outcome::Success);
    assert_eq!((peer.served(), peer.peer.connections()), (2, 2));
}

#[tokio::test]
async fn after_a_5xx_an_http2_connection_is_not_used_again() {
    let peer = FramePeer::start(|mut frames, _| async move {
        loop {
            let stream = frames.request().await?;
            frames.answer(stream, FAILED).await;
        }
    })
    .await;
    for _ in 0..3 {
        let report = peer.wire.send(post(&peer.url())).await;
        assert_eq!((status(&report), report.connection.reused), (Some(500), false));
    }
    assert_eq!(peer.peer.connections(), 3);
}

#[tokio::test]
async fn dropping_the_wire_closes_its_http2_connections() {
    let (closed, mut has_closed) = mpsc::unbounded_channel();
    let peer = FramePeer::start(move |mut frames, _| {
        let closed = closed.clone();
        async move {
            let stream = frames.request().await?;
            frames.answer(stream, OK).await;
            frames.until_closed().await;
            closed.send(()).ok()
        }
    })
    .await;
    let FramePeer { peer, wire, .. } = peer;
    let url = format!("https://localhost:{}/in", peer.address.port());
    assert_eq!(status(&wire.send(post(&url)).await), Some(200));
    drop(wire);
    has_closed.recv().await.unwrap();
}
