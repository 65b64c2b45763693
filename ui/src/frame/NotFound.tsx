// An address that leads nowhere.

import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Empty, Page } from "~/parts";

export function NotFound() {
  const navigate = useNavigate();
  return (
    <Page title="Not found">
      <Empty
        title="This screen does not exist"
        action={
          <Button variant="filled" onClick={() => void navigate({ to: "/" })}>
            Go to Home
          </Button>
        }
      >
        The address is wrong, or belongs to another version of Hookbench.
      </Empty>
    </Page>
  );
}
