import type { Broadcast } from "../broadcast/broadcast.ts";
import type { ExecutorRuntime } from "./executor-runtime.ts";

/**
 * Gives a task's share of what several tasks of an executor make together: all shares, in order, for the task that was the last to give its own,
 * undefined for the others. Plain data; it goes with `owner`.
 */
export function allShares<T>(
  { control }: ExecutorRuntime,
  owner: Broadcast<unknown>,
  key: string,
  { share, shares, value }: { readonly share: number; readonly shares: number; readonly value: T },
): readonly T[] | undefined {
  return control.call("giveShare", { owner: owner.id, key, share, shares, value }) as readonly T[] | undefined;
}

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
