//! Signature autopsy: a signature that does not verify is taken apart until its mistake is named.

mod api_key;
mod body;
mod cause;
mod claims;
mod evidence;
mod keys;
mod percent;
mod recognise;
mod search;
mod snippets;
#[cfg(test)]
mod tests;
mod texts;
mod times;

use hookbench_bounds::{Budget, Ended};
use hookbench_signature::{Reason, Scheme, Secret, Step, Verification, verify};
use serde::Serialize;

pub use cause::Cause;
pub use evidence::Difference;
pub use snippets::{Language, snippet};

use search::{Found, Hit};

/// How many explanations are listed.
const MAX_CANDIDATES: usize = 10;

/// What a given secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one that is configured.
    Configured,
    /// One from before a rotation.
    Rotated,
    /// Any other that may have been meant.
    Candidate,
}

/// A secret to try.
#[derive(Debug, Clone)]
pub struct GivenSecret {
    /// What to call it when it matches; never the secret itself.
    pub name: String,
    /// The secret.
    pub secret: Secret,
    /// What it is.
    pub role: Role,
}

/// What to diagnose. The first secret is the configured one.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The scheme that is expected; recognised from the headers if absent.
    pub scheme: Option<Scheme>,
    /// The secrets to try, the configured one first.
    pub secrets: &'a [GivenSecret],
    /// The headers as received.
    pub headers: &'a [(String, Vec<u8>)],
    /// The body as received.
    pub body: &'a [u8],
    /// When it was received, in unix seconds.
    pub now_unix_s: i64,
    /// How far its time may lie from then.
    pub tolerance_s: i64,
    /// Whether to search longer: pairs of mistakes with every secret, and times further off.
    /// Several seconds instead of one.
    pub thorough: bool,
}

/// How sure an explanation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Confidence {
    /// The whole digest matches after the named changes, or the check itself failed there.
    Proven,
    /// The request shows marks of it, but what was signed cannot be made again.
    Likely,
}

/// One explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Candidate {
    /// What it names.
    pub cause: Cause,
    /// How sure it is.
    pub confidence: Confidence,
    /// Every mistake it needs, the one it is named by included.
    pub changes: Vec<Cause>,
    /// What exactly, in words.
    pub detail: String,
}

/// The result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Autopsy {
    /// Whether the signature verifies as it is.
    pub valid: bool,
    /// What is wrong.
    pub cause: Cause,
    /// What that means, in a sentence or two.
    pub explanation: String,
    /// What to do.
    pub fix: String,
    /// The scheme it was checked under; absent if none was given or recognised.
    pub scheme: Option<Scheme>,
    /// Every explanation found, the simplest first.
    pub candidates: Vec<Candidate>,
    /// How far the check itself got.
    pub steps: Vec<Step>,
    /// Which given secret matches, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub matching_secret: Option<String>,
    /// The first bytes that differ between what was signed and what came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional))]
    pub difference: Option<Difference>,
    /// How many digests were computed.
    pub tried: u64,
    /// Whether everything was tried that is looked for; false where the search was ended before: for
    /// very large input, or when it took too long.
    pub complete: bool,
}

/// What a search may cost at most: bytes looked at, written or hashed, and bytes of memory held.
const MAX_STEPS: u64 = 3_000_000_000;
const MAX_BYTES: usize = 14 * 1024 * 1024;

/// What one diagnosis may cost: some three seconds of a core and 16 MiB of memory, whatever the
/// request looks like; eight times the steps where it is thorough. `stop` is asked now and then,
/// and ends the search when it answers `true`.
#[must_use]
pub fn diagnosis_budget(thorough: bool, stop: &dyn Fn() -> bool) -> Budget<'_> {
    Budget::new(if thorough { MAX_STEPS * search::THOROUGH } else { MAX_STEPS }, MAX_BYTES, stop)
}

/// Takes a signature apart, within the bounds of [`diagnosis_budget`].
#[must_use]
pub fn diagnose(input: &Input<'_>) -> Autopsy {
    diagnose_within(input, &diagnosis_budget(input.thorough, &|| false))
}

/// Takes a signature apart within a budget. When that ends first, the answer is what was found until
/// then, and [`Autopsy::complete`] is false.
#[must_use]
pub fn diagnose_within(input: &Input<'_>, budget: &Budget<'_>) -> Autopsy {
    let schemes = match input.scheme {
        Some(scheme) => vec![scheme],
        None => recognise::schemes(input.headers),
    };
    // Where several schemes are present, the one that verifies or is explained best counts.
    let mut best: Option<Autopsy> = None;
    for scheme in schemes {
        let autopsy = under(input, scheme, budget);
        let better = best.as_ref().is_none_or(|b| autopsy.weight() < b.weight());
        if better {
            best = Some(autopsy);
        }
        if best.as_ref().is_some_and(|b| b.valid) {
            break;
        }
    }
    best.unwrap_or_else(|| Autopsy {
        scheme: None,
        explanation: "No header carries a signature of any scheme that is known here.".to_owned(),
        ..Autopsy::new(Scheme::None, Cause::MissingSignature, vec![])
    })
}

