//! Random policies, histories, clocks and `Retry-After` headers: nothing panics, and what the
//! policy promises holds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbench_domain::{
    Delivery, Finished, Lease, Matcher, Next, Outcome, RETRY_AFTER_CAP_MS, RetryPolicy, SkipReason,
    Timestamp, parse_retry_after,
};

use crate::chaos::Chaos;

const MATCHERS: [&str; 10] = ["4xx", "5xx", "3xx", "429", "410", "500", "timeout", "dns", "tls", "reset"];

/// How many of so many inputs end in a panic, and how many break a rule.
pub(super) fn taken(inputs: u64) -> (u64, u64) {
    let (mut panics, mut broken) = (0, 0);
    for n in 0..inputs {
        let once = AssertUnwindSafe(|| {
            let mut chaos = Chaos::from(n);
            history(&mut chaos);
            retry_after_is_read(&mut chaos) && schedule_is_kept(&mut chaos)
        });
        match catch_unwind(once) {
            Ok(held) => broken += u64::from(!held),
            Err(_) => panics += 1,
        }
    }
    (panics, broken)
}

fn matchers(chaos: &mut Chaos) -> Vec<Matcher> {
    (0..chaos.below(4)).filter_map(|_| chaos.one(&MATCHERS).parse().ok()).collect()
}

fn policy(chaos: &mut Chaos) -> RetryPolicy {
    RetryPolicy {
        delays_ms: (0..chaos.below(8)).map(|_| chaos.extreme()).collect(),
        repeat_last: chaos.below(2) == 0,
        max_age_ms: (chaos.below(2) == 0).then(|| chaos.extreme()),
        jitter: *chaos.one(&[0.0, 0.1, 0.2, -1.0, 1e300, f64::NAN, f64::INFINITY]),
        timeout_ms: chaos.extreme(),
        final_on: matchers(chaos),
        retry_on: matchers(chaos),
        gone_on: matchers(chaos),
        honour_retry_after: chaos.below(2) == 0,
    }
}

fn at(chaos: &mut Chaos) -> Timestamp {
    Timestamp::from_ms(chaos.signed())
}

/// One moment in the form that dates have in HTTP, one of three.
fn http_date(at: Timestamp, form: u64) -> String {
    let form = match form {
        0 => "%a, %d %b %Y %H:%M:%S GMT",
        1 => "%A, %d-%b-%y %H:%M:%S GMT",
        _ => "%a %b %e %H:%M:%S %Y",
    };
    at.to_chrono().format(form).to_string()
}

fn header(chaos: &mut Chaos) -> String {
    match chaos.below(6) {
        0 => chaos.extreme().to_string(),
        1 => format!("Wed, {:02} Oct {} 07:28:00 GMT", chaos.below(40), chaos.below(20_000)),
        2 => format!("{}", chaos.signed()),
        3 | 4 => http_date(at(chaos), chaos.below(3)),
        _ => chaos.text(40),
    }
}

/// Seconds and each form of a date ask for what they say, at most a day; nothing asks for more.
fn retry_after_is_read(chaos: &mut Chaos) -> bool {
    let now = at(chaos);
    let wild = parse_retry_after(&header(chaos), now).is_none_or(|ms| ms <= RETRY_AFTER_CAP_MS);
    let seconds = chaos.extreme();
    let asked = seconds.saturating_mul(1000).min(RETRY_AFTER_CAP_MS);
    let seconds = parse_retry_after(&seconds.to_string(), now) == Some(asked);
    // Years that a date with two digits for them can say: 1970 to 2069, to the second.
    let second = |chaos: &mut Chaos| i64::try_from(chaos.below(3_155_760_000)).unwrap_or(0) * 1000;
    let (now, then) = (Timestamp::from_ms(second(chaos)), Timestamp::from_ms(second(chaos)));
    let near = now.plus_ms(chaos.below(200_000) * 1000);
    let dates = [then, near.min(Timestamp::from_ms(3_155_759_999_000))].into_iter().all(|date| {
        let asked = date.since(now).min(RETRY_AFTER_CAP_MS);
        (0..3).all(|form| parse_retry_after(&http_date(date, form), now) == Some(asked))
    });
    wild && seconds && dates
}

