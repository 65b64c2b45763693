//! What people want to know about, in their words: groups of event types for those who set up a
//! webhook without knowing the names. The groups lie in `goals.json`.

use std::sync::LazyLock;

use hookbench_domain::Pattern;
use serde::{Deserialize, Serialize};

use crate::{Profile, profiles};

/// Something that people want to be told about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// What happens, in words.
    pub title: String,
    /// What it is good for.
    pub why: String,
    /// The event types that tell of it; on one platform, those that its catalogue has.
    pub events: Vec<String>,
}

static GOALS: LazyLock<Vec<Goal>> =
    LazyLock::new(|| match serde_json::from_str(include_str!("../goals.json")) {
        Ok(goals) => goals,
        // The file is part of the program and a test reads it.
        Err(error) => panic!("goals.json: {error}"),
    });

/// The goals that a platform can tell of.
#[must_use]
pub fn goals(profile: &Profile) -> Vec<Goal> {
    let of_platform = |goal: &Goal| {
        let events: Vec<String> = goal.events.iter().filter(|e| profile.knows(e)).cloned().collect();
        (!events.is_empty()).then(|| Goal { events, ..goal.clone() })
    };
    GOALS.iter().filter_map(of_platform).collect()
}

/// What a subscription with these patterns is told, in words that follow "when" or stand alone:
/// `every event`, `conversion approved, conversion rejected`, `everything about conversions`.
#[must_use]
pub fn in_words(patterns: &[Pattern]) -> String {
    const NAMED: usize = 3;
    let mut words: Vec<String> = Vec::new();
    for pattern in patterns {
        match pattern {
            Pattern::Any => return "every event".to_owned(),
            Pattern::Prefix(prefix) => {
                words.push(format!(
                    "everything about {}s",
                    prefix.trim_end_matches('.').replace(['.', '_'], " ")
                ));
            }
            Pattern::Exact(name) => {
                let title =
                    profiles().iter().find_map(|p| p.event(name.as_str())).map(|k| k.title.to_lowercase());
                words.push(title.unwrap_or_else(|| name.as_str().replace(['.', '_'], " ")));
            }
        }
    }
    let more = words.len().saturating_sub(NAMED);
    if more == 0 {
        return words.join(", ");
    }
    words.truncate(NAMED);
    format!("{} and {more} more", words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_type_of_every_catalogue_belongs_to_a_goal_and_every_goal_to_a_platform() {
        for profile in profiles() {
            let told: Vec<String> = goals(profile).into_iter().flat_map(|g| g.events).collect();
            for kind in &profile.catalogue {
                assert!(told.iter().any(|t| t == kind.name.as_str()), "{}: {}", profile.name, kind.name);
            }
        }
        for goal in GOALS.iter() {
            for event in &goal.events {
                assert!(crate::known_anywhere(event), "{event}");
            }
        }
    }

    #[test]
    fn patterns_are_told_in_words() {
        let patterns = |names: &[&str]| names.iter().map(|n| n.parse().unwrap()).collect::<Vec<Pattern>>();
        assert_eq!(in_words(&patterns(&["conversion.approved", "*"])), "every event");
        assert_eq!(in_words(&patterns(&["conversion.*"])), "everything about conversions");
        assert_eq!(
            in_words(&patterns(&["conversion.approved", "own.thing_done"])),
            "conversion approved, own thing done"
        );
        let many = in_words(&patterns(&["a.b", "a.c", "a.d", "a.e", "a.f"]));
        assert_eq!(many, "a b, a c, a d and 2 more");
    }
}
