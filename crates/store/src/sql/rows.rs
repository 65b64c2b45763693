//! How domain values are written as columns and read back.

use std::sync::Arc;

use hookbench_domain::{
    Delivery, DeliveryId, DeliveryState, EventId, Failure, Held, Lease, Pending, Resume, Scope, SkipReason,
    SourceId, StoredEvent, Timestamp, Trigger,
};
use serde::Deserialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::StoreError;
use crate::error::corrupt;

/// The columns of a delivery that its state machine owns, as SQL takes them.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct StateColumns {
    pub(crate) state: &'static str,
    pub(crate) next_attempt_at: Option<i64>,
    pub(crate) trigger: Option<&'static str>,
    pub(crate) resume: Option<String>,
    pub(crate) resume_at: Option<i64>,
    pub(crate) lease_owner: Option<String>,
    pub(crate) lease_until: Option<i64>,
    pub(crate) finished_at: Option<i64>,
    pub(crate) failure: Option<&'static str>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) held: Option<&'static str>,
}

impl StateColumns {
    pub(crate) fn of(state: &DeliveryState) -> Self {
        let mut columns = Self { state: state.name(), ..Self::default() };
        match state {
            DeliveryState::Pending(Pending { next_attempt_at, trigger, resume, held }) => {
                columns.held = held.map(Held::as_str);
                columns.next_attempt_at = Some(next_attempt_at.ms());
                columns.trigger = Some(trigger.as_str());
                columns.set_resume(*resume);
            }
            DeliveryState::InFlight { lease, trigger, resume } => {
                columns.lease_owner = Some(lease.owner.clone());
                columns.lease_until = Some(lease.until.ms());
                columns.trigger = Some(trigger.as_str());
                columns.set_resume(*resume);
            }
            DeliveryState::Delivered { at } | DeliveryState::Cancelled { at } => {
                columns.finished_at = Some(at.ms());
            }
            DeliveryState::Failed { at, failure } => {
                columns.finished_at = Some(at.ms());
                columns.failure = Some(failure.as_str());
            }
            DeliveryState::Skipped { reason } => columns.reason = Some(reason.as_str()),
        }
        columns
    }

    fn set_resume(&mut self, resume: Option<Resume>) {
        let (name, at) = match resume {
            None => return,
            Some(Resume::Scheduled { at }) => ("scheduled".to_owned(), at),
            Some(Resume::Delivered { at }) => ("delivered".to_owned(), at),
            Some(Resume::Cancelled { at }) => ("cancelled".to_owned(), at),
            Some(Resume::Failed { at, failure }) => (format!("failed:{}", failure.as_str()), at),
        };
        self.resume = Some(name);
        self.resume_at = Some(at.ms());
    }
}

/// The domain's `Delivery::cancel` over many rows at once, as the assignments of an `update` of deliveries that
/// are pending; `?1` is the time. A manual retry that waits goes back to what it was.
pub(crate) const CANCEL: &str = "state = case when resume is null or resume = 'scheduled' then 'cancelled'
                  when resume like 'failed:%' then 'failed' else resume end,
     failure = case when resume like 'failed:%' then substr(resume, 8) end,
     finished_at = case when resume is null or resume = 'scheduled' then ?1 else resume_at end,
     next_attempt_at = null, trigger = null, resume = null, resume_at = null, held = null, order_key = null";

fn time(row: &SqliteRow, column: &str) -> Result<Timestamp, StoreError> {
    let ms: Option<i64> = row.try_get(column)?;
    ms.map(Timestamp::from_ms).ok_or_else(|| corrupt("delivery", format!("{column} is missing")))
}

fn resume(name: Option<&str>, at: Option<i64>) -> Result<Option<Resume>, StoreError> {
    let Some(name) = name else { return Ok(None) };
    let at = at.map(Timestamp::from_ms).ok_or_else(|| corrupt("delivery", "resume_at is missing"))?;
    let bad = || corrupt("delivery", format!("resume is `{name}`"));
    Ok(Some(match name {
        "scheduled" => Resume::Scheduled { at },
        "delivered" => Resume::Delivered { at },
        "cancelled" => Resume::Cancelled { at },
        other => {
            let failure = other.strip_prefix("failed:").and_then(Failure::named).ok_or_else(bad)?;
            Resume::Failed { at, failure }
        }
    }))
}

fn resume_in(row: &SqliteRow) -> Result<Option<Resume>, StoreError> {
    resume(row.try_get("resume")?, row.try_get("resume_at")?)
}

fn held(name: Option<&str>) -> Result<Option<Held>, StoreError> {
    name.map(|name| Held::named(name).ok_or_else(|| corrupt("delivery", format!("held is `{name}`"))))
        .transpose()
}

fn trigger_in(row: &SqliteRow) -> Result<Trigger, StoreError> {
    trigger(row.try_get("trigger")?)
}

fn trigger(name: Option<&str>) -> Result<Trigger, StoreError> {
    match name {
        Some("scheduled") => Ok(Trigger::Scheduled),
        Some("manual") => Ok(Trigger::Manual),
        other => Err(corrupt("delivery", format!("trigger is {other:?}"))),
    }
}

/// A pending delivery as one JSON array: [`Waiting::COLUMNS`] of `deliveries`. A row of SQLite
/// costs as much as everything in it together, so many of these come in one.
#[derive(Debug, Deserialize)]
pub(crate) struct Waiting(
    pub(crate) i64,
    pub(crate) i64,
    pub(crate) i64,
    i64,
    i64,
    i64,
    i64,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
);

impl Waiting {
    pub(crate) const COLUMNS: &str = "seq, event_seq, subscription_seq, created_at, attempts, step,
         next_attempt_at, trigger, resume, resume_at, headers";

