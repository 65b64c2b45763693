//! Why a request is refused.

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status it is answered with.
    pub status: u16,
    /// Why, for programs; for a signature the reason's code.
    pub code: &'static str,
    /// Which check failed.
    pub check: &'static str,
    /// What was found and what to do.
    pub detail: String,
    /// The parameters that are at fault, of a postback.
    pub parameters: Vec<String>,
}

impl Refusal {
    pub(super) fn new(
        status: u16,
        code: &'static str,
        check: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self { status, code, check, detail: detail.into(), parameters: Vec::new() }
    }
}
