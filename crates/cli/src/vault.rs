//! `vault`: the key that secrets are sealed with.

use std::path::PathBuf;

use clap::Subcommand;
use hookbench_workbench::Workbench;

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
  export HOOKBENCH_VAULT_KEY_FILE=$PWD/new.key")]
    RotateKey {
        /// A file that only you can read, with 32 random bytes in base64
        #[arg(long, value_name = "F")]
        new_key_file: PathBuf,
    },
}

/// Does one verb.
///
/// # Errors
/// When somebody dispatches, or a key cannot be used.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: VaultVerb) -> Ended {
    let VaultVerb::RotateKey { new_key_file } = verb;
    let rotated = workbench.rotate_vault_key(&new_key_file).await?;
    if out.json {
        out.document(&rotated)?;
    } else {
        out.line(format_args!("{} sealed anew", count(rotated.secrets, "secret is", "secrets are")))?;
    }
    let file = std::path::absolute(&new_key_file).unwrap_or(new_key_file);
    out.note(format_args!(
        "only the new key opens them now: set HOOKBENCH_VAULT_KEY_FILE={}",
        file.display()
    ));
    Ok(Exit::Done)
}
