// What a transport implements
export type { Bus, RequestOptions, Subscription } from "./bus.ts";
export { withRequestLimits } from "./transport/request-limits.ts";
export type { KeyValueChange, KeyValueEntry, KeyValueStore } from "./state/key-value-store.ts";
