//! Receiving: a request at a source's path is verified, kept, and only then answered.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hookbench_domain::{Scope, SourceId, StoredEvent, Timestamp, mask_header, mask_url};
use hookbench_receiver::{
    AcceptedEvent, InboundAnswer, InboundRequest, Intake, IntakeDecision, Refusal, RefusedRate, Rules,
    decide, read_path,
};
use hookbench_signature::{Blank, Secret};
use hookbench_store::{
    Arrival, ArrivalMore, Publication, PublishOutcome, Refused, RegisteredSource, STORED_BODY_BYTES, Store,
    token_owner,
};
use serde_json::json;
use subtle::ConstantTimeEq;
use tokio::sync::{mpsc, oneshot};

use crate::handles::Receiver;
use crate::sources::own_secrets::{OwnSecrets, stored_query};
use crate::sources::public_endpoint::SELF_CHECK_SOURCE;
use crate::{Workbench, WorkbenchError};

/// How many refused requests may wait to be kept; more are answered, but not kept.
const WAITING_REFUSED: usize = 256;
/// How many refused requests one transaction keeps.
const REFUSED_AT_ONCE: usize = 64;

/// Said of what a relay wrote anew.
pub(crate) const RESERIALIZED: &str = "re-serialised: cannot verify bytes";

type Waiting = (Refused, oneshot::Sender<()>);

/// The receiver's side of a workbench: hand it to a listener.
pub struct Receiving {
    workbench: Workbench,
    rates: Mutex<HashMap<SourceId, RefusedRate>>,
    own: OwnSecrets,
    refused: mpsc::Sender<Waiting>,
}

/// A request on its way in, beside what its sender sent.
pub(crate) struct IncomingRequest<'a> {
    /// To which source.
    pub(crate) registered: &'a RegisteredSource,
    /// When it came here, or to the relay.
    pub(crate) at: Timestamp,
    /// What follows the name in its path; ignored where `relay_id` is set.
    pub(crate) token: Option<&'a str>,
    /// Its id at the relay it was pulled from, or nothing.
    pub(crate) relay_id: Option<&'a str>,
    /// What is worth knowing of it.
    pub(crate) note: Option<String>,
}

impl Workbench {
    /// What a source asks of a request now.
    async fn rules(&self, registered: &RegisteredSource, now: Timestamp) -> Result<Rules, WorkbenchError> {
        let (id, definition) = (registered.source.id, &registered.source.definition);
        let has_secrets =
            registered.token.is_some() || registered.relay_key.is_some() || !registered.secrets.is_empty();
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
            postback: definition.postback.clone(),
        })
    }
}

impl Receiver {
    /// Takes webhooks in. Needs a Tokio runtime.
    #[must_use]
    pub fn receiving(&self) -> Receiving {
        let (refused, waiting) = mpsc::channel(WAITING_REFUSED);
        tokio::spawn(store_refused(self.0.store.clone(), waiting));
        Receiving { workbench: self.0.clone(), rates: Mutex::default(), own: OwnSecrets::default(), refused }
    }
}

