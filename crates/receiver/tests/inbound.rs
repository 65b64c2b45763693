//! The receiver's listener over real sockets: are its limits in force.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hookbench_receiver::{InboundAnswer, InboundBody, InboundLimits, InboundRequest, Intake, serve_inbound};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

const POST: &str = "POST /in/x?a=1 HTTP/1.1\r\nhost: t\r\ncontent-length: 2\r\n\r\n{}";
const FOREVER: Duration = Duration::from_secs(600);

/// Answers 200, or 413 and 408 where the body did not come; `/in/hold` waits until it is let go.
#[derive(Clone, Default)]
struct Taker {
    seen: Arc<Mutex<Vec<InboundRequest>>>,
    holds: Arc<Notify>,
    let_go: Arc<Notify>,
}

impl Intake for Taker {
    async fn receive(&self, request: InboundRequest) -> InboundAnswer {
        self.seen.lock().unwrap().push(request.clone());
        if request.path == "/in/hold" {
            self.holds.notify_one();
            self.let_go.notified().await;
        }
        match request.body {
            InboundBody::Whole(_) => InboundAnswer::accepted(json!({ "id": "evt_1" })),
            InboundBody::TooLarge { .. } => InboundAnswer::problem(413, "body_too_large", ""),
            InboundBody::Late { .. } => InboundAnswer::problem(408, "request_too_slow", ""),
            InboundBody::Broken { .. } => InboundAnswer::problem(400, "broken_body", ""),
        }
    }
}

struct Listening {
    addr: SocketAddr,
    taker: Taker,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

async fn listen(limits: InboundLimits) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let taker = Taker::default();
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(serve_inbound(listener, taker.clone(), limits, stopped));
    Listening { addr, taker, stop, task }
}

impl Listening {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.addr).await.unwrap()
    }

    /// Sends bytes on a connection of their own and reads the status of the answer.
    async fn status(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read_status(&mut stream).await
    }
}

async fn read_status(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    String::from_utf8_lossy(&start[9..]).into_owned()
}

/// Waits for the other side to close, whatever it says before.
async fn closed(mut stream: TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    // A reset is an end, too.
    let _ = stream.read_to_end(&mut said).await;
    said
}

#[test]
fn the_limits_are_those_of_the_documentation() {
    let limits = InboundLimits::default();
    assert_eq!(limits.header_time, Duration::from_secs(10));
    assert_eq!(limits.request_time, Duration::from_secs(15));
    assert_eq!((limits.header_bytes, limits.body_bytes, limits.connections), (32 * 1024, 1024 * 1024, 64));
}

#[tokio::test]
async fn a_request_is_handed_over_as_it_came_and_its_connection_serves_another() {
    let listening = listen(InboundLimits::default()).await;
    let mut stream = listening.connect().await;
    for _ in 0..2 {
        stream.write_all(POST.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"{\"id\":\"evt_1\"}") {
            answer.push(stream.read_u8().await.unwrap());
        }
        assert!(String::from_utf8(answer).unwrap().contains("content-type: application/json\r\n"));
    }
    let request = listening.taker.seen.lock().unwrap().remove(0);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/in/x"));
    assert!(request.peer.is_loopback());
    assert!(request.headers.contains(&("host".to_owned(), b"t".to_vec())));
    assert_eq!(request.body, InboundBody::Whole("{}".into()));
}

