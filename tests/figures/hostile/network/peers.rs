//! Endpoints that mean no good: responses that never become final, floods, answers out of turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use crate::hostile::ground::{Memory, Site, hold, ms, timed};
use crate::hostile::raw::{Endpoint, Identity, Served, first_stream, frame, next_stream, ok, status_block};
use crate::hostile::{Cases, Held};

/// What one attempt may receive before its final status, in bytes, and what the system's buffers take
/// besides: whoever writes counts that, too.
const MOST_BEFORE_FINAL: u64 = (8 + 12) * 1024 * 1024;

/// What comes again and again instead of a final response, over HTTP/1.1.
fn informational(what: &str) -> Vec<u8> {
    match what {
        "100" => b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(),
        "102" => b"HTTP/1.1 102 Processing\r\n\r\n".to_vec(),
        "103 with links" => {
            let links = "link: </a>; rel=preload\r\n".repeat(20);
            format!("HTTP/1.1 103 Early Hints\r\n{links}\r\n").into_bytes()
        }
        "199" => b"HTTP/1.1 199 Whatever\r\nx-a: b\r\n\r\n".to_vec(),
        other => unreachable!("{other}"),
    }
}

/// Serves without an end; counts the bytes that were taken.
async fn flood(mut served: Served, again: Vec<u8>, pause_ms: u64) {
    if served.request().await.is_none() {
        return;
    }
    let piece = if pause_ms == 0 { again.repeat(1 + 16 * 1024 / again.len()) } else { again };
    while served.write(&piece).await {
        served.count(piece.len());
        if pause_ms > 0 {
            ms(pause_ms).await;
        }
    }
}

/// Two endpoints whose responses never become final: the attempts end with words, and others are as
/// quick as before.
async fn never_final(what: &'static str, pause_ms: u64) -> Held {
    let flooding = Endpoint::plain(move |served| flood(served, informational(what), pause_ms)).await;
    let honest = Endpoint::answering(ok("fine")).await;
    let mut site = Site::new().await;
    for n in 0..2 {
        let wanted = json!({"url": flooding.url(&format!("/{n}")), "events": ["flood.*"],
            "policy": {"preset": "none", "timeout_ms": 20000}});
        site.program.subscribe(wanted).await;
    }
    site.program.subscribe(json!({"url": honest.url("/"), "events": ["plain.*"]})).await;
    let memory = Memory::of(&site.program);
    let mut floods = Vec::new();
    for _ in 0..2 {
        floods.extend(site.publish("flood.event", json!({})).await.1);
    }
    let mut times = Vec::new();
    for n in 0..15 {
        let (_, ids) = site.publish("plain.event", json!({"n": n})).await;
        let (ended, took) = timed(site.settled(&ids[0])).await;
        hold!(ended?["state"] == "delivered", "an honest endpoint got nothing");
        times.push(took);
    }
    times.sort_unstable();
    hold!(times[7] < 1000, "others wait {} ms (median) beside two of them", times[7]);
    for id in &floods {
        let ended = site.tried(id).await?;
        hold!(
            ended["outcome"] == "protocol",
            "it ends as {}: {}",
            ended["outcome"],
            ended["attempts"][0]["error"]
        );
        let took = ended["attempts"][0]["timings"]["total_ms"].as_u64().unwrap_or(u64::MAX);
        hold!(took < 10_000, "it ends after {took} ms");
    }
    let each = flooding.count() / floods.len() as u64;
    hold!(each <= MOST_BEFORE_FINAL, "{} MiB were taken by each attempt", each / 1024 / 1024);
    let grown = memory.grown_mib();
    hold!(grown <= 8 + 8, "memory grew by {grown} MiB");
    site.sound().await
}

/// What an HTTP/2 peer sends before any final status.
async fn flood_over_http2(mut served: Served, what: &'static str) {
    let Some(stream) = first_stream(&mut served).await else { return };
    let mut n = 0_u32;
    loop {
        n = n.wrapping_add(1);
        let piece: Vec<u8> = match what {
            "informational responses" => frame(1, 4, stream, &status_block("103")).repeat(64),
            "large informational responses" => {
                let value = [b"\x00\x03x-a\x7e".as_slice(), &[b'y'; 126]].concat();
                frame(1, 4, stream, &[status_block("103"), value.repeat(60)].concat()).repeat(4)
            }
            "frames of an unknown kind" => frame(0xfa, 0, 0, &[b'z'; 16 * 1024]),
            "pings" => frame(6, 0, 0, &u64::from(n).to_be_bytes()).repeat(64),
            "settings" => frame(4, 0, 0, &[0, 4, 0, 1, 0, 0]).repeat(64),
            "priorities" => frame(2, 0, stream, &[0, 0, 0, 0, 1]).repeat(64),
            "window updates" => frame(8, 0, 0, &1_u32.to_be_bytes()).repeat(64),
            "headers that go on" => {
                let head = if n == 1 { frame(1, 0, stream, &status_block("200")) } else { Vec::new() };
                let value = [b"\x00\x03x-a\x7e".as_slice(), &[b'y'; 126]].concat();
                [head, frame(9, 0, stream, &value.repeat(60))].concat()
            }
            "empty pieces of headers" => {
                let head = if n == 1 { frame(1, 0, stream, &status_block("200")) } else { Vec::new() };
                [head, frame(9, 0, stream, &[]).repeat(64)].concat()
            }
            other => unreachable!("{other}"),
        };
        if !served.write(&piece).await {
            return;
        }
        served.count(piece.len());
    }
}

