//! Files and stdin.

use std::io::Read;
use std::path::Path;

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

/// Reads a file to its end as text, or stdin for `-`.
///
/// # Errors
/// Names what cannot be read.
pub(crate) fn read_text(path: &Path) -> Result<String, Stop> {
    String::from_utf8(read(path)?).map_err(|_| {
        let name = if is_stdin(path) { "stdin".to_owned() } else { path.display().to_string() };
        Stop::failed(Exit::Failed, "not_utf8", format!("{name} is not UTF-8 text"))
    })
}

/// What cannot be read, and why.
pub(crate) fn unreadable(name: &str, error: &std::io::Error) -> Stop {
    Stop::failed(Exit::Failed, "unreadable", format!("{name} cannot be read: {error}"))
}
