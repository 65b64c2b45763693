//! What a failure of the layers below is called.

use std::error::Error;
use std::io;

use hookbench_domain::Outcome;

use super::{MAX_RESPONSE_HEAD, MAX_RESPONSE_HEADERS, shortage};

/// An attempt that got no status, and why.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: String,
    /// Whether it was this machine that had nothing left to give.
    pub(super) local_shortage: bool,
}

impl Failure {
    pub(super) fn new(outcome: Outcome, error: impl Into<String>) -> Self {
        Self { outcome, error: error.into(), local_shortage: false }
    }

    /// This machine had no file handle, port, buffer or memory left.
    pub(super) fn shortage(outcome: Outcome, what: &str, error: &dyn std::fmt::Display) -> Self {
        Self { local_shortage: true, ..Self::new(outcome, shortage::in_words(what, error)) }
    }

    /// What hyper says went wrong between the request and its status.
    pub(super) fn of_exchange(error: &hyper::Error) -> Self {
        if error.is_parse_too_large() {
            let kib = MAX_RESPONSE_HEAD / 1024;
            let words = format!("the response headers are over {kib} KiB or {MAX_RESPONSE_HEADERS} lines");
            return Self::new(Outcome::Protocol, words);
        }
        if error.is_parse() {
            return Self::new(Outcome::Protocol, format!("the answer is not HTTP: {}", root(error)));
        }
        if let Some(h2) = cause::<h2::Error>(error) {
            return Self::of_h2(h2);
        }
        if error.is_user() {
            return Self::new(Outcome::Protocol, format!("the request cannot be sent: {error}"));
        }
        if let Some(io) = cause::<io::Error>(error) {
            // In TLS 1.3 a server refuses the client's side of the handshake after it.
            if io.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
                return Self::new(Outcome::Tls, format!("TLS handshake: {io}"));
            }
            return Self::new(Outcome::Reset, format!("the connection broke before a status: {io}"));
        }
        if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
            return Self::new(Outcome::Reset, "the peer closed the connection before a status");
        }
        Self::new(Outcome::Reset, format!("the connection ended before a status: {error}"))
    }

    fn of_h2(error: &h2::Error) -> Self {
        if error.is_io() || error.is_remote() {
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
