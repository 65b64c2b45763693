//! TLS: what is trusted, and what a handshake showed.

use std::cell::RefCell;
use std::sync::Arc;

use hookbench_domain::Outcome;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ProtocolVersion, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::failure::Failure;
use super::stream::Tcp;

/// Why a wire cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The extra CA is not PEM.
    #[error("the extra CA is not PEM: {0}")]
    Pem(#[source] pem::Error),
    /// The extra CA holds something that is not a usable certificate.
    #[error("the extra CA holds a certificate that cannot be used: {0}")]
    Certificate(#[source] rustls::Error),
    /// The extra CA holds no certificate at all.
    #[error("the extra CA holds no certificate: it must have a block BEGIN CERTIFICATE")]
    NoCertificate,
}

/// The TLS configuration, made when it is first needed.
pub(super) struct Tls {
    extra: Vec<CertificateDer<'static>>,
    config: OnceCell<Arc<ClientConfig>>,
}

/// What a handshake showed.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// `TLSv1.2` or `TLSv1.3`.
    pub(super) version: Option<String>,
    /// SHA-256 of the peer's certificate, lower-case hex; known also when it was not accepted.
    pub(super) certificate_sha256: Option<String>,
    /// Whether the peer chose HTTP/2.
    pub(super) http2: bool,
}

impl Tls {
    pub(super) fn new(extra_ca_pem: Option<&[u8]>) -> Result<Self, WireError> {
        let mut extra = Vec::new();
        if let Some(text) = extra_ca_pem {
            let mut store = RootCertStore::empty();
            for certificate in CertificateDer::pem_slice_iter(text) {
                let certificate = certificate.map_err(WireError::Pem)?;
                store.add(certificate.clone()).map_err(WireError::Certificate)?;
                extra.push(certificate);
            }
            if extra.is_empty() {
                return Err(WireError::NoCertificate);
            }
        }
        Ok(Self { extra, config: OnceCell::new() })
    }

    /// Shakes hands with `host` over a connection. The second value is what was seen, whether or
    /// not it succeeded.
    pub(super) async fn shake_hands(
        &self,
        host: &Host,
        tcp: Tcp,
    ) -> (Result<TlsStream<Tcp>, Failure>, Shown) {
        let mut shown = Shown::default();
        let (config, name) = match (self.config().await, server_name(host)) {
            (Ok(config), Ok(name)) => (config, name),
            (Err(failure), _) | (_, Err(failure)) => return (Err(failure), shown),
        };
        let connecting = TlsConnector::from(config).connect(name, tcp);
        let (result, certificate) = PRESENTED
            .scope(RefCell::default(), async {
                let result = connecting.await;
                (result, PRESENTED.with(RefCell::take))
            })
            .await;
        shown.certificate_sha256 = certificate;
        match result {
            Ok(stream) => {
                let session = stream.get_ref().1;
                shown.version = session.protocol_version().map(version_name);
                shown.http2 = session.alpn_protocol() == Some(b"h2");
                let certificate = session.peer_certificates().and_then(<[_]>::first);
                shown.certificate_sha256 = certificate.map(fingerprint);
                (Ok(stream), shown)
            }
            Err(error) => (Err(Failure::new(Outcome::Tls, format!("TLS handshake: {error}"))), shown),
        }
    }

    async fn config(&self) -> Result<Arc<ClientConfig>, Failure> {
        if let Some(config) = self.config.get() {
            return Ok(Arc::clone(config));
        }
        let extra = self.extra.clone();
        let made = self.config.get_or_try_init(|| async move {
            tokio::task::spawn_blocking(move || make_config(extra))
                .await
                .map_err(|error| {
                    Failure::new(Outcome::Tls, format!("the trust store cannot be read: {error}"))
                })?
                .map(Arc::new)
                .map_err(|error| Failure::new(Outcome::Tls, format!("TLS cannot be set up: {error}")))
        });
        made.await.cloned()
    }
}

/// How many certificates the operating system's trust store has that can be used. Reads files.
#[must_use]
pub fn trusted_roots() -> usize {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs).0
}

/// Reads the operating system's trust store. A certificate in it that cannot be parsed is passed
/// over, as other programs do; an empty store shows as an unknown issuer.
fn make_config(
    extra: Vec<CertificateDer<'static>>,
) -> Result<ClientConfig, Box<dyn std::error::Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(extra);
    let provider = Arc::new(ring::default_provider());
    let versions: &[_] = &[&rustls::version::TLS13, &rustls::version::TLS12];
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
    let mut config = if roots.is_empty() {
        builder.with_root_certificates(roots).with_no_client_auth()
    } else {
        let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
        // "Dangerous" because any verifier could be given: this one asks rustls' own.
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Witness(inner))).with_no_client_auth()
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn server_name(host: &Host) -> Result<ServerName<'static>, Failure> {
    match host {
        Host::Ipv4(ip) => Ok(ServerName::from(std::net::IpAddr::V4(*ip))),
        Host::Ipv6(ip) => Ok(ServerName::from(std::net::IpAddr::V6(*ip))),
        Host::Domain(name) => {
            // A certificate never has the dot that ends an absolute name.
            ServerName::try_from(name.strip_suffix('.').unwrap_or(name).to_owned())
                .map_err(|_| Failure::new(Outcome::Tls, format!("`{name}` cannot be in a certificate")))
        }
    }
}

fn version_name(version: ProtocolVersion) -> String {
    if version == ProtocolVersion::TLSv1_3 {
        "TLSv1.3".to_owned()
    } else if version == ProtocolVersion::TLSv1_2 {
        "TLSv1.2".to_owned()
    } else {
        format!("{version:?}")
    }
}

fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02x}")).collect()
}

tokio::task_local! {
    /// The certificate that the peer of the handshake under way presented.
    static PRESENTED: RefCell<Option<String>>;
}

/// Notes the certificate a peer presents, then lets rustls' verifier decide. Without it, nothing
/// would be known of a certificate that is refused.
#[derive(Debug)]
struct Witness(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        if verdict.is_err() {
            // Outside a handshake of ours there is nobody to tell.
            let _ = PRESENTED.try_with(|presented| presented.replace(Some(fingerprint(end_entity))));
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
