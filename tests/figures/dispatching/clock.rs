//! A clock that is moved forward and back a day while 500 wait: each is sent once, and they go out
//! in waves that grow, not in one.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_ambient::Clock;
use hookbench_dispatcher::wire::{Wire, WireConfig};
use hookbench_dispatcher::{AttemptFinished, Dispatcher, Limits, Unseal, Unsealing};
use hookbench_domain::{SubscriptionId, Timestamp};
use hookbench_store::Store;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::service::service_fn;
use hyper::{Request, Response, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, oneshot, watch};

use super::claims::{definition, publish};
use crate::table::{Figure, counted};

const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);
const DAY_MS: u64 = 86_400_000;
const DUE: usize = 500;
/// The first wave of what was held back is at most as large.
const FIRST_WAVE: usize = 4;
/// Nobody else comes when nobody came for so long.
const QUIET: Duration = Duration::from_millis(150);
const TIMEOUT: Duration = Duration::from_secs(60);

/// No subscription here has a secret.
struct NoVault;

impl Unseal for NoVault {
    fn unseal<'a>(&'a self, _owner: &'a str, _sealed: &'a [u8]) -> Unsealing<'a> {
        Box::pin(std::future::ready(Err("no vault".to_owned())))
    }
}

/// An endpoint that answers 429 first; then it lets requests wait and answers wave by wave.
#[derive(Clone)]
struct Endpoint {
    waiting: Arc<Mutex<Option<Vec<oneshot::Sender<()>>>>>,
    came: Arc<watch::Sender<usize>>,
}

impl Endpoint {
    async fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let endpoint = Self { waiting: Arc::default(), came: Arc::new(watch::Sender::new(0)) };
        let shared = endpoint.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let endpoint = shared.clone();
                let service = service_fn(move |_: Request<Incoming>| endpoint.clone().answer());
                let http = hyper::server::conn::http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
            }
        });
        (endpoint, url)
    }

    async fn answer(self) -> Result<Response<Full<Bytes>>, Infallible> {
        let turn = self.waiting.lock().unwrap().as_mut().map(|waiting| {
            let (sender, turn) = oneshot::channel();
            waiting.push(sender);
            turn
        });
        self.came.send_modify(|n| *n += 1);
        let status = match turn {
            None => 429,
            Some(turn) => {
                let _answered = turn.await;
                200
            }
        };
        Ok(Response::builder().status(status).body(Full::default()).unwrap())
    }

    fn hold(&self) {
        *self.waiting.lock().unwrap() = Some(Vec::new());
    }

    /// How many came together; they are answered when nobody else comes.
    async fn wave(&self) -> usize {
        let mut came = self.came.subscribe();
        let is_empty = || self.waiting.lock().unwrap().as_ref().is_none_or(Vec::is_empty);
        while is_empty() {
            tokio::time::timeout(TIMEOUT, came.changed()).await.expect("nothing is sent").unwrap();
        }
        while tokio::time::timeout(QUIET, came.changed()).await.is_ok() {}
        let wave = self.waiting.lock().unwrap().as_mut().map(std::mem::take).unwrap_or_default();
        wave.len()
    }
}

async fn ended(told: &mut broadcast::Receiver<Arc<AttemptFinished>>, count: usize) {
    for _ in 0..count {
        tokio::time::timeout(TIMEOUT, told.recv()).await.expect("an attempt does not end").unwrap();
    }
}

/// Moves the clock back a day, forward two, and back again.
pub(super) async fn figures() -> Vec<Figure> {
    let (endpoint, url) = Endpoint::start().await;
    let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(NOW));
    let store = Store::open(folder.path(), clock.clone()).await.unwrap();
    let id = SubscriptionId::new(NOW, 1);
    store.create_subscription(id, definition(&url), Vec::new(), NOW).await.unwrap();
    let wire = Wire::new(WireConfig::default()).unwrap();
    let limits = Limits::default();
    let dispatcher = Dispatcher::new(store.clone(), wire, Arc::new(NoVault), "clock".to_owned(), limits);
    let mut told = dispatcher.told();
    dispatcher.start().await.unwrap();
    publish(&store, NOW, DUE).await;
    ended(&mut told, DUE).await;
    let sent = || *endpoint.came.borrow();
    assert_eq!(sent(), DUE, "each was refused once");

    clock.set(NOW.minus_ms(DAY_MS));
    // The dispatcher looks once a second.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let too_early = sent() - DUE;
    endpoint.hold();
    clock.set(NOW.plus_ms(DAY_MS));
    let mut waves = Vec::new();
    while waves.iter().sum::<usize>() < DUE {
        waves.push(endpoint.wave().await);
    }
    ended(&mut told, DUE).await;
    clock.set(NOW);
    clock.set(NOW.plus_ms(2 * DAY_MS));
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let again = sent() - 2 * DUE;
    dispatcher.drain(TIMEOUT).await;
    store.close().await;

    let first = waves.first().copied().unwrap_or(0);
    let paced = first <= FIRST_WAVE && waves.windows(2).all(|two| two[1] <= 2 * two[0]);
    let shown: Vec<String> = waves.iter().take(6).map(ToString::to_string).collect();
    vec![
        Figure::new(
            format!("clock back and forward a day, {DUE} due"),
            "each sent once",
            format!("{} sent, {too_early} too early, {again} again", counted(sent() - DUE)),
            sent() == 2 * DUE && too_early + again == 0,
        ),
        Figure::new(
            "  waves at the endpoint",
            format!("from {FIRST_WAVE} on, at most doubling"),
            format!("{} …", shown.join(", ")),
            paced,
        ),
    ]
}
