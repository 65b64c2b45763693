//! How many attempts may be under way: in all, per host and per subscription; when each
//! subscription has something due; and which of them a breaker holds, or start gently.

mod slot;
mod slow_start;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hookbench_domain::{
    Breaker, BreakerRules, Definition, DeliveryId, Health, Sign, SubscriptionId, Timestamp, TokenBucket,
};
use hookbench_store::{Due, Learned, Share};

pub(crate) use slot::Terms;
use slot::{Slot, Takes};
use slow_start::{HELD_MS, Moment, SlowStart};

/// How many attempts may be under way at a time.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all.
    pub total: usize,
    /// To one host (name or address, and port), whatever its subscriptions say.
    pub per_host: u32,
    /// Of a subscription that says nothing else.
    pub per_subscription: u32,
    /// When a subscription's breaker opens, and how often it probes.
    pub breaker: BreakerRules,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: 256, per_host: 64, per_subscription: 64, breaker: BreakerRules::default() }
    }
}

/// The places of one dispatcher. It decides nothing about time: `now` comes in.
#[derive(Debug)]
pub(crate) struct ConcurrencyLimiter {
    limits: Limits,
    closed: bool,
    stalled: bool,
    under_way: usize,
    /// How often places were taken.
    turns: u64,
    slots: HashMap<SubscriptionId, Slot>,
    /// How many attempts are under way to each host that has any.
    hosts: HashMap<Arc<str>, u32>,
    /// What was noted while the due times are read from the store.
    noted: HashMap<SubscriptionId, (Timestamp, bool)>,
    /// When it was looked at last.
    looked: Option<Moment>,
}

