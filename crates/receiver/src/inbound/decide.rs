//! The decision: is this request what the source takes. Pure: request, rules and time come in.

use std::net::IpAddr;

use hookbench_domain::{EventId, EventType, MAX_BODY_BYTES, Network, PostbackMapping};
use hookbench_signature::{
    DEFAULT_TOLERANCE_S, Scheme, Secret, Verification, identify, same_bytes, sha256_hex, verify,
};

use super::postback;
use super::refusal::Refusal;
use super::request::{InboundBody, InboundRequest};

/// What a source asks of a request.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The signature scheme.
    pub scheme: Scheme,
    /// The secrets, any of which may match.
    pub secrets: Vec<Secret>,
    /// Who may send; empty for anyone.
    pub allow_ips: Vec<Network>,
    /// What must stand behind the name in the path.
    pub token: Option<Secret>,
    /// What becomes of postbacks, where the source takes them.
    pub postback: Option<PostbackMapping>,
}

/// The event that an accepted request brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedEvent {
    /// Its id.
    pub id: EventId,
    /// Its type; `unknown` where the request names none that is a dotted name.
    pub event_type: EventType,
    /// Its bytes where they were made from a postback; else they are the request's body.
    pub body: Option<Vec<u8>>,
    /// What is taken but may not be meant, for people.
    pub warnings: Vec<String>,
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeDecision {
    /// It is verified: keep what it brought.
    Accept(AcceptedEvent),
    /// It is refused and told why.
    Refuse(Refusal),
    /// It does not know the path's token: it is answered as if there were no such source, and
    /// only the log knows why.
    Hide(Refusal),
}

fn refusal(status: u16, code: &'static str, check: &'static str, detail: impl Into<String>) -> Refusal {
    Refusal::new(status, code, check, detail)
}

/// Decides. The checks run in this order and the first that fails is the answer: path token,
/// address, method, content type, body, signature.
#[must_use]
pub fn decide(
    rules: &Rules,
    token: Option<&str>,
    request: &InboundRequest,
    now_unix_s: i64,
) -> IntakeDecision {
    if !token_fits(rules.token.as_ref(), token) {
        let detail = match (&rules.token, token) {
            (Some(_), None) => "the path lacks the source's token",
            (Some(_), Some(_)) => "the token in the path is another one than the source's",
            (None, _) => "the path goes on behind the name of a source without a token",
        };
        return IntakeDecision::Hide(refusal(404, "wrong_token", "token", detail));
    }
    let body = match check_outside(rules, request).and_then(|()| whole_body(&request.body)) {
        Ok(body) => body,
        Err(refusal) => return IntakeDecision::Refuse(refusal),
    };
    if let Some(mapping) = &rules.postback {
        return match take_postback(rules, mapping, request, body, now_unix_s) {
            Ok(brought) => IntakeDecision::Accept(brought),
            Err(refusal) => IntakeDecision::Refuse(refusal),
        };
    }
    let found = verify(rules.scheme, &rules.secrets, &request.headers, body, now_unix_s, DEFAULT_TOLERANCE_S);
    if !found.valid {
        return IntakeDecision::Refuse(not_verified(&found));
    }
    let identity = identify(rules.scheme, &request.headers, body);
    match identity.id.parse() {
        Ok(id) => {
            let event_type = identity.event_type.parse().unwrap_or_else(|_| EventType::unknown());
            IntakeDecision::Accept(AcceptedEvent { id, event_type, body: None, warnings: Vec::new() })
        }
        Err(_) => IntakeDecision::Refuse(refusal(400, "bad_event_id", "id", "the event's id cannot be used")),
    }
}

