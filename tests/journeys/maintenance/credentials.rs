//! Credentials: nowhere in clear in the data folder or in what leaves it, gone with their owner; and
//! what waits for the vault's key.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::{Value, json};

/// Every spelling of a canary that is looked for.
fn spellings(canary: &str) -> Vec<Vec<u8>> {
    let hex: String = canary.bytes().map(|b| format!("{b:02x}")).collect();
    vec![canary.as_bytes().to_vec(), STANDARD.encode(canary).into_bytes(), hex.into_bytes()]
}

/// Where canaries stand in a text.
fn found_in(what: &str, bytes: &[u8], canaries: &[String]) -> Vec<String> {
    let holds = |spelling: &Vec<u8>| bytes.windows(spelling.len()).any(|window| window == spelling);
    let held = canaries.iter().filter(|canary| spellings(canary).iter().any(holds));
    held.map(|canary| format!("{canary} in {what}")).collect()
}

/// Where canaries stand in the files of a folder.
#[expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
fn found_below(folder: &Path, canaries: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(found_below(&path, canaries));
        } else {
            found.extend(found_in(&path.display().to_string(), &std::fs::read(&path).unwrap(), canaries));
        }
    }
    found
}

const NOWHERE: [String; 0] = [];

#[tokio::test]
async fn no_credential_is_kept_in_clear_or_leaves_and_none_outlives_its_owner() {
    let canary = |n: u32| format!("c4nary{n}Zq7{n}x9Lw{n}Kp3");
    let canaries: Vec<String> = (0..9).map(canary).collect();
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let platform = place.emulate("trcker", "").await;
    let key = place.file("api.key", &platform.key);
    let add = ["brands", "add", "--platform", "trcker", "--name", "b1", "--base-url", &platform.base_url];
    let added = place.run(&[&add[..], &["--secret-file", &key]].concat()).await;
    assert_eq!(added.code, 0, "{added:?}");
    let mut program = place.start().await;

    let [query, header, function, secret, api_key, slack, postback, source, user] = &canaries[..] else {
        panic!("nine canaries")
    };
    let signed = program
        .subscribe(json!({"url": sink.url(&format!("/hook?token={query}&x=1")), "events": ["a.b"], "secret": secret,
            "headers": [["Authorization", format!("Bearer {header}")], ["X-Functions-Key", function], ["X-Plain", "seen"]]}))
        .await;
    let keyed = program
        .subscribe(json!({"url": sink.url(&format!("/services/T024BE7LD/B08S/{slack}")), "events": ["a.b"],
            "scheme": "api-key", "secret": api_key}))
        .await;
    let counted = program
        .subscribe(json!({"url": sink.url(&format!("/pb?cid={{data.n}}&key={postback}")), "events": ["a.b"],
            "kind": "postback"}))
        .await;
    let with_user = sink.url("/").replace("http://", &format!("http://me:{user}@"));
    let refused = program.call("POST", "/v1/subscriptions", json!({"url": with_user, "events": ["*"]})).await;
    assert_eq!(refused.0, 422);

    let publish = async |program: &mut hookbench_journeys::Program| {
        program.call("POST", "/v1/events", json!({"event": "a.b", "data": {"n": 7}})).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let line = program.attempt(|_| true).await;
            assert_eq!(line["state"], "delivered", "{line}");
            ids.push(line["delivery"].as_str().unwrap().to_owned());
        }
        ids
    };
    let deliveries = publish(&mut program).await;
    let arrived = |times: usize| {
        let hooks = sink.at("/hook");
        assert_eq!(hooks.len(), times);
        for hit in hooks {
            assert_eq!(hit.query, format!("token={query}&x=1"));
            assert_eq!(hit.header("authorization"), format!("Bearer {header}"));
            assert_eq!((hit.header("x-functions-key"), hit.header("x-plain")), (function.as_str(), "seen"));
        }
        let keyed = sink.at(&format!("/services/T024BE7LD/B08S/{slack}"));
        assert_eq!((keyed.len(), keyed[0].header("x-api-key")), (times, api_key.as_str()));
        let counted = sink.at("/pb");
        assert_eq!(
            (counted.len(), counted[0].query.as_str()),
            (times, format!("cid=7&key={postback}").as_str())
        );
    };
    arrived(1);

    // As it is shown it can be written back.
    for id in [&signed, &keyed, &counted] {
        let shown = program.get(&format!("/v1/subscriptions/{id}")).await;
        let back = json!({"url": shown["url"], "headers": shown["headers"]});
        let (status, saved) = program.call("PATCH", &format!("/v1/subscriptions/{id}"), back).await;
        assert_eq!((status, &saved["url"]), (200, &shown["url"]), "{saved}");
    }
    // And edited, with what the masks stand for.
    let edit = json!({"headers": [["X-New", "1"], ["X-Plain", "seen"], ["X-Functions-Key", "••••"], ["Authorization", "••••"]]});
    assert_eq!(program.call("PATCH", &format!("/v1/subscriptions/{signed}"), edit).await.0, 200);
    let unknown = json!({"headers": [["X-Other-Token", "••••"]]});
    let (status, why) = program.call("PATCH", &format!("/v1/subscriptions/{signed}"), unknown).await;
    assert_eq!((status, why.to_string().contains("headers")), (422, true), "{why}");
    publish(&mut program).await;
    arrived(2);
    let reveal = format!("/v1/subscriptions/{signed}/reveal");
    let (status, revealed) = program.call("POST", &reveal, json!({})).await;
    assert_eq!(status, 200, "{revealed}");
    assert_eq!(revealed["url"], sink.url(&format!("/hook?token={query}&x=1")));
    assert!(revealed["headers"].to_string().contains(header.as_str()), "{revealed}");

    // What comes in with the source's own secret where it does not belong.
    let made = json!({"name": "in", "scheme": "api-key", "secret": source});
    assert_eq!(program.call("POST", "/v1/sources", made).await.0, 201);
    let inbound = format!("{}/in/in", program.ready["receiver"].as_str().unwrap());
    for (name, value) in [("X-Api-Kye", source.as_str()), ("X-Whatever", source), ("X-Api-Key", user)] {
        let request = program.client.post(format!("{inbound}?k={source}")).header(name, value);
        let answer =
            request.header("content-type", "application/json").body(format!("{{\"a\":\"{source}\"}}"));
        assert_eq!(answer.send().await.unwrap().status(), 401, "{name}");
    }
    let received = program.get("/v1/sources/in").await;
    assert_eq!(received["requests"].as_array().unwrap().len(), 3, "{received}");

    // What is shown and what leaves.
    let mut seen = vec![("received".to_owned(), received.to_string())];
    for path in ["/v1/subscriptions", "/v1/deliveries", "/v1/events", "/v1/sources", "/v1/brands", "/v1/home"]
    {
        seen.push((path.to_owned(), program.call("GET", path, Value::Null).await.1.to_string()));
    }
    for id in &deliveries {
        for kind in ["markdown", "json", "har", "curl"] {
            let bundle = place.run(&["deliveries", "bundle", id, "--format", kind]).await;
            assert_eq!(bundle.code, 0, "{bundle:?}");
            seen.push((kind.to_owned(), bundle.out));
        }
        let path = format!("/v1/deliveries/{id}");
        seen.push((path.clone(), program.get(&path).await.to_string()));
        seen.push((format!("{path}/bundle"), program.get(&format!("{path}/bundle")).await.to_string()));
    }
    for format in ["csv", "json", "har", "curl"] {
        let export = place.run(&["deliveries", "export", "--format", format]).await;
        assert!(export.code == 0 && export.out.contains(deliveries[0].as_str()), "{export:?}");
        seen.push((format.to_owned(), export.out));
    }
    for (what, text) in &seen {
        assert_eq!(found_in(what, text.as_bytes(), &canaries), NOWHERE);
    }
    let mut all = canaries.clone();
    all.push(platform.key.clone());
    assert_eq!(found_below(&place.data(), &all), NOWHERE, "while it runs");
    for id in [signed, keyed, counted] {
        assert_eq!(program.call("DELETE", &format!("/v1/subscriptions/{id}"), Value::Null).await.0 / 100, 2);
    }
    assert!(program.terminate().await.success());
    assert_eq!(found_below(&place.data(), &all), NOWHERE, "once it has ended");
}

