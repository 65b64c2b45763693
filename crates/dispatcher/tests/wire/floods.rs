//! Peers that never come to a final status, or never stop.

use hookbench_domain::Outcome;

use crate::frames::{
    EARLY_HINTS, END_HEADERS, FramePeer, HEADERS, OK as FINAL, PING, SETTINGS, WINDOW_UPDATE,
};
use crate::peer::{OK, Peer, error, post, status, wire};

const EARLY: &str = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

#[tokio::test]
async fn a_few_dozen_informational_responses_are_passed_over_and_one_more_is_protocol() {
    let peer = Peer::answering(format!("{}{OK}", EARLY.repeat(32))).await;
    assert_eq!(status(&wire().send(post(&peer.url())).await), Some(200));
    let peer = Peer::answering(format!("{}{OK}", EARLY.repeat(33))).await;
    let report = wire().send(post(&peer.url())).await;
    assert_eq!((report.outcome, status(&report)), (Outcome::Protocol, None), "{report:?}");
    assert!(error(&report).contains("32 informational"), "{}", error(&report));
}

/// Writes the same bytes again and again after the request.
async fn endless(piece: String) -> Peer {
    Peer::start(move |mut visit| {
        let piece = piece.clone();
        async move {
            visit.request().await;
            while tokio::io::AsyncWriteExt::write_all(&mut visit.tcp, piece.as_bytes()).await.is_ok() {}
        }
    })
    .await
}

#[tokio::test]
async fn endless_informational_responses_are_protocol_however_large_they_are() {
    for piece in [EARLY.to_owned(), format!("HTTP/1.1 103 X\r\nLink: {}\r\n\r\n", "x".repeat(60 * 1024))] {
        let peer = endless(piece).await;
        let report = wire().send(post(&peer.url())).await;
        assert_eq!((report.outcome, status(&report)), (Outcome::Protocol, None), "{report:?}");
        assert_eq!(peer.connections(), 1);
    }
}

#[tokio::test]
async fn over_http2_informational_responses_are_counted_too() {
    for (count, want) in [(32, Some(200)), (33, None)] {
        let peer = FramePeer::start(move |mut frames, _| async move {
            loop {
                let stream = frames.request().await?;
                for _ in 0..count {
                    frames.send(HEADERS, END_HEADERS, stream, EARLY_HINTS).await;
                }
                frames.answer(stream, FINAL).await;
            }
        })
        .await;
        let report = peer.wire.send(post(&peer.url())).await;
        assert_eq!(status(&report), want, "{report:?}");
        if want.is_none() {
            assert_eq!(report.outcome, Outcome::Protocol);
            assert!(error(&report).contains("32 informational"), "{}", error(&report));
        }
    }
}

#[tokio::test]
async fn endless_http2_frames_before_a_status_are_protocol_and_end_the_connection() {
    for (kind, payload) in [
        (PING, &[0; 8][..]),
        (SETTINGS, &[]),
        (WINDOW_UPDATE, &[0, 0, 0, 1]),
        (0xfa, &[0; 16_000]),
        (0xfa, &[]),
    ] {
        let (closed, mut has_closed) = tokio::sync::mpsc::unbounded_channel();
        let peer = FramePeer::start(move |mut frames, _| {
            let closed = closed.clone();
            async move {
                frames.request().await?;
                while frames.send(kind, 0, 0, payload).await {}
                closed.send(()).ok()
            }
        })
        .await;
        let report = peer.wire.send(post(&peer.url())).await;
        assert_eq!((report.outcome, status(&report)), (Outcome::Protocol, None), "{kind}: {report:?}");
        assert!(error(&report).contains("the peer sent"), "{}", error(&report));
        has_closed.recv().await.unwrap();
    }
}

#[tokio::test]
async fn an_endless_http2_head_is_protocol() {
    let peer = FramePeer::start(|mut frames, _| async move {
        let stream = frames.request().await?;
        // CONTINUATION without an end.
        frames.send(HEADERS, 0, stream, FINAL).await;
        while frames.send(9, 0, stream, &[]).await {}
        Some(())
    })
    .await;
    let report = peer.wire.send(post(&peer.url())).await;
    assert_eq!((report.outcome, status(&report)), (Outcome::Protocol, None), "{report:?}");
}
