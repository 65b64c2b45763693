//! What a subscription would send for an event, before anything is saved or sent.

use std::sync::Arc;

use hookbench_ambient::Stopwatch;
use hookbench_dispatcher::wire::{AddressRules, check_address};
use hookbench_dispatcher::{Unseal, Unsealing, Unsendable, rehearse};
use hookbench_domain::{
    Definition, Health, Kind, Scope, SourceId, StoredEvent, Subscription, SubscriptionId, Timestamp,
    parse_target_url, read_value,
};
use hookbench_filter::{Facts, Filter};
use hookbench_signature::Secret;
use hookbench_store::{Registered, SealedSecret};
use hookbench_template::{EventInput, PostbackUrl, Template};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;
use url::Host;

use crate::deliveries::views::RequestView;
use crate::handles::Subscriptions;
use crate::lengthy::LIMIT;
use crate::subscriptions::{Drafted, SubscriptionInput};
use crate::{Workbench, WorkbenchError};

/// How many of the latest events are looked through for one that the subscription wants, if that
/// takes no longer than three seconds.
const LOOK_BACK: u32 = 500;
/// How many are read at a time at most.
const PIECE: u32 = 50;

/// What is to be previewed: what [`SubscriptionInput`] says, over the subscription of an id if one
/// is given, for the event of an id, or the last one that it wants.
#[derive(Debug, Default)]
pub struct PreviewInput {
    /// The subscription that is kept.
    pub subscription: Option<SubscriptionId>,
    /// The event's id.
    pub event: Option<String>,
    /// The source that the event came in through, where several events have the id.
    pub source: Option<SourceId>,
    /// What is, or is to be changed, in the subscription.
    pub change: SubscriptionInput,
}

impl<'de> Deserialize<'de> for PreviewInput {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut map = serde_json::Map::deserialize(d)?;
        fn take<T: de::DeserializeOwned, E: de::Error>(
            map: &mut serde_json::Map<String, Value>,
            key: &str,
        ) -> Result<Option<T>, E> {
            let read = |value: Value| read_value(&value).map_err(|error| E::custom(error.within(key)));
            map.remove(key).filter(|value| !value.is_null()).map(read).transpose()
        }
        Ok(Self {
            subscription: take(&mut map, "subscription")?,
            event: take(&mut map, "event")?,
            source: take(&mut map, "source")?,
            change: read_value(&Value::Object(map)).map_err(de::Error::custom)?,
        })
    }
}

/// Something that is in the way of sending, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PreviewProblem {
    /// The field of the subscription.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The line of a template, counted from 1.
    pub line: Option<usize>,
    /// The column, counted from 1.
    pub column: Option<usize>,
}

/// The event that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PreviewEvent {
    /// Its id.
    pub id: String,
    /// Its type.
    pub event: String,
    /// When it happened.
    pub created_at: Timestamp,
    /// `given`, `latest` of those that are kept, or a `sample` of the catalogue.
    pub origin: &'static str,
}

/// A field that a template or macro can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PreviewField {
    /// How it is named.
    pub path: String,
    /// Its value in this event; cut after 80 characters.
    pub value: String,
}

/// What would be sent.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Preview {
    /// The request; null where a problem leaves none.
    pub request: Option<RequestView>,
    /// Whether it carries a signature of ours.
    pub signed: bool,
    /// What it was made for; null where there is neither an event nor a sample.
    pub event: Option<PreviewEvent>,
    /// What a template or macro can name in it.
    pub fields: Vec<PreviewField>,
    /// What is in the way; empty where it can be sent.
    pub problems: Vec<PreviewProblem>,
    /// What is allowed but may not be meant.
    pub warnings: Vec<String>,
}

/// The secret of a subscription that is not saved yet.
struct Given;

impl Unseal for Given {
    fn unseal<'a>(&'a self, _owner: &'a str, sealed: &'a [u8]) -> Unsealing<'a> {
        let secret = Secret::new(sealed.to_vec()).map_err(|error| error.to_string());
        Box::pin(std::future::ready(secret))
    }
}

impl From<Unsendable> for PreviewProblem {
    fn from(why: Unsendable) -> Self {
        let place = |n: usize| Some(n).filter(|n| *n > 0);
        Self {
            field: why.field.to_owned(),
            line: place(why.line),
            column: place(why.column),
            message: why.why,
        }
    }
}

/// An event with the brand it belongs to.
struct Taken {
    event: StoredEvent,
    brand: Option<String>,
    origin: &'static str,
}

