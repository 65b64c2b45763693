//! What this machine may be short of, told apart from what is the peer's fault.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use socket2::{Domain, Socket, Type};

/// How a shortage begins in words; diagnosis knows it by them.
const SHORT: &str = "this machine is short of";

/// Whether connecting to `address` failed because this machine had no file handle, port, buffer or
/// memory left.
pub(super) fn is_short(error: &io::Error, address: SocketAddr) -> bool {
    out_of_handles(error) || (error.kind() == io::ErrorKind::AddrNotAvailable && has_a_way(address))
}

/// Whether the error says that no file handle, buffer or memory was to be had.
pub(super) fn out_of_handles(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::OutOfMemory || error.raw_os_error().is_some_and(is_exhaustion)
}

#[cfg(unix)]
fn is_exhaustion(code: i32) -> bool {
    use nix::errno::Errno;
    [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM].contains(&Errno::from_raw(code))
}

/// `WSAEMFILE` and `WSAENOBUFS`.
#[cfg(not(unix))]
fn is_exhaustion(code: i32) -> bool {
    [10_024, 10_055].contains(&code)
}

/// Whether a lookup now would get no handles. A resolver that got none often says only that it
/// failed; it needs a file and a socket.
pub(super) fn no_handles_now() -> bool {
    let two = [(); 2].map(|()| Socket::new(Domain::IPV4, Type::DGRAM, None));
    two.iter().any(|socket| socket.as_ref().is_err_and(out_of_handles))
}

/// Whether there is a local address from which `address` can be reached. "Cannot assign requested
/// address" is said both where there is none, which stays so, and where every port is taken, which
/// passes. A datagram socket, whose ports are others, tells the two apart and sends nothing.
fn has_a_way(address: SocketAddr) -> bool {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    UdpSocket::bind(any).and_then(|socket| socket.connect(address)).is_ok()
}

/// A shortage in words.
pub(super) fn in_words(what: &str, error: &dyn std::fmt::Display) -> String {
    format!("{what}: {SHORT} file handles, ports or memory: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_the_operating_system_has_not_got_is_a_shortage_and_what_the_peer_does_is_none() {
        use nix::errno::Errno;
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
        for errno in [Errno::EMFILE, Errno::ENFILE, Errno::ENOBUFS, Errno::ENOMEM, Errno::EADDRNOTAVAIL] {
            assert!(is_short(&io::Error::from(errno), here), "{errno}");
        }
        for errno in [Errno::ECONNREFUSED, Errno::EHOSTUNREACH, Errno::ENETUNREACH, Errno::ETIMEDOUT] {
            assert!(!is_short(&io::Error::from(errno), here), "{errno}");
        }
        assert!(!is_short(&io::Error::other("failed to lookup address information"), here));
        assert!(!no_handles_now());
    }

    #[cfg(unix)]
    #[test]
    fn without_an_address_to_send_from_there_is_no_way_and_no_shortage() {
        // Addresses for documentation: whether or not this machine has IPv6, this is said by the
        // operating system and not by us.
        let nowhere = SocketAddr::from((Ipv4Addr::BROADCAST, 9));
        let error = io::Error::from(nix::errno::Errno::EADDRNOTAVAIL);
        assert!(!is_short(&error, nowhere), "a datagram may not go to everybody");
    }
}
