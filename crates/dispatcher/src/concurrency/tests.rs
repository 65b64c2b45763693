//! What the places promise, without a clock and without sockets.

use super::*;

const NOW: Timestamp = Timestamp::from_ms(1_000_000);

fn definition(concurrency: u32) -> Definition {
    Definition {
        concurrency: Some(concurrency),
        ..Definition::new(
            "http://127.0.0.1/",
            vec!["*".parse().unwrap()],
            hookbench_platform::preset("none").unwrap(),
        )
    }
}

fn id(n: u128) -> SubscriptionId {
    SubscriptionId::new(NOW, n)
}

fn delivery(n: u128) -> DeliveryId {
    DeliveryId::new(NOW, n)
}

fn places(total: usize) -> ConcurrencyLimiter {
    let breaker = BreakerRules { failures: 2, ..BreakerRules::default() };
    ConcurrencyLimiter::new(Limits { total, per_host: 1000, per_subscription: 4, breaker })
}

/// A definition and a host of its own, to make terms of.
struct Made(Definition, Arc<str>);

fn made(definition: Definition, host: &str) -> Made {
    Made(definition, host.into())
}

impl Made {
    fn of(&self, n: u128) -> Terms<'_> {
        Terms { id: id(n), definition: &self.0, host: &self.1, epoch: 0, health: Health::default() }
    }
}

fn share(n: u128, places: u32) -> Share {
    Share { subscription: id(n), places, asked_only: false }
}

/// Opens the breaker of a subscription: two attempts in a row find its host unwell.
fn open(p: &mut ConcurrencyLimiter, terms: &Terms<'_>, now: Timestamp) {
    for n in 0..2 {
        p.ended(terms, 0, delivery(n), Sign::Unwell, now).unwrap();
    }
}

#[test]
fn a_subscription_takes_no_more_than_its_concurrency_and_gives_back() {
    let (mut p, d) = (places(10), made(definition(2), "a"));
    assert!(p.admit(&d.of(1), false, NOW) && p.admit(&d.of(1), false, NOW));
    assert!(!p.admit(&d.of(1), false, NOW));
    p.release(id(1));
    assert!(p.admit(&d.of(1), false, NOW));
    assert_eq!(p.under_way(), 2);
}

#[test]
fn a_host_gets_no_more_than_its_part_whoever_sends_to_it() {
    let mut p = places(100);
    p.limits.per_host = 3;
    let (a, b) = (made(definition(100), "a"), made(definition(100), "b"));
    assert!(p.admit(&a.of(1), false, NOW) && p.admit(&a.of(1), false, NOW) && p.admit(&a.of(2), false, NOW));
    assert!(!p.admit(&a.of(2), false, NOW), "host a is full");
    assert!(p.admit(&b.of(3), false, NOW), "and host b is not");
    // The subscription moves to another host: what it has under way is counted there from then on.
    assert!(!p.admit(&b.of(1), false, NOW));
    assert_eq!((p.host_free("a"), p.host_free("b")), (2, 0));
    for n in [1, 1, 2, 3] {
        p.release(id(n));
    }
    assert_eq!((p.host_free("a"), p.host_free("b"), p.under_way()), (3, 3, 0));
    p.release(id(1));
    assert_eq!(p.under_way(), 0, "nobody gives back what was not taken");
}

#[test]
fn two_of_one_host_share_it() {
    let mut p = places(100);
    p.limits.per_host = 10;
    let d = made(definition(100), "a");
    p.note_due(id(1), NOW.minus_ms(9), false);
    p.note_due(id(2), NOW.minus_ms(8), false);
    assert_eq!(p.take_due(NOW, |s| Some(Terms { id: s, ..d.of(0) })), [share(1, 5), share(2, 5)]);
}

