//! Reach: the public URL of the receiver where the user has a tunnel, and the self-check that a
//! request through it arrives here.

use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;
use std::time::Duration;

use hookbench_ambient::{Stopwatch, random_bytes};
use hookbench_domain::{MAX_HOPS, Timestamp, is_loopback_url};
use hookbench_platform::{HttpTime, http_client, parse_base_url, why_http};
use hookbench_receiver::InboundAnswer;
use hookbench_signature::{sha256_hex, to_hex};
use serde::Serialize;
use serde_json::json;
use url::Url;

use crate::handles::Receiver;
use crate::{Workbench, WorkbenchError};

/// Where a self-check's token arrives: no source can have this name.
pub(crate) const SELF_CHECK_SOURCE: &str = ".self-check";
const TOKEN_BYTES: usize = 24;
const CHECK_TIME: Duration = Duration::from_secs(10);
/// How long a token is good for, in milliseconds: longer than the request may take.
const TOKEN_MS: u64 = 60_000;
/// The most of an answer that is looked at.
const MOST_BYTES: usize = 64 * 1024;
/// How much of another's answer is shown.
const SHOWN_CHARS: usize = 200;

/// How the receiver is reached from outside.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PublicEndpointView {
    /// The address at which the internet reaches this receiver, as the user set it.
    pub public_url: Option<String>,
}

/// What a self-check showed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SelfCheck {
    /// Whether the request arrived at this receiver.
    pub reached: bool,
    /// `reached`, or what went wrong: `no_answer`, `redirect`, `elsewhere`, `not_noted`.
    pub code: &'static str,
    /// What happened, for people.
    pub detail: String,
    /// What to do; absent where there is nothing to do.
    pub fix: Option<String>,
    /// The URL that was asked, without the token.
    pub url: String,
    /// The status that came back, if one did.
    pub status: Option<u16>,
    /// How long it took.
    pub took_ms: u64,
    /// When.
    pub at: Timestamp,
}

impl Workbench {
    /// A request came to the self-check's path.
    pub(crate) async fn self_check_came(&self, token: &str) -> InboundAnswer {
        if token.len() != TOKEN_BYTES * 2 {
            return InboundAnswer::unknown_source();
        }
        match self.store.self_check_came(sha256_hex(token.as_bytes()), self.clock.now()).await {
            Ok(true) => InboundAnswer::accepted(json!({ "self_check": "arrived" })),
            Ok(false) => InboundAnswer::unknown_source(),
            Err(error) => {
                tracing::warn!(%error, "a self-check cannot be noted");
                InboundAnswer::problem(503, "database_unavailable", "the self-check cannot be noted now")
            }
        }
    }
}

impl Receiver {
    /// How the receiver is reached.
    ///
    /// # Errors
    /// [`WorkbenchError`] when nothing can be read.
    pub async fn public_endpoint(&self) -> Result<PublicEndpointView, WorkbenchError> {
        Ok(PublicEndpointView { public_url: self.0.store.public_url().await? })
    }

    /// Sets the public URL, or clears it.
    ///
    /// # Errors
    /// [`WorkbenchError`] for what is no `https` URL (`http` to this machine excepted).
    pub async fn set_public_url(&self, url: Option<&str>) -> Result<PublicEndpointView, WorkbenchError> {
        let url = url.map(str::trim).filter(|url| !url.is_empty());
        let checked = url.map(public_url).transpose()?;
        self.0.store.set_public_url(checked).await?;
        self.public_endpoint().await
    }

    /// Asks for a one-time token through the public URL, and sees whether it arrives here.
    ///
    /// # Errors
    /// [`WorkbenchError`] when no public URL is set or given, or nothing can be kept.
    pub async fn self_check(&self, url: Option<&str>) -> Result<SelfCheck, WorkbenchError> {
        let kept = match url {
            Some(url) => Some(public_url(url)?),
            None => self.0.store.public_url().await?,
        };
        let base = kept.ok_or_else(|| {
            WorkbenchError::field("public_url", "is not set: give the https address that your tunnel shows")
        })?;
        let token = to_hex(&random_bytes::<TOKEN_BYTES>());
        let digest = sha256_hex(token.as_bytes());
        let now = self.0.clock.now();
        self.0.store.expect_self_check(digest.clone(), now.plus_ms(TOKEN_MS), now).await?;
        let watch = Stopwatch::start();
        let asked = format!("{base}/in/{SELF_CHECK_SOURCE}");
        let answer = ask(&base, &format!("{asked}/{token}")).await?;
        let took_ms = watch.us() / 1000;
        let arrived = self.0.store.self_check_arrived(&digest).await?.is_some();
        let (code, detail, fix, status) = verdict(arrived, &answer);
        Ok(SelfCheck { reached: arrived, code, detail, fix, url: asked, status, took_ms, at: now })
    }
}

/// Where the receiver listens if nothing else is said.
const USUAL_PORT: u16 = 4401;

