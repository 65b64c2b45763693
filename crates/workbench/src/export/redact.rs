//! What is masked before anything leaves the machine.

use hookbench_domain::{MASK as LOG_MASK, is_credential_header, mask_header, mask_url};

use super::known::MASK;
use crate::deliveries::views::DeliveryDetail;

/// Headers whose value is a URL, or holds some.
const WITH_URLS: [&str; 6] = ["location", "content-location", "referer", "refresh", "link", "origin"];

/// What to mask. Request headers with credentials are always masked: the log does not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redaction {
    /// User information and query values of URLs, and credentials in answers.
    pub secrets: bool,
    /// Signatures: whoever has one can send the same request again while it is fresh.
    pub signatures: bool,
}

impl Default for Redaction {
    fn default() -> Self {
        Self { secrets: true, signatures: false }
    }
}

impl Redaction {
    /// A delivery as it may leave the machine. Bodies stay: they are what it is about.
    #[must_use]
    pub fn delivery(self, mut detail: DeliveryDetail) -> DeliveryDetail {
        let url = detail.delivery.url.clone();
        detail.delivery.url = self.url(&url);
        let mut said_of = vec![(url, detail.delivery.url.clone())];
        for attempt in &mut detail.attempts {
            if let Some(request) = &mut attempt.request {
                request.url = self.url(&request.url);
                request.headers = self.headers(std::mem::take(&mut request.headers));
            }
            if let Some(response) = &mut attempt.response {
                let before = response.headers.clone();
                response.headers = self.headers(std::mem::take(&mut response.headers));
                let changed = before.into_iter().zip(&response.headers).filter(|(old, new)| old.1 != new.1);
                said_of.extend(
                    changed.map(|(old, new)| (old.1, new.1.clone())).filter(|(old, _)| old.len() > 5),
                );
            }
            let said = |text: &mut String| {
                for (old, new) in said_of.iter().filter(|(old, new)| self.secrets && old != new) {
                    *text = text.replace(old, new);
                }
            };
            attempt.error.iter_mut().for_each(said);
            if let Some(verdict) = &mut attempt.verdict {
                [&mut verdict.summary, &mut verdict.detail, &mut verdict.next_step]
                    .into_iter()
                    .for_each(said);
            }
        }
        detail
    }

    /// A URL, whole or relative, without user information, query values and the secret parts of its
    /// path.
    #[must_use]
    pub fn url(self, text: &str) -> String {
        if !self.secrets {
            return text.to_owned();
        }
        let masked = mask_url(text);
        let masked = masked.replacen(&format!("//{LOG_MASK}@"), "//", 1);
        let (path, rest) = match masked.find(['?', '#']) {
            Some(at) => masked.split_at(at),
            None => (masked.as_str(), ""),
        };
        let mut shown = path.to_owned();
        let mut rest = rest;
        if let Some(after) = rest.strip_prefix('?') {
            let (query, fragment) = after.split_at(after.find('#').unwrap_or(after.len()));
            let hide = |pair: &str| match pair.split_once('=') {
                Some((name, _)) => format!("{name}={MASK}"),
                None if pair.is_empty() => String::new(),
                None => MASK.to_owned(),
            };
            shown.push('?');
            shown.push_str(&query.split('&').map(hide).collect::<Vec<_>>().join("&"));
            rest = fragment;
        }
        shown.push_str(rest);
        shown.replace(LOG_MASK, MASK)
    }

    /// The URLs in a header's value: one, one behind `url=`, or some in angle brackets.
    fn urls(self, name: &str, value: &str) -> String {
        match name {
            "refresh" => match value.to_ascii_lowercase().find("url=") {
                Some(at) => format!("{}{}", &value[..at + 4], self.url(&value[at + 4..])),
                None => value.to_owned(),
            },
            "link" => {
                let within = |part: &str| match part.split_once('>') {
                    Some((url, rest)) => format!("<{}>{rest}", self.url(url)),
                    None => format!("<{part}"),
                };
                let mut parts = value.split('<');
                let first = parts.next().unwrap_or_default().to_owned();
                first + &parts.map(within).collect::<String>()
            }
            _ => self.url(value),
        }
    }

