//! How routes are spoken to: what a route does not know it refuses, in its query and in its body, so
//! that a misspelt `dry_run` never becomes the real thing. A route takes exactly one of these:
//! [`Nothing`], [`StrictQuery`], [`StrictJson`], [`OptionalJson`], [`QueryOrJson`].

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use hookbench_domain::{ReadError, read_json};
use http::{Method, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_path_to_error::Track;

use crate::problem::Problem;

/// More than any subscription needs, in bytes.
pub(crate) const USUAL_BYTES: usize = 256 * 1024;

/// Neither a query nor a body that says anything.
pub(crate) struct Nothing;

/// What the query says; a body says nothing.
pub(crate) struct StrictQuery<T>(pub(crate) T);

/// What the JSON body says, of at most `MAX` bytes; there is no query.
pub(crate) struct StrictJson<T, const MAX: usize = USUAL_BYTES>(pub(crate) T);

/// The same where no body at all says nothing.
pub(crate) struct OptionalJson<T>(pub(crate) T);

/// What the query or the body says, whichever speaks; never both.
pub(crate) struct QueryOrJson<T>(pub(crate) T);

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<http_body_util::LengthLimitError>() => {
            let detail = format!("the body has more than {limit} bytes");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail))
        }
        Err(error) => Err(Problem::malformed_json(&error)),
    }
}

/// Refuses a query. `instead` says where what stands in it belongs.
pub(crate) fn no_query(uri: &Uri, instead: &str) -> Result<(), Problem> {
    match pairs(uri).next() {
        None => Ok(()),
        Some((name, _)) => {
            let why = format!("`{name}`: this route takes no query{instead}");
            Err(Problem::bad_query(&why).at_field(&name))
        }
    }
}

const IN_THE_BODY: &str = "; say it in the JSON body";

fn pairs(uri: &Uri) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
}

/// Reads a query.
///
/// # Errors
/// Names the key that is not known, stands twice or has a value that cannot be.
pub(crate) fn read_query<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let mut track = Track::new();
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    T::deserialize(serde_path_to_error::Deserializer::new(reader, &mut track))
        .map_err(|error| Problem::query(&ReadError::explained(&error.to_string(), &track.path())))
}

fn query_of<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    read_query(uri.query().unwrap_or_default())
}

/// Refuses a body that says something. What is only read needs no body, and none is looked at.
async fn no_body(method: &Method, body: Body) -> Result<(), Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct NoFields {}
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let bytes = read(body, USUAL_BYTES).await?;
    if !bytes.trim_ascii().is_empty() {
        let NoFields {} = parse(&bytes)?;
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    read_json(bytes).map_err(|error| Problem::input(&error))
}

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        no_query(request.uri(), "")?;
        let (parts, body) = request.into_parts();
        no_body(&parts.method, body).await?;
        Ok(Self)
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequest<S> for StrictQuery<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let query = query_of(&parts.uri)?;
        no_body(&parts.method, body).await?;
        Ok(Self(query))
    }
}

