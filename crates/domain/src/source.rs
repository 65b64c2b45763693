//! Sources: the inbound paths of the receiver.

use serde::{Deserialize, Serialize};

use crate::{EventId, Network, SourceId, Timestamp};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
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
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> SourceDefinition {
        SourceDefinition { name: name.into(), scheme: "none".into(), brand: None, allow_ips: vec![] }
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
}
