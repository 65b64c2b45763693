//! Erasing one customer's data, found by the value of a field.

use std::path::PathBuf;

use hookbench_bounds::{Document, MAX_DEPTH, Raw, RawKind, unquoted};
use hookbench_store::{Erased, back_ups};
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::handles::Events;

/// How many bodies are read at a time at most.
const PIECE: u32 = 500;
/// How many events are erased in one write.
const BATCH: usize = 200;

/// Whose data to erase.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct EraseInput {
    /// The field within the body, such as `data.email`.
    pub field: String,
    /// Its value.
    pub value: String,
    /// Only say what would be erased.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub dry_run: bool,
}

/// What was erased, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EraseReport {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Events whose body holds the value.
    pub events: u64,
    /// Other requests of the receiver's log whose body or query holds it, refused ones for the most part;
    /// after erasing, also those that came under the ids of the events.
    pub received: u64,
    /// Attempts of these events whose request and response were erased.
    pub attempts: u64,
    /// Deliveries that waited and were cancelled.
    pub cancelled: u64,
    /// Events left as they are because an attempt is under way: erase again in a moment.
    pub under_way: u64,
    /// Whether the write-ahead log was emptied as well.
    pub log_emptied: bool,
    /// Copies of the database that hold the value still; delete them yourself when you need them no
    /// more.
    pub copies: Vec<PathBuf>,
}

/// Whether a body has this value in this field. In a list any element may have it; in a body that
/// is no JSON the field is one of a form.
pub(crate) fn holds(body: &[u8], field: &str, value: &str) -> bool {
    /// Goes down as many levels as are looked into anywhere, and no further.
    fn at(found: Raw<'_>, path: &[&str], value: &str, levels: usize) -> bool {
        let Some(levels) = levels.checked_sub(1) else { return false };
        match (found.kind(), path) {
            (RawKind::Array, _) => found.items().any(|item| at(item, path, value, levels)),
            (RawKind::Object, [name, rest @ ..]) => {
                found.field(name).is_some_and(|found| at(found, rest, value, levels))
                    // A name may itself have dots.
                    || (!rest.is_empty()
                        && found.field(&path.join(".")).is_some_and(|found| at(found, &[], value, levels)))
            }
            (RawKind::Text, []) => unquoted(found.as_str()) == value,
            (RawKind::Plain, []) if found.as_str() == "null" => false,
            (RawKind::Plain, []) => {
                let spelt = found.value().to_string();
                found.as_str() == value || spelt == value
            }
            (RawKind::Object, []) | (RawKind::Text | RawKind::Plain, [_, ..]) => false,
        }
    }
    match Document::read_any(body) {
        Ok(document) => at(document.root(), &field.split('.').collect::<Vec<_>>(), value, MAX_DEPTH),
        Err(_) => form_holds(body, field, value),
    }
}

/// Whether a form, or a query, has this value in this field.
fn form_holds(form: &[u8], field: &str, value: &str) -> bool {
    let last = field.rsplit('.').next().unwrap_or(field);
    url::form_urlencoded::parse(form).any(|(name, found)| (name == field || name == last) && found == value)
}

