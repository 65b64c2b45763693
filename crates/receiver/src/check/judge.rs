//! What the answers of an endpoint mean.

use hookbench_domain::Outcome;
use serde::Serialize;

use super::case::{CaseName, Expect};

/// Slower than this is worth a word, in milliseconds.
const SLOW_MS: u64 = 2000;
/// Slower than this fails: several platforms give up after five seconds.
const TOO_SLOW_MS: u64 = 5000;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Seen {
    /// The status, if one came.
    pub status: Option<u16>,
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong, in the words of the layer that said so.
    pub error: Option<String>,
    /// How long it took.
    pub total_ms: u64,
}

/// How a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum CheckResult {
    /// As it should be.
    Pass,
    /// It holds, but not well.
    Warn,
    /// It does not hold.
    Fail,
    /// It was not tried.
    Skipped,
}

/// What was found in one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CheckFinding {
    /// Which case.
    pub check: CaseName,
    /// What was sent, in words.
    pub title: &'static str,
    /// How it went.
    pub opinion: CheckResult,
    /// What was expected.
    pub expected: &'static str,
    /// What came, in words.
    pub seen: String,
    /// Why it matters.
    pub why: &'static str,
    /// What to do; absent where nothing is to be done.
    pub fix: Option<&'static str>,
    /// Every answer.
    pub answers: Vec<Seen>,
}

impl Expect {
    const fn in_words(self) -> &'static str {
        match self {
            Self::Taken => "2xx",
            Self::Refused => "4xx",
            Self::Answered => "2xx, or a 4xx that says so",
            Self::Soon => "an answer within 2 seconds",
        }
    }
}

/// A case that was not sent, and why.
#[must_use]
pub fn not_tried(name: CaseName, why_not: &str) -> CheckFinding {
    finding(name, CheckResult::Skipped, format!("not tried: {why_not}"), Vec::new())
}

fn finding(name: CaseName, opinion: CheckResult, seen: String, answers: Vec<Seen>) -> CheckFinding {
    let case = name.case();
    let fix = matches!(opinion, CheckResult::Warn | CheckResult::Fail).then_some(case.fix);
    CheckFinding {
        check: name,
        title: case.title,
        opinion,
        expected: case.expect.in_words(),
        seen,
        why: case.why,
        fix,
        answers,
    }
}

/// Judges the answers to one case; for [`CaseName::Slow`] those to the valid request.
#[must_use]
pub fn judge(name: CaseName, answers: Vec<Seen>) -> CheckFinding {
    let opinions = answers.iter().map(|seen| of_one(name, seen));
    let opinion = opinions.max_by_key(|opinion| weight(*opinion)).unwrap_or(CheckResult::Skipped);
    let seen = in_words(name, &answers);
    finding(name, opinion, seen, answers)
}

const fn weight(opinion: CheckResult) -> u8 {
    match opinion {
        CheckResult::Skipped => 0,
        CheckResult::Pass => 1,
        CheckResult::Warn => 2,
        CheckResult::Fail => 3,
    }
}

fn of_one(name: CaseName, seen: &Seen) -> CheckResult {
    let expect = name.case().expect;
    if expect == Expect::Soon {
        return match seen.total_ms {
            0..=SLOW_MS => CheckResult::Pass,
            ms if ms <= TOO_SLOW_MS => CheckResult::Warn,
            _ => CheckResult::Fail,
        };
    }
    let Some(status) = seen.status else { return CheckResult::Fail };
    match (expect, status) {
        (Expect::Taken | Expect::Answered, 200..=299) => CheckResult::Pass,
        // What is still limited now comes again later; it is not lost.
        (Expect::Taken, 429) if matches!(name, CaseName::Burst | CaseName::DuplicateBurst) => {
            CheckResult::Warn
        }
        // An old secret that is refused may be past its rotation.
        (Expect::Taken, 400..=499) if name == CaseName::OldSecret => CheckResult::Warn,
        // It is the sender's own, so nobody gets in; but it cannot have been read.
        (Expect::Refused, 200..=299) if name == CaseName::NotJson => CheckResult::Warn,
        (Expect::Refused, 410 | 429) => CheckResult::Warn,
        (Expect::Refused | Expect::Answered, 400..=499) => CheckResult::Pass,
        // Refused, but as a failure: it is sent again and again.
        (Expect::Refused, 500..=599) => CheckResult::Warn,
        (Expect::Taken | Expect::Refused | Expect::Answered | Expect::Soon, _) => CheckResult::Fail,
    }
}

