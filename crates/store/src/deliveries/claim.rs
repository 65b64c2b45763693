//! Due deliveries are leased to the dispatcher, and their attempts counted, before anything is sent.

use std::collections::HashMap;
use std::sync::Arc;

use hookbench_domain::{
    Delivery, DeliveryId, HOPS_HEADER, Lease, Mode, Scope, StoredEvent, SubscriptionId, Timestamp,
};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::StoreError;
use crate::deliveries::ordering::{due_of, firsts, near};
use crate::deliveries::set_aside::set_delivery_aside;
use crate::error::corrupt;
use crate::registry::{Registered, Registry};
use crate::sql::batch::{as_json, pieces};
use crate::sql::rows::{Waiting, event, seq_of};

/// A delivery that the dispatcher may send now.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Which one.
    pub id: DeliveryId,
    /// Its state: in flight, its attempt counted.
    pub delivery: Delivery,
    /// What to send.
    pub event: Arc<StoredEvent>,
    /// Where and how.
    pub registered: Arc<Registered>,
    /// The headers it came in with, for a subscription that forwards them, and where they count how
    /// often it went round; `None` for an event that did not come in through a source.
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
    /// This one, if it is pending and not held, whether due or not. Nothing while it is paused.
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

pub(crate) async fn claim(
    connection: &mut SqliteConnection,
    registry: &Registry,
    request: &ClaimRequest,
) -> Result<Vec<Claimed>, StoreError> {
    let mut waiting: Vec<Waiting> = Vec::new();
    match &request.what {
        ClaimWhat::Due(shares) => {
            let mut plain: Vec<(i64, u32)> = Vec::with_capacity(shares.len());
            for share in shares {
                let running = registry.get(share.subscription).filter(|r| registry.sends(r));
                let Some(registered) = running else { continue };
                let definition = &registered.subscription.definition;
                if definition.ordered_by.is_some() {
                    let (places, asked) = (share.places, share.asked_only);
                    let chosen =
                        choose_by_value(&mut *connection, registered.seq, request.now, places, asked).await?;
                    waiting.extend(chosen);
                    continue;
                }
                let ordered = definition.ordered;
                if !ordered && !share.asked_only {
                    plain.push((registered.seq, share.places));
                    continue;
                }
                let sql = choosing(if ordered {
                    // Only the oldest that waits: what comes later stays behind it.
                    "seq = (select min(seq) from deliveries where subscription_seq = ?1 and state = 'pending')
                     and held is null and next_attempt_at <= ?2 and ?3 > 0 and (?4 = 0 or trigger = 'manual')"
                } else {
                    "subscription_seq = ?1 and state = 'pending' and held is null and trigger = 'manual'
                     and next_attempt_at <= ?2 order by next_attempt_at, seq limit +?3"
                });
                let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql))
                    .bind(registered.seq)
                    .bind(request.now.ms())
                    .bind(share.places)
                    .bind(share.asked_only);
                let chosen = query.fetch_one(&mut *connection).await?;
                waiting.append(&mut read_chosen(&mut *connection, &chosen, request.now).await?);
            }
            for piece in pieces(&plain) {
                let sql = choosing_of(piece.len());
                let mut query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).bind(request.now.ms());
                for (subscription, places) in piece {
                    query = query.bind(subscription).bind(places);
                }
                let chosen = query.fetch_one(&mut *connection).await?;
                waiting.append(&mut read_chosen(&mut *connection, &chosen, request.now).await?);
            }
        }
        ClaimWhat::One(id) => {
            if registry.paused_since().is_some() {
                return Ok(Vec::new());
            }
            let sql = choosing(
                "seq = ?1 and created_at = ?2 and state = 'pending' and held is null
                 and subscription_seq in (select seq from subscriptions where paused_at is null)",
            );
            let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql))
                .bind(seq_of(*id))
                .bind(id.ulid().at().ms());
            let chosen = query.fetch_one(&mut *connection).await?;
            waiting = read_chosen(&mut *connection, &chosen, request.now).await?;
        }
    }
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    // Chosen and leased in one transaction of the only writer: nobody comes between.
    lease(connection, registry, request, &waiting).await
}

/// What may be claimed of a subscription that is ordered by a value: the longest due first, at most
/// `places`.
async fn choose_by_value(
    connection: &mut SqliteConnection,
    subscription: i64,
    now: Timestamp,
    places: u32,
    asked_only: bool,
) -> Result<Vec<Waiting>, StoreError> {
    let due = due_of(asked_only);
    // Mostly the longest due have many keys; where a few hold all of them up, each key is looked at.
    let mut chosen = Vec::new();
    for which in [near(&due), firsts()] {
        let sql = choosing(&format!("seq in ({which}) and {due} order by next_attempt_at, seq limit +?3"));
        let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql));
        let text = query.bind(subscription).bind(now.ms()).bind(places).fetch_one(&mut *connection).await?;
        chosen = read_chosen(&mut *connection, &text, now).await?;
        if chosen.len() >= usize::try_from(places).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(chosen)
}

/// The statement that names the deliveries for which `which` holds, in one row. A limit is written
/// `+?`: SQLite plans by the value of a bare `limit ?`, so it would prepare the statement anew at
/// each use.
fn choosing(which: &str) -> String {
    let columns = Waiting::COLUMNS;
    format!(
        "select json_group_array(json_array({columns})) from (select {columns} from deliveries where {which})"
    )
}

