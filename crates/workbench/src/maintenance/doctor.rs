//! The doctor: looks at everything that dispatching needs, and says what to do where something is
//! wrong. It changes nothing.

use std::fs::Metadata;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use hookbench_domain::Held;
use hookbench_store::{Examined, FILE_NAME, HeldDeliveries, Holder, StoreError, back_ups, back_ups_in_clear};
use serde::Serialize;

use crate::handles::Maintenance;
use crate::{VaultKeySource, Workbench, WorkbenchError};

/// Below this much free space nothing can be relied on (100 MB), and below this it is said (1 GB).
const SPACE_NEEDED: u64 = 100_000_000;
const SPACE_WANTED: u64 = 1_000_000_000;
/// How far the clock may be behind what is kept before it is said (5 min).
const CLOCK_BEHIND_MS: u64 = 5 * 60 * 1000;
/// Where `hookbench run` listens.
const PORTS: [(u16, &str); 2] = [(4400, "local API"), (4401, "receiver")];

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum DoctorFinding {
    /// As it should be.
    Ok,
    /// Worth knowing; everything works.
    Warning,
    /// Something does not work.
    Failed,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DoctorCheck {
    /// What, as a word: `data_dir`, `database`, `vault`, …
    pub name: &'static str,
    /// How it is.
    pub finding: DoctorFinding,
    /// What was found.
    pub found: String,
    /// What to do.
    pub advice: Option<String>,
}

/// Everything that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DoctorReport {
    /// Whether nothing failed.
    pub ok: bool,
    /// The folder.
    pub data_dir: PathBuf,
    /// The version of the program.
    pub version: String,
    /// What was looked at.
    pub checks: Vec<DoctorCheck>,
}

fn good(name: &'static str, found: impl Into<String>) -> DoctorCheck {
    DoctorCheck { name, finding: DoctorFinding::Ok, found: found.into(), advice: None }
}

fn warning(name: &'static str, found: impl Into<String>, advice: &str) -> DoctorCheck {
    DoctorCheck {
        name,
        finding: DoctorFinding::Warning,
        found: found.into(),
        advice: Some(advice.to_owned()),
    }
}

fn bad(name: &'static str, found: impl Into<String>, advice: &str) -> DoctorCheck {
    DoctorCheck { finding: DoctorFinding::Failed, ..warning(name, found, advice) }
}

/// How many deliveries, and the first of them by id.
fn named(held: &HeldDeliveries) -> String {
    let ids: Vec<String> = held.oldest.iter().take(3).map(ToString::to_string).collect();
    let more = if held.count > 3 { ", …" } else { "" };
    format!("{} ({}{more})", held.count, ids.join(", "))
}

impl Workbench {
    /// Looks at a data folder and at what this machine has for it.
    pub async fn doctor(folder: &Path, key: VaultKeySource) -> DoctorReport {
        let holder = hookbench_store::dispatching(folder);
        let mut checks = vec![data_dir(folder), space(folder), dispatcher(holder.as_ref())];
        if folder.join(FILE_NAME).exists() {
            match Self::open(folder, key).await {
                Ok(workbench) => {
                    checks.extend(workbench.examined().await);
                    workbench.close().await;
                }
                Err(error) => checks.push(unusable(&error)),
            }
        } else {
            checks.push(good("database", "there is none yet; it is made when it is first needed"));
        }
        checks.push(api_token(folder));
        checks.extend(PORTS.map(|(port, what)| port_check(port, what, holder.is_some())));
        checks.push(trust().await);
        DoctorReport {
            ok: checks.iter().all(|check| check.finding != DoctorFinding::Failed),
            data_dir: folder.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks,
        }
    }

    async fn examined(&self) -> Vec<DoctorCheck> {
        vec![
            self.database_check().await,
            self.vault_check().await,
            self.credentials_check().await,
            self.clock_check().await,
            self.operations_check().await,
            self.held_check().await,
            self.retention_check().await,
            self.profiles_check(),
            self.set_aside_check().await,
        ]
    }

    async fn database_check(&self) -> DoctorCheck {
        match self.store.examine().await {
            Ok(Examined { damage, .. }) if !damage.is_empty() => bad(
                "database",
                format!("it is damaged: {}", damage.join("; ")),
                "stop what dispatches, then hookbench doctor --set-aside puts it aside and starts afresh; nothing is deleted",
            ),
            Ok(e) => {
                let copies = back_ups(&self.folder).len();
                let copies = if copies == 0 { String::new() } else { format!("; {copies} copies beside it") };
                let free = if e.free_bytes > 0 {
                    format!(", {} of it free", size(e.free_bytes))
                } else {
                    String::new()
                };
                good(
                    "database",
                    format!(
                        "whole: {}{free}, format {}, SQLite {}{copies}",
                        size(e.bytes),
                        e.format,
                        e.sqlite
                    ),
                )
            }
            Err(error) => bad(
                "database",
                error.to_string(),
                "free disk space, or end the program that holds the database, then look again",
            ),
        }
    }

