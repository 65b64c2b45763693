//! The screens: their packages, and building them.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, bail};

use crate::cargo::{answers, finish, program, top};

pub(crate) const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
pub(crate) const NPX: &str = if cfg!(windows) { "npx.cmd" } else { "npx" };

/// What Debian and its children call the libraries of the window.
const DEBIAN: &str = "libwebkit2gtk-4.1-dev libayatana-appindicator3-dev librsvg2-dev libssl-dev pkg-config";

/// Whether Node and npm can be started.
pub(crate) fn node() -> bool {
    answers(program("node").arg("--version")) && answers(program(NPM).arg("--version"))
}

/// When a file was last written, if it is there.
fn written(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|m| m.modified()).ok()
}

/// Installs the packages of the screens where they are missing or older than their list.
///
/// # Errors
/// When Node is missing or the packages cannot be installed.
pub(crate) fn packages() -> anyhow::Result<()> {
    if !node() {
        bail!("Node is missing: install Node 20 or later, it builds the screens");
    }
    let installed = written(&top().join("node_modules/.package-lock.json"));
    let listed = written(&top().join("package-lock.json"));
    if installed.is_none() || installed < listed {
        finish(program(NPM).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

/// Builds the screens into `ui/dist`, from where they get into the program.
///
/// # Errors
/// When they do not compile.
pub(crate) fn build() -> anyhow::Result<()> {
    packages()?;
    finish(program(NPM).args(["run", "--silent", "build"])).context("the screens do not build")
}

/// Why the window cannot be built here, with what to do; nothing if it can.
pub(crate) fn missing_libraries() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let found = answers(program("pkg-config").args(["--exists", "webkit2gtk-4.1", "librsvg-2.0"]));
    (!found)
        .then(|| format!("the window's libraries are missing; on Debian or Ubuntu: apt-get install {DEBIAN}"))
}

/// Whether a window can be shown.
pub(crate) fn display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
