//! Postbacks: a URL with macros that are filled from an event, percent-encoded.

use hookbench_bounds::{Raw, RawKind};
use percent_encoding::utf8_percent_encode;
use url::Url;

use crate::TemplateError;
use crate::content::ENCODED;
use crate::input::{EventInput, data_of, is_name};

/// The longest URL that macros expand to, in characters.
pub const MAX_EXPANDED_CHARS: usize = 8192;

/// Why a macro is refused that stands before the path.
const CHOOSES: &str = "a macro cannot choose scheme, user, host or port: put it into the path or the query";

/// A URL with macros, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostbackUrl {
    parts: Vec<Part>,
    /// Whom it reaches, whatever the macros become.
    origin: Origin,
}

/// What decides whom a URL reaches, as a browser would read it: backslashes count as slashes,
/// missing and surplus slashes and line ends are passed over. So only a parsed URL can say.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    host: Option<String>,
    port: Option<u16>,
    user: (String, Option<String>),
}

impl Origin {
    fn of(url: &Url) -> Self {
        Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str().map(str::to_owned),
            port: url.port_or_known_default(),
            user: (url.username().to_owned(), url.password().map(str::to_owned)),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Macro(String),
}

impl PostbackUrl {
    /// Reads a URL with macros: `{id}`, `{event}`, `{createdAt}`, `{brandId}`, `{field}` and
    /// `{data.field}` in path and query.
    ///
    /// # Errors
    /// [`TemplateError`] names the place of a brace that is not part of a macro, and of a macro where
    /// none may stand.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let at = |offset: usize, message: String| TemplateError {
            line: 0,
            column: text.get(..offset).unwrap_or_default().chars().count() + 1,
            message,
        };
        let authority = text.find("://").map_or(0, |at| at + 3);
        let path = text[authority..].find(['/', '?', '#']).map_or(text.len(), |at| authority + at);
        if let Some(offset) = text[..path].find(['{', '}']) {
            return Err(at(offset, CHOOSES.to_owned()));
        }
        let (mut parts, mut macros, mut offset) = (Vec::new(), Vec::new(), 0);
        while let Some(found) = text[offset..].find(['{', '}']) {
            let brace = offset + found;
            if text[brace..].starts_with('}') {
                return Err(at(brace, "`}` without `{` before it: write %7D for the character".to_owned()));
            }
            let Some(length) = text[brace..].find('}') else {
                return Err(at(
                    brace,
                    "`{` is not closed: write {name}, or %7B for the character".to_owned(),
                ));
            };
            let name = &text[brace + 1..brace + length];
            check_name(name).map_err(|why| at(brace, why))?;
            if brace > offset {
                parts.push(Part::Text(text[offset..brace].to_owned()));
            }
            macros.push((parts.len(), brace));
            parts.push(Part::Macro(name.to_owned()));
            offset = brace + length + 1;
        }
        if offset < text.len() {
            parts.push(Part::Text(text[offset..].to_owned()));
        }
        let origin = fixed_origin(&parts, &macros).map_err(|offset| match offset {
            Some(offset) => at(offset, CHOOSES.to_owned()),
            None => at(0, "not a URL: write it in full, like https://example.com/postback".to_owned()),
        })?;
        Ok(Self { parts, origin })
    }

    /// The macros, each once, in their order.
    #[must_use]
    pub fn macros(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for part in &self.parts {
            if let Part::Macro(name) = part
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }

    /// The URL for an event.
    ///
    /// # Errors
    /// [`TemplateError`] names every macro that the event has no value for. Then there is no URL.
    pub fn expand(&self, event: &EventInput<'_>) -> Result<Url, TemplateError> {
        let missing: Vec<String> = self
            .macros()
            .into_iter()
            .filter_map(|name| Some(format!("`{{{name}}}` ({})", look_up(event, name).err()?)))
            .collect();
        if !missing.is_empty() {
            return Err(TemplateError::whole(format!("the event has no value for {}", missing.join(", "))));
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::Macro(name) => {
                    let value = look_up(event, name).unwrap_or_default();
                    text.extend(utf8_percent_encode(&value, ENCODED));
                }
            }
        }
        if text.chars().count() > MAX_EXPANDED_CHARS {
            return Err(TemplateError::whole(format!(
                "the URL becomes longer than {MAX_EXPANDED_CHARS} characters"
            )));
        }
        self.keeps_its_path(event)?;
        let url = Url::parse(&text)
            .map_err(|error| TemplateError::whole(format!("the URL cannot be used: {error}")))?;
        if Origin::of(&url) != self.origin {
            let why = "the values would change scheme, user, host or port of the URL: it goes to the one that was saved only";
            return Err(TemplateError::whole(why));
        }
        Ok(url)
    }

    /// A value that makes `..` of a part of the path would lead elsewhere, encoded or not.
    fn keeps_its_path(&self, event: &EventInput<'_>) -> Result<(), TemplateError> {
        let (mut segment, mut filled_by) = (String::new(), None);
        let dots =
            |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
        let refuse = |name: &str| {
            let why = format!("the value of `{{{name}}}` is dots, which would change the path of the URL");
            Err(TemplateError::whole(why))
        };
        let mut done = false;
        for part in &self.parts {
            match part {
                Part::Text(fixed) => {
                    for c in fixed.chars() {
                        if matches!(c, '/' | '\\' | '?' | '#') {
                            if let Some(name) = filled_by.filter(|_| dots(&segment)) {
                                return refuse(name);
                            }
                            (segment, filled_by) = (String::new(), None);
                            done |= matches!(c, '?' | '#');
                        } else {
                            segment.push(c);
                        }
                        if done {
                            return Ok(());
                        }
                    }
                }
                Part::Macro(name) => {
                    segment.push_str(&look_up(event, name).unwrap_or_default());
                    filled_by = Some(name.as_str());
                }
            }
        }
        match filled_by.filter(|_| dots(&segment)) {
            Some(name) => refuse(name),
            None => Ok(()),
        }
    }
}

