import { expect, test } from "vitest";
import { dataError, dataOf, eventJson, samplesOf } from "./draft";

test("data goes through as it was typed, also numbers that JavaScript would round", () => {
  const data = '{ "amount": 1.10, "id": 12345678901234567890 }';
  const json = eventJson(" conversion.approved ", data, "");
  expect(json).toBe(`{"event":"conversion.approved","data":${data}}`);
  expect(eventJson("a", "{}", "b1")).toBe('{"event":"a","brandId":"b1","data":{}}');
});

test("what is no JSON object is told before anything is sent", () => {
  expect(dataError('{"a":1}')).toBeNull();
  expect(dataError("[1]")).toMatch(/object/);
  expect(dataError('{"a":')).toMatch(/Invalid JSON/);
});

test("a sample gives its data", () => {
  expect(dataOf('{"event":"x","data":{"a":1}}')).toBe('{\n  "a": 1\n}');
  expect(dataOf('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(dataOf("no json")).toBe("no json");
});

test("a type that two catalogues name is offered once", () => {
  const event = { name: "a.b", title: "A b", meaning: "", sample: "{}", schema: "" };
  const platform = { events: [event] } as Parameters<typeof samplesOf>[0][number];
  expect(samplesOf([platform, platform])).toHaveLength(1);
});
