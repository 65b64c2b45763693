//! Accepts connections and serves each, within its limits.

use std::convert::Infallible;
use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::slots::{ConnectionSlots, GRACE, Room, Slot};

const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long a stop waits for answers that are under way.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// What a listener allows its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How long the headers of a request may take.
    pub header_time: Duration,
    /// How long a request may take, headers and body together.
    pub request_time: Duration,
    /// How many bytes the headers may have, request line included; at least 8192.
    pub header_bytes: usize,
    /// How many connections may be open.
    pub connections: usize,
}

/// Answers the requests of a listener.
pub trait Answers: Send + Sync + 'static {
    /// The body of an answer.
    type Body: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static;

    /// Answers one request. It tells the visit how far it is: [`Visit::head_came`] first, then
    /// [`Visit::body_came`], at the end [`Visit::answered`].
    fn answer(
        &self,
        visit: Visit,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Self::Body>> + Send;
}

/// A connection, as who answers its requests sees it.
#[derive(Clone)]
pub struct Visit {
    peer: SocketAddr,
    limits: ConnectionLimits,
    place: Arc<Slot>,
    places: ConnectionSlots,
}

impl Visit {
    /// Where it comes from.
    #[must_use]
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// The headers of a request came. How long the rest of it may take; `None` where the connection
    /// has to go at this very moment, so that nobody reads an answer.
    #[must_use]
    pub fn head_came(&self) -> Option<Duration> {
        let waited = self.place.head_came()?;
        Some(self.limits.request_time.saturating_sub(waited))
    }

    /// The body came, or is not read: what comes now is in our hands. `false` where the connection
    /// has to go.
    #[must_use]
    pub fn body_came(&self) -> bool {
        self.place.body_came()
    }

    /// Who is at the other end has proven that it may ask: the connection is not closed for being
    /// slow any more, only to make room.
    pub fn trust(&self) {
        self.place.trust();
    }

    /// The answer is ready, to its last byte.
    pub fn answered(&self) {
        self.place.answered();
    }

    /// Whether others wait for a place, so that this one is to be given up after its answer.
    #[must_use]
    pub fn crowded(&self) -> bool {
        self.places.taken() >= self.limits.connections
    }
}

async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _told_or_dropped = stopped.wait_for(|stop| *stop).await;
}

/// Serves until told to stop; then lets what is being answered end. Owns all connections.
pub async fn serve_connections<A: Answers>(
    listener: TcpListener,
    answers: A,
    limits: ConnectionLimits,
    mut stopped: watch::Receiver<bool>,
) {
    let (answers, places) = (Arc::new(answers), ConnectionSlots::default());
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, mostly: others will be closed.
                    tracing::warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
            () = told_to_stop(&mut stopped) => break,
        };
        while let Room::In(rest) = places.make_room(limits.connections, GRACE) {
            tokio::select! {
                _ended = connections.join_next() => {}
                () = sleep(rest) => {}
                () = told_to_stop(&mut stopped) => break,
            }
        }
        let visit = Visit { peer, limits, place: Arc::new(places.enter()), places: places.clone() };
        connections.spawn(serve(stream, visit, answers.clone(), stopped.clone()));
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _in_time = timeout(STOP_TIMEOUT, all).await;
}

async fn serve<A: Answers>(
    stream: TcpStream,
    visit: Visit,
    answers: Arc<A>,
    mut stopped: watch::Receiver<bool>,
) {
    let _slow_is_fine = stream.set_nodelay(true);
    let (place, limits) = (visit.place.clone(), visit.limits);
    let service = service_fn(move |request| {
        let (answers, visit) = (answers.clone(), visit.clone());
        async move { Ok::<_, Infallible>(answers.answer(visit, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_buf_size(limits.header_bytes)
        // Who has sent all it has to say may close that side, and reads the answer on the other.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let mut stopping = false;
    loop {
        // Hyper's own limit begins with the first byte; this one also ends who sends none, and
        // who does not read the answers.
        let rest = place.idle_for().map_or(limits.header_time, |w| limits.header_time.saturating_sub(w));
        tokio::select! {
            _ended = &mut connection => return,
            () = place.told_to_go() => return,
            () = told_to_stop(&mut stopped), if !stopping => {
                stopping = true;
                if place.waits_for_head().is_some() {
                    return;
                }
                connection.as_mut().graceful_shutdown();
            }
            () = sleep(rest) => {
                if place.idle_for().is_some_and(|waited| waited >= limits.header_time) {
                    return;
                }
            }
        }
    }
}
