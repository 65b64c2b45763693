// A subscription while it is written: what the form holds, and what is sent of it.

import type { Method, PlatformView, SubscriptionForm, SubscriptionLine } from "~/api/types";
import { readPolicy, readSpan, readWaits, spell } from "../policy/policy";
import { suggestName, urlTrouble } from "../url";

/** What stands in place of a credential that the program does not show. */
export const MASK = "••••";

/** Stands in a form for a retry policy that follows no preset. */
export const OWN = "own";

/** What is sent: the event as it is, what a template renders, or a URL that is filled. */
export type Shape = "event" | "template" | "postback";

/** Where the secret comes from; `keep` only for a subscription that has one. */
export type SecretChoice = "generate" | "give" | "none" | "keep";

/** A header to add; `hidden` when the value is kept but not shown. */
export interface HeaderRow {
  key: number;
  name: string;
  value: string;
  hidden: boolean;
}

/** A form. Empty text stands for "as the platform does it" or "no limit". */
export interface Draft {
  /** The brand at whose platform it is to run; empty for this machine. */
  at: string;
  platform: string;
  events: string[];
  url: string;
  name: string;
  /** Whether the name was typed, and is no longer suggested. */
  named: boolean;
  brand: string;
  secret: SecretChoice;
  /** The secret that is given. */
  given: string;
  scheme: string;
  /** A preset's name; `OWN` for a policy that follows none. */
  policy: string;
  /** The policy that a schedule of its own begins with: that of the subscription, or a preset's. */
  own: Record<string, unknown> | null;
  /** The schedule of its own, as it is typed. */
  waits: string;
  /** Whether its last wait is repeated. */
  repeat: boolean;
  /** How long it goes on, and how long an attempt may take, as typed; empty for the preset's. */
  giveUp: string;
  timeout: string;
  /** After how much failing it is switched off, as typed; empty for never. */
  autoDisable: string;
  /** The condition that events must meet, in CEL; empty for none. */
  filter: string;
  headers: HeaderRow[];
  rate: string;
  concurrency: string;
  ordered: boolean;
  /** The field that events must share to be kept in order; empty for all of them. */
  orderedBy: string;
  private: boolean;
  shape: Shape;
  /** How a postback asks. */
  method: Method;
  /** The template; of a postback that posts, empty for the event as it is. */
  template: string;
  /** What the template is sent as; empty for what it looks like. */
  contentType: string;
  /** Certificates in PEM that are trusted beside the operating system's. */
  caPem: string;
  /** Whether the certificate is left unchecked; on this machine only. */
  unchecked: boolean;
}

/** Which step of the wizard a field stands on. */
export const STEP_OF: Record<string, 1 | 2> = { platform: 1, events: 1, brand: 1, filter: 1 };

/** An empty form. */
export function newDraft(platform: string): Draft {
  return {
    at: "",
    platform,
    events: [],
    url: "",
    name: "",
    named: false,
    brand: "",
    secret: "generate",
    given: "",
    scheme: "",
    policy: "",
    own: null,
    waits: "",
    repeat: false,
    giveUp: "",
    timeout: "",
    autoDisable: "",
    filter: "",
    headers: [],
    rate: "",
    concurrency: "",
    ordered: false,
    orderedBy: "",
    private: false,
    shape: "event",
    method: "GET",
    template: "",
    contentType: "",
    caPem: "",
    unchecked: false,
  };
}

/** What is forgotten when the platform becomes another: what was chosen beside the former one's ways. */
export const ELSEWHERE = {
  scheme: "",
  policy: "",
  own: null,
  waits: "",
  repeat: false,
  giveUp: "",
  timeout: "",
} satisfies Partial<Draft>;

