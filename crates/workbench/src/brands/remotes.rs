//! Subscriptions that run at a brand's platform: create, change, enable, disable, delete, repair.

use std::sync::Arc;

use hookbench_ambient::random_bytes;
use hookbench_domain::{
    Pattern, Putting, RemoteDefinition, RemoteState, RemoteSubscription, Rest, SubscriptionId, Turn,
};
use hookbench_platform::{ApiClient, Profile};
use hookbench_signature::{Scheme, Secret, to_hex};
use hookbench_store::{
    Reading, RegisteredBrand, RegisteredRemote, RemoteSecret, SealedSecret, StoreError, next_secret_owner,
};

use crate::brands::changes::Driven;
use crate::brands::drift::{expand, listed, names};
use crate::subscriptions::{
    SavedSubscription, SubscriptionInput, SubscriptionRef, check_https, choose_profile,
};
use crate::{Workbench, WorkbenchError};

const TWICE: &str = "the platform cannot edit: for a moment the old webhook and the new one were both active, and an event may have come twice";

impl Workbench {
    /// Creates a subscription at the platform of the brand that the input names.
    pub(crate) async fn create_remote(
        &self,
        input: SubscriptionInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let name = input.brand.clone().flatten().ok_or_else(|| {
            WorkbenchError::field("brand", "is missing: say at which brand's platform it is to run")
        })?;
        let brand = self.registered_brand(&name)?;
        let profile = self.check_input(&brand, &input)?;
        let url = input
            .url
            .clone()
            .ok_or_else(|| WorkbenchError::field("url", "is missing: say where events go"))?;
        check_https(&url, profile)?;
        let patterns = read_patterns(input.events.as_deref().unwrap_or_default())?;
        let (secret, generated, mut warnings) = choose_secret(profile, &input, None)?;
        let _lock = self.lock_brand(brand.brand.id).await?;
        let client = self.client(&brand).await?;
        self.resume_changes(brand.brand.id, &client).await?;
        let definition = RemoteDefinition {
            name: input.name.flatten().unwrap_or_default(),
            url,
            events: expand(&patterns, &brand.catalogue)?,
            patterns,
            adopted: false,
        };
        check_name(&definition)?;
        let there = listed(&client).await?;
        if there.iter().any(|w| w.does(&definition)) {
            warnings.push("the platform has a webhook for this URL and these event types already: each event comes once for each".to_owned());
        }
        let (id, now) = (self.new_subscription_id(), self.clock.now());
        let enabled = input.enabled.unwrap_or(true);
        let before = there.into_iter().map(|w| w.id).collect();
        let state = if enabled {
            RemoteState::Creating { key: new_key(), before, putting: Putting::Send, back: Rest::Deleted }
        } else {
            RemoteState::Resting { rest: Rest::Off }
        };
        let remote = RemoteSubscription {
            id,
            brand: brand.brand.id,
            definition,
            state,
            created_at: now,
            updated_at: now,
        };
        let sealed = self.seal_for_remote(&id.to_string(), secret.as_ref()).await?;
        self.store.save_remote(remote.clone(), RemoteSecret::Current(sealed)).await?;
        settled(self.drive(remote, &client).await?, "it was not created")?;
        self.saved_remote(id, generated, warnings)
    }

