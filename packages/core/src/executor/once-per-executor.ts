import type { Broadcast } from "../broadcast/broadcast.ts";
import type { ExecutorRuntime } from "./executor-runtime.ts";

/**
 * What `make` gives, made by one task thread for all of its executor, which wait for it: plain data, such as where something lies in the segment.
 * It goes with `owner`. When `make` throws, the next thread that needs it tries.
 */
export function oncePerExecutor<T>({ control }: ExecutorRuntime, owner: Broadcast<unknown>, key: string, make: () => T): T {
  const name = { owner: owner.id, key };
  const claim = control.call("claimValue", name);
  if (claim.isMade) return claim.value as T;
  try {
    const value = make();
    control.call("giveValue", { ...name, value });
    return value;
  } catch (error) {
    control.call("abandonValue", name);
    throw error;
  }
}