    async fn vault_check(&self) -> DoctorCheck {
        let view = self.vault().view().await;
        match view.trouble {
            Some(trouble) if view.secrets > 0 => bad(
                "vault",
                trouble,
                "unlock the keyring, or give the key that the secrets were sealed with; what needs them waits",
            ),
            Some(trouble) => warning(
                "vault",
                trouble,
                "hookbench vault init makes a key; it is needed once a secret is kept",
            ),
            None => good("vault", format!("{}; {} secrets kept", view.source, view.secrets)),
        }
    }

    /// Whether credentials from before they were sealed still lie in clear.
    async fn credentials_check(&self) -> DoctorCheck {
        let unsealed = self.store.registry().borrow().unsealed().len();
        let rows = match self.store.rows_to_mask().await {
            Ok(rows) => rows,
            Err(error) => return bad("credentials", error.to_string(), "see the database"),
        };
        let copies = back_ups_in_clear(&self.folder);
        if unsealed > 0 {
            return warning(
                "credentials",
                format!("{unsealed} subscriptions hold credentials in their URL or headers in clear"),
                "hookbench run seals them as soon as it has the vault's key; hookbench vault init makes one",
            );
        }
        if rows > 0 {
            let found = "older rows of the log may still hold credentials in clear";
            return warning("credentials", found, "hookbench run, or the window, masks them beside its work");
        }
        match copies.first() {
            Some(first) => warning(
                "credentials",
                format!(
                    "sealed; {} copies from before may hold some in clear, such as {}",
                    copies.len(),
                    first.display()
                ),
                "delete these copies once you are sure that you need none of them",
            ),
            None => good("credentials", "those in URLs and headers are sealed"),
        }
    }

    async fn clock_check(&self) -> DoctorCheck {
        let now = self.clock.now();
        match self.store.latest_events(i64::MAX, 1).await {
            Ok(events) => match events.first().map(|(_, event, _)| event.received_at) {
                Some(latest) if latest.since(now) > CLOCK_BEHIND_MS => warning(
                    "clock",
                    format!("it says {now}, but an event was kept at {latest}"),
                    "set the clock: retries wait by it, and signatures carry it",
                ),
                Some(_) | None => good("clock", now.to_string()),
            },
            Err(error) => bad("clock", error.to_string(), "see the database"),
        }
    }

    async fn operations_check(&self) -> DoctorCheck {
        match self.store.open_operations().await {
            Ok(open) if open.is_empty() => good("operations", "none is open"),
            Ok(open) if self.dispatching().is_none() => warning(
                "operations",
                format!("{} open, and nothing dispatches", open.len()),
                "they go on with hookbench run, or the window",
            ),
            Ok(open) => good("operations", format!("{} open", open.len())),
            Err(error) => bad("operations", error.to_string(), "see the database"),
        }
    }

    async fn held_check(&self) -> DoctorCheck {
        let found = async {
            Ok::<_, StoreError>((
                self.store.held(Held::Vault).await?,
                self.store.held(Held::Interrupted).await?,
            ))
        };
        match found.await {
            Ok((vault, aside)) if aside.count > 0 => bad(
                "held",
                format!(
                    "set aside, because Hookbench ended during each of their last three attempts: {}{}",
                    named(&aside),
                    if vault.count > 0 {
                        format!("; waiting for the vault: {}", named(&vault))
                    } else {
                        String::new()
                    }
                ),
                "look at their events, then hookbench deliveries retry ID to send one, or hookbench deliveries cancel ID",
            ),
            Ok((vault, _)) if vault.count > 0 => warning(
                "held",
                format!("waiting until the vault can open their secrets: {}", named(&vault)),
                "see `vault` above: give hookbench run the key that they were sealed with (unlock the keyring, or set HOOKBENCH_VAULT_KEY_FILE); where the vault is open, hookbench deliveries show ID says what to set anew",
            ),
            Ok(_) => good("held", "no delivery is held"),
            Err(error) => bad("held", error.to_string(), "see the database"),
        }
    }

