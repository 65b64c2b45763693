//! The data folder among hands that mean no good: planted links, lost locks, modes, first starts at once.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Stdio;
use std::time::Duration;

use hookbench_journeys::{Answer, Sink, Workplace, finish};
use nix::sys::signal::Signal;
use serde_json::json;

use crate::hostile::ground::{Site, hold, ms, step, until};
use crate::hostile::{Cases, Held, Not};

const RUN: [&str; 7] = ["--json", "-q", "run", "--api", "127.0.0.1:0", "--receiver", "127.0.0.1:0"];

/// Starts `run` and leaves it alone for a while: its end, or `None` if it goes on; then it is ended.
async fn run_for(place: &Workplace, most_ms: u64) -> Option<Answer> {
    let mut command = place.command(&RUN);
    command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    match tokio::time::timeout(Duration::from_millis(most_ms), child.wait()).await {
        Ok(status) => {
            let output = child.wait_with_output().await.unwrap();
            let err = String::from_utf8_lossy(&output.stderr).into_owned();
            Some(Answer { code: status.unwrap().code().unwrap_or(-1), out: String::new(), err })
        }
        Err(_) => {
            child.kill().await.ok();
            None
        }
    }
}

/// A link that somebody planted where a file of ours belongs: what it leads to stays as it is.
async fn planted_link(name: &'static str) -> Held {
    let place = Workplace::new();
    std::fs::create_dir(place.data()).unwrap();
    let precious = place.file("precious", "do not touch this file, it belongs to somebody else");
    std::fs::set_permissions(&precious, std::fs::Permissions::from_mode(0o644)).unwrap();
    symlink(&precious, place.data().join(name)).unwrap();
    let ended = run_for(&place, 2500).await;
    let now = std::fs::read_to_string(&precious).unwrap_or_default();
    hold!(now.starts_with("do not touch"), "what the link {name} leads to was written to: {now:?}");
    let token_read = name == "api-token" && ended.is_none();
    hold!(!token_read, "it runs with what another file holds as its token");
    if let Some(ended) = ended {
        hold!(ended.code == 3, "exit {}: {}", ended.code, ended.err);
        hold!(ended.err.contains(name), "it does not name {name}: {}", ended.err);
    }
    Ok(())
}

/// A folder, pipe or directory where a file belongs: words and exit 3, and no waiting for ever.
async fn odd_file(name: &'static str, kind: &'static str) -> Held {
    let place = Workplace::new();
    std::fs::create_dir(place.data()).unwrap();
    let path = if name == "vault.key" { place.path().join(name) } else { place.data().join(name) };
    let _there_already = std::fs::remove_file(&path);
    match kind {
        "a pipe" => nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap(),
        _ => std::fs::create_dir(&path).unwrap(),
    }
    step(format!("using {name}, which is {kind}"));
    let ended = if name == "vault.key" {
        let create = [
            "--json",
            "subscriptions",
            "create",
            "--url",
            "http://127.0.0.1:9/",
            "--event",
            "*",
            "--generate-secret",
        ];
        let mut command = place.command(&create);
        let asked = finish(&mut command, b"");
        tokio::time::timeout(Duration::from_secs(8), asked).await.ok()
    } else {
        run_for(&place, 8000).await
    };
    let Some(ended) = ended else {
        return Err(format!("{kind} as {name}: it waits for ever, or runs").into());
    };
    hold!(ended.code == 3, "exit {}: {}", ended.code, ended.err);
    hold!(!ended.err.contains("panicked") && ended.err.len() > 20, "{}", ended.err);
    Ok(())
}

/// A folder in which others may put what they like is closed, or named.
async fn open_folder() -> Held {
    let place = Workplace::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let site = Site::at(place).await;
    let mode = std::fs::metadata(site.place.data()).unwrap().permissions().mode() & 0o777;
    let doctor = site.place.run(&["doctor"]).await;
    let named = |text: &str| {
        text.contains("777") || text.contains("others") || text.contains("everyone") || text.contains("chmod")
    };
    let said = named(&site.stderr()) || mode == 0o700;
    hold!(said, "`run` says nothing of a folder with the mode 0777");
    hold!(mode == 0o700 || named(&doctor.out), "`doctor` says nothing of a folder with the mode 0777");
    Ok(())
}