/// Keeps what was refused, as many at once as have come meanwhile.
async fn store_refused(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(REFUSED_AT_ONCE);
    while waiting.recv_many(&mut batch, REFUSED_AT_ONCE).await > 0 {
        let (refused, told): (Vec<Refused>, Vec<oneshot::Sender<()>>) = batch.drain(..).unzip();
        if let Err(error) = store.store_refused(refused).await {
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
        if path.source == SELF_CHECK_SOURCE {
            return self.workbench.self_check_came(path.token.unwrap_or_default()).await;
        }
        let registry = self.workbench.store.registry().borrow().clone();
        let Some(registered) = registry.source_named(path.source).cloned() else {
            return InboundAnswer::unknown_source();
        };
        let at = self.workbench.clock.now();
        let coming =
            IncomingRequest { registered: &registered, at, token: path.token, relay_id: None, note: None };
        match self.take(coming, &request).await {
            Ok(answer) => answer,
            Err(error) => unavailable(&error),
        }
    }
}

impl Receiving {
    /// Decides about a request, keeps it, and says what it is answered.
    ///
    /// # Errors
    /// [`WorkbenchError`] when it cannot be checked or kept now; then nothing was kept.
    pub(crate) async fn take(
        &self,
        mut coming: IncomingRequest<'_>,
        request: &InboundRequest,
    ) -> Result<InboundAnswer, WorkbenchError> {
        let registered = coming.registered;
        let (id, definition) = (registered.source.id, &registered.source.definition);
        let mut rules = self.workbench.rules(registered, coming.at).await?;
        let blank = &*self.own.of(&self.workbench, registered)?;
        let pulled = coming.relay_id.is_some();
        if pulled {
            rules.token = None;
        }
        let rewritten = pulled && definition.relay.as_ref().is_some_and(|relay| relay.kind.reserializes());
        match decide(&rules, coming.token, request, coming.at.unix_seconds()) {
            IntakeDecision::Accept(brought) => {
                if rewritten {
                    let proven =
                        rules.scheme.needs_secret() && rules.scheme != hookbench_signature::Scheme::ApiKey;
                    coming.note = Some(if proven {
                        "re-serialised by the relay; the signature proves that these are the bytes that were signed".to_owned()
                    } else {
                        RESERIALIZED.to_owned()
                    });
                }
                self.keep(&coming, request, brought, blank).await
            }
            IntakeDecision::Refuse(mut refusal) => {
                if rewritten && refusal.code == "mismatch" && refusal.check == "digest" {
                    refusal.code = "reserialized";
                    refusal.detail = format!(
                        "{RESERIALIZED}: this relay parses bodies and writes them anew. Use a relay that keeps bodies as \
                         they came, or the scheme none to take what comes unverified"
                    );
                }
                if !pulled && !self.may_keep(id, coming.at) {
                    return Ok(InboundAnswer::too_many_refused(&refusal));
                }
                let mut answer = InboundAnswer::from(&refusal);
                if definition.postback.is_some() {
                    answer.allow = "GET, POST";
                }
                if let Some(kept) = self.note(&coming, request, refusal, blank) {
                    // The log is part of the answer: who is told 401 finds the request there.
                    let _kept_or_warned = kept.await;
                }
                Ok(answer)
            }
            IntakeDecision::Hide(refusal) => {
                // Answered like a source that does not exist, in nothing to be told from it: not
                // even by the time that keeping it takes.
                if self.may_keep(id, coming.at) {
                    drop(self.note(&coming, request, refusal, blank));
                }
                Ok(InboundAnswer::unknown_source())
            }
        }
    }

    /// Keeps what was accepted, and answers once it is durable.
    async fn keep(
        &self,
        coming: &IncomingRequest<'_>,
        request: &InboundRequest,
        brought: AcceptedEvent,
        blank: &Blank,
    ) -> Result<InboundAnswer, WorkbenchError> {
        let now = self.workbench.clock.now();
        let raw = request.body.read().0;
        let mut arrival = arrival(coming, request, blank);
        if !brought.warnings.is_empty() {
            let notes = arrival.more.note.take().into_iter().chain(brought.warnings.iter().cloned());
            arrival.more.note = Some(notes.collect::<Vec<_>>().join("; "));
        }
        if brought.body.is_some() {
            let key = key_param(coming.registered);
            let text = std::str::from_utf8(raw).map(|text| stored_query(text, key, blank).into_bytes());
            arrival.more.raw_body = Some(text.unwrap_or_else(|_| blank.bytes(raw).into_owned()));
        }
        let event = Arc::new(StoredEvent {
            scope: Scope::Source(coming.registered.source.id),
            id: brought.id,
            event_type: brought.event_type,
            created_at: coming.at,
            received_at: now,
            created_at_given: false,
            // Bytes that were signed stay as they are; those that we wrote need no secret.
            body: brought.body.map_or_else(|| raw.to_vec(), |body| blank.bytes(&body).into_owned()),
            test: self.is_test(request),
        });
        let item = Publication { event: event.clone(), only: None, arrival: Some(arrival) };
        let mut answers = self.workbench.store.publish(vec![item]).await?;
        let Some(kept) = answers.pop() else { return Err(hookbench_store::StoreError::Closed.into()) };
        let mut body = json!({ "id": kept.id, "event": event.event_type });
        match kept.fate {
            PublishOutcome::New => {}
            PublishOutcome::Duplicate => body["duplicate"] = true.into(),
            PublishOutcome::Conflict => {
                let detail = WorkbenchError::EventConflict(kept.id.to_string()).to_string();
                return Ok(InboundAnswer::problem(409, "event_conflict", &detail));
            }
        }
        body["deliveries"] = json!(kept.deliveries);
        if !brought.warnings.is_empty() {
            body["warnings"] = json!(brought.warnings);
        }
        Ok(InboundAnswer::accepted(body))
    }

    /// Whether its sender says that it is a test, and may: the header is signed by no scheme, so it
    /// counts only from this machine, with the token of the local API. Anybody else could make an
    /// event of their own, or of a sender whose request they pass on, one that is not taken seriously.
    fn is_test(&self, request: &InboundRequest) -> bool {
        let mut given = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        let (Some((_, bearer)), None) = (given.next(), given.next()) else { return false };
        let marked = request.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("x-hookbench-test") && value.eq_ignore_ascii_case(b"true")
        });
        let near = request.peer.to_canonical().is_loopback();
        let Some(token) = bearer.strip_prefix(b"Bearer ").filter(|_| marked && near) else { return false };
        match self.workbench.api_token() {
            Ok(own) => token.trim_ascii().ct_eq(own.as_bytes()).into(),
            Err(error) => {
                tracing::warn!(%error, "a request that says it is a test is taken for none");
                false
            }
        }
    }

    fn may_keep(&self, source: SourceId, now: Timestamp) -> bool {
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.entry(source).or_insert_with(|| RefusedRate::full(now)).take(now)
    }

    /// Has a refused request kept; `None` when too many wait for that already.
    fn note(
        &self,
        coming: &IncomingRequest<'_>,
        request: &InboundRequest,
        mut refusal: Refusal,
        blank: &Blank,
    ) -> Option<oneshot::Receiver<()>> {
        let (bytes, body_bytes) = request.body.read();
        let key = key_param(coming.registered);
        let body = match std::str::from_utf8(bytes) {
            Ok(text) if key.is_some() => stored_query(text, key, blank).into_bytes(),
            Ok(_) | Err(_) => blank.bytes(bytes).into_owned(),
        };
        blank.clean(&mut refusal.detail);
        let refused = Refused {
            arrival: arrival(coming, request, blank),
            status: refusal.status,
            code: refusal.code.to_owned(),
            detail: refusal.detail,
            body: body.get(..STORED_BODY_BYTES).unwrap_or(&body).to_vec(),
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

/// The parameter that holds the key, whose value is never kept.
fn key_param(registered: &RegisteredSource) -> Option<&str> {
    registered.source.definition.postback.as_ref()?.key_param.as_deref()
}

/// The request as it is kept: without credentials, and without the source's secrets wherever they stand.
fn arrival(coming: &IncomingRequest<'_>, request: &InboundRequest, blank: &Blank) -> Arrival {
    let header = |(name, value): &(String, Vec<u8>)| {
        let (name, mut value) = mask_header((name.clone(), String::from_utf8_lossy(value).into_owned()));
        blank.clean(&mut value);
        // A URL that a sender or a proxy adds may hold the path's token, or the query.
        let url = matches!(
            name.to_ascii_lowercase().as_str(),
            "referer" | "x-original-url" | "x-forwarded-uri" | "x-rewrite-url"
        );
        if url { (name, mask_url(&value)) } else { (name, value) }
    };
    let key = key_param(coming.registered);
    let peer = if request.peer.is_unspecified() {
        let relay = coming.registered.source.definition.relay.as_ref();
        relay.map_or_else(String::new, |relay| hookbench_domain::host_of(&relay.url))
    } else {
        request.peer.to_canonical().to_string()
    };
    Arrival {
        source: coming.registered.source.id,
        at: coming.at,
        peer,
        method: request.method.clone(),
        headers: request.headers.iter().map(header).collect(),
        more: ArrivalMore {
            query: request.query.as_deref().map(|query| stored_query(query, key, blank)),
            raw_body: None,
            relay_id: coming.relay_id.map(str::to_owned),
            note: coming.note.clone(),
        },
    }
}

/// Nothing was kept: the sender is to come again, and is told nothing of this machine.
fn unavailable(error: &WorkbenchError) -> InboundAnswer {
    tracing::warn!(%error, "a request cannot be taken in");
    let detail = "the request cannot be checked or kept now; nothing was kept: send it again later";
    InboundAnswer::problem(503, error.code(), detail)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use hookbench_receiver::InboundBody;

    use super::*;
    use crate::{SourceInput, VaultKeySource};

    #[tokio::test]
    async fn a_test_is_said_by_this_machine_with_the_token_and_by_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder.path(), key).await.unwrap();
        let source = SourceInput { name: "in".into(), scheme: Some("none".into()), ..SourceInput::default() };
        workbench.sources().create(source).await.unwrap();
        let receiving = workbench.receiver().receiving();
        let right = format!("Bearer {}", workbench.api_token().unwrap());
        let wrong = "Bearer 0000000000000000000000000000000000000000000000000000000000000000".to_owned();
        for (number, (peer, tokens, test)) in [
            ("127.0.0.1", vec![&right], true),
            ("::ffff:127.0.0.1", vec![&right], true),
            ("127.0.0.1", vec![], false),
            ("127.0.0.1", vec![&wrong], false),
            ("127.0.0.1", vec![&right, &wrong], false),
            ("192.0.2.7", vec![&right], false),
            ("0.0.0.0", vec![&right], false),
        ]
        .into_iter()
        .enumerate()
        {
            let mut headers = vec![("X-Hookbench-Test".to_owned(), b"true".to_vec())];
            headers.extend(tokens.iter().map(|t| ("Authorization".to_owned(), t.as_bytes().to_vec())));
            let request = InboundRequest {
                peer: peer.parse::<IpAddr>().unwrap(),
                method: "POST".into(),
                path: "/in/in".into(),
                query: None,
                headers,
                body: InboundBody::Whole(
                    format!(r#"{{"id":"e{number}","event":"a.b"}}"#).into_bytes().into(),
                ),
            };
            let answer = receiving.receive(request).await;
            assert_eq!(answer.status, 200, "{peer}: {}", answer.body);
            let event =
                workbench.events().get(answer.body["id"].as_str().unwrap(), None, None).await.unwrap();
            assert_eq!(event.summary.test, test, "{peer} {tokens:?}");
        }
        workbench.close().await;
    }
}
