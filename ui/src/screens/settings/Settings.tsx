// Settings.

import { Page } from "~/parts";

export function Settings() {
  return <Page title="Settings">{null}</Page>;
}
