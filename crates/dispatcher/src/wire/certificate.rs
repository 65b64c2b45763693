//! What a certificate says of itself, and how it is told apart.

use std::net::{Ipv4Addr, Ipv6Addr};

use hookbench_domain::{Certificate, Timestamp};
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

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
