//! Connections that wait for their next request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use hookbench_ambient::Stopwatch;
use hookbench_domain::{AddressRules, Certificate, Connection};
use http::header::HeaderMap;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;

use super::config::WireConfig;
use super::stream::{Stream, Watch};
use super::tls::TrustKey;

/// The longest a closed or outlived connection stays unnoticed.
const SWEEP: Duration = Duration::from_secs(1);

/// How long a connection is kept unused when its server does not say how long it keeps it. Common
/// servers close after five seconds.
const UNANNOUNCED: Duration = Duration::from_secs(4);

/// What connections are shared by. The rules for addresses and certificates are part of it: a
/// connection that permissive rules allowed is never seen by a stricter subscription.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) https: bool,
    pub(super) host: Box<str>,
    pub(super) port: u16,
    pub(super) rules: AddressRules,
    pub(super) trust: TrustKey,
}

/// What was learned when a connection was opened.
#[derive(Debug)]
pub(super) struct About {
    pub(super) peer: SocketAddr,
    pub(super) opened: Stopwatch,
    pub(super) tls_version: Option<String>,
    pub(super) certificate_sha256: Option<String>,
    pub(super) certificate: Option<Arc<Certificate>>,
    /// Whether the server asked for a client certificate.
    pub(super) client_certificate: bool,
    pub(super) unverified: bool,
}

/// An open connection.
pub(super) enum Channel {
    Http1(Http1),
    Http2(Http2),
}

/// An HTTP/1 connection: one request at a time, driven by the attempt that holds it, so that
/// dropping the attempt closes it and an unused one costs no task.
///
/// Before a request is written, bytes that lie there end the connection: they answer nothing that
/// was asked. What cannot be helped: a response that a server sends out of turn while the next
/// request is on its way is taken for the answer to it, because HTTP/1 numbers neither.
pub(super) struct Http1 {
    pub(super) sender: http1::SendRequest<Full<Bytes>>,
    pub(super) driver: Pin<Box<http1::Connection<TokioIo<Stream>, Full<Bytes>>>>,
    pub(super) watch: Arc<Watch>,
    pub(super) about: Arc<About>,
    /// Whether every byte on it is HTTP's: there is no TLS.
    pub(super) plain: bool,
    /// How long it may be kept unused.
    pub(super) keep: Duration,
    /// How long it was unused before this request.
    pub(super) unused: Duration,
}

/// An HTTP/2 connection: many requests at a time, driven by a task of its own, which ends with the
/// last clone.
#[derive(Clone)]
pub(super) struct Http2 {
    pub(super) sender: h2::client::SendRequest<Bytes>,
    pub(super) watch: Arc<Watch>,
    pub(super) about: Arc<About>,
    /// How long it was unused before this request; nothing if it was opened for it.
    pub(super) unused: Duration,
    /// Dropped with the last clone.
    pub(super) _in_use: Arc<oneshot::Sender<Infallible>>,
}

impl Http2 {
    /// Whether new requests may be sent: it is neither closed nor on its way to that.
    fn is_open(&mut self) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        !matches!(self.sender.poll_ready(&mut nobody), Poll::Ready(Err(_)))
    }
}

/// How long a connection may be kept unused after a response with these headers: a second less than
/// its server keeps it, or four seconds if the server does not say, and never longer than `most`.
pub(super) fn idle_time(headers: &HeaderMap, most: Duration) -> Duration {
    let lines = headers.get_all("keep-alive").into_iter().filter_map(|value| value.to_str().ok());
    let (mut announced, mut exhausted) = (None, false);
    for (name, value) in lines.flat_map(|line| line.split(',')).filter_map(|part| part.split_once('=')) {
        let number = || value.trim().trim_matches('"').parse::<u64>().ok();
        match name.trim().to_ascii_lowercase().as_str() {
            "timeout" => announced = announced.or_else(number),
            // How many more requests the server takes.
            "max" => exhausted |= number() == Some(0),
            _ => {}
        }
    }
    let kept = announced.map_or(UNANNOUNCED, |seconds| Duration::from_secs(seconds.saturating_sub(1)));
    if exhausted { Duration::ZERO } else { kept.min(most) }
}

impl Channel {
    pub(super) fn about(&self) -> &About {
        match self {
            Self::Http1(http1) => &http1.about,
            Self::Http2(http2) => &http2.about,
        }
    }
}

