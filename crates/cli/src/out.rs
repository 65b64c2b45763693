//! Where everything printed goes: data to stdout, messages to stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;
use serde_json::json;

use crate::exit::{Failure, Stop};
use crate::words::safe;

/// Green: it worked.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Yellow: it will be tried again.
pub(crate) const WAIT: Style = AnsiColor::Yellow.on_default();
/// Red: it failed.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
/// Faint: of less interest.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// Bold: a heading.
pub(crate) const STRONG: Style = Style::new().bold();
/// As it is.
pub(crate) const PLAIN: Style = Style::new();

/// How to print.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    /// Data as JSON.
    pub(crate) json: bool,
    /// No messages but errors.
    pub(crate) quiet: bool,
}

impl Out {
    /// Prints one JSON document.
    ///
    /// # Errors
    /// [`Stop::Closed`] when nobody reads any more.
    pub(crate) fn document(self, value: &impl Serialize) -> Result<(), Stop> {
        let mut stdout = std::io::stdout().lock();
        let text = if stdout.is_terminal() {
            serde_json::to_string_pretty(value)
        } else {
            serde_json::to_string(value)
        };
        writeln!(stdout, "{}", text?)?;
        Ok(stdout.flush()?)
    }

    /// Prints one line of a JSON stream, at once.
    ///
    /// # Errors
    /// As [`Out::document`].
    pub(crate) fn stream(self, value: &impl Serialize) -> Result<(), Stop> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&line)?;
        Ok(stdout.flush()?)
    }

    /// Prints a line for people; colours are left out where they are not wanted.
    ///
    /// # Errors
    /// As [`Out::document`].
    pub(crate) fn line(self, text: impl Display) -> Result<(), Stop> {
        let mut stdout = anstream::stdout().lock();
        writeln!(stdout, "{text}")?;
        Ok(stdout.flush()?)
    }

    /// Prints an aligned `name  value` line.
    ///
    /// # Errors
    /// As [`Out::document`].
    pub(crate) fn field(self, name: &str, value: impl Display) -> Result<(), Stop> {
        let value = safe(&value.to_string());
        self.line(format_args!("{FAINT}{name:<14}{FAINT:#} {value}"))
    }

    /// Says something on stderr, unless quiet.
    pub(crate) fn note(self, text: impl Display) {
        if !self.quiet {
            say("note", FAINT, &text.to_string());
        }
    }

    /// Warns on stderr, unless quiet.
    pub(crate) fn warn(self, text: impl Display) {
        if !self.quiet {
            say("warning", WAIT, &text.to_string());
        }
    }

    /// Says on stderr what went wrong: one line of JSON, or a sentence and what to do.
    pub(crate) fn error(self, failure: &Failure) {
        if self.json {
            let line = serde_json::to_string(failure).unwrap_or_else(|_| {
                json!({ "code": failure.code, "message": "unprintable", "hint": null }).to_string()
            });
            // There is nowhere left to complain about a closed stderr.
            let _ = writeln!(std::io::stderr().lock(), "{line}");
            return;
        }
        say("error", BAD, &failure.message);
        for line in failure.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            let _ = writeln!(anstream::stderr().lock(), "{}", safe(line));
        }
        if let Some(hint) = &failure.hint {
            say("hint", STRONG, hint);
        }
    }
}

fn say(word: &str, style: Style, text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{style}{word}:{style:#} {}", safe(text));
}
