//! Relays on this machine, speaking as those on the internet do: a list of requests as webhook.site
//! has it, a stream of events as smee.io has it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// A request as a relay has it.
#[derive(Clone)]
struct Taken {
    uuid: String,
    method: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    created_at: String,
}

#[derive(Default)]
struct Inner {
    taken: Vec<Taken>,
    /// Answered to everything, in place of what was asked, for so many requests.
    failing: Option<(u16, u32)>,
    /// The last thing each request asked for.
    asked: Vec<String>,
    /// The streams that are open.
    streams: Vec<mpsc::UnboundedSender<String>>,
    last_ids: Vec<Option<String>>,
}

/// Both kinds of relay: `/{token}` is the address of a list and of a channel.
#[derive(Clone)]
pub struct RelayServer {
    addr: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    moved: Arc<watch::Sender<u64>>,
}

impl RelayServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let relay = Self { addr, inner: Arc::default(), moved: Arc::new(watch::channel(0).0) };
        let serving = relay.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let relay = serving.clone();
                let service = service_fn(move |request| {
                    let relay = relay.clone();
                    async move { Ok::<_, Infallible>(relay.answer(request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        relay
    }

    /// The address that senders are given.
    pub fn url(&self) -> String {
        format!("http://{}/token-1", self.addr)
    }

    /// Fails so many requests with this status.
    pub fn fail(&self, status: u16, times: u32) {
        self.inner.lock().unwrap().failing = Some((status, times));
    }

    /// Closes every open stream.
    pub fn hang_up(&self) {
        self.inner.lock().unwrap().streams.clear();
    }

    /// What `Last-Event-ID` each stream was opened with.
    pub fn last_ids(&self) -> Vec<Option<String>> {
        self.inner.lock().unwrap().last_ids.clone()
    }

    /// What was asked for, newest last.
    pub fn asked(&self) -> Vec<String> {
        self.inner.lock().unwrap().asked.clone()
    }

    /// Waits until `enough` holds of what was asked; a minute at most.
    pub async fn wait(&self, what: &str, enough: impl Fn(&[String]) -> bool) {
        let mut moved = self.moved.subscribe();
        let waiting = async {
            while !enough(&self.inner.lock().unwrap().asked) {
                moved.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await;
        assert!(waited.is_ok(), "{what}: {:?}", self.asked());
    }

    /// Takes a request, as if somebody on the internet had sent it; the list shows it, and every
    /// open stream tells it.
    pub fn take(&self, method: &str, query: &str, headers: &[(&str, &str)], body: &[u8]) {
        let mut inner = self.inner.lock().unwrap();
        let number = inner.taken.len() + 1;
        let now = second();
        let headers: Vec<(String, String)> =
            headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        if let Ok(parsed) = serde_json::from_slice::<Value>(body) {
            let mut message = serde_json::Map::new();
            message.extend(headers.iter().map(|(n, v)| (n.clone(), json!(v))));
            message.extend([("body".to_owned(), parsed), ("query".to_owned(), json!({}))]);
            message.insert("timestamp".to_owned(), json!(now.0 * 1000 + u64::try_from(number).unwrap()));
            let text = format!("id: {number}\ndata: {}\n\n", Value::Object(message));
            inner.streams.retain(|stream| stream.send(text.clone()).is_ok());
        }
        inner.taken.push(Taken {
            uuid: format!("00000000-0000-0000-0000-{number:012}"),
            method: method.to_owned(),
            query: query.to_owned(),
            headers,
            body: body.to_vec(),
            created_at: now.1,
        });
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<BoxBody<Bytes, Infallible>> {
        let asked = request.uri().to_string();
        let mut inner = self.inner.lock().unwrap();
        inner.asked.push(asked.clone());
        self.moved.send_modify(|n| *n += 1);
        if let Some((status, times)) = &mut inner.failing
            && *times > 0
        {
            *times -= 1;
            return respond(*status, "text/plain", b"no".to_vec());
        }
        let path = request.uri().path().to_owned();
        if path == "/token/token-1/requests" {
            let query: Vec<(String, String)> = reqwest::Url::parse(&format!("http://t{asked}"))
                .unwrap()
                .query_pairs()
                .into_owned()
                .collect();
            let of = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
            return list(&inner.taken, of("date_from"), of("page"), of("per_page"));
        }
        let raw = path.strip_prefix("/token/token-1/request/").and_then(|rest| rest.strip_suffix("/raw"));
        if let Some(taken) = raw.and_then(|uuid| inner.taken.iter().find(|t| t.uuid == uuid)) {
            return respond(200, "application/octet-stream", taken.body.clone());
        }
        if path == "/token-1" {
            let last = request.headers().get("last-event-id").map(|v| v.to_str().unwrap().to_owned());
            inner.last_ids.push(last);
            let (sender, receiver) = mpsc::unbounded_channel();
            sender.send("event: ready\ndata: {}\n\n".to_owned()).unwrap();
            inner.streams.push(sender);
            let body = Streaming(receiver).boxed();
            return Response::builder().header("content-type", "text/event-stream").body(body).unwrap();
        }
        respond(404, "text/plain", b"there is no such token".to_vec())
    }
}

/// The time in seconds, and as webhook.site writes it.
fn second() -> (u64, String) {
    let now = hookbench_ambient::Clock::system().now();
    let text = now.to_string().get(..19).unwrap().replacen('T', " ", 1);
    (u64::try_from(now.unix_seconds()).unwrap(), text)
}

fn list(
    taken: &[Taken],
    from: Option<&str>,
    page: Option<&str>,
    per_page: Option<&str>,
) -> Response<BoxBody<Bytes, Infallible>> {
    let (page, per_page): (usize, usize) =
        (page.map_or(1, |n| n.parse().unwrap()), per_page.map_or(50, |n| n.parse().unwrap()));
    let wanted: Vec<&Taken> =
        taken.iter().filter(|t| from.is_none_or(|from| t.created_at.as_str() >= from)).collect();
    let shown = wanted.iter().skip((page - 1) * per_page).take(per_page);
    let data: Vec<Value> = shown
        .map(|t| {
            let headers: serde_json::Map<String, Value> =
                t.headers.iter().map(|(n, v)| (n.to_lowercase(), json!([v]))).collect();
            json!({
                "uuid": t.uuid, "type": "web", "ip": "203.0.113.7", "method": t.method, "headers": headers,
                "content": String::from_utf8_lossy(&t.body), "size": t.body.len(), "created_at": t.created_at,
                "url": format!("https://relay.example/token-1?{}", t.query),
            })
        })
        .collect();
    let body = json!({"data": data, "total": wanted.len(), "is_last_page": page * per_page >= wanted.len()});
    respond(200, "application/json", body.to_string().into_bytes())
}

fn respond(status: u16, kind: &str, body: Vec<u8>) -> Response<BoxBody<Bytes, Infallible>> {
    Response::builder().status(status).header("content-type", kind).body(Full::from(body).boxed()).unwrap()
}

/// A body that goes on until its sender is gone.
struct Streaming(mpsc::UnboundedReceiver<String>);

impl Body for Streaming {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|text| text.map(|text| Ok(Frame::data(Bytes::from(text)))))
    }
}
