//! The bytes of a connection, and what can be told from watching them.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::bounds::{Excess, Frames, MAX_HANDSHAKE, MAX_INTERIM, MAX_PART, MAX_PER_STREAM, take_turns};
use super::status_line::StatusLine;

/// What was seen on a connection. The HTTP library owns the stream; this is the window into it.
#[derive(Debug)]
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
    /// Whether nothing of the request was written yet: whatever the peer sends now answers nothing.
    silence: AtomicBool,
    /// How many bytes HTTP read.
    heard: AtomicU64,
    /// `heard` when the current HTTP/1 request began.
    heard_before: AtomicU64,
    /// How many more bytes the peer may send, encrypted or not.
    allowance: AtomicU64,
    excess: Mutex<Option<Excess>>,
    /// Why nothing more can be written.
    broken: Mutex<Option<String>>,
    line: Mutex<StatusLine>,
    frames: Mutex<Option<Frames>>,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            writes: AtomicU64::default(),
            begun: AtomicU64::default(),
            spoke_first: AtomicBool::default(),
            probing: AtomicBool::default(),
            unread: AtomicBool::default(),
            silence: AtomicBool::default(),
            heard: AtomicU64::default(),
            heard_before: AtomicU64::default(),
            allowance: AtomicU64::new(MAX_HANDSHAKE),
            excess: Mutex::default(),
            broken: Mutex::default(),
            line: Mutex::default(),
            frames: Mutex::default(),
        }
    }
}

/// Nothing that is done under these locks can panic half-way; a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watch {
    /// An HTTP/1 request begins. `plain` without TLS, where every byte is HTTP's.
    pub(super) fn begin(&self, plain: bool) {
        self.begun.store(self.writes(), Ordering::Relaxed);
        self.spoke_first.store(false, Ordering::Relaxed);
        self.silence.store(plain, Ordering::Relaxed);
        self.heard_before.store(self.heard(), Ordering::Relaxed);
        self.allowance.store(MAX_PART, Ordering::Relaxed);
        *lock(&self.line) = StatusLine::expect();
    }

    /// The body of an HTTP/1 response begins.
    pub(super) fn body_begins(&self) {
        self.allowance.store(MAX_PART, Ordering::Relaxed);
    }

    /// From now on this is an HTTP/2 connection.
    pub(super) fn speak_http2(&self) {
        self.allowance.store(MAX_PER_STREAM, Ordering::Relaxed);
        *lock(&self.frames) = Some(Frames::new());
    }

    /// An HTTP/2 request with a body of this length begins; it ends when the answer is dropped.
    pub(super) fn stream(self: &Arc<Self>, body: usize) -> StreamWatch {
        let mut frames = lock(&self.frames);
        let alone = frames.as_ref().is_none_or(|frames| frames.under_way() == 0);
        if let Some(frames) = &mut *frames {
            frames.begin(body);
        }
        self.allowance.fetch_add(MAX_PER_STREAM, Ordering::Relaxed);
        StreamWatch { watch: Arc::clone(self), writes: self.writes(), heard: self.heard(), alone }
    }

    /// What the peer sent too much of; nothing is read after it.
    pub(super) fn excess(&self) -> Option<Excess> {
        *lock(&self.excess)
    }

    /// What the kernel said when nothing more could be written.
    pub(super) fn broken(&self) -> Option<String> {
        lock(&self.broken).clone()
    }

    /// Whether nothing came back since the current HTTP/1 request began.
    pub(super) fn no_response_yet(&self) -> bool {
        self.heard() == self.heard_before.load(Ordering::Relaxed)
    }

    fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
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
        lock(&self.line).status()
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

    /// HTTP reads this.
    fn read(&self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.heard.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        if let Some(frames) = &mut *lock(&self.frames) {
            return frames.read(bytes).map_err(|excess| self.exceeded(excess));
        }
        if self.nothing_written() {
            self.spoke_first.store(true, Ordering::Relaxed);
        }
        let mut line = lock(&self.line);
        line.read(bytes);
        if line.interim() > MAX_INTERIM { Err(self.exceeded(Excess::Interim)) } else { Ok(()) }
    }

    /// So many bytes came over TCP.
    fn received(&self, bytes: usize) -> io::Result<()> {
        let bytes = bytes as u64;
        let within = self
            .allowance
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes))
            .is_ok();
        if within { Ok(()) } else { Err(self.exceeded(Excess::Bytes)) }
    }

    fn exceeded(&self, excess: Excess) -> io::Error {
        lock(&self.excess).get_or_insert(excess).to_owned().into()
    }

    fn written(&self) {
        self.silence.store(false, Ordering::Relaxed);
        self.writes.fetch_add(1, Ordering::Relaxed);
    }
}

/// One HTTP/2 request in the window.
#[derive(Debug)]
pub(super) struct StreamWatch {
    watch: Arc<Watch>,
    writes: u64,
    heard: u64,
    alone: bool,
}

impl StreamWatch {
    /// Whether nothing at all was written since it began.
    pub(super) fn nothing_written(&self) -> bool {
        self.watch.writes() == self.writes
    }

    /// Whether it was the only request under way, and nothing at all came back since it began.
    pub(super) fn no_response_yet(&self) -> bool {
        self.alone && self.watch.heard() == self.heard
    }
}

impl Drop for StreamWatch {
    fn drop(&mut self) {
        let mut frames = lock(&self.watch.frames);
        let under_way = frames.as_mut().map_or(0, Frames::end);
        let most = (under_way + 1).saturating_mul(MAX_PER_STREAM);
        self.watch.allowance.fetch_min(most, Ordering::Relaxed);
    }
}

