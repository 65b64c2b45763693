//! Trying a filter on real events before it decides about any.

use hookbench_ambient::Stopwatch;
use hookbench_domain::Timestamp;
use hookbench_filter::{Decision, Facts, Filter};
use serde::Serialize;

use crate::lengthy::LIMIT;
use crate::{Workbench, WorkbenchError};

/// How many events a filter is tried on if nothing is said.
pub const TRY_DEFAULT: u32 = 100;
/// The most events it is tried on.
pub const TRY_MOST: u32 = 1000;
/// How many are read at a time at most: their bodies are held in memory.
const PIECE: u32 = 32;

/// What a filter says of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct TriedEvent {
    /// The event's id.
    pub id: String,
    /// Its type.
    pub event: String,
    /// Its brand.
    pub brand: Option<String>,
    /// When it was kept.
    pub received_at: Timestamp,
    /// Whether it would be sent.
    pub matches: bool,
    /// Why not, where the filter could not tell: a field is missing or has another type.
    pub why: Option<String>,
}

/// What a filter says of the latest events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilterTrial {
    /// How many it was tried on.
    pub tried: usize,
    /// How many match.
    pub matched: usize,
    /// Of how many it could not tell; they do not match.
    pub failed: usize,
    /// Each of them, newest first.
    pub items: Vec<TriedEvent>,
    /// Whether it was tried on all that were asked for; false where that would have taken longer than
    /// three seconds.
    pub complete: bool,
}

impl Workbench {
    /// Tries a filter on the last events that were kept, tests excepted: at most `last`, up to
    /// [`TRY_MOST`], and as many as can be tried in three seconds.
    ///
    /// # Errors
    /// [`WorkbenchError`] names the position of what cannot be read in the expression.
    pub async fn try_filter(&self, filter: &str, last: u32) -> Result<FilterTrial, WorkbenchError> {
        if !(1..=TRY_MOST).contains(&last) {
            return Err(WorkbenchError::field("last", "a number from 1 to 1000"));
        }
        let filter = std::sync::Arc::new(compile(filter)?);
        let (mut trial, mut before, mut left) = (
            FilterTrial { tried: 0, matched: 0, failed: 0, items: Vec::new(), complete: true },
            i64::MAX,
            last,
        );
        let started = Stopwatch::start();
        while left > 0 {
            let events = self.store.latest_events(before, left.min(PIECE)).await?;
            let Some((seq, _, _)) = events.last() else { break };
            before = *seq;
            left = left.saturating_sub(u32::try_from(events.len()).unwrap_or(u32::MAX));
            let (filter, read) = (filter.clone(), events.len());
            // Away from the threads that everything else runs on: together this may take a while.
            let limit = LIMIT.saturating_sub(started.elapsed());
            let deciding = self.lengthy.run(limit, move |stop| {
                let decide = |(_, event, brand): &(i64, hookbench_domain::KeptEvent, Option<String>)| {
                    let facts = Facts::of(event.event_type.as_str(), brand.as_deref(), &event.body);
                    let decision = filter.decide(&facts);
                    TriedEvent {
                        id: event.id.to_string(),
                        event: event.event_type.to_string(),
                        brand: brand.clone(),
                        received_at: event.received_at,
                        matches: decision.matches(),
                        why: match decision {
                            Decision::Matches | Decision::LeavesOut => None,
                            Decision::Fails(why) => Some(why),
                        },
                    }
                };
                events.iter().take_while(|_| !stop()).map(decide).collect::<Vec<_>>()
            });
            let tried = deciding.await?;
            let ended = tried.len() < read;
            trial.tried += tried.len();
            trial.matched += tried.iter().filter(|t| t.matches).count();
            trial.failed += tried.iter().filter(|t| t.why.is_some()).count();
            trial.items.extend(tried);
            if ended {
                trial.complete = false;
                break;
            }
        }
        Ok(trial)
    }
}

/// Compiles a filter; an error names the field and the position in it.
pub(crate) fn compile(text: &str) -> Result<Filter, WorkbenchError> {
    Ok(Filter::compile(text)?)
}
