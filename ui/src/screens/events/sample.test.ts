import { expect, test } from "vitest";
import { asEvent, members } from "./sample";

test("values keep the digits and escapes that the platform wrote", () => {
  expect(members('{ "a" : 12.50, "b":"x\\"},y", "c":[1,{"d":null}] , "e":{} }')).toEqual([
    ["a", "12.50"],
    ["b", '"x\\"},y"'],
    ["c", '[1,{"d":null}]'],
    ["e", "{}"],
  ]);
  expect(members("[1]")).toBeNull();
  expect(members("{")).toBeNull();
});

test("a sample becomes a new event of its own type and data", () => {
  const sample =
    '{"id":"evt_1","event":"a.b","createdAt":"2026-01-01T00:00:00.000Z","brandId":"b","data":{"x":1.50}}';
  expect(asEvent("a.b", sample)).toBe('{"event":"a.b","data":{"x":1.50}}');
});

test("data that lies among the other fields is gathered", () => {
  const sample =
    '{"id":"1","event":"referral.created","amount":1.50,"to":{"n":"A"},"event_timestamp":"2026"}';
  expect(asEvent("referral.created", sample)).toBe(
    '{"event":"referral.created","data":{"amount":1.50,"to":{"n":"A"}}}',
  );
});
