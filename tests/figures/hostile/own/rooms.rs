//! Other rooms: profiles, resolvers, relays, sources, folders, readers, the emulator.

use std::process::Stdio;
use std::time::Duration;

use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::{Value, json};

use crate::hostile::Held;
use crate::hostile::ground::{Memory, Site, hold, missing, ms, step, timed, until};
use crate::hostile::raw::{Endpoint, exchange, status};

/// Profiles in the data folder that are links, pipes, huge or nested: named, and nothing waits.
pub(super) async fn odd_profiles() -> Held {
    let place = Workplace::new();
    let folder = place.data().join("profiles");
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.json")).unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("loop.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("gone.json")).unwrap();
    nix::unistd::mkfifo(&folder.join("pipe.json"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    std::fs::write(folder.join("deep.json"), "[".repeat(200_000)).unwrap();
    std::fs::write(folder.join("text.json"), b"\xff\xfe\x00").unwrap();
    std::fs::create_dir(folder.join("folder.json")).unwrap();
    step("listing platforms with odd profiles");
    let listed = place.command(&["--json", "platforms", "list"]).kill_on_drop(true).output();
    let Ok(Ok(listed)) = tokio::time::timeout(Duration::from_secs(10), listed).await else {
        return Err("`platforms list` reads a link to an endless device, or waits for a pipe, for 10 s"
            .to_owned()
            .into());
    };
    hold!(
        listed.status.success(),
        "it ends with {}: {}",
        listed.status,
        String::from_utf8_lossy(&listed.stderr)
    );
    let site = Site::at(place).await;
    let doctor = site.place.run(&["doctor"]).await.out;
    for name in ["zero", "loop", "gone", "pipe", "deep", "text", "folder"] {
        hold!(doctor.contains(&format!("{name}.json")), "doctor does not name {name}.json: {doctor}");
    }
    Ok(())
}

/// A resolver that never answers holds up only what needs it.
pub(super) async fn silent_resolver() -> Held {
    let Ok(silent) = tokio::net::UdpSocket::bind("127.53.53.53:53").await else {
        return missing("a resolver that never answers listens on port 53, as root");
    };
    let tried = tokio::process::Command::new("unshare").args(["-m", "true"]).output().await;
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return missing(
            "a resolver of its own for the program needs `unshare -m` and `mount --bind`, as root",
        );
    }
    let place = Workplace::new();
    let conf = place.file("resolv.conf", "nameserver 127.53.53.53\noptions timeout:30 attempts:1\n");
    let shell = format!(
        "exec unshare -m sh -c 'mount --bind {conf} /etc/resolv.conf; exec \"$0\" \"$@\"' \"$0\" \"$@\""
    );
    let sink = Sink::start().await;
    let mut site = Site::through(place, &shell, &[]).await;
    let policy = json!({"preset": "none", "timeout_ms": 2000});
    for n in 0..60 {
        let url = format!("http://host{n}.example.com/");
        site.program.subscribe(json!({"url": url, "events": ["slow.*"], "policy": policy})).await;
    }
    site.program.subscribe(json!({"url": sink.url("/"), "events": ["plain.*"]})).await;
    let mut slow = Vec::new();
    for n in 0..15 {
        slow.extend(site.publish("slow.event", json!({"n": n})).await.1);
    }
    let (published, took) = timed(site.publish("plain.event", json!({}))).await;
    let (ended, more) = timed(site.settled(&published.1[0])).await;
    hold!(
        ended?["state"] == "delivered" && took + more < 3000,
        "an endpoint by its address waits {} ms",
        took + more
    );
    let check = json!({"body_base64": "e30=", "scheme": "github", "headers": [["X-Hub-Signature-256", "sha256=00"]], "secrets": ["0123456789abcdef"]});
    let (diagnosed, took) = timed(site.program.call("POST", "/v1/diagnose", check)).await;
    hold!(diagnosed.0 == 200 && took < 3000, "a diagnosis beside it: {} after {took} ms", diagnosed.0);
    let first = site.tried(&slow[0]).await?;
    hold!(first["outcome"] == "dns" || first["outcome"] == "timeout", "it ends as {}", first["outcome"]);
    drop(silent);
    site.sound().await
}

