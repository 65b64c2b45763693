//! Sources: the inbound paths of the receiver.

pub(crate) mod postback;

use serde::{Deserialize, Serialize};

use crate::{EventId, Network, PostbackError, PostbackMapping, SourceId, Timestamp};

/// The longest name of a source, in characters.
pub const MAX_SOURCE_NAME: usize = 64;
/// The most ranges of addresses that a source may list.
const MAX_ALLOWED: usize = 100;

/// What a person says about a source. It does not change: another scheme or brand is another
/// source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDefinition {
    /// Its name, which is its path: `/in/{name}`.
    pub name: String,
    /// The signature scheme's name.
    pub scheme: String,
    /// The brand whose subscriptions its events match; `None` for no brand.
    pub brand: Option<String>,
    /// Who may send; empty for anyone.
    pub allow_ips: Vec<Network>,
    /// What becomes of postbacks; a source that has this takes postbacks and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postback: Option<PostbackMapping>,
    /// Where its requests are pulled from, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relay: Option<Relay>,
}

/// A service on the internet that takes requests for us, and gives them to whoever pulls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Relay {
    /// How it is spoken with.
    pub kind: RelayKind,
    /// The address that senders are given: `https`, or `http` to this machine.
    pub url: String,
}

/// How a relay is spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum RelayKind {
    /// A list of requests that is read again and again, as webhook.site has it. It keeps bodies as
    /// they came, so signatures verify.
    WebhookSite,
    /// A stream of server-sent events, as smee.io has it. It parses bodies and writes them anew.
    Smee,
}

impl RelayKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WebhookSite, Self::Smee];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebhookSite => "webhook-site",
            Self::Smee => "smee",
        }
    }

    /// Whether bodies come as other bytes than were sent.
    #[must_use]
    pub const fn reserializes(self) -> bool {
        match self {
            Self::WebhookSite => false,
            Self::Smee => true,
        }
    }
}

/// A source as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Names it.
    pub id: SourceId,
    /// What it takes.
    pub definition: SourceDefinition,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Why a source cannot be saved. Each names the field at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// `name` cannot be a path.
    #[error("`name`: 1 to 64 of a-z, 0-9, - and _: it becomes the path /in/NAME")]
    Name,
    /// `brand` is no id.
    #[error("`brand`: a brand id has 1 to 255 visible ASCII characters without spaces")]
    Brand,
    /// `allow_ips` is too long.
    #[error("`allow_ips`: at most 100 addresses or ranges")]
    AllowIps,
    /// `postback` cannot be used.
    #[error("`postback`: {0}")]
    Postback(#[from] PostbackError),
    /// A scheme that postbacks cannot have.
    #[error(
        "`scheme`: a postback is not signed: choose `none`, or `api-key` with the key in a parameter or header"
    )]
    PostbackScheme,
    /// `key_param` without `api-key`.
    #[error("`postback`: `key_param` needs the scheme `api-key`")]
    KeyParam,
    /// A relay that pulls postbacks as re-serialised JSON, or addresses that a stream does not tell.
    #[error(
        "`relay`: an event stream tells neither the sender's address nor a query: leave out allow_ips and postback"
    )]
    Stream,
}

impl SourceDefinition {
    /// Checks name, brand and addresses.
    ///
    /// # Errors
    /// [`SourceError`], naming the field.
    pub fn check(&self) -> Result<(), SourceError> {
        let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        if !(1..=MAX_SOURCE_NAME).contains(&self.name.len()) || !self.name.bytes().all(plain) {
            return Err(SourceError::Name);
        }
        if self.brand.as_ref().is_some_and(|brand| brand.parse::<EventId>().is_err()) {
            return Err(SourceError::Brand);
        }
        if self.allow_ips.len() > MAX_ALLOWED {
            return Err(SourceError::AllowIps);
        }
        if let Some(postback) = &self.postback {
            postback.check()?;
            if !matches!(self.scheme.as_str(), "none" | "api-key") {
                return Err(SourceError::PostbackScheme);
            }
            if postback.key_param.is_some() && self.scheme != "api-key" {
                return Err(SourceError::KeyParam);
            }
        }
        let stream = self.relay.as_ref().is_some_and(|relay| relay.kind.reserializes());
        if stream && (self.postback.is_some() || !self.allow_ips.is_empty()) {
            return Err(SourceError::Stream);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> SourceDefinition {
        SourceDefinition {
            name: name.into(),
            scheme: "none".into(),
            brand: None,
            allow_ips: vec![],
            postback: None,
            relay: None,
        }
    }

    #[test]
    fn a_name_is_a_path_as_it_stands() {
        for good in ["a", "in-smoke", "shop_2", &"x".repeat(64)] {
            assert_eq!(named(good).check(), Ok(()), "{good}");
        }
        for bad in ["", "A", "a/b", "a b", "é", "a.b", "%61", &"x".repeat(65)] {
            assert_eq!(named(bad).check(), Err(SourceError::Name), "{bad}");
        }
    }

    #[test]
    fn a_brand_is_an_id_and_the_list_of_addresses_is_short() {
        assert_eq!(
            SourceDefinition { brand: Some("a b".into()), ..named("a") }.check(),
            Err(SourceError::Brand)
        );
        let many = vec!["10.0.0.0/8".parse().unwrap(); 101];
        assert_eq!(SourceDefinition { allow_ips: many, ..named("a") }.check(), Err(SourceError::AllowIps));
    }

    #[test]
    fn a_postback_is_not_signed_and_a_stream_tells_no_address() {
        let postback = Some(PostbackMapping::of_type("a.b".parse().unwrap()));
        let signed = SourceDefinition { scheme: "trcker".into(), postback: postback.clone(), ..named("a") };
        assert_eq!(signed.check(), Err(SourceError::PostbackScheme));
        let with_key = postback.clone().map(|p| PostbackMapping { key_param: Some("key".into()), ..p });
        let keyed = SourceDefinition { postback: with_key, ..named("a") };
        assert_eq!(keyed.check(), Err(SourceError::KeyParam));
        assert_eq!(SourceDefinition { scheme: "api-key".into(), ..keyed }.check(), Ok(()));
        let relay = |kind| Some(Relay { kind, url: "https://relay.example/x".into() });
        let stream = SourceDefinition { relay: relay(RelayKind::Smee), postback, ..named("a") };
        assert_eq!(stream.check(), Err(SourceError::Stream));
        assert_eq!(SourceDefinition { relay: relay(RelayKind::WebhookSite), ..stream }.check(), Ok(()));
    }

    #[test]
    fn a_source_of_an_earlier_version_is_read() {
        let kept = r#"{"name":"a","scheme":"none","brand":null,"allow_ips":[]}"#;
        assert_eq!(serde_json::from_str::<SourceDefinition>(kept).unwrap(), named("a"));
    }
}
