//! `vault`: the key that secrets are sealed with.

use std::path::PathBuf;

use clap::{ArgGroup, Subcommand};
use hookbench_workbench::{NewKey, Workbench};

use crate::exit::{Ended, Exit};
use crate::out::Out;
use crate::words::count;

/// Verbs of `vault`.
#[derive(Debug, Subcommand)]
pub(crate) enum VaultVerb {
    /// Seal every secret with a new key; stop `hookbench run` first
    #[command(after_help = "\
Example:
  (umask 077; head -c 32 /dev/urandom | base64 > new.key)
  hookbench vault rotate-key --new-key-file new.key
  export HOOKBENCH_VAULT_KEY_FILE=$PWD/new.key
  hookbench vault rotate-key --keyring")]
    #[command(group(ArgGroup::new("new").required(true).args(["new_key_file", "keyring"])))]
    RotateKey {
        /// A file that only you can read, with 32 random bytes in base64
        #[arg(long, value_name = "F")]
        new_key_file: Option<PathBuf>,
        /// Make a new key and keep it in the operating system's keyring
        #[arg(long)]
        keyring: bool,
    },
}

/// Does one verb.
///
/// # Errors
/// When somebody dispatches, or a key cannot be used.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: VaultVerb) -> Ended {
    let VaultVerb::RotateKey { new_key_file, keyring: _ } = verb;
    let new_key = new_key_file.map_or(NewKey::Keyring, NewKey::File);
    let rotated = workbench.rotate_vault_key(&new_key).await?;
    if out.json {
        out.document(&rotated)?;
    } else {
        out.line(format_args!("{} sealed anew", count(rotated.secrets, "secret is", "secrets are")))?;
    }
    match new_key {
        NewKey::File(path) => {
            let file = std::path::absolute(&path).unwrap_or(path);
            out.note(format_args!(
                "only the new key opens them now: set HOOKBENCH_VAULT_KEY_FILE={}",
                file.display()
            ));
        }
        NewKey::Keyring => out.note(
            "only the new key in the keyring opens them now: unset HOOKBENCH_VAULT_KEY_FILE and HOOKBENCH_VAULT_KEY, if they are set",
        ),
    }
    Ok(Exit::Done)
}
