//! The receiver check: sends the suite to an endpoint of the user's and makes a report card.

use std::time::Duration;

use bytes::Bytes;
use hookbench_ambient::random_bytes;
use hookbench_dispatcher::wire::{AddressRules, Trust, Wire, WireReport, WireRequest};
use hookbench_domain::{EventType, Timestamp, is_loopback_url, parse_target_url};
use hookbench_receiver::{
    CaseName, CheckFinding, CheckResult, Planned, PlannedRequest, Seen, Suite, judge, not_tried, suite,
};
use hookbench_signature::{Scheme, Secret, to_hex};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::WorkbenchError;
use crate::handles::Receiver;

/// How long an endpoint may take to answer one request.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// What to check.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct CheckInput {
    /// The endpoint.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub url: String,
    /// How it verifies.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub scheme: String,
    /// Its secret.
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub secret: Option<Secret>,
    /// The subscription or source whose kept secret it is; instead of `secret`.
    pub secret_of: Option<String>,
    /// The secret before its last rotation.
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub old_secret: Option<Secret>,
    /// The host of the URL once more, where it is not this machine: whoever says it may have it
    /// checked.
    pub confirm_host: Option<String>,
    /// The type of the events that are sent; `conversion.created` if left out.
    pub event_type: Option<String>,
    /// Whether the endpoint may have a private address.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub allow_private: bool,
}

/// What the check found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ReportCard {
    /// The endpoint.
    pub url: String,
    /// How it was to verify.
    pub scheme: Scheme,
    /// When it was checked.
    pub at: Timestamp,
    /// Cases that went as they should.
    pub passed: usize,
    /// Cases that hold, but not well.
    pub warned: usize,
    /// Cases that do not hold.
    pub failed: usize,
    /// Cases that were not tried.
    pub skipped: usize,
    /// How it stands, in one sentence.
    pub summary: String,
    /// Every case, in the order it was sent.
    pub findings: Vec<CheckFinding>,
}

impl Receiver {
    /// Checks an endpoint. Sends some forty requests, each with `X-Hookbench-Test: true`; ends
    /// early where a valid request is not answered at all.
    ///
    /// # Errors
    /// [`WorkbenchError`] naming the field that is wrong: a host that is not confirmed, a secret
    /// that does not fit.
    pub async fn check(&self, input: CheckInput) -> Result<ReportCard, WorkbenchError> {
        let scheme: Scheme = input.scheme.parse()?;
        let url = parse_target_url(&input.url)?;
        confirmed(&url, input.confirm_host.as_deref())?;
        let event_type: EventType = match input.event_type.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => {
                text.parse().map_err(|error| WorkbenchError::field("event_type", format!("{error}")))?
            }
            None => "conversion.created".parse()?,
        };
        let secret = match (input.secret, input.secret_of.as_deref()) {
            (None, Some(owner)) => self.0.stored_secret(owner).await?,
            (given, _) => given,
        };
        if scheme.needs_secret() && secret.is_none() {
            let why = format!("is missing: {scheme} verifies with a secret, give the one of the endpoint");
            return Err(WorkbenchError::field("secret", why));
        }
        if let Some(secret) = &secret {
            secret.check_for(scheme)?;
        }
        let at = self.0.clock.now();
        let plan = suite(&Suite {
            scheme,
            secret: secret.as_ref().filter(|_| scheme.needs_secret()),
            old_secret: input.old_secret.as_ref(),
            wrong_secret: &Secret::generate(scheme, random_bytes()),
            event_type: event_type.as_str(),
            run: &format!("check_{}", to_hex(&random_bytes::<6>())),
            now_unix_s: at.unix_seconds(),
        })?;
        let rules = AddressRules { allow_loopback: true, allow_private: input.allow_private };
        let sender = Sender { wire: self.0.by_hand()?, url: url.clone(), rules };
        let findings = sender.run(plan).await;
        Ok(report(url.as_str().to_owned(), scheme, at, findings))
    }
}

/// Only this machine, or a host that was named once more.
fn confirmed(url: &Url, confirm: Option<&str>) -> Result<(), WorkbenchError> {
    let here = is_loopback_url(url);
    let host = url.host_str().unwrap_or_default();
    if here || confirm.is_some_and(|named| named.trim().eq_ignore_ascii_case(host)) {
        return Ok(());
    }
    let why = format!(
        "the check sends forged and doubled requests to {host}, which is not this machine: if the endpoint is yours, \
         confirm it by giving `{host}` here"
    );
    Err(WorkbenchError::field("confirm_host", why))
}

