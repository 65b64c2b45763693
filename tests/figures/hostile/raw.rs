//! Peers that keep to no rule: endpoints that answer with exact bytes, clients that send exact bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use super::ground::step;

/// What a stream can do.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A listener that hands each connection to a function, with its number; it ends when this is
/// dropped.
pub(crate) struct Endpoint {
    pub(crate) addr: SocketAddr,
    accepting: JoinHandle<()>,
    connections: Arc<AtomicU64>,
    /// Counted by whoever serves.
    pub(crate) counted: Arc<AtomicU64>,
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// What one connection knows of the endpoint.
pub(crate) struct Served {
    pub(crate) stream: Box<dyn Stream>,
    pub(crate) number: u64,
    pub(crate) counted: Arc<AtomicU64>,
}

impl Served {
    /// Reads one request with its body, as `content-length` says; `None` where the other side is gone.
    pub(crate) async fn request(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        let mut buffer = [0; 16 * 1024];
        loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                let length =
                    head.lines().find_map(|l| l.strip_prefix("content-length: ")?.parse::<usize>().ok());
                if bytes.len() >= end + 4 + length.unwrap_or(0) {
                    return Some(String::from_utf8_lossy(&bytes).into_owned());
                }
            }
            match self.stream.read(&mut buffer).await {
                Ok(n) if n > 0 => bytes.extend_from_slice(&buffer[..n]),
                Ok(_) | Err(_) => return None,
            }
        }
    }

    /// Writes bytes; whether the other side took them.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        self.stream.write_all(bytes).await.is_ok() && self.stream.flush().await.is_ok()
    }

    /// Counts.
    pub(crate) fn count(&self, n: usize) {
        self.counted.fetch_add(n as u64, Ordering::Relaxed);
    }
}

/// An answer of 200 with this body.
pub(crate) fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

impl Endpoint {
    /// On any port of this address.
    pub(crate) async fn on<F>(
        address: &str,
        tls: Option<TlsAcceptor>,
        serve: impl Fn(Served) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(address).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let (connections, counted) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (number, counter) = (connections.clone(), counted.clone());
        let serve = Arc::new(serve);
        let accepting = tokio::spawn(async move {
            let mut running = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = number.fetch_add(1, Ordering::Relaxed);
                let _slow_is_fine = stream.set_nodelay(true);
                let (serve, counted, tls) = (serve.clone(), counter.clone(), tls.clone());
                running.spawn(async move {
                    let stream: Box<dyn Stream> = match tls {
                        None => Box::new(stream),
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => Box::new(stream),
                            Err(_) => return,
                        },
                    };
                    serve(Served { stream, number, counted }).await;
                });
                while running.try_join_next().is_some() {}
            }
        });
        Self { addr, accepting, connections, counted }
    }

    /// On this machine, without TLS.
    pub(crate) async fn plain<F>(serve: impl Fn(Served) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::on("127.0.0.1:0", None, serve).await
    }

    /// Answers each request on a connection with these bytes.
    pub(crate) async fn answering(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes: Arc<Vec<u8>> = Arc::new(bytes.into());
        Self::plain(move |mut served| {
            let bytes = bytes.clone();
            async move {
                while served.request().await.is_some() {
                    served.count(1);
                    if !served.write(bytes.as_slice()).await {
                        return;
                    }
                }
            }
        })
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// How many connections came.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// What was counted.
    pub(crate) fn count(&self) -> u64 {
        self.counted.load(Ordering::Relaxed)
    }
}

/// A certificate for `localhost` by an authority of its own: what a server needs, and the
/// authority in PEM.
pub(crate) struct Identity {
    pub(crate) config: rustls::ServerConfig,
    pub(crate) authority_pem: String,
    pub(crate) certificate_pem: String,
    pub(crate) key_pem: String,
}

impl Identity {
    /// With these versions of TLS, asking for a certificate of the client or not.
    pub(crate) fn new(
        versions: &[&'static rustls::SupportedProtocolVersion],
        asks_for_certificate: bool,
        alpn: &[&[u8]],
    ) -> Self {
        let (key, server_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = authority.self_signed(&key).unwrap();
        let authority_pem = root.pem();
        let issuer = Issuer::new(authority, key);
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = server.signed_by(&server_key, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = rustls::ServerConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(versions)
            .unwrap();
        let builder = if asks_for_certificate {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(root.der().clone()).unwrap();
            let verifier =
                rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let chain = vec![certificate.der().clone()];
        let mut config =
            builder.with_single_cert(chain, server_key.serialize_der().try_into().unwrap()).unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        Self {
            config,
            authority_pem,
            certificate_pem: certificate.pem(),
            key_pem: server_key.serialize_pem(),
        }
    }

    pub(crate) fn acceptor(self) -> (TlsAcceptor, String) {
        (TlsAcceptor::from(Arc::new(self.config)), self.authority_pem)
    }
}

/// Sends bytes and reads what is answered until the other side closes or is silent for so long.
/// `half_close` ends the sending side first.
pub(crate) async fn exchange(address: &str, bytes: &[u8], half_close: bool, patience_ms: u64) -> String {
    step(format!("sending {} bytes to {address}", bytes.len()));
    let Ok(mut stream) = TcpStream::connect(address).await else { return String::new() };
    let _closed_early = stream.write_all(bytes).await;
    if half_close {
        let _closed_early = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while let Ok(Ok(n)) =
        tokio::time::timeout(Duration::from_millis(patience_ms), stream.read(&mut buffer)).await
    {
        if n == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..n]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of an answer; 0 for none.
pub(crate) fn status(answer: &str) -> u16 {
    answer.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// A frame of HTTP/2.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[kind, flags], &stream.to_be_bytes()].concat();
    [head.as_slice(), payload].concat()
}

/// The headers of an HTTP/2 response with a status of three digits and nothing else.
pub(crate) fn status_block(status: &str) -> Vec<u8> {
    // Literal without indexing, the name of index 8 (`:status`), three bytes of value.
    [&[0x08, 0x03], status.as_bytes()].concat()
}

/// Speaks HTTP/2 up to the first request of the client; the number of its stream.
pub(crate) async fn first_stream(served: &mut Served) -> Option<u32> {
    let mut preface = [0; 24];
    served.stream.read_exact(&mut preface).await.ok()?;
    served.write(frame(4, 0, 0, &[])).await.then_some(())?;
    next_stream(served).await
}

/// Reads frames until a request begins; the number of its stream.
pub(crate) async fn next_stream(served: &mut Served) -> Option<u32> {
    loop {
        let mut head = [0; 9];
        served.stream.read_exact(&mut head).await.ok()?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let mut payload = vec![0; length];
        served.stream.read_exact(&mut payload).await.ok()?;
        match (head[3], head[4]) {
            (1, _) => return Some(u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]])),
            // Settings and pings want an answer.
            (4, 0) => served.write(frame(4, 1, 0, &[])).await.then_some(())?,
            (6, 0) => served.write(frame(6, 1, 0, &payload)).await.then_some(())?,
            _ => {}
        }
    }
}
