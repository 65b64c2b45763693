//! Further attacks, of kinds of their own: other rooms, other formats, other mistakes.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use hookbench_journeys::{Sink, Workplace, finish};
use serde_json::{Value, json};

use super::ground::{Memory, Site, hold, missing, ms, step, timed, until};
use super::raw::{Endpoint, exchange, status};
use super::{Cases, Held};

/// Texts that spreadsheets take for formulas.
const FORMULAS: [&str; 8] =
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\u{ff1d}1+1", "=cmd|'/c x'!A0", ";=1+1"];

/// An export for a spreadsheet holds no formula of others.
async fn formulas_in_csv() -> Held {
    let site = Site::new().await;
    for (n, text) in FORMULAS.iter().enumerate() {
        let answer = format!(
            "HTTP/1.1 400 {text}\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        let endpoint = Endpoint::answering(answer.replace('\t', " ")).await;
        let kind = format!("formula.n{n}");
        let wanted = json!({"url": endpoint.url("/"), "events": [kind], "policy": "none", "name": text});
        let (status, _) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        hold!(status == 201 || status == 422, "a name {text:?}: {status}");
        let event = json!({"id": format!("{}{n}", text.trim().replace(['\t', ' ', '\u{ff1d}'], "")), "event": kind, "data": {}, "brandId": if text.is_ascii() { text.trim() } else { "b" }});
        let (_, answer) = site.program.call("POST", "/v1/events", event).await;
        if let Some(id) = answer["deliveries"][0].as_str() {
            site.settled(id).await?;
        }
    }
    let csv = site
        .program
        .request("GET", "/v1/deliveries/export?format=csv")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let mut begins = Vec::new();
    for line in csv.lines().skip(1) {
        // Fields, as a reader of CSV splits them.
        let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields.push(std::mem::take(&mut field)),
                c => field.push(c),
            }
        }
        fields.push(field);
        let bad = |f: &&String| {
            f.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        };
        begins.extend(fields.iter().filter(bad).cloned());
    }
    hold!(csv.lines().count() > 5, "the export has {} lines", csv.lines().count());
    hold!(begins.is_empty(), "{} fields begin a formula: {begins:?}", begins.len());
    Ok(())
}