/// A relay that means no good: a stream without an end of line, pages without an end, a redirect.
pub(super) async fn hostile_relay(what: &'static str) -> Held {
    let theirs = Endpoint::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").await;
    let elsewhere = theirs.url("/token-1");
    let relay = Endpoint::plain(move |mut served| {
        let elsewhere = elsewhere.clone();
        async move {
            while served.request().await.is_some() {
                served.count(1);
                match what {
                    "a line without an end" => {
                        served.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ").await;
                        while served.write(vec![b'x'; 64 * 1024]).await {}
                        return;
                    }
                    "a message without an end" => {
                        served.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n").await;
                        while served.write("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(1000)).await {}
                        return;
                    }
                    "a nested message" => {
                        let deep = format!("data: {{\"body\":{}1{}}}\n\n", "[".repeat(50_000), "]".repeat(50_000));
                        served.write(format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n{deep}")).await;
                        ms(5000).await;
                        return;
                    }
                    "a redirect" => {
                        served.write(format!("HTTP/1.1 302 Found\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n")).await;
                    }
                    "pages without an end" => {
                        let entry = r#"{"uuid":"00000000-0000-0000-0000-000000000001","type":"web","ip":"203.0.113.7","method":"POST","headers":{},"content":"{}","size":2,"created_at":"2026-01-01 00:00:00","url":"https://x.example/token-1"}"#;
                        let body = format!(r#"{{"data":[{entry}],"total":1000000,"is_last_page":false}}"#);
                        served.write(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
                    }
                    _ => {
                        served.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").await;
                        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
                        while served.write(&chunk).await {}
                        return;
                    }
                }
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    let memory = Memory::of(&site.program);
    let kind = if matches!(what, "pages without an end" | "a list without an end") {
        "webhook-site"
    } else {
        "smee"
    };
    let source =
        json!({"name": "far", "scheme": "none", "relay": {"kind": kind, "url": relay.url("/token-1")}});
    let (status, answer) = site.program.call("POST", "/v1/sources", source).await;
    hold!(status == 201, "{status} {answer}");
    ms(3500).await;
    let (grown, asked) = (memory.grown_mib(), relay.count());
    // A page of a list may have 64 MiB.
    let most = if what == "a list without an end" { 80 } else { 32 };
    hold!(grown <= most, "memory grew by {grown} MiB");
    hold!(theirs.connections() == 0, "a redirect was followed");
    hold!(asked < 200, "it was asked {asked} times in 3.5 s");
    site.sound().await
}

/// The address rules of a source, and who says where a request comes from.
pub(super) async fn allowed_addresses() -> Held {
    let mut site = Site::new().await;
    site.program
        .call(
            "POST",
            "/v1/sources",
            json!({"name": "far", "scheme": "none", "allow_ips": ["203.0.113.0/24"]}),
        )
        .await;
    let body = r#"{"id":"f","event":"a.b","data":{}}"#;
    for line in [
        "x-forwarded-for: 203.0.113.7",
        "forwarded: for=203.0.113.7",
        "x-real-ip: 203.0.113.7",
        "cf-connecting-ip: 203.0.113.7",
        "true-client-ip: 203.0.113.7",
        "client-ip: 203.0.113.7",
    ] {
        let request = format!(
            "POST /in/far HTTP/1.1\r\nhost: r\r\n{line}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let got = status(&exchange(&site.receiver(), request.as_bytes(), false, 3000).await);
        hold!(got == 403, "{line}: {got}");
    }
    let proxied = format!(
        "PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\nPOST /in/far HTTP/1.1\r\nhost: r\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let got = status(&exchange(&site.receiver(), proxied.as_bytes(), false, 3000).await);
    hold!(got != 200, "a line of a proxy is believed: {got}");
    let mut taken = Vec::new();
    for range in [
        "127.0.0.1/33",
        "127.0.0.1/-1",
        "127.0.0.1/",
        "/8",
        "127.0.0",
        "0x7f.1",
        "127.1",
        "::1/129",
        "localhost",
        "127.0.0.1/8/8",
        " 127.0.0.1",
        "127.0.0.1%lo",
        "\u{661}27.0.0.1",
        "10.0.0.1-10.0.0.9",
    ] {
        let source = json!({"name": format!("r{}", taken.len()), "scheme": "none", "allow_ips": [range]});
        let (status, _) = site.program.call("POST", "/v1/sources", source).await;
        if status != 422 {
            taken.push(format!("{range}: {status}"));
        }
    }
    hold!(taken.is_empty(), "{}", taken.join("; "));
    let mapped = json!({"name": "mapped", "scheme": "none", "allow_ips": ["::ffff:127.0.0.1"]});
    let (code, _) = site.program.call("POST", "/v1/sources", mapped).await;
    if code == 201 {
        let request = format!(
            "POST /in/mapped HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let got = status(&exchange(&site.receiver(), request.as_bytes(), false, 3000).await);
        hold!(got == 200, "a mapped address is another one than its own: {got}");
    }
    site.sound().await
}

/// Two requests in one piece are two requests; one that hides behind another's body is none.
pub(super) async fn pipelined() -> Held {
    let mut site = Site::new().await;
    site.program.call("POST", "/v1/sources", json!({"name": "open", "scheme": "none"})).await;
    let one = |id: &str| {
        let body = format!(r#"{{"id":"{id}","event":"a.b","data":{{}}}}"#);
        format!(
            "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answer = exchange(
        &site.receiver(),
        format!("{}{}{}", one("p1"), one("p2"), one("p3")).as_bytes(),
        false,
        1500,
    )
    .await;
    hold!(answer.matches("HTTP/1.1 200").count() == 3, "{answer}");
    let hidden = one("hidden");
    for (what, request) in [
        (
            "a length and chunks",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
            ),
        ),
        (
            "chunks with a tab",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\ntransfer-encoding:\tchunked\r\n\r\n0\r\n\r\n{hidden}",
                hidden.len() + 5
            ),
        ),
        (
            "a space before the colon",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length : 0\r\ncontent-length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
        ),
        (
            "an unknown coding",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ntransfer-encoding: xchunked\r\ncontent-length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
        ),
        (
            "a bare line feed",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\n\r\n0\r\n\r\n{}",
                hidden.replace("hidden", "fine")
            ),
        ),
    ] {
        exchange(&site.receiver(), request.as_bytes(), true, 1500).await;
        let found = site.program.call("GET", "/v1/events/hidden", Value::Null).await.0;
        hold!(found == 404, "{what}: a request that was hidden behind another was taken");
    }
    site.sound().await
}

/// A data folder whose name means something to a database, a shell or a URL.
pub(super) async fn odd_folder() -> Held {
    let sink = Sink::start().await;
    for name in [
        "da?mode=memory",
        "d#frag",
        "per%20cent%00",
        "sp ace 'q' \"d\"",
        "\u{1f600}-\u{e9}",
        "file:x",
        "-dash",
        "semi;colon&and",
    ] {
        let place = Workplace::new();
        let folder = place.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let folder = folder.display().to_string();
        let run = async |args: &[&str]| {
            let mut command = place.bare(&[]);
            command = {
                let program = command.as_std().get_program().to_owned();
                let mut fresh = tokio::process::Command::new(program);
                fresh.env_clear().env("HOME", place.path()).env("PATH", "/usr/bin:/bin").kill_on_drop(true);
                fresh
                    .env("HOOKBENCH_VAULT_KEY_FILE", place.path().join("vault.key"))
                    .arg(format!("--data-dir={folder}"));
                fresh.arg("--json").args(args);
                fresh
            };
            finish(&mut command, br#"{"n":1}"#).await
        };
        let made = run(&["subscriptions", "create", "--url", &sink.url("/"), "--event", "*"]).await;
        hold!(made.code == 0, "{name}: {made:?}");
        let sent = run(&["events", "send", "--type", "a.b", "--data", "-"]).await;
        hold!(sent.code == 0, "{name}: {sent:?}");
        let listed = run(&["events", "list"]).await.json();
        hold!(
            listed["items"].as_array().unwrap().len() == 1,
            "{name}: the event is gone at the next command"
        );
        hold!(
            std::path::Path::new(&folder).join("hookbench.db").exists(),
            "{name}: the database is elsewhere"
        );
    }
    Ok(())
}

/// Its reader goes: it dispatches on.
pub(super) async fn reader_gone() -> Held {
    let sink = Sink::start().await;
    let place = Workplace::new();
    let mut command = place.through(
        "exec \"$0\" \"$@\" | head -n 1",
        &["--json", "run", "--api", "127.0.0.1:0", "--receiver", "127.0.0.1:0"],
    );
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let ready = {
        use tokio::io::AsyncBufReadExt;
        let mut lines = tokio::io::BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next_line().await.unwrap().unwrap_or_default()
    };
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let token = std::fs::read_to_string(place.data().join("api-token")).unwrap();
    let client = hookbench_journeys::client().build().unwrap();
    let base = ready["api"].as_str().unwrap();
    let wanted = json!({"url": sink.url("/"), "events": ["*"]});
    client.post(format!("{base}/v1/subscriptions")).bearer_auth(&token).json(&wanted).send().await.unwrap();
    for n in 0..300 {
        let event = json!({"event": "a.b", "data": {"n": n, "text": "x".repeat(500)}});
        let sent = client.post(format!("{base}/v1/events")).bearer_auth(&token).json(&event).send().await;
        hold!(
            sent.is_ok_and(|s| s.status().as_u16() == 202),
            "event {n} is not taken once its reader is gone"
        );
    }
    let arrived = until("all to arrive", async || (sink.hits().len() >= 300).then_some(())).await;
    let health: Value = client
        .get(format!("{base}/v1/health"))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    // It ends with us: nobody else knows its number.
    let holder: Value = serde_json::from_str(&std::fs::read_to_string(place.data().join("lock")).unwrap())
        .unwrap_or_default();
    if let Some(pid) = holder["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()) {
        let _gone =
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
    }
    child.wait().await.ok();
    arrived?;
    hold!(health["status"] == "ok", "its health is {health}");
    Ok(())
}

/// The emulator stays on this machine and bears what comes.
pub(super) async fn emulator() -> Held {
    let place = Workplace::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let mut command = place.command(&["--json", "emulate", "--platform", "trcker", "--addr", address]);
        let ran = tokio::time::timeout(Duration::from_secs(4), finish(&mut command, b"")).await;
        hold!(ran.is_ok_and(|ran| ran.code != 0), "it listens on {address}");
    }
    let emulated = place.emulate("trcker", "").await;
    let address = emulated.base_url.trim_start_matches("http://").to_owned();
    let key = emulated.key.clone();
    let deep = "[".repeat(50_000);
    for (what, request) in [
        ("no key", "GET /api/public/webhooks HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n".to_owned()),
        (
            "a nested body",
            format!(
                "POST /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{deep}",
                deep.len()
            ),
        ),
        (
            "a body without an end",
            format!(
                "POST /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\n{{"
            ),
        ),
        ("a webhook that leads away", {
            let body = r#"{"url":"http://169.254.169.254/","events":["conversion.created"]}"#;
            format!(
                "POST /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
        }),
    ] {
        let answer = exchange(&address, request.as_bytes(), false, 4000).await;
        let got = status(&answer);
        hold!(got < 500, "{what}: {got}");
        hold!(what != "no key" || got == 401, "without a key: {got}");
        hold!(
            what != "a webhook that leads away" || got >= 400,
            "a webhook that leads off this machine is taken: {got}"
        );
    }
    let alive = exchange(&address, format!("GET /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n").as_bytes(), false, 4000).await;
    hold!(status(&alive) == 200, "afterwards it answers {}", status(&alive));
    emulated.stop().await;
    Ok(())
}
