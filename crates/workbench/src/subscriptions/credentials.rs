//! Credentials in a subscription's URL and headers: sealed when it is saved, shown as masks, put back
//! where an edit brings the masks again, revealed when somebody asks while the vault is open. What was
//! kept before they were sealed is sealed and masked behind everything else.

use std::time::Duration;

use hookbench_dispatcher::{Values, is_masked};
use hookbench_domain::{CustomHeader, Definition, MASK, SubscriptionId, mask_header, mask_url, refill};
use hookbench_store::{Registered, SealedSecret, Secrets, StoreError, Unsealed, values_owner};
use serde::Serialize;
use tokio::task::JoinHandle;

use crate::handles::Subscriptions;
use crate::{SubscriptionInput, Workbench, WorkbenchError};

/// How long to wait before what could not be sealed is tried again, since the vault may be opened
/// meanwhile: with a key in a file, and in a keyring, which may ask a person each time.
const AGAIN: [Duration; 2] = [Duration::from_secs(10), Duration::from_mins(10)];
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
        format!(
            "`{MASK}` stands for a credential that is not kept under this name: give the credential itself"
        ),
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
    pub(crate) fn sealing_worker(&self) -> JoinHandle<()> {
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
                tokio::time::sleep(AGAIN[usize::from(workbench.vault.asks())]).await;
            }
        })
    }
}

impl Subscriptions {
    /// The URL and headers of a subscription with their credentials, which nothing else shows.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or the vault does not open.
    pub async fn reveal(&self, id: SubscriptionId) -> Result<RevealedView, WorkbenchError> {
        if self.0.is_remote(id) {
            let view = self.get(id)?;
            return Ok(RevealedView { url: view.url, headers: view.headers });
        }
        let known = self.0.registered(id)?;
        let full = self.0.filled(&known, known.subscription.definition.clone()).await?;
        let headers = full.headers.into_iter().map(|CustomHeader(name, value)| (name, value)).collect();
        Ok(RevealedView { url: full.url, headers })
    }
}

#[cfg(test)]
mod tests {
    use hookbench_ambient::Clock;
    use hookbench_domain::{DeliveryState, Held, Pending, Timestamp, Trigger};

    use super::*;
    use crate::VaultKeySource;

    const NOW: Timestamp = Timestamp::from_ms(1_780_000_000_000);

    async fn workbench(folder: &std::path::Path) -> Workbench {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        Workbench::open_with(folder, key, Clock::manual(NOW)).await.unwrap()
    }

    fn input() -> SubscriptionInput {
        let header = |name: &str, value: &str| CustomHeader(name.to_owned(), value.to_owned());
        SubscriptionInput {
            url: Some("http://127.0.0.1:9/in?token=s3cret-t0ken&x=1".to_owned()),
            events: Some(vec!["*".to_owned()]),
            headers: Some(vec![header("Authorization", "Bearer s3cret-bearer"), header("X-A", "b")]),
            ..SubscriptionInput::default()
        }
    }

    #[tokio::test]
    async fn what_was_saved_in_clear_is_sealed_and_sends_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let id = workbench.subscriptions().create(input()).await.unwrap().subscription.id;
        let shown = workbench.registered(id).unwrap().subscription.definition.clone();
        let revealed = workbench.subscriptions().reveal(id).await.unwrap();
        assert_eq!(revealed.url, input().url.unwrap());
        assert_eq!(revealed.headers[0].1, "Bearer s3cret-bearer");

