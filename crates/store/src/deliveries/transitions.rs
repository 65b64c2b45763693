//! Transitions that are written as SQL, over many rows at once, are the domain's: held against it over every
//! state that there is.

use hookbench_ambient::Clock;
use hookbench_domain::{
    Definition, Delivery, DeliveryState, EventDraft, EventId, Failure, Held, Lease, Pending, Resume,
    RetryPolicy, SkipReason, SubscriptionId, Timestamp, Trigger,
};
use tempfile::TempDir;

use crate::sql::rows::{StateColumns, delivery, delivery_id};
use crate::{Publication, Store, StoreError};

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
const MADE: Timestamp = Timestamp::from_ms(1_779_000_000_000);
const AT: Timestamp = Timestamp::from_ms(1_779_500_000_000);

fn resumes() -> Vec<Option<Resume>> {
    let failures = [Failure::Exhausted, Failure::Rejected, Failure::Gone, Failure::Blocked];
    let mut all = vec![
        None,
        Some(Resume::Scheduled { at: AT }),
        Some(Resume::Delivered { at: AT }),
        Some(Resume::Cancelled { at: AT }),
    ];
    all.extend(failures.map(|failure| Some(Resume::Failed { at: AT, failure })));
    all
}

fn states() -> Vec<DeliveryState> {
    let lease = Lease { owner: "earlier".into(), until: AT };
    let mut all = vec![
        DeliveryState::Delivered { at: AT },
        DeliveryState::Failed { at: AT, failure: Failure::Rejected },
        DeliveryState::Cancelled { at: AT },
        DeliveryState::Skipped { reason: SkipReason::Disabled },
        DeliveryState::InFlight { lease: lease.clone(), trigger: Trigger::Scheduled, resume: None },
    ];
    for held in [None, Some(Held::Vault), Some(Held::Interrupted), Some(Held::SetAside)] {
        let pending =
            |trigger, resume| DeliveryState::Pending(Pending { next_attempt_at: AT, trigger, resume, held });
        all.push(pending(Trigger::Scheduled, None));
        all.extend(resumes().into_iter().map(|resume| pending(Trigger::Manual, resume)));
    }
    for resume in resumes() {
        all.push(DeliveryState::InFlight { lease: lease.clone(), trigger: Trigger::Manual, resume });
    }
    all
}

/// A store with a delivery in every state, whose last attempts but the one under way were interrupted.
struct Bench {
    _folder: TempDir,
    store: Store,
    id: SubscriptionId,
    before: Vec<Delivery>,
}

