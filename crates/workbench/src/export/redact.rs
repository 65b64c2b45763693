//! What is masked before anything leaves the machine.

use url::Url;

use crate::views::{DeliveryDetail, mask};

/// What stands for what is not shown.
const MASK: &str = "***";
/// Further headers whose values are credentials, by a part of their name.
const SECRET_PARTS: [&str; 8] =
    ["authorization", "cookie", "token", "secret", "password", "api-key", "apikey", "x-auth"];

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
        for attempt in &mut detail.attempts {
            let mut said = |text: &mut String| {
                if self.secrets && url != detail.delivery.url {
                    *text = text.replace(&url, &detail.delivery.url);
                }
            };
            attempt.error.iter_mut().for_each(&mut said);
            if let Some(verdict) = &mut attempt.verdict {
                said(&mut verdict.summary);
                said(&mut verdict.detail);
                said(&mut verdict.next_step);
            }
            if let Some(request) = &mut attempt.request {
                request.url = self.url(&request.url);
                request.headers = self.headers(std::mem::take(&mut request.headers));
            }
            if let Some(response) = &mut attempt.response {
                response.headers = self.headers(std::mem::take(&mut response.headers));
            }
        }
        detail
    }

    /// A URL without user information and query values.
    #[must_use]
    pub fn url(self, text: &str) -> String {
        let Ok(mut url) = Url::parse(text) else { return text.to_owned() };
        if !self.secrets || (url.query().is_none() && url.username().is_empty() && url.password().is_none()) {
            return text.to_owned();
        }
        let _without_host = url.set_username("");
        let _without_host = url.set_password(None);
        let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        if url.query().is_some() {
            url.set_query(None);
            let mut query = url.query_pairs_mut();
            names.iter().for_each(|name| {
                query.append_pair(name, MASK);
            });
        }
        url.to_string()
    }

    /// Headers without credentials, and without signatures where those are masked.
    #[must_use]
    pub fn headers(self, headers: Vec<(String, String)>) -> Vec<(String, String)> {
        headers
            .into_iter()
            .map(mask)
            .map(|(name, value)| {
                let lower = name.to_ascii_lowercase();
                let secret = self.secrets && SECRET_PARTS.iter().any(|part| lower.contains(part));
                let signature = self.signatures && lower.contains("signature");
                let value = if secret || signature {
                    MASK.to_owned()
                } else if matches!(lower.as_str(), "location" | "referer" | "content-location") {
                    self.url(&value)
                } else {
                    value
                };
                (name, value)
            })
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
        assert_eq!(on.url("https://a.example/x"), "https://a.example/x");
        assert_eq!(on.url("not a url"), "not a url");
        let off = Redaction { secrets: false, signatures: false };
        assert_eq!(off.url("https://a.example/?k=v"), "https://a.example/?k=v");
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
