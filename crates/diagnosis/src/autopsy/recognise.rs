//! Which schemes a request is signed under, by its headers.

use hookbench_signature::{Scheme, from_hex};

use super::claims::{Headers, header, signature_values};

/// The schemes whose signature header is there, those that prove more first. A bare
/// `X-Webhook-Signature` is told apart by how it is written.
pub(super) fn schemes(headers: &Headers) -> Vec<Scheme> {
    let bare = header(headers, "X-Webhook-Signature");
    let hex = bare
        .as_deref()
        .is_some_and(|v| from_hex(v.rsplit('=').next().unwrap_or(v)).is_some_and(|d| !d.is_empty()));
    Scheme::ALL
        .into_iter()
        .filter(|scheme| match scheme {
            Scheme::HexBody => hex,
            Scheme::Base64Body => bare.is_some() && !hex,
            Scheme::None => false,
            Scheme::Trcker
            | Scheme::Track360
            | Scheme::Standard
            | Scheme::Stripe
            | Scheme::Github
            | Scheme::Shopify
            | Scheme::Svix
            | Scheme::ApiKey => !signature_values(*scheme, headers).is_empty(),
        })
        .collect()
}