impl Workbench {
    /// A warning where a URL leads back into the receiver: what is sent there comes in as a new event.
    ///
    /// # Errors
    /// [`WorkbenchError`] when nothing can be read.
    pub(crate) async fn leads_back(&self, url: &str) -> Result<Option<String>, WorkbenchError> {
        let Ok(url) = Url::parse(url) else { return Ok(None) };
        let known = *self.receiver_at.read().unwrap_or_else(PoisonError::into_inner);
        let public = self.store.public_url().await?;
        let public = public.is_some_and(|public| {
            url.as_str().strip_prefix(&public).is_some_and(|rest| rest.starts_with("/in/"))
        });
        Ok((public || is_receiver(&url, known)).then(|| {
            format!(
                "this URL is the receiver of this Hookbench: what is sent there comes in again as a new event. \
                 Of an event that goes in circles delivery stops after {MAX_HOPS} rounds"
            )
        }))
    }
}

impl Receiver {
    /// Notes where the receiver listens, while this process has one.
    pub fn listens(&self, at: SocketAddr) {
        let mut known = self.0.receiver_at.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(at);
    }
}

/// Whether a URL is a path of the receiver that listens there, or that listens where it does unless
/// it is told otherwise.
fn is_receiver(url: &Url, known: Option<SocketAddr>) -> bool {
    let here = is_loopback_url(url);
    let port = url.port_or_known_default();
    let usual = here && port == Some(USUAL_PORT);
    let known = known.is_some_and(|at| {
        let same = url.host_str().is_some_and(|host| {
            host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.to_canonical() == at.ip())
        });
        port == Some(at.port()) && (here || same)
    });
    (usual || known) && url.path().starts_with("/in/")
}

fn public_url(text: &str) -> Result<String, WorkbenchError> {
    let url = parse_base_url(text.trim()).map_err(|error| {
        let why = error.to_string();
        let why = why.strip_prefix("the base URL ").unwrap_or(&why).to_owned();
        WorkbenchError::field("public_url", why)
    })?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// What came back.
enum Came {
    Nothing(String),
    Answer { status: u16, start: String },
}

async fn ask(base: &str, url: &str) -> Result<Came, WorkbenchError> {
    let client = http_client(&parse_base_url(base)?, HttpTime::Whole(CHECK_TIME), true)?;
    // Tunnels show people a page first; programs say that they want none.
    let request =
        client.get(url).header("ngrok-skip-browser-warning", "1").header("accept", "application/json");
    let mut response = match request.send().await {
        Ok(response) => response,
        Err(error) => return Ok(Came::Nothing(why_http(&error))),
    };
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            break;
        }
    }
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let start = String::from_utf8_lossy(&body).chars().map(visible).take(SHOWN_CHARS).collect::<String>();
    Ok(Came::Answer { status, start: start.trim().to_owned() })
}

fn verdict(arrived: bool, came: &Came) -> (&'static str, String, Option<String>, Option<u16>) {
    let fix = |text: &str| Some(text.to_owned());
    match came {
        Came::Answer { status, .. } if arrived => {
            let detail = if *status == 200 {
                "a request through the public URL arrived at this receiver, and its answer came back"
                    .to_owned()
            } else {
                format!(
                    "the request arrived here, but the answer that came back was {status}: something between changes answers"
                )
            };
            ("reached", detail, None, Some(*status))
        }
        Came::Nothing(why) if arrived => (
            "reached",
            format!("the request arrived here, but its answer did not come back: {why}"),
            None,
            None,
        ),
        Came::Nothing(why) => {
            let todo = "start your tunnel, and compare its address with the public URL; the certificate must be valid";
            ("no_answer", format!("the public URL does not answer: {why}"), fix(todo), None)
        }
        Came::Answer { status: status @ 300..=399, .. } => {
            let todo = "give the address that it redirects to; senders follow no redirects";
            ("redirect", format!("the public URL redirects ({status})"), fix(todo), Some(*status))
        }
        Came::Answer { status: 503, start } if start.contains("database_unavailable") => {
            let todo = "free disk space, or end the program that holds the database";
            ("not_noted", "the receiver cannot write now".to_owned(), fix(todo), Some(503))
        }
        Came::Answer { status, start } => {
            let todo = "have the tunnel lead to the receiver's address with the path unchanged, and see that this data folder's `hookbench run` or window is the one that listens";
            let detail = format!("something else answered ({status}): {start}");
            ("elsewhere", detail, fix(todo), Some(*status))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_leads_back_is_known_by_where_the_receiver_listens() {
        let at = |text: &str| Some(text.parse().unwrap());
        for (url, known, want) in [
            ("http://127.0.0.1:4401/in/me", None, true),
            ("http://localhost:4401/in/me/token", None, true),
            ("http://[::1]:4401/in/me", at("127.0.0.1:5000"), true),
            ("http://app.localhost:5000/in/me", at("127.0.0.1:5000"), true),
            ("http://192.168.1.7:5000/in/me", at("192.168.1.7:5000"), true),
            ("http://192.168.1.8:5000/in/me", at("192.168.1.7:5000"), false),
            ("http://127.0.0.1:5000/in/me", None, false),
            ("http://127.0.0.1:4401/hooks", None, false),
            ("https://example.com:4401/in/me", at("127.0.0.1:4401"), false),
        ] {
            assert_eq!(is_receiver(&Url::parse(url).unwrap(), known), want, "{url} {known:?}");
        }
    }
}
