// Shown in place of a screen that threw an error; the frame stays.

import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Problem } from "~/api";
import { Page, ProblemBox } from "~/parts";

export function ScreenFailed({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong on this screen" padded>
      <ProblemBox problem={Problem.from(error)} action={<Button onClick={reset}>Reload screen</Button>} />
    </Page>
  );
}
