//! Subscriptions.

use std::time::Duration;

use hookbench_domain::{SubscriptionId, read_value};
use hookbench_workbench::{
    DeliveryDetail, FilterTrial, Preview, PreviewInput, Rehearsal, RevealedView, RotationInput,
    SavedSubscription, SubscriptionInput, SubscriptionLine, SubscriptionView, TemplatesView, WorkbenchError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commands::ById;
use crate::desk::Desk;
use crate::problem::Problem;

/// How long a test's answer is waited for.
const TEST_PATIENCE: Duration = Duration::from_secs(35);

/// What the local API takes for a subscription, key for key: what is left out keeps its value or
/// its default, `null` clears.
#[derive(Deserialize, ts_rs::TS)]
#[serde(transparent)]
#[ts(
    type = "{ url?: string; events?: Array<string>; name?: string | null; brand?: string | null; platform?: string; kind?: Kind; method?: Method | null; template?: string | null; content_type?: string | null; ca_pem?: string | null; skip_tls_verify?: boolean; scheme?: string; secret?: string | null; generate_secret?: boolean; headers?: Array<[string, string]>; enabled?: boolean; policy?: unknown; rate_per_second?: number | null; concurrency?: number | null; ordered?: boolean; ordered_by?: string | null; allow_private?: boolean; filter?: string | null; auto_disable_after_ms?: number | null; remote?: boolean }"
)]
pub(crate) struct SubscriptionForm(Value);

impl SubscriptionForm {
    fn read(self) -> Result<SubscriptionInput, Problem> {
        Ok(read_value(&self.0).map_err(WorkbenchError::Input)?)
    }
}

/// A change of a subscription.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct SubscriptionEdit {
    id: SubscriptionId,
    change: SubscriptionForm,
}

/// What is to be previewed: the subscription that is kept, if there is one, with a change, for an
/// event, or the last one that it wants.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub(crate) struct PreviewForm {
    subscription: Option<SubscriptionId>,
    event: Option<String>,
    change: SubscriptionForm,
}

/// A filter to try on the latest events, `last` of them.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct FilterOf {
    filter: String,
    last: u32,
}

/// A new secret for a subscription; one is generated if none is given.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub(crate) struct Rotation {
    id: SubscriptionId,
    secret: Option<String>,
    overlap_ms: Option<u64>,
}

/// What a deletion did.
#[derive(Serialize, ts_rs::TS)]
pub(crate) struct Deleted {
    /// How many deliveries that waited were cancelled.
    cancelled: u64,
}

pub(crate) async fn subscriptions(desk: &Desk) -> Result<Vec<SubscriptionLine>, Problem> {
    Ok(desk.workbench().await?.subscription_lines().await?)
}

pub(crate) async fn subscription(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionLine, Problem> {
    Ok(desk.workbench().await?.subscription_line(input.id).await?)
}

pub(crate) async fn subscription_create(
    desk: &Desk,
    input: SubscriptionForm,
) -> Result<SavedSubscription, Problem> {
    Ok(desk.workbench().await?.create_subscription(input.read()?).await?)
}

pub(crate) async fn subscription_edit(
    desk: &Desk,
    input: SubscriptionEdit,
) -> Result<SavedSubscription, Problem> {
    Ok(desk.workbench().await?.edit_subscription(input.id, input.change.read()?).await?)
}

pub(crate) async fn subscription_preview(desk: &Desk, input: PreviewForm) -> Result<Preview, Problem> {
    let PreviewForm { subscription, event, change } = input;
    let input = PreviewInput { subscription, event, source: None, change: change.read()? };
    Ok(desk.workbench().await?.preview(input).await?)
}

pub(crate) async fn templates(_desk: &Desk) -> Result<TemplatesView, Problem> {
    Ok(hookbench_workbench::templates())
}

pub(crate) async fn subscription_delete(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<Deleted, Problem> {
    let cancelled = desk.workbench().await?.delete_subscription(input.id).await?;
    Ok(Deleted { cancelled })
}

pub(crate) async fn subscription_test(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<Option<DeliveryDetail>, Problem> {
    Ok(desk.workbench().await?.test_and_wait(input.id, TEST_PATIENCE).await?)
}

pub(crate) async fn subscription_rotate(desk: &Desk, input: Rotation) -> Result<SavedSubscription, Problem> {
    let secret = input.secret.map(|s| hookbench_workbench::Secret::new(s.into_bytes()));
    let secret = secret.transpose().map_err(WorkbenchError::from)?;
    let rotation = RotationInput { secret, overlap_ms: input.overlap_ms };
    Ok(desk.workbench().await?.rotate_secret(input.id, rotation).await?)
}

pub(crate) async fn subscription_reveal(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<RevealedView, Problem> {
    Ok(desk.workbench().await?.reveal_subscription(input.id).await?)
}

pub(crate) async fn subscription_rehearse(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<Rehearsal, Problem> {
    Ok(desk.workbench().await?.rehearse(input.id).await?)
}

pub(crate) async fn subscription_repair(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(desk.workbench().await?.repair_subscription(input.id).await?)
}

pub(crate) async fn subscription_accept(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(desk.workbench().await?.accept_drift(input.id).await?)
}

pub(crate) async fn filter_try(desk: &Desk, input: FilterOf) -> Result<FilterTrial, Problem> {
    Ok(desk.workbench().await?.try_filter(&input.filter, input.last).await?)
}

pub(crate) async fn subscription_pause(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(desk.workbench().await?.pause_subscription(input.id).await?)
}

pub(crate) async fn subscription_resume(
    desk: &Desk,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(desk.workbench().await?.resume_subscription(input.id).await?)
}
