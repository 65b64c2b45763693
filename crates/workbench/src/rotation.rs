//! Changing a subscription's secret without a gap: for a while both the new and the old one sign.

use hookbench_ambient::random_bytes;
use hookbench_domain::SubscriptionId;
use hookbench_signature::{Scheme, Secret};
use hookbench_store::{SealedSecret, Secrets};
use serde::Deserialize;

use crate::{SavedSubscription, SubscriptionInput, Workbench, WorkbenchError};

/// How long the old secret goes on signing if nobody says otherwise (24 h).
pub const DEFAULT_OVERLAP_MS: u64 = 24 * 60 * 60 * 1000;
/// The longest overlap (30 days).
pub const MAX_OVERLAP_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How to rotate.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RotationInput {
    /// The new secret; one is generated and answered once if it is left out.
    pub secret: Option<Secret>,
    /// How long the old secret goes on signing beside the new one, in milliseconds: 0 to 30 days,
    /// 24 hours if left out.
    pub overlap_ms: Option<u64>,
}

/// What is to be known of a new secret at a platform.
const AT_ONCE: &str = "the platform signs with one secret only, and with the new one from now on: have your receiver accept both for a while, and change it over now";

impl Workbench {
    /// Gives a subscription at a platform a new secret: a webhook with the new one takes the place of
    /// that with the old one.
    async fn rotate_remote(
        &self,
        id: SubscriptionId,
        input: RotationInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let view = self.subscription(id)?;
        if view.scheme == Scheme::None.as_str() {
            let why = format!("{id} is not signed: {} signs nothing", view.platform);
            return Err(WorkbenchError::State(why));
        }
        if input.overlap_ms.is_some_and(|overlap| overlap > 0) {
            let why =
                "0 for a subscription at a platform, which signs with one secret at a time: leave it out";
            return Err(WorkbenchError::field("overlap_ms", why));
        }
        let change = SubscriptionInput {
            generate_secret: input.secret.is_none(),
            secret: input.secret.map(Some),
            ..SubscriptionInput::default()
        };
        let mut saved = self.edit_remote(id, change).await?;
        saved.warnings.push(AT_ONCE.to_owned());
        Ok(saved)
    }

    /// Gives a subscription a new secret; the one it had goes on signing for a while beside it, so
    /// that the receiver can change over in between. Earlier ones that still signed no longer do.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, the subscription's scheme signs nothing, or
    /// the secret does not fit it.
    pub async fn rotate_secret(
        &self,
        id: SubscriptionId,
        input: RotationInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        if self.is_remote(id) {
            return self.rotate_remote(id, input).await;
        }
        let known = self.registered(id)?;
        let definition = known.subscription.definition.clone();
        let scheme: Scheme = definition.scheme.parse()?;
        if scheme == Scheme::None {
            return Err(WorkbenchError::State(format!(
                "{id} is not signed: choose a scheme first, then rotate its secret"
            )));
        }
        let overlap_ms = input.overlap_ms.unwrap_or(DEFAULT_OVERLAP_MS);
        if overlap_ms > MAX_OVERLAP_MS {
            return Err(WorkbenchError::field("overlap_ms", "0 to 2592000000 (30 days)"));
        }
        let (secret, shown) = match input.secret {
            Some(secret) => (secret, None),
            None => {
                let secret = Secret::generate(scheme, random_bytes());
                let shown = String::from_utf8_lossy(secret.expose()).into_owned();
                (secret, Some(shown))
            }
        };
        secret.check_for(scheme)?;
        self.unlock_vault().await?;
        let owner = id.to_string();
        let now = self.clock.now();
        let mut secrets =
            vec![SealedSecret { sealed: self.vault.seal(&owner, secret.expose())?, valid_until: None }];
        if let Some(old) = known.secrets.first().filter(|_| overlap_ms > 0) {
            let plain = self.vault.open(&owner, &old.sealed).map_err(WorkbenchError::Vault)?;
            if plain.as_slice() == secret.expose() {
                return Err(WorkbenchError::field("secret", "is the one in use: give a new one"));
            }
            secrets.push(SealedSecret {
                sealed: old.sealed.clone(),
                valid_until: Some(now.plus_ms(overlap_ms)),
            });
        }
        self.store.update_subscription(id, definition, Secrets::Replace(secrets), now).await?;
        Ok(SavedSubscription { subscription: self.subscription(id)?, secret: shown, warnings: Vec::new() })
    }
}
