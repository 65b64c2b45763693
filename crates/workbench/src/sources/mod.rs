//! Sources: create, list, show, delete the inbound paths of the receiver.

pub(crate) mod own_secrets;
pub(crate) mod public_endpoint;
pub(crate) mod receiver_check;
pub(crate) mod receiving;
pub(crate) mod relay_poller;
pub(crate) mod replay;
pub(crate) mod targets;

use std::sync::Arc;

use hookbench_ambient::{random_bytes, random_low};
use hookbench_domain::{Network, PostbackMapping, Relay, RelayKind, SourceDefinition, SourceId, Timestamp};
use hookbench_receiver::{RequestList, StreamClient};
use hookbench_signature::{Scheme, Secret, to_hex};
use hookbench_store::{
    ReceivedRequest, RegisteredSource, RelayStatus, SealedSecret, SourceSecrets, StoreError, relay_owner,
    token_owner,
};
use serde::{Deserialize, Serialize};

use crate::body::BodyView;
use crate::handles::Sources;
use crate::{Workbench, WorkbenchError};

/// How many of the last requests are shown with a source.
const SHOWN_REQUESTS: u32 = 50;
const TOKEN_BYTES: usize = 24;

/// What a person says when creating a source.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceInput {
    /// Its name, which becomes its path.
    pub name: String,
    /// The signature scheme.
    pub scheme: Option<String>,
    /// The secret to verify with.
    pub secret: Option<Secret>,
    /// Make a secret and answer it, once.
    pub generate_secret: bool,
    /// The brand whose subscriptions its events match.
    pub brand: Option<String>,
    /// Who may send.
    pub allow_ips: Vec<Network>,
    /// What must stand behind the name in the path.
    pub token: Option<TokenChoice>,
    /// What becomes of postbacks, for a source that takes them.
    pub postback: Option<PostbackMapping>,
    /// Where its requests are pulled from.
    pub relay: Option<RelayInput>,
}

/// Where requests are pulled from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelayInput {
    /// How the relay is spoken with.
    pub kind: RelayKind,
    /// The address that senders are given.
    pub url: String,
    /// The key of an account there, if it asks for one.
    #[serde(default)]
    pub key: Option<Secret>,
}

/// The path token: one that is given, or `true` for a new one.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "must be `true` for one that is made, or the token as text")]
pub enum TokenChoice {
    /// Whether to make one and answer it, once.
    Generate(bool),
    /// This one.
    Given(Secret),
}

/// A source, without its secrets.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SourceView {
    /// Its id.
    pub id: SourceId,
    /// Its name.
    pub name: String,
    /// Where it is reached at the receiver.
    pub path: String,
    /// The signature scheme.
    pub scheme: String,
    /// The brand whose subscriptions its events match.
    pub brand: Option<String>,
    /// Who may send; empty for anyone.
    pub allow_ips: Vec<Network>,
    /// Whether a secret is kept.
    pub has_secret: bool,
    /// Whether its path has a token.
    pub has_token: bool,
    /// What becomes of postbacks, if it takes them.
    pub postback: Option<PostbackMapping>,
    /// Where its requests are pulled from, if they are.
    pub relay: Option<RelayView>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A relay and how it stands.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RelayView {
    /// How it is spoken with.
    pub kind: RelayKind,
    /// The address that senders are given.
    pub url: String,
    /// Whether a key of an account there is kept.
    pub has_key: bool,
    /// Whether bodies come as other bytes than were sent, so that most signatures cannot verify.
    pub reserializes: bool,
    /// How pulling stands; absent until the receiver has run.
    pub standing: Option<RelayStatus>,
    /// Where it goes on.
    pub cursor: Option<String>,
}

/// A source that was just made.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SavedSource {
    /// It.
    #[serde(flatten)]
    pub source: SourceView,
    /// The secret, only where it was generated just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub secret: Option<String>,
    /// The path token, only where it was generated just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub token: Option<String>,
    /// What is allowed but may not be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub warnings: Vec<String>,
}

/// A source with the last requests that came to it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SourceDetail {
    /// It.
    #[serde(flatten)]
    pub source: SourceView,
    /// The last requests, newest first, refused ones included.
    pub requests: Vec<ReceivedView>,
}

/// A request that came to a source.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReceivedView {
    /// What is known of it.
    #[serde(flatten)]
    pub received: ReceivedRequest,
    /// The body of a refused one, its first 64 KiB.
    #[serde(flatten)]
    pub body: StoredBody,
}

/// A body that may not be kept: as text where it is UTF-8, else as base64.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StoredBody {
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub body: Option<String>,
    /// The bytes in base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub body_base64: Option<String>,
}

