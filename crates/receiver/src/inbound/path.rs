//! The paths of the receiver: `/in/{source}` and `/in/{source}/{token}`.

/// A path that may name a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InboundPath<'a> {
    /// The source's name, as it stands in the path.
    pub source: &'a str,
    /// What follows it, if something does.
    pub token: Option<&'a str>,
}

/// Reads a path, without its query. Names and tokens need no percent-encoding, so none is undone.
#[must_use]
pub fn read_path(path: &str) -> Option<InboundPath<'_>> {
    let rest = path.strip_prefix("/in/")?;
    let (source, token) = match rest.split_once('/') {
        Some((source, token)) => (source, Some(token)),
        None => (rest, None),
    };
    (!source.is_empty()).then_some(InboundPath { source, token })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_source_and_perhaps_a_token() {
        for (path, want) in [
            ("/in/shop", Some(("shop", None))),
            ("/in/shop/t0k", Some(("shop", Some("t0k")))),
            ("/in/shop/", Some(("shop", Some("")))),
            ("/in/shop/a/b", Some(("shop", Some("a/b")))),
            ("/in/%73hop", Some(("%73hop", None))),
            ("/in/", None),
            ("/in", None),
            ("/", None),
            ("/IN/shop", None),
            ("//in/shop", None),
        ] {
            assert_eq!(read_path(path).map(|p| (p.source, p.token)), want, "{path}");
        }
    }
}
