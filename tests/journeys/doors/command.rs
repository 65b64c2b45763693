//! The command beside a running dispatcher, alone, and with bad input.

use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::json;

#[tokio::test]
async fn verbs_work_beside_a_running_dispatcher() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let url = sink.url("/ok");
    let create = [
        "subscriptions",
        "create",
        "--url",
        &url,
        "--event",
        "conversion.*",
        "--name",
        "CRM",
        "--secret-stdin",
    ];
    let created = place.run_with(&create, b"a secret\n").await;
    assert_eq!(created.code, 0, "{created:?}");
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let data = place.file("data.json", r#"{"payout": 12.60}"#);
    let sent = place
        .run(&["events", "send", "--type", "conversion.created", "--data", &data, "--id", "evt_c"])
        .await;
    assert_eq!((sent.code, &sent.json()["id"]), (0, &json!("evt_c")), "{sent:?}");
    program.attempt(|line| line["event_id"] == "evt_c").await;
    assert!(String::from_utf8_lossy(&sink.at("/ok")[0].body).contains(r#"{"payout":12.60}"#));
    let list = place.run(&["deliveries", "list", "--subscription", &id]).await.json();
    assert_eq!(list["items"][0]["state"], "delivered");
    let test = place.run(&["subscriptions", "test", &id]).await;
    assert_eq!(test.code, 0, "{test:?}");
    let hit = sink.at("/ok").remove(1);
    assert_eq!(hit.header("x-hookbench-test"), "true");
    for verb in ["disable", "enable", "delete"] {
        assert_eq!(place.run(&["subscriptions", verb, &id]).await.code, 0, "{verb}");
    }
    let gone = place.run(&["subscriptions", "show", &id]).await;
    assert!(gone.code == 1 && gone.err.contains(&id), "{gone:?}");
}

#[tokio::test]
async fn what_is_sent_while_nobody_dispatches_waits_for_the_next_run() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let url = sink.url("/later");
    let id =
        place.run(&["subscriptions", "create", "--url", &url, "--event", "*"]).await.json()["id"].clone();
    let sent = place.run_with(&["events", "send", "--type", "a.b", "--data", "-"], br#"{"n":1}"#).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(sent.err.contains("a.b"), "an unknown type is warned of: {sent:?}");
    let test = place.run(&["subscriptions", "test", id.as_str().unwrap()]).await;
    assert_eq!(test.code, 0, "a test needs no running dispatcher: {test:?}");
    let program = place.start().await;
    sink.wait("both arrive", |hits| hits.len() == 2).await;
    assert!(program.terminate().await.success());
}

#[tokio::test]
async fn nothing_that_steers_a_terminal_is_printed() {
    let place = Workplace::new();
    let steering = ['\u{1b}', '\u{9b}', '\u{202e}', '\u{2066}'];
    let note: String = steering.iter().collect();
    let event = json!({"id": "evt_t", "event": "a.b", "data": {"note": note}});
    // Some editors begin a file with a byte order mark.
    let file = place.file("events.ndjson", format!("\u{feff}{event}\n"));
    let sent = place.run(&["events", "send", "--ndjson", &file]).await;
    assert_eq!((sent.code, &sent.json()["accepted"]), (0, &json!(1)), "{sent:?}");
    let as_json = place.run(&["events", "show", "evt_t"]).await;
    let plain = finish(&mut place.command(&["events", "show", "evt_t"]), b"").await;
    let unknown = finish(&mut place.command(&["events", "show", "evt\u{202e}\u{9b}"]), b"").await;
    let usage = finish(&mut place.command(&["events", "\u{202e}show\u{1b}[2J"]), b"").await;
    assert_eq!((plain.code, unknown.code, usage.code), (0, 1, 2), "{plain:?} {unknown:?} {usage:?}");
    for answer in [&as_json, &plain, &unknown, &usage] {
        assert!(!answer.out.contains(steering) && !answer.err.contains(steering), "{answer:?}");
    }
    assert!(plain.out.contains(r"\u009b\u202e\u2066"), "{plain:?}");
    assert!(unknown.err.contains(r"\u202e") && usage.err.contains(r"\u202e"), "{unknown:?} {usage:?}");
    let kept: serde_json::Value = serde_json::from_str(as_json.json()["body"].as_str().unwrap()).unwrap();
    assert_eq!(kept["data"]["note"], note.as_str(), "the JSON means the same");
}

#[tokio::test]
async fn a_failed_test_exits_six() {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let url = sink.url("/status/500");
    let id =
        place.run(&["subscriptions", "create", "--url", &url, "--event", "*"]).await.json()["id"].clone();
    let test = place.run(&["subscriptions", "test", id.as_str().unwrap()]).await;
    assert_eq!(test.code, 6, "{test:?}");
    assert_eq!(sink.hits().len(), 1, "a test is tried once");
}

#[tokio::test]
async fn signing_and_verifying_agree_and_say_why_not() {
    let place = Workplace::new();
    let body = place.file("body", r#"{"id":"evt_1","event":"a.b"}"#);
    let right = place.file("right", "topsecret\n");
    let wrong = place.file("wrong", "other");
    for scheme in
        ["trcker", "track360", "standard", "stripe", "github", "shopify", "svix", "hex-body", "base64-body"]
    {
        let secret = if scheme == "track360" { place.file("long", "k".repeat(32)) } else { right.clone() };
        let at = ["--at", "2026-05-08T04:51:35Z"];
        let sign = [&["sign", "--scheme", scheme, "--body", &body, "--secret-file", &secret], at.as_slice()]
            .concat();
        let signed = place.run(&sign).await;
        assert_eq!(signed.code, 0, "{signed:?}");
        let headers: Vec<String> = signed.json()["headers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|h| format!("{}: {}", h[0].as_str().unwrap(), h[1].as_str().unwrap()))
            .collect();
        let given: Vec<&str> = headers.iter().flat_map(|h| ["--header", h.as_str()]).collect();
        for (secret, code, reason) in [(&secret, 0, "ok"), (&wrong, 7, "mismatch")] {
            let verify = ["verify", "--scheme", scheme, "--body", &body, "--secret-file", secret];
            let answer = place.run(&[verify.as_slice(), &given, &at].concat()).await;
            assert_eq!(
                (answer.code, &answer.json()["reason"]),
                (code, &json!(reason)),
                "{scheme}: {answer:?}"
            );
        }
    }
}

#[tokio::test]
async fn bad_input_exits_with_the_code_of_its_kind_and_keeps_nothing() {
    let place = Workplace::new();
    let bad = place.file("bad.json", "{");
    let list = place.file("list.json", "[]");
    let body = place.file("body", "{}");
    let none = "sub_00000000000000000000000000";
    for (args, code, word) in [
        (vec!["nonsense"], 2, "nonsense"),
        (vec!["verify", "--nonsense"], 2, "nonsense"),
        (vec!["events", "send", "--type", "a.b", "--data", &bad], 1, "cannot be read"),
        (vec!["events", "send", "--type", "a.b", "--data", &list], 1, "object"),
        (vec!["events", "send", "--type", "a.b", "--data", "/no/such/file"], 1, "/no/such/file"),
        (
            vec![
                "subscriptions",
                "create",
                "--url",
                "http://127.0.0.1/",
                "--event",
                "*",
                "--platform",
                "track360",
            ],
            1,
            "secret",
        ),
        (
            vec![
                "subscriptions",
                "create",
                "--url",
                "http://127.0.0.1/",
                "--event",
                "*",
                "--secret-env",
                "NOT_SET",
            ],
            1,
            "NOT_SET",
        ),
        (vec!["subscriptions", "show", none], 1, none),
        (vec!["subscriptions", "delete", none], 1, none),
        (vec!["deliveries", "show", "dlv_00000000000000000000000001"], 1, "dlv_0"),
        (vec!["deliveries", "retry", "dlv_00000000000000000000000001"], 1, "dlv_0"),
        (vec!["events", "show", "evt_nope"], 1, "evt_nope"),
        (vec!["platforms", "show", "nope"], 1, "nope"),
        (vec!["sign", "--scheme", "trcker", "--body", &body], 2, "secret"),
        (vec!["run", "--api", "0.0.0.0:0", "--no-receiver"], 3, "loopback"),
    ] {
        let answer = place.run(&args).await;
        assert_eq!(answer.code, code, "{args:?}: {answer:?}");
        assert!(answer.err.contains(word), "{args:?}: {answer:?}");
    }
    for args in [
        vec!["subscriptions", "create", "--url", "ftp://x/", "--event", "*"],
        vec!["subscriptions", "create", "--url", "http://x/", "--event", "a b"],
        vec!["events", "send", "--type", "a b", "--data", "-"],
        vec!["deliveries", "list", "--since", "yesterday"],
        vec!["target", "run", "--script", "nonsense"],
    ] {
        let answer = place.run(&args).await;
        assert!(matches!(answer.code, 1 | 2) && !answer.err.is_empty(), "{args:?}: {answer:?}");
    }
    assert_eq!(place.run(&["subscriptions", "list"]).await.json()["items"], json!([]));
    assert_eq!(place.run(&["events", "list"]).await.json()["items"], json!([]));
}

#[tokio::test]
async fn the_demo_shows_every_state_and_ends_with_a_summary() {
    let place = Workplace::new();
    let answer = place.run(&["demo", "--seconds", "6", "--rate", "20"]).await;
    assert_eq!(answer.code, 0, "{answer:?}");
    let last: serde_json::Value = serde_json::from_str(answer.out.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "summary", "{last}");
    let deliveries = &last["stats"]["deliveries"];
    for state in ["delivered", "failed", "skipped"] {
        assert!(deliveries[state].as_i64().unwrap() > 0, "{state}: {last}");
    }
    assert!(last["retried"].as_i64().unwrap() > 0, "{last}");
    assert!(!place.data().exists(), "the demo leaves the data folder alone");
}
