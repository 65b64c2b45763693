//! A real keyring: a Secret Service on a session bus of its own, that is there, locked or gone while
//! deliveries wait.

use hookbench_journeys::{Answer, Sink, Workplace, finish};
use tokio::process::Command;

use crate::hostile::ground::{hold, missing, step};
use crate::hostile::{Cases, Held, Not};

/// Starts the daemon on this session's bus, then becomes the command.
const UNLOCKED: &str = "printf canary-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec timeout 20 \"$@\"";
const LOCKED: &str =
    "gnome-keyring-daemon --start --components=secrets </dev/null >/dev/null 2>&1; exec timeout 20 \"$@\"";
const ABSENT: &str = "exec timeout 20 \"$@\"";
/// A session bus that starts nothing by itself.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"#;

async fn session(place: &Workplace, how: &str, args: &[&str], stdin: &[u8]) -> Result<Answer, Not> {
    for (program, flag) in [("dbus-run-session", "--version"), ("gnome-keyring-daemon", "--version")] {
        let asked = Command::new(program).arg(flag).output().await;
        if !asked.is_ok_and(|asked| asked.status.success()) {
            return missing(format!("{program} is not installed: apt-get install dbus gnome-keyring"));
        }
    }
    step(format!("hookbench {}", args[..args.len().min(2)].join(" ")));
    let bare = place.bare(&[&["--json"], args].concat());
    let mut command = Command::new("dbus-run-session");
    command.arg(format!("--config-file={}", place.file("bus.conf", BUS))).args(["--", "sh", "-c", how, "sh"]);
    command.arg(bare.as_std().get_program()).args(bare.as_std().get_args());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).kill_on_drop(true);
    command.env("HOME", place.path()).env("XDG_RUNTIME_DIR", place.path());
    Ok(finish(&mut command, stdin).await)
}

/// A secret kept under the keyring's key: without the keyring nothing is sent unsigned, and nothing is lost.
async fn comes_and_goes() -> Held {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let url = sink.url("/ok");
    let create = ["subscriptions", "create", "--url", &url, "--event", "*", "--generate-secret"];
    let made = session(&place, UNLOCKED, &create, b"").await?;
    hold!(made.code == 0, "{made:?}");
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let test = ["subscriptions", "test", &id];
    for (how, name) in [(ABSENT, "absent"), (LOCKED, "locked")] {
        let tried = session(&place, how, &test, b"").await?;
        hold!(
            tried.code != 0 && sink.hits().is_empty(),
            "with the keyring {name} something was sent: {tried:?}"
        );
        hold!(tried.err.contains("keyring"), "with the keyring {name}: {}", tried.err);
        let list = session(&place, how, &["deliveries", "list"], b"").await?;
        hold!(list.code == 0, "with the keyring {name} the log cannot be read: {list:?}");
    }
    let tried = session(&place, UNLOCKED, &test, b"").await?;
    hold!(tried.code == 0 && !sink.hits().is_empty(), "with the keyring back: {tried:?}");
    let signed = sink.hits().iter().all(|hit| !hit.header("webhook-signature").is_empty());
    hold!(signed, "something was sent unsigned");
    Ok(())
}

/// Two first starts at once make one key.
async fn made_once() -> Held {
    let place = Workplace::new();
    let script = "printf canary-password | gnome-keyring-daemon --unlock --components=secrets >/dev/null; \"$@\" --name a > a.out 2>&1 & \"$@\" --name b > b.out 2>&1 & wait; cat a.out b.out";
    let create =
        ["subscriptions", "create", "--url", "http://127.0.0.1:9/", "--event", "*", "--generate-secret"];
    let script = format!("cd '{}'; {script}", place.path().display());
    let both = session(&place, &script, &create, b"").await?;
    hold!(both.out.matches("\"secret\":\"whsec_").count() == 2, "{both:?}");
    let rotated = session(&place, UNLOCKED, &["vault", "rotate-key", "--keyring"], b"").await?;
    hold!(rotated.code == 0, "a secret of one of two that began at once cannot be opened: {rotated:?}");
    Ok(())
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    cases.add("a keyring that is there, gone, locked and there again", comes_and_goes);
    cases.add("a keyring's first key, made by two at once", made_once);
}
