//! Takes the pictures of `docs/screenshots` from the real window over the demo:
//! `<screen>-<light|dark>-<width>.png`. Names on the command line choose screens.
#![expect(clippy::unwrap_used, reason = "a tool: what fails is shown as it is")]
#![expect(clippy::print_stdout, reason = "it says what it writes")]

use std::path::Path;
use std::time::Duration;

use hookbench_journeys::{Window, Workplace};

const SIZES: [(u32, u32); 2] = [(1280, 800), (1680, 1050)];
/// How long the demo runs before the first picture.
const WARM_UP: Duration = Duration::from_secs(40);
/// A picture needs a moment for the page to settle.
const SETTLE: Duration = Duration::from_millis(1200);

/// A screen: its name, its address, what to press there, and what it must say then.
struct Screen {
    name: &'static str,
    route: &'static str,
    /// What is pressed; `label=text` is typed into a field instead.
    press: &'static [&'static str],
    open_first_row: bool,
    /// What to press once the row is open.
    then: &'static [&'static str],
    says: &'static str,
}

const fn screen(name: &'static str, route: &'static str, says: &'static str) -> Screen {
    Screen { name, route, press: &[], open_first_row: false, then: &[], says }
}

const SCREENS: [Screen; 20] = [
    screen("home", "#/", "Partner portal"),
    Screen { open_first_row: true, ..screen("subscriptions", "#/subscriptions", "CRM") },
    screen("wizard", "#/subscriptions?do=new", "What do you want to know about?"),
    screen("connect", "#/brands?do=connect&platform=trcker", "Paste the API key"),
    Screen { open_first_row: true, ..screen("brands", "#/brands", "Webhooks") },
    Screen { open_first_row: true, ..screen("remote", "#/subscriptions?q=Hookbench", "Webhook there") },
    screen("live", "#/live", "Conversion"),
    Screen { open_first_row: true, ..screen("deliveries", "#/deliveries?state=failed,retrying", "Who acts") },
    Screen {
        open_first_row: true,
        then: &["Attempt before"],
        ..screen("compare", "#/deliveries?state=delivered&attempts=2-&tab=compare", "The status was")
    },
    Screen {
        open_first_row: true,
        then: &["Edit and send"],
        ..screen("edit-and-send", "#/deliveries?state=failed", "Further headers")
    },
    Screen { open_first_row: true, ..screen("why", "#/deliveries?state=failed&tab=why", "When it came") },
    screen("fields", "#/events?type=conversion.created&tab=fields", "First seen"),
    Screen { press: &["Try a worked example"], ..screen("signature", "#/signature", "First difference") },
    screen("receiver", "#/receiver", "source"),
    Screen { press: &["Start"], ..screen("targets", "#/receiver?tool=targets", "Check it as a receiver") },
    Screen {
        press: &["Start", "Check it as a receiver", "Secret of the endpoint=a-secret", "Run the check"],
        ..screen("receiver-check", "#/receiver?tool=targets", "Why it matters")
    },
    screen("reach", "#/receiver?tool=reach", "Public URL"),
    screen("events", "#/events", "Conversion created"),
    screen("settings", "#/settings", "Appearance"),
    screen("schedules", "#/settings?section=retries", "Retry presets"),
];

#[tokio::main]
async fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new("docs/screenshots");
    std::fs::create_dir_all(folder).unwrap();
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
                show(&window, screen).await;
                let path = folder.join(format!("{}-{scheme}-{width}.png", screen.name));
                window.picture(&path, width, height).await;
                println!("{}", path.display());
            }
        }
    }
    window.close().await;
}

async fn show(window: &Window, screen: &Screen) {
    // By way of a neutral screen: what an earlier visit left open is closed.
    window.go("#/settings?section=about").await;
    tokio::time::sleep(SETTLE / 4).await;
    window.go(screen.route).await;
    tokio::time::sleep(SETTLE / 2).await;
    // What was typed or loaded there before is still there.
    if !window.text().await.contains(screen.says) {
        for name in screen.press {
            match name.split_once('=') {
                Some((label, text)) => window.fill(label, text).await,
                None => window.press(name).await,
            }
            tokio::time::sleep(SETTLE / 2).await;
        }
    }
    if screen.open_first_row {
        window.press_row().await;
    }
    for name in screen.then {
        window.press(name).await;
    }
    window.sees(screen.says).await;
    tokio::time::sleep(SETTLE).await;
}
