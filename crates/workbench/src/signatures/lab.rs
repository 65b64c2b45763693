//! The signature lab: a request as it was pasted or logged, checked and taken apart, with secrets
//! from the vault.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_diagnosis::{
    Autopsy, GivenSecret, Input, Language, Role, diagnose_within, diagnosis_budget, snippet,
};
use hookbench_domain::{DeliveryId, Timestamp};
use hookbench_signature::{DEFAULT_TOLERANCE_S, Scheme, Secret};
use hookbench_store::{SealedSecret, StoreError};
use serde::{Deserialize, Serialize};

use crate::body::BodyView;
use crate::handles::Signatures;
use crate::lengthy::LIMIT;
use crate::{SignRequest, Workbench, WorkbenchError};

/// A request to take apart.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct LabInput {
    /// The rules that are expected; recognised from the headers if left out.
    pub scheme: Option<String>,
    /// The headers, one `Name: value` a line; a request line before them is passed over.
    pub headers: String,
    /// The body as text.
    pub body: Option<String>,
    /// The body as exact bytes, in base64; instead of `body`.
    pub body_base64: Option<String>,
    /// The secret that is configured.
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub secret: Option<Secret>,
    /// The subscription or source whose kept secret is the configured one; instead of `secret`.
    pub secret_of: Option<String>,
    /// Whether to try every kept secret as well.
    pub try_kept: bool,
    /// When it was received; now if left out.
    pub at: Option<Timestamp>,
    /// How far the signed time may lie off, in seconds; 300 if left out.
    #[cfg_attr(feature = "typescript", ts(as = "Option<i32>"))]
    pub tolerance_s: Option<i64>,
}

/// A verifier in one language.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SnippetView {
    /// The language.
    pub language: Language,
    /// Its name for people.
    pub name: String,
    /// The code.
    pub code: String,
}

/// What the lab found.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LabResult {
    /// The check and, where it fails, its cause.
    pub autopsy: Autopsy,
    /// The headers as they were read.
    pub headers: Vec<(String, String)>,
    /// How many bytes the body has.
    pub body_bytes: usize,
    /// How many secrets were tried.
    pub secrets: usize,
    /// A verifier for the scheme, in every language.
    pub snippets: Vec<SnippetView>,
}

/// A logged request, ready for the lab.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LabRequest {
    /// The scheme of its subscription.
    pub scheme: String,
    /// Its headers, one a line.
    pub headers: String,
    /// Its exact bytes.
    #[serde(flatten)]
    pub body: BodyView,
    /// The subscription whose secret signed it.
    pub secret_of: Option<String>,
    /// When it was sent.
    pub at: Timestamp,
}

/// What to sign.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct LabSignInput {
    /// By which rules.
    pub scheme: String,
    /// The body.
    pub body: String,
    /// The secret.
    #[cfg_attr(feature = "typescript", ts(as = "Option<String>"))]
    pub secret: Option<Secret>,
    /// The subscription or source whose kept secret to use; instead of `secret`.
    pub secret_of: Option<String>,
    /// The time that is signed; now if left out.
    pub at: Option<Timestamp>,
}

/// Reads header lines; the first bad one is named.
pub(crate) fn read_headers(text: &str) -> Result<Vec<(String, String)>, WorkbenchError> {
    let mut headers = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim_end();
        let request_line = number == 1 && line.contains(" HTTP/");
        if line.is_empty() || request_line {
            continue;
        }
        let (name, value) =
            line.split_once(':').filter(|(name, _)| !name.trim().is_empty()).ok_or_else(|| {
                let why = format!("line {number} is no header: write Name: value");
                WorkbenchError::field("headers", why)
            })?;
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Ok(headers)
}

impl Workbench {
    /// The current secret of a subscription or source, by id.
    pub(crate) async fn stored_secret(&self, owner: &str) -> Result<Option<Secret>, WorkbenchError> {
        Ok(self.lab_secrets(None, Some(owner), false).await?.into_iter().next().map(|given| given.secret))
    }

    /// The secrets to try, the configured one first.
    pub(crate) async fn lab_secrets(
        &self,
        given: Option<Secret>,
        of: Option<&str>,
        try_kept: bool,
    ) -> Result<Vec<GivenSecret>, WorkbenchError> {
        let mut secrets: Vec<GivenSecret> = Vec::new();
        if let Some(secret) = given {
            let name = "the secret given".to_owned();
            secrets.push(GivenSecret { name, secret, role: Role::Configured });
        }
        if of.is_none() && !try_kept {
            return Ok(secrets);
        }
        self.unlock_vault().await?;
        let registry = self.store.registry().borrow().clone();
        let of_subscriptions = registry.iter().map(|r| {
            let d = &r.subscription.definition;
            let name = if d.name.is_empty() { d.url.clone() } else { d.name.clone() };
            (r.subscription.id.to_string(), name, r.secrets.clone())
        });
        let of_sources = registry.sources().map(|s| {
            (s.source.id.to_string(), format!("source {}", s.source.definition.name), s.secrets.clone())
        });
        let kept: Vec<(String, String, Vec<SealedSecret>)> = of_subscriptions.chain(of_sources).collect();
        if let Some(owner) = of {
            let found = kept.iter().find(|(id, _, _)| id == owner);
            let missing = || StoreError::NotFound { what: "subscription or source", id: owner.to_owned() };
            let (id, name, sealed) = found.ok_or_else(missing)?;
            secrets.extend(self.open_all(id, name, sealed, true)?);
        }
        if try_kept {
            for (id, name, sealed) in kept.iter().filter(|(id, _, _)| Some(id.as_str()) != of) {
                secrets.extend(self.open_all(id, name, sealed, false)?);
            }
        }
        Ok(secrets)
    }

