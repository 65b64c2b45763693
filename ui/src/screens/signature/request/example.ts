// The example: a signed Trcker body, altered by the most common mistake, an extra trailing line break.

import { call } from "~/api";
import { replace } from "./draft";
import { headerText } from "./message";

/** The secret of the example; used for nothing else. */
const SECRET = "example-secret-of-the-signature-lab";

/** Creates the example and loads it. */
export async function loadExample(): Promise<void> {
  const platforms = await call("platforms", null);
  const trcker = platforms.find((platform) => platform.name === "trcker");
  const event = trcker?.events.find(({ name }) => name === "conversion.approved") ?? trcker?.events[0];
  const body = event?.sample ?? '{"id":"evt_1","event":"conversion.approved","data":{}}';
  const signed = await call("lab_sign", { scheme: "trcker", secret: SECRET, body });
  const headers: [string, string][] = [["Content-Type", "application/json"], ...signed];
  replace({
    scheme: "trcker",
    secret: SECRET,
    headers: headerText(headers),
    body: { text: `${body}\n` },
    from: "Example: signed a moment ago, then a line break was added to the body",
  });
}