/// Nothing that we make is for others, whatever the umask.
async fn modes() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::through(Workplace::new(), "umask 000; exec \"$0\" \"$@\"", &[]).await;
    site.program
        .subscribe(json!({"url": sink.url("/status/500"), "events": ["*"], "generate_secret": true}))
        .await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    site.tried(&ids[0]).await?;
    let out = site.place.path().join("out.csv").display().to_string();
    let bundle = site.place.path().join("bundle.json").display().to_string();
    let umasked = async |args: &[&str]| {
        let mut command = site.place.through("umask 000; exec \"$0\" \"$@\"", &[&["--json"], args].concat());
        finish(&mut command, b"").await
    };
    let exported = umasked(&["deliveries", "export", "--format", "csv", "-o", &out]).await;
    hold!(exported.code == 0, "{exported:?}");
    let bundled = umasked(&["deliveries", "bundle", &ids[0], "-o", &bundle]).await;
    hold!(bundled.code == 0, "{bundled:?}");
    let mut open = Vec::new();
    let mut folders = vec![site.place.data()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            if mode & 0o077 != 0 {
                open.push(format!("{} {mode:o}", entry.file_name().to_string_lossy()));
            }
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    for file in [&out, &bundle] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            open.push(format!("{} {mode:o}", file.rsplit('/').next().unwrap_or_default()));
        }
    }
    let mode = std::fs::metadata(site.place.data()).unwrap().permissions().mode() & 0o777;
    hold!(mode == 0o700, "the folder has the mode {mode:o}");
    hold!(open.is_empty(), "for others: {}", open.join(", "));
    site.sound().await
}

/// The lock is removed while a program runs: a second one is still refused.
async fn lock_taken_away(how: &'static str) -> Held {
    let mut site = Site::new().await;
    let lock = site.place.data().join("lock");
    match how {
        "removed" => std::fs::remove_file(&lock).unwrap(),
        "moved away" => std::fs::rename(&lock, site.place.data().join("lock.old")).unwrap(),
        "emptied" => std::fs::write(&lock, "").unwrap(),
        _ => {
            std::fs::remove_file(&lock).unwrap();
            std::fs::write(&lock, "{}").unwrap();
        }
    }
    let second = run_for(&site.place, 3000).await;
    let Some(second) = second else {
        return Err(format!("with the lock {how} a second dispatcher runs beside the first").into());
    };
    hold!(second.code == 3, "exit {}: {}", second.code, second.err);
    site.sound().await
}

/// Killed, its leftover lock holds nobody off.
async fn lock_left_behind() -> Held {
    let site = Site::new().await;
    let mut site = site.killed_and_started().await;
    site.sound().await
}

/// First starts at once: one runs, the others exit 3 and name it.
async fn first_starts() -> Held {
    for round in 0..4 {
        let place = Workplace::new();
        let mut children = Vec::new();
        for _ in 0..4 {
            let mut command = place.command(&RUN);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
            children.push(command.spawn().unwrap());
        }
        ms(2500).await;
        let (mut running, mut codes) = (0, Vec::new());
        for child in &mut children {
            match child.try_wait().unwrap() {
                None => running += 1,
                Some(status) => codes.push(status.code().unwrap_or(-1)),
            }
        }
        for mut child in children {
            child.kill().await.ok();
        }
        hold!(
            running == 1 && codes.iter().all(|code| *code == 3),
            "round {round}: {running} run, the others exit {codes:?}"
        );
    }
    Ok(())
}

/// The command beside a first start: it works or says why.
async fn first_commands() -> Held {
    let place = Workplace::new();
    let many: Vec<_> = (0..6)
        .map(|n| {
            let mut command = place.command(&[
                "--json",
                "subscriptions",
                "create",
                "--url",
                "http://127.0.0.1:9/",
                "--event",
                "*",
                "--name",
                &n.to_string(),
            ]);
            tokio::spawn(async move { finish(&mut command, b"").await })
        })
        .collect();
    let mut made = 0;
    for one in many {
        let answer = one.await.unwrap();
        hold!(answer.code == 0, "a first command at the same time as others: {answer:?}");
        made += 1;
    }
    let listed = place.run(&["subscriptions", "list"]).await.json();
    hold!(
        listed["items"].as_array().unwrap().len() == made,
        "{made} were made, {} are there",
        listed["items"].as_array().unwrap().len()
    );
    Ok(())
}

/// A second signal shortens the wait for what is under way.
async fn second_signal(first: Signal, second: Signal) -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let policy = json!({"preset": "none", "timeout_ms": 60_000});
    site.program.subscribe(json!({"url": sink.url("/hold"), "events": ["*"], "policy": policy})).await;
    site.publish("a.b", json!({})).await;
    until("the attempt to be under way", async || (!sink.hits().is_empty()).then_some(())).await?;
    site.program.send_signal(first);
    ms(400).await;
    hold!(site.program.ended().is_none(), "the first signal cut off what was under way");
    site.program.send_signal(second);
    let ended = tokio::time::timeout(Duration::from_secs(4), site.program.end()).await;
    hold!(ended.is_ok(), "4 s after a second {second} it still runs");
    let mut site = Site::at(site.place).await;
    site.sound().await
}

