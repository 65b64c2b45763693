// What the screens and the program say to each other. Written by `cargo xtask types` from the
// Rust types; a test fails when the two differ. Do not edit.

/**
 * What an event is about.
 */
export type About = { 
/**
 * The thing or person, if the payload names one.
 */
subject: string | null, 
/**
 * How much, if the payload says so.
 */
money: Money | null, };

/**
 * An event that is durable now.
 */
export type Accepted = { 
/**
 * Its id.
 */
id: EventId, 
/**
 * Its deliveries.
 */
deliveries: Array<DeliveryId>, 
/**
 * Whether it was kept before, with the same content.
 */
duplicate?: boolean, 
/**
 * What is allowed but may not be meant.
 */
warnings?: Array<string>, };

/**
 * How many alerts were acknowledged.
 */
export type Acknowledged = { 
/**
 * Those that were open before.
 */
acknowledged: number, 
/**
 * Those that are open still.
 */
open: number, };

/**
 * Who has to act.
 */
export type Actor = "you" | "receiver" | "network" | "platform";

/**
 * Names something that somebody should look at.
 */
export type AlertId = string;

/**
 * Which alerts.
 */
export type AlertQuery = { 
/**
 * `open` (the default), `acknowledged` or `all`.
 */
state?: string, 
/**
 * Of this event type.
 */
event_type?: string, 
/**
 * At most so many: 1 to 500, 50 if not said.
 */
limit?: number, 
/**
 * Where the page before ended.
 */
cursor?: string, };

/**
 * An alert.
 */
export type AlertView = { 
/**
 * Its id.
 */
id: AlertId, 
/**
 * When it was raised.
 */
at: Timestamp, 
/**
 * What kind it is: `schema_drift`, or `delivery_loop` for events that come in again and again.
 */
kind: string, 
/**
 * What happened, in a sentence.
 */
summary: string, 
/**
 * The event type it is about.
 */
event_type: string | null, 
/**
 * The event that raised it.
 */
event: string | null, 
/**
 * The brand of that event.
 */
brand: string | null, 
/**
 * The source that event came in through.
 */
source: string | null, 
/**
 * How the event differs from those before it, for `schema_drift`.
 */
drifts: Array<FieldDrift>, 
/**
 * When somebody acknowledged it.
 */
acknowledged_at: Timestamp | null, };

/**
 * Some alerts; all that are open if none is named.
 */
export type Alerts = { ids: Array<AlertId> | null, };

/**
 * Attempts in one stretch of the window.
 */
export type AttemptCountsView = { 
/**
 * Those that got a 2xx.
 */
good: number, 
/**
 * The others.
 */
bad: number, };

/**
 * Names one HTTP try of a delivery.
 */
export type AttemptId = string;

/**
 * Names an attempt of a delivery: the last if no number is given.
 */
export type AttemptOf = { id: DeliveryId, attempt: number | null, };

/**
 * One attempt.
 */
export type AttemptView = { 
/**
 * Its id.
 */
id: AttemptId, 
/**
 * 1 for the first of its delivery.
 */
number: number, 
/**
 * `scheduled` or `manual`.
 */
trigger: Trigger, 
/**
 * When it started.
 */
started_at: Timestamp, 
/**
 * When it ended.
 */
finished_at: Timestamp, 
/**
 * How it ended.
 */
outcome: Outcome, 
/**
 * The status it got.
 */
status: number | null, 
/**
 * What went wrong, in the words of the layer that said so.
 */
error: string | null, 
/**
 * How long its steps took.
 */
timings: TimingsView, 
/**
 * What was sent.
 */
request: RequestView | null, 
/**
 * What came back.
 */
response: ResponseView | null, 
/**
 * The connection it used.
 */
connection: Connection, 
/**
 * Why it failed and what to do; absent on success.
 */
verdict: Verdict | null, };

/**
 * The result.
 */
export type Autopsy = { 
/**
 * Whether the signature verifies as it is.
 */
valid: boolean, 
/**
 * What is wrong.
 */
cause: Cause, 
/**
 * What that means, in a sentence or two.
 */
explanation: string, 
/**
 * What to do.
 */
fix: string, 
/**
 * The scheme it was checked under; absent if none was given or recognised.
 */
scheme: Scheme | null, 
/**
 * Every explanation found, the simplest first.
 */
candidates: Array<Candidate>, 
/**
 * How far the check itself got.
 */
steps: Array<Step>, 
/**
 * Which given secret matches, by its name.
 */
matching_secret?: string, 
/**
 * The first bytes that differ between what was signed and what came.
 */
difference?: Difference, 
/**
 * How many digests were computed.
 */
tried: number, 
/**
 * Whether everything was tried that is looked for; false where the search was ended before: for
 * very large input, or when it took too long.
 */
complete: boolean, };

/**
 * One bar of a histogram.
 */
export type Bar = { 
/**
 * Deliveries made then that are delivered.
 */
delivered: number, 
/**
 * Those that failed.
 */
failed: number, 
/**
 * Those that are neither.
 */
other: number, };

/**
 * What differs in two bodies.
 */
export type BodyDifference = { 
/**
 * Whether they are the same bytes.
 */
same: boolean, 
/**
 * Bytes on the left.
 */
left_bytes: number, 
/**
 * Bytes on the right.
 */
right_bytes: number, 
/**
 * Where they part.
 */
first: FirstDifference | null, 
/**
 * Whether both are JSON, none deeper than 128 levels, so that fields were compared.
 */
json: boolean, 
/**
 * The fields that differ, at most 200. Empty although the bytes differ: only spelling does
 * (spacing, order of fields, escapes).
 */
paths: Array<PathDifference>, 
/**
 * Whether more fields differ than are listed, or may: the bodies are too large to be compared to
 * their end.
 */
more: boolean, };

/**
 * Bytes of a body: as text where they are UTF-8, else as base64.
 */
export type BodyView = { "body": string } | { "body_base64": string };

/**
 * A brand with what was read from its platform.
 */
export type BrandDetail = { 
/**
 * The event types.
 */
event_types: Array<BrandEventType>, 
/**
 * The webhooks that were ever seen.
 */
webhooks: Array<WebhookView>, 
/**
 * Its id.
 */
id: BrandId, 
/**
 * Its name.
 */
name: string, 
/**
 * The platform.
 */
platform: string, 
/**
 * Where the platform's API is.
 */
base_url: string, 
/**
 * Whether an API key is kept.
 */
has_key: boolean, 
/**
 * How many subscriptions run at its platform.
 */
subscriptions: number, 
/**
 * When it was added.
 */
created_at: Timestamp, 
/**
 * When its platform was last read.
 */
synced_at: Timestamp | null, 
/**
 * The platform's name for people.
 */
platform_title: string, 
/**
 * What the platform's payloads call it, where that is known.
 */
payload_id: string | null, 
/**
 * Whether the platform serves a delivery log of its own.
 */
has_log: boolean, 
/**
 * How many webhooks the platform had when it was last read.
 */
webhook_count: number, 
/**
 * How many subscriptions the platform no longer has as they are kept.
 */
drifted: number, 
/**
 * How many changes at the platform are unfinished.
 */
unfinished: number, 
/**
 * Why its platform could not be read the last time, and what to do.
 */
trouble: PlatformReadError | null, 
/**
 * How far a reading of it that this program makes now has got.
 */
syncing: SyncStep | null, };

/**
 * A change of a brand; what is left out stays.
 */
export type BrandEdit = { id: BrandId, change: { name?: string; base_url?: string; payload_id?: string | null; secret?: string }, };

/**
 * An event type as a brand's platform named it.
 */
export type BrandEventType = { 
/**
 * Its dotted name.
 */
name: string, 
/**
 * What it means; empty if the platform does not say.
 */
meaning: string, 
/**
 * The JSON Schema of its data, if the platform serves one.
 */
schema: Record<string, unknown> | null, };

/**
 * Whose deliveries and subscriptions.
 */
export type BrandFilter = { 
/**
 * Of this brand, by any word that it goes by; of all of them if left out.
 */
brand?: string, };

/**
 * What the local API takes for a brand, key for key.
 */
export type BrandForm = { name?: string; platform: string; base_url?: string; payload_id?: string; secret?: string };

/**
 * Names one account on a platform.
 */
export type BrandId = string;

/**
 * How a brand is removed.
 */
export type BrandRemoval = { id: BrandId, 
/**
 * Whether the webhooks of its subscriptions stay at the platform.
 */
leave_webhooks: boolean, };

/**
 * How a platform is read.
 */
export type BrandSync = { id: BrandId, 
/**
 * Whether what differs is set right.
 */
repair: boolean, };

/**
 * A brand, without its key.
 */
export type BrandView = { 
/**
 * Its id.
 */
id: BrandId, 
/**
 * Its name.
 */
name: string, 
/**
 * The platform.
 */
platform: string, 
/**
 * Where the platform's API is.
 */
base_url: string, 
/**
 * Whether an API key is kept.
 */
has_key: boolean, 
/**
 * How many subscriptions run at its platform.
 */
subscriptions: number, 
/**
 * When it was added.
 */
created_at: Timestamp, 
/**
 * When its platform was last read.
 */
synced_at: Timestamp | null, 
/**
 * The platform's name for people.
 */
platform_title: string, 
/**
 * What the platform's payloads call it, where that is known.
 */
payload_id: string | null, 
/**
 * Whether the platform serves a delivery log of its own.
 */
has_log: boolean, 
/**
 * How many webhooks the platform had when it was last read.
 */
webhook_count: number, 
/**
 * How many subscriptions the platform no longer has as they are kept.
 */
drifted: number, 
/**
 * How many changes at the platform are unfinished.
 */
unfinished: number, 
/**
 * Why its platform could not be read the last time, and what to do.
 */
trouble: PlatformReadError | null, 
/**
 * How far a reading of it that this program makes now has got.
 */
syncing: SyncStep | null, };

/**
 * Whether deliveries go out to a host, or wait until it is well again.
 */
export type BreakerView = { 
/**
 * `closed`: deliveries go out. `open`: they wait. `probing`: one is under way to see whether
 * the host is well again, the others wait.
 */
state: string, 
/**
 * Since when they wait; null while it is closed.
 */
since: Timestamp | null, 
/**
 * When the next probe goes; null unless it is open.
 */
next_probe_at: Timestamp | null, };

/**
 * What a cancel by filter did, or would do.
 */
export type BulkCancel = { 
/**
 * How many deliveries the filter names that wait.
 */
matched: number, 
/**
 * How many were cancelled or are about to be; 0 in a dry run.
 */
cancelled: number, 
/**
 * Whether nothing was done.
 */
dry_run: boolean, 
/**
 * The deliveries, at most 500 of them.
 */
deliveries: Array<DeliveryId>, 
/**
 * The operation that cancels them, where they are more than a handful.
 */
operation: OperationView | null, };

/**
 * What a retry by filter did, or would do.
 */
export type BulkRetry = { 
/**
 * How many deliveries the filter names that can be retried.
 */
matched: number, 
/**
 * How many were queued; 0 in a dry run.
 */
retried: number, 
/**
 * Whether nothing was done.
 */
dry_run: boolean, 
/**
 * The deliveries, at most 500 of them.
 */
deliveries: Array<DeliveryId>, 
/**
 * The operation that sends them, where they are more than a handful.
 */
operation: OperationView | null, };

/**
 * A bundle that somebody made, as text.
 */
export type BundleText = { text: string, };

/**
 * A bundle that was opened.
 */
export type BundleView = { 
/**
 * The version of Hookbench that made it.
 */
version: string, 
/**
 * When it was made.
 */
made_at: Timestamp, 
/**
 * What was masked.
 */
masked: Array<string>, 
/**
 * The delivery.
 */
delivery: DeliveryDetail, 
/**
 * The event.
 */
event: EventDetail, 
/**
 * The subscription; null if it was deleted.
 */
subscription: SubscriptionView | null, 
/**
 * The schedule of its policy.
 */
schedule: Omit<ScheduleView, "platform"> | null, 
/**
 * Why it was, or was not, sent.
 */
why: WhyView | null, };

/**
 * Names one thing.
 */
export type ById<T> = { id: T, };

/**
 * A cancel of all that a filter names.
 */
export type CancelMatching = { query: DeliveryQuery, dry_run: boolean, };

/**
 * One explanation.
 */
export type Candidate = { 
/**
 * What it names.
 */
cause: Cause, 
/**
 * How sure it is.
 */
confidence: Confidence, 
/**
 * Every mistake it needs, the one it is named by included.
 */
changes: Array<Cause>, 
/**
 * What exactly, in words.
 */
detail: string, };

/**
 * A case.
 */
export type CaseName = "valid" | "slow" | "raw_bytes" | "no_signature" | "malformed_signature" | "wrong_secret" | "old_secret" | "tampered" | "replayed_signature" | "timestamp_altered" | "stale" | "future" | "not_json" | "wrong_content_type" | "unknown_type" | "duplicate" | "reordered" | "huge" | "burst" | "duplicate_burst" | "get";

/**
 * An event type of a platform.
 */
