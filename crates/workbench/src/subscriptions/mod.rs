//! Subscriptions: create, list, change, delete.

pub(crate) mod breaker;
pub(crate) mod credentials;
pub(crate) mod filters;
pub(crate) mod pause;
pub(crate) mod preview;
pub(crate) mod releasing;
pub(crate) mod remote_test;
pub(crate) mod rotation;
pub(crate) mod templates;
pub(crate) mod test_event;
pub(crate) mod view;

use std::future::Future;
use std::sync::Arc;

use hookbench_ambient::random_bytes;
use hookbench_domain::{
    CustomHeader, Definition, Kind, Method, Mode, Pattern, PolicySpec, RetryPolicy, Subscription,
    SubscriptionId, header_pairs_if_given, is_loopback_url, parse_target_url, read_value,
};
use hookbench_platform::{Profile, known_anywhere, preset, preset_names, profile, profiles};
use hookbench_signature::{Scheme, Secret};
use hookbench_store::{Registered, Sealed, SealedSecret, Secrets, StoreError};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::handles::Subscriptions;
use crate::subscriptions::templates::{check_shape, check_trust};
use crate::subscriptions::view::SubscriptionView;
use crate::{Workbench, WorkbenchError};

/// So many sealed secrets are tried with a key; it is the right one if it opens any: one may have been
/// altered.
const PROBES: usize = 64;

/// What a person says when creating or changing a subscription: a field that is left out keeps
/// its value (or its default), `null` clears one that may be empty.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriptionInput {
    /// Where events go.
    pub url: Option<String>,
    /// Event types and patterns.
    pub events: Option<Vec<String>>,
    /// A name for people.
    #[serde(deserialize_with = "nullable")]
    pub name: Option<Option<String>>,
    /// Only events of this brand.
    #[serde(deserialize_with = "nullable")]
    pub brand: Option<Option<String>>,
    /// Whose profile chooses scheme, policy and headers.
    pub platform: Option<String>,
    /// `webhook` or `postback`.
    pub kind: Option<Kind>,
    /// The signature scheme.
    pub scheme: Option<String>,
    /// `sign` or `forward`.
    pub mode: Option<Mode>,
    /// How a postback asks: `GET` or `POST`; `null` for what its kind does by itself.
    #[serde(deserialize_with = "nullable")]
    pub method: Option<Option<Method>>,
    /// A template for the body; `null` for the event as it was kept.
    #[serde(deserialize_with = "nullable")]
    pub template: Option<Option<String>>,
    /// The type of what the template renders; `null` for the one that it looks like.
    #[serde(deserialize_with = "nullable")]
    pub content_type: Option<Option<String>>,
    /// Only events for which this holds, in CEL.
    #[serde(deserialize_with = "nullable")]
    pub filter: Option<Option<String>>,
    /// The signing secret; `null` removes it.
    #[serde(deserialize_with = "nullable")]
    pub secret: Option<Option<Secret>>,
    /// Make a secret and answer it, once.
    pub generate_secret: bool,
    /// Headers added to every request: an object of names and values, or a list of pairs.
    #[serde(deserialize_with = "header_pairs_if_given")]
    pub headers: Option<Vec<CustomHeader>>,
    /// Whether it is sent to.
    pub enabled: Option<bool>,
    /// A preset's name, or a policy.
    #[serde(deserialize_with = "nullable")]
    pub policy: Option<Option<Value>>,
    /// At most so many attempts a second.
    #[serde(deserialize_with = "nullable")]
    pub rate_per_second: Option<Option<f64>>,
    /// At most so many attempts at a time.
    #[serde(deserialize_with = "nullable")]
    pub concurrency: Option<Option<u32>>,
    /// One at a time, in order.
    pub ordered: Option<bool>,
    /// The field whose value events must share to be kept in order; `null` for all of them.
    #[serde(deserialize_with = "nullable")]
    pub ordered_by: Option<Option<String>>,
    /// Whether private addresses may be sent to.
    pub allow_private: Option<bool>,
    /// Certificates, as PEM, that are trusted beside the operating system's.
    #[serde(deserialize_with = "nullable")]
    pub ca_pem: Option<Option<String>>,
    /// Whether the endpoint's certificate is left unchecked; on this machine only.
    pub skip_tls_verify: Option<bool>,
    /// Disable it once every attempt failed for so long, in milliseconds.
    #[serde(deserialize_with = "nullable")]
    pub auto_disable_after_ms: Option<Option<u64>>,
    /// Whether it is to run at the brand's platform instead of here.
    pub remote: bool,
}

