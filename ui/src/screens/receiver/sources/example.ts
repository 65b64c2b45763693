// The body of the example request.

import type { PlatformView } from "~/api/types";

/** A fresh event id. */
function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `evt_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A sample event of a platform with this scheme, with a fresh id so that it is no duplicate. */
export function newBody(platforms: readonly PlatformView[], scheme: string, id = freshId()): string {
  const platform =
    platforms.find((one) => one.scheme === scheme) ?? platforms.find((one) => one.name === "trcker");
  const event = platform?.events.find((one) => one.name.startsWith("conversion.")) ?? platform?.events[0];
  const sample = event?.sample ?? '{"id":"","event":"conversion.created","data":{}}';
  return sample.replace(/"id":"[^"]*"/, `"id":"${id}"`);
}
