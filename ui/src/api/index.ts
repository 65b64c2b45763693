// The only door between the screens and the program.

export { call, type Given, type Input, type Name, type Output } from "./call";
export { onChanged } from "./changed";
export { copyText } from "./clipboard";
export {
  loadPreferences,
  onPreferences,
  type PreferenceValue,
  preference,
  remember,
  type Theme,
  useAdvanced,
  usePreference,
} from "./preferences";
export { Problem } from "./problem";
export type { Commands, DispatcherState, HolderView, LiveMetricsView, StatusView, Workspace } from "./types";
