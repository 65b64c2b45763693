//! A planted fault, as `tests/corpus/signature` writes it down.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::bytes::apply;

/// What went wrong, and the cause that must be named.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What happened, in words.
    pub name: String,
    /// The schemes it is planted in, or groups of them.
    pub schemes: Vec<String>,
    /// The sender's secret.
    pub secret: Option<String>,
    /// What the sender made of it for a key.
    pub key: Option<String>,
    /// What the receiver configured: operations on the sender's secret, or `=` and another.
    pub configured: Option<String>,
    /// Further secrets; `@right` is the sender's.
    #[serde(default)]
    pub candidates: Vec<String>,
    #[serde(default)]
    pub algorithm: String,
    /// The signed text, if not the scheme's.
    pub text: Option<String>,
    /// How the digest is written, if not as the scheme does.
    pub digest: Option<String>,
    /// The signature header's value, if not of the scheme's form.
    pub value: Option<String>,
    #[serde(default)]
    pub signed_time: String,
    #[serde(default)]
    pub sent_time: String,
    /// When the check is made, in seconds after the sending.
    pub at: Option<i64>,
    /// The body that was signed.
    #[serde(default)]
    pub signed: Body,
    /// The body that came, if it is another one.
    pub received: Option<Body>,
    /// What happened to the headers.
    #[serde(default)]
    pub headers: Vec<String>,
    /// The scheme that is expected: `none` to have it recognised; the sender's if left out.
    pub scheme: Option<String>,
    /// The cause.
    pub expect: String,
    /// Every mistake, where two were made.
    #[serde(default)]
    pub changes: Vec<String>,
}

/// A body by its name in `bodies.json`, or `'text`, with operations on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct Body(String);

impl Default for Body {
    fn default() -> Self {
        Self("plain".to_owned())
    }
}

static BODIES: OnceLock<BTreeMap<String, String>> = OnceLock::new();

impl Body {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let bodies =
            BODIES.get_or_init(|| serde_json::from_str(include_str!("../../corpus/bodies.json")).unwrap());
        let (name, operations) = self.0.split_once(" | ").unwrap_or((&self.0, ""));
        let bytes = match (name.strip_prefix('\''), bodies.get(name)) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(text)) if name.ends_with(".gz") || name.ends_with(".zz") => {
                STANDARD.decode(text).unwrap()
            }
            (None, Some(text)) => text.clone().into_bytes(),
            (None, None) => panic!("there is no body `{name}`"),
        };
        apply(bytes, operations)
    }
}

impl Fault {
    /// The schemes it is planted in, one by one.
    pub fn schemes(&self) -> Vec<&str> {
        self.schemes.iter().flat_map(|name| group(name)).collect()
    }
}

fn group(name: &str) -> Vec<&str> {
    match name {
        "all" => [group("hex"), group("base64")].concat(),
        "hex" => vec!["trcker", "stripe", "track360", "github", "hex-body"],
        "base64" => vec!["standard", "svix", "shopify", "base64-body"],
        "timed" => vec!["trcker", "stripe", "standard", "svix"],
        "pairs" => vec!["trcker", "stripe"],
        "trio" => vec!["standard", "svix"],
        "bare" => vec!["track360", "github", "shopify", "hex-body", "base64-body"],
        one => vec![one],
    }
}

/// Every fault, with the file that holds it.
pub fn faults() -> Vec<(&'static str, Fault)> {
    let files = [
        ("body", include_str!("../../corpus/signature/body.json")),
        ("frameworks", include_str!("../../corpus/signature/frameworks.json")),
        ("headers", include_str!("../../corpus/signature/headers.json")),
        ("pairs", include_str!("../../corpus/signature/pairs.json")),
        ("priorities", include_str!("../../corpus/signature/priorities.json")),
        ("secrets", include_str!("../../corpus/signature/secrets.json")),
        ("signing", include_str!("../../corpus/signature/signing.json")),
    ];
    let mut all = Vec::new();
    for (file, text) in files {
        let faults: Vec<Fault> = serde_json::from_str(text).unwrap_or_else(|e| panic!("{file}.json: {e}"));
        all.extend(faults.into_iter().map(|fault| (file, fault)));
    }
    all
}
