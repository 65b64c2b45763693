//! `brands`: accounts on a platform.

use clap::{Args, Subcommand};
use hookbench_workbench::{
    BrandChange, BrandDetail, BrandInput, BrandView, Drift, DriftProblem, KeyCheck, RemoteLog,
    RemoteLogQuery, SyncStep, SyncSummary, Workbench, WorkbenchError,
};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, GOOD, Out, STRONG, WAIT};
use crate::output::table::{Cell, Table};
use crate::output::values;
use crate::output::words::{count, moment, short};
use crate::signatures::secrets::OneSecret;

/// Verbs of `brands`.
#[derive(Debug, Subcommand)]
pub(crate) enum BrandVerb {
    /// Connect an account on a platform; its API key is given as the secret
    #[command(after_help = "\
Examples:
  hookbench brands add --platform trcker --name shop --secret-file key.txt
  hookbench brands add --platform generic --name b1 --base-url https://api.example.com --secret-stdin")]
    Add(AddArgs),
    /// List brands, oldest first
    List,
    /// Show a brand with its event types and webhooks
    Show(OneBrand),
    /// Read the platform, finish what was left undone there, and say what changed
    Sync {
        #[command(flatten)]
        brand: OneBrand,
        /// Set right what differs from the subscriptions kept here
        #[arg(long)]
        repair: bool,
    },
    /// Ask the platform whether it still takes the API key
    Check(OneBrand),
    /// Give a brand a new API key, tried before it is kept
    SetKey {
        #[command(flatten)]
        brand: OneBrand,
        #[command(flatten)]
        secret: OneSecret,
    },
    /// Change a brand's name, address, or what payloads call it
    Edit(EditArgs),
    /// Read the delivery log that the platform keeps, newest first
    #[command(after_help = "\
Examples:
  hookbench brands log shop --limit 20
  hookbench brands log shop --subscription sub_…")]
    Log(LogArgs),
    /// Take over a webhook that was made elsewhere, as a subscription that is managed from here
    Adopt(OneWebhook),
    /// Remove a webhook that was made elsewhere from the platform
    DeleteWebhook(OneWebhook),
    /// Remove a brand and its API key
    Remove {
        #[command(flatten)]
        brand: OneBrand,
        /// Forget its subscriptions, and leave their webhooks at the platform
        #[arg(long)]
        leave_webhooks: bool,
    },
}

/// One brand.
#[derive(Debug, Args)]
pub(crate) struct OneBrand {
    /// The brand's name or id (brd_…)
    brand: String,
}

/// One webhook at a brand's platform.
#[derive(Debug, Args)]
pub(crate) struct OneWebhook {
    #[command(flatten)]
    brand: OneBrand,
    /// The platform's id of the webhook; `hookbench brands show` lists them
    webhook: String,
}

/// What is to change of a brand.
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    #[command(flatten)]
    brand: OneBrand,
    /// What to call it
    #[arg(long, value_name = "N")]
    name: Option<String>,
    /// Where the platform's API is
    #[arg(long, value_name = "U")]
    base_url: Option<String>,
    /// What the platform's payloads call it (brandId); empty for none
    #[arg(long, value_name = "ID")]
    payload_id: Option<String>,
}

/// Which entries of a platform's log.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    brand: OneBrand,
    /// At most so many, 1 to 500 [default: 50]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Of this webhook, by the platform's id
    #[arg(long, value_name = "ID", conflicts_with = "subscription")]
    webhook: Option<String>,
    /// Of this subscription's webhook (sub_…)
    #[arg(long, value_name = "ID")]
    subscription: Option<String>,
}

/// What a new brand is.
#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// The platform it is an account of
    #[arg(long, value_name = "P", value_parser = values::platform())]
    platform: String,
    /// What to call it
    #[arg(long, value_name = "N")]
    name: String,
    /// Where the platform's API is [default: what its profile says]
    #[arg(long, value_name = "U")]
    base_url: Option<String>,
    /// What the platform's payloads call it (brandId), where one URL serves several brands
    #[arg(long, value_name = "ID")]
    payload_id: Option<String>,
    #[command(flatten)]
    secret: OneSecret,
}

