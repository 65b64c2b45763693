//! TLS: what is trusted, and what a handshake showed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hookbench_domain::{Certificate, Outcome};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, ProtocolVersion, RootCertStore, SignatureScheme};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::certificate::{fingerprint, summary};
use super::failure::Failure;
use super::shortage;
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

/// Certificates that are trusted beside the operating system's.
#[derive(Clone)]
pub struct ExtraCa {
    certificates: Arc<[CertificateDer<'static>]>,
    /// SHA-256 of them all.
    id: [u8; 32],
}

impl ExtraCa {
    /// Reads certificates in PEM.
    ///
    /// # Errors
    /// [`WireError`] when it is not PEM, holds no certificate, or one that cannot be used.
    pub fn parse(pem: &[u8]) -> Result<Self, WireError> {
        let (mut certificates, mut digest) = (Vec::new(), Sha256::new());
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(WireError::Pem)?;
            store.add(certificate.clone()).map_err(WireError::Certificate)?;
            digest.update(certificate.len().to_be_bytes());
            digest.update(&certificate);
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            return Err(WireError::NoCertificate);
        }
        Ok(Self { certificates: certificates.into(), id: digest.finalize().into() })
    }

    /// What each of them says of itself.
    #[must_use]
    pub fn summaries(&self) -> Vec<Certificate> {
        self.certificates.iter().filter_map(|der| summary(der)).collect()
    }
}

/// Whom a peer's certificate may be vouched for by.
#[derive(Clone, Default)]
pub struct Trust {
    /// Beside the operating system's.
    pub extra: Option<ExtraCa>,
    /// Not at all: only a peer on this machine is spoken to then.
    pub unverified: bool,
}

/// What tells rules of trust apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct TrustKey {
    extra: Option<[u8; 32]>,
    unverified: bool,
}

impl Trust {
    pub(super) fn key(&self) -> TrustKey {
        TrustKey { extra: self.extra.as_ref().map(|extra| extra.id), unverified: self.unverified }
    }
}

/// A configuration, made when it is first needed.
type Config = Arc<OnceCell<Arc<ClientConfig>>>;

/// How many rules of trust have their configuration kept.
const MOST_CONFIGS: usize = 64;

/// The TLS configurations, one for each rule of trust.
pub(super) struct Tls {
    extra: Option<ExtraCa>,
    configs: Mutex<HashMap<TrustKey, Config>>,
}

/// What a handshake showed.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// `TLSv1.2` or `TLSv1.3`.
    pub(super) version: Option<String>,
    /// SHA-256 of the peer's certificate, lower-case hex; known also when it was not accepted.
    pub(super) certificate_sha256: Option<String>,
    /// What it says of itself.
    pub(super) certificate: Option<Arc<Certificate>>,
    /// Whether the peer chose HTTP/2.
    pub(super) http2: bool,
}

impl Shown {
    fn certificate(&mut self, der: Option<&CertificateDer<'_>>) {
        self.certificate_sha256 = der.map(|der| fingerprint(der));
        self.certificate = der.and_then(|der| summary(der)).map(Arc::new);
    }
}

impl Tls {
    /// `extra` is trusted whatever a request says.
    pub(super) fn new(extra: Option<ExtraCa>) -> Self {
        Self { extra, configs: Mutex::default() }
    }

    /// Shakes hands with `host` over a connection. The second value is what was seen, whether or
    /// not it succeeded.
    pub(super) async fn shake_hands(
        &self,
        host: &Host,
        trust: &Trust,
        tcp: Tcp,
    ) -> (Result<TlsStream<Tcp>, Failure>, Shown) {
        let mut shown = Shown::default();
        let (config, name) = match (self.config(trust).await, server_name(host)) {
            (Ok(config), Ok(name)) => (config, name),
            (Err(failure), _) | (_, Err(failure)) => return (Err(failure), shown),
        };
        let connecting = TlsConnector::from(config).connect(name, tcp);
        let (result, refused) = PRESENTED
            .scope(RefCell::default(), async {
                let result = connecting.await;
                (result, PRESENTED.with(RefCell::take))
            })
            .await;
        match result {
            Ok(stream) => {
                let session = stream.get_ref().1;
                shown.version = session.protocol_version().map(version_name);
                shown.http2 = session.alpn_protocol() == Some(b"h2");
                shown.certificate(session.peer_certificates().and_then(<[_]>::first));
                (Ok(stream), shown)
            }
            Err(error) => {
                shown.certificate(refused.as_ref());
                (Err(Failure::new(Outcome::Tls, format!("TLS handshake: {error}"))), shown)
            }
        }
    }

    async fn config(&self, trust: &Trust) -> Result<Arc<ClientConfig>, Failure> {
        let slot = {
            let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
            let key = trust.key();
            if configs.len() >= MOST_CONFIGS && !configs.contains_key(&key) {
                configs.clear();
            }
            configs.entry(key).or_default().clone()
        };
        if let Some(config) = slot.get() {
            return Ok(Arc::clone(config));
        }
        let extra = [&self.extra, &trust.extra].into_iter().flatten();
        let extra: Vec<CertificateDer<'static>> =
            extra.flat_map(|ca| ca.certificates.iter().cloned()).collect();
        let unverified = trust.unverified;
        let made = slot.get_or_try_init(|| async move {
            tokio::task::spawn_blocking(move || make_config(extra, unverified))
                .await
                .map_err(|error| {
                    Failure::new(Outcome::Tls, format!("the trust store cannot be read: {error}"))
                })?
                .map(Arc::new)
                .map_err(|error| {
                    let what = "TLS cannot be set up";
                    if error.is::<rustls_native_certs::Error>() {
                        return Failure::shortage(Outcome::Tls, what, &error);
                    }
                    Failure::new(Outcome::Tls, format!("{what}: {error}"))
                })
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
    unverified: bool,
) -> Result<ClientConfig, Box<dyn std::error::Error + Send + Sync>> {
    let provider = Arc::new(ring::default_provider());
    let versions: &[_] = &[&rustls::version::TLS13, &rustls::version::TLS12];
    let builder =
        ClientConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(versions)?;
    let mut config = if unverified {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unchecked(provider)))
            .with_no_client_auth()
    } else {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        if let Some(error) = native.errors.into_iter().find(for_lack_of_handles) {
            // What could not be read now is read for the next connection: the store is kept.
            return Err(error.into());
        }
        roots.add_parsable_certificates(native.certs);
        roots.add_parsable_certificates(extra);
        if roots.is_empty() {
            builder.with_root_certificates(roots).with_no_client_auth()
        } else {
            let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
            // "Dangerous" because any verifier could be given: this one asks rustls' own.
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Witness(inner)))
                .with_no_client_auth()
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn for_lack_of_handles(error: &rustls_native_certs::Error) -> bool {
    matches!(&error.kind, rustls_native_certs::ErrorKind::Io { inner, .. } if shortage::out_of_handles(inner))
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

tokio::task_local! {
    /// The certificate that the peer of the handshake under way presented.
    static PRESENTED: RefCell<Option<CertificateDer<'static>>>;
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
            let _ = PRESENTED.try_with(|presented| presented.replace(Some(end_entity.clone().into_owned())));
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

/// Takes any certificate; that its owner is who speaks is checked still. Only for a peer on this
/// machine: whoever opens the connection sees to that.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
