//! What the dispatcher promises, over a real database and real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_ambient::Clock;
use hookbench_dispatcher::wire::{Wire, WireConfig};
use hookbench_dispatcher::{AttemptFinished, Dispatcher, Limits, Unseal, Unsealing};
use hookbench_domain::{
    Breaker, Definition, DeliveryState, EventDraft, EventId, Failure, Health, Held, Kind, Outcome, Pending,
    RetryPolicy, SubscriptionId, Timestamp, Trigger,
};
use hookbench_signature::Secret;
use hookbench_store::{DeliveryFilter, Publication, Registry, SealedSecret, Secrets, Store};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast};

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

/// Secrets that are kept as they are; `locked` does not open.
struct OpenVault;

impl Unseal for OpenVault {
    fn unseal<'a>(&'a self, _owner: &'a str, sealed: &'a [u8]) -> Unsealing<'a> {
        let opened = if sealed == b"locked" {
            Err("no key".to_owned())
        } else {
            Secret::new(sealed.to_vec()).map_err(|e| e.to_string())
        };
        Box::pin(std::future::ready(opened))
    }
}

/// An endpoint that answers by a function of path and how often it was asked; `hold` waits.
struct Endpoint {
    addr: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    release: Arc<Notify>,
}

type Answer = fn(&str, usize) -> (u16, Option<&'static str>);

async fn endpoint(answer: Answer) -> Endpoint {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let (asked, release) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
    let shared = (asked.clone(), release.clone());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (asked, release) = shared.clone();
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                let (asked, release) = (asked.clone(), release.clone());
                async move {
                    let path = request.uri().path().to_owned();
                    let so_far = {
                        let mut asked = asked.lock().unwrap();
                        let so_far = asked.iter().filter(|p| **p == path).count();
                        asked.push(path.clone());
                        so_far
                    };
                    if path == "/hold" {
                        release.notified().await;
                    }
                    let (status, retry_after) = answer(&path, so_far);
                    let mut response = Response::builder().status(status);
                    if let Some(value) = retry_after {
                        response = response.header("retry-after", value);
                    }
                    Ok::<_, Infallible>(response.body(Full::<Bytes>::default()).unwrap())
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    Endpoint { addr, asked, release }
}

struct Bench {
    dir: TempDir,
    store: Store,
    clock: Clock,
    dispatcher: Dispatcher,
    told: broadcast::Receiver<Arc<AttemptFinished>>,
    made: u128,
}

impl Bench {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::manual(NOW);
        let store = Store::open(dir.path(), clock.clone()).await.unwrap();
        let wire = Wire::new(WireConfig::default()).unwrap();
        let dispatcher =
            Dispatcher::new(store.clone(), wire, Arc::new(OpenVault), "test".into(), Limits::default());
        let told = dispatcher.told();
        Self { dir, store, clock, dispatcher, told, made: 0 }
    }

    /// Ends this dispatcher and opens the same folder with another.
    async fn restart(self) -> Self {
        assert_eq!(self.dispatcher.drain(Duration::from_secs(30)).await, 0);
        self.store.close().await;
        let store = Store::open(self.dir.path(), self.clock.clone()).await.unwrap();
        let wire = Wire::new(WireConfig::default()).unwrap();
        let dispatcher =
            Dispatcher::new(store.clone(), wire, Arc::new(OpenVault), "next".into(), Limits::default());
        let told = dispatcher.told();
        Self { store, dispatcher, told, ..self }
    }

    /// What is known of an endpoint, once it is `wanted`.
    async fn health(&self, id: SubscriptionId, wanted: impl Fn(&Health) -> bool) -> Health {
        let mut registry = self.store.registry();
        let of = |r: &Registry| r.get(id).unwrap().subscription.health;
        let waiting = registry.wait_for(|r| wanted(&of(r)));
        let known = tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("nothing is learned");
        of(&known.unwrap())
    }

    async fn subscribe(&mut self, definition: Definition, secrets: &[&[u8]]) -> SubscriptionId {
        self.made += 1;
        let id = SubscriptionId::new(NOW, self.made);
        let secrets: Vec<SealedSecret> =
            secrets.iter().map(|s| SealedSecret { sealed: s.to_vec(), valid_until: None }).collect();
        self.store.create_subscription(id, definition, secrets, NOW).await.unwrap();
        id
    }

    async fn publish(&mut self, event_type: &str, count: usize) {
        let items = (0..count).map(|_| {
            self.made += 1;
            let id = EventId::new(NOW, self.made);
            let draft = EventDraft::new(event_type, "{}", None, None, None).unwrap();
            Publication { event: Arc::new(draft.keep(|| id, NOW).unwrap()), only: None, arrival: None }
        });
        let items = items.collect();
        self.store.publish(items).await.unwrap();
    }

    async fn told(&mut self) -> Arc<AttemptFinished> {
        tokio::time::timeout(Duration::from_secs(30), self.told.recv())
            .await
            .expect("nothing happens")
            .unwrap()
    }
}

fn definition(url: String, pattern: &str) -> Definition {
    Definition::new(
        url,
        vec![pattern.parse().unwrap()],
        RetryPolicy {
            delays_ms: vec![1000, 1000],
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: vec![],
            retry_on: vec![],
            gone_on: vec![],
            honour_retry_after: true,
        },
    )
}

fn due(told: &AttemptFinished) -> u64 {
    let DeliveryState::Pending(Pending { next_attempt_at, .. }) = told.after.state else {
        panic!("{:?}", told.after)
    };
    next_attempt_at.since(NOW)
}

async fn edit(store: &Store, id: SubscriptionId, definition: Definition) {
    store.look().await.unwrap();
    let revision = store.registry().borrow().get(id).unwrap().subscription.revision;
    store.update_subscription(id, revision, definition, Secrets::Keep, NOW).await.unwrap();
}

#[tokio::test]
async fn retries_follow_the_wall_clock_and_the_servers_wish() {
    let endpoint = endpoint(|path, asked| match (path, asked) {
        ("/busy", 0) => (429, Some("120")),
        ("/busy", _) => (200, None),
        _ => (500, Some("120")),
    })
    .await;
    let mut bench = Bench::new().await;
    bench.subscribe(definition(format!("http://{}/busy", endpoint.addr), "a.busy"), &[]).await;
    bench.subscribe(definition(format!("http://{}/down", endpoint.addr), "a.down"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.busy", 1).await;
    assert_eq!(due(&*bench.told().await), 120_000, "Retry-After counts on 429");
    bench.publish("a.down", 1).await;
    assert_eq!(due(&*bench.told().await), 1000, "and not on 500");
    // The clock is moved by a day: what is due is sent, once each.
    bench.clock.set(NOW.plus_ms(86_400_000));
    let (one, two) = (bench.told().await, bench.told().await);
    assert_eq!(one.attempt.number + two.attempt.number, 4);
    assert_eq!(endpoint.asked.lock().unwrap().len(), 4);
    bench.clock.set(NOW);
    assert_eq!(bench.dispatcher.drain(Duration::from_secs(5)).await, 0);
}

/// Answers the first request on each connection, then takes one more and closes.
async fn closing_when_idle() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                for answer in ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""] {
                    let mut request = Vec::new();
                    while !request.ends_with(b"}") {
                        if stream.read_buf(&mut request).await.unwrap_or_default() == 0 {
                            return;
                        }
                    }
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    addr
}

#[tokio::test]
async fn what_was_lost_with_an_idle_connection_goes_out_again_at_once_on_a_fresh_one() {
    let addr = closing_when_idle().await;
    let mut bench = Bench::new().await;
    let id = bench.subscribe(definition(format!("http://{addr}/x"), "*"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    for round in 0..3 {
        bench.publish("a.b", 1).await;
        let mut told = bench.told().await;
        if round > 0 {
            assert_eq!((told.attempt.outcome, told.attempt.connection.reused), (Outcome::Reset, true));
            assert_eq!((due(&told), told.after.step), (0, 0), "at once, beside the schedule");
            told = bench.told().await;
            assert_eq!(told.attempt.number, 2);
        }
        // The clock stands still: whatever the schedule asked for would not be due.
        assert_eq!((told.attempt.outcome, told.attempt.connection.reused), (Outcome::Success, false));
    }
    let once = RetryPolicy { delays_ms: vec![], ..definition(String::new(), "*").policy };
    let once = Definition { policy: once, ..definition(format!("http://{addr}/x"), "b.once") };
    bench.subscribe(once, &[]).await;
    bench.store.pause_subscription(id, None, Some(NOW)).await.unwrap();
    bench.publish("b.once", 1).await;
    let told = bench.told().await;
    assert_eq!(told.attempt.outcome, Outcome::Reset);
    assert!(matches!(told.after.state, DeliveryState::Failed { failure: Failure::Exhausted, .. }));
}

#[tokio::test]
async fn five_hundred_that_fell_due_while_the_machine_slept_are_sent_once_each() {
    let endpoint = endpoint(|_, asked| if asked < 500 { (429, None) } else { (200, None) }).await;
    let mut bench = Bench::new().await;
    bench.subscribe(definition(format!("http://{}/x", endpoint.addr), "*"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 500).await;
    for _ in 0..500 {
        assert_eq!(bench.told().await.attempt.outcome, Outcome::HttpStatus);
    }
    bench.clock.set(NOW.plus_ms(8 * 3_600_000));
    for _ in 0..500 {
        let told = bench.told().await;
        assert_eq!((told.attempt.outcome, told.attempt.number), (Outcome::Success, 2));
    }
    assert_eq!(endpoint.asked.lock().unwrap().len(), 1000);
}

#[tokio::test]
async fn what_was_held_back_starts_with_few_at_a_time_and_doubles_with_each_round_of_successes() {
    let endpoint = endpoint(|_, _| (200, None)).await;
    let mut bench = Bench::new().await;
    bench.subscribe(definition(format!("http://{}/hold", endpoint.addr), "*"), &[]).await;
    bench.publish("a.b", 40).await;
    bench.clock.set(NOW.plus_ms(3_600_000));
    bench.dispatcher.start().await.unwrap();
    for (so_far, at_once) in [(4, 4), (12, 8), (28, 16), (40, 12)] {
        let coming = async {
            while endpoint.asked.lock().unwrap().len() < so_far || bench.dispatcher.under_way() > at_once {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), coming).await.expect("too few are sent");
        assert_eq!(bench.dispatcher.under_way(), at_once);
        endpoint.release.notify_waiters();
        for _ in 0..at_once {
            assert_eq!(bench.told().await.attempt.outcome, Outcome::Success);
        }
    }
    assert_eq!(endpoint.asked.lock().unwrap().len(), 40);
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_holds_nobody_else_up() {
    let endpoint = endpoint(|_, _| (200, None)).await;
    let mut bench = Bench::new().await;
    let slow =
        Definition { concurrency: Some(2), ..definition(format!("http://{}/hold", endpoint.addr), "a.slow") };
    bench.subscribe(slow, &[]).await;
    bench.subscribe(definition(format!("http://{}/fast", endpoint.addr), "a.fast"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.slow", 300).await;
    bench.publish("a.fast", 300).await;
    for _ in 0..300 {
        assert_eq!(bench.told().await.event_type, "a.fast");
    }
    let held = endpoint.asked.lock().unwrap().iter().filter(|p| *p == "/hold").count();
    assert!(held <= 2, "{held} at a time");
    assert_eq!(bench.dispatcher.under_way(), 2);
    drop(endpoint.release);
}

#[tokio::test]
async fn a_hanging_host_takes_its_part_of_the_places_and_no_more() {
    let (hanging, healthy) = (endpoint(|_, _| (200, None)).await, endpoint(|_, _| (200, None)).await);
    let mut bench = Bench::new().await;
    // Four subscriptions to one host: alone they could take every place there is.
    for name in ["a.one", "a.two", "a.three", "a.four"] {
        bench.subscribe(definition(format!("http://{}/hold", hanging.addr), name), &[]).await;
    }
    bench.subscribe(definition(format!("http://{}/fast", healthy.addr), "a.fast"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    for name in ["a.one", "a.two", "a.three", "a.four"] {
        bench.publish(name, 250).await;
    }
    bench.publish("a.fast", 200).await;
    for _ in 0..200 {
        assert_eq!(bench.told().await.event_type, "a.fast");
    }
    assert!(hanging.asked.lock().unwrap().len() <= 64);
    assert_eq!(bench.dispatcher.under_way(), 64, "it hangs all the while");
    drop(hanging.release);
}

#[tokio::test]
async fn a_pause_by_another_process_starts_nothing_new_and_a_resume_sends_what_waited() {
    let endpoint = endpoint(|_, _| (200, None)).await;
    let mut bench = Bench::new().await;
    let one = bench.subscribe(definition(format!("http://{}/hold", endpoint.addr), "a.one"), &[]).await;
    bench.subscribe(definition(format!("http://{}/two", endpoint.addr), "a.two"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.one", 1).await;
    let other = Store::open(bench.dir.path(), bench.clock.clone()).await.unwrap();
    other.pause_subscription(one, None, Some(NOW)).await.unwrap();
    bench.publish("a.one", 3).await;
    bench.publish("a.two", 1).await;
    assert_eq!(bench.told().await.event_type, "a.two", "the others go on");
    endpoint.release.notify_one();
    assert_eq!(bench.told().await.event_type, "a.one", "what was under way ends");

    other.pause(Some(NOW)).await.unwrap();
    bench.publish("a.two", 2).await;
    let mut registry = bench.store.registry();
    registry.wait_for(|r| r.paused_since().is_some()).await.unwrap();
    let retried =
        bench.store.deliveries(&DeliveryFilter { limit: 50, ..DeliveryFilter::default() }).await.unwrap();
    let delivered =
        retried.items.iter().find(|d| d.event_type == "a.two" && d.delivery.attempts == 1).unwrap().id;
    bench.store.retry(vec![delivered], NOW).await.unwrap();
    let mut bench = bench.restart().await;
    assert_eq!(endpoint.asked.lock().unwrap().len(), 2, "nothing went out since, not even a manual retry");
    bench.dispatcher.start().await.unwrap();
    other.pause(None).await.unwrap();
    for _ in 0..3 {
        assert_eq!(bench.told().await.event_type, "a.two", "a restart does not resume the other");
    }
    other.pause_subscription(one, None, None).await.unwrap();
    for _ in 0..3 {
        while endpoint.asked.lock().unwrap().iter().filter(|p| *p == "/hold").count() < 2 {
            tokio::task::yield_now().await;
        }
        endpoint.release.notify_waiters();
        endpoint.release.notify_one();
        assert_eq!(bench.told().await.event_type, "a.one");
    }
}

#[tokio::test]
async fn a_breaker_holds_what_waits_probes_across_a_restart_and_closes_on_success() {
    // Ten failures open it, the first probe fails too, then the host is well.
    let endpoint =
        endpoint(|path, asked| if path == "/x" && asked < 11 { (503, None) } else { (200, None) }).await;
    let mut bench = Bench::new().await;
    let one_by_one =
        Definition { concurrency: Some(1), ..definition(format!("http://{}/x", endpoint.addr), "*") };
    let id = bench.subscribe(one_by_one, &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 30).await;
    for _ in 0..10 {
        assert_eq!(bench.told().await.attempt.status(), Some(503));
    }
    let health = bench.health(id, |h| !h.breaker.closed()).await;
    let open = |wait_ms, next: u64| Breaker::Open { since: NOW, wait_ms, next_probe_at: NOW.plus_ms(next) };
    assert_eq!((health.breaker, health.failing_since), (open(60_000, 30_000), Some(NOW)));

    let mut bench = bench.restart().await;
    bench.dispatcher.start().await.unwrap();
    // Retries of the first ten are due as well: none of them goes but one.
    bench.clock.set(NOW.plus_ms(30_000));
    let probe = bench.told().await;
    assert_eq!(probe.attempt.status(), Some(503));
    bench.health(id, |h| h.breaker == open(120_000, 90_000)).await;
    assert_eq!(endpoint.asked.lock().unwrap().len(), 11);
    let held =
        bench.store.deliveries(&DeliveryFilter { limit: 50, ..DeliveryFilter::default() }).await.unwrap();
    let never_tried = held.items.iter().filter(|d| d.delivery.attempts == 0).count();
    assert_eq!(never_tried, 20 - usize::from(probe.attempt.number == 1), "what is held consumes nothing");

    bench.clock.set(NOW.plus_ms(90_000));
    for _ in 0..30 {
        assert_eq!(bench.told().await.attempt.outcome, Outcome::Success);
    }
    assert_eq!(bench.health(id, |h| h.breaker.closed()).await, Health::default());
}

#[tokio::test]
async fn a_manual_retry_passes_an_open_breaker() {
    let endpoint = endpoint(|_, _| (500, None)).await;
    let mut bench = Bench::new().await;
    let id = bench.subscribe(definition(format!("http://{}/x", endpoint.addr), "*"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 10).await;
    for _ in 0..10 {
        bench.told().await;
    }
    bench.health(id, |h| !h.breaker.closed()).await;
    bench.publish("a.b", 1).await;
    let newest = DeliveryFilter { limit: 1, ..DeliveryFilter::default() };
    let held = bench.store.deliveries(&newest).await.unwrap().items[0].id;
    bench.store.retry(vec![held], NOW).await.unwrap();
    let told = bench.told().await;
    assert_eq!((told.delivery, told.attempt.trigger), (held, Trigger::Manual));
    assert_eq!(endpoint.asked.lock().unwrap().len(), 11);
}

#[tokio::test]
async fn a_subscription_that_fails_for_too_long_is_disabled_and_keeps_what_waits() {
    let endpoint = endpoint(|_, asked| if asked == 0 { (404, None) } else { (500, None) }).await;
    let mut bench = Bench::new().await;
    let failing = Definition {
        auto_disable_after_ms: Some(60_000),
        ..definition(format!("http://{}/x", endpoint.addr), "*")
    };
    let id = bench.subscribe(failing.clone(), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 1).await;
    bench.told().await;
    bench.clock.set(NOW.plus_ms(59_999));
    bench.told().await;
    bench.health(id, |h| h.failing_since == Some(NOW)).await;
    let enabled = |bench: &Bench| {
        let registry = bench.store.registry().borrow().clone();
        let subscription = &registry.get(id).unwrap().subscription;
        (subscription.definition.enabled, subscription.disabled_because.clone())
    };
    assert_eq!(enabled(&bench), (true, None));
    bench.clock.set(NOW.plus_ms(60_999));
    let last = bench.told().await;
    let (on, why) = enabled(&bench);
    assert!(!on && why.unwrap().contains(&last.delivery.to_string()));
    let page =
        bench.store.deliveries(&DeliveryFilter { limit: 5, ..DeliveryFilter::default() }).await.unwrap();
    assert_eq!(page.items[0].delivery.state, last.after.state, "the attempt's own end stands");
    // Enabled again, it has as long again.
    edit(&bench.store, id, failing).await;
    bench.publish("a.b", 1).await;
    bench.told().await;
    assert_eq!(enabled(&bench), (true, None));
}

#[tokio::test]
async fn an_ordered_subscription_sends_the_next_only_after_the_one_before() {
    // The third fails once: the fourth must wait for its retry.
    let endpoint = endpoint(|_, asked| if asked == 2 { (500, None) } else { (200, None) }).await;
    let mut bench = Bench::new().await;
    let ordered = Definition { ordered: true, ..definition(format!("http://{}/x", endpoint.addr), "*") };
    bench.subscribe(ordered, &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 5).await;
    let mut seen = Vec::new();
    for n in 0..6 {
        let told = bench.told().await;
        seen.push(told.event.clone());
        if n == 2 {
            assert_eq!(told.attempt.outcome, Outcome::HttpStatus);
            bench.clock.set(NOW.plus_ms(1000));
        }
    }
    assert_eq!(seen[2], seen[3], "the one that failed comes again before the next");
    seen.dedup();
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!((seen.len(), &seen), (5, &sorted));
}

#[tokio::test]
async fn ordered_by_a_value_one_that_fails_holds_up_its_own_and_nobody_else() {
    // The very first fails once; everything else of its customer waits for its retry.
    let endpoint = endpoint(|_, asked| if asked == 0 { (500, None) } else { (200, None) }).await;
    let mut bench = Bench::new().await;
    let url = format!("http://{}/x", endpoint.addr);
    let by_customer =
        Definition { ordered: true, ordered_by: Some("data.customer".into()), ..definition(url, "*") };
    bench.subscribe(by_customer, &[]).await;
    bench.dispatcher.start().await.unwrap();
    let id = |customer: u32, n: u32| format!("c{customer}-{n}");
    let item = |customer: u32, n: u32| {
        let data = format!(r#"{{"customer":{customer}}}"#);
        let draft = EventDraft::new("a.b", &data, Some(&id(customer, n)), None, None).unwrap();
        let event = Arc::new(draft.keep(|| EventId::new(NOW, 1), NOW).unwrap());
        Publication { event, only: None, arrival: None }
    };
    let first = item(1, 0);
    let rest: Vec<_> = (1..4).map(|n| item(1, n)).chain((0..4).map(|n| item(2, n))).collect();
    bench.store.publish(vec![first]).await.unwrap();
    assert_eq!(bench.told().await.attempt.outcome, Outcome::HttpStatus);
    bench.store.publish(rest).await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(bench.told().await.event.clone());
    }
    assert_eq!(seen, (0..4).map(|n| id(2, n)).collect::<Vec<_>>(), "one customer waits, the other goes on");
    bench.clock.set(NOW.plus_ms(1000));
    seen.clear();
    for _ in 0..4 {
        seen.push(bench.told().await.event.clone());
    }
    assert_eq!(seen, (0..4).map(|n| id(1, n)).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_delivery_whose_secret_does_not_open_waits_and_uses_up_nothing() {
    let endpoint = endpoint(|_, _| (200, None)).await;
    let mut bench = Bench::new().await;
    let sealed = definition(format!("http://{}/sealed", endpoint.addr), "*");
    let id = bench.subscribe(sealed.clone(), &[b"locked"]).await;
    bench.subscribe(definition(format!("http://{}/open", endpoint.addr), "*"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 3).await;
    for _ in 0..3 {
        assert!(matches!(bench.told().await.after.state, DeliveryState::Delivered { .. }));
    }
    assert_eq!(bench.dispatcher.drain(Duration::from_secs(30)).await, 0);
    let held = bench.store.held(Held::Vault).await.unwrap();
    assert_eq!(held.count, 3, "all of it waits");
    for id in held.oldest {
        assert!(bench.store.attempts(id).await.unwrap().is_empty(), "nothing was tried");
    }
    assert_eq!(*endpoint.asked.lock().unwrap(), ["/open"; 3]);

    let mut bench = bench.restart().await;
    bench.dispatcher.start().await.unwrap();
    let opens = SealedSecret { sealed: b"opens".to_vec(), valid_until: None };
    bench.store.update_subscription(id, 1, sealed, Secrets::Replace(vec![opens]), NOW).await.unwrap();
    assert_eq!(bench.store.release_held_of(id, Held::Vault).await.unwrap(), 3);
    for _ in 0..3 {
        let told = bench.told().await;
        assert!(matches!(told.after.state, DeliveryState::Delivered { .. }), "{told:?}");
        assert_eq!(told.attempt.number, 1, "no schedule was used up");
    }
}

#[tokio::test]
async fn a_drain_waits_for_what_is_under_way_and_takes_nothing_more() {
    let endpoint = endpoint(|_, _| (200, None)).await;
    let mut bench = Bench::new().await;
    bench.subscribe(definition(format!("http://{}/hold", endpoint.addr), "*"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 1).await;
    while endpoint.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let dispatcher = bench.dispatcher.clone();
    let draining = tokio::spawn(async move { dispatcher.drain(Duration::from_secs(30)).await });
    endpoint.release.notify_one();
    assert_eq!(draining.await.unwrap(), 0);
    assert_eq!(bench.told().await.attempt.outcome, Outcome::Success);
    bench.publish("a.b", 1).await;
    assert_eq!(endpoint.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_sends_nothing_twice_and_what_is_new_at_once() {
    let mut bench = Bench::new().await;
    let endpoint = endpoint(|_, asked| (if asked < 3 { 404 } else { 200 }, None)).await;
    bench.subscribe(definition(format!("http://{}/x", endpoint.addr), "*"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 3).await;
    for _ in 0..3 {
        let told = bench.told().await;
        assert_eq!(due(&told), 1000);
    }
    bench.clock.set(NOW.minus_ms(86_400_000));
    bench.publish("a.b", 1).await;
    assert!(matches!(bench.told().await.after.state, DeliveryState::Delivered { .. }));
    assert_eq!(endpoint.asked.lock().unwrap().len(), 4, "what is planned waits for its time of day");
    bench.clock.set(NOW.plus_ms(86_400_000));
    for _ in 0..3 {
        let told = bench.told().await;
        assert_eq!((told.attempt.number, told.attempt.outcome), (2, Outcome::Success));
    }
    assert_eq!(endpoint.asked.lock().unwrap().len(), 7);
}

#[tokio::test]
async fn what_lacks_a_value_fails_with_its_name_and_the_next_attempt_uses_what_was_saved_then() {
    let mut bench = Bench::new().await;
    let endpoint = endpoint(|_, _| (200, None)).await;
    let url = format!("http://{}/t", endpoint.addr);
    let template =
        Definition { template: Some("{{ data.missing }}".into()), ..definition(url.clone(), "a.t") };
    let id = bench.subscribe(template, &[]).await;
    let postback = Definition { kind: Kind::Postback, ..definition(format!("{url}?x={{data.nope}}"), "a.p") };
    bench.subscribe(postback, &[]).await;
    bench.dispatcher.start().await.unwrap();
    for (event_type, named) in [("a.t", "`data.missing`"), ("a.p", "`{data.nope}`")] {
        bench.publish(event_type, 1).await;
        let told = bench.told().await;
        assert!(matches!(told.after.state, DeliveryState::Failed { failure: Failure::Blocked, .. }));
        assert_eq!(told.attempt.outcome, Outcome::Blocked);
        let error = told.attempt.error.as_deref().unwrap();
        assert!(error.contains(named), "{error}");
    }
    assert!(endpoint.asked.lock().unwrap().is_empty(), "nothing was sent");

    let failed = DeliveryFilter { limit: 50, event_types: vec!["a.t".into()], ..DeliveryFilter::default() };
    let failed = bench.store.deliveries(&failed).await.unwrap().items.remove(0);
    let mended = Definition { template: Some("{{ event }}".into()), ..definition(url, "a.t") };
    edit(&bench.store, id, mended).await;
    bench.store.retry(vec![failed.id], NOW).await.unwrap();
    let told = bench.told().await;
    assert!(matches!(told.after.state, DeliveryState::Delivered { .. }), "{told:?}");
    assert_eq!(told.attempt.request.as_ref().unwrap().body.as_deref(), Some(&b"a.t"[..]));
    let (_, kept) = bench.store.attempts(failed.id).await.unwrap().remove(1);
    assert_eq!(kept.request.unwrap().body.as_deref(), Some(&b"a.t"[..]), "the body that was sent is kept");
    bench.dispatcher.drain(Duration::from_secs(30)).await;
}

#[tokio::test]
async fn a_record_that_is_refused_is_put_aside_and_the_others_go_on() {
    use sqlx::Connection;
    let endpoint = endpoint(|path, _| if path == "/teapot" { (418, None) } else { (200, None) }).await;
    let mut bench = Bench::new().await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(bench.store.path());
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let refuse = "create trigger refuse before insert on attempts when new.status = 418
                  begin select raise(abort, 'no teapots'); end";
    sqlx::query(refuse).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let one_at_a_time = |path: &str, pattern: &str| Definition {
        concurrency: Some(1),
        ..definition(format!("http://{}{path}", endpoint.addr), pattern)
    };
    let teapot = bench.subscribe(one_at_a_time("/teapot", "a.teapot"), &[]).await;
    bench.subscribe(one_at_a_time("/ok", "a.ok"), &[]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.teapot", 2).await;
    bench.publish("a.ok", 3).await;
    for _ in 0..3 {
        assert_eq!(bench.told().await.event_type, "a.ok", "the others are sent");
    }
    // Its place is free again: the second one was sent, too.
    let mut changes = bench.store.changes();
    while bench.store.set_aside().await.unwrap().len() < 2 {
        changes.changed().await.unwrap();
    }
    assert!(!bench.dispatcher.stalled());
    let filter = DeliveryFilter { subscriptions: vec![teapot], limit: 9, ..DeliveryFilter::default() };
    for delivery in bench.store.deliveries(&filter).await.unwrap().items {
        let DeliveryState::Pending(pending) = delivery.delivery.state else { panic!("{delivery:?}") };
        assert_eq!(pending.held, Some(hookbench_domain::Held::SetAside));
    }
    assert_eq!(endpoint.asked.lock().unwrap().iter().filter(|path| *path == "/teapot").count(), 2);
}

#[test]
fn a_request_counts_its_hop_once_whatever_its_headers_said() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut headers = vec![pair("x-hookbench-HOPS", "7"), pair("X-A", "1"), pair("X-Hookbench-Hops", "0")];
    hookbench_dispatcher::count_hop(&mut headers, 2);
    assert_eq!(headers, [pair("X-A", "1"), pair("X-Hookbench-Hops", "3")]);
    hookbench_dispatcher::count_hop(&mut headers, u32::MAX);
    assert_eq!(headers[1].1, u32::MAX.to_string());
}

#[tokio::test]
async fn an_event_that_nests_thousands_deep_is_blocked_under_a_template_and_sent_as_it_came_without_one() {
    let mut bench = Bench::new().await;
    let endpoint = endpoint(|_, _| (200, None)).await;
    let url = |path: &str| format!("http://{}/{path}", endpoint.addr);
    let template = Definition { template: Some("{{ event }}".into()), ..definition(url("t"), "a.*") };
    let filtered = Definition { filter: Some("data.x == 1".into()), ..definition(url("f"), "a.*") };
    for definition in [template, definition(url("plain"), "a.*"), filtered] {
        bench.subscribe(definition, &[]).await;
    }
    // It lies in the folder before anybody dispatches from it.
    let data = format!("{{\"x\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    let draft = EventDraft::new("a.deep", &data, None, None, None).unwrap();
    let event = Arc::new(draft.keep(|| EventId::new(NOW, 9), NOW).unwrap());
    let item = Publication { event: event.clone(), only: None, arrival: None };
    assert_eq!(bench.store.publish(vec![item]).await.unwrap()[0].deliveries.len(), 2, "the filter says no");
    let mut bench = bench.restart().await;
    bench.dispatcher.start().await.unwrap();
    for _ in 0..2 {
        let told = bench.told().await;
        match &told.after.state {
            DeliveryState::Failed { failure: Failure::Blocked, .. } => {
                let error = told.attempt.error.as_deref().unwrap();
                assert!(error.contains("nested deeper than 128"), "{error}");
            }
            DeliveryState::Delivered { .. } => {
                assert_eq!(told.attempt.request.as_ref().unwrap().body, None, "the event's own bytes");
            }
            DeliveryState::Pending(_)
            | DeliveryState::InFlight { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => panic!("{told:?}"),
        }
    }
    assert_eq!(*endpoint.asked.lock().unwrap(), ["/plain"]);
    let bench = bench.restart().await;
    bench.dispatcher.start().await.unwrap();
    assert_eq!(bench.dispatcher.drain(Duration::from_secs(30)).await, 0);
}