#[test]
fn what_is_new_does_not_overtake_what_is_due() {
    let (mut p, d) = (places(10), made(definition(2), "a"));
    p.note_due(id(1), NOW, false);
    assert!(!p.admit(&d.of(1), false, NOW));
    assert!(p.admit(&d.of(1), true, NOW), "unless a person asked for it");
    assert!(p.admit(&d.of(2), false, NOW));
    p.note_due(id(2), NOW.plus_ms(5000), false);
    assert!(p.admit(&d.of(2), false, NOW), "a retry that falls later holds nobody up");
    let ordered = made(Definition { ordered: true, ..definition(2) }, "a");
    p.note_due(id(3), NOW.plus_ms(5000), false);
    assert!(!p.admit(&ordered.of(3), false, NOW), "unless order is kept");
}

#[test]
fn a_busy_subscription_leaves_places_to_the_others() {
    let (mut p, d) = (places(10), made(definition(100), "a"));
    for n in 1..=5 {
        p.note_due(id(n), NOW.minus_ms(100 - u64::try_from(n).unwrap()), false);
    }
    let terms = |s| Some(Terms { id: s, ..d.of(0) });
    assert_eq!(p.take_due(NOW, terms), (1..=5).map(|n| share(n, 2)).collect::<Vec<_>>());
    assert!(p.take_due(NOW, terms).is_empty());
}

#[test]
fn what_may_not_be_sent_to_takes_no_place() {
    let (mut p, d) = (places(10), made(definition(1), "a"));
    p.note_due(id(1), NOW, false);
    p.note_due(id(2), NOW, false);
    let paused = |s| (s != id(1)).then(|| Terms { id: s, ..d.of(0) });
    assert_eq!(p.take_due(NOW, paused), [share(2, 1)]);
    assert!(p.take_due(NOW, |s| Some(Terms { id: s, ..d.of(0) })).is_empty(), "until it is read again");
}

#[test]
fn what_is_noted_while_due_times_are_read_is_not_lost() {
    let (mut p, d) = (places(10), made(definition(1), "a"));
    p.note_due(id(1), NOW, false);
    p.begin_reading();
    p.note_due(id(2), NOW, false);
    p.finish_reading(&[Due { subscription: id(3), at: NOW, asked_at: None }]);
    let shares = p.take_due(NOW, |s| Some(Terms { id: s, ..d.of(0) }));
    let mut taken: Vec<_> = shares.into_iter().map(|s| s.subscription).collect();
    taken.sort_unstable();
    assert_eq!(taken, [id(2), id(3)]);
}

#[test]
fn a_rate_limit_spreads_attempts_over_time() {
    let mut p = places(1000);
    let d = made(Definition { rate_per_second: Some(50.0), ..definition(200) }, "a");
    let mut sent = 0;
    for ms in 0..10_000 {
        while p.admit(&d.of(1), false, NOW.plus_ms(ms)) {
            sent += 1;
            p.release(id(1));
        }
    }
    assert!((500..=505).contains(&sent), "{sent} in ten seconds at 50 a second");
}

#[test]
fn places_are_handed_on_unless_somebody_else_has_none() {
    let (mut p, d) = (places(4), made(definition(4), "a"));
    let terms = |s| Some(Terms { id: s, ..d.of(0) });
    (0..4).for_each(|_| assert!(p.admit(&d.of(1), false, NOW)));
    p.note_due(id(1), NOW, false);
    assert_eq!(p.refill(NOW, [(id(1), 2)].into_iter(), terms), [share(1, 2)]);
    assert_eq!(p.under_way(), 6, "until the two that ended give theirs back");
    p.note_due(id(2), NOW, false);
    assert_eq!(p.refill(NOW, [(id(1), 2)].into_iter(), terms), [share(2, 2)]);
}

#[test]
fn who_waits_for_any_place_at_another_host_is_not_passed_by() {
    let (mut p, a, b) = (places(4), made(definition(4), "a"), made(definition(4), "b"));
    let terms = |s| Some(if s == id(2) { b.of(2) } else { Terms { id: s, ..a.of(0) } });
    (0..4).for_each(|_| assert!(p.admit(&a.of(1), false, NOW)));
    (1..=2).for_each(|n| p.note_due(id(n), NOW, false));
    assert!(p.refill(NOW, [(id(1), 2)].into_iter(), terms).is_empty());
}

