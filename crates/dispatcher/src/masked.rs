//! What of a subscription must not be logged: the credentials in its URL and headers, filled in where
//! only their masks are kept, and taken out of each report before it is recorded.

use hookbench_domain::{
    CustomHeader, Definition, Kind, MASK, RequestRecord, ResponseRecord, fill, is_credential_header,
    legible_mask, mask_url,
};
use hookbench_signature::{Blank, Scheme, Secret};
use hookbench_template::{EventInput, PostbackUrl};
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

    /// Each of them, and what is secret in each: whoever answers with a token leaves out `Bearer`.
    pub fn spellings(&self) -> impl Iterator<Item = Vec<u8>> {
        let decoded = |value: &String| {
            let pair = format!("v={value}");
            url::form_urlencoded::parse(pair.as_bytes())
                .next()
                .map(|(_, value)| value.into_owned().into_bytes())
        };
        let of_url = self
            .url
            .iter()
            .flat_map(move |value| decoded(value).into_iter().chain([value.clone().into_bytes()]));
        of_url.chain(self.headers.iter().flat_map(|value| {
            let mut all = written_within(value);
            all.push(value.clone().into_bytes());
            all
        }))
    }
}

/// What is secret within a header's value: a token without its scheme, the password of `Basic`
/// credentials, the values of cookies.
#[must_use]
pub fn written_within(value: &str) -> Vec<Vec<u8>> {
    let mut within = Vec::new();
    if let Some((scheme, rest)) = value.split_once(' ') {
        let rest = rest.trim();
        within.push(rest.as_bytes().to_vec());
        if scheme.eq_ignore_ascii_case("basic")
            && let Some(pair) = hookbench_signature::from_base64(rest)
        {
            let colon = pair.iter().position(|b| *b == b':');
            within.extend(colon.and_then(|at| pair.get(at + 1..)).map(<[u8]>::to_vec));
            within.push(pair);
        }
    }
    let cookies = value.split(';').filter_map(|pair| Some(pair.split_once('=')?.1.trim()));
    within.extend(cookies.filter(|cookie| !cookie.is_empty()).map(|cookie| cookie.as_bytes().to_vec()));
    within
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
    pub(crate) fn new(
        definition: &Definition,
        sent: Option<&Url>,
        scheme: Scheme,
        secrets: &[Secret],
    ) -> Self {
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
        let spellings: Vec<Vec<u8>> = values.spellings().collect();
        let sent = secrets.iter().filter(|_| itself).map(Secret::expose);
        let values = Blank::new(spellings.iter().map(Vec::as_slice).chain(sent), MASK);
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

#[cfg(test)]
mod tests {
    use hookbench_domain::{Connection, Outcome, RetryPolicy, Timings};

    use super::*;

    fn policy() -> RetryPolicy {
        RetryPolicy {
            delays_ms: vec![1000],
            repeat_last: false,
            max_age_ms: None,
            jitter: 0.0,
            timeout_ms: 10_000,
            final_on: vec![],
            retry_on: vec![],
            gone_on: vec![],
            honour_retry_after: true,
        }
    }

    fn definition(kind: Kind, url: &str) -> Definition {
        let headers = [("Authorization", "Basic dXNlcjpwNHNzLXcwcmQ="), ("X-Plain", "seen")]
            .map(|(name, value)| CustomHeader(name.to_owned(), value.to_owned()));
        Definition {
            kind,
            headers: headers.to_vec(),
            ..Definition::new(url, vec!["*".parse().unwrap()], policy())
        }
    }

    fn report(url: &str, body: &str) -> WireReport {
        let headers = [
            ("Host", "a"),
            ("authorization", "Basic dXNlcjpwNHNzLXcwcmQ="),
            ("X-Api-Key", "the-api-key"),
            ("X-Own-Token", "own"),
        ];
        WireReport {
            outcome: Outcome::Success,
            error: None,
            local_shortage: false,
            idle_closed: false,
            timings: Timings::default(),
            request: RequestRecord {
                method: "POST".to_owned(),
                url: url.to_owned(),
                headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
                body: None,
            },
            response: Some(ResponseRecord {
                status: 200,
                headers: vec![("X-Echo".to_owned(), "key tok-en%2B1".to_owned())],
                body: body.as_bytes().to_vec(),
                truncated: false,
            }),
            connection: Connection::default(),
        }
    }

    #[test]
    fn what_is_taken_out_of_a_definition_can_be_put_back() {
        let whole = definition(Kind::Webhook, "https://a.example/in?token=abc&x=1");
        let mut shown = whole.clone();
        let values = Values::take(&mut shown);
        assert_eq!(shown.url, "https://a.example/in?token=••••&x=1");
        assert_eq!((shown.headers[0].1.as_str(), shown.headers[1].1.as_str()), (MASK, "seen"));
        assert!(is_masked(&shown) && !is_masked(&whole));
        let mut back = shown.clone();
        values.put(&mut back).unwrap();
        assert_eq!(back, whole);
        assert_eq!(Values::default().put(&mut shown), Err("url"), "what is gone is named");
    }

    #[test]
    fn a_report_holds_no_credential_wherever_it_stood() {
        let url = "https://a.example/in?token=tok-en+1&x=1";
        let sent: Url = url.parse().unwrap();
        let secret = Secret::new(b"the-api-key".to_vec()).unwrap();
        let masked = Masked::new(&definition(Kind::Webhook, url), Some(&sent), Scheme::ApiKey, &[secret]);
        let body = "your password p4ss-w0rd and key the-api-key (746f6b2d656e2b31) are wrong";
        let mut report = report(url, body);
        let own = [("x-own-token".to_owned(), "own".to_owned())];
        let shown =
            masked.url(&EventInput { id: "1", event: "a.b", created_at: "", brand: None, body: b"{}" });
        masked.report(&mut report, shown, &own);
        assert_eq!(report.request.url, "https://a.example/in?token=••••&x=1");
        let values: Vec<_> = report.request.headers.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["a", MASK, MASK, MASK]);
        let response = report.response.unwrap();
        assert_eq!(response.headers[0].1, "key ••••");
        assert_eq!(response.body, "your password •••• and key •••• (••••) are wrong".as_bytes());
    }

    #[test]
    fn macros_are_filled_in_what_is_logged() {
        let postback = definition(Kind::Postback, "https://a.example/pb?cid={data.n}&key=s3cret&token={id}");
        let masked = Masked::new(&postback, None, Scheme::None, &[]);
        let body = br#"{"data":{"n":"a b"}}"#;
        let event = EventInput { id: "evt 1", event: "a.b", created_at: "", brand: None, body };
        assert_eq!(masked.url(&event).unwrap(), "https://a.example/pb?cid=a%20b&key=••••&token=evt%201");
    }
}
