//! `cargo xtask corpus`: how well the diagnosis names planted faults.

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Builds the command and what drives the planted faults through it, and hands over.
///
/// # Errors
/// When something cannot be built or started.
pub(crate) fn corpus(args: &[String]) -> anyhow::Result<()> {
    let packages = ["--package", "hookbench-cli", "--package", "hookbench-journeys"];
    finish(cargo(&["build", "--bins"]).args(packages))?;
    let hookbench = built(Profile::Debug, "hookbench")?;
    let corpus = built(Profile::Debug, "corpus")?;
    become_program(program(&corpus.display().to_string()).env("HOOKBENCH_BIN", hookbench).args(args))
}
