//! The whole program, from outside: the built `hookbench`, real sockets, a real database.

mod api;
mod brands;
mod command;
mod crash;
mod delivery;
mod diagnosis;
mod files;
mod openapi;
mod reach;
mod receiver;
mod shapes;
mod steering;
#[cfg(feature = "window")]
mod vault;
mod why;
