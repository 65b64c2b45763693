//! Pulling from relays: one task per relay source, for as long as the receiver runs. What is pulled
//! goes the way of every received request. Where pulling goes on is kept after each page, so that a
//! program that ends anywhere begins there again; what comes twice is kept once.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use hookbench_ambient::chance;
use hookbench_domain::{Relay, RelayKind, SourceId, Timestamp};
use hookbench_platform::MAX_PAGES;
use hookbench_receiver::{
    EventStream, InboundBody, InboundRequest, Pulled, RelayError, RelayListing, RequestList, StreamClient,
    pause_ms, read_message,
};
use hookbench_signature::Secret;
use hookbench_store::{RegisteredSource, RelayState, RelayStatus, StoredRelay, relay_owner};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::handles::Receiver;
use crate::sources::receiving::{IncomingRequest, Receiving};
use crate::{Workbench, WorkbenchError};

/// How often a list is read: half of what webhook.site allows.
const READ_EVERY: Duration = Duration::from_secs(1);
/// How long after its last answer a quiet relay's standing is written again.
const STANDING_EVERY_MS: u64 = 30_000;

/// Why a pull ended.
#[derive(Debug, thiserror::Error)]
enum PullError {
    /// The relay.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// This side: it is tried again.
    #[error("{0}")]
    Here(#[from] WorkbenchError),
}

impl PullError {
    fn is_final(&self) -> bool {
        match self {
            Self::Relay(error) => error.is_final(),
            Self::Here(_) => false,
        }
    }

