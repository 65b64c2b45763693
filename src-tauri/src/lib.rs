//! The Hookbench window: the dispatcher runs inside it, the screens show what it does.
//!
//! The screens call the commands of [`commands`], each of which calls one function of the
//! workbench. The program tells the screens only that something changed (`changed`, at most ten
//! times a second); they pull what they show.

mod commands;
mod problem;
pub mod state;
mod table;
mod types;
mod window;

pub use commands::typescript;
pub use problem::Problem;
pub use window::run;
