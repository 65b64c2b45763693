//! What an event is about, in one line: whose, which and how much. Platforms name these fields in
//! their own ways; what is found is shown as it was sent, never converted.

use serde::Serialize;
use serde_json::{Map, Value};

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

/// Reads a payload; one that is no JSON object, or was cut, is about nothing.
#[must_use]
pub fn about(event_type: &str, body: &[u8]) -> About {
    let Ok(Value::Object(body)) = serde_json::from_slice::<Value>(body) else { return About::default() };
    let data = body.get("data").and_then(Value::as_object).unwrap_or(&body);
    // The thing itself first, then what is nested in it.
    let mut layers: Vec<&Map<String, Value>> = vec![data];
    layers.extend(data.values().filter_map(Value::as_object));
    let of_people = ["partner.", "affiliate.", "referral."].iter().any(|p| event_type.starts_with(p));
    let subject = if of_people {
        text(&layers, &PEOPLE).or_else(|| text(&layers, &THINGS))
    } else {
        text(&layers, &THINGS).or_else(|| text(&layers, &PEOPLE))
    };
    About { subject, money: money(&layers) }
}

fn text(layers: &[&Map<String, Value>], names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| {
        layers.iter().find_map(|layer| match layer.get(*name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        })
    })
}

fn money(layers: &[&Map<String, Value>]) -> Option<Money> {
    let currency = text(layers, &["currency"]);
    let cents = CENTS.iter().find_map(|name| layers.iter().find_map(|layer| layer.get(*name)?.as_i64()));
    if let Some(cents) = cents {
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
    }
}
