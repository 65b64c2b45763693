//! `cargo xtask sizes`: how large the programs are that people download.

use anyhow::Context;

use crate::cargo::{Profile, built, cargo, finish};
use crate::ui;

/// Builds the command, and the window where it can be built, for release, and prints their sizes.
///
/// # Errors
/// When something cannot be built.
pub(crate) fn sizes() -> anyhow::Result<()> {
    let mut programs = vec!["hookbench"];
    let mut packages = vec!["--package", "hookbench-cli"];
    match ui::missing_libraries().or_else(|| (!ui::node()).then(|| "Node is not installed".to_owned())) {
        None => {
            ui::build()?;
            programs.push("hookbench-desktop");
            packages.extend(["--package", "hookbench-desktop"]);
        }
        Some(why) => eprintln!("without the window: {why}"),
    }
    finish(&mut cargo(&[&["build", "--release", "--bins"], &packages[..]].concat()))?;
    for name in programs {
        let path = built(Profile::Release, name)?;
        let bytes = path.metadata().with_context(|| path.display().to_string())?.len();
        println!("{name:<20} {:>6}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10);
    }
    Ok(())
}
