//! What a certificate says of itself, and how it is told apart.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use hookbench_domain::{Certificate, Timestamp};
use rustls::CertificateError;
use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate, X509Version};

/// How many names are kept.
const MOST_NAMES: usize = 20;
/// How long a name is kept, in characters.
const LONGEST: usize = 256;

/// SHA-256 of a certificate, lower-case hex.
pub(super) fn fingerprint(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a certificate; `None` for what is none.
pub(super) fn summary(der: &[u8]) -> Option<Certificate> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    let short = |text: String| text.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>();
    let time = |seconds: i64| Timestamp::from_ms(seconds.saturating_mul(1000));
    let alternative = certificate.subject_alternative_name().ok().flatten();
    let names = alternative.map(|extension| extension.value.general_names.iter().filter_map(name));
    let validity = certificate.validity();
    Some(Certificate {
        subject: short(certificate.subject().to_string()),
        issuer: short(certificate.issuer().to_string()),
        names: names.into_iter().flatten().take(MOST_NAMES).map(short).collect(),
        not_before: time(validity.not_before.timestamp()),
        not_after: time(validity.not_after.timestamp()),
    })
}

/// Checks a certificate that was given to be trusted, byte for byte: its time and its names. The
/// name of its subject counts where it has no others, as `openssl req -x509` leaves it.
pub(super) fn check_own(
    der: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<(), rustls::Error> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::BadEncoding)?;
    let time =
        |seconds: i64| UnixTime::since_unix_epoch(Duration::from_secs(seconds.try_into().unwrap_or(0)));
    let not_before = time(certificate.validity().not_before.timestamp());
    let not_after = time(certificate.validity().not_after.timestamp());
    if now.as_secs() < not_before.as_secs() {
        return Err(CertificateError::NotValidYetContext { time: now, not_before }.into());
    }
    if now.as_secs() > not_after.as_secs() {
        return Err(CertificateError::ExpiredContext { time: now, not_after }.into());
    }
    if certificate.subject_alternative_name().map_err(|_| CertificateError::BadEncoding)?.is_some() {
        return verify_server_name(&ParsedCertificate::try_from(der)?, name);
    }
    let presented: Vec<String> = certificate
        .subject()
        .iter_common_name()
        .filter_map(|name| name.as_str().ok())
        .map(str::to_owned)
        .collect();
    if presented.iter().any(|presented| covers(presented, &name.to_str())) {
        Ok(())
    } else {
        Err(CertificateError::NotValidForNameContext { expected: name.to_owned(), presented }.into())
    }
}

/// Whether a name in a certificate is that of a host, or stands for it with `*.`.
fn covers(presented: &str, host: &str) -> bool {
    let parent = host.split_once('.').map(|(_, parent)| parent);
    presented.eq_ignore_ascii_case(host)
        || presented.strip_prefix("*.").zip(parent).is_some_and(|(zone, parent)| {
            zone.contains('.') && zone.eq_ignore_ascii_case(parent) && host.parse::<IpAddr>().is_err()
        })
}

/// The public key of a certificate of X.509 version 1, which rustls does not read.
pub(super) fn key_of_version_1(der: &[u8]) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    (certificate.version() == X509Version::V1)
        .then(|| SubjectPublicKeyInfoDer::from(certificate.public_key().raw.to_vec()))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "other names are not those of a server")]
fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(text) => Some((*text).to_owned()),
        GeneralName::IPAddress(bytes) => match <[u8; 4]>::try_from(*bytes) {
            Ok(v4) => Some(Ipv4Addr::from(v4).to_string()),
            Err(_) => Some(Ipv6Addr::from(<[u8; 16]>::try_from(*bytes).ok()?).to_string()),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_subject_covers_its_own_name_and_one_level_below_a_star() {
        for (presented, host, want) in [
            ("hooks.example.com", "hooks.example.com", true),
            ("Hooks.Example.com", "hooks.example.COM", true),
            ("*.example.com", "hooks.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
            ("*.com", "example.com", false),
            ("*.0.0.1", "127.0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("", "example.com", false),
        ] {
            assert_eq!(covers(presented, host), want, "{presented} {host}");
        }
    }
}
