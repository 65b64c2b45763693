//! Order by a value. A subscription that is ordered by a field of its events sends them one after
//! the other where they have the same value there, and side by side where they have not. Each of its
//! deliveries that waits or is under way has the value as its key; the first of a key is the only
//! one that may be claimed, and only while none of that key is under way.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use hookbench_domain::SubscriptionId;

use crate::StoreError;
use crate::sql::list;

/// How many of the longest due are looked at before every key is.
const NEAR: &str = "512";
/// The keys of a subscription, `?1`, of which one is under way.
const BUSY: &str = "select b.order_key from deliveries b indexed by deliveries_in_flight
  where b.state = 'in_flight' and b.subscription_seq = ?1 and b.order_key is not null";

/// The first of each key of a subscription, `?1`, but for keys of which one is under way. It steps
/// from key to key, so it takes as long as there are keys, however much waits behind the first.
pub(crate) fn firsts() -> String {
    format!(
        "with recursive keys (k) as (
           select (select order_key from deliveries where subscription_seq = ?1 and order_key is not null
             order by order_key limit 1)
           union all
           select (select order_key from deliveries where subscription_seq = ?1 and order_key > k
             order by order_key limit 1) from keys where k is not null)
         select (select min(o.seq) from deliveries o where o.subscription_seq = ?1 and o.order_key = k)
         from keys where k is not null and k not in ({BUSY})"
    )
}

/// What is due of a subscription, `?1`, at `?2`.
pub(crate) fn due_of(asked_only: bool) -> String {
    let asked = if asked_only { "and trigger = 'manual'" } else { "" };
    format!("subscription_seq = ?1 and state = 'pending' and held is null and next_attempt_at <= ?2 {asked}")
}

/// Those of the longest due that are the first of their keys.
pub(crate) fn near(due: &str) -> String {
    format!(
        "select n.seq from (select seq, order_key from deliveries where {due} order by next_attempt_at, seq limit {NEAR}) n
         where n.order_key not in ({BUSY}) and not exists (select 1 from deliveries o
           where o.subscription_seq = ?1 and o.order_key = n.order_key and o.seq < n.seq)"
    )
}

/// Gives deliveries that wait or are under way their keys, where their subscriptions are ordered by
/// a value; the others have none. An event without the value, and a test, has a key of its own:
/// nothing waits for it, and it waits for nothing.
pub(crate) async fn give_keys(connection: &mut SqliteConnection, seqs: &[i64]) -> Result<(), StoreError> {
    let sql = giving("d.seq in (select value from json_each(?1))");
    sqlx::query(AssertSqlSafe(sql)).bind(list(seqs)?).execute(connection).await?;
    Ok(())
}

/// Gives everything of a subscription that waits or is under way its key anew: it is ordered by
/// another value, or by none any more.
pub(crate) async fn order_anew(
    connection: &mut SqliteConnection,
    subscription: SubscriptionId,
) -> Result<(), StoreError> {
    let of_it = "subscription_seq = (select seq from subscriptions where id = ?1)";
    sqlx::query(AssertSqlSafe(format!(
        "update deliveries set order_key = null where order_key is not null and {of_it}"
    )))
    .bind(subscription.to_string())
    .execute(&mut *connection)
    .await?;
    // One statement per state: each has an index of its own.
    for state in ["d.state = 'pending'", "d.state = 'in_flight'"] {
        let sql = giving(&format!("{state} and d.{of_it}"));
        sqlx::query(AssertSqlSafe(sql)).bind(subscription.to_string()).execute(&mut *connection).await?;
    }
    Ok(())
}

fn giving(which: &str) -> String {
    format!(
        "update deliveries as d set order_key = coalesce(
           (select 'v' || substr(cast(e.body as text) ->> ('$.\"' || replace(s.definition ->> '$.ordered_by', '.', '\".\"') || '\"'), 1, 255)
            from events e where e.seq = d.event_seq and e.test = 0 and json_valid(cast(e.body as text))),
           'u' || d.seq)
         from subscriptions s where s.seq = d.subscription_seq and s.definition ->> '$.ordered_by' is not null
           and d.state in ('pending', 'in_flight') and {which}"
    )
}

#[cfg(test)]
pub(crate) fn statements() -> [String; 4] {
    [
        near(&due_of(false)),
        near(&due_of(true)),
        firsts(),
        giving("d.seq in (select value from json_each(?1))"),
    ]
}