/// A field that may be left out, be null, or hold something.
pub(crate) fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

/// Which subscription is meant, and, where the caller says so, the revision that it must still have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubscriptionRef {
    /// Which one.
    pub id: SubscriptionId,
    /// The revision that the caller saw: where it has another one by now, nothing is changed.
    pub revision: Option<u64>,
}

impl From<SubscriptionId> for SubscriptionRef {
    fn from(id: SubscriptionId) -> Self {
        Self { id, revision: None }
    }
}

impl SubscriptionRef {
    pub(crate) fn stale(self) -> StoreError {
        StoreError::Stale { what: "subscription", id: self.id.to_string() }
    }
}

/// How often a change is made anew because another process changed the subscription meanwhile. Each time
/// one of them gets through, so this many would have to be quicker.
const TRIES: usize = 64;

/// A subscription that was just saved.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SavedSubscription {
    /// It.
    #[serde(flatten)]
    pub subscription: SubscriptionView,
    /// The secret, only where it was generated just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub secret: Option<String>,
    /// What is allowed but may not be meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(optional, as = "Option<Vec<String>>"))]
    pub warnings: Vec<String>,
}

/// What is to be saved, checked, with its secret as it was given.
pub(crate) struct Drafted {
    pub(crate) definition: Definition,
    /// A new secret, or none any more; `None` leaves what is kept.
    pub(crate) secret: Option<Option<Secret>>,
    pub(crate) generated: Option<String>,
    pub(crate) warnings: Vec<String>,
}

/// What is to be saved, checked.
pub(crate) struct Checked {
    pub(crate) definition: Definition,
    pub(crate) sealed: Sealed,
    pub(crate) generated: Option<String>,
    pub(crate) warnings: Vec<String>,
}

impl Workbench {
    /// Makes a change of what a subscription is now, and makes it anew where it has changed meanwhile.
    pub(crate) async fn change<F>(
        &self,
        which: SubscriptionRef,
        checked: impl Fn(Arc<Registered>) -> F,
    ) -> Result<SavedSubscription, WorkbenchError>
    where
        F: Future<Output = Result<Checked, WorkbenchError>>,
    {
        let _alone = self.changing.lock().await;
        let mut tries = 0;
        loop {
            let known = self.to_change(which).await?;
            let revision = known.subscription.revision;
            let Checked { definition, sealed, generated, warnings } = checked(known).await?;
            let now = self.clock.now();
            match self.store.update_subscription(which.id, revision, definition, sealed, now).await {
                Err(StoreError::Stale { .. }) if which.revision.is_none() && tries < TRIES => tries += 1,
                Err(StoreError::Stale { .. }) if which.revision.is_none() => {
                    let why = format!("{} is changed by others again and again: try again later", which.id);
                    return Err(WorkbenchError::State(why));
                }
                Err(error) => return Err(error.into()),
                Ok(()) => return self.saved(which.id, generated, warnings),
            }
        }
    }

    /// A subscription as it is known now, at the revision that the caller names if he does.
    async fn to_change(&self, which: SubscriptionRef) -> Result<Arc<Registered>, WorkbenchError> {
        let fits = |known: &Arc<Registered>| {
            which.revision.is_none_or(|revision| revision == known.subscription.revision)
        };
        let known = self.registered(which.id)?;
        if fits(&known) {
            return Ok(known);
        }
        // Another process may have made the revision that he saw.
        self.store.look().await?;
        let known = self.registered(which.id)?;
        if fits(&known) { Ok(known) } else { Err(which.stale().into()) }
    }

