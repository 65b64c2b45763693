//! Relays: services on the internet that take requests for us. They are pulled from, so that
//! nothing of this machine has to be reachable.

mod error;
mod pause;
mod requests;
mod sse;
mod stream;

use hookbench_domain::Timestamp;

pub use error::RelayError;
pub use pause::{MAX_PAUSE_MS, pause_ms};
pub use requests::{RelayListing, RequestList, RequestPage};
pub use sse::{MAX_SSE_BYTES, SseEvent, SseParser};
pub use stream::{EventStream, StreamClient, read_message};

/// A request that a relay took for us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// What the relay calls it: the same request has the same id again.
    pub id: String,
    /// When the relay took it, if it says so.
    pub at: Option<Timestamp>,
    /// The address it came from, if the relay says so.
    pub peer: Option<std::net::IpAddr>,
    /// The method.
    pub method: String,
    /// The query, byte for byte.
    pub query: Option<String>,
    /// The headers, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body: as it came, or written anew where the relay does that.
    pub body: Vec<u8>,
}