    fn open_all(
        &self,
        owner: &str,
        name: &str,
        sealed: &[SealedSecret],
        configured: bool,
    ) -> Result<Vec<GivenSecret>, WorkbenchError> {
        let mut opened = Vec::with_capacity(sealed.len());
        for (index, kept) in sealed.iter().enumerate() {
            let plain = self.vault.open(owner, &kept.sealed).map_err(WorkbenchError::Vault)?;
            let role = match index {
                0 if configured => Role::Configured,
                _ if configured => Role::Rotated,
                _ => Role::Candidate,
            };
            opened.push(GivenSecret {
                name: format!("the secret of {name}"),
                secret: Secret::new(plain.to_vec())?,
                role,
            });
        }
        Ok(opened)
    }
}

impl Signatures {
    /// Checks a request and says what is wrong with its signature. Takes up to three seconds, on a
    /// thread of its own.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming the field that cannot be read, or when the vault does not open.
    pub async fn check(&self, input: LabInput) -> Result<LabResult, WorkbenchError> {
        let scheme =
            input.scheme.as_deref().filter(|s| !s.is_empty()).map(str::parse::<Scheme>).transpose()?;
        let headers = read_headers(&input.headers)?;
        let body = match (input.body_base64, input.body) {
            (Some(text), _) => STANDARD
                .decode(text.as_bytes())
                .map_err(|error| WorkbenchError::field("body_base64", format!("is not base64: {error}")))?,
            (None, text) => text.unwrap_or_default().into_bytes(),
        };
        let secrets = self.0.lab_secrets(input.secret, input.secret_of.as_deref(), input.try_kept).await?;
        let at = input.at.unwrap_or_else(|| self.0.clock.now());
        let tolerance_s = input.tolerance_s.unwrap_or(DEFAULT_TOLERANCE_S);
        let (body_bytes, tried) = (body.len(), secrets.len());
        let raw: Vec<(String, Vec<u8>)> =
            headers.iter().map(|(n, v)| (n.clone(), v.clone().into_bytes())).collect();
        let search = self.0.searches.run(LIMIT, move |stop| {
            let input = Input {
                scheme,
                secrets: &secrets,
                headers: &raw,
                body: &body,
                now_unix_s: at.unix_seconds(),
                tolerance_s,
                thorough: false,
            };
            diagnose_within(&input, &diagnosis_budget(false, stop))
        });
        let autopsy = search.await?;
        let snippets = autopsy.scheme.or(scheme).map(snippets).unwrap_or_default();
        Ok(LabResult { autopsy, headers, body_bytes, secrets: tried, snippets })
    }

    /// A delivery's request, ready for the lab; the last attempt's if no number is given.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing, or no request was sent.
    pub async fn request(&self, id: DeliveryId, attempt: Option<u32>) -> Result<LabRequest, WorkbenchError> {
        let detail = self.0.deliveries().get(id).await?;
        let wanted = |number: u32| attempt.is_none_or(|a| a == number);
        let found = detail
            .attempts
            .into_iter()
            .rev()
            .filter(|a| wanted(a.number))
            .find_map(|a| Some((a.started_at, a.request?)));
        let Some((at, request)) = found else {
            return Err(WorkbenchError::State(format!("{id} has no such request: nothing was sent")));
        };
        let subscription = self.0.subscriptions().get(detail.delivery.subscription).ok();
        let lines: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        Ok(LabRequest {
            scheme: subscription.as_ref().map(|s| s.scheme.clone()).unwrap_or_default(),
            headers: lines.join("\n"),
            body: request.body,
            secret_of: subscription.filter(|s| s.has_secret).map(|s| s.id.to_string()),
            at,
        })
    }

    /// The headers that a delivery of this body would carry.
    ///
    /// # Errors
    /// [`WorkbenchError`], naming what cannot be signed with.
    pub async fn sign(&self, input: LabSignInput) -> Result<Vec<(String, String)>, WorkbenchError> {
        let given = self.0.lab_secrets(input.secret, input.secret_of.as_deref(), false).await?;
        let request = SignRequest {
            scheme: input.scheme.parse()?,
            secrets: given.into_iter().map(|g| g.secret).collect(),
            body: input.body.into_bytes(),
            id: None,
            at: input.at.unwrap_or_else(|| self.0.clock.now()),
        };
        request.headers()
    }
}

fn snippets(scheme: Scheme) -> Vec<SnippetView> {
    let view = |language: Language| {
        let code = snippet(scheme, language)?;
        Some(SnippetView { language, name: language.name().to_owned(), code })
    };
    Language::ALL.into_iter().filter_map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pasted_message_is_read_with_or_without_its_request_line() {
        let headers = read_headers("POST /hooks HTTP/1.1\r\nX-A: 1\r\n\r\nX-B:two: three\n").unwrap();
        assert_eq!(
            headers,
            [("X-A".into(), "1".into()), ("X-B".into(), "two: three".into())] as [(String, String); 2]
        );
        let error = read_headers("X-A: 1\nnonsense").unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }
}