#[tokio::test]
async fn a_newcomer_without_a_keyring_makes_a_key_in_one_command() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let url = sink.url("/");
    let create = ["--json", "subscriptions", "create", "--url", &url, "--event", "*", "--generate-secret"];
    let refused = finish(&mut place.bare(&create), b"").await;
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("hookbench vault init"), "{refused:?}");
    let with_header =
        ["--json", "subscriptions", "create", "--url", &url, "--event", "*", "--header", "X-Api-Key: abc123"];
    let refused = finish(&mut place.bare(&with_header), b"").await;
    assert_eq!((refused.code, refused.err.contains("hookbench vault init")), (3, true), "{refused:?}");

    let made = finish(&mut place.bare(&["--json", "vault", "init"]), b"").await;
    assert_eq!(made.code, 0, "{made:?}");
    let path = made.json()["path"].as_str().unwrap().to_owned();
    let key = std::fs::read(&path).unwrap();
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = finish(&mut place.bare(&["--json", "vault", "init"]), b"").await;
    assert_eq!((again.code, std::fs::read(&path).unwrap()), (3, key.clone()), "{again:?}");

    let created = finish(&mut place.bare(&create), b"").await;
    assert_eq!(created.code, 0, "{created:?}");
    let again = finish(&mut place.bare(&["--json", "vault", "init", "--key-file", "other.key"]), b"").await;
    assert_eq!((again.code, again.err.contains("already")), (3, true), "{again:?}");
    let mut program = place.start_without_key().await;
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {}})).await;
    assert_eq!(program.attempt(|_| true).await["state"], "delivered");
    assert!(sink.hits()[0].header("webhook-signature").starts_with("v1,"), "{:?}", sink.hits());
    assert!(program.terminate().await.success());

    // Another key makes nothing worse.
    std::fs::rename(&path, format!("{path}.away")).unwrap();
    let other = finish(&mut place.bare(&["--json", "vault", "init"]), b"").await;
    assert_eq!((other.code, other.err.contains("sealed")), (3, true), "{other:?}");
    assert!(!Path::new(&path).exists());
}

