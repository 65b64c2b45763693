//! What costs: expressions, filters, policies, chunks and scripts without measure.

use hookbench_journeys::Sink;
use serde_json::{Value, json};

use crate::hostile::Held;
use crate::hostile::ground::{Memory, Site, hold, ms, processor_ms, step, timed};
use crate::hostile::raw::Endpoint;

/// Expressions and templates nested far deeper than anybody writes: words, and no stack that ends.
pub(super) async fn deep_expressions(what: &'static str) -> Held {
    let mut site = Site::new().await;
    let repeat = |open: &str, middle: &str, close: &str, n: usize| {
        format!("{}{middle}{}", open.repeat(n), close.repeat(n))
    };
    let filters = [
        repeat("(", "true", ")", 500),
        repeat("!", "true", "", 1000),
        repeat("-", "1", "", 1000),
        repeat("[", "1", "]", 500),
        repeat("{'a':", "1", "}", 150),
        repeat("true ? ", "true", " : false", 60),
        repeat("data.a[", "0", "]", 130),
        repeat("a.", "b", "", 500),
        repeat("true && ", "true", "", 120),
        repeat("f(", "1", ")", 300),
    ];
    let templates = [
        repeat("{{ (", "1", ") }}", 1000),
        format!("{{{{ {} }}}}", repeat("(", "1", ")", 1000)),
        format!("{{{{ {} }}}}", repeat("[", "1", "]", 1000)),
        format!("{{{{ {} }}}}", repeat("not ", "1", "", 1000)),
        format!("{{{{ {} }}}}", repeat("-", "1", "", 1000)),
        format!("{{{{ {} }}}}", repeat("1 if ", "1", " else 1", 1000)),
        format!("{{{{ 1 {} }}}}", "| default(1) ".repeat(1000)),
        format!("{{{{ data{} }}}}", ".a".repeat(1000)),
        format!("{{{{ data{} }}}}", "[0]".repeat(1000)),
        repeat("{% if 1 %}", "x", "{% endif %}", 1000),
        repeat("{% for a in [1] %}", "x", "{% endfor %}", 1000),
        repeat("{% with a = 1 %}", "x", "{% endwith %}", 1000),
        repeat("{# ", "x", "", 1000),
    ];
    let all: &[String] = if what == "filters" { &filters } else { &templates };
    for (n, text) in all.iter().enumerate() {
        let key = if what == "filters" { "filter" } else { "template" };
        step(format!("saving number {n}, {}…", text.chars().take(24).collect::<String>()));
        let mut wanted = json!({"url": "http://127.0.0.1:9/", "events": ["deep.never"], "policy": "none"});
        wanted[key] = json!(text);
        let (saved, took) = timed(site.program.call("POST", "/v1/subscriptions", wanted.clone())).await;
        hold!(saved.0 == 201 || (400..500).contains(&saved.0), "number {n}: {} {}", saved.0, saved.1);
        hold!(took < 4000, "number {n} takes {took} ms to save");
        let tried = if what == "filters" {
            site.program.call("POST", "/v1/filters/test", json!({"filter": text})).await
        } else {
            site.program.call("POST", "/v1/subscriptions/preview", wanted).await
        };
        hold!(tried.0 < 500, "number {n}, tried: {} {}", tried.0, tried.1);
    }
    if what == "filters" {
        site.publish("deep.never", json!({"a": [0]})).await;
    } else {
        site.publish("deep.never", json!({"a": 1})).await;
        ms(500).await;
    }
    site.sound().await
}

