//! Endpoints whose responses never end, or would fill the memory if they were unpacked: how much
//! `hookbench run` grows by them over what responses take that end, the same for all of them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hookbench_journeys::{Program, Workplace};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::table::{Figure, counted};

/// How many events go to each endpoint, many at once.
const EVENTS: usize = 1000;
const MOST_KIB: u64 = 8 * 1024;
/// What each response must have served at least: 64 KiB are read of it, and counted are whole pieces
/// of up to 16 KiB.
const LEAST_KIB: u64 = 48;
const TIMEOUT: Duration = Duration::from_secs(120);

/// How an endpoint answers.
#[derive(Clone, Copy)]
enum Answer {
    /// 64 KiB, which is what is kept of any response.
    Full,
    /// A body without an end.
    Endless,
    /// Compressed bytes, each of which stands for a thousand, without an end.
    Bomb,
    /// Headers without an end.
    Headers,
}

const CHUNK: usize = 16 * 1024;

/// The start of the response, and what follows again and again.
fn words(answer: Answer) -> (Vec<u8>, Vec<u8>) {
    let chunked = |bytes: &[u8]| [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
    match answer {
        Answer::Full => {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 64 * 1024);
            ([head.as_bytes(), &vec![b'x'; 64 * 1024]].concat(), Vec::new())
        }
        Answer::Endless => {
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(), chunked(&[b'x'; CHUNK]))
        }
        Answer::Bomb => {
            // A gzip stream of zeros, cut anew at each chunk.
            let packed = miniz_oxide::deflate::compress_to_vec(&vec![0; CHUNK * 1000], 9);
            let gzip = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], &packed].concat();
            let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
            (head.as_bytes().to_vec(), chunked(&gzip))
        }
        Answer::Headers => {
            (b"HTTP/1.1 200 OK\r\n".to_vec(), format!("x-more: {}\r\n", "y".repeat(1000)).into_bytes())
        }
    }
}

/// Starts an endpoint; its URL, and how many bytes it has served.
async fn endpoint(answer: Answer) -> (String, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (words, served) = (Arc::new(words(answer)), Arc::new(AtomicU64::new(0)));
    let counter = served.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (words, counter) = (words.clone(), counter.clone());
            tokio::spawn(async move { serve(stream, &words.0, &words.1, &counter).await });
        }
    });
    (url, served)
}

/// Reads a request and answers for as long as the other side takes it.
async fn serve(mut stream: TcpStream, start: &[u8], again: &[u8], served: &AtomicU64) {
    let mut buffer = [0; 8192];
    // The events here are small: a request comes in one piece, or in two.
    loop {
        let mut read = 0;
        while !String::from_utf8_lossy(&buffer[..read]).contains("\"data\"") {
            match stream.read(&mut buffer[read..]).await {
                Ok(n) if n > 0 => read += n,
                Ok(_) | Err(_) => return,
            }
        }
        if write(&mut stream, start, served).await.is_err() {
            return;
        }
        while !again.is_empty() {
            if write(&mut stream, again, served).await.is_err() {
                return;
            }
        }
    }
}

/// Writes a piece, and counts it once all of it is taken.
async fn write(stream: &mut TcpStream, piece: &[u8], served: &AtomicU64) -> std::io::Result<()> {
    stream.write_all(piece).await?;
    served.fetch_add(piece.len() as u64, Ordering::Relaxed);
    Ok(())
}

/// A line of `/proc/PID/status`, in KiB.
fn status_kib(pid: u32, name: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Forgets the largest size so far.
fn reset_peak(pid: u32) {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}

/// Sends the events of one type, and waits until each was tried; how many attempts ended how.
async fn send(program: &mut Program, event_type: &str) -> BTreeMap<String, usize> {
    let lines: String =
        (0..EVENTS).map(|n| format!("{{\"event\":\"{event_type}\",\"data\":{{\"n\":{n}}}}}\n")).collect();
    let request = program.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let answer = request.body(lines).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let trying = async {
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        for _ in 0..EVENTS {
            let attempt = program.attempt(|line| line["event_type"] == event_type).await;
            *outcomes.entry(attempt["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        outcomes
    };
    tokio::time::timeout(TIMEOUT, trying).await.expect("attempts do not end")
}

/// Whether every attempt ended so.
fn all(outcomes: &BTreeMap<String, usize>, wanted: &str) -> bool {
    outcomes.len() == 1 && outcomes.contains_key(wanted)
}

/// Grown by each kind of endless response.
pub(super) async fn figures() -> Vec<Figure> {
    let place = Workplace::new();
    let mut program = place.start().await;
    let (full, _) = endpoint(Answer::Full).await;
    program.subscribe(json!({"url": full, "events": ["full.response"], "policy": "none"})).await;
    // A body is cut, and has its status; headers that do not end never lead to one.
    let mut kinds = Vec::new();
    for (event_type, what, answer, outcome) in [
        ("endless.body", "endless body", Answer::Endless, "success"),
        ("compression.bomb", "compression bomb", Answer::Bomb, "success"),
        ("endless.headers", "endless headers", Answer::Headers, "protocol"),
    ] {
        let (url, served) = endpoint(answer).await;
        program.subscribe(json!({"url": url, "events": [event_type], "policy": "none"})).await;
        kinds.push((event_type, what, served, outcome));
    }
    // What as many responses take that end by themselves at the size that is kept, at most.
    let pid = program.pid();
    for _ in 0..3 {
        reset_peak(pid);
        let outcomes = send(&mut program, "full.response").await;
        assert!(all(&outcomes, "success"), "{outcomes:?}");
    }
    // Of all kinds: what one leaves behind counts against the next.
    let before = status_kib(pid, "VmHWM:");
    let mut figures = Vec::new();
    for (event_type, what, served, outcome) in kinds {
        reset_peak(pid);
        let outcomes = send(&mut program, event_type).await;
        let grown = status_kib(pid, "VmHWM:").saturating_sub(before);
        let served = served.load(Ordering::Relaxed) / 1024;
        let ended: Vec<String> =
            outcomes.iter().map(|(how, times)| format!("{} × {how}", counted(*times))).collect();
        figures.push(Figure::new(
            format!("{what}, {} responses", counted(EVENTS)),
            format!("memory grows by at most {} MiB", MOST_KIB / 1024),
            format!(
                "{:.1} MiB, of {:.0} MiB; {:.0} MiB served, {}",
                mib(grown),
                mib(before),
                mib(served),
                ended.join(", ")
            ),
            grown <= MOST_KIB && served >= EVENTS as u64 * LEAST_KIB && all(&outcomes, outcome),
        ));
    }
    assert!(program.terminate().await.success());
    figures
}

#[expect(clippy::cast_precision_loss, reason = "for show")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
