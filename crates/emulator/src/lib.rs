//! An affiliate platform's traffic, invented: a small affiliate program lives through clicks,
//! conversions, payouts, fraud and tickets, and each happening is told as the platform would tell
//! it. Pure: time and seed come in as arguments, the same seed makes the same traffic.

mod dice;
mod happening;
mod tell;
mod traffic;
mod vocabulary;
mod world;

pub use traffic::{Emitted, Traffic};
