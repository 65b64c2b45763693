//! Where everything printed goes: data to stdout, messages to stderr. Everything is made visible
//! here; what a terminal obeys are our own colours and nothing else.

use std::fmt::{self, Display};
use std::io::{IsTerminal, Write};

use anstyle::AnsiColor;
use serde::Serialize;
use serde_json::json;

use crate::exit::{Failure, Stop};
use crate::output::visible::{visible, visible_json};

/// Green: it worked.
pub(crate) const GOOD: Style = Style(Some('\u{fdd0}'));
/// Yellow: it will be tried again.
pub(crate) const WAIT: Style = Style(Some('\u{fdd1}'));
/// Red: it failed.
pub(crate) const BAD: Style = Style(Some('\u{fdd2}'));
/// Faint: of less interest.
pub(crate) const FAINT: Style = Style(Some('\u{fdd3}'));
/// Bold: a heading.
pub(crate) const STRONG: Style = Style(Some('\u{fdd4}'));
/// As it is.
pub(crate) const PLAIN: Style = Style(None);
/// Where a style ends.
const END: char = '\u{fdd5}';

/// How text looks: `{STYLE}text{STYLE:#}`. It stands in a text as a mark, a code point that is no
/// character, and becomes a colour only once everything else was made visible. So no text brings
/// its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Style(Option<char>);

impl Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => Ok(()),
            Some(_) if f.alternate() => write!(f, "{END}"),
            Some(mark) => write!(f, "{mark}"),
        }
    }
}

/// Makes a text visible, then turns the marks of styles into colours.
fn paint(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| style_of(c).is_some()) {
        let (before, marked) = rest.split_at(at);
        out.push_str(&visible(before));
        let mut marked = marked.chars();
        out.push_str(&marked.next().and_then(style_of).unwrap_or_default());
        rest = marked.as_str();
    }
    out.push_str(&visible(rest));
    out
}

/// What a terminal is told for a mark.
fn style_of(mark: char) -> Option<String> {
    let style = match Style(Some(mark)) {
        GOOD => AnsiColor::Green.on_default(),
        WAIT => AnsiColor::Yellow.on_default(),
        BAD => AnsiColor::Red.on_default(),
        FAINT => anstyle::Style::new().dimmed(),
        STRONG => anstyle::Style::new().bold(),
        Style(_) if mark == END => return Some(anstyle::Reset.render().to_string()),
        Style(_) => return None,
    };
    Some(style.render().to_string())
}

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
        writeln!(stdout, "{}", visible_json(&text?))?;
        Ok(stdout.flush()?)
    }

    /// Prints one line of a JSON stream, at once.
    ///
    /// # Errors
    /// As [`Out::document`].
    pub(crate) fn stream(self, value: &impl Serialize) -> Result<(), Stop> {
        let mut line = visible_json(&serde_json::to_string(value)?);
        line.push('\n');
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(line.as_bytes())?;
        Ok(stdout.flush()?)
    }

    /// Prints a line for people; colours are left out where they are not wanted.
    ///
    /// # Errors
    /// As [`Out::document`].
    pub(crate) fn line(self, text: impl Display) -> Result<(), Stop> {
        let mut stdout = anstream::stdout().lock();
        writeln!(stdout, "{}", paint(&text.to_string()))?;
        Ok(stdout.flush()?)
    }

    /// Prints an aligned `name  value` line.
    ///
    /// # Errors
    /// As [`Out::document`].
    pub(crate) fn field(self, name: &str, value: impl Display) -> Result<(), Stop> {
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

    /// Warns on stderr of what is unsafe, quiet or not.
    pub(crate) fn alarm(self, text: impl Display) {
        say("warning", WAIT, &text.to_string());
    }

    /// Says on stderr what went wrong: one line of JSON, or a sentence and what to do.
    pub(crate) fn error(self, failure: &Failure) {
        if self.json {
            let line = serde_json::to_string(failure).unwrap_or_else(|_| {
                json!({ "code": failure.code, "message": "unprintable", "hint": null }).to_string()
            });
            // There is nowhere left to complain about a closed stderr.
            let _ = writeln!(std::io::stderr().lock(), "{}", visible_json(&line));
            return;
        }
        say("error", BAD, &failure.message);
        for line in failure.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            let _ = writeln!(anstream::stderr().lock(), "{}", visible(line));
        }
        if let Some(hint) = &failure.hint {
            say("hint", STRONG, hint);
        }
    }
}

fn say(word: &str, style: Style, text: &str) {
    let line = paint(&format!("{style}{word}:{style:#} {}", visible(text)));
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_styles_reach_a_terminal() {
        let text = format!("{GOOD}✓{GOOD:#} {PLAIN}{}{PLAIN:#}", "\u{1b}[31mred\u{1b}[0m \u{9b}8m");
        assert_eq!(paint(&text), "\u{1b}[32m✓\u{1b}[0m \\u001b[31mred\\u001b[0m \\u009b8m");
        assert_eq!(paint(&format!("{FAINT}{:<4}{FAINT:#}|", "a")), "\u{1b}[2ma   \u{1b}[0m|");
        assert_eq!(paint("plain\ntext"), "plain\ntext");
    }
}
