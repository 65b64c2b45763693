//! `subscriptions`: what is sent where.

pub(crate) mod pause;

mod filter;
mod preview;
mod show;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use hookbench_domain::{CustomHeader, Kind, Method, Mode, SubscriptionId};
use hookbench_platform::preset_names;
use hookbench_signature::Scheme;
use hookbench_workbench::{
    DeliveryDetail, RemoteTestView, RotationInput, SavedSubscription, SubscriptionInput, Tested, Workbench,
    WorkbenchError, template_preset,
};
use serde_json::{Value, json};

use crate::deliveries::show::attempt;
use crate::exit::{Ended, Exit, Stop};
use crate::input;
use crate::output::out::{BAD, GOOD, Out, STRONG, WAIT};
use crate::output::table::{Cell, Table};
use crate::output::values;
use crate::signatures::secrets::{NewSecret, SecretSource};

/// How long a test waits beyond the longest an attempt may take.
const TEST_TIMEOUT: Duration = Duration::from_secs(90);

/// Verbs of `subscriptions`.
#[derive(Debug, Subcommand)]
pub(crate) enum SubscriptionVerb {
    /// Create a subscription
    #[command(after_help = "\
Examples:
  hookbench subscriptions create --url https://example.com/hooks --event 'conversion.*' \\
      --platform trcker --secret-file secret.txt
  hookbench subscriptions create --url https://example.com/hooks --event '*' --brand shop --remote --generate-secret
  hookbench subscriptions create --url http://127.0.0.1:8080/ --event '*' --generate-secret --name CRM
  hookbench subscriptions create --url https://hooks.slack.com/services/T0/B0/x --event '*' --template slack
  hookbench subscriptions create --kind postback --event conversion.approved \\
      --url 'https://track.example/pb?cid={data.clickId}&payout={data.payoutCents}'")]
    Create(Box<CreateArgs>),
    /// List subscriptions, oldest first
    List,
    /// Show one subscription; credentials in its URL and headers are masked
    Show(OneId),
    /// Show its URL and headers with the credentials in them; the vault must open
    Reveal(OneId),
    /// Change a subscription; what is left out stays as it is
    #[command(after_help = "\
Examples:
  hookbench subscriptions edit sub_… --url https://example.com/new
  hookbench subscriptions edit sub_… --clear rate-per-second --no-secret")]
    Edit(Box<EditArgs>),
    /// Enable a subscription: what was held is sent
    Enable(OneId),
    /// Disable a subscription: what waits is held, new matches are skipped
    Disable(OneId),
    /// Delete a subscription: what waits is cancelled, the log stays; one at a platform is deleted there
    Delete(OneId),
    /// Send a sample event and show the answer; exit 6 when it is not delivered
    Test(OneId),
    /// Set right what the platform has instead of a subscription that runs there
    Repair(OneId),
    /// Keep what the platform has instead of a subscription that runs there
    Accept(OneId),
    /// Give it a new secret; the old one signs beside it for a while
    RotateSecret(RotateArgs),
    /// Try a filter on the last events: which would be sent, which not, and why
    #[command(after_help = "\
Examples:
  hookbench subscriptions filter-test --filter \"data.payoutCents > 1000 && data.currency == 'EUR'\"
  hookbench subscriptions filter-test --filter \"data.items.exists(i, i.qty > 3)\" --last 500")]
    FilterTest(filter::FilterTestArgs),
    /// Show what would be sent for an event, and what is in the way; nothing is saved or sent
    #[command(after_help = "\
Without an id, as `create` would make it; with one, as `edit` would change it.

Examples:
  hookbench subscriptions preview --url https://example.com/hooks --event conversion.approved --template crm
  hookbench subscriptions preview sub_… --with-event evt_… --template new.jinja")]
    Preview(Box<preview::PreviewArgs>),
    /// List the templates that come with Hookbench and what can be done with a value, or print one
    Templates(preview::TemplatesArgs),
}

/// One subscription's id.
#[derive(Debug, Args)]
pub(crate) struct OneId {
    /// The subscription's id (sub_…)
    id: String,
}

