//! What of a subscription must not be logged: the credentials in its URL and headers, filled in where
//! only their masks are kept, and taken out of each report before it is recorded.

use hookbench_domain::{
    CustomHeader, Definition, Kind, MASK, RequestRecord, ResponseRecord, fill, is_credential_header,
    legible_mask, mask_url,
};
use hookbench_shape::{EventInput, PostbackUrl};
use hookbench_signature::{Blank, Scheme, Secret};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::wire::WireReport;

/// The credentials of a subscription's URL and headers, each in the order of its masks: what is
/// sealed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Values {
    /// Those in the URL.
    #[serde(default)]
    pub url: Vec<String>,
    /// The values of the headers that hold credentials.
    #[serde(default)]
    pub headers: Vec<String>,
}

impl Values {
    /// Takes the credentials out of a definition, and puts masks in their place.
    #[must_use]
    pub fn take(definition: &mut Definition) -> Self {
        let (url, values) = hookbench_domain::split_url(&definition.url);
        definition.url = url;
        let mut headers = Vec::new();
        for CustomHeader(name, value) in &mut definition.headers {
            if is_credential_header(name) && !value.is_empty() {
                headers.push(std::mem::replace(value, MASK.to_owned()));
            }
        }
        Self { url: values, headers }
    }

    /// Puts the credentials back. A URL or a list of headers without masks stays as it is.
    ///
    /// # Errors
    /// Names the field whose masks do not stand for as many credentials as there are.
    pub fn put(&self, definition: &mut Definition) -> Result<(), &'static str> {
        if definition.url.contains(MASK) {
            definition.url = fill(&definition.url, &self.url).ok_or("url")?;
        }
        let masked = |header: &&mut CustomHeader| header.1 == MASK;
        let holes = definition.headers.iter_mut().filter(masked).count();
        if holes > 0 {
            if holes != self.headers.len() {
                return Err("headers");
            }
            let holes = definition.headers.iter_mut().filter(masked);
            holes.zip(&self.headers).for_each(|(header, value)| header.1.clone_from(value));
        }
        Ok(())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.url.is_empty() && self.headers.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.url.iter().chain(&self.headers).map(String::as_str)
    }
}

/// Whether a definition shows masks where credentials belong.
#[must_use]
pub fn is_masked(definition: &Definition) -> bool {
    definition.url.contains(MASK) || definition.headers.iter().any(|header| header.1 == MASK)
}

/// How the URL of a request is logged.
enum Shown {
    /// As it was sent.
    Sent,
    /// The same each time.
    Fixed(String),
    /// Filled from the event, as the URL was.
    Macros(PostbackUrl),
}

/// What is taken out of reports.
pub(crate) struct Masked {
    url: Shown,
    /// Headers whose values are credentials, in lower case.
    names: Vec<String>,
    /// Credentials, wherever they stand in a response.
    values: Blank,
}

impl Masked {
    /// For a definition with its credentials filled in.
    pub(crate) fn new(definition: &Definition, sent: Option<&Url>, scheme: Scheme, secrets: &[Secret]) -> Self {
        let mut masked = definition.clone();
        let values = Values::take(&mut masked);
        let url = match (definition.kind, sent) {
            (Kind::Webhook, Some(url)) => {
                let shown = mask_url(url.as_str());
                if shown == url.as_str() { Shown::Sent } else { Shown::Fixed(shown) }
            }
            (Kind::Webhook | Kind::Postback, _) if values.url.is_empty() => Shown::Sent,
            (Kind::Webhook | Kind::Postback, _) => {
                PostbackUrl::parse(&masked.url).map_or(Shown::Fixed(masked.url.clone()), Shown::Macros)
            }
        };
        let of_headers = definition.headers.iter().map(|header| header.0.to_ascii_lowercase());
        let mut names: Vec<String> = of_headers.filter(|name| is_credential_header(name)).collect();
        // Its signature is the secret itself.
        let itself = scheme == Scheme::ApiKey;
        names.extend(scheme.headers().iter().filter(|_| itself).map(|name| (*name).to_owned()));
        let sent = secrets.iter().filter(|_| itself).map(Secret::expose);
        let values = Blank::new(values.iter().map(str::as_bytes).chain(sent), MASK);
        Self { url, names, values }
    }

    /// How the URL filled from an event is logged; `None` as it was sent.
    pub(crate) fn url(&self, event: &EventInput<'_>) -> Option<String> {
        match &self.url {
            Shown::Sent => None,
            Shown::Fixed(url) => Some(url.clone()),
            Shown::Macros(url) => {
                // What fills the one fills the other; if it does not, nothing of it is shown.
                let filled = url.expand(event).map(|url| legible_mask(url.as_str()));
                Some(filled.unwrap_or_else(|_| MASK.to_owned()))
            }
        }
    }

    /// Takes the credentials out of a request; `own` are the headers given for this delivery alone.
    pub(crate) fn request(&self, request: &mut RequestRecord, url: Option<String>, own: &[(String, String)]) {
        if let Some(url) = url.filter(|_| !request.url.is_empty()) {
            request.url = url;
        }
        if self.names.is_empty() && own.is_empty() {
            return;
        }
        let own = |name: &str| own.iter().any(|(own, _)| own.eq_ignore_ascii_case(name));
        for (name, value) in &mut request.headers {
            let known = self.names.iter().any(|known| name.eq_ignore_ascii_case(known));
            if known || (own(name) && is_credential_header(name)) {
                MASK.clone_into(value);
            }
        }
    }

    /// Takes the credentials out of everything that is known of an attempt: an endpoint may answer with
    /// what it was sent.
    pub(crate) fn report(&self, report: &mut WireReport, url: Option<String>, own: &[(String, String)]) {
        self.request(&mut report.request, url, own);
        if self.values.is_empty() {
            return;
        }
        report.error.iter_mut().for_each(|error| self.values.clean(error));
        if let Some(ResponseRecord { headers, body, .. }) = &mut report.response {
            headers.iter_mut().for_each(|(_, value)| self.values.clean(value));
            if let std::borrow::Cow::Owned(blanked) = self.values.bytes(body) {
                *body = blanked;
            }
        }
    }
}
