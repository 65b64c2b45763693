//! The whole program, from outside: the built `hookbench`, real sockets, a real database.

mod api;
mod brands;
mod command;
mod crash;
mod credentials;
mod delivery;
mod diagnosis;
mod erase;
mod files;
mod openapi;
mod reach;
mod receiver;
mod recovery;
mod shapes;
mod steering;
mod upkeep;
#[cfg(feature = "window")]
mod vault;
mod why;
