//! The database: gone, replaced, full, held by others, with rows that cannot be read; and large numbers
//! of what people make.

use std::path::Path;
use std::time::Duration;

use hookbench_journeys::{Sink, Workplace};
use serde_json::{Value, json};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::hostile::ground::{Site, hold, missing, ms, step, timed, until, until_within};
use crate::hostile::{Cases, Held};

async fn database(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

/// The file is taken away from a running program: soon nothing more is acknowledged, and it is said.
async fn taken_away(how: &'static str) -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    site.publish("a.b", json!({})).await;
    until("the first to arrive", async || (!sink.hits().is_empty()).then_some(())).await?;
    let data = site.place.data();
    let file = data.join("hookbench.db");
    step(format!("having it {how}"));
    match how {
        "deleted" => {
            for name in ["hookbench.db", "hookbench.db-wal", "hookbench.db-shm"] {
                let _not_there = std::fs::remove_file(data.join(name));
            }
        }
        "moved away" => std::fs::rename(&file, data.join("elsewhere.db")).unwrap(),
        "replaced by an empty file" => {
            std::fs::write(data.join("new"), "").unwrap();
            std::fs::rename(data.join("new"), &file).unwrap();
        }
        "replaced by a copy of itself" => {
            std::fs::copy(&file, data.join("new")).unwrap();
            std::fs::rename(data.join("new"), &file).unwrap();
        }
        "moved with its folder" => std::fs::rename(&data, site.place.path().join("elsewhere")).unwrap(),
        _ => {
            let other = Site::new().await;
            other.program.terminate().await;
            std::fs::copy(other.place.data().join("hookbench.db"), data.join("new")).unwrap();
            std::fs::rename(data.join("new"), &file).unwrap();
        }
    }
    let refused = until_within("an event to be refused", Duration::from_secs(8), async || {
        ms(200).await;
        let event = json!({"event": "a.b", "data": {"n": 2}});
        let (status, answer) = site.program.call("POST", "/v1/events", event).await;
        (status >= 500).then_some((status, answer))
    })
    .await;
    let Ok((status, answer)) = refused else {
        return Err("events are acknowledged for 8 s and go into nothing".to_owned().into());
    };
    hold!(status == 503, "{status} {answer}");
    let health = site.program.get("/v1/health").await;
    hold!(health["status"] != "ok" && health["problem"].is_string(), "its health is {health}");
    hold!(!site.stderr().contains("panicked at"), "it panicked");
    Ok(())
}

/// While another program holds it, nothing is acknowledged; afterwards it goes on by itself.
async fn held_by_another() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let mut other = database(&site.place.data().join("hookbench.db")).await;
    let held = other.begin_with("begin immediate").await.unwrap();
    let event = json!({"id": "e1", "event": "a.b", "data": {}});
    let (status, answer) = site.program.call("POST", "/v1/events", event.clone()).await;
    hold!(status == 503, "{status} {answer}");
    held.rollback().await.unwrap();
    let status = until("events to be kept again", async || {
        let status = site.program.call("POST", "/v1/events", event.clone()).await.0;
        (status < 300).then_some(status)
    })
    .await?;
    hold!(status == 202, "it was kept although it was refused: {status}");
    until("it to arrive", async || (!sink.hits().is_empty()).then_some(())).await?;
    site.sound().await
}

/// One row that cannot be read leaves the others alone, and is named.
async fn row_that_cannot_be_read(what: &'static str, statement: &'static str) -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    for n in 0..3 {
        site.program
            .subscribe(json!({"url": sink.url(&format!("/{n}")), "events": ["*"], "name": format!("s{n}")}))
            .await;
    }
    for n in 0..3 {
        site.publish("a.b", json!({"n": n})).await;
    }
    until("all to arrive", async || (sink.hits().len() >= 9).then_some(())).await?;
    ms(300).await;
    hold!(site.program.terminate().await.success(), "it does not stop");
    let place = site.place;
    let mut other = database(&place.data().join("hookbench.db")).await;
    other.execute("pragma ignore_check_constraints = on").await.unwrap();
    step(format!("damaging {what}"));
    let changed = other.execute(AssertSqlSafe(statement)).await;
    hold!(changed.as_ref().is_ok_and(|c| c.rows_affected() > 0), "nothing was damaged: {changed:?}");
    other.close().await.unwrap();
    let mut site = Site::at(place).await;
    let before = sink.hits().len();
    let (status, answer) =
        site.program.call("POST", "/v1/events", json!({"event": "a.b", "data": {"n": 9}})).await;
    hold!(status == 202, "with {what}: publishing answers {status} {answer}");
    until("the others to get the next event", async || (sink.hits().len() >= before + 2).then_some(()))
        .await?;
    for path in ["/v1/deliveries?limit=500", "/v1/events?limit=500", "/v1/subscriptions", "/v1/stats"] {
        let (status, answer) = site.program.call("GET", path, Value::Null).await;
        hold!(status == 200, "with {what}, {path}: {status} {answer}");
    }
    site.sound().await
}

