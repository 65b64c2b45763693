//! How the command ends: its exit codes, and the errors that lead to them.

use std::process::ExitCode;

use hookbench_workbench::{ErrorKind, WorkbenchError};
use serde::Serialize;

/// An exit code and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It is done.
    Done,
    /// It was not done.
    Failed,
    /// The command line is wrong.
    Usage,
    /// The configuration, or the data folder is in use.
    Configuration,
    /// A platform does not accept the API key.
    Authentication,
    /// The network, or a platform's API.
    Network,
    /// At least one delivery failed.
    SomeFailed,
    /// A signature is not valid.
    NotValid,
    /// Ended by Ctrl-C.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Configuration => 3,
            Self::Authentication => 4,
            Self::Network => 5,
            Self::SomeFailed => 6,
            Self::NotValid => 7,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What went wrong, for people and programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// How the command ends.
    #[serde(skip)]
    pub(crate) exit: Exit,
    /// A stable word that programs branch on.
    pub(crate) code: &'static str,
    /// What happened.
    pub(crate) message: String,
    /// The place of the mistake in what was given: its line and, below it, a mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) excerpt: Option<String>,
    /// What to do about it.
    pub(crate) hint: Option<String>,
}

/// Why a verb stopped early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Something went wrong.
    Failed(Failure),
    /// Nobody reads what is printed any more: nothing more to do, and nothing to say.
    Closed,
}

/// What a verb answers.
pub(crate) type Ended = Result<Exit, Stop>;

impl Stop {
    /// Something went wrong.
    pub(crate) fn failed(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self::Failed(Failure { exit, code, message: message.into(), excerpt: None, hint: None })
    }

    /// The command line asks for what cannot be.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::failed(Exit::Usage, "usage", message)
    }

    /// Adds what to do about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        if let Self::Failed(failure) = &mut self {
            failure.hint = Some(hint.into());
        }
        self
    }
}

impl From<WorkbenchError> for Stop {
    fn from(error: WorkbenchError) -> Self {
        let exit = match error.kind() {
            ErrorKind::Invalid
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Unavailable
            | ErrorKind::Failed => Exit::Failed,
            ErrorKind::Configuration => Exit::Configuration,
            ErrorKind::Authentication => Exit::Authentication,
            ErrorKind::Network => Exit::Network,
        };
        let hint = error.hint().map(ToOwned::to_owned);
        let excerpt = error.excerpt().map(ToOwned::to_owned);
        Self::Failed(Failure { exit, code: error.code(), message: error.to_string(), excerpt, hint })
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::failed(Exit::Failed, "output", format!("the output cannot be written: {error}"))
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        Self::failed(Exit::Failed, "output", format!("the answer cannot be written as JSON: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hookbench_domain::SubscriptionId;

    fn exit_of(error: WorkbenchError) -> (Exit, &'static str) {
        match Stop::from(error) {
            Stop::Failed(failure) => (failure.exit, failure.code),
            Stop::Closed => panic!("not a closed output"),
        }
    }

    #[test]
    fn errors_of_use_cases_end_with_the_promised_codes() {
        let no_id = "sub_x".parse::<SubscriptionId>().unwrap_err();
        assert_eq!(exit_of(no_id.into()), (Exit::Failed, "not_found"));
        let vault = WorkbenchError::Vault("locked".to_owned());
        assert_eq!(exit_of(vault), (Exit::Configuration, "vault_unavailable"));
        let field = WorkbenchError::Field { field: "url", why: "is missing".to_owned() };
        assert_eq!(exit_of(field), (Exit::Failed, "invalid_field"));
        let conflict = WorkbenchError::EventConflict("evt_1".to_owned());
        assert_eq!(exit_of(conflict), (Exit::Failed, "event_conflict"));
    }

    #[test]
    fn a_filter_that_cannot_be_read_is_shown_with_a_mark_under_the_mistake() {
        let filter = hookbench_workbench::FilterError {
            line: 1,
            column: 3,
            message: "no".to_owned(),
            excerpt: "  a = b\n    ^".to_owned(),
        };
        let Stop::Failed(failure) = Stop::from(WorkbenchError::from(filter)) else { panic!() };
        assert_eq!(failure.message, "`filter`: line 1, column 3: no");
        assert_eq!(failure.excerpt.as_deref(), Some("  a = b\n    ^"));
    }

    #[test]
    fn a_reader_that_left_is_no_error() {
        let closed = Stop::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert!(matches!(closed, Stop::Closed));
        let full = Stop::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert!(matches!(full, Stop::Failed(Failure { exit: Exit::Failed, .. })));
    }

    #[test]
    fn the_numbers_are_those_of_the_documentation() {
        let all = [
            Exit::Done,
            Exit::Failed,
            Exit::Usage,
            Exit::Configuration,
            Exit::Authentication,
            Exit::Network,
            Exit::SomeFailed,
            Exit::NotValid,
            Exit::Interrupted,
        ];
        assert_eq!(all.map(Exit::code), [0, 1, 2, 3, 4, 5, 6, 7, 130]);
    }
}
