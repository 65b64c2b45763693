//! Edit and send: an event or a delivery cloned, changed by hand, signed anew and sent to one
//! subscription or one URL. It is marked as a test everywhere.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_domain::{
    CustomHeader, Definition, DeliveryId, EventId, EventType, MAX_BODY_BYTES, Pattern, PolicySpec, Scope,
    StoredEvent, SubscriptionId, header_pairs, parse_target_url,
};
use hookbench_platform::preset;
use hookbench_signature::{Scheme, Secret};
use hookbench_store::{Publication, Sealed, SealedSecret, Secrets};
use serde::{Deserialize, Serialize};

use crate::deliveries::views::DeliveryDetail;
use crate::handles::Deliveries;
use crate::subscriptions::check_headers;
use crate::{RunOptions, Workbench, WorkbenchError};

/// Headers that are set anew for each request and cannot be carried over from an earlier one.
const MADE_ANEW: [&str; 3] = ["content-length", "host", "user-agent"];

/// What stands where the event types of a target for one request would: it wants none by itself.
const ONCE: &str = "hookbench.once";

/// What to send.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EditedEvent {
    /// The delivery to clone.
    pub delivery: Option<DeliveryId>,
    /// The event to clone; one of the two.
    pub event: Option<String>,
    /// The event's brand, where several use its id.
    pub brand: Option<String>,
    /// The event type; the clone's if left out.
    pub event_type: Option<String>,
    /// The body as text; the clone's bytes if left out.
    pub body: Option<String>,
    /// The body as base64, where it is no text.
    pub body_base64: Option<String>,
    /// Headers besides those that the subscription has: an object of names and values, or a list of
    /// pairs.
    #[serde(deserialize_with = "header_pairs")]
    pub headers: Vec<(String, String)>,
    /// The subscription to send it to; the delivery's if neither this nor `url` is given.
    pub subscription: Option<SubscriptionId>,
    /// A URL to send it to instead.
    pub url: Option<String>,
    /// How a URL is signed; not at all if left out.
    pub scheme: Option<String>,
    /// What a URL is signed with.
    pub secret: Option<Secret>,
    /// Whether the URL may lead to a private address.
    pub allow_private: bool,
}

/// What was sent, and what came of it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SentEdited {
    /// The test event's id.
    pub event: EventId,
    /// Its delivery.
    pub delivery: DeliveryId,
    /// The delivery with its answer; null if none came while this waited.
    pub detail: Option<DeliveryDetail>,
}

/// Where it goes. A URL gets a target of its own, which is deleted once the request has ended.
enum Target {
    Subscription(SubscriptionId),
    Once { definition: Box<Definition>, secret: Option<Secret> },
}

impl Workbench {
    async fn send_to(
        &self,
        id: SubscriptionId,
        event: StoredEvent,
        headers: Vec<(String, String)>,
        patience: Duration,
    ) -> Result<SentEdited, WorkbenchError> {
        let event_id = event.id.clone();
        let mut changes = self.store.changes();
        let item = Publication { event: Arc::new(event), only: Some(id), arrival: None };
        let made = self.store.publish_with(item, headers).await?;
        let delivery =
            made.deliveries.first().copied().ok_or_else(|| {
                WorkbenchError::State(format!("{id} was deleted meanwhile; nothing was sent"))
            })?;
        let options =
            RunOptions { what: "hookbench, sending one edited event".to_owned(), ..RunOptions::default() };
        if self.dispatching().is_none()
            && let Ok(alone) = self.prepare(options).await
        {
            alone.dispatcher().send_one(delivery).await?;
        }
        let ended = async {
            loop {
                let detail = self.deliveries().get(delivery).await?;
                let waits = matches!(detail.delivery.state, "pending" | "in_flight");
                if !waits || detail.delivery.held.is_some() {
                    return Ok::<_, WorkbenchError>(detail);
                }
                if changes.changed().await.is_err() {
                    return Err(hookbench_store::StoreError::Closed.into());
                }
            }
        };
        let detail = tokio::time::timeout(patience, ended).await.ok().transpose()?;
        Ok(SentEdited { event: event_id, delivery, detail })
    }

