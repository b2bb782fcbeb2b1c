import type { ExecutorRuntime } from "../executor/executor-runtime.ts";

/** What a broadcast sends in a closure. */
export interface BroadcastData {
  readonly id: number;
}

/** The read-only value of a broadcast, as tasks see it. */
export function broadcastReviver(data: unknown, _executor: ExecutorRuntime): unknown {
  return data;
}

/** Drops a thread's decoded copy. */
export function forgetBroadcast(_id: number): void {
  return;
}
