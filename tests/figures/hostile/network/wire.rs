//! Connections as real servers treat them: kept, closed, answered early.

use serde_json::json;

use crate::hostile::ground::{Site, hold, ms};
use crate::hostile::raw::{Endpoint, ok};
use crate::hostile::{Cases, Held};

/// A server that closes after a 5xx without a word loses no request that follows.
async fn after_a_server_error(status: u16) -> Held {
    let server = Endpoint::plain(move |mut served| async move {
        while let Some(request) = served.request().await {
            served.count(1);
            if request.contains("\"fail\":true") {
                served.write(format!("HTTP/1.1 {status} Broken\r\ncontent-length: 3\r\n\r\nbad")).await;
                // As an application server does: the connection ends when the next request is there.
                served.request().await;
                return;
            }
            if !served.write(ok("fine")).await {
                return;
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    site.program
        .subscribe(json!({"url": server.url("/"), "events": ["*"], "policy": "none", "concurrency": 1}))
        .await;
    for n in 0..10 {
        let fail = n % 3 == 1;
        let (_, ids) = site.publish("a.b", json!({"n": n, "fail": fail})).await;
        let tried = site.tried(&ids[0]).await?;
        let right = if fail { tried["status"] == status } else { tried["outcome"] == "success" };
        hold!(right, "event {n} after a {status}: {} {}", tried["outcome"], tried["attempts"][0]["error"]);
    }
    site.sound().await
}

/// A kept connection is left before the server ends it.
async fn kept_as_announced(announced: Option<u64>, idle_ms: u64, reused: bool) -> Held {
    let server = Endpoint::plain(move |mut served| async move {
        while served.request().await.is_some() {
            let keep = announced.map(|s| format!("keep-alive: timeout={s}\r\n")).unwrap_or_default();
            if !served.write(format!("HTTP/1.1 200 OK\r\n{keep}content-length: 4\r\n\r\nfine")).await {
                return;
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": server.url("/"), "events": ["*"], "policy": "none"})).await;
    for n in 0..2 {
        let (_, ids) = site.publish("a.b", json!({"n": n})).await;
        let ended = site.settled(&ids[0]).await?;
        hold!(ended["state"] == "delivered", "{}", ended["outcome"]);
        if n == 1 {
            let was = ended["attempts"][0]["connection"]["reused"] == true;
            hold!(was == reused, "after {idle_ms} ms at rest the connection was reused: {was}");
        }
        ms(idle_ms).await;
    }
    site.sound().await
}

/// A server that ends connections at rest without announcing it: nothing is lost and nothing doubled.
async fn closed_at_rest() -> Held {
    let server = Endpoint::plain(|mut served| async move {
        while let Ok(Some(_)) =
            tokio::time::timeout(std::time::Duration::from_millis(40), served.request()).await
        {
            served.count(1);
            if !served.write(ok("fine")).await {
                return;
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": server.url("/"), "events": ["*"], "platform": "trcker"})).await;
    let mut ids = Vec::new();
    for n in 0..60 {
        ids.extend(site.publish("a.b", json!({"n": n})).await.1);
        ms(36 + n % 9).await;
    }
    for id in ids {
        let ended = site.settled(&id).await?;
        hold!(ended["state"] == "delivered", "{} {}", ended["state"], ended["outcome"]);
    }
    hold!(server.count() == 60, "{} requests for 60 events", server.count());
    site.sound().await
}

/// An answer that comes while the body is still being written is read, not the failed write reported.
async fn early_answer(closes: bool) -> Held {
    let server = Endpoint::plain(move |mut served| async move {
        use tokio::io::AsyncReadExt;
        let mut some = [0; 1024];
        let _head = served.stream.read(&mut some).await;
        served
            .write("HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\nconnection: close\r\n\r\ntoo large")
            .await;
        if closes {
            // Ends with unread bytes: the system resets what comes behind.
            ms(50).await;
            return;
        }
        let mut rest = vec![0; 64 * 1024];
        while served.stream.read(&mut rest).await.is_ok_and(|n| n > 0) {}
    })
    .await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": server.url("/"), "events": ["*"], "policy": "none"})).await;
    for n in 0..4 {
        let (status, answer) = site
            .publish_bytes(format!(
                r#"{{"event":"a.b","data":{{"n":{n},"text":"{}"}}}}"#,
                "x".repeat(900_000)
            ))
            .await;
        hold!(status == 202, "{status} {answer}");
        let tried = site.tried(answer["deliveries"][0].as_str().unwrap_or_default()).await?;
        hold!(tried["status"] == 413, "{} {}", tried["outcome"], tried["attempts"][0]["error"]);
    }
    site.sound().await
}

/// Headers that real servers send although they should not: the status decides.
async fn lenient_headers(lines: &'static str) -> Held {
    let server =
        Endpoint::answering(format!("HTTP/1.1 200 OK\r\n{lines}content-length: 4\r\n\r\nfine")).await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": server.url("/"), "events": ["*"], "policy": "none"})).await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    let tried = site.tried(&ids[0]).await?;
    hold!(tried["outcome"] == "success", "{}: {}", tried["outcome"], tried["attempts"][0]["error"]);
    site.sound().await
}

/// Two lengths, or a length and chunks: where a response ends is unclear, so the connection is not
/// used again, and what comes behind is nobody's answer.
async fn unclear_end(head: &'static str) -> Held {
    let server = Endpoint::plain(move |mut served| async move {
        while served.request().await.is_some() {
            let n = served.number;
            let behind = "HTTP/1.1 201 Hidden\r\ncontent-length: 0\r\n\r\n";
            if !served.write(format!("HTTP/1.1 200 OK\r\n{head}\r\n0\r\n\r\n{behind}{n}")).await {
                return;
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    let policy = json!({"preset": "none", "timeout_ms": 1500});
    site.program.subscribe(json!({"url": server.url("/"), "events": ["*"], "policy": policy})).await;
    for n in 0..4 {
        let (_, ids) = site.publish("a.b", json!({"n": n})).await;
        let tried = site.tried(&ids[0]).await?;
        hold!(tried["status"] != 201, "event {n} took the response that was hidden behind another one");
        ms(30).await;
    }
    site.sound().await
}

/// Names of headers that are the connection's own, or can never be sent, are refused when saved.
async fn unsendable_headers() -> Held {
    let mut site = Site::new().await;
    let mut taken = Vec::new();
    for (name, value) in [
        ("Trailer", "x-a"),
        ("HTTP2-Settings", "AAMAAABk"),
        ("Host", "elsewhere.example"),
        ("Content-Length", "3"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "x-a"),
        ("Keep-Alive", "timeout=900"),
        ("Proxy-Connection", "close"),
        ("Upgrade", "h2c"),
        ("TE", "trailers"),
        ("Expect", "100-continue"),
        ("webhook-signature", "v1,x"),
        ("X-Hookbench-Test", "true"),
        ("X-A", "a\r\nX-B: b"),
        ("X-A", "a\u{0}b"),
        ("X A", "b"),
        ("", "b"),
        (":status", "200"),
    ] {
        let wanted = json!({"url": "http://127.0.0.1:9/", "events": ["*"], "headers": [[name, value]], "enabled": false});
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        if status != 422 {
            taken.push(format!("{name}: {status} {}", answer["code"]));
        }
    }
    hold!(taken.is_empty(), "saved: {}", taken.join("; "));
    site.sound().await
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    for status in [500, 502, 503] {
        cases.add(format!("a server that closes after a {status} without a word"), move || {
            after_a_server_error(status)
        });
    }
    cases.add("a connection at rest for longer than the server announced", || {
        kept_as_announced(Some(2), 1500, false)
    });
    cases.add("a connection at rest for less than the server announced", || {
        kept_as_announced(Some(30), 5000, true)
    });
    cases.add("a connection at rest for long, nothing announced", || kept_as_announced(None, 4600, false));
    cases.add("connections that the server ends at rest", closed_at_rest);
    cases.add("a 413 while the body is being written", || early_answer(false));
    cases.add("a 413 while the body is being written, and the end", || early_answer(true));
    for (what, lines) in [
        ("that goes on in the next line", "x-long: one\r\n two\r\n"),
        ("that goes on after a tab", "x-long: one\r\n\ttwo\r\n"),
        ("with a space behind its name", "x-name : value\r\n"),
        ("without a colon", "this is no header\r\n"),
        ("with bytes that are no text", "x-text: caf\u{e9}\r\n"),
    ] {
        cases.add(format!("a response with a header {what}"), move || lenient_headers(lines));
    }
    for (what, head) in [
        ("two lengths", "content-length: 0\r\ncontent-length: 5\r\n"),
        ("a length and chunks", "content-length: 0\r\ntransfer-encoding: chunked\r\n"),
        ("chunks said twice", "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n"),
    ] {
        cases.add(format!("a response with {what}"), move || unclear_end(head));
    }
    cases.add("headers that cannot be sent or are not for people to set", unsendable_headers);
}
