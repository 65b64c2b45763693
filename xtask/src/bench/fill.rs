//! Logs of any size, made at once.

use std::path::Path;

use anyhow::Context;
use hookbench_workbench::{VaultKeySource, Workbench};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection};

/// How many of the newest deliveries wait.
const WAITING: i64 = 200;

/// A log as it would have come about over thirty days: ten subscriptions, ten types, five brands,
/// 93 % delivered, 5 % failed, a few of them gone, some cancelled, the newest waiting.
///
/// # Errors
/// When it cannot be written.
pub(super) async fn fill(folder: &Path, rows: u64) -> anyhow::Result<()> {
    let workbench =
        Workbench::open(folder, VaultKeySource { in_memory: true, ..VaultKeySource::default() }).await?;
    for n in 0..10 {
        let input = serde_json::from_value(json!({
            "name": format!("Endpoint {n}"), "url": format!("http://127.0.0.1:9/hooks/{n}"), "events": ["*"],
        }))?;
        workbench.subscriptions().create(input).await?;
    }
    let now = workbench.now().ms();
    workbench.close().await;
    let options = SqliteConnectOptions::new().filename(folder.join("hookbench.db"));
    let mut connection = SqliteConnection::connect_with(&options).await?;
    for sql in statements(now, i64::try_from(rows)?) {
        let what: String = sql.chars().take(60).collect();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.context(what)?;
    }
    connection.close().await?;
    Ok(())
}

fn statements(now: i64, rows: i64) -> Vec<String> {
    let span = 30 * 24 * 60 * 60 * 1000_i64;
    let (first, each) = (now - span, span / rows);
    let at = format!("{first} + i * {each}");
    let series = format!("with recursive n(i) as (select 1 union all select i + 1 from n where i < {rows})");
    // What fails, and with which status.
    let failed = format!("i <= {rows} - {WAITING} and i % 20 = 7");
    let status = format!(
        "case when {failed} then iif(i % 5000 = 7, 410, 503) when i <= {rows} - {WAITING} then 200 end"
    );
    let outcome =
        format!("case when {failed} then 'http_status' when i <= {rows} - {WAITING} then 'success' end");
    vec![
        "pragma synchronous = off".to_owned(),
        "begin".to_owned(),
        format!(
            "insert into events (seq, scope, event_id, event_type, created_at, created_at_given, received_at, test, brand, body)
             {series} select i, '', 'evt_bench_' || i, 'conversion.type' || (i % 10), {at}, 0, {at}, 0, 'brand' || (i % 5),
               cast(json_object('id', 'evt_bench_' || i, 'event', 'conversion.type' || (i % 10),
               'createdAt', '2026-11-21T11:41:27.158Z', 'data', json_object('clickId', 'clk_' || printf('%08d', i),
               'affiliateId', i % 977, 'payoutCents', i % 9973, 'currency', 'EUR', 'country', 'DE')) as blob) from n"
        ),
        format!(
            "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, state, next_attempt_at, trigger,
               finished_at, failure, last_outcome, last_status)
             {series} select i, i % 10 + 1, i, {at},
               case when i > {rows} - {WAITING} then 0 when {failed} then 4 else 1 end,
               case when i > {rows} - {WAITING} then 'pending' when {failed} then 'failed' when i % 50 = 3 then 'cancelled'
                 else 'delivered' end,
               case when i > {rows} - {WAITING} then {now} + 3600000 end, case when i > {rows} - {WAITING} then 'scheduled' end,
               case when i <= {rows} - {WAITING} then {at} + 20 end, case when {failed} then 'exhausted' end,
               {outcome}, {status} from n"
        ),
        format!(
            "insert into attempts (seq, delivery_seq, number, trigger, started_at, outcome, total_us, request, connection,
               status, response_headers, response_body)
             {series} select i, i, 1, 'scheduled', {at}, {outcome}, 2000, null, '{{\"reused\":true}}', {status}, '[]', x'6f6b'
             from n where i <= {rows} - {WAITING}"
        ),
        "insert into search_events (rowid, text) select seq, event_id || char(10) || cast(body as text) from events".to_owned(),
        "insert into search_attempts (rowid, text) select seq, cast(response_body as text) from attempts".to_owned(),
        format!("insert into meta values ('searched_events', {rows}), ('searched_attempts', {rows} - {WAITING})"),
        // What a running program has looked at by then: how events look, how long attempts took.
        format!("insert into followed values ('drift', {rows}), ('latency', {rows} - {WAITING})"),
        "commit".to_owned(),
        "pragma wal_checkpoint(truncate)".to_owned(),
    ]
}
