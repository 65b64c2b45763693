//! One request and its response over an open connection.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use hookbench_domain::Outcome;
use http::Response;
use http::header::HeaderMap;
use hyper::body::{Body, Frame, Incoming};

use super::failure::Failure;
use super::pool::{Channel, Http1, Http2, Key, Pool};
use super::progress::{Progress, Step};
use super::request::Prepared;

/// How an exchange without a status ended.
pub(super) enum Ended {
    /// The connection, which had served before, was closed, and nothing of the request was written.
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
    http1.watch.begin();
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
            let failure = Failure::of_exchange(&error);
            return Err(if reused && http1.watch.nothing_written() {
                Ended::Unsent(failure)
            } else if http1.watch.spoke_first() {
                Ended::Failed(Failure::new(
                    Outcome::Protocol,
                    "the answer is not HTTP: the peer spoke before the request was sent",
                ))
            } else {
                Ended::Failed(failure)
            });
        }
    };
    if response.version() == http::Version::HTTP_10 {
        progress.connection.http_version = Some("HTTP/1.0".to_owned());
    }
    let mut body = head_came(response, progress);
    let whole = {
        let driver = &mut http1.driver;
        let next = |cx: &mut Context<'_>| {
            // The body asks the connection for more, so the connection is driven in between.
            if let Poll::Ready(frame) = Pin::new(&mut body).poll_frame(cx) {
                return Poll::Ready(frame);
            }
            drive(driver, &mut open, cx);
            Pin::new(&mut body).poll_frame(cx)
        };
        read_body(cap, progress, next).await
    };
    if whole && open {
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
    if !reused {
        pool.share(&prepared.key, &http2);
    }
    // Until the status comes: a connection that may be dead gets no further requests.
    let mut doubt = Doubt { pool, key: &prepared.key, http2: Some(http2.clone()) };
    let writes = http2.watch.writes();
    let response = match http2.sender.try_send_request(message).await {
        Ok(response) => response,
        Err(mut error) => {
            let unsent = error.take_message().is_some() || http2.watch.writes() == writes;
            let failure = Failure::of_exchange(error.error());
            return Err(if reused && unsent { Ended::Unsent(failure) } else { Ended::Failed(failure) });
        }
    };
    doubt.http2 = None;
    let mut body = head_came(response, progress);
    // Dropping the body before its end resets the stream.
    read_body(cap, progress, |cx| Pin::new(&mut body).poll_frame(cx)).await;
    Ok(())
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

fn head_came(response: Response<Incoming>, progress: &mut Progress) -> Incoming {
    let (head, body) = response.into_parts();
    progress.head_came(head.status.as_u16(), as_pairs(&head.headers));
    body
}

fn as_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

/// Reads the body frame by frame. `false` when it was cut: over the cap, or broken off.
async fn read_body<F>(cap: usize, progress: &mut Progress, mut next: F) -> bool
where
    F: FnMut(&mut Context<'_>) -> Poll<Option<Result<Frame<bytes::Bytes>, hyper::Error>>>,
{
    while let Some(frame) = poll_fn(&mut next).await {
        match frame {
            Ok(frame) => {
                if let Some(piece) = frame.data_ref()
                    && !progress.body_came(piece, cap)
                {
                    return false;
                }
            }
            Err(_broken) => {
                progress.body_cut();
                return false;
            }
        }
    }
    true
}
