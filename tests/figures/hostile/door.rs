//! The local API as a neighbour meets it: who may ask, and what odd requests get.

use serde_json::{Value, json};

use super::ground::{Site, hold, ms, timed};
use super::raw::{exchange, status};
use super::{Cases, Held};

/// Requests that must not be let in, each with what is wrong about it. `HOST` and `TOKEN` stand for
/// the right ones.
const STRANGERS: [(&str, &str); 22] = [
    ("no token", "GET /v1/health HTTP/1.1\r\nhost: HOST\r\n"),
    ("another token", "GET /v1/health HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer x\r\n"),
    ("half of the token", "GET /v1/health HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer HALF\r\n"),
    ("the token in the query", "GET /v1/health?token=TOKEN HTTP/1.1\r\nhost: HOST\r\n"),
    (
        "the token in the query as the standard has it",
        "GET /v1/health?access_token=TOKEN HTTP/1.1\r\nhost: HOST\r\n",
    ),
    ("the token as a cookie", "GET /v1/health HTTP/1.1\r\nhost: HOST\r\ncookie: token=TOKEN\r\n"),
    (
        "the token as a basic password",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\nauthorization: Basic TOKEN\r\n",
    ),
    ("another host", "GET /v1/health HTTP/1.1\r\nhost: evil.example\r\nauthorization: Bearer TOKEN\r\n"),
    (
        "another host with the right port",
        "GET /v1/health HTTP/1.1\r\nhost: evil.example:PORT\r\nauthorization: Bearer TOKEN\r\n",
    ),
    ("no host", "GET /v1/health HTTP/1.1\r\nauthorization: Bearer TOKEN\r\n"),
    (
        "two hosts",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\nhost: evil.example\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "the host without its port",
        "GET /v1/health HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "a host that begins with the right one",
        "GET /v1/health HTTP/1.1\r\nhost: HOST.evil.example\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "a host with user information",
        "GET /v1/health HTTP/1.1\r\nhost: evil@HOST\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "another host in the target",
        "GET http://evil.example/v1/health HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "a foreign origin",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: https://evil.example\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "a second origin that is foreign",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: http://HOST\r\norigin: https://evil.example\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "a first origin that is foreign",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: https://evil.example\r\norigin: http://HOST\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "an origin with two values",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: http://HOST https://evil.example\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "an origin of another port",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: http://127.0.0.1:1\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "the origin null",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: null\r\nauthorization: Bearer TOKEN\r\n",
    ),
    (
        "an origin of another scheme",
        "GET /v1/health HTTP/1.1\r\nhost: HOST\r\norigin: https://HOST\r\nauthorization: Bearer TOKEN\r\n",
    ),
];

fn filled(site: &Site, text: &str) -> String {
    let (api, token) = (site.api(), &site.program.token);
    let port = api.rsplit(':').next().unwrap_or_default();
    text.replace("HOST", &api)
        .replace("PORT", port)
        .replace("HALF", &token[..token.len() / 2])
        .replace("TOKEN", token)
}

async fn strangers() -> Held {
    let mut site = Site::new().await;
    let mut let_in = Vec::new();
    for (what, head) in STRANGERS {
        let request = filled(&site, &format!("{head}connection: close\r\n\r\n"));
        let got = status(&exchange(&site.api(), request.as_bytes(), false, 3000).await);
        if !matches!(got, 0 | 400 | 401 | 403 | 421) {
            let_in.push(format!("{what}: {got}"));
        }
    }
    hold!(let_in.is_empty(), "{}", let_in.join("; "));
    site.sound().await
}

/// What a web page can make a browser send without asking: never a change.
async fn web_pages() -> Held {
    let mut site = Site::new().await;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/json5",
        "",
    ] {
        for (method, path) in [
            ("POST", "/v1/pause"),
            ("POST", "/v1/deliveries/cancel"),
            ("POST", "/v1/events"),
            ("POST", "/v1/retention/run"),
            ("DELETE", "/v1/sources/x"),
        ] {
            let head = format!(
                "{method} {path} HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer TOKEN\r\ncontent-type: {kind}\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}"
            );
            let got = status(&exchange(&site.api(), filled(&site, &head).as_bytes(), false, 3000).await);
            hold!(got == 415, "{method} {path} as {kind:?}: {got}");
        }
    }
    let preflight = "OPTIONS /v1/pause HTTP/1.1\r\nhost: HOST\r\norigin: https://evil.example\r\naccess-control-request-method: POST\r\nconnection: close\r\n\r\n";
    let answer = exchange(&site.api(), filled(&site, preflight).as_bytes(), false, 3000).await;
    hold!(!answer.to_ascii_lowercase().contains("access-control-allow"), "a preflight is answered: {answer}");
    hold!(site.program.get("/v1/health").await["paused"] == Value::Bool(false), "it is paused");
    site.sound().await
}