/// What a subscription is, all of it optional.
#[derive(Debug, Args)]
struct DefinitionArgs {
    /// A name for people
    #[arg(long, value_name = "N")]
    name: Option<String>,
    /// Only events of this brand; with --remote, the name or id of the connected one
    #[arg(long, value_name = "B")]
    brand: Option<String>,
    /// Whose scheme, policy and headers to use [default: generic]
    #[arg(long, value_name = "P", value_parser = values::platform())]
    platform: Option<String>,
    /// What is sent [default: webhook]
    #[arg(long, value_name = "KIND")]
    kind: Option<KindName>,
    /// The signature scheme [default: the platform's]
    #[arg(long, value_name = "S", value_parser = values::scheme())]
    scheme: Option<Scheme>,
    /// Whose signature is sent [default: sign]
    #[arg(long, value_name = "MODE")]
    mode: Option<ModeName>,
    /// How a postback asks [default: get]
    #[arg(long, value_name = "METHOD", ignore_case = true)]
    method: Option<MethodName>,
    /// A template for the body: a file, or the name of one that `templates` lists
    #[arg(long, value_name = "FILE|NAME")]
    template: Option<PathBuf>,
    /// What the template renders [default: what it looks like]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
    /// Only events for which this holds, in CEL: data.payout > 10 && brand == 'acme'
    #[arg(long, value_name = "EXPR")]
    filter: Option<String>,
    /// A preset's name, or a JSON file with a retry policy
    #[arg(long, value_name = "FILE|PRESET")]
    policy: Option<String>,
    /// A header for every request; repeatable
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = values::header)]
    headers: Vec<(String, String)>,
    /// At most so many attempts a second
    #[arg(long, value_name = "N")]
    rate_per_second: Option<f64>,
    /// At most so many attempts at a time
    #[arg(long, value_name = "N")]
    concurrency: Option<u32>,
    /// One at a time, in the order the events came
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    ordered: Option<bool>,
    /// One at a time only among events with the same value in this field, such as data.customerId;
    /// '' for all of them
    #[arg(long, value_name = "FIELD")]
    ordered_by: Option<String>,
    /// Disable it once every attempt failed for so long, such as 12h or 5d
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    auto_disable_after: Option<u64>,
    /// Trust the certificates of this PEM file beside the operating system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Leave the endpoint's certificate unchecked; possible on this machine only
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    insecure_loopback: Option<bool>,
    /// Send to private addresses too
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    allow_private: Option<bool>,
}

/// What a new subscription is.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Where events go
    #[arg(long, value_parser = values::url)]
    url: String,
    /// An event type or pattern, such as conversion.* or *; repeatable
    #[arg(long = "event", value_name = "T", required = true, value_parser = values::pattern)]
    events: Vec<String>,
    #[command(flatten)]
    definition: DefinitionArgs,
    /// Register at the brand's platform instead of dispatching from here
    #[arg(long)]
    remote: bool,
    #[command(flatten)]
    secret: NewSecret,
}

/// What is to change.
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// The subscription's id (sub_…)
    id: String,
    /// Where events go
    #[arg(long, value_parser = values::url)]
    url: Option<String>,
    /// An event type or pattern; repeatable, replaces all
    #[arg(long = "event", value_name = "T", value_parser = values::pattern)]
    events: Vec<String>,
    #[command(flatten)]
    definition: DefinitionArgs,
    /// Go back to the default; repeatable
    #[arg(long, value_name = "FIELD")]
    clear: Vec<Clearable>,
    /// Remove the secret
    #[arg(long, conflicts_with = "secret")]
    no_secret: bool,
    #[command(flatten)]
    secret: NewSecret,
}

/// How to change a secret.
#[derive(Debug, Args)]
#[command(after_help = "Without a secret option a new secret is generated and shown once.")]
pub(crate) struct RotateArgs {
    /// The subscription's id (sub_…)
    id: String,
    /// How long the old secret signs beside the new one, such as 0s, 12h, 7d; 24h if left out
    #[arg(long, value_name = "DURATION", value_parser = duration_ms)]
    overlap: Option<u64>,
    #[command(flatten)]
    secret: NewSecret,
}

