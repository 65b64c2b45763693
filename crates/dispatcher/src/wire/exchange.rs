//! One request and its response over an open connection.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hookbench_domain::Outcome;
use http::Response;
use http::header::HeaderMap;
use hyper::body::Body;

use super::bounds::{Excess, MAX_INTERIM};
use super::failure::Failure;
use super::pool::{Channel, Http1, Http2, Key, Pool, idle_time};
use super::progress::{Progress, Step};
use super::request::Prepared;

/// How an exchange without a status ended.
pub(super) enum Ended {
    /// Nothing of the request was written, because the kept connection was closed; or the peer says
    /// that it did nothing with it. It may be sent on another connection.
    Unsent(Failure),
    /// Anything else: the peer may have seen the request.
    Failed(Failure),
}

/// Sends the request and reads the response, at most `cap` bytes of its body. What comes is in
/// `progress` at once; `Ok` when a status came, whether or not its body was whole.
pub(super) async fn run(
    pool: &Arc<Pool>,
    cap: usize,
    channel: Channel,
    reused: bool,
    prepared: &Prepared,
    progress: &mut Progress,
) -> Result<(), Ended> {
    progress.enter(Step::Waiting);
    match channel {
        Channel::Http1(http1) => {
            progress.connection = http1.about.report(reused, "HTTP/1.1");
            progress.line = Some(Arc::clone(&http1.watch));
            over_http1(pool, cap, http1, reused, prepared, progress).await
        }
        Channel::Http2(http2) => {
            progress.connection = http2.about.report(reused, "HTTP/2");
            progress.line = None;
            over_http2(pool, cap, http2, reused, prepared, progress).await
        }
    }
}

async fn over_http1(
    pool: &Arc<Pool>,
    cap: usize,
    mut http1: Http1,
    reused: bool,
    prepared: &Prepared,
    progress: &mut Progress,
) -> Result<(), Ended> {
    http1.watch.begin(http1.plain);
    let mut open = true;
    let response = {
        let mut response = pin!(http1.sender.send_request(prepared.http1()));
        let driver = &mut http1.driver;
        poll_fn(|cx| {
            drive(driver, &mut open, cx);
            response.as_mut().poll(cx)
        })
        .await
    };
    let response = match response {
        Ok(response) => response,
        Err(error) => {
            let failure = Failure::of_exchange(&error, &http1.watch, http1.about.client_certificate);
            return Err(if reused && http1.watch.nothing_written() {
                Ended::Unsent(failure)
            } else if failure.bound {
                Ended::Failed(failure)
            } else if http1.watch.spoke_first() {
                Ended::Failed(Failure::new(
                    Outcome::Protocol,
                    "the answer is not HTTP: the peer spoke before the request was sent",
                ))
            } else if reused && failure.outcome == Outcome::Reset && http1.watch.no_response_yet() {
                Ended::Failed(failure.of_kept(http1.unused))
            } else {
                Ended::Failed(failure)
            });
        }
    };
    if response.version() == http::Version::HTTP_10 {
        progress.connection.http_version = Some("HTTP/1.0".to_owned());
    }
    // Many servers close after an error of their own, whatever they say.
    let reusable = !response.status().is_server_error();
    http1.keep = idle_time(response.headers(), pool.idle_timeout());
    http1.watch.body_begins();
    let mut body = head_came(response, progress);
    let whole = {
        let driver = &mut http1.driver;
        let mut frame = |cx: &mut Context<'_>| {
            let polled = Pin::new(&mut body).poll_frame(cx);
            polled.map(|frame| frame.map(|frame| frame.map(|frame| frame.into_data().ok()).map_err(drop)))
        };
        let next = |cx: &mut Context<'_>| {
            // The body asks the connection for more, so the connection is driven in between.
            if let Poll::Ready(frame) = frame(cx) {
                return Poll::Ready(frame);
            }
            drive(driver, &mut open, cx);
            frame(cx)
        };
        read_body(cap, progress, next).await
    };
    if whole && open && reusable {
        // Lets the connection notice that the exchange is complete.
        poll_fn(|cx| {
            drive(&mut http1.driver, &mut open, cx);
            Poll::Ready(())
        })
        .await;
        if open {
            pool.put(&prepared.key, http1);
        }
    }
    Ok(())
}

/// Lets an HTTP/1 connection do what it can. What it has to say reaches the exchange.
fn drive<D: Future>(driver: &mut Pin<Box<D>>, open: &mut bool, cx: &mut Context<'_>) {
    if *open && driver.as_mut().poll(cx).is_ready() {
        *open = false;
    }
}

