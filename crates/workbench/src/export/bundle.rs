//! The incident bundle: one delivery with everything that is known of it, masked, in one file that
//! opens in another Hookbench, where it can be read and nothing be done with it.

use hookbench_diagnosis::Plan;
use hookbench_domain::{DeliveryId, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::known::blank_value;
use super::markdown;
use super::redact::Redaction;
use crate::WorkbenchError;
use crate::deliveries::views::DeliveryDetail;
use crate::deliveries::why::{WhyQuery, WhyView};
use crate::events::EventDetail;
use crate::handles::Exports;
use crate::subscriptions::view::SubscriptionView;

/// The format that this program writes and reads.
const FORMAT: u64 = 1;
/// The largest bundle that is read, in bytes (64 MiB).
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// An incident, ready to be written: masked, as JSON.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Bundle(Value);

/// What a bundle is made of.
#[derive(Debug, Clone, Serialize)]
struct Parts {
    /// The format.
    hookbench_bundle: u64,
    /// The version of Hookbench that made it.
    version: &'static str,
    /// When it was made.
    made_at: Timestamp,
    /// What was masked.
    masked: Vec<&'static str>,
    /// The delivery with its attempts, requests, responses and verdicts.
    delivery: DeliveryDetail,
    /// The event with its bytes and what is odd about it.
    event: EventDetail,
    /// The subscription as it is now; null if it was deleted.
    subscription: Option<SubscriptionView>,
    /// When the attempts of its policy fall, from the delivery's making.
    schedule: Option<Plan>,
    /// Why it was, or was not, sent.
    why: Option<WhyView>,
}

/// A bundle that was opened.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct BundleView {
    /// The version of Hookbench that made it.
    pub version: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What was masked.
    pub masked: Vec<String>,
    /// The delivery.
    #[cfg_attr(feature = "typescript", ts(type = "DeliveryDetail"))]
    pub delivery: Value,
    /// The event.
    #[cfg_attr(feature = "typescript", ts(type = "EventDetail"))]
    pub event: Value,
    /// The subscription; null if it was deleted.
    #[cfg_attr(feature = "typescript", ts(type = "SubscriptionView | null"))]
    pub subscription: Value,
    /// The schedule of its policy.
    #[cfg_attr(feature = "typescript", ts(type = "Omit<ScheduleView, \"platform\"> | null"))]
    pub schedule: Value,
    /// Why it was, or was not, sent.
    #[cfg_attr(feature = "typescript", ts(type = "WhyView | null"))]
    pub why: Value,
}

impl Exports {
    /// Puts everything that is known of a delivery together, masked.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing.
    pub async fn bundle(&self, id: DeliveryId, redaction: Redaction) -> Result<Bundle, WorkbenchError> {
        let detail = self.0.deliveries().get(id).await?;
        let (of, made_at) = (detail.delivery.subscription, detail.delivery.created_at);
        let event_seq = self.0.store.event_seq_of(id).await?;
        let (summary, event) = self.0.store.event_at(event_seq).await?;
        let source = summary.source.as_deref().and_then(|s| s.parse().ok());
        let query = WhyQuery {
            event: summary.id.clone(),
            brand: summary.brand.clone().filter(|_| source.is_none()),
            source,
            subscription: Some(of),
        };
        let why = self.0.deliveries().why(&query).await.ok().and_then(|mut answer| answer.items.pop());
        let registered = self.0.registered(of).ok();
        let schedule =
            registered.as_ref().map(|r| Plan::draw(&r.subscription.definition.policy, made_at, None));
        let mut subscription = self.0.subscriptions().get(of).ok();
        if let Some(view) = &mut subscription {
            view.url = redaction.url(&view.url);
            view.headers = redaction.headers(std::mem::take(&mut view.headers));
        }
        let mut why = why;
        if let Some(delivery) = why.as_mut().and_then(|w| w.delivery.as_mut()) {
            delivery.url = redaction.url(&delivery.url);
        }
        let mut masked = vec!["credentials in headers"];
        if redaction.secrets {
            masked.extend([
                "user information in URLs",
                "query values in URLs",
                "known secrets wherever they stand",
            ]);
        }
        if redaction.signatures {
            masked.push("signatures");
        }
        let parts = Parts {
            hookbench_bundle: FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            made_at: self.0.clock.now(),
            masked,
            delivery: redaction.delivery(detail),
            event: self.0.event_detail(summary, &event).await?,
            subscription,
            schedule,
            why,
        };
        let mut value =
            serde_json::to_value(parts).map_err(|error| WorkbenchError::State(error.to_string()))?;
        if redaction.secrets {
            blank_value(&mut value, &self.0.known_secrets().await);
        }
        Ok(Bundle(value))
    }

