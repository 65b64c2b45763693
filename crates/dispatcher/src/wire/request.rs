//! From what is to be sent to what goes out, header by header.

use std::time::Duration;

use bytes::Bytes;
use hookbench_domain::{AddressRules, Outcome, RequestRecord};
use http::header::{CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{Method, Request, Uri, Version};
use http_body_util::Full;
use url::{Host, Position, Url};

use super::failure::Failure;
use super::pool::Key;
use super::tls::{Trust, TrustKey};

/// The `user-agent` of requests that bring none of their own.
pub const USER_AGENT: &str = concat!("Hookbench/", env!("CARGO_PKG_VERSION"));

/// One request to make. It has no `Debug`: its headers may hold secrets.
#[derive(Clone)]
pub struct WireRequest {
    /// `POST` or `GET`.
    pub method: Method,
    /// `http` or `https`, without user info.
    pub url: Url,
    /// Headers beside those the wire sets itself. Framing headers (`host`, `content-length`,
    /// `transfer-encoding`, `connection`, `accept-encoding` and the like) are left out.
    pub headers: Vec<(String, String)>,
    /// The exact bytes to send.
    pub body: Bytes,
    /// The deadline of the whole attempt, response body included.
    pub timeout: Duration,
    /// Which addresses it may go to; loopback only where the URL's host says that it is this machine.
    pub rules: AddressRules,
    /// Whom the peer's certificate may be vouched for by.
    pub trust: Trust,
    /// Whether it goes on a connection that carried no request before.
    pub fresh: bool,
}

/// Headers that are the wire's to set, or that mean something between two hops only.
const OURS: [&str; 11] = [
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    "upgrade",
    "te",
    "trailer",
    "keep-alive",
    "proxy-connection",
    "http2-settings",
];

/// A request that can be sent, as often as a connection has to be tried.
pub(super) struct Prepared {
    pub(super) key: Key,
    pub(super) host: Host,
    pub(super) trust: Trust,
    pub(super) fresh: bool,
    method: Method,
    headers: HeaderMap,
    target: PathAndQuery,
    authority: Authority,
    pub(super) body: Bytes,
}

impl Prepared {
    /// The message for an HTTP/1 connection.
    pub(super) fn http1(&self) -> Request<Full<Bytes>> {
        let target = Uri::from(self.target.clone());
        self.message(target, self.headers.clone(), Version::HTTP_11).map(|()| Full::new(self.body.clone()))
    }

    /// The message for an HTTP/2 connection, where `host` is called `:authority`, without its body.
    pub(super) fn http2(&self) -> Result<Request<()>, Failure> {
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(if self.key.https { Scheme::HTTPS } else { Scheme::HTTP });
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(self.target.clone());
        let uri = Uri::from_parts(parts).map_err(|error| unsendable("the URL", &error))?;
        let mut headers = self.headers.clone();
        headers.remove(HOST);
        Ok(self.message(uri, headers, Version::HTTP_2))
    }

    fn message(&self, uri: Uri, headers: HeaderMap, version: Version) -> Request<()> {
        let mut message = Request::new(());
        *message.method_mut() = self.method.clone();
        *message.uri_mut() = uri;
        *message.headers_mut() = headers;
        *message.version_mut() = version;
        message
    }
}

/// Settles every header. The record is complete also when the request cannot be sent.
pub(super) fn prepare(mut request: WireRequest) -> (RequestRecord, Result<Prepared, Failure>) {
    request.url.set_fragment(None);
    let refusal = refused_url(&request.url);
    if refusal.is_some() {
        // A record holds no passwords. What has no host has no user info either.
        let _ = request.url.set_username("");
        let _ = request.url.set_password(None);
    }
    let authority = request.url[Position::BeforeHost..Position::AfterPort].to_owned();
    let record = RequestRecord {
        method: request.method.as_str().to_owned(),
        url: request.url.as_str().to_owned(),
        headers: settle(&request.method, &authority, request.headers, request.body.len()),
        body: None,
    };
    let prepared = match (refusal, request.url.host().map(|host| host.to_owned())) {
        (Some(refusal), _) => Err(Failure::new(Outcome::Blocked, refusal)),
        (None, None) => Err(Failure::new(Outcome::Protocol, "the URL has no host")),
        (None, Some(host)) => header_map(&record.headers).and_then(|headers| {
            let https = request.url.scheme() == "https";
            let target = &request.url[Position::BeforePath..Position::AfterQuery];
            Ok(Prepared {
                key: Key {
                    https,
                    host: request.url.host_str().unwrap_or_default().into(),
                    port: request.url.port().unwrap_or(if https { 443 } else { 80 }),
                    rules: request.rules.within(&request.url),
                    trust: if https { request.trust.key() } else { TrustKey::default() },
                },
                host,
                trust: request.trust,
                fresh: request.fresh,
                method: request.method,
                headers,
                target: target.parse().map_err(|error| unsendable("the URL", &error))?,
                authority: authority.parse().map_err(|error| unsendable("the URL", &error))?,
                body: request.body,
            })
        }),
    };
    (record, prepared)
}

fn refused_url(url: &Url) -> Option<&'static str> {
    if !matches!(url.scheme(), "http" | "https") {
        Some("refused: only http:// and https:// are sent to")
    } else if !url.username().is_empty() || url.password().is_some() {
        Some("refused: the URL holds a user name or password")
    } else {
        None
    }
}

