// Signature lab: why a signature does not match.
import { Page } from "../../parts/page";

export default function SignatureLab() {
  return <Page title="Signature lab" />;
}
