//! What the parser says, in plain words.

use cel::ParseErrors;

use crate::FilterError;

/// How much of the expression an excerpt shows on each side, in characters.
const AROUND: usize = 40;

/// The error that says most, in plain words. Where the parser meets a character that it does not
/// know, what it says of the rest is guesswork.
pub(crate) fn plain(text: &str, errors: &ParseErrors) -> FilterError {
    let unknown = errors.errors.iter().find(|error| error.msg.contains(UNKNOWN));
    let Some(error) = unknown.or(errors.errors.first()) else {
        return FilterError::at(text, 1, 1, "it cannot be read as CEL");
    };
    let place = |n: isize| usize::try_from(n).unwrap_or(1).max(1);
    FilterError::at(text, place(error.pos.0), place(error.pos.1), sentence(&error.msg))
}

const UNKNOWN: &str = "token recognition error at: '";
const END: &str = "<EOF>";

fn sentence(said: &str) -> String {
    let said = said.trim_start_matches("Syntax error: ");
    if let Some(rest) = said.strip_prefix(UNKNOWN) {
        return unknown(rest.strip_suffix('\'').unwrap_or(rest));
    }
    if let Some(missing) = quoted_after(said, "missing ") {
        return if said.ends_with(&format!("at '{END}'")) {
            format!("it ends too early: `{missing}` is missing")
        } else {
            format!("`{missing}` is missing here")
        };
    }
    let found = ["mismatched input ", "extraneous input ", "no viable alternative at input "]
        .into_iter()
        .find_map(|before| quoted_after(said, before));
    match found {
        Some(END) => "it ends too early: a value is missing".to_owned(),
        Some(token) if token.ends_with(END) => "it ends too early".to_owned(),
        Some(token) => misplaced(token),
        None if said.contains("has() macro") => "has(…) takes a field: has(data.country)".to_owned(),
        None if said.contains("_?_:_") => "a choice has two sides: condition ? one : the other".to_owned(),
        None if said.starts_with("Incomplete") => "it is not complete".to_owned(),
        None if said.contains("macro") || said.contains("argument") => {
            "it is called with other arguments than it takes".to_owned()
        }
        None => "it cannot be read as CEL".to_owned(),
    }
}

/// The text in single quotes that follows.
fn quoted_after<'t>(said: &'t str, before: &str) -> Option<&'t str> {
    let rest = said.strip_prefix(before)?.strip_prefix('\'')?;
    let end = rest.find("' expecting").or_else(|| rest.find("' at ")).or_else(|| rest.rfind('\''))?;
    rest.get(..end)
}

/// What no expression may hold.
fn unknown(token: &str) -> String {
    match token.trim_end() {
        "=" => "one `=` compares nothing: write `==`".to_owned(),
        "&" => "one `&` joins nothing: write `&&`".to_owned(),
        "|" => "one `|` joins nothing: write `||`".to_owned(),
        text if text.starts_with(['"', '\'']) => {
            "the text that starts here does not end: its closing quotation mark is missing".to_owned()
        }
        text => format!("`{}` means nothing in a filter", shortened(text)),
    }
}

/// What may stand elsewhere, but not here.
fn misplaced(token: &str) -> String {
    let instead = match token.to_ascii_lowercase().as_str() {
        "and" => "write `&&`",
        "or" => "write `||`",
        "not" => "write `!` before what must not hold",
        "is" | "equals" => "write `==`",
        "contains" | "matches" | "startswith" | "endswith" | "like" => {
            "write it as a call: data.name.contains(\"text\")"
        }
        _ => "is an operator such as `==` or `&&` missing before it?",
    };
    format!("`{}` cannot stand here: {instead}", shortened(token))
}

fn shortened(token: &str) -> String {
    let short: String = token.chars().take(20).collect();
    if short.len() < token.len() { format!("{short}…") } else { short }
}

/// The line with the mistake and, below it, a mark under its place. Long lines are cut.
pub(crate) fn excerpt(text: &str, line: usize, column: usize) -> String {
    let chars: Vec<char> = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().chars().collect();
    let place = column.saturating_sub(1).min(chars.len());
    let (from, to) = (place.saturating_sub(AROUND), (place + AROUND).min(chars.len()));
    let shown = |c: &char| if c.is_control() { ' ' } else { *c };
    let before = if from > 0 { "…" } else { "" };
    let after = if to < chars.len() { "…" } else { "" };
    let part: String = chars.get(from..to).unwrap_or_default().iter().map(shown).collect();
    let indent = " ".repeat(before.chars().count() + place - from);
    format!("  {before}{part}{after}\n  {indent}^")
}

#[cfg(test)]
mod tests {
    use crate::Filter;

    #[test]
    fn mistakes_are_named_in_plain_words_at_their_place() {
        for (text, column, said) in [
            ("data.payout >", 14, "it ends too early: a value is missing"),
            ("(data.x", 8, "it ends too early: `)` is missing"),
            ("data.payout = 5", 13, "one `=` compares nothing: write `==`"),
            ("data.a == 1 & data.b == 2", 13, "one `&` joins nothing: write `&&`"),
            ("data.x > 5 and data.y", 12, "`and` cannot stand here: write `&&`"),
            ("data.x contains \"a\"", 8, "`contains` cannot stand here: write it as a call"),
            ("a b", 3, "`b` cannot stand here: is an operator"),
            ("data.x @ 5", 8, "`@` means nothing in a filter"),
            ("data.a == 'x", 11, "the text that starts here does not end"),
            ("data['x", 6, "the text that starts here does not end"),
            ("has(data)", 0, "has(…) takes a field"),
            ("true ? 1", 0, "a choice has two sides"),
        ] {
            let error = Filter::compile(text).unwrap_err();
            assert!(error.message.starts_with(said), "{text}: {error}");
            assert!(column == 0 || error.column == column, "{text}: {error}");
        }
    }

    #[test]
    fn whatever_is_refused_is_not_told_in_the_parsers_words() {
        for text in [
            "data..x",
            ")",
            "1e",
            "[1",
            "{",
            "{1:}",
            "data.x[",
            "a.b(",
            "'",
            "!",
            "1 +",
            "==",
            "?",
            ":",
            ",",
            "data.",
            ".",
            "..",
            "a ? b",
            "in",
            "x in",
            "\"\\q\"",
            "b'",
            "data.x > 5 5",
            "\u{0}",
            "has()",
            "data.all(x)",
            "size(",
            "0x",
            "1..2",
            "true false",
            "data.x == \"a\" \"b\"",
        ] {
            let Err(error) = Filter::compile(text) else { continue };
            for raw in ["EOF", "expecting", "token", "input '", "Incomplete", "NUM_", "IDENTIFIER", "Expr"] {
                assert!(!error.message.contains(raw), "{text}: {error}");
            }
        }
    }

    #[test]
    fn an_excerpt_marks_the_place_also_in_long_and_many_lines() {
        let error = Filter::compile("data.a == 1 &&\n  data.country = 'DE'").unwrap_err();
        assert_eq!(error.excerpt, "    data.country = 'DE'\n                 ^");
        let long = format!("data.a == 1 && {}data.b = 2", "data.c == 3 && ".repeat(20));
        let error = Filter::compile(&long).unwrap_err();
        let (line, mark) = error.excerpt.split_once('\n').unwrap();
        let place = mark.chars().position(|c| c == '^').unwrap();
        assert_eq!(line.chars().nth(place), Some('='), "{}", error.excerpt);
        assert!(line.chars().count() < 90 && line.starts_with("  …"));
    }
}