/// Checks the key, then reads the parameters.
fn take_postback(
    rules: &Rules,
    mapping: &PostbackMapping,
    request: &InboundRequest,
    body: &[u8],
    now_unix_s: i64,
) -> Result<AcceptedEvent, Refusal> {
    let form: &[u8] = if request.method == "POST" { body } else { b"" };
    let params = postback::params(request.query.as_deref(), form);
    let mut headers = request.headers.clone();
    let header = rules.scheme.signature_header();
    if let (Some(name), Some(header)) = (&mapping.key_param, header) {
        let given = params.iter().filter(|(n, _)| n == name);
        headers.extend(given.map(|(_, key)| (header.to_owned(), key.as_bytes().to_vec())));
    }
    let found = verify(rules.scheme, &rules.secrets, &headers, body, now_unix_s, DEFAULT_TOLERANCE_S);
    if !found.valid {
        let mut refusal = not_verified(&found);
        if let Some(name) = &mapping.key_param
            && refusal.check == "header"
        {
            refusal.detail =
                format!("the key is missing, or came twice: send it once, as the parameter `{name}`");
        }
        return Err(refusal);
    }
    let whole = || {
        let query =
            postback::without_key(request.query.as_deref().unwrap_or_default(), mapping.key_param.as_deref());
        [query.as_bytes(), b"\n", form].concat()
    };
    let mapped = postback::map(mapping, &params, whole)?;
    Ok(AcceptedEvent {
        id: mapped.id,
        event_type: mapped.event_type,
        body: Some(mapped.body),
        warnings: mapped.warnings,
    })
}

/// In constant time, whatever was sent.
fn token_fits(wanted: Option<&Secret>, given: Option<&str>) -> bool {
    match (wanted, given) {
        (None, given) => given.is_none(),
        (Some(_), None) => false,
        (Some(wanted), Some(given)) => {
            same_bytes(sha256_hex(wanted.expose()).as_bytes(), sha256_hex(given.as_bytes()).as_bytes())
        }
    }
}

fn check_outside(rules: &Rules, request: &InboundRequest) -> Result<(), Refusal> {
    if !address_fits(&rules.allow_ips, request.peer) {
        let peer = request.peer.to_canonical();
        let detail = format!("{peer} is not among the addresses that this source takes requests from");
        return Err(refusal(403, "address_not_allowed", "address", detail));
    }
    let (methods, type_fits, wanted): (_, fn(&[u8]) -> bool, _) = if rules.postback.is_some() {
        let wanted =
            "a postback has its values in the query, or in a form (application/x-www-form-urlencoded)";
        (&["GET", "POST"][..], form_type, wanted)
    } else {
        (&["POST"][..], usable_type, "send JSON, with Content-Type: application/json")
    };
    if !methods.contains(&request.method.as_str()) {
        let detail = format!("{} is not taken here: send a {}", request.method, methods.join(" or a "));
        return Err(refusal(405, "method_not_allowed", "method", detail));
    }
    if rules.postback.is_some() && request.body.read().1 == 0 {
        // Without a body its type says nothing.
        return Ok(());
    }
    let mut kinds = request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    match kinds.find(|(_, value)| !type_fits(value)) {
        Some((_, value)) => {
            let kind: String = String::from_utf8_lossy(value).chars().take(100).collect();
            let detail = format!("`{kind}` is not taken: {wanted}");
            Err(refusal(415, "unsupported_type", "content_type", detail))
        }
        None => Ok(()),
    }
}

fn address_fits(allowed: &[Network], peer: IpAddr) -> bool {
    allowed.is_empty() || allowed.iter().any(|range| range.contains(peer))
}

/// JSON, and what platforms say when they send JSON without saying so.
fn usable_type(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "" | "application/json" | "text/plain" | "application/octet-stream")
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// A form, and what callers say when they send nothing.
fn form_type(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(essence.as_str(), "" | "application/x-www-form-urlencoded")
}

fn whole_body(body: &InboundBody) -> Result<&[u8], Refusal> {
    match body {
        InboundBody::Whole(bytes) if bytes.len() <= MAX_BODY_BYTES => Ok(bytes),
        InboundBody::Whole(_) | InboundBody::TooLarge { .. } => {
            let detail = format!("the body has more than {MAX_BODY_BYTES} bytes (1 MiB)");
            Err(refusal(413, "body_too_large", "body", detail))
        }
        InboundBody::Late { .. } => {
            let detail = "the request did not come whole within 15 seconds";
            Err(refusal(408, "request_too_slow", "body", detail))
        }
        InboundBody::Broken { .. } => {
            let detail = "the body cannot be read: its framing is broken, or it was cut off";
            Err(refusal(400, "broken_body", "body", detail))
        }
    }
}

fn not_verified(found: &Verification) -> Refusal {
    let failed = found.steps.iter().rfind(|step| !step.ok);
    let (check, detail) = failed.map_or(("signature", String::new()), |s| (s.name, s.detail.clone()));
    refusal(401, found.reason.code(), check, detail)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
