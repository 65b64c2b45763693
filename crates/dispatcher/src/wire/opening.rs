//! Connections that are being opened and that many will share.
//!
//! When an HTTP/2 connection goes away, all who used it need another one at the same moment. The
//! first of them opens it, the others wait for it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::failure::Failure;
use super::pool::{Http2, Key};

/// How many hosts are remembered to speak HTTP/2.
const MOST_KNOWN: usize = 1024;

/// What became of an opening.
#[derive(Clone)]
pub(super) enum Opened {
    /// A connection for all.
    Shared(Http2),
    /// None.
    Failed(Failure),
    /// One that cannot be shared: everybody needs their own.
    Alone,
}

/// Who opens, and who waits.
#[derive(Default)]
pub(super) struct Openings(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    speaks_http2: HashSet<Key>,
    under_way: HashMap<Key, watch::Receiver<Option<Opened>>>,
}

/// What somebody does who needs a new connection.
pub(super) enum Part {
    /// Open one for themselves.
    Alone,
    /// Open one for all.
    Opens(Opener),
    /// Wait until somebody has.
    Waits(watch::Receiver<Option<Opened>>),
}

/// Opens for all. When it is dropped without a word, everybody opens their own.
pub(super) struct Opener {
    state: Arc<Mutex<State>>,
    key: Key,
    tell: watch::Sender<Option<Opened>>,
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Openings {
    /// What to do for a new connection.
    pub(super) fn join(&self, key: &Key) -> Part {
        let mut state = lock(&self.0);
        if !state.speaks_http2.contains(key) {
            return Part::Alone;
        }
        if let Some(waits) = state.under_way.get(key) {
            return Part::Waits(waits.clone());
        }
        let (tell, waits) = watch::channel(None);
        state.under_way.insert(key.clone(), waits);
        Part::Opens(Opener { state: Arc::clone(&self.0), key: key.clone(), tell })
    }

    /// What a new connection speaks.
    pub(super) fn note(&self, key: &Key, http2: bool) {
        let mut state = lock(&self.0);
        if !http2 {
            state.speaks_http2.remove(key);
        } else if !state.speaks_http2.contains(key) {
            if state.speaks_http2.len() >= MOST_KNOWN {
                state.speaks_http2.clear();
            }
            state.speaks_http2.insert(key.clone());
        }
    }
}

impl Opener {
    /// Tells those who wait.
    pub(super) fn tell(self, opened: Opened) {
        self.tell.send_replace(Some(opened));
    }
}

impl Drop for Opener {
    fn drop(&mut self) {
        lock(&self.state).under_way.remove(&self.key);
    }
}
