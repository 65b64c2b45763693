//! The listener behind a scripted target.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use hookbench_signature::Verification;
use http::header::{ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::answer::ScriptedAnswer;
use super::body::AnswerBody;
use super::script::{Script, ScriptStep};

/// The largest body a target reads, in bytes (1 MiB); a larger one is answered with 413.
pub const TARGET_BODY_LIMIT: usize = 1024 * 1024;
const HEADER_LIMIT: usize = 32 * 1024;
const HEADER_TIME: Duration = Duration::from_secs(10);
const BODY_TIME: Duration = Duration::from_secs(15);
const MAX_CONNECTIONS: usize = 1024;
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Gives a number in 0..1, by which `flaky` decides.
pub type Chance = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Verifies a request: its headers and its body.
pub type TargetCheck = Arc<dyn Fn(&[(String, Vec<u8>)], &[u8]) -> Verification + Send + Sync>;

/// What a target needs besides its script.
pub struct TargetOptions {
    /// Verifies every request, where a secret is known.
    pub check: Option<TargetCheck>,
    /// Decides for `flaky`.
    pub chance: Chance,
    /// How many arrivals wait to be read; more are answered, but not reported.
    pub store_arrivals: usize,
}

impl TargetOptions {
    /// Keeps up to 1024 unread arrivals.
    #[must_use]
    pub fn new(chance: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        Self { check: None, chance: Arc::new(chance), store_arrivals: 1024 }
    }

    /// Verifies every request, too.
    #[must_use]
    pub fn checking(self, check: TargetCheck) -> Self {
        Self { check: Some(check), ..self }
    }
}

impl fmt::Debug for TargetOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TargetOptions").field("store_arrivals", &self.store_arrivals).finish_non_exhaustive()
    }
}

/// A request that reached a target, reported just before it is answered.
#[derive(Debug, Clone)]
pub struct TargetArrival {
    /// Counted from 1 in the order in which requests came; a gap was not reported because too
    /// many waited to be read.
    pub number: u64,
    /// `POST`, `GET`, …
    pub method: String,
    /// Path and query as they were sent.
    pub path: String,
    /// The headers, in order, names in lower case.
    pub headers: HeaderMap,
    /// The body as it was sent; empty if it was not read to its end.
    pub body: Bytes,
    /// What it is answered with: the script's step, with chance decided.
    pub answered: ScriptStep,
    /// Whether its signature is valid, where that is checked.
    pub verified: Option<Verification>,
}

/// Why a target does not start.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address.
        addr: SocketAddr,
        /// What the operating system says.
        source: io::Error,
    },
}

/// A running target. Dropping it closes the listener and all connections.
#[derive(Debug)]
pub struct Target {
    addr: SocketAddr,
    task: JoinHandle<()>,
}

struct State {
    script: Script,
    options: TargetOptions,
    requests: AtomicU64,
    arrivals: mpsc::Sender<TargetArrival>,
}

