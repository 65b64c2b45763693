// Events.

import { Page } from "~/parts";

export function Events() {
  return (
    <Page title="Events" subtitle="The platform's catalogue">
      {null}
    </Page>
  );
}
