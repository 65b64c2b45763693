//! `deliveries export` and `deliveries bundle`, and `bundle show`: deliveries as files.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use hookbench_domain::DeliveryId;
use hookbench_workbench::{BundleView, ExportFormat, Redaction, Workbench, WorkbenchError};

use super::FilterArgs;
use crate::exit::{Ended, Exit, Stop};
use crate::input;
use crate::output::out::Out;
use crate::output::visible::{Visible, visible};
use crate::output::words::count;

/// What to export.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench deliveries export --format csv --since 1d -o deliveries.csv
  hookbench deliveries export --format har --subscription sub_… -o traffic.har
User information, query values, credentials and every secret that the vault knows are masked, wherever
they stand, unless --unredacted is given; credentials that the log does not hold never leave.")]
pub(crate) struct ExportArgs {
    /// csv, json, har or curl
    #[arg(long, value_name = "FORMAT", value_parser = ["csv", "json", "har", "curl"])]
    format: String,
    #[command(flatten)]
    filters: FilterArgs,
    #[command(flatten)]
    how: HowArgs,
}

/// Where a file goes, and what is masked in it.
#[derive(Debug, Args)]
pub(crate) struct HowArgs {
    /// The file to write; stdout if left out
    #[arg(short = 'o', long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Mask signatures too
    #[arg(long)]
    mask_signatures: bool,
    /// Mask no user information and no query values
    #[arg(long)]
    unredacted: bool,
}

/// What to put into a bundle.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hookbench deliveries bundle dlv_… -o incident.json
Opens in another Hookbench, read-only: `hookbench bundle show incident.json`, or drop it on the window.")]
pub(crate) struct BundleArgs {
    /// The delivery's id (dlv_…)
    id: String,
    /// json (to open it again), markdown (to read it), har or curl
    #[arg(long, value_name = "FORMAT", default_value = "json", value_parser = ["json", "markdown", "har", "curl"])]
    format: String,
    #[command(flatten)]
    how: HowArgs,
}

/// Verbs of `bundle`.
#[derive(Debug, Subcommand)]
pub(crate) enum BundleVerb {
    /// Show an incident bundle that somebody made
    Show {
        /// The file, or - for stdin
        file: PathBuf,
    },
}

impl HowArgs {
    fn redaction(&self) -> Redaction {
        Redaction { secrets: !self.unredacted, signatures: self.mask_signatures }
    }
}

/// Writes into a file, or to stdout. A file is there when it is whole, and not before.
enum Sink<'p> {
    File { path: &'p Path, part: PathBuf, file: std::io::BufWriter<std::fs::File> },
    Stdout,
}

fn unwritable(path: &Path, error: &std::io::Error) -> Stop {
    Stop::failed(Exit::Failed, "output_file", format!("{} cannot be written: {error}", path.display()))
}

impl<'p> Sink<'p> {
    fn open(path: Option<&'p Path>) -> Result<Self, Stop> {
        let Some(path) = path else { return Ok(Self::Stdout) };
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut options = std::fs::OpenOptions::new();
        options.create(true).write(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(&part).map_err(|error| unwritable(path, &error))?;
        Ok(Self::File { path, part, file: std::io::BufWriter::new(file) })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        match self {
            Self::File { path, file, .. } => file.write_all(bytes).map_err(|error| unwritable(path, &error)),
            Self::Stdout => {
                let mut stdout = std::io::stdout().lock();
                // A file or another program gets the bytes as they are, a terminal what it can show.
                let shown = stdout.is_terminal();
                Ok(if shown { Visible(stdout).write_all(bytes) } else { stdout.write_all(bytes) }?)
            }
        }
    }

    fn finish(self) -> Result<(), Stop> {
        match self {
            Self::File { path, part, mut file } => file
                .flush()
                .and_then(|()| std::fs::rename(&part, path))
                .map_err(|error| unwritable(path, &error)),
            Self::Stdout => Ok(std::io::stdout().lock().flush()?),
        }
    }
}

/// Exports what the filters name, piece by piece.
///
/// # Errors
/// Names the filter that is wrong, or the file that cannot be written.
pub(crate) async fn export(workbench: &Workbench, out: Out, args: ExportArgs) -> Ended {
    let format: ExportFormat = args.format.parse()?;
    let query = args.filters.query(workbench, None).await?;
    let mut export = workbench.exports().start(&query, format, args.how.redaction()).await?;
    let mut sink = Sink::open(args.how.output.as_deref())?;
    while let Some(piece) = export.next().await? {
        sink.write(&piece)?;
    }
    sink.finish()?;
    let written = usize::try_from(export.written()).unwrap_or(usize::MAX);
    out.note(format_args!("{} exported", count(written, "delivery", "deliveries")));
    Ok(Exit::Done)
}

/// Writes one incident.
///
/// # Errors
/// Names the id that names nothing, or the file that cannot be written.
pub(crate) async fn bundle(workbench: &Workbench, args: BundleArgs) -> Ended {
    let id: DeliveryId = args.id.parse().map_err(WorkbenchError::from)?;
    let redaction = args.how.redaction();
    let text = match args.format.as_str() {
        "markdown" => workbench.exports().report(id, redaction).await?,
        "json" => {
            let mut text = serde_json::to_string_pretty(&workbench.exports().bundle(id, redaction).await?)?;
            text.push('\n');
            text
        }
        other => workbench.exports().one(id, other.parse()?, redaction).await?,
    };
    let mut sink = Sink::open(args.how.output.as_deref())?;
    sink.write(text.as_bytes())?;
    sink.finish()?;
    Ok(Exit::Done)
}

/// Shows a bundle that somebody made. Needs no data folder.
///
/// # Errors
/// Says what is wrong with the file.
pub(crate) fn show_bundle(out: Out, verb: BundleVerb) -> Ended {
    let BundleVerb::Show { file } = verb;
    let bundle = BundleView::read(&input::read_text(&file)?)?;
    if out.json {
        out.document(&bundle)?;
    } else {
        out.line(visible(&bundle.report()))?;
    }
    Ok(Exit::Done)
}
