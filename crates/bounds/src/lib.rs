//! What data from elsewhere may cost: how deep it may nest, how many steps and bytes a walk over it
//! may take, and how much of it an error may quote. Every walker of events, bodies and answers reads
//! them through this crate. Pure.

mod budget;
mod document;
mod quote;

pub use budget::{Budget, Ended};
pub use document::{Document, MAX_DEPTH, Raw, RawKind, Token, Tokens, Unread, unquoted};
pub use quote::{MAX_QUOTED_CHARS, shortened, shortened_to};