/// An exported command line runs what it says and nothing else.
async fn shell_in_curl() -> Held {
    let sink = Sink::start().await;
    let site = Site::new().await;
    let mark = site.place.path().join("mark").display().to_string();
    let evil =
        format!("'; touch {mark}; echo '$(touch {mark})`touch {mark}`\n touch {mark}\n\"\\\n!x @/etc/hosts");
    let wanted = json!({"url": sink.url("/status/400?x=$(touch%20m)&y='z'&z=`w`"), "events": ["*"], "policy": "none", "name": evil,
        "headers": [["X-Evil", format!("'$(touch {mark})' `touch {mark}` \\")]]});
    let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted.clone()).await;
    if status == 422 {
        let mut plain = wanted;
        plain["name"] = json!("'; x '$(y)`z`");
        site.program.subscribe(plain).await;
    } else {
        hold!(status == 201, "{status} {answer}");
    }
    for data in [json!({"note": evil}), json!({"note": "@/etc/passwd"}), json!({"note": "\u{0}\u{1}"})] {
        let (_, ids) = site.publish("a.b", data).await;
        site.settled(&ids[0]).await?;
    }
    let path = "/v1/deliveries/export?format=curl&unredacted=true";
    let script = site.program.request("GET", path).send().await.unwrap().text().await.unwrap();
    // A stand-in for the client that notes what it was given.
    let bin = site.place.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let noted = site.place.path().join("noted");
    std::fs::write(
        bin.join("curl"),
        format!(
            "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\0' \"$a\" >> {}; done\ncat >> {} <&0\n",
            noted.display(),
            noted.display()
        ),
    )
    .unwrap();
    std::fs::set_permissions(bin.join("curl"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let file = site.place.file("script.sh", &script);
    let ran = tokio::process::Command::new("sh")
        .arg(&file)
        .current_dir(site.place.path())
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    hold!(ran.status.success(), "the script does not run: {}", String::from_utf8_lossy(&ran.stderr));
    let marks = [mark.clone(), site.place.path().join("m").display().to_string()];
    hold!(!marks.iter().any(|m| std::path::Path::new(m).exists()), "the script did what an event told it");
    let noted = String::from_utf8_lossy(&std::fs::read(noted).unwrap_or_default()).into_owned();
    let body =
        sink.hits().first().map(|hit| String::from_utf8_lossy(&hit.body).into_owned()).unwrap_or_default();
    hold!(noted.contains(&body) || script.contains("base64"), "the body is not given as it was sent");
    Ok(())
}

/// A report for people quotes what others sent, and lets nothing out of the quotation.
async fn markdown() -> Held {
    let fence = "`````\n# injected\n<img src=x onerror=alert(1)>\n[click](javascript:alert(1))\n~~~~~\n";
    let endpoint = Endpoint::answering(format!("HTTP/1.1 400 Bad\r\ncontent-type: text/plain\r\nx-md: [x](javascript:x)\r\ncontent-length: {}\r\n\r\n{fence}", fence.len())).await;
    let site = Site::new().await;
    let name = "](javascript:alert(1)) <script>alert(1)</script> # x | y ![](http://x/)";
    site.program
        .subscribe(json!({"url": endpoint.url("/"), "events": ["*"], "policy": "none", "name": name}))
        .await;
    let (_, ids) = site.publish("a.b", json!({"note": fence})).await;
    site.settled(&ids[0]).await?;
    let answer =
        finish(&mut site.place.command(&["deliveries", "bundle", &ids[0], "--format", "markdown"]), b"")
            .await;
    hold!(answer.code == 0, "{answer:?}");
    let (mut open, mut outside) = (None::<String>, Vec::new());
    for line in answer.out.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &open {
            None if ticks.len() >= 3 => open = Some(ticks),
            None => outside.push(line),
            Some(fence) if ticks.len() >= fence.len() && line.trim_end() == ticks => open = None,
            Some(_) => {}
        }
    }
    hold!(open.is_none(), "a quotation is left open");
    // What a backslash stands before is a sign and nothing more.
    let outside: Vec<String> =
        outside.iter().map(|line| line.replace("\\<", "").replace("\\[", "")).collect();
    let escaped =
        |line: &str| line.contains("<script>") || line.contains("<img") || line.starts_with("# injected");
    let out: Vec<&String> = outside.iter().filter(|line| escaped(line)).collect();
    hold!(out.is_empty(), "outside of a quotation: {out:?}");
    let link = outside
        .iter()
        .find(|line| line.contains("](javascript:") && !line.contains("\\](") && !line.contains("`"));
    hold!(link.is_none(), "a link of others: {link:?}");
    Ok(())
}

/// HAR is JSON, whatever was sent.
async fn har() -> Held {
    let bytes = b"HTTP/1.1 200 OK\r\ncontent-type: \xff\xfe\r\nx-a: \"</script>\\\r\ncontent-length: 4\r\n\r\n\xff\x00\"\\".to_vec();
    let endpoint = Endpoint::answering(bytes).await;
    let site = Site::new().await;
    site.program
        .subscribe(json!({"url": endpoint.url("/?a=%ff&b=%00&c=\""), "events": ["*"], "policy": "none"}))
        .await;
    let (_, ids) = site.publish("a.b", json!({"x": "\u{2028}\"\\\u{0}"})).await;
    site.settled(&ids[0]).await?;
    for format in ["har", "json"] {
        let path = format!("/v1/deliveries/export?format={format}");
        let text = site.program.request("GET", &path).send().await.unwrap().text().await.unwrap();
        let read: Result<Value, _> = serde_json::from_str(&text);
        let lines = text.lines().all(|line| serde_json::from_str::<Value>(line).is_ok());
        hold!(read.is_ok() || lines, "{format} is no JSON: {text}");
    }
    Ok(())
}

/// Metrics stay lines of metrics, whatever things are called.
async fn metrics() -> Held {
    let site = Site::new().await;
    let name = "x\"} 1\nevil_metric{a=\"b\"} 2\n# HELP evil \\";
    let wanted = json!({"url": "http://127.0.0.1:9/", "events": ["*"], "name": name, "policy": "none"});
    let (status, _) = site.program.call("POST", "/v1/subscriptions", wanted).await;
    if status == 201 {
        let (_, ids) = site.publish("a.b", json!({})).await;
        site.settled(&ids[0]).await?;
    }
    let text = site.program.request("GET", "/v1/metrics").send().await.unwrap().text().await.unwrap();
    let wrong: Vec<&str> = text
        .lines()
        .filter(|l| {
            !l.starts_with("hookbench_")
                && !l.starts_with("# HELP hookbench_")
                && !l.starts_with("# TYPE hookbench_")
                && !l.is_empty()
        })
        .collect();
    hold!(wrong.is_empty(), "{wrong:?}");
    Ok(())
}

