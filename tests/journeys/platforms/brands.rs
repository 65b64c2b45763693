//! Brands: connected to an emulated platform of each dialect, synced, subscribed to from here,
//! through a network that is lost in the middle of an edit.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]

use hookbench_journeys::{Emulated, Sink, Workplace};
use serde_json::{Value, json};

const SIGNING: &str = "canary-signing-0123456789abcdef01234";
const PLATFORMS: [&str; 4] = ["trackdesk", "trcker", "track360", "generic"];

async fn connect(place: &Workplace, platform: &str, emulated: &Emulated) -> Value {
    let args = [
        "brands",
        "add",
        "--platform",
        platform,
        "--name",
        "b1",
        "--base-url",
        &emulated.base_url,
        "--secret-stdin",
    ];
    let added = place.run_with(&args, emulated.key.as_bytes()).await;
    assert_eq!(added.code, 0, "{added:?}");
    added.json()
}

async fn subscribe(place: &Workplace, url: &str) -> String {
    let args = [
        "subscriptions",
        "create",
        "--url",
        url,
        "--event",
        "*",
        "--brand",
        "b1",
        "--remote",
        "--secret-stdin",
    ];
    let created = place.run_with(&args, SIGNING.as_bytes()).await;
    assert_eq!(created.code, 0, "{created:?}");
    assert_eq!(created.json()["where"], "platform");
    created.json()["id"].as_str().unwrap().to_owned()
}

async fn shown(place: &Workplace, id: &str) -> Value {
    place.run(&["subscriptions", "show", id]).await.json()
}

#[tokio::test]
async fn a_brand_of_every_platform_is_connected_subscribed_to_and_left() {
    for platform in PLATFORMS {
        let (place, sink) = (Workplace::new(), Sink::start().await);
        let emulated = place.emulate(platform, "").await;
        let args = [
            "brands",
            "add",
            "--platform",
            platform,
            "--name",
            "wrong",
            "--base-url",
            &emulated.base_url,
            "--secret-stdin",
        ];
        let wrong = place.run_with(&args, b"nope").await;
        assert_eq!(wrong.code, 4, "{wrong:?}");
        assert!(connect(&place, platform, &emulated).await["id"].as_str().unwrap().starts_with("brd_"));
        let synced = place.run(&["brands", "sync", "b1"]).await.json();
        assert_eq!(
            (&synced["webhooks"]["total"], &synced["drift"]),
            (&json!(0), &json!([])),
            "{platform}: {synced}"
        );

        let id = subscribe(&place, &sink.url("/first")).await;
        sink.wait("the platform fires", |hits| hits.iter().filter(|h| h.path == "/first").count() > 2).await;
        let listed = place.run(&["subscriptions", "list"]).await.json();
        assert_eq!(
            (&listed["items"][0]["id"], &listed["items"][0]["where"]),
            (&json!(id), &json!("platform"))
        );

        let log = place.run(&["brands", "log", "b1", "--subscription", &id]).await;
        let log = log.json()["items"].as_array().unwrap().clone();
        assert!(log.iter().any(|e| e["status"] == 200), "{platform}: {log:?}");
        let tested = place.run(&["subscriptions", "test", &id]).await;
        assert_eq!(tested.code, 0, "{tested:?}");
        assert_ne!(tested.json()["verified"], json!(false), "{platform}: {tested:?}");
        sink.wait("the test", |hits| hits.iter().any(|h| h.header("x-hookbench-test") == "true")).await;

        let edited = place.run(&["subscriptions", "edit", &id, "--url", &sink.url("/second")]).await;
        assert_eq!(edited.code, 0, "{edited:?}");
        assert!(edited.err.contains("twice"), "the person is told: {}", edited.err);
        sink.wait("the new one fires", |hits| hits.iter().any(|h| h.path == "/second")).await;
        let there = emulated.webhooks().await;
        assert_eq!((there.len(), &there[0]["url"]), (1, &json!(sink.url("/second"))), "{platform}");
        assert_eq!(shown(&place, &id).await["remote"]["webhook"], there[0]["id"]);

        assert_eq!(place.run(&["subscriptions", "disable", &id]).await.code, 0);
        assert!(emulated.webhooks().await.is_empty(), "its definition is kept here");
        assert_eq!(place.run(&["subscriptions", "enable", &id]).await.code, 0);
        assert_eq!(emulated.webhooks().await.len(), 1);
        assert_eq!(place.run(&["brands", "remove", "b1"]).await.code, 1, "a subscription is left");
        assert_eq!(place.run(&["subscriptions", "delete", &id]).await.code, 0);
        assert!(emulated.webhooks().await.is_empty());
        assert_eq!(place.run(&["brands", "remove", "b1"]).await.code, 0);
        assert_eq!(place.run(&["brands", "list"]).await.json()["items"], json!([]));
    }
}

