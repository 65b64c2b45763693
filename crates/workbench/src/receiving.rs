//! Receiving: a request at a source's path is verified, kept, and only then answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hookbench_domain::{KeptEvent, Scope, SourceId, Timestamp};
use hookbench_receiver::{
    Brought, Decision, InboundAnswer, InboundRequest, Intake, Refusal, RefusedRate, Rules, decide, read_path,
};
use hookbench_signature::Secret;
use hookbench_store::{
    Arrival, Fate, KEPT_BODY_BYTES, Publication, Refused, RegisteredSource, Store, token_owner,
};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::views::mask;
use crate::{Workbench, WorkbenchError};

/// How many refused requests may wait to be kept; more are answered, but not kept.
const WAITING_REFUSED: usize = 256;
/// How many refused requests one transaction keeps.
const REFUSED_AT_ONCE: usize = 64;

type Waiting = (Refused, oneshot::Sender<()>);

/// The receiver's side of a workbench: hand it to a listener.
pub struct Receiving {
    workbench: Workbench,
    rates: Mutex<HashMap<SourceId, RefusedRate>>,
    refused: mpsc::Sender<Waiting>,
}

impl Workbench {
    /// Takes webhooks in. Needs a Tokio runtime.
    #[must_use]
    pub fn receiving(&self) -> Receiving {
        let (refused, waiting) = mpsc::channel(WAITING_REFUSED);
        tokio::spawn(keep_refused(self.store.clone(), waiting));
        Receiving { workbench: self.clone(), rates: Mutex::default(), refused }
    }

    /// What a source asks of a request now.
    async fn rules(&self, registered: &RegisteredSource, now: Timestamp) -> Result<Rules, WorkbenchError> {
        let (id, definition) = (registered.source.id, &registered.source.definition);
        let has_secrets = registered.token.is_some() || !registered.secrets.is_empty();
        if has_secrets && !self.vault.is_open() {
            self.unlock_vault().await?;
        }
        let open = |owner: &str, sealed: &[u8]| -> Result<Secret, WorkbenchError> {
            let plain = self.vault.open(owner, sealed).map_err(WorkbenchError::Vault)?;
            Ok(Secret::new(plain.to_vec())?)
        };
        let owner = id.to_string();
        let valid = registered.secrets.iter().filter(|s| s.valid_until.is_none_or(|end| now < end));
        let token = registered.token.as_ref();
        Ok(Rules {
            scheme: definition.scheme.parse()?,
            secrets: valid.map(|s| open(&owner, &s.sealed)).collect::<Result<_, _>>()?,
            allow_ips: definition.allow_ips.clone(),
            token: token.map(|t| open(&token_owner(id), &t.sealed)).transpose()?,
        })
    }
}

/// Keeps what was refused, as many at once as have come meanwhile.
async fn keep_refused(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(REFUSED_AT_ONCE);
    while waiting.recv_many(&mut batch, REFUSED_AT_ONCE).await > 0 {
        let (refused, told): (Vec<Refused>, Vec<oneshot::Sender<()>>) = batch.drain(..).unzip();
        if let Err(error) = store.keep_refused(refused).await {
            tracing::warn!(%error, "refused requests were not kept");
        }
        for told in told {
            let _gone = told.send(());
        }
    }
}

