//! `cargo xtask figures`: what is promised in numbers and takes longer than a test.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Builds the command and what takes the figures, and hands over.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn figures(args: &[String]) -> anyhow::Result<()> {
    finish(&mut cargo(&[
        "build",
        "--package",
        "hookbench-cli",
        "--package",
        "hookbench-journeys",
        "--bins",
    ]))?;
    let hookbench = built(Profile::Debug, "hookbench")?;
    let figures = built(Profile::Debug, "figures")?;
    become_program(program(&figures.display().to_string()).env("HOOKBENCH_BIN", hookbench).args(args))
}
