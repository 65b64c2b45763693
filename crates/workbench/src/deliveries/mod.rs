//! The delivery log: list, show, retry, cancel.

pub(crate) mod compare;
pub(crate) mod edit_send;
pub(crate) mod outage;
pub(crate) mod overview;
pub(crate) mod views;
pub(crate) mod why;

use hookbench_domain::{DeliveryId, Kind, Outcome, Timestamp, parse_when};
use hookbench_store::{DeliveryFilter, Page, ResponseFilter};
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::deliveries::views::{AttemptView, DeliveryDetail, DeliveryView, PrunedView};
use crate::handles::Deliveries;

/// Which deliveries; everything that is set must hold. Where several values make sense, they are
/// separated by commas.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeliveryQuery {
    /// In one of these states: those of a delivery, and `waiting` and `retrying` for pending ones
    /// before and after their first attempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Of one of these subscriptions, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<String>,
    /// Of the event of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Of events of one of these types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Of events of this brand, by any word that it goes by: id, name, or what payloads call it.
    pub brand: Option<String>,
    /// Of subscriptions of one of these kinds: `webhook`, `postback`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Made at or after: RFC 3339, or an age such as `15m`, `2h`, `3d`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Made before; written like `since`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Whose last attempt got one of these statuses or classes: `404`, `5xx`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whose last attempt ended in one of these ways.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Whose last attempt got any of these answers: statuses, classes and outcomes mixed, such as
    /// `401,5xx,timeout`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// With so many attempts: `3`, `2-6`, `7-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<String>,
    /// Whose ids, payload, URL or response bodies contain this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// At most so many: 1 to 500, 50 if not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// The items of a list that is written with commas. A list that is given and names nothing is an
/// error: as a filter that lets everything through it would turn a slip, such as a variable that is
/// not set, into a verb on the whole log.
fn listed<'t>(
    field: &'static str,
    text: Option<&'t str>,
) -> Result<impl Iterator<Item = &'t str>, WorkbenchError> {
    let items = text.into_iter().flat_map(|t| t.split(',')).map(str::trim);
    if items.clone().any(str::is_empty) {
        return Err(WorkbenchError::field(field, "names nothing: say what, or leave it out"));
    }
    Ok(items)
}

/// A filter by one text: given, it says something.
fn said(field: &'static str, text: Option<&String>) -> Result<Option<String>, WorkbenchError> {
    match text {
        Some(text) if text.is_empty() => {
            Err(WorkbenchError::field(field, "names nothing: say what, or leave it out"))
        }
        Some(_) | None => Ok(text.cloned()),
    }
}

fn read_state(name: &str) -> Result<String, WorkbenchError> {
    let names = hookbench_domain::DeliveryState::NAMES;
    if names.contains(&name) || matches!(name, "waiting" | "retrying" | "held") {
        return Ok(name.to_owned());
    }
    let why = format!("there is no state `{name}`: choose {}, waiting, retrying, held", names.join(", "));
    Err(WorkbenchError::field("state", why))
}

fn read_outcome(name: &str) -> Result<Outcome, WorkbenchError> {
    Outcome::named(name).ok_or_else(|| {
        let known: Vec<&str> = Outcome::ALL.iter().map(|o| o.as_str()).collect();
        WorkbenchError::field("outcome", format!("there is no outcome `{name}`: choose {}", known.join(", ")))
    })
}

fn read_kind(name: &str) -> Result<Kind, WorkbenchError> {
    let why = || format!("there is no kind `{name}`: choose webhook or postback");
    Kind::named(name).ok_or_else(|| WorkbenchError::field("kind", why()))
}

/// A status, or a class of them.
fn read_status(text: &str) -> Result<(u16, u16), WorkbenchError> {
    let class = text.to_ascii_lowercase().strip_suffix("xx").and_then(|c| c.parse::<u16>().ok());
    if let Some(class @ 1..=9) = class {
        return Ok((class * 100, class * 100 + 99));
    }
    match text.parse::<u16>() {
        Ok(code @ 100..=999) => Ok((code, code)),
        Ok(_) | Err(_) => Err(WorkbenchError::field(
            "status",
            format!("`{text}` is no status: write 404, or 4xx for a class"),
        )),
    }
}

