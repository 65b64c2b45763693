//! The user's own profile files. One of a built-in platform's name takes its place, so that its
//! API can be pointed at what the platform really serves.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use crate::check::ProfileError;
use crate::parse::parse_profile;
use crate::profile::Profile;

/// A folder that was read: its files as they were, and what they hold.
struct Read {
    folder: PathBuf,
    files: Vec<Stamp>,
    profiles: Vec<&'static Profile>,
}

/// The most that is read of a profile file, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

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

/// What a file holds. A pipe would be waited for, and a device may never end: neither is opened.
fn text_of(path: &Path) -> std::io::Result<String> {
    let odd = |why: &str| std::io::Error::new(std::io::ErrorKind::InvalidInput, why.to_owned());
    let regular = |about: std::fs::Metadata| {
        if about.is_file() {
            Ok(())
        } else {
            Err(odd("it is no regular file but a folder, a pipe or a device"))
        }
    };
    regular(std::fs::metadata(path)?)?;
    let file = File::open(path)?;
    regular(file.metadata()?)?;
    let mut text = String::new();
    let read = file.take(MOST_BYTES + 1).read_to_string(&mut text);
    // A file that is cut off may end within a character.
    if std::fs::metadata(path)?.len() > MOST_BYTES || text.len() as u64 > MOST_BYTES {
        return Err(odd("it has more than 1 MiB, which no profile needs"));
    }
    read.map(|_bytes| text)
}

fn read(path: &Path) -> Result<Profile, (Option<usize>, String)> {
    let text = text_of(path).map_err(|error| (None, error.to_string()))?;
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_regular_files_of_a_bearable_size_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        nix::unistd::mkfifo(&at("pipe.json"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        symlink(at("pipe.json"), at("to-pipe.json")).unwrap();
        symlink("/dev/zero", at("zeros.json")).unwrap();
        std::fs::create_dir(at("folder.json")).unwrap();
        let large = File::create(at("large.json")).unwrap();
        large.set_len(MOST_BYTES + 1).unwrap();
        let broken = load_profiles(folder.path());
        let reasons: Vec<(String, &str)> = broken
            .iter()
            .map(|one| (one.path.file_stem().unwrap().display().to_string(), one.reason.as_str()))
            .collect();
        assert_eq!(reasons.len(), 5, "{reasons:?}");
        for (name, reason) in reasons {
            let why = if name == "large" { "1 MiB" } else { "no regular file" };
            assert!(reason.contains(why), "{name}: {reason}");
        }
        std::fs::write(at("full.json"), vec![b' '; usize::try_from(MOST_BYTES).unwrap()]).unwrap();
        let broken = load_profiles(folder.path());
        let full = broken.iter().find(|one| one.path.ends_with("full.json")).unwrap();
        assert!(!full.reason.contains("1 MiB"), "{full}");
        std::fs::write(at("letters.json"), [b" ".as_slice(), "é".repeat(1 << 19).as_bytes()].concat())
            .unwrap();
        let broken = load_profiles(folder.path());
        let letters = broken.iter().find(|one| one.path.ends_with("letters.json")).unwrap();
        assert!(letters.reason.contains("1 MiB"), "{letters}");
    }
}
