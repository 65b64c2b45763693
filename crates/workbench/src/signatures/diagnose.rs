//! Diagnosing a request, wherever it lies: in files, in one raw message, in the log of deliveries,
//! or in the log of the receiver; with the secrets that were given and those in the vault.

use hookbench_diagnosis::{Autopsy, GivenSecret, Input, Role, diagnose_within, diagnosis_budget};
use hookbench_domain::{DeliveryId, Scope, Timestamp};
use hookbench_signature::{Scheme, Secret};

use crate::body::BodyView;
use crate::handles::Signatures;
use crate::lengthy::{LIMIT, THOROUGH_LIMIT};
use crate::{Workbench, WorkbenchError};

/// A received request: its headers and its exact body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawRequest {
    /// The headers, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The exact bytes.
    pub body: Vec<u8>,
}

/// Where the request lies.
pub enum Subject {
    /// Here.
    Request(RawRequest),
    /// The last request of a delivery.
    Delivery(DeliveryId),
    /// A request of the receiver's log, by its id.
    Received(String),
}

/// What to take apart. The first secret is the configured one, the others are candidates.
pub struct DiagnoseInput {
    /// Where the request lies.
    pub subject: Subject,
    /// The rules that are expected; else those of the subscription or source, else recognised.
    pub scheme: Option<Scheme>,
    /// The secrets that were given, each with what to call it.
    pub secrets: Vec<(String, Secret)>,
    /// Whether to try every secret in the vault as well.
    pub use_vault: bool,
    /// The time to judge by; when it was sent or received if that is known, else now.
    pub at: Option<Timestamp>,
    /// How far the signed time may lie off, in seconds.
    pub tolerance_s: i64,
    /// Whether to search longer.
    pub thorough: bool,
}

/// A request with what is known of where it belongs.
struct Found {
    request: RawRequest,
    scheme: Option<Scheme>,
    at: Option<Timestamp>,
    /// The subscription or source whose secret is the configured one.
    owner: Option<String>,
}

impl Workbench {
    async fn sent_request(&self, id: DeliveryId) -> Result<Found, WorkbenchError> {
        let request = self.signatures().request(id, None).await?;
        let event = self.store.event_of(id).await?;
        let headers = crate::signatures::lab::read_headers(&request.headers)?;
        let headers = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        // What a template renders is text; the event's bytes may be anything.
        let body = match request.body {
            BodyView::Body(text) => text.into_bytes(),
            BodyView::BodyBase64(_) => event.body,
        };
        Ok(Found {
            request: RawRequest { headers, body },
            scheme: request.scheme.parse().ok(),
            at: Some(request.at),
            owner: request.secret_of,
        })
    }

    async fn received_request(&self, id: &str) -> Result<Found, WorkbenchError> {
        let (source, received) = self.store.received_request(id).await?;
        let body = match (&received.body, &received.event_id) {
            (Some(body), _) => {
                if usize::try_from(received.body_bytes).is_ok_and(|n| n > body.len()) {
                    let why = format!("{id} is larger than what is kept of a refused request: give its body");
                    return Err(WorkbenchError::State(why));
                }
                body.clone()
            }
            (None, Some(event)) => {
                let (_, kept) = self.store.event(event, Some(&Scope::Source(source))).await?;
                kept.body.to_vec()
            }
            (None, None) => vec![],
        };
        let registry = self.store.registry().borrow().clone();
        let registered = registry.sources().find(|s| s.source.id == source);
        let headers = received.headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        Ok(Found {
            request: RawRequest { headers, body },
            scheme: registered.and_then(|s| s.source.definition.scheme.parse().ok()),
            at: Some(received.at),
            owner: registered.filter(|s| !s.secrets.is_empty()).map(|_| source.to_string()),
        })
    }
}

impl Signatures {
    /// Searches for the mistake, on a thread of its own: up to three seconds, more where it is
    /// thorough. It ends when nobody waits for its answer any more. A secret that was given is the configured one; without one it is that of
    /// the delivery's subscription or of the source.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the request is not there, or when the vault does not open.
    pub async fn diagnose(&self, input: DiagnoseInput) -> Result<Autopsy, WorkbenchError> {
        let found = match input.subject {
            Subject::Request(request) => Found { request, scheme: None, at: None, owner: None },
            Subject::Delivery(id) => self.0.sent_request(id).await?,
            Subject::Received(id) => self.0.received_request(&id).await?,
        };
        let own = found.owner.as_deref().filter(|_| input.secrets.is_empty() || input.use_vault);
        let kept = self.0.lab_secrets(None, own, input.use_vault).await?;
        let secrets = merged(input.secrets, kept);
        let (scheme, at) = (input.scheme.or(found.scheme), input.at.or(found.at));
        let now_unix_s = at.unwrap_or_else(|| self.0.clock.now()).unix_seconds();
        let (tolerance_s, thorough) = (input.tolerance_s, input.thorough);
        let limit = if thorough { THOROUGH_LIMIT } else { LIMIT };
        let search = self.0.searches.run(limit, move |stop| {
            let input = Input {
                scheme,
                secrets: &secrets,
                headers: &found.request.headers,
                body: &found.request.body,
                now_unix_s,
                tolerance_s,
                thorough,
            };
            diagnose_within(&input, &diagnosis_budget(thorough, stop))
        });
        search.await
    }
}

