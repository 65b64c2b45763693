//! `subscriptions preview`: what would be sent for an event. `subscriptions templates`: what there is
//! to write templates with.

use clap::Args;
use hookbench_domain::SourceId;
use hookbench_workbench::{Preview, PreviewInput, Workbench, WorkbenchError, template_preset};

use super::{Clearable, DefinitionArgs, clear, give_secret};
use crate::deliveries::show::request;
use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, Out, STRONG};
use crate::output::table::Table;
use crate::output::values;
use crate::signatures::secrets::NewSecret;

/// What to preview, and for which event.
#[derive(Debug, Args)]
pub(crate) struct PreviewArgs {
    /// A subscription that is kept (sub_…); what else is said changes it
    id: Option<String>,
    /// The event's id [default: the last one that it wants, else a sample]
    #[arg(long, value_name = "ID")]
    with_event: Option<String>,
    /// The source that the event came in through, where several events have the id
    #[arg(long, value_name = "ID", requires = "with_event")]
    source: Option<SourceId>,
    /// Where events go
    #[arg(long, value_parser = values::url, required_unless_present = "id")]
    url: Option<String>,
    /// An event type or pattern; repeatable [default: *]
    #[arg(long = "event", value_name = "T", value_parser = values::pattern)]
    events: Vec<String>,
    #[command(flatten)]
    definition: DefinitionArgs,
    /// Go back to the default; repeatable
    #[arg(long, value_name = "FIELD", requires = "id")]
    clear: Vec<Clearable>,
    #[command(flatten)]
    secret: NewSecret,
}

/// Which template to print.
#[derive(Debug, Args)]
pub(crate) struct TemplatesArgs {
    /// Print this template
    name: Option<String>,
}

/// Shows what would be sent; exit 6 when something is in the way.
///
/// # Errors
/// Names the id that names nothing.
pub(crate) async fn preview(workbench: &Workbench, out: Out, args: PreviewArgs) -> Ended {
    let subscription = args.id.map(|id| id.parse().map_err(WorkbenchError::from)).transpose()?;
    let mut change = args.definition.input()?;
    change.url = args.url;
    change.events = Some(args.events).filter(|events| !events.is_empty());
    if subscription.is_none() && change.events.is_none() {
        change.events = Some(vec!["*".to_owned()]);
    }
    give_secret(&mut change, &args.secret, out)?;
    clear(&mut change, &args.clear);
    let input = PreviewInput { subscription, event: args.with_event, source: args.source, change };
    let preview = workbench.subscriptions().preview(input).await?;
    if out.json {
        out.document(&preview)?;
    } else {
        show(out, &preview)?;
    }
    Ok(if preview.problems.is_empty() { Exit::Done } else { Exit::SomeFailed })
}

fn show(out: Out, preview: &Preview) -> Result<(), Stop> {
    preview.warnings.iter().for_each(|warning| out.warn(warning));
    if let Some(event) = &preview.event {
        let origin = match event.origin {
            "latest" => "the latest that it wants",
            "sample" => "a sample of the catalogue",
            _ => "as asked",
        };
        out.field("Event", format_args!("{}  {}  ({origin})", event.event, event.id))?;
    }
    for problem in &preview.problems {
        out.line(format_args!("{BAD}✗ {}{BAD:#}: {}", problem.field, problem.message))?;
    }
    if let Some(sent) = &preview.request {
        request(out, "Sends", sent)?;
        out.field("Signed", if preview.signed { "yes" } else { "no" })?;
    }
    Ok(())
}

/// Lists the templates, or prints one.
///
/// # Errors
/// Names the template that does not exist.
pub(crate) fn templates(out: Out, args: &TemplatesArgs) -> Ended {
    let known = hookbench_workbench::templates();
    if let Some(name) = &args.name {
        let Some(text) = template_preset(name) else {
            let names: Vec<&str> = known.presets.iter().map(|p| p.name.as_str()).collect();
            let why = format!("there is no template `{name}`: choose {}", names.join(", "));
            return Err(Stop::failed(Exit::Failed, "not_found", why));
        };
        if out.json {
            out.document(&known.presets.into_iter().find(|p| p.name == *name))?;
        } else {
            out.line(text.trim_end())?;
        }
        return Ok(Exit::Done);
    }
    if out.json {
        out.document(&known)?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["template", "content type", "for"]);
    for p in known.presets {
        table.row([p.name.into(), p.content_type.into(), p.summary.into()]);
    }
    table.print(out)?;
    out.line("")?;
    let mut table = Table::new(&["filter", "gives", "example"]);
    for f in known.filters {
        table.row([f.name.into(), f.meaning.into(), f.example.into()]);
    }
    table.print(out)?;
    out.line(format_args!(
        "{STRONG}Variables{STRONG:#} id, event, createdAt, brandId, data, payload (the whole body)"
    ))?;
    Ok(Exit::Done)
}
