//! A request of the receiver's log again: decided anew by today's rules, or sent on to a URL byte
//! for byte.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use hookbench_dispatcher::count_hop;
use hookbench_dispatcher::wire::{AddressRules, Trust, Wire, WireConfig, WireReport, WireRequest};
use hookbench_domain::{Outcome, Scope, SourceId, hops_of, parse_target_url};
use hookbench_receiver::{InboundBody, InboundRequest, MASKED_KEY};
use hookbench_store::{ReceivedRequest, RegisteredSource};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::deliveries::views::{RequestView, ResponseView, TimingsView};
use crate::handles::Receiver;
use crate::sources::receiving::IncomingRequest;
use crate::{BodyView, Workbench, WorkbenchError};

/// How long an endpoint may take to answer what is forwarded.
const FORWARD_TIME: Duration = Duration::from_secs(10);

/// What a replayed request is answered now.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReplayedRequest {
    /// The status.
    pub status: u16,
    /// The answer: the event and its deliveries, or what is still wrong.
    #[cfg_attr(feature = "typescript", ts(type = "Record<string, unknown>"))]
    pub answer: Value,
}

/// Where to forward a request to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct ForwardInput {
    /// The URL.
    pub url: String,
    /// Whether it may be a private address.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub allow_private: bool,
}

/// What became of a request that was forwarded.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ForwardedRequest {
    /// How it ended.
    pub outcome: Outcome,
    /// The status that came back.
    pub status: Option<u16>,
    /// What went wrong, in the words of the layer that said so.
    pub error: Option<String>,
    /// How long its steps took.
    pub timings: TimingsView,
    /// What was sent.
    pub request: RequestView,
    /// What came back.
    pub response: Option<ResponseView>,
    /// What differs from the request that came: credentials are not kept.
    pub notes: Vec<String>,
}

/// A kept request with its bytes.
struct Again {
    source: SourceId,
    received: ReceivedRequest,
    body: Vec<u8>,
}

impl Workbench {
    /// A wire for requests that a person asks for. Never to Hookbench's own API.
    pub(crate) fn by_hand(&self) -> Result<Wire, WorkbenchError> {
        let api = self.dispatching().and_then(|holder| holder.api);
        let own: Option<SocketAddr> =
            api.and_then(|api| api.strip_prefix("http://").and_then(|addr| addr.parse().ok()));
        let config = WireConfig::default();
        if let Some(own) = own {
            match config.own_addresses.write() {
                Ok(mut addresses) => addresses.push(own),
                Err(poisoned) => poisoned.into_inner().push(own),
            }
        }
        Wire::new(config).map_err(|error| WorkbenchError::Wire(error.to_string()))
    }

    async fn again(&self, id: &str) -> Result<Again, WorkbenchError> {
        let (source, received) = self.store.received_request(id).await?;
        let body = match (&received.body, &received.event_id) {
            (Some(body), _) => body.clone(),
            (None, Some(id)) => self.store.event(id, Some(&Scope::Source(source))).await?.1.body,
            (None, None) => Vec::new(),
        };
        if usize::try_from(received.body_bytes).is_ok_and(|all| all > body.len()) {
            let why = "only the first 64 KiB of its body are kept: ask the sender to send it again";
            return Err(WorkbenchError::State(why.to_owned()));
        }
        Ok(Again { source, received, body })
    }
}

impl Receiver {
    /// Decides about a received request again, as of when it came, by the rules of its source or of
    /// another one: a request that was refused for its secret is taken where the right one is kept.
    /// What was taken there before is a duplicate.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the log has no such request, its body was cut, its key is not kept,
    /// or its source is gone.
    pub async fn replay(&self, id: &str, source: Option<&str>) -> Result<ReplayedRequest, WorkbenchError> {
        let again = self.0.again(id).await?;
        let hidden = |(_, value): &(String, String)| value == MASKED_KEY;
        let key = again.received.query.as_deref().is_some_and(|query| query.contains(MASKED_KEY));
        if key || again.received.headers.iter().any(hidden) {
            let why = "it came with a key, which is not kept: it cannot be checked again; ask the sender to send it again";
            return Err(WorkbenchError::State(why.to_owned()));
        }
        let own = again.source.to_string();
        let registered = self.0.registered_source(source.unwrap_or(&own))?;
        let received = again.received;
        let request = InboundRequest {
            peer: received.peer.parse().unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            method: received.method,
            path: String::new(),
            query: received.query,
            headers: received.headers.into_iter().map(|(n, v)| (n, v.into_bytes())).collect(),
            body: InboundBody::Whole(again.body.into()),
        };
        let unguarded = RegisteredSource { token: None, ..(*registered).clone() };
        let coming = IncomingRequest {
            registered: &unguarded,
            at: received.at,
            token: None,
            relay_id: None,
            note: Some(format!("request {id} replayed")),
        };
        let answer = self.receiving().take(coming, &request).await?;
        Ok(ReplayedRequest { status: answer.status, answer: answer.body })
    }

    /// Sends a received request on: method, query, headers and body as they came. Once; redirects
    /// are not followed.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the log has no such request, its body was cut, or the URL cannot be
    /// sent to. What goes wrong on the way is part of the answer.
    pub async fn forward(&self, id: &str, input: &ForwardInput) -> Result<ForwardedRequest, WorkbenchError> {
        let again = self.0.again(id).await?;
        let mut url = parse_target_url(&input.url)?;
        let mut notes = Vec::new();
        if let Some(query) = &again.received.query {
            if query.contains(MASKED_KEY) {
                notes.push("the key in the query is not kept: it went out hidden".to_owned());
            }
            let joined = url.query().map_or_else(|| query.clone(), |own| format!("{own}&{query}"));
            url.set_query(Some(&joined));
        }
        let mut headers = Vec::with_capacity(again.received.headers.len());
        for (name, value) in again.received.headers {
            if value == MASKED_KEY {
                notes.push(format!("`{name}` is not kept: it was left out"));
            } else {
                headers.push((name, value));
            }
        }
        let hops = hops_of(&headers);
        count_hop(&mut headers, hops);
        let method = again.received.method.parse().map_err(|_| {
            WorkbenchError::State(format!("{} cannot be sent as a method", again.received.method))
        })?;
        let request = WireRequest {
            method,
            url,
            headers,
            body: Bytes::from(again.body.clone()),
            timeout: FORWARD_TIME,
            rules: AddressRules { allow_loopback: true, allow_private: input.allow_private },
            trust: Trust::default(),
            fresh: false,
        };
        let report = self.0.by_hand()?.send(request).await;
        Ok(ForwardedRequest::new(report, &again.body, notes))
    }
}

impl ForwardedRequest {
    fn new(report: WireReport, body: &[u8], notes: Vec<String>) -> Self {
        Self {
            outcome: report.outcome,
            status: report.response.as_ref().map(|r| r.status),
            error: report.error,
            timings: TimingsView::from(report.timings),
            request: RequestView {
                method: report.request.method,
                url: report.request.url,
                headers: report.request.headers,
                body: BodyView::of(body),
            },
            response: report.response.map(|r| ResponseView {
                status: r.status,
                headers: r.headers,
                body: BodyView::of(&r.body),
                truncated: r.truncated,
            }),
            notes,
        }
    }
}
