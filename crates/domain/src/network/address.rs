//! Which addresses may be connected to, and which hosts are this machine by their name alone.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::{Host, Url};

/// What may be reached beyond the public internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct AddressRules {
    /// `127.0.0.0/8` and `::1`: for a URL that a person typed, and only where its host says that it
    /// is this machine; see [`AddressRules::within`].
    pub allow_loopback: bool,
    /// RFC 1918, ULA and CGNAT: the subscription's `allow_private`.
    pub allow_private: bool,
}

impl AddressRules {
    /// The same rules for this URL: loopback is left only where the host of the URL is a loopback
    /// address, `localhost` or a name under it. What a name resolves to never makes it this machine.
    #[must_use]
    pub fn within(self, url: &Url) -> Self {
        Self { allow_loopback: self.allow_loopback && is_loopback_url(url), ..self }
    }
}

/// Whether a name means this machine without anybody being asked: `localhost` and what is under it,
/// with or without the dot that ends an absolute name (RFC 6761, section 6.3).
#[must_use]
pub fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let parent = name.len().checked_sub("localhost".len());
    parent.and_then(|at| name.split_at_checked(at)).is_some_and(|(under, last)| {
        last.eq_ignore_ascii_case("localhost") && (under.is_empty() || under.ends_with('.'))
    })
}

/// Whether a URL reaches this machine by its host alone: a loopback address or `localhost`.
#[must_use]
pub fn is_loopback_url(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.to_canonical().is_loopback(),
        Some(Host::Domain(name)) => is_localhost(name),
        None => false,
    }
}

/// The rule that refuses an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AddressRefusal {
    /// Hookbench's own API.
    #[error("it is Hookbench's own API")]
    OwnApi,
    /// `0.0.0.0/8` and `::`.
    #[error("0.0.0.0/8 and :: name no host")]
    Unspecified,
    /// `169.254.0.0/16` and `fe80::/10`, where clouds keep their metadata.
    #[error("link-local addresses (169.254.0.0/16, fe80::/10) are never sent to")]
    LinkLocal,
    /// A cloud's metadata service outside the link-local ranges.
    #[error("cloud metadata services are never sent to")]
    Metadata,
    /// `224.0.0.0/4` and `ff00::/8`.
    #[error("multicast addresses are never sent to")]
    Multicast,
    /// `240.0.0.0/4`, broadcast included.
    #[error("reserved addresses (240.0.0.0/4) are never sent to")]
    Reserved,
    /// `64:ff9b::/96`, `64:ff9b:1::/48` and `::ffff:0:0:0/96`, which hide an IPv4 address.
    #[error("NAT64 addresses (64:ff9b::/96) hide another address and are never sent to")]
    Nat64,
    /// `2002::/16`, which hides an IPv4 address.
    #[error("6to4 addresses (2002::/16) hide another address and are never sent to")]
    SixToFour,
    /// `2001::/32`, which hides an IPv4 address.
    #[error("Teredo addresses (2001::/32) hide another address and are never sent to")]
    Teredo,
    /// `::/96`, which hides an IPv4 address.
    #[error("IPv4-compatible addresses (::/96) hide another address and are never sent to")]
    Ipv4Compatible,
    /// Loopback, where the rules do not allow it.
    #[error(
        "a loopback address is only sent to where the URL itself names this machine: as `localhost`, a name \
         under it, or the address; not by a name that resolves to it"
    )]
    Loopback,
    /// A private range, where the rules do not allow it.
    #[error("private addresses (RFC 1918, ULA, CGNAT) need `allow_private`")]
    Private,
}

/// Metadata services outside the link-local ranges: AWS and Google over IPv6, Alibaba, Azure's
/// wire server, Oracle's classic cloud.
const METADATA: [IpAddr; 5] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

