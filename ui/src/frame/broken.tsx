// A screen that failed while it was drawn.
import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Page } from "../parts/page";
import { ProblemBox } from "../parts/problem-box";

export function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="This screen failed" body="padded">
      <ProblemBox problem={error} title="The screen could not be drawn. Nothing is lost." onRetry={reset}>
        <Button onClick={() => window.location.reload()}>Load the window again</Button>
      </ProblemBox>
    </Page>
  );
}
