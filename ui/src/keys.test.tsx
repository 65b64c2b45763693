import { fireEvent, render } from "@testing-library/react";
import { useEffect } from "react";
import { expect, it, vi } from "vitest";
import { keyName, listenToKeys, type Shortcut, useKeys } from "./keys";

function Listening({ shortcuts }: { shortcuts: Shortcut[] }) {
  useEffect(listenToKeys, []);
  return <Registered shortcuts={shortcuts} />;
}

function Registered({ shortcuts }: { shortcuts: Shortcut[] }) {
  useKeys("Test", shortcuts);
  return <input aria-label="field" />;
}

it("leaves_keys_to_the_field_that_the_user_types_in", () => {
  const run = vi.fn();
  const palette = vi.fn();
  const { getByLabelText } = render(
    <Listening
      shortcuts={[
        { keys: "j", label: "down", run },
        { keys: "mod+k", label: "palette", run: palette, inFields: true },
      ]}
    />,
  );
  fireEvent.keyDown(getByLabelText("field"), { key: "j" });
  expect(run).not.toHaveBeenCalled();
  fireEvent.keyDown(document.body, { key: "j" });
  expect(run).toHaveBeenCalledTimes(1);
  fireEvent.keyDown(document.body, { key: "j", ctrlKey: true });
  expect(run).toHaveBeenCalledTimes(1);
  fireEvent.keyDown(getByLabelText("field"), { key: "k", ctrlKey: true });
  expect(palette).toHaveBeenCalledTimes(1);
});

it("gives_a_key_to_the_last_who_wants_it", () => {
  const first = vi.fn();
  const second = vi.fn(() => false);
  render(
    <>
      <Listening shortcuts={[{ keys: "Escape", label: "back", run: first }]} />
      <Registered shortcuts={[{ keys: "Escape", label: "close", run: second }]} />
    </>,
  );
  fireEvent.keyDown(document.body, { key: "Escape" });
  expect(second).toHaveBeenCalledTimes(1);
  expect(first).toHaveBeenCalledTimes(1);
});

it("calls_what_was_rendered_last", () => {
  const stale = vi.fn();
  const current = vi.fn();
  const { rerender } = render(<Listening shortcuts={[{ keys: "r", label: "retry", run: stale }]} />);
  rerender(<Listening shortcuts={[{ keys: "r", label: "retry", run: current }]} />);
  fireEvent.keyDown(document.body, { key: "r" });
  expect(stale).not.toHaveBeenCalled();
  expect(current).toHaveBeenCalledTimes(1);
});

it("prints_keys_as_a_keyboard_has_them", () => {
  expect(keyName("mod+k")).toBe("Ctrl K");
  expect(keyName("Escape")).toBe("Esc");
  expect(keyName("j")).toBe("j");
});
