import { expect, test } from "vitest";
import type { BrandView, RemoteView } from "~/api/types";
import { brandOf } from "~/brand";
import { driftWords, explainPlatformError, fieldOf, remoteStatus, statusOf, summaryWords } from "./labels";

const brand: BrandView = {
  id: "brd_1",
  name: "shop",
  platform: "trcker",
  base_url: "https://x",
  has_key: true,
  subscriptions: 0,
  created_at: "2026-05-08T04:51:35.080Z",
  synced_at: null,
  platform_title: "Trcker",
  payload_id: "b-7",
  has_log: true,
  webhook_count: 0,
  drifted: 0,
  unfinished: 0,
  trouble: null,
  syncing: null,
};

test("a platform error is explained with the next step, and at the field it belongs to", () => {
  expect(explainPlatformError("remote_authentication", "Trcker")?.headline).toBe(
    "Trcker does not accept this API key.",
  );
  expect(explainPlatformError("remote_html", "Trcker")?.next).toContain("API URL");
  expect(explainPlatformError("name_taken", "Trcker")).toBeNull();
  expect(fieldOf({ code: "remote_unreachable", field: null }, "Trcker")).toBe("base_url");
  expect(fieldOf({ code: "invalid_field", field: "name" }, "Trcker")).toBe("name");
});

test("a brand's status names the most urgent issue", () => {
  const at = "2026-05-08T04:51:35.080Z";
  const trouble = (code: string) => ({ ...brand, drifted: 1, trouble: { code, message: "", at } });
  expect(statusOf(brand).word).toBe("Connected");
  expect(statusOf({ ...brand, drifted: 1 }).word).toBe("Drift");
  expect(statusOf({ ...brand, unfinished: 1, drifted: 1 }).word).toBe("Updating");
  expect(statusOf(trouble("remote_authentication")).word).toBe("API key rejected");
  expect(statusOf(trouble("remote_failing")).word).toBe("Unreachable");
  expect(statusOf({ ...brand, has_key: false }).word).toBe("No API key");
});

test("a sync is summed up in sentences", () => {
  const nothing = { total: 2, added: [], removed: [] };
  const same = { event_types: nothing, webhooks: { ...nothing, changed: [] }, drift: [], resumed: [] };
  expect(summaryWords(same)).toEqual(["Nothing changed: 2 event types, 2 webhooks."]);
  const some = {
    ...same,
    event_types: { total: 3, added: ["a.b"], removed: [] },
    resumed: [{ subscription: "sub_1", outcome: "undone", error: null }],
  };
  expect(summaryWords(some)).toEqual(["Event types: 1 new.", "An interrupted change was rolled back."]);
});

test("drift is explained", () => {
  const drift = { problem: "changed" as const, url: "https://other", added: [], missing: [] };
  expect(driftWords(drift, "Trcker")).toContain("URL of this webhook was changed");
  expect(driftWords({ ...drift, url: null }, "Trcker")).toContain("event types of this webhook were changed");
  expect(driftWords({ ...drift, problem: "removed" }, "Trcker")).toContain("removed at Trcker");
  const remote = { state: "on", drift: null } as RemoteView;
  expect(remoteStatus(remote).word).toBe("Active");
  expect(remoteStatus({ ...remote, drift: { ...drift, problem: "removed" } }).word).toBe(
    "Removed at platform",
  );
});

test("a brand goes by its id, its name and what payloads call it", () => {
  for (const word of ["brd_1", "shop", "b-7"]) expect(brandOf([brand], word)).toBe(brand);
  expect(brandOf([brand], "other")).toBeUndefined();
  expect(brandOf([brand], null)).toBeUndefined();
});
