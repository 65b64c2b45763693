//! `cargo xtask torture`: kills the running program again and again under load.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Builds the command and its torturer, and hands over.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn torture(args: &[String]) -> anyhow::Result<()> {
    finish(&mut cargo(&[
        "build",
        "--package",
        "hookbench-cli",
        "--package",
        "hookbench-journeys",
        "--bins",
    ]))?;
    let hookbench = built(Profile::Debug, "hookbench")?;
    let torture = built(Profile::Debug, "torture")?;
    become_program(program(&torture.display().to_string()).env("HOOKBENCH_BIN", hookbench).args(args))
}
