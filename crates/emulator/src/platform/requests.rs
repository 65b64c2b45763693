//! What an emulated platform answers: its event types, its webhooks, its delivery log, each in the
//! dialect of its profile.

use bytes::Bytes;
use hookbench_ambient::random_low;
use hookbench_domain::{
    Definition, Pattern, PolicySpec, Subscription, SubscriptionId, Timestamp, TokenBucket, parse_target_url,
};
use hookbench_platform::{ApiDialect, field_of, set_field};
use hookbench_signature::{Scheme, Secret};
use hookbench_store::{DeliveryFilter, SealedSecret, Secrets, StoreError};
use serde_json::{Map, Value, json};
use url::Host;

use super::faults::Op;
use super::{Shared, lock};

/// How many items a page has.
const PAGE_ITEMS: usize = 50;
const MAX_WEBHOOKS: usize = 100;
/// How many idempotency keys are remembered.
const MAX_REMEMBERED: usize = 10_000;
const LOOPING: &str = "again";

/// A request, read.
pub(super) struct Asked<'a> {
    pub(super) authorization: &'a str,
    pub(super) idempotency_key: &'a str,
    pub(super) query: &'a str,
    pub(super) body: &'a Bytes,
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) retry_after: Option<u64>,
}

/// What was answered to the first request under an idempotency key.
pub(crate) struct Answered {
    body: Bytes,
    said: Said,
}

/// How many requests may come: ten seconds' worth at once.
pub(crate) struct Limit {
    per_second: f64,
    bucket: TokenBucket,
}

impl Limit {
    pub(crate) fn new(per_second: u32, now: Timestamp) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self { per_second, bucket: TokenBucket::full(per_second * 10.0, now) }
    }

    /// Takes one; `false` when there is none.
    fn take(&mut self, now: Timestamp) -> bool {
        self.bucket.refill(self.per_second, self.per_second * 10.0, now);
        self.bucket.take()
    }
}

/// What a method and a path ask for, and the id in the path.
pub(super) fn route(dialect: &ApiDialect, method: &str, path: &str) -> Option<(Op, String)> {
    let routes = &dialect.routes;
    let known = [
        (Op::EventTypes, Some(&routes.event_types)),
        (Op::List, Some(&routes.list)),
        (Op::Create, Some(&routes.create)),
        (Op::Delete, Some(&routes.delete)),
        (Op::Log, routes.log.as_ref()),
    ];
    known.into_iter().find_map(|(op, route)| {
        let route = route.filter(|r| r.method == method)?;
        match route.path.split_once("{id}") {
            None => (route.path == path).then(|| (op, String::new())),
            Some((before, after)) => {
                let id = path.strip_prefix(before)?.strip_suffix(after)?;
                (!id.is_empty() && !id.contains('/')).then(|| (op, id.to_owned()))
            }
        }
    })
}

/// The webhook that is changed by hand: `PUT` where the dialect deletes it. No platform's API has that.
pub(super) fn route_by_hand(dialect: &ApiDialect, method: &str, path: &str) -> Option<String> {
    let (before, after) = dialect.routes.delete.path.split_once("{id}")?;
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (method == "PUT" && !id.is_empty() && !id.contains('/')).then(|| id.to_owned())
}

