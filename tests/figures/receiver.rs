//! The receiver's figures, measured on the built program and printed: what it makes of malformed
//! requests, of slow senders, of the same event at once, of being killed, and how many verified
//! receipts a second it keeps beside a bare hyper server on the same machine in the same run.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use hookbench_ambient::{Clock, Stopwatch};
use hookbench_journeys::{Program, Workplace, client};
use hookbench_signature::{Message, Scheme, Secret, sign};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::at;
use crate::chaos::Chaos;
use crate::table::{Figure, counted};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const MALFORMED: u64 = 10_000;
const SLOW: usize = 500;
const HONEST: usize = 20;
const HONEST_MS: u64 = 5000;
const AT_ONCE: usize = 100;
/// Kills go on until so many events were kept whose answer never came.
const CUT_OFF: u64 = 5;
const MOST_KILLS: u32 = 60;
const CONNECTIONS: usize = 32;
const MEASURED: Duration = Duration::from_secs(8);

fn body(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","event":"conversion.created","data":{{"payoutCents":1260,"currency":"EUR","note":"é ✓"}}}}"#
    )
}

/// The headers of a valid request.
fn signed(id: &str, body: &str) -> Vec<(String, String)> {
    let secret = Secret::new(SECRET.into()).unwrap();
    let message = Message {
        id,
        timestamp: Clock::system().now().unix_seconds(),
        event_type: "conversion.created",
        body: body.as_bytes(),
    };
    sign(Scheme::Trcker, &[secret], &message).unwrap()
}

fn post(client: &reqwest::Client, url: &str, id: &str) -> reqwest::RequestBuilder {
    let body = body(id);
    let headers = signed(id, &body);
    let request = headers.iter().fold(client.post(url), |request, (name, value)| request.header(name, value));
    request.header("content-type", "application/json").body(body)
}

fn inbound(program: &Program, name: &str) -> String {
    format!("{}/in/{name}", program.ready["receiver"].as_str().unwrap())
}

fn address(program: &Program) -> String {
    program.ready["receiver"].as_str().unwrap().trim_start_matches("http://").to_owned()
}

async fn make_sources(program: &Program) {
    let mapping = json!({"event_type": "conversion.created", "fields": [{"param": "click_id", "field": "clickId"}], "dedupe": "click_id"});
    for source in [
        json!({"name": "shop", "scheme": "trcker", "secret": SECRET}),
        json!({"name": "s2s", "scheme": "none", "postback": mapping}),
    ] {
        let (status, saved) = program.call("POST", "/v1/sources", source).await;
        assert_eq!(status, 201, "{saved}");
    }
}

fn roll(dice: &mut Chaos, sides: usize) -> usize {
    usize::try_from(dice.below(sides as u64)).unwrap()
}

