//! Events come in: deduplicated, kept, and fanned out in the same transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hookbench_domain::{
    Delivery, DeliveryState, Lease, SkipReason, StoredEvent, SubscriptionId, Timestamp, same_content,
};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::StoreError;
use crate::deliveries::claim::{Claimed, Share};
use crate::deliveries::ordering::give_keys;
use crate::events::evaluate::Evaluated;
use crate::events::publication::{PublishOutcome, Published};
use crate::registry::{Registered, Registry};
use crate::sources::received::store_arrivals;
use crate::sql::batch::{Last, WRITTEN, as_json, filled, push_empty, wrote_all};
use crate::sql::rows::{StateColumns, delivery_id, event, scope_text};

/// How a dispatcher lends its free places to the writer, so that new deliveries are kept already
/// leased and need no second write. The places are asked for on the writer's thread, everything
/// after the commit is told where the store was opened.
pub trait Admission: Send + Sync {
    /// Takes one place for this subscription, if one is free and nothing older waits. What was
    /// `asked` for waits for nothing but a place.
    fn admit(&self, registered: &Registered, asked: bool) -> bool;
    /// Gives a place back: the transaction failed.
    fn release(&self, subscription: SubscriptionId);
    /// Hands over what was kept as leased, after the commit.
    fn deliver(self: Arc<Self>, claimed: Vec<Claimed>);
    /// Says, after the commit, that new deliveries of these subscriptions wait for a place; `true`
    /// for what was asked for.
    fn waits(&self, subscriptions: Vec<(SubscriptionId, bool)>);
    /// The lease that a delivery claimed now gets.
    fn lease(&self, now: Timestamp) -> Lease;
    /// Takes places for what waits of subscriptions whose attempts are just being recorded, so
    /// that the next ones are claimed in the same transaction.
    fn refill(&self, registry: &Registry, finished: &HashMap<SubscriptionId, u32>) -> Vec<Share>;
    /// Gives back places that nothing was claimed for: what is due must be looked up again.
    fn short(&self, subscription: SubscriptionId, places: u32);
}

struct NewDelivery {
    headers: Option<String>,
    seq: i64,
    event_seq: i64,
    subscription_seq: i64,
    delivery: Delivery,
}

/// What a group of events led to.
#[derive(Default)]
pub(crate) struct Fanned {
    /// One answer per item, in order.
    pub(crate) published: Vec<Published>,
    /// What was leased at once.
    pub(crate) admitted: Vec<Claimed>,
    /// Whose new deliveries wait for a place.
    pub(crate) waiting: Vec<(SubscriptionId, bool)>,
}

/// An event to insert: its row, and whose it is.
type NewEvent<'a> = (i64, (&'a StoredEvent, Option<&'a str>));

type Failed = (StoreError, Vec<Claimed>);

/// Keeps events and their deliveries. With an error comes what was leased, so that its places can
/// be given back.
pub(crate) async fn publish(
    connection: &mut SqliteConnection,
    registry: &Registry,
    admission: Option<&dyn Admission>,
    now: Timestamp,
    last: &Last,
    items: &[&Evaluated],
) -> Result<Fanned, Failed> {
    let bare = |error: StoreError| (error, Vec::new());
    let mut delivery_seq = last.delivery;
    let numbered: Vec<(i64, &StoredEvent)> =
        (last.event + 1..).zip(items.iter().map(|p| &*p.item.event)).collect();
    let rows: Vec<NewEvent<'_>> =
        (last.event + 1..).zip(items.iter().map(|p| (&*p.item.event, p.brand.as_deref()))).collect();
    let kept = insert_events(connection, &rows).await.map_err(bare)?;

    let mut answers = Vec::with_capacity(items.len());
    let mut made: Vec<NewDelivery> = Vec::new();
    let mut keyed: Vec<i64> = Vec::new();
    let mut admitted: Vec<Claimed> = Vec::new();
    let mut waiting = Vec::new();
    for ((seq, event), sifted) in numbered.iter().zip(items) {
        let item = &sifted.item;
        if !kept.contains(seq) {
            // Answered below, once the deliveries of this group are kept.
            answers.push(Published {
                id: event.id.clone(),
                fate: PublishOutcome::Duplicate,
                deliveries: Vec::new(),
            });
            continue;
        }
        let mut deliveries = Vec::new();
        for registered in recipients(registry, sifted) {
            delivery_seq += 1;
            let definition = &registered.subscription.definition;
            let asked = item.only.is_some();
            let mut delivery = if asked {
                Delivery::asked(now)
            } else if definition.enabled {
                Delivery::due(now)
            } else {
                Delivery::skipped(now, SkipReason::Disabled)
            };
            let id = delivery_id(delivery_seq, now.ms());
            if let (DeliveryState::Pending(_), Some(admission)) = (&delivery.state, admission) {
                // What is kept in order by a value waits for whatever of that value was before it.
                let first = asked || definition.ordered_by.is_none();
                if first && registry.sends(registered) && admission.admit(registered, asked) {
                    delivery = match delivery.claim(admission.lease(now)) {
                        Ok(claimed) => claimed,
                        Err(error) => return Err((error.into(), admitted)),
                    };
                    admitted.push(Claimed {
                        id,
                        delivery: delivery.clone(),
                        event: item.event.clone(),
                        registered: registered.clone(),
                        received: item.arrival.as_ref().map(|arrival| arrival.headers.clone().into()),
                        headers: sifted.headers.clone().into(),
                    });
                } else {
                    waiting.push((registered.subscription.id, asked));
                }
            }
            if definition.ordered_by.is_some() {
                keyed.push(delivery_seq);
            }
            deliveries.push(id);
            made.push(NewDelivery {
                headers: headers_text(&sifted.headers),
                seq: delivery_seq,
                event_seq: *seq,
                subscription_seq: registered.seq,
                delivery,
            });
        }
        answers.push(Published { id: event.id.clone(), fate: PublishOutcome::New, deliveries });
    }
    let rest = async {
        insert_deliveries(connection, now, &made).await?;
        if !keyed.is_empty() {
            give_keys(connection, &keyed).await?;
        }
        for ((seq, event), answer) in numbered.iter().zip(&mut answers) {
            if !kept.contains(seq) {
                *answer = known(connection, event, now).await?;
            }
        }
        store_arrivals(connection, items, &answers).await
    };
    match rest.await {
        Ok(()) => Ok(Fanned { published: answers, admitted, waiting }),
        Err(error) => Err((error, admitted)),
    }
}

