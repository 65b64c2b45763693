//! What the doors show when something does not work: a code, what happened, what to do.

use hookbench_bounds::shortened_to;
use hookbench_domain::{
    BrandError, DefinitionError, EventError, IdError, NameError, PolicyError, ReadError, SourceError,
    WhenError,
};
use hookbench_filter::FilterError;
use hookbench_platform::ApiError;
use hookbench_signature::{SecretError, SignError, UnknownScheme};
use hookbench_store::{LockError, StoreError};

/// How long a sentence about a field is at most, in characters.
const MAX_WHY_CHARS: usize = 1000;

/// What kind of trouble it is: each door maps it to its own terms (an exit code, a status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// What was asked cannot be: a field is wrong.
    Invalid,
    /// An id that names nothing.
    NotFound,
    /// It contradicts what is kept, or the state does not allow it.
    Conflict,
    /// The configuration, the data folder or the vault.
    Configuration,
    /// It cannot be done now: disk full, locked.
    Unavailable,
    /// A platform does not accept the API key.
    Authentication,
    /// The network, or a platform's API.
    Network,
    /// Anything else.
    Failed,
}

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum WorkbenchError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else dispatches from this folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// An event that cannot be kept.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A subscription that cannot be saved.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// A source that cannot be saved.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A brand that cannot be saved.
    #[error(transparent)]
    Brand(#[from] BrandError),
    /// A platform's API.
    #[error(transparent)]
    Remote(#[from] ApiError),
    /// A change at a platform that did not come about.
    #[error("{cause}; {what}")]
    RemoteChange {
        /// What became of it.
        what: &'static str,
        /// What failed first.
        cause: ApiError,
    },
    /// A policy that cannot be used.
    #[error("`policy`: {0}")]
    Policy(#[from] PolicyError),
    /// A filter that cannot be read.
    #[error("`filter`: {0}")]
    Filter(#[from] FilterError),
    /// A name that is no event type or pattern.
    #[error("`events`: {0}")]
    Name(#[from] NameError),
    /// Text that is no id.
    #[error(transparent)]
    Id(#[from] IdError),
    /// Text that is no time.
    #[error(transparent)]
    When(#[from] WhenError),
    /// A secret that cannot be used.
    #[error("`secret`: {0}")]
    Secret(#[from] SecretError),
    /// A scheme that does not exist.
    #[error("`scheme`: {0}")]
    Scheme(#[from] UnknownScheme),
    /// Something that cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A field that is wrong in its own way.
    #[error("`{field}`: {why}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// What is wrong and what to do.
        why: String,
    },
    /// What was given cannot be read.
    #[error(transparent)]
    Input(#[from] ReadError),
    /// An event id that is taken by another event.
    #[error("another event with the id `{0}` is kept, with other content; this one was not kept")]
    EventConflict(String),
    /// The vault cannot be opened.
    #[error("{0}")]
    Vault(String),
    /// A file of the data folder.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: std::path::PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// What a subscription needs before it can be tested.
    #[error("{0}")]
    State(String),
    /// The wire cannot be set up.
    #[error("{0}")]
    Wire(String),
    /// The emulated platform or a target of the demo cannot start.
    #[error("{0}")]
    Demo(String),
}

impl WorkbenchError {
    /// A field that cannot be used, and why.
    pub fn field(field: &'static str, why: impl Into<String>) -> Self {
        // It may quote what was given.
        Self::Field { field, why: shortened_to(&why.into(), MAX_WHY_CHARS).into_owned() }
    }

    /// What kind of trouble it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Store(error) => match error {
                StoreError::NotFound { .. } => ErrorKind::NotFound,
                StoreError::NameTaken { .. }
                | StoreError::Ambiguous(_)
                | StoreError::Stale { .. }
                | StoreError::Transition(_) => ErrorKind::Conflict,
                StoreError::Cursor(_) => ErrorKind::Invalid,
                StoreError::Newer { .. } | StoreError::Unusable { .. } | StoreError::File { .. } => {
                    ErrorKind::Configuration
                }
                StoreError::Unavailable(_) | StoreError::Closed => ErrorKind::Unavailable,
                StoreError::Rejected(_) | StoreError::Corrupt { .. } => ErrorKind::Failed,
            },
            Self::Remote(error) | Self::RemoteChange { cause: error, .. } => remote_kind(error),
            Self::Lock(_) | Self::Vault(_) | Self::File { .. } | Self::Wire(_) => ErrorKind::Configuration,
            Self::Event(_)
            | Self::Input(_)
            | Self::Definition(_)
            | Self::Source(_)
            | Self::Brand(_)
            | Self::Policy(_)
            | Self::Filter(_)
            | Self::Name(_)
            | Self::When(_)
            | Self::Secret(_)
            | Self::Scheme(_)
            | Self::Sign(_)
            | Self::Field { .. } => ErrorKind::Invalid,
            Self::Id(_) => ErrorKind::NotFound,
            Self::EventConflict(_) | Self::State(_) => ErrorKind::Conflict,
            Self::Demo(_) => ErrorKind::Failed,
        }
    }

    /// A stable word that programs branch on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => match error {
                StoreError::NotFound { .. } => "not_found",
                StoreError::NameTaken { .. } => "name_taken",
                StoreError::Ambiguous(_) => "ambiguous_event_id",
                StoreError::Stale { .. } => "stale_revision",
                StoreError::Transition(_) => "wrong_state",
                StoreError::Cursor(_) => "bad_cursor",
                StoreError::Newer { .. } => "newer_database",
                StoreError::Unusable { .. } => "unusable_database",
                StoreError::File { .. } => "data_dir",
                StoreError::Unavailable(_) => "database_unavailable",
                StoreError::Rejected(_) => "database_refused",
                StoreError::Closed => "closing",
                StoreError::Corrupt { .. } => "corrupt_row",
            },
            Self::Lock(LockError::Held { .. }) => "data_dir_in_use",
            Self::Lock(LockError::File { .. }) | Self::File { .. } => "data_dir",
            Self::Event(EventError::TooLarge(_)) => "event_too_large",
            Self::Event(EventError::Json(error)) if error.is_malformed() => "malformed_json",
            Self::Input(error) if error.is_malformed() => "malformed_json",
            Self::Event(_) => "invalid_event",
            Self::Remote(error) | Self::RemoteChange { cause: error, .. } => error.code(),
            Self::Input(_)
            | Self::Definition(_)
            | Self::Source(_)
            | Self::Brand(_)
            | Self::Policy(_)
            | Self::Filter(_)
            | Self::Name(_)
            | Self::Field { .. } => "invalid_field",
            Self::Id(_) => "not_found",
            Self::When(_) => "invalid_time",
            Self::Secret(_) => "invalid_secret",
            Self::Scheme(_) => "unknown_scheme",
            Self::Sign(_) => "cannot_sign",
            Self::EventConflict(_) => "event_conflict",
            Self::Vault(_) => "vault_unavailable",
            Self::State(_) => "wrong_state",
            Self::Wire(_) => "network_setup",
            Self::Demo(_) => "demo_failed",
        }
    }

    /// The field of the input that is wrong, where the message names one: such messages start with
    /// its name in backticks.
    #[must_use]
    pub fn field_name(&self) -> Option<String> {
        if let Self::Field { field, .. } = self {
            return Some((*field).to_owned());
        }
        if let Self::Input(error) | Self::Event(EventError::Json(error)) = self {
            return error.field().map(str::to_owned);
        }
        let message = self.to_string();
        let (field, _) = message.strip_prefix('`')?.split_once('`')?;
        (self.kind() == ErrorKind::Invalid).then(|| field.to_owned())
    }

    /// The place of the mistake in what was written: its line and, below it, a mark.
    #[must_use]
    pub fn excerpt(&self) -> Option<&str> {
        if let Self::Filter(error) = self { Some(&error.excerpt) } else { None }
    }

    /// What to do about it, where the message does not say so itself.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self.kind() {
            ErrorKind::Unavailable => {
                Some("free disk space, or end the program that holds the database, then try again")
            }
            ErrorKind::NotFound => Some("list them to see which ids exist"),
            ErrorKind::Authentication => Some(
                "copy the key again from the platform's settings, all of it; if it was revoked there, make a new one",
            ),
            ErrorKind::Invalid
            | ErrorKind::Conflict
            | ErrorKind::Configuration
            | ErrorKind::Network
            | ErrorKind::Failed => None,
        }
    }
}

fn remote_kind(error: &ApiError) -> ErrorKind {
    match error {
        ApiError::Authentication { .. } => ErrorKind::Authentication,
        ApiError::BaseUrl(_) | ApiError::Key => ErrorKind::Invalid,
        ApiError::Tls(_) => ErrorKind::Configuration,
        ApiError::NoLog => ErrorKind::Conflict,
        ApiError::Forbidden { .. }
        | ApiError::NotFound { .. }
        | ApiError::Conflict { .. }
        | ApiError::RateLimited { .. }
        | ApiError::Refused { .. }
        | ApiError::Server { .. }
        | ApiError::Network { .. }
        | ApiError::Redirect { .. }
        | ApiError::Html { .. }
        | ApiError::Truncated { .. }
        | ApiError::NotJson { .. }
        | ApiError::Shape { .. }
        | ApiError::TooLarge { .. }
        | ApiError::Loop { .. }
        | ApiError::TooManyPages { .. } => ErrorKind::Network,
    }
}
