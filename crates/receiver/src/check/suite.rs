//! What the receiver check sends.

use hookbench_signature::{Message, Scheme, Secret, SignError, SignedText, sign};
use serde_json::json;

use super::case::CaseName;

/// Said on every request of the check.
const TEST_HEADER: (&str, &str) = ("X-Hookbench-Test", "true");
/// How far `Stale` and `Future` lie off, in seconds.
const AN_HOUR_S: i64 = 3600;
const BURST: usize = 20;
const DUPLICATE_BURST: usize = 10;
/// The padding of the huge body: with the rest it stays under 1 MiB.
const HUGE_BYTES: usize = 1_000_000;

/// What the check needs to know. It has no `Debug`: it holds secrets.
pub struct Suite<'a> {
    /// How the endpoint verifies.
    pub scheme: Scheme,
    /// The endpoint's secret; needed unless the scheme is `none`.
    pub secret: Option<&'a Secret>,
    /// The secret before the last rotation.
    pub old_secret: Option<&'a Secret>,
    /// A secret that nobody has.
    pub wrong_secret: &'a Secret,
    /// The type of the events.
    pub event_type: &'a str,
    /// Begins the ids of this run's events, so that no run meets the events of another.
    pub run: &'a str,
    /// The time now, in seconds since 1970.
    pub now_unix_s: i64,
}

/// One request of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRequest {
    /// `POST` or `GET`.
    pub method: &'static str,
    /// The headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// One case and what is sent for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub name: CaseName,
    /// The requests, in order.
    pub requests: Vec<PlannedRequest>,
    /// Whether they are sent at once.
    pub at_once: bool,
    /// Why nothing is sent.
    pub skipped: Option<&'static str>,
}

/// An event of the check.
struct Sample {
    id: String,
    event_type: String,
    body: Vec<u8>,
}

