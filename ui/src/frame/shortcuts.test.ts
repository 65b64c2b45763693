import { expect, it } from "vitest";
import { grouped } from "./shortcuts";

it("lists_each_key_once_for_whoever_gets_it", () => {
  const run = () => {};
  const scopes = [
    {
      id: "1",
      name: "Everywhere",
      shortcuts: [
        { keys: "Escape", label: "Back", run },
        { keys: "?", label: "Keys", run },
      ],
    },
    { id: "2", name: "Page", shortcuts: [{ keys: "Escape", label: "Close", run }] },
  ];
  expect(grouped(scopes)).toEqual([
    { name: "Page", shortcuts: [{ keys: "Escape", label: "Close" }] },
    { name: "Everywhere", shortcuts: [{ keys: "?", label: "Keys" }] },
  ]);
});
