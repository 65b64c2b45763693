// How the program stands, asked again and again by the frame.
import { useCall } from "../data/use-call";

/** The status: one question for everybody who shows it. */
export function useStatus() {
  return useCall("status", null);
}
