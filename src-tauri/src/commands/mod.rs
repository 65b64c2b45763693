//! What the screens call. A command takes what it is given to one function of the workbench and
//! answers what that says.

pub(crate) mod app;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod signatures;
pub(crate) mod sources;
pub(crate) mod subscriptions;

use hookbench_domain::{DeliveryId, SourceId, SubscriptionId};
use hookbench_workbench::{
    Accepted, BulkRetry, DeliveryDetail, DeliveryLine, DeliveryQuery, EventDetail, EventTypeView, FacetsView,
    HistogramQuery, HistogramView, HomeView, LabAnswer, LabInput, LabRequest, LabSignInput, LiveLine,
    LiveQuery, Page, PauseView, PlatformView, Preview, ReceivedView, SavedSource, SavedSubscription,
    ScheduleView, SchemeView, SourceView, SubscriptionLine, SubscriptionView, TemplatesView, VaultView,
};
use serde::Deserialize;

use crate::table::commands;

/// Names one thing.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct ById<T> {
    pub(crate) id: T,
}

/// Names an attempt of a delivery: the last if no number is given.
#[derive(Deserialize, ts_rs::TS)]
pub(crate) struct AttemptOf {
    pub(crate) id: DeliveryId,
    pub(crate) attempt: Option<u32>,
}

commands! {
    app {
        status() -> app::StatusView;
        start_demo() -> ();
        leave_demo() -> ();
        retry_open() -> ();
        set_aside() -> ();
        open_data_dir() -> ();
        vault() -> VaultView;
        home() -> HomeView;
        pause() -> PauseView;
        resume() -> PauseView;
    }
    subscriptions {
        subscriptions() -> Vec<SubscriptionLine>;
        subscription(ById<SubscriptionId>) -> SubscriptionLine;
        subscription_create(subscriptions::SubscriptionForm) -> SavedSubscription;
        subscription_edit(subscriptions::SubscriptionEdit) -> SavedSubscription;
        subscription_preview(subscriptions::PreviewForm) -> Preview;
        templates() -> TemplatesView;
        subscription_delete(ById<SubscriptionId>) -> subscriptions::Deleted;
        subscription_test(ById<SubscriptionId>) -> Option<DeliveryDetail>;
        subscription_pause(ById<SubscriptionId>) -> SubscriptionView;
        subscription_resume(ById<SubscriptionId>) -> SubscriptionView;
        subscription_rotate(subscriptions::Rotation) -> SavedSubscription;
    }
    events {
        live(LiveQuery) -> Page<LiveLine>;
        event(events::EventOf) -> EventDetail;
        event_send(events::EventJson) -> Accepted;
        event_types() -> Vec<EventTypeView>;
        platforms() -> Vec<PlatformView>;
    }
    deliveries {
        deliveries(DeliveryQuery) -> Page<DeliveryLine>;
        facets(DeliveryQuery) -> FacetsView;
        histogram(HistogramQuery) -> HistogramView;
        delivery(ById<DeliveryId>) -> DeliveryDetail;
        curl(AttemptOf) -> String;
        retry(deliveries::Ids) -> ();
        cancel(deliveries::Ids) -> ();
        retry_matching(deliveries::RetryMatching) -> BulkRetry;
    }
    signatures {
        schemes() -> Vec<SchemeView>;
        lab(LabInput) -> LabAnswer;
        lab_request(AttemptOf) -> LabRequest;
        lab_sign(LabSignInput) -> Vec<(String, String)>;
        schedule(signatures::ScheduleOf) -> ScheduleView;
    }
    sources {
        sources() -> Vec<SourceView>;
        source_create(sources::SourceForm) -> SavedSource;
        source_delete(ById<SourceId>) -> ();
        received(ById<SourceId>) -> Vec<ReceivedView>;
    }
}