    /// Changes one. At a platform that cannot edit, a new webhook takes the place of the old one.
    pub(crate) async fn edit_remote(
        &self,
        which: SubscriptionRef,
        input: SubscriptionInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let id = which.id;
        let known = self.known_remote(id)?;
        let brand = self.registered_brand(&known.remote.brand.to_string())?;
        if let Some(other) = input.brand.as_ref()
            && other.as_deref().map(|name| self.registered_brand(name)).transpose()?.map(|b| b.brand.id)
                != Some(known.remote.brand)
        {
            return Err(WorkbenchError::field(
                "brand",
                "cannot be changed: it runs at this brand's platform",
            ));
        }
        let profile = self.check_input(&brand, &input)?;
        let _lock = self.lock_brand(brand.brand.id).await?;
        self.require_remote(which)?;
        let client = self.client(&brand).await?;
        let mut remote = self.taken_up(id, &client).await?;
        let before = &remote.definition;
        let patterns = match &input.events {
            Some(names) => read_patterns(names)?,
            None => before.patterns.clone(),
        };
        let events = match &input.events {
            Some(_) => expand(&patterns, &brand.catalogue)?,
            None => before.events.clone(),
        };
        let next = RemoteDefinition {
            name: input.name.clone().map_or_else(|| before.name.clone(), Option::unwrap_or_default),
            url: input.url.clone().unwrap_or_else(|| before.url.clone()),
            patterns,
            events,
            adopted: before.adopted && input.url.as_ref().is_none_or(|url| *url == before.url),
        };
        check_name(&next)?;
        check_https(&next.url, profile)?;
        let kept = self.remote_secret(id, false).await?;
        let (secret, generated, mut warnings) = choose_secret(profile, &input, kept.as_ref())?;
        let same_secret = match (&secret, &kept) {
            (Some(new), Some(old)) => new.same_as(old),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let at_platform = next.url != before.url || next.events != before.events || !same_secret;
        match remote.state.clone() {
            RemoteState::On { webhook } if at_platform => {
                warnings.push(TWICE.to_owned());
                self.replace(remote, webhook, next, secret.as_ref(), &client, "the edit was undone").await?;
            }
            RemoteState::On { .. } | RemoteState::Resting { .. } => {
                remote.definition = next;
                remote.updated_at = self.clock.now();
                let sealed = self.seal_for_remote(&id.to_string(), secret.as_ref()).await?;
                self.store.save_remote(remote, RemoteSecret::Current(sealed)).await?;
            }
            RemoteState::Creating { .. } | RemoteState::Replacing { .. } | RemoteState::Removing { .. } => {
                return Err(unfinished(id));
            }
        }
        drop(client);
        match input.enabled {
            Some(enabled) => {
                drop(_lock);
                let saved = self.enable_remote(id.into(), enabled).await?;
                Ok(SavedSubscription { secret: generated, warnings, ..saved })
            }
            None => self.saved_remote(id, generated, warnings),
        }
    }

    /// Lets a new webhook take the place of one.
    async fn replace(
        &self,
        mut remote: RemoteSubscription,
        old: String,
        next: RemoteDefinition,
        secret: Option<&Secret>,
        client: &ApiClient,
        otherwise: &'static str,
    ) -> Result<(), WorkbenchError> {
        let before = listed(client).await?.into_iter().map(|w| w.id).collect();
        let (next, key) = (Box::new(next), new_key());
        remote.state = RemoteState::Replacing { old, next, key, before, putting: Putting::Send };
        remote.updated_at = self.clock.now();
        let sealed = self.seal_for_remote(&next_secret_owner(remote.id), secret).await?;
        self.store.save_remote(remote.clone(), RemoteSecret::Next(sealed)).await?;
        settled(self.drive(remote, client).await?, otherwise)
    }

    /// Puts one up at the platform, or takes it down and keeps its definition here.
    pub(crate) async fn enable_remote(
        &self,
        which: SubscriptionRef,
        enabled: bool,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let id = which.id;
        let known = self.known_remote(id)?;
        let brand = self.registered_brand(&known.remote.brand.to_string())?;
        let _lock = self.lock_brand(brand.brand.id).await?;
        self.require_remote(which)?;
        let client = self.client(&brand).await?;
        let mut remote = self.taken_up(id, &client).await?;
        match (remote.state.clone(), enabled) {
            (RemoteState::On { .. }, true) | (RemoteState::Resting { .. }, false) => {
                return self.saved_remote(id, None, Vec::new());
            }
            (RemoteState::On { webhook }, false) => {
                remote.state = RemoteState::Removing { webhook, key: new_key(), then: Rest::Off };
            }
            (RemoteState::Resting { .. }, true) => {
                let before = listed(&client).await?.into_iter().map(|w| w.id).collect();
                remote.state =
                    RemoteState::Creating { key: new_key(), before, putting: Putting::Send, back: Rest::Off };
            }
            (
                RemoteState::Creating { .. } | RemoteState::Replacing { .. } | RemoteState::Removing { .. },
                _,
            ) => return Err(unfinished(id)),
        }
        remote.updated_at = self.clock.now();
        self.store.save_remote(remote.clone(), RemoteSecret::Keep).await?;
        let otherwise = if enabled { "it was not enabled" } else { "it was not disabled" };
        settled(self.drive(remote, &client).await?, otherwise)?;
        self.saved_remote(id, None, Vec::new())
    }

    /// Deletes one, at the platform and here.
    pub(crate) async fn delete_remote(&self, which: SubscriptionRef) -> Result<(), WorkbenchError> {
        let id = which.id;
        let known = self.known_remote(id)?;
        let brand = self.registered_brand(&known.remote.brand.to_string())?;
        let _lock = self.lock_brand(brand.brand.id).await?;
        self.require_remote(which)?;
        let mut remote = self.known_remote(id)?.remote.clone();
        let client = self.client(&brand).await?;
        if remote.state.is_changing() {
            remote = match self.taken_up(id, &client).await {
                // What was left unfinished was its removal or its creation: it is gone.
                Err(WorkbenchError::Store(StoreError::NotFound { .. })) => return Ok(()),
                taken_up => taken_up?,
            };
        }
        remote.state = match remote.state {
            RemoteState::On { webhook } => {
                RemoteState::Removing { webhook, key: new_key(), then: Rest::Deleted }
            }
            RemoteState::Resting { .. } => RemoteState::Resting { rest: Rest::Deleted },
            RemoteState::Creating { .. } | RemoteState::Replacing { .. } | RemoteState::Removing { .. } => {
                return Err(unfinished(id));
            }
        };
        remote.updated_at = self.clock.now();
        self.store.save_remote(remote.clone(), RemoteSecret::Keep).await?;
        settled(self.drive(remote, &client).await?, "it was not deleted")
    }

    /// Sets right what the platform has instead of one.
    pub(crate) async fn repair(
        &self,
        id: SubscriptionId,
        client: &ApiClient,
        reading: &Reading,
    ) -> Result<(), WorkbenchError> {
        let remote = self.known_remote(id)?.remote.clone();
        let RemoteState::On { webhook } = remote.state.clone() else { return Err(unfinished(id)) };
        let mut next = remote.definition.clone();
        next.events = expand(&next.patterns, &names(&reading.event_types))?;
        let secret = self.remote_secret(id, false).await?;
        self.replace(remote, webhook, next, secret.as_ref(), client, "it was not repaired").await
    }

    /// The subscription, after what was left unfinished of it has come to rest.
    async fn taken_up(
        &self,
        id: SubscriptionId,
        client: &ApiClient,
    ) -> Result<RemoteSubscription, WorkbenchError> {
        let mut remote = self.known_remote(id)?.remote.clone();
        if remote.state.is_changing() {
            remote.state = remote.state.resumed();
            let driven = self.drive(remote, client).await?;
            if driven.remote.state.is_changing() {
                return Err(driven.cause.map_or_else(|| unfinished(id), WorkbenchError::Remote));
            }
        }
        Ok(self.known_remote(id)?.remote.clone())
    }

    pub(crate) fn known_remote(&self, id: SubscriptionId) -> Result<Arc<RegisteredRemote>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        let missing = || StoreError::NotFound { what: "subscription", id: id.to_string() };
        Ok(registry.remote(id).cloned().ok_or_else(missing)?)
    }

