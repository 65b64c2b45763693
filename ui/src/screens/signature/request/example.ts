// The worked example: a body as Trcker sends it, really signed, and then damaged the way it most often
// happens: something on the way put a line end behind it.

import { call } from "~/api";
import { replace } from "./draft";
import { headerText } from "./message";

/** The secret of the example; nobody uses it for anything else. */
const SECRET = "example-secret-of-the-signature-lab";

/** Makes the example and lays it on the table. */
export async function layOutExample(): Promise<void> {
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
    from: "The worked example: signed a moment ago, then a line end was added to the body",
  });
}
