//! Which header values and which parts of a URL are credentials, and how they are shown. The log, the
//! views, exports and the receiver all ask here, so that they agree.
//!
//! Names decide where there is one (`Authorization`, `?token=`); in paths, where there is none, the
//! shapes of well-known webhook URLs and text that nobody guesses. Macros (`{id}`) are never secret.

use std::collections::HashMap;
use std::ops::Range;

/// What stands for a credential.
pub const MASK: &str = "••••";

/// What [`MASK`] becomes in a URL that was read and written again.
const MASK_ENCODED: &str = "%E2%80%A2%E2%80%A2%E2%80%A2%E2%80%A2";

/// Headers that only look like credentials.
const NOT_CREDENTIALS: [&str; 8] = [
    "idempotency-key",
    "x-idempotency-key",
    "sec-websocket-key",
    "surrogate-key",
    "x-cache-key",
    "x-partition-key",
    "x-dedupe-key",
    "authentication-results",
];

/// Last words of a name that speak about a credential, a signature or a time, and are none themselves.
const ABOUT: [&str; 15] = [
    "signature",
    "timestamp",
    "date",
    "time",
    "id",
    "type",
    "expires",
    "expiry",
    "count",
    "limit",
    "remaining",
    "version",
    "algorithm",
    "hmac",
    "info",
];

/// Words that make a credential of a name that ends in them.
const SECRET_WORDS: [&str; 19] = [
    "authorization",
    "authentication",
    "cookie",
    "cookies",
    "token",
    "secret",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "credential",
    "credentials",
    "apikey",
    "auth",
    "key",
    "jwt",
    "bearer",
    "sas",
];

/// Ends of words that were written together: `accesstoken`, `xapikey`.
const SECRET_ENDS: [&str; 7] =
    ["token", "secret", "password", "apikey", "accesskey", "secretkey", "credential"];

/// Names of a query that hold a signature or an access code: whoever has the URL has the right.
const SIGNED_PARAMS: [&str; 4] = ["sig", "sign", "signature", "code"];

/// The words of a name, in lower case: `X-Api-Key`, `apiKey` and `api_key` are of the same ones.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        let inner_capital = c.is_ascii_uppercase() && before_lower;
        before_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        if !c.is_alphanumeric() || inner_capital {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn ends_secretly(word: &str) -> bool {
    SECRET_WORDS.contains(&word) || SECRET_ENDS.iter().any(|end| word.ends_with(end))
}

/// Whether the values of a header of this name are credentials, however it is spelled.
#[must_use]
pub fn is_credential_header(name: &str) -> bool {
    if NOT_CREDENTIALS.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return false;
    }
    let words = words(name);
    let Some(last) = words.last() else { return false };
    if ABOUT.contains(&last.as_str()) {
        return false;
    }
    let within = |word: &String| {
        word.starts_with("pass")
            || matches!(word.as_str(), "auth" | "token" | "secret" | "credential" | "credentials" | "cookie")
    };
    ends_secretly(last) || words.iter().any(within)
}

/// Whether a parameter of this name holds a key or a token; one that holds a signature does not
/// count: it proves one request, and is looked at to find out why it proves nothing.
#[must_use]
pub fn is_credential_param(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    let kind_of_key =
        |word: &str| matches!(word, "idempotency" | "public" | "dedupe" | "cache" | "partition");
    let about_data = words.len() > 1 && words.iter().any(|word| kind_of_key(word));
    (ends_secretly(last) || (words.len() == 1 && last == "pass")) && !about_data
}

/// Whether a fixed value of this name opens the URL that it stands in.
fn opens(name: &str) -> bool {
    is_credential_param(name)
        || words(name).last().is_some_and(|last| {
            SIGNED_PARAMS.contains(&last.as_str()) && (last != "code" || name.eq_ignore_ascii_case("code"))
        })
}

/// A header as it is shown.
#[must_use]
pub fn mask_header((name, value): (String, String)) -> (String, String) {
    let value = if is_credential_header(&name) && !value.is_empty() { MASK.to_owned() } else { value };
    (name, value)
}

/// A part of a URL in which a credential may stand.
enum Place<'a> {
    User,
    Segment,
    Query(&'a str),
}

impl Place<'_> {
    /// The same for the same part of another spelling of the URL.
    fn key(&self) -> String {
        match self {
            Self::User => "user".to_owned(),
            Self::Segment => "path".to_owned(),
            Self::Query(name) => format!("query {name}"),
        }
    }
}

