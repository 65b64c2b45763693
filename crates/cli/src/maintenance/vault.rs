//! `vault`: the key that secrets are sealed with.

use std::path::PathBuf;

use clap::{ArgGroup, Subcommand};
use hookbench_workbench::{NewKey, Workbench};

use crate::exit::{Ended, Exit};
use crate::output::out::Out;
use crate::output::words::count;

/// Verbs of `vault`.
#[derive(Debug, Subcommand)]
pub(crate) enum VaultVerb {
    /// Make the vault's key: in the keyring, or in a file where there is none
    #[command(after_help = "\
Without a keyring the key goes into hookbench/vault.key in your folder for configuration, where
every verb finds it by itself. A key that is there already is never replaced: vault rotate-key
changes it. Keep a copy of the key apart from the data: without it, no secret opens again.

Example:
  hookbench vault init
  hookbench vault init --key-file /etc/hookbench/vault.key")]
    Init {
        /// Write the key into this file instead
        #[arg(long, value_name = "F")]
        key_file: Option<PathBuf>,
    },
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
    let new_key_file = match verb {
        VaultVerb::Init { key_file } => return init(workbench, out, key_file).await,
        VaultVerb::RotateKey { new_key_file, keyring: _ } => new_key_file,
    };
    let new_key = new_key_file.map_or(NewKey::Keyring, NewKey::File);
    let rotated = workbench.vault().rotate_key(&new_key).await?;
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

/// Makes the first key, and says where it is and how to keep it.
async fn init(workbench: &Workbench, out: Out, key_file: Option<PathBuf>) -> Ended {
    let made = workbench.vault().init(key_file).await?;
    if out.json {
        out.document(&made)?;
        return Ok(Exit::Done);
    }
    if let Some(why) = &made.keyring {
        out.note(format_args!("{why}: the key goes into a file"));
    }
    match &made.path {
        None => {
            out.line("the vault's key is in the keyring of this machine")?;
            out.note("the keyring is part of your login: back it up with your home folder");
        }
        Some(path) => {
            out.line(format_args!("the vault's key is in {}", path.display()))?;
            if !made.found {
                out.note(format_args!("set HOOKBENCH_VAULT_KEY_FILE={} for every verb", path.display()));
            }
            out.note(
                "keep a copy of this file apart from the data folder, for instance in a password manager: without it, no secret opens again",
            );
        }
    }
    Ok(Exit::Done)
}
