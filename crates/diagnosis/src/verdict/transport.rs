//! Attempts without a status line: names, connections, TLS, time, and our own rules.

use hookbench_domain::AttemptRecord;
use url::Host;

use super::{Verdict, VerdictCode as Code, host, said, target};

/// Whether the layer's words hold one of these, case aside.
fn says(words: &str, any: &[&str]) -> bool {
    let words = words.to_lowercase();
    any.iter().any(|part| words.contains(part))
}

fn ms(us: u64) -> u64 {
    us / 1000
}

/// What the wire says when the operating system had nothing left to give, and what that says itself,
/// for attempts of earlier versions: EMFILE, ENFILE, EADDRNOTAVAIL, ENOBUFS and ENOMEM.
const EXHAUSTED: [&str; 6] = [
    "this machine is short of",
    "too many open files",
    "cannot assign requested address",
    "can't assign requested address",
    "no buffer space",
    "cannot allocate memory",
];

fn overloaded(host: &str, said: String) -> Verdict {
    let summary = format!("Nothing was sent to {host}: this machine has no connections left to give.");
    Verdict::new(Code::Overloaded, summary, said)
}

pub(super) fn dns(attempt: &AttemptRecord) -> Verdict {
    let (host, said) = (host(attempt), said(attempt));
    if says(&said, &EXHAUSTED) {
        return overloaded(&host, said);
    }
    let temporary = ["temporary failure", "try again", "timed out", "timeout", "servfail", "server failure"];
    if says(&said, &temporary) {
        return Verdict::new(
            Code::DnsUnavailable,
            format!("The address of {host} could not be looked up just now."),
            said,
        );
    }
    Verdict::new(Code::DnsNotFound, format!("There is no server named {host}."), said)
}

pub(super) fn connect(attempt: &AttemptRecord) -> Verdict {
    let (host, said) = (host(attempt), said(attempt));
    if says(&said, &EXHAUSTED) {
        return overloaded(&host, with_peer(attempt, said));
    }
    let (code, summary) = if says(&said, &["refused"]) {
        (Code::ConnectRefused, format!("Nothing is listening at {host} on that port."))
    } else if says(&said, &["unreachable", "no route", "network is down"]) {
        (Code::ConnectUnreachable, format!("There is no way from this machine to {host}."))
    } else if says(&said, &["timed out", "timeout", "deadline", "elapsed", "no connection within"]) {
        (Code::ConnectTimeout, format!("{host} did not answer the attempt to connect."))
    } else {
        (Code::ConnectFailed, format!("No connection to {host} could be made."))
    };
    Verdict::new(code, summary, with_peer(attempt, said))
}

fn with_peer(attempt: &AttemptRecord, said: String) -> String {
    match &attempt.connection.peer {
        Some(peer) => format!("{said} (peer {peer})"),
        None => said,
    }
}

pub(super) fn tls(attempt: &AttemptRecord) -> Verdict {
    let (host, said) = (host(attempt), said(attempt));
    if says(&said, &EXHAUSTED) {
        return overloaded(&host, with_peer(attempt, said));
    }
    let asked = ["certificaterequired", "certificate required", "asked for a client certificate"];
    let (code, summary) = if says(&said, &asked) {
        (Code::TlsClientCertificate, format!("{host} asks for a client certificate."))
    } else if says(&said, &["notvalidyet", "not valid yet", "not yet valid"]) {
        (Code::TlsNotYetValid, format!("The certificate of {host} is not valid yet."))
    } else if says(&said, &["expired"]) {
        (Code::TlsExpired, format!("The certificate of {host} has expired."))
    } else if says(
        &said,
        &[
            "notvalidforname",
            "not valid for",
            "hostname mismatch",
            "name mismatch",
            "unrecognisedname",
            "unrecognizedname",
        ],
    ) {
        (Code::TlsWrongHost, format!("The certificate belongs to another name than {host}."))
    } else if says(&said, &["revoked"]) {
        (Code::TlsRevoked, format!("The certificate of {host} was withdrawn."))
    } else if says(
        &said,
        &[
            "unknownissuer",
            "unknown issuer",
            "self-signed",
            "self signed",
            "unknown ca",
            "unknownca",
            "causedasendentity",
        ],
    ) {
        (Code::TlsUnknownIssuer, format!("The certificate of {host} comes from nobody this machine trusts."))
    } else if says(
        &said,
        &[
            "protocolversion",
            "protocol version",
            "peerincompatible",
            "peer is incompatible",
            "no ciphersuites",
            "handshakefailure",
            "server hello of an old version",
        ],
    ) {
        (Code::TlsOldProtocol, format!("{host} offers only encryption that is too old."))
    } else if says(&said, &["invalidcontenttype", "corrupt message", "wrong version number", "not tls"]) {
        (Code::TlsNotTls, format!("{host} does not speak TLS on that port."))
    } else {
        (Code::TlsFailed, format!("No secure connection to {host} could be made."))
    };
    let certificate = attempt.connection.certificate_sha256.as_deref();
    let detail = match certificate {
        Some(sha256) => format!("{said}; certificate SHA-256 {sha256}"),
        None => said,
    };
    Verdict::new(code, summary, with_peer(attempt, detail))
}

