//! Takes what is due, sends it, records it.

mod dispatcher;
mod forward;
mod masked;
mod outgoing;
mod places;
pub mod wire;

pub use dispatcher::{Dispatcher, Told};
pub use masked::{Values, is_masked, written_within};
pub use outgoing::{Unseal, Unsealing, UnsealingValues, Unsendable, rehearse};
pub use places::Limits;
