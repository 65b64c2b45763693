//! What a delivery sends: the event as it is, what a template renders of it, or a URL whose macros
//! it fills. Pure.
//!
//! A template is [MiniJinja](https://docs.rs/minijinja) over one event, in a sandbox: it loads
//! nothing, and what it may cost is bounded, before it is kept ([`Template::compile`]) and while it
//! runs ([`Template::render`]). A value that the event lacks is named, never left out.

mod budget;
mod check;
mod content;
mod filters;
mod input;
mod postback;
mod presets;
mod template;

pub use content::{FORM, JSON, check_content_type, content_type_of};
pub use filters::FILTERS;
pub use input::{EventInput, Field};
pub use postback::{MAX_EXPANDED_CHARS, PostbackUrl};
pub use presets::{PRESETS, Preset, preset};
pub use template::{MAX_OUTPUT_BYTES, MAX_TEMPLATE_BYTES, Template};

/// What is wrong with a template or a URL, or why it cannot be filled from an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", place(*.line, *.column))]
pub struct TemplateError {
    /// Counted from 1; 0 for a URL, or where the whole is meant.
    pub line: usize,
    /// Counted from 1, in characters; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong there, and what to do.
    pub message: String,
}

impl TemplateError {
    fn whole(message: impl Into<String>) -> Self {
        Self { line: 0, column: 0, message: message.into() }
    }
}

fn place(line: usize, column: usize) -> String {
    match (line, column) {
        (0, 0) => String::new(),
        (0, column) => format!("character {column}: "),
        (line, 0) => format!("line {line}: "),
        (line, column) => format!("line {line}, column {column}: "),
    }
}
