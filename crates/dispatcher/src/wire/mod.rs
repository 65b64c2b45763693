//! The wire: one attempt of a delivery over HTTP, and everything there is to know about it.
//!
//! [`Wire::send`] makes at most one request. It follows no redirect, asks no proxy, decompresses
//! nothing and repeats nothing that the peer may have acted on. Connections are kept between
//! attempts, and what was learned when one was opened (peer, TLS version, certificate) is reported
//! with every attempt that uses it.

mod bounds;
mod config;
mod connect;
mod exchange;
mod failure;
mod opening;
mod pool;
mod progress;
mod report;
mod request;
mod shortage;
mod status_line;
mod stream;
mod tls;

use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};

use hookbench_domain::RequestRecord;

pub use config::{MAX_RESPONSE_HEAD, MAX_RESPONSE_HEADERS, WireConfig};
pub use hookbench_domain::{AddressRefusal as Refusal, AddressRules, check_address};
pub use report::WireReport;
pub use request::{USER_AGENT, WireRequest};
pub use tls::{ExtraCa, Trust, WireError, trusted_roots};

use exchange::Ended;
use failure::Failure;
use opening::{Opened, Openings, Part};
use pool::{Channel, Pool};
use progress::{Progress, Step};
use request::Prepared;
use tls::Tls;

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
    openings: Openings,
}

/// How often one attempt looks for another connection because the peer did nothing with its request
/// on the last one.
const MOST_UNSENT: u32 = 4;

/// How often that is one which it shares. On a shared one others may come first, up to what the peer
/// takes on a connection; on one of its own only a restart of the peer can.
const MOST_SHARED: u32 = 1;

impl Wire {
    /// A wire without connections yet. The operating system's trust store is read when the first
    /// `https` connection is opened.
    ///
    /// # Errors
    /// [`WireError`] when `extra_ca_pem` holds no usable certificate.
    pub fn new(config: WireConfig) -> Result<Self, WireError> {
        let tls = Tls::new(config.extra_ca_pem.as_deref().map(ExtraCa::parse).transpose()?);
        let pool = Arc::new(Pool::new(&config));
        Ok(Self(Arc::new(Inner { config, tls, pool, openings: Openings::default() })))
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
        let (mut unsent, mut kept) = (0, !prepared.fresh);
        loop {
            let (channel, reused) = if unsent > MOST_SHARED {
                // A connection of its own: nobody else's requests come before it.
                (self.open(prepared, progress).await?, false)
            } else {
                match kept.then(|| self.kept(prepared)).flatten() {
                    Some(channel) => (channel, true),
                    None => self.opened(prepared, progress).await?,
                }
            };
            // What closed one idle HTTP/1 connection has probably closed them all.
            kept &= matches!(channel, Channel::Http2(_));
            let cap = self.config.body_cap;
            match exchange::run(&self.pool, cap, channel, reused, prepared, progress).await {
                Ok(()) => return Ok(()),
                // The one repetition there is: the peer did nothing with the request.
                Err(Ended::Unsent(_)) if unsent < MOST_UNSENT => unsent += 1,
                Err(Ended::Failed(failure) | Ended::Unsent(failure)) => return Err(failure),
            }
        }
    }

    /// A kept connection, to an address that may still be sent to.
    fn kept(&self, prepared: &Prepared) -> Option<Channel> {
        while let Some(kept) = self.pool.take(&prepared.key) {
            if self.check(kept.about().peer, prepared.key.rules).is_ok() {
                return Some(kept);
            }
            self.pool.discard(&prepared.key, kept);
        }
        None
    }

    /// A new connection, shared with whoever needs one at the same moment if the host speaks
    /// HTTP/2; and whether somebody else's request comes first on it.
    async fn opened(&self, prepared: &Prepared, progress: &mut Progress) -> Result<(Channel, bool), Failure> {
        let opener = match self.openings.join(&prepared.key) {
            Part::Alone => None,
            Part::Opens(opener) => Some(opener),
            Part::Waits(mut opened) => {
                progress.enter(Step::Connecting);
                let told = opened.wait_for(Option::is_some).await.ok().and_then(|told| (*told).clone());
                match told {
                    Some(Opened::Shared(http2)) => return Ok((Channel::Http2(http2), true)),
                    Some(Opened::Failed(failure)) => return Err(failure),
                    Some(Opened::Alone) | None => None,
                }
            }
        };
        let opened = self.open(prepared, progress).await;
        if let Ok(channel) = &opened {
            self.openings.note(&prepared.key, matches!(channel, Channel::Http2(_)));
        }
        if let Ok(Channel::Http2(http2)) = &opened {
            self.pool.share(&prepared.key, http2);
        }
        if let Some(opener) = opener {
            opener.tell(match &opened {
                Ok(Channel::Http2(http2)) => Opened::Shared(http2.clone()),
                Ok(Channel::Http1(_)) => Opened::Alone,
                Err(failure) => Opened::Failed(failure.clone()),
            });
        }
        opened.map(|channel| (channel, false))
    }

    /// Whether an address may be sent to, by these rules and as of now.
    fn check(&self, address: SocketAddr, rules: AddressRules) -> Result<(), Refusal> {
        let own = self.config.own_addresses.read().unwrap_or_else(PoisonError::into_inner);
        check_address(address.ip(), address.port(), rules, &own)
    }
}
