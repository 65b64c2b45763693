//! Endpoints that write down what they get, and hold their answers back for a moment so that many
//! attempts are under way at any time.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

/// How long an answer is held back at most.
const HOLD_FOR: Duration = Duration::from_millis(250);

/// A delivery that was under way at a kill.
pub(super) struct Orphan {
    at: (usize, String),
    /// How often it had come by then.
    times: usize,
}

/// What arrived of one event at one endpoint.
pub(super) struct Entry {
    pub(super) times: usize,
    body: Bytes,
    /// Whether it came with other bytes at another time.
    pub(super) altered: bool,
}

#[derive(Default)]
struct State {
    entries: HashMap<(usize, String), Entry>,
    held: VecDeque<oneshot::Sender<()>>,
    draining: bool,
}

/// Endpoints with one ledger.
#[derive(Clone)]
pub(super) struct Ledger {
    pub(super) addrs: Vec<SocketAddr>,
    state: Arc<Mutex<State>>,
    moved: Arc<watch::Sender<usize>>,
    hold: usize,
}

impl Ledger {
    /// Starts `hosts` endpoints that together leave `hold` requests without an answer.
    pub(super) async fn start(hosts: usize, hold: usize) -> Self {
        let mut ledger =
            Self { addrs: Vec::new(), state: Arc::default(), moved: Arc::new(watch::Sender::new(0)), hold };
        let mut listeners = Vec::new();
        for _ in 0..hosts {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            ledger.addrs.push(listener.local_addr().unwrap());
            listeners.push(listener);
        }
        for (host, listener) in listeners.into_iter().enumerate() {
            tokio::spawn(ledger.clone().accept(host, listener));
        }
        ledger
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    async fn accept(self, host: usize, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let ledger = self.clone();
            let service = service_fn(move |request| ledger.clone().take(host, request));
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    }

    async fn take(
        self,
        host: usize,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let Ok(body) = request.into_body().collect().await else {
            return Ok(Response::new(Full::default()));
        };
        let answer = self.write_down(host, body.to_bytes());
        self.moved.send_modify(|n| *n += 1);
        // Let go by a later request, in time, or because the program is gone: it is answered.
        let _let_go = tokio::time::timeout(HOLD_FOR, answer).await;
        Ok(Response::new(Full::default()))
    }

    fn write_down(&self, host: usize, body: Bytes) -> oneshot::Receiver<()> {
        let event: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        let id = event["id"].as_str().unwrap_or("no id").to_owned();
        let (release, answer) = oneshot::channel();
        let mut state = self.state();
        let entry = state.entries.entry((host, id)).or_insert_with(|| Entry {
            times: 0,
            body: body.clone(),
            altered: false,
        });
        entry.times += 1;
        entry.altered |= entry.body != body;
        state.held.push_back(release);
        state.held.retain(|held| !held.is_closed());
        let keep = if state.draining { 0 } else { self.hold };
        while state.held.len() > keep {
            drop(state.held.pop_front());
        }
        answer
    }

    /// Waits until so many requests are without an answer.
    pub(super) async fn held(&self, enough: usize) {
        let mut moved = self.moved.subscribe();
        let held = || self.state().held.iter().filter(|held| !held.is_closed()).count();
        while held() < enough {
            moved.changed().await.unwrap();
        }
    }

    /// How often these have come by now.
    pub(super) fn so_far(&self, orphans: Vec<(usize, String)>) -> Vec<Orphan> {
        let state = self.state();
        let times = |at: &(usize, String)| state.entries.get(at).map_or(0, |entry| entry.times);
        orphans.into_iter().map(|at| Orphan { times: times(&at), at }).collect()
    }

    /// Waits until each of them has come again; says whether that was so in time.
    pub(super) async fn again(&self, orphans: &[Orphan], patience: Duration) -> bool {
        let mut moved = self.moved.subscribe();
        let missing = || {
            let state = self.state();
            let came = |o: &Orphan| state.entries.get(&o.at).is_some_and(|entry| entry.times > o.times);
            orphans.iter().any(|orphan| !came(orphan))
        };
        let coming = async {
            while missing() {
                moved.changed().await.unwrap();
            }
        };
        tokio::time::timeout(patience, coming).await.is_ok()
    }

    /// The program is gone: nobody waits for these answers any more.
    pub(super) fn let_go(&self) {
        self.state().held.clear();
    }

    /// Answers at once from now on.
    pub(super) fn drain(&self) {
        let mut state = self.state();
        state.draining = true;
        state.held.clear();
    }

    /// Looks at the ledger.
    pub(super) fn read<T>(&self, look: impl FnOnce(&HashMap<(usize, String), Entry>) -> T) -> T {
        look(&self.state().entries)
    }

    /// Waits until all of `wanted` arrived at every endpoint, as long as something arrives; says
    /// whether they did.
    pub(super) async fn complete(&self, wanted: &std::collections::HashSet<String>) -> bool {
        let mut moved = self.moved.subscribe();
        let missing = || {
            let state = self.state();
            let arrived = |id: &String| {
                (0..self.addrs.len()).all(|host| state.entries.contains_key(&(host, id.clone())))
            };
            wanted.iter().filter(|id| !arrived(id)).count()
        };
        while missing() > 0 {
            let next = tokio::time::timeout(Duration::from_secs(60), moved.changed());
            if next.await.is_err() {
                return false;
            }
        }
        true
    }
}
