//! A request as it reached a source, before anything became of it.

use hookbench_domain::{SourceId, Timestamp};

/// A request as it reached a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Which source.
    pub source: SourceId,
    /// When.
    pub at: Timestamp,
    /// The address it came from.
    pub peer: String,
    /// The method.
    pub method: String,
    /// Its headers, in order; without credentials.
    pub headers: Vec<(String, String)>,
    /// What else is kept of it.
    pub more: ArrivalMore,
}

/// What only some requests have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArrivalMore {
    /// The query as it came, the value of a key hidden.
    pub query: Option<String>,
    /// The body as it came, where the event's is made from it.
    pub raw_body: Option<Vec<u8>>,
    /// Its id at the relay it was pulled from.
    pub relay_id: Option<String>,
    /// What is worth knowing of it, for people.
    pub note: Option<String>,
}
