//! The vault's key in a real keyring: a Secret Service on a session bus of its own, unlocked, locked
//! and absent.

use hookbench_journeys::{Answer, Workplace, finish};
use tokio::process::Command;

/// Starts the daemon on this session's bus, then becomes the command.
const UNLOCKED: &str =
    "printf canary-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";
/// The same, but nobody has unlocked it.
const LOCKED: &str =
    "gnome-keyring-daemon --start --components=secrets </dev/null >/dev/null 2>&1; exec \"$@\"";
const ABSENT: &str = "exec \"$@\"";
/// A session bus that starts nothing by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#;

/// Runs `hookbench` in a session of its own, with the keyring as `how` says and no other key.
async fn session(place: &Workplace, how: &str, args: &[&str], stdin: &[u8]) -> Answer {
    let bare = place.bare(&[&["--json"], args].concat());
    let mut command = Command::new("dbus-run-session");
    command.arg(format!("--config-file={}", place.file("bus.conf", BUS))).args(["--", "sh", "-c", how, "sh"]);
    command.arg(bare.as_std().get_program()).args(bare.as_std().get_args());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).kill_on_drop(true);
    command.env("HOME", place.path()).env("XDG_RUNTIME_DIR", place.path());
    finish(&mut command, stdin).await
}

#[tokio::test]
async fn a_keyring_holds_the_key_that_is_changed_there_and_a_locked_or_absent_one_is_said() {
    let place = Workplace::new();
    let emulated = place.emulate("trcker", "").await;
    let add = ["brands", "add", "--platform", "trcker", "--name", "b1", "--base-url"];
    let key = place.file("api.key", &emulated.key);
    let add = [&add[..], &[&emulated.base_url, "--secret-file", &key]].concat();
    let added = session(&place, UNLOCKED, &add, b"").await;
    assert_eq!(added.code, 0, "gnome-keyring and dbus are needed, see CONTRIBUTING.md: {added:?}");
    let check = ["brands", "check", "b1"];
    assert_eq!(session(&place, UNLOCKED, &check, b"").await.code, 0, "another program finds the key");

    let rotate = ["vault", "rotate-key", "--keyring"];
    let rotated = session(&place, UNLOCKED, &rotate, b"").await;
    assert_eq!((rotated.code, &rotated.json()["secrets"]), (0, &1.into()), "{rotated:?}");
    assert_eq!(session(&place, UNLOCKED, &check, b"").await.code, 0, "the new key opens it");

    for (how, name) in [(LOCKED, "locked"), (ABSENT, "absent")] {
        let refused = session(&place, how, &check, b"").await;
        assert_eq!(refused.code, 3, "{name}: {refused:?}");
        assert!(
            refused.err.contains("keyring") && refused.err.contains("HOOKBENCH_VAULT_KEY_FILE"),
            "{name}: {}",
            refused.err
        );
        let tools = session(&place, how, &["platforms", "list"], b"").await;
        assert_eq!(tools.code, 0, "what needs no secret works: {tools:?}");
    }

    // Out of the keyring into a file, and back.
    let file = place.path().join("vault.key").display().to_string();
    let moved = session(&place, UNLOCKED, &["vault", "rotate-key", "--new-key-file", &file], b"").await;
    assert_eq!(moved.code, 0, "{moved:?}");
    assert_eq!(session(&place, UNLOCKED, &check, b"").await.code, 3, "the keyring's key opens nothing now");
    assert_eq!(place.run(&check).await.code, 0, "the file's does");
    let back = format!("export HOOKBENCH_VAULT_KEY_FILE='{file}'; {UNLOCKED}");
    let back = session(&place, &back, &rotate, b"").await;
    assert_eq!(back.code, 0, "{back:?}");
    assert_eq!(session(&place, UNLOCKED, &check, b"").await.code, 0);
}
