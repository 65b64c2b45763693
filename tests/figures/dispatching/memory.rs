//! Endpoints whose responses never end, or would fill the memory if they were unpacked: how much
//! `hookbench run` grows by them.

use std::time::Duration;

use hookbench_journeys::{Program, Workplace};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::table::{Figure, counted};

/// How many events go to each endpoint, many at once.
const EVENTS: usize = 1000;
const MOST_KIB: u64 = 8 * 1024;
const PATIENCE: Duration = Duration::from_secs(120);

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

async fn endpoint(answer: Answer) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let words = std::sync::Arc::new(words(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let words = words.clone();
            tokio::spawn(async move { serve(stream, &words.0, &words.1).await });
        }
    });
    url
}

/// Reads a request and answers for as long as the other side takes it.
async fn serve(mut stream: TcpStream, start: &[u8], again: &[u8]) {
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
        if stream.write_all(start).await.is_err() {
            return;
        }
        while !again.is_empty() {
            if stream.write_all(again).await.is_err() {
                return;
            }
        }
    }
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

/// Sends the events of one type, and waits until each was tried.
async fn send(program: &mut Program, event_type: &str) {
    let lines: String =
        (0..EVENTS).map(|n| format!("{{\"event\":\"{event_type}\",\"data\":{{\"n\":{n}}}}}\n")).collect();
    let request = program.request("POST", "/v1/events").header("content-type", "application/x-ndjson");
    let answer = request.body(lines).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let trying = async {
        for _ in 0..EVENTS {
            program.attempt(|line| line["event_type"] == event_type).await;
        }
    };
    tokio::time::timeout(PATIENCE, trying).await.expect("attempts do not end");
}

/// Grown by each kind of endless response.
pub(super) async fn figures() -> Vec<Figure> {
    let place = Workplace::new();
    let mut program = place.start().await;
    let kinds = [
        ("full.response", Answer::Full),
        ("endless.body", Answer::Endless),
        ("compression.bomb", Answer::Bomb),
        ("endless.headers", Answer::Headers),
    ];
    for (event_type, answer) in kinds {
        let url = endpoint(answer).await;
        program.subscribe(json!({"url": url, "events": [event_type], "policy": "none"})).await;
    }
    // What responses of the size that is kept take of themselves is in use before.
    for _ in 0..3 {
        send(&mut program, "full.response").await;
    }
    let pid = program.pid();
    let mut figures = Vec::new();
    for (event_type, what) in [
        ("endless.body", "endless body"),
        ("compression.bomb", "compression bomb"),
        ("endless.headers", "endless headers"),
    ] {
        reset_peak(pid);
        let before = status_kib(pid, "VmRSS:");
        send(&mut program, event_type).await;
        let grown = status_kib(pid, "VmHWM:").saturating_sub(before);
        figures.push(Figure::new(
            format!("{what}, {} responses", counted(EVENTS)),
            format!("memory grows by at most {} MiB", MOST_KIB / 1024),
            format!("{:.1} MiB, of {:.0} MiB", mib(grown), mib(before)),
            grown <= MOST_KIB,
        ));
    }
    assert!(program.terminate().await.success());
    figures
}

#[expect(clippy::cast_precision_loss, reason = "for show")]
fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