    /// The report of an incident, in Markdown.
    ///
    /// # Errors
    /// As [`Exports::bundle`].
    pub async fn report(&self, id: DeliveryId, redaction: Redaction) -> Result<String, WorkbenchError> {
        let bundle = self.bundle(id, redaction).await?;
        Ok(markdown::report(&bundle.0))
    }
}

impl BundleView {
    /// Reads a bundle that somebody made.
    ///
    /// # Errors
    /// [`WorkbenchError::Field`] when it is not one, or of a newer Hookbench.
    pub fn read(text: &str) -> Result<Self, WorkbenchError> {
        let bad = |why: &str| WorkbenchError::field("bundle", why);
        if text.len() > MAX_BYTES {
            return Err(bad("has more than 64 MiB: no bundle is that large"));
        }
        let mut value: Value = serde_json::from_str(text)
            .map_err(|error| WorkbenchError::field("bundle", format!("cannot be read as JSON: {error}")))?;
        match value["hookbench_bundle"].as_u64() {
            Some(FORMAT) => {}
            Some(newer) if newer > FORMAT => {
                return Err(bad("was made by a newer Hookbench: update this one, then open it"));
            }
            Some(_) | None => {
                return Err(bad(
                    "is no incident bundle: make one with `hookbench deliveries bundle ID -o FILE`",
                ));
            }
        }
        let made_at = value["made_at"].as_str().and_then(|t| Timestamp::parse(t).ok());
        let masked = value["masked"].as_array().into_iter().flatten();
        let view = Self {
            version: value["version"].as_str().unwrap_or_default().to_owned(),
            made_at: made_at.ok_or_else(|| bad("says not when it was made"))?,
            masked: masked.filter_map(|m| m.as_str().map(str::to_owned)).collect(),
            delivery: value["delivery"].take(),
            event: value["event"].take(),
            subscription: value["subscription"].take(),
            schedule: value["schedule"].take(),
            why: value["why"].take(),
        };
        view.check().map_err(|what| {
            WorkbenchError::field("bundle", format!("is damaged: {what} is not there or not as it must be"))
        })?;
        Ok(view)
    }

    /// Whether everything that is shown is there.
    fn check(&self) -> Result<(), String> {
        let d = &self.delivery;
        texts(
            "delivery",
            d,
            &["id", "event", "event_type", "subscription", "subscription_name", "url", "state", "created_at"],
        )?;
        for key in ["id", "event", "created_at", "received_at"] {
            texts("event", &self.event, &[key])?;
        }
        let attempts = d["attempts"].as_array().ok_or("delivery.attempts")?;
        for (n, attempt) in attempts.iter().enumerate() {
            let at = format!("delivery.attempts[{n}]");
            texts(&at, attempt, &["id", "started_at", "finished_at", "outcome", "trigger"])?;
            let whole = attempt["number"].is_u64()
                && attempt["timings"]["total_us"].is_u64()
                && attempt["connection"].is_object();
            if !whole {
                return Err(at);
            }
            for name in ["request", "response"] {
                let message = &attempt[name];
                if message.is_null() {
                    continue;
                }
                let headers = message["headers"].as_array().ok_or(format!("{at}.{name}.headers"))?;
                let pairs = headers.iter().all(|h| h[0].is_string() && h[1].is_string());
                let body = message["body"].is_string() || message["body_base64"].is_string();
                if !pairs || !body {
                    return Err(format!("{at}.{name}"));
                }
            }
        }
        Ok(())
    }

    /// The report of it, in Markdown.
    #[must_use]
    pub fn report(&self) -> String {
        let value = json!({
            "version": self.version, "made_at": self.made_at, "delivery": self.delivery,
            "event": self.event, "why": self.why,
        });
        markdown::report(&value)
    }
}

fn texts(at: &str, value: &Value, keys: &[&str]) -> Result<(), String> {
    match keys.iter().find(|key| !value[**key].is_string()) {
        Some(key) => Err(format!("{at}.{key}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_bundle_is_refused_with_the_reason() {
        let refused = |text: &str| BundleView::read(text).unwrap_err().to_string();
        assert!(refused("nonsense").contains("JSON"));
        assert!(refused("{}").contains("no incident bundle"));
        assert!(refused(r#"{"hookbench_bundle":2}"#).contains("newer"));
        let empty = r#"{"hookbench_bundle":1,"made_at":"2026-01-01T00:00:00Z"}"#;
        assert!(refused(empty).contains("damaged: delivery.id"));
    }
}
