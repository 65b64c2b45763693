//! Changing a subscription's secret without a gap: for a while both the new and the old one sign.

use hookbench_ambient::random_bytes;
use hookbench_signature::{Scheme, Secret};
use hookbench_store::{Registered, SealedSecret, Secrets};
use serde::Deserialize;

use crate::handles::Subscriptions;
use crate::subscriptions::Checked;
use crate::{SavedSubscription, SubscriptionInput, SubscriptionRef, Workbench, WorkbenchError};

/// How long the old secret goes on signing if nobody says otherwise (24 h).
pub const DEFAULT_OVERLAP_MS: u64 = 24 * 60 * 60 * 1000;
/// The longest overlap (30 days).
pub const MAX_OVERLAP_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// At most so many secrets sign at a time: receivers try no more signatures than that.
pub(crate) const MAX_SECRETS: usize = 16;

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
        which: SubscriptionRef,
        input: RotationInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let id = which.id;
        let view = self.subscriptions().get(id)?;
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
        let mut saved = self.edit_remote(which, change).await?;
        saved.warnings.push(AT_ONCE.to_owned());
        Ok(saved)
    }

    /// What a subscription is with a new secret before those that it has.
    async fn rotated(
        &self,
        known: &Registered,
        given: Option<Secret>,
        overlap_ms: u64,
    ) -> Result<Checked, WorkbenchError> {
        let id = known.subscription.id;
        let definition = known.subscription.definition.clone();
        let scheme: Scheme = definition.scheme.parse()?;
        if scheme == Scheme::None {
            return Err(WorkbenchError::State(format!(
                "{id} is not signed: choose a scheme first, then rotate its secret"
            )));
        }
        let (secret, generated) = match given {
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
        let until = now.plus_ms(overlap_ms);
        let signs = |old: &&SealedSecret| overlap_ms > 0 && old.valid_until.is_none_or(|until| until > now);
        for old in known.secrets.iter().filter(signs) {
            let plain = self.vault.open(&owner, &old.sealed).map_err(WorkbenchError::Vault)?;
            match (plain.as_slice() == secret.expose(), old.valid_until) {
                (true, None) => {
                    return Err(WorkbenchError::field("secret", "is the one in use: give a new one"));
                }
                // An earlier one is the current one again.
                (true, Some(_)) => {}
                (false, ends) => secrets.push(SealedSecret {
                    sealed: old.sealed.clone(),
                    // What was promised to a receiver holds.
                    valid_until: Some(ends.unwrap_or(until)),
                }),
            }
        }
        if secrets.len() > MAX_SECRETS {
            let first = secrets.iter().filter_map(|secret| secret.valid_until).min().unwrap_or(until);
            return Err(WorkbenchError::State(format!(
                "{id} signs with {MAX_SECRETS} secrets already, and receivers look at no more: the first of them ends at {first}; rotate again then, or with an overlap of 0, which ends all of them now"
            )));
        }
        Ok(Checked { definition, sealed: Secrets::Replace(secrets).into(), generated, warnings: Vec::new() })
    }
}

impl Subscriptions {
    /// Gives a subscription a new secret. The one it had goes on signing for a while beside it, so that
    /// the receiver can change over in between; so do earlier ones whose time is not over. An overlap
    /// of 0 ends them all at once.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, the subscription's scheme signs nothing, the
    /// secret does not fit it, or 16 secrets sign already.
    pub async fn rotate_secret(
        &self,
        which: impl Into<SubscriptionRef>,
        input: RotationInput,
    ) -> Result<SavedSubscription, WorkbenchError> {
        let which = which.into();
        if self.0.is_remote(which.id) {
            return self.0.rotate_remote(which, input).await;
        }
        let overlap_ms = input.overlap_ms.unwrap_or(DEFAULT_OVERLAP_MS);
        if overlap_ms > MAX_OVERLAP_MS {
            return Err(WorkbenchError::field("overlap_ms", "0 to 2592000000 (30 days)"));
        }
        let given = &input.secret;
        self.0
            .change(which, |known| async move { self.0.rotated(&known, given.clone(), overlap_ms).await })
            .await
    }
}

