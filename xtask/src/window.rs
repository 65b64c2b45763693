//! Tasks around the window: the types it shares with the screens, working on the screens, pictures.

use anyhow::ensure;

use crate::cargo::{Profile, answers, become_program, built, cargo, finish, program};
use crate::ui::{self, NPX};

/// What pictures, journeys through the window and those with a keyring need to be installed.
const NEEDED: [&str; 6] =
    ["Xvfb", "dbus-daemon", "dbus-run-session", "gnome-keyring-daemon", "WebKitWebDriver", "import"];
/// What Debian and its children call them.
const DEBIAN: &str = "xvfb dbus gnome-keyring webkit2gtk-driver imagemagick fonts-dejavu-core";

/// Which programs are missing for driving the window without a display.
pub(crate) fn missing_tools() -> Option<String> {
    let missing: Vec<&str> = NEEDED
        .into_iter()
        .filter(|name| !answers(program("sh").args(["-c", &format!("command -v {name}")])))
        .collect();
    (!missing.is_empty())
        .then(|| format!("missing: {}; on Debian or Ubuntu: apt-get install {DEBIAN}", missing.join(", ")))
}

/// Writes the types that the screens share with the program, anew.
///
/// # Errors
/// When the program does not compile.
pub(crate) fn types() -> anyhow::Result<()> {
    std::fs::create_dir_all(crate::cargo::top().join("ui/dist"))?;
    let mut test =
        cargo(&["test", "--package", "hookbench-desktop", "--lib", "--", "the_screens_know_the_types"]);
    finish(test.env("HOOKBENCH_WRITE_TYPES", "1"))
}

/// Opens the window with screens that reload as they are edited.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn dev(args: &[String]) -> anyhow::Result<()> {
    ui::build()?;
    finish(&mut cargo(&["build", "--package", "hookbench-desktop", "--no-default-features"]))?;
    let desktop = built(Profile::Debug, "hookbench-desktop")?;
    let mut server = program(NPX).args(["--no-install", "vite", "--config", "ui/vite.config.ts"]).spawn()?;
    let ended = finish(program(&desktop.display().to_string()).args(args));
    let _gone = server.kill();
    ended
}

/// Takes the pictures of `docs/screenshots`.
///
/// # Errors
/// When something is missing, or a screen does not show what it should.
pub(crate) fn screenshots(args: &[String]) -> anyhow::Result<()> {
    let missing = missing_tools().or_else(ui::missing_libraries);
    ensure!(missing.is_none(), "{}", missing.unwrap_or_default());
    ui::build()?;
    // As the tests build it, so that nothing is built twice.
    finish(&mut cargo(&["build", "--workspace", "--features", "hookbench-journeys/window"]))?;
    let take = built(Profile::Debug, "screenshots")?;
    let desktop = built(Profile::Debug, "hookbench-desktop")?;
    let hookbench = built(Profile::Debug, "hookbench")?;
    let mut take = program(&take.display().to_string());
    become_program(take.args(args).env("HOOKBENCH_DESKTOP_BIN", desktop).env("HOOKBENCH_BIN", hookbench))
}
