import { expect, test } from "vitest";
import type { ReceivedView } from "~/api/types";
import { isAboutSignature, postbackUrl, reason, resultOf, sourceUrl, withKeys } from "./requests";

function request(code: string, at = "2026-01-01T00:00:00.000Z"): ReceivedView {
  return {
    id: "rcv_1",
    query: null,
    note: null,
    relayed: false,
    at,
    peer: "127.0.0.1:5000",
    method: "POST",
    status: 401,
    code,
    detail: "because",
    event_id: null,
    event_type: null,
    headers: [],
    pruned_at: null,
    pruned_by: null,
    body_bytes: 0,
  };
}

test("a request was accepted, a duplicate, or rejected", () => {
  expect(["ok", "duplicate", "mismatch", "new_reason"].map((code) => resultOf(request(code)))).toEqual([
    "accepted",
    "duplicate",
    "rejected",
    "rejected",
  ]);
});

test("an unknown reason is told in the receiver's own words", () => {
  expect(reason(request("new_reason"))).toBe("because");
  expect(reason({ ...request("new_reason"), detail: null })).toBe("Rejected: new reason.");
});

test("only refusals by signature go to the lab", () => {
  expect(isAboutSignature(request("mismatch"))).toBe(true);
  expect(isAboutSignature(request("body_too_large"))).toBe(false);
  expect(isAboutSignature(request("ok"))).toBe(false);
});

test("a request keeps its key when others come, also in the same millisecond", () => {
  const first = request("ok");
  const second = request("mismatch");
  const before = withKeys([first]);
  const after = withKeys([second, first]);
  expect(after[1]?.key).toBe(before[0]?.key);
  expect(new Set(after.map((one) => one.key)).size).toBe(2);
});

test("the token stands in the address only where it is known", () => {
  const source = { path: "/in/shop/{token}" };
  expect(sourceUrl("http://127.0.0.1:4401/", source)).toBe("http://127.0.0.1:4401/in/shop/{token}");
  expect(sourceUrl("http://127.0.0.1:4401", source, "abc")).toBe("http://127.0.0.1:4401/in/shop/abc");
});

test("the postback URL has the network's macros, each once, and a place for the key", () => {
  const mapping = {
    event_type: "conversion.created",
    fields: [{ param: "click_id", field: "clickId" }],
    dedupe: ["click_id", "goal"],
    key_param: "key",
  };
  expect(postbackUrl("http://a/in/s", mapping)).toBe(
    "http://a/in/s?click_id={click_id}&goal={goal}&key=YOUR-KEY",
  );
});
