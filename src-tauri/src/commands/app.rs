//! The program itself: how it stands, the demo, the data folder.

use hookbench_workbench::{BrandFilter, HomeView, LiveMetricsView, PauseView, VaultView};
use serde::Serialize;

use crate::problem::Problem;
use crate::state::{AppState, AppStateView};

/// What the frame of the window shows at any time.
#[derive(Serialize, ts_rs::TS)]
pub(crate) struct StatusView {
    /// The state.
    #[serde(flatten)]
    state: AppStateView,
    /// What moves; absent while the folder cannot be used.
    pulse: Option<LiveMetricsView>,
}

pub(crate) async fn status(state: &AppState) -> Result<StatusView, Problem> {
    let view = state.view().await;
    let pulse = match state.workbench().await {
        Ok(workbench) => Some(workbench.stats().live_metrics().await?),
        Err(_) => None,
    };
    Ok(StatusView { state: view, pulse })
}

pub(crate) async fn start_demo(state: &AppState) -> Result<(), Problem> {
    state.start_demo().await
}

pub(crate) async fn leave_demo(state: &AppState) -> Result<(), Problem> {
    state.leave_demo().await;
    Ok(())
}

pub(crate) async fn retry_open(state: &AppState) -> Result<(), Problem> {
    state.reopen().await;
    Ok(())
}

pub(crate) async fn set_aside(state: &AppState) -> Result<(), Problem> {
    state.set_aside().await
}

pub(crate) async fn open_data_dir(state: &AppState) -> Result<(), Problem> {
    tauri_plugin_opener::open_path(state.folder(), None::<&str>).map_err(|error| {
        let folder = state.folder().display();
        Problem::new("no_file_manager", format!("no program opens folders here ({error}); it is {folder}"))
    })
}

pub(crate) async fn vault(state: &AppState) -> Result<VaultView, Problem> {
    Ok(state.workbench().await?.vault().view().await)
}

pub(crate) async fn home(state: &AppState, input: BrandFilter) -> Result<HomeView, Problem> {
    Ok(state.workbench().await?.stats().home(&input).await?)
}

pub(crate) async fn pause(state: &AppState) -> Result<PauseView, Problem> {
    Ok(state.workbench().await?.pause().await?)
}

pub(crate) async fn resume(state: &AppState) -> Result<PauseView, Problem> {
    Ok(state.workbench().await?.resume().await?)
}
