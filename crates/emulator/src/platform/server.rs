//! The listener of an emulated platform: reads a request, lets it go wrong where it is told to, and
//! answers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::faults::Wrong;
use super::requests::{Asked, Said, answer, by_hand, route, route_by_hand};
use super::{Shared, dice, lock};

const BODY_LIMIT: usize = 256 * 1024;
const HEADER_LIMIT: usize = 32 * 1024;
const HEADER_TIME: Duration = Duration::from_secs(10);
const BODY_TIME: Duration = Duration::from_secs(15);
const MAX_CONNECTIONS: usize = 256;
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
const SLOW: Duration = Duration::from_secs(3);
const PAGE: &str = "<!doctype html>\n<html><title>Log in</title><body>Please log in.</body></html>\n";

/// Owns all connections: when this task ends, they end.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    serve(stream, shared).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file handles, mostly: others will be closed.
                tracing::warn!(%error, "an emulated platform cannot accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("a fault resets the connection")]
struct ResetNow;

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| take(request, Arc::clone(&shared)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_LIMIT)
        .serve_connection(TokioIo::new(stream), service);
    let Err(error) = (&mut connection).await else { return };
    if std::error::Error::source(&error).is_some_and(|cause| cause.is::<ResetNow>()) {
        let stream = connection.into_parts().io.into_inner();
        if let Err(error) = stream.set_zero_linger() {
            tracing::debug!(%error, "a connection is closed that was to be reset");
        }
    }
}

async fn take(request: Request<Incoming>, shared: Arc<Shared>) -> Result<Response<Full<Bytes>>, ResetNow> {
    let (head, body) = request.into_parts();
    let body = match timeout(BODY_TIME, Limited::new(body, BODY_LIMIT).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Ok(reply(Said::no(413, "too large"))),
        Ok(Err(_)) => return Ok(reply(Said::no(400, "the body broke off"))),
        Err(_) => return Ok(reply(Said::no(408, "the body is too slow"))),
    };
    let routed = route(shared.dialect, head.method.as_str(), head.uri.path());
    let header = |name: &str| head.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let asked = Asked {
        authorization: header(&shared.dialect.auth.header),
        idempotency_key: header(&shared.dialect.idempotency_header),
        query: head.uri.query().unwrap_or_default(),
        body: &body,
    };
    if let Some(webhook) = route_by_hand(shared.dialect, head.method.as_str(), head.uri.path()) {
        return Ok(reply(by_hand(&shared, &webhook, &asked).await));
    }
    let strike = lock(&shared.faults).strike(routed.as_ref().map(|(op, _)| *op), dice);
    let Some(wrong) = strike else { return Ok(reply(answer(&shared, routed, &asked, false).await)) };
    match wrong {
        Wrong::Status(429) => Ok(reply(Said { retry_after: Some(1), ..Said::no(429, "told to say 429") })),
        Wrong::Status(status) => Ok(reply(Said::no(status, "told to say so"))),
        Wrong::Failing => {
            let status = if dice() < 0.4 {
                500
            } else if dice() < 0.5 {
                502
            } else {
                503
            };
            Ok(reply(Said::no(status, "told to fail")))
        }
        Wrong::Html => {
            let mut response = Response::new(Full::from(PAGE));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
            Ok(response)
        }
        Wrong::Truncated => {
            let said = answer(&shared, routed, &asked, false).await;
            let text = said.body.to_string();
            // JSON is ASCII up to here or cut at a character: half a character is no JSON either.
            let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
            Ok(json_response(said.status, Full::from(half)))
        }
        Wrong::Loop => Ok(reply(answer(&shared, routed, &asked, true).await)),
        Wrong::Slow => {
            sleep(SLOW).await;
            Ok(reply(answer(&shared, routed, &asked, false).await))
        }
        Wrong::Reset => Err(ResetNow),
        Wrong::Lost => {
            let _nobody_hears = answer(&shared, routed, &asked, false).await;
            Err(ResetNow)
        }
    }
}

fn reply(said: Said) -> Response<Full<Bytes>> {
    let body = if said.body == Value::Null { Bytes::new() } else { Bytes::from(said.body.to_string()) };
    let mut response = json_response(said.status, Full::from(body));
    if let Some(seconds) = said.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn json_response(status: u16, body: Full<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

impl Said {
    /// A refusal in the words of the platform.
    pub(super) fn no(status: u16, why: &str) -> Self {
        Self { status, body: json!({ "error": why }), retry_after: None }
    }
}