    /// The event that is cloned, and the subscription it went to.
    async fn cloned(
        &self,
        input: &EditedEvent,
    ) -> Result<(StoredEvent, Option<SubscriptionId>), WorkbenchError> {
        match (&input.delivery, &input.event) {
            (Some(id), None) => {
                let summary = self.store.delivery(*id).await?;
                Ok((self.store.event_of(*id).await?, Some(summary.subscription)))
            }
            (None, Some(id)) => {
                let scope = input.brand.clone().map(Scope::Brand);
                Ok((self.store.event(id, scope.as_ref()).await?.1, None))
            }
            (Some(_), Some(_)) => {
                Err(WorkbenchError::field("event", "name a delivery or an event, not both"))
            }
            (None, None) => Err(WorkbenchError::field("delivery", "name the delivery or the event to clone")),
        }
    }

    /// The clone with what was changed: a test with an id of its own. It belongs to no source, whose
    /// bytes it does not have any more.
    fn edited(&self, base: &StoredEvent, input: &EditedEvent) -> Result<StoredEvent, WorkbenchError> {
        let body = match (&input.body, &input.body_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(text)) => STANDARD
                .decode(text.as_bytes())
                .map_err(|error| WorkbenchError::field("body_base64", format!("is not base64: {error}")))?,
            (None, None) => base.body.clone(),
            (Some(_), Some(_)) => {
                return Err(WorkbenchError::field("body", "give `body` or `body_base64`, not both"));
            }
        };
        if body.len() > MAX_BODY_BYTES {
            return Err(hookbench_domain::EventError::TooLarge(body.len()).into());
        }
        let event_type = match &input.event_type {
            Some(name) => name.parse::<EventType>().map_err(hookbench_domain::EventError::Type)?,
            None => base.event_type.clone(),
        };
        let now = self.clock.now();
        Ok(StoredEvent {
            scope: match &base.scope {
                Scope::Source(_) => Scope::Local,
                Scope::Local | Scope::Brand(_) => base.scope.clone(),
            },
            id: self.new_event_id(),
            event_type,
            created_at: now,
            received_at: now,
            created_at_given: false,
            body,
            test: true,
        })
    }

    fn target(&self, input: &EditedEvent, of: Option<SubscriptionId>) -> Result<Target, WorkbenchError> {
        if let Some(url) = &input.url {
            if input.subscription.is_some() {
                return Err(WorkbenchError::field("url", "name a subscription or a URL, not both"));
            }
            return Ok(Target::Once {
                definition: Box::new(once(url, input)?),
                secret: input.secret.clone(),
            });
        }
        if input.secret.is_some() || input.scheme.is_some() {
            let why = "belongs to `url`: a subscription is signed with its own secret";
            return Err(WorkbenchError::field(if input.secret.is_some() { "secret" } else { "scheme" }, why));
        }
        let id = input.subscription.or(of).ok_or_else(|| {
            WorkbenchError::field("subscription", "name the subscription or the URL to send it to")
        })?;
        if self.is_remote(id) {
            let why = format!("{id} runs at the platform: nothing can be sent to it from here");
            return Err(WorkbenchError::State(why));
        }
        let registered = self.registered(id)?;
        if !registered.subscription.definition.enabled {
            return Err(WorkbenchError::State(format!("{id} is disabled: enable it, then send to it")));
        }
        if registered.subscription.paused_since.is_some() || self.paused().paused {
            return Err(WorkbenchError::State(format!("{id} is paused: resume it, then send to it")));
        }
        Ok(Target::Subscription(id))
    }

    /// Makes a target for one request.
    async fn make_once(
        &self,
        mut definition: Definition,
        secret: Option<Secret>,
    ) -> Result<SubscriptionId, WorkbenchError> {
        let id = self.new_subscription_id();
        let values = self.seal_values(id, None, &mut definition).await?;
        let mut secrets = Vec::new();
        if let Some(secret) = secret {
            self.unlock_vault().await?;
            let sealed = self.vault.seal(&id.to_string(), secret.expose())?;
            secrets.push(SealedSecret { sealed, valid_until: None });
        }
        let sealed = Sealed { secrets: Secrets::Replace(secrets), values };
        self.store.create_subscription(id, definition, sealed, self.clock.now()).await?;
        Ok(id)
    }

    /// Deletes the targets of requests whose process ended before they did.
    pub(crate) async fn forget_once(&self) -> Result<(), WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        for left in registry.iter().filter(|r| r.subscription.definition.once) {
            self.store.delete_subscription(left.subscription.id, None, self.clock.now()).await?;
        }
        Ok(())
    }
}

