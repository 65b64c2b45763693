//! What is pictured: where each screen is, what is done there, and what it must say then.

/// A screen: its name, its address, what is done there, and what it must say then.
pub(crate) struct Screen {
    pub(crate) name: &'static str,
    pub(crate) route: &'static str,
    pub(crate) steps: &'static [Step],
    pub(crate) says: &'static str,
}

/// Something a person does.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// Presses the button or link of this name.
    Press(&'static str),
    /// Presses the card whose words begin like this.
    Card(&'static str),
    /// Types into the field of this label.
    Fill(&'static str, &'static str),
    /// Chooses from the list of this label.
    Choose(&'static str, &'static str),
    /// Opens the first row of the list.
    Row,
    /// Pastes an incident that was bundled elsewhere.
    Incident,
    /// Presses a key.
    Key(&'static str),
    /// Brings these words to the top of what scrolls.
    See(&'static str),
}

use Step::{Card, Choose, Fill, Incident, Key, Press, Row, See};

const fn screen(
    name: &'static str,
    route: &'static str,
    steps: &'static [Step],
    says: &'static str,
) -> Screen {
    Screen { name, route, steps, says }
}

const NEW: &str = "#/subscriptions?do=new";
const CONVERSION: Step = Card("A new conversion comes in");

pub(crate) const SCREENS: [Screen; 34] = [
    screen("home", "#/", &[], "Partner portal"),
    screen("subscriptions", "#/subscriptions?q=Fraud", &[Row], "Last hour"),
    screen("wizard", NEW, &[Card("Conversions are approved")], "Sample payload"),
    screen(
        "filter",
        NEW,
        &[
            Card("All events"),
            Press("Add filter"),
            Fill("Filter", "data.payoutCents >= 5000"),
            See("A CEL expression over"),
        ],
        "would be sent",
    ),
    screen(
        "template",
        NEW,
        &[
            CONVERSION,
            Press("Next"),
            Fill("Endpoint URL", "https://hooks.slack.example/T0/B0/x"),
            Press("Template"),
            Press("Slack message"),
        ],
        "Signed over these bytes",
    ),
    screen(
        "postback",
        NEW,
        &[
            CONVERSION,
            Press("Next"),
            Press("Postback URL"),
            Fill(
                "URL with macros",
                "https://track.example.com/pb?cid={data.clickId}&payout={data.payoutCents}&goal={data.goal}",
            ),
        ],
        "has no value for",
    ),
    screen(
        "retry-policy",
        "#/subscriptions?q=CRM",
        &[
            Row,
            Press("Edit"),
            Press("Advanced settings"),
            Choose("Retry schedule", "Trcker (default)"),
            Choose("Retry schedule", "Custom"),
            See("Retry schedule"),
        ],
        "attempts over",
    ),
    screen(
        "order",
        "#/subscriptions?q=CRM",
        &[
            Row,
            Press("Edit"),
            Press("Advanced settings"),
            Card("Ordered (FIFO)"),
            Fill("Ordering key", "data.partnerId"),
            See("Rate limit (per second)"),
        ],
        "do not wait for each other",
    ),
    screen("connect", "#/brands?do=connect&platform=trcker", &[], "Paste the API key"),
    screen("brands", "#/brands", &[Row], "Webhooks"),
    screen("remote", "#/subscriptions?q=Hookbench", &[Row], "Webhook id"),
    screen("live", "#/live", &[], "Conversion"),
    screen("deliveries", "#/deliveries?state=failed,retrying", &[Row], "Owner of the next step"),
    screen(
        "compare",
        "#/deliveries?state=delivered&attempts=2-&tab=compare",
        &[Row, Press("Previous attempt")],
        "The status was",
    ),
    screen("edit-and-send", "#/deliveries?state=failed", &[Row, Press("Edit and send")], "Extra headers"),
    screen("why", "#/deliveries?state=failed&tab=why", &[Row], "At the time"),
    screen("bulk-retry", "#/deliveries?state=failed", &[Card("Retry ")], "Each delivery gets one attempt"),
    screen(
        "recover",
        "#/subscriptions?q=Partner",
        &[Row, Press("More"), Press("Recover since…")],
        "Rejected by the endpoint",
    ),
    screen("fields", "#/events?type=conversion.created&tab=fields", &[], "First seen"),
    screen("alerts", "#/alerts?state=all", &[], "Alerts"),
    screen("bundle", "#/bundle", &[Incident], "Read-only"),
    screen("signature", "#/signature", &[Press("Load example")], "First difference"),
    screen("receiver", "#/receiver", &[], "source"),
    screen("targets", "#/receiver?tool=targets", &[Press("Start")], "Run receiver check"),
    screen(
        "receiver-check",
        "#/receiver?tool=targets",
        &[
            Press("Start"),
            Press("Run receiver check"),
            Fill("Signing secret", "a-secret"),
            Press("Run check"),
        ],
        "Why it matters",
    ),
    screen("reach", "#/receiver?tool=public-endpoint", &[], "Public URL"),
    screen("events", "#/events", &[], "Conversion created"),
    screen("settings", "#/settings", &[], "Appearance"),
    screen("retention", "#/settings?section=retention", &[], "in use."),
    screen(
        "erase",
        "#/settings?section=retention",
        &[Fill("Field", "data.currency"), Fill("Value", "GBP"), Press("Find events…")],
        "This cannot be undone",
    ),
    screen("schedules", "#/settings?section=retries", &[], "Retry presets"),
    screen("diagnostics", "#/settings?section=diagnostics", &[Card("Run ")], "Trust store"),
    screen("keys", "#/deliveries?state=failed", &[Row, Key("?")], "Retry the delivery"),
    // Last: what it starts stays in sight on every screen.
    screen(
        "operation",
        "#/subscriptions?q=Partner",
        &[Row, Press("More"), Press("Recover since…"), Press("1 hour"), Card("Send ")],
        "stopped",
    ),
];
