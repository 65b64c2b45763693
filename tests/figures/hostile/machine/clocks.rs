//! Clocks that run ahead, fall behind and come back, as the program sees them: libfaketime gives it a
//! time of day of its own, and leaves its timers alone.

use std::path::{Path, PathBuf};

use hookbench_journeys::{Sink, Workplace};
use serde_json::{Value, json};

use crate::hostile::ground::{Site, hold, missing, ms, step, until};
use crate::hostile::{Cases, Held, Not};

/// Where Debian has the library.
fn library() -> Result<PathBuf, Not> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let found = folders.map(|f| f.path().join("faketime/libfaketimeMT.so.1")).find(|path| path.exists());
    found.map_or_else(|| missing("the program's clock is moved by libfaketime: apt-get install faketime"), Ok)
}

/// A program whose time of day is said in a file.
struct Moved {
    site: Site,
    file: PathBuf,
}

fn set(file: &Path, offset: &str) {
    // In one step: it is read at any moment.
    let next = file.with_extension("next");
    std::fs::write(&next, format!("{offset}\n")).unwrap();
    std::fs::rename(next, file).unwrap();
}

async fn start(place: Workplace, offset: &str) -> Result<Moved, Not> {
    let library = library()?;
    let file = place.path().join("clock");
    set(&file, offset);
    let variables = [
        ("FAKETIME_TIMESTAMP_FILE", file.display().to_string()),
        ("FAKETIME_NO_CACHE", "1".to_owned()),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("DONT_FAKE_MONOTONIC", "1".to_owned()),
        ("LD_PRELOAD", library.display().to_string()),
    ];
    // The preloaded library is for the program alone, not for the shell before it.
    let shell = "L=\"$LD_PRELOAD\"; unset LD_PRELOAD; exec env LD_PRELOAD=\"$L\" \"$0\" \"$@\"";
    Ok(Moved { site: Site::through(place, shell, &variables).await, file })
}