/// Answers. `looping`: lists go round in a circle.
pub(super) async fn answer(
    shared: &Shared,
    routed: Option<(Op, String)>,
    asked: &Asked<'_>,
    looping: bool,
) -> Said {
    if asked.authorization != shared.dialect.auth.value.replace("{key}", &shared.key) {
        return Said::no(401, "the API key is not valid");
    }
    if !lock(&shared.limit).take(shared.clock.now()) {
        return Said { retry_after: Some(1), ..Said::no(429, "too many requests") };
    }
    let Some((op, id)) = routed else { return Said::no(404, "there is no such route") };
    let remembered = op == Op::Create && !asked.idempotency_key.is_empty();
    if remembered && let Some(first) = lock(&shared.answered).get(asked.idempotency_key) {
        let same = first.body == *asked.body;
        return if same { first.said.clone() } else { Said::no(409, "the idempotency key was used before") };
    }
    let said = match op {
        Op::EventTypes => Ok(page(shared, event_types(shared), asked, looping)),
        Op::List => Ok(page(shared, webhooks(shared), asked, looping)),
        Op::Log => log(shared, asked, looping).await,
        Op::Create => create(shared, asked).await,
        Op::Delete => delete(shared, &id).await,
    };
    let said = said.unwrap_or_else(|error| Said::no(503, &error.to_string()));
    if remembered && said.status < 500 {
        let answered = Answered { body: asked.body.clone(), said: said.clone() };
        let mut remembered = lock(&shared.answered);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(asked.idempotency_key.to_owned(), answered);
    }
    said
}

fn ok(status: u16, body: Value) -> Said {
    Said { status, body, retry_after: None }
}

fn event_types(shared: &Shared) -> Vec<Value> {
    let f = &shared.dialect.fields.event_type;
    let mut names: Vec<&str> = shared.profile.catalogue.iter().map(|k| k.name.as_str()).collect();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| shared.profile.event(name))
        .map(|kind| {
            let mut item = Map::new();
            set_field(&mut item, &f.name, kind.name.as_str().into());
            set_field(&mut item, &f.meaning, kind.meaning.as_str().into());
            set_field(&mut item, &f.schema, kind.schema.clone());
            Value::Object(item)
        })
        .collect()
}

fn webhooks(shared: &Shared) -> Vec<Value> {
    let registry = shared.store.registry().borrow().clone();
    registry.iter().map(|r| webhook(shared, &r.subscription)).collect()
}

/// A webhook as it is listed; its secret is never told.
fn webhook(shared: &Shared, subscription: &Subscription) -> Value {
    let (f, d) = (&shared.dialect.fields.webhook, &subscription.definition);
    let mut item = Map::new();
    set_field(&mut item, &f.id, hook_id(subscription.id).into());
    set_field(&mut item, &f.url, d.url.as_str().into());
    let events: Vec<String> = d.events.iter().map(ToString::to_string).collect();
    set_field(&mut item, &f.events, events.into());
    set_field(&mut item, "createdAt", subscription.created_at.to_string().into());
    Value::Object(item)
}

fn hook_id(id: SubscriptionId) -> String {
    format!("wh_{}", id.ulid())
}

fn subscription_id(hook: &str) -> Option<SubscriptionId> {
    format!("sub_{}", hook.strip_prefix("wh_")?).parse().ok()
}

/// One page of a list, wrapped as the dialect says.
fn page(shared: &Shared, items: Vec<Value>, asked: &Asked<'_>, looping: bool) -> Said {
    let paging = &shared.dialect.paging;
    let (start, next) = if let Some(cursor) = &paging.cursor {
        let start = query(asked.query, &cursor.query).and_then(|c| c.parse().ok()).unwrap_or(0);
        let after: usize = start + PAGE_ITEMS;
        (start, (after < items.len()).then(|| after.to_string()))
    } else if let Some(numbers) = &paging.page {
        let first = usize::try_from(numbers.first).unwrap_or(0);
        let number: usize = query(asked.query, &numbers.query).and_then(|n| n.parse().ok()).unwrap_or(first);
        (if looping { 0 } else { number.saturating_sub(first) * PAGE_ITEMS }, None)
    } else {
        return wrap(shared, items, None);
    };
    let next = if looping { Some(LOOPING.to_owned()) } else { next };
    wrap(shared, items.into_iter().skip(start).take(PAGE_ITEMS).collect(), next)
}

fn wrap(shared: &Shared, items: Vec<Value>, next: Option<String>) -> Said {
    let paging = &shared.dialect.paging;
    let Some(name) = &paging.items else { return ok(200, Value::Array(items)) };
    let mut body = Map::new();
    set_field(&mut body, name, Value::Array(items));
    if let Some(cursor) = &paging.cursor {
        set_field(&mut body, &cursor.next, next.map_or(Value::Null, Value::String));
    }
    ok(200, Value::Object(body))
}

