//! What people and programs say: ids, texts, cursors, names, filters, erasures.

use hookbench_journeys::{Sink, finish};
use serde_json::{Value, json};

use crate::hostile::Held;
use crate::hostile::ground::{Memory, Site, hold, until};
use crate::hostile::raw::{exchange, status};

/// Ids with characters that mean something elsewhere are found again under their own.
pub(super) async fn odd_ids() -> Held {
    let site = Site::new().await;
    let mut lost = Vec::new();
    for id in [
        "../x", "a/b", "a%2Fb", "%", "%zz", "a?b", "a#b", "a;b", "~", "\"q\"", "<b>", "a\\b", ".", "..", "*",
        "a&b=c", "'or'1", "$(x)", "evt_", "why", "{id}",
    ] {
        let event = json!({"id": id, "event": "a.b", "data": {"id": id}});
        let (status, answer) = site.program.call("POST", "/v1/events", event).await;
        hold!(status == 202, "{id}: {status} {answer}");
        let encoded: String = id.bytes().map(|b| format!("%{b:02X}")).collect();
        let (status, found) = site.program.call("GET", &format!("/v1/events/{encoded}"), Value::Null).await;
        let right = found["id"] == id;
        // A segment of one or two dots is taken away by clients, also encoded.
        if !right && id != "." && id != ".." {
            lost.push(format!("{id}: {status} {}", found["code"]));
        }
        let shown = site.place.run(&["events", "show", id]).await;
        if shown.code != 0 {
            lost.push(format!("{id} by the command: {}", shown.err));
        }
        let why = site.program.call("GET", &format!("/v1/events/{encoded}/why"), Value::Null).await;
        if why.0 != 200 && id != "." && id != ".." {
            lost.push(format!("{id}, why: {}", why.0));
        }
    }
    hold!(lost.is_empty(), "{}", lost.join("; "));
    Ok(())
}

/// A search is for a text, whatever signs it is made of.
pub(super) async fn search_signs() -> Held {
    let mut site = Site::new().await;
    let sink = Sink::start().await;
    site.program.subscribe(json!({"url": sink.url("/"), "events": ["*"]})).await;
    let texts = [
        "100%",
        "a_b_c",
        "say \"x\"",
        "it's",
        "NEAR(a b)",
        "a AND b",
        "(paren",
        "semi;colon",
        "back\\slash",
        "*star*",
        "^caret",
        "-minus",
        "col:on",
        "{brace}",
        "%_%",
        "\u{1f600}\u{1f600}",
    ];
    for (n, text) in texts.iter().enumerate() {
        site.publish("a.b", json!({"n": n, "text": format!("before {text} after")})).await;
    }
    site.publish("a.b", json!({"text": "before 100x after, aXbXc"})).await;
    until("all to arrive", async || (sink.hits().len() > texts.len()).then_some(())).await?;
    let mut wrong = Vec::new();
    for text in texts {
        let encoded: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
        for what in ["events", "deliveries"] {
            let (status, page) =
                site.program.call("GET", &format!("/v1/{what}?search={encoded}"), Value::Null).await;
            let found = page["items"].as_array().map_or(0, Vec::len);
            // As JSON writes it, a quote or backslash is not the text itself.
            let escaped = text.contains(['"', '\\']);
            if status != 200 || found != 1 && !(escaped && found <= 1) {
                wrong.push(format!("{text} in {what}: {status}, {found} found"));
            }
        }
    }
    let long = "y".repeat(20_000);
    let (status, _) = site.program.call("GET", &format!("/v1/deliveries?search={long}"), Value::Null).await;
    hold!(status < 500, "a search of 20,000 letters: {status}");
    hold!(wrong.is_empty(), "{}", wrong.join("; "));
    site.sound().await
}

