// Data of the program as hooks.
export { refresh } from "./client";
export { type Act, type ActOptions, type CallOptions, useAct, useCall } from "./use-call";
export { type More, type Pages, usePages } from "./use-pages";