fn in_words(name: CaseName, answers: &[Seen]) -> String {
    if name == CaseName::Slow {
        let slowest = answers.iter().map(|seen| seen.total_ms).max().unwrap_or(0);
        return format!("answered after {slowest} ms");
    }
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for seen in answers {
        let kind = match (seen.status, &seen.error) {
            (Some(status), _) => status.to_string(),
            (None, Some(error)) => format!("no answer ({error})"),
            (None, None) => format!("no answer ({})", seen.outcome.as_str()),
        };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, times)) => *times += 1,
            None => kinds.push((kind, 1)),
        }
    }
    let words =
        kinds.iter().map(|(kind, times)| if *times > 1 { format!("{times} × {kind}") } else { kind.clone() });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(status: Option<u16>, total_ms: u64) -> Seen {
        let outcome = status.map_or(Outcome::Reset, Outcome::of_status);
        Seen { status, outcome, error: status.is_none().then(|| "the peer hung up".to_owned()), total_ms }
    }

    fn opinion(name: CaseName, statuses: &[Option<u16>]) -> CheckResult {
        judge(name, statuses.iter().map(|status| seen(*status, 5)).collect()).opinion
    }

    #[test]
    fn answers_are_judged_by_what_the_case_expects() {
        use CaseName::*;
        use CheckResult::*;
        for (name, statuses, want) in [
            (Valid, &[Some(200)][..], Pass),
            (Valid, &[Some(302)], Fail),
            (Valid, &[Some(500)], Fail),
            (Valid, &[None], Fail),
            (Tampered, &[Some(401)], Pass),
            (Tampered, &[Some(200)], Fail),
            (Tampered, &[Some(500)], Warn),
            (Tampered, &[Some(302)], Fail),
            (Tampered, &[Some(410)], Warn),
            (Tampered, &[None], Fail),
            (Duplicate, &[Some(200), Some(200)], Pass),
            (Duplicate, &[Some(200), Some(409)], Fail),
            (Burst, &[Some(200), Some(429), Some(200)], Warn),
            (Burst, &[Some(200), Some(500)], Fail),
            (OldSecret, &[Some(401)], Warn),
            (Huge, &[Some(413)], Pass),
            (Huge, &[None], Fail),
            (Get, &[Some(405)], Pass),
            (Get, &[Some(200)], Fail),
            (NotJson, &[Some(200)], Warn),
            (Valid, &[], Skipped),
        ] {
            assert_eq!(opinion(name, statuses), want, "{name:?} {statuses:?}");
        }
    }

    #[test]
    fn slowness_is_judged_by_time() {
        let at = |ms| judge(CaseName::Slow, vec![seen(Some(200), ms)]).opinion;
        assert_eq!(
            [at(5), at(2000), at(3000), at(5001)],
            [CheckResult::Pass, CheckResult::Pass, CheckResult::Warn, CheckResult::Fail]
        );
    }

    #[test]
    fn what_came_is_told_in_words_and_a_fix_only_where_there_is_something_to_fix() {
        let burst = judge(CaseName::Burst, vec![seen(Some(200), 5), seen(None, 5), seen(Some(200), 5)]);
        assert_eq!(burst.seen, "2 × 200, no answer (the peer hung up)");
        assert!(burst.fix.is_some());
        assert_eq!(judge(CaseName::Valid, vec![seen(Some(204), 5)]).fix, None);
        assert_eq!(not_tried(CaseName::Stale, "it signs no time").opinion, CheckResult::Skipped);
    }

    #[test]
    fn every_case_says_why_it_matters_and_what_to_do() {
        for name in CaseName::ALL {
            let case = name.case();
            assert!(!case.title.is_empty() && case.why.len() > 20 && case.fix.len() > 10, "{name:?}");
        }
    }
}
