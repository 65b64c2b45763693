//! Hookbench as a library: `cargo run -p hookbench-workbench --example embed -- http://127.0.0.1:9000/hooks`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::Path;

use hookbench_workbench::{RunOptions, SubscriptionInput, VaultKeySource, Workbench};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args().nth(1).ok_or("say where to deliver: a URL")?;
    let workbench = Workbench::open(Path::new("webhooks"), VaultKeySource::default()).await?;
    workbench
        .subscriptions()
        .create(SubscriptionInput {
            url: Some(url),
            events: Some(vec!["conversion.*".to_owned()]),
            ..SubscriptionInput::default()
        })
        .await?;
    let dispatching = workbench.start(RunOptions::default()).await?;
    let mut finished = dispatching.told();

    // Durable once this returns: a crash from here on loses nothing.
    let event = br#"{"event":"conversion.approved","data":{"payoutCents":1260,"currency":"EUR"}}"#;
    let accepted = workbench.events().publish_json(event).await?;

    let told = finished.recv().await?;
    println!("{}: {:?} at attempt {}", accepted.id, told.attempt.outcome, told.attempt.number);
    dispatching.stop().await;
    Ok(())
}