/// Checks one address, IPv4-mapped forms unmapped, by the rules of a subscription. `own` is where
/// Hookbench's API listens.
///
/// # Errors
/// The [`AddressRefusal`] that applies.
pub fn check_address(
    ip: IpAddr,
    port: u16,
    rules: AddressRules,
    own: &[SocketAddr],
) -> Result<(), AddressRefusal> {
    let ip = ip.to_canonical();
    if own.iter().any(|own| own.port() == port && reaches(ip, own.ip().to_canonical())) {
        return Err(AddressRefusal::OwnApi);
    }
    if METADATA.contains(&ip) {
        return Err(AddressRefusal::Metadata);
    }
    let refusal = match ip {
        IpAddr::V4(v4) => refused_v4(v4),
        IpAddr::V6(v6) => refused_v6(v6),
    };
    match refusal {
        Some(AddressRefusal::Loopback) if rules.allow_loopback => Ok(()),
        Some(AddressRefusal::Private) if rules.allow_private => Ok(()),
        Some(refusal) => Err(refusal),
        None => Ok(()),
    }
}

/// Whether a connection to `ip` arrives at a listener bound to `bound`.
fn reaches(ip: IpAddr, bound: IpAddr) -> bool {
    ip == bound || (bound.is_unspecified() && ip.is_loopback())
}

fn refused_v4(ip: Ipv4Addr) -> Option<AddressRefusal> {
    let [a, b, ..] = ip.octets();
    match (a, b) {
        (0, _) => Some(AddressRefusal::Unspecified),
        (127, _) => Some(AddressRefusal::Loopback),
        (169, 254) => Some(AddressRefusal::LinkLocal),
        (10, _) | (172, 16..=31) | (192, 168) | (100, 64..=127) => Some(AddressRefusal::Private),
        (224..=239, _) => Some(AddressRefusal::Multicast),
        (240..=255, _) => Some(AddressRefusal::Reserved),
        _ => None,
    }
}