/// Does one verb.
///
/// # Errors
/// Names the brand that is none, or says what the platform answers.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: BrandVerb) -> Ended {
    match verb {
        BrandVerb::Add(args) => {
            let secret = args.secret.source().map(|source| source.read(out)).transpose()?;
            let AddArgs { platform, name, base_url, payload_id, .. } = args;
            let input = BrandInput { name, platform, base_url, payload_id, secret };
            let added = workbench.brands().add(input).await?;
            if out.json {
                out.document(&added)?;
            } else {
                out.line(format_args!("{STRONG}{}{STRONG:#} is connected", added.name))?;
                show_brand(out, &added)?;
            }
        }
        BrandVerb::List => list(workbench, out)?,
        BrandVerb::Show(one) => show(out, &workbench.brands().get(&one.brand).await?)?,
        BrandVerb::Sync { brand, repair } => {
            let told = |step| out.note(step_words(step));
            synced(out, &workbench.brands().sync_with_progress(&brand.brand, repair, &told).await?, repair)?;
        }
        BrandVerb::Check(one) => checked(out, &one.brand, &workbench.brands().check(&one.brand).await?)?,
        BrandVerb::SetKey { brand, secret } => {
            let secret = secret.source().map(|source| source.read(out)).transpose()?;
            let secret = secret.ok_or_else(|| Stop::usage("give the new API key: --secret-stdin"))?;
            let change = BrandChange { secret: Some(secret), ..BrandChange::default() };
            edited(out, &workbench.brands().edit(&brand.brand, change).await?, "has a new API key")?;
        }
        BrandVerb::Edit(args) => {
            let EditArgs { brand, name, base_url, payload_id } = args;
            let payload_id = payload_id.map(|id| Some(id).filter(|id| !id.is_empty()));
            let change = BrandChange { name, base_url, payload_id, secret: None };
            edited(out, &workbench.brands().edit(&brand.brand, change).await?, "is saved")?;
        }
        BrandVerb::Log(args) => {
            let subscription = args.subscription.as_deref().map(str::parse).transpose();
            let subscription = subscription.map_err(WorkbenchError::Id)?;
            let query = RemoteLogQuery { limit: args.limit, webhook: args.webhook, subscription };
            log(out, &workbench.brands().platform_log(&args.brand.brand, &query).await?)?;
        }
        BrandVerb::Adopt(one) => {
            let view = workbench.brands().import_webhook(&one.brand.brand, &one.webhook).await?;
            if out.json {
                out.document(&view)?;
            } else {
                out.line(format_args!("{} is {STRONG}{}{STRONG:#} now", one.webhook, view.id))?;
            }
        }
        BrandVerb::DeleteWebhook(one) => {
            workbench.brands().delete_webhook(&one.brand.brand, &one.webhook).await?;
            if out.json {
                out.document(&json!({ "id": one.webhook, "deleted": true }))?;
            } else {
                out.line(format_args!("{} is removed from the platform", one.webhook))?;
            }
        }
        BrandVerb::Remove { brand, leave_webhooks } => {
            let id = workbench.brands().remove(&brand.brand, leave_webhooks).await?;
            if out.json {
                out.document(&json!({ "id": id, "deleted": true }))?;
            } else {
                out.line(format_args!("{} is removed, and its API key with it", brand.brand))?;
            }
        }
    }
    Ok(Exit::Done)
}

fn list(workbench: &Workbench, out: Out) -> Result<(), Stop> {
    let brands = workbench.brands().list().map_err(|error: WorkbenchError| Stop::from(error))?;
    if out.json {
        return out.document(&json!({ "items": brands, "next_cursor": null }));
    }
    if brands.is_empty() {
        out.note("no brands yet: hookbench brands add --platform … --name … --secret-stdin");
        return Ok(());
    }
    let mut table = Table::new(&["id", "name", "platform", "API", ">subscriptions", "synced (UTC)"]);
    for b in brands {
        let synced = b.synced_at.map(moment);
        let subscriptions = b.subscriptions.to_string();
        table.row([
            b.id.to_string().into(),
            b.name.into(),
            b.platform.into(),
            b.base_url.into(),
            subscriptions.into(),
            Cell::or_dash(synced),
        ]);
    }
    table.print(out)
}

fn step_words(step: SyncStep) -> String {
    match step {
        SyncStep::Resuming => "asking the platform…".to_owned(),
        SyncStep::EventTypes => "reading event types…".to_owned(),
        SyncStep::Webhooks { event_types } => format!("{event_types} event types; reading webhooks…"),
        SyncStep::Repairing { done, of } => format!("setting right {} of {of}…", done + 1),
    }
}

fn edited(out: Out, brand: &BrandView, what: &str) -> Result<(), Stop> {
    if out.json {
        return out.document(brand);
    }
    out.line(format_args!("{STRONG}{}{STRONG:#} {what}", brand.name))?;
    show_brand(out, brand)
}

fn checked(out: Out, name: &str, check: &KeyCheck) -> Result<(), Stop> {
    for warning in &check.warnings {
        out.warn(warning);
    }
    if out.json {
        return out.document(check);
    }
    out.line(format_args!("{GOOD}✓ the platform takes the API key of {name}{GOOD:#}"))?;
    out.field("API", &check.base_url)?;
    out.field("Event types", check.event_types)?;
    out.field("Webhooks", check.webhooks)
}

