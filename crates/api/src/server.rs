//! The listener: the router behind the connections that the receiver has, too.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse;
use bytes::Bytes;
use hookbench_receiver::{Answers, ConnectionLimits, InboundLimits, Visit, serve_connections, serve_inbound};
use hookbench_workbench::{Workbench, WorkbenchError};
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, StatusCode};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Sleep;
use tower::Service;

use crate::guard::RequestGuard;
use crate::problem::Problem;
use crate::routes::system::ServiceHealth;

const HEADER_TIME: Duration = Duration::from_secs(10);
const REQUEST_TIME: Duration = Duration::from_secs(15);
const HEADER_BYTES: usize = 32 * 1024;
/// How many connections may wait to be accepted. With less room, a crowd of slow senders fills it,
/// and an honest one is not even heard.
const BACKLOG: u32 = 4096;

/// Why the API cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
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
    /// [`ServeError`] for an address that is taken or not loopback, and for an unusable token file.
    pub async fn start(
        addr: SocketAddr,
        workbench: Workbench,
        health: ServiceHealth,
    ) -> Result<Self, ServeError> {
        let (listener, addr) = listen(addr)?;
        let token = workbench.api_token()?;
        let (stopping, stopped) = watch::channel(false);
        let doorkeeper = Arc::new(RequestGuard::new(token, addr));
        let limits = ConnectionLimits {
            header_time: HEADER_TIME,
            request_time: REQUEST_TIME,
            header_bytes: HEADER_BYTES,
            connections: workbench.handle_shares().api,
        };
        let router = crate::router(crate::State { workbench, health, stopping: stopped.clone(), doorkeeper });
        let task = tokio::spawn(serve_connections(listener, Routes(router), limits, stopped));
        Ok(Self { addr, stopping, task })
    }

    /// Listens for webhooks, at whatever address it is told: what may come in is the sources'
    /// matter. Pulls from relays, too, for as long as it listens.
    ///
    /// # Errors
    /// [`ServeError::Listen`] for an address that is taken or not this machine's.
    pub async fn start_receiver(addr: SocketAddr, workbench: Workbench) -> Result<Self, ServeError> {
        let (listener, addr) = bind(addr)?;
        let (stopping, stopped) = watch::channel(false);
        let connections = workbench.handle_shares().receiver;
        let limits = InboundLimits { connections, ..InboundLimits::default() };
        workbench.receiver().listens(addr);
        let serving = serve_inbound(listener, workbench.receiver().receiving(), limits, stopped);
        let relaying = workbench.receiver().relay_poller();
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

fn listen(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    if !addr.ip().is_loopback() {
        return Err(ServeError::NotLoopback(addr));
    }
    bind(addr)
}

fn bind(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source| ServeError::Listen { addr, source };
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

/// The routes, as a listener's answers.
struct Routes(Router);

impl Answers for Routes {
    type Body = Answer;

    async fn answer(&self, visit: Visit, request: Request<Incoming>) -> Response<Answer> {
        let Some(rest) = visit.head_came() else {
            // Told to go at this very moment: the connection ends, nobody reads this.
            let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "all connections are taken");
            return Answer::of(busy.into_response(), visit, true);
        };
        let late = Arc::new(AtomicBool::new(false));
        let (head, body) = request.into_parts();
        let body = Question::new(body, rest, visit.clone(), late.clone());
        let mut request = Request::from_parts(head, body);
        request.extensions_mut().insert(visit.clone());
        let response = self.0.clone().call(request).await.unwrap_or_else(|never| match never {});
        // What was not read by now is not read any more.
        let _may_stay = visit.body_came();
        if late.load(Ordering::Relaxed) {
            let why = format!("the request did not come whole within {} s", REQUEST_TIME.as_secs());
            let problem = Problem::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", why);
            return Answer::of(problem.into_response(), visit, true);
        }
        // Where others wait for a place, this one is given up.
        let crowded = visit.crowded();
        Answer::of(response, visit, crowded)
    }
}

/// The body of a request, which has to come in time.
struct Question {
    body: Incoming,
    ends: Pin<Box<Sleep>>,
    visit: Visit,
    late: Arc<AtomicBool>,
}

/// A body that did not come in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not come in time")]
struct Late;

impl Question {
    fn new(body: Incoming, rest: Duration, visit: Visit, late: Arc<AtomicBool>) -> Self {
        if body.is_end_stream() {
            let _may_stay = visit.body_came();
        }
        Self { body, ends: Box::pin(tokio::time::sleep(rest)), visit, late }
    }
}

impl Body for Question {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if frame.is_none() || self.body.is_end_stream() {
                let _may_stay = self.visit.body_came();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        self.ends.as_mut().poll(cx).map(|()| {
            self.late.store(true, Ordering::Relaxed);
            Some(Err(Late.into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer. The connection waits for the next request once it has ended, so a stream
/// takes as long as it takes.
struct Answer {
    body: axum::body::Body,
    visit: Visit,
}

impl Answer {
    fn of(response: axum::response::Response, visit: Visit, close: bool) -> Response<Self> {
        let mut response = response.map(|body| Self { body, visit });
        if close {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.visit.answered();
    }
}
