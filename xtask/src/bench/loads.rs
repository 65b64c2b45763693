//! Other loads than many small events for one endpoint: large bodies, one event for many, and an
//! endpoint that never answers beside one that does.

use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use tokio::net::TcpListener;

use super::bare;
use super::library::Library;
use super::rate::{ROUNDS, Rate};
use super::report::Loads;
use super::sample::Sample;
use super::sink::Sink;

/// The bytes of a large body.
pub(super) const LARGE_BYTES: usize = 64 * 1024;
/// How many subscriptions one event goes to.
pub(super) const FAN_OUT: usize = 100;
/// So many events wait for the dead endpoint before the others are measured.
const WAITING_FOR_THE_DEAD: Duration = Duration::from_millis(500);

/// Measures all of them, one after another.
///
/// # Errors
/// When something does not do what is measured.
pub(super) async fn measure(folder: &Path, sink: &Sink, time: Duration) -> anyhow::Result<Loads> {
    settle();
    eprintln!("large bodies");
    let large_bare = bare::rate(sink, time, LARGE_BYTES).await?;
    let library = Library::start(&folder.join("large"), &[(sink.url(), "*")]).await?;
    let large = library.rate(&Sample::sized("evt_large", LARGE_BYTES)?, sink, time, 1).await?;
    library.stop().await;

    settle();
    eprintln!("one event to {FAN_OUT} subscriptions");
    let subscriptions = vec![(sink.url(), "*"); FAN_OUT];
    let library = Library::start(&folder.join("fan-out"), &subscriptions).await?;
    let each = u64::try_from(FAN_OUT)?;
    let fan_out = library.rate(&Sample::new("evt_fan")?, sink, time / 4, each).await?;
    library.stop().await;

    eprintln!("beside an endpoint that never answers");
    let dead = Dead::start().await?;
    let (mut alone, mut beside_dead) = (Rate::default(), Rate::default());
    for round in 1..=ROUNDS {
        let part = time / ROUNDS;
        alone += beside(&folder.join(format!("alone-{round}")), sink, part, None).await?;
        beside_dead += beside(&folder.join(format!("beside-{round}")), sink, part, Some(&dead)).await?;
    }
    Ok(Loads { large_bare, large, fan_out, alone, beside_dead })
}

/// Has the system write what earlier loads left to be written, so that no commit waits for it.
fn settle() {
    // Where there is no such program, the figures are less steady.
    let _as_well_as_it_goes = std::process::Command::new("sync").status();
}

/// An endpoint that accepts every connection and never answers.
struct Dead {
    url: String,
    accepting: tokio::task::JoinHandle<()>,
}

impl Dead {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/never", listener.local_addr()?);
        let accepting = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                held.push(stream);
            }
        });
        Ok(Self { url, accepting })
    }
}

impl Drop for Dead {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The rate of one endpoint while events wait for a dead one, if there is one.
async fn beside(folder: &Path, sink: &Sink, time: Duration, dead: Option<&Dead>) -> anyhow::Result<Rate> {
    let mut subscriptions = vec![(sink.url(), "conversion.*")];
    subscriptions.extend(dead.map(|dead| (dead.url.clone(), "click.*")));
    settle();
    let library = Library::start(folder, &subscriptions).await?;
    // Without the dead one the same events are kept, for nobody: what follows behind is as busy.
    let stuck = Sample::new("evt_stuck")?.of_type("click.tracked");
    let waiting = library.publish_for(&stuck, 0, WAITING_FOR_THE_DEAD).await?;
    ensure!(waiting > 0, "nothing waits for the dead endpoint");
    let rate = library.rate(&Sample::new("evt_alive")?, sink, time, 1).await?;
    library.stop().await;
    Ok(rate)
}
