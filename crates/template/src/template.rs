//! Templates: compiled once, rendered for each attempt.

use std::fmt;

use hookbench_bounds::{Document, MAX_DEPTH, Unread, shortened};
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use crate::content::{Writing, content_type_of};
use crate::input::{EventInput, value};
use crate::{TemplateError, budget, check, filters};

/// The longest template, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 64 * 1024;
/// The longest body that a template renders, in bytes: what an event may have.
pub const MAX_OUTPUT_BYTES: usize = 1024 * 1024;
/// The most steps of one rendering.
const MOST_FUEL: u64 = 100_000;
/// The fewest, and the most times the bytes of the event, of a template whose steps look at one
/// value each, and of one with steps that may look at all of the event: so that one rendering ends
/// within some 100 ms.
const FUEL: [(u64, u64); 2] = [(10_000, 1 << 34), (500, 1 << 27)];
/// The parser goes down once for each bracket; it gets a stack of its own, in bytes.
const PARSER_STACK: usize = 16 * 1024 * 1024;
/// The name that the engine knows a template by.
const NAME: &str = "template";

/// A template, compiled. Two are equal if they are written alike and for the same type.
pub struct Template {
    text: String,
    content_type: String,
    writing: Writing,
    /// Whether some of its steps may look at all of the event.
    searches: bool,
    env: Environment<'static>,
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template")
            .field("text", &self.text)
            .field("content_type", &self.content_type)
            .finish()
    }
}

impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, &self.content_type) == (&other.text, &other.content_type)
    }
}

impl Template {
    /// Compiles a template. Without a content type it gets the one that its text looks like.
    ///
    /// # Errors
    /// [`TemplateError`] names the place of what is wrong: the syntax, a name that does not exist, or
    /// more than an event may cost.
    pub fn compile(text: &str, content_type: Option<&str>) -> Result<Self, TemplateError> {
        if text.trim().is_empty() {
            return Err(TemplateError::whole(
                "it is empty: write what is to be sent, or leave the template out",
            ));
        }
        if text.len() > MAX_TEMPLATE_BYTES {
            return Err(TemplateError::whole("it is longer than 64 KiB"));
        }
        check::depth(text)?;
        let content_type = content_type.unwrap_or_else(|| content_type_of(text)).to_owned();
        let (text, writing) = (text.to_owned(), Writing::of(&content_type));
        let compiling = std::thread::Builder::new().stack_size(PARSER_STACK).spawn(move || {
            let searches = check::template(&text)?;
            let env = environment(&text, writing)?;
            Ok(Self { text, content_type, writing, searches, env })
        });
        let unreadable = || TemplateError::whole("it cannot be read as a template");
        compiling.map_err(|_| unreadable())?.join().map_err(|_| unreadable())?
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it is sent as.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// Renders it for an event.
    ///
    /// # Errors
    /// [`TemplateError`] names the value that the event lacks, what cannot be done with one, or why
    /// what came out is not what its content type says. Then there is no body.
    pub fn render(&self, event: &EventInput<'_>) -> Result<String, TemplateError> {
        budget::begin();
        let payload = match Document::read(event.body) {
            Ok(document) => value(&document),
            Err(Unread::NotJson(_)) => Value::UNDEFINED,
            Err(Unread::TooDeep) => {
                return Err(TemplateError::whole(format!(
                    "the event is nested deeper than {MAX_DEPTH} levels, and a template reads none that is: \
                     clear the template to send the event as it is"
                )));
            }
        };
        let data = match payload.get_attr("data") {
            Ok(data) if !data.is_undefined() => data,
            Ok(_) | Err(_) if matches!(payload.kind(), minijinja::value::ValueKind::Map) => payload.clone(),
            Ok(_) | Err(_) => Value::UNDEFINED,
        };
        let context = Value::from_pairs([
            ("id", Value::from(event.id)),
            ("event", Value::from(event.event)),
            ("createdAt", Value::from(event.created_at)),
            ("brandId", event.brand.map_or(Value::UNDEFINED, Value::from)),
            ("data", data),
            ("payload", payload),
        ]);
        let bytes = u64::try_from(event.body.len()).unwrap_or(u64::MAX).max(1);
        let (fewest, times_bytes) = FUEL[usize::from(self.searches)];
        let fuel = (times_bytes / bytes).clamp(fewest, MOST_FUEL);
        let mut env = self.env.clone();
        env.set_fuel(Some(fuel));
        let mut out = Bounded(String::new());
        let rendered = env
            .get_template(NAME)
            .and_then(|template| template.render_captured_to(context, &mut out).map(drop));
        match rendered {
            Ok(_) => {}
            Err(_) if out.0.len() > MAX_OUTPUT_BYTES => {
                return Err(TemplateError::whole("what the template renders is larger than 1 MiB"));
            }
            Err(error) => return Err(in_words(&error, &self.text)),
        }
        self.writing.check(&self.content_type, &out.0)?;
        Ok(out.0)
    }
}

fn environment(text: &str, writing: Writing) -> Result<Environment<'static>, TemplateError> {
    let mut env = Environment::empty();
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_recursion_limit(64);
    env.set_debug(true);
    filters::give(&mut env);
    env.set_formatter(move |out, _state, value| writing.print(out, value));
    env.add_template_owned(NAME, text.to_owned()).map_err(|error| in_words(&error, text))?;
    Ok(env)
}

/// Text that ends where it is too long.
struct Bounded(String);

impl std::io::Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> std::io::Result<usize> {
        let text = std::str::from_utf8(piece).map_err(std::io::Error::other)?;
        self.0.push_str(text);
        if self.0.len() > MAX_OUTPUT_BYTES {
            return Err(std::io::Error::other("too long"));
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What went wrong, without the values it went wrong with.
fn in_words(error: &Error, text: &str) -> TemplateError {
    let line = error.line().unwrap_or(0);
    let range = error.range();
    let expression = range.clone().and_then(|range| expression(text, range));
    let column = range.map_or(0, |range| {
        text.get(..range.start).unwrap_or_default().chars().rev().take_while(|c| *c != '\n').count() + 1
    });
    let detail = error.detail().unwrap_or_default();
    #[expect(clippy::wildcard_enum_match_arm, reason = "the enum is open; the others speak for themselves")]
    let message = match error.kind() {
        ErrorKind::UndefinedError => {
            let named = detail.split('`').nth(1).map(str::to_owned).or(expression);
            let named = named.unwrap_or_else(|| "what it asks for".to_owned());
            let what = if detail.contains("null") { "is null" } else { "is not there" };
            format!(
                "the event has no value for `{named}`: it {what}; say what to send then with | default(…), or ask with if … is defined"
            )
        }
        ErrorKind::OutOfFuel if detail.is_empty() => {
            "it takes too many steps for this event: go through fewer items".to_owned()
        }
        _ if detail.is_empty() => error.kind().to_string(),
        _ => shortened(detail).into_owned(),
    };
    TemplateError { line, column, message }
}

/// The expression at fault: for a filter, what it was given.
fn expression(text: &str, range: std::ops::Range<usize>) -> Option<String> {
    let before = text.get(..range.start)?.trim_end();
    let found = match before.strip_suffix('|') {
        Some(given) => {
            let given = given.trim_end();
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '\'' | '"');
            given.get(given.trim_end_matches(part).len()..)?
        }
        None => {
            text.get(range)?.trim_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '%' | '-'))
        }
    };
    let found: String = found.split('|').next().unwrap_or(found).trim().chars().take(80).collect();
    Some(found).filter(|found| !found.is_empty())
}
