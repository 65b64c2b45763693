//! Takes what is due, sends it, records it.

mod dispatcher;
mod forward;
mod outgoing;
mod places;
pub mod wire;

pub use dispatcher::{Dispatcher, Told};
pub use outgoing::{Unseal, Unsealing, Unsendable, count_hop, rehearse};
pub use places::Limits;
