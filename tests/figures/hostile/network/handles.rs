//! File handles: many hosts, few handles, thousands of connections.

use std::net::Ipv4Addr;
use std::time::Duration;

use hookbench_journeys::Workplace;
use serde_json::json;
use tokio::net::TcpStream;

use crate::hostile::ground::{Site, hold, ms, step, timed, until_within};
use crate::hostile::raw::{Endpoint, exchange, ok, status};
use crate::hostile::{Cases, Held};

/// The limit of open files that a process has: soft and hard.
fn limits(pid: u32) -> (u64, u64) {
    let text = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default().to_owned();
    let mut numbers = line.split_whitespace().filter_map(|word| word.parse().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// Many hosts with few handles: every event arrives, none is blamed on its endpoint, the API answers.
async fn many_hosts(limit: &'static str, hosts: u8, events: usize) -> Held {
    let server = Endpoint::on("0.0.0.0:0", None, |mut served| async move {
        while served.request().await.is_some() {
            ms(150).await;
            served.count(1);
            if !served.write(ok("fine")).await {
                return;
            }
        }
    })
    .await;
    let mut site = Site::through(Workplace::new(), &format!("{limit}; exec \"$0\" \"$@\""), &[]).await;
    for n in 1..=hosts {
        let url = format!("http://{}:{}/", Ipv4Addr::new(127, 0, 9, n), server.addr.port());
        site.program
            .subscribe(json!({"url": url, "events": [format!("host.n{n}")], "platform": "trcker"}))
            .await;
    }
    let lines: String = (0..events)
        .map(|n| format!("{{\"event\":\"host.n{}\",\"data\":{{\"n\":{n}}}}}\n", n % usize::from(hosts) + 1))
        .collect();
    site.publish_lines(lines).await;
    // The API is asked over new connections all the while.
    let asking = async {
        let (mut slowest, mut unanswered) = (0, 0);
        for _ in 0..10 {
            let head = format!(
                "GET /v1/health HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
                site.api(),
                site.program.token
            );
            let (answer, took) = timed(exchange(&site.api(), head.as_bytes(), false, 5000)).await;
            slowest = slowest.max(took);
            unanswered += usize::from(status(&answer) != 200);
            ms(100).await;
        }
        (slowest, unanswered)
    };
    let (slowest, unanswered) = asking.await;
    hold!(unanswered == 0, "{unanswered} of 10 new connections to the API got no answer");
    hold!(slowest < 3000, "the API answers a new connection after {slowest} ms");
    until_within("all to be delivered", Duration::from_secs(25), async || {
        let stats = site.program.get("/v1/stats").await;
        (stats["deliveries"]["delivered"].as_u64() == Some(events as u64)).then_some(())
    })
    .await?;
    let stats = site.program.get("/v1/stats").await;
    let blamed = site.count("outcome=connect").await
        + site.count("outcome=dns").await
        + site.count("state=failed").await;
    hold!(blamed == 0, "{blamed} deliveries failed or are blamed on their endpoint");
    let attempts = stats["attempts"].as_u64().unwrap_or(0);
    hold!(attempts == events as u64, "{attempts} attempts are recorded for {events} events");
    site.sound().await
}

/// A soft limit is raised to the hard one at start.
async fn soft_limit() -> Held {
    let mut site = Site::through(Workplace::new(), "ulimit -S -n 256; exec \"$0\" \"$@\"", &[]).await;
    let (soft, hard) = limits(site.program.pid());
    hold!(soft > 1024.min(hard - 1), "the soft limit is {soft} of {hard}");
    site.sound().await
}

/// Thousands of local connections without a word, or without the token: the API answers others.
async fn crowd_at_the_api(what: &'static str, crowd: usize) -> Held {
    let mut site = Site::new().await;
    let api = site.api();
    step(format!("opening {crowd} connections"));
    let mut held = Vec::new();
    for n in 0..crowd {
        let Ok(Ok(stream)) = tokio::time::timeout(Duration::from_secs(2), TcpStream::connect(&api)).await
        else {
            break;
        };
        let text = match what {
            "without a word" => String::new(),
            "with half a head" => format!("GET /v1/health HTTP/1.1\r\nhost: {api}\r\nx-n: {n}"),
            "with a body that never comes" => format!(
                "POST /v1/events HTTP/1.1\r\nhost: {api}\r\ncontent-type: application/json\r\ncontent-length: 100\r\nauthorization: Bearer {}\r\n\r\n{{",
                site.program.token
            ),
            _ => format!("GET /v1/health HTTP/1.1\r\nhost: {api}\r\n\r\n"),
        };
        let _full = stream.try_write(text.as_bytes());
        held.push(stream);
    }
    let head = format!(
        "GET /v1/health HTTP/1.1\r\nhost: {api}\r\nauthorization: Bearer {}\r\nconnection: close\r\n\r\n",
        site.program.token
    );
    for n in 0..3 {
        let (answer, took) = timed(exchange(&api, head.as_bytes(), false, 12_000)).await;
        hold!(
            status(&answer) == 200 && took < 5000,
            "among {} connections {what}: asked {n} times, {} after {took} ms",
            held.len(),
            status(&answer)
        );
    }
    drop(held);
    ms(200).await;
    site.sound().await
}

/// A request to the API that does not come to its end is ended, with words or without.
async fn slow_at_the_api(what: &'static str) -> Held {
    let mut site = Site::new().await;
    let (api, token) = (site.api(), site.program.token.clone());
    let text = match what {
        "its head" => format!("POST /v1/events HTTP/1.1\r\nhost: {api}\r\n"),
        "its body" => format!(
            "POST /v1/events HTTP/1.1\r\nhost: {api}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{\"event\""
        ),
        _ => format!(
            "POST /v1/events HTTP/1.1\r\nhost: {api}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{{\"eve\r\n"
        ),
    };
    let (answer, took) = timed(exchange(&api, text.as_bytes(), false, 40_000)).await;
    hold!(took < 25_000, "a request without the rest of {what} is held for {took} ms");
    hold!(matches!(status(&answer), 0 | 400 | 408), "it is answered with {}", status(&answer));
    site.sound().await
}

pub(in crate::hostile) fn cases(cases: &mut Cases) {
    cases.add("a soft limit of open files far below the hard one", soft_limit);
    cases.add("60 hosts with a soft limit of 128 open files", || many_hosts("ulimit -S -n 128", 60, 240));
    cases.add_heavy("60 hosts with a hard limit of 160 open files", || many_hosts("ulimit -n 160", 60, 240));
    cases
        .add_heavy("200 hosts with a hard limit of 256 open files", || many_hosts("ulimit -n 256", 200, 400));
    for what in ["without a word", "with half a head", "with a body that never comes", "without the token"] {
        let crowd = if what == "with a body that never comes" { 600 } else { 3000 };
        cases.add_heavy(format!("{crowd} connections to the API {what}"), move || {
            crowd_at_the_api(what, crowd)
        });
    }
    for what in ["its head", "its body", "its chunks"] {
        cases.add(format!("a request to the API without the rest of {what}"), move || slow_at_the_api(what));
    }
}
