//! Secrets: from stdin, a file or the environment, never from an argument, where every user of
//! the machine could read them.

use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use hookbench_signature::{MAX_SECRET_BYTES, Secret};
use hookbench_workbench::WorkbenchError;
use std::io::Read;

use crate::exit::{Exit, Stop};
use crate::input::unreadable;
use crate::output::out::Out;

const STDIN_HELP: &str = "Read the secret from stdin; one newline at the end is dropped";
const FILE_HELP: &str = "Read the secret from a file; one newline at the end is dropped";
const ENV_HELP: &str = "Take the secret from an environment variable";

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// Stdin.
    Stdin,
    /// A file.
    File(PathBuf),
    /// An environment variable.
    Env(String),
}

/// At most one secret.
#[derive(Debug, Args)]
#[group(id = "secret", multiple = false)]
pub(crate) struct OneSecret {
    #[arg(long, help = STDIN_HELP)]
    secret_stdin: bool,
    #[arg(long, value_name = "F", help = FILE_HELP)]
    secret_file: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = ENV_HELP)]
    secret_env: Option<String>,
}

/// At most one secret, which may be made anew.
#[derive(Debug, Args)]
#[group(id = "secret", multiple = false)]
pub(crate) struct NewSecret {
    #[arg(long, help = STDIN_HELP)]
    secret_stdin: bool,
    #[arg(long, value_name = "F", help = FILE_HELP)]
    secret_file: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = ENV_HELP)]
    secret_env: Option<String>,
    /// Make a secret and show it, once
    #[arg(long)]
    pub(crate) generate_secret: bool,
}

/// Any number of secrets, in the order of the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct ManySecrets(pub(crate) Vec<SecretSource>);

fn source(stdin: bool, file: Option<&PathBuf>, env: Option<&String>) -> Option<SecretSource> {
    match (stdin, file, env) {
        (true, _, _) => Some(SecretSource::Stdin),
        (false, Some(file), _) => Some(SecretSource::File(file.clone())),
        (false, None, Some(name)) => Some(SecretSource::Env(name.clone())),
        (false, None, None) => None,
    }
}

impl OneSecret {
    /// Where it comes from.
    #[must_use]
    pub(crate) fn source(&self) -> Option<SecretSource> {
        source(self.secret_stdin, self.secret_file.as_ref(), self.secret_env.as_ref())
    }
}

impl NewSecret {
    /// Where it comes from, unless it is made.
    #[must_use]
    pub(crate) fn source(&self) -> Option<SecretSource> {
        source(self.secret_stdin, self.secret_file.as_ref(), self.secret_env.as_ref())
    }
}

impl ManySecrets {
    /// Whether one of them is read from stdin.
    #[must_use]
    pub(crate) fn use_stdin(&self) -> bool {
        self.0.contains(&SecretSource::Stdin)
    }
}

