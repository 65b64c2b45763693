import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, test } from "vitest";
import { Tabs } from "./Tabs";

function Example() {
  const [active, setActive] = useState<"attempts" | "request">("attempts");
  return (
    <Tabs
      label="Delivery"
      tabs={[
        { id: "attempts", label: "Attempts", count: 7 },
        { id: "request", label: "Request" },
      ]}
      active={active}
      onChange={setActive}
    >
      {active}
    </Tabs>
  );
}

test("arrows walk the tabs around, and the panel follows", async () => {
  render(<Example />);
  await userEvent.click(screen.getByRole("tab", { name: "Attempts 7" }));
  await userEvent.keyboard("{ArrowRight}");
  expect(screen.getByRole("tab", { name: "Request" })).toHaveFocus();
  expect(screen.getByRole("tabpanel", { name: "Request" })).toHaveTextContent("request");
  await userEvent.keyboard("{ArrowRight}");
  expect(screen.getByRole("tab", { name: "Attempts 7" })).toHaveAttribute("aria-selected", "true");
});
