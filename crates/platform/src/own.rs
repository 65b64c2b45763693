//! The user's own profile files. One of a built-in platform's name takes its place, so that its
//! API can be pointed at what the platform really serves.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use crate::check::ProfileError;
use crate::profile::{Profile, parse_profile};

/// A folder that was read: its files as they were, and what they hold.
struct Read {
    folder: PathBuf,
    files: Vec<Stamp>,
    profiles: Vec<&'static Profile>,
}

/// A file as it was when it was read: its path, when it was changed, how long it is.
type Stamp = (PathBuf, Option<SystemTime>, u64);

static FOLDERS: RwLock<Vec<Read>> = RwLock::new(Vec::new());
/// Every profile that was ever read lives as long as the program, like the built-in ones: so one
/// that comes again is kept once.
static EVER: RwLock<Vec<&'static Profile>> = RwLock::new(Vec::new());

/// A profile file that is not used.
#[derive(Debug, Clone)]
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
/// names. A folder that is not there holds none; what an earlier reading of it found is no longer
/// used. Answers those that are not used, and why.
#[must_use]
pub fn load_profiles(folder: &Path) -> Vec<BrokenProfile> {
    let files = match list(folder) {
        Ok(files) => files,
        Err(error) => {
            return vec![BrokenProfile { path: folder.to_owned(), line: None, reason: error.to_string() }];
        }
    };
    let (mut profiles, mut broken) = (Vec::new(), Vec::new());
    for (path, _, _) in &files {
        match read(path) {
            Ok(profile) => profiles.push(keep(profile)),
            Err((line, reason)) => broken.push(BrokenProfile { path: path.clone(), line, reason }),
        }
    }
    let mut folders = FOLDERS.write().unwrap_or_else(PoisonError::into_inner);
    folders.retain(|known| known.folder != folder);
    folders.push(Read { folder: folder.to_owned(), files, profiles });
    broken
}

/// Reads a folder again if any of its files came, went or changed since. `None`: none did, and
/// nothing was read.
#[must_use]
pub fn refresh_profiles(folder: &Path) -> Option<Vec<BrokenProfile>> {
    let now = list(folder).ok()?;
    let same = {
        let folders = FOLDERS.read().unwrap_or_else(PoisonError::into_inner);
        folders.iter().any(|known| known.folder == folder && known.files == now)
    };
    (!same).then(|| load_profiles(folder))
}

fn list(folder: &Path) -> std::io::Result<Vec<Stamp>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let schema = |path: &Path| path.ends_with("profile.schema.json");
    let mut files: Vec<Stamp> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "json") && !schema(path))
        .map(|path| {
            let about = std::fs::metadata(&path).ok();
            let changed = about.as_ref().and_then(|about| about.modified().ok());
            (path, changed, about.map_or(0, |about| about.len()))
        })
        .collect();
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Profile, (Option<usize>, String)> {
    let text = std::fs::read_to_string(path).map_err(|error| (None, error.to_string()))?;
    // Some editors put a byte order mark in front.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let profile = parse_profile(text).map_err(|error| match error {
        ProfileError::Rule { line, reason } => (Some(line), reason),
        ProfileError::Json(error) => (error.line(), error.to_string()),
    })?;
    let named = path.file_stem().is_some_and(|stem| stem == profile.name.as_str());
    if !named {
        let reason = format!("the profile calls itself `{0}`: name the file {0}.json", profile.name);
        return Err((None, reason));
    }
    Ok(profile)
}

fn keep(profile: Profile) -> &'static Profile {
    let mut ever = EVER.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = ever.iter().find(|known| ***known == profile) {
        return known;
    }
    let kept: &'static Profile = Box::leak(Box::new(profile));
    ever.push(kept);
    kept
}

/// The user's own profile of that name.
pub(crate) fn own_profile(name: &str) -> Option<&'static Profile> {
    own_profiles().into_iter().find(|p| p.name == name)
}

/// The user's own profiles; of two folders that name the same one, that of the folder read last.
pub(crate) fn own_profiles() -> Vec<&'static Profile> {
    let folders = FOLDERS.read().unwrap_or_else(PoisonError::into_inner);
    let mut own: Vec<&'static Profile> = Vec::new();
    for profile in folders.iter().rev().flat_map(|read| &read.profiles) {
        if own.iter().all(|known| known.name != profile.name) {
            own.push(profile);
        }
    }
    own
}
