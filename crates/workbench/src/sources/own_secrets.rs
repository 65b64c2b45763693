//! A source's own secrets, kept out of its log wherever they stand in a request: in a misspelt header,
//! under another parameter, in a body that was refused.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hookbench_domain::{MASK, SourceId, is_credential_param};
use hookbench_receiver::without_key;
use hookbench_signature::Blank;
use hookbench_store::{RegisteredSource, SealedSecret, relay_owner, token_owner};

use crate::{Workbench, WorkbenchError};

/// The secrets of a source as they are sealed, and what is looked for because of them.
type Known = (Vec<SealedSecret>, Arc<Blank>);

/// What is looked for, made once per source and again when its secrets change.
#[derive(Default)]
pub(crate) struct OwnSecrets(Mutex<HashMap<SourceId, Known>>);

impl OwnSecrets {
    /// What is looked for in requests to this source. Its vault is open, if it has secrets.
    pub(crate) fn of(
        &self,
        workbench: &Workbench,
        registered: &RegisteredSource,
    ) -> Result<Arc<Blank>, WorkbenchError> {
        let id = registered.source.id;
        let signing = registered.secrets.iter().map(|secret| (id.to_string(), secret));
        let others = [(token_owner(id), &registered.token), (relay_owner(id), &registered.relay_key)];
        let others = others.into_iter().filter_map(|(owner, kept)| Some((owner, kept.as_ref()?)));
        let all: Vec<(String, &SealedSecret)> = signing.chain(others).collect();
        let sealed: Vec<SealedSecret> = all.iter().map(|(_, secret)| (*secret).clone()).collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, blank)) = known.get(&id)
            && *of == sealed
        {
            return Ok(blank.clone());
        }
        let open = |(owner, kept): &(String, &SealedSecret)| workbench.vault.open(owner, &kept.sealed);
        let plain: Vec<_> = all.iter().map(open).collect::<Result<_, _>>().map_err(WorkbenchError::Vault)?;
        let blank = Arc::new(Blank::new(plain.iter().map(|secret| secret.as_slice()), MASK));
        known.insert(id, (sealed, blank.clone()));
        Ok(blank)
    }
}

/// A query or a form as it is kept: without the value of the key, of whatever else is named like a
/// credential, and without the source's secrets.
pub(crate) fn stored_query(text: &str, key: Option<&str>, blank: &Blank) -> String {
    let hide = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if is_credential_param(name) && !value.is_empty() => format!("{name}={MASK}"),
        Some(_) | None => pair.to_owned(),
    };
    let hidden = without_key(text, key).split('&').map(hide).collect::<Vec<_>>().join("&");
    blank.text(&hidden).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_not_kept() {
        let blank = Blank::new([&b"own-s3cret"[..]], MASK);
        let kept = stored_query("click=1&apikey=wrong&k=own-s3cret&amount=2", Some("key"), &blank);
        assert_eq!(kept, "click=1&apikey=••••&k=••••&amount=2");
    }
}