    /// Refuses a change of one that is at another revision than the caller names. Only while its brand
    /// is locked: then nobody else changes it.
    fn require_remote(&self, which: SubscriptionRef) -> Result<(), WorkbenchError> {
        let found = self.known_remote(which.id)?.revision;
        if which.revision.is_none_or(|revision| revision == found) {
            Ok(())
        } else {
            Err(which.stale().into())
        }
    }

    /// Whether a subscription runs at a platform.
    pub(crate) fn is_remote(&self, id: SubscriptionId) -> bool {
        self.known_remote(id).is_ok()
    }

    fn saved_remote(
        &self,
        id: SubscriptionId,
        secret: Option<String>,
        warnings: Vec<String>,
    ) -> Result<SavedSubscription, WorkbenchError> {
        Ok(SavedSubscription { subscription: self.subscriptions().get(id)?, secret, warnings })
    }

    async fn seal_for_remote(
        &self,
        owner: &str,
        secret: Option<&Secret>,
    ) -> Result<Option<SealedSecret>, WorkbenchError> {
        let Some(secret) = secret else { return Ok(None) };
        self.unlock_vault().await?;
        Ok(Some(SealedSecret { sealed: self.vault.seal(owner, secret.expose())?, valid_until: None }))
    }

    /// What the platform decides cannot be said here.
    fn check_input(
        &self,
        brand: &RegisteredBrand,
        input: &SubscriptionInput,
    ) -> Result<&'static Profile, WorkbenchError> {
        let profile = choose_profile(Some(&brand.brand.definition.platform))?;
        if input.platform.as_ref().is_some_and(|p| *p != profile.name) {
            let why = format!("the brand is one of {}: leave it out", profile.name);
            return Err(WorkbenchError::field("platform", why));
        }
        let decided = [
            ("kind", input.kind.is_some_and(|kind| kind != hookbench_domain::Kind::Webhook)),
            ("scheme", input.scheme.as_ref().is_some_and(|s| *s != profile.signature.scheme)),
            ("mode", input.mode.is_some_and(|mode| mode != hookbench_domain::Mode::Sign)),
            ("method", matches!(input.method, Some(Some(_)))),
            ("template", matches!(input.template, Some(Some(_)))),
            ("content_type", matches!(input.content_type, Some(Some(_)))),
            ("ca_pem", matches!(input.ca_pem, Some(Some(_)))),
            ("skip_tls_verify", input.skip_tls_verify == Some(true)),
            ("filter", matches!(input.filter, Some(Some(_)))),
            ("headers", input.headers.as_ref().is_some_and(|headers| !headers.is_empty())),
            ("policy", matches!(input.policy, Some(Some(_)))),
            ("rate_per_second", matches!(input.rate_per_second, Some(Some(_)))),
            ("concurrency", matches!(input.concurrency, Some(Some(_)))),
            ("ordered", input.ordered == Some(true)),
            ("ordered_by", matches!(&input.ordered_by, Some(Some(_)))),
            ("allow_private", input.allow_private == Some(true)),
        ];
        match decided.into_iter().find(|(_, said)| *said) {
            Some((field, _)) => {
                let why = "is the platform's to decide for a subscription that runs there: leave it out";
                Err(WorkbenchError::field(field, why))
            }
            None => Ok(profile),
        }
    }
}

