//! The user's own profile files. One of a built-in platform's name takes its place, so that its
//! API can be pointed at what the platform really serves.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use crate::check::ProfileError;
use crate::profile::{Profile, parse_profile};

/// They live as long as the program, like the built-in ones: so each is kept once and shared.
static OWN: RwLock<Vec<&'static Profile>> = RwLock::new(Vec::new());

/// A profile file that is not used.
#[derive(Debug)]
pub struct BrokenProfile {
    /// The file.
    pub path: PathBuf,
    /// The line at fault, from 1; `None` where the file as a whole is.
    pub line: Option<usize>,
    /// What is wrong there.
    pub reason: String,
}

impl fmt::Display for BrokenProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}: this profile is not used", self.reason)
    }
}

/// Reads the `*.json` files of a folder as profiles, for the whole program, in the order of their
/// names. A folder that is not there holds none. Answers those that are not used, and why.
#[must_use]
pub fn load_profiles(folder: &Path) -> Vec<BrokenProfile> {
    let mut files: Vec<PathBuf> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            return vec![BrokenProfile { path: folder.to_owned(), line: None, reason: error.to_string() }];
        }
    };
    let schema = |path: &Path| path.ends_with("profile.schema.json");
    files.retain(|path| path.extension().is_some_and(|e| e == "json") && !schema(path));
    files.sort();
    let mut broken = Vec::new();
    for path in files {
        match read(&path) {
            Ok(profile) => keep(profile),
            Err((line, reason)) => broken.push(BrokenProfile { path, line, reason }),
        }
    }
    broken
}

fn read(path: &Path) -> Result<Profile, (Option<usize>, String)> {
    let text = std::fs::read_to_string(path).map_err(|error| (None, error.to_string()))?;
    let profile = parse_profile(&text).map_err(|error| match error {
        ProfileError::Rule { line, reason } => (Some(line), reason),
        ProfileError::Json(error) => (Some(error.line()), error.to_string()),
    })?;
    let named = path.file_stem().is_some_and(|stem| stem == profile.name.as_str());
    if !named {
        let reason = format!("the profile calls itself `{0}`: name the file {0}.json", profile.name);
        return Err((None, reason));
    }
    Ok(profile)
}

fn keep(profile: Profile) {
    let mut own = OWN.write().unwrap_or_else(PoisonError::into_inner);
    if own.iter().any(|known| **known == profile) {
        return;
    }
    own.retain(|known| known.name != profile.name);
    own.push(Box::leak(Box::new(profile)));
}

/// The user's own profile of that name.
pub(crate) fn own_profile(name: &str) -> Option<&'static Profile> {
    own_profiles().into_iter().find(|p| p.name == name)
}

/// The user's own profiles.
pub(crate) fn own_profiles() -> Vec<&'static Profile> {
    OWN.read().unwrap_or_else(PoisonError::into_inner).clone()
}
