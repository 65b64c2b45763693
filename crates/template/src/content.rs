//! The type of a rendered body: guessed from its template, and what it asks of the text. A value
//! that is printed is written as the type needs it, so that no value can break out of its place.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind, Output};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::TemplateError;
use crate::budget::charge;
use crate::filters::json_text;

/// The type of JSON bodies.
pub const JSON: &str = "application/json";
/// The type of forms.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// All but the unreserved characters of RFC 3986.
pub(crate) const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a type writes values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writing {
    Json,
    Form,
    Markup,
    Plain,
}

impl Writing {
    pub(crate) fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "application/json" => Self::Json,
            FORM => Self::Form,
            "text/html" | "text/xml" | "application/xml" => Self::Markup,
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+xml") => Self::Markup,
            _ => Self::Plain,
        }
    }

    /// Writes a printed value.
    pub(crate) fn print(self, out: &mut Output<'_>, value: &Value) -> Result<(), Error> {
        if value.is_undefined() {
            return Err(Error::from(ErrorKind::UndefinedError));
        }
        if value.is_none() && self != Self::Json {
            return Err(Error::new(ErrorKind::UndefinedError, "it is null"));
        }
        let text = if matches!(value.kind(), ValueKind::String) { value.as_str() } else { None };
        let written = match (text, self) {
            (Some(text), _) if value.is_safe() => text.to_owned(),
            (Some(text), Self::Json) => {
                charge(text.len())?;
                let quoted = serde_json::Value::from(text).to_string();
                quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
            }
            (Some(text), Self::Form) => {
                charge(text.len())?;
                utf8_percent_encode(text, ENCODED).to_string()
            }
            (Some(text), Self::Markup) => {
                charge(text.len())?;
                markup(text)
            }
            (Some(text), Self::Plain) => text.to_owned(),
            (None, Self::Plain | Self::Json) => json_text(value, None)?,
            (None, Self::Form) => utf8_percent_encode(&json_text(value, None)?, ENCODED).to_string(),
            (None, Self::Markup) => markup(&json_text(value, None)?),
        };
        charge(written.len())?;
        Ok(out.write_str(&written)?)
    }

    /// Whether the finished text is of its type: nothing else is ever sent under it.
    pub(crate) fn check(self, content_type: &str, text: &str) -> Result<(), TemplateError> {
        match self {
            Self::Json => match serde_json::from_str::<serde::de::IgnoredAny>(text) {
                Ok(_) => Ok(()),
                Err(error) => {
                    let around: String = text
                        .lines()
                        .nth(error.line().saturating_sub(1))
                        .unwrap_or_default()
                        .chars()
                        .skip(error.column().saturating_sub(20))
                        .take(40)
                        .collect();
                    Err(TemplateError::whole(format!(
                        "what the template renders is no JSON ({error}, near `{}`), but its content type is \
                         {content_type}: put quotes around a text, or print it with | tojson",
                        around.trim()
                    )))
                }
            },
            Self::Form => match text.char_indices().find(|(_, c)| !c.is_ascii_graphic()) {
                None => Ok(()),
                Some((at, c)) => {
                    let before =
                        text.get(..at).unwrap_or_default().chars().rev().take(20).collect::<String>();
                    let near: String = before.chars().rev().collect();
                    Err(TemplateError::whole(format!(
                        "what the template renders is no form: `{}` after `{near}` must be percent-encoded; write \
                         name=value pairs with & between them on one line",
                        c.escape_debug()
                    )))
                }
            },
            Self::Markup | Self::Plain => Ok(()),
        }
    }
}

fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Markup cannot hold it, written in any way.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Checks what is to be sent as `Content-Type`.
///
/// # Errors
/// [`TemplateError`] when it is no media type.
pub fn check_content_type(text: &str) -> Result<(), TemplateError> {
    let token = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let typed = essence.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub));
    if typed && text.len() <= 200 && text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        Ok(())
    } else {
        Err(TemplateError::whole(format!("not a media type: write {JSON}, {FORM} or the like")))
    }
}

/// The type that a template's text looks like: JSON, a form, markup or plain text.
#[must_use]
pub fn content_type_of(template: &str) -> &'static str {
    let text = without_tags(template);
    let text = text.trim();
    if text.starts_with(['{', '[']) {
        JSON
    } else if text == "\u{1}" {
        // Nothing but one printed value.
        if template.contains("tojson") { JSON } else { "text/plain; charset=utf-8" }
    } else if text.starts_with('<') {
        "application/xml"
    } else if is_form(text) {
        FORM
    } else {
        "text/plain; charset=utf-8"
    }
}

/// `name=value` pairs with `&` between them, where a printed value stands for anything.
fn is_form(text: &str) -> bool {
    let one_line = !text.contains(char::is_whitespace);
    let first = text.split('&').next().unwrap_or_default();
    one_line
        && first.split_once('=').is_some_and(|(name, _)| !name.is_empty() && !name.contains(['<', '"', ':']))
}

/// The text without what only controls it, with one character for each printed value.
fn without_tags(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        text.push_str(&rest[..at]);
        let tag = &rest[at..];
        let (end, stands_for) = match tag.as_bytes().get(1) {
            Some(b'{') => ("}}", "\u{1}"),
            Some(b'%') => ("%}", ""),
            Some(b'#') => ("#}", ""),
            _ => {
                text.push('{');
                rest = &tag[1..];
                continue;
            }
        };
        text.push_str(stands_for);
        rest = tag.find(end).map_or("", |at| &tag[at + 2..]);
    }
    text.push_str(rest);
    text
}
