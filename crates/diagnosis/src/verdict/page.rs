//! What a response body says: pages of firewalls and logins, messages in JSON and HTML.

use hookbench_domain::ResponseRecord;
use serde_json::Value;

/// How much of a body is read for words: pages carry their title early.
const READ_BYTES: usize = 16 * 1024;
const MESSAGE_CHARS: usize = 200;

/// Text in one line: control and direction characters become spaces, runs of white space one, and
/// what is longer than `max` characters is cut.
pub(super) fn one_line(text: &str, max: usize) -> String {
    let plain = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || turns { ' ' } else { c }
    };
    let text: String = text.chars().take(max.saturating_mul(4)).map(plain).collect();
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() > max {
        line.chars().take(max.saturating_sub(1)).chain(['…']).collect()
    } else {
        line
    }
}

/// A response, made ready for reading.
pub(super) struct Page<'a> {
    response: &'a ResponseRecord,
    text: String,
    lower: String,
}

impl<'a> Page<'a> {
    pub(super) fn of(response: &'a ResponseRecord) -> Self {
        let head = &response.body[..response.body.len().min(READ_BYTES)];
        let text = String::from_utf8_lossy(head).into_owned();
        let lower = text.to_lowercase();
        Self { response, text, lower }
    }

    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        let found = self.response.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }

    pub(super) fn is_html(&self) -> bool {
        let start = self.lower.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        self.header("content-type").is_some_and(|t| t.to_lowercase().contains("html"))
            || start.starts_with("<!doctype html")
            || start.starts_with("<html")
    }

    fn holds(&self, any: &[&str]) -> bool {
        any.iter().any(|part| self.lower.contains(part))
    }

    /// The product whose firewall or bot check answered, by its marks.
    pub(super) fn firewall(&self) -> Option<&'static str> {
        let server = self.header("server").unwrap_or_default().to_lowercase();
        let has = |name| self.header(name).is_some();
        let html = self.is_html();
        if has("cf-mitigated")
            || (html
                && (server.contains("cloudflare") || has("cf-ray") || self.holds(&["cloudflare"]))
                && self.holds(&[
                    "just a moment",
                    "attention required",
                    "you have been blocked",
                    "cf-chl",
                    "cf-error",
                    "checking your browser",
                ]))
        {
            return Some("Cloudflare");
        }
        if has("x-vercel-mitigated") {
            return Some("Vercel");
        }
        if html && server.contains("cloudfront") && self.holds(&["request blocked", "could not be satisfied"])
        {
            return Some("CloudFront");
        }
        if has("x-amzn-waf-action") {
            return Some("AWS WAF");
        }
        if has("x-datadome") || self.holds(&["captcha-delivery.com"]) {
            return Some("DataDome");
        }
        if self.holds(&["incapsula incident", "_incapsula_resource"]) {
            return Some("Imperva");
        }
        if has("x-sucuri-block") || self.holds(&["sucuri website firewall"]) {
            return Some("Sucuri");
        }
        if html && (server.contains("akamaighost") || self.holds(&["errors.edgesuite.net"])) {
            return Some("Akamai");
        }
        if self.holds(&["mod_security", "modsecurity"]) {
            return Some("ModSecurity");
        }
        if html && self.holds(&["px-captcha", "perimeterx"]) {
            return Some("PerimeterX");
        }
        if self.holds(&["the requested url was rejected. please consult with your administrator"]) {
            return Some("F5");
        }
        let generic = [
            "g-recaptcha",
            "h-captcha",
            "are you a robot",
            "verify you are human",
            "web application firewall",
        ];
        (html && self.holds(&generic)).then_some("a bot check")
    }

    /// Whether the server says that the request came without the client certificate that it wants,
    /// or with one that it does not take: the sentences of nginx and IIS, and what others say like
    /// them.
    pub(super) fn wants_certificate(&self) -> bool {
        self.holds(&[
            "no required ssl certificate was sent",
            "the ssl certificate error",
            "client certificate required",
            "client certificate is required",
            "requires a client certificate",
            "(ssl) client certificate that the web server recognizes",
            "no client certificate",
            "missing client certificate",
        ])
    }

    /// A page that asks for a password.
    pub(super) fn is_login(&self) -> bool {
        self.is_html() && self.holds(&["type=\"password\"", "type='password'", "type=password"])
    }

    /// Whether the words speak of a signature that was not accepted.
    pub(super) fn refuses_signature(&self) -> bool {
        !self.is_html()
            && self.holds(&["signature", "hmac"])
            && self.holds(&[
                "invalid",
                "mismatch",
                "not match",
                "didn't match",
                "did not match",
                "no signatures found",
                "no matching",
                "verif",
                "missing",
                "bad ",
                "wrong",
                "incorrect",
                "fail",
                "no match",
                "unauthorized",
                "expired",
                "malformed",
                "stale",
                "tolerance",
            ])
    }

    /// What the receiver says went wrong: the message in JSON, the title of a page, or the text.
    pub(super) fn message(&self) -> Option<(&'static str, String)> {
        let (what, text) = match serde_json::from_slice::<Value>(&self.response.body) {
            Ok(value @ (Value::Object(_) | Value::Array(_))) => {
                ("JSON", json_message(&value, 0).unwrap_or_else(|| value.to_string()))
            }
            Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | Err(_)
                if self.is_html() =>
            {
                ("page titled", self.title()?)
            }
            Ok(Value::String(text)) => ("JSON", text),
            Ok(Value::Null | Value::Bool(_) | Value::Number(_)) | Err(_) => ("text", self.text.clone()),
        };
        let line = one_line(&text, MESSAGE_CHARS);
        (!line.is_empty()).then_some((what, line))
    }

    fn title(&self) -> Option<String> {
        ["title", "h1"].into_iter().find_map(|tag| {
            // Positions in the lowered text fit the text itself only while both are ASCII-long.
            let text = if self.lower.len() == self.text.len() { &self.text } else { &self.lower };
            let open = self.lower.find(&format!("<{tag}"))?;
            let from = open + self.lower.get(open..)?.find('>')? + 1;
            let to = from + self.lower.get(from..)?.find("</")?;
            let title = text.get(from..to)?.trim();
            (!title.is_empty()).then(|| title.to_owned())
        })
    }
}

/// The sentence in an error document, by the keys that APIs use, in order of how much they say.
fn json_message(value: &Value, depth: usize) -> Option<String> {
    const KEYS: [&str; 10] = [
        "detail",
        "message",
        "error_description",
        "error_message",
        "msg",
        "error",
        "errors",
        "reason",
        "title",
        "description",
    ];
    if depth > 4 {
        return None;
    }
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(|item| json_message(item, depth + 1)),
        Value::Object(fields) => {
            let known = KEYS.iter().find_map(|key| json_message(fields.get(*key)?, depth + 1));
            // `{"errors":{"field":["is missing"]}}`: the field's name belongs to the sentence.
            known.or_else(|| {
                let (name, inner) = fields.iter().next().filter(|_| depth > 0)?;
                Some(format!("{name}: {}", json_message(inner, depth + 1)?))
            })
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}