impl Autopsy {
    fn new(scheme: Scheme, cause: Cause, steps: Vec<Step>) -> Self {
        Self {
            valid: cause == Cause::Ok,
            cause,
            explanation: cause.explanation().to_owned(),
            fix: cause.fix().to_owned(),
            scheme: Some(scheme),
            candidates: vec![],
            steps,
            matching_secret: None,
            difference: None,
            tried: 0,
            complete: true,
        }
    }

    /// Less is better: valid, explained with few changes, explained at all, unknown.
    fn weight(&self) -> usize {
        if self.cause == Cause::Unknown {
            100
        } else if self.cause == Cause::OtherScheme {
            90
        } else if self.valid {
            0
        } else {
            self.candidates.first().map_or(50, |c| c.changes.len())
        }
    }

    fn because(mut self, cause: Cause, confidence: Confidence, detail: String) -> Self {
        self.explanation = format!("{} {}", cause.explanation(), sentence(&detail));
        self.candidates.push(Candidate { cause, confidence, changes: vec![cause], detail });
        self
    }
}

fn check(input: &Input<'_>, scheme: Scheme, secrets: &[Secret]) -> Verification {
    verify(scheme, secrets, input.headers, input.body, input.now_unix_s, input.tolerance_s)
}

fn under(input: &Input<'_>, scheme: Scheme, budget: &Budget<'_>) -> Autopsy {
    let configured: Vec<Secret> = input.secrets.first().map(|s| s.secret.clone()).into_iter().collect();
    let v = check(input, scheme, &configured);
    let structural = Cause::from(v.reason);
    let said = v.steps.last().map(|s| s.detail.clone()).unwrap_or_default();
    let plain = |cause| Autopsy::new(scheme, cause, v.steps.clone());
    match v.reason {
        Reason::Ok => {
            let name = input.secrets.first().filter(|_| scheme.needs_secret()).map(|s| s.name.clone());
            Autopsy { matching_secret: name, ..plain(Cause::Ok) }
        }
        Reason::StaleTimestamp | Reason::FutureTimestamp => match v.timestamp.and_then(times::unit_divisor) {
            Some(divisor) => {
                let detail =
                    format!("The time came in {}; the signature itself matches", times::unit_name(divisor));
                plain(Cause::TimestampUnit).because(Cause::TimestampUnit, Confidence::Proven, detail)
            }
            None => plain(structural).because(structural, Confidence::Proven, said),
        },
        Reason::DuplicateHeader => plain(structural).because(structural, Confidence::Proven, said),
        // A text that was signed without its time or id explains more than that they are missing.
        Reason::MissingSignature
        | Reason::MissingTimestamp
        | Reason::MalformedSignature
        | Reason::MalformedTimestamp
        | Reason::UnsupportedVersion
        | Reason::Mismatch => {
            if scheme == Scheme::ApiKey {
                return api_key::diagnose(input, plain(Cause::Unknown), structural, &said);
            }
            explain(input, scheme, &v, search::search(scheme, input, budget), budget)
        }
    }
}