/// The given secrets before the kept ones. Where the given one is kept as well, what was kept
/// before it at the same place was rotated.
fn merged(given: Vec<(String, Secret)>, kept: Vec<GivenSecret>) -> Vec<GivenSecret> {
    let mut secrets: Vec<GivenSecret> = Vec::with_capacity(given.len() + kept.len());
    for (name, secret) in given {
        let role = if secrets.is_empty() { Role::Configured } else { Role::Candidate };
        secrets.push(GivenSecret { name, secret, role });
    }
    let configured = secrets.first().map(|s| s.secret.clone());
    let same = configured.and_then(|c| kept.iter().find(|k| k.secret.same_as(&c)).map(|k| k.name.clone()));
    let first = secrets.is_empty();
    for (i, mut secret) in kept.into_iter().enumerate() {
        if !first && secrets.iter().any(|s| s.secret.same_as(&secret.secret)) {
            continue;
        }
        if !first {
            let rotated = secret.role == Role::Rotated || same.as_deref() == Some(secret.name.as_str());
            secret.role = if rotated { Role::Rotated } else { Role::Candidate };
        } else if i == 0 {
            secret.role = Role::Configured;
        }
        secrets.push(secret);
    }
    secrets
}

impl RawRequest {
    /// Reads one HTTP message as it came over the wire or out of a log: a request line, which may
    /// be missing, headers, an empty line, the body. Lines end with CRLF or LF. The body ends where
    /// `Content-Length` says, if as much is there; a chunked one is put together.
    ///
    /// # Errors
    /// [`WorkbenchError::Field`], naming the line that is no header.
    pub fn read(message: &[u8]) -> Result<Self, WorkbenchError> {
        let mut headers: Vec<(String, Vec<u8>)> = Vec::new();
        let mut rest = message;
        let mut number = 0;
        while let Some(end) = rest.iter().position(|b| *b == b'\n') {
            let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
            rest = &rest[end + 1..];
            number += 1;
            if line.is_empty() {
                return Ok(Self { body: body_of(&headers, rest), headers });
            }
            headers.extend(header_line(line, number)?);
        }
        if !rest.is_empty() {
            headers.extend(header_line(rest, number + 1)?);
        }
        Ok(Self { headers, body: vec![] })
    }
}

/// One line as a header; none where it is the request line.
fn header_line(line: &[u8], number: usize) -> Result<Option<(String, Vec<u8>)>, WorkbenchError> {
    let text = String::from_utf8_lossy(line);
    let request_line = text.contains(" HTTP/") || text.starts_with("HTTP/") || text.ends_with(" HTTP");
    if number == 1 && request_line {
        return Ok(None);
    }
    let at = line.iter().position(|b| *b == b':').filter(|at| *at > 0);
    let name = at.and_then(|at| std::str::from_utf8(&line[..at]).ok()).map(str::trim);
    match (name.filter(|name| !name.is_empty() && !name.contains(' ')), at) {
        (Some(name), Some(at)) => Ok(Some((name.to_owned(), line[at + 1..].trim_ascii().to_vec()))),
        (None, _) | (_, None) => {
            let why = format!(
                "line {number} is no header: a message is a request line, headers as `Name: value`, an empty line and the body"
            );
            Err(WorkbenchError::field("message", why))
        }
    }
}

fn body_of(headers: &[(String, Vec<u8>)], rest: &[u8]) -> Vec<u8> {
    let value = |name: &str| {
        let found = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| String::from_utf8_lossy(value).trim().to_lowercase())
    };
    if value("transfer-encoding").is_some_and(|v| v.ends_with("chunked"))
        && let Some(body) = unchunked(rest)
    {
        return body;
    }
    let length = value("content-length").and_then(|v| v.parse::<usize>().ok());
    rest.get(..length.unwrap_or(rest.len())).unwrap_or(rest).to_vec()
}

/// The body of chunks (RFC 9112, 7.1); none where they do not come to an end.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.iter().position(|b| *b == b'\n')?;
        let line = std::str::from_utf8(&rest[..end]).ok()?.trim();
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = &rest[end + 1..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?;
        rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n"))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(message: &str) -> RawRequest {
        RawRequest::read(message.as_bytes()).unwrap()
    }

    #[test]
    fn a_raw_message_is_read_to_its_last_byte() {
        let headers = vec![("X-A".to_owned(), b"1".to_vec()), ("X-B".to_owned(), b"two: 3".to_vec())];
        for message in
            ["POST /in HTTP/1.1\r\nX-A: 1\r\nX-B:two: 3\r\n\r\n{}\r\n", "X-A: 1\nX-B: two: 3 \n\n{}\r\n"]
        {
            assert_eq!(read(message), RawRequest { headers: headers.clone(), body: b"{}\r\n".to_vec() });
        }
        assert_eq!(read("X-A: 1").body, b"");
        assert_eq!(read("").headers, []);
    }

    #[test]
    fn the_body_ends_where_the_message_says_so() {
        assert_eq!(read("Content-Length: 2\n\n{}\n").body, b"{}", "an editor added a line end");
        assert_eq!(read("Content-Length: 9\n\n{}").body, b"{}", "what is missing is missing");
        assert_eq!(read("Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n").body, b"{}");
        assert_eq!(read("Transfer-Encoding: chunked\n\n{}").body, b"{}", "it was put together already");
    }

    #[test]
    fn a_line_that_is_no_header_is_named() {
        for (message, line) in
            [("X-A: 1\nnonsense\n\n", "line 2"), ("\u{1}\n\n", "line 1"), (": x\n\n", "line 1")]
        {
            let error = RawRequest::read(message.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(line), "{error}");
        }
    }
}