fn refused_v6(ip: Ipv6Addr) -> Option<AddressRefusal> {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Some(AddressRefusal::Unspecified),
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(AddressRefusal::Loopback),
        [0, 0, 0, 0, 0, 0, ..] => Some(AddressRefusal::Ipv4Compatible),
        [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => {
            Some(AddressRefusal::Nat64)
        }
        [0x2002, ..] => Some(AddressRefusal::SixToFour),
        [0x2001, 0, ..] => Some(AddressRefusal::Teredo),
        // Site-local (fec0::/10) is what ULA was called before.
        [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Some(AddressRefusal::Private),
        [0xfe80..=0xfebf, ..] => Some(AddressRefusal::LinkLocal),
        [0xff00..=0xffff, ..] => Some(AddressRefusal::Multicast),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: AddressRules = AddressRules { allow_loopback: false, allow_private: false };
    const OPEN: AddressRules = AddressRules { allow_loopback: true, allow_private: true };

    fn check(ip: &str, rules: AddressRules) -> Result<(), AddressRefusal> {
        check_address(ip.parse().unwrap(), 443, rules, &[])
    }

    #[test]
    fn what_is_always_refused_is_refused_under_the_most_open_rules() {
        for (ip, refusal) in [
            ("169.254.169.254", AddressRefusal::LinkLocal),
            ("169.254.0.1", AddressRefusal::LinkLocal),
            ("::ffff:169.254.169.254", AddressRefusal::LinkLocal),
            ("fe80::1", AddressRefusal::LinkLocal),
            ("febf::1", AddressRefusal::LinkLocal),
            ("fd00:ec2::254", AddressRefusal::Metadata),
            ("fd20:ce::254", AddressRefusal::Metadata),
            ("100.100.100.200", AddressRefusal::Metadata),
            ("::ffff:100.100.100.200", AddressRefusal::Metadata),
            ("0.0.0.0", AddressRefusal::Unspecified),
            ("0.1.2.3", AddressRefusal::Unspecified),
            ("::ffff:0.0.0.0", AddressRefusal::Unspecified),
            ("::", AddressRefusal::Unspecified),
            ("224.0.0.1", AddressRefusal::Multicast),
            ("239.255.255.255", AddressRefusal::Multicast),
            ("ff02::1", AddressRefusal::Multicast),
            ("240.0.0.1", AddressRefusal::Reserved),
            ("255.255.255.255", AddressRefusal::Reserved),
            ("64:ff9b::7f00:1", AddressRefusal::Nat64),
            ("64:ff9b::8.8.8.8", AddressRefusal::Nat64),
            ("64:ff9b:1::1", AddressRefusal::Nat64),
            ("::ffff:0:127.0.0.1", AddressRefusal::Nat64),
            ("2002:7f00:1::", AddressRefusal::SixToFour),
            ("2001::1", AddressRefusal::Teredo),
            ("2001:0:4136:e378::1", AddressRefusal::Teredo),
            ("::127.0.0.1", AddressRefusal::Ipv4Compatible),
        ] {
            assert_eq!(check(ip, OPEN), Err(refusal), "{ip}");
            assert_eq!(check(ip, STRICT), Err(refusal), "{ip}");
        }
    }

    #[test]
    fn this_machine_is_what_the_url_says_it_is() {
        for (url, here) in [
            ("http://localhost/", true),
            ("http://LOCALHOST:8080/", true),
            ("http://localhost./", true),
            ("http://app.localhost/", true),
            ("http://a.b.localhost./", true),
            ("http://127.0.0.1/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("http://2130706433/", true),
            ("http://notlocalhost/", false),
            ("http://localhost.example/", false),
            ("http://localhost../", false),
            ("http://loopback.example/", false),
            ("http://10.0.0.1/", false),
            ("mailto:a@localhost", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(is_loopback_url(&url), here, "{url}");
            assert_eq!(OPEN.within(&url), AddressRules { allow_loopback: here, ..OPEN }, "{url}");
            assert_eq!(STRICT.within(&url), STRICT, "{url}");
        }
        assert!(!is_localhost("") && !is_localhost(".") && !is_localhost("höst"));
    }

    #[test]
    fn private_ranges_need_their_own_permission() {
        let only_loopback = AddressRules { allow_loopback: true, allow_private: false };
        let only_private = AddressRules { allow_loopback: false, allow_private: true };
        for ip in [
            "10.0.0.1",
            "10.255.255.255",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "fc00::1",
            "fdff::1",
            "fec0::1",
            "::ffff:10.0.0.1",
        ] {
            assert_eq!(check(ip, STRICT), Err(AddressRefusal::Private), "{ip}");
            assert_eq!(check(ip, only_loopback), Err(AddressRefusal::Private), "{ip}");
            assert_eq!(check(ip, only_private), Ok(()), "{ip}");
        }
    }

    #[test]
    fn loopback_needs_its_own_permission() {
        let only_private = AddressRules { allow_loopback: false, allow_private: true };
        for ip in ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(check(ip, STRICT), Err(AddressRefusal::Loopback), "{ip}");
            assert_eq!(check(ip, only_private), Err(AddressRefusal::Loopback), "{ip}");
            assert_eq!(check(ip, OPEN), Ok(()), "{ip}");
        }
    }

    #[test]
    fn neighbours_of_refused_ranges_are_public() {
        for ip in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "223.255.255.255",
            "2001:1::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
        ] {
            assert_eq!(check(ip, STRICT), Ok(()), "{ip}");
        }
    }

    #[test]
    fn our_own_api_is_refused_by_address_and_port_however_it_is_written() {
        let own: Vec<SocketAddr> = vec!["127.0.0.1:4400".parse().unwrap(), "[::]:4500".parse().unwrap()];
        let check = |ip: &str, port| check_address(ip.parse().unwrap(), port, OPEN, &own);
        assert_eq!(check("127.0.0.1", 4400), Err(AddressRefusal::OwnApi));
        assert_eq!(check("::ffff:127.0.0.1", 4400), Err(AddressRefusal::OwnApi));
        assert_eq!(check("::1", 4500), Err(AddressRefusal::OwnApi));
        assert_eq!(check("127.0.0.1", 4500), Err(AddressRefusal::OwnApi));
        assert_eq!(check("127.0.0.1", 4401), Ok(()));
    }
}
