//! A postback becomes an event: its parameters are read, macros that the sender left unexpanded
//! and missing values are named, and the rest is put where the source's mapping says. Pure.

use std::borrow::Cow;

use hookbench_domain::{EventId, EventType, PostbackMapping};
use hookbench_signature::sha256_hex;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// How a key is shown that is not kept.
pub const MASKED_KEY: &str = "••••";
/// The most parameters that are read.
const MAX_PARAMS: usize = 500;
/// The longest name of a macro.
const MAX_MACRO: usize = 64;
/// The most parameters that an answer names.
const MAX_NAMED: usize = 20;

/// The parameters of a postback, decoded, in their order.
pub(super) type Params<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// A postback that can be kept.
#[derive(Debug)]
pub(super) struct Mapped {
    pub(super) id: EventId,
    pub(super) event_type: EventType,
    /// `{"id","event","data"}`, compact. It has no time of its own, so that the same postback
    /// again is the same bytes.
    pub(super) body: Vec<u8>,
    /// What is taken but may not be meant.
    pub(super) warnings: Vec<String>,
}

/// Reads the query, and after it the form.
pub(super) fn params<'a>(query: Option<&'a str>, form: &'a [u8]) -> Params<'a> {
    let query = query.unwrap_or_default().as_bytes();
    form_urlencoded::parse(query).chain(form_urlencoded::parse(form)).take(MAX_PARAMS).collect()
}

/// The value of a parameter that comes once, or several times alike.
fn value<'p>(params: &'p Params<'_>, name: &str) -> Result<Option<&'p str>, ParameterError> {
    let mut values = params.iter().filter(|(n, _)| n == name).map(|(_, v)| &**v);
    let first = values.next();
    if values.any(|other| Some(other) != first) { Err(ParameterError::Twice) } else { Ok(first) }
}

/// What is wrong with a parameter that is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ParameterError {
    /// It did not come.
    Missing,
    /// It is empty.
    Empty,
    /// It holds a macro that the sender did not expand.
    Macro(String),
    /// It came twice, with different values.
    Twice,
}

impl ParameterError {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing | Self::Empty => "missing_parameter",
            Self::Macro(_) => "unexpanded_macro",
            Self::Twice => "duplicate_parameter",
        }
    }

    fn in_words(&self, name: &str) -> String {
        let name: String = name.chars().take(MAX_MACRO).collect();
        match self {
            Self::Missing => format!("`{name}` is missing"),
            Self::Empty => format!("`{name}` is empty"),
            Self::Macro(found) => {
                format!("`{name}` holds the macro `{found}`, which the sender did not expand")
            }
            Self::Twice => format!("`{name}` came twice with different values"),
        }
    }
}

/// A macro that was not expanded: `{x}`, `{{x}}`, `${x}`, `[[x]]`, `[x]`, `#x#`, `%x%`, and those
/// that were percent-encoded twice. Only a bare name between the marks counts.
fn unexpanded(text: &str) -> Option<String> {
    let decoded = if text.contains('%') { percent_decoded(text) } else { Cow::Borrowed(text) };
    let inside = |open: &str, close: &str| {
        let start = decoded.find(open)?;
        let rest = decoded.get(start + open.len()..)?;
        let name = rest.get(..rest.find(close)?)?;
        is_name(name).then(|| format!("{open}{name}{close}"))
    };
    let whole = |mark_open: char, mark_close: char| {
        let name = decoded.strip_prefix(mark_open)?.strip_suffix(mark_close)?;
        is_name(name).then(|| decoded.clone().into_owned())
    };
    inside("${", "}")
        .or_else(|| inside("{{", "}}"))
        .or_else(|| inside("{", "}"))
        .or_else(|| inside("[[", "]]"))
        .or_else(|| whole('[', ']'))
        .or_else(|| whole('#', '#'))
        .or_else(|| whole('%', '%'))
}

fn is_name(text: &str) -> bool {
    let text = text.trim();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':');
    (1..=MAX_MACRO).contains(&text.len())
        && text.bytes().all(plain)
        && text.bytes().any(|b| b.is_ascii_alphabetic())
}

/// A value that was encoded twice, decoded once more.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    // A `+` means itself here: the first decoding made spaces of those that do not.
    let kept = text.replace('+', "%2B");
    let decoded: String =
        form_urlencoded::parse(kept.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    if decoded.contains('\u{fffd}') || text.contains(['&', '=']) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(decoded)
    }
}

fn needed<'p>(params: &'p Params<'_>, name: &str) -> Result<&'p str, ParameterError> {
    match value(params, name)? {
        None => Err(ParameterError::Missing),
        Some("") => Err(ParameterError::Empty),
        Some(text) => match unexpanded(text) {
            Some(found) => Err(ParameterError::Macro(found)),
            None => Ok(text),
        },
    }
}

