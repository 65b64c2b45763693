//! Drives the corpus of planted faults through the built `hookbench`, and prints how many were
//! named rightly, wrongly, or not at all. A word on the command line chooses a part: `api`,
//! `command`, `deliveries`.
#![expect(clippy::print_stdout, reason = "it talks to the terminal it runs in")]

use std::process::ExitCode;

use hookbench_journeys::{
    Certificates, Tally, Workplace, deliveries, signatures_through_the_api, signatures_through_the_command,
};

#[tokio::main]
async fn main() -> ExitCode {
    let parts: Vec<String> = std::env::args().skip(1).collect();
    let asked = |part: &str| parts.is_empty() || parts.iter().any(|p| p == part);
    let (place, certificates) = (Workplace::new(), Certificates::new());
    let authorities = place.file("authorities.pem", &certificates.trusted_pem);
    let mut program = place.start_trusting(Some(&authorities)).await;
    let mut good = true;
    let mut show = |what: &str, tally: &Tally| {
        tally.lines(what).iter().for_each(|line| println!("{line}"));
        good &= tally.wrong.is_empty() && tally.unknown.is_empty();
    };
    if asked("deliveries") {
        show("deliveries over real sockets", &deliveries(&place, &mut program, &certificates).await);
    }
    if asked("command") {
        show("signatures through `hookbench diagnose`", &signatures_through_the_command(&place).await);
    }
    if asked("api") {
        show("signatures through POST /v1/diagnose", &signatures_through_the_api(&program, true).await);
    }
    program.terminate().await;
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