/// The phase is the first step that has no duration although it must have happened.
pub(super) fn timeout(attempt: &AttemptRecord) -> Verdict {
    let (host, t) = (host(attempt), &attempt.timings);
    let url = target(attempt);
    let named = url.as_ref().is_none_or(|u| matches!(u.host(), Some(Host::Domain(_)) | None));
    let secure = url.as_ref().is_some_and(|u| u.scheme() == "https");
    let total = ms(t.total_us);
    let reached = attempt.connection.reused;
    // The step that was under way has a duration too, so the wire's own words say which it was.
    let words = said(attempt);
    let under_way = |words_of: &str, untimed: bool| {
        says(&words, &[words_of]) || (untimed && !says(&words, &["while", "during"]))
    };
    let connecting = under_way("while connecting", t.connect_us.is_none());
    let resolving = under_way("while resolving", named && t.connect_us.is_none() && t.dns_us.is_none());
    let (code, summary, phase) = if !reached && (connecting || resolving) {
        if resolving {
            (
                Code::TimeoutDns,
                format!("The address of {host} was not found in time."),
                "while resolving the name",
            )
        } else {
            (
                Code::TimeoutConnect,
                format!("{host} did not answer the attempt to connect."),
                "while connecting",
            )
        }
    } else if !reached && secure && under_way("during the tls handshake", t.tls_us.is_none()) {
        (
            Code::TimeoutTls,
            format!("{host} did not finish setting up a secure connection."),
            "during the TLS handshake",
        )
    } else {
        (
            Code::TimeoutResponse,
            format!("{host} took the event but did not answer in time."),
            "while waiting for the answer",
        )
    };
    let steps = [("dns", t.dns_us), ("connect", t.connect_us), ("tls", t.tls_us)];
    let steps: Vec<_> =
        steps.iter().filter_map(|(name, us)| us.map(|us| format!("{name} {} ms", ms(us)))).collect();
    let before = if steps.is_empty() { String::new() } else { format!("; before: {}", steps.join(", ")) };
    let reuse = if reached { "; on a connection that was already open" } else { "" };
    Verdict::new(code, summary, format!("Time ran out after {total} ms {phase}{before}{reuse}."))
}

pub(super) fn reset(attempt: &AttemptRecord) -> Verdict {
    let host = host(attempt);
    let detail = format!(
        "{}; the connection ended after {} ms, before a status line",
        said(attempt),
        ms(attempt.timings.total_us)
    );
    let detail = with_peer(attempt, detail);
    if attempt.connection.reused {
        return Verdict {
            next_step: CLOSED_IDLE.to_owned(),
            ..Verdict::new(
                Code::Reset,
                format!("{host} had closed the idle connection that was kept from an earlier request."),
                detail,
            )
        };
    }
    Verdict::new(Code::Reset, format!("{host} hung up without answering."), detail)
}

/// What to do about a connection that its server closed while it was unused.
const CLOSED_IDLE: &str = "Nothing, if it is rare: where the policy retries, it is sent again at once on a \
     new connection. If it is frequent, let the endpoint keep idle connections longer than 5 seconds, or \
     say how long (Keep-Alive: timeout=N). If a new connection ends the same way, the endpoint crashes or \
     restarts; it may have handled this event already.";

pub(super) fn protocol(attempt: &AttemptRecord) -> Verdict {
    let (host, said) = (host(attempt), said(attempt));
    let too_large = ["kib", "too large", "too many", "overflow"];
    if says(&said, &["header"]) && says(&said, &too_large) && !says(&said, &["not valid"]) {
        return Verdict::new(
            Code::HeadersTooLarge,
            format!("{host} answered with more header data than any server should."),
            said,
        );
    }
    if says(&said, &["informational (1xx) responses", "the peer sent more than", "the peer sent far more"]) {
        return Verdict {
            next_step: "Look at what answers there, a proxy before the endpoint included: it sends on and \
                        on and never comes to a final status."
                .to_owned(),
            ..Verdict::new(Code::Protocol, format!("{host} sent without end and gave no answer."), said)
        };
    }
    Verdict::new(Code::Protocol, format!("What {host} answered is not a web server's answer."), said)
}

pub(super) fn blocked(attempt: &AttemptRecord) -> Verdict {
    if says(&said(attempt), &["has gone round"]) {
        let summary = "Nothing was sent: this event goes in circles, out of here and in again.";
        return Verdict::new(Code::DeliveryLoop, summary, said(attempt));
    }
    if attempt.request.as_ref().is_none_or(|request| request.url.is_empty()) {
        return Verdict::new(
            Code::NotSendable,
            "Nothing was sent: there is no request to send for this event.",
            said(attempt),
        );
    }
    let host = host(attempt);
    Verdict::new(
        Code::Blocked,
        format!("Nothing was sent: the address of {host} is not allowed by the safety rules."),
        said(attempt),
    )
}

pub(super) fn interrupted() -> Verdict {
    Verdict::new(
        Code::Interrupted,
        "Hookbench was stopped while this was under way.",
        "Whether the receiver got it is unknown; it can tell by the event's id, which stays the same.",
    )
}