impl Suite<'_> {
    fn sample(&self, name: &str, minute: i64) -> Sample {
        self.sample_of(name, minute, self.event_type)
    }

    fn sample_of(&self, name: &str, minute: i64, event_type: &str) -> Sample {
        let id = format!("evt_{}_{name}", self.run);
        let created_at =
            hookbench_domain::Timestamp::from_ms((self.now_unix_s + minute * 60).saturating_mul(1000));
        let body = json!({
            "id": id,
            "event": event_type,
            "createdAt": created_at,
            "data": { "note": "a check of this receiver by Hookbench", "amount": "12.60", "currency": "EUR" },
        });
        Sample { id, event_type: event_type.to_owned(), body: body.to_string().into_bytes() }
    }

    fn signed_at(
        &self,
        sample: &Sample,
        secret: Option<&Secret>,
        at: i64,
    ) -> Result<PlannedRequest, SignError> {
        let mut headers = vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            (TEST_HEADER.0.to_owned(), TEST_HEADER.1.to_owned()),
        ];
        let message =
            Message { id: &sample.id, timestamp: at, event_type: &sample.event_type, body: &sample.body };
        if let Some(secret) = secret {
            headers.extend(sign(self.scheme, std::slice::from_ref(secret), &message)?);
        }
        Ok(PlannedRequest { method: "POST", headers, body: sample.body.clone() })
    }

    fn signed(&self, sample: &Sample) -> Result<PlannedRequest, SignError> {
        self.signed_at(sample, self.secret, self.now_unix_s)
    }

    /// Why a case does not apply.
    fn skipped(&self, name: CaseName) -> Option<&'static str> {
        let signs = self.scheme.needs_secret();
        let protects = signs && self.scheme != Scheme::ApiKey;
        let times =
            matches!(self.scheme.text(), Some(SignedText::TimestampBody | SignedText::IdTimestampBody));
        match name {
            CaseName::NoSignature | CaseName::MalformedSignature | CaseName::WrongSecret if !signs => {
                Some("the scheme none verifies nothing")
            }
            CaseName::OldSecret if self.old_secret.is_none() => Some("no old secret was given"),
            CaseName::Tampered | CaseName::ReplayedSignature if !protects => {
                Some("the scheme does not protect the body")
            }
            CaseName::TimestampAltered | CaseName::Stale | CaseName::Future if !times => {
                Some("the scheme signs no time: guard against replays by the event's id")
            }
            CaseName::RawBytes if !protects => Some("the scheme does not sign the body"),
            CaseName::Valid
            | CaseName::Slow
            | CaseName::RawBytes
            | CaseName::NoSignature
            | CaseName::MalformedSignature
            | CaseName::WrongSecret
            | CaseName::OldSecret
            | CaseName::Tampered
            | CaseName::ReplayedSignature
            | CaseName::TimestampAltered
            | CaseName::Stale
            | CaseName::Future
            | CaseName::NotJson
            | CaseName::WrongContentType
            | CaseName::UnknownType
            | CaseName::Duplicate
            | CaseName::Reordered
            | CaseName::Huge
            | CaseName::Burst
            | CaseName::DuplicateBurst
            | CaseName::Get => None,
        }
    }

    fn requests(&self, name: CaseName) -> Result<Vec<PlannedRequest>, SignError> {
        let now = self.now_unix_s;
        let signature = self.scheme.signature_header();
        let is_signature = |header: &str| signature.is_some_and(|wanted| header.eq_ignore_ascii_case(wanted));
        Ok(match name {
            CaseName::Valid => vec![self.signed(&self.sample("valid", 0))?],
            CaseName::Slow => Vec::new(),
            CaseName::RawBytes => vec![self.signed(&self.unusual())?],
            CaseName::NoSignature => {
                let mut request = self.signed(&self.sample("unsigned", 0))?;
                request.headers.retain(|(name, _)| !is_signature(name));
                vec![request]
            }
            CaseName::MalformedSignature => {
                let mut request = self.signed(&self.sample("malformed", 0))?;
                for (_, value) in request.headers.iter_mut().filter(|(name, _)| is_signature(name)) {
                    "nonsense".clone_into(value);
                }
                vec![request]
            }
            CaseName::WrongSecret => {
                vec![self.signed_at(&self.sample("wrong_secret", 0), Some(self.wrong_secret), now)?]
            }
            CaseName::OldSecret => {
                vec![self.signed_at(&self.sample("old_secret", 0), self.old_secret, now)?]
            }
            CaseName::Tampered => {
                let mut request = self.signed(&self.sample("tampered", 0))?;
                let text = String::from_utf8_lossy(&request.body).replace("12.60", "92.60");
                request.body = text.into_bytes();
                vec![request]
            }
            CaseName::ReplayedSignature => {
                // Under the id that was signed, where the scheme signs one.
                let true_one = self.signed(&self.sample("valid", 0))?;
                vec![PlannedRequest { body: self.sample("replayed_signature", 0).body, ..true_one }]
            }
            CaseName::TimestampAltered => {
                let mut request = self.signed(&self.sample("altered", 0))?;
                let (before, after) = (now.to_string(), (now + 1).to_string());
                for (_, value) in request.headers.iter_mut().skip(2) {
                    *value = value.replacen(&before, &after, 1);
                }
                vec![request]
            }
            CaseName::Stale => {
                vec![self.signed_at(&self.sample("stale", -60), self.secret, now - AN_HOUR_S)?]
            }
            CaseName::Future => {
                vec![self.signed_at(&self.sample("future", 60), self.secret, now + AN_HOUR_S)?]
            }
            CaseName::NotJson => {
                let mut sample = self.sample("not_json", 0);
                sample.body.truncate(sample.body.len() / 2);
                vec![self.signed(&sample)?]
            }
            CaseName::WrongContentType => {
                let mut request = self.signed(&self.sample("content_type", 0))?;
                if let Some((_, value)) = request.headers.first_mut() {
                    "text/plain".clone_into(value);
                }
                vec![request]
            }
            CaseName::UnknownType => {
                vec![self.signed(&self.sample_of("unknown_type", 0, "hookbench.not_yet_known"))?]
            }
            CaseName::Duplicate => {
                let request = self.signed(&self.sample("duplicate", 0))?;
                vec![request.clone(), request]
            }
            CaseName::Reordered => {
                vec![self.signed(&self.sample("later", 0))?, self.signed(&self.sample("earlier", -5))?]
            }
            CaseName::Huge => {
                let mut sample = self.sample("huge", 0);
                let padding = format!("\"padding\":\"{}\",\"note\"", "x".repeat(HUGE_BYTES));
                let text = String::from_utf8_lossy(&sample.body).replacen("\"note\"", &padding, 1);
                sample.body = text.into_bytes();
                vec![self.signed(&sample)?]
            }
            CaseName::Burst => {
                let one = |n| self.signed(&self.sample(&format!("burst_{n}"), 0));
                (0..BURST).map(one).collect::<Result<_, _>>()?
            }
            CaseName::DuplicateBurst => {
                vec![self.signed(&self.sample("duplicate_burst", 0))?; DUPLICATE_BURST]
            }
            CaseName::Get => vec![PlannedRequest {
                method: "GET",
                headers: vec![(TEST_HEADER.0.to_owned(), TEST_HEADER.1.to_owned())],
                body: Vec::new(),
            }],
        })
    }

    /// A body that no library writes this way: spaces, an escape, a number with a zero too many.
    fn unusual(&self) -> Sample {
        let sample = self.sample("raw_bytes", 0);
        let text = String::from_utf8_lossy(&sample.body);
        let text = text.replacen(
            "\"data\":{",
            "\"data\" : {  \"escaped\": \"\\u00e9\\/\", \"number\": 1.50,\n  ",
            1,
        );
        Sample { body: text.into_bytes(), ..sample }
    }
}

