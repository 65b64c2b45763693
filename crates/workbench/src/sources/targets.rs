//! Scripted targets that run inside this program: started, looked at and stopped by hand. They end
//! with the program, and keep their last requests in memory.

use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hookbench_ambient::{Clock, chance};
use hookbench_domain::{Timestamp, mask_header, mask_url};
use hookbench_receiver::{Target, TargetArrival, TargetCheck, TargetOptions, parse_script};
use hookbench_signature::{DEFAULT_TOLERANCE_S, Scheme, Secret, Verification, verify};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::handles::Targets;
use crate::{BodyView, WorkbenchError};

/// How many targets may run.
const MAX_TARGETS: usize = 16;
/// How many of its last requests a target keeps, and how many bytes of their bodies.
const KEPT_REQUESTS: usize = 200;
const KEPT_BYTES: usize = 16 * 1024 * 1024;

/// What a target is to be.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct TargetInput {
    /// What it answers; `200` if left out.
    pub script: Option<String>,
    /// The port it listens on; a free one if left out.
    pub port: Option<u16>,
    /// How its requests are verified; not at all if left out.
    pub scheme: Option<String>,
    /// The secret they are verified with.
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub secret: Option<Secret>,
    /// The subscription or source whose kept secret that is; instead of `secret`.
    pub secret_of: Option<String>,
}

/// A running target.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TargetView {
    /// Names it while the program runs: `tgt_1`.
    pub id: String,
    /// Where it listens.
    pub url: String,
    /// What it answers.
    pub script: String,
    /// How its requests are verified, if they are.
    pub scheme: Option<Scheme>,
    /// When it was started.
    pub started_at: Timestamp,
    /// How many requests came.
    pub requests: u64,
}

/// A request that reached a target.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TargetRequest {
    /// Counted from 1.
    pub number: u64,
    /// When it came.
    pub at: Timestamp,
    /// The method.
    pub method: String,
    /// Path and query, as they were sent.
    pub path: String,
    /// The headers, in order; credentials hidden.
    pub headers: Vec<(String, String)>,
    /// The exact bytes.
    #[serde(flatten)]
    pub body: BodyView,
    /// How many bytes its body had.
    pub body_bytes: usize,
    /// What it was answered.
    pub answered: String,
    /// Whether its signature is valid, where that is checked.
    pub verified: Option<Verification>,
}

impl TargetRequest {
    /// Shows an arrival.
    #[must_use]
    pub fn of(arrival: &TargetArrival, at: Timestamp) -> Self {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers =
            arrival.headers.iter().map(|(n, v)| mask_header((n.as_str().to_owned(), text(v.as_bytes()))));
        Self {
            number: arrival.number,
            at,
            method: arrival.method.clone(),
            path: mask_url(&arrival.path),
            headers: headers.collect(),
            body: BodyView::of(&arrival.body),
            body_bytes: arrival.body.len(),
            answered: arrival.answered.to_string(),
            verified: arrival.verified.clone(),
        }
    }
}

/// Verifies what comes to a target, by the clock.
#[must_use]
pub fn target_check(scheme: Scheme, secrets: Vec<Secret>, clock: Clock) -> TargetCheck {
    Arc::new(move |headers, body| {
        verify(scheme, &secrets, headers, body, clock.now().unix_seconds(), DEFAULT_TOLERANCE_S)
    })
}

#[derive(Default)]
struct Log {
    requests: VecDeque<TargetRequest>,
    bytes: usize,
    all: u64,
}

impl Log {
    fn push(&mut self, request: TargetRequest) {
        self.all = request.number;
        self.bytes += request.body_bytes;
        self.requests.push_front(request);
        while self.requests.len() > KEPT_REQUESTS || (self.bytes > KEPT_BYTES && self.requests.len() > 1) {
            if let Some(gone) = self.requests.pop_back() {
                self.bytes -= gone.body_bytes;
            }
        }
    }
}

struct Running {
    target: Target,
    script: String,
    scheme: Option<Scheme>,
    started_at: Timestamp,
    log: Arc<Mutex<Log>>,
}

