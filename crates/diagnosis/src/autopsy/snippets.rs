//! Stand-in.
/// L
#[derive(Debug, Clone, Copy)]
pub enum Language {}
/// s
#[must_use]
pub fn snippet(_s: hookbench_signature::Scheme, _l: Language) -> Option<String> {
    None
}