/// Chooses among what was found: a match with mistakes, the failed check, another scheme, marks.
fn explain(
    input: &Input<'_>,
    scheme: Scheme,
    v: &Verification,
    found: Found,
    budget: &Budget<'_>,
) -> Autopsy {
    let structural = Cause::from(v.reason);
    let said = v.steps.last().map(|s| s.detail.clone()).unwrap_or_default();
    let mut autopsy = Autopsy::new(scheme, Cause::Unknown, v.steps.clone());
    autopsy.tried = found.tried;
    autopsy.complete = found.complete;
    autopsy.candidates = found.hits.iter().filter_map(candidate).take(MAX_CANDIDATES).collect();
    if let Some(hit) = found.hits.first() {
        autopsy.matching_secret = input.secrets.get(hit.secret).map(|s| s.name.clone());
        let Some(first) = autopsy.candidates.first().filter(|_| !hit.changes.is_empty()) else {
            // The digest matches as it is: only the form of the headers is wrong.
            return Autopsy {
                candidates: vec![],
                cause: structural,
                fix: structural.fix().into(),
                ..autopsy
            }
            .because(structural, Confidence::Proven, said);
        };
        let lone = first.changes == [Cause::SignatureEncoding];
        if lone && structural == Cause::MalformedSignature && claims::joined(scheme, input.headers) {
            let detail = "two signatures came joined by a comma, as proxies join headers of one name";
            let (cause, candidates) = (Cause::DuplicateHeader, vec![]);
            let fix = cause.fix().to_owned();
            return Autopsy { cause, fix, candidates, ..autopsy }.because(
                cause,
                Confidence::Proven,
                detail.to_owned(),
            );
        }
        autopsy.cause = first.cause;
        let others: Vec<_> = first.changes.iter().skip(1).map(|c| c.explanation()).collect();
        let also = if others.is_empty() { String::new() } else { format!(" Also: {}", others.join(" ")) };
        autopsy.explanation = format!(
            "{} Proven: the digest matches if it was {}{also}",
            first.cause.explanation(),
            sentence(&first.detail)
        );
        let fixes: Vec<_> = first.changes.iter().map(|c| c.fix()).collect();
        autopsy.fix = fixes.join(" ");
        autopsy.difference = hit.body.as_deref().and_then(|signed| Difference::between(signed, input.body));
        return autopsy;
    }
    if let Some(other) = other_scheme(input, scheme, &v.steps, budget) {
        return Autopsy { tried: autopsy.tried, complete: autopsy.complete, ..other };
    }
    if structural != Cause::Mismatch {
        let (explained, fix) = (structural, structural.fix().to_owned());
        return Autopsy { cause: explained, fix, ..autopsy }.because(explained, Confidence::Proven, said);
    }
    if let Some((cause, detail)) = evidence::of(input.headers, input.body) {
        return Autopsy { cause, fix: cause.fix().to_owned(), ..autopsy }.because(
            cause,
            Confidence::Likely,
            detail,
        );
    }
    if input.secrets.is_empty() {
        autopsy.explanation = format!("No secret was given, and {scheme} cannot be checked without one.");
        autopsy.fix = "Give the secret that the sender signs with.".to_owned();
        return autopsy;
    }
    let (said, tried) = (Cause::Unknown.explanation(), autopsy.tried);
    autopsy.explanation = match (found.complete, budget.ended()) {
        (true, _) => format!("{said} Tried: {tried} digests."),
        (false, Some(Ended::Stopped)) => {
            format!(
                "{said} The search was ended after {tried} digests, because it took too long: not everything was tried."
            )
        }
        (false, Some(Ended::Steps | Ended::Memory) | None) => {
            format!(
                "{said} The search was ended after {tried} digests: the request is so large that not everything was tried."
            )
        }
    };
    autopsy
}

fn candidate(hit: &Hit) -> Option<Candidate> {
    let details: Vec<_> = hit.changes.iter().map(|c| c.detail.as_str()).collect();
    Some(Candidate {
        cause: hit.changes.first()?.cause,
        confidence: Confidence::Proven,
        changes: hit.changes.iter().map(|c| c.cause).collect(),
        detail: details.join("; "),
    })
}

/// Whether the request carries the signature of another scheme that matches a given secret: as it
/// is, or, where the expected one is absent, with one mistake more.
fn other_scheme(input: &Input<'_>, expected: Scheme, steps: &[Step], budget: &Budget<'_>) -> Option<Autopsy> {
    let secrets: Vec<Secret> = input.secrets.iter().map(|s| s.secret.clone()).collect();
    let others: Vec<_> = recognise::schemes(input.headers)
        .into_iter()
        .filter(|s| *s != expected && s.needs_secret())
        .collect();
    let made = |scheme: Scheme, changes: Vec<Cause>, detail: String, secret: Option<usize>| {
        let mut autopsy = Autopsy::new(expected, Cause::OtherScheme, steps.to_vec());
        autopsy.explanation =
            format!("The request is signed as {scheme}, not as {expected}. {}", sentence(&detail));
        autopsy.fix = format!("Verify with the scheme {scheme}, or have the sender sign as {expected}.");
        autopsy.matching_secret = secret.and_then(|i| input.secrets.get(i)).map(|s| s.name.clone());
        autopsy.candidates =
            vec![Candidate { cause: Cause::OtherScheme, confidence: Confidence::Proven, changes, detail }];
        autopsy
    };
    for scheme in &others {
        let v = check(input, *scheme, &secrets);
        if v.matched_secret.is_some() {
            let detail = format!("the signature of {scheme} matches");
            return Some(made(*scheme, vec![Cause::OtherScheme], detail, v.matched_secret));
        }
    }
    let absent = steps.last().is_some_and(|s| s.name == "header");
    for scheme in others.iter().filter(|s| absent && s.text().is_some()) {
        let found = search::search(*scheme, input, budget);
        if let Some((hit, first)) = found.hits.first().and_then(|hit| Some((hit, candidate(hit)?))) {
            let changes = first.changes.iter().copied().chain([Cause::OtherScheme]).collect();
            return Some(made(*scheme, changes, first.detail, Some(hit.secret)));
        }
    }
    None
}

fn sentence(text: &str) -> String {
    let mut text = text.to_owned();
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}