#[tokio::test]
async fn who_sends_no_headers_or_half_of_them_is_let_go() {
    let limits = InboundLimits {
        header_time: Duration::from_millis(300),
        request_time: FOREVER,
        ..Default::default()
    };
    let listening = listen(limits).await;
    let silent = listening.connect().await;
    let mut half = listening.connect().await;
    half.write_all(b"POST /in/x HTTP/1.1\r\nhost: ").await.unwrap();
    let mut idle = listening.connect().await;
    idle.write_all(POST.as_bytes()).await.unwrap();
    assert_eq!(read_status(&mut idle).await, "200");
    assert_eq!(closed(silent).await, b"");
    closed(half).await;
    closed(idle).await;
    assert_eq!(listening.taker.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_body_that_drips_is_answered_408_and_what_came_is_known() {
    let limits = InboundLimits {
        header_time: FOREVER,
        request_time: Duration::from_millis(300),
        ..Default::default()
    };
    let listening = listen(limits).await;
    let mut slow = listening.connect().await;
    slow.write_all(b"POST /in/x HTTP/1.1\r\nhost: t\r\ncontent-length: 9\r\n\r\n{\"a\"").await.unwrap();
    assert_eq!(read_status(&mut slow).await, "408");
    closed(slow).await;
    let body = listening.taker.seen.lock().unwrap()[0].body.clone();
    assert_eq!(body, InboundBody::Late { start: "{\"a\"".into(), seen: 4 });
}

#[tokio::test]
async fn headers_and_bodies_over_the_limit_are_refused() {
    let listening = listen(InboundLimits::default()).await;
    let with_header = |n: usize| {
        format!("POST /in/x HTTP/1.1\r\nhost: t\r\nx-a: {}\r\ncontent-length: 0\r\n\r\n", "a".repeat(n))
    };
    let most = 32 * 1024 - with_header(0).len();
    assert_eq!(listening.status(with_header(most).as_bytes()).await, "200");
    assert_eq!(listening.status(with_header(most + 1).as_bytes()).await, "431");

    let with_body = |n: usize| {
        let head = format!("POST /in/x HTTP/1.1\r\nhost: t\r\ncontent-length: {n}\r\n\r\n");
        [head.into_bytes(), vec![b'x'; n]].concat()
    };
    assert_eq!(listening.status(&with_body(1024 * 1024)).await, "200");
    assert_eq!(listening.status(&with_body(1024 * 1024 + 1)).await, "413", "read to its end, then refused");
    let endless = b"POST /in/x HTTP/1.1\r\nhost: t\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(listening.status(endless).await, "413", "not read at all");
    let mut chunked = b"POST /in/x HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..17 {
        chunked.extend_from_slice(b"10000\r\n");
        chunked.extend_from_slice(&[b'x'; 0x10000]);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(listening.status(&chunked).await, "413");
    let seen = listening.taker.seen.lock().unwrap();
    let (kept, bytes) = seen.last().unwrap().body.read();
    assert_eq!((kept.len(), bytes), (64 * 1024, 17 * 0x10000));
}

#[tokio::test]
async fn a_broken_body_is_a_bad_request() {
    let listening = listen(InboundLimits::default()).await;
    let request = b"POST /in/x HTTP/1.1\r\nhost: t\r\ntransfer-encoding: chunked\r\n\r\nnonsense\r\n";
    assert_eq!(listening.status(request).await, "400");
}

#[tokio::test]
async fn when_a_65th_comes_the_one_that_has_waited_longest_for_its_headers_goes() {
    let limits = InboundLimits { header_time: FOREVER, request_time: FOREVER, ..Default::default() };
    let listening = listen(limits).await;
    let oldest = listening.connect().await;
    let mut others = Vec::new();
    for _ in 1..limits.connections {
        others.push(listening.connect().await);
    }
    assert_eq!(listening.status(POST.as_bytes()).await, "200");
    assert_eq!(closed(oldest).await, b"");
    let mut last = others.pop().unwrap();
    last.write_all(POST.as_bytes()).await.unwrap();
    assert_eq!(read_status(&mut last).await, "200", "the others stay");
}

#[tokio::test]
async fn an_honest_request_is_answered_among_500_slow_connections() {
    let limits = InboundLimits { header_time: FOREVER, request_time: FOREVER, ..Default::default() };
    let listening = listen(limits).await;
    let mut slow = Vec::new();
    for n in 0..500 {
        let mut stream = listening.connect().await;
        let start: &[u8] = if n % 2 == 0 {
            b"POST /in/x HTTP/1.1\r\nhost: "
        } else {
            b"POST /in/x HTTP/1.1\r\nhost: t\r\ncontent-length: 5\r\n\r\n{"
        };
        // Some are closed while the later ones come.
        let _ = stream.write_all(start).await;
        slow.push(stream);
    }
    assert_eq!(listening.status(POST.as_bytes()).await, "200");
}

#[tokio::test]
async fn a_request_that_is_being_answered_is_never_made_to_go() {
    let limits = InboundLimits { connections: 1, ..Default::default() };
    let listening = listen(limits).await;
    let mut held = listening.connect().await;
    held.write_all(POST.replace("/in/x", "/in/hold").as_bytes()).await.unwrap();
    listening.taker.holds.notified().await;
    let mut next = listening.connect().await;
    next.write_all(POST.as_bytes()).await.unwrap();
    listening.taker.let_go.notify_one();
    assert_eq!(read_status(&mut held).await, "200");
    assert_eq!(read_status(&mut next).await, "200");
}

#[tokio::test]
async fn stopping_lets_an_answer_end_and_closes_who_waits() {
    let listening = listen(InboundLimits::default()).await;
    let waiting = listening.connect().await;
    let mut held = listening.connect().await;
    held.write_all(POST.replace("/in/x", "/in/hold").as_bytes()).await.unwrap();
    listening.taker.holds.notified().await;
    listening.stop.send(true).unwrap();
    closed(waiting).await;
    listening.taker.let_go.notify_one();
    assert_eq!(read_status(&mut held).await, "200");
    listening.task.await.unwrap();
}

#[tokio::test]
async fn nonsense_gets_a_4xx_or_an_end_and_the_listener_lives() {
    let listening = listen(InboundLimits::default()).await;
    for bytes in [
        &b"\r\n\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /in/x HTTP/9.9\r\n\r\n",
        b"POST /in/x HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx",
        b"POST /in/x HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /in/x HTTP/1.1\r\ntransfer-encoding: nonsense\r\n\r\n",
        b"POST /in/x HTTP/1.1\r\nbad header: x\r\n\r\n",
        b"POST /in/\xff\xfe HTTP/1.1\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = listening.connect().await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let said = closed(stream).await;
        assert!(!said.starts_with(b"HTTP/1.1 5"), "{:?}", String::from_utf8_lossy(&said));
    }
    assert_eq!(listening.status(POST.as_bytes()).await, "200");
}

#[tokio::test]
async fn a_sender_that_closes_its_side_after_the_request_is_answered() {
    let listening = listen(InboundLimits::default()).await;
    let hold = POST.replace("/in/x", "/in/hold");
    let mut stream = listening.connect().await;
    stream.write_all(hold.as_bytes()).await.unwrap();
    listening.taker.holds.notified().await;
    stream.shutdown().await.unwrap();
    // Whoever comes now shows that the end of the other one's side was there to be seen.
    assert_eq!(listening.status(POST.as_bytes()).await, "200");
    listening.taker.let_go.notify_one();
    let answer = String::from_utf8(closed(stream).await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