fn unfinished(id: SubscriptionId) -> WorkbenchError {
    WorkbenchError::State(format!("{id} is being changed at the platform: sync its brand, then try again"))
}

/// A new idempotency key.
pub(crate) fn new_key() -> String {
    format!("hookbench-{}", to_hex(&random_bytes::<16>()))
}

/// What a change that did not come to rest as it was wanted is told as.
fn settled(driven: Driven, otherwise: &'static str) -> Result<(), WorkbenchError> {
    match (driven.turn, driven.cause) {
        (Turn::Done, _) => Ok(()),
        (Turn::Undone, Some(cause)) => Err(WorkbenchError::RemoteChange { what: otherwise, cause }),
        (Turn::Undone | Turn::Go, None) => Err(WorkbenchError::State(format!(
            "{otherwise}: the platform took it but does not list it; what was made was removed again"
        ))),
        (Turn::Wait | Turn::Go, Some(cause)) => Err(WorkbenchError::RemoteChange {
            what: "it is unfinished, and is taken up again when the platform answers (by `hookbench run`, or at the next sync of the brand)",
            cause,
        }),
        (Turn::Wait, None) => Err(unfinished(driven.remote.id)),
    }
}

fn check_name(definition: &RemoteDefinition) -> Result<(), WorkbenchError> {
    if definition.name.chars().count() > 200 || definition.name.chars().any(char::is_control) {
        return Err(hookbench_domain::DefinitionError::Name.into());
    }
    Ok(())
}

fn read_patterns(names: &[String]) -> Result<Vec<Pattern>, WorkbenchError> {
    let mut patterns: Vec<Pattern> = Vec::with_capacity(names.len());
    for name in names {
        let pattern: Pattern = name.parse()?;
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    if patterns.is_empty() || patterns.len() > 100 {
        return Err(hookbench_domain::DefinitionError::Events.into());
    }
    Ok(patterns)
}

type Chosen = (Option<Secret>, Option<String>, Vec<String>);

/// The secret to use from now on, the one to show, and what may not be meant.
fn choose_secret(
    profile: &Profile,
    input: &SubscriptionInput,
    kept: Option<&Secret>,
) -> Result<Chosen, WorkbenchError> {
    let scheme: Scheme = profile.signature.scheme.parse()?;
    let (secret, shown) = match (&input.secret, input.generate_secret) {
        (Some(_), true) => {
            return Err(WorkbenchError::field("secret", "give one or have one generated, not both"));
        }
        (None, true) => {
            let secret = Secret::generate(scheme, random_bytes());
            let shown = String::from_utf8_lossy(secret.expose()).into_owned();
            (Some(secret), Some(shown))
        }
        (Some(given), false) => (given.clone(), None),
        (None, false) => (kept.cloned(), None),
    };
    let mut warnings = Vec::new();
    if let Some(secret) = &secret {
        secret.check_for(scheme)?;
        if std::str::from_utf8(secret.expose()).is_err() {
            return Err(WorkbenchError::field("secret", "is sent to the platform as text: it must be UTF-8"));
        }
        if scheme == Scheme::None && kept.is_none() {
            warnings
                .push(format!("{} signs nothing: the secret is given to it, but not used", profile.title));
        }
    } else if profile.signature.required {
        let why = format!("{} deliveries must be signed: give a secret or have one generated", profile.title);
        return Err(WorkbenchError::field("secret", why));
    }
    Ok((secret, shown, warnings))
}
