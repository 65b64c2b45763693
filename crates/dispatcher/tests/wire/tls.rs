//! TLS: what is trusted, and what is known of a peer that is not.

use std::sync::Arc;
use std::time::Duration;

use hookbench_dispatcher::wire::{ExtraCa, Trust, Wire, WireConfig, WireError, WireRequest};
use hookbench_domain::Outcome;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;

use crate::peer::{OK, Peer, error, post};

/// A certificate authority of one test.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A server's certificate and key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for these names, valid until the end of that year.
    pub(crate) fn issue(&self, names: &[&str], until: i32) -> Identity {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(until, 12, 31);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            certificate: certificate.der().clone(),
            key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        }
    }

    /// A wire that trusts this authority.
    pub(crate) fn wire(&self) -> Wire {
        let extra_ca_pem = Some(self.pem.clone().into_bytes());
        Wire::new(WireConfig { extra_ca_pem, ..WireConfig::default() }).unwrap()
    }
}

impl Identity {
    pub(crate) fn acceptor(
        &self,
        versions: &[&'static SupportedProtocolVersion],
        alpn: &[&[u8]],
    ) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        // Without rustls' own look at the certificate: servers present what they have.
        let key = provider.key_provider.load_private_key(self.key.clone_key()).unwrap();
        let certified = CertifiedKey::new(vec![self.certificate.clone()], key);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }

    pub(crate) fn sha256(&self) -> String {
        Sha256::digest(&self.certificate).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

const BOTH: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

/// An HTTP/1.1 peer over TLS that answers everything it reads.
async fn peer(acceptor: TlsAcceptor) -> Peer {
    Peer::start(move |visit| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut tls) = acceptor.accept(visit.tcp).await else { return };
            let mut bytes = [0; 4096];
            while matches!(tls.read(&mut bytes).await, Ok(1..)) {
                let _ = tls.write_all(OK.as_bytes()).await;
                let _ = tls.flush().await;
            }
        }
    })
    .await
}

fn url(peer: &Peer, host: &str) -> String {
    format!("https://{host}:{}/in", peer.address.port())
}

#[tokio::test]
async fn a_peer_of_the_extra_ca_is_trusted_and_its_certificate_reported() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost", "127.0.0.1"], 2099);
    let peer = peer(identity.acceptor(BOTH, &[])).await;
    let wire = authority.wire();
    for host in ["localhost", "127.0.0.1"] {
        let report = wire.send(post(&url(&peer, host))).await;
        assert_eq!(report.outcome, Outcome::Success, "{report:?}");
        assert_eq!(report.connection.tls_version.as_deref(), Some("TLSv1.3"));
        assert_eq!(report.connection.http_version.as_deref(), Some("HTTP/1.1"));
        assert_eq!(report.connection.certificate_sha256, Some(identity.sha256()));
        assert!(report.timings.tls_us.is_some());
        let again = wire.send(post(&url(&peer, host))).await;
        assert!(again.connection.reused);
        assert_eq!(again.connection.certificate_sha256, Some(identity.sha256()));
        assert_eq!((again.timings.tls_us, again.timings.connect_us), (None, None));
    }
}

#[tokio::test]
async fn tls_1_2_is_spoken_and_named() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost"], 2099);
    let peer = peer(identity.acceptor(&[&rustls::version::TLS12], &[b"http/1.1"])).await;
    let report = authority.wire().send(post(&url(&peer, "localhost"))).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    assert_eq!(report.connection.tls_version.as_deref(), Some("TLSv1.2"));
}

#[tokio::test]
async fn a_certificate_that_is_not_accepted_is_tls_with_the_reason_and_its_fingerprint() {
    let authority = Authority::new("ours");
    let stranger = Authority::new("stranger");
    for (identity, word) in [
        (stranger.issue(&["localhost"], 2099), "UnknownIssuer"),
        (authority.issue(&["localhost"], 2020), "expired"),
        (authority.issue(&["example.com"], 2099), "not valid for name"),
    ] {
        let peer = peer(identity.acceptor(BOTH, &[])).await;
        let report = authority.wire().send(post(&url(&peer, "localhost"))).await;
        assert_eq!((report.outcome, report.response.as_ref()), (Outcome::Tls, None), "{word}");
        assert!(error(&report).contains(word), "{}", error(&report));
        assert_eq!(report.connection.certificate_sha256, Some(identity.sha256()), "{word}");
        assert_eq!(report.connection.peer, Some(peer.address.to_string()));
        assert!(report.timings.tls_us.is_some());
    }
}