#[tokio::test]
async fn an_edit_that_loses_the_network_is_undone_or_taken_up_later() {
    // Three tries each: the edit's delete is lost, and in the second edit its undoing as well.
    for platform in PLATFORMS {
        let (place, sink) = (Workplace::new(), Sink::start().await);
        let emulated = place.emulate(platform, "delete=reset:3").await;
        connect(&place, platform, &emulated).await;
        let id = subscribe(&place, &sink.url("/old")).await;
        let lost = place.run(&["subscriptions", "edit", &id, "--url", &sink.url("/new")]).await;
        assert_eq!(lost.code, 5, "{platform}: {lost:?}");
        assert!(lost.err.contains("undone"), "{}", lost.err);
        let there = emulated.webhooks().await;
        assert_eq!((there.len(), &there[0]["url"]), (1, &json!(sink.url("/old"))), "{platform}");
        assert_eq!(place.run(&["subscriptions", "delete", &id]).await.code, 0, "{platform}");
        assert_eq!(place.run(&["brands", "remove", "b1"]).await.code, 0, "{platform}");
    }

    let (place, sink) = (Workplace::new(), Sink::start().await);
    let emulated = place.emulate("trackdesk", "delete=reset:6").await;
    connect(&place, "trackdesk", &emulated).await;
    let id = subscribe(&place, &sink.url("/old")).await;
    let lost = place.run(&["subscriptions", "edit", &id, "--url", &sink.url("/new")]).await;
    assert!(lost.code == 5 && lost.err.contains("unfinished"), "{lost:?}");
    assert_eq!(
        (emulated.webhooks().await.len(), &shown(&place, &id).await["remote"]["state"]),
        (2, &json!("undoing"))
    );
    let synced = place.run(&["brands", "sync", "b1"]).await;
    assert_eq!(synced.json()["resumed"][0]["outcome"], "undone", "{synced:?}");
    let there = emulated.webhooks().await;
    assert_eq!((there.len(), &there[0]["url"]), (1, &json!(sink.url("/old"))));
    assert_eq!(shown(&place, &id).await["remote"]["state"], "on");
}