#[test]
fn the_places_of_a_full_host_go_round() {
    let (mut p, a) = (places(100), made(definition(9), "a"));
    p.limits.per_host = 2;
    let terms = |s| Some(Terms { id: s, ..a.of(0) });
    (1..=5).for_each(|n| p.note_due(id(n), NOW, false));
    let mut under_way: std::collections::VecDeque<_> = p.take_due(NOW, terms).into();
    let mut served: HashMap<SubscriptionId, u32> = HashMap::new();
    for _ in 0..50 {
        let ended = under_way.pop_front().unwrap();
        under_way.extend(p.refill(NOW, [(ended.subscription, ended.places)].into_iter(), terms));
        (0..ended.places).for_each(|_| p.release(ended.subscription));
        *served.entry(ended.subscription).or_default() += ended.places;
    }
    assert_eq!(served.len(), 5);
    assert!(served.values().all(|n| *n == 10), "{served:?}");
}

#[test]
fn who_waits_for_a_full_host_does_not_hold_up_the_others() {
    let mut p = places(100);
    p.limits.per_host = 2;
    let (a, b) = (made(definition(9), "a"), made(definition(9), "b"));
    let terms = |s| Some(if s == id(3) { b.of(3) } else { Terms { id: s, ..a.of(0) } });
    assert!(p.admit(&a.of(1), false, NOW) && p.admit(&a.of(1), false, NOW));
    assert!(p.admit(&b.of(3), false, NOW));
    (1..=3).for_each(|n| p.note_due(id(n), NOW, false));
    let ended = || [(id(1), 1), (id(3), 1)].into_iter();
    assert_eq!(
        p.refill(NOW, ended(), terms),
        [share(2, 1), share(3, 1)],
        "1 leaves its place to 2, 3 keeps its own"
    );
}

#[test]
fn who_is_ordered_or_has_a_rate_is_not_passed_by_at_a_full_host() {
    for other in [
        Definition { ordered: true, ..definition(9) },
        Definition { ordered: true, ordered_by: Some("data.a".to_owned()), ..definition(9) },
        Definition { rate_per_second: Some(50.0), ..definition(9) },
    ] {
        let mut p = places(100);
        p.limits.per_host = 2;
        let (plain, other) = (made(definition(9), "a"), made(other, "a"));
        let terms = |s| Some(if s == id(2) { other.of(2) } else { plain.of(1) });
        (0..2).for_each(|_| assert!(p.admit(&plain.of(1), false, NOW)));
        (1..=2).for_each(|n| p.note_due(id(n), NOW, false));
        assert!(p.refill(NOW, [(id(1), 1)].into_iter(), terms).is_empty());
        p.release(id(1));
        let later = NOW.plus_ms(100);
        assert_eq!(p.take_due(later, terms), [share(2, 1)], "though the first is due as long");
        assert_eq!(p.refill(later, [(id(1), 1)].into_iter(), terms), [share(1, 1)], "now it has one");
    }
}

#[test]
fn an_open_breaker_lets_one_probe_through_and_what_a_person_asked_for() {
    let (mut p, d) = (places(10), made(definition(4), "a"));
    let terms = |s| Some(Terms { id: s, ..d.of(0) });
    let asked = |n, places| Share { asked_only: true, ..share(n, places) };
    open(&mut p, &d.of(1), NOW);
    p.note_due(id(1), NOW, false);
    assert!(!p.admit(&d.of(1), false, NOW) && p.take_due(NOW, terms).is_empty());
    assert_eq!(p.next_look(NOW), Some(NOW.plus_ms(30_000)), "not before the probe");
    assert!(p.admit(&d.of(1), true, NOW), "a test goes through");
    p.release(id(1));
    p.note_due(id(1), NOW, true);
    assert_eq!(p.take_due(NOW, terms), [asked(1, 4)], "and so does a manual retry");
    (0..4).for_each(|_| p.release(id(1)));

    let later = NOW.plus_ms(30_000);
    p.begin_reading();
    p.finish_reading(&[Due { subscription: id(1), at: NOW, asked_at: None }]);
    let shares = p.take_due(later, terms);
    assert_eq!(shares, [share(1, 1)]);
    p.probe_with(&shares[0], Some(delivery(7)), later);
    assert!(p.take_due(later.plus_ms(600_000), terms).is_empty(), "one at a time");
    p.release(id(1));
    assert!(p.ended(&d.of(1), 0, delivery(7), Sign::Success, later).unwrap().breaker.closed());
    assert_eq!(p.take_due(later, terms), [share(1, 4)], "what was held goes out");
}

