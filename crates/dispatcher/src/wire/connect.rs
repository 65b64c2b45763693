//! Opens a connection: resolve, check every address, connect to a checked one, TLS, HTTP.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hookbench_ambient::Stopwatch;
use hookbench_domain::{AddressRefusal, Outcome, is_localhost};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use url::Host;

use super::config::{MAX_RESPONSE_HEAD, MAX_RESPONSE_HEADERS};
use super::failure::Failure;
use super::pool::{About, Channel, Http1, Http2};
use super::progress::{Progress, Step};
use super::request::Prepared;
use super::stream::{Stream, Tcp};
use super::tls::Shown;
use super::{Inner, shortage};

/// The most addresses of one name that are tried.
const MAX_TRIED: usize = 8;

/// What a peer may send ahead of our reading on one HTTP/2 connection, in bytes.
const HTTP2_WINDOW: u32 = 1024 * 1024;

/// How long an HTTP/2 connection that nobody uses has to say farewell.
const FAREWELL: Duration = Duration::from_secs(1);

impl Inner {
    /// Opens a connection for a request. Nothing of the request is sent.
    pub(super) async fn open(
        &self,
        prepared: &Prepared,
        progress: &mut Progress,
    ) -> Result<Channel, Failure> {
        let addresses = self.resolve(prepared, progress).await?;
        progress.enter(Step::Connecting);
        let (tcp, peer) = self.connect(&addresses).await?;
        let opened = Stopwatch::start();
        progress.connection.peer = Some(peer.to_string());
        let tcp = Tcp::new(tcp);
        let watch = tcp.watch();
        let (stream, shown) = if prepared.key.https {
            if prepared.trust.unverified && !peer.ip().to_canonical().is_loopback() {
                let why =
                    format!("{} is refused: certificates are left unchecked on this machine only", peer.ip());
                return Err(Failure::new(Outcome::Blocked, why));
            }
            progress.enter(Step::Tls);
            let (result, shown) = self.tls.shake_hands(&prepared.host, &prepared.trust, tcp).await;
            progress.connection.certificate_sha256.clone_from(&shown.certificate_sha256);
            progress.connection.certificate.clone_from(&shown.certificate);
            progress.connection.unverified = prepared.trust.unverified;
            let tls = result.map_err(|failure| watch.excess().map_or(failure, Failure::excess))?;
            (Stream::tls(tls), shown)
        } else {
            (Stream::plain(tcp), Shown::default())
        };
        progress.enter(Step::Waiting);
        let about = Arc::new(About {
            peer,
            opened,
            tls_version: shown.version,
            certificate_sha256: shown.certificate_sha256,
            certificate: shown.certificate,
            client_certificate: shown.client_certificate,
            unverified: prepared.trust.unverified && prepared.key.https,
        });
        if shown.http2 { speak_http2(stream, about).await } else { speak_http1(stream, about).await }
    }

    /// The addresses of the host that may be sent to. Those that may not are left out; if none is
    /// left, the rule that refused the first is the answer. The connection goes to one of these
    /// very addresses, so a name that resolves differently a moment later changes nothing.
    async fn resolve(
        &self,
        prepared: &Prepared,
        progress: &mut Progress,
    ) -> Result<Vec<SocketAddr>, Failure> {
        let port = prepared.key.port;
        let found: Vec<SocketAddr> = match &prepared.host {
            Host::Ipv4(ip) => vec![(*ip, port).into()],
            Host::Ipv6(ip) => vec![(*ip, port).into()],
            // Nobody is asked where this machine is (RFC 6761, section 6.3).
            Host::Domain(name) if is_localhost(name) => {
                vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()]
            }
            Host::Domain(name) => {
                progress.enter(Step::Resolving);
                self.look_up(name, port).await?
            }
        };
        let mut allowed = Vec::with_capacity(found.len());
        let mut refused = None;
        for address in found {
            let address = SocketAddr::new(address.ip().to_canonical(), port);
            match self.check(address, prepared.key.rules) {
                Ok(()) => allowed.push(address),
                // Another address of the same name does not make it somebody else's.
                Err(AddressRefusal::OwnApi) => return Err(blocked(address, AddressRefusal::OwnApi)),
                Err(refusal) => {
                    refused.get_or_insert((address, refusal));
                }
            }
        }
        match refused {
            _ if !allowed.is_empty() => Ok(allowed),
            Some((address, refusal)) => Err(blocked(address, refusal)),
            None => Err(Failure::new(Outcome::Dns, "the host name resolves to no address")),
        }
    }

    /// Asks the operating system for the addresses of a name.
    async fn look_up(&self, name: &str, port: u16) -> Result<Vec<SocketAddr>, Failure> {
        let what = format!("`{name}` does not resolve");
        let mut room_was_made = false;
        loop {
            let error = match tokio::net::lookup_host((name, port)).await {
                Ok(found) => return Ok(found.collect()),
                Err(error) => error,
            };
            if !shortage::out_of_handles(&error) && !shortage::no_handles_now() {
                return Err(Failure::new(Outcome::Dns, format!("{what}: {error}")));
            }
            if room_was_made || !self.pool.give_up_some() {
                return Err(Failure::shortage(Outcome::Dns, &what, &error));
            }
            room_was_made = true;
        }
    }

    /// Opens a TCP connection. Where this machine is short of something, unused connections are
    /// closed for it, and it is tried once more.
    async fn connect_to(&self, address: SocketAddr) -> io::Result<TcpStream> {
        match TcpStream::connect(address).await {
            Err(error) if shortage::is_short(&error, address) && self.pool.give_up_some() => {
                TcpStream::connect(address).await
            }
            result => result,
        }
    }

    /// Connects to the first address that answers. Each gets an equal share of what is left of the
    /// limit, so one that swallows packets does not hide the others.
    async fn connect(&self, addresses: &[SocketAddr]) -> Result<(TcpStream, SocketAddr), Failure> {
        let limit = self.config.connect_timeout;
        let watch = Stopwatch::start();
        let tried = &addresses[..addresses.len().min(MAX_TRIED)];
        let (mut outcome, mut error) = (Outcome::Connect, "no address".to_owned());
        for (index, &address) in tried.iter().enumerate() {
            let left = u32::try_from(tried.len() - index).unwrap_or(1);
            let share: Duration = limit.saturating_sub(watch.elapsed()) / left;
            match tokio::time::timeout(share, self.connect_to(address)).await {
                Ok(Ok(tcp)) => {
                    // Only a matter of speed.
                    let _ = tcp.set_nodelay(true);
                    return Ok((tcp, address));
                }
                Ok(Err(failed)) if shortage::is_short(&failed, address) => {
                    // The next address would get no more.
                    return Err(Failure::shortage(Outcome::Connect, &address.to_string(), &failed));
                }
                // No address to send from: what the others said says more.
                Ok(Err(failed)) if index > 0 && failed.kind() == io::ErrorKind::AddrNotAvailable => {}
                Ok(Err(failed)) => {
                    // Refused is said at once; what is reset was connected, and closed before we looked.
                    let reset = failed.kind() == io::ErrorKind::ConnectionReset;
                    outcome = if reset { Outcome::Reset } else { Outcome::Connect };
                    error = format!("{address}: {}", in_words(&failed));
                }
                Err(_elapsed) => {
                    outcome = Outcome::Connect;
                    error = format!("{address}: no connection within {} ms", share.as_millis());
                }
            }
        }
        Err(Failure::new(outcome, format!("{error}{}", others(tried.len()))))
    }
}

