//! Signs a request as a sender does who makes the mistakes that a fault names. The codes come from
//! `ring`, not from the product.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::bytes::{apply, hex};
use super::fault::Fault;

/// The moment of the requests, in unix seconds.
pub(super) const NOW: i64 = 1_778_215_895;
const ID: &str = "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj";
/// Secrets as platforms hand them out.
const SECRETS: [(&str, &str); 5] = [
    ("@plain", "7f3a9c51-wh-secret-e2b84d60a1c7e9f5"),
    ("@whsec", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    ("@hex", "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d"),
    ("@base64", "c2VjcmV0LXdpdGgtMzItYnl0ZXMtZm9yLXdlYmhvb2s="),
    ("@sk", "sk_live_51HqJb2KZvyQ8dU3nR7mW0xLp"),
];

/// A request on its way to `diagnose`.
#[derive(Debug, Clone)]
pub struct Request {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The configured one first.
    pub secrets: Vec<String>,
    pub at: String,
}

/// What a scheme asks for, as its platform documents it.
struct Rules {
    header: &'static str,
    text: &'static str,
    value: &'static str,
    id: Option<&'static str>,
    time: Option<&'static str>,
    base64: bool,
}

fn rules(scheme: &str) -> Rules {
    let rules = |header, text, value, base64| Rules { header, text, value, id: None, time: None, base64 };
    match scheme {
        "trcker" => rules("X-Trcker-Signature", "{t}.{body}", "t={sent},v1={d}", false),
        "stripe" => rules("Stripe-Signature", "{t}.{body}", "t={sent},v1={d}", false),
        "track360" => rules("X-Track360-Signature", "{body}", "{d}", false),
        "github" => Rules {
            id: Some("X-GitHub-Delivery"),
            ..rules("X-Hub-Signature-256", "{body}", "sha256={d}", false)
        },
        "shopify" => Rules {
            id: Some("X-Shopify-Webhook-Id"),
            ..rules("X-Shopify-Hmac-Sha256", "{body}", "{d}", true)
        },
        "hex-body" => rules("X-Webhook-Signature", "{body}", "{d}", false),
        "base64-body" => rules("X-Webhook-Signature", "{body}", "{d}", true),
        "standard" => Rules {
            id: Some("webhook-id"),
            time: Some("webhook-timestamp"),
            ..rules("webhook-signature", "{id}.{t}.{body}", "v1,{d}", true)
        },
        "svix" => Rules {
            id: Some("svix-id"),
            time: Some("svix-timestamp"),
            ..rules("svix-signature", "{id}.{t}.{body}", "v1,{d}", true)
        },
        "api-key" => rules("X-Api-Key", "", "{key}", false),
        other => panic!("there is no scheme `{other}`"),
    }
}

/// A secret by its name in [`SECRETS`], or the text itself.
fn secret(name: &str) -> String {
    SECRETS.iter().find(|(n, _)| *n == name).map_or(name, |(_, text)| text).to_owned()
}

/// `+60`, `-3600`, `ms`, `us`, `iso`, `iso-offset`, `float`, or the text itself.
fn moment(text: &str) -> String {
    match text {
        "" => NOW.to_string(),
        "ms" => format!("{NOW}080"),
        "us" => format!("{NOW}080123"),
        "ns" => format!("{NOW}080123456"),
        "iso" => "2026-05-08T04:51:35Z".to_owned(),
        "iso-ms" => "2026-05-08T04:51:35.000Z".to_owned(),
        "float" => format!("{NOW}.080"),
        text => match text.parse::<i64>() {
            Ok(offset) if text.starts_with(['+', '-']) => (NOW + offset).to_string(),
            Ok(_) | Err(_) => text.to_owned(),
        },
    }
}

fn code(algorithm: &str, key: &[u8], text: &[u8]) -> Vec<u8> {
    let plain = |digest: &'static ring::digest::Algorithm, parts: &[&[u8]]| {
        ring::digest::digest(digest, &parts.concat()).as_ref().to_vec()
    };
    let algorithm = match algorithm {
        "" | "sha256" => hmac::HMAC_SHA256,
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        "hash" => return plain(&ring::digest::SHA256, &[text]),
        "hash:key,text" => return plain(&ring::digest::SHA256, &[key, text]),
        "hash:text,key" => return plain(&ring::digest::SHA256, &[text, key]),
        "swapped" => return code("sha256", text, key),
        other => panic!("there is no algorithm `{other}`"),
    };
    hmac::sign(&hmac::Key::new(algorithm, key), text).as_ref().to_vec()
}

fn default_key(scheme: &str, secret: &str) -> Vec<u8> {
    match secret.strip_prefix("whsec_").filter(|_| matches!(scheme, "standard" | "svix")) {
        Some(coded) => STANDARD.decode(coded).unwrap(),
        None => secret.as_bytes().to_vec(),
    }
}

