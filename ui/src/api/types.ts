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
 * Who has to act.
 */
export type Actor = "you" | "receiver" | "network" | "platform";

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
 * Whether everything was tried that is looked for; false for very large input.
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
 * Names one account on a platform.
 */
export type BrandId = string;

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
deliveries: Array<DeliveryId>, };

/**
 * Names one thing.
 */
export type ById<T> = { id: T, };

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
 * An event with its bytes.
 */
export type EventDetail = { 
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
deliveries: number, } & ({ "body": string } | { "body_base64": string });

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
 * How many deliveries the whole filter finds; at most the cap.
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
 * Which facets count only the newest 10,000 matches, because there are more.
 */
capped: boolean, };

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
tries: Array<TriesView>, 
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
bars: Array<Bar>, };

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
 * Every subscription with its health: what fails comes first.
 */
subscriptions: Array<SubscriptionLine>, };

/**
 * Some deliveries.
 */
export type Ids = { ids: Array<DeliveryId>, };

/**
 * What a subscription sends.
 */
export type Kind = "webhook" | "postback";

/**
 * What the lab found.
 */
export type LabAnswer = { 
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
deliveries: number, };

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
 * What it tells of, in people's words.
 */
goals: Array<Goal>, 
/**
 * Its event types; of several versions the newest.
 */
events: Array<CatalogueEvent>, };

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
 * What moves now: cheap enough to ask again and again.
 */
export type PulseView = { 
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
sources: number, };

/**
 * A request that came to a source.
 */
export type ReceivedView = { 
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
 * The text.
 */
body?: string, 
/**
 * The bytes in base64.
 */
body_base64?: string, };

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
state: string, };

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
 * A retry of all that a filter names.
 */
export type RetryMatching = { query: DeliveryQuery, dry_run: boolean, };

/**
 * A new secret for a subscription; one is generated if none is given.
 */
export type Rotation = { id: SubscriptionId, secret?: string, overlap_ms?: number, };

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
 * Where events go.
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
export type SourceForm = { name: string; scheme?: string; secret?: string; generate_secret?: boolean; brand?: string; allow_ips?: Array<string>; token?: boolean | string };

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
pulse: PulseView | null, 
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
export type SubscriptionForm = { url?: string; events?: Array<string>; name?: string | null; brand?: string | null; platform?: string; kind?: Kind; method?: Method | null; template?: string | null; content_type?: string | null; ca_pem?: string | null; skip_tls_verify?: boolean; scheme?: string; secret?: string | null; generate_secret?: boolean; headers?: Array<[string, string]>; enabled?: boolean; policy?: unknown; rate_per_second?: number | null; concurrency?: number | null; ordered?: boolean; allow_private?: boolean };

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
 * Where events go.
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
 * Where events go.
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
 * Attempts in one stretch of the window.
 */
export type TriesView = { 
/**
 * Those that got a 2xx.
 */
good: number, 
/**
 * The others.
 */
bad: number, };

/**
 * What started an attempt.
 */
export type Trigger = "scheduled" | "manual";

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
 * Where a subscription runs.
 */
export type Where = "machine" | "platform";

/**
 * What the desk shows: the user's own data, or the demo.
 */
export type Workspace = "own" | "demo";

/** Every command: what it takes and what it answers. */
export interface Commands {
  cancel: { input: Ids; output: null };
  curl: { input: AttemptOf; output: string };
  deliveries: { input: DeliveryQuery; output: Page<DeliveryLine> };
  delivery: { input: ById<DeliveryId>; output: DeliveryDetail };
  event: { input: EventOf; output: EventDetail };
  event_send: { input: EventJson; output: Accepted };
  event_types: { input: null; output: Array<EventTypeView> };
  facets: { input: DeliveryQuery; output: FacetsView };
  histogram: { input: HistogramQuery; output: HistogramView };
  home: { input: null; output: HomeView };
  lab: { input: LabInput; output: LabAnswer };
  lab_request: { input: AttemptOf; output: LabRequest };
  lab_sign: { input: LabSignInput; output: Array<[string, string]> };
  leave_demo: { input: null; output: null };
  live: { input: LiveQuery; output: Page<LiveLine> };
  open_data_dir: { input: null; output: null };
  pause: { input: null; output: PauseView };
  platforms: { input: null; output: Array<PlatformView> };
  received: { input: ById<SourceId>; output: Array<ReceivedView> };
  resume: { input: null; output: PauseView };
  retry: { input: Ids; output: null };
  retry_matching: { input: RetryMatching; output: BulkRetry };
  retry_open: { input: null; output: null };
  schedule: { input: ScheduleOf; output: ScheduleView };
  schemes: { input: null; output: Array<SchemeView> };
  set_aside: { input: null; output: null };
  source_create: { input: SourceForm; output: SavedSource };
  source_delete: { input: ById<SourceId>; output: null };
  sources: { input: null; output: Array<SourceView> };
  start_demo: { input: null; output: null };
  status: { input: null; output: StatusView };
  subscription: { input: ById<SubscriptionId>; output: SubscriptionLine };
  subscription_create: { input: SubscriptionForm; output: SavedSubscription };
  subscription_delete: { input: ById<SubscriptionId>; output: Deleted };
  subscription_edit: { input: SubscriptionEdit; output: SavedSubscription };
  subscription_pause: { input: ById<SubscriptionId>; output: SubscriptionView };
  subscription_preview: { input: PreviewForm; output: Preview };
  subscription_resume: { input: ById<SubscriptionId>; output: SubscriptionView };
  subscription_rotate: { input: Rotation; output: SavedSubscription };
  subscription_test: { input: ById<SubscriptionId>; output: DeliveryDetail | null };
  subscriptions: { input: null; output: Array<SubscriptionLine> };
  templates: { input: null; output: TemplatesView };
  vault: { input: null; output: VaultView };
}
