import { decodeValues, encodeValues } from "../closure/value-codec.ts";
import type { ClosureDecoder } from "../closure/closure-decoder.ts";
import type { AccumulatorUpdate } from "../message/task-result.ts";
import type { AccumulatorV2 } from "./accumulator.ts";

type AnyAccumulator = AccumulatorV2<unknown, unknown>;

interface AccumulatorData {
  readonly id: number;
  readonly zero: AnyAccumulator;
}

/**
 * The accumulators that closures brought to this thread. A closure is decoded once a stage, so its accumulators are shared by
 * the thread's tasks; as a thread runs one task at a time, whatever is in one when a task ends is that task's.
 */
const arrived: { readonly id: number; readonly accumulator: WeakRef<AnyAccumulator> }[] = [];

/** Rebuilds an accumulator in a task thread, empty. */
export function reviveAccumulator(data: unknown): unknown {
  const { id, zero } = data as AccumulatorData;
  arrived.push({ id, accumulator: new WeakRef(zero) });
  return zero;
}

/** Empties the thread's accumulators; gives what the task that just ended added. */
export function takeAccumulatorUpdates(decoder: ClosureDecoder): AccumulatorUpdate[] {
  const updates: AccumulatorUpdate[] = [];
  for (let at = arrived.length - 1; at >= 0; at--) {
    const entry = arrived[at];
    const accumulator = entry?.accumulator.deref();
    if (entry === undefined || accumulator === undefined) {
      arrived.splice(at, 1);
    } else if (!accumulator.isZero()) {
      updates.push({ id: entry.id, delta: encodeValues([accumulator], { call: "accumulator.add()", place: decoder.place }) });
      accumulator.reset();
    }
  }
  return updates;
}

/** Merges an update into the driver's accumulator. */
export function mergeUpdate(target: AnyAccumulator, update: AccumulatorUpdate, decoder: ClosureDecoder): void {
  const [delta] = decodeValues(update.delta, decoder);
  target.merge(delta as AnyAccumulator);
}