/// A clock that runs ahead takes nothing away.
async fn ahead(by: &'static str, how: &'static str) -> Held {
    const EVENTS: usize = 120;
    let sink = Sink::start().await;
    let Moved { mut site, file } = start(Workplace::new(), "+0").await?;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let lines: Vec<String> =
        (0..EVENTS).map(|n| format!(r#"{{"id":"e{n}","event":"a.b","data":{{"n":{n}}}}}"#)).collect();
    site.publish_lines(lines.join("\n")).await;
    until("all to arrive", async || (sink.hits().len() >= EVENTS).then_some(())).await?;
    let bodies = async |site: &Site| {
        let page = site.program.get("/v1/events?limit=500").await;
        let mut whole = 0;
        for item in page["items"].as_array().unwrap() {
            let path = format!("/v1/events/{}", item["id"].as_str().unwrap());
            let event = site.program.get(&path).await;
            whole += usize::from(event["pruned_at"].is_null() && event["body"] != "");
        }
        whole
    };
    match how {
        "at a start" => {
            hold!(site.program.terminate().await.success(), "it does not stop");
            site = start(site.place, by).await?.site;
        }
        _ => set(&file, by),
    }
    step("waiting with the clock ahead");
    ms(1500).await;
    let (status, done) = site.program.call("POST", "/v1/retention/run", Value::Null).await;
    hold!(status < 500, "a look of retention: {status} {done}");
    let left = bodies(&site).await;
    hold!(
        left >= EVENTS * 3 / 4,
        "{} of {EVENTS} events are gone after one look, the clock {by} ahead",
        EVENTS - left
    );
    let again = json!({"id": "e0", "event": "a.b", "data": {"n": 0}});
    let (status, _) = site.program.call("POST", "/v1/events", again).await;
    hold!(status == 200, "the id of an event is forgotten: {status}");
    set(&file, "+0");
    ms(300).await;
    let left = bodies(&site).await;
    hold!(
        left >= EVENTS * 3 / 4,
        "{} of {EVENTS} events are gone when the clock is right again",
        EVENTS - left
    );
    site.sound().await
}

/// While the clock has leapt it is said, where people look.
async fn ahead_is_said() -> Held {
    let Moved { mut site, file } = start(Workplace::new(), "+0").await?;
    site.publish("a.b", json!({})).await;
    ms(1200).await;
    set(&file, "+400d");
    ms(300).await;
    // Retention looks every ten minutes; or when it is asked to.
    site.program.call("POST", "/v1/retention/run", Value::Null).await;
    let told = until("the leap to be told of", async || {
        let health = site.program.get("/v1/health").await.to_string();
        let doctor = site.program.get("/v1/doctor").await.to_string();
        let retention = site.program.get("/v1/retention").await.to_string();
        [health, doctor, retention]
            .iter()
            .any(|text| text.contains("clock") && text.contains("ahead") || text.contains("leap"))
            .then_some(())
    })
    .await;
    hold!(told.is_ok(), "neither health nor doctor nor retention tells of a clock 400 days ahead");
    site.sound().await
}

/// A clock that falls back sends nothing twice and goes on.
async fn back(by: &'static str) -> Held {
    let sink = Sink::start().await;
    let Moved { mut site, file } = start(Workplace::new(), "+0").await?;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    for n in 0..20 {
        if n == 10 {
            set(&file, by);
        }
        site.publish("a.b", json!({"n": n})).await;
    }
    until("all to arrive", async || (sink.hits().len() >= 20).then_some(())).await?;
    set(&file, "+0");
    ms(1500).await;
    hold!(sink.hits().len() == 20, "{} requests for 20 events", sink.hits().len());
    let page = site.program.get("/v1/deliveries?limit=500").await;
    hold!(
        page["items"].as_array().unwrap().len() == 20,
        "the log shows {}",
        page["items"].as_array().unwrap().len()
    );
    site.sound().await
}

/// A clock that leaps ahead and back while retries wait: each goes out, none of them at once a hundred
/// times.
async fn leap_over_retries() -> Held {
    let sink = Sink::start().await;
    let Moved { mut site, file } = start(Workplace::new(), "+0").await?;
    let policy = json!({"preset": "generic", "delays_ms": [3_600_000, 3_600_000], "max_age_ms": null});
    let wanted = json!({"url": sink.url("/status/500"), "events": ["*"], "policy": policy});
    let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
    hold!(status == 201, "{status} {answer}");
    for n in 0..8 {
        site.publish("a.b", json!({"n": n})).await;
    }
    until("all to be tried", async || (sink.hits().len() >= 8).then_some(())).await?;
    for _ in 0..6 {
        set(&file, "+90m");
        ms(250).await;
        set(&file, "+0");
        ms(250).await;
    }
    ms(500).await;
    let came = sink.hits().len();
    hold!(came <= 24, "{came} requests for 8 events with 3 attempts each");
    site.sound().await
}

/// Times at the edge of what can be said are no panic, in events, filters and tools.
async fn extreme_times() -> Held {
    let mut site = Site::new().await;
    for at in [
        "9999-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "+292277026596-12-04T15:30:07Z",
        "2026-02-30T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "99999999999999999999999",
        "-1",
        "2026-01-01T00:00:00+99:99",
    ] {
        let event = json!({"event": "a.b", "data": {"n": at}, "createdAt": at});
        let (status, answer) = site.program.call("POST", "/v1/events", event).await;
        hold!(status < 500, "createdAt {at}: {status} {answer}");
        let query = at.replace('+', "%2B");
        for path in [
            format!("/v1/deliveries?since={query}"),
            format!("/v1/deliveries?until={query}"),
            format!("/v1/events?since={query}"),
            format!("/v1/outage?down_until={query}"),
        ] {
            let (status, answer) = site.program.call("GET", &path, Value::Null).await;
            hold!(status < 500, "{path}: {status} {answer}");
        }
        let body = json!({"body_base64": "e30=", "scheme": "trcker", "headers": [["X-Trcker-Signature", "t=99999999999999,v1=00"]],
            "secrets": ["0123456789abcdef0123456789abcdef"], "at": at, "tolerance_s": i64::MAX});
        for path in ["/v1/verify", "/v1/diagnose"] {
            let (status, answer) = site.program.call("POST", path, body.clone()).await;
            hold!(status < 500, "{path} at {at}: {status} {answer}");
        }
    }
    for since in
        ["99999999999999999999d", "0d", "-1h", "18446744073709551615ms", "1e9h", "9223372036854775807s"]
    {
        let (status, answer) =
            site.program.call("GET", &format!("/v1/deliveries?since={since}"), Value::Null).await;
        hold!(status < 500, "since {since}: {status} {answer}");
    }
    site.sound().await
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    cases.add("a clock that leaps 400 days ahead", || ahead("+400d", "while it runs"));
    cases.add("a clock that leaps 40 days ahead", || ahead("+40d", "while it runs"));
    cases.add("a clock that is 400 days ahead at a start", || ahead("+400d", "at a start"));
    cases.add("a clock that leaps a century ahead", || ahead("+36500d", "while it runs"));
    cases.add("a clock that leapt is told of", ahead_is_said);
    cases.add("a clock that falls back a day", || back("-1d"));
    cases.add("a clock that falls back to before everything", || back("-9000d"));
    cases.add("a clock that leaps over retries, again and again", leap_over_retries);
    cases.add("times at the edge of what can be said", extreme_times);
}
