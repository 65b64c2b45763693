//! Verification as it should be written, in eight languages. The texts are files beside this one;
//! each keeps the raw bytes, compares in constant time, and checks the age where a time is signed.

use std::fmt;

use hookbench_signature::{Format, Scheme};
use serde::Serialize;

/// A language that a snippet is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Language {
    /// JavaScript on Node.
    Node,
    /// Python 3.
    Python,
    /// PHP 8.
    Php,
    /// Ruby.
    Ruby,
    /// Go.
    Go,
    /// Java 17.
    Java,
    /// C# on .NET 7 or later.
    CSharp,
    /// Rust.
    Rust,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 8] =
        [Self::Node, Self::Python, Self::Php, Self::Ruby, Self::Go, Self::Java, Self::CSharp, Self::Rust];

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Node => "Node",
            Self::Python => "Python",
            Self::Php => "PHP",
            Self::Ruby => "Ruby",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::CSharp => "C#",
            Self::Rust => "Rust",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The three shapes a verifier has: a time beside the digest, three headers, a digest of the body.
struct Texts {
    pairs: &'static str,
    headers: &'static str,
    body: &'static str,
}

macro_rules! texts {
    ($suffix:literal) => {
        Texts {
            pairs: include_str!(concat!("pairs.", $suffix)),
            headers: include_str!(concat!("headers.", $suffix)),
            body: include_str!(concat!("body.", $suffix)),
        }
    };
}

/// A verifier for the scheme in the language; `None` for the schemes that sign nothing.
#[must_use]
pub fn snippet(scheme: Scheme, language: Language) -> Option<String> {
    let texts = match language {
        Language::Node => texts!("js"),
        Language::Python => texts!("py"),
        Language::Php => texts!("php"),
        Language::Ruby => texts!("rb"),
        Language::Go => texts!("go"),
        Language::Java => texts!("java"),
        Language::CSharp => texts!("cs"),
        Language::Rust => texts!("rs.txt"),
    };
    let (text, prefix, hex) = match scheme.format()? {
        Format::KeyValues => (texts.pairs, "", true),
        Format::Versioned => (texts.headers, "", false),
        Format::PrefixedHex => (texts.body, "sha256=", true),
        Format::Hex => (texts.body, "", true),
        Format::Base64 => (texts.body, "", false),
        Format::Plain => return None,
    };
    let header = scheme.signature_header()?;
    // PHP and Ruby hand headers to programs in the spelling of CGI (RFC 3875, 4.1.18).
    let cgi = |name: &str| format!("HTTP_{}", name.to_uppercase().replace('-', "_"));
    let family = header.split('-').next().unwrap_or_default();
    Some(
        kept_lines(text, if hex { "HEX" } else { "BASE64" })
            .replace("{CGI}", &cgi(header))
            .replace("{CGI_FAMILY}", &cgi(family))
            .replace("{HEADER}", &header.to_lowercase())
            .replace("{FAMILY}", family)
            .replace("{PREFIX}", prefix)
            .replace("{SCHEME}", scheme.as_str()),
    )
}

/// Leaves out the lines that are for the other encoding: `[HEX]` and `[BASE64]` at their start.
fn kept_lines(text: &str, encoding: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let kept = match line.strip_prefix('[').and_then(|l| l.split_once(']')) {
            Some((mark @ ("HEX" | "BASE64"), rest)) if mark == encoding => rest,
            Some(("HEX" | "BASE64", _)) => continue,
            Some(_) | None => line,
        };
        out.push_str(kept);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_that_signs_has_a_verifier_in_every_language() {
        for scheme in Scheme::ALL {
            for language in Language::ALL {
                let Some(text) = snippet(scheme, language) else {
                    assert!(matches!(scheme, Scheme::None | Scheme::ApiKey));
                    continue;
                };
                for left in ["{HEADER", "{CGI", "{FAMILY", "{PREFIX", "{SCHEME", "[HEX", "[BASE64"] {
                    assert!(!text.contains(left), "{scheme} {language}: {left}\n{text}");
                }
                let header = scheme.signature_header().unwrap().to_lowercase().replace('-', "_");
                let family = header.split('_').next().unwrap();
                let found = text.to_lowercase().replace('-', "_");
                assert!(found.contains(&header) || found.contains(family), "{scheme} {language}");
                let timed = scheme.text() != Some(hookbench_signature::SignedText::Body);
                assert_eq!(text.contains("300"), timed, "{scheme} {language}");
            }
        }
    }
}
