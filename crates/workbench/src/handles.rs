//! One handle for each aggregate: `workbench.subscriptions().create(…)`. What a handle does stands in the
//! folder of its aggregate.

use crate::Workbench;

/// Alerts: what somebody should look at.
#[derive(Clone)]
pub struct Alerts(pub(crate) Workbench);

/// The platforms that Hookbench knows, and what they tell of.
#[derive(Clone)]
pub struct Platforms(pub(crate) Workbench);

/// Brands: accounts on a platform.
#[derive(Clone)]
pub struct Brands(pub(crate) Workbench);

/// The delivery log, and what a person does about it.
#[derive(Clone)]
pub struct Deliveries(pub(crate) Workbench);

/// Deliveries as files and as reports to pass on.
#[derive(Clone)]
pub struct Exports(pub(crate) Workbench);

/// Events: published, stored, listed, erased.
#[derive(Clone)]
pub struct Events(pub(crate) Workbench);

/// Looking after the data folder.
#[derive(Clone)]
pub struct Maintenance(pub(crate) Workbench);

/// Operations: many deliveries sent again or cancelled as one.
#[derive(Clone)]
pub struct Operations(pub(crate) Workbench);

/// Signatures of stored and pasted requests, taken apart.
#[derive(Clone)]
pub struct Signatures(pub(crate) Workbench);

/// Sources: the inbound paths of the receiver.
#[derive(Clone)]
pub struct Sources(pub(crate) Workbench);

/// The receiver: what comes in through it, and how it is reached.
#[derive(Clone)]
pub struct Receiver(pub(crate) Workbench);

/// Scripted targets that run inside this program.
#[derive(Clone)]
pub struct Targets(pub(crate) Workbench);

/// Counts and health, for people and for monitoring.
#[derive(Clone)]
pub struct Statistics(pub(crate) Workbench);

/// Subscriptions: who is told of what, here and at platforms.
#[derive(Clone)]
pub struct Subscriptions(pub(crate) Workbench);

/// The vault and its key.
#[derive(Clone)]
pub struct VaultHandle(pub(crate) Workbench);

impl Workbench {
    /// Alerts: what somebody should look at.
    #[must_use]
    pub fn alerts(&self) -> Alerts {
        Alerts(self.clone())
    }

    /// The platforms that Hookbench knows, and what they tell of.
    #[must_use]
    pub fn platforms(&self) -> Platforms {
        Platforms(self.clone())
    }

    /// Brands: accounts on a platform.
    #[must_use]
    pub fn brands(&self) -> Brands {
        Brands(self.clone())
    }

    /// The delivery log, and what a person does about it.
    #[must_use]
    pub fn deliveries(&self) -> Deliveries {
        Deliveries(self.clone())
    }

    /// Deliveries as files and as reports to pass on.
    #[must_use]
    pub fn exports(&self) -> Exports {
        Exports(self.clone())
    }

    /// Events: published, stored, listed, erased.
    #[must_use]
    pub fn events(&self) -> Events {
        Events(self.clone())
    }

    /// Looking after the data folder.
    #[must_use]
    pub fn maintenance(&self) -> Maintenance {
        Maintenance(self.clone())
    }

    /// Operations: many deliveries sent again or cancelled as one.
    #[must_use]
    pub fn operations(&self) -> Operations {
        Operations(self.clone())
    }

    /// Signatures of stored and pasted requests, taken apart.
    #[must_use]
    pub fn signatures(&self) -> Signatures {
        Signatures(self.clone())
    }

    /// Sources: the inbound paths of the receiver.
    #[must_use]
    pub fn sources(&self) -> Sources {
        Sources(self.clone())
    }

    /// The receiver: what comes in through it, and how it is reached.
    #[must_use]
    pub fn receiver(&self) -> Receiver {
        Receiver(self.clone())
    }

    /// Scripted targets that run inside this program.
    #[must_use]
    pub fn targets(&self) -> Targets {
        Targets(self.clone())
    }

    /// Counts and health, for people and for monitoring.
    #[must_use]
    pub fn stats(&self) -> Statistics {
        Statistics(self.clone())
    }

    /// Subscriptions: who is told of what, here and at platforms.
    #[must_use]
    pub fn subscriptions(&self) -> Subscriptions {
        Subscriptions(self.clone())
    }

    /// The vault and its key.
    #[must_use]
    pub fn vault(&self) -> VaultHandle {
        VaultHandle(self.clone())
    }
}
