//! `cargo xtask bench`: a bare HTTP client and Hookbench, side by side in one run on one machine,
//! so that their ratios mean something wherever they are measured.

#[cfg(feature = "bench")]
mod bare;
#[cfg(feature = "bench")]
mod commit;
#[cfg(feature = "bench")]
mod fill;
#[cfg(feature = "bench")]
mod library;
#[cfg(feature = "bench")]
mod loads;
#[cfg(feature = "bench")]
mod log;
#[cfg(feature = "bench")]
mod measure;
#[cfg(feature = "bench")]
mod process;
#[cfg(feature = "bench")]
mod rate;
#[cfg(feature = "bench")]
mod report;
#[cfg(feature = "bench")]
mod sample;
#[cfg(feature = "bench")]
mod sink;

use crate::cargo::{Profile, become_program, built, cargo, finish, program};

/// Measures, if this program was built for it; else builds the one that was and hands over.
///
/// # Errors
/// When something cannot be built, or does not do what is measured.
pub(crate) fn bench(args: &[String]) -> anyhow::Result<()> {
    let options = Options::read(args)?;
    #[cfg(feature = "bench")]
    if !cfg!(debug_assertions) {
        return measure::measure(&options);
    }
    let _read_again_there = options;
    eprintln!("building for release");
    finish(&mut cargo(&[
        "build",
        "--release",
        "--package",
        "xtask",
        "--package",
        "hookbench-cli",
        "--features",
        "xtask/bench",
        "--bins",
    ]))?;
    let measuring = built(Profile::Release, "xtask")?;
    become_program(program(&measuring.display().to_string()).arg("bench").args(args))
}

/// What a run measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Everything.
    All,
    /// What is sent, and how fast.
    Rates,
    /// Pages of the log.
    Log,
}

/// How to measure.
#[derive(Debug)]
struct Options {
    /// How long each rate is measured, in turns.
    seconds: u64,
    /// Whether to print one JSON document.
    json: bool,
    /// What is measured.
    part: Part,
}

impl Options {
    fn read(args: &[String]) -> anyhow::Result<Self> {
        let mut options = Self { seconds: 5, json: false, part: Part::All };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "rates" => options.part = Part::Rates,
                "log" => options.part = Part::Log,
                "--json" => options.json = true,
                "--seconds" => {
                    let value = args.next().and_then(|v| v.parse().ok()).filter(|s| (1..=600).contains(s));
                    options.seconds =
                        value.ok_or_else(|| anyhow::anyhow!("--seconds takes a number from 1 to 600"))?;
                }
                other => anyhow::bail!("bench takes rates or log, --seconds N and --json, not `{other}`"),
            }
        }
        Ok(options)
    }
}
