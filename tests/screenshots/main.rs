//! Takes the pictures of `docs/screenshots` from the real window over the demo:
//! `<screen>-<light|dark>-<width>.png`. Names on the command line choose screens.
#![expect(clippy::unwrap_used, reason = "a tool: what fails is shown as it is")]
#![expect(clippy::print_stdout, reason = "it says what it writes")]

use std::path::Path;
use std::time::Duration;

use hookbench_journeys::{Sink, Window, Workplace};
use serde_json::json;

mod screens;
use screens::{SCREENS, Screen, Step};

const SIZES: [(u32, u32); 2] = [(1280, 800), (1680, 1050)];
/// How long the demo runs before the first picture.
const WARM_UP: Duration = Duration::from_secs(40);
/// A picture needs a moment for the page to settle.
const SETTLE: Duration = Duration::from_millis(1200);

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new("docs/screenshots");
    std::fs::create_dir_all(folder).unwrap();
    let incident = incident().await;
    let place = Workplace::new();
    let window = Window::open(&place, &["--demo"]).await;
    window.sees("Leave the demo").await;
    tokio::time::sleep(WARM_UP).await;
    for (scheme, choice) in [("light", "Light"), ("dark", "Dark")] {
        window.go("#/settings").await;
        window.press(choice).await;
        for (width, height) in SIZES {
            window.resize(width, height).await;
            for screen in &SCREENS {
                if !wanted.is_empty() && !wanted.iter().any(|name| name == screen.name) {
                    continue;
                }
                show(&window, screen, &incident).await;
                let path = folder.join(format!("{}-{scheme}-{width}.png", screen.name));
                window.picture(&path, width, height).await;
                println!("{}", path.display());
            }
        }
    }
    window.close().await;
}

async fn show(window: &Window, screen: &Screen, incident: &str) {
    // By way of a neutral screen: what an earlier visit left open is closed.
    window.go("#/settings?section=about").await;
    window.keys("\u{e00c}").await;
    window.put_away().await;
    tokio::time::sleep(SETTLE / 4).await;
    window.go(screen.route).await;
    tokio::time::sleep(SETTLE / 2).await;
    // What was loaded there before may still be there.
    let lasts = screen.steps.iter().any(|step| matches!(step, Step::Incident));
    if !lasts || !window.text().await.contains(screen.says) {
        for step in screen.steps {
            take(window, *step, incident).await;
            tokio::time::sleep(SETTLE / 2).await;
        }
    }
    window.sees(screen.says).await;
    tokio::time::sleep(SETTLE).await;
}

async fn take(window: &Window, step: Step, incident: &str) {
    match step {
        Step::Press(name) => {
            // What was started or loaded at an earlier visit needs it no more.
            if !matches!(name, "Start" | "Load example") || window.offers(name).await {
                window.press(name).await;
            }
        }
        Step::Card(words) => window.press_like(words).await,
        Step::Fill(label, text) => window.fill(label, text).await,
        Step::Choose(label, option) => window.choose(label, option).await,
        Step::Row => window.press_row().await,
        Step::Incident => {
            window.paste("Bundle text", incident).await;
            window.press("Open bundle").await;
        }
        Step::Key(key) => window.keys(key).await,
        Step::See(words) => window.bring(words).await,
    }
}

/// An incident that somebody else bundled.
async fn incident() -> String {
    let (place, sink) = (Workplace::new(), Sink::start().await);
    let mut program = place.start().await;
    let subscription = json!({ "url": sink.url("/status/500"), "events": ["*"], "name": "CRM",
        "platform": "trcker", "policy": { "delays_ms": [40, 90] } });
    program.subscribe(subscription).await;
    let data =
        json!({ "conversionId": "c4f8c1b9", "payoutCents": 1260, "currency": "USD", "sub1": "{sub1}" });
    let event = json!({ "id": "order-1093", "event": "conversion.approved", "data": data });
    let (_, accepted) = program.call("POST", "/v1/events", event).await;
    program.attempt(|attempt| attempt["state"] == "failed").await;
    let delivery = accepted["deliveries"][0].as_str().unwrap();
    program.get(&format!("/v1/deliveries/{delivery}/bundle")).await.to_string()
}
