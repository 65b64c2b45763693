//! The bytes of a connection, and what can be told from watching them.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::status_line::StatusLine;

/// What was seen on a connection. The HTTP library owns the stream; this is the window into it.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// How often the kernel took something, encrypted or not.
    writes: AtomicU64,
    /// `writes` when the current HTTP/1 request began.
    begun: AtomicU64,
    /// Whether the peer sent something before anything was written.
    spoke_first: AtomicBool,
    /// Whether the kernel is asked directly if the peer closed.
    probing: AtomicBool,
    /// Whether the kernel holds bytes that nobody has read.
    unread: AtomicBool,
    line: Mutex<StatusLine>,
}

impl Watch {
    /// An HTTP/1 request begins.
    pub(super) fn begin(&self) {
        self.begun.store(self.writes(), Ordering::Relaxed);
        self.spoke_first.store(false, Ordering::Relaxed);
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = StatusLine::expect();
    }

    /// Whether nothing of the current HTTP/1 request was written.
    pub(super) fn nothing_written(&self) -> bool {
        self.writes() == self.begun.load(Ordering::Relaxed)
    }

    /// Grows whenever anything is written, whoever wrote it.
    pub(super) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Whether the peer sent something before the request.
    pub(super) fn spoke_first(&self) -> bool {
        self.spoke_first.load(Ordering::Relaxed)
    }

    /// The status of the current response, once its line is complete.
    pub(super) fn status(&self) -> Option<u16> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).status()
    }

    /// Runs `poll` in a way that notices a close the runtime has not been told of yet. `None` when
    /// the peer sent something that nobody has read.
    pub(super) fn probe<T>(&self, poll: impl FnOnce() -> T) -> Option<T> {
        self.unread.store(false, Ordering::Relaxed);
        self.probing.store(true, Ordering::Relaxed);
        let polled = poll();
        self.probing.store(false, Ordering::Relaxed);
        (!self.unread.load(Ordering::Relaxed)).then_some(polled)
    }

    /// Notices every close at once from now on, at the price of asking the kernel more often: for
    /// connections that nobody can probe because a task of their own drives them.
    pub(super) fn probe_always(&self) {
        self.probing.store(true, Ordering::Relaxed);
    }

    fn read(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if self.nothing_written() {
            self.spoke_first.store(true, Ordering::Relaxed);
        }
        self.line.lock().unwrap_or_else(PoisonError::into_inner).read(bytes);
    }

    fn written(&self, result: &Poll<io::Result<usize>>) {
        if matches!(result, Poll::Ready(Ok(1..))) {
            self.writes.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A TCP connection that can be probed.
#[derive(Debug)]
pub(super) struct Tcp {
    stream: TcpStream,
    watch: Arc<Watch>,
}

impl Tcp {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, watch: Arc::default() }
    }

    /// Asks the kernel. The runtime learns of a close only when it next polls its driver, which
    /// may be after a request was written.
    fn ask(&self) -> Poll<io::Result<()>> {
        match SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]) {
            Ok(0) => Poll::Ready(Ok(())),
            Ok(_) => {
                self.watch.unread.store(true, Ordering::Relaxed);
                Poll::Pending
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }
}

impl AsyncRead for Tcp {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_pending() && self.watch.probing.load(Ordering::Relaxed) { self.ask() } else { polled }
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch.written(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.watch.written(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A connection as HTTP sees it.
#[derive(Debug)]
pub(super) struct Stream {
    layer: Layer,
    watch: Arc<Watch>,
}

#[derive(Debug)]
enum Layer {
    Plain(Tcp),
    Tls(Box<TlsStream<Tcp>>),
}

impl Stream {
    pub(super) fn plain(tcp: Tcp) -> Self {
        Self { watch: Arc::clone(&tcp.watch), layer: Layer::Plain(tcp) }
    }

    pub(super) fn tls(tls: TlsStream<Tcp>) -> Self {
        Self { watch: Arc::clone(&tls.get_ref().0.watch), layer: Layer::Tls(Box::new(tls)) }
    }

    pub(super) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = match &mut self.layer {
            Layer::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Layer::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
        };
        self.watch.read(buf.filled().get(before..).unwrap_or_default());
        polled
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.layer {
            Layer::Plain(tcp) => Pin::new(tcp).poll_write(cx, buf),
            Layer::Tls(tls) => Pin::new(tls).poll_write(cx, buf),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut self.layer {
            Layer::Plain(tcp) => Pin::new(tcp).poll_write_vectored(cx, bufs),
            Layer::Tls(tls) => Pin::new(tls).poll_write_vectored(cx, bufs),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match &self.layer {
            Layer::Plain(tcp) => tcp.is_write_vectored(),
            Layer::Tls(tls) => tls.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.layer {
            Layer::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Layer::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.layer {
            Layer::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Layer::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