/// The parts of a URL, whole or relative, each with where it stands: user information, the segments of
/// the path, the values of the query and of a fragment that is written like one.
fn places(text: &str) -> Vec<(Place<'_>, Range<usize>)> {
    let mut all = Vec::new();
    let authority = match text.find("://") {
        Some(at) if !text[..at].contains(['/', '?', '#']) => Some(at + 3),
        Some(_) | None => text.starts_with("//").then_some(2),
    };
    let mut path = 0;
    if let Some(start) = authority {
        path = text[start..].find(['/', '\\', '?', '#']).map_or(text.len(), |n| start + n);
        if let Some(at) = text[start..path].rfind('@') {
            all.push((Place::User, start..start + at));
        }
    }
    let query = text[path..].find(['?', '#']).map_or(text.len(), |n| path + n);
    let mut at = path;
    for segment in text[path..query].split(['/', '\\']) {
        all.push((Place::Segment, at..at + segment.len()));
        at += segment.len() + 1;
    }
    let mut at = query + 1;
    for pair in text.get(at..).unwrap_or_default().split(['&', '?', '#', ';']) {
        if let Some((name, _)) = pair.split_once('=') {
            all.push((Place::Query(name), at + name.len() + 1..at + pair.len()));
        }
        at += pair.len() + 1;
    }
    all
}

/// Where credentials stand in a URL, in order; macros are left out.
fn secret_ranges(text: &str) -> Vec<Range<usize>> {
    let all = places(text);
    let segments: Vec<(usize, &str)> = all
        .iter()
        .enumerate()
        .filter(|(_, (place, _))| matches!(place, Place::Segment))
        .map(|(index, (_, range))| (index, &text[range.clone()]))
        .collect();
    let mut secret = Vec::new();
    for (index, (place, range)) in all.iter().enumerate() {
        let within = match place {
            Place::User => range.clone(),
            Place::Query(name) if opens(name) => range.clone(),
            Place::Query(_) => continue,
            Place::Segment => {
                let at = segments.iter().position(|(i, _)| *i == index).unwrap_or_default();
                match secret_segment(&segments, at) {
                    Some(skip) => range.start + skip..range.end,
                    None => continue,
                }
            }
        };
        secret.extend(without_macros(text, within));
    }
    secret
}

/// A stretch of text without the macros in it.
fn without_macros(text: &str, within: Range<usize>) -> Vec<Range<usize>> {
    let mut left = Vec::new();
    let mut at = within.start;
    while at < within.end {
        let rest = &text[at..within.end];
        let open = rest.find('{').filter(|open| rest[*open..].contains('}'));
        let end = open.map_or(within.end, |open| at + open);
        if end > at {
            left.push(at..end);
        }
        match rest.find('{').and_then(|open| Some(open + rest[open..].find('}')?)) {
            Some(close) => at += close + 1,
            None => break,
        }
    }
    left
}

/// From which character on a segment of a path is secret, if it is.
fn secret_segment(segments: &[(usize, &str)], at: usize) -> Option<usize> {
    let segment = segments[at].1;
    let before = |n: usize| at.checked_sub(n).map(|at| segments[at].1);
    if segment.is_empty() {
        return None;
    }
    // Slack: /services/T…/B…/…, its triggers and workflows.
    let of_slack = |n: usize| {
        matches!(before(n), Some("services" | "triggers" | "workflows"))
            && before(n - 1).is_some_and(|team| team.starts_with('T') && team.len() > 2)
    };
    if of_slack(3) || of_slack(4) {
        return Some(0);
    }
    // Discord: /api/webhooks/{number}/{token}.
    let number = |text: &str| text.len() >= 6 && text.bytes().all(|b| b.is_ascii_digit());
    if before(2) == Some("webhooks") && before(1).is_some_and(number) {
        return Some(0);
    }
    // Telegram: /bot{number}:{token}/.
    if let Some(token) = segment.strip_prefix("bot")
        && let Some((id, _)) = token.split_once(':').or_else(|| token.split_once("%3A"))
        && number(id)
    {
        return Some("bot".len());
    }
    let named = before(1).is_some_and(is_credential_param) && segment.bytes().any(|b| b.is_ascii_digit());
    ((named && segment.len() >= 8) || unguessable(segment)).then_some(0)
}

