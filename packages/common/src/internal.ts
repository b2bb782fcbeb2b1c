// Error registries and invariants
export { defineErrors } from "./error/registry.ts";
export type { ErrorEntry, ErrorRegistry, ParamsOf } from "./error/registry.ts";
export { assert, commonErrors, unreachable } from "./errors.ts";

// Time and chance
export { systemClock } from "./time/clock.ts";
export type { Clock, Timer } from "./time/clock.ts";
export { pause } from "./time/pause.ts";
export { randomSeed, seededRandom } from "./time/random.ts";
export type { Random } from "./time/random.ts";

// Settings outside the program
export { childEnvironment, environmentName, readEnvironment, writeEnvironment } from "./config/environment.ts";

// Threads
export { threadFlags } from "./process/thread-flags.ts";