export type CatalogueEvent = { 
/**
 * Its dotted name.
 */
name: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * What happened, in a plain sentence.
 */
meaning: string, 
/**
 * A body as the platform sends it, compact.
 */
sample: string, 
/**
 * A JSON Schema of its `data`, indented.
 */
schema: string, };

/**
 * Why a signature is not valid. The order is that of the documentation: of two causes
 * that need as many changes, the earlier one is named.
 */
export type Cause = string;

/**
 * What a certificate says of itself.
 */
export type Certificate = { 
/**
 * Whose it is.
 */
subject: string, 
/**
 * Who vouches for it.
 */
issuer: string, 
/**
 * The names and addresses it is made for; the first 20.
 */
names: Array<string>, 
/**
 * When its time begins.
 */
not_before: Timestamp, 
/**
 * When its time ends.
 */
not_after: Timestamp, };

/**
 * What was found in one case.
 */
export type CheckFinding = { 
/**
 * Which case.
 */
check: CaseName, 
/**
 * What was sent, in words.
 */
title: string, 
/**
 * How it went.
 */
opinion: CheckResult, 
/**
 * What was expected.
 */
expected: string, 
/**
 * What came, in words.
 */
seen: string, 
/**
 * Why it matters.
 */
why: string, 
/**
 * What to do; absent where nothing is to be done.
 */
fix: string | null, 
/**
 * Every answer.
 */
answers: Array<Seen>, };

/**
 * What to check.
 */
export type CheckInput = { 
/**
 * The endpoint.
 */
url: string, 
/**
 * How it verifies.
 */
scheme: string, 
/**
 * Its secret.
 */
secret?: string, 
/**
 * The subscription or source whose kept secret it is; instead of `secret`.
 */
secret_of?: string, 
/**
 * The secret before its last rotation.
 */
old_secret?: string, 
/**
 * The host of the URL once more, where it is not this machine: whoever says it may have it
 * checked.
 */
confirm_host?: string, 
/**
 * The type of the events that are sent; `conversion.created` if left out.
 */
event_type?: string, 
/**
 * Whether the endpoint may have a private address.
 */
allow_private?: boolean, };

/**
 * How a case went.
 */
export type CheckResult = "pass" | "warn" | "fail" | "skipped";

/**
 * One rule, then and now.
 */
export type Clause = { 
/**
 * Which rule.
 */
clause: ClauseCode, 
/**
 * When the event came.
 */
then: Said, 
/**
 * Now.
 */
now: Said, };

/**
 * A rule.
 */
export type ClauseCode = "exists" | "runs_here" | "test" | "duplicate" | "event_type" | "brand" | "filter" | "enabled" | "paused" | "breaker" | "limits";

/**
 * What to compare: ids of attempts, deliveries (their last attempt is meant) or events.
 */
export type CompareQuery = { 
/**
 * The left side; the last success of the same subscription before the right one if left out.
 */
left?: string, 
/**
 * The right side.
 */
right: string, };

/**
 * Two sides and what differs.
 */
export type ComparisonView = { 
/**
 * The left side.
 */
left: SideView, 
/**
 * The right side.
 */
right: SideView, 
/**
 * What matters of it, in sentences, the most telling first.
 */
summary: Array<string>, 
/**
 * Facts on both sides: outcome, status, URL, connection, certificate.
 */
facts: Array<FactDifference>, 
/**
 * What was sent; null where a side sent nothing.
 */
request: MessageDifference | null, 
/**
 * What came back; null where a side got no answer.
 */
response: MessageDifference | null, 
/**
 * How long the steps took.
 */
timings: Array<TimingDifference>, };

/**
 * How sure an explanation is.
 */
export type Confidence = "proven" | "likely";

/**
 * What is known of the connection an attempt used.
 */
export type Connection = { 
/**
 * Address and port of the peer.
 */
peer?: string, 
/**
 * Whether it had carried an earlier attempt.
 */
reused: boolean, 
/**
 * `HTTP/1.1` or `HTTP/2`.
 */
http_version?: string, 
/**
 * `TLSv1.2` or `TLSv1.3`; absent without TLS.
 */
tls_version?: string, 
/**
 * SHA-256 of the peer's certificate, lower-case hex; absent without TLS.
 */
certificate_sha256?: string, 
/**
 * What the peer's certificate says of itself; absent without TLS.
 */
certificate?: Certificate, 
/**
 * Whether the certificate was left unchecked, as the subscription says; on this machine only.
 */
unverified?: boolean, };

/**
 * What a deletion did.
 */
export type Deleted = { 
/**
 * How many deliveries that waited were cancelled.
 */
cancelled: number, };

/**
 * One delivery with everything that is known of it.
 */
export type DeliveryDetail = { 
/**
 * What holds it and what releases it, as a sentence; of one that is held.
 */
held_because?: string, 
/**
 * That its bodies were taken away, if they were.
 */
pruned: PrunedView | null, 
/**
 * Its finished attempts, oldest first.
 */
attempts: Array<AttemptView>, 
/**
 * Its id.
 */
id: DeliveryId, 
/**
 * The event's id.
 */
event: string, 
/**
 * The event's type.
 */
event_type: string, 
/**
 * The event's brand.
 */
brand: string | null, 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * The subscription's name.
 */
subscription_name: string, 
/**
 * Where it goes; of a postback with its macros.
 */
url: string, 
/**
 * What its subscription sends: `webhook` or `postback`.
 */
kind: Kind, 
/**
 * Its state.
 */
state: string, 
/**
 * Why there are no more automatic attempts; of failed ones.
 */
failure: string | null, 
/**
 * Why it was never sent; of skipped ones.
 */
reason: string | null, 
/**
 * When the next attempt falls; of pending ones.
 */
next_attempt_at: Timestamp | null, 
/**
 * Why a pending one is not sent for now: `vault`, `interrupted`, `set_aside`.
 */
held?: string, 
/**
 * How many attempts were made or are under way.
 */
attempt_count: number, 
/**
 * How the last finished attempt ended.
 */
outcome: Outcome | null, 
/**
 * The status the last finished attempt got.
 */
status: number | null, 
/**
 * Why it had been skipped, if a person released it since.
 */
was_skipped?: string, 
/**
 * Whether it is a test.
 */
test: boolean, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it was delivered, failed or cancelled.
 */
finished_at: Timestamp | null, };

/**
 * Names one event on its way to one subscription.
 */
export type DeliveryId = string;

/**
 * A delivery as a line of the window's log.
 */
export type DeliveryLine = { 
/**
 * What its event is about.
 */
about: About, 
/**
 * Its id.
 */
id: DeliveryId, 
/**
 * The event's id.
 */
event: string, 
/**
 * The event's type.
 */
event_type: string, 
/**
 * The event's brand.
 */
brand: string | null, 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * The subscription's name.
 */
subscription_name: string, 
/**
 * Where it goes; of a postback with its macros.
 */
url: string, 
/**
 * What its subscription sends: `webhook` or `postback`.
 */
kind: Kind, 
/**
 * Its state.
 */
state: string, 
/**
 * Why there are no more automatic attempts; of failed ones.
 */
failure: string | null, 
/**
 * Why it was never sent; of skipped ones.
 */
reason: string | null, 
/**
 * When the next attempt falls; of pending ones.
 */
next_attempt_at: Timestamp | null, 
/**
 * Why a pending one is not sent for now: `vault`, `interrupted`, `set_aside`.
 */
held?: string, 
/**
 * How many attempts were made or are under way.
 */
attempt_count: number, 
/**
 * How the last finished attempt ended.
 */
outcome: Outcome | null, 
/**
 * The status the last finished attempt got.
 */
status: number | null, 
/**
 * Why it had been skipped, if a person released it since.
 */
was_skipped?: string, 
/**
 * Whether it is a test.
 */
test: boolean, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it was delivered, failed or cancelled.
 */
finished_at: Timestamp | null, };

/**
 * Which deliveries; everything that is set must hold. Where several values make sense, they are
 * separated by commas.
 */
export type DeliveryQuery = { 
/**
 * In one of these states: those of a delivery, and `waiting` and `retrying` for pending ones
 * before and after their first attempt.
 */
state?: string, 
/**
 * Of one of these subscriptions, by id.
 */
subscription?: string, 
/**
 * Of the event of this id.
 */
event?: string, 
/**
 * Of events of one of these types.
 */
event_type?: string, 
/**
 * Of events of this brand, by any word that it goes by: id, name, or what payloads call it.
 */
brand?: string, 
/**
 * Of subscriptions of one of these kinds: `webhook`, `postback`.
 */
kind?: string, 
/**
 * Made at or after: RFC 3339, or an age such as `15m`, `2h`, `3d`.
 */
since?: string, 
/**
 * Made before; written like `since`.
 */
until?: string, 
/**
 * Whose last attempt got one of these statuses or classes: `404`, `5xx`.
 */
status?: string, 
/**
 * Whose last attempt ended in one of these ways.
 */
outcome?: string, 
/**
 * Whose last attempt got any of these answers: statuses, classes and outcomes mixed, such as
 * `401,5xx,timeout`.
 */
answer?: string, 
/**
 * With so many attempts: `3`, `2-6`, `7-`.
 */
attempts?: string, 
/**
 * Whose ids, payload, URL or response bodies contain this.
 */
search?: string, 
/**
 * At most so many: 1 to 500, 50 if not said.
 */
limit?: number, 
/**
 * Where the page before ended.
 */
cursor?: string, };

/**
 * A delivery as a line of the log.
 */
export type DeliveryView = { 
/**
 * Its id.
 */
id: DeliveryId, 
/**
 * The event's id.
 */
event: string, 
/**
 * The event's type.
 */
event_type: string, 
/**
 * The event's brand.
 */
brand: string | null, 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * The subscription's name.
 */
subscription_name: string, 
/**
 * Where it goes; of a postback with its macros.
 */
url: string, 
/**
 * What its subscription sends: `webhook` or `postback`.
 */
kind: Kind, 
/**
 * Its state.
 */
state: string, 
/**
 * Why there are no more automatic attempts; of failed ones.
 */
failure: string | null, 
/**
 * Why it was never sent; of skipped ones.
 */
reason: string | null, 
/**
 * When the next attempt falls; of pending ones.
 */
next_attempt_at: Timestamp | null, 
/**
 * Why a pending one is not sent for now: `vault`, `interrupted`, `set_aside`.
 */
held?: string, 
/**
 * How many attempts were made or are under way.
 */
attempt_count: number, 
/**
 * How the last finished attempt ended.
 */
outcome: Outcome | null, 
/**
 * The status the last finished attempt got.
 */
status: number | null, 
/**
 * Why it had been skipped, if a person released it since.
 */
was_skipped?: string, 
/**
 * Whether it is a test.
 */
test: boolean, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it was delivered, failed or cancelled.
 */
finished_at: Timestamp | null, };

/**
 * Where two bodies part.
 */
export type Difference = { 
/**
 * The first byte that differs, counted from 0.
 */
offset: number, 
/**
 * The bytes from there on in what was signed, at most 16, in hex.
 */
signed: string, 
/**
 * The bytes from there on in what came, at most 16, in hex.
 */
received: string, 
/**
 * The length of what was signed.
 */
signed_bytes: number, 
/**
 * The length of what came.
 */
received_bytes: number, };

/**
 * What the dispatcher does.
 */
export type DispatcherState = "running" | "paused" | "stalled" | "viewing" | "stopped" | "trouble";

/**
 * One thing that was looked at.
 */
export type DoctorCheck = { 
/**
 * What, as a word: `data_dir`, `database`, `vault`, …
 */
name: string, 
/**
 * How it is.
 */
finding: DoctorFinding, 
/**
 * What was found.
 */
found: string, 
/**
 * What to do.
 */
advice: string | null, };

/**
 * How a thing is.
 */
export type DoctorFinding = "ok" | "warning" | "failed";

/**
 * Everything that was looked at.
 */
export type DoctorReport = { 
/**
 * Whether nothing failed.
 */
ok: boolean, 
/**
 * The folder.
 */
data_dir: string, 
/**
 * The version of the program.
 */
version: string, 
/**
 * What was looked at.
 */
checks: Array<DoctorCheck>, };

/**
 * A subscription that the platform no longer has as it is kept here.
 */
export type Drift = { 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * What is different.
 */
problem: DriftProblem, 
/**
 * What the platform has, if anything.
 */
found: Listed | null, 
/**
 * Whether the platform has it again as it is kept.
 */
repaired: boolean, 
/**
 * Why it could not be repaired.
 */
error: string | null, };

/**
 * How an event differs from what its type has looked like.
 */
export type DriftKind = "new_field" | "missing_field" | "kind_changed" | "first_null";

/**
 * What is different.
 */
export type DriftProblem = "removed" | "changed" | "outdated";

/**
 * What a platform has instead of a subscription.
 */
export type DriftView = { 
/**
 * What is different.
 */
problem: DriftProblem, 
/**
 * The URL that the platform sends to instead, if it is another.
 */
url: string | null, 
/**
 * Event types that the platform sends and the subscription does not want.
 */
added: Array<string>, 
/**
 * Event types that the subscription wants and the platform does not send.
 */
missing: Array<string>, };

/**
 * An event that was changed by hand, and where it goes.
 */