/// Filters that cost much on an event that is large hold nobody up.
pub(super) async fn costly_filters() -> Held {
    let mut site = Site::new().await;
    let sink = Sink::start().await;
    let items: Vec<Value> = (0..20_000).map(|n| json!({"n": n, "s": "abcdefghij"})).collect();
    let mut saved = 0;
    for filter in [
        "data.items.all(i, i.s.contains('z') == false && i.s.contains('y') == false && i.n >= 0)",
        "data.items.exists(i, i.s + i.s + i.s + i.s == 'x')",
        "data.items.exists(i, data.items == i)",
        "data.items.exists(i, i in data.items && false)",
        "data.items.exists_one(i, data.items == data.items && i.n < 0)",
        "size(data.items) > 0 && (data.items + data.items + data.items + data.items).exists(i, i.n < 0)",
    ] {
        let wanted =
            json!({"url": "http://127.0.0.1:9/", "events": ["costly.*"], "filter": filter, "policy": "none"});
        saved += usize::from(site.program.call("POST", "/v1/subscriptions", wanted).await.0 == 201);
    }
    site.program.subscribe(json!({"url": sink.url("/"), "events": ["plain.*"]})).await;
    let memory = Memory::of(&site.program);
    let event = json!({"event": "costly.event", "data": {"items": items}});
    let sent: Vec<_> = (0..4)
        .map(|_| tokio::spawn(site.program.request("POST", "/v1/events").json(&event).send()))
        .collect();
    ms(100).await;
    let (published, took) = timed(site.publish("plain.event", json!({}))).await;
    site.settled(&published.1[0]).await?;
    hold!(took < 3000, "another event waits {took} ms beside {saved} costly filters");
    let (ended, took) = timed(async {
        for one in sent {
            one.await.unwrap().unwrap();
        }
    })
    .await;
    hold!(took < 10_000, "{ended:?} four costly events take {took} ms");
    let grown = memory.grown_mib();
    hold!(grown <= 256, "memory grew by {grown} MiB");
    site.sound().await
}

/// Policies and limits beyond reason.
pub(super) async fn extreme_policies() -> Held {
    let mut site = Site::new().await;
    for policy in [
        json!({"delays_ms": [u64::MAX, u64::MAX]}),
        json!({"delays_ms": [-1]}),
        json!({"delays_ms": [1.5]}),
        json!({"delays_ms": vec![1; 200_000]}),
        json!({"delays_ms": [0, 0, 0, 0], "repeat_last": true}),
        json!({"delays_ms": [], "repeat_last": true}),
        json!({"max_age_ms": u64::MAX, "delays_ms": [1], "repeat_last": true}),
        json!({"max_age_ms": 0}),
        json!({"jitter": 1e308}),
        json!({"jitter": -1}),
        json!({"timeout_ms": 0}),
        json!({"timeout_ms": u64::MAX}),
        json!({"final": ["9xx"]}),
        json!({"retry": vec!["500"; 5000]}),
        json!({"gone": ["2xx"]}),
        json!({"retry": ["2xx", "200"]}),
        json!({"preset": "none", "delays_ms": [1], "preset ": "x"}),
    ] {
        let wanted = json!({"url": "http://127.0.0.1:9/", "events": ["policy.extreme"], "policy": policy});
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        hold!(status == 201 || (400..500).contains(&status), "{policy}: {status} {answer}");
    }
    for (key, value) in [
        ("rate_per_second", json!(1e308)),
        ("rate_per_second", json!(0)),
        ("rate_per_second", json!(-1)),
        ("rate_per_second", json!(1e-300)),
        ("concurrency", json!(0)),
        ("concurrency", json!(4_294_967_295_u32)),
        ("auto_disable_after_ms", json!(1)),
        ("auto_disable_after_ms", json!(u64::MAX)),
    ] {
        let mut wanted =
            json!({"url": "http://127.0.0.1:9/", "events": ["policy.extreme"], "policy": "none"});
        wanted[key] = value.clone();
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        hold!(status == 201 || (400..500).contains(&status), "{key} {value}: {status} {answer}");
    }
    site.publish("policy.extreme", json!({})).await;
    step("watching what zero delays do");
    ms(1500).await;
    let busy = processor_ms(site.program.pid());
    ms(1500).await;
    let busy = processor_ms(site.program.pid()) - busy;
    let attempts = site.program.get("/v1/stats").await["attempts"].as_u64().unwrap_or(0);
    hold!(attempts < 400 && busy < 1200, "{attempts} attempts in 3 s, {busy} ms of processor in 1.5 s");
    for path in ["/v1/outage?down_until=%2B2h", "/v1/subscriptions", "/v1/doctor", "/v1/stats"] {
        let (answered, took) = timed(site.program.call("GET", path, Value::Null)).await;
        hold!(answered.0 == 200 && took < 3000, "{path}: {} after {took} ms", answered.0);
    }
    site.sound().await
}

