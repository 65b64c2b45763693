//! What goes wrong between here and a relay. No text holds a key, or the query of a URL.

use hookbench_platform::ApiError;

/// An error of a relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// The relay's URL cannot be used.
    #[error("the relay's URL {0}")]
    Url(String),
    /// The key cannot stand in a header.
    #[error("the relay's key has characters that cannot be sent: copy it again, without line ends")]
    Key,
    /// The client cannot be set up.
    #[error("{0}")]
    Setup(String),
    /// 401 or 403.
    #[error("the relay asks for another key ({0}): make the source anew with the key of your account there")]
    Refused(u16),
    /// 404 or 410.
    #[error(
        "the relay has no such address ({0}): it may have expired; get a new one there and make the source anew"
    )]
    Gone(u16),
    /// A redirect, which is not followed.
    #[error("the relay redirects ({0}), which is not followed: give the address that it leads to")]
    Redirect(u16),
    /// 429.
    #[error("the relay takes no more requests now (429)")]
    RateLimited {
        /// How long it asks to wait, in milliseconds.
        wait_ms: Option<u64>,
    },
    /// A 5xx.
    #[error("the relay fails ({0})")]
    Server(u16),
    /// Another status.
    #[error("the relay answered {0}, which means nothing here: check its URL and kind")]
    Status(u16),
    /// No answer, or a broken one.
    #[error("{0}")]
    Network(String),
    /// A page for people.
    #[error("the relay answered a web page instead of data: check its URL and kind")]
    Html,
    /// Data of another form.
    #[error("the relay's answer cannot be read: {0}")]
    Shape(String),
    /// More than is read.
    #[error("the relay's answer is larger than {0} MiB: delete old requests there")]
    TooLarge(usize),
    /// Pages that never end.
    #[error("the relay gives the same page again and again: its list cannot be read to its end")]
    Loop,
    /// The stream ended.
    #[error("the relay closed the stream")]
    Closed,
}

impl RelayError {
    /// Whether trying again cannot help.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Url(_)
            | Self::Key
            | Self::Setup(_)
            | Self::Refused(_)
            | Self::Gone(_)
            | Self::Redirect(_) => true,
            Self::RateLimited { .. }
            | Self::Server(_)
            | Self::Status(_)
            | Self::Network(_)
            | Self::Html
            | Self::Shape(_)
            | Self::TooLarge(_)
            | Self::Loop
            | Self::Closed => false,
        }
    }

    /// How long the relay asks to wait, in milliseconds.
    #[must_use]
    pub const fn asked_wait_ms(&self) -> Option<u64> {
        if let Self::RateLimited { wait_ms } = self { *wait_ms } else { None }
    }

    /// What a status says, unless it is 2xx.
    pub(super) fn of_status(status: u16, wait_ms: Option<u64>) -> Option<Self> {
        match status {
            200..=299 => None,
            300..=399 => Some(Self::Redirect(status)),
            401 | 403 => Some(Self::Refused(status)),
            404 | 410 => Some(Self::Gone(status)),
            429 => Some(Self::RateLimited { wait_ms }),
            500..=599 => Some(Self::Server(status)),
            _ => Some(Self::Status(status)),
        }
    }

    /// An error of the client that is shared with the platforms' APIs.
    pub(super) fn of_setup(error: ApiError) -> Self {
        if let ApiError::BaseUrl(why) = error { Self::Url(why) } else { Self::Setup(error.to_string()) }
    }
}
