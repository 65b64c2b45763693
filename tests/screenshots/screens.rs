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
    screen("wizard", NEW, &[Card("Conversions are approved")], "What your receiver will get"),
    screen(
        "filter",
        NEW,
        &[
            Card("Everything"),
            Press("Only some of them: add a condition"),
            Fill("Only events that meet this condition", "data.payoutCents >= 5000"),
            See("Only events that meet this condition"),
        ],
        "would be sent",
    ),
    screen(
        "template",
        NEW,
        &[
            CONVERSION,
            Press("Next"),
            Fill("URL of your receiver", "https://hooks.slack.example/T0/B0/x"),
            Press("A template"),
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
            Press("A postback URL"),
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
            Press("Retries, headers, limits and more"),
            Choose("When it fails, try again", "As Trcker does"),
            Choose("When it fails, try again", "On a schedule of its own"),
            See("When it fails, try again"),
        ],
        "attempts over",
    ),
    screen(
        "order",
        "#/subscriptions?q=CRM",
        &[
            Row,
            Press("Edit"),
            Press("Retries, headers, limits and more"),
            Card("One after the other, in order"),
            Fill("Only among events with the same", "data.partnerId"),
            See("At most so many a second"),
        ],
        "nobody waits for another",
    ),
    screen("connect", "#/brands?do=connect&platform=trcker", &[], "Paste the API key"),
    screen("brands", "#/brands", &[Row], "Webhooks"),
    screen("remote", "#/subscriptions?q=Hookbench", &[Row], "Webhook there"),
    screen("live", "#/live", &[], "Conversion"),
    screen("deliveries", "#/deliveries?state=failed,retrying", &[Row], "Who acts"),
    screen(
        "compare",
        "#/deliveries?state=delivered&attempts=2-&tab=compare",
        &[Row, Press("Attempt before")],
        "The status was",
    ),
    screen("edit-and-send", "#/deliveries?state=failed", &[Row, Press("Edit and send")], "Further headers"),
    screen("why", "#/deliveries?state=failed&tab=why", &[Row], "When it came"),
    screen("bulk-retry", "#/deliveries?state=failed", &[Card("Retry ")], "Each gets one attempt"),
    screen(
        "recover",
        "#/subscriptions?q=Partner",
        &[Row, Press("More"), Press("Recover since…")],
        "Refused by the endpoint",
    ),
    screen("fields", "#/events?type=conversion.created&tab=fields", &[], "First seen"),
    screen("alerts", "#/alerts?state=all", &[], "Alerts"),
    screen("bundle", "#/bundle", &[Incident], "Read-only"),
    screen("signature", "#/signature", &[Press("Try a worked example")], "First difference"),
    screen("receiver", "#/receiver", &[], "source"),
    screen("targets", "#/receiver?tool=targets", &[Press("Start")], "Check it as a receiver"),
    screen(
        "receiver-check",
        "#/receiver?tool=targets",
        &[
            Press("Start"),
            Press("Check it as a receiver"),
            Fill("Secret of the endpoint", "a-secret"),
            Press("Run the check"),
        ],
        "Why it matters",
    ),
    screen("reach", "#/receiver?tool=reach", &[], "Public URL"),
    screen("events", "#/events", &[], "Conversion created"),
    screen("settings", "#/settings", &[], "Appearance"),
    screen("retention", "#/settings?section=retention", &[], "are in use"),
    screen(
        "erase",
        "#/settings?section=retention",
        &[Fill("Field", "data.currency"), Fill("Value", "GBP"), Press("Look for it…")],
        "This cannot be taken back",
    ),
    screen("schedules", "#/settings?section=retries", &[], "Retry presets"),
    screen("diagnostics", "#/settings?section=diagnostics", &[Card("Look a")], "Trust store"),
    screen("keys", "#/deliveries?state=failed", &[Row, Key("?")], "Retry the delivery"),
    // Last: what it starts stays in sight on every screen.
    screen(
        "operation",
        "#/subscriptions?q=Partner",
        &[Row, Press("More"), Press("Recover since…"), Press("1 hour"), Card("Send ")],
        "stopped",
    ),
];
