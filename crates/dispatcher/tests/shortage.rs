//! A wire in a process that has no file handles left. Alone in its program: the limit is that of
//! the whole process.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::File;
use std::net::SocketAddr;
use std::time::Duration;

use hookbench_dispatcher::wire::{AddressRules, Trust, Wire, WireConfig, WireRequest};
use hookbench_domain::Outcome;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Answers every request with 200 and keeps the connection.
async fn peer() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            // Without a handle it waits in the queue until one is free.
            let Ok((mut stream, _)) = listener.accept().await else {
                tokio::task::yield_now().await;
                continue;
            };
            tokio::spawn(async move {
                let mut request = [0; 4096];
                while matches!(stream.read(&mut request).await, Ok(1..)) {
                    let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
                }
            });
        }
    });
    address
}

fn get(url: &str) -> WireRequest {
    WireRequest {
        method: http::Method::GET,
        url: url.parse().unwrap(),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
        timeout: Duration::from_secs(30),
        rules: AddressRules { allow_loopback: true, allow_private: false },
        trust: Trust::default(),
        fresh: false,
    }
}

/// Takes every handle that is left.
fn take_all(held: &mut Vec<File>) {
    while let Ok(file) = File::open("/dev/null") {
        held.push(file);
    }
}

#[tokio::test]
async fn unused_connections_give_way_and_what_is_short_here_is_not_the_endpoints_fault() {
    let (_, hard) = rlimit::Resource::NOFILE.get().unwrap();
    rlimit::Resource::NOFILE.set(hard.min(256), hard).unwrap();
    let (first, second, third) = (peer().await, peer().await, peer().await);
    let wire = Wire::new(WireConfig::default()).unwrap();
    for peer in [first, second] {
        assert_eq!(wire.send(get(&format!("http://{peer}/"))).await.outcome, Outcome::Success);
    }
    let mut held = Vec::new();
    take_all(&mut held);
    let report = wire.send(get(&format!("http://{third}/"))).await;
    assert_eq!((report.outcome, report.local_shortage), (Outcome::Success, false), "{report:?}");

    take_all(&mut held);
    let nothing_kept = Wire::new(WireConfig::default()).unwrap();
    for (url, outcome) in
        [(format!("http://{first}/"), Outcome::Connect), ("http://nothing.invalid/".to_owned(), Outcome::Dns)]
    {
        let report = nothing_kept.send(get(&url)).await;
        assert_eq!((report.outcome, report.local_shortage), (outcome, true), "{report:?}");
        assert!(report.error.unwrap().contains("this machine is short of"));
    }
    drop(held);
    let report = nothing_kept.send(get(&format!("http://{first}/"))).await;
    assert_eq!((report.outcome, report.local_shortage), (Outcome::Success, false), "{report:?}");
}
