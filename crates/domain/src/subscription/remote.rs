//! Brands, and subscriptions that run at a brand's platform.
//!
//! The platforms can create, list and delete webhooks, not edit them. An edit is therefore a
//! transaction of several requests, and each state of it is kept before its request is made: a
//! program that stops anywhere goes on from there. [`RemoteState::wants`] says which request is
//! next, [`RemoteSubscription::heard`] what its answer leads to.

use serde::{Deserialize, Serialize};

use crate::{BrandId, EventType, Pattern, SubscriptionId, Timestamp, parse_target_url};

/// What a person says about a brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandDefinition {
    /// Its name, unique among brands.
    pub name: String,
    /// The platform it is an account of.
    pub platform: String,
    /// Where the platform's API is.
    pub base_url: String,
    /// What the platform's payloads call it (`brandId`), where that is known: one URL may serve
    /// several brands then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payload_id: Option<String>,
}

/// A brand as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Names it.
    pub id: BrandId,
    /// What it is.
    pub definition: BrandDefinition,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the platform was last read.
    pub synced_at: Option<Timestamp>,
}

/// Why a brand cannot be saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrandError {
    /// `name` cannot be told apart from an id, or not be typed.
    #[error(
        "`name`: 1 to 100 characters, no control characters, no white space at the ends, and not like an id (brd_…)"
    )]
    Name,
    /// `payload_id` cannot stand in a payload.
    #[error(
        "`payload_id`: 1 to 255 visible ASCII characters, as `brandId` stands in the platform's payloads"
    )]
    PayloadId,
}

impl BrandDefinition {
    /// Checks the name and the id in payloads.
    ///
    /// # Errors
    /// [`BrandError`], naming the field.
    pub fn check(&self) -> Result<(), BrandError> {
        let name = &self.name;
        let fits = (1..=100).contains(&name.chars().count());
        if !fits || name.trim() != name || name.chars().any(char::is_control) || name.starts_with("brd_") {
            return Err(BrandError::Name);
        }
        let visible = |id: &str| (1..=255).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
        if self.payload_id.as_deref().is_some_and(|id| !visible(id)) {
            return Err(BrandError::PayloadId);
        }
        Ok(())
    }
}

/// What a person says about a subscription that runs at the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteDefinition {
    /// A name for people; empty if none was given.
    pub name: String,
    /// Where the platform sends to.
    pub url: String,
    /// What was asked for.
    pub patterns: Vec<Pattern>,
    /// What that is in the platform's catalogue, in its order.
    pub events: Vec<EventType>,
    /// Whether the URL was found at the platform, and typed by nobody here.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub adopted: bool,
}

/// A webhook as a platform lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Listed {
    /// The platform's id of it.
    pub id: String,
    /// Where it sends to.
    pub url: String,
    /// The event types it sends.
    pub events: Vec<String>,
}

impl Listed {
    /// Whether it does what the definition says; the order of event types does not matter.
    #[must_use]
    pub fn does(&self, definition: &RemoteDefinition) -> bool {
        let mut has: Vec<&str> = self.events.iter().map(String::as_str).collect();
        let mut wants: Vec<&str> = definition.events.iter().map(EventType::as_str).collect();
        has.sort_unstable();
        wants.sort_unstable();
        has == wants && same_url(&self.url, &definition.url)
    }
}

fn same_url(left: &str, right: &str) -> bool {
    left == right || matches!((parse_target_url(left), parse_target_url(right)), (Ok(l), Ok(r)) if l == r)
}

/// What a subscription comes to rest as when nothing of it is left at the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// Disabled: the definition is kept here.
    Off,
    /// Deleted.
    Deleted,
}

/// How far a new webhook has got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Putting {
    /// The program stopped while it was sent: look whether it was made.
    Look,
    /// Send it.
    Send,
    /// It was made: wait until the platform lists it.
    Confirm {
        /// The platform's id of it.
        new: String,
    },
    /// It is listed: delete the one it replaces.
    Finish {
        /// The platform's id of it.
        new: String,
    },
    /// Something failed: see what there is at the platform.
    Undo {
        /// The platform's id of it, where that is known.
        new: Option<String>,
    },
    /// Delete the new one again.
    UndoDelete {
        /// The platform's id of it.
        new: String,
    },
}