/// The statement that names what is due of so many subscriptions, in one row. Its parameters: the
/// time, then each subscription and how many of it at most.
fn choosing_of(subscriptions: usize) -> String {
    let columns = Waiting::COLUMNS;
    let each = (0..subscriptions).map(|n| {
        let (subscription, places) = (2 * n + 2, 2 * n + 3);
        format!(
            "select * from (select {columns} from deliveries where subscription_seq = ?{subscription}
               and state = 'pending' and held is null and next_attempt_at <= ?1 order by next_attempt_at, seq limit +?{places})"
        )
    });
    let all = each.collect::<Vec<_>>().join(" union all ");
    format!("select json_group_array(json_array({columns})) from ({all})")
}

/// Reads what was chosen; what of it cannot be read is put aside.
async fn read_chosen(
    connection: &mut SqliteConnection,
    text: &str,
    now: Timestamp,
) -> Result<Vec<Waiting>, StoreError> {
    if let Ok(all) = serde_json::from_str(text) {
        return Ok(all);
    }
    let rows: Vec<serde_json::Value> =
        serde_json::from_str(text).map_err(|error| corrupt("delivery", error))?;
    let mut readable = Vec::with_capacity(rows.len());
    for row in rows {
        let seq = row.get(0).and_then(serde_json::Value::as_i64);
        match (serde_json::from_value(row), seq) {
            (Ok(waiting), _) => readable.push(waiting),
            (Err(error), Some(seq)) => {
                set_delivery_aside(connection, seq, &corrupt("delivery", error), now).await?;
            }
            (Err(error), None) => return Err(corrupt("delivery", error)),
        }
    }
    Ok(readable)
}

/// Leases what was chosen, and reads its events. What cannot be read is put aside.
async fn lease(
    connection: &mut SqliteConnection,
    registry: &Registry,
    request: &ClaimRequest,
    waiting: &[Waiting],
) -> Result<Vec<Claimed>, StoreError> {
    let mut events: HashMap<i64, Result<Arc<StoredEvent>, StoreError>> = HashMap::new();
    let query = sqlx::query(
        "update deliveries set state = 'in_flight', attempts = attempts + 1, next_attempt_at = null,
         lease_owner = ?, lease_until = ?, claimed_at = ? where seq in (select value from json_each(?));
         select * from events where seq in (select value from json_each(?))",
    )
    .bind(&request.lease.owner)
    .bind(request.lease.until.ms())
    .bind(request.now.ms())
    .bind(as_json(waiting.iter().map(|one| one.0))?)
    .bind(as_json(waiting.iter().map(|one| one.1))?);
    for row in query.fetch_all(&mut *connection).await? {
        events.insert(row.try_get("seq")?, event(&row).map(Arc::new));
    }
    let received = received_with(connection, registry, waiting, &events).await?;
    let mut claimed = Vec::with_capacity(waiting.len());
    for one in waiting {
        let missing = |what| corrupt("delivery", format!("its {what} is missing"));
        let read = || {
            let event = match events.get(&one.1) {
                Some(Ok(event)) => event.clone(),
                Some(Err(error)) => return Err(error.again()),
                None => return Err(missing("event")),
            };
            Ok(Claimed {
                id: one.id(),
                delivery: one.delivery()?.claim(request.lease.clone())?,
                event,
                registered: registry.of_seq(one.2).cloned().ok_or_else(|| missing("subscription"))?,
                received: match received.get(&one.1) {
                    Some(Ok(headers)) => Some(headers.clone()),
                    Some(Err(error)) => return Err(error.again()),
                    None => None,
                },
                headers: one.headers()?,
            })
        };
        match read() {
            Ok(read) => claimed.push(read),
            Err(error) => {
                // Nothing was sent: the claim is taken back before it is held.
                sqlx::query(
                    "update deliveries set state = 'pending', attempts = attempts - 1, next_attempt_at = ?,
                     lease_owner = null, lease_until = null, claimed_at = null where seq = ?",
                )
                .bind(request.now.ms())
                .bind(one.0)
                .execute(&mut *connection)
                .await?;
                set_delivery_aside(connection, one.0, &error, request.now).await?;
            }
        }
    }
    Ok(claimed)
}

/// Headers as they came in.
type Headers = Arc<[(String, String)]>;

/// The headers that events came in with, for those that go to subscriptions that forward them, and
/// for those that were sent out before.
async fn received_with(
    connection: &mut SqliteConnection,
    registry: &Registry,
    waiting: &[Waiting],
    events: &HashMap<i64, Result<Arc<StoredEvent>, StoreError>>,
) -> Result<HashMap<i64, Result<Headers, StoreError>>, StoreError> {
    let forwards = |one: &&Waiting| {
        registry.of_seq(one.2).is_some_and(|r| r.subscription.definition.mode == Mode::Forward)
    };
    let came_in = |one: &&Waiting| matches!(events.get(&one.1), Some(Ok(event)) if matches!(event.scope, Scope::Source(_)));
    let wanted: Vec<i64> = waiting.iter().filter(came_in).map(|one| one.1).collect();
    let forwarded: Vec<i64> = waiting.iter().filter(forwards).map(|one| one.1).collect();
    let mut received = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(received);
    }
    let rows = sqlx::query(
        "select e.seq, r.headers from events e join sources s on e.scope = 's:' || s.id
         join received r on r.event_id = e.event_id and r.source_seq = s.seq and r.code = 'ok'
         where e.seq in (select value from json_each(?))
           and (r.headers like ? or e.seq in (select value from json_each(?)))",
    )
    .bind(as_json(wanted)?)
    .bind(format!("%\"{HOPS_HEADER}\"%"))
    .bind(as_json(forwarded)?)
    .fetch_all(connection)
    .await?;
    for row in rows {
        let text: String = row.try_get("headers")?;
        let headers = serde_json::from_str::<Vec<(String, String)>>(&text).map(Into::into);
        received.insert(row.try_get("seq")?, headers.map_err(|error| corrupt("received request", error)));
    }
    Ok(received)
}
