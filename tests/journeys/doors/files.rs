//! The data folder: one dispatcher, no leftovers, nothing secret in the clear, newer files untouched.

use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::json;

#[tokio::test]
async fn a_second_dispatcher_is_refused_and_told_who_the_first_is() {
    let place = Workplace::new();
    let first = place.start().await;
    let second = place.run(&["run", "--api", "127.0.0.1:0", "--receiver", "127.0.0.1:0"]).await;
    assert_eq!(second.code, 3, "{second:?}");
    assert!(second.err.contains("hookbench run") && second.err.contains(&first.base), "{second:?}");
    assert!(first.terminate().await.success());
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let place = Workplace::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    let answer = place.run(&["run", "--api", &addr, "--no-receiver"]).await;
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.err.contains(&addr), "{answer:?}");
}

#[tokio::test]
async fn a_clean_stop_leaves_one_database_file_and_private_ones() {
    use std::os::unix::fs::PermissionsExt;
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {}})).await;
    program.attempt(|_| true).await;
    assert!(program.terminate().await.success());
    let mut names: Vec<String> = std::fs::read_dir(place.data())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["api-token", "hookbench.db", "lock"]);
    let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.data()), 0o700);
    assert_eq!(
        (mode(place.data().join("api-token")), mode(place.data().join("hookbench.db"))),
        (0o600, 0o600)
    );
}

#[tokio::test]
async fn a_newer_database_is_refused_and_untouched() {
    let place = Workplace::new();
    assert!(place.start().await.terminate().await.success());
    let path = place.data().join("hookbench.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&4711u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    for args in [vec!["run", "--api", "127.0.0.1:0", "--no-receiver"], vec!["deliveries", "list"]] {
        let answer = place.run(&args).await;
        assert_eq!(answer.code, 3, "{answer:?}");
        assert!(answer.err.contains("newer"), "{answer:?}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert!(!place.data().join("hookbench.db-wal").exists());
}

#[tokio::test]
async fn no_secret_stands_in_the_clear_anywhere() {
    const CANARY: &str = "canary-5up3r-53cr37-c4n4ry-0123456789";
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let id =
        program.subscribe(json!({"url": sink.url("/status/401"), "events": ["*"], "secret": CANARY})).await;
    program.call("POST", "/v1/events", json!({"event": "a.b", "data": {}})).await;
    program.attempt(|_| true).await;
    let show = place.run(&["subscriptions", "show", &id]).await;
    let list = place.run(&["deliveries", "list"]).await;
    assert!(!format!("{show:?}{list:?}").contains(CANARY));
    program.kill().await;
    for entry in std::fs::read_dir(place.data()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "{}", path.display());
    }
}

#[tokio::test]
async fn without_keyring_or_key_a_secret_is_refused_with_the_choices() {
    let place = Workplace::new();
    let url = "http://127.0.0.1:9/";
    let create = ["--json", "subscriptions", "create", "--url", url, "--event", "*"];
    let mut with_secret = place.bare(&[create.as_slice(), &["--secret-stdin"]].concat());
    let answer = finish(&mut with_secret, b"a secret").await;
    assert_eq!(answer.code, 3, "{answer:?}");
    assert!(answer.err.contains("HOOKBENCH_VAULT_KEY_FILE"), "{answer:?}");
    let answer = finish(&mut place.bare(&create), b"").await;
    assert_eq!(answer.code, 0, "what needs no secret works: {answer:?}");
}