impl From<Option<BodyView>> for StoredBody {
    fn from(body: Option<BodyView>) -> Self {
        match body {
            None => Self::default(),
            Some(BodyView::Body(text)) => Self { body: Some(text), body_base64: None },
            Some(BodyView::BodyBase64(text)) => Self { body: None, body_base64: Some(text) },
        }
    }
}

impl From<&RegisteredSource> for SourceView {
    fn from(registered: &RegisteredSource) -> Self {
        let d = &registered.source.definition;
        let has_token = registered.token.is_some();
        let path = if has_token { format!("/in/{}/{{token}}", d.name) } else { format!("/in/{}", d.name) };
        Self {
            id: registered.source.id,
            name: d.name.clone(),
            path,
            scheme: d.scheme.clone(),
            brand: d.brand.clone(),
            allow_ips: d.allow_ips.clone(),
            has_secret: !registered.secrets.is_empty(),
            has_token,
            postback: d.postback.clone(),
            relay: d.relay.as_ref().map(|relay| RelayView {
                kind: relay.kind,
                url: relay.url.clone(),
                has_key: registered.relay_key.is_some(),
                reserializes: relay.kind.reserializes(),
                standing: None,
                cursor: None,
            }),
            created_at: registered.source.created_at,
        }
    }
}

/// A secret that was given, or made just now and then shown once.
struct Chosen {
    secret: Option<Secret>,
    shown: Option<String>,
}

impl Chosen {
    fn made(secret: Secret) -> Self {
        let shown = String::from_utf8_lossy(secret.expose()).into_owned();
        Self { secret: Some(secret), shown: Some(shown) }
    }
}

impl Workbench {
    async fn seal_for(
        &self,
        id: SourceId,
        secret: &Chosen,
        token: &Chosen,
        relay_key: Option<&Secret>,
    ) -> Result<SourceSecrets, WorkbenchError> {
        let mut sealed = SourceSecrets::default();
        if secret.secret.is_none() && token.secret.is_none() && relay_key.is_none() {
            return Ok(sealed);
        }
        self.unlock_vault().await?;
        let seal = |owner: &str, secret: &Secret| -> Result<SealedSecret, WorkbenchError> {
            Ok(SealedSecret { sealed: self.vault.seal(owner, secret.expose())?, valid_until: None })
        };
        if let Some(secret) = &secret.secret {
            sealed.signing.push(seal(&id.to_string(), secret)?);
        }
        if let Some(token) = &token.secret {
            sealed.token = Some(seal(&token_owner(id), token)?);
        }
        if let Some(key) = relay_key {
            sealed.relay_key = Some(seal(&relay_owner(id), key)?);
        }
        Ok(sealed)
    }

    /// Adds what is kept of the relays.
    async fn with_states(&self, mut views: Vec<SourceView>) -> Result<Vec<SourceView>, WorkbenchError> {
        if views.iter().any(|view| view.relay.is_some()) {
            let mut kept = self.store.relays().await?;
            for view in &mut views {
                if let (Some(relay), Some(kept)) = (&mut view.relay, kept.remove(&view.id)) {
                    (relay.standing, relay.cursor) = (Some(kept.standing), kept.cursor);
                }
            }
        }
        Ok(views)
    }

    pub(crate) fn registered_source(
        &self,
        id_or_name: &str,
    ) -> Result<Arc<RegisteredSource>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        let found = match id_or_name.parse::<SourceId>() {
            Ok(id) => registry.sources().find(|s| s.source.id == id),
            Err(_) => registry.source_named(id_or_name),
        };
        let missing = || StoreError::NotFound { what: "source", id: id_or_name.to_owned() };
        Ok(found.cloned().ok_or_else(missing)?)
    }
}

impl Sources {
    /// Creates a source.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong.
    pub async fn create(&self, input: SourceInput) -> Result<SavedSource, WorkbenchError> {
        let scheme: Scheme = input
            .scheme
            .as_deref()
            .ok_or_else(|| WorkbenchError::field("scheme", "is missing: say how requests are signed"))?
            .parse()?;
        let definition = SourceDefinition {
            name: input.name,
            scheme: scheme.as_str().to_owned(),
            brand: input.brand,
            allow_ips: input.allow_ips,
            postback: input.postback,
            relay: input.relay.as_ref().map(|relay| Relay { kind: relay.kind, url: relay.url.clone() }),
        };
        definition.check()?;
        let relay_key = input.relay.and_then(|relay| relay.key);
        if let Some(relay) = &definition.relay {
            check_relay(relay, relay_key.as_ref())?;
        }
        let secret = choose_secret(scheme, input.secret, input.generate_secret)?;
        let token = choose_token(input.token)?;
        let mut warnings = Vec::new();
        if scheme == Scheme::None {
            if secret.secret.is_some() {
                warnings
                    .push("the secret is kept but not used: the scheme `none` verifies nothing".to_owned());
            }
            if token.secret.is_none() && definition.allow_ips.is_empty() && definition.relay.is_none() {
                warnings.push(
                    "anyone who knows the path can send: restrict it by address or with a path token"
                        .to_owned(),
                );
            }
        }
        if definition.relay.as_ref().is_some_and(|relay| relay.kind.reserializes()) && scheme.needs_secret() {
            warnings.push(
                "this relay writes bodies anew: a signature verifies only where the sender wrote its JSON the same way; \
                 others are kept as refused, re-serialised: cannot verify bytes"
                    .to_owned(),
            );
        }
        if definition.relay.is_some() && token.secret.is_some() {
            return Err(WorkbenchError::field("token", "a relay has no path here: leave it out"));
        }
        let id = SourceId::new(self.0.clock.now(), random_low());
        let secrets = self.0.seal_for(id, &secret, &token, relay_key.as_ref()).await?;
        self.0.store.create_source(id, definition, secrets, self.0.clock.now()).await?;
        let source = SourceView::from(&*self.0.registered_source(&id.to_string())?);
        Ok(SavedSource { source, secret: secret.shown, token: token.shown, warnings })
    }

