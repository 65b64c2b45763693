import { afterEach, expect, test, vi } from "vitest";
import { addShortcuts, keyName, listenToKeys, matches, press } from "./keys";

const undo: (() => void)[] = [];
const add = (scope: string, keys: string, run: () => unknown, more = {}) =>
  undo.push(addShortcuts(scope, () => [{ keys, label: keys, run, ...more }]));

afterEach(() => {
  for (const un of undo.splice(0)) un();
  document.body.innerHTML = "";
});

function key(key: string, target: Element = document.body, init: KeyboardEventInit = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
  target.addEventListener("keydown", (e) => press(e as KeyboardEvent), { once: true });
  target.dispatchEvent(event);
  return event;
}

test("the scope entered last answers first", () => {
  const below = vi.fn();
  const above = vi.fn();
  add("Everywhere", "r", below);
  add("Delivery", "r", above);
  expect(key("r").defaultPrevented).toBe(true);
  expect(above).toHaveBeenCalledOnce();
  expect(below).not.toHaveBeenCalled();
});

test("a shortcut that declines leaves the key to the one below", () => {
  const below = vi.fn();
  add("Everywhere", "Escape", below);
  add("Delivery", "Escape", () => false);
  key("Escape");
  expect(below).toHaveBeenCalledOnce();
});

test("a letter typed into a field stays a letter", () => {
  const run = vi.fn();
  add("Everywhere", "j", run);
  add("Everywhere", "Escape", run, { whileTyping: true });
  const input = document.body.appendChild(document.createElement("input"));
  expect(key("j", input).defaultPrevented).toBe(false);
  expect(run).not.toHaveBeenCalled();
  key("Escape", input);
  expect(run).toHaveBeenCalledOnce();
});

test("Enter on a button presses the button", () => {
  const run = vi.fn();
  add("List", "Enter", run);
  key("Enter", document.body.appendChild(document.createElement("button")));
  expect(run).not.toHaveBeenCalled();
});

test("nothing behind an open dialog answers", () => {
  const run = vi.fn();
  add("Everywhere", "r", run);
  document.body.innerHTML = '<div role="dialog" aria-modal="true"></div>';
  key("r");
  expect(run).not.toHaveBeenCalled();
});

test("the key that closes a dialog does nothing behind it", () => {
  const run = vi.fn();
  add("Everywhere", "Escape", run);
  undo.push(listenToKeys());
  document.body.innerHTML = '<div role="dialog" aria-modal="true"></div>';
  const pressEscape = () =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  const close = () => document.body.replaceChildren();
  window.addEventListener("keydown", close, { capture: true, once: true });
  pressEscape();
  expect(run).not.toHaveBeenCalled();
  pressEscape();
  expect(run).toHaveBeenCalledOnce();
});

test("modifiers must be exactly those named, but a sign may need Shift", () => {
  const event = (key: string, init: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { key, ...init });
  expect(matches("mod+k", event("k", { ctrlKey: true }))).toBe(true);
  expect(matches("k", event("k", { ctrlKey: true }))).toBe(false);
  expect(matches("r", event("R", { shiftKey: true }))).toBe(false);
  expect(matches("shift+r", event("R", { shiftKey: true }))).toBe(true);
  expect(matches("?", event("?", { shiftKey: true }))).toBe(true);
  expect(matches("Enter", event("Enter", { shiftKey: true }))).toBe(false);
});

test("keys are written as they are printed on them", () => {
  expect(keyName("mod+k")).toBe("Ctrl K");
  expect(keyName("Escape")).toBe("Esc");
  expect(keyName("j")).toBe("j");
});