    async fn retention_check(&self) -> DoctorCheck {
        match self.maintenance().retention().await {
            Ok(view) => {
                let days = |days: Option<u32>| days.map_or("for ever".to_owned(), |n| format!("{n} days"));
                let most =
                    view.rules.max_bytes.map_or("any size".to_owned(), |n| format!("at most {}", size(n)));
                let found = format!(
                    "bodies {}, rows {}, {most}; {} in use",
                    days(view.rules.bodies_days),
                    days(view.rules.rows_days),
                    size(view.used_bytes)
                );
                if let Some(why) = view.on_hold {
                    return warning(
                        "retention",
                        format!("{found}; {why}"),
                        "set the clock right, or confirm it with hookbench retention run --trust-clock",
                    );
                }
                match view.rules.max_bytes {
                    Some(most) if view.used_bytes > most + most / 10 => {
                        warning("retention", found, "hookbench retention run takes away what is too much now")
                    }
                    Some(_) | None => good("retention", found),
                }
            }
            Err(error) => bad("retention", error.to_string(), "see the database"),
        }
    }

    /// What cannot be read, and what was put aside so that it stops nothing else.
    async fn set_aside_check(&self) -> DoctorCheck {
        let unreadable = self.store.registry().borrow().unreadable().to_vec();
        let aside = match self.store.set_aside().await {
            Ok(aside) => aside,
            Err(error) => return bad("rows", error.to_string(), "see the database"),
        };
        let rows = unreadable.iter().map(|row| format!("{} `{}`: {}", row.table, row.key, row.why));
        let aside =
            aside.iter().map(|one| format!("{} `{}` since {}: {}", one.what, one.key, one.at, one.why));
        let all: Vec<String> = rows.chain(aside).collect();
        match all.first() {
            None => good("rows", "every row can be read and written"),
            Some(first) => bad(
                "rows",
                format!("{} set aside, so that the others go on; {first}", all.len()),
                "this is a fault of Hookbench or of the file: please report it. A subscription that cannot be read is made anew, a delivery is sent again with hookbench deliveries retry",
            ),
        }
    }

    fn profiles_check(&self) -> DoctorCheck {
        let broken = self.broken_profiles();
        if broken.is_empty() {
            return good("profiles", "every platform's profile can be used");
        }
        let all: Vec<String> = broken.iter().map(ToString::to_string).collect();
        warning("profiles", all.join("; "), "correct these files, or take them out of profiles/")
    }
}

impl Maintenance {
    /// What is wrong with who may write into the data folder, if anything: who may can put another
    /// database, lock or token there.
    #[must_use]
    pub fn folder_warning(&self) -> Option<String> {
        let shown = self.0.folder.display();
        let writable = std::fs::metadata(&self.0.folder).is_ok_and(|metadata| writable_by_others(&metadata));
        writable
            .then(|| format!("{}: take that from them with chmod 700 {shown}", others_write(&self.0.folder)))
    }

    /// The same for the folder that is open.
    pub async fn examine(&self) -> DoctorReport {
        let holder = self.0.dispatching();
        let mut checks = vec![data_dir(&self.0.folder), space(&self.0.folder), dispatcher(holder.as_ref())];
        checks.extend(self.0.examined().await);
        checks.push(api_token(&self.0.folder));
        checks.extend(PORTS.map(|(port, what)| port_check(port, what, holder.is_some())));
        checks.push(trust().await);
        DoctorReport {
            ok: checks.iter().all(|check| check.finding != DoctorFinding::Failed),
            data_dir: self.0.folder.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            checks,
        }
    }
}

fn unusable(error: &WorkbenchError) -> DoctorCheck {
    let advice = if matches!(error, WorkbenchError::Store(StoreError::Newer { .. })) {
        "update Hookbench"
    } else if matches!(error, WorkbenchError::Store(StoreError::Unusable { .. })) {
        "hookbench doctor --set-aside renames it and starts afresh; nothing is deleted"
    } else {
        "free disk space, give yourself access to the file, or end the program that holds it"
    };
    bad("database", error.to_string(), advice)
}

#[cfg(unix)]
fn open_to_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(unix)]
fn writable_by_others(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o022 != 0
}

