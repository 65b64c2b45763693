//! The wire: one attempt of a delivery over HTTP, and everything there is to know about it.
//!
//! [`Wire::send`] makes at most one request. It follows no redirect, asks no proxy, decompresses
//! nothing and repeats nothing that may have reached the peer. Connections are kept between
//! attempts, and what was learned when one was opened (peer, TLS version, certificate) is reported
//! with every attempt that uses it.

mod certificate;
mod connect;
mod exchange;
mod failure;
mod pool;
mod progress;
mod request;
mod shortage;
mod status_line;
mod stream;
mod tls;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hookbench_domain::{Connection, Outcome, RequestRecord, ResponseRecord, Timings};

pub use hookbench_domain::{AddressRefusal as Refusal, AddressRules, check_address};
pub use request::{USER_AGENT, WireRequest};
pub use tls::{ExtraCa, Trust, WireError, trusted_roots};

use exchange::Ended;
use failure::Failure;
use pool::Pool;
use progress::Progress;
use request::Prepared;
use tls::Tls;

/// The most a response may send before its body begins, in bytes.
pub const MAX_RESPONSE_HEAD: usize = 64 * 1024;

/// The most header lines of an HTTP/1 response. Room for each is made per response, so it costs.
pub const MAX_RESPONSE_HEADERS: usize = 256;

/// How the wire behaves, whoever it sends to.
#[derive(Debug, Clone)]
pub struct WireConfig {
    /// How long opening a TCP connection may take; 5 s.
    pub connect_timeout: Duration,
    /// Connections kept per scheme, host, port and address rules while nothing uses them; 64.
    pub max_idle_per_host: usize,
    /// Connections kept in all while nothing uses them; 512. The one that was used longest ago goes
    /// first.
    pub max_idle: usize,
    /// How long an unused connection is kept; 30 s.
    pub idle_timeout: Duration,
    /// How long after it was opened a connection may still be given a request; 5 minutes.
    pub max_connection_age: Duration,
    /// The most of a response body that is read and kept, in bytes; 64 KiB.
    pub body_cap: usize,
    /// Certificates, as PEM, that are trusted beside the operating system's.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Where Hookbench's own API listens. Always refused; may change while the wire is in use.
    pub own_addresses: Arc<RwLock<Vec<SocketAddr>>>,
}

impl Default for WireConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            max_idle_per_host: 64,
            max_idle: 512,
            idle_timeout: Duration::from_secs(30),
            max_connection_age: Duration::from_mins(5),
            body_cap: 64 * 1024,
            extra_ca_pem: None,
            own_addresses: Arc::default(),
        }
    }
}

/// What one attempt showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireReport {
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong, in the words of the layer that said so; absent when a status came.
    pub error: Option<String>,
    /// Whether nothing was sent because this machine had no file handle, port, buffer or memory left
    /// to give. The outcome then says at which step, and nothing of the endpoint.
    pub local_shortage: bool,
    /// The steps' durations; a step that failed or ran into the deadline counts until then.
    pub timings: Timings,
    /// The request with every header as sent, in order. After `blocked`, `dns`, `connect` and
    /// `tls`: as it would have been sent.
    pub request: RequestRecord,
    /// What came back, if a status line did.
    pub response: Option<ResponseRecord>,
    /// The connection that was used, as far as it got.
    pub connection: Connection,
}

/// A request as it would be logged, with every header in order; nothing is sent.
///
/// # Errors
/// Says why it could not be sent.
pub fn settled(request: WireRequest) -> Result<RequestRecord, String> {
    let (record, prepared) = request::prepare(request);
    prepared.map(|_| record).map_err(|failure| failure.error)
}

/// Sends requests. Clones share their connections.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    config: WireConfig,
    tls: Tls,
    pool: Arc<Pool>,
}

impl Wire {
    /// A wire without connections yet. The operating system's trust store is read when the first
    /// `https` connection is opened.
    ///
    /// # Errors
    /// [`WireError`] when `extra_ca_pem` holds no usable certificate.
    pub fn new(config: WireConfig) -> Result<Self, WireError> {
        let tls = Tls::new(config.extra_ca_pem.as_deref().map(ExtraCa::parse).transpose()?);
        let pool = Arc::new(Pool::new(&config));
        Ok(Self(Arc::new(Inner { config, tls, pool })))
    }

    /// Makes one attempt. Never fails: what goes wrong is the report.
    ///
    /// Dropping the future abandons the attempt and closes its connection.
    pub async fn send(&self, request: WireRequest) -> WireReport {
        let mut progress = Progress::start();
        let deadline = request.timeout;
        let (record, prepared) = request::prepare(request);
        let failure = match prepared {
            Err(failure) => Some(failure),
            Ok(prepared) => {
                match tokio::time::timeout(deadline, self.0.attempt(&prepared, &mut progress)).await {
                    Ok(ended) => ended.err(),
                    Err(_elapsed) => Some(progress.out_of_time(deadline)),
                }
            }
        };
        progress.report(record, failure)
    }
}

impl Inner {
    /// The attempt, without its deadline. What it learns is in `progress`, also when it is dropped.
    async fn attempt(&self, prepared: &Prepared, progress: &mut Progress) -> Result<(), Failure> {
        while let Some(kept) = self.pool.take(&prepared.key) {
            if self.check(kept.about().peer, prepared.key.rules).is_err() {
                self.pool.discard(&prepared.key, kept);
                continue;
            }
            match exchange::run(&self.pool, self.config.body_cap, kept, true, prepared, progress).await {
                Ok(()) => return Ok(()),
                Err(Ended::Failed(failure)) => return Err(failure),
                // The one repetition there is: the peer cannot have seen anything of the request.
                Err(Ended::Unsent(_)) => break,
            }
        }
        let opened = self.open(prepared, progress).await?;
        exchange::run(&self.pool, self.config.body_cap, opened, false, prepared, progress).await.map_err(
            |ended| match ended {
                Ended::Failed(failure) | Ended::Unsent(failure) => failure,
            },
        )
    }

    /// Whether an address may be sent to, by these rules and as of now.
    fn check(&self, address: SocketAddr, rules: AddressRules) -> Result<(), Refusal> {
        let own = self.config.own_addresses.read().unwrap_or_else(PoisonError::into_inner);
        check_address(address.ip(), address.port(), rules, &own)
    }
}