impl Bench {
    async fn new(interrupted: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), Clock::manual(NOW)).await.unwrap();
        let id = SubscriptionId::new(NOW, 1);
        let policy = RetryPolicy {
            delays_ms: vec![],
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 1000,
            final_on: vec![],
            retry_on: vec![],
            gone_on: vec![],
            honour_retry_after: true,
        };
        let definition = Definition::new("http://127.0.0.1:9/", vec!["none".parse().unwrap()], policy);
        store.create_subscription(id, definition, vec![], NOW).await.unwrap();
        let draft = EventDraft::new("a.b", "{}", Some("e"), None, None).unwrap();
        let event = std::sync::Arc::new(draft.keep(|| EventId::new(NOW, 1), NOW).unwrap());
        store.publish(vec![Publication { event, only: None, arrival: None }]).await.unwrap();
        let of = |state| Delivery { created_at: MADE, attempts: 4, step: 2, state };
        let before: Vec<Delivery> = states().into_iter().map(of).collect();
        let rows = before.clone();
        store
            .writer
            .write(move |connection| {
                Box::pin(async move {
                    for (seq, one) in (1i64..).zip(&rows) {
                        let c = StateColumns::of(&one.state);
                        let claimed = (c.state == "in_flight").then_some(AT.ms());
                        sqlx::query(
                            "insert into deliveries (seq, subscription_seq, event_seq, created_at, attempts, step, state,
                             next_attempt_at, trigger, resume, resume_at, lease_owner, lease_until, claimed_at,
                             finished_at, failure, reason, held)
                             values (?, 1, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        )
                        .bind(seq)
                        .bind(one.created_at.ms())
                        .bind(one.attempts)
                        .bind(one.step)
                        .bind(c.state)
                        .bind(c.next_attempt_at)
                        .bind(c.trigger)
                        .bind(c.resume)
                        .bind(c.resume_at)
                        .bind(c.lease_owner)
                        .bind(c.lease_until)
                        .bind(claimed)
                        .bind(c.finished_at)
                        .bind(c.failure)
                        .bind(c.reason)
                        .bind(c.held)
                        .execute(&mut *connection)
                        .await?;
                        for back in 1..=interrupted {
                            sqlx::query(
                                "insert into attempts (delivery_seq, number, trigger, started_at, outcome, total_us, connection)
                                 values (?, ?, 'scheduled', 0, 'interrupted', 0, '{}')",
                            )
                            .bind(seq)
                            .bind(one.attempts - back)
                            .execute(&mut *connection)
                            .await?;
                        }
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
        Self { _folder: folder, store, id, before }
    }

    async fn now(&self) -> Vec<Delivery> {
        let rows = sqlx::query("select * from deliveries order by seq");
        let rows = rows.fetch_all(&self.store.readers).await.unwrap();
        rows.iter().map(|row| delivery(row).unwrap()).collect()
    }

    async fn agrees(&self, what: &str, rule: impl Fn(Delivery) -> Delivery) {
        for (before, now) in self.before.iter().zip(self.now().await) {
            assert_eq!(now, rule(before.clone()), "{what}: {before:?}");
        }
    }

    /// Marks the subscription as deleted and nothing else, as a crash right after the deletion of one with
    /// attempts under way leaves it.
    async fn only_mark_deleted(&self) {
        let marking = self.store.writer.write(|connection| {
            Box::pin(async move {
                sqlx::query("update subscriptions set deleted_at = 1").execute(connection).await?;
                Ok(())
            })
        });
        marking.await.unwrap();
    }
}

fn cancelled(d: Delivery) -> Delivery {
    d.clone().cancel(NOW).unwrap_or(d)
}

#[tokio::test]
async fn deleting_a_subscription_cancels_as_the_domain_does() {
    let bench = Bench::new(0).await;
    bench.store.delete_subscription(bench.id, None, NOW).await.unwrap();
    bench.agrees("delete", cancelled).await;
}

#[tokio::test]
async fn recovering_interrupts_as_the_domain_does_and_cancels_what_has_nowhere_to_go() {
    for interrupted in 0..=3 {
        let recovered = |d: Delivery| d.clone().interrupted(interrupted + 1, NOW).unwrap_or(d);
        let bench = Bench::new(interrupted).await;
        bench.store.recover(NOW).await.unwrap();
        bench.agrees("recover", recovered).await;

        let bench = Bench::new(interrupted).await;
        bench.only_mark_deleted().await;
        bench.store.recover(NOW).await.unwrap();
        bench.agrees("recover after a deletion", |d| cancelled(recovered(d))).await;
    }
}

#[tokio::test]
async fn retrying_and_cancelling_one_is_what_the_domain_says() {
    for retry in [false, true] {
        let bench = Bench::new(0).await;
        let step = |d: Delivery| if retry { d.retry(NOW) } else { d.cancel(NOW) };
        for (seq, before) in (1i64..).zip(&bench.before) {
            let ids = vec![delivery_id(seq, MADE.ms())];
            let done =
                if retry { bench.store.retry(ids, NOW).await } else { bench.store.cancel(ids, NOW).await };
            match (done, step(before.clone())) {
                (Ok(()), Ok(_)) => {}
                (Err(StoreError::Transition(said)), Err(wanted)) => assert_eq!(said, wanted),
                other => panic!("{before:?}: {other:?}"),
            }
        }
        bench.agrees("one", |d| step(d.clone()).unwrap_or(d)).await;
    }
}
