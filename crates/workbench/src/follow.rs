//! What follows the log at a distance: how events of each type look, which conversions they tell of,
//! how long attempts took. It reads what was kept, and is never in its way.

use std::collections::HashMap;
use std::time::Duration;

use hookbench_diagnosis::{DriftKind, FieldDrift, Shape, conversion_id};
use hookbench_store::{LearnedEvents, NewAlert, Unlearned};
use serde_json::json;
use tokio::task::JoinHandle;

use crate::{Workbench, WorkbenchError};

/// How long it waits before it looks again.
const PAUSE: Duration = Duration::from_millis(500);
/// How many events are looked at in one go.
const BATCH: u32 = 256;
/// What kind of alert a difference in shape is.
pub(crate) const SCHEMA_DRIFT: &str = "schema_drift";

impl Workbench {
    /// Follows until the store is closed or the task is ended.
    pub(crate) fn keep_following(&self) -> JoinHandle<()> {
        let workbench = self.clone();
        tokio::spawn(async move {
            let mut changes = workbench.store.changes();
            changes.mark_changed();
            while changes.changed().await.is_ok() {
                if let Err(error) = workbench.catch_up().await {
                    tracing::warn!(%error, "cannot follow the log");
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    /// Looks at every event and attempt that was not looked at yet. Returns how many events there
    /// were.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the database cannot be read or written; what was learned until then is
    /// kept.
    pub async fn catch_up(&self) -> Result<usize, WorkbenchError> {
        let mut seen = 0;
        loop {
            let events = self.store.unlearned(BATCH).await?;
            let Some((first, last)) = events.first().zip(events.last()).map(|(f, l)| (f.seq, l.seq)) else {
                break;
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
            self.store
                .keep_learned(first, LearnedEvents { up_to: last, ..learned }, self.clock.now())
                .await?;
            seen += count;
        }
        self.store.count_attempts().await?;
        Ok(seen)
    }
}

fn learn(events: &[Unlearned], mut shapes: HashMap<String, Shape>) -> LearnedEvents {
    let mut learned = LearnedEvents::default();
    for Unlearned { seq, event } in events.iter().filter(|e| !e.event.test) {
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