/// Cursors that nobody gave out, and those of another list.
pub(super) async fn foreign_cursors() -> Held {
    let mut site = Site::new().await;
    for n in 0..12 {
        site.publish("a.b", json!({"n": n})).await;
    }
    site.program.subscribe(json!({"url": "http://127.0.0.1:9/", "events": ["*"], "policy": "none"})).await;
    for n in 0..12 {
        site.publish("a.b", json!({"n": n})).await;
    }
    let events =
        site.program.get("/v1/events?limit=5").await["next_cursor"].as_str().unwrap_or_default().to_owned();
    let deliveries = site.program.get("/v1/deliveries?limit=5").await["next_cursor"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    hold!(!events.is_empty() && !deliveries.is_empty(), "no cursors: {events:?} {deliveries:?}");
    let mut odd = vec![
        events.clone(),
        deliveries.clone(),
        "0".into(),
        "-1".into(),
        "9223372036854775807".into(),
        "-9223372036854775808".into(),
        "99999999999999999999".into(),
        "AAAA".into(),
        "%00".into(),
        "x".repeat(5000),
    ];
    for at in 0..deliveries.len() {
        let mut bytes = deliveries.clone().into_bytes();
        bytes[at] = if bytes[at] == b'9' { b'8' } else { b'9' };
        odd.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    for cursor in odd {
        for path in ["/v1/events", "/v1/deliveries", "/v1/operations"] {
            let (status, answer) =
                site.program.call("GET", &format!("{path}?cursor={cursor}"), Value::Null).await;
            hold!(status < 500, "{path}?cursor={cursor}: {status} {answer}");
        }
    }
    site.sound().await
}

/// Names of any script, length and trick.
pub(super) async fn odd_names() -> Held {
    let mut site = Site::new().await;
    let long = "n".repeat(200_000);
    for name in [
        "",
        " ",
        "\u{200b}",
        "\u{feff}x",
        "e\u{301}",
        "\u{1f468}\u{200d}\u{1f469}",
        "a\nb",
        "a\u{0}b",
        "NUL",
        "../../x",
        "\u{d7ff}\u{e000}",
        &long,
        "{{ 7*7 }}",
        "%s%n",
        "${x}",
        "<script>",
    ] {
        let shown: String = name.chars().take(12).collect();
        for (path, body) in [
            ("/v1/subscriptions", json!({"url": "http://127.0.0.1:9/", "events": ["a.b"], "name": name})),
            ("/v1/sources", json!({"name": name, "scheme": "none"})),
            (
                "/v1/brands",
                json!({"name": name, "platform": "trcker", "secret": "k", "base_url": "http://127.0.0.1:9"}),
            ),
        ] {
            let (status, answer) = site.program.call("POST", path, body).await;
            let right =
                status == 201 || (400..500).contains(&status) || path == "/v1/brands" && status == 502;
            hold!(right, "{path} {shown:?}: {status} {answer}");
        }
    }
    let half = r#"{"url":"http://127.0.0.1:9/","events":["a.b"],"name":"\ud800"}"#;
    let (status, answer) = site.post_bytes("/v1/subscriptions", half).await;
    hold!(status == 201 || (400..500).contains(&status), "half a pair: {status} {answer}");
    let listed = site.program.get("/v1/subscriptions").await.to_string().len();
    hold!(listed < 1024 * 1024, "a list of {listed} bytes: names have no bound");
    let plain = finish(&mut site.place.command(&["subscriptions", "list"]), b"").await;
    hold!(plain.code == 0 && plain.out.len() < 64 * 1024, "the list prints {} bytes", plain.out.len());
    site.sound().await
}

/// Whoever sends two credentials has none.
pub(super) async fn doubled_headers() -> Held {
    let mut site = Site::new().await;
    let secret = "0123456789abcdef0123456789abcdef";
    site.program
        .call("POST", "/v1/sources", json!({"name": "k", "scheme": "api-key", "secret": secret}))
        .await;
    let (api, token) = (site.api(), site.program.token.clone());
    let mut let_in = Vec::new();
    for lines in [
        format!("authorization: Bearer x\r\nauthorization: Bearer {token}\r\n"),
        format!("authorization: Bearer {token}\r\nauthorization: Bearer x\r\n"),
        format!("authorization: Bearer x, Bearer {token}\r\n"),
    ] {
        let request = format!("GET /v1/health HTTP/1.1\r\nhost: {api}\r\n{lines}connection: close\r\n\r\n");
        let got = status(&exchange(&api, request.as_bytes(), false, 3000).await);
        if !matches!(got, 400 | 401) {
            let_in.push(format!("the API, {}: {got}", lines.replace(&token, "TOKEN").replace("\r\n", " / ")));
        }
    }
    for lines in [
        format!("x-api-key: x\r\nx-api-key: {secret}\r\n"),
        format!("x-api-key: {secret}\r\nx-api-key: x\r\n"),
    ] {
        let body = r#"{"id":"d","event":"a.b","data":{}}"#;
        let request = format!(
            "POST /in/k HTTP/1.1\r\nhost: r\r\n{lines}content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let got = status(&exchange(&site.receiver(), request.as_bytes(), false, 3000).await);
        if got != 401 {
            let_in.push(format!("the receiver: {got}"));
        }
    }
    hold!(let_in.is_empty(), "{}", let_in.join("; "));
    site.sound().await
}

/// An erasure that names nothing erases nothing.
pub(super) async fn vague_erasures() -> Held {
    let mut site = Site::new().await;
    for n in 0..5 {
        site.publish("a.b", json!({"n": n, "email": Value::Null, "empty": "", "list": [], "deep": {"a": 1}}))
            .await;
    }
    for (field, value) in [
        ("", ""),
        (".", ""),
        ("data", ""),
        ("data.missing", ""),
        ("data.missing", "null"),
        ("data.*", "1"),
        ("*", "1"),
        ("data.list", ""),
        ("data..n", "1"),
        ("data.", "1"),
        ("data.deep", "[object Object]"),
        ("data.email", "undefined"),
        ("data.n.x", "1"),
        ("%", "%"),
        ("data.n", "%"),
    ] {
        let (status, answer) =
            site.program.call("POST", "/v1/erase", json!({"field": field, "value": value})).await;
        let erased = answer["events"].as_u64().unwrap_or(0);
        hold!(status < 500 && erased == 0, "{field:?} = {value:?}: {status}, {erased} events are erased");
    }
    site.sound().await
}

/// Filters of the log that are no filters.
pub(super) async fn statements_in_filters() -> Held {
    let mut site = Site::new().await;
    site.publish("a.b", json!({})).await;
    for text in [
        "failed' or '1'='1",
        "failed);drop table events;--",
        "\\",
        "'",
        "\"",
        "failed,",
        ",",
        "failed,,failed",
        "1e3",
        "99999",
        "-1",
        "0x1f",
        "4xx,",
        "xxx",
        "5xx5",
    ] {
        let encoded: String = text.bytes().map(|b| format!("%{b:02X}")).collect();
        for key in [
            "state",
            "status",
            "outcome",
            "answer",
            "attempts",
            "kind",
            "brand",
            "event_type",
            "event",
            "subscription",
            "since",
            "limit",
        ] {
            let (status, answer) =
                site.program.call("GET", &format!("/v1/deliveries?{key}={encoded}"), Value::Null).await;
            hold!(status < 500, "{key}={text}: {status} {answer}");
        }
    }
    site.sound().await
}

/// Lines of events with odd ends and separators.
pub(super) async fn odd_lines() -> Held {
    let mut site = Site::new().await;
    let line = |id: &str| format!(r#"{{"id":"{id}","event":"a.b","data":{{}}}}"#);
    let body = format!(
        "\u{feff}{}\r\n{}\r{}\n\n\n{}\u{2028}{}\n\u{0}\n{}",
        line("l1"),
        line("l2"),
        line("l3"),
        line("l4"),
        line("l5"),
        line("l6")
    );
    let answer = site.publish_lines(body).await;
    let (taken, refused) =
        (answer["accepted"].as_u64().unwrap_or(0), answer["rejected"].as_array().map_or(0, Vec::len));
    // Each line is either kept or named; l2 and l3 share one, l4 and l5, too.
    hold!(taken + refused as u64 == 5, "{answer}");
    let mark = answer["rejected"][0]["error"].as_str().unwrap_or_default();
    hold!(taken == 2 || mark.contains("byte order"), "a mark of the byte order in front: {answer}");
    let long = format!(
        "{{\"event\":\"a.b\",\"data\":{{\"x\":\"{}\"}}}}\n{}\n",
        "y".repeat(30 * 1024 * 1024),
        line("after")
    );
    let memory = Memory::of(&site.program);
    let answer = site.publish_lines(long).await;
    hold!(
        answer["accepted"] == 1 && answer.to_string().len() < 10_000,
        "one line of 30 MiB: {}",
        answer.to_string().len()
    );
    let grown = memory.grown_mib();
    hold!(grown < 160, "memory grew by {grown} MiB for a line of 30 MiB");
    site.sound().await
}
