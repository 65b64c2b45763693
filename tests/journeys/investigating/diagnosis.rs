//! Planted faults: the program must name each one, and none wrongly.

use hookbench_journeys::{Certificates, Tally, Workplace, deliveries, signatures_through_the_api};
use serde_json::json;

fn all_named(tally: &Tally, what: &str, at_least: usize) {
    let lines = tally.lines(what).join("\n");
    assert!(tally.wrong.is_empty() && tally.unknown.is_empty(), "{lines}");
    assert!(tally.faults >= at_least, "{lines}");
}

#[tokio::test]
async fn every_planted_fault_of_a_signature_is_named() {
    let place = Workplace::new();
    let program = place.start().await;
    all_named(&signatures_through_the_api(&program, false).await, "signatures", 120);
}

#[tokio::test]
async fn every_planted_fault_of_a_delivery_is_named() {
    let (place, certificates) = (Workplace::new(), Certificates::new());
    let authorities = place.file("authorities.pem", &certificates.trusted_pem);
    let mut program = place.start_trusting(Some(&authorities)).await;
    all_named(&deliveries(&place, &mut program, &certificates).await, "deliveries", 60);
}

#[tokio::test]
async fn what_lies_in_the_logs_is_diagnosed_with_the_secrets_in_the_vault() {
    let place = Workplace::new();
    let secret = place.file("secret", "the secret of the source, long enough\n");
    let create = ["sources", "create", "--name", "in", "--scheme", "hex-body", "--secret-file", &secret];
    assert_eq!(place.run(&create).await.code, 0);
    let program = place.start().await;
    let body = place.file("body", r#"{"id":"evt_1","event":"a.b"}"#);
    let signed =
        place.run(&["sign", "--scheme", "hex-body", "--body", &body, "--secret-file", &secret]).await;
    let signature = signed.json()["headers"][0][1].as_str().unwrap().to_owned();
    let url = format!("{}/in/in", program.ready["receiver"].as_str().unwrap());
    let sent = program.client.post(&url).header("X-Webhook-Signature", &signature);
    let sent = sent.header("Content-Type", "application/json").body("{\"id\":\"evt_1\",\"event\":\"a.b\"}\n");
    assert_eq!(sent.send().await.unwrap().status().as_u16(), 401);

    // The refused request is written to the log a moment after it was answered.
    let mut id = None;
    for _ in 0..100 {
        let shown = place.run(&["sources", "show", "in"]).await.json();
        id = shown["requests"][0]["id"].as_str().map(str::to_owned);
        if id.is_some() {
            break;
        }
    }
    let id = id.expect("the refused request is in the log");
    let found = place.run(&["diagnose", "--received", &id]).await;
    assert_eq!((found.code, &found.json()["cause"]), (7, &json!("body_trailing_newline")), "{found:?}");
    let (_, found) = program.call("POST", "/v1/diagnose", json!({ "received": id })).await;
    assert_eq!(found["cause"], "body_trailing_newline", "{found}");

    let message = format!(
        "POST /in HTTP/1.1\r\nX-Webhook-Signature: {signature}\r\n\r\n{{\"id\":\"evt_1\",\"event\":\"a.b\"}}"
    );
    let message = place.file("message", message);
    let right = place.run(&["diagnose", "--message", &message, "--secret-file", &secret]).await;
    assert_eq!(right.code, 0, "{right:?}");
    let other = place.file("other", "another secret");
    let args = ["diagnose", "--message", &message, "--secret-file", &other];
    assert_eq!(place.run(&args).await.json()["cause"], "unknown");
    let found = place.run(&[&args[..], &["--vault"]].concat()).await.json();
    assert_eq!(
        (&found["cause"], &found["matching_secret"]),
        (&json!("wrong_secret"), &json!("the secret of source in"))
    );
    let gone = place.run(&["diagnose", "--received", "rcv_999"]).await;
    assert!(gone.code == 1 && gone.err.contains("rcv_999"), "{gone:?}");
    let none = place.run(&["diagnose", "--secret-file", &other]).await;
    assert_eq!(none.code, 2, "a request must be given: {none:?}");
}