/// Where a remote subscription stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RemoteState {
    /// Nothing of it is at the platform.
    Resting {
        /// As what it rests.
        rest: Rest,
    },
    /// It is at the platform.
    On {
        /// The platform's id of it.
        webhook: String,
    },
    /// It is being created.
    Creating {
        /// The idempotency key.
        key: String,
        /// The webhooks that were there before.
        before: Vec<String>,
        /// How far it has got.
        putting: Putting,
        /// What it goes back to.
        back: Rest,
    },
    /// It is being edited: a new webhook takes the place of the old one.
    Replacing {
        /// The webhook that is replaced.
        old: String,
        /// What the new one does.
        next: Box<RemoteDefinition>,
        /// The idempotency key.
        key: String,
        /// The webhooks that were there before.
        before: Vec<String>,
        /// How far it has got.
        putting: Putting,
    },
    /// It is being removed from the platform.
    Removing {
        /// The webhook.
        webhook: String,
        /// The idempotency key.
        key: String,
        /// What it becomes.
        then: Rest,
    },
}

/// A remote subscription as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteSubscription {
    /// Names it.
    pub id: SubscriptionId,
    /// The brand at whose platform it runs.
    pub brand: BrandId,
    /// What it does.
    pub definition: RemoteDefinition,
    /// Where it stands.
    pub state: RemoteState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemoteRequest<'a> {
    /// List the webhooks.
    List,
    /// Create one that does what the definition in the state says, under this idempotency key.
    Create {
        /// The key.
        key: &'a str,
    },
    /// Delete this one, under this idempotency key.
    Delete {
        /// The platform's id of it.
        webhook: &'a str,
        /// The key.
        key: &'a str,
    },
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The list.
    Listed(Vec<Listed>),
    /// The id of the new one.
    Created(String),
    /// It is gone, or was gone already.
    Deleted,
    /// The platform said no: nothing was done.
    Refused,
    /// Whether anything was done is not known.
    Unknown,
}

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// There is a next request.
    Go,
    /// It waits until the platform answers again.
    Wait,
    /// It has come to rest as it was wanted.
    Done,
    /// It has come to rest as it was before.
    Undone,
}

impl RemoteState {
    /// Whether a change is under way.
    #[must_use]
    pub fn is_changing(&self) -> bool {
        match self {
            Self::Resting { .. } | Self::On { .. } => false,
            Self::Creating { .. } | Self::Replacing { .. } | Self::Removing { .. } => true,
        }
    }

    /// The webhook at the platform that is surely its own.
    #[must_use]
    pub fn webhook(&self) -> Option<&str> {
        match self {
            Self::On { webhook } | Self::Removing { webhook, .. } => Some(webhook),
            Self::Replacing { old, .. } => Some(old),
            Self::Resting { .. } | Self::Creating { .. } => None,
        }
    }

    /// The next request, if a change is under way.
    #[must_use]
    pub fn wants(&self) -> Option<RemoteRequest<'_>> {
        let (putting, key, old) = match self {
            Self::Resting { .. } | Self::On { .. } => return None,
            Self::Removing { webhook, key, .. } => return Some(RemoteRequest::Delete { webhook, key }),
            Self::Creating { putting, key, .. } => (putting, key, None),
            Self::Replacing { putting, key, old, .. } => (putting, key, Some(old)),
        };
        Some(match putting {
            Putting::Look | Putting::Confirm { .. } | Putting::Undo { .. } => RemoteRequest::List,
            Putting::Send => RemoteRequest::Create { key },
            Putting::Finish { new } => RemoteRequest::Delete { webhook: old.unwrap_or(new), key },
            Putting::UndoDelete { new } => RemoteRequest::Delete { webhook: new, key },
        })
    }

    /// The state of a program that was stopped, as the next one takes it up: what was being sent
    /// may have been made.
    #[must_use]
    pub fn resumed(mut self) -> Self {
        if let Self::Creating { putting, .. } | Self::Replacing { putting, .. } = &mut self
            && *putting == Putting::Send
        {
            *putting = Putting::Look;
        }
        self
    }
}

impl RemoteSubscription {
    /// What the webhook that is being made does.
    #[must_use]
    pub fn wanted(&self) -> &RemoteDefinition {
        match &self.state {
            RemoteState::Replacing { next, .. } => next,
            RemoteState::Resting { .. }
            | RemoteState::On { .. }
            | RemoteState::Creating { .. }
            | RemoteState::Removing { .. } => &self.definition,
        }
    }

