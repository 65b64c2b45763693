import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { BrandSwitcher } from "./BrandSwitcher";

vi.mock("@tanstack/react-router", () => ({ useNavigate: () => () => {} }));
vi.mock("~/brand", () => ({ useChosenBrand: () => ({ brands: [], brand: undefined, choose: () => {} }) }));

test.each([true, false])(
  "the switcher is called by what it shows, then by what it does (narrow: %s)",
  (narrow) => {
    render(
      <MantineProvider env="test">
        <BrandSwitcher status={undefined} narrow={narrow} />
      </MantineProvider>,
    );
    expect(screen.getByRole("button")).toHaveAccessibleName(/^Hookbench,? Connecting… ?, switch brand$/);
  },
);