impl About {
    /// As an attempt reports it.
    pub(super) fn report(&self, reused: bool, http_version: &str) -> Connection {
        Connection {
            peer: Some(self.peer.to_string()),
            reused,
            http_version: Some(http_version.to_owned()),
            tls_version: self.tls_version.clone(),
            certificate_sha256: self.certificate_sha256.clone(),
            certificate: self.certificate.clone(),
            unverified: self.unverified,
        }
    }
}

impl Http1 {
    /// Whether the next request can be written: the last exchange is complete, the peer has not
    /// closed, and has sent nothing that nobody asked for.
    fn is_usable(&mut self) -> bool {
        let mut nobody = Context::from_waker(Waker::noop());
        let polled = self.watch.probe(|| self.driver.as_mut().poll(&mut nobody));
        polled.is_some_and(|polled| polled.is_pending()) && self.sender.is_ready()
    }
}

/// How many unused connections are closed where this machine is short of something.
const GIVEN_UP: usize = 16;

/// Keeps connections.
pub(super) struct Pool {
    max_idle_per_host: usize,
    max_idle: usize,
    idle_timeout: Duration,
    max_age: Duration,
    kept: Mutex<IdleConnection>,
}

#[derive(Default)]
struct IdleConnection {
    buckets: HashMap<Key, Bucket>,
    /// Whether a sweeper runs.
    swept: bool,
}

#[derive(Default)]
struct Bucket {
    /// The one that was used last is at the end.
    idle: Vec<(Http1, Stopwatch)>,
    shared: Option<(Http2, Stopwatch)>,
}

impl IdleConnection {
    /// How many connections wait, in all.
    fn count(&self) -> usize {
        self.buckets.values().map(|bucket| bucket.idle.len() + usize::from(bucket.shared.is_some())).sum()
    }

    /// Takes out so many, those first that were used longest ago.
    fn take_oldest(&mut self, n: usize) -> Vec<Channel> {
        let mut taken = Vec::new();
        for _ in 0..n {
            let oldest = self.buckets.values_mut().max_by_key(|bucket| bucket.unused_for());
            let Some(channel) = oldest.and_then(Bucket::take_oldest) else { break };
            taken.push(channel);
        }
        taken
    }
}

impl Bucket {
    /// How long the one that was used longest ago has waited; `None` where there is none.
    fn unused_for(&self) -> Option<Duration> {
        let idle = self.idle.first().map(|(_, since)| since.elapsed());
        idle.max(self.shared.as_ref().map(|(_, since)| since.elapsed()))
    }

    fn take_oldest(&mut self) -> Option<Channel> {
        let shared = self.shared.as_ref().map(|(_, since)| since.elapsed());
        let idle = self.idle.first().map(|(_, since)| since.elapsed());
        if shared > idle {
            return self.shared.take().map(|(http2, _)| Channel::Http2(http2));
        }
        idle.map(|_| Channel::Http1(self.idle.remove(0).0))
    }
}

impl Pool {
    pub(super) fn new(config: &WireConfig) -> Self {
        Self {
            max_idle_per_host: config.max_idle_per_host,
            max_idle: config.max_idle,
            idle_timeout: config.idle_timeout,
            max_age: config.max_connection_age,
            kept: Mutex::default(),
        }
    }

    /// A connection that can be given a request now.
    pub(super) fn take(&self, key: &Key) -> Option<Channel> {
        loop {
            let mut http1 = {
                let mut kept = self.lock();
                let bucket = kept.buckets.get_mut(key)?;
                if let Some((http2, since)) = &mut bucket.shared {
                    let unused = since.elapsed();
                    if unused < self.return_shared() && self.is_young(&http2.about) && http2.is_open() {
                        *since = Stopwatch::start();
                        return Some(Channel::Http2(Http2 { unused, ..http2.clone() }));
                    }
                    bucket.shared = None;
                }
                let (mut http1, since) = bucket.idle.pop()?;
                http1.unused = since.elapsed();
                http1
            };
            // Outside the lock: it asks the kernel.
            if http1.unused < http1.keep && self.is_young(&http1.about) && http1.is_usable() {
                return Some(Channel::Http1(http1));
            }
        }
    }

    /// Keeps a connection whose exchange is complete, unless it is too old, broken, or one too many.
    pub(super) fn put(self: &Arc<Self>, key: &Key, http1: Http1) {
        let refused = http1.keep.is_zero() || http1.watch.broken().is_some();
        if refused || !self.is_young(&http1.about) || !http1.sender.is_ready() {
            return;
        }
        self.keep(key, |bucket| {
            if bucket.idle.len() < self.max_idle_per_host {
                bucket.idle.push((http1, Stopwatch::start()));
            }
        });
    }

