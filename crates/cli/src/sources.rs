//! `sources`: the inbound paths of the receiver.

use clap::{Args, Subcommand};
use hookbench_domain::Network;
use hookbench_signature::Scheme;
use hookbench_workbench::{
    ReceivedView, SavedSource, SourceDetail, SourceInput, SourceView, TokenChoice, Workbench,
};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::out::{BAD, GOOD, Out, STRONG};
use crate::secrets::{NewSecret, SecretSource};
use crate::table::{Cell, Table};
use crate::values;
use crate::words::moment;

/// Verbs of `sources`.
#[derive(Debug, Subcommand)]
pub(crate) enum SourceVerb {
    /// Create a source
    #[command(after_help = "\
Examples:
  hookbench sources create --name shop --scheme trcker --secret-file secret.txt
  hookbench sources create --name hooks --scheme standard --generate-secret --brand acme
  hookbench sources create --name lan --scheme none --allow-ip 10.0.0.0/8 --generate-token")]
    Create(Box<CreateArgs>),
    /// List sources, oldest first
    List,
    /// Show one source and the last requests that came to it
    Show(OneSource),
    /// Delete a source; what it received stays
    Delete(OneSource),
}

/// One source.
#[derive(Debug, Args)]
pub(crate) struct OneSource {
    /// The source's name or id (src_…)
    source: String,
}

/// What a new source is.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Its name, which becomes its path /in/N: a-z, 0-9, - and _
    #[arg(long, value_name = "N")]
    name: String,
    /// How requests are signed
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Scheme,
    /// The brand whose subscriptions its events match
    #[arg(long, value_name = "B", value_parser = values::foreign_id)]
    brand: Option<String>,
    /// An address or range that may send, such as 10.0.0.0/8; repeatable [default: anyone]
    #[arg(long = "allow-ip", value_name = "CIDR")]
    allow_ips: Vec<Network>,
    /// Make a token that must stand behind the name in the path, and show it, once
    #[arg(long)]
    generate_token: bool,
    #[command(flatten)]
    secret: NewSecret,
}

/// Does one verb.
///
/// # Errors
/// Names the field that is wrong, or the source that does not exist.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: SourceVerb) -> Ended {
    match verb {
        SourceVerb::Create(args) => create(workbench, out, *args).await,
        SourceVerb::List => list(workbench, out),
        SourceVerb::Show(one) => {
            let detail = workbench.source(&one.source).await?;
            if out.json {
                out.document(&detail)?;
            } else {
                show_detail(out, &detail)?;
            }
            Ok(Exit::Done)
        }
        SourceVerb::Delete(one) => {
            let id = workbench.delete_source(&one.source).await?;
            if out.json {
                out.document(&json!({ "id": id, "deleted": true }))?;
            } else {
                out.line(format_args!("{id} is deleted; what it received stays"))?;
            }
            Ok(Exit::Done)
        }
    }
}

async fn create(workbench: &Workbench, out: Out, args: CreateArgs) -> Ended {
    let secret = args.secret.source().map(|source: SecretSource| source.read(out)).transpose()?;
    let input = SourceInput {
        name: args.name,
        scheme: Some(args.scheme.as_str().to_owned()),
        secret,
        generate_secret: args.secret.generate_secret,
        brand: args.brand,
        allow_ips: args.allow_ips,
        token: args.generate_token.then_some(TokenChoice::Generate(true)),
    };
    saved(out, &workbench.create_source(input).await?)
}

fn saved(out: Out, saved: &SavedSource) -> Ended {
    for warning in &saved.warnings {
        out.warn(warning);
    }
    if out.json {
        out.document(saved)?;
        return Ok(Exit::Done);
    }
    out.line(format_args!("{STRONG}{}{STRONG:#} is created", saved.source.id))?;
    show(out, &saved.source)?;
    if let Some(secret) = &saved.secret {
        out.field("Secret", secret)?;
    }
    if let Some(token) = &saved.token {
        out.field("Token", token)?;
    }
    if saved.secret.is_some() || saved.token.is_some() {
        out.note("this is not shown again: give it to the sender now");
    }
    Ok(Exit::Done)
}

fn list(workbench: &Workbench, out: Out) -> Ended {
    let sources = workbench.sources();
    if out.json {
        out.document(&json!({ "items": sources, "next_cursor": null }))?;
        return Ok(Exit::Done);
    }
    if sources.is_empty() {
        out.note("no sources yet: hookbench sources create --name … --scheme …");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["id", "name", "path", "scheme", "brand"]);
    for s in sources {
        let brand = s.brand.unwrap_or_default();
        table.row([s.id.to_string().into(), s.name.into(), s.path.into(), s.scheme.into(), brand.into()]);
    }
    table.print(out)?;
    Ok(Exit::Done)
}

fn show(out: Out, s: &SourceView) -> Result<(), Stop> {
    out.field("Id", s.id)?;
    out.field("Path", &s.path)?;
    out.field("Scheme", &s.scheme)?;
    if let Some(brand) = &s.brand {
        out.field("Brand", brand)?;
    }
    for range in &s.allow_ips {
        out.field("Allowed", range)?;
    }
    out.field("Created", format_args!("{} UTC", moment(s.created_at)))
}

fn show_detail(out: Out, detail: &SourceDetail) -> Result<(), Stop> {
    show(out, &detail.source)?;
    if detail.requests.is_empty() {
        out.note("nothing has come yet");
        return Ok(());
    }
    let mut table = Table::new(&["received", "from", "status", "code", "event"]);
    for ReceivedView { received: r, .. } in &detail.requests {
        let style = if r.status == 200 { GOOD } else { BAD };
        let event = r.event_id.clone().or_else(|| r.detail.clone()).unwrap_or_default();
        table.row([
            moment(r.at).into(),
            r.peer.clone().into(),
            Cell::styled(r.status.to_string(), style),
            r.code.clone().into(),
            event.into(),
        ]);
    }
    table.print(out)
}
