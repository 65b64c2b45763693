// Subscriptions.

import { Page } from "~/parts";

export function Subscriptions() {
  return (
    <Page title="Subscriptions" subtitle="Who is told about what">
      {null}
    </Page>
  );
}
