// An address that leads nowhere.

import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Empty, Page } from "~/parts";

export function NotFound() {
  const navigate = useNavigate();
  return (
    <Page title="Nothing here">
      <Empty
        title="There is no such screen"
        action={
          <Button variant="filled" onClick={() => void navigate({ to: "/" })}>
            Go to Home
          </Button>
        }
      >
        The address is wrong or from another version.
      </Empty>
    </Page>
  );
}