#[tokio::test]
async fn without_the_extra_ca_its_peers_are_unknown() {
    let authority = Authority::new("ours");
    let peer = peer(authority.issue(&["localhost"], 2099).acceptor(BOTH, &[])).await;
    let report = crate::peer::wire().send(post(&url(&peer, "localhost"))).await;
    assert_eq!(report.outcome, Outcome::Tls);
    assert!(error(&report).contains("UnknownIssuer"), "{}", error(&report));
}

#[tokio::test]
async fn a_peer_without_tls_is_tls() {
    for answer in [OK, ""] {
        let peer = Peer::start(move |mut visit| async move {
            let mut hello = [0; 16];
            let _ = visit.tcp.read(&mut hello).await;
            visit.write(answer).await;
            let _ = visit.tcp.shutdown().await;
            visit.until_closed().await;
        })
        .await;
        let report = crate::peer::wire().send(post(&url(&peer, "127.0.0.1"))).await;
        assert_eq!(report.outcome, Outcome::Tls, "{report:?}");
        assert!(error(&report).contains("TLS handshake"), "{}", error(&report));
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_a_timeout_of_that_step() {
    let peer = Peer::start(|mut visit| async move { visit.until_closed().await }).await;
    let mut request = post(&url(&peer, "127.0.0.1"));
    request.timeout = Duration::from_millis(300);
    let report = crate::peer::wire().send(request).await;
    assert_eq!(report.outcome, Outcome::Timeout);
    assert!(error(&report).contains("TLS handshake"), "{}", error(&report));
    assert!(report.timings.tls_us.is_some());
}

#[tokio::test]
async fn a_kept_tls_connection_that_closed_is_replaced_within_the_same_attempt() {
    let authority = Authority::new("ours");
    let acceptor = authority.issue(&["localhost"], 2099).acceptor(BOTH, &[]);
    let answered = Arc::new(tokio::sync::Notify::new());
    let go_on = Arc::clone(&answered);
    let (ended, mut has_ended) = tokio::sync::mpsc::unbounded_channel();
    let peer = Peer::start(move |visit| {
        let (acceptor, answered, ended) = (acceptor.clone(), Arc::clone(&answered), ended.clone());
        async move {
            // Every second connection ends without the farewell TLS asks for.
            let rude = visit.number % 2 == 1;
            let mut tls = acceptor.accept(visit.tcp).await.unwrap();
            assert!(tls.read(&mut [0; 4096]).await.unwrap() > 0);
            tls.write_all(OK.as_bytes()).await.unwrap();
            tls.flush().await.unwrap();
            answered.notified().await;
            if !rude {
                tls.shutdown().await.unwrap();
            }
            drop(tls);
            ended.send(()).unwrap();
        }
    })
    .await;
    let wire = authority.wire();
    for attempt in 1..=10 {
        let report = wire.send(post(&url(&peer, "localhost"))).await;
        assert_eq!(report.outcome, Outcome::Success, "{report:?}");
        assert_eq!((report.connection.reused, peer.connections()), (false, attempt));
        go_on.notify_one();
        has_ended.recv().await.unwrap();
    }
}

#[tokio::test]
async fn an_extra_ca_that_cannot_be_used_is_refused_when_the_wire_is_made() {
    let with = |pem: &str| {
        let extra_ca_pem = Some(pem.as_bytes().to_vec());
        Wire::new(WireConfig { extra_ca_pem, ..WireConfig::default() }).err()
    };
    assert!(matches!(with(""), Some(WireError::NoCertificate)));
    let block = |inside: &str| format!("-----BEGIN CERTIFICATE-----\n{inside}\n-----END CERTIFICATE-----\n");
    assert!(matches!(with(&block("!!")), Some(WireError::Pem(_))));
    assert!(matches!(with(&block("AAAA")), Some(WireError::Certificate(_))));
}

/// A certificate that vouches for itself, as `openssl req -x509` makes it: also an authority unless
/// that is left out. Names of `None` are only in the subject.
fn self_signed(names: Option<&[&str]>, is_ca: IsCa, until: i32) -> (Identity, ExtraCa) {
    let key = KeyPair::generate().unwrap();
    let names = names.unwrap_or_default().iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name.push(DnType::CommonName, "localhost");
    params.is_ca = is_ca;
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(until, 12, 31);
    let certificate = params.self_signed(&key).unwrap();
    let identity = Identity {
        certificate: certificate.der().clone(),
        key: PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
    };
    (identity, ExtraCa::parse(certificate.pem().as_bytes()).unwrap())
}

/// A request that trusts these certificates.
fn given(url: &str, extra: ExtraCa) -> WireRequest {
    WireRequest { trust: Trust { extra: Some(extra), unverified: false }, ..post(url) }
}

#[tokio::test]
async fn a_certificate_that_was_given_itself_is_accepted_when_a_server_presents_exactly_it() {
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    let named = Some(&["localhost", "127.0.0.1"][..]);
    for (names, is_ca) in
        [(named, ca()), (named, IsCa::NoCa), (named, IsCa::ExplicitNoCa), (None, ca()), (None, IsCa::NoCa)]
    {
        for versions in [&BOTH[..1], &BOTH[1..]] {
            let (identity, extra) = self_signed(names, is_ca, 2099);
            let peer = peer(identity.acceptor(versions, &[])).await;
            let report = crate::peer::wire().send(given(&url(&peer, "localhost"), extra)).await;
            assert_eq!(report.outcome, Outcome::Success, "{names:?} {is_ca:?}: {report:?}");
            assert_eq!(report.connection.certificate_sha256, Some(identity.sha256()));
            assert!(!report.connection.unverified);
        }
    }
}

#[tokio::test]
async fn a_certificate_that_was_given_itself_is_refused_for_its_time_for_other_names_and_for_its_like() {
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    let (expired, known_expired) = self_signed(Some(&["localhost"]), ca(), 2020);
    let (other_name, known_other_name) = self_signed(Some(&["example.com"]), ca(), 2099);
    let (subject, known_subject) = self_signed(None, ca(), 2099);
    let (like, _) = self_signed(Some(&["localhost"]), ca(), 2099);
    let (_, known) = self_signed(Some(&["localhost"]), ca(), 2099);
    for (identity, extra, host, word) in [
        (expired, known_expired, "localhost", "expired"),
        (other_name, known_other_name, "localhost", "not valid for name"),
        (subject, known_subject, "127.0.0.1", "not valid for name"),
        (like, known, "localhost", "invalid peer certificate"),
    ] {
        let peer = peer(identity.acceptor(BOTH, &[])).await;
        let report = crate::peer::wire().send(given(&url(&peer, host), extra)).await;
        assert_eq!(report.outcome, Outcome::Tls, "{word}: {report:?}");
        assert!(error(&report).contains(word), "{}", error(&report));
        assert_eq!(report.connection.certificate_sha256, Some(identity.sha256()));
    }
}

/// Made by `openssl x509 -req -signkey`, which writes version 1; for localhost.
const VERSION_1: &str = "\
-----BEGIN CERTIFICATE-----
MIIBJDCBywIUOhapnEmnCLn2ihjNPu2XPF2QWgcwCgYIKoZIzj0EAwIwFDESMBAG
A1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDIxNDAzMVoYDzIxMjYxMTA2MjE0MDMx
WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASVxRHATwABNlXc9tY/VrfwpDc50LSW8SAw91lJLOQYhPANbWTU71uxilx48bT7
VGacW8+bF8+/ZxshCHPUZfzaMAoGCCqGSM49BAMCA0gAMEUCIQCtF2AlZ9C/ses6
sn7fyOLvJmMbqFZzoYXJHTffa5IITgIgeOwFB082NFOP5898A5o6Ac+tZX3Of527
IemxLNKCIMw=
-----END CERTIFICATE-----
";
const VERSION_1_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgaRx8/l9Ne7Fkdjwc
jVKDZxDG4gsAEsI2ZD9jYSrVlrChRANCAASVxRHATwABNlXc9tY/VrfwpDc50LSW
8SAw91lJLOQYhPANbWTU71uxilx48bT7VGacW8+bF8+/ZxshCHPUZfza
-----END PRIVATE KEY-----
";

#[tokio::test]
async fn a_certificate_of_version_1_is_accepted_over_tls_1_3_and_named_over_tls_1_2() {
    let identity = Identity {
        certificate: CertificateDer::from_pem_slice(VERSION_1.as_bytes()).unwrap(),
        key: PrivateKeyDer::from_pem_slice(VERSION_1_KEY.as_bytes()).unwrap(),
    };
    let extra = ExtraCa::parse(VERSION_1.as_bytes()).unwrap();
    let new = peer(identity.acceptor(&BOTH[..1], &[])).await;
    let report = crate::peer::wire().send(given(&url(&new, "localhost"), extra.clone())).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    let old = peer(identity.acceptor(&BOTH[1..], &[])).await;
    let report = crate::peer::wire().send(given(&url(&old, "localhost"), extra)).await;
    assert_eq!(report.outcome, Outcome::Tls, "{report:?}");
    assert!(error(&report).contains("X.509 version 1"), "{}", error(&report));
    let another = KeyPair::generate().unwrap().serialize_der();
    let thief = Identity { key: PrivateKeyDer::try_from(another).unwrap(), ..identity };
    let peer = peer(thief.acceptor(&BOTH[..1], &[])).await;
    let report = crate::peer::wire()
        .send(given(&url(&peer, "localhost"), ExtraCa::parse(VERSION_1.as_bytes()).unwrap()))
        .await;
    assert_eq!(report.outcome, Outcome::Tls, "its key is asked for: {report:?}");
}

#[tokio::test]
async fn a_client_certificate_that_is_asked_for_is_named_in_every_version() {
    let authority = Authority::new("ours");
    let identity = authority.issue(&["localhost"], 2099);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = verifier.build().unwrap();
    for versions in [&BOTH[..1], &BOTH[1..]] {
        for alpn in [&[][..], &[b"h2".to_vec()]] {
            let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
                .with_protocol_versions(versions)
                .unwrap()
                .with_client_cert_verifier(Arc::clone(&verifier))
                .with_single_cert(vec![identity.certificate.clone()], identity.key.clone_key())
                .unwrap();
            config.alpn_protocols = alpn.to_vec();
            let peer = peer(TlsAcceptor::from(Arc::new(config))).await;
            let report = authority.wire().send(post(&url(&peer, "localhost"))).await;
            assert_eq!(report.outcome, Outcome::Tls, "{report:?}");
            assert!(error(&report).contains("asked for a client certificate"), "{}", error(&report));
        }
    }
}

/// A request that trusts this authority, or checks nothing.
fn trusting(url: &str, authority: Option<&Authority>, unverified: bool) -> WireRequest {
    let extra = authority.map(|a| ExtraCa::parse(a.pem.as_bytes()).unwrap());
    WireRequest { trust: Trust { extra, unverified }, ..post(url) }
}

#[tokio::test]
async fn each_subscription_trusts_its_own_authority_and_shares_no_connection_with_others() {
    let (ours, other) = (Authority::new("ours"), Authority::new("other"));
    let identity = ours.issue(&["localhost"], 2099);
    let peer = peer(identity.acceptor(BOTH, &[])).await;
    let (wire, url) = (crate::peer::wire(), url(&peer, "localhost"));
    let mut seen = Vec::new();
    for (authority, unverified) in [
        (Some(&ours), false),
        (None, false),
        (Some(&other), false),
        (None, true),
        (Some(&ours), false),
        (None, true),
    ] {
        let report = wire.send(trusting(&url, authority, unverified)).await;
        assert_eq!(report.connection.unverified, unverified);
        seen.push((report.outcome, report.connection.reused));
    }
    let (good, bad) = (Outcome::Success, Outcome::Tls);
    let want = [(good, false), (bad, false), (bad, false), (good, false), (good, true), (good, true)];
    assert_eq!(seen, want);
}

#[tokio::test]
async fn a_certificate_is_told_whether_it_was_accepted_or_not() {
    let authority = Authority::new("ours");
    let peer = peer(authority.issue(&["localhost", "127.0.0.1"], 2099).acceptor(BOTH, &[])).await;
    let url = url(&peer, "localhost");
    for wire in [authority.wire(), crate::peer::wire()] {
        let report = wire.send(post(&url)).await;
        let certificate = report.connection.certificate.unwrap();
        assert!(certificate.issuer.contains("CN=ours"), "{certificate:?}");
        assert_eq!(certificate.names, ["localhost", "127.0.0.1"]);
        assert_eq!(certificate.not_before.to_string(), "2000-01-01T00:00:00.000Z");
        assert!(certificate.not_after.to_string().starts_with("2099-12-31"));
    }
    let again = authority.wire();
    again.send(post(&url)).await;
    let kept = again.send(post(&url)).await.connection;
    assert!(kept.reused && kept.certificate.is_some(), "a kept connection remembers");
}

#[tokio::test]
async fn certificates_that_cannot_be_used_are_refused() {
    for pem in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(ExtraCa::parse(pem.as_bytes()).is_err(), "{pem}");
    }
    let authority = Authority::new("ours");
    let both = format!("{}{}", authority.pem, Authority::new("other").pem);
    assert_eq!(ExtraCa::parse(both.as_bytes()).unwrap().summaries().len(), 2);
}