/// Responses whose chunks carry extensions or trailers without an end.
pub(super) async fn chunk_tricks(what: &'static str) -> Held {
    let endpoint = Endpoint::plain(move |mut served| async move {
        served.request().await;
        served.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
        let (start, again) = match what {
            "extensions" => ("1;".to_owned(), "a=b;".repeat(4096)),
            "trailers" => ("1\r\nx\r\n0\r\n".to_owned(), "x-trailer: yyyyyyyyyyyyyyyy\r\n".repeat(512)),
            "a length of zeros" => (String::new(), "0".repeat(16 * 1024)),
            _ => (String::new(), "1\r\nx\r\n".repeat(2048)),
        };
        served.write(start).await;
        while served.write(&again).await {
            served.count(again.len());
        }
    })
    .await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": endpoint.url("/"), "events": ["*"], "policy": {"preset": "none", "timeout_ms": 3000}})).await;
    let memory = Memory::of(&site.program);
    let (_, ids) = site.publish("a.b", json!({})).await;
    let tried = site.tried(&ids[0]).await?;
    hold!(
        tried["status"] == 200,
        "a status that was received decides: {} {}",
        tried["outcome"],
        tried["attempts"][0]["error"]
    );
    let (grown, taken) = (memory.grown_mib(), endpoint.count() / 1024 / 1024);
    hold!(grown <= 8, "memory grew by {grown} MiB");
    let took = tried["attempts"][0]["timings"]["total_ms"].as_u64().unwrap_or(u64::MAX);
    hold!(took < 2950, "only the deadline of 3000 ms ends it, after {took} ms and {taken} MiB");
    site.sound().await
}

/// Many targets, and scripts that wait and repeat without measure.
pub(super) async fn targets_without_measure() -> Held {
    let mut site = Site::new().await;
    let mut made = Vec::new();
    for script in [
        "500x999999999999",
        "slow:999999999s",
        "drip",
        "timeout",
        "429:99999999999999999999",
        "redirect:http://169.254.169.254/",
        "redirect:\r\nx: y",
        "[]",
        "[\"200\"",
        "200,",
        "slow:-1s",
        "\u{0}",
    ] {
        let (status, answer) = site.program.call("POST", "/v1/targets", json!({"script": script})).await;
        hold!(status == 201 || (400..500).contains(&status), "{script:?}: {status} {answer}");
        made.extend(answer["id"].as_str().map(str::to_owned));
    }
    let long = vec!["200"; 60_000].join(",");
    let (status, _) = site.program.call("POST", "/v1/targets", json!({"script": long})).await;
    hold!(status == 201 || (400..500).contains(&status), "a script of 60,000 steps: {status}");
    let mut refused = false;
    for n in 0..300 {
        let (status, _) = site.program.call("POST", "/v1/targets", json!({"script": "200"})).await;
        hold!(status < 500, "target {n}: {status}");
        if status != 201 {
            refused = true;
            break;
        }
    }
    hold!(refused, "300 targets listen, and more may come: they have no bound");
    let (status, target) = site.program.call("GET", "/v1/targets", Value::Null).await;
    hold!(status == 200 && target["items"].is_array(), "{status}");
    site.sound().await
}
