//! Addresses that are refused, and that nothing reaches them.

use std::sync::{Arc, PoisonError, RwLock};

use hookbench_dispatcher::wire::{AddressRules, Wire, WireConfig};
use hookbench_domain::Outcome;

use crate::peer::{OK, Peer, TYPED, error, post, status, wire};

const STRICT: AddressRules = AddressRules { allow_loopback: false, allow_private: false };
const OPEN: AddressRules = AddressRules { allow_loopback: true, allow_private: true };

#[tokio::test]
async fn a_refused_address_is_blocked_and_names_the_rule() {
    let wire = wire();
    for (host, rules, word) in [
        ("169.254.169.254", OPEN, "link-local"),
        ("[::ffff:169.254.169.254]", OPEN, "link-local"),
        ("[fe80::1]", OPEN, "link-local"),
        ("[fd00:ec2::254]", OPEN, "metadata"),
        ("0.0.0.0", OPEN, "0.0.0.0/8"),
        ("0", OPEN, "0.0.0.0/8"),
        ("[::]", OPEN, "name no host"),
        ("224.0.0.1", OPEN, "multicast"),
        ("240.0.0.1", OPEN, "reserved"),
        ("[64:ff9b::a9fe:a9fe]", OPEN, "NAT64"),
        ("[2002:a9fe:a9fe::1]", OPEN, "6to4"),
        ("[2001::1]", OPEN, "Teredo"),
        ("10.0.0.1", TYPED, "allow_private"),
        ("172.16.0.1", TYPED, "allow_private"),
        ("192.168.0.1", TYPED, "allow_private"),
        ("100.64.0.1", TYPED, "allow_private"),
        ("[fc00::1]", TYPED, "allow_private"),
        ("127.0.0.1", STRICT, "loopback"),
        ("0x7f.1", STRICT, "loopback"),
        ("2130706433", STRICT, "loopback"),
        ("[::1]", STRICT, "loopback"),
        ("[::ffff:127.0.0.1]", STRICT, "loopback"),
        ("localhost", STRICT, "loopback"),
    ] {
        let mut request = post(&format!("http://{host}:9/"));
        request.rules = rules;
        let report = wire.send(request).await;
        assert_eq!(report.outcome, Outcome::Blocked, "{host}: {report:?}");
        assert!(error(&report).contains(word), "{host}: {}", error(&report));
        assert_eq!((report.timings.connect_us, report.connection.peer), (None, None), "{host}");
    }
}

#[tokio::test]
async fn a_stricter_subscription_does_not_inherit_an_open_connection() {
    let peer = Peer::answering(OK).await;
    let wire = wire();
    assert_eq!(status(&wire.send(post(&peer.url())).await), Some(200));
    let mut request = post(&peer.url());
    request.rules = STRICT;
    let report = wire.send(request).await;
    assert_eq!(report.outcome, Outcome::Blocked);
    assert_eq!((peer.connections(), peer.requests().len()), (1, 1));
}

#[tokio::test]
async fn our_own_api_is_refused_also_over_a_connection_that_was_open_before_it_was_ours() {
    let peer = Peer::answering(OK).await;
    let own = Arc::new(RwLock::new(Vec::new()));
    let config = WireConfig { own_addresses: Arc::clone(&own), ..WireConfig::default() };
    let wire = Wire::new(config).unwrap();
    assert_eq!(wire.send(post(&peer.url())).await.outcome, Outcome::Success);
    own.write().unwrap_or_else(PoisonError::into_inner).push(peer.address);
    let mapped = format!("http://[::ffff:127.0.0.1]:{}/", peer.address.port());
    let named = format!("http://localhost:{}/", peer.address.port());
    for url in [peer.url(), mapped, named] {
        let report = wire.send(post(&url)).await;
        assert_eq!(report.outcome, Outcome::Blocked, "{url}");
        assert!(error(&report).contains("own API"), "{}", error(&report));
    }
    assert_eq!(peer.requests().len(), 1);
}

#[tokio::test]
async fn names_under_localhost_are_this_machine_and_nobody_is_asked() {
    let peer = Peer::answering(OK).await;
    let wire = wire();
    for name in ["localhost", "app.localhost", "a.b.localhost", "localhost."] {
        let report = wire.send(post(&format!("http://{name}:{}/in", peer.address.port()))).await;
        assert_eq!(status(&report), Some(200), "{name}: {report:?}");
        assert_eq!(report.timings.dns_us, None, "{name}");
    }
}

#[tokio::test]
async fn user_info_and_other_schemes_are_blocked_without_being_recorded() {
    let wire = wire();
    for url in ["http://me:hunter2@127.0.0.1:9/", "ftp://127.0.0.1/", "file:///etc/passwd"] {
        let report = wire.send(post(url)).await;
        assert_eq!(report.outcome, Outcome::Blocked, "{url}");
        assert!(!format!("{report:?}").contains("hunter2"));
    }
}
