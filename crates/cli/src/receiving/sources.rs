//! `sources`: the inbound paths of the receiver.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hookbench_domain::{EventType, FieldRule, Network, PostbackMapping, RelayKind};
use hookbench_signature::Scheme;
use hookbench_workbench::{
    ForwardInput, ReceivedView, RelayInput, RelayState, SavedSource, SourceDetail, SourceInput, SourceView,
    TokenChoice, Workbench,
};
use serde_json::json;

use crate::exit::{Ended, Exit, Stop};
use crate::output::out::{BAD, GOOD, Out, STRONG};
use crate::output::table::{Cell, Table};
use crate::output::values;
use crate::output::visible::visible;
use crate::output::words::moment;
use crate::signatures::secrets::{NewSecret, SecretSource};

/// Verbs of `sources`.
#[derive(Debug, Subcommand)]
pub(crate) enum SourceVerb {
    /// Create a source
    #[command(after_help = "\
Examples:
  hookbench sources create --name shop --scheme trcker --secret-file secret.txt
  hookbench sources create --name hooks --scheme standard --generate-secret --brand acme
  hookbench sources create --name lan --scheme none --allow-ip 10.0.0.0/8 --generate-token
  hookbench sources create --name s2s --scheme api-key --secret-env KEY --key-param key \\
      --postback conversion.created --param click_id=clickId --param 'sub1?=sub1' --dedupe click_id
      Postbacks: GET or a form, the values in the query; a ? marks what may be missing
  hookbench sources create --name far --scheme stripe --secret-file secret.txt \\
      --relay webhook-site --relay-url https://webhook.site/…")]
    Create(Box<CreateArgs>),
    /// List sources, oldest first
    List,
    /// Show one source and the last requests that came to it
    Show(OneSource),
    /// Delete a source; what it received stays
    Delete(OneSource),
    /// Decide about a received request again, by its source's rules or another's
    Replay(OneRequest),
    /// Send a received request on, byte for byte, once
    Forward(ForwardArgs),
}

/// One request of the log.
#[derive(Debug, Args)]
pub(crate) struct OneRequest {
    /// Its id, as `sources show` lists it
    id: String,
    /// The source whose secret and mapping it is decided by [default: its own]
    #[arg(long, value_name = "S")]
    source: Option<String>,
}

/// Where to send a request on to.
#[derive(Debug, Args)]
pub(crate) struct ForwardArgs {
    /// Its id, as `sources show` lists it
    id: String,
    /// Where to
    #[arg(long, value_name = "U")]
    url: String,
    /// Also to a private address
    #[arg(long)]
    allow_private: bool,
}

/// What a source makes of postbacks.
#[derive(Debug, Args)]
#[command(next_help_heading = "Postbacks")]
pub(crate) struct PostbackArgs {
    /// Take postbacks, as events of this type
    #[arg(long, value_name = "T")]
    postback: Option<EventType>,
    /// A parameter and the field of `data` it becomes; P?=FIELD may be missing; repeatable
    /// [default: every parameter, by its own name]
    #[arg(long = "param", value_name = "P=FIELD", value_parser = field_rule, requires = "postback")]
    params: Vec<FieldRule>,
    /// A field of `data` that is always the same, as text or JSON; repeatable
    #[arg(long = "constant", value_name = "FIELD=VALUE", value_parser = pair, requires = "postback")]
    constants: Vec<(String, String)>,
    /// A parameter that tells one event from another; repeatable [default: the whole query]
    #[arg(long, value_name = "P", requires = "postback")]
    dedupe: Vec<String>,
    /// The parameter that tells the type
    #[arg(long, value_name = "P", requires = "types", requires = "postback")]
    type_param: Option<String>,
    /// What a value of it means; repeatable
    #[arg(long = "type", value_name = "VALUE=T", value_parser = pair, requires = "type_param")]
    types: Vec<(String, String)>,
    /// The parameter that holds the key (scheme api-key)
    #[arg(long, value_name = "P", requires = "postback")]
    key_param: Option<String>,
    /// All of this as a JSON file, as the local API takes it
    #[arg(long, value_name = "F", conflicts_with = "postback")]
    postback_file: Option<PathBuf>,
}

