//! Credentials in a subscription's URL and headers: sealed when it is saved, shown as masks, put back
//! where an edit brings the masks again, revealed when somebody asks while the vault is open. What was
//! kept before they were sealed is sealed and masked behind everything else.

use std::time::Duration;

use hookbench_dispatcher::{Values, is_masked};
use hookbench_domain::{CustomHeader, Definition, MASK, SubscriptionId, mask_header, mask_url, refill};
use hookbench_store::{Registered, SealedSecret, Secrets, StoreError, Unsealed, values_owner};
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::{SubscriptionInput, Workbench, WorkbenchError};

/// How long to wait before what could not be sealed is tried again: the vault may be opened meanwhile.
const AGAIN: Duration = Duration::from_secs(10);
/// How long between two batches, so that nobody's commit waits for them.
const REST: Duration = Duration::from_millis(20);

/// The URL and headers of a subscription, with their credentials.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RevealedView {
    /// Where events go.
    pub url: String,
    /// Headers added to every request.
    pub headers: Vec<(String, String)>,
}

/// A mask that stands for nothing.
fn unknown(field: &'static str) -> WorkbenchError {
    WorkbenchError::field(
        field,
        format!("`{MASK}` stands for a credential that is not kept under this name: give the credential itself"),
    )
}

fn shown_headers(headers: &[CustomHeader]) -> Vec<CustomHeader> {
    let shown = |h: &CustomHeader| mask_header((h.0.clone(), h.1.clone()));
    headers.iter().map(shown).map(|(name, value)| CustomHeader(name, value)).collect()
}

impl Workbench {
    /// The input with the credentials that its masks stand for. What is as it was shown counts as left
    /// out, so that a subscription that is read and written back stays as it is.
    pub(crate) async fn unmasked(
        &self,
        known: Option<&Registered>,
        mut input: SubscriptionInput,
    ) -> Result<SubscriptionInput, WorkbenchError> {
        let old = known.map(|k| &k.subscription.definition);
        if let Some(old) = old {
            input.url = input.url.filter(|url| *url == old.url || *url != mask_url(&old.url));
            let shown = shown_headers(&old.headers);
            input.headers = input.headers.filter(|headers| *headers == old.headers || *headers != shown);
        }
        let masked_url = input.url.as_deref().is_some_and(|url| url.contains(MASK));
        let masked_headers = input.headers.iter().flatten().any(|header| header.1 == MASK);
        if !masked_url && !masked_headers {
            return Ok(input);
        }
        let Some(known) = known else { return Err(unknown(if masked_url { "url" } else { "headers" })) };
        let full = self.filled(known, known.subscription.definition.clone()).await?;
        if let Some(url) = input.url.as_mut().filter(|_| masked_url) {
            let mut shown = full.clone();
            let values = Values::take(&mut shown);
            *url = refill(url, &shown.url, &values.url).ok_or_else(|| unknown("url"))?;
        }
        if masked_headers {
            let mut kept: Vec<Option<&CustomHeader>> = full.headers.iter().map(Some).collect();
            for header in input.headers.iter_mut().flatten().filter(|header| header.1 == MASK) {
                let same = |kept: &&mut Option<&CustomHeader>| {
                    kept.is_some_and(|kept| kept.0.eq_ignore_ascii_case(&header.0))
                };
                let found = kept.iter_mut().find(same).and_then(Option::take);
                header.1.clone_from(&found.ok_or_else(|| unknown("headers"))?.1);
            }
        }
        Ok(input)
    }

    /// The definition with its credentials in place of their masks.
    pub(crate) async fn filled(
        &self,
        known: &Registered,
        mut definition: Definition,
    ) -> Result<Definition, WorkbenchError> {
        if is_masked(&definition) {
            let values = self.values_of(known).await?;
            values.put(&mut definition).map_err(unknown)?;
        }
        Ok(definition)
    }

