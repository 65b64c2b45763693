//! What follows behind: search and counts learn what was kept, while nothing more urgent is written.

use std::time::Duration;

use hookbench_ambient::Stopwatch;
use tokio::task::JoinHandle;

use crate::Workbench;

/// How long things gather before they are taken up.
const GATHER: Duration = Duration::from_millis(300);
/// How long to wait after a failure.
const AGAIN: Duration = Duration::from_secs(2);

impl Workbench {
    /// Follows until it is aborted. A batch is short; while others write, it takes about a thirtieth
    /// of the time, so that nobody notices.
    pub(crate) fn indexing_worker(&self) -> JoinHandle<()> {
        let store = self.store.clone();
        tokio::spawn(async move {
            let mut changes = store.changes();
            loop {
                let kept = changes.borrow_and_update().kept;
                let watch = Stopwatch::start();
                let followed = async {
                    let search = store.follow_search().await?;
                    Ok::<bool, hookbench_store::StoreError>(store.follow_rollup().await? || search)
                };
                match followed.await {
                    Ok(true) => {
                        let busy = changes.borrow().kept > kept + 2;
                        let rest = watch.elapsed() * if busy { 30 } else { 2 };
                        tokio::time::sleep(rest).await;
                    }
                    Ok(false) => {
                        if changes.changed().await.is_err() {
                            return;
                        }
                        tokio::time::sleep(GATHER).await;
                    }
                    Err(error) => {
                        tracing::debug!(%error, "search and counts cannot follow now");
                        tokio::time::sleep(AGAIN).await;
                    }
                }
            }
        })
    }
}