/// A copy that a migration makes first, and what a kill leaves of one.
async fn before_a_migration() -> Held {
    use std::os::unix::fs::PermissionsExt;
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/store/migrations");
    let Ok(entries) = std::fs::read_dir(&migrations) else {
        return missing(format!("the migrations of the checkout, at {}", migrations.display()));
    };
    let mut files: Vec<_> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "sql")).collect();
    files.sort();
    // Whose database it is stands in each of them.
    let fresh = Workplace::new();
    hold!(fresh.start().await.terminate().await.success(), "it does not stop");
    let mut ours = database(&fresh.data().join("hookbench.db")).await;
    let owner: (i64,) = sqlx::query_as("pragma application_id").fetch_one(&mut ours).await.unwrap();
    ours.close().await.unwrap();
    let place = Workplace::new();
    let older = place.path().join("older");
    std::fs::create_dir(&older).unwrap();
    // All but the last three: an older format.
    for file in &files[..files.len() - 3] {
        std::fs::copy(file, older.join(file.file_name().unwrap())).unwrap();
    }
    std::fs::create_dir(place.data()).unwrap();
    let path = place.data().join("hookbench.db");
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let mut made = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::migrate::Migrator::new(older).await.unwrap().run(&mut made).await.unwrap();
    let format: (i64,) =
        sqlx::query_as("select count(*) from _sqlx_migrations").fetch_one(&mut made).await.unwrap();
    made.execute(AssertSqlSafe(format!("pragma user_version = {}", format.0))).await.unwrap();
    made.execute(AssertSqlSafe(format!("pragma application_id = {}", owner.0))).await.unwrap();
    made.close().await.unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    std::fs::write(place.data().join(format!("hookbench.format-{}.backup.99999.part", format.0)), "half")
        .unwrap();
    let site = Site::through(place, "umask 000; exec \"$0\" \"$@\"", &[]).await;
    let mut wrong = Vec::new();
    let mut copies = 0;
    for entry in std::fs::read_dir(site.place.data()).unwrap().flatten() {
        let (name, mode) = (
            entry.file_name().to_string_lossy().into_owned(),
            entry.metadata().unwrap().permissions().mode() & 0o777,
        );
        copies += usize::from(name.contains("backup"));
        if mode & 0o077 != 0 {
            wrong.push(format!("{name} is {mode:o}"));
        }
        if name.ends_with(".part") {
            wrong.push(format!("{name} is left"));
        }
    }
    hold!(copies > 0, "no copy was made");
    hold!(wrong.is_empty(), "{}", wrong.join(", "));
    Ok(())
}

/// A disk that is full, in the data folder alone.
async fn full_disk() -> Held {
    let tried = tokio::process::Command::new("sh")
        .args([
            "-c",
            "d=$(mktemp -d); unshare -m mount -t tmpfs -o size=1m none \"$d\"; s=$?; rmdir \"$d\"; exit $s",
        ])
        .output()
        .await;
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return missing("a disk that fills up needs `unshare -m` and `mount -t tmpfs`, as root");
    }
    let sink = Sink::start().await;
    let place = Workplace::new();
    let data = place.data().display().to_string();
    let shell = format!(
        "mkdir -p {data}; exec unshare -m sh -c 'mount -t tmpfs -o size=8m,mode=0700 none {data}; exec \"$0\" \"$@\"' \"$0\" \"$@\""
    );
    let mut site = Site::through(place, &shell, &[]).await;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let inside = std::path::PathBuf::from(format!("/proc/{}/root{data}", site.program.pid()));
    let filler = inside.join("filler");
    step("filling the disk");
    let mut acknowledged = Vec::new();
    let text = "z".repeat(60_000);
    let mut refused = false;
    for n in 0..300 {
        let id = format!("e{n}");
        let event = json!({"id": id, "event": "a.b", "data": {"n": n, "text": text}});
        let (status, answer) = site.program.call("POST", "/v1/events", event).await;
        match status {
            202 => acknowledged.push(id),
            503 => {
                refused = true;
                break;
            }
            _ => return Err(format!("on a full disk: {status} {answer}").into()),
        }
    }
    hold!(refused, "8 MB took {} events of 60 KB", acknowledged.len());
    let health = site.program.get("/v1/health").await;
    hold!(health["status"] != "ok" || health["problem"].is_null(), "its health is {health}");
    step("making room");
    let grown = tokio::process::Command::new("nsenter")
        .args(["-t", &site.program.pid().to_string(), "-m", "mount", "-o", "remount,size=64m", &data])
        .status()
        .await;
    hold!(grown.is_ok_and(|s| s.success()), "no room can be made with nsenter; {}", filler.display());
    until("events to be kept again", async || {
        let event = json!({"id": "after", "event": "a.b", "data": {}});
        (site.program.call("POST", "/v1/events", event).await.0 < 300).then_some(())
    })
    .await?;
    until_within("all that was acknowledged to arrive", Duration::from_secs(25), async || {
        let arrived: std::collections::HashSet<String> =
            sink.hits().iter().map(|h| h.json()["id"].as_str().unwrap().to_owned()).collect();
        acknowledged.iter().all(|id| arrived.contains(id)).then_some(())
    })
    .await?;
    until("it to be well", async || (site.program.get("/v1/health").await["status"] == "ok").then_some(()))
        .await?;
    site.sound().await
}

