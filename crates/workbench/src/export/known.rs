//! Every secret of the folder that can be opened, blanked by value wherever it stands in what leaves.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_dispatcher::{Values, written_within};
use hookbench_signature::{Blank, SECRET_PREFIX, from_base64};
use hookbench_store::values_owner;
use serde_json::Value;

use crate::Workbench;
use crate::body::BodyView;
use crate::deliveries::views::DeliveryDetail;

/// What stands for what is not shown.
pub(super) const MASK: &str = "***";

impl Workbench {
    /// Everything that is sealed in this folder and opens now. Where the vault does not open, nothing is
    /// known by value: then names alone decide.
    pub(crate) async fn known_secrets(&self) -> Blank {
        let registry = self.store.registry().borrow().clone();
        if registry.any_secret().is_some()
            && let Err(error) = self.unlock_vault().await
        {
            tracing::warn!(%error, "the vault does not open: credentials are masked by name alone");
        }
        let mut known: Vec<Vec<u8>> = Vec::new();
        let of_values: Vec<String> = registry.iter().map(|r| values_owner(r.subscription.id)).collect();
        for (owner, kept) in registry.sealed() {
            let Ok(plain) = self.vault.open(&owner, &kept.sealed) else { continue };
            if of_values.contains(&owner) {
                let values: Values = serde_json::from_slice(&plain).unwrap_or_default();
                known.extend(values.spellings());
                continue;
            }
            if let Some(coded) = plain.strip_prefix(SECRET_PREFIX.as_bytes()) {
                known.push(coded.to_vec());
                known.extend(std::str::from_utf8(coded).ok().and_then(from_base64));
            }
            known.extend(std::str::from_utf8(&plain).ok().into_iter().flat_map(written_within));
            known.push(plain.to_vec());
        }
        Blank::new(known.iter().map(Vec::as_slice), MASK)
    }
}

fn blank_body(body: &mut BodyView, blank: &Blank) {
    match body {
        BodyView::Body(text) => blank.clean(text),
        BodyView::BodyBase64(coded) => {
            if let Ok(bytes) = STANDARD.decode(coded.as_bytes()) {
                *coded = STANDARD.encode(blank.bytes(&bytes));
            }
        }
    }
}

/// Blanks every text of a delivery.
pub(super) fn blank_delivery(detail: &mut DeliveryDetail, blank: &Blank) {
    if blank.is_empty() {
        return;
    }
    blank.clean(&mut detail.delivery.url);
    blank.clean(&mut detail.delivery.subscription_name);
    for attempt in &mut detail.attempts {
        attempt.error.iter_mut().for_each(|text| blank.clean(text));
        if let Some(verdict) = &mut attempt.verdict {
            [&mut verdict.summary, &mut verdict.detail, &mut verdict.next_step]
                .into_iter()
                .for_each(|text| blank.clean(text));
        }
        if let Some(request) = &mut attempt.request {
            blank.clean(&mut request.url);
            request.headers.iter_mut().for_each(|(_, value)| blank.clean(value));
            blank_body(&mut request.body, blank);
        }
        if let Some(response) = &mut attempt.response {
            response.headers.iter_mut().for_each(|(_, value)| blank.clean(value));
            blank_body(&mut response.body, blank);
        }
    }
}

/// Blanks every text of a JSON value.
pub(super) fn blank_value(value: &mut Value, blank: &Blank) {
    match value {
        Value::String(text) => blank.clean(text),
        Value::Array(items) => items.iter_mut().for_each(|item| blank_value(item, blank)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field {
                    Value::String(coded) if name == "body_base64" => {
                        if let Ok(bytes) = STANDARD.decode(coded.as_bytes()) {
                            *coded = STANDARD.encode(blank.bytes(&bytes));
                        }
                    }
                    Value::Null
                    | Value::Bool(_)
                    | Value::Number(_)
                    | Value::String(_)
                    | Value::Array(_)
                    | Value::Object(_) => blank_value(field, blank),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
