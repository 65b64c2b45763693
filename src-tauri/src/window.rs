//! Starts the program: arguments, plugins, the one window, and its end.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use hookbench_workbench::default_data_dir;
use tauri::{AppHandle, Emitter, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

use crate::commands;
use crate::state::AppState;

/// The one window.
const MAIN: &str = "main";
/// The event that says that something changed.
const CHANGED: &str = "changed";
/// How long hints are held back, so that there are at most ten a second.
const BETWEEN_HINTS: Duration = Duration::from_millis(100);

/// A workbench for affiliate-program webhooks: dispatch, receive, see what happened and why.
#[derive(Parser)]
#[command(name = "hookbench-desktop", version)]
struct Args {
    /// The data folder
    #[arg(long, value_name = "DIR", env = "HOOKBENCH_DATA_DIR")]
    data_dir: Option<PathBuf>,
    /// Show the demo at once
    #[arg(long)]
    demo: bool,
}

/// Runs until the window is closed.
pub fn run() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        // Without it a log that cannot be written, such as one on a full disk, ends the task that logs.
        .log_internal_errors(false)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let folder = match args.data_dir.filter(|path| !path.as_os_str().is_empty()) {
        Some(path) => std::path::absolute(&path).unwrap_or(path),
        None => match default_data_dir() {
            Ok(path) => path,
            Err(error) => return refuse(&error),
        },
    };
    let state = tauri::async_runtime::block_on(AppState::open(folder));
    if args.demo
        && let Err(problem) = tauri::async_runtime::block_on(state.start_demo())
    {
        return refuse(&problem.message);
    }
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| show(app)))
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(tauri_plugin_clipboard_manager::init())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .build(),
        )
        .manage(state.clone())
        .invoke_handler(commands::handler())
        .setup(|app| {
            WebviewWindowBuilder::new(app, MAIN, WebviewUrl::default())
                .title("Hookbench")
                .inner_size(1280.0, 800.0)
                .min_inner_size(960.0, 600.0)
                // Files are dropped on the page, which reads them; the program has no use for them.
                .disable_drag_drop_handler()
                .build()?;
            Ok(())
        })
        .build(tauri::generate_context!());
    let app = match app {
        Ok(app) => app,
        Err(error) => return refuse(&format!("the window cannot open: {error}")),
    };
    tauri::async_runtime::spawn(tell(app.handle().clone(), state.clone()));
    let mut closing = false;
    app.run(move |app, event| {
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            // What is under way is finished first; then the program ends by itself.
            api.prevent_exit();
            if !closing {
                closing = true;
                let (app, state) = (app.clone(), state.clone());
                tauri::async_runtime::spawn(async move {
                    state.close().await;
                    app.exit(0);
                });
            }
        }
    });
    ExitCode::SUCCESS
}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn refuse(why: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::from(3)
}

fn show(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let _best_effort = window.unminimize().and_then(|()| window.set_focus());
    }
}

/// Hints to the screens that they should look again, for whatever workbench is shown.
async fn tell(app: AppHandle, state: AppState) {
    loop {
        let Ok(workbench) = state.workbench().await else {
            state.switched().await;
            continue;
        };
        let mut changed = workbench.changed();
        drop(workbench);
        let mut open = true;
        while open {
            tokio::select! {
                still = changed.wait() => open = still,
                () = state.switched() => open = false,
            }
            if app.emit(CHANGED, ()).is_err() {
                return;
            }
            tokio::time::sleep(BETWEEN_HINTS).await;
        }
    }
}