    /// Headers without credentials, and without signatures where those are masked.
    #[must_use]
    pub fn headers(self, headers: Vec<(String, String)>) -> Vec<(String, String)> {
        headers
            .into_iter()
            .map(|(name, value)| {
                let lower = name.to_ascii_lowercase();
                let signature = self.signatures && lower.contains("signature");
                let value = if (self.secrets && is_credential_header(&name)) || signature {
                    MASK.to_owned()
                } else if self.secrets && WITH_URLS.contains(&lower.as_str()) {
                    self.urls(&lower, &value)
                } else {
                    value
                };
                mask_header((name, value))
            })
            .map(
                |(name, value)| {
                    if self.secrets { (name, value.replace(LOG_MASK, MASK)) } else { (name, value) }
                },
            )
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_user_information_and_query_values() {
        let on = Redaction::default();
        assert_eq!(
            on.url("https://me:pw@a.example/x?key=s3cret&b=1#f"),
            "https://a.example/x?key=***&b=***#f"
        );
        for (url, shown) in [
            ("/back?session=abc&x=1#top", "/back?session=***&x=***#top"),
            ("?token=abc", "?token=***"),
            ("https://a.example/x?abcdef", "https://a.example/x?***"),
            (
                "https://hooks.slack.com/services/T024BE7LD/B08S/xoxSecret",
                "https://hooks.slack.com/services/T024BE7LD/B08S/***",
            ),
        ] {
            assert_eq!(on.url(url), shown);
        }
        assert_eq!(on.url("https://a.example/x"), "https://a.example/x");
        assert_eq!(on.url("not a url"), "not a url");
        let off = Redaction { secrets: false, signatures: false };
        assert_eq!(off.url("https://a.example/?k=v"), "https://a.example/?k=v");
    }

    #[test]
    fn headers_with_urls_lose_their_query_values() {
        let headers = [
            ("Location", "/login?session=abc", "/login?session=***"),
            ("Content-Location", "/x?k=v", "/x?k=***"),
            ("Refresh", "5; URL=/next?ticket=abc", "5; URL=/next?ticket=***"),
            (
                "Link",
                "<https://a.example/p?c=abc>; rel=\"next\", </q>; rel=\"prev\"",
                "<https://a.example/p?c=***>; rel=\"next\", </q>; rel=\"prev\"",
            ),
            ("Referer", "https://a.example/?q=abc", "https://a.example/?q=***"),
            ("Authentication", "abc", "***"),
            ("X-Credential", "abc", "***"),
            ("X-Functions-Key", "abc", "***"),
            ("Ocp-Apim-Subscription-Key", "abc", "***"),
            ("X-Webhook-Pass", "abc", "***"),
            ("Content-Type", "text/plain", "text/plain"),
        ];
        for (name, value, shown) in headers {
            let masked = Redaction::default().headers(vec![(name.to_owned(), value.to_owned())]);
            assert_eq!(masked[0].1, shown, "{name}");
        }
    }

    #[test]
    fn credentials_are_masked_always_and_signatures_if_asked_for() {
        let all = |r: Redaction| {
            r.headers(
                ["Authorization", "Set-Cookie", "X-Auth-Token", "X-Trcker-Signature", "Content-Type"]
                    .map(|name| (name.to_owned(), "v".to_owned()))
                    .to_vec(),
            )
            .into_iter()
            .map(|(_, value)| value)
            .collect::<Vec<_>>()
        };
        assert_eq!(all(Redaction::default()), ["***", "***", "***", "v", "v"]);
        assert_eq!(all(Redaction { secrets: true, signatures: true })[3], "***");
        assert_eq!(all(Redaction { secrets: false, signatures: false })[0], "••••", "the log never shows it");
    }
}