async fn over_http2(
    pool: &Arc<Pool>,
    cap: usize,
    mut http2: Http2,
    reused: bool,
    prepared: &Prepared,
    progress: &mut Progress,
) -> Result<(), Ended> {
    let message = prepared.http2().map_err(Ended::Failed)?;
    // Until the status comes: a connection that may be dead gets no further requests.
    let mut doubt = Doubt { pool, key: &prepared.key, http2: Some(http2.clone()) };
    let asked = http2.about.client_certificate;
    let stream = http2.watch.stream(prepared.body.len());
    let failed = |error: &h2::Error| Failure::of_h2(error, &http2.watch, asked);

    // Before it is opened, nothing of it can have been sent.
    if let Err(error) = poll_fn(|cx| http2.sender.poll_ready(cx)).await {
        return Err(Ended::Unsent(failed(&error)));
    }
    let (response, upload) = match http2.sender.send_request(message, prepared.body.is_empty()) {
        Ok(opened) => opened,
        Err(error) if error.is_io() || error.is_go_away() => return Err(Ended::Unsent(failed(&error))),
        Err(error) => {
            let words = format!("the request cannot be sent: {error}");
            return Err(Ended::Failed(Failure::new(Outcome::Protocol, words)));
        }
    };
    let mut upload = Upload::new(upload, prepared.body.clone());
    let mut answer = Answer { response, interim: 0 };
    let answered = poll_fn(|cx| {
        upload.drive(cx);
        answer.poll(cx)
    });
    let response = match answered.await {
        Ok(response) => response,
        Err(Unanswered::Excess(excess)) => return Err(Ended::Failed(Failure::excess(excess))),
        Err(Unanswered::Http2(error)) => {
            let failure = failed(&error);
            return Err(if !failure.bound && (unprocessed(&error) || (reused && stream.nothing_written())) {
                Ended::Unsent(failure)
            } else if !http2.unused.is_zero() && failure.outcome == Outcome::Reset && stream.no_response_yet()
            {
                Ended::Failed(failure.of_kept(http2.unused))
            } else {
                Ended::Failed(failure)
            });
        }
    };
    if !response.status().is_server_error() {
        doubt.http2 = None;
    }
    drop(doubt);
    let mut body = head_came(response, progress);
    // Dropping the body before its end resets the stream.
    read_body(cap, progress, |cx| {
        upload.drive(cx);
        let piece = ready!(body.poll_data(cx));
        if let Some(Ok(piece)) = &piece {
            // Fails when there is nothing to give back: the stream has ended.
            let _ = body.flow_control().release_capacity(piece.len());
        }
        Poll::Ready(piece.map(|piece| piece.map(Some).map_err(drop)))
    })
    .await;
    Ok(())
}

/// Whether the peer says that it did nothing with a request: its stream is above the last one of a
/// GOAWAY (RFC 9113, 6.8; h2 gives that error to no other), or was refused (8.7).
fn unprocessed(error: &h2::Error) -> bool {
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    error.is_remote() && (error.is_go_away() || refused)
}

/// The body of an HTTP/2 request, as far as it has gone.
struct Upload {
    stream: h2::SendStream<Bytes>,
    body: Bytes,
}

impl Upload {
    fn new(mut stream: h2::SendStream<Bytes>, body: Bytes) -> Self {
        if !body.is_empty() {
            stream.reserve_capacity(body.len());
        }
        Self { stream, body }
    }

    /// Hands over what the peer has room for. What goes wrong shows at the response.
    fn drive(&mut self, cx: &mut Context<'_>) {
        while !self.body.is_empty() {
            match self.stream.poll_capacity(cx) {
                Poll::Ready(Some(Ok(0))) => {}
                Poll::Ready(Some(Ok(room))) => {
                    let piece = self.body.split_to(room.min(self.body.len()));
                    let last = self.body.is_empty();
                    if self.stream.send_data(piece, last).is_err() {
                        self.body.clear();
                    } else if !last {
                        self.stream.reserve_capacity(self.body.len());
                    }
                }
                Poll::Ready(Some(Err(_)) | None) => self.body.clear(),
                Poll::Pending => return,
            }
        }
    }
}

/// The response of an HTTP/2 stream, and how many informational ones came before it.
struct Answer {
    response: h2::client::ResponseFuture,
    interim: u32,
}

/// Why an HTTP/2 stream got no response.
enum Unanswered {
    Excess(Excess),
    Http2(h2::Error),
}

impl Answer {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Response<h2::RecvStream>, Unanswered>> {
        while let Poll::Ready(Some(came)) = self.response.poll_informational(cx) {
            came.map_err(Unanswered::Http2)?;
            self.interim += 1;
            if self.interim > MAX_INTERIM {
                return Poll::Ready(Err(Unanswered::Excess(Excess::Interim)));
            }
        }
        Pin::new(&mut self.response).poll(cx).map_err(Unanswered::Http2)
    }
}

/// Retires an HTTP/2 connection when it is dropped with one.
struct Doubt<'a> {
    pool: &'a Pool,
    key: &'a Key,
    http2: Option<Http2>,
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        if let Some(http2) = &self.http2 {
            self.pool.retire(self.key, http2);
        }
    }
}

fn head_came<B>(response: Response<B>, progress: &mut Progress) -> B {
    let (head, body) = response.into_parts();
    progress.head_came(head.status.as_u16(), as_pairs(&head.headers));
    body
}

fn as_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

/// Reads the body piece by piece; `None` stands for what is no data. `false` when it was cut: over
/// the cap, or broken off.
async fn read_body<F>(cap: usize, progress: &mut Progress, mut next: F) -> bool
where
    F: FnMut(&mut Context<'_>) -> Poll<Option<Result<Option<Bytes>, ()>>>,
{
    while let Some(piece) = poll_fn(&mut next).await {
        match piece {
            Ok(Some(piece)) if !progress.body_came(&piece, cap) => return false,
            Ok(_) => {}
            Err(()) => {
                progress.body_cut();
                return false;
            }
        }
        // A peer that always has more to say does not keep others waiting.
        tokio::task::coop::consume_budget().await;
    }
    true
}