impl Intake for Receiving {
    async fn receive(&self, request: InboundRequest) -> InboundAnswer {
        let Some(path) = read_path(&request.path) else { return InboundAnswer::unknown_source() };
        let registry = self.workbench.store.registry().borrow().clone();
        let Some(registered) = registry.source_named(path.source).cloned() else {
            return InboundAnswer::unknown_source();
        };
        let now = self.workbench.clock.now();
        let rules = match self.workbench.rules(&registered, now).await {
            Ok(rules) => rules,
            Err(error) => return unavailable(&error),
        };
        let decision = decide(&rules, path.token, &request, now.unix_seconds());
        let source = registered.source.id;
        match decision {
            Decision::Accept(brought) => match self.keep(source, &request, brought, now).await {
                Ok(answer) => answer,
                Err(error) => unavailable(&error),
            },
            Decision::Refuse(refusal) => {
                if !self.may_keep(source, now) {
                    return InboundAnswer::too_many_refused(&refusal);
                }
                let answer = InboundAnswer::from(&refusal);
                if let Some(kept) = self.note(source, &request, refusal, now) {
                    // The log is part of the answer: who is told 401 finds the request there.
                    let _kept_or_warned = kept.await;
                }
                answer
            }
            Decision::Hide(refusal) => {
                // Answered like a source that does not exist, in nothing to be told from it: not
                // even by the time that keeping it takes.
                if self.may_keep(source, now) {
                    drop(self.note(source, &request, refusal, now));
                }
                InboundAnswer::unknown_source()
            }
        }
    }
}

impl Receiving {
    /// Keeps what was accepted, and answers once it is durable.
    async fn keep(
        &self,
        source: SourceId,
        request: &InboundRequest,
        brought: Brought,
        now: Timestamp,
    ) -> Result<InboundAnswer, WorkbenchError> {
        let event = Arc::new(KeptEvent {
            scope: Scope::Source(source),
            id: brought.id,
            event_type: brought.event_type,
            created_at: now,
            received_at: now,
            created_at_given: false,
            body: request.body.read().0.to_vec(),
            test: false,
        });
        let arrival = Some(arrival(source, request, now));
        let item = Publication { event: event.clone(), only: None, arrival };
        let mut answers = self.workbench.store.publish(vec![item]).await?;
        let Some(kept) = answers.pop() else { return Err(hookbench_store::StoreError::Closed.into()) };
        let mut body = json!({ "id": kept.id, "event": event.event_type });
        match kept.fate {
            Fate::New => {}
            Fate::Duplicate => body["duplicate"] = true.into(),
            Fate::Conflict => {
                let detail = WorkbenchError::EventConflict(kept.id.to_string()).to_string();
                return Ok(InboundAnswer::problem(409, "event_conflict", &detail));
            }
        }
        body["deliveries"] = json!(kept.deliveries);
        Ok(InboundAnswer::accepted(body))
    }

    fn may_keep(&self, source: SourceId, now: Timestamp) -> bool {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.entry(source).or_insert_with(|| RefusedRate::full(now)).take(now)
    }

    /// Has a refused request kept; `None` when too many wait for that already.
    fn note(
        &self,
        source: SourceId,
        request: &InboundRequest,
        refusal: Refusal,
        now: Timestamp,
    ) -> Option<oneshot::Receiver<()>> {
        let (bytes, body_bytes) = request.body.read();
        let refused = Refused {
            arrival: arrival(source, request, now),
            status: refusal.status,
            code: refusal.code.to_owned(),
            detail: refusal.detail,
            body: bytes.get(..KEPT_BODY_BYTES).unwrap_or(bytes).to_vec(),
            body_bytes,
        };
        let (told, kept) = oneshot::channel();
        match self.refused.try_send((refused, told)) {
            Ok(()) => Some(kept),
            Err(error) => {
                tracing::debug!(%error, "a refused request is not kept");
                None
            }
        }
    }
}

/// The request as it is kept: its headers without credentials.
fn arrival(source: SourceId, request: &InboundRequest, at: Timestamp) -> Arrival {
    let header =
        |(name, value): &(String, Vec<u8>)| mask((name.clone(), String::from_utf8_lossy(value).into_owned()));
    Arrival {
        source,
        at,
        peer: request.peer.to_canonical().to_string(),
        method: request.method.clone(),
        headers: request.headers.iter().map(header).collect(),
    }
}

/// Nothing was kept: the sender is to come again, and is told nothing of this machine.
fn unavailable(error: &WorkbenchError) -> InboundAnswer {
    tracing::warn!(%error, "a request cannot be taken in");
    let detail = "the request cannot be checked or kept now; nothing was kept: send it again later";
    InboundAnswer::problem(503, error.code(), detail)
}
