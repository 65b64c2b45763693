//! What is promised in numbers and takes longer than a test: of dispatching, of the diagnosis and of
//! the receiver, taken with the built program and printed as one table. `cargo xtask figures` and
//! `cargo xtask torture` build and run it.
#![expect(clippy::unwrap_used, reason = "a figure that cannot be taken is not reached")]
#![expect(clippy::print_stderr, reason = "it tells what it is at")]

mod chaos;
mod diagnosis;
mod dispatching;
mod hostile;
mod options;
mod receiver;
mod table;
mod torture;

use std::process::ExitCode;
use std::sync::Once;

use options::{Set, Task};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(task) = options::read(&args) else {
        eprintln!("{}", options::USAGE);
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let reached = match task {
        Task::Claim { folder, owner } => {
            runtime.block_on(dispatching::claim_everything(&folder, &owner));
            true
        }
        Task::Attack { words, each } => runtime.block_on(hostile::hostile(&words, each)),
        Task::Torture(kills) => {
            table::print(&[("kills under load", runtime.block_on(torture::torture(kills, true)))])
        }
        Task::Take(sets, counts) => {
            let groups: Vec<_> = sets
                .into_iter()
                .map(|set| match set {
                    Set::Dispatching => ("dispatching", dispatching::figures(&runtime, counts)),
                    Set::Diagnosis => ("diagnosis", diagnosis::figures(counts.inputs)),
                    Set::Receiver => ("receiver", runtime.block_on(receiver::figures())),
                })
                .collect();
            table::print(&groups)
        }
    };
    if reached { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Tells what is being done: some of it takes minutes.
fn at(what: &str) {
    eprintln!("… {what}");
}

/// What panics under `take` is counted there, and the first one is shown.
fn counting_panics<T>(take: impl FnOnce() -> T) -> T {
    static SHOWN: Once = Once::new();
    std::panic::set_hook(Box::new(|panic| SHOWN.call_once(|| eprintln!("the first panic: {panic}"))));
    let taken = take();
    let _own = std::panic::take_hook();
    taken
}
