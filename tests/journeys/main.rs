//! The whole program, from outside: the built `hookbench`, real sockets, a real database.

mod api;
mod brands;
mod command;
mod crash;
mod delivery;
mod files;
mod receiver;
mod shapes;
mod steering;
