//! TLS: what is trusted, and what a handshake showed.

mod certificate;

use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use hookbench_domain::{Certificate, Outcome};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::sign::CertifiedKey;
use rustls::{
    AlertDescription, ClientConfig, DigitallySignedStruct, ProtocolVersion, RootCertStore, SignatureScheme,
};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::failure::Failure;
use super::shortage;
use super::stream::Tcp;
use certificate::{fingerprint, summary};

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

/// Certificates that are trusted beside the operating system's: as authorities, and each as itself
/// when a server presents exactly that one.
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
    /// Whether the peer asked for a client certificate.
    pub(super) client_certificate: bool,
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
        let (result, seen) = SEEN
            .scope(RefCell::default(), async {
                let result = connecting.await;
                (result, SEEN.with(RefCell::take))
            })
            .await;
        shown.client_certificate = seen.client_certificate;
        match result {
            Ok(stream) => {
                let session = stream.get_ref().1;
                shown.version = session.protocol_version().map(version_name);
                shown.http2 = session.alpn_protocol() == Some(b"h2");
                shown.certificate(session.peer_certificates().and_then(<[_]>::first));
                (Ok(stream), shown)
            }
            Err(error) => {
                shown.certificate(seen.refused.as_ref());
                (Err(Failure::new(Outcome::Tls, refusal(&error, seen.client_certificate))), shown)
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

/// A failed handshake in words. `asked`: the server had asked for a client certificate. Under TLS 1.2
/// the alert for a missing one says no more than that the handshake failed; some servers say nothing.
pub(super) fn refusal(error: &io::Error, asked: bool) -> String {
    let refused = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        None => true,
        Some(rustls::Error::AlertReceived(alert)) => matches!(
            alert,
            AlertDescription::HandshakeFailure
                | AlertDescription::NoCertificate
                | AlertDescription::BadCertificate
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::CertificateRequired
                | AlertDescription::UnknownCA
                | AlertDescription::AccessDenied
        ),
        Some(_) => false,
    };
    let words = match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        // Ours; rustls would call it unexpected.
        Some(rustls::Error::General(words)) => words.clone(),
        Some(_) | None => error.to_string(),
    };
    if asked && refused {
        format!("TLS handshake: the server asked for a client certificate and got none: {words}")
    } else if words.contains("CaUsedAsEndEntity") {
        format!(
            "TLS handshake: {words}: the server presents the certificate of an authority, self-signed most \
             likely, that is not the one it is to be trusted by; if it is the right one, give it as `ca_pem`"
        )
    } else {
        format!("TLS handshake: {words}")
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
            .with_client_cert_resolver(Arc::new(NoClientCertificate))
    } else {
        let mut roots = RootCertStore::empty();
        let native = rustls_native_certs::load_native_certs();
        if let Some(error) = native.errors.into_iter().find(for_lack_of_handles) {
            // What could not be read now is read for the next connection: the store is kept.
            return Err(error.into());
        }
        roots.add_parsable_certificates(native.certs);
        roots.add_parsable_certificates(extra.iter().cloned());
        if roots.is_empty() {
            builder.with_root_certificates(roots).with_client_cert_resolver(Arc::new(NoClientCertificate))
        } else {
            let algorithms = provider.signature_verification_algorithms;
            let inner = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
            let witness = Witness { inner, own: extra, algorithms };
            // "Dangerous" because any verifier could be given: this one asks rustls' own.
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(witness))
                .with_client_cert_resolver(Arc::new(NoClientCertificate))
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
    /// What is seen of the handshake under way.
    static SEEN: RefCell<Seen>;
}

/// What rustls asks its helpers during a handshake. Without it, nothing would be known of one that
/// failed.
#[derive(Default)]
struct Seen {
    /// The certificate that was refused.
    refused: Option<CertificateDer<'static>>,
    /// Whether the peer asked for a client certificate.
    client_certificate: bool,
}

fn see(what: impl FnOnce(&mut Seen)) {
    // Outside a handshake of ours there is nobody to tell.
    let _ = SEEN.try_with(|seen| what(&mut seen.borrow_mut()));
}

/// Has no client certificate, and notes that one was asked for.
#[derive(Debug)]
struct NoClientCertificate;

impl ResolvesClientCert for NoClientCertificate {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        see(|seen| seen.client_certificate = true);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}

/// Notes the certificate a peer presents, then lets rustls' verifier decide, unless it is one of
/// those that were given, byte for byte.
#[derive(Debug)]
struct Witness {
    inner: Arc<WebPkiServerVerifier>,
    /// Trusted beside the operating system's: as authorities, and as themselves. What
    /// `openssl req -x509` makes is marked as an authority, which no server's certificate may be.
    own: Vec<CertificateDer<'static>>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = if self.own.iter().any(|own| own.as_ref() == end_entity.as_ref()) {
            certificate::check_own(end_entity, server_name, now).map(|()| ServerCertVerified::assertion())
        } else {
            self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        };
        if verdict.is_err() {
            see(|seen| seen.refused = Some(end_entity.clone().into_owned()));
        }
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        if certificate::key_of_version_1(cert).is_some() {
            return Err(rustls::Error::General(
                "the certificate is of X.509 version 1, which is accepted over TLS 1.3 only: make one of \
                 version 3, or let the server speak TLS 1.3"
                    .to_owned(),
            ));
        }
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        match certificate::key_of_version_1(cert) {
            Some(key) => verify_tls13_signature_with_raw_key(message, &key, dss, &self.algorithms),
            None => self.inner.verify_tls13_signature(message, cert, dss),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_client_certificate_is_named_where_the_alert_says_only_that_the_handshake_failed() {
        let alert = |alert| io::Error::new(io::ErrorKind::InvalidData, rustls::Error::AlertReceived(alert));
        let expired = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        for (error, asked, named) in [
            (alert(AlertDescription::HandshakeFailure), true, true),
            (alert(AlertDescription::BadCertificate), true, true),
            (alert(AlertDescription::HandshakeFailure), false, false),
            (alert(AlertDescription::ProtocolVersion), true, false),
            (io::Error::from(io::ErrorKind::UnexpectedEof), true, true),
            (io::Error::from(io::ErrorKind::UnexpectedEof), false, false),
            (io::Error::new(io::ErrorKind::InvalidData, expired), true, false),
        ] {
            let words = refusal(&error, asked);
            assert_eq!(words.contains("asked for a client certificate"), named, "{words}");
        }
    }
}