export type EditForm = { delivery?: DeliveryId, event?: string, brand?: string, event_type?: string, body?: string, headers: Array<[string, string]>, subscription?: SubscriptionId, url?: string, scheme?: string, secret?: string, allow_private: boolean, };

/**
 * Whose data to erase.
 */
export type EraseInput = { 
/**
 * The field within the body, such as `data.email`.
 */
field: string, 
/**
 * Its value.
 */
value: string, 
/**
 * Only say what would be erased.
 */
dry_run?: boolean, };

/**
 * What was erased, or would be.
 */
export type EraseReport = { 
/**
 * Whether nothing was done.
 */
dry_run: boolean, 
/**
 * Events whose body holds the value.
 */
events: number, 
/**
 * Other requests of the receiver's log whose body or query holds it, refused ones for the most part;
 * after erasing, also those that came under the ids of the events.
 */
received: number, 
/**
 * Attempts of these events whose request and response were erased.
 */
attempts: number, 
/**
 * Deliveries that waited and were cancelled.
 */
cancelled: number, 
/**
 * Events left as they are because an attempt is under way: erase again in a moment.
 */
under_way: number, 
/**
 * Whether the write-ahead log was emptied as well.
 */
log_emptied: boolean, 
/**
 * Copies of the database that hold the value still; delete them yourself when you need them no
 * more.
 */
copies: Array<string>, };

/**
 * An event with its bytes.
 */
export type EventDetail = { 
/**
 * What is odd about its data.
 */
findings: Array<Finding>, 
/**
 * What its platform's schema says of its data; null where no platform claims it.
 */
schema: SchemaCheck | null, 
/**
 * Its id.
 */
id: string, 
/**
 * Its type.
 */
event: string, 
/**
 * Its brand, or that of the source it came in through.
 */
brand: string | null, 
/**
 * The source it came in through.
 */
source: string | null, 
/**
 * When it happened.
 */
created_at: Timestamp, 
/**
 * When it was kept.
 */
received_at: Timestamp, 
/**
 * How many bytes are delivered.
 */
bytes: number, 
/**
 * Whether it only tests a subscription.
 */
test: boolean, 
/**
 * How many deliveries it has.
 */
deliveries: number, 
/**
 * When its body was taken away, if it was.
 */
pruned_at: Timestamp | null, 
/**
 * What took it away: `retention` or `erase`.
 */
pruned_by: string | null, } & ({ "body": string } | { "body_base64": string });

/**
 * Names an event. Ours start with `evt_`; one that came from a platform keeps the platform's id:
 * any 1 to 255 visible ASCII characters. Unique per brand or source.
 */
export type EventId = string;

/**
 * An event as JSON text, as the local API takes it.
 */
export type EventJson = { json: string, };

/**
 * Names an event; brand or source where the id alone does not.
 */
export type EventOf = { id: string, brand?: string, source?: SourceId, };

/**
 * A dotted name such as `conversion.approved`. Any dotted name is valid, known to a profile or
 * not; it matches literally, case included.
 */
export type EventType = string;

/**
 * An event type that a catalogue names, or that was seen.
 */
export type EventTypeView = { 
/**
 * Its name.
 */
name: string, 
/**
 * The platforms whose catalogue has it.
 */
platforms: Array<string>, 
/**
 * What it means, as the first of these platforms says; empty for one that none knows.
 */
meaning: string, 
/**
 * How many events of it are kept.
 */
seen: number, 
/**
 * When the last of them came.
 */
last_at: Timestamp | null, };

/**
 * What the filters of the log name, as a file.
 */
export type ExportLog = { query: DeliveryQuery, format: FileKind, };

/**
 * A delivery as a file.
 */
export type ExportOf = { id: DeliveryId, format: FileKind, mask_signatures: boolean, };

/**
 * One value of a facet.
 */
export type FacetValue = { 
/**
 * What the filter takes.
 */
value: string, 
/**
 * What people read; empty where the value says it.
 */
label: string, 
/**
 * How many deliveries have it.
 */
count: number, };

/**
 * Every facet of what a filter finds. Each is counted without the filter's own choice in it.
 */
export type FacetsView = { 
/**
 * How many deliveries the whole filter finds, as far as they were counted.
 */
total: number, 
/**
 * Whether it finds more than that.
 */
total_capped: boolean, 
/**
 * By state; pending ones as `waiting` or `retrying`.
 */
states: Array<FacetValue>, 
/**
 * By subscription.
 */
subscriptions: Array<FacetValue>, 
/**
 * By the event's type.
 */
event_types: Array<FacetValue>, 
/**
 * By how the last attempt ended, where it got no status.
 */
outcomes: Array<FacetValue>, 
/**
 * By the last status.
 */
statuses: Array<FacetValue>, 
/**
 * By the number of attempts.
 */
attempts: Array<FacetValue>, 
/**
 * By what the subscription sends: `webhook` or `postback`.
 */
kinds: Array<FacetValue>, 
/**
 * Whether only the newest are counted, because there are more than 10,000.
 */
capped: boolean, };

/**
 * A fact on both sides.
 */
export type FactDifference = { 
/**
 * What it is about.
 */
name: string, 
/**
 * On the left.
 */
left: string | null, 
/**
 * On the right.
 */
right: string | null, 
/**
 * Whether they are the same.
 */
same: boolean, };

/**
 * What became of an event at one subscription.
 */
export type FateView = { 
/**
 * The delivery.
 */
delivery: DeliveryId, 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * The subscription's name.
 */
name: string, 
/**
 * The delivery's state.
 */
state: string, 
/**
 * The status the last attempt got.
 */
status: number | null, 
/**
 * How the last attempt ended.
 */
outcome: string | null, 
/**
 * How many attempts were made or are under way.
 */
attempts: number, };

/**
 * One difference.
 */
export type FieldDrift = { 
/**
 * How it differs.
 */
kind: DriftKind, 
/**
 * Which field.
 */
path: string, 
/**
 * What the field has held before; empty for a new one.
 */
before: Array<FieldKind>, 
/**
 * What it holds now; null if it is missing.
 */
now: FieldKind | null, 
/**
 * In a sentence.
 */
told: string, };

/**
 * What a field holds.
 */
export type FieldKind = "null" | "boolean" | "number" | "string" | "array" | "object";

/**
 * A parameter and the field of `data` it becomes.
 */
export type FieldRule = { 
/**
 * The parameter's name, as the network writes it.
 */
param: string, 
/**
 * The field; dots lead into objects: `conversion.id`.
 */
field: string, 
/**
 * Whether the postback is taken without it.
 */
optional?: boolean, };

/**
 * A field of an event type as it has been seen.
 */
export type FieldView = { 
/**
 * Where: `data.items[].qty`.
 */
path: string, 
/**
 * What it has held.
 */
kinds: Array<FieldKind>, 
/**
 * In how many events.
 */
count: number, 
/**
 * When it was first seen.
 */
first_at: Timestamp, 
/**
 * When it was last seen.
 */
last_at: Timestamp, };

/**
 * A kind of file.
 */
export type FileKind = "bundle" | "markdown" | "csv" | "json" | "har" | "curl";

/**
 * A filter to try on the latest events, `last` of them.
 */
export type FilterOf = { filter: string, last: number, };

/**
 * What a filter says of the latest events.
 */
export type FilterTest = { 
/**
 * How many it was tried on.
 */
tried: number, 
/**
 * How many match.
 */
matched: number, 
/**
 * Of how many it could not tell; they do not match.
 */
failed: number, 
/**
 * Each of them, newest first.
 */
items: Array<FilterTestEvent>, 
/**
 * Whether it was tried on all that were asked for; false where that would have taken longer than
 * three seconds.
 */
complete: boolean, };

/**
 * What a filter says of one event.
 */
export type FilterTestEvent = { 
/**
 * The event's id.
 */
id: string, 
/**
 * Its type.
 */
event: string, 
/**
 * Its brand.
 */
brand: string | null, 
/**
 * When it was kept.
 */
received_at: Timestamp, 
/**
 * Whether it would be sent.
 */
matches: boolean, 
/**
 * Why not, where the filter could not tell: a field is missing or has another type.
 */
why: string | null, };

/**
 * Something odd.
 */
export type Finding = { 
/**
 * What kind.
 */
code: FindingCode, 
/**
 * How much it matters.
 */
severity: Severity, 
/**
 * Where: `data.sub1`.
 */
path: string, 
/**
 * What, in a sentence.
 */
what: string, 
/**
 * Why it matters.
 */
why: string, 
/**
 * What to do.
 */
fix: string, };

/**
 * What kind of finding it is.
 */
export type FindingCode = "literal_macro" | "placeholder" | "missing_currency" | "unknown_currency" | "cents_as_units" | "units_as_cents" | "negative_payout" | "approved_before_created" | "rejected_after_paid" | "future_time" | "empty_sub_id" | "duplicate_conversion";

/**
 * Where two bodies part.
 */
export type FirstDifference = { 
/**
 * The offset of the first byte that differs, from 0.
 */
offset: number, 
/**
 * The line it stands in, from 1.
 */
line: number, 
/**
 * The bytes around it on the left, in hex; from 16 before it.
 */
left_hex: string, 
/**
 * The same on the right.
 */
right_hex: string, 
/**
 * How many of these bytes stand before the offset.
 */
before: number, };

/**
 * Where to forward a request to.
 */
export type ForwardInput = { 
/**
 * The URL.
 */
url: string, 
/**
 * Whether it may be a private address.
 */
allow_private?: boolean, };

/**
 * What became of a request that was forwarded.
 */
export type ForwardedRequest = { 
/**
 * How it ended.
 */
outcome: Outcome, 
/**
 * The status that came back.
 */
status: number | null, 
/**
 * What went wrong, in the words of the layer that said so.
 */
error: string | null, 
/**
 * How long its steps took.
 */
timings: TimingsView, 
/**
 * What was sent.
 */
request: RequestView, 
/**
 * What came back.
 */
response: ResponseView | null, 
/**
 * What differs from the request that came: credentials are not kept.
 */
notes: Array<string>, };

/**
 * Something that people want to be told about.
 */
export type Goal = { 
/**
 * What happens, in words.
 */
title: string, 
/**
 * What it is good for.
 */
why: string, 
/**
 * The event types that tell of it; on one platform, those that its catalogue has.
 */
events: Array<string>, };

/**
 * How a header differs.
 */
export type HeaderChange = "added" | "removed" | "changed";

/**
 * A header that differs.
 */
export type HeaderDifference = { 
/**
 * Its name, as the side that has it writes it.
 */
name: string, 
/**
 * How it differs.
 */
change: HeaderChange, 
/**
 * Its values on the left, one a line.
 */
left: string | null, 
/**
 * Its values on the right.
 */
right: string | null, 
/**
 * Whether it differs every time: dates, signatures, ids of requests.
 */
expected: boolean, };

/**
 * How a subscription has done in the last hour.
 */
export type HealthView = { 
/**
 * The traffic light.
 */
light: Light, 
/**
 * What it is told, in words.
 */
told: string, 
/**
 * Its attempts in thirty stretches of two minutes, oldest first.
 */
tries: Array<AttemptCountsView>, 
/**
 * Delivered over delivered and failed, of the deliveries made within the hour.
 */
success_rate: number | null, 
/**
 * When it last succeeded, also before the hour.
 */
last_success_at: Timestamp | null, 
/**
 * Since when every attempt has failed, if it fails now.
 */
failing_since: Timestamp | null, 
/**
 * Deliveries that arrived within the hour.
 */
delivered: number, 
/**
 * Deliveries that failed for good within the hour.
 */
failed: number, 
/**
 * Deliveries that were skipped within the hour.
 */
skipped: number, 
/**
 * Deliveries that wait for an attempt.
 */
waiting: number, 
/**
 * When the next of them falls.
 */
next_at: Timestamp | null, 
/**
 * Why the last attempt failed, if it fails now.
 */
verdict: Verdict | null, 
/**
 * The delivery that shows it.
 */
shown_by: DeliveryId | null, };

/**
 * What a histogram is drawn of.
 */
export type HistogramQuery = { 
/**
 * Which deliveries; without `since`, those of the last 24 hours.
 */
query: DeliveryQuery, 
/**
 * Without `since`: from the oldest delivery that is kept.
 */
whole: boolean, 
/**
 * How many bars, 1 to 500.
 */
bars: number, };

/**
 * Deliveries by when they were made.
 */
export type HistogramView = { 
/**
 * When the first bar begins.
 */
from: Timestamp, 
/**
 * How long each bar is, in milliseconds.
 */
width_ms: number, 
/**
 * The bars, oldest first.
 */
bars: Array<Bar>, 
/**
 * Whether only the newest were counted: a text was looked for in more than 10,000.
 */
capped: boolean, };

/**
 * Who dispatches in place of the window.
 */
export type HolderView = { 
/**
 * Its process.
 */
pid: number, 
/**
 * What it is.
 */
what: string, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * Where its local API answers.
 */
api: string | null, };

/**
 * Everything at one glance.
 */
