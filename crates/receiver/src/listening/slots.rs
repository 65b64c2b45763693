//! The places of the listener: who waits for what, and who has to go when all are taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hookbench_ambient::Stopwatch;
use tokio::sync::Notify;

/// How long a connection may wait for its headers or its body before it can be made to go: those
/// that are honest and came all at once have sent theirs by then.
pub(super) const GRACE: Duration = Duration::from_millis(250);

/// What a connection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// It waits for the headers of a request.
    Head,
    /// It waits for the body.
    Body,
    /// The request is whole: it is being verified, kept or answered.
    Answering,
    /// It has to go.
    Gone,
}

struct Entry {
    phase: Phase,
    /// Since when it waits for the request, headers and body together.
    since: Stopwatch,
    /// Its turn among those that wait: lower has waited longer. Clocks are too coarse to tell.
    turn: u64,
    /// Whether it is not closed for being slow.
    trusted: bool,
    go: Arc<Notify>,
}

#[derive(Default)]
struct Inner {
    ids: u64,
    turns: u64,
    entries: HashMap<u64, Entry>,
}

impl Inner {
    fn next_turn(&mut self) -> u64 {
        self.turns += 1;
        self.turns
    }
}

/// All places.
#[derive(Clone, Default)]
pub(super) struct ConnectionSlots(Arc<Mutex<Inner>>);

/// The place of one connection; free again when dropped.
pub(super) struct Slot {
    places: ConnectionSlots,
    id: u64,
    go: Arc<Notify>,
}

/// Whether room could be made.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// There is a free place now.
    Made,
    /// Not before this has passed, unless a connection ends.
    In(Duration),
}

impl ConnectionSlots {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place.
    pub(super) fn enter(&self) -> Slot {
        let go = Arc::new(Notify::new());
        let mut inner = self.lock();
        inner.ids += 1;
        let (id, turn) = (inner.ids, inner.next_turn());
        let entry =
            Entry { phase: Phase::Head, since: Stopwatch::start(), turn, trusted: false, go: go.clone() };
        inner.entries.insert(id, entry);
        Slot { places: self.clone(), id, go }
    }

    /// How many are taken by connections that need not go.
    pub(super) fn taken(&self) -> usize {
        self.lock().entries.values().filter(|e| e.phase != Phase::Gone).count()
    }

    /// Makes room for one more connection where `most` may be open: the one goes that has waited
    /// longest for its headers; where none does, the one that has waited longest for its body. A
    /// request that is being answered is left in peace.
    pub(super) fn make_room(&self, most: usize, grace: Duration) -> Room {
        if self.taken() < most {
            return Room::Made;
        }
        let mut inner = self.lock();
        let longest = |phase| {
            let waiting = inner.entries.iter().filter(move |(_, e)| e.phase == phase);
            waiting.min_by_key(|(_, e)| e.turn).map(|(id, e)| (e.since.elapsed(), *id))
        };
        let candidates = [longest(Phase::Head), longest(Phase::Body)];
        let chosen = candidates.into_iter().flatten().find(|(waited, _)| *waited >= grace);
        match chosen.and_then(|(_, id)| inner.entries.get_mut(&id)) {
            Some(entry) => {
                entry.phase = Phase::Gone;
                entry.go.notify_one();
                Room::Made
            }
            None => {
                let soonest =
                    candidates.into_iter().flatten().map(|(waited, _)| grace.saturating_sub(waited));
                Room::In(soonest.min().unwrap_or(grace))
            }
        }
    }
}

impl Slot {
    fn change<T>(&self, change: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let mut inner = self.places.lock();
        let entry = inner.entries.get_mut(&self.id).filter(|e| e.phase != Phase::Gone)?;
        Some(change(entry))
    }

    /// The headers came. Answers how long that took, unless the connection has to go.
    pub(super) fn head_came(&self) -> Option<Duration> {
        self.change(|entry| {
            entry.phase = Phase::Body;
            entry.since.elapsed()
        })
    }

    /// The body came, or will not. Answers whether the connection may stay to be answered.
    pub(super) fn body_came(&self) -> bool {
        self.change(|entry| entry.phase = Phase::Answering).is_some()
    }

    /// The answer is ready: what is waited for next are other headers.
    pub(super) fn answered(&self) {
        let turn = self.places.lock().next_turn();
        self.change(|entry| (entry.phase, entry.since, entry.turn) = (Phase::Head, Stopwatch::start(), turn));
    }

    /// How long it has waited for headers, while it does.
    pub(super) fn waits_for_head(&self) -> Option<Duration> {
        self.change(|entry| (entry.phase == Phase::Head).then(|| entry.since.elapsed())).flatten()
    }

    /// From now on it is closed to make room only.
    pub(super) fn trust(&self) {
        self.change(|entry| entry.trusted = true);
    }

    /// How long it has waited for headers, where it may be closed for that alone.
    pub(super) fn idle_for(&self) -> Option<Duration> {
        let idle = |e: &mut Entry| (e.phase == Phase::Head && !e.trusted).then(|| e.since.elapsed());
        self.change(idle).flatten()
    }

    /// Returns once the connection has to go.
    pub(super) async fn told_to_go(&self) {
        self.go.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.places.lock().entries.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::ZERO;

    #[test]
    fn who_has_waited_longest_for_headers_goes_first_then_for_a_body_and_nobody_else() {
        let places = ConnectionSlots::default();
        let reading = places.enter();
        reading.head_came().unwrap();
        let (first, second) = (places.enter(), places.enter());
        let answering = places.enter();
        answering.head_came().unwrap();
        assert!(answering.body_came());
        assert_eq!(places.make_room(5, NOW), Room::Made, "one is free");
        assert!(first.waits_for_head().is_some());

        assert_eq!(places.make_room(4, NOW), Room::Made);
        assert!(first.head_came().is_none(), "told to go: too late");
        assert!(second.waits_for_head().is_some());
        assert_eq!(places.make_room(3, NOW), Room::Made);
        assert!(second.waits_for_head().is_none());
        assert_eq!(places.make_room(2, NOW), Room::Made);
        assert!(!reading.body_came());
        assert_eq!(places.make_room(1, GRACE), Room::In(GRACE), "the last one is being answered");
        answering.answered();
        assert!(answering.waits_for_head().is_some());
    }

    #[test]
    fn who_has_just_come_is_left_some_time() {
        let places = ConnectionSlots::default();
        let _new = places.enter();
        let hour = Duration::from_secs(3600);
        assert!(matches!(places.make_room(1, hour), Room::In(rest) if rest <= hour));
        assert_eq!(places.taken(), 1);
        drop(_new);
        assert_eq!(places.taken(), 0);
    }

    #[test]
    fn who_is_trusted_is_not_closed_for_waiting_but_makes_room() {
        let places = ConnectionSlots::default();
        let (stranger, known) = (places.enter(), places.enter());
        known.head_came().unwrap();
        known.trust();
        known.answered();
        assert!(known.waits_for_head().is_some() && known.idle_for().is_none());
        assert!(stranger.idle_for().is_some());
        assert_eq!(places.make_room(2, NOW), Room::Made);
        assert!(stranger.waits_for_head().is_none(), "it has waited longer");
        assert_eq!(places.make_room(1, NOW), Room::Made);
        assert!(known.waits_for_head().is_none());
    }

    #[tokio::test]
    async fn a_connection_that_has_to_go_is_told() {
        let places = ConnectionSlots::default();
        let place = places.enter();
        places.make_room(1, NOW);
        place.told_to_go().await;
        assert_eq!(places.taken(), 0);
    }
}
