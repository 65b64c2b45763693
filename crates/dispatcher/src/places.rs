//! How many attempts may be under way: in all, and per subscription; and when each subscription
//! has something due.

use std::collections::HashMap;

use hookbench_domain::{Definition, SubscriptionId, Timestamp};

/// How many attempts may be under way at a time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// Of a subscription that says nothing else.
    pub per_subscription: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: 128, per_subscription: 64 }
    }
}

/// The places of one dispatcher. It decides nothing about time: `now` comes in.
#[derive(Debug)]
pub(crate) struct Places {
    limits: Limits,
    closed: bool,
    stalled: bool,
    under_way: usize,
    slots: HashMap<SubscriptionId, Slot>,
    /// What was noted while the due times are read from the store.
    noted: HashMap<SubscriptionId, Timestamp>,
}

#[derive(Debug, Default)]
struct Slot {
    under_way: u32,
    due: Option<Timestamp>,
    bucket: Option<Bucket>,
}

/// Tokens of a rate limit; a tenth of a second may come at once.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

#[expect(clippy::cast_precision_loss, reason = "at most one second, in milliseconds")]
fn refill(bucket: Option<Bucket>, rate: f64, now: Timestamp) -> Bucket {
    let burst = (rate / 10.0).max(1.0);
    let tokens = match bucket {
        None => burst,
        Some(b) => b.tokens + now.since(b.at).min(1000) as f64 * rate / 1000.0,
    };
    Bucket { tokens: tokens.min(burst), at: now }
}

