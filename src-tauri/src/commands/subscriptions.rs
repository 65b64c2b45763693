//! Subscriptions.

use std::time::Duration;

use hookbench_domain::{SubscriptionId, read_value};
use hookbench_workbench::{
    DeliveryDetail, FilterTest, Preview, PreviewInput, RemoteTestView, RevealedView, RotationInput,
    SavedSubscription, SubscriptionInput, SubscriptionLine, SubscriptionView, TemplatesView, WorkbenchError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::commands::ById;
use crate::problem::Problem;
use crate::state::AppState;

/// How long a test's answer is waited for.
const TEST_TIMEOUT: Duration = Duration::from_secs(35);

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

pub(crate) async fn subscriptions(state: &AppState) -> Result<Vec<SubscriptionLine>, Problem> {
    Ok(state.workbench().await?.stats().subscription_lines().await?)
}

pub(crate) async fn subscription(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionLine, Problem> {
    Ok(state.workbench().await?.stats().subscription_line(input.id).await?)
}

pub(crate) async fn subscription_create(
    state: &AppState,
    input: SubscriptionForm,
) -> Result<SavedSubscription, Problem> {
    Ok(state.workbench().await?.subscriptions().create(input.read()?).await?)
}

pub(crate) async fn subscription_edit(
    state: &AppState,
    input: SubscriptionEdit,
) -> Result<SavedSubscription, Problem> {
    Ok(state.workbench().await?.subscriptions().edit(input.id, input.change.read()?).await?)
}

pub(crate) async fn subscription_preview(state: &AppState, input: PreviewForm) -> Result<Preview, Problem> {
    let PreviewForm { subscription, event, change } = input;
    let input = PreviewInput { subscription, event, source: None, change: change.read()? };
    Ok(state.workbench().await?.subscriptions().preview(input).await?)
}

pub(crate) async fn templates(_desk: &AppState) -> Result<TemplatesView, Problem> {
    Ok(hookbench_workbench::templates())
}

pub(crate) async fn subscription_delete(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<Deleted, Problem> {
    let cancelled = state.workbench().await?.subscriptions().delete(input.id).await?;
    Ok(Deleted { cancelled })
}

pub(crate) async fn subscription_test(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<Option<DeliveryDetail>, Problem> {
    Ok(state.workbench().await?.subscriptions().test_and_wait(input.id, TEST_TIMEOUT).await?)
}

pub(crate) async fn subscription_rotate(
    state: &AppState,
    input: Rotation,
) -> Result<SavedSubscription, Problem> {
    let secret = input.secret.map(|s| hookbench_workbench::Secret::new(s.into_bytes()));
    let secret = secret.transpose().map_err(WorkbenchError::from)?;
    let rotation = RotationInput { secret, overlap_ms: input.overlap_ms };
    Ok(state.workbench().await?.subscriptions().rotate_secret(input.id, rotation).await?)
}

pub(crate) async fn subscription_reveal(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<RevealedView, Problem> {
    Ok(state.workbench().await?.subscriptions().reveal(input.id).await?)
}

pub(crate) async fn subscription_test_remotely(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<RemoteTestView, Problem> {
    Ok(state.workbench().await?.subscriptions().test_remotely(input.id).await?)
}

pub(crate) async fn subscription_repair(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(state.workbench().await?.brands().repair_subscription(input.id).await?)
}

pub(crate) async fn subscription_accept(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(state.workbench().await?.brands().accept_drift(input.id).await?)
}

pub(crate) async fn filter_test(state: &AppState, input: FilterOf) -> Result<FilterTest, Problem> {
    Ok(state.workbench().await?.subscriptions().test_filter(&input.filter, input.last).await?)
}

pub(crate) async fn subscription_pause(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(state.workbench().await?.subscriptions().pause(input.id).await?)
}

pub(crate) async fn subscription_resume(
    state: &AppState,
    input: ById<SubscriptionId>,
) -> Result<SubscriptionView, Problem> {
    Ok(state.workbench().await?.subscriptions().resume(input.id).await?)
}
