//! An affiliate platform on this machine.
//!
//! [`Traffic`] is invented: a small affiliate program lives through clicks, conversions, payouts,
//! fraud and tickets, and each happening is told as the platform would tell it. That part is pure:
//! time and seed come in as arguments, the same seed makes the same traffic. [`Platform`] lets it
//! flow behind the platform's own API, to the webhooks that are registered there.

mod dice;
mod happening;
mod platform;
mod tell;
mod traffic;
mod vocabulary;
mod world;

pub use platform::{FaultError, Faults, Platform, PlatformError, PlatformOptions};
pub use traffic::{Emitted, Traffic};
