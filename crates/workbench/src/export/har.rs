//! An attempt as an entry of an HTTP Archive, version 1.2
//! (<http://www.softwareishard.com/blog/har-12-spec/>).

use serde_json::{Value, json};
use url::Url;

use crate::body::BodyView;
use crate::deliveries::views::{AttemptView, DeliveryDetail};

pub(super) const HEAD: &str = concat!(
    "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"Hookbench\",\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\"},\"entries\":["
);

/// An attempt of which something was sent.
pub(super) fn entry(detail: &DeliveryDetail, attempt: &AttemptView) -> Option<Value> {
    let request = attempt.request.as_ref()?;
    let version = attempt.connection.http_version.clone().unwrap_or_else(|| "HTTP/1.1".to_owned());
    let pairs = |headers: &[(String, String)]| -> Vec<Value> {
        headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
    };
    let query: Vec<Value> = Url::parse(&request.url)
        .map(|url| url.query_pairs().map(|(n, v)| json!({ "name": n, "value": v })).collect())
        .unwrap_or_default();
    let mut sent = json!({
        "method": request.method,
        "url": request.url,
        "httpVersion": version,
        "cookies": [],
        "headers": pairs(&request.headers),
        "queryString": query,
        "headersSize": -1,
        "bodySize": size(&request.body),
    });
    if size(&request.body) > 0 {
        sent["postData"] =
            json!({ "mimeType": media_type(&request.headers), "params": [], "text": text(&request.body).0 });
        if let Some(encoding) = text(&request.body).1 {
            sent["postData"]["_encoding"] = encoding.into();
        }
    }
    let received = match &attempt.response {
        Some(response) => {
            let (body, encoding) = text(&response.body);
            let mut content = json!({ "size": size(&response.body), "mimeType": media_type(&response.headers), "text": body });
            if let Some(encoding) = encoding {
                content["encoding"] = encoding.into();
            }
            if response.truncated {
                content["comment"] = "the body was cut".into();
            }
            let status = http_reason(response.status);
            json!({
                "status": response.status,
                "statusText": status,
                "httpVersion": version,
                "cookies": [],
                "headers": pairs(&response.headers),
                "content": content,
                "redirectURL": header(&response.headers, "location").unwrap_or_default(),
                "headersSize": -1,
                "bodySize": size(&response.body),
            })
        }
        // What browsers write for a request without an answer.
        None => json!({
            "status": 0,
            "statusText": "",
            "httpVersion": version,
            "cookies": [],
            "headers": [],
            "content": { "size": 0, "mimeType": "x-unknown" },
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
            "_error": attempt.error.clone().unwrap_or_else(|| attempt.outcome.as_str().to_owned()),
        }),
    };
    let (time, timings) = timings(attempt);
    let mut entry = json!({
        "startedDateTime": attempt.started_at,
        "time": time,
        "request": sent,
        "response": received,
        "cache": {},
        "timings": timings,
        "comment": format!("{} attempt {} of {}", detail.delivery.event_type, attempt.number, detail.delivery.id),
        "_delivery": detail.delivery.id,
        "_attempt": attempt.id,
        "_outcome": attempt.outcome.as_str(),
    });
    if let Some(peer) = &attempt.connection.peer {
        let (host, port) = peer.rsplit_once(':').unwrap_or((peer, ""));
        entry["serverIPAddress"] = host.trim_matches(['[', ']']).into();
        entry["connection"] = port.into();
    }
    Some(entry)
}

/// The whole time and its parts, in milliseconds; -1 for what did not happen. In a HAR `connect`
/// includes `ssl`, and the parts add up to the whole.
#[expect(clippy::cast_precision_loss, reason = "microseconds of an attempt, far below 2^53")]
fn timings(attempt: &AttemptView) -> (f64, Value) {
    let ms = |us: u64| us as f64 / 1000.0;
    let t = &attempt.timings;
    let or_absent = |us: Option<u64>| us.map_or(-1.0, ms);
    let opening = t.connect_us.map(|connect| connect + t.tls_us.unwrap_or(0));
    let before = t.dns_us.unwrap_or(0) + opening.unwrap_or(0);
    let first = t.first_byte_us.unwrap_or(t.total_us).max(before);
    let total = t.total_us.max(first);
    let timings = json!({
        "blocked": -1,
        "dns": or_absent(t.dns_us),
        "connect": or_absent(opening),
        "ssl": or_absent(t.tls_us),
        "send": 0,
        "wait": ms(first - before),
        "receive": ms(total - first),
    });
    (ms(total), timings)
}

fn size(body: &BodyView) -> usize {
    match body {
        BodyView::Body(text) => text.len(),
        BodyView::BodyBase64(text) => {
            text.len() / 4 * 3 - text.bytes().rev().take_while(|b| *b == b'=').count()
        }
    }
}

fn text(body: &BodyView) -> (&str, Option<&'static str>) {
    match body {
        BodyView::Body(text) => (text, None),
        BodyView::BodyBase64(text) => (text, Some("base64")),
    }
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

fn media_type(headers: &[(String, String)]) -> &str {
    header(headers, "content-type").unwrap_or("application/octet-stream")
}

fn http_reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_bytes() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", &[0xff, 0xfe], &[0xff, 0, 1, 2]] {
            assert_eq!(size(&BodyView::of(bytes)), bytes.len());
        }
    }
}
