//! A peer whose every byte the test writes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_dispatcher::wire::{AddressRules, Trust, Wire, WireConfig, WireReport, WireRequest};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The answer most tests need.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What a subscription for a URL that a person typed may reach.
pub(crate) const TYPED: AddressRules = AddressRules { allow_loopback: true, allow_private: false };

/// A listener on loopback that counts what reaches it.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Vec<u8>>>,
}

/// One connection, as the peer sees it.
pub(crate) struct Visit {
    /// 0 for the first connection.
    pub(crate) number: usize,
    pub(crate) tcp: TcpStream,
    seen: Arc<Seen>,
}

impl Peer {
    /// Listens, and runs `visit` for every connection.
    pub(crate) async fn start<F>(visit: impl Fn(Visit) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let counted = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let number = counted.connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(visit(Visit { number, tcp, seen: Arc::clone(&counted) }));
            }
        });
        Self { address, seen }
    }

    /// A peer that answers every request with the same bytes and keeps the connection.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(move |mut visit| {
            let answer = Arc::clone(&answer);
            async move {
                while visit.request().await.is_some() {
                    visit.write(&*answer).await;
                }
            }
        })
        .await
    }

    /// A peer that answers one request per connection, then closes.
    pub(crate) async fn answering_once(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(answer.into());
        Self::start(move |mut visit| {
            let answer = Arc::clone(&answer);
            async move {
                visit.request().await;
                visit.write(&*answer).await;
            }
        })
        .await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/in", self.address)
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// The bytes of every request whose head arrived whole.
    pub(crate) fn requests(&self) -> Vec<Vec<u8>> {
        self.seen.requests.lock().unwrap().clone()
    }
}

impl Visit {
    /// Reads one request, body included. `None` when the client closed.
    pub(crate) async fn request(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            if self.tcp.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
            let Some(head) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            if bytes.len() >= head + 4 + length {
                self.seen.requests.lock().unwrap().push(bytes.clone());
                return Some(bytes);
            }
        }
    }

    /// Writes, whether or not anybody still listens.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.tcp.write_all(bytes.as_ref()).await;
        let _ = self.tcp.flush().await;
    }

    /// Waits until the client closed the connection.
    pub(crate) async fn until_closed(&mut self) {
        let mut rest = [0; 1024];
        while matches!(self.tcp.read(&mut rest).await, Ok(1..)) {}
    }

    /// Closes with a reset instead of a farewell.
    pub(crate) fn reset(self) {
        SockRef::from(&self.tcp).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// A wire with the usual configuration.
pub(crate) fn wire() -> Wire {
    Wire::new(WireConfig::default()).unwrap()
}

/// A `POST` of `{"a":1}` that has ten seconds.
pub(crate) fn post(url: &str) -> WireRequest {
    WireRequest {
        method: http::Method::POST,
        url: url.parse().unwrap(),
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: bytes::Bytes::from_static(b"{\"a\":1}"),
        timeout: Duration::from_secs(10),
        trust: Trust::default(),
        fresh: false,
        rules: TYPED,
    }
}

/// The status of a report, if one came.
pub(crate) fn status(report: &WireReport) -> Option<u16> {
    report.response.as_ref().map(|response| response.status)
}

/// The error of a report, or nothing.
pub(crate) fn error(report: &WireReport) -> &str {
    report.error.as_deref().unwrap_or_default()
}
