//! What a peer may send before its final status, and how much at a time.
//!
//! The HTTP libraries bound one head, one frame, one window. How many of them may follow one
//! another is bounded here, where every byte passes, so that nothing a peer sends goes on for
//! ever, fills the memory, or holds a thread that others need.

use std::collections::HashMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::task::{Context, Poll};

/// The most informational (1xx) responses before a final one.
pub(super) const MAX_INTERIM: u32 = 32;

/// The most a peer may send while a connection is set up, TLS included, in bytes.
pub(super) const MAX_HANDSHAKE: u64 = 512 * 1024;

/// The most a peer may send over HTTP/1 before the final status, and once more for what is read of
/// the body, in bytes.
pub(super) const MAX_PART: u64 = 1024 * 1024;

/// The most a peer may send over HTTP/2 for each request under way, in bytes. A head and what is
/// read of a body are at most 64 KiB each; twice as much may be on its way.
pub(super) const MAX_PER_STREAM: u64 = 512 * 1024;

/// The most frames a peer may send over HTTP/2 for each request under way. Well-behaved ones send a
/// handful; the request's body may be acknowledged in small steps, which is allowed for beside it.
const FRAMES_PER_STREAM: u64 = 1024;

/// So many bytes of a request's body may be acknowledged by a frame of their own.
const BODY_PER_FRAME: u64 = 256;

/// How much is read before others have their turn: the runtime lets a task do 128 things in a row,
/// and this many bytes count as one.
const BYTES_PER_TURN: usize = 1024;

/// What a peer sent too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    /// Informational responses.
    Interim,
    /// Bytes.
    Bytes,
    /// HTTP/2 frames.
    Frames,
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interim => {
                write!(f, "more than {MAX_INTERIM} informational (1xx) responses came and no final one")
            }
            Self::Bytes => f.write_str("the peer sent more than any response needs before its final status"),
            Self::Frames => f.write_str("the peer sent far more HTTP/2 frames than its responses need"),
        }
    }
}

impl Error for Excess {}

impl From<Excess> for io::Error {
    fn from(excess: Excess) -> Self {
        Self::new(io::ErrorKind::InvalidData, excess)
    }
}

/// Counts what was read towards this task's turn, so that a peer that always has more to say cannot
/// keep a thread to itself.
pub(super) fn take_turns(cx: &mut Context<'_>, bytes: usize) {
    for _ in 0..bytes / BYTES_PER_TURN {
        match tokio::task::coop::poll_proceed(cx) {
            Poll::Ready(turn) => turn.made_progress(),
            // The turn is over: the next read waits until the task is polled again.
            Poll::Pending => return,
        }
    }
}

/// Counts the frames of an HTTP/2 connection as they arrive.
#[derive(Debug)]
pub(super) struct Frames {
    header: [u8; Self::HEADER],
    /// How much of the header is there.
    filled: usize,
    /// How much of the payload is to come.
    payload: usize,
    /// How many more frames may come.
    left: u64,
    under_way: u64,
    /// How many heads came on a stream that has not ended.
    heads: HashMap<u32, u32>,
}

impl Frames {
    const HEADER: usize = 9;
    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const END_STREAM: u8 = 1;

    pub(super) fn new() -> Self {
        Self {
            header: [0; Self::HEADER],
            filled: 0,
            payload: 0,
            left: FRAMES_PER_STREAM,
            under_way: 0,
            heads: HashMap::new(),
        }
    }

    /// A request with a body of this length begins.
    pub(super) fn begin(&mut self, body: usize) {
        self.under_way += 1;
        let body = u64::try_from(body).unwrap_or(u64::MAX) / BODY_PER_FRAME;
        self.left = self.left.saturating_add(FRAMES_PER_STREAM).saturating_add(body);
    }

    /// A request ended. What it did not use is not saved up. Returns how many are under way.
    pub(super) fn end(&mut self) -> u64 {
        self.under_way = self.under_way.saturating_sub(1);
        self.left = self.left.min((self.under_way + 1) * FRAMES_PER_STREAM);
        self.under_way
    }