/// Odd and broken requests: an answer below 500, or none, and others are served.
async fn odd_requests() -> Held {
    let mut site = Site::new().await;
    let auth = "host: HOST\r\nauthorization: Bearer TOKEN\r\n";
    let many = "x-a: b\r\n".repeat(200);
    let long = format!("x-long: {}\r\n", "y".repeat(64 * 1024));
    let path = format!("/v1/events/{}", "%41".repeat(9000));
    let mut wrong = Vec::new();
    for (what, request) in [
        ("a path up the folders", format!("GET /v1/../../etc/passwd HTTP/1.1\r\n{auth}\r\n")),
        ("a path with a NUL", format!("GET /v1/events/%00 HTTP/1.1\r\n{auth}\r\n")),
        ("a path that is no UTF-8", format!("GET /v1/events/%ff%fe HTTP/1.1\r\n{auth}\r\n")),
        ("a path with an encoded slash", format!("GET /v1/events%2Fx HTTP/1.1\r\n{auth}\r\n")),
        ("a path half encoded", format!("GET /v1/events/%4 HTTP/1.1\r\n{auth}\r\n")),
        ("a very long path", format!("GET {path} HTTP/1.1\r\n{auth}\r\n")),
        ("a query that is no UTF-8", format!("GET /v1/deliveries?search=%ff HTTP/1.1\r\n{auth}\r\n")),
        ("a query with a NUL", format!("GET /v1/deliveries?search=%00 HTTP/1.1\r\n{auth}\r\n")),
        ("two hundred headers", format!("GET /v1/health HTTP/1.1\r\n{auth}{many}\r\n")),
        ("a header of 64 KiB", format!("GET /v1/health HTTP/1.1\r\n{auth}{long}\r\n")),
        (
            "two lengths",
            format!(
                "POST /v1/events HTTP/1.1\r\n{auth}content-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{{}}"
            ),
        ),
        (
            "a length and chunks",
            format!(
                "POST /v1/pause HTTP/1.1\r\n{auth}content-type: application/json\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
        ),
        (
            "a chunk of a negative length",
            format!(
                "POST /v1/events HTTP/1.1\r\n{auth}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n"
            ),
        ),
        (
            "a chunk larger than anything",
            format!(
                "POST /v1/events HTTP/1.1\r\n{auth}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n"
            ),
        ),
        (
            "trailers behind the chunks",
            format!(
                "POST /v1/events HTTP/1.1\r\n{auth}content-type: application/json\r\ntransfer-encoding: chunked\r\ntrailer: authorization\r\n\r\n0\r\nauthorization: Bearer x\r\n\r\n"
            ),
        ),
        ("a method that there is none of", format!("BREW /v1/health HTTP/1.1\r\n{auth}\r\n")),
        ("another version", format!("GET /v1/health HTTP/3.7\r\n{auth}\r\n")),
        (
            "an upgrade",
            format!("GET /v1/stream HTTP/1.1\r\n{auth}connection: upgrade\r\nupgrade: websocket\r\n\r\n"),
        ),
        ("CONNECT", format!("CONNECT evil.example:443 HTTP/1.1\r\n{auth}\r\n")),
        (
            "a body that is expected",
            format!(
                "POST /v1/events HTTP/1.1\r\n{auth}content-type: application/json\r\nexpect: 200-ok\r\ncontent-length: 2\r\n\r\n{{}}"
            ),
        ),
        ("nothing but ends of lines", "\r\n\r\n\r\n\r\n".to_owned()),
        ("a handshake of TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}".to_owned()),
        ("a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned()),
    ] {
        let (answer, took) =
            timed(exchange(&site.api(), filled(&site, &request).as_bytes(), true, 3000)).await;
        let got = status(&answer);
        if got >= 500 || took > 8000 {
            wrong.push(format!("{what}: {got} after {took} ms"));
        }
    }
    hold!(wrong.is_empty(), "{}", wrong.join("; "));
    site.sound().await
}

/// Whoever ends their side of the connection after asking still gets the answer.
async fn half_closed(door: &'static str) -> Held {
    let mut site = Site::new().await;
    site.program.call("POST", "/v1/sources", json!({"name": "open", "scheme": "none"})).await;
    let body = r#"{"id":"half","event":"a.b","data":{}}"#;
    let length = body.len();
    let (address, request) = match door {
        "the API" => (
            site.api(),
            filled(
                &site,
                &format!(
                    "POST /v1/events HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer TOKEN\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
                ),
            ),
        ),
        "the API, reading" => (
            site.api(),
            filled(&site, "GET /v1/doctor HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer TOKEN\r\n\r\n"),
        ),
        _ => (
            site.receiver(),
            format!(
                "POST /in/open HTTP/1.1\r\nhost: r\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            ),
        ),
    };
    let answer = exchange(&address, request.as_bytes(), true, 8000).await;
    hold!(
        matches!(status(&answer), 200 | 202),
        "{door} answers {} to whoever ended their side",
        status(&answer)
    );
    site.sound().await
}

/// The description says what is enforced: bounds, patterns, and every field that is taken.
async fn description() -> Held {
    let site = Site::new().await;
    let text = site.program.get("/v1/openapi.json").await;
    let mut bounds = Vec::new();
    fn walk(at: &str, value: &Value, seen: &mut Vec<(String, Value)>) {
        if let Value::Object(map) = value {
            for (key, value) in map {
                let here = format!("{at}/{key}");
                seen.push((here.clone(), value.clone()));
                walk(&here, value, seen);
            }
        } else if let Value::Array(items) = value {
            items.iter().enumerate().for_each(|(n, item)| walk(&format!("{at}/{n}"), item, seen));
        }
    }
    walk("", &text, &mut bounds);
    let has = |part: &str, word: &str, value: i64| {
        bounds.iter().any(|(at, v)| at.contains(part) && at.ends_with(word) && v.as_i64() == Some(value))
    };
    let mut lacks = Vec::new();
    for (part, word, value) in [
        ("limit", "maximum", 500),
        ("overlap_ms", "maximum", 2_592_000_000),
        ("filter", "maxLength", 1024),
        ("last", "maximum", 1000),
        ("jitter", "maximum", 0),
    ] {
        let found = has(part, word, value)
            || value == 0 && bounds.iter().any(|(at, _)| at.contains(part) && at.ends_with(word));
        let by_parameter = bounds.iter().any(|(at, v)| at.ends_with("name") && v == part)
            && bounds.iter().any(|(at, v)| at.ends_with(word) && v.as_i64() == Some(value));
        if !found && !by_parameter {
            lacks.push(format!("{part} {word} {value}"));
        }
    }
    hold!(lacks.is_empty(), "the description lacks {}", lacks.join(", "));
    Ok(())
}

/// A client that reads its stream slowly, or many that read none, hold nobody up.
async fn slow_readers() -> Held {
    let site = Site::new().await;
    let head = filled(
        &site,
        "GET /v1/stream HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer TOKEN\r\nlast-event-id: 0-0\r\n\r\n",
    );
    let mut held = Vec::new();
    for _ in 0..40 {
        let stream = tokio::net::TcpStream::connect(site.api()).await.unwrap();
        stream.writable().await.unwrap();
        let _written = stream.try_write(head.as_bytes());
        held.push(stream);
    }
    ms(300).await;
    let memory = super::ground::Memory::of(&site.program);
    let text = "x".repeat(10_000);
    for n in 0..60 {
        site.publish("a.b", json!({"n": n, "text": text})).await;
    }
    let (_, took) = timed(site.program.get("/v1/stats")).await;
    hold!(took < 1500, "beside streams that nobody reads an answer takes {took} ms");
    let grown = memory.grown_mib();
    hold!(grown <= 48, "memory grew by {grown} MiB for streams that nobody reads");
    let answered = tokio::time::timeout(std::time::Duration::from_secs(8), site.program.terminate()).await;
    hold!(answered.is_ok_and(|s| s.success()), "it does not stop while streams are open");
    Ok(())
}

pub(super) fn cases(cases: &mut Cases) {
    cases.add("strangers of every kind", strangers);
    cases.add("what a web page can make a browser send", web_pages);
    cases.add("odd and broken requests", odd_requests);
    for door in ["the API", "the API, reading", "the receiver"] {
        cases.add(format!("a sender that ends its side first, at {door}"), move || half_closed(door));
    }
    cases.add("a description without the bounds that are enforced", description);
    cases.add("forty streams that nobody reads", slow_readers);
}
