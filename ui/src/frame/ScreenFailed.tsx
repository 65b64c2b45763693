// A screen that broke: the frame stays, and says so.

import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Problem } from "~/api";
import { Page, ProblemBox } from "~/parts";

export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This screen broke" padded>
      <ProblemBox problem={Problem.from(error)} action={<Button onClick={reset}>Show it again</Button>} />
    </Page>
  );
}
