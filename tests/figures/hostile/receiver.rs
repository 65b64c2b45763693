//! The receiver, which anybody may reach: malformed, slow and many requests, and marks that only we may
//! set.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hookbench_journeys::Sink;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::ground::{Memory, Site, hold, ms, step, timed};
use super::raw::{exchange, status};
use super::{Cases, Held};
use crate::chaos::Chaos;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

async fn receiving() -> Site {
    let site = Site::new().await;
    for source in [
        json!({"name": "shop", "scheme": "trcker", "secret": SECRET}),
        json!({"name": "open", "scheme": "none"}),
        json!({"name": "s2s", "scheme": "none", "postback": {"event_type": "a.b", "dedupe": "click_id"}}),
    ] {
        let (status, answer) = site.program.call("POST", "/v1/sources", source).await;
        assert_eq!(status, 201, "{answer}");
    }
    site
}

fn post(path: &str, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// Requests with something wrong with them, made at random and the same in every run.
async fn malformed(kind: &'static str) -> Held {
    let mut site = receiving().await;
    let receiver = site.receiver();
    let mut failures = Vec::new();
    for number in 0..250 {
        let mut dice = Chaos::from(number);
        let body = String::from_utf8_lossy(&dice.bytes(200)).into_owned();
        let mut bytes = match kind {
            "heads" => {
                let names = [
                    "x-trcker-signature",
                    "content-type",
                    "content-length",
                    "transfer-encoding",
                    "host",
                    "expect",
                    "content-encoding",
                ];
                let lines: Vec<String> = (0..dice.below(6))
                    .map(|_| {
                        let name = *dice.one(&names);
                        let value = String::from_utf8_lossy(&dice.bytes(40)).replace(['\r', '\n'], "");
                        format!("{name}: {value}\r\n")
                    })
                    .collect();
                format!("POST /in/shop HTTP/1.1\r\n{}\r\n{body}", lines.concat()).into_bytes()
            }
            "queries" => {
                let query: String = (0..dice.below(80))
                    .map(|_| {
                        *dice.one(&[
                            '%', '&', '=', '{', '}', '[', ']', '+', 'a', '0', 'f', ';', '#', '?', '/', '$',
                        ])
                    })
                    .collect();
                format!("GET /in/s2s?click_id={query} HTTP/1.1\r\nhost: r\r\nconnection: close\r\n\r\n")
                    .into_bytes()
            }
            _ => {
                let json: String = (0..dice.below(120))
                    .map(|_| {
                        *dice.one(&[
                            '{', '}', '[', ']', '"', ':', ',', '\\', 'u', '0', 'e', '-', 't', ' ', '\u{e9}',
                        ])
                    })
                    .collect();
                post("/in/open", &json).into_bytes()
            }
        };
        if dice.below(3) == 0 {
            let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
            bytes[at] = u8::try_from(dice.below(256)).unwrap();
        }
        let got = status(&exchange(&receiver, &bytes, true, 2000).await);
        if got >= 500 {
            failures.push(format!("{got} to number {number}"));
        }
    }
    hold!(failures.is_empty(), "{}", failures.join(", "));
    site.sound().await
}

/// Connections that send a byte now and then: honest ones are answered.
async fn slow_senders() -> Held {
    let mut site = receiving().await;
    let (receiver, done) = (site.receiver(), Arc::new(AtomicBool::new(false)));
    let mut slow = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let (receiver, done) = (receiver.clone(), done.clone());
        slow.spawn(async move {
            while !done.load(Ordering::Relaxed) {
                let Ok(mut stream) = TcpStream::connect(&receiver).await else { continue };
                for byte in b"POST /in/open HTTP/1.1\r\nhost: t\r\nx-slow: ".iter().cycle() {
                    if done.load(Ordering::Relaxed) || stream.write_all(&[*byte]).await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        });
    }
    ms(1500).await;
    let mut slowest = 0;
    for n in 0..5 {
        let request = post("/in/open", &format!(r#"{{"id":"honest{n}","event":"a.b","data":{{}}}}"#));
        let (answer, took) = timed(exchange(&receiver, request.as_bytes(), false, 8000)).await;
        hold!(status(&answer) == 200, "an honest request gets {} after {took} ms", status(&answer));
        slowest = slowest.max(took);
    }
    done.store(true, Ordering::Relaxed);
    slow.shutdown().await;
    hold!(slowest < 5000, "an honest request waits {slowest} ms");
    site.sound().await
}

/// A request that does not come to its end is ended in time.
async fn never_ends(what: &'static str) -> Held {
    let mut site = receiving().await;
    let text = match what {
        "head" => "POST /in/open HTTP/1.1\r\nhost: r\r\n",
        "body" => "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-length: 100\r\n\r\n{",
        _ => "POST /in/open HTTP/1.1\r\nhost: r\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    };
    let (answer, took) = timed(exchange(&site.receiver(), text.as_bytes(), false, 30_000)).await;
    hold!(took < 20_000, "without the rest of its {what} it is held for {took} ms");
    hold!(matches!(status(&answer), 0 | 400 | 408), "it is answered with {}", status(&answer));
    site.sound().await
}

/// A mark of a test that did not come from us makes no event a test.
async fn foreign_test_mark(source: &'static str) -> Held {
    let sink = Sink::start().await;
    let site = receiving().await;
    site.program.subscribe(json!({"url": sink.url("/ok"), "events": ["*"]})).await;
    let body = r#"{"id":"marked","event":"conversion.created","data":{}}"#;
    let signature = {
        let file = site.place.file("body", body);
        let secret = site.place.file("secret", SECRET);
        let signed =
            site.place.run(&["sign", "--scheme", "trcker", "--body", &file, "--secret-file", &secret]).await;
        signed.json()["headers"][0][1].as_str().unwrap().to_owned()
    };
    let request = format!(
        "POST /in/{source} HTTP/1.1\r\nhost: r\r\nx-hookbench-test: true\r\nx-trcker-signature: {signature}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = exchange(&site.receiver(), request.as_bytes(), false, 4000).await;
    hold!(status(&answer) == 200, "it is answered with {}", status(&answer));
    let event = site.program.get("/v1/events/marked").await;
    hold!(event["test"] != true, "an unsigned header of the sender makes it a test");
    let deliveries = site.program.get("/v1/deliveries?event=marked").await;
    hold!(deliveries["items"][0]["test"] == false, "its delivery is {}", deliveries["items"][0]);
    Ok(())
}

/// Bodies that are too large, or unpack to more than they may: refused, in little memory.
async fn too_large(what: &'static str) -> Held {
    let mut site = receiving().await;
    let receiver = site.receiver();
    exchange(&receiver, post("/in/open", "{}").as_bytes(), false, 3000).await;
    let memory = Memory::of(&site.program);
    let big = vec![b'x'; 3 * 1024 * 1024];
    let request = match what {
        "said in its length" => [format!("POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", big.len()).as_bytes(), &big].concat(),
        "in chunks" => [b"POST /in/open HTTP/1.1\r\nhost: r\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n".as_slice(), format!("{:x}\r\n", big.len()).as_bytes(), &big, b"\r\n0\r\n\r\n"].concat(),
        "by a length beyond all numbers" => b"POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-length: 18446744073709551615\r\nconnection: close\r\n\r\nx".to_vec(),
        _ => {
            let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 64 * 1024 * 1024], 6);
            [format!("POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-encoding: deflate\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", packed.len()).as_bytes(), &packed].concat()
        }
    };
    let got = status(&exchange(&receiver, &request, false, 5000).await);
    // Whoever writes on after the answer may not get to read it.
    hold!(matches!(got, 0 | 400 | 413 | 415 | 422 | 431) || what == "packed" && got == 200, "{got}");
    let grown = memory.grown_mib();
    hold!(grown <= 12, "memory grew by {grown} MiB");
    site.sound().await
}

/// Very many different refused requests: the log keeps the last thousand of a source, the disk does not
/// fill.
async fn flood_of_refused() -> Held {
    let mut site = receiving().await;
    let url = format!("http://{}/in/shop", site.receiver());
    step("sending what is refused");
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for round in 0..30 {
        let sent: Vec<_> = (0..50)
            .map(|n| {
                let request = site.program.client.post(&url).header("content-type", "application/json");
                let request =
                    request.body(format!(r#"{{"id":"{round}-{n}","text":"{}"}}"#, "x".repeat(2000)));
                tokio::spawn(async move { request.send().await.map_or(0, |a| a.status().as_u16()) })
            })
            .collect();
        for one in sent {
            *statuses.entry(one.await.unwrap()).or_default() += 1;
        }
    }
    hold!(statuses.keys().all(|s| matches!(s, 0 | 401 | 429)), "{statuses:?}");
    ms(300).await;
    let size = std::fs::metadata(site.place.data().join("hookbench.db")).unwrap().len() / 1024 / 1024;
    hold!(size < 16, "the database has {size} MiB after 1,500 refused requests");
    site.sound().await
}

/// Names and tokens of sources cannot be found out by asking.
async fn guessing() -> Held {
    let mut site = receiving().await;
    let token = json!({"name": "hidden", "scheme": "none", "token": "abcdefghijklmnop1234"});
    let (code, answer) = site.program.call("POST", "/v1/sources", token).await;
    hold!(code == 201, "{answer}");
    let receiver = site.receiver();
    let body = r#"{"id":"g","event":"a.b","data":{}}"#;
    let nobody = exchange(&receiver, post("/in/nobody", body).as_bytes(), false, 3000).await;
    let comparable =
        |answer: &str| answer.lines().filter(|l| !l.starts_with("date")).collect::<Vec<_>>().join("\n");
    for path in [
        "/in/hidden",
        "/in/hidden/",
        "/in/hidden/abcdefghijklmnop1235",
        "/in/hidden/ABCDEFGHIJKLMNOP1234",
        "/in/hidden/abcdefghijklmnop1234/",
        "/in/hidden/%61bcdefghijklmnop1234",
        "/in/HIDDEN/abcdefghijklmnop1234",
        "/in/hidden//abcdefghijklmnop1234",
        "/in/.self-check/abc",
    ] {
        let answer = exchange(&receiver, post(path, body).as_bytes(), false, 3000).await;
        hold!(
            comparable(&answer) == comparable(&nobody),
            "{path} is answered otherwise than a source that there is none of: {answer}"
        );
    }
    let right =
        exchange(&receiver, post("/in/hidden/abcdefghijklmnop1234", body).as_bytes(), false, 3000).await;
    hold!(status(&right) == 200, "the right token: {}", status(&right));
    site.sound().await
}

/// Signatures twice, sixteen times, and of other times: refused, and not slow.
async fn odd_signatures() -> Held {
    let mut site = receiving().await;
    let receiver = site.receiver();
    let body = r#"{"id":"s","event":"a.b","data":{}}"#;
    let many: String = (0..2000).map(|n| format!(",v1={n:064x}")).collect();
    let mut wrong = Vec::new();
    for (what, line) in [
        ("twice", "x-trcker-signature: t=1,v1=00\r\nx-trcker-signature: t=1,v1=00".to_owned()),
        ("two thousand in one header", format!("x-trcker-signature: t=1778215895{many}")),
        (
            "of a time beyond all numbers",
            format!("x-trcker-signature: t=99999999999999999999999,v1={:064x}", 1),
        ),
        ("of a time with a sign", format!("x-trcker-signature: t=+1778215895,v1={:064x}", 1)),
        ("of a time in other digits", format!("x-trcker-signature: t=\u{661}\u{662},v1={:064x}", 1)),
        ("empty", "x-trcker-signature:".to_owned()),
        ("of commas", format!("x-trcker-signature: {}", ",".repeat(8000))),
        ("of bytes that are no text", "x-trcker-signature: t=1,v1=\u{e9}\u{e9}".to_owned()),
    ] {
        let request = format!(
            "POST /in/shop HTTP/1.1\r\nhost: r\r\n{line}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let (answer, took) = timed(exchange(&receiver, request.as_bytes(), false, 4000)).await;
        if !matches!(status(&answer), 401 | 431) || took > 2500 {
            wrong.push(format!("{what}: {} after {took} ms", status(&answer)));
        }
    }
    hold!(wrong.is_empty(), "{}", wrong.join("; "));
    site.sound().await
}

pub(super) fn cases(cases: &mut Cases) {
    for kind in ["heads", "queries", "bodies"] {
        cases.add(format!("250 requests with malformed {kind}"), move || malformed(kind));
    }
    cases.add_heavy("300 connections that send a byte now and then", slow_senders);
    for what in ["head", "body", "chunks"] {
        cases.add(format!("a request whose {what} never comes to its end"), move || never_ends(what));
    }
    for source in ["shop", "open"] {
        cases.add(
            format!(
                "a foreign mark of a test, at {}",
                if source == "shop" { "a signed source" } else { "an open source" }
            ),
            move || foreign_test_mark(source),
        );
    }
    for what in ["said in its length", "in chunks", "by a length beyond all numbers", "packed"] {
        cases.add(format!("a body that is too large, {what}"), move || too_large(what));
    }
    cases.add("1,500 requests that are refused", flood_of_refused);
    cases.add("guessing names and tokens of sources", guessing);
    cases.add("odd signatures", odd_signatures);
}