/// Making subscriptions takes as long for the last as for the first.
async fn many_subscriptions() -> Held {
    const EACH: usize = 60;
    let mut site = Site::new().await;
    let mut took = Vec::new();
    for round in 0..4 {
        let making = async {
            for n in 0..EACH {
                let wanted = json!({"url": "http://127.0.0.1:9/", "events": [format!("t{round}.n{n}")], "name": format!("{round}-{n}")});
                site.program.subscribe(wanted).await;
            }
        };
        took.push(timed(making).await.1);
    }
    hold!(took[3] < 2 * took[0] + 300, "{EACH} each time take {took:?} ms");
    site.sound().await
}

/// Cancelling very many answers at once.
async fn many_cancelled() -> Held {
    const WAITING: usize = 10_000;
    const FEW: usize = 1000;
    let mut site = Site::new().await;
    let few = site.program.subscribe(json!({"url": "http://127.0.0.1:9/", "events": ["c.d"]})).await;
    let id = site.program.subscribe(json!({"url": "http://127.0.0.1:9/", "events": ["a.b"]})).await;
    for id in [&few, &id] {
        site.program.call("POST", &format!("/v1/subscriptions/{id}/pause"), Value::Null).await;
    }
    site.publish_lines("{\"event\":\"c.d\",\"data\":{}}\n".repeat(FEW)).await;
    site.publish_lines("{\"event\":\"a.b\",\"data\":{}}\n".repeat(WAITING)).await;
    let ((status, answer), took) =
        timed(site.program.call("POST", "/v1/deliveries/cancel", json!({"subscription": id}))).await;
    hold!(status == 200 || status == 202, "{status} {answer}");
    let asked = json!({"subscription": few});
    let (_, took_few) = timed(site.program.call("POST", "/v1/deliveries/cancel", asked)).await;
    hold!(
        took < 3 * took_few + 500,
        "an answer after {took} ms for {WAITING}, after {took_few} ms for {FEW}"
    );
    hold!(answer.to_string().len() < 64 * 1024, "the answer has {} KiB", answer.to_string().len() / 1024);
    let (_, took) = timed(site.program.call("GET", "/v1/health", Value::Null)).await;
    hold!(took < 1000, "another answer takes {took} ms beside it");
    until_within("all to be cancelled", Duration::from_secs(25), async || {
        let stats = site.program.get("/v1/stats").await;
        (stats["deliveries"]["cancelled"].as_u64() == Some((WAITING + FEW) as u64)).then_some(())
    })
    .await?;
    site.sound().await
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    for how in [
        "deleted",
        "moved away",
        "replaced by an empty file",
        "replaced by a copy of itself",
        "moved with its folder",
        "replaced by that of another folder",
    ] {
        cases.add(format!("while it runs, {how}"), move || taken_away(how));
    }
    cases.add("held by another program", held_by_another);
    for (what, statement) in [
        (
            "a subscription that is no definition",
            "update subscriptions set definition = '{\"x\":1}' where seq = 2",
        ),
        ("an event whose body is empty", "update events set body = x'' where seq = 2"),
        (
            "an event with a time out of range",
            "update events set created_at = 9223372036854775807 where seq = 2",
        ),
        ("an attempt whose request is no JSON", "update attempts set request = 'nonsense' where seq = 2"),
        (
            "an attempt whose connection is no JSON",
            "update attempts set connection = 'nonsense' where seq = 2",
        ),
        (
            "a delivery that waits for ever",
            "update deliveries set state = 'pending', finished_at = null, trigger = 'scheduled', next_attempt_at = 9223372036854775807 where seq = 2",
        ),
        (
            "an event's id that is no text",
            "update events set event_id = 'a' || char(10) || 'b' where seq = 2",
        ),
    ] {
        cases.add(format!("a row that cannot be read: {what}"), move || {
            row_that_cannot_be_read(what, statement)
        });
    }
    cases.add("copies before a migration, and what a kill left of one", before_a_migration);
    cases.add("a disk that is full", full_disk);
    cases.add_heavy("making 240 subscriptions", many_subscriptions);
    cases.add_heavy("cancelling 10,000 deliveries", many_cancelled);
}