/// A retry is never before its schedule; chance adds at most a fifth, a server at most a day; none
/// is planned beyond the delivery's age or the schedule's end.
fn schedule_is_kept(chaos: &mut Chaos) -> bool {
    let policy = policy(chaos);
    let (created, now) = (at(chaos), at(chaos));
    let step = match chaos.below(3) {
        0 => u32::try_from(chaos.extreme() & u64::from(u32::MAX)).unwrap_or(0),
        _ => u32::try_from(chaos.below(10)).unwrap_or(0),
    };
    let asked = match chaos.below(3) {
        0 => None,
        1 => parse_retry_after(&header(chaos), now),
        _ => Some(chaos.extreme()),
    };
    let chance = *chaos.one(&[0.0, 0.5, 0.999_999, 2.0, -3.0, f64::NAN]);
    let Some(delay) = policy.delay_ms(step) else {
        return policy.next(step, created, now, asked, chance) == Next::Exhausted;
    };
    // What a float may round, over delays that no checked policy has.
    let rounding = delay / 1_000_000_000;
    let most_jitter = (delay / 5).saturating_add(1).saturating_add(rounding);
    let heard = if policy.honour_retry_after { asked.unwrap_or(0).min(RETRY_AFTER_CAP_MS) } else { 0 };
    let earliest = now.plus_ms(delay.max(heard));
    let latest = now.plus_ms(delay.saturating_add(most_jitter).max(heard));
    let too_old = |at: Timestamp| policy.give_up_age_ms().is_some_and(|age| at > created.plus_ms(age));
    match policy.next(step, created, now, asked, chance) {
        Next::At(at) => earliest <= at && at <= latest && !too_old(at),
        Next::Exhausted => too_old(latest),
    }
}

/// A delivery through anything that may happen to it.
fn history(chaos: &mut Chaos) {
    let policy = policy(chaos);
    let mut delivery = match chaos.below(3) {
        0 => Delivery::due(at(chaos)),
        1 => Delivery::asked(at(chaos)),
        _ => Delivery::skipped(at(chaos), SkipReason::Disabled),
    };
    delivery.attempts = u32::try_from(chaos.extreme() & u64::from(u32::MAX)).unwrap_or(0);
    delivery.step = u32::try_from(chaos.extreme() & u64::from(u32::MAX)).unwrap_or(0);
    for _ in 0..chaos.below(6) {
        let now = at(chaos);
        let before = delivery.clone();
        delivery = match chaos.below(5) {
            0 | 1 => {
                let lease = Lease { owner: "chaos".to_owned(), until: at(chaos) };
                before.clone().claim(lease).unwrap_or(before)
            }
            2 => {
                let outcome = *chaos.one(&Outcome::ALL);
                let status = u16::try_from(chaos.below(70_000)).ok();
                let retry_after_ms = match chaos.below(2) {
                    0 => parse_retry_after(&header(chaos), now),
                    _ => Some(chaos.extreme()),
                };
                let chance = *chaos.one(&[0.0, 0.5, 0.999_999, 2.0, -3.0, f64::NAN]);
                let end =
                    Finished { outcome, status, retry_after_ms, local_shortage: false, idle_closed: false };
                before.clone().finish(end, &policy, now, chance).map_or(before, |(after, _)| after)
            }
            3 => before.clone().retry(now).unwrap_or(before),
            _ => before.clone().cancel(now).unwrap_or(before),
        };
    }
    let _class = policy.classify(*chaos.one(&Outcome::ALL), u16::try_from(chaos.below(70_000)).ok());
}