#[test]
fn a_probe_for_which_nothing_is_due_leaves_the_breaker_as_it_was() {
    let (mut p, d) = (places(10), made(definition(4), "a"));
    open(&mut p, &d.of(1), NOW);
    p.note_due(id(1), NOW, false);
    let later = NOW.plus_ms(30_000);
    let shares = p.take_due(later, |s| Some(Terms { id: s, ..d.of(0) }));
    p.probe_with(&shares[0], None, later);
    p.release(id(1));
    assert!(p.slots[&id(1)].health.breaker.probe_due(later));
}

#[test]
fn what_is_learned_is_told_once_and_ends_with_its_epoch() {
    let (mut p, d) = (places(10), made(definition(4), "a"));
    open(&mut p, &d.of(1), NOW);
    let learned = p.learned(NOW);
    assert!(matches!(learned[0].health.breaker, Breaker::Open { .. }));
    assert_eq!(p.learned(NOW), learned, "until the store has it");
    p.kept(&learned);
    assert!(p.learned(NOW).is_empty());
    let edited = Terms { epoch: 1, ..d.of(1) };
    assert!(p.admit(&edited, false, NOW), "a new epoch starts afresh");
    assert_eq!(p.ended(&edited, 0, delivery(1), Sign::Unwell, NOW), None, "what began before does not count");
}

#[test]
fn a_restart_remembers_an_open_breaker() {
    let (mut p, d) = (places(10), made(definition(4), "a"));
    let health = Health {
        breaker: Breaker::Open { since: NOW, wait_ms: 60_000, next_probe_at: NOW.plus_ms(30_000) },
        failing_since: Some(NOW),
    };
    let terms = Terms { health, ..d.of(1) };
    assert!(!p.admit(&terms, false, NOW));
    p.note_due(id(1), NOW, false);
    assert!(p.take_due(NOW, |_| Some(terms)).is_empty());
    assert_eq!(p.take_due(NOW.plus_ms(30_000), |_| Some(terms)), [share(1, 1)]);
}

#[test]
fn nothing_is_taken_while_closed_or_stalled() {
    let (mut p, d) = (places(10), made(definition(2), "a"));
    p.stall(true);
    assert!(!p.admit(&d.of(1), false, NOW));
    p.stall(false);
    assert!(p.admit(&d.of(1), false, NOW));
    p.close();
    assert!(!p.admit(&d.of(1), false, NOW));
}

#[test]
fn a_clock_that_jumps_gives_no_more_than_a_tenth_of_a_second_at_once() {
    const DAY: u64 = 86_400_000;
    let mut p = places(1000);
    let d = made(Definition { rate_per_second: Some(50.0), ..definition(200) }, "a");
    let terms = |s| Some(Terms { id: s, ..d.of(0) });
    p.note_due(id(1), NOW, false);
    assert_eq!(p.take_due(NOW, terms), [share(1, 5)]);
    assert_eq!(p.take_due(NOW.plus_ms(DAY), terms), [share(1, 5)], "asleep for a day, and no storm");
    assert!(p.take_due(NOW.plus_ms(DAY), terms).is_empty());
    // Set back: what is due then goes on at the same rate, counted from the new time.
    p.note_due(id(1), NOW.minus_ms(DAY), false);
    assert!(p.take_due(NOW.minus_ms(DAY), terms).is_empty());
    assert_eq!(p.take_due(NOW.minus_ms(DAY).plus_ms(100), terms), [share(1, 5)]);
}

