//! `events resend` and `deliveries resend`: change an event by hand and send it once, as a test.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use hookbench_domain::SubscriptionId;
use hookbench_signature::Scheme;
use hookbench_workbench::{BodyView, EditedEvent, Workbench, WorkbenchError};

use crate::deliveries::show;
use crate::exit::{Ended, Exit};
use crate::input;
use crate::output::out::Out;
use crate::output::values;
use crate::signatures::secrets::OneSecret;
use crate::subscriptions::not_held;

/// How long it waits for the answer.
const TIMEOUT: Duration = Duration::from_secs(35);

/// What to change, and where it goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  hookbench deliveries resend dlv_… --body edited.json
  hookbench events resend evt_… --subscription sub_… --type conversion.approved
  hookbench deliveries resend dlv_… --url http://127.0.0.1:8080/hooks --scheme standard --secret-file s.txt
It is sent once under an id of its own, signed anew, with the header X-Hookbench-Test: true.")]
pub(crate) struct ResendArgs {
    /// The id of the event or the delivery to clone
    id: String,
    /// A file with the exact body, or - for stdin [default: as it was]
    #[arg(long, value_name = "F")]
    body: Option<PathBuf>,
    /// The event's type [default: as it was]
    #[arg(long = "type", value_name = "T", value_parser = values::event_type)]
    event_type: Option<String>,
    /// A further header; repeatable
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = values::header)]
    headers: Vec<(String, String)>,
    /// The subscription to send it to [default: the delivery's]
    #[arg(long, value_name = "ID", conflicts_with = "url")]
    subscription: Option<String>,
    /// A URL to send it to instead
    #[arg(long, value_name = "U", value_parser = values::url)]
    url: Option<String>,
    /// How a URL is signed [default: none]
    #[arg(long, value_name = "S", value_parser = values::scheme(), requires = "url")]
    scheme: Option<Scheme>,
    /// The URL may lead to a private address
    #[arg(long, requires = "url")]
    allow_private: bool,
    /// The event's brand, where several use the id
    #[arg(long, value_name = "B")]
    brand: Option<String>,
    #[command(flatten)]
    secret: OneSecret,
}

/// Sends it and shows the answer.
///
/// # Errors
/// Says what is wrong with it, or which id names nothing.
pub(crate) async fn resend(workbench: &Workbench, out: Out, args: ResendArgs, delivery: bool) -> Ended {
    let source = args.secret.source();
    if let Some(path) = &args.body {
        crate::signatures::check_stdin(
            path,
            source == Some(crate::signatures::secrets::SecretSource::Stdin),
        )?;
    }
    let secret = source.map(|source| source.read(out)).transpose()?;
    let (body, body_base64) = match &args.body {
        None => (None, None),
        Some(path) => match BodyView::of(&input::read(path)?) {
            BodyView::Body(text) => (Some(text), None),
            BodyView::BodyBase64(text) => (None, Some(text)),
        },
    };
    let (of_delivery, of_event) = if delivery {
        (Some(args.id.parse().map_err(WorkbenchError::from)?), None)
    } else {
        (None, Some(args.id))
    };
    let input = EditedEvent {
        delivery: of_delivery,
        event: of_event,
        brand: args.brand,
        event_type: args.event_type,
        body,
        body_base64,
        headers: args.headers,
        subscription: args
            .subscription
            .map(|id| id.parse::<SubscriptionId>())
            .transpose()
            .map_err(WorkbenchError::from)?,
        url: args.url,
        scheme: args.scheme.map(|s| s.as_str().to_owned()),
        secret,
        allow_private: args.allow_private,
    };
    let sent = workbench.deliveries().edit_and_send(input, TIMEOUT).await?;
    let delivered = sent.detail.as_ref().map(|d| d.delivery.state == "delivered");
    if out.json {
        out.document(&sent)?;
    } else if let Some(detail) = &sent.detail {
        show::delivery(out, detail)?;
    } else {
        out.line(format_args!("{} is on its way as {}; no answer came yet", sent.event, sent.delivery))?;
    }
    if let Some(detail) = &sent.detail {
        not_held(&detail.delivery.id.to_string(), detail.held_because.as_deref())?;
    }
    Ok(if delivered == Some(false) { Exit::SomeFailed } else { Exit::Done })
}
