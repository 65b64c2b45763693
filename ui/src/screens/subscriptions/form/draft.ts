// The form values of a subscription, and the command input made from them.

import type { Method, PlatformView, SubscriptionForm, SubscriptionLine } from "~/api/types";
import { readDelays, readDuration, readPolicy, spell } from "../policy/policy";
import { suggestName, urlError } from "../url";

/** The mask of a credential. */
export const MASK = "••••";

/** The form value for a retry policy that is not a preset. */
export const CUSTOM = "custom";

/** The payload: the event unchanged, the output of a template, or a postback URL. */
export type PayloadKind = "event" | "template" | "postback";

/** Where the secret comes from; `keep` only for a subscription that has one. */
export type SecretChoice = "generate" | "give" | "none" | "keep";

/** A custom header; `hidden` when the value is stored but not shown. */
export interface HeaderRow {
  key: number;
  name: string;
  value: string;
  hidden: boolean;
}

/** Form values. Empty text stands for the platform's default or no limit. */
export interface Draft {
  /** The brand whose platform sends; empty for this machine. */
  at: string;
  platform: string;
  events: string[];
  url: string;
  name: string;
  /** Whether the name was typed; if not, it is suggested from the URL. */
  named: boolean;
  brand: string;
  secret: SecretChoice;
  /** The entered secret. */
  secretValue: string;
  scheme: string;
  /** A preset's name, or `CUSTOM`. */
  policy: string;
  /** The base of a custom policy: the subscription's policy, or a preset's. */
  basePolicy: Record<string, unknown> | null;
  /** The custom retry schedule, as typed. */
  delays: string;
  /** Whether the last delay is repeated. */
  repeatLast: boolean;
  /** The maximum age and the timeout, as typed; empty for the preset's. */
  maxAge: string;
  timeout: string;
  /** After how long of failing it is disabled, as typed; empty for never. */
  autoDisable: string;
  /** The filter, in CEL; empty for none. */
  filter: string;
  headers: HeaderRow[];
  rate: string;
  concurrency: string;
  ordered: boolean;
  /** The ordering key; empty for one queue. */
  orderedBy: string;
  allowPrivate: boolean;
  payload: PayloadKind;
  /** The method of a postback. */
  method: Method;
  /** The template; empty in a POST postback to send the event. */
  template: string;
  /** The content type of the template; empty to detect it. */
  contentType: string;
  /** The custom CA, in PEM. */
  caPem: string;
  /** Whether TLS verification is skipped; on this machine only. */
  skipTlsVerify: boolean;
}

/** The wizard step of a field. */
export const STEP_OF: Record<string, 1 | 2> = { platform: 1, events: 1, brand: 1, filter: 1 };

/** The initial form values. */
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
    secretValue: "",
    scheme: "",
    policy: "",
    basePolicy: null,
    delays: "",
    repeatLast: false,
    maxAge: "",
    timeout: "",
    autoDisable: "",
    filter: "",
    headers: [],
    rate: "",
    concurrency: "",
    ordered: false,
    orderedBy: "",
    allowPrivate: false,
    payload: "event",
    method: "GET",
    template: "",
    contentType: "",
    caPem: "",
    skipTlsVerify: false,
  };
}

/** The fields that are reset when another platform is selected. */
export const PLATFORM_DEFAULTS = {
  scheme: "",
  policy: "",
  basePolicy: null,
  delays: "",
  repeatLast: false,
  maxAge: "",
  timeout: "",
} satisfies Partial<Draft>;

/** The form values of a subscription, to edit or duplicate it. */
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
    secretValue: "",
    scheme: line.scheme === (line.kind === "postback" ? "none" : platform?.scheme) ? "" : line.scheme,
    policy: own ? CUSTOM : preset === line.platform ? "" : preset,
    basePolicy: own ? withoutNulls(line.policy) : null,
    delays: own ? policy.delays_ms.map(spell).join(", ") : "",
    repeatLast: own && policy.repeat_last,
    maxAge: own && policy.max_age_ms !== null ? spell(policy.max_age_ms) : "",
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
    allowPrivate: line.allow_private,
    payload: line.kind === "postback" ? "postback" : line.template === null ? "event" : "template",
    method: line.kind === "postback" ? line.method : "GET",
    template: line.template ?? "",
    contentType: line.content_type_set ? (line.content_type ?? "") : "",
    caPem: line.ca_pem ?? "",
    skipTlsVerify: line.skip_tls_verify,
  };
}

