//! Scripted targets over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Mutex;

use hookbench_receiver::{
    ScriptStep, TARGET_BODY_LIMIT, Target, TargetArrival, TargetError, TargetOptions, parse_script,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc::Receiver;

const POST: &str = "POST /hooks?a=1 HTTP/1.1\r\nhost: t\r\nX-Test: Yes\r\ncontent-length: 2\r\n\r\n{}";

fn local() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

async fn target(script: &str) -> (Target, Receiver<TargetArrival>) {
    let options = TargetOptions::new(|| 0.5);
    Target::start(local(), parse_script(script).unwrap(), options).await.unwrap()
}

/// Reads one answer: its head, and as much of its body as `content-length` says.
async fn read_answer(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(bytes).unwrap().to_ascii_lowercase();
    let length =
        head.lines().find_map(|l| l.strip_prefix("content-length: ")).map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (head, body)
}

async fn ask(target: &Target) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(target.addr()).await.unwrap();
    stream.write_all(POST.as_bytes()).await.unwrap();
    read_answer(&mut stream).await
}

fn status(head: &str) -> &str {
    &head[9..12]
}

#[tokio::test]
async fn requests_are_answered_by_the_script_in_their_order() {
    let (target, mut arrivals) = target("500x2,429:120,redirect:/x,204,200").await;
    let mut answers = Vec::new();
    for _ in 0..7 {
        answers.push(ask(&target).await.0);
    }
    let statuses: Vec<_> = answers.iter().map(|head| status(head)).collect();
    assert_eq!(statuses, ["500", "500", "429", "302", "204", "200", "200"]);
    assert!(answers[2].contains("\r\nretry-after: 120\r\n"));
    assert!(answers[3].contains("\r\nlocation: /x\r\n"));
    for number in 1..=7 {
        assert_eq!(arrivals.recv().await.unwrap().number, number);
    }
    target.stop().await;
    assert!(arrivals.recv().await.is_none());
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let (target, _arrivals) = target("200,503:60").await;
    let mut stream = TcpStream::connect(target.addr()).await.unwrap();
    for want in ["200", "503", "503"] {
        stream.write_all(POST.as_bytes()).await.unwrap();
        let (head, body) = read_answer(&mut stream).await;
        assert_eq!(status(&head), want);
        assert!(body.ends_with(b"}\n"));
    }
}

#[tokio::test]
async fn an_arrival_says_what_came_and_what_it_gets() {
    let (target, mut arrivals) = target("410").await;
    ask(&target).await;
    let arrival = arrivals.recv().await.unwrap();
    assert_eq!((arrival.method.as_str(), arrival.path.as_str()), ("POST", "/hooks?a=1"));
    assert_eq!(arrival.headers["x-test"], "Yes");
    assert_eq!((&arrival.body[..], arrival.answered), (&b"{}"[..], ScriptStep::Status(410)));
}

#[tokio::test]
async fn a_timeout_holds_the_request_until_the_client_leaves() {
    let (target, mut arrivals) = target("timeout,200").await;
    let mut held = TcpStream::connect(target.addr()).await.unwrap();
    held.write_all(POST.as_bytes()).await.unwrap();
    assert_eq!(arrivals.recv().await.unwrap().answered, ScriptStep::Hang);
    // Another client is answered meanwhile, the first one has nothing.
    assert_eq!(status(&ask(&target).await.0), "200");
    let nothing = held.try_read(&mut [0; 1]).unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::WouldBlock);
    held.shutdown().await.unwrap();
    assert_eq!(held.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test]
