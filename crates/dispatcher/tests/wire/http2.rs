//! HTTP/2, which TLS peers may choose.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hookbench_dispatcher::wire::{Wire, WireConfig};
use hookbench_domain::Outcome;
use http::{Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::sync::{Notify, mpsc};

use crate::peer::{Peer, error, post, status};
use crate::tls::{Authority, Identity};

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// A peer that speaks HTTP/2 only and answers by path; `served` counts its requests.
struct Http2Peer {
    peer: Peer,
    served: Arc<AtomicUsize>,
    wire: Wire,
    own: Arc<RwLock<Vec<SocketAddr>>>,
    identity: Identity,
}

impl Http2Peer {
    async fn start() -> Self {
        let authority = Authority::new("ours");
        let identity = authority.issue(&["localhost"], 2099);
        let acceptor = identity.acceptor(&[&rustls::version::TLS13], &[b"h2"]);
        let served = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&served);
        let peer = Peer::start(move |visit| {
            let (acceptor, counted) = (acceptor.clone(), Arc::clone(&counted));
            async move {
                let Ok(tls) = acceptor.accept(visit.tcp).await else { return };
                let service = service_fn(move |request| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    answer(request)
                });
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(TokioIo::new(tls), service).await;
            }
        })
        .await;
        let own = Arc::<RwLock<Vec<SocketAddr>>>::default();
        let config = WireConfig {
            extra_ca_pem: Some(authority.pem.clone().into_bytes()),
            own_addresses: Arc::clone(&own),
            ..WireConfig::default()
        };
        Self { peer, served, wire: Wire::new(config).unwrap(), own, identity }
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.peer.address.port())
    }
}

/// What the peer does, by path. An error makes hyper reset the stream.
async fn answer(request: Request<Incoming>) -> Result<Answer, std::io::Error> {
    let full = |bytes: Vec<u8>| Full::new(Bytes::from(bytes)).boxed();
    match request.uri().path() {
        "/endless" => Ok(Response::new(Endless.boxed())),
        "/bomb" => {
            let bomb = Response::builder().header("x-bomb", "x".repeat(65 * 1024));
            Ok(bomb.body(full(Vec::new())).unwrap())
        }
        "/reset" => Err(std::io::Error::other("no")),
        "/silent" => std::future::pending().await,
        _ => {
            let seen =
                format!("{} {:?} {:?}", request.method(), request.uri(), request.headers().get("host"));
            let body = request.into_body().collect().await.unwrap().to_bytes();
            Ok(Response::new(full([seen.as_bytes(), b" ", &body].concat())))
        }
    }
}

/// A body that is always ready and never ends.
struct Endless;

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b'x'; 16 * 1024])))))
    }
}

#[tokio::test]
async fn http2_is_spoken_named_and_shared() {
    let peer = Http2Peer::start().await;
    let first = peer.wire.send(post(&peer.url("/in?x=1"))).await;
    assert_eq!(first.outcome, Outcome::Success, "{first:?}");
    assert_eq!(first.connection.http_version.as_deref(), Some("HTTP/2"));
    assert_eq!(first.connection.certificate_sha256, Some(peer.identity.sha256()));
    assert!(first.connection.certificate.is_some());
    let body = String::from_utf8(first.response.unwrap().body).unwrap();
    assert_eq!(body, format!("POST {} None {{\"a\":1}}", peer.url("/in?x=1")));
    assert_eq!(first.request.headers[0], ("Host".into(), format!("localhost:{}", peer.peer.address.port())));

    let at_once = (0..20).map(|_| {
        let (wire, request) = (peer.wire.clone(), post(&peer.url("/in")));
        tokio::spawn(async move { wire.send(request).await })
    });
    for report in at_once.collect::<Vec<_>>() {
        let report = report.await.unwrap();
        assert_eq!((report.outcome, report.connection.reused), (Outcome::Success, true));
        assert_eq!((report.timings.connect_us, report.connection.certificate.is_some()), (None, true));
    }
    assert_eq!((peer.peer.connections(), peer.served.load(Ordering::SeqCst)), (1, 21));
}

