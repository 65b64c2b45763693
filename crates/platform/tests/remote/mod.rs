//! A platform that says what it is told to, in order, and keeps what it was asked.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;

/// One answer.
#[derive(Clone)]
pub(crate) struct Say {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// Closes the connection instead.
    pub(crate) hang_up: bool,
}

impl Say {
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), hang_up: false }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes(), hang_up: false }
    }

    pub(crate) fn hang_up() -> Self {
        Self { hang_up: true, ..Self::status(200) }
    }
}

/// One request.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }
}

pub(crate) struct Remote {
    addr: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Debug, thiserror::Error)]
#[error("told to hang up")]
struct HangUp;

impl Remote {
    pub(crate) async fn start(script: Vec<Say>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (kept, script) = (asked.clone(), Arc::new(script));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, script) = (kept.clone(), script.clone());
                let service = service_fn(move |request| answer(request, kept.clone(), script.clone()));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { addr, asked }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(
    request: Request<Incoming>,
    kept: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Vec<Say>>,
) -> Result<Response<Full<Bytes>>, HangUp> {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter();
    let headers =
        headers.map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned())).collect();
    let body = body.collect().await.map_err(|_| HangUp)?.to_bytes().to_vec();
    let number = {
        let mut kept = kept.lock().unwrap();
        kept.push(Asked { method: head.method.to_string(), path: head.uri.to_string(), headers, body });
        kept.len() - 1
    };
    let say = script.get(number).cloned().unwrap_or_else(|| Say::status(418));
    if say.hang_up {
        return Err(HangUp);
    }
    let mut response = Response::builder().status(say.status);
    for (name, value) in say.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::from(say.body)).unwrap())
}
