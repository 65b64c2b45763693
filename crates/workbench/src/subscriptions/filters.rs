//! Trying a filter on real events before it decides about any.

use hookbench_domain::{StoredEvent, Timestamp};
use hookbench_filter::{Decision, Facts, Filter};
use serde::Serialize;

use crate::WorkbenchError;
use crate::handles::Subscriptions;
use crate::lengthy::LIMIT;

/// How many events a filter is tried on if nothing is said.
pub const TEST_DEFAULT: u32 = 100;
/// The most events it is tried on.
pub const TEST_MOST: u32 = 1000;
/// How many are read at a time at most: their bodies are held in memory.
const PIECE: u32 = 32;

/// What a filter says of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilterTestEvent {
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
pub struct FilterTest {
    /// How many it was tried on.
    pub tried: usize,
    /// How many match.
    pub matched: usize,
    /// Of how many it could not tell; they do not match.
    pub failed: usize,
    /// Each of them, newest first.
    pub items: Vec<FilterTestEvent>,
    /// Whether it was tried on all that were asked for; false where that would have taken longer than
    /// three seconds.
    pub complete: bool,
}

impl Subscriptions {
    /// Tries a filter on the last events that were kept, tests excepted: at most `last`, up to
    /// [`TEST_MOST`], and as many as can be tried in three seconds.
    ///
    /// # Errors
    /// [`WorkbenchError`] names the position of what cannot be read in the expression.
    pub async fn test_filter(&self, filter: &str, last: u32) -> Result<FilterTest, WorkbenchError> {
        if !(1..=TEST_MOST).contains(&last) {
            return Err(WorkbenchError::field("last", "a number from 1 to 1000"));
        }
        let filter = compile(filter)?;
        let (begin, begun) = tokio::sync::oneshot::channel();
        let (give, mut given) = tokio::sync::mpsc::channel::<Vec<LatestEvent>>(1);
        // Whoever waits for a place holds no bodies yet.
        let reading = async move {
            let (mut before, mut left) = (i64::MAX, if begun.await.is_ok() { last } else { 0 });
            while left > 0 {
                let events = self.0.store.latest_events(before, left.min(PIECE)).await?;
                let Some((seq, _, _)) = events.last() else { break };
                before = *seq;
                left = left.saturating_sub(u32::try_from(events.len()).unwrap_or(u32::MAX));
                if give.send(events).await.is_err() {
                    break;
                }
            }
            Ok::<(), WorkbenchError>(())
        };
        // Away from the threads that everything else runs on, and all on one: what is large is freed
        // where it was made.
        let deciding = self.0.lengthy.run(LIMIT, move |stop| {
            let _the_reader_went = begin.send(());
            let (mut items, mut complete) = (Vec::new(), true);
            while let Some(events) = given.blocking_recv() {
                let read = events.len();
                let tried = events.iter().take_while(|_| !stop()).map(|event| tried(&filter, event));
                let before = items.len();
                items.extend(tried);
                if items.len() - before < read {
                    complete = false;
                    break;
                }
            }
            (items, complete)
        });
        let (read, decided) = tokio::join!(reading, deciding);
        read?;
        let (items, complete) = decided?;
        Ok(FilterTest {
            tried: items.len(),
            matched: items.iter().filter(|t| t.matches).count(),
            failed: items.iter().filter(|t| t.why.is_some()).count(),
            items,
            complete,
        })
    }
}

/// An event with its row's number and its brand.
type LatestEvent = (i64, StoredEvent, Option<String>);

fn tried(filter: &Filter, (_, event, brand): &LatestEvent) -> FilterTestEvent {
    let facts = Facts::of(event.event_type.as_str(), brand.as_deref(), &event.body);
    let decision = filter.decide(&facts);
    FilterTestEvent {
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
}

/// Compiles a filter; an error names the field and the position in it.
pub(crate) fn compile(text: &str) -> Result<Filter, WorkbenchError> {
    Ok(Filter::compile(text)?)
}
