// Home.

import { Page } from "~/parts";

export function Home() {
  return <Page title="Home" subtitle="What needs you now">{null}</Page>;
}