    /// How many requests are under way.
    pub(super) fn under_way(&self) -> u64 {
        self.under_way
    }

    /// Reads on.
    pub(super) fn read(&mut self, mut bytes: &[u8]) -> Result<(), Excess> {
        while !bytes.is_empty() {
            if self.payload > 0 {
                let (_, rest) = bytes.split_at(self.payload.min(bytes.len()));
                self.payload -= bytes.len() - rest.len();
                bytes = rest;
                continue;
            }
            let (piece, rest) = bytes.split_at((Self::HEADER - self.filled).min(bytes.len()));
            self.header[self.filled..self.filled + piece.len()].copy_from_slice(piece);
            self.filled += piece.len();
            bytes = rest;
            if self.filled == Self::HEADER {
                self.filled = 0;
                self.frame()?;
            }
        }
        Ok(())
    }

    fn frame(&mut self) -> Result<(), Excess> {
        let [l0, l1, l2, kind, flags, s0, s1, s2, s3] = self.header;
        self.payload = usize::from(l0) << 16 | usize::from(l1) << 8 | usize::from(l2);
        let stream = u32::from_be_bytes([s0, s1, s2, s3]) & 0x7fff_ffff;
        self.left = self.left.checked_sub(1).ok_or(Excess::Frames)?;
        let ends = flags & Self::END_STREAM != 0;
        match kind {
            Self::RST_STREAM => drop(self.heads.remove(&stream)),
            Self::DATA | Self::HEADERS if ends => drop(self.heads.remove(&stream)),
            // Informational ones, and the final one of a response that has a body.
            Self::HEADERS => {
                let heads = self.heads.entry(stream).or_default();
                *heads += 1;
                if *heads > MAX_INTERIM + 1 {
                    return Err(Excess::Interim);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, stream: u8, payload: usize) -> Vec<u8> {
        let length = u32::try_from(payload).unwrap().to_be_bytes();
        let mut bytes = vec![length[1], length[2], length[3], kind, flags, 0, 0, 0, stream];
        bytes.resize(9 + payload, 0);
        bytes
    }

    #[test]
    fn frames_are_counted_however_they_are_cut() {
        let bytes = [frame(0, 0, 1, 300), frame(6, 0, 0, 8), frame(4, 0, 0, 0), frame(1, 1, 1, 7)].concat();
        for size in [1, 2, 8, 9, 10, 17, 1000] {
            let mut frames = Frames::new();
            for piece in bytes.chunks(size) {
                frames.read(piece).unwrap();
            }
            assert_eq!((frames.left, frames.filled, frames.payload), (FRAMES_PER_STREAM - 4, 0, 0), "{size}");
        }
    }

    #[test]
    fn endless_frames_of_any_kind_end() {
        for kind in [0, 2, 3, 4, 6, 7, 8, 0xfe] {
            let mut frames = Frames::new();
            frames.begin(0);
            let one = frame(kind, 0, 1, 4);
            let many = (0..).find_map(|n| frames.read(&one).err().map(|excess| (n, excess)));
            assert_eq!(many, Some((2 * FRAMES_PER_STREAM, Excess::Frames)), "{kind}");
        }
    }

    #[test]
    fn the_heads_of_each_stream_are_counted_until_it_ends() {
        let mut frames = Frames::new();
        for _ in 0..3 {
            for stream in [1, 3] {
                (0..=MAX_INTERIM).for_each(|_| frames.read(&frame(1, 4, stream, 1)).unwrap());
                frames.read(&frame(0, 1, stream, 1)).unwrap();
            }
        }
        (0..=MAX_INTERIM).for_each(|_| frames.read(&frame(1, 4, 5, 1)).unwrap());
        assert_eq!(frames.read(&frame(1, 4, 5, 1)), Err(Excess::Interim));
    }

    #[test]
    fn what_a_request_did_not_use_is_not_saved_up() {
        let mut frames = Frames::new();
        for _ in 0..100 {
            frames.begin(1024 * 1024);
            assert_eq!(frames.end(), 0);
        }
        assert_eq!(frames.left, FRAMES_PER_STREAM);
    }
}
