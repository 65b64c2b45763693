//! Testing a subscription that runs at a platform. The platforms offer no test, so Hookbench sends a
//! sample as the platform would: first to a target of its own, where the signature is verified and
//! nothing of anybody else's is touched, and only then to the receiver.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use hookbench_ambient::chance;
use hookbench_domain::{SubscriptionId, parse_target_url};
use hookbench_receiver::{Target, TargetOptions, parse_script};
use hookbench_signature::{Scheme, Secret};
use hookbench_store::{Reading, RegisteredBrand, SealedSecret};
use serde::Serialize;
use url::Host;

use crate::body::BodyView;
use crate::deliveries::views::DeliveryDetail;
use crate::handles::Subscriptions;
use crate::signatures::VerifyRequest;
use crate::subscriptions::SubscriptionInput;
use crate::{TestResponse, VaultKeySource, Workbench, WorkbenchError};

/// How long each of the two sends is waited for.
const TIMEOUT: Duration = Duration::from_secs(35);
/// How far the signed time may lie off, in seconds.
const TOLERANCE_S: i64 = 300;

/// How a test of a subscription at a platform went.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RemoteTestView {
    /// The sample at a target of ours.
    pub rehearsal: DeliveryDetail,
    /// Whether its signature verifies there; null where the platform signs nothing or no secret is
    /// known here.
    pub verified: Option<bool>,
    /// The same sample at the receiver; null where the first test failed.
    pub delivery: Option<DeliveryDetail>,
    /// What it means, and what it cannot show.
    pub note: String,
}

/// A test that was begun, or that is over already.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Tested {
    /// It is on its way.
    Begun(TestResponse),
    /// It ended.
    Ended(Box<DeliveryDetail>),
    /// It was a subscription at a platform.
    RemoteTested(Box<RemoteTestView>),
    /// It did not end in time.
    Open,
}

impl Subscriptions {
    /// Tests a subscription wherever it runs. With `patience` the end is waited for.
    ///
    /// # Errors
    /// As [`Subscriptions::test`] and [`Subscriptions::test_remotely`].
    pub async fn test_input(
        &self,
        id: SubscriptionId,
        patience: Option<Duration>,
    ) -> Result<Tested, WorkbenchError> {
        if self.0.is_remote(id) {
            return Ok(Tested::RemoteTested(Box::new(self.test_remotely(id).await?)));
        }
        match patience {
            None => Ok(Tested::Begun(self.test(id).await?)),
            Some(patience) => {
                let ended = self.test_and_wait(id, patience).await?;
                Ok(ended.map_or(Tested::Open, |detail| Tested::Ended(Box::new(detail))))
            }
        }
    }

