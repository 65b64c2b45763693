//! `cargo xtask test`: everything that must hold before a commit, stopping at the first failure.

use std::process::Command;
use std::time::Instant;

use anyhow::Context;

use crate::cargo::{Profile, answers, built, cargo, finish, program};
use crate::ui::{self, NPM, NPX};
use crate::window;

/// What became of a step that did not fail.
enum Did {
    Passed,
    Skipped(String),
}

/// A step: what it is called, and what it does.
type Step = (&'static str, fn() -> anyhow::Result<Did>);

const STEPS: [Step; 9] = [
    ("rustfmt", rustfmt),
    ("biome", biome),
    ("screens", screens),
    ("clippy", clippy),
    ("cargo deny", deny),
    ("build hookbench", build),
    ("tests", tests),
    ("window", window_tests),
    ("journeys", window_journeys),
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

/// Everything but the window, and the window where its libraries are.
fn clippy() -> anyhow::Result<Did> {
    let mut lint = cargo(&["clippy", "--workspace", "--all-targets", "--features", "xtask/bench"]);
    if no_window().is_some() {
        lint.args(["--exclude", "hookbench-desktop"]);
    } else {
        lint.args(["--features", "hookbench-journeys/window"]);
    }
    done(lint.args(["--", "-D", "warnings"]))
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
    done(&mut cargo(&["build", "--workspace", "--exclude", "hookbench-desktop", "--bin", "hookbench"]))
}

/// Unit, integration and documentation tests, and the journeys, which start the program that
/// `HOOKBENCH_BIN` names.
fn tests() -> anyhow::Result<Did> {
    let hookbench = built(Profile::Debug, "hookbench")?;
    let all = ["test", "--workspace", "--exclude", "hookbench-desktop"];
    done(cargo(&all).env("HOOKBENCH_BIN", hookbench))
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

/// The tests of the desktop package.
fn window_tests() -> anyhow::Result<Did> {
    match no_window() {
        Some(why) => Ok(skip(&why)),
        None => done(&mut cargo(&["test", "--package", "hookbench-desktop"])),
    }
}

/// Journeys through the real window, on a display of its own.
fn window_journeys() -> anyhow::Result<Did> {
    if let Some(why) = no_window().or_else(window::missing_tools) {
        return Ok(skip(&why));
    }
    let desktop = window::build_for_tests()?;
    let hookbench = built(Profile::Debug, "hookbench")?;
    let journeys = ["test", "--package", "hookbench-journeys", "--features", "window", "--test", "window"];
    done(
        cargo(&journeys)
            .args(["--", "--test-threads=1"])
            .env("HOOKBENCH_BIN", hookbench)
            .env("HOOKBENCH_DESKTOP_BIN", desktop),
    )
}

fn skip(why: &str) -> Did {
    println!("skipped: {why}");
    Did::Skipped(why.to_owned())
}