/// Puts a postback together.
///
/// # Errors
/// A [`Refusal`] that names every parameter that is missing, empty or not expanded, where the
/// mapping needs it.
pub(super) fn map(
    mapping: &PostbackMapping,
    params: &Params<'_>,
    whole: impl FnOnce() -> Vec<u8>,
) -> Result<Mapped, Refusal> {
    let mut troubles: Vec<(String, ParameterError)> = Vec::new();
    let mut warnings = Vec::new();
    let mut ask = |name: &str| match needed(params, name) {
        Ok(text) => Some(text.to_owned()),
        Err(trouble) => {
            if troubles.iter().all(|(known, _)| known != name) {
                troubles.push((name.to_owned(), trouble));
            }
            None
        }
    };
    let key: Vec<Option<String>> = mapping.dedupe.iter().map(|name| ask(name)).collect();
    let said = mapping.type_param.as_deref().map(&mut ask);
    let mut data = Map::new();
    for (field, constant) in &mapping.constants {
        put(&mut data, field, constant.clone());
    }
    for rule in mapping.fields.iter().filter(|rule| !rule.optional) {
        if let Some(text) = ask(&rule.param) {
            put(&mut data, &rule.field, text.into());
        }
    }
    if !troubles.is_empty() {
        return Err(refused(&troubles));
    }
    for rule in mapping.fields.iter().filter(|rule| rule.optional) {
        match needed(params, &rule.param) {
            Ok(text) => put(&mut data, &rule.field, text.into()),
            Err(ParameterError::Missing) => {}
            Err(trouble) => warnings.push(format!("{}: it is left out", trouble.in_words(&rule.param))),
        }
    }
    let listed = |name: &str| {
        mapping.fields.iter().any(|rule| rule.param == name)
            || mapping.dedupe.iter().any(|known| known == name)
            || mapping.type_param.as_deref() == Some(name)
    };
    for (name, text) in params.iter().filter(|(name, _)| Some(&**name) != mapping.key_param.as_deref()) {
        if mapping.fields.is_empty() {
            if mapping.constants.contains_key(&**name) || name.is_empty() {
                warnings.push(format!("`{}` is not used", shown(name)));
                continue;
            }
            data.entry(name.as_ref()).or_insert_with(|| text.as_ref().into());
        }
        if !listed(name)
            && let Some(found) = unexpanded(text)
        {
            warnings.push(ParameterError::Macro(found).in_words(name));
        }
    }
    warnings.truncate(MAX_NAMED);
    let event_type = match said.flatten() {
        Some(said) => mapping.types.get(&said).cloned().unwrap_or_else(|| {
            warnings.push(format!(
                "`{}` has the value `{}`, which the mapping does not name: the type is {}",
                mapping.type_param.as_deref().unwrap_or_default(),
                shown(&said),
                mapping.event_type.as_str()
            ));
            mapping.event_type.clone()
        }),
        None => mapping.event_type.clone(),
    };
    let id = id_of(&key.into_iter().flatten().collect::<Vec<_>>(), whole)?;
    let text = |text: &str| Value::from(text).to_string();
    let body = format!(
        "{{\"id\":{},\"event\":{},\"data\":{}}}",
        text(id.as_str()),
        text(event_type.as_str()),
        Value::Object(data)
    );
    Ok(Mapped { id, event_type, body: body.into_bytes(), warnings })
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_MACRO).collect()
}

fn refused(troubles: &[(String, ParameterError)]) -> Refusal {
    let code = troubles.first().map_or("missing_parameter", |(_, trouble)| trouble.code());
    let words: Vec<String> =
        troubles.iter().take(MAX_NAMED).map(|(name, trouble)| trouble.in_words(name)).collect();
    let mut refusal = Refusal::new(
        400,
        code,
        "parameters",
        format!("{}: correct the postback URL at the sender", words.join(", ")),
    );
    refusal.parameters = troubles.iter().take(MAX_NAMED).map(|(name, _)| shown(name)).collect();
    refusal
}

/// The id: the value of the key as it stands where it can be an id, else its digest.
fn id_of(key: &[String], whole: impl FnOnce() -> Vec<u8>) -> Result<EventId, Refusal> {
    let unusable = |_| Refusal::new(400, "bad_event_id", "id", "the postback's key cannot be used as an id");
    if key.is_empty() {
        return sha256_hex(&whole()).parse().map_err(unusable);
    }
    let joined = key.join(":");
    // Values that hold the separator could otherwise stand for two different keys.
    let plain = key.len() == 1 || key.iter().all(|part| !part.contains(':'));
    match joined.parse::<EventId>() {
        Ok(id) if plain => Ok(id),
        Ok(_) | Err(_) => {
            let parts: Vec<String> = key.iter().map(|part| format!("{}:{part}", part.len())).collect();
            sha256_hex(parts.concat().as_bytes()).parse().map_err(unusable)
        }
    }
}

/// Puts a value where dots lead. A mapping that was checked leads through objects only.
fn put(data: &mut Map<String, Value>, field: &str, value: Value) {
    match field.split_once('.') {
        None => {
            data.insert(field.to_owned(), value);
        }
        Some((outer, rest)) => {
            let inner = data.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

/// A query or form with the value of one parameter hidden; every other byte stays as it came.
#[must_use]
pub fn without_key(text: &str, key_param: Option<&str>) -> String {
    let Some(key_param) = key_param else { return text.to_owned() };
    let hide = |pair: &str| match pair.split_once('=') {
        Some((raw, _))
            if form_urlencoded::parse(raw.as_bytes()).next().is_some_and(|(n, _)| n == key_param) =>
        {
            format!("{raw}={MASKED_KEY}")
        }
        Some(_) | None => pair.to_owned(),
    };
    text.split('&').map(hide).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
#[path = "postback_tests.rs"]
mod tests;
