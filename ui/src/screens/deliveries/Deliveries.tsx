// Deliveries.

import { Page } from "~/parts";

export function Deliveries() {
  return <Page title="Deliveries">{null}</Page>;
}