fn duration_ms(text: &str) -> Result<u64, String> {
    hookbench_domain::parse_duration_ms(text).map_err(|error| error.to_string())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindName {
    Webhook,
    Postback,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MethodName {
    Get,
    Post,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ModeName {
    Sign,
    Forward,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Clearable {
    Name,
    Brand,
    Filter,
    Method,
    Template,
    ContentType,
    Ca,
    Headers,
    Policy,
    RatePerSecond,
    Concurrency,
    AutoDisable,
}

impl DefinitionArgs {
    fn input(self) -> Result<SubscriptionInput, Stop> {
        let headers = self.headers.into_iter().map(|(name, value)| CustomHeader(name, value)).collect();
        Ok(SubscriptionInput {
            name: self.name.map(Some),
            brand: self.brand.map(Some),
            platform: self.platform,
            kind: self.kind.map(|kind| match kind {
                KindName::Webhook => Kind::Webhook,
                KindName::Postback => Kind::Postback,
            }),
            scheme: self.scheme.map(|scheme| scheme.as_str().to_owned()),
            mode: self.mode.map(|mode| match mode {
                ModeName::Sign => Mode::Sign,
                ModeName::Forward => Mode::Forward,
            }),
            method: self.method.map(|method| {
                Some(match method {
                    MethodName::Get => Method::Get,
                    MethodName::Post => Method::Post,
                })
            }),
            template: self.template.map(|path| template(&path)).transpose()?.map(Some),
            content_type: self.content_type.map(Some),
            ca_pem: self.ca_file.map(|path| input::read_text(&path)).transpose()?.map(Some),
            skip_tls_verify: self.insecure_loopback,
            filter: self.filter.map(Some),
            headers: Some(headers).filter(|h: &Vec<CustomHeader>| !h.is_empty()),
            policy: self.policy.map(|text| policy(&text)).transpose()?.map(Some),
            rate_per_second: self.rate_per_second.map(Some),
            concurrency: self.concurrency.map(Some),
            ordered: self.ordered,
            ordered_by: self.ordered_by.map(|field| Some(field).filter(|field| !field.is_empty())),
            allow_private: self.allow_private,
            auto_disable_after_ms: self.auto_disable_after.map(Some),
            ..SubscriptionInput::default()
        })
    }
}

/// A preset's name, or what the file holds.
fn policy(text: &str) -> Result<Value, Stop> {
    if preset_names().contains(&text) {
        return Ok(text.into());
    }
    let path = Path::new(text);
    if !input::is_stdin(path) && !path.exists() {
        let presets = preset_names().join(", ");
        return Err(Stop::usage(format!("--policy: `{text}` is neither a file nor a preset ({presets})")));
    }
    input::read_json(path)
}

/// What the file holds, or the template that comes with Hookbench under this name.
fn template(path: &Path) -> Result<String, Stop> {
    let known = path.to_str().filter(|_| !path.exists()).and_then(template_preset);
    known.map_or_else(|| input::read_text(path), |text| Ok(text.to_owned()))
}

fn give_secret(input: &mut SubscriptionInput, secret: &NewSecret, out: Out) -> Result<(), Stop> {
    input.secret = secret.source().map(|source: SecretSource| source.read(out)).transpose()?.map(Some);
    input.generate_secret = secret.generate_secret;
    Ok(())
}

/// Does one verb.
///
/// # Errors
/// Names the field that is wrong, or the id that names nothing.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: SubscriptionVerb) -> Ended {
    match verb {
        SubscriptionVerb::Create(args) => create(workbench, out, *args).await,
        SubscriptionVerb::List => list(workbench, out),
        SubscriptionVerb::Show(one) => {
            let view = workbench.subscriptions().get(one.parse()?)?;
            if out.json {
                out.document(&view)?
            } else {
                show::subscription(out, &view)?
            }
            Ok(Exit::Done)
        }
        SubscriptionVerb::Reveal(one) => {
            let revealed = workbench.subscriptions().reveal(one.parse()?).await?;
            if out.json {
                out.document(&revealed)?;
            } else {
                out.field("URL", &revealed.url)?;
                for (name, value) in &revealed.headers {
                    out.field("Header", format_args!("{name}: {value}"))?;
                }
            }
            Ok(Exit::Done)
        }
        SubscriptionVerb::Edit(args) => edit(workbench, out, *args).await,
        SubscriptionVerb::Enable(one) => {
            saved(out, &workbench.subscriptions().enable(one.parse()?, true).await?, "is enabled")
        }
        SubscriptionVerb::Disable(one) => {
            saved(out, &workbench.subscriptions().enable(one.parse()?, false).await?, "is disabled")
        }
        SubscriptionVerb::Delete(one) => {
            let id = one.parse()?;
            let cancelled = workbench.subscriptions().delete(id).await?;
            if out.json {
                out.document(&json!({ "id": id, "deleted": true, "cancelled": cancelled }))?;
            } else {
                out.line(format_args!("{id} is deleted; {cancelled} waiting deliveries were cancelled"))?;
            }
            Ok(Exit::Done)
        }
        SubscriptionVerb::Test(one) => test(workbench, out, one.parse()?).await,
        SubscriptionVerb::Repair(one) => {
            let view = workbench.brands().repair_subscription(one.parse()?).await?;
            if out.json {
                out.document(&view)?;
            } else {
                out.line(format_args!("{} is at the platform as it is kept here", view.id))?;
            }
            Ok(Exit::Done)
        }
        SubscriptionVerb::Accept(one) => {
            let view = workbench.brands().accept_drift(one.parse()?).await?;
            if out.json {
                out.document(&view)?;
            } else {
                out.line(format_args!("{} is kept here as it is at the platform", view.id))?;
            }
            Ok(Exit::Done)
        }
        SubscriptionVerb::RotateSecret(args) => {
            let id: SubscriptionId = args.id.parse().map_err(WorkbenchError::from)?;
            let secret = args.secret.source().map(|source: SecretSource| source.read(out)).transpose()?;
            let rotation = RotationInput { secret, overlap_ms: args.overlap };
            saved(out, &workbench.subscriptions().rotate_secret(id, rotation).await?, "has a new secret")
        }
        SubscriptionVerb::FilterTest(args) => filter::test(workbench, out, args).await,
        SubscriptionVerb::Preview(args) => preview::preview(workbench, out, *args).await,
        SubscriptionVerb::Templates(args) => preview::templates(out, &args),
    }
}

impl OneId {
    fn parse(&self) -> Result<SubscriptionId, WorkbenchError> {
        Ok(self.id.parse()?)
    }
}

async fn create(workbench: &Workbench, out: Out, args: CreateArgs) -> Ended {
    let mut input = args.definition.input()?;
    input.remote = args.remote;
    input.url = Some(args.url);
    input.events = Some(args.events);
    give_secret(&mut input, &args.secret, out)?;
    saved(out, &workbench.subscriptions().create(input).await?, "is created")
}

async fn edit(workbench: &Workbench, out: Out, args: EditArgs) -> Ended {
    let id: SubscriptionId = args.id.parse().map_err(WorkbenchError::from)?;
    workbench.subscriptions().get(id)?;
    let mut input = args.definition.input()?;
    input.url = args.url;
    input.events = Some(args.events).filter(|events| !events.is_empty());
    give_secret(&mut input, &args.secret, out)?;
    if args.no_secret {
        input.secret = Some(None);
    }
    clear(&mut input, &args.clear);
    saved(out, &workbench.subscriptions().edit(id, input).await?, "is saved")
}

fn clear(input: &mut SubscriptionInput, fields: &[Clearable]) {
    for field in fields {
        match field {
            Clearable::Name => input.name = Some(None),
            Clearable::Brand => input.brand = Some(None),
            Clearable::Filter => input.filter = Some(None),
            Clearable::Method => input.method = Some(None),
            Clearable::Template => input.template = Some(None),
            Clearable::ContentType => input.content_type = Some(None),
            Clearable::Ca => input.ca_pem = Some(None),
            Clearable::Headers => input.headers = Some(Vec::new()),
            Clearable::Policy => input.policy = Some(None),
            Clearable::RatePerSecond => input.rate_per_second = Some(None),
            Clearable::Concurrency => input.concurrency = Some(None),
            Clearable::AutoDisable => input.auto_disable_after_ms = Some(None),
        }
    }
}

fn saved(out: Out, saved: &SavedSubscription, what: &str) -> Ended {
    for warning in &saved.warnings {
        out.warn(warning);
    }
    if out.json {
        out.document(saved)?;
        return Ok(Exit::Done);
    }
    out.line(format_args!("{STRONG}{}{STRONG:#} {what}", saved.subscription.id))?;
    show::subscription(out, &saved.subscription)?;
    if let Some(secret) = &saved.secret {
        out.field("Secret", secret)?;
        out.note("the secret is not shown again: give it to the receiver now");
    }
    Ok(Exit::Done)
}

fn list(workbench: &Workbench, out: Out) -> Ended {
    let subscriptions = workbench.subscriptions().list();
    if out.json {
        out.document(&json!({ "items": subscriptions, "next_cursor": null }))?;
        return Ok(Exit::Done);
    }
    if subscriptions.is_empty() {
        out.note("no subscriptions yet: hookbench subscriptions create --url … --event '*'");
        return Ok(Exit::Done);
    }
    let mut table = Table::new(&["id", "name", "where", "events", "url", "scheme", "state"]);
    for s in subscriptions {
        let word = show::state(&s);
        let state = match &s.remote {
            Some(remote) if !matches!(remote.state, "on" | "off") => Cell::styled(remote.state, WAIT),
            Some(_) | None => Cell::styled(word, if word == "enabled" { GOOD } else { BAD }),
        };
        let runs = match &s.remote {
            Some(remote) => format!("at {}", remote.brand_name),
            None => "here".to_owned(),
        };
        let (id, events) = (s.id.to_string(), s.events.join(" "));
        table.row([
            id.into(),
            s.name.into(),
            runs.into(),
            events.into(),
            s.url.into(),
            s.scheme.into(),
            state,
        ]);
    }
    table.print(out)?;
    Ok(Exit::Done)
}

async fn test(workbench: &Workbench, out: Out, id: SubscriptionId) -> Ended {
    let detail = match workbench.subscriptions().test_input(id, Some(TEST_TIMEOUT)).await? {
        Tested::RemoteTested(rehearsal) => return rehearsed(out, &rehearsal),
        Tested::Ended(detail) => Some(detail),
        Tested::Begun(_) | Tested::Open => None,
    };
    let Some(detail) = detail else {
        let message = format!("the test of {id} did not end within {} seconds", TEST_TIMEOUT.as_secs());
        return Err(Stop::failed(Exit::SomeFailed, "test_not_ended", message)
            .hint("hookbench deliveries list --subscription ID shows where it stands"));
    };
    if out.json {
        out.document(&detail)?;
    } else {
        tried(out, &detail)?;
    }
    not_held(&detail.delivery.id.to_string(), detail.held_because.as_deref())?;
    Ok(if is_delivered(&detail) { Exit::Done } else { Exit::SomeFailed })
}

/// Whoever waits for an answer learns why none comes: a delivery that is held goes out later, or never.
///
/// # Errors
/// Says what holds the delivery, if anything does.
pub(crate) fn not_held(delivery: &str, held_because: Option<&str>) -> Result<(), Stop> {
    match held_because {
        None => Ok(()),
        Some(why) => Err(Stop::failed(Exit::Configuration, "held", format!("{delivery} was not sent: {why}"))
            .hint(format!(
                "hookbench deliveries show {delivery} tells where it stands; hookbench deliveries cancel {delivery} takes it back"
            ))),
    }
}

fn is_delivered(detail: &DeliveryDetail) -> bool {
    detail.delivery.state == "delivered"
}

fn tried(out: Out, detail: &DeliveryDetail) -> Result<(), Stop> {
    let (style, word) =
        if is_delivered(detail) { (GOOD, "✓ delivered") } else { (BAD, "✗ not delivered") };
    let d = &detail.delivery;
    out.line(format_args!("{style}{word}{style:#}  test {} to {}", d.event_type, d.url))?;
    for tried in &detail.attempts {
        attempt(out, tried)?;
    }
    Ok(())
}

/// A test of one that runs at a platform.
fn rehearsed(out: Out, test: &RemoteTestView) -> Ended {
    let delivered = test.delivery.as_ref().is_some_and(is_delivered);
    if out.json {
        out.document(test)?;
    } else {
        out.line(format_args!("{STRONG}1{STRONG:#} to a target of Hookbench's own"))?;
        tried(out, &test.rehearsal)?;
        match test.verified {
            Some(true) => out.line(format_args!("{GOOD}✓ the signature verifies{GOOD:#}"))?,
            Some(false) => out.line(format_args!("{BAD}✗ the signature does not verify{BAD:#}"))?,
            None => {}
        }
        if let Some(delivery) = &test.delivery {
            out.line(format_args!("{STRONG}2{STRONG:#} to the receiver"))?;
            tried(out, delivery)?;
        }
        out.note(&test.note);
    }
    Ok(if delivered { Exit::Done } else { Exit::SomeFailed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_that_is_held_ends_the_wait_with_its_reason() {
        assert!(not_held("dlv_1", None).is_ok());
        match not_held("dlv_1", Some("held: the vault is closed")) {
            Err(Stop::Failed(failure)) => {
                assert_eq!((failure.exit, failure.code), (Exit::Configuration, "held"));
                assert!(failure.message.contains("dlv_1") && failure.message.contains("vault is closed"));
            }
            other => panic!("{other:?}"),
        }
    }
}