    /// Goes on with what came of the request that [`RemoteState::wants`] named.
    #[must_use]
    pub fn heard(mut self, heard: Heard) -> (Self, Turn) {
        let wanted = self.wanted().clone();
        let state = std::mem::replace(&mut self.state, RemoteState::Resting { rest: Rest::Off });
        let turn;
        (self.state, turn) = match state {
            RemoteState::Removing { webhook, key, then } => match heard {
                Heard::Deleted => (RemoteState::Resting { rest: then }, Turn::Done),
                Heard::Refused => (RemoteState::On { webhook }, Turn::Undone),
                Heard::Unknown | Heard::Listed(_) | Heard::Created(_) => {
                    (RemoteState::Removing { webhook, key, then }, Turn::Wait)
                }
            },
            RemoteState::Creating { key, before, putting, back } => {
                match put(putting, heard, &before, &wanted, None) {
                    Put::At(putting, turn) => (RemoteState::Creating { key, before, putting, back }, turn),
                    Put::There(webhook) => (RemoteState::On { webhook }, Turn::Done),
                    Put::NotThere => (RemoteState::Resting { rest: back }, Turn::Undone),
                }
            }
            RemoteState::Replacing { old, next, key, before, putting } => {
                match put(putting, heard, &before, &wanted, Some(&old)) {
                    Put::At(putting, turn) => {
                        (RemoteState::Replacing { old, next, key, before, putting }, turn)
                    }
                    Put::There(webhook) => {
                        self.definition = *next;
                        (RemoteState::On { webhook }, Turn::Done)
                    }
                    Put::NotThere => (RemoteState::On { webhook: old }, Turn::Undone),
                }
            }
            resting @ (RemoteState::Resting { .. } | RemoteState::On { .. }) => (resting, Turn::Done),
        };
        (self, turn)
    }
}

/// Where the new webhook is.
enum Put {
    At(Putting, Turn),
    There(String),
    NotThere,
}

fn put(at: Putting, heard: Heard, before: &[String], wanted: &RemoteDefinition, old: Option<&String>) -> Put {
    let found = |listed: &[Listed], new: Option<&String>| {
        let ours = |w: &&Listed| match new {
            Some(new) => w.id == *new,
            None => !before.contains(&w.id) && w.does(wanted),
        };
        listed.iter().find(ours).map(|w| w.id.clone())
    };
    let go = |putting| Put::At(putting, Turn::Go);
    let made = |new: String| if old.is_some() { go(Putting::Finish { new }) } else { Put::There(new) };
    match (at, heard) {
        (Putting::Look, Heard::Listed(listed)) => match found(&listed, None) {
            Some(new) => made(new),
            None => go(Putting::Send),
        },
        (Putting::Send, Heard::Created(new)) if old.is_some() => go(Putting::Confirm { new }),
        (Putting::Send, Heard::Created(new)) => Put::There(new),
        (Putting::Send, Heard::Refused) => Put::NotThere,
        (Putting::Send, Heard::Unknown | Heard::Deleted | Heard::Listed(_)) => {
            go(Putting::Undo { new: None })
        }
        (Putting::Confirm { new }, Heard::Listed(listed)) => match found(&listed, Some(&new)) {
            Some(new) => made(new),
            None => go(Putting::Undo { new: Some(new) }),
        },
        (Putting::Finish { new }, Heard::Deleted) => Put::There(new),
        (
            Putting::Confirm { new } | Putting::Finish { new },
            Heard::Refused | Heard::Unknown | Heard::Created(_) | Heard::Listed(_) | Heard::Deleted,
        ) => go(Putting::Undo { new: Some(new) }),
        (Putting::Undo { new }, Heard::Listed(listed)) => {
            let new = found(&listed, new.as_ref());
            let old_is_there = old.is_none_or(|old| listed.iter().any(|w| w.id == *old));
            match new {
                // The old one is gone after all: the new one is all there is, and what was wanted.
                Some(new) if !old_is_there => Put::There(new),
                Some(new) => go(Putting::UndoDelete { new }),
                None => Put::NotThere,
            }
        }
        (Putting::UndoDelete { .. }, Heard::Deleted) => Put::NotThere,
        (Putting::UndoDelete { new }, _) => Put::At(Putting::Undo { new: Some(new) }, Turn::Wait),
        (waiting @ (Putting::Look | Putting::Undo { .. }), _) => Put::At(waiting, Turn::Wait),
    }
}

#[cfg(test)]
#[path = "remote_tests.rs"]
mod tests;
