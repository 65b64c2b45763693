//! One run: bare client, library, program, and one event at idle, one after another.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use super::rate::{ROUNDS, Rate};
use super::report::Report;
use super::sample::BODY_BYTES;
use super::sink::Sink;
use super::{Options, Part, bare, commit, library, loads, log, process};

/// How often each idle time is taken.
const IDLE_TIMES: usize = 200;

/// Measures everything and prints it.
///
/// # Errors
/// When something does not do what is measured.
pub(super) fn measure(options: &Options) -> anyhow::Result<()> {
    // Beside the programs, because a temporary folder may lie in memory and durable is then free.
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(beside_the_programs()?)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if options.part == Part::Log {
        let report = runtime.block_on(log::measure(folder.path()))?;
        if options.json {
            println!("{}", report.as_json());
        } else {
            report.print();
        }
        return Ok(());
    }
    let report = runtime.block_on(all(options, folder.path().to_owned()))?;
    if options.json {
        println!("{}", report.as_json());
    } else {
        report.print();
    }
    Ok(())
}

fn beside_the_programs() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.parent().context("this program lies in no folder")?.to_owned())
}

async fn all(options: &Options, folder: PathBuf) -> anyhow::Result<Report> {
    let time = Duration::from_secs(options.seconds);
    let sink = Sink::start()?;
    let (mut bare, mut library, mut process, mut memory) =
        (Rate::default(), Rate::default(), Rate::default(), None);
    for round in 1..=ROUNDS {
        eprintln!("bare client, as a library, hookbench run: {round} of {ROUNDS}");
        let part = time / ROUNDS;
        bare += bare::rate(&sink, part, BODY_BYTES).await?;
        library += library::rate(&folder.join(format!("library-{round}")), &sink, part).await?;
        let measured = process::rate(&folder.join(format!("process-{round}")), &sink, part).await?;
        process += measured.rate;
        memory = measured.memory;
    }
    eprintln!("one event at idle");
    let idle_commit_us = commit::idle_commit(&folder, IDLE_TIMES).await?;
    let idle_post_us = bare::idle_post(&sink, IDLE_TIMES).await?;
    let idle_event_us = library::idle_event(&folder.join("idle"), &sink, IDLE_TIMES).await?;
    let loads = loads::measure(&folder, &sink, time).await?;
    let log = if options.part == Part::All { Some(log::measure(&folder).await?) } else { None };
    Ok(Report {
        loads,
        bare,
        log,
        library,
        process,
        idle_event_us,
        idle_commit_us,
        idle_post_us,
        idle_times: IDLE_TIMES,
        memory,
    })
}
