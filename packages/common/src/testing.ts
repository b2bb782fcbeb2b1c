// Time under the test's control
export { ManualClock } from "./time/manual-clock.ts";