    pub(crate) fn registered(&self, id: SubscriptionId) -> Result<Arc<Registered>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        let missing = || StoreError::NotFound { what: "subscription", id: id.to_string() };
        Ok(registry.get(id).cloned().ok_or_else(missing)?)
    }

    fn saved(
        &self,
        id: SubscriptionId,
        secret: Option<String>,
        warnings: Vec<String>,
    ) -> Result<SavedSubscription, WorkbenchError> {
        Ok(SavedSubscription { subscription: self.subscriptions().get(id)?, secret, warnings })
    }

    /// Opens the vault for what is kept, or for the first secret.
    pub(crate) async fn unlock_vault(&self) -> Result<(), WorkbenchError> {
        if self.vault.is_open() {
            return Ok(());
        }
        let registry = self.store.registry().borrow().clone();
        let probes = registry.sealed().take(PROBES);
        let probes = probes.map(|(owner, secret)| (owner, secret.sealed.clone())).collect();
        self.vault.unlock_for(probes).await
    }

    async fn check(
        &self,
        id: SubscriptionId,
        known: Option<&Registered>,
        input: SubscriptionInput,
    ) -> Result<Checked, WorkbenchError> {
        let Drafted { mut definition, secret, generated, mut warnings } = self.draft(known, input).await?;
        warnings.extend(self.sample_warnings(&definition));
        let secrets = match secret {
            None => Secrets::Keep,
            Some(None) => Secrets::Replace(Vec::new()),
            Some(Some(secret)) => {
                self.unlock_vault().await?;
                let sealed = self.vault.seal(&id.to_string(), secret.expose())?;
                Secrets::Replace(vec![SealedSecret { sealed, valid_until: None }])
            }
        };
        let values = self.seal_values(id, known, &mut definition).await?;
        Ok(Checked { definition, sealed: Sealed { secrets, values }, generated, warnings })
    }

    /// What a person says, over what is known, checked.
    pub(crate) async fn draft(
        &self,
        known: Option<&Registered>,
        input: SubscriptionInput,
    ) -> Result<Drafted, WorkbenchError> {
        let input = self.unmasked(known, input).await?;
        let before: Option<&Subscription> = known.map(|k| &k.subscription);
        let old = before.map(|s| &s.definition);
        let profile = choose_profile(input.platform.as_deref().or(old.map(|d| d.platform.as_str())))?;
        // A change of platform changes what the platform chose, unless it is said otherwise.
        let moved = old.is_some_and(|d| d.platform != profile.name);
        let kind = input.kind.or(old.map(|d| d.kind)).unwrap_or_default();
        let other_kind = old.is_some_and(|d| d.kind != kind);
        let scheme: Scheme = match (&input.scheme, old) {
            (Some(name), _) => name.parse()?,
            (None, Some(old)) if !moved && !other_kind => old.scheme.parse()?,
            // Who counts postbacks checks no signatures.
            (None, _) if kind == Kind::Postback => Scheme::None,
            (None, _) => profile.signature.scheme.parse()?,
        };
        let kept_spec = old.filter(|_| !moved).map(|d| d.policy_spec.clone()).unwrap_or_default();
        let (policy_spec, policy) = match input.policy {
            None => resolve(kept_spec, profile)?,
            Some(None) => resolve(PolicySpec::default(), profile)?,
            Some(Some(value)) => resolve(read_policy(value)?, profile)?,
        };
        let (events, mut warnings) = match &input.events {
            Some(names) => read_patterns(names)?,
            None => (old.map(|d| d.events.clone()).unwrap_or_default(), Vec::new()),
        };
        let pick = |new: Option<Option<String>>, old: Option<String>| new.unwrap_or(old);
        // Who names a field wants order; who wants none any more needs no field.
        let names_field = matches!(&input.ordered_by, Some(Some(_)));
        let ordered = input.ordered.unwrap_or(names_field || old.is_some_and(|d| d.ordered));
        let kept_field = old.and_then(|d| d.ordered_by.clone()).filter(|_| ordered);
        let ordered_by = pick(input.ordered_by, kept_field);
        let definition = Definition {
            name: pick(input.name, old.map(|d| d.name.clone())).unwrap_or_default(),
            url: input
                .url
                .or_else(|| old.map(|d| d.url.clone()))
                .ok_or_else(|| WorkbenchError::field("url", "is missing: say where events go"))?,
            events,
            brand: pick(input.brand, old.and_then(|d| d.brand.clone())),
            filter: pick(input.filter, old.and_then(|d| d.filter.clone())),
            platform: profile.name.clone(),
            kind,
            method: input.method.unwrap_or(old.filter(|_| !other_kind).and_then(|d| d.method)),
            template: pick(input.template, old.and_then(|d| d.template.clone())),
            content_type: pick(input.content_type, old.and_then(|d| d.content_type.clone())),
            scheme: scheme.as_str().to_owned(),
            mode: input.mode.or(old.map(|d| d.mode)).unwrap_or_default(),
            headers: input.headers.or_else(|| old.map(|d| d.headers.clone())).unwrap_or_default(),
            enabled: input.enabled.or(old.map(|d| d.enabled)).unwrap_or(true),
            policy_spec,
            policy,
            rate_per_second: input.rate_per_second.unwrap_or(old.and_then(|d| d.rate_per_second)),
            concurrency: input.concurrency.unwrap_or(old.and_then(|d| d.concurrency)),
            ordered,
            ordered_by,
            allow_private: input.allow_private.or(old.map(|d| d.allow_private)).unwrap_or(false),
            ca_pem: pick(input.ca_pem, old.and_then(|d| d.ca_pem.clone())),
            skip_tls_verify: input.skip_tls_verify.or(old.map(|d| d.skip_tls_verify)).unwrap_or(false),
            auto_disable_after_ms: input
                .auto_disable_after_ms
                .unwrap_or(old.and_then(|d| d.auto_disable_after_ms)),
            once: old.is_some_and(|d| d.once),
        };
        check_shape(&definition)?;
        definition.check(old.map_or(&[], |d| &d.headers))?;
        check_trust(&definition, &mut warnings)?;
        warnings.extend(crate::subscriptions::preview::unfilled_macros(&definition));
        warnings.extend(self.leads_back(&definition.url).await?);
        if let Some(text) = definition.filter.as_deref() {
            crate::subscriptions::filters::compile(text)?;
        }
        check_brand(&definition)?;
        check_https(&definition.url, profile)?;
        check_headers(&definition, scheme)?;

        let had_secret = before.is_some_and(|s| s.has_secret);
        let (secret, generated) = match (input.secret, input.generate_secret) {
            (Some(_), true) => {
                return Err(WorkbenchError::field("secret", "give one or have one generated, not both"));
            }
            (None, true) => {
                let secret = Secret::generate(scheme, random_bytes());
                let shown = String::from_utf8_lossy(secret.expose()).into_owned();
                (Some(Some(secret)), Some(shown))
            }
            (given, false) => (given, None),
        };
        if let Some(Some(secret)) = &secret {
            secret.check_for(scheme)?;
            if scheme == Scheme::None {
                warnings.push(format!(
                    "the secret is kept but not used: {} deliveries are unsigned; choose a scheme to sign them",
                    profile.title
                ));
            }
        } else if secret.is_none() && had_secret && old.is_some_and(|d| d.scheme != scheme.as_str()) {
            self.check_stored_secret(known, scheme).await?;
        }
        let will_have = match &secret {
            Some(given) => given.is_some(),
            None => had_secret,
        };
        let signs = definition.mode == Mode::Sign;
        let required = profile.signature.required && (kind == Kind::Webhook || scheme != Scheme::None);
        if signs && !will_have && (required || scheme == Scheme::ApiKey) {
            let why =
                format!("{} deliveries must be signed: give a secret or have one generated", profile.title);
            return Err(WorkbenchError::field("secret", why));
        }
        Ok(Drafted { definition, secret, generated, warnings })
    }

    /// A secret that was kept for one scheme must do for the next.
    async fn check_stored_secret(
        &self,
        known: Option<&Registered>,
        scheme: Scheme,
    ) -> Result<(), WorkbenchError> {
        let Some(known) = known else { return Ok(()) };
        self.unlock_vault().await?;
        for kept in &known.secrets {
            let plain = self
                .vault
                .open(&known.subscription.id.to_string(), &kept.sealed)
                .map_err(WorkbenchError::Vault)?;
            Secret::new(plain.to_vec())?.check_for(scheme)?;
        }
        Ok(())
    }
}

