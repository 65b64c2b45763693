//! The listener: an accept loop of its own, because hyper's time limits work only with a timer.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hookbench_receiver::{InboundLimits, serve_inbound};
use hookbench_workbench::{Workbench, WorkbenchError};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tower::Service;

use crate::guard::Doorkeeper;
use crate::system::Health;

const HEADER_TIME: Duration = Duration::from_secs(10);
const HEADER_BYTES: usize = 32 * 1024;
const MAX_CONNECTIONS: usize = 256;
/// How many connections may wait to be accepted. With less room, a crowd of slow senders fills it,
/// and an honest one is not even heard.
const BACKLOG: u32 = 4096;
/// How long a stop waits for answers that are under way.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// Why the API cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// Only this machine may ask.
    #[error("{0} is reachable from other machines: the API listens on loopback only, such as 127.0.0.1:4400")]
    NotLoopback(SocketAddr),
    /// The address is taken.
    #[error("cannot listen on {addr}: {source}; choose another address, or port 0 for any free one")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The token file.
    #[error(transparent)]
    Token(#[from] WorkbenchError),
}

/// A running listener.
pub struct Server {
    addr: SocketAddr,
    stopping: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves the local API.
    ///
    /// # Errors
    /// [`ApiError`] for an address that is taken or not loopback, and for an unusable token file.
    pub async fn start(addr: SocketAddr, workbench: Workbench, health: Health) -> Result<Self, ApiError> {
        let (listener, addr) = listen(addr)?;
        let token = workbench.api_token()?;
        let (stopping, stopped) = watch::channel(false);
        let doorkeeper = Arc::new(Doorkeeper::new(token, addr));
        let router = crate::router(crate::State { workbench, health, stopping: stopped.clone(), doorkeeper });
        Ok(Self { addr, stopping, task: tokio::spawn(accept(listener, router, stopped)) })
    }

    /// Listens for webhooks, at whatever address it is told: what may come in is the sources'
    /// matter. Pulls from relays, too, for as long as it listens.
    ///
    /// # Errors
    /// [`ApiError::Listen`] for an address that is taken or not this machine's.
    pub async fn start_receiver(addr: SocketAddr, workbench: Workbench) -> Result<Self, ApiError> {
        let (listener, addr) = bind(addr)?;
        let (stopping, stopped) = watch::channel(false);
        let serving = serve_inbound(listener, workbench.receiving(), InboundLimits::default(), stopped);
        let relaying = workbench.relaying();
        let task = tokio::spawn(async move {
            serving.await;
            drop(relaying);
        });
        Ok(Self { addr, stopping, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Takes no more requests and waits a moment for the answers that are under way.
    pub async fn stop(self) {
        let _nobody_left = self.stopping.send(true);
        let _ended = self.task.await;
    }
}

fn listen(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), ApiError> {
    if !addr.ip().is_loopback() {
        return Err(ApiError::NotLoopback(addr));
    }
    bind(addr)
}

fn bind(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), ApiError> {
    let failed = |source| ApiError::Listen { addr, source };
    let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(failed)?;
    #[cfg(unix)]
    socket.set_reuseaddr(true).map_err(failed)?;
    socket.bind(addr).map_err(failed)?;
    let listener = socket.listen(BACKLOG).map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    Ok((listener, addr))
}

/// Returns once the server is told to stop.
pub(crate) async fn told_to_stop(stopped: &mut watch::Receiver<bool>) {
    let _told_or_dropped = stopped.wait_for(|stop| *stop).await;
}

async fn accept(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = told_to_stop(&mut stopped) => break,
        };
        let Ok(place) = place else { break };
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, most likely: let some close.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = told_to_stop(&mut stopped) => break,
        };
        let (router, stopped) = (router.clone(), stopped.clone());
        connections.spawn(async move {
            serve(stream, router, stopped).await;
            drop(place);
        });
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    let _in_time = tokio::time::timeout(STOP_PATIENCE, all).await;
}

async fn serve(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>) {
    let _slow_is_fine = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let mut router = router.clone();
        async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        _ended = &mut connection => {}
        () = told_to_stop(&mut stopped) => {
            connection.as_mut().graceful_shutdown();
            let _ended = connection.await;
        }
    }
}
