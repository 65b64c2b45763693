// Signature lab.

import { Page } from "~/parts";

export function Signature() {
  return (
    <Page title="Signature lab" subtitle="Paste what your handler received, or pick a delivery">
      {null}
    </Page>
  );
}