/// What is said of the addresses beside the one whose failure is told.
fn others(tried: usize) -> String {
    match tried {
        0 | 1 => String::new(),
        2 => " (the other address did not answer either)".to_owned(),
        _ => format!(" (none of the other {} addresses answered either)", tried - 1),
    }
}

fn blocked(address: SocketAddr, refusal: AddressRefusal) -> Failure {
    Failure::new(Outcome::Blocked, format!("{} is refused: {refusal}", address.ip()))
}

fn in_words(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::ConnectionRefused {
        "connection refused".to_owned()
    } else if error.kind() == io::ErrorKind::AddrNotAvailable {
        "unreachable: this machine has no address of that kind to send from".to_owned()
    } else {
        error.to_string()
    }
}

async fn speak_http1(stream: Stream, about: Arc<About>) -> Result<Channel, Failure> {
    let (watch, plain) = (stream.watch(), stream.is_plain());
    let (sender, driver) = http1::Builder::new()
        .title_case_headers(true)
        .max_buf_size(MAX_RESPONSE_HEAD)
        .max_header_size(MAX_RESPONSE_HEAD)
        .max_headers(MAX_RESPONSE_HEADERS)
        // What old servers write is read as browsers read it: the status is what matters.
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Failure::of_exchange(&error, &watch, about.client_certificate))?;
    let (keep, unused) = (Duration::ZERO, Duration::ZERO);
    Ok(Channel::Http1(Http1 { sender, driver: Box::pin(driver), watch, about, plain, keep, unused }))
}

async fn speak_http2(stream: Stream, about: Arc<About>) -> Result<Channel, Failure> {
    let watch = stream.watch();
    watch.probe_always();
    watch.speak_http2();
    let head = u32::try_from(MAX_RESPONSE_HEAD).unwrap_or(u32::MAX);
    let (sender, connection) = h2::client::Builder::new()
        .enable_push(false)
        .initial_window_size(head)
        .initial_connection_window_size(HTTP2_WINDOW)
        .max_header_list_size(head)
        .handshake::<_, Bytes>(stream)
        .await
        .map_err(|error| Failure::of_h2(&error, &watch, about.client_certificate))?;
    let (in_use, unused) = oneshot::channel();
    tokio::spawn(drive_http2(connection, unused));
    let (_in_use, unused) = (Arc::new(in_use), Duration::ZERO);
    Ok(Channel::Http2(Http2 { sender, watch, about, unused, _in_use }))
}

/// Drives an HTTP/2 connection until it ends or nobody uses it. Its errors reach the requests it
/// carries.
async fn drive_http2(
    connection: h2::client::Connection<Stream, Bytes>,
    unused: oneshot::Receiver<Infallible>,
) {
    let mut connection = pin!(connection);
    tokio::select! {
        _ended = &mut connection => return,
        _nobody = unused => {}
    }
    // A peer that takes nothing more cannot keep it open.
    let _ended = tokio::time::timeout(FAREWELL, connection).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_other_address_is_one() {
        assert_eq!(others(1), "");
        assert_eq!(others(2), " (the other address did not answer either)");
        assert_eq!(others(3), " (none of the other 2 addresses answered either)");
    }
}