/// The targets that run.
#[derive(Default)]
pub(crate) struct RunningTargets(Mutex<(u64, BTreeMap<u64, Running>)>);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn keep(mut arrivals: mpsc::Receiver<TargetArrival>, log: Arc<Mutex<Log>>, clock: Clock) {
    while let Some(arrival) = arrivals.recv().await {
        let request = TargetRequest::of(&arrival, clock.now());
        lock(&log).push(request);
    }
}

fn view(number: u64, running: &Running) -> TargetView {
    TargetView {
        id: format!("tgt_{number}"),
        url: running.target.url(),
        script: running.script.clone(),
        scheme: running.scheme,
        started_at: running.started_at,
        requests: lock(&running.log).all,
    }
}

fn number_of(id: &str) -> Result<u64, WorkbenchError> {
    id.strip_prefix("tgt_").and_then(|n| n.parse().ok()).ok_or_else(|| missing(id))
}

fn missing(id: &str) -> WorkbenchError {
    hookbench_store::StoreError::NotFound { what: "target", id: id.chars().take(64).collect() }.into()
}

impl Targets {
    /// Starts a target on this machine. Needs a Tokio runtime.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or when the port is taken.
    pub async fn start(&self, input: TargetInput) -> Result<TargetView, WorkbenchError> {
        let text = input.script.as_deref().map(str::trim).filter(|text| !text.is_empty()).unwrap_or("200");
        let script =
            parse_script(text).map_err(|error| WorkbenchError::field("script", error.to_string()))?;
        let scheme =
            input.scheme.as_deref().filter(|s| !s.is_empty()).map(str::parse::<Scheme>).transpose()?;
        let secret = match (input.secret, input.secret_of.as_deref()) {
            (None, Some(owner)) => self.0.stored_secret(owner).await?,
            (given, _) => given,
        };
        let mut options = TargetOptions::new(chance);
        match (scheme, secret) {
            (Some(scheme), Some(secret)) => {
                secret.check_for(scheme)?;
                options = options.checking(target_check(scheme, vec![secret], self.0.clock.clone()));
            }
            (Some(scheme), None) if scheme.needs_secret() => {
                return Err(WorkbenchError::field(
                    "secret",
                    format!("is missing: {scheme} verifies with one"),
                ));
            }
            (None, Some(_)) => {
                return Err(WorkbenchError::field("scheme", "is missing: say how the secret verifies"));
            }
            (Some(_) | None, None) => {}
        }
        if lock(&self.0.targets.0).1.len() >= MAX_TARGETS {
            return Err(WorkbenchError::State(format!("{MAX_TARGETS} targets run already: stop one first")));
        }
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, input.port.unwrap_or(0)));
        let shown = script.to_string();
        let (target, arrivals) = Target::start(addr, script, options).await.map_err(|error| {
            WorkbenchError::field("port", format!("{error}; leave it out for a free one"))
        })?;
        let log = Arc::new(Mutex::new(Log::default()));
        tokio::spawn(keep(arrivals, log.clone(), self.0.clock.clone()));
        let running = Running { target, script: shown, scheme, started_at: self.0.clock.now(), log };
        let mut targets = lock(&self.0.targets.0);
        targets.0 += 1;
        let number = targets.0;
        let view = view(number, &running);
        targets.1.insert(number, running);
        Ok(view)
    }

    /// The targets that run, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<TargetView> {
        lock(&self.0.targets.0).1.iter().map(|(number, running)| view(*number, running)).collect()
    }

    /// The last requests of a target, newest first.
    ///
    /// # Errors
    /// [`WorkbenchError`] when none of that id runs.
    pub fn requests(&self, id: &str) -> Result<Vec<TargetRequest>, WorkbenchError> {
        let number = number_of(id)?;
        let targets = lock(&self.0.targets.0);
        let running = targets.1.get(&number).ok_or_else(|| missing(id))?;
        Ok(lock(&running.log).requests.iter().cloned().collect())
    }

    /// Stops a target. Its connections are closed and its requests are gone.
    ///
    /// # Errors
    /// [`WorkbenchError`] when none of that id runs.
    pub async fn stop(&self, id: &str) -> Result<(), WorkbenchError> {
        let number = number_of(id)?;
        let running = lock(&self.0.targets.0).1.remove(&number);
        running.ok_or_else(|| missing(id))?.target.stop().await;
        Ok(())
    }
}
