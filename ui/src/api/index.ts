// The only door to the program: no other module touches Tauri.
export * from "./call";
export { onChanged } from "./changed";
export { copyText } from "./clipboard";
export { type Preferences, preferences } from "./preferences";
export { Problem } from "./problem";
export type * as Views from "./types";