/// A database of others, and one that is damaged: untouched, exit 3, and a way on.
async fn foreign_database(what: &'static str) -> Held {
    let place = Workplace::new();
    std::fs::create_dir(place.data()).unwrap();
    let path = place.data().join("hookbench.db");
    let bytes: Vec<u8> = match what {
        "text" => b"this is no database at all, whatever its name says. ".repeat(40),
        "zeros" => vec![0; 8192],
        "half a head" => b"SQLite format 3\0\x10\0".to_vec(),
        _ => {
            let place = Workplace::new();
            hold!(place.start().await.terminate().await.success(), "it does not stop");
            let mut bytes = std::fs::read(place.data().join("hookbench.db")).unwrap();
            let half = bytes.len() / 2;
            bytes.truncate(half - half % 4096);
            bytes
        }
    };
    std::fs::write(&path, &bytes).unwrap();
    let ended = run_for(&place, 6000).await;
    let Some(ended) = ended else { return Err(format!("it runs on {what}").into()) };
    hold!(ended.code == 3, "exit {}: {}", ended.code, ended.err);
    hold!(std::fs::read(&path).unwrap() == bytes, "the file was changed");
    let aside = place.run(&["doctor", "--set-aside"]).await;
    hold!(aside.code == 0, "{aside:?}");
    let mut site = Site::at(place).await;
    site.sound().await
}

/// The API's token is a new one where the file is empty or too short, and never a guess.
async fn weak_token(text: &'static str) -> Held {
    let place = Workplace::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::write(place.data().join("api-token"), text).unwrap();
    std::fs::set_permissions(place.data().join("api-token"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let mut command = place.command(&RUN);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    let mut child = command.spawn().unwrap();
    ms(2000).await;
    if let Some(status) = child.try_wait().unwrap() {
        hold!(status.code() == Some(3), "it ends with {status}");
        return Ok(());
    }
    child.kill().await.ok();
    let now = std::fs::read_to_string(place.data().join("api-token")).unwrap();
    let mode = std::fs::metadata(place.data().join("api-token")).unwrap().permissions().mode() & 0o777;
    hold!(now.trim().len() >= 32, "it runs with the token {:?}", now.trim());
    hold!(mode == 0o600, "the token's file has the mode {mode:o}");
    Ok(())
}

/// A data folder that cannot be written to, or is a file.
async fn unusable_folder(what: &'static str) -> Held {
    let place = Workplace::new();
    match what {
        "a file" => std::fs::write(place.data(), "x").unwrap(),
        _ => symlink("/proc/self/nothing/there", place.data()).unwrap(),
    }
    let ended = run_for(&place, 5000).await;
    let Some(ended) = ended else { return Err(format!("it runs in {what}").into()) };
    hold!(ended.code == 3, "exit {}: {}", ended.code, ended.err);
    hold!(ended.err.contains("data"), "the folder is not named: {}", ended.err);
    Ok::<(), Not>(())
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    for name in ["lock", "api-token", "hookbench.db"] {
        cases.add(format!("a link planted as {name}"), move || planted_link(name));
    }
    for (name, kind) in [
        ("vault.key", "a pipe"),
        ("vault.key", "a folder"),
        ("api-token", "a pipe"),
        ("api-token", "a folder"),
        ("lock", "a folder"),
        ("lock", "a pipe"),
        ("hookbench.db", "a folder"),
        ("hookbench.db", "a pipe"),
    ] {
        cases.add(format!("{kind} as {name}"), move || odd_file(name, kind));
    }
    cases.add("a folder that everybody may write to", open_folder);
    cases.add("an umask that allows everything", modes);
    for how in ["removed", "moved away", "emptied", "replaced"] {
        cases.add(format!("the lock {how} while a program runs"), move || lock_taken_away(how));
    }
    cases.add("a lock that a killed program left", lock_left_behind);
    cases.add("four first starts at once", first_starts);
    cases.add("six first commands at once", first_commands);
    cases.add("a second SIGTERM", || second_signal(Signal::SIGTERM, Signal::SIGTERM));
    cases.add("a second SIGINT", || second_signal(Signal::SIGINT, Signal::SIGINT));
    cases.add("a SIGTERM after a SIGINT", || second_signal(Signal::SIGINT, Signal::SIGTERM));
    for what in ["text", "zeros", "half a head", "half of itself"] {
        cases.add(format!("a database that is {what}"), move || foreign_database(what));
    }
    for (name, text) in [("empty", ""), ("one letter", "a"), ("a line's end", "\n"), ("a word", "password")] {
        cases.add(format!("a token that is {name}"), move || weak_token(text));
    }
    for what in ["a file", "a link to nowhere"] {
        cases.add(format!("a data folder that is {what}"), move || unusable_folder(what));
    }
}