/// The request of a fault under a scheme.
pub(super) fn request(fault: &Fault, scheme: &str) -> Request {
    let rules = rules(scheme);
    let default = if matches!(scheme, "standard" | "svix") { "@whsec" } else { "@plain" };
    let secret_text = secret(fault.secret.as_deref().unwrap_or(default));
    let key = match &fault.key {
        Some(operations) => apply(secret_text.clone().into_bytes(), operations),
        None => default_key(scheme, &secret_text),
    };
    let (signed, received) = (fault.signed.bytes(), fault.received.as_ref().unwrap_or(&fault.signed).bytes());
    let (t, sent) = (moment(&fault.signed_time), moment(&fault.sent_time));
    let fill = |template: &str, body: &[u8]| {
        let template = template.replace("\\n", "\n").replace("{id}", ID).replace("{t}", &t);
        let mut out = Vec::new();
        for (i, part) in template.split("{body}").enumerate() {
            if i > 0 {
                out.extend_from_slice(body);
            }
            out.extend_from_slice(part.as_bytes());
        }
        out
    };
    let text = fill(fault.text.as_deref().unwrap_or(rules.text), &signed);
    let digest = code(&fault.algorithm, &key, &text);
    let written = match &fault.digest {
        Some(operations) => apply(digest, operations),
        None if rules.base64 => STANDARD.encode(&digest).into_bytes(),
        None => hex(&digest).into_bytes(),
    };
    let written = String::from_utf8(written).unwrap();
    let value = fault.value.as_deref().unwrap_or(rules.value);
    let value = value
        .replace("{sent}", &sent)
        .replace("{d}", &written)
        .replace("{key}", &String::from_utf8_lossy(&key));
    let mut headers = vec![
        ("Host".to_owned(), "hooks.example.com".to_owned()),
        ("User-Agent".to_owned(), "Sender/1.0".to_owned()),
        ("Content-Type".to_owned(), "application/json".to_owned()),
        (rules.header.to_owned(), value),
    ];
    headers.extend(rules.id.map(|name| (name.to_owned(), ID.to_owned())));
    headers.extend(rules.time.map(|name| (name.to_owned(), sent.clone())));
    for operation in &fault.headers {
        edit(&mut headers, operation, &rules);
    }
    let mut secrets = match &fault.configured {
        Some(configured) => match configured.strip_prefix('=') {
            Some("") => vec![],
            Some(other) => vec![secret(other)],
            None => vec![String::from_utf8(apply(secret_text.clone().into_bytes(), configured)).unwrap()],
        },
        None => vec![secret_text.clone()],
    };
    for other in &fault.candidates {
        secrets.push(if other == "@right" { secret_text.clone() } else { secret(other) });
    }
    let at = rfc3339(NOW + fault.at.unwrap_or(2));
    Request { headers, body: received, secrets, at }
}

fn edit(headers: &mut Vec<(String, String)>, operation: &str, rules: &Rules) {
    let (what, argument) = operation.split_once(' ').unwrap();
    let name = |short: &str| match short {
        "signature" => rules.header.to_owned(),
        "id" => rules.id.unwrap().to_owned(),
        "time" => rules.time.unwrap().to_owned(),
        name => name.to_owned(),
    };
    match what {
        "drop" => {
            let name = name(argument);
            let before = headers.len();
            headers.retain(|(n, _)| *n != name);
            assert!(headers.len() < before, "there is no header {name}");
        }
        "double" => {
            let name = name(argument);
            let again = headers.iter().find(|(n, _)| *n == name).unwrap().clone();
            headers.push(again);
        }
        "add" => {
            let (name_, value) = argument.split_once(": ").unwrap();
            headers.push((name(name_), value.to_owned()));
        }
        "set" => {
            let (name_, value) = argument.split_once(": ").unwrap();
            let name = name(name_);
            let old = headers.iter_mut().find(|(n, _)| *n == name).unwrap();
            old.1 = value.replace("{old}", &old.1);
        }
        "rename" => {
            let (from, to) = argument.split_once(" to ").unwrap();
            let from = name(from);
            headers.iter_mut().find(|(n, _)| *n == from).unwrap().0 = to.to_owned();
        }
        "case" => {
            let change = if argument == "upper" { str::to_uppercase } else { str::to_lowercase };
            headers.iter_mut().for_each(|(n, _)| *n = change(n));
        }
        other => panic!("there is no header operation `{other}`"),
    }
}

/// RFC 3339 of unix seconds on the day of [`NOW`] or near it.
fn rfc3339(seconds: i64) -> String {
    let (mut days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let mut year = 1970;
    let length = |year: i64| if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) { 366 } else { 365 };
    while days >= length(year) {
        days -= length(year);
        year += 1;
    }
    let mut month = 0;
    let february = length(year) - 337;
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= months[month] {
        days -= months[month];
        month += 1;
    }
    format!(
        "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}.000Z",
        month + 1,
        days + 1,
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}