    /// Lets others use an HTTP/2 connection too. A later one replaces it; the earlier one ends with
    /// the requests it has.
    pub(super) fn share(self: &Arc<Self>, key: &Key, http2: &Http2) {
        self.keep(key, |bucket| bucket.shared = Some((http2.clone(), Stopwatch::start())));
    }

    /// Closes a connection that was taken; an HTTP/2 connection ends with the requests it has.
    pub(super) fn discard(&self, key: &Key, channel: Channel) {
        match &channel {
            Channel::Http1(_) => {}
            Channel::Http2(http2) => self.retire(key, http2),
        }
    }

    /// Gives an HTTP/2 connection no further requests.
    pub(super) fn retire(&self, key: &Key, http2: &Http2) {
        if let Some(bucket) = self.lock().buckets.get_mut(key)
            && bucket.shared.as_ref().is_some_and(|(kept, _)| Arc::ptr_eq(&kept.about, &http2.about))
        {
            bucket.shared = None;
        }
    }

    fn keep(self: &Arc<Self>, key: &Key, put: impl FnOnce(&mut Bucket)) {
        let mut kept = self.lock();
        match kept.buckets.get_mut(key) {
            Some(bucket) => put(bucket),
            None => put(kept.buckets.entry(key.clone()).or_default()),
        }
        if !kept.swept {
            kept.swept = true;
            tokio::spawn(sweep(Arc::downgrade(self), SWEEP.min(self.idle_timeout)));
        }
        let surplus = kept.count().saturating_sub(self.max_idle);
        let closed = kept.take_oldest(surplus);
        drop(kept);
        // Outside the lock: it asks the kernel.
        drop(closed);
    }

    /// Closes some of what nothing uses, for who found nothing left to open a connection with.
    /// `false` where there was nothing to close.
    pub(super) fn give_up_some(&self) -> bool {
        let closed = self.lock().take_oldest(GIVEN_UP);
        !closed.is_empty()
    }

    /// Closes what has waited too long, is too old, or was closed by its peer. `false` when nothing
    /// is left, and the sweeper is to end.
    fn sweep(&self) -> bool {
        let mut kept = self.lock();
        kept.buckets.retain(|_, bucket| {
            bucket.idle.retain_mut(|(http1, since)| {
                since.elapsed() < http1.keep && self.is_young(&http1.about) && http1.is_usable()
            });
            bucket.shared.take_if(|(http2, since)| {
                since.elapsed() >= self.return_shared() || !self.is_young(&http2.about) || !http2.is_open()
            });
            !bucket.idle.is_empty() || bucket.shared.is_some()
        });
        kept.swept = !kept.buckets.is_empty();
        kept.swept
    }

    /// How long an HTTP/2 connection is kept unused: its servers announce nothing.
    fn return_shared(&self) -> Duration {
        UNANNOUNCED.min(self.idle_timeout)
    }

    /// The longest a connection is kept unused.
    pub(super) fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    fn is_young(&self, about: &About) -> bool {
        about.opened.elapsed() < self.max_age
    }

    fn lock(&self) -> MutexGuard<'_, IdleConnection> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sweeps until nothing is kept or the pool is gone.
async fn sweep(pool: Weak<Pool>, every: Duration) {
    loop {
        tokio::time::sleep(every).await;
        match pool.upgrade() {
            Some(pool) if pool.sweep() => {}
            Some(_) | None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unused_connection_is_kept_a_second_less_than_its_server_says_and_four_if_it_says_nothing() {
        for (lines, seconds) in [
            (&[][..], 4),
            (&["timeout=5"], 4),
            (&["timeout=15, max=100"], 14),
            (&["max=100", "Timeout = \"3\""], 2),
            (&["timeout=1"], 0),
            (&["timeout=0"], 0),
            (&["timeout=600"], 30),
            (&["timeout=18446744073709551615"], 30),
            (&["timeout=99999999999999999999"], 4),
            (&["timeout=-5"], 4),
            (&["timeout"], 4),
            (&["timeout=9, max=0"], 0),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("keep-alive", line.parse().unwrap());
            }
            let most = Duration::from_secs(30);
            assert_eq!(idle_time(&headers, most), Duration::from_secs(seconds), "{lines:?}");
        }
    }
}
