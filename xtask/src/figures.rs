//! `cargo xtask figures` and `cargo xtask torture`: what is promised in numbers and takes longer than
//! a test.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Takes the figures that `args` name, or all.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn figures(args: &[String]) -> anyhow::Result<()> {
    take(None, args)
}

/// Kills the running program again and again, and tells of each kill.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn torture(args: &[String]) -> anyhow::Result<()> {
    take(Some("torture"), args)
}

/// Builds the command and what takes the figures, both optimised unless `--debug` is among the
/// arguments, and hands over.
fn take(task: Option<&str>, args: &[String]) -> anyhow::Result<()> {
    let (debug, args): (Vec<&String>, Vec<&String>) = args.iter().partition(|arg| *arg == "--debug");
    let (profile, flag): (_, &[&str]) =
        if debug.is_empty() { (Profile::Release, &["--release"]) } else { (Profile::Debug, &[]) };
    let build = ["build", "--package", "hookbench-cli", "--package", "hookbench-journeys", "--bins"];
    finish(&mut cargo(&[&build[..], flag].concat()))?;
    let hookbench = built(profile, "hookbench")?;
    let figures = built(profile, "figures")?;
    let mut command = program(&figures.display().to_string());
    become_program(command.env("HOOKBENCH_BIN", hookbench).args(task).args(args))
}
