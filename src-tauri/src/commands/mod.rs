//! What the screens call. A command takes what it is given to one function of the workbench and
//! answers what that says.

pub(crate) mod app;
pub(crate) mod brands;
pub(crate) mod deliveries;
pub(crate) mod events;
pub(crate) mod investigate;
pub(crate) mod maintenance;
pub(crate) mod operations;
pub(crate) mod signatures;
pub(crate) mod sources;
pub(crate) mod subscriptions;

use hookbench_domain::{BrandId, DeliveryId, OperationId, SourceId, SubscriptionId};
use hookbench_workbench::{
    Accepted, Acknowledged, AlertQuery, AlertView, BrandDetail, BrandFilter, BrandView, BulkCancel,
    BulkRetry, BundleView, CheckInput, CompareQuery, ComparisonView, DeliveryDetail, DeliveryLine,
    DeliveryQuery, DoctorReport, EraseInput, EraseReport, EventDetail, EventTypeView, FacetsView, FilterTest,
    ForwardedRequest, HistogramQuery, HistogramView, HomeView, InferredSchemaView, KeyCheck, LabInput,
    LabRequest, LabResult, LabSignInput, LiveLine, LiveQuery, OperationPlan, OperationView, OutageQuery,
    OutageView, Page, PauseView, PlatformView, Preview, PublicEndpointView, ReceivedView, RemoteLog,
    RemoteTestView, ReplayedRequest, ReportCard, RetentionDone, RetentionInput, RetentionView, RevealedView,
    SavedSource, SavedSubscription, ScheduleView, SchemeView, SelfCheck, SentEdited, SourceView,
    SubscriptionLine, SubscriptionView, SyncSummary, TargetInput, TargetRequest, TargetView, TemplatesView,
    VaultView, WhyQuery, WhyResult,
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
        home(BrandFilter) -> HomeView;
        pause() -> PauseView;
        resume() -> PauseView;
    }
    subscriptions {
        subscriptions() -> Vec<SubscriptionLine>;
        subscription(ById<SubscriptionId>) -> SubscriptionLine;
        subscription_create(subscriptions::SubscriptionForm) -> SavedSubscription;
        subscription_edit(subscriptions::SubscriptionEdit) -> SavedSubscription;
        subscription_preview(subscriptions::PreviewForm) -> Preview;
        filter_test(subscriptions::FilterOf) -> FilterTest;
        templates() -> TemplatesView;
        subscription_delete(ById<SubscriptionId>) -> subscriptions::Deleted;
        subscription_test(ById<SubscriptionId>) -> Option<DeliveryDetail>;
        subscription_pause(ById<SubscriptionId>) -> SubscriptionView;
        subscription_resume(ById<SubscriptionId>) -> SubscriptionView;
        subscription_rotate(subscriptions::Rotation) -> SavedSubscription;
        subscription_reveal(ById<SubscriptionId>) -> RevealedView;
        subscription_test_remotely(ById<SubscriptionId>) -> RemoteTestView;
        subscription_repair(ById<SubscriptionId>) -> SubscriptionView;
        subscription_accept(ById<SubscriptionId>) -> SubscriptionView;
    }
    brands {
        brands() -> Vec<BrandView>;
        brand(ById<BrandId>) -> BrandDetail;
        brand_test(brands::BrandForm) -> KeyCheck;
        brand_add(brands::BrandForm) -> BrandView;
        brand_edit(brands::BrandEdit) -> BrandView;
        brand_check(ById<BrandId>) -> KeyCheck;
        brand_sync(brands::BrandSync) -> SyncSummary;
        brand_remove(brands::BrandRemoval) -> ();
        brand_log(brands::RemoteLogOf) -> RemoteLog;
        webhook_import(brands::WebhookOf) -> SubscriptionView;
        webhook_delete(brands::WebhookOf) -> ();
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
    investigate {
        why(WhyQuery) -> WhyResult;
        compare(CompareQuery) -> ComparisonView;
        outage(OutageQuery) -> OutageView;
        event_schema(investigate::TypeOf) -> Option<InferredSchemaView>;
        alerts(AlertQuery) -> Page<AlertView>;
        acknowledge(investigate::Alerts) -> Acknowledged;
        edit_and_send(investigate::EditForm) -> SentEdited;
        export_text(investigate::ExportOf) -> String;
        export_save(investigate::ExportOf) -> String;
        export_log(investigate::ExportLog) -> investigate::SavedExport;
        bundle_read(investigate::BundleText) -> BundleView;
    }
    operations {
        recover(operations::RecoverOf) -> OperationPlan;
        replay(operations::ReplayOf) -> OperationPlan;
        cancel_matching(operations::CancelMatching) -> BulkCancel;
        operations(operations::OperationsOf) -> Page<OperationView>;
        operation(ById<OperationId>) -> OperationView;
        operation_cancel(ById<OperationId>) -> OperationView;
    }
    maintenance {
        retention() -> RetentionView;
        retention_set(RetentionInput) -> RetentionView;
        retention_run() -> RetentionDone;
        erase(EraseInput) -> EraseReport;
        doctor() -> DoctorReport;
    }
    signatures {
        schemes() -> Vec<SchemeView>;
        lab(LabInput) -> LabResult;
        lab_request(AttemptOf) -> LabRequest;
        lab_sign(LabSignInput) -> Vec<(String, String)>;
        schedule(signatures::ScheduleOf) -> ScheduleView;
    }
    sources {
        sources() -> Vec<SourceView>;
        source_create(sources::SourceForm) -> SavedSource;
        source_delete(ById<SourceId>) -> ();
        received(ById<SourceId>) -> Vec<ReceivedView>;
        received_replay(sources::ReceivedOf) -> ReplayedRequest;
        received_forward(sources::ReceivedForward) -> ForwardedRequest;
        public_endpoint() -> PublicEndpointView;
        public_endpoint_set(sources::PublicUrl) -> PublicEndpointView;
        self_check(sources::PublicUrl) -> SelfCheck;
        check_receiver(CheckInput) -> ReportCard;
        targets() -> Vec<TargetView>;
        target_start(TargetInput) -> TargetView;
        target_requests(ById<String>) -> Vec<TargetRequest>;
        target_stop(ById<String>) -> ();
    }
}