#[cfg(test)]
mod tests {
    use hookbench_ambient::Clock;
    use hookbench_domain::{SubscriptionId, Timestamp};

    use super::{DEFAULT_OVERLAP_MS, MAX_SECRETS, RotationInput};
    use crate::{SubscriptionInput, VaultKeySource, Workbench};

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

    async fn signed(folder: &std::path::Path, clock: Clock) -> (Workbench, SubscriptionId, String) {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open_with(folder, key, clock).await.unwrap();
        let input = SubscriptionInput {
            url: Some("http://127.0.0.1:9/hooks".into()),
            events: Some(vec!["*".into()]),
            generate_secret: true,
            ..SubscriptionInput::default()
        };
        let saved = workbench.subscriptions().create(input).await.unwrap();
        (workbench, saved.subscription.id, saved.secret.unwrap())
    }

    /// What signs at a time, the current one first.
    async fn signing(workbench: &Workbench, id: SubscriptionId, at: Timestamp) -> Vec<String> {
        let known = workbench.registered(id).unwrap();
        let signs = known.secrets.iter().filter(|s| s.valid_until.is_none_or(|until| until > at));
        let open = |s: &hookbench_store::SealedSecret| workbench.vault.open(&id.to_string(), &s.sealed);
        signs.map(|s| String::from_utf8(open(s).unwrap().to_vec()).unwrap()).collect()
    }

    #[tokio::test]
    async fn every_secret_that_was_answered_signs_until_its_overlap_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (workbench, id, first) = signed(folder.path(), Clock::manual(NOW)).await;
        let rotate = || {
            let workbench = workbench.clone();
            tokio::spawn(async move {
                workbench.subscriptions().rotate_secret(id, RotationInput::default()).await.unwrap()
            })
        };
        let mut answered = vec![first];
        for rotating in [rotate(), rotate(), rotate(), rotate(), rotate()] {
            answered.push(rotating.await.unwrap().secret.unwrap());
        }
        let mut signs = signing(&workbench, id, NOW).await;
        let current = signs[0].clone();
        answered.sort();
        signs.sort();
        assert_eq!(signs, answered);
        let over = NOW.plus_ms(DEFAULT_OVERLAP_MS);
        assert_eq!(signing(&workbench, id, over).await, [current]);
    }

    #[tokio::test]
    async fn an_overlap_of_none_ends_all_earlier_secrets_and_too_many_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(NOW);
        let (workbench, id, _) = signed(folder.path(), clock.clone()).await;
        let with = |overlap_ms| RotationInput { secret: None, overlap_ms: Some(overlap_ms) };
        for n in 1..MAX_SECRETS {
            workbench.subscriptions().rotate_secret(id, with(n as u64 * 1000)).await.unwrap();
        }
        let refused = workbench.subscriptions().rotate_secret(id, with(1000)).await.unwrap_err().to_string();
        assert!(refused.contains("16 secrets") && refused.contains("overlap of 0"), "{refused}");
        assert_eq!(signing(&workbench, id, NOW).await.len(), MAX_SECRETS, "nothing was dropped");
        clock.set(NOW.plus_ms(1000));
        workbench.subscriptions().rotate_secret(id, with(1000)).await.unwrap();
        workbench.subscriptions().rotate_secret(id, with(0)).await.unwrap();
        assert_eq!(signing(&workbench, id, NOW).await.len(), 1);
    }

    #[tokio::test]
    async fn a_rotation_keeps_what_is_edited_at_the_same_time() {
        let folder = tempfile::tempdir().unwrap();
        let (workbench, id, _) = signed(folder.path(), Clock::manual(NOW)).await;
        for n in 0..10 {
            let name = format!("n{n}");
            let input = SubscriptionInput { name: Some(Some(name.clone())), ..SubscriptionInput::default() };
            let subscriptions = workbench.subscriptions();
            let (edited, rotated) = tokio::join!(
                subscriptions.edit(id, input),
                subscriptions.rotate_secret(id, RotationInput::default())
            );
            edited.unwrap();
            rotated.unwrap();
            assert_eq!(workbench.subscriptions().get(id).unwrap().name, name);
            assert_eq!(signing(&workbench, id, NOW).await.len(), n + 2);
        }
    }
}
