//! The catalogues of the platforms, and what was really seen.

use std::collections::BTreeMap;

use hookbench_domain::Timestamp;
use hookbench_platform::profiles;
use serde::Serialize;

use crate::WorkbenchError;
use crate::handles::Platforms;

/// An event type that a catalogue names, or that was seen.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EventTypeView {
    /// Its name.
    pub name: String,
    /// The platforms whose catalogue has it.
    pub platforms: Vec<String>,
    /// What it means, as the first of these platforms says; empty for one that none knows.
    pub meaning: String,
    /// How many events of it are kept.
    pub seen: i64,
    /// When the last of them came.
    pub last_at: Option<Timestamp>,
}

impl Platforms {
    /// Every event type that a catalogue names or that was seen, by name.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read.
    pub async fn event_types(&self) -> Result<Vec<EventTypeView>, WorkbenchError> {
        let mut types: BTreeMap<String, EventTypeView> = BTreeMap::new();
        let fresh = |name: &str| EventTypeView {
            name: name.to_owned(),
            platforms: Vec::new(),
            meaning: String::new(),
            seen: 0,
            last_at: None,
        };
        for profile in profiles() {
            for kind in &profile.catalogue {
                let entry = types.entry(kind.name.to_string()).or_insert_with(|| fresh(kind.name.as_str()));
                if !entry.platforms.contains(&profile.name) {
                    entry.platforms.push(profile.name.clone());
                }
                if entry.meaning.is_empty() {
                    entry.meaning.clone_from(&kind.meaning);
                }
            }
        }
        for seen in self.0.store.seen_types().await? {
            let name = seen.event_type.as_str();
            let entry = types.entry(name.to_owned()).or_insert_with(|| fresh(name));
            entry.seen = seen.count;
            entry.last_at = Some(seen.last_at);
        }
        Ok(types.into_values().collect())
    }
}
