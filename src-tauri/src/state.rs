//! The state: which data folder is open, who dispatches from it, and the demo beside it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hookbench_api::{ServeError, Server, ServiceHealth};
use hookbench_domain::Timestamp;
use hookbench_workbench::{
    Demo, DemoOptions, Dispatching, RunOptions, VaultKeySource, Workbench, WorkbenchError,
};
use serde::Serialize;
use tokio::sync::{Mutex, Notify};

use crate::problem::Problem;

/// Where the local API listens, as `hookbench run` has it.
const API_PORT: u16 = 4400;
/// Where the receiver listens.
const RECEIVER_PORT: u16 = 4401;
/// How long the window's end waits for attempts that are under way.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What the state shows: the user's own data, or the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Workspace {
    /// The user's data folder.
    Own,
    /// The demo, in a folder of its own.
    Demo,
}

/// What the dispatcher does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum DispatcherState {
    /// It sends.
    Running,
    /// A person paused everything.
    Paused,
    /// The database cannot be written, so nothing is sent until it can.
    Stalled,
    /// Another process dispatches from this folder; the window looks on.
    Viewing,
    /// Nobody dispatches.
    Stopped,
    /// The data folder cannot be opened.
    Trouble,
}

/// Who dispatches in place of the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct HolderView {
    /// Its process.
    pub pid: u32,
    /// What it is.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// Where its local API answers.
    pub api: Option<String>,
}

/// How the state stands.
#[derive(Debug, Clone, PartialEq, Serialize, ts_rs::TS)]
pub struct AppStateView {
    /// The version of the program.
    pub version: String,
    /// What is shown.
    pub workspace: Workspace,
    /// The folder that is shown.
    pub data_dir: String,
    /// What the dispatcher does.
    pub state: DispatcherState,
    /// Who dispatches instead.
    pub holder: Option<HolderView>,
    /// Where webhooks are received, if they are.
    pub receiver: Option<String>,
    /// Where the local API answers, if it does.
    pub api: Option<String>,
    /// Why the folder cannot be used, or why nobody dispatches.
    pub problem: Option<Problem>,
    /// What is worth knowing, such as a port that was taken.
    pub notes: Vec<String>,
}

/// A data folder that is open.
struct Open {
    workbench: Workbench,
    dispatching: Option<Dispatching>,
    stalled: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
    api: Option<Server>,
    receiver: Option<Server>,
    problem: Option<Problem>,
    notes: Vec<String>,
}

struct Inner {
    own: Result<Open, Problem>,
    demo: Option<Demo>,
}

/// The state. Clones share it.
#[derive(Clone)]
pub struct AppState {
    folder: PathBuf,
    inner: Arc<Mutex<Inner>>,
    /// Notified when another workbench is shown.
    switched: Arc<Notify>,
}

/// Something that listens.
enum Door {
    Api(ServiceHealth),
    Receiver,
}

impl Door {
    const fn name(&self) -> &'static str {
        match self {
            Self::Api(_) => "local API",
            Self::Receiver => "receiver",
        }
    }

    const fn port(&self) -> u16 {
        match self {
            Self::Api(_) => API_PORT,
            Self::Receiver => RECEIVER_PORT,
        }
    }

    async fn start(&self, port: u16, workbench: &Workbench) -> Result<Server, ServeError> {
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        match self {
            Self::Api(health) => Server::start(addr, workbench.clone(), health.clone()).await,
            Self::Receiver => Server::start_receiver(addr, workbench.clone()).await,
        }
    }

    /// Opens at the usual port, or at a free one if that is taken. What is not as usual is noted.
    async fn open(&self, workbench: &Workbench, notes: &mut Vec<String>) -> Option<Server> {
        let (name, port) = (self.name(), self.port());
        let opened = match self.start(port, workbench).await {
            Err(ServeError::Listen { .. }) => {
                let elsewhere = self.start(0, workbench).await;
                if let Ok(server) = &elsewhere {
                    notes.push(format!(
                        "port {port} is taken by another program: the {name} is at {}",
                        server.addr()
                    ));
                }
                elsewhere
            }
            other => other,
        };
        match opened {
            Ok(server) => Some(server),
            Err(error) => {
                notes.push(format!("the {name} is off: {error}"));
                None
            }
        }
    }
}

/// What a dispatcher of this workbench does, if nothing is wrong.
fn sending(workbench: &Workbench) -> DispatcherState {
    if workbench.paused().paused { DispatcherState::Paused } else { DispatcherState::Running }
}

impl Open {
    async fn open(folder: &Path) -> Result<Self, WorkbenchError> {
        let workbench = Workbench::open(folder, VaultKeySource::from_env()).await?;
        let mut open = Self {
            workbench,
            dispatching: None,
            stalled: None,
            api: None,
            receiver: None,
            problem: None,
            notes: Vec::new(),
        };
        open.dispatch().await;
        Ok(open)
    }

    /// Dispatches from here, unless somebody else does.
    async fn dispatch(&mut self) {
        let options = RunOptions {
            what: "the Hookbench window".to_owned(),
            patience: TIMEOUT,
            ..RunOptions::default()
        };
        let mut dispatching = match self.workbench.start(options).await {
            Ok(dispatching) => dispatching,
            Err(WorkbenchError::Lock(_)) => return,
            Err(error) => {
                self.problem = Some(error.into());
                return;
            }
        };
        let health = ServiceHealth::asking(dispatching.stalled_probe());
        let api = Door::Api(health).open(&self.workbench, &mut self.notes).await;
        if let Some(api) = &api
            && let Err(error) = dispatching.announce(api.addr())
        {
            self.notes.push(error.to_string());
        }
        self.receiver = Door::Receiver.open(&self.workbench, &mut self.notes).await;
        self.api = api;
        self.stalled = Some(Arc::new(dispatching.stalled_probe()));
        self.problem = None;
        self.dispatching = Some(dispatching);
    }

