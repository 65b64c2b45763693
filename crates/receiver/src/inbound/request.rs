//! A request as it came.

use std::net::IpAddr;

use bytes::Bytes;

/// A body as far as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboundBody {
    /// All of it.
    Whole(Bytes),
    /// More than is taken.
    TooLarge {
        /// How it begins.
        start: Bytes,
        /// How many bytes were read.
        seen: usize,
    },
    /// It did not come in time.
    Late {
        /// How it begins.
        start: Bytes,
        /// How many bytes were read.
        seen: usize,
    },
    /// It was cut off, or its framing is broken.
    Broken {
        /// How it begins.
        start: Bytes,
        /// How many bytes were read.
        seen: usize,
    },
}

impl InboundBody {
    /// What there is of it, and how many bytes were read.
    #[must_use]
    pub fn read(&self) -> (&Bytes, usize) {
        match self {
            Self::Whole(bytes) => (bytes, bytes.len()),
            Self::TooLarge { start, seen } | Self::Late { start, seen } | Self::Broken { start, seen } => {
                (start, *seen)
            }
        }
    }
}

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundRequest {
    /// The address it came from.
    pub peer: IpAddr,
    /// `POST`, mostly.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, byte for byte as it came; absent where there is no `?`.
    pub query: Option<String>,
    /// The headers, in order, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: InboundBody,
}