        // As an earlier version kept it.
        let mut clear = shown.clone();
        clear.url.clone_from(&revealed.url);
        clear.headers = input().headers.unwrap();
        let sealed = hookbench_store::Sealed { secrets: Secrets::Keep, values: Secrets::Replace(Vec::new()) };
        workbench.store.update_subscription(id, 1, clear.clone(), sealed, NOW).await.unwrap();
        let view = workbench.subscriptions().get(id).unwrap();
        assert!(!format!("{view:?}").contains("s3cret"), "it is not shown before it is sealed either");
        let unsealed = workbench.store.registry().borrow().unsealed();
        assert!(workbench.seal_older(unsealed[0].clone()).await.unwrap());
        assert_eq!(workbench.registered(id).unwrap().subscription.definition, shown);
        assert_eq!(workbench.subscriptions().reveal(id).await.unwrap().url, revealed.url);
    }

    #[tokio::test]
    async fn an_edit_keeps_what_it_does_not_name_and_lets_go_what_it_takes_away() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let id = workbench.subscriptions().create(input()).await.unwrap().subscription.id;
        let edit = async |input: SubscriptionInput| workbench.subscriptions().edit(id, input).await;
        let headers = Some(vec![CustomHeader("x-new".to_owned(), "1".to_owned())]);
        edit(SubscriptionInput { headers, ..SubscriptionInput::default() }).await.unwrap();
        let revealed = workbench.subscriptions().reveal(id).await.unwrap();
        assert_eq!((revealed.url, revealed.headers.len()), (input().url.unwrap(), 1));
        let url = Some("http://127.0.0.1:9/other?x=2&token=••••".to_owned());
        edit(SubscriptionInput { url, ..SubscriptionInput::default() }).await.unwrap();
        let revealed = workbench.subscriptions().reveal(id).await.unwrap();
        assert_eq!(revealed.url, "http://127.0.0.1:9/other?x=2&token=s3cret-t0ken");
        let url = Some("http://127.0.0.1:9/?key=••••".to_owned());
        let error = edit(SubscriptionInput { url, ..SubscriptionInput::default() }).await.unwrap_err();
        assert!(error.to_string().contains("`url`"), "{error}");
        let url = Some("http://127.0.0.1:9/plain".to_owned());
        edit(SubscriptionInput { url, ..SubscriptionInput::default() }).await.unwrap();
        assert_eq!(workbench.registered(id).unwrap().values, None);
        assert_eq!(workbench.store.stored_secrets().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_delivery_that_waits_says_whether_the_key_is_missing_or_what_is_sealed_was_altered() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let id = workbench.subscriptions().create(input()).await.unwrap().subscription.id;
        let state = DeliveryState::Pending(Pending {
            next_attempt_at: NOW,
            trigger: Trigger::Scheduled,
            resume: None,
            held: Some(Held::Vault),
        });
        let mut kept = workbench.store.stored_secrets().await.unwrap();
        let before = kept.clone();
        kept[0].sealed[30] ^= 1;
        assert!(workbench.store.replace_stored_secrets(before, kept).await.unwrap());
        let altered = workbench.waits_for(id, &state).await.unwrap();
        assert!(altered.contains("altered") && altered.contains(&id.to_string()), "{altered}");

        let file = Some(folder.path().join("no.key"));
        let key = VaultKeySource { file, ..VaultKeySource::default() };
        let locked = Workbench::open_with(folder.path(), key, Clock::manual(NOW)).await.unwrap();
        let missing = locked.waits_for(id, &state).await.unwrap();
        assert!(missing.contains("hookbench vault init") && !missing.contains("altered"), "{missing}");
        assert!(locked.subscriptions().enable(id, false).await.is_ok(), "what needs no key works");
    }

    #[tokio::test]
    async fn known_secrets_are_blanked_wherever_they_stand() {
        let folder = tempfile::tempdir().unwrap();
        let workbench = workbench(folder.path()).await;
        let secret = Some(Some(hookbench_signature::Secret::new(b"sign1ng-s3cret".to_vec()).unwrap()));
        workbench.subscriptions().create(SubscriptionInput { secret, ..input() }).await.unwrap();
        let blank = workbench.known_secrets().await;
        let text = blank
            .text("s3cret-bearer, s3cret-t0ken and sign1ng-s3cret; 7369676e316e672d733363726574")
            .into_owned();
        assert_eq!(text, "***, *** and ***; ***");
    }
}
