// The form values of a test event: a type and the JSON of its data. Pure.

import type { PlatformView } from "~/api/types";

/** An event type from a catalogue, with its sample. */
export interface Sample {
  type: string;
  title: string;
  meaning: string;
  /** The `data` of the catalogue's sample, indented. */
  data: string;
}

/** The `data` of a sample body; the whole body where it has none. */
export function dataOf(sample: string): string {
  try {
    const body: unknown = JSON.parse(sample);
    const inner = typeof body === "object" && body !== null && "data" in body ? body.data : body;
    return JSON.stringify(inner, null, 2);
  } catch {
    return sample;
  }
}

export function samplesOf(platforms: readonly PlatformView[]): Sample[] {
  const samples = new Map<string, Sample>();
  for (const { events } of platforms) {
    for (const { name, title, meaning, sample } of events) {
      if (!samples.has(name)) samples.set(name, { type: name, title, meaning, data: dataOf(sample) });
    }
  }
  return [...samples.values()].sort((a, b) => a.title.localeCompare(b.title));
}

/** What is wrong with the data, as far as it can be checked here; else `null`. */
export function dataError(data: string): string | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return null;
    return "The data must be a JSON object: {…}.";
  } catch (error) {
    return `Invalid JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** The event as command input. The data is passed on as typed, byte for byte. */
export function eventJson(type: string, data: string, brand: string): string {
  const brandPart = brand.trim() === "" ? "" : `,"brandId":${JSON.stringify(brand.trim())}`;
  return `{"event":${JSON.stringify(type.trim())}${brandPart},"data":${data}}`;
}
