import { deserialize, serialize } from "node:v8";
import type { StagePlan } from "./stage-plan.ts";

/**
 * A plan as tasks get it: a text of bytes where it is nothing but data, which is so of all stages on a shared segment. V8 writes and reads them in a tenth of the
 * time that the codec for any value takes, and each stage is read by each thread. Broadcasts and values of classes are left to that codec.
 */
export function planText(plan: StagePlan): StagePlan | string {
  return isPlainData(plan) ? serialize(plan).toString("latin1") : plan;
}

/** The plan of what {@link planText} gave. */
export function planOf(given: StagePlan | string): StagePlan {
  return typeof given === "string" ? (deserialize(Buffer.from(given, "latin1")) as StagePlan) : given;
}

function isPlainData(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function" && typeof value !== "symbol";
  if (Array.isArray(value)) return value.every(isPlainData);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const key in value) if (!isPlainData((value as Record<string, unknown>)[key])) return false;
  return true;
}
