//! `cargo xtask test`: everything that must hold before a commit, stopping at the first failure.

use std::process::Command;
use std::time::Instant;

use anyhow::Context;

use crate::cargo::{Profile, answers, built, cargo, finish, program, target};
use crate::ui::{self, NPM, NPX};
use crate::window;

/// What became of a step that did not fail.
enum Did {
    Passed,
    Skipped(String),
}

/// A step: what it is called, and what it does.
type Step = (&'static str, fn() -> anyhow::Result<Did>);

const STEPS: [Step; 7] = [
    ("rustfmt", rustfmt),
    ("biome", biome),
    ("screens", screens),
    ("clippy", clippy),
    ("cargo deny", deny),
    ("build", build),
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
    let mut lines = Vec::with_capacity(STEPS.len());
    for (name, did, took) in took {
        let seconds = took.as_secs_f64();
        if matches!(did, Did::Passed) {
            lines.push(format!("{name}\t{seconds:.1}\n"));
        }
        match did {
            Did::Passed => println!("passed   {name:<16} {seconds:>7.1} s"),
            Did::Skipped(why) => println!("skipped  {name:<16} {why}"),
        }
    }
    let kept = target()?.join("test-seconds.tsv");
    std::fs::write(&kept, lines.concat()).with_context(|| kept.display().to_string())?;
    println!("\nThe seconds of each step are in {}.", kept.display());
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

/// A cargo task over the whole workspace; without the window where it cannot be built, and without
/// the journeys through it where they cannot be gone. The same packages and features each time:
/// else dependencies would be built again for the next step.
fn whole(task: &[&str]) -> Command {
    let mut command = cargo(task);
    command.arg("--workspace");
    if no_window().is_some() {
        command.args(["--exclude", "hookbench-desktop"]);
    } else if window::missing_tools().is_none() {
        command.args(["--features", "hookbench-journeys/window"]);
    }
    command
}

fn clippy() -> anyhow::Result<Did> {
    done(whole(&["clippy", "--all-targets"]).args(["--features", "xtask/bench", "--", "-D", "warnings"]))
}

/// Biome decides the layout of JSON and scripts. Its version is the one in `package-lock.json`.
fn biome() -> anyhow::Result<Did> {
    if !ui::node() {
        return Ok(skip("Node is not installed"));
    }
    ui::packages()?;
    done(program(NPX).args(["--no-install", "biome", "ci", "."]))
}

/// Builds the screens and runs their tests.
fn screens() -> anyhow::Result<Did> {
    if !ui::node() {
        return Ok(skip("Node is not installed"));
    }
    ui::build()?;
    done(program(NPM).args(["run", "--silent", "test"]))
}

fn deny() -> anyhow::Result<Did> {
    if !answers(&mut cargo(&["deny", "--version"])) {
        return Ok(skip("cargo-deny is not installed; `cargo xtask audit` installs and runs it"));
    }
    done(&mut cargo(&["deny", "check", "bans", "licenses", "sources"]))
}

fn build() -> anyhow::Result<Did> {
    done(&mut whole(&["build"]))
}

/// Unit, integration and documentation tests, and the journeys, which start the programs that
/// `HOOKBENCH_BIN` and `HOOKBENCH_DESKTOP_BIN` name. With cargo-nextest where it is installed: it runs
/// the tests of all programs side by side, but none in documentation.
fn tests() -> anyhow::Result<Did> {
    if !answers(&mut cargo(&["nextest", "--version"])) {
        return done(&mut with_programs(&["test"])?);
    }
    finish(&mut with_programs(&["nextest", "run"])?)?;
    done(&mut whole(&["test", "--doc"]))
}

/// A task that runs tests, told which programs the journeys start.
fn with_programs(task: &[&str]) -> anyhow::Result<Command> {
    let mut tests = whole(task);
    tests.env("HOOKBENCH_BIN", built(Profile::Debug, "hookbench")?);
    match no_window().or_else(window::missing_tools) {
        None => drop(tests.env("HOOKBENCH_DESKTOP_BIN", built(Profile::Debug, "hookbench-desktop")?)),
        Some(why) => println!("without the journeys through the window: {why}"),
    }
    Ok(tests)
}

/// Why the window cannot be built or tested here; nothing if it can.
fn no_window() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("the window is tested on Linux".to_owned());
    }
    if !ui::node() {
        return Some("Node is not installed".to_owned());
    }
    ui::missing_libraries()
}

fn skip(why: &str) -> Did {
    println!("skipped: {why}");
    Did::Skipped(why.to_owned())
}
