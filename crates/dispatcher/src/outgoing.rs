//! What goes out: a subscription made ready for sending, and the request of one attempt, shaped and
//! signed afresh.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbench_domain::{
    CustomHeader, Definition, HOPS_HEADER, Kind, MASK, MAX_HOPS, Method, Mode, RequestRecord, StoredEvent,
    Timestamp, hops_of, parse_target_url,
};
use hookbench_platform::{Profile, profile};
use hookbench_signature::{Message, Scheme, Secret, sign};
use hookbench_store::{Registered, values_owner};
use hookbench_template::{EventInput, PostbackUrl, Template, TemplateError};
use url::Url;

use crate::forward::repeated;
use crate::masked::{Masked, Values, is_masked};
use crate::wire::{self, AddressRules, ExtraCa, Trust, WireReport, WireRequest};

/// The answer of [`Unseal::unseal`].
pub type Unsealing<'a> = Pin<Box<dyn Future<Output = Result<Secret, String>> + Send + 'a>>;

/// The answer of [`Unseal::unseal_values`].
pub type UnsealingValues<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send + 'a>>;

/// Opens the secrets that the store keeps sealed.
pub trait Unseal: Send + Sync {
    /// Opens one that belongs to `owner`, the id of its row; says in words why it cannot. May wait
    /// for a keyring the first time.
    fn unseal<'a>(&'a self, owner: &'a str, sealed: &'a [u8]) -> Unsealing<'a>;

    /// The same for what is no secret to sign with, and may be longer: the credentials of a URL and of
    /// headers, as [`Values`] in JSON. There are none where this is not said otherwise.
    fn unseal_values<'a>(&'a self, owner: &'a str, sealed: &'a [u8]) -> UnsealingValues<'a> {
        let _none_here = (owner, sealed);
        Box::pin(std::future::ready(Err("it holds no credentials".to_owned())))
    }
}

/// Why an event cannot be sent to a subscription: nothing goes out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Unsendable {
    /// The field of the subscription that it is about.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub why: String,
    /// The line of a template, counted from 1; 0 where there is none.
    pub line: usize,
    /// The column, counted from 1; 0 where there is none.
    pub column: usize,
}

impl Unsendable {
    fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into(), line: 0, column: 0 }
    }

    /// A secret that it needs does not open.
    fn sealed(owner: &str, why: &str) -> Self {
        Self::new("secret", format!("its secret cannot be opened ({why}): set the secret of {owner} anew"))
    }

    fn of_shape(field: &'static str, what: &str, error: &TemplateError) -> Self {
        Self { field, why: format!("{what}: {error}"), line: error.line, column: error.column }
    }
}

/// Why a subscription is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotReady {
    /// Nothing can be sent before it is changed.
    Unsendable(Unsendable),
    /// What is sealed of it does not open now, in words: what is to be sent waits.
    Sealed(String),
}

impl From<Unsendable> for NotReady {
    fn from(why: Unsendable) -> Self {
        Self::Unsendable(why)
    }
}

/// Where a subscription's requests go.
enum Target {
    Fixed(Url),
    Macros(PostbackUrl),
}

/// A subscription with everything that does not change from attempt to attempt.
pub(crate) struct Ready {
    pub(crate) registered: Arc<Registered>,
    target: Target,
    template: Option<Template>,
    trust: Trust,
    scheme: Scheme,
    secrets: Vec<(Secret, Option<Timestamp>)>,
    profile: Option<&'static Profile>,
    webhook_id: String,
    /// Headers added to every request, with their credentials.
    custom: Vec<CustomHeader>,
    masked: Masked,
}

