//! `cargo xtask run`: sets up, builds, and opens the window; or shows the same demo in the terminal.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};
use crate::ui;

/// Builds for release and opens the window, where there is a display; `args` go to the program.
///
/// # Errors
/// When it cannot be built or started.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    let why_not = if ui::display() {
        ui::missing_libraries()
            .or_else(|| (!ui::node()).then(|| "Node is missing: install Node 20 or later".to_owned()))
    } else {
        Some("there is no display here".to_owned())
    };
    match why_not {
        None => window(args),
        Some(why) => {
            eprintln!("No window: {why}.");
            eprintln!("This is the demo in the terminal. Ctrl-C ends it.");
            terminal(args)
        }
    }
}

fn window(args: &[String]) -> anyhow::Result<()> {
    ui::build()?;
    finish(&mut cargo(&["build", "--release", "--package", "hookbench-desktop"]))?;
    let desktop = built(Profile::Release, "hookbench-desktop")?;
    become_program(program(&desktop.display().to_string()).args(args))
}

fn terminal(args: &[String]) -> anyhow::Result<()> {
    finish(&mut cargo(&["build", "--release", "--package", "hookbench-cli", "--bin", "hookbench"]))?;
    let hookbench = built(Profile::Release, "hookbench")?;
    become_program(program(&hookbench.display().to_string()).arg("demo").args(args))
}
