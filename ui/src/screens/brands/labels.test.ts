import { expect, test } from "vitest";
import type { BrandView, RemoteView } from "~/api/types";
import { brandOf } from "~/brand";
import { driftWords, fieldOf, refusal, remoteWord, standing, summaryWords } from "./labels";

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

test("a refusal is said in words that tell what to do, and at the field it is about", () => {
  expect(refusal("remote_authentication", "Trcker")?.headline).toBe("Trcker does not accept this key.");
  expect(refusal("remote_html", "Trcker")?.next).toContain("address of the API");
  expect(refusal("name_taken", "Trcker")).toBeNull();
  expect(fieldOf({ code: "remote_unreachable", field: null }, "Trcker")).toBe("base_url");
  expect(fieldOf({ code: "invalid_field", field: "name" }, "Trcker")).toBe("name");
});

test("a brand's state names what needs somebody first", () => {
  const at = "2026-05-08T04:51:35.080Z";
  const trouble = (code: string) => ({ ...brand, drifted: 1, trouble: { code, message: "", at } });
  expect(standing(brand).word).toBe("Connected");
  expect(standing({ ...brand, drifted: 1 }).word).toBe("Differs");
  expect(standing({ ...brand, unfinished: 1, drifted: 1 }).word).toBe("Being changed");
  expect(standing(trouble("remote_authentication")).word).toBe("Key refused");
  expect(standing(trouble("remote_failing")).word).toBe("Out of reach");
  expect(standing({ ...brand, has_key: false }).word).toBe("No key");
});

test("a reading is summed up in sentences", () => {
  const nothing = { total: 2, added: [], removed: [] };
  const same = { event_types: nothing, webhooks: { ...nothing, changed: [] }, drift: [], resumed: [] };
  expect(summaryWords(same)).toEqual(["Nothing changed: 2 event types, 2 webhooks."]);
  const some = {
    ...same,
    event_types: { total: 3, added: ["a.b"], removed: [] },
    resumed: [{ subscription: "sub_1", outcome: "undone", error: null }],
  };
  expect(summaryWords(some)).toEqual([
    "Event types: 1 new.",
    "A change that was interrupted was taken back.",
  ]);
});

test("what the platform has instead is told by what it means", () => {
  const drift = { problem: "changed" as const, url: "https://other", added: [], missing: [] };
  expect(driftWords(drift, "Trcker")).toContain("where this webhook sends");
  expect(driftWords({ ...drift, url: null }, "Trcker")).toContain("what this webhook sends");
  expect(driftWords({ ...drift, problem: "removed" }, "Trcker")).toContain("removed this webhook at Trcker");
  const remote = { state: "on", drift: null } as RemoteView;
  expect(remoteWord(remote).word).toBe("At the platform");
  expect(remoteWord({ ...remote, drift: { ...drift, problem: "removed" } }).word).toBe("Removed there");
});

test("a brand goes by its id, its name and what payloads call it", () => {
  for (const word of ["brd_1", "shop", "b-7"]) expect(brandOf([brand], word)).toBe(brand);
  expect(brandOf([brand], "other")).toBeUndefined();
  expect(brandOf([brand], null)).toBeUndefined();
});