export type HomeView = { 
/**
 * When this was measured.
 */
at: Timestamp, 
/**
 * Deliveries of the last 24 hours that arrived.
 */
delivered: number, 
/**
 * Deliveries of the last 24 hours that failed for good.
 */
failed: number, 
/**
 * Delivered over delivered and failed, of the last 24 hours.
 */
success_rate: number | null, 
/**
 * Deliveries that wait for an attempt.
 */
waiting: number, 
/**
 * When the next of them falls.
 */
next_at: Timestamp | null, 
/**
 * Half of the answers of the last hour took at most so long, in milliseconds.
 */
p50_ms: number | null, 
/**
 * 19 in 20 answers of the last hour took at most so long, in milliseconds.
 */
p95_ms: number | null, 
/**
 * Events a second, over the last ten seconds.
 */
events_per_s: number, 
/**
 * Attempts a second, over the last ten seconds.
 */
attempts_per_s: number, 
/**
 * Deliveries of the last 24 hours that arrived, in 48 stretches.
 */
delivered_series: Array<number>, 
/**
 * Deliveries of the last 24 hours that failed, in 48 stretches.
 */
failed_series: Array<number>, 
/**
 * The 95th percentile of answer times in milliseconds, in 30 stretches of the last hour; null
 * where nothing was answered.
 */
p95_series: Array<number | null>, 
/**
 * Attempts in 30 stretches of the last hour.
 */
attempts_series: Array<number>, 
/**
 * Why retention deletes nothing by its age for now; null while it does.
 */
retention_on_hold: string | null, 
/**
 * Every subscription with its health: what fails comes first.
 */
subscriptions: Array<SubscriptionLine>, };

/**
 * Some deliveries.
 */
export type Ids = { ids: Array<DeliveryId>, };

/**
 * How events of a type have looked.
 */
export type InferredSchemaView = { 
/**
 * The type.
 */
event_type: string, 
/**
 * From how many events it is known.
 */
events: number, 
/**
 * Whether it is still being learned, so that nothing is told yet.
 */
learning: boolean, 
/**
 * Whether there are more fields than are kept.
 */
full: boolean, 
/**
 * The fields, by path.
 */
fields: Array<FieldView>, };

/**
 * What a platform answered to an API key.
 */
export type KeyCheck = { 
/**
 * Where the platform's API is.
 */
base_url: string, 
/**
 * How many event types it sends.
 */
event_types: number, 
/**
 * How many webhooks it has.
 */
webhooks: number, 
/**
 * What is worth knowing, such as a clock that is wrong.
 */
warnings: Array<string>, };

/**
 * What a subscription sends.
 */
export type Kind = "webhook" | "postback";

/**
 * A request to take apart.
 */
export type LabInput = { 
/**
 * The rules that are expected; recognised from the headers if left out.
 */
scheme?: string, 
/**
 * The headers, one `Name: value` a line; a request line before them is passed over.
 */
headers: string, 
/**
 * The body as text.
 */
body?: string, 
/**
 * The body as exact bytes, in base64; instead of `body`.
 */
body_base64?: string, 
/**
 * The secret that is configured.
 */
secret?: string, 
/**
 * The subscription or source whose kept secret is the configured one; instead of `secret`.
 */
secret_of?: string, 
/**
 * Whether to try every kept secret as well.
 */
try_kept: boolean, 
/**
 * When it was received; now if left out.
 */
at?: Timestamp, 
/**
 * How far the signed time may lie off, in seconds; 300 if left out.
 */
tolerance_s?: number, };

/**
 * A logged request, ready for the lab.
 */
export type LabRequest = { 
/**
 * The scheme of its subscription.
 */
scheme: string, 
/**
 * Its headers, one a line.
 */
headers: string, 
/**
 * The subscription whose secret signed it.
 */
secret_of: string | null, 
/**
 * When it was sent.
 */
at: Timestamp, } & ({ "body": string } | { "body_base64": string });

/**
 * What the lab found.
 */
export type LabResult = { 
/**
 * The check and, where it fails, its cause.
 */
autopsy: Autopsy, 
/**
 * The headers as they were read.
 */
headers: Array<[string, string]>, 
/**
 * How many bytes the body has.
 */
body_bytes: number, 
/**
 * How many secrets were tried.
 */
secrets: number, 
/**
 * A verifier for the scheme, in every language.
 */
snippets: Array<SnippetView>, };

/**
 * What to sign.
 */
export type LabSignInput = { 
/**
 * By which rules.
 */
scheme: string, 
/**
 * The body.
 */
body: string, 
/**
 * The secret.
 */
secret?: string, 
/**
 * The subscription or source whose kept secret to use; instead of `secret`.
 */
secret_of?: string, 
/**
 * The time that is signed; now if left out.
 */
at?: Timestamp, };

/**
 * A language that a snippet is written in.
 */
export type Language = "node" | "python" | "php" | "ruby" | "go" | "java" | "csharp" | "rust";

/**
 * A subscription's traffic light.
 */
export type Light = "ok" | "retrying" | "failing" | "off" | "idle";

/**
 * A webhook as a platform lists it.
 */
export type Listed = { 
/**
 * The platform's id of it.
 */
id: string, 
/**
 * Where it sends to.
 */
url: string, 
/**
 * The event types it sends.
 */
events: Array<string>, };

/**
 * An event as it is watched.
 */
export type LiveLine = { 
/**
 * What it is about.
 */
about: About, 
/**
 * What became of it.
 */
fates: Array<FateView>, 
/**
 * How many things are odd about its data, those that other events tell of aside.
 */
findings: number, 
/**
 * Its id.
 */
id: string, 
/**
 * Its type.
 */
event: string, 
/**
 * Its brand, or that of the source it came in through.
 */
brand: string | null, 
/**
 * The source it came in through.
 */
source: string | null, 
/**
 * When it happened.
 */
created_at: Timestamp, 
/**
 * When it was kept.
 */
received_at: Timestamp, 
/**
 * How many bytes are delivered.
 */
bytes: number, 
/**
 * Whether it only tests a subscription.
 */
test: boolean, 
/**
 * How many deliveries it has.
 */
deliveries: number, 
/**
 * When its body was taken away, if it was.
 */
pruned_at: Timestamp | null, 
/**
 * What took it away: `retention` or `erase`.
 */
pruned_by: string | null, };

/**
 * What moves now: cheap enough to ask again and again.
 */
export type LiveMetricsView = { 
/**
 * Deliveries that wait for an attempt.
 */
waiting: number, 
/**
 * Attempts under way.
 */
in_flight: number, 
/**
 * When the next waiting one falls.
 */
next_at: Timestamp | null, 
/**
 * Events a second, over the last ten seconds.
 */
events_per_s: number, 
/**
 * Attempts a second, over the last ten seconds.
 */
attempts_per_s: number, 
/**
 * How many subscriptions there are.
 */
subscriptions: number, 
/**
 * How many of them fail.
 */
failing: number, 
/**
 * Deliveries of the last 24 hours that failed for good; counted up to 10,001.
 */
failed_24h: number, 
/**
 * Whether any event was ever kept.
 */
any_event: boolean, 
/**
 * How many sources the receiver has.
 */
sources: number, 
/**
 * How many brands are connected.
 */
brands: number, 
/**
 * How many alerts nobody has acknowledged.
 */
alerts: number, 
/**
 * Deliveries that wait until the vault can open their secrets.
 */
held_by_vault: number, 
/**
 * Deliveries that are set aside until a person retries or cancels them: the program ended during each
 * of their last attempts, or what is stored of them cannot be used.
 */
set_aside: number, };

/**
 * Which events; everything that is set must hold.
 */
export type LiveQuery = { 
/**
 * Of this type.
 */
event_type?: string, 
/**
 * Of this brand.
 */
brand?: string, 
/**
 * Kept at or after: RFC 3339, or an age such as `15m`.
 */
since?: string, 
/**
 * Whose id or payload contains this.
 */
search?: string, 
/**
 * At most so many: 1 to 500, 100 if not said.
 */
limit?: number, 
/**
 * Where the page before ended.
 */
cursor?: string, };

/**
 * What differs in a message.
 */
export type MessageDifference = { 
/**
 * The headers that differ.
 */
headers: Array<HeaderDifference>, 
/**
 * The body.
 */
body: BodyDifference, };

/**
 * How a postback asks.
 */
export type Method = "GET" | "POST";

/**
 * Whose signature a delivery carries.
 */
export type Mode = "sign" | "forward";

/**
 * An amount as the platform sent it.
 */
export type Money = { 
/**
 * The amount, in whole units of the currency.
 */
amount: string, 
/**
 * The currency's code, as sent.
 */
currency: string | null, };

/**
 * A range of IP addresses in CIDR notation; an address alone is a range of one.
 */
export type Network = string;

/**
 * Names an operation: work on many deliveries that goes on by itself.
 */
export type OperationId = string;

/**
 * What an operation does.
 */
export type OperationKind = "retry" | "recover" | "replay" | "cancel";

/**
 * What an operation is, or would be, about.
 */
export type OperationPlan = { 
/**
 * How many deliveries.
 */
matched: number, 
/**
 * Whether nothing was done.
 */
dry_run: boolean, 
/**
 * How many of which sort: states and failures, `never_sent`, and what is left out: `filtered`,
 * `not_wanted`, `body_pruned`, `under_way`.
 */
counts: { [key in string]: number }, 
/**
 * Deliveries that exist already, at most 500 of them.
 */
deliveries: Array<DeliveryId>, 
/**
 * Events that have no delivery yet, at most 500 of them.
 */
events: Array<string>, 
/**
 * The operation that was started.
 */
operation: OperationView | null, };

/**
 * Where an operation stands.
 */
export type OperationState = "preparing" | "queued" | "canary" | "running" | "done" | "stopped" | "cancelled";

/**
 * An operation and how far it is.
 */
export type OperationView = { 
/**
 * Its id.
 */
id: OperationId, 
/**
 * What it does: `retry`, `recover`, `replay` or `cancel`.
 */
kind: OperationKind, 
/**
 * Where it stands.
 */
state: OperationState, 
/**
 * Whether it is over.
 */
ended: boolean, 
/**
 * The subscription, if it is about one.
 */
subscription: SubscriptionId | null, 
/**
 * The subscription's name.
 */
subscription_name: string | null, 
/**
 * What was asked.
 */
asked: Record<string, unknown>, 
/**
 * How many deliveries it is about.
 */
total: number, 
/**
 * How many wait for their turn.
 */
waiting: number, 
/**
 * How many are under way.
 */
in_flight: number, 
/**
 * How many got through; of a cancelling one, were cancelled.
 */
delivered: number, 
/**
 * How many did not get through.
 */
failed: number, 
/**
 * How many had nothing to do any more when their turn came.
 */
left_out: number, 
/**
 * How many a second it sends at most.
 */
rate_per_second: number, 
/**
 * Whether one goes first, alone.
 */
canary: boolean, 
/**
 * Why it stopped.
 */
why: string | null, 
/**
 * What it waits for, if something holds it.
 */
held: string | null, 
/**
 * How the last failed one ended.
 */
last_failure: string | null, 
/**
 * The first deliveries that failed, at most 20; only where one operation is shown.
 */
failures: Array<DeliveryId>, 
/**
 * When it was asked for.
 */
created_at: Timestamp, 
/**
 * When the first one was sent.
 */
started_at: Timestamp | null, 
/**
 * When it ended.
 */
finished_at: Timestamp | null, };

/**
 * Which operations.
 */
export type OperationsOf = { limit: number | null, cursor: string | null, };

/**
 * What becomes of one delivery.
 */
export type OutageDelivery = { 
/**
 * The delivery.
 */
id: DeliveryId, 
/**
 * Its event.
 */
event: string, 
/**
 * Its event's type.
 */
event_type: string, 
/**
 * When its next attempt falls.
 */
next_attempt_at: Timestamp | null, 
/**
 * How many attempts were made.
 */
attempt_count: number, } & ({ "fate": "survives", 
/**
 * When, at the earliest.
 */
at: Timestamp, } | { "fate": "lost", 
/**
 * When that is.
 */
at: Timestamp, });

/**
 * What an outage costs one subscription.
 */
export type OutageLine = { 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * Its name.
 */
subscription_name: string, 
/**
 * How many deliveries wait or are under way.
 */
waiting: number, 
/**
 * How many of them are lost.
 */
lost: number, 
/**
 * How many are sent once the endpoint is back.
 */
survive: number, 
/**
 * How many would be lost by their schedules alone, but are held by the breaker meanwhile.
 */
spared: number, 
/**
 * When the breaker opens, or since when it is open.
 */
breaker_opens_at: Timestamp | null, 
/**
 * Whether nothing is sent now anyway: it is disabled or paused.
 */
held: boolean, 
/**
 * It in a sentence.
 */
sentence: string, 
/**
 * The deliveries, the lost ones first; at most 200.
 */
deliveries: Array<OutageDelivery>, };

/**
 * What to foretell.
 */
export type OutageQuery = { 
/**
 * For this subscription only.
 */
subscription?: SubscriptionId, 
/**
 * When the endpoint is back: RFC 3339, or `+2h` from now.
 */
down_until: string, };

/**
 * What an outage costs.
 */
export type OutageView = { 
/**
 * The moment it is foretold from.
 */
now: Timestamp, 
/**
 * When the endpoint is back.
 */
down_until: Timestamp, 
/**
 * How many deliveries wait, of all subscriptions asked for.
 */
waiting: number, 
/**
 * How many of them are lost.
 */
lost: number, 
/**
 * It in a sentence.
 */
sentence: string, 
/**
 * Each subscription that has something waiting, and the one that was asked for.
 */
items: Array<OutageLine>, };

