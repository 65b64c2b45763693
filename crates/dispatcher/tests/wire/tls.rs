//! TLS: what is trusted, and what is known of a peer that is not.

use std::sync::Arc;
use std::time::Duration;

use hookbench_dispatcher::wire::{ExtraCa, Trust, Wire, WireConfig, WireError, WireRequest};
use hookbench_domain::Outcome;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, SupportedProtocolVersion};
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
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], self.key.clone_key())
            .unwrap();
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