    async fn values_of(&self, known: &Registered) -> Result<Values, WorkbenchError> {
        let Some(kept) = &known.values else { return Ok(Values::default()) };
        self.unlock_vault().await?;
        let owner = values_owner(known.subscription.id);
        let plain = self.vault.open(&owner, &kept.sealed).map_err(WorkbenchError::Vault)?;
        serde_json::from_slice(&plain).map_err(|error| WorkbenchError::State(error.to_string()))
    }

    /// Takes the credentials out of a definition that is to be saved, and seals them.
    pub(crate) async fn seal_values(
        &self,
        id: SubscriptionId,
        known: Option<&Registered>,
        definition: &mut Definition,
    ) -> Result<Secrets, WorkbenchError> {
        let same = |k: &Registered| {
            let old = &k.subscription.definition;
            old.url == definition.url && old.headers == definition.headers
        };
        if known.is_some_and(same) {
            return Ok(Secrets::Keep);
        }
        if let Some(known) = known {
            *definition = self.filled(known, definition.clone()).await?;
        }
        let values = Values::take(definition);
        if values.is_empty() {
            let had = known.is_some_and(|k| k.values.is_some());
            return Ok(if had { Secrets::Replace(Vec::new()) } else { Secrets::Keep });
        }
        self.unlock_vault().await?;
        Ok(Secrets::Replace(vec![self.sealed(id, &values)?]))
    }

    fn sealed(&self, id: SubscriptionId, values: &Values) -> Result<SealedSecret, WorkbenchError> {
        let text = zeroize::Zeroizing::new(
            serde_json::to_vec(values).map_err(|error| WorkbenchError::State(error.to_string()))?,
        );
        Ok(SealedSecret { sealed: self.vault.seal(&values_owner(id), &text)?, valid_until: None })
    }

    /// The URL and headers of a subscription with their credentials, which nothing else shows.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or the vault does not open.
    pub async fn reveal_subscription(&self, id: SubscriptionId) -> Result<RevealedView, WorkbenchError> {
        if self.is_remote(id) {
            let view = self.subscription(id)?;
            return Ok(RevealedView { url: view.url, headers: view.headers });
        }
        let known = self.registered(id)?;
        let full = self.filled(&known, known.subscription.definition.clone()).await?;
        let headers = full.headers.into_iter().map(|CustomHeader(name, value)| (name, value)).collect();
        Ok(RevealedView { url: full.url, headers })
    }

    /// Seals the credentials of one subscription that lie in clear. `false` where it was changed
    /// meanwhile.
    async fn seal_older(&self, before: Unsealed) -> Result<bool, WorkbenchError> {
        self.unlock_vault().await?;
        let mut masked = before.definition.clone();
        let values = Values::take(&mut masked);
        let sealed = self.sealed(before.id, &values)?;
        Ok(self.store.seal_values(before, masked, sealed).await?)
    }

    /// Seals and masks what was kept before credentials were sealed, until nothing of it is left.
    pub(crate) fn keep_sealing(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            let mut told = false;
            if let Err(error) = workbench.store.mask_own_headers().await {
                tracing::debug!(%error, "headers of deliveries that have ended cannot be masked now");
            }
            loop {
                match workbench.store.mask_older().await {
                    Ok(true) => {
                        tokio::time::sleep(REST).await;
                        continue;
                    }
                    Ok(false) => {}
                    Err(StoreError::Closed) => return,
                    Err(error) => tracing::debug!(%error, "what was kept before cannot be masked now"),
                }
                let unsealed = workbench.store.registry().borrow().unsealed();
                if unsealed.is_empty() {
                    return;
                }
                for one in unsealed {
                    if let Err(error) = workbench.seal_older(one).await
                        && !std::mem::replace(&mut told, true)
                    {
                        tracing::warn!(%error, "credentials in URLs or headers lie in clear: they are sealed once the vault opens");
                    }
                }
                tokio::time::sleep(AGAIN).await;
            }
        })
    }
}
