//! The listener for webhooks: reads requests within its limits and hands them on.

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::timeout;

use super::answer::{InboundAnswer, RETRY_AFTER_S};
use super::request::{InboundBody, InboundRequest};
use crate::listening::{Answers, ConnectionLimits, Visit, serve_connections};

/// How many bytes of a body that is too large are kept.
const START_BYTES: usize = 64 * 1024;
/// A body is read to its end up to this size, so that a sender that writes before it reads gets
/// its answer; of a larger one no more is read.
const READ_BYTES: usize = 8 * 1024 * 1024;

/// What the listener lets pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboundLimits {
    /// How long the headers of a request may take.
    pub header_time: Duration,
    /// How long a request may take, headers and body together.
    pub request_time: Duration,
    /// How many bytes the headers may have, request line included; at least 8192.
    pub header_bytes: usize,
    /// How many bytes the body may have.
    pub body_bytes: usize,
    /// How many connections may be open.
    pub connections: usize,
}

impl Default for InboundLimits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(10),
            request_time: Duration::from_secs(15),
            header_bytes: 32 * 1024,
            body_bytes: hookbench_domain::MAX_BODY_BYTES,
            connections: 64,
        }
    }
}

/// Takes requests in: decides, keeps, answers.
pub trait Intake: Send + Sync + 'static {
    /// Answers a request, once what it brought is durable.
    fn receive(&self, request: InboundRequest) -> impl Future<Output = InboundAnswer> + Send;
}

/// Serves until told to stop; then lets what is being answered end. Owns all connections.
pub async fn serve_inbound<I: Intake>(
    listener: TcpListener,
    intake: I,
    limits: InboundLimits,
    stopped: watch::Receiver<bool>,
) {
    let connections = ConnectionLimits {
        header_time: limits.header_time,
        request_time: limits.request_time,
        header_bytes: limits.header_bytes,
        connections: limits.connections,
    };
    serve_connections(listener, Inlet { intake, limits }, connections, stopped).await;
}

/// Reads requests for an intake.
struct Inlet<I> {
    intake: I,
    limits: InboundLimits,
}

impl<I: Intake> Answers for Inlet<I> {
    type Body = Full<Bytes>;

    async fn answer(&self, visit: Visit, request: Request<Incoming>) -> Response<Full<Bytes>> {
        // Told to go at this very moment: the connection ends, nobody reads this.
        let gone = || respond(&InboundAnswer::problem(503, "busy", "all connections are taken"), true);
        let Some(rest) = visit.head_came() else { return gone() };
        let (head, body) = request.into_parts();
        if head_bytes(&head) > self.limits.header_bytes {
            visit.answered();
            let detail = format!("the headers have more than {} bytes", self.limits.header_bytes);
            return respond(&InboundAnswer::problem(431, "headers_too_large", &detail), true);
        }
        let body = read(body, rest, self.limits.body_bytes).await;
        if !visit.body_came() {
            return gone();
        }
        let unread = !matches!(body, InboundBody::Whole(_));
        let request = InboundRequest {
            peer: visit.peer().ip(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(str::to_owned),
            headers: head.headers.iter().map(|(n, v)| (n.to_string(), v.as_bytes().to_vec())).collect(),
            body,
        };
        let answer = self.intake.receive(request).await;
        // Where others wait for a place, this one is given up.
        let crowded = visit.crowded();
        visit.answered();
        respond(&answer, unread || crowded)
    }
}

/// What the head took on the wire. Hyper stops reading at about the limit; this is the exact one.
fn head_bytes(head: &http::request::Parts) -> usize {
    let line = head.method.as_str().len() + head.uri.to_string().len() + " HTTP/1.1\r\n".len() + 1;
    let header = |(name, value): (&http::HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    line + head.headers.iter().map(header).sum::<usize>() + 2
}

/// A body while it is read.
#[derive(Default)]
struct Reading {
    bytes: Vec<u8>,
    seen: usize,
}

impl Reading {
    /// Reads to the end, or as far as is read at all. `Ok` unless the framing is broken.
    async fn fill(&mut self, body: &mut Incoming, most: usize) -> Result<(), hyper::Error> {
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else { continue };
            self.seen += data.len();
            if self.seen <= most {
                self.bytes.extend_from_slice(&data);
            } else if self.bytes.len() < START_BYTES {
                let room = START_BYTES - self.bytes.len();
                self.bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
            }
            if self.seen > READ_BYTES {
                break;
            }
        }
        Ok(())
    }

    fn start(mut self) -> (Bytes, usize) {
        self.bytes.truncate(START_BYTES);
        (self.bytes.into(), self.seen)
    }
}

async fn read(mut body: Incoming, rest: Duration, most: usize) -> InboundBody {
    let declared = body.size_hint().lower();
    if usize::try_from(declared).map_or(true, |bytes| bytes > READ_BYTES) {
        return InboundBody::TooLarge { start: Bytes::new(), seen: 0 };
    }
    let mut reading = Reading::default();
    let end = timeout(rest, reading.fill(&mut body, most)).await;
    match end {
        Ok(Ok(())) if reading.seen <= most => InboundBody::Whole(reading.bytes.into()),
        Ok(Ok(())) => {
            let (start, seen) = reading.start();
            InboundBody::TooLarge { start, seen }
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, "the body of a received request is broken");
            let (start, seen) = reading.start();
            InboundBody::Broken { start, seen }
        }
        Err(_) => {
            let (start, seen) = reading.start();
            InboundBody::Late { start, seen }
        }
    }
}

fn respond(answer: &InboundAnswer, close: bool) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(answer.body.to_string())));
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    *response.status_mut() = status;
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static(answer.allow));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
    if close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
