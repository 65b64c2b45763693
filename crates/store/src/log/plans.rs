//! How SQLite goes about the statements that a large log is read with: by its indexes.

use hookbench_ambient::Clock;
use hookbench_domain::{SubscriptionId, Timestamp};
use sqlx::{AssertSqlSafe, Row};

use crate::log::filter::Bounds;
use crate::projections::aggregates::LIVE;
use crate::{DeliveryFilter, Store};

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
    (folder, store)
}

/// The steps of a statement.
async fn plan(store: &Store, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(format!("explain query plan {sql}")))
        .fetch_all(&store.readers)
        .await
        .unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect()
}

/// Whether a step goes through a whole table of the log.
fn reads_all(step: &str) -> bool {
    [
        "SCAN d",
        "SCAN c",
        "SCAN deliveries",
        "SCAN e",
        "SCAN events",
        "SCAN a",
        "SCAN attempts",
        "SCAN log_strips",
    ]
    .iter()
    .any(|scan| {
        step == *scan || (step.starts_with(&format!("{scan} ")) && !step.contains("USING INDEX deliveries_"))
    })
}

async fn rows_of(store: &Store, filter: DeliveryFilter) -> Vec<String> {
    let names = store.names().await.unwrap();
    let looked = store.looked(&filter, &names, Bounds::ANY, Vec::new());
    plan(store, looked.rows(100, 50).sql().as_str()).await
}

#[tokio::test]
async fn pages_that_rows_answer_are_found_by_an_index_in_their_order() {
    let (_folder, store) = store().await;
    let any = DeliveryFilter::default();
    let of = |state: &str| DeliveryFilter { states: vec![state.into()], ..any.clone() };
    for (filter, index) in [
        (any.clone(), "INTEGER PRIMARY KEY"),
        (of("failed"), "deliveries_failed"),
        (of("skipped"), "deliveries_skipped"),
        (of("cancelled"), "deliveries_cancelled"),
        (
            DeliveryFilter { subscriptions: vec![SubscriptionId::new(NOW, 1)], ..any.clone() },
            "deliveries_by_subscription",
        ),
        (DeliveryFilter { event: Some("e1".into()), ..any.clone() }, "deliveries_by_event"),
    ] {
        let steps = rows_of(&store, filter.clone()).await;
        assert!(steps.iter().any(|step| step.contains(index)), "{filter:?}: {steps:?}");
        assert!(!steps.iter().any(|step| reads_all(step)), "{filter:?}: {steps:?}");
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY"));
        assert_eq!(sorts, filter.event.is_some(), "{filter:?}: {steps:?}");
    }
}

#[tokio::test]
async fn of_what_is_open_only_the_part_that_a_page_needs_is_read() {
    let (_folder, store) = store().await;
    let filter = DeliveryFilter { states: vec!["delivered".into()], ..DeliveryFilter::default() };
    let names = store.names().await.unwrap();
    let looked = store.looked(&filter, &names, Bounds::ANY, Vec::new());
    let steps = plan(&store, looked.open(50, 100, 50).sql().as_str()).await;
    assert!(
        steps.iter().any(|step| step.contains("SEARCH o") && step.contains("rowid>? AND rowid<?")),
        "{steps:?}"
    );
}

#[tokio::test]
async fn what_screens_ask_of_a_log_reads_no_table_whole() {
    let (_folder, store) = store().await;
    let live = format!("select d.seq from ({LIVE}) l cross join deliveries d on d.seq = l.seq");
    let search = store.plan_search("clk_00007777").await.unwrap();
    for (what, sql) in [
        ("what is counted itself", live),
        ("strips of a time", crate::log::counts::SEGMENTS_WITHIN.to_owned()),
        ("strips, newest first", crate::log::counts::NEXT_SEGMENTS.to_owned()),
        ("bars", crate::log::histogram::BARS.to_owned()),
        ("tries", crate::log::activity::TRIES.to_owned()),
        ("what fails", crate::log::activity::FAILING.to_owned()),
        ("the last look of a search", crate::events::LAST_LOOK.to_owned()),
        ("states", crate::log::stats::states()),
        ("the first of a time", crate::log::filter::first_of_all()),
        ("the last of a time", crate::log::filter::end_of_all()),
        ("the beginning of a time", crate::log::time_index::halving("events", "received_at")),
        ("what waits", crate::log::investigate::WAITING.to_owned()),
        ("candidates of a search", search.looking().sql().as_str().to_owned()),
    ] {
        let steps = plan(&store, &sql).await;
        assert!(!steps.iter().any(|step| reads_all(step)), "{what}: {steps:?}");
    }
    let times = Bounds::ANY.within(50, 90);
    let filter = DeliveryFilter { since: Some(NOW), until: Some(NOW), ..DeliveryFilter::default() };
    let names = store.names().await.unwrap();
    let looked = store.looked(&filter, &names, times, Vec::new());
    for below in [80, 100] {
        let rows = looked.rows(below, 50);
        let limits = |sign: &str| rows.sql().as_str().matches(&format!("d.seq {sign} ")).count();
        assert_eq!((limits(">="), limits("<")), (1, 1), "of several limits one on either side");
    }
    let mut asked = 0;
    for sql in crate::deliveries::ordering::statements() {
        let steps = plan(&store, &sql).await;
        assert!(!steps.iter().any(|step| reads_all(step)), "order by a value: {steps:?}");
        // The keys of what waits are never gone through row by row to find those under way.
        let busy: Vec<_> = steps.iter().filter(|step| step.contains(" b ") || step.ends_with(" b")).collect();
        assert!(busy.iter().all(|step| step.contains("deliveries_in_flight")), "{steps:?}");
        asked += busy.len();
    }
    assert_eq!(asked, 3, "each of the three that choose asks what is under way");
    let whole = plan(&store, "select count(*) from deliveries d where d.created_at > 0").await;
    assert!(whole.iter().any(|step| reads_all(step)), "what is looked for can be found: {whole:?}");
}
