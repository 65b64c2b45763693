//! Events: immutable facts whose bytes are kept exactly as they will be delivered.

pub(crate) mod event_type;
pub(crate) mod hops;
pub(crate) mod json;

use std::collections::BTreeMap;

use hookbench_bounds::shortened;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    EventId, EventType, IdError, NameError, ReadError, SourceId, Timestamp, compact, read_json, same_json,
};

/// The largest body of an event, in bytes (1 MiB).
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Within what an event id is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Published here, for no brand.
    Local,
    /// Belongs to the brand that the payload calls by this id.
    Brand(String),
    /// Came in through this path of the receiver.
    Source(SourceId),
}

/// Why text is not an event that can be published.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, a field of the wrong kind, a field that no event has, or one that is missing.
    #[error("the event cannot be read: {}", shortened(&.0.to_string()))]
    Json(#[from] ReadError),
    /// `event` is not a dotted name.
    #[error("`event`: {0}")]
    Type(#[from] NameError),
    /// `id` is not 1 to 255 visible ASCII characters.
    #[error("`id`: {0}")]
    Id(#[from] IdError),
    /// `brandId` is not 1 to 255 visible ASCII characters.
    #[error("`brandId`: a brand id has 1 to 255 visible ASCII characters without spaces")]
    Brand,
    /// `createdAt` is not RFC 3339.
    #[error("`createdAt`: `{0}` is not an RFC 3339 time such as 2026-05-08T04:51:35.080Z")]
    CreatedAt(String),
    /// `data` is not an object.
    #[error("`data` must be a JSON object: {{…}}")]
    Data,
    /// More than [`MAX_BODY_BYTES`] once put together.
    #[error("the event has {0} bytes; at most {MAX_BODY_BYTES} are taken (1 MiB)")]
    TooLarge(usize),
}

/// An event as somebody publishes it, checked, before it has an id and bytes of its own.
#[derive(Debug, Clone)]
pub struct EventDraft {
    /// Its type.
    pub event_type: EventType,
    /// The `data` object, compact.
    pub data: String,
    /// The id its publisher gave it, if any.
    pub id: Option<EventId>,
    /// The brand it belongs to, if any.
    pub brand: Option<String>,
    /// When it happened, if its publisher said so.
    pub created_at: Option<Timestamp>,
    /// Whether it only tests a subscription.
    pub test: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    event: String,
    #[serde(borrow)]
    data: &'a RawValue,
    id: Option<String>,
    #[serde(rename = "brandId")]
    brand_id: Option<String>,
    #[serde(rename = "createdAt")]
    created_at: Option<String>,
}

/// Reads one event as the local API takes it:
/// `{"event":T,"data":{…},"id"?,"brandId"?,"createdAt"?}`. A field that no event has is refused,
/// because a misspelt `id` would otherwise silently lose deduplication.
///
/// # Errors
/// [`EventError`], naming the field and what it should hold.
pub fn parse_draft(json: &[u8]) -> Result<EventDraft, EventError> {
    if json.len() > MAX_BODY_BYTES {
        return Err(EventError::TooLarge(json.len()));
    }
    let wire: Wire<'_> = read_json(json)?;
    EventDraft::new(
        &wire.event,
        wire.data.get(),
        wire.id.as_deref(),
        wire.brand_id.as_deref(),
        wire.created_at.as_deref(),
    )
}

impl EventDraft {
    /// Checks the parts of an event. `data` is the text of a JSON object.
    ///
    /// # Errors
    /// [`EventError`], naming the part and what it should hold.
    pub fn new(
        event_type: &str,
        data: &str,
        id: Option<&str>,
        brand: Option<&str>,
        created_at: Option<&str>,
    ) -> Result<Self, EventError> {
        let data_value: &RawValue = read_json(data.as_bytes()).map_err(|error| error.within("data"))?;
        if !data_value.get().trim_start().starts_with('{') {
            return Err(EventError::Data);
        }
        let created_at = match created_at {
            Some(text) => Some(
                Timestamp::parse(text).map_err(|_| EventError::CreatedAt(text.chars().take(64).collect()))?,
            ),
            None => None,
        };
        Ok(Self {
            event_type: event_type.parse()?,
            data: compact(data_value.get()),
            id: id.map(str::parse).transpose()?,
            brand: match brand {
                Some(b) => Some(b.parse::<EventId>().map_err(|_| EventError::Brand)?.as_str().to_owned()),
                None => None,
            },
            created_at,
            test: false,
        })
    }

    /// Puts the event together: its bytes are `{"id","event","createdAt","data"}` and `brandId` if
    /// one was given, compact, in this order. `fresh` names it if its publisher did not.
    ///
    /// # Errors
    /// [`EventError::TooLarge`] over [`MAX_BODY_BYTES`].
    pub fn keep(self, fresh: impl FnOnce() -> EventId, now: Timestamp) -> Result<StoredEvent, EventError> {
        let id = self.id.unwrap_or_else(fresh);
        let created_at = self.created_at.unwrap_or(now);
        let text = |s: &str| serde_json::Value::from(s).to_string();
        let mut body = format!(
            "{{\"id\":{},\"event\":{},\"createdAt\":\"{created_at}\",\"data\":{}",
            text(id.as_str()),
            text(self.event_type.as_str()),
            self.data
        );
        if let Some(brand) = &self.brand {
            body.push_str(",\"brandId\":");
            body.push_str(&text(brand));
        }
        body.push('}');
        if body.len() > MAX_BODY_BYTES {
            return Err(EventError::TooLarge(body.len()));
        }
        Ok(StoredEvent {
            scope: self.brand.map_or(Scope::Local, Scope::Brand),
            id,
            event_type: self.event_type,
            created_at,
            received_at: now,
            created_at_given: self.created_at.is_some(),
            body: body.into_bytes(),
            test: self.test,
        })
    }
}

/// An event with the bytes that will be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Within what `id` is unique.
    pub scope: Scope,
    /// Its id; the same on every attempt.
    pub id: EventId,
    /// Its type.
    pub event_type: EventType,
    /// When it happened, as its publisher said, else when it came.
    pub created_at: Timestamp,
    /// When it came to us.
    pub received_at: Timestamp,
    /// Whether `created_at` was said by the publisher.
    pub created_at_given: bool,
    /// The exact bytes that are delivered.
    pub body: Vec<u8>,
    /// Whether it only tests a subscription.
    pub test: bool,
}

/// Whether two events under one id say the same: type, brand and `data`, and `createdAt` where
/// the second one's publisher gave it. JSON is compared by meaning, other bodies by bytes. Of
/// events that came in through a source the bytes alone count, because they are what was signed.
#[must_use]
pub fn same_content(kept: &StoredEvent, again: &StoredEvent) -> bool {
    if matches!(kept.scope, Scope::Source(_)) {
        return kept.scope == again.scope && kept.body == again.body;
    }
    if kept.event_type != again.event_type || kept.scope != again.scope {
        return false;
    }
    if kept.body == again.body {
        return true;
    }
    #[derive(Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        data: Option<&'a RawValue>,
    }
    let data = |body| serde_json::from_slice::<Data<'_>>(body).ok().and_then(|d| d.data.map(RawValue::get));
    match (data(&kept.body), data(&again.body)) {
        (Some(l), Some(r)) => {
            same_json(l, r) && (!again.created_at_given || kept.created_at == again.created_at)
        }
        // A platform's flat envelope: everything but the time is its publisher's.
        (None, None) => {
            let same = match (without_time(kept), without_time(again)) {
                (Some(l), Some(r)) => {
                    l.len() == r.len()
                        && l.iter()
                            .zip(&r)
                            .all(|((lk, lv), (rk, rv))| lk == rk && same_json(lv.get(), rv.get()))
                }
                _ => false,
            };
            same && (!again.created_at_given || kept.created_at == again.created_at)
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// The fields of a body but those that say when it happened.
fn without_time(event: &StoredEvent) -> Option<BTreeMap<String, &RawValue>> {
    let mut fields: BTreeMap<String, &RawValue> = serde_json::from_slice(&event.body).ok()?;
    let (text, seconds) = (format!("\"{}\"", event.created_at), event.created_at.unix_seconds().to_string());
    fields.retain(|_, value| value.get() != text && value.get() != seconds);
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(json: &str, now: i64) -> StoredEvent {
        let fresh = || EventId::new(Timestamp::from_ms(1), 1);
        parse_draft(json.as_bytes()).unwrap().keep(fresh, Timestamp::from_ms(now)).unwrap()
    }

    #[test]
    fn bytes_are_compact_and_in_the_promised_order() {
        let e = kept(
            r#"{"data": { "payoutCents": 1.50, "note":"\u00e9" }, "brandId":"b1", "event":"conversion.created", "id":"evt_1", "createdAt":"2026-05-08T06:51:35.08+02:00"}"#,
            0,
        );
        assert_eq!(
            String::from_utf8(e.body).unwrap(),
            r#"{"id":"evt_1","event":"conversion.created","createdAt":"2026-05-08T04:51:35.080Z","data":{"payoutCents":1.50,"note":"\u00e9"},"brandId":"b1"}"#
        );
        assert_eq!(e.scope, Scope::Brand("b1".into()));
    }

    #[test]
    fn bad_events_are_refused_with_the_field_named() {
        for (json, word) in [
            ("{", "cannot be read"),
            (r#"{"event":"a.b"}"#, "data"),
            (r#"{"event":"a.b","data":[]}"#, "`data`"),
            (r#"{"event":"a b","data":{}}"#, "`event`"),
            (r#"{"event":"a.b","data":{},"Id":"x"}"#, "Id"),
            (r#"{"event":"a.b","data":{},"id":""}"#, "`id`"),
            (r#"{"event":"a.b","data":{},"brandId":"a b"}"#, "`brandId`"),
            (r#"{"event":"a.b","data":{},"createdAt":"now"}"#, "`createdAt`"),
        ] {
            let error = parse_draft(json.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(word), "{json}: {error}");
        }
    }

    #[test]
    fn an_event_is_at_most_one_mebibyte() {
        let json = format!(r#"{{"event":"a.b","data":{{"x":"{}"}}}}"#, "y".repeat(MAX_BODY_BYTES - 40));
        let draft = parse_draft(json.as_bytes()).unwrap();
        let kept = draft.keep(|| EventId::new(Timestamp::from_ms(0), 0), Timestamp::from_ms(0));
        assert!(matches!(kept, Err(EventError::TooLarge(_))));
    }

    #[test]
    fn content_is_compared_without_what_the_publisher_left_out() {
        let first = kept(r#"{"event":"a.b","id":"1","data":{"x":1,"y":2}}"#, 1000);
        assert!(same_content(&first, &kept(r#"{"event":"a.b","id":"1","data":{"y":2,"x":1}}"#, 2000)));
        assert!(!same_content(&first, &kept(r#"{"event":"a.b","id":"1","data":{"x":2}}"#, 1000)));
        assert!(!same_content(&first, &kept(r#"{"event":"a.c","id":"1","data":{"x":1,"y":2}}"#, 1000)));
        let dated = r#"{"event":"a.b","id":"1","data":{"x":1,"y":2},"createdAt":"1970-01-01T00:00:02Z"}"#;
        assert!(!same_content(&first, &kept(dated, 1000)));
    }

    #[test]
    fn a_flat_body_is_compared_without_the_time_that_was_made_up_for_it() {
        let at = |ms: i64, amount: u32, given: bool| {
            let made = kept(r#"{"event":"a.b","id":"1","data":{}}"#, ms);
            let when = Timestamp::from_ms(ms);
            let body = format!(r#"{{"id":"1","event":"a.b","amount":{amount},"event_timestamp":"{when}"}}"#);
            StoredEvent { created_at: when, created_at_given: given, body: body.into_bytes(), ..made }
        };
        assert!(same_content(&at(1, 5, false), &at(9, 5, false)));
        assert!(!same_content(&at(1, 5, false), &at(9, 6, false)));
        assert!(!same_content(&at(1, 5, false), &at(9, 5, true)));
        let junk = |text: &str| StoredEvent { body: text.as_bytes().to_vec(), ..at(1, 5, false) };
        assert!(!same_content(&junk("a"), &junk("b")));
    }

    #[test]
    fn received_events_are_compared_by_their_bytes() {
        let scope = Scope::Source(SourceId::new(Timestamp::from_ms(1), 1));
        let first = StoredEvent { scope: scope.clone(), ..kept(r#"{"event":"a.b","id":"1","data":{}}"#, 1) };
        let again = StoredEvent { received_at: Timestamp::from_ms(9), ..first.clone() };
        assert!(same_content(&first, &again));
        let spaced =
            StoredEvent { body: br#"{"event": "a.b","id":"1","data":{}}"#.to_vec(), ..first.clone() };
        assert!(!same_content(&first, &spaced));
    }
}