/// Plans every case, in the order in which they are sent.
///
/// # Errors
/// [`SignError`] when the secret does not fit the scheme.
pub fn suite(suite: &Suite<'_>) -> Result<Vec<Planned>, SignError> {
    let plan = |name: CaseName| {
        let skipped = suite.skipped(name);
        let requests = if skipped.is_some() { Vec::new() } else { suite.requests(name)? };
        let at_once = matches!(name, CaseName::Burst | CaseName::DuplicateBurst);
        Ok(Planned { name, requests, at_once, skipped })
    };
    CaseName::ALL.into_iter().map(plan).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbench_signature::{DEFAULT_TOLERANCE_S, Reason, verify};

    const NOW: i64 = 1_767_225_600;

    fn planned(scheme: Scheme) -> Vec<Planned> {
        let secret = |text: &str| Secret::new(text.into()).unwrap();
        let (right, wrong) = (secret("0123456789abcdef0123456789abcdef"), secret("another-secret-entirely"));
        let plan = Suite {
            scheme,
            secret: scheme.needs_secret().then_some(&right),
            old_secret: None,
            wrong_secret: &wrong,
            event_type: "conversion.created",
            run: "check1",
            now_unix_s: NOW,
        };
        suite(&plan).unwrap()
    }

    fn reason(scheme: Scheme, request: &PlannedRequest) -> Reason {
        let secret = Secret::new(b"0123456789abcdef0123456789abcdef".to_vec()).unwrap();
        let headers: Vec<(String, Vec<u8>)> =
            request.headers.iter().map(|(n, v)| (n.clone(), v.clone().into_bytes())).collect();
        verify(scheme, &[secret], &headers, &request.body, NOW, DEFAULT_TOLERANCE_S).reason
    }

    #[test]
    fn what_is_to_be_taken_is_truly_signed_and_what_is_to_be_refused_is_not() {
        for scheme in Scheme::ALL {
            for planned in planned(scheme) {
                use CaseName as C;
                let name = planned.name;
                if name == C::Get || (name == C::MalformedSignature && scheme != Scheme::ApiKey) {
                    let refused = planned.requests.iter().all(|r| reason(scheme, r) != Reason::Ok);
                    assert!(name == C::Get || refused, "{scheme} {name:?}");
                    continue;
                }
                let wanted = if name == C::NoSignature {
                    Reason::MissingSignature
                } else if [
                    C::MalformedSignature,
                    C::WrongSecret,
                    C::Tampered,
                    C::ReplayedSignature,
                    C::TimestampAltered,
                ]
                .contains(&name)
                {
                    Reason::Mismatch
                } else if name == C::Stale {
                    Reason::StaleTimestamp
                } else if name == C::Future {
                    Reason::FutureTimestamp
                } else {
                    Reason::Ok
                };
                for request in &planned.requests {
                    assert_eq!(reason(scheme, request), wanted, "{scheme} {:?}", planned.name);
                }
                assert_eq!(
                    planned.requests.is_empty(),
                    planned.skipped.is_some() || planned.name == CaseName::Slow
                );
            }
        }
    }

    #[test]
    fn every_request_says_that_it_is_a_test_and_stays_within_the_limits() {
        for planned in planned(Scheme::Trcker) {
            for request in planned.requests {
                assert!(request.headers.contains(&("X-Hookbench-Test".into(), "true".into())));
                assert!(request.body.len() < 1024 * 1024);
            }
        }
    }

    #[test]
    fn unusual_json_is_json() {
        let planned = planned(Scheme::Stripe);
        let raw = planned.iter().find(|p| p.name == CaseName::RawBytes).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&raw.requests[0].body).unwrap();
        assert_eq!(value["data"]["escaped"], "é/");
        assert_ne!(value.to_string().into_bytes(), raw.requests[0].body);
    }
}
