//! `cargo xtask audit`: everything cargo-deny can say about the dependencies.

use crate::cargo::{answers, cargo, finish};

/// Installs cargo-deny if it is missing and runs all its checks.
///
/// # Errors
/// When it cannot be installed, or finds something.
pub(crate) fn audit() -> anyhow::Result<()> {
    if !answers(&mut cargo(&["deny", "--version"])) {
        eprintln!("cargo-deny is missing: it is built from source now, which takes some minutes");
        finish(&mut cargo(&["install", "--locked", "cargo-deny"]))?;
    }
    finish(&mut cargo(&["deny", "check"]))
}
