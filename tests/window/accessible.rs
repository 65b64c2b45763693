//! Nothing keeps people with other eyes or hands out: axe finds nothing serious, light and dark.

use hookbench_journeys::{Window, Workplace};

/// The main screens, and what each says once it is there.
const SCREENS: [(&str, &str); 14] = [
    ("#/", "Description"),
    ("#/subscriptions", "This machine"),
    ("#/subscriptions?do=new", "Select events"),
    ("#/live", "Send test event"),
    ("#/deliveries", "Response"),
    ("#/signature", "Signature scheme"),
    ("#/receiver", "Sources"),
    ("#/receiver?tool=targets", "Start"),
    ("#/events", "Conversion created"),
    ("#/events?type=conversion.created&tab=fields", "Fields"),
    ("#/brands", "Connected"),
    ("#/alerts", "Alerts"),
    ("#/bundle", "bundle"),
    ("#/settings", "Diagnostics"),
];

#[tokio::test]
async fn every_screen_is_for_everybody_light_and_dark() {
    let place = Workplace::new();
    let window = Window::open(&place, &["--demo"]).await;
    window.sees("Partner portal").await;
    let mut wrong = Vec::new();
    for choice in ["Light", "Dark"] {
        window.go("#/settings").await;
        window.press(choice).await;
        window.find(&format!("//html[@data-mantine-color-scheme='{}']", choice.to_lowercase())).await;
        for (route, says) in SCREENS {
            window.go(route).await;
            window.sees(says).await;
            for found in window.inaccessible().await {
                wrong.push(format!("{choice} {route}: {found}"));
            }
        }
        // One delivery beside the log, on each of its tabs.
        window.go("#/deliveries?state=failed").await;
        window.press_row().await;
        for tab in ["Request", "Response", "Signature", "Why"] {
            window.press(tab).await;
            for found in window.inaccessible().await {
                wrong.push(format!("{choice} delivery, {tab}: {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    window.close().await;
}
