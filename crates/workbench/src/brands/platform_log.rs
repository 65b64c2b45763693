//! The platform's own delivery log, as far as the platform serves one.

use hookbench_domain::SubscriptionId;
use hookbench_platform::RemoteDelivery;
use serde::{Deserialize, Serialize};

use crate::WorkbenchError;
use crate::handles::Brands;

/// How many entries are read when only those of one webhook are wanted: the platform's log is one for
/// all of them.
const LOOK_THROUGH: usize = 500;

/// Which entries.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct RemoteLogQuery {
    /// At most so many: 1 to 500, 50 if not said.
    pub limit: Option<u32>,
    /// Of this webhook, by the platform's id of it; of a brand's newest 500.
    pub webhook: Option<String>,
    /// Of the webhook of this subscription.
    pub subscription: Option<SubscriptionId>,
}

/// Entries of a platform's delivery log, newest first.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RemoteLog {
    /// The entries.
    pub items: Vec<RemoteDelivery>,
    /// Always null: how many are read is said beforehand.
    #[cfg_attr(feature = "typescript", ts(type = "null"))]
    pub next_cursor: Option<String>,
}

impl Brands {
    /// Reads the delivery log that a brand's platform keeps.
    ///
    /// # Errors
    /// [`WorkbenchError`] when neither an id nor a name is that, or the platform serves no log or
    /// cannot be read.
    pub async fn platform_log(
        &self,
        id_or_name: &str,
        query: &RemoteLogQuery,
    ) -> Result<RemoteLog, WorkbenchError> {
        let limit = query.limit.unwrap_or(50);
        if !(1..=500).contains(&limit) {
            return Err(WorkbenchError::field("limit", "1 to 500"));
        }
        let limit = usize::try_from(limit).unwrap_or(LOOK_THROUGH);
        let registered = self.0.registered_brand(id_or_name)?;
        let webhook = match query.subscription {
            Some(id) => {
                let known = self.0.known_remote(id)?;
                if known.remote.brand != registered.brand.id {
                    let why = "runs at another brand's platform";
                    return Err(WorkbenchError::field("subscription", why));
                }
                match known.remote.state.webhook() {
                    Some(webhook) => Some(webhook.to_owned()),
                    None => return Ok(RemoteLog { items: Vec::new(), next_cursor: None }),
                }
            }
            None => query.webhook.clone(),
        };
        let client = self.0.client(&registered).await?;
        let mut items = client.deliveries(if webhook.is_some() { LOOK_THROUGH } else { limit }).await?;
        if let Some(webhook) = webhook {
            items.retain(|entry| entry.webhook.as_deref() == Some(webhook.as_str()));
        }
        items.truncate(limit);
        Ok(RemoteLog { items, next_cursor: None })
    }
}