/// A TCP connection that can be probed.
///
/// When the kernel takes nothing more, what is written is dropped and reading goes on: a server that
/// refuses a request early answers, then closes, and its answer lies there to be read. The end shows
/// to the reader.
#[derive(Debug)]
pub(super) struct Tcp {
    stream: TcpStream,
    watch: Arc<Watch>,
    broken: bool,
}

impl Tcp {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, watch: Arc::default(), broken: false }
    }

    pub(super) fn watch(&self) -> Arc<Watch> {
        Arc::clone(&self.watch)
    }

    /// Asks the kernel. The runtime learns of a close only when it next polls its driver, which
    /// may be after a request was written.
    fn ask(&self) -> Poll<io::Result<()>> {
        match SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]) {
            Ok(0) => Poll::Ready(Ok(())),
            Ok(_) if self.watch.silence.load(Ordering::Relaxed) => {
                self.watch.spoke_first.store(true, Ordering::Relaxed);
                let words = "the peer spoke before the request was sent";
                Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, words)))
            }
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
        if let Some(excess) = self.watch.excess() {
            return Poll::Ready(Err(excess.into()));
        }
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        if polled.is_pending() {
            let asks = [&self.watch.probing, &self.watch.silence];
            return if asks.iter().any(|flag| flag.load(Ordering::Relaxed)) { self.ask() } else { polled };
        }
        let came = buf.filled().len() - before;
        take_turns(cx, came);
        match self.watch.received(came) {
            Ok(()) => polled,
            Err(excess) => Poll::Ready(Err(excess)),
        }
    }
}

impl Tcp {
    /// What a write became.
    fn wrote(&mut self, polled: Poll<io::Result<usize>>, length: usize) -> Poll<io::Result<usize>> {
        match polled {
            Poll::Ready(Ok(1..)) => self.watch.written(),
            Poll::Ready(Err(error)) => {
                lock(&self.watch.broken).get_or_insert_with(|| error.to_string());
                self.broken = true;
                return Poll::Ready(Ok(length));
            }
            Poll::Ready(Ok(0)) | Poll::Pending => {}
        }
        polled
    }
}

impl AsyncWrite for Tcp {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Ready(Ok(buf.len()));
        }
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.wrote(polled, buf.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = bufs.iter().map(|buf| buf.len()).sum();
        if self.broken {
            return Poll::Ready(Ok(length));
        }
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.wrote(polled, length)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.broken { Poll::Ready(Ok(())) } else { Pin::new(&mut self.stream).poll_shutdown(cx) }
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

    /// Whether every byte is HTTP's.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.layer, Layer::Plain(_))
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
        match self.watch.read(buf.filled().get(before..).unwrap_or_default()) {
            Ok(()) => polled,
            Err(excess) => Poll::Ready(Err(excess)),
        }
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

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::io::Write;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpSocket;

    use super::*;

    /// A connection, and the peer's end of it, which the runtime knows nothing of.
    async fn connected() -> (Stream, std::net::TcpStream) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let reader = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Stream::plain(Tcp::new(reader)), listener.accept().unwrap().0)
    }

    #[tokio::test]
    async fn an_answer_that_arrived_is_read_although_nothing_more_can_be_written() {
        let (mut stream, mut peer) = connected().await;
        stream.write_all(b"a request that nobody reads").await.unwrap();
        peer.write_all(b"an answer").unwrap();
        // Closing with something unread resets the connection.
        drop(peer);
        for _ in 0..3 {
            stream.write_all(&[b'x'; 100_000]).await.unwrap();
        }
        assert!(stream.watch().broken().is_some());
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, b"an answer");
    }

    #[tokio::test]
    async fn bytes_that_lie_there_before_a_request_is_written_are_noticed_before_the_runtime_tells() {
        for (plain, written) in [(true, false), (true, true), (false, false)] {
            let (mut stream, mut peer) = connected().await;
            let watch = stream.watch();
            watch.begin(plain);
            if written {
                stream.write_all(b"GET").await.unwrap();
            }
            peer.write_all(b"out of turn").unwrap();
            let read = poll_fn(|cx| {
                let mut space = [0; 64];
                Poll::Ready(Pin::new(&mut stream).poll_read(cx, &mut ReadBuf::new(&mut space)))
            });
            let noticed = matches!(read.await, Poll::Ready(Err(_)));
            assert_eq!((noticed, watch.spoke_first()), (plain && !written, plain && !written));
        }
    }

    #[tokio::test]
    async fn a_peer_that_always_has_more_to_say_gets_no_more_than_its_turn() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(1024 * 1024).unwrap();
        let reader = socket.connect(listener.local_addr().unwrap()).await.unwrap();
        let (writer, _) = listener.accept().await.unwrap();
        let mut written = 0;
        while written < 256 * 1024 {
            writer.writable().await.unwrap();
            written += writer.try_write(&[b'x'; 16 * 1024]).unwrap();
        }
        let mut stream = Stream::plain(Tcp::new(reader));
        let mut turns = Vec::new();
        let mut read = 0;
        while read < written {
            let turn = poll_fn(|cx| {
                let (mut space, mut turn) = ([0; 8 * 1024], 0);
                loop {
                    let mut buf = ReadBuf::new(&mut space);
                    match Pin::new(&mut stream).poll_read(cx, &mut buf) {
                        Poll::Ready(result) => {
                            result.unwrap();
                            turn += buf.filled().len();
                        }
                        Poll::Pending if turn == 0 => return Poll::Pending,
                        Poll::Pending => return Poll::Ready(turn),
                    }
                }
            });
            let turn = turn.await;
            read += turn;
            turns.push(turn);
            tokio::task::yield_now().await;
        }
        assert!(turns.iter().all(|turn| *turn <= 136 * 1024), "{turns:?}");
    }
}
