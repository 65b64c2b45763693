//! Files and stdin.

use std::io::Read;
use std::path::Path;

use serde::de::DeserializeOwned;

use crate::exit::{Exit, Stop};

/// Whether this names stdin.
#[must_use]
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a file to its end, or stdin for `-`.
///
/// # Errors
/// Names what cannot be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    if is_stdin(path) {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| unreadable("stdin", &error))?;
        return Ok(bytes);
    }
    std::fs::read(path).map_err(|error| unreadable(&path.display().to_string(), &error))
}

/// Reads a file to its end as text, or stdin for `-`. A byte order mark, which some editors put in
/// front of UTF-8, is no part of the text.
///
/// # Errors
/// Names what cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String, Stop> {
    let mut bytes = read(path)?;
    skip_mark(&mut bytes);
    String::from_utf8(bytes).map_err(|_| {
        let name = name(path);
        Stop::failed(Exit::Failed, "not_utf8", format!("{name} is not UTF-8 text: save it as UTF-8"))
    })
}

/// Reads a file that holds JSON, or stdin for `-`, strictly: a field that is not known is refused.
///
/// # Errors
/// Names the file and the field, with what was found and what is expected.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Stop> {
    let mut bytes = read(path)?;
    skip_mark(&mut bytes);
    hookbench_domain::read_json(&bytes).map_err(|error| {
        let code = if error.is_malformed() { "malformed_json" } else { "invalid_field" };
        Stop::failed(Exit::Failed, code, format!("{}: {error}", name(path)))
    })
}

/// The byte order mark of UTF-8.
pub(crate) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Takes a byte order mark away.
pub(crate) fn skip_mark(bytes: &mut Vec<u8>) {
    if bytes.starts_with(MARK) {
        bytes.drain(..MARK.len());
    }
}

fn name(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { path.display().to_string() }
}

/// What cannot be read, and why.
pub(crate) fn unreadable(name: &str, error: &std::io::Error) -> Stop {
    Stop::failed(Exit::Failed, "unreadable", format!("{name} cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"\xef\xbb\xbf{\"a\":1}").unwrap();
        assert!(matches!(read_text(file.path()), Ok(text) if text == "{\"a\":1}"));
        let value: serde_json::Value = read_json(file.path()).unwrap_or_default();
        assert_eq!(value, serde_json::json!({ "a": 1 }));
        // What is signed is signed with it.
        assert!(matches!(read(file.path()), Ok(bytes) if bytes.starts_with(b"\xef")));
    }

    #[test]
    fn a_file_of_json_says_which_field_is_wrong() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), br#"{"delays_ms":[1],"delay_ms":[1]}"#).unwrap();
        let read = read_json::<hookbench_domain::PolicySpec>(file.path());
        let Err(Stop::Failed(failure)) = read else { panic!("it was read") };
        assert!(failure.message.contains("`delay_ms`: is not known here"), "{}", failure.message);
    }
}