/// A request with something wrong with it.
fn malformed(number: u64) -> Vec<u8> {
    let mut dice = Chaos::from(number);
    let body = body(&format!("evt_bad_{number}"));
    let headers = signed("x", &body);
    let (name, value) = headers.first().unwrap();
    let pick = |dice: &mut Chaos, all: &[&str]| (*dice.one(all)).to_owned();
    let path = pick(
        &mut dice,
        &[
            "/in/shop",
            "/in/s2s?click_id={click_id}",
            "/in/s2s?click_id=%",
            "/in/s2s?click_id=%ff%00&click_id=2",
            "/in/s2s?",
            "/in/",
            "/in/shop/",
            "/in/../shop",
            "//",
            "/in/%00",
            "*",
            "http://x/in/shop",
            "/in/shop#x",
            "/in/.self-check/x",
        ],
    );
    let method = pick(&mut dice, &["POST", "GET", "PUT", "post", "\0", "POST POST", "CONNECT"]);
    let version =
        pick(&mut dice, &["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "", "HTTP/2"]);
    let signature = pick(
        &mut dice,
        &[
            value,
            "t=,v1=",
            "t=99999999999999999999,v1=00",
            "t=-1,v1=zz",
            "v1",
            "",
            "\u{1}",
            "t=1,v1=é",
            "t=1,t=2,v1=0,v1=1",
        ],
    );
    let length = match roll(&mut dice, 6) {
        0 => "content-length: -1".to_owned(),
        1 => format!("content-length: {}", body.len() + roll(&mut dice, 20)),
        2 => "content-length: 5\r\ncontent-length: 6".to_owned(),
        3 => "transfer-encoding: chunked".to_owned(),
        4 => "transfer-encoding: chunked\r\ncontent-length: 4".to_owned(),
        _ => format!("content-length: {}", body.len()),
    };
    let kind = pick(
        &mut dice,
        &["application/json", "text/html", "application/x-www-form-urlencoded", "\u{ff}", ""],
    );
    let mut bytes = format!(
        "{method} {path} {version}\r\nhost: t\r\n{name}: {signature}\r\ncontent-type: {kind}\r\n{length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes();
    for _ in 0..roll(&mut dice, 4) {
        let at = roll(&mut dice, bytes.len());
        match roll(&mut dice, 3) {
            0 => bytes[at] = u8::try_from(roll(&mut dice, 256)).unwrap(),
            1 => bytes.truncate(at.max(1)),
            _ => bytes.insert(at, u8::try_from(roll(&mut dice, 256)).unwrap()),
        }
    }
    bytes
}

/// Sends bytes, ends the sending side, and reads the status of the answer; 0 for none.
async fn status_of(address: &str, bytes: &[u8]) -> u16 {
    let Ok(mut stream) = TcpStream::connect(address).await else { return 0 };
    let mut start = [0; 12];
    let exchange = async {
        let _closed_early = stream.write_all(bytes).await;
        let _closed_early = stream.shutdown().await;
        stream.read_exact(&mut start).await
    };
    match tokio::time::timeout(Duration::from_secs(30), exchange).await {
        Ok(Ok(_)) => String::from_utf8_lossy(&start[9..]).parse().unwrap_or(0),
        Ok(Err(_)) | Err(_) => 0,
    }
}

/// How many panics a program told of on its stderr: one in a task ends a connection, not the program.
fn panics_in(stderr: &Path) -> usize {
    let lines = BufReader::new(File::open(stderr).unwrap()).split(b'\n');
    let told = b"panicked at";
    lines.filter(|line| line.as_ref().unwrap().windows(told.len()).any(|part| part == told)).count()
}

/// 10,000 malformed requests to a program of their own: no panic, no 5xx. Its sources are kept.
async fn malformed_requests(place: &Workplace) -> Figure {
    let stderr = place.path().join("stderr");
    let program = place.start_logging_to(File::create(&stderr).unwrap()).await;
    make_sources(&program).await;
    let (address, next) = (address(&program), Arc::new(AtomicU64::new(0)));
    let mut senders = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (address, next) = (address.clone(), next.clone());
        senders.spawn(async move {
            let mut seen: BTreeMap<u16, u64> = BTreeMap::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MALFORMED {
                    return seen;
                }
                *seen.entry(status_of(&address, &malformed(number)).await).or_default() += 1;
            }
        });
    }
    let mut seen: BTreeMap<u16, u64> = BTreeMap::new();
    while let Some(one) = senders.join_next().await {
        for (status, times) in one.unwrap() {
            *seen.entry(status).or_default() += times;
        }
    }
    let failures: u64 = seen.range(500..).map(|(_, times)| times).sum();
    let healthy = program.get("/v1/health").await["status"] == "ok";
    // Counted once nothing more can be told.
    let alive = program.terminate().await.success() && healthy;
    let panics = panics_in(&stderr);
    let answered: u64 = seen.range(1..).map(|(_, times)| times).sum();
    Figure::new(
        format!("{} malformed requests", counted(MALFORMED)),
        "0 panics, 0 × 5xx",
        format!(
            "{panics} panics, {failures} × 5xx, {} answered, {}",
            counted(answered),
            if alive { "it lives" } else { "it is gone" }
        ),
        panics == 0 && failures == 0 && alive,
    )
}

/// 500 connections that send a byte now and then: an honest request is answered all the same.
async fn slow_connections(program: &Program) -> Figure {
    let (address, done) = (address(program), Arc::new(AtomicBool::new(false)));
    let mut slow = JoinSet::new();
    for _ in 0..SLOW {
        let (address, done) = (address.clone(), done.clone());
        slow.spawn(async move {
            // Whoever is let go comes again after a second, as an attacker would.
            while !done.load(Ordering::Relaxed) {
                let Ok(mut stream) = TcpStream::connect(&address).await else { continue };
                for byte in b"POST /in/shop HTTP/1.1\r\nhost: t\r\nx-slow: ".iter().cycle() {
                    if done.load(Ordering::Relaxed) || stream.write_all(&[*byte]).await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
    }
    // All of them have come once.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (mut slowest, mut answered) = (0, 0);
    for n in 0..HONEST {
        let watch = Stopwatch::start();
        let client = client().timeout(Duration::from_secs(30)).build().unwrap();
        let answer = post(&client, &inbound(program, "shop"), &format!("evt_honest_{n}")).send().await;
        let ms = watch.us() / 1000;
        slowest = slowest.max(ms);
        if let Err(error) = &answer {
            eprintln!("an honest request was not answered after {ms} ms: {error:?}");
        }
        answered += usize::from(answer.is_ok_and(|a| a.status().as_u16() == 200) && ms <= HONEST_MS);
    }
    done.store(true, Ordering::Relaxed);
    slow.shutdown().await;
    Figure::new(
        format!("honest requests beside {SLOW} slow ones"),
        format!("{HONEST} answered within 5 s"),
        format!("{answered}, slowest {slowest} ms"),
        answered == HONEST,
    )
}

/// The same event 100 times at once: one row, 100 times 200.
async fn same_event_at_once(program: &Program) -> Figure {
    let mut senders = JoinSet::new();
    for _ in 0..AT_ONCE {
        let request = post(&program.client, &inbound(program, "shop"), "evt_same");
        senders.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let statuses = senders.join_all().await;
    let ok = statuses.iter().filter(|status| **status == 200).count();
    let rows = program.get("/v1/events?search=evt_same").await["items"].as_array().unwrap().len();
    Figure::new(
        format!("the same event {AT_ONCE} times at once"),
        format!("{AT_ONCE} × 200, 1 row"),
        format!("{ok} × 200, {rows} row"),
        ok == AT_ONCE && rows == 1,
    )
}

/// Senders that send each event until it is answered, while the program is killed again and again.
async fn kills(place: &Workplace) -> Figure {
    let (mut kills, mut cut_off, mut number) = (0, 0, 0_u64);
    let mut unanswered: Vec<String> = Vec::new();
    let mut all: Vec<String> = Vec::new();
    while cut_off < CUT_OFF && kills < MOST_KILLS {
        let program = place.start().await;
        // What had no answer is sent again: a duplicate was kept before the kill.
        for id in std::mem::take(&mut unanswered) {
            let answer: Value = post(&program.client, &inbound(&program, "shop"), &id)
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            cut_off += u64::from(answer["duplicate"] == true);
        }
        let mut senders = JoinSet::new();
        let answers = Arc::new(AtomicU64::new(0));
        let first = number;
        for sender in 0..CONNECTIONS {
            let (url, client, answers) = (inbound(&program, "shop"), program.client.clone(), answers.clone());
            senders.spawn(async move {
                let mut sent = Vec::new();
                for n in 0.. {
                    let id = format!("evt_kill_{first}_{sender}_{n}");
                    sent.push(id.clone());
                    let answered =
                        post(&client, &url, &id).send().await.is_ok_and(|a| a.status().as_u16() == 200);
                    if !answered {
                        return (sent, Some(id));
                    }
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                (sent, None)
            });
        }
        // At another moment each time, once everything is under way.
        let enough = 100 + u64::from(kills) * 7 % 97;
        while answers.load(Ordering::Relaxed) < enough {
            tokio::task::yield_now().await;
        }
        program.kill().await;
        kills += 1;
        number += 1;
        while let Some(ended) = senders.join_next().await {
            let (sent, without_answer) = ended.unwrap();
            all.extend(sent);
            unanswered.extend(without_answer);
        }
    }
    let program = place.start().await;
    for id in unanswered {
        let answer = post(&program.client, &inbound(&program, "shop"), &id).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
    }
    let mut rows: BTreeMap<String, u64> = BTreeMap::new();
    let mut cursor = String::new();
    loop {
        let page = program.get(&format!("/v1/events?limit=500{cursor}")).await;
        for event in page["items"].as_array().unwrap() {
            *rows.entry(event["id"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let missing = all.iter().filter(|id| !rows.contains_key(*id)).count();
    let doubled = rows.values().filter(|times| **times > 1).count();
    program.terminate().await;
    Figure::new(
        format!("{kills} kills while receiving"),
        format!("0 of {} missing, 0 doubled", counted(all.len())),
        format!("{missing} missing, {doubled} doubled, {cut_off} sent again"),
        missing == 0 && doubled == 0 && cut_off > 0,
    )
}

/// A server that does nothing but read and answer.
async fn bare() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service_fn(|request: Request<Incoming>| async {
                let _read = request.into_body().collect().await;
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"{}"))))
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    format!("http://{addr}/in/shop")
}

/// Posts signed bodies over many connections for a while; answers how many a second were taken.
async fn rate(url: &str, tag: &str) -> f64 {
    let watch = Stopwatch::start();
    let mut senders = JoinSet::new();
    for sender in 0..CONNECTIONS {
        let (url, tag) = (url.to_owned(), tag.to_owned());
        senders.spawn(async move {
            let client = client().build().unwrap();
            let (watch, mut taken) = (Stopwatch::start(), 0_u32);
            while watch.elapsed() < MEASURED {
                let answer =
                    post(&client, &url, &format!("evt_{tag}_{sender}_{taken}")).send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 200);
                let _read = answer.bytes().await;
                taken += 1;
            }
            taken
        });
    }
    let taken: u32 = senders.join_all().await.into_iter().sum();
    f64::from(taken) / watch.elapsed().as_secs_f64()
}

/// For show: it depends on the machine, so nothing is promised.
async fn throughput(program: &Program) -> Figure {
    let bare = rate(&bare().await, "bare").await;
    let kept = rate(&inbound(program, "shop"), "kept").await;
    Figure::new(
        "verified and durable receipts",
        "nothing",
        format!("{kept:.0} a second, {:.1} % of a bare server's {bare:.0}", kept / bare * 100.0),
        true,
    )
}

/// Takes all of them.
pub(crate) async fn figures() -> Vec<Figure> {
    let place = Workplace::new();
    at("malformed requests");
    let mut figures = vec![malformed_requests(&place).await];
    let program = place.start().await;
    at("slow connections");
    figures.push(slow_connections(&program).await);
    figures.push(same_event_at_once(&program).await);
    at("the rate of receipts");
    figures.push(throughput(&program).await);
    let stopped = program.terminate().await.success();
    figures.push(Figure::new(
        "clean stop after all that",
        "yes",
        if stopped { "yes" } else { "no" },
        stopped,
    ));
    let place = Workplace::new();
    let program = place.start().await;
    make_sources(&program).await;
    program.terminate().await;
    at("kills while receiving");
    figures.push(kills(&place).await);
    figures
}
