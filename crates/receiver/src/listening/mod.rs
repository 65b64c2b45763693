//! The connections of a listener, whatever it answers: how many there may be, how long they may
//! take, and who has to go when all places are taken. An accept loop of its own, because hyper's
//! limits of time work only with a timer.

mod server;
mod slots;

pub use server::{Answers, ConnectionLimits, Visit, serve_connections};