#[tokio::test]
async fn an_endless_http2_body_is_cut_at_64_kib() {
    let peer = Http2Peer::start().await;
    let report = peer.wire.send(post(&peer.url("/endless"))).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    let response = report.response.unwrap();
    assert_eq!((response.body.len(), response.truncated), (64 * 1024, true));
    // The stream was reset, the connection serves on.
    assert_eq!(status(&peer.wire.send(post(&peer.url("/in"))).await), Some(200));
}

#[tokio::test]
async fn http2_response_headers_over_64_kib_are_protocol() {
    let peer = Http2Peer::start().await;
    let report = peer.wire.send(post(&peer.url("/bomb"))).await;
    assert_eq!(report.outcome, Outcome::Protocol, "{report:?}");
    assert!(error(&report).contains("64 KiB"), "{}", error(&report));
}

#[tokio::test]
async fn a_stream_that_is_reset_is_reset_and_not_repeated() {
    let peer = Http2Peer::start().await;
    for _ in 0..2 {
        let report = peer.wire.send(post(&peer.url("/reset"))).await;
        assert_eq!(report.outcome, Outcome::Reset, "{report:?}");
    }
    assert_eq!(peer.served.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn an_http2_connection_that_gave_no_status_in_time_is_not_used_again() {
    let peer = Http2Peer::start().await;
    assert_eq!(status(&peer.wire.send(post(&peer.url("/in"))).await), Some(200));
    let mut request = post(&peer.url("/silent"));
    request.timeout = Duration::from_millis(100);
    let report = peer.wire.send(request).await;
    assert_eq!((report.outcome, report.connection.reused), (Outcome::Timeout, true));
    let report = peer.wire.send(post(&peer.url("/in"))).await;
    assert_eq!((report.outcome, report.connection.reused), (Outcome::Success, false));
    assert_eq!(peer.peer.connections(), 2);
}

#[tokio::test]
async fn a_kept_http2_connection_that_closed_is_replaced_within_the_same_attempt() {
    let authority = Authority::new("ours");
    let acceptor = authority.issue(&["localhost"], 2099).acceptor(&[&rustls::version::TLS13], &[b"h2"]);
    let answered = Arc::new(Notify::new());
    let served = Arc::new(AtomicUsize::new(0));
    let (ended, mut has_ended) = mpsc::unbounded_channel();
    let peer = Peer::start({
        let (answered, served) = (Arc::clone(&answered), Arc::clone(&served));
        move |visit| {
            let (acceptor, answered) = (acceptor.clone(), Arc::clone(&answered));
            let (served, ended) = (Arc::clone(&served), ended.clone());
            async move {
                let tls = acceptor.accept(visit.tcp).await.unwrap();
                let service = service_fn(move |request| {
                    served.fetch_add(1, Ordering::SeqCst);
                    answer(request)
                });
                let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                let serving = server.serve_connection(TokioIo::new(tls), service);
                tokio::select! {
                    _ = serving => {}
                    () = answered.notified() => {}
                }
                ended.send(()).unwrap();
            }
        }
    })
    .await;
    let wire = authority.wire();
    let url = format!("https://localhost:{}/in", peer.address.port());
    for attempt in 1..=10 {
        let report = wire.send(post(&url)).await;
        assert_eq!((report.outcome, report.connection.reused), (Outcome::Success, false), "{report:?}");
        assert_eq!((peer.connections(), served.load(Ordering::SeqCst)), (attempt, attempt));
        answered.notify_one();
        has_ended.recv().await.unwrap();
    }
}

#[tokio::test]
async fn an_http2_connection_whose_address_became_our_own_is_blocked() {
    let peer = Http2Peer::start().await;
    assert_eq!(status(&peer.wire.send(post(&peer.url("/in"))).await), Some(200));
    peer.own.write().unwrap().push(peer.peer.address);
    assert_ne!(peer.wire.send(post(&peer.url("/in"))).await.outcome, Outcome::Success);
    assert_eq!(peer.served.load(Ordering::SeqCst), 1);
}