impl Target {
    /// Listens on `addr` (port 0 picks a free one) and answers each request by the next step of
    /// `script`, whatever its path. Requests are reported through the channel.
    ///
    /// # Errors
    /// [`TargetError::Listen`] when the address is taken or not this machine's.
    pub async fn start(
        addr: SocketAddr,
        script: Script,
        options: TargetOptions,
    ) -> Result<(Self, mpsc::Receiver<TargetArrival>), TargetError> {
        let failed = |source| TargetError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let (arrivals, reader) = mpsc::channel(options.store_arrivals.max(1));
        let state = Arc::new(State { script, options, requests: AtomicU64::new(0), arrivals });
        Ok((Self { addr, task: tokio::spawn(accept(listener, state)) }, reader))
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its address as a URL, without a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Closes the listener and all connections, answered or not, and waits until they are closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // Aborted, as asked: nothing to report.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Owns all connections: when this task ends, they end.
async fn accept(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let state = Arc::clone(&state);
                connections.spawn(async move {
                    serve(stream, state).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file handles, mostly: others will be closed.
                tracing::warn!(%error, "a target cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the script resets the connection")]
struct ResetNow;

async fn serve(stream: TcpStream, state: Arc<State>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&state)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else { return };
    let asked = std::error::Error::source(&error).is_some_and(|cause| cause.is::<ResetNow>());
    if asked {
        let stream = connection.into_parts().io.into_inner();
        if let Err(error) = stream.set_zero_linger() {
            tracing::warn!(%error, "a target closes a connection that it was to reset");
        }
    } else {
        tracing::debug!(%error, "a connection to a target ended early");
    }
}

async fn answer(request: Request<Incoming>, state: Arc<State>) -> Result<Response<AnswerBody>, ResetNow> {
    let number = state.requests.fetch_add(1, Ordering::Relaxed);
    let (head, body) = request.into_parts();
    let read = timeout(BODY_TIME, Limited::new(body, TARGET_BODY_LIMIT).collect()).await;
    let (body, refused) = match read {
        Ok(Ok(body)) => (body.to_bytes(), None),
        Ok(Err(error)) if error.is::<LengthLimitError>() => (Bytes::new(), Some(413)),
        Ok(Err(_)) => (Bytes::new(), Some(400)),
        Err(_) => (Bytes::new(), Some(408)),
    };
    let verified = state.options.check.as_ref().filter(|_| refused.is_none()).map(|check| {
        let headers = head.headers.iter().map(|(n, v)| (n.as_str().to_owned(), v.as_bytes().to_vec()));
        check(&headers.collect::<Vec<_>>(), &body)
    });
    let step = match refused {
        Some(status) => ScriptStep::Status(status),
        None if head.method != http::Method::POST && state.script.step(number) == &ScriptStep::Verify => {
            ScriptStep::Status(405)
        }
        None => decide(state.script.step(number), &state.options.chance, verified.as_ref()),
    };
    let arrival = TargetArrival {
        number: number + 1,
        method: head.method.to_string(),
        path: head.uri.to_string(),
        headers: head.headers,
        body,
        answered: step.clone(),
        verified,
    };
    // Full: nobody reads, and the gap in the numbers says so. Closed: nobody wants to know.
    let _ = state.arrivals.try_send(arrival);
    match step {
        ScriptStep::Status(405) => Ok(with_header(plain(405), ALLOW, HeaderValue::from_static("POST"))),
        ScriptStep::Status(status) => Ok(plain(status)),
        ScriptStep::Answer(answer) => {
            sleep(Duration::from_millis(answer.delay_ms)).await;
            Ok(own(&answer))
        }
        ScriptStep::Bomb => {
            let bomb = Response::new(AnswerBody::bomb());
            Ok(with_header(bomb, CONTENT_ENCODING, HeaderValue::from_static("gzip")))
        }
        ScriptStep::RetryAfter { status, seconds } => {
            Ok(with_header(plain(status), RETRY_AFTER, HeaderValue::from(seconds)))
        }
        ScriptStep::Slow { wait_ms, status } => {
            sleep(Duration::from_millis(wait_ms)).await;
            Ok(plain(status))
        }
        ScriptStep::Hang => std::future::pending().await,
        ScriptStep::Reset => Err(ResetNow),
        ScriptStep::Redirect { location } => {
            // Visible ASCII, as the script's reader made sure.
            let location = HeaderValue::from_str(&location).unwrap_or(HeaderValue::from_static("/"));
            Ok(with_header(plain(302), LOCATION, location))
        }
        ScriptStep::Drip { over_ms } => {
            Ok(Response::new(AnswerBody::drip(Bytes::from_static(b"{\"received\":true}\n"), over_ms)))
        }
        ScriptStep::Huge => Ok(Response::new(AnswerBody::huge())),
        // Decided above.
        ScriptStep::Flaky { .. } | ScriptStep::Verify => Ok(plain(200)),
    }
}

fn decide(step: &ScriptStep, chance: &Chance, verified: Option<&Verification>) -> ScriptStep {
    match step {
        // Without a secret there is nothing that could be valid.
        ScriptStep::Verify => ScriptStep::Status(if verified.is_some_and(|v| v.valid) { 200 } else { 401 }),
        ScriptStep::Flaky { share } => ScriptStep::Status(if chance() < *share { 500 } else { 200 }),
        ScriptStep::Status(_)
        | ScriptStep::RetryAfter { .. }
        | ScriptStep::Slow { .. }
        | ScriptStep::Hang
        | ScriptStep::Reset
        | ScriptStep::Redirect { .. }
        | ScriptStep::Drip { .. }
        | ScriptStep::Huge
        | ScriptStep::Bomb
        | ScriptStep::Answer(_) => step.clone(),
    }
}

/// An answer as the script has it.
fn own(answer: &ScriptedAnswer) -> Response<AnswerBody> {
    let mut response = match &answer.body {
        Some(text) => {
            let mut response = Response::new(AnswerBody::Whole(Bytes::from(text.clone())));
            *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
            response
        }
        None => plain(answer.status),
    };
    for (name, value) in &answer.headers {
        // Both were checked when the script was read.
        if let (Ok(name), Ok(value)) = (http::HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A status with a small JSON body, where the status may have one.
fn plain(status: u16) -> Response<AnswerBody> {
    let body = match status {
        204 | 304 => Bytes::new(),
        200..300 => Bytes::from_static(b"{\"received\":true}\n"),
        _ => Bytes::from(format!("{{\"error\":\"this target is told to answer {status}\"}}\n")),
    };
    let has_body = !body.is_empty();
    let mut response = Response::new(AnswerBody::Whole(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if has_body {
        return with_header(response, CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

fn with_header(
    mut response: Response<AnswerBody>,
    name: http::HeaderName,
    value: HeaderValue,
) -> Response<AnswerBody> {
    response.headers_mut().insert(name, value);
    response
}
