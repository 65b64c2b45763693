//! The client of remote APIs: https except to this machine (whoever uses it checks that), no
//! redirects, no proxy, no hidden repetition, TLS 1.2 or later with the operating system's trust
//! store.

use std::sync::Arc;
use std::time::Duration;

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

/// A client. The trust store is read only where `https` is spoken.
///
/// # Errors
/// [`ApiError::Tls`] when the client cannot be made.
pub fn http_client(https: bool, time: HttpTime) -> Result<reqwest::Client, ApiError> {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIME)
        .user_agent(concat!("Hookbench/", env!("CARGO_PKG_VERSION")))
        .tls_backend_preconfigured(tls(https)?);
    let builder = match time {
        HttpTime::Whole(time) => builder.timeout(time),
        HttpTime::Silence(time) => builder.read_timeout(time),
    };
    builder.build().map_err(|error| ApiError::Tls(error.without_url().to_string()))
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