impl Deliveries {
    /// Sends an edited event once, and waits up to `patience` for the answer. Where nobody dispatches
    /// from this folder, this process makes the one attempt itself.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, the id that names nothing, or what the
    /// subscription's state does not allow.
    pub async fn edit_and_send(
        &self,
        input: EditedEvent,
        patience: Duration,
    ) -> Result<SentEdited, WorkbenchError> {
        let (base, of) = self.0.cloned(&input).await?;
        let event = self.0.edited(&base, &input)?;
        let target = self.0.target(&input, of)?;
        let definition = match &target {
            Target::Subscription(id) => self.0.registered(*id)?.subscription.definition.clone(),
            Target::Once { definition, .. } => (**definition).clone(),
        };
        let headers = own_headers(definition, &input.headers)?;
        let (id, once) = match target {
            Target::Subscription(id) => (id, false),
            Target::Once { definition, secret } => (self.0.make_once(*definition, secret).await?, true),
        };
        let sent = match self.0.opens_here(id).await {
            Ok(()) => self.0.send_to(id, event, headers, patience).await,
            Err(error) => Err(error),
        };
        if once {
            // Its log stays; what did not end in time is cancelled.
            self.0.store.delete_subscription(id, None, self.0.clock.now()).await?;
        }
        self.0.store.mask_own_headers().await?;
        let mut sent = sent?;
        if once && sent.detail.is_none() {
            sent.detail = Some(self.get(sent.delivery).await?);
        }
        Ok(sent)
    }
}

/// A target for one request.
fn once(url: &str, input: &EditedEvent) -> Result<Definition, WorkbenchError> {
    let parsed = parse_target_url(url)?;
    let scheme: Scheme = input.scheme.as_deref().unwrap_or("none").parse()?;
    if scheme.needs_secret() && input.secret.is_none() {
        return Err(WorkbenchError::field("secret", format!("{scheme} needs a secret")));
    }
    if let Some(secret) = &input.secret {
        if !scheme.needs_secret() {
            return Err(WorkbenchError::field("scheme", "say how the secret signs, such as standard"));
        }
        secret.check_for(scheme)?;
    }
    let policy = preset("none").ok_or_else(|| {
        WorkbenchError::State("the preset `none` is missing: install Hookbench again".to_owned())
    })?;
    Ok(Definition {
        name: format!("One-off to {}", parsed.host_str().unwrap_or("a URL")),
        scheme: scheme.as_str().to_owned(),
        policy_spec: PolicySpec { preset: Some("none".to_owned()), ..PolicySpec::default() },
        allow_private: input.allow_private,
        once: true,
        ..Definition::new(url, vec![Pattern::Exact(ONCE.parse()?)], policy)
    })
}

/// The headers of the one request, checked as a subscription's own are; those that are made anew are
/// left out.
fn own_headers(
    definition: Definition,
    headers: &[(String, String)],
) -> Result<Vec<(String, String)>, WorkbenchError> {
    let kept: Vec<(String, String)> = headers
        .iter()
        .filter(|(name, _)| !MADE_ANEW.contains(&name.to_ascii_lowercase().as_str()))
        .cloned()
        .collect();
    let scheme: Scheme = definition.scheme.parse()?;
    let own = kept.iter().map(|(name, value)| CustomHeader(name.clone(), value.clone())).collect();
    let probe = Definition { headers: own, ..definition };
    probe.check(&[])?;
    check_headers(&probe, scheme)?;
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SubscriptionInput, VaultKeySource};

    #[tokio::test]
    async fn whoever_names_a_type_like_our_mark_has_a_subscription_like_any() {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder.path(), key).await.unwrap();
        let input = SubscriptionInput {
            url: Some("http://127.0.0.1:9/".into()),
            events: Some(vec![ONCE.into()]),
            ..SubscriptionInput::default()
        };
        let id = workbench.subscriptions().create(input).await.unwrap().subscription.id;
        let target = once("http://127.0.0.1:9/once", &EditedEvent::default()).unwrap();
        let left = workbench.make_once(target, None).await.unwrap();
        let listed =
            |workbench: &Workbench| workbench.subscriptions().list().iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(listed(&workbench), [id]);
        let event = br#"{"event":"hookbench.once","data":{}}"#;
        let sent = workbench.events().publish_json(event).await.unwrap();
        assert_eq!(sent.deliveries.len(), 1, "the target for one request wants no event by itself");
        workbench.forget_once().await.unwrap();
        assert_eq!(listed(&workbench), [id]);
        assert!(workbench.registered(left).is_err());
        workbench.close().await;
    }
}
