//! Drives the corpus of planted faults through the built `hookbench`, and prints how many were
//! named rightly, wrongly, or not at all.
#![expect(clippy::print_stdout, reason = "it talks to the terminal it runs in")]

use std::process::ExitCode;

use hookbench_journeys::{Tally, Workplace, signatures_through_the_api, signatures_through_the_command};

#[tokio::main]
async fn main() -> ExitCode {
    let place = Workplace::new();
    let program = place.start().await;
    let mut good = true;
    let mut show = |what: &str, tally: &Tally| {
        tally.lines(what).iter().for_each(|line| println!("{line}"));
        good &= tally.wrong.is_empty() && tally.unknown.is_empty();
    };
    show("signatures through POST /v1/diagnose", &signatures_through_the_api(&program).await);
    if std::env::args().any(|a| a == "--command") { show("signatures through `hookbench diagnose`", &signatures_through_the_command(&place).await); }
    program.terminate().await;
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
