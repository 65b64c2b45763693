//! Journeys through the real window: a real WebKit page on a display of its own, over the real
//! program, its dispatcher and endpoints on this machine.

mod accessible;
mod data_folder;
mod databases;
mod first_start;
mod investigate;
mod keyboard;
mod operations;
mod platforms;
mod receiver;
mod signatures;
mod subscriptions;
mod templates;