    fn asked_wait_ms(&self) -> Option<u64> {
        match self {
            Self::Relay(error) => error.asked_wait_ms(),
            Self::Here(_) => None,
        }
    }
}

/// The relay sources that are being pulled from.
pub struct RelayPoller(JoinHandle<()>);

impl Drop for RelayPoller {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Receiver {
    /// Pulls from every relay source, also those that are made later, until the answer is dropped.
    /// Needs a Tokio runtime.
    #[must_use]
    pub fn relay_poller(&self) -> RelayPoller {
        RelayPoller(tokio::spawn(supervise(self.0.clone())))
    }
}

/// A task that ends with its handle.
struct Held(JoinHandle<()>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn supervise(workbench: Workbench) {
    let receiving = Arc::new(workbench.receiver().receiving());
    let mut registry: watch::Receiver<_> = workbench.store.registry();
    let mut pulling: HashMap<SourceId, Held> = HashMap::new();
    loop {
        let now = registry.borrow_and_update().clone();
        let relays: HashMap<SourceId, Arc<RegisteredSource>> = now
            .sources()
            .filter(|s| s.source.definition.relay.is_some())
            .map(|s| (s.source.id, s.clone()))
            .collect();
        pulling.retain(|id, _| relays.contains_key(id));
        for (id, registered) in relays {
            pulling.entry(id).or_insert_with(|| {
                let puller = Puller::new(workbench.clone(), receiving.clone(), registered);
                Held(tokio::spawn(puller.pull()))
            });
        }
        if registry.changed().await.is_err() {
            return;
        }
    }
}

/// Pulls for one source.
struct Puller {
    workbench: Workbench,
    receiving: Arc<Receiving>,
    registered: Arc<RegisteredSource>,
    cursor: Option<String>,
    standing: RelayStatus,
    /// When the standing was written last.
    written: Timestamp,
}

impl Puller {
    fn new(workbench: Workbench, receiving: Arc<Receiving>, registered: Arc<RegisteredSource>) -> Self {
        let now = workbench.clock().now();
        let standing = RelayStatus {
            state: RelayState::Connecting,
            since: now,
            answered_at: None,
            pulled: 0,
            failures: 0,
            error: None,
            next_try_at: None,
        };
        Self { workbench, receiving, registered, cursor: None, standing, written: now }
    }

    /// Pulls until the relay refuses for good, or the task is ended.
    async fn pull(mut self) {
        let Some(relay) = self.registered.source.definition.relay.clone() else { return };
        loop {
            match self.workbench.store.relays().await {
                Ok(mut kept) => {
                    if let Some(kept) = kept.remove(&self.registered.source.id) {
                        self.cursor = kept.cursor;
                        self.standing.pulled = kept.standing.pulled;
                    }
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, "a relay waits for the database");
                    sleep(READ_EVERY).await;
                }
            }
        }
        self.write().await;
        loop {
            let ended = match relay.kind {
                RelayKind::WebhookSite => self.read_list(&relay).await,
                RelayKind::Smee => self.read_stream(&relay).await,
            };
            let Err(error) = ended;
            if self.failed(&error).await {
                return;
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.workbench.clock().now()
    }

    async fn key(&self) -> Result<Option<Secret>, PullError> {
        let Some(sealed) = &self.registered.relay_key else { return Ok(None) };
        self.workbench.unlock_vault().await?;
        let owner = relay_owner(self.registered.source.id);
        let plain = self.workbench.vault.open(&owner, &sealed.sealed).map_err(WorkbenchError::Vault)?;
        Ok(Some(Secret::new(plain.to_vec()).map_err(WorkbenchError::from)?))
    }

    /// Reads the list again and again.
    async fn read_list(&mut self, relay: &Relay) -> Result<std::convert::Infallible, PullError> {
        let list = RequestList::new(relay, self.key().await?.as_ref())?;
        loop {
            self.read_pages(&list).await?;
            sleep(READ_EVERY).await;
        }
    }

    /// Reads the list once, to its end.
    async fn read_pages(&mut self, list: &RequestList) -> Result<(), PullError> {
        let from = self.cursor.as_deref().map(from_second);
        let mut first_before: Option<String> = None;
        let most = u32::try_from(MAX_PAGES).unwrap_or(u32::MAX);
        for number in 1..=most {
            let page = list.page(from.as_deref(), number, self.now()).await?;
            let first = page.requests.first().map(|listed| listed.pulled.id.clone());
            if first.is_some() && first == first_before {
                return Err(RelayError::Loop.into());
            }
            first_before = first;
            let times = page.requests.iter().rev().map(|listed| &listed.created_at);
            let last = times.into_iter().find(|time| !time.is_empty()).cloned();
            let taken = self.take_page(list, page.requests).await?;
            let moved = last.is_some() && self.cursor != last;
            self.cursor = last.or_else(|| self.cursor.take());
            self.answered(taken, moved).await;
            if page.is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn take_page(&self, list: &RequestList, requests: Vec<RelayListing>) -> Result<u64, PullError> {
        let ids: Vec<String> = requests.iter().map(|listed| listed.pulled.id.clone()).collect();
        let known = self.known(&ids).await?;
        let mut taken = 0;
        for mut listed in requests {
            if known.contains(&listed.pulled.id) {
                continue;
            }
            if listed.needs_raw {
                listed.pulled.body = list.raw(&listed.pulled.id, self.now()).await?;
            }
            self.take(listed.pulled).await?;
            taken += 1;
        }
        Ok(taken)
    }

    async fn known(&self, ids: &[String]) -> Result<std::collections::HashSet<String>, PullError> {
        let known = self.workbench.store.relayed(self.registered.source.id, ids).await;
        Ok(known.map_err(WorkbenchError::from)?)
    }

    /// Reads a stream until it breaks.
    async fn read_stream(&mut self, relay: &Relay) -> Result<std::convert::Infallible, PullError> {
        let client = StreamClient::new(relay)?;
        let mut stream: EventStream = client.open(self.cursor.as_deref(), self.now()).await?;
        self.answered(0, false).await;
        loop {
            let event = stream.next().await?;
            let mut taken = 0;
            match read_message(&event) {
                Ok(Some(pulled)) => {
                    if self.known(std::slice::from_ref(&pulled.id)).await?.is_empty() {
                        self.take(pulled).await?;
                        taken = 1;
                    }
                }
                Ok(None) => {}
                // One message that cannot be read does not end the stream.
                Err(error) => tracing::warn!(%error, "a relay sent what cannot be read"),
            }
            let moved = taken > 0 && event.last_id != self.cursor;
            if event.last_id.is_some() {
                self.cursor = event.last_id;
            }
            self.answered(taken, moved).await;
        }
    }

    /// Takes one request the way of all others.
    async fn take(&self, pulled: Pulled) -> Result<(), PullError> {
        let now = self.now();
        let size = pulled.body.len();
        let request = InboundRequest {
            peer: pulled.peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            method: pulled.method,
            path: String::new(),
            query: pulled.query,
            headers: pulled.headers,
            body: if size > hookbench_domain::MAX_BODY_BYTES {
                InboundBody::TooLarge { start: pulled.body.into(), seen: size }
            } else {
                InboundBody::Whole(pulled.body.into())
            },
        };
        let coming = IncomingRequest {
            registered: &self.registered,
            // A signature is as old as it was when the relay took it; a relay whose clock runs
            // ahead does not make it younger than now.
            at: pulled.at.map_or(now, |at| at.min(now)),
            token: None,
            relay_id: Some(&pulled.id),
            note: None,
        };
        self.receiving.take(coming, &request).await?;
        Ok(())
    }

    /// Notes that the relay answered, and where it goes on.
    async fn answered(&mut self, taken: u64, moved: bool) {
        let now = self.now();
        let changed = self.standing.state != RelayState::Pulling;
        if changed {
            (self.standing.state, self.standing.since) = (RelayState::Pulling, now);
        }
        self.standing.answered_at = Some(now);
        self.standing.pulled += taken;
        (self.standing.failures, self.standing.error, self.standing.next_try_at) = (0, None, None);
        if changed || moved || taken > 0 || now.since(self.written) >= STANDING_EVERY_MS {
            self.write().await;
        }
    }

    /// Notes a failure and waits; true when it is no use to try again.
    async fn failed(&mut self, error: &PullError) -> bool {
        let now = self.now();
        let last = error.is_final();
        self.standing.failures += 1;
        let pause = pause_ms(self.standing.failures, error.asked_wait_ms(), chance());
        let state = if last { RelayState::Stopped } else { RelayState::Waiting };
        if self.standing.state != state {
            (self.standing.state, self.standing.since) = (state, now);
        }
        self.standing.error = Some(error.to_string());
        self.standing.next_try_at = (!last).then(|| now.plus_ms(pause));
        self.write().await;
        if !last {
            sleep(Duration::from_millis(pause)).await;
        }
        last
    }

    async fn write(&mut self) {
        let now = self.now();
        let kept = StoredRelay { cursor: self.cursor.clone(), standing: self.standing.clone() };
        match self.workbench.store.store_relay(self.registered.source.id, kept, now).await {
            Ok(()) => self.written = now,
            // What is kept is older then: some requests are looked at again.
            Err(error) => tracing::warn!(%error, "how a relay stands was not kept"),
        }
    }
}

/// A second before the last request: whether the relay counts from that moment or behind it,
/// nothing is missed, and what was kept already is passed over.
fn from_second(created_at: &str) -> String {
    let moment = Timestamp::parse(&format!("{}Z", created_at.trim().replacen(' ', "T", 1)));
    let Ok(moment) = moment else { return created_at.to_owned() };
    let text = moment.minus_ms(1000).to_string();
    text.get(..19).unwrap_or(&text).replacen('T', " ", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_again_from_a_second_before() {
        assert_eq!(from_second("2019-10-03 19:06:00"), "2019-10-03 19:05:59");
        assert_eq!(from_second("soon"), "soon");
    }
}