/**
 * How an attempt ended. A status line that was received decides: what follows it can only set
 * `truncated`.
 */
export type Outcome = "success" | "http_status" | "timeout" | "dns" | "connect" | "tls" | "reset" | "protocol" | "blocked" | "interrupted";

/**
 * One page of a listing.
 */
export type Page<T> = { 
/**
 * The rows.
 */
items: Array<T>, 
/**
 * Where the next page starts, if there is one.
 */
next_cursor: string | null, };

/**
 * How a field differs.
 */
export type PathChange = "added" | "removed" | "changed";

/**
 * A field that differs.
 */
export type PathDifference = { 
/**
 * Where: `data.items[2].qty`; empty for the whole body.
 */
path: string, 
/**
 * How.
 */
change: PathChange, 
/**
 * Its JSON on the left, cut to 120 characters.
 */
left: string | null, 
/**
 * Its JSON on the right.
 */
right: string | null, };

/**
 * Whether everything is paused.
 */
export type PauseView = { 
/**
 * Whether it is.
 */
paused: boolean, 
/**
 * Since when.
 */
paused_since: Timestamp | null, };

/**
 * A piece of a rule: one pattern, one condition of the filter.
 */
export type Piece = { 
/**
 * As it was written.
 */
text: string, 
/**
 * Whether it holds.
 */
holds: boolean, 
/**
 * The value that decided.
 */
because: string, 
/**
 * Which alternative it belongs to; any one alternative that holds is enough.
 */
alternative: number, };

/**
 * One attempt of a plan.
 */
export type PlannedAttempt = { 
/**
 * 1 for the first send.
 */
number: number, 
/**
 * When it falls if chance adds nothing.
 */
at: Timestamp, 
/**
 * When it falls if chance adds all the jitter, to this wait and to all before it.
 */
latest_at: Timestamp, 
/**
 * The wait since the attempt before, without jitter.
 */
wait_ms: number, 
/**
 * The time since the first send, without jitter.
 */
since_first_ms: number, 
/**
 * Whether it falls into the outage.
 */
in_outage: boolean, };

/**
 * Why a brand's platform could not be read.
 */
export type PlatformReadError = { 
/**
 * A stable word for it.
 */
code: string, 
/**
 * What it is, and what to do.
 */
message: string, 
/**
 * When it was found.
 */
at: Timestamp, };

/**
 * A platform to choose.
 */
export type PlatformView = { 
/**
 * What a subscription calls it.
 */
name: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * Its webhooks in a sentence or two.
 */
summary: string, 
/**
 * The document its facts come from.
 */
document: string, 
/**
 * Where its API is, if that is documented.
 */
base_url: string | null, 
/**
 * Whether Hookbench can speak with its API.
 */
has_api: boolean, 
/**
 * What keys of its API begin with; empty if nothing is known.
 */
key_prefix: string, 
/**
 * What is documented of its API, and what is assumed.
 */
api_note: string, 
/**
 * The signature scheme it uses.
 */
scheme: string, 
/**
 * Whether a subscription needs a secret.
 */
secret_required: boolean, 
/**
 * How it signs, in words.
 */
signature_note: string, 
/**
 * Whether it delivers to `https` only, loopback excepted.
 */
https_only: boolean, 
/**
 * The wait before each retry, in milliseconds.
 */
delays_ms: Array<number>, 
/**
 * Whether the last wait is repeated until the delivery is too old.
 */
repeat_last: boolean, 
/**
 * What it tells of, in people's words.
 */
goals: Array<Goal>, 
/**
 * Its event types; of several versions the newest.
 */
events: Array<CatalogueEvent>, };

/**
 * What a source makes of a postback's parameters.
 */
export type PostbackMapping = { 
/**
 * The type of the event, unless `type_param` and `types` say another.
 */
event_type: EventType, 
/**
 * The parameter that tells which type it is.
 */
type_param?: string, 
/**
 * What the values of `type_param` mean.
 */
types?: { [key in string]: EventType }, 
/**
 * Which parameter goes to which field of `data`; if there is none, every parameter goes to a
 * field of its own name.
 */
fields?: Array<FieldRule>, 
/**
 * Fields of `data` that are the same in every event.
 */
constants?: Record<string, unknown>, 
/**
 * The parameters that tell one event from another, in one text or a list. Without any, the
 * whole query does.
 */
dedupe?: Array<string>, 
/**
 * The parameter that holds the key, where the scheme is `api-key`; a header does, too.
 */
key_param?: string, };

/**
 * What would be sent.
 */
export type Preview = { 
/**
 * The request; null where a problem leaves none.
 */
request: RequestView | null, 
/**
 * Whether it carries a signature of ours.
 */
signed: boolean, 
/**
 * What it was made for; null where there is neither an event nor a sample.
 */
event: PreviewEvent | null, 
/**
 * What a template or macro can name in it.
 */
fields: Array<PreviewField>, 
/**
 * What is in the way; empty where it can be sent.
 */
problems: Array<PreviewProblem>, 
/**
 * What is allowed but may not be meant.
 */
warnings: Array<string>, };

/**
 * The event that was taken.
 */
export type PreviewEvent = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its type.
 */
event: string, 
/**
 * When it happened.
 */
created_at: Timestamp, 
/**
 * `given`, `latest` of those that are kept, or a `sample` of the catalogue.
 */
origin: string, };

/**
 * A field that a template or macro can name.
 */
export type PreviewField = { 
/**
 * How it is named.
 */
path: string, 
/**
 * Its value in this event; cut after 80 characters.
 */
value: string, };

/**
 * What is to be previewed: the subscription that is kept, if there is one, with a change, for an
 * event, or the last one that it wants.
 */
export type PreviewForm = { subscription?: SubscriptionId, event?: string, change: SubscriptionForm, };

/**
 * Something that is in the way of sending, and where.
 */
export type PreviewProblem = { 
/**
 * The field of the subscription.
 */
field: string, 
/**
 * What is wrong and what to do.
 */
message: string, 
/**
 * The line of a template, counted from 1.
 */
line: number | null, 
/**
 * The column, counted from 1.
 */
column: number | null, };

/**
 * An error of a command.
 */
export type Problem = { 
/**
 * A stable word that the screens branch on.
 */
code: string, 
/**
 * What happened and why.
 */
message: string, 
/**
 * What to do, where the message does not say so itself.
 */
hint: string | null, 
/**
 * The field of a form that is wrong.
 */
field: string | null, };

/**
 * That bodies were taken away: what is empty was not empty.
 */
export type PrunedView = { 
/**
 * When.
 */
at: Timestamp, 
/**
 * What took them away: `retention` or `erase`.
 */
by: string, 
/**
 * The same as a sentence.
 */
note: string, };

/**
 * How the receiver is reached from outside.
 */
export type PublicEndpointView = { 
/**
 * The address at which the internet reaches this receiver, as the user set it.
 */
public_url: string | null, };

/**
 * A public URL, or none.
 */
export type PublicUrl = { url: string | null, };

/**
 * Why a signature is valid or not.
 */
export type Reason = string;

/**
 * A request of the log, and where to send it on to.
 */
export type ReceivedForward = { id: string, to: ForwardInput, };

/**
 * A request of the receiver's log, and the source by whose rules it is decided about again.
 */
export type ReceivedOf = { id: string, source: string | null, };

/**
 * A request that came to a source.
 */
export type ReceivedView = { 
/**
 * Its id in the log: `rcv_` and a number that grows.
 */
id: string, 
/**
 * When it came.
 */
at: Timestamp, 
/**
 * The address it came from.
 */
peer: string, 
/**
 * The method.
 */
method: string, 
/**
 * The status it was answered with.
 */
status: number, 
/**
 * `ok`, `duplicate`, or why it was refused.
 */
code: string, 
/**
 * Why it was refused, for people.
 */
detail: string | null, 
/**
 * The id of the event it brought, where that is known.
 */
event_id: string | null, 
/**
 * The type of it.
 */
event_type: string | null, 
/**
 * Its headers, in order; without credentials.
 */
headers: Array<[string, string]>, 
/**
 * How many bytes its body had.
 */
body_bytes: number, 
/**
 * The query as it came, the value of a key hidden.
 */
query: string | null, 
/**
 * What is worth knowing of it, for people.
 */
note: string | null, 
/**
 * Whether it was pulled from a relay.
 */
relayed: boolean, 
/**
 * When its body was taken away, if it was.
 */
pruned_at: Timestamp | null, 
/**
 * What took it away: `retention` or `erase`.
 */
pruned_by: string | null, 
/**
 * The text.
 */
body?: string, 
/**
 * The bytes in base64.
 */
body_base64?: string, };

/**
 * What to resend.
 */
export type RecoverInput = { 
/**
 * What failed at or after: RFC 3339, or an age such as `2h`.
 */
since: string, 
/**
 * How many a second at most: 0.1 to 1000, 10 if not said.
 */
rate_per_second?: number, 
/**
 * Whether one goes first, alone, to see whether it gets through; true if not said.
 */
canary?: boolean, 
/**
 * Only say what would be sent.
 */
dry_run: boolean, };

/**
 * Resend what failed of a subscription.
 */
export type RecoverOf = { id: SubscriptionId, input: RecoverInput, };

/**
 * How a relay is spoken with.
 */
export type RelayKind = "webhook-site" | "smee";

/**
 * What pulling from a relay does.
 */
export type RelayState = "connecting" | "pulling" | "waiting" | "stopped";

/**
 * How pulling from a relay stands, as whoever pulls wrote it last.
 */
export type RelayStatus = { 
/**
 * What it does.
 */
state: RelayState, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * When the relay last answered.
 */
answered_at: Timestamp | null, 
/**
 * How many requests were pulled from it.
 */
pulled: number, 
/**
 * Tries in a row that failed.
 */
failures: number, 
/**
 * Why the last one failed, for people.
 */
error: string | null, 
/**
 * When it is tried again, after a failure.
 */
next_try_at: Timestamp | null, };

/**
 * A relay and how it stands.
 */
export type RelayView = { 
/**
 * How it is spoken with.
 */
kind: RelayKind, 
/**
 * The address that senders are given.
 */
url: string, 
/**
 * Whether a key of an account there is kept.
 */
has_key: boolean, 
/**
 * Whether bodies come as other bytes than were sent, so that most signatures cannot verify.
 */
reserializes: boolean, 
/**
 * How pulling stands; absent until the receiver has run.
 */
standing: RelayStatus | null, 
/**
 * Where it goes on.
 */
cursor: string | null, };

/**
 * An entry of the platform's delivery log.
 */
export type RemoteDelivery = { 
/**
 * The platform's id of it.
 */
id: string, 
/**
 * The webhook's id at the platform.
 */
webhook: string | null, 
/**
 * The event's id.
 */
event: string | null, 
/**
 * The event's type.
 */
event_type: string | null, 
/**
 * When it was tried, as the platform writes it.
 */
at: string | null, 
/**
 * The status that was answered.
 */
status: number | null, 
/**
 * How long the answer took, in milliseconds.
 */
latency_ms: number | null, 
/**
 * What the receiver answered.
 */
response: string | null, };

/**
 * Entries of a platform's delivery log, newest first.
 */
export type RemoteLog = { 
/**
 * The entries.
 */
items: Array<RemoteDelivery>, 
/**
 * Always null: how many are read is said beforehand.
 */
next_cursor: null, };

/**
 * Which entries of a brand's delivery log.
 */
export type RemoteLogOf = { id: BrandId, query: RemoteLogQuery, };

/**
 * Which entries.
 */
export type RemoteLogQuery = { 
/**
 * At most so many: 1 to 500, 50 if not said.
 */
limit?: number, 
/**
 * Of this webhook, by the platform's id of it; of a brand's newest 500.
 */
webhook?: string, 
/**
 * Of the webhook of this subscription.
 */
subscription?: SubscriptionId, };

/**
 * How a test of a subscription at a platform went.
 */
export type RemoteTestView = { 
/**
 * The sample at a target of ours.
 */
rehearsal: DeliveryDetail, 
/**
 * Whether its signature verifies there; null where the platform signs nothing or no secret is
 * known here.
 */
verified: boolean | null, 
/**
 * The same sample at the receiver; null where the first test failed.
 */
delivery: DeliveryDetail | null, 
/**
 * What it means, and what it cannot show.
 */
note: string, };

/**
 * How a subscription stands at its platform.
 */
export type RemoteView = { 
/**
 * The brand.
 */
brand: BrandId, 
/**
 * Its name.
 */
brand_name: string, 
/**
 * The platform's id of the webhook.
 */
webhook: string | null, 
/**
 * What its patterns are in the platform's catalogue.
 */
event_types: Array<string>, 
/**
 * `on`, `off`, `creating`, `editing`, `undoing` or `removing`.
 */
state: string, 
/**
 * Whether a change of it is unfinished: it is taken up again by itself.
 */
changing: boolean, 
/**
 * What it becomes when the change comes about, in words; of an edit under way.
 */
becoming: string | null, 
/**
 * Whether it was made elsewhere and taken over.
 */
adopted: boolean, 
/**
 * What the platform had instead of it when it was last read.
 */
drift: DriftView | null, 
/**
 * When the platform was last read.
 */
synced_at: Timestamp | null, };

