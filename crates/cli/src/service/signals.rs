//! Ctrl-C and SIGTERM.

use crate::exit::{Exit, Stop};

/// Ends the process with 130 on Ctrl-C.
pub(crate) fn interrupt_at_once() {
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            end_now();
        }
    });
}

fn end_now() -> ! {
    std::process::exit(Exit::Interrupted.code().into())
}

/// What asks a program that runs on to end.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When the operating system does not let it.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<Self, Stop> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error| Stop::failed(Exit::Failed, "no_signals", format!("no signal handler: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    /// Listens from now on.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> Result<Self, Stop> {
        Ok(Self {})
    }

    /// Waits to be asked to end. From then on, being asked again ends the process at once with 130:
    /// what is under way is found as interrupted at the next start.
    pub(crate) async fn asked(&mut self) {
        self.once().await;
        if let Ok(mut again) = Self::listen() {
            tokio::spawn(async move {
                again.once().await;
                end_now();
            });
        }
    }

    async fn once(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
