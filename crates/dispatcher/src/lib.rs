//! Takes what is due, sends it, records it.

mod concurrency;
mod dispatcher;
mod forward;
mod masked;
mod outgoing;
pub mod wire;

pub use concurrency::Limits;
pub use dispatcher::{AttemptFinished, Dispatcher};
pub use masked::{Values, is_masked, written_within};
pub use outgoing::{Unseal, Unsealing, UnsealingValues, Unsendable, count_hop, rehearse};
