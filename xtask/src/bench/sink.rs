//! The endpoint that everything is sent to: a bare hyper server on a thread of its own. It reads
//! each body, counts, and answers 200.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use hookbench_ambient::Stopwatch;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

/// How often the counter is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(2);

#[derive(Default)]
struct Counters {
    arrived: AtomicU64,
    last_us: AtomicU64,
}

/// A running sink. It ends with the process.
#[derive(Clone)]
pub(super) struct Sink {
    addr: SocketAddr,
    counters: Arc<Counters>,
    clock: Stopwatch,
}

impl Sink {
    /// Starts one.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub(super) fn start() -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").context("the sink cannot listen")?;
        listener.set_nonblocking(true)?;
        let sink = Self { addr: listener.local_addr()?, counters: Arc::default(), clock: Stopwatch::start() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let serving = sink.clone();
        std::thread::Builder::new()
            .name("sink".to_owned())
            .spawn(move || runtime.block_on(serving.accept(listener)))?;
        Ok(sink)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/hooks", self.addr)
    }

    /// How many requests arrived so far.
    pub(super) fn arrived(&self) -> u64 {
        self.counters.arrived.load(Ordering::SeqCst)
    }

    /// When the last request had arrived, in microseconds of [`Sink::now_us`].
    pub(super) fn last_us(&self) -> u64 {
        self.counters.last_us.load(Ordering::SeqCst)
    }

    /// The sink's own clock.
    pub(super) fn now_us(&self) -> u64 {
        self.clock.us()
    }

    /// Waits until so many requests have arrived.
    ///
    /// # Errors
    /// When none arrives for a quarter of a minute.
    pub(super) async fn wait_for(&self, total: u64) -> anyhow::Result<()> {
        let (mut seen, mut idle) = (self.arrived(), Stopwatch::start());
        while seen < total {
            tokio::time::sleep(LOOK_EVERY).await;
            let now = self.arrived();
            if now != seen {
                (seen, idle) = (now, Stopwatch::start());
            }
            ensure!(
                idle.elapsed() < Duration::from_secs(15),
                "{seen} of {total} requests arrived, then none"
            );
        }
        Ok(())
    }

    async fn accept(self, listener: std::net::TcpListener) {
        let Ok(listener) = TcpListener::from_std(listener) else { return };
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(self.clone().serve(stream));
        }
    }

    async fn serve(self, stream: TcpStream) {
        let _slower_without = stream.set_nodelay(true);
        let answer = service_fn(move |request: Request<Incoming>| {
            let sink = self.clone();
            async move {
                let _read = request.into_body().collect().await;
                sink.counters.last_us.store(sink.now_us(), Ordering::SeqCst);
                sink.counters.arrived.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
            }
        });
        let _closed = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
    }
}
