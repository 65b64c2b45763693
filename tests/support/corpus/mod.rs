//! The corpus of planted faults, driven through the doors of the built product: what happened to a
//! signature through `diagnose`, what happened to a delivery through a real socket.

mod bytes;
mod delivery;
mod fault;
mod peer;
mod sender;
mod tally;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub use delivery::deliveries;
pub use fault::{Fault, faults};
pub use peer::Certificates;
pub use sender::Request;
pub use tally::Tally;

use crate::{Program, Workplace};

/// How many requests are under way at once.
const AT_ONCE: usize = 4;

fn expected_scheme<'a>(fault: &'a Fault, sender: &'a str) -> Option<&'a str> {
    match fault.scheme.as_deref() {
        None => Some(sender),
        Some("none") => None,
        other => other,
    }
}

/// Diagnoses every fault through the API, under every scheme it is planted in, or under one of them.
pub async fn signatures_through_the_api(program: &Program, every_scheme: bool) -> Tally {
    let mut tally = Tally::default();
    let mut asked = Vec::new();
    for (number, (file, fault)) in faults().into_iter().enumerate() {
        tally.faults += 1;
        let schemes = fault.schemes();
        let one = [schemes[number % schemes.len()]];
        for scheme in if every_scheme { schemes } else { one.to_vec() } {
            let request = sender::request(&fault, scheme);
            let mut body = json!({
                "body_base64": STANDARD.encode(&request.body),
                "headers": request.headers,
                "secrets": request.secrets,
                "at": request.at,
            });
            if let Some(expected) = expected_scheme(&fault, scheme) {
                body["scheme"] = expected.into();
            }
            asked.push((file, format!("{scheme}: {}", fault.name), fault.clone(), body));
        }
    }
    for some in asked.chunks(AT_ONCE) {
        let calls =
            some.iter().map(|(_, _, _, body)| program.request("POST", "/v1/diagnose").json(body).send());
        let mut answers = Vec::new();
        for call in calls.map(|call| tokio::spawn(call)).collect::<Vec<_>>() {
            answers.push(call.await.unwrap().unwrap().json::<Value>().await.unwrap());
        }
        for ((file, what, fault, _), answer) in some.iter().zip(answers) {
            judge(&mut tally, file, what, fault, &answer);
        }
    }
    tally
}

/// Diagnoses every fault under one scheme through the command.
pub async fn signatures_through_the_command(place: &Workplace) -> Tally {
    let mut tally = Tally::default();
    for (number, (file, fault)) in faults().into_iter().enumerate() {
        tally.faults += 1;
        let scheme = fault.schemes()[number % fault.schemes().len()];
        let what = format!("{scheme}: {}", fault.name);
        let request = sender::request(&fault, scheme);
        let mut args = vec!["diagnose".to_owned(), "--body".into(), place.file("body", &request.body)];
        args.extend(["--at".to_owned(), request.at.clone()]);
        for (name, value) in &request.headers {
            args.extend(["--header".to_owned(), format!("{name}: {value}")]);
        }
        for (i, secret) in request.secrets.iter().enumerate() {
            // One line end is dropped from the file, and nothing else.
            args.extend([
                "--secret-file".to_owned(),
                place.file(&format!("secret-{i}"), format!("{secret}\n")),
            ]);
        }
        args.extend(
            expected_scheme(&fault, scheme).into_iter().flat_map(|s| ["--scheme".to_owned(), s.into()]),
        );
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let answer = place.run(&args).await;
        let json = answer.json();
        let code = if fault.expect == "ok" { 0 } else { 7 };
        assert_eq!(answer.code, code, "{what}: {answer:?}");
        judge(&mut tally, file, &what, &fault, &json);
    }
    tally
}

fn judge(tally: &mut Tally, file: &'static str, what: &str, fault: &Fault, answer: &Value) {
    let got = answer["cause"].as_str().unwrap_or("no answer");
    let remark = format!("{} {}", answer["explanation"].as_str().unwrap_or_default(), answer["candidates"]);
    let changes: Vec<&str> = answer["candidates"][0]["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let complete = fault.changes.is_empty() || fault.changes == changes;
    let matching = fault.expect != "wrong_secret" || answer["matching_secret"].is_string();
    let valid = answer["valid"] == (fault.expect == "ok");
    let got =
        if complete && matching && valid || got != fault.expect { got } else { "another set of mistakes" };
    tally.see(file, what, &fault.expect, got, &remark);
}
