//! What goes wrong between here and a platform's API. No text holds the key, a secret, or the
//! query of a URL.

/// An error of the remote API.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The base URL cannot be used.
    #[error("the base URL {0}")]
    BaseUrl(String),
    /// The key cannot stand in a header.
    #[error("the API key has characters that cannot be sent: copy it again, without line ends")]
    Key,
    /// 401.
    #[error("the platform does not accept the API key (401 on {route}): give a key that is valid")]
    Authentication {
        /// Method and path.
        route: String,
    },
    /// 403.
    #[error("the API key may not do this (403 on {route}){said}: give it the permission at the platform")]
    Forbidden {
        /// Method and path.
        route: String,
        /// What the platform said, if anything.
        said: String,
    },
    /// 404.
    #[error("the platform has no such thing (404 on {route}){said}: check the base URL, or sync the brand")]
    NotFound {
        /// Method and path.
        route: String,
        /// What the platform said, if anything.
        said: String,
    },
    /// 409.
    #[error("it contradicts what the platform has (409 on {route}){said}: sync the brand and look again")]
    Conflict {
        /// Method and path.
        route: String,
        /// What the platform said, if anything.
        said: String,
    },
    /// 429, and waiting did not help or would take too long.
    #[error("the platform takes no more requests now (429 on {route}){wait}")]
    RateLimited {
        /// Method and path.
        route: String,
        /// How long it asks to wait, in words.
        wait: String,
    },
    /// Another answer that says no.
    #[error("the platform refuses it ({status} on {route}){said}")]
    Refused {
        /// Method and path.
        route: String,
        /// The status.
        status: u16,
        /// What the platform said, if anything.
        said: String,
    },
    /// 5xx, each time.
    #[error("the platform fails ({status} on {route}, {tries} tries): try again later")]
    Server {
        /// Method and path.
        route: String,
        /// The last status.
        status: u16,
        /// How often it was tried.
        tries: u32,
    },
    /// No answer.
    #[error(
        "the platform cannot be reached ({why}; {route}, {tries} tries): check the network and the base URL"
    )]
    Network {
        /// Method and path.
        route: String,
        /// What failed, in words.
        why: String,
        /// How often it was tried.
        tries: u32,
    },
    /// A redirect, which is not followed.
    #[error(
        "the platform redirects ({status} on {route}), which is not followed: use the address it leads to as base URL"
    )]
    Redirect {
        /// Method and path.
        route: String,
        /// The status.
        status: u16,
    },
    /// A web page where JSON was expected.
    #[error(
        "the platform answers {route} with a web page instead of JSON: check the base URL, or a login or firewall page is in the way"
    )]
    Html {
        /// Method and path.
        route: String,
    },
    /// JSON that ends too early.
    #[error("the platform's answer to {route} is cut off: try again")]
    Truncated {
        /// Method and path.
        route: String,
    },
    /// Not JSON.
    #[error("the platform's answer to {route} is not JSON")]
    NotJson {
        /// Method and path.
        route: String,
    },
    /// JSON without what the profile says is in it.
    #[error("the platform's answer to {route} {why}: compare it with `api` in the platform's profile")]
    Shape {
        /// Method and path.
        route: String,
        /// What is missing.
        why: String,
    },
    /// More than an answer may hold.
    #[error("the platform's answer to {route} is larger than 4 MiB")]
    TooLarge {
        /// Method and path.
        route: String,
    },
    /// A page that was asked for before.
    #[error("the platform's pages of {route} go round in a circle")]
    Loop {
        /// Method and path.
        route: String,
    },
    /// Page after page.
    #[error("the platform's list at {route} has more than 1,000 pages")]
    TooManyPages {
        /// Method and path.
        route: String,
    },
    /// TLS cannot be set up here.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
    /// The platform serves no delivery log.
    #[error("the platform's profile names no delivery log")]
    NoLog,
}

impl ApiError {
    /// Whether the platform has surely not done what was asked: it said no.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::BaseUrl(_)
            | Self::Key
            | Self::Tls(_)
            | Self::NoLog
            | Self::Authentication { .. }
            | Self::Forbidden { .. }
            | Self::NotFound { .. }
            | Self::RateLimited { .. }
            | Self::Redirect { .. }
            | Self::Refused { .. } => true,
            // A conflict may be with what an earlier try did.
            Self::Conflict { .. }
            | Self::Server { .. }
            | Self::Network { .. }
            | Self::Html { .. }
            | Self::Truncated { .. }
            | Self::NotJson { .. }
            | Self::Shape { .. }
            | Self::TooLarge { .. }
            | Self::Loop { .. }
            | Self::TooManyPages { .. } => false,
        }
    }

    /// A stable word that programs branch on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::BaseUrl(_) => "base_url",
            Self::Key => "invalid_key",
            Self::Authentication { .. } => "remote_authentication",
            Self::Forbidden { .. } => "remote_forbidden",
            Self::NotFound { .. } => "remote_not_found",
            Self::Conflict { .. } => "remote_conflict",
            Self::RateLimited { .. } => "remote_rate_limited",
            Self::Refused { .. } => "remote_refused",
            Self::Server { .. } => "remote_failing",
            Self::Network { .. } => "remote_unreachable",
            Self::Redirect { .. } => "remote_redirect",
            Self::Html { .. } => "remote_html",
            Self::Truncated { .. } => "remote_truncated",
            Self::NotJson { .. } => "remote_not_json",
            Self::Shape { .. } => "remote_shape",
            Self::TooLarge { .. } => "remote_too_large",
            Self::Loop { .. } => "remote_loop",
            Self::TooManyPages { .. } => "remote_too_many_pages",
            Self::Tls(_) => "network_setup",
            Self::NoLog => "no_remote_log",
        }
    }
}
