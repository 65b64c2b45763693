//! What follows the log at a distance: how events of each type look, which conversions they tell of,
//! how long attempts took. It reads what was kept, and is never in its way.

use std::collections::HashMap;
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use hookbench_diagnosis::{DriftKind, FieldDrift, InferredSchema, conversion_id};
use hookbench_store::{LearnedEvents, NewAlert, UnprocessedEvent};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::{Workbench, WorkbenchError};

/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(500);
/// How many events are looked at in one go.
const BATCH: u32 = 512;
/// How long it rests between two goes while it is behind, in times of the last one: what is sent
/// comes first.
const REST: u32 = 2;
/// The same while others write.
const REST_WHILE_BUSY: u32 = 15;
/// What kind of alert a difference in shape is.
pub(crate) const SCHEMA_DRIFT: &str = "schema_drift";

impl Workbench {
    /// Follows until the store is closed or the task is ended.
    pub(crate) fn projection_worker(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            let mut changes = workbench.store.changes();
            changes.mark_changed();
            while changes.changed().await.is_ok() {
                loop {
                    let (kept, watch) = (changes.borrow_and_update().kept, Stopwatch::start());
                    match workbench.look_on().await {
                        Ok(0) => break,
                        Ok(_) => {
                            let busy = changes.borrow().kept > kept + 2;
                            let times = if busy { REST_WHILE_BUSY } else { REST };
                            tokio::time::sleep(watch.elapsed() * times).await;
                        }
                        Err(error) => {
                            tracing::warn!(%error, "cannot follow the log");
                            break;
                        }
                    }
                }
                if let Err(error) = workbench.store.count_attempts().await {
                    tracing::warn!(%error, "cannot count attempts");
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    /// Looks at the next events that were not looked at. Returns how many there were.
    async fn look_on(&self) -> Result<usize, WorkbenchError> {
        let events = self.store.unlearned(BATCH).await?;
        let Some((first, last)) = events.first().zip(events.last()).map(|(f, l)| (f.seq, l.seq)) else {
            return Ok(0);
        };
        let count = events.len();
        let mut types: Vec<String> = events.iter().map(|e| e.event.event_type.to_string()).collect();
        types.sort_unstable();
        types.dedup();
        let known = self.store.shapes(Some(&types)).await?;
        let shapes = known
            .into_iter()
            // A shape of another version is learned anew.
            .map(|(name, kept)| (name, serde_json::from_value(kept.shape).unwrap_or_default()))
            .collect();
        let learning = tokio::task::spawn_blocking(move || learn(&events, shapes));
        let learned = learning.await.map_err(|error| WorkbenchError::State(error.to_string()))?;
        self.store.store_learned(first, LearnedEvents { up_to: last, ..learned }, self.clock.now()).await?;
        Ok(count)
    }
}

fn learn(events: &[UnprocessedEvent], mut shapes: HashMap<String, InferredSchema>) -> LearnedEvents {
    let mut learned = LearnedEvents::default();
    for UnprocessedEvent { seq, event } in events.iter().filter(|e| !e.event.test) {
        let event_type = event.event_type.to_string();
        let shape = shapes.entry(event_type.clone()).or_default();
        let drifts = shape.learn(&event.body, event.received_at);
        if !drifts.is_empty() {
            learned.alerts.push(NewAlert {
                at: event.received_at,
                kind: SCHEMA_DRIFT.to_owned(),
                summary: summary(&event_type, &drifts),
                event_type: Some(event_type.clone()),
                event_seq: Some(*seq),
                details: json!({ "drifts": drifts, "learned_from": shape.events - 1 }),
            });
        }
        if let Some(conversion) = conversion_id(&event.body) {
            learned.conversions.push((*seq, conversion, event_type));
        }
    }
    let changed = events.iter().filter(|e| !e.event.test).map(|e| e.event.event_type.to_string());
    let changed: std::collections::BTreeSet<String> = changed.collect();
    learned.shapes = changed
        .into_iter()
        .filter_map(|name| Some((name.clone(), serde_json::to_value(shapes.get(&name)?).ok()?)))
        .collect();
    learned
}

fn summary(event_type: &str, drifts: &[FieldDrift]) -> String {
    let [only] = drifts else {
        let count = |kind| drifts.iter().filter(|d| d.kind == kind).count();
        let parts: Vec<String> = [
            (count(DriftKind::NewField), "new"),
            (count(DriftKind::MissingField), "missing"),
            (count(DriftKind::KindChanged), "of another kind"),
            (count(DriftKind::FirstNull), "null for the first time"),
        ]
        .into_iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
        return format!(
            "{event_type} looks different: {} fields differ ({}).",
            drifts.len(),
            parts.join(", ")
        );
    };
    format!("{event_type} looks different: {}", only.told)
}
