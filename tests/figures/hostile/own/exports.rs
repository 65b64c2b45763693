//! What leaves the machine: spreadsheets, shells, reports, metrics.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use hookbench_journeys::{Sink, finish};
use serde_json::{Value, json};

use crate::hostile::Held;
use crate::hostile::ground::{Site, hold};
use crate::hostile::raw::Endpoint;

/// Texts that spreadsheets take for formulas.
const FORMULAS: [&str; 8] =
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\u{ff1d}1+1", "=cmd|'/c x'!A0", ";=1+1"];

/// An export for a spreadsheet holds no formula of others.
pub(super) async fn formulas_in_csv() -> Held {
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
pub(super) async fn shell_in_curl() -> Held {
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
pub(super) async fn markdown() -> Held {
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
pub(super) async fn har() -> Held {
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
pub(super) async fn metrics() -> Held {
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