/**
 * What to send once more, or at last.
 */
export type ReplayInput = { 
/**
 * Events that were kept at or after: RFC 3339, or an age such as `2h`.
 */
since: string, 
/**
 * Only what was never sent: without a delivery, or skipped.
 */
missing: boolean, 
/**
 * By which rules.
 */
rules: ReplayRules, 
/**
 * How many a second at most: 0.1 to 1000, 10 if not said.
 */
rate_per_second?: number, 
/**
 * Whether one goes first, alone, to see whether it gets through; true if not said.
 */
canary?: boolean, 
/**
 * Only say what would be sent.
 */
dry_run: boolean, };

/**
 * Send events to a subscription once more, or at last.
 */
export type ReplayOf = { id: SubscriptionId, input: ReplayInput, };

/**
 * By which rules events are chosen that are replayed.
 */
export type ReplayRules = "today" | "as_it_was";

/**
 * What a replayed request is answered now.
 */
export type ReplayedRequest = { 
/**
 * The status.
 */
status: number, 
/**
 * The answer: the event and its deliveries, or what is still wrong.
 */
answer: Record<string, unknown>, };

/**
 * What the check found.
 */
export type ReportCard = { 
/**
 * The endpoint.
 */
url: string, 
/**
 * How it was to verify.
 */
scheme: Scheme, 
/**
 * When it was checked.
 */
at: Timestamp, 
/**
 * Cases that went as they should.
 */
passed: number, 
/**
 * Cases that hold, but not well.
 */
warned: number, 
/**
 * Cases that do not hold.
 */
failed: number, 
/**
 * Cases that were not tried.
 */
skipped: number, 
/**
 * How it stands, in one sentence.
 */
summary: string, 
/**
 * Every case, in the order it was sent.
 */
findings: Array<CheckFinding>, };

/**
 * The request of an attempt, as it was sent.
 */
export type RequestView = { 
/**
 * The method.
 */
method: string, 
/**
 * The URL.
 */
url: string, 
/**
 * Every header, in order.
 */
headers: Array<[string, string]>, } & ({ "body": string } | { "body_base64": string });

/**
 * The response of an attempt.
 */
export type ResponseView = { 
/**
 * The status.
 */
status: number, 
/**
 * Every header, in order.
 */
headers: Array<[string, string]>, 
/**
 * Whether the body was cut.
 */
truncated: boolean, } & ({ "body": string } | { "body_base64": string });

/**
 * A change that was left unfinished, and where it stands now.
 */
export type Resumed = { 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * `done`, `undone`, or `waiting`.
 */
outcome: string, 
/**
 * What stands in its way, if it waits or was undone.
 */
error: string | null, };

/**
 * What a round of retention took away.
 */
export type RetentionDone = { 
/**
 * Events whose bodies were taken away.
 */
bodies: number, 
/**
 * Deliveries that were taken away.
 */
deliveries: number, 
/**
 * Events that were taken away.
 */
events: number, 
/**
 * Received requests that were emptied or taken away.
 */
received: number, 
/**
 * How many bytes the database used before.
 */
used_bytes_before: number, 
/**
 * How many it uses now.
 */
used_bytes: number, 
/**
 * Why nothing was taken away by its age, and what to do; null where it was.
 */
on_hold: string | null, };

/**
 * What is to change; what is left out stays, null keeps for ever.
 */
export type RetentionInput = { 
/**
 * Days for payloads and response bodies.
 */
bodies_days: number | null, 
/**
 * Days for rows of the log.
 */
rows_days: number | null, 
/**
 * Bytes for the database.
 */
max_bytes: number | null, };

/**
 * The rules, and how much is kept.
 */
export type RetentionView = { 
/**
 * How many bytes the database uses.
 */
used_bytes: number, 
/**
 * For how many days at least the id of an event is known, so that it is not taken in twice.
 */
dedupe_days: number, 
/**
 * Why nothing is taken away by its age for now, and what to do; null while it is.
 */
on_hold: string | null, 
/**
 * Payloads and response bodies, in days; null keeps them for ever.
 */
bodies_days: number | null, 
/**
 * Rows of the log, in days; null keeps them for ever.
 */
rows_days: number | null, 
/**
 * How many bytes the database may use; null for any number.
 */
max_bytes: number | null, };

/**
 * A retry of all that a filter names.
 */
export type RetryMatching = { query: DeliveryQuery, dry_run: boolean, };

/**
 * The URL and headers of a subscription, with their credentials.
 */
export type RevealedView = { 
/**
 * Where events go.
 */
url: string, 
/**
 * Headers added to every request.
 */
headers: Array<[string, string]>, };

/**
 * A new secret for a subscription; one is generated if none is given.
 */
export type Rotation = { id: SubscriptionId, secret?: string, overlap_ms?: number, };

/**
 * What a rule says at one moment.
 */
export type Said = { 
/**
 * Whether it lets the event through; null where that is not known.
 */
holds: boolean | null, 
/**
 * Why, in a sentence.
 */
because: string, 
/**
 * The pieces it is made of.
 */
pieces?: Array<Piece>, };

/**
 * A file that was written.
 */
export type SavedExport = { path: string, deliveries: number, };

/**
 * A source that was just made.
 */
