//! Quoting text from elsewhere: never all of it.

use std::borrow::Cow;

/// How much of a text from elsewhere an error, an explanation or a log line quotes, in characters.
pub const MAX_QUOTED_CHARS: usize = 200;

/// A text as an error may quote it: its first [`MAX_QUOTED_CHARS`] characters, and `…` where it
/// goes on.
#[must_use]
pub fn shortened(text: &str) -> Cow<'_, str> {
    shortened_to(text, MAX_QUOTED_CHARS)
}

/// The first `most` characters of a text, and `…` where it goes on.
#[must_use]
pub fn shortened_to(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_quoted_in_part_and_never_within_a_character() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"é".repeat(MAX_QUOTED_CHARS)), "é".repeat(MAX_QUOTED_CHARS));
        let long = shortened_to("äöüß", 3).into_owned();
        assert_eq!(long, "äöü…");
        assert_eq!(shortened(&"x".repeat(1_000_000)).chars().count(), MAX_QUOTED_CHARS + 1);
    }
}
