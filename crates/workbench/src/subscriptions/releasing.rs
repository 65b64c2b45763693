//! Deliveries that wait for the vault: let go once what is sealed of their subscription opens.

use std::time::Duration;

use hookbench_ambient::Stopwatch;
use hookbench_domain::{DeliveryState, Held, SubscriptionId};
use hookbench_store::{Registered, StoreError, values_owner};
use tokio::task::JoinHandle;

use crate::{Workbench, WorkbenchError};

/// How often it is looked whether what waits may go.
const LOOK: Duration = Duration::from_secs(2);
/// How long a keyring is left alone, which may ask a person each time.
const ASK: Duration = Duration::from_mins(1);

impl Workbench {
    /// Lets go what waits for the vault, whenever it can be opened, until it is aborted.
    pub(crate) fn release_worker(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            let (mut told, mut asked) = (Vec::new(), None::<Stopwatch>);
            loop {
                let left_alone = asked.as_ref().is_some_and(|asked| asked.elapsed() < ASK);
                if !(workbench.vault.asks() && left_alone) {
                    match workbench.release_opened(&mut told).await {
                        Ok(()) => {}
                        Err(WorkbenchError::Store(StoreError::Closed)) => return,
                        Err(error) => {
                            tracing::debug!(%error, "what waits for the vault cannot be looked at now")
                        }
                    }
                    asked = (!told.is_empty()).then(Stopwatch::start);
                }
                tokio::time::sleep(LOOK).await;
            }
        })
    }

    /// Lets go what is held of the subscriptions whose secrets open now; the others are told of once.
    async fn release_opened(&self, told: &mut Vec<SubscriptionId>) -> Result<(), WorkbenchError> {
        let held = self.store.subscriptions_held(Held::Vault).await?;
        if held.is_empty() {
            told.clear();
            return Ok(());
        }
        // Once for all of them: each question may wait for a keyring.
        let locked = self.unlock_vault().await.err().map(|error| error.to_string());
        let mut waiting = Vec::new();
        for id in held {
            let why = match self.registered(id) {
                Ok(registered) if registered.secrets.is_empty() && registered.values.is_none() => None,
                Ok(_) if locked.is_some() => locked.clone(),
                Ok(registered) => self.open_all_of(&registered).await.err().map(|error| error.to_string()),
                // Deleted meanwhile: what waited is cancelled.
                Err(_) => None,
            };
            if let Some(why) = why {
                if !told.contains(&id) {
                    tracing::warn!(subscription = %id, why, "its deliveries wait: what is sealed of it does not open");
                }
                waiting.push(id);
                continue;
            }
            let released = self.store.release_held_of(id, Held::Vault).await?;
            tracing::info!(subscription = %id, released, "the vault opens it: what waited goes out");
        }
        *told = waiting;
        Ok(())
    }

    /// Whether this process can send to a subscription, where nobody else would: somebody waits for the
    /// answer.
    ///
    /// # Errors
    /// [`WorkbenchError::Vault`] when what is sealed of it does not open.
    pub(crate) async fn opens_here(&self, id: SubscriptionId) -> Result<(), WorkbenchError> {
        if self.dispatching().is_some() || self.is_remote(id) {
            return Ok(());
        }
        let registered = self.registered(id)?;
        if registered.secrets.is_empty() && registered.values.is_none() {
            return Ok(());
        }
        self.open_all_of(&registered).await
    }

    /// Opens everything that is sealed of a subscription.
    async fn open_all_of(&self, registered: &Registered) -> Result<(), WorkbenchError> {
        self.unlock_vault().await?;
        let id = registered.subscription.id;
        let own = registered.secrets.iter().map(|secret| (id.to_string(), secret));
        let values = registered.values.iter().map(|values| (values_owner(id), values));
        for (owner, kept) in own.chain(values) {
            self.vault.open(&owner, &kept.sealed).map_err(WorkbenchError::Vault)?;
        }
        Ok(())
    }

    /// What a delivery of a subscription that is held for the vault waits for, and what to do.
    pub(crate) async fn waits_for(&self, id: SubscriptionId, state: &DeliveryState) -> Option<String> {
        let held = match state {
            DeliveryState::Pending(pending) => pending.held?,
            DeliveryState::InFlight { .. }
            | DeliveryState::Delivered { .. }
            | DeliveryState::Failed { .. }
            | DeliveryState::Cancelled { .. }
            | DeliveryState::Skipped { .. } => return None,
        };
        if held != Held::Vault {
            return Some(held.sentence().to_owned());
        }
        let Ok(registered) = self.registered(id) else { return Some(held.sentence().to_owned()) };
        let why = self.open_all_of(&registered).await.err().map(|error| error.to_string());
        Some(match why {
            None => format!(
                "{}: the vault opens it here, so it goes out as soon as `hookbench run` has the key",
                held.sentence()
            ),
            Some(why) if self.vault.is_open() => format!(
                "held: what is sealed of {id} does not open ({why}). The vault is open, so it was altered or sealed with \
                 another key: use that key, or set the secret, the URL and the headers of {id} anew; then it goes out"
            ),
            Some(why) => format!("{} ({why})", held.sentence()),
        })
    }
}