    fn state(&self) -> DispatcherState {
        match &self.stalled {
            Some(stalled) if stalled() => DispatcherState::Stalled,
            Some(_) => sending(&self.workbench),
            None if self.workbench.dispatching().is_some() => DispatcherState::Viewing,
            None => DispatcherState::Stopped,
        }
    }

    async fn close(self) {
        for server in [self.api, self.receiver].into_iter().flatten() {
            server.stop().await;
        }
        match self.dispatching {
            Some(dispatching) => {
                dispatching.stop().await;
            }
            None => self.workbench.close().await,
        }
    }
}

impl AppState {
    /// Opens the folder; what is wrong with it is part of the state.
    pub async fn open(folder: PathBuf) -> Self {
        let own = Open::open(&folder).await.map_err(Problem::from);
        let inner = Arc::new(Mutex::new(Inner { own, demo: None }));
        Self { folder, inner, switched: Arc::new(Notify::new()) }
    }

    /// The workbench that is shown.
    ///
    /// # Errors
    /// Why the folder cannot be used.
    pub async fn workbench(&self) -> Result<Workbench, Problem> {
        let inner = self.inner.lock().await;
        match (&inner.demo, &inner.own) {
            (Some(demo), _) => Ok(demo.workbench().clone()),
            (None, Ok(open)) => Ok(open.workbench.clone()),
            (None, Err(problem)) => Err(problem.clone()),
        }
    }

    /// How it stands. A folder that nobody dispatches from any more is taken over.
    pub async fn view(&self) -> AppStateView {
        let mut inner = self.inner.lock().await;
        if let Ok(open) = &mut inner.own
            && open.problem.is_none()
            && open.state() == DispatcherState::Stopped
        {
            open.dispatch().await;
        }
        let url = |server: &Option<Server>| server.as_ref().map(|s| format!("http://{}", s.addr()));
        let base = AppStateView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            workspace: Workspace::Own,
            data_dir: self.folder.display().to_string(),
            state: DispatcherState::Trouble,
            holder: None,
            receiver: None,
            api: None,
            problem: None,
            notes: Vec::new(),
        };
        match (&inner.demo, &inner.own) {
            (Some(demo), _) => AppStateView {
                workspace: Workspace::Demo,
                data_dir: demo.workbench().folder().display().to_string(),
                state: sending(demo.workbench()),
                receiver: Some(format!("http://{}", demo.receiver())),
                ..base
            },
            (None, Err(problem)) => AppStateView { problem: Some(problem.clone()), ..base },
            (None, Ok(open)) => {
                let state = open.state();
                let viewing = state == DispatcherState::Viewing;
                let holder = open.workbench.dispatching().filter(|_| viewing);
                AppStateView {
                    state,
                    holder: holder.map(|h| HolderView {
                        pid: h.pid,
                        what: h.what,
                        since: h.since,
                        api: h.api,
                    }),
                    receiver: url(&open.receiver),
                    api: url(&open.api),
                    problem: open.problem.clone(),
                    notes: open.notes.clone(),
                    ..base
                }
            }
        }
    }

    /// Starts the demo and shows it.
    ///
    /// # Errors
    /// Why it cannot start.
    pub async fn start_demo(&self) -> Result<(), Problem> {
        let mut inner = self.inner.lock().await;
        if inner.demo.is_none() {
            inner.demo = Some(Demo::start(DemoOptions::default()).await?);
            self.switched.notify_waiters();
        }
        Ok(())
    }

    /// Ends the demo and shows the user's own data.
    pub async fn leave_demo(&self) {
        let demo = self.inner.lock().await.demo.take();
        self.switched.notify_waiters();
        if let Some(demo) = demo
            && let Err(error) = demo.finish().await
        {
            tracing::warn!(%error, "the demo did not end well");
        }
    }

    /// Tries to open the folder again.
    pub async fn reopen(&self) {
        let mut inner = self.inner.lock().await;
        match &mut inner.own {
            Ok(open) => {
                open.problem = None;
                if open.dispatching.is_none() {
                    open.dispatch().await;
                }
            }
            Err(_) => inner.own = Open::open(&self.folder).await.map_err(Problem::from),
        }
        self.switched.notify_waiters();
    }

    /// Puts a database that cannot be opened aside, and starts afresh; nothing is deleted.
    ///
    /// # Errors
    /// When the folder is in use, or the file cannot be renamed.
    pub async fn set_aside(&self) -> Result<(), Problem> {
        let mut inner = self.inner.lock().await;
        if inner.own.is_ok() {
            return Err(Problem::new("wrong_state", "the database opens: there is nothing to set aside"));
        }
        Workbench::set_aside(&self.folder)?;
        inner.own = Open::open(&self.folder).await.map_err(Problem::from);
        self.switched.notify_waiters();
        Ok(())
    }

    /// The user's data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until another workbench is shown.
    pub(crate) async fn switched(&self) {
        self.switched.notified().await;
    }

    /// Finishes what is under way and closes everything.
    pub async fn close(&self) {
        let (own, demo) = {
            let mut inner = self.inner.lock().await;
            let closed = Err(Problem::new("closing", "the window is closing"));
            (std::mem::replace(&mut inner.own, closed), inner.demo.take())
        };
        if let Some(demo) = demo
            && let Err(error) = demo.finish().await
        {
            tracing::warn!(%error, "the demo did not end well");
        }
        if let Ok(open) = own {
            open.close().await;
        }
    }
}
