//! Faults of deliveries: each is a real subscription to a real server that fails as it is told.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::peer::{self, Certificates};
use super::tally::Tally;
use crate::{Program, Workplace};

/// What a server does, and the verdict that must be given; `success` where there is none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    name: String,
    expect: String,
    outcome: String,
    /// What the server does with each connection.
    #[serde(default)]
    steps: Vec<String>,
    /// A whole answer, instead of steps.
    answer: Option<Answer>,
    /// Which certificate it shows.
    tls: Option<String>,
    /// Speaks no TLS of its own, but is asked for it.
    #[serde(default)]
    https: bool,
    /// `closed` or `full`, instead of a server.
    listen: Option<String>,
    /// An address of its own, instead of a server.
    url: Option<String>,
    host: Option<String>,
    timeout_ms: Option<u64>,
    #[serde(default)]
    truncated: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    status: u16,
    headers: Vec<String>,
    body: String,
}

impl Fault {
    fn steps(&self, host: &str, port: u16) -> Vec<String> {
        let Some(answer) = &self.answer else { return self.steps.clone() };
        let mut head =
            format!("HTTP/1.1 {} Answer\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
        for header in &answer.headers {
            head.push_str(&header.replace("{host}", host).replace("{port}", &port.to_string()));
            head.push_str("\r\n");
        }
        vec!["read".to_owned(), format!("send {head}\r\n{}", answer.body), "close".to_owned()]
    }
}

fn faults() -> Vec<(&'static str, Fault)> {
    let files = [
        ("answers", include_str!("../../corpus/delivery/answers.json")),
        ("tls", include_str!("../../corpus/delivery/tls.json")),
        ("transport", include_str!("../../corpus/delivery/transport.json")),
    ];
    let mut all = Vec::new();
    for (file, text) in files {
        let faults: Vec<Fault> = serde_json::from_str(text).unwrap_or_else(|e| panic!("{file}.json: {e}"));
        all.extend(faults.into_iter().map(|fault| (file, fault)));
    }
    all
}

/// Sends an event to every server that fails, and reads the verdict from `GET /v1/deliveries/{id}`
/// and from `hookbench deliveries show`. The program must trust the certificates' authority.
pub async fn deliveries(place: &Workplace, program: &mut Program, certificates: &Certificates) -> Tally {
    let (mut tally, mut kept) = (Tally::default(), Vec::new());
    let mut sent = HashMap::new();
    for (number, (file, fault)) in faults().into_iter().enumerate() {
        tally.faults += 1;
        let secure = fault.tls.is_some() || fault.https;
        let host =
            fault.host.clone().unwrap_or_else(|| if secure { "localhost" } else { "127.0.0.1" }.to_owned());
        let addr = match fault.listen.as_deref() {
            Some("closed") => peer::closed().await,
            Some(_) => {
                let (addr, listener) = peer::full().await;
                kept.push(listener);
                addr
            }
            None => {
                let listener = peer::listen().await;
                let addr = listener.local_addr().unwrap();
                let steps = fault.steps(&host, addr.port());
                peer::serve(listener, steps, fault.tls.as_deref(), certificates);
                addr
            }
        };
        let scheme = if secure { "https" } else { "http" };
        let url = fault.url.clone().unwrap_or_else(|| format!("{scheme}://{host}:{}/in", addr.port()));
        let event_type = format!("corpus.fault{number}");
        let mut policy = json!({ "preset": "none" });
        policy["timeout_ms"] = fault.timeout_ms.unwrap_or(20_000).into();
        program
            .subscribe(json!({ "url": url, "events": [event_type], "policy": policy, "name": fault.name }))
            .await;
        let (status, answer) =
            program.call("POST", "/v1/events", json!({ "event": event_type, "data": { "n": number } })).await;
        assert_eq!(status, 202, "{answer}");
        sent.insert(answer["deliveries"][0].as_str().unwrap().to_owned(), (file, fault));
    }
    let mut finished = 0;
    while finished < sent.len() {
        program.attempt(|line| line["delivery"].as_str().is_some_and(|id| sent.contains_key(id))).await;
        finished += 1;
    }
    for (id, (file, fault)) in &sent {
        let shown = program.get(&format!("/v1/deliveries/{id}")).await;
        let from_command = place.run(&["deliveries", "show", id]).await.json();
        let attempt = &shown["attempts"][0];
        assert_eq!(attempt["verdict"], from_command["attempts"][0]["verdict"], "{}", fault.name);
        let code = attempt["verdict"]["code"].as_str().unwrap_or("success");
        let outcome = attempt["outcome"].as_str().unwrap_or_default();
        let got = if outcome != fault.outcome {
            format!("the outcome {outcome}")
        } else if attempt["response"]["truncated"].as_bool().unwrap_or(false) != fault.truncated {
            "another idea of whether the body was cut".to_owned()
        } else {
            code.to_owned()
        };
        let remark = format!("{} {}", attempt["error"], attempt["verdict"]["detail"]);
        complete(attempt, &fault.name);
        tally.see(file, &fault.name, &fault.expect, &got, &remark);
    }
    tally
}

/// A verdict speaks to both readers, and says who acts and what comes next.
fn complete(attempt: &Value, name: &str) {
    let verdict = &attempt["verdict"];
    if verdict.is_null() {
        assert_eq!(attempt["outcome"], "success", "{name}");
        return;
    }
    for key in ["code", "who", "summary", "detail", "next_step"] {
        assert!(verdict[key].as_str().is_some_and(|text| !text.is_empty()), "{name}: {key}");
    }
}