impl Subscriptions {
    /// Creates a subscription.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong.
    pub async fn create(&self, input: SubscriptionInput) -> Result<SavedSubscription, WorkbenchError> {
        self.0.refresh_profiles();
        if input.remote {
            return self.0.create_remote(input).await;
        }
        let id = self.0.new_subscription_id();
        let checked = self.0.check(id, None, input).await?;
        self.0.store.create_subscription(id, checked.definition, checked.sealed, self.0.clock.now()).await?;
        self.0.saved(id, checked.generated, checked.warnings)
    }

    /// Changes a subscription: the fields that are named, and no others, whoever changes others at the
    /// same time. What waits uses the new definition at its next attempt.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that is wrong, or the id that names nothing;
    /// [`StoreError::Stale`] where it is not at the revision that the caller names.
    pub async fn edit(
        &self,
        which: impl Into<SubscriptionRef>,
        input: SubscriptionInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let which = which.into();
        if self.0.is_remote(which.id) {
            return self.0.edit_remote(which, input).await;
        }
        if input.remote {
            let why = "a subscription stays where it was made: create another one at the platform";
            return Err(WorkbenchError::field("remote", why));
        }
        self.0
            .change(which, |known| {
                let input = input.clone();
                async move { self.0.check(which.id, Some(&known), input).await }
            })
            .await
    }

