//! Who may ask: this machine only, under an exact `Host`, from no foreign web page, with the token.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hookbench_receiver::Visit;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use subtle::ConstantTimeEq;

use crate::problem::Problem;

/// Knows the token and the names this API answers to.
pub(crate) struct RequestGuard {
    token: String,
    hosts: Vec<String>,
}

impl RequestGuard {
    pub(crate) fn new(token: String, addr: SocketAddr) -> Self {
        let port = addr.port();
        Self { token, hosts: vec![addr.to_string(), format!("localhost:{port}")] }
    }

    fn check(&self, target: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
        let forbidden = |code, detail: &str| Err(Problem::new(StatusCode::FORBIDDEN, code, detail));
        let text = |name| only(headers, &name).and_then(|v| v.to_str().ok());
        let known = |host: &str| self.hosts.iter().any(|h| h.eq_ignore_ascii_case(host));
        if !text(header::HOST).is_some_and(known) {
            return forbidden(
                "foreign_host",
                "the Host header names another machine: ask by the address that `hookbench run` printed",
            );
        }
        // A target in absolute form says itself whom it means, whatever `Host` says (RFC 9112,
        // section 3.2.2).
        if target.authority().is_some_and(|named| !known(named.as_str())) {
            return forbidden(
                "foreign_host",
                "the request target names another machine: ask by the address that `hookbench run` printed",
            );
        }
        if headers.contains_key(header::ORIGIN) {
            let ours = text(header::ORIGIN).and_then(|o| o.strip_prefix("http://")).is_some_and(known);
            if !ours {
                return forbidden("foreign_origin", "requests from other web pages are refused");
            }
        }
        let bearer = text(header::AUTHORIZATION).and_then(|v| v.strip_prefix("Bearer "));
        let right = bearer.is_some_and(|t| bool::from(t.trim().as_bytes().ct_eq(self.token.as_bytes())));
        if right {
            Ok(())
        } else {
            Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "send `Authorization: Bearer` with the token in the file api-token of the data folder",
            ))
        }
    }
}

/// A header that stands once. Of two, each reader takes another: none is taken.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// A body that is not JSON is refused before it is read.
fn check_type(request: &Request) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let headers = request.headers();
    let has_body = headers.contains_key(header::TRANSFER_ENCODING)
        || headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    let kind = headers.contains_key(header::CONTENT_TYPE).then(|| {
        only(headers, &header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .unwrap_or("more than one, or unreadable")
    });
    let essence = kind.map(|k| k.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    let lines_allowed = request.uri().path() == "/v1/events";
    match essence.as_deref() {
        Some("application/json") => Ok(()),
        Some("application/x-ndjson") if lines_allowed => Ok(()),
        None if !has_body => Ok(()),
        _ => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "send JSON, with Content-Type: application/json (application/x-ndjson for many events)",
        )),
    }
}

pub(crate) async fn guard(State(state): State<crate::State>, request: Request, next: Next) -> Response {
    match state.doorkeeper.check(request.uri(), request.headers()).and_then(|()| check_type(&request)) {
        Ok(()) => {
            if let Some(visit) = request.extensions().get::<Visit>() {
                visit.trust();
            }
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_one_type_and_it_is_json() {
        for (want, kinds) in [
            (200, &["application/json"][..]),
            (200, &["application/JSON; charset=utf-8"]),
            (415, &["text/plain"]),
            (415, &["application/json", "text/plain"]),
            (415, &["application/json", "application/json"]),
            (415, &[]),
        ] {
            let mut request = http::Request::post("/v1/erase").header("content-length", "2");
            for kind in kinds {
                request = request.header("content-type", *kind);
            }
            let request = request.body(axum::body::Body::from("{}")).unwrap();
            let got = check_type(&request).map_or_else(|p| p.into_response().status().as_u16(), |()| 200);
            assert_eq!(got, want, "{kinds:?}");
        }
    }

    #[test]
    fn only_this_machine_with_the_token_and_no_foreign_page_is_let_in() {
        let token = ("authorization", "Bearer t0ken");
        for (want, headers) in [
            (200, vec![("host", "127.0.0.1:4400"), token]),
            (200, vec![("host", "localhost:4400"), token]),
            (200, vec![("host", "127.0.0.1:4400"), token, ("origin", "http://127.0.0.1:4400")]),
            (403, vec![("host", "evil.example:4400"), token]),
            (403, vec![("host", "127.0.0.1"), token]),
            (403, vec![token]),
            (403, vec![("host", "127.0.0.1:4400"), ("host", "evil.example"), token]),
            (403, vec![("host", "127.0.0.1:4400"), token, ("origin", "https://evil.example")]),
            (403, vec![("host", "127.0.0.1:4400"), token, ("origin", "null")]),
            (
                403,
                vec![
                    ("host", "127.0.0.1:4400"),
                    token,
                    ("origin", "http://127.0.0.1:4400"),
                    ("origin", "https://evil.example"),
                ],
            ),
            (401, vec![("host", "127.0.0.1:4400"), token, ("authorization", "Bearer other")]),
            (401, vec![("host", "127.0.0.1:4400"), token, token]),
            (401, vec![("host", "127.0.0.1:4400")]),
            (401, vec![("host", "127.0.0.1:4400"), ("authorization", "Bearer other")]),
            (401, vec![("host", "127.0.0.1:4400"), ("authorization", "t0ken")]),
        ] {
            let mut map = HeaderMap::new();
            for (n, v) in &headers {
                map.append(http::HeaderName::from_static(n), v.parse().unwrap());
            }
            let keeper = RequestGuard::new("t0ken".into(), "127.0.0.1:4400".parse().unwrap());
            let got = keeper
                .check(&Uri::from_static("/v1/health"), &map)
                .map_or_else(|p| p.into_response().status().as_u16(), |()| 200);
            assert_eq!(got, want, "{headers:?}");
        }
    }

    #[test]
    fn a_target_in_absolute_form_names_this_machine_too() {
        let keeper = RequestGuard::new("t0ken".into(), "127.0.0.1:4400".parse().unwrap());
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:4400"));
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer t0ken"));
        for (want, target) in [
            (200, "/v1/health"),
            (200, "http://127.0.0.1:4400/v1/health"),
            (200, "http://LOCALHOST:4400/v1/health"),
            (403, "http://evil.example/v1/health"),
            (403, "http://evil.example:4400/v1/health"),
            (403, "http://127.0.0.1/v1/health"),
            (403, "http://127.0.0.1:4400@evil.example/v1/health"),
            (403, "http://a@127.0.0.1:4400/v1/health"),
            (403, "evil.example:443"),
        ] {
            let got = keeper.check(&target.parse().unwrap(), &headers);
            let got = got.map_or_else(|p| p.into_response().status().as_u16(), |()| 200);
            assert_eq!(got, want, "{target}");
        }
    }
}