/// Every header, in the order it goes out: ours, then the caller's, values of one name together.
fn settle(method: &Method, host: &str, given: Vec<(String, String)>, length: usize) -> Vec<(String, String)> {
    let mut headers = Vec::with_capacity(given.len() + 4);
    let mut ours = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    ours("Host", host);
    if !given.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
        ours("User-Agent", USER_AGENT);
    }
    ours("Accept-Encoding", "identity");
    if length > 0 || matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
        ours("Content-Length", &length.to_string());
    }
    for (name, value) in given {
        if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
            continue;
        }
        let after_its_like = headers.iter().rposition(|(other, _)| other.eq_ignore_ascii_case(&name));
        let place = after_its_like.map_or(headers.len(), |at| at + 1);
        headers.insert(place, (name, value));
    }
    headers
}

fn header_map(headers: &[(String, String)]) -> Result<HeaderMap, Failure> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let header = HeaderName::from_bytes(name.as_bytes())
            .map_err(|error| unsendable(&format!("the header name `{}`", name.escape_debug()), &error))?;
        let value = HeaderValue::from_bytes(value.as_bytes())
            .map_err(|error| unsendable(&format!("the value of the header `{name}`"), &error))?;
        // The length is a fact of the body; a second one would be a lie.
        debug_assert!(header != CONTENT_LENGTH || !map.contains_key(CONTENT_LENGTH));
        map.append(header, value);
    }
    Ok(map)
}

fn unsendable(what: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(Outcome::Protocol, format!("{what} cannot be sent: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, headers: &[(&str, &str)]) -> WireRequest {
        WireRequest {
            method: Method::POST,
            url: url.parse().unwrap(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: Bytes::from_static(b"{}"),
            timeout: Duration::from_secs(1),
            rules: AddressRules::default(),
            trust: Trust::default(),
            fresh: false,
        }
    }

    #[test]
    fn framing_headers_of_the_caller_are_left_out() {
        let (record, prepared) = prepare(request(
            "http://example.com:8080/in?x=1",
            &[("Transfer-Encoding", "chunked"), ("HOST", "evil"), ("Content-Length", "9"), ("X-A", "1")],
        ));
        let pairs: Vec<_> = record.headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("Host", "example.com:8080"),
                ("User-Agent", USER_AGENT),
                ("Accept-Encoding", "identity"),
                ("Content-Length", "2"),
                ("X-A", "1"),
            ]
        );
        assert!(prepared.is_ok());
    }

    #[test]
    fn a_user_agent_of_the_caller_replaces_ours_and_repeated_names_stay_together() {
        let (record, _) = prepare(request(
            "http://example.com/",
            &[("X-A", "1"), ("user-agent", "mine"), ("x-a", "2"), ("X-B", "3")],
        ));
        let pairs: Vec<_> = record.headers[3..].iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(pairs, [("X-A", "1"), ("x-a", "2"), ("user-agent", "mine"), ("X-B", "3")]);
    }

    #[test]
    fn loopback_is_allowed_only_where_the_url_says_so() {
        for (url, here) in [
            ("http://localhost:9/", true),
            ("http://app.localhost/", true),
            ("http://127.0.0.1/", true),
            ("http://[::1]/", true),
            ("http://internal.example/", false),
            ("http://localhost.example/", false),
        ] {
            let mut request = request(url, &[]);
            request.rules = AddressRules { allow_loopback: true, allow_private: true };
            let rules = prepare(request).1.ok().unwrap().key.rules;
            assert_eq!(rules, AddressRules { allow_loopback: here, allow_private: true }, "{url}");
            let resolved = hookbench_domain::check_address([127, 0, 0, 1].into(), 80, rules, &[]);
            assert_eq!(resolved.is_ok(), here, "{url}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_named_without_a_panic() {
        for (url, headers, outcome, word) in [
            ("ftp://example.com/", &[][..], Outcome::Blocked, "http"),
            ("http://user:secret@example.com/", &[], Outcome::Blocked, "password"),
            ("mailto:a@example.com", &[], Outcome::Blocked, "http"),
            ("http://example.com/", &[("X-A", "a\r\nX-B: b")], Outcome::Protocol, "X-A"),
            ("http://example.com/", &[("X A", "a")], Outcome::Protocol, "X A"),
        ] {
            let (record, prepared) = prepare(request(url, headers));
            let failure = prepared.err().unwrap();
            assert_eq!(failure.outcome, outcome, "{url}");
            assert!(failure.error.contains(word), "{}", failure.error);
            assert!(!record.url.contains("secret"));
        }
    }
}
