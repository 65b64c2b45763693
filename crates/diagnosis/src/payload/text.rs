//! Text that stands where a value should: macros, placeholders, nothing at all.

use serde_json::Value;

use super::{Finding, FindingCode, Leaf, Severity, shown};

/// Words that programs write where they had nothing to say.
const PLACEHOLDERS: [&str; 14] = [
    "null",
    "undefined",
    "none",
    "nil",
    "nan",
    "n/a",
    "na",
    "test",
    "todo",
    "tbd",
    "xxx",
    "string",
    "[object object]",
    "lorem ipsum",
];
/// Fields where such a word may be meant.
const FREE_TEXT: [&str; 10] =
    ["status", "type", "event", "mode", "environment", "env", "note", "comment", "description", "reason"];

pub(super) fn check(leaves: &[Leaf], findings: &mut Vec<Finding>) {
    for leaf in leaves {
        let Value::String(text) = &leaf.value else { continue };
        if let Some(found) = macro_in(text) {
            findings.push(Finding {
                code: FindingCode::LiteralMacro,
                severity: Severity::Problem,
                path: leaf.path.clone(),
                what: format!("`{}` holds the macro `{found}` instead of its value.", leaf.path),
                why: "The click or conversion cannot be matched to who brought it, and nobody is credited for it.".to_owned(),
                fix: "Look at the tracking link or postback URL that this came from: the network it ran through does not know a macro of this spelling.".to_owned(),
            });
        } else if placeholder(text) && !FREE_TEXT.contains(&leaf.name.as_str()) {
            findings.push(Finding {
                code: FindingCode::Placeholder,
                severity: Severity::Warning,
                path: leaf.path.clone(),
                what: format!("`{}` holds the placeholder {}.", leaf.path, shown(&leaf.value)),
                why: "A receiver takes it for a real value: it is text, not a missing field.".to_owned(),
                fix: "Have the sender leave the field out, or send null, where it has no value.".to_owned(),
            });
        }
    }
    sub_ids(leaves, findings);
}

/// The first macro in a text: `{click_id}`, `{{…}}`, `[click_id]`, `${…}`, `#…#`, also percent-encoded.
fn macro_in(text: &str) -> Option<String> {
    // Text that is JSON or a template of its own is none.
    if text.len() > 4096 || text.trim_start().starts_with(['{', '[']) && text.contains('"') {
        return None;
    }
    let decoded = text
        .replace("%7B", "{")
        .replace("%7b", "{")
        .replace("%7D", "}")
        .replace("%7d", "}")
        .replace("%5B", "[")
        .replace("%5b", "[")
        .replace("%5D", "]")
        .replace("%5d", "]");
    let pairs: [(&str, &str); 5] = [("{{", "}}"), ("${", "}"), ("{", "}"), ("[", "]"), ("#", "#")];
    for (open, close) in pairs {
        let mut rest = decoded.as_str();
        let mut before = String::new();
        while let Some(at) = rest.find(open) {
            let inner = &rest[at + open.len()..];
            let Some(end) = inner.find(close) else { break };
            let name = inner[..end].trim();
            before.push_str(&rest[..at]);
            // A single `#` or bracket within other text is a fragment or an index: only the whole
            // value, or the value of a URL's parameter, is a macro there.
            let whole = before.is_empty() || before.ends_with('=') || matches!(open, "{{" | "${" | "{");
            if whole && name_of_macro(name) {
                return Some(format!("{open}{}{close}", &inner[..end]));
            }
            before.push_str(open);
            rest = inner;
        }
    }
    None
}

/// Whether a text is a macro, for those who would find something else wrong with it.
pub(super) fn macro_like(text: &str) -> Option<String> {
    macro_in(text)
}

/// Letters, digits and what joins them, at least two characters, with a letter first: `click_id`,
/// `aff.sub1`.
fn name_of_macro(name: &str) -> bool {
    name.len() >= 2
        && name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | ' '))
        && !placeholder_object(name)
}

fn placeholder_object(name: &str) -> bool {
    name.eq_ignore_ascii_case("object object")
}

fn placeholder(text: &str) -> bool {
    PLACEHOLDERS.contains(&text.trim().to_lowercase().as_str())
}

fn is_sub_id(name: &str) -> bool {
    let digits = |rest: &str| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit());
    let after = |prefix: &str| name.strip_prefix(prefix).is_some_and(digits);
    matches!(name, "subid" | "affsub")
        || ["subid", "sub", "affsub", "aff", "s", "p"].iter().any(|prefix| after(prefix))
}

fn is_click_id(name: &str) -> bool {
    matches!(name, "clickid" | "trackingid" | "affclickid")
}

fn sub_ids(leaves: &[Leaf], findings: &mut Vec<Finding>) {
    let empty = |leaf: &Leaf| matches!(&leaf.value, Value::String(text) if text.trim().is_empty());
    let mut tell = |paths: &[&str], what: String| {
        findings.push(Finding {
            code: FindingCode::EmptySubId,
            severity: Severity::Warning,
            path: paths.first().copied().unwrap_or_default().to_owned(),
            what,
            why: "Without it the affiliate cannot tell which click or placement brought the conversion."
                .to_owned(),
            fix: "Look whether the tracking link passes the id on, and whether the landing page keeps it."
                .to_owned(),
        });
    };
    for leaf in leaves.iter().filter(|l| is_click_id(&l.name) && empty(l)) {
        tell(&[&leaf.path], format!("`{}` is empty.", leaf.path));
    }
    let subs: Vec<&Leaf> = leaves.iter().filter(|l| is_sub_id(&l.name)).collect();
    let said = |leaf: &&&Leaf| !empty(leaf) && !leaf.value.is_null();
    let blank: Vec<&str> = subs.iter().filter(|l| empty(l)).map(|l| l.path.as_str()).collect();
    // One that is filled in shows that they are passed on; the others may have nothing to say.
    if !blank.is_empty() && !subs.iter().any(|l| said(&l)) {
        tell(&blank, format!("Every sub id is empty: {}.", blank.join(", ")));
    }
}