/** The form of a subscription, to edit it or to make another like it. */
export function draftOf(line: SubscriptionLine, platform: PlatformView | undefined, copy: boolean): Draft {
  const preset = typeof line.policy.preset === "string" ? line.policy.preset : "";
  const policy = readPolicy(line.policy);
  const own = line.policy_own;
  return {
    at: line.remote?.brand ?? "",
    platform: line.platform,
    events: [...line.events],
    url: line.url,
    name: copy ? `${line.name || suggestName(line.url)} copy` : line.name,
    named: true,
    brand: line.remote ? "" : (line.brand ?? ""),
    secret: line.has_secret ? (copy ? "generate" : "keep") : "none",
    given: "",
    scheme: line.scheme === (line.kind === "postback" ? "none" : platform?.scheme) ? "" : line.scheme,
    policy: own ? OWN : preset === line.platform ? "" : preset,
    own: own ? withoutNulls(line.policy) : null,
    waits: own ? policy.delays_ms.map(spell).join(", ") : "",
    repeat: own && policy.repeat_last,
    giveUp: own && policy.max_age_ms !== null ? spell(policy.max_age_ms) : "",
    timeout: own && policy.timeout_ms !== null ? spell(policy.timeout_ms) : "",
    autoDisable: line.auto_disable_after_ms === null ? "" : spell(line.auto_disable_after_ms),
    filter: line.filter ?? "",
    headers: line.headers.map(([name, value], key) => ({
      key,
      name,
      value: value === MASK ? "" : value,
      hidden: value === MASK,
    })),
    rate: line.rate_per_second === null ? "" : String(line.rate_per_second),
    concurrency: line.concurrency === null ? "" : String(line.concurrency),
    ordered: line.ordered,
    orderedBy: line.ordered_by ?? "",
    private: line.allow_private,
    shape: line.kind === "postback" ? "postback" : line.template === null ? "event" : "template",
    method: line.kind === "postback" ? line.method : "GET",
    template: line.template ?? "",
    contentType: line.content_type_set ? (line.content_type ?? "") : "",
    caPem: line.ca_pem ?? "",
    unchecked: line.skip_tls_verify,
  };
}

/** When it is tried again, as it stands in the form; nothing while that cannot be read, or is not known. */
export function scheduleOf(
  draft: Draft,
  platforms: readonly PlatformView[],
): { delays: readonly number[]; repeatLast: boolean } | undefined {
  if (draft.policy === "none") return { delays: [], repeatLast: false };
  if (draft.policy === OWN) {
    const waits = readWaits(draft.waits);
    return waits && { delays: waits, repeatLast: draft.repeat };
  }
  const preset = platforms.find(({ name }) => name === (draft.policy || draft.platform));
  return preset && { delays: preset.delays_ms, repeatLast: preset.repeat_last };
}

/** The scheme in force. */
export function schemeOf(draft: Draft, platform: PlatformView | undefined): string {
  return draft.scheme || (draft.shape === "postback" ? "none" : platform?.scheme) || "standard";
}

/** Whether it may go without a secret. */
export function mayGoUnsigned(draft: Draft, platform: PlatformView | undefined): boolean {
  const scheme = schemeOf(draft, platform);
  const required = platform?.secret_required && !(draft.shape === "postback" && scheme === "none");
  return !required && scheme !== "api-key";
}

