//! Data that others send: well formed and out of all proportion. Whatever walks it has a bound.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hookbench_journeys::Sink;
use serde_json::{Value, json};

use super::ground::{Memory, Site, at_rest, hold, ms, processor_ms, step, timed, until};
use super::raw::{Endpoint, ok};
use super::{Cases, Held};

/// What a walk may take of memory, with what the request itself takes and what the allocator keeps.
const WALK_MIB: u64 = 16 + 12;
/// How long it may take; the machine may be busy with other things.
const WALK_MS: u64 = 3000 + 1500;

/// How a value is nested.
#[derive(Clone, Copy)]
enum Nested {
    Lists,
    Objects,
    Both,
    /// Deep below a field that nobody asks for.
    Aside,
}

impl Nested {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Lists, "lists"),
        (Self::Objects, "objects"),
        (Self::Both, "lists and objects by turns"),
        (Self::Aside, "lists beside the fields that are asked for"),
    ];

    /// A `data` object of about 10 KB.
    fn data(self) -> String {
        let around = |open: &str, close: &str, n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
        match self {
            Self::Lists => format!(r#"{{"x":{}}}"#, around("[", "]", 5000)),
            Self::Objects => around(r#"{"x":"#, "}", 1700),
            Self::Both => format!(r#"{{"x":{}}}"#, around(r#"[{"x":"#, "}]", 1300)),
            Self::Aside => format!(r#"{{"clickId":"c-1","payout":12,"note":{}}}"#, around("[", "]", 5000)),
        }
    }

    fn event(self, event_type: &str) -> String {
        format!(r#"{{"event":"{event_type}","data":{}}}"#, self.data())
    }
}

const TEMPLATE: &str = r#"{"note": {{ data | tojson }}, "all": {{ payload | tojson }}}"#;

/// A deep event ends by itself, the next one is delivered, and a start after a kill is as any.
async fn deep_event(shape: Nested, subscription: Value) -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let mut wanted = json!({"url": sink.url("/deep"), "events": ["deep.*"], "policy": "none"});
    wanted.as_object_mut().unwrap().extend(subscription.as_object().unwrap().clone());
    site.program.subscribe(wanted).await;
    site.program.subscribe(json!({"url": sink.url("/plain"), "events": ["plain.*"]})).await;
    step("publishing the deep event");
    let (status, answer) = site.publish_bytes(shape.event("deep.event")).await;
    // To refuse it is right as well; then it was never kept.
    hold!(status == 202 || (400..500).contains(&status), "the deep event: {status} {answer}");
    ms(300).await;
    site.sound().await?;
    if let Some(id) = answer["deliveries"][0].as_str() {
        let ended = site.settled(id).await?;
        let well = ended["state"] == "delivered" || ended["failure"] == "blocked";
        hold!(well, "the deep event ends {} {}", ended["state"], ended["failure"]);
    }
    let (_, ids) = site.publish("plain.event", json!({"n": 1})).await;
    site.settled(&ids[0]).await?;
    let mut site = site.killed_and_started().await;
    let (_, ids) = site.publish("plain.event", json!({"n": 2})).await;
    let next = site.settled(&ids[0]).await?;
    hold!(next["state"] == "delivered", "the next event ends {}", next["state"]);
    site.sound().await
}

/// Whatever asks about a deep event by itself answers, and the program lives. What is too deep may have
/// been refused, or have taught nothing.
async fn deep_asked(what: &'static str) -> Held {
    let mut site = Site::new().await;
    let event =
        |id: &str, shape: Nested| format!(r#"{{"id":"{id}","event":"deep.event","data":{}}}"#, shape.data());
    for (n, (shape, _)) in Nested::ALL.into_iter().enumerate() {
        let (status, answer) = site.publish_bytes(event(&format!("deep-{n}"), shape)).await;
        hold!(status < 500, "publishing: {status} {answer}");
        let other = event(&format!("other-{n}"), shape).replace('1', "2");
        site.publish_bytes(other).await;
    }
    step(format!("asking {what}"));
    let deep = |id: &str, more: Value| {
        let mut asked =
            json!({"event": id, "kind": "webhook", "url": "http://127.0.0.1:9/", "events": ["deep.*"]});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    for n in 0..4 {
        let id = format!("deep-{n}");
        let (status, answer) = match what {
            "a preview with a template" => {
                site.program
                    .call("POST", "/v1/subscriptions/preview", deep(&id, json!({"template": TEMPLATE})))
                    .await
            }
            "a preview of a postback" => {
                let postback =
                    json!({"kind": "postback", "url": "http://127.0.0.1:9/?x={data.x}&y={data.note}"});
                site.program.call("POST", "/v1/subscriptions/preview", deep(&id, postback)).await
            }
            "a filter on the last events" => {
                let filter = json!({"filter": "has(data.clickId) && data.x != null"});
                site.program.call("POST", "/v1/filters/test", filter).await
            }
            "what differs between two" => {
                let path = format!("/v1/compare?left={id}&right=other-{n}");
                site.program.call("GET", &path, Value::Null).await
            }
            "the fields of its type" => {
                site.program.call("GET", "/v1/event-types/deep.event/fields", Value::Null).await
            }
            "why it was not sent" => {
                site.program.call("GET", &format!("/v1/events/{id}/why"), Value::Null).await
            }
            "what is odd about it" => {
                site.program.call("GET", &format!("/v1/events/{id}"), Value::Null).await
            }
            "erasing by a field" => {
                let erase = json!({"field": "data.x", "value": "1", "dry_run": true});
                site.program.call("POST", "/v1/erase", erase).await
            }
            "a search" => site.program.call("GET", "/v1/events?search=clickId", Value::Null).await,
            other => unreachable!("{other}"),
        };
        hold!(status < 500, "{what}: {status} {answer}");
    }
    site.sound().await
}

/// The same through the receiver, which anybody may reach.
async fn deep_received(shape: Nested) -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let source = json!({"name": "open", "scheme": "none"});
    hold!(site.program.call("POST", "/v1/sources", source).await.0 == 201, "no source");
    site.program
        .subscribe(json!({"url": sink.url("/x"), "events": ["*"], "template": TEMPLATE, "policy": "none"}))
        .await;
    let url = format!("http://{}/in/open", site.receiver());
    let came = site.program.client.post(&url).body(shape.event("deep.event")).send().await;
    let status = came.map_or(0, |answer| answer.status().as_u16());
    hold!(status == 200 || (400..500).contains(&status), "the receiver answers {status}");
    ms(500).await;
    site.sound().await?;
    let mut site = site.killed_and_started().await;
    ms(300).await;
    site.sound().await
}

/// A line of many; the others are kept.
async fn deep_line() -> Held {
    let mut site = Site::new().await;
    let good = r#"{"event":"plain.event","data":{}}"#;
    let answer = site.publish_lines(format!("{good}\n{}\n{good}\n", Nested::Both.event("deep.event"))).await;
    hold!(answer["accepted"].as_u64() >= Some(2), "{answer}");
    site.sound().await
}

/// A delivery that was under way at three starts in a row is set aside and named.
async fn interrupted_again_and_again() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    site.program
        .subscribe(json!({"url": sink.url("/hold"), "events": ["hold.*"], "policy": {"timeout_ms": 30000}}))
        .await;
    let (_, ids) = site.publish("hold.event", json!({})).await;
    for n in 1..=3 {
        until(&format!("attempt {n} to be under way"), async || (sink.at("/hold").len() >= n).then_some(()))
            .await?;
        site = site.killed_and_started().await;
    }
    ms(1500).await;
    let came = sink.at("/hold").len();
    hold!(
        came == 3,
        "{came} attempts were made, the last of them after three starts in a row that it did not outlive"
    );
    let found = site.program.get(&format!("/v1/deliveries/{}", ids[0])).await;
    hold!(
        found["state"] == "pending" && found["held"] == "interrupted",
        "it is {} and held: {}",
        found["state"],
        found["held"]
    );
    let doctor = site.place.run(&["doctor"]).await;
    hold!(doctor.out.contains("interrupted") || doctor.out.contains(&ids[0]), "doctor does not name it");
    let cancel = site.program.call("POST", &format!("/v1/deliveries/{}/cancel", ids[0]), Value::Null).await;
    hold!(cancel.0 == 200, "cancelling it: {cancel:?}");
    site.sound().await
}

/// Bodies of a shape that makes a search long.
fn hard_body(shape: &str) -> Vec<u8> {
    const SIZE: usize = 64 * 1024;
    let repeat = |text: &str| text.repeat(SIZE / text.len()).into_bytes();
    match shape {
        "opening brackets" => repeat("["),
        "opening braces with a key" => repeat(r#"{"a":"#),
        "brackets by turns" => repeat(r#"[{"a":"#),
        "quotes" => repeat("\""),
        "backslashes" => repeat("\\"),
        "escapes of a text that does not end" => [b"\"".to_vec(), repeat("\\u00e9")].concat(),
        "commas" => [b"[".to_vec(), repeat("0,")].concat(),
        "spaces within a list" => [b"[1".to_vec(), repeat(" "), b",2]".to_vec()].concat(),
        "one number" => repeat("9"),
        "fields of a form" => repeat("a=%25&"),
        "ends of lines" => repeat("\r\n"),
        "keys that are the same" => [b"{\"a\":1".to_vec(), repeat(",\"a\":1"), b"}".to_vec()].concat(),
        "bytes that are no text" => repeat("\u{e9}").iter().map(|b| b | 0x80).collect(),
        "nothing but a mark of the byte order" => repeat("\u{feff}"),
        other => unreachable!("{other}"),
    }
}

const HARD: [&str; 14] = [
    "opening brackets",
    "opening braces with a key",
    "brackets by turns",
    "quotes",
    "backslashes",
    "escapes of a text that does not end",
    "commas",
    "spaces within a list",
    "one number",
    "fields of a form",
    "ends of lines",
    "keys that are the same",
    "bytes that are no text",
    "nothing but a mark of the byte order",
];

fn diagnosis_of(body: &[u8], thorough: bool) -> Value {
    json!({"body_base64": STANDARD.encode(body), "scheme": "github", "thorough": thorough,
        "headers": [["X-Hub-Signature-256", format!("sha256={}", "0a".repeat(32))]],
        "secrets": ["0123456789abcdef0123456789abcdef"]})
}

/// Diagnosing bodies of hard shapes: bounded in memory and time, each of them.
async fn hard_diagnosis(shape: &'static str, thorough: bool) -> Held {
    let mut site = Site::new().await;
    let plain = format!(r#"{{"id":"evt_1","text":"{}"}}"#, "x".repeat(64 * 1024));
    site.program.call("POST", "/v1/diagnose", diagnosis_of(plain.as_bytes(), false)).await;
    let memory = Memory::of(&site.program);
    step(format!("diagnosing {shape}"));
    let limit = if thorough { WALK_MS + 5000 } else { WALK_MS };
    let asked = site.program.call("POST", "/v1/diagnose", diagnosis_of(&hard_body(shape), thorough));
    let (answered, took) = timed(tokio::time::timeout(std::time::Duration::from_millis(limit), asked)).await;
    let grown = memory.grown_mib();
    hold!(grown <= WALK_MIB, "memory grew by {grown} MiB in {took} ms");
    let Ok((status, answer)) = answered else {
        return Err(format!("no answer within {limit} ms; memory grew by {grown} MiB").into());
    };
    hold!(status < 500, "{status} {answer}");
    site.sound().await
}

/// The same of a request that a source refused: anybody can leave one there.
async fn hard_received(shape: &'static str) -> Held {
    let mut site = Site::new().await;
    let source = json!({"name": "shop", "scheme": "github", "secret": "0123456789abcdef0123456789abcdef"});
    hold!(site.program.call("POST", "/v1/sources", source).await.0 == 201, "no source");
    let url = format!("http://{}/in/shop", site.receiver());
    let post = site.program.client.post(&url).header("content-type", "application/json");
    let post = post.header("x-hub-signature-256", format!("sha256={}", "0a".repeat(32)));
    let status = post.body(hard_body(shape)).send().await.map_or(0, |a| a.status().as_u16());
    hold!((400..500).contains(&status), "the receiver answers {status}");
    let shown = site.program.get("/v1/sources/shop").await;
    let id = shown["requests"][0]["id"].as_str().unwrap_or_default().to_owned();
    let memory = Memory::of(&site.program);
    step("diagnosing what was refused");
    let asked = site.program.call("POST", "/v1/diagnose", json!({"received": id}));
    let (answered, took) =
        timed(tokio::time::timeout(std::time::Duration::from_millis(WALK_MS), asked)).await;
    let grown = memory.grown_mib();
    hold!(grown <= WALK_MIB, "memory grew by {grown} MiB in {took} ms");
    let Ok((status, answer)) = answered else {
        return Err(format!("no answer within {WALK_MS} ms").into());
    };
    hold!(status == 200, "{status} {answer}");
    site.sound().await
}

/// A search whose caller has gone ends.
async fn diagnosis_without_caller() -> Held {
    let mut site = Site::new().await;
    for _ in 0..4 {
        let asked =
            site.program.call("POST", "/v1/diagnose", diagnosis_of(&hard_body("opening brackets"), true));
        let _gone = tokio::time::timeout(std::time::Duration::from_millis(200), asked).await;
    }
    step("watching the processor after the callers have gone");
    ms(1500).await;
    let before = processor_ms(site.program.pid());
    ms(2000).await;
    let more = processor_ms(site.program.pid()) - before;
    hold!(more <= 500, "{more} ms of processor in 2 s for searches whose callers have gone");
    site.sound().await
}

/// Lines that are wrong, by the million: the answer names a thousand of them and counts the others.
async fn wrong_lines(line: &'static str, times: usize) -> Held {
    let mut site = Site::new().await;
    site.publish_lines(format!("{line}\n")).await;
    let body = format!("{line}\n").repeat(times);
    let size = body.len() as u64 / (1024 * 1024);
    let memory = Memory::of(&site.program);
    step(format!("publishing {times} wrong lines"));
    let request = site.program.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let response = request.body(body).send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let grown = memory.grown_mib();
    hold!(
        text.len() < 1024 * 1024,
        "the answer to {size} MiB has {} KiB, memory grew by {grown} MiB",
        text.len() / 1024
    );
    hold!(grown <= 4 * size + 64, "memory grew by {grown} MiB for {size} MiB");
    let answer: Value = serde_json::from_str(&text).unwrap_or_default();
    let listed = answer["rejected"].as_array().map_or(0, Vec::len);
    hold!(status == 200 && listed <= 1000, "{status}, {listed} lines are listed");
    hold!(answer["rejected_count"] == json!(times), "rejected_count is {}", answer["rejected_count"]);
    site.sound().await
}

/// A template that would work for minutes ends with its attempt's deadline, and holds nobody up.
async fn endless_template(template: &'static str, large: bool) -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let wanted = json!({"url": sink.url("/slow"), "events": ["slow.*"], "template": template,
        "policy": {"preset": "none", "timeout_ms": 1000}});
    let (status, saved) = site.program.call("POST", "/v1/subscriptions", wanted).await;
    if (400..500).contains(&status) {
        // To refuse it is right as well.
        return site.sound().await;
    }
    hold!(status == 201, "{status} {saved}");
    site.program.subscribe(json!({"url": sink.url("/plain"), "events": ["plain.*"]})).await;
    let list: Vec<usize> = (0..20_000).collect();
    for _ in 0..4 {
        let text = if large { "a".repeat(900 * 1024) } else { String::new() };
        let list: &[usize] = if large { &[] } else { &list };
        site.publish("slow.event", json!({"list": list, "text": text})).await;
    }
    let (_, ids) = site.publish("plain.event", json!({})).await;
    let (plain, took) = timed(site.settled(&ids[0])).await;
    hold!(plain?["state"] == "delivered" && took < 2500, "another event had to wait {took} ms");
    let (ended, took) = timed(until("the slow ones to end", async || {
        (site.count("event_type=slow.event&state=failed,delivered").await == 4).then_some(())
    }))
    .await;
    ended?;
    hold!(took < 5000, "the slow ones ended after {took} ms, their deadline is 1000");
    site.sound().await
}

/// A filter is tried on large events one at a time.
async fn large_events_and_a_filter() -> Held {
    let mut site = Site::new().await;
    let text = "x".repeat(900 * 1024);
    for n in 0..48 {
        let (status, answer) = site
            .publish_bytes(format!(r#"{{"event":"large.event","data":{{"n":{n},"text":"{text}"}}}}"#))
            .await;
        hold!(status == 202, "{status} {answer}");
    }
    site.program.call("POST", "/v1/filters/test", json!({"filter": "data.n > 3", "last": 2})).await;
    at_rest(&site.program).await?;
    let memory = Memory::of(&site.program);
    step("trying a filter");
    let (status, answer) =
        site.program.call("POST", "/v1/filters/test", json!({"filter": "data.n > 3", "last": 48})).await;
    let grown = memory.grown_mib();
    hold!(status == 200 && answer["tried"] == 48, "{status} {answer}");
    hold!(grown <= 16, "memory grew by {grown} MiB over 48 events of 900 KiB");
    site.sound().await
}

/// Values that are valid and odd are kept, and delivered as they came.
async fn odd_values() -> Held {
    let sink = Sink::start().await;
    let mut site = Site::new().await;
    let wanted = json!({"url": sink.url("/odd"), "events": ["odd.*"], "filter": "data.payout > 10.0"});
    site.program.subscribe(wanted).await;
    let digits = "9".repeat(400);
    let deep = format!("{}1{}", "[".repeat(130), "]".repeat(130));
    for (what, field) in [
        ("half a surrogate pair", r#""\ud83d""#.to_owned()),
        ("a number without a value", "1e400".to_owned()),
        ("a number of 400 digits", digits),
        ("lists 130 deep", deep),
        ("a NUL", r#""\u0000""#.to_owned()),
    ] {
        step(format!("publishing {what}"));
        let (status, answer) = site
            .publish_bytes(format!(r#"{{"event":"odd.event","data":{{"payout":12.5,"note":{field}}}}}"#))
            .await;
        hold!(status == 202, "{what}: {status} {answer}");
        let Some(id) = answer["deliveries"][0].as_str() else {
            return Err(format!("{what} beside the field that a filter asks for: nothing is sent").into());
        };
        let ended = site.settled(id).await?;
        hold!(ended["state"] == "delivered", "{what}: {}", ended["state"]);
        let kept =
            sink.at("/odd").pop().is_some_and(|hit| String::from_utf8_lossy(&hit.body).contains(&field));
        hold!(kept, "{what}: other bytes were sent");
    }
    site.sound().await
}

/// Responses without an end, and such that unpack to a thousand times their size.
async fn endless_responses(what: &'static str) -> Held {
    const EVENTS: usize = 60;
    let mut site = Site::new().await;
    let full = Endpoint::answering(ok(&"x".repeat(64 * 1024))).await;
    let chunk = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    let (head, again) = match what {
        "a body" => ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", chunk(&[b'x'; 16 * 1024])),
        "headers" => ("HTTP/1.1 200 OK\r\n", format!("x-more: {}\r\n", "y".repeat(1000)).into_bytes()),
        _ => {
            let packed = miniz_oxide::deflate::compress_to_vec(&vec![0; 16 * 1024 * 1000], 6);
            (
                "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n",
                chunk(&[&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &packed].concat()),
            )
        }
    };
    let again = std::sync::Arc::new(again);
    let endless = Endpoint::plain(move |mut served| {
        let again = again.clone();
        async move {
            if served.request().await.is_some() && served.write(head).await {
                while served.write(again.as_slice()).await {}
            }
        }
    })
    .await;
    site.program
        .subscribe(json!({"url": full.url("/"), "events": ["full.response"], "policy": "none"}))
        .await;
    site.program
        .subscribe(json!({"url": endless.url("/"), "events": ["endless.response"], "policy": "none"}))
        .await;
    let send = async |event_type: &str| {
        site.publish_lines(format!("{{\"event\":\"{event_type}\",\"data\":{{}}}}\n").repeat(EVENTS)).await;
        until("all to be tried", async || {
            (site.count(&format!("event_type={event_type}&state=delivered,failed")).await == EVENTS)
                .then_some(())
        })
        .await
    };
    send("full.response").await?;
    send("full.response").await.ok();
    let memory = Memory::of(&site.program);
    send("endless.response").await?;
    let grown = memory.grown_mib();
    hold!(grown <= 8, "memory grew by {grown} MiB over {EVENTS} responses");
    site.sound().await
}

/// An event with very many fields, all learned, searched and compared.
async fn wide_event() -> Held {
    let mut site = Site::new().await;
    let fields = |x: usize| {
        let all: Vec<String> = (0..60_000).map(|n| format!("\"f{n}\":{x}")).collect();
        format!(r#"{{"id":"wide-{x}","event":"wide.event","data":{{{}}}}}"#, all.join(","))
    };
    for n in 0..3 {
        let (status, answer) = site.publish_bytes(fields(n)).await;
        hold!(status == 202, "{status} {answer}");
    }
    at_rest(&site.program).await?;
    let memory = Memory::of(&site.program);
    let ((status, answer), took) =
        timed(site.program.call("GET", "/v1/compare?left=wide-0&right=wide-1", Value::Null)).await;
    let (grown, size) = (memory.grown_mib(), answer.to_string().len() / 1024);
    hold!(status < 500 && took < WALK_MS, "{status} after {took} ms");
    hold!(grown <= 16 && size < 8 * 1024, "memory grew by {grown} MiB for an answer of {size} KiB");
    let (status, _) = site.program.call("GET", "/v1/event-types/wide.event/fields", Value::Null).await;
    hold!(status == 200, "its fields: {status}");
    site.sound().await
}

/// The command reads foreign files too.
async fn deep_files() -> Held {
    let site = Site::new().await;
    let deep = site.place.file("deep.json", Nested::Lists.data());
    let event = site.place.file("event.json", Nested::Objects.event("deep.event"));
    let brackets = site.place.file("brackets", hard_body("opening brackets"));
    let secret = site.place.file("secret", "0123456789abcdef0123456789abcdef");
    let bundle = site
        .place
        .file("bundle.json", format!(r#"{{"hookbench_bundle":1,"delivery":{}}}"#, Nested::Both.data()));
    let header = format!("X-Hub-Signature-256: sha256={}", "0a".repeat(32));
    for args in [
        vec!["events", "send", "--type", "deep.event", "--data", &deep],
        vec!["events", "send", "--ndjson", &event],
        vec!["events", "check", "--type", "deep.event", "--data", &deep],
        vec!["bundle", "show", &bundle],
        vec!["diagnose", "--body", &brackets, "--header", &header, "--secret-file", &secret],
    ] {
        step(format!("hookbench {}", args[..2].join(" ")));
        let answer = site.place.run(&args).await;
        hold!(
            (0..=7).contains(&answer.code),
            "{} {}: exit {}, {}",
            args[0],
            args[1],
            answer.code,
            answer.err
        );
        hold!(!answer.err.contains("panicked"), "{}: {}", args[0], answer.err);
    }
    Ok(())
}

pub(super) fn cases(cases: &mut Cases) {
    for (shape, name) in Nested::ALL {
        cases.add(format!("{name} thousands deep, rendered by a template"), move || {
            deep_event(shape, json!({"template": TEMPLATE}))
        });
        cases.add(format!("{name} thousands deep, asked by a filter"), move || {
            deep_event(shape, json!({"filter": "has(data.clickId) || data.x == 1"}))
        });
        cases.add(format!("{name} thousands deep, sent by a stranger to an open source"), move || {
            deep_received(shape)
        });
    }
    cases.add("lists thousands deep, in the URL of a postback", || {
        deep_event(
            Nested::Aside,
            json!({"kind": "postback", "url": "http://127.0.0.1:9/?c={data.clickId}&n={data.note}"}),
        )
    });
    cases.add("lists thousands deep, in order of one of their fields", || {
        deep_event(Nested::Both, json!({"ordered_by": "data.x.x"}))
    });
    for what in [
        "a preview with a template",
        "a preview of a postback",
        "a filter on the last events",
        "what differs between two",
        "the fields of its type",
        "why it was not sent",
        "what is odd about it",
        "erasing by a field",
        "a search",
    ] {
        cases.add(format!("events thousands deep, and {what}"), move || deep_asked(what));
    }
    cases.add("one line of many that is thousands deep", deep_line);
    cases.add("files thousands deep, given to the command", deep_files);
    cases.add("a delivery that three starts in a row did not outlive", interrupted_again_and_again);
    for shape in HARD {
        cases.add_heavy(format!("a diagnosis of 64 KiB of {shape}"), move || hard_diagnosis(shape, false));
    }
    cases.add_heavy("a thorough diagnosis of 64 KiB of opening brackets", || {
        hard_diagnosis("opening brackets", true)
    });
    for shape in ["opening brackets", "brackets by turns", "backslashes"] {
        cases.add_heavy(format!("a stranger's request of 64 KiB of {shape}, diagnosed"), move || {
            hard_received(shape)
        });
    }
    cases.add_heavy("diagnoses whose callers have gone", diagnosis_without_caller);
    cases.add_heavy("lines that are no events, by the hundred thousand", || wrong_lines("1", 300_000));
    cases.add_heavy("lines of an event without its data", || wrong_lines(r#"{"event":"a.b"}"#, 200_000));
    cases.add_heavy("lines that are cut off", || wrong_lines(r#"{"event":"a.b","data":{"#, 200_000));
    for (what, template) in [
        (
            "loops within loops",
            "{% for a in data.list %}{% for b in data.list %}{% set x = a * b %}{% endfor %}{% endfor %}done",
        ),
        (
            "a text that doubles itself",
            "{% set ns = namespace(x='ab') %}{% for a in data.list %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
        ),
        (
            "ranges within ranges",
            "{% for a in range(9000) %}{% for b in range(9000) %}{{ b }}{% endfor %}{% endfor %}",
        ),
    ] {
        cases.add_heavy(format!("a template with {what}"), move || endless_template(template, false));
    }
    for (what, template) in [
        (
            "a large text, changed again and again",
            "{% for a in range(4000) %}{% set x = data.text | replace('a', 'b') | upper | length %}{% endfor %}done",
        ),
        (
            "a large text, written as JSON again and again",
            "{% for a in range(4000) %}{% set x = data | tojson | length %}{% endfor %}done",
        ),
        (
            "a large text, taken apart again and again",
            "{% for a in range(4000) %}{% set x = data.text | list | reverse | join | length %}{% endfor %}done",
        ),
    ] {
        cases.add_heavy(format!("a template with {what}"), move || endless_template(template, true));
    }
    cases.add_heavy("a filter tried on 48 events of 900 KiB", large_events_and_a_filter);
    cases.add("values that are valid and odd", odd_values);
    for what in ["a body", "headers", "a compressed body"] {
        cases.add_heavy(format!("responses with {what} without an end"), move || endless_responses(what));
    }
    cases.add_heavy("an event with 60,000 fields", wide_event);
}