impl Ready {
    /// Makes a subscription ready.
    ///
    /// # Errors
    /// [`NotReady`]: what is sealed of it does not open, or what is kept of it no longer makes sense.
    pub(crate) async fn new(registered: &Arc<Registered>, vault: &dyn Unseal) -> Result<Self, NotReady> {
        let subscription = &registered.subscription;
        let owner = subscription.id.to_string();
        let mut secrets = Vec::with_capacity(registered.secrets.len());
        for kept in &registered.secrets {
            let secret = vault.unseal(&owner, &kept.sealed).await.map_err(NotReady::Sealed)?;
            secrets.push((secret, kept.valid_until));
        }
        let definition = &filled(registered, vault).await?;
        let target = match definition.kind {
            Kind::Webhook => Target::Fixed(
                parse_target_url(&definition.url)
                    .map_err(|error| Unsendable::new("url", error.to_string()))?,
            ),
            Kind::Postback => Target::Macros(
                PostbackUrl::parse(&definition.url)
                    .map_err(|error| Unsendable::of_shape("url", "the URL cannot be read", &error))?,
            ),
        };
        let template = definition.template.as_deref();
        let template = template.map(|text| Template::compile(text, definition.content_type.as_deref()));
        let template = template
            .transpose()
            .map_err(|error| Unsendable::of_shape("template", "the template cannot be read", &error))?;
        let extra = definition.ca_pem.as_deref().map(|pem| ExtraCa::parse(pem.as_bytes())).transpose();
        let extra = extra.map_err(|error| Unsendable::new("ca_pem", error.to_string()))?;
        let scheme: Scheme =
            definition.scheme.parse().map_err(|error: hookbench_signature::UnknownScheme| {
                Unsendable::new("scheme", error.to_string())
            })?;
        let sent = match &target {
            Target::Fixed(url) => Some(url),
            Target::Macros(_) => None,
        };
        let plain: Vec<Secret> = secrets.iter().map(|(secret, _)| secret.clone()).collect();
        Ok(Self {
            masked: Masked::new(definition, sent, scheme, &plain),
            custom: definition.headers.clone(),
            registered: registered.clone(),
            target,
            template,
            trust: Trust { extra, unverified: definition.skip_tls_verify },
            scheme,
            secrets,
            profile: profile(&definition.platform),
            webhook_id: subscription.id.ulid().to_string(),
        })
    }

    /// Whether its requests are rendered, which takes a core for up to some 100 ms.
    pub(crate) fn renders(&self) -> bool {
        self.template.is_some()
    }

    /// The request of an attempt made now. The body is the event's exact bytes, or what the
    /// template renders of it; `received` are the headers it came in with, which
    /// also count how often it went round; `own` those given for
    /// this delivery alone, `brand` whose it is.
    ///
    /// # Errors
    /// [`Unsendable`]: a value is missing, it cannot be signed, or there is no signature to forward.
    pub(crate) fn request(
        &self,
        event: &StoredEvent,
        received: Option<&[(String, String)]>,
        own: &[(String, String)],
        brand: Option<&str>,
        now: Timestamp,
    ) -> Result<Outgoing, Unsendable> {
        let definition = &self.registered.subscription.definition;
        let hops = received.map_or(0, hops_of);
        if hops >= MAX_HOPS {
            return Err(Unsendable::new("url", went_round(hops)));
        }
        let created_at = event.created_at.to_string();
        let input = EventInput {
            id: event.id.as_str(),
            event: event.event_type.as_str(),
            created_at: &created_at,
            brand,
            body: &event.body,
        };
        let url = match &self.target {
            Target::Fixed(url) => url.clone(),
            Target::Macros(url) => {
                let url = url.expand(&input);
                url.map_err(|error| {
                    Unsendable::of_shape("url", "the postback's URL cannot be filled", &error)
                })?
            }
        };
        let rendered = match (&self.template, definition.method()) {
            (_, Method::Get) => Some(Vec::new()),
            (Some(template), Method::Post) => {
                let text = template.render(&input);
                let text = text.map_err(|error| {
                    Unsendable::of_shape("template", "the template cannot be rendered for this event", &error)
                })?;
                Some(text.into_bytes())
            }
            (None, Method::Post) => None,
        };
        let body = rendered.as_deref().unwrap_or(&event.body);
        let mut headers = match definition.mode {
            Mode::Sign => self.signed(event, body, now).map_err(|why| Unsendable::new("secret", why))?,
            Mode::Forward => repeated(received).map_err(|why| Unsendable::new("mode", why))?,
        };
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !typed && definition.method() == Method::Post {
            let content_type = self.template.as_ref().map_or("application/json", Template::content_type);
            headers.insert(0, ("Content-Type".to_owned(), content_type.to_owned()));
        }
        if event.test {
            headers.push(("X-Hookbench-Test".to_owned(), "true".to_owned()));
        }
        if let Some((name, _)) = own.iter().find(|(_, value)| value == MASK) {
            let why = format!(
                "`{name}` was given for one request alone and is not kept: edit the event and send it again with it"
            );
            return Err(Unsendable::new("headers", why));
        }
        let custom = self.custom.iter().map(|CustomHeader(name, value)| (name, value));
        for (name, value) in custom.chain(own.iter().map(|(name, value)| (name, value))) {
            headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            headers.push((name.clone(), value.clone()));
        }
        count_hop(&mut headers, hops);
        let request = WireRequest {
            method: match definition.method() {
                Method::Get => http::Method::GET,
                Method::Post => http::Method::POST,
            },
            url,
            headers,
            body: Bytes::copy_from_slice(body),
            timeout: Duration::from_millis(definition.policy.timeout_ms),
            rules: AddressRules { allow_loopback: true, allow_private: definition.allow_private },
            trust: self.trust.clone(),
            fresh: false,
        };
        Ok(Outgoing { request, body: rendered, shown: self.masked.url(&input) })
    }