    /// Enables or disables a subscription. What waits is held while it is disabled.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or as [`Subscriptions::edit`].
    pub async fn enable(
        &self,
        which: impl Into<SubscriptionRef>,
        enabled: bool,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let which = which.into();
        if self.0.is_remote(which.id) {
            return self.0.enable_remote(which, enabled).await;
        }
        let input = SubscriptionInput { enabled: Some(enabled), ..SubscriptionInput::default() };
        self.edit(which, input).await
    }

    /// Deletes a subscription: what waits is cancelled, the log stays; one that runs at a platform is
    /// deleted there. Returns how many deliveries were cancelled.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing; [`StoreError::Stale`] where it is not at the
    /// revision that the caller names.
    pub async fn delete(&self, which: impl Into<SubscriptionRef>) -> Result<u64, WorkbenchError> {
        let which = which.into();
        if self.0.is_remote(which.id) {
            self.0.delete_remote(which).await?;
            return Ok(0);
        }
        Ok(self.0.store.delete_subscription(which.id, which.revision, self.0.clock.now()).await?)
    }

    /// All subscriptions, oldest first, those that run at a platform included.
    #[must_use]
    pub fn list(&self) -> Vec<SubscriptionView> {
        let registry = self.0.store.registry().borrow().clone();
        let now = self.0.clock.now();
        let shown = registry.iter().filter(|r| !r.subscription.definition.once);
        let mut all: Vec<_> = shown.map(|r| SubscriptionView::new(&r.subscription, now)).collect();
        all.extend(registry.remotes().map(|r| SubscriptionView::of_remote(r, &registry)));
        all.sort_by_key(|view| view.id);
        all
    }

    /// One subscription.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub fn get(&self, id: SubscriptionId) -> Result<SubscriptionView, WorkbenchError> {
        let registry = self.0.store.registry().borrow().clone();
        match registry.remote(id) {
            Some(remote) => Ok(SubscriptionView::of_remote(remote, &registry)),
            None => Ok(SubscriptionView::new(&self.0.registered(id)?.subscription, self.0.clock.now())),
        }
    }
}

pub(crate) fn choose_profile(name: Option<&str>) -> Result<&'static Profile, WorkbenchError> {
    let name = name.unwrap_or("generic");
    profile(name).ok_or_else(|| {
        let known: Vec<&str> = profiles().iter().map(|p| p.name.as_str()).collect();
        WorkbenchError::field(
            "platform",
            format!("there is no platform `{name}`: choose {}", known.join(", ")),
        )
    })
}