const HTTP2_FLOODS: [&str; 9] = [
    "informational responses",
    "large informational responses",
    "frames of an unknown kind",
    "pings",
    "settings",
    "priorities",
    "window updates",
    "headers that go on",
    "empty pieces of headers",
];

/// The same over HTTP/2: what an attempt takes is bounded in bytes, and it ends with words.
async fn http2_flood(what: &'static str) -> Held {
    let (tls, authority) = Identity::new(&[&rustls::version::TLS13], false, &[b"h2"]).acceptor();
    let flooding = Endpoint::on("127.0.0.1:0", Some(tls), move |served| flood_over_http2(served, what)).await;
    let honest = Endpoint::answering(ok("fine")).await;
    let mut site = Site::new().await;
    let url = format!("https://localhost:{}/", flooding.addr.port());
    let wanted = json!({"url": url, "events": ["flood.*"], "ca_pem": authority,
        "policy": {"preset": "none", "timeout_ms": 10000}});
    site.program.subscribe(wanted).await;
    site.program.subscribe(json!({"url": honest.url("/"), "events": ["plain.*"]})).await;
    let memory = Memory::of(&site.program);
    let (_, flood) = site.publish("flood.event", json!({})).await;
    let mut times = Vec::new();
    for n in 0..9 {
        let (_, ids) = site.publish("plain.event", json!({"n": n})).await;
        let (ended, took) = timed(site.settled(&ids[0])).await;
        ended?;
        times.push(took);
    }
    times.sort_unstable();
    let ended = site.tried(&flood[0]).await?;
    let taken = flooding.count();
    let outcome = &ended["outcome"];
    hold!(
        taken <= MOST_BEFORE_FINAL,
        "{} MiB were taken before a final status; it ends as {outcome}",
        taken / 1024 / 1024
    );
    hold!(
        outcome == "protocol"
            || !what.contains("informational") && (outcome == "reset" || outcome == "timeout"),
        "it ends as {outcome}: {}",
        ended["attempts"][0]["error"]
    );
    hold!(times[4] < 1000, "others wait {} ms (median)", times[4]);
    let grown = memory.grown_mib();
    hold!(grown <= 16, "memory grew by {grown} MiB");
    site.sound().await
}

/// A response that nobody asked for, left on a kept connection, is not taken for the next one's.
async fn out_of_turn(what: &'static str) -> Held {
    let number = Arc::new(AtomicU64::new(0));
    let stale = Endpoint::plain(move |mut served| {
        let number = number.clone();
        async move {
            while served.request().await.is_some() {
                let n = number.fetch_add(1, Ordering::Relaxed);
                let unasked = match what {
                    "another response" => "HTTP/1.1 418 Stale\r\ncontent-length: 5\r\n\r\nstale".to_owned(),
                    "a response of success" => ok("stale"),
                    "bytes that are no response" => "xxxx".to_owned(),
                    _ => "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
                };
                if !served.write(ok(&format!("answer {n}"))).await {
                    return;
                }
                // Behind the response, so that the connection is already at rest.
                ms(30).await;
                if !served.write(unasked).await {
                    return;
                }
            }
        }
    })
    .await;
    let mut site = Site::new().await;
    site.program.subscribe(json!({"url": stale.url("/"), "events": ["*"], "policy": "none"})).await;
    for n in 0..6 {
        let (_, ids) = site.publish("a.b", json!({"n": n})).await;
        let ended = site.settled(&ids[0]).await?;
        let body = ended["attempts"][0]["response"]["body"].as_str().unwrap_or_default().to_owned();
        hold!(
            ended["state"] == "delivered" && body == format!("answer {n}"),
            "event {n}: {} {}, its response is {body:?}",
            ended["state"],
            ended["status"]
        );
        ms(80).await;
    }
    site.sound().await
}