/// Ids with characters that mean something elsewhere are found again under their own.
async fn odd_ids() -> Held {
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
async fn search_signs() -> Held {
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
async fn foreign_cursors() -> Held {
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

/// Expressions and templates nested as deep as their length allows: words, and no stack that ends.
async fn deep_expressions(what: &'static str) -> Held {
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
        repeat("{{ (", "1", ") }}", 8000),
        format!("{{{{ {} }}}}", repeat("(", "1", ")", 30_000)),
        format!("{{{{ {} }}}}", repeat("[", "1", "]", 30_000)),
        format!("{{{{ {} }}}}", repeat("not ", "1", "", 15_000)),
        format!("{{{{ {} }}}}", repeat("-", "1", "", 1000)),
        format!("{{{{ {} }}}}", repeat("1 if ", "1", " else 1", 4000)),
        format!("{{{{ 1 {} }}}}", "| default(1) ".repeat(4500)),
        format!("{{{{ data{} }}}}", ".a".repeat(30_000)),
        format!("{{{{ data{} }}}}", "[0]".repeat(20_000)),
        repeat("{% if 1 %}", "x", "{% endif %}", 3000),
        repeat("{% for a in [1] %}", "x", "{% endfor %}", 1800),
        repeat("{% with a = 1 %}", "x", "{% endwith %}", 1800),
        repeat("{# ", "x", "", 20_000),
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
async fn costly_filters() -> Held {
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
async fn extreme_policies() -> Held {
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
    let busy = super::ground::processor_ms(site.program.pid());
    ms(1500).await;
    let busy = super::ground::processor_ms(site.program.pid()) - busy;
    let attempts = site.program.get("/v1/stats").await["attempts"].as_u64().unwrap_or(0);
    hold!(attempts < 400 && busy < 1200, "{attempts} attempts in 3 s, {busy} ms of processor in 1.5 s");
    for path in ["/v1/outage?down_until=%2B2h", "/v1/subscriptions", "/v1/doctor", "/v1/stats"] {
        let (answered, took) = timed(site.program.call("GET", path, Value::Null)).await;
        hold!(answered.0 == 200 && took < 3000, "{path}: {} after {took} ms", answered.0);
    }
    site.sound().await
}

/// Names of any script, length and trick.
async fn odd_names() -> Held {
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
async fn doubled_headers() -> Held {
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

/// Profiles in the data folder that are links, pipes, huge or nested: named, and nothing waits.
async fn odd_profiles() -> Held {
    let place = Workplace::new();
    let folder = place.data().join("profiles");
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("zero.json")).unwrap();
    std::os::unix::fs::symlink(&folder, folder.join("loop.json")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("gone.json")).unwrap();
    nix::unistd::mkfifo(&folder.join("pipe.json"), nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    std::fs::write(folder.join("deep.json"), "[".repeat(200_000)).unwrap();
    std::fs::write(folder.join("text.json"), b"\xff\xfe\x00").unwrap();
    std::fs::create_dir(folder.join("folder.json")).unwrap();
    step("listing platforms with odd profiles");
    let listed = place.command(&["--json", "platforms", "list"]).kill_on_drop(true).output();
    let Ok(Ok(listed)) = tokio::time::timeout(Duration::from_secs(10), listed).await else {
        return Err("`platforms list` reads a link to an endless device, or waits for a pipe, for 10 s"
            .to_owned()
            .into());
    };
    hold!(
        listed.status.success(),
        "it ends with {}: {}",
        listed.status,
        String::from_utf8_lossy(&listed.stderr)
    );
    let site = Site::at(place).await;
    let doctor = site.place.run(&["doctor"]).await.out;
    hold!(doctor.contains("deep.json") && doctor.contains("text.json"), "doctor does not name them");
    Ok(())
}

/// A resolver that never answers holds up only what needs it.
async fn silent_resolver() -> Held {
    let Ok(silent) = tokio::net::UdpSocket::bind("127.53.53.53:53").await else {
        return missing("a resolver that never answers listens on port 53, as root");
    };
    let tried = tokio::process::Command::new("unshare").args(["-m", "true"]).output().await;
    if !tried.is_ok_and(|tried| tried.status.success()) {
        return missing(
            "a resolver of its own for the program needs `unshare -m` and `mount --bind`, as root",
        );
    }
    let place = Workplace::new();
    let conf = place.file("resolv.conf", "nameserver 127.53.53.53\noptions timeout:30 attempts:1\n");
    let shell = format!(
        "exec unshare -m sh -c 'mount --bind {conf} /etc/resolv.conf; exec \"$0\" \"$@\"' \"$0\" \"$@\""
    );
    let sink = Sink::start().await;
    let mut site = Site::through(place, &shell, &[]).await;
    let policy = json!({"preset": "none", "timeout_ms": 2000});
    for n in 0..60 {
        let url = format!("http://host{n}.example.com/");
        site.program.subscribe(json!({"url": url, "events": ["slow.*"], "policy": policy})).await;
    }
    site.program.subscribe(json!({"url": sink.url("/"), "events": ["plain.*"]})).await;
    let mut slow = Vec::new();
    for n in 0..15 {
        slow.extend(site.publish("slow.event", json!({"n": n})).await.1);
    }
    let (published, took) = timed(site.publish("plain.event", json!({}))).await;
    let (ended, more) = timed(site.settled(&published.1[0])).await;
    hold!(
        ended?["state"] == "delivered" && took + more < 3000,
        "an endpoint by its address waits {} ms",
        took + more
    );
    let check = json!({"body_base64": "e30=", "scheme": "github", "headers": [["X-Hub-Signature-256", "sha256=00"]], "secrets": ["0123456789abcdef"]});
    let (diagnosed, took) = timed(site.program.call("POST", "/v1/diagnose", check)).await;
    hold!(diagnosed.0 == 200 && took < 3000, "a diagnosis beside it: {} after {took} ms", diagnosed.0);
    let first = site.tried(&slow[0]).await?;
    hold!(first["outcome"] == "dns" || first["outcome"] == "timeout", "it ends as {}", first["outcome"]);
    drop(silent);
    site.sound().await
}

/// Responses whose chunks carry extensions or trailers without an end.
async fn chunk_tricks(what: &'static str) -> Held {
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
    let (grown, took) = (memory.grown_mib(), endpoint.count() / 1024 / 1024);
    hold!(grown <= 8 && took <= 8, "memory grew by {grown} MiB, {took} MiB were taken");
    site.sound().await
}

/// A relay that means no good: a stream without an end of line, pages without an end, a redirect.
async fn hostile_relay(what: &'static str) -> Held {
    let theirs = Endpoint::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]").await;
    let elsewhere = theirs.url("/token-1");
    let relay = Endpoint::plain(move |mut served| {
        let elsewhere = elsewhere.clone();
        async move {
            while served.request().await.is_some() {
                served.count(1);
                match what {
                    "a line without an end" => {
                        served.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ").await;
                        while served.write(vec![b'x'; 64 * 1024]).await {}
                        return;
                    }
                    "a message without an end" => {
                        served.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n").await;
                        while served.write("data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(1000)).await {}
                        return;
                    }
                    "a nested message" => {
                        let deep = format!("data: {{\"body\":{}1{}}}\n\n", "[".repeat(50_000), "]".repeat(50_000));
                        served.write(format!("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n{deep}")).await;
                        ms(5000).await;
                        return;
                    }
                    "a redirect" => {
                        served.write(format!("HTTP/1.1 302 Found\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\n\r\n")).await;
                    }
                    "pages without an end" => {
                        let entry = r#"{"uuid":"00000000-0000-0000-0000-000000000001","type":"web","ip":"203.0.113.7","method":"POST","headers":{},"content":"{}","size":2,"created_at":"2026-01-01 00:00:00","url":"https://x.example/token-1"}"#;
                        let body = format!(r#"{{"data":[{entry}],"total":1000000,"is_last_page":false}}"#);
                        served.write(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
                    }
                    _ => {
                        served.write("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").await;
                        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
                        while served.write(&chunk).await {}
                        return;
                    }
                }
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    let memory = Memory::of(&site.program);
    let kind = if matches!(what, "pages without an end" | "a list without an end") {
        "webhook-site"
    } else {
        "smee"
    };
    let source =
        json!({"name": "far", "scheme": "none", "relay": {"kind": kind, "url": relay.url("/token-1")}});
    let (status, answer) = site.program.call("POST", "/v1/sources", source).await;
    hold!(status == 201, "{status} {answer}");
    ms(3500).await;
    let (grown, asked) = (memory.grown_mib(), relay.count());
    // A page of a list may have 64 MiB.
    let most = if what == "a list without an end" { 80 } else { 32 };
    hold!(grown <= most, "memory grew by {grown} MiB");
    hold!(theirs.connections() == 0, "a redirect was followed");
    hold!(asked < 200, "it was asked {asked} times in 3.5 s");
    site.sound().await
}

/// The address rules of a source, and who says where a request comes from.
async fn allowed_addresses() -> Held {
    let mut site = Site::new().await;
    site.program
        .call(
            "POST",
            "/v1/sources",
            json!({"name": "far", "scheme": "none", "allow_ips": ["203.0.113.0/24"]}),
        )
        .await;
    let body = r#"{"id":"f","event":"a.b","data":{}}"#;
    for line in [
        "x-forwarded-for: 203.0.113.7",
        "forwarded: for=203.0.113.7",
        "x-real-ip: 203.0.113.7",
        "cf-connecting-ip: 203.0.113.7",
        "true-client-ip: 203.0.113.7",
        "client-ip: 203.0.113.7",
    ] {
        let request = format!(
            "POST /in/far HTTP/1.1\r\nhost: r\r\n{line}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let got = status(&exchange(&site.receiver(), request.as_bytes(), false, 3000).await);
        hold!(got == 403, "{line}: {got}");
    }
    let proxied = format!(
        "PROXY TCP4 203.0.113.7 127.0.0.1 1 2\r\nPOST /in/far HTTP/1.1\r\nhost: r\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let got = status(&exchange(&site.receiver(), proxied.as_bytes(), false, 3000).await);
    hold!(got != 200, "a line of a proxy is believed: {got}");
    let mut taken = Vec::new();
    for range in [
        "127.0.0.1/33",
        "127.0.0.1/-1",
        "127.0.0.1/",
        "/8",
        "127.0.0",
        "0x7f.1",
        "127.1",
        "::1/129",
        "localhost",
        "127.0.0.1/8/8",
        " 127.0.0.1",
        "127.0.0.1%lo",
        "\u{661}27.0.0.1",
        "10.0.0.1-10.0.0.9",
    ] {
        let source = json!({"name": format!("r{}", taken.len()), "scheme": "none", "allow_ips": [range]});
        let (status, _) = site.program.call("POST", "/v1/sources", source).await;
        if status != 422 {
            taken.push(format!("{range}: {status}"));
        }
    }
    hold!(taken.is_empty(), "{}", taken.join("; "));
    let mapped = json!({"name": "mapped", "scheme": "none", "allow_ips": ["::ffff:127.0.0.1"]});
    let (code, _) = site.program.call("POST", "/v1/sources", mapped).await;
    if code == 201 {
        let request = format!(
            "POST /in/mapped HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let got = status(&exchange(&site.receiver(), request.as_bytes(), false, 3000).await);
        hold!(got == 200, "a mapped address is another one than its own: {got}");
    }
    site.sound().await
}

/// An erasure that names nothing erases nothing.
async fn vague_erasures() -> Held {
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

/// Two requests in one piece are two requests; one that hides behind another's body is none.
async fn pipelined() -> Held {
    let mut site = Site::new().await;
    site.program.call("POST", "/v1/sources", json!({"name": "open", "scheme": "none"})).await;
    let one = |id: &str| {
        let body = format!(r#"{{"id":"{id}","event":"a.b","data":{{}}}}"#);
        format!(
            "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answer = exchange(
        &site.receiver(),
        format!("{}{}{}", one("p1"), one("p2"), one("p3")).as_bytes(),
        false,
        1500,
    )
    .await;
    hold!(answer.matches("HTTP/1.1 200").count() == 3, "{answer}");
    let hidden = one("hidden");
    for (what, request) in [
        (
            "a length and chunks",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"
            ),
        ),
        (
            "chunks with a tab",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\ntransfer-encoding:\tchunked\r\n\r\n0\r\n\r\n{hidden}",
                hidden.len() + 5
            ),
        ),
        (
            "a space before the colon",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length : 0\r\ncontent-length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
        ),
        (
            "an unknown coding",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ntransfer-encoding: xchunked\r\ncontent-length: {}\r\n\r\n{hidden}",
                hidden.len()
            ),
        ),
        (
            "a bare line feed",
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\n\r\n0\r\n\r\n{}",
                hidden.replace("hidden", "fine")
            ),
        ),
    ] {
        exchange(&site.receiver(), request.as_bytes(), true, 1500).await;
        let found = site.program.call("GET", "/v1/events/hidden", Value::Null).await.0;
        hold!(found == 404, "{what}: a request that was hidden behind another was taken");
    }
    site.sound().await
}

/// A data folder whose name means something to a database, a shell or a URL.
async fn odd_folder() -> Held {
    let sink = Sink::start().await;
    for name in [
        "da?mode=memory",
        "d#frag",
        "per%20cent%00",
        "sp ace 'q' \"d\"",
        "\u{1f600}-\u{e9}",
        "file:x",
        "-dash",
        "semi;colon&and",
    ] {
        let place = Workplace::new();
        let folder = place.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let folder = folder.display().to_string();
        let run = async |args: &[&str]| {
            let mut command = place.bare(&[]);
            command = {
                let program = command.as_std().get_program().to_owned();
                let mut fresh = tokio::process::Command::new(program);
                fresh.env_clear().env("HOME", place.path()).env("PATH", "/usr/bin:/bin").kill_on_drop(true);
                fresh
                    .env("HOOKBENCH_VAULT_KEY_FILE", place.path().join("vault.key"))
                    .arg(format!("--data-dir={folder}"));
                fresh.arg("--json").args(args);
                fresh
            };
            finish(&mut command, br#"{"n":1}"#).await
        };
        let made = run(&["subscriptions", "create", "--url", &sink.url("/"), "--event", "*"]).await;
        hold!(made.code == 0, "{name}: {made:?}");
        let sent = run(&["events", "send", "--type", "a.b", "--data", "-"]).await;
        hold!(sent.code == 0, "{name}: {sent:?}");
        let listed = run(&["events", "list"]).await.json();
        hold!(
            listed["items"].as_array().unwrap().len() == 1,
            "{name}: the event is gone at the next command"
        );
        hold!(
            std::path::Path::new(&folder).join("hookbench.db").exists(),
            "{name}: the database is elsewhere"
        );
    }
    Ok(())
}

/// Its reader goes: it dispatches on.
async fn reader_gone() -> Held {
    let sink = Sink::start().await;
    let place = Workplace::new();
    let mut command = place.through(
        "exec \"$0\" \"$@\" | head -n 1",
        &["--json", "run", "--api", "127.0.0.1:0", "--receiver", "127.0.0.1:0"],
    );
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let ready = {
        use tokio::io::AsyncBufReadExt;
        let mut lines = tokio::io::BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next_line().await.unwrap().unwrap_or_default()
    };
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let token = std::fs::read_to_string(place.data().join("api-token")).unwrap();
    let client = hookbench_journeys::client().build().unwrap();
    let base = ready["api"].as_str().unwrap();
    let wanted = json!({"url": sink.url("/"), "events": ["*"]});
    client.post(format!("{base}/v1/subscriptions")).bearer_auth(&token).json(&wanted).send().await.unwrap();
    for n in 0..300 {
        let event = json!({"event": "a.b", "data": {"n": n, "text": "x".repeat(500)}});
        let sent = client.post(format!("{base}/v1/events")).bearer_auth(&token).json(&event).send().await;
        hold!(
            sent.is_ok_and(|s| s.status().as_u16() == 202),
            "event {n} is not taken once its reader is gone"
        );
    }
    let arrived = until("all to arrive", async || (sink.hits().len() >= 300).then_some(())).await;
    let health: Value = client
        .get(format!("{base}/v1/health"))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    // It ends with us: nobody else knows its number.
    let holder: Value = serde_json::from_str(&std::fs::read_to_string(place.data().join("lock")).unwrap())
        .unwrap_or_default();
    if let Some(pid) = holder["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()) {
        let _gone =
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
    }
    child.wait().await.ok();
    arrived?;
    hold!(health["status"] == "ok", "its health is {health}");
    Ok(())
}

/// Filters of the log that are no filters.
async fn statements_in_filters() -> Held {
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

/// Many targets, and scripts that wait and repeat without measure.
async fn targets_without_measure() -> Held {
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

/// The emulator stays on this machine and bears what comes.
async fn emulator() -> Held {
    let place = Workplace::new();
    for address in ["0.0.0.0:0", "[::]:0"] {
        let mut command = place.command(&["--json", "emulate", "--platform", "trcker", "--addr", address]);
        let ran = tokio::time::timeout(Duration::from_secs(4), finish(&mut command, b"")).await;
        hold!(ran.is_ok_and(|ran| ran.code != 0), "it listens on {address}");
    }
    let emulated = place.emulate("trcker", "").await;
    let address = emulated.base_url.trim_start_matches("http://").to_owned();
    let key = emulated.key.clone();
    let deep = "[".repeat(50_000);
    for (what, request) in [
        ("no key", "GET /api/public/webhooks HTTP/1.1\r\nhost: e\r\nconnection: close\r\n\r\n".to_owned()),
        (
            "a nested body",
            format!(
                "POST /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{deep}",
                deep.len()
            ),
        ),
        (
            "a body without an end",
            format!(
                "POST /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\n{{"
            ),
        ),
        ("a webhook that leads away", {
            let body = r#"{"url":"http://169.254.169.254/","events":["conversion.created"]}"#;
            format!(
                "POST /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
        }),
    ] {
        let answer = exchange(&address, request.as_bytes(), false, 4000).await;
        let got = status(&answer);
        hold!(got < 500, "{what}: {got}");
        hold!(what != "no key" || got == 401, "without a key: {got}");
        hold!(
            what != "a webhook that leads away" || got >= 400,
            "a webhook that leads off this machine is taken: {got}"
        );
    }
    let alive = exchange(&address, format!("GET /api/public/webhooks HTTP/1.1\r\nhost: e\r\nauthorization: Bearer {key}\r\nconnection: close\r\n\r\n").as_bytes(), false, 4000).await;
    hold!(status(&alive) == 200, "afterwards it answers {}", status(&alive));
    emulated.stop().await;
    Ok(())
}

/// Lines of events with odd ends and separators.
async fn odd_lines() -> Held {
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

pub(super) fn cases(cases: &mut Cases) {
    cases.add("formulas in an export for spreadsheets", formulas_in_csv);
    cases.add("commands in an export for a shell", shell_in_curl);
    cases.add("links, pages and fences in a report", markdown);
    cases.add("bytes that are no text in exports as JSON", har);
    cases.add("names that end a line of metrics", metrics);
    cases.add("ids with characters that mean something elsewhere", odd_ids);
    cases.add("a search for signs", search_signs);
    cases.add("cursors that nobody gave out", foreign_cursors);
    cases.add("filters as deep as their length allows", || deep_expressions("filters"));
    cases.add("templates as deep as their length allows", || deep_expressions("templates"));
    cases.add_heavy("filters that cost much on large events", costly_filters);
    cases.add("policies and limits beyond reason", extreme_policies);
    cases.add("names of any script, length and trick", odd_names);
    cases.add("two credentials in one request", doubled_headers);
    cases.add("profiles that are links, pipes and nested", odd_profiles);
    cases.add_heavy("a resolver that never answers", silent_resolver);
    for what in ["extensions", "trailers", "a length of zeros", "chunks of one byte"] {
        cases.add(format!("a response in chunks: {what} without an end"), move || chunk_tricks(what));
    }
    for what in [
        "a line without an end",
        "a message without an end",
        "a nested message",
        "a redirect",
        "pages without an end",
        "a list without an end",
    ] {
        cases.add(format!("a relay with {what}"), move || hostile_relay(what));
    }
    cases.add("who says where a request comes from", allowed_addresses);
    cases.add("erasures that name nothing", vague_erasures);
    cases.add("requests that hide behind others", pipelined);
    cases.add("data folders with odd names", odd_folder);
    cases.add("a reader that goes away", reader_gone);
    cases.add("statements in the filters of the log", statements_in_filters);
    cases.add("targets without measure", targets_without_measure);
    cases.add("an emulator among strangers", emulator);
    cases.add("lines with odd ends", odd_lines);
}
