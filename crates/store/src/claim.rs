//! Due deliveries are leased to the dispatcher, and their attempts counted, before anything is sent.

use std::collections::HashMap;
use std::sync::Arc;

use hookbench_domain::{Delivery, DeliveryId, KeptEvent, Lease, Mode, SubscriptionId, Timestamp};
use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::StoreError;
use crate::error::corrupt;
use crate::registry::{Registered, Registry};
use crate::rows::{delivery, delivery_id, event, seq_of};

/// A delivery that the dispatcher may send now.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Which one.
    pub id: DeliveryId,
    /// Its state: in flight, its attempt counted.
    pub delivery: Delivery,
    /// What to send.
    pub event: Arc<KeptEvent>,
    /// Where and how.
    pub registered: Arc<Registered>,
    /// The headers it came in with, for a subscription that forwards them; `None` for an event
    /// that did not come in through a source.
    pub received: Option<Arc<[(String, String)]>>,
    /// Headers that a person gave for this delivery alone.
    pub headers: Arc<[(String, String)]>,
}

/// What a dispatcher asks for.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// The lease it gets.
    pub lease: Lease,
    /// The time now: what is due by it is taken.
    pub now: Timestamp,
    /// What to take.
    pub what: ClaimWhat,
}

/// Which deliveries to claim.
#[derive(Debug, Clone)]
pub enum ClaimWhat {
    /// What is due of these subscriptions, the longest due first. Nothing of one that is disabled
    /// or paused.
    Due(Vec<Share>),
    /// This one, if it is pending, whether due or not. Nothing while it is paused.
    One(DeliveryId),
}

/// How much of a subscription to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Whose deliveries.
    pub subscription: SubscriptionId,
    /// At most so many.
    pub places: u32,
    /// Only what a person asked for.
    pub asked_only: bool,
}

const COLUMNS: &str =
    " returning seq, event_seq, subscription_seq, created_at, attempts, step, state, next_attempt_at,
 trigger, resume, resume_at, lease_owner, lease_until, finished_at, failure, reason, headers";

pub(crate) async fn claim(
    connection: &mut SqliteConnection,
    registry: &Registry,
    request: &ClaimRequest,
) -> Result<Vec<Claimed>, StoreError> {
    let mut rows = Vec::new();
    match &request.what {
        ClaimWhat::Due(shares) => {
            for share in shares {
                let running = registry.get(share.subscription).filter(|r| registry.sends(r));
                let Some(registered) = running else { continue };
                let sql = claiming(if registered.subscription.definition.ordered {
                    // Only the oldest that waits: what comes later stays behind it.
                    "where seq = (select min(seq) from deliveries where subscription_seq = ?5 and state = 'pending')
                     and next_attempt_at <= ?3 and ?6 > 0 and (?4 = 0 or trigger = 'manual')"
                } else if share.asked_only {
                    "where seq in (select seq from deliveries where subscription_seq = ?5 and state = 'pending'
                     and trigger = 'manual' and next_attempt_at <= ?3 order by next_attempt_at, seq limit ?6)"
                } else {
                    "where seq in (select seq from deliveries where subscription_seq = ?5 and state = 'pending'
                     and next_attempt_at <= ?3 order by next_attempt_at, seq limit ?6)"
                });
                let query = sqlx::query(sqlx::AssertSqlSafe(sql))
                    .bind(&request.lease.owner)
                    .bind(request.lease.until.ms())
                    .bind(request.now.ms())
                    .bind(share.asked_only)
                    .bind(registered.seq)
                    .bind(share.places);
                rows.append(&mut query.fetch_all(&mut *connection).await?);
            }
        }
        ClaimWhat::One(id) => {
            if registry.paused_since().is_some() {
                return Ok(Vec::new());
            }
            let sql = claiming(
                "where seq = ?4 and created_at = ?5 and state = 'pending'
                 and subscription_seq in (select seq from subscriptions where paused_at is null)",
            );
            let query = sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(&request.lease.owner)
                .bind(request.lease.until.ms())
                .bind(request.now.ms())
                .bind(seq_of(*id))
                .bind(id.ulid().at().ms());
            rows = query.fetch_all(&mut *connection).await?;
        }
    }
    with_events(connection, registry, &rows).await
}