impl Workbench {
    /// The subscription as it would be kept.
    fn unsaved(&self, known: Option<&Registered>, drafted: &Drafted) -> Registered {
        let now = self.clock.now();
        let plain = |secret: &Secret| SealedSecret { sealed: secret.expose().to_vec(), valid_until: None };
        let secrets = match (&drafted.secret, known) {
            (Some(given), _) => given.iter().map(plain).collect(),
            (None, Some(known)) => known.secrets.clone(),
            (None, None) => Vec::new(),
        };
        let subscription = Subscription {
            id: known.map_or_else(|| self.new_subscription_id(), |k| k.subscription.id),
            definition: drafted.definition.clone(),
            has_secret: !secrets.is_empty(),
            disabled_because: None,
            paused_since: None,
            health: Health::default(),
            revision: 0,
            created_at: now,
            updated_at: now,
        };
        Registered::unsaved(subscription, secrets)
    }

    /// The event of the id, else the latest that the subscription wants, else a sample.
    async fn event_to_preview(
        &self,
        definition: &Definition,
        id: Option<&str>,
        source: Option<SourceId>,
    ) -> Result<Option<Taken>, WorkbenchError> {
        let registry = self.store.registry().borrow().clone();
        if let Some(id) = id {
            let scope = source.map(Scope::Source);
            let scope = scope.or_else(|| definition.brand.clone().map(Scope::Brand));
            let found = match self.store.event(id, scope.as_ref()).await {
                Err(hookbench_store::StoreError::NotFound { .. }) if source.is_none() => {
                    self.store.event(id, None).await?
                }
                found => found?,
            };
            let brand = registry.brand_of(&found.1.scope).map(str::to_owned);
            return Ok(Some(Taken { event: found.1, brand, origin: "given" }));
        }
        let filter = definition.filter.as_deref().map(crate::subscriptions::filters::compile).transpose()?;
        let (filter, started) = (filter.map(Arc::new), Stopwatch::start());
        let (mut before, mut left) = (i64::MAX, LOOK_BACK);
        while left > 0 {
            let events = self.store.latest_events(before, left.min(PIECE)).await?;
            let Some((seq, ..)) = events.last() else { break };
            before = *seq;
            left = left.saturating_sub(u32::try_from(events.len()).unwrap_or(u32::MAX));
            let (filter, definition) = (filter.clone(), definition.clone());
            let (limit, read) = (LIMIT.saturating_sub(started.elapsed()), events.len());
            let looking = self.lengthy.run(limit, move |stop| {
                let wanted = |(_, event, brand): &(i64, StoredEvent, Option<String>)| {
                    let passes = |filter: &Arc<Filter>| {
                        let facts = Facts::of(event.event_type.as_str(), brand.as_deref(), &event.body);
                        filter.decide(&facts).matches()
                    };
                    definition.wants(&event.event_type, brand.as_deref())
                        && filter.as_ref().is_none_or(passes)
                };
                let mut looked_at = 0;
                let mut events = events.into_iter().take_while(|_| !stop()).inspect(|_| looked_at += 1);
                let found = events.find(wanted);
                (found, looked_at)
            });
            let (found, looked_at) = looking.await?;
            if let Some((_, event, brand)) = found {
                return Ok(Some(Taken { event, brand, origin: "latest" }));
            }
            if looked_at < read {
                break;
            }
        }
        let sample = self.samples(definition).into_iter().next();
        Ok(sample.map(|event| Taken { brand: definition.brand.clone(), event, origin: "sample" }))
    }
}