/// As many as it may: every round takes what it can, and all of it succeeds.
fn rounds(p: &mut ConcurrencyLimiter, d: &Made, n: usize, now: Timestamp) -> Vec<u32> {
    (0..n)
        .map(|_| {
            let taken = p.take_due(now, |s| Some(Terms { id: s, ..d.of(0) })).first().map_or(0, |s| s.places);
            for n in 0..taken {
                p.ended(&d.of(1), 0, delivery(n.into()), Sign::Success, now);
                p.release(id(1));
            }
            taken
        })
        .collect()
}

#[test]
fn after_a_leap_of_the_clock_what_fell_due_goes_out_gently_and_soon_at_full_speed() {
    let (mut p, d) = (places(1000), made(definition(64), "a"));
    p.look(NOW, 0);
    assert!(p.admit(&d.of(1), false, NOW));
    p.release(id(1));
    let morning = NOW.plus_ms(8 * 3_600_000);
    p.note_due(id(1), morning.minus_ms(10), false); // fell due just as it woke
    p.look(morning, 900);
    assert_eq!(rounds(&mut p, &d, 6, morning), [4, 8, 16, 32, 64, 64]);
    p.look(morning.plus_ms(1000), 1900);
    assert_eq!(rounds(&mut p, &d, 1, morning.plus_ms(1000)), [64], "time that only passes is no leap");
}

#[test]
fn what_a_pause_or_an_absence_held_back_goes_out_gently_and_fresh_work_does_not() {
    let (mut p, d) = (places(1000), made(definition(64), "a"));
    p.note_due(id(1), NOW.minus_ms(100), false);
    assert_eq!(rounds(&mut p, &d, 1, NOW), [64], "due for a tenth of a second");
    let later = NOW.plus_ms(60_000);
    p.note_due(id(1), NOW, false);
    assert_eq!(rounds(&mut p, &d, 6, later), [4, 8, 16, 32, 64, 64]);
    // What is due for long because there is much of it is not held back.
    assert_eq!(rounds(&mut p, &d, 2, later.plus_ms(4_000)), [64, 64]);
}

#[test]
fn places_are_handed_on_only_as_far_as_the_gentle_start_allows() {
    let (mut p, d) = (places(100), made(definition(64), "a"));
    let terms = |s| Some(Terms { id: s, ..d.of(0) });
    p.look(NOW, 0);
    (0..20).for_each(|_| assert!(p.admit(&d.of(1), false, NOW)));
    p.note_due(id(1), NOW, false);
    let now = NOW.plus_ms(86_400_000);
    p.look(now, 100);
    assert!(p.refill(now, [(id(1), 3)].into_iter(), terms).is_empty(), "17 are still under way");
    (0..18).for_each(|_| p.release(id(1)));
    assert_eq!(p.refill(now, [(id(1), 2)].into_iter(), terms), [share(1, 2)]);
}

#[test]
fn a_breaker_that_closes_lets_what_it_held_out_gently() {
    let (mut p, d) = (places(1000), made(definition(64), "a"));
    p.look(NOW, 0);
    open(&mut p, &d.of(1), NOW);
    p.note_due(id(1), NOW, false);
    let later = NOW.plus_ms(30_000);
    let shares = p.take_due(later, |s| Some(Terms { id: s, ..d.of(0) }));
    p.probe_with(&shares[0], Some(delivery(7)), later);
    p.ended(&d.of(1), 0, delivery(7), Sign::Success, later);
    p.release(id(1));
    assert_eq!(rounds(&mut p, &d, 6, later), [4, 8, 16, 32, 64, 64]);
    // Nothing is left of what was held back: nothing is held back any more.
    p.look(later.plus_ms(86_400_000), 0);
    assert_eq!(rounds(&mut p, &d, 2, later), [4, 8]);
    p.begin_reading();
    p.finish_reading(&[]);
    p.ended(&d.of(1), 0, delivery(9), Sign::Unwell, later);
    p.note_due(id(1), later, false);
    assert_eq!(rounds(&mut p, &d, 1, later), [64]);
}
