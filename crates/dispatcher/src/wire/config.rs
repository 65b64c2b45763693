//! How the wire behaves, whoever it sends to.

use std::net::SocketAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// The most a response may send before its body begins, in bytes.
pub const MAX_RESPONSE_HEAD: usize = 64 * 1024;

/// The most header lines of an HTTP/1 response. Room for each is made per response, so it costs.
pub const MAX_RESPONSE_HEADERS: usize = 256;

/// How the wire behaves, whoever it sends to.
#[derive(Debug, Clone)]
pub struct WireConfig {
    /// How long opening a TCP connection may take; 5 s.
    pub connect_timeout: Duration,
    /// Connections kept per scheme, host, port and address rules while nothing uses them; 64.
    pub max_idle_per_host: usize,
    /// Connections kept in all while nothing uses them; 512. The one that was used longest ago goes
    /// first.
    pub max_idle: usize,
    /// The longest an unused connection is kept; 30 s. Each is kept a second less than its server
    /// announces (`Keep-Alive: timeout=…`), and at most 4 s where it announces nothing.
    pub idle_timeout: Duration,
    /// How long after it was opened a connection may still be given a request; 5 minutes.
    pub max_connection_age: Duration,
    /// The most of a response body that is read and kept, in bytes; 64 KiB.
    pub body_cap: usize,
    /// Certificates, as PEM, that are trusted beside the operating system's.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// Where Hookbench's own API listens. Always refused; may change while the wire is in use.
    pub own_addresses: Arc<RwLock<Vec<SocketAddr>>>,
}

impl Default for WireConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            max_idle_per_host: 64,
            max_idle: 512,
            idle_timeout: Duration::from_secs(30),
            max_connection_age: Duration::from_mins(5),
            body_cap: 64 * 1024,
            extra_ca_pem: None,
            own_addresses: Arc::default(),
        }
    }
}