#[tokio::test]
async fn what_is_sealed_waits_for_the_key_and_goes_out_once_it_is_there() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let (sealed, open) = (sink.url("/sealed"), sink.url("/open"));
    let create = ["subscriptions", "create", "--event", "*", "--url"];
    let made = place.run(&[&create[..], &[&sealed, "--generate-secret"]].concat()).await;
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(place.run(&[&create[..], &[&open]].concat()).await.code, 0);

    let mut program = place.start_without_key().await;
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {}})).await;
    assert_eq!(program.attempt(|_| true).await["state"], "delivered", "what needs no key is sent");
    assert!(program.terminate().await.success());
    assert!(sink.at("/sealed").is_empty());
    let listed = place.run(&["deliveries", "list", "--state", "held"]).await.json();
    let held = &listed["items"][0];
    assert_eq!(
        (&held["state"], &held["held"], &held["attempt_count"]),
        (&json!("pending"), &json!("vault"), &json!(0))
    );
    let id = held["id"].as_str().unwrap();
    let shown = finish(&mut place.bare(&["--json", "deliveries", "show", id]), b"").await.json();
    let why = shown["held_because"].as_str().unwrap();
    assert!(why.contains("vault") && why.contains("hookbench vault init"), "{why}");
    let doctor = finish(&mut place.bare(&["--json", "doctor"]), b"").await;
    assert!(doctor.out.contains(id), "{doctor:?}");

    // The key comes while it runs.
    let mut program = place.start_without_key().await;
    let config = place.path().join(".config/hookbench");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::copy(place.path().join("vault.key"), config.join("vault.key")).unwrap();
    let line = program.attempt(|_| true).await;
    assert_eq!((line["delivery"].as_str(), &line["state"]), (Some(id), &json!("delivered")), "{line}");
    assert!(sink.at("/sealed")[0].header("webhook-signature").starts_with("v1,"));
    let detail = program.get(&format!("/v1/deliveries/{id}")).await;
    assert_eq!(detail["attempts"].as_array().unwrap().len(), 1, "waiting used up nothing: {detail}");
    assert!(program.terminate().await.success());
}