impl Subscriptions {
    /// What a subscription would send for an event: the request with every header, the signature
    /// included, or what is in the way, by field. Nothing is saved or sent.
    ///
    /// # Errors
    /// [`WorkbenchError`] when an id names nothing, or the store cannot be read.
    pub async fn preview(&self, input: PreviewInput) -> Result<Preview, WorkbenchError> {
        let known = match input.subscription {
            Some(id) if self.0.is_remote(id) => {
                let why = format!("{id} runs at the platform, which decides what it sends");
                return Err(WorkbenchError::State(why));
            }
            Some(id) => Some(self.0.registered(id)?),
            None => None,
        };
        let template = input.change.template.clone().flatten();
        let content_type = input.change.content_type.clone().flatten();
        let mut drafted = match self.0.draft(known.as_deref(), input.change).await {
            Ok(drafted) => drafted,
            Err(error) => {
                let mut problems = vec![problem_of(error)?];
                // The template is looked at whatever else is wrong.
                if let Some(Err(error)) =
                    template.map(|text| Template::compile(&text, content_type.as_deref()))
                {
                    problems.retain(|problem| problem.field != "template");
                    problems.push(PreviewProblem {
                        field: "template".to_owned(),
                        line: Some(error.line).filter(|n| *n > 0),
                        column: Some(error.column).filter(|n| *n > 0),
                        message: error.to_string(),
                    });
                }
                let (event, fields) = (None, Vec::new());
                return Ok(Preview {
                    request: None,
                    signed: false,
                    event,
                    fields,
                    problems,
                    warnings: Vec::new(),
                });
            }
        };
        if let Some(known) = &known {
            drafted.definition = self.0.filled(known, drafted.definition).await?;
        }
        let taken =
            self.0.event_to_preview(&drafted.definition, input.event.as_deref(), input.source).await?;
        let mut warnings = drafted.warnings.clone();
        warnings.extend(self.0.sample_warnings(&drafted.definition));
        let Some(taken) = taken else {
            let problems = vec![PreviewProblem {
                field: "events".to_owned(),
                message: "no event of these types is kept, and no catalogue has a sample: send one first"
                    .to_owned(),
                line: None,
                column: None,
            }];
            let (event, fields) = (None, Vec::new());
            return Ok(Preview { request: None, signed: false, event, fields, problems, warnings });
        };
        let mut problems: Vec<PreviewProblem> = forbidden_address(&drafted.definition).into_iter().collect();
        let received = self.0.store.received_headers(&taken.event).await?;
        let secret_kept = drafted.secret.is_none() && known.as_ref().is_some_and(|k| !k.secrets.is_empty());
        if secret_kept {
            self.0.unlock_vault().await?;
        }
        let registered = Arc::new(self.0.unsaved(known.as_deref(), &drafted));
        let now = self.0.clock.now();
        let vault: &dyn Unseal = if secret_kept { &*self.0.vault } else { &Given };
        let brand = taken.brand.as_deref();
        let rehearsed = rehearse(&registered, vault, &taken.event, received.as_deref(), brand, now).await;
        let request = match rehearsed {
            Ok(request) => Some(RequestView::new(request, &taken.event)),
            Err(why) => {
                problems.push(why.into());
                None
            }
        };
        let created_at = taken.event.created_at.to_string();
        let fields = EventInput {
            id: taken.event.id.as_str(),
            event: taken.event.event_type.as_str(),
            created_at: &created_at,
            brand,
            body: &taken.event.body,
        }
        .fields();
        Ok(Preview {
            signed: request.is_some()
                && !registered.secrets.is_empty()
                && drafted.definition.scheme != "none",
            request,
            event: Some(PreviewEvent {
                id: taken.event.id.to_string(),
                event: taken.event.event_type.to_string(),
                created_at: taken.event.created_at,
                origin: taken.origin,
            }),
            fields: fields.into_iter().map(|f| PreviewField { path: f.path, value: f.value }).collect(),
            problems,
            warnings,
        })
    }
}

/// An address in the URL that would be refused.
fn forbidden_address(definition: &Definition) -> Option<PreviewProblem> {
    let url = parse_target_url(&definition.url).ok()?;
    let ip = match url.host()? {
        Host::Ipv4(ip) => ip.into(),
        Host::Ipv6(ip) => ip.into(),
        Host::Domain(_) => return None,
    };
    let rules = AddressRules { allow_loopback: true, allow_private: definition.allow_private };
    let refusal = check_address(ip, url.port_or_known_default()?, rules, &[]).err()?;
    let message = format!("{ip} is refused: {refusal}");
    Some(PreviewProblem { field: "url".to_owned(), message, line: None, column: None })
}

/// An error of what was said, as a problem; any other goes on.
fn problem_of(error: WorkbenchError) -> Result<PreviewProblem, WorkbenchError> {
    if error.kind() != crate::ErrorKind::Invalid {
        return Err(error);
    }
    let text = error.to_string();
    let (field, message) = match text.strip_prefix('`').and_then(|rest| rest.split_once("`: ")) {
        Some((field, message)) => (field.to_owned(), message.to_owned()),
        None => (String::new(), text),
    };
    Ok(PreviewProblem { field, message, line: None, column: None })
}

/// Whether a URL has macros that this subscription would not fill.
pub(crate) fn unfilled_macros(definition: &Definition) -> Option<String> {
    let fills = definition.kind == Kind::Postback || !definition.url.contains('{');
    let url = (!fills).then(|| PostbackUrl::parse(&definition.url).ok()).flatten()?;
    let first = (*url.macros().first()?).to_owned();
    Some(format!("`{{{first}}}` in the URL is sent as it stands: macros are filled in postbacks only"))
}
