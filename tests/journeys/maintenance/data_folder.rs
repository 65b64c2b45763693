//! Looking after the data folder: retention, erasing, the doctor, a full disk.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use std::process::Stdio;
use std::time::Duration;

use hookbench_journeys::{Program, Sink, Workplace};
use serde_json::{Value, json};

async fn until(program: &Program, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let asking = async {
        loop {
            let found = program.get(path).await;
            if wanted(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), asking).await.expect(path)
}

fn found_in(place: &Workplace, text: &str) -> Vec<String> {
    let entries = std::fs::read_dir(place.data()).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let bytes = std::fs::read(path).unwrap();
            bytes.windows(text.len()).any(|w| w == text.as_bytes())
        })
        .map(|path| path.display().to_string())
        .collect()
}

#[tokio::test]
async fn erased_data_is_gone_from_the_files_and_does_not_come_back() {
    const WHO: &str = "jane.canary@example.com";
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let source = json!({"name": "shop", "scheme": "none"});
    assert_eq!(program.call("POST", "/v1/sources", source).await.0, 201);
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let event = |id: &str, who: &str| json!({"id": id, "event": "lead.new", "data": {"email": who, "n": 1}});
    let receiver = format!("{}/in/shop", program.ready["receiver"].as_str().unwrap());
    for (id, who) in [("a1", WHO), ("a2", "other@example.com")] {
        assert_eq!(program.call("POST", "/v1/events", event(id, who)).await.0, 202);
        program.attempt(|line| line["state"] == "delivered").await;
    }
    let came = program.client.post(&receiver).json(&event("r1", WHO)).send().await.unwrap();
    assert_eq!(came.status(), 200);
    program.attempt(|line| line["state"] == "delivered").await;
    until(&program, "/v1/deliveries?search=jane.canary", |page| page["items"].as_array().unwrap().len() == 2)
        .await;
    assert!(!found_in(&place, WHO).is_empty(), "the test can fail");

    let erase = ["erase", "--field", "data.email", "--value", WHO];
    let dry = place.run(&[erase.as_slice(), &["--dry-run"]].concat()).await;
    assert_eq!((dry.code, dry.json()["events"].clone()), (0, json!(2)), "{dry:?}");
    let (status, report) =
        program.call("POST", "/v1/erase", json!({"field": "data.email", "value": WHO})).await;
    assert_eq!(
        (status, report["events"].clone(), report["attempts"].clone()),
        (200, json!(2), json!(2)),
        "{report}"
    );
    assert_eq!(report["log_emptied"], true, "{report}");
    assert_eq!(found_in(&place, WHO), Vec::<String>::new());
    assert_eq!(found_in(&place, "jane.canary"), Vec::<String>::new());

    let (status, again) = program.call("POST", "/v1/events", event("a1", WHO)).await;
    assert_eq!((status, again["duplicate"].clone()), (200, json!(true)), "{again}");
    let kept = program.get("/v1/events/a1").await;
    assert_eq!((kept["body"].clone(), kept["pruned_by"].clone()), (json!(""), json!("erase")), "{kept}");
    let page = program.get("/v1/deliveries?event=a1").await;
    let detail = program.get(&format!("/v1/deliveries/{}", page["items"][0]["id"].as_str().unwrap())).await;
    assert!(detail["pruned"]["note"].as_str().unwrap().contains("erased"), "{detail}");
    let retry = program
        .call(
            "POST",
            &format!("/v1/deliveries/{}/retry", page["items"][0]["id"].as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(retry.0, 409, "{}", retry.1);
    let other = program.get("/v1/events/a2").await;
    assert!(other["body"].as_str().unwrap().contains("other@example.com"));
    assert!(program.terminate().await.success());
    assert_eq!(found_in(&place, WHO), Vec::<String>::new());
}

#[tokio::test]
async fn retention_by_size_takes_bodies_and_keeps_ids_and_what_waits() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let id = program.subscribe(json!({"url": sink.url("/ok"), "events": ["big.one"]})).await;
    let big = "x".repeat(100_000);
    let event = |n: usize| json!({"id": format!("e{n}"), "event": "big.one", "data": {"text": big}});
    for n in 0..20 {
        assert_eq!(program.call("POST", "/v1/events", event(n)).await.0, 202);
        program.attempt(|line| line["state"] == "delivered").await;
    }
    program.call("POST", &format!("/v1/subscriptions/{id}/pause"), Value::Null).await;
    assert_eq!(program.call("POST", "/v1/events", event(20)).await.0, 202);
    let (status, rules) =
        program.call("PATCH", "/v1/retention", json!({"max_bytes": 1_048_576, "rows_days": null})).await;
    assert_eq!(
        (status, rules["bodies_days"].clone(), rules["rows_days"].clone()),
        (200, json!(30), Value::Null)
    );
    let (status, _) = program.call("PATCH", "/v1/retention", json!({"bodies_days": 0})).await;
    assert_eq!(status, 422);
    let done = place.run(&["retention", "run"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let done = done.json();
    assert!(done["used_bytes"].as_i64().unwrap() <= 1_048_576, "{done}");
    assert!(done["bodies"].as_i64().unwrap() >= 10, "{done}");
    let first = program.get("/v1/events/e0").await;
    assert_eq!(
        (first["pruned_by"].clone(), first["body"].clone()),
        (json!("retention"), json!("")),
        "{first}"
    );
    let waits = program.get("/v1/events/e20").await;
    assert!(waits["pruned_at"].is_null() && waits["body"].as_str().unwrap().len() > 100_000);
    let (status, again) = program.call("POST", "/v1/events", event(0)).await;
    assert_eq!((status, again["duplicate"].clone()), (200, json!(true)));
    program.call("POST", &format!("/v1/subscriptions/{id}/resume"), Value::Null).await;
    program.attempt(|line| line["state"] == "delivered").await;
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn the_doctor_finds_what_is_wrong_and_sets_a_damaged_database_aside() {
    let place = Workplace::new();
    let mut program = place.start().await;
    let names = |report: &Value| -> Vec<String> {
        let checks = report["checks"].as_array().unwrap().iter();
        checks.filter(|c| c["finding"] == "failed").map(|c| c["name"].as_str().unwrap().to_owned()).collect()
    };
    program.subscribe(json!({"url": "http://127.0.0.1:9/", "events": ["*"]})).await;
    for n in 0..40 {
        let body = json!({"event": "a.b", "data": {"n": n, "text": "y".repeat(2000)}});
        assert_eq!(program.call("POST", "/v1/events", body).await.0, 202);
    }
    program.attempt(|_| true).await;
    let well = place.run(&["doctor"]).await.json();
    let failed: Vec<String> =
        names(&well).into_iter().filter(|name| name != "tls" && name != "disk").collect();
    assert_eq!(failed, Vec::<String>::new(), "{well}");
    assert_eq!(
        program.get("/v1/doctor").await["checks"].as_array().unwrap().len(),
        well["checks"].as_array().unwrap().len()
    );
    assert!(program.terminate().await.success());

    let path = place.data().join("hookbench.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 8192].fill(0xA5);
    std::fs::write(&path, &bytes).unwrap();
    let refused = place.run(&["run", "--api", "127.0.0.1:0", "--no-receiver"]).await;
    assert!(refused.code == 3 && refused.err.contains("damaged"), "{refused:?}");
    let ill = place.run(&["doctor"]).await;
    assert_eq!(ill.code, 1, "{ill:?}");
    assert!(names(&ill.json()).contains(&"database".to_owned()));
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "untouched");
    let aside = place.run(&["doctor", "--set-aside"]).await;
    assert_eq!(aside.code, 0, "{aside:?}");
    let moved = aside.json()["set_aside"].as_str().unwrap().to_owned();
    assert_eq!(std::fs::read(moved).unwrap(), bytes, "nothing is deleted");
    assert!(place.start().await.terminate().await.success());
}

#[tokio::test]
async fn the_doctor_names_every_profile_that_is_not_used() {
    let place = Workplace::new();
    assert_eq!(place.run(&["subscriptions", "list"]).await.code, 0);
    let folder = place.data().join("profiles");
    std::fs::create_dir_all(folder.join("folder.json")).unwrap();
    std::fs::write(folder.join("text.json"), b"\xff\xfe\x00").unwrap();
    std::fs::write(folder.join("half.json"), "{").unwrap();
    let report = place.run(&["doctor"]).await.json();
    let checks = report["checks"].as_array().unwrap();
    let profiles = checks.iter().find(|check| check["name"] == "profiles").unwrap();
    assert_eq!(profiles["finding"], "warning", "{profiles}");
    for name in ["folder.json", "text.json", "half.json"] {
        assert!(profiles["found"].as_str().unwrap().contains(name), "{profiles}");
    }
}

#[tokio::test]
async fn while_the_disk_is_full_nothing_is_acknowledged_and_it_goes_on_by_itself() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start_ignoring("XFSZ").await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let event =
        |n: usize| json!({"id": format!("e{n}"), "event": "a.b", "data": {"text": "z".repeat(50_000)}});
    assert_eq!(program.call("POST", "/v1/events", event(0)).await.0, 202);
    program.attempt(|line| line["state"] == "delivered").await;
    limit(&program, "4096").await;
    let (status, problem) = program.call("POST", "/v1/events", event(1)).await;
    assert_eq!((status, problem["code"].clone()), (503, json!("database_unavailable")), "{problem}");
    let health = until(&program, "/v1/health", |h| h["status"] == "stalled").await;
    assert!(health["problem"].is_string(), "{health}");
    limit(&program, "unlimited").await;
    until(&program, "/v1/health", |h| h["status"] == "ok").await;
    assert_eq!(program.call("POST", "/v1/events", event(1)).await.0, 202, "it was not kept before");
    program.attempt(|line| line["state"] == "delivered").await;
    assert_eq!(sink.hits().len(), 2);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn while_another_program_holds_the_database_nothing_is_acknowledged() {
    use sqlx::Connection;
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(place.data().join("hookbench.db"));
    let mut other = sqlx::sqlite::SqliteConnection::connect_with(&options).await.unwrap();
    let held = other.begin_with("begin immediate").await.unwrap();
    let event = json!({"id": "e1", "event": "a.b", "data": {}});
    let (status, problem) = program.call("POST", "/v1/events", event.clone()).await;
    assert_eq!((status, problem["code"].clone()), (503, json!("database_unavailable")), "{problem}");
    let health = until(&program, "/v1/health", |h| h["status"] == "stalled").await;
    assert!(health["problem"].as_str().unwrap().contains("locked"), "{health}");
    held.rollback().await.unwrap();
    other.close().await.unwrap();
    until(&program, "/v1/health", |h| h["status"] == "ok").await;
    assert_eq!(program.call("POST", "/v1/events", event).await.0, 202, "it was not kept before");
    program.attempt(|line| line["state"] == "delivered").await;
    assert!(program.terminate().await.success());
}

/// Limits how large files of the program may become.
async fn limit(program: &Program, bytes: &str) {
    let done = tokio::process::Command::new("prlimit")
        .args(["--pid", &program.pid().to_string(), &format!("--fsize={bytes}:unlimited")])
        .stdin(Stdio::null())
        .status()
        .await
        .unwrap();
    assert!(done.success());
}
