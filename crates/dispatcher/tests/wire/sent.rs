//! What goes out is what is recorded.

use hookbench_dispatcher::wire::USER_AGENT;
use hookbench_domain::{Outcome, RequestRecord};

use crate::peer::{OK, Peer, post, wire};

/// Head and body of a request as they arrived, the head as the record would have it.
fn arrived(bytes: &[u8]) -> (String, Vec<(String, String)>, Vec<u8>) {
    let head = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap().to_owned();
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers = headers.map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned())).collect();
    (first, headers, bytes[head + 4..].to_vec())
}

fn recorded(record: &RequestRecord) -> Vec<(String, String)> {
    record.headers.iter().map(|(n, v)| (n.to_ascii_lowercase(), v.clone())).collect()
}

#[tokio::test]
async fn the_record_lists_every_header_that_was_sent_in_order() {
    let peer = Peer::answering(OK).await;
    let mut request = post(&format!("http://{}/in/é%20?a=%7B&b=x|y", peer.address));
    for (name, value) in [
        ("X-Webhook-ID", "evt_1"),
        ("Authorization", "Bearer secret é"),
        ("x-twice", "1"),
        ("webhook-signature", "v1,abc=="),
        ("X-Twice", "2"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("X-Empty", ""),
    ] {
        request.headers.push((name.into(), value.into()));
    }
    let report = wire().send(request).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    let (line, headers, body) = arrived(&peer.requests()[0]);
    assert_eq!(line, "POST /in/%C3%A9%20?a=%7B&b=x|y HTTP/1.1");
    assert_eq!(headers, recorded(&report.request));
    assert_eq!(body, b"{\"a\":1}");
    assert_eq!(report.request.method, "POST");
    assert_eq!(report.request.url, format!("http://{}/in/%C3%A9%20?a=%7B&b=x|y", peer.address));
    let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "host",
            "user-agent",
            "accept-encoding",
            "content-length",
            "content-type",
            "x-webhook-id",
            "authorization",
            "x-twice",
            "x-twice",
            "webhook-signature",
            "x-empty",
        ]
    );
    assert!(headers.contains(&("host".into(), peer.address.to_string())));
    assert!(headers.contains(&("user-agent".into(), USER_AGENT.into())));
    assert!(headers.contains(&("accept-encoding".into(), "identity".into())));
}

#[tokio::test]
async fn a_get_without_a_body_has_no_length_and_an_empty_post_has_zero() {
    let peer = Peer::answering(OK).await;
    for method in [http::Method::GET, http::Method::POST] {
        let mut request = post(&peer.url());
        request.method = method;
        request.body = bytes::Bytes::new();
        request.headers.clear();
        let report = wire().send(request).await;
        let (_, headers, _) = arrived(peer.requests().last().unwrap());
        assert_eq!(headers, recorded(&report.request));
    }
    let lengths: Vec<_> = peer
        .requests()
        .iter()
        .map(|request| {
            arrived(request).1.into_iter().find(|(name, _)| name == "content-length").map(|(_, value)| value)
        })
        .collect();
    assert_eq!(lengths, [None, Some("0".to_owned())]);
}

#[tokio::test]
async fn a_body_of_one_mebibyte_arrives_byte_for_byte() {
    let peer = Peer::answering(OK).await;
    let mut request = post(&peer.url());
    let body: Vec<u8> = (0..1024 * 1024_u32).map(|n| (n % 251) as u8).collect();
    request.body = body.clone().into();
    let wire = wire();
    for _ in 0..2 {
        assert_eq!(wire.send(request.clone()).await.outcome, Outcome::Success);
    }
    assert!(peer.requests().iter().all(|request| arrived(request).2 == body));
    assert_eq!((peer.requests().len(), peer.connections()), (2, 1));
}