/** The retry schedule in the form; `undefined` while it is invalid or unknown. */
export function scheduleOf(
  draft: Draft,
  platforms: readonly PlatformView[],
): { delays: readonly number[]; repeatLast: boolean } | undefined {
  if (draft.policy === "none") return { delays: [], repeatLast: false };
  if (draft.policy === CUSTOM) {
    const delays = readDelays(draft.delays);
    return delays && { delays, repeatLast: draft.repeatLast };
  }
  const preset = platforms.find(({ name }) => name === (draft.policy || draft.platform));
  return preset && { delays: preset.delays_ms, repeatLast: preset.repeat_last };
}

/** The effective scheme. */
export function schemeOf(draft: Draft, platform: PlatformView | undefined): string {
  return draft.scheme || (draft.payload === "postback" ? "none" : platform?.scheme) || "standard";
}

/** Whether the secret is optional. */
export function mayGoUnsigned(draft: Draft, platform: PlatformView | undefined): boolean {
  const scheme = schemeOf(draft, platform);
  const required = platform?.secret_required && !(draft.payload === "postback" && scheme === "none");
  return !required && scheme !== "api-key";
}

/** Validation errors by field, found before the form is submitted. */
export function validate(
  draft: Draft,
  platform: PlatformView | undefined,
  before?: Draft,
): Record<string, string> {
  const found: Record<string, string> = {};
  if (draft.events.length === 0) found.events = "Select at least one event type.";
  if (draft.url.trim() === "") found.url = "Enter the endpoint URL.";
  const url = urlError(draft.url, platform);
  if (url) found.url = url;
  if (draft.secret === "give" && draft.secretValue === "") found.secret = "Enter a secret, or generate one.";
  if (draft.secret === "none" && !mayGoUnsigned(draft, platform)) {
    found.secret = `${platform?.title ?? "This platform"} deliveries must be signed: enter a secret or generate one.`;
  }
  // The platform decides the rest, which is not shown.
  if (draft.at !== "") return found;
  if (draft.payload === "template" && draft.template.trim() === "")
    found.template = "Enter a template, or start from a preset.";
  if (numberOf(draft.rate) === undefined)
    found.rate_per_second = "Enter a number of attempts per second, such as 5 or 0.5.";
  if (wholeOf(draft.concurrency) === undefined) found.concurrency = "Enter a whole number from 1 to 256.";
  if (draft.policy === CUSTOM) {
    const delays = readDelays(draft.delays);
    if (delays === undefined)
      found.policy = "Enter delays separated by commas, such as “1 s, 30 s, 5 min, 2 h”.";
    else if (draft.repeatLast && delays.length === 0) found.policy = "There is no delay to repeat.";
    if (readDuration(draft.maxAge) === undefined)
      found.max_age_ms = "Enter a duration such as “12 h” or “3 days”.";
    if (readDuration(draft.timeout) === undefined) found.timeout = "Enter a duration such as “10 s”.";
  }
  if (readDuration(draft.autoDisable) === undefined)
    found.auto_disable_after_ms = "Enter a duration such as “12 h” or “3 days”.";
  const nameless = draft.headers.some((row) => row.name.trim() === "" && row.value !== "");
  if (nameless) found.headers = "Enter the header name.";
  const hidden = draft.headers.find((row) => row.hidden && row.value === "");
  if (hidden && !before) {
    found.headers = `Enter the value of ${hidden.name} again. Hidden values are not copied.`;
  }
  return found;
}

/** A positive number, `null` if empty, `undefined` if invalid. */
function numberOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const value = Number(text.replace(",", "."));
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function wholeOf(text: string): number | null | undefined {
  const value = numberOf(text);
  return value == null || Number.isInteger(value) ? value : undefined;
}

