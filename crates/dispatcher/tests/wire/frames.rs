//! An HTTP/2 peer whose every frame the test writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hookbench_dispatcher::wire::Wire;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::peer::Peer;
use crate::tls::Authority;

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GOAWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// `:status: 200` and `:status: 500`, as entries of HPACK's static table.
pub(crate) const OK: &[u8] = &[0x88];
pub(crate) const FAILED: &[u8] = &[0x8e];
/// `:status: 103`, spelt out.
pub(crate) const EARLY_HINTS: &[u8] = b"\x08\x03103";

/// One connection, after the preface and the peer's settings.
pub(crate) struct Frames {
    /// 0 for the first connection.
    pub(crate) number: usize,
    tls: TlsStream<TcpStream>,
}

/// A peer that runs a function for every connection.
pub(crate) struct FramePeer {
    pub(crate) peer: Peer,
    pub(crate) wire: Wire,
    /// How many requests were answered with a 200.
    pub(crate) served: Arc<AtomicUsize>,
}

impl FramePeer {
    pub(crate) async fn start<F>(
        visit: impl Fn(Frames, Arc<AtomicUsize>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Option<()>> + Send + 'static,
    {
        let authority = Authority::new("ours");
        let acceptor = authority.issue(&["localhost"], 2099).acceptor(&[&rustls::version::TLS13], &[b"h2"]);
        let (visit, served) = (Arc::new(visit), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&served);
        let peer = Peer::start(move |tcp| {
            let (acceptor, visit, served) = (acceptor.clone(), Arc::clone(&visit), Arc::clone(&counted));
            async move {
                let Ok(tls) = acceptor.accept(tcp.tcp).await else { return };
                let mut frames = Frames { number: tcp.number, tls };
                if frames.tls.read_exact(&mut [0; 24]).await.is_ok() {
                    frames.send(SETTINGS, 0, 0, &[]).await;
                    visit(frames, served).await;
                }
            }
        })
        .await;
        Self { peer, wire: authority.wire(), served }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://localhost:{}/in", self.peer.address.port())
    }

    pub(crate) fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }
}

impl Frames {
    /// The next frame: kind, flags, stream.
    async fn next(&mut self) -> Option<(u8, u8, u32)> {
        let mut head = [0; 9];
        self.tls.read_exact(&mut head).await.ok()?;
        let [l0, l1, l2, kind, flags, s0, s1, s2, s3] = head;
        let length = usize::from(l0) << 16 | usize::from(l1) << 8 | usize::from(l2);
        self.tls.read_exact(&mut vec![0; length]).await.ok()?;
        if kind == SETTINGS && flags == 0 {
            self.send(SETTINGS, 1, 0, &[]).await;
        }
        Some((kind, flags, u32::from_be_bytes([s0, s1, s2, s3])))
    }

    /// The stream of the next request that came whole. `None` when the client closed.
    pub(crate) async fn request(&mut self) -> Option<u32> {
        loop {
            let (kind, flags, stream) = self.next().await?;
            if matches!(kind, HEADERS | DATA) && flags & END_STREAM != 0 {
                return Some(stream);
            }
        }
    }

    /// Waits until the client has read everything that was sent to it.
    pub(crate) async fn until_read(&mut self) -> Option<()> {
        self.send(PING, 0, 0, &[7; 8]).await;
        loop {
            if let (PING, 1, _) = self.next().await? {
                return Some(());
            }
        }
    }

    /// Reads on until the client closes, answering nothing.
    pub(crate) async fn until_closed(&mut self) {
        while self.next().await.is_some() {}
    }

    /// Writes a frame; `false` when nobody listens.
    pub(crate) async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> bool {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend_from_slice(&stream.to_be_bytes());
        frame.extend_from_slice(payload);
        self.tls.write_all(&frame).await.is_ok() && self.tls.flush().await.is_ok()
    }

    /// Answers a whole request with these headers and no body.
    pub(crate) async fn answer(&mut self, stream: u32, headers: &[u8]) {
        self.send(HEADERS, END_STREAM | END_HEADERS, stream, headers).await;
    }

    /// Says that nothing above this stream was or will be processed.
    pub(crate) async fn go_away(&mut self, last: u32) {
        self.send(GOAWAY, 0, 0, &[last.to_be_bytes(), [0; 4]].concat()).await;
    }
}