fn recipients<'r>(
    registry: &'r Registry,
    sifted: &'r Evaluated,
) -> Box<dyn Iterator<Item = &'r Arc<Registered>> + Send + 'r> {
    match sifted.item.only {
        Some(id) => Box::new(registry.get(id).into_iter()),
        None => Box::new(
            registry.wanting(&sifted.item.event, sifted.brand.as_deref()).filter(|r| sifted.passes(r)),
        ),
    }
}

async fn insert_events(
    connection: &mut SqliteConnection,
    numbered: &[NewEvent<'_>],
) -> Result<HashSet<i64>, StoreError> {
    let mut kept = HashSet::with_capacity(numbered.len());
    for piece in filled(numbered) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "insert into events (seq, scope, event_id, event_type, created_at, created_at_given, received_at, test, brand, body)
             select * from (",
        );
        sql.push_values(&piece, |mut row, one| {
            let Some((seq, (event, brand))) = one else { return push_empty(&mut row, 10) };
            row.push_bind(seq)
                .push_bind(scope_text(&event.scope))
                .push_bind(event.id.as_str())
                .push_bind(event.event_type.as_str())
                .push_bind(event.created_at.ms())
                .push_bind(event.created_at_given)
                .push_bind(event.received_at.ms())
                .push_bind(event.test)
                .push_bind(brand)
                .push_bind(event.body.as_slice());
        });
        sql.push(WRITTEN).push(" on conflict (event_id, scope) do nothing");
        let seqs = piece.iter().flatten().map(|(seq, _)| *seq);
        let written = sql.build().execute(&mut *connection).await?.rows_affected();
        if wrote_all(written, &piece) {
            kept.extend(seqs);
            continue;
        }
        // Some were known. These numbers are new in this transaction, so whoever has one was kept.
        let seqs = as_json(seqs)?;
        let rows = sqlx::query("select seq from events where seq in (select value from json_each(?))");
        for row in rows.bind(seqs).fetch_all(&mut *connection).await? {
            kept.insert(row.try_get(0)?);
        }
    }
    Ok(kept)
}

async fn insert_deliveries(
    connection: &mut SqliteConnection,
    now: Timestamp,
    made: &[NewDelivery],
) -> Result<(), StoreError> {
    for piece in filled(made) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, next_attempt_at,
             trigger, lease_owner, lease_until, claimed_at, reason, headers) select * from (",
        );
        sql.push_values(&piece, |mut row, new| {
            let Some(new) = new else { return push_empty(&mut row, 13) };
            let columns = StateColumns::of(&new.delivery.state);
            let claimed_at = columns.lease_owner.is_some().then_some(now.ms());
            row.push_bind(new.seq)
                .push_bind(new.subscription_seq)
                .push_bind(new.event_seq)
                .push_bind(new.delivery.created_at.ms())
                .push_bind(i64::from(new.delivery.attempts))
                .push_bind(columns.state)
                .push_bind(columns.next_attempt_at)
                .push_bind(columns.trigger)
                .push_bind(columns.lease_owner)
                .push_bind(columns.lease_until)
                .push_bind(claimed_at)
                .push_bind(columns.reason)
                .push_bind(new.headers.as_deref());
        });
        sql.push(WRITTEN);
        sql.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Headers as they are kept: nothing where there are none.
fn headers_text(headers: &[(String, String)]) -> Option<String> {
    if headers.is_empty() { None } else { serde_json::to_string(headers).ok() }
}

/// What became of the event whose id was taken.
async fn known(
    connection: &mut SqliteConnection,
    again: &StoredEvent,
    now: Timestamp,
) -> Result<Published, StoreError> {
    let row = sqlx::query("select * from events where event_id = ? and scope = ?")
        .bind(again.id.as_str())
        .bind(scope_text(&again.scope))
        .fetch_one(&mut *connection)
        .await?;
    // What was pruned has nothing left to compare: its id alone says that it came before.
    let pruned: Option<i64> = row.try_get("pruned_at")?;
    let fate = if pruned.is_some() || same_content(&event(&row)?, again) {
        PublishOutcome::Duplicate
    } else {
        PublishOutcome::Conflict
    };
    let seq: i64 = row.try_get("seq")?;
    if fate == PublishOutcome::Duplicate {
        crate::subscriptions::versions::count_repeat(connection, seq, now).await?;
    }
    let rows = sqlx::query("select seq, created_at from deliveries where event_seq = ? order by seq")
        .bind(seq)
        .fetch_all(&mut *connection)
        .await?;
    let deliveries = rows
        .iter()
        .map(|r| Ok(delivery_id(r.try_get(0)?, r.try_get(1)?)))
        .collect::<Result<_, sqlx::Error>>()?;
    Ok(Published { id: again.id.clone(), fate, deliveries })
}