    /// All sources, oldest first, with how their relays stand.
    ///
    /// # Errors
    /// [`WorkbenchError`] when nothing can be read.
    pub async fn list(&self) -> Result<Vec<SourceView>, WorkbenchError> {
        let registry = self.0.store.registry().borrow().clone();
        let views = registry.sources().map(|s| SourceView::from(&**s)).collect();
        self.0.with_states(views).await
    }

    /// One source, by id or name, with the last requests that came to it.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that.
    pub async fn get(&self, id_or_name: &str) -> Result<SourceDetail, WorkbenchError> {
        let registered = self.0.registered_source(id_or_name)?;
        let requests = self.0.store.received(registered.source.id, SHOWN_REQUESTS).await?;
        let view = |received: ReceivedRequest| {
            let body = received.body.as_deref().map(BodyView::of).into();
            ReceivedView { received, body }
        };
        let mut views = self.0.with_states(vec![SourceView::from(&*registered)]).await?;
        let missing = || StoreError::NotFound { what: "source", id: id_or_name.to_owned() };
        Ok(SourceDetail {
            source: views.pop().ok_or_else(missing)?,
            requests: requests.into_iter().map(view).collect(),
        })
    }

    /// Deletes a source, by id or name. What it received stays.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that.
    pub async fn delete(&self, id_or_name: &str) -> Result<SourceId, WorkbenchError> {
        let id = self.0.registered_source(id_or_name)?.source.id;
        self.0.store.delete_source(id, self.0.clock.now()).await?;
        Ok(id)
    }
}

/// Whether the relay could be asked.
fn check_relay(relay: &Relay, key: Option<&Secret>) -> Result<(), WorkbenchError> {
    let made = match relay.kind {
        RelayKind::WebhookSite => RequestList::new(relay, key).map(|_| ()),
        RelayKind::Smee if key.is_some() => {
            return Err(WorkbenchError::field("relay", "an event stream takes no key: leave it out"));
        }
        RelayKind::Smee => StreamClient::new(relay).map(|_| ()),
    };
    made.map_err(|error| WorkbenchError::field("relay", error.to_string()))
}

fn choose_secret(scheme: Scheme, given: Option<Secret>, generate: bool) -> Result<Chosen, WorkbenchError> {
    match (given, generate) {
        (Some(_), true) => Err(WorkbenchError::field("secret", "give one or have one generated, not both")),
        (Some(secret), false) => {
            secret.check_for(scheme)?;
            Ok(Chosen { secret: Some(secret), shown: None })
        }
        (None, true) => Ok(Chosen::made(Secret::generate(scheme, random_bytes()))),
        (None, false) if scheme == Scheme::None => Ok(Chosen { secret: None, shown: None }),
        (None, false) => Err(WorkbenchError::field(
            "secret",
            format!("the scheme `{scheme}` verifies with a secret: give it, or have one generated"),
        )),
    }
}

fn choose_token(choice: Option<TokenChoice>) -> Result<Chosen, WorkbenchError> {
    match choice {
        None | Some(TokenChoice::Generate(false)) => Ok(Chosen { secret: None, shown: None }),
        Some(TokenChoice::Generate(true)) => {
            let token = to_hex(&random_bytes::<TOKEN_BYTES>());
            Ok(Chosen::made(Secret::new(token.into_bytes())?))
        }
        Some(TokenChoice::Given(token)) => {
            let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
            if !(16..=128).contains(&token.expose().len()) || !token.expose().iter().all(plain) {
                let why = "16 to 128 letters, digits and - _ . ~, or true to have one generated";
                return Err(WorkbenchError::field("token", why));
            }
            Ok(Chosen { secret: Some(token), shown: None })
        }
    }
}