fn query(text: &str, name: &str) -> Option<String> {
    url::form_urlencoded::parse(text.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

async fn create(shared: &Shared, asked: &Asked<'_>) -> Result<Said, StoreError> {
    let (definition, secret) = match read(shared, asked.body) {
        Ok(read) => read,
        Err(why) => return Ok(Said::no(422, &why)),
    };
    if shared.store.registry().borrow().iter().count() >= MAX_WEBHOOKS {
        return Ok(Said::no(409, "there are 100 webhooks already"));
    }
    let now = shared.clock.now();
    let id = SubscriptionId::new(now, random_low());
    let mut sealed = Vec::new();
    if let Some(secret) = secret {
        lock(&shared.secrets.0).insert(id.to_string(), secret);
        // Where it is, not what it is.
        sealed.push(SealedSecret { sealed: vec![0], valid_until: None });
    }
    shared.store.create_subscription(id, definition, sealed, now).await?;
    let registry = shared.store.registry().borrow().clone();
    let made = registry.get(id).map(|r| webhook(shared, &r.subscription));
    Ok(ok(201, made.unwrap_or_else(|| json!({ "id": hook_id(id) }))))
}

/// Changes where a webhook goes and what it sends, as somebody on the platform's own page would. The
/// webhook keeps its id and its secret.
pub(super) async fn by_hand(shared: &Shared, hook: &str, asked: &Asked<'_>) -> Said {
    if asked.authorization != shared.dialect.auth.value.replace("{key}", &shared.key) {
        return Said::no(401, "the API key is not valid");
    }
    let registry = shared.store.registry().borrow().clone();
    let Some(kept) = subscription_id(hook).and_then(|id| registry.get(id)) else {
        return Said::no(404, "there is no such webhook");
    };
    let (url, events) = match parsed(asked.body).and_then(|body| aim(shared, &body)) {
        Ok(aim) => aim,
        Err(why) => return Said::no(422, &why),
    };
    let mut subscription = kept.subscription.clone();
    (subscription.definition.url, subscription.definition.events) = (url, events);
    let definition = subscription.definition.clone();
    let changed = shared
        .store
        .update_subscription(
            subscription.id,
            subscription.revision,
            definition,
            Secrets::Keep,
            shared.clock.now(),
        )
        .await;
    match changed {
        Ok(()) => ok(200, webhook(shared, &subscription)),
        Err(error) => Said::no(503, &error.to_string()),
    }
}

fn parsed(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))
}

/// Where a body's webhook goes and what it sends, or why it cannot.
fn aim(shared: &Shared, body: &Value) -> Result<(String, Vec<Pattern>), String> {
    let (profile, f) = (shared.profile, &shared.dialect.fields.webhook);
    let url =
        field_of(body, &f.url).and_then(Value::as_str).ok_or_else(|| format!("`{}` is missing", f.url))?;
    let parsed = parse_target_url(url).map_err(|error| error.to_string())?;
    let loopback = match parsed.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    if !loopback {
        return Err(
            "an emulated platform sends to this machine only, such as http://127.0.0.1:4401/".to_owned()
        );
    }
    let names = field_of(body, &f.events).and_then(Value::as_array).filter(|names| !names.is_empty());
    let names = names.ok_or_else(|| format!("`{}` names at least one event type", f.events))?;
    let mut events = Vec::with_capacity(names.len());
    for name in names {
        let known = name.as_str().and_then(|name| profile.event(name));
        let kind = known.ok_or_else(|| format!("there is no event type {name}"))?;
        events.push(Pattern::Exact(kind.name.clone()));
    }
    Ok((url.to_owned(), events))
}