/// A server that wants a certificate of the client is named as such, in either version of TLS.
async fn asks_for_a_certificate(version: &'static rustls::SupportedProtocolVersion) -> Held {
    let (tls, authority) = Identity::new(&[version], true, &[b"http/1.1"]).acceptor();
    let closed = Endpoint::on("127.0.0.1:0", Some(tls), |mut served| async move {
        while served.request().await.is_some() && served.write(ok("in")).await {}
    })
    .await;
    let mut site = Site::new().await;
    let url = format!("https://localhost:{}/", closed.addr.port());
    site.program.subscribe(json!({"url": url, "events": ["*"], "ca_pem": authority, "policy": "none"})).await;
    let (_, ids) = site.publish("a.b", json!({})).await;
    let tried = site.tried(&ids[0]).await?;
    let verdict = &tried["attempts"][0]["verdict"]["code"];
    hold!(
        verdict == "tls_client_certificate",
        "{} with the verdict {verdict}: {}",
        tried["outcome"],
        tried["attempts"][0]["error"]
    );
    site.sound().await
}

/// A certificate that `openssl req -x509` makes, given as the authority itself: it is taken, or it is
/// said what is wrong with it.
async fn self_signed() -> Held {
    let (key, mut params) = (
        rcgen::KeyPair::generate().unwrap(),
        rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap(),
    );
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let mut leaf = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    leaf.is_ca = rcgen::IsCa::NoCa;
    let mut site = Site::new().await;
    for (what, params) in [("CA:TRUE", params), ("no CA", leaf)] {
        let certificate = params.self_signed(&key).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = config.with_no_client_auth();
        let config =
            config.with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap());
        let tls = tokio_rustls::TlsAcceptor::from(Arc::new(config.unwrap()));
        let server = Endpoint::on("127.0.0.1:0", Some(tls), |mut served| async move {
            while served.request().await.is_some() && served.write(ok("in")).await {}
        })
        .await;
        let kind = if what == "no CA" { "leaf.event" } else { "root.event" };
        let url = format!("https://localhost:{}/", server.addr.port());
        let wanted = json!({"url": url, "events": [kind], "ca_pem": certificate.pem(), "policy": "none"});
        let (status, answer) = site.program.call("POST", "/v1/subscriptions", wanted).await;
        if status == 422 {
            hold!(answer["detail"].as_str().is_some_and(|d| d.contains("certificate")), "{what}: {answer}");
            continue;
        }
        hold!(status == 201, "{what}: {status} {answer}");
        let (_, ids) = site.publish(kind, json!({})).await;
        let tried = site.tried(&ids[0]).await?;
        let verdict = &tried["attempts"][0]["verdict"];
        let said =
            verdict["summary"].as_str().is_some_and(|s| s.contains("itself") || s.contains("authority"));
        hold!(tried["outcome"] == "success" || said, "{what}: {} {verdict}", tried["outcome"]);
        hold!(
            tried["outcome"] == "success",
            "{what}: the very certificate that was given is not accepted: {}",
            tried["attempts"][0]["error"]
        );
    }
    site.sound().await
}

/// An endpoint that takes the connection and nothing else holds nobody else up, and ends in time.
async fn silent(how: &'static str) -> Held {
    let silent = Endpoint::plain(move |mut served| async move {
        match how {
            "that never answers" => {
                served.request().await;
            }
            "that never reads" => {}
            "that sends a byte now and then" => {
                served.request().await;
                for byte in b"HTTP/1.1 200 OK\r\nx-slow: yes\r\n".iter().cycle() {
                    if !served.write([*byte]).await {
                        return;
                    }
                    ms(100).await;
                }
            }
            _ => {
                served.request().await;
                served.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await;
                while served.write("x").await {
                    ms(100).await;
                }
            }
        }
        ms(30_000).await;
    })
    .await;
    let honest = Endpoint::answering(ok("fine")).await;
    let mut site = Site::new().await;
    let policy = json!({"preset": "none", "timeout_ms": 1500});
    site.program.subscribe(json!({"url": silent.url("/"), "events": ["slow.*"], "policy": policy})).await;
    site.program.subscribe(json!({"url": honest.url("/"), "events": ["plain.*"]})).await;
    let text = "x".repeat(100_000);
    let mut slow = Vec::new();
    for n in 0..80 {
        slow.extend(site.publish("slow.event", json!({"n": n, "text": text})).await.1);
    }
    let (_, ids) = site.publish("plain.event", json!({})).await;
    let (ended, took) = timed(site.settled(&ids[0])).await;
    hold!(ended?["state"] == "delivered" && took < 2500, "others wait {took} ms");
    let first = site.tried(&slow[0]).await?;
    let took = first["attempts"][0]["timings"]["total_ms"].as_u64().unwrap_or(u64::MAX);
    hold!(took < 4000, "an attempt with a deadline of 1500 ms took {took}");
    let right = first["outcome"] == "timeout" || first["attempts"][0]["response"]["truncated"] == true;
    hold!(right, "it ends as {}", first["outcome"]);
    site.sound().await
}