/** What keeps the form from being saved, by field; said before asking the program. */
export function troubles(
  draft: Draft,
  platform: PlatformView | undefined,
  before?: Draft,
): Record<string, string> {
  const found: Record<string, string> = {};
  if (draft.events.length === 0) found.events = "Choose at least one thing to be told about.";
  if (draft.url.trim() === "") found.url = "Say where events go.";
  const url = urlTrouble(draft.url, platform);
  if (url) found.url = url;
  if (draft.secret === "give" && draft.given === "") found.secret = "Give the secret, or have one generated.";
  if (draft.secret === "none" && !mayGoUnsigned(draft, platform)) {
    found.secret = `${platform?.title ?? "This platform"} deliveries must be signed: give a secret or have one generated.`;
  }
  // The rest is the platform's to decide, and not shown.
  if (draft.at !== "") return found;
  if (draft.shape === "template" && draft.template.trim() === "")
    found.template = "Write what is to be sent, or begin with one of the templates.";
  if (numberOf(draft.rate) === undefined)
    found.rate_per_second = "A number of attempts a second, such as 5 or 0.5.";
  if (wholeOf(draft.concurrency) === undefined) found.concurrency = "A whole number from 1 to 256.";
  if (draft.policy === OWN) {
    const waits = readWaits(draft.waits);
    if (waits === undefined)
      found.policy = "Waits such as “1 s, 30 s, 5 min, 2 h”, with commas between them.";
    else if (draft.repeat && waits.length === 0) found.policy = "There is no wait to repeat.";
    if (readSpan(draft.giveUp) === undefined) found.give_up = "A time such as “12 h” or “3 days”.";
    if (readSpan(draft.timeout) === undefined) found.timeout = "A time such as “10 s”.";
  }
  if (readSpan(draft.autoDisable) === undefined)
    found.auto_disable_after_ms = "A time such as “12 h” or “3 days”.";
  const nameless = draft.headers.some((row) => row.name.trim() === "" && row.value !== "");
  if (nameless) found.headers = "A header needs a name.";
  const hidden = draft.headers.find((row) => row.hidden && row.value === "");
  if (hidden && !before) {
    found.headers = `Type the value of ${hidden.name} again: it is kept hidden, and a copy does not get it.`;
  }
  return found;
}

/** A number, `null` when empty, `undefined` when it is none. */
function numberOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function wholeOf(text: string): number | null | undefined {
  const value = numberOf(text);
  return value == null || Number.isInteger(value) ? value : undefined;
}

/** The mask of a value that is kept hidden stands for it. */
function pairs(draft: Draft): [string, string][] {
  return draft.headers
    .filter((row) => row.name.trim() !== "")
    .map((row) => [row.name.trim(), row.hidden && row.value === "" ? MASK : row.value]);
}

function headersChanged(draft: Draft, before: Draft): boolean {
  return JSON.stringify(pairs(draft)) !== JSON.stringify(pairs(before));
}

/** What is sent, as the program takes it. */
function shapeOf(
  draft: Draft,
): Required<Pick<SubscriptionForm, "kind" | "method" | "template" | "content_type">> {
  const renders = draft.shape === "template" || (draft.shape === "postback" && draft.method === "POST");
  const template = renders && draft.template.trim() !== "" ? draft.template : null;
  return {
    kind: draft.shape === "postback" ? "postback" : "webhook",
    method: draft.shape === "postback" ? draft.method : null,
    template,
    content_type: template === null ? null : draft.contentType.trim() || null,
  };
}

function policyOf(draft: Draft): unknown {
  return draft.policy === OWN ? ownPolicy(draft) : draft.policy || null;
}

/** The schedule of its own, over what it began with. */
function ownPolicy(draft: Draft): Record<string, unknown> {
  const policy: Record<string, unknown> = {
    ...(draft.own ?? { preset: draft.platform }),
    delays_ms: readWaits(draft.waits) ?? [],
    repeat_last: draft.repeat,
    max_age_ms: readSpan(draft.giveUp) ?? null,
    timeout_ms: readSpan(draft.timeout) ?? null,
  };
  return withoutNulls(policy);
}

/** A form with a schedule of its own that begins as a preset has it. */
export function ownFrom(preset: PlatformView): Partial<Draft> {
  return {
    policy: OWN,
    own: { preset: preset.name },
    waits: preset.delays_ms.map(spell).join(", "),
    repeat: preset.repeat_last,
    giveUp: "",
    timeout: "",
  };
}

/** What is not set is left out, so that the program takes it as not said. */
function withoutNulls(policy: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null));
}

function secretOf(draft: Draft): SubscriptionForm {
  switch (draft.secret) {
    case "generate":
      return { generate_secret: true };
    case "give":
      return { secret: draft.given };
    case "none":
      return { secret: null };
    case "keep":
      return {};
  }
}

/** The field that order is kept by, where order is kept. */
function orderOf(draft: Draft): string {
  return draft.ordered ? draft.orderedBy.trim() : "";
}

