// Subscriptions: who gets told what, and how that goes.
import { Page } from "../../parts/page";

export default function Subscriptions() {
  return <Page title="Subscriptions" />;
}