/// A stream whose number is above what a GOAWAY names was not processed: it goes once more on a new
/// connection, within the attempt.
async fn goaway() -> Held {
    let (tls, authority) = Identity::new(&[&rustls::version::TLS13], false, &[b"h2"]).acceptor();
    let server = Endpoint::on("127.0.0.1:0", Some(tls), |mut served| async move {
        let Some(mut stream) = first_stream(&mut served).await else { return };
        for _ in 0..3 {
            let answer = [frame(1, 4, stream, &[0x88]), frame(0, 1, stream, b"fine")].concat();
            served.count(1);
            if !served.write(answer).await {
                return;
            }
            let Some(next) = next_stream(&mut served).await else { return };
            // The last one is named: what began since was not processed.
            if served.number == 0 {
                let last = stream.to_be_bytes();
                served.write(frame(7, 0, 0, &[last, 0_u32.to_be_bytes()].concat())).await;
                ms(2000).await;
                return;
            }
            stream = next;
        }
        ms(2000).await;
    })
    .await;
    let mut site = Site::new().await;
    let url = format!("https://localhost:{}/", server.addr.port());
    site.program.subscribe(json!({"url": url, "events": ["*"], "ca_pem": authority, "policy": "none"})).await;
    for n in 0..3 {
        let (_, ids) = site.publish("a.b", json!({"n": n})).await;
        let ended = site.settled(&ids[0]).await?;
        hold!(
            ended["state"] == "delivered",
            "event {n}: {} {}",
            ended["outcome"],
            ended["attempts"][0]["error"]
        );
        hold!(
            ended["attempts"].as_array().unwrap().len() == 1,
            "event {n} took {} attempts",
            ended["attempts"].as_array().unwrap().len()
        );
    }
    hold!(server.count() == 3, "{} requests were answered for 3 events", server.count());
    site.sound().await
}

/// An endpoint that answers every retry with a time far away, or with nonsense.
async fn far_away_retry_after() -> Held {
    let mut site = Site::new().await;
    let mut endpoints = Vec::new();
    for (n, value) in [
        "99999999999999999999",
        "-5",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "1e9",
        "0",
        "",
        "\u{e9}",
        "5, 99999999",
    ]
    .iter()
    .enumerate()
    {
        let answer = format!("HTTP/1.1 429 Slow Down\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
        let endpoint = Endpoint::answering(answer.into_bytes()).await;
        let kind = format!("later.n{n}");
        site.program
            .subscribe(json!({"url": endpoint.url("/"), "events": [kind], "platform": "trcker"}))
            .await;
        let (_, ids) = site.publish(&kind, json!({})).await;
        let tried = site.tried(&ids[0]).await?;
        let next = tried["next_attempt_at"].as_str().unwrap_or_default().to_owned();
        hold!(
            tried["state"] == "pending" && next.starts_with("20"),
            "{value:?}: {} at {next:?}",
            tried["state"]
        );
        let day = site.program.get("/v1/deliveries?limit=1").await["items"][0]["created_at"].clone();
        let year = |text: &str| text.get(..4).unwrap_or_default().to_owned();
        hold!(
            year(&next) <= year(day.as_str().unwrap_or_default()).replace("2026", "2027"),
            "{value:?} puts it off until {next}"
        );
        endpoints.push(endpoint);
    }
    site.sound().await
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    for what in ["100", "102", "103 with links", "199"] {
        cases.add_heavy(format!("responses of status {what} without an end"), move || never_final(what, 0));
    }
    cases.add("responses of status 103 without an end, slowly", || never_final("103 with links", 20));
    for what in HTTP2_FLOODS {
        cases.add_heavy(format!("HTTP/2: {what} without an end"), move || http2_flood(what));
    }
    cases.add("HTTP/2: an end that names the streams it did not process", goaway);
    for what in [
        "another response",
        "a response of success",
        "bytes that are no response",
        "an informational response",
    ] {
        cases.add(format!("out of turn, on a kept connection: {what}"), move || out_of_turn(what));
    }
    cases.add("a certificate of the client is asked for over TLS 1.2", || {
        asks_for_a_certificate(&rustls::version::TLS12)
    });
    cases.add("a certificate of the client is asked for over TLS 1.3", || {
        asks_for_a_certificate(&rustls::version::TLS13)
    });
    cases.add("certificates that vouch for themselves", self_signed);
    for how in
        ["that never answers", "that never reads", "that sends a byte now and then", "whose body never ends"]
    {
        cases.add(format!("an endpoint {how}"), move || silent(how));
    }
    cases.add("an endpoint that wants to be asked again in ten thousand years", far_away_retry_after);
}