#[cfg(not(unix))]
fn writable_by_others(_metadata: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn open_to_others(_metadata: &Metadata) -> bool {
    false
}

fn others_write(folder: &Path) -> String {
    format!("others on this machine can write into {}", folder.display())
}

fn data_dir(folder: &Path) -> DoctorCheck {
    let shown = folder.display();
    let Ok(metadata) = std::fs::metadata(folder) else {
        return good("data_dir", format!("{shown} is not there yet; it is made when it is first needed"));
    };
    if let Err(error) = tempfile::tempfile_in(folder) {
        return bad("data_dir", format!("{shown} cannot be written: {error}"), "give yourself access to it");
    }
    if writable_by_others(&metadata) {
        // Who may do that can put another database, lock or token there.
        return warning("data_dir", others_write(folder), "chmod 700 it");
    }
    if open_to_others(&metadata) {
        return warning("data_dir", format!("others on this machine can look into {shown}"), "chmod 700 it");
    }
    good("data_dir", format!("{shown}, yours alone"))
}

fn dispatcher(holder: Option<&Holder>) -> DoctorCheck {
    match holder {
        Some(holder) => good("dispatcher", holder.to_string()),
        None => {
            good("dispatcher", "nothing dispatches from this folder now; hookbench run or the window does")
        }
    }
}

fn api_token(folder: &Path) -> DoctorCheck {
    let path = folder.join("api-token");
    match std::fs::metadata(&path) {
        Err(_) => good("api_token", "there is none yet; it is made with the first run"),
        Ok(metadata) if metadata.is_file() && open_to_others(&metadata) => bad(
            "api_token",
            format!("others on this machine can read {}", path.display()),
            "delete it: the next start makes a new one, for you alone",
        ),
        Ok(_) => match crate::token::read(&path) {
            Ok((token, _)) if token.len() >= 32 => good("api_token", "yours alone"),
            Ok(_) => bad(
                "api_token",
                format!("{} holds no token", path.display()),
                "delete it: the next start makes a new one",
            ),
            Err(error) => {
                let found = format!("{}: {error}", path.display());
                bad(
                    "api_token",
                    found,
                    "give yourself access to it, or remove it: the next start makes a new one",
                )
            }
        },
    }
}

fn port_check(port: u16, what: &str, running: bool) -> DoctorCheck {
    let name = if port == PORTS[0].0 { "api_port" } else { "receiver_port" };
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => good(name, format!("127.0.0.1:{port} is free for the {what}")),
        Err(_) if running => good(name, format!("127.0.0.1:{port} is taken, and Hookbench runs")),
        Err(error) => warning(
            name,
            format!("127.0.0.1:{port} cannot be used for the {what}: {error}"),
            "end the program that listens there, or choose another port with --api or --receiver",
        ),
    }
}

async fn trust() -> DoctorCheck {
    match tokio::task::spawn_blocking(hookbench_dispatcher::wire::trusted_roots).await {
        Ok(0) | Err(_) => bad(
            "tls",
            "this machine's trust store has no certificate: no https endpoint can be reached",
            "install the system's CA certificates (Debian: ca-certificates)",
        ),
        Ok(n) => good("tls", format!("{n} certificates in the trust store")),
    }
}

#[cfg(unix)]
#[expect(clippy::useless_conversion, reason = "other systems count in narrower numbers")]
fn free_space(folder: &Path) -> Option<u64> {
    let there = folder.ancestors().find(|path| path.exists())?;
    let stat = nix::sys::statvfs::statvfs(there).ok()?;
    Some(u64::from(stat.blocks_available()) * u64::from(stat.fragment_size()))
}

#[cfg(not(unix))]
fn free_space(_folder: &Path) -> Option<u64> {
    None
}

fn space(folder: &Path) -> DoctorCheck {
    let Some(free) = free_space(folder) else { return good("disk", "this system does not tell") };
    let found = format!("{} free", size(i64::try_from(free).unwrap_or(i64::MAX)));
    if free < SPACE_NEEDED {
        bad("disk", found, "free some: while the disk is full nothing is taken in and nothing is sent")
    } else if free < SPACE_WANTED {
        warning("disk", found, "free some before it is full: nothing is taken in then")
    } else {
        good("disk", found)
    }
}

/// Bytes in words.
#[expect(clippy::cast_precision_loss, reason = "one digit is shown")]
fn size(bytes: i64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1000.0 && unit + 1 < units.len() {
        (value, unit) = (value / 1000.0, unit + 1);
    }
    if unit == 0 { format!("{bytes} bytes") } else { format!("{value:.1} {}", units[unit]) }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use hookbench_ambient::Clock;
    use hookbench_domain::Timestamp;

    use super::*;

    #[tokio::test]
    async fn a_folder_that_others_can_write_into_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (key, clock) = (VaultKeySource::default(), Clock::manual(Timestamp::from_ms(0)));
        let workbench = Workbench::open_with(folder.path(), key, clock).await.unwrap();
        for (mode, warned, found) in
            [(0o700, false, "yours alone"), (0o755, false, "look into"), (0o777, true, "write into")]
        {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(workbench.maintenance().folder_warning().is_some(), warned, "{mode:o}");
            let check = data_dir(folder.path());
            assert!(check.found.contains(found), "{mode:o}: {check:?}");
        }
    }
}
