//! A strip: what is known of [`SEGMENT`] deliveries that were kept one after another, in a few bytes
//! each: which combination of properties each of them has, and when it was made.

use std::collections::{BTreeMap, HashMap};

use crate::StoreError;
use crate::error::corrupt;

/// How many deliveries one strip is about.
pub(crate) const SEGMENT: i64 = 1024;
/// The same, for places.
const PLACES: usize = 1024;
/// Four bytes of a combination.
const DIMENSION_KEY: usize = 4;
/// Six bytes of milliseconds since the strip's first time: as many as 8,900 years take.
const OFFSET: usize = 6;

/// Which strip a delivery lies on.
pub(crate) fn segment_of(seq: i64) -> i64 {
    seq.div_euclid(SEGMENT)
}

/// Where on its strip.
fn place_of(seq: i64) -> usize {
    usize::try_from(seq.rem_euclid(SEGMENT)).unwrap_or(0)
}

/// A strip as it is changed: combination and time of each delivery that is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment(Vec<Option<(u32, i64)>>);

/// A strip as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) first_at: i64,
    pub(crate) last_at: i64,
    pub(crate) counts: Vec<u8>,
    pub(crate) places: Vec<u8>,
}

impl Default for Segment {
    fn default() -> Self {
        Self(vec![None; PLACES])
    }
}

impl Segment {
    /// Reads one.
    pub(crate) fn read(first_at: i64, places: &[u8]) -> Result<Self, StoreError> {
        Ok(Self(read_places(first_at, places)?.collect()))
    }

    /// Counts a delivery as this combination, made then.
    pub(crate) fn put(&mut self, seq: i64, combination: u32, at: i64) {
        if let Some(place) = self.0.get_mut(place_of(seq)) {
            *place = Some((combination, at));
        }
    }

    /// Counts a delivery no longer; its combination if it was counted.
    pub(crate) fn take(&mut self, seq: i64) -> Option<u32> {
        self.0.get_mut(place_of(seq))?.take().map(|(combination, _)| combination)
    }

    /// How it is written; nothing is left of an empty one.
    pub(crate) fn write(&self) -> Option<Written> {
        let times = || self.0.iter().flatten().map(|(_, at)| *at);
        let (first_at, last_at) = (times().min()?, times().max()?);
        let mut each: BTreeMap<u32, u32> = BTreeMap::new();
        for (combination, _) in self.0.iter().flatten() {
            *each.entry(*combination).or_default() += 1;
        }
        let counts = each.iter().flat_map(|(c, n)| [c.to_le_bytes(), n.to_le_bytes()]).flatten().collect();
        let mut places = Vec::with_capacity(PLACES * (DIMENSION_KEY + OFFSET));
        for place in &self.0 {
            places.extend(place.map_or(0, |(combination, _)| combination).to_le_bytes());
        }
        for place in &self.0 {
            let offset = place.map_or(0, |(_, at)| at - first_at);
            places.extend(offset.to_le_bytes().into_iter().take(OFFSET));
        }
        Some(Written { first_at, last_at, counts, places })
    }
}

/// Up to which number combinations are looked up by place.
const DENSE: u32 = 65_536;

/// Something about each of some combinations, by number: a strip asks a thousand times.
#[derive(Debug, Clone)]
pub(crate) struct ByNumber<T> {
    dense: Vec<Option<T>>,
    /// Those of larger numbers, which only come about where combinations come and go for years.
    rest: HashMap<u32, T>,
}

impl<T: Copy> ByNumber<T> {
    pub(crate) fn get(&self, combination: u32) -> Option<T> {
        match usize::try_from(combination).ok().and_then(|n| self.dense.get(n)) {
            Some(found) => *found,
            None => self.rest.get(&combination).copied(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.dense.is_empty() && self.rest.is_empty()
    }
}

impl<T: Copy> FromIterator<(u32, T)> for ByNumber<T> {
    fn from_iter<I: IntoIterator<Item = (u32, T)>>(each: I) -> Self {
        let mut made = Self { dense: Vec::new(), rest: HashMap::new() };
        for (combination, value) in each {
            match usize::try_from(combination).ok().filter(|_| combination < DENSE) {
                Some(place) => {
                    made.dense.resize(made.dense.len().max(place + 1), None);
                    if let Some(slot) = made.dense.get_mut(place) {
                        *slot = Some(value);
                    }
                }
                None => {
                    made.rest.insert(combination, value);
                }
            }
        }
        made
    }
}

fn four(bytes: &[u8]) -> u32 {
    bytes.first_chunk().copied().map_or(0, u32::from_le_bytes)
}

/// How many there are of each combination.
pub(crate) fn read_counts(counts: &[u8]) -> impl Iterator<Item = (u32, i64)> {
    counts.chunks_exact(8).map(|pair| (four(pair), i64::from(four(pair.get(4..).unwrap_or_default()))))
}

/// The dimension key and time of each place, in order; nothing where no delivery is counted.
pub(crate) fn read_places(
    first_at: i64,
    places: &[u8],
) -> Result<impl DoubleEndedIterator<Item = Option<(u32, i64)>> + ExactSizeIterator, StoreError> {
    let (combinations, offsets) = places
        .split_at_checked(PLACES * DIMENSION_KEY)
        .filter(|(_, offsets)| offsets.len() == PLACES * OFFSET)
        .ok_or_else(|| corrupt("strip of the log", format!("{} bytes", places.len())))?;
    let offset = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, byte| (n << 8) | i64::from(*byte));
    Ok(combinations.chunks_exact(DIMENSION_KEY).zip(offsets.chunks_exact(OFFSET)).map(move |(c, o)| {
        let combination = four(c);
        (combination > 0).then(|| (combination, first_at + offset(o)))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_is_read_as_it_was_written_whatever_the_clock_did() {
        let mut strip = Segment::default();
        assert_eq!(strip.write(), None);
        let year = 365 * 24 * 60 * 60 * 1000;
        for (seq, combination, at) in [(5120, 7, 1_780_000_000_000), (5121, 8, 0), (6143, 7, 200 * year)] {
            strip.put(seq, combination, at);
        }
        let written = strip.write().unwrap();
        assert_eq!((written.first_at, written.last_at), (0, 200 * year));
        assert_eq!(read_counts(&written.counts).collect::<Vec<_>>(), [(7, 2), (8, 1)]);
        let mut again = Segment::read(written.first_at, &written.places).unwrap();
        assert_eq!(again, strip);
        assert_eq!((again.take(5121), again.take(5121), again.take(5122)), (Some(8), None, None));
        assert_eq!(again.write().unwrap().first_at, 1_780_000_000_000);
        assert!(Segment::read(0, &written.places[1..]).is_err());
    }

    #[test]
    fn what_is_known_of_a_combination_is_found_by_its_number_however_large() {
        let known: ByNumber<u8> = [(3, 1), (DENSE - 1, 2), (DENSE, 3), (u32::MAX, 4)].into_iter().collect();
        let found = [3, DENSE - 1, DENSE, u32::MAX].map(|n| known.get(n));
        assert_eq!(found, [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!([0, 4, DENSE + 1].map(|n| known.get(n)), [None; 3]);
        assert!(!known.is_empty() && ByNumber::<u8>::from_iter([]).is_empty());
    }

    #[test]
    fn every_delivery_has_one_place() {
        assert_eq!((segment_of(0), segment_of(1023), segment_of(1024)), (0, 0, 1));
        assert_eq!((place_of(1023), place_of(1024)), (1023, 0));
    }
}