impl Events {
    /// Erases every event whose field has this value: payload, requests and responses, received
    /// requests, and what search knows of them. Rows stay, marked as erased, and the same event is
    /// not taken in again.
    ///
    /// # Errors
    /// [`WorkbenchError`] when field or value say nothing, or the database cannot be written.
    pub async fn erase(&self, input: &EraseInput) -> Result<EraseReport, WorkbenchError> {
        if input.field.trim().is_empty() {
            return Err(WorkbenchError::field("field", "which field? Such as data.email"));
        }
        if input.value.is_empty() {
            return Err(WorkbenchError::field("value", "is empty: say whose data, such as jane@example.com"));
        }
        let (mut events, mut received, mut after) = (Vec::new(), Vec::new(), 0);
        loop {
            let piece = self.0.store.event_bodies(after, PIECE).await?;
            let Some(last) = piece.last() else { break };
            after = last.seq;
            let found = piece.iter().filter(|b| holds(&b.body, &input.field, &input.value));
            events.extend(found.map(|b| b.seq));
        }
        after = 0;
        loop {
            let piece = self.0.store.received_bodies(after, PIECE).await?;
            let Some(last) = piece.last() else { break };
            after = last.seq;
            // What came under the id of such an event is emptied with it.
            let others =
                piece.iter().filter(|b| b.event.is_none_or(|seq| events.binary_search(&seq).is_err()));
            let found = others.filter(|b| {
                let query = b.query.as_deref().unwrap_or_default();
                holds(&b.body, &input.field, &input.value)
                    || form_holds(query.as_bytes(), &input.field, &input.value)
            });
            received.extend(found.map(|b| b.seq));
        }
        let mut report = EraseReport {
            dry_run: input.dry_run,
            events: u64::try_from(events.len()).unwrap_or(0),
            received: u64::try_from(received.len()).unwrap_or(0),
            attempts: 0,
            cancelled: 0,
            under_way: 0,
            log_emptied: false,
            copies: back_ups(&self.0.folder),
        };
        if input.dry_run {
            return Ok(report);
        }
        let now = self.0.clock.now();
        let emptied = self.0.store.erase_received(received, now).await?;
        (report.received, report.under_way) = (emptied.received, emptied.under_way);
        report.events = 0;
        for piece in events.chunks(BATCH) {
            let Erased { events, attempts, received, cancelled, under_way } =
                self.0.store.erase_events(piece.to_vec(), now).await?;
            report.events += events;
            report.attempts += attempts;
            report.received += received;
            report.cancelled += cancelled;
            report.under_way += under_way;
        }
        self.0.store.erase_asked(input.value.clone()).await?;
        report.log_emptied = self.0.store.scrub().await?;
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hookbench_ambient::Clock;
    use hookbench_domain::{
        EventDraft, EventId, Lease, Scope, SourceDefinition, SourceId, StoredEvent, Timestamp,
    };
    use hookbench_store::{
        Arrival, ArrivalMore, ClaimRequest, ClaimWhat, Publication, Refused, Share, SourceSecrets,
    };

    use super::{EraseInput, holds};
    use crate::{SubscriptionInput, VaultKeySource, Workbench};

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
    const QUERY: &str = "click=c1&email=jane%40example.com";

    fn arrival(source: SourceId) -> Arrival {
        Arrival {
            source,
            at: NOW,
            peer: "127.0.0.1".into(),
            method: "GET".into(),
            headers: vec![("x-partner".into(), "7".into())],
            more: ArrivalMore { query: Some(QUERY.into()), ..ArrivalMore::default() },
        }
    }

    /// A postback that was accepted, with what its event holds of it.
    async fn receive(workbench: &Workbench, source: SourceId, id: &str, data: &str) -> StoredEvent {
        let draft = EventDraft::new("lead.new", data, Some(id), None, None).unwrap();
        let mut event = draft.keep(|| EventId::new(NOW, 1), NOW).unwrap();
        event.scope = Scope::Source(source);
        let item = Publication { event: Arc::new(event.clone()), only: None, arrival: Some(arrival(source)) };
        workbench.store.publish(vec![item]).await.unwrap();
        event
    }

    #[tokio::test]
    async fn a_request_is_erased_once_and_none_that_an_attempt_needs() {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open_with(folder.path(), key, Clock::manual(NOW)).await.unwrap();
        let source = SourceId::new(NOW, 1);
        let definition = SourceDefinition {
            name: "s2s".into(),
            scheme: "none".into(),
            brand: None,
            allow_ips: vec![],
            postback: None,
            relay: None,
        };
        workbench.store.create_source(source, definition, SourceSecrets::default(), NOW).await.unwrap();
        let erase = async |dry_run| {
            let input = EraseInput { field: "data.email".into(), value: "jane@example.com".into(), dry_run };
            let report = workbench.events().erase(&input).await.unwrap();
            (report.events, report.received, report.under_way)
        };
        let whole = receive(&workbench, source, "whole", r#"{"email":"jane@example.com"}"#).await;
        let refused = Refused {
            arrival: arrival(source),
            status: 401,
            code: "signature".into(),
            detail: "no".into(),
            body: vec![],
            body_bytes: 0,
        };
        workbench.store.store_refused(vec![refused]).await.unwrap();
        assert_eq!(erase(true).await, (1, 1, 0), "the event's own request goes with it");
        assert_eq!(erase(false).await, (1, 2, 0));
        assert_eq!(erase(true).await, (0, 0, 0));
        assert_eq!(workbench.store.received_headers(&whole).await.unwrap().unwrap(), []);

        // Two of which an attempt is under way; one event has the value, of the other only the request.
        let input = SubscriptionInput {
            url: Some("http://127.0.0.1:9/hooks".into()),
            events: Some(vec!["*".into()]),
            ..SubscriptionInput::default()
        };
        let id = workbench.subscriptions().create(input).await.unwrap().subscription.id;
        let busy = receive(&workbench, source, "busy", r#"{"email":"jane@example.com"}"#).await;
        let part = receive(&workbench, source, "part", r#"{"click":"c1"}"#).await;
        let what = ClaimWhat::Due(vec![Share { subscription: id, places: 2, asked_only: false }]);
        let lease = Lease { owner: "test".into(), until: NOW.plus_ms(1) };
        let claimed = workbench.store.claim(ClaimRequest { lease, now: NOW, what }).await.unwrap();
        assert_eq!(claimed.len(), 2);
        assert_eq!(erase(false).await, (0, 0, 2));
        for event in [&busy, &part] {
            let headers = workbench.store.received_headers(event).await.unwrap().unwrap();
            assert_eq!(headers.len(), 1, "{}", event.id);
        }
    }

    #[test]
    fn a_field_is_found_wherever_it_stands() {
        let body = br#"{"data":{"email":"a@b.c","items":[{"sku":7},{"sku":8}],"x.y":"z"},"ok":true}"#;
        for (field, value) in
            [("data.email", "a@b.c"), ("data.items.sku", "8"), ("data.x.y", "z"), ("ok", "true")]
        {
            assert!(holds(body, field, value), "{field}");
        }
        for (field, value) in [("data.email", "a@b"), ("email", "a@b.c"), ("data", "a@b.c"), ("", "a@b.c")] {
            assert!(!holds(body, field, value), "{field}");
        }
        assert!(holds(b"click=1&email=a%40b.c", "data.email", "a@b.c"));
        assert!(!holds(b"\xff\xfe", "data.email", "a@b.c"));
    }

    #[test]
    fn a_field_is_found_beside_what_nests_thousands_deep() {
        let found = std::thread::Builder::new().stack_size(256 * 1024).spawn(|| {
            let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
            let body = format!("{{\"data\":{{\"x\":{open}\"a@b.c\"{close},\"email\":\"a@b.c\"}}}}");
            (holds(body.as_bytes(), "data.email", "a@b.c"), holds(body.as_bytes(), "data.x", "a@b.c"))
        });
        assert_eq!(found.unwrap().join().unwrap(), (true, false));
    }
}
