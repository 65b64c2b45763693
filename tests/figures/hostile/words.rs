//! What is told: nothing that a terminal obeys, nothing that hides its order, and errors that name the
//! field.

use hookbench_journeys::{Sink, finish};
use serde_json::{Value, json};

use super::ground::{Site, hold};
use super::raw::Endpoint;
use super::{Cases, Held};

/// Characters that terminals obey, or that change what is read.
const CONTROLS: [(&str, char); 12] = [
    ("an escape", '\u{1b}'),
    ("a control sequence in one character", '\u{9b}'),
    ("an operating system command in one character", '\u{9d}'),
    ("a bell", '\u{7}'),
    ("a backspace", '\u{8}'),
    ("a delete", '\u{7f}'),
    ("a right-to-left override", '\u{202e}'),
    ("a left-to-right embedding", '\u{202a}'),
    ("an isolate", '\u{2067}'),
    ("a right-to-left mark", '\u{200f}'),
    ("a line separator", '\u{2028}'),
    ("a carriage return", '\r'),
];

/// Texts of others with controls in them, in everything that the command prints.
async fn controls(json: bool) -> Held {
    let all: String = CONTROLS.iter().map(|(_, c)| format!("a{c}b")).collect();
    let body = format!("no, because {all}");
    let endpoint = Endpoint::answering(format!(
        "HTTP/1.1 400 Bad\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    let site = Site::new().await;
    let name: String = all.chars().filter(|c| *c != '\r').collect();
    let wanted = json!({"url": endpoint.url("/"), "events": ["*"], "policy": "none", "name": name});
    let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
    hold!(status == 201 || status == 422, "{status} {answer}");
    if status == 422 {
        site.program.subscribe(json!({"url": endpoint.url("/"), "events": ["*"], "policy": "none"})).await;
    }
    let (id, ids) = site.publish("a.b", json!({"note": all, "clickId": name})).await;
    site.settled(&ids[0]).await?;
    let mut passed = Vec::new();
    for args in [
        vec!["subscriptions", "list"],
        vec!["deliveries", "list"],
        vec!["deliveries", "show", &ids[0]],
        vec!["events", "show", &id],
        vec!["events", "list"],
        vec!["why", &id],
        vec!["alerts", "list"],
        vec!["deliveries", "export", "--format", "csv"],
        vec!["deliveries", "bundle", &ids[0], "--format", "markdown"],
    ] {
        let flags: &[&str] = if json { &["--json"] } else { &[] };
        let answer = finish(&mut site.place.command(&[flags, &args].concat()), b"").await;
        let file = args.contains(&"export") || args.contains(&"bundle");
        for (what, c) in CONTROLS {
            // A file keeps what it holds, and JSON what no terminal obeys.
            let obeyed = c < ' ' || ('\u{80}'..='\u{9f}').contains(&c);
            let shown = answer.out.contains(c) || answer.err.contains(c);
            if shown && !file && (obeyed || !json) {
                passed.push(format!("{} {}: {what}", args[0], args[1]));
            }
        }
    }
    hold!(
        passed.is_empty(),
        "{} pass, such as {}",
        passed.len(),
        passed.iter().take(6).cloned().collect::<Vec<_>>().join("; ")
    );
    Ok(())
}

/// A mistake in JSON is told with the field it is in.
async fn errors_name_the_field() -> Held {
    let site = Site::new().await;
    let base = |field: &str, value: Value| {
        let mut wanted = json!({"url": "http://127.0.0.1:9/", "events": ["a.b"], "enabled": false});
        wanted[field] = value;
        wanted
    };
    let mut unnamed = Vec::new();
    for (path, body, field) in [
        ("/v1/subscriptions", base("events", json!("a.b")), "events"),
        ("/v1/subscriptions", base("headers", json!(7)), "headers"),
        ("/v1/subscriptions", base("enabled", json!("yes")), "enabled"),
        ("/v1/subscriptions", base("rate_per_second", json!("fast")), "rate_per_second"),
        ("/v1/subscriptions", base("policy", json!({"delays_ms": "soon"})), "delays_ms"),
        ("/v1/subscriptions", base("policy", json!({"timeout_ms": -1})), "timeout_ms"),
        ("/v1/subscriptions", base("nmae", json!("x")), "nmae"),
        ("/v1/sources", json!({"name": "a", "scheme": "none", "allow_ips": "10.0.0.0/8"}), "allow_ips"),
        ("/v1/sources", json!({"name": "a", "scheme": "none", "postback": {"event_type": 3}}), "event_type"),
        ("/v1/erase", json!({"field": 3, "value": "x"}), "field"),
        ("/v1/events", json!({"event": 3, "data": {}}), "event"),
        ("/v1/events", json!({"event": "a.b", "data": []}), "data"),
        ("/v1/verify", json!({"scheme": "trcker", "headers": {"a": 1}}), "headers"),
        ("/v1/deliveries/cancel", json!({"limit": "all"}), "limit"),
    ] {
        let (status, answer) = site.program.call("POST", path, body).await;
        let detail = answer["detail"].as_str().unwrap_or_default();
        if !(400..500).contains(&status) || !detail.contains(field) {
            unnamed.push(format!("{path} {field}: {status} {detail:?}"));
        }
    }
    hold!(unnamed.is_empty(), "{} of 14: {}", unnamed.len(), unnamed.join("; "));
    Ok(())
}

/// Headers of a subscription may be an object as well as a list of pairs.
async fn headers_as_an_object() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    let wanted = json!({"url": sink.url("/"), "events": ["*"], "headers": {"X-One": "1", "X-Two": "2"}});
    let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
    hold!(status == 201, "{status} {}", answer["detail"]);
    let (_, ids) = site.publish("a.b", json!({})).await;
    site.settled(&ids[0]).await?;
    let hit = sink.hits().pop().unwrap();
    hold!(hit.header("x-one") == "1" && hit.header("x-two") == "2", "{:?}", hit.headers);
    Ok(())
}

/// An event type of a user's that Hookbench uses itself is an event as any.
async fn our_words_as_theirs() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    site.program.subscribe(json!({"url": sink.url("/"), "events": ["*"]})).await;
    for (n, kind) in ["hookbench.once", "hookbench.test", "test", "unknown", "null", "_"].iter().enumerate() {
        let event = json!({"id": format!("w{n}"), "event": kind, "data": {"n": n}});
        let (status, answer) = site.program.call("POST", "/v1/events", event).await;
        if (400..500).contains(&status) {
            // To refuse it in words is right as well.
            hold!(answer["detail"].as_str().is_some_and(|d| d.contains(kind)), "{kind}: {answer}");
            continue;
        }
        let Some(id) = answer["deliveries"][0].as_str() else {
            return Err(format!("{kind}: accepted and sent to nobody").into());
        };
        site.settled(id).await?;
        let shown = site.program.get(&format!("/v1/events/w{n}")).await;
        hold!(shown["test"] == false, "{kind} is taken for a test");
        let listed = site.program.get(&format!("/v1/events?event_type={kind}")).await;
        hold!(!listed["items"].as_array().unwrap().is_empty(), "{kind} is not listed");
        let types = site.program.get("/v1/event-types").await.to_string();
        hold!(types.contains(&format!("\"{kind}\"")), "{kind} is no type that was seen");
    }
    Ok(())
}

