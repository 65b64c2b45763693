//! Errors as the screens show them: what happened, and what to do.

use hookbench_workbench::WorkbenchError;
use serde::Serialize;

/// An error of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Problem {
    /// A stable word that the screens branch on.
    pub code: String,
    /// What happened and why.
    pub message: String,
    /// What to do, where the message does not say so itself.
    pub hint: Option<String>,
    /// The field of a form that is wrong.
    pub field: Option<String>,
}

impl Problem {
    /// One of the window's own.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), hint: None, field: None }
    }
}

impl From<WorkbenchError> for Problem {
    fn from(error: WorkbenchError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            hint: error.hint().map(str::to_owned),
            field: error.field_name(),
        }
    }
}