    /// Takes credentials out of what is known of an attempt, before anybody sees it.
    pub(crate) fn mask(&self, report: &mut WireReport, shown: Option<String>, own: &[(String, String)]) {
        self.masked.report(report, shown, own);
    }

    /// The platform's headers, of a webhook, and a signature made now over what is sent.
    fn signed(
        &self,
        event: &StoredEvent,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<(String, String)>, String> {
        let mut headers = Vec::new();
        let webhook = self.registered.subscription.definition.kind == Kind::Webhook;
        if let Some(profile) = self.profile.filter(|_| webhook) {
            headers.extend(profile.headers_for(
                event.event_type.as_str(),
                &self.webhook_id,
                event.id.as_str(),
            ));
        }
        // Signed if there is a secret; an empty list is a subscription whose platform allows none.
        if !self.secrets.is_empty() {
            let current: Vec<Secret> = self
                .secrets
                .iter()
                .filter(|(_, until)| until.is_none_or(|until| now < until))
                .map(|(secret, _)| secret.clone())
                .collect();
            let message = Message {
                id: event.id.as_str(),
                timestamp: now.unix_seconds(),
                event_type: event.event_type.as_str(),
                body,
            };
            headers.extend(sign(self.scheme, &current, &message).map_err(|error| error.to_string())?);
        }
        Ok(headers)
    }
}

/// Has a request say how often its event has gone out, this time included.
pub fn count_hop(headers: &mut Vec<(String, String)>, hops: u32) {
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case(HOPS_HEADER));
    headers.push(("X-Hookbench-Hops".to_owned(), hops.saturating_add(1).to_string()));
}

/// Why an event goes nowhere any more. Diagnosis knows it by these words.
fn went_round(hops: u32) -> String {
    format!(
        "this event has gone round {hops} times: it was sent out and came in again through a source, each time \
         as a new one. Have this subscription leave out what comes from that source, or send elsewhere"
    )
}

/// A request to make.
pub(crate) struct Outgoing {
    pub(crate) request: WireRequest,
    /// Its body where it is not the event's.
    pub(crate) body: Option<Vec<u8>>,
    /// Its URL as it is logged, where that differs.
    pub(crate) shown: Option<String>,
}

/// The definition with its credentials in place of their masks.
async fn filled(registered: &Registered, vault: &dyn Unseal) -> Result<Definition, NotReady> {
    let subscription = &registered.subscription;
    let mut definition = subscription.definition.clone();
    if !is_masked(&definition) {
        return Ok(definition);
    }
    let values = match &registered.values {
        Some(kept) => {
            let owner = values_owner(subscription.id);
            let plain = vault.unseal_values(&owner, &kept.sealed).await.map_err(NotReady::Sealed)?;
            serde_json::from_slice(&plain).unwrap_or_default()
        }
        None => Values::default(),
    };
    values.put(&mut definition).map_err(|field| {
        let why = format!(
            "a credential in `{field}` is not there any more: set `{field}` of {} anew",
            subscription.id
        );
        Unsendable::new(field, why)
    })?;
    Ok(definition)
}

/// The request that an attempt of this event would make at `now`, with every header and its body;
/// nothing is sent. Credentials are masked.
///
/// # Errors
/// [`Unsendable`] says why there would be none.
pub async fn rehearse(
    registered: &Arc<Registered>,
    vault: &dyn Unseal,
    event: &StoredEvent,
    received: Option<&[(String, String)]>,
    brand: Option<&str>,
    now: Timestamp,
) -> Result<RequestRecord, Unsendable> {
    let ready = Ready::new(registered, vault).await.map_err(|why| match why {
        NotReady::Unsendable(why) => why,
        NotReady::Sealed(why) => Unsendable::sealed(&registered.subscription.id.to_string(), &why),
    })?;
    let ready = Arc::new(ready);
    let (event, received, brand) = (event.clone(), received.map(<[_]>::to_vec), brand.map(str::to_owned));
    let making = {
        let ready = ready.clone();
        // Away from the threads that everything else runs on: rendering may take a while.
        tokio::task::spawn_blocking(move || {
            ready.request(&event, received.as_deref(), &[], brand.as_deref(), now)
        })
    };
    let ended = |_| Unsendable::new("template", "rendering ended early: try again");
    let outgoing = making.await.map_err(ended)??;
    let body = outgoing.request.body.to_vec();
    let mut record = wire::settled(outgoing.request).map_err(|why| Unsendable::new("url", why))?;
    ready.masked.request(&mut record, outgoing.shown, &[]);
    Ok(RequestRecord { body: Some(body), ..record })
}
