//! What goes out: a subscription made ready for sending, and the request of one attempt, signed
//! afresh.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbench_domain::{CustomHeader, KeptEvent, Mode, Timestamp, parse_target_url};
use hookbench_platform::{Profile, profile};
use hookbench_signature::{Message, Scheme, Secret, sign};
use hookbench_store::Registered;
use url::Url;

use crate::forward::repeated;
use crate::wire::{AddressRules, WireRequest};

/// The answer of [`Unseal::unseal`].
pub type Unsealing<'a> = Pin<Box<dyn Future<Output = Result<Secret, String>> + Send + 'a>>;

/// Opens the secrets that the store keeps sealed.
pub trait Unseal: Send + Sync {
    /// Opens one that belongs to `owner`, the id of its row; says in words why it cannot. May wait
    /// for a keyring the first time.
    fn unseal<'a>(&'a self, owner: &'a str, sealed: &'a [u8]) -> Unsealing<'a>;
}

/// A subscription with everything that does not change from attempt to attempt.
pub(crate) struct Ready {
    pub(crate) registered: Arc<Registered>,
    url: Url,
    scheme: Scheme,
    secrets: Vec<(Secret, Option<Timestamp>)>,
    profile: Option<&'static Profile>,
    webhook_id: String,
}

impl Ready {
    /// Makes a subscription ready.
    ///
    /// # Errors
    /// Says in words why it cannot be sent to: its secret does not open, or what is kept of it no
    /// longer makes sense.
    pub(crate) async fn new(registered: &Arc<Registered>, vault: &dyn Unseal) -> Result<Self, String> {
        let subscription = &registered.subscription;
        let definition = &subscription.definition;
        let owner = subscription.id.to_string();
        let mut secrets = Vec::with_capacity(registered.secrets.len());
        for kept in &registered.secrets {
            let secret = vault.unseal(&owner, &kept.sealed).await.map_err(|why| {
                format!("its secret cannot be opened ({why}): set the secret of {owner} anew")
            })?;
            secrets.push((secret, kept.valid_until));
        }
        Ok(Self {
            registered: registered.clone(),
            url: parse_target_url(&definition.url).map_err(|error| error.to_string())?,
            scheme: definition
                .scheme
                .parse()
                .map_err(|error: hookbench_signature::UnknownScheme| error.to_string())?,
            secrets,
            profile: profile(&definition.platform),
            webhook_id: subscription.id.ulid().to_string(),
        })
    }

    /// The request of an attempt made now. The body is the event's exact bytes; `received` are the
    /// headers it came in with, `own` those given for this delivery alone.
    ///
    /// # Errors
    /// Says in words why it cannot be signed, or why there is no signature to forward.
    pub(crate) fn request(
        &self,
        event: &KeptEvent,
        received: Option<&[(String, String)]>,
        own: &[(String, String)],
        now: Timestamp,
    ) -> Result<WireRequest, String> {
        let definition = &self.registered.subscription.definition;
        let mut headers = match definition.mode {
            Mode::Sign => self.signed(event, now)?,
            Mode::Forward => repeated(received)?,
        };
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.insert(0, ("Content-Type".to_owned(), "application/json".to_owned()));
        }
        if event.test {
            headers.push(("X-Hookbench-Test".to_owned(), "true".to_owned()));
        }
        let custom = definition.headers.iter().map(|CustomHeader(name, value)| (name, value));
        for (name, value) in custom.chain(own.iter().map(|(name, value)| (name, value))) {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.clone(), value.clone()));
        }
        Ok(WireRequest {
            method: http::Method::POST,
            url: self.url.clone(),
            headers,
            body: Bytes::copy_from_slice(&event.body),
            timeout: Duration::from_millis(definition.policy.timeout_ms),
            rules: AddressRules { allow_loopback: true, allow_private: definition.allow_private },
        })
    }

    /// The platform's headers, and a signature made now.
    fn signed(&self, event: &KeptEvent, now: Timestamp) -> Result<Vec<(String, String)>, String> {
        let mut headers = Vec::new();
        if let Some(profile) = self.profile {
            headers.extend(profile.headers_for(
                event.event_type.as_str(),
                &self.webhook_id,
                event.id.as_str(),
            ));
        }
        // Signed if there is a secret; an empty list is a subscription whose platform allows none.
        if !self.secrets.is_empty() {
            let current: Vec<Secret> = self
                .secrets
                .iter()
                .filter(|(_, until)| until.is_none_or(|until| now < until))
                .map(|(secret, _)| secret.clone())
                .collect();
            let message = Message {
                id: event.id.as_str(),
                timestamp: now.unix_seconds(),
                event_type: event.event_type.as_str(),
                body: &event.body,
            };
            headers.extend(sign(self.scheme, &current, &message).map_err(|error| error.to_string())?);
        }
        Ok(headers)
    }
}
