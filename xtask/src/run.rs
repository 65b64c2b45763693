//! `cargo xtask run`: builds Hookbench and shows what it does.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Builds for release and runs the demo; `args` go to it.
///
/// # Errors
/// When it cannot be built or started.
pub(crate) fn run(args: &[String]) -> anyhow::Result<()> {
    eprintln!("This version has no window yet: this is the demo in the terminal. Ctrl-C ends it.");
    finish(&mut cargo(&["build", "--release", "--package", "hookbench-cli", "--bin", "hookbench"]))?;
    let hookbench = built(Profile::Release, "hookbench")?;
    become_program(program(&hookbench.display().to_string()).arg("demo").args(args))
}