/// A stream that cannot begin is answered with a problem.
async fn streams_that_do_not_begin() -> Held {
    let site = Site::new().await;
    let mut wrong = Vec::new();
    for path in [
        "/v1/deliveries/export?cursor=",
        "/v1/deliveries/export?cursor=x",
        "/v1/deliveries/export?format=xml",
        "/v1/deliveries/export?state=lost",
        "/v1/deliveries/export?since=yesterday",
        "/v1/deliveries/export?subscription=sub_nope",
        "/v1/deliveries/export?format=csv&limit=0",
        "/v1/deliveries/dlv_nope/bundle",
        "/v1/deliveries/dlv_00000000000000000000000009/bundle",
    ] {
        let response = site.program.request("GET", path).send().await;
        match response {
            Err(error) => wrong.push(format!("{path}: {error}")),
            Ok(response) => {
                let (status, kind) =
                    (response.status().as_u16(), response.headers().get("content-type").cloned());
                let text = response.text().await;
                let problem = kind.is_some_and(|kind| kind == "application/problem+json");
                if !(400..500).contains(&status) || !problem || text.is_err() {
                    wrong.push(format!("{path}: {status} {text:?}"));
                }
            }
        }
    }
    hold!(wrong.is_empty(), "{}", wrong.join("; "));
    Ok(())
}

/// A stream's position that nobody gave out.
async fn odd_positions() -> Held {
    let mut site = Site::new().await;
    site.publish("a.b", json!({})).await;
    for position in [
        "",
        "x",
        "-1--1",
        "0",
        "0-0-0",
        "99999999999999999999-1",
        "9223372036854775807-9223372036854775807",
        "1-1\u{e9}",
        " 0-0 ",
    ] {
        let value = reqwest::header::HeaderValue::from_bytes(position.as_bytes()).unwrap();
        let request = site.program.request("GET", "/v1/stream").header("last-event-id", value);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        hold!(status == 200 || (400..500).contains(&status), "{position:?}: {status}");
    }
    site.sound().await
}

pub(super) fn cases(cases: &mut Cases) {
    cases.add("controls in what people read", || controls(false));
    cases.add("controls in what programs read", || controls(true));
    cases.add("mistakes in JSON without the name of their field", errors_name_the_field);
    cases.add("headers as an object", headers_as_an_object);
    cases.add("words of ours as a user's", our_words_as_theirs);
    cases.add("streams that do not begin", streams_that_do_not_begin);
    cases.add("positions of a stream that nobody gave out", odd_positions);
}
