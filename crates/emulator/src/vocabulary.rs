//! The words the world is made of. Addresses and hosts are those reserved for examples.

use crate::happening::{Action, CapKind, Model};

pub(crate) const FIRST: [&str; 24] = [
    "Summit",
    "Northwind",
    "Harbor",
    "Cedar",
    "Lantern",
    "Pixel",
    "Velvet",
    "Copper",
    "Meadow",
    "Quartz",
    "Drift",
    "Orchard",
    "Signal",
    "Juniper",
    "Beacon",
    "Saffron",
    "Willow",
    "Granite",
    "Marble",
    "Tidal",
    "Ember",
    "Falcon",
    "Clover",
    "Aurora",
];
pub(crate) const SECOND: [&str; 16] = [
    "Reviews", "Deals", "Letters", "Media", "Compare", "Coupons", "Traffic", "Guides", "Weekly", "Picks",
    "Network", "Café", "Labs", "Digest", "Studio", "Trail",
];
pub(crate) const PLACES: [(&str, &str); 8] = [
    ("DE", "Leipzig"),
    ("PT", "Porto"),
    ("NL", "Utrecht"),
    ("GB", "Leeds"),
    ("US", "Austin"),
    ("CA", "Halifax"),
    ("SE", "Malmö"),
    ("PL", "Gdańsk"),
];
pub(crate) const SOURCES: [&str; 6] = ["content", "seo", "email", "social", "paid_search", "push"];
pub(crate) const DEVICES: [&str; 3] = ["desktop", "mobile", "tablet"];
pub(crate) const MARKS: [&str; 8] = [
    "winter-promo",
    "newsletter-19",
    "homepage",
    "table-top",
    "spring-guide",
    "video-42",
    "footer",
    "retarget-b",
];
pub(crate) const NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];
pub(crate) const REFUSALS: [(&str, &str); 3] = [
    ("not_qualified", "Order was cancelled"),
    ("not_qualified", "Customer returned the goods"),
    ("duplicate_customer", "Customer was already known"),
];
pub(crate) const TICKETS: [(&str, &str, &str); 4] = [
    ("A missing conversion", "Order A-55218 does not show up", "Conversion found and credited"),
    ("My payout", "When is the next payout?", "Payouts run on the first of the month"),
    ("Links", "My deep link answers 404", "Link repaired"),
    ("Creatives", "Do you have banners in 300×250?", "Banners sent by mail"),
];
pub(crate) const PAYOUT_FAILURES: [(&str, &str); 3] = [
    ("invalid_details", "The account number does not exist"),
    ("insufficient_funds", "The program's balance is too low"),
    ("provider_error", "The provider did not answer"),
];

/// An offer before the program starts: name, currency, what counts, commission model, fixed part
/// in cents, share of revenue in percent, prices in cents, cap.
pub(crate) struct OfferSeed {
    pub(crate) name: &'static str,
    pub(crate) currency: &'static str,
    pub(crate) action: Action,
    pub(crate) model: Model,
    pub(crate) fixed: u64,
    pub(crate) percent: u64,
    pub(crate) prices: [u64; 4],
    pub(crate) cap: Option<(CapKind, u64)>,
}

pub(crate) const OFFERS: [OfferSeed; 4] = [
    OfferSeed {
        name: "Winter Boots",
        currency: "USD",
        action: Action::Deposit,
        model: Model::RevShare,
        fixed: 0,
        percent: 30,
        prices: [4200, 6900, 8999, 12_900],
        cap: Some((CapKind::Daily, 50)),
    },
    OfferSeed {
        name: "Trail Jackets",
        currency: "EUR",
        action: Action::Trade,
        model: Model::RevShare,
        fixed: 0,
        percent: 20,
        prices: [7900, 11_950, 15_900, 23_345],
        cap: Some((CapKind::Weekly, 120)),
    },
    OfferSeed {
        name: "Camp Kitchen",
        currency: "GBP",
        action: Action::ChallengePurchase,
        model: Model::Cpa,
        fixed: 1500,
        percent: 0,
        prices: [3500, 5425, 8900, 14_900],
        cap: Some((CapKind::Global, 400)),
    },
    OfferSeed {
        name: "Peak Club",
        currency: "EUR",
        action: Action::Registration,
        model: Model::Hybrid,
        fixed: 500,
        percent: 10,
        prices: [1900, 2990, 4900, 9900],
        cap: None,
    },
];
