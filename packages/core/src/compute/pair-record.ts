import { classNameOf } from "@vonk/columnar/internal";
import { coreErrors } from "../errors.ts";
import type { Batch, BatchIterator } from "./computation.ts";

/** A record of a pair RDD. */
export type Pair = readonly [unknown, unknown];

/** Refuses a batch that holds something else than arrays; one pass that only looks at their kind. @throws PAIR_EXPECTED */
export function checkPairs(batch: Batch, call: string): readonly Pair[] {
  for (let at = 0; at < batch.length; at++) if (!Array.isArray(batch[at])) throw notAPair(batch[at], call);
  return batch as Pair[];
}

/** Batches of pairs, each looked at when it is pulled. @throws PAIR_EXPECTED */
export function* checkedPairs(batches: Iterable<Batch>, call: string): BatchIterator {
  for (const batch of batches) {
    checkPairs(batch, call);
    yield batch;
  }
}

/** The key of a record. @throws PAIR_EXPECTED */
export function keyOf(record: unknown, call: string): unknown {
  if (!Array.isArray(record)) throw notAPair(record, call);
  return (record as readonly unknown[])[0];
}

/** PAIR_EXPECTED, naming the kind of what was met. */
export function notAPair(record: unknown, call: string): Error {
  const type = record === null ? "null" : typeof record === "object" ? classNameOf(record) : typeof record;
  return coreErrors.create("PAIR_EXPECTED", { call, type });
}

/** JavaScript that refuses the record in a variable when it has no elements to read; `refuseNonPair` is in scope of generated code. */
export function pairCheck(variable: string, call: string): string {
  // Only the kind's name is passed on: a pair that is seen elsewhere would have to be made.
  return `if (typeof ${variable} !== "object" || ${variable} === null) refuseNonPair(typeof ${variable}, "${call}");`;
}

/** What generated code calls for a record without elements; the only "object" among them is null. @throws PAIR_EXPECTED */
export function refuseNonPair(type: string, call: string): never {
  throw coreErrors.create("PAIR_EXPECTED", { call, type: type === "object" ? "null" : type });
}