impl FromArgMatches for ManySecrets {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut found: Vec<(usize, SecretSource)> = Vec::new();
        if matches.value_source("secret_stdin") == Some(ValueSource::CommandLine) {
            found.extend(matches.index_of("secret_stdin").map(|at| (at, SecretSource::Stdin)));
        }
        if let (Some(at), Some(files)) =
            (matches.indices_of("secret_file"), matches.get_many::<PathBuf>("secret_file"))
        {
            found.extend(at.zip(files.map(|f| SecretSource::File(f.clone()))));
        }
        if let (Some(at), Some(names)) =
            (matches.indices_of("secret_env"), matches.get_many::<String>("secret_env"))
        {
            found.extend(at.zip(names.map(|n| SecretSource::Env(n.clone()))));
        }
        found.sort_by_key(|(at, _)| *at);
        Ok(Self(found.into_iter().map(|(_, source)| source).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for ManySecrets {
    fn augment_args(command: Command) -> Command {
        let path = clap::value_parser!(PathBuf);
        command
            .arg(Arg::new("secret_stdin").long("secret-stdin").action(ArgAction::SetTrue).help(STDIN_HELP))
            .arg(
                Arg::new("secret_file")
                    .long("secret-file")
                    .value_name("F")
                    .action(ArgAction::Append)
                    .value_parser(path)
                    .help(FILE_HELP),
            )
            .arg(
                Arg::new("secret_env")
                    .long("secret-env")
                    .value_name("NAME")
                    .action(ArgAction::Append)
                    .help(ENV_HELP),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl SecretSource {
    /// What to call it; never the secret itself.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdin => "stdin".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Env(name) => format!("${name}"),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// Says which one cannot be read or used.
    pub(crate) fn read(&self, out: Out) -> Result<Secret, Stop> {
        let bytes = match self {
            Self::Stdin => without_newline(read_some(std::io::stdin().lock(), Path::new("stdin"))?),
            Self::File(path) => {
                let file =
                    std::fs::File::open(path).map_err(|e| unreadable(&path.display().to_string(), &e))?;
                without_newline(read_some(file, path)?)
            }
            Self::Env(name) => from_env(name)?,
        };
        if bytes.ends_with(b"\r") {
            out.warn(format_args!(
                "the secret from {} ends with a carriage return, which is part of it: remove it if it is not meant",
                self.name()
            ));
        }
        Ok(Secret::new(bytes).map_err(WorkbenchError::from)?)
    }
}

/// A little more than a secret may have, so that a longer one is noticed and an endless one is not
/// read to its end.
fn read_some(reader: impl Read, name: &Path) -> Result<Vec<u8>, Stop> {
    let most = u64::try_from(MAX_SECRET_BYTES).unwrap_or(u64::MAX).saturating_add(2);
    let mut bytes = Vec::with_capacity(MAX_SECRET_BYTES + 2);
    reader
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&name.display().to_string(), &error))?;
    Ok(bytes)
}

#[cfg(unix)]
fn bytes_of(value: std::ffi::OsString) -> Option<Vec<u8>> {
    use std::os::unix::ffi::OsStringExt;
    Some(value.into_vec())
}

#[cfg(not(unix))]
fn bytes_of(value: std::ffi::OsString) -> Option<Vec<u8>> {
    value.into_string().ok().map(String::into_bytes)
}

fn from_env(name: &str) -> Result<Vec<u8>, Stop> {
    std::env::var_os(name).and_then(bytes_of).ok_or_else(|| {
        let message = format!("the environment variable {name}, which should hold the secret, is not set");
        Stop::failed(Exit::Failed, "unreadable", message)
    })
}

/// Drops one `\n` at the end, nothing else.
fn without_newline(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Any {
        #[command(flatten)]
        secrets: ManySecrets,
    }

    #[derive(Debug, Parser)]
    struct New {
        #[command(flatten)]
        secret: NewSecret,
    }

    #[test]
    fn one_newline_is_dropped_and_nothing_else() {
        for (given, want) in [
            ("s", "s"),
            ("s\n", "s"),
            ("s\n\n", "s\n"),
            ("s\r\n", "s\r"),
            (" s \n", " s "),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(without_newline(given.as_bytes().to_vec()), want.as_bytes(), "{given:?}");
        }
    }

    #[test]
    fn a_file_is_read_with_its_newline_dropped() {
        let quiet = Out { json: false, quiet: true };
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        std::fs::write(&path, "top secret\n").unwrap();
        assert_eq!(SecretSource::File(path.clone()).read(quiet).unwrap().expose(), b"top secret");
        std::fs::write(&path, "\n").unwrap();
        assert!(SecretSource::File(path.clone()).read(quiet).is_err(), "empty");
        std::fs::write(&path, "x".repeat(MAX_SECRET_BYTES + 1)).unwrap();
        assert!(SecretSource::File(path.clone()).read(quiet).is_err(), "too long");
        std::fs::write(&path, "x".repeat(MAX_SECRET_BYTES) + "\n").unwrap();
        assert_eq!(SecretSource::File(path).read(quiet).unwrap().expose().len(), MAX_SECRET_BYTES);
        assert!(SecretSource::File(dir.path().join("none")).read(quiet).is_err());
        assert!(SecretSource::Env("HOOKBENCH_TEST_NOT_SET".into()).read(quiet).is_err());
    }

    #[test]
    fn several_secrets_keep_the_order_of_the_command_line() {
        let line = ["x", "--secret-env", "A", "--secret-file", "f", "--secret-stdin", "--secret-env", "B"];
        let parsed = Any::try_parse_from(line).unwrap().secrets.0;
        let names: Vec<String> = parsed.iter().map(SecretSource::name).collect();
        assert_eq!(names, ["$A", "f", "stdin", "$B"]);
        assert!(Any::try_parse_from(["x"]).unwrap().secrets.0.is_empty());
    }

    #[test]
    fn one_secret_has_one_source() {
        assert!(New::try_parse_from(["x", "--secret-stdin", "--secret-file", "f"]).is_err());
        assert!(New::try_parse_from(["x", "--generate-secret", "--secret-env", "A"]).is_err());
        let parsed = New::try_parse_from(["x", "--secret-file", "f"]).unwrap();
        assert_eq!(parsed.secret.source(), Some(SecretSource::File("f".into())));
        assert_eq!(New::try_parse_from(["x"]).unwrap().secret.source(), None);
    }
}
