//! Text as a terminal shows it: what the terminal would obey instead is written out, and so is what
//! would turn the reading direction, so that nobody's text passes for something else.

use std::fmt::Write as _;

/// What is never sent to a terminal as it is: control characters but line end and tab, bidirectional
/// controls, separators of lines and paragraphs, and the marks of [`crate::output::out::Style`].
fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{fdd0}'..='\u{fdef}' => true,
        c => c.is_control(),
    }
}

/// The text with what is hidden in it written as `\u202e`.
#[must_use]
pub(crate) fn visible(text: &str) -> String {
    replaced(text, is_hidden)
}

/// A JSON text that means the same, with what is hidden in its strings escaped. JSON itself escapes
/// what is below U+0020; the rest is the terminal's trouble.
#[must_use]
pub(crate) fn visible_json(json: &str) -> String {
    // Between its strings JSON has only line ends and spaces.
    replaced(json, |c| is_hidden(c) && !c.is_ascii_whitespace())
}

pub(crate) fn replaced(text: &str, hidden: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing into text does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Writes to what is behind it, with everything made visible. Each write is taken for whole text.
pub(crate) struct Visible<W>(pub(crate) W);

impl<W: std::io::Write> std::io::Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write_all(visible(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Every character that steers a terminal or turns the reading direction.
    fn steering() -> impl Iterator<Item = char> {
        ('\0'..='\u{9f}').filter(|c| c.is_control() && !matches!(c, '\n' | '\t')).chain([
            '\u{61c}', '\u{200e}', '\u{200f}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202b}', '\u{202c}',
            '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{fdd0}', '\u{fdef}',
        ])
    }

    #[test]
    fn what_steers_a_terminal_is_written_out_and_the_rest_stays() {
        assert_eq!(visible("a\u{1b}[2Jb\u{7}\n\tc"), "a\\u001b[2Jb\\u0007\n\tc");
        assert_eq!(visible("\u{9b}31m \u{202e}gpj.exe"), "\\u009b31m \\u202egpj.exe");
        assert_eq!(visible("Zoë 北京 👩‍💻 ✓"), "Zoë 北京 👩‍💻 ✓");
        for c in steering() {
            let shown = visible(&format!("a{c}b"));
            assert_eq!(shown, format!("a\\u{:04x}b", u32::from(c)));
        }
    }

    #[test]
    fn json_means_the_same_and_holds_nothing_that_steers() {
        let text: String = steering().chain("\n\t\"\\ é".chars()).collect();
        let value = serde_json::json!({ "a": text, "b": [1, text] });
        for json in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let shown = visible_json(&json);
            assert!(!shown.chars().any(is_hidden), "{shown}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }
    }

    #[test]
    fn a_writer_makes_visible_what_goes_through() {
        let mut out = Visible(Vec::new());
        out.write_all("warn: \u{9d}0;title\n".as_bytes()).unwrap();
        assert_eq!(out.0, b"warn: \\u009d0;title\n");
    }
}
