//! What a failure of the layers below is called.

use std::error::Error;
use std::io;
use std::time::Duration;

use hookbench_domain::Outcome;

use super::bounds::Excess;
use super::config::{MAX_RESPONSE_HEAD, MAX_RESPONSE_HEADERS};
use super::stream::Watch;
use super::{shortage, tls};

/// An attempt that got no status, and why.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: String,
    /// Whether it was this machine that had nothing left to give.
    pub(super) local_shortage: bool,
    /// Whether a bound was exceeded: it counts although a status line came.
    pub(super) bound: bool,
    /// Whether a connection that had been kept unused ended before anything came back.
    pub(super) idle_closed: bool,
}

impl Failure {
    pub(super) fn new(outcome: Outcome, error: impl Into<String>) -> Self {
        Self { outcome, error: error.into(), local_shortage: false, bound: false, idle_closed: false }
    }

    /// This machine had no file handle, port, buffer or memory left.
    pub(super) fn shortage(outcome: Outcome, what: &str, error: &dyn std::fmt::Display) -> Self {
        Self { local_shortage: true, ..Self::new(outcome, shortage::in_words(what, error)) }
    }

    /// The peer sent too much.
    pub(super) fn excess(excess: Excess) -> Self {
        Self { bound: true, ..Self::new(Outcome::Protocol, excess.to_string()) }
    }

    /// A kept connection ended before anything came back, and `self` is how that showed.
    pub(super) fn of_kept(self, unused: Duration) -> Self {
        let words = format!(
            "the server had closed the idle connection, or closed it just then: it was kept from an earlier \
             request, had been unused for {} ms, and ended before a byte of an answer ({})",
            unused.as_millis(),
            self.error
        );
        Self { idle_closed: true, error: words, ..self }
    }

    /// What hyper says went wrong between the request and its status. `asked`: the server had asked
    /// for a client certificate.
    pub(super) fn of_exchange(error: &hyper::Error, watch: &Watch, asked: bool) -> Self {
        if let Some(excess) = watch.excess() {
            return Self::excess(excess);
        }
        if error.is_parse_too_large() {
            let kib = MAX_RESPONSE_HEAD / 1024;
            let words = format!("the response headers are over {kib} KiB or {MAX_RESPONSE_HEADERS} lines");
            return Self { bound: true, ..Self::new(Outcome::Protocol, words) };
        }
        if error.is_parse() {
            return Self::new(Outcome::Protocol, format!("the answer is not HTTP: {}", root(error)));
        }
        if error.is_user() {
            return Self::new(Outcome::Protocol, format!("the request cannot be sent: {error}"));
        }
        if let Some(io) = cause::<io::Error>(error) {
            return Self::of_io(io, watch, asked);
        }
        if let Some(broken) = watch.broken() {
            return Self::broken(&broken);
        }
        if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
            return Self::new(Outcome::Reset, "the peer closed the connection before a status");
        }
        Self::new(Outcome::Reset, format!("the connection ended before a status: {error}"))
    }

    fn broken(words: &str) -> Self {
        let error = format!("the connection broke while the request was written: {words}");
        Self::new(Outcome::Reset, error)
    }

    fn of_io(error: &io::Error, watch: &Watch, asked: bool) -> Self {
        // In TLS 1.3 a server refuses the client's side of the handshake after it.
        if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
            return Self::new(Outcome::Tls, tls::refusal(error, asked));
        }
        match watch.broken() {
            Some(broken) => Self::broken(&broken),
            None => Self::new(Outcome::Reset, format!("the connection broke before a status: {error}")),
        }
    }

    /// What h2 says went wrong between the request and its status.
    pub(super) fn of_h2(error: &h2::Error, watch: &Watch, asked: bool) -> Self {
        if let Some(excess) = watch.excess() {
            return Self::excess(excess);
        }
        if let Some(io) = error.get_io() {
            // h2 keeps an error's words, not its type.
            let words = io.to_string();
            return if asked && words.contains("alert") {
                Self::new(Outcome::Tls, tls::refusal(io, asked))
            } else {
                Self::of_io(io, watch, asked)
            };
        }
        if error.is_remote() {
            Self::new(Outcome::Reset, format!("the peer ended the exchange before a status: {error}"))
        } else {
            Self::new(
                Outcome::Protocol,
                format!("the answer is not valid HTTP/2, or its headers are over 64 KiB: {error}"),
            )
        }
    }
}

/// The innermost error of a chain.
fn root(error: &hyper::Error) -> &(dyn Error + 'static) {
    let mut last: &(dyn Error + 'static) = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last
}

/// The first error of a chain that is an `E`.
fn cause<E: Error + 'static>(error: &hyper::Error) -> Option<&E> {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}