    pub(crate) fn id(&self) -> DeliveryId {
        delivery_id(self.0, self.3)
    }

    /// The headers that a person gave for this delivery alone.
    pub(crate) fn headers(&self) -> Result<Arc<[(String, String)]>, StoreError> {
        let read = |text: &String| {
            serde_json::from_str::<Vec<(String, String)>>(text).map_err(|error| corrupt("delivery", error))
        };
        Ok(self.10.as_ref().map(read).transpose()?.unwrap_or_default().into())
    }

    pub(crate) fn delivery(&self) -> Result<Delivery, StoreError> {
        let Self(
            _,
            _,
            _,
            created_at,
            attempts,
            step,
            next_attempt_at,
            trigger_name,
            resume_name,
            resume_at,
            _,
        ) = self;
        Ok(Delivery {
            created_at: Timestamp::from_ms(*created_at),
            attempts: small(*attempts),
            step: small(*step),
            state: DeliveryState::Pending(Pending {
                next_attempt_at: Timestamp::from_ms(*next_attempt_at),
                trigger: trigger(trigger_name.as_deref())?,
                resume: resume(resume_name.as_deref(), *resume_at)?,
                // Only what is not held is read so.
                held: None,
            }),
        })
    }
}

/// Reads the state machine of a delivery.
pub(crate) fn delivery(row: &SqliteRow) -> Result<Delivery, StoreError> {
    let name: String = row.try_get("state")?;
    let state = match name.as_str() {
        "pending" => DeliveryState::Pending(Pending {
            next_attempt_at: time(row, "next_attempt_at")?,
            trigger: trigger_in(row)?,
            resume: resume_in(row)?,
            held: held(row.try_get("held")?)?,
        }),
        "in_flight" => DeliveryState::InFlight {
            lease: Lease { owner: row.try_get("lease_owner")?, until: time(row, "lease_until")? },
            trigger: trigger_in(row)?,
            resume: resume_in(row)?,
        },
        "delivered" => DeliveryState::Delivered { at: time(row, "finished_at")? },
        "cancelled" => DeliveryState::Cancelled { at: time(row, "finished_at")? },
        "failed" => {
            let failure: String = row.try_get("failure")?;
            let failure = Failure::named(&failure).ok_or_else(|| corrupt("delivery", &failure))?;
            DeliveryState::Failed { at: time(row, "finished_at")?, failure }
        }
        "skipped" => {
            let reason: String = row.try_get("reason")?;
            DeliveryState::Skipped {
                reason: SkipReason::named(&reason).ok_or_else(|| corrupt("delivery", &reason))?,
            }
        }
        other => return Err(corrupt("delivery", format!("state is `{other}`"))),
    };
    Ok(Delivery {
        created_at: time(row, "created_at")?,
        attempts: small(row.try_get("attempts")?),
        step: small(row.try_get("step")?),
        state,
    })
}

/// A counter that is never negative.
pub(crate) fn small(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

/// A duration or count that is never negative, as SQL takes it.
pub(crate) fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The same as it comes back.
pub(crate) fn unsigned(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// The public id of the delivery in this row.
pub(crate) fn delivery_id(seq: i64, created_at: i64) -> DeliveryId {
    DeliveryId::new(Timestamp::from_ms(created_at), u128::try_from(seq).unwrap_or(0))
}

/// The row that a public id names.
pub(crate) fn seq_of(id: DeliveryId) -> i64 {
    i64::try_from(id.ulid().low()).unwrap_or(-1)
}

/// A scope as one column.
pub(crate) fn scope_text(scope: &Scope) -> String {
    match scope {
        Scope::Local => String::new(),
        Scope::Brand(brand) => format!("b:{brand}"),
        Scope::Source(source) => format!("s:{source}"),
    }
}

/// Reads a scope back.
pub(crate) fn scope(text: &str) -> Result<Scope, StoreError> {
    match text.split_once(':') {
        None if text.is_empty() => Ok(Scope::Local),
        Some(("b", brand)) => Ok(Scope::Brand(brand.to_owned())),
        Some(("s", source)) => {
            source.parse::<SourceId>().map(Scope::Source).map_err(|error| corrupt("event", error))
        }
        _ => Err(corrupt("event", format!("scope is `{text}`"))),
    }
}

/// The brand of an event: its own, that of the source it came in through, or the one its payload
/// names. The row has the column `brand`.
pub(crate) fn brand(row: &SqliteRow) -> Result<Option<String>, StoreError> {
    Ok(row.try_get("brand")?)
}

/// Reads an event with its bytes.
pub(crate) fn event(row: &SqliteRow) -> Result<StoredEvent, StoreError> {
    let id: &str = row.try_get("event_id")?;
    let event_type: &str = row.try_get("event_type")?;
    Ok(StoredEvent {
        scope: scope(row.try_get("scope")?)?,
        id: id.parse::<EventId>().map_err(|error| corrupt("event", error))?,
        event_type: event_type.parse().map_err(|error| corrupt("event", error))?,
        created_at: time(row, "created_at")?,
        received_at: time(row, "received_at")?,
        created_at_given: row.try_get("created_at_given")?,
        body: row.try_get("body")?,
        test: row.try_get("test")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_id_names_its_row() {
        let id = delivery_id(77, 1_700_000_000_000);
        assert_eq!(seq_of(id), 77);
        assert_eq!(id.ulid().at().ms(), 1_700_000_000_000);
    }

    #[test]
    fn scopes_read_back_what_they_write() {
        for s in
            [Scope::Local, Scope::Brand("a:b".into()), Scope::Source(SourceId::new(Timestamp::from_ms(1), 2))]
        {
            assert_eq!(scope(&scope_text(&s)).unwrap(), s);
        }
    }
}
