//! What the dispatcher promises, over a real database and real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_ambient::Clock;
use hookbench_dispatcher::wire::{Wire, WireConfig};
use hookbench_dispatcher::{Dispatcher, Limits, Told, Unseal, Unsealing};
use hookbench_domain::{
    Definition, DeliveryState, EventDraft, EventId, Failure, Kind, Mode, Outcome, Pending, PolicySpec,
    RetryPolicy, SubscriptionId, Timestamp,
};
use hookbench_signature::Secret;
use hookbench_store::{Publication, SealedSecret, Store};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
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
    _dir: TempDir,
    store: Store,
    clock: Clock,
    dispatcher: Dispatcher,
    told: broadcast::Receiver<Arc<Told>>,
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
        Self { _dir: dir, store, clock, dispatcher, told, made: 0 }
    }

    async fn subscribe(&mut self, definition: Definition, secrets: &[&[u8]]) -> SubscriptionId {
        self.made += 1;
        let id = SubscriptionId::new(NOW, self.made);
        let secrets =
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

    async fn told(&mut self) -> Arc<Told> {
        tokio::time::timeout(Duration::from_secs(30), self.told.recv())
            .await
            .expect("nothing happens")
            .unwrap()
    }
}

fn definition(url: String, pattern: &str) -> Definition {
    Definition {
        name: String::new(),
        url,
        events: vec![pattern.parse().unwrap()],
        brand: None,
        platform: "generic".into(),
        kind: Kind::Webhook,
        scheme: "standard".into(),
        mode: Mode::Sign,
        headers: vec![],
        enabled: true,
        policy_spec: PolicySpec::default(),
        policy: RetryPolicy {
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
        rate_per_second: None,
        concurrency: None,
        ordered: false,
        allow_private: false,
    }
}

fn due(told: &Told) -> u64 {
    let DeliveryState::Pending(Pending { next_attempt_at, .. }) = told.after.state else {
        panic!("{:?}", told.after)
    };
    next_attempt_at.since(NOW)
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

#[tokio::test]
async fn five_hundred_that_fell_due_while_the_machine_slept_are_sent_once_each() {
    let endpoint = endpoint(|_, asked| if asked < 500 { (503, None) } else { (200, None) }).await;
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
async fn a_secret_that_does_not_open_sends_nothing_and_says_so() {
    let endpoint = endpoint(|_, _| (200, None)).await;
    let mut bench = Bench::new().await;
    bench.subscribe(definition(format!("http://{}/x", endpoint.addr), "*"), &[b"locked"]).await;
    bench.dispatcher.start().await.unwrap();
    bench.publish("a.b", 1).await;
    let told = bench.told().await;
    assert!(matches!(told.after.state, DeliveryState::Failed { failure: Failure::Blocked, .. }));
    assert!(told.attempt.error.as_ref().unwrap().contains("secret"), "{told:?}");
    assert!(endpoint.asked.lock().unwrap().is_empty());
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
