//! What one attempt showed.

use hookbench_domain::{Connection, Outcome, RequestRecord, ResponseRecord, Timings};

/// What one attempt showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireReport {
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong, in the words of the layer that said so; absent when a status came.
    pub error: Option<String>,
    /// Whether nothing was sent because this machine had no file handle, port, buffer or memory left
    /// to give. The outcome then says at which step, and nothing of the endpoint.
    pub local_shortage: bool,
    /// The steps' durations; a step that failed or ran into the deadline counts until then.
    pub timings: Timings,
    /// The request with every header as sent, in order. After `blocked`, `dns`, `connect` and
    /// `tls`: as it would have been sent.
    pub request: RequestRecord,
    /// What came back, if a status line did.
    pub response: Option<ResponseRecord>,
    /// The connection that was used, as far as it got.
    pub connection: Connection,
    /// Whether the request was written to a connection that had been kept unused, which ended before
    /// a byte came back: most likely the server had just closed it.
    pub idle_closed: bool,
}