/// The origin that the URL has whatever its macros become. `macros` are their places among the
/// parts, each with its offset in the text.
///
/// # Errors
/// The offset of the first macro that the origin depends on; `None` where there is no URL at all.
fn fixed_origin(parts: &[Part], macros: &[(usize, usize)]) -> Result<Origin, Option<usize>> {
    let filled = |value: &dyn Fn(usize) -> &'static str| -> Option<Origin> {
        let text: String = (parts.iter().enumerate())
            .map(|(index, part)| match part {
                Part::Text(fixed) => fixed.as_str(),
                Part::Macro(_) => value(index),
            })
            .collect();
        Url::parse(&text).ok().map(|url| Origin::of(&url))
    };
    // Digits, which may stand in every part of a URL; of two lengths, so that no port, number or
    // name is the same with both.
    let one = filled(&|_| "1").ok_or(macros.first().filter(|_| filled(&|_| "a").is_some()).map(|m| m.1))?;
    if filled(&|_| "22").as_ref() == Some(&one) {
        return Ok(one);
    }
    let chooses = |(place, _): &&(usize, usize)| {
        filled(&|index| if index == *place { "22" } else { "1" }).as_ref() != Some(&one)
    };
    Err(macros.iter().find(chooses).or(macros.first()).map(|(_, offset)| *offset))
}

fn check_name(name: &str) -> Result<(), String> {
    let shown: String = name.chars().take(40).collect();
    let parts: Vec<&str> = name.split('.').collect();
    let named = parts.iter().all(|part| is_name(part) || part.split('-').all(is_name));
    if !named {
        return Err(format!(
            "`{{{}}}` is no macro: write {{id}}, {{event}}, {{createdAt}}, {{brandId}}, {{field}} or {{data.field}}; \
             %7B and %7D for the characters",
            shown.escape_debug()
        ));
    }
    if parts.len() > 1 && parts.first() != Some(&"data") {
        return Err(format!(
            "`{{{shown}}}` is no macro: fields within fields begin with data, as in {{data.order.id}}"
        ));
    }
    Ok(())
}

/// The text that a macro stands for; else why there is none. Of the names of the event's own parts
/// these come first, then the fields of the body, then those of its `data`.
fn look_up(event: &EventInput<'_>, name: &str) -> Result<String, String> {
    match name {
        "id" => return Ok(event.id.to_owned()),
        "event" => return Ok(event.event.to_owned()),
        "createdAt" => return Ok(event.created_at.to_owned()),
        "brandId" if event.brand.is_some() => return Ok(event.brand.unwrap_or_default().to_owned()),
        _ => {}
    }
    let body = event.root().ok_or("the body is not JSON")?;
    if body.kind() != RawKind::Object {
        return Err("the body is no object".to_owned());
    }
    let (start, path) = match name.strip_prefix("data.") {
        Some(path) => (data_of(body), path),
        None => (if body.field(name).is_some() { body } else { data_of(body) }, name),
    };
    let mut here = start;
    for step in path.split('.') {
        here = inside(here, step).ok_or("it is not there")?;
    }
    single(here)
}

fn inside<'a>(value: Raw<'a>, step: &str) -> Option<Raw<'a>> {
    match value.kind() {
        RawKind::Array => value.items().nth(step.parse::<usize>().ok()?),
        RawKind::Object | RawKind::Text | RawKind::Plain => value.field(step),
    }
}

/// A single value as text: numbers as they are spelled.
fn single(value: Raw<'_>) -> Result<String, String> {
    match value.kind() {
        RawKind::Text => serde_json::from_str(value.as_str()).map_err(|_| "it cannot be read".to_owned()),
        RawKind::Plain if value.as_str() == "null" => Err("it is null".to_owned()),
        RawKind::Plain => Ok(value.as_str().to_owned()),
        RawKind::Object => Err("it is an object: name one of its fields".to_owned()),
        RawKind::Array => Err("it is a list: name one of its items, as in {data.items.0}".to_owned()),
    }
}