fn read_policy(value: Value) -> Result<PolicySpec, WorkbenchError> {
    match value {
        Value::String(name) => Ok(PolicySpec { preset: Some(name), ..PolicySpec::default() }),
        other @ Value::Object(_) => read_value(&other).map_err(|error| error.within("policy").into()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            let why = format!("a preset's name ({}) or an object", preset_names().join(", "));
            Err(WorkbenchError::field("policy", why))
        }
    }
}

fn resolve(mut spec: PolicySpec, profile: &Profile) -> Result<(PolicySpec, RetryPolicy), WorkbenchError> {
    let name = spec.preset.clone().unwrap_or_else(|| profile.name.clone());
    let base = preset(&name).ok_or_else(|| hookbench_domain::PolicyError::Preset(name.clone()))?;
    let policy = spec.resolve(&base)?;
    spec.preset = Some(name);
    Ok((spec, policy))
}

fn read_patterns(names: &[String]) -> Result<(Vec<Pattern>, Vec<String>), WorkbenchError> {
    let mut patterns: Vec<Pattern> = Vec::with_capacity(names.len());
    let mut warnings = Vec::new();
    for name in names {
        let pattern: Pattern = name.parse()?;
        let known = match &pattern {
            Pattern::Any => true,
            Pattern::Exact(event_type) => known_anywhere(event_type.as_str()),
            Pattern::Prefix(_) => {
                profiles().into_iter().flat_map(|p| &p.catalogue).any(|kind| pattern.matches(&kind.name))
            }
        };
        if !known {
            warnings.push(format!("no platform's catalogue has an event type `{name}`: check its spelling"));
        }
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    Ok((patterns, warnings))
}

fn check_brand(definition: &Definition) -> Result<(), WorkbenchError> {
    match &definition.brand {
        Some(brand) if brand.parse::<hookbench_domain::EventId>().is_err() => Err(WorkbenchError::field(
            "brand",
            "a brand id has 1 to 255 visible ASCII characters without spaces",
        )),
        _ => Ok(()),
    }
}

/// Track360 delivers to `https` only, loopback excepted.
pub(crate) fn check_https(url: &str, profile: &Profile) -> Result<(), WorkbenchError> {
    let url = parse_target_url(url)?;
    if profile.https_only && url.scheme() == "http" && !is_loopback_url(&url) {
        let why = format!("{} delivers to https:// only (this machine excepted)", profile.title);
        return Err(WorkbenchError::field("url", why));
    }
    Ok(())
}

pub(crate) fn check_headers(definition: &Definition, scheme: Scheme) -> Result<(), WorkbenchError> {
    let taken = |name: &str| match definition.mode {
        Mode::Sign => scheme.headers().contains(&name),
        // Whatever the source's scheme is.
        Mode::Forward => Scheme::ALL.iter().any(|scheme| scheme.headers().contains(&name)),
    };
    let taken = definition.headers.iter().find(|h| taken(&h.0.to_ascii_lowercase()));
    match taken {
        Some(CustomHeader(name, _)) => {
            let why = format!("`{name}` is the signature's and cannot be set by hand");
            Err(WorkbenchError::field("headers", why))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use hookbench_ambient::Clock;
    use hookbench_domain::{CustomHeader, Timestamp};
    use hookbench_store::Secrets;

    use super::{SubscriptionInput, SubscriptionRef};
    use crate::{VaultKeySource, Workbench};

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

    async fn open(folder: &std::path::Path) -> Workbench {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        Workbench::open_with(folder, key, Clock::manual(NOW)).await.unwrap()
    }

    async fn subscribe(workbench: &Workbench) -> hookbench_domain::SubscriptionId {
        let input = SubscriptionInput {
            url: Some("http://127.0.0.1:9/hooks".into()),
            events: Some(vec!["*".into()]),
            ..SubscriptionInput::default()
        };
        workbench.subscriptions().create(input).await.unwrap().subscription.id
    }

    fn named(name: &str) -> SubscriptionInput {
        SubscriptionInput { name: Some(Some(name.to_owned())), ..SubscriptionInput::default() }
    }

    #[tokio::test]
    async fn changes_of_different_fields_at_once_keep_each_other_in_one_process_and_in_two() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (open(folder.path()).await, open(folder.path()).await);
        let id = subscribe(&one).await;
        other.store.look().await.unwrap();
        for n in 0..12u32 {
            let limit = |concurrency| SubscriptionInput {
                concurrency: Some(Some(concurrency)),
                ..SubscriptionInput::default()
            };
            let name = format!("n{n}");
            let (first, second) = (one.subscriptions(), other.subscriptions());
            let (a, b, c, d) = tokio::join!(
                first.edit(id, named(&name)),
                first.edit(id, limit(n + 1)),
                second.edit(
                    id,
                    SubscriptionInput {
                        filter: Some(Some(format!("data.n > {n}"))),
                        ..SubscriptionInput::default()
                    }
                ),
                second.enable(id, n % 2 == 0),
            );
            a.unwrap();
            b.unwrap();
            c.unwrap();
            d.unwrap();
            one.store.look().await.unwrap();
            let now = one.subscriptions().get(id).unwrap();
            assert_eq!((now.name, now.concurrency, now.enabled), (name, Some(n + 1), n % 2 == 0));
            assert_eq!(now.filter, Some(format!("data.n > {n}")));
        }
    }

    #[tokio::test]
    async fn a_change_of_a_revision_that_is_past_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (open(folder.path()).await, open(folder.path()).await);
        let id = subscribe(&one).await;
        let seen = SubscriptionRef { id, revision: Some(one.subscriptions().get(id).unwrap().revision) };
        other.store.look().await.unwrap();
        // Of a revision that this process has not noticed yet.
        let first = other.subscriptions().edit(seen, named("first")).await.unwrap().subscription.revision;
        let later = SubscriptionRef { id, revision: Some(first) };
        let second = one.subscriptions().edit(later, named("second")).await.unwrap().subscription;
        assert_eq!((second.name.as_str(), second.revision > first), ("second", true));
        for stale in [seen, later, SubscriptionRef { id, revision: Some(0) }] {
            let refusals = [
                other.subscriptions().edit(stale, named("x")).await.unwrap_err(),
                other.subscriptions().enable(stale, false).await.unwrap_err(),
                other
                    .subscriptions()
                    .rotate_secret(stale, crate::RotationInput::default())
                    .await
                    .unwrap_err(),
                other.subscriptions().pause(stale).await.unwrap_err(),
                other.subscriptions().resume(stale).await.unwrap_err(),
                other.subscriptions().delete(stale).await.unwrap_err(),
            ];
            for refused in refusals {
                assert_eq!(refused.code(), "stale_revision", "{refused}");
            }
        }
        let now = other.subscriptions().get(id).unwrap();
        assert_eq!((now.name.as_str(), now.enabled, now.paused), ("second", true, false));
        assert_eq!(now.revision, second.revision);
    }

    #[tokio::test]
    async fn a_subscription_is_edited_whatever_header_it_was_kept_with() {
        let (folder, now) = (tempfile::tempdir().unwrap(), Timestamp::from_ms(1_780_000_000_000));
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open_with(folder.path(), key, Clock::manual(now)).await.unwrap();
        let input = SubscriptionInput {
            url: Some("http://127.0.0.1:9/hooks".into()),
            events: Some(vec!["*".into()]),
            ..SubscriptionInput::default()
        };
        let id = workbench.subscriptions().create(input).await.unwrap().subscription.id;
        let known = workbench.registered(id).unwrap();
        let mut definition = known.subscription.definition.clone();
        definition.headers = vec![CustomHeader("Keep-Alive".into(), "timeout=5".into())];
        let revision = known.subscription.revision;
        workbench.store.update_subscription(id, revision, definition, Secrets::Keep, now).await.unwrap();
        assert!(!workbench.subscriptions().enable(id, false).await.unwrap().subscription.enabled);
        let given = |value: &str| SubscriptionInput {
            headers: Some(vec![CustomHeader("Keep-Alive".into(), value.into())]),
            ..SubscriptionInput::default()
        };
        workbench.subscriptions().edit(id, given("timeout=5")).await.unwrap();
        let error = workbench.subscriptions().edit(id, given("timeout=6")).await.unwrap_err().to_string();
        assert!(error.contains("never sent"), "{error}");
    }
}