/** The custom headers; an unchanged hidden value is sent as the mask. */
function pairs(draft: Draft): [string, string][] {
  return draft.headers
    .filter((row) => row.name.trim() !== "")
    .map((row) => [row.name.trim(), row.hidden && row.value === "" ? MASK : row.value]);
}

function headersChanged(draft: Draft, before: Draft): boolean {
  return JSON.stringify(pairs(draft)) !== JSON.stringify(pairs(before));
}

/** The payload as command input. */
function payloadOf(
  draft: Draft,
): Required<Pick<SubscriptionForm, "kind" | "method" | "template" | "content_type">> {
  const renders = draft.payload === "template" || (draft.payload === "postback" && draft.method === "POST");
  const template = renders && draft.template.trim() !== "" ? draft.template : null;
  return {
    kind: draft.payload === "postback" ? "postback" : "webhook",
    method: draft.payload === "postback" ? draft.method : null,
    template,
    content_type: template === null ? null : draft.contentType.trim() || null,
  };
}

function policyOf(draft: Draft): unknown {
  return draft.policy === CUSTOM ? customPolicy(draft) : draft.policy || null;
}

/** The custom policy: the form values over its base. */
function customPolicy(draft: Draft): Record<string, unknown> {
  const policy: Record<string, unknown> = {
    ...(draft.basePolicy ?? { preset: draft.platform }),
    delays_ms: readDelays(draft.delays) ?? [],
    repeat_last: draft.repeatLast,
    max_age_ms: readDuration(draft.maxAge) ?? null,
    timeout_ms: readDuration(draft.timeout) ?? null,
  };
  return withoutNulls(policy);
}

/** Form values for a custom schedule that starts from a preset. */
export function customFrom(preset: PlatformView): Partial<Draft> {
  return {
    policy: CUSTOM,
    basePolicy: { preset: preset.name },
    delays: preset.delays_ms.map(spell).join(", "),
    repeatLast: preset.repeat_last,
    maxAge: "",
    timeout: "",
  };
}

/** Leaves out what is not set, so that the program applies its default. */
function withoutNulls(policy: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== null));
}

function secretOf(draft: Draft): SubscriptionForm {
  switch (draft.secret) {
    case "generate":
      return { generate_secret: true };
    case "give":
      return { secret: draft.secretValue };
    case "none":
      return { secret: null };
    case "keep":
      return {};
  }
}

/** The ordering key, if ordered. */
function orderOf(draft: Draft): string {
  return draft.ordered ? draft.orderedBy.trim() : "";
}

/** The command input that creates a subscription. The form must be valid. */
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
    allow_private: draft.allowPrivate,
    ...(draft.payload === "event" ? {} : payloadOf(draft)),
    ...(draft.caPem.trim() ? { ca_pem: draft.caPem } : {}),
    ...(draft.skipTlsVerify ? { skip_tls_verify: true } : {}),
    ...(draft.filter.trim() ? { filter: draft.filter.trim() } : {}),
    ...(readDuration(draft.autoDisable)
      ? { auto_disable_after_ms: readDuration(draft.autoDisable) ?? null }
      : {}),
  };
}

/** The command input that edits a subscription: only what differs, so that nothing else changes. */
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
  if (draft.allowPrivate !== before.allowPrivate) change.allow_private = draft.allowPrivate;
  if (JSON.stringify(payloadOf(draft)) !== JSON.stringify(payloadOf(before)))
    Object.assign(change, payloadOf(draft));
  if (draft.caPem !== before.caPem) change.ca_pem = draft.caPem.trim() ? draft.caPem : null;
  if (draft.filter.trim() !== before.filter) change.filter = draft.filter.trim() || null;
  if (draft.autoDisable !== before.autoDisable)
    change.auto_disable_after_ms = readDuration(draft.autoDisable) ?? null;
  if (draft.skipTlsVerify !== before.skipTlsVerify) change.skip_tls_verify = draft.skipTlsVerify;
  if (draft.secret !== before.secret) Object.assign(change, secretOf(draft));
  return change;
}