impl Places {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            closed: false,
            stalled: false,
            under_way: 0,
            slots: HashMap::new(),
            noted: HashMap::new(),
        }
    }

    fn limit(&self, definition: &Definition) -> u32 {
        if definition.ordered { 1 } else { definition.concurrency.unwrap_or(self.limits.per_subscription) }
    }

    /// Places of this subscription that are free now, rate limit included.
    fn free(&mut self, id: SubscriptionId, definition: &Definition, now: Timestamp) -> u32 {
        if self.closed || self.stalled {
            return 0;
        }
        let limit = self.limit(definition);
        let total = self.limits.total.saturating_sub(self.under_way);
        let slot = self.slots.entry(id).or_default();
        let free = limit.saturating_sub(slot.under_way).min(u32::try_from(total).unwrap_or(u32::MAX));
        match definition.rate_per_second {
            None => free,
            Some(rate) => {
                let bucket = refill(slot.bucket, rate, now);
                slot.bucket = Some(bucket);
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a whole number of tokens, never negative"
                )]
                free.min(bucket.tokens.max(0.0) as u32)
            }
        }
    }

    fn take(&mut self, id: SubscriptionId, n: u32) {
        self.under_way += usize::try_from(n).unwrap_or(0);
        let slot = self.slots.entry(id).or_default();
        slot.under_way += n;
        if let Some(bucket) = &mut slot.bucket {
            bucket.tokens -= f64::from(n);
        }
    }

    /// Takes a place for a delivery that was just made, unless something older waits.
    pub(crate) fn admit(&mut self, id: SubscriptionId, definition: &Definition, now: Timestamp) -> bool {
        let behind = match self.slots.get(&id).and_then(|s| s.due) {
            Some(due) => definition.ordered || due <= now,
            None => false,
        };
        let admitted = !behind && self.free(id, definition, now) > 0;
        if admitted {
            self.take(id, 1);
        }
        admitted
    }

    /// Gives a place back.
    pub(crate) fn release(&mut self, id: SubscriptionId) {
        self.under_way = self.under_way.saturating_sub(1);
        if let Some(slot) = self.slots.get_mut(&id) {
            slot.under_way = slot.under_way.saturating_sub(1);
        }
    }

    /// Notes that something of this subscription falls due.
    pub(crate) fn note_due(&mut self, id: SubscriptionId, at: Timestamp) {
        let due = &mut self.slots.entry(id).or_default().due;
        *due = Some(due.map_or(at, |known| known.min(at)));
        let noted = self.noted.entry(id).or_insert(at);
        *noted = (*noted).min(at);
    }

    /// Starts reading the due times from the store: what is noted from here on is kept apart.
    pub(crate) fn begin_reading(&mut self) {
        self.noted.clear();
    }

    /// Takes over what was read, and what was noted meanwhile.
    pub(crate) fn finish_reading(&mut self, read: &[(SubscriptionId, Timestamp)]) {
        for slot in self.slots.values_mut() {
            slot.due = None;
        }
        let noted = std::mem::take(&mut self.noted);
        for (id, at) in read.iter().copied().chain(noted) {
            let due = &mut self.slots.entry(id).or_default().due;
            *due = Some(due.map_or(at, |known| known.min(at)));
        }
    }

    /// Takes places for what is due: how many of which subscription.
    pub(crate) fn take_due<'d>(
        &mut self,
        now: Timestamp,
        definition: impl Fn(SubscriptionId) -> Option<&'d Definition>,
    ) -> Vec<(SubscriptionId, u32)> {
        let mut due: Vec<(Timestamp, SubscriptionId)> =
            self.slots.iter().filter_map(|(id, s)| s.due.filter(|d| *d <= now).map(|d| (d, *id))).collect();
        due.sort_unstable();
        let mut shares = Vec::new();
        // Nobody takes everything: each gets an even part of what is free, the longest due first.
        let mut left = due.len();
        for (_, id) in due {
            let Some(definition) = definition(id).filter(|d| d.enabled) else {
                left -= 1;
                if let Some(slot) = self.slots.get_mut(&id) {
                    slot.due = None;
                }
                continue;
            };
            let even = self.limits.total.saturating_sub(self.under_way).div_ceil(left.max(1));
            left -= 1;
            let share = self.free(id, definition, now).min(u32::try_from(even).unwrap_or(u32::MAX));
            if share > 0 {
                self.take(id, share);
                shares.push((id, share));
            }
        }
        shares
    }

    /// Takes over the places of attempts that have just ended, for what is due of the same
    /// subscriptions. Not while another subscription is due and has no place at all.
    pub(crate) fn refill<'d>(
        &mut self,
        now: Timestamp,
        ended: impl Iterator<Item = (SubscriptionId, u32)>,
        definition: impl Fn(SubscriptionId) -> Option<&'d Definition>,
    ) -> Vec<(SubscriptionId, u32)> {
        let due = |slot: &Slot| slot.due.is_some_and(|d| d <= now);
        if self.closed || self.stalled || self.slots.values().any(|s| due(s) && s.under_way == 0) {
            return Vec::new();
        }
        let plain = |d: &&Definition| d.enabled && !d.ordered && d.rate_per_second.is_none();
        let shares: Vec<(SubscriptionId, u32)> = ended
            .filter(|(id, _)| self.slots.get(id).is_some_and(due) && definition(*id).filter(plain).is_some())
            .collect();
        shares.iter().for_each(|(id, n)| self.take(*id, *n));
        shares
    }

    /// When to look again: the next due time of a subscription with a free place. `None` when
    /// nothing is due before a place becomes free.
    pub(crate) fn next_look(&self, now: Timestamp) -> Option<Timestamp> {
        let in_a_moment = now.plus_ms(10);
        self.slots
            .values()
            .filter_map(|slot| {
                let due = slot.due?;
                // Due and not taken: either full (a release wakes us) or over its rate.
                Some(if due <= now && slot.bucket.is_some() { in_a_moment } else { due })
            })
            .filter(|at| *at > now)
            .min()
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way
    }

    /// Takes a place whether one is free or not: a person asked for this attempt.
    pub(crate) fn take_one(&mut self, id: SubscriptionId) {
        self.take(id, 1);
    }

    pub(crate) fn closed(&self) -> bool {
        self.closed
    }

    /// Takes nothing more: the program ends.
    pub(crate) fn close(&mut self) {
        self.closed = true;
    }

    /// Takes nothing while the database cannot be written.
    pub(crate) fn stall(&mut self, stalled: bool) {
        self.stalled = stalled;
    }

    pub(crate) fn stalled(&self) -> bool {
        self.stalled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbench_domain::{Kind, Mode, PolicySpec};

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    fn definition(concurrency: u32) -> Definition {
        Definition {
            name: String::new(),
            url: "http://127.0.0.1/".into(),
            events: vec!["*".parse().unwrap()],
            brand: None,
            platform: "generic".into(),
            kind: Kind::Webhook,
            scheme: "standard".into(),
            mode: Mode::Sign,
            headers: vec![],
            enabled: true,
            policy_spec: PolicySpec::default(),
            policy: hookbench_platform::preset("none").unwrap(),
            rate_per_second: None,
            concurrency: Some(concurrency),
            ordered: false,
            allow_private: false,
        }
    }

    fn id(n: u128) -> SubscriptionId {
        SubscriptionId::new(NOW, n)
    }

    fn places(total: usize) -> Places {
        Places::new(Limits { total, per_subscription: 4 })
    }

    #[test]
    fn a_subscription_takes_no_more_than_its_concurrency_and_gives_back() {
        let (mut p, d) = (places(10), definition(2));
        assert!(p.admit(id(1), &d, NOW) && p.admit(id(1), &d, NOW));
        assert!(!p.admit(id(1), &d, NOW));
        p.release(id(1));
        assert!(p.admit(id(1), &d, NOW));
        assert_eq!(p.under_way(), 2);
    }

    #[test]
    fn what_is_new_does_not_overtake_what_is_due() {
        let (mut p, d) = (places(10), definition(2));
        p.note_due(id(1), NOW);
        assert!(!p.admit(id(1), &d, NOW));
        assert!(p.admit(id(2), &d, NOW));
        p.note_due(id(2), NOW.plus_ms(5000));
        assert!(p.admit(id(2), &d, NOW), "a retry that falls later holds nobody up");
        let ordered = Definition { ordered: true, ..definition(2) };
        p.note_due(id(3), NOW.plus_ms(5000));
        assert!(!p.admit(id(3), &ordered, NOW), "unless order is kept");
    }

    #[test]
    fn a_busy_subscription_leaves_places_to_the_others() {
        let (mut p, d) = (places(10), definition(100));
        for n in 1..=5 {
            p.note_due(id(n), NOW.minus_ms(100 - u64::try_from(n).unwrap()));
        }
        let shares = p.take_due(NOW, |_| Some(&d));
        assert_eq!(shares, (1..=5).map(|n| (id(n), 2)).collect::<Vec<_>>());
        assert!(p.take_due(NOW, |_| Some(&d)).is_empty());
    }

    #[test]
    fn what_is_noted_while_due_times_are_read_is_not_lost() {
        let (mut p, d) = (places(10), definition(1));
        p.note_due(id(1), NOW);
        p.begin_reading();
        p.note_due(id(2), NOW);
        p.finish_reading(&[(id(3), NOW)]);
        let mut taken: Vec<_> = p.take_due(NOW, |_| Some(&d)).into_iter().map(|(id, _)| id).collect();
        taken.sort_unstable();
        assert_eq!(taken, [id(2), id(3)]);
    }

    #[test]
    fn a_rate_limit_spreads_attempts_over_time() {
        let mut p = places(1000);
        let d = Definition { rate_per_second: Some(50.0), ..definition(200) };
        let mut sent = 0;
        for ms in 0..10_000 {
            while p.admit(id(1), &d, NOW.plus_ms(ms)) {
                sent += 1;
                p.release(id(1));
            }
        }
        assert!((500..=505).contains(&sent), "{sent} in ten seconds at 50 a second");
    }

    #[test]
    fn places_are_handed_on_unless_somebody_else_has_none() {
        let (mut p, d) = (places(4), definition(4));
        (0..4).for_each(|_| assert!(p.admit(id(1), &d, NOW)));
        p.note_due(id(1), NOW);
        assert_eq!(p.refill(NOW, [(id(1), 2)].into_iter(), |_| Some(&d)), [(id(1), 2)]);
        assert_eq!(p.under_way(), 6, "until the two that ended give theirs back");
        p.note_due(id(2), NOW);
        assert!(p.refill(NOW, [(id(1), 2)].into_iter(), |_| Some(&d)).is_empty());
    }

    #[test]
    fn nothing_is_taken_while_closed_or_stalled() {
        let (mut p, d) = (places(10), definition(2));
        p.stall(true);
        assert!(!p.admit(id(1), &d, NOW));
        p.stall(false);
        assert!(p.admit(id(1), &d, NOW));
        p.close();
        assert!(!p.admit(id(1), &d, NOW));
    }
}