/// Whether text looks drawn at random: long, of letters and digits that change places often. Words,
/// dates and numbers with hyphens between them do not.
fn unguessable(text: &str) -> bool {
    if text.len() < 20 || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~:@".contains(&b)) {
        return false;
    }
    let kind = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        _ => 2,
    };
    let kinds: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).map(kind).collect();
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let to_digits = kinds.windows(2).filter(|pair| (pair[0] == 0) != (pair[1] == 0)).count();
    let digits = kinds.iter().filter(|kind| **kind == 0).count();
    digits >= 2 && kinds.len() - digits >= 2 && to_digits >= 3 && changes >= 5
}

/// A URL, whole or relative, as it is shown: [`MASK`] for each credential.
#[must_use]
pub fn mask_url(text: &str) -> String {
    split_url(text).0
}

/// A URL with [`MASK`] for each credential, and the credentials in their order.
#[must_use]
pub fn split_url(text: &str) -> (String, Vec<String>) {
    let (mut masked, mut values, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    for range in secret_ranges(text) {
        masked.push_str(&text[at..range.start]);
        masked.push_str(MASK);
        values.push(text[range.clone()].to_owned());
        at = range.end;
    }
    masked.push_str(&text[at..]);
    (masked, values)
}

/// The text with each [`MASK`] replaced by the next value; `None` where there are more of the one than
/// of the other.
#[must_use]
pub fn fill(masked: &str, values: &[String]) -> Option<String> {
    let parts: Vec<&str> = masked.split(MASK).collect();
    if parts.len() != values.len() + 1 {
        return None;
    }
    let mut text = parts[0].to_owned();
    for (value, part) in values.iter().zip(&parts[1..]) {
        text.push_str(value);
        text.push_str(part);
    }
    Some(text)
}

/// What each [`MASK`] of an edited URL stands for, by those of the URL as it was shown: the same
/// parameter's, or the same place's in the path. `None` where it stands for nothing.
#[must_use]
pub fn refill(edited: &str, shown: &str, values: &[String]) -> Option<String> {
    let mut known: HashMap<String, Vec<&String>> = HashMap::new();
    let keys = mask_keys(shown);
    if keys.len() != values.len() {
        return None;
    }
    for (key, value) in keys.into_iter().zip(values).rev() {
        known.entry(key).or_default().push(value);
    }
    let found = mask_keys(edited).into_iter().map(|key| known.get_mut(&key)?.pop().cloned());
    fill(edited, &found.collect::<Option<Vec<_>>>()?)
}

/// In which part of the URL each mask stands.
fn mask_keys(text: &str) -> Vec<String> {
    let all = places(text);
    let inside = |at: usize| {
        let (place, _) = all.iter().find(|(_, range)| range.contains(&at))?;
        Some(place.key())
    };
    text.match_indices(MASK).map(|(at, _)| inside(at).unwrap_or_default()).collect()
}

/// A URL that was filled while its credentials were masked, with the mask legible again.
#[must_use]
pub fn legible_mask(url: &str) -> String {
    url.replace(MASK_ENCODED, MASK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_that_hold_credentials_are_known_by_name_and_no_others() {
        for name in [
            "Authorization",
            "proxy-authorization",
            "Cookie",
            "Set-Cookie",
            "X-Api-Key",
            "api-key",
            "apikey",
            "X-Auth-Token",
            "X-Auth-Key",
            "X-Auth",
            "X-Access-Token",
            "X-Gitlab-Token",
            "X-Webhook-Secret",
            "X-Webhook-Password",
            "X-Webhook-Pass",
            "X-Webhook-Passphrase",
            "X-Credential",
            "X-Credentials",
            "X-Functions-Key",
            "Ocp-Apim-Subscription-Key",
            "Authentication",
            "X-Amz-Security-Token",
            "X_API_KEY",
            "X-AccessToken",
            "Private-Token",
            "X-Shared-Secret",
        ] {
            assert!(is_credential_header(name), "{name}");
        }
        for name in [
            "Content-Type",
            "X-Trcker-Signature",
            "webhook-signature",
            "X-Hub-Signature-256",
            "X-Auth-Timestamp",
            "Idempotency-Key",
            "X-Idempotency-Key",
            "Sec-WebSocket-Key",
            "WWW-Authenticate",
            "X-Author",
            "Authentication-Results",
            "X-Monkey",
            "X-Request-Id",
            "X-Token-Type",
            "X-Session-Id",
            "",
            "-",
            "X-Shopify-Hmac-Sha256",
            "X-Event",
            "User-Agent",
            "X-Passenger-Id",
        ] {
            assert!(!is_credential_header(name), "{name}");
        }
    }

    #[test]
    fn credentials_in_urls_are_masked_wherever_they_stand() {
        for (url, masked) in [
            ("https://a.example/in?token=abc&x=1", "https://a.example/in?token=••••&x=1"),
            ("https://a.example/in?apiKey=abc&SIG=d%20e#f", "https://a.example/in?apiKey=••••&SIG=••••#f"),
            (
                "https://a.example/in?access_token=a&client_secret=b",
                "https://a.example/in?access_token=••••&client_secret=••••",
            ),
            ("https://f.example/api/f?code=AbC==", "https://f.example/api/f?code=••••"),
            ("https://me:pw@a.example/x", "https://••••@a.example/x"),
            ("/back?session_token=a", "/back?session_token=••••"),
            ("//me@a.example/", "//••••@a.example/"),
            ("https://a.example/#access_token=abc&b=2", "https://a.example/#access_token=••••&b=2"),
            (
                "https://hooks.slack.com/services/T024BE7LD/B08S/xoxSecret",
                "https://hooks.slack.com/services/T024BE7LD/B08S/••••",
            ),
            (
                "https://d.example/api/webhooks/123456789/s3cr-et?wait=true",
                "https://d.example/api/webhooks/123456789/••••?wait=true",
            ),
            ("https://t.example/bot123456:AAF-x/send", "https://t.example/bot••••/send"),
            ("https://w.example/9f3c2b1a-77d0-4e0b-9a51-0c2de8b7f611/x", "https://w.example/••••/x"),
            ("https://m.example/k2j3h4kEj6h7k8j9l0q3", "https://m.example/••••"),
        ] {
            assert_eq!(mask_url(url), masked);
            assert_eq!(mask_url(masked), masked, "once masked it stays so");
            let (shown, values) = split_url(url);
            assert_eq!(fill(&shown, &values).as_deref(), Some(url), "nothing is lost");
        }
    }

    #[test]
    fn what_is_no_credential_stays_legible() {
        for url in [
            "https://a.example/hooks?x=1&coupon_code=SUMMER&country_code=DE",
            "https://a.example/conversion-approved-2026-11-30-batch-2/in",
            "https://a.example/v1/affiliates/1234567890123456789012/events",
            "https://a.example/this-is-a-rather-long-path-of-words",
            "https://a.example/ThisIsAPathInCamelCaseOfWords",
            "https://a.example/in?token={click_id}&key={data.key}",
            "https://a.example/in?click={click}&public_key=1&passenger=2",
            "not a url",
            "",
            "https://",
            "?",
            "#",
        ] {
            assert_eq!(mask_url(url), url);
        }
        assert_eq!(
            split_url("https://a.example/in?token=ab{click}cd"),
            ("https://a.example/in?token=••••{click}••••".to_owned(), vec!["ab".to_owned(), "cd".to_owned()]),
            "what stands beside a macro"
        );
    }

    #[test]
    fn a_shown_url_that_is_edited_keeps_what_its_masks_stand_for() {
        let (shown, values) = split_url("https://a.example/bot123456:AA/in?token=t1&key=k1&token=t2");
        let edited = |text: &str| refill(text, &shown, &values);
        assert_eq!(
            edited("https://b.example/v2/bot••••/x?token=••••&n=1&key=••••").as_deref(),
            Some("https://b.example/v2/bot123456:AA/x?token=t1&n=1&key=k1")
        );
        assert_eq!(edited("https://b.example/?secret=••••"), None, "nothing is known of that name");
        assert_eq!(edited("https://b.example/?key=••••&key=••••"), None, "one was known");
        assert_eq!(edited("https://b.example/"), Some("https://b.example/".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn masking_any_text_ends_and_can_be_undone(text in "[a-zA-Z0-9:/?#@&={};._%•-]{0,80}") {
            let (shown, values) = split_url(&text);
            if !text.contains(MASK) {
                proptest::prop_assert_eq!(fill(&shown, &values), Some(text));
            }
            proptest::prop_assert_eq!(mask_url(&shown), shown);
        }
    }
}
