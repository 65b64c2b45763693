//! Running cargo, and finding what it built.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// The checkout's top folder: of the checkout that cargo runs this in, not of the one it was built
/// in, because several may share a target folder. Without cargo, the folder it was started in.
pub(crate) fn top() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    here.as_deref().and_then(Path::parent).map_or_else(|| PathBuf::from("."), Path::to_owned)
}

/// A program that runs in the top folder, without what `cargo run` put into the environment for
/// this one: some build scripts look at it, and would build everything again.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(top());
    let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| ours.iter().any(|prefix| name.starts_with(prefix))) {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that runs this task.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let mut command = program(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.args(args);
    command
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().display().to_string();
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    ensure!(status.success(), "{name} ended with {status}");
    Ok(())
}

/// Whether a program can be started at all.
pub(crate) fn answers(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

/// A profile of cargo, by the folder that its programs come to lie in.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    Debug,
    Release,
}

/// The folder that cargo builds in.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where this program lies")?;
    let target = own.parent().and_then(Path::parent).context("this program lies in no target folder")?;
    Ok(target.to_owned())
}

/// Where cargo puts a program: beside this one, or in the folder of the other profile.
pub(crate) fn built(profile: Profile, name: &str) -> anyhow::Result<PathBuf> {
    let target = target()?;
    let folder = match profile {
        Profile::Debug => "debug",
        Profile::Release => "release",
    };
    let path = target.join(folder).join(name).with_extension(std::env::consts::EXE_EXTENSION);
    ensure!(path.is_file(), "{} was not built", path.display());
    Ok(path)
}

/// Becomes another program, so that it gets every signal and its exit code is ours.
#[cfg(unix)]
pub(crate) fn become_program(command: &mut Command) -> anyhow::Result<()> {
    use std::os::unix::process::CommandExt;
    let name = command.get_program().display().to_string();
    Err(command.exec()).with_context(|| format!("cannot start {name}"))
}

/// Runs another program in our place.
#[cfg(not(unix))]
pub(crate) fn become_program(command: &mut Command) -> anyhow::Result<()> {
    finish(command)
}
