//! Bodies of answers: at once, byte by byte, or far too many bytes.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

const HUGE_CHUNK: &[u8] = &[b'x'; 64 * 1024];
const HUGE_CHUNKS: u32 = 1024;

/// What is sent after the headers.
pub(super) enum AnswerBody {
    /// All of it.
    Whole(Bytes),
    /// One byte whenever `pause` has passed.
    Drip { rest: Bytes, pause: Duration, sleep: Pin<Box<Sleep>> },
    /// 64 MiB without announcing their number.
    Huge { chunks: u32 },
}

impl AnswerBody {
    /// Sends `text` byte by byte, so that the last one comes after `over_ms`.
    pub(super) fn drip(text: Bytes, over_ms: u64) -> Self {
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX).max(1);
        let pause = Duration::from_millis(over_ms) / bytes;
        Self::Drip { rest: text, pause, sleep: Box::pin(sleep(pause)) }
    }

    pub(super) fn huge() -> Self {
        Self::Huge { chunks: HUGE_CHUNKS }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => return Poll::Ready(None),
            Self::Whole(bytes) => std::mem::take(bytes),
            Self::Drip { rest, .. } if rest.is_empty() => return Poll::Ready(None),
            Self::Drip { rest, pause, sleep } => {
                ready!(sleep.as_mut().poll(cx));
                *sleep = Box::pin(tokio::time::sleep(*pause));
                rest.split_to(1)
            }
            Self::Huge { chunks: 0 } => return Poll::Ready(None),
            Self::Huge { chunks } => {
                *chunks -= 1;
                Bytes::from_static(HUGE_CHUNK)
            }
        };
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(rest) | Self::Drip { rest, .. } => rest.is_empty(),
            Self::Huge { chunks } => *chunks == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(rest) | Self::Drip { rest, .. } => {
                SizeHint::with_exact(u64::try_from(rest.len()).unwrap_or(u64::MAX))
            }
            Self::Huge { .. } => SizeHint::default(),
        }
    }
}
