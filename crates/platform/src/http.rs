//! The client of remote APIs: https except to this machine (whoever uses it checks that), the same
//! rules for addresses as for deliveries, no redirects, no proxy, no hidden repetition, TLS 1.2 or
//! later with the operating system's trust store.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hookbench_domain::{AddressRules, check_address, is_localhost};
use reqwest::dns::{Name, Resolve, Resolving};
use url::{Host, Url};

use crate::api::ApiError;

const CONNECT_TIME: Duration = Duration::from_secs(5);

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpTime {
    /// The whole of it.
    Whole(Duration),
    /// For ever, unless nothing comes for so long: a stream.
    Silence(Duration),
}

/// A client of what answers at `url`. It connects to checked addresses only: never to link-local
/// ones and metadata services, to this machine only where the URL says so, to private ones only where
/// `allow_private`. The trust store is read only where `https` is spoken.
///
/// # Errors
/// [`ApiError::BaseUrl`] where the URL names an address that is refused; [`ApiError::Tls`] when the
/// client cannot be made.
pub fn http_client(url: &Url, time: HttpTime, allow_private: bool) -> Result<reqwest::Client, ApiError> {
    let rules = AddressRules { allow_loopback: true, allow_private }.within(url);
    // Of an address nobody asks the resolver.
    let named: Option<IpAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => Some(ip.into()),
        Some(Host::Ipv6(ip)) => Some(ip.into()),
        Some(Host::Domain(_)) | None => None,
    };
    if let Some(ip) = named {
        let port = url.port_or_known_default().unwrap_or_default();
        check_address(ip, port, rules, &[])
            .map_err(|refusal| ApiError::BaseUrl(format!("leads to {ip}, which is refused: {refusal}")))?;
    }
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIME)
        .user_agent(concat!("Hookbench/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Checked { rules })
        .tls_backend_preconfigured(tls(url.scheme() == "https")?);
    let builder = match time {
        HttpTime::Whole(time) => builder.timeout(time),
        HttpTime::Silence(time) => builder.read_timeout(time),
    };
    builder.build().map_err(|error| ApiError::Tls(error.without_url().to_string()))
}

/// Resolves names to addresses that may be connected to.
struct Checked {
    rules: AddressRules,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.rules;
        Box::pin(async move {
            // Nobody is asked where this machine is.
            let found: Vec<SocketAddr> = if is_localhost(name.as_str()) {
                vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
            } else {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            };
            let allowed = allowed(&found, rules)?;
            Ok(Box::new(allowed.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

/// The addresses among those of a name that may be connected to; where there is none, the rule that
/// refused the first.
fn allowed(found: &[SocketAddr], rules: AddressRules) -> Result<Vec<SocketAddr>, String> {
    let (mut allowed, mut refused) = (Vec::with_capacity(found.len()), None);
    for address in found {
        match check_address(address.ip(), address.port(), rules, &[]) {
            Ok(()) => allowed.push(*address),
            Err(refusal) => {
                refused.get_or_insert_with(|| format!("{} is refused: {refusal}", address.ip()));
            }
        }
    }
    match refused {
        Some(refused) if allowed.is_empty() => Err(refused),
        Some(_) | None => Ok(allowed),
    }
}

/// What failed, in words of ours: the library's may hold the URL.
#[must_use]
pub fn why_http(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        causes.push(cause.to_string());
        source = cause.source();
    }
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    match causes.pop() {
        Some(last) if !error.is_timeout() => format!("{what}: {last}"),
        Some(_) | None => what.to_owned(),
    }
}

fn tls(used: bool) -> Result<rustls::ClientConfig, ApiError> {
    let mut roots = rustls::RootCertStore::empty();
    if used {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ApiError::Tls(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: HttpTime = HttpTime::Whole(Duration::from_secs(1));

    #[test]
    fn an_address_that_may_not_have_the_key_makes_no_client() {
        for (url, private, word) in [
            ("https://169.254.169.254/v1", true, "link-local"),
            ("https://[::ffff:169.254.169.254]/", true, "link-local"),
            ("https://[fd00:ec2::254]/", true, "metadata"),
            ("https://0.0.0.0/", true, "0.0.0.0/8"),
            ("https://10.0.0.1/", false, "allow_private"),
            ("https://[fc00::1]/", false, "allow_private"),
        ] {
            let error = http_client(&Url::parse(url).unwrap(), WHOLE, private).unwrap_err().to_string();
            assert!(error.contains("refused") && error.contains(word), "{url}: {error}");
        }
        for (url, private) in
            [("https://10.0.0.1/", true), ("http://127.0.0.1:9/", false), ("http://localhost/", false)]
        {
            assert!(http_client(&Url::parse(url).unwrap(), WHOLE, private).is_ok(), "{url}");
        }
    }

    #[test]
    fn of_a_name_only_addresses_that_are_allowed_are_left() {
        let at = |ip: &str| SocketAddr::from((ip.parse::<IpAddr>().unwrap(), 0));
        let rules = |url: &str| {
            AddressRules { allow_loopback: true, allow_private: false }.within(&Url::parse(url).unwrap())
        };
        let api = rules("https://api.example/");
        let found = [at("10.0.0.1"), at("203.0.113.7"), at("127.0.0.1")];
        assert_eq!(allowed(&found, api), Ok(vec![at("203.0.113.7")]));
        assert!(allowed(&[at("127.0.0.1")], api).unwrap_err().contains("loopback"));
        assert!(allowed(&[at("fe80::1"), at("10.0.0.1")], api).unwrap_err().contains("link-local"));
        assert_eq!(allowed(&[at("::1")], rules("http://app.localhost/")), Ok(vec![at("::1")]));
        assert_eq!(allowed(&[], api), Ok(vec![]));
    }
}