    /// Sends a sample as the platform of this subscription would: to a target of ours, then to its
    /// receiver. Nothing is asked of the platform, and nothing is kept here.
    ///
    /// # Errors
    /// [`WorkbenchError`] when the id names nothing that runs at a platform, or its URL came from the
    /// platform and leads into this machine.
    pub async fn test_remotely(&self, id: SubscriptionId) -> Result<RemoteTestView, WorkbenchError> {
        let known = self.0.known_remote(id)?;
        let definition = &known.remote.definition;
        let brand = self.0.registered_brand(&known.remote.brand.to_string())?;
        if definition.adopted
            && is_loopback(&definition.url)?
            && !is_loopback(&brand.brand.definition.base_url)?
        {
            let why = "its URL was found at the platform and leads into this machine: nothing is sent there; set the URL by hand if it is meant";
            return Err(WorkbenchError::State(format!("{id}: {why}")));
        }
        let secret = self.0.remote_secret(id, false).await?;
        let profile = crate::subscriptions::choose_profile(Some(&brand.brand.definition.platform))?;
        let scheme: Scheme = profile.signature.scheme.parse()?;
        let failed = |error: &dyn std::fmt::Display| {
            WorkbenchError::State(format!("the target of the test cannot start: {error}"))
        };
        let script = parse_script("200").map_err(|error| failed(&error))?;
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (target, _arrivals) = Target::start(anywhere, script, TargetOptions::new(chance))
            .await
            .map_err(|error| failed(&error))?;
        let folder = tempfile::Builder::new().prefix("hookbench-test-").tempdir();
        let folder = folder.map_err(|error| failed(&error))?;
        let stage = Stage::set(folder.path(), &brand).await?;
        let input = SubscriptionInput {
            url: Some(format!("{}/rehearsal", target.url())),
            name: Some(Some(definition.name.clone())),
            events: Some(definition.events.iter().map(ToString::to_string).collect()),
            brand: Some(Some(brand.brand.id.to_string())),
            // Where the platform signs and the secret is not known here, the sample goes unsigned.
            platform: Some(if secret.is_some() { profile.name.clone() } else { "generic".to_owned() }),
            scheme: secret.is_none().then(|| Scheme::None.as_str().to_owned()),
            secret: secret.clone().map(Some),
            policy: Some(Some("none".into())),
            ..SubscriptionInput::default()
        };
        let rehearsed = stage.send(input.clone()).await?;
        target.stop().await;
        let verified = secret.as_ref().filter(|_| scheme != Scheme::None);
        let verified = verified.map(|secret| verifies(scheme, secret, &rehearsed, self.0.clock.now()));
        let good = rehearsed.delivery.state == "delivered" && verified != Some(false);
        let delivery = if good {
            let real = SubscriptionInput { url: Some(definition.url.clone()), ..input };
            Some(stage.send(real).await?)
        } else {
            None
        };
        stage.workbench.close().await;
        let title = &profile.title;
        let signed = match (&secret, scheme) {
            (_, Scheme::None) => format!("{title} signs nothing."),
            (None, _) => {
                format!("{title} signs with a secret that is not known here, so the sample is unsigned.")
            }
            (Some(_), _) => format!("Signed as {title} signs."),
        };
        let note = format!(
            "{title} offers no test. This sample was sent from this machine, not by {title}: it shows what your receiver makes of it, not whether {title} reaches it. {signed}"
        );
        Ok(RemoteTestView { rehearsal: rehearsed, verified, delivery, note })
    }
}

/// A workbench of its own for a moment, that knows the brand and nothing else.
struct Stage {
    workbench: Workbench,
}

impl Stage {
    async fn set(folder: &std::path::Path, brand: &RegisteredBrand) -> Result<Self, WorkbenchError> {
        let key = VaultKeySource { in_memory: true, ..VaultKeySource::default() };
        let workbench = Workbench::open(folder, key).await?;
        workbench.unlock_vault().await?;
        // The platform is asked nothing: its key stays where it is.
        let id = brand.brand.id;
        let no_key = workbench.vault.seal(&id.to_string(), b"none")?;
        let no_key = SealedSecret { sealed: no_key, valid_until: None };
        let reading = Reading { event_types: Vec::new(), webhooks: Vec::new() };
        let definition = brand.brand.definition.clone();
        workbench.store.create_brand(id, definition, no_key, reading, workbench.clock.now()).await?;
        Ok(Self { workbench })
    }

    async fn send(&self, input: SubscriptionInput) -> Result<DeliveryDetail, WorkbenchError> {
        let id = self.workbench.subscriptions().create(input).await?.subscription.id;
        let ended = self.workbench.subscriptions().test_and_wait(id, TIMEOUT).await?;
        ended.ok_or_else(|| WorkbenchError::State("the test did not end in time: try again".to_owned()))
    }
}

/// Whether what arrived at our target verifies.
fn verifies(
    scheme: Scheme,
    secret: &Secret,
    detail: &DeliveryDetail,
    at: hookbench_domain::Timestamp,
) -> bool {
    let Some(request) = detail.attempts.last().and_then(|attempt| attempt.request.as_ref()) else {
        return false;
    };
    let body = match &request.body {
        BodyView::Body(text) => text.clone().into_bytes(),
        BodyView::BodyBase64(_) => return false,
    };
    let headers = request.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes()));
    let request = VerifyRequest {
        scheme,
        secrets: vec![secret.clone()],
        headers: headers.collect(),
        body,
        at,
        tolerance_s: TOLERANCE_S,
    };
    request.verify().valid
}

fn is_loopback(url: &str) -> Result<bool, WorkbenchError> {
    Ok(match parse_target_url(url)?.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    })
}