async fn stopping_lets_go_of_a_held_request() {
    let (target, mut arrivals) = target("hang").await;
    let mut held = TcpStream::connect(target.addr()).await.unwrap();
    held.write_all(POST.as_bytes()).await.unwrap();
    arrivals.recv().await.unwrap();
    target.stop().await;
    assert!(matches!(held.read(&mut [0; 1]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_reset_breaks_the_connection_before_a_status() {
    let (target, mut arrivals) = target("reset,200").await;
    let mut stream = TcpStream::connect(target.addr()).await.unwrap();
    stream.write_all(POST.as_bytes()).await.unwrap();
    let error = stream.read(&mut [0; 1]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(arrivals.recv().await.unwrap().answered, ScriptStep::Reset);
    assert_eq!(status(&ask(&target).await.0), "200");
}

#[tokio::test]
async fn slow_answers_come_with_their_status() {
    let (target, _arrivals) = target("slow:20ms:500,slow:10ms").await;
    assert_eq!(status(&ask(&target).await.0), "500");
    assert_eq!(status(&ask(&target).await.0), "200");
}

#[tokio::test]
async fn a_drip_announces_its_length_and_comes_whole() {
    let (target, _arrivals) = target("drip:40ms").await;
    let (head, body) = ask(&target).await;
    assert_eq!((status(&head), body.as_slice()), ("200", &b"{\"received\":true}\n"[..]));
}

#[tokio::test]
async fn huge_goes_on_for_64_mebibytes_unless_the_client_leaves() {
    let (target, _arrivals) = target("hugex2,200").await;
    let mut stream = TcpStream::connect(target.addr()).await.unwrap();
    stream.write_all(POST.as_bytes()).await.unwrap();
    let mut first = vec![0; 200_000];
    stream.read_exact(&mut first).await.unwrap();
    assert!(String::from_utf8_lossy(&first).contains("transfer-encoding: chunked"));
    drop(stream);
    let mut stream = TcpStream::connect(target.addr()).await.unwrap();
    stream.write_all(POST.replace("host: t", "host: t\r\nconnection: close").as_bytes()).await.unwrap();
    let (mut total, mut buffer) = (0, vec![0; 256 * 1024]);
    loop {
        match stream.read(&mut buffer).await.unwrap() {
            0 => break,
            n => total += n,
        }
    }
    assert!(total > 64 * 1024 * 1024, "{total}");
    assert_eq!(status(&ask(&target).await.0), "200");
}

#[tokio::test]
async fn flaky_asks_the_chance_it_was_given() {
    let draws = Mutex::new(vec![0.29, 0.3, 0.0, 0.99].into_iter());
    let options = TargetOptions::new(move || draws.lock().unwrap().next().unwrap());
    let script = parse_script("flaky:0.3").unwrap();
    let (target, mut arrivals) = Target::start(local(), script, options).await.unwrap();
    for want in [500, 200, 500, 200] {
        assert_eq!(status(&ask(&target).await.0), want.to_string());
        assert_eq!(arrivals.recv().await.unwrap().answered, ScriptStep::Status(want));
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let (target, mut arrivals) = target("200").await;
    let mut stream = TcpStream::connect(target.addr()).await.unwrap();
    let head = format!("POST / HTTP/1.1\r\nhost: t\r\ncontent-length: {}\r\n\r\n", TARGET_BODY_LIMIT + 1);
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let send = tokio::spawn(async move {
        // Fails once the target has answered and closed.
        let _ = writer.write_all(&vec![b'x'; TARGET_BODY_LIMIT + 1]).await;
        writer
    });
    let mut start = [0; 12];
    reader.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
    assert_eq!(arrivals.recv().await.unwrap().answered, ScriptStep::Status(413));
    drop(send.await.unwrap());
}

#[tokio::test]
async fn what_nobody_reads_leaves_a_gap_and_stops_nothing() {
    let options = TargetOptions { store_arrivals: 2, ..TargetOptions::new(|| 0.0) };
    let script = parse_script("200").unwrap();
    let (target, mut arrivals) = Target::start(local(), script, options).await.unwrap();
    for _ in 0..4 {
        assert_eq!(status(&ask(&target).await.0), "200");
    }
    assert_eq!((arrivals.recv().await.unwrap().number, arrivals.recv().await.unwrap().number), (1, 2));
    ask(&target).await;
    assert_eq!(arrivals.recv().await.unwrap().number, 5);
}

#[tokio::test]
async fn a_taken_address_is_named_and_a_stopped_target_frees_it() {
    let (first, _arrivals) = target("200").await;
    let addr = first.addr();
    assert_eq!(first.url(), format!("http://{addr}"));
    let again = || Target::start(addr, parse_script("200").unwrap(), TargetOptions::new(|| 0.0));
    let TargetError::Listen { addr: named, .. } = again().await.unwrap_err();
    assert_eq!(named, addr);
    first.stop().await;
    let (_second, _arrivals) = again().await.unwrap();
}

#[tokio::test]
async fn dropping_a_target_closes_its_connections() {
    let (target, mut arrivals) = target("timeout").await;
    let mut held = TcpStream::connect(target.addr()).await.unwrap();
    held.write_all(POST.as_bytes()).await.unwrap();
    arrivals.recv().await.unwrap();
    drop(target);
    assert!(matches!(held.read(&mut [0; 1]).await, Ok(0) | Err(_)));
}
