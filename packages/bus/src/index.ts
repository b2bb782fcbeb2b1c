// The contract
export type { Bus, RequestOptions, Subscription } from "./bus.ts";

// Errors
export { busErrors } from "./errors.ts";