/** What is sent to make a subscription. Reads a form without troubles. */
export function toForm(draft: Draft, platform: PlatformView | undefined): SubscriptionForm {
  const unsigned = draft.secret === "none" || schemeOf(draft, platform) === "none";
  if (draft.at !== "") {
    return {
      remote: true,
      brand: draft.at,
      url: draft.url.trim(),
      events: draft.events,
      name: draft.name.trim() || suggestName(draft.url),
      ...(unsigned ? {} : secretOf(draft)),
    };
  }
  return {
    url: draft.url.trim(),
    events: draft.events,
    platform: draft.platform,
    name: draft.name.trim() || suggestName(draft.url),
    ...(draft.brand.trim() ? { brand: draft.brand.trim() } : {}),
    ...(draft.scheme ? { scheme: draft.scheme } : {}),
    ...(unsigned ? {} : secretOf(draft)),
    ...(draft.policy ? { policy: policyOf(draft) } : {}),
    ...(pairs(draft).length > 0 ? { headers: pairs(draft) } : {}),
    ...(numberOf(draft.rate) ? { rate_per_second: numberOf(draft.rate) } : {}),
    ...(wholeOf(draft.concurrency) ? { concurrency: wholeOf(draft.concurrency) } : {}),
    ordered: draft.ordered,
    ...(orderOf(draft) ? { ordered_by: orderOf(draft) } : {}),
    allow_private: draft.private,
    ...(draft.shape === "event" ? {} : shapeOf(draft)),
    ...(draft.caPem.trim() ? { ca_pem: draft.caPem } : {}),
    ...(draft.unchecked ? { skip_tls_verify: true } : {}),
    ...(draft.filter.trim() ? { filter: draft.filter.trim() } : {}),
    ...(readSpan(draft.autoDisable) ? { auto_disable_after_ms: readSpan(draft.autoDisable) ?? null } : {}),
  };
}

/** What is sent to change a subscription: only what differs, so that nothing else is touched. */
export function toChange(draft: Draft, before: Draft, platform: PlatformView | undefined): SubscriptionForm {
  const change: SubscriptionForm = {};
  const moved = draft.platform !== before.platform;
  if (draft.url.trim() !== before.url) change.url = draft.url.trim();
  if (JSON.stringify(draft.events) !== JSON.stringify(before.events)) change.events = draft.events;
  if (draft.name.trim() !== before.name) change.name = draft.name.trim() || null;
  if (draft.brand.trim() !== before.brand) change.brand = draft.brand.trim() || null;
  if (moved) change.platform = draft.platform;
  if (draft.scheme !== before.scheme || (moved && draft.scheme !== ""))
    change.scheme = schemeOf(draft, platform);
  if (JSON.stringify(policyOf(draft)) !== JSON.stringify(policyOf(before)) || (moved && draft.policy !== ""))
    change.policy = policyOf(draft);
  if (headersChanged(draft, before)) change.headers = pairs(draft);
  if (draft.rate !== before.rate) change.rate_per_second = numberOf(draft.rate) ?? null;
  if (draft.concurrency !== before.concurrency) change.concurrency = wholeOf(draft.concurrency) ?? null;
  if (draft.ordered !== before.ordered) change.ordered = draft.ordered;
  if (orderOf(draft) !== orderOf(before)) change.ordered_by = orderOf(draft) || null;
  if (draft.private !== before.private) change.allow_private = draft.private;
  if (JSON.stringify(shapeOf(draft)) !== JSON.stringify(shapeOf(before)))
    Object.assign(change, shapeOf(draft));
  if (draft.caPem !== before.caPem) change.ca_pem = draft.caPem.trim() ? draft.caPem : null;
  if (draft.filter.trim() !== before.filter) change.filter = draft.filter.trim() || null;
  if (draft.autoDisable !== before.autoDisable)
    change.auto_disable_after_ms = readSpan(draft.autoDisable) ?? null;
  if (draft.unchecked !== before.unchecked) change.skip_tls_verify = draft.unchecked;
  if (draft.secret !== before.secret) Object.assign(change, secretOf(draft));
  return change;
}
