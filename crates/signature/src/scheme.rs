//! The schemes: which header carries what, and which text is signed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A way to sign a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "string"))]
pub enum Scheme {
    /// Trcker: `X-Trcker-Signature: t=<unix s>,v1=<hex>`.
    Trcker,
    /// Track360: the hex digest of the body in `X-Track360-Signature`.
    Track360,
    /// Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    Standard,
    /// Stripe: `Stripe-Signature: t=<unix s>,v1=<hex>`.
    Stripe,
    /// GitHub: `X-Hub-Signature-256: sha256=<hex>`.
    Github,
    /// Shopify: `X-Shopify-Hmac-Sha256: <base64>`.
    Shopify,
    /// Svix: Standard Webhooks under `svix-` names.
    Svix,
    /// The hex digest of the body in `X-Webhook-Signature`.
    HexBody,
    /// The base64 digest of the body in `X-Webhook-Signature`.
    Base64Body,
    /// Nothing is signed and nothing is verified.
    None,
    /// A header equal to the secret.
    ApiKey,
}

/// Which bytes a scheme signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignedText {
    /// The body alone.
    Body,
    /// The time, a dot, the body.
    TimestampBody,
    /// The id, a dot, the time, a dot, the body.
    IdTimestampBody,
}

/// How the signature stands in its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `t=<unix s>,v1=<hex>`, any number of `v1`.
    KeyValues,
    /// `v1,<base64>`, several separated by spaces.
    Versioned,
    /// `sha256=<hex>`.
    PrefixedHex,
    /// The hex digits alone.
    Hex,
    /// The base64 alone.
    Base64,
    /// The secret itself.
    Plain,
}

/// A name that no scheme has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no signature scheme `{0}`: choose trcker, track360, standard, stripe, github, shopify, svix, hex-body, base64-body, none or api-key"
)]
pub struct UnknownScheme(pub String);

