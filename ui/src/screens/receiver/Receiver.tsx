// Receiver.

import { Page } from "~/parts";

export function Receiver() {
  return (
    <Page title="Receiver" subtitle="What came in, and why anything was refused">
      {null}
    </Page>
  );
}
