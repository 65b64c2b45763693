//! Headers as people write them: an object of names and values, or a list of pairs, which alone can
//! hold a name twice.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

struct Pairs<T>(Vec<T>);

impl<'de, T: From<(String, String)>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Read(PhantomData)).map(Self)
    }
}

struct Read<T>(PhantomData<T>);

impl<'de, T: From<(String, String)>> Visitor<'de> for Read<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of names and values, or a list of pairs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = items.next_element::<(String, String)>()? {
            pairs.push(pair.into());
        }
        Ok(pairs)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Vec<T>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = fields.next_entry::<String, String>()? {
            pairs.push(pair.into());
        }
        Ok(pairs)
    }
}

/// Reads headers, for `deserialize_with`.
///
/// # Errors
/// The format's, where it is neither an object of text nor a list of pairs of text.
pub fn header_pairs<'de, T, D>(d: D) -> Result<Vec<T>, D::Error>
where
    T: From<(String, String)>,
    D: Deserializer<'de>,
{
    Pairs::deserialize(d).map(|Pairs(pairs)| pairs)
}

/// The same where they may be left out, or null.
///
/// # Errors
/// As [`header_pairs`].
pub fn header_pairs_if_given<'de, T, D>(d: D) -> Result<Option<Vec<T>>, D::Error>
where
    T: From<(String, String)>,
    D: Deserializer<'de>,
{
    Ok(Option::<Pairs<T>>::deserialize(d)?.map(|Pairs(pairs)| pairs))
}