impl Scheme {
    /// Every scheme, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::Trcker,
        Self::Track360,
        Self::Standard,
        Self::Stripe,
        Self::Github,
        Self::Shopify,
        Self::Svix,
        Self::HexBody,
        Self::Base64Body,
        Self::None,
        Self::ApiKey,
    ];

    /// The name used in JSON, SQL and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trcker => "trcker",
            Self::Track360 => "track360",
            Self::Standard => "standard",
            Self::Stripe => "stripe",
            Self::Github => "github",
            Self::Shopify => "shopify",
            Self::Svix => "svix",
            Self::HexBody => "hex-body",
            Self::Base64Body => "base64-body",
            Self::None => "none",
            Self::ApiKey => "api-key",
        }
    }

    /// One sentence for people.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Trcker => {
                "Trcker: one header holds the time and the hex HMAC-SHA256 of time, dot and body."
            }
            Self::Track360 => "Track360: one header holds the hex HMAC-SHA256 of the body.",
            Self::Standard => {
                "Standard Webhooks: three headers hold id, time and the base64 HMAC-SHA256 of id, time and body."
            }
            Self::Stripe => {
                "Stripe: one header holds the time and the hex HMAC-SHA256 of time, dot and body."
            }
            Self::Github => {
                "GitHub: one header holds sha256= and the hex HMAC-SHA256 of the body; id and type have their own."
            }
            Self::Shopify => {
                "Shopify: one header holds the base64 HMAC-SHA256 of the body; id and topic have their own."
            }
            Self::Svix => {
                "Svix: Standard Webhooks under svix- names: id, time and the base64 HMAC-SHA256 of id, time and body."
            }
            Self::HexBody => "The header X-Webhook-Signature holds the hex HMAC-SHA256 of the body.",
            Self::Base64Body => "The header X-Webhook-Signature holds the base64 HMAC-SHA256 of the body.",
            Self::None => "Nothing is signed: anyone who knows the address can send.",
            Self::ApiKey => "The header X-Api-Key holds the secret itself; the body is not protected.",
        }
    }

    /// A short formula of what is signed: `t.body`.
    #[must_use]
    pub const fn signed_text(self) -> &'static str {
        match self.text() {
            Some(SignedText::Body) => "body",
            Some(SignedText::TimestampBody) => "t.body",
            Some(SignedText::IdTimestampBody) => "id.t.body",
            None => match self {
                Self::ApiKey => "the secret itself",
                Self::Trcker
                | Self::Track360
                | Self::Standard
                | Self::Stripe
                | Self::Github
                | Self::Shopify
                | Self::Svix
                | Self::HexBody
                | Self::Base64Body
                | Self::None => "nothing",
            },
        }
    }

    /// Which bytes are signed; `None` for the two schemes that sign nothing.
    #[must_use]
    pub const fn text(self) -> Option<SignedText> {
        match self {
            Self::Trcker | Self::Stripe => Some(SignedText::TimestampBody),
            Self::Standard | Self::Svix => Some(SignedText::IdTimestampBody),
            Self::Track360 | Self::Github | Self::Shopify | Self::HexBody | Self::Base64Body => {
                Some(SignedText::Body)
            }
            Self::None | Self::ApiKey => None,
        }
    }

    /// How the signature is written; `None` for the scheme that has none.
    #[must_use]
    pub const fn format(self) -> Option<Format> {
        match self {
            Self::Trcker | Self::Stripe => Some(Format::KeyValues),
            Self::Standard | Self::Svix => Some(Format::Versioned),
            Self::Github => Some(Format::PrefixedHex),
            Self::Track360 | Self::HexBody => Some(Format::Hex),
            Self::Shopify | Self::Base64Body => Some(Format::Base64),
            Self::ApiKey => Some(Format::Plain),
            Self::None => None,
        }
    }

    /// The header that carries the signature (or the key), as it is spelt when sent.
    #[must_use]
    pub const fn signature_header(self) -> Option<&'static str> {
        match self {
            Self::Trcker => Some("X-Trcker-Signature"),
            Self::Track360 => Some("X-Track360-Signature"),
            Self::Standard => Some("webhook-signature"),
            Self::Stripe => Some("Stripe-Signature"),
            Self::Github => Some("X-Hub-Signature-256"),
            Self::Shopify => Some("X-Shopify-Hmac-Sha256"),
            Self::Svix => Some("svix-signature"),
            Self::HexBody | Self::Base64Body => Some("X-Webhook-Signature"),
            Self::ApiKey => Some("X-Api-Key"),
            Self::None => None,
        }
    }

    /// The header that carries the time, where it has one of its own.
    #[must_use]
    pub const fn timestamp_header(self) -> Option<&'static str> {
        match self {
            Self::Standard => Some("webhook-timestamp"),
            Self::Svix => Some("svix-timestamp"),
            Self::Trcker
            | Self::Track360
            | Self::Stripe
            | Self::Github
            | Self::Shopify
            | Self::HexBody
            | Self::Base64Body
            | Self::None
            | Self::ApiKey => None,
        }
    }

    /// The header that carries the event's id, where there is one.
    #[must_use]
    pub const fn id_header(self) -> Option<&'static str> {
        match self {
            Self::Standard => Some("webhook-id"),
            Self::Svix => Some("svix-id"),
            Self::Github => Some("X-GitHub-Delivery"),
            Self::Shopify => Some("X-Shopify-Webhook-Id"),
            Self::Trcker
            | Self::Track360
            | Self::Stripe
            | Self::HexBody
            | Self::Base64Body
            | Self::None
            | Self::ApiKey => None,
        }
    }

    /// The header that carries the event's type, where there is one.
    #[must_use]
    pub const fn type_header(self) -> Option<&'static str> {
        match self {
            Self::Github => Some("X-GitHub-Event"),
            Self::Shopify => Some("X-Shopify-Topic"),
            Self::Trcker
            | Self::Track360
            | Self::Standard
            | Self::Stripe
            | Self::Svix
            | Self::HexBody
            | Self::Base64Body
            | Self::None
            | Self::ApiKey => None,
        }
    }

    /// Every header that [`crate::sign`] sets, in lower case: nobody sets these by hand.
    #[must_use]
    pub const fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Trcker => &["x-trcker-signature"],
            Self::Track360 => &["x-track360-signature"],
            Self::Standard => &["webhook-signature", "webhook-id", "webhook-timestamp"],
            Self::Stripe => &["stripe-signature"],
            Self::Github => &["x-hub-signature-256", "x-github-delivery", "x-github-event"],
            Self::Shopify => &["x-shopify-hmac-sha256", "x-shopify-webhook-id", "x-shopify-topic"],
            Self::Svix => &["svix-signature", "svix-id", "svix-timestamp"],
            Self::HexBody | Self::Base64Body => &["x-webhook-signature"],
            Self::None => &[],
            Self::ApiKey => &["x-api-key"],
        }
    }

    /// Whether signing and verifying need a secret.
    #[must_use]
    pub const fn needs_secret(self) -> bool {
        self.format().is_some()
    }

    /// Whether the secret may be written as `whsec_` and the base64 of the key.
    #[must_use]
    pub const fn has_prefixed_secrets(self) -> bool {
        matches!(self, Self::Standard | Self::Svix)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scheme {
    type Err = UnknownScheme;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str() == name)
            .ok_or_else(|| UnknownScheme(name.chars().take(80).collect()))
    }
}

impl Serialize for Scheme {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Scheme {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_others_are_refused_with_the_choices() {
        for scheme in Scheme::ALL {
            assert_eq!(scheme.to_string().parse(), Ok(scheme));
            let json = serde_json::to_string(&scheme).unwrap();
            assert_eq!(serde_json::from_str::<Scheme>(&json).unwrap(), scheme);
        }
        let error = "hmac".parse::<Scheme>().unwrap_err().to_string();
        assert!(Scheme::ALL.iter().all(|s| error.contains(s.as_str())), "{error}");
    }

    #[test]
    fn the_headers_of_a_scheme_are_all_it_sets() {
        for scheme in Scheme::ALL {
            let named = [
                scheme.signature_header(),
                scheme.id_header(),
                scheme.timestamp_header(),
                scheme.type_header(),
            ];
            let mut want: Vec<_> = named.into_iter().flatten().map(str::to_ascii_lowercase).collect();
            let mut got = scheme.headers().to_vec();
            want.sort_unstable();
            got.sort_unstable();
            assert_eq!(got, want, "{scheme}");
        }
    }
}
