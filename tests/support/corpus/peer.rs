//! A server on loopback that does what a fault says, byte for byte.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Authorities and certificates; the program trusts the first authority by `SSL_CERT_FILE`.
pub struct Certificates {
    pub trusted_pem: String,
    trusted: Issuer<'static, KeyPair>,
    trusted_der: CertificateDer<'static>,
    unknown: Issuer<'static, KeyPair>,
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, rcgen::Certificate) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    (Issuer::new(params, key), certificate)
}

impl Certificates {
    #[expect(clippy::new_without_default, reason = "it makes keys")]
    pub fn new() -> Self {
        let (trusted, certificate) = authority("Corpus authority");
        let (unknown, _) = authority("Unknown authority");
        let (trusted_pem, trusted_der) = (certificate.pem(), certificate.der().clone());
        Self { trusted_pem, trusted, trusted_der, unknown }
    }

    fn acceptor(&self, kind: &str) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let name = if kind == "other-host" { "other.example" } else { "localhost" };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let (from, until) = match kind {
            "expired" => (2000, 2020),
            "future" => (2090, 2099),
            _ => (2000, 2099),
        };
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 12, 31);
        let certificate = match kind {
            "self-signed" => params.self_signed(&key),
            "unknown-issuer" => params.signed_by(&key, &self.unknown),
            _ => params.signed_by(&key, &self.trusted),
        };
        let chain = vec![certificate.unwrap().der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if kind == "client-certificate" {
            let mut roots = RootCertStore::empty();
            roots.add(self.trusted_der.clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
    }
}

/// A port that is ours.
pub(super) async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

/// Starts a server. It lives as long as the runtime.
pub(super) fn serve(
    listener: TcpListener,
    steps: Vec<String>,
    tls: Option<&str>,
    certificates: &Certificates,
) {
    let acceptor = tls.map(|kind| certificates.acceptor(kind));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (steps, acceptor) = (steps.clone(), acceptor.clone());
            // A peer that went away is what some faults are about.
            tokio::spawn(async move {
                let _gone = match acceptor {
                    Some(acceptor) => match acceptor.accept(tcp).await {
                        Ok(mut stream) => {
                            let _done = play(&mut stream, &steps).await;
                            let (tcp, _) = stream.into_inner();
                            end(tcp, &steps).await
                        }
                        Err(error) => Err(error),
                    },
                    None => {
                        let mut tcp = tcp;
                        let _done = play(&mut tcp, &steps).await;
                        end(tcp, &steps).await
                    }
                };
            });
        }
    });
}

/// An address where nobody listens.
pub(super) async fn closed() -> SocketAddr {
    listen().await.local_addr().unwrap()
}

/// A listener whose queue is full: the system answers no further attempt to connect.
pub(super) async fn full() -> (SocketAddr, Box<dyn std::any::Any + Send>) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let addr = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    // As many as the queue takes; one that is not answered says that it is full.
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(300), TcpStream::connect(addr)).await
    {
        waiting.push(stream);
    }
    (addr, Box::new((listener, waiting)))
}

async fn play<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S, steps: &[String]) -> io::Result<()> {
    for step in steps {
        let (what, argument) = step.split_once(' ').unwrap_or((step, ""));
        match what {
            "read" => read(stream, true).await?,
            "head" => read(stream, false).await?,
            "hello" => {
                let mut some = [0; 5];
                stream.read_exact(&mut some).await?;
                let mut rest = vec![0; usize::from(u16::from_be_bytes([some[3], some[4]]))];
                stream.read_exact(&mut rest).await?;
            }
            "send" => stream.write_all(argument.as_bytes()).await?,
            "hex" => {
                let digit = |i: usize| u8::from_str_radix(&argument[i..i + 2], 16).unwrap();
                let bytes: Vec<u8> = (0..argument.len() / 2).map(|i| digit(2 * i)).collect();
                stream.write_all(&bytes).await?;
            }
            "fill" => stream.write_all(&vec![b'x'; argument.parse().unwrap()]).await?,
            "many" => {
                for n in 0..argument.parse::<usize>().unwrap() {
                    stream.write_all(format!("X-{n}: {n}\r\n").as_bytes()).await?;
                }
            }
            "drip" => {
                for byte in argument.bytes() {
                    stream.write_all(&[byte]).await?;
                    stream.flush().await?;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
            "flush" => {
                stream.flush().await?;
                // What was sent must be taken before it is taken back.
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            "hang" => std::future::pending().await,
            "close" | "reset" => return stream.flush().await,
            other => panic!("a server cannot `{other}`"),
        }
    }
    stream.flush().await
}

/// How the connection ends: with a reset, or in order.
async fn end(mut tcp: TcpStream, steps: &[String]) -> io::Result<()> {
    if steps.last().is_some_and(|step| step == "reset") {
        return tcp.set_zero_linger();
    }
    tcp.shutdown().await?;
    // Until the peer has read everything: closing with unread bytes would be a reset.
    let mut rest = [0; 1024];
    while tcp.read(&mut rest).await? > 0 {}
    Ok(())
}

async fn read<S: AsyncRead + Unpin>(stream: &mut S, whole: bool) -> io::Result<()> {
    let mut seen = Vec::new();
    let head = loop {
        if let Some(at) = seen.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        seen.push(stream.read_u8().await?);
    };
    let text = String::from_utf8_lossy(&seen).to_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let left = length.unwrap_or(0usize) + head - seen.len();
    if whole {
        stream.read_exact(&mut vec![0; left]).await?;
    }
    Ok(())
}