impl ConcurrencyLimiter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            closed: false,
            stalled: false,
            under_way: 0,
            turns: 0,
            slots: HashMap::new(),
            hosts: HashMap::new(),
            noted: HashMap::new(),
            looked: None,
        }
    }

    /// Looks at the clocks: after a leap of the time of day, every subscription starts gently.
    /// `steady_ms` is a clock that nobody sets.
    pub(crate) fn look(&mut self, now: Timestamp, steady_ms: u64) {
        let moment = Moment { wall: now, steady_ms };
        if self.looked.replace(moment).is_some_and(|before| moment.leapt_since(before)) {
            self.slots.values_mut().for_each(|slot| slot.slow_start = Some(SlowStart::new()));
        }
    }

    fn limit(&self, definition: &Definition) -> u32 {
        if definition.one_by_one() {
            1
        } else {
            definition.concurrency.unwrap_or(self.limits.per_subscription)
        }
    }

    /// The slot of a subscription, by today's terms: with another host its attempts are counted
    /// there, and what was learned in an earlier epoch is void.
    fn slot(&mut self, terms: &Terms<'_>, now: Timestamp) -> &mut Slot {
        let slot = self.slots.entry(terms.id).or_default();
        if slot.host.as_ref() != Some(terms.host) {
            let before = slot.host.replace(terms.host.clone());
            let moved = slot.under_way;
            if moved > 0 {
                before.into_iter().for_each(|host| give_back(&mut self.hosts, &host, moved));
                *self.hosts.entry(terms.host.clone()).or_default() += moved;
            }
        }
        if slot.epoch != Some(terms.epoch) {
            (slot.epoch, slot.probe) = (Some(terms.epoch), None);
            (slot.health, slot.kept) = (terms.health.restored(now), terms.health);
        }
        slot
    }

    fn host_free(&self, host: &str) -> u32 {
        self.limits.per_host.saturating_sub(self.hosts.get(host).copied().unwrap_or(0))
    }

    /// Places of this subscription that are free now, rate limit included.
    fn free(&mut self, terms: &Terms<'_>, now: Timestamp) -> u32 {
        if self.closed || self.stalled {
            return 0;
        }
        let under_way = self.slot(terms, now).under_way;
        let total = self.limits.total.saturating_sub(self.under_way);
        let total = u32::try_from(total).unwrap_or(u32::MAX).min(self.host_free(terms.host));
        let limit = self.limit(terms.definition);
        let slot = self.slot(terms, now);
        let free = slot.allowed(limit).saturating_sub(under_way).min(total);
        match terms.definition.rate_per_second {
            None => {
                slot.bucket = None;
                free
            }
            Some(rate) => {
                // A tenth of a second may come at once.
                let burst = (rate / 10.0).max(1.0);
                let bucket = slot.bucket.get_or_insert_with(|| TokenBucket::full(burst, now));
                bucket.refill(rate, burst, now);
                free.min(bucket.whole())
            }
        }
    }

    fn take(&mut self, terms: &Terms<'_>, n: u32, now: Timestamp) {
        self.under_way += usize::try_from(n).unwrap_or(0);
        self.turns += 1;
        let turn = self.turns;
        let slot = self.slot(terms, now);
        slot.under_way += n;
        slot.turn = turn;
        slot.active = Some(now);
        if let Some(bucket) = &mut slot.bucket {
            bucket.spend(n);
        }
        if n > 0 {
            *self.hosts.entry(terms.host.clone()).or_default() += n;
        }
    }

    /// Takes a place for a delivery that was just made, unless something older waits or a breaker
    /// holds it. What was asked for waits for a place only.
    pub(crate) fn admit(&mut self, terms: &Terms<'_>, asked: bool, now: Timestamp) -> bool {
        let ordered = terms.definition.one_by_one();
        let slot = self.slot(terms, now);
        let held = match slot.due {
            Some(due) if asked => ordered && due <= now,
            Some(due) => ordered || due <= now,
            None => false,
        } || !(asked || slot.health.breaker.closed());
        let admitted = !held && self.free(terms, now) > 0;
        if admitted {
            self.take(terms, 1, now);
        }
        admitted
    }

    /// Gives a place back.
    pub(crate) fn release(&mut self, id: SubscriptionId) {
        let Some(slot) = self.slots.get_mut(&id).filter(|slot| slot.under_way > 0) else { return };
        slot.under_way -= 1;
        self.under_way = self.under_way.saturating_sub(1);
        if let Some(host) = &slot.host {
            give_back(&mut self.hosts, host, 1);
        }
    }

    /// Notes that something of this subscription falls due.
    pub(crate) fn note_due(&mut self, id: SubscriptionId, at: Timestamp, asked: bool) {
        note(self.slots.entry(id).or_default(), at, asked);
        let (noted, also_asked) = self.noted.entry(id).or_insert((at, asked));
        *noted = (*noted).min(at);
        *also_asked |= asked;
    }

    /// Starts reading the due times from the store: what is noted from here on is kept apart.
    pub(crate) fn begin_reading(&mut self) {
        self.noted.clear();
    }

    /// Takes over what was read, and what was noted meanwhile.
    pub(crate) fn finish_reading(&mut self, read: &[Due]) {
        for slot in self.slots.values_mut() {
            (slot.due, slot.asked) = (None, None);
        }
        for due in read {
            let slot = self.slots.entry(due.subscription).or_default();
            (slot.due, slot.asked) = (Some(due.at), due.asked_at);
        }
        for (id, (at, asked)) in std::mem::take(&mut self.noted) {
            note(self.slots.entry(id).or_default(), at, asked);
        }
    }

    /// Takes places for what is due. `terms` answers for subscriptions that may be sent to.
    pub(crate) fn take_due<'r>(
        &mut self,
        now: Timestamp,
        terms: impl Fn(SubscriptionId) -> Option<Terms<'r>>,
    ) -> Vec<Share> {
        let mut due: Vec<(bool, Timestamp, SubscriptionId)> = (self.slots.iter())
            .filter_map(|(id, s)| s.due.filter(|d| *d <= now).map(|d| (s.under_way > 0, d, *id)))
            .collect();
        due.sort_unstable();
        let mut takers = Vec::with_capacity(due.len());
        let mut at_host: HashMap<Arc<str>, u32> = HashMap::new();
        for (_, _, id) in due {
            let Some(terms) = terms(id) else {
                if let Some(slot) = self.slots.get_mut(&id) {
                    (slot.due, slot.asked) = (None, None);
                }
                continue;
            };
            let slot = self.slot(&terms, now);
            if slot.was_held(now, HELD_MS) {
                slot.slow_start = Some(SlowStart::new());
            }
            for takes in self.slot(&terms, now).takes(now) {
                takers.push((terms, takes));
                *at_host.entry(terms.host.clone()).or_default() += 1;
            }
        }
        let mut shares = Vec::new();
        // Nobody takes everything: each gets an even part of what is free, in all and of its
        // host: who has none under way first, then the longest due.
        let mut left = takers.len();
        for (terms, takes) in takers {
            let even = self.limits.total.saturating_sub(self.under_way).div_ceil(left.max(1));
            left -= 1;
            let left_at_host = at_host.get_mut(terms.host).map_or(1, |n| std::mem::replace(n, *n - 1));
            let even = u32::try_from(even).unwrap_or(u32::MAX);
            let even = even.min(self.host_free(terms.host).div_ceil(left_at_host.max(1)));
            let share = self.free(&terms, now).min(match takes {
                Takes::Due | Takes::Asked => even,
                Takes::Probe => 1,
            });
            if share == 0 {
                continue;
            }
            self.take(&terms, share, now);
            if takes == Takes::Probe {
                let slot = self.slot(&terms, now);
                slot.health.breaker = slot.health.breaker.probe();
            }
            shares.push(Share { subscription: terms.id, places: share, asked_only: takes == Takes::Asked });
        }
        shares
    }

    /// These deliveries were claimed: one of a subscription that probes is its probe. Where there
    /// is none, there was nothing to probe with.
    pub(crate) fn probe_with(&mut self, share: &Share, claimed: Option<DeliveryId>, now: Timestamp) {
        let Some(slot) = self.slots.get_mut(&share.subscription) else { return };
        let probing = matches!(slot.health.breaker, Breaker::Probing { .. });
        if share.asked_only || !probing || slot.probe.is_some() {
            return;
        }
        match claimed {
            Some(id) => slot.probe = Some(id),
            None => slot.health.breaker = slot.health.breaker.withdraw(now),
        }
    }

    /// Takes over the places of attempts that have just ended, for what is due at the same hosts:
    /// one place each in turn, who has none first. Nothing while a subscription is due, could be sent
    /// to, and waits for any place at all; nothing at a host where one waits so that is ordered or has
    /// a rate.
    pub(crate) fn refill<'r>(
        &mut self,
        now: Timestamp,
        ended: impl Iterator<Item = (SubscriptionId, u32)>,
        terms: impl Fn(SubscriptionId) -> Option<Terms<'r>>,
    ) -> Vec<Share> {
        if self.closed || self.stalled {
            return Vec::new();
        }
        let ended: HashMap<SubscriptionId, u32> = ended.collect();
        let mut freed: HashMap<Arc<str>, u32> = HashMap::new();
        for (id, n) in &ended {
            if let Some(host) = self.slots.get(id).and_then(|slot| slot.host.as_ref()) {
                *freed.entry(host.clone()).or_default() += n;
            }
        }
        let mut takers = Vec::new();
        // Hosts where somebody has no place and cannot be handed one here: the claim loop shares them out.
        let mut left_to_the_pump: HashSet<Arc<str>> = HashSet::new();
        for (id, slot) in &self.slots {
            if !slot.due_now(now) || !slot.health.breaker.closed() {
                continue;
            }
            let Some(terms) = terms(*id) else { continue };
            if !freed.contains_key(terms.host) {
                if slot.starves(now) && self.host_free(terms.host) > 0 {
                    return Vec::new();
                }
                continue;
            }
            let plain = !terms.definition.ordered && terms.definition.rate_per_second.is_none();
            let keeps = slot.under_way.saturating_sub(ended.get(id).copied().unwrap_or(0));
            let free = slot.allowed(self.limit(terms.definition)).saturating_sub(keeps);
            if plain && free > 0 {
                takers.push((keeps > 0, slot.turn, terms, free));
            } else if !plain && slot.starves(now) {
                left_to_the_pump.insert(terms.host.clone());
            }
        }
        takers.retain(|(_, _, terms, _)| !left_to_the_pump.contains(terms.host));
        takers.sort_unstable_by_key(|(has_one, turn, terms, _)| (*has_one, *turn, terms.id));
        let mut given = vec![0; takers.len()];
        loop {
            let before = given.clone();
            for ((_, _, terms, free), n) in takers.iter().zip(&mut given) {
                if let Some(left) = freed.get_mut(terms.host).filter(|left| **left > 0 && *n < *free) {
                    (*left, *n) = (*left - 1, *n + 1);
                }
            }
            if before == given {
                break;
            }
        }
        let mut shares = Vec::new();
        for ((_, _, terms, _), places) in takers.into_iter().zip(given).filter(|(_, n)| *n > 0) {
            self.take(&terms, places, now);
            shares.push(Share { subscription: terms.id, places, asked_only: false });
        }
        shares
    }

    /// An attempt ended with this sign: what is known of the endpoint after it. `None` where the
    /// attempt began under terms that hold no more.
    pub(crate) fn ended(
        &mut self,
        terms: &Terms<'_>,
        epoch: i64,
        delivery: DeliveryId,
        sign: Sign,
        now: Timestamp,
    ) -> Option<Health> {
        let (rules, limit) = (self.limits.breaker, self.limit(terms.definition));
        let slot = self.slot(terms, now);
        if slot.epoch != Some(epoch) {
            return None;
        }
        slot.active = Some(now);
        let held = !slot.health.breaker.closed();
        let probe = slot.probe == Some(delivery);
        if probe {
            slot.probe = None;
        }
        slot.health = slot.health.after(sign, probe, now, &rules);
        slot.slow_start = if held && slot.health.breaker.closed() {
            Some(SlowStart::new())
        } else {
            // Once nothing of what was held back is left, there is nothing to be gentle with.
            slot.slow_start.filter(|_| slot.due_now(now)).and_then(|slow_start| slow_start.after(sign, limit))
        };
        Some(slot.health)
    }

    /// What the store does not know yet of endpoints and should.
    pub(crate) fn learned(&self, now: Timestamp) -> Vec<Learned> {
        let mut learned = Vec::new();
        for (id, slot) in &self.slots {
            let Some(epoch) = slot.epoch.filter(|_| slot.health.worth_keeping(&slot.kept, now)) else {
                continue;
            };
            learned.push(Learned { subscription: *id, epoch, health: slot.health });
        }
        learned
    }

    /// The store knows it now.
    pub(crate) fn kept(&mut self, learned: &[Learned]) {
        for one in learned {
            if let Some(slot) = self.slots.get_mut(&one.subscription).filter(|s| s.epoch == Some(one.epoch)) {
                slot.kept = one.health;
            }
        }
    }

    /// When to look again: the next due time of a subscription with a free place. `None` when
    /// nothing is due before a place becomes free.
    pub(crate) fn next_look(&self, now: Timestamp) -> Option<Timestamp> {
        let in_a_moment = now.plus_ms(10);
        self.slots
            .values()
            .filter_map(|slot| {
                let next = slot.next()?;
                // Due and not taken: either full (a release wakes us) or over its rate.
                Some(if next <= now && slot.bucket.is_some() { in_a_moment } else { next })
            })
            .filter(|at| *at > now)
            .min()
    }

    pub(crate) fn under_way(&self) -> usize {
        self.under_way
    }

    /// Nothing was sent of this delivery: if it was its subscription's probe, another one is to be.
    pub(crate) fn not_sent(&mut self, subscription: SubscriptionId, delivery: DeliveryId) {
        if let Some(slot) = self.slots.get_mut(&subscription).filter(|slot| slot.probe == Some(delivery)) {
            slot.probe = None;
        }
    }

    /// Takes a place whether one is free or not: a person asked for this attempt.
    pub(crate) fn take_one(&mut self, terms: &Terms<'_>, now: Timestamp) {
        self.take(terms, 1, now);
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

fn note(slot: &mut Slot, at: Timestamp, asked: bool) {
    let earlier = |known: Option<Timestamp>| Some(known.map_or(at, |known| known.min(at)));
    slot.due = earlier(slot.due);
    if asked {
        slot.asked = earlier(slot.asked);
    }
}

fn give_back(hosts: &mut HashMap<Arc<str>, u32>, host: &Arc<str>, n: u32) {
    if let Some(count) = hosts.get_mut(host) {
        *count = count.saturating_sub(n);
        if *count == 0 {
            hosts.remove(host);
        }
    }
}
