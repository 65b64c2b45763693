//! Attempts and the states they lead to, in one transaction; and what a crash left behind.

use std::sync::Arc;

use hookbench_domain::{
    AttemptRecord, Delivery, DeliveryId, DeliveryState, Held, INTERRUPTIONS_HELD, Lease, SubscriptionId,
    Timestamp,
};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, QueryBuilder, Sqlite};

use crate::StoreError;
use crate::error::corrupt;
use crate::registry::Registry;
use crate::sql::batch::{Last, WRITTEN, as_json, filled, push_empty};
use crate::sql::rows::{CANCEL, StateColumns, seq_of, signed};

/// A finished attempt and what it leads to.
#[derive(Debug, Clone)]
pub struct Record {
    /// Whose attempt it was.
    pub delivery: DeliveryId,
    /// The subscription it belongs to.
    pub subscription: SubscriptionId,
    /// The lease it was made under.
    pub lease: Lease,
    /// The attempt.
    pub attempt: Arc<AttemptRecord>,
    /// The delivery after it.
    pub after: Delivery,
    /// Disable the subscription.
    pub disable: Option<Disable>,
}

/// Why a subscription is to be disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disable {
    /// In words.
    pub because: String,
    /// The epoch of what was learned: where a person has given it another URL or enabled it again since,
    /// it is void.
    pub epoch: i64,
}

/// Whether an attempt could be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It was.
    Kept,
    /// The lease had gone to someone else, who wrote first.
    LeaseLost,
}

/// Records attempts. The second value says whether a subscription changed.
pub(crate) async fn record(
    connection: &mut SqliteConnection,
    registry: &Registry,
    now: Timestamp,
    last: &Last,
    items: &[&Record],
) -> Result<(Vec<Recorded>, bool), StoreError> {
    let kept = &last.leased;
    let written: Vec<&Record> =
        items.iter().copied().filter(|r| kept.contains(&seq_of(r.delivery))).collect();
    let numbered: Vec<(i64, &Record)> = (last.attempt + 1..).zip(written.iter().copied()).collect();
    for piece in filled(&numbered) {
        write(connection, registry, now, &piece).await?;
    }
    let mut moved = false;
    for item in &written {
        if let Some(why) = &item.disable {
            moved |= disable(connection, item.delivery, why, now).await?;
        }
    }
    let answer =
        |r: &Record| if kept.contains(&seq_of(r.delivery)) { Recorded::Kept } else { Recorded::LeaseLost };
    Ok((items.iter().copied().map(answer).collect(), moved))
}

/// The state to write: what would wait for a subscription that was deleted meanwhile is cancelled.
fn state_after(registry: &Registry, now: Timestamp, item: &Record) -> DeliveryState {
    if registry.is_gone(item.subscription)
        && let Ok(cancelled) = item.after.clone().cancel(now)
    {
        return cancelled.state;
    }
    item.after.state.clone()
}

/// The fence: what a claim wrote, by which [`Last`] finds the deliveries that are still leased so. It
/// holds until the transaction ends.
pub(crate) fn fence<'r>(items: impl IntoIterator<Item = &'r Record>) -> Result<String, StoreError> {
    as_json(items.into_iter().map(|r| (seq_of(r.delivery), r.attempt.number, r.lease.owner.as_str())))
}

/// An attempt with its row.
type Numbered<'r> = (i64, &'r Record);

/// Keeps attempts and moves their deliveries on, whose leases hold.
async fn write(
    connection: &mut SqliteConnection,
    registry: &Registry,
    now: Timestamp,
    piece: &[Option<&Numbered<'_>>],
) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::<Sqlite>::new("");
    push_update(&mut sql, registry, now, piece);
    sql.push("; ");
    push_attempts(&mut sql, piece)?;
    sql.build().execute(connection).await?;
    Ok(())
}

