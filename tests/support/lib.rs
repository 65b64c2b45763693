//! What journeys stand on: the built program, a real sink, and a second opinion on signatures.
#![expect(clippy::unwrap_used, reason = "a journey that cannot go on has failed")]
#![expect(missing_docs, reason = "read by the journeys alone; names say it")]

mod corpus;
mod load;
mod program;
mod relay;
mod second_opinion;
mod sink;
#[cfg(feature = "window")]
mod window;

pub use corpus::{
    Certificates, Fault, Request, Tally, deliveries, faults, signatures_through_the_api,
    signatures_through_the_command,
};
pub use load::{Load, Publishing};
pub use program::{Answer, Emulated, Program, Workplace, client, finish};
pub use relay::RelayServer;
pub use second_opinion::{Signed, forged};
pub use sink::{Hit, Sink};
#[cfg(feature = "window")]
pub use window::Window;