/// What a body asks for, or why it cannot be.
fn read(shared: &Shared, body: &[u8]) -> Result<(Definition, Option<Secret>), String> {
    let (profile, f) = (shared.profile, &shared.dialect.fields.webhook);
    let body = parsed(body)?;
    let (url, events) = aim(shared, &body)?;
    let scheme: Scheme = profile.signature.scheme.parse().unwrap_or(Scheme::None);
    let secret = match field_of(&body, &f.secret).and_then(Value::as_str) {
        Some(text) => {
            let secret = Secret::new(text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
            secret.check_for(scheme).map_err(|error| error.to_string())?;
            Some(secret)
        }
        None if profile.signature.required => return Err(format!("`{}` is missing", f.secret)),
        None => None,
    };
    let definition = Definition {
        platform: profile.name.clone(),
        scheme: scheme.as_str().to_owned(),
        policy_spec: PolicySpec { preset: Some(profile.name.clone()), ..PolicySpec::default() },
        // A platform does not storm its customers: receivers limit their connections.
        concurrency: Some(16),
        ..Definition::new(url, events, profile.policy.clone())
    };
    Ok((definition, secret))
}

async fn delete(shared: &Shared, hook: &str) -> Result<Said, StoreError> {
    let missing = || Said::no(404, "there is no such webhook");
    let Some(id) = subscription_id(hook) else { return Ok(missing()) };
    match shared.store.delete_subscription(id, None, shared.clock.now()).await {
        Ok(_) => {
            lock(&shared.secrets.0).remove(&id.to_string());
            Ok(ok(204, Value::Null))
        }
        Err(StoreError::NotFound { .. }) => Ok(missing()),
        Err(error) => Err(error),
    }
}

/// The delivery log, newest first: one entry for each delivery, as its last attempt went.
async fn log(shared: &Shared, asked: &Asked<'_>, looping: bool) -> Result<Said, StoreError> {
    let paging = &shared.dialect.paging;
    let cursor = paging.cursor.as_ref().and_then(|c| query(asked.query, &c.query));
    let first = paging.page.as_ref().map(|p| p.first.to_string());
    let later =
        paging.page.as_ref().and_then(|p| query(asked.query, &p.query)).filter(|n| Some(n) != first.as_ref());
    if later.is_some() && !looping {
        return Ok(wrap(shared, Vec::new(), None));
    }
    let filter = DeliveryFilter {
        limit: u32::try_from(PAGE_ITEMS).unwrap_or(50),
        cursor: cursor.filter(|c| c != LOOPING),
        ..DeliveryFilter::default()
    };
    let listed = match shared.store.deliveries(&filter).await {
        Err(StoreError::Cursor(_)) => return Ok(Said::no(422, "the cursor is not one of this log")),
        listed => listed?,
    };
    let f = &shared.dialect.fields.delivery;
    let mut items = Vec::with_capacity(listed.items.len());
    for delivery in &listed.items {
        let attempts = shared.store.attempts(delivery.id).await?;
        let mut item = Map::new();
        set_field(&mut item, &f.id, delivery.id.to_string().into());
        set_field(&mut item, &f.webhook, hook_id(delivery.subscription).into());
        set_field(&mut item, &f.event, delivery.event.as_str().into());
        set_field(&mut item, &f.event_type, delivery.event_type.as_str().into());
        if let Some((_, last)) = attempts.last() {
            let response = last.response.as_ref();
            set_field(&mut item, &f.at, last.started_at.to_string().into());
            set_field(&mut item, &f.status, response.map(|r| r.status).into());
            let us = u32::try_from(last.timings.total_us).unwrap_or(u32::MAX);
            set_field(&mut item, &f.latency_ms, (f64::from(us) / 1000.0).into());
            let body = response.map(|r| String::from_utf8_lossy(&r.body).into_owned());
            set_field(&mut item, &f.response, body.into());
        }
        items.push(Value::Object(item));
    }
    let next = if looping { Some(LOOPING.to_owned()) } else { listed.next_cursor };
    Ok(wrap(shared, items, next))
}