impl<T: DeserializeOwned, S: Send + Sync, const MAX: usize> FromRequest<S> for StrictJson<T, MAX> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        no_query(request.uri(), IN_THE_BODY)?;
        Ok(Self(parse(&read(request.into_body(), MAX).await?)?))
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        no_query(request.uri(), IN_THE_BODY)?;
        let bytes = read(request.into_body(), USUAL_BYTES).await?;
        Ok(Self(if bytes.trim_ascii().is_empty() { T::default() } else { parse(&bytes)? }))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for QueryOrJson<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let query_speaks = pairs(&parts.uri).next().is_some();
        let bytes = read(body, USUAL_BYTES).await?;
        let mut said = bytes.iter().filter(|b| !b.is_ascii_whitespace());
        let body_speaks =
            said.next().is_some() && !(bytes.trim_ascii().starts_with(b"{") && said.eq([&b'}']));
        match (query_speaks, body_speaks) {
            (true, true) => {
                let why = "say it in the query or in the body, not both";
                Err(Problem::new(StatusCode::BAD_REQUEST, "said_twice", why))
            }
            (false, true) => Ok(Self(parse(&bytes)?)),
            (true | false, false) => Ok(Self(query_of(&parts.uri)?)),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use serde_json::{Value, json};

    use super::*;
    use crate::test_client::TestClient;

    /// Method and path of every operation, with something in the place of ids.
    fn operations() -> Vec<(String, String)> {
        let document: Value = serde_json::from_str(crate::openapi::DOCUMENT).unwrap();
        let mut all = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            let mut real = path.clone();
            while let (Some(from), Some(to)) = (real.find('{'), real.find('}')) {
                real.replace_range(from..=to, "x");
            }
            all.extend(methods.as_object().unwrap().keys().map(|m| (m.to_uppercase(), real.clone())));
        }
        assert!(all.len() > 50, "{all:?}");
        all
    }

    #[tokio::test]
    async fn no_route_passes_over_what_it_does_not_know() {
        let mut door = TestClient::new().await;
        let mut wrong = Vec::new();
        for (method, path) in operations() {
            for query in ["made_up=1", "dryRun=true", "dry-run=true"] {
                let name = query.split('=').next().unwrap();
                let (status, answer) = door.ask(&method, &format!("{path}?{query}"), "").await;
                if status != 400 || answer["code"] != "bad_query" || answer["field"] != name {
                    wrong.push(format!("{method} {path}?{query}: {status} {answer}"));
                }
            }
            if method == "GET" {
                continue;
            }
            for (body, field) in
                [(r#"{"made_up":1}"#, json!("made_up")), ("[]", Value::Null), ("[null,true]", Value::Null)]
            {
                let (status, answer) = door.ask(&method, &path, body).await;
                let code = answer["code"].as_str().unwrap_or_default();
                let named = matches!(code, "invalid_field" | "invalid_event") && answer["field"] == field;
                if status != 422 || !named {
                    wrong.push(format!("{method} {path} {body}: {status} {answer}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        door.workbench.close().await;
    }

    #[tokio::test]
    async fn a_dry_run_is_understood_or_refused() {
        let mut door = TestClient::new().await;
        for (method, target, body) in [
            ("POST", "/v1/deliveries/cancel?dry_run=yes", ""),
            ("POST", "/v1/deliveries/cancel?dry_run=", ""),
            ("POST", "/v1/deliveries/cancel?dry_run", ""),
            ("POST", "/v1/deliveries/cancel?dry_run=True", "{}"),
            ("POST", "/v1/deliveries/cancel?dry_run=true&dry_run=false", ""),
            ("POST", "/v1/deliveries/retry?dry_run=1", ""),
            ("POST", "/v1/deliveries/cancel?dry_run=true", r#"{"state":"pending"}"#),
            ("POST", "/v1/deliveries/retry?state=failed", r#"{"dry_run":true}"#),
            ("POST", "/v1/deliveries/cancel", r#"{"dry_run":"true"}"#),
            ("POST", "/v1/deliveries/cancel", r#"{"dry_run":true,"dry_run":false}"#),
            ("POST", "/v1/deliveries/cancel", r#"{"subscription":""}"#),
            ("POST", "/v1/deliveries/cancel?subscription=", ""),
            ("POST", "/v1/deliveries/cancel?state=,", ""),
            ("POST", "/v1/deliveries/cancel?canary=true", ""),
            ("POST", "/v1/erase?dry_run=true", r#"{"field":"data.email","value":"a@b.c"}"#),
            ("POST", "/v1/erase", r#"{"field":"data.email","value":"a@b.c","dry_run":"yes"}"#),
            ("POST", "/v1/retention/run?dry_run=true", ""),
            ("DELETE", "/v1/brands/x?leave_webhooks=yes", ""),
            ("POST", "/v1/subscriptions/x/recover?dry_run=true", r#"{"since":"2h"}"#),
        ] {
            let (status, answer) = door.ask(method, target, body).await;
            assert!(matches!(status, 400 | 422), "{method} {target} {body}: {status} {answer}");
        }
        for (target, body) in [
            ("/v1/deliveries/cancel?dry_run=true", ""),
            ("/v1/deliveries/cancel?dry_run=true&state=pending", " {\n} "),
            ("/v1/deliveries/cancel", r#"{"dry_run":true}"#),
            ("/v1/deliveries/retry?dry_run=true&limit=5", "{}"),
        ] {
            let (status, answer) = door.ask("POST", target, body).await;
            assert_eq!((status, &answer["dry_run"]), (200, &json!(true)), "{target} {body}: {answer}");
        }
        door.workbench.close().await;
    }

    #[tokio::test]
    async fn what_cannot_begin_is_answered_as_a_problem() {
        let mut door = TestClient::new().await;
        for target in [
            "/v1/deliveries/export?cursor=",
            "/v1/deliveries/export?cursor=nonsense",
            "/v1/deliveries/export?format=csv&cursor=nonsense",
            "/v1/deliveries/export?format=pdf",
            "/v1/deliveries?cursor=",
        ] {
            let (status, answer) = door.ask("GET", target, "").await;
            assert!(
                matches!(status, 400 | 422) && answer["detail"].is_string(),
                "{target}: {status} {answer}"
            );
        }
        let (status, whole) = door.ask("GET", "/v1/deliveries/export?format=json", "").await;
        assert_eq!((status, &whole["items"]), (200, &json!([])), "{whole}");
        door.workbench.close().await;
    }

    #[test]
    fn a_problem_names_the_field() {
        let error = read_json::<hookbench_workbench::SubscriptionInput>(br#"{"headers":5}"#).unwrap_err();
        let problem = serde_json::to_value(Problem::input(&error)).unwrap();
        assert_eq!((&problem["field"], &problem["code"]), (&json!("headers"), &json!("invalid_field")));
        assert_eq!(Problem::input(&error).into_response().status(), 422);
    }
}
