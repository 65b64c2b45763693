//! `cargo xtask test`: everything that must hold before a commit, stopping at the first failure.

use std::process::Command;
use std::time::Instant;

use anyhow::Context;

use crate::cargo::{Profile, answers, built, cargo, finish, program, top};

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
const NPX: &str = if cfg!(windows) { "npx.cmd" } else { "npx" };

/// What became of a step that did not fail.
enum Did {
    Passed,
    Skipped(&'static str),
}

/// A step: what it is called, and what it does.
type Step = (&'static str, fn() -> anyhow::Result<Did>);

const STEPS: [Step; 6] = [
    ("rustfmt", rustfmt),
    ("clippy", clippy),
    ("biome", biome),
    ("cargo deny", deny),
    ("build hookbench", build),
    ("tests", tests),
];

/// Runs every step.
///
/// # Errors
/// Names the step that failed.
pub(crate) fn test() -> anyhow::Result<()> {
    let mut took = Vec::with_capacity(STEPS.len());
    for (name, step) in STEPS {
        println!("\n== {name}");
        let clock = now();
        let did = step().with_context(|| format!("step `{name}` failed"))?;
        took.push((name, did, clock.elapsed()));
    }
    println!();
    for (name, did, took) in took {
        let seconds = took.as_secs_f64();
        match did {
            Did::Passed => println!("passed   {name:<16} {seconds:>7.1} s"),
            Did::Skipped(why) => println!("skipped  {name:<16} {why}"),
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "for show; the measuring crate would have to be built first")]
fn now() -> Instant {
    Instant::now()
}

fn done(command: &mut Command) -> anyhow::Result<Did> {
    finish(command).map(|()| Did::Passed)
}

fn rustfmt() -> anyhow::Result<Did> {
    done(&mut cargo(&["fmt", "--all", "--check"]))
}

fn clippy() -> anyhow::Result<Did> {
    let whole =
        ["clippy", "--workspace", "--all-targets", "--features", "xtask/bench", "--", "-D", "warnings"];
    done(&mut cargo(&whole))
}

/// Biome decides the layout of JSON and scripts. Its version is the one in `package-lock.json`.
fn biome() -> anyhow::Result<Did> {
    if !answers(program("node").arg("--version")) || !answers(program(NPM).arg("--version")) {
        return Ok(skip("Node is not installed"));
    }
    let mut biome = program(NPX);
    biome.args(["--no-install", "biome"]);
    if !top().join("node_modules").is_dir() || !answers(biome.arg("--version")) {
        finish(program(NPM).args(["ci", "--no-audit", "--no-fund"]))?;
    }
    done(program(NPX).args(["--no-install", "biome", "ci", "."]))
}

fn deny() -> anyhow::Result<Did> {
    if !answers(&mut cargo(&["deny", "--version"])) {
        return Ok(skip("cargo-deny is not installed; `cargo xtask audit` installs and runs it"));
    }
    done(&mut cargo(&["deny", "check", "bans", "licenses", "sources"]))
}

fn build() -> anyhow::Result<Did> {
    done(&mut cargo(&["build", "--workspace", "--bin", "hookbench"]))
}

/// Unit, integration and documentation tests, and the journeys, which start the program that
/// `HOOKBENCH_BIN` names.
fn tests() -> anyhow::Result<Did> {
    let hookbench = built(Profile::Debug, "hookbench")?;
    done(cargo(&["test", "--workspace"]).env("HOOKBENCH_BIN", hookbench))
}

fn skip(why: &'static str) -> Did {
    println!("skipped: {why}");
    Did::Skipped(why)
}