/// A status, a class of them, or an outcome.
fn read_answer(text: &str) -> Result<ResponseFilter, WorkbenchError> {
    match Outcome::named(text) {
        Some(outcome) => Ok(ResponseFilter::Outcome(outcome)),
        None => read_status(text).map(|(low, high)| ResponseFilter::Status(low, high)).map_err(|_| {
            let why =
                format!("`{text}` is neither a status such as 404 or 4xx nor an outcome such as timeout");
            WorkbenchError::field("answer", why)
        }),
    }
}

/// `3`, `2-6` or `7-`.
fn read_attempts(text: &str) -> Result<(u32, u32), WorkbenchError> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let end = if high.is_empty() { Some(u32::MAX) } else { high.trim().parse().ok() };
    low.trim().parse().ok().zip(end).filter(|(low, high)| low <= high).ok_or_else(|| {
        WorkbenchError::field("attempts", format!("`{text}` is no number of attempts: write 3, 2-6 or 7-"))
    })
}

impl DeliveryQuery {
    pub(crate) fn filter(&self, now: Timestamp) -> Result<DeliveryFilter, WorkbenchError> {
        let limit = self.limit.unwrap_or(50);
        if !(1..=hookbench_store::MAX_PAGE).contains(&limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        let when = |text: Option<&String>| text.map(|t| parse_when(t, now)).transpose();
        Ok(DeliveryFilter {
            states: listed("state", self.state.as_deref())?.map(read_state).collect::<Result<_, _>>()?,
            subscriptions: listed("subscription", self.subscription.as_deref())?
                .map(str::parse)
                .collect::<Result<_, hookbench_domain::IdError>>()?,
            kinds: listed("kind", self.kind.as_deref())?.map(read_kind).collect::<Result<_, _>>()?,
            event: said("event", self.event.as_ref())?,
            brands: said("brand", self.brand.as_ref())?.into_iter().collect(),
            event_types: listed("event_type", self.event_type.as_deref())?.map(str::to_owned).collect(),
            since: when(self.since.as_ref())?,
            until: when(self.until.as_ref())?,
            statuses: listed("status", self.status.as_deref())?.map(read_status).collect::<Result<_, _>>()?,
            outcomes: listed("outcome", self.outcome.as_deref())?
                .map(read_outcome)
                .collect::<Result<_, _>>()?,
            answers: listed("answer", self.answer.as_deref())?.map(read_answer).collect::<Result<_, _>>()?,
            attempts: self.attempts.as_deref().map(read_attempts).transpose()?,
            search: said("search", self.search.as_ref())?,
            limit,
            cursor: match self.cursor.as_deref() {
                Some("") => {
                    let why = "is empty: use the `next_cursor` of the page before, or leave it out";
                    return Err(WorkbenchError::field("cursor", why));
                }
                Some(_) | None => self.cursor.clone(),
            },
        })
    }
}

impl Deliveries {
    /// Lists deliveries, newest first.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the filter that is wrong.
    pub async fn list(&self, query: &DeliveryQuery) -> Result<Page<DeliveryView>, WorkbenchError> {
        let filter = query.filter(self.0.clock.now())?;
        Ok(self.0.store.deliveries(&filter).await?.map(DeliveryView::from))
    }

    /// One delivery with its attempts, requests and responses.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn get(&self, id: DeliveryId) -> Result<DeliveryDetail, WorkbenchError> {
        let (summary, attempts) = self.0.store.delivery_with_attempts(id).await?;
        let event = self.0.store.event_of(id).await?;
        let pruned = self.0.store.pruned_of(id).await?;
        let attempts =
            attempts.into_iter().map(|(id, record)| AttemptView::new(id, record, &event)).collect();
        let held_because = self.0.waits_for(summary.subscription, &summary.delivery.state).await;
        Ok(DeliveryDetail {
            delivery: summary.into(),
            held_because,
            pruned: pruned.map(PrunedView::from),
            attempts,
        })
    }

    /// Asks for one attempt now of each of these deliveries: all or none.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the first that does not exist or is under way.
    pub async fn retry(&self, ids: Vec<DeliveryId>) -> Result<(), WorkbenchError> {
        Ok(self.0.store.retry(ids, self.0.clock.now()).await?)
    }

    /// Stops what waits of each of these deliveries: all or none.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the first that does not exist or does not wait.
    pub async fn cancel(&self, ids: Vec<DeliveryId>) -> Result<(), WorkbenchError> {
        Ok(self.0.store.cancel(ids, self.0.clock.now()).await?)
    }
}
