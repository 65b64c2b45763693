//! A platform's events, one after the other.

use hookbench_domain::{EventType, Timestamp};
use hookbench_platform::{Data, EnvelopeInput, Profile};
use serde_json::{Map, Value};

use crate::dice::Dice;
use crate::happening::{Happening, Key};
use crate::tell;
use crate::world::World;

/// One event, as the platform would send it.
#[derive(Debug, Clone, PartialEq)]
pub struct Emitted {
    /// Its id (`evt_…`), unique within the traffic.
    pub id: String,
    /// Its type, one of the platform's catalogue.
    pub event_type: EventType,
    /// When it happened.
    pub created_at: Timestamp,
    /// The brand it belongs to; the same for the whole traffic.
    pub brand: String,
    /// What happened.
    pub data: Map<String, Value>,
    /// The platform's envelope around it: what a delivery carries.
    pub body: Vec<u8>,
}

/// How a platform puts a happening into words: the event type and its data.
type Telling = fn(&Happening, Timestamp) -> Option<(&'static str, Value)>;

#[derive(Debug)]
enum Plot {
    /// The program lives, and this platform tells of it.
    Lived(Box<World>, Telling),
    /// A platform this crate has no words for: the samples of its catalogue, in turn.
    Samples(usize),
}

/// An endless stream of events of one brand. The same profile, seed and times make the same
/// events; two brands need two seeds, or their event ids are the same.
#[derive(Debug)]
pub struct Traffic {
    profile: &'static Profile,
    plot: Plot,
    ids: Dice,
    brand: String,
    last: Timestamp,
}

impl Traffic {
    /// A program that has just opened.
    #[must_use]
    pub fn new(profile: &'static Profile, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let bits = (u128::from(dice.draw()) << 64) | u128::from(dice.draw());
        let brand = Key { number: 0, bits }.hex('b');
        let ids = Dice::new(dice.draw());
        let telling: Option<Telling> = match profile.name.as_str() {
            "trcker" => Some(tell::trcker),
            "trackdesk" => Some(tell::trackdesk),
            "track360" => Some(tell::track360),
            "generic" => Some(tell::generic),
            _ => None,
        };
        let plot = match telling {
            Some(telling) => Plot::Lived(Box::new(World::new(profile, dice)), telling),
            None => Plot::Samples(0),
        };
        Self { profile, plot, ids, brand, last: Timestamp::from_ms(i64::MIN) }
    }

    /// The brand's id at the platform.
    #[must_use]
    pub fn brand(&self) -> &str {
        &self.brand
    }

    /// What happens at `now`; a time before the last event's counts as that event's.
    pub fn next(&mut self, now: Timestamp) -> Emitted {
        self.last = self.last.max(now);
        let now = self.last;
        let (event_type, data) = match &mut self.plot {
            Plot::Lived(world, telling) => loop {
                let told = world.step(now).and_then(|happening| telling(&happening, now));
                let Some((name, Value::Object(data))) = told else { continue };
                // A profile may have dropped a type: then nobody is told.
                if let Some(kind) = self.profile.event(name) {
                    break (kind.name.clone(), data);
                }
            },
            Plot::Samples(turn) => {
                // A profile has at least one event type.
                let kind = &self.profile.catalogue[*turn % self.profile.catalogue.len()];
                *turn += 1;
                (kind.name.clone(), kind.sample.clone())
            }
        };
        let id = format!("evt_{:016x}", self.ids.draw());
        let body = self.profile.envelope(&EnvelopeInput {
            id: &id,
            event_type: event_type.as_str(),
            created_at: now,
            brand: Some(&self.brand),
            data: &Data::from(&data),
        });
        Emitted { id, event_type, created_at: now, brand: self.brand.clone(), data, body }
    }
}