struct Sender {
    wire: Wire,
    url: Url,
    rules: AddressRules,
}

impl Sender {
    async fn run(&self, plan: Vec<Planned>) -> Vec<CheckFinding> {
        let mut findings: Vec<CheckFinding> = Vec::with_capacity(plan.len());
        let mut dead = false;
        for planned in plan {
            let finding = if let Some(why_not) = planned.skipped {
                not_tried(planned.name, why_not)
            } else if dead {
                not_tried(planned.name, "the valid request was not answered")
            } else if planned.name == CaseName::Slow {
                let valid = findings.first().map(|finding| finding.answers.clone()).unwrap_or_default();
                judge(CaseName::Slow, valid)
            } else {
                judge(planned.name, self.send_all(planned).await)
            };
            dead = dead
                || (finding.check == CaseName::Valid
                    && finding.answers.iter().all(|seen| seen.status.is_none()));
            findings.push(finding);
        }
        findings
    }

    async fn send_all(&self, planned: Planned) -> Vec<Seen> {
        if !planned.at_once {
            let mut answers = Vec::with_capacity(planned.requests.len());
            for request in planned.requests {
                answers.push(self.send(request).await);
            }
            return answers;
        }
        let mut under_way = tokio::task::JoinSet::new();
        for request in planned.requests {
            let (wire, request) = (self.wire.clone(), self.request(request));
            under_way.spawn(async move { seen(wire.send(request).await) });
        }
        under_way.join_all().await
    }

    async fn send(&self, request: PlannedRequest) -> Seen {
        seen(self.wire.send(self.request(request)).await)
    }

    fn request(&self, planned: PlannedRequest) -> WireRequest {
        WireRequest {
            method: if planned.method == "GET" { http::Method::GET } else { http::Method::POST },
            url: self.url.clone(),
            headers: planned.headers,
            body: Bytes::from(planned.body),
            timeout: ANSWER_TIME,
            rules: self.rules,
            trust: Trust::default(),
            fresh: false,
        }
    }
}

fn seen(report: WireReport) -> Seen {
    Seen {
        status: report.response.map(|response| response.status),
        outcome: report.outcome,
        error: report.error,
        total_ms: report.timings.total_us / 1000,
    }
}

fn report(url: String, scheme: Scheme, at: Timestamp, findings: Vec<CheckFinding>) -> ReportCard {
    let count = |opinion| findings.iter().filter(|finding| finding.opinion == opinion).count();
    let (passed, warned) = (count(CheckResult::Pass), count(CheckResult::Warn));
    let (failed, skipped) = (count(CheckResult::Fail), count(CheckResult::Skipped));
    let valid = findings.first().is_some_and(|finding| finding.opinion == CheckResult::Pass);
    let let_in = findings.iter().any(|finding| {
        finding.opinion == CheckResult::Fail
            && finding.expected == "4xx"
            && finding.answers.iter().any(|seen| seen.status.is_some_and(|s| (200..300).contains(&s)))
    });
    let summary = match (valid, let_in, failed, warned) {
        (false, _, _, _) => {
            "A valid request is not taken: until it is, the other findings say little.".to_owned()
        }
        (true, true, _, _) => {
            "It takes requests that it has to refuse: whoever knows its address can make things up."
                .to_owned()
        }
        (true, false, 0, 0) => "It verifies, answers and bears repetition as a receiver should.".to_owned(),
        (true, false, 0, _) => "It holds; some answers could be better.".to_owned(),
        (true, false, _, _) => "It verifies, but does not bear everything that platforms send.".to_owned(),
    };
    ReportCard { url, scheme, at, passed, warned, failed, skipped, summary, findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_or_a_host_that_was_named_is_checked() {
        let ok = |url: &str, confirm| confirmed(&Url::parse(url).unwrap(), confirm).is_ok();
        assert!(ok("http://127.0.0.1:8080/x", None));
        assert!(ok("http://[::1]/x", None));
        assert!(ok("http://localhost:1/", None));
        assert!(!ok("https://hooks.example.com/x", None));
        assert!(!ok("https://hooks.example.com/x", Some("example.com")));
        assert!(ok("https://hooks.example.com/x", Some(" Hooks.Example.com ")));
    }
}
