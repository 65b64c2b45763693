//! An endpoint that keeps what it gets. `/status/503` answers 503, `/hold` never answers,
//! everything else 200 with the body `answered`.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

#[derive(Clone, Debug)]
pub struct Hit {
    pub method: String,
    pub path: String,
    /// Without the question mark; empty where there is none.
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Hit {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map_or("", |(_, v)| v)
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

pub struct Sink {
    addr: SocketAddr,
    hits: Arc<Mutex<Vec<Hit>>>,
    count: watch::Receiver<usize>,
}

impl Sink {
    pub async fn start() -> Self {
        Self::serving(None).await
    }

    /// The same over TLS, for `localhost`, with the certificate of the authority that vouches for it.
    pub async fn secure() -> (Self, String) {
        let (key, server_key) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = authority.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(authority, key);
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = server.signed_by(&server_key, &issuer).unwrap().der().clone();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], server_key.serialize_der().try_into().unwrap())
            .unwrap();
        (Self::serving(Some(TlsAcceptor::from(Arc::new(config)))).await, pem)
    }

    async fn serving(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let hits = Arc::new(Mutex::new(Vec::new()));
        let (counter, count) = watch::channel(0);
        let counter = Arc::new(counter);
        let kept = hits.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, counter, tls) = (kept.clone(), counter.clone(), tls.clone());
                let service = service_fn(move |request| take(request, kept.clone(), counter.clone()));
                tokio::spawn(async move {
                    match tls {
                        None => {
                            let serving =
                                http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                            let _ended = serving.await;
                        }
                        Some(tls) => {
                            let Ok(stream) = tls.accept(stream).await else { return };
                            let serving =
                                http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                            let _ended = serving.await;
                        }
                    }
                });
            }
        });
        Self { addr, hits, count }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Of one that speaks TLS.
    pub fn secure_url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.addr.port())
    }

    pub fn hits(&self) -> Vec<Hit> {
        self.hits.lock().unwrap().clone()
    }

    pub fn at(&self, path: &str) -> Vec<Hit> {
        self.hits().into_iter().filter(|h| h.path == path).collect()
    }

    /// Waits until `enough` holds of what came; a minute at most.
    pub async fn wait(&self, what: &str, enough: impl Fn(&[Hit]) -> bool) {
        let mut count = self.count.clone();
        let waiting = async {
            while !enough(&self.hits.lock().unwrap()) {
                count.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.is_err() {
            panic!("{what}: only {} requests came", self.hits.lock().unwrap().len());
        }
    }
}

async fn take(
    request: Request<Incoming>,
    kept: Arc<Mutex<Vec<Hit>>>,
    counter: Arc<watch::Sender<usize>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let query = request.uri().query().unwrap_or_default().to_owned();
    let headers = request.headers().iter();
    let headers =
        headers.map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned())).collect();
    let Ok(body) = request.into_body().collect().await else {
        return Ok(Response::new(Full::default()));
    };
    kept.lock().unwrap().push(Hit {
        method,
        path: path.clone(),
        query,
        headers,
        body: body.to_bytes().to_vec(),
    });
    counter.send_modify(|n| *n += 1);
    if path == "/hold" {
        std::future::pending::<()>().await;
    }
    let status = path.strip_prefix("/status/").and_then(|s| s.parse().ok()).unwrap_or(200);
    Ok(Response::builder().status(status).body(Full::from("answered")).unwrap())
}