/// The update that claims, over the rows that `which` names.
fn claiming(which: &str) -> String {
    format!(
        "update deliveries set state = 'in_flight', attempts = attempts + 1, next_attempt_at = null,
         lease_owner = ?1, lease_until = ?2, claimed_at = ?3 {which} {COLUMNS}"
    )
}

async fn with_events(
    connection: &mut SqliteConnection,
    registry: &Registry,
    rows: &[SqliteRow],
) -> Result<Vec<Claimed>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<i64> = rows.iter().map(|r| r.try_get("event_seq")).collect::<Result<_, _>>()?;
    let wanted = serde_json::to_string(&wanted).map_err(|error| corrupt("event", error))?;
    let mut events: HashMap<i64, Arc<KeptEvent>> = HashMap::new();
    let query =
        sqlx::query("select * from events where seq in (select value from json_each(?))").bind(wanted);
    for row in query.fetch_all(&mut *connection).await? {
        events.insert(row.try_get("seq")?, Arc::new(event(&row)?));
    }
    let received = received_with(connection, registry, rows).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        let (seq, created_at): (i64, i64) = (row.try_get("seq")?, row.try_get("created_at")?);
        let event_seq: i64 = row.try_get("event_seq")?;
        let subscription_seq: i64 = row.try_get("subscription_seq")?;
        let missing =
            |what| corrupt("delivery", format!("{}: its {what} is missing", delivery_id(seq, created_at)));
        claimed.push(Claimed {
            id: delivery_id(seq, created_at),
            delivery: delivery(row)?,
            event: events.get(&event_seq).cloned().ok_or_else(|| missing("event"))?,
            registered: registry.of_seq(subscription_seq).cloned().ok_or_else(|| missing("subscription"))?,
            received: received.get(&event_seq).cloned(),
            headers: own_headers(row)?,
        });
    }
    Ok(claimed)
}

fn own_headers(row: &SqliteRow) -> Result<Arc<[(String, String)]>, StoreError> {
    let text: Option<String> = row.try_get("headers")?;
    let read = |text: String| {
        serde_json::from_str::<Vec<(String, String)>>(&text).map_err(|error| corrupt("delivery", error))
    };
    Ok(text.map(read).transpose()?.unwrap_or_default().into())
}

/// The headers that events came in with, for those that go to subscriptions that forward them.
async fn received_with(
    connection: &mut SqliteConnection,
    registry: &Registry,
    rows: &[SqliteRow],
) -> Result<HashMap<i64, Arc<[(String, String)]>>, StoreError> {
    let mut wanted: Vec<i64> = Vec::new();
    for row in rows {
        let forwards = registry
            .of_seq(row.try_get("subscription_seq")?)
            .is_some_and(|r| r.subscription.definition.mode == Mode::Forward);
        if forwards {
            wanted.push(row.try_get("event_seq")?);
        }
    }
    let mut received = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(received);
    }
    let wanted = serde_json::to_string(&wanted).map_err(|error| corrupt("event", error))?;
    let rows = sqlx::query(
        "select e.seq, r.headers from events e join sources s on e.scope = 's:' || s.id
         join received r on r.event_id = e.event_id and r.source_seq = s.seq and r.code = 'ok'
         where e.seq in (select value from json_each(?))",
    )
    .bind(wanted)
    .fetch_all(connection)
    .await?;
    for row in rows {
        let text: String = row.try_get("headers")?;
        let headers: Vec<(String, String)> =
            serde_json::from_str(&text).map_err(|error| corrupt("received request", error))?;
        received.insert(row.try_get("seq")?, headers.into());
    }
    Ok(received)
}
