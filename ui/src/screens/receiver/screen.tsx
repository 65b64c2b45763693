// Receiver: webhooks that come in here.
import { Page } from "../../parts/page";

export default function Receiver() {
  return <Page title="Receiver" />;
}
