//! What an event is about, in one line: whose, which and how much. Platforms name these fields in
//! their own ways; what is found is shown as it was sent, never converted.

use std::borrow::Cow;
use std::collections::HashMap;

use hookbench_bounds::{Document, Raw, RawKind, shortened};
use serde::Serialize;

/// Fields that name the thing, the most telling first.
const THINGS: [&str; 17] = [
    "externalTxnId",
    "external_txn_id",
    "orderId",
    "order_id",
    "conversionId",
    "conversion_id",
    "payment_id",
    "payout_id",
    "commission_id",
    "offerName",
    "code",
    "publicId",
    "clickId",
    "click_id",
    "customer_id",
    "couponId",
    "id",
];
/// Fields that name who it is about.
const PEOPLE: [&str; 9] = [
    "name",
    "affiliate_name",
    "partnerName",
    "affiliateEmail",
    "email",
    "affiliateAccountEmail",
    "affiliate_id",
    "affiliatePublicId",
    "partnerId",
];
/// Amounts in hundredths.
const CENTS: [&str; 3] = ["revenueCents", "amountCents", "payoutCents"];
/// Amounts in whole units.
const AMOUNTS: [&str; 4] = ["amount", "revenue", "commission", "payout"];

/// An amount as the platform sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Money {
    /// The amount, in whole units of the currency.
    pub amount: String,
    /// The currency's code, as sent.
    pub currency: Option<String>,
}

/// What an event is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct About {
    /// The thing or person, if the payload names one.
    pub subject: Option<String>,
    /// How much, if the payload says so.
    pub money: Option<Money>,
}

/// How many objects within the data are looked into.
const MOST_NESTED: usize = 50;

/// The fields of an object, by name.
type Layer<'a> = HashMap<Cow<'a, str>, Raw<'a>>;

/// Reads a payload; one that is no JSON object, or was cut, is about nothing.
#[must_use]
pub fn about(event_type: &str, body: &[u8]) -> About {
    let Ok(document) = Document::read_any(body) else { return About::default() };
    let (root, object) = (document.root(), |raw: &Raw<'_>| raw.kind() == RawKind::Object);
    let data = root.field("data").filter(object).unwrap_or(root);
    // The thing itself first, then what is nested in it.
    let nested = data.fields().map(|(_, value)| value).filter(object).take(MOST_NESTED);
    let layers: Vec<Layer<'_>> = std::iter::once(data).chain(nested).map(Raw::by_name).collect();
    let of_people = ["partner.", "affiliate.", "referral."].iter().any(|p| event_type.starts_with(p));
    let subject = if of_people {
        text(&layers, &PEOPLE).or_else(|| text(&layers, &THINGS))
    } else {
        text(&layers, &THINGS).or_else(|| text(&layers, &PEOPLE))
    };
    About { subject, money: money(&layers) }
}

fn text(layers: &[Layer<'_>], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        layers.iter().find_map(|layer| {
            let value = layer.get(*name)?;
            match value.kind() {
                RawKind::Text => Some(shortened(&value.text()?).into_owned()).filter(|text| !text.is_empty()),
                RawKind::Plain if !matches!(value.as_str(), "null" | "true" | "false") => {
                    Some(shortened(value.as_str()).into_owned())
                }
                RawKind::Plain | RawKind::Array | RawKind::Object => None,
            }
        })
    })
}

fn money(layers: &[Layer<'_>]) -> Option<Money> {
    let currency = text(layers, &["currency"]);
    let whole = |name: &&str| layers.iter().find_map(|layer| layer.get(*name)?.as_str().parse::<i64>().ok());
    if let Some(cents) = CENTS.iter().find_map(whole) {
        let sign = if cents < 0 { "-" } else { "" };
        let amount = format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
        return Some(Money { amount, currency });
    }
    let amount =
        AMOUNTS.iter().find_map(|name| text(layers, &[name])).filter(|a| a.parse::<f64>().is_ok())?;
    Some(Money { amount, currency })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profiles;

    #[test]
    fn every_sample_of_every_platform_is_about_something() {
        for profile in profiles() {
            for kind in &profile.catalogue {
                let body = serde_json::json!({ "data": kind.sample }).to_string();
                let about = about(kind.name.as_str(), body.as_bytes());
                let named = about.subject.is_some();
                assert!(named || kind.name.as_str().starts_with("cap."), "{}: {}", profile.name, kind.name);
            }
        }
    }

    #[test]
    fn amounts_are_shown_as_they_were_sent() {
        let of = |text: &str| about("conversion.created", text.as_bytes());
        let trcker = of(
            r#"{"data":{"externalTxnId":"shop-1","revenueCents":4205,"payoutCents":1260,"currency":"USD"}}"#,
        );
        assert_eq!(trcker.subject.as_deref(), Some("shop-1"));
        assert_eq!(trcker.money, Some(Money { amount: "42.05".into(), currency: Some("USD".into()) }));
        let nested = of(r#"{"data":{"conversion":{"publicId":"con-1","amount":"79.00","currency":"EUR"}}}"#);
        assert_eq!(nested.money, Some(Money { amount: "79.00".into(), currency: Some("EUR".into()) }));
        assert_eq!(of(r#"{"data":{"revenueCents":-5}}"#).money.unwrap().amount, "-0.05");
        assert_eq!(of(r#"{"data":{"amount":"{payout}"}}"#).money, None);
        assert_eq!(of("not json"), About::default());
        assert_eq!(of("[1]"), About::default());
        let deep = format!("{{\"data\":{{\"x\":{}{},\"amount\":7.50}}}}", "[".repeat(9000), "]".repeat(9000));
        assert_eq!(of(&deep).money.unwrap().amount, "7.50");
    }
}
