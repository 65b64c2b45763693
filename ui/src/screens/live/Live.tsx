// Live.

import { Page } from "~/parts";

export function Live() {
  return <Page title="Live" subtitle="Every event and attempt as it happens">{null}</Page>;
}
