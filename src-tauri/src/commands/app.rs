//! The program itself: how it stands, the demo, the data folder.

use hookbench_workbench::{BrandFilter, HomeView, PauseView, PulseView, VaultView};
use serde::Serialize;

use crate::desk::{Desk, DeskView};
use crate::problem::Problem;

/// What the frame of the window shows at any time.
#[derive(Serialize, ts_rs::TS)]
pub(crate) struct StatusView {
    /// The desk.
    #[serde(flatten)]
    desk: DeskView,
    /// What moves; absent while the folder cannot be used.
    pulse: Option<PulseView>,
}

pub(crate) async fn status(desk: &Desk) -> Result<StatusView, Problem> {
    let view = desk.view().await;
    let pulse = match desk.workbench().await {
        Ok(workbench) => Some(workbench.pulse().await?),
        Err(_) => None,
    };
    Ok(StatusView { desk: view, pulse })
}

pub(crate) async fn start_demo(desk: &Desk) -> Result<(), Problem> {
    desk.start_demo().await
}

pub(crate) async fn leave_demo(desk: &Desk) -> Result<(), Problem> {
    desk.leave_demo().await;
    Ok(())
}

pub(crate) async fn retry_open(desk: &Desk) -> Result<(), Problem> {
    desk.reopen().await;
    Ok(())
}

pub(crate) async fn set_aside(desk: &Desk) -> Result<(), Problem> {
    desk.set_aside().await
}

pub(crate) async fn open_data_dir(desk: &Desk) -> Result<(), Problem> {
    tauri_plugin_opener::open_path(desk.folder(), None::<&str>).map_err(|error| {
        let folder = desk.folder().display();
        Problem::new("no_file_manager", format!("no program opens folders here ({error}); it is {folder}"))
    })
}

pub(crate) async fn vault(desk: &Desk) -> Result<VaultView, Problem> {
    Ok(desk.workbench().await?.vault().await)
}

pub(crate) async fn home(desk: &Desk, input: BrandFilter) -> Result<HomeView, Problem> {
    Ok(desk.workbench().await?.home(&input).await?)
}

pub(crate) async fn pause(desk: &Desk) -> Result<PauseView, Problem> {
    Ok(desk.workbench().await?.pause().await?)
}

pub(crate) async fn resume(desk: &Desk) -> Result<PauseView, Problem> {
    Ok(desk.workbench().await?.resume().await?)
}
