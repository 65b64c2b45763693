//! The user's own profile files: read before the command line is, because they say which platforms
//! `--platform` takes.

use std::ffi::OsString;
use std::path::PathBuf;

use hookbench_platform::{BrokenProfile, load_profiles};
use hookbench_workbench::{default_data_dir, profiles_folder};

/// Reads those of the data folder that the command line or the environment names.
pub(crate) fn load() -> Vec<BrokenProfile> {
    let from_env = std::env::var_os("HOOKBENCH_DATA_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let named = data_dir(std::env::args_os()).or(from_env).or_else(|| default_data_dir().ok());
    named.map(|folder| load_profiles(&profiles_folder(&folder))).unwrap_or_default()
}

/// What follows `--data-dir`. A command line that is wrong is found to be so later.
fn data_dir(args: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    let mut args = args.skip(1).take_while(|arg| arg != "--");
    while let Some(arg) = args.next() {
        if arg == "--data-dir" {
            return args.next().map(PathBuf::from);
        }
        if let Some(dir) = arg.to_str().and_then(|arg| arg.strip_prefix("--data-dir=")) {
            return Some(PathBuf::from(dir));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_folder_is_found_before_the_command_line_is_read() {
        let of = |line: &str| data_dir(line.split(' ').map(OsString::from));
        assert_eq!(of("hookbench run --data-dir /a"), Some("/a".into()));
        assert_eq!(of("hookbench --data-dir=/b run"), Some("/b".into()));
        assert_eq!(of("hookbench run -- --data-dir /a"), None);
        assert_eq!(of("hookbench --data-dir"), None);
    }
}
