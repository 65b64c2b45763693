//! One HTTP try of a delivery, as it is logged.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// What started an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Trigger {
    /// The schedule.
    Scheduled,
    /// A person or program asked for it; it does not consume the schedule.
    Manual,
}

/// How an attempt ended. A status line that was received decides: what follows it can only set
/// `truncated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Outcome {
    /// A 2xx status.
    Success,
    /// Any other status.
    HttpStatus,
    /// No status before the deadline.
    Timeout,
    /// The host name did not resolve.
    Dns,
    /// No connection: refused, unreachable, or not within the connect limit.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// The peer closed or reset the connection before a status.
    Reset,
    /// What came is not HTTP, or its headers are over 64 KiB.
    Protocol,
    /// Our own rules refused the address; nothing was sent.
    Blocked,
    /// Our process ended while it was under way; whether the peer got it is unknown.
    Interrupted,
}

impl Outcome {
    /// Every outcome, in the order of the contract.
    pub const ALL: [Self; 10] = [
        Self::Success,
        Self::HttpStatus,
        Self::Timeout,
        Self::Dns,
        Self::Connect,
        Self::Tls,
        Self::Reset,
        Self::Protocol,
        Self::Blocked,
        Self::Interrupted,
    ];

    /// The name used in JSON, SQL and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::HttpStatus => "http_status",
            Self::Timeout => "timeout",
            Self::Dns => "dns",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Reset => "reset",
            Self::Protocol => "protocol",
            Self::Blocked => "blocked",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == name)
    }

    /// What a received status line means.
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        if status >= 200 && status < 300 { Self::Success } else { Self::HttpStatus }
    }
}

impl Trigger {
    /// The name used in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Manual => "manual",
        }
    }
}

/// How long the steps of an attempt took, in microseconds; a step that did not happen (DNS for an
/// address, TLS for `http`, connecting on a reused connection) is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timings {
    /// Resolving the host name.
    pub dns_us: Option<u64>,
    /// Opening the TCP connection.
    pub connect_us: Option<u64>,
    /// The TLS handshake.
    pub tls_us: Option<u64>,
    /// From the start of the attempt to the status line.
    pub first_byte_us: Option<u64>,
    /// The whole attempt, body included.
    pub total_us: u64,
}

/// What is known of the connection an attempt used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Connection {
    /// Address and port of the peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub peer: Option<String>,
    /// Whether it had carried an earlier attempt.
    pub reused: bool,
    /// `HTTP/1.1` or `HTTP/2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub http_version: Option<String>,
    /// `TLSv1.2` or `TLSv1.3`; absent without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub tls_version: Option<String>,
    /// SHA-256 of the peer's certificate, lower-case hex; absent without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub certificate_sha256: Option<String>,
    /// What the peer's certificate says of itself; absent without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub certificate: Option<Arc<Certificate>>,
    /// Whether the certificate was left unchecked, as the subscription says; on this machine only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
    pub unverified: bool,
}

/// What a certificate says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Certificate {
    /// Whose it is.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// The names and addresses it is made for; the first 20.
    pub names: Vec<String>,
    /// When its time begins.
    pub not_before: Timestamp,
    /// When its time ends.
    pub not_after: Timestamp,
}

/// Bytes of a body, as kept.
pub type Body = Vec<u8>;

/// The request as it went out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RequestRecord {
    /// `POST` or `GET`.
    pub method: String,
    /// Where it went.
    pub url: String,
    /// Every header that was sent, in order.
    pub headers: Vec<(String, String)>,
    /// Its body where it is not the event's, which is kept once, with the event.
    #[serde(skip)]
    pub body: Option<Body>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseRecord {
    /// The status code.
    pub status: u16,
    /// Its headers, in order; bytes that are not UTF-8 are shown as U+FFFD.
    pub headers: Vec<(String, String)>,
    /// At most 64 KiB of the body, as it came.
    pub body: Body,
    /// Whether the body was cut by deadline, cap or reset.
    pub truncated: bool,
}

/// One finished attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRecord {
    /// 1 for the first attempt of a delivery.
    pub number: u32,
    /// What started it.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong in the words of the layer that said so; absent when a status came.
    pub error: Option<String>,
    /// The steps' durations.
    pub timings: Timings,
    /// The request as it went out; absent when it is unknown (interrupted) or was never made.
    pub request: Option<RequestRecord>,
    /// What came back, if a status line did.
    pub response: Option<ResponseRecord>,
    /// The connection it used.
    pub connection: Connection,
}

impl AttemptRecord {
    /// The status code, if a status line came.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(|r| r.status)
    }

    /// When it ended.
    #[must_use]
    pub fn finished_at(&self) -> Timestamp {
        self.started_at.plus_ms(self.timings.total_us / 1000)
    }
}