/// Where requests are pulled from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Relays")]
pub(crate) struct RelayArgs {
    /// Pull from a relay: webhook-site (keeps bodies as they came) or smee (writes them anew)
    #[arg(long, value_name = "KIND", value_parser = relay_kind, requires = "relay_url")]
    relay: Option<RelayKind>,
    /// The address that senders are given
    #[arg(long, value_name = "U", requires = "relay")]
    relay_url: Option<String>,
    /// A file with the key of your account there
    #[arg(long, value_name = "F", requires = "relay")]
    relay_key_file: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn field_rule(text: &str) -> Result<FieldRule, String> {
    let (param, field) = text.split_once('=').unwrap_or((text, text.trim_end_matches('?')));
    let optional = param.ends_with('?');
    Ok(FieldRule { param: param.trim_end_matches('?').to_owned(), field: field.to_owned(), optional })
}

fn relay_kind(text: &str) -> Result<RelayKind, String> {
    let found = RelayKind::ALL.into_iter().find(|kind| kind.as_str() == text);
    found.ok_or_else(|| "webhook-site or smee".to_owned())
}

impl PostbackArgs {
    fn mapping(self) -> Result<Option<PostbackMapping>, Stop> {
        if let Some(path) = self.postback_file {
            return crate::input::read_json(&path).map(Some);
        }
        let Some(event_type) = self.postback else { return Ok(None) };
        let types = self.types.into_iter().map(|(value, name)| {
            let name = name.parse().map_err(|error| Stop::usage(format!("--type {value}: {error}")))?;
            Ok((value, name))
        });
        let constant = |(field, text): (String, String)| {
            let value = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
            (field, value)
        };
        Ok(Some(PostbackMapping {
            type_param: self.type_param,
            types: types.collect::<Result<_, Stop>>()?,
            fields: self.params,
            constants: self.constants.into_iter().map(constant).collect(),
            dedupe: self.dedupe,
            key_param: self.key_param,
            ..PostbackMapping::of_type(event_type)
        }))
    }
}

impl RelayArgs {
    fn input(self, out: Out) -> Result<Option<RelayInput>, Stop> {
        let (Some(kind), Some(url)) = (self.relay, self.relay_url) else { return Ok(None) };
        let key = self.relay_key_file.map(|path| SecretSource::File(path).read(out)).transpose()?;
        Ok(Some(RelayInput { kind, url, key }))
    }
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
    #[command(flatten)]
    postback: PostbackArgs,
    #[command(flatten)]
    relay: RelayArgs,
}

/// Does one verb.
///
/// # Errors
/// Names the field that is wrong, or the source that does not exist.
pub(crate) async fn act(workbench: &Workbench, out: Out, verb: SourceVerb) -> Ended {
    match verb {
        SourceVerb::Create(args) => create(workbench, out, *args).await,
        SourceVerb::List => list(workbench, out).await,
        SourceVerb::Show(one) => {
            let detail = workbench.sources().get(&one.source).await?;
            if out.json {
                out.document(&detail)?;
            } else {
                show_detail(out, &detail)?;
            }
            Ok(Exit::Done)
        }
        SourceVerb::Delete(one) => {
            let id = workbench.sources().delete(&one.source).await?;
            if out.json {
                out.document(&json!({ "id": id, "deleted": true }))?;
            } else {
                out.line(format_args!("{id} is deleted; what it received stays"))?;
            }
            Ok(Exit::Done)
        }
        SourceVerb::Replay(one) => {
            let replayed = workbench.receiver().replay(&one.id, one.source.as_deref()).await?;
            if out.json {
                out.document(&replayed)?;
            } else {
                out.line(format_args!("{}  {}", replayed.status, replayed.answer))?;
            }
            Ok(if replayed.status == 200 { Exit::Done } else { Exit::Failed })
        }
        SourceVerb::Forward(args) => {
            let input = ForwardInput { url: args.url, allow_private: args.allow_private };
            let sent = workbench.receiver().forward(&args.id, &input).await?;
            for note in &sent.notes {
                out.warn(note);
            }
            if out.json {
                out.document(&sent)?;
            } else {
                match (sent.status, &sent.error) {
                    (Some(status), _) => {
                        out.line(format_args!("answered {status} after {} ms", sent.timings.total_ms))?
                    }
                    (None, error) => out.line(error.as_deref().unwrap_or("no answer"))?,
                }
            }
            let taken = sent.status.is_some_and(|status| (200..300).contains(&status));
            Ok(if taken { Exit::Done } else { Exit::Network })
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
        postback: args.postback.mapping()?,
        relay: args.relay.input(out)?,
    };
    saved(out, &workbench.sources().create(input).await?)
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

async fn list(workbench: &Workbench, out: Out) -> Ended {
    let sources = workbench.sources().list().await?;
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
    if let Some(postback) = &s.postback {
        out.field("Postbacks", format_args!("GET or a form, as {}", postback.event_type.as_str()))?;
        for rule in &postback.fields {
            let optional = if rule.optional { "  (may be missing)" } else { "" };
            out.field(
                "",
                format_args!("{} → data.{}{optional}", visible(&rule.param), visible(&rule.field)),
            )?;
        }
        if !postback.dedupe.is_empty() {
            out.field("Dedupe", postback.dedupe.join(", "))?;
        }
    }
    if let Some(relay) = &s.relay {
        out.field("Relay", format_args!("{} ({})", relay.url, relay.kind.as_str()))?;
        if relay.reserializes {
            out.field("", "re-serialised: cannot verify bytes")?;
        }
        if let Some(standing) = &relay.standing {
            let error = standing.error.as_deref().map(|error| format!(": {error}")).unwrap_or_default();
            let state = match standing.state {
                RelayState::Connecting => "connecting",
                RelayState::Pulling => "pulling",
                RelayState::Waiting => "waiting to try again",
                RelayState::Stopped => "stopped",
            };
            out.field("Standing", format_args!("{state}, {} pulled{error}", standing.pulled))?;
        }
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
    let mut table = Table::new(&["no.", "received", "from", "status", "code", "event"]);
    for ReceivedView { received: r, .. } in &detail.requests {
        let style = if r.status == 200 { GOOD } else { BAD };
        let event = r.event_id.clone().or_else(|| r.detail.clone()).unwrap_or_default();
        table.row([
            r.id.clone().into(),
            moment(r.at).into(),
            r.peer.clone().into(),
            Cell::styled(r.status.to_string(), style),
            r.code.clone().into(),
            event.into(),
        ]);
    }
    table.print(out)
}
