//! `cargo xtask receiver-figures`: measures the receiver of the built program.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Builds the command and its figures, both optimised, and hands over. `--debug` builds neither
/// optimised: the counts are the same, the rates are not.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn figures(args: &[String]) -> anyhow::Result<()> {
    let (profile, flag): (_, &[&str]) = match args {
        [] => (Profile::Release, &["--release"]),
        [debug] if debug == "--debug" => (Profile::Debug, &[]),
        other => anyhow::bail!("this task takes --debug or nothing, got `{}`", other.join(" ")),
    };
    let build = ["build", "--package", "hookbench-cli", "--package", "hookbench-journeys", "--bins"];
    finish(&mut cargo(&[&build[..], flag].concat()))?;
    let hookbench = built(profile, "hookbench")?;
    let figures = built(profile, "receiver-figures")?;
    become_program(program(&figures.display().to_string()).env("HOOKBENCH_BIN", hookbench))
}
