// An address that leads nowhere.
import { Button } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { Empty } from "../parts/empty";
import { Page } from "../parts/page";

export function Lost() {
  const navigate = useNavigate();
  return (
    <Page title="Nothing here" body="padded">
      <Empty title="This address leads nowhere" text="The screen may have been renamed.">
        <Button variant="filled" onClick={() => void navigate({ to: "/" })}>
          Go home
        </Button>
      </Empty>
    </Page>
  );
}