export type SavedSource = { 
/**
 * The secret, only where it was generated just now.
 */
secret?: string, 
/**
 * The path token, only where it was generated just now.
 */
token?: string, 
/**
 * What is allowed but may not be meant.
 */
warnings?: Array<string>, 
/**
 * Its id.
 */
id: SourceId, 
/**
 * Its name.
 */
name: string, 
/**
 * Where it is reached at the receiver.
 */
path: string, 
/**
 * The signature scheme.
 */
scheme: string, 
/**
 * The brand whose subscriptions its events match.
 */
brand: string | null, 
/**
 * Who may send; empty for anyone.
 */
allow_ips: Array<Network>, 
/**
 * Whether a secret is kept.
 */
has_secret: boolean, 
/**
 * Whether its path has a token.
 */
has_token: boolean, 
/**
 * What becomes of postbacks, if it takes them.
 */
postback: PostbackMapping | null, 
/**
 * Where its requests are pulled from, if they are.
 */
relay: RelayView | null, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * A subscription that was just saved.
 */
export type SavedSubscription = { 
/**
 * The secret, only where it was generated just now.
 */
secret?: string, 
/**
 * What is allowed but may not be meant.
 */
warnings?: Array<string>, 
/**
 * Its id.
 */
id: SubscriptionId, 
/**
 * Where it runs.
 */
where: Where, 
/**
 * Its name for people.
 */
name: string, 
/**
 * Where events go; credentials in it are masked.
 */
url: string, 
/**
 * Which event types it listens to.
 */
events: Array<string>, 
/**
 * The brand it is limited to.
 */
brand: string | null, 
/**
 * The condition that events must meet, in CEL.
 */
filter: string | null, 
/**
 * The platform whose profile it follows.
 */
platform: string, 
/**
 * `webhook` or `postback`.
 */
kind: Kind, 
/**
 * How it asks: `POST`, or `GET` for a postback.
 */
method: Method, 
/**
 * What the body is rendered from; null for the event as it was kept.
 */
template: string | null, 
/**
 * The type of the body; null where there is none.
 */
content_type: string | null, 
/**
 * Whether the content type was said, rather than guessed.
 */
content_type_set: boolean, 
/**
 * The signature scheme.
 */
scheme: string, 
/**
 * `sign` or `forward`.
 */
mode: Mode, 
/**
 * Whether deliveries carry a signature of ours.
 */
signed: boolean, 
/**
 * Whether a secret is kept.
 */
has_secret: boolean, 
/**
 * Headers added to every request; the values of credentials are masked.
 */
headers: Array<[string, string]>, 
/**
 * Whether it is sent to.
 */
enabled: boolean, 
/**
 * Why the program disabled it, if it did.
 */
disabled_because: string | null, 
/**
 * Whether it is paused by itself: nothing new is sent, what is new waits.
 */
paused: boolean, 
/**
 * Since when.
 */
paused_since: Timestamp | null, 
/**
 * Whether deliveries go out, or wait until its host is well again.
 */
breaker: BreakerView, 
/**
 * What to look at before it is disabled by itself.
 */
warning: string | null, 
/**
 * The retry policy in force.
 */
policy: Record<string, unknown>, 
/**
 * Whether more was said of it than a preset's name.
 */
policy_own: boolean, 
/**
 * At most so many attempts a second.
 */
rate_per_second: number | null, 
/**
 * At most so many attempts at a time.
 */
concurrency: number | null, 
/**
 * Whether events are sent one at a time, in order.
 */
ordered: boolean, 
/**
 * The field whose value events must share to be kept in order; all of them are without one.
 */
ordered_by: string | null, 
/**
 * Whether private addresses may be sent to.
 */
allow_private: boolean, 
/**
 * Certificates, as PEM, that are trusted beside the operating system's.
 */
ca_pem: string | null, 
/**
 * Whether the endpoint's certificate is left unchecked; on this machine only.
 */
skip_tls_verify: boolean, 
/**
 * Disable it once every attempt failed for so long.
 */
auto_disable_after_ms: number | null, 
/**
 * Moves with each change: a change may be made to depend on it.
 */
revision: number, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it was last changed.
 */
updated_at: Timestamp, 
/**
 * How it stands at the platform, if it runs there.
 */
remote: RemoteView | null, };

/**
 * Whose schedule to draw: from when, and with the receiver down until when (RFC 3339 or an age).
 */
export type ScheduleOf = { platform: string, from?: string, down_until?: string, };

/**
 * A platform's schedule, drawn.
 */
export type ScheduleView = { 
/**
 * The platform.
 */
platform: string, 
/**
 * The first send.
 */
from: Timestamp, 
/**
 * When the outage ends, if there is one; it begins at or before `from`.
 */
down_until?: Timestamp, 
/**
 * The attempts, at most [`MAX_LISTED`].
 */
attempts: Array<PlannedAttempt>, 
/**
 * How many there are in all.
 */
total_attempts: number, 
/**
 * When the last one falls.
 */
last_at: Timestamp, 
/**
 * From the first send to the last attempt: the longest outage that is survived.
 */
covers_ms: number, 
/**
 * The first attempt after the outage, if any.
 */
delivered_by?: number, 
/**
 * When that is.
 */
delivered_at?: Timestamp, 
/**
 * Whether an event first sent at `from` is never delivered because of the outage.
 */
lost: boolean, };

/**
 * What a platform's schema says of an event's data.
 */
export type SchemaCheck = { 
/**
 * Whose schema.
 */
platform: string, 
/**
 * Whether the data follow it.
 */
valid: boolean, 
/**
 * How they depart from it, at most 20.
 */
errors: Array<SchemaError>, };

/**
 * One departure from a schema.
 */
export type SchemaError = { 
/**
 * Where in the data: `payout`; empty for all of it.
 */
path: string, 
/**
 * What is wrong.
 */
message: string, };

/**
 * A way to sign a webhook.
 */
export type Scheme = string;

/**
 * A signature scheme to choose.
 */
export type SchemeView = { 
/**
 * Its name.
 */
name: string, 
/**
 * The header that carries the signature, if one does.
 */
header: string | null, };

/**
 * One answer.
 */
export type Seen = { 
/**
 * The status, if one came.
 */
status: number | null, 
/**
 * How it ended.
 */
outcome: Outcome, 
/**
 * What went wrong, in the words of the layer that said so.
 */
error: string | null, 
/**
 * How long it took.
 */
total_ms: number, };

/**
 * What a self-check showed.
 */
export type SelfCheck = { 
/**
 * Whether the request arrived at this receiver.
 */
reached: boolean, 
/**
 * `reached`, or what went wrong: `no_answer`, `redirect`, `elsewhere`, `not_noted`.
 */
code: string, 
/**
 * What happened, for people.
 */
detail: string, 
/**
 * What to do; absent where there is nothing to do.
 */
fix: string | null, 
/**
 * The URL that was asked, without the token.
 */
url: string, 
/**
 * The status that came back, if one did.
 */
status: number | null, 
/**
 * How long it took.
 */
took_ms: number, 
/**
 * When.
 */
at: Timestamp, };

/**
 * What was sent, and what came of it.
 */
export type SentEdited = { 
/**
 * The test event's id.
 */
event: EventId, 
/**
 * Its delivery.
 */
delivery: DeliveryId, 
/**
 * The delivery with its answer; null if none came while this waited.
 */
detail: DeliveryDetail | null, };

/**
 * How much it matters.
 */
export type Severity = "problem" | "warning";

/**
 * One side of a comparison, with its bytes.
 */
export type SideView = { 
/**
 * `attempt` or `event`.
 */
kind: string, 
/**
 * Its id.
 */
id: string, 
/**
 * The delivery of an attempt.
 */
delivery: DeliveryId | null, 
/**
 * The number of an attempt.
 */
number: number | null, 
/**
 * When it was.
 */
at: Timestamp, 
/**
 * It in a few words.
 */
told: string, 
/**
 * What was sent, or the event's bytes.
 */
request_body: BodyView | null, 
/**
 * What came back.
 */
response_body: BodyView | null, };

/**
 * A verifier in one language.
 */
export type SnippetView = { 
/**
 * The language.
 */
language: Language, 
/**
 * Its name for people.
 */
name: string, 
/**
 * The code.
 */
code: string, };

/**
 * What the local API takes for a source, key for key.
 */
export type SourceForm = { name: string; scheme?: string; secret?: string; generate_secret?: boolean; brand?: string; allow_ips?: Array<string>; token?: boolean | string; postback?: PostbackMapping; relay?: { kind: RelayKind; url: string; key?: string } };

/**
 * Names an inbound path of the receiver.
 */
export type SourceId = string;

/**
 * A source, without its secrets.
 */
export type SourceView = { 
/**
 * Its id.
 */
id: SourceId, 
/**
 * Its name.
 */
name: string, 
/**
 * Where it is reached at the receiver.
 */
path: string, 
/**
 * The signature scheme.
 */
scheme: string, 
/**
 * The brand whose subscriptions its events match.
 */
brand: string | null, 
/**
 * Who may send; empty for anyone.
 */
allow_ips: Array<Network>, 
/**
 * Whether a secret is kept.
 */
has_secret: boolean, 
/**
 * Whether its path has a token.
 */
has_token: boolean, 
/**
 * What becomes of postbacks, if it takes them.
 */
postback: PostbackMapping | null, 
/**
 * Where its requests are pulled from, if they are.
 */
relay: RelayView | null, 
/**
 * When it was made.
 */
created_at: Timestamp, };

/**
 * What the frame of the window shows at any time.
 */
export type StatusView = { 
/**
 * What moves; absent while the folder cannot be used.
 */
pulse: LiveMetricsView | null, 
/**
 * The version of the program.
 */
version: string, 
/**
 * What is shown.
 */
workspace: Workspace, 
/**
 * The folder that is shown.
 */
data_dir: string, 
/**
 * What the dispatcher does.
 */
state: DispatcherState, 
/**
 * Who dispatches instead.
 */
holder: HolderView | null, 
/**
 * Where webhooks are received, if they are.
 */
receiver: string | null, 
/**
 * Where the local API answers, if it does.
 */
api: string | null, 
/**
 * Why the folder cannot be used, or why nobody dispatches.
 */
problem: Problem | null, 
/**
 * What is worth knowing, such as a port that was taken.
 */
notes: Array<string>, };

/**
 * One check, in the order they were made.
 */
export type Step = { 
/**
 * `header`, `format`, `timestamp`, `secret`, `digest` or `age`.
 */
name: string, 
/**
 * Whether it passed; the first that does not is the last.
 */
ok: boolean, 
/**
 * What was found and, where it failed, what to do.
 */
detail: string, };

/**
 * A change of a subscription.
 */
export type SubscriptionEdit = { id: SubscriptionId, change: SubscriptionForm, };

/**
 * What the local API takes for a subscription, key for key: what is left out keeps its value or
 * its default, `null` clears.
 */
export type SubscriptionForm = { url?: string; events?: Array<string>; name?: string | null; brand?: string | null; platform?: string; kind?: Kind; method?: Method | null; template?: string | null; content_type?: string | null; ca_pem?: string | null; skip_tls_verify?: boolean; scheme?: string; secret?: string | null; generate_secret?: boolean; headers?: Array<[string, string]>; enabled?: boolean; policy?: unknown; rate_per_second?: number | null; concurrency?: number | null; ordered?: boolean; ordered_by?: string | null; allow_private?: boolean; filter?: string | null; auto_disable_after_ms?: number | null; remote?: boolean };

/**
 * Names a subscription.
 */
export type SubscriptionId = string;

/**
 * A subscription with its health.
 */
export type SubscriptionLine = { 
/**
 * How it does.
 */
health: HealthView, 
/**
 * Its id.
 */
id: SubscriptionId, 
/**
 * Where it runs.
 */
where: Where, 
/**
 * Its name for people.
 */
name: string, 
/**
 * Where events go; credentials in it are masked.
 */
url: string, 
/**
 * Which event types it listens to.
 */
events: Array<string>, 
/**
 * The brand it is limited to.
 */
brand: string | null, 
/**
 * The condition that events must meet, in CEL.
 */
filter: string | null, 
/**
 * The platform whose profile it follows.
 */
platform: string, 
/**
 * `webhook` or `postback`.
 */
kind: Kind, 
/**
 * How it asks: `POST`, or `GET` for a postback.
 */
method: Method, 
/**
 * What the body is rendered from; null for the event as it was kept.
 */
template: string | null, 
/**
 * The type of the body; null where there is none.
 */
content_type: string | null, 
/**
 * Whether the content type was said, rather than guessed.
 */
content_type_set: boolean, 
/**
 * The signature scheme.
 */
scheme: string, 
/**
 * `sign` or `forward`.
 */
mode: Mode, 
/**
 * Whether deliveries carry a signature of ours.
 */
signed: boolean, 
/**
 * Whether a secret is kept.
 */
has_secret: boolean, 
/**
 * Headers added to every request; the values of credentials are masked.
 */
headers: Array<[string, string]>, 
/**
 * Whether it is sent to.
 */
enabled: boolean, 
/**
 * Why the program disabled it, if it did.
 */
disabled_because: string | null, 
/**
 * Whether it is paused by itself: nothing new is sent, what is new waits.
 */
paused: boolean, 
/**
 * Since when.
 */
paused_since: Timestamp | null, 
/**
 * Whether deliveries go out, or wait until its host is well again.
 */
breaker: BreakerView, 
/**
 * What to look at before it is disabled by itself.
 */
warning: string | null, 
/**
 * The retry policy in force.
 */
policy: Record<string, unknown>, 
/**
 * Whether more was said of it than a preset's name.
 */
policy_own: boolean, 
/**
 * At most so many attempts a second.
 */
rate_per_second: number | null, 
/**
 * At most so many attempts at a time.
 */
concurrency: number | null, 
/**
 * Whether events are sent one at a time, in order.
 */
ordered: boolean, 
/**
 * The field whose value events must share to be kept in order; all of them are without one.
 */
ordered_by: string | null, 
/**
 * Whether private addresses may be sent to.
 */
allow_private: boolean, 
/**
 * Certificates, as PEM, that are trusted beside the operating system's.
 */
ca_pem: string | null, 
/**
 * Whether the endpoint's certificate is left unchecked; on this machine only.
 */
skip_tls_verify: boolean, 
/**
 * Disable it once every attempt failed for so long.
 */
auto_disable_after_ms: number | null, 
/**
 * Moves with each change: a change may be made to depend on it.
 */
revision: number, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it was last changed.
 */
updated_at: Timestamp, 
/**
 * How it stands at the platform, if it runs there.
 */
remote: RemoteView | null, };

/**
 * A subscription, without its secret.
 */
export type SubscriptionView = { 
/**
 * Its id.
 */
id: SubscriptionId, 
/**
 * Where it runs.
 */
where: Where, 
/**
 * Its name for people.
 */
name: string, 
/**
 * Where events go; credentials in it are masked.
 */
url: string, 
/**
 * Which event types it listens to.
 */
events: Array<string>, 
/**
 * The brand it is limited to.
 */
brand: string | null, 
/**
 * The condition that events must meet, in CEL.
 */
filter: string | null, 
/**
 * The platform whose profile it follows.
 */
platform: string, 
/**
 * `webhook` or `postback`.
 */
kind: Kind, 
/**
 * How it asks: `POST`, or `GET` for a postback.
 */
method: Method, 
/**
 * What the body is rendered from; null for the event as it was kept.
 */
template: string | null, 
/**
 * The type of the body; null where there is none.
 */
content_type: string | null, 
/**
 * Whether the content type was said, rather than guessed.
 */
content_type_set: boolean, 
/**
 * The signature scheme.
 */
scheme: string, 
/**
 * `sign` or `forward`.
 */
mode: Mode, 
/**
 * Whether deliveries carry a signature of ours.
 */
signed: boolean, 
/**
 * Whether a secret is kept.
 */
has_secret: boolean, 
/**
 * Headers added to every request; the values of credentials are masked.
 */
headers: Array<[string, string]>, 
/**
 * Whether it is sent to.
 */
enabled: boolean, 
/**
 * Why the program disabled it, if it did.
 */
disabled_because: string | null, 
/**
 * Whether it is paused by itself: nothing new is sent, what is new waits.
 */
paused: boolean, 
/**
 * Since when.
 */
paused_since: Timestamp | null, 
/**
 * Whether deliveries go out, or wait until its host is well again.
 */
breaker: BreakerView, 
/**
 * What to look at before it is disabled by itself.
 */
warning: string | null, 
/**
 * The retry policy in force.
 */
policy: Record<string, unknown>, 
/**
 * Whether more was said of it than a preset's name.
 */
policy_own: boolean, 
/**
 * At most so many attempts a second.
 */
rate_per_second: number | null, 
/**
 * At most so many attempts at a time.
 */
concurrency: number | null, 
/**
 * Whether events are sent one at a time, in order.
 */
ordered: boolean, 
/**
 * The field whose value events must share to be kept in order; all of them are without one.
 */
ordered_by: string | null, 
/**
 * Whether private addresses may be sent to.
 */
allow_private: boolean, 
/**
 * Certificates, as PEM, that are trusted beside the operating system's.
 */
ca_pem: string | null, 
/**
 * Whether the endpoint's certificate is left unchecked; on this machine only.
 */
skip_tls_verify: boolean, 
/**
 * Disable it once every attempt failed for so long.
 */
auto_disable_after_ms: number | null, 
/**
 * Moves with each change: a change may be made to depend on it.
 */
revision: number, 
/**
 * When it was made.
 */
created_at: Timestamp, 
/**
 * When it was last changed.
 */
updated_at: Timestamp, 
/**
 * How it stands at the platform, if it runs there.
 */
remote: RemoteView | null, };

/**
 * How far a reading has got.
 */
export type SyncStep = { "step": "resuming" } | { "step": "event_types" } | { "step": "webhooks", 
/**
 * How many event types there are.
 */
event_types: number, } | { "step": "repairing", 
/**
 * How many are done.
 */
done: number, 
/**
 * How many there are.
 */
of: number, };

/**
 * What a reading of a platform brought.
 */
export type SyncSummary = { 
/**
 * What changed among the event types.
 */
event_types: TypeChanges, 
/**
 * What changed among the webhooks.
 */
webhooks: WebhookChanges, 
/**
 * The subscriptions here that the platform no longer has as they are kept.
 */
drift: Array<Drift>, 
/**
 * Changes that an earlier program left unfinished, and how they ended.
 */
resumed: Array<Resumed>, 
/**
 * What is worth knowing, such as a clock that is wrong or event types that have no usable name.
 */
warnings: Array<string>, 
/**
 * Its id.
 */
id: BrandId, 
/**
 * Its name.
 */
name: string, 
/**
 * The platform.
 */
platform: string, 
/**
 * Where the platform's API is.
 */
base_url: string, 
/**
 * Whether an API key is kept.
 */
has_key: boolean, 
/**
 * How many subscriptions run at its platform.
 */
subscriptions: number, 
/**
 * When it was added.
 */
created_at: Timestamp, 
/**
 * When its platform was last read.
 */
synced_at: Timestamp | null, 
/**
 * The platform's name for people.
 */
platform_title: string, 
/**
 * What the platform's payloads call it, where that is known.
 */
payload_id: string | null, 
/**
 * Whether the platform serves a delivery log of its own.
 */
has_log: boolean, 
/**
 * How many webhooks the platform had when it was last read.
 */
webhook_count: number, 
/**
 * How many subscriptions the platform no longer has as they are kept.
 */
drifted: number, 
/**
 * How many changes at the platform are unfinished.
 */
unfinished: number, 
/**
 * Why its platform could not be read the last time, and what to do.
 */
trouble: PlatformReadError | null, 
/**
 * How far a reading of it that this program makes now has got.
 */
syncing: SyncStep | null, };

/**
 * What a target is to be.
 */
export type TargetInput = { 
/**
 * What it answers; `200` if left out.
 */
script?: string, 
/**
 * The port it listens on; a free one if left out.
 */
port?: number, 
/**
 * How its requests are verified; not at all if left out.
 */
scheme?: string, 
/**
 * The secret they are verified with.
 */
secret?: string, 
/**
 * The subscription or source whose kept secret that is; instead of `secret`.
 */
secret_of?: string, };

/**
 * A request that reached a target.
 */
export type TargetRequest = { 
/**
 * Counted from 1.
 */
number: number, 
/**
 * When it came.
 */
at: Timestamp, 
/**
 * The method.
 */
method: string, 
/**
 * Path and query, as they were sent.
 */
path: string, 
/**
 * The headers, in order; credentials hidden.
 */
headers: Array<[string, string]>, 
/**
 * How many bytes its body had.
 */
body_bytes: number, 
/**
 * What it was answered.
 */
answered: string, 
/**
 * Whether its signature is valid, where that is checked.
 */
verified: Verification | null, } & ({ "body": string } | { "body_base64": string });

/**
 * A running target.
 */
export type TargetView = { 
/**
 * Names it while the program runs: `tgt_1`.
 */
id: string, 
/**
 * Where it listens.
 */
url: string, 
/**
 * What it answers.
 */
script: string, 
/**
 * How its requests are verified, if they are.
 */
scheme: Scheme | null, 
/**
 * When it was started.
 */
started_at: Timestamp, 
/**
 * How many requests came.
 */
requests: number, };

/**
 * A filter that a template may use.
 */
export type TemplateFilter = { 
/**
 * What it is called.
 */
name: string, 
/**
 * What it does.
 */
meaning: string, 
/**
 * How it is written.
 */
example: string, };

/**
 * A template to begin with.
 */
export type TemplatePreset = { 
/**
 * What it is called.
 */
name: string, 
/**
 * Its name for people.
 */
title: string, 
/**
 * What it is for.
 */
summary: string, 
/**
 * What it is sent as.
 */
content_type: string, 
/**
 * The template.
 */
template: string, };

/**
 * What there is to write templates with.
 */
export type TemplatesView = { 
/**
 * Templates to begin with.
 */
presets: Array<TemplatePreset>, 
/**
 * What can be done with a value.
 */
filters: Array<TemplateFilter>, };

/**
 * A moment in UTC, in milliseconds since 1970-01-01. Written as RFC 3339 with three digits of
 * milliseconds (`2026-05-08T04:51:35.080Z`).
 */
export type Timestamp = string;

/**
 * How long one step took on both sides, in microseconds.
 */
export type TimingDifference = { 
/**
 * `dns`, `connect`, `tls`, `first_byte` or `total`.
 */
step: string, 
/**
 * On the left; null where the step did not happen.
 */
left_us: number | null, 
/**
 * On the right.
 */
right_us: number | null, };

/**
 * How long the steps of an attempt took, in milliseconds and exactly in microseconds; a step that
 * did not happen is null.
 */
export type TimingsView = { 
/**
 * Resolving the host name.
 */
dns_ms: number | null, 
/**
 * Opening the connection.
 */
connect_ms: number | null, 
/**
 * The TLS handshake.
 */
tls_ms: number | null, 
/**
 * Until the status line.
 */
first_byte_ms: number | null, 
/**
 * All of it.
 */
total_ms: number, 
/**
 * `dns_ms` in microseconds.
 */
dns_us: number | null, 
/**
 * `connect_ms` in microseconds.
 */
connect_us: number | null, 
/**
 * `tls_ms` in microseconds.
 */
tls_us: number | null, 
/**
 * `first_byte_ms` in microseconds.
 */
first_byte_us: number | null, 
/**
 * `total_ms` in microseconds.
 */
total_us: number, };

/**
 * What started an attempt.
 */
export type Trigger = "scheduled" | "manual";

/**
 * What changed among the event types.
 */
export type TypeChanges = { 
/**
 * How many there are.
 */
total: number, 
/**
 * New ones.
 */
added: Array<string>, 
/**
 * Those that are gone.
 */
removed: Array<string>, };

/**
 * Names an event type.
 */
export type TypeOf = { event_type: string, };

/**
 * How the vault stands.
 */
export type VaultView = { 
/**
 * Where its key comes from: `keyring`, `file`, `variable` or `memory`.
 */
source: string, 
/**
 * Whether it is open.
 */
open: boolean, 
/**
 * How many secrets it keeps.
 */
secrets: number, 
/**
 * Why it could not be opened, with what to do, if it was tried.
 */
trouble: string | null, };

/**
 * A failed attempt explained.
 */
export type Verdict = { 
/**
 * What it was.
 */
code: VerdictCode, 
/**
 * Who has to act.
 */
who: Actor, 
/**
 * One sentence for people who do not write code.
 */
summary: string, 
/**
 * The evidence, for an engineer.
 */
detail: string, 
/**
 * What to do.
 */
next_step: string, };

/**
 * What went wrong with an attempt.
 */
export type VerdictCode = string;

/**
 * What [`verify`] found.
 */
export type Verification = { 
/**
 * Whether the request is to be trusted.
 */
valid: boolean, 
/**
 * Why, or why not.
 */
reason: Reason, 
/**
 * How it was found.
 */
steps: Array<Step>, 
/**
 * Which of the secrets matched, counted from 0; also set when only the time is wrong.
 */
matched_secret?: number, 
/**
 * The time that came with the signature, as a number of the unit it was sent in.
 */
timestamp?: number, };

/**
 * What changed among the webhooks.
 */
export type WebhookChanges = { 
/**
 * How many there are.
 */
total: number, 
/**
 * Those that were not there before.
 */
added: Array<Listed>, 
/**
 * Those that do something else now.
 */
changed: Array<Listed>, 
/**
 * Those that are gone, as they were seen last.
 */
removed: Array<Listed>, };

/**
 * A webhook at a brand's platform.
 */
export type WebhookOf = { brand: BrandId, 
/**
 * The platform's id of it.
 */
webhook: string, };

/**
 * A webhook at the platform.
 */
export type WebhookView = { 
/**
 * The subscription here that it belongs to; `None`: it was made elsewhere.
 */
subscription: SubscriptionId | null, 
/**
 * When it was first seen.
 */
first_seen_at: Timestamp, 
/**
 * When it was last seen.
 */
last_seen_at: Timestamp, 
/**
 * When a reading no longer had it.
 */
gone_at: Timestamp | null, 
/**
 * The platform's id of it.
 */
id: string, 
/**
 * Where it sends to.
 */
url: string, 
/**
 * The event types it sends.
 */
events: Array<string>, };

/**
 * Where a subscription runs.
 */
export type Where = "machine" | "platform";

/**
 * What became of the event, in a word.
 */
export type WhyCode = "delivered" | "waiting" | "held" | "failed" | "cancelled" | "skipped" | "not_wanted" | "not_yet" | "deleted" | "at_platform" | "other_test" | "unknown";

/**
 * Which event; brand or source where the id alone does not say.
 */
export type WhyQuery = { 
/**
 * The event's id.
 */
event: string, 
/**
 * Its brand.
 */
brand?: string, 
/**
 * Its source.
 */
source?: SourceId, 
/**
 * For this subscription only.
 */
subscription?: SubscriptionId, };

/**
 * The answers for an event.
 */
export type WhyResult = { 
/**
 * The event's id.
 */
event: string, 
/**
 * Its type.
 */
event_type: string, 
/**
 * Its brand.
 */
brand: string | null, 
/**
 * When it was kept.
 */
received_at: Timestamp, 
/**
 * How often the same event came again.
 */
repeats: number, 
/**
 * The answer for each subscription; those it was sent to come first.
 */
items: Array<WhyView>, };

/**
 * The answer for one subscription.
 */
export type WhyView = { 
/**
 * The subscription.
 */
subscription: SubscriptionId, 
/**
 * Its name.
 */
subscription_name: string, 
/**
 * Whether it is deleted now.
 */
deleted: boolean, 
/**
 * The last delivery of the event to it.
 */
delivery: DeliveryView | null, 
/**
 * How many deliveries of the event to it there are.
 */
deliveries: number, 
/**
 * Whether at least one attempt was made.
 */
sent: boolean, 
/**
 * What became of it.
 */
code: WhyCode, 
/**
 * The answer in a sentence.
 */
sentence: string, 
/**
 * Whether the same event would be sent if it came now.
 */
would_be_sent_now: boolean, 
/**
 * That in a sentence.
 */
now_sentence: string, 
/**
 * Each rule, in the order in which they decide.
 */
clauses: Array<Clause>, };

/**
 * What the state shows: the user's own data, or the demo.
 */
export type Workspace = "own" | "demo";

/** Every command: what it takes and what it answers. */
export interface Commands {
  acknowledge: { input: Alerts; output: Acknowledged };
  alerts: { input: AlertQuery; output: Page<AlertView> };
  brand: { input: ById<BrandId>; output: BrandDetail };
  brand_add: { input: BrandForm; output: BrandView };
  brand_check: { input: ById<BrandId>; output: KeyCheck };
  brand_edit: { input: BrandEdit; output: BrandView };
  brand_log: { input: RemoteLogOf; output: RemoteLog };
  brand_remove: { input: BrandRemoval; output: null };
  brand_sync: { input: BrandSync; output: SyncSummary };
  brand_test: { input: BrandForm; output: KeyCheck };
  brands: { input: null; output: Array<BrandView> };
  bundle_read: { input: BundleText; output: BundleView };
  cancel: { input: Ids; output: null };
  cancel_matching: { input: CancelMatching; output: BulkCancel };
  check_receiver: { input: CheckInput; output: ReportCard };
  compare: { input: CompareQuery; output: ComparisonView };
  curl: { input: AttemptOf; output: string };
  deliveries: { input: DeliveryQuery; output: Page<DeliveryLine> };
  delivery: { input: ById<DeliveryId>; output: DeliveryDetail };
  doctor: { input: null; output: DoctorReport };
  edit_and_send: { input: EditForm; output: SentEdited };
  erase: { input: EraseInput; output: EraseReport };
  event: { input: EventOf; output: EventDetail };
  event_schema: { input: TypeOf; output: InferredSchemaView | null };
  event_send: { input: EventJson; output: Accepted };
  event_types: { input: null; output: Array<EventTypeView> };
  export_log: { input: ExportLog; output: SavedExport };
  export_save: { input: ExportOf; output: string };
  export_text: { input: ExportOf; output: string };
  facets: { input: DeliveryQuery; output: FacetsView };
  filter_test: { input: FilterOf; output: FilterTest };
  histogram: { input: HistogramQuery; output: HistogramView };
  home: { input: BrandFilter; output: HomeView };
  lab: { input: LabInput; output: LabResult };
  lab_request: { input: AttemptOf; output: LabRequest };
  lab_sign: { input: LabSignInput; output: Array<[string, string]> };
  leave_demo: { input: null; output: null };
  live: { input: LiveQuery; output: Page<LiveLine> };
  open_data_dir: { input: null; output: null };
  operation: { input: ById<OperationId>; output: OperationView };
  operation_cancel: { input: ById<OperationId>; output: OperationView };
  operations: { input: OperationsOf; output: Page<OperationView> };
  outage: { input: OutageQuery; output: OutageView };
  pause: { input: null; output: PauseView };
  platforms: { input: null; output: Array<PlatformView> };
  public_endpoint: { input: null; output: PublicEndpointView };
  public_endpoint_set: { input: PublicUrl; output: PublicEndpointView };
  received: { input: ById<SourceId>; output: Array<ReceivedView> };
  received_forward: { input: ReceivedForward; output: ForwardedRequest };
  received_replay: { input: ReceivedOf; output: ReplayedRequest };
  recover: { input: RecoverOf; output: OperationPlan };
  replay: { input: ReplayOf; output: OperationPlan };
  resume: { input: null; output: PauseView };
  retention: { input: null; output: RetentionView };
  retention_run: { input: null; output: RetentionDone };
  retention_set: { input: RetentionInput; output: RetentionView };
  retry: { input: Ids; output: null };
  retry_matching: { input: RetryMatching; output: BulkRetry };
  retry_open: { input: null; output: null };
  schedule: { input: ScheduleOf; output: ScheduleView };
  schemes: { input: null; output: Array<SchemeView> };
  self_check: { input: PublicUrl; output: SelfCheck };
  set_aside: { input: null; output: null };
  source_create: { input: SourceForm; output: SavedSource };
  source_delete: { input: ById<SourceId>; output: null };
  sources: { input: null; output: Array<SourceView> };
  start_demo: { input: null; output: null };
  status: { input: null; output: StatusView };
  subscription: { input: ById<SubscriptionId>; output: SubscriptionLine };
  subscription_accept: { input: ById<SubscriptionId>; output: SubscriptionView };
  subscription_create: { input: SubscriptionForm; output: SavedSubscription };
  subscription_delete: { input: ById<SubscriptionId>; output: Deleted };
  subscription_edit: { input: SubscriptionEdit; output: SavedSubscription };
  subscription_pause: { input: ById<SubscriptionId>; output: SubscriptionView };
  subscription_preview: { input: PreviewForm; output: Preview };
  subscription_repair: { input: ById<SubscriptionId>; output: SubscriptionView };
  subscription_resume: { input: ById<SubscriptionId>; output: SubscriptionView };
  subscription_reveal: { input: ById<SubscriptionId>; output: RevealedView };
  subscription_rotate: { input: Rotation; output: SavedSubscription };
  subscription_test: { input: ById<SubscriptionId>; output: DeliveryDetail | null };
  subscription_test_remotely: { input: ById<SubscriptionId>; output: RemoteTestView };
  subscriptions: { input: null; output: Array<SubscriptionLine> };
  target_requests: { input: ById<string>; output: Array<TargetRequest> };
  target_start: { input: TargetInput; output: TargetView };
  target_stop: { input: ById<string>; output: null };
  targets: { input: null; output: Array<TargetView> };
  templates: { input: null; output: TemplatesView };
  vault: { input: null; output: VaultView };
  webhook_delete: { input: WebhookOf; output: null };
  webhook_import: { input: WebhookOf; output: SubscriptionView };
  why: { input: WhyQuery; output: WhyResult };
}