fn push_update(
    sql: &mut QueryBuilder<Sqlite>,
    registry: &Registry,
    now: Timestamp,
    piece: &[Option<&Numbered<'_>>],
) {
    sql.push(
        "with v (seq, step, state, next_attempt_at, trigger, resume, resume_at, finished_at, failure,
         last_outcome, last_status, held) as (",
    );
    sql.push_values(piece, |mut row, one| {
        let Some((_, item)) = one else { return push_empty(&mut row, 12) };
        let columns = StateColumns::of(&state_after(registry, now, item));
        row.push_bind(seq_of(item.delivery))
            .push_bind(i64::from(item.after.step))
            .push_bind(columns.state)
            .push_bind(columns.next_attempt_at)
            .push_bind(columns.trigger)
            .push_bind(columns.resume)
            .push_bind(columns.resume_at)
            .push_bind(columns.finished_at)
            .push_bind(columns.failure)
            .push_bind(item.attempt.outcome.as_str())
            .push_bind(item.attempt.status().map(i64::from))
            .push_bind(columns.held);
    });
    sql.push(
        ") update deliveries set step = v.step, state = v.state, next_attempt_at = v.next_attempt_at,
         trigger = v.trigger, resume = v.resume, resume_at = v.resume_at, finished_at = v.finished_at,
         failure = v.failure, held = v.held, last_outcome = v.last_outcome, last_status = v.last_status,
         lease_owner = null, lease_until = null, claimed_at = null,
         order_key = case when v.state = 'pending' then deliveries.order_key end
         from v where deliveries.seq = v.seq",
    );
}

fn push_attempts(sql: &mut QueryBuilder<Sqlite>, piece: &[Option<&Numbered<'_>>]) -> Result<(), StoreError> {
    let mut texts = Vec::with_capacity(piece.len());
    for (_, item) in piece.iter().flatten() {
        let a = &item.attempt;
        texts.push((
            a.request.as_ref().map(json).transpose()?,
            json(&a.connection)?,
            a.response.as_ref().map(|r| json(&r.headers)).transpose()?,
        ));
    }
    sql.push(
        "insert into attempts (seq, delivery_seq, number, trigger, started_at, outcome, error, dns_us, connect_us,
         tls_us, first_byte_us, total_us, request, connection, status, response_headers, response_body, truncated,
         request_body) select * from (",
    );
    let texts = texts.into_iter().map(Some).chain(std::iter::repeat(None));
    sql.push_values(piece.iter().zip(texts), |mut row, (one, texts)| {
        let (Some((seq, item)), Some((request, peer, headers))) = (one, texts) else {
            return push_empty(&mut row, 19);
        };
        let a = &item.attempt;
        row.push_bind(seq)
            .push_bind(seq_of(item.delivery))
            .push_bind(i64::from(a.number))
            .push_bind(a.trigger.as_str())
            .push_bind(a.started_at.ms())
            .push_bind(a.outcome.as_str())
            .push_bind(a.error.as_deref())
            .push_bind(a.timings.dns_us.map(signed))
            .push_bind(a.timings.connect_us.map(signed))
            .push_bind(a.timings.tls_us.map(signed))
            .push_bind(a.timings.first_byte_us.map(signed))
            .push_bind(signed(a.timings.total_us))
            .push_bind(request)
            .push_bind(peer)
            .push_bind(a.status().map(i64::from))
            .push_bind(headers)
            .push_bind(a.response.as_ref().map(|r| r.body.as_slice()))
            .push_bind(a.response.as_ref().is_some_and(|r| r.truncated))
            .push_bind(a.request.as_ref().and_then(|r| r.body.as_deref()));
    });
    sql.push(WRITTEN);
    Ok(())
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt("attempt", error))
}

async fn disable(
    connection: &mut SqliteConnection,
    delivery: DeliveryId,
    why: &Disable,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "update subscriptions set enabled = 0, disabled_because = ?, updated_at = ?,
         definition = json_set(definition, '$.enabled', json('false'))
         where enabled = 1 and health_epoch = ? and seq = (select subscription_seq from deliveries where seq = ?)",
    )
    .bind(&why.because)
    .bind(now.ms())
    .bind(why.epoch)
    .bind(seq_of(delivery))
    .execute(&mut *connection)
    .await?
    .rows_affected();
    if changed > 0 {
        let owner = "select s.id from subscriptions s join deliveries d on d.subscription_seq = s.seq where d.seq = ?";
        let id: String = sqlx::query_scalar(owner).bind(seq_of(delivery)).fetch_one(&mut *connection).await?;
        crate::subscriptions::versions::store_version(connection, &id, now).await?;
        crate::subscriptions::changed_by_hand(connection, &id).await?;
    }
    Ok(changed > 0)
}

/// Records every attempt that an earlier dispatcher left under way as interrupted, and makes its
/// delivery due at once, but for one that is set aside: see [`Delivery::interrupted`]. What waits for a
/// subscription that was deleted meanwhile is cancelled: see [`Delivery::cancel`]. Only for who holds the
/// folder's lock: nobody else is sending then.
pub(crate) async fn recover(connection: &mut SqliteConnection, now: Timestamp) -> Result<u64, StoreError> {
    sqlx::query(
        "insert into attempts (seq, delivery_seq, number, trigger, started_at, outcome, error, total_us, connection)
         select (select coalesce(max(seq), 0) from attempts) + row_number() over (order by seq),
                seq, attempts, trigger, claimed_at, 'interrupted',
                'Hookbench ended while this attempt was under way; whether it arrived is unknown', 0, '{\"reused\":false}'
         from deliveries where state = 'in_flight'",
    )
    .execute(&mut *connection)
    .await?;
    let moved = sqlx::query(
        "update deliveries set state = 'pending', next_attempt_at = ?1, lease_owner = null, lease_until = null,
         claimed_at = null, last_outcome = 'interrupted', last_status = null,
         held = case when ?2 <= (select count(*) from attempts a where a.delivery_seq = deliveries.seq
           and a.number > deliveries.attempts - ?2 and a.outcome = 'interrupted') then ?3 end
         where state = 'in_flight'",
    )
    .bind(now.ms())
    .bind(i64::from(INTERRUPTIONS_HELD))
    .bind(Held::Interrupted.as_str())
    .execute(&mut *connection)
    .await?;
    sqlx::query(AssertSqlSafe(format!(
        "update deliveries set {CANCEL} where state = 'pending'
           and subscription_seq in (select seq from subscriptions where deleted_at is not null)"
    )))
    .bind(now.ms())
    .execute(connection)
    .await?;
    Ok(moved.rows_affected())
}
