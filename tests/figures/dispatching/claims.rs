//! Two processes claim from one store until nothing is left: nothing is claimed twice.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::Arc;

use hookbench_ambient::Clock;
use hookbench_domain::{Definition, EventDraft, EventId, Lease, RetryPolicy, SubscriptionId, Timestamp};
use hookbench_store::{ClaimRequest, ClaimWhat, Publication, Share, Store, StoreError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::table::{Figure, counted};

/// How many one claim takes.
const AT_ONCE: u32 = 64;

/// A subscription to everything.
pub(super) fn definition(url: &str) -> Definition {
    Definition::new(
        url,
        vec!["*".parse().unwrap()],
        RetryPolicy {
            delays_ms: vec![3_600_000],
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: Vec::new(),
            retry_on: Vec::new(),
            gone_on: Vec::new(),
            honour_retry_after: true,
        },
    )
}

/// Keeps so many events, each with an id of its own.
pub(super) async fn publish(store: &Store, now: Timestamp, count: usize) {
    let mut left = count;
    while left > 0 {
        let piece = left.min(500);
        let items = (0..piece).map(|n| {
            let id = EventId::new(now, u128::try_from(left - n).unwrap());
            let draft = EventDraft::new("click.tracked", "{}", None, None, None).unwrap();
            Publication { event: Arc::new(draft.keep(|| id, now).unwrap()), only: None, arrival: None }
        });
        store.publish(items.collect()).await.unwrap();
        left -= piece;
    }
}

/// Lets two processes claim everything.
pub(super) async fn figure(claims: usize) -> Figure {
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::system());
    let now = clock.now();
    let store = Store::open(folder.path(), clock).await.unwrap();
    let id = SubscriptionId::new(now, 1);
    let nowhere = definition("http://127.0.0.1:9/");
    store.create_subscription(id, nowhere, Vec::new(), now).await.unwrap();
    publish(&store, now, claims).await;
    store.close().await;

    let folder = folder.path().display().to_string();
    let mut children: Vec<Child> = ["one", "other"]
        .into_iter()
        .map(|owner| {
            let own = std::env::current_exe().unwrap();
            Command::new(own)
                .args(["claim", &folder, owner])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut outputs = Vec::new();
    for child in &mut children {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("ready"));
        outputs.push(lines);
    }
    for child in &mut children {
        child.stdin.as_mut().unwrap().write_all(b"go\n").await.unwrap();
    }
    let reading = outputs.into_iter().map(|mut lines| {
        tokio::spawn(async move {
            let mut claimed = Vec::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                claimed.push(line);
            }
            claimed
        })
    });
    let (mut times, mut shares) = (HashMap::<String, usize>::new(), Vec::new());
    for claimed in reading.collect::<Vec<_>>() {
        let claimed = claimed.await.unwrap();
        shares.push(counted(claimed.len()));
        claimed.into_iter().for_each(|line| *times.entry(line).or_default() += 1);
    }
    for mut child in children {
        assert!(child.wait().await.unwrap().success());
    }
    let double = times.values().filter(|n| **n > 1).count();
    Figure::new(
        "two processes on one store",
        format!("0 of {} claims double", counted(claims)),
        format!("{double} of {} double ({})", counted(times.len()), shares.join(" and ")),
        double == 0 && times.len() == claims && !shares.contains(&"0".to_owned()),
    )
}

/// One of the two: claims until nothing is left, and prints what it got.
#[expect(clippy::print_stdout, reason = "it answers through a pipe")]
pub(crate) async fn claim_everything(folder: &str, owner: &str) {
    let clock = Clock::system();
    let store = Store::open(folder.as_ref(), clock.clone()).await.unwrap();
    let subscription = store.registry().borrow().iter().next().unwrap().subscription.id;
    println!("ready");
    let mut go = String::new();
    std::io::stdin().read_line(&mut go).unwrap();
    loop {
        let now = clock.now();
        let what = ClaimWhat::Due(vec![Share { subscription, places: AT_ONCE, asked_only: false }]);
        let lease = Lease { owner: owner.to_owned(), until: now.plus_ms(3_600_000) };
        match store.claim(ClaimRequest { lease, now, what }).await {
            Ok(claimed) if claimed.is_empty() => break,
            Ok(claimed) => claimed.iter().for_each(|one| println!("{}", one.id)),
            // The other one has the file: later.
            Err(StoreError::Unavailable(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
    store.close().await;
}