#[tokio::test]
async fn an_edit_that_is_killed_is_taken_up_by_a_running_program() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let emulated = place.emulate("trackdesk", "delete=slow:1").await;
    connect(&place, "trackdesk", &emulated).await;
    let id = subscribe(&place, &sink.url("/old")).await;
    let mut edit =
        place.command(&["subscriptions", "edit", &id, "--url", &sink.url("/new")]).spawn().unwrap();
    // The new webhook fires as soon as it is there: the delete of the old one is still on its way.
    sink.wait("the new one fires", |hits| hits.iter().any(|h| h.path == "/new")).await;
    edit.kill().await.unwrap();
    let left = shown(&place, &id).await["remote"]["state"].clone();
    assert!(left == "editing" || left == "on", "{left}");
    let program = place.start().await;
    let settled =
        async { while program.get(&format!("/v1/subscriptions/{id}")).await["remote"]["state"] != "on" {} };
    tokio::time::timeout(std::time::Duration::from_secs(60), settled).await.unwrap();
    let there = emulated.webhooks().await;
    assert_eq!((there.len(), &there[0]["url"]), (1, &json!(sink.url("/new"))));
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn brands_are_managed_through_the_local_api() {
    let place = Workplace::new();
    let emulated = place.emulate("generic", "").await;
    let program = place.start().await;
    let body =
        json!({ "name": "b1", "platform": "generic", "base_url": emulated.base_url, "secret": emulated.key });
    let (status, brand) = program.call("POST", "/v1/brands", body.clone()).await;
    assert_eq!(status, 201, "{brand}");
    assert!(!brand.to_string().contains(&emulated.key));
    let (status, twice) = program.call("POST", "/v1/brands", body).await;
    assert_eq!((status, &twice["code"]), (409, &json!("name_taken")));
    let wrong =
        json!({ "name": "b2", "platform": "generic", "base_url": emulated.base_url, "secret": "nope" });
    let (status, refused) = program.call("POST", "/v1/brands", wrong).await;
    assert_eq!((status, &refused["code"]), (502, &json!("remote_authentication")));
    let path = format!("/v1/brands/{}", brand["id"].as_str().unwrap());
    let (status, synced) = program.call("POST", &format!("{path}/sync"), Value::Null).await;
    assert_eq!((status, &synced["event_types"]["total"]), (200, &json!(4)), "{synced}");
    let subscription =
        json!({ "url": "http://127.0.0.1:9/", "events": ["*"], "brand": "b1", "remote": true });
    let id = program.subscribe(subscription).await;
    let listed = program.get("/v1/brands").await;
    assert_eq!((&listed["items"][0]["subscriptions"], &listed["next_cursor"]), (&json!(1), &Value::Null));
    assert_eq!(program.call("DELETE", &path, Value::Null).await.0, 409);
    assert_eq!(program.call("DELETE", &format!("/v1/subscriptions/{id}"), Value::Null).await.0, 200);
    assert_eq!(program.call("DELETE", &path, Value::Null).await.0, 200);
    assert_eq!(program.call("POST", &format!("{path}/sync"), Value::Null).await.0, 404);
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn one_url_serves_several_brands_and_the_payloads_brand_id_says_which() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let emulated = place.emulate("trcker", "").await;
    let program = place.start().await;
    for (name, payload_id) in [("one", "b-1"), ("two", "b-2")] {
        let body = json!({ "name": name, "platform": "trcker", "base_url": emulated.base_url,
            "secret": emulated.key, "payload_id": payload_id });
        let (status, brand) = program.call("POST", "/v1/brands", body).await;
        assert_eq!((status, &brand["payload_id"]), (201, &json!(payload_id)), "{brand}");
        let url = sink.url(&format!("/{name}"));
        program.subscribe(json!({ "url": url, "events": ["*"], "brand": name, "platform": "trcker" })).await;
    }
    let source = json!({ "name": "shared", "scheme": "none" });
    assert_eq!(program.call("POST", "/v1/sources", source).await.0, 201);
    let url = format!("{}/in/shared", program.ready["receiver"].as_str().unwrap());
    for (id, brand) in [("e1", "b-1"), ("e2", "b-2"), ("e3", "b-3")] {
        let body = json!({ "id": id, "event": "cap.reached", "brandId": brand, "data": {} });
        assert_eq!(program.client.post(&url).json(&body).send().await.unwrap().status(), 200);
    }
    sink.wait("one each", |hits| hits.len() >= 2).await;
    let paths = |hit: &hookbench_journeys::Hit| (hit.path.clone(), hit.json()["id"].clone());
    let mut got: Vec<_> = sink.hits().iter().map(paths).collect();
    got.sort_by_key(|(path, _)| path.clone());
    assert_eq!(got, [("/one".to_owned(), json!("e1")), ("/two".to_owned(), json!("e2"))]);
    let of_two = program.get("/v1/deliveries?brand=two").await;
    assert_eq!(of_two["items"].as_array().unwrap().len(), 1, "{of_two}");
    assert_eq!(of_two["items"][0]["event"], "e2");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn a_profile_file_that_is_removed_while_the_program_runs_is_no_longer_used() {
    let place = Workplace::new();
    let folder = place.data().join("profiles");
    std::fs::create_dir_all(&folder).unwrap();
    let mine = include_str!("../../../crates/platform/profiles/generic.json");
    let mine = mine.replace("\"name\": \"generic\"", "\"name\": \"mine\"");
    std::fs::write(folder.join("mine.json"), mine).unwrap();
    let program = place.start().await;
    let body = json!({ "url": "http://127.0.0.1:9/", "events": ["*"], "platform": "mine" });
    program.subscribe(body.clone()).await;
    std::fs::remove_file(folder.join("mine.json")).unwrap();
    let (status, refused) = program.call("POST", "/v1/subscriptions", body).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("there is no platform `mine`"), "{refused}");
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn own_profile_files_are_read_and_a_broken_one_is_named() {
    let place = Workplace::new();
    let folder = place.data().join("profiles");
    std::fs::create_dir_all(&folder).unwrap();
    let built_in = include_str!("../../../crates/platform/profiles/generic.json");
    std::fs::write(folder.join("mine.json"), built_in.replace("\"name\": \"generic\"", "\"name\": \"mine\""))
        .unwrap();
    std::fs::write(folder.join("bad.json"), "{\n  \"name\": 7\n}\n").unwrap();
    let listed = place.run(&["platforms", "list"]).await;
    assert!(listed.code == 0 && listed.err.contains("bad.json, line 2"), "{listed:?}");
    assert!(listed.json()["items"].as_array().unwrap().iter().any(|p| p["name"] == "mine"));
    let emulated = place.emulate("mine", "").await;
    connect(&place, "mine", &emulated).await;
    let created = place
        .run(&[
            "subscriptions",
            "create",
            "--url",
            "http://127.0.0.1:9/",
            "--event",
            "*",
            "--platform",
            "mine",
        ])
        .await;
    assert_eq!(created.json()["platform"], "mine", "{created:?}");
}

/// The API key and the signing secret, searched for in everything that is written or said.
#[tokio::test]
async fn neither_key_nor_secret_is_written_or_said_anywhere() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let emulated = place.emulate("trcker", "delete=reset:6,list=html:1").await;
    let mut said = String::new();
    let args = [
        "brands",
        "add",
        "--platform",
        "trcker",
        "--name",
        "b1",
        "--base-url",
        &emulated.base_url,
        "--secret-stdin",
    ];
    let failed = place.run_with(&args, emulated.key.as_bytes()).await;
    assert_eq!(failed.code, 5, "{failed:?}");
    said.push_str(&format!("{failed:?}"));
    connect(&place, "trcker", &emulated).await;
    let id = subscribe(&place, &sink.url("/a")).await;
    let (edit, url) = (["subscriptions", "edit", &id, "--url"], sink.url("/b"));
    let mut command = place.command(&[&edit[..], &[&url]].concat());
    command.env("HOOKBENCH_LOG", "trace");
    let edited = hookbench_journeys::finish(&mut command, b"").await;
    assert!(edited.err.contains("TRACE") || edited.err.contains("DEBUG"), "everything was logged");
    said.push_str(&format!("{edited:?}"));
    for args in [
        ["brands", "show", "b1"].as_slice(),
        &["brands", "list"],
        &["brands", "sync", "b1"],
        &["brands", "check", "b1"],
        &["brands", "log", "b1"],
        &["subscriptions", "test", &id],
        &["subscriptions", "show", &id],
        &["subscriptions", "list"],
    ] {
        let answer = place.run(args).await;
        assert_eq!(answer.code, 0, "{answer:?}");
        said.push_str(&format!("{answer:?}"));
    }
    let program = place.start().await;
    for path in ["/v1/brands", "/v1/subscriptions", "/v1/stats"] {
        said.push_str(&program.get(path).await.to_string());
    }
    let mut files = 0;
    for entry in std::fs::read_dir(place.data()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        files += 1;
        said.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(files >= 3, "database, WAL and lock were read");
    for canary in [emulated.key.as_str(), SIGNING] {
        assert!(!said.contains(canary), "a secret was told");
    }
    program.kill().await;
}
