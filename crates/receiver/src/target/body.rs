//! Bodies of answers: at once, byte by byte, or far too many bytes.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::LazyLock;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress, create_comp_flags_from_zip_params};
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
    /// A gzip member of 1 GiB of zeros.
    Bomb { rest: std::vec::IntoIter<Bytes> },
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

    pub(super) fn bomb() -> Self {
        Self::Bomb { rest: bomb_pieces().into_iter() }
    }
}

/// How many zeros one packed piece holds (1 MiB), and how many pieces there are.
const BOMB_PIECE: usize = 1024 * 1024;
const BOMB_PIECES: usize = 1024;
/// The CRC-32 of 1 GiB of zeros, and their number.
const BOMB_TAIL: [u8; 8] = [0xB0, 0xC2, 0x64, 0x5B, 0, 0, 0, 0x40];

/// A megabyte of zeros, packed: ends on a byte, so that pieces can follow each other.
static PACKED: LazyLock<Bytes> = LazyLock::new(|| {
    let flags = create_comp_flags_from_zip_params(9, 0, 0);
    let mut compressor = CompressorOxide::new(flags);
    let zeros = vec![0; BOMB_PIECE];
    let mut packed = vec![0; 64 * 1024];
    let (_status, _read, written) = compress(&mut compressor, &zeros, &mut packed, TDEFLFlush::Sync);
    packed.truncate(written);
    packed.into()
});

/// A gzip member of 1 GiB of zeros, about a megabyte long.
fn bomb_pieces() -> Vec<Bytes> {
    let head = Bytes::from_static(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255]);
    let end = Bytes::from_static(&[3, 0]);
    let pieces = std::iter::repeat_n(PACKED.clone(), BOMB_PIECES);
    std::iter::once(head).chain(pieces).chain([end, Bytes::from_static(&BOMB_TAIL)]).collect()
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
            Self::Bomb { rest } => match rest.next() {
                Some(piece) => piece,
                None => return Poll::Ready(None),
            },
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
            Self::Bomb { rest } => rest.as_slice().is_empty(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(rest) | Self::Drip { rest, .. } => {
                SizeHint::with_exact(u64::try_from(rest.len()).unwrap_or(u64::MAX))
            }
            Self::Huge { .. } | Self::Bomb { .. } => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_small_and_unpacks_to_very_much() {
        let pieces = bomb_pieces();
        assert!(pieces.iter().map(Bytes::len).sum::<usize>() < 2 * 1024 * 1024);
        // Two pieces and the end are a whole stream.
        let stream = [&pieces[1][..], &pieces[2], &pieces[BOMB_PIECES + 1]].concat();
        let unpacked = miniz_oxide::inflate::decompress_to_vec(&stream).unwrap();
        assert!(unpacked.len() == 2 * BOMB_PIECE && unpacked.iter().all(|b| *b == 0));
        assert_eq!(pieces.len(), BOMB_PIECES + 3);
    }
}
