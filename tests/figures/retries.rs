//! Random policies, histories and `Retry-After` headers, through the delivery's state machine.

use std::panic::{AssertUnwindSafe, catch_unwind};

use hookbench_domain::{
    Delivery, Finished, Lease, Matcher, Outcome, RetryPolicy, SkipReason, Timestamp, parse_retry_after,
};

use crate::chaos::Chaos;

const MATCHERS: [&str; 10] = ["4xx", "5xx", "3xx", "429", "410", "500", "timeout", "dns", "tls", "reset"];

/// How many of so many inputs end in a panic.
pub(crate) fn panics(inputs: u64) -> u64 {
    let mut panics = 0;
    for n in 0..inputs {
        let once = AssertUnwindSafe(|| one(&mut Chaos::from(n)));
        panics += u64::from(catch_unwind(once).is_err());
    }
    panics
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

fn header(chaos: &mut Chaos) -> String {
    match chaos.below(4) {
        0 => chaos.extreme().to_string(),
        1 => format!("Wed, {:02} Oct {} 07:28:00 GMT", chaos.below(40), chaos.below(20_000)),
        2 => format!("{}", chaos.signed()),
        _ => chaos.text(40),
    }
}

fn one(chaos: &mut Chaos) {
    let policy = policy(chaos);
    let at = |chaos: &mut Chaos| Timestamp::from_ms(chaos.signed());
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
                let end = Finished { outcome, status, retry_after_ms };
                before.clone().finish(end, &policy, now, chance).map_or(before, |(after, _)| after)
            }
            3 => before.clone().retry(now).unwrap_or(before),
            _ => before.clone().cancel(now).unwrap_or(before),
        };
    }
    let _class = policy.classify(*chaos.one(&Outcome::ALL), u16::try_from(chaos.below(70_000)).ok());
}
