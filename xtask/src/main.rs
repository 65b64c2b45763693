//! The project's tasks: `cargo xtask run`, `test`, `bench` and others; `cargo xtask help` lists them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task talks to the terminal it runs in")]

mod audit;
mod bench;
mod cargo;
mod corpus;
#[cfg(test)]
mod documents;
mod figures;
mod run;
mod sizes;
#[cfg(test)]
mod structure;
mod test;
mod ui;
mod window;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask <task>

  run [ARGS…]                 set up, build and open the window; without a display, the demo in the
                              terminal. ARGS go to the program
  test                        everything that must hold before a commit: layout, lints, tests
  dev [ARGS…]                 the window with screens that reload as they are edited
  types                       write the types that the screens share with the program
  sizes                       build for release and print how large the programs are
  screenshots [NAME…]         take the pictures of docs/screenshots
  bench [rates|log] [--seconds N] [--json]
                              measure a bare HTTP client and Hookbench side by side (rates), and a page
                              of the log from ten thousand and a million deliveries (log)
  figures [dispatching] [diagnosis] [receiver] [--inputs N] [--events N] [--kills N] [--claims N] [--debug]
                              take what is promised in numbers and print it beside the promise, all of
                              it if nothing is named: kills under load, random inputs, two processes on
                              one store, endless responses, a moved clock; the diagnosis' speed and what
                              it must not accept; malformed and slow requests to the receiver. With
                              --debug nothing is optimised: the counts are the same, the rates are not
  figures hostile [WORD…] [--each] [--debug]
                              attack the built program from outside in every way that is thought of, or in
                              those whose group or name has one of the words: cases, held, failed, by
                              group, and what was seen where one failed; --each tells each as it ends.
                              About a minute; on Linux
  torture [--kills N] [--debug]
                              the kills alone, 200 if not said, with a line for each
  corpus [api] [command] [deliveries]
                              plant faults in signatures and deliveries, have the built program name
                              them, and count
  audit                       install cargo-deny if it is missing, and check every dependency";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next();
    let rest: Vec<String> = args.collect();
    let done = match task.as_deref() {
        Some("run") => run::run(&rest),
        Some("dev") => window::dev(&rest),
        Some("types") => nothing_more(&rest).and_then(|()| window::types()),
        Some("screenshots") => window::screenshots(&rest),
        Some("test") => nothing_more(&rest).and_then(|()| test::test()),
        Some("sizes") => nothing_more(&rest).and_then(|()| sizes::sizes()),
        Some("bench") => bench::bench(&rest),
        Some("torture") => figures::torture(&rest),
        Some("corpus") => corpus::corpus(&rest),
        Some("figures") => figures::figures(&rest),
        Some("audit") => nothing_more(&rest).and_then(|()| audit::audit()),
        Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        other => {
            if let Some(other) = other {
                eprintln!("there is no task `{other}`\n");
            }
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn nothing_more(rest: &[String]) -> anyhow::Result<()> {
    anyhow::ensure!(rest.is_empty(), "this task takes no arguments, got `{}`", rest.join(" "));
    Ok(())
}
