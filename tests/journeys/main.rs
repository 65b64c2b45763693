//! The whole program, from outside: the built `hookbench`, real sockets, a real database.

mod api;
mod brands;
mod command;
mod crash;
mod delivery;
mod files;
mod openapi;
mod receiver;
mod steering;
mod why;
