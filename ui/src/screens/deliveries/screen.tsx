// Deliveries: find one, see why, try again.
import { Page } from "../../parts/page";

export default function Deliveries() {
  return <Page title="Deliveries" />;
}
