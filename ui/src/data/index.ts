// Server state: queries, mutations, and the cache.

export { followHints, newClient } from "./client";
export {
  type CallOptions,
  callKey,
  type PageOf,
  type Pages,
  toast,
  useAct,
  useCall,
  usePages,
} from "./useCall";
