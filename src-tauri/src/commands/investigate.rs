//! Why: what became of an event, what differs, what an outage costs, alerts; and what leaves the machine.

use std::time::Duration;

use hookbench_domain::{AlertId, DeliveryId, SubscriptionId};
use hookbench_workbench::{
    Acknowledged, AlertQuery, AlertView, BundleView, CompareQuery, ComparisonView, DeliveryQuery,
    EditedEvent, FileKind, InferredSchemaView, OutageQuery, OutageView, Page, Redaction, Secret, SentEdited,
    WhyQuery, WhyResult, WorkbenchError,
};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::state::AppState;

/// How long the window waits for the answer of what it sent.
const TIMEOUT: Duration = Duration::from_secs(35);

/// Names an event type.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct TypeOf {
    event_type: String,
}

/// Some alerts; all that are open if none is named.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct Alerts {
    ids: Option<Vec<AlertId>>,
}

/// An event that was changed by hand, and where it goes.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub(crate) struct EditForm {
    delivery: Option<DeliveryId>,
    event: Option<String>,
    brand: Option<String>,
    event_type: Option<String>,
    body: Option<String>,
    headers: Vec<(String, String)>,
    subscription: Option<SubscriptionId>,
    url: Option<String>,
    scheme: Option<String>,
    secret: Option<String>,
    allow_private: bool,
}

/// A delivery as a file.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct ExportOf {
    id: DeliveryId,
    format: FileKind,
    mask_signatures: bool,
}

/// What the filters of the log name, as a file.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct ExportLog {
    query: DeliveryQuery,
    format: FileKind,
}

/// A file that was written.
#[derive(Serialize, ts_rs::TS)]
pub(crate) struct SavedExport {
    path: String,
    deliveries: u64,
}

/// A bundle that somebody made, as text.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct BundleText {
    text: String,
}

pub(crate) async fn why(state: &AppState, input: WhyQuery) -> Result<WhyResult, Problem> {
    Ok(state.workbench().await?.deliveries().why(&input).await?)
}

pub(crate) async fn compare(state: &AppState, input: CompareQuery) -> Result<ComparisonView, Problem> {
    Ok(state.workbench().await?.deliveries().compare(&input).await?)
}

pub(crate) async fn outage(state: &AppState, input: OutageQuery) -> Result<OutageView, Problem> {
    Ok(state.workbench().await?.deliveries().outage(&input).await?)
}

pub(crate) async fn event_schema(
    state: &AppState,
    input: TypeOf,
) -> Result<Option<InferredSchemaView>, Problem> {
    Ok(state.workbench().await?.events().schema(&input.event_type).await?)
}

pub(crate) async fn alerts(state: &AppState, input: AlertQuery) -> Result<Page<AlertView>, Problem> {
    Ok(state.workbench().await?.alerts().list(&input).await?)
}

pub(crate) async fn acknowledge(state: &AppState, input: Alerts) -> Result<Acknowledged, Problem> {
    Ok(state.workbench().await?.alerts().acknowledge(input.ids).await?)
}

pub(crate) async fn edit_and_send(state: &AppState, input: EditForm) -> Result<SentEdited, Problem> {
    let secret =
        input.secret.map(|s| Secret::new(s.into_bytes())).transpose().map_err(WorkbenchError::from)?;
    let edited = EditedEvent {
        delivery: input.delivery,
        event: input.event,
        brand: input.brand,
        event_type: input.event_type,
        body: input.body,
        body_base64: None,
        headers: input.headers,
        subscription: input.subscription,
        url: input.url,
        scheme: input.scheme,
        secret,
        allow_private: input.allow_private,
    };
    Ok(state.workbench().await?.deliveries().edit_and_send(edited, TIMEOUT).await?)
}

pub(crate) async fn export_text(state: &AppState, input: ExportOf) -> Result<String, Problem> {
    let redaction = Redaction { signatures: input.mask_signatures, ..Redaction::default() };
    Ok(state.workbench().await?.exports().file_text(input.id, input.format, redaction).await?)
}

pub(crate) async fn export_save(state: &AppState, input: ExportOf) -> Result<String, Problem> {
    let redaction = Redaction { signatures: input.mask_signatures, ..Redaction::default() };
    let path = state.workbench().await?.exports().save_file(input.id, input.format, redaction).await?;
    Ok(path.display().to_string())
}

pub(crate) async fn export_log(state: &AppState, input: ExportLog) -> Result<SavedExport, Problem> {
    let (path, deliveries) =
        state.workbench().await?.exports().save_log(&input.query, input.format, Redaction::default()).await?;
    Ok(SavedExport { path: path.display().to_string(), deliveries })
}

pub(crate) async fn bundle_read(_: &AppState, input: BundleText) -> Result<BundleView, Problem> {
    Ok(BundleView::read(&input.text)?)
}
