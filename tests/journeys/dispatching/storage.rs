//! What stands in the data folder, while several change it and things happen to it.

use std::process::Stdio;

use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::task::JoinSet;

#[tokio::test]
async fn changes_at_once_keep_each_other_over_the_api_and_from_other_processes() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let subscribing = json!({"url": sink.url("/ok"), "events": ["*"], "generate_secret": true});
    let id = program.subscribe(subscribing).await;
    let path = format!("/v1/subscriptions/{id}");
    for n in 0..5 {
        let (name, filter) = (format!("n{n}"), format!("data.n > {n}"));
        let editing = ["subscriptions", "edit", &id, "--filter", &filter];
        let (a, b, c, d, e) = tokio::join!(
            program.call("PATCH", &path, json!({"name": name})),
            program.call("PATCH", &path, json!({"concurrency": n + 1})),
            program.call("PATCH", &path, json!({"enabled": n % 2 == 0})),
            place.run(&editing),
            async {
                let rotate = format!("{path}/rotate-secret");
                program.call("POST", &rotate, json!({})).await
            },
        );
        assert_eq!((a.0, b.0, c.0, d.code, e.0), (200, 200, 200, 0, 200), "{a:?} {b:?} {c:?} {d:?} {e:?}");
        let shown = place.run(&["subscriptions", "show", &id]).await.json();
        assert_eq!(
            (&shown["name"], &shown["concurrency"], &shown["enabled"], &shown["filter"]),
            (&json!(name), &json!(n + 1), &json!(n % 2 == 0), &json!(filter))
        );
    }
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_change_may_depend_on_what_was_seen() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let program = place.start().await;
    let id = program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let path = format!("/v1/subscriptions/{id}");
    let shown = program.request("GET", &path).send().await.unwrap();
    let seen = shown.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(shown.json::<Value>().await.unwrap()["revision"], json!(1));
    let change = async |method: &str, path: &str, tag: &str, body: Value| {
        let asked = program.request(method, path).header("if-match", tag).json(&body);
        let answer = asked.send().await.unwrap();
        let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        (answer.status().as_u16(), tag, answer.json::<Value>().await.unwrap())
    };
    let (status, now, _) = change("PATCH", &path, &seen, json!({"name": "first"})).await;
    assert_eq!(status, 200);
    let now = now.unwrap();
    assert_ne!(now, seen);
    for (method, path) in [
        ("PATCH", path.clone()),
        ("POST", format!("{path}/rotate-secret")),
        ("POST", format!("{path}/pause")),
        ("POST", format!("{path}/resume")),
        ("DELETE", path.clone()),
    ] {
        let (status, _, said) = change(method, &path, &seen, json!({})).await;
        assert_eq!((status, &said["code"]), (412, &json!("stale_revision")), "{method} {path}: {said}");
    }
    assert_eq!(program.get(&path).await["name"], json!("first"));
    let (status, ..) = change("DELETE", &path, &now, json!({})).await;
    assert_eq!(status, 200);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_database_that_is_gone_is_noticed_and_heals_when_it_is_back() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let event = |id: &str| json!({"id": id, "event": "a.b", "data": {}});
    let (file, aside) = (place.data().join("hookbench.db"), place.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    let (status, said) = program.call("POST", "/v1/events", event("e-1")).await;
    assert_eq!((status, &said["code"]), (503, &json!("database_unavailable")), "{said}");
    let health = program.get("/v1/health").await;
    assert_eq!(health["status"], json!("stalled"));
    assert!(health["problem"].as_str().unwrap().contains("moved"), "{health}");
    std::fs::write(&file, "another").unwrap();
    let (status, said) = program.call("POST", "/v1/events", event("e-1")).await;
    assert_eq!(status, 503);
    assert!(said["detail"].as_str().unwrap().contains("start it again"), "{said}");
    std::fs::rename(&aside, &file).unwrap();
    let (status, _) = program.call("POST", "/v1/events", event("e-1")).await;
    assert_eq!(status, 202, "nothing was kept before");
    program.attempt(|line| line["state"] == "delivered").await;
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_lock_file_that_is_removed_lets_nobody_else_in() {
    let place = Workplace::new();
    let first = place.start().await;
    for _ in 0..3 {
        std::fs::remove_file(place.data().join("lock")).unwrap();
        let second = place.run(&["run", "--api", "127.0.0.1:0", "--no-receiver"]).await;
        assert_eq!(second.code, 3, "{second:?}");
        assert!(second.err.contains("hookbench run"), "{second:?}");
        assert!(second.err.contains(&first.pid().to_string()), "{second:?}");
    }
    assert_eq!(first.get("/v1/health").await["status"], json!("ok"));
    assert!(first.terminate().await.success());
    assert!(place.start().await.terminate().await.success());
}

#[tokio::test]
async fn of_several_first_starts_at_once_one_runs_and_the_others_name_it() {
    let place = Workplace::new();
    let mut starts = JoinSet::new();
    for _ in 0..4 {
        let mut command = place.command(&["--json", "run", "--api", "127.0.0.1:0", "--no-receiver"]);
        starts.spawn(async move { finish(&mut command, b"").await });
    }
    for _ in 0..3 {
        let lost = starts.join_next().await.unwrap().unwrap();
        assert_eq!(lost.code, 3, "{lost:?}");
        assert!(lost.err.contains("in use by hookbench run"), "{lost:?}");
    }
    // The one that runs ends with what waits for it.
    starts.shutdown().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_write_into_is_named_and_links_in_it_are_not_followed() {
    use std::os::unix::fs::PermissionsExt;
    let place = Workplace::new();
    std::fs::create_dir(place.data()).unwrap();
    std::fs::set_permissions(place.data(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let precious = place.file("precious", "words");
    for name in ["lock", "api-token"] {
        let planted = place.data().join(name);
        std::os::unix::fs::symlink(&precious, &planted).unwrap();
        let refused = place.run(&["run", "--api", "127.0.0.1:0", "--no-receiver"]).await;
        assert_eq!(refused.code, 3, "{refused:?}");
        assert!(refused.err.contains("symbolic link"), "{refused:?}");
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "words");
        std::fs::remove_file(&planted).unwrap();
    }
    let mut command = place.command(&["--json", "run", "--api", "127.0.0.1:0", "--no-receiver"]);
    let mut program = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    let said = lines.next_line().await.unwrap().unwrap();
    assert!(said.contains("chmod 700"), "{said}");
    program.kill().await.unwrap();
}