fn log(out: Out, log: &RemoteLog) -> Result<(), Stop> {
    if out.json {
        return out.document(log);
    }
    if log.items.is_empty() {
        out.note("the platform's delivery log has no such entries yet");
        return Ok(());
    }
    let mut table = Table::new(&["at", "event", "type", "webhook", ">status", ">ms", "answer"]);
    for entry in &log.items {
        let good = entry.status.is_some_and(|status| (200..300).contains(&status));
        let status = entry.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        table.row([
            Cell::or_dash(entry.at.clone()),
            Cell::or_dash(entry.event.as_deref().map(|id| short(id, 32))),
            Cell::or_dash(entry.event_type.clone()),
            Cell::or_dash(entry.webhook.as_deref().map(|id| short(id, 32))),
            Cell::styled(status, if good { GOOD } else { BAD }),
            Cell::or_dash(entry.latency_ms.map(|ms| format!("{ms:.1}"))),
            Cell::or_dash(entry.response.as_deref().map(|text| short(text, 40))),
        ]);
    }
    table.print(out)
}

fn show_brand(out: Out, b: &BrandView) -> Result<(), Stop> {
    out.field("Id", b.id)?;
    out.field("Name", &b.name)?;
    out.field("Platform", &b.platform)?;
    out.field("API", &b.base_url)?;
    out.field("API key", if b.has_key { "kept in the vault" } else { "none" })?;
    if let Some(id) = &b.payload_id {
        out.field("In payloads", id)?;
    }
    if let Some(trouble) = &b.trouble {
        out.field("Trouble", format_args!("{BAD}{}{BAD:#} ({} UTC)", trouble.message, moment(trouble.at)))?;
    }
    out.field("Subscriptions", format_args!("{} run at the platform", b.subscriptions))?;
    match b.synced_at {
        Some(at) => out.field("Synced", format_args!("{} UTC", moment(at))),
        None => Ok(()),
    }
}

fn show(out: Out, detail: &BrandDetail) -> Result<(), Stop> {
    if out.json {
        return out.document(detail);
    }
    show_brand(out, &detail.brand)?;
    out.line("")?;
    let mut table = Table::new(&["event type", "meaning"]);
    for kind in &detail.event_types {
        table.row([kind.name.as_str().into(), short(&kind.meaning, 70).into()]);
    }
    table.print(out)?;
    if detail.webhooks.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let mut table = Table::new(&["webhook", "url", "event types", "subscription here", "state"]);
    for w in &detail.webhooks {
        let state = match w.seen.gone_at {
            Some(at) => Cell::styled(format!("gone since {}", moment(at)), BAD),
            None => Cell::styled("there", GOOD),
        };
        let listed = &w.seen.listed;
        table.row([
            short(&listed.id, 40).into(),
            short(&listed.url, 60).into(),
            short(&listed.events.join(" "), 60).into(),
            Cell::or_dash(w.subscription.map(|id| id.to_string())),
            state,
        ]);
    }
    table.print(out)
}

fn synced(out: Out, summary: &SyncSummary, repair: bool) -> Result<(), Stop> {
    for warning in &summary.warnings {
        out.warn(warning);
    }
    for drift in summary.drift.iter().filter(|d| !d.repaired) {
        out.warn(drift_words(drift));
    }
    if summary.drift.iter().any(|d| !d.repaired) && !repair {
        out.note("hookbench brands sync --repair sets it right");
    }
    if out.json {
        return out.document(summary);
    }
    let (types, hooks) = (&summary.event_types, &summary.webhooks);
    let changed = |added: usize, changed: usize, removed: usize| {
        let said = [(added, "new"), (changed, "changed"), (removed, "gone")];
        let said = said.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}"));
        let said = said.collect::<Vec<_>>().join(", ");
        if said.is_empty() { "nothing changed".to_owned() } else { said }
    };
    out.line(format_args!("{STRONG}{}{STRONG:#} is synced", summary.brand.name))?;
    let words = changed(types.added.len(), 0, types.removed.len());
    out.field("Event types", format_args!("{}: {words}", types.total))?;
    let words = changed(hooks.added.len(), hooks.changed.len(), hooks.removed.len());
    out.field("Webhooks", format_args!("{}: {words}", hooks.total))?;
    for (style, word, listed) in
        [(GOOD, "new", &hooks.added), (WAIT, "changed", &hooks.changed), (BAD, "gone", &hooks.removed)]
    {
        for webhook in listed {
            out.line(format_args!(
                "  {style}{word:<8}{style:#} {}  {}",
                short(&webhook.id, 40),
                short(&webhook.url, 60)
            ))?;
        }
    }
    for one in &summary.resumed {
        out.field("Taken up", format_args!("{} is {}", one.subscription, one.outcome))?;
    }
    let repaired = summary.drift.iter().filter(|d| d.repaired).count();
    if repaired > 0 {
        out.field("Repaired", count(repaired, "subscription", "subscriptions"))?;
    }
    Ok(())
}

fn drift_words(drift: &Drift) -> String {
    let what = match drift.problem {
        DriftProblem::Removed => "the platform no longer has it",
        DriftProblem::Changed => "the platform has it with another URL or other event types",
        DriftProblem::Outdated => "its patterns mean other event types now",
    };
    match &drift.error {
        Some(error) => format!("{}: {what}, and it could not be repaired: {error}", drift.subscription),
        None => format!("{}: {what}", drift.subscription),
    }
}
